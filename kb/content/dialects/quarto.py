"""Quarto: https://quarto.org/docs/projects/quarto-projects.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, joined, name_of_site, only, sites
from kb.content.dialects.configuration import read_configuration, table, text, texts
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.content.dialects.groups import group_flat_pages
from kb.content.dialects.menus import read_menu_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.content.frontmatter import Plain

# What Quarto takes for parts of pages, or for words about the project, in whatever folder.
_NOT_PAGES = ("_*", "README.md", "README.qmd", "AGENTS.md", "CLAUDE.md")


def read(located: Located) -> Dialect:
    """How `_quarto.yml` has the folder read: a website or a book."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    parts = [table(said, part) for part in ("website", "book")]
    base = located.content.relative_to(located.root).as_posix().removeprefix(".")
    return begin(
        located,
        assets=(".", "images", "img"),
        includes=(".",),
        published_at=sites(*(text(part, "site-url") for part in parts)),
        anchors=Anchors.PANDOC,
        routes=Routes(base=joined(base), indexes=("index",), slugs=("aliases",)),
        marks=frozenset({"quarto"}),
        exclude=tuple(_excluded(said)),
        exclude_from=located.root,
        data_files=(("var", located.root / "_variables.yml"),),
        menu=(located.evidence,) if located.evidence else (),
        groups=group_flat_pages(read_menu_of(said), base=base),
        title=name_of_site(*(text(part, "title") for part in parts)),
        language=only(text(said, "lang")),
    )


def _excluded(said: Plain) -> Iterator[str]:
    """What is no page: of the patterns of `project.render` those that begin with `!`, and where
    others are there all that they do not name; drafts that the website names.
    """
    rendered = texts(said, "project", "render")
    named = [pattern for pattern in rendered if not pattern.startswith("!")]
    yield from ("**", *(f"!{pattern}" for pattern in named)) if named else ()
    yield from (pattern[1:] for pattern in rendered if pattern.startswith("!"))
    yield from (f"/{page.lstrip('/')}" for page in texts(said, "website", "drafts"))
    yield from _NOT_PAGES
