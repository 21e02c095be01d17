// Words that were probably meant. See kb/search/spelling.py.

import { cutsOf } from "./analysis.js";
import { pause } from "./pauses.js";
import { areNeighbours } from "./scoring.js";
import {
  ATTACHED, CONFUSED, CONFUSED_LETTERS, BESIDE, COMMON, COMMONER, COMPARED, DOUBLED, ENDINGS, EXTRA, FIRST, HELD_RARELY, JOINING,
  LIKELY, LONG, LONGEST_SURE, MARGIN, MIN_LENGTH, MIN_PART, MISSING, NO_WORD, OFFERED, OFTENER, OTHER, OWN, PART_OF_COMPOUND, PER_LEVEL, PROBABLE, RARE,
  SAME_STEM, SURE, SURE_PER_LETTER, SWAPS, TURN, UNDOUBLED,
} from "./shared.js";

/** @import { Analyzer, Token } from "./analysis.js" */
/** @import { Index, Word } from "./index.js" */
/** @import { Query } from "./query.js" */

/**
 * @typedef {{text: string, words: [string, string][]}} Correction
 * @typedef {{tokens: Token[], correction: Correction, retyped: string}} Corrected
 * @typedef {{words: string[], sure: boolean, probable: boolean, known?: Word}} Guess
 * @typedef {{score: number, word: string, term: string, known: Word}} Near
 */

const SLIPS = [...SWAPS, MISSING, UNDOUBLED, EXTRA, DOUBLED, CONFUSED, OTHER, FIRST];
const EDITS = [1, 9, 1, 1, 1, 1, 1, 1, 0]; // so that it is the optimal string alignment distance
const CONFUSED_PAIRS = new Set(CONFUSED_LETTERS.split(" "));

/** What has to be known of the corpus to correct a word: beginnings of words. @param {string} word */
function beginnings(word) {
  const [first, second] = word;
  return first === second ? [first] : [first, second + first];
}

/** The known words that are at most so many edits away.
 * @param {string} word @param {(prefix: string) => Iterable<Word>} wordsFrom @param {number} furthest */
export function candidates(word, wordsFrom, furthest) {
  return beginnings(word).flatMap((beginning, place) =>
    [...wordsFrom(beginning)].filter(({ word: known }) => known !== word &&
      Math.abs(known.length - word.length) <= furthest - place && slipCost(word, known, EDITS) <= furthest));
}

/** What it costs to have typed one word for another, by what two swapped letters cost, neighbours
 * or around one, a letter missing, or behind the same one, too many, or twice for once, taken for
 * one that is alike, or for another, and a wrong first letter.
 * @param {string} typed @param {string} meant @param {number[]} costs */
export function slipCost(typed, meant, costs = SLIPS) {
  const [swap, around, missing, undoubled, extra, doubled, confused, different, first] = costs;
  const [one, other] = [[...typed], [...meant]];
  const lost = other.map((letter, at) => (letter === other[at - 1] ? undoubled : missing));
  const rows = [[0]];
  lost.forEach((cost, at) => rows[0].push(rows[0][at] + cost));
  one.forEach((a, y) => {
    const more = a === one[y - 1] ? doubled : extra;
    const row = [rows[y][0] + more];
    other.forEach((b, x) => {
      const change = a === b ? 0 : CONFUSED_PAIRS.has(a + b) ? confused : different;
      const ways = [rows[y][x + 1] + more, row[x] + lost[x], rows[y][x] + change];
      if (a === other[x - 1] && b === one[y - 1]) ways.push(rows[y - 1][x - 1] + swap);
      if (a === other[x - 2] && b === one[y - 2] && one[y - 1] === other[x - 1]) ways.push(rows[y - 2][x - 2] + around);
      row.push(Math.min(...ways));
    });
    rows.push(row);
  });
  return rows[one.length][other.length] + (one[0] === other[0] ? 0 : first);
}

/** @param {string} word */
const restOf = (word) => [...word].slice(1).join("");

/** How words are turned that have another first letter, or one more. @param {string} word */
const turnedEnds = (word) => [restOf(word), word].map((end) => end + TURN);

/** Whether a word is a known one with letters before it, or two after it: a name, rather than a slip.
 * @param {string} typed @param {string} known @param {Set<string>} stopWords */
