// The part of a section's text that shows why it was found. See kb/text/snippets.py.

/** @import { Analyzer, Token } from "./analysis.js" */

import { SPACES } from "./query.js";
import { SNIPPET_WIDTH as WIDTH } from "./shared.js";

/** The passage that holds most of the terms, with spans of the words found, in code points.
 * @param {string} given @param {Map<string, number>} terms @param {Analyzer} analyzer
 * @returns {{snippet: string, highlights: [number, number][]}} */
export function makeSnippet(given, terms, analyzer) {
  /** @type {string[]} */
  const astral = []; // each character of two code units stands as one while offsets are found, as no letter
  const single = given.replace(/[\u{10000}-\u{10ffff}]/gu, (character) => {
    if (!astral.includes(character) && astral.length < 0x400) astral.push(character);
    return String.fromCharCode(0xd800 + Math.max(0, astral.indexOf(character)));
  });
  const text = single.replace(SPACES, (space) => (space.includes("\n") ? "\n" : " ")).replace(/^[ \n]|[ \n]$/g, "");
  const found = analyzer.tokens(text, terms);
  const start = passageStart(text, bestStart(found, terms));
  const end = passageEnd(text, start);
  const before = start ? "\u2026 " : "";
  const after = end < text.length ? " \u2026" : "";
  const shown = text.slice(start, end).replace(/[ \n]+$/, "");
  const highlights = marksOf(found, start, start + shown.length, before.length - start);
  const snippet = (before + shown + after).replaceAll("\n", " ");
  return { snippet: snippet.replace(/[\ud800-\udbff]/g, (c) => astral[c.charCodeAt(0) - 0xd800]), highlights };
}

/** The offset of the first word of the best passage. @param {Token[]} found
 * @param {Map<string, number>} terms */
function bestStart(found, terms) {
  let best = 0;
  let start = 0;
  let first = 0;
  found.forEach((token, last) => {
    while (first < last && token.end - found[first].start > WIDTH) first++;
    const held = new Set(found.slice(first, last + 1).map(({ term }) => term));
    let weight = 0;
    for (const term of held) weight += terms.get(term) ?? 0;
    if (weight > best) {
      best = weight;
      start = found[first].start;
    }
  });
  return start;
}

/** Where to begin so that `start` is shown: a sentence nearby, else a word.
 * @param {string} text @param {number} start */
function passageStart(text, start) {
  const reach = Math.floor(WIDTH / 3);
  if (start < reach) return 0;
  const near = text.slice(start - reach, start);
  const sentences = [...near.matchAll(/[.!?:]["')\u201d]?[ \n]|\n/g)];
  const last = sentences.at(-1);
  if (last) return start - reach + last.index + last[0].length;
  const space = near.indexOf(" ", Math.floor(reach / 2));
  return space >= 0 ? start - reach + space + 1 : start;
}

/** Where a passage ends: after a word where there is one. @param {string} text
 * @param {number} start */
function passageEnd(text, start) {
  const end = start + WIDTH;
  if (end >= text.length) return text.length;
  const passage = text.slice(start, end);
  const space = Math.max(passage.lastIndexOf(" "), passage.lastIndexOf("\n"));
  return space > WIDTH / 2 ? start + space : end;
}

/** @param {Token[]} found @param {number} start @param {number} end @param {number} shift */
function marksOf(found, start, end, shift) {
  /** @type {[number, number][]} */
  const marks = [];
  for (const token of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = marks.at(-1);
    const overlaps = last !== undefined && token.start + shift < last[1];
    if (token.start >= start && token.end <= end && !overlaps) {
      marks.push([token.start + shift, token.end + shift]);
    }
  }
  return marks;
}
