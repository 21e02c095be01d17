"""Which sections say the same as those of other articles.

Two sections are twins where their headings and tiers are equal and their texts alike: of all pairs
of neighbouring words that stand in either text, a share stands in both (the Jaccard index of their
2-shingles; A. Broder, "On the resemblance and containment of documents", 1997). In articles whose
paths differ in the folders of versions alone that is LIKENESS, in others LIKENESS_ELSEWHERE. Case,
spaces and the number of the article's own version do not count. A section of fewer than SHORT words
says little without its article: the articles' titles have to be equal, too, and for one without
words their paths but for the folders of versions.

A group has one section of an article at most. It forms around its newest section, which all others
are like: so nothing is joined through a chain of small changes. What the public does not see joins
last, and changes no group of what it sees.

The index keeps a fingerprint of each section, from which groups are found anew after each commit:
they depend on the articles alone, not on the order in which they came. Where fingerprints say that
two texts may be alike, but are not equal, the texts are compared.
"""

from __future__ import annotations

import re
import struct
import zlib
from array import array
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, pairwise, repeat, takewhile
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from kb.concurrency import cached_property
from kb.model import decode_meta
from kb.search.protocols import FINGERPRINT, TWINS
from kb.search.twins import NO_TWINS, Twins

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from kb.model import Article, ArticleMeta
    from kb.search.protocols import ExportReader

K = TypeVar("K")

LIKENESS, LIKENESS_ELSEWHERE = 0.7, 0.9
"""Looked at by hand in a help center of six products in up to 13 versions, 1,084 articles: of the
pairs that the first joins in the folders of versions, 61 different ones, each is the same section
of another version. Elsewhere, of 15 pairs between the two, 11 were of another product or subject,
of 5 above the second 2 were.
"""

SHORT = 20
"""Words."""

SKETCH = 5
"""How many of a text's pairs are in its fingerprint, those with the lowest hashes: texts that are
alike by LIKENESS have one of these in common but for one case in 400 (.3 to the power of 5).
"""

RIVALS = 32
"""Groups that a section is held against for one of these pairs: headings such as "Overview" stand
over thousands of texts.
"""

MANY = 0xFFFF
"""Pairs that are counted."""

KEPT = 1_024
"""Texts of which the pairs are kept in memory."""

_EQUAL = 6
_PRINT = struct.Struct(f"={_EQUAL}sH{SKETCH}I")
"""A fingerprint: the hash of all of a section, how many pairs its text has, and the keys by which
texts like it are found."""

SIZE = _PRINT.size

_Row: TypeAlias = tuple[Any, ...]
"""A fingerprint's parts."""


def fingerprints(article: Article) -> list[array[int]]:
    """A fingerprint of each section, as an array of SIZE / 2 numbers below 2**16."""
    wording = _Wording(article)
    return [array("H", wording.read(s.heading, s.text).fingerprint()) for s in article.sections]


class _Wording:
    """Reads the sections of one article."""

    def __init__(self, article: ArticleMeta) -> None:
        self._version = _own_version(article.id)
        self._title = self._plain(article.title)
        self._path = unversioned(article.id).encode(*_UTF8)
        self._tier = zlib.crc32(article.tier.encode())

    def read(self, heading: str, text: str) -> _Said:
        """What a section says."""
        plain = self._plain(text)
        words = plain.split()
        if len(words) * UNSPACED < len(plain):
            words = [c.encode(*_UTF8) for c in plain.decode(*_UTF8) if not c.isspace()]
        head = zlib.crc32(self._plain(heading), self._tier)
        if len(words) < SHORT:
            head = zlib.crc32(self._title, head)
        if not words:
            head = zlib.crc32(self._path, head)
        return _Said(head, words)

    def _plain(self, text: str) -> bytes:
        if self._version is not None:
            text = self._version.sub("#", text)
        return text.casefold().encode(*_UTF8)


UNSPACED = 24
"""A text with fewer than a word in so many bytes is of a script without spaces: there, characters
are compared instead of words.
"""

_UTF8 = ("utf-8", "surrogatepass")


@lru_cache(64)
def _own_version(id_: str) -> re.Pattern[str] | None:
    """What names the version that an article stands under, in its text; None without one."""
    *folders, _ = id_.split("/")
    numbers = [n for folder in folders if (n := _VERSION.fullmatch(folder.casefold()))]
    texts = {n[1] for n in numbers} | {n[1].removesuffix(".0") for n in numbers}
    texts = {text if "." in text or len(text) > 1 else f"v{text}" for text in texts}
    if not texts:
        return None
    some = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
    return re.compile(rf"(?<![\w.])v?(?:{some})(?![\w]|\.\d)", re.IGNORECASE)


