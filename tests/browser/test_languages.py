"""A site in several languages in Chromium: each page searches in its own, then in the others."""

from pathlib import Path

import pytest
from support.tongues import write_tongues

from kb.config import load_config
from kb.site.build import build_site
from kb.site.i18n import read_wording

pytestmark = pytest.mark.browser

HITS = "[...document.querySelectorAll('#KB-results a.find-title')].map((one) => one.pathname)"
NOTES = "[...document.querySelectorAll('#KB-results .find-notes p')].map((one) => one.textContent)"
STATUS = "document.querySelector('#KB-results .find-status')?.textContent"
DONE = f"{STATUS} && !{STATUS}.endsWith('…')"


@pytest.fixture(scope="module")
def tongues(tmp_path_factory, serve_below):
    """The address of a site in English, German, Arabic and Japanese, below a path."""
    folder = tmp_path_factory.mktemp("tongues")
    content = write_tongues(folder / "content")
    config = load_config(content=content, environ={}, cwd=folder)
    build_site(config, out=folder / "site")
    return serve_below(folder / "site")


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("de/", "Bestellung", ("de/orders/refund.html", [])),
        ("de/", "verspätete Pakete", ("de/orders/late.html", [])),
        ("ja/", "パスワード", ("ja/account.html", [])),
        ("ar/", "كلمة المرور", ("ar/account.html", [])),
        ("", "late package", ("en/orders/late.html", [])),
        ("de/", "password settings", ("en/account.html", ["English"])),
        ("", "荷物", ("ja/orders/late.html", ["日本語"])),
    ],
)
def test_results_are_in_the_language_of_the_page(see, tongues, page, query, expected):
    """In another one where that has nothing, which is said."""
    article, notes = expected
    [seen] = see(
        {
            "url": f"{tongues}{page}search/index.html?q={query}",
            "steps": [["until", DONE], ["evaluate", HITS], ["evaluate", NOTES]],
        }
    )
    hits, told = seen["results"]
    assert hits[0].endswith(f"/{article}")
    said = read_wording(page.strip("/") or "en", Path())["find_elsewhere"]
    assert [note for note in told if note.startswith(said.partition("{")[0])] == [
        said.format(language=name) for name in notes
    ]
    assert seen["console"] == []


def test_the_panel_leads_to_pages_of_the_language(see, tongues):
    """From a page two folders down."""
    box = "header form.find input"
    options = "[...document.querySelectorAll('.find-panel .find-hit')].map((one) => one.pathname)"
    [seen] = see(
        {
            "url": f"{tongues}de/orders/late.html",
            "width": 1280,
            "steps": [
                ["type", box, "Erstattung"],
                ["until", f"{options}.length > 0"],
                ["evaluate", options],
            ],
        }
    )
    [found] = seen["results"]
    assert found[0].endswith("/de/orders/refund.html")


def test_words_of_unspaced_scripts_are_marked_at_arrival(see, tongues):
    """They are parts of runs of letters: 変更 stands in the middle of one."""
    options = "[...document.querySelectorAll('.find-panel .find-hit')].map((one) => one.pathname)"
    marks = "[location.pathname, [...(CSS.highlights.get('kb-found') ?? [])].map(String)]"
    [seen] = see(
        {
            "url": f"{tongues}ja/orders/late.html",
            "width": 1280,
            "steps": [
                ["type", "header form.find input", "変更"],
                ["until", f"{options}.length > 0"],
                ["press", "ArrowDown", "Enter"],
                ["until", "location.pathname.endsWith('account.html')"],
                ["until", "CSS.highlights.get('kb-found')?.size > 0"],
                ["evaluate", marks],
            ],
        }
    )
    [[path, found]] = seen["results"]
    assert path.endswith("/ja/account.html")
    assert found == ["変更"]
    assert seen["console"] == []
