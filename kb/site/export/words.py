"""Words as they are written: which articles have them, their terms, and what halves they are of.

The row of a term lists the words that have it, so that a query knows of each of its words whether
articles hold it as written. Shards of all words, with the number of articles that hold each, serve
completions and corrections, as do those of the words of the language.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import lru_cache, partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from kb.search.expansion import SECOND_HALF, halves_of, most_frequent, whole_from
from kb.search.protocols import POSITION_BITS
from kb.search.spelling import LETTERS, level_of
from kb.site.export.columns import postings_in
from kb.site.export.encoding import (
    DIGITS,
    NUMBERS,
    Shard,
    count_shared,
    encode,
    make_shard,
    shortest_after,
)
from kb.site.export.shards import Block
from kb.text.compounds import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from kb.search.postings import PostingIndex
    from kb.search.protocols import ExportReader
    from kb.site.export.documents import Exported, Layout
    from kb.site.export.shards import ShardCache
    from kb.text.analysis import Analyzer


class Word(NamedTuple):
    """A word as written: its term, how common it is in the language, and in how many articles."""

    term: str
    level: int
    articles: int


class Changes(NamedTuple):
    """What has changed of words since the last export. `came` and `gone` are words as they are and
    as they were; `other` are those that another number of articles holds.
    """

    came: dict[str, Word]
    gone: dict[str, Word]
    other: set[str]

    def all(self) -> set[str]:
        """All of these words."""
        return {*self.came, *self.gone, *self.other}


_WORDS = "words"
"""The name under which words are noted. The term and the level of one are the same in every
export.
"""


def read_words(
    reader: ExportReader, analyzer: Analyzer, kept: ShardCache
) -> tuple[dict[str, Word], Changes | None]:
    """All words that articles hold, and what has changed of them: None where nothing was kept.

    With 10,000 articles and 88,000 words half a second of an edit went into those that had not
    changed: looking for their halves, describing them and writing them.
    """
    counts = reader.counts("words")
    known = {word: Word(*row) for word, row in kept.last.pop(_WORDS, {}).items()}
    is_first = not known
    found: dict[str, Word] = {}
    changes = Changes({}, {}, set())
    for word, articles in counts.items():
        before = known.pop(word, None)
        if before is None:
            level = level_of(word, reader, analyzer)
            found[word] = changes.came[word] = Word(analyzer.stem(word), level, articles)
        elif before.articles == articles:
            found[word] = before
        else:
            found[word] = before._replace(articles=articles)
            changes.other.add(word)
    changes.gone.update(known)
    kept.note(_WORDS, found)
    return found, None if is_first else changes


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

    def __init__(  # noqa: PLR0917  # each is a part of the whole
        self,
        index: PostingIndex,
        reader: ExportReader,
        layout: Layout,
        came: Iterable[Exported],
        changed: set[str] | None,
        kept: ShardCache,
    ) -> None:
        """`came` are the articles of which there was no such document in the last export; `changed`
        the terms of which these hold some, None where that is not known.
        """
        self._index = index
        self._reader = reader
        self._known = kept.last.pop(_NEIGHBOURS, {})
        self._stamps = {reader.document_stamp(a.document) for a in layout.articles}
        starts = sorted((a.document, a.sections) for a in came)
        self._came = [range(start, start + 1 + sections) for start, sections in starts]
        self._places = lru_cache(_HELD_TERMS)(self._read_places)
        self._changed = changed
        self.noted: dict[str, str] = {}
        self.asked = 0

    def are_neighbours(self, one: str, other: str) -> bool:
        """Whether a term follows another in some section that the public sees."""
        self.asked += 1
        pair = f"{one} {other}"
        if pair not in self.noted:
            self.noted[pair] = self._find(one, other, self._known.get(pair))
        return bool(self.noted[pair])

    def _find(self, one: str, other: str, before: str | None) -> str:
        if before and before in self._stamps:
            return before
        if before == "":
            if self._changed is not None and not self._changed.issuperset((one, other)):
                return ""
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


_HALVES = "halves"
"""The name under which it is noted for which words it was asked whether two terms stand side by
side: in how many articles words were for that, and the terms of each word's halves, if it has any.
"""

_FEW = 50
"""Words that came or went up to which it is faster to look for those that they are part of than to
look at all words.
"""


def find_halves(  # noqa: PLR0917  # each is a part of the whole
    words: Mapping[str, Word],
    changes: Changes | None,
    neighbours: Neighbours,
    analyzer: Analyzer,
    articles: int,
    kept: ShardCache,
) -> tuple[dict[str, tuple[str, str]], set[str] | None]:
    """Words of so many articles that are two others, side by side in some, with their terms; and
    those of which that has changed, None where it is not known. For most words nobody has to ask
    what stands side by side: they are looked at again where they or a part of them changed.
    """

    def held(word: str) -> int:
        known = words.get(word)
        return known.articles if known else 0

    least, known = kept.last.pop(_HALVES, (0, {}))
    is_known = changes is not None and least == whole_from(articles)
    some = None if changes is None or not is_known else _with_parts(words, changes)
    looked: Collection[str] = words if some is None else {*some, *known} & words.keys()
    asked: dict[str, Sequence[str]] = {}
    for word in looked:
        before = neighbours.asked
        terms = halves_of(word, analyzer, held, neighbours.are_neighbours, articles)
        if neighbours.asked != before:
            asked[word] = terms or ()
    kept.note(_HALVES, [whole_from(articles), asked])
    kept.note(_NEIGHBOURS, neighbours.noted)
    halves = {word: (terms[0], terms[1]) for word, terms in asked.items() if terms}
    if not is_known:
        return halves, None
    pairs = (
        (word, tuple(known.get(word, ())), tuple(asked.get(word, ()))) for word in {*known, *asked}
    )
    return halves, {word for word, old, new in pairs if old != new}


def _with_parts(words: Iterable[str], changes: Changes) -> set[str] | None:
    """The words that changed, and those that begin or end with one that came or went; None where
    these are many.
    """
    parts = tuple(
        w for w in (*changes.came, *changes.gone) if w.isalpha() and len(w) >= SECOND_HALF
    )
    if len(parts) > _FEW:
        return None
    longer = (w for w in words if w.endswith(parts) or w.startswith(parts)) if parts else ()
    return {*changes.all(), *longer}


_SAID = "said"
"""The name under which it is noted what rows say of the terms' words."""


