"""Query words to expanded terms: a word with all that may stand for it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from kb.search.protocols import Alternative, ExpandedQuery, ExpandedTerm
from kb.text.variants import joins_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.search.scoring import QueryStatistics
    from kb.text.analysis import Analyzer, Token

MAX_COMPLETIONS = 20
"""Words that the beginning of a word stands for: those of most articles."""

MAX_COMPOUNDS = 20
"""The same of compounds that a word is part of."""

MAX_KEY_WORDS = 4
"""Words of a phrase that has synonyms."""


FIRST_HALF, SECOND_HALF, PARTICLE = 3, 2, 3
"""Letters of the two words that a word may be made of, at least; and of the second one at most
where no article holds the word, unless it is a stop word."""


def halves_of(
    word: str,
    analyzer: Analyzer,
    is_held: Callable[[str], int],
    are_neighbours: Callable[[str, str], bool],
    articles: int,
) -> tuple[str, str] | None:
    """The terms of the two words that a word is made of: `log` and `in` for `login`. Articles hold
    each as written, and somewhere side by side. Where few of all `articles` hold the word itself,
    the second is a stop word; where none does, a stop word or short: others are for the correction
    of spelling to tell.
    """
    if not word.isalpha() or len(word) < FIRST_HALF + SECOND_HALF:
        return None
    held = is_held(word)
    is_whole = held >= whole_from(articles)
    longest = 0 if held else PARTICLE
    for cut in range(FIRST_HALF, len(word) - SECOND_HALF + 1):
        other = word[cut:]
        if not (is_whole or other in analyzer.stop_words or len(other) <= longest):
            continue
        one = word[:cut]
        if one not in analyzer.stop_words and is_held(one) and is_held(other):
            terms = analyzer.stem(one), analyzer.stem(other)
            if are_neighbours(*terms):
                return terms
    return None


def whole_from(articles: int) -> int:
    """How many of all articles hold a word at least that may be made of any two words."""
    return min(HELD_BY, 1 + articles // FEW_ARTICLES)


def begins_words(token: Token, tokens: Sequence[Token]) -> bool:
    """Whether a query's last word may be taken for the beginning of others: one letter behind
    other words tells too little of what will become of it.
    """
    return len(tokens) == 1 or len(token.surface) > 1 or not token.surface.isascii()


HELD_BY, FEW_ARTICLES = 5, 200
"""Articles that hold a word of any two words, at least; one less for each FEW_ARTICLES that there
are not. Most that fewer hold are names in code."""


COMPLETION_STEPS = 64
"""What a completion counts for is a whole number of such parts, so that sums are exact."""


def completion_share(idf: int, most: int | None) -> float:
    """What a completion with an idf may count for, as a share, to count at most as `most` does."""
    if most is None or idf <= most:
        return 1.0
    return (COMPLETION_STEPS * most // idf) / COMPLETION_STEPS


def most_frequent(words: Iterable[str], frequency: Callable[[str], int]) -> tuple[str, ...]:
    """Those of some compounds that stand for a part of them."""
    counts = {word: frequency(word) for word in words}
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:MAX_COMPOUNDS])


class Expander:
    """Expands the words of a query. `synonyms` give, for a text of one or more words, others."""

    def __init__(
        self,
        statistics: QueryStatistics,
        analyzer: Analyzer,
        ranking: Ranking,
        synonyms: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.statistics = statistics
        self.analyzer = analyzer
        self.ranking = ranking
        self.given = synonyms
        self._halves: dict[str, tuple[str, str] | None] = {}
        self.synonyms: dict[str, tuple[str, ...]] = {}
        for text, others in synonyms.items():
            key = analyzer.key(text)  # two texts may have the same
            self.synonyms[key] = (*self.synonyms.get(key, ()), *others)
        self._others: dict[str, tuple[str, ...]] = {}
        self._compounds: dict[str, tuple[str, ...]] = {}

    def expand(
        self,
        tokens: Sequence[Token],
        typed: Sequence[Token] = (),
        *,
        prefix: bool,
        every: bool = False,
    ) -> ExpandedQuery:
        """The expanded terms of a query's tokens. With `prefix` its last word, with `every` each of
        them, stands for the words that it begins, too. `typed` are all tokens, stop words too.
        """
        joined = self._joined(typed)
        phrases = list(self._phrases(tokens))
        units = _units(tokens, phrases)
        is_known = self.statistics.is_known
        finished = [] if every else [t.term for t in tokens[:-1] if prefix and is_known(t.term)]
        expanded: dict[str, ExpandedTerm] = {}
        for token, unit in zip(tokens, units, strict=True):
            begins = prefix and (every or (token is tokens[-1] and begins_words(token, tokens)))
            also = () if token.whole else joined.get(token.position, ())
            term = self._expand_one(token, unit, finished, also, begins=begins)
            expanded.setdefault(term.term, term)
        for first, last, key in phrases:
            others = self._alternatives(self.others(key))
            surface = _surface(tokens[first : last + 1])
            expanded.setdefault(key, ExpandedTerm(surface, others, units[first], compound=True))
        return ExpandedQuery(tuple(expanded.values()), _pairs(tokens))

    def is_known(self, token: Token) -> bool:
        """Whether the corpus holds a word, or a synonym or a compound stands for it."""
        return self.statistics.is_known(token.term) or bool(self._stand_ins(token))

    def used(self, tokens: Sequence[Token]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The words and phrases of a query that others stand in for, with those."""
        single = {t.surface: also for t in tokens if (also := self.others(t.term))}
        several = {
            _surface(tokens[first : last + 1]): self.others(key)
            for first, last, key in self._phrases(tokens)
        }
        return tuple({**single, **several}.items())

    def is_meant(self, token: Token) -> bool:
        """Whether others stand for a word that no article holds: synonyms, compounds, or two words
        that stand side by side in some.
        """
        has_halves = not token.whole and self.halves(token.surface) is not None
        return bool(self._stand_ins(token)) or has_halves

    def halves(self, word: str) -> tuple[str, str] | None:
        """The terms of the two words that a word is made of. See `halves_of`."""
        if word not in self._halves:
            statistics = self.statistics
            self._halves[word] = halves_of(
                word,
                self.analyzer,
                statistics.word_frequency,
                statistics.are_neighbours,
                statistics.articles,
            )
        return self._halves[word]

    def _stand_ins(self, token: Token) -> tuple[str, ...]:
        """Synonyms of a word, and compounds that it is part of."""
        return (*self.others(token.term), *(() if token.whole else self._compounds_of(token.term)))

    def _compounds_of(self, term: str) -> tuple[str, ...]:
        if not joins_words(self.analyzer.language):
            return ()
        from kb.text.compounds import key_of  # noqa: PLC0415  # most languages make none

        if term not in self._compounds:
            words = self.statistics.meanings(key_of(term))
            self._compounds[term] = most_frequent(words, self.statistics.word_frequency)
        return self._compounds[term]

    def _joined(self, typed: Sequence[Token]) -> dict[int, list[str]]:
        """Position -> terms that a word makes with one beside it, if articles hold them. A stop
        word makes one with the word before it.
        """
        found: dict[int, list[str]] = {}
        for one, other in pairwise(token for token in typed if not token.whole):
            both = one.surface + other.surface
            if one.stop or other.start - one.end != 1 or not both.isalpha():
                continue
            term = self.analyzer.stem(both)
            if self.statistics.is_known(term):
                for token in (one,) if other.stop else (one, other):
                    found.setdefault(token.position, []).append(term)
        return found

    def _expand_one(
        self,
        token: Token,
        unit: int,
        finished: Sequence[str],
        joined: Sequence[str],
        *,
        begins: bool,
    ) -> ExpandedTerm:
        own = Alternative((token.term,), self.ranking.whole if token.whole else 1.0)
        others = self._alternatives(self._stand_ins(token), token.term)
        others += tuple(Alternative((term,), self.ranking.synonym) for term in joined)
        if not token.whole and (halves := self.halves(token.surface)):
            others += (Alternative(halves, self.ranking.synonym),)
        if begins:
            others += tuple(self._completions(token, finished))
        return ExpandedTerm(token.surface, (own, *others), unit, token.whole)

    def _alternatives(self, texts: Sequence[str], word: str = "") -> tuple[Alternative, ...]:
        """The synonyms of a word, or of a phrase. None counts more than the word itself does, if
        the corpus holds it: a rare synonym must not outweigh what was typed.
        """
        idf, synonym = self.statistics.idf, self.ranking.synonym
        most = idf(word) if word and self.statistics.is_known(word) else None
        return tuple(
            Alternative(terms, synonym * completion_share(max(map(idf, terms)), most))
            for terms in map(self._terms, texts)
            if terms
        )

    def _completions(self, token: Token, others: Sequence[str]) -> Iterator[Alternative]:
        """The terms of the words that begin with a token, those of most articles first.

        None counts more than the word itself does, or where the corpus lacks that, than the rarest
        of the `others`: a rare word that was not typed must not outweigh those that were.
        """
        words = {
            word: self.statistics.word_frequency(word)
            for word in self.statistics.words_from(token.surface)
        }
        best = sorted(words, key=lambda word: (-words[word], word))[:MAX_COMPLETIONS]
        terms = dict.fromkeys(self.analyzer.stem(word) for word in best)
        typed = [token.term] if self.statistics.is_known(token.term) else others
        most = max((self.statistics.idf(term) for term in typed), default=None)
        for term in terms:
            if term != token.term:
                share = completion_share(self.statistics.idf(term), most)
                yield Alternative((term,), self.ranking.synonym * share)

    def _phrases(self, tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
        """(first, last, key) of each run of several tokens that has synonyms."""
        parts = [number for number, token in enumerate(tokens) if not token.whole]
        for start, first in enumerate(parts):
            for end in range(start + 2, min(start + MAX_KEY_WORDS, len(parts)) + 1):
                run = parts[start:end]
                key = " ".join(tokens[number].term for number in run)
                if self.others(key):
                    yield first, run[-1], key

    def _terms(self, text: str) -> tuple[str, ...]:
        """The terms of a text, without stop words unless there are no others."""
        return tuple(self.analyzer.key(text).split())

    def others(self, key: str) -> tuple[str, ...]:
        """What else may stand for words with a key: synonyms, and abbreviations as explained."""
        if key not in self._others:
            found = self.statistics.meanings(key)
            self._others[key] = (*self.synonyms.get(key, ()), *found)
        return self._others[key]


def _surface(tokens: Sequence[Token]) -> str:
    return " ".join(token.surface for token in tokens if not token.whole)


def _units(tokens: Sequence[Token], phrases: Sequence[tuple[int, int, str]]) -> list[int]:
    """For each token the offset of the unit or phrase that it belongs to."""
    spans = [(token.start, token.end) for token in tokens if token.whole]
    spans += [(tokens[first].start, tokens[last].end) for first, last, _ in phrases]
    return [
        min((start for start, end in spans if start <= token.start < end), default=token.start)
        for token in tokens
    ]


def _pairs(tokens: Sequence[Token]) -> tuple[tuple[str, tuple[str, str]], ...]:
    parts = [token for token in tokens if not token.whole]
    pairs = {
        (one.term, other.term): f"{one.surface} {other.surface}"
        for one, other in pairwise(parts)
        if one.term != other.term
    }
    return tuple((surface, terms) for terms, surface in pairs.items())
