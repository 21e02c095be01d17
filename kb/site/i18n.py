"""The site's own words: English, under those of the site's language and those of the theme."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.config import setting_place
from kb.errors import SiteError
from kb.model import Problem, Severity
from kb.site import PACKAGE
from kb.site.theme import read_theme_file
from kb.text.languages import direction_of, primary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kb.config import Config


@dataclass(frozen=True, slots=True)
class Wording:
    """What the site says. Templates read a text as they read an attribute: `t.search`."""

    texts: Mapping[str, Any]

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
        return {
            name.removeprefix("callout_"): str(text)
            for name, text in self.texts.items()
            if name.startswith(("callout_", "footnote", "task_"))
        }

    def count(self, what: str, number: int) -> str:
        """A number of things: `3 articles`."""
        form = self.texts[f"{what}_one" if number == 1 else f"{what}_other"]
        return str(form).format(count=f"{number:,}")

    def date(self, day: date) -> str:
        """A date written out."""
        months = self.texts["months"]
        month = months[day.month - 1]
        return str(self.texts["date"]).format(day=day.day, month=month, year=day.year)


def read_wording(language: str, theme: Path) -> Wording:
    """The words for a language; what no file translates stays English."""
    texts: dict[str, Any] = {}
    for name in _names(language):
        for path, data in _sources(f"{name}.toml", theme):
            texts.update(_parse(path, data, texts))
    if direction_of(language) == "rtl":
        texts["direction"] = "rtl"
    return Wording(texts)


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
    own = primary(language)
    files = [f"{name}.toml" for name in (own, language)]
    return own == "en" or any(True for file in files for _ in _sources(file, theme))


def _names(language: str) -> list[str]:
    """Names of the files that may hold its words, the most general first."""
    return list(dict.fromkeys(["en", language.partition("-")[0].lower(), language]))


def _sources(name: str, theme: Path) -> Iterator[tuple[str, bytes]]:
    own = PACKAGE / "strings" / name
    if own.is_file():
        yield name, own.read_bytes()
    if (theme / name).is_file():
        yield str(theme / name), read_theme_file(theme / name)


def _parse(path: str, data: bytes, known: Mapping[str, Any]) -> dict[str, Any]:
    try:
        texts = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise SiteError(f"the site's words can't be read: {error}", path=path) from error
    for key, value in texts.items():
        if known and key not in known:
            raise SiteError(f"there is no text called {key}", path=path)
        if known and type(value) is not type(known[key]):
            raise SiteError(f"{key} should be like {known[key]!r}", path=path)
    if len(texts.get("months", range(12))) != 12:  # noqa: PLR2004 months of a year
        raise SiteError("months should be twelve names", path=path)
    return texts
