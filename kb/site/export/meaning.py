"""What a site's search knows of meaning: the vectors of words and sections, in files of few each.

    y0, y1, ...  words of the encoder's vocabulary, by `key modulo how many files there are`: the
                 same for all sites with one encoder, so one hash names all of them
    z0, z1, ...  the same of words that the public's articles have besides; a hash for every
                 TOGETHER files that follow each other
    c0           up to WHOLE sections: the vectors of all, in order
    v0-6-0, ...  of more: the vectors of the sections of each file of documents, a few in a file (so
                 many, and the number of the file), under its hash, which depends on theirs
    q, c0, ...   the same by clusters: the vectors of their leaders, and of their other sections
    n            the script that ranks by all this, brought where the manifest names it

So a query asks for the files of its words, of its best sections, and where these are not sure for
those of the nearest clusters.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from kb.concurrency import cached_property
from kb.search.meaning import WHOLE
from kb.site.assets import meaning_script
from kb.site.export.encoding import Shard, encode_gaps, hash_of, make_shard, shard_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kb.search.protocols import ExportReader, WordVectors

VOCABULARY_WORDS, OWN_WORDS = 6, 8
"""Words of a file, at most on average. A query needs a file for each of its words, of some 400
bytes.
"""

TOGETHER = 16
"""Files of the articles' own words that have one hash: of one each, the hashes would be a tenth of
what a first answer takes. A word that comes or goes gives all of them other names.
"""

SECTIONS, MOST = 6, 2_000
"""Sections whose vectors are in one file, and how many such files there are at most, about: of
larger sites each has more. Of the forty best sections by words few stand in one file of documents:
with the vectors of all of its sections, a first answer of techqa took 15 KB more, with eight 1.5.
"""

KEY_SIZE = 4
"""The bytes of a word's key that its row begins with: the others say in which file it is, or are
not looked at: of two hundred million words without a vector one seems to have some other's.
"""


class Meaning:
    """What is written of the vectors of words and sections. `section_of` has the number of the
    section for each document of the index, -1 for what is none that the public sees.
    """

    def __init__(
        self, vectors: WordVectors, reader: ExportReader, section_of: Sequence[int]
    ) -> None:
        self.made = vectors.made
        self.is_whole = reader.sections <= WHOLE
        self._words = vectors
        docs = sorted((number, doc) for doc, number in enumerate(section_of) if number >= 0)
        self._sections = [vectors.sections[doc] for _, doc in docs]
        self._each = max(SECTIONS, len(docs) // MOST)
        self._leaders: dict[int, list[int]] = {}
        for number, doc in docs if not self.is_whole else ():
            if doc in vectors.leaders:
                self._leaders.setdefault(section_of[vectors.leaders[doc]], []).append(number)

    def hash_of(self, first: int, last: int) -> str:
        """The hash of the vectors of sections, of which `last` is the last one; empty where those
        of all are in one file.
        """
        return "" if self.is_whole else hash_of(b"".join(self._sections[first : last + 1]))

    def write_sections(self, documents: Sequence[tuple[int, Shard]]) -> Iterator[Shard]:
        """The files of sections; `documents` are those of what hits show, with their first ones."""
        if self.is_whole:
            yield self._whole
            return
        starts = [first for first, _ in documents] + [len(self._sections)]
        for (first, shard), end in zip(documents, starts[1:], strict=True):
            size = self._size(end - first)
            for piece, start in enumerate(range(first, end, size)):
                rows = self._sections[start : min(end, start + size)]
                own = make_shard(f"v{shard.name[1:]}-{size}-{piece}", {"vectors": _packed(rows)})
                yield own._replace(hash=shard.hash)
        yield from self._clusters
        yield self._coarse

    def _size(self, sections: int) -> int:
        """How many of the sections of a file of documents have their vectors in one file: as many
        in each, about.
        """
        files = max(1, (sections + self._each // 2) // self._each)
        return -(-sections // files)

    def write_words(self) -> Iterator[Shard]:
        """The files of words."""
        yield from self._vocabulary
        yield from self._own

    def script(self) -> Shard:
        """The script."""
        return shard_of("n", meaning_script())

    def record(self) -> dict[str, Any]:
        """What the manifest says of them."""
        sections: dict[str, Any] = {"whole": self._whole.hash}
        if not self.is_whole:
            sections = {"clusters": self._coarse.hash, "each": self._each}
        vocabulary = self._vocabulary
        return {
            "script": self.script().file,
            "size": self._words.size,
            "vocabulary": vocabulary[0].hash if vocabulary else "",
            "files": len(vocabulary),
            "others": len(self._own),
            "own": "".join(shard.hash for shard in self._own[::TOGETHER]),
            **sections,
        }

    @cached_property
    def _whole(self) -> Shard:
        return make_shard("c0", {"vectors": _packed(self._sections)})

    @cached_property
    def _clusters(self) -> list[Shard]:
        return [
            make_shard(
                f"c{at}",
                {
                    "sections": encode_gaps(members),
                    "vectors": _packed([self._sections[m] for m in members if m != leader]),
                },
            )
            for at, (leader, members) in enumerate(sorted(self._leaders.items()))
        ]

    @cached_property
    def _coarse(self) -> Shard:
        leaders = sorted(self._leaders)
        return make_shard(
            "q",
            {
                "hash": "".join(shard.hash for shard in self._clusters),
                "leaders": encode_gaps(leaders),
                "vectors": _packed([self._sections[leader] for leader in leaders]),
            },
        )

    @cached_property
    def _vocabulary(self) -> list[Shard]:
        words = self._words.vocabulary
        shards = _write_words("y", words, VOCABULARY_WORDS)
        hash_ = hash_of(
            b"".join([b"%d" % len(shards), *(key + words[key] for key in sorted(words))])
        )
        return [shard._replace(hash=hash_) for shard in shards]

    @cached_property
    def _own(self) -> list[Shard]:
        shards = _write_words("z", self._words.words, OWN_WORDS)
        together = [shards[at : at + TOGETHER] for at in range(0, len(shards), TOGETHER)]
        hashes = [hash_of("".join(shard.digest for shard in some).encode()) for some in together]
        return [shard._replace(hash=hashes[at // TOGETHER]) for at, shard in enumerate(shards)]


def _write_words(kind: str, words: Mapping[bytes, bytes], most: int) -> list[Shard]:
    """The files of words by their keys: a power of two, so that few words move when some come."""
    count = 1
    while count * most < len(words):
        count *= 2
    rows: list[list[bytes]] = [[] for _ in range(count if words else 0)]
    for key in sorted(words):
        rows[int.from_bytes(key, "big") % count].append(key[:KEY_SIZE] + words[key])
    return [make_shard(f"{kind}{at}", {"words": _packed(own)}) for at, own in enumerate(rows)]


def _packed(rows: Sequence[bytes]) -> str:
    """Bytes as Base64 without the ends that fill it up."""
    return b64encode(b"".join(rows)).decode("ascii").rstrip("=")
