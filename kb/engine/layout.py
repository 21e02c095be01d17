"""The names in an index folder, and whether what has one of them is kb's."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from kb.errors import IndexingError
from kb.files import read_sealed

if TYPE_CHECKING:
    from pathlib import Path

POINTER = "current.json"
LOCK = "lock"
HOLDER = "lock.json"
SEEN = "seen.json"
CHECKED = "checked.json"
MANIFEST = "manifest.json"
SOURCES = "sources.json"


def is_generation(name: str) -> bool:
    """Whether a file name is that of a generation."""
    return len(name) == len("g00000000") and name[0] == "g" and name[1:].isdecimal()


def generations_in(folder: Path) -> list[str]:
    """The names of all generations, finished or not, in order."""
    return sorted(path.name for path in folder.iterdir() if is_generation(path.name))


def refuse_foreign(folder: Path) -> None:
    """Raise IndexingError where a file of somebody else has a name that kb would write to.

    A folder that holds a generation, or has been locked, is kb's; even there the lock may
    be no link, for whoever locks writes through it.
    """
    lock = folder / LOCK
    is_ours = folder.is_dir() and (bool(generations_in(folder)) or _is_lock(lock))
    for name, is_own in _OWN_FILES.items():
        path = folder / name
        foreign = path.is_symlink() or (os.path.lexists(path) and not is_own(path))
        if (lock.is_symlink() and name == LOCK) or (foreign and not is_ours):
            raise IndexingError(
                "this is in the way of the index, and not kb's",
                path=str(path),
                hint="move it away, or name another folder with --index",
            )


def holder_in(folder: Path) -> str | None:
    """The process that noted that it holds the lock."""
    try:
        who = json.loads((folder / HOLDER).read_bytes())
        return f"process {who['pid']} on {who['host']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_pointer(path: Path) -> bool:
    try:
        return is_generation(json.loads(path.read_bytes())["generation"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _is_lock(path: Path) -> bool:
    return not path.is_symlink() and path.is_file() and not path.stat().st_size


def _is_sealed(path: Path) -> bool:
    return read_sealed(path) is not None


_OWN_FILES = {
    POINTER: _is_pointer,
    LOCK: _is_lock,
    HOLDER: lambda path: holder_in(path.parent) is not None,
    SEEN: _is_sealed,
    CHECKED: _is_sealed,
}
"""What kb writes to in an index folder, and what tells that it is its own."""
