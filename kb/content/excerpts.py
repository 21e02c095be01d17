"""A part of a file that an article includes: some of its lines, or a region that has a name.

    file.rs:2:10  file.rs:part       mdBook, MkDocs' snippets
    file.js#part  file.md{3,10}      VitePress
    file.cs?name=part  file.cs#L1-L3 docfx

Where a region begins and ends is said by lines of the file itself: `#region part`, `ANCHOR: part`,
`--8<-- [start:part]`, `<part>`.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(
    r"(?P<path>[^:#?{}]+)(?::(?P<colon>[\w:.,-]*))?(?:\?(?P<query>[^#{}\s]*))?"
    r"(?:#(?P<hash>[\w./-]+))?(?:\{(?P<first>\d*),(?P<last>\d*)\})?"
)
_LINES = re.compile(r"\d*(?::\d*)?(?:,\d*(?::\d*)?)*")
_HASH_LINES = re.compile(r"L(\d{1,6})(?:-L?(\d{1,6}))?", re.IGNORECASE)
_RANGE = re.compile(r"(\d{0,6})(?:([:-])(\d{0,6}))?")
_LAST = 1_000_000
_MARK = re.compile(
    r"#\s?(?:end)?region\b|ANCHOR(?:_END)?:|--8<--\s+\[(?:start|end):|^\s*(?://|#|--|<!--|/\*|')+\s*</?[\w-]+>"
)


class Part(NamedTuple):
    """What is included of a file: all of it, lines (from 1, both ends included), or a region.

    `is_place`: the name of the region may be that of a heading, too. `between` are texts on the
    lines that begin and end it, which a file may have of its own; either may be empty.
    """

    path: str
    region: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    is_place: bool = False
    between: tuple[str, str] = ("", "")


def read_part(name: str) -> Part | None:
    """The file and the part that a name in an include calls; None for what is no name."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    path, region = found["path"].strip(), ""
    lines: tuple[tuple[int, int], ...] = ()
    query = dict(pair.partition("=")[::2] for pair in (found["query"] or "").split("&"))
    if colon := found["colon"]:
        lines = read_lines(colon) if _LINES.fullmatch(colon) else ()
        region = "" if lines else colon
    if spelled := _HASH_LINES.fullmatch(found["hash"] or ""):
        lines = ((int(spelled[1]), int(spelled[2] or spelled[1])),)
    elif found["hash"]:
        region = found["hash"]
    region = query.get("name") or region
    if query.get("range"):
        lines = read_lines(query["range"])
    if found["first"] or found["last"]:
        lines = ((int(found["first"] or 1), int(found["last"] or _LAST)),)
    between = (unquote(query.get("start", "")), unquote(query.get("end", "")))
    return Part(path, region, lines, is_place=bool(found["hash"]), between=between)


def read_lines(text: str) -> tuple[tuple[int, int], ...]:
    """The lines of `2:10`, `2-10`, `4,6` or `:5`."""
    ranges = []
    for item in text.split(","):
        found = _RANGE.fullmatch(item.strip())
        if found and item.strip():
            first = int(found[1] or 1)
            ranges.append((first, int(found[3] or _LAST) if found[2] else first))
    return tuple(ranges)


def excerpt(text: str, part: Part, shown: str = "") -> str | None:
    """That part of a text, without the indentation that all its lines share; None where the text
    has no such region. `shown` is the same text, line by line, without its comments.
    """
    lines = text.split("\n")
    places: Sequence[int] = range(len(lines))
    if part.region:
        found = _region(lines, part.region)
        if found is None:
            return None
        places = found
    elif any(part.between):
        places = _between(lines, *part.between)
    elif not part.lines:
        return shown or text
    if part.lines:
        spans = [range(max(first - 1, 0), last) for first, last in part.lines]
        places = [place for span in spans for place in places[span.start : span.stop]]
    kept = shown.split("\n") if shown else lines
    cut = [kept[place] for place in places if not _MARK.search(lines[place])]
    return dedent("\n".join(cut)).rstrip("\n") + "\n"


def _between(lines: list[str], start: str, end: str) -> range:
    """The lines behind the first that has a text, up to one that has another; both where that is
    the same. Where either is nowhere, from the top, or to the end.
    """
    first = next((at for at, line in enumerate(lines) if start and start in line), -1)
    if end and first >= 0 and end in lines[first].partition(start)[2]:
        return range(first, first + 1)
    last = next((at for at in range(first + 1, len(lines)) if end and end in lines[at]), len(lines))
    return range(first + 1, last)


def _region(lines: list[str], name: str) -> range | None:
    """Where the lines of a region are, without those that begin and end it."""
    word = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    begins = re.compile(
        rf"#\s?region\b.*{word}|ANCHOR:\s*{word}|\[start:\s*{word}\]|<{re.escape(name)}>",
        re.IGNORECASE,
    )
    ends = re.compile(
        rf"#\s?endregion\b|ANCHOR_END:\s*{word}|\[end:\s*{word}\]|</{re.escape(name)}>",
        re.IGNORECASE,
    )
    start = next((at + 1 for at, line in enumerate(lines) if begins.search(line)), None)
    if start is None:
        return None
    stop = next((at for at in range(start, len(lines)) if ends.search(lines[at])), len(lines))
    return range(start, stop)
