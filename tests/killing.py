"""A process that dies at its n-th file operation, played within the process of the tests."""

import sys
from contextlib import contextmanager

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
