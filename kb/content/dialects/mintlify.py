"""Mintlify: https://mintlify.com/docs/settings."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import (
    flatten,
    read_configuration,
    read_text_within,
    table,
)
from kb.content.dialects.dialect import Dialect, Located, Routes

# What Mintlify itself does not publish.
_ROOT_FILES = (
    "/README.md", "/LICENSE.md", "/CHANGELOG.md", "/CONTRIBUTING.md", "/AGENTS.md", "/CLAUDE.md",
    "/skill.md",
)  # fmt: skip


def read(located: Located) -> Dialect:
    """How `docs.json`, or `mint.json`, has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
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
    )
