"""Shards: rows packed one after the other, each shard as full as it may be, and the cache of what
the last export wrote, so that what has not changed is not written anew.

    search.json     what is known of the shards and of the index they were made of
    search.rows     their rows: what is written of each term, and shown of each section

Both are beside each other. The first is sealed: damaged or cut, it is as none; so is each
shard's part of the second (see `AppendLog`).

Where a shard begins depends on all rows before it. But a shard of the last export, none of
whose rows has changed, is the same again if a shard begins where it did: then neither its rows
are looked at, nor its bytes, unless someone asks for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import zlib
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.files import read_sealed, write_sealed
from kb.site.export.encoding import Shard, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_TO_ADD = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)

_MOST_WASTE = 2
"""A file that is more than so many times as large as what is kept of it is written anew."""


Place = Sequence[int]
"""Where a text lies in the file: its first byte, its length in bytes, and its CRC-32."""


class AppendLog:
    """The file. What is added counts once `finish` was reached and the places were written down.

    Where the file can't be written, what is added goes nowhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = path.with_name(f"{path.name}.new")
        self._reading: IO[bytes] | None = None
        self._writing: IO[bytes] | None = None
        self._is_anew = False
        self._found = self._end = 0

    def holds(self, places: Iterable[Place]) -> bool:
        """Whether the file is large enough for all places."""
        try:
            size = self._path.stat().st_size
        except OSError:
            return False
        return all([start + length <= size for start, length, _ in places])  # noqa: C419 faster

    def open(self, kept: Iterable[Place]) -> bool:
        """Get ready to add texts to those at the places `kept`; False where that can't be done.

        What is of no use any more stays in the file until that is most of it.
        """
        size = sum([length for _, length, _ in kept])
        with contextlib.suppress(OSError):
            self._reading = self._path.open("rb")
            self._found = self._reading.seek(0, os.SEEK_END)
        grows = 0 < self._found <= _MOST_WASTE * size and _is_own(self._path)
        self._is_anew, self._end = not grows, self._found if grows else 0
        with contextlib.suppress(OSError):
            self._writing = self._start_anew() if self._is_anew else self._start_adding()
        return self._writing is not None

    def read(self, place: Place) -> str | None:
        """The text at a place of the file as it was found; None if it is not there or damaged."""
        data = self._read(place)
        return None if data is None else data.decode(errors="surrogatepass")

    def keep(self, place: Place) -> Place | None:
        """Where a text of the file as it was found lies from now on; None if it has to be added
        again, being damaged.
        """
        if not self._is_anew:
            return place
        data = self._read(place)
        return None if data is None else self._write(data, place[-1])

    def add(self, text: str) -> Place:
        """Add a text, and say where it lies."""
        data = text.encode(errors="surrogatepass")
        return self._write(data, zlib.crc32(data))

    def finish(self) -> bool:
        """Let what was added stay; False if it could not be written."""
        writing, self._writing = self._writing, None
        if writing is None:
            return False
        try:
            writing.close()
            if self._is_anew:
                self._new.replace(self._path)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the file, and leave nothing in it of what was added but not finished."""
        self._give_up()
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _read(self, place: Place) -> bytes | None:
        start, length, checksum = place
        if self._reading is None:
            return None
        with contextlib.suppress(OSError):
            self._reading.seek(start)
            data = self._reading.read(length)
            if len(data) == length and zlib.crc32(data) == checksum:
                return data
        return None

    def _write(self, data: bytes, checksum: int) -> Place:
        place = (self._end, len(data), checksum)
        self._end += len(data)
        if self._writing is not None:
            try:
                self._writing.write(data)
            except OSError:  # a full disk is for those to tell who need more than this
                self._give_up()
        return place

    def _give_up(self) -> None:
        writing, self._writing = self._writing, None
        if writing is None:
            return
        with contextlib.suppress(OSError):
            writing.close()
        with contextlib.suppress(OSError):
            if self._is_anew:
                self._new.unlink(missing_ok=True)
            else:
                os.truncate(self._path, self._found)

    def _start_anew(self) -> IO[bytes]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._new.unlink(missing_ok=True)
        return self._new.open("xb")

    def _start_adding(self) -> IO[bytes]:
        return os.fdopen(os.open(self._path, _TO_ADD), "ab")


def _is_own(path: Path) -> bool:
    """Whether a file is none that something else would see change: no link, and known by no other
    name.
    """
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


FORMAT = 1


class Block(NamedTuple):
    """A shard of an export: its number, hash and digest, the names of its first and last row,
    the sizes of the first one and of all, and where its rows are kept.
    """

    number: int
    hash: str
    digest: str
    first: Any
    last: Any
    first_size: int
    size: int
    place: Place


NOWHERE: Place = (0, 0, 0)
"""The place of rows that are not kept yet."""


class ShardCache:
    """Shards by kind, and notes by name: those of the last export, and those of this one.

    Rows and records hold no line ends, being JSON. What is put after `begin` counts when `save`
    was reached; what another `version` wrote counts as not there. Without a `path`, or where it
    can't be written, nothing is kept.

    `last` has the notes of the last export, `cards` the records that cards are made of, by the
    stamp of their document.
    """

    def __init__(self, path: Path | None = None, version: str = "") -> None:
        self._notes_path = path.with_suffix(".json") if path else None
        self._store = AppendLog(path) if path else None
        self._notes: dict[str, Any] = {"format": FORMAT, "version": version}
        self._old: dict[str, list[Block]] = {}
        self._new: dict[str, list[Block]] = {}
        self.last: dict[str, Any] = {}
        self.cards: dict[str, str] = {}
        self._read()

    def begin(self) -> bool:
        """Get ready to keep what is made of an index; False where nothing can be kept."""
        return self._store is not None and self._store.open(_places(self._old))

    def note(self, name: str, value: Any) -> None:
        """Note a value, which JSON can hold, for the next export."""
        self._notes[name] = value

    def blocks(self, kind: str) -> Sequence[Block]:
        """The shards of a kind in the last export."""
        return self._old.get(kind, [])

    def lines(self, block: Block) -> list[str] | None:
        """The rows of a shard of the last export; None if they are damaged."""
        text = None if self._store is None else self._store.read(block.place)
        return None if text is None else text.split("\n")

    def keep(self, kind: str, block: Block) -> bool:
        """Keep a shard of the last export for the next; False if it is damaged."""
        place = None if self._store is None else self._store.keep(block.place)
        if place is not None:
            same = place is block.place
            self._new.setdefault(kind, []).append(block if same else block._replace(place=place))
        return place is not None

    def put(self, kind: str, block: Block, lines: Iterable[str]) -> None:
        """Keep a new shard for the next export; its place is seen to."""
        if self._store is not None:
            place = self._store.add("\n".join(lines))
            self._new.setdefault(kind, []).append(block._replace(place=place))

    def save(self) -> None:
        """Let what was put or kept be what the next export finds."""
        if self._store is None or self._notes_path is None or not self._store.finish():
            return
        records = (f"{stamp}\t{record}" for stamp, record in self.cards.items())
        lines = "\n".join([plain([self._notes, self._new]), *records])
        with contextlib.suppress(OSError):
            write_sealed(self._notes_path, (lines.encode(errors="surrogatepass"),))

    def close(self) -> None:
        """Let go of the file; what was not saved goes with it."""
        if self._store is not None:
            self._store.close()

    def _read(self) -> None:
        """Read what the last export left, if that is whole and of this version."""
        if self._store is None or self._notes_path is None:
            return
        head, *lines = (
            (read_sealed(self._notes_path) or b"").decode(errors="surrogatepass").split("\n")
        )
        try:
            last, kinds = json.loads(head)
            blocks = {kind: [Block(*row) for row in rows] for kind, rows in kinds.items()}
            cards = dict(line.split("\t", 1) for line in lines)
            same = all(last[name] == known for name, known in self._notes.items())
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return
        if same and self._store.holds(_places(blocks)):
            self.last, self._old, self.cards = last, blocks, cards


def _places(blocks: Mapping[str, Sequence[Block]]) -> list[Place]:
    return [block.place for kind in blocks.values() for block in kind]


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
