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
    rows = sorted(
        ((word, count) for word, _, count in reader.stamps("words")),
        key=lambda row: row[0].encode("utf-16-be", "surrogatepass"),
    )
    for number, start in enumerate(range(0, len(rows), SHARD_WORDS)):
        part = rows[start : start + SHARD_WORDS]
        fields = {
            "words": _front_coded([word for word, _ in part]),
            "articles": encode(count for _, count in part),
        }
        yield part[0][0], make_shard(f"w{number}", fields)


def _front_coded(words: list[str]) -> str:
    """Words, each behind the number of characters that it shares with the one before."""
    parts, before = [], ""
    for word in words:
        shared = 0
        most = min(len(word), len(before))
        while shared < most and word[shared] == before[shared]:
            shared += 1
        parts.append(encode([shared]) + word[shared:] + " ")
        before = word
    return "".join(parts)
