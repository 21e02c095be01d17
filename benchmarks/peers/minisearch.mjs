// MiniSearch: three fields; search options and stop words as the job says.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const MiniSearch = createRequire(`${job.modules}/`)("minisearch");
const records = JSON.parse(readFileSync(job.records, "utf8"));
const stop = new Set(job.options.stop ?? []);

const index = new MiniSearch({
  fields: ["title", "heading", "body"],
  processTerm: (term) => (stop.has(term.toLowerCase()) ? null : term.toLowerCase()),
  searchOptions: job.options.search ?? {},
});
index.addAll(records.map((record, id) => ({ id, ...record })));

const search = (text) => index.search(text).slice(0, job.limit).map((hit) => hit.id);
process.stdout.write(JSON.stringify(job.queries.map(search)));
