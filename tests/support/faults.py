"""Processes that die at their n-th file operation: played within the process of the tests, or
real ones that a real SIGKILL ends.
"""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WATCHED = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "shutil.rmtree")


class Killed(BaseException):
    """What no code catches: from here on nothing more reaches the disk."""


class _Death:
    """Counts file operations below a folder; from a given one on, none comes through."""

    def __init__(self):
        self.folder = None
        self.left = 0
        self.seen = 0

    def __call__(self, event, args):
        if self.folder is None or event not in WATCHED:
            return
        if not str(args[0]).startswith(self.folder):
            return
        self.seen += 1
        if self.seen > self.left:
            raise Killed


_death = _Death()
sys.addaudithook(_death)


@contextmanager
def killed_after(operations, folder):
    """Let some file operations below a folder happen, then none. Yields a counter."""
    _death.folder, _death.left, _death.seen = str(folder), operations, 0
    try:
        yield _death
    except Killed:
        pass
    finally:
        _death.folder = None


def count_operations(action, folder):
    """Count the file operations below a folder that an action takes."""
    with killed_after(sys.maxsize, folder) as counter:
        action()
    return counter.seen


@dataclass
class Life:
    """What came of a child: its exit code, negative for the signal that ended it, what it wrote,
    and, where it lived to tell, its file operations and the names that it unpickled.
    """

    code: int
    out: str
    err: str
    operations: tuple = ()
    names: tuple = ()

    @property
    def messages(self):
        """The lines of stderr that are no hints."""
        return [line for line in self.err.splitlines() if line and not line.startswith("    ")]


class Nursery:
    """Runs command lines of kb in processes of their own, forked from one that is warm."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *args, cwd, folder=None, die_at=0, die_before=None, env=None, **conditions):
        """Run a command line. `folder` is where operations are noted, `cwd` where none is named;
        the child dies at the one numbered `die_at`, or before `die_before`. See `nursery.CONDITIONS` for the others.
        """
        order = {
            "args": [str(arg) for arg in args],
            "cwd": str(cwd),
            "folder": str(folder or cwd),
            "die_at": die_at,
            "die_before": die_before,
            "env": env or {},
            "conditions": conditions,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Life(**json.loads(self._process.stdout.readline()))

    def close(self):
        """Let the warm process end."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def spread(count, total):
    """Give `count` numbers from 1 to `total`, evenly spread, or all where there are fewer."""
    return sorted({1 + index * (total - 1) // max(count - 1, 1) for index in range(count)})


def check_killed(life, point, total):
    """Check that a child died at a point. The same work takes an operation more or less at times,
    as the numbers that it writes down grow longer: the last points may come after the end.
    """
    assert life.code == -signal.SIGKILL or (life.code == 0 and point > total - 5), life
