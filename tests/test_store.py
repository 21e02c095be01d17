"""The store: what was saved is there, and what is damaged is as none."""

import os
import sqlite3
from contextlib import closing

import pytest

from kb.errors import IndexingError
from kb.store import Scratch, Store, is_store


@pytest.fixture
def path(tmp_path):
    """Where a store may be."""
    return tmp_path / "kept"


def put(path, *values, kind="k"):
    """Put values of a kind under the keys "00", "01" and so on."""
    with closing(Store(path)) as store:
        store.put(kind, ((f"{key:02}", value) for key, value in enumerate(values)))
        return store.save()


def found(path, kind="k"):
    """Give the values of a kind in order of key."""
    with closing(Store(path)) as store:
        return [value for _, value in store.all(kind)]


def test_values_are_found_by_kind_and_key(path):
    """Any bytes under any name, lone surrogates in it, too; the last one put counts."""
    with closing(Store(path)) as store:
        assert store.get("k", "a") is None
        assert not path.exists()
        store.put("k", [("\udcff", b"\0\xff"), ("b", b""), ("b", b"two")])
        store.put("other", [("b", b"three")])
        assert store.get("k", "b") == b"two"
        assert store.save()
    with closing(Store(path)) as store:
        assert [*store.all("k")] == [("b", b"two"), ("\udcff", b"\0\xff")]
        store.drop("k", ["b", "no such key"])
        assert store.get("k", "b") is None
        assert store.get("other", "b") == b"three"
    assert found(path) == [b"two", b"\0\xff"]


def test_what_is_not_saved_is_as_it_was(path):
    """Nor does it leave anything."""
    put(path, b"one")
    size = path.stat().st_size
    with closing(Store(path)) as store:
        store.put("k", [(str(number), bytes(9_000)) for number in range(999)])
    assert found(path) == [b"one"]
    assert path.stat().st_size == size
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_never_read(path, seed):
    """Whatever bit is another: each value is the right one or none; and it can be written anew."""
    values = [bytes([65 + number]) * 700 for number in range(26)]
    put(path, *values)
    data = bytearray(path.read_bytes())
    data[len(data) * seed // 40] ^= 1 << seed % 8
    path.write_bytes(data)
    for _ in range(2):  # damage that only writing met is gone for the next
        with closing(Store(path)) as store:
            assert {value for _, value in store.all("k")} <= {*values}
            store.put("k", [(f"{key:02}", value) for key, value in enumerate(values)])
            saved = store.save()
    assert saved
    assert found(path) == values


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"x" * 9_000])
def test_a_file_that_is_no_store_is_as_none(path, data):
    """It is replaced."""
    path.write_bytes(data)
    assert found(path) == []
    assert put(path, b"one")
    assert (found(path), is_store(path)) == ([b"one"], True)


def test_a_database_of_something_else_is_none(path):
    """Even one with a table of that name."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE kept (kind, key, checksum, value)")
        other.commit()
    assert found(path) == []
    assert not is_store(path)


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_nothing_is_read_or_written_through_links(path, tmp_path, link):
    """The file takes the link's place; what it led to stays as it is."""
    put(path, b"one")
    other = tmp_path / "other"
    path.rename(other)
    link(other, path)
    assert found(path) == []
    assert put(path, b"two")
    path_inode = path.lstat().st_ino
    assert other.stat().st_ino != path_inode
    assert (found(path), found(other)) == ([b"two"], [b"one"])


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path):
    """Without an error."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "kept", None):
        assert not put(path, b"one")
        assert found(path) == []


def test_a_store_that_is_being_written_is_read_as_it_was(path):
    """By whoever does not wait for it."""
    put(path, b"one")
    with closing(Store(path)) as writer:
        writer.put("k", [("00", b"two")])
        assert found(path) == [b"one"]
        assert writer.save()
    assert found(path) == [b"two"]


def test_what_is_kept_for_a_task_has_no_name(tmp_path, monkeypatch):
    """So that no file is left when a process is killed; it holds more than its memory."""
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    with closing(Scratch()) as scratch:
        scratch.write("CREATE TABLE row (number INTEGER PRIMARY KEY, text)")
        scratch.write_all("INSERT INTO row VALUES (?, ?)", ((n, "x" * 9_000) for n in range(1_000)))
        assert [*tmp_path.iterdir()] == []
        assert scratch.row("SELECT COUNT(*), MAX(LENGTH(text)) FROM row") == (1_000, 9_000)
        assert scratch.row("SELECT 1 FROM row WHERE number = 1000") is None


def test_a_full_disk_ends_a_task():
    """With what to do; a fault of kb's own is no such thing."""
    with closing(Scratch()) as scratch:
        scratch.write("CREATE TABLE row (text)")
        scratch.write("PRAGMA max_page_count = 3")
        with pytest.raises(IndexingError, match=r"disk is full.*free some space.*TMPDIR"):
            scratch.write("INSERT INTO row VALUES (?)", "x" * 50_000)
    with closing(Scratch()) as scratch, pytest.raises(sqlite3.Error, match="no such table"):
        scratch.write("INSERT INTO other VALUES (1)")
