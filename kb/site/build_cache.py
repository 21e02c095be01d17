"""What the last build of a site left for the next: which sources it saw, and what it knew.

    index/sites/HASH/stamp.json     the states of everything that went in and came out
    index/sites/HASH/records.json   a record and the links of each article, and what became of them
    index/sites/HASH/search.*       what was written of the search (`kb.site.export.shards`)
    index/sites/HASH/spare/         the site before the last, for the next to be made from
    index/sites/HASH/spare.new/     the next while it is made; a build that fails removes it

HASH stands for the output folder. The stamp alone tells whether anything changed; the
records are read when something has. All are sealed with a checksum: losing or damaging them
costs a full build, no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import SiteError
from kb.files import read_sealed, write_sealed
from kb.index.generations import LOCK, SITES, discard, hold_file
from kb.site.output import state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.files import State

FORMAT = 6

_AT_ONCE = 100
"""Lines that are written together."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """States of the sources and of the output, the settings' hash, the releases of the libraries
    that made the site, and what the build said.

    `sources` are [path, id, size, mtime_ns, ctime_ns, inode] of articles and topic files.
    """

    common: str
    libraries: dict[str, str]
    sources: list[list[Any]]
    files: dict[str, list[int]]
    output: dict[str, list[int]]
    summary: dict[str, Any]


class Outcome(NamedTuple):
    """What became of an article: the key of its page, how many of its links lead nowhere, and
    the files under content/ that it shows or links to.
    """

    key: str
    broken: int
    files: list[str]


@dataclass(frozen=True, slots=True)
class Memory:
    """By path of the source file: its state, its record and its links as JSON, its outcome.

    `common` is the hash of what all of them depend on, `around` that of all that a page may
    show of other articles and that links can lead to. `shared` holds, under one key, the
    addresses of what shows several articles; `related` the numbers of related articles,
    under a hash of what they were found by.
    """

    common: str = ""
    around: str = ""
    states: dict[str, list[Any]] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    wants: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    related: Mapping[str, list[list[int]]] = field(default_factory=dict)


class Cache:
    """The cache of one output folder. Whatever is wrong with it counts as not there."""

    def __init__(self, index: Path, out: Path) -> None:
        """Raises SiteError where the cache is a link: it would lead kb elsewhere."""
        name = hashlib.sha256(os.fsencode(out)).hexdigest()[:16]
        self.folder = index / SITES / name
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
        found = _parse(self._text("stamp.json"))
        try:
            return None if found is None else Stamp(**found)
        except TypeError:
            return None

    def memory(self, common: str) -> Memory:
        """What the last build knew; empty if nothing of it holds any more."""
        head, _, rest = self._text("records.json").partition("\n")
        found = _parse(head)
        lines = rest.split("\n")
        try:
            memory = Memory(**(found or {}))
            outcomes = {path: Outcome(*outcome) for path, outcome in memory.outcomes.items()}
        except (TypeError, AttributeError):
            return Memory()
        count = len(memory.states)
        if memory.common != common or len(lines) != 2 * count + 1:
            return Memory()
        return replace(
            memory,
            records=dict(zip(memory.states, lines, strict=False)),
            wants=dict(zip(memory.states, lines[count:], strict=False)),
            outcomes=outcomes,
        )

    def write(self, stamp: Stamp, memory: Memory) -> None:
        """Remember a finished build; the stamp last, since it vouches for the rest."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.forget()
            lines = [
                known[path] for known in (memory.records, memory.wants) for path in memory.states
            ]
            self._write("records.json", replace(memory, records={}, wants={}), lines)
            self._write("stamp.json", stamp)

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
            try:
                yield
            except BaseException:
                self._give_back(before)
                raise

    def _states(self) -> dict[str, State]:
        """The states of the files in the folder itself."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            files = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)]
            return {file.name: state_of(file.stat(follow_symlinks=False)) for file in files}
        return {}

    def _give_back(self, before: Mapping[str, State]) -> None:
        """Remove what is new or was changed since: it is a mere cache, and may be in the way."""
        discard(self.folder)
        for name, state in self._states().items():
            if name != LOCK and state != before.get(name):
                with contextlib.suppress(OSError):
                    (self.folder / name).unlink()

    def forget(self) -> None:
        """Let the next build look at everything anew."""
        (self.folder / "stamp.json").unlink(missing_ok=True)

    def _text(self, name: str) -> str:
        data = read_sealed(self.folder / name) or b""
        return data.decode(errors="surrogatepass")

    def _write(self, name: str, what: Stamp | Memory, lines: Iterable[str] = ()) -> None:
        """Write what is known as one line of JSON, and further lines below it."""
        values: Mapping[str, Any] = {key: getattr(what, key) for key in what.__slots__}
        head = json.dumps({"format": FORMAT, **values}, separators=(",", ":"))
        write_sealed(self.folder / name, _Lines((head, *lines)))


class _Lines:
    """Lines of text as they are written, some at a time: together they need much memory."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._lines), _AT_ONCE):
            lines = "\n".join(self._lines[start : start + _AT_ONCE])
            yield f"{lines}\n".encode(errors="surrogatepass")


def _parse(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        return None
    return found
