"""Links as authors write them: sorted by kind, and resolved against what the site holds.

Sorting needs the link alone; resolving needs to know every page. What lies between is a
`LinkReference`: a path under content/ that an article would like to reach.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

from kb.content.anchors import find_anchor
from kb.content.files import fold, printable
from kb.settings import host_name
from kb.site.addresses import FILES, encode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kb.site.output import State

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OUTSIDE = re.compile(r"https?://[^/?#\\@\s]", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/?#@\\]*@)?([^/?#:\\]+)(:[0-9]*)?", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WITHOUT_HOST = frozenset({"mailto", "tel", "sms"})


class LinkReference(NamedTuple):
    """A path under content/ that an article links to or shows.

    `path` is "" for a link that leads out of content/; `written` is the link as it stands
    in the article, `line` its line in the file.
    """

    path: str
    fragment: str
    written: str
    line: int
    image: bool


class Place(StrEnum):
    """Where a link leads."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    REFUSED = "refused"


def sort_link(href: str) -> tuple[Place, str]:
    """Where a link leads, and the address for it; for a refused one the reason."""
    if _HIDDEN.search(href):
        return Place.REFUSED, "has control characters"
    if href.startswith("//"):
        href = f"https:{href}"
    scheme = _SCHEME.match(href)
    if scheme is None:
        return Place.INSIDE, href
    name = scheme[1].lower()
    if name in {"http", "https"} and _OUTSIDE.match(href):
        return Place.OUTSIDE, href
    if name in _WITHOUT_HOST and len(href) > len(name) + 1:
        return Place.OUTSIDE, href
    return Place.REFUSED, f"is of a kind that the site does not offer ({name}:)"


def host_of(url: str) -> str:
    """The host of an http or https URL, in lower case."""
    found = _HOST.match(url)
    return found[1].lower() if found else ""


def lies_on(url: str, hosts: Collection[str]) -> bool:
    """Whether an http or https URL leads to one of these hosts, as `host_name` writes them."""
    found = _HOST.match(url)
    name = found and host_name(f"{found[1]}{(found[2] or '').rstrip(':')}")
    return name in hosts


def want(href: str, article_path: str, line: int, *, image: bool = False) -> LinkReference:
    """What a link within content/, written in the article at `article_path`, asks for."""
    target, _, fragment = href.partition("#")
    target = unquote(target.partition("?")[0])
    if not target:
        path = article_path
    elif target.startswith("/"):
        path = _normal(target.lstrip("/"))
    else:
        path = _normal(f"{article_path.rpartition('/')[0]}/{target}")
    return LinkReference(path, unquote(fragment), href, line, image)


def _normal(path: str) -> str:
    """The path without `.` and `..`; empty if it leads out of content/ or is no path at all."""
    if "\\" in path or "\0" in path:
        return ""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) + ("/" if path.endswith("/") and parts else "")


class Destination(NamedTuple):
    """A page that can be linked to; `anchors` are those of its headings."""

    address: str
    anchors: frozenset[str] = frozenset()


class Resolved(NamedTuple):
    """What becomes of a want: `href` is an encoded address from the root of the site, empty
    if there is nothing to link to. `warning` says what is wrong. `file` is a path under
    content/ to copy.
    """

    href: str
    warning: str = ""
    file: str = ""


class Complaint(Protocol):
    """Says what keeps a file out of the site: `kb.site.downloads` knows."""

    def __call__(self, path: str, /, *, image: bool) -> str:
        """The reason, to be said after the file's name; empty if there is none."""
        ...


class Targets(NamedTuple):
    """Everything that a link can lead to.

    `articles` holds the published articles by folded path without `.md`, former ids too;
    `topics` the topics by folded id; `files` other files under content/; `hidden` the
    folded paths of articles that are not published. `complaint` says what keeps a file out of
    the site, by its path and whether it is to be shown as an image.
    """

    articles: Mapping[str, Destination]
    topics: Mapping[str, Destination]
    files: Mapping[str, State]
    hidden: frozenset[str]
    complaint: Complaint

    def resolve(self, wanted: LinkReference) -> Resolved:
        """What a want leads to."""
        if not wanted.path:
            return Resolved("", "leads out of the content folder")
        if wanted.image:
            return self._file(wanted.path, image=True)
        page = self._page(wanted.path)
        if page is not None:
            return _at_anchor(page, wanted.fragment)
        if fold(wanted.path.removesuffix(".md")) in self.hidden:
            return Resolved("", "leads to an article that is not published")
        return self._file(wanted.path, image=False)

    def _page(self, path: str) -> Destination | None:
        name = fold(path.removesuffix(".md").rstrip("/"))
        found = None if path.endswith("/") else self.articles.get(name)
        return found if found or path.endswith(".md") else self.topics.get(name)

    def _file(self, path: str, *, image: bool) -> Resolved:
        if path not in self.files:
            return Resolved("", "leads to nothing in the content folder")
        wrong = self.complaint(path, image=image)
        return Resolved("", wrong) if wrong else Resolved(encode(FILES + path), file=path)


def _at_anchor(page: Destination, fragment: str) -> Resolved:
    href = encode(page.address)
    if not fragment:
        return Resolved(href)
    anchor = find_anchor(fragment, page.anchors)
    if anchor is not None:
        return Resolved(f"{href}#{encode(anchor)}")
    return Resolved(href, f"leads to an anchor that its page does not have, #{printable(fragment)}")
