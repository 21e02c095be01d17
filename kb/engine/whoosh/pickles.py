"""Whoosh's pickles, read through an allow-list: an index from a stranger runs nothing.

Whoosh unpickles its table of contents, its hash tables' extras and its stored fields. `guard`
makes it do so with `load` and `loads`, which know the few classes that an index of kb holds and
refuse any other name.
"""

from __future__ import annotations

import io
import pickle
from types import SimpleNamespace
from typing import IO, Any

import whoosh.codec.whoosh3
import whoosh.columns
import whoosh.filedb.structfile
import whoosh.index

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


def guard() -> None:
    """Make Whoosh unpickle through the allow-list, in every module that does."""
    whoosh.filedb.structfile.load_pickle = load
    whoosh.columns.loads = loads
    whoosh.codec.whoosh3.loads = loads
    whoosh.index.pickle = SimpleNamespace(
        loads=loads, dumps=pickle.dumps, PicklingError=pickle.PicklingError
    )
