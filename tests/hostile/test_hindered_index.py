"""Line 10 of the reliability demands: no space, no permission, no file handles, no clock.

Real processes meet each of these while they index, search and build. The index of before stays
whole, what was begun is removed, one line says why, and searching goes on with what there is.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.disks import PAGE, fill, small_disk
from support.states import States

import kb

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery asks /proc")

is_root = hasattr(os, "geteuid") and os.geteuid() == 0
SOMEBODY = 12345


def is_open_to_others(path):
    """Whether another user may read a folder, which lies in folders that such a one may enter."""
    modes = [folder.stat().st_mode for folder in (path, *path.parents)]
    return modes[0] & 0o005 == 0o005 and all(mode & 0o001 for mode in modes)


needs_somebody = pytest.mark.skipif(
    not is_root or not is_open_to_others(Path(kb.__file__).resolve().parent),
    reason="only root may become somebody else, who has to be able to read kb",
)
WRITING = [("index",), ("index", "--force")]


@pytest.fixture(scope="module")
def ours():
    """A knowledge base in two states, in a folder that others may enter: pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="kb-hindered-") as folder:
        Path(folder).chmod(0o755)
        yield States(Path(folder), articles=5)


@contextmanager
def index_on_small_disk(states, folder):
    """A disk of one megabyte that holds the index."""
    with small_disk(folder) as made:
        before, states.index = states.index, folder / "index"
        try:
            yield made
        finally:
            states.index = before


def run(nursery, states, *command, state="new", **conditions):
    """Run a command where something is wrong."""
    return nursery.run(*states.command(state, *command), cwd=states.folder, **conditions)


def check_refused(life, *words, code=3):
    """One line says why, on stderr alone, and the exit code is not zero."""
    assert life.code == code, life
    *warnings, error = life.messages
    assert all(line.startswith("warning: answers are from the index as it") for line in warnings)
    assert error.startswith("kb: error: ")
    assert any(word in error for word in words), life.messages
    assert life.out == ""


def check_old(nursery, states, **conditions):
    """The old state is there, whole and alone, and answers, saying that it is the old one."""
    assert states.state() == "old"
    assert states.leftovers() == set()
    life = run(nursery, states, "search", "common", "--json", "--limit", "50", **conditions)
    assert states.is_right(life, "old"), life
    assert life.messages[0].startswith("warning: answers are from the index as it was: ")
    assert len(life.messages) == 1


FULL = ("No space left on device", "File too large")


@pytest.mark.skipif(not is_root, reason="only root may mount a disk")
@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk(nursery, tally, ours, tmp_path, command):
    """However much is left of it, as long as it is not enough."""
    with index_on_small_disk(ours, tmp_path / "disk") as small:
        outcomes = []
        for left in range(0, 160 * PAGE, 16 * PAGE):
            ours.reset()
            fill(small, left)
            with tally("full disk"):
                life = run(nursery, ours, *command)
                outcomes.append(life.code)
                if life.code:
                    check_refused(life, *FULL)
                    fill(small, 0)  # what is too little to build anew may do for an update
                    check_old(nursery, ours)
                else:
                    assert ours.state() == "new"
            (small / "ballast").unlink()
        assert outcomes[0] == 3
        assert outcomes[-1] == 0


@pytest.mark.parametrize("command", WRITING)
def test_files_that_can_not_grow(nursery, tally, ours, command):
    """As on a full disk, without one."""
    codes = []
    for size in (0, 1, 100, 1000, 2000, 4000, 8000, 10**6):
        ours.reset()
        with tally("full disk, simulated"):
            life = run(nursery, ours, *command, file_size=size)
            codes.append(life.code)
            if life.code:
                check_refused(life, *FULL)
                check_old(nursery, ours, file_size=0)
    assert codes[0] == 3
    assert codes[-1] == 0


@pytest.mark.parametrize("command", WRITING)
def test_no_index_yet_and_no_space(nursery, tally, ours, command):
    """Nothing can answer, and nothing is left."""
    for words in (command, ("search", "common")):
        ours.reset(indexed=False)
        with tally("full disk, simulated"):
            check_refused(run(nursery, ours, *words, file_size=100), *FULL)
            assert {path.name for path in ours.index.iterdir()} <= {"lock"}