function isAttached(typed, known, stopWords) {
  const letters = [...known];
  const before = typed.slice(0, -known.length);
  if (typed.endsWith(known)) return before !== letters[0] && !stopWords.has(before);
  const after = typed.startsWith(known) ? typed.slice(known.length) : "";
  return [...after].length === 2 && ![letters.slice(-2).join(""), ...ENDINGS].includes(after);
}

/** @param {string[]} words */
const sureOf = (...words) => ({ words, sure: true, probable: true });

export class Corrector {
  /** @param {Index} index @param {Analyzer} analyzer @param {Query} query */
  constructor(index, analyzer, query) {
    this.corpus = index;
    this.analyzer = analyzer;
    this.parsed = query;
    /** Of words that are not known, those that are near. @type {Map<string, Promise<Near[]>>} */
    this.near = new Map();
  }

  /** The tokens with those of `wrong` replaced that have something better: those that are sure, and
   * with those that are offered, and whether all are probable. @param {Token[]} tokens @param {Token[]} wrong
   * @returns {Promise<{sure: Corrected | null, offered: Corrected | null, probable: boolean}>} */
  async correct(tokens, wrong) {
    const parts = tokens.filter((token) => !token.joint && !token.inside);
    /** @type {Map<Token, Guess>} */
    const found = new Map();
    for (const token of wrong.filter((token) => parts.includes(token))) {
      await pause();
      const guess = await this.#best(token, parts);
      if (guess) found.set(token, guess);
    }
    const sure = new Map([...found].filter(([, guess]) => guess.sure));
    return {
      sure: sure.size ? this.#replace(tokens, sure) : null,
      offered: found.size > sure.size ? this.#replace(tokens, found) : null,
      probable: [...found.values()].every((guess) => guess.probable),
    };
  }

