"""`kb suggest [FILE|-]`: the problems in a customer's message, and a reply to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.answer import still_need_help
from kb.cli.command import (
    FOUND,
    NOTHING,
    Command,
    Number,
    Session,
    audience_option,
    is_blank,
    language_option,
    pass_session,
)
from kb.cli.text import Line, Span, Style, line_of, wrap
from kb.model import Audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.cli.screen import Screen
    from kb.desk.suggestion import SuggestedProblem, SuggestedSection, Suggestion

MOST_BYTES = 4_000_000
"""Bytes of a message that are read: mails carry their attachments."""


@click.command(
    "suggest",
    cls=Command,
    help="Suggest a reply to a customer's message: the problems in it, for each the sections that "
    "solve it, what to ask for, and the channel. Nothing of the message is kept, and no address, "
    "number or name in it is printed.",
    examples=(
        ("kb suggest message.txt", "a file: a mail, HTML or plain text"),
        ("kb suggest - < message.eml", "what another command or the clipboard gives"),
        ("kb suggest message.txt --reply", "the reply alone, to be sent"),
        ("kb suggest --show-template", "the template of replies, to be changed"),
    ),
)
@click.argument(
    "file", required=False, metavar="[FILE|-]", type=click.Path(path_type=Path, readable=False)
)
@click.option("--reply", "reply_alone", is_flag=True, help="Print the reply and nothing else.")
@click.option(
    "--template",
    metavar="FILE",
    type=click.Path(path_type=Path, readable=False),
    help="Write the reply by this template (setting contact.reply).",
)
@click.option(
    "--show-template", is_flag=True, help="Print the template in use, and read no message."
)
@click.option(
    "--limit", type=Number(1, 10), default=3, metavar="N", help="Sections a problem (default 3)."
)
@language_option
@audience_option
@pass_session
def command(
    session: Session,
    *,
    file: Path | None,
    reply_alone: bool,
    template: Path | None,
    show_template: bool,
    limit: int,
    language: str | None,
    audience: str,
) -> int:
    """Print the suggestion, and exit with 1 when no section solves any problem."""
    from kb.cli.command import prepare, refuse_empty

    base = session.open()
    if show_template:
        _show_template(session.screen, base.reply_template(template, language=language))
        return FOUND
    message = _read(file, session.screen)
    if is_blank(message.decode("utf-8", "replace")):
        raise click.UsageError("there is no message", click.get_current_context())
    prepare(base, session.screen)
    refuse_empty(base, audience=Audience(audience))
    suggestion = base.suggest(
        message, limit=limit, audience=Audience(audience), language=language, template=template
    )
    if session.screen.as_json:
        from kb.assist.as_json import suggestion_as_json

        session.screen.print_json(suggestion_as_json(suggestion))
    elif reply_alone:
        session.screen.print(*map(line_of, suggestion.reply.rstrip("\n").split("\n")))
    else:
        session.screen.page(list(_lines(suggestion, session.screen)))
    return FOUND if any(problem.sections for problem in suggestion.problems) else NOTHING


def _read(file: Path | None, screen: Screen) -> bytes:
    """The message: from a file, else from standard input."""
    if file is not None and str(file) != "-":
        with file.open("rb") as opened:  # what another command gives is welcome, too: <(pbpaste)
            return opened.read(MOST_BYTES)
    if sys.stdin is None:  # closed by who called kb
        return b""
    if sys.stdin.isatty():
        screen.message("paste the message; a line with Ctrl-D alone ends it", verbosity=-1)
    return sys.stdin.buffer.read(MOST_BYTES)


def _show_template(screen: Screen, text: str) -> None:
    if screen.as_json:
        screen.print_json({"version": 1, "template": text})
    else:
        screen.print(*map(line_of, text.rstrip("\n").split("\n")))


def _lines(suggestion: Suggestion, screen: Screen) -> Iterator[Line]:
    for notice in suggestion.notices:
        yield from wrap([Span(notice, Style.DIM)], screen.width)
    for number, problem in enumerate(suggestion.problems, 1):
        mark = f"{number}. " if len(suggestion.problems) > 1 else ""
        yield from _problem(problem, mark, screen)
        yield ()
    if suggestion.missing:
        yield line_of(Span("To ask for", Style.BOLD))
        for item in suggestion.missing:
            yield from wrap([Span(item)], screen.width, first=line_of("  - "), rest=line_of("    "))
        yield ()
    yield line_of(Span("Reply", Style.BOLD))
    for line in suggestion.reply.rstrip("\n").split("\n"):
        yield from wrap([Span(line)], screen.width, first=line_of("  "), rest=line_of("  "))
    yield ()
    yield from still_need_help(suggestion.escalation, screen)


def _problem(problem: SuggestedProblem, mark: str, screen: Screen) -> Iterator[Line]:
    indent = line_of(" " * len(mark))
    about = [Span(problem.about, Style.BOLD)]
    yield from wrap(about, screen.width, first=line_of(Span(mark, Style.BOLD)), rest=indent)
    if not problem.sections:
        yield line_of("   ", Span("No section holds these words.", Style.DIM))
    for section in problem.sections:
        yield from _section(section, screen)


def _section(section: SuggestedSection, screen: Screen) -> Iterator[Line]:
    hit = section.hit
    title = hit.title
    if section.heading != title:
        title = f"{title} {screen.glyphs.trail} {section.heading}"
    first, rest = line_of(f"   {screen.glyphs.action} "), line_of("     ")
    yield from wrap([Span(title)], screen.width, first=first, rest=rest)
    name = f"{hit.article}#{hit.anchor}" if hit.anchor else hit.article
    words = f" {screen.glyphs.dot} holds {', '.join(section.words)}" if section.words else ""
    about = [Span(name, Style.DIM | Style.WHOLE), Span(words, Style.DIM)]
    yield from wrap(about, screen.width, first=rest, rest=rest)
