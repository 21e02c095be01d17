"""What ranking reads of an index: the interface between any storage and the score.

An engine provides an `IndexReader`; `Postings` is how one query sees it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.search.ranking import idf_steps

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator, Sequence

    from kb.config import Ranking
    from kb.search.ranking import Averages

RANGE_STARTS = (0, 1024, 2048, 3072, 8192)
"""The first position of each of the FIELDS. Words past the end of a field's range are counted,
but have no position of their own."""


_, HEADING_START, TRAIL_START, ISSUES_START, TEXT_START = RANGE_STARTS


LAST_POSITION = 0xFFFF
"""Where words past the end of the last range are counted; none of them has a position."""


def field_of(position: int) -> int:
    """Which of the FIELDS a position lies in."""
    return bisect_right(RANGE_STARTS, position) - 1


POSITION_BITS = 16
"""A place is a document number shifted left by this, plus a position within the document."""

HIDDEN = "hidden_"
"""Articles that the public does not see are in fields of their own, under this prefix, so that
their words change no one else's scores, corrections or completions."""


class TermPostings(NamedTuple):
    """One term's postings as parallel arrays: document numbers (ascending), weights, and numbers
    of positions; `positions` holds those of all postings one after the other.
    """

    docs: array[int]
    weights: array[int]
    sizes: array[int]
    positions: array[int]


class IndexReader(Protocol):
    """Documents are numbered; an article's document is followed by those of its sections.

    `sections` and `articles` count what the public sees. The sequences have one number a
    document: `article_of` the number of its article's document, `order` its rank by article
    id and position, `mass` the idfs of its title's and headings' terms added up, in steps,
    and `lengths`, for each of the FIELDS, that field's length in words.
    """

    @property
    def sections(self) -> int:
        """How many sections the public sees."""

    @property
    def articles(self) -> int:
        """How many articles the public sees."""

    @property
    def article_of(self) -> Sequence[int]:
        """The number of each document's article."""

    @property
    def order(self) -> Sequence[int]:
        """The rank of each document by article id and position."""

    @property
    def mass(self) -> Sequence[int]:
        """The idfs of each document's head, added up, in steps."""

    @property
    def lengths(self) -> Sequence[Sequence[int]]:
        """For each of the FIELDS its length in words in each document."""

    @property
    def averages(self) -> Averages:
        """The average lengths that the index's weights were computed with."""

    def postings(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, ascending, and weights of a term."""
        ...

    def statistics(self, term: str) -> tuple[int, int]:
        """How many of the public's sections hold a term, and how often outside their titles."""

    def positions(self, field: str, term: str) -> array[int]:
        """The places of a term, ascending."""
        ...

    def entries(
        self, field: str, only: Collection[str] | None = None, *, positions: bool
    ) -> Iterator[tuple[str, TermPostings, str]]:
        """Every term of a field that stands anywhere, in code point order, with its postings and
        their stamp, as `stamps` has it; without `positions` the last two arrays stay empty.
        For who wants all, or `only` many: it reads the field from end to end, and keeps nothing.
        """
        ...

    def entry(self, field: str, term: str) -> TermPostings | None:
        """The postings of one term; None where it stands nowhere."""
        ...

    def stamps(self, field: str) -> Iterator[tuple[str, str, int]]:
        """Every term of a field that stands anywhere, in code point order, with a stamp of its
        postings and their number. As long as documents are only added and taken out, the same
        stamp at another time means the same postings, of the same documents.
        """
        ...

    def document_stamp(self, doc: int) -> str:
        """A stamp of a document: the same at another time means the same document."""
        ...

    def terms_of(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin with a prefix, in code point order."""
        ...

    def article_record(self, doc: int) -> dict[str, Any]:
        """What was stored of the article of a document of its own."""
        ...

    def section_record(self, doc: int) -> dict[str, Any]:
        """What was stored of the section of a document; never to be changed."""
        ...

    def section_records(self, article: int) -> list[dict[str, Any]]:
        """What was stored of all sections of an article, in order, by the number of the article's
        document; never to be changed.
        """
        ...

    def all_documents(self) -> Iterator[tuple[str, range]]:
        """The id of every article, in order, with what `documents_of` says of it."""
        ...

    def documents_of(self, article: str) -> range:
        """The numbers of an article's document and of its sections, empty when unknown."""
        ...


POSITION_MASK = (1 << POSITION_BITS) - 1


class Postings:
    """An index's postings and idfs as one query sees them: with hidden articles or without.

    Statistics always are those of what the public sees.
    """

    def __init__(self, reader: IndexReader, ranking: Ranking, *, hidden: bool) -> None:
        self.reader = reader
        self.ranking = ranking
        self.hidden = hidden

    def of(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, public ones first, and weights."""
        docs, weights = self.reader.postings(field, term)
        if not self.hidden:
            return docs, weights
        more, their_weights = self.reader.postings(HIDDEN + field, term)
        return docs + more, weights + their_weights

    def words_from(self, prefix: str) -> Iterator[str]:
        """The words as written that begin with a prefix."""
        yield from self.reader.terms_of("words", prefix)
        if self.hidden:
            yield from self.reader.terms_of(HIDDEN + "words", prefix)

    def is_known(self, term: str) -> bool:
        """Whether any section holds a term."""
        return bool(self.of("terms", term)[0])

    def idf(self, term: str) -> int:
        """A term's idf over sections, in steps."""
        frequency, occurrences = self.reader.statistics(term)
        return idf_steps(self.reader.sections, frequency, occurrences, self.ranking.burst)

    def title_idf(self, term: str) -> int:
        """A term's idf over the titles of articles, in steps."""
        return idf_steps(self.reader.articles, len(self.reader.postings("title", term)[0]))

    def chains(self, terms: tuple[str, ...]) -> Iterator[list[int]]:
        """Places where the terms are neighbours, in the public's sections, then in hidden ones."""
        for prefix in self._prefixes:
            yield self._chain((prefix + "terms",), terms)

    def phrases(self, terms: tuple[str, ...]) -> Iterator[list[int]]:
        """The same, words in the text of links included."""
        for prefix in self._prefixes:
            yield self._chain((prefix + "terms", prefix + "linked"), terms)

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return ("", HIDDEN) if self.hidden else ("",)

    def _chain(self, fields: tuple[str, ...], terms: tuple[str, ...]) -> list[int]:
        found = self._places(fields, terms[0])
        for offset, term in enumerate(terms[1:], 1):
            places = self._places(fields, term)
            if len(found) <= len(places):
                known = set(places)
                found = [place for place in found if place + offset in known]
            else:
                known = set(found)
                found = [place - offset for place in places if place - offset in known]
        return found

    def _places(self, fields: tuple[str, ...], term: str) -> list[int]:
        return [place for field in fields for place in self.reader.positions(field, term)]

    def positions_in(self, doc: int, term: str) -> Iterator[int]:
        """The positions of a term in one document."""
        for prefix in self._prefixes:
            places = self.reader.positions(prefix + "terms", term)
            first = bisect_left(places, doc << POSITION_BITS)
            last = bisect_left(places, (doc + 1) << POSITION_BITS, first)
            yield from (place & POSITION_MASK for place in places[first:last])
