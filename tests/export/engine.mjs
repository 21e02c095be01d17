// Runs the search of the browser in Node: a plan on stdin, the answer on stdout.
//
//   {stem: [words]}                                     -> their stems
//   {tokens: [texts], language, stop, marks, unspaced}  -> their tokens
//   {data: folder, questions: [[query, options]]}       -> answers, or what was thrown
//   {data, questions, slices: true}                     -> how often each let others have a turn,
//                                                          by a clock that says it is time, always
import { readFileSync } from "node:fs";

const assets = new URL("../../kb/site/assets/search/", import.meta.url);
const { openSearch } = await import(new URL("search.js", assets));
const { Analyzer } = await import(new URL("analysis.js", assets));
const { stem } = await import(new URL("stemmer.js", assets));

/** @param {string} url */
async function load(url) {
  const text = readFileSync(url, "utf8");
  return JSON.parse(text.slice(text.indexOf("(") + 1, text.lastIndexOf(")")));
}

async function answers({ data, questions }) {
  const engine = await openSearch({ base: data, manifest: "m.js", load });
  const found = [];
  for (const [query, options] of questions) found.push(await engine.search(query, options));
  return found;
}

async function slices({ data, questions }) {
  const engine = await openSearch({ base: data, manifest: "m.js", load });
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

const plan = JSON.parse(readFileSync(0, "utf8"));
let answer;
if (plan.stem) answer = plan.stem.map(stem);
else if (plan.tokens) {
  const analyzer = new Analyzer(plan);
  answer = plan.tokens.map((text) => analyzer.tokens(text.normalize("NFC")));
} else answer = await (plan.slices ? slices : answers)(plan);
process.stdout.write(JSON.stringify(answer));
