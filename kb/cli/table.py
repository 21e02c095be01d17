"""A table as lines: columns side by side, or one below the other where there is no room."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from kb.cli.text import Line, Span, Style, columns, line_of, longest_word, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2
# A column need not be wider than this for the sake of one long word.
_LONG_WORD = 16


def table_lines(rows: Sequence[Sequence[Line]], width: int, rule: str) -> list[Line]:
    """The rows, of which the first is the head, in at most `width` columns."""
    head, *body = rows
    cells = list(zip(*rows, strict=True))
    natural = [max(map(_wide, column)) for column in cells]
    least = [min(max(map(longest_word, column)), _LONG_WORD) for column in cells]
    widths = _fit(natural, least, width)
    if widths is None:
        return _stacked(head, body, width)
    lines = _row([_bold(cell) for cell in head], widths)
    lines.append(line_of(Span((" " * _GAP).join(rule * w for w in widths), Style.DIM)))
    for row in body:
        lines += _row(row, widths)
    return lines


def _wide(cell: Line) -> int:
    return sum(columns(span.text) for span in cell)


def _bold(cell: Line) -> Line:
    return tuple(Span(span.text, span.style | Style.BOLD) for span in cell)


def _fit(natural: list[int], least: list[int], width: int) -> list[int] | None:
    """A width for each column, the widest made narrower first; None when there is no room."""
    widths = [min(max(w, 1), width) for w in natural]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    if sum(least) + _GAP * (len(widths) - 1) > width:
        return None
    while excess > 0:
        spare = [w - low for w, low in zip(widths, least, strict=True)]
        at = max(range(len(widths)), key=lambda i: (spare[i] > 0, widths[i]))
        widths[at] -= 1
        excess -= 1
    return widths


def _row(cells: Sequence[Line], widths: list[int]) -> list[Line]:
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for parts in zip_longest(*wrapped, fillvalue=()):
        spans: list[Span] = []
        for part, width in zip(parts, widths, strict=True):
            spans += [*part, Span(" " * (width - _wide(part) + _GAP))]
        lines.append(tuple(spans))
    return lines


def _stacked(head: Sequence[Line], body: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """Each row as lines of `name: value`, an empty line between two rows."""
    lines: list[Line] = []
    for row in body:
        if lines:
            lines.append(())
        for name, cell in zip(head, row, strict=True):
            label = (*_bold(name), Span(": ")) if name else ()
            lines += wrap([*label, *cell], width, rest=line_of("  "))
    return lines