_VERSION = re.compile(r"(?:v|version[-_]?|release[-_]?)?(\d{1,4}(?:\.\d{1,4})*)(?:\.x)?")


class _Said(NamedTuple):
    """The hash of a section's heading, and the words of its text."""

    head: int
    words: Sequence[bytes]

    def pairs(self) -> set[int]:
        """The hashes of all pairs of neighbouring words; of a single word its own."""
        words = self.words
        return set(map(zlib.crc32, words[1:] or words, map(zlib.crc32, words)))

    def fingerprint(self) -> bytes:
        """SIZE bytes."""
        head = self.head.to_bytes(4, "big")
        equal = blake2b(b" ".join((head, *self.words)), digest_size=_EQUAL).digest()
        pairs = sorted(self.pairs())
        keys = [zlib.crc32(head, pair) for pair in pairs[:SKETCH]]
        missing = range(SKETCH - len(keys))  # those of equal texts are equal, too
        more = [zlib.crc32(equal, number) for number in missing]
        return _PRINT.pack(equal, min(len(pairs), MANY), *keys, *more)


def read_prints(reader: ExportReader) -> dict[int, bytes]:
    """The fingerprint of each section of an index, by its document."""
    found = reader.entry(TWINS, FINGERPRINT)
    if found is None:
        return {}
    data = found.positions.tobytes()
    return {doc: data[n * SIZE : (n + 1) * SIZE] for n, doc in enumerate(found.docs)}


class Place(NamedTuple):
    """What an article's sections are sorted by among those of others."""

    id: str
    is_published: bool
    order: int | None

    @classmethod
    def of(cls, meta: ArticleMeta) -> Place:
        """That of an article."""
        return cls(meta.id, meta.is_published, meta.order)

    def age(self) -> tuple[Any, ...]:
        """What places are sorted by: what the public does not see is last."""
        return (not self.is_published, *age(self.id, self.order))


class Earlier(NamedTuple):
    """The twins and the fingerprints of an index before an update, and the sections, in order, of
    articles of which documents may go or get other numbers. Documents below `kept` do not get any.
    """

    twins: Twins
    prints: Mapping[int, bytes]
    articles: Mapping[Place, Sequence[int]]
    kept: int


def find_twins(
    reader: ExportReader, article_of: Sequence[int], earlier: Earlier | None = None
) -> Twins:
    """The groups of a freshly committed index; NO_TWINS where no section has any. After an update
    only sections are compared that may be like one that came or went, or like one of these.
    """
    prints = read_prints(reader)
    if not prints:
        return NO_TWINS
    read = lru_cache(KEPT)(lambda article: decode_meta(reader.article_record(article)))

    def meta_of(doc: int) -> ArticleMeta:
        return read(article_of[doc])

    def section_of(doc: int) -> tuple[str, str]:
        section = reader.section_records(article_of[doc])[doc - article_of[doc] - 1]
        return section["heading"], section["text"]

    if earlier is None:
        groups = group_sections(prints, meta_of, section_of)
    else:
        groups = _Update(prints, earlier, meta_of).groups(section_of)
    numbers = (repeat(number, len(group)) for number, group in enumerate(groups))
    return Twins(array("I", chain.from_iterable(groups)), array("I", chain.from_iterable(numbers)))


def _groups_of(twins: Twins) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for section, number in zip(*twins, strict=True):
        groups.setdefault(number, []).append(section)
    return list(groups.values())


