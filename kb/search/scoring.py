"""Scores of candidates for one query: `kb.search.ranking`'s formulas over their parts.

Words, pairs and coverage are sums of whole steps, exact in any order; what follows is computed
section by section in the order that `base_score` shows, so that another implementation that
follows it gets the very same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.concurrency import cached_property
from kb.model import Part, Tier
from kb.search.protocols import TEXT_START
from kb.search.ranking import (
    CHUNK,
    HEAD_STEPS,
    IDF_STEPS,
    RESCORED,
    SATURATION_STEPS,
    coverage,
    damped_idf,
    damping,
    idf_steps,
    nearness,
    round_score,
    title_score,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kb.config import Ranking
    from kb.search.protocols import Candidate, CandidateSource, ExpandedTerm, Statistics

STEPS = IDF_STEPS * SATURATION_STEPS
"""Parts of words and pairs are multiples of 1 / STEPS, a power of two, so that sums are exact."""


class QueryStatistics:
    """An index's statistics as one query sees them: with hidden articles or without.

    Idfs always are those of what the public sees.
    """

    def __init__(self, index: Statistics, ranking: Ranking, *, hidden: bool) -> None:
        self.index = index
        self.ranking = ranking
        self.hidden = hidden

    @property
    def articles(self) -> int:
        """How many articles the public sees."""
        return self.index.articles

    def expect_words(self, words: Collection[str]) -> None:
        """Tell that the frequencies of words will be needed."""
        self.index.expect_words(words)

    def is_known(self, term: str) -> bool:
        """Whether any section holds a term."""
        return self.index.is_known(term, hidden=self.hidden)

    def word_frequency(self, word: str) -> int:
        """How many articles hold a word as it is written."""
        return self.index.word_frequency(word, hidden=self.hidden)

    def words_from(self, prefix: str) -> Iterator[str]:
        """The words as written that begin with a prefix."""
        return self.index.words_from(prefix, hidden=self.hidden)

    def commonness(self, word: str) -> int:
        """How common a word is in the language; 0 for what is no word of it."""
        return self.index.commonness(word)

    def meanings(self, key: str) -> list[str]:
        """What an abbreviation stands for, or the abbreviation for some words."""
        return self.index.meanings(key, hidden=self.hidden)

    def are_neighbours(self, one: str, other: str) -> bool:
        """Whether any section holds two terms one after the other."""
        return self.index.are_neighbours(one, other, hidden=self.hidden)

    def share_title(self, one: str, other: str) -> bool:
        """Whether an article has two terms in its title."""
        return self.index.share_title(one, other)

    def idf(self, term: str) -> int:
        """A term's idf over sections, in steps."""
        frequency, occurrences = self.index.statistics(term)
        return idf_steps(self.index.sections, frequency, occurrences, self.ranking.burst)

    def title_idf(self, term: str) -> int:
        """A term's idf over the titles of articles, in steps."""
        return idf_steps(self.index.articles, self.index.title_frequency(term))

    def everyday(self, term: str) -> int:
        """How far the words of a term are everyday words of the language, in EVERYDAY_STEPS; of one
        that no section holds nothing is known.
        """
        return self.index.everyday(term) if self.index.statistics(term)[0] else 0


