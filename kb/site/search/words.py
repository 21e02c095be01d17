"""Shards of the words as written, with the number of articles that hold each."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from kb.site.search.encoding import encode, make_shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.engine.reading import IndexReader
    from kb.site.search.encoding import Shard
    from kb.site.search.kept import Kept

SHARD_WORDS = 2_000


def write_words(reader: IndexReader, kept: Kept) -> Iterator[tuple[str, Shard]]:
    """(first word, shard) of all words, in the order of their UTF-16 code units."""
    words = _words(reader, kept)
    kept.note(_NAME, words.as_note())
    for number, start in enumerate(range(0, len(words.words), SHARD_WORDS)):
        yield words.words[start], make_shard(f"w{number}", words.fields(start))


_NAME = "words"
"""The name under which words are kept."""


def _words(reader: IndexReader, kept: Kept) -> _Words:
    last, changed = kept.last.get(_NAME), kept.changed
    if last is None or changed is None:
        return _Words.of({word: count for word, _, count in reader.stamps("words")})
    words = _Words.from_note(last)
    for word, more in changed.words.items():
        words.change(word, more)
    return words


class _Words:
    """Words in order; `parts` are what is written of each: how many characters it shares with
    the one before, and the rest; `counts` the numbers of articles that hold each.
    """

    def __init__(self, words: list[str], parts: list[str], counts: list[int]) -> None:
        self.words = words
        self.parts = parts
        self.counts = counts

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> _Words:
        """All words with their counts."""
        words = sorted(counts, key=_order)
        parts = list(map(_part, ["", *words], words))
        return cls(words, parts, [counts[word] for word in words])

    @classmethod
    def from_note(cls, note: list[Any]) -> _Words:
        """What `as_note` noted down."""
        words, parts, counts = note
        return cls(words.split(_END), parts.split(_END), counts) if counts else cls([], [], [])

    def as_note(self) -> list[Any]:
        """All of it, as JSON can hold it."""
        return [_END.join(self.words), _END.join(self.parts), self.counts]

    def change(self, word: str, more: int) -> None:
        """Let more articles hold a word than before, or fewer, if `more` is negative."""
        at = bisect_left(self.words, _order(word), key=_order)
        if at == len(self.words) or self.words[at] != word:
            self.words.insert(at, word)
            self.parts.insert(at, "")
            self.counts.insert(at, 0)
        self.counts[at] += more
        if not self.counts[at]:
            del self.words[at], self.parts[at], self.counts[at]
        before = self.words[at - 1] if at else ""
        for here, now in enumerate(self.words[at : at + 2], at):
            self.parts[here] = _part(before, now)
            before = now

    def fields(self, start: int) -> dict[str, str]:
        """What the shard says that begins at a word: its first is written whole."""
        rest = slice(start + 1, start + SHARD_WORDS)
        return {
            "words": _END.join([_part("", self.words[start]), *self.parts[rest], ""]),
            "articles": encode(self.counts[start : rest.stop]),
        }


_END = " "
"""After each word."""


def _order(word: str) -> bytes:
    """What words are ordered by."""
    return word.encode("utf-16-be", "surrogatepass")


def _part(before: str, word: str) -> str:
    """A word behind the number of characters that it shares with the one before."""
    shared = 0
    most = min(len(word), len(before))
    while shared < most and word[shared] == before[shared]:
        shared += 1
    return encode([shared]) + word[shared:]