@contextmanager
def permissions(path, mode):
    """Change those of a folder and of all in it, for a while."""
    paths = [path, *path.rglob("*")]
    before = [(p, p.stat().st_mode) for p in paths]
    for p in paths:
        p.chmod(mode | (0o111 if p.is_dir() and mode else 0))
    try:
        yield
    finally:
        for p, old in before:
            p.chmod(old)


@pytest.mark.skipif(not is_root, reason="only root may become somebody else")
@pytest.mark.parametrize("command", WRITING)
def test_a_folder_that_may_only_be_read(nursery, tally, ours, command):
    """An index that fits answers, and one that does not answers, too, and says so."""
    ours.reset()
    with permissions(ours.index, 0o444), tally("read-only folder"):
        check_refused(run(nursery, ours, *command, user=SOMEBODY), "Permission denied")
        check_old(nursery, ours, user=SOMEBODY)
        life = run(
            nursery, ours, "search", "common", "--json", "--limit", "50", state="old", user=SOMEBODY
        )
        assert ours.is_right(life, "old")
        assert life.err == ""


@pytest.mark.skipif(not is_root, reason="only root may mount a disk")
@pytest.mark.parametrize("command", WRITING)
def test_a_disk_that_may_only_be_read(nursery, tally, ours, tmp_path, command):
    """Not even by root."""
    with index_on_small_disk(ours, tmp_path / "disk") as small:
        ours.reset()
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        with tally("read-only disk"):
            check_refused(run(nursery, ours, *command), "Read-only file system")
            check_old(nursery, ours)
            life = run(nursery, ours, "show", "one/a0", state="old")
            assert (life.code, life.err) == (0, "")


def test_a_damaged_index_that_can_not_be_built_anew(nursery, tally, ours):
    """Nothing answers, and the line says both."""
    ours.reset()
    next(ours.index.glob("g*/tables.bin")).write_bytes(b"")
    for words in (("index",), ("search", "common")):
        with tally("full disk, simulated"):
            life = run(nursery, ours, *words, file_size=100)
            check_refused(life, *FULL)
            assert "the index was damaged: g00000001/tables.bin" in life.messages[0]


@pytest.mark.skipif(not is_root, reason="only root may become somebody else")
@pytest.mark.parametrize("words", [*WRITING, ("search", "common")])
def test_an_index_that_may_not_even_be_read(nursery, tally, ours, words):
    """Whole or not, nobody can tell: it is left alone."""
    ours.reset()
    with permissions(ours.index, 0), tally("no permission"):
        check_refused(run(nursery, ours, *words, user=SOMEBODY), "Permission denied")
    with permissions(next(ours.index.glob("g*")), 0), tally("no permission"):
        check_refused(run(nursery, ours, *words, user=SOMEBODY), "Permission denied")
    assert ours.state() == "old"


@pytest.mark.skipif(not is_root, reason="only root may become somebody else")
def test_articles_that_may_not_be_read(nursery, tally, ours):
    """They are told, each in a line, and the others are found."""
    ours.reset(indexed=False)
    ours.index.mkdir()
    ours.index.chmod(0o777)
    with permissions(ours.content["old"] / "one" / "a0.md", 0), tally("no permission"):
        life = run(nursery, ours, "index", state="old", user=SOMEBODY)
        assert life.code == 3
        (line,) = life.messages
        assert "one/a0.md: can't read this file: Permission denied" in line
        life = run(nursery, ours, "search", "common", "--json", state="old", user=SOMEBODY)
        assert "one/a0" not in {hit["article"] for hit in json.loads(life.out)["hits"]}
        assert "one/a1" in {hit["article"] for hit in json.loads(life.out)["hits"]}


