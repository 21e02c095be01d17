"""Docusaurus: https://docusaurus.io/docs/api/docusaurus-config."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, below_root, joined, name_of_site, only, sites, spoken
from kb.content.dialects.configuration import anchored, read_configuration, table, text, texts
from kb.content.dialects.dialect import NO_GROUPS, Anchors, Dialect, Groups, Located, Routes
from kb.content.dialects.groups import group_flat_pages
from kb.content.dialects.menus import entries_of
from kb.content.dialects.redirects import pairs_of
from kb.files import is_file, is_folder
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

_EXCLUDED = ("**/_*.{md,mdx}", "**/_*/**", "**/*.test.{md,mdx}", "**/__tests__/**")
_TRANSLATED = "docusaurus-plugin-content-docs/current"
_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_BRACES = 4
_SIDEBARS = ("sidebars.js", "sidebars.ts", "sidebars.json", "sidebars.mjs", "sidebars.cjs")


def read(located: Located) -> Dialect:
    """How `docusaurus.config.js` has the folder read: of its plugins, the one of this folder."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    docs = _options(said, located)
    base = text(said, "baseUrl") or "/"
    route = docs.get("routeBasePath", "docs")
    below = joined(base, route if isinstance(route, str) else "docs")
    url = text(said, "url").rstrip("/")
    homes = _homes(said, docs, located)
    start = below_root(located, text(docs, "path") or "docs")
    addresses = (f"{url}{below}", below, f"{url}{base}", base) if url else (below, base)
    menu = _menu(located, text(docs, "sidebarPath"))
    return begin(
        located,
        assets=tuple(
            below_root(located, name) for name in texts(said, "staticDirectories") or ("static",)
        ),
        includes=("src/partials", "_partials", "partials"),
        published_at=sites(*addresses),
        anchors=Anchors.DOCUSAURUS,
        routes=Routes(
            base=below,
            indexes=("index", "readme"),
            numbered=True,
            slugs=("slug", "id"),
            folders=text(said, "trailingSlash") == "true",
        ),
        marks=frozenset({"mdx"}),
        exclude=(
            *_but_for(homes),
            *(
                f"{home}/{anchored(pattern).lstrip('/')}" if home else anchored(pattern)
                for each in texts(docs, "exclude") or _EXCLUDED
                for pattern in _braces(each)
                for home in homes or ("",)
            ),
        ),
        languages=_languages(said, homes),
        title=name_of_site(text(said, "title")),
        language=only(text(said, "i18n", "defaultLocale")),
        start=start,
        home="" if len(homes) > 1 else start,
        menu=menu,
        groups=_groups(located, menu, start),
        redirects=_redirects(said),
    )


def _redirects(said: Plain) -> Iterator[tuple[str, str]]:
    """Those of the plugin `client-redirects`."""
    listed = table(said).get("plugins")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, list) and len(each) > 1 and "client-redirects" in str(each[0]):
            yield from pairs_of(table(each[1]).get("redirects"))


def _groups(located: Located, menu: tuple[Path, ...], docs: str) -> Groups:
    """Those of the sidebars, where the folders divide nothing."""
    if located.content != located.root / docs:
        return NO_GROUPS
    sidebars = [table(read_configuration(path, located.root)) for path in menu]
    return group_flat_pages(
        [e for each in sidebars for one in each.values() for e in entries_of(one)]
    )


def _homes(said: Plain, docs: dict[str, Plain], located: Located) -> tuple[str, ...]:
    """Where articles stand, with a slash before, where the content folder is all of the project:
    those of the first language, then their translations.
    """
    if located.content != located.root:
        return ()
    own = f"/{below_root(located, text(docs, 'path') or 'docs')}"
    first = text(said, "i18n", "defaultLocale")
    tags = (key for key in texts(said, "i18n", "locales") if language_tag(key))
    texts_of = below_root(located, "i18n")
    homes = (own, *(f"/{texts_of}/{key}/{_TRANSLATED}" for key in tags if key != first))
    inner = (home for home in homes if not home.startswith("/.."))  # others are no part of it
    return tuple(home for home in inner if is_folder(located.root / home[1:]))


def _but_for(homes: tuple[str, ...]) -> Iterator[str]:
    """Patterns that leave out all but these folders, and in them what is no page."""
    if homes:
        yield "/**"
    for home in homes:
        yield from (f"!{home}/**", f"{home}/**/_*", f"{home}/**/_*/**")


def _languages(said: Plain, homes: tuple[str, ...]) -> Languages:
    first = language_tag(text(said, "i18n", "defaultLocale") or "en")
    pairs = {
        language_tag(_key_of(home)) if home.endswith(_TRANSLATED) else first: home[1:]
        for home in reversed(homes)
    }
    return spoken(pairs.items(), first)


def _key_of(home: str) -> str:
    """The name of a translation, by the folder where it stands."""
    return home.removesuffix(f"/{_TRANSLATED}").rpartition("/")[2]


def _options(said: Plain, located: Located) -> dict[str, Plain]:
    """The options of the plugin that publishes the folder; those of the preset where none does."""
    tops = table(said)
    found = []
    for key in ("presets", "plugins"):
        listed = tops.get(key)
        for each in listed if isinstance(listed, list) else ():
            options = each[1] if isinstance(each, list) and len(each) > 1 else {}
            found.append(table(options, "docs") if key == "presets" else table(options))
    for options in found:
        if located.root / below_root(located, text(options, "path") or "docs") == located.content:
            return options
    return next((options for options in found if options), {})


def _braces(pattern: str, depth: int = 0) -> tuple[str, ...]:
    """A pattern with braces as several without."""
    found = _BRACES.search(pattern)
    if found is None or depth == _MOST_BRACES:
        return (pattern,)
    before, after = pattern[: found.start()], pattern[found.end() :]
    return tuple(
        each
        for part in found[1].split(",")
        for each in _braces(f"{before}{part}{after}", depth + 1)
    )


def _menu(located: Located, named: str) -> tuple[Path, ...]:
    names = (named.removeprefix("./"), *_SIDEBARS) if named else _SIDEBARS
    paths = (located.root / below_root(located, name) for name in names)
    return tuple(path for path in paths if is_file(path))[:1]
