// The Snowball English stemmer (Porter2), from its published description:
// https://snowballstem.org/algorithms/english/stemmer.html, as of Snowball 3.1.

/** Words, each with what it becomes, itself where nothing is said. @param {string} text */
const pairsOf = (text) => text.split(" ").map((pair) => {
  const [word, instead = word] = pair.split("/");
  return /** @type {[string, string]} */ ([word, instead]);
});

// All of these are text: in the bundles names of properties may be shortened, so no word may be one.
const EXCEPTIONS = new Map(pairsOf(
  "skis/ski skies/sky idly/idl gently/gentl ugly/ugli early/earli only/onli singly/singl sky news howe atlas cosmos bias andes",
));

const STEP_2 = pairsOf(
  "ational/ate ization/ize fulness/ful ousness/ous iveness/ive tional/tion biliti/ble lessli/less entli/ent ation/ate " +
  "alism/al aliti/al ousli/ous iviti/ive fulli/ful ogist/og enci/ence anci/ance abli/able izer/ize ator/ate alli/al " +
  "bli/ble ogi/og li/",
);

const STEP_3 = pairsOf("ational/ate tional/tion alize/al icate/ic iciti/ic ative/ ical/ic ness/ ful/");

const STEP_4 = "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic".split(" ");

/** Whether a word ends in a short syllable. @param {string} word */
const endsShort = (word) =>
  /[^aeiouy][aeiouy][^aeiouywxY]$/u.test(word) || /^[aeiouy][^aeiouy]$/u.test(word) ||
  word.endsWith("past");

/** Where the region after the first non-vowel after a vowel begins. @param {string} word */
const regionAfter = (word, from = 0) => {
  const found = /[aeiouy][^aeiouy]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
};

/** @param {string} word @returns {string} */
export function stem(word) {
  const exception = EXCEPTIONS.get(word);
  if (exception) return exception;
  if (word.length < 3 || (word.length < 6 && [...word].length < 3)) return word;
  word = word.replace(/^'/, "").replace(/^y|([aeiouy])y/g, (_, vowel = "") => vowel + "Y");
  const known = /^(?:gener|commun|arsen|past|univers|later|emerg|organ|inter)/.exec(word);
  const r1 = known ? known[0].length : regionAfter(word);
  const r2 = regionAfter(word, r1);
  word = step1b(step1a(word), r1);
  word = word.replace(/(?<=.[^aeiouy])[yY]$/su, "i");
  word = step2(word, r1);
  word = step3(word, r1, r2);
  word = step4(word, r2);
  return step5(word, r1, r2).replaceAll("Y", "y");
}

/** @param {string} word */
function step1a(word) {
  word = word.replace(/'(?:s'?)?$/, "");
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, /^..+ie[ds]$/su.test(word) ? -2 : -1);
  return /[aeiouy].+(?<![us])s$/su.test(word) ? word.slice(0, -1) : word;
}

/** @param {string} word @param {number} r1 */
function step1b(word, r1) {
  const found = /(?:eed|ing|ed)(?:ly)?$/.exec(word);
  if (!found) return word;
  const suffix = found[0];
  const base = word.slice(0, -suffix.length);
  if (suffix.startsWith("eed")) {
    return base.length < r1 || /^(?:succ|proc|exc)$/.test(base) ? word : base + "ee";
  }
  if (suffix === "ing") {
    if (/^[^aeiouy]y$/u.test(base)) return base.slice(0, -1) + "ie";
    if (/^(?:even|cann|inn|earr|herr|out)$/.test(base)) return word;
  }
  if (!/[aeiouy]/.test(base)) return word;
  if (/(?:at|bl|iz)$/.test(base)) return base + "e";
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base)) {
    return /^[aeo]..$/.test(base) ? base : base.slice(0, -1);
  }
  return base.length === r1 && endsShort(base) ? base + "e" : base;
}

/** @param {string} word @param {number} r1 */
function step2(word, r1) {
  const found = STEP_2.find(([suffix]) => word.endsWith(suffix));
  if (!found) return word;
  const base = word.slice(0, -found[0].length);
  if (base.length < r1) return word;
  if (found[0] === "li" && !/[cdeghkmnrt]$/.test(base)) return word;
  if (found[0] === "ogi" && !base.endsWith("l")) return word;
  return base + found[1];
}

/** @param {string} word @param {number} r1 @param {number} r2 */
function step3(word, r1, r2) {
  const found = STEP_3.find(([suffix]) => word.endsWith(suffix));
  if (!found) return word;
  const base = word.slice(0, -found[0].length);
  return base.length < (found[0] === "ative" ? Math.max(r1, r2) : r1) ? word : base + found[1];
}

/** @param {string} word @param {number} r2 */
function step4(word, r2) {
  const suffix = STEP_4.find((text) => word.endsWith(text));
  if (!suffix) return word;
  const base = word.slice(0, -suffix.length);
  return base.length < r2 || (suffix === "ion" && !/[st]$/.test(base)) ? word : base;
}

/** @param {string} word @param {number} r1 @param {number} r2 */
function step5(word, r1, r2) {
  const base = word.slice(0, -1);
  if (word.endsWith("e")) {
    return base.length >= r2 || (base.length >= r1 && !endsShort(base)) ? base : word;
  }
  return base.length >= r2 && word.endsWith("ll") ? base : word;
}
