"""`kb context QUESTION`: the evidence for a question, whole and small, for whoever answers it."""

from __future__ import annotations

import click

from kb.cli.command import (
    FOUND,
    NOTHING,
    Number,
    Session,
    WordsCommand,
    audience_option,
    drafts_option,
    is_blank,
    language_option,
    pass_session,
    read_words,
)
from kb.context import BUDGET, LEAST_BUDGET, MOST_BUDGET
from kb.model import Audience


@click.command(
    "context",
    cls=WordsCommand,
    help="Print the sections that together answer a question, each with what to cite it by, and "
    "the way to a person, in a budget of tokens: for assistants, and for those who answer "
    "customers.",
    examples=(
        ("kb context my package never arrived", "whole sections, as Markdown"),
        ("kb context --budget 500 charged twice", "in fewer tokens"),
        ("kb context --json charged twice", "for a program"),
        ("kb context - < message.txt", "for a message that a customer wrote"),
    ),
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--budget",
    type=Number(LEAST_BUDGET, MOST_BUDGET),
    default=BUDGET,
    show_default=True,
    metavar="N",
    help="Print at most so many tokens.",
)
@language_option
@audience_option
@drafts_option
@pass_session
def command(
    session: Session,
    *,
    words: tuple[str, ...],
    budget: int,
    language: str | None,
    audience: str,
    drafts: bool,
) -> int:
    """Print the context, and exit with 1 when no section answers."""
    from kb.cli.command import prepare, refuse_empty

    question = read_words(words, session.screen)
    if is_blank(question):
        raise click.UsageError("there is no question", click.get_current_context())
    base = session.open()
    prepare(base, session.screen)
    reader = Audience(audience)
    refuse_empty(base, audience=reader, drafts=drafts)
    context = base.context(
        question, budget=budget, audience=reader, drafts=drafts, language=language
    )
    if session.screen.as_json:
        from kb.assist.as_json import context_as_json

        session.screen.print_json(context_as_json(context))
    else:
        session.screen.print_text(context.markdown)
    return FOUND if context.sections else NOTHING
