"""Marks around words: `==marked==`, and in MkDocs `++ctrl+c++`, `^^inserted^^` and CriticMarkup
(https://facelessuser.github.io/pymdown-extensions/extensions/critic/). Rules for markdown-it-py, in
the manner of its own.

A mark stands apart from the words around it, and its end is near: `a == b` and `x==y==z` are none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_MARKED = re.compile(r"==(?=[^\s=])((?:(?!==)[^\n]){0,499}?[^\s=])==(?![=\w])")
_INSERTED = re.compile(r"\^\^(?=[^\s^])((?:(?!\^\^)[^\n]){0,499}?[^\s^])\^\^(?![\^\w])")
_KEY = r'(?:[A-Za-z0-9][\w-]{0,30}|"[^"+\n]{1,40}")'
_KEYS = re.compile(rf"\+\+({_KEY}(?:\+{_KEY}){{0,5}})\+\+(?![+\w])")
_CODE = re.compile(r"(`{1,3})[ ]?#![a-z][\w+-]{0,20} ((?:(?!\1)[^\n]){1,1000})\1(?!`)")
_EDITED = re.compile(
    r"\{(?:\+\+(?P<ins>[^{}]{1,1000}?)\+\+|--(?P<del>[^{}]{1,1000}?)--|==(?P<mark>[^{}]{1,1000}?)=="
    r"|>>(?P<note>[^{}]{0,1000}?)<<|~~(?P<old>[^{}]{1,500}?)~>(?P<new>[^{}]{0,500}?)~~)\}"
)


def marked(state: StateInline, silent: bool) -> bool:
    """Take words between two `==`."""
    return _take(state, _MARKED, "==", "mark", silent=silent)


def mkdocs_words(state: StateInline, silent: bool) -> bool:
    """Take keys, inserted words and what an editor changed, in MkDocs."""
    if "mkdocs" not in state.env.get("spans", ()):
        return False
    return (
        _take(state, _INSERTED, "^^", "ins", silent=silent)
        or _keys(state, silent=silent)
        or _edited(state, silent=silent)
    )


def mkdocs_code(state: StateInline, silent: bool) -> bool:
    """Take code that names its language, `` `#!python range(3)` ``, without the name."""
    if "mkdocs" not in state.env.get("spans", ()):
        return False
    found = _CODE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.env["account"].has_marks = True
        token = state.push("code_inline", "code", 0)
        token.markup, token.content = found[1], found[2].strip()
    state.pos = found.end()
    return True


def _take(
    state: StateInline, pattern: re.Pattern[str], sign: str, tag: str, *, silent: bool
) -> bool:
    found = _match(state, pattern, sign)
    if found is None:
        return False
    if not silent:
        _push(state, tag, found.start(1), found.end(1))
    state.pos = found.end()
    return True


def _match(state: StateInline, pattern: re.Pattern[str], sign: str) -> re.Match[str] | None:
    """What begins here with a sign; nothing does right behind a letter or a digit."""
    if not state.src.startswith(sign, state.pos):
        return None
    is_within = state.pos > 0 and state.src[state.pos - 1].isalnum()
    return None if is_within else pattern.match(state.src, state.pos, state.posMax)


def _push(state: StateInline, tag: str, start: int, stop: int) -> None:
    """The tokens of an element around a part of the text, which is read as any other."""
    state.env["account"].has_marks = True
    state.push(f"{tag}_open", tag, 1)
    end = state.posMax
    state.pos, state.posMax = start, stop
    state.md.inline.tokenize(state)
    state.posMax = end
    state.push(f"{tag}_close", tag, -1)


def _keys(state: StateInline, *, silent: bool) -> bool:
    found = _match(state, _KEYS, "++")
    if found is None:
        return False
    if not silent:
        state.env["account"].has_marks = True
        for number, key in enumerate(found[1].split("+")):
            if number:
                state.push("text", "", 0).content = "+"
            state.push("kbd_open", "kbd", 1)
            state.push("text", "", 0).content = _name_of(key)
            state.push("kbd_close", "kbd", -1)
    state.pos = found.end()
    return True


def _name_of(key: str) -> str:
    """What stands on a key: `page-up` is Page Up."""
    if key.startswith('"'):
        return key.strip('"')
    return " ".join(word[:1].upper() + word[1:] for word in key.split("-")) or key


def _edited(state: StateInline, *, silent: bool) -> bool:
    found = _EDITED.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.env["account"].has_marks = True
        for part, tag in (
            ("ins", "ins"),
            ("del", "del"),
            ("mark", "mark"),
            ("old", "del"),
            ("new", "ins"),
        ):
            if found[part]:
                _push(state, tag, found.start(part), found.end(part))
    state.pos = found.end()
    return True
