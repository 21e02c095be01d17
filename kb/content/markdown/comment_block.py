"""A comment at the start of a block: a rule for markdown-it-py, in the manner of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

    from kb.content.comments import Comments


def comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines of a comment up to the one on which it ends, whatever they hold.

    Unlike a paragraph it goes on over empty lines, and ends the paragraph before it.
    `env["comments"]` finds where it ends.
    """
    if state.is_code_block(start):
        return False
    comments: Comments = state.env["comments"]
    found = comments.at(state.bMarks[start] + state.tShift[start])
    if found is None:
        return False
    if silent:
        return True
    line = start + 1
    while line < end and state.bMarks[line] < found.end:
        line += 1
    state.line = line
    token = state.push("comment", "", 0)
    token.map = [start, line]
    return True
