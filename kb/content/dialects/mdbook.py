"""mdBook: https://rust-lang.github.io/mdBook/format/configuration/."""

from __future__ import annotations

from kb.content.dialects.build import begin, name_of_site, only, sites
from kb.content.dialects.configuration import read_configuration, table, text
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.content.dialects.menus import unlisted
from kb.content.dialects.redirects import pairs_of
from kb.files import is_file


def read(located: Located) -> Dialect:
    """How `book.toml` has the folder read, of which pages in `SUMMARY.md` are published alone."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    summary = located.content / "SUMMARY.md"
    return begin(
        located,
        includes=(".",),
        published_at=sites(text(said, "output", "html", "site-url")),
        anchors=Anchors.MDBOOK,
        routes=Routes(indexes=("readme", "index"), slugs=()),
        marks=frozenset({"mdbook"}),
        exclude=("SUMMARY.md",),
        title=name_of_site(text(said, "book", "title")),
        language=only(text(said, "book", "language")),
        hidden_by=unlisted,
        redirects=pairs_of(table(said, "output", "html").get("redirect")),
        menu=(summary,) if is_file(summary) else (),
    )
