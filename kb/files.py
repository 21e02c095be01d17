"""Files that are replaced whole, and the states by which a change of a file is noticed.

A file is written beside its place, then renamed: who reads it sees the old or the new one. A
*sealed* file begins with a line that holds the SHA-256 of the rest: it is read whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ConfigError, ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RACY_NS = 2_000_000_000
"""A file that changed less than this before it was read may change again in the same tick of
the file system's clock: its state proves nothing."""

State = tuple[int, int, int]
"""Size, time of change and inode of a file: who sees the same need not read it."""

# A pipe is opened without waiting for who writes to it, and a terminal does not become kb's.
_TO_READ = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
    _TO_READ |= getattr(os, _flag, 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", os.O_RDONLY)
_BY_PARTS = os.open in os.supports_dir_fd
_LINK_MET = frozenset({errno.ELOOP, errno.EMLINK, errno.ENOTDIR})

_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_CAN_SYNC_FOLDERS = os.name == "posix"  # Windows can't open a folder


def current_folder() -> Path:
    """The current folder. Raises ConfigError where it was removed, or may not be looked at."""
    try:
        return Path.cwd()
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        why = "does not exist any more" if gone else f"can't be read: {error.strerror}"
        raise ConfigError(
            f"the current folder {why}", hint="change to another, or give all paths in full"
        ) from error


def full_path(path: Path) -> Path:
    """A path from the root. Raises ConfigError where it starts at a folder that was removed."""
    return path if path.is_absolute() else current_folder() / path


def shown_path(path: Path) -> str:
    """A path as a person would write it: relative where it lies below the current folder."""
    try:
        here = current_folder()
    except ConfigError:
        return str(path)
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def open_regular(path: Path | str) -> int:
    """A descriptor to read a regular file from, opened without waiting for a pipe's other end.

    Links are followed. Raises ContentError for whatever is no regular file, OSError as the
    system does.
    """
    return _regular(os.open(path, _TO_READ))


def read_regular(path: Path | str, most: int | None = None) -> bytes:
    """The bytes of a regular file, at most one more than `most`: that many say it is too large.

    Raises ContentError with the path for whatever is no regular file, OSError as the system does.
    """
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            return file.read(-1 if most is None else most + 1)
    except ContentError as error:
        raise ContentError(error.message, path=str(path)) from None


def open_within(folder: Path, path: str) -> int:
    """Like `open_regular`, for a file under a folder; `path` has `/` between its parts.

    A link is followed to where it leads now, if that lies in the folder; one that is put in
    the way while this looks is not. Raises ContentError for a link that leads outside, too.
    """
    parts = path.split("/")
    if _BY_PARTS and not {"", ".."} & {*parts}:
        try:
            return _open_by_parts(folder, parts)
        except OSError as error:
            if error.errno not in _LINK_MET:
                raise
    root, real = os.path.realpath(folder), os.path.realpath(folder / path)
    if not is_within(root, real):
        raise ContentError("a link that leads outside the content folder: not read")
    if not _BY_PARTS:  # Windows, where making a link takes a right of its own
        return open_regular(real)
    return _open_by_parts(root, Path(real).relative_to(root).parts)


def is_folder(path: Path) -> bool:
    """Whether it is a folder that can be told from here; one behind a closed folder is none."""
    return os.path.isdir(path)  # noqa: PTH112  # `Path.is_dir` raises for what may not be read


def is_file(path: Path) -> bool:
    """Whether it is a file that can be told from here; one behind a closed folder is none."""
    return os.path.isfile(path)  # noqa: PTH113  # `Path.is_file` raises for what may not be read


def is_within(root: str, path: str) -> bool:
    """Whether a path, all links followed, lies in the folder `root` (itself a real path)."""
    real = os.path.realpath(path)
    return real.startswith(root.rstrip(os.sep) + os.sep)


def _open_by_parts(folder: Path | str, parts: Sequence[str]) -> int:
    """Open each folder on the way from the one before it, so that no link can come between."""
    at = os.open(folder, _FOLDER)
    try:
        for part in parts[:-1]:
            above, at = at, os.open(part, _FOLDER | _NO_LINK, dir_fd=at)
            os.close(above)
        return _regular(os.open(parts[-1], _TO_READ | _NO_LINK, dir_fd=at))
    finally:
        os.close(at)


def _regular(descriptor: int) -> int:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise ContentError("not a regular file: not read")


def replace_file(path: Path, chunks: Iterable[bytes], *, synced: bool = False) -> None:
    """Write a file in one step, `synced` with its bytes on disk before it takes its place.

    Nothing is written through a link, and nothing is left where writing fails.
    """
    # Other threads and processes, on this host or another, may write the same file meanwhile.
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}.new")
    try:
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


@contextlib.contextmanager
def given_back(path: Path) -> Iterator[None]:
    """Where the block fails, remove what it made at a place where nothing was, or an empty
    folder, and the folders that it made on the way there.
    """
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        yield
        return
    made = [place for place in (path, *path.parents) if not place.exists()]
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for place in path.iterdir() if path.is_dir() else [path]:
                remove(place)
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
        raise


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it, for as far as that can be done.

    Raises OSError where a file can't be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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
        seal, newline, data = read_regular(path).partition(b"\n")
    except (OSError, ContentError):
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
