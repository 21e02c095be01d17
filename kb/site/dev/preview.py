"""`kb serve`: builds into a folder of its own, serves it, and builds anew on every change.

The files of the search are no part of that folder: they follow by themselves. What keeps an
article or the site from being built is shown on the open pages, until it is mended.

Pages come first: they are shown as soon as they are built, and meanwhile the search waits. Who asks
for its manifest waits until it is that of the pages shown, so that no answer is of before the last
change.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kb.content.dialects import dialect_of
from kb.content.dialects.registry import state_of
from kb.errors import KbError, SiteError
from kb.knowledge_base import indexed
from kb.model import Severity
from kb.site.build import build_site
from kb.site.dev.server import Fault, SiteServer, open_server
from kb.site.export.manifest import MANIFEST, ShardCache, export_search
from kb.site.output import states_of
from kb.site.report import Options, find_folders, look
from kb.site.templating import policy_of
from kb.store import STORE, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kb.config import Config
    from kb.content import Listing
    from kb.model import FileRow
    from kb.site.export.documents import Places
    from kb.site.export.manifest import Shard
    from kb.site.report import Report

    Export = Callable[[Config, Places], Iterator[Shard]]
    Wish = tuple[Config, Places]
    Included = Callable[[], Iterable[FileRow]]

_PATIENCE = 120.0  # seconds that the manifest is waited for
_MOST_INCLUDED = 5_000  # files that are watched one by one
_ENDING = 0.5  # seconds that an export gets to notice that it is not wanted any more
_REMOVALS = 50  # how often a folder is removed that an export still writes into, each .1 s


class FreshSearch:
    """Keeps the files of the search as fresh as the pages; `export` makes them.

    `complain` hears of what goes wrong; the old files then stay.
    """

    def __init__(self, complain: Callable[[KbError], None], export: Export) -> None:
        self._complain = complain
        self._export = export
        self._key = ""
        self._wish: Wish | None = None
        self._files: Mapping[str, bytes] = {}
        self._former: Mapping[str, bytes] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._pages_done = threading.Event()
        self._pages_done.set()
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()

    def renew(self, key: str, config: Config, places: Places) -> None:
        """Make the files anew, unless they are of the same `key`."""
        with self._changed:
            if key != self._key:
                self._key, self._wish = key, (config, places)
                self._changed.notify_all()

    @contextmanager
    def pages_first(self) -> Iterator[None]:
        """Within the block pages are built: the search waits."""
        self._pages_done.clear()
        try:
            yield
        finally:
            self._pages_done.set()

    def read(self, name: str, patience: float = _PATIENCE) -> bytes | None:
        """A file, None if there is none; the manifest when it is that of the last change."""
        with self._changed:
            if name == MANIFEST:
                done = self._changed.wait_for(lambda: not self._wish or self._stopping, patience)
                return self._files.get(name) if done else None
            return self._files.get(name) or self._former.get(name)

    def close(self) -> None:
        """Make no more files, and let go who waits for them."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._worker.join(_ENDING)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wish or self._stopping)
                wish = self._wish
            if self._stopping or wish is None:
                return
            try:
                files = self._make(wish)
            except KbError as error:
                self._complain(error)
                files = self._files
            except OSError as error:
                self._complain(SiteError(f"the search can't be made: {error.strerror}"))
                files = self._files
            self._settle(wish, files)

    def _make(self, wish: Wish) -> Mapping[str, bytes] | None:
        """The files that were wished for, None if they are not wanted any more."""
        files: dict[str, bytes] = {}
        for shard in self._export(*wish):
            self._pages_done.wait()
            if self._wish is not wish or self._stopping:
                return None
            # The same name has the same bytes: those of before are kept once.
            kept = self._files.get(shard.file) if shard.file != MANIFEST else None
            files[shard.file] = kept or shard.data
        return files

    def _settle(self, wish: Wish, files: Mapping[str, bytes] | None) -> None:
        """Show new files; those before them stay for pages that know no others yet."""
        with self._changed:
            if files is not None and self._wish is wish:
                self._former, self._files, self._wish = self._files, files, None
                self._changed.notify_all()


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
    """A site being served. `rebuild` builds anew; where that fails it raises KbError, with the
    old site shown and the error on its pages.

    `report` is of the first build, None where that failed: then `failure` says why, and a page
    that says so is served. `included` tells which files articles looked for in the last build.
    """

    server: SiteServer
    report: Report | None
    failure: SiteError | None
    rebuild: Callable[[], Report]
    included: Included