class _Update:
    """Finds the groups of after an update by those of before.

    A section that is gone has the complement of its former number here, all others that of now.
    """

    def __init__(
        self, prints: Mapping[int, bytes], earlier: Earlier, meta_of: Callable[[int], ArticleMeta]
    ) -> None:
        self._prints, self._earlier, self._meta_of = prints, earlier, meta_of
        stays = {doc for doc in earlier.prints if doc < earlier.kept and doc in prints}
        leaving = {
            place: [doc for doc in docs if doc not in stays]
            for place, docs in earlier.articles.items()
        }
        left = set(chain.from_iterable(leaving.values()))
        self._is_known = len(stays) + len(left) == len(earlier.prints)
        same = dict(self._same(leaving))
        self._now = {doc: doc for doc in stays} | same
        self._came = {doc for doc in prints if doc >= earlier.kept}.difference(same.values())
        self._gone = {
            place: [doc for doc in docs if doc not in same] for place, docs in leaving.items()
        }

    def _same(self, leaving: Mapping[Place, Sequence[int]]) -> Iterator[tuple[int, int]]:
        """Pairs of the numbers, of before and of now, of those sections that stand as they did in
        their articles: before the first that has changed, and after the last.
        """
        came: dict[Place, list[int]] = {}
        for doc in self._prints:
            if doc >= self._earlier.kept:
                came.setdefault(Place.of(self._meta_of(doc)), []).append(doc)
        for place, new in came.items():
            old = [(doc, self._earlier.prints[doc]) for doc in leaving.get(place, ())]
            now = [(doc, self._prints[doc]) for doc in new]
            head = _count_equal(old, now)
            tail = _count_equal(old[head:][::-1], now[head:][::-1])
            ends = zip(old[len(old) - tail :], now[len(now) - tail :], strict=True)
            pairs = [*zip(old[:head], now[:head], strict=True), *ends]
            yield from ((before, after) for (before, _), (after, _) in pairs)

    def groups(self, section_of: Callable[[int], tuple[str, str]]) -> list[list[int]]:
        """All groups of now."""
        touched = self._touched({doc: keys_of(data) for doc, data in self._prints.items()})
        rows = {doc: _PRINT.unpack(self._prints[doc]) for doc in sorted(touched)}
        known, old = dict[int, int](), list[list[int]]()
        for number, group in enumerate(_groups_of(self._earlier.twins)):
            docs = [self._now.get(doc, ~doc) for doc in group]
            if touched.isdisjoint(docs) and min(docs) >= 0:
                old.append(docs)
            else:
                known |= dict.fromkeys(docs, number)
        if not self._is_known:
            return [*old, *_group(rows, self._meta_of, section_of)]
        return [*old, *self._again(rows, known, section_of)]

    def _touched(self, keys: dict[int, tuple[int, ...]]) -> set[int]:
        """The sections whose groups an update may have changed: in a group keys are in common. Of
        what came or went those count that are not the same: with them, an edit of one section had
        thousands looked at where an article has a heading over little text, as many others do.
        """
        found = set(chain.from_iterable(keys[doc] for doc in self._came))
        gone = map(self._earlier.prints.__getitem__, chain.from_iterable(self._gone.values()))
        found.update(*(_PRINT.unpack(data)[2:] for data in gone))
        touched: set[int] = set()
        while more := [doc for doc, own in keys.items() if not found.isdisjoint(own)]:
            touched.update(more)
            found = set(chain.from_iterable([keys.pop(doc) for doc in more]))
        return touched

    def _again(
        self,
        rows: Mapping[int, _Row],
        known: Mapping[int, int],
        section_of: Callable[[int], tuple[str, str]],
    ) -> list[list[int]]:
        """The groups of these sections. They are grouped as they were before, too, by what is
        `known` of that: so no two texts are compared that were then. In 10,000 articles an edit
        else had 100,000 texts read (24 s).
        """
        answers: dict[tuple[int, int], bool] = {}
        compare = Comparison(self._meta_of, section_of).are_alike

        def were_alike(first: int, other: int) -> bool:
            alike = first in known and known[first] == known.get(other)
            answers[first, other] = alike
            return alike

        def are_alike(first: int, other: int) -> bool:
            answer = answers.get((first, other))
            return compare(first, other) if answer is None else answer

        groups = _Lists[int]()
        before = _Grouping[int](were_alike, _Lists())
        now = _Grouping[int](are_alike, groups)
        articles: dict[Place, list[int]] = {}
        for doc in rows:
            articles.setdefault(Place.of(self._meta_of(doc)), []).append(doc)
        for place in sorted({*articles, *self._gone}, key=Place.age):
            answers.clear()
            docs = articles.get(place, [])
            gone = [(doc, ~doc) for doc in self._gone.get(place, ())]
            stayed = [(self._former[doc], doc) for doc in docs if doc not in self._came]
            for former, doc in sorted((*gone, *stayed)):
                before.add(doc, place.id, *_PRINT.unpack(self._earlier.prints[former]))
            for doc in docs:
                now.add(doc, place.id, *rows[doc])
        return groups.several()

    @cached_property
    def _former(self) -> dict[int, int]:
        """The numbers of before by those of now."""
        return {now: before for before, now in self._now.items()}


