"""The store: whatever kb keeps between builds to be quicker, as values by kind and key in one file.

It is a SQLite database whose rows have a checksum each. Nothing in it is needed for an answer:
where it is missing, damaged, of another format, not to be read or not to be written, it is as an
empty one. It is not synced to disk: a value that depends on others has to say on which.

A `Scratch` is a database for the time of one task, which needs what it holds.

What a search reads at its start stands elsewhere: to import `sqlite3` takes 4 ms.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zlib
from typing import TYPE_CHECKING, Any

from kb.errors import IndexingError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

STORE = "kept.sqlite3"
"""The file's name in the folder of an index, and in that of what is kept of a site."""

FORMAT = 1
"""Raised when values have another meaning."""

_MARK = 0x6B62_6B70
"""The database's application id: "kbkp"."""

_HEADER, _MARK_AT = b"SQLite format 3\0", 68  # https://www.sqlite.org/fileformat2.html
_WAIT = 10.0, 1.0  # seconds for another process that writes: to write, to read
_OPENING = f"""
PRAGMA synchronous = OFF;
PRAGMA application_id = {_MARK};
PRAGMA user_version = {FORMAT};
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, key BLOB NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, key));
"""


class Store:
    """One such file. What was put counts once `save` was reached; `close` forgets what was not.

    It may be used by one thread at a time, and not by a forked child.
    """

    def __init__(self, path: Path | None) -> None:
        """Nothing is touched before it is read or written. Without a path nothing is kept."""
        self.path = path
        self._database: sqlite3.Connection | None = None
        self._writes = False
        self._is_lost = path is None  # nothing can be read or written any more
        self._is_damaged = False

    def open(self) -> None:
        """Open the file to write to it: what a killed process left half written goes."""
        with self._losing():
            self._open(writes=True)

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of that kind and key; None where it is not there, or damaged."""
        question = "SELECT key, checksum, value FROM kept WHERE kind = ? AND key = ?"
        return dict(self._read(question, kind, key)).get(key)

    def all(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """(key, value) of a kind in order of key, without those that are damaged."""
        return self._read("SELECT key, checksum, value FROM kept WHERE kind = ? ORDER BY key", kind)

    def put(self, kind: str, values: Iterable[tuple[str, bytes]]) -> None:
        """Put values under their keys, in place of those of before."""
        self._write(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)",
            (
                (kind, key, _checksum(kind, key, value), value)
                for key, value in ((_plain(key), value) for key, value in values)
            ),
        )

    def drop(self, kind: str, keys: Iterable[str]) -> None:
        """Remove the values of these keys."""
        self._write(
            "DELETE FROM kept WHERE kind = ? AND key = ?", ((kind, _plain(key)) for key in keys)
        )

    def save(self) -> bool:
        """Let what was put and dropped stay; False if it can't be."""
        if self._database is None or not self._writes:
            return not self._is_lost
        with self._losing():
            self._database.commit()
        return not self._is_lost

    def close(self) -> None:
        """Let go of the file until it is read or written again."""
        if self._database is not None:
            with self._losing():
                self._database.close()
            self._database = None
        if self._is_damaged and self._writes and self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink()
        self._writes = self._is_damaged = False
        self._is_lost = self.path is None

    def _read(self, question: str, *values: str) -> Iterator[tuple[str, bytes]]:
        with self._losing():
            if (database := self._open(writes=self._writes)) is None:
                return
            kind, *keys = values
            rows: Iterable[tuple[Any, ...]] = database.execute(question, (kind, *map(_plain, keys)))
            for key, checksum, value in rows:
                if isinstance(key, bytes) and checksum == _checksum(kind, key, value):
                    yield key.decode("utf-8", "surrogatepass"), value

    def _write(self, order: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with self._losing():
            if (database := self._open(writes=True)) is not None:
                database.executemany(order, rows)

    def _open(self, *, writes: bool) -> sqlite3.Connection | None:
        """The database, None where there is none. What is only read is not made or changed."""
        if self._is_lost or (self._is_damaged and not writes):
            return None
        if self._database is not None and self._writes == writes:
            return self._database
        assert self.path is not None
        import sqlite3  # noqa: PLC0415  # 4 ms, which a search does without

        if self._database is not None:
            self._database.close()
            self._database = None
        if writes:
            if os.path.lexists(self.path) and (self._is_damaged or not is_store(self.path)):
                self.path.unlink()
        elif not is_store(self.path):
            return None
        mode = "rwc" if writes else "ro"
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        self._database = sqlite3.connect(
            address, uri=True, timeout=_WAIT[not writes], check_same_thread=False
        )
        self._writes, self._is_damaged = writes, False
        if writes:
            self._database.executescript(_OPENING)
        return self._database

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        """Where the database fails it is as none from now on; damaged, it is begun anew: now if
        it was only read, else by the next that writes.
        """
        try:
            yield
        except (OSError, ImportError):
            self._is_lost = True
        except Exception as error:
            if type(error).__module__ != "sqlite3":
                raise
            self._is_damaged = getattr(error, "sqlite_errorname", "") in _DAMAGE
            self._is_lost = self._writes or not self._is_damaged


_DAMAGE = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})

_SCRATCH = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -4096;
BEGIN;
"""

_HINDERED = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")


class Scratch:
    """Tables on disk for the time of one task, of which 4 MB are in memory. They are in a temporary
    file without a name, below `TMPDIR`, which is gone with the process, whatever ends it.

    All methods raise IndexingError where the disk is full, or can't be written.
    """

    def __init__(self) -> None:
        """Begin without any tables."""
        import sqlite3  # noqa: PLC0415  # 4 ms, which a search does without

        with _failing():
            self._database = sqlite3.connect("", isolation_level=None)
            self._database.executescript(_SCRATCH)

    def write(self, order: str, *values: object) -> None:
        """Do what an order of SQL says."""
        with _failing():
            self._database.execute(order, values)

    def write_all(self, order: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Do it for each row of values."""
        with _failing():
            self._database.executemany(order, rows)

    def rows(self, question: str, *values: object) -> Iterator[Any]:
        """The rows that answer a question of SQL, one after the other."""
        with _failing():
            yield from self._database.execute(question, values)

    def row(self, question: str, *values: object) -> Any:
        """The first of them; None where there is none."""
        return next(self.rows(question, *values), None)

    def close(self) -> None:
        """Let go of everything."""
        self._database.close()


@contextlib.contextmanager
def _failing() -> Iterator[None]:
    """Raise IndexingError where a temporary database fails."""
    try:
        yield
    except Exception as error:
        if not getattr(error, "sqlite_errorname", "").startswith(_HINDERED):
            raise
        raise IndexingError(
            f"can't keep temporary data: {error}",
            hint="free some space, or name another folder by TMPDIR",
        ) from error


def is_store(path: Path) -> bool:
    """Whether a file is a store of this format, and no link: what something else may see change."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return False
        with path.open("rb") as file:
            head = file.read(_MARK_AT + 4)
    except OSError:
        return False
    marks = _HEADER, FORMAT.to_bytes(4, "big"), _MARK.to_bytes(4, "big")
    return (head[: len(_HEADER)], head[60:64], head[_MARK_AT:]) == marks


def _plain(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _checksum(kind: str, key: bytes, value: object) -> int | None:
    if not isinstance(value, bytes):
        return None
    return zlib.crc32(value, zlib.crc32(key, zlib.crc32(kind.encode())))
