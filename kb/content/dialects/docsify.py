"""docsify: https://docsify.js.org. Its links start at the content folder."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.files import is_file


def read(located: Located) -> Dialect:
    """How a folder with docsify's page is read."""
    menu = (located.content / "_sidebar.md",)
    return begin(
        located,
        assets=(".", "_media", "images"),
        includes=(".",),
        anchors=Anchors.DOCSIFY,
        routes=Routes(indexes=("readme",), slugs=()),
        marks=frozenset({"docsify"}),
        menu=tuple(path for path in menu if is_file(path)),
    )
