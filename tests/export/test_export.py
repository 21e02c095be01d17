"""What the files of the export are: deterministic, documented, and free of what is not public."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.ranking import LEVEL_MASK
from kb.site.export.encoding import DIGITS, Shard, encode, encode_gaps, make_shard
from kb.site.export.manifest import FORMAT
from kb.site.export.terms import code_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/search-format.md"


@pytest.fixture(scope="module")
def reader():
    """The reader that the documentation gives."""
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert len(code.splitlines()) <= 42
    names = {}
    exec(code, names)
    return names


@given(st.lists(st.integers(0, 1 << 40)))
def test_numbers_are_read_as_written(reader, numbers):
    """Any numbers of 0 or more."""
    assert list(reader["numbers"](encode(numbers))) == numbers


@given(st.sets(st.integers(0, 1 << 20)))
def test_gaps_are_read_as_written(reader, numbers):
    """Any ascending numbers."""
    ascending = sorted(numbers)
    assert list(reader["gaps"](encode_gaps(ascending))) == ascending


def test_the_documented_reader_reads_every_posting(open_base, export, reader, tmp_path):
    """The reader of the documentation finds each term's sections with the levels of the index."""
    base = open_base(ROOT / "content")
    for name, data in export(base).items():
        (tmp_path / name).write_bytes(data)
    index = base.engine.reader
    numbers = {
        doc: number
        for number, doc in enumerate(
            doc
            for id_ in sorted(index.terms_of("id"))
            if index.documents_of(id_)
            for doc in index.documents_of(id_)[1:]
        )
    }
    found = dict(reader["terms"](tmp_path))
    assert found.keys() == set(index.terms_of("terms"))
    for term, levels in found.items():
        docs, weights = index.postings("terms", term)
        expected = {
            numbers[d]: weight & LEVEL_MASK for d, weight in zip(docs, weights, strict=True)
        }
        assert levels == expected, term


def test_an_export_is_the_same_every_time(open_base, export):
    """The same articles give the same files, whatever the index went through."""
    base = open_base(ROOT / "content")
    first = export(base)
    base.index(force=True)
    assert export(base) == first


def test_names_hold_the_hash_of_the_bytes():
    """Another byte, another name; the manifest alone keeps its name."""
    one, other = make_shard("t0", {"terms": []}), make_shard("t0", {"terms": [1]})
    assert one.file != other.file
    assert re.fullmatch(r"t0\.[0-9a-v]{6}\.js", one.file)
    assert make_shard("m", {}).file == "m.js"
    assert isinstance(one, Shard)


def test_every_file_is_data_and_a_script(open_base, export):
    """JSON between the parentheses, in one line, with the name that the file has."""
    for name, data in export(open_base(ROOT / "content")).items():
        text = data.decode()
        assert text.startswith("kbShard({")
        assert text.endswith("})\n")
        assert json.loads(text[8:-2])["name"] == name.partition(".")[0]


def test_what_is_not_public_is_not_exported(tmp_path, open_base, export):
    """Agents' articles, drafts and archived ones leave no word in any file."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "open.md").write_text("# Open\n\nFor everybody.\n")
    for name, key in (("a", "audience: agent"), ("d", "status: draft"), ("x", "status: archived")):
        (content / f"{name}.md").write_text(f"---\n{key}\n---\n# Xylophone\n\nXylophones.\n")
    together = b"".join(export(open_base(content)).values())
    assert b"ylophon" not in together
    assert b"everybodi" in together


def test_an_empty_base_has_an_export(tmp_path, open_base, export):
    """Without an article there still is a manifest."""
    content = tmp_path / "content"
    content.mkdir()
    files = export(open_base(content))
    assert set(files) >= {"m.js"}


def test_the_documentation_knows_the_format(open_base, export):
    """Its number, the digits, and every key of the manifest."""
    text = DOCS.read_text()
    assert f"format {FORMAT}" in text
    assert DIGITS in text
    manifest = json.loads(export(open_base(ROOT / "content"))["m.js"][8:-2])
    missing = [key for key in manifest if f"`{key}" not in text and f"`{key}." not in text]
    assert missing == []


def test_the_manifest_knows_which_terms_there_are(export, open_base, reader):
    """Every term of letters alone has its code there, and few that are none have one."""
    base = open_base(ROOT / "content")
    terms = set(base.engine.reader.terms_of("terms"))
    held = json.loads(export(base)["m.js"][8:-2])["terms"]
    codes = set(reader["gaps"](held["codes"]))
    of_letters = {term for term in terms if term.isalpha()}
    assert {code_of(term, held["size"]) for term in of_letters} <= codes
    others = {term[::-1] + "q" for term in of_letters} - terms
    assert sum(code_of(term, held["size"]) in codes for term in others) < len(others) / 4


def test_tags_that_differ_in_case_alone_are_one(tmp_path, open_base, export):
    """An article that has both stands once under it; to go up from a number to itself has no end."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("---\ntags: [Late, late, LATE]\n---\nwords\n")
    facets = next(
        d for name, d in export(open_base(tmp_path / "content")).items() if name[0] == "f"
    )
    assert b'"tag:late":"0"' in facets
