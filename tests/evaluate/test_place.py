"""kb.evaluate.judgments: where a judged folder's articles and index are."""

from pathlib import Path

import pytest

from kb.errors import JudgmentError
from kb.evaluate.judgments import find_articles, index_place


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


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Where caches of the user are, by whatever name a system asks for it."""
    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_index_is_kept_in_the_cache_and_never_beside_the_articles(folder, cache):
    """The same articles get the same index, others another."""
    place = index_place(folder / "articles")
    assert place.is_dir()
    assert place.is_relative_to(cache)
    assert index_place(folder / "articles") == place
    assert index_place(folder) != place


def test_without_a_cache_the_index_is_temporary(folder, cache):
    """Where the cache can't be made, a new temporary folder serves."""
    cache.touch()
    place = index_place(folder)
    assert place.is_dir()
    assert not place.is_relative_to(cache)
    place.rmdir()


def test_a_cache_that_depends_on_the_working_folder_is_not_used(folder, monkeypatch):
    """Nothing is written beside what somebody happens to look at."""
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("~/.cache/helpkb"))
    index_place(folder).rmdir()
    assert sorted(folder.iterdir()) == before
