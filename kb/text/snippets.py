"""The part of a section's text that shows why it was found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.text.characters import compose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.text.analysis import Analyzer, Token

WIDTH = 200
"""Characters of a snippet, at most, besides the ellipses."""

SEARCHED = 30_000
"""Characters of a section that are searched for the best passage."""

_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?:[.!?:][\"')\u201d]?\s|\n)")


class Snippet(NamedTuple):
    """Plain text on one line, and sorted, disjoint (start, end) offsets of the words found."""

    text: str
    highlights: tuple[tuple[int, int], ...]


def make_snippet(text: str, terms: Mapping[str, float], analyzer: Analyzer) -> Snippet:
    """The passage of `text` that holds most of the terms, each counted once by its weight.

    Among equals the first wins; it starts with a sentence where one is near.
    """
    text = _SPACE.sub(_keep_breaks, compose(text[:SEARCHED])).strip()
    found = [token for token in analyzer.tokens(text) if token.term in terms]
    start = _passage_start(text, _best(found, terms))
    end = _passage_end(text, start)
    before, after = ("\u2026 " if start else ""), (" \u2026" if end < len(text) else "")
    shown = text[start:end].rstrip()
    marks = _marks(found, start, start + len(shown), len(before) - start)
    return Snippet((before + shown + after).replace("\n", " "), marks)


def _keep_breaks(match: re.Match[str]) -> str:
    """White space becomes one character; the end of a block is kept to find sentences by."""
    return "\n" if "\n" in match[0] else " "


def _best(found: Sequence[Token], terms: Mapping[str, float]) -> int:
    """The offset of the first word of the best passage, 0 where no word was found."""
    best, best_start, first = 0.0, 0, 0
    for last, token in enumerate(found):
        while first < last and token.end - found[first].start > WIDTH:
            first += 1
        weight = sum(terms[term] for term in {t.term for t in found[first : last + 1]})
        if weight > best:
            best, best_start = weight, found[first].start
    return best_start


def _passage_start(text: str, start: int) -> int:
    """Where to begin so that `start` is shown: a sentence's start nearby, else a word's."""
    if start < WIDTH // 3:
        return 0
    near = text[start - WIDTH // 3 : start]
    sentences = [match.end() for match in _SENTENCE_END.finditer(near)]
    if sentences:
        return start - len(near) + sentences[-1]
    space = near.find(" ", len(near) // 2)
    return start - len(near) + space + 1 if space >= 0 else start


def _passage_end(text: str, start: int) -> int:
    """Where a passage of at most WIDTH characters ends: after a word where there is one."""
    end = start + WIDTH
    if end >= len(text):
        return len(text)
    space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return space if space > start + WIDTH // 2 else end


def _marks(found: Sequence[Token], start: int, end: int, shift: int) -> tuple[tuple[int, int], ...]:
    marks: list[tuple[int, int]] = []
    for token in sorted(found, key=lambda token: (token.start, -token.end)):
        if token.start >= start and token.end <= end:
            mark = (token.start + shift, token.end + shift)
            if marks and mark[0] < marks[-1][1]:
                continue  # a part of a word that is marked whole
            marks.append(mark)
    return tuple(marks)
