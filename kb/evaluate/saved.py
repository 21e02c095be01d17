"""Evaluations as JSON: written for machines and for later, read back as a baseline."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kb.errors import JudgmentError
from kb.evaluate.comparison import SavedQuery
from kb.evaluate.measures import TITLES, Measures
from kb.evaluate.runner import SHOWN

if TYPE_CHECKING:
    from pathlib import Path

    from kb.evaluate.comparison import Comparison, Interval
    from kb.evaluate.evaluation import Evaluation, QueryOutcome
    from kb.evaluate.judgments import Label
    from kb.evaluate.runner import Result

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
