"""Front matter to the attributes of an Article: what each key means, and what is wrong with it.

Who may see the article is read by `kb.content.visibility`. Anything that can't be used is
reported and left out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from kb.content.files import complaint_about_id
from kb.content.frontmatter import Entry, Fields, Text, Value, plain
from kb.content.values import FieldReader, either, items, one_line, quote
from kb.content.visibility import folded, is_about_visibility, read_visibility
from kb.model import Action, Audience, Channel, Condition, Problem, Severity, Status, Step, Tier
from kb.text.nearest import nearest, slip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kb.content.visibility import Visibility

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][\d:.+Zz -]*)?")
_INTERVAL = re.compile(r"[1-9]\d{0,4} (?:day|week|month|year)s?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SCHEMES = frozenset({"http:", "https:", "mailto:", "tel:"})
_CHANNEL_KEYS = ("name", "best_for", "wait", "where", "hours")
_ACTION_KEYS = ("label", "where", "url")


class Attributes(TypedDict, total=False):
    """The front-matter part of an `Article` but its title: absent keys have its defaults."""

    summary: str
    tier: Tier
    issues: tuple[str, ...]
    actions: tuple[Action, ...]
    have_ready: tuple[str, ...]
    escalate: tuple[Step, ...]
    channel: Channel
    tags: tuple[str, ...]
    related: tuple[str, ...]
    aliases: tuple[str, ...]
    audience: Audience
    status: Status
    reviewed: date
    review_every: str
    order: int
    featured: int
    extra: tuple[tuple[str, str], ...]


class FrontMatter(NamedTuple):
    """What front matter says. `fatal`: one of the problems keeps the article out."""

    title: str
    attributes: Attributes
    problems: tuple[Problem, ...]
    fatal: bool


def read_article_fields(path: str, fields: Fields) -> FrontMatter:
    """Take every key of an article's front matter for what it means."""
    reader = _ArticleFields(path)
    for entry in reader.once(fields, matters):
        reader.read(entry)
    reader.see(read_visibility(fields))
    if reader.extra:
        reader.attributes["extra"] = tuple(reader.extra)
    return FrontMatter(reader.name, reader.attributes, tuple(reader.problems), reader.fatal)


