"""What the way to a person says, in every language that kb has words in.

English is written in `kb.support.escalation`, so that reading nothing is enough for it; the other
languages are one TOML file each in `words/`. Terminal, JSON, assistants and site take them from
here, and so does a theme that says single words its own way.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kb.errors import ContentError
from kb.files import read_regular
from kb.support import phrases
from kb.support.escalation import ENGLISH, EscalationTexts
from kb.text.languages import fallbacks, primary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEXTS = tuple(
    name
    for name, text in ENGLISH._asdict().items()
    if isinstance(text, str) and name != "when_rule"
)
"""Names of the texts, as words and themes have them."""


def own_texts(tag: str) -> dict[str, str]:
    """The texts that kb has in exactly this language, by name; none where it has no words in it."""
    if tag == "en":
        return {name: getattr(ENGLISH, name) for name in TEXTS}
    words = _own_words(tag)
    return {name: words[name] for name in TEXTS if name in words}


def as_toml(texts: Mapping[str, str]) -> str:
    """Texts as lines of a file of words."""
    return "".join(f'{name} = "{text}"\n' for name, text in texts.items())


def texts_in(language: str, theme: Path | None = None) -> EscalationTexts:
    """The texts in a language, English where kb has none, and before both those of the theme.

    A file of the theme that can't be read changes nothing here: `kb build` says what is wrong.
    """
    texts = own_texts("en")
    for tag in dict.fromkeys(("en", *reversed(fallbacks(language)))):
        texts |= own_texts(tag)
        if theme is not None:
            texts |= _themed(theme / f"{tag}.toml")
    return with_sayings(texts, language)


def with_sayings(texts: Mapping[str, str], language: str) -> EscalationTexts:
    """Texts by name, with what customers of that language say, who may say it in English, too."""
    own: dict[str, Any] = {name: texts[name] for name in TEXTS}
    said = next((w["said"] for tag in fallbacks(language) if (w := _own_words(tag))), None)
    if said is None:
        english = primary(language) == "en"
        return EscalationTexts(**own, wishes=ENGLISH.wishes if english else ())
    found = zip(phrases.wishes(said, language), ENGLISH.wishes, strict=True)
    return EscalationTexts(
        **own,
        wishes=tuple((f"{rule}|{english}", wish) for (rule, wish), (english, _) in found),
        when_rule=f"{phrases.when_rule(said, language)}|{ENGLISH.when_rule}",
        sayings=phrases.sayings(said, language),
    )


def _themed(path: Path) -> dict[str, str]:
    """The texts among the words of a theme."""
    try:
        found = tomllib.loads(read_regular(path).decode("utf-8-sig"))
    except (OSError, ValueError, ContentError):
        return {}
    return {name: text for name in TEXTS if isinstance(text := found.get(name), str)}


@cache
def _own_words(tag: str) -> dict[str, Any]:
    path = files("kb.support") / "words" / f"{tag}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
