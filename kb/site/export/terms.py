"""Term shards: where each term stands, and what it weighs there.

A term of an article's title stands in all of its sections, mostly nowhere else in them and
with one level in all: that is said once for the article, and only the sections that differ
are listed.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

from kb.search.protocols import RANGE_STARTS
from kb.search.ranking import (
    HEAD_MASK,
    HEAD_SHIFT,
    HEAD_STEPS,
    LEVEL_MASK,
    count_occurrences,
    head_steps,
    idf_steps,
)
from kb.site.export.columns import END, TITLE_IDF, Columns, postings_in
from kb.site.export.encoding import (
    DIGITS,
    NUMBERS,
    encode_gaps,
    make_shard_of,
    plain,
)
from kb.site.export.shards import Row, pack

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.search.protocols import ExportReader, TermPostings
    from kb.site.export.documents import Exported, Layout
    from kb.site.export.encoding import Shard
    from kb.site.export.shards import Block, ShardCache

MARKS = "%!#$"
"""Before positions in a title, in a heading, in the headings above, and in issue phrases."""

LINK_MARK = "&"
"""Before positions in the text of links: the last of a section's, and no part of its level."""

_, TITLE_END, HEADING_END, _, TEXT_START = RANGE_STARTS


class PostingEncoder:
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
    """What the columns of a `PostingEncoder` are of which nothing has been taken out."""
    sections = list(map(section_of.__getitem__, postings.docs))
    if sections != sorted(sections):
        return PostingEncoder(section_of, postings, linked).columns()
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


SHARD_SIZE = 8_000
"""Characters of a shard of terms, about: half of that when compressed. A larger term has a
shard of its own."""

LARGE_SHARD = 16_000
"""The same where there are very many sections, and so would be shards."""

LAST_SAME = "\ud7ff"
"""Up to this character code points and UTF-16 code units are in the same order."""


