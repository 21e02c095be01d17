"""`kb serve`: builds into a folder of its own, serves it, and builds anew on every change.

The files of the search are no part of that folder: they follow by themselves.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kb.errors import KbError
from kb.site.build import Options, build_site
from kb.site.freshness import FreshSearch
from kb.site.search import Kept, export_search
from kb.site.serve import SiteServer, open_server
from kb.site.shell import policy_of
from kb.site.sources import find_folders, look
from kb.site.staging import states_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kb.config import Config
    from kb.site.build import Report
    from kb.site.search import Shard
    from kb.site.search.places import Places

_POLL = 0.4  # seconds between looks where nothing watches the folders
_STEP = 50  # milliseconds in which changes that come together count as one


class Stop(Protocol):
    """What a `threading.Event` can do."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def wait(self, timeout: float, /) -> bool:
        """Wait, no longer than that."""
        ...


@dataclass(frozen=True, slots=True)
class Preview:
    """A site being served. `rebuild` builds anew and raises KbError, with the old site shown."""

    server: SiteServer
    report: Report
    rebuild: Callable[[], Report]


@contextmanager
def open_preview(
    load: Callable[[], Config],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    jobs: int = 1,
    every_problem: bool = False,
    progress: Callable[[int, int], None] | None = None,
    complain: Callable[[KbError], None] = lambda _: None,
) -> Iterator[Preview]:
    """Build and serve, drafts shown, until the block is left. `load` reads the settings,
    `complain` hears why the search could not be made.

    Raises ContentError and SiteError as `build_site` does, and where the port is taken.
    """
    with (
        tempfile.TemporaryDirectory(prefix="kb-serve-", ignore_cleanup_errors=True) as name,
        closing(FreshSearch(complain, _exporter(Path(name)))) as search,
    ):
        folder = Path(name) / "site"

        def build(progress: Callable[[int, int], None] | None = None) -> Report:
            config = _for_preview(load(), Path(name))
            options = _options(config, search, jobs, every_problem=every_problem)
            with search.pages_first():
                return build_site(config, out=folder, options=options, progress=progress)

        report = build(progress)
        policy = policy_of(load().site.remote_images)
        server = open_server(folder, host, port, policy, search.read)
        server.publish(states_of(folder))

        def rebuild() -> Report:
            new = build()
            if new.written or new.removed:
                server.publish(states_of(folder))
            return new

        with _running(server):
            yield Preview(server, report, rebuild)


@contextmanager
def _running(server: SiteServer) -> Iterator[None]:
    """Serve in a thread of its own until the block is left."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()


def _options(config: Config, search: FreshSearch, jobs: int, *, every_problem: bool) -> Options:
    """How to build for who writes: drafts shown, pages that reload, the search made apart."""
    return Options(
        drafts=True,
        live=True,
        jobs=jobs,
        root="/",
        every_problem=every_problem,
        search=lambda key, places: search.renew(key, config, places),
    )


def _exporter(folder: Path) -> Callable[[Config, Places], Iterator[Shard]]:
    """Exports that take what the one before them left in a folder."""
    rows = folder / "search.rows"
    return lambda config, places: export_search(config, places, kept=Kept(rows))


def _for_preview(config: Config, folder: Path) -> Config:
    """The settings without the published address, and with the cache in a folder of its own."""
    return replace(config, index=folder / "index", site=replace(config.site, base_url=""))


def watch(load: Callable[[], Config], stop: Stop) -> Iterator[None]:
    """Yield after each change of content, theme or settings, until `stop` is set.

    Uses watchfiles where it is installed, else looks at the files from time to time.
    """
    try:
        import watchfiles  # noqa: PLC0415  # an optional dependency
    except ImportError:
        yield from _poll(load, stop)
        return
    config = load()
    folders = find_folders(config)
    wanted = [config.content, folders.theme, config.source, folders.logo]
    paths = [path for path in wanted if path is not None and path.exists()]
    for changes in watchfiles.watch(
        *paths, stop_event=stop, step=_STEP, debounce=_STEP * 4, rust_timeout=500,
        yield_on_timeout=True, raise_interrupt=True,
    ):  # fmt: skip
        if changes:
            yield


def _poll(load: Callable[[], Config], stop: Stop) -> Iterator[None]:
    seen = None
    while not stop.is_set():
        try:
            config = load()
            now = look(config, find_folders(config))
        except KbError:
            now = None
        if seen is not None and now != seen:
            yield
        seen = now
        stop.wait(_POLL)