class Scoring:
    """The scores of one query's candidates. `terms` are the query's, with all that stands for
    them; compounds among them count as words, but neither as titles nor in coverage. `preferred` is
    how many phrases are.
    """

    def __init__(
        self, statistics: QueryStatistics, terms: Sequence[ExpandedTerm], preferred: int = 0
    ) -> None:
        self.ranking = statistics.ranking
        self.terms = terms
        self.preferred = preferred
        self._statistics = statistics
        words = sum(not term.compound for term in terms)
        self._loss = damping(words, statistics.index.sections, self.ranking)

    def idf(self, term: str) -> int:
        """A term's idf over sections in this query, in steps: in a long one everyday words count
        less.
        """
        idf = self._statistics.idf(term)
        if not self._loss:
            return idf
        return damped_idf(idf, self._statistics.everyday(term), self._loss)

    @cached_property
    def idfs(self) -> tuple[int, ...]:
        """The idf of each term, in steps."""
        return tuple(map(self._idf_of, self.terms))

    def _idf_of(self, word: ExpandedTerm) -> int:
        """A word's idf: its own, or where the corpus lacks it that of the next best alternative."""
        for alternative in word.alternatives:
            if self._statistics.is_known(alternative.terms[0]):
                return max(map(self.idf, alternative.terms))
        return self.idf(word.term)

    @cached_property
    def title_idfs(self) -> tuple[int, ...]:
        """The idf of each term over titles, in steps; 0 for compounds."""
        title_idf = self._statistics.title_idf
        return tuple(0 if t.compound else title_idf(t.term) for t in self.terms)

    @cached_property
    def asked(self) -> int:
        """The idf of the query's words that the corpus knows, in steps."""
        is_known = self._statistics.is_known
        return sum(
            idf
            for term, idf in zip(self.terms, self.idfs, strict=True)
            if not term.compound and any(is_known(a.terms[0]) for a in term.alternatives)
        )

    def base_score(self, candidate: Candidate) -> float:
        """The score but for nearness and tiers."""
        score = 0.0
        for part in candidate.words.values():
            score += part
        for part in candidate.pairs.values():
            score += part
        if candidate.heads:  # else neither title nor heading holds a word
            score = (score + self._title(candidate)) * (1 + self._coverage(candidate))
        return score * (1 + self._preference(candidate))

    def nearness_of(
        self, best: Sequence[Candidate], source: CandidateSource
    ) -> dict[object, float]:
        """Key -> what nearness adds, as a share of the base score, for the best RESCORED
        candidates, which come best first.
        """
        words = sum(not term.compound for term in self.terms)
        if words < 2 or not self.ranking.nearness:  # noqa: PLR2004  # one word is near itself
            return {}
        return {c.key: self._nearness(c, source) for c in best[:RESCORED]}

    def tiered(self, score: float, tier: str) -> float:
        """A score by the tier of its article: self-service wins near-ties."""
        if tier in {Tier.CONTACT, Tier.ADVICE}:
            return score * (1 - self.ranking.self_service)
        return score

    def matched(self, candidate: Candidate) -> tuple[int, int]:
        """How many units of the query a section holds, by all their parts or as a compound, and of
        how many.
        """
        units: dict[int, list[bool]] = {}
        for number, term in enumerate(self.terms):
            if not term.compound:
                units.setdefault(term.unit, []).append(number in candidate.words)
        compounds = self._compounds(candidate)
        held = sum(unit in compounds or all(found) for unit, found in units.items())
        return held, len(units)

    def held(self, candidate: Candidate) -> tuple[int, int]:
        """How much of the query's idf a section holds, and of how much, unknown words included."""
        held = asked = 0
        compounds = self._compounds(candidate)
        for number, (term, idf) in enumerate(zip(self.terms, self.idfs, strict=True)):
            if not term.compound:
                asked += idf
                held += idf if number in candidate.words or term.unit in compounds else 0
        return held, asked

    def parts(
        self,
        candidate: Candidate,
        pairs: Sequence[str],
        near: float,
        score: float,
        meaning: float = 0.0,
    ) -> Iterator[Part]:
        """What a score is made of; adds up to `score`. What tiers took off is a part. `pairs` are
        the surfaces of the query's pairs, `near` is what nearness adds to this candidate, as a
        share, and `meaning` what its meaning adds.
        """
        score -= meaning
        total = 0.0
        for part in self._base_parts(candidate, pairs):
            total += part.score
            yield part
        if preference := total * self._preference(candidate):
            total += preference
            yield Part("phrase", "", preference)
        if near * total:
            yield Part("nearness", "", near * total)
        if round_score(score - total - near * total):
            yield Part("tier", "", score - total - near * total)
        if meaning:
            yield Part("meaning", "", meaning)

    def _base_parts(self, candidate: Candidate, pairs: Sequence[str]) -> Iterator[Part]:
        base = 0.0
        for number, part in candidate.words.items():
            base += part
            yield Part("word", self.terms[number].surface, part)
        for number, part in candidate.pairs.items():
            base += part
            yield Part("pair", pairs[number], part)
        if not candidate.heads:
            return
        title = self._title(candidate)
        whole = sum(self.title_idfs[number] for number in candidate.titles) or 1
        for number in candidate.titles:
            share = title * self.title_idfs[number] / whole
            yield Part("title", self.terms[number].surface, share)
        more = (base + title) * self._coverage(candidate)
        covered = sum(candidate.heads.values())
        for number, part in candidate.heads.items():
            yield Part("coverage", self.terms[number].surface, more * part / covered)

    def _compounds(self, candidate: Candidate) -> set[int]:
        """The units of which a candidate holds a compound."""
        held = (self.terms[number] for number in candidate.words)
        return {term.unit for term in held if term.compound}

    def _preference(self, candidate: Candidate) -> float:
        """What quoted words add, as a share of the score without them."""
        if not candidate.preferred:
            return 0.0
        return self.ranking.phrase * candidate.preferred / self.preferred

    def _title(self, candidate: Candidate) -> float:
        covered = sum([self.title_idfs[number] for number in candidate.titles])
        return title_score(covered, candidate.title_mass / HEAD_STEPS, self.ranking)

    def _coverage(self, candidate: Candidate) -> float:
        covered = 0.0
        for part in candidate.heads.values():
            covered += part
        return coverage(covered, candidate.mass / HEAD_STEPS, self.asked, self.ranking)

    def _nearness(self, candidate: Candidate, source: CandidateSource) -> float:
        """How much of the query stands in two neighbouring chunks of the text; what stands in
        title, headings or issue phrases is near everything.
        """
        everywhere = 0
        chunks: dict[int, int] = {}
        for number in candidate.words:
            term, idf = self.terms[number], self.idfs[number]
            if term.compound:
                continue
            places = {
                max(-1, (position - TEXT_START) // CHUNK)
                for alternative in term.alternatives
                for position in source.positions_in(candidate, alternative.terms[0])
            }
            if -1 in places:
                everywhere += idf
                continue
            for chunk in places | {place + 1 for place in places}:
                chunks[chunk] = chunks.get(chunk, 0) + idf
        near = everywhere + max(chunks.values(), default=0)
        return nearness(near / self.asked if self.asked else 0.0, self.ranking)
