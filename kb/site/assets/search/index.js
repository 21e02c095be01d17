// The index as a query reads it: postings, statistics, words and tables, from their shards.

import { pause } from "./pauses.js";
import { decode, decodeGaps, digit, find, lastUpTo, NO_DIGIT } from "./shards.js";
import {
  CODE_FACTOR, HEAD_STEPS, LINK_MARK, MARKS as FIELD_MARKS, MASS_TURN, NAME_LENGTH as HASH, RANGE_STARTS as STARTS, SUFFIX, TIERS,
} from "./shared.js";
import { readTwins } from "./twins.js";

/** @import { Shards } from "./shards.js" */

const KEPT_TERMS = 200;
const MOST_FILES = 8; // of terms that are asked for with the words that tell which of them count
export const LETTERS = /^\p{L}+$/u;
const TEXT_START = STARTS[STARTS.length - 1];
const MARKS = FIELD_MARKS + LINK_MARK; // of the fields whose first positions are STARTS
const LINK = MARKS.length - 1; // words in the text of links make phrases, but no pairs

/** Where the shards of a kind begin, and what their names are. */
class Directory {
  /** @param {string} kind @param {any} manifest  lists no shards of a kind that has none @param {Shards} shards */
  constructor(kind, manifest, shards) {
    const { first, hash } = manifest.shards[kind] ?? { first: "", hash: "" };
    this.kind = kind;
    this.hash = hash;
    this.shards = shards;
    /** @type {ArrayLike<any>} */
    this.first = "dg".includes(kind) ? decodeGaps(first) : first ? first.split(" ") : [];
  }

  /** @param {number} number @returns {Promise<any>} */
  get(number) {
    return this.shards.get(`${this.kind}${number}.${this.hash.slice(number * HASH, (number + 1) * HASH)}${SUFFIX}`);
  }

  /** The shards of words or terms that begin with a prefix. @param {string} prefix @returns {number[]} */
  numbers(prefix, end = "\uffff") {
    const first = Math.max(0, lastUpTo(this.first, prefix));
    const last = lastUpTo(this.first, prefix + end);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  }
}

/** A word as written: how many articles hold it, and how common it is in the language.
 * @typedef {{word: string, articles: number, level: number}} Word */

/** Words in order, and what is known of each that is loaded. */
class Words extends Directory {
  /** @param {string} kind @param {any} manifest @param {Shards} shards */
  constructor(kind, manifest, shards) {
    super(kind, manifest, shards);
    /** By the number of the shard. @type {Map<number, Word[]>} */
    this.seen = new Map();
  }

  /** Load the words that begin with these; with an empty `end` these words.
   * @param {string[]} prefixes @param {string} [end] */
  async load(prefixes, end) {
    await Promise.all(prefixes.flatMap((prefix) => this.numbers(prefix, end)).map(async (number) => {
      if (this.seen.has(number)) return;
      const { words, articles = "", levels } = await this.get(number);
      const counts = decode(articles);
      this.seen.set(number, readWords(words).map((word, at) => ({ word, articles: counts[at], level: digit(levels, at) })));
    }));
  }

  /** Whether all words that begin with a prefix are loaded. @param {string} prefix */
  has(prefix) {
    return this.numbers(prefix).every((number) => this.seen.has(number));
  }

  /** The loaded words that begin with a prefix. @param {string} prefix */
  from(prefix) {
    return this.numbers(prefix).flatMap((number) => this.seen.get(number)?.filter(({ word }) => word.startsWith(prefix)) ?? []);
  }

  /** What is known of a loaded word; null where it is none of these. @param {string} word */
  word(word) {
    return this.seen.get(lastUpTo(this.first, word))?.find((known) => known.word === word) ?? null;
  }
}

