"""Words as they are written: which articles have them, their terms, and what halves they are of.

The row of a term lists the words that have it, so that a query knows of each of its words whether
articles hold it as written. Shards of all words, with the number of articles that hold each, serve
completions and corrections, as do those of the words of the language.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from kb.search.expansion import halves_of, most_frequent
from kb.search.protocols import POSITION_BITS
from kb.search.spelling import LETTERS, level_of
from kb.site.export.columns import postings_in
from kb.site.export.encoding import (
    DIGITS,
    NUMBERS,
    count_shared,
    encode,
    make_shard,
    shortest_after,
)
from kb.text.compounds import key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kb.search.postings import PostingIndex
    from kb.search.protocols import ExportReader
    from kb.site.export.documents import Exported, Layout
    from kb.site.export.encoding import Shard
    from kb.site.export.shards import ShardCache
    from kb.text.analysis import Analyzer


class Word(NamedTuple):
    """A word as written: its term, how common it is in the language, and in how many articles."""

    term: str
    level: int
    articles: int


_WORDS = "words"
"""The name under which each word's term and level are noted: they are the same in every export."""


def read_words(reader: ExportReader, analyzer: Analyzer, kept: ShardCache) -> dict[str, Word]:
    """All words that articles hold."""
    known = kept.last.pop(_WORDS, {})
    found: dict[str, Word] = {}
    for word, articles in reader.counts("words").items():
        term, level = known.get(word) or (analyzer.stem(word), level_of(word, reader, analyzer))
        found[word] = Word(term, level, articles)
    kept.note(_WORDS, {word: one[:2] for word, one in found.items()})
    return found


_NEIGHBOURS = "neighbours"
"""The name under which it is noted which terms stand side by side: the stamp of an article in which
they do, or nothing.
"""

_HELD_TERMS = 4_096
"""Terms of which the places in articles that came are held."""


class Neighbours:
    """Tells which terms stand side by side in some section, by what was noted of that.

    An article in which two terms did so tells it as long as it is there as it was; where none did,
    only those that came since may. To look at all places of frequent words again took a
    second of an edit with 10,000 articles.
    """

    def __init__(
        self,
        index: PostingIndex,
        reader: ExportReader,
        layout: Layout,
        came: Iterable[Exported],
        kept: ShardCache,
    ) -> None:
        """`came` are the articles of which there was no such document in the last export."""
        self._index = index
        self._reader = reader
        self._known = kept.last.pop(_NEIGHBOURS, {})
        self._stamps = {reader.document_stamp(a.document) for a in layout.articles}
        starts = sorted((a.document, a.sections) for a in came)
        self._came = [range(start, start + 1 + sections) for start, sections in starts]
        self._places = lru_cache(_HELD_TERMS)(self._read_places)
        self.noted: dict[str, str] = {}

    def are_neighbours(self, one: str, other: str) -> bool:
        """Whether a term follows another in some section that the public sees."""
        pair = f"{one} {other}"
        if pair not in self.noted:
            self.noted[pair] = self._find(one, other, self._known.get(pair))
        return bool(self.noted[pair])

    def _find(self, one: str, other: str, before: str | None) -> str:
        if before and before in self._stamps:
            return before
        if before == "":
            follows = (place + 1 for place in self._places(one))
            doc = next((p >> POSITION_BITS for p in follows if p in self._places(other)), None)
        else:
            doc = self._index.with_neighbours(one, other, hidden=False)
        return "" if doc is None else self._reader.document_stamp(self._reader.article_of[doc])

    def _read_places(self, term: str) -> Collection[int]:
        """The places of a term in the articles that came."""
        postings = self._reader.entry("terms", term)
        if postings is None:
            return ()
        own = postings_in(postings, self._came)
        starts = (doc << POSITION_BITS for doc in own.docs)
        spread = chain.from_iterable(map(repeat, starts, own.sizes))
        return {*map(int.__add__, spread, own.positions)}


def find_halves(
    words: Mapping[str, Word],
    neighbours: Neighbours,
    analyzer: Analyzer,
    articles: int,
    kept: ShardCache,
) -> dict[str, tuple[str, str]]:
    """Words of so many articles that are two others, side by side in some, with their terms."""

    def held(word: str) -> int:
        known = words.get(word)
        return known.articles if known else 0

    are_neighbours = neighbours.are_neighbours
    found = ((word, halves_of(word, analyzer, held, are_neighbours, articles)) for word in words)
    halves = {word: terms for word, terms in found if terms}
    kept.note(_NEIGHBOURS, neighbours.noted)
    return halves


