"""Where output goes: results to stdout, messages to stderr, in colour where that is wanted.

A `Screen` is made once per run from the flags, the environment and the two streams; every
command prints through it, and it prints through `kb.cli.text.render` alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TextIO

import click

from kb.cli.text import (
    Line,
    Span,
    Style,
    columns,
    escape_json,
    line_of,
    render,
    unbroken,
    visible,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

# Longer lines are hard to read, however wide the window.
_WIDEST = 100
_NARROWEST = 20
# Work that takes less than this needs no progress bar.
_PATIENCE = 0.5


class Glyphs(NamedTuple):
    """Signs that structure an answer. ASCII where the output can't encode the others."""

    trail: str = "\u203a"
    action: str = "\u2192"
    bullet: str = "\u2022"
    dot: str = "\u00b7"
    rule: str = "\u2500"
    bar: str = "\u2502"
    dash: str = "\u2013"
    more: str = "\u2026"


ASCII = Glyphs(trail=">", action="->", bullet="*", dot="-", rule="-", bar="|", dash="-", more="...")


class Screen(NamedTuple):
    """Two streams and how to write to them. `width` is in columns, as is `err_width`, which is None
    where stderr is no terminal and its lines stay whole; -1, 0, 1 are -q, none, -v.
    """

    out: TextIO
    err: TextIO
    colour: bool
    err_colour: bool
    width: int
    height: int | None
    glyphs: Glyphs
    verbosity: int = 0
    as_json: bool = False
    fields: tuple[str, ...] = ()
    animated: bool = False
    is_terminal: bool = False
    err_width: int | None = None

    @property
    def line_width(self) -> int:
        """The width for what has to stay one line where a program may read it."""
        return self.width if self.is_terminal else sys.maxsize

    def print(self, *lines: Line) -> None:
        """Write lines to stdout."""
        text = "".join(f"{render(line, colour=self.colour)}\n" for line in lines)
        click.echo(text, file=self.out, nl=False, color=self.colour)

    def print_text(self, text: str) -> None:
        """Write text of many lines to stdout as it is, but for what acts on a terminal."""
        safe = re.sub(r"[^\n\t]+", lambda run: visible(run[0]), text.rstrip("\n"))
        click.echo(safe, file=self.out)

    def page(self, lines: Iterable[Line]) -> None:
        """Write lines to stdout, through the pager when they are more than the window holds."""
        lines = tuple(lines)
        if self.height is None or len(lines) < self.height:
            self.print(*lines)
            return
        colour = self.colour and _pager_takes_colour(os.environ)
        text = "".join(f"{render(line, colour=colour)}\n" for line in lines)
        click.echo_via_pager(text, color=colour)

    def print_json(self, value: Mapping[str, Any]) -> None:
        """Write one JSON object to stdout; keys stay in their order, those of `fields` if any."""
        if self.fields:
            from kb.assist.schema import pick  # few ask for it

            value = pick(value, self.fields)
        ascii_only = not _writes_unicode(self.out)
        text = json.dumps(value, ensure_ascii=ascii_only, indent=2)
        click.echo(escape_json(text), file=self.out, color=True)

    def message(self, *parts: str | Span, verbosity: int = 0) -> None:
        """Write one line to stderr; `verbosity` is the least at which it shows (-1 with -q)."""
        if self.verbosity >= verbosity:
            self._complain(line_of(*parts))

    def error(self, message: str, hint: str | None = None) -> None:
        """Write an error of one line, and a hint of another; never left out."""
        self._complain(line_of(Span("kb: error: ", Style.BOLD | Style.RED), message))
        if hint:
            self._complain(line_of("    ", hint))

    def _complain(self, line: Line) -> None:
        lines = [line] if self.err_width is None else _fitted(line, self.err_width)
        text = "".join(f"{render(each, colour=self.err_colour)}\n" for each in lines)
        click.echo(text, file=self.err, nl=False, color=self.err_colour)

    def progress(self, label: str) -> Progress:
        """A bar on stderr for work that may take long; it shows only on a terminal."""
        return Progress(self, label)


