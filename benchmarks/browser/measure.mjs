// Measures search in Chromium: a plan on stdin, figures on stdout.
//
// The plan: {modules, chromium, folder, script, queries, limit, kind: "kb" | "pagefind", cold, warm}
// `folder` is served with gzip, as static hosts do. Cold queries each get a browser context of
// their own; warm ones follow each other on one page, and are then asked once more.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const plan = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(`${plan.modules}/x.js`)("playwright-core");
const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", css: "text/css" };

const kept = new Map();
function read(path) {
  if (!kept.has(path)) {
    const raw = readFileSync(plan.folder + path);
    kept.set(path, [gzipSync(raw), TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream"]);
  }
  return kept.get(path);
}

const fetched = { bytes: 0, requests: 0 };
const server = createServer((request, response) => {
  try {
    const [body, type] = read(decodeURIComponent(new URL(request.url, "http://x").pathname));
    fetched.bytes += body.length;
    fetched.requests += 1;
    response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "cache-control": "max-age=3600" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const root = `http://127.0.0.1:${server.address().port}/`;

const OPEN = {
  kb: `window.ready = async () => { window.engine ??= await openSearch({ base: "/", manifest: "data/m.js" }); };
       window.ask = async (q, n) => { await ready(); return (await engine.search(q, { limit: n })).hits.length; };
       window.again = async (q, n) => { await ready(); return (await engine.ask(q, { limit: n })).hits.length; };`,
  pagefind: `window.ready = async () => { window.engine ??= await import("/pagefind/pagefind.js"); };
       window.ask = window.again = async (q, n) => { await ready(); const found = await engine.search(q);
         return (await Promise.all(found.results.slice(0, n).map((r) => r.data()))).length; };`,
};

const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--js-flags=--expose-gc"] });

async function open() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  fetched.bytes = fetched.requests = 0;
  await page.goto(`${root}index.html`);
  await page.evaluate(OPEN[plan.kind]);
  return { context, page, client };
}

async function timed(page, what, query) {
  return page.evaluate(
    async ([what, query, limit]) => {
      const start = performance.now();
      const hits = await window[what](query, limit);
      return [performance.now() - start, hits];
    },
    [what, query, plan.limit],
  );
}

const settle = (page) => page.waitForTimeout(60); // for what is still under way

const cold = [];
for (const query of plan.queries.slice(0, plan.cold)) {
  const { context, page } = await open();
  const [ms, hits] = await timed(page, "ask", query);
  await settle(page);
  cold.push({ ms, hits, bytes: fetched.bytes, requests: fetched.requests });
  await context.close();
}

const { page, client } = await open();
await page.evaluate("ready()");
const warm = [];
for (const query of plan.queries.slice(0, plan.warm)) {
  await settle(page);
  fetched.bytes = fetched.requests = 0;
  const [ms, hits] = await timed(page, "ask", query);
  await settle(page);
  const [again] = await timed(page, "again", query);
  const [repeated] = await timed(page, "ask", query);
  warm.push({ ms, hits, bytes: fetched.bytes, requests: fetched.requests, again, repeated });
}
await client.send("HeapProfiler.collectGarbage");
const { usedSize } = await client.send("Runtime.getHeapUsage");
await browser.close();
server.close();
process.stdout.write(JSON.stringify({ cold, warm, heap: usedSize }));
