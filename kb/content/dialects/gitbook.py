"""GitBook, today's and the one for files: https://gitbook.com/docs."""

from __future__ import annotations

from kb.content.dialects.build import begin, name_of_site, only
from kb.content.dialects.configuration import data_files, flatten, read_configuration, table, text
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.menus import unlisted
from kb.files import is_file


def read(located: Located) -> Dialect:
    """How `.gitbook.yaml`, `book.json` or a SUMMARY.md has the folder read."""
    has_settings = located.evidence is not None and located.evidence.name != "SUMMARY.md"
    said = (
        read_configuration(located.evidence, located.root)
        if has_settings and located.evidence
        else {}
    )
    summary = text(said, "structure", "summary") or "SUMMARY.md"
    homes = {located.root / text(said, "root"), located.root, located.content}
    variables = located.content / ".gitbook" / "vars.yaml"
    files = [("", variables), *data_files(located.content / "_data", "book")]
    return begin(
        located,
        assets=(".gitbook/assets", "assets", "images"),
        includes=(".gitbook/includes", "includes"),
        routes=Routes(indexes=("readme", "index"), slugs=()),
        marks=frozenset({"gitbook"}),
        start=text(said, "root"),
        exclude=("SUMMARY.md", "/AGENTS.md", "/CLAUDE.md"),
        title=name_of_site(text(said, "title")),
        language=only(text(said, "language")),
        hidden_by=unlisted,
        data_files=tuple((name, path) for name, path in files if is_file(path)),
        given=tuple(flatten(table(said, "variables"), "book")),
        menu=tuple(sorted(path for home in homes if is_file(path := home / summary))),
    )
