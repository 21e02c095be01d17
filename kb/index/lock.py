"""What an index folder holds of kb, and its lock: one process writes, others learn which one."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from kb.content.manifest import SEEN
from kb.errors import IndexBusyError, IndexingError
from kb.files import read_sealed, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTER = "current.json"
LOCK = "lock"
HOLDER = "lock.json"
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


POLL_SECONDS = 0.01
"""How often the lock is tried: who tries seldom finds that others were quicker."""


@contextlib.contextmanager
def hold(folder: Path, wait: float) -> Iterator[None]:
    """Hold a folder, which is made if need be, waiting up to `wait` seconds for another process.

    Raises IndexBusyError, which names the holder, and IndexingError.
    """
    refuse_foreign(folder)
    with contextlib.ExitStack() as held:
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                sync_folder(folder.parent)
            is_held = held.enter_context(hold_file(folder / LOCK, wait))
        except OSError as error:
            raise unwritable(folder, error) from error
        if not is_held:
            raise _busy(folder, wait)
        held.callback(_forget_holder, folder)
        _note_holder(folder)
        yield


@contextlib.contextmanager
def hold_file(path: Path, wait: float) -> Iterator[bool]:
    """Hold a lock file, which is made if need be, waiting up to `wait` seconds for another
    process; whether it is held. Raises OSError where it can't be opened.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  # only writers pay for it

    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait, poll_interval=POLL_SECONDS)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _note_holder(folder: Path) -> None:
    """Write down who holds the lock, for the message that another process may have to print."""
    import socket  # noqa: PLC0415  # only writers pay for it

    who = json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode() + b"\n"
    with contextlib.suppress(OSError):
        replace_file(folder / HOLDER, [who])


def _forget_holder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / HOLDER).unlink()


def _busy(folder: Path, wait: float) -> IndexBusyError:
    name = holder_in(folder) or "another process"
    return IndexBusyError(
        f"{name} has been writing the index for over {wait:g} seconds",
        path=str(folder),
        hint="wait for it to finish, or end it, and try again",
    )


def unwritable(folder: Path, error: OSError) -> IndexingError:
    """What to say where the index can't be written."""
    return IndexingError(
        f"can't write the index: {error.strerror or error}",
        path=str(folder),
        hint="free some space, change the permissions, or name another folder with --index",
    )
