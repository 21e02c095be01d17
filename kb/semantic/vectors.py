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
from kb.model import decode_meta
from kb.search.meaning import LEAST_COSINE
from kb.search.protocols import Similarities
from kb.semantic.encoder import Encoder, ModelFiles, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.search.protocols import Asked, ExportReader

VECTORS = "vectors"
PARTIAL = "vectors.part"
"""The file of a generation, and the one in the index folder of a run that goes on."""

FORMAT = 1
CHUNK = 128
"""Sections that are encoded before what was done is kept: some seconds of work."""

KEY_SIZE = 8


class Row(NamedTuple):
    """A section to encode: its document, its text, the bytes that its vector is known by, and
    whether the public sees it.
    """

    doc: int
    key: bytes
    text: str
    public: bool


def rows_of(reader: ExportReader, files: ModelFiles, digest: str) -> Iterator[Row]:
    """All sections of an index in order of article id and position."""
    for _, documents in reader.all_documents():
        article = reader.article_record(documents.start)
        public = decode_meta(article).is_published
        for section, doc in zip(
            reader.section_records(documents.start), documents[1:], strict=True
        ):
            text = text_of(article, section)[: files.most_characters]
            yield Row(doc, key_of(digest, text), text, public)


def key_of(digest: str, text: str) -> bytes:
    """The bytes that a text's vector by a model is known by."""
    return hashlib.sha256(f"{digest}\0{text}".encode("utf-8", "replace")).digest()[:KEY_SIZE]


def text_of(article: dict[str, Any], section: dict[str, Any]) -> str:
    """What is encoded of a section, by what is stored of its article and of itself: the title, the
    headings above it, its heading, its text, and the article's issue phrases. These are last, so
    that of a long section they are what the model does not read.
    """
    heads = dict.fromkeys((article["title"], *section["trail"], section["heading"]))
    text = f"{' '.join(filter(None, heads))}\n{section['text']}"
    issues = decode_meta(article).issues
    return f"{text}\n{'. '.join(issues)}" if issues else text


class Encodings:
    """Encodes what was not encoded before, and keeps each chunk of it in PARTIAL until `finish`.

    `folder` is the index folder. `progress` is told how many texts are encoded and of how many.
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
        self._encoder: Encoder | None = None
        self._kept: dict[bytes, bytes] | None = None

    @property
    def encoder(self) -> Encoder:
        """The model, loaded when first asked for."""
        self._encoder = self._encoder or Encoder(self.files)
        return self._encoder

    def encoded(
        self, texts: dict[bytes, str], *, queries: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """(key, vector) of texts by their keys."""
        kept = self._before()
        yield from ((key, kept[key]) for key in texts if key in kept)
        missing = {key: text for key, text in texts.items() if key not in kept}
        if not missing:
            return
        encode = self.encoder.encode_queries if queries else self.encoder.encode_texts
        done, left = 0, iter(missing.items())
        with (self.folder / PARTIAL).open("ab") as partial:
            while chunk := tuple(islice(left, CHUNK)):
                vectors = encode([text for _, text in chunk])
                made = [(key, vector) for (key, _), vector in zip(chunk, vectors, strict=True)]
                body = b"".join(key + vector for key, vector in made)
                partial.write(_partial_head(self.digest, body) + body)
                partial.flush()
                yield from made
                done += len(chunk)
                if self.progress is not None:
                    self.progress(done, len(missing))

    def finish(self) -> None:
        """The generation is written: what a stopped run would go on with is not needed."""
        with suppress(OSError):
            (self.folder / PARTIAL).unlink(missing_ok=True)

    def _before(self) -> dict[bytes, bytes]:
        if self._kept is None:
            self._kept = dict(self._partial())
        return self._kept

    def _partial(self) -> Iterator[tuple[bytes, bytes]]:
        """What a stopped run left, as far as it is whole."""
        try:
            data = (self.folder / PARTIAL).read_bytes()
        except OSError:
            return
        size, at, length = KEY_SIZE + self.files.dimensions, 0, len(_partial_head(self.digest, b""))
        while at + length <= len(data):
            head = data[at : at + length]
            count = int.from_bytes(head[-8:-4], "big")
            body = data[at + length : at + length + count]
            if head != _partial_head(self.digest, body) or len(body) != count:
                return
            yield from _rows(body, size)
            at += length + count


class Writer:
    """Writes the vectors of a generation's engines into their folders."""

    def __init__(self, encodings: Encodings) -> None:
        self.encodings = encodings
        self._known: dict[bytes, bytes] | None = None

    def write(self, folder: Path, reader: ExportReader) -> None:
        """Write the vectors of all sections that a reader has into an engine's folder."""
        made = self.encodings
        known, keys, missing = self._before(), list[bytes](), dict[bytes, str]()
        for _, key, text, _ in rows_of(reader, made.files, made.digest):
            keys.append(key)
            if key not in known:
                missing[key] = text
        known.update(made.encoded(missing))
        head = {"format": FORMAT, "model": made.digest, "dimensions": made.files.dimensions}
        body = b"".join(key + known[key] for key in keys)
        head |= {"rows": len(keys), "crc": zlib.crc32(body)}
        replace_file(folder / VECTORS, [json.dumps(head).encode() + b"\n", body])

    def _before(self) -> dict[bytes, bytes]:
        """The vectors that this model made before, by their keys."""
        if self._known is None:
            self._known = {}
            for path in sorted(self.encodings.folder.glob(f"g*/**/{VECTORS}")):
                with suppress(OSError, ValueError, KeyError):
                    found = read_vectors(path)
                    if found.digest == self.encodings.digest:
                        self._known.update(found.items())
        return self._known


def _partial_head(digest: str, body: bytes) -> bytes:
    numbers = (len(body), zlib.crc32(body))
    return bytes.fromhex(digest) + b"".join(number.to_bytes(4, "big") for number in numbers)


def _rows(body: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    for at in range(0, len(body), size):
        yield body[at : at + KEY_SIZE], body[at + KEY_SIZE : at + size]


class VectorFile(NamedTuple):
    """What such a file holds; `body` are its rows, one after the other."""

    digest: str
    dimensions: int
    body: bytes

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Each row's key and vector."""
        return _rows(self.body, KEY_SIZE + self.dimensions)

    def vectors(self) -> bytes:
        """The vectors alone, one after the other."""
        return b"".join(vector for _, vector in self.items())


def read_vectors(path: Path) -> VectorFile:
    """Read such a file. Raises OSError, and ValueError or KeyError where it is another one."""
    line, _, body = path.read_bytes().partition(b"\n")
    head = json.loads(line)
    dimensions, rows = int(head["dimensions"]), int(head["rows"])
    if head["format"] != FORMAT or len(body) != rows * (KEY_SIZE + dimensions):
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
        if len(self._keys) != len(file.body) // (KEY_SIZE + file.dimensions):
            raise ValueError("there are vectors of other sections")

    def similarities(self, asked: Asked) -> Similarities:
        """How near all sections are to a query."""
        cosines = self._vectors.cosines(self._encoder.encode_query(asked.text))
        near = [number for number, cosine in enumerate(cosines) if cosine >= LEAST_COSINE]
        near.sort(key=lambda number: -cosines[number])
        return Similarities(
            dict(zip(self._keys, cosines, strict=True)), [self._keys[number] for number in near]
        )
