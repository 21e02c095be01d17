// What makes the pages handier; all of them work without it.
(() => {
  const root = document.documentElement;

  /** @param {string} text @returns {Promise<boolean>} */
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  };

  // The switch between light and dark colours.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** @returns {"dark" | "light"} */
  const scheme = () => {
    const chosen = root.dataset.scheme;
    return chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
  };
  /** @type {NodeListOf<HTMLButtonElement>} */
  const switches = document.querySelectorAll("button.scheme");
  const label = () => {
    for (const button of switches) {
      button.textContent = (scheme() === "dark" ? button.dataset.light : button.dataset.dark) ?? "";
      button.hidden = false;
    }
  };
  for (const button of switches) {
    button.addEventListener("click", () => {
      root.dataset.scheme = scheme() === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("kb-scheme", root.dataset.scheme);
      } catch {
        // Storage is blocked: the choice holds for this page.
      }
      label();
    });
  }
  dark.addEventListener("change", label);
  label();

  // The table of contents is open where it stands beside the text.
  /** @type {HTMLDetailsElement | null} */
  const contents = document.querySelector(".contents details");
  if (contents) {
    const beside = matchMedia("(min-width: 64rem)");
    const fit = () => {
      contents.open = beside.matches;
    };
    beside.addEventListener("change", fit);
    fit();
  }

  // The menu closes on Escape and when the focus leaves it.
  /** @type {HTMLDetailsElement | null} */
  const menu = document.querySelector("details.menu");
  menu?.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  menu?.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) {
      menu.open = false;
    }
  });

  // The sign beside a heading copies the address of its section.
  /** @type {HTMLElement | null} */
  const article = document.querySelector("article[data-copy]");
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  document.body.append(status);
  article?.addEventListener("click", async (event) => {
    const anchor = event.target instanceof Element ? event.target.closest("a.anchor") : null;
    if (anchor instanceof HTMLAnchorElement && (await copy(anchor.href))) {
      status.textContent = article.dataset.copied ?? "";
      anchor.dataset.copied = "";
      setTimeout(() => {
        delete anchor.dataset.copied;
        status.textContent = "";
      }, 2000);
    }
  });

  // The message: a field for each of its lines, written into the text as they are filled in.
  /** @type {HTMLElement | null} */
  const message = document.querySelector("details.message");
  const text = message?.querySelector("textarea");
  if (message && text) {
    const fields = text.value
      .trim()
      .split("\n")
      .map((line, number) => {
        const [, name, hint] = /^([^:]+):\s*(.*)$/.exec(line) ?? ["", "", line];
        return { line, name, hint, id: `KB-field-${number}` };
      })
      .filter(({ name }) => name);
    const group = document.createElement("div");
    group.className = "fields";
    const inputs = fields.map(({ name, hint, id }) => {
      const row = document.createElement("p");
      const title = document.createElement("label");
      const input = document.createElement("input");
      title.htmlFor = id;
      title.textContent = name;
      input.id = id;
      input.autocomplete = "off";
      input.placeholder = hint.replace(/^\[|\]$/g, "");
      row.append(title, input);
      group.append(row);
      return input;
    });
    const write = () => {
      text.value = fields
        .map(({ line, name }, number) => {
          const given = inputs[number].value.trim();
          return given ? `${name}: ${given}` : line;
        })
        .join("\n");
    };
    group.addEventListener("input", write);
    message.querySelector("label")?.before(group);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = message.dataset.copy ?? "";
    button.addEventListener("click", async () => {
      const copied = await copy(text.value);
      if (!copied) {
        text.focus();
        text.select();
      }
      button.textContent = (copied ? message.dataset.copied : message.dataset.failed) ?? "";
      status.textContent = button.textContent;
      setTimeout(() => {
        button.textContent = message.dataset.copy ?? "";
      }, 3000);
    });
    text.after(button);
  }
})();
