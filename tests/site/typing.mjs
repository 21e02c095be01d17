// Types into what asks an engine, by a clock of its own: a plan on stdin, what was asked on stdout.
//
//   {keys: [[ms, text]], takes: ms, fails}   ->  [[ms, text]] of each question that reached the engine, which
//   takes so long for an answer, or, with `fails`, until it fails
import { readFileSync } from "node:fs";

const { keys, takes, fails } = JSON.parse(readFileSync(0, "utf8"));
globalThis.navigator ??= { onLine: true };
let now = 0;
let timers = [];
globalThis.setTimeout = (run, ms = 0) => {
  const timer = { run, at: now + ms };
  timers.push(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => (timers = timers.filter((one) => one !== timer));
const settled = () => new Promise((done) => setImmediate(done));

const { createAsker } = await import("../../kb/site/assets/search-ui/asker.js");
const asked = [];
const engine = {
  search: (query) =>
    new Promise((resolve, reject) => {
      asked.push([now, query]);
      setTimeout(() => (fails ? reject(new Error("a file is missing")) : resolve({ hits: [{ match: "all" }] })), takes);
    }),
};
const asker = createAsker({ open: async () => engine, show: () => {} });
for (const [at, query] of keys) setTimeout(() => asker.askSoon({ query, prefix: true }), at);
while (timers.length) {
  await settled();
  timers.sort((one, other) => one.at - other.at);
  const { run, at } = timers.shift() ?? { run: () => {}, at: now };
  now = at;
  run();
  await settled();
}
process.stdout.write(JSON.stringify(asked));