/** A term: the sections that hold it, with levels, what it weighs in coverage, and positions. */
export class Term {
  /** @param {any[]} row @param {Index} index */
  constructor(row, index) {
    const [, idf, everyday, words, sections, levels, places = "", titleIdf = 0, articles = "", titleLevels = "", titlePlaces = "", heads = "", steps = ""] = row;
    /** @type {number} */
    this.idf = idf;
    /** How far its words are everyday words of the language. @type {number} */
    this.everyday = everyday;
    /** Its words as written, each with the terms of the two words that it is made of, if it is.
     * @type {Map<string, string[]>} */
    this.words = new Map(words.split(" ").map((/** @type {string} */ text) => {
      const [word, ...halves] = text.split(":");
      return [unpack(row[0], word), halves];
    }));
    /** @type {number} */
    this.titleIdf = titleIdf;
    /** The articles whose titles hold it. */
    this.articles = decodeGaps(articles);
    /** What is written of positions in sections, and in the titles of articles. @type {string[]} */
    this.places = places.split(" ");
    this.titlePlaces = titlePlaces.split(" ");
    const own = decodeGaps(sections);
    const most = this.articles.reduce((sum, article) => sum + index.sections[article], own.length);
    const docs = new Int32Array(most);
    const weights = new Uint8Array(most);
    const covers = new Uint8Array(most);
    /** For each section the number of what is written of it, and of its article; else -1. */
    this.own = new Int32Array(most).fill(-1);
    this.title = new Int32Array(most).fill(-1);
    let size = 0;
    let at = 0;
    const take = (/** @type {number} */ title) => {
      docs[size] = own[at];
      weights[size] = digit(levels, at);
      covers[size] = this.places[at]?.includes("!") ? HEAD_STEPS : title;
      this.own[size++] = at++;
    };
    this.articles.forEach((article, number) => {
      const first = index.firsts[article];
      while (at < own.length && own[at] < first) take(0);
      for (let doc = first; doc < index.firsts[article + 1]; doc++) {
        const head = index.isLead(doc, article) ? HEAD_STEPS : index.inTitle;
        this.title[size] = number;
        if (own[at] === doc) take(head);
        else {
          docs[size] = doc;
          weights[size] = digit(titleLevels, number);
          covers[size++] = head;
        }
      }
    });
    while (at < own.length) take(0);
    this.docs = docs.subarray(0, size);
    this.levels = weights.subarray(0, size);
    this.heads = covers.subarray(0, size);
    decodeGaps(heads).forEach((doc, number) => {
      const place = find(this.docs, doc);
      if (place >= 0) this.heads[place] = digit(steps, number);
    });
  }

  /** How many positions it has in all, but for links. */
  get occurrences() {
    return this.docs.reduce((count, _, at) => count + this.positions(at).length, 0);
  }

  /** The positions in the section at a place of `docs`, ascending; with `links` those in the
   * text of links, too. @param {number} at @param {boolean} [links] @returns {number[]} */
  positions(at, links = false) {
    /** @type {number[]} */
    const found = [];
    if (this.title[at] >= 0) readPlaces(this.titlePlaces[this.title[at]] ?? "", 0, false, found);
    if (this.own[at] >= 0) readPlaces(this.places[this.own[at]] ?? "", TEXT_START, links, found);
    return found.some((place, number) => place < found[number - 1]) ? found.sort((a, b) => a - b) : found;
  }
}

/** Add the positions that a text holds, from `start` on or behind the mark of a field.
 * @param {string} text @param {number} start @param {boolean} links @param {number[]} places */
function readPlaces(text, start, links, places) {
  let place = start;
  let number = 0;
  for (let at = 0; at < text.length; at++) {
    const value = digit(text, at);
    if (value === NO_DIGIT) {
      const field = MARKS.indexOf(text[at]);
      if (field === LINK && !links) return;
      place = STARTS[field];
      continue;
    }
    number = number * 32 + (value & 31);
    if (value < 32) {
      places.push((place += number));
      number = 0;
    }
  }
}

export class Index {
  /** @param {any} manifest @param {Shards} shards */
  constructor(manifest, shards) {
    this.header = manifest;
    this.shards = shards;
    this.inTitle = manifest.inTitle;
    this.terms = new Directory("t", manifest, shards);
    /** Codes of all terms, ascending. */
    this.codes = decodeGaps(manifest.terms.codes);
    /** Words of articles, the same by what stands behind their first letter, and words of the language. */
    this.written = new Words("w", manifest, shards);
    this.turned = new Words("r", manifest, shards);
    this.lexicon = new Words("x", manifest, shards);
    this.documents = new Directory("d", manifest, shards);
    this.groups = new Directory("g", manifest, shards);
    this.compounds = new Directory("k", manifest, shards);
    /** Sections that say the same, newest first. */
    this.twins = manifest.twins ? readTwins(manifest.twins) : [];
    const counts = decode(manifest.sections);
    this.sections = counts.map((count) => count >> 1);
    this.leadFirst = counts.map((count) => (count & 1) === 1);
    this.otherLeads = new Set(decodeGaps(manifest.leads));
    /** The first section of each article, and after the last the number of sections. */
    this.firsts = [0];
    for (const count of this.sections) this.firsts.push(this.firsts[this.firsts.length - 1] + count);
    this.size = this.firsts[this.sections.length];
    /** The article of each section. */
    this.articleOf = new Int32Array(this.size);
    this.sections.forEach((count, article) =>
      this.articleOf.fill(article, this.firsts[article], this.firsts[article] + count));
    /** The tier of each article that is not of the first, by number. @type {Map<number, string>} */
    this.tiers = new Map();
    for (const tier of TIERS) for (const article of decodeGaps(manifest.tiers[tier] ?? "")) this.tiers.set(article, tier);
    /** @type {Map<string, Term | null>} */
    this.known = new Map();
    /** What the words of each section's title and heading weigh, and those of each article's title. */
    this.masses = readMasses(manifest.masses);
    this.titleMasses = readMasses(manifest.titles);
  }

