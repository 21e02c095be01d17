"""What the last export wrote, shard by shard: what has not changed is not written anew.

    search.json     what is known of the shards and of the index they were made of
    search.rows     their rows: what is written of each term, and shown of each section

Both are beside each other. The first is sealed: damaged or cut, it is as none; so is each
shard's part of the second (see `Store`).
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.files import read_sealed, write_sealed
from kb.site.search.encoding import plain
from kb.site.search.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kb.site.search.store import Place

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


class Kept:
    """Shards by kind, and notes by name: those of the last export, and those of this one.

    Rows and records hold no line ends, being JSON. What is put after `begin` counts when `save`
    was reached; what another `version` wrote counts as not there. Without a `path`, or where it
    can't be written, nothing is kept.

    `last` has the notes of the last export, `cards` the records that cards are made of, by the
    stamp of their document.
    """

    def __init__(self, path: Path | None = None, version: str = "") -> None:
        self._notes_path = path.with_suffix(".json") if path else None
        self._store = Store(path) if path else None
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
