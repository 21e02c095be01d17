"""JSON front matter: an object at the top of a file, or Hexo's between two lines `;;;`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kb.content.frontmatter.values import Lines, from_plain
from kb.errors import ContentError

if TYPE_CHECKING:
    from kb.content.frontmatter.values import Fields

# Half of a character pair: JSON can spell one, no file can hold it.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def read_json(raw: str, first_line: int, depth: int, what: str) -> Fields:
    """The fields of a JSON object, whose braces may be missing. Raises `ContentError`."""
    has_braces = raw.lstrip().startswith("{")
    text = raw if has_braces or not raw.strip() else f"{{{raw.rstrip().removesuffix(',')}}}"
    if not text.strip():
        text = "{}"
    reader = _Reader(first_line, what)
    try:
        table = reader.decoder.decode(text)
    except json.JSONDecodeError as error:
        message = f"{what} is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise ContentError(message, line=first_line + error.lineno - 1) from error
    except RecursionError as error:
        raise ContentError(f"{what} is not JSON: nested too deeply", line=first_line) from error
    if _SURROGATE.search(raw) and _HALF.search(json.dumps(table, ensure_ascii=False)):
        raise ContentError(f"{what} can't be read: half a character", line=first_line)
    lines = _JsonLines(raw, first_line)
    return from_plain(table, lines, depth=depth, what=what, line=first_line)


class _Reader:
    """Keeps numbers as they are written, and refuses a key that comes twice."""

    def __init__(self, first_line: int, what: str) -> None:
        self._line = first_line
        self._what = what
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._table, parse_int=str, parse_float=str, parse_constant=str
        )

    def _table(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
            if table.setdefault(key, value) != value:
                message = f"duplicate key in {self._what}: {key[:60]!r}"
                raise ContentError(message, line=self._line)
        return table


class _JsonLines(Lines):
    """Lines of keys, looked for from where the one before was found."""

    def __init__(self, raw: str, first_line: int) -> None:
        self._raw = raw
        self._line = first_line
        self._at = 0

    def line_of(self, path: tuple[str, ...]) -> int:
        found = self._raw.find(json.dumps(path[-1], ensure_ascii=False), self._at)
        if found >= 0:
            self._line += self._raw.count("\n", self._at, found)
            self._at = found + 1
        return self._line
