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

from kb.index.whoosh.segment import DamagedPostingsError
from kb.search.ranking import FIELDS, Averages
from kb.search.twins import NO_TWINS, Twins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kb.index.inverter import Inverter

FILE = "tables.bin"
TWINS_FILE = "twins.bin"
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


def write_twins(folder: Path, twins: Twins) -> None:
    """Put the groups of sections that say the same into an index's folder: no file without any."""
    path = folder / TWINS_FILE
    if not twins.sections:
        path.unlink(missing_ok=True)
        return
    body = b"".join(map(bytes, twins))
    temporary = folder / (TWINS_FILE + ".new")
    temporary.write_bytes(zlib.crc32(body).to_bytes(_CRC_SIZE, "big") + body)
    temporary.replace(path)


def read_twins(folder: Path, size: int) -> Twins:
    """The groups of an index of `size` documents. Raises DamagedPostingsError and OSError."""
    try:
        data = (folder / TWINS_FILE).read_bytes()
    except FileNotFoundError:
        return NO_TWINS
    crc, body = int.from_bytes(data[:_CRC_SIZE], "big"), memoryview(data)[_CRC_SIZE:]
    half, rest = divmod(len(body), 2)
    if rest or half % array("I").itemsize or zlib.crc32(body) != crc:
        raise DamagedPostingsError(f"{TWINS_FILE} does not fit its checksum")
    twins = Twins(array("I", bytes(body[:half])), array("I", bytes(body[half:])))
    if max(twins.sections, default=0) >= size:
        raise DamagedPostingsError(f"{TWINS_FILE} names documents that are not there")
    return twins


_CRC_SIZE = 4
