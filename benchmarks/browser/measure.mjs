// Measures search in Chromium: a plan on stdin, figures on stdout.
//
// The plan: {modules, chromium, sites: [{kind: "kb" | "pagefind", folder}], queries, limit, cold,
//            warm, networks: {name: conditions of Chromium's throttling, or null}, typing}
// Cold queries each get a browser context of their own, the engines taking turns, so that
// whatever else the machine does slows all alike; warm ones follow each other on one page, and
// are then asked once more. `ms` is how long the whole answer takes, `told` the one by words that may
// come before it. `cpu` is the processor time of the page's main thread. `typed` is how long
// all answers take to a cold query that is typed, three letters each time the last answer is there, with
// as many hits as a panel below a search box shows; `typedCpu` is the processor time of the page's whole
// process meanwhile, as Pagefind works in a thread of its own (which throttling of the CPU leaves alone).
// `key` is how long the answer to all of it takes from its last key, where keys follow each other as a
// person's do, what is needed begins to come with the first, and beginnings are asked for when a key is
// late, as the search box of kb's sites has it (its pause before a question included); of kb alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { serve } from "./serving.mjs";

const plan = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(`${plan.modules}/x.js`)("playwright-core");

// kb's script and manifest come together, as a page of its sites asks for them.
const OPEN = {
  kb: `window.ready = async () => {
         if (window.engine) return;
         let early = fetch("/data/m.js", { cache: "no-cache" });
         await new Promise((onload) => document.head.append(Object.assign(document.createElement("script"), { src: "/search.js", onload })));
         const load = (url, file) => { const given = early; early = undefined; return loadShard(url, file, given); };
         window.engine = await openSearch({ base: "/", manifest: "data/m.js", load });
       };
       window.ask = async (q, n) => {
         await ready();
         window.told = 0;
         const early = () => (window.told = performance.now());
         return (await engine.search(q, { limit: n, early })).hits.length;
       };
       window.typed = async (q, n) => {
         await ready();
         const found = await engine.search(q, { limit: n, prefix: true });
         const isGood = ({ hits }) => hits.length > 0 && hits[0].match !== "some"; // as asker.js has it
         return (isGood(found) ? found : await engine.search(q, { limit: n })).hits.length;
       };
       window.again = async (q, n) => { await ready(); return (await engine.ask(q, { limit: n })).hits.length; };
       window.key = async (q, n, gap) => {
         const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
         let keys = 0;
         let running = Promise.resolve();
         const soon = async (text) => { // as asker.js has it
           const mine = ++keys;
           window.engine?.prepare(text);
           await sleep(text.length < 3 ? 300 : 120);
           await Promise.race([running, sleep(180)]);
           if (mine === keys) await (running = typed(text, n));
         };
         ready();
         for (let end = 1; end < q.length; end++) {
           soon(q.slice(0, end));
           await sleep(gap);
         }
         const last = performance.now();
         await soon(q);
         return performance.now() - last;
       };`,
  pagefind: `window.ready = async () => { window.engine ??= await import("/pagefind/pagefind.js"); };
       window.ask = window.typed = window.again = async (q, n) => { await ready(); const found = await engine.search(q);
         return (await Promise.all(found.results.slice(0, n).map((r) => r.data()))).length; };`,
};

const STEP = 3; // letters between two answers while typing
const SHOWN = 5; // hits then: those of the panel below a search box, and of Pagefind's own
const GAP = 150; // ms between two keys

const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--js-flags=--expose-gc"] });

async function open(site, network) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  if (network) {
    await client.send("Network.enable");
    const { cpu = 1, ...conditions } = network;
    await client.send("Network.emulateNetworkConditions", { offline: false, ...conditions });
    if (cpu > 1) await client.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  }
  Object.assign(site.fetched, { bytes: 0, requests: 0 });
  await page.goto(`${site.root}index.html`);
  await page.evaluate(OPEN[site.kind]);
  return { context, page, client };
}

async function metric(client, wanted) {
  const { metrics } = await client.send("Performance.getMetrics");
  return 1000 * metrics.find(({ name }) => name === wanted).value;
}

const busy = (client) => metric(client, "TaskDuration");
const processTime = (client) => metric(client, "ProcessTime");

async function timed(page, what, query, limit = plan.limit) {
  return page.evaluate(
    async ([what, query, limit]) => {
      const start = performance.now();
      const hits = await window[what](query, limit);
      const end = performance.now();
      return [end - start, hits, (window.told || end) - start];
    },
    [what, query, limit],
  );
}

const settle = (page) => page.waitForTimeout(60); // for what is still under way

async function first(site, query, network) {
  const { context, page, client } = await open(site, network);
  const before = await busy(client);
  const [ms, hits, told] = await timed(page, "ask", query);
  const cpu = (await busy(client)) - before;
  await settle(page);
  await context.close();
  const fetched = { ...site.fetched };
  const typed = plan.typing ? await typing(site, query, network) : {};
  return { ms, told, hits, cpu, ...fetched, ...typed, key: plan.typing ? await lastKey(site, query, network) : 0 };
}

async function lastKey(site, query, network) {
  if (site.kind !== "kb") return 0;
  const { context, page } = await open(site, network);
  const ms = await page.evaluate(([query, limit, gap]) => window.key(query, limit, gap), [query, SHOWN, GAP]);
  await context.close();
  return ms;
}

async function typing(site, query, network) {
  const { context, page, client } = await open(site, network);
  const before = await processTime(client);
  let typed = 0;
  for (let end = 2; end < query.length + STEP; end += STEP) {
    const [ms] = await timed(page, "typed", query.slice(0, end), SHOWN);
    typed += ms;
  }
  const typedCpu = (await processTime(client)) - before;
  await context.close();
  return { typed, typedCpu, typedBytes: site.fetched.bytes, typedRequests: site.fetched.requests };
}

async function following(site) {
  const { context, page, client } = await open(site);
  await page.evaluate("ready()");
  const rows = [];
  for (const query of plan.queries.slice(0, plan.warm)) {
    await settle(page);
    Object.assign(site.fetched, { bytes: 0, requests: 0 });
    const [ms, hits] = await timed(page, "ask", query);
    await settle(page);
    const fetched = { ...site.fetched };
    const [again] = await timed(page, "again", query);
    const [repeated] = await timed(page, "ask", query);
    rows.push({ ms, hits, ...fetched, again, repeated });
  }
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize: heap } = await client.send("Runtime.getHeapUsage");
  await context.close();
  return { warm: rows, heap };
}

const sites = await Promise.all(plan.sites.map(async (site) => ({ ...site, ...(await serve(site.folder)) })));
const found = sites.map(() => ({ cold: {} }));
for (const [name, network] of Object.entries(plan.networks)) {
  found.forEach(({ cold }) => (cold[name] = []));
  for (const site of sites) await first(site, plan.queries[0], network); // files become known to the server
  for (const query of plan.queries.slice(0, plan.cold)) {
    for (const [at, site] of sites.entries()) found[at].cold[name].push(await first(site, query, network));
  }
}
for (const [at, site] of sites.entries()) if (plan.warm) Object.assign(found[at], await following(site));
await browser.close();
for (const site of sites) site.close();
process.stdout.write(JSON.stringify(found));
