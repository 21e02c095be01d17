"""The pages in Chromium: accessible, quiet, within their policy, usable by keyboard."""

import os
from itertools import product
from pathlib import Path

import pytest
from support.sites import png

from kb.config import load_config
from kb.site.build import build_site

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
WIDTHS = {360: 740, 1280: 900}
SCHEMES = ("light", "dark")
KINDS = [
    "index.html",
    "topics/index.html",
    "orders/index.html",
    "orders/late-or-lost-package.html",
    "contact/chat.html",
    "contact-us/index.html",
    "search/index.html",
    "404.html",
]

EVERYTHING = """---
title: Everything that Markdown can do
summary: For the tests.
---
Text with *emphasis*, **more**, ~~less~~, `code` and [a link](https://example.org).

> A quote
>
> ## A heading in a quote

1. One
   - inner
2. Two

| Left | Right | |
|:-----|------:|-|
| a    |     1 | |
| a very long cell that does not fit | 1234567890123456789012345678901234567890 | x |

```
a line of code that is so long that it has to be scrolled sideways, by mouse or by keyboard
```

![A picture](https://pictures.example.org/x.png) and a [broken link](nowhere.md).

![](missing.png)

# Another first heading

### A level skipped

Averyveryverylongwordwithoutanyspaceinitthathastobreaksomewhereonanarrowscreenhoweveritcan

[](https://example.com/)

> [!WARNING]
> Take `care` and [read on](orders/late-or-lost-package.md).

!!! danger "Never"
    So it says.

<details>
<summary>More</summary>

Text that is folded.

</details>

=== "Parcel"

    ```python {1} title="a.py" showLineNumbers
    def first(): return "a"  # a comment
    ```

=== "Letter"

    ## A heading in a tab

    - [x] done

A footnote[^1].

[^1]: The note.

<p align="center"><img src="large.png" width="200" alt="A large picture"></p>
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site of the sample knowledge base, with an article of everything added."""
    folder = tmp_path_factory.mktemp("site")
    content = folder / "content"
    for path in sorted((ROOT / "content").rglob("*")):
        if path.is_file():
            target = content / path.relative_to(ROOT / "content")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (content / "everything.md").write_text(EVERYTHING)
    (content / "large.png").write_bytes(png(2000, 900))
    build_site(load_config(content=content, environ={}, cwd=folder), out=folder / "site")
    return folder / "site"


def visits(address, pages):
    """Each page at both widths and in both schemes."""
    return [
        {"url": address + page, "width": width, "height": height, "scheme": scheme}
        for page, (width, height), scheme in product(pages, WIDTHS.items(), SCHEMES)
    ]


def assert_clean(seen):
    """Hold that nothing at all was wrong on any visit."""
    for visit in seen:
        assert visit["violations"] == [], visit
        assert visit["messages"] == [], visit
        assert visit["breaches"] == [], visit
        assert visit["foreign"] == [], visit
        assert visit["tooWide"] <= 0, visit


def test_every_kind_of_page_is_accessible_and_quiet_below_a_path(browse, site, serve_below):
    """Every kind of page, narrow and wide, light and dark, at a path of a static host: no axe
    violation, no message, no breach of the policy, no request elsewhere, no sideways scrolling.
    """
    pages = [*KINDS, "everything.html"]
    assert_clean(browse({"axe": True, "visits": visits(serve_below(site), pages)})["visits"])


def test_a_picture_that_is_enlarged_is_accessible(browse, site, serve_below):
    """The dialog, and the page behind it with callouts, tabs and code, in both schemes."""
    looks = visits(serve_below(site), ["everything.html"])
    assert_clean(
        browse({"axe": True, "visits": [{**one, "open": "a.enlarge"} for one in looks]})["visits"]
    )


def test_every_kind_of_page_works_from_the_disk(browse, site):
    """The same from file://."""
    pages = [*KINDS, "everything.html"]
    plan = {"visits": visits(f"file://{site}/", pages)}
    for visit in browse(plan)["visits"]:
        assert visit["messages"] == []
        assert visit["breaches"] == []


