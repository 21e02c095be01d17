"""Obsidian: a vault, published or not."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How a vault is read."""
    return begin(
        located,
        assets=("attachments", "Attachments", "assets", "images", "."),
        includes=(".",),
        routes=Routes(indexes=("index", "readme"), slugs=("permalink",)),
        marks=frozenset({"obsidian"}),
    )
