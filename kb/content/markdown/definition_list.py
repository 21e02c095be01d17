"""Lists of definitions as Python-Markdown has them: a heading may be what is defined.

The plugin for them takes a heading for a term, sign and all, or leaves its definition as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

    Rule = Callable[[StateBlock, int, int, bool], bool]

_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_DEFINITION = re.compile(r"[ \t]*[:~][ \t]+\S")


def defined_headings_plugin(parser: MarkdownIt) -> None:
    """Have a parser with the rule `deflist` read headings that are defined."""
    rules = parser.block.ruler
    plugin: Rule = next(rule for rule in rules.getRules("") if rule.__name__ == "deflist")
    rules.before("heading", "defined_heading", _below_heading(plugin))
    parser.core.ruler.after("block", "defined_headings", defined_headings)


def _below_heading(plugin: Rule) -> Rule:
    def defined_heading(
        state: StateBlock, start: int, end: int, silent: bool
    ) -> bool:  # a rule's own signature
        begin = state.bMarks[start] + state.tShift[start]
        if silent or not _HEADING.match(state.src, begin, state.eMarks[start]):
            return False
        after = start + 1 + (start + 1 < end and state.isEmpty(start + 1))
        if after >= end or not _DEFINITION.match(
            state.src, state.bMarks[after], state.eMarks[after]
        ):
            return False
        return plugin(state, start, end, silent)

    return defined_heading


def defined_headings(state: StateCore) -> None:
    """Take the headings out of the lists: each ends the list before it and begins another."""
    if not any(_is_heading(token) for token in state.tokens):
        return
    out: list[Token] = []
    lists: list[Token] = []
    for token in state.tokens:
        before = out[-1] if out else None
        if token.type == "dl_open":
            lists.append(token)
        elif token.type == "dl_close" and lists:
            lists.pop()
        if before and before.type == "dt_open" and _is_heading(token) and lists:
            out.pop()
            _leave(out, lists[-1])
            out += _heading(token, lists[-1].level)
        elif token.type == "dt_close" and before and before.type == "heading_close":
            out.append(_list("dl_open", lists[-1].level))
        else:
            out.append(token)
    state.tokens = out


def _is_heading(token: Token) -> bool:
    return token.type == "inline" and bool(_HEADING.match(token.content))


def _leave(out: list[Token], opened: Token) -> None:
    """End a list, or leave it out where nothing is in it."""
    if out and out[-1].type == "dl_open":
        out.pop()
    else:
        out.append(_list("dl_close", opened.level))


def _list(kind: str, level: int) -> Token:
    return Token(kind, "dl", 1 if kind == "dl_open" else -1, level=level, block=True)


def _heading(token: Token, level: int) -> list[Token]:
    found = _HEADING.match(token.content)
    size = len(found[1]) if found else 1
    words = token.content[found.end() if found else 0 :]
    token.content = re.sub(r"[ \t]+#+[ \t]*\Z", "", words)
    token.level = level + 1
    tag = f"h{size}"
    line = token.map[0] if token.map else 0
    opened = Token("heading_open", tag, 1, map=[line, line + 1], level=level, block=True)
    return [opened, token, Token("heading_close", tag, -1, level=level, block=True)]
