"""ReadMe's blocks, `[block:callout]` to `[/block]` with JSON between: a rule for markdown-it-py.

What a block says becomes Markdown, which is read where the block stands. Blocks are given by
https://docs.readme.com/rdmd/docs/magic-blocks; one of another kind, or whose JSON can't be read, is
left out and noted.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from kb.content.markdown.template_line import insert

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_block import StateBlock

    from kb.content.markdown.templates import Expander

    Said = dict[str, Any]

_START = re.compile(r"\[block:([a-z][a-z-]{1,30})\][ \t]*(?=\n)")
_END = re.compile(r"\n[ \t]{0,3}\[/block\][ \t]*(?=\n|\Z)")
_CELL = re.compile(r"(h|\d{1,6})-(\d{1,4})")
_MOST_CELLS = 20_000


def magic_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines of a block; one without an end is text."""
    begin = state.bMarks[start] + state.tShift[start]
    found = _START.match(state.src, begin) if state.src.startswith("[block:", begin) else None
    if found is None or state.is_code_block(start):
        return False
    inner, stop = _inner(state, found.end())
    after = bisect_left(state.eMarks, stop) + 1
    if inner is None or after > end:
        return False
    if silent:
        return True
    state.line = after
    state.env["account"].has_marks = True
    expander: Expander = state.env["expander"]
    text = _as_markdown(found[1], inner)
    if text is None:
        expander.leave_out(f"[block:{found[1]}]", start)
    else:
        insert(state, expander.counted(text, start), start)
    return True


def _inner(state: StateBlock, at: int) -> tuple[str | None, int]:
    """What stands from a place up to the end of a block, and where that ends; None where none does.
    The ends are looked for once, however many beginnings there are.
    """
    src, ends = state.env.get("block_ends", ("", []))
    if src is not state.src:
        src, ends = state.src, [found.span() for found in _END.finditer(state.src)]
        state.env["block_ends"] = src, ends
    number = bisect_left(ends, (at,))
    if number == len(ends):
        return None, at
    start, stop = ends[number]
    return src[at:start], stop


def _as_markdown(kind: str, written: str) -> str | None:
    """What a block says; None where that is not known."""
    try:
        said = json.loads(written)
    except (ValueError, RecursionError):
        return None
    make = _MAKERS.get(kind)
    return make(said) if make and isinstance(said, dict) else None


def _text(said: object, key: str) -> str:
    """A text of a table; empty where there is none."""
    value = said.get(key) if isinstance(said, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _line(said: object, key: str) -> str:
    return " ".join(_text(said, key).split())


def _rows(said: Said, key: str) -> list[object]:
    value = said.get(key)
    return value if isinstance(value, list) else []


def _callout(said: Said) -> str:
    name = re.sub(r"[^a-z]", "", _text(said, "type").lower()) or "info"
    inner = f"[!{name}] {_line(said, 'title')}\n{_text(said, 'body')}"
    return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))


def _heading(said: Said) -> str:
    level = said.get("level")
    depth = min(6, max(1, level)) if isinstance(level, int) else 2
    return f"{'#' * depth} {_line(said, 'title')}"


def _fence(code: object, *, is_named: bool) -> str:
    text = code.get("code") if isinstance(code, dict) else None
    text = text if isinstance(text, str) else ""
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    language = re.sub(r"[^\w+#-]", "", _text(code, "language"))
    name = re.sub(r"[`\[\]]", "", _line(code, "name")) or language or "text"
    title = f"{language or 'text'} [{name}]" if is_named else language
    return f"{marks}{title}\n{text.rstrip()}\n{marks}"


def _code(said: Said) -> str:
    codes = _rows(said, "codes")
    fences = [_fence(code, is_named=len(codes) > 1) for code in codes]
    return "\n".join(["::: code-group", *fences, ":::"]) if len(fences) > 1 else "\n".join(fences)


def _image(said: Said) -> str:
    found = []
    for each in _rows(said, "images"):
        parts = each.get("image") if isinstance(each, dict) else None
        parts = parts if isinstance(parts, list) else []
        address, *rest = [p if isinstance(p, str) else "" for p in parts] or [""]
        if not address or set(address) & set("<>\n"):
            continue
        caption = _line(each, "caption")
        words = next(filter(None, (_text(each, "alt"), *rest[1:2], caption, *rest[:1])), "")
        found.append(f"![{re.sub(r'[][]', '', ' '.join(words.split()))}](<{address}>)")
        found += [caption] if caption and caption != words else []
    return "\n\n".join(found)


def _table(said: Said) -> str:
    cells: dict[tuple[int, int], str] = {}
    for key, value in (
        (said.get("data") or {}).items() if isinstance(said.get("data"), dict) else ()
    ):
        place = _CELL.fullmatch(key)
        if place and isinstance(value, str) and len(cells) < _MOST_CELLS:
            row = 0 if place[1] == "h" else int(place[1]) + 1
            cells[row, int(place[2])] = _in_cell(value)
    rows = sorted({row for row, _ in cells} | {0})
    width = 1 + max((column for _, column in cells), default=-1)
    if not width or width * len(rows) > _MOST_CELLS:
        return ""
    lines = [f"| {' | '.join(cells.get((row, at), '') for at in range(width))} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _in_cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", "<br>", text.strip()).replace("|", "\\|")


def _embed(said: Said) -> str:
    address = _text(said, "url") or _text(said, "href") or _text(said, "iframe")
    title = re.sub(r"[][]", "", _line(said, "title"))
    if not address or set(address) & set("<>\n"):
        return ""
    return f"[{title or address}](<{address}>)"


def _html(said: Said) -> str:
    return re.sub(r"\n\s*\n", "\n", _text(said, "html"))  # an empty line would end it


_MAKERS: dict[str, Callable[[Said], str]] = {
    "api-header": _heading,
    "callout": _callout,
    "code": _code,
    "embed": _embed,
    "html": _html,
    "image": _image,
    "parameters": _table,
    "textarea": lambda said: _text(said, "text"),
    "video": _embed,
}