def describe_words(
    words: Mapping[str, Word],
    halves: Mapping[str, tuple[str, str]],
    changes: Changes | None,
    changed: Iterable[str] | None,
    kept: ShardCache,
) -> tuple[dict[str, str], set[str] | None]:
    """Term -> its words, as its row lists them: each behind the number of characters that it shares
    with the term, and before the terms of its halves, if it has any. And the terms of which that
    has changed, None where it is not known; `changed` are the words with other halves.
    """
    known: dict[str, str] = kept.last.pop(_SAID, {})
    terms: set[str] | None = None
    own: Iterable[tuple[str, Word]] = words.items()
    if changes is not None and changed is not None:
        terms = {one.term for part in changes[:2] for one in part.values()}
        terms.update(words[word].term for word in changed if word in words)
        own = [(word, one) for word, one in own if one.term in terms]
    found = defaultdict[str, list[str]](list)
    for word, one in own:
        found[one.term].append(":".join([_part(one.term, word), *halves.get(word, ())]))
    said = {term: _END.join(sorted(parts)) for term, parts in found.items()}
    if terms is not None:
        terms = {term for term in terms if known.pop(term, None) != said.get(term)}
        said = known | said
    kept.note(_SAID, said)
    return said, terms


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


def write_words(
    words: Mapping[str, Word], changes: Changes | None, kept: ShardCache
) -> Iterator[tuple[str, Shard]]:
    """(where it begins, shard) of all words, in the order of their UTF-16 code units; then the same
    of those that begin with one of the letters that may be missing or wrong, each as `turned` has
    it. Shards that no change is near to are not made again.
    """
    changed = None if changes is None else changes.all()
    yield from _WordShards("w", words, str, kept).write(changed)
    again = None if changed is None else {turned(word) for word in changed if word[0] in LETTERS}
    yield from _WordShards("r", words, _turned_back, kept).write(again)


