"""Queries made by a grammar: words, syntax of search engines and shells, and noise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

WORDS = [
    "package", "late", "refund", "gift", "card", "order", "tracking", "pacakge", "refnud", "the", "how", "do",
    "i", "my", "not", "C++", "e-mail", "404", "log in", "übergrößenträger", "日本語", "परीक्षण", "İstanbul", "ﬁ", "'s", "a",
]  # fmt: skip
GRAMMAR: dict[str, list[list[str]]] = {
    "query": [["part"], ["part", " ", "query"], ["part", " ", "part", " ", "query"]],
    "part": [["word"], ["word"], ["phrase"], ["minus"], ["filter"], ["boolean"], ["group"], ["wild"], ["noise"]],
    "phrase": [['"', "words", '"'], ['"', "words"], ["words", '"'], ['"', '"'], ["\u201c", "words", "\u201d"]],
    "words": [["word"], ["word", " ", "words"]],
    "minus": [["-", "word"], ["-", "phrase"], ["--", "word"], ["-"], ["- ", "word"]],
    "filter": [["key", ":", "word"], ["key", ":"], ["key", ":", "phrase"], ["key", ":", "key", ":", "word"]],
    "key": [["topic"], ["tier"], ["tag"], ["title"], ["TOPIC"], ["\u200btopic"], ["topic/"]],
    "boolean": [["AND"], ["OR"], ["NOT ", "part"], ["part", " AND ", "part"], ["word", " NEAR/3 ", "word"]],
    "group": [["(", "query", ")"], ["(", "query"], ["query", ")"], ["[", "word", " TO ", "word", "]"], ["{", "query", "}"]],
    "wild": [["word", "*"], ["*", "word"], ["word", "?"], ["word", "~2"], ["word", "^9"], ["/", "word", ".*/"], ["*"]],
    "noise": [["\\", "part"], ["\0"], ["\x1b[2J"], ["\ud800"], ["\u202e", "word"], ["\u0301"], ["%00"], ["${", "word", "}"], [" " * 50]],
}  # fmt: skip
_DEEPEST = 40


def grammar_query(chance: random.Random) -> str:
    """A query that the grammar allows."""
    return "".join(_expand("query", chance, 0))


def _expand(symbol: str, chance: random.Random, depth: int) -> Iterator[str]:
    if symbol == "word":
        yield chance.choice(WORDS)
    elif symbol not in GRAMMAR:
        yield symbol
    else:
        choices = GRAMMAR[symbol][: 1 if depth > _DEEPEST else None]
        for part in chance.choice(choices):
            yield from _expand(part, chance, depth + 1)


def random_query(chance: random.Random) -> str:
    """Characters of all of Unicode, or of one block of it, a few or some thousands."""
    length = chance.choice([1, 3, 10, 30, 100, 300, 3_000])
    start = chance.choice([0, 0, 0x20, 0x300, 0x600, 0x2000, 0x3040, 0xD7F0, 0xFE00, 0x1F300])
    width = chance.choice([0x60, 0x200, sys.maxunicode + 1 - start])
    return "".join(chr(start + chance.randrange(width)) for _ in range(chance.randint(1, length)))
