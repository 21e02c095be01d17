"""Components of MDX and their like on lines of their own, in the manner of markdown-it-py's rules.

`<Card title="x" href="y">` is its title, `<Steps>` nothing, `<Note>` a callout; what stands between
them is Markdown, as MDX has it. Imports and exports are code, and left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from kb.content.markdown.callout import callout_named
from kb.content.markdown.element_line import BLOCKS, element_line
from kb.content.markdown.jsx import (
    SET_HTML,
    Tag,
    as_html,
    begins_module,
    end_of_braces,
    named_place,
    read_import,
    read_tag,
)
from kb.content.markdown.mark_line import IN_SLOT
from kb.content.markdown.mark_line import Mark as CalloutMark
from kb.content.markdown.template_line import insert

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

    from kb.content.markdown.markup import Markup
    from kb.content.markdown.templates import Expander

_MOST_LINES = 200
_TITLES = ("title", "label", "heading", "header", "summary", "name", "question", "caption")
_FIELDS = frozenset({"ParamField", "ResponseField", "Property", "Param", "Field"})
_FIELD_NAMES = ("path", "query", "body", "header", "name", "param")
_FOLDS = frozenset(
    {
        "Accordion",
        "Expandable",
        "Details",
        "Collapsible",
        "Collapse",
        "AccordionItem",
        "FAQItem",
        "Toggle",
    }
)
_TABS = frozenset({"Tabs", "CodeGroup", "TabGroup", "CodeTabs", "Code-Tabs", "code-group"})
_TAB = frozenset({"Tab", "TabItem", "CodeGroupItem", "code-block"})
_LOWER = frozenset({"template", "code-group", "code-block"})
_WORDS = frozenset(
    {"Icon", "Badge", "Tooltip", "Link", "A", "Button", "Kbd", "Key", "Highlight", "Sub", "Sup"}
)
_TEXT = re.compile(r"\{\s*(['\"`])[^'\"`{}]*\1\s*\}")
_INDENTED = re.compile(r"^ +\S", re.MULTILINE)
_FENCE = re.compile(r" *(```+|~~~+)")
_END_TAG = re.compile(r"</([A-Za-z][\w.-]*)")
_END = re.compile(r"\s*</([A-Za-z][\w.-]*)\s*>\s*\Z")


_LITERAL = re.compile(
    r"\s{0,20}\{\s{0,20}`((?>(?:[^`\\]|\\.){0,100000}))`\s{0,20}\}\s{0,20}</([A-Z]\w*)\s{0,9}>"
    r"[ \t]*(?=\n|\Z)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([`$\\])")


def without_indentation(text: str) -> str:
    """A text in MDX in which what stands in a component is not indented more than its tags.

    It has as many lines as before. Indentation means nothing in MDX, but in lists it does.
    """
    if not _INDENTED.search(text):
        return text
    out: list[str] = []
    opened: list[tuple[str, int]] = []
    shift = 0
    fence = ""
    skip = -1
    ends: dict[str, int] = {}
    at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        begin, at = at, at + len(line) + 1
        taken = min(indent, shift)
        if fence or begin < skip:
            fence = (
                "" if fence and line.strip().startswith(fence) and not line.strip(" `~") else fence
            )
        elif found := _FENCE.match(line):
            fence = found[1]
        elif line.startswith("</", indent):
            shift = _leave(line[indent:], opened, shift)
            taken = min(indent, shift)
        elif line.startswith("<", indent) and (tag := read_tag(text, begin + indent)):
            skip = tag.end
            if _has_end(tag, text, begin + len(line), ends):
                after = text.count("\n", begin, tag.end) + number + 1
                inner = next(
                    (len(t) - len(t.lstrip(" ")) for t in lines[after : after + 9] if t.strip()),
                    indent,
                )
                opened.append((tag.name, shift))
                shift += max(0, inner - indent)
        out.append(line[taken:])
    return "\n".join(out)


def _leave(line: str, opened: list[tuple[str, int]], shift: int) -> int:
    """How much is taken off behind an end tag."""
    found = _END_TAG.match(line)
    names_opened = [name for name, _ in opened]
    if found is None or found[1] not in names_opened:
        return shift
    while opened:
        name, shift = opened.pop()
        if name == found[1]:
            break
    return shift


def _has_end(tag: Tag, text: str, line_end: int, ends: dict[str, int]) -> bool:
    """Whether a tag's end stands on a later line."""
    if tag.is_void or not tag.name:
        return False
    if tag.name not in ends:
        ends[tag.name] = text.rfind(f"</{tag.name}")
    if ends[tag.name] < line_end:
        return False
    return text.find(f"</{tag.name}", tag.end, line_end) < 0


