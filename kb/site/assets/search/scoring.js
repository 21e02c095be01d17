// Scores of all sections for one query, in the order of kb/engine/scoring.py and with the
// formulas of kb/ranking.py, so that they come out as the same numbers.

/** @import { Alternative, Concept, Concepts } from "./concepts.js" */
/** @import { Index, Term } from "./index.js" */
import { find } from "./shards.js";

export const IDF_STEPS = 64;
const STEPS = IDF_STEPS * 1024;
const HEAD_STEPS = 4;
const LEVELS = 64;
const LEVELS_PER_E = 8;
const LOWEST_LEVEL = -24;
export const RESCORED = 40;
const CHUNK = 8;
const STARTS = [0, 1024, 2048, 3072, 8192];
const TEXT_START = 8192;
const SHORTEST = STARTS.map(() => 1);

/** Parts of scores: sections, ascending, and a number for each.
 * @typedef {{docs: ArrayLike<number>, values: ArrayLike<number>}} Parts */

/** @type {Parts} */
const NONE = { docs: [], values: [] };

/** A score as it is compared and shown. @param {number} score */
export const roundScore = (score) => Math.floor(score * 1e6 + 0.5) / 1e6;

/** @param {number} population @param {number} frequency */
const idfSteps = (population, frequency) =>
  Math.floor(
    Math.log(1 + (Math.max(population, frequency) - frequency + 0.5) / (frequency + 0.5)) * IDF_STEPS + 0.5,
  );

/** @param {number} frequency */
const levelOf = (frequency) =>
  frequency <= 0
    ? 0
    : Math.max(0, Math.min(LEVELS - 1, Math.floor(Math.log(frequency) * LEVELS_PER_E + 0.5) - LOWEST_LEVEL));

/** At least so many of the best sections, in order, equal ones by number; `more` tells whether
 * others are left. @param {ArrayLike<number>} docs @param {(doc: number) => number} scoreOf
 * @param {number} count @returns {{top: [number, number][], more: boolean}} */
export function bestOf(docs, scoreOf, count) {
  const scores = Float64Array.from(docs, scoreOf);
  let least = -Infinity;
  if (docs.length > count) least = scores.slice().sort()[docs.length - count] - 1e-6;
  /** @type {[number, number][]} */
  const top = [];
  for (let at = 0; at < docs.length; at++) if (scores[at] >= least) top.push([docs[at], scores[at]]);
  top.sort(([one, a], [other, b]) => roundScore(b) - roundScore(a) || one - other);
  return { top, more: top.length < docs.length };
}

export class Scoring {
  /** Sums up what needs no tables. @param {Index} index @param {Concepts} concepts */
  constructor(index, concepts) {
    this.index = index;
    this.manifest = index.manifest;
    this.constants = index.manifest.ranking;
    this.concepts = concepts.all;
    this.asked = 0;
    /** Of each section the score of its words in steps, and the idf that its head covers. */
    this.steps = new Float64Array(index.size);
    this.covered = new Float64Array(index.size);
    const seen = new Uint8Array(index.size);
    /** The sections that hold a word. @type {number[]} */
    this.docs = [];
    this.held = this.concepts.map((concept) => {
      const { docs, values } = this.word(concept);
      for (let at = 0; at < docs.length; at++) {
        const doc = docs[at];
        this.steps[doc] += values[at];
        if (!seen[doc]) this.docs.push(doc);
        seen[doc] = 1;
      }
      this.cover(concept);
      return docs;
    });
    this.pairs = this.constants.pair_weight
      ? concepts.pairs.map((terms) => this.pair(this.chain(terms))).filter(({ fields }) => fields.size)
      : [];
    /** Of each article the idf that its title covers. @type {Map<number, number>} */
    this.titles = new Map();
    for (const concept of this.concepts) {
      if (concept.whole) continue;
      const term = index.term(concept.term);
      for (const article of term?.articles ?? []) {
        this.titles.set(article, (this.titles.get(article) ?? 0) + (term?.titleIdf ?? 0));
      }
      if (concept.alternatives.some((a) => index.term(a.terms[0]))) this.asked += this.idf(concept);
    }
  }

  /** What a section's score is at most, but for nearness. @param {number} doc */
  bound(doc) {
    let score = this.steps[doc];
    for (const { idf, fields } of this.pairs) {
      const counts = fields.get(doc);
      if (counts) score += idf * this.manifest.pairSaturations[this.pairLevel(counts, SHORTEST)];
    }
    const covered = this.covered[doc];
    if (covered <= 0) return score / STEPS;
    const title = this.titleScore(this.titles.get(this.index.articleOf[doc]) ?? 0, 0);
    return (score / STEPS + title) * (1 + this.coverage(covered, 0));
  }

