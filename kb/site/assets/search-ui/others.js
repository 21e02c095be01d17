// Other languages of the site are searched where that of the page has nothing.

/** @import { Answer, Engine } from "./types.js" */

const MOST = 4; // languages, of which each brings a manifest

/**
 * An engine that asks others where it finds nothing, those that the reader prefers first; which one
 * has answered is said before all else. Words that are still being typed are asked of it alone.
 * @param {Engine} engine
 * @param {[string, string, string][]} others  tag, name and manifest of each
 * @param {(manifest: string) => Promise<Engine>} open
 * @param {(name: string) => string} say  what to say of the language that has answered
 * @returns {Engine}
 */
export function withOthers(engine, others, open, say) {
  /** @type {Map<string, Promise<Engine>>} */
  const opened = new Map();
  const preferred = [...navigator.languages].map((tag) => tag.split("-")[0]);
  /** @param {string} tag */
  const rank = (tag) => (preferred.indexOf(tag.split("-")[0]) + preferred.length + 1) % (preferred.length + 1);
  const order = [...others].sort(([one], [other]) => rank(one) - rank(other)).slice(0, MOST);

  /** @param {string} manifest */
  function engineOf(manifest) {
    let found = opened.get(manifest);
    if (!found) opened.set(manifest, (found = open(manifest)));
    found.catch(() => opened.delete(manifest));
    return found;
  }

  /** @param {string} query @param {any} options @returns {Promise<Answer>} */
  async function search(query, options) {
    const answer = await engine.search(query, options);
    if (answer.hits.length || options.prefix || options.topic) return answer;
    for (const [, name, manifest] of order) {
      try {
        const found = await (await engineOf(manifest)).search(query, options);
        if (found.hits.length) return { ...found, escalation: answer.escalation, notices: [say(name), ...found.notices] };
      } catch {
        // That language can't be had: the answer of the page's own stands.
      }
    }
    return answer;
  }

  return { search };
}
