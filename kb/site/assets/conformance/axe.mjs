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
    const [version, found] = await page.evaluate(async (tags) => {
      const asked = { runOnly: tags, resultTypes: ["violations"], preload: false, elementRef: true };
      const { testEngine, violations } = await window.axe.run(document, asked);
      const rows = violations.map(({ id, impact, help, nodes }) => ({
        rule: id,
        impact,
        help,
        where: nodes.slice(0, 5).map(({ target }) => target.join(" ")),
        written: nodes.every(({ element }) => element?.closest(".text")),
      }));
      return [testEngine.version, rows];
    }, TAGS);
    answer.axe = version;
    answer.violations.push(...found.map((row) => ({ page: place, scheme, ...row })));
  }
  await context.close();
}
await browser.close();
process.stdout.write(JSON.stringify(answer));
