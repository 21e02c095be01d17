"""What a build of a site goes by, what it is asked for, and what it did."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects import dialect_of, locate
from kb.content.snapshot import Snapshot
from kb.errors import ConfigError
from kb.files import current_folder
from kb.libraries import SITE, releases
from kb.model import Severity, encode_problem
from kb.site import PACKAGE
from kb.site.build_cache import Stamp
from kb.site.downloads import find_asset_folders, find_files, folders_above
from kb.site.output import states_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.config import Config
    from kb.files import State
    from kb.model import FileRow, Problem
    from kb.site.build_cache import Cache, Memory
    from kb.site.export.documents import Places
    from kb.site.output import Output


class Sources(NamedTuple):
    """Everything that a build reads, as found on disk. `common` is a hash of what every page
    depends on: settings, theme, kb itself and the libraries, which `libraries` names. `commit` is
    where the history of the articles is, if pages say when they were changed.
    """

    snapshot: Snapshot
    files: dict[str, State]
    asset_folders: tuple[str, ...]
    common: str
    libraries: dict[str, str]
    commit: str = ""


PICTURES = ("logo", "icon", "touch_icon", "image")
"""Settings that name a picture."""


class Folders(NamedTuple):
    """Where a build reads and writes; all absolute. `pictures` are those of the settings."""

    out: Path
    theme: Path
    pictures: Mapping[str, Path]


def find_folders(config: Config, out: Path | None = None) -> Folders:
    """The folders that the settings name; relative ones start at the settings file."""
    base = _base(config, needed=out is None)
    settings = config.site
    return Folders(
        out=Path(os.path.abspath(out or base / settings.out)),  # noqa: PTH100 keeps links
        theme=base / settings.theme,
        pictures={name: base / file for name in PICTURES if (file := getattr(settings, name))},
    )


def _base(config: Config, *, needed: bool) -> Path:
    """Where relative paths start. Without settings that is the current folder; where that was
    removed and is not `needed`, what would stand in it is looked for beside the articles.
    """
    if config.source:
        return config.source.parent
    try:
        return current_folder()
    except ConfigError:
        if needed:
            raise
        return config.content.parent


def look(config: Config, folders: Folders, *mode: object) -> Sources:
    """Look at all sources without reading one. `mode` is what else makes pages differ."""
    libraries = releases(SITE)
    located = locate(config.content, config.folder.dialect or None)
    avoid = (folders.out, folders.theme, config.index)
    dialect = dialect_of(config)
    above = folders_above(config.content, dialect.project)
    assets = find_asset_folders(config.content, dialect.asset_folders, avoid, above)
    snapshot = Snapshot(config)
    habits = (snapshot.dialect.title_suffix, snapshot.dialect.links_by_name)
    around = (assets, _signature(folders), _version(), libraries, dialect.languages)
    state = repr((config, mode, located, habits, *around))
    return Sources(
        snapshot=snapshot,
        files=find_files(config.content, assets, avoid, config.site.downloads, above),
        asset_folders=tuple(assets),
        common=hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest(),
        libraries=libraries,
        commit=_commit(config),
    )


def _commit(config: Config) -> str:
    if not config.site.last_changed:
        return ""
    from kb.content.history import commit_of  # noqa: PLC0415  # brings subprocess

    return commit_of(config.content)


def _signature(folders: Folders) -> list[object]:
    """The states of the theme and the pictures."""
    theme = sorted(states_of(folders.theme).items()) if folders.theme.is_dir() else []
    found = [path.stat() for path in folders.pictures.values() if path.is_file()]
    return [theme, [(state.st_size, state.st_mtime_ns) for state in found]]


def _version() -> list[object]:
    """The state of kb's own files that make pages."""
    packages = [
        PACKAGE,
        *(PACKAGE.parent / name for name in ("content", "index", "search", "support", "text")),
    ]
    modules = sorted(PACKAGE.parent.glob("*.py"))
    found = [
        (path, state)
        for package in packages
        for path, state in states_of(package).items()
        if not path.endswith(".pyc") and "/__pycache__" not in path
    ]
    return [*sorted(found), *((path.name, path.stat().st_mtime_ns) for path in modules)]


KEPT = 10_000
"""Problems of each severity that are told where not every one is asked for."""


class Options(NamedTuple):
    """How to build: `drafts` shows drafts, marked; `live` adds what `kb serve` reloads with;
    `root` is the path at which a server shows the site; `every_problem` asks for all of them where
    the first ones would do. With `search_apart` the files of the search are no part of the build:
    its report says what they are to be made of. `offline` makes a site to be opened from the disk,
    marked as such, without what only a host or a search engine reads.
    """

    drafts: bool = False
    live: bool = False
    root: str | None = None
    every_problem: bool = False
    search_apart: bool = False
    offline: bool = False


class Work(NamedTuple):
    """What one build has before it."""

    folders: Folders
    options: Options
    sources: Sources
    cache: Cache


class SearchSource(NamedTuple):
    """What the files of the search are made of besides the index: where everything stands. The
    same `key` means the same files.
    """

    key: str
    places: Places


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. `pages` counts articles, topics and the site's own pages; `written`
    and `removed` are addresses; `size` is in bytes. `problems` are in order of path; unless
    all were asked for the first ones of each severity may be all. `counts` says how many
    of each severity there are. `reason` says why all was made anew where libraries changed;
    `search` is set where the search is made apart, unless nothing has changed. `left_out` counts
    articles and folders of them that are not published: hidden, or none of the site's. On the day
    `until` (in ISO form) another article is to be shown, or not any more. `includes` are the files
    that articles include.
    """

    out: Path
    pages: int
    articles: int
    files: int
    size: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    seconds: float
    reason: str = ""
    reachable: bool = True
    search: SearchSource | None = None
    left_out: int = 0
    until: str = ""
    includes: tuple[FileRow, ...] = ()

    @property
    def warnings(self) -> int:
        """How many problems are warnings or errors."""
        return self.counts.get(Severity.WARNING, 0) + self.counts.get(Severity.ERROR, 0)


def digest_of(sources: Sources) -> str:
    """A hash of the states of all files of the content folder, and of what was refused there."""
    listing = sources.snapshot.listing
    refused = [(problem.path, problem.message) for problem in listing.problems]
    states = repr((listing.articles, listing.others, refused, sources.files, sources.commit))
    return hashlib.sha256(states.encode(errors="surrogatepass")).hexdigest()


def remember(
    report: Report, sources: Sources, output: Output, memory: Memory, cache: Cache
) -> None:
    """Keep what the next build can use."""
    first = [p for s in Severity for p in [p for p in report.problems if p.severity is s][:KEPT]]
    problems = list(map(encode_problem, first))
    summary = {
        "pages": report.pages,
        "articles": report.articles,
        "files": report.files,
        "size": report.size,
        "problems": problems,
        "counts": report.counts,
        "reachable": report.reachable,
        "left_out": report.left_out,
        "until": report.until,
        "includes": report.includes,
    }
    stamp = Stamp(
        common=sources.common,
        libraries=sources.libraries,
        sources=digest_of(sources),
        output=output.digest(),
        summary=summary,
        manifest=output.manifest_digest(),
    )
    cache.write(stamp, memory)
    sources.snapshot.save()
