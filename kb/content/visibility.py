"""Who may see an article: one definition for the index, the site and every export.

kb's own keys are `status` and `audience`. Others' keys (`draft`, `published`, `hidden`, ...)
count as much: where any of them hides an article it is hidden, whatever the others say.

Dates count, too: what is to be published later (`publishDate`) is a draft until that day, or that
hour where one is given, and what has expired (`expiryDate`) is one from that day on.

A value that says clearly that an article is hidden is taken for that, with a note. One that
nearly says so (`status: drfat`) keeps the article out with an error, one that can't be read
(`draft: maybe`) makes it a draft with a warning. A value of another tool that hides nothing
(`status: new`, `audience: ITPro`) is a note.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from kb.config import now
from kb.content.dialects.dialect import NO_DAY
from kb.content.frontmatter import Entry, Fields, Items, Text, Value
from kb.content.values import either, items, one_line, quote
from kb.model import Audience, Problem, Severity, Status
from kb.text.nearest import slip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kb.content.dialects.dialect import Begins


class Remark(NamedTuple):
    """What to say of an entry. `keeps_out`: the article is not read at all."""

    line: int
    message: str
    severity: Severity
    keeps_out: bool = False

    def as_problem(self, path: str) -> Problem:
        """What to tell of the file."""
        code = "visibility" if self.severity is Severity.NOTE else "front-matter"
        return Problem(path, self.line, self.message, self.severity, code)


class Visibility(NamedTuple):
    """Who may see an article, and what to say of how that was found. `until` is the day from which
    that is another, if a date says so. What is not `searchable` is published, but not found.
    """

    status: Status
    audience: Audience
    remarks: tuple[Remark, ...]
    until: date | None = None
    searchable: bool = True

    @property
    def keeps_out(self) -> bool:
        """Whether the article is not read at all."""
        return any(remark.keeps_out for remark in self.remarks)

    @property
    def hides(self) -> bool:
        """Whether the public does not see it."""
        published = self.status is Status.PUBLISHED and self.audience is Audience.PUBLIC
        return self.keeps_out or not published


class Answer(StrEnum):
    """What a value says to a question of yes or no. `UNSAID`: it is empty, or only a date."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"
    UNREADABLE = "unreadable"


_YES = frozenset({"true", "yes", "on", "1", "y", "t", "enabled", "always"})
_NO = frozenset({"false", "no", "off", "0", "n", "f", "disabled", "never"})
_EMPTY = frozenset({"", "null", "nil", "none", "undefined", "~"})
# Keys are compared in lower case and without hyphens, underscores and spaces.
_HIDES_IF_YES = frozenset({
    "draft", "isdraft", "hidden", "ishidden", "private", "isprivate", "unlisted", "isunlisted",
    "noindex", "norobots", "headless", "unpublished", "invisible", "internal", "confidential",
    "archived", "donotpublish", "eleventyexcludefromcollections", "deleted", "trashed", "disabled",
    "wip", "secret", "encrypted",
})  # fmt: skip
_NOINDEX = "noindex"
"""Within a key it says what it says alone: `robotsNoIndex`, `seo_noindex`."""
_HIDES_IF_NO = frozenset({
    "published", "ispublished", "publish", "public", "ispublic", "visible", "isvisible", "listed",
    "indexed", "indexable", "render", "enabled",
})  # fmt: skip
_UNSEARCHED_IF_YES = frozenset({
    "nosearch", "searchexclude", "excludefromsearch", "hidefromsearch", "searchhidden",
})  # fmt: skip
_UNSEARCHED_IF_NO = frozenset({"searchable", "search", "pagefind"})
_BEGINS = frozenset({
    "publishdate", "pubdate", "publishon", "publishat", "publishedat", "publishedon", "publishfrom",
    "publisheddate", "datepublished", "golive", "golivedate", "embargo", "embargountil",
    "scheduledfor", "releasedate", "published", "publish", "draftuntil", "hiddenuntil",
})  # fmt: skip
_ENDS = frozenset({
    "expirydate", "expiry", "expires", "expireson", "expiresat", "expirationdate", "expireat",
    "unpublishdate", "unpublishon", "unpublishat", "publishuntil",
})  # fmt: skip
_NESTED: Mapping[str, tuple[str, ...]] = {
    "search": ("exclude", "hidden", "hide"),
    "build": ("render", "list"),
    "seo": ("noindex", "norobots"),
    "robots": ("noindex",),
    **dict.fromkeys(
        ("meta", "metadata", "params", "page"),
        ("draft", "noindex", "norobots", "unlisted", "private"),
    ),
}
"""Keys whose value may be a table, and the keys in it that hide."""
_TAGS = frozenset({"head", "meta", "metas", "metatags", "metadata"})
"""Keys that hold the elements at the head of a page, one of which may be for search engines."""
_ENGINES = frozenset({"robots", "googlebot"})
_ELEMENT = re.compile(r"<meta\b[^>]*\b(?:robots|googlebot)\b[^>]*\bnoindex\b", re.IGNORECASE)
_STATES = ("status", "state")
_STATE_WORDS = frozenset({"draft", "drafts", "unpublished", "hidden", "unlisted", "private"})
"""What hides an article under any key that ends in one of `_STATES`."""
_HIDDEN_PARTS = frozenset({"never", "local", *_NO})
# Slips of these are looked for: `drafts: true`, `pubished: false`.
_USUAL = ("draft", "published", "hidden", "private", "unlisted", "noindex")
_OPEN_WORDS = frozenset({
    "public", "published", "visible", "everyone", "everybody", "anyone", "all", "open", "default",
    "listed", "shown", "world", "global",
})  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")
_KEY_SIGNS = re.compile(r"[\s_-]+")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{9,13}")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_ISO = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T ].*)?")
_SECONDS = re.compile(r"(\d{9,10})(?:\d{3})?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SPELLED = (
    "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%m/%d/%Y",
    "%d/%m/%Y", "%d.%m.%Y", "%a, %d %b %Y",
)  # fmt: skip

