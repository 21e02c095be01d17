"""What docs/accessibility.md says was tested, beside axe and the keyboard (test_pages.py)."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
ARTICLE = "orders/late-or-lost-package.html"
KINDS = (
    "index.html", "topics/index.html", "orders/index.html", ARTICLE,
    "advice/document-everything.html", "contact/chat.html", "contact-us/index.html",
    "search/index.html", "404.html",
)  # fmt: skip

# WCAG 2.2, 1.4.12: as much space as a reader may ask for, by a sheet that no policy forbids.
SPACED = """
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
"""
STOP = """(() => {
  const one = document.activeElement;
  const named = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent;
  return `${one.localName} ${named.replace(/\\s+/g, " ").trim()}`;
})()"""
MOVING = """
  [...document.querySelectorAll("*")].flatMap((one) => ["", "::before", "::after"].map((part) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one, part || null);
    const moves = /[1-9]/.test(transitionDuration) || animationName !== "none" || scrollBehavior === "smooth";
    return moves ? `${one.localName}.${one.className}${part}` : "";
  })).filter(Boolean)
"""


def tabbed(count):
    """Press Tab so often, and note what has the focus each time."""
    return [step for _ in range(count) for step in (["press", "Tab"], ["evaluate", STOP])]


def test_the_way_through_the_header_by_keyboard(see, address):
    """Skip link, name, search and its button, topics, contact, colours; then the page itself."""
    [seen] = see({"url": address + ARTICLE, "width": 1280, "steps": tabbed(10)})
    assert seen["results"][:7] == [
        "a Skip to the text",
        "a Help center",
        "input Search this help center",
        "button Search",
        "a Topics",
        "a Contact",
        "button Dark colours",
    ]
    assert seen["results"][7] == "a Home"


def test_the_skip_link_leads_to_the_text(see, address):
    """The next stop is the first link of the page itself."""
    steps = [["press", "Tab", "Enter"], ["press", "Tab"], ["evaluate", STOP]]
    [seen] = see({"url": address + ARTICLE, "width": 1280, "steps": steps})
    assert seen["results"] == ["a Home"]


def test_search_by_keyboard_from_any_page_to_an_article(see, address):
    """`/`, words, the arrow, Enter."""
    shown = "document.querySelector('.find-panel:not([hidden]) .find-option')"
    steps = [
        ["press", "/"],
        ["evaluate", STOP],
        ["type", "header form.find input", "never arrived"],
        ["until", shown],
        ["press", "ArrowDown", "Enter"],
        ["until", "location.pathname.endsWith('late-or-lost-package.html')"],
    ]
    [seen] = see({"url": f"{address}about.html", "width": 1280, "steps": steps})
    assert seen["results"] == ["input Search this help center"]


def test_names_and_roles_are_those_of_the_accessibility_tree(see, address):
    """Landmarks, headings, controls and the list of results, as a screen reader gets them."""
    shown = "document.querySelector('.find-panel:not([hidden]) .find-option')"
    [article, search] = see(
        {"url": address + ARTICLE, "width": 1280, "steps": [["tree", "body"]]},
        {
            "url": f"{address}about.html",
            "width": 1280,
            "steps": [
                ["type", "header form.find input", "never arrived"],
                ["until", shown],
                ["press", "ArrowDown"],
                ["tree", "header"],
            ],
        },
    )
    tree = article["results"][0]
    for part in (
        '- link "Skip to the text"',
        "- banner:",
        "- search:",
        '- searchbox "Search this help center"',
        '- navigation "Site":',
        '- button "Dark colours"',
        "- main:",
        '- navigation "You are here":',
        '- heading "Your package is late or lost" [level=1]',
        '- heading "Do this now" [level=2]',
        '- navigation "On this page"',
        '- heading "Still need help?" [level=2]',
        "- contentinfo:",
    ):
        assert part.removesuffix(":") in tree.replace("combobox", "searchbox"), part
    found = search["results"][0]
    assert '- combobox "Search this help center"' in found
    assert "[expanded]" in found
    assert '- listbox "Search results"' in found
    assert '- option "Your package is late or lost"' in found
    assert "[selected]" in found


@pytest.mark.parametrize("page", KINDS)
def test_a_window_zoomed_to_400_percent_reads_as_a_narrow_one(see, address, page):
    """1280 by 1024 pixels are 320 by 256 then: nothing sideways, nothing cut, and no header that
    stands over the text.
    """
    place = "getComputedStyle(document.querySelector('.site-header')).position"
    steps = [["evaluate", GEOMETRY], ["evaluate", place]]
    [seen] = see({"url": address + page, "width": 320, "height": 256, "steps": steps})
    assert seen["results"] == [[], "relative"]


@pytest.mark.parametrize("width", [320, 1280])
def test_more_space_in_the_text_cuts_nothing(see, address, width):
    """By WCAG 1.4.12, on every kind of page."""
    steps = [["evaluate", SPACED], ["evaluate", GEOMETRY]]
    seen = see(*({"url": address + page, "width": width, "steps": steps} for page in KINDS))
    assert {page: one["results"][-1] for page, one in zip(KINDS, seen, strict=True)} == {
        page: [] for page in KINDS
    }


def test_nothing_moves_for_readers_who_ask_for_that(see, address):
    """No transition, no animation, no smooth scrolling on any kind of page."""
    seen = see(
        *(
            {"url": address + page, "reduced": True, "steps": [["evaluate", MOVING]]}
            for page in KINDS
        )
    )
    assert [one["results"][0] for one in seen] == [[]] * len(KINDS)


def test_controls_have_edges_in_forced_colours(see, address):
    """Buttons, fields and cards keep a border, and the focus its outline; axe finds nothing."""
    edged = """
      [...document.querySelectorAll(".button, button, input, .channels > li, .cards > li, .actions")]
        .filter((one) => one.checkVisibility() && !one.matches(".scheme, .to-keys, .find button, [type=checkbox]"))
        .filter((one) => parseFloat(getComputedStyle(one).borderTopWidth) < 1)
        .map((one) => one.outerHTML.slice(0, 80))
    """
    outline = "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
    steps = [
        ["evaluate", "matchMedia('(forced-colors: active)').matches"],
        ["evaluate", edged],
        ["press", "Tab", "Tab"],
        ["evaluate", outline],
        ["axe"],
    ]
    pages = ("index.html", ARTICLE, "contact-us/index.html", "search/index.html")
    visits = [
        {"url": address + page, "forced": True, "scheme": scheme, "steps": steps}
        for page in pages
        for scheme in ("light", "dark")
    ]
    for seen in see(*visits):
        assert seen["results"] == [True, [], 3, []], seen["url"]


def test_pages_are_read_without_javascript(browse, address):
    """What a page is for stands in it; the page of results says what it needs."""
    kinds = [page for page in KINDS if page != "404.html"]
    visits = [
        {"url": address + page, "width": 360, "height": 740, "scheme": "light",
         "javaScript": False, "text": "main"}
        for page in kinds
    ]  # fmt: skip
    texts = dict(zip(kinds, browse({"visits": visits})["visits"], strict=True))
    assert "Check the tracking" in texts[ARTICLE]["text"]
    assert "Still need help?" in texts[ARTICLE]["text"]
    assert "Searching needs JavaScript" in texts["search/index.html"]["text"]
    assert "Orders" in texts["search/index.html"]["text"]
    assert all(seen["messages"] == [] for seen in texts.values())
