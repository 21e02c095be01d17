// Shards: files of the export, loaded once each, checked, and kept.

import { hasOrigin, makeScripts } from "./elements.js";
import { BASE, DIGITS } from "./shared.js";

/** What goes wrong with a file: it can't be had, or is not what the manifest says. */
export class ShardError extends Error {
  /** @param {string} file @param {string} what */
  constructor(file, what) {
    super(`${file} ${what}`);
    this.name = "ShardError";
    this.file = file;
  }
}

const KEPT = 150;
const WRAPPER = "kbShard(";

export const NO_DIGIT = 255;
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;

/** The value of one character. @param {string} text @param {number} at */
export const digit = (text, at) => VALUES[text.charCodeAt(at)];

/** The numbers that a text holds. @param {string} text @param {number} [from] @param {number} [to]
 * @returns {number[]} */
export function decode(text, from = 0, to = text.length) {
  const numbers = [];
  let number = 0;
  for (let at = from; at < to; at++) {
    const value = VALUES[text.charCodeAt(at)];
    number = number * BASE + (value % BASE);
    if (value < BASE) { // the first of DIGITS end a number
      numbers.push(number);
      number = 0;
    }
  }
  return numbers;
}

/** Ascending numbers, of which the text holds what lies between them. @param {string} text */
export function decodeGaps(text) {
  const numbers = decode(text);
  for (let at = 0, before = -1; at < numbers.length; at++) before = numbers[at] += before + 1;
  return numbers;
}

/** The place in sorted values of the last one that is not after `value`; -1 if all are.
 * @template T @param {ArrayLike<T>} values @param {T} value */
export function lastUpTo(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where a value stands in sorted values; -1 if it does not. @param {ArrayLike<number>} values
 * @param {number} value */
export function find(values, value) {
  const at = lastUpTo(values, value);
  return at >= 0 && values[at] === value ? at : -1;
}

/** Read the text of a shard. @param {string} text @param {string} file @returns {any} */
function parse(text, file) {
  const end = text.lastIndexOf(")");
  try {
    if (text.startsWith(WRAPPER)) return JSON.parse(text.slice(WRAPPER.length, end));
  } catch {
    // It is cut short, or no shard at all.
  }
  throw new ShardError(file, "is damaged");
}

/** Whether a file is the manifest, which keeps its name when the site is built anew.
 * @param {string} file */
const isManifest = (file) => file.startsWith("m.");

let refused = false;

/** Load by request, or by one that was made. Where none is answered, the host may lie elsewhere
 * and forbid it, or the page's policy may: a script element is not bound by that.
 * @param {string} url @param {string} file @param {Promise<Response>} [given] */
async function loadByFetch(url, file, given) {
  /** @type {Response} */
  let response;
  try {
    response = await (given ?? fetch(url, isManifest(file) ? { cache: "no-cache" } : {}));
  } catch {
    const shard = await loadByScript(url, file);
    refused = true; // so will the next one be
    return shard;
  }
  const text = response.ok ? await response.text().catch(() => "") : "";
  if (!text) throw new ShardError(file, "can't be had");
  return parse(text, file);
}

/** Shards that script elements are bringing, by name. @type {Map<string, (shard: any) => void>} */
const awaited = new Map();

const makeScript = makeScripts("kb");

/** Load by a script element, be it code. @param {string} url @param {string} file @returns {Promise<any>} */
export function loadByScript(url, file) {
  const scope = /** @type {any} */ (globalThis);
  scope.kbShard ??= (/** @type {any} */ shard) => awaited.get(shard?.name)?.(shard);
  const name = file.slice(0, file.indexOf("."));
  // A script element can't ask whether a copy is still the newest: a new address can.
  const fresh = isManifest(file) && url.startsWith("http") ? `?${Date.now()}` : "";
  return new Promise((resolve, reject) => {
    /** @type {HTMLScriptElement | undefined} */
    let script;
    const end = (/** @type {string} */ why) => {
      script?.remove();
      if (awaited.get(name) === take) awaited.delete(name);
      if (why) reject(new ShardError(file, why));
    };
    const take = (/** @type {any} */ shard) => {
      end("");
      resolve(shard);
    };
    awaited.set(name, take);
    try {
      script = makeScript(url + fresh);
    } catch {
      return end("is refused");
    }
    script.onerror = () => end("can't be had");
    script.onload = () => end("is damaged");
    document.head.append(script);
  });
}

/** How shards are loaded here: by request where the page has an origin, else by script elements.
 * @param {string} url @param {string} file @param {Promise<Response>} [given]  a request that was
 * made already @returns {Promise<any>} */
export const loadShard = (url, file, given) =>
  hasOrigin() && !refused ? loadByFetch(url, file, given) : loadByScript(url, file);

/** Keeps what was loaded; what failed is tried again. */
export class Shards {
  /** @param {string} base @param {(url: string, file: string) => Promise<any>} load */
  constructor(base, load) {
    this.base = base.endsWith("/") || base === "" ? base : base + "/";
    this.load = load;
    /** @type {Map<string, Promise<any>>} */
    this.kept = new Map();
  }

  /** @param {string} file @returns {Promise<any>} */
  get(file) {
    const known = this.kept.get(file);
    if (known) return known;
    for (const oldest of this.kept.keys()) if (this.kept.size > KEPT) this.kept.delete(oldest);
    const loading = this.load(this.base + file, file).then((shard) => {
      const name = file.slice(0, file.indexOf("."));
      if (shard?.name !== name) throw new ShardError(file, "is another");
      return shard;
    });
    this.kept.set(file, loading);
    loading.catch(() => this.kept.delete(file));
    return loading;
  }
}
