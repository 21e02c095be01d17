"""The content folder at one moment: what is in it, what has changed, what has been read of it.

A `Snapshot` lists the folder once, for the index and for the site, and is all that either goes by:
whether a file still is what it was is decided by its SHA-256, and which digest a file had in which
state (size, times, inode) is kept between runs. An article that one of them has parsed the other
need not parse again.

Most commands find the folder as the one before left it. To know that, names need no checking and
nothing that an index holds of its articles needs reading: the digest of names and states is the
same, or it is not (`state_of_folder`).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from kb.concurrency import cached_property
from kb.content import read_article
from kb.content.dialects import dialect_of
from kb.content.files import MENU_FILES, is_read, scan
from kb.errors import ContentError
from kb.files import is_settled, open_within, raise_if_exhausted
from kb.model import Article, Problem, Severity, decode_as, encode_meta
from kb.store import STORE, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kb.config import Config
    from kb.content import Listing, SourceFile

T = TypeVar("T")

IN_MEMORY = 16_000_000
"""Characters of text held in memory: more articles than most sites have."""


class FolderState(NamedTuple):
    """A SHA-256 of all that `kb.content.scan` goes by, and the latest change of any file in it
    (nanoseconds since the epoch).
    """

    digest: str
    newest: int


def state_of_folder(content: Path) -> FolderState | None:
    """The state of a content folder; None where links, or what can't be listed, take more than a
    look at the folder itself.
    """
    checksum = hashlib.sha256(os.path.abspath(content).encode(errors="surrogateescape"))  # noqa: PTH100 keeps links
    newest = 0
    folders = [os.fspath(content)]
    try:
        while folders:
            folder = folders.pop()
            rows, below = [], []
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith(".") and name not in MENU_FILES:
                        continue
                    if entry.is_symlink():
                        return None
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.path)
                        rows.append(f"{name}/")
                    elif is_read(name):
                        s = entry.stat(follow_symlinks=False)
                        newest = max(newest, s.st_mtime_ns, s.st_ctime_ns)
                        rows.append(
                            f"{name}\0{s.st_mode}\0{s.st_size}\0{s.st_mtime_ns}\0{s.st_ctime_ns}\0{s.st_ino}"
                        )
                    else:
                        rows.append(name)
            rows.sort()
            checksum.update("\0\n".join(rows).encode(errors="surrogateescape") + b"\0\0\n")
            # In an order that is that of the names, whatever the disk's is.
            folders += sorted(below)
    except OSError:
        return None
    return FolderState(checksum.hexdigest(), newest)


class Spool(Generic[T]):
    """Holds values by name, of which each can be taken once: in memory while that is little, else
    in a temporary file, as JSON.
    """

    def __init__(
        self, encode: Callable[[T], Any], decode: Callable[[Any], T], room: int = IN_MEMORY
    ) -> None:
        """`encode` makes of a value what JSON can hold, and `decode` the value of that; `room` is
        how many characters of text are held in memory.
        """
        self._encode, self._decode = encode, decode
        self._room = room
        self._held: dict[str, T] = {}
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[int, int]] = {}

    def put(self, name: str, value: T, size: int) -> None:
        """Hold a value of `size` characters of text."""
        if size <= self._room:
            self._room -= size
            self._held[name] = value
            return
        if self._file is None:
            import tempfile  # noqa: PLC0415  # few builds are that large

            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the spool
        text = json.dumps(self._encode(value), ensure_ascii=False, separators=(",", ":"))
        data = text.encode(errors="surrogatepass")
        self._places[name] = (self._file.seek(0, os.SEEK_END), len(data))
        self._file.write(data)

    def pop(self, name: str) -> T | None:
        """The value of that name, which is not held any more; None if it never was."""
        held = self._held.pop(name, None)
        place = self._places.pop(name, None)
        if held is not None or place is None or self._file is None:
            return held
        start, length = place
        self._file.seek(start)
        return self._decode(json.loads(self._file.read(length).decode(errors="surrogatepass")))

    def close(self) -> None:
        """Let everything go."""
        self._held.clear()
        self._places.clear()
        if self._file is not None:
            self._file.close()
            self._file = None


class Snapshot:
    """The content folder as it was found: `listing` is what is in it, `dialect` how it is read."""

    def __init__(self, config: Config) -> None:
        """List `config.content`. Its files' digests are kept in the index folder.

        Raises ContentError where there is no such folder.
        """
        self._since = time.time_ns()
        # Imported here: most commands find the folder as it was, and make no snapshot.
        from kb.content.habits import settle  # noqa: PLC0415  # a search parses nothing
        from kb.content.titles import AUTO  # noqa: PLC0415  # a search parses nothing

        dialect = dialect_of(config)
        self.listing: Listing = scan(config.content, dialect)
        configured = config.folder.title_suffix
        self.dialect = settle(
            dialect, config.content, self.listing.articles, configured, config.folder.dialect
        )
        found = []
        if self.dialect.title_suffix and configured == AUTO:
            found.append(_of_titles(config.content.name, self.dialect.title_suffix))
        if self.dialect.marks != dialect.marks:
            found.append(_of_names(config.content.name))
        self.listing = self.listing._replace(problems=(*self.listing.problems, *found))
        self._config = config
        self._files = FileStates(config)
        self._states: dict[str, SourceFile] = {}
        self._parsed = Spool(encode_meta, partial(decode_as, Article))

    def known_digest(self, source: SourceFile) -> str | None:
        """The SHA-256 of a file that is in a state in which it was read; None where that would
        have to be done now.
        """
        return self._files.known(source)

    @cached_property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each article and topic file by its path, empty where it can't be read."""
        return {
            file.path: self._files.digest(file)
            for file in (*self.listing.articles, *self.listing.others)
        }

    def save(self) -> None:
        """Keep the digests for the next run: of files that are there, and were for long enough."""
        self._files.save((*self.listing.articles, *self.listing.others))

    def hold(self, source: SourceFile, article: Article) -> None:
        """Hold an article that was parsed from its file, until `article` asks for it."""
        self._files.note(source, article.digest, self._since)
        self._states[source.path] = source
        size = sum(len(section.text) for section in article.sections)
        self._parsed.put(source.path, article, size)

    def article(self, source: SourceFile) -> Article | tuple[Problem, ...]:
        """The article of a file, or the problems that keep it out: as it is held, then no more, or
        as it is read now, where none is held of the file in this state.
        """
        if self._states.get(source.path) == source and (held := self._parsed.pop(source.path)):
            return held
        return self._read(source)

    @cached_property
    def _read(self) -> Callable[[SourceFile], Article | tuple[Problem, ...]]:
        """Reads a file."""
        config = self._config
        return partial(read_article, config.content, limits=config.limits, dialect=self.dialect)

    def release(self) -> None:
        """Let go of all articles that are still held."""
        self._parsed.close()


