"""The pages in Chromium: accessible, quiet, within their policy, usable by keyboard."""

import os
from itertools import product
from pathlib import Path

import pytest

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


def test_every_kind_of_page_works_from_the_disk(browse, site):
    """The same from file://."""
    pages = [*KINDS, "everything.html"]
    plan = {"visits": visits(f"file://{site}/", pages)}
    for visit in browse(plan)["visits"]:
        assert visit["messages"] == []
        assert visit["breaches"] == []


def test_every_control_is_reached_by_keyboard_and_shows_its_focus(browse, site, serve_below):
    """Tabbing through a page comes to each link and control once, with an outline."""
    address = serve_below(site)
    found = browse({"keyboard": [address + page for page in KINDS]})["keyboard"]
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
