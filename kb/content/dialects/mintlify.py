"""Mintlify: https://mintlify.com/docs/settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, name_of_site, spoken
from kb.content.dialects.configuration import (
    flatten,
    read_text_within,
    read_with_references,
    table,
    text,
)
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.groups import group_pages, page_key
from kb.content.dialects.menus import entries_of
from kb.content.dialects.redirects import pairs_of
from kb.files import is_folder
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

# What Mintlify itself does not publish.
_ROOT_FILES = (
    "/README.md", "/LICENSE.md", "/CHANGELOG.md", "/CONTRIBUTING.md", "/AGENTS.md", "/CLAUDE.md",
    "/skill.md",
)  # fmt: skip


def read(located: Located) -> Dialect:
    """How `docs.json`, or `mint.json`, has the folder read."""
    said = read_with_references(located.evidence, located.root) if located.evidence else {}
    navigation = table(said).get("navigation")
    ignored = read_text_within(located.root / ".mintignore", located.root) or ""
    return begin(
        located,
        assets=(".", "public", "images", "logo"),
        includes=("snippets", "."),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"mdx"}),
        exclude=("/snippets/", *_ROOT_FILES, *ignored.split("\n")),
        exclude_from=located.root,
        given=tuple(flatten(table(said, "variables"), "")),
        menu=(located.evidence,) if located.evidence else (),
        languages=_languages(located, said),
        title=name_of_site(text(said, "name")),
        hidden_by=_Hidden(_pages_below_hidden(located, navigation)),
        redirects=pairs_of(table(said).get("redirects")),
        groups=group_pages(entries_of(navigation), base=_base(located)),
    )


def _base(located: Located) -> str:
    """The path of the content folder below that of the navigation."""
    return located.content.relative_to(located.root).as_posix().removeprefix(".")


class _Hidden(NamedTuple):
    """The pages, by their keys, of groups that the navigation hides."""

    pages: frozenset[str]

    def __call__(self, content: Path, paths: Sequence[str]) -> Mapping[str, str]:
        del content  # names say it all
        why = "the navigation hides its group"
        return {path: why for path in paths if page_key(path) in self.pages} if self.pages else {}


def _pages_below_hidden(located: Located, navigation: Plain | None) -> frozenset[str]:
    """The pages in what says `hidden` and is not to be found by search all the same."""
    named: dict[bool, set[str]] = {True: set(), False: set()}
    _sort(navigation, named, is_hidden=False)
    base = _base(located)
    hidden, shown = ({page_key(page, base) for page in named[of]} for of in (True, False))
    return frozenset(hidden - shown)


def _sort(value: Plain | None, named: dict[bool, set[str]], *, is_hidden: bool) -> None:
    if isinstance(value, str):
        named[is_hidden].add(value)
    elif isinstance(value, list):
        for each in value:
            _sort(each, named, is_hidden=is_hidden)
    elif isinstance(value, dict):
        hides = text(value, "hidden") == "true" and text(value, "searchable") != "true"
        for each in value.values():
            _sort(each, named, is_hidden=is_hidden or hides)


def _languages(located: Located, said: Plain) -> Languages:
    """Those of the navigation, each in the folder that is called like it, if there is one."""
    listed = table(said, "navigation").get("languages")
    rows = [table(each) for each in listed] if isinstance(listed, list) else []
    keys = [key for row in rows if language_tag(key := text(row, "language"))]
    pairs = [(language_tag(k), k if is_folder(located.content / k) else "") for k in keys]
    default = next((text(row, "language") for row in rows if text(row, "default") == "true"), "")
    return spoken(pairs, language_tag(default or next(iter(keys), "")))
