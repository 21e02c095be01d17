// Sections that say the same in several articles are one hit. See kb/search/twins.py.

import { decode } from "./shards.js";

/** A group: its number, and the places in it of the sections that one stands for, newest first.
 * @typedef {{group: number, places: number[]}} Joined */

/** The sections of each group that a manifest lists, newest first. @param {any} given
 * @returns {number[][]} */
export function readTwins({ sizes, steps }) {
  const all = decode(steps);
  let at = 0;
  let doc = 0;
  return decode(sizes).map((size) =>
    all.slice(at, (at += size)).map((step) => (doc += step % 2 ? -(step + 1) / 2 : step / 2)));
}

/** Those of some sections for which no twin stands, and for which others each of them does.
 * @param {number[]} docs @param {number[][]} groups
 * @param {(doc: number) => number} held  how much of the query a section holds
 * @returns {[number[], Map<number, Joined>]} */
export function join(docs, groups, held) {
  const left = new Set(docs);
  const joined = new Map();
  groups.forEach((members, group) => {
    const places = [...members.keys()].filter((place) => left.has(members[place]));
    if (places.length < 2) return;
    const shares = places.map((place) => held(members[place]));
    const [best] = places.splice(shares.indexOf(Math.max(...shares)), 1); // the first of equals
    for (const place of places) left.delete(members[place]);
    joined.set(members[best], { group, places });
  });
  return [joined.size ? [...left] : docs, joined];
}
