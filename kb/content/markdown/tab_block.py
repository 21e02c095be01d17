"""A tab as MkDocs writes it, `=== "Title"` and an indented text: a rule for markdown-it-py."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_OPENING = re.compile(r"""===[!+]{0,2}[ \t]{1,9}(?:"([^"\n]{1,1000})"|'([^'\n]{1,1000})')[ \t]*$""")
_INDENT = 4


def tab_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the line with the title, and the lines below it that are indented or empty."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("===", begin) or state.is_code_block(start):
        return False
    found = _OPENING.match(state.src[begin : state.eMarks[start]])
    if found is None:
        return False
    if silent:
        return True
    inner = state.sCount[start] + _INDENT
    line = after = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= inner):
        line += 1
        after = line if not state.isEmpty(line - 1) else after
    _push(state, (start, after), found[1] or found[2], inner)
    state.line = after
    return True


def _push(state: StateBlock, lines: tuple[int, int], title: str, inner: int) -> None:
    opened = state.push("tab_block_open", "div", 1)
    opened.map, opened.info = list(lines), title
    before = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "tab", lines[1], inner
    state.md.block.tokenize(state, lines[0] + 1, lines[1])
    state.parentType, state.lineMax, state.blkIndent = before
    state.push("tab_block_close", "div", -1)
