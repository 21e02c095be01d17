"""Callouts and tabs out of what the rules of single dialects found: a rule for markdown-it-py.

It comes after `block` and before `inline`, so that titles are Markdown like any other text. What
begins and ends in lines of its own (`{% hint %}`) is put together here: what nothing ends, ends
with the block around it; what nothing began is left out; what is no callout is only its content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it.token import Token

from kb.config import over_limit
from kb.content.markdown.callout import (
    Callout,
    any_callout,
    callout_named,
    close_callout,
    close_tab,
    close_tabs,
    open_callout,
    open_tab,
    open_tabs,
)
from kb.content.markdown.container_line import (
    CODE_GROUPS,
    HEADING_TABS,
    TAB_GROUPS,
    TABS,
    Container,
    read_container,
)
from kb.content.markdown.fence import read_info
from kb.content.markdown.mark_line import IN_SLOT, IN_TABS, Mark, last_mark

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

    from kb.content.markdown.markup import Account

_ALERT = re.compile(r"\[!([A-Za-z][\w-]{0,40})\]([+-]?)[ \t]*([^\n]{0,1000})(?:\n|\Z)")
_BOLD = re.compile(
    r"(?:[^\w\s*_\[<`#!]{1,4}\s{0,3}|:\w{1,40}:\s{0,3})?"
    r"(?:\*\*|__|<(?:b|strong)>)[^\w\s]{0,4}\s?([A-Za-z]{3,12})\s?([:\uff1a!]?)"
    r"(?:\*\*|__|</(?:b|strong)>)[ \t]*([:\uff1a]?|[-\u2013\u2014](?=\s))(?:[ \t]*(\n)|[ \t]*)"
)
_SIGN = re.compile(r"(:[a-z_]{4,20}:|[^\w\s])\ufe0f?[ \t]*([^\n]{0,1000})(?:\n|\Z)")
_SIGNS = {
    sign: name
    for name, signs in {
        "info": "\U0001f4d8 \u2139 :information_source: :blue_book:",
        "tip": "\U0001f44d \u2705 \U0001f4a1 :bulb: :white_check_mark: :thumbsup:",
        "warning": "\U0001f6a7 \u26a0 :warning: :construction:",
        "danger": "\u2757 \u203c \U0001f6d1 \U0001f6a8 :exclamation: :rotating_light: :stop_sign:",
    }.items()
    for sign in signs.split()
}
"""Signs with which a quote begins that is a callout, as in ReadMe and in many a README."""
_TITLE = re.compile(r"(?![^\n]*[.;:!?]\s)[^\n]{0,60}(?<![.,;])")
_BOLD_NAMES = frozenset(
    """
    note notes info information tip tips hint important warning caution danger attention
    """.split()  # noqa: SIM905  # a list of words
)
_ADMONITION = re.compile(r"\s*([\w-]+)((?:[ \t]+[\w-]+)*)[ \t]*(?:\"(.*)\")?\s*$")
_GROUPS = ("tabs", "code-group")
_HEADING_TAB = re.compile(r"\[([^\[\]\n]{1,200})\]\(#tab/[^()\s]{1,200}\)")
_HEADING = "#tab"


def is_directive(params: str, *, callouts: bool, tabs: bool) -> bool:
    """Whether what stands after `:::` begins a container: a name, and not one of docfx's marks."""
    found = read_container(params)
    return found is not None and (tabs if found.has_tabs else callouts)


def containers(state: StateCore) -> None:
    """Replace the tokens of blocks that hold others by those of callouts and tabs."""
    found = _OURS.intersection(token.type for token in state.tokens)
    has_headings = "(#tab/" in state.src
    if found or has_headings:
        state.env["account"].has_marks |= has_headings or found != {"blockquote_open"}
        state.tokens = _Assembler(state).run()


_OURS = frozenset(
    {"mark", "blockquote_open", "container_kb_open", "admonition_open", "tab_block_open"}
)


@dataclass(slots=True)
class _Open:
    """What is open: what ends it, by how much it deepens what is in it, what it is, what it is
    called, the element of the headings that are its tabs, and the titles of tabs that it names.
    """

    ends: list[Token] = field(default_factory=list)
    deeper: int = 0
    what: str = ""
    name: str = ""
    tag: str = ""
    titles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """A block of the parser's own, and what single lines opened inside of it."""

    block: _Open = field(default_factory=_Open)
    is_replaced: bool = False
    marks: list[_Open] = field(default_factory=list)


