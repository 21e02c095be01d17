"""`kb serve` in a browser: pages follow the articles, and say what is wrong with them."""

import threading

import pytest
from support.sites import ARTICLES, Base, png

from kb.errors import KbError
from kb.site.dev.preview import open_preview, watch

pytestmark = pytest.mark.browser

FAULTS = "document.getElementById('KB-faults')"
TEXT = "document.querySelector('main').innerText"
MARKUP = "x<img src=x onerror=alert(1)>"
WRONG = f"---\ntitle: [unclosed\n{MARKUP}: 1\n---\n# Late\n"


@pytest.fixture
def base(tmp_path):
    """A small knowledge base."""
    made = Base(tmp_path / "kb")
    made.write({**ARTICLES, "images/map.png": png(40, 30), "files/form.pdf": b"%PDF-1.4\n"})
    return made


@pytest.fixture
def preview(base):
    """Serve it, and build it anew whenever something changes."""
    stop = threading.Event()

    def keep_up(shown):
        for _ in watch(base.config, stop):
            try:
                shown.rebuild()
            except KbError:
                continue  # told to the pages

    with open_preview(base.config, port=0) as shown:
        thread = threading.Thread(target=keep_up, args=(shown,))
        thread.start()
        yield shown.server.url
        stop.set()
        thread.join(60)


def test_the_open_page_shows_the_error_until_it_is_mended(see, base, preview):
    """It stays as it was, not even loaded again; markup in names and messages is text."""
    late = str(base.content / "orders" / "late.md")
    odd = str(base.content / "orders" / f"{MARKUP.replace('/', '')}.md")
    [seen] = see(
        {
            "url": f"{preview}orders/late",
            "steps": [
                ["evaluate", "window.mark = 1"],
                ["write", late, WRONG],
                ["until", FAULTS],
                ["evaluate", f"{FAULTS}.innerText"],
                [
                    "evaluate",
                    f"[window.mark, {TEXT}.includes('Track it'), {FAULTS}.querySelector('img')]",
                ],
                ["axe"],
                ["write", odd, "---\ntitle: [unclosed\n---\n"],
                ["until", f"{FAULTS}.innerText.includes('onerror')"],
                ["evaluate", f"{FAULTS}.querySelector('img')"],
                ["goto", f"{preview}orders/late.html"],
                ["until", FAULTS],
                ["evaluate", f"{TEXT}.includes('Track it')"],
                ["remove", odd],  # its name is at fault, whatever it holds
                ["write", late, "# Late\n\nMended.\n"],
                ["until", f"{TEXT}.includes('Mended.')"],
                ["until", f"!{FAULTS}"],
            ],
        }
    )
    text, state, violations, image, again = seen["results"][1:]
    assert "orders/late.md:" in text
    assert "front matter" in text
    assert state == [1, True, None]
    assert violations == []
    assert image is None
    assert again is True


def test_another_page_is_loaded_again_beside_the_error(see, base, preview):
    """An article that can't be read keeps no other from being shown as it is now."""
    base.write({"orders/late.md": WRONG})
    damaged = str(base.content / "orders" / "damaged.md")
    see(
        {
            "url": f"{preview}orders/damaged.html",
            "steps": [
                ["until", FAULTS],
                ["write", damaged, "# Damaged\n\nAnother edit.\n"],
                ["until", f"{TEXT}.includes('Another edit.') && {FAULTS}"],
            ],
        }
    )


def test_a_page_of_before_the_site_could_be_built_gives_way_to_it(see, base):
    """What keeps the site from being built at all is said on a page of its own."""
    (base.folder / "theme").mkdir()
    (base.folder / "theme" / "footer.html").write_text("{% if <b>x</b> %}")
    with open_preview(base.config, port=0) as shown:
        [seen] = run_while(
            see,
            {
                "url": shown.server.url,
                "steps": [
                    ["until", f"{FAULTS}.innerText.includes('footer.html:1')"],
                    ["evaluate", "[document.title, document.querySelector('b')]"],
                    [
                        "write",
                        str(base.folder / "theme" / "footer.html"),
                        "<footer>Mended.</footer>",
                    ],
                    ["until", "document.body.innerText.includes('Mended.')"],
                ],
            },
            lambda stop: [shown.rebuild() for _ in watch(base.config, stop)],
        )
    assert seen["results"][0] == ["The site can't be built", None]


def run_while(see, visit, work):
    """Make a visit while something else goes on, whatever fails in it."""
    stop = threading.Event()

    def go():
        while not stop.is_set():
            try:
                work(stop)
            except KbError:
                continue

    thread = threading.Thread(target=go)
    thread.start()
    try:
        return see(visit)
    finally:
        stop.set()
        thread.join(60)
