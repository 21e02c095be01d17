"""JavaScript in fewer bytes: without comments and needless space, and with short names.

Reads the tokens of the scripts that kb ships, not JavaScript at large. Statements end in
semicolons there, so that the end of a line is space like any other; there is no `eval`, no
`with`, and no name of a browser's is taken for something else.

Names are shortened by `kb.site.renaming`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import SiteError
from kb.site.renaming import rename

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
  | (?P<text> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
            | `(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|\{[^{}`]*\})*\})*` )
  | (?P<word> [\w$]+ )
  | (?P<space> \s+ )
  | (?P<sign> [^\s`"'] )
    """,
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%<>~^")
_WORDS_BEFORE_REGEX = frozenset(["return", "typeof", "case", "in", "of", "yield", "await"])
_ENDS = frozenset("})")  # a comma before these says nothing; before ] it could be an empty place


class Token(NamedTuple):
    """A token, and whether there is space before it."""

    kind: str
    text: str
    gap: bool


def shrink(script: str, keep: frozenset[str] = frozenset(), level: int = 0) -> str:
    """A script that does the same in fewer bytes; `keep` are names that others know, and
    `level` is how many brackets stand around all of it.

    Raises SiteError where a token is unknown.
    """
    made: list[str] = []
    before = ""
    for token in rename(list(_read(script)), keep, level):
        if before == "," and token.text in _ENDS:
            made.pop()
        if token.gap and before and _merge(before[-1], token.text[0]):
            made.append(" ")
        made.append(token.text)
        before = token.text
    return "".join(made) + "\n"


def _read(script: str) -> Iterator[Token]:
    before, gap = "", False
    at = 0
    while at < len(script):
        kind, text = _next(script, at, before)
        at += len(text)
        if kind in ("comment", "space"):
            gap = True
        else:
            yield Token(kind, text, gap)
            before, gap = text, False


def _next(script: str, at: int, before: str) -> tuple[str, str]:
    """The kind and the text of the token that begins here."""
    if script[at] == "/" and script[at + 1 : at + 2] not in {"/", "*"} and _may_be_regex(before):
        regex = _REGEX.match(script, at)
        if regex is not None:
            return "regex", regex.group()
    found = _TOKEN.match(script, at)
    if found is None:
        line = script.count("\n", 0, at) + 1
        raise SiteError("no token of a script", line=line, code="site-script")
    return str(found.lastgroup), found.group()


def _may_be_regex(before: str) -> bool:
    return not before or before[-1] in _BEFORE_REGEX or before in _WORDS_BEFORE_REGEX


def _merge(left: str, right: str) -> bool:
    """Whether two characters side by side could be read as one token."""
    if _is_word(left) and _is_word(right):
        return True
    return (left == right and left in "+-&|/") or (left == "/" and _is_word(right))


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$"


_STYLE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|/\*(?:[^*]|\*(?!/))*\*/|\s*([{};,])\s*|(:)\s+"""
)


def shrink_style(style: str) -> str:
    """A stylesheet without comments and needless space."""
    short = _STYLE.sub(lambda found: found[1] or found[2] or found[3] or "", style)
    return short.replace(";}", "}").strip() + "\n"
