"""Whoosh's pickles, read through an allow-list: an index from a stranger runs nothing.

Whoosh pickles its table of contents, its hash tables' extras and the headers of some columns. The
storage and the term info below read all but the first with an unpickler that knows plain values
only, and the first with one that knows the few classes that the table of contents of kb's indexes
names. Neither can change a class. Whoosh itself is left as it is for whoever else uses it in the
process. (What it stores of documents is no pickle here: `kb.engine.whoosh.records`.)
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
import struct
import sys
from array import array
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import W3TermInfo
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from kb.engine.checks import DamagedIndexError

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENT = struct.Struct("!qi")

ALLOWED = frozenset(
    {
        ("kb.engine.whoosh.codec", "PackedCodec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("collections", "defaultdict"),
        ("builtins", "int"),
        ("builtins", "set"),
        ("builtins", "object"),
        ("__builtin__", "int"),
        ("__builtin__", "set"),
        ("__builtin__", "object"),
        ("copy_reg", "_reconstructor"),
        ("copyreg", "_reconstructor"),
    }
)
"""(module, name) of all that may be unpickled besides plain values."""


_BUILT = frozenset(
    {("whoosh.codec.whoosh3", "W3Segment"), ("kb.engine.whoosh.codec", "PackedCodec")}
)
"""The classes whose instances may be given attributes."""


class ForeignPickleError(DamagedIndexError, pickle.UnpicklingError):
    """A pickle that kb did not write."""


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Nothing: plain values name nothing. Raises ForeignPickleError."""
        raise ForeignPickleError(f"the index names {module}.{name}, which is none of its")


_PurePython: Any = pickle._Unpickler  # noqa: SLF001  # the one in C can't be told what to build


class _AllowList(_PurePython):
    dispatch = {**_PurePython.dispatch}  # noqa: RUF012  # as in its base

    def find_class(self, module: str, name: str) -> Any:
        """The allowed class of that name. Raises ForeignPickleError for any other."""
        if (module, name) not in ALLOWED:
            raise ForeignPickleError(f"the index names {module}.{name}, which is none of its")
        return super().find_class(module, name)

    def load_build(self) -> None:
        """Give an object attributes, unless it is a class or function that others use too."""
        kind = type(self.stack[-2])
        if (kind.__module__, kind.__name__) not in _BUILT or type(self.stack[-1]) is not dict:
            raise ForeignPickleError("the index changes what is none of its")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build


def load_plain(file: IO[bytes]) -> Any:
    """Unpickle texts, numbers, lists, tables and sets from a file."""
    return _Plain(file).load()


def load(file: IO[bytes]) -> Any:
    """Unpickle what a table of contents holds from a file."""
    return _AllowList(file).load()


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


class GuardedFile(StructFile):
    """A file of an index whose pickles hold plain values.

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

    def read_pickle(self) -> Any:
        """The next pickled value."""
        return load_plain(self.file)


class GuardedContents(StructFile):
    """A table of contents, whose pickles are read through the allow-list."""

    def read_pickle(self) -> Any:
        """The next pickled value."""
        return load(self.file)


class GuardedStorage(FileStorage):
    """A folder whose files are guarded when they are read."""

    def temp_storage(self, name: str) -> FileStorage:
        """A folder in this one, where there may be one already. Whoosh's own keeps the error that
        says so in a cycle, and with it all frames, and so all engines, of those who called.
        """
        folder = self._fpath(name)
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # Whoosh's paths are text
        return FileStorage(folder)

    def open_file(self, name: str, **options: Any) -> GuardedFile | GuardedContents:
        """Open a file for reading."""
        kind = GuardedContents if name.endswith(".toc") else GuardedFile
        return kind(open(self._fpath(name), "rb"), name=name, **options)  # noqa: PTH123  # StructFile closes it


def _blank_info() -> bytes:
    """A `W3TermInfo` of which nothing is known, as it lies on disk."""
    info = W3TermInfo()
    info.set_extent(0, 0)
    return bytes(info.to_bytes())


_BLANK = _blank_info()
_FREQUENCY = slice(5, 9)  # behind a flag and a weight
_HEAD, _REST = _BLANK[: _FREQUENCY.start], _BLANK[_FREQUENCY.stop : -_EXTENT.size]


def term_info(frequency: int, offset: int, length: int) -> bytes:
    """What a term's `GuardedTermInfo` is read from: the number of its documents, and where its
    postings lie. As `W3TermInfo.to_bytes` writes it where nothing else is known.
    """
    return _HEAD + frequency.to_bytes(4, "big") + _REST + _EXTENT.pack(offset, length)


class GuardedTermInfo(W3TermInfo):
    """Where a term's postings lie. They are never pickled into it, as Whoosh's own may be."""

    @classmethod
    def from_bytes(cls, data: bytes) -> GuardedTermInfo:
        """Read what `to_bytes` wrote. Raises ForeignPickleError where it holds a pickle."""
        if data[0]:
            raise ForeignPickleError("the index holds inlined postings, which are none of its")
        info: GuardedTermInfo = super().from_bytes(data)
        return info

    @classmethod
    def extent_in(cls, data: bytes) -> tuple[int, int]:
        """Offset and length of the postings, and nothing else. Raises as `from_bytes` does, and
        DamagedIndexError.
        """
        if len(data) != cls._struct.size + _EXTENT.size:
            raise DamagedIndexError("an entry of the table of terms has another size")
        if data[0]:
            raise ForeignPickleError("the index holds inlined postings, which are none of its")
        offset, length = _EXTENT.unpack_from(data, cls._struct.size)
        return offset, length
