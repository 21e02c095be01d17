// Brings the search when it is wanted: the box is focused, `/` or Ctrl-K is pressed, the page is
// that of results, or a result led to it. Until then a page weighs nothing of it.

import { listenForKeys } from "./keys.js";

const own = /** @type {HTMLScriptElement} */ (document.currentScript);
const { script = "", root, manifest, contact, blocked = "", help, search: page = "" } = own.dataset;
const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("form.find input"));
let loading = false;

/** Load the script, and with it what it asks for first; after a failure, again. */
function load() {
  if (loading) return;
  loading = true;
  const element = Object.assign(document.createElement("script"), { src: script });
  Object.assign(element.dataset, own.dataset);
  if (/^http/.test(location.protocol)) {
    const early = fetch(new URL(`${root}${manifest}`, location.href), { cache: "no-cache" });
    early.catch(() => {}); // whoever uses it hears of it
    Object.assign(element, { early });
  }
  element.onload = () => document.querySelector(".find-unable")?.remove();
  element.onerror = () => {
    loading = false;
    element.remove();
    tell();
  };
  document.head.append(element);
}

/** Say that search can't start, and how to reach a person; on its page the page itself does. */
function tell() {
  const form = document.activeElement?.closest("form.find");
  if (!form || document.querySelector(".find-unable, .find-blocked")) return;
  const notice = Object.assign(document.createElement("p"), { className: "notice find-unable" });
  const link = Object.assign(document.createElement("a"), { href: contact, textContent: help });
  notice.role = "status";
  notice.append(blocked, " ", link);
  form.after(notice);
}

for (const box of boxes) {
  for (const kind of ["focus", "input"]) box.addEventListener(kind, load);
}
listenForKeys(
  () => [...boxes].reverse().find((box) => box.checkVisibility()) ?? null,
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
