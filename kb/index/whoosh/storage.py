"""The files of an index, of which nothing is taken on trust: one from a stranger runs nothing.

Whoosh pickles what it notes at the end of its hash tables, and postings that are few. What is
written and read through the storage below is JSON in their place, and kb has no such postings: so
nothing of an index is ever unpickled. (Its table of contents is `kb.index.whoosh.engine`, what
it stores of documents `kb.index.whoosh.segment`.) Whoosh itself is left as it is for whoever
else uses it in the process.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from array import array
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from whoosh.filedb.structfile import StructFile

from kb.index.generations import DamagedIndexError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def decoding(what: str) -> Iterator[None]:
    """Where Whoosh decodes what lies in a file: bytes that it can't decode are damage.

    Raises DamagedIndexError; what the system says of files, and want of memory, as they are.
    """
    try:
        yield
    except (DamagedIndexError, OSError, MemoryError):
        raise
    except Exception as error:
        raise DamagedIndexError(f"{what} can't be read: {error!r}") from error


_PLACE = Lock()


def seek_and_read(descriptor: int, length: int, position: int) -> bytes:
    """`os.pread` for systems that have none; they know no fork, so a lock will do."""
    with _PLACE:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, position, os.SEEK_SET)
        try:
            return os.read(descriptor, length)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)


_read_at = getattr(os, "pread", seek_and_read)


class JSONFile(StructFile):
    """A file in which what Whoosh would pickle is JSON."""

    def write_pickle(self, value: object, protocol: int = -1) -> None:  # noqa: ARG002  # Whoosh's signature
        """Write a plain value."""
        self.write_string(json.dumps(value, separators=(",", ":")).encode())

    def read_pickle(self) -> Any:
        """The next plain value. Raises ValueError for what is none."""
        return json.loads(self.read_string())


class GuardedFile(JSONFile):
    """A file of an index that is read.

    `get` and all that is made of it read at a place without moving the file's own: threads, and
    forked children, which share it, don't disturb each other. What goes on from the file's own
    place (`read`, `seek`) is for who opens the file, and has it for itself.
    """

    def __init__(self, fileobj: IO[bytes], name: str, **options: Any) -> None:
        super().__init__(fileobj, name=name, **options)
        self.size = os.fstat(fileobj.fileno()).st_size

    def get(self, position: int, length: int) -> bytes:
        """So many bytes from a position on. Raises DamagedIndexError where there are fewer."""
        if not 0 <= position <= position + length <= self.size:
            raise DamagedIndexError(f"{self._name} is cut short, or points to where it has nothing")
        try:
            data: bytes = _read_at(self.fileno(), length, position)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            raise DamagedIndexError(f"{self._name} can't be read: {error.strerror}") from error
        if len(data) != length:
            raise DamagedIndexError(f"{self._name} was cut short")
        return data

    def get_array(self, position: int, typecode: str, length: int) -> array[Any]:
        """So many numbers, which lie in the order of the network, from a position on."""
        found: array[Any] = array(typecode)
        found.frombytes(self.get(position, length * found.itemsize))
        if sys.byteorder == "little":
            found.byteswap()
        return found


def open_file(path: Path) -> GuardedFile:
    """Open a file of an index for reading."""
    return GuardedFile(path.open("rb"), name=path.name)  # StructFile closes it