def component_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the tags that begin a line; what follows them on the line is Markdown."""
    src = state.src
    begin = state.bMarks[start] + state.tShift[start]
    first = src[begin : begin + 1]
    markup: Markup = state.env["markup"]
    if first in "ie{" and markup.is_mdx:
        return _take_code(state, start, end, silent)
    if first != "<" or state.is_code_block(start):
        return False
    if markup.is_mdx and element_line(state, start, begin, silent):
        return True
    read = _tags(state, begin, markup)
    if read is None:
        return False
    if silent:
        return True
    tags, after = read
    state.env["account"].has_marks = True
    line = _line_at(state, start, end, after)
    state.line = line + 1
    for tag in tags:
        _push(state, tag, start)
    rest = src[after : state.eMarks[line]]
    if whole := _literal(tags[-1], src, after) or _whole(tags[-1], rest):
        inner, closing = whole
        state.line = max(line, _line_at(state, start, end, closing.end)) + 1
        insert(state, inner, start)
        _push(state, closing, start)
    elif rest.strip():
        _go_on(state, line, end, after)
    return True


def _line_at(state: StateBlock, line: int, end: int, at: int) -> int:
    """The line, from one on, on which a place in the text stands."""
    while line < end - 1 and state.eMarks[line] < at:
        line += 1
    return line


def _literal(tag: Tag, src: str, after: int) -> tuple[str, Tag] | None:
    """The text of a component that is all in a template literal, and its end tag."""
    found = None if tag.is_void or tag.closes else _LITERAL.match(src, after)
    if found is None or found[2] != tag.name:
        return None
    closing = read_tag(src, found.start(2) - 2)
    return (_ESCAPED.sub(r"\1", found[1]), closing) if closing else None


def _whole(tag: Tag, rest: str) -> tuple[str, Tag] | None:
    """The text of a component that ends on the line on which it begins, and its end tag: the next
    line is no part of that text.
    """
    found = _END.search(rest)
    if found is None or found[1] != tag.name or not tag.name[0].isupper() or tag.closes:
        return None
    inner, closing = rest[: found.start()], read_tag(found.group().strip(), 0)
    return (inner, closing) if closing and inner.strip() and f"<{tag.name}" not in inner else None


def _tags(state: StateBlock, begin: int, markup: Markup) -> tuple[list[Tag], int] | None:
    """The tags that stand one after the other from a position, and where they end."""
    src, at, tags = state.src, begin, list[Tag]()
    while src.startswith("<", at):
        tag = read_tag(src, at)
        if (
            tag is None
            or not _is_block(tag, src, markup, has_code="={" in src[at : tag.end])
            or src.count("\n", at, tag.end) > _MOST_LINES
        ):
            break
        tags.append(tag)
        at = tag.end
        while at < len(src) and src[at] in " \t":
            at += 1
    return (tags, at) if tags else None


def _is_block(tag: Tag, src: str, markup: Markup, *, has_code: bool = False) -> bool:
    """Whether a tag at the start of a line is a block's: what is within words is not."""
    name = tag.name
    if not name:
        return markup.is_mdx
    if name in _LOWER:
        return name != "template" or bool(_slot(tag)) or (tag.closes and "<Tabs" in src)
    if name[0].isupper():
        if name in _WORDS:
            return False
        return markup.is_mdx or tag.is_void or bool(tag.attrs) or tag.closes or f"</{name}>" in src
    return (markup.is_mdx or has_code) and name in BLOCKS


