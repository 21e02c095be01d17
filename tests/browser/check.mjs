// Opens pages in Chromium as a plan of browser.mjs asks, and answers what was seen.
//
// The plan: {axe, visits: [{name, url, width, height, scheme, offline?,
//                    open?: what is clicked to open a dialog}],
//            keyboard: [url], measure: [url]}
// The answer, for each visit: axe's violations, messages of the console, breaches of the
// content security policy, requests to other origins, and by how much the page is too wide.
import { readFileSync } from "node:fs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function look(browser, axe, { url, width, height, scheme, javaScript = true, text, styles, open }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
  });
  const page = await context.newPage();
  const seen = { url, width, scheme, violations: [], messages: [], breaches: [], foreign: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.messages.push(message.text());
  });
  page.on("pageerror", (error) => seen.messages.push(error.message));
  page.on("dialog", (dialog) => {
    seen.messages.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const wanted = new URL(request.url());
    if (wanted.protocol !== "data:" && wanted.origin !== new URL(url).origin) {
      seen.foreign.push(request.url());
    }
  });
  if (javaScript) {
    await page.addInitScript(() => {
      window.kbBreaches = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        window.kbBreaches.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }
  await page.goto(url, { waitUntil: "load" });
  if (open) {
    await page.click(open);
    await page.waitForSelector("dialog[open]");
  }
  if (text) seen.text = await page.locator(text).innerText();
  if (styles) {
    const [selector, property] = styles;
    seen.style = await page.locator(selector).evaluate((one, name) => getComputedStyle(one)[name], property);
  }
  if (javaScript) {
    seen.breaches = await page.evaluate(() => window.kbBreaches);
    seen.tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (axe) {
      await page.evaluate(axe);
      const result = await page.evaluate(
        (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }),
        TAGS,
      );
      seen.violations = result.violations.map(({ id, nodes }) => ({
        id,
        where: nodes.slice(0, 3).map(({ html, target }) => `${target.join(" ")} ${html}`),
        inText: nodes.every(({ target }) => String(target[0]).includes(".text")),
      }));
    }
  }
  await context.close();
  return seen;
}

// Tab from the top to the end: what can be reached, and whether its focus can be seen.
async function tab(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  const wanted = await page.evaluate(() => {
    const stops = "a[href], button, input:enabled, textarea, summary, [tabindex='0']";
    const all = document.querySelectorAll(`:is(${stops}):not([role='tab'][tabindex='-1'])`);
    const groups = new Set(); // of radio buttons, the first is a stop
    const shown = [...all].filter((one) => {
      const again = one.type === "radio" && groups.has(one.name);
      if (one.type === "radio") groups.add(one.name);
      return !again && one.checkVisibility({ visibilityProperty: true });
    });
    shown.forEach((one, number) => one.setAttribute("data-stop", String(number)));
    return shown.length;
  });
  const reached = new Set();
  const unseen = [];
  for (let step = 0; step < wanted + 20; step++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      const style = getComputedStyle(one);
      const visible = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return { number: one.getAttribute("data-stop"), visible, html: one.outerHTML.slice(0, 120) };
    });
    if (!stop || stop.number === null) continue;
    if (reached.has(stop.number)) break;
    reached.add(stop.number);
    if (!stop.visible) unseen.push(stop.html);
  }
  const missed = await page.evaluate(
    (numbers) =>
      [...document.querySelectorAll("[data-stop]")]
        .filter((one) => !numbers.includes(one.getAttribute("data-stop")))
        .map((one) => one.outerHTML.slice(0, 120)),
    [...reached],
  );
  await context.close();
  return { url, wanted, reached: reached.size, unseen, missed };
}

// Largest contentful paint in milliseconds, and the sum of layout shifts.
async function measure(browser, url) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.kbFigures = { paint: 0, shift: 0 };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.kbFigures.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.kbFigures.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(url, { waitUntil: "load" });
  await page.waitForTimeout(500);
  const figures = await page.evaluate(() => window.kbFigures);
  await context.close();
  return { url, ...figures };
}

// Steps a reader takes, each a name of a function of the page and its arguments.
async function walk(browser, { url, width = 1280, scheme = "light", steps }) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  await page.goto(url);
  const results = [];
  for (const [what, ...args] of steps) {
    if (what === "evaluate") results.push(await page.evaluate(args[0]));
    else if (what === "wait") await page.waitForTimeout(args[0]);
    else if (what === "reload") await page.reload();
    else if (what === "goto") await page.goto(args[0]);
    else if (what === "press") await page.keyboard.press(args[0]);
    else await page.locator(args[0]).first()[what](...args.slice(1));
  }
  await context.close();
  return results;
}

/** Carry out a plan: visits, ways by keyboard, measures and walks, one after another. */
export async function run(browser, plan, require) {
  const axe = plan.axe ? readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") : "";
  const answer = { visits: [], keyboard: [], measures: [], walks: [] };
  for (const visit of plan.visits ?? []) answer.visits.push(await look(browser, axe, visit));
  for (const url of plan.keyboard ?? []) answer.keyboard.push(await tab(browser, url));
  for (const url of plan.measure ?? []) answer.measures.push(await measure(browser, url));
  for (const one of plan.walks ?? []) answer.walks.push(await walk(browser, one));
  return answer;
}
