"""The index folder: generations of an index, of which one is current.

    index/current.json      names the current generation; replaced atomically
    index/g00000012/        one generation: the engine's files, never changed once current
        manifest.json       what it was built from, with a checksum for each file
    index/lock              held while a generation is written

A generation becomes current by one rename, after everything in it is on disk. Until then,
and when a build is killed, the old one answers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.errors import IndexBusyError, IndexingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTER = "current.json"
MANIFEST = "manifest.json"
LOCK = "lock"
MAX_POINTER_BYTES = 4096
WAIT_SECONDS = 30.0

_CAN_SYNC_FOLDERS = os.name == "posix"  # Windows can't open a folder


class DamagedIndexError(Exception):
    """The current generation can't be trusted; the message says why, for `kb index` to repeat."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A finished generation: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]


class IndexFolder:
    """The folder that holds an index. Creating the object touches nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, *, thorough: bool = False) -> Generation | None:
        """The current generation, whole and checked, or None where there is no index.

        A `thorough` look reads every file; else those whose size and time of change are as
        recorded are taken as they are. Raises DamagedIndexError when there is something that
        can't be trusted.
        """
        pointer = self._read_pointer()
        if pointer is None:
            return None
        try:
            return self._open(pointer, thorough=thorough)
        except DamagedIndexError:
            # A writer may have replaced the generation between the two reads.
            again = self._read_pointer()
            if again is None or again == pointer:
                raise
            return self._open(again, thorough=thorough)

    @contextlib.contextmanager
    def writing(self, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the folder for writing, waiting up to `wait` seconds for another process.

        Raises IndexBusyError, which names the holder, and IndexingError.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415  # only writers pay for it

        holder = self.folder / "lock.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / LOCK)
            lock.acquire(timeout=wait)
        except Timeout:
            raise _busy(self.folder, holder, wait) from None
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        with contextlib.ExitStack() as held:
            held.callback(lock.release)
            held.callback(holder.unlink, missing_ok=True)
            _note_holder(holder)
            yield

    @contextlib.contextmanager
    def new_generation(self, old: Generation | None = None) -> Iterator[NewGeneration]:
        """A generation to fill, starting with the files of `old`; needs `writing`.

        It becomes current when `finish` is called, and is removed when it is not.
        """
        self._remove_leftovers()
        folder = self.folder / self._next_name()
        new = NewGeneration(self, folder)
        try:
            folder.mkdir()
            if old is not None:
                new.shared = _link_files(old, folder)
            yield new
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        finally:
            if not new.finished:
                shutil.rmtree(folder, ignore_errors=True)
        self._remove_leftovers()

    def point_at(self, name: str, manifest: bytes) -> None:
        """Make the generation `name` current."""
        pointer = {"generation": name, "manifest": hashlib.sha256(manifest).hexdigest()}
        temporary = self.folder / (POINTER + ".new")
        _write_synced(temporary, json.dumps(pointer).encode() + b"\n")
        temporary.replace(self.folder / POINTER)
        _sync_folder(self.folder)

    def _read_pointer(self) -> dict[str, str] | None:
        try:
            data = (self.folder / POINTER).read_bytes()[: MAX_POINTER_BYTES + 1]
        except FileNotFoundError:
            if self.folder.is_dir() and self._names():
                raise DamagedIndexError(f"{POINTER} is missing") from None
            return None
        except OSError as error:
            raise IndexingError(f"can't read the index: {error}", path=str(self.folder)) from error
        try:
            pointer = json.loads(data)
            name, digest = pointer["generation"], pointer["manifest"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DamagedIndexError(f"{POINTER} is not readable") from None
        if not (isinstance(name, str) and isinstance(digest, str) and is_generation(name)):
            raise DamagedIndexError(f"{POINTER} is not readable")
        return {"generation": name, "manifest": digest}

    def _open(self, pointer: dict[str, str], *, thorough: bool) -> Generation:
        folder = self.folder / pointer["generation"]
        try:
            data = (folder / MANIFEST).read_bytes()
        except OSError:
            raise DamagedIndexError(f"{folder.name}/{MANIFEST} is missing") from None
        if hashlib.sha256(data).hexdigest() != pointer["manifest"]:
            raise DamagedIndexError(f"{folder.name}/{MANIFEST} does not fit its checksum")
        generation = Generation(folder, json.loads(data))
        _check_files(generation, thorough=thorough)
        return generation

    def _next_name(self) -> str:
        taken = (int(name[1:]) for name in self._names())
        return f"g{max(taken, default=0) + 1:08d}"

    def _names(self) -> list[str]:
        """The names of all generations, finished or not, in order."""
        return sorted(path.name for path in self.folder.iterdir() if is_generation(path.name))

    def _remove_leftovers(self) -> None:
        """Remove what killed processes left, and every generation but the current one and its
        predecessor, which may be in use.
        """
        try:
            pointer = self._read_pointer()
        except DamagedIndexError:
            pointer = None
        names = self._names()
        current = pointer["generation"] if pointer else None
        before = [name for name in names if current and name < current][-1:]
        for name in names:
            if name != current and name not in before:
                shutil.rmtree(self.folder / name, ignore_errors=True)
        for path in self.folder.glob("*.new"):
            with contextlib.suppress(OSError):
                path.unlink()


class NewGeneration:
    """A generation that is being written. `shared` describes the files that it has in common
    with the one before, by name.
    """

    def __init__(self, index: IndexFolder, folder: Path) -> None:
        self.index = index
        self.folder = folder
        self.finished = False
        self.shared: dict[str, dict[str, Any]] = {}

    def finish(self, manifest: dict[str, Any]) -> Generation:
        """Write the manifest with the checksums of all files, and make this generation current."""
        files = {path.name: self._describe(path) for path in sorted(self.folder.iterdir())}
        manifest = {**manifest, "files": files}
        data = json.dumps(manifest).encode()
        _write_synced(self.folder / MANIFEST, data)
        _sync_folder(self.folder)
        self.index.point_at(self.folder.name, data)
        self.finished = True
        return Generation(self.folder, json.loads(data))

    def _describe(self, path: Path) -> dict[str, Any]:
        """A file's description. A shared one keeps its own: damage to it is not to be sealed."""
        known, status = self.shared.get(path.name), path.stat()
        if known and (known["size"], known["mtime_ns"]) == (status.st_size, status.st_mtime_ns):
            return known
        _sync_file(path)
        return {
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "sha256": _digest(path),
        }