def test_every_control_is_reached_by_keyboard_and_shows_its_focus(browse, site, serve_below):
    """Tabbing through a page comes to each link and control once, with an outline; of tabs, to the
    chosen one, whose arrows lead to the others.
    """
    address = serve_below(site)
    pages = [address + page for page in (*KINDS, "everything.html")]
    found = browse({"keyboard": pages})["keyboard"]
    for page in found:
        assert page["missed"] == [], page
        assert page["unseen"] == [], page
        assert page["reached"] == page["wanted"]


def test_colour_scheme_is_remembered(browse, site, serve_below):
    """The switch changes the scheme, and the next page has it too."""
    address = serve_below(site)
    scheme = "document.documentElement.dataset.scheme"
    steps = [
        ["click", ".bar > .scheme"],
        ["evaluate", scheme],
        ["goto", address + "orders/index.html"],
        ["evaluate", scheme],
        ["evaluate", "getComputedStyle(document.documentElement).backgroundColor"],
    ]
    walk = browse({"walks": [{"url": address + "index.html", "steps": steps}]})["walks"][0]
    assert walk == ["dark", "dark", "rgb(20, 23, 26)"]


def test_code_is_copied_without_the_numbers_of_its_lines(browse, site, serve_below):
    """The button beside code copies the text of the code, and says so."""
    steps = [
        ["click", ".tab .copy-code"],
        ["wait", 100],
        ["evaluate", "navigator.clipboard.readText()"],
        ["evaluate", "document.querySelector('.tab .copy-code').textContent"],
    ]
    address = serve_below(site) + "everything.html"
    copied, label = browse({"walks": [{"url": address, "steps": steps}]})["walks"][0]
    assert copied == 'def first(): return "a"  # a comment\n'
    assert label == "Copied"


def test_tabs_are_chosen_by_mouse_keys_and_address(browse, site, serve_below):
    """A click, an arrow, Home and a link to a place in a panel each show one panel."""
    shown = (
        "[...document.querySelectorAll('[role=tabpanel]')].filter((one) => one.checkVisibility("
        "{ contentVisibilityAuto: true }) && !one.hidden).map((one) => one.querySelector('.is-tab').textContent)"
    )
    look = ["evaluate", shown]
    steps = [look, ["click", "[role=tab][aria-selected=false]"], look]
    for key in ("ArrowRight", "End", "Home"):
        steps += [["press", key], look]
    steps += [["evaluate", "void (location.hash = 'a-heading-in-a-tab')"], ["wait", 100], look]
    address = serve_below(site) + "everything.html"
    linked = {"url": address + "#a-heading-in-a-tab", "steps": [look]}
    results, arrived = browse({"walks": [{"url": address, "steps": steps}, linked]})["walks"]
    parcel, letter = ["Parcel"], ["Letter"]
    assert results == [parcel, letter, parcel, letter, parcel, None, letter]
    assert arrived == [letter]


