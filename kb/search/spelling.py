"""Misspelt queries: each word that is none becomes the one that was probably meant.

A word that the articles hold as written, or that the lexicon of the language has
(`kb.text.lexicon`), is none of them: a help center need not hold a word for it to be a word.
What may have been meant are words of the articles that begin with the same letter, or with the
first two letters swapped, and differ by one edit, by two from six letters on; where none of these
is a likely slip, those that differ in the first letter alone, too. An edit is a letter more, less
or other, or two neighbouring letters swapped (optimal string alignment distance: R. Lowrance,
R. Wagner, "An extension of the string-to-string correction problem", J. ACM 22, 1975).

Each has a score, the lower the likelier: how likely the slip is, how many articles hold the word,
how common it is in the language, and whether it stands beside the query's neighbouring words
somewhere. What scores well for its length is sure; it has to score better where the word as typed
is that with letters before or after it, as names are. Else the answer is that for the words as
typed, if there is one, and the correction is offered beside it; so is a common word for a rare one
of the language that a single likely slip makes of it.

In languages that make compounds at will, one that no article holds becomes the two words that it is
made of (`Rechnungsnummer`), be it a word of the language or not.

Where no word is near, one that two known ones make becomes those (`orderstatus`), if they stand
side by side somewhere, and letters before digits become a word of their own (`question1`).
"""

from __future__ import annotations

import math
import re
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.model import Correction
from kb.text.analysis import OWN
from kb.text.variants import joins_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from kb.search.query import Query
    from kb.search.scoring import QueryStatistics
    from kb.text.analysis import Analyzer, Token

MIN_LENGTH = 4
"""Shorter words are not corrected: too many are one edit apart."""

LONG = 5
"""From this length on a word may be two edits away."""

SWAPS, MISSING, UNDOUBLED, EXTRA, DOUBLED = (60, 90), 55, 40, 85, 30
CONFUSED, OTHER, FIRST = 75, 100, 30
"""What a slip costs: two letters swapped, neighbours or around one; a letter missing, or missing
behind the same one; a letter too many, or twice for once; another letter, or one that sounds or
looks alike. A wrong first letter costs FIRST more.
"""

CONFUSED_LETTERS = "ck kc cs sc sz zs mn nm"
"""Letters that are taken for each other: typed, then meant."""

_CONFUSED_LETTERS = frozenset(CONFUSED_LETTERS.split())

LIKELY = 80
"""Slips that cost no more are likely: words with other first letters are not looked for then."""

PER_LEVEL, NO_WORD = 2, 60
"""What a level of commonness takes from a score, and what a word that the lexicon lacks adds."""

SAME_STEM = 100
"""What it takes from a score to have the stem of the word as typed."""

BESIDE, COMPARED = 60, 4
"""What it takes from a score to stand beside a neighbour of the query, somewhere; how many words
are looked at for that: the best, as far as it may put them first."""

SURE, SURE_PER_LETTER, LONGEST_SURE = 40, 50, 9
"""The score up to which a word of MIN_LENGTH letters is sure, what each letter more adds to it, and
up to how many letters."""

PROBABLE, OFFERED = 60, 100
"""How far above that a score may be for the word to be read where what was typed finds nothing, and
to be offered.
"""

ATTACHED = 180
"""How far below that it has to be where what was typed is the word with letters attached, as in
names.
"""

MARGIN = 10
"""How far below that of any word with another stem it has to be: of two that are as likely, neither
is sure.
"""

RARE, COMMONER = 10, 8
"""The level up to which a word of the language may be a slip, and by how many levels what it is
a slip of has to be commoner."""

HELD_RARELY, OFTENER = 2, 10
"""A word of at most so many articles is itself a slip where the lexicon lacks it and a likely one
makes it of a word that so many times as many hold."""

ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "r", "rs", "ly")
COMMON = 12
"""What makes a regular form of a word. Of words from that level on the lexicon has all forms."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""First letters that may be missing or another one."""


def candidates(word: str, words_from: Callable[[str], Iterable[str]], furthest: int) -> list[str]:
    """The known words that are at most so many edits away. `words_from` gives those that begin with
    a prefix.
    """
    alike = dict.fromkeys(_alike(word, words_from, furthest))
    return [known for known in alike if osa_distance(word, known, furthest) <= furthest]


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


