"""What stands beside a text, in every language that kb has words in.

Labels of callouts, and what is said of footnotes and tasks. English is written here, the other
languages are one TOML file each in `words/`. The index, the terminal and copies in Markdown have
them in the language of the article; so does a site, where a theme may say them its own way.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kb.text.languages import fallbacks, primary

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = {
    "callout_note": "Note",
    "callout_info": "Info",
    "callout_tip": "Tip",
    "callout_important": "Important",
    "callout_warning": "Warning",
    "callout_caution": "Caution",
    "callout_danger": "Danger",
    "callout_details": "Details",
    "footnotes": "Footnotes",
    "footnote_back": "Back to the text",
    "task_done": "Done",
    "task_open": "To do",
}
"""The words in English, by the names that words and themes have for them."""


def own_words(tag: str) -> Mapping[str, str]:
    """The words that kb has in exactly this language, by name; none where it has no words in it."""
    if tag == "en":
        return ENGLISH
    path = files("kb.content") / "words" / f"{tag}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def by_mark(texts: Mapping[str, object]) -> dict[str, str]:
    """The words among texts, as the writers of a document take them: a label by its callout."""
    return {name.removeprefix("callout_"): str(texts[name]) for name in ENGLISH if name in texts}


@cache
def words_in(language: str) -> Mapping[str, str]:
    """The words in a language, as the writers of a document take them; empty where they are
    English.
    """
    if primary(language) == "en":
        return {}
    return by_mark(next(filter(None, map(own_words, fallbacks(language))), {}))
