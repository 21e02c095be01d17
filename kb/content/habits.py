"""What articles themselves tell of how a folder is written, where no file beside them does: what
their titles end with, and whether they link by name.

A look at the beginnings of at most SAMPLE files tells both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.content.dialects.dialect import BY_NAME, TEXT_FIRST
from kb.content.files import fold
from kb.content.titles import AUTO, read_suffix
from kb.errors import ContentError
from kb.files import open_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kb.content.dialects import Dialect
    from kb.content.files import SourceFile

SAMPLE = 200
"""Files that are looked into, of all parts of the folder."""

_HEAD = 4_096  # bytes
_CODE = re.compile(r"^(`{3,}|~{3,}).*?(?:^\1|\Z)|(`+)[^`\n]+\2", re.DOTALL | re.MULTILINE)
_CALLED = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_PICTURE = re.compile(r"\.(?:png|apng|jpe?g|jfif|gif|webp|avif|bmp|ico|svg)\Z", re.IGNORECASE)


def settle(
    dialect: Dialect,
    content: Path,
    sources: Sequence[SourceFile],
    suffix: str = AUTO,
    configured: str = "",
) -> Dialect:
    """The dialect with what its articles tell. `suffix` is the setting `content.title_suffix`,
    `configured` is `content.dialect`: a folder that is called plain there stays so.
    """
    is_plain = dialect.name == "plain" != configured
    if suffix != AUTO and not is_plain:
        return replace(dialect, title_suffix=read_suffix((), suffix))
    heads = _read_heads(content, sources)
    marks = find_links_by_name(heads, [source.id for source in sources]) if is_plain else ()
    return replace(
        dialect,
        title_suffix=read_suffix(heads, suffix),
        marks=dialect.marks.union(marks),
    )


def find_links_by_name(heads: Iterable[str], ids: Sequence[str]) -> frozenset[str]:
    """The families of marks by which texts link to articles by name, as a vault of Obsidian and a
    wiki do: none unless at least half of the names in `[[...]]` outside of code are those of
    articles, or of pictures that are shown (`![[a.png]]`).
    """
    names = {_as_name(part) for id_ in ids for part in (id_, id_.rpartition("/")[2])}
    called = _CALLED.findall("\n".join(_CODE.sub("", head) for head in heads if "[[" in head))
    shown = sum(
        bool(sign and _PICTURE.search(first.partition("#")[0])) for sign, first, _ in called
    )
    pages = [(_page(first), _page(second)) for sign, first, second in called if not sign]
    known = sum(first in names for first, _ in pages)
    turned = sum(first not in names and second in names for first, second in pages if second)
    if 2 * (shown + known + turned) < max(1, len(called)):
        return frozenset()
    return frozenset({BY_NAME, TEXT_FIRST} if turned > known else {BY_NAME})


def _page(called: str) -> str:
    """The name of the page that is called, without its heading; empty where there is none."""
    return _as_name(called.partition("#")[0].strip().rstrip("\\").removesuffix(".md"))


def _as_name(name: str) -> str:
    return fold(name).replace(" ", "-")


def _read_heads(content: Path, sources: Sequence[SourceFile]) -> list[str]:
    step = max(1, -(-len(sources) // SAMPLE))
    return [_head(content, source.path) for source in sources[::step]]


def _head(content: Path, path: str) -> str:
    """The beginning of a file; nothing where it can't be read."""
    try:
        with open(open_within(content, path), "rb") as file:  # noqa: PTH123  # what `open_within` gives is a handle, and no path
            return file.read(_HEAD).decode(errors="replace").replace("\r\n", "\n")
    except (ContentError, OSError):
        return ""
