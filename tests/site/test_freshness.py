"""While someone writes, pages come first and the search follows; nobody gets an old answer."""

import json
import threading
from contextlib import closing

import pytest

from kb.errors import SiteError
from kb.site.dev.preview import FreshSearch, open_preview
from kb.site.export.encoding import make_shard
from kb.site.export.manifest import MANIFEST

WAIT = 20
"""Seconds after which a thread that should have ended is taken to hang."""


class Exports:
    """Makes two files of what is wished for, each when `steps` allows; fails for `None`."""

    def __init__(self):
        self.steps = threading.Semaphore(0)
        self.begun = []

    def __call__(self, config, places):
        """Make the files."""
        self.begun.append(places)
        if places is None:
            raise SiteError("no places")
        assert self.steps.acquire(timeout=WAIT)
        yield make_shard("d0", {"places": places})
        assert self.steps.acquire(timeout=WAIT)
        yield make_shard("m", {"places": places})

    def allow(self, files):
        """Let so many files be made."""
        for _ in range(files):
            self.steps.release()


@pytest.fixture
def exports():
    """Exports that wait to be allowed."""
    return Exports()


@pytest.fixture
def said():
    """What was complained of."""
    return []


@pytest.fixture
def search(exports, said):
    """A search made of them."""
    with closing(FreshSearch(said.append, exports)) as found:
        yield found
        exports.allow(100)


def places_of(data):
    """What a file was made of."""
    return json.loads(data[8:-2])["places"]


def asked(search):
    """Ask for the manifest from another thread; the thread and what it gets."""
    got = []
    thread = threading.Thread(target=lambda: got.append(search.read(MANIFEST)))
    thread.start()
    return thread, got


def test_the_manifest_is_that_of_the_last_change(search, exports):
    """Who asks in the meantime waits; what is not wanted any more is left unmade."""
    search.renew("a", None, "old")
    exports.allow(1)
    thread, got = asked(search)
    search.renew("b", None, "new")
    assert not got
    exports.allow(100)
    thread.join(WAIT)
    assert [places_of(data) for data in got] == ["new"]


def test_files_of_before_stay_for_open_pages(search, exports):
    """A page that has the manifest of before the change still gets what that names."""
    exports.allow(100)
    search.renew("a", None, "old")
    assert places_of(search.read(MANIFEST)) == "old"
    search.renew("b", None, "new")
    assert places_of(search.read(MANIFEST)) == "new"
    for places in ("old", "new"):
        assert search.read(make_shard("d0", {"places": places}).file)
    assert search.read("d1.nobody.js") is None


def test_the_same_key_makes_nothing_anew(search, exports):
    """What the search is made of has not changed: neither do its files."""
    exports.allow(100)
    for _ in range(3):
        search.renew("a", None, "same")
        search.read(MANIFEST)
    assert exports.begun == ["same"]


def test_pages_come_first(search, exports):
    """While pages are built no file is finished."""
    exports.allow(100)
    with search.pages_first():
        search.renew("a", None, "late")
        assert search.read(MANIFEST, patience=0.05) is None
    assert places_of(search.read(MANIFEST)) == "late"


def test_a_failure_is_said_and_the_old_files_stay(search, exports, said):
    """Nobody waits for what can't be made."""
    exports.allow(100)
    search.renew("a", None, "old")
    assert places_of(search.read(MANIFEST)) == "old"
    search.renew("b", None, None)
    assert places_of(search.read(MANIFEST)) == "old"
    assert [str(error) for error in said] == ["no places"]


def test_who_waits_is_let_go_at_the_end(search):
    """An end while files are made keeps nobody."""
    search.renew("a", None, "never")
    thread, got = asked(search)
    threading.Thread(target=search.close).start()
    thread.join(WAIT)
    assert got == [None]


def test_a_word_just_written_can_be_found(base):
    """After an edit the files that the reloaded page gets hold it; before it they do not."""
    with open_preview(base.config, port=0) as shown:
        read = shown.server.search

        def terms():
            manifest = json.loads(read(MANIFEST)[8:-2])
            hashes = manifest["shards"]["t"]["hash"]
            names = [f"t{at // 6}.{hashes[at : at + 6]}.js" for at in range(0, len(hashes), 6)]
            rows = [row for name in names for row in json.loads(read(name)[8:-2])["terms"]]
            return {row[0] for row in rows}

        assert "quokka" not in terms()
        base.write({"orders/late.md": "# Late\n\nA quokka took it.\n"})
        shown.rebuild()
        assert "quokka" in terms()
        assert not [name for name in shown.server.files if name.startswith("search/data/")]
