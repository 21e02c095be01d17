"""Term shards: where each term stands, and what it weighs there.

A term of an article's title stands in all of its sections, mostly nowhere else in them and
with one level in all: that is said once for the article, and only the sections that differ
are listed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kb.engine.documents import RANGE_STARTS
from kb.engine.reading import POSITION_BITS
from kb.engine.scoring import Postings
from kb.ranking import HEAD_STEPS, LEVEL_MASK, head_steps
from kb.site.search.encoding import DIGITS, encode, gaps, make_shard, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.engine.reading import IndexReader
    from kb.ranking import Ranking
    from kb.site.search.encoding import Shard
    from kb.site.search.layout import Layout

SHARD_SIZE = 8_000
"""Characters of a shard of terms, about: half of that when compressed. A larger term has a
shard of its own."""

LARGE_SHARD = 16_000
"""The same where there are very many sections, and so would be shards."""

MARKS = "%!#$"
"""Before positions in a title, in a heading, in the headings above, and in issue phrases."""

LINK_MARK = "&"
"""Before positions in the text of links: the last of a section's, and no part of its level."""

END = " "
"""After the positions of one section."""

TITLE_END = RANGE_STARTS[1]
TEXT_START = RANGE_STARTS[-1]
POSITION_MASK = (1 << POSITION_BITS) - 1