def test_print_is_dark_on_white_and_whole(see, tmp_path, serve_below):
    """Whatever scheme and colours the screen has; columns fit the paper, be there many of them or a
    word that is longer; an address is written once.
    """
    content = tmp_path / "content"
    content.mkdir()
    row = "|" + " column words |" * 15 + "\n"
    table = row + "|" + "---|" * 15 + "\n" + row * 3
    long = "".join(
        f"\n{'| A word ' * columns}|\n{'|---' * columns}|\n{'| yes ' * (columns - 1)}| {'x' * 150} |\n"
        for columns in range(1, 7)
    )
    bare = "At https://example.com/a?b=1&c, see [www.example.com](http://www.example.com/) or [there](https://example.com/b).\n"
    (content / "a.md").write_text(
        f"# A\n\nText.\n\n> [!NOTE]\n> Note.\n\n{table}{long}\n{bare}\n- [ ] to do\n"
    )
    settings = tmp_path / "kb.toml"
    settings.write_text('[site]\naccent = "#8a1c4a"\nbanner = "Late."\n')
    config = load_config(config=settings, content=content, index=tmp_path / "i", environ={})
    build_site(config, out=tmp_path / "site")
    look = """[["h1", "p", ".callout"].map((one) => {
        const { color, backgroundColor, colorScheme } = getComputedStyle(document.querySelector("main " + one));
        return [color, ["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(backgroundColor), colorScheme];
      }), document.scrollingElement.scrollWidth <= innerWidth,
      Math.max(...[...document.querySelectorAll("td")].map((one) => one.getBoundingClientRect().right)) <= innerWidth,
      document.querySelector(".banner").checkVisibility(),
      [...document.querySelectorAll(".text p a")].map((one) => getComputedStyle(one, "::after").content)]"""
    page = serve_below(tmp_path / "site") + "a.html"
    steps = [["media", "print"], ["evaluate", look]]
    for scheme in SCHEMES:
        [seen] = see({"url": page, "scheme": scheme, "width": 680, "steps": steps})
        written = ["none", "none", '" (https://example.com/b)"']
        black = [["rgb(0, 0, 0)", True, "light"]] * 3
        assert seen["results"] == [[black, True, True, False, written]]


def test_what_is_folded_is_printed(see, site, serve_below):
    """Tabs that are not chosen, and what stands behind a summary; a screen shows neither."""
    words = ("[['A heading in a tab', '.tab h2'], ['Text that is folded.', '.text details p']].filter(([words, where]) => "
             "[...document.querySelectorAll(where)].some((one) => one.textContent.startsWith(words) && one.checkVisibility())).length")  # fmt: skip
    steps = [["evaluate", words], ["media", "print"], ["evaluate", words]]
    [seen] = see({"url": serve_below(site) + "everything.html", "steps": steps})
    assert seen["results"] == [0, 2]


def test_a_wide_table_has_an_edge_where_there_is_more(see, site, serve_below):
    """A shade that stays at the edge of its box, and a cover that goes along with what scrolls."""
    look = "(({ backgroundAttachment, backgroundImage }) => [backgroundAttachment, backgroundImage.split('gradient').length - 1])(getComputedStyle(document.querySelector('.table')))"
    [seen] = see({"url": serve_below(site) + "everything.html", "steps": [["evaluate", look]]})
    assert seen["results"][0] == ["local, local, scroll, scroll", 4]


def test_a_large_picture_opens_over_the_page_and_gives_the_focus_back(browse, site, serve_below):
    """Escape or the button closes it; it fits the window."""
    fits = (
        "(({ left, right, top, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && "
        "bottom <= innerHeight)(document.querySelector('dialog[open] img').getBoundingClientRect())"
    )
    closed = [
        "evaluate",
        "[!document.querySelector('dialog[open]'), document.activeElement.className]",
    ]
    open_it = [["click", "a.enlarge"], ["waitFor", "dialog[open] img"], ["evaluate", fits]]
    steps = [
        *open_it, ["press", "Escape"], ["wait", 100], closed,
        *open_it, ["click", "dialog[open] button"], ["wait", 100], closed,
    ]  # fmt: skip
    address = serve_below(site) + "everything.html"
    plan = [{"url": address, "width": width, "steps": steps} for width in WIDTHS]
    for walk in browse({"walks": plan})["walks"]:
        assert walk == [True, [True, "enlarge"]] * 2


def test_message_is_filled_in_and_copied(browse, site, serve_below):
    """Fields write into the message; the button copies it; nothing is sent anywhere."""
    address = serve_below(site) + "orders/late-or-lost-package.html"
    steps = [
        ["click", ".message summary"],
        ["fill", ".message .fields input", "No parcel came"],
        ["click", ".message button"],
        ["wait", 100],
        ["evaluate", "navigator.clipboard.readText()"],
        ["evaluate", "document.querySelector('.message button').textContent"],
    ]
    copied, label = browse({"walks": [{"url": address, "steps": steps}]})["walks"][0]
    assert copied.startswith("What happened: No parcel came\nWhen: [")
    assert label == "Copied"


