"""Front matter to the attributes of an Article: what each key means, and what is wrong with it.

Who may see the article is read by `kb.content.visibility`. Anything that can't be used is
reported and left out.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from kb.content.dialects.dialect import NO_DAY
from kb.content.files import complaint_about_id, without_suffix
from kb.content.foreign_keys import MEANT, ROUTES, as_route
from kb.content.frontmatter import Entry, Fields, Items, Text, Value, plain
from kb.content.hours import read_hours, zone_of
from kb.content.topics import INDEXES
from kb.content.values import FieldReader, either, items, one_line, quote
from kb.content.visibility import folded, is_about_visibility, is_date_key, read_visibility
from kb.model import (
    FRONT,
    Action,
    Audience,
    Channel,
    Condition,
    Problem,
    Severity,
    Status,
    Step,
    Tier,
)
from kb.text.languages import language_tag
from kb.text.nearest import nearest, slip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kb.content.dialects.dialect import Begins
    from kb.content.visibility import Visibility

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][\d:.+Zz -]*)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_ADDRESS = re.compile(r"^/|/$|^https?://|\.(?:html?|mdx|php|aspx)$|[?#]", re.IGNORECASE)
_RELATIVE = re.compile(r"\.{1,2}/")
_FLAGS = frozenset({"", "true", "false", "yes", "no"})
_INTERVAL = re.compile(r"[1-9]\d{0,4} (?:day|week|month|year)s?")
_PHONE = re.compile(r"\+?\(?[0-9](?:[ ()./-]{0,3}[0-9*#]){2,19}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SCHEMES = frozenset({"http:", "https:", "mailto:", "tel:"})
_CHANNEL_KEYS = ("name", "best_for", "wait", "where", "hours", "url", "phone", "email")
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
    routes: tuple[str, ...]
    audience: Audience
    status: Status
    until: date
    searchable: bool
    reviewed: date
    review_every: str
    order: int
    featured: int
    language: str
    translation_key: str
    translations: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...]


class FrontMatter(NamedTuple):
    """What front matter says. `fatal`: one of the problems keeps the article out."""

    title: str
    attributes: Attributes
    problems: tuple[Problem, ...]
    fatal: bool


def read_article_fields(
    path: str, fields: Fields, *, slugs: tuple[str, ...] = ("slug",), begins: Begins = NO_DAY
) -> FrontMatter:
    """Take every key of an article's front matter for what it means. `slugs` are keys that name the
    last part of its address elsewhere, or all of it; `aliases` among them start at its folder.
    """
    reader = _ArticleFields(path, slugs)
    for entry in reader.once(fields, matters):
        reader.read(entry)
    reader.take_over()
    reader.take_language()
    reader.see(read_visibility(fields, begins=begins))
    if reader.extra:
        reader.attributes["extra"] = tuple(reader.extra)
    return FrontMatter(reader.name, reader.attributes, tuple(reader.problems), reader.fatal)


class _ArticleFields(FieldReader):
    """Reads one article's front matter, entry by entry."""

    def __init__(self, path: str, slugs: tuple[str, ...]) -> None:
        super().__init__(path)
        self._slugs = {"slug", *slugs} - {"url", "permalink"}
        self.name = ""
        self.attributes: Attributes = {}
        self.extra: list[tuple[str, str]] = []
        self._unused: list[Entry] = []
        self._foreign: dict[str, Entry] = {}

    def read(self, entry: Entry) -> None:
        """Take one key with its value."""
        method = _KEYS.get(entry.key)
        name = folded(entry.key)
        if name in _IN_ANY_CASE:
            method = _ArticleFields.visibility
        if method is not None:
            method(self, entry)
            return
        if name in _SAME or name in _LANGUAGE:
            self._foreign.setdefault(name, entry)
        elif name in _TRANSLATED:
            self._translations(entry)
        elif name in ROUTES or name in self._slugs:
            self._routes(entry)
        else:
            self._unused.append(entry)
        if name in {"sidebar", "nav", "navigation"} and isinstance(entry.value, Fields):
            self._from_menu(entry.value)
        value = entry.value
        written = (
            value.value if isinstance(value, Text) else json.dumps(plain(value), ensure_ascii=False)
        )
        self.extra.append((entry.key, written))

    def take_over(self) -> None:
        """Take from other tools' keys what kb's own do not say."""
        for key, names in MEANT.items():
            found = next((self._foreign[name] for name in names if name in self._foreign), None)
            if found is None or (self.name if key == "title" else key in self.attributes):
                continue
            if key == "order":
                if (number := _number_in(found.value)) is not None:
                    self.attributes["order"] = number
            elif key == "tags":
                self.tags(found)
            elif isinstance(found.value, Text):
                text = one_line(html.unescape(found.value.value))
                if key == "summary":
                    self.attributes["summary"] = text
                elif found.key.casefold() in {"title", "navtitle", "pagetitle"}:
                    self.name = text

    def take_language(self) -> None:
        """Take the language: of several keys the first that names one, `language: go` does not."""
        for name in _LANGUAGE:
            entry = self._foreign.get(name)
            text = entry.value.value if entry and isinstance(entry.value, Text) else ""
            if tag := language_tag(text.strip().partition(".")[0]):  # `de_DE.UTF-8`
                self.attributes["language"] = tag
                return

    def _translations(self, entry: Entry) -> None:
        """What translations have in common, or a table of their ids by language."""
        if isinstance(entry.value, Text):
            if key := one_line(entry.value.value):
                self.attributes.setdefault("translation_key", key)
        elif isinstance(entry.value, Fields):
            pairs = [
                (language_tag(inner.key), as_route(inner.value.value))
                for inner in entry.value.entries
                if isinstance(inner.value, Text)
            ]
            kept = tuple(
                (tag, id_) for tag, id_ in pairs if tag and complaint_about_id(id_) is None
            )
            self.attributes["translations"] = kept

    def _from_menu(self, fields: Fields) -> None:
        """The order that a table says, as Starlight's `sidebar` does."""
        for inner in fields.entries:
            if folded(inner.key) in _SAME:
                self._foreign.setdefault(folded(inner.key), inner)

    def _routes(self, entry: Entry) -> None:
        """Addresses in another site: what is none is passed over."""
        folder = self.path.rpartition("/")[0]
        for item in items(entry.value):
            text = _address_in(item)
            route = as_route(self._from_folder(text))
            if text.strip() == FRONT and folded(entry.key) in {*self._slugs, "permalink", "url"}:
                self.attributes["routes"] = (*self.attributes.get("routes", ()), FRONT)
            if not route:
                continue
            if folded(entry.key) in self._slugs - {"aliases"} and not text.startswith("/"):
                route = f"{folder}/{route}" if folder else route
            if complaint_about_id(route) is None:
                known = self.attributes.get("routes", ())
                route = unicodedata.normalize("NFC", route)
                self.attributes["routes"] = tuple(dict.fromkeys((*known, route)))

    def _from_folder(self, text: str) -> str:
        """An address that begins with dots, from the top: where the article stands is `.`."""
        if not _RELATIVE.match(text.strip()):
            return text
        folder, _, name = self.path.rpartition("/")
        if without_suffix(name).casefold() in INDEXES:
            folder = folder.rpartition("/")[0]
        path = posixpath.normpath(posixpath.join(folder, text.strip()))
        return "" if path.startswith("..") else path

    def see(self, visibility: Visibility) -> None:
        """Take who may see the article, and speak of the keys that nothing was said of."""
        if visibility.status is not Status.PUBLISHED:
            self.attributes["status"] = visibility.status
        if visibility.audience is not Audience.PUBLIC:
            self.attributes["audience"] = visibility.audience
        if visibility.until is not None:
            self.attributes["until"] = visibility.until
        if not visibility.searchable:
            self.attributes["searchable"] = False
        self.fatal |= visibility.keeps_out
        self.problems += [remark.as_problem(self.path) for remark in visibility.remarks]
        told = {remark.line for remark in visibility.remarks}
        for entry in self._unused:
            if entry.line not in told:
                self.unknown(entry, _KEYS)

    def title(self, entry: Entry) -> None:
        if isinstance(entry.value, Text):
            self.name = one_line(html.unescape(entry.value.value))
        else:
            self._not_mine(entry)

    def summary(self, entry: Entry) -> None:
        if isinstance(entry.value, Text):
            self.attributes["summary"] = one_line(html.unescape(entry.value.value))
        else:
            self._not_mine(entry)

    def _not_mine(self, entry: Entry) -> None:
        """Say that a value has a shape that another tool gives it."""
        shape = "a table" if isinstance(entry.value, Fields) else "a list"
        if isinstance(entry.value, Text):
            shape = quote(one_line(entry.value.value))
        message = f"`{one_line(entry.key)}` is {shape}, another tool's: ignored"
        self.report(entry.line, message, Severity.NOTE, "foreign-value")

    def tier(self, entry: Entry) -> None:
        if not isinstance(entry.value, Text):
            self._not_mine(entry)
            return
        text = self.text(entry).lower()
        values = [member.value for member in Tier]
        if text in values:
            self.attributes["tier"] = Tier(text)
        elif text and (meant := slip(text, values)):
            self.report(
                entry.line, f"`tier` can't be {quote(text)} (did you mean {meant}?): ignored"
            )
        elif text:
            self._not_mine(entry)

    def visibility(self, entry: Entry) -> None:
        """Nothing: `kb.content.visibility` reads it beside the keys of other tools."""

    def issue(self, entry: Entry) -> None:
        if isinstance(entry.value, Fields) or all(map(_is_number_or_address, items(entry.value))):
            self._not_mine(entry)
        else:
            self.attributes["issues"] = self.texts(entry)

    def have_ready(self, entry: Entry) -> None:
        if isinstance(entry.value, Fields):
            self._not_mine(entry)
        else:
            self.attributes["have_ready"] = self.texts(entry)

    def tags(self, entry: Entry) -> None:
        """Tags may also be one text with commas, as other tools write them."""
        if isinstance(entry.value, Fields):
            self._not_mine(entry)
            return
        kept = tuple(item for item in items(entry.value) if isinstance(item, Text))
        if len(kept) < len(items(entry.value)):
            self._not_mine(entry)
        tags = self.texts(Entry(entry.key, Items(kept, entry.line), entry.line))
        if isinstance(entry.value, Text):
            tags = tuple(dict.fromkeys(part.strip() for text in tags for part in text.split(",")))
        self.attributes["tags"] = tuple(tag for tag in tags if tag)

    def related(self, entry: Entry) -> None:
        if isinstance(entry.value, Fields) or any(
            not isinstance(item, Text) or _is_number_or_address(item) for item in items(entry.value)
        ):
            self._not_mine(entry)
        else:
            self.attributes["related"] = self._ids(_parted(entry), Severity.WARNING)

    def aliases(self, entry: Entry) -> None:
        """Former ids; those with slashes around them, an ending or a host are addresses."""
        if isinstance(entry.value, Fields):
            self._not_mine(entry)
            return
        foreign: list[Value] = []
        own: list[Value] = []
        for item in items(entry.value):
            text = item.value.strip() if isinstance(item, Text) else ""
            if "aliases" in self._slugs and text and not _ADDRESS.search(text):
                text = f"./{text}"
                item = Text(text, item.line)  # noqa: PLW2901  # the same, from the folder
            is_relative = _RELATIVE.match(text) and self._from_folder(text)
            is_route = is_relative or _ADDRESS.search(text)
            (foreign if is_route else own).append(item)
        self._routes(Entry(entry.key, Items(tuple(foreign), entry.line), entry.line))
        kept = Entry(entry.key, Items(tuple(own), entry.line), entry.line)
        self.attributes["aliases"] = self._ids(kept, Severity.ERROR)

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
        if not _is_empty(entry.value) and not any(map(_is_action, items(entry.value))):
            self._not_mine(entry)
            return
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
        if not isinstance(entry.value, Fields) or not any(
            inner.key in _CHANNEL_KEYS for inner in entry.value.entries
        ):
            if not _is_empty(entry.value):
                self._not_mine(entry)
            return
        texts = self._parts(entry.value, "channel", _CHANNEL_KEYS, Severity.WARNING)
        if texts.get("name"):
            self.attributes["channel"] = Channel(
                name=texts["name"],
                best_for=texts.get("best_for", ""),
                wait=texts.get("wait", ""),
                where=texts.get("where", ""),
                hours=self._hours(texts.get("hours", ""), entry.value),
                url=self._url(texts.get("url", ""), entry.value),
                phone=self._address("phone", texts, entry.value, _PHONE, "+1 800 555 0100"),
                email=self._address("email", texts, entry.value, _EMAIL, "help@example.com"),
            )
        else:
            self.report(entry.line, "`channel` needs a name: ignored")

    def _hours(self, hours: str, item: Fields) -> str:
        """Hours as they are written; a warning where they name a time zone and can't be read."""
        if zone_of(hours) and read_hours(hours) is None:
            entry = item.get("hours")
            self.report(
                entry.line if entry else item.line,
                f"hours {quote(hours)} are shown as they stand: their days and times can't be "
                "read; write them like `Mon-Fri 9:00-18:00, Sat 10:00-14:00 Europe/Berlin`, the "
                "zone last",
            )
        return hours

    def _address(
        self, key: str, texts: Mapping[str, str], item: Fields, shape: re.Pattern[str], like: str
    ) -> str:
        """A telephone number or email address, empty with an error where it is none."""
        text = texts.get(key, "")
        if not text or shape.fullmatch(text):
            return text
        entry = item.get(key)
        self.report(
            entry.line if entry else item.line,
            f"{key} {quote(text)} should be like `{like}`: left out",
            Severity.ERROR,
        )
        return ""

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
        if (number := _number_in(entry.value)) is not None:
            self.attributes["order"] = number
        elif not _is_empty(entry.value):
            self._not_mine(entry)

    def featured(self, entry: Entry) -> None:
        if (number := _number_in(entry.value)) is not None:
            self.attributes["featured"] = number
        elif not _is_empty(entry.value):
            self._not_mine(entry)


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


