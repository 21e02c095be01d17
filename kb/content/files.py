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

from kb.content.dialects import PLAIN
from kb.errors import ContentError
from kb.files import is_within, raise_if_exhausted
from kb.model import Problem, Severity
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pathspec import GitIgnoreSpec

    from kb.content.dialects import Dialect

MAX_NAME = 251  # bytes; with `.md` what file systems hold
MAX_ADDRESS = 200  # bytes of one part of an address; leaves room for what a site adds to it
MAX_ID = 600  # bytes
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)
_FOREIGN = frozenset("/\\#")
_DRIVE = re.compile(r"[A-Za-z]:")
# What Windows, and what packs sites for hosts, take in no name.
_NOWHERE = re.compile(r'[<>:"|?*]+|[. ]+(?=/|\Z)')
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


def portable(id_: str) -> str:
    """An id as names of files that every system can hold: what some take in no name, or at no end
    of one, is a hyphen, and a part that is too long ends earlier.
    """
    kept = _NOWHERE.sub("-", id_)
    if len(kept) * 4 <= MAX_ADDRESS:
        return kept
    return "/".join(
        part.encode()[:MAX_ADDRESS].decode(errors="ignore").rstrip(" .") for part in kept.split("/")
    )


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
    if name.startswith("."):
        return "the name begins with a dot"
    if _DRIVE.match(name):
        return "the name begins as a drive of Windows does"
    if len(unicodedata.normalize("NFC", name).encode()) > MAX_NAME:
        return f"the name has over {MAX_NAME} bytes"
    return None


def _device(name: str) -> str | None:
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "the name is reserved on Windows"
    return None


TOPIC_FILE = "topic.yaml"
MENU_FILES = frozenset({
    "_category_.json", "_category_.yml", "_category_.yaml", "_meta.json", "meta.json", ".pages",
    "toc.yml", "toc.yaml", "_sidebar.md", "SUMMARY.md", "_order.yaml", ".navigation.yml", ".order",
    "folder.yml", "index.yml",
})  # fmt: skip
"""Files in which other tools say in which order a folder's pages stand, and what it is called."""
SUFFIXES = (".md", ".mdx", ".markdown", ".qmd", ".mdoc")
"""What the names of articles end in."""
_OUTSIDE = "a link that leads outside the content folder: not read"
# Files that were probably meant to be read.
_LOOKALIKES = frozenset({".mdown", ".mkd", ".mdwn", *SUFFIXES})
_FORMATS = {
    ".rst": "reStructuredText", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".org": "Org",
    ".textile": "Textile", ".wiki": "wikitext", ".mediawiki": "wikitext", ".ipynb": "a notebook",
}  # fmt: skip
"""Formats of articles that kb does not read: who has some beside Markdown should know it."""
LEFT_OUT = "left-out"
"""The code of the note on a file that is not read because no generator would publish it."""
_VENDORED = frozenset({
    "node_modules", "bower_components", "vendor", "venv", "virtualenv", "site-packages",
    "__pycache__",
})  # fmt: skip
_SECTION_PAGE = "_index"
_PATTERN = re.compile(r"\[{1,2}(?:\.\.\.)?\w+\]{1,2}")
_ENDINGS = ", ".join(SUFFIXES)


class SourceFile(NamedTuple):
    """A file under content/ and its state on disk: whoever sees no change here need not read.

    `path` is relative to content/ with `/` between folders, as the disk spells it. `id` is
    the article's id (for a topic or menu file the topic's): the path without its ending, in NFC.
    A tuple and not a dataclass because thousands are made for each search.
    """

    path: str
    id: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Listing(NamedTuple):
    """Articles, topic files and menus of other tools in a content folder, in order of id, and what
    was refused or left out.
    """

    articles: tuple[SourceFile, ...]
    topics: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    menus: tuple[SourceFile, ...] = ()

    @property
    def others(self) -> tuple[SourceFile, ...]:
        """The files that tell of the topics."""
        return (*self.topics, *self.menus)


def scan(content: Path, dialect: Dialect = PLAIN) -> Listing:
    """List the articles and topic files under a content folder that is written in a dialect.

    Names that begin with a dot are skipped, other files are none of ours. Left out, with a
    note: names that begin with `_` (but for `_index`), folders of other people's code such as
    node_modules, and what the patterns of `dialect.exclude` match. Refused, each
    with a problem: names that some system or address can't hold, two ids that differ only
    in case or in Unicode form (the first in order stays), links that lead outside, folders
    in it that can't be read. Raises `ContentError` if there is no such folder, or it can't be
    read itself.
    """
    _check(content)
    walk = _Walk(content, Exclusion(dialect))
    kinds: dict[str, list[SourceFile]] = {"article": [], "topic": [], "menu": []}
    for file in sorted(walk.files()):
        kinds[_kind(file.path.rpartition("/")[2])].append(file)
    problems = [*walk.problems]
    articles = _without_hidden(content, dialect, kinds["article"], problems)
    return Listing(
        articles=tuple(sorted(_without_twins(articles, problems), key=lambda file: file.id)),
        topics=tuple(sorted(_without_twins(kinds["topic"], problems), key=lambda file: file.id)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.message))),
        menus=tuple(sorted(kinds["menu"], key=lambda file: (file.id, file.path))),
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
    """Whether a file of that name is read if it is a regular one: as an article, a topic or a
    menu.
    """
    return name.endswith(SUFFIXES) or name == TOPIC_FILE or name in MENU_FILES