def describe_words(
    words: Mapping[str, Word], halves: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """Term -> its words, as its row lists them: each behind the number of characters that it shares
    with the term, and before the terms of its halves, if it has any.
    """
    found = defaultdict[str, list[str]](list)
    for word, one in words.items():
        found[one.term].append(":".join([_part(one.term, word), *halves.get(word, ())]))
    return {term: _END.join(sorted(parts)) for term, parts in found.items()}


SHARD_KEYS = 250
"""Words of a shard of compounds."""


def write_compounds(reader: ExportReader, words: Mapping[str, Word]) -> Iterator[tuple[str, Shard]]:
    """(first term, shard) of all terms that compounds are made of, in the order of their UTF-16
    code units, each with those that stand for it.
    """
    found = defaultdict[str, list[str]](list)
    for line in reader.terms_of("explained", key_of("")):
        key, _, word = line.partition("\t")
        if word in words and reader.postings("explained", line)[0]:
            found[key.removeprefix(key_of(""))].append(word)
    rows = [
        [term, " ".join(most_frequent(found[term], lambda word: words[word].articles))]
        for term in sorted(found, key=_word_order)
    ]
    for number, start in enumerate(range(0, len(rows), SHARD_KEYS)):
        own = rows[start : start + SHARD_KEYS]
        yield own[0][0], make_shard(f"k{number}", {"compounds": own})


SHARD_WORDS = range(300, 1_001)
"""Words of a shard. Few, since what is typed needs those that it begins; not fewer, since a
misspelt word needs all that begin as it does. It ends where the next word begins most differently,
so that a beginning seldom needs two, and a new word changes few.
"""


def write_words(words: Mapping[str, Word]) -> Iterator[tuple[str, Shard]]:
    """(where it begins, shard) of all words, in the order of their UTF-16 code units; then the same
    of those that begin with one of the letters that may be missing or wrong, each as `turned` has
    it.
    """
    yield from _word_shards("w", words)
    yield from _word_shards("r", {turned(w): one for w, one in words.items() if w[0] in LETTERS})


def _word_shards(kind: str, words: Mapping[str, Word]) -> Iterator[tuple[str, Shard]]:
    ordered = sorted(words, key=_word_order)
    before = ""
    for number, own in enumerate(_shared_out(ordered)):
        fields = {
            "words": _listed(own),
            "articles": encode([words[word].articles for word in own]),
            "levels": "".join([DIGITS[words[word].level] for word in own]),
        }
        yield shortest_after(before, own[0]), make_shard(f"{kind}{number}", fields)
        before = own[-1]


def _shared_out(ordered: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words of each shard."""
    start = 0
    while len(ordered) - start > SHARD_WORDS[-1]:
        stops = range(start + SHARD_WORDS[0], start + SHARD_WORDS[-1] + 1)
        stop = min(stops, key=lambda at: (count_shared(ordered[at - 1], ordered[at]), -at))
        yield ordered[start:stop]
        start = stop
    if start < len(ordered):
        yield ordered[start:]


TURN = "!"
"""Stands before the first letter of a word that is turned: no word holds it, and all characters of
words are after it."""


def turned(word: str) -> str:
    """A word with its first letter last: all that differ in that letter alone stand together."""
    return word[1:] + TURN + word[0]


def _listed(words: Iterable[str]) -> str:
    """Words in order, each ended."""
    parts, before = [], ""
    for word in words:
        parts.append(_part(before, word) + _END)
        before = word
    return "".join(parts)


def write_lexicon(reader: ExportReader) -> Iterator[tuple[str, Shard]]:
    """(first word, shard) of the words of the language: all, since to find those near a word of the
    articles took two to five seconds of a build for each language, and left out 200 KB of files.
    """
    for number, (first, listed, levels) in enumerate(reader.lexicon()):
        yield first, make_shard(f"x{number}", {"words": listed, "levels": levels})


_END = " "
"""After each word."""


def _word_order(word: str) -> bytes:
    """What words are ordered by."""
    return word.encode("utf-16-be", "surrogatepass")


def _part(before: str, word: str) -> str:
    """A word behind the number of characters that it shares with the one before."""
    shared = count_shared(before, word)
    return NUMBERS[shared] + word[shared:]
