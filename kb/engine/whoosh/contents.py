"""An index's table of contents, as JSON: its segments, and which of their documents are deleted.

Whoosh keeps it as pickled objects, and unpickling what a stranger made runs what it names. Here it
holds plain values, of which segments are made anew once each was looked at.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import clean_files
from whoosh.writing import SegmentWriter

from kb.engine.checks import DamagedIndexError
from kb.engine.whoosh.codec import PackedCodec
from kb.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.engine.whoosh.storage import GuardedStorage

CONTENTS = "contents.json"


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index consists of. Whoosh's writer takes it for the index itself."""

    storage: GuardedStorage
    schema: Any
    indexname: str
    segments: list[W3Segment]
    generation: int = 0  # Whoosh counts its files, of which kb has one

    def _read_toc(self) -> Contents:
        return self


class Writer(SegmentWriter):
    """Whoosh's writer of a segment, which changes the contents as it commits."""

    def _commit_toc(self, segments: Sequence[W3Segment]) -> None:
        write_contents(self.storage, segments)
        clean_files(self.storage, self.indexname, self.generation, segments)


def write_contents(storage: GuardedStorage, segments: Sequence[W3Segment]) -> None:
    """Write the contents, which generations before share, as another file."""
    rows = [[s.segid, s.doc_count_all(), sorted(s.deleted_docs())] for s in segments]
    data = json.dumps({"segments": rows}, separators=(",", ":")).encode()
    replace_file(Path(storage.folder) / CONTENTS, [data])


def read_contents(storage: GuardedStorage, schema: Any, name: str) -> Contents:
    """The contents of the index `name`. Raises OSError, DamagedIndexError and others, each where
    it is not what `write_contents` wrote.
    """
    data = (Path(storage.folder) / CONTENTS).read_bytes()
    segments = [_segment(name, *row) for row in json.loads(data)["segments"]]
    return Contents(storage, schema, name, segments)


def _segment(name: str, segid: Any, count: Any, deleted: Any) -> W3Segment:
    if not (
        isinstance(segid, str)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(count) is int
        and count >= 0
        and type(deleted) is list
        and all(type(number) is int and 0 <= number < count for number in deleted)
    ):
        raise DamagedIndexError("the table of contents has a segment as kb never writes one")
    segment = W3Segment(PackedCodec(), name, count, segid, set(deleted) or None)
    segment._fieldlengths = defaultdict(int)  # noqa: SLF001  # kb's fields have none; merging asks
    return segment
