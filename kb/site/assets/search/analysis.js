// Words to terms, as kb/analysis.py has it: the same words for the index and for queries.

import { stem } from "./stemmer.js";

const MAX_WORD_LENGTH = 64;
const MAX_KEPT = 20_000; // units whose analysis is kept

// Combining marks that belong to words, and characters of scripts written without spaces.
const MARKS =
  "\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7" +
  "\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed" +
  "\\u0900-\\u0903\\u093a-\\u094f\\u0951-\\u0957\\u0962\\u0963\\u0981-\\u0983\\u09bc-\\u09cd\\u09d7" +
  "\\u0a01-\\u0a4d\\u0a81-\\u0a83\\u0abc-\\u0acd\\u0b01-\\u0b03\\u0b3c-\\u0b57\\u0b82\\u0bbe-\\u0bcd" +
  "\\u0c00-\\u0c04\\u0c3e-\\u0c56\\u0c81-\\u0c83\\u0cbc-\\u0cd6\\u0d00-\\u0d03\\u0d3b-\\u0d57" +
  "\\u0d82\\u0d83\\u0dca-\\u0ddf\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ecd" +
  "\\u0f71-\\u0f84\\u102b-\\u103e\\u17b4-\\u17d3";
const UNSPACED =
  "\\u0e01-\\u0e2e\\u0e81-\\u0eae\\u1000-\\u102a\\u1780-\\u17b3\\u3041-\\u3096\\u30a1-\\u30fa" +
  "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uff66-\\uff9d\\u{20000}-\\u{3ffff}";
const APOSTROPHES = "'\\u2019\\u02bc\\uff07";
const WORD = "\\p{L}\\p{N}_"; // Python's \w

const UNIT = new RegExp(
  `[${WORD}${MARKS}]+(?:[.${APOSTROPHES}\\-][${WORD}${MARKS}]+)*(?:\\+\\+|#(?![${WORD}]))?`,
  "gu",
);
const PIECE = new RegExp(`[${UNSPACED}][${MARKS}]*|[^._${UNSPACED}\\-]+`, "gu");
const POSSESSIVE = new RegExp(`[${APOSTROPHES}]s$`, "iu");
const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, "gu");
const NOT_WORD = new RegExp(`[^${WORD}${MARKS}+#]+`, "u");
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
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
  /** @param {string} language @param {string} stopWords  between spaces */
  constructor(language, stopWords) {
    this.stopWords = new Set(stopWords.split(" "));
    this.stemmed = /^en(?:-|$)/i.test(language);
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
    UNIT.lastIndex = 0;
    for (let match = UNIT.exec(text); match; match = UNIT.exec(text)) {
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
    for (const match of unit.matchAll(PIECE)) {
      for (const surface of normalize(match[0]).split(NOT_WORD)) {
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
    if (words.length > 1 && !HAS_UNSPACED.test(unit)) {
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
