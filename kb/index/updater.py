"""Keeping an index equal to the articles: what changed, and the least work that follows."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import astuple, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kb.config import Ranking, today
from kb.content import read_topics, resolve_aliases
from kb.content.dialects import dialect_of, locate
from kb.content.languages import found_languages
from kb.content.snapshot import Snapshot, state_of_folder
from kb.errors import ConfigError, IndexingError
from kb.files import is_settled, replace_file
from kb.index.generations import (
    SOURCES,
    TOPICS,
    DamagedIndexError,
    Generation,
    IndexFolder,
    NewGeneration,
    engine_folder,
    note,
    read_notes,
    reading,
)
from kb.libraries import INDEX, difference, releases
from kb.model import Article, Problem, decode_problem, encode_problem
from kb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.config import Config
    from kb.content import SourceFile
    from kb.content.languages import Languages
    from kb.content.snapshot import FolderState
    from kb.content.topics import TopicFile
    from kb.index.engine import Engine
    from kb.model import FileRow, Progress
    from kb.semantic.encoder import ModelFiles
    from kb.semantic.kept import KeptVectors
    from kb.semantic.vectors import Encodings, Writer
    from kb.semantic.word_writer import WordWriter

T = TypeVar("T")

FORMAT = 34
"""Raised whenever the same articles would give another index."""

_DAMAGED = "the index was damaged"
_UPGRADED = "libraries changed"


class Changes(NamedTuple):
    """What indexing did. Ids of articles; `moved` holds the new ids.

    `rebuilt` says that the whole index was built anew, for `reason`; what changed is told if
    the index before could be read. `problems` are all that the content has now, not only in
    what changed. `seconds` is wall-clock time.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rebuilt: bool = False
    reason: str = ""
    sections: int = 0
    articles: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


class Source(NamedTuple):
    """A file that was read. `id` is its article's, empty where there is none; `problems` are
    what was found in it. On the day `until` (in ISO form), and when a file of `includes` has
    changed, the article has to be read again.
    `language` is as in `ArticleMeta`.
    """

    path: str
    digest: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    sections: int = 0
    problems: tuple[Problem, ...] = ()
    until: str = ""
    includes: tuple[FileRow, ...] = ()
    language: str = ""

    @property
    def routes(self) -> tuple[str, ...]:
        """None: what takes them is no problem of an article's."""
        return ()

    def record(self) -> list[Any]:
        """As JSON keeps it, beside its path: most have a digest, an id and sections only."""
        record: list[Any] = [self.digest, self.id, self.sections]
        if self.aliases or self.problems or self.until or self.includes or self.language:
            problems = list(map(encode_problem, self.problems))
            record += [self.aliases, problems, self.until, self.includes, self.language]
        return record


def read_sources(records: Mapping[str, Any]) -> dict[str, Source]:
    """The sources that a manifest holds, by path."""
    return {path: _read_source(path, record) for path, record in records.items()}


def _read_source(path: str, record: list[Any]) -> Source:
    digest, id_, sections, *more = record
    if not more:
        return Source(path, digest, id_, (), sections)
    aliases, problems, until, includes, language = more
    decoded = tuple(map(decode_problem, problems))
    rows = tuple((name, size, time) for name, size, time in includes)
    return Source(path, digest, id_, tuple(aliases), sections, decoded, until, rows, language)


class Difference(NamedTuple):
    """How the files of now differ from an index's sources; all are paths."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.moved)


def compare(old: Mapping[str, Source], digests: Mapping[str, str]) -> Difference:
    """Compare an index's sources with the digests of the files of now.

    A file that is gone while another with the same digest came has moved.
    """
    came = dict.fromkeys(path for path in digests if path not in old)
    gone = {path: source.digest for path, source in old.items() if path not in digests}
    origins: dict[str, list[str]] = {}
    for path, digest in reversed(gone.items()):
        origins.setdefault(digest, []).append(path)
    origins.pop("", None)  # files that can't be read
    moved = [(origins[digests[p]].pop(), p) for p in came if origins.get(digests[p])]
    for origin, path in moved:
        del gone[origin], came[path]
    changed = (p for p, source in old.items() if digests.get(p, source.digest) != source.digest)
    return Difference(tuple(came), tuple(changed), tuple(gone), tuple(moved))


class _Found(NamedTuple):
    """The content of now beside the index of now; `reason` says why that one can't be kept."""

    snapshot: Snapshot
    generation: Generation | None
    sources: dict[str, Source]
    reason: str
    difference: Difference

    @property
    def fresh(self) -> bool:
        return not self.reason and not self.difference