@needs_somebody
@pytest.mark.parametrize("mode", [0, 0o111])
@pytest.mark.parametrize("words", [*WRITING, ("search", "common"), ("topics",), ("build",)])
def test_a_content_folder_that_may_not_be_read(nursery, tally, ours, words, mode):
    """That is what is said, and of the index nothing; it is left as it is."""
    ours.reset()
    content = ours.content["old"]
    before = content.stat().st_mode
    content.chmod(mode)
    try:
        with tally("no permission"):
            life = run(nursery, ours, *words, state="old", user=SOMEBODY)
    finally:
        content.chmod(before)
    assert (life.code, life.out) == (3, "")
    (line,) = life.messages
    assert line == f"kb: error: {content}: the content folder can't be read: Permission denied"
    assert ours.state() == "old"


@needs_somebody
def test_a_folder_of_articles_that_may_not_be_read(nursery, tally, ours):
    """It is told in a line, and the site is built of the others."""
    ours.reset(indexed=False)
    ours.index.mkdir()
    ours.index.chmod(0o777)
    with (
        tempfile.TemporaryDirectory(prefix="kb-hindered-") as name,
        permissions(ours.content["old"] / "one", 0),
        tally("no permission"),
    ):
        Path(name).chmod(0o777)
        site = Path(name) / "site"
        life = run(nursery, ours, "build", "--out", site, state="old", user=SOMEBODY)
        assert life.code == 3
        assert "bug" not in life.err
        (line,) = [line for line in life.messages if line.startswith("error: ")]
        assert line == "error: one: can't list this folder: Permission denied"
        assert (site / "index.html").is_file()


@pytest.mark.parametrize("words", [*WRITING, ("search", "common")])
def test_no_file_handles(nursery, tally, ours, words):
    """However many are left, as long as they are not enough. To remove a folder takes some, too:
    what can't be removed at once goes with the next run.
    """
    codes = []
    for handles in range(0, 24, 2):
        ours.reset()
        with tally("out of file handles"):
            life = run(nursery, ours, *words, handles=handles)
            codes.append(life.code)
            if life.code:
                check_refused(life, "Too many open files")
                assert ours.state() == "old"
            elif words[0] == "index":
                assert ours.state() == "new"
            assert run(nursery, ours, "search", "common").code == 0
            assert ours.state() == "new"
            assert ours.leftovers() == set()
    assert codes[0] == 3
    assert codes[-1] == 0


def test_no_file_handles_to_begin_with(ours, tally):
    """A process that has to import everything first."""
    ours.reset()
    command = [str(word) for word in ours.command("new", "search", "common")]
    for handles in range(6, 24, 2):
        with tally("out of file handles"):
            found = subprocess.run(
                ["sh", "-c", f'ulimit -n {handles}; exec "$0" -m kb "$@"', sys.executable, *command],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert found.returncode == 0 or "Too many open files" in found.stderr, found
            assert "this is a bug" not in found.stderr
            assert ours.state() in ("old", "new")


HOUR = 3600


@pytest.mark.parametrize("seconds", [-HOUR, -(10**9), HOUR, 10**9])
def test_a_clock_that_was_moved(nursery, tally, ours, seconds):
    """What changes then is noticed then, and what changed before is not forgotten."""
    ours.reset()
    with tally("clock moved"):
        assert run(nursery, ours, "index", clock=seconds).code == 0
        assert ours.state() == "new"
        assert run(nursery, ours, "index", state="old", clock=-seconds).code == 0
        assert ours.state() == "old"


@pytest.mark.parametrize("seconds", [-HOUR, HOUR])
def test_articles_from_another_time(nursery, tally, ours, tmp_path, seconds):
    """An article that is older, or newer, than when it was indexed, and as long as it was."""
    content = tmp_path / "content"
    shutil.copytree(ours.content["old"], content)
    ours.reset()
    args = ("--content", content, "--index", ours.index)
    assert nursery.run(*args, "index", cwd=tmp_path).code == 0
    path = content / "one" / "a0.md"
    state = path.stat()
    path.write_text(path.read_text().replace("common lead", "cammon lead"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + seconds * 10**9))
    with tally("clock moved"):
        life = nursery.run(*args, "search", "cammon", "--json", cwd=tmp_path, clock=seconds)
        assert [hit["article"] for hit in json.loads(life.out)["hits"]] == ["one/a0"]
