"""How large an image is, from its first bytes: pages that know it don't move while loading."""

from __future__ import annotations

import re
import struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Size = tuple[int, int]
_HEAD = 262_144  # JPEG files may hold a preview before the frame that gives the size
_DRAWING = re.compile(rb"<(?:\w+:)?svg\b[^<>]*>")
_LENGTH = re.compile(
    rb"""(?<![\w:-])(width|height)\s*=\s*["']\s*([\d.]+)\s*(px|pt|pc|mm|cm|in|)\s*["']"""
)
_OTHER = re.compile(
    rb"""(?<![\w:-])(?:(?:width|height)\s*=\s*["'][^"'%]*["']|style\s*=\s*["'][^"']*(?:width|height))"""
)
_BOX = re.compile(
    rb"""\bviewBox\s*=\s*["'][\s,]*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.]+)[\s,]+([\d.]+)"""
)
_PIXELS = {b"": 1, b"px": 1, b"pt": 4 / 3, b"pc": 16, b"mm": 96 / 25.4, b"cm": 96 / 2.54, b"in": 96}
_FULL = 720  # pixels: wider than any column of text, narrower than what is worth enlarging


def image_size(file: IO[bytes]) -> Size | None:
    """Width and height in pixels; None where the format does not say or is not known."""
    data = file.read(_HEAD)
    for magic, read in _READERS:
        if data.startswith(magic):
            try:
                size = read(data)
            except (struct.error, IndexError):
                return None
            return size if size and min(size) > 0 else None
    size = _svg(data)
    return size if size and min(size) > 0 else None


def _svg(data: bytes) -> Size | None:
    """From the first element: its width and height, each by the other where one is missing. A
    drawing that has proportions alone is as wide as its column: CSS Images 3, section 4.1.
    """
    start = _DRAWING.search(data)
    if not start or _OTHER.search(_LENGTH.sub(b"", start[0])):
        return None  # it says its size by what only a browser knows: em, a style
    try:
        given = {
            name: float(number) * _PIXELS[unit] for name, number, unit in _LENGTH.findall(start[0])
        }
        box = _BOX.search(start[0])
        ratio = float(box[2]) / float(box[1]) if box else 0
        width, height = given.get(b"width"), given.get(b"height")
        if width is None and ratio:
            width = height / ratio if height else _FULL
        if height is None and ratio and width:
            height = width * ratio
        return (round(width), round(height)) if width and height else None
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _png(data: bytes) -> Size:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> Size:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _webp(data: bytes) -> Size | None:
    kind = data[12:16]
    if data[8:12] != b"WEBP":
        return None
    if kind == b"VP8X":
        return _three(data, 24) + 1, _three(data, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _three(data: bytes, start: int) -> int:
    return int.from_bytes(data[start : start + 3], "little")


def _jpeg(data: bytes) -> Size | None:
    """From the frame header: the first marker C0 to CF that is no table (C4, C8, CC)."""
    at = 2
    while at + 9 < len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004  # of JPEG
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


_READERS: tuple[tuple[bytes, Callable[[bytes], Size | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF8", _gif),
    (b"RIFF", _webp),
    (b"\xff\xd8", _jpeg),
)
