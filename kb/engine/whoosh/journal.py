"""What the last updates changed, for who made something of the index and would follow it.

Each line of the journal leads from one state of the index to the next, and holds what has changed
between them. A state is a hash of what the index consists of.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from kb.engine.reading import Changed

if TYPE_CHECKING:
    from pathlib import Path

FILE = "journal.json"
LONGEST = 20
"""Updates that are remembered."""


def follow(folder: Path, since: str, now: str) -> Changed | None:
    """What changed between two states; None where that is not known."""
    terms: set[str] = set()
    words: Counter[str] = Counter()
    for before, after, changed_terms, changed_words in reversed(_read(folder)):
        if since == now:
            break
        if after != now:
            return None
        terms.update(changed_terms)
        words.update(changed_words)
        now = before
    return Changed(frozenset(terms), words) if since == now else None


def end(folder: Path) -> None:
    """Forget everything: an update changed more than terms."""
    (folder / FILE).unlink(missing_ok=True)


def append(folder: Path, before: str, after: str, changed: Changed) -> None:
    """Note what an update changed."""
    path = folder / FILE
    line = [before, after, sorted(changed.terms), dict(sorted(changed.words.items()))]
    lines = [*_read(folder), line][-LONGEST:]
    temporary = folder / (FILE + ".new")
    temporary.write_text(json.dumps(lines), encoding="utf-8")
    temporary.replace(path)  # the file itself may be shared with the generation before


def _read(folder: Path) -> list[Any]:
    try:
        lines = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return lines if isinstance(lines, list) and all(map(_is_line, lines)) else []


def _is_line(line: Any) -> bool:
    return (
        isinstance(line, list)
        and [type(part) for part in line] == [str, str, list, dict]
        and all(isinstance(term, str) for term in line[2])
        and all(type(more) is int for more in line[3].values())
    )
