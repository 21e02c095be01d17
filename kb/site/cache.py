"""What the last build of a site left for the next: which sources it saw, and what it knew.

    index/sites/HASH/stamp.json     the states of everything that went in and came out
    index/sites/HASH/records.json   a record of each article, and a key of each page
    index/sites/HASH/spare/         the site before the last, for the next to be made from

HASH stands for the output folder. The stamp alone tells whether anything changed; the
records are read when something has. Losing them costs a full build, no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kb.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """States of the sources and of the output, the settings' hash, and what the build said.

    `sources` are [path, id, size, mtime_ns, ctime_ns, inode] of articles and topic files.
    """

    common: str
    sources: list[list[Any]]
    files: dict[str, list[int]]
    output: dict[str, list[int]]
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Memory:
    """By path of the source file: its state, its record as JSON, the key of its page.

    `common` is the hash of what all of them depend on. `shared` holds, under one key, the
    addresses of what shows several articles; `related` the related articles, under a hash
    of what they were found by.
    """

    common: str = ""
    states: dict[str, list[Any]] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    related: dict[str, dict[str, list[str]]] = field(default_factory=dict)


class Cache:
    """The cache of one output folder. Whatever is wrong with it counts as not there."""

    def __init__(self, index: Path, out: Path) -> None:
        name = hashlib.sha256(os.fsencode(out)).hexdigest()[:16]
        self.folder = index / "sites" / name

    def stamp(self) -> Stamp | None:
        """How things stood after the last build, None if that is not known."""
        found = self._read("stamp.json")
        try:
            return None if found is None else Stamp(**found)
        except TypeError:
            return None

    def memory(self, common: str) -> Memory:
        """What the last build knew; empty if nothing of it holds any more."""
        found = self._read("records.json")
        try:
            memory = Memory(**(found or {}))
        except TypeError:
            return Memory()
        return memory if memory.common == common else Memory()

    def write(self, stamp: Stamp, memory: Memory) -> None:
        """Remember a finished build; the stamp last, since it vouches for the rest."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.forget()
            self._write("records.json", memory)
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
        """Keep other builds of the same output waiting. Raises SiteError after `wait` seconds."""
        from filelock import FileLock, Timeout  # noqa: PLC0415  # only who writes pays for it

        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise SiteError(
                f"another build of this site has not ended within {wait:.0f} seconds",
                hint="wait for it",
                code="site-busy",
            ) from None
        except OSError:  # a folder that can't be written to: nobody else can either
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def forget(self) -> None:
        """Let the next build look at everything anew."""
        (self.folder / "stamp.json").unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found = json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
            return None
        return found

    def _write(self, name: str, what: Stamp | Memory) -> None:
        values: Mapping[str, Any] = {key: getattr(what, key) for key in what.__slots__}
        temporary = self.folder / f"{name}.new"
        text = json.dumps({"format": FORMAT, **values}, separators=(",", ":"))
        temporary.write_bytes(text.encode(errors="surrogatepass"))
        temporary.replace(self.folder / name)
