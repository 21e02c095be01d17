// What an answer is made of, as `kb search --json` prints it (docs/json.md), and a url per hit.

/**
 * @typedef {{label: string, where: string, url: string}} Action
 *
 * @typedef {object} Hit
 * @property {number} rank
 * @property {string} article
 * @property {string} anchor
 * @property {string} url  of the section, relative to the answer's base
 * @property {string} title
 * @property {string[]} headings  outermost first
 * @property {string} tier  self-service, contact or advice
 * @property {number} group  the place of its article among those of the answer
 * @property {"all" | "most" | "some"} match
 * @property {boolean} weak
 * @property {string} snippet  plain text
 * @property {[number, number][]} highlights  half-open ranges of code points, disjoint, in order
 * @property {Action[]} actions
 * @property {string} [apart]  what tells its article from another hit's of the same title
 * @property {Twin[]} [also]  sections of other articles that say the same
 *
 * @typedef {{article: string, anchor: string, label: string, url: string}} Twin
 *
 * @typedef {object} Channel
 * @property {string} channel
 * @property {string} why
 * @property {string} where
 * @property {string} wait
 * @property {string} hours
 * @property {string} article  the one about it; empty where no article describes it
 * @property {string} [url]  of that article
 *
 * @typedef {{channels: Channel[], have_ready: string[], message: string, note: string}} Escalation
 *
 * @typedef {object} Answer
 * @property {string} query
 * @property {string | null} corrected
 * @property {string | null} did_you_mean
 * @property {"words" | "corrected" | "prefix" | "nothing"} found
 * @property {number} total
 * @property {Hit[]} hits
 * @property {{topic: string, title: string, url?: string}[]} topics
 * @property {{word: string, also: string[]}[]} synonyms
 * @property {string[]} notices
 * @property {Escalation} escalation
 *
 * @typedef {object} Question
 * @property {string} query
 * @property {number} [limit]
 * @property {string} [tier]
 * @property {string} [topic]
 * @property {boolean} [prefix]
 * @property {boolean} [correct]
 * @property {(answer: Answer) => void} [early]  is told the answer by words, where the whole one takes longer
 *
 * @typedef {{search: (query: string, options: object) => Promise<Answer>,
 *   prepare?: (query: string) => Promise<unknown>}} Engine
 *
 * What a panel or a page shows.
 * @typedef {{kind: "idle"}
 *   | {kind: "loading", slow: boolean}
 *   | {kind: "answer", answer: Answer, question: Question}
 *   | {kind: "failed", offline: boolean, question: Question}} State
 *
 * What they need to know of the site: its words, and where its pages are.
 * @typedef {object} View
 * @property {(name: string, values?: Record<string, string | number>) => string} t
 * @property {(what: string, count: number) => string} count
 * @property {string} base  what the urls of hits are relative to
 * @property {string} [search]  the page of search results
 * @property {string} [topics]  the page of all topics
 * @property {string} [contact]  the page that leads to a person
 */
export {};
