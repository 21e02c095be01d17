"""What Whoosh writes an index with: a codec whose postings and records lie as `segment` tells.

Nothing here is imported for a search, which reads through `kb.index.whoosh.segment` alone.
"""

from __future__ import annotations

import heapq
import os
import struct
from array import array
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import (
    W3Codec,
    W3FieldWriter,
    W3PerDocReader,
    W3PerDocWriter,
    W3Segment,
    W3TermInfo,
    W3TermsReader,
)
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.matching import ListMatcher

from kb.index.whoosh.segment import (
    EXTENT,
    NAME,
    PackedPostings,
    RecordColumn,
    SegmentInfo,
    SegmentRecords,
    refuse_inlined,
)
from kb.index.whoosh.storage import GuardedFile, JSONFile, decoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.search.protocols import TermPostings

_STORED = "_stored"
_LENGTHS = struct.Struct("!ii")


class GuardedStorage(FileStorage):
    """A folder whose files are guarded when they are read."""

    def temp_storage(self, name: str) -> FileStorage:
        """A folder in this one, where there may be one already. Whoosh's own keeps the error that
        says so in a cycle, and with it all frames, and so all engines, of those who called.
        """
        folder = self._fpath(name)
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # Whoosh's paths are text
        return FileStorage(folder)

    def create_file(self, name: str, **options: Any) -> JSONFile:
        """Open a new file for writing, in the place of one of that name."""
        return JSONFile(open(self._fpath(name), "wb"), name=name, **options)  # noqa: PTH123  # StructFile closes it

    def open_file(self, name: str, **options: Any) -> GuardedFile:
        """Open a file for reading."""
        return GuardedFile(open(self._fpath(name), "rb"), name=name, **options)  # noqa: PTH123  # as above


class RecordWriter(W3PerDocWriter):
    """Writes a segment's documents."""

    def _create_column(self, fieldname: str, column: Any) -> None:
        super()._create_column(fieldname, RecordColumn() if fieldname == _STORED else column)


class RecordReader(W3PerDocReader):
    """Reads a segment's documents, to merge it."""

    def __init__(self, storage: Any, segment: Any) -> None:
        super().__init__(storage, segment)
        path = Path(storage.folder) / W3Codec.column_filename(segment, _STORED)
        self._records = SegmentRecords(path, segment.doc_count_all())

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """What was stored with a document. Raises DamagedIndexError."""
        return self._records.stored_fields(docnum)

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._records.close()


def _blank_info() -> bytes:
    """A `W3TermInfo` of which nothing is known, as it lies on disk."""
    info = W3TermInfo()
    info.set_extent(0, 0)
    return bytes(info.to_bytes())


_BLANK = _blank_info()
_FREQUENCY = slice(5, 9)  # behind a flag and a weight
_HEAD, _REST = _BLANK[: _FREQUENCY.start], _BLANK[_FREQUENCY.stop : -EXTENT.size]


def term_info(frequency: int, offset: int, length: int) -> bytes:
    """What a term's `GuardedTermInfo` is read from: the number of its documents, and where its
    postings lie. As `W3TermInfo.to_bytes` writes it where nothing else is known.
    """
    return _HEAD + frequency.to_bytes(4, "big") + _REST + EXTENT.pack(offset, length)


class GuardedTermInfo(W3TermInfo):
    """Where a term's postings lie. They are never pickled into it, as Whoosh's own may be."""

    @classmethod
    def from_bytes(cls, data: bytes) -> GuardedTermInfo:
        """Read what `to_bytes` wrote. Raises DamagedIndexError where it holds them all the same."""
        refuse_inlined(data)
        info: GuardedTermInfo = super().from_bytes(data)
        return info


class PackedTermsReader(W3TermsReader):
    """Reads a segment's terms, to merge it."""

    def term_info(self, fieldname: str, tbytes: bytes) -> GuardedTermInfo:
        """Where a term's postings lie. Raises KeyError for a term that is not there."""
        return GuardedTermInfo.from_bytes(self._tindex[self._keycoder(fieldname, tbytes)])


