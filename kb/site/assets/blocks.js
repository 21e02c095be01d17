// Code can be copied, and tabs are tabs: without this script they are code, and titled blocks one
// below the other.
(() => {
  const { copy = "", copied = "" } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;

  for (const code of document.querySelectorAll("article pre > code:not(.math)")) {
    const pre = code.parentElement;
    if (!pre || !navigator.clipboard) continue;
    const frame = document.createElement("div");
    frame.className = "copyable";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-code";
    button.textContent = copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent ?? "");
        button.textContent = copied;
      } catch {
        return; // The browser does not let a page copy: the text can be selected.
      }
      setTimeout(() => {
        button.textContent = copy;
      }, 2000);
    });
    pre.replaceWith(frame);
    frame.append(pre, button);
  }

  let number = 0;
  /** @param {Element} group */
  const makeTabs = (group) => {
    const panels = [...group.children].filter((child) => child.classList.contains("tab"));
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");
    /** @type {HTMLButtonElement[]} */
    const tabs = [];
    /** @param {number} chosen @param {boolean} focus */
    const choose = (chosen, focus) => {
      tabs.forEach((tab, at) => {
        const is = at === chosen;
        tab.setAttribute("aria-selected", String(is));
        tab.tabIndex = is ? 0 : -1;
        const panel = panels[at];
        if (is) panel?.removeAttribute("hidden");
        else panel?.setAttribute("hidden", "until-found");
      });
      if (focus) tabs[chosen]?.focus();
    };
    panels.forEach((panel, at) => {
      const title = panel.querySelector(":scope > .tab-title");
      const tab = document.createElement("button");
      number += 1;
      tab.type = "button";
      tab.id = `KB-tab-${number}`;
      panel.id ||= `KB-panel-${number}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.textContent = title?.textContent ?? "";
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      title?.classList.add("is-tab");
      tab.addEventListener("click", () => choose(at, false));
      tab.addEventListener("keydown", (event) => {
        const rtl = getComputedStyle(list).direction === "rtl";
        const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
        const count = panels.length;
        if (step) choose((at + step + count) % count, true);
        else if (event.key === "Home") choose(0, true);
        else if (event.key === "End") choose(count - 1, true);
        else return;
        event.preventDefault();
      });
      panel.addEventListener("beforematch", () => choose(at, false));
      tabs.push(tab);
      list.append(tab);
    });
    group.prepend(list);
    choose(0, false);
    return { panels, choose };
  };
  const groups = [...document.querySelectorAll("article .tabs")].map(makeTabs);

  // A link to a place in a panel opens the panel.
  const arrive = () => {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // An address that says nothing.
    }
    const place = name ? document.getElementById(name) : null;
    if (!place) return;
    for (const { panels, choose } of groups) {
      const at = panels.findIndex((panel) => panel.contains(place));
      if (at >= 0) choose(at, false);
    }
    if (place.closest(".tabs")) place.scrollIntoView();
  };
  addEventListener("hashchange", arrive);
  arrive();
})();
