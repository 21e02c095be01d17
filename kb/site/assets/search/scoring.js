// Scores of all sections for one query, in the order of kb/search/scoring.py and with the
// formulas of kb/search/ranking.py, so that they come out as the same numbers.

/** @import { Alternative, Concept, Concepts } from "./concepts.js" */
/** @import { Index, Term } from "./index.js" */
import { pause } from "./pauses.js";
import { find, lastUpTo } from "./shards.js";
import {
  CHUNK, CONFIDENCE_BASE, CONFIDENCE_SLOPE, HEAD_STEPS, IDF_STEPS, LEVELS, LEVELS_PER_E, LOWEST_LEVEL, MOST_LEAD, RANGE_STARTS as STARTS, RESCORED, SATURATION_STEPS,
  EVERYDAY_STEPS,
  LONG_QUERY,
  SCORE_DIGITS,
  SHORT_QUERY,
} from "./shared.js";

const STEPS = IDF_STEPS * SATURATION_STEPS;
const LOOKED_AT = 16; // sections whose nearness is looked at, for each one to be scored
const SLACK = 1e-6; // for sums in another order
const TEXT_START = STARTS[STARTS.length - 1];
const SCALE = 10 ** SCORE_DIGITS;
const SHORTEST = STARTS.map(() => 1);

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
const idfSteps = (population, frequency) =>
  Math.floor(
    Math.log(1 + (Math.max(population, frequency) - frequency + 0.5) / (frequency + 0.5)) * IDF_STEPS + 0.5,
  );

/** @param {number} frequency */
const levelOf = (frequency) =>
  frequency <= 0
    ? 0
    : Math.max(0, Math.min(LEVELS - 1, Math.floor(Math.log(frequency) * LEVELS_PER_E + 0.5) - LOWEST_LEVEL));

/** The sections that may score most in the end; what the others score at most before nearness,
 * ascending, and what any of them can reach with it.
 * @typedef {{docs: number[], bounds: Float64Array, reach: number}} Hopes */

/** Sections with their scores, best first, equal ones by number. @param {number[]} docs
 * @param {(doc: number) => number} scoreOf @returns {[number, number][]} */
