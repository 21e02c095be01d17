"""An index's table of contents, of which nothing is taken on trust.

Whoosh keeps it as pickled objects and does what their attributes say: a segment that calls itself
*compound* would be read by an unpickler of Whoosh's own, one with a path for a name from another
folder. So each segment is made anew, of a few plain values that were looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import TOC, FileIndex

from kb.engine.whoosh.codec import PackedCodec
from kb.engine.whoosh.pickles import ForeignPickleError

if TYPE_CHECKING:
    from kb.engine.whoosh.pickles import GuardedStorage


class GuardedIndex(FileIndex):
    """An index as Whoosh's writer takes it, with a table of contents that was looked at."""

    def _read_toc(self) -> Any:
        return read_contents(self.storage, self.indexname, self._schema)


def read_contents(storage: GuardedStorage, name: str, schema: Any) -> Any:
    """The table of contents of the index `name`. Raises ForeignPickleError for one not of kb's."""
    contents = TOC.read(storage, name, schema=schema)
    contents.segments = [_anew(segment, name) for segment in contents.segments]
    return contents


def _anew(segment: Any, name: str) -> W3Segment:
    values = vars(segment) if type(segment) is W3Segment else {}
    segid, count, deleted = (values.get(key) for key in ("segid", "_doccount", "_deleted"))
    if not (
        values.get("indexname") == name
        and isinstance(segid, str)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(count) is int
        and count >= 0
        and _are_documents(deleted, count)
        and values.get("compound") is False
    ):
        raise ForeignPickleError("the index has a segment of a kind that is none of its")
    made = W3Segment(PackedCodec(), name, count, segid, deleted)
    made._fieldlengths = defaultdict(int)  # noqa: SLF001  # kb's fields have no lengths; merging asks
    return made


def _are_documents(numbers: Any, count: int) -> bool:
    return numbers is None or (
        type(numbers) is set and all(type(n) is int and 0 <= n < count for n in numbers)
    )