def is_generation(name: str) -> bool:
    """Whether a file name is that of a generation."""
    return len(name) == len("g00000000") and name[0] == "g" and name[1:].isdecimal()


def _check_files(generation: Generation, *, thorough: bool) -> None:
    """Raise DamagedIndexError unless every file is as it was written.

    Unless the look is `thorough`, a file whose size and time of change are as recorded is
    taken as it is; any other, for example in a copied index, is compared by its checksum.
    """
    for name, expected in generation.manifest["files"].items():
        path = generation.folder / name
        try:
            status = path.stat()
            known = status.st_mtime_ns == expected["mtime_ns"] and not thorough
            same = status.st_size == expected["size"] and (
                known or _digest(path) == expected["sha256"]
            )
        except OSError:
            raise DamagedIndexError(f"{generation.folder.name}/{name} is missing") from None
        if not same:
            raise DamagedIndexError(f"{generation.folder.name}/{name} does not fit its checksum")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link_files(old: Generation, folder: Path) -> dict[str, dict[str, Any]]:
    """Share the old generation's files: nothing in a finished generation is ever changed.

    Returns the descriptions of those that are shared, not copied.
    """
    shared = {}
    for name, description in old.manifest["files"].items():
        try:
            os.link(old.folder / name, folder / name)
            shared[name] = description
        except OSError:
            shutil.copy2(old.folder / name, folder / name)
    return shared


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if not _CAN_SYNC_FOLDERS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _note_holder(path: Path) -> None:
    """Write down who holds the lock, for the message that another process may have to print."""
    with contextlib.suppress(OSError):
        path.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n")


def _busy(folder: Path, holder: Path, wait: float) -> IndexBusyError:
    try:
        who = json.loads(holder.read_text())
        name = f"process {who['pid']} on {who['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        name = "another process"
    return IndexBusyError(
        f"{name} has been writing the index for over {wait:g} seconds",
        path=str(folder),
        hint="wait for it to finish, or end it, and try again",
    )


def _unwritable(folder: Path, error: OSError) -> IndexingError:
    return IndexingError(
        f"can't write the index: {error.strerror or error}",
        path=str(folder),
        hint="free some space, change the permissions, or name another folder with --index",
    )
