"""Shards of the words as written, with the number of articles that hold each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kb.site.search.encoding import encode, make_shard, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.engine.reading import IndexReader
    from kb.site.search.encoding import Shard
    from kb.site.search.kept import Kept

SHARD_WORDS = 2_000


def write_words(reader: IndexReader, kept: Kept) -> Iterator[tuple[str, Shard]]:
    """(first word, shard) of all words, in the order of their UTF-16 code units."""
    rows = sorted(
        _count(reader, kept).items(), key=lambda row: row[0].encode("utf-16-be", "surrogatepass")
    )
    kept.put(_NAME, "", [plain(dict(rows))])
    for number, start in enumerate(range(0, len(rows), SHARD_WORDS)):
        part = rows[start : start + SHARD_WORDS]
        fields = {
            "words": _front_coded([word for word, _ in part]),
            "articles": encode(count for _, count in part),
        }
        yield part[0][0], make_shard(f"w{number}", fields)


_NAME = "words"
"""The name under which words and their numbers are kept."""


def _count(reader: IndexReader, kept: Kept) -> Mapping[str, int]:
    """Word -> number of articles that hold it."""
    last, changed = kept.last(_NAME), kept.changed
    if not last or changed is None:
        return {word: count for word, _, count in reader.stamps("words")}
    counts: dict[str, int] = json.loads(last[1])
    for word, more in changed.words.items():
        counts[word] = counts.get(word, 0) + more
        if not counts[word]:
            del counts[word]
    return counts


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
