// Search in the browser: `openSearch` gives what answers as `kb search` does.

import { Analyzer, fold } from "./analysis.js";
import { Asking } from "./asking.js";
import { ConceptMaker } from "./concepts.js";
import { FORMAT, Index } from "./index.js";
import { MAX_WORDS, parseQuery, SPACE, TIERS, trimSlashes } from "./query.js";
import { bestFirst, IDF_STEPS, roundScore, Scoring } from "./scoring.js";
import { loadShard, ShardError, Shards } from "./shards.js";
import { makeSnippet } from "./snippets.js";
import { beginnings, candidates } from "./spelling.js";
import { nearestTopics } from "./topics.js";

/** @import { Token } from "./analysis.js" */
/** @import { Escalation } from "./asking.js" */
/** @import { Concepts } from "./concepts.js" */
/** @import { Filters, Query } from "./query.js" */

const WEAK_SHARE = 0.5;

/**
 * @typedef {object} Options
 * @property {number} [limit]  hits at most
 * @property {string | null} [tier]
 * @property {string | null} [topic]
 * @property {string | null} [tag]
 * @property {boolean} [prefix]  the last word may be the beginning of one
 * @property {boolean} [correct]  false takes words as they are
 *
 * @typedef {object} Hit
 * @property {number} rank
 * @property {string} article
 * @property {string} anchor
 * @property {string} url  of the section, relative to `base`
 * @property {string} title
 * @property {string[]} headings
 * @property {string} tier
 * @property {string} topic
 * @property {number} score
 * @property {"all" | "most" | "some"} match
 * @property {boolean} weak
 * @property {string} snippet
 * @property {[number, number][]} highlights  in code points
 * @property {{label: string, where: string, url: string}[]} actions
 *
 * @typedef {object} Answer
 * @property {number} version
 * @property {string} query
 * @property {string | null} corrected
 * @property {[string, string][]} corrections
 * @property {"words" | "corrected" | "prefix" | "nothing"} found
 * @property {number} total
 * @property {Hit[]} hits
 * @property {{topic: string, title: string}[]} topics
 * @property {{word: string, also: string[]}[]} synonyms
 * @property {string[]} notices
 * @property {Escalation} escalation
 *
 * @typedef {{found: Answer["found"], total: number, ranked: Ranked[], concepts: Concepts,
 *   scoring: Scoring | null, correction: Correction | null, synonyms: Answer["synonyms"],
 *   notices: string[]}} Results
 * @typedef {{doc: number, score: number}} Ranked
 * @typedef {{text: string, words: [string, string][]}} Correction
 * @typedef {Required<Options> & {person: boolean}} Wanted
 */

/**
 * Open the search of a site.
 * @param {object} options
 * @param {string} options.base  the root of the site, which the manifest and all urls start from
 * @param {string} options.manifest  the address of the manifest, from `base`
 * @param {(url: string, file: string) => Promise<any>} [options.load]  brings the content of a shard
 * @returns {Promise<Engine>}  rejected with a ShardError when the manifest can't be had
 */
export async function openSearch({ base, manifest, load = loadShard }) {
  const at = manifest.lastIndexOf("/") + 1;
  const root = base === "" || base.endsWith("/") ? base : `${base}/`;
  const shards = new Shards(root + manifest.slice(0, at), load);
  const read = await shards.get(manifest.slice(at));
  if (read.format !== FORMAT) throw new ShardError(manifest, "is of another version");
  return new Engine(new Index(read, shards));
}

/** Answers queries. */
export class Engine {
  /** @param {Index} index */
  constructor(index) {
    this.index = index;
    this.manifest = index.manifest;
    this.analyzer = new Analyzer(this.manifest.language, this.manifest.stop);
    this.asking = new Asking(this.manifest);
    this.concepts = new ConceptMaker(index, this.analyzer);
  }

  /** The answer to a query: any string is one. Rejected with a ShardError when a file is missing.
   * @param {string} text @param {Options} [options] @returns {Promise<Answer>} */
  async search(text, options = {}) {
    const wanted = {
      limit: this.manifest.limit, tier: null, topic: null, tag: null, prefix: false, correct: true,
      ...options,
      person: this.asking.asksForPerson(text),
    };
    const results = await new Search(this, parseQuery(text), /** @type {Wanted} */ (wanted)).run();
    return this.answer(text, results, wanted.person);
  }

