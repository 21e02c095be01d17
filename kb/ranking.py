"""The score: pure functions of numbers, and every constant in one place.

A section's score for a query is

    (words + pairs + title) * (1 + coverage)

    words     BM25F: for each query word, its idf times one saturation over the weighted,
              length-normalised frequencies of all fields
    pairs     the same for each two neighbouring query words that are neighbours in the section
    title     what the article's title covers of the query, for every section of the article
    coverage  how much of the section's title and heading the query covers, and the reverse

Sources: S. Robertson, H. Zaragoza, M. Taylor, "Simple BM25 extension to multiple weighted
fields", CIKM 2004 (one saturation over all fields); S. Robertson, H. Zaragoza, "The
Probabilistic Relevance Framework: BM25 and Beyond", 2009 (idf, saturation, length);
S. Buettcher, C. Clarke, B. Lushman, "Term proximity scoring for ad-hoc retrieval", SIGIR 2006
(pairs as additive BM25 parts). Coverage and the title part are our own.

Every input is discrete: frequencies in an index are whole steps (`WEIGHT_STEPS`), idfs are
rounded to `IDF_STEPS`, average lengths lie on a coarse grid. So an index that was updated a
hundred times scores as one built at once, and the browser scores as the terminal does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = ("title", "heading", "trail", "issues", "body")
"""The fields of a section, in the order of all counts and lengths."""

WEIGHT_STEPS = 32
"""A pseudo-frequency of 1 in the index's whole steps."""

MAX_WEIGHT = 0xFFFF
IDF_STEPS = 1000
"""An idf of 1 in whole steps."""

HEAD_STEPS = 4
"""What a word of a section's heading weighs in coverage; one of the title alone weighs less."""

AVERAGE_GRID = 1.25
"""Average lengths are rounded to a power of this: one more article seldom changes one, and
when it does, the index is built anew."""

SCORE_DIGITS = 6
"""Decimal digits of a score; sections that are equal in these are in order of id."""


def _constant(
    default: float, low: float, high: float, meaning: str, *, indexed: bool = False
) -> float:
    """A constant with its range. Those that are `indexed` are in the index's weights: when one
    changes, the index is built anew."""
    metadata = {"range": (low, high), "meaning": meaning, "indexed": indexed}
    value: float = field(default=default, metadata=metadata)
    return value


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every constant of the score; each field's metadata give its meaning and its range."""

    title_weight: float = _constant(4, 0, 20, "weight of a word in the article's title", indexed=True)
    heading_weight: float = _constant(5, 0, 20, "weight of a word in the section's heading", indexed=True)
    trail_weight: float = _constant(1, 0, 20, "weight of a word in the headings above", indexed=True)
    issue_weight: float = _constant(5, 0, 20, "weight of a word in an issue phrase", indexed=True)
    body_weight: float = _constant(1, 0, 20, "weight of a word in the text", indexed=True)
    head_b: float = _constant(0.3, 0, 1, "length normalisation of title, headings and trail", indexed=True)
    body_b: float = _constant(0.4, 0, 1, "length normalisation of the text", indexed=True)
    k1: float = _constant(1.5, 0.1, 5, "saturation of a word: lower counts repeats for less")
    pair_weight: float = _constant(0.6, 0, 2, "part of neighbouring words; 0 switches it off")
    pair_k1: float = _constant(0.5, 0.1, 5, "saturation of neighbouring words")
    pair_head: float = _constant(2, 0, 10, "weight of neighbours in a title or heading")
    title_part: float = _constant(0.3, 0, 2, "part of the article's title; 0 switches it off")
    coverage: float = _constant(1, 0, 3, "part of title and heading coverage; 0 switches it off")
    coverage_title: float = _constant(0.75, 0, 1, "what a word counts for that only the title has", indexed=True)
    coverage_head: float = _constant(1.5, 0, 4, "exponent of the covered share of the heading")
    coverage_query: float = _constant(0.5, 0, 4, "exponent of the covered share of the query")
    whole: float = _constant(0.5, 0, 1, "what the joined form of a unit counts for: wifi, for wi-fi")
    synonym: float = _constant(0.8, 0, 1, "what a synonym counts for, against the word itself")
    self_service: float = _constant(0.03, 0, 0.5, "lead of self-service sections in near-ties")

    def __post_init__(self) -> None:
        for constant in fields(self):
            low, high = constant.metadata["range"]
            if not low <= getattr(self, constant.name) <= high:
                raise ValueError(f"{constant.name} should be a number from {low:g} to {high:g}")


