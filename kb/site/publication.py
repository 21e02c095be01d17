"""Where the articles stood before: the paths and hosts at which another tool published them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.content.files import fold, without_suffix
from kb.errors import ContentError
from kb.files import open_within
from kb.site.links import normal_path, target_of
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from kb.content import SourceFile
    from kb.content.dialects import Dialect

_DEEPEST_PREFIX = 3  # parts
_LEAST_HITS = 3
_MOST_OF = 0.8
_SAMPLE = 200  # files that are looked into for links to the articles' own host
_READ = 65_536  # bytes of each
_NUMBERS = re.compile(r"(\A|/)\d+\s*[-_.]+\s*(?=\S)")
_INDEX = re.compile(r"(?:\A|/)(?:index|_index|readme)\Z")
_ENDING = re.compile(r"\.html?\Z", re.IGNORECASE)
_WHOLE = re.compile(
    r"""(?:\]\(<?|^\[[^\]\n]+\]:\s*<?|href=["'])(https?://[^/\s"'<>()]+)(/[^\s"'<>()]*)""",
    re.MULTILINE,
)


class Publication(NamedTuple):
    """Where the articles stood before: `prefixes` are paths (`docs/`) below which links find them,
    the longest first; `origins` the addresses of the hosts (`https://help.example.com/`), the first
    of which has what is no part of the content folder. `names` are paths (`src/docs/`) of the
    content folder itself, with which links begin that are written for its project. `folders`: each
    page stood as a folder, so that `../late/` beside an article leads to the one beside it. `inner`
    is the path of the content folder in its project (`src/docs/`), empty where it is that itself.
    `start` is the path in the content folder (`en/`) of what stood at the top of the site; empty
    where it is the folder itself. `permalinks` are the patterns of addresses, as a dialect's routes
    have them.
    """

    prefixes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    folders: bool = False
    inner: str = ""
    start: str = ""
    permalinks: tuple[tuple[str, str], ...] = ()


NEVER_PUBLISHED = Publication()


def read_publication(dialect: Dialect) -> Publication:
    """What `content.published_at` and the dialect say (paths and whole addresses) of the content
    folder of a project.
    """
    content, root = dialect.content, dialect.root
    inner = content.relative_to(root).as_posix() if content.is_relative_to(root) else ""
    names = [f"{name}/" for name in dict.fromkeys((inner, content.name)) if name.strip(".")]
    prefixes: dict[str, None] = {}
    origins: dict[str, None] = {}
    for place in dialect.published_at:
        scheme, separator, rest = place.strip().partition("://")
        host, _, path = rest.partition("/")
        if scheme.lower() in {"http", "https"} and host:
            origins[f"{scheme.lower()}://{host.lower()}/"] = None
        prefix = (path if separator else place).strip().strip("/")
        if prefix:
            prefixes[f"{prefix}/"] = None
    longest_first = sorted(prefixes, key=lambda prefix: (-len(prefix), prefix))
    folders = dialect.routes.folders
    below = f"{inner}/" if inner.strip(".") else ""
    start = f"{dialect.start.relative_to(content).as_posix()}/" if dialect.start else ""
    return Publication(
        prefixes=tuple(longest_first),
        origins=tuple(origins),
        names=tuple(names),
        folders=folders,
        inner=below,
        start=start,
        permalinks=dialect.routes.permalinks,
    )


def shared_prefix(paths: Sequence[str], leads: Callable[[str], bool], least: int = 1) -> str:
    """The beginning (`docs/`) of paths that most of those with it need to lose to lead to a page,
    as `leads` tells, and `least` different ones do; empty where there is none.
    """
    begun: dict[str, list[str]] = {}
    for path in paths:
        parts = path.split("/")
        for count in range(1, min(len(parts), _DEEPEST_PREFIX + 1)):
            begun.setdefault("/".join(parts[:count]) + "/", []).append(path)
    hits = {
        prefix: [path for path in found if leads(path[len(prefix) :])]
        for prefix, found in begun.items()
        # What is not translated is looked for without its language anyway.
        if not language_tag(prefix.rstrip("/"))
    }
    best = max(hits, key=lambda prefix: (len(hits[prefix]), prefix), default="")
    if not best or len({*hits[best]}) < least or len(hits[best]) < _LEAST_HITS:
        return ""
    return best if len(hits[best]) >= _MOST_OF * len(begun[best]) else ""


def find_origin(content: Path, sources: Sequence[SourceFile], known: Iterable[str]) -> str:
    """The address (`https://help.example.com/docs/`) at which articles were published whose links
    to each other have it: four in five links to that host, three at least, lead to an article
    without it, and to three articles. At most 200 files are looked into; empty where there is none,
    or where `known` addresses say the host.
    """
    if any("://" in place for place in known):
        return ""
    pages = {form for source in sources for form in _forms(source.id)}
    links: dict[str, list[str]] = {}
    for source in sources[:: max(1, -(-len(sources) // _SAMPLE))]:
        for origin, path in _WHOLE.findall(_beginning(content, source.path)):
            if page := normal_path(target_of(path).strip("/")):
                links.setdefault(origin.lower(), []).append(page)
    for origin, paths in sorted(links.items(), key=lambda item: (-len(item[1]), item[0])):
        if len({*paths}) < _LEAST_HITS:
            continue
        if sum(_is_page(path, pages) for path in paths) >= max(_LEAST_HITS, _MOST_OF * len(paths)):
            return f"{origin}/"
        if prefix := shared_prefix(paths, lambda path: _is_page(path, pages), _LEAST_HITS):
            return f"{origin}/{prefix}"
    return ""


def _forms(id_: str) -> tuple[str, str]:
    """An id as addresses have it, and the address of its folder where it is the page of that."""
    path = _NUMBERS.sub(r"\1", fold(id_))
    return path, _INDEX.sub("", path)


def _is_page(path: str, pages: set[str]) -> bool:
    return bool(path) and fold(_ENDING.sub("", without_suffix(path))) in pages


def _beginning(content: Path, path: str) -> str:
    """The beginning of a file; nothing where it can't be read."""
    try:
        with open(open_within(content, path), "rb") as file:  # noqa: PTH123  (a handle)
            return file.read(_READ).decode(errors="replace")
    except (ContentError, OSError):
        return ""
