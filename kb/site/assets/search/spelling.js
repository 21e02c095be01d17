// Words that were probably meant. See kb/search/spelling.py.

import { LONG, MIN_LENGTH } from "./shared.js";

/** What has to be known of the corpus to correct a word: beginnings of words.
 * @param {string} word @returns {string[]} */
export function beginnings(word) {
  const letters = [...word];
  if (letters.length < MIN_LENGTH || /\p{Nd}|[\u00b2\u00b3\u00b9\u2070-\u2089]/u.test(word)) return [];
  return letters[1] === letters[0] ? [letters[0]] : [letters[0], letters[1] + letters[0]];
}

/** The nearest known words, all at the same distance, each with what is known of it.
 * @param {string} word @param {(prefix: string) => Iterable<[string, number]>} wordsFrom
 * @returns {[string, number][]} */
export function candidates(word, wordsFrom) {
  const [first, swapped] = beginnings(word);
  if (!first) return [];
  const furthest = [...word].length >= LONG ? 2 : 1;
  let least = furthest;
  /** @type {[string, number][]} */
  let near = [];
  const consider = (/** @type {[string, number]} */ entry, /** @type {number} */ difference) => {
    const [known] = entry;
    if (known === word || Math.abs(known.length - word.length) > difference) return;
    const distance = osaDistance(word, known, least);
    if (distance > least) return;
    if (distance < least) near = [];
    least = distance;
    near.push(entry);
  };
  for (const entry of wordsFrom(first)) consider(entry, furthest);
  if (swapped) for (const entry of wordsFrom(swapped)) consider(entry, furthest - 1);
  return near;
}

/** The optimal string alignment distance, or `furthest` + 1 when it is more.
 * @param {string} one @param {string} other @param {number} furthest */
function osaDistance(one, other, furthest) {
  let changes = 0;
  while (changes <= furthest && !isNear(one, other, 0, 0, changes)) changes++;
  return changes;
}

/** Whether so many changes make the rest of one text the rest of another: few are soon tried.
 * @param {string} one @param {string} other @param {number} i @param {number} j
 * @param {number} changes @returns {boolean} */
function isNear(one, other, i, j, changes) {
  while (i < one.length && one[i] === other[j]) i++, j++;
  if (i === one.length && j === other.length) return true;
  if (Math.abs(one.length - i - (other.length - j)) > changes) return false;
  if (!changes--) return false;
  return (
    isNear(one, other, i + 1, j + 1, changes) ||
    isNear(one, other, i + 1, j, changes) ||
    isNear(one, other, i, j + 1, changes) ||
    (one[i] === other[j + 1] && one[i + 1] === other[j] && isNear(one, other, i + 2, j + 2, changes))
  );
}
