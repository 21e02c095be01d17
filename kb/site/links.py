"""Links as authors write them: sorted by kind, and read as paths.

Sorting needs the link alone; resolving (`kb.site.resolver`) needs to know every page. What lies
between is a `LinkReference`: a path under content/ that an article would like to reach.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from kb.content.markdown.wiki_link import BY_NAME
from kb.settings import host_name

if TYPE_CHECKING:
    from collections.abc import Collection

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OUTSIDE = re.compile(r"https?://[^/?#\\@\s]", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/?#@\\]*@)?([^/?#:\\]+)(:[0-9]*)?", re.IGNORECASE)
_IN_REPOSITORY = re.compile(
    r"https?://(?:raw\.githubusercontent\.com/[^/?#]+/[^/?#]+/(?:refs/heads/)?[^/?#]+"
    r"|github\.com/[^/?#]+/[^/?#]+/(?:blob|raw)/[^/?#]+)/([^?#]+)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"\A(?:doc|ref|page|recipe|changelog):(?=[\w-])")
"""How ReadMe writes a link to a page by the last part of its address: `doc:late-parcels`."""

_SITE = "@site/"
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ROUTE = re.compile(r"(?:\./|/)?#!?/")
_HEADING_QUERY = re.compile(r"[?&]id=([^&]*)")
_WITHOUT_HOST = frozenset({"mailto", "tel", "sms"})


class LinkReference(NamedTuple):
    """A path under content/ that an article links to or shows.

    `path` is "" for a link that leads out of content/; `written` is the link as it stands
    in the article, `line` its line in the file. `wordless` is a link without a text of its own.
    """

    path: str
    fragment: str
    written: str
    line: int
    image: bool
    wordless: bool = False


class Place(StrEnum):
    """Where a link leads."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    REFUSED = "refused"


def sort_link(href: str) -> tuple[Place, str]:
    """Where a link leads, and the address for it; for a refused one the reason."""
    if _HIDDEN.search(href):
        return Place.REFUSED, "has control characters"
    href = href.removeprefix("pathname://")  # of Docusaurus: a file beside the pages
    if href.startswith("//"):
        href = f"https:{href}"
    scheme = _SCHEME.match(href)
    if scheme is None or href.startswith(BY_NAME):
        return Place.INSIDE, href
    if _SLUG.match(href):
        return Place.INSIDE, BY_NAME + href
    name = scheme[1].lower()
    if name in {"http", "https"} and _OUTSIDE.match(href):
        return Place.OUTSIDE, href
    if name in _WITHOUT_HOST and len(href) > len(name) + 1:
        return Place.OUTSIDE, href
    return Place.REFUSED, f"is of a kind that the site does not offer ({name}:)"


def shown(href: str) -> str:
    """A link as a person wrote it: one by name has its brackets."""
    name = href.removeprefix(BY_NAME)
    return href if name == href else name if _SLUG.match(name) else f"[[{unquote(name)}]]"


def host_of(url: str) -> str:
    """The host of an http or https URL, in lower case."""
    found = _HOST.match(url)
    return found[1].lower() if found else ""


def lies_on(url: str, hosts: Collection[str]) -> bool:
    """Whether an http or https URL leads to one of these hosts, as `host_name` writes them."""
    found = _HOST.match(url)
    name = found and host_name(f"{found[1]}{(found[2] or '').rstrip(':')}")
    return name in hosts


def path_in_repository(url: str) -> str:
    """The path of a file in the repository at GitHub that an address shows, or in the project of
    Docusaurus (`@site/docs/late.md`); empty for others.
    """
    if url.startswith(_SITE):
        return target_of(url.removeprefix(_SITE))
    found = _IN_REPOSITORY.match(url)
    return unquote(found[1]) if found else ""


def leads_back(url: str, hosts: Collection[str]) -> bool:
    """Whether a whole address is one of the site that the articles come from."""
    return bool(hosts) and host_of(url) in hosts


def want(href: str, article_path: str, line: int, *, image: bool = False) -> LinkReference:
    """What a link within content/, written in the article at `article_path`, asks for."""
    target, fragment = target_of(href), _fragment_of(href)
    if href.startswith(BY_NAME) and target:
        path = normal_path(target)
    elif not target:
        path = article_path
    elif target.startswith("/"):
        path = normal_path(target.lstrip("/"))
    else:
        path = normal_path(f"{article_path.rpartition('/')[0]}/{target}")
    return LinkReference(path, fragment, href, line, image)


def target_of(href: str) -> str:
    """The path of a link as it was meant: decoded, without origin, query and fragment."""
    href = _unrouted(_SLUG.sub("", href.removeprefix(BY_NAME), count=1))
    if origin := _HOST.match(href):
        href = href[origin.end() :] or "/"
    return unquote(href.partition("#")[0].partition("?")[0])


def _fragment_of(href: str) -> str:
    before, _, fragment = _unrouted(href.removeprefix(BY_NAME)).partition("#")
    if not fragment and (found := _HEADING_QUERY.search(before)):
        fragment = found[1]
    return unquote(fragment)


def _unrouted(href: str) -> str:
    """The link itself where docsify's way through one page is written: `#/guide?id=x`."""
    found = _ROUTE.match(href)
    return href[found.end() - 1 :] if found else href


def normal_path(path: str) -> str:
    """The path without `.` and `..`; empty for content/ itself, and for what leads elsewhere."""
    found = path_from(path)
    return "" if found.startswith("../") or found == "./" else found


def path_from(path: str) -> str:
    """The path without `.`, and with steps up at its beginning at most; `./` for content/ itself,
    empty if it is no path at all.
    """
    if "\\" in path or "\0" in path or not path:
        return ""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and (not parts or parts[-1] == ".."):
            parts.append(part)
        elif part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    is_folder = path.endswith(("/", "/.", "/..")) or path in (".", "..") or not parts
    return ("/".join(parts) or ".") + ("/" if is_folder else "")
