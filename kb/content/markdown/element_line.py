"""An element of HTML that begins and ends on one line of MDX: `<h3>Title</h3>`, a row of a table.

CommonMark would take the lines below it for HTML as well. In MDX what stands between the tags is
Markdown, and the next line begins anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.markdown.jsx import SET_HTML, Tag, as_html, read_tag
from kb.content.markdown.markdown_in_html import push_words
from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

BLOCKS = names(
    "div p details summary section article aside figure figcaption table thead tbody tr td"
    " th ul ol li blockquote center dl dt dd h1 h2 h3 h4 h5 h6 main header footer nav form"
    " fieldset picture video iframe"
)
"""The names of elements that are no part of a sentence."""
_HEADINGS = names("h1 h2 h3 h4 h5 h6")
_HOLD_WORDS = names("figcaption summary caption dt dd td th li")
_SPECIAL = {SET_HTML, "hidden", "style", "aria-hidden"}
"""What says of an element that it may not be shown, or gives its text."""
_LONGEST = 20_000


def element_line(state: StateBlock, line: int, begin: int, silent: bool) -> bool:
    """Take a line of whole elements, which begins at `begin`; called by the rule for components."""
    pieces = _pieces(state.src, begin, state.eMarks[line])
    if not pieces:
        return False
    if not silent:
        state.env["account"].has_marks = True
        state.line = line + 1
        opened: list[str] = []
        for piece in pieces:
            if isinstance(piece, str):
                _words(state, piece, line, opened[-1] if opened else "")
            else:
                _tag(state, piece, line, opened)
    return True


def _pieces(src: str, begin: int, stop: int) -> list[Tag | str]:
    """The tags of blocks on a line, and the words between them; nothing unless each that is opened
    there is closed there.
    """
    found: list[Tag | str] = []
    opened: list[str] = []
    at = words = begin
    while stop - begin <= _LONGEST and (at := src.find("<", at, stop)) >= 0:
        tag = read_tag(src, at)
        if tag is None or tag.end > stop or not _SPECIAL.isdisjoint(tag.attrs):
            return []
        if tag.name in BLOCKS:
            found += (src[words:at], tag)
            words = tag.end
            if tag.closes and (not opened or opened.pop() != tag.name):
                return []
            if not (tag.closes or tag.is_void):
                opened.append(tag.name)
        at = tag.end
    return [*found, src[words:stop]] if found and not opened else []


def _tag(state: StateBlock, tag: Tag, line: int, opened: list[str]) -> None:
    if tag.closes:
        opened.pop()
        if tag.name in _HEADINGS and _is_empty(state):
            state.level -= 1
            del state.tokens[-2:]
            return
    in_heading = bool(_HEADINGS.intersection(opened))
    if tag.name in _HEADINGS and not in_heading and not tag.is_void:
        token = state.push(
            "heading_close" if tag.closes else "heading_open", tag.name, -1 if tag.closes else 1
        )
        token.map = None if tag.closes else [line, line + 1]
        if identity := tag.attrs.get("id"):
            token.attrs["id"] = identity
        if not tag.closes:
            words = state.push("inline", "", 0)
            words.content, words.map, words.children = "", [line, line + 1], []
    elif tag.name != "p" and not in_heading:
        token = state.push("html_block", "", 0)
        token.content, token.map = as_html(tag), [line, line + 1]
    if not (tag.closes or tag.is_void):
        opened.append(tag.name)


def _is_empty(state: StateBlock) -> bool:
    """Whether nothing stands in the heading that was begun."""
    return state.tokens[-1].type == "inline" and not state.tokens[-1].content


def _words(state: StateBlock, text: str, line: int, element: str) -> None:
    """What stands in an element, or beside all of them."""
    last = state.tokens[-1] if state.tokens else None
    if last is not None and last.type == "inline" and element in _HEADINGS:
        last.content += text.strip()
        return
    push_words(state, text, line, is_paragraph=element not in _HOLD_WORDS)
