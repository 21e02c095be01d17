"""What is said of one term section by section: its levels, and its positions as text."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from itertools import repeat
from typing import TYPE_CHECKING, cast

from kb.engine.weighing import RANGE_STARTS
from kb.ranking import LEVEL_MASK
from kb.site.search.encoding import DIGITS, NUMBERS, encode_gaps

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping, Sequence

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
    where one is above the text: those are written last, if they still have no text by then.
    """

    def __init__(
        self, section_of: Sequence[int], postings: TermPostings, linked: TermPostings | None
    ) -> None:
        sections = list(map(section_of.__getitem__, postings.docs))
        self.levels = dict(zip(sections, _levels(postings.weights), strict=True))
        self.above: dict[int, Sequence[int]] = {}
        texts = _texts(sections, postings, self.above)
        self.texts: dict[int, str | None] = dict(zip(sections, texts, strict=True))
        self.links = _links(section_of, linked)

    def columns(self) -> tuple[str, str, str]:
        """Sections, levels and positions."""
        rest = sorted(self.levels)
        levels = "".join(map(self.levels.__getitem__, rest))
        texts = _written(rest, map(self.texts.__getitem__, rest), self.above)
        return encode_gaps(rest), levels, _join(rest, texts, self.links)


def write_columns(
    section_of: Sequence[int], postings: TermPostings, linked: TermPostings | None
) -> tuple[str, str, str]:
    """What the columns of a `Said` are of which nothing has been taken out."""
    sections = list(map(section_of.__getitem__, postings.docs))
    if sections != sorted(sections):
        return Said(section_of, postings, linked).columns()
    above: dict[int, Sequence[int]] = {}
    texts = _written(sections, _texts(sections, postings, above), above)
    places = _join(sections, texts, _links(section_of, linked))
    return encode_gaps(sections), _levels(postings.weights), places


def _written(
    sections: Iterable[int], texts: Iterable[str | None], above: Mapping[int, Sequence[int]]
) -> Iterable[str]:
    """All texts, with those that were not written yet."""
    if not above:
        return cast("Iterable[str]", texts)  # then none of them is None
    pairs = zip(sections, texts, strict=True)
    return [write_places(above[section]) if text is None else text for section, text in pairs]


def _join(sections: Iterable[int], texts: Iterable[str], links: Mapping[int, str]) -> str:
    """The positions of all sections, those in the text of links behind the others."""
    if links:
        pairs = zip(sections, texts, strict=True)
        texts = [text + links.get(section, "") for section, text in pairs]
    return END.join(texts).rstrip(END)


def _texts(
    sections: Iterable[int], postings: TermPostings, above: dict[int, Sequence[int]]
) -> Iterable[str | None]:
    """The positions in each section as they are written: where one is above the text there is none
    yet, but `above` gets all of that section.
    """
    positions, sizes = postings.positions, postings.sizes
    single = _SINGLE.__getitem__
    if not positions:
        return repeat("", len(sizes))
    if min(positions) >= TEXT_START and min(sizes) == max(sizes) == 1:
        return map(single, positions)
    texts: list[str | None] = []
    start = 0
    for section, size in zip(sections, sizes, strict=True):
        if size == 1:
            place = positions[start]
            if place < TEXT_START:
                above[section] = (place,)
                texts.append(None)
            else:
                texts.append(single(place))
        elif size:
            places = positions[start : start + size]
            if places[0] < TEXT_START:
                above[section] = places
                texts.append(None)
            else:
                texts.append(write_from(TEXT_START, places))
        else:
            texts.append("")
        start += size
    return texts


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


def _links(section_of: Sequence[int], postings: TermPostings | None) -> dict[int, str]:
    """Section -> positions in the text of its links, as they are written."""
    links: dict[int, str] = {}
    if postings is None:
        return links
    start = 0
    for doc, size in zip(postings.docs, postings.sizes, strict=True):
        if size:
            places = postings.positions[start : start + size]
            links[section_of[doc]] = LINK_MARK + write_from(TEXT_START, places)
        start += size
    return links


def is_in_heading(places: Sequence[int]) -> bool:
    """Whether one of the positions is in the section's own heading."""
    at = bisect_left(places, TITLE_END)
    return at < len(places) and places[at] < HEADING_END


def write_places(places: Sequence[int]) -> str:
    """Ascending positions: those in the text first, then others behind the mark of their field."""
    if not places:
        return ""
    text = bisect_left(places, TEXT_START)
    written = write_from(TEXT_START, places[text:])
    start = end = 0
    for place in places[:text]:
        if place >= end:
            field = bisect_right(RANGE_STARTS, place) - 1
            start, end = RANGE_STARTS[field : field + 2]
            written += MARKS[field]
        written += NUMBERS[place - start]
        start = place
    return written


def write_from(start: int, places: Sequence[int]) -> str:
    """Each position as how far it is from the one before, the first from the field's start."""
    written = ""
    for place in places:
        written += NUMBERS[place - start]
        start = place
    return written
