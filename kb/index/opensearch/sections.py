"""How near sections on a cluster are to a query, by words or by an encoder."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError
from kb.index.opensearch.meaning import ABOUT, from_binary
from kb.search.meaning import LEAST_COSINE, LEAST_COSINE_OF_WORDS, PROBED, WHOLE, nearest
from kb.search.protocols import NearQuery, Similarities
from kb.semantic.nibbles import unpack
from kb.semantic.words import Cosines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.index.opensearch.reader import ClusterIndex, SectionKey
    from kb.search.protocols import Asked
    from kb.semantic.encoder import Encoder


class ClusterSections:
    """The vectors of mode `words`: a `kb.semantic.words.Sections`."""

    def __init__(self, index: ClusterIndex) -> None:
        self._index = index
        self.made = index.summary.made

    def cosine(self, query: Sequence[int], key: SectionKey) -> float:
        """See Sections. Raises DamagedIndexError."""
        return key.cosine(query)

    def nearest(self, query: Sequence[int]) -> NearQuery | tuple[()]:
        """See Sections: what is near is found with the candidates."""
        size = len(query) // 2
        if self._index.sections <= WHOLE:
            return NearQuery(query, size, LEAST_COSINE_OF_WORDS)
        names, vectors = self._leaders
        found = nearest(query, enumerate(vectors))[:PROBED]
        clusters = tuple(names[number] for _, number in found)
        return NearQuery(query, size, LEAST_COSINE_OF_WORDS, clusters) if clusters else ()

    @cached_property
    def _leaders(self) -> tuple[list[str], list[array[int]]]:
        try:
            rows = self._index.stored(ABOUT)["leaders"]
            return [name for name, _ in rows], [unpack(from_binary(own)) for _, own in rows]
        except (KeyError, TypeError, ValueError):
            raise DamagedIndexError("the leaders on the cluster can't be read") from None


class EncodedSections:
    """How near sections are to a text by an encoder: a `kb.search.protocols.Meaning`."""

    def __init__(self, index: ClusterIndex, encoder: Encoder) -> None:
        self._index, self._encoder = index, encoder

    def similarities(self, asked: Asked) -> Similarities:
        """How near all sections are to a query."""
        query = array("b", self._encoder.encode_query(asked.text))
        cosines = Cosines(query, lambda _, key: key.cosine(query))
        return Similarities(cosines, NearQuery(query, len(query), LEAST_COSINE))