# Words that say: not yet, no more, or not for everybody.
_DRAFT_WORDS = frozenset({
    "draft", "drafts", "unpublished", "private", "hidden", "unlisted", "internal", "pending",
    "scheduled", "future", "wip", "embargoed", "confidential", "secret", "restricted", "noindex",
    "invisible",
    # `draft` in the languages that kb knows
    "entwurf", "brouillon", "borrador", "bozza", "rascunho", "concept", "utkast", "kladde",
    "luonnos", "piszkozat", "taslak", "ciornă", "черновик", "مسودة", "草稿", "下書き",
})  # fmt: skip
_ARCHIVED_WORDS = frozenset({"archived", "archive", "trash", "trashed", "deleted", "removed"})
_AGENT_WORDS = frozenset({
    "agent", "agents", "internal", "staff", "employee", "employees", "support", "private",
    "hidden", "confidential", "restricted", "draft",
})  # fmt: skip
_NEAR_STATUS = ("draft", "archived", "hidden", "private", "unlisted", "unpublished", "internal")
_NEAR_AUDIENCE = ("agent", "internal", "private", "hidden")


def read_visibility(fields: Fields, *, dated: bool = True, begins: Begins = NO_DAY) -> Visibility:
    """Who may see an article with this front matter; without `dated` whatever its dates say."""
    reader = _Reader(dated=dated, begins=begins.key)
    named = [Entry(begins.key, Text(begins.day, 1), 1)] if begins.day else []
    for entry in (*fields.entries, *named):
        reader.read(entry)
    return reader.result()


_DECIDES = (
    frozenset(_NESTED), _HIDES_IF_YES, _HIDES_IF_NO, _UNSEARCHED_IF_YES, _UNSEARCHED_IF_NO,
    _BEGINS, _ENDS, _TAGS,
)  # fmt: skip


def is_about_visibility(key: str) -> bool:
    """Whether a key decides who may see an article."""
    name = folded(key)
    return (
        name in _READ
        or _NOINDEX in name
        or name.endswith(_STATES)
        or any(name in known for known in _DECIDES)
    )


def is_date_key(key: str) -> bool:
    """Whether a key says from or until when an article is published, and nothing else."""
    return folded(key) in (_BEGINS | _ENDS) - _HIDES_IF_NO


def folded(key: str) -> str:
    """A key as these are compared."""
    return _KEY_SIGNS.sub("", key.strip().casefold())


def answer(value: Value) -> Answer:
    """What a value says, in any spelling of yes and no; a list says what its texts say alike."""
    if isinstance(value, Fields):
        return Answer.UNREADABLE
    if isinstance(value, Items):
        answers = {answer(item) for item in value.values} - {Answer.UNSAID}
        if not answers:
            return Answer.UNSAID
        return answers.pop() if len(answers) == 1 else Answer.UNREADABLE
    text = value.value.strip().strip("\"'").strip().casefold()
    if text in _EMPTY:
        return Answer.UNSAID
    if text in _YES or text in _NO:
        return Answer.YES if text in _YES else Answer.NO
    return Answer.UNREADABLE


