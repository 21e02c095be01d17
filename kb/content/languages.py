"""Which language each article of a content folder is written in.

The settings say it (`content.languages`), else the generator's configuration, else folders that
are named by languages, where that is plain. Front matter (`lang`) counts most: `settle` makes of
what it says one of the languages that there are.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.text.languages import PLAIN, language_tag, primary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_SUFFIXES = (".md", ".mdx", ".markdown", ".qmd", ".mdoc")
_ARTICLE = re.compile(r"\.(?:md|mdx|markdown|qmd|mdoc)\Z")
_INDEXES = frozenset({"index", "_index", "readme"})
_LEAST_SHARED = 2
_MOST_FILES = 20_000
_MOST_NAMES = 2_000
_SPOKEN_IN = {
    "cn": "zh-CN", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "kr": "ko", "ua": "uk",
}  # fmt: skip
"""Languages by the country that names a folder where its own tag is meant; others have tags of
languages (`se`, `br`), or several languages.
"""


class Languages(NamedTuple):
    """The languages of a content folder.

    `base` is that of the settings. `folders` are pairs of a language and its folder below
    content/, `""` for what stands in no other; `outside` is the language of what stands in none.
    Where `suffixes` is set, the name of a file may end in its language: `start.de.md`. `first`
    are the languages that count before others where none is asked for. Where `base` is `alone`,
    everything is in it, whatever front matter says.
    """

    base: str = "en"
    folders: tuple[tuple[str, str], ...] = ()
    suffixes: bool = False
    outside: str = ""
    first: tuple[str, ...] = ()
    alone: bool = False

    def of_path(self, path: str) -> str:
        """The language of the article at a path, or of an article's id; empty for `base`."""
        return self._split(path)[0]

    def key(self, id_: str) -> str:
        """What the translations of an article have in common: its id below the language's folder,
        without the language at its end.
        """
        return self._split(id_)[1]

    def bare(self, id_: str) -> str:
        """An id without the language at its end."""
        return self._without_suffix(id_)[0]

    def folder(self, language: str) -> str:
        """The folder that holds only articles of a language (empty for `base`); empty if none."""
        tag = language or self.base
        return next((folder for each, folder in self.folders if each == tag), "")

    def settle(self, tag: str) -> str:
        """A language as it is called here: `de-DE` is `de` where only that is known. Empty for
        `base`.
        """
        if self.alone:
            return ""
        known = list(dict.fromkeys((self.base, *(each for each, _ in self.folders))))
        if tag not in known:
            alike = [each for each in known if primary(each) == primary(tag)]
            tag = alike[0] if len(alike) == 1 else tag
        return "" if tag == self.base else tag

    def in_order(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Languages (empty for `base`), those that count first before others."""
        places = {self.settle(tag): at for at, tag in reversed(list(enumerate(self.first)))}
        most = len(places)
        return tuple(sorted(set(languages), key=lambda tag: (places.get(tag, most), tag)))

    def _split(self, path: str) -> tuple[str, str]:
        language, rest = self.outside or self.base, path
        for tag, folder in self.folders:
            if folder and path.startswith(f"{folder}/"):
                language, rest = tag, path[len(folder) + 1 :]
                break
        rest, tag = self._without_suffix(rest)
        language = tag or language
        return "" if language == self.base else language, rest

    def _without_suffix(self, path: str) -> tuple[str, str]:
        """A path without the language at the end of its name, and that language."""
        if self.suffixes:
            head, slash, name = path.rpartition("/")
            stem, *more = name.split(".")
            if more and (tag := self._known(more[0])):
                return f"{head}{slash}{'.'.join((stem, *more[1:]))}", tag
        return path, ""

    def _known(self, text: str) -> str:
        tag = language_tag(text)
        return tag if tag in {self.base, *(each for each, _ in self.folders)} else ""


ONE_LANGUAGE = Languages()


def find_languages(
    content: Path, base: str, configured: tuple[tuple[str, str], ...] | None, said: Languages
) -> Languages:
    """The languages of a content folder whose settings say `base` and perhaps `configured`, a
    language's folder or nothing for each, and whose generator has `said` some.
    """
    if configured == ():
        return Languages(base, first=(base,), alone=True)
    if configured is not None:
        return _configured(content, base, configured)
    if said.suffixes or any(folder and _is_there(content, folder) for _, folder in said.folders):
        first = tuple(dict.fromkeys((*said.first, base)))
        return said._replace(base=base, first=first)
    found = dict(_found(content))
    if not found and (endings := _endings(content, base)):
        return Languages(
            base, tuple((tag, "") for tag in endings), suffixes=True, first=(base, *endings)
        )
    alike = [tag for tag in sorted(found) if primary(tag) == primary(base)]
    first = tuple(dict.fromkeys((base, *alike, *sorted(found))))
    outside = alike[0] if alike and base not in found else ""
    return Languages(base, tuple(sorted(found.items())), outside=outside, first=first)


def found_languages(content: Path) -> tuple[tuple[str, str], ...]:
    """The languages that show in the names of folders alone, each with its folder."""
    return tuple(_found(content))


def _is_there(content: Path, folder: str) -> bool:
    """Whether the content folder has a folder: it may be that of one language itself."""
    return os.path.isdir(content / folder)  # noqa: PTH112  # of many folders


def _configured(content: Path, base: str, given: tuple[tuple[str, str], ...]) -> Languages:
    """What the settings say: a language without a folder has the one that is called like it, else
    what stands in no other folder, and files that end in its name.
    """
    named = {language_tag(entry) or entry: entry for entry in _folders_in(content)}
    pairs = [(tag, folder or named.get(tag, "")) for tag, folder in given]
    outside = next((tag for tag, folder in pairs if folder == "."), "")
    pairs.sort(key=lambda pair: -len(pair[1]))  # a folder within another comes before it
    pairs = [(tag, folder.strip("./")) for tag, folder in pairs]
    suffixes = any(not folder for _, folder in given)
    return Languages(base, tuple(pairs), suffixes, outside, tuple(tag for tag, _ in given))


def _found(content: Path) -> Iterator[tuple[str, str]]:
    """The folders at the top of a content folder that are named by languages, and hold them.

    That is plain where there are several, of which one is named by letters that hardly mean
    anything else (`de`, `pt-BR`); `it` and `hr` may be departments: they, and a folder that stands
    alone, have to hold the same articles as another. So does one that is named by a country beside
    them (`jp`), which is taken for its language.
    """
    names = list(_folders_in(content))
    tags = {name: tag for name in names if (tag := language_tag(name))}
    plain = [name for name, tag in tags.items() if tag in PLAIN or "-" in tag]
    if not tags or (len(tags) == 1 and not plain):
        return
    if len(tags) == 1 or not plain:
        others = [name for name in names if name not in tags]
        if not _translate(content, list(tags), others):
            return
    if len(tags) > 1:
        tags |= dict(_of_countries(content, names, tags))
    seen: set[str] = set()
    for name, tag in sorted(tags.items()):
        if tag not in seen:
            yield tag, name
        seen.add(tag)


def _of_countries(
    content: Path, names: Iterable[str], tags: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The folders that are named by a country whose language no other one has, and hold the same
    articles as those of languages.
    """
    known = {primary(tag) for tag in tags.values()}
    named = [n for n in names if n in _SPOKEN_IN and primary(_SPOKEN_IN[n]) not in known]
    every = set[str]().union(*(_names_in(content / name) for name in tags if named))
    for name in named:
        own = _names_in(content / name)
        if len(own & every) >= max(_LEAST_SHARED, len(own) / 2):
            yield name, _SPOKEN_IN[name]


def _endings(content: Path, base: str) -> list[str]:
    """The languages in which names of articles end, as `late.de.md` beside `late.md` does. That is
    plain where several articles are there in two, and as many as end in one.
    """
    spoken: dict[str, set[str]] = {}
    for name in _some_names(content):
        stem, _, ending = _ARTICLE.sub("", name).partition(".")
        tag = language_tag(ending) if ending else ""
        if not ending or tag in PLAIN or "-" in tag:
            spoken.setdefault(stem, set()).add(tag)
    ending_in = [tags for tags in spoken.values() if tags != {""}]
    pairs = [tags for tags in ending_in if len(tags) > 1]
    if len(pairs) < max(_LEAST_SHARED, len(ending_in) / 2):
        return []
    return sorted(set().union(*pairs) - {"", base})


def _some_names(content: Path) -> Iterator[str]:
    """The paths of articles in the content folder and in folders right below it, of which some
    thousands tell enough; none of a folder where no name has two dots, as in most.
    """
    left = _MOST_NAMES
    for folder in ("", *(f"{name}/" for name in sorted(_folders_in(content)))):
        with contextlib.suppress(OSError):
            names = os.listdir(content / folder)  # noqa: PTH208  # a Path for each name is slow
            if any([name.count(".") > 1 for name in names]):  # noqa: C419  # twice as quick
                yield from (folder + name for name in names if name.endswith(_SUFFIXES))
            left -= len(names)
        if left < 0:
            return


def _folders_in(content: Path) -> Iterator[str]:
    try:
        with os.scandir(content) as entries:
            for entry in entries:
                if not entry.name.startswith((".", "_")) and entry.is_dir(follow_symlinks=False):
                    yield entry.name
    except OSError:
        return


def _translate(content: Path, folders: list[str], others: list[str]) -> bool:
    """Whether folders hold the same articles, and no other folder at the top does."""
    held = {name: _names_in(content / name) for name in folders}
    if len(folders) == 1:
        own = held[folders[0]]
        top = {f"{name}/{path}" for name in others for path in _names_in(content / name)}
        return len(own & (top | _at_top(content))) >= max(_LEAST_SHARED, len(own) / 2)
    for name, own in held.items():
        rest = set().union(*(found for other, found in held.items() if other != name))
        if len(own & rest) < max(_LEAST_SHARED, len(own) / 2):
            return False
    every = set().union(*held.values())
    return not any(len(_names_in(content / name) & every) for name in others)


def _at_top(content: Path) -> set[str]:
    return {name for name in _names_in(content, deep=False) if "/" not in name}


def _names_in(folder: Path, *, deep: bool = True) -> set[str]:
    """The paths of the articles in a folder, without endings; pages of folders say nothing."""
    found: set[str] = set()
    for here, below, names in os.walk(folder):
        below[:] = [name for name in below if deep and not name.startswith((".", "_"))]
        prefix = os.path.relpath(here, folder).replace(os.sep, "/")
        for name in names:
            stem = _ARTICLE.sub("", name)
            if stem != name and stem.lower() not in _INDEXES:
                found.add(stem if prefix == "." else f"{prefix}/{stem}")
        if len(found) > _MOST_FILES:
            break
    return found


class Translated(Protocol):
    """What is asked of an article: as in `kb.model.ArticleMeta`."""

    @property
    def id(self) -> str:
        """The article's id."""

    @property
    def language(self) -> str:
        """Its language, empty for that of the settings."""

    @property
    def translation_key(self) -> str:
        """What its translations have in common, if front matter says it."""

    @property
    def translations(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a language and the id of a translation, if front matter says it."""


def find_translations(
    articles: Iterable[Translated], languages: Languages
) -> Mapping[str, Mapping[str, str]]:
    """For each article that is there in several languages, by id: language -> id, its own, too.

    Those with one key are the same article: that of front matter, else the id below the language's
    folder. Of several in one language the first counts. Where front matter names a translation,
    both have it.
    """
    articles = tuple(articles)
    groups: dict[tuple[bool, str], dict[str, str]] = {}
    for article in articles:
        own = article.translation_key
        key = (bool(own), own or languages.key(article.id))
        groups.setdefault(key, {}).setdefault(article.language, article.id)
    of = {id_: dict(group) for group in groups.values() for id_ in group.values()}
    spoken = {article.id: article.language for article in articles}
    by_key = {(tag, languages.key(id_)): id_ for id_, tag in spoken.items()}
    for article in articles:
        for given, name in article.translations:
            tag = languages.settle(given)
            other = name if spoken.get(name) == tag else by_key.get((tag, name), "")
            if other and other != article.id:
                of.setdefault(article.id, {article.language: article.id}).setdefault(tag, other)
                of.setdefault(other, {tag: other}).setdefault(article.language, article.id)
    return {id_: group for id_, group in of.items() if len(group) > 1}