  /** A section's score, but for nearness; its table has to be loaded. @param {number} doc */
  score(doc) {
    let score = this.steps[doc];
    for (const { idf, fields } of this.pairs) {
      const counts = fields.get(doc);
      if (counts) score += idf * this.manifest.pairSaturations[this.pairLevel(counts, this.index.lengths(doc))];
    }
    const covered = this.covered[doc];
    if (covered <= 0) return score / STEPS;
    const article = this.index.articleOf[doc];
    const inTitle = this.titles.get(article);
    const title = inTitle ? this.titleScore(inTitle, this.index.titleMass(article) / HEAD_STEPS) : 0;
    return (score / STEPS + title) * (1 + this.coverage(covered, this.index.mass(doc) / HEAD_STEPS));
  }

  /** Whether a section's score is what `bound` says, tables or not. @param {number} doc */
  isPlain(doc) {
    return this.covered[doc] <= 0 && !this.pairs.some(({ fields }) => fields.has(doc));
  }

  /** What nearness makes of the scores of the best sections. @param {[number, number][]} best */
  rescore(best) {
    const near = this.constants.nearness && this.concepts.filter((concept) => !concept.whole).length > 1;
    return near ? new Map(best.map(([doc, score]) => [doc, score * (1 + this.nearness(doc))])) : new Map();
  }

  /** How many units of the query a section holds, and of how many. @param {number} doc
   * @returns {[number, number]} */
  matched(doc) {
    /** @type {Map<number, boolean>} */
    const units = new Map();
    const wholes = this.wholes(doc);
    this.concepts.forEach((concept, at) => {
      if (concept.whole) return;
      const held = find(this.held[at], doc) >= 0;
      units.set(concept.unit, (units.get(concept.unit) ?? true) && held);
    });
    let held = 0;
    for (const [unit, all] of units) if (all || wholes.has(unit)) held++;
    return [held, units.size];
  }

  /** The share of the query's idf that a section holds, unknown words included. @param {number} doc */
  share(doc) {
    let held = 0;
    let asked = 0;
    const wholes = this.wholes(doc);
    this.concepts.forEach((concept, at) => {
      if (concept.whole) return;
      const idf = this.idf(concept);
      asked += idf;
      if (wholes.has(concept.unit) || find(this.held[at], doc) >= 0) held += idf;
    });
    return asked ? held / asked : 1;
  }

  /** The units that a section holds as a whole. @param {number} doc */
  wholes(doc) {
    const held = this.concepts.filter(
      (concept, at) => concept.whole && find(this.held[at], doc) >= 0,
    );
    return new Set(held.map((concept) => concept.unit));
  }

  /** A concept's idf: that of its word, or where the corpus lacks it of the next best.
   * @param {Concept} concept @returns {number} */
  idf(concept) {
    const known = concept.alternatives.find((a) => this.index.term(a.terms[0]));
    return known ? Math.max(...known.terms.map((term) => this.idfOf(term))) : this.idfOf(concept.term);
  }

  /** @param {string} term */
  idfOf(term) {
    return this.index.term(term)?.idf ?? idfSteps(this.manifest.count, 0);
  }

  /** @param {Concept} concept @returns {Parts} */
  word(concept) {
    const all = concept.alternatives.map((alternative) => this.alternative(alternative));
    return all.length === 1 ? all[0] : best(all);
  }

  /** @param {Alternative} alternative @returns {Parts} */
  alternative({ terms, factor }) {
    if (terms.length > 1) return this.phrase(terms, factor);
    const term = this.index.term(terms[0]);
    if (!term) return NONE;
    const table = this.manifest.saturations.map((/** @type {number} */ s) => term.idf * factor * s);
    const values = new Float64Array(term.docs.length);
    for (let at = 0; at < values.length; at++) values[at] = table[term.levels[at]];
    return { docs: term.docs, values };
  }

  /** Several terms as one. @param {string[]} terms @param {number} factor @returns {Parts} */
  phrase(terms, factor) {
    const held = this.phraseDocuments(terms);
    const rarest = terms.reduce((one, other) => {
      const more = this.idfOf(other) - this.idfOf(one);
      return more > 0 || (more === 0 && other > one) ? other : one;
    });
    const { docs, values } = this.alternative({ terms: [rarest], factor });
    const kept = Array.from(docs, (_, at) => at).filter((at) => held.has(docs[at]));
    return { docs: kept.map((at) => docs[at]), values: kept.map((at) => values[at]) };
  }

  /** Sections that hold the terms one after the other, be it in links. @param {string[]} terms */
  phraseDocuments(terms) {
    return new Set(this.chain(terms, true).keys());
  }

