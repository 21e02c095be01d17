"""How much meaning counts beside words: pure functions of numbers.

The score of a section is that of its words, plus what its meaning adds. Both are set against
their spread over the same sections, the best hundred by words and the nearest hundred by meaning,
as in fusion by z-scores (M. Montague, J. Aslam, "Relevance score normalization for metasearch",
CIKM 2001), without the means, which change no order:

    score = words + weight * deviation(words) / deviation(cosines) * (cosine - least cosine)

The weight is MEANING times the share of the query's idf that the best section by words does not
hold: meaning speaks where the words are silent. Manuals, whose readers use their words, lose next
to nothing; customers' own words gain (benchmarks/semantic.md).

Without a model, the vector of a query is the sum of its words' vectors, each times its idf. Sums,
products and deviations are computed from whole numbers, so that every implementation of these
functions gets the same ones, in any order.
"""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST_COSINE, LEAST_COSINE_OF_WORDS = 0.3, 0.2
"""A section that is further from a query than this is no candidate by its meaning: by an encoder,
and by the vectors of words, of which unrelated ones have cosines near 0."""

MEANING = 2.0
"""The weight of meaning where the words say nothing."""

SCORE_STEPS, COSINE_STEPS = 256, 4096
"""Scores and cosines are rounded to such parts of 1 before their deviations are computed."""

REACH = 40
"""How many of the best sections by words are ranked anew by the vectors of a query's words."""

NEAR, UNSURE = 20, 0.5
"""How many sections are candidates by those vectors, and what share of the query's idf the best
section by words holds at most where they are."""

WHOLE = 256
"""Sections that the public sees, at most, of which all are held against a query; of more, those in
the PROBED nearest clusters."""

PROBED = 4
"""How many clusters are looked at."""


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
    spread, near = _deviation(words, SCORE_STEPS), _deviation(cosines, COSINE_STEPS)
    if not near:
        return Scale(0.0, min(cosines))
    share = min(1.0, held / asked) if asked else 0.0
    weight = MEANING * (1 - share)
    return Scale(weight * (spread / near if spread else 1.0), min(cosines))


def _deviation(values: Sequence[float], steps: int) -> float:
    whole = [math.floor(value * steps + 0.5) for value in values]
    squares = sum([value * value for value in whole])
    return math.sqrt(len(whole) * squares - sum(whole) ** 2) / (len(whole) * steps)


def weighted_sum(words: Iterable[tuple[Sequence[int], int]]) -> list[int]:
    """The vector of a query: the sum of its words' (vector, idf in steps); empty without words."""
    weighted = [[number * idf for number in vector] for vector, idf in words]
    return [sum(column) for column in zip(*weighted, strict=True)]


def length(vector: Sequence[int]) -> float:
    """How long a vector is."""
    return math.sqrt(sum(map(mul, vector, vector)))


def cosine(one: Sequence[int], other: Sequence[int], first: float = 0.0) -> float:
    """The cosine of the angle of two vectors, of which the first may be known to be so long; 0
    where one of them has no length.
    """
    both = (first or length(one)) * length(other)
    return sum(map(mul, one, other)) / both if both else 0.0


def nearest(
    query: Sequence[int], vectors: Iterable[tuple[int, Sequence[int]]]
) -> list[tuple[float, int]]:
    """(cosine, number) of numbered vectors, the nearest first, equal ones by number."""
    long = length(query)
    found = [(-cosine(query, vector, long), number) for number, vector in vectors]
    return [(-value, number) for value, number in sorted(found)]
