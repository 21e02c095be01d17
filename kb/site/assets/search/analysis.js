// Words to terms, as kb/text/analysis.py has it: the same words for the index and for queries.

import {
  APOSTROPHES, CAMEL, DASHES, DIGITS, DROPPED, FOLDED, GROUPS, HUMP, IGNORED, LONGEST_ABBREVIATION, LONGEST_NUMBER,
  MAX_WORD_LENGTH, MEASURES, SHORTEST_NUMBER, SPACES, ZEROS,
} from "./shared.js";
import { stem } from "./stemmer.js";
import { speller, withoutParticles } from "./variants.js";

const MAX_KEPT = 20_000; // units whose analysis is kept

const WORD = "\\p{L}\\p{N}_"; // Python's \w

const POSSESSIVE = new RegExp(`[${APOSTROPHES}]s$`, "iu");
const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, "gu");
const LEFT_OUT = new RegExp(`[${DROPPED}]`, "gu");
const ASCII = /^[\0-\x7f]*$/;
const PLAIN = /^(?:[a-z]?[a-z]*|[A-Z][a-z]*|[A-Z]+)$/;
const GAP = new RegExp(`[),${SPACES}]`, "u");
const MEASURE = new RegExp(`^([0-9]+)(${MEASURES})$`, "u");
const NAME = /^[A-Za-z0-9]+/;
const IS_CAMEL = new RegExp(`^(?:${CAMEL})`);
const HUMPS = new RegExp(HUMP, "g");
const THOUSANDS = new RegExp(`^[0-9]{1,3}(?:([,${SPACES}.])[0-9]{3})(?:\\1[0-9]{3})*(?:[.,][0-9]+)?$`, "u");

/** Each letter and digit with what stands for it. @type {Map<string, string>} */
const INSTEAD = new Map(FOLDED.split(" ").map((pair) => [pair[0], pair.slice(1)]));
for (const zero of ZEROS) {
  for (let digit = 0; digit < 10; digit++) INSTEAD.set(String.fromCharCode(zero.charCodeAt(0) + digit), `${digit}`);
}

/** @typedef {{surface: string, term: string, position: number, start: number, end: number,
 *   stop: boolean, joint: boolean, inside: boolean}} Token */
/** @typedef {{surface: string, start: number, end: number}} Piece */

/** Case folded, as Python's `str.casefold` does it. @param {string} text */
export const fold = (text) =>
  ASCII.test(text)
    ? text.toLowerCase()
    : text.split("\u0131").map((part) => part.toUpperCase().toLowerCase().replaceAll("\u03c2", "\u03c3")).join("\u0131");

/** NFKC, case folded, without accents and apostrophes, with one form of each letter.
 * @param {string} word */
export function normalize(word) {
  word = word.replace(POSSESSIVE, "");
  if (!ASCII.test(word)) {
    word = fold(word.normalize("NFKC")).normalize("NFD").replace(LEFT_OUT, "").normalize("NFC");
    word = [...word].map((letter) => INSTEAD.get(letter) ?? letter).join("");
  }
  return fold(word.replace(APOSTROPHE, ""));
}

/** Ending and rule, between spaces: see kb/site/export/stems.py. @param {string} text */
function readRules(text) {
  const parts = text.split(" ");
  /** @type {Map<string, string>} */
  const rules = new Map();
  for (let at = 0; at < parts.length; at += 2) rules.set(parts[at], parts[at + 1]);
  return rules;
}

/** By the rule of the longest ending. @param {string} surface @param {Map<string, string>} rules */
function byRules(surface, rules) {
  const word = `^${surface}`;
  for (let at = 0; at <= word.length; at++) {
    const rule = rules.get(word.slice(at));
    if (rule === undefined) continue;
    return surface.slice(DIGITS.indexOf(rule[0]), surface.length - DIGITS.indexOf(rule[1])) + rule.slice(2);
  }
  return surface;
}