FIELDS = "[...document.querySelectorAll('.message .fields input')].map(({ value }) => value)"
TEXT = "document.querySelector('.message textarea').value"
KEPT = "sessionStorage.length"


def walk(browse, url, *steps):
    """Take steps on a page whose message is open; what they gave."""
    opened = [["click", ".message summary"], *steps]
    return browse({"walks": [{"url": url, "steps": opened}]})["walks"][0]


def test_text_written_by_hand_is_never_overwritten(browse, site, serve_below):
    """A field changes its own line alone; lines of the reader's own stay, a line that was written by
    hand is in its field, and one that was taken away comes back at the end.
    """
    address = serve_below(site) + "contact-us/index.html"
    mine = "Hello,\nWhat happened: it broke: twice\n  and my dog is sad.\nThe order number: [none]"
    fields, text, alone, empty = walk(
        browse,
        address,
        ["fill", "textarea", mine],
        ["evaluate", FIELDS],
        ["fill", "#KB-field-1", "yesterday"],
        ["fill", "#KB-field-2", "12-3456"],
        ["evaluate", TEXT],
        ["fill", "textarea", "In my own words"],
        ["fill", "#KB-field-5", "a refund"],
        ["fill", "#KB-field-5", "a refund, please"],
        ["evaluate", TEXT],
        ["fill", "textarea", ""],
        ["fill", "#KB-field-0", "x"],
        ["evaluate", TEXT],
    )
    assert fields == ["it broke: twice", "", "[none]", "", "", ""]
    assert text == mine.replace("[none]", "12-3456") + "\nWhen: yesterday"
    assert alone == "In my own words\nWhat I want: a refund, please"
    assert empty == "What happened: x"


def test_a_draft_outlives_a_reload_until_it_is_copied_or_cleared(browse, site, serve_below):
    """It is kept for its page in this tab, shown at once, and gone when copied or cleared."""
    folder = serve_below(site)
    page = folder + "orders/late-or-lost-package.html"
    opened = "document.querySelector('.message').open"
    results = walk(
        browse,
        page,
        ["evaluate", KEPT],
        ["fill", "#KB-field-0", "No parcel"],
        ["fill", "#KB-field-0", "No parcel came"],
        ["reload"],
        ["evaluate", f"[{opened}, {TEXT}.split('\\n')[0], {FIELDS}[0]]"],
        ["goto", folder + "contact-us/index.html"],
        ["evaluate", f"[{opened}, {FIELDS}[0]]"],
        ["goto", page],
        ["click", ".message .copy"],
        ["wait", 100],
        ["evaluate", KEPT],
        ["evaluate", "navigator.clipboard.readText()"],
        ["fill", "textarea", "More"],
        ["evaluate", KEPT],
        ["click", ".message .clear"],
        ["evaluate", f"[{KEPT}, {TEXT} === document.querySelector('textarea').defaultValue]"],
        ["reload"],
        ["evaluate", opened],
    )
    before, reloaded, elsewhere, copied, clipboard, more, cleared, last = results
    assert before == copied == 0
    assert reloaded == [True, "What happened: No parcel came", "No parcel came"]
    assert elsewhere == [False, ""]
    assert clipboard.startswith("What happened: No parcel came\nWhen: [")
    assert more == 1
    assert cleared == [0, True]
    assert last is False


def test_the_message_of_a_search_is_in_its_fields(browse, site, serve_below):
    """What was searched for is told in the message, until the reader writes another."""
    address = serve_below(site) + "search/index.html?q=refund+for+order+1234567"
    hint = "document.querySelector('#KB-field-2').placeholder"
    results = walk(
        browse,
        address,
        ["waitFor", "#KB-results h2"],
        ["evaluate", hint],
        ["fill", "#KB-field-1", "today"],
        ["fill", "#KB-query", "chat"],
        ["waitFor", "#KB-results mark >> text=/chat/i"],
        ["evaluate", TEXT],
    )
    assert results[0] == "1234567"
    assert "refund for order 1234567" in results[1]
    assert "When: today" in results[1]


