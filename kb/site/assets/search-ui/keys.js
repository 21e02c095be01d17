// `/` and Ctrl-K (Cmd-K) lead to the search box from anywhere.

/**
 * @param {() => HTMLElement | null} find  the box to go to
 * @param {() => void} [elsewhere]  what to do where no box can be seen
 */
export function listenForKeys(find, elsewhere) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const command = (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k";
    const slash = key === "/" && !ctrlKey && !metaKey && !altKey && !isTyping(event);
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

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
