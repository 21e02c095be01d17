"""Nothing scrolls sideways (WCAG 1.4.10), however long words, names, code and tables are."""

import os
import shutil
from itertools import product
from pathlib import Path

import pytest
from support.sites import png

from kb.config import load_config
from kb.site.build import build_site

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 768)
LONG = "set_cluster_outbound_throttle_connections_per_domain_and_something_more"
GERMAN = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz" * 2
SPOKEN = "A name of very many words that goes on and on until no narrow window has room for it " * 2
URL = (
    "https://www.example.com/a/very/long/address/without/any/space/in/it/at/all/and/then/some/more"
)
CODE = "x = " + "aVeryLongNameOfSomething.and_another_one()." * 6
ARTICLE = f"""---
title: {{title}}
summary: {URL}
issue: ["{LONG} {LONG}", "{SPOKEN}"]
do:
  - label: {LONG}
    where: "Settings > {GERMAN} > {LONG}"
  - label: {GERMAN}
    url: {URL}
have_ready: ["{GERMAN}", "{URL}"]
escalate: ["{LONG}"]
tags: [{LONG}, {GERMAN}]
{{more}}
---
Use **{LONG}**, `{LONG}.{LONG}`, [{URL}]({URL}) and <kbd>{GERMAN}</kbd>. {GERMAN}

## Set {LONG}

### `{GERMAN}`

#### {URL}

    {CODE}

```python
{CODE}
```

> {GERMAN}
>
> ```
> {CODE}
> ```

1. {LONG}
   - {GERMAN}
     - `{LONG}`

       ```
       {CODE}
       ```
       {URL}

| {LONG} | {GERMAN} | A | B | C | D | E | F | G |
|--|--|--|--|--|--|--|--|--|
| `{LONG}` | {URL} | {SPOKEN} | {SPOKEN} | c | d | e | f | ![{LONG}](wide.png) |

[{LONG}](nowhere.md) ![{GERMAN}](missing.png) ![{LONG}](wide.png)

Term {LONG}
: {GERMAN}

- [ ] {LONG}

{LONG}[^1]

[^1]: {URL}

<details><summary>{GERMAN}</summary>{LONG}</details>

!!! danger "{LONG}"
    {GERMAN}

=== "{LONG}"

    ```python {{{{1}}}} title="{URL}" showLineNumbers
    {CODE}
    ```

=== "{GERMAN}"

    {URL}

## {SPOKEN}

Text.
"""
CHANNEL = f"""tier: contact
channel:
  name: {LONG}
  best_for: {GERMAN}
  wait: {LONG}
  where: "Settings > {GERMAN} > {LONG}"
  hours: {GERMAN}"""
SETTINGS = f"""name = "{LONG}"
[site]
description = "{GERMAN}"
footer = "{URL} {GERMAN}"
"""
OPEN = "for (const one of document.querySelectorAll('details')) one.open = true"
GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def long_site(tmp_path_factory):
    """A site in which everything that has a name or a text has a long one."""
    folder = tmp_path_factory.mktemp("long")
    content = folder / "content"
    deep = content / "first" / LONG
    deep.mkdir(parents=True)
    (content / "first" / "topic.yaml").write_text(f"title: {GERMAN}\nsummary: {URL}\n")
    (deep / "topic.yaml").write_text(f"title: {SPOKEN}\n")
    for path, title, more in (
        ("a", GERMAN, "featured: 1\nreviewed: 2026-01-02"),
        ("first/b", LONG, f"related: [a, first/{LONG}/c]"),
        (f"first/{LONG}/c", SPOKEN, ""),
        (f"first/{LONG}/d", URL, ""),
        ("contact", LONG, CHANNEL),
        ("contact2", GERMAN, CHANNEL.replace(f"name: {LONG}", f"name: {SPOKEN}")),
    ):
        (content / f"{path}.md").write_text(ARTICLE.format(title=title, more=more))
    (content / "wide.png").write_bytes(png(3000, 20))
    (folder / "kb.toml").write_text(SETTINGS)
    build_site(load_config(config=folder / "kb.toml", environ={}, cwd=folder), out=folder / "site")
    return folder / "site"


def pages_of(site):
    """Every page of a site."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def assert_narrow(see, address, pages, steps, widths=WIDTHS):
    """Hold that nothing is wider than the window, overlaps or is cut, whatever of it is open."""
    visits = [
        {"url": address + page, "width": width, "height": 740,
         "steps": [*steps, ["evaluate", OPEN], ["evaluate", GEOMETRY]]}
        for page, width in product(pages, widths)
    ]  # fmt: skip
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert seen["results"][-1] == [], (visit["url"], visit["width"])


def test_no_page_scrolls_sideways(see, long_site, serve_below):
    """Every kind of page, with menu, contents, message and fields open."""
    pages = pages_of(long_site)
    assert len(pages) > 12
    assert_narrow(see, serve_below(long_site), pages, [])


@pytest.mark.parametrize("query", ["throttle", LONG, "zzqx" * 40, f"throttle {'zzqx' * 40}"])
def test_no_answer_scrolls_sideways(see, long_site, serve_below, query):
    """The panel and the page of results, with hits, actions, topics, corrections and none."""
    address = serve_below(long_site)
    said = "document.querySelector('#KB-results .find-status')?.textContent"
    panel = "document.querySelector('.front .find-panel .find-status')?.textContent"
    page = [["fill", "#KB-query", query], ["press", "Enter"], ["until", said], ["wait", 300]]
    home = [["fill", "#KB-question", query], ["until", panel], ["wait", 300]]
    assert_narrow(see, address, ["search/index.html"], page)
    assert_narrow(see, address, ["index.html"], home)


def test_real_articles_do_not_scroll_sideways(see, serve_below, tmp_path):
    """Pages of github_docs, and the search over all of its topics."""
    if "KB_CORPORA" not in os.environ:
        pytest.skip("KB_CORPORA is not set")
    content = tmp_path / "content"
    content.mkdir()
    articles = Path(os.environ["KB_CORPORA"]) / "github_docs" / "articles"
    for path in sorted(articles.glob("*.md"))[::60]:
        shutil.copy(path, content)
    build_site(load_config(content=content, environ={}, cwd=tmp_path), out=tmp_path / "site")
    pages = pages_of(tmp_path / "site")
    assert_narrow(see, serve_below(tmp_path / "site"), pages, [], widths=[320])