class Indexer(NamedTuple):
    """Brings the index of one content folder up to date.

    `open_engine` opens an engine on a folder, for a language (empty for that of the settings). A
    `thorough` indexer reads every file of the index to see whether it is damaged. Whoever has
    looked at the content folder already hands over its `snapshot`.
    """

    config: Config
    open_engine: Callable[[Path, str], Engine]
    progress: Progress | None = None
    thorough: bool = False
    snapshot: Snapshot | None = None

    def bring_up_to_date(self, *, force: str = "") -> tuple[Generation, Changes]:
        """The current generation, written first where it did not fit the articles.

        With `force`, which says why, it is built anew in any case.
        Raises ContentError where there is no content folder, IndexingError and
        IndexBusyError where an index has to be written and can't be.
        """
        started, began = time.perf_counter(), time.time_ns()
        folder = IndexFolder(self.config.index)
        state = None if self.snapshot else state_of_folder(self.config.content)
        if state and not force and not self.thorough:
            kept = self._as_before(folder, state)
            if kept is not None:
                folder.tidy()
                return kept
        found = self._look(folder)
        if found.fresh and not force:
            assert found.generation is not None
            changes = self._unchanged(found)
            self._note(found.snapshot, state, began, found.generation, changes)
            folder.tidy()
            return found.generation, changes
        with _telling(found.reason, folder), folder.writing():
            if folder.changed_since(found.generation):  # another process may have done the work
                found = self._look(folder)
            if force and not found.reason:
                found = found._replace(reason=force)
            generation, changes = self._write(folder, found)
            self._note(found.snapshot, state, began, generation, changes)
        return generation, changes._replace(seconds=time.perf_counter() - started)

    def as_it_is(self) -> tuple[Generation, Changes] | None:
        """The current generation, whether it fits the articles and the libraries that are
        installed or not; None without one that is whole and fits the settings.
        """
        generation, sources, _ = self._read_current(IndexFolder(self.config.index))
        if generation is None:
            return None
        return generation, _counted(sources)

    def _as_before(
        self, folder: IndexFolder, state: FolderState
    ) -> tuple[Generation, Changes] | None:
        """The current generation where it and the content folder are as the last run left them:
        then neither names nor what the generation was built from have to be gone through.
        """
        last = read_notes(folder.folder).get("last") or {}
        if last.get("content") != state.digest:
            return None
        generation, reason = self._current(folder)
        if generation is None or reason or last["generation"] != generation.folder.name:
            return None
        included = generation.manifest.get("includes")
        if included and _has_other_includes(included, self.config):
            return None
        try:
            problems = tuple(map(decode_problem, last["problems"]))
            return generation, Changes(
                articles=int(last["articles"]),
                sections=int(last["sections"]),
                problems=problems,
            )
        except (KeyError, TypeError, ValueError):  # sealed by another version of kb
            return None

    def _note(
        self,
        snapshot: Snapshot,
        state: FolderState | None,
        began: int,
        generation: Generation,
        changes: Changes,
    ) -> None:
        """Note for the next run what there is, if its state, which was looked at when this one
        began, had been the same for long enough.
        """
        last: dict[str, Any] = {}
        if state is not None and is_settled(state.newest, state.newest, began):
            last = {
                "content": state.digest,
                "generation": generation.folder.name,
                "articles": changes.articles,
                "sections": changes.sections,
                "problems": list(map(encode_problem, changes.problems)),
            }
        note(self.config.index, "last", last)
        snapshot.save()

    def _look(self, folder: IndexFolder) -> _Found:
        snapshot = self.snapshot or Snapshot(self.config)
        generation, sources, reason = self._read_current(folder)
        suffix = snapshot.dialect.title_suffix
        if generation and not reason and generation.manifest.get("title_suffix") != suffix:
            reason = "titles end with another name"
        marks = snapshot.dialect.links_by_name
        if generation and not reason and generation.manifest.get("links_by_name", marks) != marks:
            reason = "articles began or ceased to link by name"
        changed = _by_includes(sources, snapshot.dialect.project)
        digests = snapshot.digests
        difference = compare(sources, digests)
        difference = difference._replace(
            changed=tuple(
                dict.fromkeys((*difference.changed, *(p for p in changed if p in digests)))
            )
        )
        return _Found(snapshot, generation, sources, reason, difference)

    def _current(self, folder: IndexFolder) -> tuple[Generation | None, str]:
        """The current generation if it can be read, and why it can't be kept."""
        try:
            generation = folder.current(thorough=self.thorough)
        except DamagedIndexError as error:
            return None, f"{_DAMAGED}: {error}"
        if generation is None:
            return None, "there was no index"
        if generation.manifest.get("settings") != settings_of(self.config):
            return None, "settings or version changed"
        if not self._is_by_model(generation.manifest.get("model")):
            return None, "the encoder changed"
        if _has_come(generation.manifest.get("until", "")):
            return generation, "the day of an article has come"
        upgraded = difference(generation.manifest.get("libraries"), releases(INDEX))
        return generation, f"{_UPGRADED}: {upgraded}" if upgraded else ""

    def _is_by_model(self, state: str | None) -> bool:
        """Whether vectors were made by the model that is there. Those of words answer without one,
        so that it may be gone.
        """
        try:
            files = model_of(self.config)
        except ConfigError:
            if self.config.semantic.mode == "words":
                return state is not None
            raise
        return (files and files.state) == state

    def _read_current(
        self, folder: IndexFolder
    ) -> tuple[Generation | None, dict[str, Source], str]:
        """The same, with the sources of the generation."""
        generation, reason = self._current(folder)
        if generation is None:
            return None, {}, reason
        try:
            return generation, _sources_of(generation), reason
        except DamagedIndexError as error:
            return None, {}, f"{_DAMAGED}: {error}"

    def _unchanged(self, found: _Found) -> Changes:
        problems = [*found.snapshot.listing.problems, *_problems(found.sources.values())]
        return _counted(found.sources)._replace(problems=_in_order(problems))

    def _write(self, folder: IndexFolder, found: _Found) -> tuple[Generation, Changes]:
        if found.fresh:
            assert found.generation is not None
            return found.generation, self._unchanged(found)
        if not found.reason:
            try:
                written = self._update(folder, found)
            except Exception as error:
                found = self._excuse(folder, found, error)
                if not found.reason:
                    raise
            else:
                if written is not None:
                    return written
                found = found._replace(
                    reason="articles have other lengths or languages than before"
                )
        return self._build(folder, found)

    def _excuse(self, folder: IndexFolder, found: _Found, error: Exception) -> _Found:
        """What was found, with damage as the reason where it is the error, or where a thorough
        look finds any.
        """
        if isinstance(error, DamagedIndexError):
            return found._replace(reason=f"{_DAMAGED}: {error}")
        try:
            folder.current(thorough=True)
        except DamagedIndexError as damage:
            return found._replace(reason=f"{_DAMAGED}: {damage}")
        return found

    def _build(self, folder: IndexFolder, found: _Found) -> tuple[Generation, Changes]:
        sources: dict[str, Source] = {}
        meanings = _Meanings.of(self.config, self.progress)
        with folder.new_generation() as new:
            self._build_languages(new, found, sources, meanings)
            generation, changes = self._finish(new, found, sources, meanings)
        changes = changes._replace(rebuilt=True, reason=found.reason)
        if found.generation is None:
            return generation, changes
        return generation, _named(changes, found.difference, found.sources, sources)

    def _build_languages(
        self,
        new: NewGeneration,
        found: _Found,
        sources: dict[str, Source],
        meanings: _Meanings | None,
    ) -> None:
        """Build an index for each language. Only front matter may tell one: where names tell none,
        articles go straight to the only index, and others are held until that is done.
        """
        files, of_path = found.snapshot.listing.articles, self._languages.of_path
        usual = dict.fromkeys(of_path(file.path) for file in files) or {"": None}
        held: dict[str, list[SourceFile]] = {}
        vectors = meanings.kept if meanings else None

        def sort_out(only: str | None) -> Iterator[Article]:
            for file, article in self._read_files(found, files, sources):
                if article.language == only:
                    yield article
                    continue
                held.setdefault(article.language, []).append(file)
                found.snapshot.hold(file, article)

        if len(usual) == 1:
            self.open_engine(new.folder, *usual).build(sort_out(*usual), self.progress, vectors)
            if not held:
                return
            if any(source.id and source.language in usual for source in sources.values()):
                self._move_into(new.folder, *usual)
            else:
                self._clear(new.folder)
        else:
            for _ in sort_out(None):
                pass
        tags = {source.language for source in sources.values() if source.id}
        for tag in held or ("",):
            place = engine_folder(new.folder, tags, self._tag(tag))
            place.mkdir(exist_ok=True)
            own = self._read_files(found, held.get(tag, ()), sources)
            articles = (article for _, article in own)
            self.open_engine(place, tag).build(articles, self.progress, vectors)

    def _move_into(self, folder: Path, language: str) -> None:
        """Put the files of an index into the folder of its language."""
        below = folder / self._tag(language)
        files = [*folder.iterdir()]
        below.mkdir()
        for file in files:
            file.rename(below / file.name)

    @staticmethod
    def _clear(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()

    def _tag(self, language: str) -> str:
        return language or self._languages.base

    @property
    def _languages(self) -> Languages:
        return dialect_of(self.config).languages

    def _update(self, folder: IndexFolder, found: _Found) -> tuple[Generation, Changes] | None:
        """Write only what changed; None where the engine wants to build anew."""
        difference = found.difference
        came = {*difference.added, *difference.changed, *(path for _, path in difference.moved)}
        gone = {*difference.removed, *difference.changed, *(path for path, _ in difference.moved)}
        sources = {path: s for path, s in found.sources.items() if path not in gone}
        removed = [found.sources[path] for path in gone if found.sources[path].id]
        files = [file for file in found.snapshot.listing.articles if file.path in came]
        assert found.generation is not None
        meanings = _Meanings.of(self.config, self.progress)
        vectors = meanings.kept if meanings else None
        with folder.new_generation(found.generation) as new:
            articles = [article for _, article in self._read_files(found, files, sources)]
            tags = {source.language for source in sources.values() if source.id}
            if tags and tags != {*found.generation.languages}:
                return None
            for tag in found.generation.languages:
                gone_ids = [source.id for source in removed if source.language == tag]
                own = [article for article in articles if article.language == tag]
                place = engine_folder(new.folder, found.generation.languages, self._tag(tag))
                if not (gone_ids or own):
                    continue
                if not self.open_engine(place, tag).update(gone_ids, own, vectors):
                    return None
            generation, changes = self._finish(new, found, sources, meanings)
        return generation, _named(changes, difference, found.sources, sources)

    def _read_files(
        self, found: _Found, files: Iterable[SourceFile], sources: dict[str, Source]
    ) -> Iterator[tuple[SourceFile, Article]]:
        """The articles of some files, with these; notes in `sources` what each file gave, nothing
        for one that is gone since it was listed.
        """
        files = tuple(files)
        for done, file in enumerate(files, 1):
            result = found.snapshot.article(file)
            if isinstance(result, Article):
                sources[file.path] = _source_of(result)
                # The sections hold all that an index needs.
                yield file, replace(result, body="") if result.body else result
            elif os.path.lexists(self.config.content / file.path):
                sources[file.path] = Source(
                    file.path, found.snapshot.digests[file.path], problems=result
                )
            if self.progress is not None:
                self.progress(done, len(files))

    def _finish(
        self,
        new: NewGeneration,
        found: _Found,
        sources: dict[str, Source],
        meanings: _Meanings | None,
    ) -> tuple[Generation, Changes]:
        """Note what the topic files say and what is wrong with them, then make the new generation
        current.
        """
        from kb.content.topics import encode_topic_files  # noqa: PLC0415  # a search shows no tree

        topics, wrong = read_topics(
            self.config.content,
            found.snapshot.listing,
            limits=self.config.limits,
            dialect=dialect_of(self.config),
        )
        for file in found.snapshot.listing.others:
            problems = tuple(problem for problem in wrong if problem.path == file.path)
            sources[file.path] = Source(
                file.path, found.snapshot.digests[file.path], problems=problems
            )
        languages = self._languages.in_order(
            {source.language for source in sources.values() if source.id} or {""}
        )
        manifest = {
            "settings": settings_of(self.config),
            "libraries": releases(INDEX),
            "title_suffix": found.snapshot.dialect.title_suffix,
            "links_by_name": found.snapshot.dialect.links_by_name,
            "includes": sorted({row for source in sources.values() for row in source.includes}),
            "languages": languages,
            "model": meanings and meanings.encodings.files.state,
            "until": min((s.until for s in sources.values() if s.until), default=""),
        }
        records = json.dumps({path: sources[path].record() for path in sorted(sources)})
        replace_file(new.folder / SOURCES, [records.encode()])
        said = json.dumps(encode_topic_files(topics))
        replace_file(new.folder / TOPICS, [said.encode()])
        if meanings is not None:
            self._write_vectors(meanings, new, languages)
        generation = new.finish(manifest)
        if meanings is not None:
            meanings.encodings.finish()
        return generation, self._unchanged(found._replace(sources=sources))

    def _write_vectors(
        self, meanings: _Meanings, new: NewGeneration, languages: Sequence[str]
    ) -> None:
        """Write the files that say what sections and words mean. Raises ConfigError."""
        for language in languages:
            place = engine_folder(new.folder, languages, self._tag(language))
            engine = self.open_engine(place, language)
            try:
                meanings.write(place, engine)
            finally:
                engine.close()
        meanings.words.write_shared(new.folder)


class _Meanings(NamedTuple):
    """What makes the vectors of a generation: of words, by which sites answer in each mode, and of
    sections, as files of an engine or, in an engine that keeps them itself, with its documents.
    """

    encodings: Encodings
    words: WordWriter
    encoded: Writer | None
    kept: KeptVectors

    @classmethod
    def of(cls, config: Config, progress: Progress | None) -> _Meanings | None:
        """None where words alone count. Raises ConfigError where the model is not there."""
        if (files := model_of(config)) is None:
            return None
        from kb.semantic.kept import KeptVectors  # noqa: PLC0415  # few ask for it
        from kb.semantic.vectors import Encodings, Writer  # noqa: PLC0415  # as above
        from kb.semantic.word_writer import WordWriter  # noqa: PLC0415  # as above

        encodings = Encodings(config.index, files, progress)
        is_words = config.semantic.mode == "words"
        words = WordWriter(encodings, sections=is_words)
        return cls(
            encodings,
            words,
            None if is_words else Writer(encodings),
            KeptVectors(encodings, words if is_words else None),
        )

    def write(self, place: Path, engine: Engine) -> None:
        """Write the files of one engine."""
        if engine.keeps_vectors:
            self.words.add_words(engine.index.words_from("", hidden=False))
            return
        if self.encoded is not None:
            self.encoded.write(place, engine.reader)
        self.words.write(place, engine.reader)


def model_of(config: Config) -> ModelFiles | None:
    """The model by which sections have a meaning; None where words alone count. Raises ConfigError
    where it is not there.
    """
    if config.semantic.mode == "off":
        return None
    from kb.semantic.encoder import find_model  # noqa: PLC0415  # as above

    folder = config.semantic.model
    return find_model(config.beside(folder) if folder else None)


@contextlib.contextmanager
def _telling(reason: str, folder: IndexFolder) -> Iterator[None]:
    """Where the index can't be written, say what is wrong with the one that is there: damaged,
    it can't answer, and made by other libraries it may answer wrongly.
    """
    try:
        yield
    except IndexingError as error:
        if not reason.startswith((_DAMAGED, _UPGRADED)) or error.path != str(folder.folder):
            raise
        raise type(error)(f"{reason}; {error.message}", path=error.path, hint=error.hint) from error


def _has_other_includes(rows: Iterable[FileRow], config: Config) -> bool:
    # Imported here: it brings the parsers, and few folders have articles that include others.
    from kb.content.includes import have_changed  # noqa: PLC0415  # as above

    return have_changed(dialect_of(config).project, rows)


def _by_includes(sources: Mapping[str, Source], root: Path) -> list[str]:
    """The articles of which an included file has changed since."""
    if not any(source.includes for source in sources.values()):
        return []
    from kb.content.includes import have_changed  # noqa: PLC0415  # as above

    known: dict[str, tuple[int, int]] = {}
    return [p for p, s in sources.items() if s.includes and have_changed(root, s.includes, known)]


def _has_come(day: str) -> bool:
    """Whether it is this day, or later; an empty one never comes."""
    if not day:
        return False
    return today().isoformat() >= day


def _counted(sources: Mapping[str, Source]) -> Changes:
    """No changes in this many articles and sections."""
    sections = sum(source.sections for source in sources.values())
    return Changes(sections=sections, articles=sum(1 for s in sources.values() if s.id))


def _sources_of(generation: Generation) -> dict[str, Source]:
    """What a generation was built from. Raises DamagedIndexError."""
    return _read_json(generation, SOURCES, read_sources)


def topic_files_of(generation: Generation) -> dict[str, TopicFile]:
    """What topic files and menus said when a generation was built, by id of the topic. Raises
    DamagedIndexError.
    """
    from kb.content.topics import decode_topic_files  # noqa: PLC0415  # a search shows no tree

    return _read_json(generation, TOPICS, decode_topic_files)


def _read_json(generation: Generation, file: str, decode: Callable[[Any], T]) -> T:
    name = f"{generation.folder.name}/{file}"
    with reading(generation.folder / file, name):
        data = (generation.folder / file).read_bytes()
    try:
        return decode(json.loads(data))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise DamagedIndexError(f"{name} is not readable") from None


def settings_of(config: Config) -> str:
    """A digest of all that an index depends on besides the articles and the libraries."""
    ranking = Ranking.of(config.ranking)
    located = locate(config.content, config.folder.dialect or None)
    values = {
        "format": FORMAT,
        "version": __version__,
        "byteorder": sys.byteorder,
        "language": config.language,
        "stop_words": config.search.stop_words,
        "names": config.search.names,
        "limits": astuple(config.limits),
        "markdown": astuple(config.markdown),
        "languages": (config.folder.languages, found_languages(config.content)),
        "dialect": (located.name, located.state, astuple(config.folder)),
        "semantic": config.semantic.mode != "off" and astuple(config.semantic),
        "ranking": {
            constant.name: getattr(ranking, constant.name)
            for constant in ranking.constants()
            if constant.metadata["indexed"]
        },
    }
    if config.engine.kind != "whoosh":  # a cluster adds up scores itself, by all the constants
        engine = config.engine
        constants = [getattr(ranking, constant.name) for constant in ranking.constants()]
        values["engine"] = (engine.kind, engine.prefix, engine.shards, constants)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _source_of(article: Article) -> Source:
    return Source(
        article.path,
        article.digest,
        article.id,
        article.aliases,
        len(article.sections),
        article.problems,
        article.until.isoformat() if article.until else "",
        article.includes,
        article.language,
    )


def _clashes(sources: list[Source]) -> list[Problem]:
    """Aliases that are ids or other articles' aliases as well."""
    articles = sorted((s for s in sources if s.id), key=lambda source: source.id)
    return list(chain.from_iterable(resolve_aliases(articles).problems.values()))


def _problems(sources: Iterable[Source]) -> list[Problem]:
    sources = list(sources)
    own = [problem for source in sources for problem in source.problems]
    return [*own, *_clashes(sources)]


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.path, p.line or 0, p.message)))


def _named(
    changes: Changes, difference: Difference, old: Mapping[str, Source], new: Mapping[str, Source]
) -> Changes:
    """The changes with the ids of the articles that came, went, moved and changed.

    An article that can't be read any more has gone; one that can be read again has come.
    """
    now = {path: source.id for path, source in new.items()}
    pairs = [
        *(("", now.get(path, "")) for path in difference.added),
        *((old[path].id, now.get(path, "")) for path in difference.changed),
        *((old[origin].id, now.get(path, "")) for origin, path in difference.moved),
        *((old[path].id, "") for path in difference.removed),
    ]
    return changes._replace(
        added=tuple(sorted(came for gone, came in pairs if came and not gone)),
        updated=tuple(sorted(came for gone, came in pairs if came and came == gone)),
        moved=tuple(sorted(came for gone, came in pairs if came and gone and came != gone)),
        removed=tuple(sorted(gone for gone, came in pairs if gone and not came)),
    )
