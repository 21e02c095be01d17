"""Shards: rows packed one after the other, each shard as full as it may be, and what is kept of the
last export, so that what has not changed is not written anew.

Where a shard begins depends on all rows before it. But a shard of the last export, none of
whose rows has changed, is the same again if a shard begins where it did: then neither its rows
are looked at, nor its bytes, unless someone asks for them.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.site.export.encoding import Shard, plain, shortest_after
from kb.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FORMAT = 5

_NOTES = "notes"
"""The key of what is noted of an export."""

_UTF8 = ("utf-8", "surrogatepass")


class Block(NamedTuple):
    """A shard of an export: its number, hash and digest, the names of its first and last row,
    the sizes of the first one and of all, and the key under which its rows are kept.
    """

    number: int
    hash: str
    digest: str
    first: Any
    last: Any
    first_size: int
    size: int
    rows: str


class ShardCache:
    """Shards by kind, and notes by name: those of the last export, and those of this one.

    Rows and records hold no line ends, being JSON. What is put counts when `save` was reached and
    the store is saved; what another `version` wrote counts as not there. Without a store nothing is
    kept.

    `last` has the notes of the last export, from which large ones are taken out as they are used;
    `cards` the records that cards are made of, by the stamp of their document. In the store rows
    are under their hash.
    """

    def __init__(self, store: Store | None = None, version: str = "", language: str = "") -> None:
        """`language` tells one of several exports in a store from the others."""
        self._store = store or Store(None)
        self._kinds = [f"search {what} {language}".rstrip() for what in ("notes", "cards", "rows")]
        self._version = version
        self._notes: dict[str, Any] = {}
        self._old: dict[str, list[Block]] = {}
        self._new: dict[str, list[Block]] = {}
        self._gone: set[str] = set()
        self._known: frozenset[str] = frozenset()
        self.last: dict[str, Any] = {}
        self.cards: dict[str, str] = {}
        self._read()

    def note(self, name: str, value: Any) -> None:
        """Note a value, which JSON can hold, for the next export."""
        self._notes[name] = value

    def noted(self, name: str) -> Any:
        """The value of that name that was noted for the next export."""
        return self._notes[name]

    def blocks(self, kind: str) -> Sequence[Block]:
        """The shards of a kind in the last export."""
        return self._old.get(kind, [])

    def lines(self, block: Block) -> list[str] | None:
        """The rows of a shard of the last export; None if they are damaged."""
        text = self._store.get(self._kinds[2], block.rows)
        return None if text is None else text.decode(*_UTF8).split("\n")

    def keep(self, kind: str, block: Block) -> None:
        """Keep a shard of the last export for the next."""
        self._new.setdefault(kind, []).append(block)

    def put(self, kind: str, block: Block, lines: Iterable[str]) -> None:
        """Keep a new shard for the next export; the key of its rows is seen to."""
        text = "\n".join(lines).encode(*_UTF8)
        block = block._replace(rows=hashlib.sha256(text).hexdigest()[:32])
        self._store.put(self._kinds[2], [(block.rows, text)])
        self.keep(kind, block)

    def save(self) -> None:
        """Let what was put or kept be what the next export finds."""
        store, (noted, carded, rows) = self._store, self._kinds
        notes = plain([FORMAT, self._version, self._notes, self._new])
        store.put(noted, [(_NOTES, notes.encode(*_UTF8))])
        store.drop(rows, (self._gone or _keys(self._old)) - _keys(self._new))
        new = ((k, card.encode(*_UTF8)) for k, card in self.cards.items() if k not in self._known)
        store.put(carded, new)
        store.drop(carded, self._known - self.cards.keys())

    def _read(self) -> None:
        """Read what the last export left, if that is whole and of this version."""
        cards = {key: card.decode(*_UTF8) for key, card in self._store.all(self._kinds[1])}
        self._known = frozenset(cards)
        try:
            format_, version, last, kinds = json.loads(
                self._store.get(self._kinds[0], _NOTES) or b"[]"
            )
            self._old = {kind: [Block(*row) for row in rows] for kind, rows in kinds.items()}
        except (ValueError, TypeError, AttributeError, RecursionError):
            return
        if (format_, version) == (FORMAT, self._version):
            self.last, self.cards = last, cards
        else:
            self._gone, self._old = _keys(self._old), {}


def _keys(blocks: Mapping[str, Sequence[Block]]) -> set[str]:
    return {block.rows for kind in blocks.values() for block in kind}


class Row(NamedTuple):
    """A row of a shard: what it is found by, its JSON, the characters that it adds to a shard,
    and what else a shard needs of it.
    """

    name: Any
    text: str
    size: int
    beside: str = ""


class Rows(Protocol):
    """The rows of one kind: how shards are made of them, and how they are kept."""

    kind: str
    """The first letter of the shards' names."""

    limit: int
    """Characters that a shard holds at most. A larger row has a shard of its own."""

    def shard(self, number: int, rows: Sequence[Row]) -> Shard:
        """The shard of some rows."""

    def line(self, row: Row) -> str:
        """A row as it is kept."""

    def unpack(self, block: Block) -> list[Row]:
        """The rows of a shard of the last export, in which no row has changed."""


