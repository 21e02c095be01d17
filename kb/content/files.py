"""The files of a content folder: found, named and checked, but not read.

Listing is on the path of every search, so it asks the system once per file and imports
nothing heavy.

It begins with the names that every file system and every web address can hold.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import ContentError
from kb.files import is_within, raise_if_exhausted
from kb.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_NAME = 200  # bytes; leaves room for what a site adds to it
MAX_ID = 600  # bytes
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)
_FOREIGN = frozenset('/\\#<>:"|?*')
# Encoded any number of times.
_ENCODED = re.compile(r"%(?:25)*(?:2e|2f|5c|00)", re.IGNORECASE)
# Other, format and separator characters that change how a name looks or where it ends.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def complaint(name: str) -> str | None:
    """What is wrong with one part of an id, None if nothing is."""
    if _PLAIN.fullmatch(name) and len(name) <= MAX_NAME:
        return _device(name)
    return _letters(name) or _shape(name) or _device(name)


def complaint_about_id(name: str) -> str | None:
    """What is wrong with a whole id as somebody wrote it, None if nothing is."""
    if name.startswith("/"):
        return "an id does not begin with a slash"
    parts = name.split("/")
    return too_long(name) or next((wrong for part in parts if (wrong := complaint(part))), None)


def too_long(name: str) -> str | None:
    """What is wrong with the length of a whole id, None if nothing is."""
    if len(name) * 4 > MAX_ID and len(name.encode(errors="replace")) > MAX_ID:
        return f"an id has at most {MAX_ID} bytes"
    return None


def fold(name: str) -> str:
    """Ids that some file system holds for the same have the same folded form."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def printable(path: str) -> str:
    """A path with everything that is not UTF-8 or not visible spelled out."""
    shown = path.encode(errors="backslashreplace").decode()
    return _HIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)


def _letters(name: str) -> str | None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "the name is not UTF-8"
    if _HIDDEN.search(name):
        return "the name has an invisible or control character"
    foreign = sorted(_FOREIGN.intersection(name))
    if foreign:
        return f"the name has {' '.join(foreign)}, which not every system or address can hold"
    if _ENCODED.search(name):
        return "the name has an encoded dot, slash or NUL"
    return None


def _shape(name: str) -> str | None:
    if name in {"", ".", ".."}:
        return "an id has no empty part, and none that is . or .."
    if name.startswith((" ", ".")) or name.endswith((" ", ".")):
        return "the name begins or ends with a dot or a space"
    if len(unicodedata.normalize("NFC", name).encode()) > MAX_NAME:
        return f"the name has over {MAX_NAME} bytes"
    return None


def _device(name: str) -> str | None:
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "the name is reserved on Windows"
    return None


TOPIC_FILE = "topic.yaml"
_SUFFIX = ".md"
# Files that were probably meant to be read.
_OUTSIDE = "a link that leads outside the content folder: not read"
_LOOKALIKES = frozenset({".markdown", ".mdown", ".mdx", ".mkd", _SUFFIX})


class SourceFile(NamedTuple):
    """A file under content/ and its state on disk: whoever sees no change here need not read.

    `path` is relative to content/ with `/` between folders, as the disk spells it. `id` is
    the article's id (for a topic file the topic's): the path without `.md`, in NFC.
    A tuple and not a dataclass because thousands are made for each search.
    """

    path: str
    id: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Listing(NamedTuple):
    """Articles and topic files of a content folder in order of id, and what was refused."""

    articles: tuple[SourceFile, ...]
    topics: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]


def scan(content: Path) -> Listing:
    """List the articles and topic files under a content folder.

    Names that begin with a dot are skipped, other files are none of ours. Refused, each
    with a problem: names that some system or address can't hold, two ids that differ only
    in case or in Unicode form (the first in order stays), links that lead outside, folders
    in it that can't be read. Raises `ContentError` if there is no such folder, or it can't be
    read itself.
    """
    _check(content)
    walk = _Walk(content)
    found = sorted(walk.files())
    articles = [file for file in found if not _is_topic_file(file.path)]
    topics = [file for file in found if _is_topic_file(file.path)]
    problems = [*walk.problems]
    return Listing(
        articles=tuple(sorted(_without_twins(articles, problems), key=lambda file: file.id)),
        topics=tuple(sorted(_without_twins(topics, problems), key=lambda file: file.id)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.message))),
    )