class PostingBuffer:
    """Collects a segment's postings in arrays until they are written.

    Stands in for Whoosh's PostingPool, which sorts one tuple a posting: this one sorts terms
    only, and holds a posting in about ten bytes.
    """

    def __init__(self) -> None:
        self.fields: defaultdict[str, defaultdict[str, PackedPostings]] = defaultdict(
            lambda: defaultdict(PackedPostings.empty)
        )
        self._coming: dict[str, Iterator[tuple[str, TermPostings]]] = {}
        self._held: defaultdict[str, defaultdict[str, array[int]]] = defaultdict(
            lambda: defaultdict(lambda: array("I"))
        )

    def add_weights(self, field: str, doc: int, weights: Mapping[str, int]) -> None:
        """Take the postings of one document in a field without positions: term -> weight."""
        known = self.fields[field]
        for term, weight in weights.items():
            known[term].add(doc, weight, ())

    def add_presence(self, field: str, doc: int, terms: Iterable[str]) -> None:
        """Take the postings of one document in a field where a term is there or is not."""
        known = self._held[field]
        for term in terms:
            known[term].append(doc)

    def add_positions(self, field: str, term: str, doc: int, positions: Sequence[int]) -> None:
        """Take the posting of a term in one document, of weight 1."""
        self.fields[field][term].add(doc, 1, positions)

    def take(self, found: Mapping[str, Iterator[tuple[str, TermPostings]]]) -> None:
        """Take whole fields: (term, postings) in order of term, which are made as they are
        written. Whatever else comes to them comes after.
        """
        self._coming |= found

    def field_names(self) -> list[str]:
        """All fields, in order."""
        return sorted(self.fields.keys() | self._held.keys() | self._coming.keys())

    def release(self, field: str) -> Iterator[tuple[str, PackedPostings]]:
        """(term, postings) of a field in order, each of them once."""
        first = ((t, PackedPostings(*p)) for t, p in self._coming.pop(field, iter(())))
        if not self._held.get(field) and not self.fields.get(field):
            yield from first
            return
        parts = heapq.merge(first, self._collected(field), key=itemgetter(0))
        for term, same in groupby(parts, key=itemgetter(0)):
            (_, postings), *rest = same
            for _, more in rest:
                postings = postings.followed_by(more)
            yield term, postings

    def _collected(self, field: str) -> Iterator[tuple[str, PackedPostings]]:
        held: dict[str, array[int]] = self._held.pop(field, defaultdict())
        rest: dict[str, PackedPostings] = self.fields.pop(field, defaultdict())
        for term in sorted(held.keys() | rest.keys()):  # code points: as their UTF-8 bytes
            postings = rest.pop(term, None)
            docs = held.pop(term, None)
            if docs is not None:
                postings = PackedPostings.unweighted(docs).followed_by(postings)
            assert postings is not None
            yield term, postings

    def add(self, item: tuple[str, bytes, int, float, bytes | None]) -> None:
        """Take a posting in Whoosh's form: field, term, document number, weight, value. That is
        how segments are merged.
        """
        field, term, doc, weight, value = item
        postings = self.fields[field][term.decode("utf-8", "surrogatepass")]
        postings.add(doc, int(weight), array("H", value or b""))

    def iter_postings(self) -> PostingBuffer:
        """What the segment writer hands to `PackedFieldWriter.add_postings`."""
        return self

    def cleanup(self) -> None:
        """Forget everything; nothing is ever spilled to disk."""
        self.fields.clear()
        self._held.clear()
        self._coming.clear()


class _TermTable(OrderedHashWriter):
    """Whoosh's table of terms, in which they are found by CRC-32: MD5 finds them as well, at ten
    times the cost.
    """

    def __init__(self, dbfile: Any) -> None:
        super().__init__(dbfile)
        dbfile.seek(self.startoffset)
        HashWriter.__init__(self, dbfile, hashtype=_CRC32)


