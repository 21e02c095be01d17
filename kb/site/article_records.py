"""What the site keeps of an article between builds: enough for every page but its own.

A `Record` is the article without its text, and what the pages around it need. A `RenderedBody`
is a record with what only the article's own page shows. Records and the links of drafts can be
written down as JSON and read back, each apart: most builds need no links of old articles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.model import (
    Action,
    Article,
    Audience,
    Channel,
    Condition,
    Problem,
    Severity,
    Status,
    Step,
    Tier,
)
from kb.site.links import LinkReference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Heading(NamedTuple):
    """A heading in the table of contents; `text` is plain."""

    level: int
    anchor: str
    text: str


class Question(NamedTuple):
    """A heading that asks, and the text under it: both plain."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Record:
    """An article as its neighbours see it: `article` has no body and no sections.

    `description` is the summary, or how the text begins. `top` is the anchor of its title.
    `terms` are the words that it shares with related articles, each with a weight, as JSON:
    most builds ask only whether they are the same.
    """

    article: Article
    description: str
    top: str
    anchors: tuple[str, ...]
    terms: str
    problems: tuple[Problem, ...]

    @property
    def is_published(self) -> bool:
        """Whether customers may see the article."""
        return self.article.status is Status.PUBLISHED and self.article.audience is Audience.PUBLIC

    @property
    def is_draft(self) -> bool:
        """Whether the article is shown only where drafts are asked for."""
        return self.article.status is Status.DRAFT and self.article.audience is Audience.PUBLIC


class RenderedBody(NamedTuple):
    """An article's own page before links are resolved.

    `wants` are its links and images within the site, and `html` holds a marker for each of
    them; `body` is its Markdown.
    """

    record: Record
    wants: tuple[LinkReference, ...]
    html: str
    outline: tuple[Heading, ...]
    questions: tuple[Question, ...]
    body: str


_encode = json.JSONEncoder(separators=(",", ":")).encode


def without_text(article: Article) -> Article:
    """The article as a record holds it. Problems stand in the record."""
    return replace(article, body="", sections=(), problems=())


_DEFAULTS: dict[str, Any] = {
    f.name: f.default for f in fields(Article) if f.name not in ("body", "sections", "problems")
}


def as_json(record: Record) -> str:
    """The record as one line of JSON. Fields that have their default are left out."""
    article = record.article
    given = {
        name: _PLAIN[name](value) if name in _PLAIN else value
        for name, default in _DEFAULTS.items()
        if (value := getattr(article, name)) != default
    }
    problems = [(p.path, p.line, p.message, str(p.severity), p.code) for p in record.problems]
    parts = (given, record.description, record.top, record.anchors, record.terms)
    return _encode((*parts, problems))


def from_json(text: str) -> Record | None:
    """The record that `as_json` wrote down; None if it is none."""
    try:
        return _read(*json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _read(  # noqa: PLR0917  # as the line of JSON has them
    given: dict[str, Any],
    description: str,
    top: str,
    anchors: list[str],
    terms: str,
    problems: list[Any],
) -> Record:
    read = {
        name: _READERS[name](text) if name in _READERS else text for name, text in given.items()
    }
    return Record(
        article=Article(body="", sections=(), **read),
        description=description,
        top=top,
        anchors=tuple(anchors),
        terms=terms,
        problems=tuple(
            [Problem(path, line, text, Severity(s), code) for path, line, text, s, code in problems]
        ),
    )


def wants_as_json(wants: Sequence[LinkReference]) -> str:
    """The links of an article as one line of JSON."""
    return _encode(wants)


def wants_from_json(text: str) -> tuple[LinkReference, ...] | None:
    """The links that `wants_as_json` wrote down; None if these are none."""
    try:
        return tuple([LinkReference(*wanted) for wanted in json.loads(text)])
    except (ValueError, TypeError, RecursionError):
        return None


def _channel_as_json(channel: Channel) -> list[Any]:
    return [getattr(channel, f.name) for f in fields(Channel)]


def _channel_from_json(value: list[Any]) -> Channel:
    name, best_for, wait, where, hours, article, have_ready = value
    return Channel(name, best_for, wait, where, hours, article, tuple(have_ready))


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "tier": str,
    "audience": str,
    "status": str,
    "actions": lambda actions: [(a.label, a.where, a.url) for a in actions],
    "escalate": lambda steps: [(s.channel, s.condition and str(s.condition)) for s in steps],
    "channel": _channel_as_json,
    "reviewed": date.isoformat,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "tier": Tier,
    "audience": Audience,
    "status": Status,
    "actions": lambda actions: tuple(Action(*a) for a in actions),
    "escalate": lambda steps: tuple(Step(c, Condition(w) if w else None) for c, w in steps),
    "channel": _channel_from_json,
    "reviewed": date.fromisoformat,
    "issues": tuple,
    "have_ready": tuple,
    "tags": tuple,
    "related": tuple,
    "aliases": tuple,
    "extra": lambda extra: tuple((key, value) for key, value in extra),
}