def open_screen(
    environ: Mapping[str, str], *, no_color: bool = False, verbosity: int = 0, as_json: bool = False
) -> Screen:
    """The screen of this process's stdout and stderr."""
    out, err = sys.stdout, sys.stderr
    is_terminal = out.isatty()
    size = shutil.get_terminal_size()
    dumb = environ.get("TERM") == "dumb"
    return Screen(
        out=out,
        err=err,
        colour=not no_color and wants_colour(environ, is_terminal=is_terminal),
        err_colour=not no_color and wants_colour(environ, is_terminal=err.isatty()),
        width=_readable(size.columns),
        err_width=_readable(_columns_of(err, environ)) if err.isatty() else None,
        height=size.lines if is_terminal and not dumb else None,
        glyphs=Glyphs() if _writes_unicode(out) else ASCII,
        verbosity=verbosity,
        as_json=as_json,
        is_terminal=is_terminal,
        animated=err.isatty() and not dumb and verbosity >= 0,
    )


def _readable(width: int) -> int:
    return max(_NARROWEST, min(width, _WIDEST))


def _columns_of(terminal: TextIO, environ: Mapping[str, str]) -> int:
    """The width of a terminal, unless COLUMNS says another."""
    if (given := environ.get("COLUMNS", "")).isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(terminal.fileno()).columns
    except (OSError, ValueError):
        return shutil.get_terminal_size().columns


def _fitted(line: Line, width: int) -> list[Line]:
    """A message in lines of a terminal, the others under the first."""
    if sum(columns(span.text) for span in line) <= width:
        return [line]
    text = "".join(span.text for span in line)
    indent = text[: len(text) - len(text.lstrip(" "))]
    spans = [part for span in line for part in unbroken(span)]
    return wrap(spans, width, first=line_of(indent), rest=line_of(indent or "    "))


def wants_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """NO_COLOR forbids, FORCE_COLOR and CLICOLOR_FORCE demand; else a terminal that can, has it."""
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    allowed = environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"
    return is_terminal and allowed


def _pager_takes_colour(environ: MutableMapping[str, str]) -> bool:
    """Whether the pager lets colours through; a less without options of its own is told to."""
    pager = environ.get("PAGER") or "less"
    if not re.search(r"\bless\b", pager):
        return True
    options = f"{environ.setdefault('LESS', '-R')} {pager.partition('less')[2]}"
    return "r" in options.lower()


def _writes_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "").startswith("utf")


@dataclass(slots=True, repr=False, eq=False)
class Progress:
    """Shows how far some work has come; call it with the steps done and the steps in all.

    Leaving the `with` block wipes the line: what is left on the screen are the results.
    """

    screen: Screen
    label: str
    _start: float = field(default_factory=time.monotonic)
    _shown: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._draw("")
            self.screen.err.write("\r")
            self.screen.err.flush()

    def __call__(self, done: int, total: int) -> None:
        """Draw the bar anew, if the work has already taken a while and the bar has grown."""
        if not self.screen.animated or time.monotonic() - self._start < _PATIENCE:
            return
        counts = f" {done:,} of {total:,}"
        width = self.screen.err_width or self.screen.width
        room = min(width - len(self.label) - len(counts) - 4, 40)
        filled = room * min(done, total) // max(total, 1)
        glyph = self.screen.glyphs.rule
        bar = f"{glyph * filled}{' ' * (room - filled)}" if room > 0 else ""
        self._draw(f"{self.label} {bar}{counts}"[: width - 1])

    def _draw(self, text: str) -> None:
        if text != self._shown:
            text = visible(text)
            self.screen.err.write(f"\r{text:<{len(self._shown)}}")
            self.screen.err.flush()
            self._shown = text
