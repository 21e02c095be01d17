"""Images and downloads: which files of content/ a site may hold, judged by name and content.

A host decides by a file's name what a browser takes it for, and a browser that is told nothing
looks at how it begins. So a site holds only types that no browser runs, and images that are what
their names say: then nothing that an author puts into content/ runs on the site's own address,
whatever the host does.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from kb.content.files import SUFFIXES, printable
from kb.content.inlined import article_of, read_pictures
from kb.errors import ContentError, SiteError
from kb.files import is_folder, open_within, raise_if_exhausted
from kb.site.images import image_size
from kb.site.output import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path

    from kb.files import State
    from kb.site.images import Size

SVG = "svg"
_SHOWN = frozenset(["png", "apng", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp", "ico", SVG])
"""Images that browsers show."""
_PICTURES = (_SHOWN - {SVG}) | {"tif", "tiff", "heic", "heif", "jxl"}
_TEXTS = frozenset({"txt", "text", "csv", "tsv", "log"})
"""Every host knows them for text, and no browser takes them for anything else."""
OFFERED = _PICTURES.union(
    _TEXTS,
    # documents
    ["pdf", "rtf", "doc", "docx", "dot", "dotx", "odt", "ott", "pages", "epub", "mobi", "azw3"],
    ["xls", "xlsx", "xlsm", "xlt", "xltx", "ods", "ots", "numbers"],
    ["ppt", "pptx", "pps", "ppsx", "pot", "potx", "odp", "otp", "key", "vsd", "vsdx", "odg"],
    ["ps", "eps", "ai", "psd", "dwg", "dxf", "stl", "step", "stp", "gcode"],
    # plain text
    ["json", "jsonl", "ndjson", "toml", "ini", "cfg", "conf", "properties", "sql", "diff", "patch"],
    ["rst", "adoc", "tex", "bib", "ics", "vcf", "srt", "vtt", "lst", "asc", "sig", "pem", "crt"],
    ["sha1", "sha256", "sha512", "md5"],
    # archives
    ["zip", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "7z", "rar", "br", "z", "lz4"],
    # audio and video
    ["mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "weba", "mid", "midi", "aif"],
    ["aiff", "wma", "mp4", "m4v", "mov", "webm", "ogv", "avi", "mkv", "mpg", "mpeg", "wmv", "3gp"],
)
"""What articles may link to: the settings add more."""
_RUN_BY_SERVERS = frozenset(
    ["php", "php3", "php4", "php5", "php7", "php8", "phtml", "phps", "phar", "pht", "shtml"]
).union(
    ["shtm", "stm", "asp", "aspx", "asa", "asax", "ascx", "ashx", "asmx", "cer", "cdx", "jsp"],
    ["jspx", "jspf", "jsw", "jsv", "cfm", "cfml", "cfc", "cgi", "fcgi", "htaccess"],
)
"""Some hosts look at every part of a name: `a.php.png` runs there."""
_RUN_BY_BROWSERS = frozenset(
    ["html", "htm", "xhtml", "xhtm", "xht", "hta", "htc", "mht", "mhtml", "xml", "xsl", "xslt"]
).union(
    ["xsd", "rng", "rdf", "rss", "atom", "mml", "mathml", "kml", "gpx", "wsdl", "svg", "svgz"],
    ["js", "mjs", "cjs", "jsonp", "css", "wasm", "swf", "jar", "xul", "xbl", "vml", "manifest"],
)
_PACKED = frozenset({"gz", "br", "z", "bz2", "xz", "zst"})
"""Some hosts say of `a.html.gz` that it is HTML, to be unpacked by the browser."""
_OWN = (*SUFFIXES, ".yaml", ".yml")
_PARTS = re.compile("[.;:]")
_HEAD = 512
_BOXED = re.compile(rb"....ftyp[\x20-\x7e]{4}", re.DOTALL)
_SIGNATURES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"\0\0\1\0", b"II*\0",
    b"MM\0*", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n",
)  # fmt: skip
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0\t\n\x0b\x0c\r "


_BESIDE = ("static", "public", "assets", "images", "img")
"""Folders beside the content folder where the common generators keep pictures."""
_OF_TOOLS = frozenset(
    ["node_modules", "bower_components", "vendor", "venv", "site-packages", "__pycache__"]
)
"""Folders that hold what tools fetched or made."""
_NEVER = frozenset(
    [".git", ".hg", ".svn", ".venv", ".tox", ".cache", ".next", ".nuxt", ".ssh", ".docusaurus"]
)
_MOST_BESIDE = 100_000  # files; more are no pictures of articles


def folders_above(content: Path, project: Path) -> list[Path]:
    """The folders above a content folder up to that of its project, the nearest first."""
    above = list(content.parents)
    return above[: above.index(project) + 1] if project in above else []


def find_asset_folders(
    content: Path, folders: Iterable[Path], avoid: Collection[Path], above: Sequence[Path] = ()
) -> list[str]:
    """The folders that hold pictures of articles, as paths from content/ that end in a slash: those
    that are given, then those beside it, and in the folders `above`, that are called as the common
    generators call theirs.
    """
    places = dict.fromkeys([content.parent, *above])
    beside = (place / name for place in places for name in _BESIDE)
    found = []
    for folder in dict.fromkeys([*folders, *beside]):
        if folder in avoid or folder.is_symlink() or not is_folder(folder):
            continue
        path = os.path.relpath(folder, content).replace(os.sep, "/")
        found.append("" if path == "." else f"{path}/")
    return found


def find_files(
    content: Path,
    asset_folders: Iterable[str],
    avoid: Collection[Path],
    more: Collection[str],
    above: Sequence[Path] = (),
) -> dict[str, State]:
    """The files that articles may show or link to, each with its state, by path from content/.

    Those of the content folder, the pictures in folders of it that begin with a dot, and in asset
    folders the types that a site may hold, `more` among them; and pictures that stand in one of
    the folders `above`, not in folders of these. No file that is hidden itself, and none that a
    link leads to. A folder that may not be read is told of by the listing.
    """
    avoided = {str(path) for path in (content, *avoid)}
    found = dict(_walk(str(content), "", lambda name: not name.endswith(_OWN), set()))
    offered = OFFERED.union(_SHOWN, more)
    for folder in asset_folders:
        below = _walk(str(content / folder), folder, lambda name: _ending(name) in offered, avoided)
        for path, state in islice(below, _MOST_BESIDE):
            found.setdefault(path, state)
    for place in above:
        prefix = os.path.relpath(place, content).replace(os.sep, "/")
        for path, state in islice(_pictures_in(place, f"{prefix}/"), _MOST_BESIDE):
            found.setdefault(path, state)
    return found


def _pictures_in(folder: Path, prefix: str) -> Iterator[tuple[str, State]]:
    """The pictures in a folder itself."""
    with contextlib.suppress(FileNotFoundError, PermissionError), os.scandir(folder) as entries:
        for entry in entries:
            if _is_shown(entry.name) and not entry.name.startswith("."):
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    if entry.is_file(follow_symlinks=False):
                        yield prefix + entry.name, state_of(entry.stat(follow_symlinks=False))


def _walk(
    top: str, prefix: str, keep: Callable[[str], bool], avoid: Collection[str]
) -> Iterator[tuple[str, State]]:
    """The regular files below a folder, of which those in dot folders are pictures alone."""
    waiting = [(top, prefix, keep)]
    while waiting:
        folder, path, wanted = waiting.pop()
        with contextlib.suppress(FileNotFoundError, PermissionError), os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                hidden = name.startswith(".")
                if entry.is_dir(follow_symlinks=False):
                    if name not in _NEVER and name not in _OF_TOOLS and entry.path not in avoid:
                        inner = _is_shown if hidden else wanted
                        waiting.append((entry.path, f"{path}{name}/", inner))
                elif not hidden and wanted(name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError, PermissionError):
                        yield path + name, state_of(entry.stat(follow_symlinks=False))


def _is_shown(name: str) -> bool:
    return _ending(name) in _SHOWN


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


class Downloads:
    """The files of one content folder, and of asset folders beside it, that a site may hold.

    `more` are types that the operator allows beside `OFFERED`: such a file is copied as it is,
    but an SVG is always looked through.
    """

    def __init__(self, content: Path, more: Collection[str] = ()) -> None:
        self._content = content
        self._more = frozenset(more)
        self._known: dict[tuple[str, bool], str] = {}
        self._sizes: dict[str, Size | None] = {}
        self._pictures: tuple[str, dict[str, bytes]] = "", {}

    def complaint(self, path: str, *, image: bool) -> str:
        """What keeps a file out of the site, to be said after its name; empty if nothing does.

        `image` is whether an article shows it, rather than links to it.
        """
        key = path, image
        if key not in self._known:
            self._known[key] = self._complaint_of_name(path, image=image) or self._look_into(path)
        return self._known[key]

    def size(self, path: str) -> Size | None:
        """The pixels of an image that `complaint` let pass, where its file says them."""
        if path not in self._sizes:
            self._sizes[path] = None
            with contextlib.suppress(OSError, ContentError), self._opened(path) as file:
                self._sizes[path] = image_size(file)
        return self._sizes[path]

    @contextmanager
    def open(self, path: str) -> Iterator[BufferedReader | BytesIO]:
        """A file that `complaint` let pass, to be copied: it is opened once, and looked into again.
        Of a drawing it is what may be shown.

        Raises SiteError where it is not what it was.
        """
        try:
            with self._opened(path) as file:
                shown, wrong = self._shown(path, file)
                if wrong:
                    raise self._changed(path, f"it {wrong}")
                shown.seek(0)
                yield shown
        except ContentError as error:
            raise self._changed(path, f"it is {error.message}") from error
        except FileNotFoundError as error:
            raise self._changed(path, "it is gone") from error

    def _opened(self, path: str) -> BufferedReader | BytesIO:
        if article := article_of(path):
            return BytesIO(self._picture(article, path.rpartition("/")[2]))
        folder = self._content
        while path.startswith("../"):
            folder, path = folder.parent, path[3:]
        return os.fdopen(open_within(folder, path), "rb")

    def _picture(self, article: str, name: str) -> bytes:
        """A picture in the text of an article, of which one after the other is asked for."""
        if self._pictures[0] != article:
            with self._opened(article) as file:
                self._pictures = article, read_pictures(file.read().decode(errors="replace"))
        if name not in self._pictures[1]:
            raise FileNotFoundError(errno.ENOENT, "no picture of that name", name)
        return self._pictures[1][name]

    def _changed(self, path: str, how: str) -> SiteError:
        return SiteError(
            f"changed while the site was built: {how}",
            path=str(self._content / printable(path)),
            hint="build again",
        )

    def _complaint_of_name(self, path: str, *, image: bool) -> str:
        *inner, last = _PARTS.split(path.rpartition("/")[2].lower())
        if image and last not in _SHOWN:
            return "is not an image that browsers show"
        for part in inner[1:]:
            if part in _RUN_BY_SERVERS - self._more:
                return f"is a file that some servers run (.{part}.): not copied, rename it"
        if (last == SVG and image) or last in self._more:
            return ""
        if last not in OFFERED:
            return _refusal(last if inner else "")
        if last in _PACKED and inner[1:] and inner[-1] in _RUN_BY_BROWSERS - self._more:
            return _refusal(f"{inner[-1]}.{last}")
        return ""

    def _look_into(self, path: str) -> str:
        try:
            with self._opened(path) as file:
                return self._shown(path, file)[1]
        except ContentError as error:
            return f"is {error.message}"
        except OSError as error:
            raise_if_exhausted(error)
            return f"can't be read: {error.strerror}"

    def _shown(
        self, path: str, file: BufferedReader | BytesIO
    ) -> tuple[BufferedReader | BytesIO, str]:
        """What is copied of a file, and what keeps it out."""
        if _ending(path) != SVG:
            return file, self._complaint_of_content(path, file)
        from kb.site.svg import read_drawing  # noqa: PLC0415  # most builds see none

        shown, harm = read_drawing(file)
        hint = "not copied, save it as plain SVG without that, or as PNG"
        return shown, f"{harm}: {hint}" if harm else ""

    def _complaint_of_content(self, path: str, file: BufferedReader | BytesIO) -> str:
        kind = _ending(path)
        if kind in self._more or kind in _TEXTS:
            return ""
        head = file.read(_HEAD)
        if kind in _PICTURES and not _is_picture(head):
            return "is not an image, whatever its name says: not copied"
        if head.lstrip(_BEFORE_MARKUP).startswith(b"<"):
            return "begins as HTML or XML does, which browsers could run: not copied"
        return ""


def _refusal(kind: str) -> str:
    if not kind:
        return "has no ending that says what it is, and browsers could run it: not copied"
    shown = printable(kind)[:20]
    if kind.rpartition(".")[2].strip(" ") in _RUN_BY_BROWSERS | _RUN_BY_SERVERS or "." in kind:
        return f"is a file that browsers could run (.{shown}): not copied, put it into a .zip"
    return (
        f"is of a type that kb does not know to be harmless (.{shown}): not copied, put it "
        "into a .zip or name the type in site.downloads"
    )


def _is_picture(head: bytes) -> bool:
    """Whether a file begins as some image does that consists of points."""
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return is_webp or head.startswith(_SIGNATURES) or _BOXED.match(head) is not None
