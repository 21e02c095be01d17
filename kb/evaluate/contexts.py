"""How often a context holds all that was judged right, beside reading what a search lists.

The reading policy is fixed: the list that `kb search` prints, then `kb show` of its hits, one after
the other, as long as the budget lasts. The section in which it ends is read as well if half of it
fits, but not whole. Both sides are counted by the same tokens (`kb.text.tokens`), and held against
all labels above 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.errors import QueryError
from kb.evaluate.judgments import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kb.context import Context
    from kb.evaluate.judgments import JudgedQuery, JudgedSet


class Opened(NamedTuple):
    """A section that is read: its article, its anchor, and the tokens that it takes to read it."""

    article: str
    anchor: str
    tokens: int


class Reader(Protocol):
    """What is measured."""

    def context(self, question: str, budget: int) -> Context:
        """The context for a question."""
        ...

    def listing(self, question: str) -> tuple[int, Iterator[Opened]]:
        """The tokens of a search's list, and its hits, each opened when it is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """Shares of the queries of which all labels are `inside`, and of which they are so `whole`;
    `tokens` are those used, on average.
    """

    inside: float
    whole: float
    tokens: float


@dataclass(frozen=True, slots=True)
class ContextReach:
    """What contexts of a budget hold, and what searching and reading does within the same."""

    budget: int
    context: Reach
    reading: Reach


class _Read(NamedTuple):
    """What one query's reader has seen: names, those of them that were not cut, and the tokens."""

    inside: set[str]
    whole: set[str]
    tokens: int


def measure_contexts(
    judged: JudgedSet,
    reader: Reader,
    budget: int,
    progress: Callable[[int, int], None] | None = None,
) -> ContextReach:
    """Ask every query both ways."""
    contexts, readings = [], []
    for done, query in enumerate(judged.queries, 1):
        contexts.append(_in_context(query, reader, budget))
        readings.append(_in_reading(query, reader, budget))
        if progress is not None:
            progress(done, len(judged.queries))
    return ContextReach(budget, _reach(judged.queries, contexts), _reach(judged.queries, readings))


def _in_context(query: JudgedQuery, reader: Reader, budget: int) -> _Read:
    try:
        context = reader.context(query.text, budget)
    except QueryError as error:
        if error.code != "budget":
            raise
        return _Read(set(), set(), 0)  # no section fits
    names = [(_name(query, e.article, e.anchor), e.is_whole) for e in context.sections]
    return _Read({n for n, _ in names}, {n for n, whole in names if whole}, context.tokens)


def _in_reading(query: JudgedQuery, reader: Reader, budget: int) -> _Read:
    used, hits = reader.listing(query.text)
    read = _Read(set(), set(), 0)
    for hit in hits if used < budget else ():
        name = _name(query, hit.article, hit.anchor)
        used += hit.tokens
        if used - hit.tokens // 2 <= budget:
            read.inside.add(name)
        if used > budget:
            break
        read.whole.add(name)
    return read._replace(tokens=min(used, budget))


def _name(query: JudgedQuery, article: str, anchor: str) -> str:
    return article if query.level is Level.ARTICLE else f"{article}#{anchor}"


def _reach(queries: Sequence[JudgedQuery], reads: Iterable[_Read]) -> Reach:
    rows = [
        ({label.name for label in query.labels if label.grade}, read)
        for query, read in zip(queries, reads, strict=True)
    ]
    return Reach(
        inside=fmean(wanted <= read.inside for wanted, read in rows),
        whole=fmean(wanted <= read.whole for wanted, read in rows),
        tokens=fmean(read.tokens for _, read in rows),
    )


def contexts_as_json(reach: ContextReach) -> dict[str, Any]:
    """As an evaluation's JSON has it."""
    sides = {"context": reach.context, "search_and_show": reach.reading}
    return {
        "budget": reach.budget,
        **{
            name: {"inside": side.inside, "whole": side.whole, "tokens": side.tokens}
            for name, side in sides.items()
        },
    }
