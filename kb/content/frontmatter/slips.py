"""Slips in YAML, in the words of an author: what is wrong with a line, and the line mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Parses = Callable[[str], bool]

_LONGEST = 200  # characters of a line that is shown mended
_ENTRY = re.compile(
    r"""(?P<key>(?:-[ ]+)*(?:"[^"]*"|'[^']*'|[^\s:#"'][^:#]*?)[ ]*:)[ ]+(?P<value>\S.*)"""
)
_ITEM = re.compile(r"(?P<key>(?:-[ ]+)*-)[ ]+(?P<value>\S.*)")
_CLOSE_COLON = re.compile(r"(?P<key>(?:-[ ]+)*[^\W\d][\w-]*:)(?!//)(?P<value>[^\s:].*)")
_ASSIGNED = re.compile(r"(?P<key>[^\W\d][\w-]*)[ \t]*[:=\uff1a][ \t]*(?P<value>[^\s=].*)")
_CLOSING = {"[": "]", "{": "}"}
_QUOTES = "\"'"


class Slip(NamedTuple):
    """What is wrong on which line (counted from 0) of the front matter, and what to write."""

    line: int
    message: str
    hint: str


def explain(raw: str, marks: Iterable[int], parses: Parses) -> Slip | None:
    """The slip on one of the lines that a parser names, or on the one above; None if none is seen.

    `parses` tells whether a text is YAML by itself.
    """
    lines = raw.split("\n")
    for number in _nearby(lines, marks):
        if 0 < len(lines[number]) <= _LONGEST and (found := _explain(lines, number, parses)):
            return Slip(number, *found)
    return None


def _nearby(lines: Sequence[str], marks: Iterable[int]) -> list[int]:
    """Lines to look at: those named, then the one above the last of them that is not empty."""
    named = [min(mark, len(lines) - 1) for mark in marks]
    above = (at for at in range(named[-1] - 1, -1, -1) if lines[at].strip())
    return [*dict.fromkeys([*named, next(above, named[-1])])]


def _explain(lines: Sequence[str], number: int, parses: Parses) -> tuple[str, str] | None:
    line = lines[number]
    words = line.strip()
    margin = line[: len(line) - len(line.lstrip())]
    if "\t" in margin:
        spaces = margin.replace("\t", "  ") + words
        better = spaces if _fits(lines, number, spaces, parses) else words
        return "a tab at the start of the line", f"use spaces, or none: `{better}`"
    if not parses(words):
        return _explain_value(words, parses)
    if margin and _fits(lines, number, words, parses):
        return "the line is indented", f"begin it where the line above begins: `{words}`"
    if ":" not in words and not words.startswith(("-", "#")):
        return "the line is no `key: value`", "add a key, or put the text above into quotes"
    return _close_colon(words, parses)


def _fits(lines: Sequence[str], number: int, mended: str, parses: Parses) -> bool:
    """Whether all can be read with one line mended."""
    return parses("\n".join([*lines[:number], mended, *lines[number + 1 :]]))


def _explain_value(words: str, parses: Parses) -> tuple[str, str] | None:
    if "\t" in words and parses(spaced := words.replace("\t", " ")):
        return "a tab", f"use a space: `{spaced}`"
    quoted = mend(words)
    if quoted and parses(quoted):
        return _reason(words), f"write `{quoted}`"
    return _close_colon(words, parses)


def _close_colon(words: str, parses: Parses) -> tuple[str, str] | None:
    found = _CLOSE_COLON.fullmatch(words)
    if found and parses(mended := f"{found['key']} {found['value']}"):
        return "no space after the colon", f"write `{mended}`"
    return None


def mend(words: str) -> str | None:
    """A line `key: value` or `- value` with its value in quotes, or with its bracket closed."""
    found = _ENTRY.fullmatch(words) or _ITEM.fullmatch(words)
    if not found or len(words) > _LONGEST:
        return None
    return f"{found['key']} {_in_quotes(found['value'])}"


def as_entry(words: str) -> str | None:
    """A line `key:value` or `key = value` as YAML writes it."""
    found = _ASSIGNED.fullmatch(words) if len(words) <= _LONGEST else None
    return f"{found['key']}: {found['value'].strip(' ')}" if found else None


def _in_quotes(value: str) -> str:
    first = value[0]
    if first in _CLOSING and _CLOSING[first] not in value:
        return value + _CLOSING[first]
    if first in _QUOTES:
        if value.count(first) == 1:
            return value + first
        if value[-1] == first and value.count(first) % 2:
            value = value[1:-1]
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _reason(words: str) -> str:
    found = _ENTRY.fullmatch(words) or _ITEM.fullmatch(words)
    value = found["value"] if found else ""
    first = value[:1]
    if first in _CLOSING and _CLOSING[first] not in value:
        return f"`{first}` without `{_CLOSING[first]}`"
    if first in _QUOTES:
        return (
            "quotes within quotes, or text after them"
            if value.count(first) > 1
            else (f"a value that begins with {first} and does not end with it")
        )
    if ": " in value or value.endswith(":"):
        return "a colon and a space within a value"
    return f"a value that begins with `{first}`"
