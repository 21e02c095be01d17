// What tells articles apart that are called alike, or say the same. See kb/search/twins.py.

import { fold } from "./analysis.js";

/** What tells an article from its twin: the folders in which its id differs, else all of it.
 * @param {string} own @param {string} other */
export function label(own, other) {
  const [ours, theirs] = [own, other].map((id) => id.split("/"));
  for (const [at, drop] of /** @type {const} */ ([[0, "shift"], [-1, "pop"]])) {
    while (theirs.length && ours.at(at) === theirs.at(at)) {
      ours[drop]();
      theirs[drop]();
    }
  }
  return theirs.join("/") || other;
}

/** For each article whose title others have, what tells it from all of them.
 * @param {Map<string, string>} titles  by id */
export function tellApart(titles) {
  /** @type {Map<string, string>} */
  const apart = new Map();
  for (const [id, title] of titles) {
    const others = [...titles].filter(([other, its]) => other !== id && fold(its) === fold(title));
    const [first, second] = new Set(others.map(([other]) => label(other, id)));
    if (first) apart.set(id, second ? id : first);
  }
  return apart;
}
