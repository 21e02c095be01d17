"""Writes the vectors by which a question needs no model: the files of `kb.semantic.words`."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from kb.files import replace_file
from kb.semantic.clusters import assign_leaders
from kb.semantic.encoder import Projection
from kb.semantic.vectors import VECTORS, read_vectors, rows_of
from kb.semantic.words import (
    NO_ROW,
    PROJECTION,
    SECTIONS,
    VOCABULARY,
    WORDS,
    Head,
    SectionRow,
    joined,
    read_rows,
    read_word_rows,
    sections_body,
    word_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kb.search.protocols import ExportReader, WordVectors
    from kb.semantic.encoder import ModelFiles
    from kb.semantic.vectors import Encodings, Row


class WordWriter:
    """Writes the files of a generation: those of each engine, then what they share.

    The vocabulary and the projection are made once for a model; of all others, what the generations
    that are still there have is not made again. Without `sections` these are not written: a site
    makes them of an encoder's vectors (`project`).
    """

    def __init__(self, encodings: Encodings, *, sections: bool = True) -> None:
        self.encodings = encodings
        self._with_sections = sections
        self._surfaces: set[str] = set()
        self._known: dict[bytes, bytes] = {}
        self._vocabulary: dict[bytes, bytes] = {}
        self._projection: Projection | None = None

    @property
    def made(self) -> str:
        """What tells the model and the projection from others."""
        return self._made_by(self._prepared())

    @property
    def size(self) -> int:
        """The bytes of a vector."""
        return (self._prepared().dimensions + 1) // 2

    def offer(self, projection: bytes, vocabulary: bytes) -> None:
        """Take those of another machine, if they are this model's and nothing was made yet.
        Raises what `kb.semantic.words.read_head` does where they are damaged.
        """
        if self._projection is not None:
            return
        found = Projection(projection, self.encodings.files.dimensions)
        head, rows = read_word_rows(vocabulary)
        if head.made == self._made_by(found):
            self._projection, self._vocabulary = found, rows
            self._recall(head.made)

    def shared(self) -> tuple[bytes, bytes]:
        """The projection and the vocabulary, as `offer` takes them."""
        return self._prepared().data, b"".join(self._file(self._vocabulary))

    def vectors_of(self, texts: Mapping[bytes, str]) -> dict[bytes, bytes]:
        """The vectors of the texts of sections, by their keys."""
        self._make(texts)
        return {key: self._known[key] for key in texts}

    def add_words(self, words: Iterable[str]) -> None:
        """Take words as they are written in articles, which get vectors of their own."""
        self._surfaces.update(words)

    def write(self, folder: Path, reader: ExportReader) -> None:
        """Write the vectors of all sections that a reader has into an engine's folder."""
        self.add_words(reader.counts("words"))
        if not self._with_sections:
            return
        rows = list(rows_of(reader, self.encodings.files, self.encodings.digest))
        self._make({row.key: row.text for row in rows})
        vectors = [self._known[row.key] for row in rows]
        body = sections_body(_placed(rows, vectors, reader))
        replace_file(folder / SECTIONS, [self._head(len(rows), body), body])

    def write_shared(self, folder: Path) -> None:
        """Write the words of all engines, the vocabulary and the projection."""
        projection = self._prepared()
        words = {word_key(surface): surface for surface in sorted(self._surfaces)}
        words = {key: word for key, word in words.items() if key not in self._vocabulary}
        self._make(words, words=True)
        rows = {key: self._known[key] for key in words}
        for name, table in ((VOCABULARY, self._vocabulary), (WORDS, rows)):
            replace_file(folder / name, self._file(table))
        replace_file(folder / PROJECTION, [projection.data])

    def _make(self, texts: Mapping[bytes, str], *, words: bool = False) -> None:
        """Make the vectors of texts that are not known, by their keys."""
        projection = self._prepared()
        missing = {key: text for key, text in texts.items() if key not in self._known}
        made = dict(self.encodings.encoded(missing, queries=words))
        self._known.update(zip(made, projection.shorten([*made.values()]), strict=True))

    def _file(self, table: Mapping[bytes, bytes]) -> list[bytes]:
        """A file of words, by their keys."""
        body = b"".join(key + table[key] for key in sorted(table))
        return [self._head(len(table), body), body]

    def _head(self, rows: int, body: bytes) -> bytes:
        return Head(self.made, self.size, rows, zlib.crc32(body)).line()

    def _made_by(self, projection: Projection) -> str:
        return _made_by(self.encodings.digest, projection)

    def _prepared(self) -> Projection:
        """The projection, with the vocabulary: those of a generation that is still there, else new
        ones.
        """
        if self._projection is None:
            self._projection = self._read() or self._new()
        return self._projection

    def _new(self) -> Projection:
        texts = {word_key(word): word for word in self.encodings.encoder.words()}
        made = dict(self.encodings.encoded(texts, queries=True))
        vectors = [made[key] for key in texts]
        projection = Projection.of(vectors, self.encodings.files.dimensions)
        self._vocabulary = dict(zip(texts, projection.shorten(vectors), strict=True))
        return projection

    def _read(self) -> Projection | None:
        """What an earlier generation has, where it is whole and by this model."""
        found = None
        for root in sorted(self.encodings.folder.glob("g*/"), reverse=True):
            with suppress(OSError, ValueError, KeyError, TypeError):
                data = (root / PROJECTION).read_bytes()
                projection = Projection(data, self.encodings.files.dimensions)
                head, vocabulary = read_rows(root / VOCABULARY)
                if head.made == self._made_by(projection):
                    found, self._vocabulary = projection, vocabulary
                    break
        if found is not None:
            self._recall(self._made_by(found))
        return found

    def _recall(self, made: str) -> None:
        """Know the vectors that earlier generations have by this model and projection."""
        for path in (
            *self.encodings.folder.glob(f"g*/{WORDS}"),
            *self.encodings.folder.glob(f"g*/**/{SECTIONS}"),
        ):
            with suppress(OSError, ValueError, KeyError, TypeError):
                head, rows = read_rows(path)
                if head.made == made:
                    self._known.update(rows)


def project(root: Path, folder: Path, reader: ExportReader, files: ModelFiles) -> WordVectors:
    """All vectors, those of sections made of an encoder's, which stand in the folder of an engine.
    Raises what `kb.semantic.words.read_all` does.
    """
    file = read_vectors(folder / VECTORS)
    projection = Projection((root / PROJECTION).read_bytes(), file.dimensions)
    rows = list(rows_of(reader, files, file.digest))
    keys, vectors = zip(*file.items(), strict=True) if rows else ((), ())
    if [row.key for row in rows] != [*keys]:
        raise ValueError("there are vectors of other sections")
    placed = _placed(rows, projection.shorten(vectors), reader)
    size = (projection.dimensions + 1) // 2
    return joined(root, _made_by(file.digest, projection), size, placed)


def _made_by(digest: str, projection: Projection) -> str:
    """What tells one model and projection from others."""
    return hashlib.sha256(digest.encode() + projection.data).hexdigest()


def _placed(
    rows: Sequence[Row], vectors: Sequence[bytes], reader: ExportReader
) -> list[SectionRow]:
    """The rows of sections, with clusters where not all sections are looked at."""
    leaders = assign_leaders(vectors, [row.key for row in rows], [row.public for row in rows])
    return [
        SectionRow(reader.order[row.doc], row.doc, leader, row.key, vector)
        for row, leader, vector in zip(rows, leaders or [NO_ROW] * len(rows), vectors, strict=True)
    ]
