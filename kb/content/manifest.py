"""What an index was built from: files, their digests, and what was wrong with them.

A generation's manifest holds one `Source` for each file that was read. Whether a file still
is what it was is decided by its SHA-256; `FileStateCache` remembers which digest a file had in
which state (size, times, inode), so that unchanged files are not read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.concurrency import cached_property
from kb.errors import ContentError
from kb.files import is_settled, open_within, raise_if_exhausted, read_sealed, write_sealed
from kb.model import decode_problem, encode_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kb.content import SourceFile
    from kb.model import FileRow, Problem


SEEN = "seen.json"


_CHUNK = 262_144  # bytes that are read at a time
_ENTRY = 5  # a file's size, two times, inode and digest


class Source(NamedTuple):
    """A file that was read. `id` is its article's, empty where there is none; `problems` are
    what was found in it. On the day `until` (in ISO form), and when a file of `includes` has
    changed, the article has to be read again.
    `language` is as in `ArticleMeta`.
    """

    path: str
    digest: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    sections: int = 0
    problems: tuple[Problem, ...] = ()
    until: str = ""
    includes: tuple[FileRow, ...] = ()
    language: str = ""

    @property
    def routes(self) -> tuple[str, ...]:
        """None: what takes them is no problem of an article's."""
        return ()

    def record(self) -> list[Any]:
        """As JSON keeps it, beside its path: most have a digest, an id and sections only."""
        record: list[Any] = [self.digest, self.id, self.sections]
        if self.aliases or self.problems or self.until or self.includes or self.language:
            problems = list(map(encode_problem, self.problems))
            record += [self.aliases, problems, self.until, self.includes, self.language]
        return record


def read_sources(records: Mapping[str, Any]) -> dict[str, Source]:
    """The sources that a manifest holds, by path."""
    return {path: _read_source(path, record) for path, record in records.items()}


def _read_source(path: str, record: list[Any]) -> Source:
    digest, id_, sections, *more = record
    if not more:
        return Source(path, digest, id_, (), sections)
    aliases, problems, until, includes, language = more
    decoded = tuple(map(decode_problem, problems))
    rows = tuple((name, size, time) for name, size, time in includes)
    return Source(path, digest, id_, tuple(aliases), sections, decoded, until, rows, language)


class Difference(NamedTuple):
    """How the files of now differ from an index's sources; all are paths."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.moved)


def compare(old: Mapping[str, Source], digests: Mapping[str, str]) -> Difference:
    """Compare an index's sources with the digests of the files of now.

    A file that is gone while another with the same digest came has moved.
    """
    came = dict.fromkeys(path for path in digests if path not in old)
    gone = {path: source.digest for path, source in old.items() if path not in digests}
    origins: dict[str, list[str]] = {}
    for path, digest in reversed(gone.items()):
        origins.setdefault(digest, []).append(path)
    origins.pop("", None)  # files that can't be read
    moved = [(origins[digests[p]].pop(), p) for p in came if origins.get(digests[p])]
    for origin, path in moved:
        del gone[origin], came[path]
    changed = (p for p, source in old.items() if digests.get(p, source.digest) != source.digest)
    return Difference(tuple(came), tuple(changed), tuple(gone), tuple(moved))


class FileStateCache:
    """Digests of files by their state, kept in the index folder between runs, and what the
    last run found in all (`last`), which can be read without them.

    It is a mere cache, under a checksum: damaged or missing, files are read again; and
    where it can't be written, nothing is lost but time.
    """

    def __init__(self, folder: Path, most: int = sys.maxsize) -> None:
        """`most` is the size in bytes that a file may have to be read."""
        self._most = most
        self.path = folder / SEEN
        head, _, self._states = (read_sealed(self.path) or b"").partition(b"\n")
        self.last: dict[str, Any] = _parse(head)
        self._changed = False

    @cached_property
    def _known(self) -> dict[str, list[Any]]:
        """Path -> state and digest, read when something differs from what there was."""
        known: dict[str, list[Any]] = _parse(self._states)
        is_ours = all([type(e) is list and len(e) == _ENTRY for e in known.values()])  # noqa: C419 faster
        return known if is_ours else {}  # else sealed by another version of kb

    def note(self, last: dict[str, Any]) -> None:
        """Note what was found at last, for `last` of the next run."""
        self._changed |= last != self.last
        self.last = last

    def digests(
        self,
        content: Path,
        files: Iterable[SourceFile],
        read: Mapping[str, str] = MappingProxyType({}),
        since: int = 0,
    ) -> dict[str, str]:
        """The SHA-256 of each file by its path; a file that can't be read has an empty one.

        A file that is too large to be an article is not read: its digest says how large it is.
        `read` are those of files that the caller has read `since` then (nanoseconds since the
        epoch).
        """
        found = {}
        before = self._known
        known: dict[str, list[Any]] = {}
        for file in files:
            if file.size > self._most:
                found[file.path] = f"{file.size} bytes"
                continue
            state = [file.size, file.mtime_ns, file.ctime_ns, file.inode]
            entry = before.get(file.path)
            if entry is None or entry[:4] != state:
                known_digest = read.get(file.path)
                read_at = time.time_ns() if known_digest is None else since
                entry = [*state, known_digest or _digest(content, file.path, self._most)]
                if not is_settled(file.mtime_ns, file.ctime_ns, read_at):
                    found[file.path] = entry[4]
                    continue
                self._changed = True
            known[file.path] = entry
            found[file.path] = entry[4]
        self._changed |= len(known) != len(before)
        self._known = known
        return found

    def save(self) -> None:
        """Keep what was seen for the next run, if there is anything new."""
        if not self._changed:
            return
        if "_known" in self.__dict__:
            self._states = json.dumps(self._known).encode()
        with contextlib.suppress(OSError):
            write_sealed(self.path, (json.dumps(self.last).encode(), b"\n", self._states))
            self._changed = False


def _parse(text: bytes) -> dict[str, Any]:
    """The JSON object that a text holds; empty if it holds none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(content: Path, path: str, most: int) -> str:
    """The SHA-256 of a content file; empty where it can't be read, or is a pipe by now.

    Of one that has grown over `most` bytes since it was listed, no more is read than says so.
    """
    try:
        with os.fdopen(open_within(content, path), "rb") as file:
            checksum, left = hashlib.sha256(), most + 1
            while left > 0 and (chunk := file.read(min(left, _CHUNK))):
                checksum.update(chunk)
                left -= len(chunk)
            return checksum.hexdigest()
    except ContentError:
        return ""
    except OSError as error:
        raise_if_exhausted(error)
        return ""
