"""Line 8 of the reliability demands: an index whose files are not what they were.

Each file is cut, changed by bits, emptied, removed or exchanged for another, with its time of
change set back as it was. Whatever it is, answers are right: the index is built anew, with one
line about it; where the articles are gone, too, one line says so.
"""

import itertools
import os
import random
import shutil

import pytest
from support.states import WORDS, answers_of

from kb import files
from kb.cli.app import run
from kb.errors import IndexingError
from kb.index.generations import IndexFolder
from kb.site.build import build_site

FEW = ("common", WORDS[1], "comon")
CUTS = 20
FLIPS = 50

GUARDED = (
    "current.json",
    "manifest.json",
    "contents.json",
    "stored.col",
    "postings",
    "terms",
    "tables.bin",
)
MERE_CACHES = ("kept.sqlite3", "checked.json", "lock")
OF_THE_SITE = ("kept.sqlite3",)


@pytest.fixture(scope="module", autouse=True)
def no_waiting():
    """Nothing here tells of power cuts, and states of files are trusted at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        patch.setattr(files, "RACY_NS", -1)
        yield


@pytest.fixture
def known(small):
    """Go back to an index whose files are known by their states."""

    def reset():
        small.reset()
        base = small.open("old")
        base.index()
        base.close()

    return reset


def file_of(states, name):
    """Find a file of the index by the name it goes by here."""
    ends = {"stored.col": "._stored.col", "postings": ".pst", "terms": ".trm"}
    folders = dict.fromkeys(("manifest.json", "contents.json", "tables.bin"), "g00000001/")
    if name in ends:
        (found,) = states.index.glob(f"g*/*{ends[name]}")
        return found
    return states.index / folders.get(name, "") / name


def cuts(data, chosen):
    """Cut at random lengths."""
    if not data:
        return []
    lengths = {0, len(data) - 1, *(chosen.randrange(len(data)) for _ in range(CUTS))}
    return [data[:length] for length in sorted(lengths)[:CUTS]]


def flips(data, chosen):
    """Flip bits, one at a time, then all of them."""
    if not data:
        return []
    places = [chosen.randrange(8 * len(data)) for _ in range(FLIPS)]
    harmed = []
    together = bytearray(data)
    for place in places:
        one = bytearray(data)
        one[place // 8] ^= 1 << place % 8
        together[place // 8] ^= 1 << place % 8
        harmed.append(bytes(one))
    return [*harmed, bytes(together)] if together != data else harmed


def replace_data(path, data):
    """Put other bytes into a file, in place, and leave no trace in its times but the one that
    nobody can set, once the clock has ticked.
    """
    state = path.stat()
    with path.open("r+b") as file:
        file.truncate()
        file.write(data)
    while path.stat().st_ctime_ns == state.st_ctime_ns:
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def check(states, *, damaged):
    """Answers are right, and the damage is told where it is one; then all is well again."""
    base = states.open("old")
    changes = base.index()
    assert answers_of(base, FEW) == {query: states.answers["old"][query] for query in FEW}
    assert changes.reason.startswith("the index was damaged: ") == changes.rebuilt == damaged
    base.close()


@pytest.mark.parametrize("name", [*GUARDED, *MERE_CACHES])
@pytest.mark.parametrize("harm", [cuts, flips])
def test_bytes_that_are_not_what_they_were(small, known, tally, name, harm):
    """Every file, at every place."""
    known()
    data = file_of(small, name).read_bytes()
    for harmed in harm(data, random.Random(name)):
        known()
        replace_data(file_of(small, name), harmed)
        with tally(f"index file {'cut' if harm is cuts else 'with flipped bits'}"):
            check(small, damaged=name in GUARDED)


@pytest.mark.parametrize("name", [*GUARDED, *MERE_CACHES])
@pytest.mark.parametrize("harm", ["missing", "empty", "foreign", "a folder", "a link"])
def test_files_that_are_not_there(small, known, tally, name, harm):
    """Or are something else."""
    known()
    path = file_of(small, name)
    if harm == "empty":
        replace_data(path, b"")
    elif harm == "foreign":
        replace_data(path, b"<html>not found</html>")
    else:
        path.rename(small.folder / "elsewhere")
        if harm == "a folder":
            path.mkdir()
        elif harm == "a link":
            path.symlink_to(small.folder / "elsewhere")
    with tally("index file missing, empty or foreign"):
        whole = name in MERE_CACHES or (
            name in ("current.json", "manifest.json") and harm == "a link"
        )
        if (name, harm) == ("current.json", "a folder"):
            with pytest.raises(IndexingError, match="can't read the index"):
                small.open("old").search("common")
        else:
            check(small, damaged=not whole)


def pairs(folder):
    """Every two files of a generation, and the pointer."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent.name.startswith("g")]
    return list(itertools.combinations(sorted([*files, folder / "current.json"]), 2))


