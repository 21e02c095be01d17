"""Packing rows into shards, one after the other, each as full as it may be.

Where a shard begins depends on all rows before it. But a shard of the last export, none of
whose rows has changed, is the same again if a shard begins where it did: then neither its rows
are looked at, nor its bytes, unless someone asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.site.export.encoding import Shard
from kb.site.export.shard_cache import NOWHERE, Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.site.export.shard_cache import ShardCache


class Row(NamedTuple):
    """A row of a shard: what it is found by, its JSON, the characters that it adds to a shard,
    and what else is known of it.
    """

    name: Any
    text: str
    size: int
    beside: str


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
    """(name of the first row, shard) of all shards. `pieces` are rows, and shards of the last
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
        if whole and whole.number == self._number and self._kept.keep(self._rows.kind, whole):
            yield whole.first, self._same(whole)
            self._number += 1
        else:
            self._unpack()
            if self._held:
                yield self._held[0].name, self._new()
                self._number += 1
        self._held, self._whole, self._size = [], None, 0

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
            place=NOWHERE,
        )
        self._kept.put(rows.kind, block, map(rows.line, held))
        return shard

    def _unpack(self) -> None:
        """Take what is held as rows."""
        if self._whole:
            self._held, self._whole = self._rows.unpack(self._whole), None
