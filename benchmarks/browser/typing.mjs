// Types strings into the page of results of a site, in Chromium: a plan on stdin, figures on stdout.
//
// The plan: {modules, chromium, folder, page, strings}
// For each string: processor time of the main thread from the key to the answer shown, and its
// longest task; both in ms.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { serve } from "./serving.mjs";

const plan = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(`${plan.modules}/x.js`)("playwright-core");
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox"] });
const site = await serve(plan.folder);
const page = await browser.newPage();
const client = await page.context().newCDPSession(page);
await client.send("Performance.enable", { timeDomain: "threadTicks" });
let errors = 0;
page.on("pageerror", () => errors++);
page.on("dialog", (dialog) => {
  errors++;
  dialog.dismiss();
});
await page.goto(site.root + plan.page);
await page.waitForSelector("#KB-results .find-status", { state: "attached" });
await page.evaluate(() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
  }).observe({ type: "longtask" });
});

async function busy() {
  const { metrics } = await client.send("Performance.getMetrics");
  return 1000 * metrics.find(({ name }) => name === "TaskDuration").value;
}

const rows = [];
for (const text of plan.strings) {
  const before = await busy();
  await page.evaluate(async (text) => {
    window.longest = 0;
    const box = document.querySelector("#KB-query");
    const results = document.querySelector("#KB-results");
    const status = results.querySelector(".find-status");
    box.value = text;
    if (!box.value.trim()) return;
    status.textContent = "";
    const answered = new Promise((done) => {
      new MutationObserver((_, observer) => {
        if (!status.textContent || results.ariaBusy === "true") return;
        observer.disconnect();
        done();
      }).observe(results, { childList: true, subtree: true, characterData: true, attributes: true });
    });
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await answered;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }, text);
  rows.push({ text, cpu: (await busy()) - before, longest: await page.evaluate("window.longest") });
}
await browser.close();
site.close();
process.stdout.write(JSON.stringify({ rows, errors }));
