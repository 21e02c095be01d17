"""Search where the page may do less: under trusted types, without an origin, without storage."""

import shutil

import pytest

from kb.config import load_config
from kb.site.build import build_site

pytestmark = pytest.mark.browser

BOX = "#KB-question"
PANEL = "document.querySelector('.front .find-panel')"
READY = f"{PANEL} && !{PANEL}.hidden && {PANEL}.querySelectorAll('[role=option]').length > 2"
STATUS = "document.querySelector('#KB-results .find-status')?.textContent"
SETTLED = f"({STATUS} ?? '').includes('result')"
HITS = "document.querySelectorAll('.find-results > li').length"
TYPES = "require-trusted-types-for 'script'"
ALONE = "sandbox allow-scripts"
GUARDS = {
    "types": (TYPES, False),
    "types-none-allowed": (f"{TYPES}; trusted-types 'none'", False),
    "types-others-allowed": (f"{TYPES}; trusted-types default dompurify", False),
    "no-origin": (ALONE, False),
    "no-origin-but-forms": (f"{ALONE} allow-forms", False),
    "no-origin-types": (f"{ALONE}; {TYPES}", False),
    "no-origin-ours-allowed": (f"{ALONE}; {TYPES}; trusted-types kb kb-start", False),
    "frame": ("", True),
    "frame-types": (TYPES, True),
}
"""A policy that comes with every page, and whether the page stands in a sandboxed frame."""


def framed(site, folder, address):
    """A copy of the site with a page that shows one of it in a frame without an origin."""
    copy = shutil.copytree(site, folder / "framed")
    frame = f'<iframe sandbox="allow-scripts" src="{address}" width="1200" height="800"></iframe>'
    (copy / "frame.html").write_text(f"<!doctype html><title>Frame</title>{frame}")
    return copy


@pytest.fixture(params=GUARDS)
def visit(request, see, site, serve_below, tmp_path):
    """Open a page that is bound in one of these ways, take steps, and give what they gave; nothing
    is reported as forbidden.
    """
    policy, in_frame = GUARDS[request.param]

    def make(page, *steps):
        folder = framed(site, tmp_path, page) if in_frame else site
        address = serve_below(folder, policy=policy)
        where = "frame.html" if in_frame else page
        [seen] = see({"url": address + where, "framed": in_frame, "steps": list(steps)})
        assert seen["console"] == []
        return seen["results"]

    return make


def test_the_page_of_results_answers(visit):
    """A query in the address is answered, another one too, and a filter."""
    first, filtered = visit(
        "search/index.html?q=refund",
        ["until", SETTLED],
        ["fill", "#KB-query", "chat"],
        ["press", "Enter"],
        ["until", "document.querySelector('.find-results mark')?.textContent === 'Chat'"],
        ["evaluate", HITS],
        ["selectOption", "#KB-filters [name=tier]", "contact"],
        ["until", f"{HITS} > 0"],
        ["evaluate", HITS],
    )
    assert first >= filtered > 0


def test_the_panel_answers_and_leads_on(visit):
    """The script comes when the box is turned to; Enter leads to the page of results, which
    answers.
    """
    assert visit(
        "index.html",
        ["type", BOX, "package never arrived"],
        ["until", READY],
        ["press", "Enter"],
        ["until", SETTLED],
        ["evaluate", "document.querySelector('#KB-query').value"],
    ) == ["package never arrived"]


def test_what_is_kept_elsewhere_is_done_without(visit):
    """The message is filled in, the colours change and words are marked though storage may throw."""
    text, scheme, _, marked = visit(
        "orders/late-or-lost-package.html",
        ["evaluate", "document.querySelector('.message').open = true"],
        ["fill", "#KB-field-0", "No parcel came"],
        ["click", ".message .clear"],
        ["fill", "#KB-field-1", "today"],
        ["evaluate", "document.querySelector('.message textarea').value"],
        ["click", ".bar > .scheme"],
        ["evaluate", "document.documentElement.dataset.scheme"],
        ["press", "/"],
        ["type", "#KB-find", "package never arrived"],
        ["until", "document.querySelector('.site-header [role=option]')"],
        ["evaluate", "document.querySelector('.site-header [role=option]').click()"],
        ["until", "location.hash"],
        ["evaluate", "document.title"],
    )[1:]
    assert "When: today" in text
    assert "parcel" not in text
    assert scheme == "dark"
    assert marked


