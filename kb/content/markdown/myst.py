"""Directives, roles and targets of MyST: https://myst-parser.readthedocs.io.

A directive is a fence with a name in braces: `directives` says what each becomes. A role is code
with a name before it. `(name)=` names a place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.directives import Directive, label_id, line_of, name_place, write
from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_OPENS = re.compile(
    r"(?P<fence>`{3,20}|~{3,20}|:{3,20})[ \t]*\{(?P<name>[A-Za-z][\w:.+-]{0,60})\}"
    r"[ \t]*(?P<rest>[^\n]*)\Z"
)
_TARGET = re.compile(r"\(([^()\n]{1,200})\)=[ \t]*\Z")
_UNSEEN = re.compile(r"%|(?:\+{3}|\^{3})(?:[ \t]*|[ \t]+\{.*)\Z")
"""A comment, and what only divides cells and cards."""
_ROLE = re.compile(r"\{([a-z][\w:.+-]{0,60})\}(`+)(?!`)([^`\n]{1,500})\2(?!`)")
_NAMED = re.compile(r"(?P<words>.+?)[ \t]*<(?P<target>[^<>]*)>\Z")
_TABS = names("tabs tab-set tab-item")
"""Containers that are read as those of other tools."""
_STRONG = names("guilabel menuselection strong term")
_OF_LINKS = names("ref doc numref any download")


def directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a fence that is a directive, or a line that names a place or is not to be shown."""
    if not state.env.get("myst") or state.is_code_block(start):
        return False
    line = line_of(state, start)
    if target := _TARGET.match(line):
        if not silent:
            state.env["account"].has_marks = True
            state.line = start + 1
            name_place(state, target[1], start)
        return True
    if _UNSEEN.match(line):
        if not silent:
            state.env["account"].has_marks = True
            state.line = start + 1
        return True
    found = _OPENS.match(line)
    is_code = found is not None and found["fence"][0] == "`" and "`" in found["rest"]
    if found is None or is_code or (found["fence"][0] == ":" and found["name"].lower() in _TABS):
        return False
    if silent:
        return True
    state.env["account"].has_marks = True
    sign = found["fence"]
    stop = start + 1
    while stop < end and not _closes(line_of(state, stop), sign):
        stop += 1
    write(state, Directive(found["name"].lower(), found["rest"].strip(), start, stop))
    state.line = min(stop + 1, end)
    return True


def _closes(line: str, sign: str) -> bool:
    bare = line.rstrip()
    return len(bare) >= len(sign) and not bare.strip(sign[0])


def role(state: StateInline, silent: bool) -> bool:
    """Take a role: words that are set as its name asks, a link where it has an address."""
    if not state.env.get("myst") or not state.src.startswith("{", state.pos):
        return False
    found = _ROLE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.env["account"].has_marks = True
    if not silent:
        _write_role(state, found[1].rpartition(":")[2], found[3].strip())
    state.pos = found.end()
    return True


def _write_role(state: StateInline, name: str, written: str) -> None:
    named = _NAMED.match(written)
    words = named["words"] if named else written.lstrip("~!.")
    target = named["target"] if named else written
    is_page = name in {"doc", "download"}
    href = state.md.normalizeLink(target if is_page else f"#{label_id(target)}")
    if name in _OF_LINKS and state.md.validateLink(href) and not state.linkLevel:
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = (
            words if named else target.rpartition("/")[2] if is_page else target
        )
        state.push("link_close", "a", -1)
    elif name == "math":
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = words, "$"
    elif name in _STRONG:
        state.push("strong_open", "strong", 1)
        state.push("text", "", 0).content = words
        state.push("strong_close", "strong", -1)
    else:
        state.push("code_inline", "code", 0).content = words
