"""Sphinx with MyST: https://myst-parser.readthedocs.io. Its `conf.py` is a program: it is parsed,
and lists that are written out in it are read.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin
from kb.content.dialects.configuration import anchored, read_text_within
from kb.content.dialects.dialect import Dialect, Located, Routes

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(located: Located) -> Dialect:
    """How `conf.py` has the folder read."""
    return begin(
        located,
        assets=("_static", "images", "img"),
        includes=(".",),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"myst", "jinja"}),
        exclude=tuple(map(anchored, _listed(located, "exclude_patterns"))),
        exclude_from=located.root,
    )


def _listed(located: Located, name: str) -> Iterator[str]:
    """The texts of a list that is assigned to a name."""
    program = read_text_within(located.evidence, located.root) if located.evidence else ""
    try:
        statements = ast.parse(program or "").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for each in statements:
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.List):
            names = [target.id for target in each.targets if isinstance(target, ast.Name)]
            for item in each.value.elts if name in names else ():
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value
