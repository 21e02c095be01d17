"""The row of a term after an edit: only what it says of the articles that changed is written anew.

To write all rows of an edited article's words from their postings took a quarter of an edit's
search data with 10,000 articles.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.search.protocols import TermPostings
from kb.site.export.encoding import decode_gaps, encode_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.site.export.documents import Exported

END = " "
"""After the text of one number."""

_SECTIONS, TITLE_IDF, _TITLES, _HEADS = 4, 7, 8, 11
"""Where in a row (`kb.site.export.terms`) the columns of sections, titles and coverage begin, and
where the idf over titles is.
"""


class Column(NamedTuple):
    """Numbers that ascend, each with a digit and a text."""

    numbers: list[int]
    digits: list[str]
    texts: list[str]

    @classmethod
    def read(cls, row: Sequence[str], start: int) -> Column:
        """The column that begins there in a row; it is empty where the row has none."""
        numbers = decode_gaps(row[start]) if start < len(row) else []
        texts = row[start + 2].split(END) if start + 2 < len(row) and row[start + 2] else []
        texts += [""] * (len(numbers) - len(texts))
        return cls(numbers, list(row[start + 1]) if numbers else [], texts)

    def replace(self, within: range, other: Column) -> bool:
        """Let what is `within` some numbers be what another column has of them; whether that is
        anything else.
        """
        start, stop = (bisect_left(self.numbers, end) for end in (within.start, within.stop))
        first, last = (bisect_left(other.numbers, end) for end in (within.start, within.stop))
        before = self.numbers[start:stop], self.digits[start:stop], self.texts[start:stop]
        self.numbers[start:stop] = other.numbers[first:last]
        self.digits[start:stop] = other.digits[first:last]
        self.texts[start:stop] = other.texts[first:last]
        return before != (
            other.numbers[first:last],
            other.digits[first:last],
            other.texts[first:last],
        )

    def written(self) -> list[str]:
        """Numbers, digits and texts as a row has them."""
        texts = END.join(self.texts).rstrip(END)
        return [encode_gaps(self.numbers), "".join(self.digits), texts]


class Columns(NamedTuple):
    """What a row says of sections, of titles by article, and of coverage, which has no texts."""

    sections: Column
    titles: Column
    heads: Column

    @classmethod
    def read(cls, row: Sequence[Any]) -> Columns:
        """Those of a row."""
        return cls(*(Column.read(row, start) for start in (_SECTIONS, _TITLES, _HEADS)))

    def replace(self, numbers: Iterable[int], articles: Sequence[Exported], new: Columns) -> bool:
        """Let what is said of some articles, by their numbers, be what `new` says of them; whether
        that is anything else.
        """
        differ = []
        for number in numbers:
            article = articles[number]
            sections = range(article.first, article.first + article.sections)
            differ += [
                self.sections.replace(sections, new.sections),
                self.heads.replace(sections, new.heads),
                self.titles.replace(range(number, number + 1), new.titles),
            ]
        return any(differ)

    def title_idf(self, idf: int) -> int:
        """What a row says of a term's idf over titles."""
        return idf if self.titles.numbers else 0

    def written(self, title_idf: int) -> list[Any]:
        """The end of a row, from its sections on."""
        row: list[Any] = self.sections.written()
        if self.titles.numbers or self.heads.numbers:
            row += [self.title_idf(title_idf), *self.titles.written()]
        if self.heads.numbers:
            row += self.heads.written()[:2]
        return row


def postings_in(postings: TermPostings, documents: Iterable[range]) -> TermPostings:
    """The postings of a term in some documents, which are in order."""
    docs, weights, sizes, positions = (column[:0] for column in postings)
    for own in documents:
        start = bisect_left(postings.docs, own.start)
        stop = bisect_left(postings.docs, own.stop, start)
        if start < stop:
            first = sum(postings.sizes[:start])
            last = first + sum(postings.sizes[start:stop])
            docs += postings.docs[start:stop]
            weights += postings.weights[start:stop]
            sizes += postings.sizes[start:stop]
            positions += postings.positions[first:last]
    return TermPostings(docs, weights, sizes, positions)