_SAME = frozenset(name for names in MEANT.values() for name in names)


_LANGUAGE = ("lang", "language", "locale")
"""Keys that name the language of an article, the one that counts most first."""
_TRANSLATED = frozenset({"translationkey", "translationid", "langref", "translations"})


def _is_empty(value: Value) -> bool:
    """Whether a value says nothing."""
    return isinstance(value, Text) and not value.value.strip()


def _number_in(value: Value) -> int | None:
    """The number that an order is: a fraction counts as what is below it."""
    text = value.value.strip() if isinstance(value, Text) else ""
    return int(text.partition(".")[0] or 0) if _NUMBER.fullmatch(text) else None


def _address_in(item: Value) -> str:
    """An address in a list of them: a text, or the table in which one stands."""
    if isinstance(item, Fields):
        found = (item.get(key) for key in ("from", "url", "path", "source"))
        item = next((entry.value for entry in found if entry), Text("", 0))
    return item.value.strip() if isinstance(item, Text) else ""


def _is_action(item: Value) -> bool:
    if isinstance(item, Fields):
        return any(inner.key in _ACTION_KEYS for inner in item.entries)
    return isinstance(item, Items) or item.value.strip().casefold() not in _FLAGS


def _is_number_or_address(item: Value) -> bool:
    text = item.value.strip() if isinstance(item, Text) else ""
    return bool(re.fullmatch(r"#?[0-9]+|[a-z]+://\S+", text, re.IGNORECASE))


def _parted(entry: Entry) -> Entry:
    """One text with commas as the list of names that it is."""
    if not isinstance(entry.value, Text) or "," not in entry.value.value:
        return entry
    names = tuple(Text(part.strip(), entry.line) for part in entry.value.value.split(","))
    return entry._replace(value=Items(tuple(n for n in names if n.value), entry.line))


def matters(key: str) -> bool:
    """Whether it matters which of several values of a key counts. Of dates each does."""
    return (key in _KEYS or is_about_visibility(key)) and not is_date_key(key)


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
