"""The articles of a build on disk, and which of their sections say the same.

Memory holds none of it, whatever their number, but one byte for each section while those are looked
for that have something in common.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kb.index.twins import RIVALS, Comparison, Group, Place, group_in_order, keys_of
from kb.model import Article, decode_as, encode_meta

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from kb.store import Scratch

_TABLES = """
CREATE TABLE article (number INTEGER PRIMARY KEY, first INTEGER, last INTEGER, age BLOB, data TEXT)
CREATE TABLE section (number INTEGER PRIMARY KEY, article INTEGER, print BLOB)
CREATE TABLE key (key INTEGER, section INTEGER)
CREATE TABLE group_ (number INTEGER PRIMARY KEY, size INTEGER, first INTEGER, count INTEGER)
CREATE TABLE equal (print BLOB, number INTEGER)
CREATE INDEX equal_print ON equal (print)
CREATE TABLE alike (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID
CREATE TABLE member (section INTEGER PRIMARY KEY, article INTEGER, number INTEGER, place INTEGER)
CREATE INDEX member_of ON member (number, article)
"""

READ = 64
"""Articles that are in memory while their sections are compared."""


class Spool:
    """Articles, in the order in which they come; they and their sections are numbered from 0."""

    def __init__(self, scratch: Scratch) -> None:
        """All is kept there."""
        self._scratch = scratch
        self.articles = self.sections = 0
        for table in _TABLES.strip().splitlines():
            scratch.write(table)
        self._article = lru_cache(READ)(self._read)

    def add(self, article: Article, prints: Sequence[bytes]) -> None:
        """Take an article, with the fingerprints of its sections."""
        first, number = self.sections, self.articles
        data = json.dumps(encode_meta(article), separators=(",", ":"))
        age = sortable(Place.of(article).age())
        rows = list(enumerate(prints, first))
        self.articles, self.sections = number + 1, first + len(rows)
        self._scratch.write(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?)",
            number,
            first,
            self.sections - 1,
            age,
            data,
        )
        self._scratch.write_all(
            "INSERT INTO section VALUES (?, ?, ?)",
            ((section, number, printed) for section, printed in rows),
        )
        self._scratch.write_all(
            "INSERT INTO key VALUES (?, ?)",
            ((key, section) for section, printed in rows for key in keys_of(printed)),
        )

    def __iter__(self) -> Iterator[Article]:
        """All articles."""
        for (data,) in self._scratch.rows("SELECT data FROM article ORDER BY number"):
            yield _decode(data)

    def group(self) -> int:
        """Find the sections that say the same as others; how many groups there are of them."""
        compare = Comparison(lambda key: self._article(self._article_of(key)), self._section)
        groups = _Groups(self._scratch)
        group_in_order(self._newest_first(), groups, compare.are_alike)
        return groups.count()

    def groups_of(self, article: int) -> dict[int, tuple[int, int]]:
        """By position, of each section of an article that others say the same as: the number of the
        group, and the place in it.
        """
        rows = self._scratch.rows(
            "SELECT section - article.first, member.number, place FROM article"
            " CROSS JOIN member ON section BETWEEN article.first AND article.last"
            " CROSS JOIN group_ ON group_.number = member.number AND count > 1"
            " WHERE article.number = ?",
            article,
        )
        return {position: (number, place) for position, number, place in rows}

    def _newest_first(self) -> Iterator[tuple[int, int, bytes]]:
        """The sections that have a key in common with others, with article and fingerprint."""
        shared = bytearray(self.sections)
        rows = self._scratch.rows("SELECT key, section FROM key ORDER BY key")
        for (one, first), (other, second) in pairwise(rows):
            if one == other:
                shared[first] = shared[second] = 1
        found = self._scratch.rows(
            "SELECT section.number, article, print"
            " FROM section JOIN article ON article.number = section.article"
            " ORDER BY age, section.number"
        )
        return (row for row in found if shared[row[0]])

    def _section(self, key: int) -> tuple[str, str]:
        """The heading and the text of a section."""
        number = self._article_of(key)
        [first] = self._scratch.row("SELECT first FROM article WHERE number = ?", number)
        section = self._article(number).sections[key - first]
        return section.heading, section.text

    def _article_of(self, key: int) -> int:
        [number] = self._scratch.row("SELECT article FROM section WHERE number = ?", key)
        return int(number)

    def _read(self, number: int) -> Article:
        [data] = self._scratch.row("SELECT data FROM article WHERE number = ?", number)
        return _decode(data)


def _decode(data: str) -> Article:
    return decode_as(Article, json.loads(data))


def sortable(value: Any) -> bytes:
    """Bytes that sort as a value does among others of its shape: a whole number, a text without
    NUL, or several of these.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass") + b"\0"
    if isinstance(value, int):
        size = (value.bit_length() + 7) // 8
        sign, digits = (1, value) if value >= 0 else (-1, 256**size + value)
        return (0x8000 + sign * size).to_bytes(2, "big") + digits.to_bytes(size, "big")
    return b"".join(b"\1" + sortable(each) for each in value) + b"\0"


class _Groups:
    """Groups on disk: see `kb.index.twins.Groups`."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch, self._next = scratch, 0

    def with_equal(self, equal: bytes, article: Hashable) -> int | None:
        """See Groups."""
        row = self._scratch.row(
            "SELECT number FROM equal WHERE print = ? AND NOT EXISTS"
            " (SELECT 1 FROM member WHERE member.number = equal.number AND article = ?)"
            " ORDER BY equal.rowid LIMIT 1",
            equal, article,
        )  # fmt: skip
        return None if row is None else int(row[0])

    def with_alike(self, keys: Sequence[int]) -> Iterable[Group[int]]:
        """See Groups."""
        question = (
            "SELECT group_.number, size, first"
            " FROM alike JOIN group_ ON group_.number = alike.number"
            " WHERE key = ? ORDER BY alike.number LIMIT ?"
        )
        return {Group(*row) for key in keys for row in self._scratch.rows(question, key, RIVALS)}

    def has(self, number: int, article: Hashable) -> bool:
        """See Groups."""
        question = "SELECT 1 FROM member WHERE number = ? AND article = ?"
        return self._scratch.row(question, number, article) is not None

    def begin(self, first: int, size: int, keys: Sequence[int]) -> int:
        """See Groups."""
        number, self._next = self._next, self._next + 1
        self._scratch.write("INSERT INTO group_ VALUES (?, ?, ?, 0)", number, size, first)
        rows = ((key, number) for key in keys)
        self._scratch.write_all("INSERT OR IGNORE INTO alike VALUES (?, ?)", rows)
        return number

    def note(self, number: int, equal: bytes) -> None:
        """See Groups."""
        self._scratch.write("INSERT INTO equal VALUES (?, ?)", equal, number)

    def put(self, number: int, section: int, article: Hashable) -> None:
        """See Groups."""
        self._scratch.write(
            "INSERT INTO member SELECT ?, ?, number, count FROM group_ WHERE number = ?",
            section, article, number,
        )  # fmt: skip
        self._scratch.write("UPDATE group_ SET count = count + 1 WHERE number = ?", number)

    def count(self) -> int:
        """How many groups have more than one section."""
        return int(self._scratch.row("SELECT COUNT(*) FROM group_ WHERE count > 1")[0])
