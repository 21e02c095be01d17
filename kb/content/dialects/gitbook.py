"""GitBook, today's and the one for files: https://gitbook.com/docs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, name_of_site, only
from kb.content.dialects.configuration import data_files, flatten, read_configuration, table, text
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.menus import unlisted
from kb.content.dialects.redirects import pairs_of
from kb.files import is_file

if TYPE_CHECKING:
    from kb.content.frontmatter import Plain


def read(located: Located) -> Dialect:
    """How `.gitbook.yaml`, `book.json` or a SUMMARY.md has the folder read."""
    said = _settings(located)
    is_beside = located.evidence is None or located.evidence.name != "SUMMARY.md"
    start = text(said, "root") if is_beside else ""
    summary = text(said, "structure", "summary") or "SUMMARY.md"
    homes = {located.root / start, located.root, located.content}
    variables = located.content / ".gitbook" / "vars.yaml"
    files = [("", variables), *data_files(located.content / "_data", "book")]
    return begin(
        located,
        assets=(".gitbook/assets", "assets", "images"),
        includes=(".gitbook/includes", "includes"),
        routes=Routes(indexes=("readme", "index"), slugs=()),
        marks=frozenset({"gitbook"}),
        start=start,
        exclude=("SUMMARY.md", "/LANGS.md", "/AGENTS.md", "/CLAUDE.md"),
        title=name_of_site(text(said, "title")),
        language=only(text(said, "language")),
        hidden_by=unlisted,
        redirects=pairs_of(table(said).get("redirects")),
        data_files=tuple((name, path) for name, path in files if is_file(path)),
        given=tuple(flatten(table(said, "variables"), "book")),
        menu=tuple(sorted(path for home in homes if is_file(path := home / summary))),
    )


def _settings(located: Located) -> Plain:
    """What the settings of the book say: those beside the menu, or, one or two folders above, those
    that name the content folder as theirs.
    """
    if located.evidence is not None and located.evidence.name != "SUMMARY.md":
        return read_configuration(located.evidence, located.root)
    for folder in located.content.parents[:2]:
        said = read_configuration(folder / ".gitbook.yaml", folder)
        if Path(os.path.normpath(folder / text(said, "root"))) == located.content:
            return said
    return {}
