r"""Displayed math as TeX has it, on lines of its own: `\[ … \]`, and environments of AMS.

In CommonMark `\[` is a bracket, which converters write before many a word: only what holds signs
of TeX is math.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_BEGINS = re.compile(
    r"\\(?:\[|begin\{(?P<name>(?:equation|align|alignat|gather|multline|eqnarray|flalign)\*?)\})"
)
_TEX = re.compile(r"\\[A-Za-z]|[\w)}\]]\^|_\{|\s=\s")
_MOST = 100  # lines


def without_math(line: str) -> str:
    r"""A line of Markdown that is text: where this rule could take its beginning for that of math,
    the bracket is written otherwise.
    """
    if not line.startswith("\\["):
        return line
    is_alone = "\\]" not in line or (line.rstrip().endswith("\\]") and _TEX.search(line[2:]))
    return f"&#91;{line[2:]}" if is_alone else line


def bracketed_math(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""Take the lines from `\[` to `\]`, or those of an environment; an empty line is in none."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("\\", begin) or state.is_code_block(start):
        return False
    found = _BEGINS.match(state.src, begin, state.eMarks[start])
    if found is None:
        return False
    name = found["name"]
    last = _last_line(state, start, end, f"\\end{{{name}}}" if name else "\\]")
    if last is None:
        return False
    inner = state.getLines(start, last + 1, state.blkIndent, keepLastLF=False).strip()
    inner = inner if name else inner.removeprefix("\\[").removesuffix("\\]").strip()
    if not _TEX.search(inner):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.map = True, inner, [start, last + 1]
        token.markup = "$$"
        state.line = last + 1
    return True


def _last_line(state: StateBlock, start: int, end: int, closing: str) -> int | None:
    """The line that ends with a mark, which stands nowhere before; None where none does."""
    for line in range(start, min(end, start + _MOST)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return None
        text = state.src[state.bMarks[line] : state.eMarks[line]].rstrip()
        if closing in text:
            return line if text.find(closing) == len(text) - len(closing) else None
    return None
