// While `kb serve` runs: load the page again when the site has been built anew.
(() => {
  const events = new EventSource("/.kb/events");
  /** @type {string | null} */
  let version = null;
  events.addEventListener("message", (event) => {
    if (version !== null && event.data !== version) {
      location.reload();
    }
    version = event.data;
  });
  addEventListener("pagehide", () => events.close());
})();
