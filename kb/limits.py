"""How much one article may ask for, in one place.

An article beyond a limit is refused with a message that names the limit; the other
articles still load. The defaults leave room for the largest real manuals and stop the
inputs that make a Markdown or YAML parser need minutes or gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file under content/ may need.

    Each is a maximum that is still accepted.

    `file`: bytes of an article or topic file. Sensible: 1 MB to 20 MB.
    `front_matter`: bytes between the `---` lines, and of a topic file.
    `front_matter_depth`: lists and mappings inside each other in YAML.
    `nesting`: lists and quotes inside each other, counted as markdown-it-py counts (a
    list is two levels, a quote one). Not above 150: the parser calls itself for each.
    `lines`: lines of a Markdown text. Each costs about as much as 100 characters do.
    `sections`: headings of one article.
    `paragraph`: characters of one paragraph, heading or table cell (an image written
    into the text as a `data:` address is the longest that is met).
    `pieces`: words, marks and blocks that the parser keeps in memory, about 0.5 KB each.
    `steps`: tries to find the end of links and images. Ordinary articles need one for
    every few hundred characters; 2,000,000 are about a second.
    `html`: characters of HTML made from one article; a kilobyte of text that uses a
    long link reference many times can make a megabyte.
    """

    file: int = 5_000_000
    front_matter: int = 64 * 1024
    front_matter_depth: int = 8
    nesting: int = 100
    lines: int = 200_000
    sections: int = 20_000
    paragraph: int = 1_000_000
    pieces: int = 500_000
    steps: int = 2_000_000
    html: int = 32_000_000


DEFAULT_LIMITS = Limits()
