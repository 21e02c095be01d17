// One query's way from words to ranked sections. See kb/search/searcher.py.

import { fold } from "./analysis.js";
import { beginsWords } from "./concepts.js";
import { pause } from "./pauses.js";
import { SPACE, trimSlashes } from "./query.js";
import { bestFirst, confidence, roundScore, Scoring } from "./scoring.js";
import { say } from "./sentences.js";
import { decodeGaps } from "./shards.js";
import { CUT_WORDS, FEW_WORDS, MAX_WORDS, MIN_OUTSIDE, TIERS, UNQUOTED } from "./shared.js";
import { Corrector } from "./spelling.js";
import { join } from "./twins.js";

/** @import { Token } from "./analysis.js" */
/** @import { Concepts } from "./concepts.js" */
/** @import { Filters, Query } from "./query.js" */
/** @import { Answer, Engine, Options } from "./search.js" */
/** @import { Corrected, Correction } from "./spelling.js" */
/** @import { Joined } from "./twins.js" */

/** Whether all is written in capitals: then they tell no abbreviations. @param {string} words */
const isShouted = (words) => /^[\0-\x7f]*$/.test(words) && words.includes(" ") && /[A-Z]/.test(words) && !/[a-z]/.test(words);

/** What is not to be said of an answer. */
const NOTHING = {
  concepts: /** @type {Concepts} */ ({ all: [], pairs: [] }),
  scoring: null, correction: null, offered: null, synonyms: /** @type {Answer["synonyms"]} */ ([]), notices: /** @type {string[]} */ ([]),
};

const LOOKED_AT = 256; // of the best sections, before more are: an article shows few of its own

/**
 * @typedef {{found: Answer["found"], total: number, ranked: Ranked[], confidence: number, twins: Map<number, Joined>, concepts: Concepts,
 *   scoring: Scoring | null, correction: Correction | null, offered: string | null, synonyms: Answer["synonyms"],
 *   notices: string[]}} Results
 * @typedef {{doc: number, score: number}} Ranked
 * @typedef {Required<Options> & {person: boolean}} Wanted
 */

export class Search {
  /** @param {Engine} engine @param {Query} query @param {Wanted} wanted */
  constructor(engine, query, wanted) {
    this.engine = engine;
    this.corpus = engine.corpus;
    this.concepts = engine.concepts;
    this.parsed = query;
    this.wanted = wanted;
    /** @type {Filters} */
    this.filters = {
      tier: query.filters.tier || wanted.tier,
      topic: query.filters.topic || wanted.topic,
      tag: query.filters.tag || wanted.tag,
    };
    /** Its words as typed, and, once what is needed of them is loaded, those that say something, with
     * what is to be said of them. */
    this.entered = engine.analyzer.tokens(isShouted(query.words) ? query.words.toLowerCase() : query.words).filter((token) => !token.inside);
    /** @type {[Token[], string[]]} */
    this.tokens = [[], query.notices];
    this.corrector = new Corrector(this.corpus, engine.analyzer, query);
    /** @type {any} */
    this.facets = null;
    /** What was searched: without its quotes, where nothing holds them. @type {Search} */
    this.instead = this;
  }

  /** Load what is needed whatever is found. */
  async load() {
    const { filters, corpus: index } = this;
    const quoted = this.#quoted().flatMap((text) => this.concepts.analyzer.tokens(text.normalize("NFC")));
    const said = this.entered.filter((token) => !token.stop);
    const typed = said.length ? said.slice(0, MAX_WORDS) : this.entered;
    const begun = this.begins ? typed.slice(-1).filter((token) => beginsWords(token, typed)) : [];
    const doubt = (/** @type {(token: Token) => boolean} */ isDoubtful) => {
      const wrong = this.wanted.correct ? typed.filter((token) => !token.joint && !begun.includes(token) && isDoubtful(token)) : [];
      for (const { surface } of wrong) this.corrector.prepare(surface).catch(() => {}); // what needs it hears of a failure
    };
    doubt(({ term }) => !index.mayHold(term));
    // What may be needed is asked for at once: each wave of requests is a time of its own.
    await Promise.all([
      index.load([...[...quoted, ...typed].map(({ term }) => term), ...this.concepts.early(this.entered, typed, begun)]),
      index.bringFrom(begun.map(({ surface }) => surface)),
      filters.topic || filters.tag ? index.facets().then((facets) => (this.facets = facets)) : null,
    ]);
    doubt(({ term, surface }) => !index.term(term)?.words.has(surface));
    this.tokens = this.read();
    await index.load(this.tokens[0].map(({ term }) => term));
  }

