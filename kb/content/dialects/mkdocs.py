"""MkDocs, with or without Material: https://www.mkdocs.org/user-guide/configuration/; and Zensical,
whose zensical.toml says the same below `project`: https://zensical.org/docs/setup/basics/.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, below_root, name_of_site, only, sites, spoken
from kb.content.dialects.configuration import (
    flatten,
    read_configuration,
    read_text_within,
    regexes,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import NO_GROUPS, Anchors, Dialect, Groups, Located, Routes
from kb.content.dialects.groups import group_flat_pages
from kb.content.dialects.menus import entries_of
from kb.content.dialects.redirects import pairs_of
from kb.files import is_file
from kb.text.languages import language_tag

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

_SLUGIFY = ("slugify:", "slugify =", "slugify=")


def read(located: Located) -> Dialect:
    """How `mkdocs.yml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    said = table(said, "project") or said
    docs = below_root(located, text(said, "docs_dir") or "docs")
    extra = table(said, "extra")
    given = (*flatten(extra, ""), *flatten(extra, "config.extra"))
    config = {
        f"config.{key}": value
        for key, value in (said.items() if isinstance(said, dict) else ())
        if isinstance(value, str)
    }
    snippets = _options(said, "markdown_extensions").get("pymdownx.snippets", {})
    lists = _lists(located, said, docs)
    return begin(
        located,
        assets=_theme_files(located, said),
        includes=(*texts(snippets, "base_path"), "includes", "snippets", "docs_src", "."),
        published_at=sites(text(said, "site_url")),
        anchors=_anchors(located),
        routes=Routes(
            indexes=("index", "readme"),
            slugs=(),
            folders=text(said, "use_directory_urls") != "false",
        ),
        marks=frozenset({"mkdocs", "jinja"} if _has_macros(said) else {"mkdocs"}),
        exclude=(
            *texts(said, "exclude_docs"),
            *texts(said, "draft_docs"),
            *(each.name for each in lists),
        ),
        hidden_by=_plugin_patterns(said),
        given=(*given, *config.items()),
        start=docs,
        menu=(located.evidence,) if located.evidence and table(said).get("nav") else lists,
        languages=(languages := _languages(said)),
        title=name_of_site(text(said, "site_name")),
        language=only(*languages.first, text(said, "theme", "language")),
        appended=texts(snippets, "auto_append"),
        groups=_groups(located, said, Path(os.path.normpath(located.root / docs))),
        redirects=pairs_of(_plugins(said).get("redirects", {}).get("redirect_maps")),
    )


def _theme_files(located: Located, said: Plain) -> Iterator[str]:
    """The folder of which what is no template stands on the site, too."""
    if custom := text(said, "theme", "custom_dir"):
        yield below_root(located, custom)


def _lists(located: Located, said: Plain, docs: str) -> tuple[Path, ...]:
    """The file in which the plugin `literate-nav` has the order at the top, as a list of links."""
    options = _plugins(said).get("literate-nav")
    if options is None:
        return ()
    path = located.root / docs / (text(options, "nav_file") or "SUMMARY.md")
    return (path,) if is_file(path) else ()


def _groups(located: Located, said: Plain, docs: Path) -> Groups:
    """Those of `nav`, where the folders divide nothing."""
    if not located.content.is_relative_to(docs):
        return NO_GROUPS
    base = located.content.relative_to(docs).as_posix().removeprefix(".")
    return group_flat_pages(entries_of(table(said).get("nav")), base=base)


def _languages(said: Plain) -> Languages:
    """What the plugin `i18n` says: names end in a language, or folders are called like it."""
    options = _plugins(said).get("i18n", {})
    listed = options.get("languages")
    rows = [table(each) for each in listed] if isinstance(listed, list) else []
    tags = [text(row, "locale") for row in rows if text(row, "build") != "false"]
    if isinstance(listed, dict):  # as the plugin had it before 1.0
        tags = [key for key in listed if key != "default"]
    default = text(options, "default_language")
    default = next((text(r, "locale") for r in rows if text(r, "default") == "true"), default)
    in_folders = text(options, "docs_structure") == "folder"
    pairs = [(tag, key if in_folders else "") for key in tags if (tag := language_tag(key))]
    return spoken(pairs, language_tag(default), suffixes=not in_folders)


def _plugins(said: Plain) -> dict[str, dict[str, Plain]]:
    """The plugins with their options."""
    return _options(said, "plugins")


def _options(said: Plain, key: str) -> dict[str, dict[str, Plain]]:
    """The options of each that a list or table names."""
    plugins = table(said).get(key)
    listed: list[Plain | None] = [*plugins] if isinstance(plugins, list) else [plugins]
    found: dict[str, dict[str, Plain]] = {}
    for plugin in listed:
        if isinstance(plugin, dict):
            found.update({name: table(options) for name, options in plugin.items()})
        elif isinstance(plugin, str):
            found[plugin] = {}
    return found


class _Hidden(NamedTuple):
    """What the plugin `exclude` leaves out."""

    globs: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def __call__(self, content: Path, paths: Sequence[str]) -> Mapping[str, str]:
        del content  # names say it all
        return {
            path: "the plugin `exclude` leaves it out"
            for path in paths
            if any(fnmatchcase(path, each) for each in self.globs)
            or any(each.match(path) for each in self.patterns)
        }


def _plugin_patterns(said: Plain) -> _Hidden | None:
    options = _plugins(said).get("exclude", {})
    found = _Hidden(texts(options, "glob"), regexes(texts(options, "regex")))
    return found if found.globs or found.patterns else None


def _anchors(located: Located) -> Anchors:
    """Those of Python-Markdown, unless a function of pymdownx is named, which works as GitHub."""
    said = read_text_within(located.evidence, located.root) if located.evidence else ""
    extension = ""
    for line in (said or "").split("\n"):
        bare = line.strip().removeprefix("-").strip()
        if extension == "toc" and bare.startswith(_SLUGIFY) and "pymdownx.slugs" in bare:
            return Anchors.GITHUB
        if bare.endswith(":"):
            extension = bare.removesuffix(":")
        elif bare.startswith("["):  # zensical.toml
            extension = bare.strip("[]").rpartition(".")[2]
    return Anchors.PYTHON_MARKDOWN


def _has_macros(said: Plain) -> bool:
    return bool({"macros", "markdownextradata", "jinja"} & {*_plugins(said)})
