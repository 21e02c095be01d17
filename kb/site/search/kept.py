"""What the last export wrote, row by row: what has the same stamp is not written anew.

A row of a term depends on its postings, and on how sections are numbered; what is shown of an
article's sections depends on the article alone. The file ends with the CRC-32 of the rest:
damaged or cut, it is as none.
"""

from __future__ import annotations

import contextlib
import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kb.engine.reading import Changed, IndexReader


_STATE = "state"
"""The name under which the state of the index is kept."""


_AT_ONCE = 200
"""Rows that are written down together."""


class Kept:
    """Rows by name, each under a stamp: those of the last export, and those of this one.

    Names and stamps hold no tabs and no line ends, nor do rows, which are JSON. Rows are
    written down as they come after `begin`, and count when `save` was reached; those of another
    `version` count as none. Without a `path`, or where it can't be written, nothing is kept.
    """

    def __init__(self, path: Path | None = None, version: str = "") -> None:
        self._path = path
        self._old = _read(path, version) if path else {}
        self._version = version
        self._lines: list[str] = []
        self._file: IO[bytes] | None = None
        self._checksum = 0
        self.changed: Changed | None = None

    def begin(self, reader: IndexReader) -> bool:
        """Get ready to keep rows of an index for the next export; False where none can be kept.

        `changed` says from now on what has changed since the last export, where that is known.
        """
        if last := self.last(_STATE):
            self.changed = reader.changed_since(last[0])
        if self._path is None:
            return False
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._new(self._path).unlink(missing_ok=True)
            self._file = self._new(self._path).open("xb")
        self._write(self._version)
        self.put(_STATE, reader.state, [])
        return self._file is not None

    def rows(self, name: str, stamp: str) -> list[str] | None:
        """The rows of that name in the last export, if they have that stamp; kept for the next."""
        line = self._old.get(name)
        if line is None or not line.startswith(f"{stamp}\t"):
            return None
        self._write(f"{name}\t{line}")
        return line.split("\t")[1:]

    def names(self, kind: str) -> list[str]:
        """The names of the last export's rows that begin with this, without it."""
        return [name[len(kind) :] for name in self._old if name.startswith(kind)]

    def last(self, name: str) -> list[str] | None:
        """The stamp and the rows of that name in the last export, which are not kept thereby."""
        line = self._old.get(name)
        return None if line is None else line.split("\t")

    def keep(self, name: str) -> list[str]:
        """The rows of that name in the last export; kept for the next. Raises KeyError."""
        line = self._old[name]
        self._write(f"{name}\t{line}")
        return line.split("\t")[1:]

    def put(self, name: str, stamp: str, rows: Sequence[str]) -> None:
        """Keep rows for the next export."""
        self._write("\t".join((name, stamp, *rows)))

    def save(self) -> None:
        """Let what was put or asked for be what the next export finds."""
        self._flush()
        if self._file is None or self._path is None:
            return
        with contextlib.suppress(OSError):
            self._file.write(b"%08x" % self._checksum)
            self._file.close()
            self._new(self._path).replace(self._path)

    def close(self) -> None:
        """Let go of the file; rows that were not saved go with it."""
        if self._file is not None and self._path is not None:
            with contextlib.suppress(OSError):
                self._file.close()
                self._new(self._path).unlink(missing_ok=True)
        self._file = None

    def _write(self, line: str) -> None:
        if self._file is not None:
            self._lines.append(line)
            if len(self._lines) >= _AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        """Write down the lines that wait."""
        data = "".join([f"{line}\n" for line in self._lines]).encode(errors="surrogatepass")
        self._lines.clear()
        self._checksum = zlib.crc32(data, self._checksum)
        if self._file is not None:
            try:
                self._file.write(data)
            except OSError:  # a full disk is for those to tell who need more than this
                self.close()

    @staticmethod
    def _new(path: Path) -> Path:
        return path.with_name(f"{path.name}.new")


def _read(path: Path, version: str) -> dict[str, str]:
    """The rows that were saved, each behind its stamp, by name."""
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    body, checksum = data[:-8], data[-8:]
    if b"%08x" % zlib.crc32(body) != checksum:
        return {}
    written, *lines, _ = body.decode(errors="surrogatepass").split("\n")
    return dict(line.split("\t", 1) for line in lines) if written == version else {}