def test_heading_copies_its_address(browse, site, serve_below):
    """The sign beside a heading copies the address of the section."""
    address = serve_below(site) + "orders/late-or-lost-package.html"
    steps = [
        ["evaluate", "document.querySelector('a.anchor').click()"],
        ["wait", 100],
        ["evaluate", "navigator.clipboard.readText()"],
    ]
    walk = browse({"walks": [{"url": address, "steps": steps}]})["walks"][0]
    assert walk[-1].startswith(address + "#")


def test_html_is_valid(validate, site):
    """Every page of the sample site passes html-validate."""
    assert validate(sorted(site.rglob("*.html"))) == []


def test_real_articles_are_accessible(browse, validate, serve_below, tmp_path):
    """Pages of github_docs have no violation but what an article's own text causes, and no
    message, no breach, no request elsewhere; they are valid HTML.
    """
    if "KB_CORPORA" not in os.environ:
        pytest.skip("KB_CORPORA is not set")
    content = tmp_path / "content"
    content.mkdir()
    articles = Path(os.environ["KB_CORPORA"]) / "github_docs" / "articles"
    for path in sorted(articles.glob("*.md"))[::60]:
        (content / path.name).write_bytes(path.read_bytes())
    build_site(load_config(content=content, environ={}, cwd=tmp_path), out=tmp_path / "site")
    pages = sorted(path.name for path in (tmp_path / "site").glob("*.html"))
    address = serve_below(tmp_path / "site")
    plan = {"axe": True, "visits": visits(address, pages)[:: len(pages) // 3]}
    for visit in browse(plan)["visits"]:
        assert [found for found in visit["violations"] if not found["inText"]] == [], visit
        assert visit["messages"] == visit["breaches"] == visit["foreign"] == []
    assert validate([tmp_path / "site" / page for page in pages]) == []


def test_the_keys_are_shown_on_a_question_mark(browse, site, serve_below):
    """And by a button at the foot; Escape closes, and what is typed into a box is no shortcut."""
    shown = ["evaluate", "document.querySelector('#KB-keys').open"]
    steps = [
        ["press", "?"], shown, ["press", "Escape"], shown,
        ["click", ".to-keys"], shown, ["click", "#KB-keys button"], shown,
        ["fill", "#KB-find", "x"], ["press", "?"], shown,
    ]  # fmt: skip
    address = serve_below(site) + "orders/index.html"
    assert browse({"walks": [{"url": address, "steps": steps}]})["walks"][0] == [
        True, False, True, False, False,
    ]  # fmt: skip
    looks = visits(serve_below(site), ["orders/index.html"])
    opened = [{**one, "open": ".to-keys"} for one in looks]
    assert_clean(browse({"axe": True, "visits": opened})["visits"])


def test_single_keys_can_be_switched_off(browse, site, serve_below):
    """For this page and those after it; Ctrl-K still goes to the search."""
    folder = serve_below(site)
    focused = ["evaluate", "document.activeElement.id"]
    shown = ["evaluate", "document.querySelector('#KB-keys').open"]
    steps = [
        ["press", "/"], focused, ["evaluate", "document.activeElement.blur()"],
        ["click", ".to-keys"], ["click", "#KB-keys input"], ["click", "#KB-keys button"],
        ["evaluate", "document.activeElement.blur()"],
        ["press", "?"], shown, ["press", "/"], focused,
        ["goto", folder + "about.html"], ["press", "?"], shown, ["press", "/"], focused,
        ["evaluate", "document.querySelector('#KB-keys input').checked"],
        ["press", "Control+k"], focused, ["evaluate", "document.activeElement.blur()"],
        ["click", ".to-keys"], ["click", "#KB-keys input"], ["press", "Escape"],
        ["evaluate", "document.activeElement.blur()"], ["press", "?"], shown,
    ]  # fmt: skip
    walked = browse({"walks": [{"url": folder + "orders/index.html", "steps": steps}]})["walks"][0]
    assert [one for one in walked if one is not None] == [
        "KB-find", False, "", False, "", False, "KB-find", True,
    ]  # fmt: skip
