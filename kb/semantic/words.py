"""Meaning without a model at query time: vectors of words and of sections, read where they stand.

The vectors are an encoder's, made shorter by a projection (`kb.semantic.encoder.Projection`). A
generation has four kinds of files for them:

    projection  what all vectors of the generation were made shorter by
    vocabulary  of each whole word of the model's vocabulary: eight bytes of the SHA-256 of the
                word, by which rows are sorted, and its vector
    words       the same of the words of the articles that the vocabulary lacks
    sections    of each engine, in order of article id and position, one table after the other: the
                rank and the document of each section, its vector, and eight bytes by which its
                text is known; 144 bytes a section

Numbers are little-endian. All but `projection` begin with a line of JSON, filled up to HEAD bytes.
A query reads the rows of its words and of its candidates; where its words bring nothing sure, those
of all sections, if they are at most SCANNED. Neither the model nor numpy are needed for that.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import zlib
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from kb.search.meaning import (
    LEAST_COSINE_OF_WORDS,
    NEAR,
    REACH,
    UNSURE,
    cosine,
    length,
    weighted_sum,
)
from kb.search.protocols import Similarities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kb.search.protocols import Asked, PostingReader

PROJECTION, VOCABULARY, WORDS, SECTIONS = "projection", "vocabulary", "words", "sections"
"""The files of a generation."""

FORMAT = 1
HEAD = 256
KEY_SIZE = 8
SCANNED = 20_000
"""Sections, at most, that are all held against a query; each takes some five microseconds."""

_NUMBER = 4


class Head(NamedTuple):
    """What a file says of itself: `made` tells the model and the projection."""

    made: str
    dimensions: int
    rows: int
    crc: int
    format: int = FORMAT

    def line(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(self._asdict()).encode().ljust(HEAD - 1) + b"\n"

    def word_size(self) -> int:
        """The bytes of a word's row."""
        return KEY_SIZE + self.dimensions

    def section_size(self) -> int:
        """The bytes of all rows of a section."""
        return 2 * _NUMBER + self.dimensions + KEY_SIZE


def read_head(data: bytes | mmap.mmap, name: str) -> Head:
    """What a file says of itself. Raises ValueError, KeyError or TypeError where it is another."""
    head = Head(**json.loads(data[:HEAD]))
    size = head.section_size() if name == SECTIONS else head.word_size()
    if head.format != FORMAT or len(data) != HEAD + head.rows * size:
        raise ValueError("it has another length or format than it says")
    return head


def read_rows(path: Path) -> tuple[Head, dict[bytes, bytes]]:
    """All vectors of a file by their keys. Raises OSError, and what `read_head` does."""
    data = path.read_bytes()
    head, body = read_head(data, path.name), data[HEAD:]
    if zlib.crc32(body) != head.crc:
        raise ValueError("it does not fit its checksum")
    if path.name == SECTIONS:
        first = head.rows * 2 * _NUMBER
        keys = first + head.rows * head.dimensions
        rows = range(head.rows)
        size = head.dimensions
        return head, {
            body[keys + KEY_SIZE * n : keys + KEY_SIZE * (n + 1)]: body[
                first + size * n : first + size * (n + 1)
            ]
            for n in rows
        }
    starts = range(0, len(body), head.word_size())
    return head, {
        body[at : at + KEY_SIZE]: body[at + KEY_SIZE : at + head.word_size()] for at in starts
    }


def sections_body(rows: Sequence[tuple[int, int, bytes, bytes]]) -> bytes:
    """The tables of (rank, document, key, vector)."""
    ranks, docs, keys, vectors = zip(*rows, strict=True) if rows else ((), (), (), ())
    return b"".join(
        (
            b"".join(rank.to_bytes(_NUMBER, "little") for rank in ranks),
            b"".join(doc.to_bytes(_NUMBER, "little") for doc in docs),
            *vectors,
            *keys,
        )
    )


def word_key(word: str) -> bytes:
    """The bytes that a word's row is found by."""
    return hashlib.sha256(word.encode("utf-8", "replace")).digest()[:KEY_SIZE]


def _numbers(vector: bytes) -> array[int]:
    return array("b", vector)


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
        return _numbers(self._data[start + KEY_SIZE : start + self.head.word_size()])


class _Sections:
    """The rows of an engine's sections."""

    def __init__(self, path: Path) -> None:
        self._data = _mapped(path)
        self.head = read_head(self._data, path.name)
        rows = self.head.rows
        self._docs = HEAD + _NUMBER * rows
        self._vectors = self._docs + _NUMBER * rows

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

    def vector(self, row: int) -> array[int]:
        """The vector of a row."""
        start = self._vectors + self.head.dimensions * row
        return _numbers(self._data[start : start + self.head.dimensions])


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class WordMeaning:
    """How near the sections of one engine are to a query's words: a `kb.search.protocols.Meaning`.

    `root` is the folder of the generation, `folder` that of the engine. Raises OSError, ValueError,
    KeyError and TypeError where the files are others, or were not made together.
    """

    def __init__(self, root: Path, folder: Path, reader: PostingReader) -> None:
        self._order = reader.order
        self._words = [_Words(root / name) for name in (VOCABULARY, WORDS)]
        self._sections = _Sections(folder / SECTIONS)
        made = {self._sections.head.made, *(words.head.made for words in self._words)}
        if len(made) > 1:
            raise ValueError("its files were made by different models")

    def similarities(self, asked: Asked) -> Similarities | None:
        """How near sections are to a query; None where none of its words has a vector."""
        known = [(self._vector(word), idf) for word, idf in asked.words]
        query = weighted_sum([(vector, idf) for vector, idf in known if vector])
        if not any(query):
            return None
        cosines = _Cosines(self._sections, self._order, query)
        is_unsure = asked.held < UNSURE and len(self._sections) <= SCANNED
        near = self._nearest(query) if is_unsure else []
        return Similarities(cosines, near, REACH, NEAR)

    def _vector(self, word: str) -> array[int] | None:
        found = (words.vector(word) for words in self._words)
        return next((vector for vector in found if vector is not None), None)

    def _nearest(self, query: Sequence[int]) -> list[int]:
        """The documents of sections that are near, the nearest first."""
        sections, long = self._sections, length(query)
        rows = [(cosine(query, sections.vector(n), long), n) for n in range(len(sections))]
        near = sorted((-value, n) for value, n in rows if value >= LEAST_COSINE_OF_WORDS)
        return [sections.document(n) for _, n in near]


class _Cosines(dict[int, float]):
    """Cosines by document, each computed when first asked for."""

    def __init__(self, sections: _Sections, order: Sequence[int], query: Sequence[int]) -> None:
        super().__init__()
        self._sections, self._order, self._query = sections, order, query

    def __missing__(self, doc: int) -> float:
        row = self._sections.row_of(self._order[doc])
        found = self[doc] = cosine(self._query, self._sections.vector(row))
        return found
