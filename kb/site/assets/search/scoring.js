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
const RESCORED = 40;
const CHUNK = 8;
const STARTS = [0, 1024, 2048, 3072, 8192];
const TEXT_START = 8192;

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

/** Sections best first; equal ones in order. @param {Map<number, number>} scores
 * @returns {[number, number][]} */
export const bestFirst = (scores) =>
  [...scores].sort(([one, a], [other, b]) => roundScore(b) - roundScore(a) || one - other);

/** The value of a section, undefined if it has none. @param {Parts} parts @param {number} doc */
const valueOf = ({ docs, values }, doc) => {
  const at = find(docs, doc);
  return at < 0 ? undefined : values[at];
};

export class Scoring {
  /** @param {Index} index @param {Concepts} concepts */
  constructor(index, concepts) {
    this.index = index;
    this.manifest = index.manifest;
    this.constants = index.manifest.ranking;
    this.concepts = concepts.all;
    this.words = this.concepts.map((concept) => this.word(concept));
    this.chains = this.constants.pair_weight
      ? concepts.pairs.map(([first, second]) => this.countFields(this.chain([first, second])))
      : [];
    this.heads = this.concepts.map((concept) => this.head(concept));
    /** @type {Map<number, number>} */
    this.covered = new Map();
    for (const parts of this.heads) addTo(this.covered, parts);
    /** @type {Map<number, number>} */
    this.titles = new Map();
    for (const concept of this.concepts) {
      const term = concept.whole ? null : index.term(concept.term);
      for (const article of term?.articles ?? []) {
        this.titles.set(article, (this.titles.get(article) ?? 0) + (term?.titleIdf ?? 0));
      }
    }
    this.asked = 0;
    for (const concept of this.concepts) {
      if (!concept.whole && concept.alternatives.some((a) => index.term(a.terms[0]))) {
        this.asked += this.idf(concept);
      }
    }
  }

  /** Load the tables that `scores` needs. */
  async load() {
    const docs = new Set(this.covered.keys());
    for (const counts of this.chains) for (const doc of counts.keys()) docs.add(doc);
    for (const article of this.titles.keys()) docs.add(this.index.firsts[article]);
    await this.index.loadTables(docs);
  }

  /** Each section that holds a word, with its score, but for nearness. @returns {Map<number, number>} */
  scores() {
    /** @type {Map<number, number>} */
    const scores = new Map();
    for (const parts of this.words) addTo(scores, parts);
    for (const counts of this.chains) addTo(scores, this.pair(counts));
    for (const [doc, steps] of scores) scores.set(doc, steps / STEPS);
    for (const [doc, covered] of this.covered) {
      const score = scores.get(doc);
      if (score === undefined) continue;
      scores.set(doc, (score + this.title(doc)) * (1 + this.coverage(doc, covered)));
    }
    return scores;
  }

  /** Raise the best of these scores by nearness. @param {Map<number, number>} scores */
  rescore(scores) {
    if (this.concepts.filter((concept) => !concept.whole).length < 2 || !this.constants.nearness) return;
    for (const [doc, score] of bestFirst(scores).slice(0, RESCORED)) {
      scores.set(doc, score * (1 + this.nearness(doc)));
    }
  }

  /** How many units of the query a section holds, and of how many. @param {number} doc
   * @returns {[number, number]} */
  matched(doc) {
    /** @type {Map<number, boolean>} */
    const units = new Map();
    const wholes = this.wholes(doc);
    this.concepts.forEach((concept, at) => {
      if (concept.whole) return;
      const held = valueOf(this.words[at], doc) !== undefined;
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
      if (wholes.has(concept.unit) || valueOf(this.words[at], doc) !== undefined) held += idf;
    });
    return asked ? held / asked : 1;
  }

