"""The plot of a report: one value for each query, sorted, as inline SVG that needs no script."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from kb.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 960, 260
_LEFT, _TOP, _BOTTOM = 44, 10, 24


def sorted_plot(values: Sequence[float], *, low: float, label: str) -> str:
    """The values from least to greatest, as areas from 0; the scale runs from `low` to 1.

    What is above 0 has the class `up`, what is below `down`. `label` says it all to those
    who can't see it.
    """
    ticks = "".join(_tick(value, low) for value in (-1.0, -0.5, 0.0, 0.5, 1.0) if value >= low)
    areas = "".join(_area(start, run, len(values), low) for start, run in _runs(sorted(values)))
    queries = counted(len(values), "query", "queries")
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{ticks}{areas}'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{queries}</text></svg>'
    )


def _runs(values: Sequence[float]) -> Iterator[tuple[int, list[float]]]:
    """Neighbours of the same sign, each with the place of its first; zeros are left out."""
    start = 0
    for sign, run in groupby(values, key=lambda value: (value > 0) - (value < 0)):
        found = list(run)
        if sign:
            yield start, found
        start += len(found)


def _area(start: int, run: Sequence[float], count: int, low: float) -> str:
    """One path along the tops of all bars of a run, and back along 0."""
    step = (WIDTH - _LEFT) / count
    x, zero = _LEFT + start * step, _y(0.0, low)
    points = [f"M{x:.2f} {zero:.2f}"]
    for height, equal in groupby(run):
        x += step * len(list(equal))
        points.append(f"V{_y(height, low):.2f}H{x:.2f}")
    points.append(f"V{zero:.2f}Z")
    return f'<path class="{"up" if run[0] > 0 else "down"}" d="{"".join(points)}"/>'


def _tick(value: float, low: float) -> str:
    y = _y(value, low)
    return (
        f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y:.2f}" y2="{y:.2f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.2f}" text-anchor="end">{value:g}</text>'
    )


def _y(value: float, low: float) -> float:
    return _TOP + (1 - value) / (1 - low) * (HEIGHT - _TOP - _BOTTOM)
