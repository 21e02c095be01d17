// Before the page is drawn: the colour scheme that this reader chose on an earlier page.
(() => {
  try {
    const chosen = localStorage.getItem("kb-scheme");
    if (chosen === "dark" || chosen === "light") {
      document.documentElement.dataset.scheme = chosen;
    }
  } catch {
    // Storage is blocked: the system's preference stands.
  }
})();
