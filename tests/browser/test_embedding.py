"""The element <kb-search> on sites of other generators, set up as docs/embedding.md says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.config import load_config
from kb.site.embed.embed import embed_search
from kb.site.embed.generators import GENERATORS

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
OPTIONS = "document.querySelector('kb-search').shadowRoot.querySelectorAll('[role=option]')"
PAGES = {
    "guide/late.md": """---
title: Your parcel is late
description: What to do about it
tags: [parcel]
---
Look at the <b>tracking</b> first.

## Über & more {OWN}

A refund takes five days.

## Twice

One walrus.

## Twice

A walrus crossing & more.
""",
    "guide/secret.md": "---\ntitle: A draft\ndraft: true\n---\nquokka walrus\n",
    "Shipping.md": "---\ntitle: Shipping\n---\nHow parcels travel. [Late?](guide/late.md)\n",
}
LAYOUTS = {
    "baseof.html": '<!doctype html><html lang="en"><head><title>{{ .Title }}</title></head><body>\n'
    '<main>{{ block "main" . }}{{ end }}</main>\n',
    "single.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}\n',
    "list.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}\n',
}


def lines_of(name):
    """The lines that docs/embedding.md gives for a generator."""
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    [block] = re.findall(rf"<!-- {name} -->\n```\n(.*?)```\n<!-- end -->", text, re.DOTALL)
    return block


def set_up(name, folder, pages):
    """Write pages and run those lines, which are five at most."""
    for path, text in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    lines = lines_of(name)
    assert lines.count("\n") <= 5
    commands = folder / "bin"
    commands.mkdir()
    kb = commands / "kb"
    kb.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kb "$@"\n')
    kb.chmod(0o755)
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", lines],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def search(see, address, query, *, width=1280, dark=False):
    """Type into the element; the options as (kind, address), axe's violations, and where the
    first one leads, with the words marked there.
    """
    where = "[location.pathname, location.hash, [...(CSS.highlights.get('kb-found') ?? [])].map(String)]"
    scheme = "document.documentElement.style.colorScheme = 'light dark'"
    [seen] = see(
        {
            "url": address,
            "width": width,
            "scheme": "dark" if dark else "light",
            "steps": [
                ["evaluate", scheme],
                ["press", "/"],
                ["type", "kb-search input", query],
                ["until", f"{OPTIONS}.length"],
                ["wait", 300],
                [
                    "evaluate",
                    f"[...{OPTIONS}].map((one) => [one.className, one.href, one.innerText])",
                ],
                ["axe"],
                ["press", "ArrowDown", "Enter"],
                ["until", "CSS.highlights.get('kb-found')?.size"],
                ["evaluate", where],
            ],
        }
    )
    assert seen["console"] == []
    _, options, violations, arrived = seen["results"]
    theirs = (
        "landmark",
        "region",
        "page-has",
        "html-has-lang",
        "color-contrast",
        "heading",
        "list",
    )
    assert [v for v in violations if "kb-search" in v or not v.startswith(theirs)] == []
    return options, arrived


def assert_there(site, address, href):
    """Hold that a page and the section on it exist."""
    path, _, anchor = href.removeprefix(address).partition("#")
    page = site / (path + "index.html" if path.endswith("/") or not path else path)
    text = page.read_text(encoding="utf-8")
    assert not anchor or re.search(rf'id="?{re.escape(anchor)}["\s>]', text), href


def assert_searchable(see, site, address):
    """Hold what a visitor of the site may expect."""
    options, (path, _, words) = search(see, address + "index.html", "refund")
    hits = [href for kind, href, _ in options if "find-hit" in kind]
    assert hits[0].endswith("/guide/late/#own")
    assert address + path.partition(address.split("/", 3)[3])[2] == hits[0].partition("#")[0]
    assert words == ["refund"]
    options, _ = search(see, address + "guide/late/", "walrus parcel", width=360, dark=True)
    hits = [href for kind, href, _ in options if "find-hit" in kind]
    assert len(hits) > 2
    for href in hits:
        assert_there(site, address, href)
    assert not any("draft" in text for _, _, text in options)


def test_mkdocs(see, serve_below, tmp_path):
    """A site of MkDocs, set up in at most five lines, is searched like one of kb's."""
    if shutil.which("mkdocs", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") is None:
        pytest.skip("mkdocs is not installed")
    pages = {f"docs/{path}": text.replace("{OWN}", "{ #own }") for path, text in PAGES.items()}
    pages["docs/index.md"] = "# Welcome\n\nParcels and more.\n"
    pages["mkdocs.yml"] = (
        "site_name: Parcels\nmarkdown_extensions: [attr_list]\n"
        "theme: {name: mkdocs, highlightjs: false}\n"
    )
    set_up("mkdocs", tmp_path, pages)
    address = serve_below(tmp_path / "site", "/base/")
    # The element stands on the front page alone; the second search is made there, too.
    front = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    late = tmp_path / "site" / "guide" / "late" / "index.html"
    assert "<kb-search></kb-search>" in front
    late.write_text(late.read_text().replace("</body>", "<kb-search></kb-search></body>"))
    assert_searchable(see, tmp_path / "site", address)


def test_hugo(see, serve_below, tmp_path):
    """The same for a site of Hugo."""
    if shutil.which("hugo") is None:
        pytest.skip("hugo is not installed")
    pages = {f"content/{path}": text.replace("{OWN}", "{#own}") for path, text in PAGES.items()}
    pages["content/_index.md"] = '+++\ntitle = "Welcome"\n+++\nParcels and more.\n'
    pages["hugo.toml"] = (
        'baseURL = "https://example.org/base/"\ntitle = "Parcels"\n'
        'disableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
    )
    pages.update({f"layouts/_default/{path}": text for path, text in LAYOUTS.items()})
    set_up("hugo", tmp_path, pages)
    assert_searchable(see, tmp_path / "public", serve_below(tmp_path / "public", "/base/"))


@pytest.fixture
def plain(tmp_path):
    """A folder of two pages that anything could have made, with the element, and its search."""
    for path, text in PAGES.items():
        (tmp_path / "docs" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / path).write_text(text.replace("{OWN}", ""), encoding="utf-8")
    config = load_config(content=tmp_path / "docs", environ={}, cwd=tmp_path)
    embed_search(config, tmp_path / "site" / "kb", "/{id}.html", GENERATORS["plain"])
    (tmp_path / "site" / "index.html").write_text(
        '<!doctype html><html lang="en"><title>A page</title>'
        '<script src="kb/search.js" defer></script><main><kb-search></kb-search></main>'
    )
    return tmp_path / "site"


@pytest.mark.parametrize(
    "policy",
    [
        "require-trusted-types-for 'script'; trusted-types 'none'",
        "sandbox allow-scripts",
        "sandbox allow-scripts; require-trusted-types-for 'script'; trusted-types kb",
    ],
)
def test_pages_that_may_do_less(see, serve_below, plain, policy):
    """The element answers under trusted types and without an origin."""
    [seen] = see(
        {
            "url": serve_below(plain, policy=policy) + "index.html",
            "steps": [["type", "kb-search input", "refund"], ["until", f"{OPTIONS}.length"]],
        }
    )
    assert seen["console"] == []


def test_the_script_may_run_twice(see, serve_below, plain):
    """Sites that swap the body of a page run its scripts again: nothing fails, and search goes on."""
    again = (
        "document.body.append(Object.assign(document.createElement('script'),"
        " {src: 'kb/search.js', onload: () => document.body.dataset.again = ''}))"
    )
    [seen] = see(
        {
            "url": serve_below(plain) + "index.html",
            "steps": [
                ["evaluate", again],
                ["until", "'again' in document.body.dataset"],
                ["type", "kb-search input", "refund"],
                ["until", f"{OPTIONS}.length"],
            ],
        }
    )
    assert seen["console"] == []
