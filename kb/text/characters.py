"""Characters: which of them words are made of, and which count as the same.

The tables are shared with the browser's scripts; ranges are written as in a character class.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7"
    "\u0a01-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57"
    "\u0d82\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    "\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\uff9e\uff9f"
)
"""Combining marks that Python's \\w leaves out: Latin, Cyrillic, Hebrew, Arabic, the scripts of
India and Sri Lanka, Thai, Lao, Tibetan, Burmese, Khmer; and those of half-width Japanese."""

UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ec0-\u0ec6\u1000-\u102a"
    "\u1780-\u17b3\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003ffff"
)
"""The letters of scripts written without spaces."""

APOSTROPHES = "'\u2019\u02bc\uff07\u2018\u00b4`"
"""And what is typed in their place: the other quotation mark, and accents that stand alone."""

DASHES = "\u058a\u05be\u200c\u2010-\u2013\u2212\ufe63\uff0d-"
"""Hyphens, and what is written for one; Persian's non-joiner parts words as one does."""

IGNORED = "\u00ad\u00b7\u200d-\u200f\u2060"
"""What changes nothing inside a word: soft hyphens, Catalan's middle dot, joiners, directions."""

DROPPED = (
    "\u00ad\u00b7\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200d-\u200f\u2060"
)
"""What is left out of words: accents, Hebrew points, Arabic vowels and lengthening, and IGNORED."""

FOLDED = (
    "\u00e6ae \u00f0d \u00f8o \u00feth \u0111d \u0127h \u0131i \u0142l \u014bn \u0153oe "
    "\u0167t \u0199k \u01b4y \u01b6z \u0253b \u0254o \u0256d \u0257d \u0259e \u0272n "
    "\u0671\u0627 \u0649\u064a \u06cc\u064a \u06d2\u064a \u06a9\u0643 \u06c1\u0647 "
    "\u06be\u0647 \u06d5\u0647 \u0629\u0647"
)
"""Letters, each before what stands for it, between spaces: Latin ones with strokes, and ligatures;
Arabic, Persian and Urdu ones, as Lucene's normalisers have them."""

ZEROS = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20"
    "\u1040\u17e0\u1810"
)
"""The zeros of scripts with digits of their own; the other digits follow each."""

_TABLE = {ord(letter[0]): letter[1:] for letter in FOLDED.split(" ")}
_TABLE |= {ord(zero) + digit: str(digit) for zero in ZEROS for digit in range(10)}

_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s$", re.IGNORECASE)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


def compose(text: str) -> str:
    """The NFC form of a text: what all character offsets in kb count in."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def normalize(word: str) -> str:
    """NFKC, case folded, without accents and apostrophes, and with one form of each letter."""
    if word.isascii() and word.isalnum():
        return word.lower()
    word = _POSSESSIVE.sub("", word)
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).casefold()
        word = unicodedata.normalize("NFC", _dropped().sub("", unicodedata.normalize("NFD", word)))
        word = word.translate(_TABLE)
    return _APOSTROPHE.sub("", word.casefold())


@cache
def _dropped() -> re.Pattern[str]:
    return re.compile(f"[{DROPPED}]")