_CRC32 = 1
"""Whoosh's number for it in `whoosh.filedb.filetables`."""


class PackedFieldWriter(W3FieldWriter):
    """Writes a PostingBuffer term by term, in order of field and term."""

    _tindex: Any
    _fieldmap: dict[str, int]

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        file = self._tindex.dbfile
        file.seek(0)
        self._tindex = _TermTable(file)
        self._fieldmap = self._tindex.extras["fieldmap"] = {}

    def add_postings(self, schema: Any, lengths: Any, items: PostingBuffer) -> None:  # noqa: ARG002  # Whoosh's signature
        """Write every field, in order of name.

        The entries of the table of terms are written here as `OrderedHashWriter.add` does it,
        but for asking the files where they are, three times a term.
        """
        table = self._tindex
        write_record, write_entry = self._postfile.file.write, table.dbfile.file.write
        end, at = self._postfile.tell(), table.tell()
        for field in items.field_names():
            self.start_field(field, schema[field])
            prefix = self._fieldid.to_bytes(2, "big")
            for term, postings in items.release(field):
                record = postings.pack()
                write_record(record)
                key = prefix + term.encode("utf-8", "surrogatepass")
                info = term_info(len(postings.docs), end, len(record))
                end += len(record)
                table.index.append(at)
                hashed = table.hashfn(key)
                table.buckets[hashed & 0xFF].append((hashed, at))
                at += write_entry(_LENGTHS.pack(len(key), len(info)) + key + info)
            self.finish_field()

    def close(self) -> None:
        """Close the files, and let go of the table of terms: Whoosh's own writer, which holds this
        one, is part of a cycle.
        """
        super().close()
        del self._tindex


class PackedCodec(W3Codec):
    """Whoosh's third codec with packed postings."""

    length_stats = False

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment with a name that no other has. Whoosh takes it from `random`, which a program
        may seed: the files of the next segment then take the place of those of the last.
        """
        segment = super().new_segment(storage, indexname)
        segment.segid = os.urandom(8).hex()
        return segment

    def field_writer(self, storage: Any, segment: Any) -> PackedFieldWriter:
        """What writes a segment's terms and postings."""
        return PackedFieldWriter(self, storage, segment)

    def per_document_writer(self, storage: Any, segment: Any) -> RecordWriter:
        """What writes a segment's documents."""
        return RecordWriter(self, storage, segment)

    def per_document_reader(self, storage: Any, segment: Any) -> RecordReader:
        """The documents of a segment."""
        return RecordReader(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> PackedTermsReader:
        """What reads them."""
        name = segment.make_filename(self.TERMS_EXT)
        terms = storage.open_file(name)
        posts = segment.open_file(storage, self.POSTS_EXT)
        with decoding(name):
            return PackedTermsReader(self, terms, terms.size, posts)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        """Whoosh's view of a term's postings, used when it merges segments."""
        postings = read_record(dbfile, terminfo, positions=True)
        return ListMatcher(
            list(postings.docs),
            [float(weight) for weight in postings.weights],
            list(_values(postings)),
            format_,
            scorer=scorer,
            term=term,
            terminfo=terminfo,
        )


def read_record(dbfile: Any, terminfo: Any, *, positions: bool) -> PackedPostings:
    """Read the record that a term's info points to. Raises DamagedPostingsError."""
    offset, (length,) = terminfo.extent()  # W3TermInfo.from_bytes leaves the length in a tuple
    return PackedPostings.unpack(bytes(dbfile.get(offset, length)), positions=positions)


def _values(postings: PackedPostings) -> Iterator[bytes]:
    start = 0
    for size in postings.sizes:
        yield postings.positions[start : start + size].tobytes()
        start += size


def whoosh_segment(info: SegmentInfo) -> W3Segment:
    """A segment as Whoosh's writer takes it."""
    segment = W3Segment(PackedCodec(), NAME, info.documents, info.id, set(info.deleted) or None)
    segment._fieldlengths = defaultdict(int)  # noqa: SLF001  # kb's fields have none; merging asks
    return segment