def slip_cost(typed: str, meant: str) -> int:
    """What it costs to have typed one word for another: the cheapest way of slips."""
    missing = [
        UNDOUBLED if at and meant[at - 1] == letter else MISSING for at, letter in enumerate(meant)
    ]
    rows = [list(accumulate(missing, initial=0))]
    for i, a in enumerate(typed, 1):
        extra = DOUBLED if i > 1 and typed[i - 2] == a else EXTRA
        last, row = rows[-1], [rows[-1][0] + extra]
        for j, b in enumerate(meant, 1):
            other = 0 if a == b else CONFUSED if a + b in _CONFUSED_LETTERS else OTHER
            cost = min(last[j] + extra, row[j - 1] + missing[j - 1], last[j - 1] + other)
            for apart, swap in enumerate(SWAPS, 1):
                if typed[i - 1 - apart : i] == meant[j - 1 - apart : j][::-1] and i > apart < j:
                    cost = min(cost, rows[i - 1 - apart][j - 1 - apart] + swap)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1] + FIRST * (typed[0] != meant[0])


def is_attached(typed: str, known: str, stop_words: AbstractSet[str]) -> bool:
    """Whether a word is a known one with letters before it, or two after it that are no ending:
    `vsphere`, `clientid` are names made of a word, rather than slips in one. A slip is what stands
    twice, or before it a stop word (`apackage`).
    """
    before, after = typed.removesuffix(known), typed.removeprefix(known)
    if before != typed:
        return before != known[0] and before not in stop_words
    return len(after) == 2 and after not in {known[-2:], *ENDINGS}  # noqa: PLR2004  # one is a slip


MIN_PART = 3
"""Letters of each of the two words that a word may be made of, at least."""

PART_OF_COMPOUND = 4
"""Letters of each word of a compound, at least."""

_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]{3,})(\d{1,4})")


class Corrected(NamedTuple):
    """A query's tokens with some of them replaced, without stop words unless there are no others,
    and which were: (token as typed, surface).
    """

    tokens: list[Token]
    changes: tuple[tuple[Token, str], ...]

    def describe(self, query: Query) -> Correction:
        """The query's words as they were understood."""
        return self._retyped(query.words, query)

    def retype(self, query: Query) -> Correction:
        """The query's whole text, syntax and all, as it would be typed."""
        return self._retyped(query.text, query)

    def _retyped(self, text: str, query: Query) -> Correction:
        shift = 0
        for token, surface in sorted(self.changes, key=lambda change: change[0].start):
            typed = query.words[token.start : token.end]
            start = text.find(typed, token.start + shift)  # syntax only moves it on
            if start >= 0:
                text = text[:start] + surface + text[start + len(typed) :]
                shift += len(surface) - len(typed)
        return Correction(text, tuple((token.surface, word) for token, word in self.changes))


class Corrections(NamedTuple):
    """What a query should be: with the words of which that is `sure` replaced, and with those that
    are `offered`, too; None where there are none. What is offered is `probable` where all of it is.
    """

    sure: Corrected | None
    offered: Corrected | None
    probable: bool


class _Guess(NamedTuple):
    """What may have been meant by a word: one or two words, with the score; whether that is sure,
    and whether it is probable, at least.
    """

    score: int
    words: tuple[str, ...]
    sure: bool = True
    probable: bool = True


