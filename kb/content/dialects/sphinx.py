"""Sphinx with MyST: https://myst-parser.readthedocs.io. Its `conf.py` is a program: it is parsed,
and lists that are written out in it are read.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, name_of_site, only
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
        exclude=tuple(map(anchored, _texts(located, "exclude_patterns"))),
        title=name_of_site(*_texts(located, "project")),
        language=only(*_texts(located, "language")),
        exclude_from=located.root,
    )


def _texts(located: Located, name: str) -> Iterator[str]:
    """The text that is assigned to a name, or the texts of a list."""
    program = read_text_within(located.evidence, located.root) if located.evidence else ""
    try:
        statements = ast.parse(program or "").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for each in statements:
        if isinstance(each, ast.Assign):
            names = [target.id for target in each.targets if isinstance(target, ast.Name)]
            items = each.value.elts if isinstance(each.value, ast.List) else [each.value]
            for item in items if name in names else ():
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value
