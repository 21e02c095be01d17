// Words that were probably meant. See kb/engine/spelling.py.

export const MIN_LENGTH = 4;
const LONG = 8;

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

/** The optimal string alignment distance, or `furthest` + 1 when it is more. Equal ends are cut
 * off first. @param {string} one @param {string} other @param {number} furthest */
function osaDistance(one, other, furthest) {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  one = one.slice(start, one.length - end);
  other = other.slice(start, other.length - end);
  if (!one || !other) return Math.min(one.length + other.length, furthest + 1);
  if (furthest === 1 && Math.min(one.length, other.length) > 2) return 2;
  /** @type {number[]} */
  let before = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const last = row;
    row = [i];
    for (let j = 1; j <= other.length; j++) {
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) > furthest) return furthest + 1;
    before = last;
  }
  return Math.min(row[other.length], furthest + 1);
}
