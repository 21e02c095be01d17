"""Term shards: where each term stands, and what it weighs there.

A term of an article's title stands in all of its sections, mostly nowhere else in them and
with one level in all: that is said once for the article, and only the sections that differ
are listed.
"""

from __future__ import annotations

import hashlib
import itertools
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from kb.ranking import HEAD_STEPS, count_occurrences, head_steps, idf_steps
from kb.site.search.encoding import DIGITS, encode_gaps, make_shard_of, plain
from kb.site.search.packing import Row, pack
from kb.site.search.said import (
    END,
    TITLE_END,
    Said,
    is_in_heading,
    write_columns,
    write_from,
    write_places,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kb.engine.reading import IndexReader, TermPostings
    from kb.ranking import Ranking
    from kb.site.search.encoding import Shard
    from kb.site.search.kept import Block, Kept
    from kb.site.search.layout import Exported, Layout

SHARD_SIZE = 8_000
"""Characters of a shard of terms, about: half of that when compressed. A larger term has a
shard of its own."""

LARGE_SHARD = 16_000
"""The same where there are very many sections, and so would be shards."""

LAST_SAME = "\ud7ff"
"""Up to this character code points and UTF-16 code units are in the same order."""


def write_terms(
    reader: IndexReader, layout: Layout, ranking: Ranking, leads: set[int], kept: Kept
) -> Iterator[tuple[str, Shard]]:
    """(first term, shard) of all terms, in the order of their UTF-16 code units. `leads` are
    the sections whose heading is the article's title.
    """
    limit = min(LARGE_SHARD, max(SHARD_SIZE, reader.sections // 8))
    terms = _Terms(_Writer(reader, layout, ranking, leads), limit, kept)
    yield from pack(terms.pieces(), terms, kept)


class _Terms:
    """The rows of terms, each beside its stamp."""

    kind = "t"

    def __init__(self, writer: _Writer, limit: int, kept: Kept) -> None:
        self.limit = limit
        self._writer = writer
        self._kept = kept

    def shard(self, number: int, rows: Sequence[Row]) -> Shard:
        """The shard of some terms."""
        return make_shard_of(f"t{number}", {}, "terms", [row.text for row in rows])

    def line(self, row: Row) -> str:
        """A term as it is kept."""
        return f"{row.name}\t{row.beside}\t{row.text}"

    def unpack(self, block: Block) -> list[Row]:
        """The rows of a shard: written anew where they are damaged."""
        lines = self._kept.lines(block)
        if lines is not None:
            return [_row(*line.split("\t")) for line in lines]
        first, last = _order(block.first), _order(block.last)
        terms = self._writer.reader.terms_of("terms")
        own = {term for term in terms if first <= _order(term) <= last}
        return self._new_rows(own, {})  # without stamps: the next export makes them anew

    def pieces(self) -> Iterator[Row | Block]:
        """All terms' rows, or whole shards of the last export, in order."""
        key = self._writer.key()
        is_same = self._kept.last.get(_KEY) == [key, self.limit]
        self._kept.note(_KEY, [key, self.limit])
        if is_same:
            stamps, old = self._writer.stamps(), self._old_stamps()
            others = {
                term for term in stamps.keys() | old.keys() if stamps.get(term) != old.get(term)
            }
            if len(others) <= _FEW * len(stamps):
                return self._after(others, stamps)
        return _in_order(self._all())

    def _after(self, changed: Collection[str], stamps: Mapping[str, str]) -> Iterator[Row | Block]:
        """What is there after only some terms have changed."""
        blocks = self._kept.blocks(self.kind)
        firsts = [_order(block.first) for block in blocks]
        new = self._new_rows(changed, stamps)
        if not blocks:
            yield from new
            return
        touched = {max(0, bisect_right(firsts, _order(term)) - 1) for term in changed}
        ends = [bisect_left(new, first, key=_row_order) for first in firsts[1:]]
        for at, (block, start, stop) in enumerate(
            zip(blocks, [0, *ends], [*ends, None], strict=True)
        ):
            if at in touched:
                same = [row for row in self.unpack(block) if row.name not in changed]
                yield from sorted([*same, *new[start:stop]], key=_row_order)
            else:
                yield block

    def _old_stamps(self) -> dict[str, str]:
        """The stamps of the last export's rows by term, but for rows that are damaged."""
        found = map(self._kept.lines, self._kept.blocks(self.kind))
        rows = (line.split("\t", 2) for lines in found for line in lines or ())
        return {term: stamp for term, stamp, _ in rows}

    def _all(self) -> Iterator[Row]:
        """All rows anew, in code point order."""
        return itertools.starmap(_row, self._writer.rows())

    def _new_rows(self, terms: Collection[str], stamps: Mapping[str, str]) -> list[Row]:
        """The rows of some terms, in order."""
        rows = (
            _row(term, stamps.get(term, ""), text)
            for term, text in self._writer.rows_of(terms).items()
        )
        return sorted(rows, key=_row_order)


_KEY = "terms"
"""The name under which it is noted what all rows depend on, and how large shards are."""


def _row(term: str, stamp: str, text: str) -> Row:
    return Row(term, text, len(text), stamp)


def _order(term: str) -> bytes:
    """What terms are ordered by."""
    return term.encode("utf-16-be", "surrogatepass")


def _row_order(row: Row) -> bytes:
    return _order(row.name)


_BESIDE = ("title", "heads", "linked")
"""Fields that a term's row is made of beside `terms`."""

_FEW = 0.2
"""The share of terms up to which it is faster to look each of them up than to read all."""


def _in_order(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows, which come in the order of code points, in that of UTF-16 code units."""
    held: list[Row] = []
    for row in rows:
        if held or max(row.name) > LAST_SAME:
            held.append(row)
        else:
            yield row
    yield from sorted(held, key=_row_order)


class _Writer:
    """Writes one term after the other."""

    def __init__(
        self, reader: IndexReader, layout: Layout, ranking: Ranking, leads: set[int]
    ) -> None:
        self.reader = reader
        self.layout = layout
        self.leads = leads
        self.burst = ranking.burst
        self.in_title = head_steps(in_heading=False, ranking=ranking)
        self.titles: Mapping[str, TermPostings] = {}
        self.heads: Mapping[str, TermPostings] = {}
        self.linked: Mapping[str, TermPostings] = {}

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(term, its stamp, its row as JSON) of all terms."""
        more = defaultdict[str, str](str)
        self.titles, self.heads, self.linked = (
            dict(self._entries(field, more)) for field in _BESIDE
        )
        for term, postings, stamp in self.reader.entries("terms", positions=True):
            yield term, stamp + more.get(term, ""), _row_text(self.row(term, postings))

    def _entries(self, field: str, stamps: dict[str, str]) -> Iterator[tuple[str, TermPostings]]:
        """The postings of every term in a field; adds what stamps say of it."""
        for term, postings, stamp in self.reader.entries(field, positions=field == "linked"):
            stamps[term] += f" {field} {stamp}"
            yield term, postings

    def rows_of(self, terms: Collection[str]) -> dict[str, str]:
        """Term -> its row as JSON, for a few terms."""
        self.titles, self.heads, self.linked = (
            {term: found for term in terms if (found := self.reader.entry(field, term))}
            for field in _BESIDE
        )
        entries = ((term, self.reader.entry("terms", term)) for term in terms)
        return {term: _row_text(self.row(term, found)) for term, found in entries if found}

    def stamps(self) -> dict[str, str]:
        """Term -> a stamp of the postings that its row is made of."""
        stamps = {term: stamp for term, stamp, _ in self.reader.stamps("terms")}
        for field in _BESIDE:
            for term, stamp, _ in self.reader.stamps(field):
                if term in stamps:
                    stamps[term] += f" {field} {stamp}"
        return stamps

    def key(self) -> str:
        """A hash of what all rows depend on: how sections are numbered, and constants."""
        layout, reader = self.layout, self.reader
        numbering = [(a.card.id, a.sections) for a in layout.articles], sorted(self.leads)
        common = (numbering, reader.sections, reader.articles, self.burst, self.in_title)
        return hashlib.sha256(repr(common).encode(errors="surrogatepass")).hexdigest()[:16]

    def row(self, term: str, postings: TermPostings) -> list[Any]:
        """[term, idf, sections, levels, positions, and where it is in titles: idf over titles,
        articles, levels, positions, and where coverage differs from what positions say:
        sections, steps], without empty ends.
        """
        section_of = self.layout.section_of
        occurrences = count_occurrences(postings.weights)
        idf = idf_steps(self.reader.sections, len(postings.docs), occurrences, self.burst)
        if term not in self.titles and term not in self.heads:
            return [term, idf, *write_columns(section_of, postings, self.linked.get(term))]
        said = Said(section_of, postings, self.linked.get(term))
        articles = self._articles(term)
        titles = [self._title(self.layout.articles[number], said) for number in articles]
        heads = self._heads(term, said, articles)
        row = [term, idf, *said.columns()]
        if titles or heads:
            row += [
                idf_steps(self.reader.articles, len(self.titles[term].docs)) if titles else 0,
                encode_gaps(articles),
                "".join([level for level, _ in titles]),
                "".join([write_from(0, own) + END for _, own in titles]).rstrip(END),
            ]
        if heads:
            row += [encode_gaps(sorted(heads)), "".join([DIGITS[heads[s]] for s in sorted(heads)])]
        return row

    def _articles(self, term: str) -> list[int]:
        """The articles in whose titles a term stands."""
        if term not in self.titles:
            return []
        found = (self.layout.article_of[doc] for doc in self.titles[term].docs)
        return sorted(number for number in found if number >= 0)

    def _title(self, article: Exported, said: Said) -> tuple[str, Sequence[int]]:
        """(digit of the level, positions) of a term in an article's title. What is said thereby is
        taken out of the sections' levels and positions.
        """
        sections = range(article.first, article.first + article.sections)
        above = said.above.get(article.first, ())
        title = above[: bisect_left(above, TITLE_END)]
        for section in sections:
            if title and section in said.above:
                said.texts[section] = write_places(said.above[section][len(title) :])
        alone = [
            s for s in sections if s in said.levels and said.texts[s] == "" and s not in said.links
        ]
        if not alone:
            return DIGITS[0], title
        [(level, _)] = Counter(said.levels[section] for section in alone).most_common(1)
        for section in alone:
            if said.levels[section] == level:
                del said.levels[section]
        return level, title

    def _heads(self, term: str, said: Said, articles: Iterable[int]) -> dict[int, int]:
        """Sections for which coverage is other than positions say, with what it is."""
        expected: dict[int, int] = {}
        for number in articles:
            article = self.layout.articles[number]
            for section in range(article.first, article.first + article.sections):
                expected[section] = HEAD_STEPS if section in self.leads else self.in_title
        for section, places in said.above.items():
            if is_in_heading(places):
                expected[section] = HEAD_STEPS
        held = self.heads.get(term)
        found = {} if held is None else _by_section(self.layout.section_of, held)
        differ = {s for s in {*expected, *found} if expected.get(s) != found.get(s)}
        return {section: found.get(section, 0) for section in differ}


def _row_text(row: list[Any]) -> str:
    """A row as JSON: but for the term there is nothing in it to escape."""
    term, *values = row
    written = (f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return f"[{plain(term)},{','.join(written)}]"


def _by_section(section_of: Sequence[int], postings: TermPostings) -> dict[int, int]:
    """Section -> weight."""
    found = zip(postings.docs, postings.weights, strict=True)
    return {section_of[doc]: weight for doc, weight in found}
