"""Directives, roles and targets of MyST: https://myst-parser.readthedocs.io.

A directive is a fence with a name in braces: a callout, a part of the page, code, or what only
Sphinx can make, which is left out. A role is code with a name before it. `(name)=` names a place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.callout import callout_named
from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_OPENS = re.compile(
    r"(?P<fence>`{3,20}|~{3,20}|:{3,20})[ \t]*\{(?P<name>[A-Za-z][\w:.+-]{0,60})\}"
    r"[ \t]*(?P<rest>[^\n]*)\Z"
)
_OPTION = re.compile(r"[ \t]*:(?P<key>[\w-]{1,60}):(?:[ \t]|\Z)")
_NAMES = names("name label")
_TARGET = re.compile(r"\(([^()\n]{1,200})\)=[ \t]*\Z")
_UNSEEN = re.compile(r"%|(?:\+{3}|\^{3})(?:[ \t]*|[ \t]+\{.*)\Z")
"""A comment, and what only divides cells and cards."""
_ROLE = re.compile(r"\{([a-z][\w:.+-]{0,60})\}(`+)(?!`)([^`\n]{1,500})\2(?!`)")
_NAMED = re.compile(r"(?P<words>.+?)[ \t]*<(?P<target>[^<>]*)>\Z")
_CODE = names("code code-block sourcecode code-cell parsed-literal prompt mermaid graphviz")
_PICTURES = names("image figure")
_LEFT_OUT = names(
    "toctree contents tableofcontents index eval-rst include literalinclude autosummary raw meta"
    " bibliography module currentmodule autodoc2-summary only highlight role program testsetup"
)
_NOTES = names("versionadded versionchanged deprecated topic sidebar margin rubric")
_TABS = names("tabs tab-set tab-item")
"""Containers that are read as those of other tools."""
_STRONG = names("guilabel menuselection strong term")
_OF_LINKS = names("ref doc numref any download")


def directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a fence that is a directive, or a line that names a place or is not to be shown."""
    if not state.env.get("myst") or state.is_code_block(start):
        return False
    line = _line(state, start)
    if target := _TARGET.match(line):
        if not silent:
            state.env["account"].has_marks = True
            state.line = start + 1
            _name(state, target[1], start)
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
    while stop < end and not _closes(_line(state, stop), sign):
        stop += 1
    _write(state, found, start, stop)
    state.line = min(stop + 1, end)
    return True


def label_id(name: str) -> str:
    """The id of a place that is called so: as Docutils makes it, but that signs of ids stay."""
    return re.sub(r"[^\w:.-]+", "-", name.lower()).strip("-")


def _name(state: StateBlock, name: str, line: int) -> None:
    if identity := label_id(name):
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = f"[](){{#{identity}}}", [line, line + 1], []


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _closes(line: str, sign: str) -> bool:
    bare = line.rstrip()
    return len(bare) >= len(sign) and not bare.strip(sign[0])


def _write(state: StateBlock, found: re.Match[str], start: int, stop: int) -> None:
    name, rest = found["name"].lower(), found["rest"].strip()
    first = start + 1
    while first < stop and (option := _OPTION.match(_line(state, first))):
        if option["key"] in _NAMES:
            _name(state, _line(state, first)[option.end() :], first)
        first += 1
    if name in _CODE or name == "math":
        token = state.push("math_block" if name == "math" else "fence", "code", 0)
        token.info = rest if name.startswith(("code", "source")) else ""
        token.content = state.getLines(first, stop, state.sCount[start], keepLastLF=True)
        token.markup, token.map = "```", [start, stop]
    elif name in _PICTURES:
        _paragraph(state, f"![]({rest})", start)
        _blocks(state, first, stop)
    elif name in _LEFT_OUT or name.startswith("auto"):
        state.env["account"].leave_out(f"{{{name}}}", state.env["first_line"] + start)
    elif name in _NOTES or name in {"admonition", "dropdown"} or callout_named(name):
        kind = {"dropdown": "details"}.get(name, name if callout_named(name) else "note")
        opened = state.push("container_kb_open", "div", 1)
        opened.info, opened.markup, opened.map = f"{kind} {rest}", ":::", [start, stop]
        _blocks(state, first, stop)
        state.push("container_kb_close", "div", -1)
    else:
        if rest and name in {"card", "grid-item-card", "tab-item", "table", "list-table"}:
            _paragraph(state, f"**{rest}**", start)
        _blocks(state, first, stop)


def _paragraph(state: StateBlock, text: str, line: int) -> None:
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = text, [line, line + 1], []
    state.push("paragraph_close", "p", -1)


def _blocks(state: StateBlock, first: int, stop: int) -> None:
    """Read lines as Markdown; those of a container count as far as its end."""
    outer, state.lineMax = state.lineMax, stop
    state.md.block.tokenize(state, first, stop)
    state.lineMax = outer


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
