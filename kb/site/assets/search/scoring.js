// Scores of all sections for one query, in the order of kb/search/scoring.py and with the
// formulas of kb/search/ranking.py, so that they come out as the same numbers.

/** @import { Alternative, Concept, Concepts } from "./concepts.js" */
/** @import { Index, Term } from "./index.js" */
import { pause } from "./pauses.js";
import { find } from "./shards.js";
import {
  CHUNK, CONFIDENCE_BASE, CONFIDENCE_SLOPE, HEAD_STEPS, IDF_STEPS, LEVELS, LEVELS_PER_E, LOWEST_LEVEL, MOST_LEAD, RANGE_STARTS as STARTS, RESCORED, SATURATION_STEPS,
  EVERYDAY_STEPS,
  LONG_QUERY,
  SCORE_DIGITS,
  SHORT_QUERY, FEW_SECTIONS,
} from "./shared.js";

const STEPS = IDF_STEPS * SATURATION_STEPS;
const TEXT_START = STARTS[STARTS.length - 1];
const SCALE = 10 ** SCORE_DIGITS;

/** Parts of scores: sections, ascending, and a number for each.
 * @typedef {{docs: ArrayLike<number>, values: ArrayLike<number>}} Parts */

/** @type {Parts} */
const NONE = { docs: [], values: [] };

/** A score as it is compared and shown. @param {number} score */
export const roundScore = (score) => Math.floor(score * SCALE + 0.5) / SCALE;

/** The probability that the first hit is right, which holds so much of the query's idf, in steps.
 * @param {[number, number]} holds  of how much @param {number} score
 * @param {number} rival  the best score of another article */
export function confidence([held, asked], score, rival) {
  const lead = rival ? Math.min(MOST_LEAD, Math.log(score / rival)) : MOST_LEAD;
  const share = Math.sqrt(held / asked || 0);
  const odds = Math.exp(CONFIDENCE_BASE + CONFIDENCE_SLOPE * share * Math.log1p(held / IDF_STEPS) * lead);
  return Math.floor((100 * odds) / (1 + odds) + 0.5) / 100;
}

/** @param {number} population @param {number} frequency */
export const idfSteps = (population, frequency) =>
  Math.floor(
    Math.log(1 + (Math.max(population, frequency) - frequency + 0.5) / (frequency + 0.5)) * IDF_STEPS + 0.5,
  );

/** @param {number} frequency */
const levelOf = (frequency) =>
  frequency <= 0
    ? 0
    : Math.max(0, Math.min(LEVELS - 1, Math.floor(Math.log(frequency) * LEVELS_PER_E + 0.5) - LOWEST_LEVEL));

/** So many of the sections with their scores, best first, equal ones by number; of all those of which
 * one may be among them. @param {ArrayLike<number>} docs @param {ArrayLike<number>} scores @param {number} count
 * @returns {[number, number][]} */
export function bestFirst(docs, scores, count) {
  let least = -1;
  /** @type {[number, number][]} */
  let scored = [];
  const cut = () => (scored = scored.sort(([one, a], [other, b]) => roundScore(b) - roundScore(a) || one - other).slice(0, count));
  for (let at = 0; at < scores.length; at++) {
    if (scores[at] >= least && scored.push([docs[at], scores[at]]) > 4 * count) least = cut()[count - 1][1] - 1 / SCALE;
  }
  return cut();
}

/** Tell of each section where one term stands so far behind another, and where the first does;
 * with `links` the text of links included.
 * @param {Index} index @param {string} one @param {string} other @param {boolean} links
 * @param {(doc: number, places: number[]) => void} tell @param {number} [distance] */
function follow(index, one, other, links, tell, distance = 1) {
  const first = index.term(one);
  const second = index.term(other);
  if (!first || !second) return;
  for (let i = 0, j = 0; i < first.docs.length && j < second.docs.length; ) {
    const ahead = first.docs[i] - second.docs[j];
    if (ahead === 0) {
      const places = first.positions(i, links);
      const theirs = second.positions(j, links);
      let found = placesBefore(places, theirs, distance);
      // Words past the end of a field share its last position: what is counted is the places
      // of the word with fewer.
      const isShared = found.length && [places, theirs].some((all) => all.some((place, at) => place === all[at - 1]));
      if (isShared && first.occurrences > second.occurrences) {
        found = placesBefore(theirs, places, -distance).map((place) => place - distance);
      }
      if (found.length) tell(first.docs[i], found);
    }
    if (ahead <= 0) i++;
    if (ahead >= 0) j++;
  }
}

