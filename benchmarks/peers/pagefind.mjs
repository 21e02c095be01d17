// Pagefind: each section is a page of its own, indexed by Pagefind's own service, written
// to disk, and searched by the very script and WebAssembly that a site would load.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const job = JSON.parse(readFileSync(0, "utf8"));
const stop = new Set(job.options.stop ?? []);
const site = `${job.folder}/pagefind`;

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

function page(record) {
  const heading = record.heading === record.title ? "" : `<h2>${escape(record.heading)}</h2>`;
  const blocks = record.body.split("\n").map((block) => `<p>${escape(block)}</p>`).join("\n");
  return `<!doctype html><html lang="en"><head><title>${escape(record.title)}</title></head>
<body><main data-pagefind-body><h1>${escape(record.title)}</h1>${heading}${blocks}</main></body></html>`;
}

async function build() {
  const service = pathToFileURL(`${job.modules}/pagefind/lib/index.js`).href;
  const { createIndex, close } = await import(service);
  const { index } = await createIndex({});
  const records = JSON.parse(readFileSync(job.records, "utf8"));
  for (const [number, record] of records.entries()) {
    await index.addHTMLFile({ url: `/${number}/`, content: page(record) });
  }
  await index.writeFiles({ outputPath: site });
  await close();
}

if (!existsSync(`${site}/pagefind.js`)) await build();

// The script expects a browser; these are all the parts of one that it asks for.
globalThis.window = { location: { origin: "http://localhost", href: "http://localhost/" } };
globalThis.location = globalThis.window.location;
globalThis.document = { querySelector: () => ({ getAttribute: () => "en" }), currentScript: null };
globalThis.fetch = async (address) => {
  const path = String(address).replace(/^file:\/\//, "").replace(/^https?:\/\/localhost/, "").split("?")[0];
  const bytes = readFileSync(path.startsWith(site) ? path : `${site}/${path.replace(/^.*pagefind\//, "")}`);
  return {
    ok: true,
    status: 200,
    json: async () => JSON.parse(bytes.toString("utf8")),
    arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  };
};

const numbers = new Map();
for (const name of readdirSync(`${site}/fragment`)) {
  const text = gunzipSync(readFileSync(`${site}/fragment/${name}`)).toString("utf8");
  const fragment = JSON.parse(text.replace(/^pagefind_dcd/, ""));
  numbers.set(name.replace(/\.pf_fragment$/, ""), Number(fragment.url.replaceAll("/", "")));
}

const pagefind = await import(pathToFileURL(`${site}/pagefind.js`).href);
await pagefind.options({ basePath: `${site}/`, baseUrl: "/" });
await pagefind.init();

const content = (text) => {
  const kept = text.split(/\s+/).filter((word) => !stop.has(word.toLowerCase().replace(/[^\w]/g, "")));
  return kept.length ? kept.join(" ") : text;
};

const answers = [];
for (const query of job.queries) {
  const { results } = await pagefind.search(stop.size ? content(query) : query);
  answers.push(results.slice(0, job.limit).map((hit) => numbers.get(hit.id)));
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0)); // its worker stays alive
