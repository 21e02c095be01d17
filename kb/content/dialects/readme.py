"""ReadMe, as it keeps a project in files: https://docs.readme.com/main/docs/bi-directional-sync."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.dialect import Dialect, Located, Routes

_PLACES = (
    ("docs", "/docs/:page"),
    ("reference", "/reference/:page"),
    ("recipes", "/recipes/:page"),
    ("custom_pages", "/page/:page"),
)
"""The folders of a project, each with the addresses of its pages: folders in it are not in them."""


def read(located: Located) -> Dialect:
    """How a folder is read whose pages stand in an order that an `_order.yaml` gives."""
    return begin(
        located,
        includes=("custom_blocks", "../custom_blocks"),
        routes=Routes(indexes=("index",), permalinks=tuple(_permalinks(located))),
        marks=frozenset({"mdx"}),
        exclude=("custom_blocks/", "/README.md", "/AGENTS.md", "/CLAUDE.md"),
    )


def _permalinks(located: Located) -> list[tuple[str, str]]:
    """The patterns of addresses, by folders of the content: it is a project, or a part of one."""
    names = dict(_PLACES)
    for folder in (located.content, *located.content.parents):
        if folder.name in names and located.project in folder.parents:
            return [("", names[folder.name])]
    return [*((f"{name}/", pattern) for name, pattern in _PLACES), ("", "/docs/:page")]
