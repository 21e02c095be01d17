"""Callouts: what asks for attention beside the text, however it was written.

All ways of writing one (`> [!NOTE]`, `:::note`, `!!! note`, `{% hint %}`, `<Note>`, ...) become the
same tokens, so that pages, the index and the terminal know one thing only:

    callout_open  callout_title_open  inline  callout_title_close  ...blocks...  callout_close

The `meta` of the first two is the `Callout`; `inline` holds the title, nothing where there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from kb.content.wording import ENGLISH, by_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

# The name as it is written, the look, and the name of the label; other names are their own label.
_KINDS = {
    "note": "note notes info information abstract summary tldr example quote cite question faq "
    "help seealso see-also admonition aside callout primary secondary default todo alert "
    "morelikethis availability",
    "tip": "tip tips hint success okay check done positive idea pro",
    "warning": "warning warn important attention caution version-changed",
    "danger": "danger error bug failure fail missing negative deprecated critical",
}
_LOOKS = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_SAME = {
    "notes": "note",
    "information": "info",
    "tips": "tip",
    "hint": "tip",
    "okay": "tip",
    "warn": "warning",
    "admonition": "note",
    "aside": "note",
    "callout": "note",
    "alert": "note",
    "default": "note",
    "primary": "note",
    "secondary": "note",
    "positive": "tip",
    "negative": "danger",
    "error": "danger",
    "morelikethis": "more like this",
}
_LABELS = by_mark(ENGLISH)
_LONGEST_NAME = 40
_NAME = re.compile(r"[^\W\d_][\w-]*")


class Callout(NamedTuple):
    """What a callout is: `kind` (note, tip, warning, danger, or details, which has no look of its
    own), the name of its label, and how it folds: not at all, `open` or `closed`.
    """

    kind: str
    label: str
    fold: str = ""


def callout_named(name: str) -> Callout | None:
    """The callout of a name that others use (`hint`, `caution`); None for any other word."""
    name = name.strip().lower()
    if name in {"details", "spoiler"}:
        return Callout("details", "details", "closed")
    kind = _LOOKS.get(name)
    return Callout(kind, _SAME.get(name, name)) if kind else None


def any_callout(name: str) -> Callout:
    """The callout of any name: a note with that name as its label, where it is no known one."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        return Callout("note", "note")
    return callout_named(name) or Callout("note", name.lower())


def open_callout(
    callout: Callout, title: str = "", *, line: int | None = None, level: int = 0
) -> list[Token]:
    """The tokens that begin a callout. `title` is Markdown to the rules that come before `inline`,
    and text to those that come after it. `line` is 0-based.
    """
    return [
        Token("callout_open", "div", 1, meta=callout._asdict(), level=level, block=True),
        *_title("callout", title, callout._asdict(), line, level),
    ]


def close_callout(level: int = 0) -> Token:
    """The token that ends a callout."""
    return Token("callout_close", "div", -1, level=level, block=True)


def open_tabs(level: int = 0) -> Token:
    """The token that begins a group of tabs; in it are tabs alone."""
    return Token("tabs_open", "div", 1, level=level, block=True)


def close_tabs(level: int = 0) -> Token:
    """The token that ends a group of tabs."""
    return Token("tabs_close", "div", -1, level=level, block=True)


def open_tab(title: str, *, line: int | None = None, level: int = 0) -> list[Token]:
    """The tokens that begin a tab; `title` as `open_callout` has it."""
    opened = Token("tab_open", "div", 1, level=level, block=True)
    return [opened, *_title("tab", title, {}, line, level)]


def close_tab(level: int = 0) -> Token:
    """The token that ends a tab."""
    return Token("tab_close", "div", -1, level=level, block=True)


def _title(
    what: str, title: str, meta: dict[str, str], line: int | None, level: int
) -> tuple[Token, Token, Token]:
    lines = None if line is None else [line, line + 1]
    title = " ".join(title.split())
    text = [Token("text", "", 0, content=title)] if title else []
    return (
        Token(f"{what}_title_open", "p", 1, meta=meta, map=lines, level=level + 1, block=True),
        Token("inline", "", 0, content=title, children=text, map=lines, level=level + 2),
        Token(f"{what}_title_close", "p", -1, level=level + 1, block=True),
    )


def label_before(label: str, title: str, labels: Mapping[str, str]) -> str:
    """The words that stand before a callout's title: its label, and a colon where a title follows.

    Empty where the title says it itself. `label` is a name of `labels`, or a word of the author's.
    """
    shown = labels.get(label) or _LABELS.get(label) or (label[:1].upper() + label[1:])
    title = title.strip()
    if not title:
        return shown
    if label == "details" or title.casefold().startswith(shown.casefold()):
        return ""
    return f"{shown}: "