/** Cuts text into terms. */
export class Analyzer {
  /** @param {{language: string, stop: string, marks: string, unspaced: string, elided: string,
   *   respelled: string[][], rules?: string, particles?: string[]}} manifest  stop words between spaces; ranges of combining marks that
   * belong to words, and of characters of scripts written without spaces; what is elided, and
   * rules of spelling */
  constructor({ language, stop, marks, unspaced, elided, respelled, rules, particles }) {
    /** How words of another language than English become terms. @type {Map<string, string> | null} */
    this.rules = rules ? readRules(rules) : null;
    this.particles = particles;
    this.stopWords = new Set(stop.split(" "));
    this.language = language.split("-")[0].toLowerCase();
    const word = `[${WORD}${marks}][${WORD}${marks}${IGNORED}]*`;
    const more = `(?:[.${APOSTROPHES}${DASHES}]${word})*`;
    const group = `(?:,[0-9]{1,3}|(?:[${SPACES}]|\\) ?)[0-9]{2,8}(?![.:][0-9]))(?![${WORD}])`;
    const groups = `(?:(?<=[0-9])${group}${more}){0,${GROUPS}}`;
    this.unit = new RegExp(`${word}${more}${groups}(?:\\+\\+|#(?![${WORD}]))?`, "gu");
    this.piece = new RegExp(`[${unspaced}][${marks}]*|[^),._${SPACES}${unspaced}${DASHES}]+`, "gu");
    this.notWord = new RegExp(`[^${WORD}${marks}+#]+`, "u");
    this.unspaced = new RegExp(`[${unspaced}]`, "u");
    this.respell = speller(respelled);
    this.elided = elided ? new RegExp(`^(?:${elided})[${APOSTROPHES}](?=[${WORD}])`, "iu") : null;
    /** @type {Map<string, Token[]>} */
    this.units = new Map();
  }

  /** The term under which the index holds a word. @param {string} surface */
  stem(surface) {
    if (this.particles) return withoutParticles(surface, this.particles);
    if (this.rules) return byRules(surface, this.rules) || surface;
    if (this.language !== "en") return surface;
    return stem(this.respell(surface)) || surface;
  }

  /** The tokens of a text in NFC, in order; with `only`, those that have one of these terms, whose
   * positions then mean nothing.
   * @param {string} text @param {Map<string, unknown>} [only] @returns {Token[]} */
  tokens(text, only) {
    /** @type {Token[]} */
    const tokens = [];
    let position = 0;
    // A word and its term begin alike: most words of a text can't have one of a few terms.
    const initials = only && new Set([...only.keys()].map((term) => term[0]));
    for (const match of text.matchAll(this.unit)) {
      if (initials && PLAIN.test(match[0]) && !initials.has(match[0][0].toLowerCase())) continue;
      const words = this.words(match[0]);
      for (const word of words) {
        if (only && !only.has(word.term)) continue;
        const token = { ...word };
        token.position += position;
        token.start += match.index;
        token.end += match.index;
        tokens.push(token);
      }
      position += words.filter((word) => !word.joint && !word.inside).length;
    }
    return tokens;
  }

  /** The words of one unit: its parts, then the whole where there are several.
   * @param {string} unit @returns {Token[]} */
  words(unit) {
    let words = this.units.get(unit);
    if (!words) {
      if (this.units.size >= MAX_KEPT) this.units.clear();
      words = this.read(unit);
      this.units.set(unit, words);
    }
    return words;
  }

  /** @param {string} unit @returns {Token[]} */
  read(unit) {
    const pieces = this.#paired(this.#pieces(unit));
    const word = (/** @type {Piece} */ piece, /** @type {number} */ position) => ({
      ...piece, term: this.stem(piece.surface), position, stop: false, joint: false, inside: false,
    });
    /** @type {Token[]} */
    const words = pieces.map(word);
    if (words.length === 1) words[0].stop = this.stopWords.has(words[0].surface) && !isAbbreviation(unit);
    if (words.length > 1 && !this.unspaced.test(unit)) {
      for (const surface of wholes(pieces.map((piece) => piece.surface), unit)) {
        words.push({ ...word({ surface, start: 0, end: unit.length }, 0), joint: true });
      }
    }
    pieces.forEach(({ start, end }, position) => {
      for (const hump of humps(unit.slice(start, end))) {
        const own = start + hump.index;
        const piece = { surface: hump[0].toLowerCase(), start: own, end: own + hump[0].length };
        words.push({ ...word(piece, position), inside: true });
      }
    });
    return words;
  }

