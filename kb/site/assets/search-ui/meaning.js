// The script that a site's search data names where it has vectors: see ../search/meaning.js.

import { byMeaning } from "../search/meaning.js";

/** @import { Results, Search } from "../search/finding.js" */

const EARLY = 75; // ms that meaning may take before the answer by words is told, which takes some more to be drawn
const MOVES = ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "focusin"];

/** The results by words and meaning; none where a reader who was told those by words has moved since, as
 * what they look at then has to stay.
 * @param {Search} search @param {Results} results @param {(drawn: () => void) => Promise<unknown>} tell
 * @returns {Promise<Results | null>} */
async function rank(search, results, tell) {
  let isMoved = false;
  const move = () => {
    isMoved = true;
  };
  const watch = () => {
    for (const kind of MOVES) addEventListener(kind, move, { once: true, capture: true });
  };
  const late = setTimeout(() => tell(watch).catch(() => {}), EARLY); // the whole answer tells what is wrong
  try {
    const better = await byMeaning(search, results);
    return isMoved ? null : better;
  } finally {
    clearTimeout(late);
    for (const kind of MOVES) removeEventListener(kind, move, { capture: true });
  }
}

/** @type {any} */ (globalThis).kbShard({ name: "n", rank });
