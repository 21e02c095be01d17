// Query words to concepts: a word with all that may stand for it. See kb/search/expansion.py.

/** @import { Analyzer, Token } from "./analysis.js" */
/** @import { Index } from "./index.js" */

import { cutsOf } from "./analysis.js";
import { LETTERS } from "./index.js";
import { areNeighbours } from "./scoring.js";
import { FIRST_HALF, PARTICLE, SECOND_HALF, COMPLETION_STEPS, MAX_COMPLETIONS, MAX_KEY_WORDS } from "./shared.js";

/** Whether a query's last word may be taken for the beginning of others. See kb/search/expansion.py.
 * @param {Token} token @param {Token[]} tokens */
export const beginsWords = ({ surface }, tokens) => tokens.length === 1 || surface.length > 1 || surface > "\x7f";

/** @typedef {{terms: string[], factor: number}} Alternative */
/** @typedef {{surface: string, term: string, alternatives: Alternative[], unit: number,
 *   joint: boolean}} Concept */
/** @typedef {{all: Concept[], pairs: [string, string][]}} Concepts */

export class ConceptMaker {
  /** @param {Index} index @param {Analyzer} analyzer */
  constructor(index, analyzer) {
    this.corpus = index;
    this.analyzer = analyzer;
    this.constants = index.header.ranking;
    /** Of words that no article holds, the two that they are made of. @type {Map<string, string[] | undefined>} */
    this.halves = new Map();
    /** @type {Map<string, string[]>} */
    this.synonyms = new Map();
    /** Of terms, the compounds that they are part of. @type {Map<string, string[]>} */
    this.compounds = new Map();
    const { synonyms, explained } = index.header;
    const given = Object.entries(synonyms).map(([text, others]) => [this.terms(text).join(" "), others]);
    for (const [key, others] of [...given, ...Object.entries(explained)]) {
      this.synonyms.set(key, [...(this.synonyms.get(key) ?? []), ...others]);
    }
  }

