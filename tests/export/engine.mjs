// Runs the search of the browser in Node: a plan on stdin, the answer on stdout.
//
//   {stem: [words]}                                     -> their stems
//   {tokens: [texts], language, stop, marks, unspaced}  -> their tokens
//   {data: folder, questions: [[query, options]]}       -> answers, or what was thrown
//   {data, questions, slices: true}                     -> how often each let others have a turn,
//                                                          by a clock that says it is time, always
//   {data, questions, waves: true}                      -> of each, asked first of all: in how many
//                                                          waves files were asked for, the names of each
//                                                          wave's files, and their bytes, gzipped; where
//                                                          a question has a third part, the texts typed
//                                                          before, of what was not asked for then
//   {data, questions, waves: true, letters: 3}          -> the same of each that is typed, so many letters
//                                                          each time that the last answer is there
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const assets = new URL("../../kb/site/assets/search/", import.meta.url);
const { openSearch } = await import(new URL("search.js", assets));
const { Analyzer } = await import(new URL("analysis.js", assets));
const { stem } = await import(new URL("stemmer.js", assets));
const loadMeaning = async () => ({ rank: (await import(new URL("meaning.js", assets))).byMeaning });

/** @param {string} url */
async function load(url) {
  const text = readFileSync(url, "utf8");
  return JSON.parse(text.slice(text.indexOf("(") + 1, text.lastIndexOf(")")));
}

async function answers({ data, questions }) {
  const engine = await openSearch({ base: data, manifest: "m.js", load, loadMeaning });
  const found = [];
  for (const [query, options] of questions) found.push(await engine.search(query, options));
  return found;
}

async function slices({ data, questions }) {
  const engine = await openSearch({ base: data, manifest: "m.js", load, loadMeaning });
  let turns = 0;
  let clock = 0;
  globalThis.scheduler = { yield: async () => void turns++ };
  performance.now = () => (clock += 1000);
  const found = [];
  for (const [query, options] of questions) {
    turns = 0;
    await engine.search(query, options);
    found.push(turns);
  }
  return found;
}

/** What one question asks for. A wave is what is asked for before anything of it has come: its files
 * come all at once, when nothing is left to do without them. */
async function wavesOf(data, [query, options, typed = []], letters) {
  const waves = [];
  let asked = [];
  const deliver = () => {
    const come = asked;
    asked = [];
    waves.push(come.map(({ file }) => file));
    for (const { file, resolve, reject } of come) load(data + file).then(resolve, reject);
  };
  const loadInWaves = (url, file) =>
    new Promise((resolve, reject) => {
      if (!asked.length) setTimeout(deliver, 1);
      asked.push({ file, resolve, reject });
    });
  const engine = await openSearch({ base: data, manifest: "m.js", load: loadInWaves, loadMeaning });
  for (const text of typed) await engine.prepare(text);
  if (typed.length) waves.length = 0;
  for (let end = letters ? 2 : query.length; end < query.length + (letters ?? 1); end += letters ?? 1) {
    const text = query.slice(0, end);
    const { hits } = await engine.search(text, options);
    const isGood = hits.length > 0 && hits[0].match !== "some"; // as asker.js has it
    if (letters && !isGood) await engine.search(text, { ...options, prefix: false });
  }
  return { waves, bytes: waves.flat().reduce((sum, file) => sum + packedSize(data + file), 0) };
}

const sizes = new Map();
function packedSize(path) {
  if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(path)).length);
  return sizes.get(path);
}

async function waves({ data, questions, letters }) {
  performance.now = () => 0; // no slice of work ever ends
  const found = [];
  for (const question of questions) found.push(await wavesOf(data, question, letters));
  return found;
}

const plan = JSON.parse(readFileSync(0, "utf8"));
let answer;
if (plan.stem) answer = plan.stem.map(stem);
else if (plan.tokens) {
  const analyzer = new Analyzer(plan);
  answer = plan.tokens.map((text) => analyzer.tokens(text.normalize("NFC")));
} else answer = await (plan.slices ? slices : plan.waves ? waves : answers)(plan);
process.stdout.write(JSON.stringify(answer));
