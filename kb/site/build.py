"""The build: sources in, output folder out, and no more work than the changes ask for.

look at the sources            nothing changed since the last build: done
records of the articles        from the cache, or by reading
a plan of the whole site       addresses, topics, neighbours, related articles
pages                          those whose key changed; the rest stays as it is
what shows several articles    topics, home, feeds: written anew, kept where the same
the output folder              swapped in
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.config import today
from kb.errors import SiteError
from kb.index.generations import remove_unfinished
from kb.libraries import difference
from kb.model import decode_problem
from kb.site.build_cache import Cache, Stamp
from kb.site.output import (
    beside,
    check_folder,
    digest_of_output,
    read_manifest,
    recover,
    remove_leftover,
    states_of,
)
from kb.site.report import Options, Report, Work, digest_of, find_folders, look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.config import Config


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
    if options.offline:  # its pages stand at no address
        config = replace(config, site=replace(config.site, base_url=""))
    folders = find_folders(config, out)
    check_folder(folders.out, (config.content, config.index, folders.theme))
    recover(folders.out)
    sources = look(config, folders, options.drafts, options.live, options.root, options.offline)
    cache = Cache(config.index, folders.out)
    remove_unfinished(config.index)
    work = Work(folders, options, sources, cache)
    left = os.path.lexists(beside(folders.out))
    with contextlib.closing(cache.store):
        report = _last(cache.stamp(), work)  # without the lock: what another build does is a change
        if report is None or left:
            with cache.held():
                with contextlib.suppress(SiteError, OSError):  # what is in the way will be told
                    remove_leftover(beside(folders.out))
                report = _build(config, work, progress)
    return replace(report, seconds=time.perf_counter() - started)


def _build(config: Config, work: Work, progress: Callable[[int, int], None] | None) -> Report:
    """Build, if that is still needed: another build may have ended while this one waited."""
    stamp = work.cache.stamp()
    if (last := _last(stamp, work)) is not None:
        return last
    from kb.site.builder import make_site  # noqa: PLC0415  # not needed to see no change

    report = make_site(config, work, stamp, progress)
    upgraded = stamp and difference(stamp.libraries, work.sources.libraries)
    return replace(report, reason=f"libraries changed: {upgraded}") if upgraded else report


def _is_as_left(stamp: Stamp, out: Path) -> bool:
    """Whether the files that the last build wrote are as it left them."""
    try:
        written = read_manifest(out)
    except SiteError:  # the build will say so
        return False
    return stamp.output == digest_of_output(written, states_of(out))


def _last(stamp: Stamp | None, work: Work) -> Report | None:
    """The report of the last build, if nothing has changed since then and it tells enough."""
    sources, out = work.sources, work.folders.out
    if stamp is None or stamp.common != sources.common or stamp.sources != digest_of(sources):
        return None
    if not _is_as_left(stamp, out):
        return None
    if (day := stamp.summary["until"]) and today().isoformat() >= day:
        return None
    if included := stamp.summary["includes"]:
        from kb.content.includes import have_changed  # noqa: PLC0415  # few folders have any

        if have_changed(sources.snapshot.dialect.project, included):
            return None
    summary = dict(stamp.summary)
    problems = summary.pop("problems")
    if work.options.every_problem and len(problems) < sum(summary["counts"].values()):
        return None
    return Report(
        out=out,
        written=(),
        removed=(),
        problems=tuple(map(decode_problem, problems)),
        seconds=0.0,
        **summary,
    )
