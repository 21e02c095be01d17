// What a person typed, read as words, phrases, exclusions and filters. See kb/search/query.py.

import { CUT_CHARACTERS, MAX_CHARACTERS, NO_TIER, QUOTES, TIERS } from "./shared.js";
import { say } from "./sentences.js";

/** White space as Python's `str.split` sees it. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SYNTAX = new RegExp(
  `(?<![^${SPACE}])(?:` +
    `(?<minus>-?)[${QUOTES}](?<phrase>[^${QUOTES}]*[\\p{L}\\p{N}][^${QUOTES}]*)[${QUOTES}]` +
    `|(?<key>topic|tier|tag):(?<value>[^${SPACE}${QUOTES}]+)` +
    `|-(?<excluded>(?=(?:[^${SPACE}${QUOTES}]*?[\\p{L}\\p{N}_]){3})[\\p{L}\\p{Nl}\\p{No}][^${SPACE}${QUOTES}]*)` +
    ")",
  "gu",
);
export const SPACES = new RegExp(`[${SPACE}]+`, "g");

/** @typedef {{tier?: string | null, topic?: string | null, tag?: string | null}} Filters */
/** @typedef {{text: string, words: string, phrases: string[], excluded: string[],
 *   filters: Filters, notices: string[]}} Query */

/** One space between any two words, none around them. @param {string} text */
export const squeeze = (text) => text.replace(SPACES, " ").replace(/^ | $/g, "");

/** @param {string} given @returns {Query} */
export function parseQuery(given) {
  const { text, notices } = cut(given);
  const words = [];
  const phrases = [];
  const excluded = [];
  /** @type {Filters} */
  const filters = {};
  let end = 0;
  for (const match of text.matchAll(SYNTAX)) {
    const found = /** @type {Record<string, string | undefined>} */ (match.groups);
    words.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (found.excluded || found.minus) excluded.push(found.excluded ?? found.phrase ?? "");
    else if (found.phrase) {
      words.push(found.phrase);
      phrases.push(found.phrase);
    } else if (isFilter(found.key, found.value ?? "")) {
      filters[/** @type {"topic"} */ (found.key)] = found.value;
    } else {
      words.push(match[0]);
      if (found.key === "tier") {
        notices.push(say(NO_TIER, { word: match[0], tiers: TIERS.slice(0, -1).join(", "), last: TIERS[TIERS.length - 1] }));
      }
    }
  }
  const ranked = squeeze([...words, text.slice(end)].join(" "));
  if (excluded.length && !Object.keys(filters).length && !/[\p{L}\p{N}]/u.test(ranked)) {
    return { text, words: text, phrases: [], excluded: [], filters: {}, notices };
  }
  if (filters.tier) filters.tier = filters.tier.toLowerCase();
  if (filters.topic) filters.topic = trimSlashes(filters.topic);
  return { text, words: ranked, phrases, excluded, filters, notices };
}

/** @param {string} text */
export const trimSlashes = (text) => text.replace(/^\/+|\/+$/g, "");

/** @param {string | undefined} key @param {string} value */
const isFilter = (key, value) =>
  key === "tier"
    ? TIERS.includes(value.toLowerCase())
    : key !== "topic" || trimSlashes(value) !== "";

/** The text in NFC, without lone surrogates, and cut to length. @param {string} given */
function cut(given) {
  const some = [...given.slice(0, 16 * MAX_CHARACTERS)].slice(0, 8 * MAX_CHARACTERS).join("");
  const text = some.replace(/\p{Surrogate}/gu, "?").normalize("NFC");
  const characters = text.length <= MAX_CHARACTERS ? [] : [...text];
  if (characters.length <= MAX_CHARACTERS) return { text, notices: /** @type {string[]} */ ([]) };
  let kept = characters.slice(0, MAX_CHARACTERS).join("");
  const inWord = /[\p{L}\p{N}]$/u.test(kept) && /^[\p{L}\p{N}]/u.test(characters[MAX_CHARACTERS]);
  if (inWord && kept.includes(" ")) kept = kept.slice(0, kept.lastIndexOf(" "));
  const count = [...kept].length.toLocaleString("en");
  return { text: kept, notices: [say(CUT_CHARACTERS, { count })] };
}