class _Reader:
    """Reads the entries of one article in order, then says what they come to."""

    def __init__(self, *, dated: bool, begins: str) -> None:
        self._begins = _BEGINS | {begins} - {""}
        self._dates = self._begins | _ENDS if dated else frozenset[str]()
        self._statuses: list[Status] = []
        self._audiences: list[Audience] = []
        self._hiding: list[Entry] = []
        self._remarks: list[Remark] = []
        self._published: Entry | None = None
        self._changes: list[date] = []
        self._searchable = True
        self._now = now()
        self._today = self._now.date()

    def result(self) -> Visibility:
        status = Status.PUBLISHED
        if Status.ARCHIVED in self._statuses:
            status = Status.ARCHIVED
        elif self._hiding or Status.DRAFT in self._statuses:
            status = Status.DRAFT
        agent = Audience.AGENT in self._audiences
        if self._published and status is not Status.PUBLISHED:
            line = self._published.line
            message = f"`status: published`, but another key hides the article: it is {status}"
            self._remarks.append(Remark(line, message, Severity.NOTE))
        audience = Audience.AGENT if agent else Audience.PUBLIC
        until = min(self._changes, default=None)
        return Visibility(status, audience, tuple(self._remarks), until, self._searchable)

    def read(self, entry: Entry) -> None:
        """Take one key."""
        name = folded(entry.key)
        if name in _TAGS:
            self._elements(entry)
        if name in _NESTED and isinstance(entry.value, Fields):
            self._nested(entry, name)
        elif name in self._dates and self._dated(entry, begins=name in self._begins):
            return
        elif name in _UNSEARCHED_IF_YES | _UNSEARCHED_IF_NO:
            hides = Answer.YES if name in _UNSEARCHED_IF_YES else Answer.NO
            self._searched(entry, unless=hides)
        elif name in _HIDES_IF_YES or _NOINDEX in name:
            self._question(entry, hides=Answer.YES)
        elif name in _HIDES_IF_NO:
            self._question(entry, hides=Answer.NO)
        elif name.endswith(_STATES) and name not in _READ:
            self._stated(entry)
        else:
            _READ.get(name, _Reader.slip)(self, entry)

    def _stated(self, entry: Entry) -> None:
        """Take a key such as `article_status`, whatever it is of."""
        words = _words(entry.value)
        if words and _STATE_WORDS.issuperset(words):
            self._hide(entry)

    def password(self, entry: Entry) -> None:
        """What only they may read who know a word."""
        if answer(entry.value) not in {Answer.NO, Answer.UNSAID}:
            self._hide(entry, value="...")

    def _elements(self, entry: Entry) -> None:
        """Elements for the head of a page, as tables, lists or HTML."""
        for item in items(entry.value):
            texts = [text.strip().casefold() for text in _texts(item)]
            to_engines = not _ENGINES.isdisjoint(texts) and _NOINDEX in _words(item)
            if to_engines or any(_ELEMENT.search(text) for text in texts):
                self._hide(entry, value=_NOINDEX)
                return

    def _searched(self, entry: Entry, *, unless: Answer) -> None:
        if answer(entry.value) is unless:
            self._searchable = False
            message = f"`{one_line(entry.key)}: {_bare(entry.value)}`: published, but not found"
            self._say(entry, message, Severity.NOTE)

    def _dated(self, entry: Entry, *, begins: bool) -> bool:
        """Whether the value is a date, which is taken, or should have been one."""
        text = " ".join(_texts(entry.value)).strip().strip("\"'")
        day = read_day(text)
        if day is None:
            if folded(entry.key) in _HIDES_IF_NO or text.casefold() in _EMPTY | _YES | _NO:
                return False  # a question of yes or no
            year = _YEAR.search(text)
            if begins and not (year and int(year[1]) < self._today.year):
                self._keep_out(entry, "a date like 2026-03-31")
            return True
        moment = read_time(text, self._now)
        day = moment.date() if moment else day
        is_ahead = day > self._today
        if begins and moment and not is_ahead and moment > self._now:  # later today
            is_ahead, day = True, self._today + timedelta(days=1)
        if is_ahead:
            self._changes.append(day)
        if begins == is_ahead:
            self._hide(entry)
        return True

    def _question(self, entry: Entry, *, hides: Answer) -> None:
        said = answer(entry.value)
        if said is hides:
            self._hide(entry)
        elif said is Answer.UNREADABLE and not (hides is Answer.NO and _is_date(entry)):
            if any(word in _DRAFT_WORDS for word in _words(entry.value)):
                self._hide(entry)
            elif hides is Answer.YES or folded(entry.key) in {"published", "publish"}:
                self._keep_out(entry, "true or false")

    def _keep_out(self, entry: Entry, known: str) -> None:
        self._hiding.append(entry)
        key, shown = one_line(entry.key), _shown(entry.value)
        message = f"`{key}` can't be {shown}: it is {known}; kept out, as a draft"
        self._say(entry, message, Severity.WARNING)

    def _nested(self, entry: Entry, name: str) -> None:
        assert isinstance(entry.value, Fields)
        for inner in entry.value.entries:
            key = folded(inner.key)
            if name == "build" and key in _NESTED[name]:
                words = _words(inner.value)
                if words and _HIDDEN_PARTS.issuperset(words):
                    self._hide(inner)
            elif name == "search" and key in _NESTED[name]:
                self._searched(inner, unless=Answer.YES)
            elif name == "search" and key in {"include", "index", "indexed"}:
                self._searched(inner, unless=Answer.NO)
            elif key in _NESTED[name]:
                self._question(inner, hides=Answer.YES)
            elif key in {"index", "indexed"}:
                self._question(inner, hides=Answer.NO)

    def state(self, entry: Entry) -> None:
        """A key of another tool that says in a word who may see an article."""
        words = _words(entry.value)
        hidden = _DRAFT_WORDS | _ARCHIVED_WORDS
        said = answer(entry.value)
        if hidden.intersection(words):
            self._hide(entry)
        elif any(_near(word, hidden, _NEAR_STATUS) for word in words):
            self._keep_out(entry, "public or private")
        elif folded(entry.key) != "visibility" or said in {Answer.YES, Answer.UNSAID}:
            return
        elif said is Answer.NO:
            self._hide(entry)
        elif not _OPEN_WORDS.issuperset(words):
            self._keep_out(entry, "public or private")

    def robots(self, entry: Entry) -> None:
        if {"noindex", "none"}.intersection(_words(entry.value)):
            self._hide(entry)

    def permalink(self, entry: Entry) -> None:
        """Without an address Eleventy writes no page."""
        if _words(entry.value) == ["false"]:
            self._hide(entry)

    def slip(self, entry: Entry) -> None:
        """A key that is nearly one of those that hide, with a value that would."""
        name = folded(entry.key)
        meant = slip(name, _USUAL, most=1)
        hides = Answer.NO if meant == "published" else Answer.YES
        if (meant and answer(entry.value) is hides) or (
            (meant := slip(name, ("status", "audience")))
            and {*_DRAFT_WORDS, *_ARCHIVED_WORDS, *_AGENT_WORDS}.intersection(_words(entry.value))
        ):
            self._hiding.append(entry)
            self._say(
                entry,
                f"unknown key {quote(one_line(entry.key))}: did you mean `{meant}`? "
                "kept out, as a draft",
                Severity.WARNING,
            )

    def _hide(self, entry: Entry, value: str = "") -> None:
        """Keep an article out; `value` is what to say of the entry instead of all that it holds."""
        self._hiding.append(entry)
        said = f"{one_line(entry.key)}: {value or _bare(entry.value)}"
        self._say(entry, f"`{said}`: kept out, as a draft", Severity.NOTE)

    def status(self, entry: Entry) -> None:
        words = _words(entry.value)
        if words == ["published"]:
            self._published = entry
        elif words in (["draft"], ["archived"]):
            self._statuses.append(Status(words[0]))
        elif len(words) == 1 and words[0] in _DRAFT_WORDS | _ARCHIVED_WORDS:
            status = Status.ARCHIVED if words[0] in _ARCHIVED_WORDS else Status.DRAFT
            self._statuses.append(status)
            self._say(entry, f"`status: {_bare(entry.value)}`: taken for {status}", Severity.NOTE)
        else:
            own = [member.value for member in Status]
            known = _DRAFT_WORDS | _ARCHIVED_WORDS
            if self._unclear(entry, words, own, known, _NEAR_STATUS):
                self._statuses.append(Status.DRAFT)

    def audience(self, entry: Entry) -> None:
        words = _words(entry.value)
        if words == ["agent"]:
            self._audiences.append(Audience.AGENT)
        elif len(words) == 1 and words[0] in _AGENT_WORDS:
            self._audiences.append(Audience.AGENT)
            self._say(entry, f"`audience: {_bare(entry.value)}`: taken for agent", Severity.NOTE)
        elif words != ["public"]:
            own = [member.value for member in Audience]
            if self._unclear(entry, words, own, _AGENT_WORDS, _NEAR_AUDIENCE):
                self._audiences.append(Audience.AGENT)

    def _unclear(
        self,
        entry: Entry,
        words: list[str],
        own: list[str],
        known: Iterable[str],
        near: Iterable[str],
    ) -> bool:
        """Whether a value that is none of kb's may mean to hide the article; says so."""
        if not words:
            return False
        meant = next((found for word in words if (found := _near(word, known, near))), None)
        key, shown = one_line(entry.key), _shown(entry.value)
        if meant is None:
            message = f"`{key}` is {shown}, another tool's: the article is read"
            if hint := slip(words[0], own):
                message = f"`{key}` can't be {shown} (did you mean {hint}?): ignored"
            self._say(entry, message, Severity.WARNING if hint else Severity.NOTE)
            return False
        hint = f" (did you mean {meant}?)" if meant in own else ""
        message = f"`{key}` can't be {shown}: it is {either(own)}{hint}"
        self._say(entry, message, Severity.ERROR, keeps_out=True)
        return True

    def _say(
        self, entry: Entry, message: str, severity: Severity, *, keeps_out: bool = False
    ) -> None:
        self._remarks.append(Remark(entry.line, message, severity, keeps_out))