class _WordShards:
    """Shards of words of one kind, which `original` makes the words as they are of. Those of the
    last export are kept with their words, in order.
    """

    def __init__(
        self, kind: str, words: Mapping[str, Word], original: Callable[[str], str], kept: ShardCache
    ) -> None:
        self._kind = kind
        self._words = words
        self._original = original
        self._kept = kept
        self._number = 0
        self._before = ""

    def write(self, changed: Iterable[str] | None) -> Iterator[tuple[str, Shard]]:
        """(where it begins, shard) of all, of which some have changed."""
        blocks = [] if changed is None else self._kept.blocks(self._kind)
        waiting = [] if blocks else sorted(self._all(), key=_word_order)
        touched = _by_block(changed or (), blocks)
        starts = {block.first: at for at, block in enumerate(blocks)}
        at = 0
        while waiting or at < len(blocks):
            same = starts.get(waiting[0]) if waiting else at
            if same is not None and _is_settled(blocks, touched, same):
                yield self._same(blocks[same])
                at, waiting = same + 1, []
                continue
            while at < len(blocks) and len(waiting) <= SHARD_WORDS[-1]:
                waiting += self._words_of(blocks[at], touched.get(at, ()))
                at += 1
            if waiting:
                stop = _first_cut(waiting)
                yield self._new(waiting[:stop])
                waiting = waiting[stop:]

    def _all(self) -> Iterator[str]:
        """All words as this kind has them."""
        if self._kind == "w":
            return iter(self._words)
        return (turned(word) for word in self._words if word[0] in LETTERS)

    def _words_of(self, block: Block, changed: Iterable[str]) -> list[str]:
        """The words of a shard of the last export, of which some have changed, as they are now."""
        lines = self._kept.lines(block)
        if lines is None:
            first, last = _word_order(block.first), _word_order(block.last)
            lines = [word for word in self._all() if first <= _word_order(word) <= last]
        found = {*lines, *changed}
        return sorted((w for w in found if self._original(w) in self._words), key=_word_order)

    def _same(self, block: Block) -> tuple[str, Shard]:
        """A shard in which nothing has changed; its number may have."""
        if block.number != self._number:
            return self._new(self._words_of(block, ()))
        self._kept.keep(self._kind, block)
        name = f"{self._kind}{block.number}"
        made = partial(self._made, block)
        return self._begin(block.first, block.last), Shard(name, block.hash, block.digest, made)

    def _made(self, block: Block) -> bytes:
        return self._shard(block.number, self._words_of(block, ())).data

    def _new(self, own: Sequence[str]) -> tuple[str, Shard]:
        shard = self._shard(self._number, own)
        block = Block(
            number=self._number,
            hash=shard.hash,
            digest=shard.digest,
            first=own[0],
            last=own[-1],
            first_size=1,
            size=len(own),
            rows="",
        )
        self._kept.put(self._kind, block, own)
        return self._begin(own[0], own[-1]), shard

    def _begin(self, first: str, last: str) -> str:
        """Where a shard begins that holds the words from the first to the last."""
        before, self._before = self._before, last
        self._number += 1
        return shortest_after(before, first)

    def _shard(self, number: int, own: Sequence[str]) -> Shard:
        known = [self._words[self._original(word)] for word in own]
        fields = {
            "words": _listed(own),
            "articles": encode([one.articles for one in known]),
            "levels": "".join([DIGITS[one.level] for one in known]),
        }
        return make_shard(f"{self._kind}{number}", fields)


def _by_block(changed: Iterable[str], blocks: Sequence[Block]) -> dict[int, set[str]]:
    """The words that changed by the number of the shard that they are in, or would be."""
    firsts = [_word_order(block.first) for block in blocks]
    found: dict[int, set[str]] = {}
    for word in changed:
        found.setdefault(max(0, bisect_right(firsts, _word_order(word)) - 1), set()).add(word)
    return found


def _is_settled(blocks: Sequence[Block], touched: Collection[int], at: int) -> bool:
    """Whether the shard of that number, and with it what tells where it ends, is as it was."""
    words = 0
    while at < len(blocks) and words <= SHARD_WORDS[-1]:
        if at in touched:
            return False
        words += blocks[at].size
        at += 1
    return True


def _first_cut(ordered: Sequence[str]) -> int:
    """How many words the shard has that begins with the first of these, of which there are more
    than fill one, or all.
    """
    if len(ordered) <= SHARD_WORDS[-1]:
        return len(ordered)
    stops = range(SHARD_WORDS[0], SHARD_WORDS[-1] + 1)
    return min(stops, key=lambda at: (count_shared(ordered[at - 1], ordered[at]), -at))


TURN = "!"
"""Stands before the first letter of a word that is turned: no word holds it, and all characters of
words are after it."""


def turned(word: str) -> str:
    """A word with its first letter last: all that differ in that letter alone stand together."""
    return word[1:] + TURN + word[0]


def _turned_back(text: str) -> str:
    """The word of which `turned` gave the text."""
    return text[-1] + text[: -1 - len(TURN)]


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
