"""Where other tools put a list of the page's headings: `{:toc}`, `[TOC]`, `[[toc]]`. A page has its
own, so that nothing stands there; nor does it where Material has a list of tags, `[TAGS]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_PLACE = re.compile(r"\[TOC\]|\[TAGS\]|\[\[(?:TOC|_TOC_|_TOSP_)\]\]|\$\{toc\}", re.IGNORECASE)
_KRAMDOWN = re.compile(r"[^\n]*\n\{:\s*(?:[.#][\w-]+\s*)*toc\b[^{}\n]*\}\s*")
_LISTS = {"bullet_list_open": "bullet_list_close", "ordered_list_open": "ordered_list_close"}
_BLOCK = 3  # tokens of a heading or paragraph
_LIST = 2 + 2 + _BLOCK  # of one with one item
_BETWEEN = frozenset({"heading_open", "hr"})


def contents_list(state: StateCore) -> None:
    """Drop places for lists of headings, with the heading that stands above nothing else then."""
    if not state.env["has_dialect"]:
        return
    tokens = state.tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        after = _end_of_place(tokens, at)
        if after == at:
            out.append(tokens[at])
            at += 1
            continue
        if after == len(tokens) or tokens[after].type in _BETWEEN:
            _drop_heading(out)
        at = after
    if len(out) < len(tokens):
        state.env["account"].has_marks = True
        state.tokens = out


def _drop_heading(out: list[Token]) -> None:
    """Drop the heading that comes last, and the attributes below it; never an H1."""
    end = len(out)
    if end > _BLOCK and out[-1].type == "paragraph_close" and out[-2].content.startswith("{:"):
        end -= _BLOCK
    if end and out[end - 1].type == "heading_close" and out[end - 1].tag != "h1":
        del out[end - _BLOCK :]


def _end_of_place(tokens: Sequence[Token], at: int) -> int:
    """Behind the tokens of a place for a list of headings; the position itself, if none begins."""
    token = tokens[at]
    if token.type == "paragraph_open" and _PLACE.fullmatch(tokens[at + 1].content.strip()):
        return at + _BLOCK
    closing = _LISTS.get(token.type)
    end = at + _LIST
    if closing is None or end > len(tokens) or tokens[end - 1].type != closing:
        return at
    return end if _KRAMDOWN.fullmatch(tokens[at + 3].content) else at
