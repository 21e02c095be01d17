"""`kb search WORDS...`: the sections that answer, best first, and where help is when none does."""

from __future__ import annotations

import click

from kb.cli.answer import answer_lines
from kb.cli.command import (
    FOUND,
    NOTHING,
    Number,
    OneOf,
    Session,
    WordsCommand,
    audience_option,
    completing,
    drafts_option,
    is_blank,
    language_option,
    pass_session,
    read_words,
)
from kb.model import Audience, Tier

ON_SITE = 'Scores are those of semantic.mode "encoder"; a site\'s search ranks as "words" does.'


@click.command(
    "search",
    cls=WordsCommand,
    help="Find the section that solves a problem.",
    examples=(
        ("kb search my package never arrived", "words need no quotes"),
        ("kb search '\"order tracking\"'", "a phrase, in quotes of its own"),
        ("kb search refund -gift", "not with this word"),
        ("kb search late topic:orders", "only in a topic; so tier: and tag:"),
        ("kb search --language de Paket verloren", "in one of several languages"),
        ("kb search e-mail --dry-run", "what only looks like syntax is words"),
        ("kb search - < message.txt", "the words of a file, or of another command"),
    ),
)
@click.argument("words", nargs=-1, required=True, shell_complete=completing("words"))
@click.option(
    "--tier", type=OneOf([tier.value for tier in Tier]), help="Only articles of this tier."
)
@click.option(
    "--topic",
    metavar="ID",
    shell_complete=completing("topics"),
    help="Only this topic and those below it.",
)
@click.option(
    "--tag", metavar="TAG", shell_complete=completing("tags"), help="Only articles with this tag."
)
@click.option("--limit", type=Number(1, 100), metavar="N", help="Show this many hits (default 5).")
@language_option
@audience_option
@drafts_option
@click.option("--prefix", is_flag=True, help="The last word may be the beginning of one.")
@click.option("--exact", is_flag=True, help="Take the words as typed, without correction.")
@click.option("--sections", is_flag=True, help="List sections by score alone, not by article.")
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@pass_session
def command(
    session: Session,
    *,
    words: tuple[str, ...],
    tier: str | None,
    topic: str | None,
    tag: str | None,
    limit: int | None,
    language: str | None,
    audience: str,
    drafts: bool,
    prefix: bool,
    exact: bool,
    sections: bool,
    explain: bool,
) -> int:
    """Search, print the answer, and exit with 1 when nothing was found."""
    from kb.cli.command import prepare, refuse_empty

    query = read_words(words, session.screen)
    if is_blank(query):
        raise click.UsageError("there are no words to search for", click.get_current_context())
    base = session.open()
    prepare(base, session.screen)
    answer = base.search(
        query,
        limit=limit,
        tier=Tier(tier) if tier else None,
        topic=topic,
        tag=tag,
        audience=Audience(audience),
        drafts=drafts,
        prefix=prefix,
        correct=not exact,
        explain=explain,
        sections=sections,
        language=language,
    )
    if explain and base.config.semantic.mode == "encoder":
        session.screen.message(ON_SITE)
    if not answer.hits:
        refuse_empty(base, audience=Audience(audience), drafts=drafts)
    if session.screen.as_json:
        from kb.assist.as_json import answer_as_json

        session.screen.print_json(answer_as_json(answer))
    else:
        most = base.config.search.limit if limit is None else limit
        lines = answer_lines(answer, session.screen, by_article=not sections, limit=most)
        session.screen.page(lines)
    return FOUND if answer.hits else NOTHING
