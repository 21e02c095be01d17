"""Attributes in braces, `{#id}`, `{: .x}`, `{width=300}`: rules for markdown-it-py.

What a page can use is applied: the id of a heading, a paragraph, a link or a word, the size of a
picture, the name of a callout. The rest is left out of the text all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from kb.content.markdown.callout import callout_named, close_callout, open_callout
from kb.content.markdown.markup import button_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

_ITEM = (
    r"""(?:\.[\w-]+|#[\w:.-]+|[\w-]+\s?=\s?(?:"[^"\n{}]*"|'[^'\n{}]*'|[^\s"'{}]+)|toc|unlisted)"""
)
_LIST = rf"\{{:?\s*(?:{_ITEM}(?:\s+|,|(?=\.|\}})))+\}}|\{{:\s*(?:{_ITEM}\s*)*\}}"
_ID = re.compile(r"""#(?P<sign>[\w:.-]+)|(?<=[\s{:])id\s?=\s?["']?(?P<key>[A-Za-z][\w:.-]*)""")
_CLASS = re.compile(r"\.([\w-]+)")
_HEADING = re.compile(
    rf"[ \t]*(?:(?:{_LIST})|(?:\{{/\*\s?(?P<mdx>[A-Za-z][\w-]*)\s?\*/\}})|\{{#[^{{}}\n]*\}})\s*\Z"
)
_LINE = re.compile(rf"[ \t]*(?:{_LIST})[ \t]*\Z")
_INLINE = re.compile(_LIST)
# kramdown takes whatever stands in `{: }` behind a link for attributes, quotes without an end, too.
_LOOSE = re.compile(r"\{:[^{}\n]*[=.#][^{}\n]*\}")
# Behind the words of a paragraph or an item, as markdown-it-attrs has it.
_TAIL = re.compile(r"(?<=[^\s`])[ \t]+\{#((?!kb-)[A-Za-z][\w:.-]*)\}\Z", re.IGNORECASE)
_SIZE = re.compile(r"""(?<![\w-])(width|height)\s?=\s?["']?(\d{1,5})(?:px)?(?![\d%.\w])""")
_NAMED = re.compile(r"[ \t]\[#([A-Za-z][\w-]{0,100})\]\Z")  # of Fumadocs
_LONGEST = 300
_AFTER = frozenset({"image", "link_close", "code_inline", "span_close", "html_inline"})


def attributes(state: StateCore) -> None:
    """Take attributes off headings and paragraphs, before their text is parsed."""
    held = [t for t in state.tokens if t.type == "inline" and _may_hold(t.content)]
    if held:
        before = [token.content for token in held]
        state.tokens = _Reader(has_callouts=state.env["syntax"].callouts).read(state.tokens)
        state.env["account"].has_marks |= before != [token.content for token in held]


