// Arriving at a section that search led to: the words found are marked, and nothing moves.

/** @import { Hit } from "./types.js" */

const KEY = "kb-words";
const FRESH = 30_000; // ms between a click and the arrival
const MOST = 300;
const NAME = "kb-found";

/**
 * Keep, when a hit's link is followed, the words that the hit was found by, for the page that the link
 * leads to. They stay in this browser, and only until then.
 * @param {HTMLElement} link
 * @param {Hit} hit
 */
export function keepWords(link, hit) {
  const keep = () => {
    const points = Array.from(hit.snippet);
    const words = new Set(hit.highlights.map(([start, end]) => points.slice(start, end).join("").toLowerCase()));
    const page = link instanceof HTMLAnchorElement ? link.href : "";
    try {
      localStorage.setItem(KEY, JSON.stringify({ page, words: [...words], time: Date.now() }));
    } catch {
      // Storage is blocked or full: the page opens without marks.
    }
  };
  for (const kind of ["click", "auxclick"]) link.addEventListener(kind, keep);
}

/** The words kept for this page, if any. They move to its entry in the history. @returns {string[]} */
function takeWords() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (kept?.page === location.href && Date.now() - kept.time < FRESH) {
      localStorage.removeItem(KEY);
      history.replaceState({ ...history.state, [KEY]: kept.words }, "");
    }
    const words = history.state?.[KEY];
    return Array.isArray(words) ? words.filter((word) => typeof word === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Mark the words of the search that led here, within the section that the address names.
 * @param {HTMLElement | null} article  where the text is
 * @param {(word: string) => string} [stem]  words of one stem are marked alike
 */
export function markArrival(article, stem = (word) => word) {
  if (!article) return;
  const words = takeWords().flatMap((words) => words.match(WORD) ?? []);
  const found = new Set(words.map(stem));
  const within = words.filter((word) => UNSPACED.test(word)).sort((one, other) => other.length - one.length);
  unmark();
  if (found.size) mark([...rangesOf(article, (word) => found.has(stem(word.toLowerCase())), within)].slice(0, MOST));
}

const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
const UNSPACED = /[\p{sc=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** @param {HTMLElement} article @param {(word: string) => boolean} wanted
 * @param {string[]} within  words of scripts without spaces, longest first: they are parts of runs of letters */
function* rangesOf(article, wanted, within) {
  const part = within.length ? new RegExp(within.join("|"), "giu") : /$^/g;
  for (const text of textsOf(article)) {
    for (const { 0: word, index } of text.data.matchAll(WORD)) {
      for (const [size, at] of wanted(word) ? [[word.length, 0]] : [...word.matchAll(part)].map((found) => [found[0].length, found.index])) {
        const range = document.createRange();
        range.setStart(text, index + at);
        range.setEnd(text, index + at + size);
        yield range;
      }
    }
  }
}

/** The texts of the section that the address names, or of the whole article. @param {HTMLElement} article */
function* textsOf(article) {
  const heading = headingOf(article);
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let inside = !heading;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) {
      if (inside) yield node;
    } else if (node === heading) {
      inside = true;
    } else if (heading && inside && node instanceof Element && /^H[1-6]$/.test(node.tagName)) {
      return;
    }
  }
}

/** @param {HTMLElement} article */
function headingOf(article) {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // No encoding: the anchor as it is.
  }
  const target = name ? document.getElementById(name) : null;
  const heading = target?.closest("h1, h2, h3, h4, h5, h6") ?? target?.querySelector("h1, h2, h3, h4, h5, h6");
  return heading && article.contains(heading) ? heading : null;
}

function unmark() {
  if ("highlights" in CSS) CSS.highlights.delete(NAME);
  for (const mark of document.querySelectorAll(`mark.${NAME}`)) {
    mark.replaceWith(...mark.childNodes);
  }
}

/** Mark by the CSS Custom Highlight API, which leaves the page as it is, else by elements. @param {Range[]} ranges */
function mark(ranges) {
  if ("highlights" in CSS && typeof Highlight === "function") {
    CSS.highlights.set(NAME, new Highlight(...ranges));
    return;
  }
  for (const range of ranges.reverse()) {
    const element = document.createElement("mark");
    element.className = NAME;
    range.surroundContents(element);
  }
}
