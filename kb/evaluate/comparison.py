"""Evaluations as JSON, and one held against a saved one of the same queries, query by query."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kb.errors import JudgmentError
from kb.evaluate.evaluation import SHOWN
from kb.evaluate.measures import TITLES, Measures, mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kb.evaluate.evaluation import Evaluation, QueryOutcome, Result
    from kb.evaluate.judgments import Label


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """What a saved evaluation says of one query."""

    text: str
    measures: Measures


def as_saved(evaluation: Evaluation) -> dict[str, SavedQuery]:
    """An evaluation as one that was saved, by query id."""
    outcomes = evaluation.outcomes
    return {o.judged.qid: SavedQuery(o.judged.text, o.measures) for o in outcomes}


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


VERSION = 1


def evaluation_as_json(evaluation: Evaluation, comparison: Comparison | None) -> dict[str, Any]:
    """One object that JSON can hold; `read_saved` reads it back."""
    judged = evaluation.judged
    saved = {
        "version": VERSION,
        "set": judged.name,
        "level": judged.level,
        "queries": len(judged.queries),
        "unjudged": judged.unjudged,
        "measures": asdict(evaluation.measures),
        "no_results": evaluation.empty / len(evaluation.outcomes),
        "seconds": {"median": evaluation.seconds_median, "p95": evaluation.seconds_p95},
        "certainty": asdict(evaluation.certainty),
        "cap": _cap(evaluation),
        "comparison": None if comparison is None else _comparison(comparison),
    }
    return {**saved, "by_query": [_query(outcome) for outcome in evaluation.outcomes]}


def _cap(evaluation: Evaluation) -> dict[str, Any]:
    cap = evaluation.cap
    return {
        "per_article": cap.per_article,
        "measures": asdict(cap.measures),
        "cost": evaluation.measures.ndcg - cap.measures.ndcg,
        "changed": cap.shows,
        "worse": cap.worse,
        "better": cap.better,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "baseline": comparison.baseline,
        "queries": len(comparison.changes),
        "only_before": comparison.only_before,
        "only_now": comparison.only_now,
        "measures": {name: _interval(found) for name, found in comparison.intervals.items()},
        "worse": comparison.worse,
        "better": comparison.better,
        "losses": [asdict(change) for change in comparison.losses],
        "gains": [asdict(change) for change in comparison.gains],
    }


def _interval(interval: Interval) -> dict[str, float]:
    return {**asdict(interval), "difference": interval.difference}


def _query(outcome: QueryOutcome) -> dict[str, Any]:
    return {
        "qid": outcome.judged.qid,
        "query": outcome.judged.text,
        "level": outcome.judged.level,
        **asdict(outcome.measures),
        "seconds": outcome.response.seconds,
        "confidence": outcome.response.confidence,
        "results": [_result(outcome, r) for r in outcome.response.results[:SHOWN]],
        "relevant": [_label(label) for label in outcome.judged.labels if label.grade],
    }


def _result(outcome: QueryOutcome, result: Result) -> dict[str, Any]:
    return {
        "article": result.article,
        "anchor": result.anchor,
        "score": result.score,
        "grade": outcome.grade(result),
    }


def _label(label: Label) -> dict[str, Any]:
    return {"article": label.article, "anchor": label.anchor, "grade": label.grade}


def read_saved(path: Path) -> dict[str, SavedQuery]:
    """The queries of a saved evaluation by id. Raises JudgmentError when it is none."""
    try:
        saved = json.loads(path.read_bytes())
    except OSError as error:
        raise JudgmentError(f"can't be read: {error.strerror}", path=str(path)) from error
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg}"
        raise JudgmentError(message, path=str(path), line=error.lineno) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise JudgmentError("is not JSON", path=str(path)) from error
    hint = "a baseline is what `kb eval --json` printed"
    if not isinstance(saved, dict) or not isinstance(saved.get("by_query"), list):
        raise JudgmentError("is not a saved evaluation", path=str(path), hint=hint)
    if saved.get("version") != VERSION:
        message = f"is of version {saved.get('version')!r}, and {VERSION} is wanted"
        raise JudgmentError(message, path=str(path), hint="make it again with this kb")
    try:
        return {row["qid"]: _saved_query(row) for row in saved["by_query"]}
    except (KeyError, TypeError, ValueError) as error:
        message = "holds a query that is not as kb writes it"
        raise JudgmentError(message, path=str(path), hint=hint) from error


def _saved_query(row: dict[str, Any]) -> SavedQuery:
    return SavedQuery(str(row["query"]), Measures(**{name: float(row[name]) for name in TITLES}))
