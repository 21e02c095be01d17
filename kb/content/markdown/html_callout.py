"""Callouts that are elements of HTML, `<div class="alert alert-warning">`.

Bootstrap, Slate, Bulma, DocBook, Sphinx and many themes have names for them in classes; here they
are read as the callouts that Markdown has signs for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from markdown_it.token import Token

from kb.content.markdown.callout import Callout, callout_named, open_callout
from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[int, int]
"""Where a tag stands: the identity of its token, and the place in its text."""

_ELEMENTS = names("div aside section blockquote p")
# A class that is enough by itself, and one that says that another one names the kind.
_ENOUGH = names("attention caution danger hint important info note notice tip warning")
_BOX = names("admonition alert bs-callout callout infobox message notice notification usa-alert")
_PREFIX = re.compile(
    r"(?:admonition|alert|bs-callout|callout|message|notice|notification|usa-alert|is)[-_]{1,2}"
)
_TITLE = re.compile(r"(?:^|[\s_-])(?:title|heading|header)(?:$|\s)")
_MOST_CLASSES = 8
_HEADING = re.compile(r"<h[1-6][\s>]", re.IGNORECASE)
_BOLD_NAMES = _ENOUGH | names("notes tips information")


def html_callout(name: str, classes: str) -> Callout | None:
    """The callout that an element is by its name and its classes; None for any other."""
    given = classes.lower().split()[:_MOST_CLASSES] if name in _ELEMENTS else []
    is_box = not _BOX.isdisjoint(given)
    for each in given:
        kind = _PREFIX.sub("", each, count=1)
        is_named = kind in _ENOUGH or (is_box and each not in _BOX)
        if is_named and (callout := callout_named(kind)):
            return callout
    return Callout("note", "note") if is_box else None


def is_title(name: str, classes: str) -> bool:
    """Whether an element is the title of the callout that it is the first of."""
    return name in {"p", "div"} and _TITLE.search(classes.lower()) is not None


class HtmlCallouts:
    """The callouts of one article. An element that holds more than a heading is a part of the page
    and no callout: its sections would be none.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._places = {id(token): at for at, token in enumerate(tokens)}
        self._headings = [
            (at, place) for at, token in enumerate(tokens) for place in _headings_of(token)
        ]
        self._opened: set[int] = set()

    def begin(
        self, name: str, classes: str, start: Place, end: Place | None, line: int
    ) -> list[Token]:
        """The tokens that begin the callout that an element is, by its name and its classes; none
        for any other. Its tags stand at `start` and `end`, which is None without one.
        """
        callout = html_callout(name, classes)
        if callout is None or end is None or not {start[0], end[0]} <= self._places.keys():
            return []
        first, last = ((self._places[block], at) for block, at in (start, end))
        if bisect_left(self._headings, last) - bisect_left(self._headings, first) > 1:
            return []
        found = open_callout(callout, line=line)
        self._opened.add(id(found[0]))
        return found

    def titled(self, tokens: list[Token]) -> list[Token]:
        """All tokens, where callouts have for a title what stands first in them and is one, or is
        the name of the callout in bold.
        """
        out: list[Token] = []
        skip = 0
        for at, token in enumerate(tokens):
            if skip:
                skip -= 1
                continue
            out.append(token)
            if id(token) in self._opened:
                title = tokens[at + 2]
                out += tokens[at + 1 : at + _OPENING]
                skip = _OPENING - 1 + _take_title(token, title, tokens[at + _OPENING :][:_BLOCK])
                words = tokens[at + 1 + skip]
                if words.type == "inline" and _shows(words):
                    out += _paragraph(words)
                    skip += 1
        return out


_OPENING = 4  # tokens that begin a callout: it, and its title of three
_BLOCK = 3  # tokens of a paragraph or heading: it begins, its words, it ends
_BOLD = 3  # tokens of words in bold


def _shows(inline: Token) -> bool:
    return any(child.type != "anchor" for child in inline.children or ())


def _paragraph(inline: Token) -> tuple[Token, Token, Token]:
    return (
        Token("paragraph_open", "p", 1, map=inline.map, level=inline.level),
        inline,
        Token("paragraph_close", "p", -1, level=inline.level),
    )


def _headings_of(token: Token) -> Iterator[int]:
    if token.type == "heading_open":
        yield 0
    elif token.type == "html_block":
        yield from (found.start() for found in _HEADING.finditer(token.content))


def _take_title(opened: Token, title: Token, first: Sequence[Token]) -> int:
    """Take the title of a callout from the first block in it; how many tokens that leaves out."""
    block = next((each for each in first if each.type == "inline"), None)
    if block is None or not block.children:
        return 0
    is_whole = len(first) == _BLOCK and first[1] is block
    if is_whole and (first[0].type == "heading_open" or first[0].meta.get("title")):
        title.children, title.map = block.children, block.map
        return _BLOCK
    if block is not first[0] and first[0].type != "paragraph_open":
        return 0
    name = _bold_name(block.children)
    callout = callout_named(name)
    if callout is None:
        return 0
    for token in (opened, title):
        token.meta = {**token.meta, "label": callout.label}
    return 0


def _bold_name(children: list[Token]) -> str:
    """The name of a callout in bold with which words begin; it is taken from them."""
    if children[0].type == "text" and not children[0].content:
        del children[0]
    if len(children) <= _BOLD or children[0].tag not in {"strong", "b"}:
        return ""
    begun, word, ended, after = children[: _BOLD + 1]
    name = word.content.strip().rstrip(":!").lower()
    is_bold = word.type == "text" and begun.nesting == 1 and ended.nesting == -1
    if not is_bold or name not in _BOLD_NAMES or after.type not in {"text", "softbreak"}:
        return ""
    del children[:_BOLD]
    if after.type == "softbreak":
        del children[0]
    else:
        after.content = after.content.lstrip(" :\u2013\u2014-")
    return name
