// Search in the browser: `openSearch` gives what answers as `kb search` does.

import { Analyzer } from "./analysis.js";
import { Asking } from "./asking.js";
import { ConceptMaker } from "./concepts.js";
import { Search } from "./finding.js";
import { Index } from "./index.js";
import { label, tellApart } from "./labels.js";
import { pause } from "./pauses.js";
import { parseQuery } from "./query.js";
import { roundScore } from "./scoring.js";
import { loadByScript, loadShard, ShardError, Shards } from "./shards.js";
import { FORMAT, IDF_STEPS, TIERS, TWINS_SHOWN } from "./shared.js";
import { makeSnippet } from "./snippets.js";
import { nearestTopics, unknownFilters } from "./topics.js";

/** @import { Escalation } from "./asking.js" */
/** @import { Ranked, Results, Wanted } from "./finding.js" */
/** @import { Joined } from "./twins.js" */

/** Gives the results by words and meaning, none if the answer by words shall stay, of which it may tell before.
 * @typedef {(search: Search, results: Results, tell: (drawn: () => void) => Promise<unknown>) => Promise<Results | null>} ByMeaning */

const KEPT = 20; // answers

/**
 * @typedef {object} Options
 * @property {number} [limit]  hits at most
 * @property {string | null} [tier]
 * @property {string | null} [topic]
 * @property {string | null} [tag]
 * @property {boolean} [prefix]  the last word may be the beginning of one
 * @property {boolean} [correct]  false takes words as they are
 * @property {(answer: Answer) => void} [early]  is told the answer by words, where meaning takes long
 *
 * @typedef {object} Hit
 * @property {number} rank
 * @property {number} group  of its article
 * @property {string} article
 * @property {string} anchor
 * @property {string} url  of the section, relative to `base`
 * @property {string} title
 * @property {string[]} headings
 * @property {string} tier
 * @property {string} topic
 * @property {number} score
 * @property {"all" | "most" | "some"} match
 * @property {boolean} weak
 * @property {string} snippet
 * @property {[number, number][]} highlights  in code points
 * @property {{label: string, where: string, url: string}[]} actions
 * @property {string} [apart]  what tells its article from another hit's of the same title
 * @property {Twin[]} [also]  sections of other articles that say the same and answer, too
 *
 * @typedef {{article: string, anchor: string, label: string, url: string}} Twin
 *
 * @typedef {object} Answer
 * @property {number} version
 * @property {string} query
 * @property {string | null} corrected
 * @property {[string, string][]} corrections
 * @property {string | null} did_you_mean  a correction that is not sure: the answer is that without it
 * @property {"words" | "corrected" | "prefix" | "nothing"} found
 * @property {number} total
 * @property {number} confidence  the probability that the first hit is right
 * @property {Hit[]} hits
 * @property {{topic: string, title: string}[]} topics
 * @property {{word: string, also: string[]}[]} synonyms
 * @property {string[]} notices
 * @property {Escalation} escalation
 */

/**
 * Open the search of a site.
 * @param {object} options
 * @param {string} options.base  the root of the site, which the manifest and all urls start from
 * @param {string} options.manifest  the address of the manifest, from `base`
 * @param {(url: string, file: string) => Promise<any>} [options.load]  brings the content of a shard
 * @param {(url: string, file: string) => Promise<{rank: ByMeaning}>} [options.loadMeaning]  brings what counts meaning
 * @returns {Promise<Engine>}  rejected with a ShardError when the manifest can't be had
 */
export async function openSearch({ base, manifest, load = loadShard, loadMeaning = loadByScript }) {
  const at = manifest.lastIndexOf("/") + 1;
  const root = base === "" || base.endsWith("/") ? base : `${base}/`;
  const shards = new Shards(root + manifest.slice(0, at), load);
  const read = await shards.get(manifest.slice(at));
  if (read.format !== FORMAT) throw new ShardError(manifest, "is of another version");
  const stems = read.stems && (await shards.get(`l.${read.stems}.js`));
  const engine = new Engine(new Index(stems ? { ...read, rules: stems.rules } : read, shards));
  if (read.meaning) engine.meaning = loadMeaning(shards.base + read.meaning.script, read.meaning.script);
  engine.meaning?.catch(() => {}); // as below
  return engine;
}

/** Answers queries. */
export class Engine {
  /** @param {Index} index */
  constructor(index) {
    this.corpus = index;
    this.header = index.header;
    this.analyzer = new Analyzer(this.header);
    this.asking = new Asking(this.header);
    this.concepts = new ConceptMaker(index, this.analyzer);
    /** What counts meaning, where the site has vectors. @type {Promise<{rank: ByMeaning}> | undefined} */
    this.meaning = undefined;
    /** The last answers. @type {Map<string, Promise<Answer>>} */
    this.kept = new Map();
  }

  /** The answer to a query: any string is one. Rejected with a ShardError when a file is missing.
   * @param {string} text @param {Options} [options] @returns {Promise<Answer>} */
  search(text, options = {}) {
    const key = JSON.stringify([text, options]);
    let answer = this.kept.get(key);
    if (!answer) {
      answer = this.ask(text, options);
      answer.catch(() => this.kept.delete(key));
      for (const oldest of this.kept.keys()) if (this.kept.size >= KEPT) this.kept.delete(oldest);
      this.kept.set(key, answer);
    }
    return answer;
  }

  /** Load what an answer will need of a query that is being typed. @param {string} text */
  prepare(text) {
    return this.#searchFor(text, { prefix: true }).prepare();
  }

