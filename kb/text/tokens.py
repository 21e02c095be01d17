"""How many tokens of a language model a text is at most, without any model's vocabulary.

Tokenizers of models split a text into runs of letters, digits, signs and white space, and each run
into the pieces that their vocabulary has. The estimate counts runs by their kind and length so that
no tokenizer in use needs more: for prose, code, tables, addresses, numbers and nonsense, in any
script. `benchmarks/context.md` holds it against several; for English it is about 1.5 times their
count.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache, lru_cache

LETTERS = 3
"""Letters of a word that make one token more, beside its first."""

CAPITALS = 2
"""The same of a run of capitals, which vocabularies know less of."""

_FOLLOWERS = (
    "abcdfgiklmnprstuvy baeijlorsuy cacehikloprstuy dadeiloprsu eabcdefgilmnpqrstvwxy facefilortu "
    "gaehilnorsu haeiortu iabcdefglmnoprstvz je kaeims ladeilopstuy mabdeimopsu nacdefgiklmnostuvy "
    "oabcdfgiklmnoprstuvw padehiloprstuy qu racdefgiklmnorstuvy sacehikmopstuy tacdehiloprstuwy "
    "uabcdegilmnprst vaeio waehinos xapt ybmnops zae"
)
"""Each letter with those that follow it often in words of European languages, 97 of 100 times.
What is written otherwise is no word that a vocabulary has, as in keys and codes.
"""
_PLAIN = frozenset(row[0] + other for row in _FOLLOWERS.split() for other in row[1:])

_RUNS = re.compile(
    r"(?P<word>[A-Z]?[a-z]+)|(?P<capitals>[A-Z]+)|(?P<space>[ \t]{2,})|(?P<blank>[ ])"
    r"|(?P<near>[\u00a0-\u017f\u0400-\u045f])|(?P<kana>[\u3000-\u30ff\uac00-\ud7a3])"
    r"|(?P<ideograph>[\u4e00-\u9fff])|(?P<two>[\u0080-\u07ff])"
    r"|(?P<four>[\U00010000-\U0010ffff])|(?P<three>[\u0800-\uffff])|(?P<sign>.)",
    re.DOTALL,
)
_EACH = {
    "blank": 0, "sign": 1, "space": 1, "near": 1, "kana": 2, "two": 2, "three": 3, "four": 4,
}  # fmt: skip
"""Tokens of one of each kind: digits and signs one each; a character beyond ASCII as many as its
bytes in UTF-8, but for Latin and Cyrillic letters, kana, hangul and the usual ideographs.
"""


_ENGLISH_WORDS = (
    "a about all also an and any are as at be been but by can do does for from has have how if in "
    "into is it its may more must new no not of on one or other our out same should so such than "
    "that the their them then there these they this to up was we what when where which who will "
    "with you your"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
FEW, USUAL = 6, 6
"""A line is English where it has FEW words, and one in USUAL is among those above."""


def count_tokens(text: str) -> int:
    """At least as many as the text has in any tokenizer that models use. That of a text is never
    more than those of its lines, with their ends, added up.
    """
    return sum(map(_count_line, text.splitlines(keepends=True)))


def _count_line(line: str) -> int:
    runs = [(run.lastgroup or "", run[0]) for run in _RUNS.finditer(line)]
    words = [run.lower() for kind, run in runs if kind == "word"]
    usual = sum(word in _ENGLISH for word in words)
    count_word = _known if len(words) >= FEW and usual * USUAL >= len(words) else _word
    count = 0
    for kind, run in runs:
        if kind == "word":
            count += count_word(run)
        elif kind == "capitals":
            count += 1 + (len(run) - 1) // CAPITALS
        elif kind == "ideograph":
            count += _ideograph(run)
        else:
            count += _EACH[kind]
    return count


@lru_cache(maxsize=1 << 14)
def _known(word: str) -> int:
    """The tokens of a word of an English line."""
    lower = word.lower()
    odd = sum(lower[at : at + 2] not in _PLAIN for at in range(len(lower) - 1))
    return 1 + max(0, len(lower) - 4) // 5 + odd


@lru_cache(maxsize=1 << 14)  # a text repeats its words: half of the time without
def _word(word: str) -> int:
    lower = word.lower()
    odd = sum(lower[at : at + 2] not in _PLAIN for at in range(len(lower) - 1))
    return 1 + len(lower) // LETTERS + odd


@cache
def _ideograph(char: str) -> int:
    """Two tokens for those that the national sets of China and Japan hold, three for others."""
    for usual in ("gb2312", "shift_jis"):
        with suppress(UnicodeEncodeError):
            char.encode(usual)
            return 2
    return 3
