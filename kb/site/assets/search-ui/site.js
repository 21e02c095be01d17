// Search on the pages of the site that kb builds. `start.js` brings it when it is wanted.

import { normalize } from "../search/analysis.js";
import { openSearch } from "../search/search.js";
import { loadShard } from "../search/shards.js";
import { stem } from "../search/stemmer.js";
import { markArrival } from "./arrival.js";
import { fillPage } from "./page.js";
import { attachPanel } from "./panel.js";
import { speak } from "./words.js";

const script = /** @type {HTMLScriptElement & {early?: Promise<Response>}} */ (document.currentScript);
const { root = "", search = "", contact = "", manifest = "" } = script.dataset;
const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;

const view = { ...speak(KB_WORDS), base: here(root || "."), search: here(search), contact: here(contact) };
/** The manifest came along with the script: the first time that serves. */
let { early } = script;

function open() {
  const given = early;
  early = undefined;
  return openSearch({
    base: view.base,
    manifest,
    load: (url, file) => loadShard(url, file, manifest.endsWith(`/${file}`) ? given : undefined),
  });
}

const results = document.getElementById("KB-results");
for (const form of document.querySelectorAll("form.find")) {
  const input = form.querySelector("input");
  if (!(form instanceof HTMLFormElement) || !input) continue;
  if (results && input.id === "KB-query") {
    fillPage(
      {
        form,
        input,
        results,
        filters: [.../** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("#KB-filters select"))],
        browse: document.getElementById("KB-browse"),
        help: /** @type {HTMLElement | null} */ (document.querySelector(".help")),
      },
      view,
      open,
    );
  } else {
    attachPanel(form, input, view, open);
  }
}

const arrive = () => markArrival(document.querySelector("main article"), (word) => stem(normalize(word)));
arrive();
addEventListener("hashchange", arrive);