  /** The concepts of a query's tokens; with `prefix` its last word, with `every` each of them,
   * stands for the words that it begins, too.
   * @param {Token[]} tokens @param {boolean} prefix @param {boolean} every
   * @param {Token[]} [typed]  all tokens, stop words too
   * @returns {Promise<Concepts>} */
  async make(tokens, prefix, every, typed = []) {
    await Promise.all([
      this.corpus.load([...tokens.map(({ term }) => term), ...this.early(typed, tokens)]),
      ...tokens.map((token) => this.#loadCompounds(token)),
    ]);
    const joined = this.#joined(typed);
    const parts = tokens.flatMap((token) => this.#cuts(token).flat());
    await Promise.all([this.corpus.written.load(parts, ""), this.corpus.load(this.#stems(parts))]);
    for (const token of tokens) this.#findHalves(token);
    const begun = tokens.filter((token, at) => prefix && (every || (at === tokens.length - 1 && beginsWords(token, tokens))));
    await this.#loadCompletions(begun);
    const phrases = this.phrases(tokens);
    const units = unitsOf(tokens, phrases);
    /** @type {Map<string, Concept>} */
    const concepts = new Map();
    tokens.forEach((token, at) => {
      if (!concepts.has(token.term)) {
        concepts.set(token.term, this.#concept(token, units[at], begun.includes(token), every ? [] : tokens.slice(0, -1), token.joint ? [] : (joined.get(token.position) ?? [])));
      }
    });
    for (const [first, last, key] of phrases) {
      if (concepts.has(key)) continue;
      const alternatives = this.alternatives(this.synonyms.get(key) ?? []);
      const surface = surfaceOf(tokens.slice(first, last + 1));
      const term = alternatives[0]?.terms[0] ?? "";
      concepts.set(key, { surface, term, alternatives, unit: units[first], joint: true });
    }
    return { all: [...concepts.values()], pairs: pairsOf(tokens) };
  }

  /** The words and phrases that others stand in for, with those. @param {Token[]} tokens */
  used(tokens) {
    /** @type {Map<string, string[]>} */
    const used = new Map();
    for (const token of tokens) {
      const also = this.synonyms.get(token.term);
      if (also) used.set(token.surface, also);
    }
    for (const [first, last, key] of this.phrases(tokens)) {
      used.set(surfaceOf(tokens.slice(first, last + 1)), this.synonyms.get(key) ?? []);
    }
    return [...used].map(([word, also]) => ({ word, also }));
  }

  /** Whether others stand for a word that no article holds: synonyms, compounds, or two words that stand
   * side by side in some. @param {Token} token */
  isMeant(token) {
    return this.#others(token).length > 0 || (!token.joint && !!this.#halvesOf(token));
  }

  /** Synonyms, and compounds that a word is part of. @param {Token} token */
  #others({ term, joint }) {
    return [...(this.synonyms.get(term) ?? []), ...((!joint && this.compounds.get(term)) || [])];
  }

  /** Learn which compounds a word is part of, and what is known of them. @param {Token} token */
  async #loadCompounds({ term }) {
    if (!this.compounds.has(term)) this.compounds.set(term, await this.corpus.compoundsOf(term));
    await this.corpus.load((this.compounds.get(term) ?? []).flatMap((word) => this.terms(word)));
  }

  /** @param {Token} token @returns {string[] | null} */
  #halvesOf({ surface, term }) {
    const known = this.corpus.term(term)?.words.get(surface) ?? this.halves.get(surface);
    return known?.length ? known : null;
  }

  /** The pairs of words that a word which no article holds may be made of: none of which one surely is none. @param {Token} token */
  #cuts({ joint, surface: word, term }) {
    const { stopWords } = this.analyzer;
    if (joint || this.halves.has(word) || !LETTERS.test(word) || this.corpus.term(term)?.words.has(word)) return [];
    return cutsOf(word, FIRST_HALF, SECOND_HALF).filter(([one, other]) =>
      !stopWords.has(one) && (stopWords.has(other) || [...other].length <= PARTICLE) &&
      this.#stems([one, other]).every((term) => this.corpus.mayHold(term)));
  }

  /** Look for the two words that one is made of which no article holds. @param {Token} token */
  #findHalves(token) {
    const { written } = this.corpus;
    const cuts = this.#cuts(token);
    if (!cuts.length) return;
    const pairs = cuts.filter((cut) => cut.every((part) => written.word(part))).map((cut) => this.#stems(cut));
    this.halves.set(token.surface, pairs.find(([one, other]) => areNeighbours(this.corpus, one, other)));
  }

  /** @param {string[]} words */
  #stems(words) {
    return words.map((word) => this.analyzer.stem(word));
  }

  /** The terms that the concepts of tokens need, as far as these tell, and words that are loaded.
   * @param {Token[]} typed @param {Token[]} tokens @param {Token[]} [begun] */
  early(typed, tokens, begun = []) {
    const keys = [...tokens.map(({ term }) => term), ...this.phrases(tokens).map(([, , key]) => key)];
    const others = keys.flatMap((key) => (this.synonyms.get(key) ?? []).flatMap((text) => this.terms(text)));
    const completed = begun.filter(({ surface }) => this.corpus.written.has(surface)).flatMap((token) => this.#completed(token));
    return [...this.#pairs(typed).map(({ term }) => term), ...others, ...completed];
  }

  /** Words that stand side by side, with the term of both as one. @param {Token[]} typed */
  #pairs(typed) {
    const parts = typed.filter((token) => !token.joint);
    return parts.flatMap((other, at) => {
      const one = parts[at - 1];
      if (!one || one.stop || other.start - one.end !== 1 || !LETTERS.test(one.surface + other.surface)) return [];
      return [{ one, other, term: this.analyzer.stem(one.surface + other.surface) }];
    });
  }

  /** Position -> terms that a word makes with one beside it, if articles hold them. @param {Token[]} typed */
  #joined(typed) {
    /** @type {Map<number, string[]>} */
    const found = new Map();
    for (const { one, other, term } of this.#pairs(typed)) {
      if (!this.corpus.term(term)) continue;
      for (const { position } of other.stop ? [one] : [one, other]) {
        found.set(position, [...(found.get(position) ?? []), term]);
      }
    }
    return found;
  }

  /** @param {Token} token @param {number} unit @param {boolean} begins @param {Token[]} finished
   * @param {string[]} joined @returns {Concept} */
  #concept(token, unit, begins, finished, joined) {
    const own = { terms: [token.term], factor: token.joint ? this.constants.whole : 1 };
    const others = this.alternatives(this.#others(token), token.term);
    const halves = token.joint ? null : this.#halvesOf(token);
    for (const terms of [...joined.map((term) => [term]), ...(halves ? [halves] : [])]) {
      others.push({ terms, factor: this.constants.synonym });
    }
    const completions = begins ? this.#completions(token, finished) : [];
    const alternatives = [own, ...others, ...completions];
    return { surface: token.surface, term: token.term, alternatives, unit, joint: token.joint };
  }

  /** The synonyms of a word or phrase, which count no more than a word that articles hold.
   * @param {string[]} texts @param {string} [word] @returns {Alternative[]} */
  alternatives(texts, word = "") {
    const { synonym } = this.constants;
    const most = this.corpus.term(word)?.idf ?? Infinity;
    return texts.map((text) => this.terms(text)).filter((terms) => terms.length).map((terms) => ({
      terms, factor: synonym * completionShare(Math.max(...terms.map((term) => this.corpus.term(term)?.idf ?? 0)), most),
    }));
  }

  /** Load what is needed of the words that some tokens begin. @param {Token[]} tokens */
  async #loadCompletions(tokens) {
    await this.corpus.written.load(tokens.map((token) => token.surface));
    await this.corpus.load(tokens.flatMap((token) => this.#completed(token)));
  }

  /** The terms of the words that begin with a token, those of most articles first. @param {Token} token */
  #completed(token) {
    const words = this.corpus.written.from(token.surface);
    words.sort((a, b) => b.articles - a.articles || (a.word < b.word ? -1 : 1));
    return [...new Set(this.#stems(words.slice(0, MAX_COMPLETIONS).map(({ word }) => word)))];
  }

  /** These terms with what they count for: none more than the word itself, or where no section
   * holds that, than the rarest of `finished` ones. @param {Token} token @param {Token[]} finished
   * @returns {Alternative[]} */
  #completions(token, finished) {
    const idfOf = (/** @type {string} */ term) => this.corpus.term(term)?.idf ?? 0;
    const typed = this.corpus.term(token.term) ? [token] : finished.filter(({ term }) => this.corpus.term(term));
    const most = typed.length ? Math.max(...typed.map(({ term }) => idfOf(term))) : Infinity;
    const terms = this.#completed(token).filter((term) => term !== token.term);
    return terms.map((term) => ({ terms: [term], factor: this.constants.synonym * completionShare(idfOf(term), most) }));
  }

  /** (first, last, key) of each run of several tokens that has synonyms.
   * @param {Token[]} tokens @returns {[number, number, string][]} */
  phrases(tokens) {
    /** @type {[number, number, string][]} */
    const found = [];
    if (!this.synonyms.size) return found;
    const parts = tokens.flatMap((token, at) => (token.joint ? [] : [at]));
    for (let start = 0; start < parts.length; start++) {
      for (let end = start + 2; end <= Math.min(start + MAX_KEY_WORDS, parts.length); end++) {
        const run = parts.slice(start, end);
        const key = run.map((at) => tokens[at].term).join(" ");
        if (this.synonyms.has(key)) found.push([run[0], run[run.length - 1], key]);
      }
    }
    return found;
  }

  /** The terms of a text, without stop words unless there are no others. @param {string} text */
  terms(text) {
    const tokens = this.analyzer.tokens(text.normalize("NFC")).filter((token) => !token.joint && !token.inside);
    const content = tokens.filter((token) => !token.stop);
    return (content.length ? content : tokens).map((token) => token.term);
  }
}

/** @param {number} idf @param {number} most */
const completionShare = (idf, most) => idf <= most ? 1 : Math.floor((COMPLETION_STEPS * most) / idf) / COMPLETION_STEPS;

/** @param {Token[]} tokens */
const surfaceOf = (tokens) => tokens.filter((t) => !t.joint).map((t) => t.surface).join(" ");

/** For each token the offset of the unit or phrase that it belongs to.
 * @param {Token[]} tokens @param {[number, number, string][]} phrases */
function unitsOf(tokens, phrases) {
  const spans = tokens.filter((token) => token.joint).map(({ start, end }) => [start, end]);
  for (const [first, last] of phrases) spans.push([tokens[first].start, tokens[last].end]);
  return tokens.map((token) => {
    const around = spans.filter(([start, end]) => start <= token.start && token.start < end);
    return around.length ? Math.min(...around.map(([start]) => start)) : token.start;
  });
}

/** Neighbouring words, each pair once. @param {Token[]} tokens */
function pairsOf(tokens) {
  const parts = tokens.filter((token) => !token.joint);
  /** @type {Map<string, [string, string]>} */
  const pairs = new Map();
  for (let at = 1; at < parts.length; at++) {
    const one = parts[at - 1].term;
    const other = parts[at].term;
    if (one !== other) pairs.set(`${one} ${other}`, [one, other]);
  }
  return [...pairs.values()];
}
