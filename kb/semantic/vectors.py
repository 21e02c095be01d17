"""The vectors of an index's sections: a file beside the engine's in the folder of a generation.

It has a line of JSON (what made it, how many rows), then for each section, in order of article id
and position, eight bytes of the SHA-256 of what was encoded and the vector: 392 bytes a section
for 384 dimensions. The generation's manifest has the file's digest, as that of all others.

What was encoded before is not encoded again: rows are looked up by their eight bytes in the
generations that are still there, and in PARTIAL, where a run keeps what it has done until it ends.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.files import replace_file
from kb.search.meaning import LEAST_COSINE
from kb.search.protocols import Similarities
from kb.semantic.encoder import MOST_CHARACTERS, Encoder, ModelFiles, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.search.protocols import ExportReader

VECTORS = "vectors"
PARTIAL = "vectors.part"
"""The file of a generation, and the one in the index folder of a run that goes on."""

FORMAT = 1
CHUNK = 128
"""Sections that are encoded before what was done is kept: some seconds of work."""

_KEY = 8


class Row(NamedTuple):
    """A section to encode: its text, and the bytes that its vector is known by."""

    key: bytes
    text: str


def rows_of(reader: ExportReader, files: ModelFiles, digest: str) -> Iterator[Row]:
    """All sections of an index in order of article id and position."""
    most = files.tokens * MOST_CHARACTERS
    for _, documents in reader.all_documents():
        article = reader.article_record(documents.start)
        for section in reader.section_records(documents.start):
            text = text_of(article["title"], section)[:most]
            key = hashlib.sha256(f"{digest}\0{text}".encode("utf-8", "replace")).digest()[:_KEY]
            yield Row(key, text)


def text_of(title: str, section: dict[str, Any]) -> str:
    """What is encoded of a section: its title, the headings above it, its heading, its text."""
    heads = dict.fromkeys((title, *section["trail"], section["heading"]))
    return f"{' '.join(filter(None, heads))}\n{section['text']}"


class Writer:
    """Writes the vectors of a generation's engines into their folders.

    `folder` is the index folder. `progress` is told how many sections are encoded and of how many.
    """

    def __init__(
        self,
        folder: Path,
        files: ModelFiles,
        progress: Callable[[int, int], object] | None = None,
    ) -> None:
        self.folder = folder
        self.files = files
        self.digest = files.digest
        self.progress = progress
        self._known: dict[bytes, bytes] | None = None

    def write(self, folder: Path, reader: ExportReader) -> None:
        """Write the vectors of all sections that a reader has into an engine's folder."""
        known, keys, missing = self._before(), list[bytes](), dict[bytes, str]()
        for key, text in rows_of(reader, self.files, self.digest):
            keys.append(key)
            if key not in known:
                missing[key] = text
        known.update(self._encoded(missing))
        head = {"format": FORMAT, "model": self.digest, "dimensions": self.files.dimensions}
        body = b"".join(key + known[key] for key in keys)
        head |= {"rows": len(keys), "crc": zlib.crc32(body)}
        replace_file(folder / VECTORS, [json.dumps(head).encode() + b"\n", body])

    def finish(self) -> None:
        """The generation is written: what a stopped run would go on with is not needed."""
        with suppress(OSError):
            (self.folder / PARTIAL).unlink(missing_ok=True)

    def _encoded(self, missing: dict[bytes, str]) -> Iterator[tuple[bytes, bytes]]:
        """The vectors of texts; each is kept for another run before the next ones are made."""
        if not missing:
            return
        encoder, done, left = Encoder(self.files), 0, iter(missing.items())
        with (self.folder / PARTIAL).open("ab") as partial:
            while chunk := tuple(islice(left, CHUNK)):
                vectors = encoder.encode_texts([text for _, text in chunk])
                made = [(key, vector) for (key, _), vector in zip(chunk, vectors, strict=True)]
                body = b"".join(key + vector for key, vector in made)
                partial.write(_partial_head(self.digest, body) + body)
                partial.flush()
                yield from made
                done += len(chunk)
                if self.progress is not None:
                    self.progress(done, len(missing))

    def _before(self) -> dict[bytes, bytes]:
        """The vectors that this model made before, by their keys."""
        if self._known is None:
            self._known = {}
            for path in sorted(self.folder.glob(f"g*/**/{VECTORS}")):
                with suppress(OSError, ValueError, KeyError):
                    found = read_vectors(path)
                    if found.digest == self.digest:
                        self._known.update(found.items())
            self._known.update(self._partial())
        return self._known

    def _partial(self) -> Iterator[tuple[bytes, bytes]]:
        """What a stopped run left, as far as it is whole."""
        try:
            data = (self.folder / PARTIAL).read_bytes()
        except OSError:
            return
        size, at, length = _KEY + self.files.dimensions, 0, len(_partial_head(self.digest, b""))
        while at + length <= len(data):
            head = data[at : at + length]
            count = int.from_bytes(head[-8:-4], "big")
            body = data[at + length : at + length + count]
            if head != _partial_head(self.digest, body) or len(body) != count:
                return
            yield from _rows(body, size)
            at += length + count


def _partial_head(digest: str, body: bytes) -> bytes:
    numbers = (len(body), zlib.crc32(body))
    return bytes.fromhex(digest) + b"".join(number.to_bytes(4, "big") for number in numbers)


def _rows(body: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    for at in range(0, len(body), size):
        yield body[at : at + _KEY], body[at + _KEY : at + size]


class VectorFile(NamedTuple):
    """What such a file holds; `body` are its rows, one after the other."""

    digest: str
    dimensions: int
    body: bytes

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Each row's key and vector."""
        return _rows(self.body, _KEY + self.dimensions)

    def vectors(self) -> bytes:
        """The vectors alone, one after the other."""
        return b"".join(vector for _, vector in self.items())


def read_vectors(path: Path) -> VectorFile:
    """Read such a file. Raises OSError, and ValueError or KeyError where it is another one."""
    line, _, body = path.read_bytes().partition(b"\n")
    head = json.loads(line)
    dimensions, rows = int(head["dimensions"]), int(head["rows"])
    if head["format"] != FORMAT or len(body) != rows * (_KEY + dimensions):
        raise ValueError(f"{path.name} has another length than it says")
    if zlib.crc32(body) != head["crc"]:
        raise ValueError(f"{path.name} does not fit its checksum")
    return VectorFile(str(head["model"]), dimensions, body)


class SectionMeaning:
    """How near the sections of one engine are to a text: `kb.search.meaning.Meaning` by vectors."""

    def __init__(self, file: VectorFile, reader: ExportReader, encoder: Encoder) -> None:
        """`file` is what was written of `reader`. Raises ValueError where it is of another one."""
        self._encoder = encoder
        self._keys: Sequence[int] = [
            doc
            for _, documents in reader.all_documents()
            for doc in range(documents.start + 1, documents.stop)
        ]
        self._vectors = Vectors(file.vectors(), file.dimensions)
        if len(self._keys) != len(file.body) // (_KEY + file.dimensions):
            raise ValueError("there are vectors of other sections")

    def similarities(self, text: str) -> Similarities:
        """How near all sections are to a text."""
        cosines = self._vectors.cosines(self._encoder.encode_query(text))
        near = [number for number, cosine in enumerate(cosines) if cosine >= LEAST_COSINE]
        near.sort(key=lambda number: -cosines[number])
        return Similarities(
            dict(zip(self._keys, cosines, strict=True)), [self._keys[number] for number in near]
        )
