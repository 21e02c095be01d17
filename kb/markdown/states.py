"""markdown-it-py's own states, in which tokens are made with less ado: a text has hundreds."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

# A line that may underline those above it, inside quotes too; or else an empty one.
_UNDERLINE_OR_EMPTY = re.compile(r"\n(?:[> \t]*([-=])|[ \t]*(?=\n|\Z))")


def make_token(kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int) -> Token:
    """`Token(kind, tag, nesting, level=level)` in half the time: a text has hundreds."""
    token: Token = _new_token(Token)
    token.type, token.tag, token.nesting, token.level = kind, tag, nesting, level
    token.attrs, token.meta = {}, {}
    token.content = token.markup = token.info = ""
    token.map = token.children = None
    token.block = token.hidden = False
    return token


_new_token = object.__new__


class QuickState(StateInline):
    """The state of a text, which makes tokens with less ado."""

    def pushPending(self) -> Token:  # noqa: N802  # markdown-it-py's name
        """Make a token of the text that waits."""
        token = make_token("text", "", 0, self.pendingLevel)
        token.content, self.pending = self.pending, ""
        self.tokens.append(token)
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token behind the text that waits. Marks pair between an opening and its closing
        token, or outside of both.
        """
        if self.pending:
            self.pushPending()
        beside = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        token = make_token(ttype, tag, nesting, self.level)
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            beside = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(beside)
        return token


class QuickBlockState(StateBlock):
    """The state of an article, which makes tokens with less ado."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token."""
        if nesting < 0:
            self.level -= 1
        token = make_token(ttype, tag, nesting, self.level)
        token.block = True
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token

    # Where each line begins that may underline or is empty, and which of the two it is. They are
    # looked for once: each line may ask for the next one. (No cached property: attributes of an
    # object whose `__dict__` was asked for take longer to read.)
    _offsets: Sequence[int] | None = None
    _underlines: Sequence[bool] = ()

    def may_be_underlined(self, line: int) -> bool:
        """Whether a line below may make a heading of the lines from this one on."""
        if self._offsets is None:
            found = list(_UNDERLINE_OR_EMPTY.finditer(self.src))
            self._offsets = [match.start() for match in found]
            self._underlines = [match[1] is not None for match in found]
        at = bisect_left(self._offsets, self.eMarks[line])
        return at < len(self._offsets) and self._underlines[at]
