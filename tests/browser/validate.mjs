// Validates HTML: reads {tools, files: [path]} from stdin, writes ["path:line: rule: message"].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { tools, files } = JSON.parse(readFileSync(0, "utf8"));
const { HtmlValidate } = createRequire(`${tools}/package.json`)("html-validate");
const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });
const wrong = [];
for (const file of files) {
  const report = await validator.validateString(readFileSync(file, "utf8"), file);
  for (const { messages } of report.results) {
    for (const { line, ruleId, message } of messages) {
      wrong.push(`${file}:${line}: ${ruleId}: ${message}`);
    }
  }
}
process.stdout.write(JSON.stringify(wrong));
