"""Abbreviations as Markdown Extra has them, `*[HTML]: HyperText Markup Language`: two rules for
markdown-it-py. The line is not shown; the word says what it stands for where it is pointed at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

_LINE = re.compile(r"\*\[([^\[\]\n]{1,100})\]:[ \t]*([^\n]{0,300})(?=\n|\Z)")
_MOST = 300  # of one article


def abbreviation(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001  # the signature of a rule
    """Take a line that says what a word stands for."""
    begin = state.bMarks[start] + state.tShift[start]
    found = _LINE.match(state.src, begin) if state.src.startswith("*[", begin) else None
    if found is None or state.is_code_block(start):
        return False
    if silent:
        return True
    if "account" in state.env:  # there is none where comments are looked for
        state.env["account"].has_marks = True
    known = state.env.setdefault("abbreviations", {})
    if len(known) < _MOST:
        known.setdefault(found[1].strip(), found[2].strip())
    state.line = start + 1
    return True


def abbreviations(state: StateCore) -> None:
    """Put what the words stand for to them."""
    known: Mapping[str, str] = state.env.get("abbreviations") or {}
    words = sorted(filter(known.get, known), key=len, reverse=True)
    if not words:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    for token in state.tokens:
        if token.type == "inline" and token.children and pattern.search(token.content):
            token.children = list(_explained(token.children, pattern, known))


def _explained(
    children: Sequence[Token], pattern: re.Pattern[str], known: Mapping[str, str]
) -> Iterator[Token]:
    for child in children:
        if child.type != "text":
            yield child
            continue
        at = 0
        for found in pattern.finditer(child.content):
            yield from _text(child, at, found.start())
            opened = Token("abbr_open", "abbr", 1, level=child.level)
            opened.attrs = {"title": known[found[0]]}
            yield opened
            yield from _text(child, found.start(), found.end())
            yield Token("abbr_close", "abbr", -1, level=child.level)
            at = found.end()
        yield from _text(child, at, len(child.content))


def _text(child: Token, start: int, stop: int) -> Iterator[Token]:
    if start < stop:
        yield Token("text", "", 0, content=child.content[start:stop], level=child.level)