/** Whether any section holds two loaded terms one after the other.
 * @param {Index} index @param {string} one @param {string} other */
export function areNeighbours(index, one, other) {
  let found = false;
  follow(index, one, other, false, () => (found = true));
  return found;
}

export class Scoring {
  /** @param {Index} index @param {Concepts} concepts */
  constructor(index, concepts) {
    this.corpus = index;
    this.header = index.header;
    this.constants = index.header.ranking;
    this.concepts = concepts.all;
    const words = concepts.all.filter((concept) => !concept.joint).length;
    /** How far everyday words count less: they do in long queries, and in small collections. */
    const { everyday, everyday_few: few } = this.constants;
    const length = Math.min(1, Math.max(0, words - SHORT_QUERY) / (LONG_QUERY - SHORT_QUERY));
    this.damping = words > 1 ? Math.max(everyday * length, few * Math.min(1, FEW_SECTIONS / Math.max(1, this.header.count))) : 0;
    this.asked = 0;
    /** Of each section the score of its words in steps, and the idf that its head covers. */
    this.steps = new Float64Array(index.size);
    this.covered = new Float64Array(index.size);
    /** The sections that hold a word. @type {number[]} */
    this.docs = [];
    this.seen = new Uint8Array(index.size);
    /** The sections that hold each concept. @type {ArrayLike<number>[]} */
    this.held = [];
    /** Of each article the idf that its title covers. @type {Map<number, number>} */
    this.titles = new Map();
    /** The sections that hold each of the phrases that are preferred. @type {Set<number>[]} */
    this.preferred = [];
  }

  /** Sums up what needs no tables. @param {Index} index @param {Concepts} concepts */
  static async of(index, concepts) {
    const scoring = new Scoring(index, concepts);
    for (const concept of concepts.all) {
      await pause();
      scoring.add(concept);
    }
    for (const terms of scoring.constants.pair_weight ? concepts.pairs : []) {
      await pause();
      scoring.pair(terms);
    }
    await pause();
    return scoring;
  }

