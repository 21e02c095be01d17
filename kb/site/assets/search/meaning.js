// What meaning adds to an answer by words: see kb/search/meaning.py and kb/semantic/words.py. Sites whose
// search data has vectors bring this script with them (kb/site/export/meaning.py).

import { bestFirst, idfSteps } from "./scoring.js";
import { decodeGaps, lastUpTo, ShardError } from "./shards.js";
import {
  COSINE_STEPS, LEAST_COSINE_OF_WORDS, MEANING, NAME_LENGTH, NEAR, PROBED, REACH, SCORE_STEPS, SUFFIX, TOGETHER, UNKNOWN_MEANING, UNSURE, VECTOR_VALUES,
} from "./shared.js";
import { join } from "./twins.js";

/** @import { Results, Search } from "./finding.js" */
/** @import { Index } from "./index.js" */

const KEY_SIZE = 4; // bytes of a word's key that its row begins with
const SIGNED = [...VECTOR_VALUES, 0, ...VECTOR_VALUES.slice(1).reverse().map((value) => -value)];

/** The hash of a word: FNV-1a of 64 bits. @param {string} word */
function keyOf(word) {
  let key = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(word)) key = BigInt.asUintN(64, (key ^ BigInt(byte)) * 0x100000001b3n);
  return key;
}

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other */
function product(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return sum;
}

/** Gives the cosine of the angle of a vector and another one; 0 where one of them has no length.
 * @param {number[]} one @returns {(other: ArrayLike<number>) => number} */
function cosineWith(one) {
  const length = Math.sqrt(product(one, one));
  return (other) => {
    const both = length * Math.sqrt(product(other, other));
    return both ? product(one, other) / both : 0;
  };
}

/** @param {number[]} values @param {number} steps */
function deviation(values, steps) {
  const whole = values.map((value) => Math.floor(value * steps + 0.5));
  const sum = whole.reduce((all, each) => all + each, 0);
  return Math.sqrt(whole.length * product(whole, whole) - sum ** 2) / (whole.length * steps);
}

/** What a cosine adds to a score, by the (score by words, cosine) of the sections that set it, and how
 * much of the query the best section by words holds.
 * @param {[number, number][]} rows @param {[number, number]} holds
 * @returns {(cosine: number) => number} */
function scaleOf(rows, [held, asked]) {
  const cosines = rows.map(([, cosine]) => cosine);
  const spread = deviation(rows.map(([score]) => score), SCORE_STEPS);
  const near = deviation(cosines, COSINE_STEPS);
  const least = Math.min(...cosines);
  const weight = MEANING * (1 - (asked ? Math.min(1, held / asked) : 0));
  const factor = near ? weight * (spread ? spread / near : 1) : 0;
  return (cosine) => Math.max(0, cosine - least) * factor;
}

/** One of several hashes. @param {string} hashes @param {number} at */
const hashOf = (hashes, at) => hashes.slice(at * NAME_LENGTH, (at + 1) * NAME_LENGTH);

/** A word of a query as written. @typedef {{surface: string, idf: number, isEveryday: boolean}} Asked */

/** The vectors of words and sections, from their shards. */
class Vectors {
  /** @param {Index} index */
  constructor(index) {
    this.corpus = index;
    /** Of sections whose clusters were looked at. @type {Map<number, Int8Array>} */
    this.known = new Map();
    /** The rows of shards, by file: many sections stand in one. @type {Map<string, Uint8Array[]>} */
    this.read = new Map();
    this.about = index.header.meaning;
  }

  /** Rows of some bytes, each behind so many others. @param {string} file @param {string} text @param {number} [before] */
  #rows(file, text, before = 0) {
    const found = this.read.get(file);
    if (found) return found;
    const size = this.about.size + before;
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
    if (bytes.length % size) throw new ShardError(file, "is damaged");
    const rows = Array.from({ length: bytes.length / size }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
    this.read.set(file, rows);
    return rows;
  }