def _go_on(state: StateBlock, line: int, end: int, at: int) -> None:
    """Read the rest of a line whose beginning was tags, as if it began there."""
    before = state.bMarks[line]
    state.bMarks[line], state.tShift[line] = at, 0
    state.sCount[line] = state.blkIndent
    for rule in state.md.block.ruler.getRules(""):
        if rule(state, line, end, False):  # noqa: FBT003  # a rule's own signature
            break
    state.bMarks[line] = before


def _take_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An import or export, up to the next empty line, or an expression on its own."""
    begin = state.bMarks[start] + state.tShift[start]
    find = _end_of_expression if state.src.startswith("{", begin) else _end_of_module
    after = find(state, start, end)
    if after <= start:
        return False
    if silent:
        return True
    state.env["account"].has_marks = True
    imports = state.env.setdefault("imports", {})
    for at in range(start, after):
        if found := read_import(state.src[state.bMarks[at] : state.eMarks[at]]):
            imports[found[0]] = found[1]
    state.line = after
    return True


def _end_of_expression(state: StateBlock, start: int, end: int) -> int:
    """The line behind an expression that stands alone; the line itself for any other text."""
    src = state.src
    begin = state.bMarks[start] + state.tShift[start]
    stop = end_of_braces(src, begin)
    if stop < 0 or src.startswith(("{#", "{:", "{."), begin) or _TEXT.fullmatch(src[begin:stop]):
        return start
    line = start
    while line < end - 1 and state.eMarks[line] < stop:
        line += 1
    return start if src[stop : state.eMarks[line]].strip() else line + 1


def _end_of_module(state: StateBlock, start: int, end: int) -> int:
    """The line behind an import or export; the line itself for any other text."""
    src = state.src
    begin = state.bMarks[start]
    if state.tShift[start] or not begins_module(src[begin : state.eMarks[start]]):
        return start
    after = start
    while after < end and not state.isEmpty(after):
        after += 1
    # An export may have empty lines in it.
    while (
        after < end
        and after - start < _MOST_LINES
        and _is_open(src[begin : state.eMarks[after - 1]])
    ):
        after += 1
    return after


def _is_open(text: str) -> bool:
    return (
        text.count("{") > text.count("}")
        or text.count("(") > text.count(")")
        or text.count("`") % 2 == 1
    )


def _push(state: StateBlock, tag: Tag, line: int) -> None:
    """What stands for a tag."""
    expander: Expander = state.env["expander"]
    name = tag.name
    anchors = _anchor(tag, line)
    if (tokens := _ends_or_groups(tag, line)) or tag.closes or not name:
        for token in (*anchors, *tokens):
            token.level = state.level
            state.tokens.append(token)
        return
    imported = state.env.get("imports", {}).get(name, "")
    file = imported if imported.endswith((".md", ".mdx")) else ""
    if name in {"Snippet", "Include", "Partial"}:
        file = tag.attrs.get("file") or tag.attrs.get("src") or file
    if file and (text := expander.include(file)):
        insert(state, expander.counted(text, line), line)
        return
    text = (
        _title(tag)
        if not tag.is_void or tag.attrs.get("title")
        else _leaf(tag, state.env.get("imports", {}))
    )
    for token in anchors:
        token.level = state.level
        state.tokens.append(token)
    if text:
        insert(state, text, line)
    elif tag.is_void and not anchors:
        expander.leave_out(f"<{name[:40]}>", line)


def _anchor(tag: Tag, line: int) -> list[Token]:
    """The place that a component names, unless it has to stand right in its group."""
    place = "" if tag.name in _TAB else named_place(tag)
    if not place:
        return []
    content = f"{place}\n"
    return [Token("html_block", "", 0, content=content, map=[line, line + 1], block=True)]


def _ends_or_groups(tag: Tag, line: int) -> list[Token]:
    """The tokens of a tag of HTML, or of a component that is a callout or tabs."""
    if tag.attrs.get(SET_HTML):
        content = f"{tag.attrs[SET_HTML]}\n"
        return [Token("html_block", "", 0, content=content, map=[line, line + 1], block=True)]
    if tag.name[:1].islower() and tag.name not in _LOWER:
        return [Token("html_block", "", 0, content=as_html(tag), map=[line, line + 1], block=True)]
    if tag.name == "template":
        slot = _slot(tag)
        mark = CalloutMark("tab", IN_SLOT, tag.closes, {"title": slot})
        return [Token("mark", "", 0, meta={"mark": mark}, map=[line, line + 1])]
    what, name = _group(tag.name.rpartition(".")[2])
    if tag.is_void or not what:
        return []
    mark = CalloutMark(what, name, tag.closes, dict(tag.attrs), ())
    return [Token("mark", "", 0, meta={"mark": mark}, map=[line, line + 1])]


def _slot(tag: Tag) -> str:
    """The name of the slot that a template fills, as Vue has it; empty for any other."""
    found = next((key for key in tag.attrs if key.startswith(("v-slot:", "#"))), "")
    return found.removeprefix("v-slot:").removeprefix("#")


def _group(name: str) -> tuple[str, str]:
    """What a component is, as marks of lines are, and by which name its end is found."""
    if name in _FOLDS:
        return "callout", "details"
    if name in _TABS:
        return "code-group" if name[:4].lower() == "code" else "tabs", name.lower()
    if name in _TAB:
        return "tab", name.lower()
    return ("callout" if callout_named(name) else "", name.lower())


def _title(tag: Tag) -> str:
    """The title of what only holds other text, with its link and description."""
    attrs = tag.attrs
    if tag.name in _FIELDS:
        name = next((attrs[key] for key in _FIELD_NAMES if attrs.get(key)), "")
        kind = f" {attrs['type']}" if attrs.get("type") else ""
        required = ", required" if "required" in attrs else ""
        return f"**`{name}`**{kind}{required}\n" if name else ""
    title = " ".join(next((attrs[key] for key in _TITLES if attrs.get(key)), "").split())
    link = attrs.get("href") or attrs.get("link") or attrs.get("to") or ""
    shown = (
        f"**[{_escaped(title)}](<{link}>)**" if title and link else f"**{title}**" if title else ""
    )
    description = attrs.get("description", "")
    return "\n\n".join(part for part in (shown, description) if part)


def _leaf(tag: Tag, imports: dict[str, str]) -> str:
    """What stands for a component without text in it: a picture, a film, a link or its words."""
    attrs = tag.attrs
    src = attrs.get("src") or attrs.get("image") or ""
    src = imports.get(src, src)
    if src and tag.name not in {"Video", "Snippet", "YouTube", "Iframe", "Embed"}:
        return f"![{_escaped(attrs.get('alt', ''))}](<{src}>)"
    url = attrs.get("href") or attrs.get("to") or attrs.get("url") or attrs.get("link") or src
    title = next((attrs[key] for key in (*_TITLES, "text", "alt") if attrs.get(key)), "")
    if re.fullmatch(r"[\w-]{11}", attrs.get("id", "")) and "tube" in tag.name.lower():
        url = f"https://www.youtube.com/watch?v={attrs['id']}"
    if url:
        return f"[{_escaped(title or url)}](<{url}>)"
    return title


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]])", r"\\\1", " ".join(text.split()))


def component_ends(state: StateCore) -> None:
    """Move the end tags that stand behind a paragraph's last word out of it."""
    if "</" not in state.src:
        return
    markup: Markup = state.env["markup"]
    out = []
    waiting: list[Tag] = []
    for token in state.tokens:
        if token.type == "inline" and "</" in token.content:
            waiting += _cut_ends(token, markup)
        out.append(token)
        if waiting and token.nesting == -1:
            for tag in waiting:
                out += _ends_or_groups(tag, token.map[0] if token.map else 0)
            waiting = []
    state.tokens = out


def _cut_ends(token: Token, markup: Markup) -> list[Tag]:
    ends: list[Tag] = []
    content = token.content
    while found := _END.search(content):
        name = found[1]
        tag = Tag(name, {}, closes=True, is_void=False, end=0)
        if f"<{name}" in content or not _is_block(tag, content, markup):
            break
        ends.insert(0, tag)
        content = content[: found.start()]
    token.content = content
    return ends
