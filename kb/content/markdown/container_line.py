"""The line that begins a container, `::: tip Title`: what it is, and what it is called.

Docusaurus, VuePress and their like write a name and a title, Pandoc and Quarto classes in braces
(`::: {#a .callout-note title="x"}`), Document360 words in parentheses (`:::(Info) (Title)`), others
attributes behind the name (`:::hint{type="warning"}`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.content.markdown.callout import Callout, callout_named
from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

    from kb.config import MarkdownConfig

CODE_GROUPS = names("code-group codegroup code-tabs")
TAB_GROUPS = names("tabs tab-set tabset")
TABS = names("tab tab-item")
HEADING_TABS = names("panel-tabset")
"""Containers whose headings begin tabs."""

_NOT_OURS = names("moniker zone image code video")  # docfx's
_NAMED = re.compile(
    r"\s*\{?\.?([A-Za-z][\w-]{0,60})\}?[ \t]*"
    r"(?:\[((?:[^\[\]\n]|\[[^\[\]\n]{0,1000}\]){0,1000})\])?([^\n]*)"
)
_BRACED = re.compile(r"\s*\{([^{}\n]{0,1000})\}[ \t]*:*[ \t]*\Z")
_WORDS = re.compile(r"\s*\(([A-Za-z]{1,20})\)[ \t]*(?:\(([^()\n]{0,200})\))?[ \t]*\Z")
_ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}\s*$")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]{1,40})=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))""")
_FENCE = re.compile(r" {0,3}(:{3,})[ \t]*([^\n]{0,1000})")
_CODE = re.compile(r" {0,3}(`{3,}|~{3,})[^\n]*")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_OF_QUARTO = "callout-"
_FOLDED = names("expandableheading")
_HIDDEN = names("content-hidden content-visible")


class Container(NamedTuple):
    """A container: its name in lower case, its title as Markdown, its callout where it is one,
    whether its title is a heading that stands first in it, and whether pages show it.
    """

    name: str
    title: str = ""
    callout: Callout | None = None
    has_heading: bool = False
    is_shown: bool = True

    @property
    def has_tabs(self) -> bool:
        """Whether it is a tab or holds tabs."""
        return self.name in CODE_GROUPS | TAB_GROUPS | TABS | HEADING_TABS


def read_container(params: str) -> Container | None:
    """What stands behind `:::`; None for what begins no container."""
    if found := _BRACED.match(params):
        return _braced(found[1])
    if found := _WORDS.match(params):
        name = found[1].lower()
        return Container(name, (found[2] or "").strip(), callout_named(name))
    found = _NAMED.match(params)
    if found is None or params.rstrip().endswith(":::"):
        return None
    name, rest = found[1].lower(), found[3]
    if name in _NOT_OURS or name.endswith("-end"):
        return None
    written = _ATTRIBUTES.search(rest)
    attributes = _attributes(written[1]) if written else {}
    title = (
        found[2] or _ATTRIBUTES.sub("", rest).strip().strip("\"'") or attributes.get("title", "")
    )
    if name in _FOLDED:
        return Container(name, title, callout_named("details"), has_heading=True)
    return Container(name, title, _callout(name, attributes, rest))


def _braced(text: str) -> Container | None:
    """A container by its classes; one of a single class may have no dot."""
    written = [name.lower() for name in _CLASS.findall(_ATTRIBUTE.sub("", text))]
    classes = [name.removeprefix(_OF_QUARTO) for name in written]
    if not classes and re.fullmatch(r"[A-Za-z][\w-]{0,60}", text.strip()):
        classes = [text.strip().lower()]
    attributes = _attributes(text)
    if not classes:
        return Container("") if attributes or text.strip()[:1] in {"#", ""} else None
    containers = [Container(name, callout=callout_named(name)) for name in classes]
    known = next((each for each in containers if each.callout or each.has_tabs), containers[0])
    if known.callout:
        known = known._replace(callout=_callout(known.name, attributes, text))
    hidden = next((name for name in classes if name in _HIDDEN), "")
    return known._replace(
        title=attributes.get("title", ""),
        has_heading=classes != written,
        is_shown=not hidden or _is_shown(hidden, attributes),
    )


def _callout(name: str, attributes: dict[str, str], rest: str) -> Callout | None:
    callout = callout_named(attributes.get("type", "")) if name in {"hint", "callout"} else None
    callout = callout or callout_named(name)
    if callout is None:
        return None
    if callout.kind == "details":
        return callout._replace(fold="open") if re.search(r"\{[^{}]*\bopen\b", rest) else callout
    fold = {"true": "closed", "false": "open"}.get(attributes.get("collapse", ""), "")
    return callout._replace(fold=fold)


def _attributes(text: str) -> dict[str, str]:
    return {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(text)}


def _is_shown(name: str, attributes: dict[str, str]) -> bool:
    """Whether Quarto shows on pages what depends on the format; what depends on anything else may
    be hidden, and is.
    """
    if not attributes.keys() <= {"when-format", "unless-format", "title"}:
        return False
    is_page = "html" in attributes.get("when-format", "html")
    is_page = is_page and "html" not in attributes.get("unless-format", "")
    return is_page if name == "content-visible" else not is_page


def braced_container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A rule for markdown-it-py: a container whose first line has braces, as in Pandoc. Those in it
    may begin with as many colons: each line of colons alone ends one of them.
    """
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", begin) or state.is_code_block(start):
        return False
    found = _FENCE.match(state.src, begin, state.eMarks[start])
    container = read_container(found[2]) if found and _BRACED.match(found[2]) else None
    if found is None or container is None:
        return False
    syntax: MarkdownConfig = state.env["syntax"]
    if container.is_shown and not (syntax.tabs if container.has_tabs else syntax.callouts):
        return False
    if silent:
        return True
    stop = _end_of(state, start, end)
    before = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", stop
    opened = state.push("container_kb_open", "div", 1)
    opened.markup, opened.block, opened.info, opened.map = found[1], True, found[2], [start, stop]
    state.md.block.tokenize(state, start + 1, stop)
    closed = state.push("container_kb_close", "div", -1)
    closed.markup, closed.block = found[1], True
    state.parentType, state.lineMax = before
    state.line = min(stop + 1, end)
    return True


def _end_of(state: StateBlock, start: int, end: int) -> int:
    """The line that ends a container, or its parent's end. In code no line does."""
    depth, code = 1, ""
    for line in range(start + 1, end):
        begin, stop = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        if begin < stop and state.sCount[line] < state.blkIndent:
            return line
        if state.is_code_block(line):
            continue
        if found := _CODE.match(state.src, begin, stop):
            if not code:
                code = found[1]
            elif found[1].startswith(code) and found[0].strip() == found[1]:
                code = ""
        elif not code and (found := _FENCE.match(state.src, begin, stop)):
            depth += 1 if found[2].strip(" \t:") else -1
            if not depth:
                return line
    return end
