"""Jupyter Book: `_toc.yml` in its two forms (https://jupyterbook.org/v1/structure/toc.html), and
`myst.yml` of MyST's own tools (https://mystmd.org/guide/table-of-contents).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, name_of_site, only, sites
from kb.content.dialects.configuration import anchored, read_configuration, table, text, texts
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.groups import group_pages, page_key
from kb.content.dialects.menus import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.content.frontmatter import Plain

_MYST = "myst.yml"


def read(located: Located) -> Dialect:
    """How `_toc.yml`, with `_config.yml` beside it, or `myst.yml` has the folder read."""
    menu, said = _read(located)
    named = list(_named(menu))
    base = located.content.relative_to(located.root).as_posix().removeprefix(".")
    has_all = located.evidence is not None and located.evidence.name == _MYST and bool(named)
    is_closed = has_all or text(said, "only_build_toc_files") == "true"
    excluded = (*texts(said, "exclude_patterns"), *texts(said, "project", "exclude"))
    return begin(
        located,
        assets=("_static", "images", "img", "."),
        includes=(".",),
        published_at=sites(text(said, "html", "baseurl")),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"myst", "jinja"}),
        exclude=(*map(anchored, excluded), "_build/"),
        exclude_from=located.root,
        hidden_by=_Unlisted(base, tuple(named)) if is_closed else None,
        title=name_of_site(text(said, "title"), text(said, "project", "title")),
        language=only(text(said, "sphinx", "config", "language")),
        menu=(located.evidence,) if located.evidence else (),
        groups=group_pages(entries_of(menu), base=base, front=named[0] if named else ""),
    )


def _read(located: Located) -> tuple[Plain, Plain]:
    """The entries of the menu, and what the configuration says."""
    if located.evidence is None:
        return [], {}
    said = read_configuration(located.evidence, located.root)
    if located.evidence.name == _MYST:
        return table(said, "project").get("toc", []), said
    config = read_configuration(located.evidence.with_name("_config.yml"), located.root)
    front: list[Plain] = [{"file": root}] if (root := text(said, "root")) else []
    below = said if isinstance(said, list) else [table(said)]
    return [*front, *_without_headers(below)], config


def _without_headers(entries: Sequence[Plain]) -> Iterator[Plain]:
    """The entries of the first form, those behind a `header` below it; of the second what its only
    one holds.
    """
    under: list[Plain] | None = None
    for entry in entries:
        if isinstance(entry, dict) and "root" in entry:
            yield {key: value for key, value in entry.items() if key not in {"root", "format"}}
        elif header := text(entry, "header"):
            under = []
            yield {"part": header, "chapters": under}
        elif under is None or text(entry, "part"):
            yield entry
        else:
            under.append(entry)


def _named(menu: Plain | None) -> Iterator[str]:
    """The pages and patterns of pages that a menu names, in its order."""
    if isinstance(menu, list):
        for entry in menu:
            yield from _named(entry)
    elif isinstance(menu, dict):
        for key, value in menu.items():
            if isinstance(value, str):
                if key in {"file", "glob", "pattern"} and value:
                    yield value
            else:
                yield from _named(value)


class _Unlisted(NamedTuple):
    """The pages that a menu does not name, where it is said to name all."""

    base: str
    named: tuple[str, ...]

    def __call__(self, content: Path, paths: Sequence[str]) -> Mapping[str, str]:
        del content  # names say it all
        keys = {page_key(page, self.base) for page in self.named}
        patterns = [page.removeprefix(f"{self.base}/") for page in self.named if "*" in page]
        return {
            path: "the table of contents does not name it"
            for path in paths
            if page_key(path) not in keys and not any(fnmatchcase(path, each) for each in patterns)
        }
