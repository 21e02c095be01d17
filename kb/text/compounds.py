"""Compounds: words that are made of others, in languages that write these as one.

An article that holds `Paketverfolgung` answers who asks for `Verfolgung`, or for `Paket`. A word
is taken apart wherever both of its parts are words: of the language, by its lexicon, or of the
article. Which compounds a part stands in is looked up like what an abbreviation means, by a key of
its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LINKS = {
    "da": ("", "s", "e"),
    "de": ("", "s", "es", "n", "en", "e", "er"),
    "nb": ("", "s", "e"),
    "nl": ("", "s", "e", "en"),
    "nn": ("", "s", "e"),
    "no": ("", "s", "e"),
    "sv": ("", "s", "o"),
}
"""What may stand between the words of a compound, by language."""

_INFINITIVES = {"de": ("en", "n")}
"""What a verb has at its end where it is no part of a compound: `bestellen`, `Bestellnummer`."""

SHORTEST = 4
"""Letters of each word of a compound, at least."""

_MARK = "+"
"""Begins the keys: no word does."""


def key_of(term: str) -> str:
    """The key under which the compounds stand that a term is part of."""
    return _MARK + term


def is_key(key: str) -> bool:
    """Whether a key is one of these."""
    return key.startswith(_MARK)


def parts_of(
    word: str, language: str, stop_words: Collection[str], is_word: Callable[[str], bool]
) -> Iterator[str]:
    """The words that a word is made of, by every cut that leaves two; a verb is its infinitive.
    None is a stop word. `language` is one of LINKS.
    """
    if not word.isalpha():
        return
    for cut in range(SHORTEST, len(word) - SHORTEST + 1):
        before, other = word[:cut], word[cut:]
        if before in stop_words or other in stop_words or not is_word(other):
            continue
        first = _first(before, language, is_word)
        if first and first not in stop_words:
            yield first
            yield other


def _first(text: str, language: str, is_word: Callable[[str], bool]) -> str:
    """The word that a text is, but for what joins it to the next one; empty if it is none."""
    for link in LINKS[language]:
        word = text.removesuffix(link)
        if text.endswith(link) and len(word) >= SHORTEST and is_word(word):
            return word
    verbs = (text + ending for ending in _INFINITIVES.get(language, ()))
    return next(filter(is_word, verbs), "")
