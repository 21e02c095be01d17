"""The score: pure functions of numbers, and every constant in one place.

A section's score for a query is

    (words + pairs + title) * (1 + coverage) * (1 + nearness)

    words     BM25F: for each query word, its idf times one saturation over the weighted,
              length-normalised frequencies of all fields
    pairs     the same for each two neighbouring query words that are neighbours in the section
    title     what the article's title covers of the query, for each section with such a word
    coverage  how much of the section's title and heading the query covers, and the reverse
    nearness  for the best RESCORED sections: how much of the query stands close together

Sources: S. Robertson, H. Zaragoza, M. Taylor, "Simple BM25 extension to multiple weighted
fields", CIKM 2004 (one saturation over all fields); S. Robertson, H. Zaragoza, "The
Probabilistic Relevance Framework: BM25 and Beyond", 2009 (idf, saturation, length);
S. Buettcher, C. Clarke, B. Lushman, "Term proximity scoring for ad-hoc retrieval", SIGIR 2006
(pairs as additive BM25 parts); S. Katz, "Distribution of content words and phrases in text
and language modelling", Natural Language Engineering 2, 1996 (words that say what a text is
about come in bursts). Coverage, the title part and nearness are our own.

Every input is discrete: an index holds weights as one of LEVELS levels, idfs are whole steps
of 1 / IDF_STEPS and saturations of 1 / SATURATION_STEPS, so that sums are exact in floating
point whatever the order of adding, and average lengths lie on a coarse grid. So an index
that was updated a hundred times scores as one built at once, and the browser scores as the
terminal does.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Sequence

    from kb.config import Ranking

FIELDS = ("title", "heading", "trail", "issues", "body")
"""The fields of a section, in the order of all counts and lengths."""

LEVELS = 64
LEVELS_PER_E = 8
LOWEST_LEVEL = -24
"""A pseudo-frequency f is the level round(ln(f) * LEVELS_PER_E) - LOWEST_LEVEL, within LEVELS."""

IDF_STEPS = 64
SATURATION_STEPS = 1024

HEAD_STEPS = 4
"""What a word of a section's heading weighs in coverage; one of the title alone weighs less."""

MAX_OCCURRENCES = 127
"""Occurrences of a word in one section that its burstiness counts, at most."""

MAX_LENGTH = 0xFFFF
"""Words of a field that its length counts, at most."""

AVERAGE_GRID = 1.25
"""Average lengths are rounded to a power of this: one more article seldom changes one, and
when it does, the index is built anew."""

EVERYDAY_STEPS = 8
"""How far a word is an everyday word is a whole number up to this."""

SHORT_QUERY, LONG_QUERY = 3, 7
"""Words of a query in which everyday words count in full, and of one in which they count least."""

FEW_SECTIONS = 100
"""Sections of a collection that is too small to tell by itself which words say little."""

RESCORED = 40
"""How many of the best sections nearness is looked at for."""

CHUNK = 8
"""Words of a chunk, stop words not counted: nearness asks what two neighbouring ones hold."""

MOST_LEAD = 1.0
CONFIDENCE_BASE = -0.99
CONFIDENCE_SLOPE = 1.61
"""The curve of `confidence`, fitted to judged sets and to questions about something else: see
benchmarks/relevance.md."""

SCORE_DIGITS = 6
"""Decimal digits of a score; sections that are equal in these are in order of id."""


class Averages(NamedTuple):
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


def field_norms(lengths: Sequence[int], averages: Averages, ranking: Ranking) -> tuple[float, ...]:
    """What one occurrence in each of the FIELDS counts for: w / (1 - b + b * length / average).

    Issue phrases are alternatives, not one text: their length is not counted.
    """
    weights = (
        ranking.title_weight,
        ranking.heading_weight,
        ranking.trail_weight,
        ranking.issue_weight,
        ranking.body_weight,
    )
    bs = (*[ranking.head_b] * 3, 0.0, ranking.body_b)
    return tuple(
        weight / _length_norm(length, average, b)
        for weight, b, length, average in zip(weights, bs, lengths, averages.lengths, strict=True)
    )


def lead_norm(length: int, averages: Averages, ranking: Ranking) -> float:
    """What an occurrence in the first block of a text counts for besides, by the text's length."""
    return ranking.lead_weight / _length_norm(length, averages.lengths[-1], ranking.body_b)


def pair_weights(ranking: Ranking) -> tuple[float, ...]:
    """What two neighbouring words count for once in each of the FIELDS, however long these are:
    by length they rank no better, and a browser need not know the lengths of sections.
    """
    head = ranking.pair_head
    return (head, head, 1.0, head, 1.0)


def _length_norm(length: int, average: float, b: float) -> float:
    return 1 - b + b * max(1, length) / average  # an empty field holds no word to divide for


def level(frequency: float) -> int:
    """A pseudo-frequency's level, from 0 to LEVELS - 1."""
    if frequency <= 0:
        return 0
    found = math.floor(math.log(frequency) * LEVELS_PER_E + 0.5) - LOWEST_LEVEL
    return max(0, min(LEVELS - 1, found))


def weighted(counts: Iterable[int], norms: Iterable[float]) -> float:
    """BM25F's pseudo-frequency over all fields."""
    total = 0.0
    for count, norm in zip(counts, norms, strict=True):
        total += count * norm  # not sum(): from Python 3.12 on it rounds otherwise than a browser
    return total


def saturations(k1: float, factor: float = 1.0) -> tuple[int, ...]:
    """F * (k1 + 1) / (f + k1) of the frequency of each level, times a factor, in steps."""
    frequencies = (math.exp((level + LOWEST_LEVEL) / LEVELS_PER_E) for level in range(LEVELS))
    return tuple(
        math.floor(factor * f * (k1 + 1) / (f + k1) * SATURATION_STEPS + 0.5) for f in frequencies
    )