  /** Where the terms stand one after the other: section -> first positions. @param {string[]} terms
   * @param {boolean} [links] @returns {Map<number, number[]>} */
  chain(terms, links) {
    /** @type {Map<number, number[]>} */
    const chain = new Map();
    const all = terms.map((term) => this.index.term(term));
    if (all.includes(null)) return chain;
    const [first, ...others] = /** @type {Term[]} */ (all);
    const at = others.map(() => 0);
    first.docs.forEach((doc, place) => {
      for (let i = 0; i < others.length; i++) {
        while (others[i].docs[at[i]] < doc) at[i]++;
        if (others[i].docs[at[i]] !== doc) return;
      }
      const places = first.positions(place, links);
      const following = others.map((term, i) => term.positions(at[i], links));
      // Two words may share a position: what is counted is the places of the word with fewer.
      const found = others.length === 1 && first.occurrences > others[0].occurrences
        ? following[0].map((p) => p - 1).filter((p) => places.includes(p))
        : places.filter((p) => following.every((theirs, i) => theirs.includes(p + i + 1)));
      if (found.length) chain.set(doc, found);
    });
    return chain;
  }

  /** The idf of a pair, and of each section how many of its places lie in each field.
   * @param {Map<number, number[]>} chain */
  pair(chain) {
    /** @type {Map<number, number[]>} */
    const fields = new Map();
    for (const [doc, places] of chain) {
      const counts = STARTS.map(() => 0);
      for (const place of places) counts[STARTS.findLastIndex((start) => start <= place)]++;
      fields.set(doc, counts);
    }
    return { idf: idfSteps(this.manifest.count, fields.size), fields };
  }

  /** @param {number[]} counts @param {number[]} lengths */
  pairLevel(counts, lengths) {
    const { pair_head: head, head_b, body_b } = this.constants;
    const weights = [head, head, 1, head, 1];
    const bs = [head_b, head_b, head_b, 0, body_b];
    let frequency = 0;
    for (let field = 0; field < STARTS.length; field++) {
      const b = bs[field];
      const length = Math.max(1, lengths[field]);
      frequency += counts[field] * (weights[field] / (1 - b + (b * length) / this.manifest.averages[field]));
    }
    return levelOf(frequency);
  }

  /** Add what a concept covers of titles and headings. @param {Concept} concept */
  cover(concept) {
    if (concept.whole) return;
    const parts = concept.alternatives.map(({ terms, factor }) => {
      const term = terms.length > 1 ? null : this.index.term(terms[0]);
      return term ? { docs: term.docs, values: term.heads, step: (term.idf * factor) / HEAD_STEPS } : { ...NONE, step: 0 };
    });
    const { docs, values, step } = parts.length === 1 ? parts[0] : { ...best(parts), step: 1 };
    for (let at = 0; at < docs.length; at++) if (values[at]) this.covered[docs[at]] += step * values[at];
  }

  /** Without a mass the most that it can be. @param {number} covered @param {number} mass */
  coverage(covered, mass) {
    if (this.asked <= 0) return 0;
    const head = (mass ? Math.min(1, covered / mass) : 1) ** this.constants.coverage_head;
    const share = Math.min(1, covered / this.asked) ** this.constants.coverage_query;
    return this.constants.coverage * head * share;
  }

  /** The same for the part of the title. @param {number} covered @param {number} mass */
  titleScore(covered, mass) {
    const share = mass ? Math.min(1, covered / mass) : 1;
    return ((this.constants.title_part * covered) / IDF_STEPS) * share ** this.constants.title_power;
  }

  /** How much of the query stands in two neighbouring chunks of the text. @param {number} doc */
  nearness(doc) {
    let everywhere = 0;
    /** @type {Map<number, number>} */
    const chunks = new Map();
    this.concepts.forEach((concept, at) => {
      if (concept.whole || find(this.held[at], doc) < 0) return;
      const idf = this.idf(concept);
      const places = new Set(this.chunks(doc, concept));
      if (places.has(-1)) {
        everywhere += idf;
        return;
      }
      for (const chunk of new Set([...places, ...[...places].map((place) => place + 1)])) {
        chunks.set(chunk, (chunks.get(chunk) ?? 0) + idf);
      }
    });
    const near = everywhere + Math.max(0, ...chunks.values());
    const share = this.asked ? near / this.asked : 0;
    return this.constants.nearness * Math.min(1, share) ** this.constants.nearness_power;
  }

  /** The chunks of the text that a word stands in, -1 for any place before the text.
   * @param {number} doc @param {Concept} concept */
  chunks(doc, concept) {
    return concept.alternatives.flatMap(({ terms }) => {
      const term = this.index.term(terms[0]);
      const at = term ? find(term.docs, doc) : -1;
      const places = term && at >= 0 ? term.positions(at) : [];
      return places.map((place) => Math.max(-1, Math.floor((place - TEXT_START) / CHUNK)));
    });
  }
}

/** The greatest value of each section, in ascending order. @param {(Parts & {step?: number})[]} all
 * @returns {Parts} */
function best(all) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const { docs, values, step = 1 } of all) {
    for (let at = 0; at < docs.length; at++) {
      const value = values[at] * step;
      if (value > (found.get(docs[at]) ?? -1)) found.set(docs[at], value);
    }
  }
  const docs = Int32Array.from(found.keys()).sort();
  return { docs, values: Float64Array.from(docs, (doc) => found.get(doc) ?? 0) };
}
