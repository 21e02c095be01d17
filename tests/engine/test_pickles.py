"""An index made by an enemy runs nothing."""

import io
import os
import pickle
import subprocess

import pytest
from making import make_article
from whoosh import columns, index
from whoosh.codec.whoosh3 import W3TermInfo
from whoosh.filedb import structfile
from whoosh.filedb.filestore import FileStorage

from kb.analysis import Analyzer
from kb.engine.checks import DamagedIndexError
from kb.engine.whoosh import NAME, SCHEMA, WhooshEngine
from kb.engine.whoosh.pickles import ALLOWED, GuardedTermInfo, load_plain, term_info
from kb.ranking import Ranking


class Attack:
    """Runs a call when it is unpickled."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


@pytest.mark.parametrize(
    "attack",
    [
        Attack(os.system, "touch stolen"),
        Attack(subprocess.check_output, ["touch", "stolen"]),
        Attack(eval, "open('stolen', 'w')"),
        Attack(__import__, "antigravity"),
    ],
    ids=["system", "subprocess", "eval", "import"],
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_payload_is_refused(attack, protocol, tmp_path, monkeypatch):
    """Whatever a pickle would call, naming it is an error."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError):
        load_plain(io.BytesIO(pickle.dumps([1, attack], protocol)))
    assert list(tmp_path.iterdir()) == []


def test_plain_values_are_read():
    """What Whoosh stores is plain."""
    value = {"a": [1, 2.5, None, True], "b": ("c", -1)}
    assert load_plain(io.BytesIO(pickle.dumps(value, 2))) == value


def test_nothing_that_runs_code_is_allowed():
    """The list holds classes of data only."""
    assert not {name for _, name in ALLOWED} & {"eval", "exec", "getattr", "system", "__import__"}


def test_inlined_postings_are_refused():
    """Whoosh would unpickle them; kb writes none."""
    with pytest.raises(pickle.UnpicklingError):
        GuardedTermInfo.from_bytes(b"\1" + bytes(40))


def test_a_payload_in_a_stored_field_does_not_run(tmp_path, monkeypatch):
    """Reading the record fails; nothing else happens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index").mkdir()
    engine = WhooshEngine(tmp_path / "index", Analyzer(), Ranking())
    attack = Attack(os.system, "touch stolen")
    engine.build([make_article("a", "A title", lead="Text.")])
    (path,) = (tmp_path / "index").glob("*._stored.col")
    with FileStorage(str(path.parent)).create_file(path.name) as file:
        writer = columns.PickleColumn(columns.VarBytesColumn()).writer(file)
        writer.add(0, {"record": attack})
        writer.finish(2)
    with pytest.raises(DamagedIndexError):
        engine.cards()
    engine.close()
    assert not (tmp_path / "stolen").exists()


def test_whoosh_itself_is_left_alone():
    """Whoever else uses Whoosh in the process still can."""
    assert structfile.load_pickle is pickle.load


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_payload_in_the_table_of_contents_does_not_run(tmp_path, monkeypatch):
    """Opening the index fails; nothing else happens."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "index"
    folder.mkdir()
    toc = index.TOC(SCHEMA, [Attack(os.system, "touch stolen")], 1)
    toc.write(FileStorage(str(folder)), NAME)
    with pytest.raises(pickle.UnpicklingError):
        WhooshEngine(folder, Analyzer(), Ranking()).open()
    assert not (tmp_path / "stolen").exists()


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
    assert GuardedTermInfo.extent_in(written) == (offset, length)
    with pytest.raises(pickle.UnpicklingError):
        GuardedTermInfo.extent_in(b"\1" + written[1:])
