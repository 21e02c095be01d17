// Carries out plans in one Chromium, which the first of them starts: each is a line of JSON on
// stdin, and so is its answer on stdout.
//
// A plan: {script, tools, chromium, …}, where the script is one of this folder, the tools are those
// of `install`, and the rest is what the script says. An answer: {answer}, or {error} if the
// script threw. Whatever pages a script leaves open are closed before the next plan.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// A window makes the popups of its address bar ready, which costs as much as the page in it. The
// others are those that Playwright switches off: of this option, only the last one counts.
const OFF = [
  "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
  "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay",
  "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
  "PreconnectToSearch", "ThirdPartyStoragePartitioning",
];
let browser;

async function carryOut({ script, tools, chromium, ...plan }) {
  const require = createRequire(`${tools}/package.json`);
  if (!browser?.isConnected()) {
    const options = { executablePath: chromium, args: ["--no-sandbox", `--disable-features=${OFF}`] };
    browser = await require("playwright-core").chromium.launch(options);
  }
  const { run } = await import(`./${script}`);
  return run(browser, plan, require);
}

async function closePages() {
  for (const context of browser?.contexts() ?? []) {
    for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(JSON.parse(line)).then(
    (value) => ({ answer: value }),
    (error) => ({ error: error.stack }),
  );
  await closePages().catch(() => browser.close()); // a browser that is gone gives way to another
  if (answer.error) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser?.close();
