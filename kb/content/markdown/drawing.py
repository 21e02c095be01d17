"""Drawings in PlantUML, `@startuml` to `@enduml`: a rule for markdown-it-py, as its fences.

What draws them is not there; their source is shown as code, whose signs are none of Markdown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_START = re.compile(r"@start([a-z]{2,12})\b[^\n]{0,100}(?=\n|\Z)")


def drawing(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines of a drawing; one without an end is text."""
    begin = state.bMarks[start] + state.tShift[start]
    found = _START.match(state.src, begin) if state.src.startswith("@start", begin) else None
    if found is None or state.is_code_block(start):
        return False
    stop = state.src.find(f"\n@end{found[1]}", begin)
    last = bisect_right(state.bMarks, stop + 1) - 1
    if stop < 0 or not start < last < end:
        return False
    if silent:
        return True
    state.line = last + 1
    token = state.push("fence", "code", 0)
    token.info = "plantuml"
    token.content = state.getLines(start, last + 1, state.sCount[start], keepLastLF=True)
    token.markup = "```"
    token.map = [start, last + 1]
    return True
