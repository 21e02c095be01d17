// What a query says beyond its subject, and how a person is reached. See kb/support/intent.py and
// kb/support/escalation.py; the rules come with the manifest.

import { SPACE, squeeze } from "./query.js";
import { fold } from "./analysis.js";

import { LONGEST_QUESTION as LONGEST, LONGEST_STORY, MOST_FIELDS, NO_ANSWER } from "./shared.js";
import { say } from "./sentences.js";

/** @typedef {{name: string, best_for?: string, wait?: string, where?: string, hours?: string,
 *   article?: string, have_ready?: string[], id: string, order: number | null, ready: string[]}} Channel */
/** @typedef {{channel: string, why: string, where: string, wait: string, hours: string,
 *   article: string, url?: string}} Option */
/** @typedef {{channels: Option[], have_ready: string[], message: string, note: string}} Escalation */

/** Lower case without apostrophes, one space between words. @param {string} words */
const plain = (words) =>
  squeeze(
    [...words.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("").normalize("NFKC").toLowerCase()
      .replace(/['\u2018\u2019\u02bc`\u0307]/g, "").replace(/[^\p{L}\p{N}]+/gu, " "),
  );

/** Whether plain words fit a rule. In these only spaces part words: where a letter is none of
 * ASCII, `\b` and `\w` have to be spelt out, which is slower. @param {string} rule
 * @returns {(text: string) => boolean} */
function compile(rule) {
  const ascii = new RegExp(rule);
  /** @type {RegExp | undefined} */
  let any;
  return (text) => {
    if (isAscii(text)) return ascii.test(text);
    any ??= new RegExp(rule.replaceAll("\\b", "(?:(?<![^ ])(?=[^ ])|(?<=[^ ])(?![^ ]))").replaceAll("\\w", "[^ ]"));
    return any.test(text);
  };
}

/** @param {string} text */
const isAscii = (text) => /^[\0-\x7f]*$/.test(text);

/** @param {string} text @param {string[]} phrases */
const hasPhrase = (text, phrases) =>
  phrases.some((phrase) => plain(phrase) && ` ${text} `.includes(` ${plain(phrase)} `));

/** Answers what the words ask for beside their subject. */
export class Asking {
  /** @param {any} manifest */
  constructor(manifest) {
    this.contact = manifest.contact;
    this.said = manifest.escalation;
    this.person = manifest.person.map(compile);
    this.notPerson = compile(manifest.notPerson);
    this.urgent = compile(manifest.urgent);
    this.notUrgent = compile(manifest.notUrgent);
    this.waits = this.said.waits ? compile(this.said.waits) : () => false;
  }

  /** Whether the words ask for a person. @param {string} words */
  asksForPerson(words) {
    const text = plain(words);
    if (hasPhrase(text, this.contact.person)) return true;
    return !this.notPerson(text) && this.person.some((/** @type {(text: string) => boolean} */ fits) => fits(text));
  }

  /** Whether the words say that the problem can't wait. @param {string} words */
  #isUrgent(words, more = this.contact.urgent) {
    const text = plain(words);
    return !this.notUrgent(text) && (this.urgent(text) || hasPhrase(text, more));
  }

  /** The channels for a problem, best first, and what to bring along. @param {string} words
   * @param {any} article  the one that fits best, if any @returns {Omit<Escalation, "message">} */
  escalate(words, article) {
    const urgent = this.#isUrgent(words);
    const channels = this.#inOrder();
    const own = stepsOf(article, channels);
    const steps = own.length ? own : channels.map((c) => [c.name, this.#implied(c.best_for ?? "")]);
    const chosen = new Map();
    for (const [name, condition] of byUrgency(steps, urgent)) {
      const channel = channels.find((c) => isNamed(name, c)) ?? { name };
      if (!chosen.has(channel.name)) chosen.set(channel.name, optionOf(channel, condition, urgent, this.said));
    }
    const options = [...chosen.values()];
    return {
      channels: options.map(({ ready, ...option }) => option),
      have_ready: article?.ready?.length ? article.ready : (options[0]?.ready ?? []),
      note: options.length ? "" : this.contact.fallback || this.said.no_channel,
    };
  }

  /** Channels: those that the settings name, then as authors set. @returns {Channel[]} */
  #inOrder() {
    /** @type {string[]} */
    const order = this.contact.order;
    const rank = (/** @type {Channel} */ channel) => {
      const at = order.findIndex((name) => isNamed(name, channel));
      return at < 0 ? order.length : at;
    };
    return [...this.contact.channels].sort(
      (a, b) =>
        rank(a) - rank(b) || Number(a.order === null) - Number(b.order === null) ||
        (a.order ?? 0) - (b.order ?? 0) || (a.id < b.id ? -1 : 1),
    );
  }

  /** The condition that a channel's description implies. @param {string} bestFor */
  #implied(bestFor) {
    if (this.#isUrgent(bestFor, [])) return "urgent";
    const waits = new RegExp(this.said.waits_rule).test(bestFor.toLowerCase()) || this.waits(plain(bestFor));
    return waits ? "not_urgent" : "";
  }

  /** A message to fill in. @param {string} words @param {string[]} ready  what to have at hand */
  message(words, ready) {
    let story = [...squeeze(words)].slice(0, LONGEST_STORY).join("");
    if (this.asksForPerson(story)) story = "";
    const { said } = this;
    const orders = new Set(DIGITS.test(story) ? story.match(ruleFor(said.order_rule, story)) : []); // few texts need the slow rule
    const wishes = said.wishes.filter((/** @type {string[]} */ [rule]) => compile(rule)(plain(story)));
    const asked = [...new Set([...this.contact.fields, ...ready].map(label).filter(Boolean))].slice(0, MOST_FIELDS);
    const numbered = asked.find((text) => ruleFor(said.number_rule, text).test(text));
    /** @type {Map<string, [string | undefined, string]>} */
    const lines = new Map([
      [said.message_happened, [story && say(said.message_story, { story }), said.message_no_story]],
      [said.message_when, [ruleFor(said.when_rule, story).exec(story)?.[0], said.message_no_time]],
    ]);
    for (const text of asked) {
      const hint = lines.get(text)?.[1] ?? NO_ANSWER;
      lines.set(text, [text === numbered && orders.size === 1 ? [...orders][0] : "", hint]);
    }
    lines.set(said.message_tried, ["", said.message_no_tried]);
    const wish = wishes.length === 1 ? say(said.message_or_else, { wish: wishes[0][1] }) : "";
    lines.set(said.message_wish, [wish, said.message_no_wish]);
    return [...lines].map(([name, [text, hint]]) => `${name}: ${text || `[${hint}]`}`).join("\n");
  }
}

/** What stands before the colon of a line, in which there is no other. @param {string} text */
const label = (text) => squeeze(text).replace(/[.:]+$/, "").replaceAll(": ", ", ");

const DIGITS = /\p{Nd}(?:-?\p{Nd}){5}/u;

/** A rule of Python's for a text, in which digits and the ends of words are those of all scripts. For ASCII
 * it means the same as it stands, and takes a browser a tenth of the time. @param {string} rule @param {string} text */
const ruleFor = (rule, text) =>
  new RegExp(
    isAscii(text) ? rule : rule
      .replaceAll("\\d", "\\p{Nd}")
      .replaceAll("\\w", "[\\p{L}\\p{N}_]")
      .replaceAll("\\b", "(?:(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])|(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_]))"),
    "giu",
  );

/** Whether a step's word names a channel. @param {string} word @param {Channel} channel */
function isNamed(word, channel) {
  const name = fold(word.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), ""));
  return [channel.name, channel.id, channel.id.slice(channel.id.lastIndexOf("/") + 1)].some((n) => fold(n) === name);
}

/** An article's own steps; on an article about a channel, that comes first. @param {any} article
 * @param {Channel[]} channels @returns {[string, string][]} */
function stepsOf(article, channels) {
  const own = article?.channel ? [[article.channel.name, ""]] : [];
  const steps = [...own, ...(article?.escalate ?? [])];
  return channels.length ? steps.filter(([name]) => channels.some((c) => isNamed(name, c))) : steps;
}

/** Steps whose condition holds, in order. @param {any[]} steps @param {boolean} urgent */
function byUrgency(steps, urgent) {
  const hurried = steps.filter(([, condition]) => condition === "urgent");
  const others = steps.filter(([, condition]) => !condition);
  if (!urgent) return [...steps.filter(([, condition]) => condition !== "urgent"), ...hurried];
  const now = [...hurried, ...others];
  return now.length ? now : steps;
}

/** @param {any} channel @param {string} condition @param {boolean} urgent @param {any} said */
function optionOf(channel, condition, urgent, said) {
  const reason = condition === "urgent"
    ? urgent ? said.why_urgent_now : said.why_urgent_later
    : condition && !urgent ? said.why_can_wait : "";
  const bestFor = squeeze(channel.best_for ?? "").replace(/\.+$/, "");
  const purpose = said.why_best_for.includes(": {") ? bestFor : uncapitalised(bestFor);
  const why = [reason, bestFor && say(said.why_best_for, { purpose })].filter(Boolean).join("; ");
  return {
    channel: channel.name,
    why: why || said.why_none,
    where: channel.where ?? "",
    wait: channel.wait ?? "",
    hours: channel.hours ?? "",
    article: channel.article || channel.id || "",
    ...(channel.url ? { url: channel.url } : {}),
    ready: channel.have_ready?.length ? channel.have_ready : (channel.ready ?? []),
  };
}

/** The text as it reads in mid-sentence; names such as PayPal stay. @param {string} text */
function uncapitalised(text) {
  const rest = text.split(" ", 1)[0].slice(1);
  const lower = rest === rest.toLowerCase() && rest !== rest.toUpperCase();
  return lower || !rest ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
