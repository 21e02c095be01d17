"""Files under content/ to Articles and Topics.

    scan(content)                  what is there: names and states, nothing read
    read_article(content, source)  one file, or why it can't be read
    read_topics(content, listing)  what the topic files say; `topics.build_topics` makes a tree
    resolve_aliases(articles)      no alias that is also an id, none twice
    read_content(content)          all of it

Whatever is wrong is a `Problem` with path and line, and never keeps other articles out.
Importing this package costs neither the Markdown nor the YAML parser: they come with the
first file that is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.config import DEFAULT_LIMITS, Limits
from kb.content.dialects import PLAIN, Dialect
from kb.content.files import Listing, SourceFile, find_file, fold, scan
from kb.model import FRONT, Article, Problem, Topic
from kb.text.languages import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kb.content.reader import Page
    from kb.content.topics import TopicFile

__all__ = [
    "Aliases",
    "Content",
    "Listing",
    "SourceFile",
    "find_file",
    "line_of_step",
    "read_article",
    "read_content",
    "read_page",
    "read_topics",
    "resolve_aliases",
    "scan",
]


class Named(Protocol):
    """Whatever has aliases: an article, or what is known of one."""

    @property
    def id(self) -> str:
        """The article's id."""

    @property
    def path(self) -> str:
        """Its file, relative to content/."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its former ids."""

    @property
    def routes(self) -> tuple[str, ...]:
        """Paths at which other tools have it."""


class Aliases(NamedTuple):
    """The aliases of articles that have any, by id, and the problems of those of which some are
    taken.
    """

    of: Mapping[str, tuple[str, ...]]
    problems: Mapping[str, tuple[Problem, ...]]


class Content(NamedTuple):
    """All that a content folder holds, in order of id.

    `problems` holds every problem, also those that stand in `Article.problems`, by path
    and line.
    """

    articles: tuple[Article, ...]
    topics: tuple[Topic, ...]
    problems: tuple[Problem, ...]


def read_content(
    content: Path, *, limits: Limits = DEFAULT_LIMITS, dialect: Dialect = PLAIN
) -> Content:
    """Read a whole content folder. Raises `ContentError` only if there is no such folder."""
    from kb.content.habits import settle  # noqa: PLC0415  # a search parses nothing
    from kb.content.titles import AUTO  # noqa: PLC0415  # a search parses nothing
    from kb.content.topics import build_topics  # noqa: PLC0415  # as in read_article

    listing = scan(content, dialect)
    dialect = settle(dialect, content, listing.articles, dialect.title_suffix or AUTO)
    read = [
        read_article(content, source, limits=limits, dialect=dialect) for source in listing.articles
    ]
    refused = [problem for result in read if isinstance(result, tuple) for problem in result]
    articles = _settle([result for result in read if isinstance(result, Article)])
    files, wrong = read_topics(content, listing, limits=limits, dialect=dialect)
    own = [problem for article in articles for problem in article.problems]
    return Content(
        articles=articles,
        topics=build_topics(articles, files),
        problems=_in_order([*listing.problems, *refused, *wrong, *own]),
    )


def read_article(
    content: Path,
    source: SourceFile,
    *,
    limits: Limits = DEFAULT_LIMITS,
    dialect: Dialect = PLAIN,
) -> Article | tuple[Problem, ...]:
    """Read one file that `scan` found, written in a dialect: its article, or the problems that
    keep it out.

    A large one is read in a process of its own, which is stopped after `limits.seconds`.
    """
    # Imported here: a search that reads no file must not pay for the parsers.
    from kb.content import reader, sandbox  # noqa: PLC0415  # brings both parsers

    read = reader.read_article_apart if sandbox.is_large(source, limits) else reader.read_article
    return read(content, source, limits, dialect)


