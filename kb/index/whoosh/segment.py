"""One segment of an index as it is read: its terms with their postings, and what was stored.

Whoosh's own codec pickles tuples in blocks of 128 postings; reading them back costs more
than scoring them, and a pickle from a stranger runs code. Here a term is one record:

    u32 CRC-32 of all that follows
    u32 number of postings
    u32 document numbers, u16 weights
    u16 positions a posting, then u16 positions of all postings

in little-endian order. Documents and weights score single words; the rest is read for neighbours
only. Nothing is compressed: that would take longer than all else here.

What hits show is stored document by document as JSON under a checksum, uncompressed. Whoosh pickles
and compresses it; but kb stores one text with some of the documents and nothing with others,
compressing took longer than all else that is done to store it, and a checksum tells damage as well
as a decompressor does.

A search imports of Whoosh what reads its hash tables and columns, and nothing else: the rest, which
`kb.index.whoosh.codec` writes with, is half of the time that importing Whoosh takes.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain, compress, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh.columns import VarBytesColumn
from whoosh.filedb.filetables import OrderedHashReader

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError
from kb.index.whoosh.storage import decoding, open_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

NAME = "kb"
"""What the names of all files of a segment begin with."""

TERMS, POSTINGS, RECORDS = ".trm", ".pst", "._stored.col"
"""What the names of its files end in, as `W3Codec` of Whoosh has them."""

RECORD = "record"
"""The field that is stored."""

_CRC_SIZE = 4

LOOKUP_COST = 8
"""A binary search among documents takes as long as going through so many of them."""

FEW = 8
"""Up to so many deleted documents it is faster to take them out one by one."""


class SegmentInfo(NamedTuple):
    """What the table of contents says of a segment: its id, how many documents it has, and the
    numbers of those that are deleted.
    """

    id: str
    documents: int
    deleted: Sequence[int]


class RecordColumn(VarBytesColumn):
    """One record a document, or none: its CRC-32, then UTF-8 (lone surrogates are encoded, too)."""

    class Writer(VarBytesColumn.Writer):
        """Writes them, in order of document."""

        def add(self, docnum: int, stored: dict[str, str]) -> None:
            """Write a document's record."""
            data = stored[RECORD].encode("utf-8", "surrogatepass")
            super().add(docnum, zlib.crc32(data).to_bytes(_CRC_SIZE, "big") + data)

    class Reader(VarBytesColumn.Reader):
        """Reads them."""

        def __getitem__(self, docnum: int) -> dict[str, str]:
            """What was stored with a document. Raises DamagedIndexError for what is not that."""
            data = bytes(super().__getitem__(docnum))
            if not data:
                return {}
            crc, text = data[:_CRC_SIZE], data[_CRC_SIZE:]
            if zlib.crc32(text) != int.from_bytes(crc, "big"):
                raise DamagedIndexError("a record does not fit its checksum")
            return {RECORD: text.decode("utf-8", "surrogatepass")}


class SegmentRecords:
    """What was stored with a segment's documents: nothing is unpickled.

    The file is opened at once, since it may be removed later, and gone through when it is needed.
    """

    def __init__(self, path: Path, count: int) -> None:
        self._file = open_file(path)
        self._count = count

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """What was stored with a document. Raises DamagedIndexError."""
        with decoding("the table of records"):
            found: dict[str, str] = self._records[docnum]
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @cached_property
    def _records(self) -> Any:
        return RecordColumn().reader(self._file, 0, self._file.size, self._count)


HEADER = struct.Struct("<II")
_CRC, _COUNT = struct.Struct("<I"), struct.Struct("<I")
_BEGINNING = struct.Struct("<III")
"""Of a record: what is in the header, and the first document number."""
_A_POSTING = 4 + 2 + 2
"""Bytes of a posting, but for its positions."""

FIRST_READ, READ_AHEAD = 1 << 13, 1 << 17
"""Bytes of terms, or of records, that are read in one go where many are wanted: at first, and at
most.
"""

