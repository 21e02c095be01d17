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
      const name = (scheme() === "dark" ? button.dataset.light : button.dataset.dark) ?? "";
      if (button.querySelector("svg")) {
        button.setAttribute("aria-label", name);
        button.title = name;
      } else {
        button.textContent = name;
      }
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

  // The table of contents is open where it stands beside the text, and follows it.
  /** @type {HTMLDetailsElement | null} */
  const contents = document.querySelector(".contents details");
  if (contents) {
    const beside = matchMedia("(min-width: 64rem)");
    const fit = () => {
      contents.open = beside.matches;
    };
    beside.addEventListener("change", fit);
    fit();
    follow(contents, beside);
  }

  // The list of the topic's articles begins where this one is.
  const siblings = document.querySelector(".siblings");
  const own = siblings?.querySelector("[aria-current]");
  if (siblings && own) {
    siblings.scrollTop = own.getBoundingClientRect().bottom - siblings.getBoundingClientRect().top - siblings.clientHeight * 0.7;
  }

  /** Mark the link to the section that is read.
   * @param {HTMLDetailsElement} outline @param {MediaQueryList} beside  whether it stands beside the text */
  function follow(outline, beside) {
    const links = /** @type {HTMLAnchorElement[]} */ ([...outline.querySelectorAll("li a")]);
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    const box = outline.parentElement;
    const here = document.createElement("span");
    here.className = "here";
    here.setAttribute("aria-hidden", "true");
    outline.querySelector("summary")?.append(here);
    if (root.scrollHeight > 6 * innerHeight) root.classList.add("is-long");
    outline.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("a") && !beside.matches) outline.open = false;
    });
    /** @type {HTMLAnchorElement | undefined} */
    let current;
    let waiting = false;
    const look = () => {
      waiting = false;
      const line = parseFloat(getComputedStyle(root).scrollPaddingTop) + 8 || 80;
      let low = 0;
      let high = headings.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const top = headings[middle]?.getBoundingClientRect().top ?? 0;
        if (top <= line) low = middle + 1;
        else high = middle;
      }
      const end = scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 2;
      const link = links[end && low < links.length ? low : low - 1];
      if (link === current) return;
      current?.removeAttribute("aria-current");
      link?.setAttribute("aria-current", "true");
      current = link;
      here.textContent = link?.textContent ?? "";
      if (link && box && box.scrollHeight > box.clientHeight) {
        const { top, bottom } = link.getBoundingClientRect();
        const edge = box.getBoundingClientRect();
        if (top < edge.top || bottom > edge.bottom) box.scrollTop += top - edge.top - box.clientHeight / 3;
      }
    };
    const soon = () => {
      if (!waiting) requestAnimationFrame(look);
      waiting = true;
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    look();
  }

  // A menu closes on Escape, when the focus leaves it, and where anything else is pressed.
  for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu"))) {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
    });
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
    });
    document.addEventListener("click", ({ target }) => {
      if (target instanceof Node && !menu.contains(target)) menu.open = false;
    });
  }

  // On a phone a search box is a sheet over the whole page while it is used: what is found stands
  // between it and the keyboard. Boxes of the page of results have that page.
  const phone = matchMedia("(max-width: 47.99rem)");
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.find"))) {
    const input = form.querySelector("input");
    const shut = form.querySelector(".find-shut");
    if (input && shut && !document.getElementById("KB-results")) makeSheet(form, input, shut);
  }

  /** @param {HTMLFormElement} form @param {HTMLInputElement} input @param {Element} shut */
  function makeSheet(form, input, shut) {
    const isOpen = () => form.classList.contains("find-sheet");
    const fit = () => {
      if (!visualViewport || !isOpen()) return;
      form.style.setProperty("--sheet-top", `${visualViewport.offsetTop}px`);
      form.style.setProperty("--sheet-height", `${visualViewport.height}px`);
    };
    /** @param {boolean} open */
    const turn = (open) => {
      form.classList.toggle("find-sheet", open);
      root.classList.toggle("has-sheet", open);
      fit();
    };
    const close = () => {
      if (!isOpen()) return;
      if (form.contains(document.activeElement)) /** @type {HTMLElement} */ (document.activeElement).blur();
      turn(false);
    };
    input.addEventListener("focus", () => {
      if (phone.matches) turn(true);
    });
    const opener = form.nextElementSibling;
    if (opener instanceof HTMLAnchorElement && opener.matches(".to-search")) {
      opener.addEventListener("click", (event) => {
        if (!phone.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        turn(true);
        input.focus();
      });
    }
    shut.addEventListener("click", () => {
      close();
      if (opener instanceof HTMLElement && opener.checkVisibility()) opener.focus();
    });
    form.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !form.contains(relatedTarget)) turn(false);
    });
    form.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("a")) close();
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") close();
    });
    addEventListener("pagehide", close);
    for (const kind of ["resize", "scroll"]) visualViewport?.addEventListener(kind, fit);
  }

  // The keys that do something, on `?` and by a button at the foot. Single keys can be switched off: who
  // speaks to the computer would press them by words.
  const keys = document.getElementById("KB-keys");
  /** @type {HTMLButtonElement | null} */
  const opener = document.querySelector(".to-keys");
  if (keys instanceof HTMLDialogElement && opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => keys.showModal());
    const single = keys.querySelector("input");
    if (single) {
      try {
        root.dataset.keys = localStorage.getItem("kb-keys") ?? "on";
      } catch {
        // Storage is blocked.
      }
      single.checked = root.dataset.keys !== "off";
      single.addEventListener("change", () => {
        root.dataset.keys = single.checked ? "on" : "off";
        try {
          localStorage.setItem("kb-keys", root.dataset.keys);
        } catch {
          // Storage is blocked: the choice holds for this page.
        }
      });
    }
    keys.addEventListener("click", ({ target }) => {
      if (target === keys || (target instanceof Element && target.closest("button"))) keys.close();
    });
    document.addEventListener("keydown", (event) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const writes = target instanceof Element && target.closest("input, textarea, select, [contenteditable], kb-search");
      if (key !== "?" || root.dataset.keys === "off" || ctrlKey || metaKey || altKey || writes || keys.open) return;
      event.preventDefault();
      keys.showModal();
    });
  }

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

  // The message: a field for each of its lines. A field and its line say the same, whichever of them
  // is written in; what else stands in the text is the reader's own, and stays.
  /** @type {HTMLDetailsElement | null} */
  const message = document.querySelector("details.message");
  const text = message?.querySelector("textarea");
  if (message && text) {
    const draft = `kb-message:${location.pathname}`;
    const forget = () => {
      try {
        sessionStorage.removeItem(draft);
      } catch {
        // Storage is blocked: nothing was kept.
      }
    };
    const keep = () => {
      try {
        if (text.value === text.defaultValue) forget();
        else sessionStorage.setItem(draft, text.value);
      } catch {
        // Storage is blocked or full: the text is there as long as the page is.
      }
    };

    /** The line of a text that a field stands for. @param {string} all @param {string} name */
    const lineOf = (all, name) => all.split("\n").find((line) => line.startsWith(`${name}:`));
    /** What the line of a field says, nothing where it is as it was. @param {string} name */
    const saidOf = (name) => {
      const line = lineOf(text.value, name);
      return line === undefined || line === lineOf(text.defaultValue, name) ? "" : line.slice(name.length + 1).trim();
    };
    /** Let the line of a field say something, else what it said at first. @param {string} name @param {string} given */
    const say = (name, given) => {
      const line = given ? `${name}: ${given}` : lineOf(text.defaultValue, name);
      const before = lineOf(text.value, name);
      const lines = text.value ? text.value.split("\n") : [];
      if (before !== undefined) lines[lines.indexOf(before)] = line ?? "";
      else if (given) lines.push(line ?? "");
      text.value = lines.join("\n");
      show();
      keep();
    };

    const group = document.createElement("div");
    group.className = "fields";
    /** @type {{name: string, input: HTMLInputElement}[]} */
    let fields = [];
    /** A field for each line; again where a search has asked for others. */
    const makeFields = () => {
      const names = text.defaultValue.split("\n").flatMap((line) => /^(.+?):(?: |$)/.exec(line)?.[1] ?? []);
      if (names.join("\n") === fields.map(({ name }) => name).join("\n")) return;
      group.replaceChildren();
      fields = names.map((name, number) => {
        const row = document.createElement("p");
        const title = document.createElement("label");
        const input = document.createElement("input");
        input.id = `KB-field-${number}`;
        input.autocomplete = "off";
        title.htmlFor = input.id;
        title.textContent = name;
        row.append(title, input);
        group.append(row);
        input.addEventListener("input", () => say(name, input.value.trim()));
        return { name, input };
      });
    };

    // A step that is ticked was tried, a thing that is ticked is at hand: the lines for them say so.
    const { tried = "", ready = "" } = message.dataset;
    /** @param {string} of @returns {HTMLInputElement[]} */
    const boxesOf = (of) => [...document.querySelectorAll(of)].flatMap((one) => one.querySelector("input") ?? []);
    const steps = boxesOf(".actions li").map((box) => {
      const step = box.closest("li")?.querySelector("strong, .button");
      return { box, step, name: step?.textContent ?? "" };
    });
    const things = boxesOf(".checklist li").map((box) => ({
      box,
      name: (box.closest("label")?.textContent ?? "").trim().replace(/\s+/g, " ").replace(/[.:]+$/, "").replaceAll(": ", ", "),
    }));
    const triedSteps = () => saidOf(tried).split("; ").filter(Boolean);
    for (const { box, step, name } of steps) {
      const tick = () => say(tried, [...triedSteps().filter((other) => other !== name), ...(box.checked ? [name] : [])].join("; "));
      box.addEventListener("change", tick);
      step?.addEventListener("click", () => {
        if (!step.matches("a")) return; // a label ticks by itself
        box.checked = true;
        tick();
      });
    }
    for (const { box, name } of things) {
      box.addEventListener("change", () => {
        const said = saidOf(name);
        if (box.checked ? !said : said === ready) say(name, box.checked ? ready : "");
      });
    }

    const show = () => {
      makeFields();
      for (const { name, input } of fields) {
        const hint = (lineOf(text.defaultValue, name) ?? "").slice(name.length + 1).trim();
        input.placeholder = hint.replace(/^\[([^[\]]*)\]$/, "$1").replace(/^…$/, "");
        if (input.value.trim() !== saidOf(name)) input.value = saidOf(name);
      }
      for (const { box, name } of steps) box.checked = triedSteps().includes(name);
      for (const { box, name } of things) box.checked = saidOf(name) !== "";
    };
    text.addEventListener("input", () => {
      show();
      keep();
    });
    for (const kind of ["copy", "cut"]) {
      text.addEventListener(kind, () => {
        if (text.selectionEnd - text.selectionStart === text.value.length) forget();
      });
    }

    /** @param {string | undefined} label @param {string} kind @param {(button: HTMLButtonElement) => void} press */
    const makeButton = (label, kind, press) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = kind;
      button.textContent = label ?? "";
      button.addEventListener("click", () => press(button));
      return button;
    };
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    buttons.append(
      makeButton(message.dataset.copy, "copy", async (button) => {
        const copied = await copy(text.value);
        if (copied) {
          forget();
        } else {
          text.focus();
          text.select();
        }
        button.textContent = (copied ? message.dataset.copied : message.dataset.failed) ?? "";
        status.textContent = button.textContent;
        setTimeout(() => {
          button.textContent = message.dataset.copy ?? "";
        }, 3000);
      }),
      makeButton(message.dataset.clear, "clear quiet", () => {
        text.value = text.defaultValue;
        show();
        forget();
        status.textContent = message.dataset.cleared ?? "";
      }),
    );

    try {
      const kept = sessionStorage.getItem(draft);
      if (kept !== null) {
        text.value = kept;
        message.open = true;
      }
    } catch {
      // Storage is blocked: the message begins anew.
    }
    show();
    message.querySelector("label")?.before(group);
    text.after(buttons);
  }
})();
