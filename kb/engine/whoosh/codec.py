"""How postings lie on disk: a Whoosh codec that packs each term's postings into arrays.

Whoosh's own codec pickles tuples in blocks of 128 postings; reading them back costs more
than scoring them, and a pickle from a stranger runs code. Here a term is one record:

    u32 CRC-32 of all that follows
    u32 number of postings, u32 bytes of the head, u32 bytes of the tail
    head, zlib: u32 document numbers, u16 weights
    tail, zlib: u16 positions a posting, then u16 positions of all postings

in little-endian order. The head scores single words; the tail is read for neighbours only.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo, W3TermsReader
from whoosh.matching import ListMatcher

from kb.engine.checks import DamagedIndexError
from kb.engine.whoosh.pickles import GuardedDocuments, GuardedTermInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HEADER = struct.Struct("<IIII")
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

    def add(self, doc: int, weight: int, positions: Sequence[int]) -> None:
        """Append one posting."""
        self.docs.append(doc)
        self.weights.append(weight)
        self.sizes.append(len(positions))
        if positions:
            self.positions.extend(positions)

    def pack(self) -> bytes:
        """The record described at the head of this module."""
        head = zlib.compress(_to_bytes(self.docs) + _to_bytes(self.weights), 1)
        tail = zlib.compress(_to_bytes(self.sizes) + _to_bytes(self.positions), 1)
        counts = HEADER.pack(0, len(self.docs), len(head), len(tail))[4:]
        crc = zlib.crc32(tail, zlib.crc32(head, zlib.crc32(counts)))
        return struct.pack("<I", crc) + counts + head + tail

    @classmethod
    def unpack(cls, record: bytes, *, positions: bool) -> PackedPostings:
        """Read a record; without `positions` the last two arrays stay empty.

        Raises DamagedPostingsError.
        """
        count, head, tail = _checked(record)
        postings = cls.empty()
        postings.docs = _from_bytes("I", head[: 4 * count])
        postings.weights = _from_bytes("H", head[4 * count :])
        if positions:
            body = zlib.decompress(tail)
            postings.sizes = _from_bytes("H", body[: 2 * count])
            postings.positions = _from_bytes("H", body[2 * count :])
        return postings


def _checked(record: bytes) -> tuple[int, bytes, bytes]:
    """The number of postings, the head in clear and the tail as stored."""
    if len(record) < HEADER.size:
        raise DamagedPostingsError("a posting record is cut short")
    crc, count, head_size, tail_size = HEADER.unpack_from(record)
    end = HEADER.size + head_size + tail_size
    if len(record) != end or zlib.crc32(record[4:]) != crc:
        raise DamagedPostingsError("a posting record does not fit its checksum")
    split = HEADER.size + head_size
    return count, zlib.decompress(record[HEADER.size : split]), record[split:]


def _to_bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def _from_bytes(typecode: str, data: bytes) -> array[int]:
    values: array[int] = array(typecode)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


class PostingBuffer:
    """Collects a segment's postings in arrays until they are written.

    Stands in for Whoosh's PostingPool, which sorts one tuple a posting: this one sorts terms
    only, and holds a posting in about ten bytes.
    """

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, PackedPostings]] = {}

    def add_terms(
        self, field: str, doc: int, terms: Mapping[str, tuple[int, Sequence[int]]]
    ) -> None:
        """Take all postings of one document in a field: term -> weight and positions."""
        known = self.fields.setdefault(field, {})
        for term, (weight, positions) in terms.items():
            postings = known.get(term)
            if postings is None:
                postings = known[term] = PackedPostings.empty()
            postings.add(doc, weight, positions)

    def add(self, item: tuple[str, bytes, int, float, bytes | None]) -> None:
        """Take a posting in Whoosh's form: field, term, document number, weight, value. That is
        how segments are merged.
        """
        field, term, doc, weight, value = item
        positions = array("H", value or b"")
        self.add_terms(
            field, doc, {term.decode("utf-8", "surrogatepass"): (int(weight), positions)}
        )

    def iter_postings(self) -> PostingBuffer:
        """What the segment writer hands to `PackedFieldWriter.add_postings`."""
        return self

    def cleanup(self) -> None:
        """Forget everything; nothing is ever spilled to disk."""
        self.fields = {}


class PackedFieldWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    """Writes a PostingBuffer term by term, in order of field and term."""

    def add_postings(self, schema: Any, lengths: Any, items: PostingBuffer) -> None:  # noqa: ARG002  # Whoosh's signature
        """Write every field, in order of name."""
        for field in sorted(items.fields):
            self.start_field(field, schema[field])
            terms = items.fields[field]
            for term in sorted(terms):  # code points are in the order of their UTF-8 bytes
                self._add_term(term.encode("utf-8", "surrogatepass"), terms[term])
            self.finish_field()

    def _add_term(self, term: bytes, postings: PackedPostings) -> None:
        offset = self._postfile.tell()
        record = postings.pack()
        self._postfile.write(record)
        info = W3TermInfo()
        info._df = len(postings.docs)  # noqa: SLF001  # no public way to set it
        info.set_extent(offset, len(record))
        self._btext = term
        self._tindex.add(self._fieldid.to_bytes(2, "big") + term, info.to_bytes())


class PackedCodec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's third codec with packed postings."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> PackedFieldWriter:
        """What writes a segment's terms and postings."""
        return PackedFieldWriter(self, storage, segment)

    def per_document_reader(self, storage: Any, segment: Any) -> GuardedDocuments:
        """The documents of a segment."""
        return GuardedDocuments(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> PackedTermsReader:
        """What reads them."""
        name = segment.make_filename(self.TERMS_EXT)
        terms = storage.open_file(name)
        posts = segment.open_file(storage, self.POSTS_EXT)
        return PackedTermsReader(self, terms, storage.file_length(name), posts)

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


class PackedTermsReader(W3TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's terms with their postings as arrays."""

    def packed(self, field: str, term: bytes, *, positions: bool) -> PackedPostings | None:
        """The postings of a term in this segment, or None where it has none."""
        if field not in self._fieldmap or (field, term) not in self:
            return None
        return read_record(self._postfile, self.term_info(field, term), positions=positions)

    def term_info(self, fieldname: str, tbytes: bytes) -> GuardedTermInfo:
        """Where a term's postings lie. Raises KeyError for a term that is not there."""
        return GuardedTermInfo.from_bytes(self._tindex[self._keycoder(fieldname, tbytes)])

    def terms_of(self, field: str, prefix: bytes = b"") -> Iterator[bytes]:
        """The terms of a field that begin with `prefix`, in order of their bytes."""
        if field not in self._fieldmap:
            return
        for name, term in self.terms_from(field, prefix):
            if name != field or not term.startswith(prefix):
                return
            yield term


def read_record(dbfile: Any, terminfo: Any, *, positions: bool) -> PackedPostings:
    """Read the record that a term's info points to. Raises DamagedPostingsError."""
    offset, (length,) = terminfo.extent()  # W3TermInfo.from_bytes leaves the length in a tuple
    return PackedPostings.unpack(bytes(dbfile.get(offset, length)), positions=positions)


def _values(postings: PackedPostings) -> Iterator[bytes]:
    start = 0
    for size in postings.sizes:
        yield postings.positions[start : start + size].tobytes()
        start += size
