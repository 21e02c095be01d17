"""Facts about knowing which files an index was built from."""

import hashlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import SourceFile, scan
from kb.content.manifest import (
    Difference,
    FileStateCache,
    Source,
    compare,
    read_sources,
)
from kb.model import Problem, Severity

OLD = 1_600_000_000 * 10**9


def digest(text):
    """The digest of a file that holds a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def content(tmp_path):
    """A folder of one file, changed long ago."""
    (tmp_path / "a.md").write_text("one")
    os.utime(tmp_path / "a.md", ns=(OLD, OLD))
    return tmp_path


def state(name="a.md", mtime=OLD):
    """The state of a file that changed at a time."""
    return SourceFile(name, name.removesuffix(".md"), 3, mtime, mtime, 7)


def test_sources_survive_the_manifest():
    """All of a source comes back from JSON."""
    problems = (
        Problem("a.md", 3, "wrong", Severity.WARNING, "key"),
        Problem("a.md", None, "worse", Severity.ERROR, "content"),
    )
    source = Source("a.md", "d", "a", ("old", "older"), 4, problems)
    records = json.loads(json.dumps({source.path: source.record()}))
    assert read_sources(records) == {"a.md": source}


def as_sources(digests):
    """Sources of some files."""
    return {path: Source(path, digest) for path, digest in digests.items()}


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ({}, {}, Difference((), (), (), ())),
        ({}, {"a": "1"}, Difference(("a",), (), (), ())),
        ({"a": "1"}, {}, Difference((), (), ("a",), ())),
        ({"a": "1"}, {"a": "2"}, Difference((), ("a",), (), ())),
        ({"a": "1"}, {"b": "1"}, Difference((), (), (), (("a", "b"),))),
        ({"a": "1"}, {"b": "2"}, Difference(("b",), (), ("a",), ())),
        ({"a": "1"}, {"a": "1", "b": "1"}, Difference(("b",), (), (), ())),
        ({"a": "1", "b": "1"}, {"c": "1"}, Difference((), (), ("b",), (("a", "c"),))),
        ({"a": "1"}, {"b": "1", "c": "1"}, Difference(("c",), (), (), (("a", "b"),))),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, Difference((), ("a", "b"), (), ())),
        ({"a": ""}, {"b": ""}, Difference(("b",), (), ("a",), ())),
    ],
)
def test_what_changed(old, new, difference):
    """A file that went while one with the same digest came has moved; what can't be read has
    no digest, and never moves.
    """
    assert compare(as_sources(old), new) == difference
    assert bool(difference) == (old != new)


files = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"]))


@given(files, files)
def test_a_difference_leads_from_the_old_to_the_new(old, new):
    """Each file that differs is named once."""
    difference = compare(as_sources(old), new)
    moved = dict(difference.moved)
    kept = {path: old[path] for path in old if path not in {*difference.removed, *moved}}
    came = {*difference.added, *difference.changed, *moved.values()}
    assert {**kept, **{path: new[path] for path in came}} == new
    assert all(old[origin] == new[path] for origin, path in difference.moved)
    assert bool(difference) == (old != new)


def test_a_settled_file_is_read_once(content):
    """Its state says that it is the same; the next run knows."""
    seen = FileStateCache(content)
    assert seen.digests(content, [state()]) == {"a.md": digest("one")}
    seen.save()
    (content / "a.md").write_text("two")
    again = FileStateCache(content)
    assert again.digests(content, [state()]) == {"a.md": digest("one")}
    assert again.digests(content, [state(mtime=OLD + 1)]) == {"a.md": digest("two")}


def test_a_file_that_has_been_read_is_not_read_again(content):
    """Its digest is taken from who read it, and kept."""
    seen = FileStateCache(content)
    given = {"a.md": "other"}, time.time_ns()
    assert seen.digests(content, [state()], *given) == {"a.md": "other"}
    seen.save()
    assert FileStateCache(content).digests(content, [state()]) == {"a.md": "other"}


def test_a_file_that_was_read_just_after_it_changed_is_not_kept(content):
    """What counts is when its reader read it."""
    seen = FileStateCache(content)
    given = {"a.md": "other"}, OLD + 1
    assert seen.digests(content, [state()], *given) == {"a.md": "other"}
    assert seen.digests(content, [state()]) == {"a.md": digest("one")}


@pytest.mark.parametrize("ahead", [0, 3600 * 10**9])
def test_a_file_that_changed_just_now_is_read_again(content, ahead):
    """It may change again within the same tick of the clock; so may one from the future."""
    now = state(mtime=time.time_ns() + ahead)
    seen = FileStateCache(content)
    assert seen.digests(content, [now]) == {"a.md": digest("one")}
    (content / "a.md").write_text("two")
    assert seen.digests(content, [now]) == {"a.md": digest("two")}
    seen.save()
    (content / "a.md").write_text("six")
    assert FileStateCache(content).digests(content, [now]) == {"a.md": digest("six")}


def test_a_file_that_can_not_be_read_has_no_digest(content):
    """Not even when it was read before under another state."""
    assert FileStateCache(content).digests(content, [state("gone.md")]) == {"gone.md": ""}


def test_files_that_went_are_forgotten(content):
    """The cache does not grow for ever."""
    seen = FileStateCache(content)
    seen.digests(content, [state()])
    seen.save()
    gone = FileStateCache(content)
    assert gone.digests(content, []) == {}
    gone.save()
    assert b"a.md" not in (content / "seen.json").read_bytes()


def test_nothing_is_written_when_nothing_is_new(content):
    """A search does not write."""
    seen = FileStateCache(content)
    seen.digests(content, [state()])
    seen.save()
    (content / "seen.json").touch()
    before = (content / "seen.json").stat()
    again = FileStateCache(content)
    again.digests(content, [state()])
    again.save()
    seen.save()
    assert (content / "seen.json").stat() == before


@pytest.mark.parametrize("harm", range(0, 200, 7))
def test_a_damaged_cache_is_no_cache(content, harm):
    """A flipped bit makes files be read again, and is gone after that."""
    seen = FileStateCache(content)
    seen.digests(content, [state()])
    seen.save()
    path = content / "seen.json"
    data = bytearray(path.read_bytes())
    data[harm % len(data)] ^= 1
    path.write_bytes(data)
    again = FileStateCache(content)
    assert again.digests(content, [state()]) == {"a.md": digest("one")}
    again.save()
    assert FileStateCache(content)._known == seen._known


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"[" * 100_000, b"\xff\x00"])
def test_a_foreign_cache_is_no_cache(content, data):
    """Whatever stands in the file."""
    (content / "seen.json").write_bytes(data)
    assert FileStateCache(content).digests(content, [state()]) == {"a.md": digest("one")}


def test_where_nothing_can_be_written_nothing_is_lost(content, monkeypatch):
    """Digests are as right without the cache."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    seen = FileStateCache(content)
    assert seen.digests(content, [state()]) == {"a.md": digest("one")}
    seen.save()
    assert sorted(path.name for path in content.iterdir()) == ["a.md"]


def test_names_that_are_not_utf8_are_kept(content):
    """A file name of other bytes is a name like any other to the cache."""
    seen = FileStateCache(content)
    name = "\udcff.md"
    seen.digests(content, [state(name)])
    seen.save()
    assert name in FileStateCache(content)._known


def test_states_are_those_that_a_scan_finds(content):
    """A scan and the cache agree on what a file's state is."""
    listing = scan(content)
    seen = FileStateCache(content)
    assert seen.digests(content, listing.articles) == {"a.md": digest("one")}


def test_a_file_too_large_to_be_an_article_is_not_read(tmp_path):
    """Its size is its digest: a sparse file of a terabyte costs nothing."""
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / "b.md").write_text("b")
    digests = FileStateCache(tmp_path / "index", 1_000).digests(tmp_path, scan(tmp_path).articles)
    assert digests == {"a.md": "1099511627776 bytes", "b.md": hashlib.sha256(b"b").hexdigest()}
