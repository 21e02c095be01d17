// Opens pages that hold hostile texts in Chromium, and answers whatever ran, asked, complained, or
// left the site.
//
// The plan of browser.mjs: {urls}. The answer, for each page: dialogs, messages of the console,
// breaches of the content security policy, requests to other origins, whether a script of the
// page's own text ran, and elements or addresses that could run one.

// What is noted of a page from its beginning.
function watch() {
  window.kbBreaches = [];
  window.kbRan = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.kbBreaches.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
    window[name] = (...args) => window.kbRan.push(`${name}(${args.join()})`);
  }
}

// What is in the page once it stands: anything that a browser could run, and links that would.
function audit() {
  const found = [];
  const runs = /^[\s\0-\x1f]*(?:javascript|vbscript|data|blob|file):/i;
  const links = ["href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "poster"];
  for (const one of document.querySelectorAll("*")) {
    const name = one.localName;
    if (["iframe", "object", "embed", "base", "frame", "applet", "style", "animate", "set"].includes(name)) {
      found.push(name);
    }
    if (name === "script" && one.type !== "application/ld+json") {
      if (new URL(one.src, location).origin !== location.origin) found.push(`script ${one.src}`);
      if (one.textContent) found.push(`script ${one.textContent.slice(0, 60)}`);
    }
    for (const { name: attribute, value } of one.attributes) {
      if (/^on/i.test(attribute)) found.push(`${name} ${attribute}`);
      if (links.includes(attribute) && runs.test(value)) found.push(`${name} ${attribute}=${value}`);
    }
    for (const address of [one.href, one.src]) {
      if (typeof address === "string" && /^(?:javascript|vbscript|data|blob|file):/i.test(address)) {
        found.push(`${name} ${address}`);
      }
    }
  }
  return found;
}

async function visit(context, url) {
  const page = await context.newPage();
  const seen = { url, dialogs: [], messages: [], foreign: [] };
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.messages.push(message.text());
  });
  page.on("pageerror", (error) => seen.messages.push(error.message));
  page.on("popup", (popup) => seen.foreign.push(popup.url()));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) seen.foreign.push(request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  seen.audit = await page.evaluate(audit);
  seen.elements = await page.evaluate(() => document.querySelectorAll("*").length);
  Object.assign(seen, await page.evaluate(() => ({ breaches: window.kbBreaches, ran: window.kbRan })));
  await page.close();
  return seen;
}

/** Visit the pages of a plan, one after another. */
export async function run(browser, plan) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript(watch);
  const answer = [];
  for (const url of plan.urls) answer.push(await visit(context, url));
  return answer;
}
