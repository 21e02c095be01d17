"""Next.js and what is built on it, such as Nextra: a program, of which only names tell."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How such a folder is usually read."""
    return begin(
        located,
        assets=("public",),
        includes=("markdoc/partials",),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"mdx"}),
    )
