"""How postings lie on disk: a Whoosh codec that packs each term's postings into arrays.

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
"""

from __future__ import annotations

import heapq
import os
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import (
    W3Codec,
    W3FieldWriter,
    W3PerDocReader,
    W3PerDocWriter,
    W3TermsReader,
)
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.matching import ListMatcher

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError
from kb.index.whoosh.storage import GuardedTermInfo, decoding, term_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kb.search.protocols import TermPostings

RECORD = "record"
"""The field that is stored."""

_STORED = "_stored"
_CRC_SIZE = 4


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


_COLUMN = RecordColumn()


class RecordWriter(W3PerDocWriter):
    """Writes a segment's documents."""

    def _create_column(self, fieldname: str, column: Any) -> None:
        super()._create_column(fieldname, _COLUMN if fieldname == _STORED else column)


class RecordReader(W3PerDocReader):
    """Reads a segment's documents: nothing is unpickled.

    The file is opened at once, since it may be removed later, and gone through when it is needed.
    """

    def __init__(self, storage: Any, segment: Any) -> None:
        super().__init__(storage, segment)
        self._file = storage.open_file(W3Codec.column_filename(segment, _STORED))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """What was stored with a document. Raises DamagedIndexError."""
        with decoding("the table of records"):
            found: dict[str, str] = self._records[docnum]
        return found

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._file.close()

    @cached_property
    def _records(self) -> Any:
        return _COLUMN.reader(self._file, 0, self._file.size, self._doccount)


HEADER = struct.Struct("<II")
_CRC, _COUNT = struct.Struct("<I"), struct.Struct("<I")
_A_POSTING = 4 + 2 + 2
"""Bytes of a posting, but for its positions."""

FIRST_READ, READ_AHEAD = 1 << 13, 1 << 17
"""Bytes of terms, or of records, that are read in one go where many are wanted: at first, and at
most.
"""

READ_AT_ONCE = 1 << 10
"""Document numbers that are read in one go where a few are looked for."""

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


class PackedTermsReader(W3TermsReader):
    """Whoosh's terms with their postings as arrays."""

    def packed(self, field: str, term: bytes, *, positions: bool) -> PackedPostings | None:
        """The postings of a term in this segment, or None where it has none."""
        if field not in self._fieldmap:
            return None
        with decoding("the table of terms"):
            info = self._tindex.get(self._keycoder(field, term))
            if info is None:
                return None
            offset, length = GuardedTermInfo.extent_in(info)
        return PackedPostings.unpack(self._postfile.get(offset, length), positions=positions)

    def term_info(self, fieldname: str, tbytes: bytes) -> GuardedTermInfo:
        """Where a term's postings lie. Raises KeyError for a term that is not there."""
        return GuardedTermInfo.from_bytes(self._tindex[self._keycoder(fieldname, tbytes)])

    def records(self, field: str) -> Iterator[tuple[bytes, bytes]]:
        """All terms of a field with their records, in order of their bytes."""
        posts = self._postfile
        held, first = b"", 0  # records lie one after the other: many are read at once
        for term, info in self._entries(field, b""):
            offset, length = GuardedTermInfo.extent_in(info)
            if not first <= offset <= first + len(held) - length:
                ahead = max(length, min(READ_AHEAD, posts.size - offset))
                held, first = posts.get(offset, ahead), offset
            yield term, held[offset - first : offset - first + length]

    def weights_in(
        self, field: str, documents: Sequence[range]
    ) -> Iterator[tuple[bytes, array[int]]]:
        """(term, the weights of its postings there) for each term that stands in some documents,
        once for each range of them. Of each record little is read.
        """
        read = self._postfile.get
        for term, info in self._entries(field, b""):
            offset, _ = GuardedTermInfo.extent_in(info)
            (count,) = _COUNT.unpack(read(offset + _CRC.size, _COUNT.size))
            docs = _Stored(read, offset + HEADER.size, count)
            for own in documents:
                first = bisect_left(docs, own.start)
                last = bisect_left(docs, own.stop, first)
                if first < last:
                    at = offset + HEADER.size + 4 * count + 2 * first
                    yield term, _from_bytes("H", read(at, 2 * (last - first)))

    def terms_of(self, field: str, prefix: bytes = b"") -> Iterator[bytes]:
        """The terms of a field that begin with `prefix`, in order of their bytes."""
        return (term for term, _ in self._entries(field, prefix))

    def _entries(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The terms of a field that begin with `prefix`, with what their postings are found by."""
        if field not in self._fieldmap:
            return
        key = self._keycoder(field, prefix)
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


class _Stored:
    """Document numbers in a file: few are read at once, of many those that are looked at."""

    def __init__(self, read: Callable[[int, int], bytes], start: int, count: int) -> None:
        self._read, self._start, self._count = read, start, count
        self._all = None if count > READ_AT_ONCE else _from_bytes("I", read(start, 4 * count))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> int:
        if self._all is not None:
            return self._all[at]
        return int.from_bytes(self._read(self._start + 4 * at, 4), "little")


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


def crc_of(record: bytes) -> int:
    """The checksum of a record, which is not held against the rest."""
    crc: int = _CRC.unpack_from(record)[0]
    return crc


def stamp_of(record: bytes, *, documents: bool) -> tuple[int, int, array[int]]:
    """The checksum of a record, which is not held against the rest, the number of its documents,
    and on request those.
    """
    crc, count = HEADER.unpack_from(record)
    end = HEADER.size + (4 * count if documents else 0)
    return crc, count, _from_bytes("I", record[HEADER.size : end])


def read_record(dbfile: Any, terminfo: Any, *, positions: bool) -> PackedPostings:
    """Read the record that a term's info points to. Raises DamagedPostingsError."""
    offset, (length,) = terminfo.extent()  # W3TermInfo.from_bytes leaves the length in a tuple
    return PackedPostings.unpack(bytes(dbfile.get(offset, length)), positions=positions)


def _values(postings: PackedPostings) -> Iterator[bytes]:
    start = 0
    for size in postings.sizes:
        yield postings.positions[start : start + size].tobytes()
        start += size
