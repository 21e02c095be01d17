"""YAML front matter: the only module that knows PyYAML.

YAML is read for its layout only. Every scalar is text, and what makes YAML dangerous or
surprising is refused with a line: anchors, aliases, merge keys, tags, deep nesting, several
documents. The C loader is never used, and the Python one only up to its events, which need
time and memory in proportion.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import yaml
from yaml import events

from kb.config import over_limit
from kb.content.frontmatter.slips import as_entry, explain, mend
from kb.content.frontmatter.values import Entry, Fields, Items, Text, Value, plain
from kb.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Half of a character pair: YAML can spell one, no file can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKET = re.compile(r"^[ ]*(?:[\w-]+[ ]*:|-)[ \t]+(?=[\[{])", re.MULTILINE)
_FLOW = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*|[^\"'#\[\]{}\t]+|.")
_TAGGED = (events.ScalarEvent, events.CollectionStartEvent)
_LONGEST_MESSAGE = 200
_LONGEST_KEY = 3  # words


def read_yaml(raw: str, first_line: int, depth: int, what: str) -> Fields:
    """The fields of a YAML document. Raises `ContentError` with a line."""
    return _Reader(raw, first_line, depth, what).read()


def load_yaml(raw: str) -> object:
    """What another tool's YAML file says, as str, list and dict: tags are ignored, keys of merges
    joined. Raises ValueError for what is no YAML.

    A value that is named may stand in many places: whoever walks through all has to count.
    """
    try:
        return _merged(yaml.load(without_tabs(raw), Loader=yaml.BaseLoader))  # noqa: S506  makes texts only
    except (yaml.YAMLError, OverflowError, TypeError) as error:
        raise ValueError(str(error)) from None


def without_tabs(raw: str) -> str:
    """The same text with spaces for the tabs between values in brackets, over however many lines,
    and without those behind a line's last word: YAML allows tabs there, PyYAML does not.
    """
    if "\t" not in raw:
        return raw
    lines, depth = list(map(_without_last_tabs, raw.split("\n"))), 0
    if not _BRACKET.search(raw):
        return "\n".join(lines)
    for at, line in enumerate(lines):
        opened = _BRACKET.match(line)
        if depth <= 0 and not opened:
            continue
        start = opened.end() if depth <= 0 and opened else 0
        pieces = [line[:start]]
        for piece in _FLOW.findall(line[start:]):
            depth += piece in {"[", "{"}
            depth -= piece in {"]", "}"}
            pieces.append(" " if piece == "\t" else piece)
        lines[at] = "".join(pieces)
    return "\n".join(lines)


def _without_last_tabs(line: str) -> str:
    bare = line.rstrip(" \t")
    return bare if bare and "\t" in line[len(bare) :] else line


def _merged(top: object) -> object:
    """The tables of a value with the keys that each takes over from others."""
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or not isinstance(value, dict | list):
            continue
        seen.add(id(value))
        if isinstance(value, dict) and "<<" in value:
            others = value.pop("<<")
            for other in others if isinstance(others, list) else [others]:
                for key, inner in other.items() if isinstance(other, dict) else ():
                    value.setdefault(key, inner)
        waiting += value.values() if isinstance(value, dict) else value
    return top


def begins_with_key(raw: str) -> bool:
    """Whether YAML takes a text for a mapping whose first key is no sentence."""
    is_mapping = False
    try:
        for event in yaml.parse(raw, Loader=yaml.SafeLoader):
            if isinstance(event, events.ScalarEvent):
                return is_mapping and len(event.value.split()) <= _LONGEST_KEY
            if isinstance(event, events.NodeEvent):
                if is_mapping or not isinstance(event, events.MappingStartEvent):
                    return is_mapping
                is_mapping = True
    except (yaml.YAMLError, ValueError, OverflowError):
        pass
    return is_mapping


class _Reader:
    """Builds values from YAML events, and refuses what is not plain."""

    def __init__(self, raw: str, first_line: int, depth: int, what: str) -> None:
        self._raw = raw = without_tabs(raw)
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
            better = as_entry(self._words(top.line))
            raise ContentError(
                f"{self._what} must be lines of `key: value`",
                line=top.line,
                hint=f"write `{better}`"
                if better
                else "at the top of an article `***` makes a horizontal rule",
            )
        return top

    def _safe_events(self) -> Iterator[events.Event]:
        try:
            yield from yaml.parse(self._raw, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            self._refuse_slip(error)
        except yaml.reader.ReaderError as error:
            self._refuse(
                f"{self._what} can't be read: character U+{error.character:04X} is not allowed",
                self._line_at(error.position),
            )
        except (ValueError, OverflowError):
            self._refuse(f"{self._what} can't be read: no such character", self._first_line)

    def _refuse_slip(self, error: yaml.MarkedYAMLError) -> NoReturn:
        """Say what is wrong in the words of an author, where that can be told."""
        marks = [mark.index for mark in (error.context_mark, error.problem_mark) if mark]
        lines = [self._line_at(index) - self._first_line for index in marks] or [0]
        if slip := explain(self._raw, lines, _is_plain):
            raise ContentError(
                f"{self._what} can't be read: {slip.message}",
                line=self._first_line + slip.line,
                hint=slip.hint,
            )
        reason = error.problem or error.context or "malformed"
        self._refuse(f"{self._what} can't be read: {reason}", self._first_line + lines[-1])

    def _next(self) -> events.Event:
        return next(self._events)

    def _line_at(self, index: int) -> int:
        """The line of a position. YAML counts lines in more ways than editors do."""
        return self._first_line + self._raw.count("\n", 0, min(index, self._last))

    def _line(self, event: events.Event) -> int:
        return self._line_at(event.start_mark.index if event.start_mark else 0)

    def _words(self, line: int) -> str:
        """What a line of the file says."""
        return self._raw.split("\n")[line - self._first_line].strip()

    def _refuse(self, what: str, line: int, *, mended: bool = False) -> NoReturn:
        """Refuse it all. `mended` shows the line with its value in quotes."""
        message = " ".join(what.split())
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "..."
        better = mend(self._words(line)) if mended else None
        hint = f"as text: `{better}`" if better and _is_plain(better) else None
        raise ContentError(message, line=line, hint=hint)

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
            self._refuse(f"an alias (*) in {self._what}: write the value out", line, mended=True)
        if isinstance(event, events.NodeEvent) and event.anchor is not None:
            self._refuse(f"an anchor (&) in {self._what}: write the value out", line, mended=True)
        if isinstance(event, _TAGGED) and event.tag is not None:
            self._refuse(f"a tag (!) in {self._what}: put the text in quotes", line, mended=True)

    def _items(self, depth: int) -> Iterator[Value]:
        while not isinstance(event := self._next(), events.SequenceEndEvent):
            yield self._value(event, depth)

    def _entries(self, depth: int) -> Iterator[Entry]:
        """The entries of a mapping. Whether a key may come twice at the top is for the caller
        to say, who knows what it means; further down it may if it says the same.
        """
        seen: dict[str, Entry] = {}
        while not isinstance(event := self._next(), events.MappingEndEvent):
            key = self._value(event, depth)
            if not isinstance(key, Text):
                self._refuse(f"a key in {self._what} must be text", key.line, mended=True)
            if key.value == "<<":
                self._refuse(f"merge key << in {self._what}: write the keys out", key.line)
            entry = Entry(key.value, self._value(self._next(), depth), key.line)
            first = seen.setdefault(key.value, entry)
            if first is not entry and depth > 1:
                if plain(first.value) == plain(entry.value):
                    continue
                self._refuse(
                    f"duplicate key in {self._what}, first on line {first.line}: {key.value!r}",
                    key.line,
                )
            yield entry


def _is_plain(line: str) -> bool:
    """Whether a line by itself is YAML, with nothing clever in it."""
    try:
        for event in yaml.parse(line, Loader=yaml.SafeLoader):
            is_clever = isinstance(event, events.AliasEvent) or (
                isinstance(event, events.NodeEvent) and event.anchor is not None
            )
            if is_clever or (isinstance(event, _TAGGED) and event.tag is not None):
                return False
    except (yaml.YAMLError, ValueError, OverflowError):
        return False
    return True
