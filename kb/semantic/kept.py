"""Vectors of sections for an engine that keeps them with its documents, as one on a cluster does.

The engine says which texts it has no vector of, and gives what all builders of one index have to
share: the projection and the vocabulary of mode `words`, so that vectors that two machines made can
be held against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kb.semantic.clusters import assign_leaders
from kb.semantic.vectors import key_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.semantic.vectors import Encodings
    from kb.semantic.word_writer import WordWriter


class Placed(NamedTuple):
    """What is kept of a section: the key of its text, its vector, and the name of its cluster, None
    where there are none.
    """

    key: bytes
    vector: bytes
    cluster: str | None


class Leader(NamedTuple):
    """The leader of a cluster: what the cluster is known by, and its vector."""

    name: str
    vector: bytes


class KeptVectors:
    """Makes such vectors: by words where `words` is given, else as the encoder gives them."""

    def __init__(self, encodings: Encodings, words: WordWriter | None) -> None:
        self._encodings, self._words = encodings, words

    @property
    def made(self) -> str:
        """What tells such vectors from those of another model or mode."""
        return self._encodings.digest if self._words is None else self._words.made

    @property
    def size(self) -> int:
        """The bytes of a vector."""
        return self._encodings.files.dimensions if self._words is None else self._words.size

    def offer(self, shared: Sequence[bytes]) -> None:
        """Take what another builder shares. Raises ValueError, KeyError and TypeError where it is
        damaged.
        """
        if self._words is not None and shared:
            self._words.offer(*shared)

    def shared(self) -> Sequence[bytes]:
        """What other builders need to know."""
        return () if self._words is None else self._words.shared()

    def text_of(self, article: dict[str, Any], section: dict[str, Any]) -> tuple[bytes, str]:
        """The key and the text of a section, by what is stored of its article and of itself."""
        files = self._encodings.files
        text = text_of(article, section)[: files.most_characters]
        return key_of(self._encodings.digest, text), text

    def vectors_of(self, texts: Mapping[bytes, str]) -> dict[bytes, bytes]:
        """The vectors of texts by their keys."""
        if self._words is not None:
            return self._words.vectors_of(texts)
        return dict(self._encodings.encoded(dict(texts)))

    def place(
        self, keys: Sequence[bytes], vectors: Sequence[bytes], public: Sequence[bool]
    ) -> tuple[list[Placed], list[Leader]]:
        """Sections, in order of article id and position, with their clusters; and the leaders of
        these, in the same order. `public` says which ones the public sees.
        """
        leaders = None if self._words is None else assign_leaders(vectors, keys, public)
        names: list[str | None] = [None] * len(keys)
        if leaders is not None:
            names = [keys[n].hex() for n in leaders]
        placed = [Placed(*each) for each in zip(keys, vectors, names, strict=True)]
        return placed, [Leader(keys[n].hex(), vectors[n]) for n in sorted({*(leaders or ())})]
