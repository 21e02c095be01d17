"""Articles of a build: remembered from the last one, or read from disk.

What waits for its turn is in memory while it is little, else in a temporary file.
"""

from __future__ import annotations

import pickle
import tempfile
import time
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from kb.content import read_article, read_page
from kb.content.dialects import Dialect, dialect_of
from kb.content.manifest import Digests
from kb.content.sandbox import is_large, run_sandboxed
from kb.errors import ContentError
from kb.site.article_records import (
    PageMeta,
    RenderedBody,
    as_json,
    from_json,
    wants_as_json,
    wants_from_json,
)
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.config import Config, Limits
    from kb.content import SourceFile
    from kb.model import Article, Problem
    from kb.site.article_records import PageMeta
    from kb.site.build_cache import Memory
    from kb.site.links import LinkReference

T = TypeVar("T")

_IN_MEMORY = 16_000_000
"""Characters of text held in memory: more articles than most sites have."""


class Spool(Generic[T]):
    """Holds values by name; each can be taken once."""

    def __init__(self, room: int = _IN_MEMORY) -> None:
        self._room = room
        self._held: dict[str, T] = {}
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[int, int]] = {}

    def put(self, name: str, value: T, size: int) -> None:
        """Hold a value of `size` characters of text."""
        if size <= self._room:
            self._room -= size
            self._held[name] = value
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the spool
        data = pickle.dumps(value, protocol=5)
        self._places[name] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def pop(self, name: str) -> T | None:
        """The value of that name, which is not held any more; None if it never was."""
        held = self._held.pop(name, None)
        place = self._places.pop(name, None)
        if held is not None or place is None or self._file is None:
            return held
        start, length = place
        self._file.seek(start)
        value: T = pickle.loads(self._file.read(length))  # noqa: S301  this spool wrote it
        return value

    def close(self) -> None:
        """Let everything go."""
        self._held.clear()
        self._places.clear()
        if self._file is not None:
            self._file.close()


class RenderedBodies:
    """Holds drafts by name; each can be taken once. Their records stay in memory: everything
    needs those.
    """

    def __init__(self, room: int = _IN_MEMORY) -> None:
        self._spool: Spool[tuple[Any, ...]] = Spool(room)
        self._records: dict[str, PageMeta] = {}

    def put(self, name: str, draft: RenderedBody) -> None:
        """Hold a draft."""
        rest = (draft.wants, draft.html, draft.outline, draft.questions, draft.body)
        self._spool.put(name, rest, len(draft.html) + len(draft.body))
        self._records[name] = draft.meta

    def take(self, name: str) -> RenderedBody | None:
        """The draft of that name, which is not held any more; None if it never was."""
        rest = self._spool.pop(name)
        return None if rest is None else RenderedBody(self._records.pop(name), *rest)

    def close(self) -> None:
        """Let everything go."""
        self._spool.close()
        self._records.clear()


class _Settings(NamedTuple):
    """What the draft of an article depends on besides its file."""

    content: Path
    language: str
    remote_images: tuple[str, ...]
    limits: Limits
    dialect: Dialect


class Parsed(NamedTuple):
    """What one file gave: its draft for the site, and the article, without body, for the index."""

    draft: RenderedBody
    article: Article


