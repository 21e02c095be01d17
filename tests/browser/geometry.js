// What is wrong with how a page lies in its window: what is wider than it, what overlaps, what is
// cut. An expression: its value is a list of texts.
(() => {
  const faults = [];
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className} ${one.textContent.trim().slice(0, 30)}`;
  const seen = (one) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !one.closest(".unseen, .find-unseen, .skip, svg");
  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways by ${scrollWidth - clientWidth}`);

  // Each thing on the page stands beside or below its neighbours.
  const groups = ".bar, .bar nav ul, main, main > article, .front, .examples ul, .cards, .cards > li, .channels, " +
    ".channels > li, .neighbours, .find, .find-filters, .articles, .articles > li, .heading, .checklist, .siblings ul, " +
    ".contents ol, .find-results, .find-results > li, .reviewed, .site-footer ul, .actions li";
  for (const group of document.querySelectorAll(groups)) {
    if (!seen(group)) continue;
    const boxes = [...group.children]
      .filter((one) => seen(one) && !["absolute", "fixed", scrollY && "sticky"].includes(getComputedStyle(one).position) && getComputedStyle(one).display !== "contents")
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, box]) => box.width && box.height);
    boxes.forEach(([one, a], at) => {
      for (const [other, b] of boxes.slice(at + 1)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 1) faults.push(`overlap by ${Math.round(wide)}x${Math.round(high)}: ${name(one)} | ${name(other)}`);
      }
    });
  }

  // Nothing is out of the window, nor cut by what holds it, but for what scrolls or says that it goes on.
  for (const one of document.querySelectorAll("body *")) {
    if (!seen(one) || one.closest("pre, .table")) continue;
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.right > innerWidth + 1 || box.left < -1) faults.push(`out of the window: ${name(one)}`);
    const style = getComputedStyle(one);
    const clamped = style.webkitLineClamp !== "none" || one.matches("input, textarea, select");
    if (style.overflowX !== "visible" && !clamped && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${name(one)}`);
  }

  // What can be pressed is large enough for a finger, or stands in a text (WCAG 2.5.8).
  for (const one of document.querySelectorAll("a, button, summary, input, select")) {
    if (!seen(one) || one.closest("p, .text, dd") || one.matches("[type=checkbox], [type=radio]")) continue;
    const { width, height } = one.getBoundingClientRect();
    if (width < 24 || height < 24) faults.push(`small: ${Math.round(width)}x${Math.round(height)} ${name(one)}`);
  }
  return faults.slice(0, 8);
})();
