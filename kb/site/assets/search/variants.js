// Variants of words, by the rules of kb/text/variants.py.

/** What makes one of a word's spellings of another. @param {string[][]} rules
 * @returns {(word: string) => string} */
export function speller(rules) {
  const compiled = rules.map(([rule, instead]) => /** @type {const} */ ([new RegExp(rule, "g"), instead.replace(/\\(\d)/g, "$$$1")]));
  const any = new RegExp(rules.map((rule) => rule[0]).join("|")); // most words fit none
  return (word) => (any.test(word) ? compiled.reduce((word, [rule, instead]) => word.replace(rule, instead), word) : word);
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const FINAL_L = 8;

/** A Korean word without the particles at its end. @param {string} word
 * @param {string[]} particles  after a consonant, after a vowel, and after either */
export function withoutParticles(word, particles) {
  for (let pass = 0; pass < 2; pass++) {
    const letters = [...word];
    const size = [4, 3, 2, 1].find((size) => {
      const kind = particles.findIndex((all) => all.split(" ").includes(letters.slice(-size).join("")));
      const left = letters.length - size;
      return kind >= 0 && left >= (size === 1 ? 2 : 1) && fits(letters[left - 1], kind);
    });
    if (!size) return word;
    word = letters.slice(0, -size).join("");
  }
  return word;
}

/** Whether a particle of a kind may follow a letter. @param {string} letter @param {number} kind */
function fits(letter, kind) {
  const code = letter.codePointAt(0) ?? 0;
  if (kind > 1 || code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return true;
  const final = (code - FIRST_SYLLABLE) % FINALS;
  return final > 0 === (kind === 0) || final === FINAL_L;
}
