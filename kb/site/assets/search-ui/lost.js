// Within the page for missing addresses, where nobody said at which path of its host the site stands.
// The page may be shown at any address: its links begin at the top of the host until the root is
// found, which is where the style of the site is.

import "../scheme.js";
import { hasOrigin, makeScripts } from "../search/elements.js";

const DEEPEST = 8; // folders below the top of the host: sites stand higher

const own = /** @type {HTMLScriptElement} */ (document.currentScript);
const { page = "", style = "", scripts = "" } = own.dataset;

/** Where the root may be: beside the page itself, if it was asked for by its name, else from the top
 * of the host downwards. */
function* folders() {
  const here = new URL(".", location.href).href;
  if (location.pathname.endsWith(`/${page}`)) yield here;
  if (!/^http/.test(location.protocol)) return;
  const parts = new URL(here).pathname.split("/").slice(0, DEEPEST);
  for (let depth = 1; depth < parts.length; depth++) yield new URL(`${parts.slice(0, depth).join("/")}/`, here).href;
}

/** Whether the style is there; then it is in use. @param {string} folder @returns {Promise<boolean>} */
const isRoot = (folder) =>
  new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: folder + style });
    link.onload = () => resolve(true);
    link.onerror = () => {
      link.remove();
      resolve(false);
    };
    document.head.append(link);
  });

async function findRoot() {
  for (const folder of folders()) if (await isRoot(folder)) return folder;
  return "";
}

/** Let what begins at the top of the host begin at the root. @param {string} root */
function lead(root) {
  const moved = (/** @type {string} */ path) => root + path.slice(1);
  for (const name of ["href", "src", "action"]) {
    for (const element of document.querySelectorAll(`[${name}^="/"]`)) {
      element.setAttribute(name, moved(element.getAttribute(name) ?? ""));
    }
  }
  for (const [name, value] of Object.entries(own.dataset)) {
    if (value?.startsWith("/")) own.dataset[name] = moved(value);
  }
}

/** The scripts that other pages load by themselves. @param {string} root */
async function bring(root) {
  const makeScript = makeScripts("kb-lost");
  for (const name of scripts.split(" ")) {
    if (hasOrigin()) await import(root + name);
    else document.head.append(Object.assign(makeScript(root + name), { async: false }));
  }
}

async function begin() {
  const root = await findRoot();
  if (!root) return; // the links stay as they are
  lead(root);
  await bring(root).catch(() => {}); // everything but search works without them
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
else begin();