def pack(
    pieces: Iterable[Row | Block], rows: Rows, kept: ShardCache
) -> Iterator[tuple[Any, Shard]]:
    """(where it begins, shard) of all shards: the name of the first row, or of names that are text
    the shortest beginning that is after all before it. `pieces` are rows, and shards of the last
    export in which nothing has changed, in order.
    """
    packer = _Packer(rows, kept)
    for piece in pieces:
        if isinstance(piece, Row):
            yield from packer.add(piece)
        elif packer.has_room(piece.first_size):
            for row in rows.unpack(piece):
                yield from packer.add(row)
        else:
            yield from packer.finish()
            packer.take(piece)
    yield from packer.finish()


class _Packer:
    """Fills a shard: with rows, or, while `_whole` is set, as it was in the last export."""

    def __init__(self, rows: Rows, kept: ShardCache) -> None:
        self._rows = rows
        self._kept = kept
        self._number = 0
        self._held: list[Row] = []
        self._whole: Block | None = None
        self._size = 0
        self._before: Any = ""

    def has_room(self, size: int) -> bool:
        """Whether a shard is begun that has room for a row of that size."""
        begun = self._whole is not None or bool(self._held)
        return begun and self._size + size <= self._rows.limit

    def add(self, row: Row) -> Iterator[tuple[Any, Shard]]:
        """Add a row; the full shard before it, if there is one."""
        if not self.has_room(row.size):
            yield from self.finish()
        self._unpack()
        self._held.append(row)
        self._size += row.size

    def take(self, block: Block) -> None:
        """Begin with all rows of a shard of the last export, which began here, too."""
        self._whole, self._size = block, block.size

    def finish(self) -> Iterator[tuple[Any, Shard]]:
        """The shard of what was added, if that is any; the next one is begun."""
        whole = self._whole
        if whole and whole.number == self._number:
            self._kept.keep(self._rows.kind, whole)
            yield self._begin(whole.first, whole.last), self._same(whole)
            self._number += 1
        else:
            self._unpack()
            if self._held:
                yield self._begin(self._held[0].name, self._held[-1].name), self._new()
                self._number += 1
        self._held, self._whole, self._size = [], None, 0

    def _begin(self, first: Any, last: Any) -> Any:
        """Where a shard begins that holds the names from the first to the last."""
        before, self._before = self._before, last
        return shortest_after(before, first) if isinstance(first, str) else first

    def _same(self, block: Block) -> Shard:
        """A shard as it was in the last export."""
        rows = self._rows
        return Shard(
            f"{rows.kind}{block.number}",
            block.hash,
            block.digest,
            lambda: rows.shard(block.number, rows.unpack(block)).data,
        )

    def _new(self) -> Shard:
        rows, held = self._rows, self._held
        shard = rows.shard(self._number, held)
        block = Block(
            number=self._number,
            hash=shard.hash,
            digest=shard.digest,
            first=held[0].name,
            last=held[-1].name,
            first_size=held[0].size,
            size=self._size,
            rows="",
        )
        self._kept.put(rows.kind, block, map(rows.line, held))
        return shard

    def _unpack(self) -> None:
        """Take what is held as rows."""
        if self._whole:
            self._held, self._whole = self._rows.unpack(self._whole), None
