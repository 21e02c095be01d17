"""What is said of one term section by section: its levels, and its positions as text."""

from __future__ import annotations

import sys
from bisect import bisect_left
from typing import TYPE_CHECKING

from kb.engine.weighing import RANGE_STARTS
from kb.ranking import LEVEL_MASK
from kb.site.search.encoding import DIGITS, NUMBERS, encode_gaps

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Sequence

    from kb.engine.reading import TermPostings

MARKS = "%!#$"
"""Before positions in a title, in a heading, in the headings above, and in issue phrases."""

LINK_MARK = "&"
"""Before positions in the text of links: the last of a section's, and no part of its level."""

END = " "
"""After the positions of one section."""

_, TITLE_END, HEADING_END, _, TEXT_START = RANGE_STARTS


class Said:
    """What is said of a term section by section: `levels`, as digits; `texts`, its positions as
    they are written; `links`, those in the text of links. `above` holds the positions of sections
    where one is above the text.
    """

    def __init__(
        self, section_of: Sequence[int], postings: TermPostings, linked: TermPostings | None
    ) -> None:
        sections = [section_of[doc] for doc in postings.docs]
        self.levels = dict(zip(sections, _levels(postings.weights), strict=True))
        self.above: dict[int, Sequence[int]] = {}
        self.texts = dict(zip(sections, self._texts(sections, postings), strict=True))
        self.links: dict[int, str] = {}
        if linked is not None:
            self.links = dict(_links(section_of, linked))

    def _texts(self, sections: list[int], postings: TermPostings) -> Iterable[str]:
        """The positions in each section as they are written; notes those above the text."""
        positions, sizes = postings.positions, postings.sizes
        single = _SINGLE.__getitem__
        if positions and min(positions) >= TEXT_START and min(sizes) == max(sizes) == 1:
            return map(single, positions)
        texts, start = [], 0
        for section, size in zip(sections, sizes, strict=True):
            if size == 1:
                place = positions[start]
                if place < TEXT_START:
                    self.above[section] = (place,)
                texts.append(single(place))
            elif size:
                places = positions[start : start + size]
                if places[0] < TEXT_START:
                    self.above[section] = places
                texts.append(write_places(places))
            else:
                texts.append("")
            start += size
        return texts

    def columns(self) -> tuple[str, str, str]:
        """Sections, levels and positions."""
        rest, texts, links = sorted(self.levels), self.texts, self.links
        levels = "".join(map(self.levels.__getitem__, rest))
        if links:
            places: Iterable[str] = [texts[s] + links.get(s, "") for s in rest]
        else:
            places = map(texts.__getitem__, rest)
        return encode_gaps(rest), levels, END.join(places).rstrip(END)


def _levels(weights: array[int]) -> str:
    """The digit of each weight's level."""
    low = weights.tobytes()[_LOW::2]
    return low.translate(_LEVEL_DIGITS).decode("ascii")


_LOW = 0 if sys.byteorder == "little" else 1
_LEVEL_DIGITS = bytes(ord(DIGITS[byte & LEVEL_MASK]) for byte in range(256))


class _Single(dict[int, str]):
    """A position of its own -> as it is written."""

    def __missing__(self, position: int) -> str:
        written = self[position] = write_places((position,))
        return written


_SINGLE = _Single()


def _links(section_of: Sequence[int], postings: TermPostings) -> Iterator[tuple[int, str]]:
    """(section, positions as they are written) in the text of links."""
    start = 0
    for doc, size in zip(postings.docs, postings.sizes, strict=True):
        if size:
            yield (
                section_of[doc],
                LINK_MARK + write_from(TEXT_START, postings.positions[start : start + size]),
            )
        start += size


def is_in_heading(places: Sequence[int]) -> bool:
    """Whether one of the positions is in the section's own heading."""
    at = bisect_left(places, TITLE_END)
    return at < len(places) and places[at] < HEADING_END


def write_places(places: Sequence[int]) -> str:
    """Ascending positions: those in the text first, then others behind the mark of their field."""
    if not places:
        return ""
    if places[0] >= TEXT_START:
        return write_from(TEXT_START, places)
    bounds = [0, *(bisect_left(places, start) for start in RANGE_STARTS[1:])]
    parts = [
        mark + write_from(start, places[first:last])
        for mark, start, first, last in zip(MARKS, RANGE_STARTS, bounds, bounds[1:], strict=False)
        if last > first
    ]
    return "".join([write_from(TEXT_START, places[bounds[-1] :]), *parts])


def write_from(start: int, places: Sequence[int]) -> str:
    """Each position as how far it is from the one before, the first from the field's start."""
    written = ""
    for place in places:
        written += NUMBERS[place - start]
        start = place
    return written
