// Validates HTML. The plan of browser.mjs: {files: [path]}. The answer: ["path:line: rule: message"].
import { readFileSync } from "node:fs";

/** Validate the files of a plan, one after another. */
export async function run(_, { files }, require) {
  const { HtmlValidate } = require("html-validate");
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
  return wrong;
}
