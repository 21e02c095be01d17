"""What an article calls by name: texts that it includes, variables, and files that it links to.

Included files lie in the project of the content folder, are regular files reached by no link that
leads out, and are no articles that must not be shown. What was looked for is noted with its state:
an article is read anew when that has changed.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb.content import frontmatter
from kb.content.excerpts import Part, excerpt, read_part
from kb.content.markdown.comments import without_comments
from kb.content.markdown.markup import Markup
from kb.content.visibility import read_visibility
from kb.errors import ContentError
from kb.files import is_file, open_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kb.config import Limits
    from kb.content.dialects import Dialect
    from kb.content.dialects.dialect import Begins
    from kb.model import FileRow

_TEXTS = (".md", ".mdx", ".markdown", ".qmd", ".mdoc", ".txt", ".html", ".htm", ".inc", "")
_NAME = re.compile(r"[^\x00-\x1f\\:*?\"<>|{}]{1,300}")
_VERSION_FILES = ("VERSION", "VERSION.txt", "version.txt")
_DATA = ("", "site.", "site.data.", "site.params.", "data.", "extra.", "book.", "variables.")


_DEFINITION = re.compile(
    r"^ {0,3}\[(?P<label>[^\[\]\n^]{1,200})\]:[ \t]*<?(?P<href>[^\s<>]{1,2000})", re.MULTILINE
)
_ABSENT = (-1, -1)
_MOST_NOTED = 2_000


def have_changed(
    project: Path, rows: Iterable[FileRow], known: dict[str, tuple[int, int]] | None = None
) -> bool:
    """Whether any of these files below a dialect's `project` has another state than the row says.
    `known` holds states that were looked at already, and takes the others.
    """
    known = {} if known is None else known
    for path, *state in rows:
        if path not in known:
            known[path] = _state_of(project, path)
        if known[path] != tuple(state):
            return True
    return False


def _state_of(root: Path, file: str) -> tuple[int, int]:
    try:
        seen = (root / file).stat()
    except (OSError, ValueError):
        return _ABSENT
    return seen.st_size, seen.st_mtime_ns


# Generators that take a file for MDX by its name alone.
_MDX_BY_NAME = frozenset({"starlight", "nextjs", "astro", "vitepress"})


class Called:
    """Finds what the article at a path calls. `given` is its front matter."""

    def __init__(
        self, path: str, given: dict[str, frontmatter.Plain], dialect: Dialect, limits: Limits
    ) -> None:
        self._path = path
        self._states: dict[str, tuple[int, int]] = {}
        self._folder = posixpath.dirname(path)
        self._given = given
        self._dialect = dialect
        self._limits = limits

    def markup(self) -> Markup:
        """How the marks of the article are read."""
        families = set(self._dialect.marks)
        if self._path.lower().endswith(".mdx"):
            families.add("mdx")
        elif self._dialect.name in _MDX_BY_NAME:
            families.discard("mdx")
        return Markup(frozenset(families), self.include, self.variable, self.path, self.code)

    def files(self) -> tuple[FileRow, ...]:
        """The files that were looked for: path below the project, size, time of change (-1 for one
        that is not there).
        """
        return tuple((path, *state) for path, state in self._states.items())

    def _text(self, file: str, part: Part | None = None) -> str | None:
        """The text of a file below the project, or a part of it; the file is noted."""
        state = _state_of(self._dialect.project, file)
        if len(self._states) < _MOST_NOTED:
            self._states.setdefault(file, state)
        if state == _ABSENT:
            return None
        begins = self._dialect.begins(file)
        return _text_of(self._dialect.project, file, state, self._limits, part, begins)

    def include(self, name: str) -> str | None:
        """The Markdown of a file, or of a part of it; None where there is none to show."""
        return self._find(name, lambda ending: ending in _TEXTS)

    def code(self, name: str) -> str | None:
        """The text of any file that has an ending, or of a part of it; None where there is none."""
        return self._find(name, bool)

    def definitions(self, body: str) -> dict[str, str]:
        """The addresses of links that texts define for all articles, by the labels that a body
        may use.
        """
        wanted = body.casefold() if self._dialect.appended else ""
        return {
            found["label"]: found["href"]
            for name in self._dialect.appended
            for found in _DEFINITION.finditer(self.include(name) or "")
            if (label := f"[{found['label'].casefold()}]") in wanted and f"{label}:" not in wanted
        }

    def _find(self, name: str, allows: Callable[[str], bool]) -> str | None:
        name = re.sub(r"\A(?:~|@site|@docs|@)/", "/", name.strip().strip("\"'"))
        part = read_part(name)
        if part is None or not _NAME.fullmatch(part.path) or self._dialect.root == Path():
            return None
        for file in self._candidates(part.path):
            if allows(posixpath.splitext(file)[1].lower()):
                text = self._text(file, part)
                if text is not None:
                    return text
        return None

    def _candidates(self, name: str) -> list[str]:
        """Paths below the project where the file may be, the likeliest first."""
        dialect = self._dialect
        root, content, project = dialect.root, dialect.content, dialect.project
        folders = [
            *dialect.include_folders,
            content,
            root,
            root / "snippets",
            root / "_includes",
            project,
        ]
        bases = [
            posixpath.join(_below(content, project), self._folder),
            *(_below(f, project) for f in folders),
        ]
        if name.startswith("/"):
            bases = [*bases[1:], bases[0]]
        found: dict[str, None] = {}
        for base in bases:
            joined = posixpath.normpath(posixpath.join(base, name.lstrip("/")))
            if joined.startswith(("..", "/")) or _is_private(joined):
                continue
            found[joined] = None
            if not posixpath.splitext(joined)[1]:
                found[f"{joined}.md"] = found[f"{joined}.mdx"] = None
        return list(found)

    def variable(self, name: str) -> str | None:
        """The value of a variable as text; None where there is none, or it is a table."""
        name = re.sub(r"\[[\"']?([\w-]+)[\"']?\]", r".\1", name)
        if name.startswith(("page.", "frontmatter.", "$frontmatter.")):
            key = name.partition(".")[2]
            value = self._given.get(key)
            return value if isinstance(value, str) else self._of_jekyll(key)
        if name.startswith("variables."):
            return self._github_variable(name)
        variables = self._dialect.variables
        for prefix in _DATA:
            value = variables.get(prefix + name)
            if isinstance(value, str):
                return value
        if name.lower().removeprefix("site.") == "version":
            return self._version()
        return None

    def _of_jekyll(self, key: str) -> str | None:
        """What Jekyll says of each page: https://jekyllrb.com/docs/variables/#page-variables."""
        if self._dialect.name != "jekyll":
            return None
        path = posixpath.join(_below(self._dialect.content, self._dialect.root), self._path)
        first = next((part for part in path.split("/") if part.startswith("_")), "")
        if key == "collection":
            return first[1:] or None
        return {"path": path, "name": posixpath.basename(path)}.get(key)

    def _github_variable(self, name: str) -> str | None:
        """`variables.product.name`, which is `name` in `data/variables/product.yml`."""
        _, *parts = name.split(".")
        is_dotted = len(parts) > 1
        if not is_dotted or not all(re.fullmatch(r"[\w-]+", part) for part in parts):
            return None
        text = self._text(self._at_root(f"data/variables/{'/'.join(parts[:-1])}.yml"))
        value = _data(text or "", self._limits).get(parts[-1])
        return value if isinstance(value, str) else None

    def _version(self) -> str | None:
        for file in _VERSION_FILES:
            text = self._text(self._at_root(file))
            if text and re.fullmatch(r"[\w.+-]{1,40}", text.strip()):
                return text.strip()
        return None

    def _at_root(self, file: str) -> str:
        """The path below the project of a file at the dialect's root."""
        return posixpath.normpath(
            posixpath.join(_below(self._dialect.root, self._dialect.project), file)
        )

    def path(self, name: str) -> str | None:
        """The path from the root of the content for a file that a link tag names."""
        content = self._dialect.content
        if self._dialect.root == Path():
            return None
        name, hash_, anchor = name.strip().partition("#")
        parts = [part for part in name.strip("/").split("/") if part not in {"", "."}]
        if ".." in parts or not parts:
            return None
        for start in range(len(parts)):
            path = "/".join(parts[start:])
            for ending in ("", ".md"):
                if is_file(content / f"{path}{ending}"):
                    return f"/{path}{ending}{hash_}{anchor}"
        return None


