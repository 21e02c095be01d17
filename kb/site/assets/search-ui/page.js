// The page of search results: what is typed, chosen and shown stands in its address.

/** @import { Answer, Engine, Escalation, Hit, State, View } from "./types.js" */
import { keepWords } from "./arrival.js";
import { createAsker } from "./asker.js";
import { listenForSending, listenForText } from "./keys.js";
import {
  actionText, alsoIn, badges, failureOf, groupHits, notesOf, perhaps, remedies, snippetOf, summaryOf, trailOf,
} from "./parts.js";
import { address, ARROWS, capitalised, make, makeButton, valueOf } from "./words.js";

const STEP = 10;
const MOST = 100;
const [SHOWN, PLACE] = ["kb-shown", "kb-place"]; // in the entry of the history

/**
 * Fills a page with results for what its search box and filters ask, and for its address.
 * @param {object} page
 * @param {HTMLFormElement} page.form
 * @param {HTMLInputElement} page.input
 * @param {HTMLElement} page.results  where they go
 * @param {HTMLSelectElement[]} page.filters  named `topic` and `tier`
 * @param {HTMLElement | null} page.browse  shown while there are no results
 * @param {HTMLElement | null} page.help  the closing panel
 * @param {View} view
 * @param {() => Promise<Engine>} open
 */
