"""An article to its rendered body: safe HTML that is complete but for the links within the site.

All that can be said of an article without knowing the others happens here, once, and in
any process; an `ArticleLoader` gives what was kept of it where the file is what it was.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from kb.config import today
from kb.content import read_page
from kb.content.markdown.directives import label_id
from kb.content.markdown.document import escape
from kb.content.markdown.html import write_size
from kb.content.sandbox import is_large, run_sandboxed
from kb.content.snapshot import Spool
from kb.errors import ContentError
from kb.model import META_FIELDS, Problem, Severity
from kb.site.article_records import (
    Heading,
    PageMeta,
    Question,
    RenderedBody,
    as_json,
    from_json,
    wants_as_json,
    wants_from_json,
)
from kb.site.i18n import read_wording
from kb.site.links import (
    LinkReference,
    Place,
    host_of,
    leads_back,
    lies_on,
    path_in_repository,
    shown,
    sort_link,
    target_of,
    want,
)
from kb.site.plan import weigh_terms
from kb.store import Store
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.config import Config, Limits
    from kb.content import SourceFile
    from kb.content.dialects import Dialect
    from kb.content.markdown.document import Document
    from kb.content.reader import Page
    from kb.content.snapshot import Snapshot
    from kb.model import Article, Section

MARKER = re.compile(r'\x00([/t]?)([0-9]+)\x01(?:<img alt="([^"]*)"([^>]*)>)?')
"""A link reference in a rendered body: its number between NUL and SOH. `/` ends a link,
`t` where its address is to be shown; an image follows with its alt text and the rest."""

_DESCRIPTION = 160  # characters: what result lists and search engines show of a text
_HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>|\x00[/t]?[0-9]+\x01")
_WORDS = re.compile(r"<(/?)(code|em|strong|s|sub|sup|mark|kbd)\b", re.IGNORECASE)
# A picture of another host in a link: that it would be a link itself ends the one around it.
_PICTURE_IN_LINK = re.compile(
    r'(<a href="[^"]*" rel="noopener"[^>]*>|\x00\d+\x01(?!<img))((?:(?!</?a[ >])[^\x00])*?)'
    r'<a href="[^"]*" rel="noopener">([^<]*)</a>'
)
_WORDLESS_LINK = re.compile(r'(<a href="([^"]*)"[^>]*>)((?:\s|<img [^>]*alt=""[^>]*>)*)</a>')
_BARE_LINK = re.compile(
    r'(<a href="((?:https?://)?([^"]*?)/?)" rel="noopener")(?=>(?:\2|\3/?)</a>)', re.IGNORECASE
)
_WORDLESS_WANT = re.compile(r'\x00([0-9]+)\x01((?:\s|\x00[0-9]+\x01<img alt=""[^>]*>)*)\x00/\1\x01')
_NAMED_WANT = re.compile(r"\x00([0-9]+)\x01([^<\x00]+)\x00/\1\x01")
_WORDLESS = re.compile(r"\x00t([0-9]+)\x01")
_OF_MYST = re.compile(r"\A(?:project|path):(?=.)")  # its schemes for addresses of the project
_LABEL = re.compile(r"[\w-]+(?::[\w-]+)+")
_ALIGN = re.compile(r' style="text-align:(left|center|right)"')
_OUTLINE_LEVELS = (2, 3)
_ROOTED = 8  # links from the root that a site keeps of an article


def render_body(
    page: Page,
    analyzer: Analyzer,
    *,
    remote_images: Collection[str],
    words: Mapping[str, str] | None = None,
) -> RenderedBody:
    """The rendered body of an article. Raises ContentError where its HTML passes a limit.

    Images of hosts in `remote_images` are shown; others become links. `words` are what the site
    calls callouts, footnotes and tasks, by name, in English without them.
    """
    article, document = page.article, page.document
    is_myst = "myst" in page.dialect.marks
    writer = _LinkWriter(article, remote_images, page.dialect.published_at, is_myst=is_myst)
    html = document.html(
        link=writer.link,
        image=writer.image,
        with_title=not page.top,
        highlight=page.dialect.markdown.highlight,
        words=words,
    )
    outline, html = _write_headings(html, writer, _by_new(document.former_anchors()))
    html = _without_labels(html, writer.wants) if is_myst else html
    html = _finish_blocks(html, has_linked_images=writer.has_linked_images)
    for number in map(int, _WORDLESS.findall(html)):
        writer.wants[number] = writer.wants[number]._replace(wordless=True)
    meta = PageMeta(
        **{name: getattr(article, name) for name in META_FIELDS},
        description=article.summary or _beginning(article.sections),
        top=page.top,
        anchors=document.anchors,
        labels=tuple(document.labels.items()) if is_myst else (),
        rooted=tuple(writer.rooted),
        terms=weigh_terms(article, analyzer),
        includes=article.includes,
        problems=(*article.problems, *writer.problems, *_uneven_headings(article, document)),
    )
    questions = _questions(article.sections)
    markdown = article.body if document.is_plain else document.markdown(words=words)
    return RenderedBody(meta, tuple(writer.wants), html, page.heading, outline, questions, markdown)


class _LinkWriter:
    """Writes the links and images of one article, and keeps what is left to resolve."""

    def __init__(
        self,
        article: Article,
        remote_images: Collection[str],
        published_at: Collection[str],
        *,
        is_myst: bool,
    ) -> None:
        self.wants: list[LinkReference] = []
        self.rooted: dict[str, None] = {}
        self.problems: list[Problem] = []
        self.has_linked_images = False
        self._path = article.path
        self._is_myst = is_myst
        self._remote_images = remote_images
        self._hosts = frozenset(host for place in published_at if (host := host_of(place)))

    def link(self, href: str, title: str, line: int) -> tuple[str, str]:
        """What stands before and after the text of a link."""
        place, address = sort_link(self._without_scheme(href) if self._is_myst else href)
        if place is Place.INSIDE or leads_back(address, self._hosts):
            if address.startswith("/") and len(self.rooted) < _ROOTED:
                self.rooted[target_of(address)] = None
            number = self._want(address, line)
            return f"\x00{number}\x01", f"\x00/{number}\x01"
        if place is Place.REFUSED:
            self.report(line, f"the link {_short(href)} {address}: shown as text", "link")
            return '<span class="missing">', "</span>"
        hint = f' title="{escape(title)}"' if title else ""
        return f'<a href="{escape(address)}" rel="noopener"{hint}>', "</a>"

    @staticmethod
    def _without_scheme(href: str) -> str:
        """An address of the project as any other; a name with colons as that of a place."""
        bare = _OF_MYST.sub("", href)
        is_name = _LABEL.fullmatch(bare) and sort_link(bare)[0] is Place.REFUSED
        return f"#{bare}" if is_name else bare

    def image(
        self, src: str, alt: str, title: str, line: int, size: tuple[str, str] = ("", "")
    ) -> str:
        """What stands for an image: a want, or a link where it lies on another host."""
        if not alt.strip():
            self.report(line, f"the image {_short(src)} has no description", "accessibility")
        place, address = sort_link(src)
        is_ours = leads_back(address, self._hosts) or path_in_repository(address)
        here = is_ours and not lies_on(address, self._remote_images)
        if place is Place.INSIDE or here:
            hint = (f' title="{escape(title)}"' if title else "") + write_size(size)
            return f'\0{self._want(address, line, image=True)}\1<img alt="{escape(alt)}"{hint}>'
        host = host_of(address) if place is Place.OUTSIDE else ""
        if not host:
            self.report(line, f"the image {_short(src)} {address}: left out", "image")
            return f'<span class="missing">{escape(alt)}</span>'
        if lies_on(address, self._remote_images):
            return (
                f'<img src="{escape(address)}" alt="{escape(alt)}"{write_size(size)}'
                ' loading="lazy" decoding="async">'
            )
        self.has_linked_images = True
        self.report(line, f"the image {_short(src)} lies on another host: made a link", "image")
        return f'<a href="{escape(address)}" rel="noopener">{escape(alt.strip() or address)}</a>'

    def report(self, line: int | None, message: str, code: str) -> None:
        """Keep a problem of this article; what only the text can mend is a note."""
        severity = Severity.NOTE if code == "accessibility" else Severity.WARNING
        self.problems.append(Problem(self._path, line, message, severity, code))

    def _want(self, address: str, line: int, *, image: bool = False) -> int:
        self.wants.append(want(address, self._path, line, image=image))
        return len(self.wants) - 1


def _short(url: str) -> str:
    url = shown(url)
    return url if len(url) <= 80 else f"{url[:77]}..."  # noqa: PLR2004 one line of a terminal


def _by_new(former: Mapping[str, str]) -> dict[str, str]:
    """For each anchor that was called otherwise, a place in the page that is called so still."""
    return {escape(new): f'<span id="{escape(old)}"></span>' for old, new in former.items()}


def _write_headings(
    html: str, writer: _LinkWriter, former: Mapping[str, str]
) -> tuple[tuple[Heading, ...], str]:
    """Give each heading a link to itself, and list those of the table of contents.

    `former` holds what leads to a heading from its former address, by anchor.
    """
    outline: list[Heading] = []

    def linked(found: re.Match[str]) -> str:
        level, anchor, inner = max(int(found[1]), 2), found[2], found[3]
        text = " ".join(_TAG.sub("", inner).split())
        if not text:
            writer.report(None, "a heading has no text", "accessibility")
            return f'<p id="{anchor}">{inner}</p>'
        outline.append(Heading(level, anchor, unescape(text), _words_of(inner)))
        inner = former.get(anchor, "") + inner
        return (
            f'<div class="heading"><h{level} id="{anchor}">{inner}</h{level}>'
            f'<a class="anchor" href="#{anchor}" aria-label="# {text}"></a></div>'
        )

    html = _HEADING.sub(linked, html)
    return tuple(h for h in outline if h.level in _OUTLINE_LEVELS), html


def _words_of(inner: str) -> str:
    """A heading's HTML with nothing but its words and what marks them."""

    def kept(found: re.Match[str]) -> str:
        name = _WORDS.match(found.group())
        return f"<{name[1]}{name[2].lower()}>" if name else ""

    return " ".join(_TAG.sub(kept, inner).split())