class Corrector:
    """Corrects words against those that the articles hold as written."""

    def __init__(self, statistics: QueryStatistics, analyzer: Analyzer) -> None:
        self.statistics = statistics
        self.analyzer = analyzer
        self._listed: dict[str, list[str]] = {}

    def correct(self, tokens: Sequence[Token], wrong: Iterable[Token]) -> Corrections:
        """The tokens with those of `wrong` replaced that have something better."""
        parts = [token for token in tokens if not (token.whole or token.inside)]
        own = [t for t in wrong if not (t.whole or t.inside)]
        found = {id(t): guess for t in own if (guess := self._best(t, parts))}
        sure = {key: guess.words for key, guess in found.items() if guess.sure}
        both = {key: guess.words for key, guess in found.items()}
        return Corrections(
            self._replace(tokens, sure) if sure else None,
            self._replace(tokens, both) if len(both) > len(sure) else None,
            all(guess.probable for guess in found.values()),
        )

    def _replace(self, tokens: Sequence[Token], found: dict[int, tuple[str, ...]]) -> Corrected:
        corrected = [new for t in tokens for new in self._replaced(t, found.get(id(t), ()))]
        content = [token for token in corrected if not token.stop]
        changes = tuple((t, " ".join(found[id(t)])) for t in tokens if id(t) in found)
        return Corrected(content or corrected, changes)

    def _replaced(self, token: Token, words: tuple[str, ...]) -> list[Token]:
        if not words:
            return [token]
        stem, stop_words = self.analyzer.stem, self.analyzer.stop_words
        return [
            token._replace(surface=word, term=stem(word), stop=word in stop_words) for word in words
        ]

    def _best(self, token: Token, parts: Sequence[Token]) -> _Guess | None:
        """What was probably meant by a token among the query's `parts`."""
        surface = token.surface
        level = self._level(surface)
        if len(surface) < MIN_LENGTH or level == OWN:
            return None
        if any(character.isdigit() for character in surface):
            return self._split_digits(surface)
        if level > RARE:
            return self._compound(surface)
        near = self._nearest(surface, _beside(token, parts))
        if level:
            return self._unless_rare(surface, level, near) or self._compound(surface)
        is_form = near is not None and self._is_form(surface, near.words[0])
        if near and (near.sure or is_form):
            return None if is_form else near
        return self._split(surface) or self._compound(surface) or near

    def _nearest(self, surface: str, beside: tuple[str, str]) -> _Guess | None:
        """The likeliest of the words that are near; of those with equal scores by alphabet."""
        limit = SURE + SURE_PER_LETTER * (min(len(surface), LONGEST_SURE) - MIN_LENGTH)
        close = sorted(self._scored(surface))[:COMPARED]
        edge = close[0][0] + len(beside) * BESIDE if close else 0
        likely = [(score, word) for score, word in close if score <= edge]
        scored = sorted((score - self._beside(word, beside), word) for score, word in likely)
        if not scored or scored[0][0] > limit + OFFERED:
            return None
        score, word = scored[0]
        if is_attached(surface, word, self.analyzer.stop_words):
            limit -= ATTACHED
        sure = score <= limit and self._is_alone(scored)
        return _Guess(score, (word,), sure, score <= limit + PROBABLE)

    def _is_alone(self, scored: Sequence[tuple[int, str]]) -> bool:
        """Whether no word with another stem is about as likely as the first."""
        (score, word), *others = scored
        stem = self.analyzer.stem
        return all(s - score >= MARGIN or stem(w) == stem(word) for s, w in others)

    def _scored(self, surface: str) -> Iterator[tuple[int, str]]:
        """The words that are near, each with its score but for what stands beside it."""
        for cost, word in self._near(surface):
            articles = self._articles(word)
            if not articles or self._is_slip(word, articles):
                continue
            level = self._level(word)
            score = 2 * cost - math.floor(100 * math.log10(1 + articles) + 0.5)
            score -= SAME_STEM * (self.analyzer.stem(word) == self.analyzer.stem(surface))
            yield score - PER_LEVEL * level + (0 if level else NO_WORD), word

    def _near(self, surface: str) -> list[tuple[int, str]]:
        """The words that are near, each with what the slip costs."""
        furthest = 2 if len(surface) >= LONG else 1
        found = candidates(surface, self._words_from, furthest)
        near = {word: slip_cost(surface, word) for word in found}
        if min(near.values(), default=LIKELY + 1) > LIKELY:
            rest = surface[1:]
            others = (rest, *(a + r for r in (rest, surface) for a in LETTERS))
            self.statistics.expect_words(others)
            for word in others:
                if word != surface and word not in near and self._articles(word):
                    near[word] = slip_cost(surface, word)
        return [(cost, word) for word, cost in near.items()]

    def _is_slip(self, word: str, articles: int) -> bool:
        """Whether a word of some articles is itself a slip, so nothing that anyone means."""
        if articles > HELD_RARELY or len(word) < MIN_LENGTH or self._level(word):
            return False
        return any(
            slip_cost(word, known) <= LIKELY and self._articles(known) >= OFTENER * articles
            for known in candidates(word, self._words_from, 1)
        )

    def _beside(self, word: str, beside: tuple[str, ...]) -> int:
        """What it takes from a word's score where it stands beside its neighbours: nothing from a
        stop word's, which stands beside anything.
        """
        if word in self.analyzer.stop_words:
            return 0
        before, after = beside
        term = self.analyzer.stem(word)
        are_neighbours = self.statistics.are_neighbours
        held = (before and are_neighbours(before, term)), (after and are_neighbours(term, after))
        return BESIDE * sum(map(bool, held))

    def _unless_rare(self, surface: str, level: int, near: _Guess | None) -> _Guess | None:
        """A common word that a likely slip makes a rare word of the language."""
        if near is None or slip_cost(surface, near.words[0]) > LIKELY:
            return None
        commoner = self._level(near.words[0]) - level >= COMMONER
        return near._replace(sure=False, probable=False) if commoner else None

    def _is_form(self, surface: str, word: str) -> bool:
        """Whether one is a regular form of the other, or will do for it: the stem is the same, and
        the lexicon may lack both.
        """
        if self.analyzer.stem(surface) != self.analyzer.stem(word):
            return False
        is_regular = surface.startswith(word) and surface[len(word) :] in ENDINGS
        return self._level(word) < (COMMON if is_regular else 1)

    def _split(self, surface: str) -> _Guess | None:
        """The two words, side by side somewhere, of which the rarer is in most articles; the
        earlier cut among equals.
        """
        most = 0
        pair: tuple[str, ...] = ()
        for cut in range(MIN_PART, len(surface) - MIN_PART + 1):
            halves = surface[:cut], surface[cut:]
            least = min(map(self._articles, halves))
            if least > most and self._stand_together(*halves):
                most, pair = least, halves
        return _Guess(0, pair) if pair else None

    def _compound(self, surface: str) -> _Guess | None:
        """The two words that a compound is made of, wherever they stand, in a language that makes
        compounds at will. Between them may be an `s`; the longest second word counts.
        """
        if not joins_words(self.analyzer.language) or self._is_known(surface):
            return None
        for cut in range(PART_OF_COMPOUND, len(surface) - PART_OF_COMPOUND + 1):
            one, other = surface[:cut], surface[cut:]
            if not self._is_known(other):
                continue
            for first in (one.removesuffix("s"), one):
                if len(first) >= PART_OF_COMPOUND and self._is_known(first):
                    return _Guess(0, (first, other))
        return None

    def _is_known(self, word: str) -> bool:
        """Whether articles hold a form of a word that is no stop word. Where its stem is short, it
        is the word as written that counts: all kinds of letters leave such a stem.
        """
        term = self.analyzer.stem(word)
        if word in self.analyzer.stop_words or not self.statistics.is_known(term):
            return False
        return len(term) >= PART_OF_COMPOUND or bool(self._articles(word))

    def _stand_together(self, one: str, other: str) -> bool:
        stop_words, stem = self.analyzer.stop_words, self.analyzer.stem
        if one in stop_words or other in stop_words:
            return False
        return self.statistics.are_neighbours(stem(one), stem(other))

    def _split_digits(self, surface: str) -> _Guess | None:
        """Letters before digits, which may be misspelt."""
        digits = _LETTERS_AND_DIGITS.fullmatch(surface)
        if digits is None:
            return None
        word, number = digits.groups()
        if self._articles(word):
            return _Guess(0, (word, number))
        if len(word) < MIN_LENGTH or self._level(word):
            return None
        near = self._nearest(word, ("", ""))
        return near and near._replace(words=(*near.words, number))

    def _words_from(self, beginning: str) -> list[str]:
        """Words as written; listed once, since most of a query's words may need them."""
        words = self._listed.get(beginning)
        if words is None:
            words = self._listed[beginning] = list(self.statistics.words_from(beginning))
        return words

    def _level(self, word: str) -> int:
        return level_of(word, self.statistics, self.analyzer)

    def _articles(self, word: str) -> int:
        """How many articles hold a word."""
        return self.statistics.word_frequency(word)


class KnowsWords(Protocol):
    """What says how common words are: an index or a reader of one."""

    def commonness(self, word: str) -> int:
        """See `kb.search.protocols.Statistics`."""
        ...


def level_of(word: str, source: KnowsWords, analyzer: Analyzer) -> int:
    """How common a word is in the language, by whichever of its spellings."""
    level = source.commonness(word)
    if level or (other := analyzer.respell(word)) == word:
        return level
    return source.commonness(other)


def _beside(token: Token, parts: Sequence[Token]) -> tuple[str, str]:
    """The terms before and after a token, empty where there are none."""
    at = next(number for number, part in enumerate(parts) if part is token)
    before = parts[at - 1].term if at else ""
    return before, parts[at + 1].term if at + 1 < len(parts) else ""
