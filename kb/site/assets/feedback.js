// "Was this helpful?": the answer goes to the operator's endpoint, by one POST for each page and tab.
(() => {
  /** @type {HTMLElement | null} */
  const box = document.querySelector(".feedback[data-endpoint]");
  if (!box) return;
  const { endpoint = "", article = "", thanks = "", failed = "", help } = box.dataset;
  const key = `kb-answered:${location.pathname}`;
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.tabIndex = -1;
  box.append(status);
  const answers = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("[data-answer]")]);
  let sending = false;

  /** Thank for an answer. @param {string} answer */
  const thank = (answer) => {
    box.querySelector(".answers")?.remove();
    status.textContent = thanks;
    if (answer !== "no" || !help) return;
    status.append(" ", Object.assign(document.createElement("a"), { href: "#KB-help", textContent: help }));
  };

  /** @param {string} answer */
  const send = async (answer) => {
    if (sending) return;
    sending = true;
    try {
      // What a form could send is sent without a question before it; the answer may be unreadable here.
      const { ok, type } = await fetch(endpoint, {
        method: "POST", mode: "no-cors", credentials: "omit", referrerPolicy: "no-referrer", keepalive: true,
        body: new URLSearchParams({ article, answer }),
      });
      if (!ok && type !== "opaque") throw new Error();
    } catch {
      sending = false;
      status.textContent = failed;
      return;
    }
    thank(answer);
    status.focus();
    try {
      sessionStorage.setItem(key, answer);
    } catch {
      // Storage is blocked: it is asked again when the page is.
    }
  };

  for (const one of answers) {
    one.addEventListener("click", (event) => {
      event.preventDefault();
      send(one.dataset.answer ?? "");
    });
  }
  try {
    const answer = sessionStorage.getItem(key);
    if (answer) thank(answer);
  } catch {
    // Storage is blocked.
  }
})();
