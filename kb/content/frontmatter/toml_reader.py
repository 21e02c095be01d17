"""TOML front matter, as Hugo and Zola write it between two lines `+++`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.frontmatter.values import Lines, from_plain
from kb.errors import ContentError
from kb.settings import parse_toml

if TYPE_CHECKING:
    from kb.content.frontmatter.values import Fields

_HEADER = re.compile(r"[ \t]*\[\[?([^\]\n]+)\]")
_KEY = re.compile(r"[ \t]*([^=#\n\[]+?)[ \t]*=")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s."']+))\s*(?:\.|\Z)""")
_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")
_LONGEST_MESSAGE = 200


def read_toml(raw: str, first_line: int, depth: int, what: str) -> Fields:
    """The fields of a TOML document. Raises `ContentError` with a line."""
    try:
        table = parse_toml(raw)
    except ValueError as error:
        message = " ".join(_WHERE.sub("", str(error)).split())[:_LONGEST_MESSAGE]
        where = _WHERE.search(str(error))
        line = int(where[1] or 0) if where else 0
        at = first_line + (line - 1 if line else raw.rstrip().count("\n"))
        raise ContentError(f"{what} is not TOML: {message}", line=at) from error
    except RecursionError as error:
        raise ContentError(f"{what} is not TOML: nested too deeply", line=first_line) from error
    return from_plain(table, _TomlLines(raw, first_line), depth=depth, what=what, line=first_line)


class _TomlLines(Lines):
    """Lines of keys, seen line by line: keys within inline tables have their table's."""

    def __init__(self, raw: str, first_line: int) -> None:
        self._first_line = first_line
        self._found: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(raw.split("\n"), first_line):
            if header := _HEADER.match(line):
                table = _parts(header[1])
                for length in range(1, len(table) + 1):
                    self._found.setdefault(table[:length], number)
            elif key := _KEY.match(line):
                self._found.setdefault((*table, *_parts(key[1])), number)

    def line_of(self, path: tuple[str, ...]) -> int:
        for length in range(len(path), 0, -1):
            if found := self._found.get(path[:length]):
                return found
        return self._first_line


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in _PART.findall(dotted))