def _finish_blocks(html: str, *, has_linked_images: bool) -> str:
    """Tables and code that can be scrolled by keyboard, links that have a text and no link in them,
    those whose text is their address marked (on paper it stands there once), no style.
    """
    if "<pre>" in html:
        html = html.replace("<pre>", '<pre tabindex="0">')
    if "text-align" in html:  # no page has a style in it
        html = _ALIGN.sub(r' class="\1"', html)
    if "<table>" in html:
        html = html.replace("<th", '<th scope="col"').replace('<th scope="col"ead>', "<thead>")
        html = re.sub(r"<th [^>]*></th>", "<td></td>", html)
        html = html.replace("<table>", '<div class="table" tabindex="0"><table>')
        html = html.replace("</table>", "</table></div>")
    while has_linked_images and _PICTURE_IN_LINK.search(html):
        html = _PICTURE_IN_LINK.sub(r"\1\2\3", html)
    html = _WORDLESS_LINK.sub(r"\1\3\2</a>", html)
    html = _BARE_LINK.sub(r'\1 class="bare"', html)
    return _WORDLESS_WANT.sub("\x00\\1\x01\\2\x00t\\1\x01\x00/\\1\x01", html)


def _without_labels(html: str, wants: Sequence[LinkReference]) -> str:
    """Links without the words that only say where they lead, in place of which the name of that
    page or heading is shown.
    """

    def without(found: re.Match[str]) -> str:
        written = wants[int(found[1])].written
        name = label_id(unquote(written.rpartition("/")[2]))
        is_name = label_id(_OF_MYST.sub("", unescape(found[2]))) == name
        return f"\0{found[1]}\1\0/{found[1]}\1" if is_name else found[0]

    return _NAMED_WANT.sub(without, html)


