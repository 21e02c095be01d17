"""Tables that are written as lists of lists, as the tokens of those with pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW, _CELL = 1, 3
"""How much deeper than the outer list the items of it stand, and those of the lists in them."""


def as_table(tokens: Sequence[Token]) -> list[Token] | None:
    """The table that a list of lists means, its first row the head; None where that is not all
    there is, or a cell holds more than one paragraph.
    """
    rows = _rows(tokens)
    if not rows or not tokens or tokens[0].map is None:
        return None
    return table_tokens(rows, tokens[0].map, level=tokens[0].level, is_headed=True)


def _rows(tokens: Sequence[Token]) -> list[list[str]] | None:
    """The Markdown of the cells, by rows."""
    if not tokens or not _is_list(tokens[0]) or tokens[-1].nesting != -1:
        return None
    base = tokens[0].level
    rows: list[list[str]] = []
    for token in tokens[1:-1]:
        depth = token.level - base
        if token.type == "list_item_open" and depth == _ROW:
            rows.append([])
        elif token.type == "list_item_open" and depth == _CELL:
            rows[-1].append("")
        elif token.type == "inline" and depth > _CELL and not rows[-1][-1]:
            rows[-1][-1] = token.content
        elif token.type == "inline" or not _is_of_cells(token, depth):
            return None
    return rows


def rows_between_rules(tokens: Sequence[Token]) -> list[list[str]]:
    """The Markdown of the cells of a table whose rows are lists between thematic breaks, one item a
    cell; none where anything else stands there, or a cell holds more than paragraphs and lists of
    them, which stand on lines of their own.
    """
    rows: list[list[str]] = []
    base = tokens[0].level if tokens else 0
    for token in tokens:
        depth = token.level - base
        if token.type.endswith("_list_open") and depth == 0:
            rows.append([])
        elif token.type == "list_item_open" and depth == _ROW:
            rows[-1].append("")
        elif token.type == "inline" and depth > _ROW and rows:
            before = f"{rows[-1][-1]}<br>" if rows[-1][-1] else ""
            rows[-1][-1] = f"{before}{token.content}"
        elif not (_is_of_lists(token) or (token.type == "hr" and depth == 0)):
            return []
    return rows


def _is_of_lists(token: Token) -> bool:
    return token.type.startswith(
        ("paragraph_", "bullet_list_", "ordered_list_", "list_item_")
    ) and (token.level > 0 or not token.type.startswith("paragraph_"))


def _is_of_cells(token: Token, depth: int) -> bool:
    """Whether a token is what a list of lists of paragraphs has, too."""
    return token.type.startswith("paragraph_") or (
        depth <= _CELL and token.type.startswith(("bullet_list_", "ordered_list_", "list_item_"))
    )


def _is_list(token: Token) -> bool:
    return token.type in {"bullet_list_open", "ordered_list_open"}


def table_tokens(
    rows: Sequence[Sequence[str]], where: list[int], *, level: int, is_headed: bool
) -> list[Token]:
    """The tokens of a table on the lines `where`; cells are Markdown. Rows that are shorter than
    the longest are filled up.
    """
    width = max(map(len, rows), default=0)
    head = rows[:1] if is_headed else [[""] * width]
    body = rows[1:] if is_headed else rows
    inner = [
        *_wrapped("thead", _row("th", head[0], where, level + 2, width), where, level + 1),
        *_wrapped(
            "tbody",
            [token for row in body for token in _row("td", row, where, level + 2, width)],
            where,
            level + 1,
        ),
    ]
    return _wrapped("table", inner, where, level)


def _row(cell: str, texts: Sequence[str], where: list[int], level: int, width: int) -> list[Token]:
    inner: list[Token] = []
    for text in [*texts, *([""] * (width - len(texts)))]:
        words = Token("inline", "", 0, content=" ".join(text.split()), map=where, children=[])
        words.level = level + 2
        words.block = True
        inner += _wrapped(cell, [words], where, level + 1)
    return _wrapped("tr", inner, where, level)


def _wrapped(tag: str, inner: list[Token], where: list[int], level: int) -> list[Token]:
    return [
        Token(f"{tag}_open", tag, 1, map=where, level=level, block=True),
        *inner,
        Token(f"{tag}_close", tag, -1, level=level, block=True),
    ]
