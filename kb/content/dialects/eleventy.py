"""Eleventy: https://www.11ty.dev/docs/. Its configuration is a program: only names tell of it."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import data_files, read_text_within
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How such a folder is usually read."""
    data = (located.root / "_data", located.content / "_data")
    return begin(
        located,
        assets=("public", "static", "assets", "images", "img", "_img", "."),
        includes=("_includes",),
        routes=Routes(indexes=("index", "readme"), slugs=("permalink",), folders=True),
        marks=frozenset({"liquid", "jinja"}),
        exclude=tuple(
            (read_text_within(located.root / ".eleventyignore", located.root) or "").split("\n")
        ),
        exclude_from=located.root,
        data_files=tuple(each for folder in data for each in data_files(folder, "")),
    )
