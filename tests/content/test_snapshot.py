"""Facts about knowing what of a content folder has changed."""

import hashlib
import os
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kb.config import Config
from kb.content import SourceFile, scan
from kb.content.snapshot import FileStates
from kb.store import STORE, Store

OLD = 1_600_000_000 * 10**9


def digest(text):
    """The digest of a file that holds a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def content(tmp_path):
    """A folder of one file, changed long ago."""
    (tmp_path / "content").mkdir()
    (tmp_path / "index").mkdir()
    (tmp_path / "content" / "a.md").write_text("one")
    os.utime(tmp_path / "content" / "a.md", ns=(OLD, OLD))
    return tmp_path / "content"


def state(name="a.md", mtime=OLD):
    """The state of a file that changed at a time."""
    return SourceFile(name, name.removesuffix(".md"), 3, mtime, mtime, 7)


def states(content, **limits):
    """Give the states of files below a folder that are kept beside it, as a new run finds them."""
    config = replace(Config(), content=content, index=content.parent / "index")
    return FileStates(replace(config, limits=replace(config.limits, **limits)))


def kept(content):
    """Give what is kept, by path."""
    with closing(Store(content.parent / "index" / STORE)) as store:
        return dict(store.all("file"))


def test_a_settled_file_is_read_once(content):
    """Its state says that it is the same; the next run knows."""
    seen = states(content)
    assert seen.known(state()) is None
    assert seen.digest(state()) == digest("one")
    seen.save([state()])
    (content / "a.md").write_text("two")
    again = states(content)
    assert again.known(state()) == again.digest(state()) == digest("one")
    assert again.known(state(mtime=OLD + 1)) is None
    assert again.digest(state(mtime=OLD + 1)) == digest("two")


def test_a_file_that_has_been_read_is_not_read_again(content):
    """Its digest is taken from who read it, and kept."""
    seen = states(content)
    seen.note(state(), "other", time.time_ns())
    assert seen.known(state()) == seen.digest(state()) == "other"
    seen.save([state()])
    assert states(content).digest(state()) == "other"


def test_a_file_that_was_read_just_after_it_changed_is_not_kept(content):
    """What counts is when its reader read it."""
    seen = states(content)
    seen.note(state(), "other", OLD + 1)
    assert seen.digest(state()) == "other"
    seen.save([state()])
    assert states(content).digest(state()) == digest("one")


@pytest.mark.parametrize("ahead", [0, 3600 * 10**9])
def test_a_file_that_changed_just_now_is_read_again(content, ahead):
    """It may change again within the same tick of the clock; so may one from the future."""
    now = state(mtime=time.time_ns() + ahead)
    seen = states(content)
    assert seen.digest(now) == digest("one")
    seen.save([now])
    (content / "a.md").write_text("six")
    assert states(content).known(now) is None
    assert states(content).digest(now) == digest("six")


def test_a_file_that_can_not_be_read_has_no_digest(content):
    """Not even when it was read before under another state."""
    assert states(content).digest(state("gone.md")) == ""


def test_files_that_went_are_forgotten(content):
    """What is kept does not grow for ever."""
    seen = states(content)
    seen.digest(state())
    seen.save([state()])
    assert [*kept(content)] == ["a.md"]
    states(content).save([])
    assert kept(content) == {}


def test_nothing_is_written_when_nothing_is_new(content):
    """A search does not write."""
    seen = states(content)
    seen.digest(state())
    seen.save([state()])
    before = (content.parent / "index" / STORE).stat()
    again = states(content)
    again.digest(state())
    again.save([state()])
    seen.save([state()])
    assert (content.parent / "index" / STORE).stat() == before


@pytest.mark.parametrize("value", [b"", b"x", b"3 ", b"3 1 1 7", b"\xff\x00"])
def test_what_is_no_state_is_as_none(content, value):
    """Whatever is kept under the file's name."""
    with closing(Store(content.parent / "index" / STORE)) as store:
        store.put("file", [("a.md", value)])
        store.save()
    assert states(content).digest(state()) == digest("one")


def test_where_nothing_can_be_written_nothing_is_lost(content):
    """Digests are as right without what is kept."""
    Path(content.parent / "index").rmdir()
    seen = states(content)
    assert seen.digest(state()) == digest("one")
    seen.save([state()])
    assert [path.name for path in content.parent.iterdir()] == ["content"]


def test_names_that_are_not_utf8_are_kept(content):
    """A file name of other bytes is a name like any other."""
    name = "\udcff.md"
    seen = states(content)
    seen.digest(state(name))
    seen.save([state(name)])
    assert [*kept(content)] == [name]


def test_a_file_too_large_to_be_an_article_is_not_read(content):
    """Its size is its digest: a sparse file of a terabyte costs nothing."""
    with (content / "a.md").open("wb") as file:
        file.truncate(1 << 40)
    (content / "b.md").write_text("b")
    seen = states(content, file=1_000)
    found = {file.path: seen.digest(file) for file in scan(content).articles}
    assert found == {"a.md": "1099511627776 bytes", "b.md": digest("b")}
