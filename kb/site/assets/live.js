// While `kb serve` runs: load the page again when the site has been built anew, and show what
// is wrong with it until that is mended.
(() => {
  const SHOWN = 5;
  const navigation = /** @type {PerformanceNavigationTiming | undefined} */ (
    performance.getEntriesByType("navigation")[0]
  );
  const timing = navigation?.serverTiming?.find((entry) => entry.name === "build");
  /** The build that this page is of. @type {number | null} */
  let build = timing ? Number(timing.description) : null;
  /** @type {EventSource | null} */
  let events = null;

  /** @param {{ where: string, message: string }[]} faults */
  function show(faults) {
    document.getElementById("KB-faults")?.remove();
    if (faults.length === 0) {
      return;
    }
    const banner = document.createElement("div");
    banner.id = "KB-faults";
    banner.setAttribute("role", "alert");
    for (const { where, message } of faults.slice(0, SHOWN)) {
      const line = document.createElement("p");
      const place = document.createElement("strong");
      place.textContent = where;
      line.append(place, where ? " " : "", message);
      line.style.margin = "0";
      banner.append(line);
    }
    if (faults.length > SHOWN) {
      banner.append(`and ${faults.length - SHOWN} more, see the terminal`);
    }
    // No style sheet of the theme is relied on: it may be what is wrong.
    Object.assign(banner.style, {
      position: "sticky",
      top: "0",
      zIndex: "2147483647",
      padding: "0.6rem 1rem",
      color: "#fff",
      background: "#8c1d18",
      font: "1rem/1.5 system-ui, sans-serif",
      overflowWrap: "anywhere",
      maxHeight: "50vh",
      overflowY: "auto",
    });
    document.body.prepend(banner);
  }

  /** Whether a fault keeps this page from being built: then it stays as it is. */
  async function isHeld() {
    try {
      return (await fetch(location.href, { method: "HEAD" })).headers.has("Kb-Held");
    } catch {
      return true; // the server is gone: to load the page again would lose it
    }
  }

  /** @param {MessageEvent<string>} event */
  async function hear(event) {
    const news = JSON.parse(event.data);
    const isNew = build !== null && news.build !== build;
    build = news.build;
    if (isNew && !(news.faults.length > 0 && (await isHeld()))) {
      location.reload();
      return;
    }
    show(news.faults);
  }

  // A browser has six connections to a host: pages that nobody sees leave theirs to others.
  function connect() {
    events?.close();
    events = null;
    if (document.visibilityState === "visible") {
      events = new EventSource("/.kb/events");
      events.addEventListener("message", hear);
    }
  }

  document.addEventListener("visibilitychange", connect);
  addEventListener("pageshow", (event) => event.persisted && connect());
  addEventListener("pagehide", () => events?.close());
  connect();
})();
