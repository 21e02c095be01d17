"""Bytes of a content file to text, or a refusal that says where."""

from __future__ import annotations

import codecs
import os
import re
from typing import TYPE_CHECKING

from kb.articles.names import printable
from kb.errors import ContentError
from kb.files import open_within
from kb.limits import over_limit
from kb.model import Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from kb.limits import Limits

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# The longer ones first: UTF-32 begins like UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_bytes(content: Path, path: str, limits: Limits) -> bytes:
    """The bytes of a regular file within the content folder.

    Raises `ContentError` if the file leads outside, is no regular file (a pipe would
    never end) or is larger than the limit, `OSError` as the system does.
    """
    handle = open_within(content, path)
    with open(handle, "rb") as stream:  # noqa: PTH123  (a handle, not a path)
        state = os.fstat(handle)
        # Room is made for all that is asked for: that is why it is not the limit at once.
        data = stream.read(min(state.st_size, limits.file) + 1)
        if len(data) > state.st_size:  # it has grown since
            data += stream.read(limits.file + 1 - len(data))
    if len(data) > limits.file:
        raise over_limit("file", f"over {limits.file} bytes", 1)
    return data


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM to text whose lines end in a newline alone.

    Raises `ContentError` with line and byte offset for anything else, and for NUL.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise ContentError(f"the file is {name}", line=1, hint="save it as UTF-8")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ContentError(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            line=_line_at(data, error.start),
            hint="save the file as UTF-8",
        ) from None
    if "\0" in text:
        offset = data.index(b"\0")
        raise ContentError(f"NUL byte at offset {offset}", line=_line_at(data, offset))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _line_at(data: bytes, offset: int) -> int:
    return len(_LINE_ENDS.findall(data, 0, offset)) + 1


def find_direction_controls(path: str, text: str) -> tuple[Problem, ...]:
    """A warning where characters make text look different from what it says."""
    if text.isascii():
        return ()
    found = _BIDI.search(text)
    if found is None:
        return ()
    line = text.count("\n", 0, found.start()) + 1
    message = (
        f"bidirectional control character U+{ord(found.group()):04X}: text may not read as it looks"
    )
    return (Problem(printable(path), line, message, Severity.WARNING, "bidi"),)
