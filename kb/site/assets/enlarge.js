// A large picture is shown over the page, until Escape, the button or a click closes it; then the
// focus is on its link again. Without this script the link leads to the file.
(() => {
  const { enlarged = "", close = "" } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.enlarge") : null;
    const picture = link?.querySelector("img");
    if (!(link instanceof HTMLAnchorElement) || !picture || event.button) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    dialog.className = "enlarged";
    dialog.setAttribute("aria-label", picture.alt || enlarged);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = close;
    const large = document.createElement("img");
    large.src = link.href;
    large.alt = picture.alt;
    dialog.append(button, large);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      link.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
})();