  /** @param {string} text @param {Options} options */
  #searchFor(text, options) {
    const wanted = {
      limit: this.header.limit, tier: null, topic: null, tag: null, prefix: false, correct: true,
      ...options,
      person: false,
    };
    return new Search(this, parseQuery(text), /** @type {Wanted} */ (wanted));
  }

  /** @param {string} text @param {Options} options @returns {Promise<Answer>} */
  async ask(text, options) {
    const search = this.#searchFor(text, options);
    const { wanted } = search;
    const loading = search.load();
    loading.catch(() => {}); // it is awaited below: nothing is lost if the next line throws
    wanted.person = this.asking.asksForPerson(text); // while files are on their way
    await loading;
    const results = await search.run();
    const answer = (/** @type {Results} */ found) => {
      if (!found.total && search.facets) found.notices = [...unknownFilters(search.filters, search.facets), ...found.notices];
      return this.answer(text, found, wanted.person);
    };
    if (!this.meaning) return answer(results);
    /** @type {Answer | undefined} */
    let told;
    const tell = async (/** @type {() => void} */ drawn) => {
      told = await answer({ ...results });
      drawn();
      options.early?.(told);
    };
    const better = await this.meaning.then(({ rank }) => rank(search.instead, results, tell)).catch(() => {
      this.kept.clear(); // a file is missing or damaged: the answer is by words until it is there
    });
    return (!better && told) || answer(better ?? results);
  }

  /** @param {string} text @param {Results} results @param {boolean} person @returns {Promise<Answer>} */
  async answer(text, results, person) {
    const articleOf = (/** @type {Ranked} */ { doc }) => this.corpus.articleOf[doc];
    const articles = [...new Set(results.ranked.map(articleOf))];
    const groupOf = (/** @type {Ranked} */ each) => articles.indexOf(articleOf(each)) + 1;
    results.ranked.sort((one, other) => groupOf(one) - groupOf(other)); // those of an article together
    const [documents, twins] = await Promise.all([
      Promise.all(results.ranked.map(({ doc }) => this.corpus.document(doc))),
      Promise.all(results.ranked.map(({ doc }) => this.#twins(results.twins.get(doc)))),
    ]);
    const terms = this.searched(results);
    /** @type {Hit[]} */
    const hits = [];
    const apart = tellApart(new Map(documents.map(({ article }) => [article.id, article.title])));
    for (const [at, ranked] of results.ranked.entries()) {
      await pause();
      const hit = this.#hit([at + 1, groupOf(ranked)], ranked, documents[at], results, terms, person);
      const also = twins[at]?.map(([article, url, anchor]) =>
        ({ article, anchor, label: label(hit.article, article), url: addressOf(url, anchor) }));
      const other = apart.get(hit.article);
      hits.push({ ...hit, ...(also && { also }), ...(other && { apart: other }) });
    }
    const escalation = this.asking.escalate(text, documents[0]?.article);
    const message = () => this.asking.message(text, escalation.have_ready); // few who type will send it
    return {
      version: 1,
      query: text,
      corrected: results.correction?.text ?? null,
      corrections: results.correction?.words ?? [],
      did_you_mean: results.offered,
      found: results.found,
      total: results.total,
      confidence: results.confidence,
      hits,
      topics: results.found === "nothing" ? nearestTopics(parseQuery(text).words, (await this.corpus.facets()).topics, this.analyzer) : [],
      synonyms: results.synonyms,
      notices: results.notices,
      escalation: {
        ...escalation,
        get message() {
          return message();
        },
      },
    };
  }

  /** Of the sections that one stands for id, url and anchor. @param {Joined} [joined] */
  async #twins(joined) {
    const rows = joined && (await this.corpus.group(joined.group));
    return rows && joined.places.slice(0, TWINS_SHOWN).map((place) => rows[place]);
  }

  /** All terms that were searched, with their idf. @param {Results} results */
  searched({ concepts }) {
    /** @type {Map<string, number>} */
    const terms = new Map();
    for (const { alternatives } of concepts.all) {
      for (const term of alternatives.flatMap((alternative) => alternative.terms)) {
        terms.set(term, (this.corpus.term(term)?.idf ?? 0) / IDF_STEPS);
      }
    }
    return terms;
  }

  /** @param {[number, number]} places  rank and group @param {Ranked} ranked @param {{article: any, section: any[]}} document
   * @param {Results} results @param {Map<string, number>} terms @param {boolean} person
   * @returns {Hit} */
  #hit([rank, group], { doc, score }, { article, section }, { scoring, confidence }, terms, person) {
    const [anchor, heading, text, trail = []] = section;
    const [held, units] = scoring ? scoring.matched(doc) : [0, 0];
    const tier = article.tier || TIERS[0];
    return {
      rank,
      group,
      article: article.id,
      anchor,
      url: addressOf(article.url, anchor),
      title: article.title,
      headings: ["", article.title, article.heading].includes(heading) ? trail : [...trail, heading],
      tier,
      topic: article.topic ?? "",
      score: roundScore(score),
      match: held === units ? "all" : 2 * held > units ? "most" : "some",
      weak: scoring !== null && !(group === 1 && confidence >= this.header.sure) && !(person && tier === "contact"),
      ...makeSnippet(text, terms, this.analyzer),
      actions: (article.actions ?? []).map((/** @type {string[]} */ [label, where, url]) => ({ label, where, url })),
    };
  }
}

/** @param {string} page @param {string} anchor */
const addressOf = (page, anchor) => (anchor ? `${page}#${encodeURIComponent(anchor)}` : page);
