"""Reading a Whoosh index: postings as arrays over all segments, without deleted documents."""

from __future__ import annotations

import heapq
import json
import re
from array import array
from functools import lru_cache
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError, reading
from kb.index.whoosh.segment import MAX_WEIGHT, PackedPostings, Segment, SegmentInfo, shifted
from kb.index.whoosh.storage import decoding
from kb.index.whoosh.tables import read_tables, read_twins
from kb.search.protocols import POSITION_BITS, TermPostings
from kb.search.ranking import count_occurrences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.text.lexicon import Block, Lexicon

T = TypeVar("T")

CONTENTS = "contents.json"
LEXICON = "lexicon.bin"
EVERYDAY = "everyday.json"

CACHED_TERMS = 512
CACHED_ARTICLES = 32


class WhooshReader:
    """The live documents of an index, numbered through all segments.

    Without `tables` those that a commit writes last are not there yet: only postings, records and
    `documents_of` can be read.
    """

    def __init__(
        self, folder: Path, segments: Iterable[SegmentInfo], *, tables: bool = True
    ) -> None:
        self.segments: list[Segment] = []
        base = 0
        for info in segments:
            self.segments.append(Segment(folder, info, base))
            base += info.documents
        self.doc_count_all = base
        self.deleted_count = sum(len(segment.deleted) for segment in self.segments)
        if tables:
            self.tables = own = read_tables(folder)
            self.sections, self.articles = own.sections, own.articles
            self.article_of, self.order, self.mass = own.article_of, own.order, own.mass
            self.lengths, self.averages = own.lengths, own.averages
            self.twins = read_twins(folder, base)
            self._lexicon_data = (folder / LEXICON).read_bytes()  # it may be removed later
            self._everyday_data = (folder / EVERYDAY).read_bytes()
        self.postings = lru_cache(CACHED_TERMS)(self._postings)
        self.statistics = lru_cache(CACHED_TERMS)(self._statistics)
        self.positions = lru_cache(CACHED_TERMS)(self._positions)
        self.section_records = lru_cache(CACHED_ARTICLES)(self._section_records)

    def close(self) -> None:
        """Close every file; once more is no harm."""
        while self.segments:
            self.segments.pop().close()
        for known in (self.postings, self.statistics, self.positions, self.section_records):
            known.cache_clear()

    def _postings(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, ascending, and weights of a term; cached, so never to be changed."""
        key = term.encode("utf-8", "surrogatepass")
        docs, weights = array("I"), array("H")
        for segment in self.segments:
            postings = segment.postings(field, key, positions=False)
            if postings is not None:
                docs.extend(shifted(postings.docs, segment.base))
                weights.extend(postings.weights)
        return docs, weights

    def _positions(self, field: str, term: str) -> array[int]:
        """Every place of a term: document number times 2**16 plus the position in it, ascending."""
        key = term.encode("utf-8", "surrogatepass")
        places = array("Q")
        for segment in self.segments:
            postings = segment.postings(field, key, positions=True)
            if postings is None:
                continue
            starts = [(doc + segment.base) << POSITION_BITS for doc in postings.docs]
            spread = chain.from_iterable(map(repeat, starts, postings.sizes))
            places.extend(map(int.__add__, spread, postings.positions))
        return places

    def _statistics(self, term: str) -> tuple[int, int]:
        """How many of the public's sections hold a term, and how often outside their titles."""
        docs, weights = self.postings("terms", term)
        return len(docs), count_occurrences(weights)

    def entries(
        self,
        field: str,
        only: Collection[str] | None = None,
        *,
        positions: bool,
        first: int = 0,
    ) -> Iterator[tuple[str, TermPostings]]:
        """Every term of a field that stands anywhere, with its postings. See ExportReader. Segments
        that begin before document `first` are left out.
        """
        segments = [segment for segment in self.segments if segment.base >= first]
        parts = [segment.entries(field, only, positions=positions) for segment in segments]
        for term, same in _merged(parts):
            if live := [postings for _, postings in same if postings.docs]:
                yield term.decode("utf-8", "surrogatepass"), _joined(live)

    def entry(self, field: str, term: str) -> TermPostings | None:
        """The postings of one term. See ExportReader."""
        key = term.encode("utf-8", "surrogatepass")
        parts = []
        for segment in self.segments:
            postings = segment.postings(field, key, positions=True)
            if postings is not None:
                postings.docs = shifted(postings.docs, segment.base)
                parts.append(postings)
        joined = _joined(parts) if parts else None
        return joined if joined and joined.docs else None

    def counts(self, field: str) -> dict[str, int]:
        """Every term of a field that stands anywhere, with the number of its postings."""
        found: dict[bytes, int] = {}
        for segment in self.segments:
            for term, count in segment.counts(field):
                if count:
                    found[term] = found.get(term, 0) + count
        return {term.decode("utf-8", "surrogatepass"): count for term, count in found.items()}

    def stamps(self, field: str) -> dict[str, str]:
        """Every term of a field that stands anywhere, with a stamp. See ExportReader.

        A segment's records never change, and what is deleted from it stays deleted.
        """
        found: dict[bytes, str] = {}
        for segment in self.segments:
            for term, count in segment.counts(field):
                if count:
                    before = found.get(term)
                    stamp = f"{segment.name}:{count}"
                    found[term] = f"{before} {stamp}" if before else stamp
        return {term.decode("utf-8", "surrogatepass"): stamp for term, stamp in found.items()}

    def document_stamp(self, doc: int) -> str:
        """A stamp of what was stored with a document. See ExportReader."""
        segment = self._segment_of(doc)
        return f"{segment.name}:{doc - segment.base}"

    def terms_of(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin with `prefix`, in order of their bytes, each once.

        A term whose documents are all deleted may be among them until segments are merged.
        """
        key = prefix.encode("utf-8", "surrogatepass")
        last = None
        for term in heapq.merge(*(s.terms.terms_of(field, key) for s in self.segments)):
            if term != last:
                last = term
                yield term.decode("utf-8", "surrogatepass")

    def commonness(self, word: str) -> int:
        """How common a word is in the language. See Statistics."""
        with decoding("the lexicon"):
            return self._lexicon.commonness(word)

    def everyday(self, term: str) -> int:
        """How far the words of a term are everyday words. See Statistics."""
        return self._everyday.get(term, 0)

    @cached_property
    def _everyday(self) -> dict[str, int]:
        with decoding("the everyday words"):
            steps: dict[str, int] = json.loads(self._everyday_data)
        return steps

    def lexicon(self) -> Iterator[Block]:
        """The words of the language. See ExportReader."""
        with decoding("the lexicon"):
            yield from self._lexicon.blocks()

    @cached_property
    def _lexicon(self) -> Lexicon:
        from kb.text.lexicon import Lexicon  # noqa: PLC0415  # most searches correct nothing

        return Lexicon(self._lexicon_data)

    def article_record(self, doc: int) -> dict[str, Any]:
        """What was stored of an article. See ExportReader."""
        return self._stored(doc, dict)

    def section_record(self, doc: int) -> dict[str, Any]:
        """What was stored of a section. See ExportReader."""
        article = self.article_of[doc]
        records = self.section_records(article)
        if doc - article > len(records):
            raise DamagedIndexError("the record of a section is not there")
        return records[doc - article - 1]

    def _section_records(self, article: int) -> list[dict[str, Any]]:
        """What was stored of all sections of an article. See ExportReader."""
        return self._stored(article + 1, list)

    def _stored(self, doc: int, kind: type[T]) -> T:
        segment = self._segment_of(doc)
        try:
            found = json.loads(segment.documents.stored_fields(doc - segment.base)["record"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise DamagedIndexError(f"a record can't be read: {error!r}") from error
        if not isinstance(found, kind):
            raise DamagedIndexError("a record is of another kind")
        return found

    def documents_of(self, article: str) -> range:
        """The numbers of an article's document and its sections', empty where it is not there."""
        docs, counts = self.postings("id", article)
        return self._documents(docs[0], counts[0]) if docs else range(0)

    def weights_in(
        self, field: str, documents: Sequence[range]
    ) -> Iterator[tuple[str, array[int]]]:
        """(term, the weights of its postings there) for each term that stands in some documents,
        of which each range is in one segment; once for each range. Reads little of the others.
        """
        for segment in self.segments:
            own = [
                range(docs.start - segment.base, docs.stop - segment.base)
                for docs in documents
                if segment.base <= docs.start < segment.base + segment.count
            ]
            if own:
                for term, weights in segment.terms.weights_in(field, own):
                    yield term.decode("utf-8", "surrogatepass"), weights

    def all_documents(self, first: int = 0) -> Iterator[tuple[str, range]]:
        """The id of every article, in order, with its documents. See ExportReader. Segments that
        begin before document `first` are left out.
        """
        for id_, found in self.entries("id", positions=False, first=first):
            yield id_, self._documents(found.docs[0], found.weights[0])

    def _documents(self, first: int, count: int) -> range:
        few = count < MAX_WEIGHT
        sections: int = count if few else self.article_record(first)["sections"]
        return range(first, first + 1 + sections)

    def is_public(self, article_doc: int) -> bool:
        """Whether an article's document is one that the public sees."""
        facets = ("audience:public", "status:published")
        return all(article_doc in self.postings("facets", facet)[0] for facet in facets)

    def _segment_of(self, doc: int) -> Segment:
        for segment in self.segments:
            if doc < segment.base + segment.count:
                return segment
        raise IndexError(doc)


def _merged(parts: list[Iterator[Any]]) -> Iterator[tuple[bytes, Iterable[Any]]]:
    """(term, what each segment has of it) of iterators over tuples that begin with the term."""
    if len(parts) == 1:
        return ((one[0], (one,)) for one in parts[0])
    return groupby(heapq.merge(*parts, key=itemgetter(0)), key=itemgetter(0))


def _joined(parts: list[PackedPostings]) -> TermPostings:
    """The postings of one term in several segments, which follow each other, as one."""
    docs, weights, sizes, positions = (
        parts[0].docs,
        parts[0].weights,
        parts[0].sizes,
        parts[0].positions,
    )
    for part in parts[1:]:
        docs += part.docs
        weights += part.weights
        sizes += part.sizes
        positions += part.positions
    return TermPostings(docs, weights, sizes, positions)


def open_reader(folder: Path) -> WhooshReader:
    """Read the index in a folder; the caller closes it.

    Raises DamagedIndexError for what is none, or is not there any more, and IndexingError where it
    can't be read for another reason.
    """
    with reading(folder, folder.name):
        with decoding("its table of contents"):
            segments = read_contents(folder)
        return WhooshReader(folder, segments)


def read_contents(folder: Path) -> list[SegmentInfo]:
    """The segments of an index. Raises OSError, DamagedIndexError and others, each where it is not
    what `kb.index.whoosh.writer.write_contents` wrote.
    """
    data = (folder / CONTENTS).read_bytes()
    return [_segment(*row) for row in json.loads(data)["segments"]]


def _segment(segid: Any, count: Any, deleted: Any) -> SegmentInfo:
    if not (
        isinstance(segid, str)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(count) is int
        and count >= 0
        and type(deleted) is list
        and all(type(number) is int and 0 <= number < count for number in deleted)
    ):
        raise DamagedIndexError("the table of contents has a segment as kb never writes one")
    return SegmentInfo(segid, count, deleted)
