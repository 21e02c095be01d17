"""An index made by an enemy runs nothing."""

import os
import pickle
import subprocess

import pytest
from whoosh import columns, index
from whoosh.codec import whoosh3
from whoosh.filedb import structfile
from whoosh.filedb.filestore import FileStorage

from kb.analysis import Analyzer
from kb.engine.whoosh import NAME, SCHEMA, WhooshEngine
from kb.engine.whoosh.pickles import ALLOWED, load, loads
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
        loads(pickle.dumps([1, attack], protocol))
    assert list(tmp_path.iterdir()) == []


def test_plain_values_are_read():
    """What Whoosh stores is plain."""
    value = {"a": [1, 2.5, None, True], "b": ("c", {1, 2})}
    assert loads(pickle.dumps(value, 2)) == value


def test_nothing_that_runs_code_is_allowed():
    """The list holds classes of data only."""
    assert not {name for _, name in ALLOWED} & {"eval", "exec", "getattr", "system", "__import__"}


def test_every_module_of_whoosh_that_unpickles_is_guarded():
    """No other one imports an unpickler."""
    guarded = {structfile: "load_pickle", columns: "loads", whoosh3: "loads"}
    for module, name in guarded.items():
        assert getattr(module, name) in (load, loads)
    assert index.pickle.loads is loads


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