  /** Topics in order of id. @returns {Promise<{topic: string, title: string}[]>} */
  async topics() {
    const { topics } = await this.index.facets();
    return topics.map(([topic, title]) => ({ topic, title }));
  }

  /** @param {string} text @param {Results} results @param {boolean} person @returns {Promise<Answer>} */
  async answer(text, results, person) {
    const documents = await Promise.all(results.ranked.map(({ doc }) => this.index.document(doc)));
    const terms = this.searched(results);
    return {
      version: 1,
      query: text,
      corrected: results.correction?.text ?? null,
      corrections: results.correction?.words ?? [],
      found: results.found,
      total: results.total,
      hits: results.ranked.map((ranked, at) => this.hit(at + 1, ranked, documents[at], results, terms, person)),
      topics: results.found === "nothing" ? nearestTopics(parseQuery(text).words, (await this.index.facets()).topics) : [],
      synonyms: results.synonyms,
      notices: results.notices,
      escalation: this.asking.escalate(text, documents[0]?.article),
    };
  }

  /** All terms that were searched, with their idf. @param {Results} results */
  searched({ concepts }) {
    /** @type {Map<string, number>} */
    const terms = new Map();
    for (const { alternatives } of concepts.all) {
      for (const term of alternatives.flatMap((alternative) => alternative.terms)) {
        terms.set(term, (this.index.term(term)?.idf ?? 0) / IDF_STEPS);
      }
    }
    return terms;
  }

  /** @param {number} rank @param {Ranked} ranked @param {{article: any, section: any[]}} document
   * @param {Results} results @param {Map<string, number>} terms @param {boolean} person
   * @returns {Hit} */
  hit(rank, { doc, score }, { article, section }, { scoring }, terms, person) {
    const [anchor, heading, text, trail = []] = section;
    const [held, units] = scoring ? scoring.matched(doc) : [0, 0];
    const tier = article.tier || TIERS[0];
    return {
      rank,
      article: article.id,
      anchor,
      url: `${article.url}#${encodeURIComponent(anchor)}`,
      title: article.title,
      headings: heading === article.title || !heading ? trail : [...trail, heading],
      tier,
      topic: article.topic ?? "",
      score: roundScore(score),
      match: held === units ? "all" : 2 * held > units ? "most" : "some",
      weak: scoring !== null && scoring.share(doc) < WEAK_SHARE && !(person && tier === "contact"),
      ...makeSnippet(text, terms, this.analyzer),
      actions: (article.actions ?? []).map((/** @type {string[]} */ [label, where, url]) => ({ label, where, url })),
    };
  }
}

/** One query's way from words to ranked sections. See kb/engine/search.py. */
class Search {
  /** @param {Engine} engine @param {Query} query @param {Wanted} wanted */
  constructor(engine, query, wanted) {
    this.engine = engine;
    this.index = engine.index;
    this.concepts = engine.concepts;
    this.query = query;
    this.wanted = wanted;
    /** @type {Filters} */
    this.filters = {
      tier: query.filters.tier || wanted.tier,
      topic: query.filters.topic || wanted.topic,
      tag: query.filters.tag || wanted.tag,
    };
  }

  /** @returns {Promise<Results>} */
  async run() {
    const { filters, index } = this;
    this.facets = filters.topic || filters.tag ? await index.facets() : null;
    const [tokens, notices] = this.tokens();
    await index.load(this.quoted().flatMap((text) => this.concepts.analyzer.tokens(text).map((t) => t.term)));
    const results = tokens.length ? await this.find(tokens) : this.browse();
    return { ...results, notices: [...new Set([...notices, ...results.notices])] };
  }

  quoted() {
    return [...this.query.phrases, ...this.query.excluded];
  }

  /** The query's tokens, without stop words unless there are no others.
   * @returns {[Token[], string[]]} */
  tokens() {
    const tokens = this.engine.analyzer.tokens(this.query.words);
    const without = tokens.filter((token) => !token.stop);
    const content = without.length ? without : tokens;
    if (content.length <= MAX_WORDS) return [content, this.query.notices];
    const cut = `The query was cut to its first ${MAX_WORDS} words.`;
    return [content.slice(0, MAX_WORDS), [...this.query.notices, cut]];
  }