_LENGTHS = struct.Struct("!ii")
MAX_WEIGHT = 0xFFFF
MAX_POSITION = 0xFFFF


class DamagedPostingsError(DamagedIndexError):
    """A record's checksum or size does not fit its bytes."""


@dataclass(slots=True)
class PackedPostings:
    """One term's postings: parallel arrays of document numbers (ascending), weights, and numbers
    of positions; `positions` holds those of all postings one after the other.
    """

    docs: array[int]
    weights: array[int]
    sizes: array[int]
    positions: array[int]

    @classmethod
    def empty(cls) -> PackedPostings:
        """Postings of a term that stands nowhere."""
        return cls(array("I"), array("H"), array("H"), array("H"))

    @classmethod
    def unweighted(cls, docs: array[int]) -> PackedPostings:
        """Postings of weight 1 without positions."""
        count = len(docs)
        return cls(docs, array("H", [1]) * count, array("H", [0]) * count, array("H"))

    def followed_by(self, other: PackedPostings | None) -> PackedPostings:
        """These postings, and then others, of later documents."""
        if other is None:
            return self
        return PackedPostings(
            self.docs + other.docs,
            self.weights + other.weights,
            self.sizes + other.sizes,
            self.positions + other.positions,
        )

    def add(self, doc: int, weight: int, positions: Sequence[int]) -> None:
        """Append one posting."""
        self.docs.append(doc)
        self.weights.append(weight)
        self.sizes.append(len(positions))
        if positions:
            self.positions.extend(positions)

    def remove(self, doc: int) -> None:
        """Take out the posting of a document that has one."""
        at = bisect_left(self.docs, doc)
        if self.positions:
            start = sum(self.sizes[:at])
            del self.positions[start : start + self.sizes[at]]
        del self.docs[at], self.weights[at], self.sizes[at : at + 1]

    def pack(self) -> bytes:
        """The record described at the head of this module."""
        columns = self.docs, self.weights, self.sizes, self.positions
        rest = _COUNT.pack(len(self.docs)) + b"".join(map(_to_bytes, columns))
        return _CRC.pack(zlib.crc32(rest)) + rest

    @classmethod
    def unpack(cls, record: bytes, *, positions: bool) -> PackedPostings:
        """Read a record; without `positions` the last two arrays stay empty.

        Raises DamagedPostingsError.
        """
        if len(record) < HEADER.size:
            raise DamagedPostingsError("a posting record is cut short")
        crc, count = HEADER.unpack_from(record)
        fits = len(record) >= HEADER.size + _A_POSTING * count and len(record) % 2 == 0
        if not fits or zlib.crc32(record[_CRC.size :]) != crc:
            raise DamagedPostingsError("a posting record does not fit its checksum")
        weights = HEADER.size + 4 * count
        sizes, places = weights + 2 * count, weights + 4 * count
        return cls(
            _from_bytes("I", record[HEADER.size : weights]),
            _from_bytes("H", record[weights:sizes]),
            _from_bytes("H", record[sizes:places] if positions else b""),
            _from_bytes("H", record[places:] if positions else b""),
        )