def write_terms(
    reader: IndexReader, layout: Layout, ranking: Ranking, leads: set[int]
) -> Iterator[tuple[str, Shard]]:
    """(first term, shard) of all terms, in the order of their UTF-16 code units. `leads` are
    the sections whose heading is the article's title.
    """
    writer = _Writer(reader, layout, ranking, leads)
    limit = min(LARGE_SHARD, max(SHARD_SIZE, reader.sections // 8))
    rows: list[Any] = []
    size = number = 0
    for term in sorted(reader.terms_of("terms"), key=_code_units):
        row = writer.row(term)
        if row is None:
            continue
        length = len(plain(row))
        if rows and size + length > limit:
            yield rows[0][0], make_shard(f"t{number}", {"terms": rows})
            rows, size, number = [], 0, number + 1
        rows.append(row)
        size += length
    if rows:
        yield rows[0][0], make_shard(f"t{number}", {"terms": rows})


def _code_units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


class _Writer:
    """Writes one term after the other."""

    def __init__(
        self, reader: IndexReader, layout: Layout, ranking: Ranking, leads: set[int]
    ) -> None:
        self.reader = reader
        self.layout = layout
        self.leads = leads
        self.postings = Postings(reader, ranking, hidden=False)
        self.in_title = head_steps(in_heading=False, ranking=ranking)
        # Most terms are in neither: to look would take longer than to write them.
        self.titled = set(reader.terms_of("title"))
        self.headed = set(reader.terms_of("heads"))

    def row(self, term: str) -> list[Any] | None:
        """[term, idf, sections, levels, positions, and where it is in titles: idf over titles,
        articles, levels, positions, and where coverage differs from what positions say:
        sections, steps], without empty ends.
        """
        section_of = self.layout.section_of
        docs, weights = self.reader.postings("terms", term)
        levels = {
            section_of[doc]: weight & LEVEL_MASK
            for doc, weight in zip(docs, weights, strict=True)
            if section_of[doc] >= 0
        }
        if not levels:
            return None
        places, links = self._places("terms", term), self._places("linked", term)
        articles = self._articles(term)
        titles = [self._title(article, levels, places, links) for article in articles]
        heads = self._heads(term, levels, places, articles)
        rest = sorted(levels)
        row: list[Any] = [
            term,
            self.postings.idf(term),
            encode(gaps(rest)),
            "".join([DIGITS[levels[section]] for section in rest]),
            "".join(
                [
                    _write_places(places.get(section, ())) + _write_links(links.get(section)) + END
                    for section in rest
                ]
            ).rstrip(END),
        ]
        if titles or heads:
            row += [
                self.postings.title_idf(term) if titles else 0,
                encode(gaps(articles)),
                "".join([DIGITS[level] for level, _ in titles]),
                "".join([_from(0, own) + END for _, own in titles]).rstrip(END),
            ]
        if heads:
            row += [encode(gaps(sorted(heads))), "".join([DIGITS[heads[s]] for s in sorted(heads)])]
        return row

    def _places(self, field: str, term: str) -> dict[int, list[int]]:
        """Section -> positions."""
        section_of = self.layout.section_of
        found: dict[int, list[int]] = {}
        last, places = -1, []
        for place in self.reader.positions(field, term):
            doc = place >> POSITION_BITS
            if doc != last:
                last = doc
                places = found[section_of[doc]] = []
            places.append(place & POSITION_MASK)
        return found

    def _articles(self, term: str) -> list[int]:
        """The articles in whose titles a term stands."""
        if term not in self.titled:
            return []
        docs, _ = self.reader.postings("title", term)
        return sorted(number for doc in docs if (number := self.layout.article_of[doc]) >= 0)

    def _title(
        self,
        number: int,
        levels: dict[int, int],
        places: dict[int, list[int]],
        links: dict[int, list[int]],
    ) -> tuple[int, list[int]]:
        """(level, positions) of a term in an article's title. What is said thereby is taken out of
        the sections' levels and positions.
        """
        article = self.layout.articles[number]
        sections = range(article.first, article.first + article.sections)
        title = [position for position in places.get(article.first, ()) if position < TITLE_END]
        alone = []
        for section in sections:
            found = places.get(section)
            if found is not None and title:
                del found[: len(title)]
            if not found and section in levels and section not in links:
                alone.append(section)
        if not alone:
            return 0, title
        [(level, _)] = Counter(levels[section] for section in alone).most_common(1)
        for section in alone:
            if levels[section] == level:
                del levels[section]
        return level, title

    def _heads(
        self,
        term: str,
        levels: dict[int, int],
        places: dict[int, list[int]],
        articles: list[int],
    ) -> dict[int, int]:
        """Sections for which coverage is other than positions say, with what it is."""
        if not articles and term not in self.headed:
            return {}  # no title or heading holds it
        expected: dict[int, int] = {}
        for number in articles:
            article = self.layout.articles[number]
            for section in range(article.first, article.first + article.sections):
                expected[section] = HEAD_STEPS if section in self.leads else self.in_title
        for section in levels:
            if _is_in_heading(places.get(section, ())):
                expected[section] = HEAD_STEPS
        section_of = self.layout.section_of
        for doc, steps in zip(*self.reader.postings("heads", term), strict=True):
            section = section_of[doc]
            if section >= 0 and expected.get(section) == steps:
                del expected[section]
            elif section >= 0:
                expected[section] = steps
        held = {section_of[doc] for doc in self.reader.postings("heads", term)[0]}
        return {s: steps if s in held else 0 for s, steps in expected.items()}


def _is_in_heading(places: list[int] | tuple[int, ...]) -> bool:
    at = bisect_left(places, TITLE_END)
    return at < len(places) and places[at] < RANGE_STARTS[2]


def _write_places(places: list[int] | tuple[int, ...]) -> str:
    """Ascending positions: those in the text first, then others behind the mark of their field."""
    if not places:
        return ""
    if places[0] >= TEXT_START:
        return _from(TEXT_START, places)
    bounds = [0, *(bisect_left(places, start) for start in RANGE_STARTS[1:])]
    parts = [
        mark + _from(start, places[first:last])
        for mark, start, first, last in zip(MARKS, RANGE_STARTS, bounds, bounds[1:], strict=False)
        if last > first
    ]
    return "".join([_from(TEXT_START, places[bounds[-1] :]), *parts])


def _write_links(places: list[int] | None) -> str:
    return LINK_MARK + _from(TEXT_START, places) if places else ""


def _from(start: int, places: list[int] | tuple[int, ...]) -> str:
    """Each position as how far it is from the one before, the first from the field's start."""
    return encode([place - before for before, place in pairwise([start, *places])])