def read_page(
    content: Path,
    source: SourceFile,
    *,
    limits: Limits = DEFAULT_LIMITS,
    dialect: Dialect = PLAIN,
) -> Page | tuple[Problem, ...]:
    """Like `read_article`, but with the parsed Markdown, from which HTML can be written.

    That can be as large as the text allows, and take its time: see `kb.content.sandbox`.
    """
    # Imported here: see read_article.
    from kb.content import reader  # noqa: PLC0415  # brings both parsers

    return reader.read_page(content, source, limits, dialect)


def line_of_step(content: Path, path: str, channel: str, limits: Limits) -> int | None:
    """The line on which an article's `escalate` names a channel; None where that can't be read."""
    # Imported here: see read_article.
    from kb.content import reader  # noqa: PLC0415  # brings both parsers

    return reader.line_of_step(content, path, channel, limits)


def read_topics(
    content: Path,
    listing: Listing,
    *,
    limits: Limits = DEFAULT_LIMITS,
    dialect: Dialect = PLAIN,
) -> tuple[Mapping[str, TopicFile], tuple[Problem, ...]]:
    """What the topic files and the menus of other tools say, by id of the topic, and what is wrong
    with the former, which count more. The folder of a language is called as its speakers call it.
    """
    from kb.content.topics import TopicFile  # noqa: PLC0415  # a search shows no tree

    files: dict[str, TopicFile] = {}
    problems: list[Problem] = []
    if listing.menus or dialect.menu:
        from kb.content.dialects.menus import read_menus  # noqa: PLC0415  # few folders have any

        files = read_menus(content, listing, dialect)
    if listing.topics:
        # Imported here: see read_article.
        from kb.content import reader  # noqa: PLC0415  # brings both parsers
    for source in listing.topics:
        said, wrong = reader.read_topic_file(content, source, limits)
        known = files.get(source.id, TopicFile())
        files[source.id] = TopicFile(
            said.title or known.title,
            said.summary or known.summary,
            known.order if said.order is None else said.order,
            known.members,
            said.icon,
            known.page,
        )
        problems.extend(wrong)
    for tag, folder in dialect.languages.folders:
        said = files.get(folder, TopicFile())
        if folder and not said.title:
            files[folder] = said._replace(title=name_of(tag))
    return files, tuple(problems)


def resolve_aliases(articles: Iterable[Named]) -> Aliases:
    """The aliases that lead to each article: none that is another article's id or an earlier one's
    alias, each of which is a problem of its article. Upper and lower case are the same. Of the
    `routes` those that nobody else claims follow.
    """
    articles = tuple(articles)
    of: dict[str, tuple[str, ...]] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    if not any(article.aliases or article.routes for article in articles):
        return Aliases(of, problems)
    owners = {fold(article.id): article.id for article in articles}
    for article in articles:
        taken = []
        kept = []
        for alias in article.aliases:
            owner = owners.setdefault(fold(alias), article.id)
            if owner == article.id and fold(alias) != fold(article.id):
                kept.append(alias)
            else:
                taken.append(_taken(article, alias, owner))
        if article.aliases:
            of[article.id] = tuple(kept)
        if taken:
            problems[article.id] = tuple(taken)
    for article in articles:
        free = [
            route
            for route in article.routes
            if route != FRONT
            and owners.setdefault(fold(route), article.id) == article.id
            and fold(route) != fold(article.id)
        ]
        if free:
            of[article.id] = tuple(dict.fromkeys((*of.get(article.id, ()), *free)))
    return Aliases(of, problems)


def _taken(article: Named, alias: str, owner: str) -> Problem:
    whose = "its own id" if owner == article.id else f"already taken by {owner}"
    return Problem(article.path, None, f"the alias {alias} is {whose}: ignored", code="alias")


def _settle(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles, without aliases that are taken; each of those is a problem of its article."""
    aliases = resolve_aliases(articles)
    return tuple(
        replace(
            a,
            aliases=aliases.of.get(a.id, ()),
            problems=(*a.problems, *aliases.problems.get(a.id, ())),
        )
        if a.id in aliases.problems or a.routes
        else a
        for a in articles
    )


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(problems, key=lambda problem: (problem.path, problem.line or 0, problem.message))
    )
