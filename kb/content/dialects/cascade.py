"""What hides pages though they don't say so themselves: Hugo's cascades, and what a configuration
says of pages below a folder.

https://gohugo.io/configuration/cascade/. Here only who may see them is asked.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from kb.config import DEFAULT_LIMITS
from kb.content.files import without_suffix
from kb.content.frontmatter import Fields, Text, as_value
from kb.content.reader import decode, read_bytes, read_front_matter
from kb.content.values import items
from kb.content.visibility import folded, read_visibility
from kb.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.content.frontmatter import Plain, Value

_TARGETS = frozenset({"target", "_target"})


def hidden_by_cascade(content: Path, paths: Sequence[str]) -> Mapping[str, str]:
    """Why articles are hidden by the front matter of a page above them, by their paths."""
    hidden: dict[str, str] = {}
    for path in paths:
        if without_suffix(path).rpartition("/")[2] != "_index":
            continue
        folder = path.rpartition("/")[0]
        for pattern, kind in _hiding(content, path):
            below = (p for p in paths if not folder or p.startswith(f"{folder}/"))
            for other in below:
                if other != path and _is_meant(other, pattern, kind):
                    hidden.setdefault(other, f"`cascade` in {path} hides it")
    return hidden


def hiding_targets(said: Plain) -> tuple[tuple[str, str], ...]:
    """The paths and the kind of page for which cascades of a configuration are that hide."""
    return tuple(_target(table) for table in _hiding_tables(as_value(said)))


def hidden_by_targets(
    targets: Sequence[tuple[str, str]], paths: Sequence[str]
) -> Mapping[str, str]:
    """Why articles are hidden that are meant by one of these, by their paths."""
    meant = (path for path in paths if any(_is_meant(path, *target) for target in targets))
    return dict.fromkeys(meant, "`cascade` in the configuration hides it")


def hides(values: Plain) -> bool:
    """Whether pages with these values are hidden."""
    fields = as_value(values)
    return isinstance(fields, Fields) and read_visibility(fields).hides


def _hiding(content: Path, path: str) -> Iterator[tuple[str, str]]:
    """For each cascade that hides: the paths and the kind of page that it is for, if it says so."""
    try:
        text = decode(read_bytes(content, path, DEFAULT_LIMITS))
        if "cascade" not in text:
            return
        fields = read_front_matter(text, DEFAULT_LIMITS).fields
    except (ContentError, OSError):
        return  # the article is refused as well
    for entry in fields.entries:
        if folded(entry.key) == "cascade":
            yield from map(_target, _hiding_tables(entry.value))


def _hiding_tables(value: Value) -> Iterator[Fields]:
    for table in items(value):
        if isinstance(table, Fields) and read_visibility(table).hides:
            yield table


def _target(table: Fields) -> tuple[str, str]:
    for entry in table.entries:
        if entry.key.casefold() in _TARGETS and isinstance(entry.value, Fields):
            said = {e.key.casefold(): e.value for e in entry.value.entries}
            path, kind = said.get("path"), said.get("kind")
            return (
                path.value if isinstance(path, Text) else "",
                kind.value if isinstance(kind, Text) else "",
            )
    return "", ""


def _is_meant(path: str, pattern: str, kind: str) -> bool:
    is_section = without_suffix(path).rpartition("/")[2] == "_index"
    if kind and (kind == "section") != is_section:
        return False
    place = f"/{without_suffix(path)}".casefold().removesuffix("/_index").removesuffix("/index")
    patterns = pattern.strip("{}").split(",") if pattern else []
    return not patterns or any(fnmatchcase(place, each.casefold()) for each in patterns)