  /** Add what a concept counts. @param {Concept} concept */
  add(concept) {
    const { docs, values } = this.#word(concept);
    this.held.push(docs);
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at];
      this.steps[doc] += values[at];
      if (!this.seen[doc]) this.docs.push(doc);
      this.seen[doc] = 1;
    }
    if (concept.joint) return;
    this.#cover(concept);
    const term = this.corpus.term(concept.term);
    for (const article of term?.articles ?? []) {
      this.titles.set(article, (this.titles.get(article) ?? 0) + (term?.titleIdf ?? 0));
    }
    if (concept.alternatives.some((a) => this.corpus.term(a.terms[0]))) this.asked += this.idf(concept);
  }

  /** A section's score, but for nearness. @param {number} doc */
  score(doc) {
    const score = this.#score(doc);
    const held = this.preferred.filter((docs) => docs.has(doc)).length;
    return held ? score * (1 + (this.constants.phrase * held) / this.preferred.length) : score;
  }

  /** The same, but for quoted words. @param {number} doc */
  #score(doc) {
    const score = this.steps[doc] / STEPS;
    const covered = this.covered[doc];
    if (covered <= 0) return score;
    const article = this.corpus.articleOf[doc];
    const inTitle = this.titles.get(article);
    const title = inTitle ? this.#titleScore(inTitle, this.corpus.titleMasses[article] / HEAD_STEPS) : 0;
    return (score + title) * (1 + this.coverage(covered, this.corpus.masses[doc] / HEAD_STEPS));
  }

  /** The scores of sections: nearness lifts the best of them. @param {number[]} docs */
  async scores(docs) {
    const scores = new Float64Array(docs.length);
    for (let at = 0; at < docs.length; at++) {
      if (at % 256 === 0) await pause();
      scores[at] = this.score(docs[at]);
    }
    // Of several words, which can be near each other.
    if (!this.constants.nearness || this.concepts.filter((concept) => !concept.joint).length < 2) return scores;
    const best = bestFirst([...docs.keys()], scores, RESCORED);
    for (const [at] of best) {
      if (at % 8 === 0) await pause();
      scores[at] *= 1 + this.nearness(docs[at]);
    }
    return scores;
  }

  /** How much of the query a section holds: the idfs of its terms, in steps. @param {number} doc */
  heldBy(doc) {
    let held = 0;
    this.concepts.forEach((concept, at) => {
      if (find(this.held[at], doc) >= 0) held += this.idf(concept);
    });
    return held;
  }

  /** How many units of the query a section holds, and of how many. @param {number} doc
   * @returns {[number, number]} */
  matched(doc) {
    /** @type {Map<number, boolean>} */
    const units = new Map();
    const wholes = this.#wholes(doc);
    this.concepts.forEach((concept, at) => {
      if (concept.joint) return;
      const held = find(this.held[at], doc) >= 0;
      units.set(concept.unit, (units.get(concept.unit) ?? true) && held);
    });
    let held = 0;
    for (const [unit, all] of units) if (all || wholes.has(unit)) held++;
    return [held, units.size];
  }

  /** How much of the query's idf a section holds, and of how much, unknown words included.
   * @param {number} doc @returns {[number, number]} */
  holds(doc) {
    let held = 0;
    let asked = 0;
    const wholes = this.#wholes(doc);
    this.concepts.forEach((concept, at) => {
      if (concept.joint) return;
      const idf = this.idf(concept);
      asked += idf;
      if (wholes.has(concept.unit) || find(this.held[at], doc) >= 0) held += idf;
    });
    return [held, asked];
  }

  /** The units that a section holds as a whole. @param {number} doc */
  #wholes(doc) {
    const held = this.concepts.filter(
      (concept, at) => concept.joint && find(this.held[at], doc) >= 0,
    );
    return new Set(held.map((concept) => concept.unit));
  }

  /** A concept's idf: that of its word, or where the corpus lacks it of the next best.
   * @param {Concept} concept @returns {number} */
  idf(concept) {
    const known = concept.alternatives.find((a) => this.corpus.term(a.terms[0]));
    return known ? Math.max(...known.terms.map((term) => this.#idfOf(term))) : this.#idfOf(concept.term);
  }

  /** @param {string} term */
  #idfOf(term) {
    const known = this.corpus.term(term);
    return known ? this.#damped(known) : idfSteps(this.header.count, 0);
  }

  /** A term's idf in this query. @param {Term} term */
  #damped({ idf, everyday }) {
    return Math.floor(idf * (1 - (this.damping * everyday) / EVERYDAY_STEPS) + 0.5);
  }

  /** @param {Concept} concept @returns {Parts} */
  #word(concept) {
    const all = concept.alternatives.map((alternative) => this.#alternative(alternative));
    return all.length === 1 ? all[0] : best(all, this.corpus.size);
  }

  /** @param {Alternative} alternative @returns {Parts} */
  #alternative({ terms, factor }) {
    if (terms.length > 1) return this.phrase(terms, factor);
    const term = this.corpus.term(terms[0]);
    if (!term) return NONE;
    const idf = this.#damped(term);
    const table = this.header.saturations.map((/** @type {number} */ s) => idf * factor * s);
    const values = new Float64Array(term.docs.length);
    for (let at = 0; at < values.length; at++) values[at] = table[term.levels[at]];
    return { docs: term.docs, values };
  }

  /** Several terms as one. @param {string[]} terms @param {number} factor @returns {Parts} */
  phrase(terms, factor) {
    const held = this.phraseDocuments(terms.map((term, offset) => [term, offset]));
    const rarest = terms.reduce((one, other) => {
      const more = this.#idfOf(other) - this.#idfOf(one);
      return more > 0 || (more === 0 && other > one) ? other : one;
    });
    const { docs, values } = this.#alternative({ terms: [rarest], factor });
    const kept = Array.from(docs, (_, at) => at).filter((at) => held.has(docs[at]));
    return { docs: kept.map((at) => docs[at]), values: kept.map((at) => values[at]) };
  }

  /** Sections that hold the terms, each so far behind the first, be it in links.
   * @param {[string, number][]} phrase @returns {Set<number>} */
  phraseDocuments(phrase) {
    const [[first] = [""], ...others] = phrase;
    if (!others.length) return new Set(this.corpus.term(first)?.docs);
    /** @type {Map<number, number[]> | undefined} */
    let found;
    for (const [term, offset] of others) {
      /** @type {Map<number, number[]>} */
      const longer = new Map();
      follow(this.corpus, first, term, true, (doc, places) => {
        const both = found ? found.get(doc)?.filter((place) => places.includes(place)) : places;
        if (both?.length) longer.set(doc, both);
      }, offset);
      found = longer;
    }
    return new Set(found?.keys());
  }

  /** Add what a pair counts. @param {[string, string]} terms */
  pair([one, other]) {
    const head = this.constants.pair_head;
    const weights = [head, head, 1, head, 1]; // of the fields
    /** @type {[number, number][]} */
    const found = [];
    follow(this.corpus, one, other, false, (doc, places) => {
      const counts = weights.map(() => 0);
      for (const place of places) {
        let field = STARTS.length - 1;
        while (STARTS[field] > place) field--;
        counts[field]++;
      }
      found.push([doc, levelOf(counts.reduce((sum, count, field) => sum + count * weights[field], 0))]);
    });
    const idf = idfSteps(this.header.count, found.length);
    for (const [doc, level] of found) this.steps[doc] += idf * this.header.pairSaturations[level];
  }

  /** Add what a concept covers of titles and headings. @param {Concept} concept */
  #cover(concept) {
    const parts = concept.alternatives.map(({ terms, factor }) => {
      const term = terms.length > 1 ? null : this.corpus.term(terms[0]);
      return term ? { docs: term.docs, values: term.heads, step: (this.#damped(term) * factor) / HEAD_STEPS } : { ...NONE, step: 0 };
    });
    const { docs, values, step } = parts.length === 1 ? parts[0] : { ...best(parts, this.corpus.size), step: 1 };
    for (let at = 0; at < docs.length; at++) if (values[at]) this.covered[docs[at]] += step * values[at];
  }

  /** @param {number} covered @param {number} mass */
  coverage(covered, mass) {
    if (this.asked <= 0 || mass <= 0) return 0;
    const head = Math.min(1, covered / mass) ** this.constants.coverage_head;
    const share = Math.min(1, covered / this.asked) ** this.constants.coverage_query;
    return this.constants.coverage * head * share;
  }

  /** The same for the part of the title. @param {number} covered @param {number} mass */
  #titleScore(covered, mass) {
    const share = mass > 0 ? Math.min(1, covered / mass) : 0;
    return ((this.constants.title_part * covered) / IDF_STEPS) * share ** this.constants.title_power;
  }

  /** How much of the query stands in two neighbouring chunks of the text. @param {number} doc */
  nearness(doc) {
    let everywhere = 0;
    /** @type {Map<number, number>} */
    const chunks = new Map();
    this.concepts.forEach((concept, at) => {
      if (concept.joint || find(this.held[at], doc) < 0) return;
      const idf = this.idf(concept);
      const places = new Set(this.#chunks(doc, concept));
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
  #chunks(doc, concept) {
    return concept.alternatives.flatMap(({ terms }) => {
      const term = this.corpus.term(terms[0]);
      const at = term ? find(term.docs, doc) : -1;
      const places = term && at >= 0 ? term.positions(at) : [];
      return places.map((place) => Math.max(-1, Math.floor((place - TEXT_START) / CHUNK)));
    });
  }
}

/** Those of some places that have another's at a distance, all ascending.
 * @param {number[]} places @param {number[]} others @param {number} distance */
function placesBefore(places, others, distance) {
  const found = [];
  let at = 0;
  for (const place of places) {
    while (at < others.length && others[at] < place + distance) at++;
    if (others[at] === place + distance) found.push(place);
  }
  return found;
}

/** The greatest value of each section, in ascending order. @param {(Parts & {step?: number})[]} all
 * @param {number} size @returns {Parts} */
function best(all, size) {
  const most = new Float64Array(size).fill(-1);
  for (const { docs, values, step = 1 } of all) {
    for (let at = 0; at < docs.length; at++) most[docs[at]] = Math.max(most[docs[at]], values[at] * step);
  }
  /** @type {number[]} */
  const docs = [];
  for (let doc = 0; doc < size; doc++) if (most[doc] >= 0) docs.push(doc); // a call for each takes ten times as long
  return { docs, values: docs.map((doc) => most[doc]) };
}
