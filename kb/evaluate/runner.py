"""Ask a knowledge base every judged query, and keep what it ranked and how long it took."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kb.evaluate.judgments import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kb.evaluate.judgments import JudgedQuery

DEPTH = 100
"""Results that are kept of each query, as TREC runs usually do with small sets."""

SHOWN = 10
"""Results that the measures look at."""


class RankedSection(Protocol):
    """A section and its score, as a ranking lists it."""

    @property
    def article(self) -> str:
        """The id of its article."""
        ...

    @property
    def anchor(self) -> str:
        """Its anchor in the article."""
        ...

    @property
    def score(self) -> float:
        """Its score, higher is better."""
        ...


class Searcher(Protocol):
    """What is measured: a `KnowledgeBase`, or whatever else ranks sections."""

    def rank(self, query: str, *, limit: int = 100) -> Sequence[RankedSection]:
        """The best sections, best first, before any cap per article."""
        ...

    def search(self, query: str) -> object:
        """A whole answer, as a user gets it: this is what is timed."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """One ranked thing: an article (`anchor` None), or a section."""

    article: str
    anchor: str | None
    score: float

    @property
    def name(self) -> str:
        """As labels name it."""
        return self.article if self.anchor is None else f"{self.article}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Response:
    """What one query brought: at most `DEPTH` results of its level and of sections, best first.

    Results that are articles may be fewer than were found, but never fewer than `SHOWN`, unless
    a whole run was asked for.

    `capped` is what stays at its level when no article may bring more than so many sections,
    `cap_shows` whether that changes the first ten sections. `seconds` is the time of one search.
    """

    results: tuple[Result, ...]
    sections: tuple[Result, ...]
    capped: tuple[Result, ...]
    cap_shows: bool
    seconds: float


def ask(
    searcher: Searcher,
    queries: Sequence[JudgedQuery],
    *,
    per_article: int,
    whole_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Response, ...]:
    """The response to each query in order; `progress` is told how many are done, of how many.

    With `whole_run` there are `DEPTH` articles too, where so many are found: that takes longer.
    """
    articles = DEPTH if whole_run else SHOWN
    for query in queries[:1]:
        searcher.search(query.text)  # opens the index, which is no part of a search's time
    responses = []
    for done, query in enumerate(queries, 1):
        responses.append(_ask_one(searcher, query, per_article, articles))
        if progress is not None:
            progress(done, len(queries))
    return tuple(responses)


def _ask_one(searcher: Searcher, query: JudgedQuery, per_article: int, articles: int) -> Response:
    start = time.perf_counter()
    searcher.search(query.text)
    seconds = time.perf_counter() - start
    whole_articles = query.level is Level.ARTICLE
    sections = _rank(searcher, query.text, articles if whole_articles else 0)
    capped = cap(sections, per_article)
    return Response(
        results=(best_of_articles(sections) if whole_articles else sections)[:DEPTH],
        sections=sections[:DEPTH],
        capped=(best_of_articles(capped) if whole_articles else capped)[:DEPTH],
        cap_shows=sections[:SHOWN] != capped[:SHOWN],
        seconds=seconds,
    )


def _rank(searcher: Searcher, text: str, articles: int) -> tuple[Result, ...]:
    """At least `DEPTH` sections, and as many more as it takes to have so many articles."""
    limit = DEPTH
    while True:
        found = searcher.rank(text, limit=limit)
        if len(found) < limit or len({section.article for section in found}) >= articles:
            return tuple(Result(r.article, r.anchor, r.score) for r in found)
        limit *= 4


def cap(sections: Iterable[Result], per_article: int) -> tuple[Result, ...]:
    """The sections without those that follow `per_article` better ones of their article."""
    seen: dict[str, int] = {}
    kept = []
    for section in sections:
        seen[section.article] = seen.get(section.article, 0) + 1
        if seen[section.article] <= per_article:
            kept.append(section)
    return tuple(kept)


def best_of_articles(sections: Iterable[Result]) -> tuple[Result, ...]:
    """The articles in the order of their best sections, each with that section's score."""
    best: dict[str, Result] = {}
    for section in sections:
        best.setdefault(section.article, Result(section.article, None, section.score))
    return tuple(best.values())