  /** @param {Token[]} tokens @returns {Promise<Results>} */
  async find(tokens) {
    const prefix = this.wanted.prefix && !new RegExp(`[${SPACE}]$`).test(this.query.text);
    const plain = await this.attempt("words", tokens, prefix);
    if (this.wanted.correct) {
      const corrected = await this.correct(tokens, this.unknown(tokens, prefix));
      if (corrected) {
        const better = await this.attempt("corrected", corrected.tokens, prefix);
        if (better.total) return { ...better, correction: corrected.correction };
      }
    }
    if (plain.total) return plain;
    return (await this.fallBack(tokens)) ?? (await this.unquote()) ?? plain;
  }

  /** No section holds the quoted phrases: look for their words. @returns {Promise<Results | null>} */
  async unquote() {
    if (!this.query.phrases.length) return null;
    const query = { ...this.query, phrases: [] };
    const results = await new Search(this.engine, query, { ...this.wanted, correct: false }).run();
    const notices = ["No section holds the quoted words one after the other.", ...results.notices];
    return results.total ? { ...results, notices } : null;
  }

  /** @param {Token[]} tokens @returns {Promise<Results | null>} */
  async fallBack(tokens) {
    if (this.wanted.correct) {
      const corrected = await this.correct(tokens, this.unquoted(tokens));
      if (corrected) {
        const results = await this.attempt("corrected", corrected.tokens);
        if (results.total) return { ...results, correction: corrected.correction };
      }
    }
    const results = await this.attempt("prefix", tokens, true, true);
    return results.total ? results : null;
  }

  /** Words that neither the corpus nor a synonym knows. @param {Token[]} tokens
   * @param {boolean} prefix */
  unknown(tokens, prefix) {
    const last = prefix ? tokens[tokens.length - 1] : null;
    return this.unquoted(tokens).filter((token) => token !== last && !this.concepts.isKnown(token));
  }

  /** Who quotes a word means it. @param {Token[]} tokens */
  unquoted(tokens) {
    const all = this.query.phrases.flatMap((text) => this.engine.analyzer.tokens(text.normalize("NFC")));
    const quoted = new Set(all.map((token) => token.surface));
    return tokens.filter((token) => !quoted.has(token.surface));
  }

  /** The tokens with those of `wrong` replaced that have something better. See
   * kb/engine/corrections.py. @param {Token[]} tokens @param {Token[]} wrong */
  async correct(tokens, wrong) {
    const parts = wrong.filter((token) => !token.whole);
    await this.index.loadWords(parts.flatMap((token) => beginnings(token.surface)));
    /** @type {Map<Token, string>} */
    const found = new Map();
    for (const token of parts) {
      const word = this.nearest(token.surface);
      if (word) found.set(token, word);
    }
    if (!found.size) return null;
    const corrected = tokens.map((token) => {
      const word = found.get(token);
      return word ? { ...token, surface: word, term: this.engine.analyzer.stem(word), stop: false } : token;
    });
    return { tokens: corrected, correction: this.describe([...found]) };
  }

