// `/`, unless it is switched off, and Ctrl-K (Cmd-K) lead to the search box from anywhere; what is typed there is heard.

import { hasOrigin } from "../search/elements.js";

/**
 * @param {() => HTMLElement | null} find  the box to go to
 * @param {() => boolean} single  whether keys without Ctrl or Cmd are wanted (WCAG 2.1.4)
 * @param {() => void} [elsewhere]  what to do where no box can be seen
 */
export function listenForKeys(find, single, elsewhere) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const command = (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k";
    const slash = key === "/" && !ctrlKey && !metaKey && !altKey && !isTyping(event) && single();
    if (event.defaultPrevented || !(command || slash)) return;
    event.preventDefault();
    event.stopPropagation(); // a site's theme may have other plans with them
    const box = find();
    if (!box) {
      elsewhere?.();
      return;
    }
    box.focus();
    if (box instanceof HTMLInputElement) box.select();
  }, true);
}

const COMPOSED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;

/**
 * Hear of each change of what stands in a box, but not of a word that is still being composed: where
 * scripts are written by way of another one, it is not yet the word that is meant. Keyboards of
 * phones compose words of any language; those of others count as they are typed.
 * @param {HTMLInputElement} input
 * @param {() => void} heard
 */
export function listenForText(input, heard) {
  input.addEventListener("input", (event) => {
    const { isComposing = false, data = "" } = /** @type {InputEvent} */ (event);
    const waits = COMPOSED.test(data ?? "") || /^(?:ja|ko|zh)\b/i.test(document.documentElement.lang);
    if (!isComposing || !waits) heard();
  });
  input.addEventListener("compositionend", heard);
}

/**
 * Hear of a form that is sent. A sandboxed frame may not send forms, and says nothing to them: there,
 * what sends one is heard instead.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 * @param {(event: Event) => void} sent
 */
export function listenForSending(form, input, sent) {
  form.addEventListener("submit", sent);
  if (hasOrigin()) return;
  const instead = (/** @type {Event} */ event) => {
    event.preventDefault();
    sent(event);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.defaultPrevented && !event.isComposing) instead(event);
  });
  form.querySelector("button")?.addEventListener("click", instead);
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
