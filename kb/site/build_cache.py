"""What the last build of a site left for the next: which sources it saw, and what it knew.

    index/sites/HASH/kept.sqlite3   all of it (`kb.store`): the stamp, which alone tells whether
                                    anything changed; what became of each article; a record and the
                                    links of each; what was written of the search
    index/sites/HASH/spare/         the site before the last, for the next to be made from
    index/sites/HASH/spare.new/     the next while it is made; a build that fails removes it

HASH stands for the output folder. Losing or damaging the store costs a full build, no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import SiteError
from kb.index.generations import LOCK, SITES, discard, hold_file
from kb.site.output import state_of
from kb.store import STORE, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kb.files import State

FORMAT = 6

_STAMP, _MEMORY = "stamp", "memory"
"""The kinds and keys of the two in the store."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Hashes of the states of the sources and of the output, the settings' hash, the releases of
    the libraries that made the site, what the build said, and the hashes of the manifest that it
    wrote and of what it knew.
    """

    common: str
    libraries: dict[str, str]
    sources: str
    output: str
    summary: dict[str, Any]
    manifest: str
    memory: str = ""


class Outcome(NamedTuple):
    """What became of an article: the key of its page, what of its links leads nowhere, as (line,
    message), and the files under content/ that it shows or links to.
    """

    key: str
    broken: list[tuple[int | None, str]]
    files: list[str]


@dataclass(frozen=True, slots=True)
class Memory:
    """The outcomes of articles by path of the source file.

    `around` is the hash of all that a page may show of other articles and that links can lead to.
    `shared` holds, under one key, the addresses of what shows several articles; `related` the
    numbers of related articles, under a hash of what they were found by.
    """

    around: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    related: Mapping[str, list[list[int]]] = field(default_factory=dict)


class Cache:
    """The cache of one output folder. Whatever is wrong with it counts as not there."""

    def __init__(self, index: Path, out: Path) -> None:
        """Raises SiteError where the cache is a link: it would lead kb elsewhere."""
        name = hashlib.sha256(os.fsencode(out)).hexdigest()[:16]
        self.folder = index / SITES / name
        self.store = Store(self.folder / STORE)
        self._lock = self.folder / LOCK  # which is written through, like the folders
        for path in (self._lock, self.folder, self.folder.parent):
            if path.is_symlink():
                raise SiteError(
                    "this is a symbolic link where kb keeps a cache",
                    path=str(path),
                    hint="remove it",
                    code="site-output",
                )

    def stamp(self) -> Stamp | None:
        """How things stood after the last build, None if that is not known."""
        found = _parse(self.store.get(_STAMP, _STAMP))
        try:
            return None if found is None else Stamp(**found)
        except TypeError:
            return None

    def memory(self, stamp: Stamp | None, common: str, manifest: str) -> Memory:
        """What the last build knew; empty if nothing of it holds any more, or the site that has
        this `manifest` is another build's.
        """
        data = self.store.get(_MEMORY, _MEMORY)
        if stamp is None or data is None:
            return Memory()
        if (stamp.common, stamp.manifest, stamp.memory) != (common, manifest, _hash(data)):
            return Memory()
        try:
            memory = Memory(**(_parse(data) or {}))
            outcomes = {path: Outcome(*outcome) for path, outcome in memory.outcomes.items()}
        except (TypeError, AttributeError):
            return Memory()
        return Memory(memory.around, outcomes, memory.shared, memory.related)

    def write(self, stamp: Stamp, memory: Memory) -> None:
        """Remember a finished build: the stamp says which memory is its own."""
        data = _text({name: getattr(memory, name) for name in memory.__slots__})
        self.store.put(_MEMORY, [(_MEMORY, data)])
        # As it is: `asdict` copies every problem.
        own = {part.name: getattr(stamp, part.name) for part in fields(stamp)}
        stamped = _text({**own, "memory": _hash(data)})
        self.store.put(_STAMP, [(_STAMP, stamped)])
        self.store.save()

    def spare(self, out: Path) -> Path | None:
        """Where the site before the last one may stay; None if that is on another disk."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            above = next(p for p in out.parents if p.exists())
            same = above.stat().st_dev == self.folder.stat().st_dev
        except OSError:
            return None
        return self.folder / "spare" if same and os.access(self.folder, os.W_OK) else None

    @contextlib.contextmanager
    def held(self, wait: float = 30.0) -> Iterator[None]:
        """Keep other builds of the same output waiting. Raises SiteError after `wait` seconds.

        Where the block fails, nothing stays in the folder that was written in it.
        """
        with contextlib.ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                held = stack.enter_context(hold_file(self._lock, wait))
            except OSError:  # a folder that can't be written to: nobody else can either
                yield
                return
            if not held:
                raise SiteError(
                    f"another build of this site has not ended within {wait:.0f} seconds",
                    hint="wait for it",
                    code="site-busy",
                )
            discard(self.folder)
            before = self._states()
            self.store.close()  # what was read of it may be of before another build
            self.store.open()
            try:
                yield
            except BaseException:
                self.store.close()
                self._give_back(before)
                raise

    def _states(self) -> dict[str, State]:
        """The states of the files in the folder itself."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            files = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)]
            return {file.name: state_of(file.stat(follow_symlinks=False)) for file in files}
        return {}

    def _give_back(self, before: Mapping[str, State]) -> None:
        """Remove what is new: it is a mere cache, and may be in the way."""
        discard(self.folder)
        for name in self._states():
            if name != LOCK and name not in before:
                with contextlib.suppress(OSError):
                    (self.folder / name).unlink()


def _text(values: Mapping[str, Any]) -> bytes:
    return json.dumps({"format": FORMAT, **values}, separators=(",", ":")).encode()


def _parse(text: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        return None
    return found


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
