"""Mintlify: https://mintlify.com/docs/settings."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import flatten, read_configuration, table
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How `docs.json`, or `mint.json`, has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    return begin(
        located,
        assets=(".", "public", "images", "logo"),
        includes=("snippets", "."),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"mdx"}),
        exclude=("/snippets/", "/node_modules/", ".mintignore", "/README.md", "/LICENSE.md"),
        given=tuple(flatten(table(said, "variables"), "")),
        menu=(located.evidence,) if located.evidence else (),
    )
