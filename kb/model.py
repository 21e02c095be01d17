"""The nouns of kb: frozen, complete at birth, and free of any behaviour that reads files.

An `Article` is one Markdown file; it holds `Section`s, the unit that is indexed, linked and shown.
An `ArticleMeta` is an article without its text; `encode_meta` and `decode_meta` are its one way to
JSON and back, for the index and for the site. A `Hit` is a section that answers a query, an
`Answer` is all that one query brought. A `Channel` is a way to reach a person; an `Escalation` is
what follows when self-service fails.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

M = TypeVar("M", bound="ArticleMeta")


class Progress(Protocol):
    """Told, as long work goes on, how many articles are done and of how many."""

    def __call__(self, done: int, total: int, /) -> object:
        """Called after each article."""
        ...


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


FRONT = "/"
"""The route of the front page: the article that has it is that page."""

FileRow = tuple[str, int, int]
"""A file that was looked for: its path, size in bytes, and time of change in nanoseconds; -1 where
it was not there.
"""


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
    """A way to reach a person, as a contact article describes it; `article` is that one's id.

    `url`, `phone` and `email` are where it can be reached at once; what is not known is empty.
    """

    name: str
    best_for: str = ""
    wait: str = ""
    where: str = ""
    hours: str = ""
    article: str = ""
    have_ready: tuple[str, ...] = ()
    url: str = ""
    phone: str = ""
    email: str = ""


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
class ArticleMeta:
    """An article without its text: what lists, hits and the pages of others show of it.

    `id` is the article's path under content/ without `.md`, with `/` between folders. `path` is
    its file, relative to content/; `topic` the id of the topic that holds it (empty at the
    top); `digest` the SHA-256 of the file in hexadecimal. `routes` are paths at which other tools
    have it, which lead to it where nothing else claims them. On the day `until` the `status` is
    another. What is not `searchable` is shown, but not found. `heading` is its H1, where that
    differs from the title and stands on the page in its place. `language` is a tag such as `de` or
    `pt-BR`, empty for the language of the settings. Articles that translate each other have the
    same `translation_key`, where front matter gives one, or name each other in `translations`:
    pairs of a language and an id.
    """

    id: str
    path: str
    title: str
    topic: str = ""
    digest: str = ""
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
    routes: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC
    status: Status = Status.PUBLISHED
    until: date | None = None
    searchable: bool = True
    reviewed: date | None = None
    review_every: str = ""
    order: int | None = None
    featured: int | None = None
    heading: str = ""
    language: str = ""
    translation_key: str = ""
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether customers may see the article."""
        return self.status is Status.PUBLISHED and self.audience is Audience.PUBLIC

    @property
    def is_draft(self) -> bool:
        """Whether customers may see the article only where drafts are asked for."""
        return self.status is Status.DRAFT and self.audience is Audience.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(ArticleMeta):
    """One Markdown file.

    `body` is the Markdown below the front matter, `body_line` the 1-based line on which it
    starts. `sections` is never empty. `extra` holds the front-matter keys that kb does not
    know, as they were written. `includes` are the files of which its text was made, too.
    """

    body: str
    body_line: int
    sections: tuple[Section, ...]
    includes: tuple[FileRow, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A node of the browsing tree: a folder of content/, or a group of another tool's menu. `id` is
    its path, empty for the root.

    `articles` are ids in reading order (order, then title); `topics` are the ids of its
    child topics in order. `page` is the article that is the folder's own page, first among
    `articles`. Title and order come from `topic.yaml` in the folder, from menus of other tools,
    from that page, else from the folder's name. `icon` names a drawing that stands for it on the
    site.
    """

    id: str
    title: str
    summary: str = ""
    order: int | None = None
    parent: str | None = None
    topics: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    page: str = ""
    icon: str = ""


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
class Twin:
    """A section of another article that says the same as a hit: the article's id, the anchor, and
    what tells the two apart: the folders in which the ids differ, or the other's id.
    """

    article: str
    anchor: str
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that answers a query.

    `rank` is its place among the hits, `group` that of its article among theirs, both from 1.
    `headings` is the section's trail with its own heading last (empty for a lead section).
    `weak` hits are those but for the first article's where that is sure.
    `highlights` are half-open (start, end) character offsets into `snippet`, sorted and
    disjoint. `parts`, filled when an explanation was asked for, add up to `score`. `also` are
    sections of other articles that say the same and answer the query, too: the newest, in order.
    `apart` tells its article from another among the hits that has the same title: folders in which
    their ids differ, or its id; else it is empty.
    """

    rank: int
    group: int
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
    also: tuple[Twin, ...] = ()
    apart: str = ""


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

    `total` counts matching sections before any limit or cap; sections that say the same are one.
    `language` is the tag of the language that all hits are in, empty where there is one alone.
    `confidence` is the probability that the first hit is right.
    `suggestion` is a correction that is not sure: the answer is that without it.
    """

    query: str
    found: Found
    total: int
    hits: tuple[Hit, ...]
    escalation: Escalation
    correction: Correction | None = None
    suggestion: Correction | None = None
    topics: tuple[Topic, ...] = ()
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()
    language: str = ""
    confidence: float = 0.0

    def __iter__(self) -> Iterator[Hit]:
        """The hits, best first."""
        return iter(self.hits)

    def __len__(self) -> int:
        """How many hits there are."""
        return len(self.hits)

    def __getitem__(self, index: int) -> Hit:
        """The hit at an index; the best is at 0."""
        return self.hits[index]


META_FIELDS = tuple(field.name for field in fields(ArticleMeta))
"""The names of what an article is known by without its text."""


def meta_of(article: ArticleMeta) -> ArticleMeta:
    """An article without its text."""
    return ArticleMeta(**{name: getattr(article, name) for name in META_FIELDS})


def encode_meta(meta: ArticleMeta) -> dict[str, Any]:
    """An article, with its text where it has any, as JSON keeps it: without the fields that have
    their default. See `meta_of` for one without text.
    """
    record = {}
    for name, default in _defaults(type(meta)).items():
        value = getattr(meta, name)
        if value != default:
            record[name] = _ENCODERS[name](value) if name in _ENCODERS else value
    return record


def decode_meta(record: Mapping[str, Any]) -> ArticleMeta:
    """The article that `encode_meta` made a record of. See `decode_as`."""
    return decode_as(ArticleMeta, record)


def decode_as(kind: type[M], record: Mapping[str, Any]) -> M:
    """The article of a kind that `encode_meta` made a record of; what else the record holds is
    passed over.

    Raises KeyError, TypeError, ValueError and AttributeError for what is no such record.
    """
    names = _defaults(kind)
    return kind(
        **{
            name: _DECODERS[name](value) if name in _DECODERS else value
            for name, value in record.items()
            if name in names
        }
    )


_DEFAULTS: dict[type[ArticleMeta], Mapping[str, Any]] = {}


def _defaults(kind: type[ArticleMeta]) -> Mapping[str, Any]:
    """The names of a kind's fields, each with its default."""
    known = _DEFAULTS.get(kind)
    if known is None:
        known = _DEFAULTS[kind] = {field.name: field.default for field in fields(kind)}
    return known


def encode_problem(problem: Problem) -> tuple[Any, ...]:
    """A problem as JSON keeps it."""
    return problem.path, problem.line, problem.message, str(problem.severity), problem.code


def decode_problem(record: Sequence[Any]) -> Problem:
    """The problem that `encode_problem` gave. Raises TypeError and ValueError for what is none."""
    path, line, message, severity, code = record
    return Problem(path, line, message, Severity(severity), code)


def _decode_section(record: Sequence[Any]) -> Section:
    anchor, heading, level, trail, text, (first, last), position, links = record
    spans = tuple([(start, end) for start, end in links])
    return Section(anchor, heading, level, tuple(trail), text, (first, last), position, spans)


def _decode_date(text: str) -> date:
    from datetime import date  # noqa: PLC0415  # costs, and few articles have one

    return date.fromisoformat(text)


def _decode_channel(record: Sequence[Any]) -> Channel:
    name, best_for, wait, where, hours, article, have_ready, *reach = record
    return Channel(name, best_for, wait, where, hours, article, tuple(have_ready), *reach)


_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "tier": str,
    "audience": str,
    "status": str,
    "actions": lambda actions: [(a.label, a.where, a.url) for a in actions],
    "escalate": lambda steps: [(s.channel, s.condition and str(s.condition)) for s in steps],
    "channel": astuple,
    "reviewed": lambda day: day.isoformat(),
    "until": lambda day: day.isoformat(),
    "problems": lambda problems: list(map(encode_problem, problems)),
    "sections": lambda sections: [
        (s.anchor, s.heading, s.level, s.trail, s.text, s.lines, s.position, s.links)
        for s in sections
    ],
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "tier": Tier,
    "audience": Audience,
    "status": Status,
    "actions": lambda actions: tuple([Action(*action) for action in actions]),
    "escalate": lambda steps: tuple([Step(c, Condition(w) if w else None) for c, w in steps]),
    "channel": _decode_channel,
    "reviewed": _decode_date,
    "until": _decode_date,
    "problems": lambda problems: tuple(map(decode_problem, problems)),
    "sections": lambda sections: tuple(map(_decode_section, sections)),
    "extra": lambda extra: tuple([(key, value) for key, value in extra]),
    "issues": tuple,
    "have_ready": tuple,
    "tags": tuple,
    "related": tuple,
    "aliases": tuple,
    "routes": tuple,
    "anchors": tuple,
    "labels": lambda pairs: tuple([(anchor, heading) for anchor, heading in pairs]),
    "includes": lambda rows: tuple([(path, size, time) for path, size, time in rows]),
    "translations": lambda pairs: tuple([(tag, id_) for tag, id_ in pairs]),
}
