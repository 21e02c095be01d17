"""Line 8 of the reliability demands, continued: an index folder that is another's.

Of another version of kb, of other articles, of another program: it is not taken for what it is
not, and nothing of somebody else is written over.
"""

import pytest
from support.states import answers_of, write

from kb import KnowledgeBase
from kb.cli.app import run


def test_an_index_of_another_version(small, tally, nursery):
    """It is built anew, and so is that one when the other version comes back."""
    small.reset()
    for version in ("0.0.1", "9.9", None):
        conditions = {"version": version} if version else {}
        with tally("index of another version"):
            life = nursery.run(
                *small.command("old", "search", "common", "--json", "--limit", "50"),
                cwd=small.folder, **conditions,
            )  # fmt: skip
            assert small.is_right(life, "old")
            assert len(life.messages) == 1
            assert "settings or version changed" in life.err


def make_other_index(folder):
    """Fill a folder with the index of another knowledge base."""
    write(folder / "content", {"one/a0": "# Other\n\nThe common words of others.\n"})
    base = KnowledgeBase.open(folder / "content", index=folder / "index")
    base.index()
    base.close()
    return folder / "index"


def make_whoosh(folder):
    """Fill a folder with an index of somebody else's program."""
    from whoosh import fields, index

    folder.mkdir(parents=True)
    writer = index.create_in(folder, fields.Schema(title=fields.TEXT(stored=True))).writer()
    writer.add_document(title="common")
    writer.commit()
    return folder


def make_notes(folder):
    """Fill a folder with files whose names are like those of kb."""
    write(folder, {"g0001/manifest": "x", "notes": "x", "index": "x"})
    (folder / "g00000x1").mkdir()
    return folder


@pytest.mark.parametrize("make", [make_other_index, make_whoosh, make_notes])
def test_a_folder_of_something_else(small, tally, tmp_path, make):
    """It is no index of these articles: one is built there, beside what was there."""
    small.reset(indexed=False)
    folder = make(tmp_path / "else")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    base = KnowledgeBase.open(small.content["old"], index=folder)
    with tally("index folder of something else"):
        base.index()
        assert answers_of(base) == small.answers["old"]
        if make is not make_other_index:
            assert {p: p.read_bytes() for p in before} == before
    base.close()


@pytest.mark.parametrize("name", ["current.json", "lock", "kept.sqlite3", "checked.json"])
def test_a_folder_with_files_that_would_be_written_over(small, tally, tmp_path, capsys, name):
    """One error names the file, which stays as it was."""
    (tmp_path / name).write_text('{"version": 12}')
    with tally("index folder of something else"):
        args = ("--content", small.content["old"], "--index", tmp_path, "search", "common")
        assert run([str(arg) for arg in args]) == 3
        assert f"{name}: this is in the way of the index" in capsys.readouterr().err
        assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(name, '{"version": 12}')]
