"""Markdown within HTML, `<div markdown="1">` of Markdown Extra: a rule for markdown-it-py.

In CommonMark a block of HTML ends at an empty line. Where its tag asks for it, here it ends behind
the tag; in such an element each line that begins with a tag is HTML, and all others are Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[A-Za-z][A-Za-z0-9-]{0,30})"
    r"(?P<attrs>(?>(?:\s[^<>\"']{0,500}|\"[^\"\n]{0,500}\"|'[^'\n]{0,500}')*))(?P<void>/)?>"
)
_ASKS = re.compile(r"\smarkdown(?:\s?=\s?[\"']?(?P<how>[\w-]*)[\"']?)?(?=[\s/]|\Z)", re.IGNORECASE)
_BLOCKS = names(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header li main nav ol p section summary table tbody td th thead tr ul"
)
_HEADINGS = names("h1 h2 h3 h4 h5 h6")
_HOLD_WORDS = names("figcaption summary caption dt td th li")
_SUMMARY = re.compile(
    r"\s*(?P<opening><summary(?:\s[^<>]{0,500})?>)(?P<words>.*?)</summary\s?>", re.IGNORECASE
)
_DEEPEST = 40
_LONGEST = 2_000


def markdown_in_html(
    state: StateBlock,
    start: int,
    end: int,  # noqa: ARG001  # as markdown-it-py calls a rule
    silent: bool,
) -> bool:
    """Take a line that begins with such a tag, or with any in an element that has one."""
    begin, stop = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    if not state.src.startswith("<", begin) or state.is_code_block(start):
        return False
    line = state.src[begin:stop]
    opened: list[str] = state.env.setdefault("markdown_in", [])
    if len(line) > _LONGEST or not (opened or "markdown" in line):
        return False
    found = _TAG.match(line)
    if found is None or found["name"].lower() not in _BLOCKS:
        return False
    asked = _ASKS.search(found["attrs"])
    asks = asked is not None and asked["how"] not in {"0", "false"}
    if not (asks or opened):
        return False
    if silent:
        return True
    state.line = start + 1
    closing = re.compile(rf"</{found['name']}\s*>", re.IGNORECASE).search(line, found.end())
    name = found["name"].lower()
    if found["void"] or found["end"] or name in _HEADINGS:
        _html(state, line, start)
    else:
        stop = closing.start() if closing else len(line)
        if name != "p":
            _html(state, found.group(), start)
        words = line[found.end() : stop]
        if name == "details" and (summary := _SUMMARY.match(words)):
            _html(state, summary["opening"], start)
            push_words(state, summary["words"], start, is_paragraph=False)
            _html(state, "</summary>", start)
            words = words[summary.end() :]
        push_words(state, words, start, is_paragraph=name not in _HOLD_WORDS)
        if name != "p":
            _html(state, line[stop:], start)
    _note(opened, found, is_closed=closing is not None)
    return True


def _note(opened: list[str], found: re.Match[str], *, is_closed: bool) -> None:
    """Keep account of what is open."""
    name = found["name"].lower()
    if not found["end"]:
        if not (is_closed or found["void"]) and len(opened) < _DEEPEST:
            opened.append(name)
    elif name in opened:
        while opened.pop() != name:
            pass


def _html(state: StateBlock, text: str, line: int) -> None:
    if not text:
        return
    token = state.push("html_block", "", 0)
    token.content, token.map = text, [line, line + 1]


def push_words(state: StateBlock, text: str, line: int, *, is_paragraph: bool) -> None:
    """Add what stands on the line of a tag, if anything: as a paragraph, or by itself."""
    if not text.strip():
        return
    if is_paragraph:
        state.push("paragraph_open", "p", 1).map = [line, line + 1]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = text.strip(), [line, line + 1], []
    if is_paragraph:
        state.push("paragraph_close", "p", -1)