def _beginning(sections: tuple[Section, ...]) -> str:
    """How the text begins, cut at a word."""
    text = " ".join(next((s.text for s in sections if s.text), "")[: _DESCRIPTION * 4].split())
    if len(text) <= _DESCRIPTION:
        return text
    return text[: text.rfind(" ", _DESCRIPTION // 2, _DESCRIPTION)].rstrip(" ,;:.") + "…"


def _questions(sections: tuple[Section, ...]) -> tuple[Question, ...]:
    return tuple(
        Question(section.heading, " ".join(section.text.split()))
        for section in sections
        if section.level > 1
        and section.heading.endswith(("?", "\uff1f", "\u061f"))
        and section.text
    )


def _uneven_headings(article: Article, document: Document) -> list[Problem]:
    """Headings that skip a level: who listens to a page loses the thread there."""
    above = 1
    skipped = []
    for section in document.sections:
        level = section.level
        if level > above + 1:
            message = f"the heading {section.heading!r} skips a level (H{above} to H{level})"
            line = section.lines[0]
            skipped.append(Problem(article.path, line, message, Severity.NOTE, "accessibility"))
        above = level or above
    return skipped


class _Settings(NamedTuple):
    """What the rendered body of an article depends on besides its file."""

    content: Path
    language: str
    stop_words: tuple[str, ...]
    remote_images: tuple[str, ...]
    limits: Limits
    dialect: Dialect
    theme: Path


class _Voices:
    """What is said beside a text, and how it is cut into terms, in each language."""

    def __init__(self, settings: _Settings, analyzer: Analyzer | None = None) -> None:
        self._settings = settings
        own = analyzer or Analyzer(settings.language, settings.stop_words)
        self._analyzers = {"": own}
        self._words: dict[str, Mapping[str, str]] = {}

    def analyzer(self, language: str) -> Analyzer:
        """That of a language, empty for that of the settings."""
        if language not in self._analyzers:
            self._analyzers[language] = Analyzer(language, self._settings.stop_words)
        return self._analyzers[language]

    def words(self, language: str) -> Mapping[str, str]:
        """What callouts, footnotes and tasks are called."""
        if language not in self._words:
            wording = read_wording(language or self._settings.language, self._settings.theme)
            self._words[language] = wording.beside_text()
        return self._words[language]


class Parsed(NamedTuple):
    """What one file gave: its rendered body for the site, and the article for the index."""

    rendered: RenderedBody
    article: Article


_ARTICLE = "article"
"""The kind of the store's values: under an article's path a hash of what all of them depend on, its
record and its links, each on a line.
"""


class ArticleLoader:
    """Gives the articles of one build: as they are kept where their files have not changed, else
    read, each at most once unless memory would suffer.
    """

    def __init__(
        self,
        config: Config,
        analyzer: Analyzer,
        snapshot: Snapshot,
        theme: Path,
        *,
        origin: str = "",
        store: Store | None = None,
        common: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """`origin` is an address at which the articles stood, beside those of the dialect; `store`
        keeps what was read, `common` is what else all that is kept depends on.
        """
        self.dialect = snapshot.dialect
        if origin:
            published_at = (*self.dialect.published_at, origin)
            self.dialect = replace(self.dialect, published_at=published_at)
        self._settings = _Settings(
            config.content,
            config.language,
            config.search.stop_words,
            config.site.remote_images,
            config.limits,
            self.dialect,
            theme,
        )
        self._voices = _Voices(self._settings, analyzer)
        self._snapshot = snapshot
        self._store = store or Store(None)
        self._common = hashlib.sha256(f"{common}{origin}".encode()).hexdigest()[:16].encode()
        self._progress = progress
        self._sources = {source.path: source for source in snapshot.listing.articles}
        self._metas: dict[str, PageMeta] = {}
        self._bodies: Spool[RenderedBody] = Spool(_write_body, self._read_body)
        self._new: set[str] = set()
        self._included: dict[str, tuple[int, int]] = {}

    def records(self) -> tuple[list[PageMeta], list[Problem]]:
        """A record of every article that can be read, in order, and why others can't. The snapshot
        holds those that were read.
        """
        known = self._kept()
        new = [source for path, source in self._sources.items() if path not in known]
        self._new = {source.path for source in new}
        problems: list[Problem] = []
        for source, found in zip(new, self._read(new), strict=True):
            if isinstance(found, Parsed):
                self._snapshot.hold(source, found.article)
                self._keep(found.rendered)
                known[source.path] = found.rendered.meta
            else:
                problems += found
        return [known[path] for path in self._sources if path in known], problems

    def held(self, path: str) -> RenderedBody | None:
        """The rendered body of an article that was read just now; it is handed out once."""
        return self._bodies.pop(path)

    def remembers(self, path: str) -> bool:
        """Whether an article is as it was in the last build, and was not read."""
        return path not in self._new

    def wants(self, path: str) -> tuple[LinkReference, ...]:
        """The links and images of an article that is not held."""
        *_, text = (self._store.get(_ARTICLE, path) or b"").split(b"\n")
        wants = wants_from_json(text)
        if wants is not None:
            return wants
        (found,) = self._read([self._sources[path]])
        return found.rendered.wants if isinstance(found, Parsed) else ()

    def rendered(self, paths: Iterable[str]) -> Iterator[RenderedBody]:
        """The rendered bodies of articles that are not held, in order."""
        self._bodies.close()
        for found in self._read([self._sources[path] for path in paths]):
            if isinstance(found, Parsed):
                yield found.rendered

    def _kept(self) -> dict[str, PageMeta]:
        """The records of files that have not changed since they were kept, by path."""
        digests = {
            path: self._snapshot.known_digest(source) for path, source in self._sources.items()
        }
        known, gone, now = {}, [], today()
        for path, value in self._store.all(_ARTICLE):
            common, _, rest = value.partition(b"\n")
            meta = from_json(rest.partition(b"\n")[0]) if common == self._common else None
            if meta is None or meta.digest != digests.get(path):
                if path not in digests:
                    gone.append(path)
            elif (meta.until is None or meta.until > now) and not self._has_other_includes(meta):
                known[path] = meta
        if gone:
            self._store.drop(_ARTICLE, gone)
        return known

    def _has_other_includes(self, meta: PageMeta) -> bool:
        """Whether a text that an article includes has changed since."""
        if not meta.includes:
            return False
        from kb.content.includes import have_changed  # noqa: PLC0415  # brings both parsers

        return have_changed(self.dialect.project, meta.includes, self._included)

    def _keep(self, rendered: RenderedBody) -> None:
        path = rendered.meta.path
        self._metas[path] = rendered.meta
        self._bodies.put(path, rendered, len(rendered.html) + len(rendered.body))
        texts = (as_json(rendered.meta), wants_as_json(rendered.wants))
        value = b"\n".join((self._common, *(text.encode() for text in texts)))
        self._store.put(_ARTICLE, [(path, value)])

    def _read_body(self, record: list[Any]) -> RenderedBody:
        path, wants, html, heading, outline, questions, body = record
        return RenderedBody(
            self._metas[path],
            tuple([LinkReference(*wanted) for wanted in wants]),
            html,
            heading,
            tuple([Heading(*below) for below in outline]),
            tuple([Question(*question) for question in questions]),
            body,
        )

    def _read(self, sources: Sequence[SourceFile]) -> Iterator[Parsed | tuple[Problem, ...]]:
        for done, source in enumerate(sources, 1):
            yield _read_one(source, self._voices, self._settings)
            if self._progress:
                self._progress(done, len(sources))


def _write_body(rendered: RenderedBody) -> list[Any]:
    """A rendered body as JSON holds it, with its path for its record, which stays in memory."""
    return [rendered.meta.path, *rendered[1:]]


def _read_one(
    source: SourceFile, voices: _Voices, settings: _Settings
) -> Parsed | tuple[Problem, ...]:
    try:
        if is_large(source, settings.limits):
            return run_sandboxed(_read_apart, source, settings, limits=settings.limits)
        return _read(source, voices, settings)
    except ContentError as error:
        from kb.content.reader import problem_of  # noqa: PLC0415  # brings both parsers

        return (problem_of(source.path, error),)


def _read_apart(source: SourceFile, settings: _Settings) -> Parsed | tuple[Problem, ...]:
    """Read a large article in a process of its own."""
    return _read(source, _Voices(settings), settings)


def _read(source: SourceFile, voices: _Voices, settings: _Settings) -> Parsed | tuple[Problem, ...]:
    page = read_page(settings.content, source, limits=settings.limits, dialect=settings.dialect)
    if isinstance(page, tuple):
        return page
    language = page.article.language
    rendered = render_body(
        page,
        voices.analyzer(language),
        remote_images=settings.remote_images,
        words=voices.words(language),
    )
    return Parsed(rendered, replace(page.article, body=""))
