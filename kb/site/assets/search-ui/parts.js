// The parts of an answer as elements, for panel and page alike.

/** @import { Action, Answer, Escalation, Hit, Question, State, Twin, View } from "./types.js" */
import { address, asPath, capitalised, fill, make, makeButton, marked } from "./words.js";

/**
 * What is shown of the hits of each article; `show` is told of which first it should be said that it
 * is not sure.
 * @template T
 * @param {Hit[]} hits  those of an article one after the other
 * @param {(hits: Hit[], doubted: boolean) => T} show
 */
export function groupHits(hits, show) {
  /** @type {Hit[][]} */
  const groups = [];
  for (const hit of hits) (groups[hit.group - 1] ??= []).push(hit);
  const first = groups.find(([best]) => best.weak);
  return groups.map((group) => show(group, group === first));
}

/** Stands above what is not sure. @param {View} view */
export const perhaps = ({ t }) => make("p", { class: "find-perhaps" }, t("find_perhaps"));

/** What kind of help it is where one can't do it oneself, and what tells the article from another of
 * its title: as small words.
 * @param {Hit} hit @param {View} view */
export function badges({ tier, apart }, { t }) {
  const kind = tier === "self-service" ? "" : t(`tier_${tier}`);
  return [kind, apart].flatMap((word) => (word ? [" ", make("span", { class: "find-tier" }, word)] : []));
}

/** The headings above a section, its own last. @param {Hit} hit */
export const trailOf = (hit) => hit.headings.join(" › ");

/** @param {Hit} hit */
export function snippetOf(hit) {
  return hit.snippet && make("span", { class: "find-snippet" }, ...marked(hit.snippet, hit.highlights));
}

/**
 * Where else a hit's section stands.
 * @param {Hit} hit
 * @param {View} view
 * @param {(twin: Twin) => Node | string} show
 */
export function alsoIn({ also }, { t }, show) {
  if (!also?.length) return null;
  const names = make("span", {}, ...also.flatMap((twin, at) => (at ? [", ", show(twin)] : [show(twin)])));
  return make("span", { class: "find-trail" }, ...fill(t("find_also"), { names }));
}

/** What can be done and where, as one text. @param {Action} action */
export function actionText({ label, where }) {
  return where ? `${label}: ${asPath(where)}` : label;
}

/**
 * What the answer is an answer to, where that is not the query as typed.
 * @param {Answer} answer
 * @param {Question} question
 * @param {View} view
 * @param {(correct: boolean, query?: string) => void} again  searches anew: for the words as typed, or for others
 */
export function notesOf(answer, question, { t }, again) {
  /** @type {(string | Node)[][]} */
  const notes = answer.notices.map((notice) => [notice]);
  if (answer.corrected !== null && answer.found !== "nothing") {
    const typed = makeButton(answer.query, () => again(false));
    const shown = make("strong", {}, answer.corrected);
    notes.push(fill(t("find_corrected"), { shown, typed }));
  }
  const meant = answer.did_you_mean;
  if (meant) {
    const suggestion = makeButton(meant, () => again(true, meant));
    notes.push(fill(t("find_meant"), { suggestion }));
  }
  if (question.correct === false) notes.push([t("find_exact")]);
  if (answer.found === "prefix") notes.push([t("find_prefix")]);
  const also = answer.synonyms.map(({ word, also: others }) => t("find_synonyms", { word, others: others.join(", ") }));
  if (also.length) notes.push([also.join(" ")]);
  return notes.map((note) => make("p", {}, ...note));
}

/**
 * How many results there are; aloud also for which words, where those are not the ones typed.
 * @param {Answer} answer
 * @param {View} view
 */
export function summaryOf({ query, hits, total, corrected, found }, { t, count }) {
  if (!hits.length) return [t("find_nothing", { query })];
  const some = { count: hits.length, total };
  const results = total > hits.length ? t("find_some", some) : count("find_results", total);
  const articles = new Set(hits.map(({ group }) => group)).size;
  const number = articles < hits.length ? `${results} ${count("find_in", articles)}` : results;
  if (corrected === null || found === "nothing") return [number];
  return [number, make("span", { class: "find-unseen" }, `. ${t("find_instead", { corrected })}`)];
}

/** Why there is no answer. @param {Extract<State, {kind: "failed"}>} state @param {View} view */
export const failureOf = ({ offline }, { t }) => t(offline ? "find_offline" : "find_failed");

/**
 * What to do where there is no answer: try again, choose a topic, or ask a person.
 * @param {Pick<View, "t" | "topics" | "contact">} view
 * @param {() => void} retry
 */
export function remedies({ t, topics, contact }, retry) {
  return make(
    "div",
    { class: "find-failed" },
    makeButton(t("find_retry"), retry, ""),
    topics && make("a", { href: topics }, t("find_browse")),
    contact && make("a", { href: contact }, t("help")),
  );
}

/**
 * The way to a person in one line: a channel and where it is, or what there is without any.
 * Empty where nobody can be reached.
 * @param {Escalation | undefined} escalation
 * @param {View} view
 */
export function helpText(escalation, { t }) {
  const [first] = (escalation?.channels ?? []).filter(({ article }) => article); // else a mere name
  if (!first) return escalation && escalation.note !== t("no_channel") ? escalation.note : "";
  return first.where ? `${capitalised(first.channel)}: ${asPath(first.where)}` : capitalised(first.channel);
}

/**
 * Where the way to a person is described: on the contact page, else in the channel's article.
 * @param {Escalation | undefined} escalation
 * @param {View} view
 */
export function helpAddress(escalation, { base, contact }) {
  return contact || address(escalation?.channels[0]?.url, base);
}
