"""Links by name: `[[Page]]`, `[[Page#Heading|text]]`, and what is shown so: `![[picture.png|300]]`.

They count where the dialect has them (Obsidian), or the articles of a plain folder do; elsewhere
they are text. Wikis of Gollum (GitHub's, GitLab's) have the text first: `[[text|Page]]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

BY_NAME = "name:"
"""How the address of such a link begins."""
_LINK = re.compile(r"!?\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{0,300}))?\]\]")
_PICTURE = re.compile(r"\.(?:png|apng|jpe?g|jfif|gif|webp|avif|bmp|ico|svg)\Z", re.IGNORECASE)
_ICON = "icon"
"""What follows the `#` of a picture that is a sign in a line, not one of the text's."""
_OPTION = re.compile(
    r"(?P<name>alt|width|height)=(?P<value>.*)|(?:align|float|frame)\b.*", re.DOTALL
)
"""What stands behind the name of a picture in a wiki: `alt=Box|width=100px|frame`."""
_SIZE = re.compile(r"(\d{1,5})(?:x(\d{1,5}))?")


def wiki_link(state: StateInline, silent: bool) -> bool:
    """A rule of Markdown, asked before that for links."""
    if not state.env.get("by_name"):
        return False
    found = _LINK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        name, text = found[1].strip().removesuffix("\\"), (found[2] or "").strip()
        if text and state.env.get("text_first") and not _PICTURE.search(name):
            name, text = text, name
        shows = found[0].startswith("!") or state.env.get("text_first")
        if shows and _PICTURE.search(name.partition("#")[0]):
            _show(state, name, text)
        else:
            _lead(state, name, text or name.lstrip("#").replace("#", " > "))
    state.pos = found.end()
    return True


def _show(state: StateInline, name: str, text: str) -> None:
    name, _, fragment = name.partition("#")
    token = state.push("image", "img", 0)
    token.attrs = {"src": BY_NAME + state.md.normalizeLink(name), "alt": ""}
    words = name.rpartition("/")[2].rpartition(".")[0]
    for part in filter(None, map(str.strip, text.split("|"))):
        option = _OPTION.fullmatch(part)
        if size := _SIZE.fullmatch(part):
            token.attrs.update(zip(("width", "height"), filter(None, size.groups()), strict=False))
        elif option is None or option["name"] == "alt":
            words = option["value"] if option else part
        elif option["name"] and (pixels := re.fullmatch(r"(\d{1,5})(?:px)?", option["value"])):
            token.attrs[option["name"]] = pixels[1]
    token.content = "" if fragment == _ICON else words
    token.children = [Token("text", "", 0, content=token.content)]


def _lead(state: StateInline, name: str, text: str) -> None:
    page, _, heading = name.partition("#")
    heading = heading.rpartition("#")[2]
    fragment = "" if heading.startswith("^") or not heading else f"#{heading.strip()}"
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": BY_NAME + state.md.normalizeLink(page.strip() + fragment)}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)
