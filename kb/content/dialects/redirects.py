"""Redirects that a generator's configuration, or a file for its host, has: the former addresses of
articles. Those with placeholders (`/old/*`), and those that lead away from the site, say nothing of
any one article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.dialects.configuration import read_configuration, read_text_within, table, text
from kb.content.dialects.dialect import key_of_page
from kb.content.dialects.registry import HOST_FILES
from kb.content.foreign_keys import as_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.content.dialects.dialect import Located
    from kb.content.frontmatter import Plain

    Pair = tuple[str, str]

_FORMER = ("from", "source", "old", "match")
_TARGET = ("to", "destination", "dest", "new", "redirect")
_PLACEHOLDER = re.compile(r"[*:(){}\[\]^$|\\<>=\s]")
_ORIGIN = re.compile(r"https?://", re.IGNORECASE)
_STATUS = re.compile(r"30[12378]!?")
_MOST = 20_000


def pairs_of(said: Plain | None) -> Iterator[Pair]:
    """(former address, target) of what a configuration says: a table of addresses, each with that
    to which it leads or with a table that has it, or a list of tables with both.
    """
    if isinstance(said, dict):
        for former, value in said.items():
            yield former, value.strip() if isinstance(value, str) else _said(value, _TARGET)
    elif isinstance(said, list):
        for each in said:
            target = _said(each, _TARGET)
            for former in _all(each, _FORMER):
                yield former, target


def pairs_of_host(located: Located) -> Iterator[Pair]:
    """Those of files that a host reads (`HOST_FILES`), beside the configuration or at the top of
    the project.
    """
    if located.evidence is None:
        return
    for folder in dict.fromkeys((located.root, located.project)):
        for name in HOST_FILES:
            path = folder / name
            if name.endswith("_redirects"):
                yield from _lines(read_text_within(path, folder) or "")
            else:
                said = table(read_configuration(path, folder)).get("redirects")
                kept = [each for each in said if _leads(each)] if isinstance(said, list) else said
                yield from pairs_of(kept)


def former_addresses(
    pairs: Iterable[Pair], published_at: Sequence[str], indexes: Iterable[str]
) -> Mapping[str, tuple[str, ...]]:
    """The former addresses of each page, as paths, by its key (`key_of_page`). `published_at` is
    where the site stood, `indexes` are the names of files that stand for their folder.
    """
    places = sorted(published_at, key=len, reverse=True)
    leads: dict[str, str] = {}
    for former, target in pairs:
        name, place = _path(former, places), _path(target, places)
        if name and place is not None and len(leads) < _MOST:
            leads.setdefault(name, key_of_page(place, indexes))
    found: dict[str, list[str]] = {}
    for name, target in leads.items():
        found.setdefault(target, []).append(name)
    return {target: tuple(names) for target, names in found.items()}


def _path(address: str, places: Iterable[str]) -> str | None:
    """An address within the site as a path, empty for its front page; None for any other."""
    address = address.partition("#")[0].partition("?")[0].strip().removeprefix("./")
    if address.startswith("//"):
        return None
    if not _ORIGIN.match(address):
        address = f"/{address.lstrip('/')}"
    for place in places:
        if f"{address}/" == place:
            return ""
        if address.startswith(place):
            address = address[len(place) :]
            break
    if _ORIGIN.match(address) or _PLACEHOLDER.search(address):
        return None
    return as_route(address)


def _all(value: Plain, keys: Iterable[str]) -> Iterator[str]:
    """The texts under the first of the keys that a table has."""
    held = next((table(value)[key] for key in keys if key in table(value)), "")
    for each in held if isinstance(held, list) else [held]:
        if isinstance(each, str) and each.strip():
            yield each.strip()


def _said(value: Plain, keys: Iterable[str]) -> str:
    return next(_all(value, keys), "")


def _leads(value: Plain) -> bool:
    """Whether a rule of a host sends browsers to another address."""
    status = text(value, "status") or text(value, "statusCode")
    return not status or _STATUS.fullmatch(status) is not None


def _lines(written: str) -> Iterator[Pair]:
    """`/former /target 301`, a line each, as Netlify and Cloudflare have them."""
    for line in written.split("\n"):
        words = line.partition("#")[0].split()
        if len(words) in {2, 3} and all(map(_STATUS.fullmatch, words[2:])):
            yield words[0], words[1]
