"""How much one article may ask for, in one place: the table `[limits]` of the settings.

An article beyond a limit is refused with a message that names the limit; the other
articles still load. The defaults leave room for the largest real manuals and stop the
inputs that make a Markdown or YAML parser need minutes or gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.errors import ContentError
from kb.settings import setting, whole_number

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file under content/ may need. Each is a maximum that is still accepted.

    `nesting` is counted as markdown-it-py counts (a list is two levels, a quote one), and
    not above 150: the parser calls itself for each. A line costs about as much as 100
    characters do. The longest `paragraph` that is met is an image written into the text as a
    `data:` address. A piece is a word, mark or block that the parser keeps in memory, about
    0.5 KB each. A step is a try to find the end of a link or an image: ordinary articles
    need one for every few hundred characters; 2,000,000 are about a second. A kilobyte of
    text that uses a long link reference many times can make a megabyte of `html`.
    """

    file: int = field(
        default=5 * _MILLION,
        metadata=setting(
            whole_number(1_000, 100 * _MILLION), "bytes of an article or a topic file"
        ),
    )
    front_matter: int = field(
        default=64 * 1024,
        metadata=setting(
            whole_number(1_000, _MILLION), "bytes between the `---` lines, and of a topic file"
        ),
    )
    front_matter_depth: int = field(
        default=8,
        metadata=setting(whole_number(2, 50), "lists and tables inside each other in front matter"),
    )
    nesting: int = field(
        default=100,
        metadata=setting(
            whole_number(4, 150), "lists (two each) and quotes (one each) inside each other"
        ),
    )
    lines: int = field(
        default=200_000,
        metadata=setting(whole_number(100, 10 * _MILLION), "lines of Markdown"),
    )
    sections: int = field(
        default=20_000, metadata=setting(whole_number(10, _MILLION), "headings of an article")
    )
    paragraph: int = field(
        default=_MILLION,
        metadata=setting(
            whole_number(1_000, 100 * _MILLION),
            "characters of one paragraph, heading or table cell",
        ),
    )
    pieces: int = field(
        default=500_000,
        metadata=setting(
            whole_number(1_000, 50 * _MILLION), "pieces of text and markup, 0.5 KB of memory each"
        ),
    )
    steps: int = field(
        default=2 * _MILLION,
        metadata=setting(
            whole_number(1_000, 500 * _MILLION), "tries to find the end of links and images"
        ),
    )
    html: int = field(
        default=32 * _MILLION,
        metadata=setting(
            whole_number(10_000, 500 * _MILLION), "characters of HTML made from an article"
        ),
    )
    seconds: int = field(
        default=10,
        metadata=setting(
            whole_number(1, 600), "seconds of processor time to read an article or write its page"
        ),
    )


DEFAULT_LIMITS = Limits()


class OutOfTimeError(BaseException):
    """Raised in a process whose time is up, in the middle of anything: never caught by mistake."""


def over_limit(key: str, what: str, line: int | None) -> ContentError:
    """The error for a file that passes a limit: what it has, on which line, and the setting."""
    return ContentError(
        f"{what}: over the limit", line=line, hint=f"limits.{key}", code="content-limit"
    )
