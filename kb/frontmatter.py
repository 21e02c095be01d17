"""Front matter and topic files: the only door to YAML.

YAML is read for its layout only. Every scalar is text (`title: no` is the word no), and
what makes YAML dangerous or surprising is refused with a line: anchors, aliases, merge
keys, tags, duplicate keys, deep nesting, several documents. The C loader is never used,
and the Python one only up to its events, which need time and memory in proportion.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import yaml
from yaml import events

from kb.errors import ContentError
from kb.limits import DEFAULT_LIMITS, Limits, over_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"---[ \t]*\Z")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"""(?:["'][^"'\n]+["']|[\w][\w .-]*)[ \t]*:(?:\s|$)""")
# Half of a character pair: YAML can spell one, no file can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAGGED = (events.ScalarEvent, events.CollectionStartEvent)
_LONGEST_MESSAGE = 200
_UNCLOSED = "front matter begins with `---` but no later line `---` ends it"


class Text(NamedTuple):
    """A scalar, as text. `line` is 1-based in the file."""

    value: str
    line: int


class Items(NamedTuple):
    """A list."""

    values: tuple[Value, ...]
    line: int


class Fields(NamedTuple):
    """A mapping, its keys in the order of the file."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Entry | None:
        """The entry of that name."""
        return next((entry for entry in self.entries if entry.key == key), None)


Value = Text | Items | Fields

NO_FIELDS = Fields((), 1)


class Entry(NamedTuple):
    """A key with its value; `line` is the key's."""

    key: str
    value: Value
    line: int


Plain = str | list["Plain"] | dict[str, "Plain"]


def plain(value: Value) -> Plain:
    """The value as str, list and dict, without lines."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Items):
        return [plain(item) for item in value.values]
    return {entry.key: plain(entry.value) for entry in value.entries}


def split(text: str) -> tuple[str | None, str, int]:
    """Cut a text into its front matter, the body below it, and the line on which that begins.

    Lines end in a newline alone. Front matter stands between a first line `---` and the
    next line `---` or `...`, neither indented; it is None without such a first line. A
    first line `---` that nothing closes is a horizontal rule, unless a key follows: then
    `ContentError` is raised.
    """
    first, newline, rest = text.partition("\n")
    if not _FENCE.match(first):
        return None, text, 1
    end = _END.search(rest) if newline else None
    if end is None:
        if _begins_with_key(rest):
            raise ContentError(_UNCLOSED, line=1, hint="write `***` if a horizontal rule was meant")
        return None, text, 1
    raw = rest[: end.start()]
    return raw, rest[end.end() + 1 :], raw.count("\n") + 3


def _begins_with_key(text: str) -> bool:
    """Whether a line before the first empty one, after those at the top, looks like a key."""
    paragraph = text.lstrip("\n \t").partition("\n\n")[0]
    return any(_KEY.match(line) for line in paragraph.split("\n"))


def parse(
    raw: str,
    *,
    first_line: int = 2,
    limits: Limits = DEFAULT_LIMITS,
    what: str = "front matter",
) -> Fields:
    """Read front matter, or a topic file, whose first line is line `first_line` of its file.

    `what` is what messages call it.

    Raises `ContentError` with a line for anything but one mapping of texts, lists and
    mappings within the limits. Nothing at all is an empty mapping.
    """
    if len(raw.encode()) > limits.front_matter:
        raise over_limit("front_matter", f"{what} of over {limits.front_matter} bytes", first_line)
    return _Reader(raw, first_line, limits.front_matter_depth, what).read()


class _Reader:
    """Builds values from YAML events, and refuses what is not plain."""

    def __init__(self, raw: str, first_line: int, depth: int, what: str) -> None:
        self._raw = raw
        self._first_line = first_line
        self._last = len(raw.rstrip())
        self._depth = depth
        self._what = what
        self._events = self._safe_events()

    def read(self) -> Fields:
        start = self._next()
        while isinstance(start, (events.StreamStartEvent, events.DocumentStartEvent)):
            start = self._next()
        if isinstance(start, events.StreamEndEvent):
            return Fields((), self._first_line)
        top = self._value(start, 0)
        end = self._next()
        while not isinstance(end, events.StreamEndEvent):
            if isinstance(end, events.DocumentStartEvent):
                self._refuse(f"a second document in the {self._what}", self._line(end))
            end = self._next()
        if isinstance(top, Text) and not top.value:
            return Fields((), self._first_line)
        if not isinstance(top, Fields):
            raise ContentError(
                f"{self._what} must be lines of `key: value`",
                line=top.line,
                hint="at the top of an article `***` makes a horizontal rule",
            )
        return top

    def _safe_events(self) -> Iterator[events.Event]:
        try:
            yield from yaml.parse(self._raw, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            index = mark.index if mark else 0
            reason = error.problem or error.context or "malformed"
            self._refuse(f"{self._what} can't be read: {reason}", self._line_at(index))
        except yaml.reader.ReaderError as error:
            self._refuse(
                f"{self._what} can't be read: character U+{error.character:04X} is not allowed",
                self._line_at(error.position),
            )
        except (ValueError, OverflowError):
            self._refuse(f"{self._what} can't be read: no such character", self._first_line)

    def _next(self) -> events.Event:
        return next(self._events)

    def _line_at(self, index: int) -> int:
        """The line of a position. YAML counts lines in more ways than editors do."""
        return self._first_line + self._raw.count("\n", 0, min(index, self._last))

    def _line(self, event: events.Event) -> int:
        return self._line_at(event.start_mark.index if event.start_mark else 0)

    def _refuse(self, what: str, line: int) -> NoReturn:
        message = " ".join(what.split())
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "..."
        raise ContentError(message, line=line)

    def _value(self, event: events.Event, depth: int) -> Value:
        line = self._line(event)
        self._refuse_cleverness(event, line)
        if isinstance(event, events.ScalarEvent):
            if _SURROGATE.search(event.value):
                self._refuse(f"{self._what} can't be read: half a character", line)
            return Text(event.value, line)
        if depth >= self._depth:
            nested = f"{self._what} nested over {self._depth} levels deep"
            raise over_limit("front_matter_depth", nested, line)
        if isinstance(event, events.SequenceStartEvent):
            return Items(tuple(self._items(depth + 1)), line)
        return Fields(tuple(self._entries(depth + 1)), line)

    def _refuse_cleverness(self, event: events.Event, line: int) -> None:
        if isinstance(event, events.AliasEvent):
            self._refuse(f"an alias (*) in {self._what}: write the value out", line)
        if isinstance(event, events.NodeEvent) and event.anchor is not None:
            self._refuse(f"an anchor (&) in {self._what}: write the value out", line)
        if isinstance(event, _TAGGED) and event.tag is not None:
            self._refuse(f"a tag (!) in {self._what}: put the text in quotes", line)

    def _items(self, depth: int) -> Iterator[Value]:
        while not isinstance(event := self._next(), events.SequenceEndEvent):
            yield self._value(event, depth)

    def _entries(self, depth: int) -> Iterator[Entry]:
        seen: dict[str, int] = {}
        while not isinstance(event := self._next(), events.MappingEndEvent):
            key = self._value(event, depth)
            if not isinstance(key, Text):
                self._refuse(f"a key in {self._what} must be text", key.line)
            if key.value == "<<":
                self._refuse(f"merge key << in {self._what}: write the keys out", key.line)
            if key.value in seen:
                self._refuse(
                    f"duplicate key in {self._what}, first on line {seen[key.value]}: "
                    f"{key.value!r}",
                    key.line,
                )
            seen[key.value] = key.line
            yield Entry(key.value, self._value(self._next(), depth), key.line)
