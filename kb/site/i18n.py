"""The site's own words: English, under those of the site's language and those of the theme.

The only door to Babel, which knows the plural forms, numbers and dates of languages (Unicode CLDR).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from kb.config import setting_place
from kb.content.wording import by_mark, own_words
from kb.errors import SiteError
from kb.model import Problem, Severity
from kb.site import PACKAGE
from kb.site.theme import read_theme_file
from kb.support.wording import own_texts, with_sayings
from kb.text.languages import direction_of, fallbacks, primary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kb.config import Config
    from kb.support.escalation import EscalationTexts


_FORMS = ("zero", "one", "two", "few", "many", "other")
_COUNTED = re.compile(rf"(.+)_(?:{'|'.join(_FORMS)})")
_OWN_DATE = {"date": str, "months": list}
"""What a theme may give where dates are not to be as Babel writes them."""
_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the site says. Templates read a text as they read an attribute: `t.search`.

    `language` is the tag by which numbers, dates and plural forms are written.
    """

    texts: Mapping[str, Any]
    language: str = "en"

    def __getitem__(self, name: str) -> Any:
        return self.texts[name]

    def __getattr__(self, name: str) -> Any:
        """What templates try first: to fail here, each time, is slow."""
        try:
            return self.texts[name]
        except KeyError:
            raise AttributeError(name) from None

    def beside_text(self) -> dict[str, str]:
        """What callouts, footnotes and tasks are called, by name."""
        return by_mark(self.texts)

    def escalation(self) -> EscalationTexts:
        """What the panel "Still need help?" says of channels, and the message's words."""
        return with_sayings(self.texts, self.language)

    def count(self, what: str, number: int) -> str:
        """A number of things, in the plural form that the language has for it: `3 articles`."""
        locale = _locale(self.language)
        form = self.texts[f"{what}_{locale.plural_form(number)}"]
        return str(form).format(count=format_decimal(number, locale=locale))

    def number(self, number: int) -> str:
        """A number as the language writes it: `1.234`."""
        return format_decimal(number, locale=_locale(self.language))

    @property
    def locale(self) -> str:
        """The tag of the locale whose numbers and plural forms are used, one that browsers know."""
        return str(_locale(self.language)).replace("_", "-")

    def date(self, day: date) -> str:
        """A date written out."""
        locale = _locale(self.language)
        if not self.texts.keys() & _OWN_DATE:
            return format_date(day, "long", locale=locale)
        own = self.texts.get("months")
        month = own[day.month - 1] if own else locale.months["format"]["wide"][day.month]
        written = str(self.texts.get("date", "{day} {month} {year}"))
        return written.format(day=day.day, month=month, year=day.year)


@cache
def _locale(language: str) -> Locale:
    """How a language writes; as English does where Babel does not know it. English without a region
    is that of the world, whose dates begin with the day.
    """
    tag = "en-001" if language == "en" else language
    for name in (tag, primary(tag), "en-001"):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError(language)


def read_wording(language: str, theme: Path) -> Wording:
    """The words for a language; what no file translates stays English."""
    texts: dict[str, Any] = {}
    for name in _names(language):
        own, themed = PACKAGE / "strings" / f"{name}.toml", theme / f"{name}.toml"
        if own.is_file():
            texts.update(_parse(own.name, own.read_bytes(), texts))
        texts.update({**own_words(name), **own_texts(name)})
        if themed.is_file():
            texts.update(_parse(str(themed), read_theme_file(themed), texts))
    if direction_of(language) == "rtl":
        texts["direction"] = "rtl"
    for name in [name for name in texts if name.endswith("_other")]:
        for form in _locale(language).plural_form.tags:
            texts.setdefault(f"{name.removesuffix('_other')}_{form}", texts[name])
    return Wording(texts, language)


def missing_words(config: Config, theme: Path, languages: Sequence[str] = ()) -> Iterator[Problem]:
    """A warning where the site has no words in languages of its articles: that of the settings
    unless others are given.
    """
    languages = languages or (config.language,)
    without = [tag for tag in languages if not _has_words(tag, theme)]
    if not without:
        return
    path, line = setting_place(config, ("language",))
    names, file = ", ".join(without), f"{primary(without[0])}.toml"
    said = f"language is {names}" if len(languages) == 1 else f"there are articles in {names}"
    message = (
        f"{said}, but kb has no words for a site in {'it' if len(without) == 1 else 'them'}: what "
        "the site itself says stays English; `kb init --theme en.toml` copies the words, to be "
        f"translated as {file} beside it"
    )
    yield Problem(path, line, message, Severity.WARNING, "language")


def _has_words(language: str, theme: Path) -> bool:
    folders = (PACKAGE / "strings", theme)
    return primary(language) == "en" or any(
        (folder / f"{name}.toml").is_file() for name in _names(language)[1:] for folder in folders
    )


def _names(language: str) -> list[str]:
    """Names of the files that may hold its words, the most general first."""
    return list(dict.fromkeys(["en", *reversed(fallbacks(language))]))


def _parse(path: str, data: bytes, known: Mapping[str, Any]) -> dict[str, Any]:
    try:
        texts = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise SiteError(f"the site's words can't be read: {error}", path=path) from error
    for key, value in texts.items():
        if known:
            _check(path, key, value, known)
    if len(texts.get("months", range(12))) != 12:  # noqa: PLR2004 months of a year
        raise SiteError("months should be twelve names", path=path)
    return texts


def _check(path: str, key: str, value: object, known: Mapping[str, Any]) -> None:
    """Refuse a text that kb does not have, or that has other things to be filled in."""
    counted = _COUNTED.fullmatch(key)
    like = known.get(f"{counted[1]}_other" if counted else key)
    if like is None and key not in _OWN_DATE:
        raise SiteError(f"there is no text called {key}", path=path)
    if type(value) is not _OWN_DATE.get(key, str):
        raise SiteError(f"{key} should be {'a list' if key == 'months' else 'a text'}", path=path)
    if like is None:
        return
    foreign = sorted({*_BRACES.findall(str(value))} - {*_BRACES.findall(str(like))})
    if foreign:
        raise SiteError(f"{key} has {{{foreign[0]}}}, which nothing fills in", path=path)
