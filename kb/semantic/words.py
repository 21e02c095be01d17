"""Meaning without a model at query time: vectors of words and of sections, read where they stand.

The vectors are an encoder's, made shorter by a projection (`kb.semantic.encoder.Projection`). A
generation has four kinds of files for them:

    projection  what all vectors of the generation were made shorter by
    vocabulary  of each whole word of the model's vocabulary: a hash of the word (`word_key`), by
                which rows are sorted, and its vector
    words       the same of the words of the articles that the vocabulary lacks
    sections    of each engine, in order of article id and position, one table after the other: the
                rank and the document of each section, the row of the leader of its cluster
                (`kb.semantic.clusters`), its vector, and eight bytes by which its text is known;
                80 bytes a section

Numbers are little-endian. All but `projection` begin with a line of JSON, filled up to HEAD bytes.
A query reads the rows of its words and of its candidates; where its words bring nothing sure, those
of all sections, or of more than WHOLE those of the clusters that are nearest. Neither the model nor
numpy are needed for that, nor for the site, whose search has the same vectors
(`kb.site.export.meaning`).
"""

from __future__ import annotations

import json
import mmap
import sys
import zlib
from array import array
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.concurrency import cached_property
from kb.search.meaning import (
    LEAST_COSINE_OF_WORDS,
    NEAR,
    PROBED,
    REACH,
    UNSURE,
    WHOLE,
    cosine,
    nearest,
    weighted_sum,
)
from kb.search.protocols import Similarities, WordVectors
from kb.semantic.nibbles import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from kb.search.protocols import Asked, PostingReader

PROJECTION, VOCABULARY, WORDS, SECTIONS = "projection", "vocabulary", "words", "sections"
"""The files of a generation."""

FORMAT = 2
HEAD = 256
KEY_SIZE = 8

_NUMBER = 4
_NUMBERS = 3
"""Tables of such numbers."""

NO_ROW = 0xFFFFFFFF
"""In place of the row of a leader where there are no clusters."""


