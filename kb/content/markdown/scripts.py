"""Letters above and below the line, `x^2^` and `H~2~O`: two rules for markdown-it-py.

As the plugins have them, but only after a word, and with an end that is near: `~/a` and `~5 min`
are none, and a text full of `^` takes no longer than any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_SUPERSCRIPT = re.compile(r"\^([^\s\^~\[\]]{1,30})\^(?!\^)")
_SUBSCRIPT = re.compile(r"~([^\s\^~/]{1,30})~(?!~)")


def superscript(state: StateInline, silent: bool) -> bool:
    """Take what stands between two `^`."""
    return _take(state, _SUPERSCRIPT, "sup", silent=silent)


def subscript(state: StateInline, silent: bool) -> bool:
    """Take what stands between two `~`."""
    return _take(state, _SUBSCRIPT, "sub", silent=silent)


def _take(state: StateInline, pattern: re.Pattern[str], tag: str, *, silent: bool) -> bool:
    found = pattern.match(state.src, state.pos, state.posMax)
    before = state.src[state.pos - 1] if state.pos else " "
    if found is None or not (before.isalnum() or before in ")]*_`\"'>"):
        return False
    if not silent:
        state.push(f"{tag}_open", tag, 1)
        state.push("text", "", 0).content = found[1]
        state.push(f"{tag}_close", tag, -1)
    state.pos = found.end()
    return True
