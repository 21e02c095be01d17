"""The nouns of kb: frozen, complete at birth, and free of any behaviour that reads files.

An `Article` is one Markdown file; it holds `Section`s, the unit that is indexed,
linked and shown. A `Hit` is a section that answers a query, an `Answer` is all that
one query brought. A `Channel` is a way to reach a person; an `Escalation` is what
follows when self-service fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


class Tier(StrEnum):
    """How an article helps: by itself, by bringing a person, or by advice."""

    SELF_SERVICE = "self-service"
    CONTACT = "contact"
    ADVICE = "advice"


class Audience(StrEnum):
    """Who may read an article: agent articles never reach the site."""

    PUBLIC = "public"
    AGENT = "agent"


class Status(StrEnum):
    """Drafts and archived articles reach nothing but `--drafts`."""

    PUBLISHED = "published"
    DRAFT = "draft"
    ARCHIVED = "archived"


class Severity(StrEnum):
    """An error keeps an article (or a part of it) out; warnings and notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Condition(StrEnum):
    """When a step of an escalation applies."""

    URGENT = "urgent"
    NOT_URGENT = "not_urgent"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a content file: `path` relative to content/, `line` 1-based or None."""

    path: str
    line: int | None
    message: str
    severity: Severity = Severity.ERROR
    code: str = "content"

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a customer can do alone: a label, where to find it, and perhaps a link."""

    label: str
    where: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an article's escalation: the name of a channel, and when it applies."""

    channel: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach a person, as a contact article describes it; `article` is that one's id."""

    name: str
    best_for: str = ""
    wait: str = ""
    where: str = ""
    hours: str = ""
    article: str = ""
    have_ready: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading.

    `heading` is plain text and empty for text before the first heading (`level` 0).
    `trail` holds the headings above it, outermost first, without its own and without
    the article's title. `text` is plain text without markup, blocks separated by
    newlines. `lines` are the first and last source line, 1-based and inclusive,
    counted from the top of the file. `links` are (start, end) offsets of link texts in `text`.
    """

    anchor: str
    heading: str
    level: int
    trail: tuple[str, ...]
    text: str
    lines: tuple[int, int]
    position: int
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file. `id` is its path under content/ without `.md`, with `/` between folders.

    `path` is relative to content/; `topic` is the id of the folder that holds it (empty at
    the top). `body` is the Markdown below the front matter, `body_line` the 1-based line on
    which it starts, `digest` the SHA-256 of the file in hexadecimal. `sections` is never empty.
    `extra` holds the front-matter keys that kb does not know, as they were written.
    """

    id: str
    path: str
    title: str
    topic: str
    body: str
    body_line: int
    digest: str
    sections: tuple[Section, ...]
    summary: str = ""
    tier: Tier = Tier.SELF_SERVICE
    issues: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    have_ready: tuple[str, ...] = ()
    escalate: tuple[Step, ...] = ()
    channel: Channel | None = None
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC
    status: Status = Status.PUBLISHED
    reviewed: date | None = None
    review_every: str = ""
    order: int | None = None
    featured: int | None = None
    extra: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A node of the browsing tree: a folder of content/. `id` is its path, empty for the root.

    `articles` are ids in reading order (order, then title); `topics` are the ids of its
    child topics in order. Title and order come from `topic.yaml` in the folder, else from
    the folder's name.
    """

    id: str
    title: str
    summary: str = ""
    order: int | None = None
    parent: str | None = None
    topics: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactOption:
    """A channel chosen for a problem, and why."""

    channel: Channel
    why: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """What follows when self-service fails: channels in order of preference, what to have ready,
    and a message to fill in (with `[...]` where the customer writes). `note` says what to do
    when there are no options, and is empty when there are.
    """

    options: tuple[ContactOption, ...] = ()
    have_ready: tuple[str, ...] = ()
    message: str = ""
    note: str = ""


class Match(StrEnum):
    """How many of the query's words a section holds."""

    ALL = "all"
    MOST = "most"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Part:
    """One addend of a score: `kind` names the part of the formula, `term` the word or pair."""

    kind: str
    term: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that answers a query.

    `headings` is the section's trail with its own heading last (empty for a lead section).
    `highlights` are half-open (start, end) character offsets into `snippet`, sorted and
    disjoint. `parts`, filled when an explanation was asked for, add up to `score`.
    """

    rank: int
    article: str
    anchor: str
    title: str
    headings: tuple[str, ...]
    tier: Tier
    topic: str
    score: float
    match: Match
    weak: bool
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    actions: tuple[Action, ...]
    path: str
    lines: tuple[int, int]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A query as it was understood after spelling correction: its text, and which words changed."""

    text: str
    words: tuple[tuple[str, str], ...]


class Found(StrEnum):
    """How an answer was found: by the words as given, by corrected words, by words that begin
    with the query's, or not at all (then `topics` are the nearest ones).
    """

    WORDS = "words"
    CORRECTED = "corrected"
    PREFIX = "prefix"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a query brought, and a sequence of its hits.

    `total` counts matching sections before any limit or cap.
    """

    query: str
    found: Found
    total: int
    hits: tuple[Hit, ...]
    escalation: Escalation
    correction: Correction | None = None
    topics: tuple[Topic, ...] = ()
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Hit]:
        """The hits, best first."""
        return iter(self.hits)

    def __len__(self) -> int:
        """How many hits there are."""
        return len(self.hits)

    def __getitem__(self, index: int) -> Hit:
        """The hit at an index; the best is at 0."""
        return self.hits[index]


@dataclass(frozen=True, slots=True)
class Card:
    """An article without its text: fields are as in `kb.model.Article`."""

    id: str
    path: str
    title: str
    topic: str = ""
    summary: str = ""
    tier: Tier = Tier.SELF_SERVICE
    issues: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    have_ready: tuple[str, ...] = ()
    escalate: tuple[Step, ...] = ()
    channel: Channel | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC
    status: Status = Status.PUBLISHED
    order: int | None = None
    featured: int | None = None


_NAMES = tuple(field.name for field in fields(Card))


def card_of(article: Article) -> Card:
    """An article's card."""
    return Card(**{name: getattr(article, name) for name in _NAMES})


def card_record(card: Card) -> dict[str, Any]:
    """A card as JSON keeps it, without what is empty."""
    values = ((name, getattr(card, name)) for name in _NAMES)
    record = {name: value for name, value in values if value not in (None, "", ())}
    for name in ("actions", "escalate"):
        if name in record:
            record[name] = tuple(map(asdict, record[name]))
    if "channel" in record:
        record["channel"] = asdict(record["channel"])
    return record


def read_card(record: dict[str, Any]) -> Card:
    """The card that `card_record` wrote; what else the record holds is left alone."""
    values = {name: record[name] for name in _NAMES if name in record}
    for name in ("issues", "have_ready", "tags", "aliases"):
        values[name] = tuple(values.get(name, ()))
    for name, enum in (("tier", Tier), ("audience", Audience), ("status", Status)):
        values[name] = enum(values[name])
    values["actions"] = tuple(Action(**action) for action in values.get("actions", ()))
    values["escalate"] = tuple(_read_step(step) for step in values.get("escalate", ()))
    if "channel" in values:
        channel = values["channel"]
        values["channel"] = Channel(**{**channel, "have_ready": tuple(channel["have_ready"])})
    return Card(**values)


def _read_step(step: dict[str, Any]) -> Step:
    condition = step["condition"]
    return Step(step["channel"], Condition(condition) if condition else None)