  /** @param {Uint8Array} packed */
  #unpack(packed) {
    const numbers = new Int8Array(2 * packed.length);
    for (let at = 0; at < packed.length; at++) {
      numbers[at] = SIGNED[packed[at] & 15];
      numbers[at + packed.length] = SIGNED[packed[at] >> 4];
    }
    return numbers;
  }

  /** The packed vectors of all sections of a shard. @param {string} file */
  async #sections(file) {
    const { vectors } = await this.corpus.shards.get(file);
    return this.#rows(file, vectors);
  }

  /** The vector of a word; null where it has none. The vocabulary has nearly all everyday words: of others
   * both places are asked at once, as each wave of requests is a time of its own.
   * @param {string} word @param {boolean} isEveryday */
  async word(word, isEveryday) {
    const key = keyOf(word);
    const { vocabulary, files, others, own } = this.about;
    const other = () => this.#find("z", key, others, (at) => hashOf(own, Math.floor(at / TOGETHER)));
    const [found, early] = await Promise.all([this.#find("y", key, files, () => vocabulary), isEveryday ? null : other()]);
    return found ?? early ?? other();
  }

  /** @param {string} kind @param {bigint} key @param {number} count @param {(at: number) => string} hash */
  async #find(kind, key, count, hash) {
    if (!count) return null;
    const at = Number(key % BigInt(count));
    const file = `${kind}${at}.${hash(at)}${SUFFIX}`;
    const { words } = await this.corpus.shards.get(file);
    const first = Number(key >> 32n);
    const row = this.#rows(file, words, KEY_SIZE).find((bytes) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === first);
    return row ? this.#unpack(row.subarray(KEY_SIZE)) : null;
  }

  /** The vector of a query: the sum of its words', each times its idf. @param {Asked[]} words */
  async sum(words) {
    /** @type {number[]} */
    const sum = new Array(2 * this.about.size).fill(0);
    await Promise.all(words.map(async ({ surface, idf, isEveryday }) =>
      (await this.word(surface, isEveryday))?.forEach((number, at) => (sum[at] += number * idf))));
    return sum;
  }

  /** The sections that are near, the nearest first. What is needed whatever is asked comes along with the
   * query's vector. @param {Promise<number[]>} sum */
  async nearest(sum) {
    const { whole, clusters } = this.about;
    const file = whole ? `c0.${whole}${SUFFIX}` : `q.${clusters}${SUFFIX}`;
    const [asked, all] = await Promise.all([sum, this.#sections(file)]);
    const cosine = cosineWith(asked);
    /** @type {[number, number][]} */
    const found = [];
    /** @param {ArrayLike<number>} docs @param {Uint8Array[]} rows */
    const add = (docs, rows) => rows.forEach((packed, at) => {
      const vector = this.#unpack(packed);
      found.push([cosine(vector), docs[at]]);
      this.known.set(docs[at], vector);
    });
    if (whole) add([...all.keys()], all);
    else if (asked.some(Boolean)) {
      const { hash, leaders } = await this.corpus.shards.get(file);
      const numbers = decodeGaps(leaders);
      const near = all.map((packed, at) => [cosine(this.#unpack(packed)), at]).sort(byCosine).slice(0, PROBED);
      await Promise.all(near.map(async ([, at]) => {
        const own = `c${at}.${hashOf(hash, at)}${SUFFIX}`;
        const docs = decodeGaps((await this.corpus.shards.get(own)).sections);
        const rows = [...(await this.#sections(own))];
        if (docs.includes(numbers[at])) rows.splice(docs.indexOf(numbers[at]), 0, all[at]);
        add(docs, rows);
      }));
    }
    return found.filter(([value]) => value >= LEAST_COSINE_OF_WORDS).sort(byCosine).map(([, doc]) => doc);
  }

  /** The vectors of sections. @param {number[]} docs */
  of(docs) {
    return Promise.all(docs.map((doc) => this.known.get(doc) ?? this.#vector(doc)));
  }

  /** The vector of a section. @param {number} doc */
  #vector(doc) {
    const { documents } = this.corpus;
    const { whole, each } = this.about;
    if (whole) return this.#row(`c0.${whole}${SUFFIX}`, doc);
    const number = lastUpTo(documents.first, doc);
    const first = documents.first[number];
    const count = (documents.first[number + 1] ?? this.corpus.size) - first;
    const size = Math.ceil(count / Math.max(1, Math.floor((count + (each >> 1)) / each)));
    const at = doc - first;
    const hash = documents.hash.slice(number * NAME_LENGTH, (number + 1) * NAME_LENGTH);
    return this.#row(`v${number}-${size}-${Math.floor(at / size)}.${hash}${SUFFIX}`, at % size);
  }

  /** A vector of a file. @param {string} file @param {number} at */
  async #row(file, at) {
    const packed = (await this.#sections(file))[at];
    if (!packed) throw new ShardError(file, "is damaged");
    return this.#unpack(packed);
  }
}

/** @param {number[]} one @param {number[]} other */
const byCosine = ([one, first], [other, second]) => other - one || first - second;

/** The answer by words and meaning together. Who asks for a person, or types a word that is not finished,
 * is answered by words. Rejected where a file is missing or damaged.
 * @param {Search} search @param {Results} results  by words @returns {Promise<Results>} */
export async function byMeaning(search, results) {
  const { corpus: index } = search;
  // What the answer by words shows comes before all that meaning needs, so that nothing is missing when it is told.
  const shown = results.ranked.map(({ doc }) => index.document(doc));
  const groups = results.ranked.flatMap(({ doc }) => results.twins.get(doc)?.group ?? []).map((group) => index.group(group));
  for (const coming of [...shown, ...groups]) coming.catch(() => {}); // whoever shows it hears of it
  if (search.wanted.person || search.begins || !(results.correction?.text ?? search.parsed.words)) return results;
  const { scoring } = results;
  const [held, all] = scoring && results.ranked.length ? scoring.holds(results.ranked[0].doc) : [0, 0];
  if (all && held >= all) return results; // meaning weighs nothing
  await search.loadTerms(results.concepts); // others may have taken their place
  const words = new Map(results.concepts.all.filter(({ joint }) => !joint).map(({ surface, term }) => {
    const known = index.term(term);
    return [surface, { surface, idf: known?.idf ?? idfSteps(index.header.count, 0), isEveryday: known?.everyday !== 0 }];
  }));
  const vectors = new Vectors(index);
  const sum = vectors.sum([...words.values()]);
  sum.catch(() => {}); // it is awaited below
  const unknown = { ...results, notices: [...new Set([...results.notices, UNKNOWN_MEANING])] };
  if (!scoring) return unknown;
  const near = (all ? held / all : 0) < UNSURE ? await vectors.nearest(sum) : [];
  const allowed = await search.allowed(scoring, near);
  const left = new Set(allowed);
  const kept = new Set(near.filter((doc) => left.has(doc)).slice(0, NEAR));
  const [docs, twins] = join(allowed.filter((doc) => scoring.seen[doc] || kept.has(doc)), index.twins, (doc) => scoring.heldBy(doc));
  for (const [doc, { group, places }] of twins) if (places.some((place) => kept.has(index.twins[group][place]))) kept.add(doc);
  const [ranked, rival] = await search.ranked(docs, scoring, async (scores) => {
    const worded = [...docs.keys()].filter((at) => scoring.seen[docs[at]]);
    const best = bestFirst(worded.map((at) => docs[at]), worded.map((at) => scores[at]), REACH);
    const rows = new Map(best);
    docs.forEach((doc, at) => kept.has(doc) && rows.set(doc, scores[at]));
    if (!rows.size) return;
    const [found, asked] = await Promise.all([vectors.of([...rows.keys()]), sum]);
    const cosines = found.map(cosineWith(asked));
    const scale = scaleOf([...rows.values()].map((score, at) => [score, cosines[at]]), best.length ? scoring.holds(best[0][0]) : [0, 0]);
    const parts = new Map([...rows.keys()].map((doc, at) => [doc, scale(cosines[at])]));
    docs.forEach((doc, at) => (scores[at] += parts.get(doc) ?? 0));
  });
  if (!(await sum).some(Boolean)) return unknown;
  return {
    ...results,
    found: results.total || !docs.length ? results.found : "words",
    total: docs.length,
    ranked,
    confidence: ranked.length ? search.confidence(ranked[0], rival, scoring) : 0,
    twins,
  };
}
