"""`kb contact [WORDS...]`: the right way to reach a person, and what to bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.answer import escalation_lines
from kb.cli.command import (
    FOUND,
    NOTHING,
    Session,
    WordsCommand,
    audience_option,
    language_option,
    pass_session,
    read_words,
)
from kb.cli.text import Line, Span, Style, line_of, wrap
from kb.model import Audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.cli.screen import Screen
    from kb.model import Escalation


@click.command(
    "contact",
    cls=WordsCommand,
    help="Find the right way to reach a person: which channel, why, where, what to have ready, "
    "and a message to fill in.",
    examples=(
        ("kb contact", "every channel"),
        ("kb contact charged twice", "for a problem"),
        ("kb contact urgent: package lost", "urgent words bring the quick channels first"),
        ("kb contact - < message.txt", "for a message that a customer wrote"),
    ),
)
@click.argument("words", nargs=-1)
@language_option
@audience_option
@pass_session
def command(
    session: Session, *, words: tuple[str, ...], language: str | None, audience: str
) -> int:
    """Print the escalation for a problem, and exit with 1 when there is no channel."""
    from kb.cli.command import prepare, refuse_empty

    problem = read_words(words, session.screen)
    base = session.open()
    prepare(base, session.screen)
    refuse_empty(base, audience=Audience(audience))
    escalation = base.contact(problem, audience=Audience(audience), language=language)
    if session.screen.as_json:
        from kb.assist.as_json import contact_as_json

        session.screen.print_json(contact_as_json(problem, escalation))
    else:
        session.screen.print(*_lines(escalation, session.screen, base.config.contact.fallback))
    return FOUND if escalation.options else NOTHING


def _lines(escalation: Escalation, screen: Screen, fallback: str) -> Iterator[Line]:
    yield from escalation_lines(escalation, screen)
    if not escalation.options and not fallback:
        return  # a message would lead to nobody
    yield ()
    yield line_of(Span("A message to fill in", Style.BOLD))
    for line in escalation.message.split("\n"):
        yield from wrap([Span(line)], screen.width, first=line_of("  "), rest=line_of("    "))
