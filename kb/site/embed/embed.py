"""The search of a Markdown folder for a site that something else builds.

    DIR/search.js    the element <kb-search>, with everything that it needs
    DIR/search.css   its style
    DIR/m.js ...     the files that it searches in

The folder is read as it is (`kb.site.embed.generators`); for the index its pages are written, as
articles, into a folder that goes away afterwards.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

from kb.content import read_content, scan
from kb.content.dialects import dialect_of
from kb.content.reader import decode, read_bytes
from kb.content.snapshot import Snapshot
from kb.errors import ContentError, SiteError
from kb.files import given_back, is_leftover, replace_file, write_file
from kb.knowledge_base import indexed
from kb.model import Audience, Problem
from kb.site.assets import ON_OTHERS, search_script, search_style
from kb.site.embed.generators import address_of, heading_ids, read_foreign
from kb.site.export.manifest import export_search
from kb.site.i18n import read_wording
from kb.site.links import Place, sort_link
from kb.text.languages import tidy_tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from kb.config import Config
    from kb.content import Content, SourceFile
    from kb.content.dialects import Dialect
    from kb.content.languages import Languages
    from kb.model import Action, ArticleMeta
    from kb.site.embed.generators import ForeignPage, Generator

SCRIPT = "search.js"
STYLE = "search.css"
# A full address has its host written out; a path has neither a scheme nor another host.
_PATTERN = re.compile(
    r"(?i:https?)://(?:[^/?#@:{}\[\]]+|\[[0-9a-fA-F:.]+\])(?::[0-9]+)?[/?#]|(?!//)(?![^/?#]*:)"
)
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\s\\<>\"'`]")
_NEW = ".new"
MARK = ".kb-search"
"""Lists the files of an export, so that the next one removes what is not needed any more."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """What an export wrote: how many articles and sections can be found, and its files."""

    generator: str
    articles: int
    sections: int
    files: int
    size: int
    problems: tuple[Problem, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many problems there are of each severity."""
        return Counter(str(problem.severity) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where pages stand that are built by something else; it knows nothing of topics."""

    pages: Mapping[str, ForeignPage]
    anchors: Mapping[str, Mapping[str, str]]
    pattern: str

    def article(self, id_: str) -> str:
        return address_of(self.pages[id_], self.pattern)

    def section(self, id_: str, anchor: str) -> str:
        return self.anchors[id_].get(anchor, "")

    def topic(self, id_: str) -> str:  # noqa: ARG002 as the protocol has it
        return ""

    def action(self, card: ArticleMeta, action: Action) -> str:  # noqa: ARG002 as above
        place, href = sort_link(action.url)
        return href if place is Place.OUTSIDE or action.url.startswith("/") else ""


def embed_search(
    config: Config,
    out: Path,
    pattern: str,
    generator: Generator,
    language: str | None = None,
) -> Embedding:
    """Write the search of `config.content` into the folder `out`, of one language: where pages are
    in several, it has to be given.

    `pattern` is the address of a page, with `{id}` for its path without `.md`; a relative one
    starts at `out`. Raises ContentError without a content folder, SiteError for a pattern
    without `{id}` or that is no address of pages, for a folder that holds other files, and for a
    language that there is not, or that is not named where there are several.
    """
    _check_pattern(pattern)
    _check(out)
    try:
        files, report = _export(config, pattern, generator, language)
    except OSError as error:
        message = f"can't be written: {error.strerror or error}"
        raise SiteError(message, path=gettempdir(), hint="TMPDIR names another folder") from error
    _write(out, files)
    return report


def _export(
    config: Config, pattern: str, generator: Generator, language: str | None
) -> tuple[dict[str, bytes], Embedding]:
    """The files of the export, made in a temporary folder; where meaning counts its index, which
    knows what was encoded, is kept in the user's cache.
    """
    kept = None
    if config.semantic.mode != "off":
        from kb.index.places import cached_place  # noqa: PLC0415  # few ask for it

        spoken = f"{generator.name}-{language or ''}"  # an index for each search that is exported
        kept = cached_place(config.content / spoken, "export")
    with TemporaryDirectory() as folder:
        pages, problems = _stage(config, Path(folder) / "content", generator, language)
        staged = replace(
            config,
            content=Path(folder) / "content",
            index=kept or Path(folder) / "index",
            # Names that begin with `_` are among the pages that are published.
            folder=replace(config.folder, languages=(), dialect="plain", exclude=("!**",)),
            language=tidy_tag(language or config.language),
        )
        # Marks of templates are gone; those of MyST are read with the Markdown.
        marks = dialect_of(_by_generator(config, generator)).marks & {"myst"}
        dialect = replace(dialect_of(staged), marks=marks)
        content = read_content(staged.content, limits=config.limits, dialect=dialect)
        anchors = {
            article.id: heading_ids(article.sections, pages[article.id], generator)
            for article in content.articles
        }
        files = dict(_own_files(staged))
        snapshot = Snapshot(staged)
        parsed = {article.path: article for article in content.articles}
        for source in snapshot.listing.articles:
            if source.path in parsed:
                snapshot.hold(source, parsed[source.path])
        places = _Places(pages, anchors, pattern)
        with indexed(staged, snapshot=snapshot) as base:
            for shard in export_search(base, places):
                files[shard.file] = shard.data
    return files, _report(generator, content, files, problems)


def _by_generator(config: Config, generator: Generator) -> Config:
    """The settings, for a folder that this generator publishes."""
    return replace(config, folder=replace(config.folder, dialect=generator.name))


def _stage(
    config: Config, staged: Path, generator: Generator, language: str | None
) -> tuple[dict[str, ForeignPage], list[Problem]]:
    """Write every published page as an article, or those in a language."""
    dialect = dialect_of(_by_generator(config, generator))
    listing = scan(config.content, dialect)
    problems = [*listing.problems]
    pages = {}
    for source in _in_language(listing.articles, dialect.languages, language):
        try:
            page = _read(config, source, generator, dialect)
        except ContentError as error:
            problems.append(Problem(source.path, error.line, error.message, code=error.code))
            continue
        except OSError as error:
            problems.append(Problem(source.path, None, f"can't be read: {error.strerror}"))
            continue
        if isinstance(page, tuple):
            problems += page
            continue
        pages[source.id] = page
        target = staged / f"{source.id}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page.text, encoding="utf-8", newline="\n")
    staged.mkdir(parents=True, exist_ok=True)
    return pages, problems


def _in_language(
    sources: Sequence[SourceFile], languages: Languages, language: str | None
) -> Sequence[SourceFile]:
    """The files in a language, by where they stand. Raises SiteError where there are none, and
    where none is named of several.
    """
    spoken = [languages.of_path(source.path) for source in sources]
    known = [tag or languages.base for tag in languages.in_order(spoken)]
    if language is None and len(known) > 1:
        raise SiteError(
            f"the pages are in several languages: {', '.join(known)}",
            hint=f"export each into a folder of its own, as with `--language {known[0]}`; "
            "`languages = []` under [content] in kb.toml makes one of all",
            code="usage",
        )
    if language is None:
        return sources
    tag = languages.settle(tidy_tag(language))
    found = [source for source, own in zip(sources, spoken, strict=True) if own == tag]
    if not found:
        raise SiteError(
            f"no pages in {language!r}", hint=f"there are some in {', '.join(known)}", code="usage"
        )
    return found


def _read(
    config: Config, source: SourceFile, generator: Generator, dialect: Dialect
) -> ForeignPage | tuple[Problem, ...]:
    data = read_bytes(config.content, source.path, config.limits)
    return read_foreign(source, decode(data), generator, config.limits, dialect)


def _own_files(config: Config) -> Iterator[tuple[str, bytes]]:
    """The script and the style."""
    wording = read_wording(config.language, Path())
    yield SCRIPT, search_script(ON_OTHERS, wording)
    yield STYLE, search_style()


def _check_pattern(pattern: str) -> None:
    """Refuse a pattern that makes addresses which are no pages', or whose host an id would name."""
    if "{id}" not in pattern:
        wrong = "has no {id}"
    elif _NOT_IN_ADDRESS.search(pattern):
        wrong = "has characters that no address has"
    elif not _PATTERN.match(pattern):
        wrong = "leads neither to https://, http:// nor to a path"
    else:
        return
    raise SiteError(
        f"the pattern {pattern!a} {wrong}",
        hint="for example /docs/{id}/, ../{id}.html or https://docs.example.com/{id}/",
        code="usage",
    )


def _check(out: Path) -> None:
    """Refuse a folder that holds what no export wrote."""
    if out.exists() and (out.is_symlink() or not out.is_dir()):
        raise SiteError("this is no folder", path=str(out))
    if not (out / MARK).is_file() and not {*out.glob("*")} <= {*_leftovers(out)}:
        raise SiteError(
            "the folder has files that kb did not write",
            path=str(out),
            hint="name one that is empty or does not exist",
            code="site-output",
        )


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write new files beside old ones, let them take their places, then remove what is old.

    The manifest names all of them before they are there: a killed export is mended by the
    next. Where one can't be written, all that was written goes.
    """
    try:
        with given_back(out):
            out.mkdir(parents=True, exist_ok=True)
            mark = out / MARK
            old = mark.read_text(encoding="utf-8").split("\n") if mark.is_file() else []
            changed = {name: data for name, data in files.items() if not _holds(out / name, data)}
            new = {f"{name}{_NEW}": data for name, data in changed.items()}
            for left in _leftovers(out):
                left.unlink()
            _write_mark(mark, {*old, *files, *new})
            _write_new(out, new)
        for name in changed:
            (out / f"{name}{_NEW}").replace(out / name)
        for name in {*old} - {*files} - {""}:
            if "/" not in name:
                (out / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the one that is there names more, and does as well
            _write_mark(mark, files)
    except OSError as error:
        raise SiteError(f"can't be written: {error.strerror}", path=str(out)) from error


def _write_new(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, all of them or none."""
    try:
        for name, data in files.items():
            (out / name).unlink(missing_ok=True)
            write_file(out / name, data)
    except BaseException:
        for name in files:
            with contextlib.suppress(OSError):
                (out / name).unlink(missing_ok=True)
        raise


def _leftovers(out: Path) -> list[Path]:
    """What an export that was killed while it wrote the manifest left of that."""
    return [path for path in out.glob(f"{MARK}.*") if is_leftover(path.name, MARK)]


def _holds(place: Path, data: bytes) -> bool:
    return place.is_file() and place.read_bytes() == data


def _write_mark(mark: Path, names: Collection[str]) -> None:
    replace_file(mark, ["\n".join(sorted({*names} - {""})).encode()])


def _report(
    generator: Generator, content: Content, files: Mapping[str, bytes], problems: list[Problem]
) -> Embedding:
    found = [a for a in content.articles if a.audience is Audience.PUBLIC]
    return Embedding(
        generator=generator.name,
        articles=len(found),
        sections=sum(len(article.sections) for article in found),
        files=len(files),
        size=sum(map(len, files.values())),
        problems=(*problems, *content.problems),
    )
