"""Files that are replaced whole, and the states by which a change of a file is noticed.

A file is written beside its place, then renamed: who reads it sees the old or the new one. A
*sealed* file begins with a line that holds the SHA-256 of the rest: it is read whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RACY_NS = 2_000_000_000
"""A file that changed less than this before it was read may change again in the same tick of
the file system's clock: its state proves nothing."""

_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_CAN_SYNC_FOLDERS = os.name == "posix"  # Windows can't open a folder


def replace_file(path: Path, chunks: Iterable[bytes], *, synced: bool = False) -> None:
    """Write a file in one step, `synced` with its bytes on disk before it takes its place.

    Nothing is written through a link, and nothing is left where writing fails.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            file.writelines(chunks)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_file(path: Path | str, data: bytes) -> None:
    """Write a file: `Path.write_bytes` for who writes thousands. Raises OSError."""
    descriptor = os.open(path, _TO_WRITE, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)


def is_leftover(name: str, of: str) -> bool:
    """Whether a file name is what `replace_file` left of the file `of` when it was killed."""
    return name.startswith(f"{of}.") and name.endswith(".new")


def write_sealed(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file under its checksum. `chunks` are gone through twice. Raises OSError."""
    replace_file(path, chain((_seal(chunks),), chunks))


def read_sealed(path: Path) -> bytes | None:
    """What `write_sealed` wrote; None where there is nothing, or something else."""
    try:
        seal, newline, data = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return data if seal + newline == _seal((data,)) else None


def _seal(chunks: Iterable[bytes]) -> bytes:
    checksum = hashlib.sha256()
    for chunk in chunks:
        checksum.update(chunk)
    return checksum.hexdigest().encode() + b"\n"


def digest_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on disk, where the system can tell."""
    if not _CAN_SYNC_FOLDERS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def raise_if_exhausted(error: OSError) -> None:
    """Raise an error that tells of the process, not of the file it could not read: then the
    file's absence means nothing.
    """
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        raise error


def is_settled(mtime_ns: int, ctime_ns: int, read_at: int) -> bool:
    """Whether a file that was read at `read_at` had the state it was read in for long enough."""
    return max(mtime_ns, ctime_ns) < read_at - RACY_NS
