"""Drawings in text, `@startuml` to `@enduml` and `::: mermaid` to `:::`: a rule for markdown-it-py,
as its fences.

What draws them is not there; their source is shown as code, whose signs are none of Markdown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_START = re.compile(r"@start([a-z]{2,12})\b[^\n]{0,100}(?=\n|\Z)")
_BOXED = re.compile(r":{3,10}[ \t]*(mermaid|plantuml|graphviz)[ \t]*(?=\n)")


def drawing(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines of a drawing; one without an end is text."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(("@start", ":::"), begin) or state.is_code_block(start):
        return False
    found = _START.match(state.src, begin)
    boxed = None if found else _BOXED.match(state.src, begin)
    if found is not None:
        last = _line_of(state, state.src.find(f"\n@end{found[1]}", begin))
    else:
        last = _line_of(state, state.src.find("\n:::", begin)) if boxed else -1
    if not start < last < end:
        return False
    if silent:
        return True
    state.line = last + 1
    token = state.push("fence", "code", 0)
    token.info = boxed[1] if boxed else "plantuml"
    lines = (start + 1, last) if boxed else (start, last + 1)
    token.content = state.getLines(*lines, state.sCount[start], keepLastLF=True)
    token.markup = "```"
    token.map = [start, last + 1]
    return True


def _line_of(state: StateBlock, at: int) -> int:
    """The line behind a line's end; -1 where there is none."""
    return bisect_right(state.bMarks, at + 1) - 1 if at >= 0 else -1