  /** @param {Token[]} tokens @param {Map<Token, Guess>} found @returns {Corrected} */
  #replace(tokens, found) {
    const { analyzer } = this;
    const corrected = tokens.flatMap((token) =>
      found.get(token)?.words.map((word) => ({ ...token, surface: word, term: analyzer.stem(word), stop: analyzer.stopWords.has(word) })) ?? [token]);
    const content = corrected.filter((token) => !token.stop);
    const meant = (/** @type {Token} */ token) => found.get(token)?.words.join(" ") ?? "";
    const changes = tokens.filter(meant);
    const typed = (/** @type {string} */ text) => this.#retype(text, changes, meant);
    const words = changes.map((token) => /** @type {[string, string]} */ ([token.surface, meant(token)]));
    return { tokens: content.length ? content : corrected, correction: { text: typed(this.parsed.words), words }, retyped: typed(this.parsed.text) };
  }

  /** The query's words, or its whole text, with some tokens changed. @param {string} text
   * @param {Token[]} changes @param {(token: Token) => string} meant */
  #retype(text, changes, meant) {
    let shift = 0;
    for (const token of [...changes].sort((a, b) => a.start - b.start)) {
      const typed = this.parsed.words.slice(token.start, token.end);
      const start = text.indexOf(typed, token.start + shift); // syntax only moves it on
      if (start < 0) continue;
      text = text.slice(0, start) + meant(token) + text.slice(start + typed.length);
      shift += meant(token).length - typed.length;
    }
    return text;
  }

  /** What was probably meant by a token. @param {Token} token @param {Token[]} parts
   * @returns {Promise<Guess | null>} */
  async #best(token, parts) {
    const { surface } = token;
    if ([...surface].length < MIN_LENGTH) return null;
    const level = await this.level(surface);
    if (level === OWN) return null;
    if (/\p{Nd}/u.test(surface)) return this.#splitDigits(surface);
    if (level > RARE) return this.#compound(surface);
    const at = parts.indexOf(token);
    const near = await this.#nearest(surface, [parts[at - 1]?.term, parts[at + 1]?.term]);
    const meant = near?.known;
    if (level) {
      const isSlip = meant && slipCost(surface, meant.word) <= LIKELY && meant.level - level >= COMMONER;
      return isSlip ? { ...near, sure: false, probable: false } : this.#compound(surface);
    }
    if (meant && this.#isForm(surface, meant)) return null;
    return near?.sure ? near : (await this.#split(surface)) ?? (await this.#compound(surface)) ?? near;
  }

  /** The likeliest of the words that are near. @param {string} surface @param {(string | undefined)[]} beside
   * @returns {Promise<Guess | null>} */
  async #nearest(surface, beside) {
    const limit = SURE + SURE_PER_LETTER * (Math.min([...surface].length, LONGEST_SURE) - MIN_LENGTH);
    const found = likely(await (this.near.get(surface) ?? this.#scored(surface)));
    const scored = sorted(await Promise.all(found.map(async (near) => ({ ...near, score: near.score - (await this.#beside(near.word, beside)) }))));
    if (!scored.length || scored[0].score > limit + OFFERED) return null;
    const [{ score, word, term, known }] = scored;
    const most = limit - (isAttached(surface, word, this.analyzer.stopWords) ? ATTACHED : 0);
    const isTied = scored.some((other) => other.score < score + MARGIN && other.term !== term);
    return { words: [word], sure: score <= most && !isTied, probable: score <= most + PROBABLE, known };
  }

  /** The words that are near, likeliest first but for what stands beside them; no slips.
   * @param {string} surface @returns {Promise<Near[]>} */
  async #scored(surface) {
    const { analyzer, corpus: index } = this;
    const stem = analyzer.stem(surface);
    const scored = sorted((await this.#near(surface)).map(([known, cost]) => {
      const { word, articles, level } = known;
      const score = 2 * cost - Math.floor(100 * Math.log10(1 + articles) + 0.5) - PER_LEVEL * level;
      const term = analyzer.stem(word);
      return { score: score - (term === stem ? SAME_STEM : 0) + (level ? 0 : NO_WORD), word, term, known };
    }));
    for (const { term } of likely(scored)) index.bring(term);
    const rare = scored.filter(({ word, known }) => known.articles <= HELD_RARELY && [...word].length >= MIN_LENGTH && !known.level);
    await index.written.load(rare.flatMap(({ word }) => beginnings(word)));
    const isSlip = (/** @type {Near} */ { word, known }) =>
      this.#candidates(word, 1).some((other) => other.articles >= OFTENER * known.articles && slipCost(word, other.word) <= LIKELY);
    return scored.filter((each) => !rare.includes(each) || !isSlip(each));
  }

  /** Load, for a word that no article may hold, what tells what was meant. @param {string} surface */
  async prepare(surface) {
    if ((await this.level(surface)) > RARE) return;
    const { analyzer, corpus: index } = this;
    const parts = this.#pairs(surface).filter((pair) => pair.every((word) => index.mayHold(analyzer.stem(word)))).flat();
    for (const part of parts) index.bring(analyzer.stem(part));
    await Promise.all([index.written.load(beginnings(surface)), index.written.load(parts, ""), this.#loadOthers(surface)]);
    this.near.set(surface, this.#scored(surface));
    await this.near.get(surface);
  }

  /** Load the words that differ from one in the first letter. @param {string} surface */
  async #loadOthers(surface) {
    await Promise.all([this.corpus.written.load([restOf(surface)], ""), this.corpus.turned.load(turnedEnds(surface))]);
  }

  /** The words that are near, with what the slip costs. @param {string} surface
   * @returns {Promise<[Word, number][]>} */
  async #near(surface) {
    await this.corpus.written.load(beginnings(surface));
    const found = this.#candidates(surface, [...surface].length >= LONG ? 2 : 1);
    const near = found.map((known) => /** @type {[Word, number]} */ ([known, slipCost(surface, known.word)]));
    if (near.some(([, cost]) => cost <= LIKELY)) return near;
    await this.#loadOthers(surface);
    const { turned, written } = this.corpus;
    const others = turnedEnds(surface).flatMap((end) => turned.from(end)).map((known) => ({ ...known, word: known.word.at(-1) + known.word.slice(0, -2) }));
    for (const known of [written.word(restOf(surface)) ?? [], others].flat()) {
      if (![surface, ...found.map(({ word }) => word)].includes(known.word)) near.push([known, slipCost(surface, known.word)]);
    }
    return near;
  }

  /** The known words that are at most so many edits away. @param {string} word @param {number} furthest */
  #candidates(word, furthest) {
    return candidates(word, (prefix) => this.corpus.written.from(prefix), furthest);
  }

  /** What it takes from a word's score where it stands beside its neighbours.
   * @param {string} word @param {(string | undefined)[]} beside */
  async #beside(word, [before, after]) {
    if (this.analyzer.stopWords.has(word)) return 0; // it stands beside anything
    const term = this.analyzer.stem(word);
    return (await this.#together(before, term)) + (await this.#together(term, after));
  }

  /** What it takes from a score that any section holds two terms one after the other, if there are two.
   * @param {string | undefined} one @param {string | undefined} other */
  async #together(one, other) {
    if (!one || !other) return 0;
    await this.corpus.load([one, other]);
    return areNeighbours(this.corpus, one, other) ? BESIDE : 0;
  }

  /** Whether one is a regular form of the other, or will do for it. @param {string} surface @param {Word} meant */
  #isForm(surface, { word, level }) {
    return this.analyzer.stem(surface) === this.analyzer.stem(word) &&
      level < (surface.startsWith(word) && ENDINGS.includes(surface.slice(word.length)) ? COMMON : 1);
  }

  /** The pairs of words that a word may be made of. @param {string} surface */
  #pairs(surface) {
    return cutsOf(surface, MIN_PART, MIN_PART).filter((pair) => !pair.some((word) => this.analyzer.stopWords.has(word)));
  }

  /** The two words that a word is made of. @param {string} surface @returns {Promise<Guess | null>} */
  async #split(surface) {
    const { analyzer, corpus: { written } } = this;
    let pairs = this.#pairs(surface);
    for (const half of [0, 1]) {
      await written.load(pairs.map((pair) => pair[half]), "");
      pairs = pairs.filter((pair) => written.word(pair[half]));
    }
    let most = 0;
    /** @type {string[]} */
    let best = [];
    for (const pair of pairs) {
      const least = Math.min(...pair.map((word) => /** @type {Word} */ (written.word(word)).articles));
      if (least > most && (await this.#together(analyzer.stem(pair[0]), analyzer.stem(pair[1])))) [most, best] = [least, pair];
    }
    return most ? sureOf(...best) : null;
  }

  /** The two words that a compound is made of, wherever they stand. @param {string} surface @returns {Promise<Guess | null>} */
  async #compound(surface) {
    if (!JOINING.split(" ").includes(this.corpus.header.language.split("-")[0].toLowerCase()) || (await this.#isKnown(surface))) return null;
    for (const [one, other] of cutsOf(surface, PART_OF_COMPOUND, PART_OF_COMPOUND)) {
      if (!(await this.#isKnown(other))) continue;
      for (const first of [one.replace(/s$/, ""), one]) {
        if ([...first].length >= PART_OF_COMPOUND && (await this.#isKnown(first))) return sureOf(first, other);
      }
    }
    return null;
  }

  /** Whether articles hold a form of a word that is no stop word; as written, where its stem is short.
   * @param {string} word */
  async #isKnown(word) {
    const term = this.analyzer.stem(word);
    await this.corpus.load([term]);
    return !this.analyzer.stopWords.has(word) && this.corpus.term(term) !== null &&
      ([...term].length >= PART_OF_COMPOUND || (await this.#word(word)) !== null);
  }

  /** Letters before digits, which may be misspelt. @param {string} surface @returns {Promise<Guess | null>} */
  async #splitDigits(surface) {
    const [, word, digits] = /^(\p{L}{3,})(\p{Nd}{1,4})$/u.exec(surface) ?? [];
    if (!word) return null;
    if (await this.#word(word)) return sureOf(word, digits);
    if ([...word].length < MIN_LENGTH || (await this.level(word))) return null;
    const near = await this.#nearest(word, []);
    return near && { ...near, words: [...near.words, digits] };
  }

  /** What is known of a word as written; null where no article holds it. @param {string} word */
  async #word(word) {
    await this.corpus.written.load([word], "");
    return this.corpus.written.word(word);
  }

  /** How common a word that no article holds is in the language, by whichever of its spellings. @param {string} word */
  async level(word) {
    return (await this.corpus.commonness(word)) || this.corpus.commonness(this.analyzer.respell(word));
  }
}

/** Those of sorted ones of which what stands beside them may make the likeliest. @param {Near[]} scored */
const likely = (scored) => scored.slice(0, COMPARED).filter(({ score }) => score <= scored[0].score + 2 * BESIDE);

/** @param {Near[]} scored */
const sorted = (scored) => scored.sort((a, b) => a.score - b.score || (a.word < b.word ? -1 : 1));