def _count_equal(some: Sequence[tuple[int, bytes]], others: Sequence[tuple[int, bytes]]) -> int:
    """How many at the beginning have the same fingerprints."""
    equal = (one == other for (_, one), (_, other) in zip(some, others, strict=False))
    return sum(1 for _ in takewhile(bool, equal))


def group_sections(
    prints: Mapping[K, bytes],
    meta_of: Callable[[K], ArticleMeta],
    section_of: Callable[[K], tuple[str, str]],
) -> list[list[K]]:
    """The sections that say the same as others, by groups, each newest first. `prints` has the
    fingerprint of every section; the functions give its article, and its heading and text.

    The keys of an article's sections ascend in their order.
    """
    keys = sorted(chain.from_iterable(_PRINT.unpack(data)[2:] for data in prints.values()))
    several = {one for one, other in pairwise(keys) if one == other}
    del keys
    # Of most sections nothing is in another: to unpack all took .8 KB of memory a section.
    rows = {
        key: row
        for key, data in prints.items()
        if not several.isdisjoint((row := _PRINT.unpack(data))[2:])
    }
    return _group(rows, meta_of, section_of)


def _group(
    rows: Mapping[K, _Row],
    meta_of: Callable[[K], ArticleMeta],
    section_of: Callable[[K], tuple[str, str]],
) -> list[list[K]]:
    articles: dict[Place, list[K]] = {}
    for key in rows:
        articles.setdefault(Place.of(meta_of(key)), []).append(key)
    groups = _Lists[K]()
    grouping = _Grouping[K](Comparison(meta_of, section_of).are_alike, groups)
    for place in sorted(articles, key=Place.age):
        for key in sorted(articles[place]):  # type: ignore[type-var]  # ints, or (id, position)
            grouping.add(key, place.id, *rows[key])
    return groups.several()


def group_in_order(
    sections: Iterable[tuple[K, Hashable, bytes]],
    groups: Groups[K],
    are_alike: Callable[[K, K], bool],
) -> None:
    """Put sections into groups, one after the other, the newest first, by age of their articles and
    in their order there: (key, article, fingerprint). `are_alike` is that of a Comparison.
    """
    grouping = _Grouping[K](are_alike, groups)
    for key, article, printed in sections:
        grouping.add(key, article, *_PRINT.unpack(printed))


def keys_of(printed: bytes) -> tuple[int, ...]:
    """The keys by which texts like a section's are found, of its fingerprint: one that has none of
    them in common with another section is in a group of its own.
    """
    return _PRINT.unpack(printed)[2:]


class Comparison(Generic[K]):
    """Compares texts, which it reads."""

    def __init__(
        self,
        meta_of: Callable[[K], ArticleMeta],
        section_of: Callable[[K], tuple[str, str]],
    ) -> None:
        self._meta_of, self._section_of = meta_of, section_of
        self._read = lru_cache(KEPT)(self._read_now)

    def are_alike(self, first: K, other: K) -> bool:
        """Whether two sections are, of which the heads are equal."""
        (path, ours), (their_path, theirs) = map(self._read, (other, first))
        both = len(ours & theirs)
        least = LIKENESS if path == their_path else LIKENESS_ELSEWHERE
        return both >= least * (len(ours) + len(theirs) - both) > 0

    def _read_now(self, key: K) -> tuple[str, set[int]]:
        """An article's path without the folders of versions, and the pairs of a section's words."""
        meta = self._meta_of(key)
        return unversioned(meta.id), _Wording(meta).read(*self._section_of(key)).pairs()


class Group(NamedTuple, Generic[K]):
    """A group that sections may be put into: its number, and of its first section the key and how
    many pairs the text has.
    """

    number: int
    size: int
    first: K


class Groups(Protocol[K]):
    """Where groups are kept, by number, while sections are put into them."""

    def with_equal(self, equal: bytes, article: Hashable) -> int | None:
        """Of the groups that `note` was told of for this text, the earliest noted one without a
        section of the article.
        """
        ...

    def with_alike(self, keys: Sequence[int]) -> Iterable[Group[K]]:
        """The first RIVALS groups that began with each of these keys, each once."""
        ...

    def has(self, number: int, article: Hashable) -> bool:
        """Whether a group has a section of an article."""
        ...

    def begin(self, first: K, size: int, keys: Sequence[int]) -> int:
        """Begin a group, without putting the section into it; its number, above all others."""
        ...

    def note(self, number: int, equal: bytes) -> None:
        """Note that a section with this text goes into a group."""
        ...

    def put(self, number: int, section: K, article: Hashable) -> None:
        """Put a section into a group, behind all others."""
        ...


