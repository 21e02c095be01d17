// Searches in Chromium as a plan of browser.mjs asks, and answers what was seen.
//
// The plan: {visits: [{url, width, height, scheme, reduced?, forced?, touch?, framed?, clock?, faults, steps}]}
// Where a page is `framed`, steps happen in its first frame; with a `clock`, the step of that name
// lets time pass.
// A fault is [pattern of an address, kind]: missing, cut, stale, garbage, blocked, never, held until
// the step `release`, which ends all faults, or elsewhere with the address of another build's data.
// A step is a name and its arguments; `evaluate`, `axe` and `tree` add to the results. `until` waits
// for an expression to be true, and lets so many milliseconds pass before each look if it has a
// second argument; `asked` waits for a request for an address of a pattern.
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const FAULTS = {
  missing: (route) => route.fulfill({ status: 404, body: "not found" }),
  blocked: (route) => route.abort("blockedbyclient"),
  garbage: (route) => route.fulfill({ body: "<html>no shard</html>" }),
  stale: (route) => route.fulfill({ body: 'kbShard({"name":"x","format":0})\n' }),
  cut: async (route) => {
    const whole = await (await route.fetch()).text();
    await route.fulfill({ body: whole.slice(0, whole.length / 2) });
  },
  elsewhere: async (route, base) => {
    const name = new URL(route.request().url()).pathname.split("/").pop();
    await route.fulfill({ response: await route.fetch({ url: base + name }) });
  },
  never: () => {},
  held: (route, _, held) => void held.push(route),
};

// waitForFunction would need a policy that allows eval.
async function until(page, expression, pass = () => {}) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    await pass();
    if (await page.evaluate(expression).catch(() => false)) {
      // It may be the address of a page to come; but one whose script never comes is never whole.
      await page.waitForLoadState("domcontentloaded", { timeout: 2_000 }).catch(() => {});
      return;
    }
    await new Promise((done) => setTimeout(done, 30));
  }
  const shown = await page.evaluate("document.body.innerText.slice(0, 500)");
  throw new Error(`never true: ${expression}\n${page.url()}\n${shown}`);
}

async function asked(requests, pattern) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (requests.some((path) => new RegExp(pattern).test(path))) return;
    await new Promise((done) => setTimeout(done, 30));
  }
  throw new Error(`never asked for: ${pattern}\n${requests.join("\n")}`);
}

async function visit(browser, axe, { url, width = 1280, height = 900, scheme = "light", reduced, forced, touch, framed, clock, time, zone, faults = [], steps }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...(reduced && { reducedMotion: "reduce" }), ...(forced && { forcedColors: "active" }), ...(touch && { hasTouch: true }), ...(zone && { timezoneId: zone }) });
  const outer = await context.newPage();
  const seen = { url, results: [], errors: [], console: [], foreign: [], dialogs: [], requests: [] };
  /** @type {any} */
  let page = outer;
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.console.push(message.text());
  });
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const wanted = new URL(request.url());
    seen.requests.push(wanted.pathname);
    if (wanted.protocol !== "data:" && wanted.origin !== new URL(url).origin) {
      seen.foreign.push(request.url());
    }
  });
  const held = [];
  let broken = faults;
  await page.route("**", async (route) => {
    const fault = broken.find(([part]) => new RegExp(part).test(new URL(route.request().url()).pathname));
    await (fault ? FAULTS[fault[1]](route, fault[2], held) : route.continue());
  });
  await page.addInitScript(() => {
    addEventListener("unhandledrejection", (event) => console.error(`unhandled: ${event.reason}`));
  });
  if (clock) await outer.clock.install();
  if (time) await outer.clock.setFixedTime(time);
  const whole = !faults.some(([, kind]) => ["held", "never"].includes(kind));
  await page.goto(url, { waitUntil: whole ? "load" : "commit" });
  if (framed) page = outer.frames()[1];
  for (const [what, ...args] of steps) {
    if (what === "evaluate") seen.results.push(await page.evaluate(args[0]));
    else if (what === "until") await until(page, args[0], args[1] && (() => outer.clock.fastForward(args[1])));
    else if (what === "wait") await page.waitForTimeout(args[0]);
    else if (what === "press") for (const key of args) await outer.keyboard.press(key);
    else if (what === "type") await page.locator(args[0]).pressSequentially(args[1], { delay: 3 });
    else if (what === "faults") broken = args[0];
    else if (what === "asked") await asked(seen.requests, args[0]);
    else if (what === "release") {
      broken = [];
      for (const route of held.splice(0)) await route.continue();
    }
    else if (what === "compose") {
      const client = await context.newCDPSession(outer);
      for (const text of args) {
        await client.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
        await outer.waitForTimeout(200);
      }
    } else if (what === "insert") await outer.keyboard.insertText(args[0]);
    else if (what === "clock") await outer.clock.fastForward(args[0]);
    else if (what === "throttle") {
      const client = await context.newCDPSession(page);
      await client.send("Network.enable");
      await client.send("Network.emulateNetworkConditions", { offline: false, uploadThroughput: -1, ...args[0] });
    } else if (what === "offline") await context.setOffline(args[0]);
    else if (what === "tree") seen.results.push(await page.locator(args[0]).first().ariaSnapshot());
    else if (what === "back") await page.goBack();
    else if (what === "forward") await page.goForward();
    else if (what === "media") await outer.emulateMedia({ media: args[0] });
    else if (what === "goto") await page.goto(args[0]);
    else if (what === "write") writeFileSync(...args);
    else if (what === "remove") rmSync(args[0]);
    else if (what === "screenshot") await page.screenshot({ path: args[0], fullPage: args[1] });
    else if (what === "pdf") await outer.pdf({ path: args[0], format: "A4", preferCSSPageSize: true });
    else if (what === "axe") {
      await page.evaluate(axe());
      const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      seen.results.push(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`));
    } else await page.locator(args[0]).first()[what](...args.slice(1));
  }
  await outer.unrouteAll({ behavior: "ignoreErrors" }); // what a fault still does has no page then
  await context.close();
  return seen;
}

/** Make the visits of a plan, one after another. */
export async function run(browser, plan, require) {
  const axe = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const answer = [];
  for (const one of plan.visits) answer.push(await visit(browser, axe, one));
  return answer;
}