def find_file(content: Path, path: str, id_: str) -> SourceFile | None:
    """One file of a content folder, as `scan` found it before; None if it is gone."""
    try:
        state = os.stat(content / path)  # noqa: PTH116  # a path is made here once
    except OSError as error:
        raise_if_exhausted(error)
        return None
    return SourceFile(path, id_, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


def is_read(name: str) -> bool:
    """Whether a file of that name is read if it is a regular one: as an article or a topic."""
    return name.endswith(_SUFFIX) or name == TOPIC_FILE


def _check(content: Path) -> None:
    """Raise ContentError for what is no folder, or may not be looked into."""
    try:
        is_folder = stat.S_ISDIR(content.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        is_folder = None
    except OSError as error:
        raise _unreadable(content, error) from error
    if not is_folder:
        raise ContentError(
            "no such content folder" if is_folder is None else "not a folder",
            path=printable(str(content)),
            hint="`kb init` makes a new knowledge base; `--content` names another folder",
        )


def _unreadable(content: Path, error: OSError) -> ContentError:
    raise_if_exhausted(error)
    message = f"the content folder can't be read: {error.strerror}"
    return ContentError(message, path=printable(str(content)))


def _is_topic_file(path: str) -> bool:
    return path == TOPIC_FILE or path.endswith("/" + TOPIC_FILE)


def _without_twins(files: list[SourceFile], problems: list[Problem]) -> Iterator[SourceFile]:
    """Of ids that some system holds for the same, only the first."""
    seen: dict[str, str] = {}
    for file in files:
        first = seen.setdefault(fold(file.id), file.path)
        if first == file.path:
            yield file
            continue
        problems.append(
            Problem(
                file.path,
                None,
                f"its id differs from that of {first} only in case or in Unicode form: "
                "rename one of them",
                code="duplicate",
            )
        )


class _Walk:
    """One walk through a content folder."""

    def __init__(self, content: Path) -> None:
        self.problems: list[Problem] = []
        self._content = content
        self._root = os.path.realpath(content)

    def files(self) -> Iterator[SourceFile]:
        """Every article and topic file, in no order."""
        folders = [""]
        while folders:
            prefix = folders.pop()
            for entry in self._entries(prefix):
                if entry.name.startswith("."):
                    continue
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if self._accepts(path, entry.name):
                        folders.append(path + "/")
                elif is_read(entry.name):
                    yield from self._file(entry, path, prefix)
                else:
                    self._notice(entry, path)

    def _entries(self, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._content / prefix) as entries:
                return list(entries)
        except OSError as error:
            if not prefix:
                raise _unreadable(self._content, error) from error
            raise_if_exhausted(error)
            self._refuse(prefix.rstrip("/"), f"can't list this folder: {error.strerror}")
            return []

    def _accepts(self, path: str, name: str) -> bool:
        wrong = complaint(name) or too_long(path)
        if wrong:
            self._refuse(path, f"{wrong}: rename it")
        return wrong is None

    def _file(self, entry: os.DirEntry[str], path: str, prefix: str) -> Iterator[SourceFile]:
        is_topic = entry.name == TOPIC_FILE
        stem = entry.name.removesuffix(_SUFFIX)
        if not is_topic and not self._accepts(path, stem):
            return
        try:
            state = self._state(entry, path)
        except OSError as error:
            raise_if_exhausted(error)
            self._refuse(path, f"can't read this file: {error.strerror}")
            return
        if state is None:
            return
        name = prefix.rstrip("/") if is_topic else prefix + stem
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
        yield SourceFile(
            path, name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino
        )

    def _state(self, entry: os.DirEntry[str], path: str) -> os.stat_result | None:
        """The state of a regular file, of a link's target if it lies within content/."""
        if entry.is_symlink() and self._is_no_file(entry, path):
            return None
        if not entry.is_file():
            self._refuse(path, "not a regular file: not read")
            return None
        return entry.stat()

    def _is_no_file(self, entry: os.DirEntry[str], path: str) -> bool:
        """Say what a link leads to, unless that may be read."""
        real = os.path.realpath(entry.path)
        if os.path.isdir(real):  # noqa: PTH112  (raises nothing)
            self._notice_folder(real, path)
        elif os.path.islink(real):  # noqa: PTH114  (where links end is none, but for circles)
            self._refuse(path, "a link that leads in a circle: not read")
        elif not is_within(self._root, real):
            self._refuse(path, _OUTSIDE)
        elif not os.path.lexists(real):
            self._refuse(path, "a link to nothing: not read")
        else:
            return False
        return True

    def _notice(self, entry: os.DirEntry[str], path: str) -> None:
        """Say what looks like an article or a topic but is not read."""
        suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122  (no need for a Path)
        if suffix in _LOOKALIKES:
            self._warn(path, "not read as an article: only names that end in .md are")
        elif entry.name.lower() in {TOPIC_FILE, "topic.yml"}:
            self._warn(path, f"not read: a topic file is called {TOPIC_FILE}")
        elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112  (raises nothing)
            self._notice_folder(os.path.realpath(entry.path), path)

    def _notice_folder(self, real: str, path: str) -> None:
        """Say that a link leads to a folder, the way to which has no more links."""
        if real == self._root:
            self._warn(path, "a link to the content folder itself: not followed")
        elif is_within(real, self._root):
            self._refuse(path, "a link to a folder that holds the content folder: not followed")
        elif is_within(self._root, real):
            self._warn(path, "a link to a folder: not followed")
        else:
            self._refuse(path, _OUTSIDE)

    def _refuse(self, path: str, message: str) -> None:
        self.problems.append(Problem(printable(path), None, message, code="file"))

    def _warn(self, path: str, message: str) -> None:
        self.problems.append(Problem(printable(path), None, message, Severity.WARNING, "file"))
