"""Line 7 of the reliability demands: an index that is being written, and a SIGKILL.

The process is a real one, and dies before a file operation or half way through a write. What is
on disk then is the old state or the new one, whole; who reads keeps reading; and the next run
repairs what there is to repair, and removes what was left.
"""

import sys
from pathlib import Path

import pytest
from support.faults import check_killed, spread
from support.states import answers_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery asks /proc")

KINDS = {
    "build": (("index",), False, 50),
    "rebuild": (("index", "--force"), True, 50),
    "update": (("index",), True, 100),
}
"""The command, whether there is an index before, and at how many points it is killed."""


def operations_of(nursery, states, command, indexed):
    """List the file operations of a run that may live."""
    states.reset(indexed=indexed)
    life = nursery.run(*states.command("new", *command), cwd=states.folder, folder=states.index)
    assert life.code == 0
    return life.operations


def kill(nursery, states, kind, point, total):
    """Kill a run at a point, tell the state of the index then, and let a search make it right.

    Who had the old index open keeps its answers.
    """
    command, indexed, _ = KINDS[kind]
    states.reset(indexed=indexed)
    reader = states.open("old") if indexed else None
    if reader:
        reader.search("common")
    life = nursery.run(
        *states.command("new", *command), cwd=states.folder, folder=states.index, die_at=point
    )
    check_killed(life, point, total)
    if reader:
        assert answers_of(reader) == states.answers["old"]
        reader.close()
    left = states.state() if indexed else ""
    search = ("search", "common", "--json", "--limit", "50")
    after = nursery.run(*states.command("new", *search), cwd=states.folder)
    assert states.is_right(after, "new"), after
    assert "error" not in after.err
    assert states.state() == "new"
    assert states.leftovers() == set()
    return left


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_leaves_the_old_index_or_the_new(nursery, tally, states, kind):
    """At every one of many points: first the old one, from some point on the new one."""
    command, indexed, count = KINDS[kind]
    total = len(operations_of(nursery, states, command, indexed))
    points = spread(count, total)
    assert len(points) == count
    seen = []
    for point in points:
        with tally(f"index {kind} killed"):
            seen.append(kill(nursery, states, kind, point, total))
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == ({"old", "new"} if indexed else {""})


class Disk:
    """What a power cut could still take: bytes and names that were not synced."""

    def __init__(self, *there):
        self.unsure = set()
        self._made = set(there)

    def note(self, event, path, target=None):
        """Take one file operation. Who opens or makes what is there makes no name."""
        if event in ("open", "os.mkdir") and path in self._made:
            return
        self._made.add(path)
        if event == "fsync":
            kept = {("bytes", path)}
            kept |= {("name", p) for _, p in self.unsure if str(Path(p).parent) == path}
            self.unsure -= kept
        elif event == "write":
            self.unsure.add(("bytes", path))
        elif event in ("open", "os.mkdir"):
            self.unsure.add(("name", path))
        elif event == "os.link":
            self.unsure.add(("name", target))
        elif event in ("os.remove", "os.rmdir"):
            self._forget(path)
        elif event == "os.rename":
            if ("bytes", path) in self.unsure:
                self.unsure.add(("bytes", target))
            self._forget(path)
            self.unsure.add(("name", target))

    def _forget(self, path):
        self.unsure -= {("bytes", path), ("name", path)}


@pytest.mark.parametrize("kind", KINDS)
def test_all_is_on_disk_before_a_generation_becomes_current(nursery, states, kind):
    """Every file and every name of it, by fsync; then the pointer, then the pointer's name."""
    command, indexed, _ = KINDS[kind]
    operations = operations_of(nursery, states, command, indexed)
    disk = Disk(str(states.index)) if indexed else Disk()
    pointer, before = str(states.index / "current.json"), None
    for event, path, *target in operations:
        if target == [pointer]:
            before = {p for _, p in disk.unsure} - {path}
            assert ("bytes", path) not in disk.unsure
        disk.note(event, path, *target)
    assert before is not None
    assert {path for path in before if "lock" not in path} == set()
    assert not {path for _, path in disk.unsure} & {pointer, str(states.index)}
