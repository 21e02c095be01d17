"""The build: sources in, output folder out, and no more work than the changes ask for.

look at the sources            nothing changed since the last build: done
records of the articles        from the cache, or by reading (in several processes)
a plan of the whole site       addresses, topics, neighbours, related articles
pages                          those whose key changed; the rest stays as it is
what shows several articles    topics, home, feeds: written anew, kept where the same
the output folder              swapped in
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from kb.engine.caches import remove_unfinished
from kb.errors import SiteError
from kb.libraries import difference
from kb.model import Problem, Severity
from kb.site.cache import Cache, Memory, Stamp
from kb.site.output import check_folder
from kb.site.sources import find_folders, look
from kb.site.staging import beside, remove_leftover, states_of
from kb.site.swap import recover

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kb.config import Config
    from kb.site.search.places import Places
    from kb.site.sources import Folders, Sources
    from kb.site.staging import State


KEPT = 100
"""Problems of each severity that are told where not every one is asked for."""


class Options(NamedTuple):
    """How to build: `drafts` shows drafts, marked; `live` adds what `kb serve` reloads with;
    `jobs` is the number of processes; `root` is the path at which a server shows the site;
    `every_problem` asks for all of them where the first ones would do. `search` is given what
    the files of the search are to be made of, and its key, where they are no part of the build.
    """

    drafts: bool = False
    live: bool = False
    jobs: int = 1
    root: str | None = None
    every_problem: bool = False
    search: Callable[[str, Places], None] | None = None


class Work(NamedTuple):
    """What one build has before it."""

    folders: Folders
    options: Options
    sources: Sources
    cache: Cache


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. `pages` counts articles, topics and the site's own pages; `written`
    and `removed` are addresses; `size` is in bytes. `problems` are in order of path; unless
    all were asked for the first ones of each severity may be all. `counts` says how many
    of each severity there are. `reason` says why all was made anew where libraries changed.
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

    @property
    def warnings(self) -> int:
        """How many problems are warnings or errors."""
        return self.counts.get(Severity.WARNING, 0) + self.counts.get(Severity.ERROR, 0)


def build_site(
    config: Config,
    *,
    out: Path | None = None,
    options: Options | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Build the site of a knowledge base into `out`, else the configured folder.

    Raises ContentError without a content folder, and SiteError where the output folder is
    refused, the theme fails or the disk is full; the old site then stays as it was.
    """
    started = time.perf_counter()
    options = options or Options()
    folders = find_folders(config, out)
    check_folder(folders.out, (config.content, config.index, folders.theme))
    recover(folders.out)
    sources = look(config, folders, options.drafts, options.live, options.root)
    cache = Cache(config.index, folders.out)
    remove_unfinished(config.index)
    work = Work(folders, options, sources, cache)
    left = os.path.lexists(beside(folders.out))
    report = _last(cache.stamp(), work)  # not under the lock: what another build does is a change
    if report is None or left:
        with cache.held():
            with contextlib.suppress(SiteError, OSError):  # where it is in the way, it will be said
                remove_leftover(beside(folders.out))
            report = _build(config, work, progress)
    return replace(report, seconds=time.perf_counter() - started)


def _build(config: Config, work: Work, progress: Callable[[int, int], None] | None) -> Report:
    """Build, if that is still needed: another build may have ended while this one waited."""
    stamp = work.cache.stamp()
    if (last := _last(stamp, work)) is not None:
        return last
    from kb.site.making import make_site  # noqa: PLC0415  # not needed to see no change

    report = make_site(config, work, stamp, progress)
    upgraded = stamp and difference(stamp.libraries, work.sources.libraries)
    return replace(report, reason=f"libraries changed: {upgraded}") if upgraded else report


def _last(stamp: Stamp | None, work: Work) -> Report | None:
    """The report of the last build, if nothing has changed since then and it tells enough."""
    sources, out = work.sources, work.folders.out
    if stamp is None or stamp.common != sources.common or stamp.files != _plain(sources.files):
        return None
    if stamp.sources != states(sources) or stamp.output != _plain(states_of(out)):
        return None
    summary = dict(stamp.summary)
    problems = summary.pop("problems")
    if work.options.every_problem and len(problems) < sum(summary["counts"].values()):
        return None
    return Report(
        out=out,
        written=(),
        removed=(),
        problems=tuple(Problem(p, n, m, Severity(s), c) for p, n, m, s, c in problems),
        seconds=0.0,
        **summary,
    )


def states(sources: Sources) -> list[list[object]]:
    """The states of articles and topic files, and what was refused, as a stamp holds them."""
    listing = sources.listing
    refused: list[list[object]] = [[problem.path, problem.message] for problem in listing.problems]
    return [*(list(file) for file in (*listing.articles, *listing.topics)), *refused]


def _plain(states: Mapping[str, State]) -> dict[str, list[int]]:
    return {path: list(state) for path, state in states.items()}


def remember(
    report: Report, sources: Sources, output: Mapping[str, State], memory: Memory, cache: Cache
) -> None:
    """Keep what the next build can use."""
    first = [p for s in Severity for p in [p for p in report.problems if p.severity is s][:KEPT]]
    problems = [(p.path, p.line, p.message, str(p.severity), p.code) for p in first]
    summary = {
        "pages": report.pages,
        "articles": report.articles,
        "files": report.files,
        "size": report.size,
        "problems": problems,
        "counts": report.counts,
        "reachable": report.reachable,
    }
    stamp = Stamp(
        common=sources.common,
        libraries=sources.libraries,
        sources=states(sources),
        files=_plain(sources.files),
        output=_plain(output),
        summary=summary,
    )
    cache.write(stamp, memory)
