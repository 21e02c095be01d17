"""Scores of all sections for one query: `kb.search.ranking`'s formulas over an index's postings.

Words, pairs and coverage are sums of whole steps, exact in any order; what follows is computed
section by section in the order that `scores` shows, so that another implementation that
follows it gets the very same numbers.
"""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from kb.concurrency import cached_property
from kb.model import Part
from kb.search.postings import (
    POSITION_BITS,
    POSITION_MASK,
    RANGE_STARTS,
    Postings,
    field_of,
)
from kb.search.ranking import (
    CHUNK,
    FIELDS,
    HEAD_STEPS,
    IDF_STEPS,
    LEVEL_MASK,
    RESCORED,
    SATURATION_STEPS,
    SCORE_DIGITS,
    coverage,
    coverages,
    idf_steps,
    level,
    nearness,
    pair_norms,
    round_score,
    saturations,
    title_score,
    weighted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.search.expansion import Alternative, ExpandedQuery, ExpandedTerm


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


STEPS = IDF_STEPS * SATURATION_STEPS
"""Parts of words and pairs are multiples of 1 / STEPS, a power of two, so that sums are exact."""

TEXT_START = RANGE_STARTS[-1]


class Scoring:
    """The scores of one query, with their parts kept apart for explanations."""

    def __init__(self, postings: Postings, concepts: ExpandedQuery) -> None:
        self.postings = postings
        self.reader = postings.reader
        self.ranking = postings.ranking
        self.concepts = concepts.all
        self.pair_terms = concepts.pairs
        self.near: dict[int, float] = {}

    @cached_property
    def words(self) -> tuple[dict[int, float], ...]:
        """For each concept, document -> part of the score."""
        return tuple(self._word(concept) for concept in self.concepts)

    @cached_property
    def pairs(self) -> tuple[tuple[str, dict[int, float]], ...]:
        """For each two neighbouring words, their surfaces and document -> part."""
        if not self.ranking.pair_weight:
            return ()
        return tuple((surface, self._pair(*terms)) for surface, terms in self.pair_terms)

    @cached_property
    def heads(self) -> tuple[dict[int, float], ...]:
        """For each concept, document -> idf that it covers of title and heading, in steps."""
        return tuple(self._head(concept) for concept in self.concepts)

    @cached_property
    def covered(self) -> dict[int, float]:
        """Document -> idf that the query covers of its title and heading, in steps."""
        covered: dict[int, float] = {}
        for parts in self.heads:
            _add(covered, parts)
        return covered

    @cached_property
    def titles(self) -> dict[int, list[tuple[str, int]]]:
        """Article's document -> the words that its title holds, with their idfs in steps."""
        titles: dict[int, list[tuple[str, int]]] = {}
        for concept in self.concepts:
            if not concept.whole:
                idf = self.postings.title_idf(concept.term)
                for doc in self.postings.of("title", concept.term)[0]:
                    titles.setdefault(doc, []).append((concept.surface, idf))
        return titles

    @cached_property
    def asked(self) -> int:
        """The idf of the query's words that the corpus knows, in steps."""
        return sum(self._idf(c) for c in self.concepts if not c.whole and self._is_known(c))

    @cached_property
    def scores(self) -> dict[int, float]:
        """Document of each section that holds a word -> score, but for nearness."""
        scores: dict[int, float] = {}
        for parts in (*self.words, *(parts for _, parts in self.pairs)):
            _add(scores, parts)
        # A title is part of the head of each of its sections: no others have its part.
        titles, article_of = self._title_scores, self.reader.article_of
        for doc, more in coverages(self.covered, self.reader.mass, self.asked, self.ranking):
            if doc in scores:
                scores[doc] = (scores[doc] + titles.get(article_of[doc], 0.0)) * (1 + more)
        return scores

    def rescore(self, scores: dict[int, float]) -> dict[int, float]:
        """The final scores of those sections: the best of them gain by nearness."""
        words = [concept for concept in self.concepts if not concept.whole]
        if len(words) < 2 or not self.ranking.nearness:  # noqa: PLR2004  # one word is near itself
            return scores
        best = dict(islice(best_first(scores, self.reader.order), RESCORED))
        self.near = {doc: self._nearness(doc) for doc in best}
        return {**scores, **{doc: score * (1 + self.near[doc]) for doc, score in best.items()}}

    def matched(self, doc: int) -> tuple[int, int]:
        """How many units of the query a section holds, by all their parts or as a whole, and of
        how many.
        """
        units: dict[int, list[bool]] = {}
        wholes = set()
        for concept, parts in zip(self.concepts, self.words, strict=True):
            if concept.whole:
                wholes |= {concept.unit} if doc in parts else set()
            else:
                units.setdefault(concept.unit, []).append(doc in parts)
        held = sum(unit in wholes or all(found) for unit, found in units.items())
        return held, len(units)

    def share(self, doc: int) -> float:
        """The share of the query's idf that a section holds, unknown words included."""
        held = asked = 0
        wholes = {
            c.unit
            for c, parts in zip(self.concepts, self.words, strict=True)
            if c.whole and doc in parts
        }
        for concept, parts in zip(self.concepts, self.words, strict=True):
            if not concept.whole:
                idf = self._idf(concept)
                asked += idf
                held += idf if doc in parts or concept.unit in wholes else 0
        return held / asked if asked else 1.0

    def parts(self, doc: int, score: float) -> Iterator[Part]:
        """What a section's score is made of; adds up to `score`. What tiers took off is a part."""
        total = 0.0
        for part in self._parts(doc):
            total += part.score
            yield part
        near = total * self.near.get(doc, 0.0)
        if near:
            yield Part("nearness", "", near)
        if round_score(score - total - near):
            yield Part("tier", "", score - total - near)

    def _parts(self, doc: int) -> Iterator[Part]:
        base = 0.0
        for concept, parts in zip(self.concepts, self.words, strict=True):
            if doc in parts:
                base += parts[doc]
                yield Part("word", concept.surface, parts[doc])
        for surface, parts in self.pairs:
            if doc in parts:
                base += parts[doc]
                yield Part("pair", surface, parts[doc])
        title, in_title = self._title(doc), self.titles.get(self.reader.article_of[doc], [])
        whole = sum(idf for _, idf in in_title) or 1
        yield from (Part("title", surface, title * idf / whole) for surface, idf in in_title)
        covered = self.covered.get(doc, 0.0)
        more = (base + title) * self._coverage(doc)
        for concept, parts in zip(self.concepts, self.heads, strict=True):
            if doc in parts:
                yield Part("coverage", concept.surface, more * parts[doc] / covered)

    def _is_known(self, concept: ExpandedTerm) -> bool:
        return any(self.postings.is_known(a.terms[0]) for a in concept.alternatives)

    def _idf(self, concept: ExpandedTerm) -> int:
        """A concept's idf: that of its word, or where the corpus lacks it of the next best."""
        for alternative in concept.alternatives:
            if self.postings.is_known(alternative.terms[0]):
                return max(map(self.postings.idf, alternative.terms))
        return self.postings.idf(concept.term)

    def _word(self, concept: ExpandedTerm) -> dict[int, float]:
        best: dict[int, float] = {}
        for alternative in concept.alternatives:
            parts = self._alternative(alternative)
            if not best:
                best = parts
            else:
                for doc, score in parts.items():
                    if score > best.get(doc, 0.0):
                        best[doc] = score
        return best

    def _alternative(self, alternative: Alternative) -> dict[int, float]:
        if len(alternative.terms) > 1:
            return self._phrase(alternative)
        docs, weights = self.postings.of("terms", alternative.terms[0])
        if not docs:
            return {}
        factor = self.postings.idf(alternative.terms[0]) * alternative.factor
        table = [factor * steps / STEPS for steps in self._saturations]
        levels = map(LEVEL_MASK.__and__, weights)
        return dict(zip(docs, map(table.__getitem__, levels), strict=True))

    def _phrase(self, alternative: Alternative) -> dict[int, float]:
        """Several terms as one: what its rarest word counts, where they are neighbours."""
        docs = self.phrase_documents(alternative.terms)
        rarest = max(alternative.terms, key=lambda term: (self.postings.idf(term), term))
        parts = self._alternative(type(alternative)((rarest,), alternative.factor))
        return {doc: score for doc, score in parts.items() if doc in docs}

    def phrase_documents(self, terms: tuple[str, ...]) -> set[int]:
        """Sections that hold the terms as neighbours, one after the other."""
        chains = self.postings.phrases(terms)
        return {place >> POSITION_BITS for places in chains for place in places}

    def _head(self, concept: ExpandedTerm) -> dict[int, float]:
        best: dict[int, float] = {}
        alternatives = [] if concept.whole else concept.alternatives
        for alternative in alternatives:
            if len(alternative.terms) > 1:
                continue
            term = alternative.terms[0]
            factor = self.postings.idf(term) * alternative.factor / HEAD_STEPS
            for doc, steps in zip(*self.postings.of("heads", term), strict=True):
                if factor * steps > best.get(doc, 0.0):
                    best[doc] = factor * steps
        return best

    def _pair(self, first: str, second: str) -> dict[int, float]:
        """Part of the score of each section where `second` follows `first`."""
        parts: dict[int, float] = {}
        idf = None
        for places in self.postings.chains((first, second)):
            counts = count_fields(places)
            if idf is None:  # the public's sections come first, and theirs is the idf
                idf = idf_steps(self.reader.sections, len(counts))
            for doc, fields in counts.items():
                parts[doc] = idf * self._pair_saturations[self._pair_level(doc, fields)] / STEPS
        return parts

    def _pair_level(self, doc: int, fields: list[int]) -> int:
        lengths = [length[doc] for length in self.reader.lengths]
        return level(weighted(fields, pair_norms(lengths, self.reader.averages, self.ranking)))

    def _coverage(self, doc: int) -> float:
        mass = self.reader.mass[doc] / HEAD_STEPS
        return coverage(self.covered.get(doc, 0.0), mass, self.asked, self.ranking)

    @cached_property
    def _title_scores(self) -> dict[int, float]:
        """Article's document -> the part of its title, the same for each of its sections."""
        mass = self.reader.mass
        return {
            article: title_score(
                sum([idf for _, idf in words]), mass[article] / HEAD_STEPS, self.ranking
            )
            for article, words in self.titles.items()
        }

    def _title(self, doc: int) -> float:
        return self._title_scores.get(self.reader.article_of[doc], 0.0)

    def _nearness(self, doc: int) -> float:
        """How much of the query stands in two neighbouring chunks of the text; what stands in
        title, headings or issue phrases is near everything.
        """
        everywhere = 0
        chunks: dict[int, int] = {}
        for concept, parts in zip(self.concepts, self.words, strict=True):
            if concept.whole or doc not in parts:
                continue
            idf = self._idf(concept)
            places = set(self._chunks(doc, concept))
            if -1 in places:
                everywhere += idf
                continue
            for chunk in places | {place + 1 for place in places}:
                chunks[chunk] = chunks.get(chunk, 0) + idf
        near = everywhere + max(chunks.values(), default=0)
        return nearness(near / self.asked if self.asked else 0.0, self.ranking)

    def _chunks(self, doc: int, concept: ExpandedTerm) -> Iterator[int]:
        """The chunks of the text that a word stands in, -1 for any place before the text."""
        for alternative in concept.alternatives:
            for position in self.postings.positions_in(doc, alternative.terms[0]):
                yield max(-1, (position - TEXT_START) // CHUNK)

    @cached_property
    def _saturations(self) -> tuple[int, ...]:
        return saturations(self.ranking.k1)

    @cached_property
    def _pair_saturations(self) -> tuple[int, ...]:
        return saturations(self.ranking.pair_k1, self.ranking.pair_weight)


def count_fields(places: Iterable[int]) -> dict[int, list[int]]:
    """Document -> how many of the places lie in each of the FIELDS."""
    counts: dict[int, list[int]] = {}
    for place in places:
        fields = counts.setdefault(place >> POSITION_BITS, [0] * len(FIELDS))
        fields[field_of(place & POSITION_MASK)] += 1
    return counts


def _add(totals: dict[int, float], parts: dict[int, float]) -> None:
    if not totals:
        totals.update(parts)
        return
    get = totals.get
    for doc, score in parts.items():
        totals[doc] = get(doc, 0.0) + score
