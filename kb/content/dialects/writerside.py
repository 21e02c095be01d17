"""Writerside: https://www.jetbrains.com/help/writerside/. Its XML is read tag by tag, without
entities of its own, definitions or other files.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, name_of_site, sites
from kb.content.dialects.configuration import read_text_within
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.groups import Entry, group_flat_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[a-z][a-z-]{0,40})(?P<attrs>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(?P<void>/)?>"
)
_ATTRIBUTE = re.compile(r"([\w-]{1,60})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)')")
_DEEPEST = 30
_LONGEST_VALUE = 1_000


class _Tag(NamedTuple):
    name: str
    attrs: dict[str, str]
    begins: bool
    ends: bool


def read(located: Located) -> Dialect:
    """How `writerside.cfg` has the folder read: the first tree of topics, variables and images."""
    config = _read(located, located.evidence.name if located.evidence else "")
    said = {tag.name: tag.attrs for tag in reversed(config)}
    tree = _read(located, said.get("instance", {}).get("src", ""))
    profile = next((tag.attrs for tag in tree if tag.name == "instance-profile"), {})
    variables = _read(located, said.get("vars", {}).get("src", "v.list"))
    values = {tag.attrs.get("name", ""): tag.attrs.get("value", "") for tag in variables}
    return begin(
        located,
        assets=(said.get("images", {}).get("dir") or "images",),
        includes=(said.get("snippets", {}).get("src") or "snippets",),
        start=said.get("topics", {}).get("dir") or "topics",
        published_at=sites(said.get("instance", {}).get("web-path", "")),
        routes=Routes(indexes=(), slugs=()),
        marks=frozenset({"writerside"}),
        title=name_of_site(profile.get("name", "")),
        given=tuple((k, v) for k, v in values.items() if k and len(v) <= _LONGEST_VALUE),
        groups=group_flat_pages(_entries(tree)),
        menu=(located.root / said["instance"]["src"],) if tree else (),
    )


def _read(located: Located, name: str) -> list[_Tag]:
    text = read_text_within(located.root / name, located.root) if name else None
    return list(_tags(_HIDDEN.sub("", text or "")))


def _tags(text: str) -> Iterator[_Tag]:
    for found in _TAG.finditer(text):
        pairs = _ATTRIBUTE.findall(found["attrs"])
        attrs = {key: unescape(double or single) for key, double, single in pairs}
        yield _Tag(found["name"], attrs, not found["end"], bool(found["end"] or found["void"]))


def _entries(tags: list[_Tag]) -> tuple[Entry, ...]:
    """The entries of a tree; what is nested too deeply stands with what is around it."""
    levels: list[list[Entry]] = [[]]
    opened: list[dict[str, str]] = []
    for tag in tags:
        if tag.name != "toc-element":
            continue
        if tag.begins and not tag.ends and len(levels) < _DEEPEST:
            opened.append(tag.attrs)
            levels.append([])
        elif tag.begins:
            levels[-1].append(_entry(tag.attrs, []))
        elif opened:
            below = levels.pop()
            levels[-1].append(_entry(opened.pop(), below))
    return tuple(levels[0])


def _entry(attrs: dict[str, str], below: list[Entry]) -> Entry:
    return Entry(attrs.get("toc-title", ""), attrs.get("topic", ""), tuple(below))
