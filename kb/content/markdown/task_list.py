"""Items of a list that begin with `[ ]` or `[x]`: a rule for markdown-it-py, after `inline`.

The plugin's looks back over the whole list for each item, and writes HTML into the text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

_BOX = re.compile(r"\[([ xX])\](?:[ \t\n\u00a0]+|\Z)")


def task_list(state: StateCore) -> None:
    """Put a token `task` before the text of each such item; its `info` is `x` for what is done."""
    item: Token | None = None
    for before, token in pairwise(state.tokens):
        if before.type == "list_item_open":
            item = before
        if token.type != "inline" or before.type != "paragraph_open" or item is None:
            continue
        children = token.children or []
        found = _BOX.match(children[0].content) if children and children[0].type == "text" else None
        if found is not None and token.level == item.level + 2:
            children[0].content = children[0].content[found.end() :]
            children.insert(0, Token("task", "input", 0, info=found[1].strip().lower()))
            item.attrs["class"] = "task"
        item = None
