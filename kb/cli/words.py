"""A customer's words: the arguments, or with `-` alone what comes on standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kb.search.query import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.cli.screen import Screen

# Bytes of the input that are read. The query is cut after MAX_CHARACTERS, of at most four bytes
# each; with twice as many it is known, and said, that there was more.
_LONGEST = 8 * MAX_CHARACTERS


def read_words(words: Sequence[str], screen: Screen) -> str:
    """The words as one text; bytes that are not UTF-8 become U+FFFD."""
    if tuple(words) != ("-",):
        return " ".join(words)
    if sys.stdin is None:  # closed by who called kb
        return ""
    if sys.stdin.isatty():
        screen.message("type or paste the words; a line with Ctrl-D alone ends them", verbosity=-1)
    return sys.stdin.buffer.read(_LONGEST).decode("utf-8-sig", "replace").strip()


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it is empty, or white space and format marks."""
    return not any(char.isprintable() and not char.isspace() for char in text)
