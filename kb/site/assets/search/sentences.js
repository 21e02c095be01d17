// Sentences with what stands in braces filled in.

/** @param {string} sentence @param {Record<string, string | number>} values */
export const say = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (written, name) => String(values[name] ?? written));
