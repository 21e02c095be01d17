"""One number a document, written at the end of each commit and read whole when searching.

A score needs, for each candidate, which article it belongs to, its place in the order of ids,
the inverse document frequencies of its title's and heading's terms added up (its *mass*, in
whole steps, so that the order of adding changes nothing), and its lengths. Most change with
any commit, so they lie beside Whoosh's segments, not in them.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from typing import TYPE_CHECKING, NamedTuple

from kb.index.whoosh.codec import DamagedPostingsError
from kb.search.protocols import HIDDEN
from kb.search.ranking import FIELDS, HEAD_STEPS, Averages, count_occurrences, idf_steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kb.config import Ranking
    from kb.index.inverter import Inverter
    from kb.search.protocols import ExportReader

FILE = "tables.bin"
_ARRAYS = 3 + len(FIELDS)
HEADER = struct.Struct(f"=IIII{len(FIELDS)}Q{len(FIELDS)}d")


class Tables(NamedTuple):
    """What the public sees: how many sections and articles, and the fields' total lengths. Of
    every document: its article's document (its own for an article), its rank by article id
    and position, its mass in steps (times HEAD_STEPS), and its length in each of the FIELDS.
    `averages` are those that the weights in the index were computed with.
    """

    sections: int
    articles: int
    totals: tuple[int, ...]
    averages: Averages
    article_of: array[int]
    order: array[int]
    mass: array[int]
    lengths: tuple[array[int], ...]

    def averages_after(self, removed: Sequence[int], added: Inverter) -> Averages:
        """The averages once some of the public's sections are gone and some articles have come."""
        totals = [
            total + more - sum(lengths[doc] for doc in removed)
            for total, more, lengths in zip(self.totals, added.totals, self.lengths, strict=True)
        ]
        return Averages.of(totals, self.sections + added.sections - len(removed))


def compute_tables(reader: ExportReader, size: int, averages: Averages, ranking: Ranking) -> Tables:
    """The tables of a freshly committed index of `size` documents, deleted ones among them."""
    article_of, order = _zeros(size), _zeros(size)
    public = set(reader.postings("facets", "audience:public")[0])
    public &= set(reader.postings("facets", "status:published")[0])
    rank = sections = 0
    for _, documents in reader.all_documents():
        for doc in documents:
            article_of[doc] = documents.start
            order[doc] = rank
            rank += 1
        if documents.start in public:
            sections += len(documents) - 1
    lengths = tuple(_lengths(reader, name, size) for name in FIELDS)
    totals = tuple(sum(reader.postings("lengths", name)[1]) for name in FIELDS)
    mass = _mass(reader, ranking, size, sections, len(public))
    return Tables(sections, len(public), totals, averages, article_of, order, mass, lengths)


def write_tables(folder: Path, tables: Tables) -> None:
    """Put the tables into an index's folder."""
    arrays = (tables.article_of, tables.order, tables.mass, *tables.lengths)
    body = b"".join(map(bytes, arrays))
    counts = (len(tables.order), tables.sections, tables.articles)
    numbers = (*counts, *tables.totals, *tables.averages.lengths)
    temporary = folder / (FILE + ".new")
    temporary.write_bytes(HEADER.pack(zlib.crc32(body), *numbers) + body)
    temporary.replace(folder / FILE)


def read_tables(folder: Path) -> Tables:
    """The tables of an index. Raises DamagedPostingsError and OSError."""
    data = (folder / FILE).read_bytes()
    if len(data) < HEADER.size:
        raise DamagedPostingsError(f"{FILE} is cut short")
    crc, size, sections, articles, *numbers = HEADER.unpack_from(data)
    body = memoryview(data)[HEADER.size :]
    length = size * array("I").itemsize
    if len(body) != _ARRAYS * length or zlib.crc32(body) != crc:
        raise DamagedPostingsError(f"{FILE} does not fit its checksum")
    parts = (body[at * length : (at + 1) * length] for at in range(_ARRAYS))
    article_of, order, mass, *lengths = (array("I", bytes(part)) for part in parts)
    totals, averages = tuple(numbers[: len(FIELDS)]), Averages(tuple(numbers[len(FIELDS) :]))
    return Tables(sections, articles, totals, averages, article_of, order, mass, tuple(lengths))


def _zeros(size: int) -> array[int]:
    return array("I", bytes(array("I").itemsize * size))


def _lengths(reader: ExportReader, name: str, size: int) -> array[int]:
    """A field's length in each document."""
    lengths = _zeros(size)
    for prefix in ("", HIDDEN):
        for doc, length in zip(*reader.postings(prefix + "lengths", name), strict=True):
            lengths[doc] = length
    return lengths


def _mass(
    reader: ExportReader, ranking: Ranking, size: int, sections: int, articles: int
) -> array[int]:
    """The idfs of each section's head, weighed, and of each article's title, added up."""
    mass = _zeros(size)
    heads = {*reader.terms_of("heads"), *reader.terms_of(HIDDEN + "heads")}
    statistics = {
        term: (len(found.docs), count_occurrences(found.weights))
        for term, found, _ in reader.entries("terms", heads, positions=False)
    }
    for prefix in ("", HIDDEN):
        for term, found, _ in reader.entries(prefix + "heads", positions=False):
            idf = idf_steps(sections, *statistics.get(term, (0, 0)), ranking.burst)
            for doc, steps in zip(found.docs, found.weights, strict=True):
                mass[doc] += idf * steps
        for term, found, _ in reader.entries(prefix + "title", positions=False):
            of_public = len(found.docs) if not prefix else len(reader.postings("title", term)[0])
            value = idf_steps(articles, of_public) * HEAD_STEPS
            for doc in found.docs:
                mass[doc] += value
    return mass
