"""How GitBook shows other pages: cards, `<table data-view="cards">`, as a list, and their titles
in place of the names of files. And the columns that its tables hide.

A row is a card: the words of its cells, the page it leads to (`data-card-target`) and its picture
(`data-card-cover`), which stand in hidden columns. Other columns with `data-hidden` are seen by
nobody: https://gitbook.com/docs/creating-content/blocks/cards.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from kb.content.markdown.markup import names
from kb.content.topics import title_from_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore

ATTRIBUTES = names("data-view data-hidden data-card-target data-card-cover data-card-cover-dark")
"""The attributes of tags that tell of cards: raw HTML is read with them as `meta` of its tokens."""
_TARGET, _COVER = "data-card-target", "data-card-cover"
_MOST_LINES = 40


class _Row(NamedTuple):
    """A row: where it begins, each of its cells with what begins and ends it, and where it ends."""

    start: int
    cells: list[list[Token]]
    stop: int


def cards(state: StateCore) -> None:
    """Replace tables of cards by lists, and leave out hidden columns of others."""
    tokens = state.tokens
    if not any(token.meta and token.type in {"table_open", "th_open"} for token in tokens):
        return
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        stop = _end_of_table(tokens, at) if tokens[at].type == "table_open" else at + 1
        out += _written(tokens[at:stop]) if stop - at > 1 else tokens[at:stop]
        at = stop
    state.tokens = out


def page_names(state: StateCore) -> None:
    """Write the title that a file's name makes where a link has that name for its text,
    `[first-steps.md](guide/first-steps.md)`: GitBook has its page's there.
    """
    if not state.env.get("icons"):
        return
    for token in state.tokens:
        children = token.children or ()
        for opened, text in pairwise(children):
            if opened.type == "link_open" and text.type == "text" and text.content.endswith(".md"):
                path = unquote(str(opened.attrs["href"])).partition("#")[0]
                if path.rpartition("/")[2] == text.content:
                    text.content = title_from_path(path.removesuffix(".md").lstrip("./"))


def _end_of_table(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += {"table_open": 1, "table_close": -1}.get(tokens[at].type, 0)
        if not depth:
            return at + 1
    return len(tokens)


def _written(table: Sequence[Token]) -> Sequence[Token]:
    rows = list(_rows(table))
    head = [cell[0].meta for cell in rows[0].cells] if rows else []
    if table[0].meta.get("data-view") == "cards":
        return _as_list(table[0], rows, head)
    hidden = {at for at, meta in enumerate(head) if "data-hidden" in meta}
    if not hidden:
        return table
    out: list[Token] = []
    at = 0
    for row in rows:
        out += table[at : row.start + 1]
        for column, cell in enumerate(row.cells):
            out += [] if column in hidden else cell
        at = row.stop
    return [*out, *table[at:]]


def _rows(table: Sequence[Token]) -> Iterator[_Row]:
    """The rows of a table itself, not of those in its cells."""
    depth, start, is_open = 0, 0, False
    cells: list[list[Token]] = []
    for at, token in enumerate(table):
        depth += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        if depth == 1 and token.type == "tr_open":
            start, cells = at, []
        elif depth == 1 and token.type == "tr_close":
            yield _Row(start, cells, at)
        elif depth == 1 and token.type in {"th_open", "td_open"}:
            cells.append([])
            is_open = True
        if is_open:
            cells[-1].append(token)
            is_open = depth > 1 or token.type not in {"th_close", "td_close"}


def _as_list(opened: Token, rows: Sequence[_Row], head: Sequence[dict[str, str]]) -> list[Token]:
    """The cards as items; a row of headings is none."""
    out = [Token("bullet_list_open", "ul", 1, map=opened.map)]
    for row in rows:
        if all(cell[0].type == "th_open" for cell in row.cells):
            continue
        lines = _lines_of(row, head)
        if lines:
            inline = Token("inline", "", 0, map=row.cells[0][0].map, children=lines)
            out.append(Token("list_item_open", "li", 1, map=inline.map))
            out.append(Token("paragraph_open", "p", 1, hidden=True, map=inline.map))
            out += [inline, Token("paragraph_close", "p", -1, hidden=True)]
            out.append(Token("list_item_close", "li", -1))
    return [*out, Token("bullet_list_close", "ul", -1)] if len(out) > 1 else []


def _lines_of(row: _Row, head: Sequence[dict[str, str]]) -> list[Token]:
    """The picture of a card, its words, the first line as a link, each on a line."""
    lines: list[list[Token]] = []
    target: Token | None = None
    named: list[Token] = []
    for column, cell in enumerate(row.cells):
        meta = {**(head[column] if column < len(head) else {}), **cell[0].meta}
        words = [t.children for t in cell if t.type == "inline" and t.children]
        if _TARGET in meta:
            named = [child for children in words for child in children]
            target = next((child for child in named if child.type == "link_open"), None)
        if _COVER in meta:
            lines[:0] = _picture(words)
        elif "data-hidden" not in meta:
            lines += words
    texts = [at for at, line in enumerate(lines) if any(t.type == "text" for t in line)]
    if target is not None and not texts:
        lines.append(named)
    elif target is not None and not any(t.type == "link_open" for t in lines[texts[0]]):
        opened = Token("link_open", "a", 1, attrs=dict(target.attrs))
        lines[texts[0]] = [opened, *lines[texts[0]], Token("link_close", "a", -1)]
    out: list[Token] = []
    for line in lines[:_MOST_LINES]:
        out += [Token("hardbreak", "br", 0, markup="br"), *line] if out else line
    return out


def _picture(words: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """The picture that a cell shows, or that its link leads to."""
    for token in (token for children in words for token in children):
        if token.type == "image":
            return [[token]]
        if token.type == "link_open":
            attrs: dict[str, str | int | float] = {"src": str(token.attrs["href"]), "alt": ""}
            return [[Token("image", "img", 0, attrs=attrs, children=[])]]
    return []
