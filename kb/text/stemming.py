"""Stems of words, by language: the only door to Snowball."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def load_stemmer(language: str) -> Callable[[str], str]:
    """The Snowball stemmer of a language, or the identity where there is none.

    Any number of threads may call it.
    """
    import Stemmer  # noqa: PLC0415  # `kb --help` need not pay for it

    name = SNOWBALL.get(language.partition("-")[0].lower())
    if name is None:
        return str
    own = local()  # a stemmer must not be used by two threads at once

    def stem(word: str) -> str:
        try:
            stem_word: Callable[[str], str] = own.stem_word
        except AttributeError:
            stem_word = own.stem_word = Stemmer.Stemmer(name).stemWord
        try:
            return stem_word(word)
        except UnicodeEncodeError:  # half of a surrogate pair: no word of any language
            return word

    return stem


SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's name of each language that it has a stemmer for, by ISO 639-1 code."""
