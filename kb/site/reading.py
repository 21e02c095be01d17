"""Records and drafts of articles: remembered, or read from disk in one process or several."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.analysis import Analyzer
from kb.articles import read_article, read_page
from kb.articles.apart import is_large, run_apart
from kb.errors import ContentError
from kb.site.records import (
    Draft,
    Record,
    as_json,
    from_json,
    wants_as_json,
    wants_from_json,
)
from kb.site.spool import Drafts, Spool
from kb.sources import Digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.articles import SourceFile
    from kb.config import Config
    from kb.limits import Limits
    from kb.model import Article, Problem
    from kb.site.cache import Memory
    from kb.site.links import Want

_BATCH = 32  # articles that a process is given at a time


class _Settings(NamedTuple):
    """What the draft of an article depends on besides its file."""

    content: Path
    language: str
    remote_images: tuple[str, ...]
    limits: Limits


class Parsed(NamedTuple):
    """What one file gave: its draft for the site, and the article, without body, for the index."""

    draft: Draft
    article: Article


class Reader:
    """Reads the articles of one build, each at most once unless memory would suffer. `digests` are
    those of the files that it has read.
    """

    def __init__(
        self,
        config: Config,
        analyzer: Analyzer,
        jobs: int,
        memory: Memory,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._settings = _Settings(
            config.content, config.language, config.site.remote_images, config.limits
        )
        self._analyzer = analyzer
        self._jobs = jobs
        self._memory = memory
        self._progress = progress
        self._sources: dict[str, SourceFile] = {}
        self._drafts = Drafts()
        self._articles: Spool[Article] = Spool()
        self._digests: dict[str, str] = {}
        self.digests = Digests(self._digests, time.time_ns())
        self._new: set[str] = set()
        self._kept: dict[str, str] = {}
        self._wants: dict[str, str] = {}

    def records(self, sources: Sequence[SourceFile]) -> tuple[list[Record], list[Problem]]:
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
                self._articles.hold(source.path, found.article, size)
                self._kept[source.path] = as_json(found.draft.record)
                self._wants[source.path] = wants_as_json(found.draft.wants)
                known[source.path] = found.draft.record
            else:
                problems += found
        for path, record in known.items():
            if record is not None and path not in self._kept:
                self._kept[path] = self._memory.records[path]
                self._wants[path] = self._memory.wants[path]
        return [record for record in known.values() if record is not None], problems

    def _remembered(self, source: SourceFile) -> Record | None:
        """The record of a file that has not changed since the last build."""
        if self._memory.states.get(source.path) != list(source):
            return None
        return from_json(self._memory.records[source.path])

    def held(self, path: str) -> Draft | None:
        """The draft of an article that was read just now; it is handed out once."""
        return self._drafts.take(path)

    def remembers(self, path: str) -> bool:
        """Whether an article is as it was in the last build, and was not read."""
        return path not in self._new

    def wants(self, path: str) -> tuple[Want, ...]:
        """The links and images of an article that is not held."""
        wants = wants_from_json(self._wants[path])
        if wants is not None:
            return wants
        (found,) = self._read([self._sources[path]])
        return found.draft.wants if isinstance(found, Parsed) else ()

    def drafts(self, paths: Iterable[str]) -> Iterator[Draft]:
        """The drafts of articles that are not held, in order."""
        self._drafts.close()
        for found in self._read([self._sources[path] for path in paths]):
            if isinstance(found, Parsed):
                yield found.draft

    def article(self, source: SourceFile) -> Article | tuple[Problem, ...]:
        """An article for the index: as it was read for its page, once, or else from disk."""
        read = self._articles.let_go(source.path)
        return read or read_article(self._settings.content, source, limits=self._settings.limits)

    def forget_articles(self) -> None:
        """Let go of the articles: the index has taken what it needs."""
        self._articles.close()

    def memory(self) -> tuple[dict[str, list[Any]], dict[str, str], dict[str, str]]:
        """States, records and links of what was read, for the next build."""
        return {path: list(self._sources[path]) for path in self._kept}, self._kept, self._wants

    def _read(self, sources: Sequence[SourceFile]) -> Iterator[Parsed | tuple[Problem, ...]]:
        for done, found in enumerate(self._results(sources), 1):
            yield found
            if self._progress:
                self._progress(done, len(sources))

    def _results(self, sources: Sequence[SourceFile]) -> Iterator[Parsed | tuple[Problem, ...]]:
        if self._jobs < 2 or len(sources) <= _BATCH:  # noqa: PLR2004 one process or several
            for source in sources:
                yield _read_one(source, self._analyzer, self._settings)
            return
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

        batches = [
            (list(sources[at : at + _BATCH]), self._settings)
            for at in range(0, len(sources), _BATCH)
        ]
        with ProcessPoolExecutor(self._jobs) as pool:
            for results in pool.map(_read_batch, batches):
                yield from results


def _read_batch(
    batch: tuple[list[SourceFile], _Settings],
) -> list[Parsed | tuple[Problem, ...]]:
    sources, settings = batch
    analyzer = Analyzer(settings.language)
    return [_read_one(source, analyzer, settings) for source in sources]


def _read_one(
    source: SourceFile, analyzer: Analyzer, settings: _Settings
) -> Parsed | tuple[Problem, ...]:
    try:
        if is_large(source, settings.limits):
            return run_apart(_read_apart, source, settings, limits=settings.limits)
        return _read(source, analyzer, settings)
    except ContentError as error:
        from kb.articles.reading import problem_of  # noqa: PLC0415  # brings both parsers

        return (problem_of(source.path, error),)


def _read_apart(source: SourceFile, settings: _Settings) -> Parsed | tuple[Problem, ...]:
    """Read a large article in a process of its own."""
    return _read(source, Analyzer(settings.language), settings)


def _read(
    source: SourceFile, analyzer: Analyzer, settings: _Settings
) -> Parsed | tuple[Problem, ...]:
    from kb.site.drafts import write_draft  # noqa: PLC0415  # brings the Markdown parser

    page = read_page(settings.content, source, limits=settings.limits)
    if isinstance(page, tuple):
        return page
    draft = write_draft(page, analyzer, remote_images=settings.remote_images)
    return Parsed(draft, replace(page.article, body=""))
