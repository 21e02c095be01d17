"""The best of many scored documents, sorted only as far as they are asked for."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from kb.ranking import SCORE_DIGITS, round_score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def best_first(scores: Mapping[int, float], order: Sequence[int]) -> Iterator[tuple[int, float]]:
    """(document, score) by rounded score, the highest first, and among equals by `order`."""
    size, given = 64, 0
    while given < len(scores):
        top, reliable = _top(scores, order, size)
        yield from top[given:reliable]
        given = max(given, reliable)
        size *= 8


def _top(
    scores: Mapping[int, float], order: Sequence[int], size: int
) -> tuple[list[tuple[int, float]], int]:
    """At least the `size` best in order, and how many of them no other can equal."""
    if size >= len(scores):
        edge, least = None, float("-inf")
    else:
        lowest = heapq.nlargest(size, scores.values())[-1]
        edge, least = round_score(lowest), lowest - 10**-SCORE_DIGITS
    top = [(doc, score) for doc, score in scores.items() if score >= least]
    top.sort(key=lambda pair: (-round_score(pair[1]), order[pair[0]]))
    if edge is None:
        return top, len(top)
    return top, sum(round_score(score) >= edge for _, score in top)
