// The site's own words, and elements made of text.

/**
 * The words of the site, by name, with what stands in braces filled in: numbers as the language
 * writes them, and `count` with the plural form that it has for a number.
 * @param {Record<string, string>} strings
 */
export function speak(strings) {
  const forms = new Intl.PluralRules(strings.locale);
  /** @param {string | number} value */
  const write = (value) => (typeof value === "number" ? value.toLocaleString(strings.locale) : value);
  /** @param {string} name @param {Record<string, string | number>} [values] */
  const t = (name, values = {}) => fill(strings[name] ?? name, values).map(write).join("");
  /** @param {string} what @param {number} count */
  const number = (what, count) => t(`${what}_${forms.select(count)}`, { count });
  return { t, count: number };
}

/** Keys that lead on and back. @type {Record<string, number>} */
export const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * A text in parts: those in braces replaced by what they stand for, be it text or element.
 * @template T
 * @param {string} text
 * @param {Record<string, T>} values
 * @returns {(T | string)[]}
 */
export function fill(text, values) {
  return text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? values[part] ?? `{${part}}` : part));
}

/**
 * An element. Attributes that are undefined, false or empty are left out; children are
 * elements or texts, never markup.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @param {...(Node | string | false | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  describe(element, attributes);
  element.append(...children.flatMap((child) => child || []));
  return element;
}

/**
 * Set attributes of an element but for those that are undefined, false or empty; none is 0.
 * @param {Element} element
 * @param {Record<string, string | number | boolean | undefined>} attributes
 */
export function describe(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value) element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * A button, as a link looks where it is told so.
 * @param {string} text
 * @param {() => void} press
 * @param {string} [look]
 */
export function makeButton(text, press, look = "find-link") {
  const button = make("button", { type: "button", class: look }, text);
  button.addEventListener("click", press);
  return button;
}

/**
 * A text with the ranges of its code points in `mark` elements.
 * @param {string} text
 * @param {[number, number][]} ranges
 * @returns {(HTMLElement | string)[]}
 */
export function marked(text, ranges) {
  const points = Array.from(text);
  const parts = [];
  let at = 0;
  for (const [start, end] of ranges) {
    parts.push(points.slice(at, start).join(""));
    parts.push(make("mark", {}, points.slice(start, end).join("")));
    at = end;
  }
  return [...parts, points.slice(at).join("")];
}

const SCHEMES = ["http:", "https:", "file:", "mailto:", "tel:", "sms:"];

/**
 * A url made absolute; empty for what is no address that a page may lead to.
 * @param {string | undefined} url
 * @param {string} base
 */
export function address(url, base) {
  try {
    const found = new URL(url || "", base);
    return url && SCHEMES.includes(found.protocol) ? found.href : "";
  } catch {
    return "";
  }
}

/**
 * What stands in a box: no more than may be typed into it, however it came there.
 * @param {HTMLInputElement} input
 */
export function valueOf(input) {
  const { value, maxLength } = input;
  if (maxLength > 0 && value.length > maxLength) input.value = value.slice(0, maxLength);
  return input.value;
}

/** Menu steps as people read them. @param {string} text */
export const asPath = (text) => text.replaceAll(" > ", " › ");

/** @param {string} text */
export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