def test_swapped_files(small, known, tally):
    """Each with each."""
    known()
    for one, other in pairs(small.index):
        known()
        data = one.read_bytes(), other.read_bytes()
        replace_data(one, data[1])
        replace_data(other, data[0])
        with tally("index files swapped"):
            check(small, damaged=True)


def test_files_of_an_older_generation(small, tally):
    """A file of the same name that was right once."""
    small.reset()
    older = {p.name: p.read_bytes() for p in small.index.glob("g*/*")}
    base = small.open("new")
    base.index()
    base.close()
    current = IndexFolder(small.index).current().folder.name
    shutil.copytree(small.index, small.folder / "kept")
    for path in (small.folder / "kept").glob("g*/*"):
        if path.name not in older or path.parent.name != current:
            continue
        shutil.rmtree(small.index)
        shutil.copytree(small.folder / "kept", small.index)
        place = small.index / path.parent.name / path.name
        if place.read_bytes() == older[path.name]:
            continue
        replace_data(place, older[path.name])
        with tally("index files swapped"):
            base = small.open("new")
            assert base.index().reason.startswith("the index was damaged: ")
            assert answers_of(base) == small.answers["new"]
            base.close()


@pytest.fixture(scope="module")
def built(small):
    """A site, and the files of the cache that it was built with."""
    site = small.folder / "site"
    config = small.open("old").config
    build_site(config, out=site)
    pages = {p: p.read_bytes() for p in site.rglob("*.html")}
    return config, site, pages


@pytest.mark.parametrize("name", OF_THE_SITE)
@pytest.mark.parametrize("harm", [cuts, flips])
def test_the_cache_of_the_site(small, built, tally, name, harm):
    """Pages come out as before, whatever it holds. Where harm shows as it is written to, it is gone
    and the next build begins it anew.
    """
    config, site, pages = built
    build_site(config, out=site)
    (path,) = small.index.glob(f"sites/*/{name}")
    data = path.read_bytes()
    for harmed in harm(data, random.Random(name))[-4:]:
        path.unlink(missing_ok=True)
        path.write_bytes(harmed)
        with tally(f"index file {'cut' if harm is cuts else 'with flipped bits'}"):
            article = small.content["old"] / "one" / "a0.md"
            os.utime(article, ns=(10**18, article.stat().st_mtime_ns + 1))
            build_site(config, out=site)
            assert {p: p.read_bytes() for p in site.rglob("*.html")} == pages


def command(states, *words):
    """Run a command on the old state."""
    return run([str(word) for word in states.command("old", *words)])


@pytest.mark.parametrize("name", GUARDED)
def test_one_line_tells_of_it(small, tally, name, capsys):
    """On the command line, where the next search has nothing to say."""
    small.reset()
    replace_data(file_of(small, name), b"x")
    for expected in (1, 0):
        with tally("index damage told in one line"):
            assert command(small, "search", "common") == 0
            lines = capsys.readouterr().err.splitlines()
            assert len(lines) == expected
            assert all("index: built" in line and "was damaged" in line for line in lines)


@pytest.mark.parametrize("name", GUARDED)
def test_damage_without_articles_is_one_error(small, tally, name, capsys):
    """Nothing is left to build from, and nothing is answered."""
    small.reset()
    replace_data(file_of(small, name), b"x")
    with tally("index damaged, articles gone"):
        nowhere = ("--content", small.folder / "nowhere", "--index", small.index)
        assert run([str(word) for word in (*nowhere, "search", "common")]) == 3
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("kb: error: ")
        assert "no such content folder" in err
        assert len(err.splitlines()) <= 2


def test_an_index_that_was_damaged_while_it_was_open(small, capsys):
    """Who already has it open finds out when reading, and says so."""
    small.reset()
    base = small.open("old")
    base.index()
    told = []
    base.on_repair = told.append
    replace_data(file_of(small, "postings"), b"")
    assert answers_of(base) == small.answers["old"]
    assert [changes.reason.startswith("the index was damaged: ") for changes in told] == [True]
    base.close()
