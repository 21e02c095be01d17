"""Places of terms to postings with weights.

Positions say in which field of a section a word stands: each field has a range of its own, so
that words of two fields are never neighbours. Stop words get a weight but no position: words
are neighbours when only stop words stand between them.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from kb.search.protocols import (
    HEADING_START,
    ISSUES_START,
    LAST_POSITION,
    POSITION_BITS,
    TEXT_START,
    TRAIL_START,
    TermPostings,
)
from kb.search.ranking import FIELDS, field_norms, head_steps, lead_norm, level, pack_weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.search.ranking import Averages


NOWHERE: array[int] = array("Q")
"""Places of what stands nowhere."""

_LOW = 0 if sys.byteorder == "little" else 3


class Columns:
    """What a weight needs of each document that is a section: the length of each of the FIELDS in
    units, the place where the first block of its text ends, and whether its heading is the
    article's title. Other documents have zeros.
    """

    def __init__(self) -> None:
        self.lengths = tuple(array("I") for _ in FIELDS)
        self.lead_ends = array("Q")
        self.leads = bytearray()

    def add(self, doc: int, lengths: Sequence[int], lead_end: int, *, lead: bool) -> None:
        """Add a section as document `doc`; documents come in ascending order."""
        missing = doc - len(self.leads)
        self.leads.extend(bytes(missing))
        self.leads.append(lead)
        self.lead_ends.extend([0] * missing)
        self.lead_ends.append(lead_end)
        for column, length in zip(self.lengths, lengths, strict=True):
            column.extend([0] * missing)
            column.append(length)


class Weigher:
    """Weighs terms by the places where they stand."""

    def __init__(self, columns: Columns, averages: Averages, ranking: Ranking) -> None:
        self._lead_ends = columns.lead_ends
        self._leads = columns.leads
        self._titles, self._bodies = columns.lengths[0], columns.lengths[-1]
        self._norms = tuple(_norms(columns, averages, ranking))
        known = {n: lead_norm(n, averages, ranking) for n in {*self._bodies}}
        self._lead_norms = array("d", map(known.__getitem__, self._bodies))
        self._link_share = ranking.link_share
        self._in_heading = head_steps(in_heading=True, ranking=ranking)
        self._in_title = head_steps(in_heading=False, ranking=ranking)
        self._known: dict[tuple[int, int, int], int] = {}
        # Weights of a term that stands once in a text, behind its first block.
        self._ones = array("i", [-1]) * len(self._bodies)

    def weigh(
        self,
        places: array[int],
        stops: array[int] = NOWHERE,
        links: array[int] = NOWHERE,
    ) -> TermPostings:
        """The postings of a term that stands at these places, all ascending: as a word, as a stop
        word, and in the text of links.
        """
        counts = _count(places)
        every, every_count = places, counts
        if stops:
            every = array("Q", sorted([*places, *stops]))
            every_count = _count(every)
        docs = array("I", every_count)
        weights = self._weigh_words(every, every_count)
        if links:
            docs, weights = self._with_links(every, docs, weights, _count(links))
        return _with_positions(docs, weights, every, every_count)

    def _weigh_words(self, places: Sequence[int], counts: Mapping[int, int]) -> array[int]:
        """The packed weights of a term that stands at these places, so many in each document. In
        many documents it is the same: where it stands in the text only, or in the title only.
        """
        lead_ends, bodies, known, ones = self._lead_ends, self._bodies, self._known, self._ones
        weights, start = array("H"), 0
        for doc, count in counts.items():
            end = start + count
            first = places[start]
            if first & LAST_POSITION < TEXT_START:
                packed = self._weigh_above(doc, places, start, end)
            elif first >= lead_ends[doc]:  # most are
                if count == 1:
                    packed = ones[doc]
                    if packed < 0:
                        packed = ones[doc] = self._weigh_text(doc, 1, 0, 0)
                else:
                    key = bodies[doc], count, 0
                    packed = known.get(key, -1)
                    if packed < 0:
                        packed = known[key] = self._weigh_text(doc, count, 0, 0)
            else:
                leading = bisect_left(places, lead_ends[doc], start, end) - start
                key = bodies[doc], count, leading
                packed = known.get(key, -1)
                if packed < 0:
                    packed = known[key] = self._weigh_text(doc, count, leading, 0)
            weights.append(packed)
            start = end
        return weights

    def _with_links(
        self, places: Sequence[int], docs: array[int], weights: array[int], links: Mapping[int, int]
    ) -> tuple[array[int], array[int]]:
        """The documents and weights of a term that also stands in the text of links, so often in
        each document; `docs` and `weights` are those of its places without them.
        """
        all_docs, all_weights, done = array("I"), array("H"), 0
        for doc, linked in links.items():
            at = bisect_left(docs, doc, done)
            all_docs += docs[done:at]
            all_weights += weights[done:at]
            done = at
            if at < len(docs) and docs[at] == doc:
                start = bisect_left(places, doc << POSITION_BITS)
                end = bisect_left(places, (doc + 1) << POSITION_BITS, start)
                packed = self._weigh(doc, places, start, end, linked)
                done += 1
            else:
                packed = self._weigh_text(doc, 0, 0, linked)
            all_docs.append(doc)
            all_weights.append(packed)
        return all_docs + docs[done:], all_weights + weights[done:]

    def _weigh_above(self, doc: int, places: Sequence[int], start: int, end: int) -> int:
        """The packed weight of a term that stands above the text, and maybe in it."""
        if places[end - 1] & LAST_POSITION >= HEADING_START:
            return self._weigh(doc, places, start, end, 0)
        key = self._titles[doc], start - end, self._leads[doc]
        packed = self._known.get(key, -1)
        if packed < 0:
            packed = self._known[key] = self._weigh(doc, places, start, end, 0)
        return packed

    def _weigh_text(self, doc: int, count: int, leading: int, linked: int) -> int:
        """The packed weight of a term that stands in a text alone, so often: `leading` times in its
        first block, and `linked` times more in the text of links.
        """
        norm = self._norms[-1][doc]
        frequency = count * norm + leading * self._lead_norms[doc]
        frequency += linked * norm * self._link_share
        return pack_weight(level(frequency), 0, count + linked)

    def _weigh(self, doc: int, places: Sequence[int], start: int, end: int, linked: int) -> int:
        """The same, worked out."""
        base = doc << POSITION_BITS
        text = bisect_left(places, base + TEXT_START, start, end)
        heading = bisect_left(places, base + HEADING_START, start, text)
        trail = bisect_left(places, base + TRAIL_START, heading, text)
        issues = bisect_left(places, base + ISSUES_START, trail, text)
        in_lead = max(0, bisect_left(places, self._lead_ends[doc], text, end) - text)
        in_title, in_heading, in_issues = heading - start, trail - heading, text - issues
        of_title, of_heading, of_trail, of_issues, of_text = self._norms
        frequency = (
            in_title * of_title[doc]
            + in_heading * of_heading[doc]
            + (issues - trail) * of_trail[doc]
            + in_issues * of_issues[doc]
            + (end - text) * of_text[doc]
        )
        frequency += in_lead * self._lead_norms[doc]
        frequency += linked * of_text[doc] * self._link_share
        head = 0
        if in_heading or (in_title and self._leads[doc]):
            head = self._in_heading
        elif in_title:
            head = self._in_title
        return pack_weight(level(frequency), head, linked + in_heading + in_issues + end - text)


def _norms(columns: Columns, averages: Averages, ranking: Ranking) -> Iterator[array[float]]:
    """For each of the FIELDS what an occurrence counts for in each document. Many documents have
    fields of the same length.
    """
    lengths = {length for column in columns.lengths for length in set(column)}
    known = {n: field_norms((n,) * len(FIELDS), averages, ranking) for n in lengths}
    for field, column in enumerate(columns.lengths):
        yield array("d", [known[length][field] for length in column])


def unweighted(places: array[int]) -> TermPostings:
    """The postings of a term of which only the places count."""
    counts = _count(places)
    docs = array("I", counts)
    return _with_positions(docs, array("H", [1]) * len(docs), places, counts)


def _with_positions(
    docs: array[int], weights: array[int], places: array[int], counts: Counter[int]
) -> TermPostings:
    positions = _positions(places)
    if LAST_POSITION in positions:
        counts = _count(array("Q", [p for p in places if p & LAST_POSITION != LAST_POSITION]))
        positions = array("H", [position for position in positions if position != LAST_POSITION])
    return TermPostings(docs, weights, array("H", map(counts.__getitem__, docs)), positions)


def _count(places: array[int]) -> Counter[int]:
    """Document -> how many of the places are in it."""
    # A place is eight bytes, of which the middle four are the document's number.
    return Counter(array("I", (places.tobytes() + bytes(2))[2:])[::2])


def _positions(places: array[int]) -> array[int]:
    """The positions in the places: the last two of eight bytes, in the order of the machine."""
    return array("H", places.tobytes())[_LOW::4]
