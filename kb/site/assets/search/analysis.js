// Words to terms, as kb/text/analysis.py has it: the same words for the index and for queries.

import { APOSTROPHES, MAX_WORD_LENGTH } from "./shared.js";
import { stem } from "./stemmer.js";

const MAX_KEPT = 20_000; // units whose analysis is kept

const WORD = "\\p{L}\\p{N}_"; // Python's \w

const POSSESSIVE = new RegExp(`[${APOSTROPHES}]s$`, "iu");
const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, "gu");
const ASCII = /^[\0-\x7f]*$/;
const PLAIN = /^[a-z]+$/i;

/** @typedef {{surface: string, term: string, position: number, start: number, end: number,
 *   stop: boolean, whole: boolean}} Token */

/** Case folded, as Python's `str.casefold` does it. @param {string} text */
export const fold = (text) =>
  ASCII.test(text)
    ? text.toLowerCase()
    : text.split("\u0131").map((part) => part.toUpperCase().toLowerCase().replaceAll("\u03c2", "\u03c3")).join("\u0131");

/** NFKC, case folded, accents and apostrophes removed. @param {string} word */
export function normalize(word) {
  word = word.replace(POSSESSIVE, "");
  if (!ASCII.test(word)) {
    word = fold(word.normalize("NFKC")).normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    word = word.normalize("NFC");
  }
  return fold(word.replace(APOSTROPHE, ""));
}

/** Cuts text into terms. */
export class Analyzer {
  /** @param {{language: string, stop: string, marks: string, unspaced: string}} manifest  stop
   * words between spaces; ranges of combining marks that belong to words, and of characters of
   * scripts written without spaces */
  constructor({ language, stop, marks, unspaced }) {
    this.stopWords = new Set(stop.split(" "));
    this.stemmed = /^en(?:-|$)/i.test(language);
    const word = `[${WORD}${marks}]+`;
    this.unit = new RegExp(`${word}(?:[.${APOSTROPHES}\\-]${word})*(?:\\+\\+|#(?![${WORD}]))?`, "gu");
    this.piece = new RegExp(`[${unspaced}][${marks}]*|[^._${unspaced}\\-]+`, "gu");
    this.notWord = new RegExp(`[^${WORD}${marks}+#]+`, "u");
    this.unspaced = new RegExp(`[${unspaced}]`, "u");
    /** @type {Map<string, Token[]>} */
    this.units = new Map();
  }

  /** The term under which the index holds a word. @param {string} surface */
  stem(surface) {
    return this.stemmed ? stem(surface) || surface : surface;
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
      position += words.length - (words.at(-1)?.whole ? 1 : 0);
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
    const pieces = [];
    for (const match of unit.matchAll(this.piece)) {
      for (const surface of normalize(match[0]).split(this.notWord)) {
        if (surface) pieces.push({ surface: shorten(surface), start: match.index, end: match.index + match[0].length });
      }
    }
    const words = pieces.map((piece, position) => ({
      ...piece,
      term: this.stem(piece.surface),
      position,
      stop: pieces.length === 1 && this.stopWords.has(piece.surface),
      whole: false,
    }));
    if (words.length > 1 && !this.unspaced.test(unit)) {
      const surfaces = words.map((word) => word.surface);
      const separator = surfaces.every((surface) => /^\p{Nd}+$/u.test(surface)) ? "." : "";
      const surface = shorten(surfaces.join(separator));
      words.push({ surface, term: this.stem(surface), position: 0, start: 0, end: unit.length, stop: false, whole: true });
    }
    return words;
  }
}

/** @param {string} surface */
const shorten = (surface) =>
  surface.length <= MAX_WORD_LENGTH ? surface : [...surface].slice(0, MAX_WORD_LENGTH).join("");