  /** Whether a section's heading is the article's title. @param {number} doc @param {number} article */
  isLead(doc, article) {
    return this.firsts[article] === doc ? this.leadFirst[article] : this.otherLeads.has(doc);
  }

  /** The tier of a section's article. @param {number} doc */
  tierOf(doc) {
    return this.tiers.get(this.articleOf[doc]) ?? TIERS[0];
  }

  /** The articles of a topic or tag. @param {any} facets @param {string} name @returns {Set<number>} */
  articlesOf(facets, name) {
    return new Set(Object.hasOwn(facets.articles, name) ? decodeGaps(facets.articles[name]) : []);
  }

  /** Load what is known of terms. @param {Iterable<string>} terms */
  async load(terms) {
    const asked = new Set(terms);
    for (const [term, known] of [...this.known]) {
      if (!asked.has(term) && this.known.size <= KEPT_TERMS) continue;
      this.known.delete(term);
      if (asked.has(term)) this.known.set(term, known); // what was asked for last goes last
    }
    const wanted = [...asked].filter((term) => !this.known.has(term));
    await Promise.all(
      wanted.map(async (term) => {
        const shard = await this.bring(term);
        const row = shard?.terms.find((/** @type {any[]} */ row) => row[0] === term);
        await pause();
        this.known.set(term, row ? new Term(row, this) : null);
      }),
    );
  }

  /** Ask for the file of a term, if there may be one. @param {string} term @returns {Promise<any> | null} */
  bring(term) {
    const number = this.mayHold(term) ? lastUpTo(this.terms.first, term) : -1;
    return number < 0 ? null : this.terms.get(number);
  }

  /** Load the words that begin with these, and ask with them for files of their terms. @param {string[]} prefixes */
  bringFrom(prefixes) {
    prefixes.flatMap((prefix) => this.terms.numbers(prefix).slice(0, MOST_FILES)).map((number) => this.terms.get(number));
    return this.written.load(prefixes);
  }

  /** A term that was loaded, null if no section holds it. @param {string} term */
  term(term) {
    return this.known.get(term) ?? null;
  }

  /** Whether sections may hold a term: few of those of letters alone that none holds have the code of another.
   * @param {string} term */
  mayHold(term) {
    if (!LETTERS.test(term)) return true;
    let code = 0;
    for (const letter of term) code = (code * CODE_FACTOR + /** @type {number} */ (letter.codePointAt(0))) % this.header.terms.size;
    return find(this.codes, code) >= 0;
  }

  /** How common a word is in the language; 0 for what is no word of it. @param {string} word */
  async commonness(word) {
    await this.lexicon.load([word], "");
    return this.lexicon.word(word)?.level ?? 0;
  }

  /** The compounds that stand for a term which they are made of. @param {string} term
   * @returns {Promise<string[]>} */
  async compoundsOf(term) {
    const number = lastUpTo(this.compounds.first, term);
    if (number < 0) return [];
    const shard = await this.compounds.get(number);
    return shard.compounds.find((/** @type {[string, string]} */ row) => row[0] === term)?.[1].split(" ") ?? [];
  }

  /** What a hit shows. @param {number} doc @returns {Promise<{article: any, section: any[]}>} */
  async document(doc) {
    const number = lastUpTo(this.documents.first, doc);
    const shard = await this.documents.get(number);
    let at = doc - this.documents.first[number];
    for (const article of shard.articles) {
      if (at < article.sections.length) return { article, section: article.sections[at] };
      at -= article.sections.length;
    }
    throw new Error("is damaged");
  }

  /** Of each section of a group, newest first: id, url and anchor. @param {number} group
   * @returns {Promise<[string, string, string][]>} */
  async group(group) {
    const number = lastUpTo(this.groups.first, group);
    const shard = await this.groups.get(number);
    return shard.groups[group - this.groups.first[number]];
  }

  /** Topics and the articles of each topic and tag. @returns {Promise<any>} */
  facets() {
    return this.shards.get(`f.${this.header.facets}.js`);
  }
}

/** @param {string} text */
const readMasses = (text) => decode(text).map((code) => ((code ^= MASS_TURN) < 16 ? code : ((code & 7) + 8) << ((code >> 3) - 1)));

/** @param {string} text @returns {string[]} */
function readWords(text) {
  const words = text.split(" ");
  words.pop();
  let before = "";
  return words.map((word) => (before = unpack(before, word)));
}

/** A word that is written behind the number of characters that it shares with another.
 * @param {string} other @param {string} text */
function unpack(other, text) {
  let size = 1;
  while (digit(text, size - 1) > 31) size++;
  return other.slice(0, decode(text, 0, size)[0]) + text.slice(size);
}
