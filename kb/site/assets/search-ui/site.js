// Search on the pages of the site that kb builds.

import { normalize } from "../search/analysis.js";
import { openSearch } from "../search/search.js";
import { stem } from "../search/stemmer.js";
import { markArrival } from "./arrival.js";
import { listenForKeys } from "./keys.js";
import { fillPage } from "./page.js";
import { attachPanel } from "./panel.js";
import { STRINGS } from "./strings.js";
import { speak } from "./words.js";

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const { root = "", search = "", contact = "", manifest = "" } = script.dataset;
const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;

const view = { ...speak(STRINGS), base: here(root || "."), search: here(search), contact: here(contact) };
const open = () => openSearch({ base: view.base, manifest });

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

listenForKeys(
  () => {
    const boxes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("form.find input"));
    return [...boxes].reverse().find((box) => box.checkVisibility()) ?? null;
  },
  () => location.assign(view.search),
);

const arrive = () => markArrival(document.querySelector("main article"), (word) => stem(normalize(word)));
arrive();
addEventListener("hashchange", arrive);
