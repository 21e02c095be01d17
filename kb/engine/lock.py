"""The lock of an index folder: one process writes, the others learn which one it is."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING

from kb.engine.layout import HOLDER, LOCK, holder_in, refuse_foreign
from kb.errors import IndexBusyError, IndexingError
from kb.files import replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
