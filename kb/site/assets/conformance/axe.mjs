// Runs axe on pages of a site, as a plan on stdin asks, and writes what it found to stdout.
//
// The plan: {tools, chromium, sandbox, pages: [url], schemes, width, height}
// The answer: {axe: its version, violations: [{page: its place among the pages, scheme, rule,
// impact, help, where: selectors, written: whether all of it is in the text of an author}]}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const plan = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(`${plan.tools}/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const browser = await chromium.launch({
  executablePath: plan.chromium,
  args: plan.sandbox ? [] : ["--no-sandbox"],
});
const answer = { axe: "", violations: [] };
for (const scheme of plan.schemes) {
  const context = await browser.newContext({
    viewport: { width: plan.width, height: plan.height },
    colorScheme: scheme,
    offline: true, // pages ask nothing of any host, and nor does this
  });
  const page = await context.newPage();
  for (const [place, url] of plan.pages.entries()) {
    await page.goto(url, { waitUntil: "load" });
    await page.evaluate(axe);
    const found = await page.evaluate(
      (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false }),
      TAGS,
    );
    answer.axe = found.testEngine.version;
    for (const { id, impact, help, nodes } of found.violations) {
      const where = nodes.map(({ target }) => target.join(" "));
      const written = nodes.every(({ target }) => String(target[0]).includes(".text"));
      answer.violations.push({ page: place, scheme, rule: id, impact, help, where: where.slice(0, 5), written });
    }
  }
  await context.close();
}
await browser.close();
process.stdout.write(JSON.stringify(answer));
