// The element <kb-search>: the same search in pages of any site.
//
//   <script src="/kb/search.js" defer></script>
//   <kb-search contact="/contact/"></kb-search>

import { normalize } from "../search/analysis.js";
import { openSearch } from "../search/search.js";
import { stem } from "../search/stemmer.js";
import { markArrival } from "./arrival.js";
import { listenForKeys } from "./keys.js";
import { attachPanel } from "./panel.js";
import { make, speak } from "./words.js";

const NAME = "kb-search";
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
const folder = new URL(".", src).href;
const words = speak(KB_WORDS);
/** @type {ReturnType<typeof openSearch> | null} */
let opened = null;

/** One engine for all boxes of a page; another after a failure. */
function open() {
  const opening = (opened ??= openSearch({ base: folder, manifest: "m.js" }));
  opening.catch(() => {
    opened = null;
  });
  return opening;
}

const style = () => make("link", { rel: "stylesheet", href: new URL("search.css", folder).href });

class KbSearch extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const label = this.getAttribute("label") ?? words.t("find_label");
    const input = make("input", { type: "search", autocomplete: "off", maxlength: 1000, placeholder: label, "aria-label": label });
    const form = make("form", { role: "search" }, input);
    form.addEventListener("submit", (event) => event.preventDefault());
    // From outside, typing here looks like typing anywhere: a site's own shortcuts would hear it.
    for (const kind of ["keydown", "keypress", "keyup"]) {
      form.addEventListener(kind, (event) => event.stopPropagation());
    }
    this.attachShadow({ mode: "open" }).append(style(), form);
    const contact = this.getAttribute("contact");
    attachPanel(
      /** @type {HTMLFormElement} */ (form),
      /** @type {HTMLInputElement} */ (input),
      { ...words, base: folder, contact: contact ? new URL(contact, document.baseURI).href : undefined },
      open,
    );
  }

  focus() {
    this.shadowRoot?.querySelector("input")?.focus();
  }
}

const arrive = () => markArrival(document.querySelector("main, [role=main], article") ?? document.body, (word) => stem(normalize(word)));

/** Once on a page, however often the script runs: sites that swap the body of a page run it again. */
function begin() {
  customElements.define(NAME, KbSearch);
  const marks = new CSSStyleSheet();
  marks.replaceSync("::highlight(kb-found) { background: #fff4d6; color: #1c1f23; }");
  document.adoptedStyleSheets.push(marks);
  listenForKeys(
    () => /** @type {HTMLElement | null} */ (document.querySelector(NAME)),
    () => document.querySelector(NAME)?.getAttribute("keys") !== "off",
  );
  addEventListener("hashchange", arrive);
}

if (!customElements.get(NAME)) begin();
arrive();
