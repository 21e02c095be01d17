"""`kb topics [TOPIC]`: the tree of topics and articles, to browse."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kb.cli.command import (
    FOUND,
    NOTHING,
    Command,
    Number,
    Session,
    audience_option,
    completing,
    drafts_option,
    language_option,
    pass_session,
)
from kb.cli.text import Line, Span, Style, line_of, wrap
from kb.errors import NotFoundError
from kb.model import Audience
from kb.text.counts import counted
from kb.text.nearest import did_you_mean_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.cli.screen import Screen
    from kb.model import Topic

_DEPTH = 2
"""Levels that are shown unless more are asked for."""
_NAMED = 5
"""Topics that are named where none is near."""


@click.command(
    "topics",
    cls=Command,
    help="Browse topics and articles.",
    examples=(
        ("kb topics", "two levels of them, with how many articles each has"),
        ("kb topics orders", "one topic and two levels below it"),
        ("kb topics --language de", "those of one of several languages"),
        ("kb topics --all", "every level"),
    ),
)
@click.argument("words", metavar="[TOPIC]", nargs=-1, shell_complete=completing("topics"))
@click.option(
    "--depth",
    type=Number(1, 100),
    default=_DEPTH,
    show_default=True,
    metavar="N",
    help="Show so many levels; JSON has every one.",
)
@click.option("--all", "every", is_flag=True, help="Show every level.")
@language_option
@audience_option
@drafts_option
@pass_session
def command(
    session: Session,
    *,
    words: tuple[str, ...],
    depth: int,
    every: bool,
    language: str | None,
    audience: str,
    drafts: bool,
) -> int:
    """Print the tree below a topic, else below the root."""
    from kb.cli.command import prepare, refuse_empty

    base = session.open()
    prepare(base, session.screen)
    reader = Audience(audience)
    refuse_empty(base, audience=reader, drafts=drafts)
    shown = base.topics(audience=reader, drafts=drafts, language=language)
    topics = {each.id: each for each in shown}
    name = " ".join(words).strip("/")
    if name not in topics:
        hint = did_you_mean_id(name, topics) or _top_topics(topics)
        raise NotFoundError(f"no topic {name}", hint=hint)
    titles = {card.id: card.title for card in base.cards(audience=reader, drafts=drafts)}
    chosen = [*_below(name, topics)]
    if session.screen.as_json:
        from kb.assist.as_json import topics_as_json

        session.screen.print_json(topics_as_json(chosen, titles))
    else:
        tree = _Tree(topics, titles, session.screen, depth=sys.maxsize if every else depth)
        session.screen.page([*tree.lines(name)])
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


@dataclass(slots=True)
class _Tree:
    """Lines for a topic and `depth` levels below it, of topics and articles.

    However deep the topics lie, the margin leaves half of the width.
    """

    topics: Mapping[str, Topic]
    titles: Mapping[str, str]
    screen: Screen
    depth: int
    hidden: bool = False

    def lines(self, id_: str) -> Iterator[Line]:
        """The tree; last, where a part of it is left out, how to see that."""
        yield from self._below(id_, 0, 0)
        if self.hidden:
            yield ()
            more = "--all shows every level, kb topics TOPIC one topic."
            yield from wrap([Span(more, Style.DIM)], self.screen.width)

    def _below(self, id_: str, level: int, indent: int) -> Iterator[Line]:
        """A topic, its articles, then the topics below it, each further to the right."""
        topic = self.topics[id_]
        margin = min(2 * indent, self.screen.width // 2)
        if id_:
            count = counted(sum(len(t.articles) for t in _below(id_, self.topics)), "article")
            yield from _entry(topic.title, id_, margin, self.screen, Style.BOLD, count=count)
        if level == self.depth:
            self.hidden = True
            return
        for article in topic.articles:
            inner = margin + 2 if id_ else margin
            yield from _entry(self.titles[article], article, inner, self.screen, Style.PLAIN)
        for number, child in enumerate(topic.topics):
            if level == 0 and self.depth > 1 and (id_ or topic.articles or number):
                yield ()
            yield from self._below(child, level + 1, indent + (1 if id_ else 0))


def _entry(
    title: str, id_: str, margin: int, screen: Screen, style: Style, *, count: str = ""
) -> list[Line]:
    return wrap(
        [
            Span(title, style),
            Span(f" {screen.glyphs.dot} ", Style.DIM),
            Span(id_, Style.DIM | Style.WHOLE),
            Span(f" {screen.glyphs.dot} {count}" if count else "", Style.DIM),
        ],
        screen.width,
        first=line_of(" " * margin),
        rest=line_of(" " * (margin + 2)),
    )
