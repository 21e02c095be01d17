"""Articles of a build: remembered from the last one, or read from disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.config import today
from kb.content import read_page
from kb.content.dialects import Dialect, dialect_of
from kb.content.sandbox import is_large, run_sandboxed
from kb.content.snapshot import IN_MEMORY, Spool
from kb.errors import ContentError
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
from kb.site.links import LinkReference
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.config import Config, Limits
    from kb.content import SourceFile
    from kb.content.snapshot import Snapshot
    from kb.model import Article, Problem
    from kb.site.article_records import PageMeta
    from kb.site.build_cache import Memory


class RenderedBodies:
    """Holds rendered bodies by name; each can be taken once. What pages of others show of
    them stays in memory: everything needs that.
    """

    def __init__(self, room: int = IN_MEMORY) -> None:
        self._spool: Spool[tuple[Any, ...]] = Spool(list, _read_body, room)
        self._records: dict[str, PageMeta] = {}

    def put(self, name: str, rendered: RenderedBody) -> None:
        """Hold a rendered body."""
        _, *rest = rendered
        self._spool.put(name, tuple(rest), len(rendered.html) + len(rendered.body))
        self._records[name] = rendered.meta

    def take(self, name: str) -> RenderedBody | None:
        """The rendered body of that name, which is not held any more; None if it never was."""
        rest = self._spool.pop(name)
        return None if rest is None else RenderedBody(self._records.pop(name), *rest)

    def close(self) -> None:
        """Let everything go."""
        self._spool.close()
        self._records.clear()


def _read_body(record: list[Any]) -> tuple[Any, ...]:
    """What of a rendered body is held apart from its record."""
    wants, html, heading, outline, questions, body = record
    return (
        tuple([LinkReference(*wanted) for wanted in wants]),
        html,
        heading,
        tuple([Heading(*heading) for heading in outline]),
        tuple([Question(*question) for question in questions]),
        body,
    )


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


class Reader:
    """Reads the articles of one build, each at most once unless memory would suffer."""

    def __init__(
        self,
        config: Config,
        analyzer: Analyzer,
        memory: Memory,
        progress: Callable[[int, int], None] | None,
        theme: Path,
        *,
        origin: str = "",
    ) -> None:
        """`origin` is an address at which the articles stood, beside those of the dialect."""
        self._origin = origin
        self._settings = _Settings(
            config.content,
            config.language,
            config.search.stop_words,
            config.site.remote_images,
            config.limits,
            dialect_of(config),
            theme,
        )
        self._voices = _Voices(self._settings, analyzer)
        self._memory = memory
        self._progress = progress
        self._sources: dict[str, SourceFile] = {}
        self._bodies = RenderedBodies()
        self._new: set[str] = set()
        self._kept: dict[str, str] = {}
        self._wants: dict[str, str] = {}
        self._included: dict[str, tuple[int, int]] = {}

    @property
    def dialect(self) -> Dialect:
        """How the articles are read."""
        return self._settings.dialect

    def records(self, snapshot: Snapshot) -> tuple[list[PageMeta], list[Problem]]:
        """A record of every article that can be read, in order, and why others can't. The snapshot
        holds those that were read.
        """
        dialect = snapshot.dialect
        if self._origin:
            dialect = replace(dialect, published_at=(*dialect.published_at, self._origin))
        self._settings = self._settings._replace(dialect=dialect)
        sources = snapshot.listing.articles
        self._sources = {source.path: source for source in sources}
        known = {source.path: self._remembered(source) for source in sources}
        new = [source for source in sources if known[source.path] is None]
        self._new = {source.path for source in new}
        problems: list[Problem] = []
        for source, found in zip(new, self._read(new), strict=True):
            if isinstance(found, Parsed):
                snapshot.hold(source, found.article)
                self._bodies.put(source.path, found.rendered)
                self._kept[source.path] = as_json(found.rendered.meta)
                self._wants[source.path] = wants_as_json(found.rendered.wants)
                known[source.path] = found.rendered.meta
            else:
                problems += found
        for path, record in known.items():
            if record is not None and path not in self._kept:
                self._kept[path] = self._memory.records[path]
                self._wants[path] = self._memory.wants[path]
        return [record for record in known.values() if record is not None], problems

    def _remembered(self, source: SourceFile) -> PageMeta | None:
        """The record of a file that has not changed since the last build."""
        if self._memory.states.get(source.path) != list(source):
            return None
        known = from_json(self._memory.records[source.path])
        if known is None or (known.until is not None and known.until <= today()):
            return None
        if known.includes:
            from kb.content.includes import have_changed  # noqa: PLC0415  # brings both parsers

            if have_changed(self._settings.dialect.root, known.includes, self._included):
                return None
        return known

    def held(self, path: str) -> RenderedBody | None:
        """The rendered body of an article that was read just now; it is handed out once."""
        return self._bodies.take(path)

    def remembers(self, path: str) -> bool:
        """Whether an article is as it was in the last build, and was not read."""
        return path not in self._new

    def wants(self, path: str) -> tuple[LinkReference, ...]:
        """The links and images of an article that is not held."""
        wants = wants_from_json(self._wants[path])
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

    def memory(self) -> tuple[dict[str, list[Any]], dict[str, str], dict[str, str]]:
        """States, records and links of what was read, for the next build."""
        return {path: list(self._sources[path]) for path in self._kept}, self._kept, self._wants

    def _read(self, sources: Sequence[SourceFile]) -> Iterator[Parsed | tuple[Problem, ...]]:
        for done, source in enumerate(sources, 1):
            yield _read_one(source, self._voices, self._settings)
            if self._progress:
                self._progress(done, len(sources))


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
    from kb.site.render import render_body  # noqa: PLC0415  # brings the Markdown parser

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
