"""kb.evaluate.place: where a judged folder's articles and index are."""

from pathlib import Path

import pytest

from kb.errors import JudgmentError
from kb.evaluate.place import cache_folder, find_articles, index_place


def test_articles_are_found_through_links(folder, tmp_path):
    """Folders that share their articles by a link have the same articles."""
    assert find_articles(folder) == (folder / "articles").resolve()
    other = tmp_path / "other"
    other.mkdir()
    for name in ("queries.jsonl", "qrels.tsv"):
        (other / name).touch()
    (other / "articles").symlink_to(folder / "articles")
    assert find_articles(other) == find_articles(folder)


def test_what_is_no_judged_folder_is_an_error(folder, tmp_path):
    """A folder that is not there, or lacks its articles, says what it should hold."""
    with pytest.raises(JudgmentError, match="no such folder") as caught:
        find_articles(tmp_path / "none")
    assert "queries.jsonl" in caught.value.hint
    (folder / "articles").rename(folder / "moved")
    with pytest.raises(JudgmentError, match="no such folder") as caught:
        find_articles(folder)
    assert caught.value.path == str(folder / "articles")


def test_an_index_is_kept_in_the_cache_and_never_beside_the_articles(folder, tmp_path):
    """The same articles get the same index, others another."""
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "LOCALAPPDATA": str(tmp_path / "cache")}
    place = index_place(folder / "articles", environ)
    assert place.is_dir()
    assert not place.is_relative_to(folder)
    assert index_place(folder / "articles", environ) == place
    assert index_place(folder, environ) != place


def test_without_a_cache_the_index_is_temporary(folder, tmp_path):
    """Where the cache can't be made, a new temporary folder serves."""
    (tmp_path / "file").touch()
    environ = {"XDG_CACHE_HOME": str(tmp_path / "file"), "LOCALAPPDATA": str(tmp_path / "file")}
    place = index_place(folder, environ)
    assert place.is_dir()
    place.rmdir()


def test_each_system_has_its_place_for_caches():
    """Windows, macOS and the others, each by its own rule."""
    environ = {"LOCALAPPDATA": "local", "XDG_CACHE_HOME": "xdg"}
    assert cache_folder(environ, "win32") == Path("local/helpkb/cache")
    assert cache_folder({}, "win32") == Path.home() / "AppData/Local/helpkb/cache"
    assert cache_folder(environ, "darwin") == Path.home() / "Library/Caches/helpkb"
    assert cache_folder(environ, "linux") == Path("xdg/helpkb")
    assert cache_folder({}, "linux") == Path.home() / ".cache/helpkb"
