"""Pictures for one colour scheme alone, and sizes in their words: rules for markdown-it-py.

Material for MkDocs and GitHub show one of two pictures by the end of their address,
`![](map.png#only-dark)`. Of both the one for light screens stays, which is readable on dark ones,
too; a picture that has no other stays. Obsidian and Discourse write sizes behind the words that
describe a picture, `![Map|300x200](map.png)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_LIGHT = re.compile(r"#(?:only-light|gh-light-mode-only)\Z")
_DARK = re.compile(r"#(?:only-dark|gh-dark-mode-only)\Z")
_SIZE = re.compile(r"\|(\d{1,4})(?:x(\d{1,4}))?(?:,[ ]?\d{1,3}%)?\Z")


def sized_pictures(state: StateCore) -> None:
    """Take sizes from the words of pictures."""
    for token in state.tokens:
        if "|" in token.content and "![" in token.content:
            for image in token.children or ():
                words = image.children[-1] if image.type == "image" and image.children else None
                found = _SIZE.search(words.content) if words and words.type == "text" else None
                if words is not None and found is not None:
                    state.env["account"].has_marks = True
                    words.content = words.content[: found.start()]
                    image.attrs["width"] = found[1]
                    if found[2]:
                        image.attrs["height"] = found[2]


def scheme_pictures(state: StateCore) -> None:
    """Drop pictures for dark screens that stand beside one for light screens."""
    if "#only-" not in state.src and "-mode-only" not in state.src:
        return
    for token in state.tokens:
        children = token.children or ()
        if any(_ends(each, _LIGHT) for each in children) and any(
            _ends(each, _DARK) for each in children
        ):
            state.env["account"].has_marks = True
            token.children = _without_dark(children)


def _ends(token: Token, pattern: re.Pattern[str]) -> bool:
    return token.type == "image" and pattern.search(str(token.attrs["src"])) is not None


def _without_dark(children: Sequence[Token]) -> list[Token]:
    """All but pictures for dark screens, the links around them and the ends of lines before."""
    out: list[Token] = []
    ends_link = False
    for at, token in enumerate(children):
        if ends_link:
            ends_link = False
            continue
        if not _ends(token, _DARK):
            out.append(token)
            continue
        after = children[at + 1 : at + 2]
        if out and out[-1].type == "link_open" and after and after[0].type == "link_close":
            out.pop()
            ends_link = True
        while out and (out[-1].type == "softbreak" or out[-1].content.isspace()):
            out.pop()
    return out
