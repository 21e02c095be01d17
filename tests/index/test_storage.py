"""An index made by an enemy runs nothing: nothing of it is unpickled."""

import json
import os
import pickle
import pickletools

import pytest
from support.articles import make_article
from whoosh import columns, index
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo
from whoosh.filedb import structfile
from whoosh.filedb.filestore import FileStorage

from kb.config import Ranking
from kb.index.generations import DamagedIndexError
from kb.index.whoosh.codec import GuardedStorage, GuardedTermInfo, term_info, whoosh_segment
from kb.index.whoosh.engine import WhooshEngine
from kb.index.whoosh.reader import LEXICON, open_reader
from kb.index.whoosh.segment import NAME, POSTINGS, RECORDS, TERMS, SegmentInfo, extent_in
from kb.index.whoosh.writer import SCHEMA
from kb.text.analysis import Analyzer


class Attack:
    """Runs a command when it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch stolen",)


def articles(ids):
    """Articles of equal length."""
    return [make_article(id_, "A title", lead="Text.") for id_ in ids]


def ends_as_pickle(data):
    """Whether some bytes begin with a pickle that has more in it than a number."""
    try:
        return data[0] == 0x80 and max(at for _, _, at in pickletools.genops(data)) > 8
    except (ValueError, UnicodeDecodeError, OverflowError):
        return False


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine with eight articles, one of which was replaced."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "index"
    folder.mkdir()
    engine = WhooshEngine(folder, Analyzer(), Ranking())
    engine.build(articles("abcdefgh"))
    assert engine.update("a", articles("a"))
    yield engine
    engine.close()
    assert not (tmp_path / "stolen").exists()


def test_an_index_holds_no_pickle(engine):
    """Those that Whoosh writes begin with the number of their protocol, and have an end."""
    assert ends_as_pickle(pickle.dumps({"fields": 1}, 2))
    for path in engine.folder.iterdir():
        if path.is_file() and path.name != LEXICON:  # it is compressed: anything may stand in it
            data = path.read_bytes()
            assert not [at for at in range(len(data)) if ends_as_pickle(data[at:])], path


def test_nothing_is_unpickled(engine, monkeypatch):
    """Neither by what searches nor by what updates and merges."""

    def refuse(*_args, **_options):
        raise AssertionError

    for module in (pickle, structfile):
        for name in ("load", "loads", "Unpickler", "load_pickle"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, refuse)
    assert list(engine.cards()) == [*"abcdefgh"]
    engine.close()
    assert engine.update("bcd", articles("bcd"))
    assert list(engine.cards()) == [*"abcdefgh"]
    assert len(list(engine.folder.glob("*.trm"))) == 1  # so segments were merged


def test_whoosh_itself_is_left_alone():
    """Whoever else uses Whoosh in the process still can."""
    assert structfile.load_pickle is pickle.load


def test_contents_of_whooshs_own_are_not_read(engine):
    """Though they would be newer."""
    toc = index.TOC(SCHEMA, Attack(), 9)
    toc.write(FileStorage(str(engine.folder)), NAME)
    assert list(engine.cards()) == [*"abcdefgh"]


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        pickle.dumps(Attack()),
        b"[" * 100_000,
        b"[]",
        b'{"segments": 1}',
        b'{"segments": [1]}',
        b'{"segments": [["../../a", 1, []]]}',
        b'{"segments": [["a", -1, []]]}',
        b'{"segments": [["a", 1.0, []]]}',
        b'{"segments": [["a", true, []]]}',
        b'{"segments": [["a", 1, null]]}',
        b'{"segments": [["a", 1, [1]]]}',
        b'{"segments": [["a", 1, [false]]]}',
        b'{"segments": [["a", 1, []]]}',
        b'{"segments": [["a", 1, [], 1]]}',
    ],
    ids=repr,
)
def test_contents_that_are_not_kbs_are_damage(engine, contents):
    """Whatever is wrong with them, and segments that are not there."""
    (engine.folder / "contents.json").write_bytes(contents)
    with pytest.raises(DamagedIndexError):
        open_reader(engine.folder)


def test_contents_say_what_is_deleted(engine):
    """A document is deleted until segments are merged; its segment stays as it was."""
    segments = json.loads((engine.folder / "contents.json").read_bytes())["segments"]
    assert [(count, deleted) for _, count, deleted in segments] == [(16, [0, 1]), (2, [])]


@pytest.mark.parametrize("value", [{"a": {"b": 1}, "c": "\u00fc\ud800"}, [], None])
def test_plain_values_are_kept_as_json(tmp_path, value):
    """Where Whoosh would pickle them."""
    storage = GuardedStorage(str(tmp_path))
    with storage.create_file("one") as file:
        file.write_pickle(value)
        file.write_int(7)
    assert json.dumps(value, separators=(",", ":")).encode() in (tmp_path / "one").read_bytes()
    with storage.open_file("one") as file:
        assert file.read_pickle() == value
        assert file.read_int() == 7


def test_a_payload_in_a_stored_field_does_not_run(engine):
    """Reading the record fails; nothing else happens."""
    path = max(engine.folder.glob("*._stored.col"), key=lambda path: path.stat().st_size)
    with FileStorage(str(path.parent)).create_file(path.name) as file:
        writer = columns.PickleColumn(columns.VarBytesColumn()).writer(file)
        for number in range(16):
            writer.add(number, {"record": Attack()})
        writer.finish(16)
    with pytest.raises(DamagedIndexError):
        engine.cards()


def test_inlined_postings_are_refused():
    """Whoosh would unpickle them; kb writes none."""
    with pytest.raises(DamagedIndexError, match="holds its postings"):
        GuardedTermInfo.from_bytes(b"\1" + bytes(40))


@pytest.mark.parametrize(
    ("frequency", "offset", "length"), [(0, 0, 0), (7, 1 << 40, 12), (1, 5, 3)]
)
def test_term_infos_are_those_of_whoosh(frequency, offset, length):
    """Written in one go, read by its own class."""
    own = W3TermInfo()
    own._df = frequency
    own.set_extent(offset, length)
    written = term_info(frequency, offset, length)
    assert written == own.to_bytes()
    assert extent_in(written) == (offset, length)
    with pytest.raises(DamagedIndexError, match="holds its postings"):
        extent_in(b"\1" + written[1:])


def test_files_are_named_as_whoosh_names_them():
    """A search, which does not import its codec, finds what that wrote."""
    segment = whoosh_segment(SegmentInfo("1f", 3, ()))
    assert W3Codec.TERMS_EXT == TERMS
    assert W3Codec.POSTS_EXT == POSTINGS
    assert W3Codec.column_filename(segment, "_stored") == f"{NAME}_1f{RECORDS}"