@contextmanager
def open_preview(
    load: Callable[[], Config],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    names: Iterable[str] = (),
    every_problem: bool = False,
    progress: Callable[[int, int], None] | None = None,
    complain: Callable[[KbError], None] = lambda _: None,
) -> Iterator[Preview]:
    """Build and serve, drafts shown, until the block is left. `load` reads the settings,
    `complain` hears why the search could not be made; `names` are hosts that are answered
    besides this machine's own.

    Raises ConfigError where the settings can't be read, ContentError without a content folder,
    and SiteError where the host or the port can't be served on.
    """
    with (
        temporary_folder() as home,
        closing(FreshSearch(complain, _exporter(home))) as search,
    ):
        folder = home / "site"
        policy = policy_of(load().site)
        server = open_server(folder, host, port, policy, search.read, names=names)

        def build(progress: Callable[[int, int], None] | None = None) -> Report:
            config = _for_preview(load(), home)
            server.policy = policy_of(config.site)
            options = _options(every_problem=every_problem)
            with search.pages_first():
                report = build_site(config, out=folder, options=options, progress=progress)
                if report.search is not None:
                    search.renew(report.search.key, config, report.search.places)
                return report

        includes: tuple[FileRow, ...] = ()

        def rebuild(progress: Callable[[int, int], None] | None = None) -> Report:
            try:
                new = build(progress)
            except KbError as error:
                server.publish(None, [_fault_of(error)])
                raise
            nonlocal includes
            includes = new.includes
            changed = new.written or new.removed
            server.publish(states_of(folder) if changed else None, _faults_of(new))
            return new

        report, failure = None, None
        with _running(server):
            try:
                report = rebuild(progress)
            except SiteError as error:
                failure = error
            yield Preview(server, report, failure, rebuild, lambda: includes)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone after the block, though an export that could not be stopped in time may
    still write into it: what that makes while the folder is removed is removed again.
    """
    home = Path(tempfile.mkdtemp(prefix="kb-serve-"))
    try:
        yield home
    finally:
        for _ in range(_REMOVALS):
            shutil.rmtree(home, ignore_errors=True)
            if not home.exists():
                break
            time.sleep(0.1)


def _faults_of(report: Report) -> list[Fault]:
    """The errors of a build: articles that are not shown as they are written."""
    errors = [problem for problem in report.problems if problem.severity is Severity.ERROR]
    return [Fault(f"{e.path}:{e.line}" if e.line else e.path, e.message) for e in errors]


def _fault_of(error: KbError) -> Fault:
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return Fault(error.where, message)


@contextmanager
def _running(server: SiteServer) -> Iterator[None]:
    """Serve in a thread of its own until the block is left."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()


def _options(*, every_problem: bool) -> Options:
    """How to build for who writes: drafts shown, pages that reload, the search made apart."""
    return Options(
        drafts=True,
        live=True,
        root="/",
        every_problem=every_problem,
        search_apart=True,
    )


def _exporter(folder: Path) -> Callable[[Config, Places], Iterator[Shard]]:
    """Exports that take what the one before them left in a folder."""

    def export(config: Config, places: Places) -> Iterator[Shard]:
        with closing(Store(folder / STORE)) as store, indexed(config) as base:
            kept = ShardCache(store, repr(config))
            yield from export_search(base, places, kept=kept)
            store.save()

    return export


def _for_preview(config: Config, folder: Path) -> Config:
    """The settings without the published address, and with the cache in a folder of its own."""
    return replace(config, index=folder / "index", site=replace(config.site, base_url=""))


def watch(load: Callable[[], Config], stop: Stop, included: Included = tuple) -> Iterator[None]:
    """Yield after each change of content, theme or settings, and of texts that articles include,
    until `stop` is set; once more when it begins, as something may have changed before.

    `included` tells which files articles looked for when they were last read.

    Uses watchfiles where it is installed, else looks at the files from time to time.
    """
    try:
        import watchfiles  # noqa: PLC0415, F401  # an optional dependency
    except ImportError:
        yield from _poll(load, stop, included)
        return

    def find(before: Mapping[Path, int]) -> Mapping[Path, int]:
        return _watched(load, included, before)

    paths = find({})
    while not stop.is_set():
        yield from _watch(paths, find, stop)
        paths = find(paths)


def _watch(
    paths: Mapping[Path, int],
    find: Callable[[Mapping[Path, int]], Mapping[Path, int]],
    stop: Stop,
) -> Iterator[None]:
    """Yield once, and after each change below these paths, until others would have to be watched:
    a file that was saved by renaming, or a folder that was made anew, is not the one watched.
    """
    import watchfiles  # noqa: PLC0415  # see `watch`

    begun = False
    for changes in watchfiles.watch(
        *paths, stop_event=stop, step=_STEP, debounce=_STEP * 4, rust_timeout=500,
        yield_on_timeout=True, raise_interrupt=True,
    ):  # fmt: skip
        if find(paths) != paths:
            return
        if changes or not begun:
            begun = True
            yield


def _watched(
    load: Callable[[], Config], included: Included, before: Mapping[Path, int]
) -> Mapping[Path, int]:
    """The inodes of what is to be watched; of the same paths as before while the settings can't
    be read.
    """
    try:
        config = load()
        folders = find_folders(config)
        paths = [
            config.content,
            folders.theme,
            config.source,
            *folders.pictures.values(),
            *_beside(config, included),
        ]
    except KbError:
        paths = [*before]
    return {path: path.stat().st_ino for path in paths if path is not None and path.exists()}


def _beside(config: Config, included: Included) -> list[Path]:
    """The generator's configuration, and where articles include texts from that stand beside them.

    Of a folder that holds the articles only the files that they include: all of a project may be
    in it.
    """
    dialect = dialect_of(config)
    folders = [f for f in dialect.include_folders if not config.content.is_relative_to(f)]
    evidence = [dialect.root / dialect.evidence] if dialect.evidence else []
    files = (dialect.root / row[0] for row in included())
    apart = (f for f in files if not any(map(f.is_relative_to, (config.content, *folders))))
    return [*evidence, *folders, *islice(dict.fromkeys(apart), _MOST_INCLUDED)]


def _poll(load: Callable[[], Config], stop: Stop, included: Included) -> Iterator[None]:
    seen: tuple[Listing, str, str] | str | None = None
    while not stop.is_set():
        try:
            config = load()
            found = look(config, find_folders(config))
            states = state_of(_beside(config, included), config.content)
            now: tuple[Listing, str, str] | str = found.snapshot.listing, found.common, states
        except KbError as error:
            now = str(error)
        if now != seen:
            yield
        seen = now
        stop.wait(_POLL)
