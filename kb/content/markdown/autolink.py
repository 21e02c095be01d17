"""Bare addresses as links, as GitHub has them: two rules for markdown-it-py.

Those that plugins and linkify-it have look through the rest of a paragraph for each `:`, which
takes minutes for text that is made of them; here an address is looked for where it begins, once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

_SCHEME = re.compile(r"(?:^|[\s*_~(\"'\u2018\u201c>|,;:])(https?|HTTPS?)\Z")
_LONGEST = 2000
_ADDRESS = re.compile(rf"://[^\s<>\"`\x00-\x20\x7f]{{1,{_LONGEST}}}")
_HOST = re.compile(r"://(?:[^\s/?#@]{1,100}@)?(?:[\w-]+(?:\.[\w-]+)+|localhost)\b")
_IN_TEXT = re.compile(
    rf"(?<![\w./@:=&?#+-])(?:(?P<www>www\.[\w-]+\.[^\s<>\"`]{{1,{_LONGEST}}})"
    r"|(?P<mail>[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}"
    r"(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}(?![\w@-])))"
)
_TRAILING = "?!.,:;*_~'\"\u2019\u201d"


def autolink(state: StateInline, silent: bool) -> bool:
    """An address that begins with `http://` or `https://`; its scheme has gone by as text."""
    position = state.pos
    if silent or state.linkLevel > 0 or not state.src.startswith("://", position):
        return False
    scheme = _SCHEME.search(state.pending[-8:])
    found = _ADDRESS.match(state.src, position, state.posMax)
    if scheme is None or found is None:
        return False
    rest = _trimmed(found[0])
    if not _HOST.match(rest):
        return False
    address = scheme[1] + rest
    target = state.md.normalizeLink(address)
    if not state.md.validateLink(target):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrs = {"href": target}
    state.tokens[-1].markup = "autolink"
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos = position + len(rest)
    return True


def autolink_text(state: StateCore) -> None:
    """Addresses that begin with `www.`, and those of mail, in text that is no link."""
    for token in state.tokens:
        if token.type == "inline" and ("www." in token.content or "@" in token.content):
            token.children = [*_linked(state, token.children or ())]


def _linked(state: StateCore, children: list[Token] | tuple[()]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or inside:
            yield child
        else:
            yield from _split(state, child)


def _split(state: StateCore, child: Token) -> Iterator[Token]:
    text, done = child.content, 0
    for found in _IN_TEXT.finditer(text):
        shown = _trimmed(found[0])
        scheme = "mailto:" if found["mail"] else "http://"
        target = state.md.normalizeLink(scheme + shown)
        if found.start() > done:
            yield Token("text", "", 0, content=text[done : found.start()], level=child.level)
        opened = Token("link_open", "a", 1, attrs={"href": target}, markup="autolink")
        yield from (opened, Token("text", "", 0, content=shown), Token("link_close", "a", -1))
        done = found.start() + len(shown)
    if done:
        yield Token("text", "", 0, content=text[done:], level=child.level)
    else:
        yield child


def _trimmed(address: str) -> str:
    """Without what ends the sentence rather than the address."""
    end = len(address)
    surplus = address.count(")") - address.count("(")
    square = address.count("]") - address.count("[")
    while end:
        last = address[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last == "]" and square > 0:
            square -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]