  /** The nearest word; among equally near ones that of most articles, then by alphabet.
   * @param {string} word */
  nearest(word) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    const wordsFrom = (/** @type {string} */ prefix) => {
      const known = [...this.index.wordsFrom(prefix)];
      for (const [other, count] of known) counts.set(other, count);
      return known.map(([other]) => other);
    };
    const near = candidates(word, wordsFrom);
    near.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
    return near[0];
  }

  /** The query's text as it was understood. @param {[Token, string][]} changes
   * @returns {Correction} */
  describe(changes) {
    let text = this.query.words;
    let shift = 0;
    for (const [token, word] of [...changes].sort(([a], [b]) => a.start - b.start)) {
      text = text.slice(0, token.start + shift) + word + text.slice(token.end + shift);
      shift += word.length - (token.end - token.start);
    }
    return { text, words: changes.map(([token, word]) => [token.surface, word]) };
  }

  /** @param {Answer["found"]} found @param {Token[]} tokens @param {boolean} [prefix]
   * @param {boolean} [every] @returns {Promise<Results>} */
  async attempt(found, tokens, prefix = false, every = false) {
    const concepts = await this.concepts.make(tokens, prefix, every);
    const terms = concepts.all.flatMap((concept) => concept.alternatives.flatMap((a) => a.terms));
    await this.index.load([...terms, ...concepts.pairs.flat()]);
    const scoring = new Scoring(this.index, concepts);
    await scoring.load();
    const scores = this.allowed(scoring);
    return {
      found: scores.size ? found : "nothing",
      total: scores.size,
      ranked: this.ranked(scores),
      concepts,
      scoring,
      correction: null,
      synonyms: this.concepts.used(tokens),
      notices: [],
    };
  }

  /** No words at all: with filters, the articles that pass them, in order. @returns {Results} */
  browse() {
    /** @type {Map<number, number>} */
    const scores = new Map();
    if (Object.values(this.filters).some(Boolean)) {
      for (let article = 0; article < this.index.sections.length; article++) {
        scores.set(this.index.firsts[article], 0);
      }
      this.filter(scores);
    }
    const found = scores.size ? "words" : "nothing";
    const ranked = this.ranked(scores);
    return { found, total: scores.size, ranked, concepts: { all: [], pairs: [] }, scoring: null, correction: null, synonyms: [], notices: [] };
  }

  /** The scores that filters, exclusions and phrases leave. @param {Scoring} scoring */
  allowed(scoring) {
    const scores = scoring.scores();
    if (this.wanted.person) {
      for (const article of this.index.tiers.contact) {
        const first = this.index.firsts[article];
        if (!scores.has(first)) scores.set(first, 0);
      }
    }
    const { phrases, excluded } = this.query;
    phrases.forEach((text) => keep(scores, this.phrase(text, scoring), true));
    excluded.forEach((text) => keep(scores, this.phrase(text, scoring), false));
    this.filter(scores);
    scoring.rescore(scores);
    return scores;
  }

  /** Sections that hold a text: its words as neighbours, stop words left out.
   * @param {string} text @param {Scoring} scoring @returns {Set<number>} */
  phrase(text, scoring) {
    const tokens = this.engine.analyzer.tokens(text.normalize("NFC")).filter((token) => !token.whole);
    const content = tokens.filter((token) => !token.stop);
    if (content.length > 1) return scoring.phraseDocuments(content.map((token) => token.term));
    const sets = (content.length ? content : tokens).map((token) => new Set(this.index.term(token.term)?.docs));
    const [first = new Set(), ...others] = sets;
    return new Set([...first].filter((doc) => others.every((set) => set.has(doc))));
  }

  /** @param {Map<number, number>} scores */
  filter(scores) {
    const { tier, topic, tag } = this.filters;
    const names = [topic && `topic:${fold(trimSlashes(topic))}`, tag && `tag:${fold(tag)}`].filter(Boolean);
    const sets = names.map((name) => this.index.articlesOf(this.facets, String(name)));
    if (!tier && !sets.length) return;
    for (const doc of [...scores.keys()]) {
      const article = this.index.articleOf(doc);
      const passes = (!tier || this.index.tierOf(article) === tier) && sets.every((set) => set.has(article));
      if (!passes) scores.delete(doc);
    }
  }

  /** The best sections, at most so many of one article: contact first for who asks for a person,
   * self-service first in near-ties. @param {Map<number, number>} scores @returns {Ranked[]} */
  ranked(scores) {
    const { index } = this;
    const factor = 1 - index.manifest.ranking.self_service;
    /** @type {Map<number, number>[]} */
    const groups = this.wanted.person ? [new Map(), new Map()] : [new Map()];
    for (const [doc, score] of scores) {
      const tier = index.tierOf(index.articleOf(doc));
      const group = groups[this.wanted.person && tier !== "contact" ? 1 : 0];
      group.set(doc, tier === TIERS[0] ? score : score * factor);
    }
    /** @type {Map<number, number>} */
    const shown = new Map();
    const ranked = [];
    for (const [doc, score] of groups.flatMap(bestFirst)) {
      const article = index.articleOf(doc);
      const count = (shown.get(article) ?? 0) + 1;
      shown.set(article, count);
      if (count <= index.manifest.perArticle) ranked.push({ doc, score });
      if (ranked.length === this.wanted.limit) break;
    }
    return ranked;
  }
}

/** Keep the sections that are in a set, or those that are not. @param {Map<number, number>} scores
 * @param {Set<number>} docs @param {boolean} inside */
function keep(scores, docs, inside) {
  for (const doc of [...scores.keys()]) if (docs.has(doc) !== inside) scores.delete(doc);
}