  /** The units that a section holds as a whole. @param {number} doc */
  wholes(doc) {
    const held = this.concepts.filter(
      (concept, at) => concept.whole && valueOf(this.words[at], doc) !== undefined,
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
    return { docs: term.docs, values: Float64Array.from(term.levels, (level) => table[level]) };
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

  /** Sections that hold the terms one after the other. @param {string[]} terms */
  phraseDocuments(terms) {
    return new Set(this.chain(terms).keys());
  }

  /** Where the terms stand one after the other: section -> first positions. @param {string[]} terms
   * @returns {Map<number, number[]>} */
  chain(terms) {
    /** @type {Map<number, number[]>} */
    const found = new Map();
    const all = terms.map((term) => this.index.term(term));
    if (all.includes(null)) return found;
    const [first, ...others] = /** @type {Term[]} */ (all);
    const at = others.map(() => 0);
    first.docs.forEach((doc, place) => {
      for (let i = 0; i < others.length; i++) {
        while (others[i].docs[at[i]] < doc) at[i]++;
        if (others[i].docs[at[i]] !== doc) return;
      }
      const places = first
        .positions(place)
        .filter((p) => others.every((term, i) => term.positions(at[i]).includes(p + i + 1)));
      if (places.length) found.set(doc, places);
    });
    return found;
  }

  /** @param {Map<number, number[]>} chain section -> how many of the places lie in each field */
  countFields(chain) {
    /** @type {Map<number, number[]>} */
    const counts = new Map();
    for (const [doc, places] of chain) {
      const fields = STARTS.map(() => 0);
      for (const place of places) fields[STARTS.findLastIndex((start) => start <= place)]++;
      counts.set(doc, fields);
    }
    return counts;
  }

  /** @param {Map<number, number[]>} counts @returns {Parts} */
  pair(counts) {
    const idf = idfSteps(this.manifest.count, counts.size);
    const docs = [...counts.keys()];
    const values = docs.map((doc) => idf * this.manifest.pairSaturations[this.pairLevel(doc, counts.get(doc) ?? [])]);
    return { docs, values };
  }

  /** @param {number} doc @param {number[]} fields */
  pairLevel(doc, fields) {
    const { pair_head: head, head_b, body_b } = this.constants;
    const lengths = this.index.lengths(doc);
    const bs = [head_b, head_b, head_b, 0, body_b];
    let frequency = 0;
    [head, head, 1, head, 1].forEach((weight, field) => {
      const b = bs[field];
      const norm = weight / (1 - b + (b * lengths[field]) / this.manifest.averages[field]);
      frequency += fields[field] * norm;
    });
    return levelOf(frequency);
  }

  /** @param {Concept} concept @returns {Parts} */
  head(concept) {
    if (concept.whole) return NONE;
    const parts = concept.alternatives.map(({ terms, factor }) => {
      const term = terms.length > 1 ? null : this.index.term(terms[0]);
      if (!term) return NONE;
      const docs = [];
      const values = [];
      const step = (term.idf * factor) / HEAD_STEPS;
      for (let at = 0; at < term.docs.length; at++) {
        if (term.heads[at]) {
          docs.push(term.docs[at]);
          values.push(step * term.heads[at]);
        }
      }
      return { docs, values };
    });
    return parts.length === 1 ? parts[0] : best(parts);
  }

  /** @param {number} doc @param {number} covered */
  coverage(doc, covered) {
    const mass = this.index.mass(doc) / HEAD_STEPS;
    if (covered <= 0 || mass <= 0 || this.asked <= 0) return 0;
    const head = Math.min(1, covered / mass) ** this.constants.coverage_head;
    const share = Math.min(1, covered / this.asked) ** this.constants.coverage_query;
    return this.constants.coverage * head * share;
  }

  /** @param {number} doc */
  title(doc) {
    const article = this.index.articleOf(doc);
    const covered = this.titles.get(article) ?? 0;
    if (covered <= 0) return 0;
    const mass = this.index.titleMass(article) / HEAD_STEPS;
    if (mass <= 0) return 0;
    const share = Math.min(1, covered / mass);
    return ((this.constants.title_part * covered) / IDF_STEPS) * share ** this.constants.title_power;
  }

  /** How much of the query stands in two neighbouring chunks of the text. @param {number} doc */
  nearness(doc) {
    let everywhere = 0;
    /** @type {Map<number, number>} */
    const chunks = new Map();
    this.concepts.forEach((concept, at) => {
      if (concept.whole || valueOf(this.words[at], doc) === undefined) return;
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

/** The greatest value of each section, in ascending order. @param {Parts[]} all @returns {Parts} */
function best(all) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const { docs, values } of all) {
    for (let at = 0; at < docs.length; at++) {
      if (values[at] > (found.get(docs[at]) ?? -1)) found.set(docs[at], values[at]);
    }
  }
  const docs = Int32Array.from(found.keys()).sort();
  return { docs, values: Float64Array.from(docs, (doc) => found.get(doc) ?? 0) };
}

/** @param {Map<number, number>} totals @param {Parts} parts */
function addTo(totals, { docs, values }) {
  for (let at = 0; at < docs.length; at++) totals.set(docs[at], (totals.get(docs[at]) ?? 0) + values[at]);
}