_READ: Mapping[str, Callable[[_Reader, Entry], None]] = {
    "status": _Reader.status,
    "audience": _Reader.audience,
    "permalink": _Reader.permalink,
    **dict.fromkeys(("password", "passwords"), _Reader.password),
    **dict.fromkeys(
        ("visibility", "poststatus", "publishstatus", "access", "state"), _Reader.state
    ),
    **dict.fromkeys(("robots", "googlebot", "metarobots"), _Reader.robots),
}


def _near(word: str, known: Iterable[str], near: Iterable[str]) -> str | None:
    """The hiding word that a word is or nearly is: a slip, or the same letters in disorder."""
    if word in known:
        return word
    for name in near:
        if slip(word, (name,), most=1) or sorted(word) == sorted(name):
            return name
        if word[0] == name[0] and slip(word, (name,)):
            return name
    return None


def _words(value: Value) -> list[str]:
    """The words of a value in lower case, those of lists and tables within it too."""
    return [word for text in _texts(value) for word in _WORDS.findall(text.casefold())]


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, Text):
        yield value.value
    elif isinstance(value, Items):
        for item in value.values:
            yield from _texts(item)
    else:
        for entry in value.entries:
            yield entry.key
            yield from _texts(entry.value)


def read_day(text: str) -> date | None:
    """The day that a text names: `2026-03-31`, with or without a time, or spelled out."""
    if seconds := _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(seconds[1]), UTC).date()
    try:
        if found := _ISO.fullmatch(text):
            return date(*map(int, found.groups()))
    except ValueError:
        return None
    for form in _SPELLED:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    return None


def read_time(text: str, now: datetime) -> datetime | None:
    """The moment that a text names, in the zone of `now`, which counts where it names none; None
    where it names no hour.
    """
    if seconds := _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(seconds[1]), now.tzinfo)
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day, hour, zone = found.groups("")
    try:
        moment = datetime.fromisoformat(f"{day}T{hour}{zone.upper()}")
        there = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
        return there.astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return None


def _is_date(entry: Entry) -> bool:
    texts = [text.strip() for text in _texts(entry.value)]
    return bool(texts) and all(_DATE.fullmatch(text) for text in texts)


def _bare(value: Value) -> str:
    return quote(one_line(", ".join(_texts(value)))).strip("`")


def _shown(value: Value) -> str:
    """A value as a message shows it."""
    if isinstance(value, Fields):
        return "a table"
    if isinstance(value, Items) and len(items(value)) != 1:
        return f"a list ({_bare(value)})"
    return f"`{_bare(value)}`"