export function fillPage({ form, input, results, filters, browse, help }, view, open) {
  const { t } = view;
  const title = document.title;
  const status = make("p", { class: "find-status", role: "status" });
  const notes = make("div", { class: "find-notes" });
  const list = make("ol", { class: "find-results" });
  const more = makeButton(t("find_more"), showMore, "");
  more.hidden = true;
  results.replaceChildren(status, notes, list, more);
  const asker = createAsker({ open, show });
  let limit = STEP;
  let correct = true;
  let typing = false; // the entry of the history was made by typing, and may be replaced
  let seen = 0;
  let place = history.state?.[PLACE] ?? 0; // of the window when it was left

  /** @param {boolean} prefix */
  function question(prefix) {
    const chosen = Object.fromEntries(filters.map(({ name, value }) => [name, value || undefined]));
    return { query: valueOf(input).trim(), limit, ...chosen, prefix, correct };
  }

  /** Take query and filters from the address, but for what was typed before this script was here.
   * @param {string} [typed] */
  function read(typed = "") {
    const asked = new URLSearchParams(location.search);
    input.value = typed || (asked.get("q") ?? "");
    correct = !asked.has("exact");
    for (const filter of filters) {
      filter.value = asked.get(filter.name) ?? "";
      if (filter.selectedIndex < 0) filter.value = "";
    }
    limit = history.state?.[SHOWN] ?? STEP;
    typing = false;
    if (typed) write(true);
    else title_();
    ask();
  }

  /** Say in the address what is asked; while typing, in one entry of the history. @param {boolean} replace */
  function write(replace) {
    const url = new URL(location.href);
    /** @type {[string, string][]} */
    const values = filters.map(({ name, value }) => [name, value]);
    for (const [name, value] of [...values, ["q", valueOf(input).trim()], ["exact", correct ? "" : "1"]]) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    if (url.href !== location.href) {
      try {
        history[replace ? "replaceState" : "pushState"](null, "", url);
      } catch {
        // From the disk some browsers refuse: the address stays.
      }
    }
    title_();
  }

  function title_() {
    const query = valueOf(input).trim();
    document.title = query ? `${query} – ${title}` : title;
  }

  /** @param {boolean} [prefix] */
  function ask(prefix = false) {
    seen = 0;
    if (question(prefix).query) asker.ask(question(prefix));
    else clear();
  }

  function clear() {
    asker.stop();
    show({ kind: "idle" });
  }

  /** Ask anew after a choice: an entry of its own in the history. */
  function choose() {
    limit = STEP;
    typing = false;
    write(false);
    ask();
  }

  /** @param {State} state */
  function show(state) {
    results.setAttribute("aria-busy", String(state.kind === "loading"));
    if (state.kind === "loading") {
      status.textContent = t(state.slow ? "find_slow" : "find_loading");
      return;
    }
    const answer = state.kind === "answer" ? state.answer : null;
    status.replaceChildren(...(answer ? summaryOf(answer, view) : []));
    if (state.kind === "failed") status.textContent = failureOf(state, view);
    status.classList.toggle("find-alone", !answer?.hits.length);
    notes.replaceChildren();
    if (answer && state.kind === "answer") notes.append(...notesOf(answer, state.question, view, again));
    if (state.kind === "failed") notes.append(remedies({ t, contact: view.contact }, asker.retry)); // topics stand below
    if (answer && !answer.hits.length) notes.append(...nothing(answer));
    list.replaceChildren(...groupHits(answer?.hits ?? [], group));
    more.hidden = !answer || answer.hits.length < limit || answer.total <= limit || limit >= MOST;
    if (browse) browse.hidden = Boolean(answer?.hits.length);
    if (answer && help) showHelp(help, answer.escalation);
    if (place && list.children.length) {
      scrollTo(0, place);
      place = 0;
    }
    if (seen) /** @type {HTMLElement | undefined} */ (list.querySelectorAll("a.find-title")[seen])?.focus();
    seen = 0;
  }

  /** @param {boolean} corrected @param {string} [query] */
  function again(corrected, query = input.value) {
    input.value = query;
    correct = corrected;
    input.focus();
    choose();
  }

  /** @param {Answer} answer */
  function* nothing({ topics }) {
    if (filters.some(({ value }) => value)) {
      yield make("p", {}, makeButton(t("find_unfilter"), () => {
        for (const filter of filters) filter.value = "";
        input.focus();
        choose();
      }));
    }
    yield make("p", {}, t("find_advice"));
    const links = topics.flatMap(({ title: name, url }) => {
      const href = address(url, view.base);
      return href ? [make("li", {}, make("a", { href }, name))] : [];
    });
    if (links.length) {
      yield make("p", {}, t("find_topics"));
      yield make("ul", { class: "find-topics" }, ...links);
    }
  }

  /** @param {Hit[]} hits  of one article @param {boolean} doubted */
  function group(hits, doubted) {
    const [best, ...others] = hits;
    const trail = trailOf(best);
    const doing = (best.group === 1 ? best.actions : []).map((action) => {
      const href = address(action.url, view.base);
      const text = actionText(action);
      return make("li", {}, href ? make("a", { href }, text) : text);
    });
    const further = others.map((hit) => {
      const text = snippetOf(hit);
      const name = trailOf(hit) || text || hit.title; // the title stands above
      return make("li", {}, link(hit, name), " ", name !== text && text, elsewhere(hit));
    });
    return make(
      "li",
      {},
      doubted ? perhaps(view) : null,
      make("h2", {}, link(best, best.title, "find-title"), ...badges(best, view)),
      trail && make("p", { class: "find-trail" }, trail),
      make("p", {}, snippetOf(best)),
      elsewhere(best),
      doing.length ? make("ul", { class: "find-actions" }, ...doing) : null,
      further.length ? make("ul", { class: "find-others", "aria-label": t("find_others") }, ...further) : null,
    );
  }

  /** Links to where else a hit's section stands. @param {Hit} hit */
  const elsewhere = (hit) =>
    alsoIn(hit, view, ({ url, label }) => make("a", { href: address(url, view.base) }, label));

  /** @param {Hit} hit @param {string | HTMLElement} text @param {string} [kind] */
  function link(hit, text, kind) {
    const element = make("a", { href: address(hit.url, view.base), class: kind }, text);
    keepWords(element, hit);
    return element;
  }

  listenForText(input, () => {
    correct = true;
    limit = STEP;
    write(typing);
    typing = true;
    if (valueOf(input).trim()) asker.askSoon(question(true));
    else clear();
  });
  listenForSending(form, input, (event) => {
    event.preventDefault();
    typing = false;
    ask();
  });
  for (const filter of filters) filter.addEventListener("change", choose);
  results.addEventListener("keydown", step);
  input.addEventListener("keydown", step);
  addEventListener("popstate", () => read());
  addEventListener("pagehide", () => keep({ [PLACE]: scrollY }));
  addEventListener("online", () => {
    if (notes.querySelector(".find-failed")) asker.retry();
  });

  function showMore() {
    const shown = list.children.length;
    limit = Math.min(limit + STEP, MOST);
    keep({ [SHOWN]: limit });
    asker.ask(question(false));
    seen = shown;
  }

  /** Keep something for when the reader comes back. @param {Record<string, number>} what */
  function keep(what) {
    try {
      history.replaceState({ ...history.state, ...what }, "");
    } catch {
      // From the disk some browsers refuse: the page begins at its top then.
    }
  }

  /** Arrows lead from the box to the results, through them, and back. @param {KeyboardEvent} event */
  function step(event) {
    const by = ARROWS[event.key];
    const stops = [input, ...list.querySelectorAll("a")];
    const from = stops.indexOf(/** @type {any} */ (document.activeElement));
    const next = stops[from + by];
    if (by && from >= 0 && next && !event.isComposing) {
      event.preventDefault();
      next.focus();
    }
  }

  read(input.value.trim());
  if (!input.value) input.focus();
}

/**
 * The closing panel for this problem: its channels in their order, and its message.
 * @param {HTMLElement} help
 * @param {Escalation} escalation
 */
function showHelp(help, { channels, message }) {
  const rows = help.querySelectorAll(".channels > li");
  const named = new Map(Array.from(rows, (row) => [row.getAttribute("data-channel"), row]));
  channels.forEach(({ channel, why }) => {
    const row = named.get(channel);
    const reason = row?.querySelector("p");
    if (row && reason) {
      if (reason.textContent) reason.textContent = capitalised(why); // else nothing is known of it
      row.parentElement?.append(row);
    }
  });
  const text = help.querySelector("textarea");
  if (text && message && text.value === text.defaultValue) {
    text.value = text.defaultValue = message;
    text.dispatchEvent(new Event("input")); // its fields follow: see site.js
  }
}
