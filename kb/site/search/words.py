"""Shards of the words as written, with the number of articles that hold each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.site.search.encoding import encode, make_shard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.engine.reading import IndexReader
    from kb.site.search.encoding import Shard

SHARD_WORDS = 2_000


def write_words(reader: IndexReader) -> Iterator[tuple[str, Shard]]:
    """(first word, shard) of all words, in the order of their UTF-16 code units."""
    counts = {word: count for word, _, count in reader.stamps("words")}
    words = sorted(counts, key=_order)
    for number, start in enumerate(range(0, len(words), SHARD_WORDS)):
        own = words[start : start + SHARD_WORDS]
        parts = [*map(_part, ["", *own], own), ""]
        fields = {"words": _END.join(parts), "articles": encode([counts[word] for word in own])}
        yield own[0], make_shard(f"w{number}", fields)


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
