"""Anchors: the part of an address that names a section, made from its heading as GitHub does."""

from __future__ import annotations

import re
import unicodedata

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9_\- ]")
_SPACES = re.compile(r" +")
_WITHOUT_TEXT = "section"


def slug(heading: str) -> str:
    """A heading as an anchor: NFKC, lower case, only word characters, hyphens and spaces
    kept, each run of spaces to one hyphen, none at the ends. A heading that keeps nothing
    becomes `section`.

    Marks that combine with a letter are part of the word (Hindi and Thai need them).
    """
    if heading.isascii():
        kept = _NOT_ASCII_WORD.sub("", heading.lower())
    else:
        folded = unicodedata.normalize("NFKC", heading).lower()
        kept = "".join(character for character in folded if _belongs_to_word(character))
    return _SPACES.sub("-", kept).strip("-") or _WITHOUT_TEXT


def _belongs_to_word(character: str) -> bool:
    if character.isalnum() or character in "_- ":
        return True
    return unicodedata.category(character) in {"Mn", "Mc"} and not _selects_variation(character)


def _selects_variation(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class Anchors:
    """Hands out the anchors of one article, each once: repeats get -1, -2 and so on."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def claim(self, wish: str) -> str:
        """The wish itself, or the wish with the first free number."""
        anchor = wish
        while anchor in self._taken:
            self._taken[wish] += 1
            anchor = f"{wish}-{self._taken[wish]}"
        self._taken[anchor] = 0
        return anchor