  /** The parts of a unit. @param {string} unit @returns {Piece[]} */
  #pieces(unit) {
    const pieces = [];
    for (const match of unit.matchAll(this.piece)) {
      const elided = this.elided?.exec(match[0])?.[0].length ?? 0;
      const start = match.index + elided;
      const end = match.index + match[0].length;
      for (const surface of normalize(match[0].slice(elided)).split(this.notWord)) {
        const measure = MEASURE.exec(surface);
        if (measure) {
          const cut = end - measure[2].length;
          pieces.push({ surface: measure[1], start, end: cut }, { surface: measure[2], start: cut, end });
        } else if (surface) pieces.push({ surface: shorten(surface), start, end });
      }
    }
    return pieces;
  }

  /** Neighbouring characters of unspaced scripts as overlapping pairs. @param {Piece[]} pieces */
  #paired(pieces) {
    const letters = pieces.map(({ surface }) => this.unspaced.test([...surface][0]));
    const joined = (/** @type {number} */ at) => letters[at - 1] && letters[at] && pieces[at - 1].end === pieces[at].start;
    return pieces.flatMap((piece, at) => {
      if (joined(at + 1)) return [{ surface: piece.surface + pieces[at + 1].surface, start: piece.start, end: pieces[at + 1].end }];
      return joined(at) ? [] : [piece];
    });
  }
}

/** The ways to cut a word in two parts of at least so many letters, two or more in the second.
 * @param {string} word @param {number} first @param {number} second */
export function cutsOf(word, first, second) {
  const letters = [...word];
  return letters.map((_, at) => [letters.slice(0, at).join(""), letters.slice(at).join("")]).slice(first, 1 - second);
}

/** Whether a unit is written as abbreviations are. @param {string} unit */
const isAbbreviation = (unit) =>
  unit.length > 1 && unit.length <= LONGEST_ABBREVIATION && ASCII.test(unit) && /[A-Z]/.test(unit) && !/[a-z]/.test(unit);

/** The parts of a word such as maxRetryCount. @param {string} piece */
const humps = (piece) => (IS_CAMEL.test(piece) ? [...(NAME.exec(piece)?.[0] ?? "").matchAll(HUMPS)] : []);

/** Parts as one word. @param {string[]} surfaces @param {string} unit @returns {string[]} */
function wholes(surfaces, unit) {
  const count = surfaces.length;
  if (!surfaces.every((surface) => /^\p{Nd}+$/u.test(surface))) {
    if (GAP.test(unit)) return [];
    const isMeasure = count > 2 && MEASURE.test(surfaces[count - 2] + surfaces[count - 1]);
    return [shorten(surfaces.map((surface, at) => (isMeasure && at < count - 2 ? surface + "." : surface)).join(""))];
  }
  const digits = surfaces.join("");
  const dotted = surfaces.join(".");
  const thousands = THOUSANDS.exec(unit);
  if (thousands) {
    const last = surfaces[count - 1];
    const rest = unit[unit.length - 1 - last.length] === thousands[1] ? "" : last;
    const whole = digits.slice(0, digits.length - rest.length) + (rest && `.${rest}`);
    return thousands[1] === "." ? [dotted, whole] : [whole];
  }
  /** @type {string[]} */
  let found = [];
  if (!GAP.test(unit)) found = [shorten(dotted)];
  else if (count === 2 && unit.includes(",")) found = [dotted];
  return digits.length >= SHORTEST_NUMBER && digits.length <= LONGEST_NUMBER ? [...found, digits] : found;
}

/** @param {string} surface */
const shorten = (surface) =>
  surface.length <= MAX_WORD_LENGTH ? surface : [...surface].slice(0, MAX_WORD_LENGTH).join("");
