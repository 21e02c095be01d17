"""An `Escalation` as lines for the terminal."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kb.cli.text import Line, Span, Style, capitalised, line_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.cli.screen import Screen
    from kb.model import ContactOption, Escalation


def escalation_lines(escalation: Escalation, screen: Screen) -> Iterator[Line]:
    """The channels in order, each with why, where, wait and hours; then what to have ready."""
    if not escalation.options:
        yield from wrap([Span(escalation.note)], screen.width)
    for number, option in enumerate(escalation.options, 1):
        yield from _option(number, option, screen)
    if escalation.have_ready:
        yield ()
        yield line_of(Span("Have ready", Style.BOLD))
        yield from bullets(escalation.have_ready, screen)


def _option(number: int, option: ContactOption, screen: Screen) -> Iterator[Line]:
    channel = option.channel
    label = f"{number}. "
    margin = line_of(" " * len(label))
    title = [
        Span(capitalised(channel.name), Style.BOLD),
        Span(f" {screen.glyphs.dash} {option.why}"),
    ]
    yield from wrap(title, screen.width, first=line_of(Span(label, Style.DIM)), rest=margin)
    rows = {
        "Where": channel.where,
        "Wait": channel.wait,
        "Hours": channel.hours,
        "More": f"kb show {shlex.quote(channel.article)}" if channel.article else "",
    }
    for name, value in rows.items():
        if value:
            first = (*margin, Span(f"{name:<7}", Style.DIM))
            rest = line_of(" " * (len(label) + 7))
            style = Style.WHOLE if name == "More" else Style.PLAIN
            yield from wrap([Span(value, style)], screen.width, first=first, rest=rest)


def bullets(items: Iterable[str], screen: Screen) -> Iterator[Line]:
    """A list of short texts."""
    for item in items:
        first = line_of(f"  {screen.glyphs.bullet} ")
        yield from wrap([Span(item)], screen.width, first=first, rest=line_of("    "))
