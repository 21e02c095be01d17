"""Texts in one file, to which others are added: an export leaves most of them where they lie.

Every text has a checksum, and whoever keeps its place keeps that, too. So nothing but the texts
that are needed is read, and one that is damaged, cut off or of another file is as none.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zlib
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TO_ADD = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)

_MOST_WASTE = 2
"""A file that is more than so many times as large as what is kept of it is written anew."""


Place = Sequence[int]
"""Where a text lies in the file: its first byte, its length in bytes, and its CRC-32."""


class Store:
    """The file. What is added counts once `finish` was reached and the places were written down.

    Where the file can't be written, what is added goes nowhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = path.with_name(f"{path.name}.new")
        self._reading: IO[bytes] | None = None
        self._writing: IO[bytes] | None = None
        self._is_anew = False
        self._found = self._end = 0

    def holds(self, places: Iterable[Place]) -> bool:
        """Whether the file is large enough for all places."""
        try:
            size = self._path.stat().st_size
        except OSError:
            return False
        return all([start + length <= size for start, length, _ in places])  # noqa: C419 faster

    def open(self, kept: Iterable[Place]) -> bool:
        """Get ready to add texts to those at the places `kept`; False where that can't be done.

        What is of no use any more stays in the file until that is most of it.
        """
        size = sum([length for _, length, _ in kept])
        with contextlib.suppress(OSError):
            self._reading = self._path.open("rb")
            self._found = self._reading.seek(0, os.SEEK_END)
        grows = 0 < self._found <= _MOST_WASTE * size and _is_own(self._path)
        self._is_anew, self._end = not grows, self._found if grows else 0
        with contextlib.suppress(OSError):
            self._writing = self._start_anew() if self._is_anew else self._start_adding()
        return self._writing is not None

    def read(self, place: Place) -> str | None:
        """The text at a place of the file as it was found; None if it is not there or damaged."""
        data = self._read(place)
        return None if data is None else data.decode(errors="surrogatepass")

    def keep(self, place: Place) -> Place | None:
        """Where a text of the file as it was found lies from now on; None if it has to be added
        again, being damaged.
        """
        if not self._is_anew:
            return place
        data = self._read(place)
        return None if data is None else self._write(data, place[-1])

    def add(self, text: str) -> Place:
        """Add a text, and say where it lies."""
        data = text.encode(errors="surrogatepass")
        return self._write(data, zlib.crc32(data))

    def finish(self) -> bool:
        """Let what was added stay; False if it could not be written."""
        writing, self._writing = self._writing, None
        if writing is None:
            return False
        try:
            writing.close()
            if self._is_anew:
                self._new.replace(self._path)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the file, and leave nothing in it of what was added but not finished."""
        self._give_up()
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _read(self, place: Place) -> bytes | None:
        start, length, checksum = place
        if self._reading is None:
            return None
        with contextlib.suppress(OSError):
            self._reading.seek(start)
            data = self._reading.read(length)
            if len(data) == length and zlib.crc32(data) == checksum:
                return data
        return None

    def _write(self, data: bytes, checksum: int) -> Place:
        place = (self._end, len(data), checksum)
        self._end += len(data)
        if self._writing is not None:
            try:
                self._writing.write(data)
            except OSError:  # a full disk is for those to tell who need more than this
                self._give_up()
        return place

    def _give_up(self) -> None:
        writing, self._writing = self._writing, None
        if writing is None:
            return
        with contextlib.suppress(OSError):
            writing.close()
        with contextlib.suppress(OSError):
            if self._is_anew:
                self._new.unlink(missing_ok=True)
            else:
                os.truncate(self._path, self._found)

    def _start_anew(self) -> IO[bytes]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._new.unlink(missing_ok=True)
        return self._new.open("xb")

    def _start_adding(self) -> IO[bytes]:
        return os.fdopen(os.open(self._path, _TO_ADD), "ab")


def _is_own(path: Path) -> bool:
    """Whether a file is none that something else would see change: no link, and known by no other
    name.
    """
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1
