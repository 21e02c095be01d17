"""`kb export search`."""

import json

import pytest


@pytest.fixture
def docs(tmp_path, monkeypatch):
    """A folder of MkDocs, the current one above it."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: X\n")
    (tmp_path / "docs" / "late.md").write_text(
        "# Late\n\nLook at the tracking.\n\n## A & b\n\nText.\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path / "docs"


def test_says_what_can_be_found(kb, docs):
    """Sections, articles, files and their size."""
    result = kb("export", "search", "--content", "docs", "--out", "docs/kb", "--url", "../{id}/")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("1 article, 2 sections in docs/kb: ")
    assert (docs / "kb" / "search.js").is_file()


def test_json_names_the_generator(kb, docs):
    """It is seen from the settings file, unless it is named."""
    args = ("export", "search", "--content", "docs", "--out", "out", "--url", "/{id}/", "--json")
    found = json.loads(kb(*args).out)
    assert (found["site"], found["articles"], found["sections"], found["problems"]) == (
        "mkdocs", 1, 2, [],
    )  # fmt: skip
    assert json.loads(kb(*args, "--site", "hugo").out)["site"] == "hugo"


def test_pages_that_cant_be_read_make_it_fail(kb, docs):
    """They are named on stderr; the rest is exported."""
    (docs / "bad.md").write_text("---\ntitle: a: b\n---\n")
    result = kb("export", "search", "--content", "docs", "--out", "out", "--url", "/{id}/")
    assert result.code == 3
    assert "bad.md" in result.err
    assert (docs.parent / "out" / "m.js").is_file()


def test_a_folder_of_somebody_else_is_refused(kb, docs):
    """With a reason and what to do."""
    (docs.parent / "out").mkdir()
    (docs.parent / "out" / "x").touch()
    result = kb("export", "search", "--content", "docs", "--out", "out", "--url", "/{id}/")
    assert result.code == 3
    assert "did not write" in result.err
