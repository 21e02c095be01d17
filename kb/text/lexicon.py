"""Lexicons: the words of a language, and how common each is. The only door to pyspellchecker.

A help center need not hold a word for it to be a word: `took` is no misspelling of `too`. An index
keeps the lexicon of its language, so that a search loads no library for it, and the export of a
site's search hands its blocks out as files. A block is a run of words in order:

    words   for each, a digit for how many letters it shares with the one before, the others, and a
            space
    levels  for each a digit: how common it is

Digits are those of base 32. A language without a list has an empty lexicon.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from bisect import bisect_right
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kb.text.analysis import OWN
from kb.text.characters import normalize
from kb.text.stop_words import stop_words_of
from kb.text.variants import ELIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

SHORTEST, LONGEST = 4, 31
"""Letters of a word that is kept: shorter ones are never corrected, longer ones are rare."""

BLOCK = 3_000
"""Words of a block: about 7 KB compressed."""


LEVELS_PER_TEN = 4
"""Steps of level for each factor of ten of a word's frequency."""

MOST_COMMON = 30

EVERYDAY_FROM, MOST_EVERYDAY = 18, 8
"""A word of this level is an everyday word by one step; each level above is one step more."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
_A_BILLION = 1e9
_HEAD = struct.Struct(">I")


class Block(NamedTuple):
    """A run of words, as it is written. See the head of this module."""

    first: str
    words: str
    levels: str

    def read(self) -> dict[str, int]:
        """The words, each with its level."""
        found: dict[str, int] = {}
        before = ""
        for part, level in zip(self.words.split(), self.levels, strict=True):
            before = before[: _DIGITS.index(part[0])] + part[1:]
            found[before] = _DIGITS.index(level)
        return found


class Lexicon:
    """A lexicon as `write_lexicon` gave it. Raises ValueError for what is none.

    The blocks that were looked into last are kept, `kept` of them; None keeps all.
    """

    def __init__(self, data: bytes, kept: int | None = 8) -> None:
        try:
            [size] = _HEAD.unpack_from(data)
            start = _HEAD.size + size
            rows = json.loads(zlib.decompress(data[_HEAD.size : start]))
            self._firsts: list[str] = [first for first, _ in rows]
            self._ends = [start]
            for _, length in rows:
                self._ends.append(self._ends[-1] + length)
        except (struct.error, zlib.error, TypeError) as error:
            raise ValueError(f"a lexicon can't be read: {error}") from error
        self._data = data
        self._read = lru_cache(kept)(lambda number: self._block(number).read())

    def commonness(self, word: str) -> int:
        """The level of a word: 1 for the rarest ones to MOST_COMMON, or OWN; 0 for what is none."""
        number = bisect_right(self._firsts, word) - 1
        return self._read(number).get(word, 0) if number >= 0 else 0

    def blocks(self) -> Iterator[Block]:
        """All blocks, in order."""
        return map(self._block, range(len(self._firsts)))

    def _block(self, number: int) -> Block:
        start, end = self._ends[number : number + 2]
        try:
            text = zlib.decompress(self._data[start:end]).decode()
        except (zlib.error, UnicodeDecodeError) as error:
            raise ValueError(f"a lexicon can't be read: {error}") from error
        words, _, levels = text.partition("\n")
        return Block(self._firsts[number], words, levels)


@cache
def lexicon_of(language: str, own: frozenset[str] = frozenset()) -> Lexicon:
    """What `write_lexicon` writes, for many words: what it looks into stays in memory."""
    return Lexicon(write_lexicon(language, own), kept=None)


@cache
def everyday_words(language: str) -> dict[str, int]:
    """The everyday words of a language, normalised, each with its step, 1 to MOST_EVERYDAY. Words
    of any length are among them; a language without a list has none.
    """
    counts = _counts(language.partition("-")[0].lower())
    scale = _A_BILLION / max(1, sum(counts.values()))
    rarest = 10 ** ((EVERYDAY_FROM - 0.5) / LEVELS_PER_TEN) / scale
    return {
        normalize(word): min(MOST_EVERYDAY, _level(count * scale) - EVERYDAY_FROM + 1)
        for word, count in counts.items()
        if count >= rarest and word.isalpha()
    }


def everyday_terms(language: str, stem: Callable[[str], str]) -> dict[str, int]:
    """The same by the terms of these words; a term has the step of its commonest word."""
    steps: dict[str, int] = {}
    for word, step in everyday_words(language).items():
        term = stem(word)
        steps[term] = max(step, steps.get(term, 0))
    return steps


def _level(frequency: float) -> int:
    """The level of a word that occurs so often in a billion."""
    return min(MOST_COMMON, max(1, round(LEVELS_PER_TEN * math.log10(frequency))))


@cache
def write_lexicon(language: str, own: frozenset[str] = frozenset()) -> bytes:
    """The lexicon of a language, by its code: empty without a list, but for `own` words, which are
    surfaces.
    """
    levels: dict[str, int] = {}
    for word, level in _levels(language):
        if levels.get(word, 0) < level:
            levels[word] = level
    levels.update((word, OWN) for word in own if len(word) <= LONGEST)
    blocks = list(write_blocks(levels))
    data = [zlib.compress(f"{block.words}\n{block.levels}".encode(), 6) for block in blocks]
    rows = [[block.first, len(text)] for block, text in zip(blocks, data, strict=True)]
    head = zlib.compress(json.dumps(rows).encode())
    return b"".join([_HEAD.pack(len(head)), head, *data])


def write_blocks(levels: Mapping[str, int]) -> Iterator[Block]:
    """The blocks of some words, each with its level."""
    words = sorted(levels)
    for at in range(0, len(words), BLOCK):
        yield _write(words[at : at + BLOCK], levels)


def _levels(language: str) -> Iterable[tuple[str, int]]:
    """The words of a language that may be corrected or meant, normalised, each with its level:
    contractions, too, as they are typed in haste (`havent`, `theres`; no possessives), where that
    makes no other word.
    """
    language = language.partition("-")[0].lower()
    counts, stop_words = _counts(language), stop_words_of(language)
    step = _A_BILLION / max(1, sum(counts.values()))
    level_of = {count: _level(count * step) for count in set(counts.values()) if count > 0}
    for listed, count in counts.items():
        word = listed if listed.isascii() else normalize(listed)
        before, _, ending = word.rpartition("'")
        if before and language not in ELIDED and (ending != "s" or before in stop_words):
            word = word.replace("'", "")
            if word in counts:
                continue
        if word.isalpha() and SHORTEST <= len(word) <= LONGEST and count in level_of:
            yield word, level_of[count]


def _counts(language: str) -> dict[str, int]:
    """How often each word occurs in what a list was made of: empty for languages without one."""
    from spellchecker import SpellChecker  # noqa: PLC0415  # a search needs none of it

    try:
        return SpellChecker(language=language, distance=1).word_frequency.dictionary
    except ValueError:
        return {}


def _write(words: Sequence[str], levels: Mapping[str, int]) -> Block:
    """A block of some words."""
    parts, before, shared = [], "", 0
    for word in words:
        most = min(len(word), len(before))
        if not word.startswith(before[:shared]):
            shared = 0
        while shared < most and word[shared] == before[shared]:
            shared += 1
        parts.append(_DIGITS[shared] + word[shared:])
        before = word
    digits = "".join([_DIGITS[levels[word]] for word in words])
    return Block(words[0], f"{' '.join(parts)} ", digits)
