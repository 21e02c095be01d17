"""What waits for its turn: in memory while it is little, else in a temporary file."""

from __future__ import annotations

import pickle
import tempfile
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar

from kb.site.records import Draft

if TYPE_CHECKING:
    from kb.site.records import Record

T = TypeVar("T")

_IN_MEMORY = 16_000_000
"""Characters of text held in memory: more articles than most sites have."""


class Spool(Generic[T]):
    """Holds values by name; each can be taken once."""

    def __init__(self, room: int = _IN_MEMORY) -> None:
        self._room = room
        self._held: dict[str, T] = {}
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[int, int]] = {}

    def hold(self, name: str, value: T, size: int) -> None:
        """Hold a value of `size` characters of text."""
        if size <= self._room:
            self._room -= size
            self._held[name] = value
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the spool
        data = pickle.dumps(value, protocol=5)
        self._places[name] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def let_go(self, name: str) -> T | None:
        """The value of that name, which is not held any more; None if it never was."""
        held = self._held.pop(name, None)
        place = self._places.pop(name, None)
        if held is not None or place is None or self._file is None:
            return held
        start, length = place
        self._file.seek(start)
        value: T = pickle.loads(self._file.read(length))  # noqa: S301  this spool wrote it
        return value

    def close(self) -> None:
        """Let everything go."""
        self._held.clear()
        self._places.clear()
        if self._file is not None:
            self._file.close()


class Drafts:
    """Holds drafts by name; each can be taken once. Their records stay in memory: everything
    needs those.
    """

    def __init__(self, room: int = _IN_MEMORY) -> None:
        self._spool: Spool[tuple[Any, ...]] = Spool(room)
        self._records: dict[str, Record] = {}

    def put(self, name: str, draft: Draft) -> None:
        """Hold a draft."""
        rest = (draft.wants, draft.html, draft.outline, draft.questions, draft.body)
        self._spool.hold(name, rest, len(draft.html) + len(draft.body))
        self._records[name] = draft.record

    def take(self, name: str) -> Draft | None:
        """The draft of that name, which is not held any more; None if it never was."""
        rest = self._spool.let_go(name)
        return None if rest is None else Draft(self._records.pop(name), *rest)

    def close(self) -> None:
        """Let everything go."""
        self._spool.close()
        self._records.clear()
