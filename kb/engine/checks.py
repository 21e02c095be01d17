"""Whether the files of a generation are as they were written.

Each is held against its checksum before an answer is given from it. A file that was found whole
is not read again as long as its size, times and inode stay what they were: `checked.json`, beside
the generations, remembers those. Losing it costs a reading of the files, no more.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.engine.layout import CHECKED, MANIFEST
from kb.errors import IndexingError
from kb.files import digest_file, is_settled, read_sealed, write_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

State = list[int]
"""Size, time of change, time of change of the inode, inode."""


class DamagedIndexError(Exception):
    """The current generation can't be trusted; the message says why, for `kb index` to repeat."""


class Generation(NamedTuple):
    """A finished generation: its folder, its manifest, and the SHA-256 of that. Folders' names come
    again where an index was removed: only with the digest they tell one generation from another.
    """

    folder: Path
    manifest: dict[str, Any]
    digest: str

    def is_same(self, other: Generation) -> bool:
        """Whether both are the same generation."""
        return (self.folder, self.digest) == (other.folder, other.digest)


class Checks:
    """Checks the files of generations in an index folder, and remembers those it found whole.

    A `thorough` check reads every file.
    """

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        self.path = folder / CHECKED
        self.thorough = thorough

    def check(self, generation: Generation) -> None:
        """Raise DamagedIndexError unless every file is whole and there is no other.

        Raises IndexingError where a file can't be read for another reason than damage.
        """
        folder = generation.folder
        with reading(folder, folder.name):
            found = _states(folder)
        expected = generation.manifest["files"]
        for name in expected.keys() ^ found.keys():
            what = "is missing" if name in expected else "is not the index's"
            raise DamagedIndexError(f"{folder.name}/{name} {what}")
        known = {} if self.thorough else self._known(folder.name)
        settled = {n: s for n, s in found.items() if self._fits(folder / n, s, expected[n], known)}
        if settled != known:
            self._remember(folder.name, settled)

    def _fits(
        self, path: Path, state: State, expected: dict[str, Any], known: dict[str, State]
    ) -> bool:
        """Whether a file, which is whole, may be known by its state from now on."""
        if known.get(path.name) == state and state[0] == expected["size"]:
            return True
        name, read_at = f"{path.parent.name}/{path.name}", time.time_ns()
        with reading(path, name):
            same = state[0] == expected["size"] and digest_file(path) == expected["sha256"]
        if not same:
            raise DamagedIndexError(f"{name} does not fit its checksum")
        return is_settled(state[1], state[2], read_at)

    def _known(self, generation: str) -> dict[str, State]:
        try:
            rows = json.loads(read_sealed(self.path) or b"[]")
            return {name: state for of, name, *state in rows if of == generation}
        except (ValueError, TypeError):  # sealed by another version of kb
            return {}

    def _remember(self, generation: str, states: dict[str, State]) -> None:
        with contextlib.suppress(OSError):
            rows = [[generation, name, *state] for name, state in states.items()]
            write_sealed(self.path, (json.dumps(rows).encode(),))


def _states(folder: Path) -> dict[str, State]:
    """The files of a generation but its manifest, by name, with their states.

    Raises DamagedIndexError for links and folders. Hidden files are not the index's: a network
    file system may leave them.
    """
    states = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == MANIFEST or entry.name.startswith("."):
                continue
            status = os.lstat(entry.path)
            if not stat.S_ISREG(status.st_mode):
                raise DamagedIndexError(f"{folder.name}/{entry.name} is not a file")
            states[entry.name] = state_of(status)
    return states


def state_of(status: os.stat_result) -> State:
    """What changes when a file does."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


@contextlib.contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """Tell damage from what hinders reading: DamagedIndexError from IndexingError."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise DamagedIndexError(f"{name} is missing") from None
    except OSError as error:
        if error.errno in (errno.EIO, errno.ELOOP):
            raise DamagedIndexError(f"{name} can't be read: {error.strerror}") from None
        raise IndexingError(
            f"can't read the index: {error.strerror or error}",
            path=str(path),
            hint="change the permissions, or name another folder with --index",
        ) from error
