"""What front matter holds: texts, lists and mappings, each with its line."""

from __future__ import annotations

from typing import Any, NamedTuple

from kb.config import over_limit
from kb.content import comments


class Text(NamedTuple):
    """A scalar, as text. `line` is 1-based in the file."""

    value: str
    line: int


class Items(NamedTuple):
    """A list."""

    values: tuple[Value, ...]
    line: int


class Fields(NamedTuple):
    """A mapping, its keys in the order of the file. At the top of a file a key may come twice."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Entry | None:
        """The first entry of that name."""
        return next((entry for entry in self.entries if entry.key == key), None)


Value = Text | Items | Fields

NO_FIELDS = Fields((), 1)


class Entry(NamedTuple):
    """A key with its value; `line` is the key's."""

    key: str
    value: Value
    line: int


Plain = str | list["Plain"] | dict[str, "Plain"]


def as_value(said: Plain, line: int = 1) -> Value:
    """What a configuration says, as if front matter said it on that line."""
    if isinstance(said, str):
        return Text(said, line)
    if isinstance(said, list):
        return Items(tuple(as_value(each, line) for each in said), line)
    return Fields(tuple(Entry(k, as_value(v, line), line) for k, v in said.items()), line)


def plain(value: Value) -> Plain:
    """The value as str, list and dict, without lines."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Items):
        return [plain(item) for item in value.values]
    return {entry.key: plain(entry.value) for entry in value.entries}


def without_comments(fields: Fields) -> Fields:
    """The fields with every text as it may be shown."""
    return Fields(
        tuple(Entry(key, _shown(value), line) for key, value, line in fields.entries), fields.line
    )


def _shown(value: Value) -> Value:
    if isinstance(value, Text):
        return Text(comments.without_comments(value.value), value.line)
    if isinstance(value, Items):
        return Items(tuple(_shown(item) for item in value.values), value.line)
    return without_comments(value)


class Lines:
    """Tells on which line a key stands, asked in the order of the file."""

    def line_of(self, path: tuple[str, ...]) -> int:
        """The line of the key that these keys lead to."""
        raise NotImplementedError


def from_plain(table: dict[str, Any], lines: Lines, *, depth: int, what: str, line: int) -> Fields:
    """What another parser read, as fields: booleans in lower case, all else as it is written.

    Raises `ContentError` for what is nested over `depth` levels deep.
    """

    def convert(value: Any, path: tuple[str, ...], at: int, level: int) -> Value:
        if not isinstance(value, dict | list):
            return Text(_as_text(value), at)
        if level >= depth:
            raise over_limit("front_matter_depth", f"{what} nested over {depth} levels deep", at)
        if isinstance(value, list):
            return Items(tuple(convert(item, path, at, level + 1) for item in value), at)
        entries = []
        for key, inner in value.items():
            here = lines.line_of((*path, key))
            entries.append(Entry(key, convert(inner, (*path, key), here, level + 1), here))
        return Fields(tuple(entries), at)

    top = convert(table, (), line, 0)
    assert isinstance(top, Fields)
    return top


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
