"""Whoosh's pickles, read through an allow-list: an index from a stranger runs nothing.

Whoosh pickles its table of contents, its hash tables' extras and the headers of some columns. The
storage and the term info below read all but the first with an unpickler that knows plain values
only, and the first with one that knows the few classes that the table of contents of kb's indexes
names. Neither can change a class. Whoosh itself is left as it is for whoever else uses it in the
process. (What it stores of documents is no pickle here: `kb.engine.whoosh.records`.)
"""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

from whoosh.codec.whoosh3 import W3TermInfo
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from kb.engine.checks import DamagedIndexError

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


class GuardedFile(StructFile):
    """A file of an index whose pickles hold plain values."""

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
        """Offset and length of the postings, and nothing else. Raises as `from_bytes` does."""
        if data[0]:
            raise ForeignPickleError("the index holds inlined postings, which are none of its")
        offset, length = _EXTENT.unpack_from(data, cls._struct.size)
        return offset, length
