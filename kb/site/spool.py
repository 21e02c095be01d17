"""Drafts that wait for their turn: in memory while they are few, else in a temporary file."""

from __future__ import annotations

import pickle
import tempfile
from typing import IO, TYPE_CHECKING, Any

from kb.site.records import Draft

if TYPE_CHECKING:
    from kb.site.records import Record

_IN_MEMORY = 16_000_000
"""Characters of HTML and Markdown held in memory: more articles than most sites have."""


class Spool:
    """Holds drafts by name; each can be taken once."""

    def __init__(self, room: int = _IN_MEMORY) -> None:
        self._room = room
        self._held: dict[str, Draft] = {}
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[Record, int, int]] = {}

    def put(self, name: str, draft: Draft) -> None:
        """Hold a draft. Its record stays in memory: everything needs that."""
        size = len(draft.html) + len(draft.body)
        if size <= self._room:
            self._room -= size
            self._held[name] = draft
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the spool
        data = pickle.dumps((draft.html, draft.outline, draft.questions, draft.body), protocol=5)
        self._places[name] = (draft.record, self._file.seek(0, 2), len(data))
        self._file.write(data)

    def take(self, name: str) -> Draft | None:
        """The draft of that name, which is not held any more; None if it never was."""
        held = self._held.pop(name, None)
        place = self._places.pop(name, None)
        if held is not None or place is None or self._file is None:
            return held
        record, start, length = place
        self._file.seek(start)
        parts: tuple[Any, ...] = pickle.loads(self._file.read(length))  # noqa: S301  our own
        html, outline, questions, body = parts
        return Draft(record, html, outline, questions, body)

    def __contains__(self, name: str) -> bool:
        return name in self._held or name in self._places

    def close(self) -> None:
        """Let everything go."""
        self._held.clear()
        self._places.clear()
        if self._file is not None:
            self._file.close()