class _Reader:
    """Reads the tokens of one article. A class on a line of its own is that of the block below:
    where it names a callout, the block becomes one.
    """

    def __init__(self, *, has_callouts: bool) -> None:
        self._has_callouts = has_callouts
        self._out: list[Token] = []
        self._named = ""
        self._closing: list[tuple[int, Token]] = []
        self._quotes: list[Token] = []

    def read(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens, without attributes in the text."""
        is_left_out = False
        for index, token in enumerate(tokens):
            if is_left_out:  # the end of a paragraph that is gone
                is_left_out = False
                continue
            if self._named and token.type in {"paragraph_open", "blockquote_open"}:
                self._begin_callout(tokens, index)
            if token.type == "blockquote_open":
                self._quotes.append(token)
            elif token.type == "blockquote_close":
                self._quotes.pop()
            is_left_out = _may_hold(token.content) and self._is_attributes(token)
            if is_left_out:
                self._out.pop()
                if token.meta:
                    self._out.append(token)
                continue
            self._out.append(token)
            if token.type == "tr_close":
                self._drop_row()
            if self._closing and token.nesting == -1 and token.level == self._closing[-1][0]:
                self._out.append(self._closing.pop()[1])
        return self._out

    def _drop_row(self) -> None:
        """Leave out the last row, where it is a line of attributes below a table."""
        start = next(n for n in range(len(self._out) - 1, -1, -1) if self._out[n].type == "tr_open")
        first, *others = (token.content for token in self._out[start:] if token.type == "inline")
        is_line = first.startswith("{:") and _LINE.fullmatch(first[:_LONGEST])
        if is_line and not any(others) and self._out[start - 1].type != "thead_open":
            del self._out[start:]

    def _begin_callout(self, tokens: Sequence[Token], index: int) -> None:
        token = tokens[index]
        if _LINE.match(tokens[index + 1].content[-_LONGEST:]):
            return  # more of them
        callout = callout_named(self._named)
        self._named = ""
        if self._has_callouts and callout and callout.kind != "details":
            line = token.map[0] if token.map else 0
            self._out += open_callout(callout, line=line, level=token.level)
            self._closing.append((token.level, close_callout(token.level)))

    def _is_attributes(self, token: Token) -> bool:
        """Whether a paragraph is nothing else; they are gone from it in any case."""
        before = self._out[-1] if self._out else token
        if token.type != "inline" or before.type not in {"heading_open", "paragraph_open"}:
            return False
        if before.type == "heading_open":
            _heading(before, token)
            return False
        if "\n{:" in token.content:
            _drop_lines(token)
        named, is_whole = _paragraph(token)
        if named and not is_whole:
            if self._quotes and self._quotes[-1].level == before.level - 1:
                self._quotes[-1].meta["callout"] = named
            return False
        self._named = named or self._named
        if not is_whole and (named := _first_line(token)):
            opened = self._out.pop()
            self._named = named
            self._begin_callout([opened, token], 0)
            self._out.append(opened)
        return is_whole


def _may_hold(text: str) -> bool:
    if text[-1:] == "]":
        return "[#" in text
    return text[-1:] == "}" or text.startswith("{:") or "\n{:" in text


def _first_line(inline: Token) -> str:
    """The class that names a callout on a paragraph's first line, which is left out."""
    line, _, rest = inline.content.partition("\n")
    if not rest or not line.startswith("{:") or not _LINE.match(line[:_LONGEST]):
        return ""
    inline.content = rest
    if inline.map:
        inline.map = [inline.map[0] + 1, inline.map[1]]
    return next((name for name in re.findall(r"\.([\w-]+)", line) if callout_named(name)), "")


def _drop_lines(inline: Token) -> None:
    """Leave out the lines of attributes between those of words; the first and the last stay."""
    first, *lines = inline.content.split("\n")
    kept = [line for line in lines[:-1] if not (line.startswith("{:") and _is_line(line))]
    inline.content = "\n".join([first, *kept, *lines[-1:]])


def _is_line(line: str) -> bool:
    return len(line) <= _LONGEST and _LINE.match(line) is not None


def _heading(opened: Token, inline: Token) -> None:
    if named := _NAMED.search(inline.content, max(0, len(inline.content) - _LONGEST)):
        inline.content = inline.content[: named.start()].rstrip()
        opened.attrs["id"] = named[1]
        return
    at = inline.content.rfind("{", -_LONGEST)
    found = _HEADING.match(inline.content, at) if at >= 0 else None
    if found is None:
        return
    wish = found["mdx"] or _identity(found[0])
    inline.content = inline.content[:at].rstrip()
    if wish:
        opened.attrs["id"] = wish


def _paragraph(inline: Token) -> tuple[str, bool]:
    """The class that names a callout, if one does, and whether attributes are all that is there."""
    if tail := _TAIL.search(inline.content, max(0, len(inline.content) - _LONGEST)):
        inline.content = inline.content[: tail.start()]
        inline.meta = {**inline.meta, "id": tail[1]}
        return "", False
    at = inline.content.rfind("\n") + 1
    line = inline.content[at:]
    if len(line) > _LONGEST or not line.lstrip().startswith("{") or not _LINE.match(line):
        return "", False
    inline.content = inline.content[:at].rstrip()
    identity = _identity(line)
    if identity and not identity.lower().startswith("kb-"):
        inline.meta = {**inline.meta, "id": identity}
    classes = (name.removeprefix("is-") for name in re.findall(r"\.([\w-]+)", line))
    named = next((name for name in classes if callout_named(name)), "")
    return named, not inline.content


def inline_attributes(state: StateInline, silent: bool) -> bool:
    """Take attributes after a picture, a link, or code; a picture keeps its size."""
    if not state.src.startswith("{", state.pos) or state.pending or not state.tokens:
        return False
    last = state.tokens[-1]
    if last.type not in _AFTER and not _ends_emphasis(state, last):
        return False
    end = min(state.posMax, state.pos + _LONGEST)
    found = _INLINE.match(state.src, state.pos, end) or _LOOSE.match(state.src, state.pos, end)
    if found is None:
        return False
    state.env["account"].has_marks = True
    if not silent:
        if last.type == "image":
            last.attrs.update(_SIZE.findall(found[0]))
        if last.type == "link_close" and (shown := button_class(_CLASS.findall(found[0]))):
            opened = next(t for t in reversed(state.tokens) if t.type == "link_open")
            opened.attrs["class"] = shown
        if identity := _identity(found[0]):
            _name(state, identity)
    state.pos = found.end()
    return True


def span(state: StateInline, silent: bool) -> bool:
    """Read words in brackets with attributes, `[words]{.x}` of Pandoc, which are no link: words."""
    if not state.src.startswith("[", state.pos) or state.src.endswith("]", 0, state.pos):
        return False  # behind a bracket it is the name of a link that nothing defines
    if state.src.startswith("^", state.pos + 1):
        return False  # a footnote
    end = state.md.helpers.parseLinkLabel(state, state.pos)
    if end < 0 or not state.src.startswith("]{", end):
        return False
    found = _INLINE.match(state.src, end + 1, min(state.posMax, end + 1 + _LONGEST))
    if found is None:
        return False
    state.env["account"].has_marks = True
    if not silent:
        if identity := _identity(found[0]):
            _name(state, identity)
        most, state.pos, state.posMax = state.posMax, state.pos + 1, end
        state.md.inline.tokenize(state)
        state.posMax = most
    state.pos = found.end()
    return True


def _identity(written: str) -> str:
    """The id among attributes, `#name` or `id="name"`; empty where there is none."""
    found = _ID.search(written)
    return (found["sign"] or found["key"]) if found else ""


def _name(state: StateInline, identity: str) -> None:
    """A place to link to; a link without words is nothing else."""
    if identity.lower().startswith("kb-"):  # a page may need it itself
        return
    if len(state.tokens) > 1 and state.tokens[-2].type == "link_open":
        del state.tokens[-2:], state.tokens_meta[-2:]
    state.push("anchor", "span", 0).attrs = {"id": identity}


def attribute_ids(state: StateCore) -> None:
    """Put the places that paragraphs name before their words."""
    for token in state.tokens:
        if token.type == "inline" and "id" in token.meta:
            anchor = Token("anchor", "span", 0, attrs={"id": token.meta["id"]})
            token.children = [anchor, *(token.children or ())]


def _ends_emphasis(state: StateInline, last: Token) -> bool:
    """Whether the last token is a sign that may end emphasis: it is paired with its beginning only
    when the paragraph has been read.
    """
    signs = state.delimiters
    return (
        last.type == "text"
        and bool(signs)
        and signs[-1].token == len(state.tokens) - 1
        and signs[-1].close
    )
