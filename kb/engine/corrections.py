"""Misspelt queries: each unknown word becomes the known one that was probably meant.

Where none is near, a word that two known ones make becomes those (`orderstatus`), and letters
before digits become a word of their own (`question1`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.engine.spelling import MIN_LENGTH, candidates
from kb.model import Correction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.analysis import Analyzer, Token
    from kb.engine.scoring import Postings
    from kb.query import Query


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

    def __init__(self, postings: Postings, analyzer: Analyzer) -> None:
        self.postings = postings
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
            words = self._listed[beginning] = list(self.postings.words_from(beginning))
        return words

    def _articles(self, word: str) -> int:
        """How many articles hold a word."""
        return len(self.postings.of("words", word)[0])
