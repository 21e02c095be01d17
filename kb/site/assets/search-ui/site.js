// Search on the pages of the site that kb builds. `start.js` brings it when it is wanted.

import { normalize } from "../search/analysis.js";
import { openSearch } from "../search/search.js";
import { loadShard } from "../search/shards.js";
import { stem } from "../search/stemmer.js";
import { markArrival } from "./arrival.js";
import { withOthers } from "./others.js";
import { fillPage } from "./page.js";
import { attachPanel } from "./panel.js";
import { speak } from "./words.js";

/** The script that brought this one, which knows the site. */
const starter = /** @type {HTMLScriptElement & {early?: Promise<Response>}} */ (document.querySelector("script[data-script]"));
const { root = "", search = "", topics = "", contact = "", manifest = "", others } = starter.dataset;
const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;

const view = {
  ...speak(KB_WORDS),
  base: here(root || "."),
  search: here(search),
  topics: here(topics),
  contact: contact ? here(contact) : undefined,
};

function open() {
  const given = starter.early; // the manifest came along with the script: the first time that serves
  delete starter.early;
  const opened = openSearch({
    base: view.base,
    manifest,
    load: (url, file) => loadShard(url, file, manifest.endsWith(`/${file}`) ? given : undefined),
  });
  if (!others) return opened;
  const openOther = (/** @type {string} */ other) => openSearch({ base: view.base, manifest: other });
  return opened.then((engine) => withOthers(engine, JSON.parse(others), openOther, view.t));
}

/** Make the search boxes of the page search. */
function begin() {
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
}

const arrive = () => markArrival(document.querySelector("main article"), (word) => stem(normalize(word)));
// A script that was tried again may come twice.
if (!("begun" in starter.dataset)) {
  starter.dataset.begun = "";
  begin();
  arrive();
  addEventListener("hashchange", arrive);
}
