"""What each directive of MyST becomes: a callout, code, a picture, a table, a text that stands in a
file, or what it wraps. What only Sphinx can make is left out, with a note.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from kb.content.markdown.callout import callout_named
from kb.content.markdown.code_import import Import, write_import
from kb.content.markdown.list_table import as_table, table_tokens
from kb.content.markdown.markup import may_include, names
from kb.content.markdown.restructured import as_myst
from kb.content.markdown.template_line import insert

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_block import StateBlock

    from kb.content.markdown.templates import Expander

_OPTION = re.compile(r"[ \t]*:?(?P<key>[\w-]{1,60}):(?:[ \t]+(?P<value>[^\n]*))?\Z")
_MOST_OPTIONS = 50
_NAMES = ("name", "label")
_CODE = names("code code-block sourcecode code-cell parsed-literal prompt mermaid graphviz")
_LEFT_OUT = names(
    "toctree contents tableofcontents index autosummary raw meta bibliography module currentmodule"
    " autodoc2-summary highlight role program testsetup"
)
_NOTES = names("versionadded versionchanged deprecated topic sidebar margin rubric")
_TITLED = names("card grid-item-card tab-item tab group-tab table")
_OTHER_BUILDER = re.compile(r"\bnot\s+html\b")
_SAYS_ALSO = re.compile(r"\bhtml\b|\bnot\b|\bbuilder_html\b")


class Directive(NamedTuple):
    """A directive on the lines from `start` to `stop`, where it ends: the line of its name, and
    what stands behind that.
    """

    name: str
    rest: str
    start: int
    stop: int


def label_id(name: str) -> str:
    """The id of a place that is called so: as Docutils makes it, but that signs of ids stay."""
    return re.sub(r"[^\w:.-]+", "-", name.lower()).strip("-")


def line_of(state: StateBlock, line: int) -> str:
    """A line without its indentation."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def name_place(state: StateBlock, name: str, line: int) -> None:
    """Let a line be a place that links can name."""
    if identity := label_id(name):
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = f"[](){{#{identity}}}", [line, line + 1], []


def write(state: StateBlock, called: Directive) -> None:
    """Push what a directive becomes."""
    options, first = _options(state, called)
    for key in _NAMES:
        if key in options:
            name_place(state, options[key], called.start)
    name = called.name
    if name in _CODE or name == "math":
        _code(state, called, options, first)
    elif make := _MADE.get(name):
        make(state, called, options, first)
    elif name in _LEFT_OUT or name.startswith("auto"):
        _leave_out(state, called)
    elif name in _NOTES or name in {"admonition", "dropdown"} or callout_named(name):
        _callout(state, called, first)
    else:
        if called.rest and name in _TITLED:
            _paragraph(state, f"**{called.rest}**", called.start)
        _blocks(state, first, called.stop)


def _options(state: StateBlock, called: Directive) -> tuple[dict[str, str], int]:
    """The options of a directive, `:key: value` or YAML between lines of `---`, and the line on
    which its text begins.
    """
    options: dict[str, str] = {}
    line = called.start + 1
    is_yaml = line < called.stop and line_of(state, line).rstrip() == "---"
    line += is_yaml
    while line < called.stop and len(options) < _MOST_OPTIONS:
        written = line_of(state, line)
        if is_yaml and written.rstrip() == "---":
            return options, line + 1
        found = _OPTION.match(written)
        if found is None or (not is_yaml and not written.lstrip().startswith(":")):
            break
        options[found["key"].lower()] = _unquoted((found["value"] or "").strip())
        line += 1
    return ({}, called.start + 1) if is_yaml else (options, line)


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] in "\"'" and value.find(value[0], 1) == len(value) - 1
    return value[1:-1] if is_quoted else value


def _leave_out(state: StateBlock, called: Directive) -> None:
    state.env["account"].leave_out(f"{{{called.name}}}", state.env["first_line"] + called.start)


def _code(state: StateBlock, called: Directive, options: dict[str, str], first: int) -> None:
    token = state.push("math_block" if called.name == "math" else "fence", "code", 0)
    is_named = called.name.startswith(("code", "source"))
    token.info = " ".join([called.rest if is_named else "", *_said(options)]).rstrip()
    token.content = _text(state, called, first)
    token.markup, token.map = "```", [called.start, called.stop]


def _said(options: dict[str, str]) -> list[str]:
    """What the first line of a fence says of its lines and its title."""
    marked, title = options.get("emphasize-lines", ""), options.get("caption", "")
    return [
        *([f"{{{marked}}}"] if re.fullmatch(r"[\d, -]+", marked) else []),
        *([f'title="{title}"'] if title and '"' not in title else []),
    ]


def _text(state: StateBlock, called: Directive, first: int) -> str:
    """The lines of a directive as they are written."""
    return state.getLines(first, called.stop, state.sCount[called.start], keepLastLF=True)