FAILED = "Search could not be loaded. Check your connection and try again."


def test_what_can_not_be_loaded_is_said_with_a_way_on(see, site, serve_below):
    """Where the page has no origin and forbids kb's policies nothing can be loaded: panel and page
    say so, offer to try again, and name topics and a person.
    """
    address = serve_below(site, policy=f"{ALONE}; {TYPES}; trusted-types 'none'")
    said = "document.querySelector('.find-unable')"
    parts = f"[{said}.querySelector('[role=status]').textContent, {said}.innerText]"
    home, page = see(
        {
            "url": address + "index.html",
            "steps": [["focus", BOX], ["until", said], ["evaluate", parts]],
        },
        {
            "url": address + "search/index.html?q=refund",
            "steps": [
                ["until", "document.querySelector('.find-failed')"],
                ["evaluate", f"[{STATUS}, document.querySelector('.find-failed').innerText]"],
            ],
        },
    )
    for [[words, shown]] in (home["results"], page["results"]):
        assert words == FAILED
        assert "Try again" in shown
        assert "Still need help?" in shown
    assert "Browse the topics" in home["results"][0][1]


@pytest.mark.parametrize("file", ["assets/search.*js$", "search/data/m", "search/data/t"])
@pytest.mark.parametrize("page", ["index.html", "search/index.html"])
def test_what_never_comes_is_said(see, address, file, page):
    """A file that never comes is no endless search: after half a minute the reader may try again,
    and is answered when the file comes then.
    """
    home = page == "index.html"
    button = "document.querySelector('.find-failed button, .find-unable button')"
    has_script = f"document.querySelector('{BOX}').getAttribute('role') === 'combobox'"
    [seen] = see(
        {
            "url": address + page,
            "clock": True,
            "faults": [[file, "never"]],
            "steps": [
                ["fill", BOX if home else "#KB-query", "refund"],
                ["asked", file],
                # Its data are asked for before the script is there, which must not come late then.
                *([["until", has_script]] if home and "data" in file else []),
                ["clock", 1000],
                ["evaluate", button],
                ["until", button, 30_000],
                ["evaluate", "document.body.innerText"],
                ["faults", []],
                ["evaluate", f"{button}.click()"],
                *([["focus", BOX], ["clock", 1000]] if home else []),
                ["until", READY if home else SETTLED],
                ["evaluate", button],
            ],
        }
    )
    before, text, _, after = seen["results"]
    assert before is None
    assert FAILED in text
    assert after is None


def test_a_word_that_is_being_composed_is_not_searched(see, serve_below, tmp_path):
    """Nothing is said and the address stays while a Japanese word is being written; then it is
    searched. Letters that a phone's keyboard composes count as they are typed.
    """
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# \u6771\u4eac\u306e\u914d\u9001\n\nThe late parcel.\n")
    build_site(load_config(content=content, environ={}, cwd=tmp_path), out=tmp_path / "site")
    state = f"[{STATUS}, location.search, {HITS}]"
    [seen] = see(
        {
            "url": serve_below(tmp_path / "site") + "search/index.html",
            "steps": [
                ["until", "document.querySelector('#KB-results .find-status')"],
                ["compose", "\u3068", "\u3068\u3046", "\u3068\u3046\u304d\u3087\u3046"],
                ["evaluate", state],
                ["insert", "\u6771\u4eac"],
                ["until", f"{HITS} > 0"],
                ["fill", "#KB-query", ""],
                ["until", f"{HITS} === 0"],
                ["compose", "l", "la", "late"],
                ["until", f"{HITS} > 0"],
            ],
        }
    )
    assert seen["results"] == [["", "", 0]]
