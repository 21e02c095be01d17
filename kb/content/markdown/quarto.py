"""What Quarto and Pandoc write otherwise than all others, as they do: lines for lines.

A cell (```` ```{python} ````) is code without the lines of its options (`#| label: a`), and is
nowhere where these say so. Raw text (```` ```{=html} ````) is HTML, or for another format and
nowhere. `| verse` keeps its lines apart, and tables in a grid are tables. In other code nothing is
changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.grid_table import as_pipe_table, is_border

if TYPE_CHECKING:
    from collections.abc import Sequence

_FENCE = re.compile(r"(?P<margin>[ \t]*)(?P<signs>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*?)[ \t]*\Z")
_RAW = re.compile(r"\{=(?P<format>[a-z0-9]{1,30})\}")
_CELL = re.compile(r"\{(?P<more>\{?)(?P<language>[A-Za-z]\w{0,30})(?P<rest>[\s,][^{}]*)?\}{1,2}\Z")
_OPTION = re.compile(r"[ \t]*(?:#|//|%%|--|;)\|(?P<text>[^\n]*)\Z")
_HIDES = re.compile(r"[ \t]*(?:echo|include)[ \t]*[:=][ \t]*(?:false|no)\b", re.IGNORECASE)
_HIDES_IN_LINE = re.compile(r"\b(?:echo|include)[ \t]*=[ \t]*(?:FALSE|F|false)\b")
_VERSE = re.compile(r" {0,3}\|(?: (?P<space> *)(?P<text>\S.*)?)?\Z")
_CELLS = re.compile(r"(?<!\\)\|[ \t]*\Z")


def as_others_write(body: str) -> str:
    """A text with fences and verses as CommonMark has them. It has as many lines as before."""
    if not any(sign in body for sign in ("```", "~~~", "|")):
        return body
    lines = body.split("\n")
    made: list[str] = []
    while len(made) < len(lines):
        at = len(made)
        fence = _FENCE.match(lines[at])
        if fence:
            made += _block(fence, lines[at : _end_of(lines, at, fence)])
        elif is_border(lines[at]) and not (at and made[-1].strip()):
            made += _table(lines, at)
        elif _VERSE.match(lines[at]) and not (at and made[-1].strip()):
            made += _verse(lines, at)
        else:
            made.append(lines[at])
    return "\n".join(made)


def _end_of(lines: Sequence[str], start: int, fence: re.Match[str]) -> int:
    """The line behind a block of code; all lines, where nothing ends it."""
    for at in range(start + 1, len(lines)):
        found = _FENCE.match(lines[at])
        if found and not found["info"] and found["signs"].startswith(fence["signs"]):
            return at + 1
    return len(lines)


def _block(fence: re.Match[str], lines: list[str]) -> list[str]:
    """What the lines of a block of code become."""
    nothing = [""] * len(lines)
    if raw := _RAW.match(fence["info"]):
        is_html = raw["format"].startswith("html") and len(lines) > 1
        return ["", *lines[1:-1], ""] if is_html else nothing
    cell = _CELL.match(fence["info"])
    if cell is None:
        return lines
    opened = f"{fence['margin']}{fence['signs']}{cell['language']}"
    options = 1
    while not cell["more"] and options < len(lines) - 1 and _OPTION.match(lines[options]):
        options += 1
    said = [found["text"] for line in lines[1:options] if (found := _OPTION.match(line))]
    is_hidden = any(map(_HIDES.match, said)) or _HIDES_IN_LINE.search(cell["rest"] or "")
    return nothing if is_hidden else [*[""] * (options - 1), opened, *lines[options:]]


def _table(lines: Sequence[str], start: int) -> list[str]:
    """What the lines of a grid from `start` on become; as they stand where it is none."""
    stop = start
    while stop < len(lines) and lines[stop].lstrip().startswith(("+", "|")):
        stop += 1
    return as_pipe_table(lines[start:stop]) or list(lines[start:stop])


def _verse(lines: Sequence[str], start: int) -> list[str]:
    """What lines of verse from `start` on become, up to the first that is none; as they stand
    where they are a table.
    """
    stop = start
    while stop < len(lines) and _VERSE.match(lines[stop]):
        stop += 1
    verse = lines[start:stop]
    is_table = len(verse) > 1 and any(map(_CELLS.search, verse[:2]))
    if is_table or (stop < len(lines) and lines[stop].strip()):
        return list(verse)
    found = [_VERSE.match(line) for line in verse]
    texts = [f"{'&nbsp;' * len(m['space'] or '')}{m['text'] or ''}" for m in found if m]
    return [*(f"{text or '&nbsp;'}\\" for text in texts[:-1]), texts[-1] or "&nbsp;"]