class Head(NamedTuple):
    """What a file says of itself: `made` tells the model and the projection, `size` is that of a
    vector in bytes.
    """

    made: str
    size: int
    rows: int
    crc: int
    format: int = FORMAT

    def line(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(self._asdict()).encode().ljust(HEAD - 1) + b"\n"

    def word_size(self) -> int:
        """The bytes of a word's row."""
        return KEY_SIZE + self.size

    def section_size(self) -> int:
        """The bytes of all rows of a section."""
        return _NUMBERS * _NUMBER + self.size + KEY_SIZE


def read_head(data: bytes | mmap.mmap, name: str) -> Head:
    """What a file says of itself. Raises ValueError, KeyError or TypeError where it is another."""
    head = Head(**json.loads(data[:HEAD]))
    size = head.section_size() if name == SECTIONS else head.word_size()
    if head.format != FORMAT or len(data) != HEAD + head.rows * size:
        raise ValueError("it has another length or format than it says")
    return head


def read_rows(path: Path) -> tuple[Head, dict[bytes, bytes]]:
    """All vectors of a file by their keys. Raises OSError, and what `read_head` does."""
    if path.name == SECTIONS:
        head, sections = read_sections(path)
        return head, {row.key: row.vector for row in sections}
    return read_word_rows(path.read_bytes())


def read_word_rows(data: bytes) -> tuple[Head, dict[bytes, bytes]]:
    """The vectors of a file of words by their keys. Raises what `read_head` does."""
    head, body = _checked(data, VOCABULARY)
    starts = range(0, len(body), head.word_size())
    return head, {
        body[at : at + KEY_SIZE]: body[at + KEY_SIZE : at + head.word_size()] for at in starts
    }


def _checked(data: bytes, name: str) -> tuple[Head, bytes]:
    """What a file says of itself, and all else in it."""
    head, body = read_head(data, name), data[HEAD:]
    if zlib.crc32(body) != head.crc:
        raise ValueError("it does not fit its checksum")
    return head, body


class SectionRow(NamedTuple):
    """A section: its rank and document, the row of its cluster's leader, the key of its text, and
    its vector.
    """

    rank: int
    doc: int
    leader: int
    key: bytes
    vector: bytes


def sections_body(rows: Sequence[SectionRow]) -> bytes:
    """The tables of such rows."""
    numbers = (number for column in zip(*rows, strict=True) for number in column)
    table = [number.to_bytes(_NUMBER, "little") for number in islice(numbers, _NUMBERS * len(rows))]
    return b"".join([*table, *(row.vector for row in rows), *(row.key for row in rows)])


def read_sections(path: Path) -> tuple[Head, list[SectionRow]]:
    """The rows of sections. Raises OSError, and what `read_head` does."""
    head, body = _checked(path.read_bytes(), path.name)
    rows, size = head.rows, head.size
    numbers = array("I", body[: _NUMBERS * _NUMBER * rows])
    if sys.byteorder == "big":
        numbers.byteswap()
    first = _NUMBERS * _NUMBER * rows
    keys = first + size * rows
    return head, [
        SectionRow(
            numbers[n],
            numbers[rows + n],
            numbers[2 * rows + n],
            body[keys + KEY_SIZE * n : keys + KEY_SIZE * (n + 1)],
            body[first + size * n : first + size * (n + 1)],
        )
        for n in range(rows)
    ]


def read_all(root: Path, folder: Path) -> WordVectors:
    """All vectors of a generation's folder and an engine's. Raises what `WordMeaning` does."""
    head, sections = read_sections(folder / SECTIONS)
    return joined(root, head.made, head.size, sections)


def joined(root: Path, made: str, size: int, rows: Sequence[SectionRow]) -> WordVectors:
    """The same with the rows of sections that are given."""
    heads, tables = zip(*(read_rows(root / name) for name in (VOCABULARY, WORDS)), strict=True)
    if {made} != {head.made for head in heads}:
        raise ValueError("its files were made by different models")
    return WordVectors(
        made=made,
        size=size,
        vocabulary=tables[0],
        words=tables[1],
        sections={row.doc: row.vector for row in rows},
        leaders={row.doc: rows[row.leader].doc for row in rows if row.leader != NO_ROW},
    )


_BASIS, _PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF


def word_key(word: str) -> bytes:
    """The bytes that a word's row is found by: FNV-1a (G. Fowler, L. Noll, K.-P. Vo, RFC 9923) of
    64 bits, which scripts compute, too.
    """
    found = _BASIS
    for byte in word.encode("utf-8", "replace"):
        found = (found ^ byte) * _PRIME & _MASK
    return found.to_bytes(KEY_SIZE, "big")


class _Words:
    """The rows of words of one file."""

    def __init__(self, path: Path) -> None:
        self._data = _mapped(path)
        self.head = read_head(self._data, path.name)

    def __len__(self) -> int:
        return self.head.rows

    def __getitem__(self, row: int) -> bytes:
        start = HEAD + row * self.head.word_size()
        return self._data[start : start + KEY_SIZE]

    def vector(self, word: str) -> array[int] | None:
        """The vector of a word; None where it has none."""
        key = word_key(word)
        row = bisect_left(self, key)
        if row == len(self) or self[row] != key:
            return None
        start = HEAD + row * self.head.word_size()
        return unpack(self._data[start + KEY_SIZE : start + self.head.word_size()])


class Sections(Protocol):
    """The vectors of an engine's sections. `made` tells the model and the projection."""

    @property
    def made(self) -> str:
        """What they were made by."""

    def cosine(self, query: Sequence[int], key: Any) -> float:
        """How near a section is to a query."""
        ...

    def nearest(self, query: Sequence[int]) -> Sequence[Any]:
        """What `Similarities.nearest` takes: the sections whose cosine with a query is at least
        LEAST_COSINE_OF_WORDS, of all, or of those in the clusters whose leaders are nearest.
        """
        ...


class FileSections:
    """Those of an engine on this machine, in the file SECTIONS. Raises as `read_head` does."""

    def __init__(self, path: Path, reader: PostingReader) -> None:
        self._order = reader.order
        self._is_whole = reader.sections <= WHOLE
        self._data = _mapped(path)
        self.head = read_head(self._data, path.name)
        rows = self.head.rows
        self._docs = HEAD + _NUMBER * rows
        self._leaders = self._docs + _NUMBER * rows
        self._vectors = self._leaders + _NUMBER * rows

    @property
    def made(self) -> str:
        """See Sections."""
        return self.head.made

    def cosine(self, query: Sequence[int], key: int) -> float:
        """See Sections. Raises ValueError where a section has no vector."""
        return cosine(query, self.vector(self.row_of(self._order[key])))

    def nearest(self, query: Sequence[int]) -> list[int]:
        """See Sections."""
        rows: Iterable[int] = range(len(self))
        if not self._is_whole:
            leaders = self.leaders
            found = self._by_cosine(query, sorted({*leaders} - {NO_ROW}))[:PROBED]
            chosen = {row for _, row in found}
            rows = [row for row, leader in enumerate(leaders) if leader in chosen]
        near = self._by_cosine(query, rows)
        return [self.document(n) for value, n in near if value >= LEAST_COSINE_OF_WORDS]

    def _by_cosine(self, query: Sequence[int], rows: Iterable[int]) -> list[tuple[float, int]]:
        return nearest(query, ((row, self.vector(row)) for row in rows))

    def __len__(self) -> int:
        return self.head.rows

    def __getitem__(self, row: int) -> int:
        return self._number(HEAD + _NUMBER * row)

    def _number(self, start: int) -> int:
        return int.from_bytes(self._data[start : start + _NUMBER], "little")

    def row_of(self, rank: int) -> int:
        """The row of the section of a rank. Raises ValueError where there is none."""
        row = bisect_left(self, rank)
        if row == len(self) or self[row] != rank:
            raise ValueError("there are vectors of other sections")
        return row

    def document(self, row: int) -> int:
        """The document of a row."""
        return self._number(self._docs + _NUMBER * row)

    @cached_property
    def leaders(self) -> array[int]:
        """For each row that of the leader of its cluster, NO_ROW where there are none."""
        found = array("I", self._data[self._leaders : self._vectors])
        if sys.byteorder == "big":
            found.byteswap()
        return found

    def vector(self, row: int) -> array[int]:
        """The vector of a row."""
        start = self._vectors + self.head.size * row
        return unpack(self._data[start : start + self.head.size])


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class WordMeaning:
    """How near sections are to a query's words: a `kb.search.protocols.Meaning`. `root` is the
    folder of the generation.

    Raises OSError, ValueError, KeyError and TypeError where the files are others, or were not made
    together.
    """

    def __init__(self, root: Path, sections: Sections) -> None:
        self._words = [_Words(root / name) for name in (VOCABULARY, WORDS)]
        self._sections = sections
        made = {sections.made, *(words.head.made for words in self._words)}
        if len(made) > 1:
            raise ValueError("its files were made by different models")

    def similarities(self, asked: Asked) -> Similarities | None:
        """How near sections are to a query; None where none of its words has a vector. Where the
        best section by words holds all that was asked, meaning weighs nothing: none is looked at.
        """
        if asked.held >= 1:
            return Similarities({}, (), best=0, most=0)
        known = [(self._vector(word), idf) for word, idf in asked.words]
        query = weighted_sum([(vector, idf) for vector, idf in known if vector])
        if not any(query):
            return None
        near = self._sections.nearest(query) if asked.held < UNSURE else ()
        return Similarities(Cosines(query, self._sections.cosine), near, REACH, NEAR)

    def _vector(self, word: str) -> array[int] | None:
        found = (words.vector(word) for words in self._words)
        return next((vector for vector in found if vector is not None), None)


class Cosines(dict[Any, float]):
    """Cosines with a query by key, each computed when first asked for."""

    def __init__(self, query: Sequence[int], cosine: Callable[[Sequence[int], Any], float]) -> None:
        super().__init__()
        self._query, self._cosine = query, cosine

    def __missing__(self, key: Any) -> float:
        found = self[key] = self._cosine(self._query, key)
        return found