def _holds_tabs(frame: _Frame) -> bool:
    return any(opened.what in _GROUPS for opened in (frame.block, *frame.marks))


def _paragraph(text: str, token: Token) -> tuple[Token, Token, Token]:
    """A line of words, after all."""
    level, lines = token.level, token.map
    return (
        Token("paragraph_open", "p", 1, map=lines, level=level, block=True),
        Token("inline", "", 0, content=text, map=lines, level=level + 1, children=[]),
        Token("paragraph_close", "p", -1, level=level, block=True),
    )


class _Assembler:
    def __init__(self, state: StateCore) -> None:
        self._tokens = state.tokens
        self._deepest: int = state.env["limits"].nesting
        self._first_line: int = state.env["first_line"]
        self._has_callouts: bool = state.env["syntax"].callouts
        self._has_tabs: bool = state.env["syntax"].tabs
        self._account: Account = state.env["account"]
        self._out: list[Token] = []
        self._frames = [_Frame()]
        self._deeper = 0
        self._skip = 0
        self._ending: Mark | None = None

    def run(self) -> list[Token]:
        """All tokens, each at its depth."""
        for index, token in enumerate(self._tokens):
            if self._skip:
                self._skip -= 1
            elif token.type == "heading_open" and self._heading_tab(index, token):
                continue
            elif token.type == "hr" and self._ends_heading_tabs():
                self._end_mark(Mark("tab", _HEADING, ends=True))
            elif token.type == "mark":
                self._mark(token.meta["mark"], token)
            elif token.nesting == 1:
                self._begin(index, token)
            elif token.nesting == -1:
                self._end(token)
            elif token.type == "fence" and self._innermost().what == "code-group":
                self._code_tab(token)
            else:
                self._emit(token)
                if token.type == "inline":
                    self._end_in_words(token)
        self._close_marks(self._frames[0], 0)
        return self._out

    def _ends_heading_tabs(self) -> bool:
        return any(opened.name == _HEADING for opened in self._frames[-1].marks)

    def _innermost(self) -> _Open:
        frame = self._frames[-1]
        return frame.marks[-1] if frame.marks else frame.block

    def _emit(self, *tokens: Token) -> None:
        for token in tokens:
            token.level += self._deeper
            self._out.append(token)

    def _begin(self, index: int, token: Token) -> None:
        replace = {
            "container_kb_open": self._directive,
            "admonition_open": self._admonition,
            "tab_block_open": self._tab_block,
            "blockquote_open": self._quote,
        }.get(token.type)
        frame = _Frame()
        if replace is not None and (opened := replace(index, token)) is not None:
            frame = _Frame(opened, is_replaced=True)
            self._deeper += opened.deeper
        else:
            self._emit(token)
        self._frames.append(frame)

    def _end(self, token: Token) -> None:
        frame = self._frames.pop() if len(self._frames) > 1 else _Frame()
        self._close_marks(frame, 0)
        if frame.is_replaced:
            self._deeper -= frame.block.deeper
            self._emit(*frame.block.ends)
        else:
            self._emit(token)
        if self._ending is not None:
            ending, self._ending = self._ending, None
            self._end_mark(ending)

    def _close_marks(self, frame: _Frame, down_to: int) -> None:
        while len(frame.marks) > down_to:
            opened = frame.marks.pop()
            self._deeper -= opened.deeper
            self._emit(*opened.ends)

    def _mark(self, mark: Mark, token: Token) -> None:
        frame = self._frames[-1]
        if mark.ends:
            if not self._end_mark(mark) and mark.name.startswith("/"):
                self._emit(*_paragraph(mark.line, token))
            return
        if mark.name == IN_TABS and not _holds_tabs(frame):
            self._emit(*_paragraph(mark.line, token))
            return
        if mark.name == IN_SLOT and not _holds_tabs(frame):
            mark = mark._replace(what="block")
        if mark.what == "tab":
            self._close_tab(frame)
            named = self._innermost().titles
            title = mark.title or mark.attributes.get("value") or (named and named.pop(0))
            opened = self._tab(title or mark.name, token, level=token.level)
        elif mark.what == "block":
            opened = _Open()
        elif mark.what in _GROUPS:
            titles = mark.attributes.get("items", "").split("\n")
            opened = _Open([close_tabs(token.level)], 1, mark.what, titles=titles)
            self._emit(open_tabs(token.level))
        else:
            callout = callout_named(mark.style) or Callout("note", "note")
            if mark.name in {"details", "expand"} or mark.attributes.get("style") == "details":
                callout = Callout("details", "details", "closed")
            callout = callout._replace(fold=mark.attributes.get("fold", callout.fold))
            opened = self._callout(callout, mark.title, token)
        opened.name = mark.name
        frame.marks.append(opened)
        if len(frame.marks) + len(self._frames) > self._deepest:
            raise over_limit(
                "nesting",
                f"callouts and tabs nested over {self._deepest} levels deep",
                self._first_line + (token.map[0] if token.map else 0),
            )
        self._deeper += opened.deeper

    def _close_tab(self, frame: _Frame) -> None:
        """Close the tab that another one follows; one around the innermost tabs goes on."""
        for at in range(len(frame.marks) - 1, -1, -1):
            if frame.marks[at].what == "tab":
                self._close_marks(frame, at)
            if frame.marks[at:] == [] or frame.marks[at].what in _GROUPS:
                return

    def _heading_tab(self, index: int, token: Token) -> bool:
        """Whether a heading is a tab, `# [Title](#tab/name)` of docfx, or any of the first level in
        tabs of Quarto.
        """
        title = self._tokens[index + 1].content
        block = self._frames[-1].block
        if block.name in HEADING_TABS and block.tag in {"", token.tag}:
            block.tag = token.tag
            mark = Mark("tab", block.name, attributes={"title": title})
        else:
            found = _HEADING_TAB.fullmatch(title)
            if found is None or not self._has_tabs:
                return False
            mark = Mark("tab", _HEADING, attributes={"title": found[1]})
        self._mark(mark, token)
        self._skip = 2
        return True

    def _end_mark(self, mark: Mark) -> bool:
        """Close what a mark ends; whether there is any."""
        frame = self._frames[-1]
        for at in range(len(frame.marks) - 1, -1, -1):
            if frame.marks[at].name == mark.name:
                self._close_marks(frame, at)
                return True
        return False

    def _end_in_words(self, token: Token) -> None:
        """A mark at the end of a paragraph is no text, where it ends what stands around it."""
        if not token.content.endswith("}"):
            return
        found = last_mark(token.content)
        frame = self._frames[max(len(self._frames) - 2, 0)]
        if found and found[0].ends and any(o.name == found[0].name for o in frame.marks):
            token.content = token.content[: found[1]].rstrip()
            self._ending = found[0]

    def _callout(self, callout: Callout, title: str, token: Token) -> _Open:
        line = token.map[0] if token.map else None
        self._emit(*open_callout(callout, title, line=line, level=token.level))
        return _Open([close_callout(token.level)], 1, "callout")

    def _tab(self, title: str, token: Token, *, level: int) -> _Open:
        """A tab, in the tabs that are open, in those that ended just now, or in new ones."""
        line = token.map[0] if token.map else None
        if self._innermost().what in _GROUPS:
            self._emit(*open_tab(title, line=line, level=level))
            return _Open([close_tab(level)], 1, "tab")
        if self._out and self._out[-1].type == "tabs_close" and self._out[-1].meta.get("loose"):
            self._out.pop()
        else:
            self._emit(open_tabs(level))
        self._emit(*open_tab(title, line=line, level=level + 1))
        closed = close_tabs(level)
        closed.meta["loose"] = True
        return _Open([close_tab(level + 1), closed], 2, "tab")

    def _code_tab(self, token: Token) -> None:
        info = read_info(token.info)
        line = token.map[0] if token.map else None
        title = info.title or info.words or info.language or "text"
        token.info = info.language
        level = token.level
        self._emit(*open_tab(title, line=line, level=level))
        token.level += 1
        self._emit(token, close_tab(level))

    def _directive(self, index: int, token: Token) -> _Open | None:
        found = read_container(token.info) or Container("")
        inner = token.level
        if not found.is_shown:
            return self._hide(index, found.name)
        if found.name in CODE_GROUPS | TAB_GROUPS | HEADING_TABS:
            self._emit(open_tabs(inner))
            what = "code-group" if found.name in CODE_GROUPS else "tabs"
            return _Open([close_tabs(inner)], 0, what, found.name)
        if found.name in TABS:
            opened = self._tab(found.title or found.name, token, level=inner)
        elif found.callout is not None:
            title = found.title
            if found.has_heading and not title and self._tokens[index + 1].type == "heading_open":
                title, self._skip = self._tokens[index + 2].content, 3
            opened = self._callout(found.callout, title, token)
        else:
            return _Open(deeper=-1)
        opened.deeper -= 1
        return opened

    def _hide(self, index: int, name: str) -> _Open:
        """Leave out all that stands in a container."""
        depth, end = 1, index
        while depth:
            end += 1
            depth += self._tokens[end].nesting
        line = self._tokens[index].map
        self._account.leave_out(f"::: {name}", self._first_line + (line[0] if line else 0))
        self._skip = end - index - 1
        return _Open(deeper=-1)

    def _admonition(self, index: int, token: Token) -> _Open:
        found = _ADMONITION.match(token.info)
        title = token.content
        name = token.meta["tag"]
        if found is not None:
            name = found[1]
            title = found[3] or ""
        if token.markup.startswith("?"):
            fold = "open" if token.markup.endswith("+") else "closed"
        else:
            fold = ""
        if self._tokens[index + 1].type == "admonition_title_open":
            self._skip = 3
        opened = self._callout(any_callout(name)._replace(fold=fold), title, token)
        opened.deeper -= 1
        return opened

    def _tab_block(self, index: int, token: Token) -> _Open:  # noqa: ARG002  # called as the others of its table are
        opened = self._tab(token.info, token, level=token.level)
        opened.deeper -= 1
        return opened

    def _quote(self, index: int, token: Token) -> _Open | None:
        """A quote that begins with `[!NOTE]`, or with the word in bold."""
        tokens = self._tokens
        if not self._has_callouts:
            return None
        alert = self._alert_above()
        if alert:
            del self._out[-3:]
        if alert := alert or token.meta.get("callout", ""):
            opened = self._callout(any_callout(alert), "", token)
            opened.deeper -= 1
            return opened
        if index + 3 >= len(tokens) or tokens[index + 1].type != "paragraph_open":
            return None
        inline = tokens[index + 2]
        found = _ALERT.match(inline.content)
        if found is not None:
            fold = {"-": "closed", "+": "open"}.get(found[2], "")
            callout = any_callout(found[1])._replace(fold=fold)
            if found[1].lower() == "caution":
                callout = callout._replace(kind="danger")
            title = found[3].strip()
        else:
            found = _BOLD.match(inline.content)
            if found is None or found[1].lower() not in _BOLD_NAMES:
                return self._signed(index, token)
            after = inline.content[found.end() :]
            if after and after[0].islower() and not (found[2] or found[3] or found[4]):
                return None
            callout, title = any_callout(found[1]), ""
        opened = self._callout(callout, title, token)
        opened.deeper -= 1
        self._cut(index, inline, found.end())
        return opened

    def _signed(self, index: int, token: Token) -> _Open | None:
        """A quote that begins with a sign of attention: a short line behind it is the title."""
        inline = self._tokens[index + 2]
        found = _SIGN.match(inline.content)
        name = _SIGNS.get(found[1]) if found else None
        if found is None or name is None:
            return None
        title, end = found[2].strip(), found.end()
        more = inline.content[end:]
        has_more = more or self._tokens[index + 4].type != "blockquote_close"
        if not has_more or more[:1].islower() or not _TITLE.fullmatch(title):
            title, end = "", found.start(2)
        opened = self._callout(any_callout(name), title, token)
        opened.deeper -= 1
        self._cut(index, inline, end)
        return opened

    def _alert_above(self) -> str:
        """The name in a paragraph `[!NOTE]` right above, whose sign of a quote was forgotten."""
        above = self._out[-3:]
        is_paragraph = len(above) > 2 and above[0].type == "paragraph_open"  # noqa: PLR2004  # opened, words, closed
        found = _ALERT.fullmatch(above[1].content) if is_paragraph else None
        return found[1] if found and not found[3] else ""

    def _cut(self, index: int, inline: Token, end: int) -> None:
        """Leave out the beginning of a quote's first paragraph, all of it if nothing is left."""
        newlines = inline.content.count("\n", 0, end)
        inline.content = inline.content[end:].lstrip()
        if not inline.content:
            self._skip = 3
        elif inline.map:
            inline.map = [inline.map[0] + newlines, inline.map[1]]
        assert self._tokens[index + 3].type == "paragraph_close"
