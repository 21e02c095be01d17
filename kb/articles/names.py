"""Names that every file system and every web address can hold."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 200  # bytes; leaves room for what a site adds to it
MAX_ID = 600  # bytes
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)
_FOREIGN = frozenset('/\\#<>:"|?*')
# Encoded any number of times.
_ENCODED = re.compile(r"%(?:25)*(?:2e|2f|5c|00)", re.IGNORECASE)
# Other, format and separator characters that change how a name looks or where it ends.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def complaint(name: str) -> str | None:
    """What is wrong with one part of an id, None if nothing is."""
    if _PLAIN.fullmatch(name) and len(name) <= MAX_NAME:
        return _device(name)
    return _letters(name) or _shape(name) or _device(name)


def complaint_about_id(name: str) -> str | None:
    """What is wrong with a whole id as somebody wrote it, None if nothing is."""
    if name.startswith("/"):
        return "an id does not begin with a slash"
    parts = name.split("/")
    return too_long(name) or next((wrong for part in parts if (wrong := complaint(part))), None)


def too_long(name: str) -> str | None:
    """What is wrong with the length of a whole id, None if nothing is."""
    if len(name) * 4 > MAX_ID and len(name.encode(errors="replace")) > MAX_ID:
        return f"an id has at most {MAX_ID} bytes"
    return None


def fold(name: str) -> str:
    """Ids that some file system holds for the same have the same folded form."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def printable(path: str) -> str:
    """A path with everything that is not UTF-8 or not visible spelled out."""
    shown = path.encode(errors="backslashreplace").decode()
    return _HIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)


def _letters(name: str) -> str | None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "the name is not UTF-8"
    if _HIDDEN.search(name):
        return "the name has an invisible or control character"
    foreign = sorted(_FOREIGN.intersection(name))
    if foreign:
        return f"the name has {' '.join(foreign)}, which not every system or address can hold"
    if _ENCODED.search(name):
        return "the name has an encoded dot, slash or NUL"
    return None


def _shape(name: str) -> str | None:
    if name in {"", ".", ".."}:
        return "an id has no empty part, and none that is . or .."
    if name.startswith((" ", ".")) or name.endswith((" ", ".")):
        return "the name begins or ends with a dot or a space"
    if len(unicodedata.normalize("NFC", name).encode()) > MAX_NAME:
        return f"the name has over {MAX_NAME} bytes"
    return None


def _device(name: str) -> str | None:
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "the name is reserved on Windows"
    return None
