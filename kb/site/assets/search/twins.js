// Sections that say the same in several articles are one hit. See kb/search/twins.py.

import { decode, decodeGaps } from "./shards.js";

/** The sections of each group, newest first.
 * @typedef {{groupOf: Map<number, number>, members: number[][]}} Twins */

/** The groups that a manifest lists; null where it has none. @param {any} given
 * @returns {Twins | null} */
export function readTwins(given) {
  if (!given) return null;
  const places = decode(given.places);
  const steps = decode(given.groups);
  /** @type {Map<number, number>} */
  const groupOf = new Map();
  /** @type {number[][]} */
  const members = [];
  let group = 0;
  decodeGaps(given.sections).forEach((doc, at) => {
    group += steps[at] % 2 ? -(steps[at] + 1) / 2 : steps[at] / 2;
    groupOf.set(doc, group);
    (members[group] ??= [])[places[at]] = doc;
    group++;
  });
  return { groupOf, members };
}

/** Section that stands for a group -> the others of these sections in it, newest first.
 * @param {Iterable<number>} docs @param {Twins} twins
 * @param {(doc: number) => number} held  how much of the query a section holds
 * @returns {Map<number, number[]>} */
export function join(docs, { groupOf, members }, held) {
  const found = new Set();
  const groups = new Set();
  for (const doc of docs) {
    const group = groupOf.get(doc);
    if (group === undefined) continue;
    found.add(doc);
    groups.add(group);
  }
  /** @type {Map<number, number[]>} */
  const joined = new Map();
  for (const group of groups) {
    const some = members[group].filter((doc) => found.has(doc));
    if (some.length < 2) continue;
    const shares = some.map(held);
    const best = some[shares.indexOf(Math.max(...shares))]; // the first of equals
    joined.set(best, some.filter((doc) => doc !== best));
  }
  return joined;
}

/** What tells an article from its twin: the folders in which its id differs, else all of it.
 * @param {string} own @param {string} other */
export function label(own, other) {
  const ours = own.split("/");
  const theirs = other.split("/");
  while (ours.length && theirs.length && ours[0] === theirs[0]) {
    ours.shift();
    theirs.shift();
  }
  while (ours.length && theirs.length && ours[ours.length - 1] === theirs[theirs.length - 1]) {
    ours.pop();
    theirs.pop();
  }
  return theirs.join("/") || other;
}
