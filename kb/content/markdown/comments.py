"""Markdown without its comments, which neither a page nor a copy of the text may show.

markdown-it-py tells which lines are code and which make a paragraph; `kb.content.comments`
tells what is a comment. Both are needed: `<!--` in code is text, and an unclosed fence in a comment
begins no code.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import accumulate
from typing import TYPE_CHECKING

from kb.config import DEFAULT_MARKDOWN
from kb.content.comments import Comment, Comments, cut, find_comments, may_hold_comments
from kb.content.markdown.parser import parse_blocks
from kb.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from kb.config import Limits, MarkdownConfig

# A text is read again as long as taking comments out brings others to light: that takes two
# rounds, or three where a comment holds half of a code block.
_ROUNDS = 12
_CELL = re.compile(r"(?<!\\)\|")


class _Part(Enum):
    """What a part of a text is."""

    TEXT = auto()
    CODE = auto()
    COMMENT = auto()


_KINDS = {"fence": _Part.CODE, "code_block": _Part.CODE, "comment": _Part.COMMENT}


def without_comments(
    body: str, *, first_line: int, limits: Limits, syntax: MarkdownConfig = DEFAULT_MARKDOWN
) -> tuple[str, int | None]:
    """A Markdown text without comments, and the line of one that nothing closes.

    It has as many lines as before; `first_line` is the first one's in its file. Raises
    `ContentError` where the text passes a limit.
    """
    unclosed = None
    for _ in range(_ROUNDS):
        if not may_hold_comments(body):
            return body, unclosed
        found = _find(body, first_line, limits, syntax)
        if not found:
            return body, unclosed
        if not found[-1].closed:
            unclosed = first_line + body.count("\n", 0, found[-1].start)
        body = cut(body, found)
    raise ContentError(
        "comments and code blocks overlap over and over",
        line=first_line,
        hint="close each comment in the block where it begins",
    )


def _find(body: str, first_line: int, limits: Limits, syntax: MarkdownConfig) -> list[Comment]:
    """The comments of a text, up to one that ends in what looked like code or a comment."""
    comments = Comments(body)
    tokens = parse_blocks(body, comments, first_line=first_line, limits=limits, syntax=syntax)
    found: list[Comment] = []
    end = 0
    for start, stop, kind in _parts(body, tokens):
        if stop <= end:
            continue
        if kind is not _Part.TEXT and start < end:
            break  # it is none, for it begins in a comment
        if kind is not _Part.CODE:
            found += find_comments(body, max(start, end), stop, comments)
            end = found[-1].end if found else 0
    return found


def _parts(body: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int, _Part]]:
    """Where each block, table cell or other line starts and stops, and what it is."""
    lines = body.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    done = 0
    for token in tokens:
        if token.map is None or token.map[0] < done or not _is_whole(token):
            continue
        first, after = token.map
        for line in range(done, first):
            yield starts[line], starts[line + 1], _Part.TEXT
        if token.type == "table_open":
            for line in range(first, after):
                yield from _cells(body, starts[line], starts[line + 1])
        else:
            yield starts[first], starts[after], _KINDS.get(token.type, _Part.TEXT)
        done = after
    for line in range(done, len(lines)):
        yield starts[line], starts[line + 1], _Part.TEXT


def _is_whole(token: Token) -> bool:
    return token.type in {"inline", "table_open", *_KINDS}


def _cells(body: str, start: int, stop: int) -> Iterator[tuple[int, int, _Part]]:
    bars = [bar.start() for bar in _CELL.finditer(body, start, stop)]
    for left, right in zip([start, *bars], [*bars, stop], strict=True):
        yield left, right, _Part.TEXT
