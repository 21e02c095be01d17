"""Links whose address has spaces, as many tools write and read them: `[text](my file.md)`.

CommonMark takes them for text. They count as links where the address ends as a file's does, the
spaces stand in the name of a heading, `[text](#my heading)`, or it is that of an image whose size
follows: `![text](box.png =300x200)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_LONGEST = 400
_SIZE = r"(?:[ \t]+=(?P<width>\d{0,5})(?:px|%)?x(?P<height>\d{0,5})(?:px|%)?)"
_TARGET = re.compile(
    r"\([ \t]*(?P<href>[^()<>\n\"' \t](?:[^()<>\n\"]|\([^()<>\n\"]{0,80}\)){0,300}?"
    r"(?:\.[A-Za-z0-9]{1,8}(?:[?#][^()<>\n\"]{0,120}?)?|/)"
    r"|[^()<>\n\"' \t]{0,200}#[^()<>\n\"]{1,120}?)"
    rf"(?P<size>{_SIZE})?(?:[ \t]+\"(?P<title>[^\"\n]{{0,200}})\")?[ \t]*\)"
)


def spaced_link(state: StateInline, silent: bool) -> bool:
    """A rule of Markdown, asked where those for links and images find none."""
    is_image = state.src.startswith("![", state.pos)
    start = state.pos + is_image
    if not is_image and state.src[start] != "[":
        return False
    end = state.md.helpers.parseLinkLabel(state, start, not is_image)
    if end < 0:
        return False
    found = _TARGET.match(state.src, end + 1, min(state.posMax, end + _LONGEST))
    if found is None or (not is_image and found["size"]):
        return False
    href = state.md.normalizeLink(unescapeAll(found["href"].strip()))
    if not state.md.validateLink(href):
        return False
    if not silent:
        label = state.src[start + 1 : end]
        title = unescapeAll(found["title"] or "")
        (_image if is_image else _link)(state, label, href, title, found)
    state.pos = found.end()
    return True


def _image(state: StateInline, label: str, href: str, title: str, found: re.Match[str]) -> None:
    children: list[Token] = []
    state.md.inline.parse(label, state.md, state.env, children)
    token = state.push("image", "img", 0)
    token.attrs = {"src": href, "alt": ""}
    token.children, token.content = children, label
    if title:
        token.attrs["title"] = title
    if found["size"] and "%" not in found["size"]:
        for name in ("width", "height"):
            if found[name] and int(found[name]):
                token.attrs[name] = found[name]


def _link(state: StateInline, label: str, href: str, title: str, found: re.Match[str]) -> None:
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": href}
    if title:
        token.attrs["title"] = title
    end, most = found.end(), state.posMax
    state.pos = found.start() - len(label) - 1
    state.posMax = found.start() - 1
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.pos, state.posMax = end, most
    state.push("link_close", "a", -1)
