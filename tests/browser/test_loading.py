"""The search comes when it is wanted: nothing of it before, nothing typed is lost meanwhile."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
BOX = "#KB-question"
PANEL = "document.querySelector('.front .find-panel')"
READY = f"{PANEL} && !{PANEL}.hidden && {PANEL}.querySelectorAll('[role=option]').length > 2"
SCRIPT = r"assets/search\..*js$"
ASKED = (
    "performance.getEntriesByType('resource').map(({ name }) => name)"
    ".filter((name) => /assets.search\\..*js$|search.data/.test(name)).length"
)


@pytest.mark.parametrize("wish", [["focus", BOX], ["press", "/"], ["press", "Control+k"]])
def test_search_comes_when_it_is_wanted(see, address, wish):
    """A page asks for nothing of it; the focus, the pointer, `/` and Ctrl-K bring script and
    manifest, each asked for once.
    """
    steps = [
        ["wait", 300],
        ["evaluate", ASKED],
        wish,
        ["until", f"{ASKED} >= 2"],
        ["wait", 200],
        ["evaluate", ASKED],
    ]
    [seen] = see({"url": address + "index.html", "steps": steps})
    assert seen["results"] == [0, 2]
    assert seen["console"] == []


def test_its_own_page_brings_it(see, address):
    """The page of results does not wait."""
    [seen] = see({"url": address + "search/index.html", "steps": [["until", f"{ASKED} >= 2"]]})
    assert seen["console"] == []


@pytest.mark.parametrize("form", ["http", "file"])
def test_what_is_typed_meanwhile_is_answered(see, site, address, form):
    """Keys pressed while the script is on its way are not lost: below a path and from the disk."""
    base = address if form == "http" else f"file://{site}/"
    faults = [[SCRIPT, "held"]]
    [home, results] = see(
        {
            "url": base + "index.html",
            "faults": faults,
            "steps": [
                ["type", BOX, "refund"],
                ["evaluate", f"Boolean({PANEL})"],
                ["release"],
                ["until", READY],
                ["evaluate", f"document.querySelector('{BOX}').value"],
            ],
        },
        {
            "url": base + "search/index.html",
            "faults": faults,
            "steps": [
                ["type", "#KB-query", "refund"],
                ["release"],
                ["until", "document.querySelector('#KB-results mark')"],
                ["evaluate", "new URLSearchParams(location.search).get('q')"],
            ],
        },
    )
    assert home["results"] == [False, "refund"]
    assert results["results"] == ["refund"]


def test_a_blocked_script_is_said_under_the_box(see, address):
    """With topics and the way to a person; the next key tries again, and then all is well."""
    said = "document.querySelector('.find-unable')"
    [seen] = see(
        {
            "url": address + "index.html",
            "faults": [[SCRIPT, "blocked"]],
            "steps": [
                ["type", BOX, "refun"],
                ["until", said],
                ["evaluate", f"{said}.querySelector('p').role"],
                ["evaluate", f"[...{said}.querySelectorAll('a')].map((a) => a.pathname)"],
                ["axe"],
                ["faults", []],
                ["type", BOX, "d"],
                ["until", READY],
                ["evaluate", said],
            ],
        }
    )
    role, ways, violations, after = seen["results"]
    assert role == "status"
    assert [way.removeprefix("/help/center/") for way in ways] == [
        "topics/index.html",
        "contact-us/index.html",
    ]
    assert violations == []
    assert after is None
