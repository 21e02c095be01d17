"""Two evaluations of the same queries, held against each other query by query."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import JudgmentError
from kb.evaluate.measures import TITLES, Measures, mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.evaluate.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """What a saved evaluation says of one query."""

    text: str
    measures: Measures


RESAMPLES = 1_000
SEED = 20_020
LISTED = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One query's nDCG@10 before and now."""

    qid: str
    query: str
    before: float
    now: float

    @property
    def difference(self) -> float:
        """What it gained; negative when it lost."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean before and now, and the 95% interval of the difference: `low` to `high`."""

    before: float
    now: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """The difference of the means."""
        return self.now - self.before

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0: the change is more than the luck of the queries."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since a baseline, over the queries that both have.

    `changes` are in the order of the queries; `only_before` and `only_now` count the
    queries that are left out because one side lacks them, or asks them in other words.
    """

    baseline: str
    changes: tuple[Change, ...]
    intervals: dict[str, Interval]
    only_before: int
    only_now: int

    @property
    def worse(self) -> int:
        """How many queries lost."""
        return sum(change.difference < 0 for change in self.changes)

    @property
    def better(self) -> int:
        """How many queries gained."""
        return sum(change.difference > 0 for change in self.changes)

    @property
    def losses(self) -> list[Change]:
        """The worst losses, the worst first."""
        lost = [change for change in self.changes if change.difference < 0]
        return sorted(lost, key=lambda change: change.difference)[:LISTED]

    @property
    def gains(self) -> list[Change]:
        """The best gains, the best first."""
        won = [change for change in self.changes if change.difference > 0]
        return sorted(won, key=lambda change: -change.difference)[:LISTED]


def compare(evaluation: Evaluation, saved: Mapping[str, SavedQuery], baseline: str) -> Comparison:
    """Hold an evaluation against a saved one. Raises JudgmentError when no query is in both."""
    pairs = [
        (outcome, saved[outcome.judged.qid])
        for outcome in evaluation.outcomes
        if outcome.judged.qid in saved and saved[outcome.judged.qid].text == outcome.judged.text
    ]
    if not pairs:
        raise JudgmentError("has none of the queries that were asked now", path=baseline)
    before = mean(old.measures for _, old in pairs)
    now = mean(new.measures for new, _ in pairs)
    intervals = {}
    for name in TITLES:
        was = [float(getattr(old.measures, name)) for _, old in pairs]
        became = [float(getattr(new.measures, name)) for new, _ in pairs]
        low, high = bootstrap([b - a for a, b in zip(was, became, strict=True)])
        intervals[name] = Interval(getattr(before, name), getattr(now, name), low, high)
    return Comparison(
        baseline=baseline,
        changes=tuple(
            Change(new.judged.qid, new.judged.text, old.measures.ndcg, new.measures.ndcg)
            for new, old in pairs
        ),
        intervals=intervals,
        only_before=len(saved) - len(pairs),
        only_now=len(evaluation.outcomes) - len(pairs),
    )


def bootstrap(differences: Sequence[float]) -> tuple[float, float]:
    """The 95% percentile interval of the mean of paired differences.

    Draws the queries anew, with repeats, 1,000 times (Efron and Tibshirani, 1993, chapter
    13; for rankings: Sakai, SIGIR 2006), with a fixed seed: the same numbers every time.
    """
    if not any(differences):
        return 0.0, 0.0
    draw = random.Random(SEED).choices  # noqa: S311 repeatable is what is wanted
    size = len(differences)
    means = sorted(sum(draw(differences, k=size)) / size for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return means[cut - 1], means[-cut]
