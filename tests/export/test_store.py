"""The file of texts: what is damaged is as none, and nothing is written through links."""

import os

import pytest

from kb.site.export.shards import AppendLog


def write(path, *texts, kept=()):
    """Add texts, and give all places."""
    store = AppendLog(path)
    assert store.open(kept)
    places = [store.keep(place) for place in kept] + [store.add(text) for text in texts]
    assert store.finish()
    store.close()
    return places


def read(path, places):
    """The texts at some places."""
    store = AppendLog(path)
    store.open(places)
    found = [store.read(place) for place in places]
    store.close()
    return found


def test_texts_are_read_as_they_were_written(tmp_path):
    """Lone surrogates and all; those of before stay where they are."""
    path = tmp_path / "texts"
    first = write(path, "a", "\ud800", "", "\U0001f600")
    both = write(path, "more", kept=first)
    assert both[:4] == first
    assert read(path, both) == ["a", "\ud800", "", "\U0001f600", "more"]


def test_damage_is_told_text_by_text(tmp_path):
    """The others are whole."""
    path = tmp_path / "texts"
    places = write(path, "one", "two", "six")
    path.write_bytes(b"onetwasix")
    assert read(path, places) == ["one", None, "six"]
    path.write_bytes(b"onetwo")
    assert read(path, places) == ["one", "two", None]
    assert not AppendLog(path).holds(places)
    assert AppendLog(path).holds(places[:2])
    path.unlink()
    assert read(path, places) == [None, None, None]
    assert not AppendLog(path).holds(places)


def test_what_is_of_no_use_goes_when_it_is_most(tmp_path):
    """What is kept has another place, then, unless it is damaged."""
    path = tmp_path / "texts"
    places = write(path, "x" * 100, "one", "two")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"one", b"eno"))
    assert write(path, "new", kept=places[1:])[0] is None
    assert path.read_text() == "twonew"
    assert [p.name for p in tmp_path.iterdir()] == ["texts"]


def test_what_is_not_finished_leaves_nothing(tmp_path):
    """Neither in the file nor beside it."""
    path = tmp_path / "texts"
    places = write(path, "one", "two")
    for kept in (places, []):
        store = AppendLog(path)
        store.open(kept)
        store.add("more")
        store.close()
        assert path.read_text() == "onetwo"
    assert [p.name for p in tmp_path.iterdir()] == ["texts"]


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_nothing_is_written_through_links(tmp_path, link):
    """The file takes the link's place; what it led to stays as it is."""
    path, other = tmp_path / "texts", tmp_path / "other"
    places = write(path, "one", "two")
    path.rename(other)
    link(other, path)
    assert write(path, "more", kept=places)
    assert (other.read_text(), path.read_text()) == ("onetwo", "onetwomore")


def test_a_full_disk_keeps_what_there_was(tmp_path):
    """What was written by then is taken back."""
    path = tmp_path / "texts"
    places = write(path, "one")

    class Full:
        def write(self, data):
            raise OSError(28, "full")

        def close(self):
            pass

    store = AppendLog(path)
    store.open(places)
    store._writing.close()
    store._writing = Full()
    store.add("more")
    assert store.read(places[0]) == "one"
    assert not store.finish()
    store.close()
    assert read(path, places) == ["one"]
