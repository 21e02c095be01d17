"""Values of front matter and topic files in the shapes that kb knows, and what to say of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.files import printable
from kb.content.foreign_keys import KNOWN
from kb.content.frontmatter import Entry, Fields, Items, Text, Value, plain
from kb.model import Problem, Severity
from kb.text.nearest import slip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_LONGEST = 60  # characters of a value that a message shows


def items(value: Value) -> tuple[Value, ...]:
    """The values of a list; anything else is a list of one."""
    return value.values if isinstance(value, Items) else (value,)


def quote(text: str) -> str:
    """Text as a message shows it: not too long, and nothing in it hidden."""
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    return f"`{printable(shown)}`"


def either(values: Iterable[str], word: str = "or") -> str:
    """Words as a sentence lists them."""
    *others, last = values
    return f"{', '.join(others)} {word} {last}"


def one_line(text: str) -> str:
    """Text without control characters, line breaks and repeated spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


class FieldReader:
    """Reads values of a known shape, and collects what is wrong with the others."""

    def __init__(self, path: str) -> None:
        self.problems: list[Problem] = []
        self.fatal = False
        self.path = path

    def report(
        self,
        line: int,
        message: str,
        severity: Severity = Severity.WARNING,
        code: str = "front-matter",
    ) -> None:
        """Note a problem on a line of the file."""
        self.problems.append(Problem(self.path, line, message, severity, code))

    def text(self, entry: Entry) -> str:
        """A single text."""
        if isinstance(entry.value, Text):
            return one_line(entry.value.value)
        self.report(entry.line, f"`{one_line(entry.key)}` should be a text: ignored")
        return ""

    def number(self, entry: Entry) -> int | None:
        """A whole number."""
        text = self.text(entry)
        if _NUMBER.fullmatch(text):
            return int(text)
        if text:
            self.report(entry.line, f"`{entry.key}` should be a whole number, not {quote(text)}")
        return None

    def texts(self, entry: Entry) -> tuple[str, ...]:
        """A list of texts, each once; a single text is a list of one."""
        return tuple(dict.fromkeys(text for text, _ in self.lines(entry)))

    def lines(self, entry: Entry, *, exact: bool = False) -> Iterator[tuple[str, int]]:
        """The texts of a list that are not empty, and their lines.

        `exact` leaves what is in a text as it is, for who refuses what does not belong there.
        """
        if isinstance(entry.value, Fields):
            self.report(entry.line, f"`{entry.key}` should be a list of texts: ignored")
            return
        for item in items(entry.value):
            if not isinstance(item, Text):
                self.report(item.line, f"`{entry.key}` should hold texts only: item ignored")
            elif text := item.value.strip() if exact else one_line(item.value):
                yield text, item.line

    def once(self, fields: Fields, matters: Callable[[str], bool]) -> Iterator[Entry]:
        """The entries, each key once. One that comes again is a note if it says the same or
        does not matter, and else an error, for which `fatal` is set.
        """
        seen: dict[str, Entry] = {}
        for entry in fields.entries:
            first = seen.setdefault(entry.key, entry)
            if first is entry:
                yield entry
                continue
            where = f"first on line {first.line}: {quote(one_line(entry.key))}"
            message = f"duplicate key, {where}"
            if plain(first.value) == plain(entry.value) or not matters(entry.key):
                self.report(entry.line, f"{message}: ignored", Severity.NOTE, "duplicate-key")
            else:
                self.fatal = True
                self.report(entry.line, message, Severity.ERROR)

    def unknown(self, entry: Entry, known: Iterable[str]) -> None:
        """Say that a key is not one of kb's, and which was probably meant."""
        shown = quote(one_line(entry.key))
        name = entry.key.lower().replace("-", "_")
        meant = None if name.replace("_", "") in KNOWN else slip(name, known)
        if meant:
            self.report(entry.line, f"unknown key {shown}: did you mean `{meant}`?")
        else:
            self.report(entry.line, f"unknown key {shown}: kept", Severity.NOTE, "unknown-key")
