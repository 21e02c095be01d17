"""Engines: what builds an index of articles and answers queries from it.

`Engine` is the promise; `kb.engine.whoosh` keeps it. Everything but storage is shared:
`documents` (what is indexed), `scoring` (scores from postings), `search` (a query's way from
words to ranked sections), `spelling`, and `generations` (the index folder; what lies in it says
`layout`, who may write says `lock`, whether it is whole say `checks`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kb.model import Audience, Found, Match, Part
from kb.query import Filters, Query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kb.cards import Card
    from kb.engine.reading import IndexReader
    from kb.model import Article, Correction

CHANNELS = "has:channel"
"""The facet of articles that describe a way to reach a person."""

ALL = 1 << 30
"""A limit that nothing reaches."""


@dataclass(frozen=True, slots=True)
class Request:
    """A query and how to answer it.

    `limit` and `per_article` count sections. `filters` are joined with the query's own.
    `prefix` takes the last word as the beginning of one. `person_first` puts articles of
    the contact tier before all others. `correct` allows spelling correction.
    """

    query: Query
    limit: int = ALL
    per_article: int = ALL
    filters: Filters = field(default_factory=Filters)
    audience: Audience = Audience.PUBLIC
    drafts: bool = False
    prefix: bool = False
    person_first: bool = False
    correct: bool = True
    explain: bool = False


@dataclass(frozen=True, slots=True)
class SectionRecord:
    """A section as the index keeps it: fields are as in `kb.model.Section`."""

    anchor: str
    heading: str
    level: int
    trail: tuple[str, ...]
    text: str
    lines: tuple[int, int]
    position: int


@dataclass(frozen=True, slots=True)
class RankedSection:
    """A section that answers, with what is needed to show it."""

    card: Card
    section: SectionRecord
    score: float
    match: Match
    weak: bool
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """What an engine brings. `total` counts sections before limits; `terms` are the terms that
    were searched, with their idf; `synonyms` the surfaces that others stood in for.
    """

    found: Found
    total: int
    sections: tuple[RankedSection, ...]
    terms: Mapping[str, float]
    correction: Correction | None = None
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What an index holds; sizes in bytes."""

    engine: str
    articles: int
    sections: int
    terms: int
    size: int


class Engine(Protocol):
    """One index in one folder."""

    @property
    def reader(self) -> IndexReader:
        """The index as ranking, and the export of the site's search, read it."""

    def build(self, articles: Iterable[Article]) -> None:
        """Write a new index of the articles, which come in order of id, into an empty folder."""
        ...

    def update(self, removed: Collection[str], articles: Collection[Article]) -> bool:
        """Take out the articles of the ids `removed`, and put in others.

        `removed` holds the ids of all that is replaced, too. Returns False, having changed
        nothing, when the whole index has to be built anew.
        """
        ...

    def search(self, request: Request) -> Results:
        """The sections that answer, best first, equal ones in order of article id and position."""
        ...

    def cards(self) -> Mapping[str, Card]:
        """All articles by id, in order of id."""
        ...

    def card(self, id_: str) -> Card | None:
        """The article of that id; None if there is none. Costs the same in an index of any size."""
        ...

    def cards_with(self, facet: str) -> tuple[Card, ...]:
        """The articles that have a facet, such as CHANNELS, in order of id."""
        ...

    def describe(self) -> Description:
        """What the index holds."""
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...
