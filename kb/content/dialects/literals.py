"""Plain literals in a JavaScript configuration: texts, numbers, lists and tables, no more.

A value that has to be worked out (a call, a template with a hole, an import) is None, and so is
one in a module that this does not understand. Nothing is run.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*(?s:.*?)\*/)*")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = re.compile(
    r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\$]|\\.|\$(?!\{))*)`"
)
_IN_TEMPLATE = re.compile(r"\\.|`|\$\{", re.DOTALL)
_PATTERN = re.compile(r"/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_PATTERN = "(,=:[!&|?{};>"  # elsewhere a slash divides, or ends an element of JSX
_IN_HOLE = re.compile(
    r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|[`{}]"
    rf"|(?<=[{re.escape(_BEFORE_PATTERN)}]){_PATTERN.pattern}"
)
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_CALLS = r"(?:[\w$.]+(?:<[^()\n]{1,120}>)?\s*\(\s*){1,3}(?=[{\[])"  # defineConfig({ ... })
_EXPORT = re.compile(
    r"(?:module\.exports\s*=|export\s+default)\s*(?:async\s+)?(?:(?P<name>[A-Za-z_$][\w$]*)\s*(?:;|\n|\Z))?"
    rf"(?:{_CALLS})?"
)
_CONST = re.compile(
    r"^\s*(?:export\s+)?(?:const|let|var)\s+([A-Za-z_$][\w$]*)(?:\s*:[^=\n]+)?\s*="
    rf"\s*(?:{_CALLS}|(?=[{{\['\"`]))",
    re.MULTILINE,
)
_OPENING = {"{": "}", "[": "]", "(": ")"}
_DEEPEST = 40
_MOST_CONSTANTS = 200


def read_exports(text: str) -> Any:
    """The value that a module exports, with the parts of it that are plain; an empty table for
    none. A name stands for the plain constant that it was given.
    """
    constants: dict[str, Any] = {}
    for count, found in enumerate(_CONST.finditer(text)):
        if count > _MOST_CONSTANTS:
            break
        constants[found[1]] = _Reader(text, constants).value(found.end(), 0).value
    value: Any = None
    for found in _EXPORT.finditer(text):
        if name := found["name"]:
            value = constants.get(name)
        else:
            value = _Reader(text, constants).value(found.end(), 0).value
        if value is not None:
            break
    return {} if value is None else value


class _Found(NamedTuple):
    """A value, and where the text goes on."""

    value: Any
    end: int


class _Reader:
    """Reads values of one text; each method gets where to begin."""

    def __init__(self, text: str, constants: dict[str, Any]) -> None:
        self._text = text
        self._constants = constants

    def value(self, at: int, depth: int) -> _Found:
        at = self._skip(at)
        found = self._simple(at, depth)
        end = self._skip(found.end)
        for word in ("satisfies", "as"):  # TypeScript
            if self._text.startswith(f"{word} ", end):
                return _Found(found.value, self._rest(end))
        if end >= len(self._text) or self._text[end] in ",]});\n" or depth == 0:
            return _Found(found.value, end)
        return _Found(None, self._rest(end))  # part of a longer expression

    def _simple(self, at: int, depth: int) -> _Found:
        sign = self._text[at : at + 1]
        if depth > _DEEPEST:
            return _Found(None, self._rest(at))
        if sign and sign in "{[":
            return (self._table if sign == "{" else self._list)(at + 1, depth)
        if string := _STRING.match(self._text, at):
            written = next(part for part in string.groups() if part is not None)
            return _Found(_ESCAPE.sub(_unescape, written), string.end())
        if number := _NUMBER.match(self._text, at):
            return _Found(number.group().replace("_", ""), number.end())
        if name := _NAME.match(self._text, at):
            return self._named(name, depth)
        return _Found(None, self._rest(at))

    def _named(self, name: re.Match[str], depth: int) -> _Found:
        word = name.group()
        if word in _WORDS:
            return _Found(_WORDS[word], name.end())
        if word in self._constants:
            return _Found(self._constants[word], name.end())
        end = self._skip(name.end())
        while self._text[end : end + 1] == ".":
            member = _NAME.match(self._text, end + 1)
            if not member:
                return _Found(None, self._rest(end))
            end = self._skip(member.end())
        inner = self._skip(end + 1)
        if self._text[end : end + 1] == "(" and self._text[inner : inner + 1] in {"{", "["}:
            called = self.value(inner, depth + 1)  # starlight({ ... }), defineConfig({ ... })
            return _Found({"()": called.value}, self._rest(called.end, opened=")"))
        return _Found(None, self._rest(name.end()))

    def _table(self, at: int, depth: int) -> _Found:
        found: dict[str, Any] = {}
        while True:
            at = self._skip(at)
            if at >= len(self._text) or self._text[at] == "}":
                return _Found(found, at + 1)
            key = _STRING.match(self._text, at) or _NAME.match(self._text, at)
            colon = self._skip(key.end()) if key else at
            if key and self._text[colon : colon + 1] == ":":
                name = key.group().strip("'\"`")
                value, at = self.value(colon + 1, depth + 1)
                found[name] = value
            else:  # a method, a spread, or a name that stands for its value
                name = key.group() if key else ""
                if name in self._constants:
                    found[name] = self._constants[name]
                at = self._rest(at)
            if (after := self._comma(at)) == at and self._text[at : at + 1] in {"]", ")"}:
                return _Found(found, at)  # that of another bracket: this one is never closed
            at = after

    def _list(self, at: int, depth: int) -> _Found:
        found: list[Any] = []
        while True:
            at = self._skip(at)
            if at >= len(self._text) or self._text[at] == "]":
                return _Found(found, at + 1)
            value, at = self.value(at, depth + 1)
            if value is not None:
                found.append(value)
            if (after := self._comma(at)) == at and self._text[at : at + 1] == "}":
                return _Found(found, at)  # as in a table
            at = after

    def _comma(self, at: int) -> int:
        at = self._skip(at)
        if at < len(self._text) and self._text[at] in ",;)":
            return at + 1
        return at

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _rest(self, at: int, opened: str = "") -> int:
        """Where an expression ends that is not read: at a comma or bracket that is not its own."""
        waiting = [opened] if opened else []
        while at < len(self._text):
            at = self._skip(at)
            if string := _STRING.match(self._text, at):
                at = string.end()
                continue
            sign = self._text[at : at + 1]
            if sign == "`":
                at = self._template(at)
                continue
            if sign == "/" and (pattern := self._pattern(at)):
                at = pattern.end()
                continue
            if sign in _OPENING:
                waiting.append(_OPENING[sign])
            elif sign in {"}", "]", ")"}:
                if not waiting:
                    return at
                waiting.pop()
                if opened and not waiting:
                    return at + 1
            elif sign == "," and not waiting:
                return at
            at += 1
        return at

    def _pattern(self, at: int) -> re.Match[str] | None:
        """The regular expression that a slash begins, with whatever brackets and quotes it has."""
        before = at - 1
        while before >= 0 and self._text[before].isspace():
            before -= 1
        begins = before < 0 or self._text[before] in _BEFORE_PATTERN
        return _PATTERN.match(self._text, at) if begins else None

    def _template(self, at: int) -> int:
        """Where a template ends that has holes, in which there may be others."""
        at, holes = at + 1, [0]  # brackets open in each hole around, none in the template itself
        is_text = True
        while (found := (_IN_TEMPLATE if is_text else _IN_HOLE).search(self._text, at)) is not None:
            sign, at = found.group(), found.end()
            if sign == "`" and is_text:
                holes.pop()
                if not holes:
                    return at
                is_text = False
            elif sign == "`":
                holes.append(0)
                is_text = True
            elif sign == "${":
                is_text = False
            elif sign == "{":
                holes[-1] += 1
            elif sign == "}" and holes[-1]:
                holes[-1] -= 1
            elif sign == "}":
                is_text = True
        return len(self._text)


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number <= 0x10FFFF else ""  # noqa: PLR2004 the last there is
    return _ESCAPES.get(code, code)
