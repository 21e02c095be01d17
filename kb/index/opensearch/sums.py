"""What all articles add up to: frequencies of terms and words, lengths, explanations.

What one article adds is kept with it, so that it can be taken out again.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.index.opensearch.mapping import document_id, token
from kb.search.ranking import FIELDS, HEAD_STEPS, OCCURRENCES_SHIFT, idf_steps, round_mass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kb.config import Ranking
    from kb.index.opensearch.inverted import Sections


class Share(NamedTuple):
    """What one article adds: by term, how many of its sections hold it and how often outside the
    title; its words, explanations and title; the lengths of all its fields; how many sections; and
    a digest of all that it is.
    """

    digest: str
    hidden: bool
    sections: int
    totals: list[int]
    terms: dict[str, list[int]]
    words: list[str]
    explained: list[str]
    title: list[str]

    @classmethod
    def of(cls, found: Sections) -> Share:
        """By an article that was turned inside out."""
        documents = found.documents
        terms: dict[str, list[int]] = {}
        for own in found.weights:
            for term, weight in own.items():
                counts = terms.setdefault(term, [0, 0])
                counts[0] += 1
                counts[1] += weight >> OCCURRENCES_SHIFT
        totals = [0] * len(FIELDS)
        for section in documents.sections:
            totals = [a + b for a, b in zip(totals, section.lengths, strict=True)]
        return cls(
            found.digest, documents.hidden, len(documents.sections), totals, terms,
            sorted(documents.words), sorted(documents.explained), sorted({*documents.title}),
        )  # fmt: skip


WHOLE = 1 << 256
"""Digests of articles are added up below this: the sum is the same in any order."""


class Sums:
    """What articles add up to; those of what changed may be below zero."""

    def __init__(self) -> None:
        self.terms: Counter[str] = Counter()
        self.occurrences: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.hidden: Counter[str] = Counter()
        self.words: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        self.explained: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        self.totals = [0] * len(FIELDS)
        self.sections = self.articles = self.stored_sections = self.content = 0

    def add(self, share: Share, sign: int = 1) -> None:
        """Add what an article holds, or with -1 take it out."""
        self.words[share.hidden].update(dict.fromkeys(share.words, sign))
        self.explained[share.hidden].update(dict.fromkeys(share.explained, sign))
        self.stored_sections += sign * share.sections
        self.content = (self.content + sign * int(share.digest, 16)) % WHOLE
        if share.hidden:
            self.hidden.update({term: sign * n for term, (n, _) in share.terms.items()})
            return
        self.terms.update({term: sign * n for term, (n, _) in share.terms.items()})
        self.occurrences.update({term: sign * n for term, (_, n) in share.terms.items()})
        self.titles.update(dict.fromkeys(share.title, sign))
        self.articles += sign
        self.sections += sign * share.sections
        self.totals = [a + sign * b for a, b in zip(self.totals, share.totals, strict=True)]

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The documents that hold the sums of terms, words and abbreviations."""
        for term in {*self.terms, *self.titles, *self.hidden}:
            sums = {
                "n": self.terms[term],
                "oc": self.occurrences[term],
                "tn": self.titles[term],
                "hn": self.hidden[term],
            }
            yield document_id("t", term), {"k": "t", "s": sums}
        public, hidden = self.words[False], self.words[True]
        for word in {*public, *hidden}:
            row: dict[str, Any] = {"k": "w", "s": {"n": public[word], "hn": hidden[word]}}
            if token(word) == word:
                row["q"] = word
            yield document_id("w", word), row
        meanings: dict[str, dict[str, list[int]]] = {}
        for line in {*self.explained[False], *self.explained[True]}:
            key, _, text = line.partition("\t")
            counts = [self.explained[False][line], self.explained[True][line]]
            meanings.setdefault(key, {})[text] = counts
        for key, texts in meanings.items():
            yield document_id("e", key), {"k": "e", "s": {"e": texts}}


class Idfs:
    """Idfs in steps, of the public's sections and articles, by sums."""

    def __init__(self, sums: Sums, ranking: Ranking) -> None:
        self.of_head = lru_cache(None)(
            lambda term: idf_steps(
                sums.sections, sums.terms[term], sums.occurrences[term], ranking.burst
            )
        )
        self.of_title = lru_cache(None)(lambda term: idf_steps(sums.articles, sums.titles[term]))

    def mass(self, heads: Mapping[str, int]) -> int:
        """The mass of a section's title and heading."""
        return round_mass(sum(self.of_head(term) * steps for term, steps in heads.items()))

    def title_mass(self, title: Iterable[str]) -> int:
        """The mass of an article's title."""
        return round_mass(sum(map(self.of_title, title)) * HEAD_STEPS)
