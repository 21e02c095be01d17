"""Wikis of GitHub and GitLab, which Gollum reads: https://github.com/gollum/gollum/wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import read_text_within
from kb.content.dialects.dialect import BY_NAME, TEXT_FIRST, Dialect, Located, Routes
from kb.content.dialects.groups import group_flat_pages
from kb.content.dialects.menus import read_list
from kb.files import is_file

if TYPE_CHECKING:
    from pathlib import Path

_FRONT = "home"
_MENUS = ("_Sidebar.md", "_sidebar.md")


def read(located: Located) -> Dialect:
    """How a folder with `Home.md` and what stands beside all pages is read: pages link by name, and
    the lists of the sidebar give order, and topics where the folders give none.
    """
    menu = _menu(located)
    said = read_text_within(menu, located.root) if menu else ""
    return begin(
        located,
        assets=(".", "images", "uploads"),
        routes=Routes(indexes=(), slugs=(), front=_FRONT),
        marks=frozenset({BY_NAME, TEXT_FIRST}),
        published_at=("/wiki/", "/wikis/"),
        menu=(menu,) if menu else (),
        groups=group_flat_pages(read_list(said or "")),
    )


def _menu(located: Located) -> Path | None:
    return next((path for name in _MENUS if is_file(path := located.content / name)), None)
