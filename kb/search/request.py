"""What is asked of an index, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kb.model import Audience, Found, Match, Part
from kb.search.query import Filters, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.model import ArticleMeta, Correction

ALL = 1 << 30
"""A limit that nothing reaches."""


class Request(NamedTuple):
    """A query and how to answer it.

    `limit` and `per_article` count sections. `filters` are joined with the query's own.
    `prefix` takes the last word as the beginning of one. `person_first` puts articles of
    the contact tier before all others. `correct` allows spelling correction.
    """

    query: Query
    limit: int = ALL
    per_article: int = ALL
    filters: Filters = Filters()
    audience: Audience = Audience.PUBLIC
    drafts: bool = False
    prefix: bool = False
    person_first: bool = False
    correct: bool = True
    explain: bool = False


class SectionRecord(NamedTuple):
    """A section as the index keeps it: fields are as in `kb.model.Section`."""

    anchor: str
    heading: str
    level: int
    trail: tuple[str, ...]
    text: str
    lines: tuple[int, int]
    position: int


class RankedSection(NamedTuple):
    """A section that answers, with what is needed to show it."""

    card: ArticleMeta
    section: SectionRecord
    score: float
    match: Match
    weak: bool
    parts: tuple[Part, ...] = ()


class Results(NamedTuple):
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