class _Lists(Generic[K]):
    """Groups in memory."""

    def __init__(self) -> None:
        self._members: list[list[K]] = []
        self._articles: list[set[Hashable]] = []
        self._groups: list[Group[K]] = []
        self._equal: dict[bytes, list[int]] = {}
        self._alike: dict[int, list[int]] = {}

    def with_equal(self, equal: bytes, article: Hashable) -> int | None:
        """See Groups."""
        numbers = self._equal.get(equal, ())
        return next((n for n in numbers if article not in self._articles[n]), None)

    def with_alike(self, keys: Sequence[int]) -> Iterable[Group[K]]:
        """See Groups."""
        numbers = {n for key in keys for n in self._alike.get(key, ())[:RIVALS]}
        return map(self._groups.__getitem__, numbers)

    def has(self, number: int, article: Hashable) -> bool:
        """See Groups."""
        return article in self._articles[number]

    def begin(self, first: K, size: int, keys: Sequence[int]) -> int:
        """See Groups."""
        number = len(self._groups)
        self._groups.append(Group(number, size, first))
        self._members.append([])
        self._articles.append(set())
        for key in keys:
            self._alike.setdefault(key, []).append(number)
        return number

    def note(self, number: int, equal: bytes) -> None:
        """See Groups."""
        self._equal.setdefault(equal, []).append(number)

    def put(self, number: int, section: K, article: Hashable) -> None:
        """See Groups."""
        self._members[number].append(section)
        self._articles[number].add(article)

    def several(self) -> list[list[K]]:
        """The groups of more than one section."""
        return [members for members in self._members if len(members) > 1]


class _Grouping(Generic[K]):
    """Groups sections, which come newest first."""

    def __init__(self, are_alike: Callable[[K, K], bool], groups: Groups[K]) -> None:
        """`are_alike` compares a section with the first of a group."""
        self._are_alike, self._groups = are_alike, groups

    def add(self, key: K, article: Hashable, equal: bytes, size: int, *alike: int) -> None:
        """Put a section into the first group that it fits in, else into one of its own."""
        number = self._groups.with_equal(equal, article)
        if number is None:
            number = self._find_alike(key, article, size, alike)
            if number is None:
                number = self._groups.begin(key, size, alike)
            self._groups.note(number, equal)
        self._groups.put(number, key, article)

    def _find_alike(self, key: K, article: Hashable, size: int, alike: Sequence[int]) -> int | None:
        """The newest group that is like a section of so many pairs."""
        for number, other, first in sorted(self._groups.with_alike(alike)):
            less, more = sorted((size, other))
            if less < LIKENESS * more or self._groups.has(number, article):
                continue
            if self._are_alike(first, key):
                return number
        return None


def age(id_: str, order: int | None) -> tuple[Any, ...]:
    """What articles are sorted by, the newest first: folders without numbers, then the numbers in
    the names of folders, the greatest first, an early release (`2.0-beta`) after what it led to;
    then as their authors set, then by id.
    """
    *folders, _ = id_.split("/")
    numbered = list(filter(_NUMBER.search, folders))
    return (bool(numbered), [*map(_version, numbered)], order is None, order or 0, id_)


def _version(folder: str) -> list[int]:
    """The numbers of a version, each below 1 so that 14.1 is before 14, and how early it is."""
    number, *early = _EARLY.split(_ANY_PATCH.sub(_LAST, folder.casefold()), 1)
    numbers = [-int(n) for n in _NUMBER.findall(number)]
    if not early:
        return [*numbers, 1]
    return [*numbers, _RANK[early[0]], *(-int(n) for n in _NUMBER.findall(early[1])), 1]


_NUMBER = re.compile("[0-9]{1,18}")
_ANY_PATCH = re.compile(r"\.[x*]\b")
_LAST = ".999999"
_EARLIER = ("rc", "beta", "pre", "preview", "alpha", "dev")
_EARLY = re.compile(rf"(?<=[\d._-])({'|'.join(_EARLIER)})(?![a-z])")
_RANK = {name: rank for rank, name in enumerate(_EARLIER, 2)}


def unversioned(id_: str) -> str:
    """An article's id without the folders that name versions: those with a number, and the likes of
    `latest`.
    """
    *folders, name = id_.split("/")
    others = (f for f in folders if not _NUMBER.search(f) and f.casefold() not in _LATEST)
    return "/".join((*others, name))


_LATEST = frozenset({"latest", "stable", "current", "next", "main", "master", "dev", "nightly"})
