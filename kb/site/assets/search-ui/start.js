// Brings the search when it is wanted: the box is pointed at or focused, `/` or Ctrl-K is pressed, the page is
// that of results, or a result led to it. Until then a page weighs nothing of it.

import { hasOrigin, makeScripts } from "../search/elements.js";
import { listenForKeys } from "./keys.js";

const LONG = 10_000; // ms after which a reader is told that the script has not come yet

/** What the page says about its site: where its parts are, and what to say without them. */
const own = /** @type {HTMLScriptElement & {early?: Promise<Response>}} */ (document.querySelector("script[data-script]"));
const { script = "", root, manifest, topics, contact, blocked = "", retry, browse, help, search: page = "" } = own.dataset;
const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("form.find input"));
const makeScript = makeScripts("kb-start");
let loading = false;
let attempts = 0;

/** Load the script, and with it what it asks for first; after a failure, again. */
async function load() {
  if (loading) return;
  loading = true;
  const late = setTimeout(() => {
    loading = false;
    tell();
  }, LONG);
  attempts++;
  // A browser may take a failure, or what it still waits for, as the answer to the same address.
  const url = new URL(attempts > 1 ? `${script}?${attempts}` : script, document.baseURI).href;
  try {
    const there = attempts === 1 && document.getElementById("KB-script");
    if (hasOrigin()) {
      own.early = fetch(new URL(`${root}${manifest}`, document.baseURI), { cache: "no-cache" });
      own.early.catch(() => {}); // whoever uses it hears of it
    }
    if (there) await outcome(there); // the page of results names the script itself
    // No policy of trusted types forbids an import, and a host whose type is wrong for it is rare.
    else if (hasOrigin()) await import(url).catch(() => byElement(url));
    else await byElement(url);
    document.querySelector(".find-unable")?.remove();
  } catch {
    loading = false;
    tell();
  } finally {
    clearTimeout(late);
  }
}

/** @param {HTMLElement} element @returns {Promise<unknown>} */
const outcome = (element) =>
  new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = reject;
  });

/** @param {string} url */
async function byElement(url) {
  const element = makeScript(url);
  document.head.append(element);
  await outcome(element);
}

/** Say that search can't start, and what else there is. */
function tell() {
  const place = document.querySelector(".find-blocked") ?? document.activeElement?.closest("form.find");
  if (!place || document.querySelector(".find-unable")) return;
  const notice = Object.assign(document.createElement("div"), { className: "notice find-unable" });
  const words = Object.assign(document.createElement("p"), { textContent: blocked, role: "status" });
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: retry });
  again.addEventListener("click", load);
  notice.append(words, again);
  const listed = place.matches(".find-blocked"); // on the page of results topics stand below
  for (const [href, textContent] of [[listed ? "" : topics, browse], [contact, help]]) {
    if (href) notice.append(Object.assign(document.createElement("a"), { href, textContent }));
  }
  if (listed) place.replaceWith(notice);
  else place.after(notice);
}

for (const box of boxes) {
  for (const kind of ["pointerenter", "focus", "input"]) box.addEventListener(kind, load);
}
listenForKeys(
  () => [...boxes].reverse().find((box) => box.checkVisibility()) ?? null,
  () => document.documentElement.dataset.keys !== "off", // site.js remembers it
  () => location.assign(page),
);

/** Whether a result led here, and left words to mark: see arrival.js. */
function wasFound() {
  try {
    const kept = localStorage.getItem("kb-words");
    return "kb-words" in (history.state ?? {}) || kept?.includes(JSON.stringify(location.href));
  } catch {
    return false; // storage is blocked
  }
}

if (document.getElementById("KB-results") || document.activeElement?.matches("form.find input") || wasFound()) load();