def without_suffix(path: str) -> str:
    """A path without the ending of an article's name."""
    return next((path.removesuffix(end) for end in SUFFIXES if path.endswith(end)), path)


def _kind(name: str) -> str:
    if name == TOPIC_FILE:
        return "topic"
    return "menu" if name in MENU_FILES else "article"


class Exclusion:
    """Which files are left out, and why: by their names, and by patterns as `.gitignore` has them,
    of which the last that matches counts.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._base = ""
        self._is_generated = dialect.name != "plain"
        if dialect.exclude_from and dialect.content != dialect.exclude_from:
            self._base = dialect.content.relative_to(dialect.exclude_from).as_posix() + "/"
        self._spec: GitIgnoreSpec | None = None
        self._taken_in = tuple(p.strip()[1:] for p in dialect.exclude if p.strip().startswith("!"))
        if dialect.exclude:
            # Imported here: most folders have no patterns.
            from pathspec import GitIgnoreSpec  # noqa: PLC0415

            self._spec = GitIgnoreSpec.from_lines(dialect.exclude)

    def takes_in(self, path: str) -> bool:
        """Whether a pattern with `!` asks for a file."""
        return self._spec is not None and (
            self._spec.check_file(f"{self._base}{path}").include is False
        )

    def reason(self, path: str, name: str, *, folder: bool) -> str:
        """Why a file or folder is left out; empty where it is not."""
        matched = None
        if self._spec is not None:
            matched = self._spec.check_file(f"{self._base}{path}{'/' if folder else ''}").include
        if matched and folder and self._takes_in_below(f"{self._base}{path}"):
            matched = None  # its files are looked at one by one
        if matched:
            return "a pattern of the settings or of the generator leaves it out"
        if matched is None and name.startswith("_") and without_suffix(name) != _SECTION_PAGE:
            return "its name begins with `_`"
        if matched is None and self._is_generated and _is_error_page(path):
            return "it is the generator's page for addresses that don't exist"
        if matched is None and self._is_generated and _PATTERN.fullmatch(without_suffix(name)):
            return "its name is a pattern for addresses, and it a template"
        if matched is None and folder and name.lower() in _VENDORED:
            return f"{name}/ holds other people's files"
        return ""

    def _takes_in_below(self, folder: str) -> bool:
        """Whether a pattern with `!` may ask for something within a folder."""
        parts = folder.split("/")
        for pattern in self._taken_in:
            own = pattern.strip("/").split("/")
            is_anchored = pattern.startswith("/") or len(own) > 1
            pairs = zip(own, parts, strict=False)
            if not is_anchored or all("*" in a or "?" in a or a == b for a, b in pairs):
                return True
        return False


def _is_error_page(path: str) -> bool:
    """Whether a path is that of a page 404, at the top or in the folder of a language there."""
    folder, _, name = path.rpartition("/")
    return without_suffix(name) == "404" != name and (not folder or bool(language_tag(folder)))


def _without_hidden(
    content: Path, dialect: Dialect, files: list[SourceFile], problems: list[Problem]
) -> list[SourceFile]:
    """The files that no page or list of the generator hides; the others become notes."""
    if dialect.hidden_by is None:
        return files
    hidden = dialect.hidden_by(content, [file.path for file in files])
    wanted = Exclusion(dialect)
    hidden = {path: why for path, why in hidden.items() if not wanted.takes_in(path)}
    problems += [_left_out(path, why) for path, why in hidden.items()]
    return [file for file in files if file.path not in hidden]


def _left_out(path: str, why: str) -> Problem:
    return Problem(printable(path), None, f"left out: {why}", Severity.NOTE, LEFT_OUT)


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
                f"its id is that of {first}: rename one of them"
                if file.id == without_suffix(first)
                else f"its id differs from that of {first} only in case or in Unicode form: "
                "rename one of them",
                code="duplicate",
            )
        )


class _Walk:
    """One walk through a content folder."""

    def __init__(self, content: Path, exclusion: Exclusion) -> None:
        self.problems: list[Problem] = []
        self._content = content
        self._exclusion = exclusion
        self._root = os.path.realpath(content)

    def files(self) -> Iterator[SourceFile]:
        """Every article, topic file and menu, in no order."""
        folders = [""]
        while folders:
            prefix = folders.pop()
            for entry in self._entries(prefix):
                name, path = entry.name, prefix + entry.name
                if name.startswith(".") and name not in MENU_FILES:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not self._leaves_out(path, name, folder=True) and self._accepts(path, name):
                        folders.append(path + "/")
                elif not is_read(name):
                    self._notice(entry, path)
                elif _kind(name) == "menu" or not self._leaves_out(path, name, folder=False):
                    yield from self._file(entry, path, prefix)

    def _leaves_out(self, path: str, name: str, *, folder: bool) -> bool:
        why = self._exclusion.reason(path, name, folder=folder)
        if why:
            self.problems.append(_left_out(f"{path}/" if folder else path, why))
        return bool(why)

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
        is_topic = _kind(entry.name) != "article"
        stem = without_suffix(entry.name)
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
            self._warn(path, f"not read as an article: only names that end in {_ENDINGS} are")
        elif suffix in _FORMATS and entry.is_file(follow_symlinks=False):
            self._warn(path, f"not read: {_FORMATS[suffix]} is no Markdown")
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
