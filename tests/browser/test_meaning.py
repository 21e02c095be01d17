"""Searching by meaning in Chromium: by the scripts and files of a site, early answers, missing files."""

import pytest
from support.models import ARTICLES, make_model

from kb.config import load_config
from kb.knowledge_base import KnowledgeBase
from kb.site.build import build_site

pytestmark = pytest.mark.browser

QUERY = "order status of a smashed mug"
TITLES = "[...document.querySelectorAll('#KB-results h2 a')].map((one) => one.textContent)"
FOUND = f"{TITLES}.length"


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A knowledge base in mode `words`, with an encoder of a few words, and its site."""
    folder = tmp_path_factory.mktemp("words")
    make_model(folder / "model")
    (folder / "content").mkdir()
    for name, text in ARTICLES.items():
        (folder / "content" / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "kb.toml").write_text('[semantic]\nmode = "words"\nmodel = "model"\n')
    config = load_config(environ={}, cwd=folder)
    build_site(config, out=folder / "site")
    return config, folder / "site"


def titles(config):
    """The titles of the terminal's answer."""
    return [hit.title for hit in KnowledgeBase(config).search(QUERY)]


@pytest.mark.parametrize("form", ["http", "file"])
def test_the_page_has_the_terminals_answer(see, serve_below, words, form):
    """Below a path and from the disk, with nothing refused by the policy of the page."""
    config, site = words
    base = serve_below(site) if form == "http" else f"file://{site}/"
    best = titles(config)
    assert best[0] == "A broken cup"
    steps = [["until", f"{TITLES}[0] === 'A broken cup'"], ["evaluate", TITLES]]
    [seen] = see({"url": f"{base}search/index.html?q={QUERY}", "steps": steps})
    assert seen["results"] == [best]
    assert seen["console"] == seen["errors"] == seen["foreign"] == []


def test_the_answer_by_words_is_drawn_where_meaning_takes_long(see, serve_below, words):
    """And then the better one, while the reader has not moved; else all stays where it is."""
    config, site = words
    by_words = ["Where is my order"]
    assert titles(config) != by_words
    early = [["until", FOUND], ["evaluate", TITLES]]
    later = [
        "until",
        "performance.getEntriesByType('resource').some((one) => /data.c0/.test(one.name))",
    ]
    still, moved = see(
        *(
            {
                "url": f"{serve_below(site)}search/index.html?q={QUERY}",
                "faults": [["data/y", "held"]],
                "steps": [*early, *steps, ["evaluate", TITLES]],
            }
            for steps in (
                [["release"], ["until", f"{FOUND} > 1"]],
                [["press", "Shift"], ["release"], later, ["wait", 300]],
            )
        )
    )
    assert still["results"] == [by_words, titles(config)]
    assert moved["results"] == [by_words, by_words]


@pytest.mark.parametrize("file", ["data/y", "data/c0", "data/n"])
def test_a_missing_file_leaves_the_answer_by_words(see, serve_below, words, file):
    """Of words, of sections, or the script itself."""
    steps = [["until", FOUND], ["evaluate", TITLES]]
    url = f"{serve_below(words[1])}search/index.html?q={QUERY}"
    [seen] = see({"url": url, "faults": [[file, "missing"]], "steps": steps})
    assert seen["results"] == [["Where is my order"]]
    assert seen["errors"] == []
