"""Mintlify: https://mintlify.com/docs/settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, spoken
from kb.content.dialects.configuration import (
    flatten,
    read_configuration,
    read_text_within,
    table,
    text,
)
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.files import is_folder
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

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
        languages=_languages(located, said),
    )


def _languages(located: Located, said: Plain) -> Languages:
    """Those of the navigation, each in the folder that is called like it, if there is one."""
    listed = table(said, "navigation").get("languages")
    rows = [table(each) for each in listed] if isinstance(listed, list) else []
    keys = [key for row in rows if language_tag(key := text(row, "language"))]
    pairs = [(language_tag(k), k if is_folder(located.content / k) else "") for k in keys]
    default = next((text(row, "language") for row in rows if text(row, "default") == "true"), "")
    return spoken(pairs, language_tag(default or next(iter(keys), "")))
