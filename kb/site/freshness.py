"""The files of the search while someone writes: made anew in the background after each change.

Pages come first: they are shown as soon as they are built, and while they are built the
search waits. Who asks for the manifest waits until it is that of the pages shown, so that
no answer is of before the last change.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.errors import KbError, SiteError
from kb.site.search import MANIFEST, export_search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kb.config import Config
    from kb.site.search import Shard
    from kb.site.search.places import Places

    Export = Callable[[Config, Places], Iterator[Shard]]
    Wish = tuple[Config, Places]

_PATIENCE = 120.0  # seconds that the manifest is waited for
_ENDING = 0.5  # seconds that an export gets to notice that it is not wanted any more


class FreshSearch:
    """Keeps the files of the search as fresh as the pages; `export` makes them.

    `complain` hears of what goes wrong; the old files then stay.
    """

    def __init__(self, complain: Callable[[KbError], None], export: Export = export_search) -> None:
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