def _to_bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def _from_bytes(typecode: str, data: bytes) -> array[int]:
    values: array[int] = array(typecode, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


INFO = struct.Struct("!BfIBBfII")
"""What Whoosh notes of a term: first whether its postings stand here, then statistics. Where they
lie follows.
"""

EXTENT = struct.Struct("!qi")
"""Where a term's record lies: its offset and length."""


def extent_in(info: bytes) -> tuple[int, int]:
    """Offset and length of a term's record. Raises DamagedIndexError for an entry of another size,
    and for one that holds the postings itself, which Whoosh would unpickle.
    """
    if len(info) != INFO.size + EXTENT.size:
        raise DamagedIndexError("an entry of the table of terms has another size")
    refuse_inlined(info)
    offset, length = EXTENT.unpack_from(info, INFO.size)
    return offset, length


def refuse_inlined(info: bytes) -> None:
    """Raise DamagedIndexError for an entry that holds a term's postings: kb writes none."""
    if info[0]:
        raise DamagedIndexError("an entry of the table of terms holds its postings itself")


class SegmentTerms:
    """A segment's terms, with their postings as arrays. Raises DamagedIndexError where the files
    are not what `kb.index.whoosh.codec` writes.
    """

    def __init__(self, terms: Path, postings: Path) -> None:
        self._dbfile = open_file(terms)
        self._postfile = open_file(postings)
        with decoding(terms.name):
            self._tindex = OrderedHashReader(self._dbfile, self._dbfile.size)
            self._fieldmap: dict[str, int] = self._tindex.extras["fieldmap"]

    def close(self) -> None:
        """Close the files."""
        self._tindex.close()
        self._postfile.close()

    def _key(self, field: str, term: bytes) -> bytes:
        return self._fieldmap[field].to_bytes(2, "big") + term

    def packed(self, field: str, term: bytes, *, positions: bool) -> PackedPostings | None:
        """The postings of a term in this segment, or None where it has none."""
        if field not in self._fieldmap:
            return None
        with decoding("the table of terms"):
            info = self._tindex.get(self._key(field, term))
            if info is None:
                return None
            offset, length = extent_in(info)
        return PackedPostings.unpack(self._postfile.get(offset, length), positions=positions)

    def records(self, field: str) -> Iterator[tuple[bytes, bytes]]:
        """All terms of a field with their records, in order of their bytes."""
        posts = self._postfile
        held, first = b"", 0  # records lie one after the other: many are read at once
        for term, info in self._entries(field, b""):
            offset, length = extent_in(info)
            if not first <= offset <= first + len(held) - length:
                ahead = max(length, min(READ_AHEAD, posts.size - offset))
                held, first = posts.get(offset, ahead), offset
            yield term, held[offset - first : offset - first + length]

    def weights_in(
        self, field: str, documents: Sequence[range]
    ) -> Iterator[tuple[bytes, array[int]]]:
        """(term, the weights of its postings there) for each term that stands in some documents,
        once for each range of them.
        """
        start, stop = min(own.start for own in documents), max(own.stop for own in documents)
        for term, record in self.records(field):
            docs = documents_in(record, start, stop)
            for own in documents if docs else ():
                first = bisect_left(docs, own.start)
                last = bisect_left(docs, own.stop, first)
                if first < last:
                    at = HEADER.size + 4 * _BEGINNING.unpack_from(record)[1]
                    yield term, _from_bytes("H", record[at + 2 * first : at + 2 * last])

    def terms_of(self, field: str, prefix: bytes = b"") -> Iterator[bytes]:
        """The terms of a field that begin with `prefix`, in order of their bytes."""
        return (term for term, _ in self._entries(field, prefix))

    def _entries(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The terms of a field that begin with `prefix`, with what their postings are found by."""
        if field not in self._fieldmap:
            return
        key = self._key(field, prefix)
        cut = len(key) - len(prefix)
        with decoding("the table of terms"):
            at, end = self._tindex.closest_key_pos(key), self._tindex.endofdata
            size = FIRST_READ
            while at is not None and at < end:
                data = self._dbfile.get(at, min(size, end - at))
                done = 0
                for start, middle, after in _whole_entries(data):
                    if not data.startswith(key, start):
                        return
                    yield data[start + cut : middle], data[middle:after]
                    done = after
                if not done and at + len(data) == end:
                    raise DamagedPostingsError("the table of terms has an entry without an end")
                at += done
                size = 2 * size if not done else min(2 * size, READ_AHEAD)


def _whole_entries(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Where the entries in a piece of a table of terms have their key, their value and their end:
    those that are in it as a whole. See whoosh.filedb.filetables: key and value lie behind their
    lengths.
    """
    at = 0
    while at + _LENGTHS.size <= len(data):
        key_size, value_size = _LENGTHS.unpack_from(data, at)
        start = at + _LENGTHS.size
        at = start + key_size + value_size
        if key_size < 0 or value_size < 0 or at > len(data):
            return
        yield start, start + key_size, at


def documents_in(record: bytes, start: int, stop: int) -> array[int]:
    """The documents of a record, which is not held against its checksum; none where they are all
    before `start`, or none is before `stop`: so it is with most. A record may hold no posting.
    """
    if len(record) < _BEGINNING.size:
        return array("I")
    _, count, first = _BEGINNING.unpack_from(record)
    end = HEADER.size + 4 * count
    if first >= stop or int.from_bytes(record[end - 4 : end], "little") < start:
        return array("I")
    return _from_bytes("I", record[HEADER.size : end])


class Segment:
    """One segment: its first document number in the whole index, and its two readers."""

    def __init__(self, folder: Path, info: SegmentInfo, base: int) -> None:
        self.base = base
        self.name = f"{NAME}_{info.id}"
        self.count = info.documents
        self.deleted = frozenset(info.deleted)
        self._deleted = sorted(self.deleted)
        terms, postings, records = (
            folder / f"{self.name}{ending}" for ending in (TERMS, POSTINGS, RECORDS)
        )
        self.terms = SegmentTerms(terms, postings)
        self.documents = SegmentRecords(records, self.count)

    def close(self) -> None:
        """Close the files."""
        self.terms.close()
        self.documents.close()

    def postings(self, field: str, term: bytes, *, positions: bool) -> PackedPostings | None:
        """The live postings of a term, by document number within the segment."""
        postings = self.terms.packed(field, term, positions=positions)
        return postings if postings is None else self._live(postings)

    def entries(
        self, field: str, only: Collection[str] | None, *, positions: bool
    ) -> Iterator[tuple[bytes, PackedPostings]]:
        """The live postings of every term, by document number within the index."""
        keys = None if only is None else {t.encode("utf-8", "surrogatepass") for t in only}
        for term, record in self.terms.records(field):
            if keys is not None and term not in keys:
                continue
            postings = self._live(PackedPostings.unpack(record, positions=positions))
            postings.docs = shifted(postings.docs, self.base)
            yield term, postings

    def counts(self, field: str) -> Iterator[tuple[bytes, int]]:
        """Every term with the number of its live postings, which may be none."""
        start, stop = (self._deleted[0], self._deleted[-1] + 1) if self._deleted else (0, 0)
        for term, record in self.terms.records(field):
            _, count = HEADER.unpack_from(record)
            if count and stop and (docs := documents_in(record, start, stop)):
                count -= len(self._gone(docs))
            yield term, count

    def _gone(self, docs: array[int]) -> Collection[int]:
        """The documents among some, which ascend, that are deleted."""
        deleted = self._deleted
        if not deleted or not docs or docs[-1] < deleted[0] or docs[0] > deleted[-1]:
            return ()
        if len(deleted) * LOOKUP_COST > len(docs):
            return self.deleted.intersection(docs)
        found, last = [], len(docs)
        for doc in deleted:
            at = bisect_left(docs, doc)
            if at < last and docs[at] == doc:
                found.append(doc)
        return found

    def _live(self, postings: PackedPostings) -> PackedPostings:
        """The postings, changed in place, without those of deleted documents."""
        gone = self._gone(postings.docs)
        if not gone:
            return postings
        if len(gone) <= FEW:
            for doc in gone:
                postings.remove(doc)
            return postings
        live = [doc not in self.deleted for doc in postings.docs]
        spread = chain.from_iterable(map(repeat, live, postings.sizes))
        postings.positions = array("H", compress(postings.positions, spread))
        postings.docs = array("I", compress(postings.docs, live))
        postings.weights = array("H", compress(postings.weights, live))
        postings.sizes = array("H", compress(postings.sizes, live))
        return postings


def shifted(docs: array[int], base: int) -> array[int]:
    """Document numbers of a segment as those of the whole index, in which it begins at `base`."""
    return docs if base == 0 else array("I", [doc + base for doc in docs])
