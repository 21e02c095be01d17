"""Scores of all sections for one query: the formulas of `kb.ranking` over an index's postings.

The order of every addition is fixed (words in the query's order, then pairs, then titles),
so that another implementation that keeps it gets the very same numbers.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kb.engine.documents import field_of
from kb.engine.reading import HIDDEN, POSITION_BITS
from kb.model import Part
from kb.ranking import (
    FIELDS,
    HEAD_STEPS,
    IDF_STEPS,
    coverage,
    idf_steps,
    pair_norms,
    pseudo_frequency,
    round_score,
    saturate,
    saturation_table,
    title_score,
)

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator

    from kb.engine.concepts import Alternative, Concept, Concepts
    from kb.engine.reading import IndexReader
    from kb.ranking import Ranking

POSITION_MASK = (1 << POSITION_BITS) - 1


class Postings:
    """An index's postings and idfs as one query sees them: with hidden articles or without.

    Statistics always are those of what the public sees.
    """

    def __init__(self, reader: IndexReader, *, hidden: bool) -> None:
        self.reader = reader
        self.hidden = hidden

    def of(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, public ones first, and weights."""
        docs, weights = self.reader.postings(field, term)
        if not self.hidden:
            return docs, weights
        more, their_weights = self.reader.postings(HIDDEN + field, term)
        return docs + more, weights + their_weights

    def words_from(self, prefix: str) -> Iterator[str]:
        """The words as written that begin with a prefix."""
        yield from self.reader.terms_of("words", prefix)
        if self.hidden:
            yield from self.reader.terms_of(HIDDEN + "words", prefix)

    def idf(self, term: str) -> int:
        """A term's idf over sections, in steps."""
        return idf_steps(self.reader.sections, len(self.reader.postings("terms", term)[0]))

    def title_idf(self, term: str) -> int:
        """A term's idf over the titles of articles, in steps."""
        return idf_steps(self.reader.articles, len(self.reader.postings("title", term)[0]))

    def chains(self, terms: tuple[str, ...]) -> Iterator[list[int]]:
        """Places where the terms stand as neighbours, of the public's sections, then of hidden ones."""
        for prefix in ("", HIDDEN) if self.hidden else ("",):
            yield self._chain(prefix + "terms", terms)

    def _chain(self, field: str, terms: tuple[str, ...]) -> list[int]:
        found = list(self.reader.positions(field, terms[0]))
        for offset, term in enumerate(terms[1:], 1):
            places = self.reader.positions(field, term)
            if len(found) <= len(places):
                known = set(places)
                found = [place for place in found if place + offset in known]
            else:
                known = set(found)
                found = [place - offset for place in places if place - offset in known]
        return found