export function bestFirst(docs, scoreOf) {
  const scored = docs.map((doc) => /** @type {[number, number]} */ ([doc, scoreOf(doc)]));
  return scored.sort(([one, a], [other, b]) => roundScore(b) - roundScore(a) || one - other);
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
    this.index = index;
    this.manifest = index.manifest;
    this.constants = index.manifest.ranking;
    this.concepts = concepts.all;
    const words = concepts.all.filter((concept) => !concept.whole).length;
    /** How far everyday words count less: they do in long queries. */
    this.damping = this.constants.everyday * Math.min(1, Math.max(0, words - SHORT_QUERY) / (LONG_QUERY - SHORT_QUERY));
    this.asked = 0;
    /** Of each section the score of its words in steps, and the idf that its head covers. */
    this.steps = new Float64Array(index.size);
    this.covered = new Float64Array(index.size);
    /** What pairs add to a section's score at most. */
    this.paired = new Float64Array(index.size);
    /** The sections that hold a word. @type {number[]} */
    this.docs = [];
    this.seen = new Uint8Array(index.size);
    /** The sections that hold each concept. @type {ArrayLike<number>[]} */
    this.held = [];
    /** @type {{idf: number, fields: Map<number, number[]>}[]} */
    this.pairs = [];
    /** Of each article the idf that its title covers. @type {Map<number, number>} */
    this.titles = new Map();
    /** The sections that hold each of the phrases that are preferred. @type {Set<number>[]} */
    this.preferred = [];
    /** What nearness adds to sections. @type {Map<number, number>} */
    this.nearby = new Map();
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
      scoring.pairs.push(scoring.pair(terms));
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
    if (concept.whole) return;
    this.#cover(concept);
    const term = this.index.term(concept.term);
    for (const article of term?.articles ?? []) {
      this.titles.set(article, (this.titles.get(article) ?? 0) + (term?.titleIdf ?? 0));
    }
    if (concept.alternatives.some((a) => this.index.term(a.terms[0]))) this.asked += this.idf(concept);
  }

  /** What a section's score is at most, but for nearness. @param {number} doc */
  bound(doc) {
    return this.#prefer(doc, this.#bound(doc));
  }

  /** A score with what quoted words add. @param {number} doc @param {number} score */
  #prefer(doc, score) {
    const held = this.preferred.filter((docs) => docs.has(doc)).length;
    return held ? score * (1 + (this.constants.phrase * held) / this.preferred.length) : score;
  }

  /** @param {number} doc */
  #bound(doc) {
    const score = this.steps[doc] + this.paired[doc];
    const covered = this.covered[doc];
    if (covered <= 0) return score / STEPS;
    const title = this.#titleScore(this.titles.get(this.index.articleOf[doc]) ?? 0, 0);
    return (score / STEPS + title) * (1 + this.coverage(covered, 0));
  }

  /** A section's score, but for nearness; its table has to be loaded. @param {number} doc */
  score(doc) {
    return this.#prefer(doc, this.#score(doc));
  }

  /** @param {number} doc */
  #score(doc) {
    let score = this.steps[doc];
    for (const { idf, fields } of this.pairs) {
      const counts = fields.get(doc);
      if (counts) score += idf * this.manifest.pairSaturations[this.#pairLevel(counts, this.index.lengths(doc))];
    }
    const covered = this.covered[doc];
    if (covered <= 0) return score / STEPS;
    const article = this.index.articleOf[doc];
    const inTitle = this.titles.get(article);
    const title = inTitle ? this.#titleScore(inTitle, this.index.titleMass(article) / HEAD_STEPS) : 0;
    return (score / STEPS + title) * (1 + this.coverage(covered, this.index.mass(doc) / HEAD_STEPS));
  }

  /** Whether a section's score is what `bound` says, tables or not. @param {number} doc */
  isPlain(doc) {
    return this.covered[doc] <= 0 && this.paired[doc] <= 0;
  }

  /** So many of the sections, those that may score most in the end. Where tables have to be saved
   * nearness is looked at before they are chosen, for more of them but not for all.
   * @param {number[]} docs @param {Float64Array} bounds @param {number} count @returns {Promise<Hopes>} */
  async hopes(docs, bounds, count) {
    const sorted = bounds.slice().sort();
    const lift = 1 + (this.#isSpread() ? this.constants.nearness : 0);
    const looks = this.index.hasFewTables ? count : LOOKED_AT * count;
    const least = sorted[Math.max(0, sorted.length - looks)] ?? 0;
    /** @type {{doc: number, bound: number, most: number}[]} */
    const looked = [];
    for (let at = 0; at < docs.length; at++) {
      if (bounds[at] < least) continue;
      if (looked.length % 32 === 0) await pause();
      const lifted = looks > count ? 1 + this.#near(docs[at]) : lift;
      looked.push({ doc: docs[at], bound: bounds[at], most: bounds[at] * lifted });
    }
    looked.sort((a, b) => b.most - a.most);
    const left = sorted.length - looked.length;
    const rest = new Float64Array(left + Math.max(0, looked.length - count));
    rest.set(sorted.subarray(0, left));
    rest.set(looked.slice(count).map(({ bound }) => bound), left);
    return {
      docs: looked.slice(0, count).map(({ doc }) => doc),
      bounds: rest.sort(),
      reach: Math.max(looked[count]?.most ?? -Infinity, left ? sorted[left - 1] * lift : -Infinity),
    };
  }

  /** The final scores of sections whose tables are loaded, and what others may score at most.
   * Those that nearness may lift or may not, since others may be better, count among them.
   * @param {number[]} docs @param {Hopes} hopes */
  final(docs, { bounds, reach }) {
    const ranked = bestFirst(docs, (doc) => this.score(doc));
    const scores = new Map(ranked);
    let sure = 0;
    for (const [at, [doc, score]] of ranked.slice(0, RESCORED).entries()) {
      const final = score * (1 + this.#near(doc));
      const rivals = bounds.length - 1 - lastUpTo(bounds, score - SLACK);
      if (at + rivals >= RESCORED) reach = Math.max(reach, final);
      else {
        scores.set(doc, final);
        sure++;
      }
    }
    if (sure === RESCORED) reach = bounds.at(-1) ?? -Infinity;
    return { scores, reach: reach + SLACK };
  }

  /** Whether the query has several words, which can be near each other. */
  #isSpread() {
    return this.concepts.filter((concept) => !concept.whole).length > 1;
  }

  /** What nearness adds to a section's score, as a share of it. @param {number} doc */
  #near(doc) {
    let near = this.nearby.get(doc);
    if (near === undefined) {
      near = this.constants.nearness && this.#isSpread() ? this.nearness(doc) : 0;
      this.nearby.set(doc, near);
    }
    return near;
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
      if (concept.whole) return;
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
      if (concept.whole) return;
      const idf = this.idf(concept);
      asked += idf;
      if (wholes.has(concept.unit) || find(this.held[at], doc) >= 0) held += idf;
    });
    return [held, asked];
  }

  /** The units that a section holds as a whole. @param {number} doc */
  #wholes(doc) {
    const held = this.concepts.filter(
      (concept, at) => concept.whole && find(this.held[at], doc) >= 0,
    );
    return new Set(held.map((concept) => concept.unit));
  }

  /** A concept's idf: that of its word, or where the corpus lacks it of the next best.
   * @param {Concept} concept @returns {number} */
  idf(concept) {
    const known = concept.alternatives.find((a) => this.index.term(a.terms[0]));
    return known ? Math.max(...known.terms.map((term) => this.#idfOf(term))) : this.#idfOf(concept.term);
  }

  /** @param {string} term */
  #idfOf(term) {
    const known = this.index.term(term);
    return known ? this.#damped(known) : idfSteps(this.manifest.count, 0);
  }

  /** A term's idf in this query. @param {Term} term */
  #damped({ idf, everyday }) {
    return Math.floor(idf * (1 - (this.damping * everyday) / EVERYDAY_STEPS) + 0.5);
  }

  /** @param {Concept} concept @returns {Parts} */
  #word(concept) {
    const all = concept.alternatives.map((alternative) => this.#alternative(alternative));
    return all.length === 1 ? all[0] : best(all, this.index.size);
  }

  /** @param {Alternative} alternative @returns {Parts} */
  #alternative({ terms, factor }) {
    if (terms.length > 1) return this.phrase(terms, factor);
    const term = this.index.term(terms[0]);
    if (!term) return NONE;
    const idf = this.#damped(term);
    const table = this.manifest.saturations.map((/** @type {number} */ s) => idf * factor * s);
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
    if (!others.length) return new Set(this.index.term(first)?.docs);
    /** @type {Map<number, number[]> | undefined} */
    let found;
    for (const [term, offset] of others) {
      /** @type {Map<number, number[]>} */
      const longer = new Map();
      follow(this.index, first, term, true, (doc, places) => {
        const both = found ? found.get(doc)?.filter((place) => places.includes(place)) : places;
        if (both?.length) longer.set(doc, both);
      }, offset);
      found = longer;
    }
    return new Set(found?.keys());
  }

  /** The idf of a pair, and of each section how many of its places lie in each field.
   * @param {[string, string]} terms */
  pair([one, other]) {
    /** @type {Map<number, number[]>} */
    const fields = new Map();
    follow(this.index, one, other, false, (doc, places) => {
      const counts = [0, 0, 0, 0, 0];
      for (const place of places) {
        let field = counts.length - 1;
        while (STARTS[field] > place) field--;
        counts[field]++;
      }
      fields.set(doc, counts);
    });
    const idf = idfSteps(this.manifest.count, fields.size);
    for (const [doc, counts] of fields) {
      this.paired[doc] += idf * this.manifest.pairSaturations[this.#pairLevel(counts, SHORTEST)];
    }
    return { idf, fields };
  }

  /** @param {number[]} counts @param {number[]} lengths */
  #pairLevel(counts, lengths) {
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
  #cover(concept) {
    const parts = concept.alternatives.map(({ terms, factor }) => {
      const term = terms.length > 1 ? null : this.index.term(terms[0]);
      return term ? { docs: term.docs, values: term.heads, step: (this.#damped(term) * factor) / HEAD_STEPS } : { ...NONE, step: 0 };
    });
    const { docs, values, step } = parts.length === 1 ? parts[0] : { ...best(parts, this.index.size), step: 1 };
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
  #titleScore(covered, mass) {
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
      const term = this.index.term(terms[0]);
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
  const values = new Float64Array(size).fill(-1);
  /** @type {number[]} */
  const found = [];
  for (const { docs, values: some, step = 1 } of all) {
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at];
      if (values[doc] < 0) found.push(doc);
      if (some[at] * step > values[doc]) values[doc] = some[at] * step;
    }
  }
  const docs = Int32Array.from(found).sort();
  return { docs, values: Float64Array.from(docs, (doc) => values[doc]) };
}