@dataclass(frozen=True, slots=True)
class Averages:
    """Average lengths of the FIELDS in words, on the grid."""

    lengths: tuple[float, ...]

    @classmethod
    def of(cls, totals: Sequence[int], sections: int) -> Averages:
        """From the fields' total lengths over a number of sections."""
        return cls(tuple(on_grid(total / max(1, sections)) for total in totals))


def on_grid(average: float) -> float:
    """The nearest power of AVERAGE_GRID, at least 1."""
    if average <= 1:
        return 1.0
    return float(AVERAGE_GRID ** round(math.log(average, AVERAGE_GRID)))


def field_norms(
    lengths: Sequence[int], averages: Averages, ranking: Ranking
) -> tuple[float, ...]:
    """What one occurrence in each field counts for, in steps: w / (1 - b + b * length / average).

    Issue phrases are alternatives, not one text, so their length is not counted.
    """
    weights = (
        ranking.title_weight,
        ranking.heading_weight,
        ranking.trail_weight,
        ranking.issue_weight,
        ranking.body_weight,
    )
    return _norms(weights, lengths, averages, ranking)


def pair_norms(lengths: Sequence[int], averages: Averages, ranking: Ranking) -> tuple[float, ...]:
    """The same for two neighbouring words."""
    head = ranking.pair_head
    return _norms((head, head, 1, head, 1), lengths, averages, ranking)


def _norms(
    weights: Sequence[float], lengths: Sequence[int], averages: Averages, ranking: Ranking
) -> tuple[float, ...]:
    bs = (ranking.head_b, ranking.head_b, ranking.head_b, 0.0, ranking.body_b)
    return tuple(
        WEIGHT_STEPS * weight / (1 - b + b * length / average)
        for weight, b, length, average in zip(weights, bs, lengths, averages.lengths, strict=True)
    )


def head_steps(*, in_heading: bool, ranking: Ranking) -> int:
    """What a word of the section's heading, or of the article's title alone, weighs in coverage."""
    return HEAD_STEPS if in_heading else math.floor(HEAD_STEPS * ranking.coverage_title + 0.5)


def pseudo_frequency(counts: Sequence[int], norms: Sequence[float]) -> int:
    """BM25F's weighted frequency over all fields in whole steps, from 1 to MAX_WEIGHT."""
    total = sum(count * norm for count, norm in zip(counts, norms, strict=True))
    return max(1, min(MAX_WEIGHT, math.floor(total + 0.5)))


def idf_steps(population: int, frequency: int) -> int:
    """Robertson and Sparck Jones' idf without relevance information, kept positive:
    ln(1 + (N - n + 0.5) / (n + 0.5)), in whole steps."""
    odds = (max(population, frequency) - frequency + 0.5) / (frequency + 0.5)
    return math.floor(math.log(1 + odds) * IDF_STEPS + 0.5)


def saturate(steps: int, k1: float) -> float:
    """f * (k1 + 1) / (f + k1) of a frequency in steps: from 0 towards k1 + 1."""
    frequency = steps / WEIGHT_STEPS
    return frequency * (k1 + 1) / (frequency + k1)


def saturation_table(size: int, k1: float) -> list[float]:
    """`saturate` of every frequency below `size` steps, over IDF_STEPS: times an idf in steps
    it is a word's part of a score."""
    return [saturate(steps, k1) / IDF_STEPS for steps in range(size)]


def coverage(covered: float, mass: float, query: float, ranking: Ranking) -> float:
    """c * (covered / mass)^p * (covered / query)^q, from 0 to c.

    `covered` is the idf of the query words that stand in the title or heading, `mass` that of
    all words of the title and heading, `query` that of all words of the query.
    """
    if covered <= 0 or mass <= 0 or query <= 0:
        return 0.0
    head = min(1.0, covered / mass) ** ranking.coverage_head
    share = min(1.0, covered / query) ** ranking.coverage_query
    return ranking.coverage * head * share


def title_score(covered: int, mass: int, ranking: Ranking) -> float:
    """The part of the article's title: the idf over articles of the query words in it, in
    steps, times the square of the share of the title that they are."""
    if covered <= 0 or mass <= 0:
        return 0.0
    return ranking.title_part * covered / IDF_STEPS * min(1.0, covered / mass) ** 2


def round_score(score: float) -> float:
    """A score as it is compared and shown."""
    return math.floor(score * 10**SCORE_DIGITS + 0.5) / 10**SCORE_DIGITS