def write_terms(  # noqa: PLR0917  # each is a part of the whole
    reader: ExportReader,
    layout: Layout,
    ranking: Ranking,
    leads: set[int],
    words: Mapping[str, str],
    touched: Collection[str] | None,
    changed: Collection[int] | None,
    kept: ShardCache,
) -> Iterator[tuple[str, Shard]]:
    """(where it begins, shard) of all terms, in the order of their UTF-16 code units. `leads` are
    the sections whose heading is the article's title; `words` are what rows say of the terms'
    words; `touched` the terms of which that, or the postings, are others than in the last export,
    None where it is not known; `changed` the articles that are, where that had the same ones.
    """
    limit = min(LARGE_SHARD, max(SHARD_SIZE, reader.sections // 8))
    writer = _Writer(reader, layout, ranking, leads, words)
    terms = _Terms(writer, touched, changed, limit, kept)
    yield from pack(terms.pieces(), terms, kept)


def note_stamps(stamps: Mapping[str, str], kept: ShardCache) -> set[str] | None:
    """The terms of which the postings, which have these stamps, are others than in the last export;
    None where that is not known. With them change those in titles, headings and links: an article's
    documents come and go together.
    """
    kept.note(STAMPS, stamps)
    known: dict[str, str] = kept.last.pop(STAMPS, {})
    if not known:
        return None
    changed = {term for term, stamp in stamps.items() if known.pop(term, None) != stamp}
    return changed | known.keys()


def describe_titled(terms: Iterable[str], reader: ExportReader, layout: Layout) -> dict[str, str]:
    """Of terms, each that titles of articles hold, with these."""
    found = ((term, reader.entry(_BESIDE[0], term)) for term in terms)
    held = ((term, _titled(layout, postings.docs)) for term, postings in found if postings)
    return {term: encode_gaps(articles) for term, articles in held if articles}


def _titled(layout: Layout, documents: Iterable[int]) -> list[int]:
    found = (layout.article_of[document] for document in documents)
    return sorted(number for number in found if number >= 0)


CODE_FACTOR = 65_599
"""What makes a number of each term: all before a letter counts so many times."""

ROOM = range(5, 11)
"""How many times more codes than terms there may be: a term that no section holds has the code of
another once in so many times, and costs a request then."""

MOST_CODES = 120_000
"""Where there are many terms, there are fewer: who searches loads a bit more of each term for every
doubling."""


def describe_terms(terms: Iterable[str]) -> dict[str, Any]:
    """The codes of all terms of letters alone: a reader need not look for others."""
    terms = [term for term in terms if not _NO_LETTER.search(term)]
    room = max(ROOM[0], min(ROOM[-1], MOST_CODES // (len(terms) or 1)))
    size = room * len(terms) + 1
    return {"size": size, "codes": encode_gaps(sorted({code_of(term, size) for term in terms}))}


_NO_LETTER = re.compile(r"[\0-@\[-`{-\x7f]")
"""Of ASCII: what else are letters depends on a reader's Unicode."""


def code_of(term: str, size: int) -> int:
    """The code of a term: a number below `size`."""
    code = 0
    for letter in term:
        code = (code * CODE_FACTOR + ord(letter)) % size
    return code


class _Terms:
    """The rows of terms, of which some are `touched`. `edited` are the numbers of the articles that
    have changed. Each is None where all may have.
    """

    kind = "t"

    def __init__(
        self,
        writer: _Writer,
        touched: Collection[str] | None,
        edited: Collection[int] | None,
        limit: int,
        kept: ShardCache,
    ) -> None:
        self.limit = limit
        self._edited = edited
        self._touched = touched
        self._writer = writer
        self._kept = kept

    def shard(self, number: int, rows: Sequence[Row]) -> Shard:
        """The shard of some terms."""
        return make_shard_of(f"t{number}", {}, "terms", [row.text for row in rows])

    def line(self, row: Row) -> str:
        """A term as it is kept."""
        return f"{row.name}\t{row.text}"

    def unpack(self, block: Block) -> list[Row]:
        """The rows of a shard: written anew where they are damaged."""
        if (rows := self._kept_rows(block)) is not None:
            return rows
        first, last = _order(block.first), _order(block.last)
        terms = self._writer.reader.terms_of("terms")
        own = {term for term in terms if first <= _order(term) <= last}
        return self._new_rows(own)

    def _kept_rows(self, block: Block) -> list[Row] | None:
        """The rows of a shard as they were written; None if they are damaged."""
        lines = self._kept.lines(block)
        return None if lines is None else [_row(*line.split("\t")) for line in lines]

    def pieces(self) -> Iterator[Row | Block]:
        """All terms' rows, or whole shards of the last export, in order."""
        key = self._writer.key()
        is_same = self._kept.last.get(_KEY) == [key, self.limit]
        self._kept.note(_KEY, [key, self.limit])
        others = self._touched
        if is_same and others is not None and len(others) <= _FEW * len(self._writer.words):
            return self._after(others)
        return _in_order(_row(term, text) for term, text in self._writer.rows())

    def _after(self, changed: Collection[str]) -> Iterator[Row | Block]:
        """What is there after only some terms have changed."""
        blocks = self._kept.blocks(self.kind)
        if not blocks:
            yield from self._new_rows(changed)
            return
        firsts = [_order(block.first) for block in blocks]
        touched: dict[int, set[str]] = {}
        for term in changed:
            touched.setdefault(max(0, bisect_right(firsts, _order(term)) - 1), set()).add(term)
        for at, block in enumerate(blocks):
            if at not in touched:
                yield block
                continue
            before = self._kept_rows(block)
            rows = self._changed_rows(before or self.unpack(block), touched[at])
            yield from [block] if rows == before else rows

    def _changed_rows(self, rows: Sequence[Row], changed: set[str]) -> list[Row]:
        """The rows of a shard in which some may have changed, come or gone."""
        same = [row for row in rows if row.name not in changed]
        if self._edited is None:
            return sorted([*same, *self._new_rows(changed)], key=_row_order)
        before = {row.name: row.text for row in rows if row.name in changed}
        new = self._new_rows(changed - before.keys())
        edited = self._writer.rows_after(before, sorted(self._edited))
        new += [_row(term, text) for term, text in edited.items()]
        return sorted([*same, *new], key=_row_order)

    def _new_rows(self, terms: Collection[str]) -> list[Row]:
        """The rows of some terms, in order."""
        rows = (_row(term, text) for term, text in self._writer.rows_of(terms).items())
        return sorted(rows, key=_row_order)


_KEY = "terms"
"""The name under which it is noted what all rows depend on, and how large shards are."""


STAMPS = "stamps"
"""The name under which the terms' stamps are noted."""


def _row(term: str, text: str) -> Row:
    return Row(term, text, len(text))


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
        self,
        reader: ExportReader,
        layout: Layout,
        ranking: Ranking,
        leads: set[int],
        words: Mapping[str, str],
    ) -> None:
        self.reader = reader
        self.layout = layout
        self.leads = leads
        self.words = words
        self.burst = ranking.burst
        self.in_title = head_steps(in_heading=False, ranking=ranking)
        self.titles: Mapping[str, TermPostings] = {}
        self.heads: Mapping[str, TermPostings] = {}
        self.linked: Mapping[str, TermPostings] = {}

    def rows(self) -> Iterator[tuple[str, str]]:
        """(term, its row as JSON) of all terms."""
        self.titles, self.heads, self.linked = (
            dict(self.reader.entries(f, positions=f == "linked")) for f in _BESIDE
        )
        for term, postings in self.reader.entries("terms", positions=True):
            yield term, _row_text(self.row(term, postings))

    def rows_of(self, terms: Collection[str]) -> dict[str, str]:
        """Term -> its row as JSON, for a few terms."""
        self.titles, self.heads, self.linked = (
            {term: found for term in terms if (found := self.reader.entry(field, term))}
            for field in _BESIDE
        )
        entries = ((term, self.reader.entry("terms", term)) for term in terms)
        return {term: _row_text(self.row(term, found)) for term, found in entries if found}

    def rows_after(self, before: Mapping[str, str], edited: Sequence[int]) -> dict[str, str]:
        """Term -> its row as JSON, for terms of which there was one; what it says of articles that
        were not edited is as it was, and so are their numbers. Most rows stay the very same, since
        most words of an edited article stand in it where they stood.
        """
        articles = self.layout.articles
        exported = (articles[number] for number in edited)
        starts = sorted((a.document, a.sections) for a in exported)
        documents = [range(start, start + 1 + sections) for start, sections in starts]
        rows: dict[str, str] = {}
        for term, text in before.items():
            postings = self.reader.entry("terms", term)
            if postings is None:
                continue
            beside = {field: self.reader.entry(field, term) for field in _BESIDE}
            self.titles, self.heads, self.linked = (
                {term: postings_in(found, documents)} if found else {} for found in beside.values()
            )
            old = json.loads(text)
            columns = Columns.read(old)
            new = self.row(term, postings_in(postings, documents))
            differs = columns.replace(edited, articles, Columns.read(new))
            titles = beside["title"]
            title_idf = idf_steps(self.reader.articles, len(titles.docs)) if titles else 0
            head = [*self._head(term, postings)]
            idf = old[TITLE_IDF : TITLE_IDF + 1]
            if (
                differs
                or old[: len(head)] != head
                or idf not in ([], [columns.title_idf(title_idf)])
            ):
                text = _row_text([*head, *columns.written(title_idf)])  # noqa: PLW2901
            rows[term] = text
        return rows

    def key(self) -> str:
        """A hash of what all rows depend on: how sections are numbered, and constants."""
        layout, reader = self.layout, self.reader
        numbering = [(a.card.id, a.sections) for a in layout.articles], sorted(self.leads)
        common = (numbering, reader.sections, reader.articles, self.burst, self.in_title)
        return hashlib.sha256(repr(common).encode(errors="surrogatepass")).hexdigest()[:16]

    def row(self, term: str, postings: TermPostings) -> list[Any]:
        """[term, idf, how far it is an everyday word, words, sections, levels, positions, and where
        it is in titles: idf over titles, articles, levels, positions, and where coverage differs
        from what positions say: sections, steps], without empty ends.
        """
        section_of = self.layout.section_of
        head = self._head(term, postings)
        if not (term in self.titles or term in self.heads or _is_in_heads(postings)):
            columns = write_columns(section_of, postings, self.linked.get(term))
            return [*head, *columns]
        encoder = PostingEncoder(section_of, postings, self.linked.get(term))
        articles = self._articles(term)
        titles = [self._title(self.layout.articles[number], encoder) for number in articles]
        heads = self._heads(term, encoder, articles)
        row = [*head, *encoder.columns()]
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

    def _head(self, term: str, postings: TermPostings) -> tuple[str, int, int, str]:
        """What a row says of the term as a whole."""
        occurrences = count_occurrences(postings.weights)
        idf = idf_steps(self.reader.sections, len(postings.docs), occurrences, self.burst)
        return term, idf, self.reader.everyday(term), self.words.get(term, "")

    def _articles(self, term: str) -> list[int]:
        """The articles in whose titles a term stands."""
        postings = self.titles.get(term)
        return _titled(self.layout, postings.docs) if postings else []

    def _title(self, article: Exported, encoder: PostingEncoder) -> tuple[str, Sequence[int]]:
        """(digit of the level, positions) of a term in an article's title. What is said thereby is
        taken out of the sections' levels and positions.
        """
        sections = range(article.first, article.first + article.sections)
        above = encoder.above.get(article.first, ())
        title = above[: bisect_left(above, TITLE_END)]
        for section in sections:
            if title and section in encoder.above:
                encoder.texts[section] = write_places(encoder.above[section][len(title) :])
        alone = [
            s
            for s in sections
            if s in encoder.levels and encoder.texts[s] == "" and s not in encoder.links
        ]
        if not alone:
            return DIGITS[0], title
        [(level, _)] = Counter(encoder.levels[section] for section in alone).most_common(1)
        for section in alone:
            if encoder.levels[section] == level:
                del encoder.levels[section]
        return level, title

    def _heads(self, term: str, encoder: PostingEncoder, articles: Iterable[int]) -> dict[int, int]:
        """Sections for which coverage is other than positions say, with what it is."""
        expected: dict[int, int] = {}
        for number in articles:
            article = self.layout.articles[number]
            for section in range(article.first, article.first + article.sections):
                expected[section] = HEAD_STEPS if section in self.leads else self.in_title
        for section, places in encoder.above.items():
            if is_in_heading(places):
                expected[section] = HEAD_STEPS
        held = self.heads.get(term)
        found = {} if held is None else _by_section(self.layout.section_of, held)
        differ = {s for s in {*expected, *found} if expected.get(s) != found.get(s)}
        return {section: found.get(section, 0) for section in differ}


def _is_in_heads(postings: TermPostings) -> bool:
    """Whether a term is in a title or heading: a stop word may be without counting in coverage."""
    return any(weight >> HEAD_SHIFT & HEAD_MASK for weight in postings.weights)


def _row_text(row: list[Any]) -> str:
    """A row as JSON: but for the term there is nothing in it to escape."""
    term, *values = row
    written = (f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return f"[{plain(term)},{','.join(written)}]"


def _by_section(section_of: Sequence[int], postings: TermPostings) -> dict[int, int]:
    """Section -> weight."""
    found = zip(postings.docs, postings.weights, strict=True)
    return {section_of[doc]: weight for doc, weight in found}