class Scoring:
    """The scores of one query. `words`, `pairs` and `titles` are kept apart for explanations."""

    def __init__(self, postings: Postings, ranking: Ranking, concepts: Concepts) -> None:
        self.postings = postings
        self.reader = postings.reader
        self.ranking = ranking
        self.concepts = concepts.all
        self.pair_terms = concepts.pairs
        self._table: list[float] = []

    @cached_property
    def words(self) -> tuple[dict[int, float], ...]:
        """For each concept, document -> part of the score."""
        return tuple(self._word(concept) for concept in self.concepts)

    @cached_property
    def heads(self) -> tuple[dict[int, float], ...]:
        """For each concept, document -> idf that it covers of title and heading, in steps."""
        return tuple(self._head(concept) for concept in self.concepts)

    @cached_property
    def pairs(self) -> tuple[tuple[str, dict[int, float]], ...]:
        """For each two neighbouring words, their surfaces and document -> part of the score."""
        if not self.ranking.pair_weight:
            return ()
        return tuple((surface, self._pair(*terms)) for surface, terms in self.pair_terms)

    @cached_property
    def titles(self) -> dict[int, tuple[float, list[tuple[str, int]]]]:
        """Article's document -> part of the score, and the words with their idfs that make it."""
        covered: dict[int, list[tuple[str, int]]] = {}
        for concept in self.concepts:
            idf = self.postings.title_idf(concept.term)
            for doc in self.postings.of("title", concept.term)[0]:
                covered.setdefault(doc, []).append((concept.surface, idf))
        mass = self.reader.mass
        return {
            doc: (title_score(sum(idf for _, idf in words), mass[doc], self.ranking), words)
            for doc, words in covered.items()
        }

    @cached_property
    def query_idf(self) -> int:
        """The idf of all words of the query, in steps."""
        return sum(self._idf(concept) for concept in self.concepts)

    @cached_property
    def scores(self) -> dict[int, float]:
        """Document of each matching section -> score, before tiers are looked at."""
        scores: dict[int, float] = {}
        for parts in (*self.words, *(parts for _, parts in self.pairs)):
            _add(scores, parts)
        for doc, covered in self.covered.items():
            title, _ = self.titles.get(self.reader.article_of[doc], (0.0, ()))
            factor = coverage(covered, self.reader.mass[doc], self.query_idf, self.ranking)
            scores[doc] = (scores[doc] + title) * (1 + factor)
        return scores

    @cached_property
    def covered(self) -> dict[int, float]:
        """Document -> idf that the query covers of its title and heading, in steps.

        An article's title is part of the head of each of its sections: no other section has
        a part from the title.
        """
        covered: dict[int, float] = {}
        for parts in self.heads:
            _add(covered, parts)
        return covered

    def matched(self, doc: int) -> tuple[int, int]:
        """How many units of the query a section holds, by all their parts or as a whole, and of
        how many."""
        units: dict[int, list[bool]] = {}
        wholes = set()
        for concept, parts in zip(self.concepts, self.words, strict=True):
            if concept.whole:
                wholes |= {concept.unit} if doc in parts else set()
            else:
                units.setdefault(concept.unit, []).append(doc in parts)
        held = sum(unit in wholes or all(found) for unit, found in units.items())
        return held, len(units)

    def parts(self, doc: int, score: float) -> Iterator[Part]:
        """What a section's score is made of; adds up to `score`. What tiers took off is a part."""
        total = 0.0
        for part in self._parts(doc):
            total += part.score
            yield part
        if round_score(score - total):
            yield Part("tier", "", score - total)

    def _parts(self, doc: int) -> Iterator[Part]:
        held = zip(self.concepts, self.words, strict=True)
        words = [(concept.surface, parts[doc]) for concept, parts in held if doc in parts]
        yield from (Part("word", surface, score) for surface, score in words)
        pairs = [(surface, parts[doc]) for surface, parts in self.pairs if doc in parts]
        yield from (Part("pair", surface, score) for surface, score in pairs)
        title, in_title = self.titles.get(self.reader.article_of[doc], (0.0, []))
        whole = sum(idf for _, idf in in_title) or 1
        yield from (Part("title", surface, title * idf / whole) for surface, idf in in_title)
        covered = self.covered.get(doc, 0.0)
        if covered:
            base = sum(score for _, score in (*words, *pairs)) + title
            more = base * coverage(covered, self.reader.mass[doc], self.query_idf, self.ranking)
            for concept, parts in zip(self.concepts, self.heads, strict=True):
                if doc in parts:
                    yield Part("coverage", concept.surface, more * parts[doc] / covered)

    def share(self, doc: int) -> float:
        """The share of the query's idf that a section holds, unknown words included."""
        held = sum(
            self._idf(concept)
            for concept, parts in zip(self.concepts, self.words, strict=True)
            if doc in parts
        )
        return held / self.query_idf if self.query_idf else 1.0

    def _idf(self, concept: Concept) -> int:
        """A concept's idf: that of its word, or where the corpus lacks it of the next best."""
        for alternative in concept.alternatives:
            if self.postings.of("terms", alternative.terms[0])[0]:
                return max(map(self.postings.idf, alternative.terms))
        return self.postings.idf(concept.term)

    def _word(self, concept: Concept) -> dict[int, float]:
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
        table = [part * factor for part in self._saturations(max(weights) + 1)]
        return dict(zip(docs, map(table.__getitem__, weights), strict=True))

    def _phrase(self, alternative: Alternative) -> dict[int, float]:
        """Several terms as one: what its rarest word counts, where they are neighbours."""
        docs = self.phrase_documents(alternative.terms)
        rarest = max(alternative.terms, key=lambda term: (self.postings.idf(term), term))
        parts = self._alternative(Alternative((rarest,), alternative.factor))
        return {doc: score for doc, score in parts.items() if doc in docs}

    def phrase_documents(self, terms: tuple[str, ...]) -> set[int]:
        """Sections that hold the terms as neighbours, one after the other."""
        chains = self.postings.chains(terms)
        return {place >> POSITION_BITS for places in chains for place in places}

    def _head(self, concept: Concept) -> dict[int, float]:
        best: dict[int, float] = {}
        for alternative in concept.alternatives:
            if len(alternative.terms) > 1:
                continue
            term = alternative.terms[0]
            factor = self.postings.idf(term) * alternative.factor
            for doc, steps in zip(*self.postings.of("heads", term), strict=True):
                share = factor * steps / HEAD_STEPS
                if share > best.get(doc, 0.0):
                    best[doc] = share
        return best

    def _pair(self, first: str, second: str) -> dict[int, float]:
        """Part of the score of each section where `second` follows `first`."""
        parts: dict[int, float] = {}
        factor = 0.0
        for places in self.postings.chains((first, second)):
            counts = count_fields(places)
            if not parts:  # the public's sections come first, and theirs is the idf
                idf = idf_steps(self.reader.sections, len(counts))
                factor = self.ranking.pair_weight * idf / IDF_STEPS
            for doc, fields in counts.items():
                parts[doc] = factor * saturate(self._pair_steps(doc, fields), self.ranking.pair_k1)
        return parts

    def _pair_steps(self, doc: int, fields: list[int]) -> int:
        lengths = [length[doc] for length in self.reader.lengths]
        return pseudo_frequency(fields, pair_norms(lengths, self.reader.averages, self.ranking))

    def _saturations(self, size: int) -> list[float]:
        if size > len(self._table):
            self._table = saturation_table(size, self.ranking.k1)
        return self._table[:size]


def count_fields(places: Iterable[int]) -> dict[int, list[int]]:
    """document -> how many of the places lie in each of the FIELDS."""
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
