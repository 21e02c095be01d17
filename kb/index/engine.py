"""Engines: what stores an index of articles, and lets it be searched.

`Engine` is the promise; `kb.index.whoosh` keeps it. Everything but storage is shared: `inverter`
and `weights` make postings, `kb.search` ranks what `Engine.index` gives
(`kb.search.protocols`), `generations` keep the index folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from kb.model import Article, ArticleMeta, Progress
    from kb.search.protocols import ExportReader, Meaning, SearchIndex
    from kb.semantic.encoder import Encoder
    from kb.semantic.kept import KeptVectors


class Description(NamedTuple):
    """What an index holds; sizes in bytes. `generation` names what answers (empty where the engine
    cannot know), `health` says how whole a cluster holds it (`green`, `yellow`, `red`; empty for an
    engine on this machine), in `shards` parts, not counting their copies.
    """

    engine: str
    articles: int
    sections: int
    terms: int
    size: int
    generation: str = ""
    health: str = ""
    shards: int = 1

    def joined(self, others: Collection[Description]) -> Description:
        """What this index and others hold together; the health is that of the worst."""
        parts = (self, *others)
        return self._replace(
            articles=sum(part.articles for part in parts),
            sections=sum(part.sections for part in parts),
            terms=sum(part.terms for part in parts),
            size=sum(part.size for part in parts),
            generation=", ".join([part.generation for part in parts if part.generation]),
            health=max([part.health for part in parts], key=["", "green", "yellow", "red"].index),
            shards=sum(part.shards for part in parts),
        )


class Engine(Protocol):
    """One index in one folder.

    With `keeps_vectors` it keeps those of sections with its documents: `vectors` makes them, where
    meaning counts. Without, they are files that are written into its folder later.
    """

    @property
    def keeps_vectors(self) -> bool:
        """Whether `build` and `update` take `vectors`."""

    @property
    def index(self) -> SearchIndex:
        """The index as the search asks it."""

    @property
    def reader(self) -> ExportReader:
        """The index as the export of a site's search reads it from end to end."""

    def build(
        self,
        articles: Iterable[Article],
        progress: Progress | None = None,
        vectors: KeptVectors | None = None,
    ) -> None:
        """Write a new index of the articles, which come in order of id, into an empty folder.

        `progress` is told of what is done with them after all were taken, by engines that go
        through them twice.
        """
        ...

    def update(
        self,
        removed: Collection[str],
        articles: Collection[Article],
        vectors: KeptVectors | None = None,
    ) -> bool:
        """Take out the articles of the ids `removed`, and put in others.

        `removed` holds the ids of all that is replaced, too. Returns False, having changed
        nothing, when the whole index has to be built anew.
        """
        ...

    def meaning(self, root: Path, encoder: Encoder | None) -> Meaning:
        """What tells how near sections are to a query: by an encoder, else by the vectors of words
        in `root`, the folder of the generation. Raises OSError, ValueError, KeyError and TypeError
        where vectors are damaged or of other sections.
        """
        ...

    def cards(self) -> Mapping[str, ArticleMeta]:
        """All articles by id, in order of id."""
        ...

    def card(self, id_: str) -> ArticleMeta | None:
        """The article of that id; None if there is none. Costs the same in an index of any size."""
        ...

    def cards_with(self, facet: str) -> tuple[ArticleMeta, ...]:
        """The articles that have a facet, such as CHANNELS, in order of id."""
        ...

    def describe(self) -> Description:
        """What the index holds."""
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...