def idf_steps(population: int, frequency: int, occurrences: int = 0, burst: float = 0.0) -> int:
    """Robertson and Sparck Jones' idf without relevance information, kept positive, in steps:
    ln(1 + (N - n + 0.5) / (n + 0.5)), times (occurrences / n)^burst where words come in bursts.

    `occurrences` counts the word in headings, issue phrases and texts, but not in titles,
    which all sections of an article repeat.
    """
    odds = (max(population, frequency) - frequency + 0.5) / (frequency + 0.5)
    repeats = max(1.0, occurrences / frequency) ** burst if frequency else 1.0
    return math.floor(math.log(1 + odds) * repeats * IDF_STEPS + 0.5)


def damping(words: int, sections: int, ranking: Ranking) -> float:
    """What the most everyday words of the language lose of their idf in a query of so many words.

    In a long message people write around what they ask for, in words that say little although
    few sections hold them: "I would like to know whether". So they count less, from SHORT_QUERY
    words on and least at LONG_QUERY. In a collection of FEW_SECTIONS or less they do from two words
    on, and the less the larger it is: that two of eighty sections hold *never* says little of
    how much it tells.
    """
    if words <= 1:
        return 0.0
    length = min(1.0, max(0, words - SHORT_QUERY) / (LONG_QUERY - SHORT_QUERY))
    few = min(1.0, FEW_SECTIONS / max(1, sections))
    return max(ranking.everyday * length, ranking.everyday_few * few)


def damped_idf(idf: int, everyday: int, loss: float) -> int:
    """A term's idf in steps where the most everyday words lose a share of theirs. `everyday` is how
    far its own words are some, from 0 to EVERYDAY_STEPS.
    """
    return math.floor(idf * (1 - loss * everyday / EVERYDAY_STEPS) + 0.5)


LEVEL_MASK = LEVELS - 1
HEAD_SHIFT, HEAD_MASK = 6, 7
OCCURRENCES_SHIFT = 9


def pack_weight(level: int, head: int, occurrences: int) -> int:
    """What a posting says of a term in a section, in 16 bits: its frequency's level (6), what it
    weighs in coverage (3; 0 where it is in no title or heading), and how often it occurs outside
    the title (7).
    """
    return level | head << HEAD_SHIFT | min(occurrences, MAX_OCCURRENCES) << OCCURRENCES_SHIFT


def count_occurrences(weights: array[int]) -> int:
    """How often a term occurs outside titles, by its packed weights (unsigned shorts)."""
    return sum(weights.tobytes()[_UPPER::2].translate(_HALVED))


# In the upper byte of a weight the number of occurrences lies above one other bit.
_UPPER = 1 if sys.byteorder == "little" else 0
_HALVED = bytes(byte >> (OCCURRENCES_SHIFT - 8) for byte in range(256))


def head_steps(*, in_heading: bool, ranking: Ranking) -> int:
    """What a word of the section's heading, or of the article's title alone, weighs in coverage."""
    return HEAD_STEPS if in_heading else math.floor(HEAD_STEPS * ranking.coverage_title + 0.5)


MASS_BITS = 4
"""Bits of a mass that count: eight steps for each doubling."""


def round_mass(mass: int) -> int:
    """A mass (idf steps of a head's words, times HEAD_STEPS) without the bits that don't count, so
    that those of all sections are little to fetch.
    """
    low = max(0, mass.bit_length() - MASS_BITS)
    return mass >> low << low


def coverage(covered: float, mass: float, query: float, ranking: Ranking) -> float:
    """C * (covered / mass)^p * (covered / query)^q, from 0 to c.

    `covered` is the idf of the query words that stand in the title or heading, `mass` that of
    all words of the title and heading, each weighed by `head_steps`; `query` is the idf of
    all words of the query. A mass is rounded by `round_mass`.
    """
    if covered <= 0 or mass <= 0 or query <= 0:
        return 0.0
    head = min(1.0, covered / mass) ** ranking.coverage_head
    share = min(1.0, covered / query) ** ranking.coverage_query
    return float(ranking.coverage * head * share)


def title_score(covered: float, mass: float, ranking: Ranking) -> float:
    """The part of the article's title: the idf over articles of the query words in it, times a
    power of the share of the title that they are. Both arguments are in steps.
    """
    if covered <= 0 or mass <= 0:
        return 0.0
    share = min(1.0, covered / mass)
    return float(ranking.title_part * covered / IDF_STEPS * share**ranking.title_power)


def nearness(share: float, ranking: Ranking) -> float:
    """From 0 to the constant, by the share of the query's idf that stands close together."""
    return ranking.nearness * float(min(1.0, share) ** ranking.nearness_power)


def confidence(held: float, asked: float, score: float, rival: float) -> float:
    """The probability that the first hit is right, in hundredths: logistic in
    sqrt(held / asked) * ln(1 + held) * lead.

    `held` of the `asked` idf of the query, in steps, stands in the hit. The lead is
    ln(score / rival), at most MOST_LEAD; `rival` is the best score of another article, 0 where no
    other is found.
    """
    lead = min(MOST_LEAD, math.log(score / rival)) if rival > 0 else MOST_LEAD
    share = math.sqrt(held / asked) if asked else 0.0
    odds = math.exp(
        CONFIDENCE_BASE + CONFIDENCE_SLOPE * share * math.log1p(held / IDF_STEPS) * lead
    )
    return math.floor(100 * odds / (1 + odds) + 0.5) / 100


def round_score(score: float) -> float:
    """A score as it is compared and shown."""
    return float(math.floor(score * 10**SCORE_DIGITS + 0.5) / 10**SCORE_DIGITS)
