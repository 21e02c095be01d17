// lunr: three fields, the default pipeline; words go in as terms, so that none is syntax.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const lunr = createRequire(`${job.modules}/`)("lunr");
const records = JSON.parse(readFileSync(job.records, "utf8"));
const boost = job.options.boost ?? {};

const index = lunr(function () {
  this.ref("number");
  for (const name of ["title", "heading", "body"]) {
    this.field(name, { boost: boost[name] ?? 1 });
  }
  records.forEach((record, number) => this.add({ number, ...record }));
});

function search(text) {
  const found = index.query((query) => {
    for (const token of lunr.tokenizer(text)) query.term(token);
  });
  return found.slice(0, job.limit).map((hit) => Number(hit.ref));
}

process.stdout.write(JSON.stringify(job.queries.map(search)));
