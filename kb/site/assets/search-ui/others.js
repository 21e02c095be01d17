// Other languages of the site are searched where that of the page has nothing.

/** @import { Answer, Engine } from "./types.js" */

const MOST = 4; // languages, of which each brings a manifest

/**
 * An engine that asks others where it finds nothing; which one has answered is said before all
 * else. Words that are still being typed are asked of it alone.
 * @param {Engine} engine
 * @param {[string, string, string][]} others  tag, name and manifest of each
 * @param {(manifest: string) => Promise<Engine>} open
 * @param {import("./types.js").View["t"]} t
 * @returns {Engine}
 */
export function withOthers(engine, others, open, t) {
  /** @type {Record<string, Promise<Engine>>} */
  const opened = {};

  /** @param {string} query @param {any} options @returns {Promise<Answer>} */
  async function search(query, options) {
    const answer = await engine.search(query, options);
    if (answer.hits.length || options.prefix) return answer;
    for (const [, language, manifest] of others.slice(0, MOST)) {
      opened[manifest] ??= open(manifest);
      // One that can't be had has nothing.
      const found = await opened[manifest].then((other) => other.search(query, options)).catch(() => answer);
      if (found.hits.length) {
        return { ...found, escalation: answer.escalation, notices: [t("find_elsewhere", { language }), ...found.notices] };
      }
    }
    return answer;
  }

  return { search };
}
