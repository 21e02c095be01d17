// The panel under a search box: results as you type.

/** @import { Action, Answer, Engine, Hit, State, View } from "./types.js" */
import { keepWords } from "./arrival.js";
import { createAsker } from "./asker.js";
import { makeCombobox } from "./combobox.js";
import {
  actionText, alsoIn, badges, failureOf, groupHits, helpAddress, helpText, notesOf, perhaps, remedies, snippetOf, summaryOf, trailOf,
} from "./parts.js";
import { listenForSending, listenForText } from "./keys.js";
import { address, make, makeButton, valueOf } from "./words.js";

const LIMIT = 5;
const ACTIONS = 2; // of one article
let panels = 0;

/**
 * Puts a panel under the search box of a form.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 * @param {View} view
 * @param {() => Promise<Engine>} open
 */
export function attachPanel(form, input, view, open) {
  const { t } = view;
  const id = `KB-found-${++panels}`;
  const status = make("p", { class: "find-status", role: "status" });
  const notes = make("div", { class: "find-notes" });
  const list = make("div", { id, class: "find-list", "aria-label": t("find_list") });
  const foot = make("div", { class: "find-foot" });
  const panel = make("div", { class: "find-panel", hidden: true }, status, notes, list, foot);
  /** @type {State} */
  let state = { kind: "idle" };
  let correct = true;
  let limit = LIMIT;

  const asker = createAsker({ open, show });
  const box = makeCombobox(input, panel, list, { open: prepare, close: asker.stop });

  /** Whether there is something to open the panel for. */
  function prepare() {
    if (!valueOf(input).trim()) return false;
    if (state.kind === "idle") ask();
    fit();
    return state.kind !== "idle";
  }

  /** Keep the panel within what can be seen below the box. */
  function fit() {
    const bottom = visualViewport ? visualViewport.offsetTop + visualViewport.height : innerHeight;
    panel.style.setProperty("--find-room", `${bottom - form.getBoundingClientRect().bottom - 16}px`);
  }

  function question() {
    return { query: valueOf(input), limit, prefix: correct, correct };
  }

  function ask() {
    asker.ask(question());
  }

  /** @param {State} next */
  function show(next) {
    state = next;
    panel.setAttribute("aria-busy", String(next.kind === "loading"));
    if (next.kind === "loading") {
      status.textContent = t(next.slow ? "find_slow" : "find_loading");
      if (next.slow && !list.children.length) foot.replaceChildren(helpLine(undefined));
    } else if (next.kind === "answer") {
      showAnswer(next.answer, next.question);
    } else if (next.kind === "failed") {
      status.textContent = failureOf(next, view);
      notes.replaceChildren(remedies(view, asker.retry));
      list.replaceChildren();
      foot.replaceChildren();
    }
    status.classList.toggle("find-alone", next.kind === "failed" || (next.kind === "answer" && !next.answer.hits.length));
    if (panel.hidden) box.open();
    else box.refresh();
  }

  /** @param {Answer} answer @param {import("./types.js").Question} asked */
  function showAnswer(answer, asked) {
    status.replaceChildren(...summaryOf(answer, view));
    notes.replaceChildren(...notesOf(answer, asked, view, again));
    list.replaceChildren(...groupHits(answer.hits, group), ...last(answer));
    const keys = make("p", { class: "find-keys", "aria-hidden": "true" }, t("find_keys"));
    const more = !view.search && answer.total > limit && answer.hits.length >= limit && button();
    foot.replaceChildren(more || "", helpAddress(answer.escalation, view) ? "" : helpLine(answer), keys);
  }

  /** @param {boolean} corrected @param {string} [query] */
  function again(corrected, query = input.value) {
    input.value = query;
    correct = corrected;
    input.focus();
    ask();
  }

  /** More results in the panel itself, on sites that have no page for them. */
  function button() {
    return make("p", {}, makeButton(t("find_more"), () => {
      limit += 2 * LIMIT;
      input.focus();
      ask();
    }));
  }

  /** @param {Hit[]} hits  of one article @param {boolean} doubted */
  function group(hits, doubted) {
    const rows = hits.map((hit) => row(hit, hit === hits[0]));
    const doing = hits[0].group === 1 ? hits[0].actions.slice(0, ACTIONS).map(action) : [];
    return make("div", { role: "group", "aria-label": hits[0].title, class: "find-group" }, doubted && perhaps(view), rows[0], ...doing, ...rows.slice(1));
  }

  /** A title, or a heading below it, and one line, which describes it: its name is short. The line alone is the
   * name of a further section that has no heading but the title. @param {Hit} hit @param {boolean} first  of its article */
  function row(hit, first) {
    const link = option(address(hit.url, view.base), first ? "find-hit" : "find-hit find-further");
    const trail = trailOf(hit);
    const name = first ? hit.title : trail;
    const start = first && trail && make("span", { class: "find-trail" }, `${trail}: `);
    const line = make("span", { class: "find-line", "aria-hidden": name && "true" }, start, snippetOf(hit));
    link.append(name && make("span", { class: "find-title" }, name), ...(first ? badges(hit, view) : []), line, alsoIn(hit, view, (twin) => twin.label) || "");
    link.setAttribute("aria-description", name && `${line.textContent}`);
    keepWords(link, hit);
    return link;
  }

  /** What can be done: an option where it is a link, else a text in the group. @param {Action} what */
  function action(what) {
    const href = address(what.url, view.base);
    const line = href ? option(href, "find-action") : make("span", { class: "find-action" });
    line.append(actionText(what));
    return line;
  }

  /** @param {string} href @param {string} kind */
  const option = (href, kind) =>
    make("a", { role: "option", class: `find-option ${kind}`, href: href || undefined, tabindex: "-1" });

  /** After the hits: nearest topics, all results, and always last the way to a person. @param {Answer} answer */
  function* last(answer) {
    for (const { title, url } of answer.hits.length ? [] : answer.topics) {
      const href = address(url, view.base);
      if (href) {
        const link = option(href, "find-topic");
        link.append(title);
        yield link;
      }
    }
    if (view.search && answer.total > answer.hits.length) {
      const link = option(withQuery(view.search, answer.query, correct), "find-all");
      link.append(t("find_all", { count: answer.total }));
      yield link;
    }
    const href = helpAddress(answer.escalation, view);
    if (href) {
      const link = option(href, "find-help");
      link.append(make("strong", {}, t("help")), ` ${helpText(answer.escalation, view)}`);
      yield link;
    }
  }

  /** Nothing, where nobody can be reached. @param {Answer | undefined} answer */
  function helpLine(answer) {
    const href = helpAddress(answer?.escalation, view);
    const text = helpText(answer?.escalation, view);
    const title = href ? make("a", { href }, t("help")) : make("strong", {}, t("help"));
    return href || text ? make("p", { class: "find-help" }, title, ` ${text}`) : "";
  }

  form.append(panel);
  form.classList.add("find-box");
  input.addEventListener("focus", box.open);
  listenForText(input, () => {
    correct = true;
    limit = LIMIT;
    if (valueOf(input).trim()) {
      asker.askSoon(question());
    } else {
      asker.stop();
      state = { kind: "idle" };
      box.close();
    }
  });
  form.addEventListener("keydown", box.escape);
  listenForSending(form, input, (event) => {
    box.close();
    if (view.search && event.type !== "submit") location.assign(withQuery(view.search, valueOf(input), correct));
  });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !form.contains(relatedTarget)) box.close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.composedPath().includes(form)) box.close();
  });
  panel.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) box.close();
  });
  visualViewport?.addEventListener("resize", fit);
  addEventListener("online", () => {
    if (state.kind === "failed" && box.isOpen()) asker.retry();
  });
  input.addEventListener("focus", asker.warm); // the pointer may have brought this script before
  if (input.matches(":focus")) {
    asker.warm();
    box.open(); // for what was typed before this script was here
  }
}

/** The address of the page of results for a query. @param {string} page @param {string} query @param {boolean} correct */
export function withQuery(page, query, correct) {
  const url = new URL(page, document.baseURI);
  url.searchParams.set("q", query);
  if (!correct) url.searchParams.set("exact", "1");
  return url.href;
}
