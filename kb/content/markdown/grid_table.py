"""Grid tables of Pandoc, as tables that GitHub has: https://pandoc.org/MANUAL.html#extension-grid_tables.

A cell is one line there: what stands apart in it, such as items of a list, stands behind `<br>`.
Cells over several columns or rows, and cells with code, are read by nothing here.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BORDER = re.compile(r" {0,3}\+(?:[:]?[-=]+[:]?\+)+[ \t]*\Z")
_APART = re.compile(r"(?:[-*+]|\d{1,9}[.)]|\(?[a-z][.)])[ \t]")


def is_border(line: str) -> bool:
    """Whether a line may begin a grid table."""
    return _BORDER.match(line) is not None


def as_pipe_table(lines: Sequence[str]) -> list[str] | None:
    """The lines of a grid table as those of a table with pipes, as many; None for what is none, or
    has cells that such a table can't hold.
    """
    lines = [line.rstrip() for line in lines]
    signs = [at for at, sign in enumerate(lines[0]) if sign == "+"]
    borders = [at for at, line in enumerate(lines) if is_border(line)]
    is_table = len(borders) > 1 and borders[-1] == len(lines) - 1
    if not is_table or not all(_fits(line, signs) for line in lines):
        return None
    rows = [_row(lines[a + 1 : b], signs) for a, b in pairwise(borders)]
    headed = [at for at in borders if "=" in lines[at]]
    if any("```" in cell or "~~~" in cell for row in rows for cell in row) or headed[1:]:
        return None
    shape = lines[headed[0] if headed else 0]
    rules = [_rule(shape[a + 1 : b]) for a, b in pairwise(signs)]
    head = rows[:1] if headed == borders[1:2] and headed else [[""] * len(rules)]
    body = rows[len(rows[:1]) :] if head[0] is rows[0] else rows
    made = [f"| {' | '.join(cells)} |" for cells in (*head, rules, *body)]
    return [*made, *[""] * (len(lines) - len(made))] if len(made) <= len(lines) else None


def _fits(line: str, signs: Sequence[int]) -> bool:
    """Whether a line has the signs of its table at their places, and so no wider cell."""
    wanted = "+" if is_border(line) else "|"
    if len(line) != signs[-1] + 1 or any(line[at] != wanted for at in signs):
        return False
    return wanted == "|" or line.count("+") == len(signs)


def _row(lines: Sequence[str], signs: Sequence[int]) -> list[str]:
    return [_cell([line[a + 1 : b].strip() for line in lines]) for a, b in pairwise(signs)]


def _cell(lines: Sequence[str]) -> str:
    parts: list[str] = []
    is_apart = True
    for line in lines:
        if line and (is_apart or _APART.match(line)):
            parts.append(line)
        elif line:
            parts[-1] = f"{parts[-1].removesuffix(chr(92))} {line}"
        is_apart = not line
    return "<br>".join(parts).replace("|", "\\|")


def _rule(border: str) -> str:
    return f"{':' * border.startswith(':')}---{':' * border.endswith(':')}"