class Reader:
    """Reads the articles of one build, each at most once unless memory would suffer. `digests` are
    those of the files that it has read.
    """

    def __init__(
        self,
        config: Config,
        analyzer: Analyzer,
        memory: Memory,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._settings = _Settings(
            config.content,
            config.language,
            config.site.remote_images,
            config.limits,
            dialect_of(config),
        )
        self._analyzer = analyzer
        self._memory = memory
        self._progress = progress
        self._sources: dict[str, SourceFile] = {}
        self._drafts = RenderedBodies()
        self._articles: Spool[Article] = Spool()
        self._digests: dict[str, str] = {}
        self.digests = Digests(self._digests, time.time_ns())
        self._new: set[str] = set()
        self._kept: dict[str, str] = {}
        self._wants: dict[str, str] = {}

    def records(self, sources: Sequence[SourceFile]) -> tuple[list[PageMeta], list[Problem]]:
        """A record of every article that can be read, in order, and why others can't."""
        self._sources = {source.path: source for source in sources}
        known = {source.path: self._remembered(source) for source in sources}
        new = [source for source in sources if known[source.path] is None]
        self._new = {source.path for source in new}
        problems: list[Problem] = []
        for source, found in zip(new, self._read(new), strict=True):
            if isinstance(found, Parsed):
                self._digests[source.path] = found.article.digest
                self._drafts.put(source.path, found.draft)
                size = sum(len(section.text) for section in found.article.sections)
                self._articles.put(source.path, found.article, size)
                self._kept[source.path] = as_json(found.draft.meta)
                self._wants[source.path] = wants_as_json(found.draft.wants)
                known[source.path] = found.draft.meta
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
        return from_json(self._memory.records[source.path])

    def held(self, path: str) -> RenderedBody | None:
        """The draft of an article that was read just now; it is handed out once."""
        return self._drafts.take(path)

    def remembers(self, path: str) -> bool:
        """Whether an article is as it was in the last build, and was not read."""
        return path not in self._new

    def wants(self, path: str) -> tuple[LinkReference, ...]:
        """The links and images of an article that is not held."""
        wants = wants_from_json(self._wants[path])
        if wants is not None:
            return wants
        (found,) = self._read([self._sources[path]])
        return found.draft.wants if isinstance(found, Parsed) else ()

    def drafts(self, paths: Iterable[str]) -> Iterator[RenderedBody]:
        """The drafts of articles that are not held, in order."""
        self._drafts.close()
        for found in self._read([self._sources[path] for path in paths]):
            if isinstance(found, Parsed):
                yield found.draft

    def article(self, source: SourceFile) -> Article | tuple[Problem, ...]:
        """An article for the index: as it was read for its page, once, or else from disk."""
        read = self._articles.pop(source.path)
        settings = self._settings
        return read or read_article(
            settings.content, source, limits=settings.limits, dialect=settings.dialect
        )

    def forget_articles(self) -> None:
        """Let go of the articles: the index has taken what it needs."""
        self._articles.close()

    def memory(self) -> tuple[dict[str, list[Any]], dict[str, str], dict[str, str]]:
        """States, records and links of what was read, for the next build."""
        return {path: list(self._sources[path]) for path in self._kept}, self._kept, self._wants

    def _read(self, sources: Sequence[SourceFile]) -> Iterator[Parsed | tuple[Problem, ...]]:
        for done, source in enumerate(sources, 1):
            yield _read_one(source, self._analyzer, self._settings)
            if self._progress:
                self._progress(done, len(sources))


def _read_one(
    source: SourceFile, analyzer: Analyzer, settings: _Settings
) -> Parsed | tuple[Problem, ...]:
    try:
        if is_large(source, settings.limits):
            return run_sandboxed(_read_apart, source, settings, limits=settings.limits)
        return _read(source, analyzer, settings)
    except ContentError as error:
        from kb.content.reader import problem_of  # noqa: PLC0415  # brings both parsers

        return (problem_of(source.path, error),)


def _read_apart(source: SourceFile, settings: _Settings) -> Parsed | tuple[Problem, ...]:
    """Read a large article in a process of its own."""
    return _read(source, Analyzer(settings.language), settings)


def _read(
    source: SourceFile, analyzer: Analyzer, settings: _Settings
) -> Parsed | tuple[Problem, ...]:
    from kb.site.render import render_body  # noqa: PLC0415  # brings the Markdown parser

    page = read_page(settings.content, source, limits=settings.limits, dialect=settings.dialect)
    if isinstance(page, tuple):
        return page
    draft = render_body(page, analyzer, remote_images=settings.remote_images)
    return Parsed(draft, replace(page.article, body=""))
