"""Abbreviations that a text explains: `Return Merchandise Authorization (RMA)`, `RMA (Return …)`.

After A. Schwartz, M. Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text", PSB 2003, but stricter: the initials of the words, without stop words or with
them, are the abbreviation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_BEHIND = re.compile(r"\(([A-Z][A-Z0-9]{1,6})s?\)")
_BEFORE = re.compile(r"\b([A-Z][A-Z0-9]{1,6}) \(([^()\n]{5,80})\)")
_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"[.;:!?,()\n]")
REACH = 120
"""Characters before an abbreviation in which its words stand."""


def explained(text: str, stop_words: Collection[str]) -> Iterator[tuple[str, str]]:
    """(abbreviation, what it stands for) of each that a text explains."""
    for match in _BEHIND.finditer(text):
        before = text[max(0, match.start() - REACH) : match.start()].rstrip()
        ends = [end.end() for end in _END.finditer(before)]
        found = _spelt(match[1], before[ends[-1] if ends else 0 :], stop_words)
        if found:
            yield match[1], found
    for match in _BEFORE.finditer(text):
        found = _spelt(match[1], match[2], stop_words)
        if found and _WORD.findall(found) == _WORD.findall(match[2]):
            yield match[1], found


def _spelt(short: str, text: str, stop_words: Collection[str]) -> str:
    """The last words of a text whose initials are an abbreviation; empty if there are none."""
    every = list(_WORD.finditer(text))
    content = [word for word in every if word[0].lower() not in stop_words]
    for words in (every, content):
        last = words[-len(short) :]
        initials = "".join(word[0][0] for word in last)
        if last and last[-1] is every[-1] and initials.lower() == short.lower():
            return text[last[0].start() : last[-1].end()]
    return ""
