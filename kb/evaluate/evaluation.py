"""An evaluation: a knowledge base is asked every judged query, what it ranked is kept, and so are
the figures of each query and of them all.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Protocol

from kb.evaluate.judgments import Level
from kb.evaluate.measures import TITLES, Measures, mean, measure
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kb.evaluate.judgments import JudgedQuery, JudgedSet

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


class Answered(Protocol):
    """A whole answer, of which the confidence counts here."""

    @property
    def confidence(self) -> float:
        """The probability that the first hit is right."""
        ...


class Searcher(Protocol):
    """What is measured: a `KnowledgeBase`, or whatever else ranks sections."""

    def rank(self, query: str, *, limit: int = 100) -> Sequence[RankedSection]:
        """The best sections, best first, before any cap per article."""
        ...

    def search(self, query: str) -> Answered:
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
    `cap_shows` whether that changes the first ten sections. `seconds` is the time of one search,
    `confidence` what its answer says of its first hit.
    """

    results: tuple[Result, ...]
    sections: tuple[Result, ...]
    capped: tuple[Result, ...]
    cap_shows: bool
    seconds: float
    confidence: float = 0.0


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
    answer = searcher.search(query.text)
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
        confidence=answer.confidence,
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


BAD = 0.5
"""Below this nDCG@10 a query went badly: its only answer, when it has one, is third or lower."""


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """A judged query, what it brought, and how good that was."""

    judged: JudgedQuery
    response: Response
    measures: Measures

    @property
    def is_bad(self) -> bool:
        """Whether a report should show what was found, and what should have been."""
        return self.measures.ndcg < BAD

    @property
    def is_right(self) -> bool:
        """Whether the first result is."""
        return any(self.grade(result) for result in self.response.results[:1])

    def grade(self, result: Result) -> int | None:
        """The grade of a result; None when nobody judged it."""
        return self.judged.grades.get(result.name)


@dataclass(frozen=True, slots=True)
class CapCost:
    """What it costs that an article may bring no more than `per_article` sections.

    `measures` are the means with the cap; `shows` counts the queries whose first ten
    sections it changes, `worse` and `better` those whose nDCG@10 falls or rises.
    """

    per_article: int
    measures: Measures
    shows: int
    worse: int
    better: int


RIGHT = 0.9
"""What share of the sure first hits should be right: `Certainty.advised` is chosen for it."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """Whether answers that sound sure are right.

    `sure` is the share of the queries whose first hit has at least the confidence `least`, and
    `right` which share of these hits is right, 1 where there are none. `advised` is the lowest
    confidence, in hundredths, from which on RIGHT are; None where none is.
    """

    least: float
    sure: float
    right: float
    advised: float | None


def certainty(outcomes: Sequence[QueryOutcome], least: float) -> Certainty:
    """How sure the first hits of some queries are, from one confidence on."""

    def right_from(confidence: float) -> list[bool]:
        return [
            o.is_right
            for o in outcomes
            if o.response.sections and o.response.confidence >= confidence
        ]

    hundredths = (number / 100 for number in range(101))
    right = right_from(least)
    return Certainty(
        least=least,
        sure=len(right) / len(outcomes),
        right=fmean(right) if right else 1.0,
        advised=next((c for c in hundredths if (r := right_from(c)) and fmean(r) >= RIGHT), None),
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every judged query of a set with its outcome, and the figures of them all."""

    judged: JudgedSet
    outcomes: tuple[QueryOutcome, ...]
    cap: CapCost
    certainty: Certainty

    @property
    def measures(self) -> Measures:
        """The means over all queries, before any cap."""
        return mean(outcome.measures for outcome in self.outcomes)

    @property
    def empty(self) -> int:
        """How many queries brought nothing at all."""
        return sum(not outcome.response.sections for outcome in self.outcomes)

    @property
    def answered(self) -> float:
        """The share of the queries that brought something."""
        return 1 - self.empty / len(self.outcomes)

    @property
    def seconds_median(self) -> float:
        """The median time of a search."""
        return median(outcome.response.seconds for outcome in self.outcomes)

    @property
    def seconds_p95(self) -> float:
        """The time within which 95 of 100 searches answer (the nearest rank)."""
        times = sorted(outcome.response.seconds for outcome in self.outcomes)
        return times[math.ceil(0.95 * len(times)) - 1]

    def figure(self, name: str) -> float:
        """The figure that `--fail-under` calls by this name: a measure, or `answered`."""
        certainty = self.certainty
        own = {"answered": self.answered, "sure": certainty.sure, "right": certainty.right}
        return own[name] if name in own else float(getattr(self.measures, name))


def evaluate(
    judged: JudgedSet,
    searcher: Searcher,
    *,
    per_article: int,
    sure: float,
    whole_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Ask and measure every query; `whole_run` as in `ask`. From the confidence `sure` on a first
    hit is sure.

    Raises KbError when the extra `eval` is not installed.
    """
    grades = {query.qid: query.grades for query in judged.queries}
    measure({}, {"a query": {"an answer": 1}})  # what is missing should show before the long part
    responses = ask(
        searcher,
        judged.queries,
        per_article=per_article,
        whole_run=whole_run,
        progress=progress,
    )
    asked = list(zip(judged.queries, responses, strict=True))
    full = measure({q.qid: [r.name for r in a.results] for q, a in asked}, grades)
    capped = measure({q.qid: [r.name for r in a.capped] for q, a in asked}, grades)
    outcomes = tuple(QueryOutcome(query, answer, full[query.qid]) for query, answer in asked)
    cost = _cost(per_article, full, capped, sum(answer.cap_shows for answer in responses))
    return Evaluation(judged, outcomes, cost, certainty(outcomes, sure))


def _cost(
    per_article: int, full: dict[str, Measures], capped: dict[str, Measures], shows: int
) -> CapCost:
    return CapCost(
        per_article=per_article,
        measures=mean(capped.values()),
        shows=shows,
        worse=sum(capped[qid].ndcg < full[qid].ndcg for qid in full),
        better=sum(capped[qid].ndcg > full[qid].ndcg for qid in full),
    )


NAMES = {**TITLES, "answered": "answered", "sure": "sure", "right": "right where sure"}
"""What can be demanded, with what it is called in print."""

_ALIASES = {title.casefold(): name for name, title in TITLES.items()}


@dataclass(frozen=True, slots=True)
class Demand:
    """A figure, from 0 to 1, that must not be lower than `least`."""

    name: str
    least: float

    def failure(self, evaluation: Evaluation) -> str | None:
        """What to say when an evaluation falls short; None when it does not."""
        value = evaluation.figure(self.name)
        if value >= self.least:
            return None
        return f"{NAMES[self.name]} is {value:.4f}, below {self.least:g}"


def read_demand(text: str) -> Demand:
    """Read `NAME=VALUE`. Raises ValueError that says what is wrong."""
    name, equals, value = text.partition("=")
    name = _ALIASES.get(name.strip().casefold(), name.strip().casefold())
    if name not in NAMES or not equals:
        hint = did_you_mean(name, NAMES) or f"the names are {', '.join(NAMES)}"
        raise ValueError(f"{text!a} is not NAME=VALUE, such as ndcg=0.70; {hint}")
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise ValueError(f"{value!a} is not a number from 0 to 1")
    return Demand(name, least)
