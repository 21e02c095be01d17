"""Whoosh's pickles, read through an allow-list: an index from a stranger runs nothing.

Whoosh pickles its table of contents, its hash tables' extras, the headers of columns and stored
fields. The storage, the column and the term info below read those with an unpickler that knows
the few classes that an index of kb holds, and refuses any other name. Whoosh itself is left as
it is for whoever else uses it in the process.
"""

from __future__ import annotations

import io
import pickle
from typing import IO, Any

from whoosh import columns
from whoosh.codec.whoosh3 import W3PerDocReader, W3TermInfo
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

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


class _AllowList(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The allowed class of that name. Raises UnpicklingError for any other."""
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"the index names {module}.{name}, which is none of its")
        return super().find_class(module, name)


def load(file: IO[bytes]) -> Any:
    """Unpickle one value from a file."""
    return _AllowList(file).load()


def loads(data: bytes) -> Any:
    """Unpickle one value from bytes."""
    return load(io.BytesIO(data))


class GuardedFile(StructFile):  # type: ignore[misc]  # Whoosh has no types
    """A file of an index whose pickles are read through the allow-list."""

    def read_pickle(self) -> Any:
        """The next pickled value."""
        return load(self.file)


class GuardedStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder whose files are guarded when they are read."""

    def open_file(self, name: str, **options: Any) -> GuardedFile:
        """Open a file for reading."""
        return GuardedFile(open(self._fpath(name), "rb"), name=name, **options)  # noqa: PTH123  # StructFile closes it


class _StoredColumn(columns.PickleColumn):  # type: ignore[misc]  # Whoosh has no types
    class Reader(columns.PickleColumn.Reader):  # type: ignore[misc]  # Whoosh has no types
        def __getitem__(self, docnum: int) -> Any:
            data = self._child[docnum]
            return loads(data) if data else None

        def __iter__(self) -> Any:
            return (loads(data) if data else None for data in self._child)


STORED_COLUMN = _StoredColumn(columns.CompressedBytesColumn())


class GuardedDocuments(W3PerDocReader):  # type: ignore[misc]  # Whoosh has no types
    """A segment's documents, whose stored fields are read through the allow-list."""

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What was stored with a document."""
        return self._cached_reader("_stored", STORED_COLUMN)[docnum] or {}


class GuardedTermInfo(W3TermInfo):  # type: ignore[misc]  # Whoosh has no types
    """Where a term's postings lie. They are never pickled into it, as Whoosh's own may be."""

    @classmethod
    def from_bytes(cls, data: bytes) -> GuardedTermInfo:
        """Read what `to_bytes` wrote. Raises UnpicklingError where it holds a pickle."""
        if data[0]:
            raise pickle.UnpicklingError("the index holds inlined postings, which are none of its")
        info: GuardedTermInfo = super().from_bytes(data)
        return info
