"""A copy for reading offline in Chromium, opened from the disk: all of it works, search as well."""

import re
from pathlib import Path

import pytest
from support.tongues import write_tongues

from kb.config import load_config
from kb.site.build import build_site
from kb.site.report import Options

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
QUERIES = ("my package never arrived", "charged twice", "pakage", "refund for a gift", "zzzz")
HITS = """[...document.querySelectorAll('#KB-results a.find-title')].map(
  (one) => [one.textContent, one.href.replace(/^.*?\\/(site|offline)\\//, '').replace(/.*center\\//, '')])"""
STATUS = "document.querySelector('#KB-results .find-status')?.textContent"
DONE = f"{STATUS} && !{STATUS}.endsWith('…')"


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """The sample knowledge base as a copy for reading offline."""
    folder = tmp_path_factory.mktemp("offline")
    config = load_config(content=ROOT / "content", environ={}, cwd=folder)
    build_site(config, out=folder / "offline", options=Options(offline=True))
    return folder / "offline"


def asked(url, query):
    """Ask on the page of results, and give hits and status."""
    return {
        "url": f"{url}search/index.html?q={query}",
        "steps": [["until", DONE], ["evaluate", HITS], ["evaluate", STATUS]],
    }


def test_search_from_the_disk_finds_what_the_site_finds(see, offline, address):
    """The same sections in the same order, and nothing is fetched: files come as scripts."""
    disk = f"{offline.as_uri()}/"
    for query in QUERIES:
        here, there = see(asked(disk, query), asked(address, query))
        assert here["results"] == there["results"], query
        assert here["console"] == []
        assert all(Path(path).is_relative_to(offline) for path in here["requests"])


def test_every_page_opens_from_the_disk(browse, offline):
    """Quietly, within its policy, with nothing asked of any host."""
    pages = ["index.html", "search/index.html", "contact-us/index.html", "topics/index.html"]
    pages += [
        next(p.relative_to(offline).as_posix() for p in sorted(offline.glob("orders/l*.html")))
    ]
    visits = [
        {"url": f"{offline.as_uri()}/{page}", "width": width, "height": 800, "scheme": "light"}
        for page in pages
        for width in (360, 1280)
    ]
    for seen in browse({"visits": visits})["visits"]:
        assert seen["violations"] == seen["messages"] == seen["breaches"] == [], seen["url"]
        assert seen["foreign"] == []
        assert seen["tooWide"] <= 0


def test_a_moved_copy_still_works(see, offline, tmp_path):
    """It may lie anywhere, in a folder with spaces and signs, too."""
    moved = tmp_path / "a copy (2) #ü"
    moved.symlink_to(offline, target_is_directory=True)
    [seen] = see(asked(f"{moved.as_uri()}/", "charged twice"))
    assert seen["results"][0]


def test_each_language_is_searched_from_the_disk(see, tmp_path):
    """By its own files; the others are asked where it has nothing."""
    config = load_config(content=write_tongues(tmp_path / "content"), environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "offline", options=Options(offline=True))
    disk = f"{(tmp_path / 'offline').as_uri()}/"
    german, japanese, other = see(
        asked(f"{disk}de/", "Erstattung"), asked(f"{disk}ja/", "返金"), asked(disk, "返金")
    )
    for seen, article in (
        (german, "de/orders/refund.html"),
        (japanese, "ja/orders/refund.html"),
        (other, "ja/orders/refund.html"),
    ):
        assert re.sub(r"#.*", "", seen["results"][0][0][1]) == article