def _of_titles(folder: str, suffix: str) -> Problem:
    """What to tell of an end of titles that was found."""
    message = (
        f'nearly all titles end with "{suffix}": taken off (title_suffix under [content] names '
        'another end, or "none")'
    )
    return Problem(folder, None, message, Severity.NOTE, "title-suffix")


def _of_names(folder: str) -> Problem:
    """What to tell of links by name that were found."""
    message = (
        "articles link to each other by name: `[[Page]]` is a link "
        '(dialect = "plain" under [content] leaves it text)'
    )
    return Problem(folder, None, message, Severity.NOTE, "links-by-name")


_STATES = "file"
"""The kind of the store's values: the state and digest of a file, under its path."""

_CHUNK = 262_144  # bytes that are read at a time


class FileStates:
    """The digests of files by their states: what was kept, and what is read now."""

    def __init__(self, config: Config) -> None:
        self._content = config.content
        self._most = config.limits.file
        self._path = config.index / STORE
        self._read: dict[str, str] = {}
        self._new: dict[str, bytes] = {}

    @cached_property
    def _kept(self) -> dict[str, bytes]:
        """State and digest by path, looked at when something differs from what there was."""
        store = Store(self._path)
        try:
            return dict(store.all(_STATES))
        finally:
            store.close()

    def known(self, file: SourceFile) -> str | None:
        """The digest of a file in this state."""
        if (digest := self._read.get(file.path)) is not None:
            return digest
        kept, state = self._kept.get(file.path, b""), _state(file)
        return kept[len(state) :].decode() if kept.startswith(state) else None

    def digest(self, file: SourceFile) -> str:
        """The digest of a file, which is read if need be; empty where it can't be. Of a file too
        large to be an article it says how large it is.
        """
        if file.size > self._most:
            return f"{file.size} bytes"
        if (digest := self.known(file)) is None:
            read_at = time.time_ns()
            digest = _digest(self._content, file.path, self._most)
            self.note(file, digest, read_at)
        return digest

    def note(self, file: SourceFile, digest: str, read_at: int) -> None:
        """Note the digest of a file that was read after this time (nanoseconds since the epoch)."""
        self._read[file.path] = digest
        if is_settled(file.mtime_ns, file.ctime_ns, read_at):
            self._new[file.path] = _state(file) + digest.encode()

    def save(self, files: Iterable[SourceFile]) -> None:
        """Keep what is new, and nothing of files that are not among these."""
        gone = [*(self._kept.keys() - {file.path for file in files})]
        if not (self._new or gone):
            return
        store = Store(self._path)
        store.put(_STATES, self._new.items())
        store.drop(_STATES, gone)
        if store.save():
            self._kept = {p: kept for p, kept in (self._kept | self._new).items() if p not in gone}
            self._new = {}
        store.close()


def _state(file: SourceFile) -> bytes:
    return b"%d %d %d %d " % (file.size, file.mtime_ns, file.ctime_ns, file.inode)


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