class _ArticleFields(FieldReader):
    """Reads one article's front matter, entry by entry."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.name = ""
        self.attributes: Attributes = {}
        self.extra: list[tuple[str, str]] = []
        self._unused: list[Entry] = []

    def read(self, entry: Entry) -> None:
        """Take one key with its value."""
        method = _KEYS.get(entry.key)
        if folded(entry.key) in _IN_ANY_CASE:
            method = _ArticleFields.visibility
        if method is not None:
            method(self, entry)
            return
        value = entry.value
        written = (
            value.value if isinstance(value, Text) else json.dumps(plain(value), ensure_ascii=False)
        )
        self.extra.append((entry.key, written))
        self._unused.append(entry)

    def see(self, visibility: Visibility) -> None:
        """Take who may see the article, and speak of the keys that nothing was said of."""
        if visibility.status is not Status.PUBLISHED:
            self.attributes["status"] = visibility.status
        if visibility.audience is not Audience.PUBLIC:
            self.attributes["audience"] = visibility.audience
        self.fatal |= visibility.keeps_out
        self.problems += [remark.as_problem(self.path) for remark in visibility.remarks]
        told = {remark.line for remark in visibility.remarks}
        for entry in self._unused:
            if entry.line not in told:
                self.unknown(entry, _KEYS)

    def title(self, entry: Entry) -> None:
        self.name = self.text(entry)

    def summary(self, entry: Entry) -> None:
        self.attributes["summary"] = self.text(entry)

    def tier(self, entry: Entry) -> None:
        text = self.text(entry).lower()
        values = [member.value for member in Tier]
        if text in values:
            self.attributes["tier"] = Tier(text)
        elif text and (meant := slip(text, values)):
            self.report(
                entry.line, f"`tier` can't be {quote(text)} (did you mean {meant}?): ignored"
            )
        elif text:
            shown = f"`tier` is {quote(text)}, another tool's: ignored"
            self.report(entry.line, shown, Severity.NOTE, "foreign-value")

    def visibility(self, entry: Entry) -> None:
        """Nothing: `kb.content.visibility` reads it beside the keys of other tools."""

    def issue(self, entry: Entry) -> None:
        self.attributes["issues"] = self.texts(entry)

    def have_ready(self, entry: Entry) -> None:
        self.attributes["have_ready"] = self.texts(entry)

    def tags(self, entry: Entry) -> None:
        """Tags may also be one text with commas, as other tools write them."""
        tags = self.texts(entry)
        if isinstance(entry.value, Text):
            tags = tuple(dict.fromkeys(part.strip() for text in tags for part in text.split(",")))
        self.attributes["tags"] = tuple(tag for tag in tags if tag)

    def related(self, entry: Entry) -> None:
        self.attributes["related"] = self._ids(entry, Severity.WARNING)

    def aliases(self, entry: Entry) -> None:
        self.attributes["aliases"] = self._ids(entry, Severity.ERROR)

    def _ids(self, entry: Entry, severity: Severity) -> tuple[str, ...]:
        names = {}
        for name, line in self.lines(entry, exact=True):
            if wrong := complaint_about_id(name):
                self.report(
                    line, f"`{entry.key}` has {quote(name)}: {wrong}: ignored", severity, "id"
                )
            else:
                names[unicodedata.normalize("NFC", name).removesuffix(".md")] = line
        return tuple(names)

    def do(self, entry: Entry) -> None:
        actions = (self._action(item) for item in items(entry.value))
        self.attributes["actions"] = tuple(action for action in actions if action)

    def _action(self, item: Value) -> Action | None:
        if isinstance(item, Text):
            label = one_line(item.value)
            return Action(label) if label else None
        if not isinstance(item, Fields):
            self.report(
                item.line, "an action in `do` is a text, or label, where and url", Severity.ERROR
            )
            return None
        texts = self._parts(item, "do", _ACTION_KEYS, Severity.ERROR)
        if not texts.get("label"):
            self.report(item.line, "an action in `do` needs a label", Severity.ERROR)
            return None
        url = self._url(texts.get("url", ""), item)
        return Action(texts["label"], texts.get("where", ""), url)

    def _url(self, url: str, item: Fields) -> str:
        wrong = _complaint_about_url(url)
        if not wrong:
            return url
        entry = item.get("url")
        self.report(
            entry.line if entry else item.line,
            f"url {quote(url)}: {wrong}: left out",
            Severity.ERROR,
            "url",
        )
        return ""

    def _parts(
        self, fields: Fields, of: str, known: tuple[str, ...], severity: Severity
    ) -> dict[str, str]:
        """The texts of a mapping; keys that it can't have are reported."""
        texts = {}
        for entry in fields.entries:
            if entry.key in known:
                texts[entry.key] = self.text(entry)
                continue
            meant = nearest(entry.key, known, count=1)
            hint = f"did you mean {meant[0]}?" if meant else f"it has {either(known, 'and')}"
            self.report(entry.line, f"`{of}` has no {quote(one_line(entry.key))}: {hint}", severity)
        return texts

    def escalate(self, entry: Entry) -> None:
        steps = (step for item in items(entry.value) for step in self._steps(item))
        self.attributes["escalate"] = tuple(dict.fromkeys(steps))

    def _steps(self, item: Value) -> Iterator[Step]:
        if isinstance(item, Text):
            if name := one_line(item.value):
                yield Step(name)
        elif isinstance(item, Fields):
            for entry in item.entries:
                yield from self._conditional(entry)
        else:
            self.report(item.line, "a step in `escalate` is a channel, or `channel: condition`")

    def _conditional(self, entry: Entry) -> Iterator[Step]:
        values = [condition.value for condition in Condition]
        text = self.text(entry).lower().replace("-", "_").replace(" ", "_")
        name = one_line(entry.key)
        if text in values:
            yield Step(name, Condition(text))
        elif not text:
            yield Step(name)
        else:
            self.report(
                entry.line,
                f"`escalate` has the condition {quote(text)} for {quote(name)}: it is "
                f"{_one_of(values, text)}: step ignored",
            )

    def channel(self, entry: Entry) -> None:
        if not isinstance(entry.value, Fields):
            parts = either(_CHANNEL_KEYS, "and")
            self.report(entry.line, f"`channel` should have {parts}: ignored")
            return
        texts = self._parts(entry.value, "channel", _CHANNEL_KEYS, Severity.WARNING)
        if texts.get("name"):
            self.attributes["channel"] = Channel(
                name=texts["name"],
                best_for=texts.get("best_for", ""),
                wait=texts.get("wait", ""),
                where=texts.get("where", ""),
                hours=texts.get("hours", ""),
            )
        else:
            self.report(entry.line, "`channel` needs a name: ignored")

    def reviewed(self, entry: Entry) -> None:
        text = self.text(entry)
        found = _DATE.fullmatch(text)
        try:
            if found:
                self.attributes["reviewed"] = date.fromisoformat(found[1])
                return
        except ValueError:
            pass
        if text:
            self.report(
                entry.line, f"`reviewed` should be a date like 2026-03-31, not {quote(text)}"
            )

    def review_every(self, entry: Entry) -> None:
        text = self.text(entry)
        if _INTERVAL.fullmatch(text):
            self.attributes["review_every"] = text
        elif text:
            self.report(entry.line, f"`review_every` should be like `6 months`, not {quote(text)}")

    def order(self, entry: Entry) -> None:
        if (number := self.number(entry)) is not None:
            self.attributes["order"] = number

    def featured(self, entry: Entry) -> None:
        if (number := self.number(entry)) is not None:
            self.attributes["featured"] = number


_KEYS: dict[str, Callable[[_ArticleFields, Entry], None]] = {
    "title": _ArticleFields.title,
    "summary": _ArticleFields.summary,
    "tier": _ArticleFields.tier,
    "issue": _ArticleFields.issue,
    "do": _ArticleFields.do,
    "have_ready": _ArticleFields.have_ready,
    "escalate": _ArticleFields.escalate,
    "channel": _ArticleFields.channel,
    "tags": _ArticleFields.tags,
    "related": _ArticleFields.related,
    "aliases": _ArticleFields.aliases,
    "audience": _ArticleFields.visibility,
    "status": _ArticleFields.visibility,
    "reviewed": _ArticleFields.reviewed,
    "review_every": _ArticleFields.review_every,
    "order": _ArticleFields.order,
    "featured": _ArticleFields.featured,
}


# Whoever hides an article is not asked how a key is spelled.
_IN_ANY_CASE = frozenset({"audience", "status"})


def matters(key: str) -> bool:
    """Whether it matters what a key says."""
    return key in _KEYS or is_about_visibility(key)


def _complaint_about_url(url: str) -> str | None:
    scheme = _SCHEME.match(url)
    if scheme and scheme.group().lower() not in _SCHEMES:
        return "only http, https, mailto, tel and relative addresses are allowed"
    if "\\" in url or " " in url or url.startswith("//"):
        return "not an address that every browser reads alike"
    return None


def _one_of(values: list[str], text: str) -> str:
    """The allowed values, and the one that was probably meant."""
    meant = nearest(text, values, count=1)
    return either(values) + (f" (did you mean {meant[0]}?)" if meant else "")