  /** Load, while somebody types, what finished words need, and the words that the last one may become. */
  async prepare() {
    const said = this.entered.filter((token) => !token.stop);
    const begun = this.begins ? said.splice(-1) : [];
    await Promise.all([
      this.corpus.load([...said.map(({ term }) => term), ...this.concepts.early(this.entered, said)]),
      this.corpus.written.load(begun.map(({ surface }) => surface).filter((surface) => surface.length > 2)),
    ]);
  }

  /** @returns {Promise<Results>} */
  async run() {
    const [tokens, notices] = this.tokens;
    const results = tokens.length ? await this.find(tokens) : this.listAll();
    return { ...results, notices: [...new Set([...notices, ...results.notices])] };
  }

  /** Whether the last word may be the beginning of one. */
  get begins() {
    return this.wanted.prefix && !new RegExp(`[${SPACE}]$`).test(this.parsed.text);
  }

  #quoted() {
    return [...this.parsed.phrases, ...this.parsed.excluded];
  }

  /** The query's tokens: no stop words, but for those that a title has beside others of them, unless
   * there are no others. @returns {[Token[], string[]]} */
  read() {
    const others = this.entered.filter((token) => !token.stop && !token.joint);
    const { titled } = this.corpus.header; // stop words that titles have as abbreviations
    const isTitled = (/** @type {Token} */ { term }) =>
      decodeGaps(titled[term] ?? "").some((article) => others.some((other) => this.corpus.term(other.term)?.articles.includes(article)));
    const without = this.entered.filter((token) => !token.stop || isTitled(token));
    const content = without.length ? this.#withoutCourtesies(without) : this.entered;
    if (content.length <= MAX_WORDS) return [content, this.parsed.notices];
    const cut = say(CUT_WORDS, { count: MAX_WORDS });
    return [content.slice(0, MAX_WORDS), [...this.parsed.notices, cut]];
  }

  /** The tokens without greetings and the like, if enough others say what it is about: but for those
   * that are quoted, and the last if it may not be finished. @param {Token[]} tokens */
  #withoutCourtesies(tokens) {
    const courtesies = new Set(this.corpus.header.courtesies.split(" "));
    for (const text of this.parsed.phrases) {
      for (const { surface } of this.engine.analyzer.tokens(text.normalize("NFC"))) courtesies.delete(surface);
    }
    const unfinished = this.wanted.prefix ? tokens.length - 1 : -1;
    const others = tokens.filter(({ surface }, at) => !courtesies.has(surface) || at === unfinished);
    const words = new Set(others.filter((token) => !token.joint).map(({ term }) => term));
    return words.size >= FEW_WORDS ? others : tokens;
  }

  /** @param {Token[]} tokens @returns {Promise<Results>} */
  async find(tokens) {
    const prefix = this.begins;
    const plain = await this.#attempt("words", tokens, prefix);
    const doubtful = this.wanted.correct ? this.#doubtful(tokens, prefix) : [];
    const { sure, offered, probable } = await this.corrector.correct(tokens, doubtful);
    const suggested = offered?.retyped ?? null;
    const better = sure && (await this.#corrected(sure, prefix));
    if (!better && plain.total) await this.loadTerms(plain.concepts); // what was loaded to correct words may have taken their place
    if (better || plain.total) return { ...(better || plain), offered: suggested };
    const other = offered && probable ? await this.#corrected(offered) : null;
    const results = other ?? (await this.#fallBack(tokens)) ?? (await this.#unquote()) ?? plain;
    return results.correction ? results : { ...results, offered: suggested };
  }

  /** No section holds the quoted phrases: look for their words. @returns {Promise<Results | null>} */
  async #unquote() {
    if (!this.parsed.phrases.length) return null;
    const query = { ...this.parsed, phrases: [] };
    const correct = this.wanted.correct && this.parsed.phrases.every((text) => this.#isSaid(text));
    const search = new Search(this.engine, query, { ...this.wanted, correct });
    await search.load();
    const results = await search.run();
    const notices = [UNQUOTED, ...results.notices];
    if (!results.total) return null;
    this.instead = search;
    return { ...results, notices };
  }

  /** @param {Token[]} tokens @returns {Promise<Results | null>} */
  async #fallBack(tokens) {
    if (this.wanted.correct) {
      const { sure } = await this.corrector.correct(tokens, this.#unquoted(tokens));
      const better = sure && (await this.#corrected(sure));
      if (better) return better;
    }
    const results = await this.#attempt("prefix", tokens, true, true);
    return results.total ? results : null;
  }

  /** The answer to a corrected query; null where it has none. @param {Corrected} corrected
   * @param {boolean} [prefix] @returns {Promise<Results | null>} */
  async #corrected({ tokens, correction }, prefix = false) {
    const results = await this.#attempt("corrected", tokens, prefix);
    return results.total ? { ...results, correction } : null;
  }

  /** Words that no article holds as written, and no synonym knows. @param {Token[]} tokens
   * @param {boolean} prefix */
  #doubtful(tokens, prefix) {
    const last = prefix ? tokens[tokens.length - 1] : null;
    return this.#unquoted(tokens).filter((token) =>
      token !== last && !this.corpus.term(token.term)?.words.has(token.surface) && !this.concepts.isMeant(token));
  }

  /** Whether a phrase is of several words, as a message is. @param {string} text */
  #isSaid(text) {
    return this.#parts(text).length > 1;
  }

  /** Who quotes a word means it; in a sentence that quotes several, they may be misspelt. @param {Token[]} tokens */
  #unquoted(tokens) {
    const isSentence = this.#isSentence();
    const phrases = this.parsed.phrases.filter((text) => !(isSentence && this.#isSaid(text)));
    const all = phrases.flatMap((text) => this.engine.analyzer.tokens(text.normalize("NFC")));
    const quoted = new Set(all.map((token) => token.surface));
    return tokens.filter((token) => !quoted.has(token.surface));
  }

  /** @param {Answer["found"]} found @param {Token[]} tokens @param {boolean} [prefix]
   * @param {boolean} [every] @returns {Promise<Results>} */
  async #attempt(found, tokens, prefix = false, every = false) {
    const concepts = await this.concepts.make(tokens, prefix, every, this.entered);
    await this.loadTerms(concepts);
    const scoring = await Scoring.of(this.corpus, concepts);
    if (this.#isSentence()) scoring.preferred = this.parsed.phrases.map((text) => this.phrase(text, scoring));
    const [docs, twins] = join(await this.allowed(scoring), this.corpus.twins, (doc) => scoring.heldBy(doc));
    const [ranked, rival] = await this.ranked(docs, scoring);
    return {
      ...NOTHING,
      found: docs.length ? found : "nothing",
      total: docs.length,
      ranked,
      confidence: ranked.length ? this.confidence(ranked[0], rival, scoring) : 0,
      twins,
      concepts,
      scoring,
      synonyms: this.concepts.used(tokens),
    };
  }

  /** Load the terms of concepts. @param {Concepts} concepts */
  async loadTerms({ all, pairs }) {
    const terms = all.flatMap((concept) => concept.alternatives.flatMap((a) => a.terms));
    await this.corpus.load([...terms, ...pairs.flat()]);
  }

  /** No words at all: with filters, the articles that pass them, in order. @returns {Results} */
  listAll() {
    const { firsts, sections } = this.corpus;
    const all = Object.values(this.filters).some(Boolean) ? firsts.slice(0, sections.length) : [];
    const [docs, twins] = join(all.filter(this.filter()), this.corpus.twins, () => 0);
    const first = this.wanted.person ? docs.filter((doc) => this.corpus.tierOf(doc) === "contact") : [];
    const ranked = [...new Set([...first, ...docs])].slice(0, this.wanted.limit).map((doc) => ({ doc, score: 0 }));
    const found = docs.length ? "words" : "nothing";
    return { ...NOTHING, found, total: docs.length, ranked, confidence: docs.length ? 1 : 0, twins };
  }

  /** The confidence in the best section. @param {Ranked} best @param {number} rival @param {Scoring} scoring */
  confidence({ doc, score }, rival, scoring) {
    if (this.wanted.person && this.corpus.tierOf(doc) === "contact") return 1;
    return confidence(scoring.holds(doc), roundScore(score), roundScore(rival));
  }

  /** The sections that hold a word or are near, and that filters, exclusions and phrases leave.
   * @param {Scoring} scoring @param {number[]} [near] */
  async allowed(scoring, near = []) {
    const contacts = [...this.corpus.tiers].flatMap(([article, tier]) => (this.wanted.person && tier === "contact" ? this.corpus.firsts[article] : []));
    let { docs } = scoring;
    if (near.length + contacts.length) docs = [...new Set([...docs, ...near, ...contacts])];
    const required = this.#isSentence() ? [] : this.parsed.phrases;
    for (const [texts, wanted] of /** @type {const} */ ([[required, true], [this.parsed.excluded, false]])) {
      for (const text of texts) {
        await pause();
        const set = this.phrase(text, scoring);
        docs = docs.filter((doc) => set.has(doc) === wanted);
      }
    }
    return docs.filter(this.filter());
  }

  /** Whether enough words stand outside the query's quotes for these to say what it is about. */
  #isSentence() {
    const count = (/** @type {string} */ text) => this.#parts(text).filter((token) => !token.stop).length;
    const quoted = this.parsed.phrases.map(count);
    return quoted.length > 0 && count(this.parsed.words) - quoted.reduce((sum, each) => sum + each, 0) >= MIN_OUTSIDE;
  }

  /** The tokens of a text that stand one after the other. @param {string} text */
  #parts(text) {
    return this.engine.analyzer.tokens(text.normalize("NFC")).filter((token) => !token.joint && !token.inside);
  }

  /** Sections that hold a text: its words one after the other, as the index has their places.
   * @param {string} text @param {Scoring} scoring @returns {Set<number>} */
  phrase(text, scoring) {
    let place = 0;
    /** @type {Map<string, [string, number]>} */
    const phrase = new Map();
    for (const { term, stop } of this.#parts(text)) {
      phrase.set(`${term} ${place}`, [term, place]);
      if (!stop) place++;
    }
    return scoring.phraseDocuments([...phrase.values()]);
  }

  /** Whether a section passes the filters. @returns {(doc: number) => boolean} */
  filter() {
    const { tier, topic, tag } = this.filters;
    const names = [topic && `topic:${fold(trimSlashes(topic))}`, tag && `tag:${fold(tag)}`].filter(Boolean);
    const sets = names.map((name) => this.corpus.articlesOf(this.facets, String(name)));
    return (doc) =>
      (!tier || this.corpus.tierOf(doc) === tier) && sets.every((set) => set.has(this.corpus.articleOf[doc]));
  }

  /** The best sections, at most so many of one article: contact first for who asks for a person,
   * self-service first in near-ties; and the best score of another article than the first one's.
   * @param {number[]} docs @param {Scoring} scoring
   * @param {(scores: Float64Array) => Promise<void>} [add]  what else makes their scores
   * @returns {Promise<[Ranked[], number]>} */
  async ranked(docs, scoring, add) {
    const { corpus: index, wanted } = this;
    const scores = await scoring.scores(docs);
    const factor = 1 - index.header.ranking.self_service;
    docs.forEach((doc, at) => (scores[at] *= index.tierOf(doc) === TIERS[0] ? 1 : factor));
    await add?.(scores);
    const isFirst = (/** @type {[number, number]} */ [doc]) => index.tierOf(doc) === "contact";
    for (let count = wanted.person ? docs.length : LOOKED_AT; ; count *= 8) {
      const best = bestFirst(docs, scores, count);
      const [ranked, rival] = this.#shown(wanted.person ? [...best.filter(isFirst), ...best.filter((each) => !isFirst(each))] : best);
      if (count >= docs.length || (rival && ranked.length === wanted.limit)) return [ranked, rival];
    }
  }

  /** Those of the best that are shown, and the best score of another article than the first one's.
   * @param {[number, number][]} best @returns {[Ranked[], number]} */
  #shown(best) {
    const { corpus: index, wanted } = this;
    /** @type {Map<number, number>} */
    const shown = new Map();
    const ranked = [];
    let rival = 0;
    for (const [doc, score] of best) {
      const article = index.articleOf[doc];
      const count = (shown.get(article) ?? 0) + 1;
      shown.set(article, count);
      if (count > index.header.perArticle) continue;
      if (shown.size > 1) rival ||= score;
      if (ranked.length < wanted.limit) ranked.push({ doc, score });
    }
    return [ranked, rival];
  }
}
