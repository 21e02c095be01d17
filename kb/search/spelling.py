"""Misspelt queries: each unknown word becomes the known one that was probably meant.

Where none is near, a word that two known ones make becomes those (`orderstatus`), and letters
before digits become a word of their own (`question1`).

Candidates begin with the same letter, or with the first two letters swapped, and differ by
one edit; by two where the word has eight letters or more and nothing is nearer. An edit is a
letter more, less or other, or two neighbouring letters swapped (optimal string alignment
distance: R. Lowrance, R. Wagner, "An extension of the string-to-string correction problem",
J. ACM 22, 1975).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.model import Correction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kb.search.query import Query
    from kb.search.scoring import QueryStatistics
    from kb.text.analysis import Analyzer, Token

MIN_LENGTH = 4
"""Shorter words are not corrected: too many are one edit apart."""

LONG = 8
"""From this length on a word may be two edits away."""


def candidates(word: str, words_from: Callable[[str], Iterable[str]]) -> list[tuple[int, str]]:
    """(distance, word) of the nearest known words, all at the same distance.

    `words_from` gives the known words that begin with a prefix.
    """
    if len(word) < MIN_LENGTH or any(character.isdigit() for character in word):
        return []
    furthest = 2 if len(word) >= LONG else 1
    near: list[tuple[int, str]] = []
    for known in _alike(word, words_from, furthest):
        distance = osa_distance(word, known, furthest)
        if distance <= furthest:
            near.append((distance, known))
    least = min((distance for distance, _ in near), default=0)
    return sorted(pair for pair in near if pair[0] == least)


def _alike(word: str, words_from: Callable[[str], Iterable[str]], furthest: int) -> Iterable[str]:
    """Known words that may be within reach: by their first letters and their length."""
    for known in words_from(word[0]):
        if abs(len(known) - len(word)) <= furthest and known != word:
            yield known
    if word[1] != word[0]:
        swapped = word[1] + word[0]
        for known in words_from(swapped):
            if abs(len(known) - len(word)) <= furthest - 1:
                yield known


def osa_distance(one: str, other: str, furthest: int) -> int:
    """The optimal string alignment distance, or `furthest` + 1 when it is more.

    Equal ends are cut off first: most pairs then differ in a letter or two.
    """
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    if not one or not other:
        return min(len(one) + len(other), furthest + 1)
    if furthest == 1 and min(len(one), len(other)) > 2:  # noqa: PLR2004  # a swap is the longest edit
        return 2
    return _distance(one, other, furthest)


def _distance(one: str, other: str, furthest: int) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > furthest:
            return furthest + 1  # no later row can be nearer
        before = last
    return min(row[-1], furthest + 1)


MIN_PART = 3
"""Letters of each of the two words that a word may be made of, at least."""

_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]{3,})(\d{1,4})")


class Corrected(NamedTuple):
    """A query's tokens with some of them replaced, and which: (token as typed, surface)."""

    tokens: list[Token]
    changes: tuple[tuple[Token, str], ...]

    def describe(self, query: Query) -> Correction:
        """The query's text as it was understood."""
        text, shift = query.words, 0
        for token, surface in sorted(self.changes, key=lambda change: change[0].start):
            text = text[: token.start + shift] + surface + text[token.end + shift :]
            shift += len(surface) - (token.end - token.start)
        return Correction(text, tuple((token.surface, word) for token, word in self.changes))


class Corrector:
    """Corrects words against those that the articles hold as written."""

    def __init__(self, statistics: QueryStatistics, analyzer: Analyzer) -> None:
        self.statistics = statistics
        self.analyzer = analyzer
        self._listed: dict[str, list[str]] = {}

    def correct(self, tokens: Sequence[Token], wrong: Iterable[Token]) -> Corrected | None:
        """The tokens with those of `wrong` replaced that have something better, or None."""
        found = {id(token): words for token in wrong if (words := self._best(token))}
        if not found:
            return None
        corrected = [new for t in tokens for new in self._replaced(t, found.get(id(t), ()))]
        changes = tuple((t, " ".join(found[id(t)])) for t in tokens if id(t) in found)
        return Corrected(corrected, changes)

    def _replaced(self, token: Token, words: tuple[str, ...]) -> list[Token]:
        if not words:
            return [token]
        stem = self.analyzer.stem
        return [token._replace(surface=word, term=stem(word), stop=False) for word in words]

    def _best(self, token: Token) -> tuple[str, ...]:
        """The nearest word; among equally near ones that of most articles, then by alphabet.
        Where there is none, the two words that it is made of, or nothing.
        """
        if token.whole or len(token.surface) < MIN_LENGTH:
            return ()
        nearest = self._nearest(token.surface)
        return (nearest,) if nearest else self._split(token.surface)

    def _nearest(self, surface: str) -> str:
        near = candidates(surface, self._words_from)
        alive = [(-self._articles(word), word) for _, word in near]
        return min((pair for pair in alive if pair[0]), default=(0, ""))[1]

    def _split(self, surface: str) -> tuple[str, ...]:
        """The two words of which the rarer is in most articles; the earlier cut among equals.
        Of letters and digits, the letters may be misspelt.
        """
        digits = _LETTERS_AND_DIGITS.fullmatch(surface)
        if digits:
            word = digits[1] if self._articles(digits[1]) else self._nearest(digits[1])
            return (word, digits[2]) if word else ()
        halves = (
            (surface[:cut], surface[cut:]) for cut in range(MIN_PART, len(surface) - MIN_PART + 1)
        )
        rated = [(min(map(self._articles, pair)), pair) for pair in halves]
        most, pair = max(rated, key=lambda rated: rated[0], default=(0, ()))
        return pair if most else ()

    def _words_from(self, beginning: str) -> list[str]:
        """Words as written; listed once, since most of a query's words may need them."""
        words = self._listed.get(beginning)
        if words is None:
            words = self._listed[beginning] = list(self.statistics.words_from(beginning))
        return words

    def _articles(self, word: str) -> int:
        """How many articles hold a word."""
        return self.statistics.word_frequency(word)
