"""An evaluation as lines of text: the figures, what changed, what went worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.cli.text import Line, Span, Style, line_of, table_lines, wrap
from kb.evaluate.measures import TITLES
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.evaluate.comparison import Change, Comparison, Interval
    from kb.evaluate.contexts import ContextReach
    from kb.evaluate.evaluation import Evaluation, QueryOutcome

_WORST = 10
_INDENT = "  "


def evaluation_lines(
    evaluation: Evaluation, comparison: Comparison | None, width: int
) -> Iterator[Line]:
    """The figures, and when there is a baseline what changed since."""
    judged = evaluation.judged
    unjudged = f", {judged.unjudged:,} more without a judgment" if judged.unjudged else ""
    yield line_of(
        Span(judged.name, Style.BOLD),
        f": {counted(len(judged.queries), 'query', 'queries')}{unjudged}, "
        f"labels of level {judged.level}",
    )
    rows = [(title, _share(getattr(evaluation.measures, name))) for name, title in TITLES.items()]
    rows.append(("no results", f"{_percent(1 - evaluation.answered)} ({evaluation.empty:,})"))
    rows.append(("query time", _times(evaluation)))
    for title, text in rows:
        yield line_of(_INDENT, Span(f"{title:<12}", Style.DIM), text)
    for sentence in (_certainty(evaluation), _cap(evaluation)):
        yield from wrap(line_of(sentence), width, first=line_of(_INDENT), rest=line_of(_INDENT))
    if comparison is not None:
        yield from _comparison_lines(comparison, width)


def reach_lines(reach: ContextReach, width: int) -> Iterator[Line]:
    """How often contexts hold all that was judged right, and how often a reader finds it."""
    yield ()
    yield line_of(Span(f"All labels within {reach.budget:,} tokens", Style.BOLD))
    sides = (("kb context", reach.context), ("kb search, then kb show", reach.reading))
    head = ("", "inside", "of them whole", "tokens used")
    rows = [
        (name, _percent(side.inside), _percent(side.whole), f"{side.tokens:,.0f}")
        for name, side in sides
    ]
    yield from table_lines([[line_of(cell) for cell in row] for row in (head, *rows)], width, "-")


def worst_lines(evaluation: Evaluation, width: int) -> Iterator[Line]:
    """The queries that went worst: what came first, and what should have."""
    bad = sorted(
        (outcome for outcome in evaluation.outcomes if outcome.is_bad),
        key=lambda outcome: outcome.measures.ndcg,
    )
    if not bad:
        return
    yield ()
    yield line_of(
        Span(f"{counted(len(bad), 'query', 'queries')} went badly, worst first", Style.BOLD)
    )
    for outcome in bad[:_WORST]:
        yield from _worst(outcome, width)
    if len(bad) > _WORST:
        yield line_of(
            _INDENT, Span(f"and {len(bad) - _WORST:,} more: --report FILE.html", Style.DIM)
        )


def _worst(outcome: QueryOutcome, width: int) -> list[Line]:
    first = outcome.response.results[0].name if outcome.response.results else "nothing"
    wanted = ", ".join(label.name for label in outcome.judged.labels if label.grade)
    return [
        *wrap(line_of(outcome.judged.text), width, first=line_of(_INDENT)),
        line_of(_INDENT * 2, Span("found ", Style.DIM), first),
        line_of(_INDENT * 2, Span("should be ", Style.DIM), wanted),
    ]


def _comparison_lines(comparison: Comparison, width: int) -> Iterator[Line]:
    yield ()
    left_out = comparison.only_before + comparison.only_now
    note = f", {left_out:,} left out that only one side has" if left_out else ""
    lost = counted(comparison.worse, "query", "queries")
    yield line_of(
        Span(f"Since {comparison.baseline}", Style.BOLD),
        f": {lost} lost, {comparison.better:,} gained{note}",
    )
    head = ("measure", "before", "now", "difference", "95% interval")
    rows = [
        (
            TITLES[name],
            _share(found.before),
            _share(found.now),
            f"{found.difference:+.4f}",
            _interval(found),
        )
        for name, found in comparison.intervals.items()
    ]
    yield from table_lines([[line_of(cell) for cell in row] for row in (head, *rows)], width, "-")
    yield from _change_lines("Worst losses", comparison.losses)
    yield from _change_lines("Best gains", comparison.gains)


def better_lines(comparison: Comparison, mode: str, width: int) -> Iterator[Line]:
    """Which of two modes of `semantic.mode` is better here, and how sure that is."""
    found = comparison.intervals["ndcg"]
    _, _, own = comparison.baseline.rpartition(" ")
    if found.is_certain:
        better = mode if found.difference > 0 else own
        said = f"Better here: {better}, by {abs(found.difference):.4f} of nDCG@10; the difference"
        said += f" lies from {found.low:+.4f} to {found.high:+.4f} with 95% probability."
    else:
        said = f"No difference that is more than luck: nDCG@10 changes by {found.low:+.4f} to "
        said += f"{found.high:+.4f} with 95% probability. More judged queries would tell."
    yield ()
    yield from wrap(line_of(said), width)


def _change_lines(title: str, changes: Sequence[Change]) -> Iterator[Line]:
    if changes:
        yield line_of(Span(title, Style.BOLD), " (nDCG@10)")
    for change in changes:
        yield line_of(
            _INDENT,
            f"{change.difference:+.3f}  {change.before:.3f} to {change.now:.3f}  ",
            change.query,
        )


def _cap(evaluation: Evaluation) -> str:
    cap = evaluation.cap
    cost = evaluation.measures.ndcg - cap.measures.ndcg
    return (
        f"The cap of {counted(cap.per_article, 'section', 'sections')} per article changes what "
        f"{counted(cap.shows, 'query shows', 'queries show')} first: nDCG@10 "
        f"{_share(cap.measures.ndcg)} with it ({0 - cost:+.4f}), {cap.worse:,} lower and "
        f"{cap.better:,} higher."
    )


def _certainty(evaluation: Evaluation) -> str:
    """How many first hits sound sure, how many of those are right, and which setting is better."""
    found = evaluation.certainty
    said = (
        f"From search.sure = {found.least:g} on {_percent(found.sure)} of the first hits are sure"
    )
    said += f", and {_percent(found.right)} of those are right" if found.sure else ""
    if found.advised is None:
        return f"{said}. No search.sure makes nine of ten right."
    return f"{said}. From {found.advised:g} on nine of ten are right."


def _interval(interval: Interval) -> str:
    if interval.low == interval.high == 0:
        return "no query changed"
    luck = "" if interval.is_certain else ", may be luck"
    return f"{interval.low:+.4f} to {interval.high:+.4f}{luck}"


def _times(evaluation: Evaluation) -> str:
    median, p95 = evaluation.seconds_median * 1000, evaluation.seconds_p95 * 1000
    return f"median {median:.1f} ms, p95 {p95:.1f} ms"


def _share(value: float) -> str:
    return f"{value:.4f}"


def _percent(value: float) -> str:
    return f"{100 * value:.2f}%"
