"""`kb topics [TOPIC]`: the tree of topics and articles, to browse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.as_json import topics_as_json
from kb.cli.command import (
    FOUND,
    NOTHING,
    Command,
    Session,
    audience_option,
    drafts_option,
    pass_session,
)
from kb.cli.complete import complete_topics
from kb.cli.text import Line, Span, Style, line_of, wrap
from kb.errors import NotFoundError
from kb.model import Audience
from kb.nearest import did_you_mean_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.cli.screen import Screen
    from kb.model import Topic

_NAMED = 5
"""Topics that are named where none is near."""


@click.command(
    "topics",
    cls=Command,
    help="Browse topics and articles.",
    examples=(
        ("kb topics", "all of them"),
        ("kb topics orders", "one topic and those below it"),
    ),
)
@click.argument("topic", required=False, default="", shell_complete=complete_topics)
@audience_option
@drafts_option
@pass_session
def command(session: Session, *, topic: str, audience: str, drafts: bool) -> int:
    """Print the tree below a topic, by default all of it."""
    from kb.cli.library import prepare, refuse_empty

    base = session.open()
    prepare(base, session.screen)
    reader = Audience(audience)
    refuse_empty(base, audience=reader, drafts=drafts)
    topics = {each.id: each for each in base.topics(audience=reader, drafts=drafts)}
    name = topic.strip("/")
    if name not in topics:
        hint = did_you_mean_id(name, topics) or _top_topics(topics)
        raise NotFoundError(f"no topic {name}", hint=hint)
    titles = {card.id: card.title for card in base.cards(audience=reader, drafts=drafts)}
    chosen = [*_below(name, topics)]
    if session.screen.as_json:
        session.screen.print_json(topics_as_json(chosen, titles))
    else:
        session.screen.page([*_tree(name, topics, titles, session.screen)])
    return FOUND if any(each.articles for each in chosen) else NOTHING


def _top_topics(topics: Mapping[str, Topic]) -> str:
    top = topics[""].topics
    more = ", …" if len(top) > _NAMED else ""
    named = f"there are {', '.join(top[:_NAMED])}{more}; " if top else ""
    return f"{named}`kb topics` lists them all"


def _below(id_: str, topics: Mapping[str, Topic]) -> Iterator[Topic]:
    """The topic and all below it, in order."""
    yield topics[id_]
    for child in topics[id_].topics:
        yield from _below(child, topics)


def _tree(
    id_: str, topics: Mapping[str, Topic], titles: Mapping[str, str], screen: Screen, depth: int = 0
) -> Iterator[Line]:
    """A topic, its articles, then the topics below it, each further to the right.

    However deep the topics lie, the margin leaves half of the width.
    """
    topic = topics[id_]
    margin = min(2 * depth, screen.width // 2)
    if id_:
        yield from _entry(topic.title, id_, margin, screen, Style.BOLD)
    for article in topic.articles:
        inner = margin + 2 if id_ else margin
        yield from _entry(titles[article], article, inner, screen, Style.PLAIN)
    for number, child in enumerate(topic.topics):
        if depth == 0 and (id_ or topic.articles or number):
            yield ()
        yield from _tree(child, topics, titles, screen, depth + (1 if id_ else 0))


def _entry(title: str, id_: str, margin: int, screen: Screen, style: Style) -> list[Line]:
    return wrap(
        [Span(title, style), Span(f" {screen.glyphs.dot} {id_}", Style.DIM)],
        screen.width,
        first=line_of(" " * margin),
        rest=line_of(" " * (margin + 2)),
    )
