// Who can be reached now. Channels with hours say so in the reader's own time, and those that are closed
// come last. An email begins with the message, where it was written and what was searched; for a chat
// the message is copied.
(() => {
  const WEEK = 7 * 24 * 60; // minutes
  const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const LONGEST = 1800; // characters of an address that every mail program takes
  const words = document.currentScript?.dataset ?? {};
  // The page's language as the reader's own region writes it.
  const [language] = document.documentElement.lang.split("-");
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? document.documentElement.lang;

  /** @param {string | undefined} text @param {string} name @param {string} value */
  const fill = (text, name, value) => (text ?? "").replace(`{${name}}`, () => value);

  /** The minute of the week in a time zone, from Monday's first. @param {string} zone @param {Date} time */
  const minuteIn = (zone, time) => {
    /** @type {Record<string, string>} */
    const now = {};
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, weekday: "short", hour: "numeric", minute: "numeric", hourCycle: "h23",
    });
    for (const { type, value } of format.formatToParts(time)) now[type] = value;
    return (DAYS.indexOf(now.weekday) * 24 + Number(now.hour)) * 60 + Number(now.minute);
  };

  /** When it is that minute of the week in a zone next. Clocks may be changed until then.
   * @param {string} zone @param {Date} now @param {number} minute */
  const timeOf = (zone, now, minute) => {
    const ahead = (minute - minuteIn(zone, now) + WEEK) % WEEK || WEEK;
    const time = new Date(Math.floor(now.getTime() / 60_000 + ahead) * 60_000);
    const off = (((minute - minuteIn(zone, time)) % WEEK) + WEEK * 1.5) % WEEK - WEEK / 2;
    const there = new Date(time.getTime() + off * 60_000);
    return minuteIn(zone, there) === minute ? there : time; // clocks that go forward leave minutes out
  };

  /** @param {Date} time @param {Date} now */
  const written = (time, now) =>
    time.toLocaleString(locale, {
      ...(time.toDateString() === now.toDateString() ? {} : { weekday: "long" }),
      hour: "numeric", minute: "2-digit",
    });

  /** Whether a channel is open, and the sentence that says until or from when.
   * @param {[string, [number, number][]]} hours @param {Date} now @returns {[boolean, string]} */
  const stateOf = ([zone, spans], now) => {
    const minute = minuteIn(zone, now);
    const span = spans.find(([start, end]) => start <= minute && minute < end);
    if (span?.[0] === 0 && span[1] === WEEK) return [true, words.always ?? ""];
    if (!span) {
      const [start] = spans.find(([from]) => from > minute) ?? spans[0];
      return [false, fill(words.closed, "time", written(timeOf(zone, now, start), now))];
    }
    const end = span[1] === WEEK && spans[0][0] === 0 ? spans[0][1] : span[1]; // over the week's end
    return [true, fill(words.open, "time", written(timeOf(zone, now, end % WEEK), now))];
  };

  /** Say of each channel whether it is open. @param {Iterable<HTMLElement>} rows */
  const say = (rows) => {
    for (const row of rows) {
      try {
        const [open, text] = stateOf(JSON.parse(row.dataset.hours ?? ""), new Date());
        let line = row.querySelector(".now");
        if (!line) {
          line = document.createElement("div");
          line.className = "now";
          row.querySelector("h3")?.after(line);
        }
        line.textContent = text;
        row.dataset.open = String(open);
      } catch {
        // A zone that this browser does not know: the hours stand as they are written.
      }
    }
  };

  const listed = () => document.querySelector(".channels");
  let begun = false;
  const begin = () => {
    const list = listed();
    if (!list || begun) return;
    begun = true;
    watch.disconnect();
    /** @returns {HTMLElement[]} */
    const rows = () => Array.from(list.querySelectorAll("li"));
    const timed = () => rows().filter((row) => row.dataset.hours);
    // Those that are closed go last, in their order; again when a search has put them in another.
    const arrange = () => {
      const all = rows();
      const sorted = [...all].sort((a, b) => Number(a.dataset.open === "false") - Number(b.dataset.open === "false"));
      if (sorted.some((row, at) => row !== all[at])) list.append(...sorted);
    };
    say(timed());
    arrange();
    new MutationObserver(arrange).observe(list, { childList: true });
    setInterval(() => say(timed()), 60_000); // what it says, never the order: nothing moves while reading
  };
  // This script stands before the list, which is put in order once it is whole, before it is drawn.
  const watch = new MutationObserver(() => {
    if (document.querySelector(".channels ~ *")) begin();
  });
  if (document.readyState === "loading") watch.observe(document, { childList: true, subtree: true });
  else begin();
  document.addEventListener("DOMContentLoaded", begin);

  // The contact page: a problem that is chosen puts its channels first, and begins the message.
  const problems = document.querySelector(".problems");
  problems?.addEventListener("change", ({ target }) => {
    const row = target instanceof HTMLInputElement ? target.closest("li") : null;
    const list = listed();
    if (!(target instanceof HTMLInputElement) || !row || !list) return;
    /** @type {string[]} */
    const order = JSON.parse(row.dataset.channels ?? "[]");
    const rank = (/** @type {Element} */ one) => (order.indexOf(one.getAttribute("data-channel") ?? "") + order.length + 1) % (order.length + 1);
    list.append(...[...list.querySelectorAll("li")].sort((a, b) => rank(a) - rank(b)));
    /** @type {HTMLElement | null} */
    const best = document.querySelector(".help .best");
    if (best && order.length > 1) best.textContent = ` ${best.dataset.best}`;
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById("KB-field-0"));
    if (field && (!field.value || field.value === field.dataset.chosen)) {
      field.dataset.chosen = field.value = target.value;
      field.dispatchEvent(new Event("input"));
    }
  });

  /** @param {string} text */
  const encode = (text) => encodeURIComponent(text.replaceAll("\n", "\r\n").replace(/\p{Surrogate}/gu, ""));

  /** What was searched, where that page or the one before it was of a search. */
  const query = () => {
    for (const address of [location.href, document.referrer]) {
      const url = URL.canParse(address) ? new URL(address) : null;
      const found = url?.origin === location.origin && url.searchParams.get("q");
      if (found) return found;
    }
    return "";
  };

  /** What a chat and a call can't carry: the message is copied for the one, and shown for the other.
   * @param {HTMLAnchorElement} link */
  const hand = async (link) => {
    const text = document.querySelector("textarea");
    if (!text || text.value === text.defaultValue) return; // nothing was written
    if (link.dataset.reach === "call") {
      const box = text.closest("details");
      if (box) box.open = true;
      return;
    }
    await navigator.clipboard.writeText(text.value);
    const said = link.parentElement?.querySelector("[role=status]") ?? document.createElement("span");
    said.setAttribute("role", "status");
    link.parentElement?.append(said);
    said.textContent = words.carried ?? "";
  };

  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a[data-reach]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    if (link.dataset.reach !== "email") {
      hand(link).catch(() => {}); // the clipboard is closed: the message can be copied by hand
      return;
    }
    const plain = link.getAttribute("href") ?? "";
    const searched = query();
    const page = fill(words.page, "url", location.origin + location.pathname);
    const end = ["", "", page, searched && fill(words.searched, "query", searched)].join("\n").trimEnd();
    let body = "";
    for (const sign of document.querySelector("textarea")?.value ?? "") {
      const [longer, rest] = [encode(body + sign), encode(end)];
      if (longer.length + rest.length > LONGEST) break;
      body += sign;
    }
    link.href = `${plain}?subject=${encode(document.title)}&body=${encode(body + end)}`;
    setTimeout(() => link.setAttribute("href", plain)); // only for this click
  });
})();
