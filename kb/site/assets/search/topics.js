// The topics that are shown where nothing was found. See kb/text/nearest.py and KnowledgeBase.

import { fold } from "./analysis.js";
import { trimSlashes } from "./query.js";
import {
  ALIKE, BEGINNING, LISTED, LONGEST_NAME, MEANT, MEANT_OR, NAMES_LISTED, NAMES_OFFERED, NEIGHBOUR, NO_SUCH, NONE_LISTED,
  SHORTEST_BEGINNING, TOPICS_SHOWN, WORSE,
} from "./shared.js";
import { say } from "./sentences.js";

/** @import { Analyzer } from "./analysis.js" */
/** @typedef {[string, string, number | null, string]} Row  id, title, order, url */

/** Topics of which a word of the title looks like one of the query's.
 * @param {string} words @param {Row[]} topics @param {Analyzer} analyzer */
export function nearestTopics(words, topics, analyzer) {
  const asked = contentWords(words, analyzer);
  /** @type {[number, Row][]} */
  const rated = topics.map((topic) => {
    const parts = contentWords(topic[1], analyzer);
    return [Math.max(0, ...asked.flatMap((word) => parts.map((part) => ratio(part, word)))), topic];
  });
  return rated
    .filter(([rating]) => rating >= NEIGHBOUR)
    .sort(([one, [a]], [other, [b]]) => other - one || (a < b ? -1 : 1))
    .slice(0, TOPICS_SHOWN)
    .map(([, [topic, title, , url]]) => ({ topic, title, url }));
}

/** The words of a text but for stop words. @param {string} text @param {Analyzer} analyzer */
const contentWords = (text, analyzer) =>
  analyzer.tokens(text.normalize("NFC"))
    .filter(({ stop, joint }) => !stop && !joint)
    .map(({ surface }) => surface);

/** A sentence for a topic, and for a tag, that no article has.
 * @param {import("./query.js").Filters} filters @param {{topics: Row[], articles: object}} facets */
export function unknownFilters({ topic, tag }, { topics, articles }) {
  const tags = Object.keys(articles).filter((name) => name.startsWith("tag:")).map((name) => name.slice(4)).sort();
  const ids = topics.map(([id]) => id).sort();
  const sentences = [];
  const id = topic && trimSlashes(topic);
  if (id && !Object.hasOwn(articles, `topic:${fold(id)}`)) {
    sentences.push(noSuch("topic", id, ids, ids.filter((each) => !each.includes("/"))));
  }
  if (tag && !Object.hasOwn(articles, `tag:${fold(tag)}`)) sentences.push(noSuch("tag", tag, tags, tags));
  return sentences;
}

/** @param {string} kind @param {string} name @param {string[]} known @param {string[]} listed */
function noSuch(kind, name, known, listed) {
  const close = nearestIds(name, known);
  const names = listed.slice(0, NAMES_LISTED).map(quoted).join(", ");
  const end = listed.length > NAMES_LISTED ? ", …" : ".";
  const tail = close.length
    ? say(MEANT, { names: close.map(quoted).join(MEANT_OR) })
    : listed.length ? say(LISTED, { kind, names, end }) : say(NONE_LISTED, { kind });
  return say(NO_SUCH, { kind, name: quoted(name), tail });
}

/** @param {string} name */
const quoted = (name) => (name.includes(" ") ? `“${name}”` : name);

/** As `nearest`, for ids: the folders, or the end of the name, may be missing.
 * @param {string} word @param {string[]} ids */
function nearestIds(word, ids) {
  const sought = fold([...word].slice(0, LONGEST_NAME).join(""));
  const length = sought.length + 1;
  const alike = ids
    .map((id) => {
      const forms = [fold(id), fold(id.slice(id.lastIndexOf("/") + 1))];
      const cut = length > SHORTEST_BEGINNING ? forms.map((form) => BEGINNING * atLeast(ratio(form.slice(0, length), sought))) : [];
      return /** @type {[number, string]} */ ([Math.max(...forms.map((form) => atLeast(ratio(form, sought))), ...cut), id]);
    })
    .sort(([one, a], [other, b]) => other - one || (a < b ? -1 : 1))
    .filter(([rating], _, [[best]]) => rating >= Math.max(ALIKE, best - WORSE))
    .slice(0, NAMES_OFFERED)
    .map(([, id]) => id);
  const parts = ids.filter((id) => sought.length > 2 && fold(id).includes(sought)).sort();
  return [...new Set([...alike, ...parts])].slice(0, NAMES_OFFERED);
}

/** A ratio below the cutoff counts nothing. @param {number} rating */
const atLeast = (rating) => (rating < ALIKE ? 0 : rating);

/** Ratcliff and Obershelp's measure of likeness. @param {string} one @param {string} other */
const ratio = (one, other) => (2 * matching(one, other)) / (one.length + other.length);

/** How many characters are in the longest common parts. @param {string} one @param {string} other
 * @returns {number} */
function matching(one, other) {
  let size = 0;
  let start = 0;
  let at = 0;
  for (let i = 0; i < one.length; i++) {
    for (let j = 0; j < other.length; j++) {
      let k = 0;
      while (i + k < one.length && j + k < other.length && one[i + k] === other[j + k]) k++;
      if (k > size) [size, start, at] = [k, i, j];
    }
  }
  if (!size) return 0;
  return size + matching(one.slice(0, start), other.slice(0, at)) + matching(one.slice(start + size), other.slice(at + size));
}
