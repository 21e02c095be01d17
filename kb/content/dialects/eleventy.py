"""Eleventy: https://www.11ty.dev/docs/. Its configuration is a program: only names tell of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import (
    anchored,
    data_files,
    read_configuration,
    read_text_within,
)
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.files import without_suffix
from kb.files import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_IGNORES = re.compile(r"""\bignores\.add\(\s*["'`]([^"'`\n]{1,200})["'`]\s*\)""")


def read(located: Located) -> Dialect:
    """How such a folder is usually read, and what its program plainly says it leaves out."""
    data = (located.root / "_data", located.content / "_data")
    return begin(
        located,
        assets=("public", "static", "assets", "images", "img", "_img", "."),
        includes=("_includes",),
        routes=Routes(indexes=("index", "readme"), slugs=("permalink",), folders=True),
        marks=frozenset({"liquid", "jinja"}),
        exclude=tuple(_ignored(located)),
        exclude_from=located.root,
        hidden_by=_hidden,
        data_files=tuple(each for folder in data for each in data_files(folder, "")),
    )


def _ignored(located: Located) -> Iterator[str]:
    """The patterns of files that Eleventy passes over."""
    for name in (".gitignore", ".eleventyignore"):
        yield from (read_text_within(located.root / name, located.root) or "").split("\n")
    program = read_text_within(located.evidence, located.root) if located.evidence else ""
    for pattern in _IGNORES.findall(program or ""):
        yield anchored(pattern)


def _hidden(content: Path, paths: Sequence[str]) -> Mapping[str, str]:
    """What data files beside pages, and those of folders for all below, hide:
    https://www.11ty.dev/docs/data-template-dir/.
    """
    known: dict[str, str] = {}
    found = {}
    for path in paths:
        stem = without_suffix(path)
        folders = stem.split("/")[:-1]
        above = ["/".join(folders[:count]) for count in range(1, len(folders) + 1)]
        data = [f"{place}/{place.rpartition('/')[2]}" for place in above]
        for name in (*data, stem):
            if name not in known:
                known[name] = _hiding_file(content, name)
            if known[name]:
                found[path] = f"{known[name]} hides it"
    return found


def _hiding_file(content: Path, stem: str) -> str:
    """The data file called so that hides pages; empty where there is none."""
    for name in (f"{stem}.json", f"{stem}.11tydata.json"):
        if is_file(content / name):
            from kb.content.dialects.cascade import hides  # noqa: PLC0415  # few have such files

            if hides(read_configuration(content / name, content)):
                return name
    return ""
