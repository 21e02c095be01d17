"""Emoji by name, `:tada:`: a rule for markdown-it-py, in the manner of its own.

The names are those of GitHub and of Unicode, which the library `emoji` knows; this is its only
door. Icons that Material for MkDocs draws (`:material-check:`, and a theme's own, whose names have
hyphens), and all of GitBook's, are left out; any other word between colons stays text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_NAME = re.compile(r":([a-z0-9_+](?:\\?[a-z0-9_+-]){0,60}):(?!:)")
_IN_TEXT = re.compile(r"(?<![^\W_]):([a-z0-9_+][a-z0-9_+-]{0,60}):(?!:)")
_ICON = re.compile(r"(?:material|octicons|fontawesome|simple|fa|bi|lucide|mdi)-")
_OWN_ICON = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
# Names of JoyPixels, which forums and chats have, where GitHub has another.
_ALIASES = {
    "slight_smile": "slightly_smiling_face",
    "slight_frown": "slightly_frowning_face",
    "upside_down": "upside_down_face",
    "hugging": "hugs",
    "nerd": "nerd_face",
    "rolling_eyes": "roll_eyes",
    "thinking_face": "thinking",
    "face_palm": "facepalm",
    "simple_smile": "slightly_smiling_face",
}


def emoji(state: StateInline, silent: bool) -> bool:
    """Take a name between two colons."""
    found = _NAME.match(state.src, state.pos, state.posMax)
    before = state.src[state.pos - 1] if state.pos else " "
    if found is None or before.isalnum():
        return False
    name = found[1].replace("\\", "")
    character = _character(name)
    is_icon = not character and (
        bool(state.env.get("icons") or _ICON.match(name))
        or ("mkdocs" in state.env.get("spans", ()) and _OWN_ICON.fullmatch(name) is not None)
    )
    if not character and not is_icon:
        return False
    if not silent:
        state.pending += character
        state.env["account"].has_marks |= is_icon
    state.pos = found.end()
    if is_icon and state.src.startswith("{", state.pos):
        end = state.src.find("}", state.pos, state.pos + 100)
        state.pos = end + 1 if end > 0 else state.pos
    return True


def with_emoji(text: str, *, icons: bool) -> str:
    """A text of HTML with the same names replaced; `icons`: a name that is no emoji is an icon."""

    def shown(found: re.Match[str]) -> str:
        character = _character(found[1])
        return character if character or icons or _ICON.match(found[1]) else found[0]

    return _IN_TEXT.sub(shown, text)


@lru_cache(maxsize=2_000)
def _character(name: str) -> str:
    """The emoji of a name; empty for none."""
    from emoji import emojize  # noqa: PLC0415  # 22 ms, for articles with such names alone

    written = f":{_ALIASES.get(name, name)}:"
    made: str = emojize(written, language="alias")
    return "" if made == written else made
