// The keys and roles of a text field with a list below it, as WAI-ARIA's combobox pattern has
// them: the focus stays in the field, and the field says which option is the active one.

import { ARROWS, describe } from "./words.js";

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} panel  what opens and closes
 * @param {HTMLElement} list  the listbox in it
 * @param {object} on
 * @param {() => boolean} on.open  fills the panel; false if there is nothing to show
 * @param {() => void} on.close
 */
export function makeCombobox(input, panel, list, on) {
  /** @type {HTMLElement | null} */
  let active = null;
  const isOpen = () => !panel.hidden;
  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);

  /** @param {HTMLElement | null} option */
  function activate(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** One option on or back; beyond the ends no option is active, and the field is. @param {number} step */
  function move(step) {
    const all = options();
    const from = active ? all.indexOf(active) : step > 0 ? -1 : all.length;
    activate(all[from + step] ?? null);
  }

  /** The options have changed. */
  function refresh() {
    activate(null);
    options().forEach((option, number) => {
      option.id = `${list.id}-${number}`;
      option.setAttribute("aria-selected", "false");
    });
    list.hidden = !options().length;
    input.setAttribute("aria-expanded", String(isOpen() && !list.hidden));
  }

  function open() {
    if (!isOpen() && on.open()) {
      panel.hidden = false;
      refresh();
    }
  }

  function close() {
    if (!isOpen()) return;
    panel.hidden = true;
    refresh();
    on.close();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing || event.keyCode === 229) return; // Safari says it by the code
    const step = ARROWS[event.key];
    if (step) {
      event.preventDefault();
      if (isOpen()) move(step);
      else open();
    } else if (event.key === "Enter" && active) {
      event.preventDefault();
      const { ctrlKey, metaKey, shiftKey } = event;
      active.dispatchEvent(
        new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, ctrlKey, metaKey, shiftKey }),
      );
    }
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      input.focus();
      close();
    }
  }

  describe(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  list.setAttribute("role", "listbox");
  input.addEventListener("keydown", press);
  return { open, close, refresh, isOpen, escape };
}
