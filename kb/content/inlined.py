"""Pictures that stand in the text of an article, as `data:` addresses.

What writes documents as Markdown, such as Google Docs, has its pictures so. In the text that is
read each has a name instead, as if it were a file in a folder of the article's own:
`late.md.pictures/4f3a….png` of `late.md`. Who wants to show it reads it from the article again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ".pictures"
"""What the name of that folder has behind the article's."""

UNKNOWN = "unknown"
"""The name of a picture that is none of points, or can't be read."""

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})")
_DATA = re.compile(
    r"(\][ \t]?\([ \t]{0,9}<?|\]:[ \t]{0,9}<?|\bsrc[ \t]{0,9}=[ \t]{0,9}[\"']?)"
    r"data:image/([\w.+-]{1,40})([^\s<>()\"']*)",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"(?:;[\w=-]{1,40}){0,3};base64,", re.IGNORECASE)
_ENDINGS = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "gif": "gif", "webp": "webp"}
_LENGTH = 16  # digits of a picture's SHA-256


def name_pictures(body: str, path: str) -> str:
    """The text of the article at a path with names for its pictures; code is left as it is."""
    if "data:image/" not in body:
        return body
    folder = quote(f"{path.rpartition('/')[2]}{FOLDER}")

    def named(found: re.Match[str]) -> str:
        name, _ = _read(found)
        return f"{found[1]}{folder}/{name}"

    return "\n".join(
        _DATA.sub(named, line) if holds else line for line, holds in _lines_with_data(body)
    )


def article_of(path: str) -> str:
    """The path of the article in whose text the picture at a path stands; empty for a file."""
    folder, _, name = path.rpartition("/")
    is_picture = re.fullmatch(rf"[0-9a-f]{{{_LENGTH}}}\.[a-z]+", name)
    return folder.removesuffix(FOLDER) if is_picture and folder.endswith(FOLDER) else ""


def read_pictures(text: str) -> dict[str, bytes]:
    """The pictures in the text of an article, by the last parts of their paths."""
    lines = (line for line, holds in _lines_with_data(text) if holds)
    return dict(_read(found) for line in lines for found in _DATA.finditer(line))


def _lines_with_data(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, and whether each may hold pictures: it is no code."""
    fence = ""
    for line in text.split("\n"):
        if opened := _FENCE.match(line):
            if not fence:
                fence = opened[1]
            elif opened[1].startswith(fence):
                fence = ""
        yield line, not fence and "data:image/" in line


def _read(found: re.Match[str]) -> tuple[str, bytes]:
    """The name of a picture, and what it is."""
    ending = _ENDINGS.get(found[2].lower())
    written = _BASE64.match(found[3])
    if ending and written:
        try:
            data = base64.b64decode(found[3][written.end() :], validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if data:
            return f"{hashlib.sha256(data).hexdigest()[:_LENGTH]}.{ending}", data
    return UNKNOWN, b""
