"""Misspelt queries: each unknown word becomes the known one that was probably meant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.engine.spelling import candidates
from kb.model import Correction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.analysis import Analyzer, Token
    from kb.engine.scoring import Postings
    from kb.query import Query


@dataclass(frozen=True, slots=True)
class Corrected:
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

    def correct(self, tokens: Sequence[Token], wrong: Iterable[Token]) -> Corrected | None:
        """The tokens with those of `wrong` replaced that have something better, or None."""
        found = {id(token): word for token in wrong if (word := self._best(token))}
        if not found:
            return None
        corrected: list[Token] = []
        for token in tokens:
            word = found.get(id(token))
            corrected.append(
                replace(token, surface=word, term=self.analyzer.stem(word), stop=False)
                if word
                else token
            )
        changes = tuple((t, found[id(t)]) for t in tokens if id(t) in found)
        return Corrected(corrected, changes)

    def _best(self, token: Token) -> str | None:
        """The nearest word; among equally near ones that of most articles, then by alphabet."""
        if token.whole:
            return None
        near = candidates(token.surface, self.postings.words_from)
        alive = [(-self._articles(word), word) for _, word in near]
        return min((pair for pair in alive if pair[0]), default=(0, None))[1]

    def _articles(self, word: str) -> int:
        """How many articles hold a word."""
        return len(self.postings.of("words", word)[0])