def _picture(state: StateBlock, called: Directive, options: dict[str, str], first: int) -> None:
    alternative = re.sub(r"([\[\]\\])", r"\\\1", options.get("alt", ""))
    _paragraph(state, f"![{alternative}]({called.rest})", called.start)
    _blocks(state, first, called.stop)


def _callout(state: StateBlock, called: Directive, first: int) -> None:
    name = called.name
    kind = {"dropdown": "details"}.get(name, name if callout_named(name) else "note")
    opened = state.push("container_kb_open", "div", 1)
    opened.info, opened.markup = f"{kind} {called.rest}", ":::"
    opened.map = [called.start, called.stop]
    _blocks(state, first, called.stop)
    state.push("container_kb_close", "div", -1)


def _only(state: StateBlock, called: Directive, _options: dict[str, str], first: int) -> None:
    """What is for some kinds of output: shown, where pages of HTML are one of them."""
    said = called.rest
    if _SAYS_ALSO.search(said) and not _OTHER_BUILDER.search(said):
        _blocks(state, first, called.stop)
    else:
        _leave_out(state, called)


def _include(state: StateBlock, called: Directive, options: dict[str, str], _first: int) -> None:
    """A text, or code, that stands in a file of its own."""
    expander: Expander | None = state.env.get("expander")
    is_text = called.name == "include" and not options.keys() & {"literal", "code", "parser"}
    text = _file(expander, called.rest, options, is_text=is_text) if expander else None
    if expander is None or text is None:
        _leave_out(state, called)
        return
    language = options.get("language") or options.get("code") or ""
    marked = options.get("emphasize-lines", "")
    if not is_text:
        shown = Import(called.rest, 0, language, marked, options.get("caption", ""))
        text = write_import(shown, text)
    insert(state, expander.counted(text, called.start), called.start)


def _file(expander: Expander, name: str, options: dict[str, str], *, is_text: bool) -> str | None:
    """What the options choose of a file; None where there is none to show, or they ask for what
    only Sphinx can tell.
    """
    if not name or options.keys() & {"pyobject", "diff"}:
        return None
    lines = options.get("lines", "").replace(" ", "")
    if re.fullmatch(r"[\d,-]+", lines):
        name = f"{name}:{lines.replace('-', ':')}"
    text = expander.include(name) if is_text else expander.code(name)
    if text is None:
        return None
    rows = text.split("\n")
    start, end = (options.get(key, "") for key in ("start-line", "end-line"))
    rows = rows[int(start) if start.isdecimal() else 0 : int(end) if end.isdecimal() else None]
    text = "\n".join(rows)
    if after := options.get("start-after"):
        text = text.partition(after)[2]
    if before := options.get("end-before"):
        text = text.partition(before)[0]
    return text


def _restructured(
    state: StateBlock, called: Directive, _options: dict[str, str], _first: int
) -> None:
    """reStructuredText, as MyST writes the same thing."""
    expander: Expander | None = state.env.get("expander")
    if expander is None or not may_include(state.env):
        _leave_out(state, called)
        return
    text = as_myst(_text(state, called, called.start + 1))
    insert(state, expander.counted(text, called.start), called.start)


def _list_table(state: StateBlock, called: Directive, options: dict[str, str], first: int) -> None:
    """A list of lists: a table, where it has a head and each cell is one paragraph."""
    if called.rest:
        _paragraph(state, f"**{called.rest}**", called.start)
    begin = len(state.tokens)
    _blocks(state, first, called.stop)
    if options.get("header-rows") == "1" and (made := as_table(state.tokens[begin:])):
        state.tokens[begin:] = made


def _csv_table(state: StateBlock, called: Directive, options: dict[str, str], first: int) -> None:
    """Rows of values with commas between."""
    if called.rest:
        _paragraph(state, f"**{called.rest}**", called.start)
    text = _text(state, called, first)
    head = [options["header"]] if options.get("header") else []
    try:
        rows = list(csv.reader([*head, *text.strip().split("\n")], skipinitialspace=True))
    except csv.Error:  # over 128 K in a cell
        rows = []
    if options.keys() & {"file", "url"} or not any(rows):
        _leave_out(state, called)
        return
    is_headed = bool(head) or options.get("header-rows") == "1"
    where = [called.start, called.stop]
    state.tokens += table_tokens(rows, where, level=state.level, is_headed=is_headed)


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


_MADE: dict[str, Callable[[StateBlock, Directive, dict[str, str], int], None]] = {
    "image": _picture,
    "figure": _picture,
    "only": _only,
    "include": _include,
    "literalinclude": _include,
    "eval-rst": _restructured,
    "list-table": _list_table,
    "csv-table": _csv_table,
}
