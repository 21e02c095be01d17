"""How much meaning counts beside words: pure functions of numbers.

The score of a section is that of its words, plus what its meaning adds. Both are set against
their spread over the same sections, the best hundred by words and the nearest hundred by meaning,
as in fusion by z-scores (M. Montague, J. Aslam, "Relevance score normalization for metasearch",
CIKM 2001), without the means, which change no order:

    score = words + weight * deviation(words) / deviation(cosines) * (cosine - least cosine)

The weight is MEANING times the share of the query's idf that the best section by words does not
hold: meaning speaks where the words are silent. Manuals, whose readers use their words, lose next
to nothing; customers' own words gain (benchmarks/semantic.md).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_COSINE = 0.3
"""A section that is further from a query than this is no candidate by its meaning."""

MEANING = 2.0
"""The weight of meaning where the words say nothing."""


class Scale(NamedTuple):
    """What a cosine adds to a score: `factor` for each unit above `least`."""

    factor: float
    least: float

    def part(self, cosine: float) -> float:
        """What the meaning of a section adds to its score."""
        return max(0.0, cosine - self.least) * self.factor


def scale_of(rows: Sequence[tuple[float, float]], held: int, asked: int) -> Scale:
    """The scale of a query, by the (score by words, cosine) of the sections that set it.

    `held` of the `asked` idf of the query, in steps, stands in the best section by words. Where
    all scores are the same, as without words, they are as far apart as the cosines.
    """
    words, cosines = zip(*rows, strict=True)
    spread, near = _deviation(words), _deviation(cosines)
    if not near:
        return Scale(0.0, min(cosines))
    share = min(1.0, held / asked) if asked else 0.0
    weight = MEANING * (1 - share)
    return Scale(weight * (spread / near if spread else 1.0), min(cosines))


def _deviation(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