def _below(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else ".."


def _is_private(path: str) -> bool:
    return any(part.startswith(".") and part not in {".", ".gitbook"} for part in path.split("/"))


@lru_cache(maxsize=64)
def _text_of(  # noqa: PLR0917  # all are parts of the key
    root: Path,
    file: str,
    state: tuple[int, int],
    limits: Limits,
    part: Part | None,
    begins: Begins,
) -> str | None:
    """The text of a file, or a part of it, without front matter and comments where it is Markdown;
    None where it is not to be shown.
    """
    del state  # a part of the key: another state, another text
    try:
        handle = open_within(root, file)
        with open(handle, "rb") as stream:  # noqa: PTH123  (a handle, not a path)
            data = stream.read(limits.file + 1)
        if len(data) > limits.file or b"\0" in data:
            return None
        text = data.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        if part and posixpath.splitext(file)[1].lower() not in _TEXTS:
            return excerpt(text, part)
        return _markdown_of(text, part, limits, begins)
    except (ContentError, OSError, UnicodeDecodeError):
        return None


def _markdown_of(text: str, part: Part | None, limits: Limits, begins: Begins) -> str | None:
    """What may be shown of an article, or a part of it. Raises ContentError."""
    fields, body, line = frontmatter.read(text, limits=limits)
    if read_visibility(fields, begins=begins).hides:
        return None
    shown, _ = without_comments(body, first_line=line, limits=limits)
    found = excerpt(body, part, shown) if part else shown
    # After `#` another place in the file may be named: then all of it is included.
    return shown if found is None and part and part.is_place else found


@lru_cache(maxsize=64)
def _data(text: str, limits: Limits) -> dict[str, frontmatter.Plain]:
    try:
        fields = frontmatter.parse(text, first_line=1, limits=limits, what="data file")
    except ContentError:
        return {}
    return {entry.key: frontmatter.plain(entry.value) for entry in fields.entries}
