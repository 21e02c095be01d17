"""Reading a Whoosh index: postings as arrays over all segments, without deleted documents."""

from __future__ import annotations

import heapq
import json
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from itertools import chain, compress, groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from whoosh.codec.whoosh3 import W3Segment

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError, reading
from kb.index.whoosh.codec import MAX_WEIGHT, PackedCodec, PackedPostings, crc_of, stamp_of
from kb.index.whoosh.storage import GuardedStorage, decoding
from kb.index.whoosh.tables import read_tables, read_twins
from kb.search.protocols import POSITION_BITS, TermPostings
from kb.search.ranking import count_occurrences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from kb.text.lexicon import Block, Lexicon

T = TypeVar("T")

CONTENTS = "contents.json"
LEXICON = "lexicon.bin"
EVERYDAY = "everyday.json"
NAME = "kb"

CACHED_TERMS = 512
CACHED_ARTICLES = 32
LOOKUP_COST = 8
"""A binary search among documents takes as long as going through so many of them."""

FEW = 8
"""Up to so many deleted documents it is faster to take them out one by one."""


class _Segment:
    """One segment: its first document number in the whole index, and its two readers."""

    def __init__(self, storage: Any, segment: Any, base: int) -> None:
        codec = segment.codec()
        self.base = base
        self.name = segment.segment_id()
        self.count = segment.doc_count_all()
        self.deleted = frozenset(segment.deleted_docs())
        self._deleted = sorted(self.deleted)
        self.terms = codec.terms_reader(storage, segment)
        self.documents = codec.per_document_reader(storage, segment)

    def postings(self, field: str, term: bytes, *, positions: bool) -> PackedPostings | None:
        """The live postings of a term, by document number within the segment."""
        postings: PackedPostings | None = self.terms.packed(field, term, positions=positions)
        return postings if postings is None else self._live(postings)

    def entries(
        self, field: str, only: Collection[str] | None, *, positions: bool
    ) -> Iterator[tuple[bytes, PackedPostings, str]]:
        """The live postings of every term, by document number within the index, with a stamp."""
        keys = None if only is None else {t.encode("utf-8", "surrogatepass") for t in only}
        for term, record in self.terms.records(field):
            if keys is not None and term not in keys:
                continue
            postings = self._live(PackedPostings.unpack(record, positions=positions))
            stamp = self._stamp(crc_of(record), len(postings.docs))
            postings.docs = _shifted(postings.docs, self.base)
            yield term, postings, stamp

    def stamps(self, field: str) -> Iterator[tuple[bytes, str, int]]:
        """Every term with a stamp of its live postings, and their number.

        A segment's records never change, and what is deleted from it stays deleted.
        """
        for term, record in self.terms.records(field):
            crc, count, docs = stamp_of(record, documents=bool(self.deleted))
            count -= len(self._gone(docs))
            yield term, self._stamp(crc, count), count

    def _gone(self, docs: array[int]) -> Collection[int]:
        """The documents among some, which ascend, that are deleted."""
        deleted = self._deleted
        if not deleted or not docs or docs[-1] < deleted[0] or docs[0] > deleted[-1]:
            return ()
        if len(deleted) * LOOKUP_COST > len(docs):
            return self.deleted.intersection(docs)
        found, last = [], len(docs)
        for doc in deleted:
            at = bisect_left(docs, doc)
            if at < last and docs[at] == doc:
                found.append(doc)
        return found

    def _stamp(self, crc: int, count: int) -> str:
        return f"{self.name}:{crc:x}:{count}"

    def _live(self, postings: PackedPostings) -> PackedPostings:
        """The postings, changed in place, without those of deleted documents."""
        gone = self._gone(postings.docs)
        if not gone:
            return postings
        if len(gone) <= FEW:
            for doc in gone:
                postings.remove(doc)
            return postings
        live = [doc not in self.deleted for doc in postings.docs]
        spread = chain.from_iterable(map(repeat, live, postings.sizes))
        postings.positions = array("H", compress(postings.positions, spread))
        postings.docs = array("I", compress(postings.docs, live))
        postings.weights = array("H", compress(postings.weights, live))
        postings.sizes = array("H", compress(postings.sizes, live))
        return postings


class WhooshReader:
    """The live documents of an index, numbered through all segments.

    Without `folder` the tables that a commit writes last are not there yet: only postings,
    records and `documents_of` can be read.
    """

    def __init__(self, storage: Any, segments: Iterable[Any], folder: Path | None = None) -> None:
        self.segments: list[_Segment] = []
        base = 0
        for segment in segments:
            self.segments.append(_Segment(storage, segment, base))
            base += segment.doc_count_all()
        self.folder = folder
        self.doc_count_all = base
        self.deleted_count = sum(len(segment.deleted) for segment in self.segments)
        if folder is not None:
            self.tables = tables = read_tables(folder)
            self.sections, self.articles = tables.sections, tables.articles
            self.article_of, self.order, self.mass = tables.article_of, tables.order, tables.mass
            self.lengths, self.averages = tables.lengths, tables.averages
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
            segment = self.segments.pop()
            segment.terms.close()
            segment.documents.close()
        for known in (self.postings, self.statistics, self.positions, self.section_records):
            known.cache_clear()

    def _postings(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, ascending, and weights of a term; cached, so never to be changed."""
        key = term.encode("utf-8", "surrogatepass")
        docs, weights = array("I"), array("H")
        for segment in self.segments:
            postings = segment.postings(field, key, positions=False)
            if postings is not None:
                docs.extend(_shifted(postings.docs, segment.base))
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
    ) -> Iterator[tuple[str, TermPostings, str]]:
        """Every term of a field that stands anywhere, with its postings. See ExportReader. Segments
        that begin before document `first` are left out.
        """
        segments = [segment for segment in self.segments if segment.base >= first]
        parts = [segment.entries(field, only, positions=positions) for segment in segments]
        for term, same in _merged(parts):
            live = [(postings, stamp) for _, postings, stamp in same if postings.docs]
            if live:
                postings = _joined([one for one, _ in live])
                stamps = " ".join([stamp for _, stamp in live])
                yield term.decode("utf-8", "surrogatepass"), postings, stamps

    def entry(self, field: str, term: str) -> TermPostings | None:
        """The postings of one term. See ExportReader."""
        key = term.encode("utf-8", "surrogatepass")
        parts = []
        for segment in self.segments:
            postings = segment.postings(field, key, positions=True)
            if postings is not None:
                postings.docs = _shifted(postings.docs, segment.base)
                parts.append(postings)
        joined = _joined(parts) if parts else None
        return joined if joined and joined.docs else None

    def stamps(self, field: str) -> Iterator[tuple[str, str, int]]:
        """Every term of a field that stands anywhere, with a stamp. See ExportReader."""
        found: dict[bytes, tuple[str, int]] = {}  # faster than to merge them in order
        for segment in self.segments:
            for term, stamp, count in segment.stamps(field):
                if count:
                    before = found.get(term)
                    both = before and (f"{before[0]} {stamp}", before[1] + count)
                    found[term] = both or (stamp, count)
        terms = found if len(self.segments) == 1 else sorted(found)
        for term in terms:
            yield term.decode("utf-8", "surrogatepass"), *found[term]

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
        for id_, found, _ in self.entries("id", positions=False, first=first):
            yield id_, self._documents(found.docs[0], found.weights[0])

    def _documents(self, first: int, count: int) -> range:
        few = count < MAX_WEIGHT
        sections: int = count if few else self.article_record(first)["sections"]
        return range(first, first + 1 + sections)

    def is_public(self, article_doc: int) -> bool:
        """Whether an article's document is one that the public sees."""
        facets = ("audience:public", "status:published")
        return all(article_doc in self.postings("facets", facet)[0] for facet in facets)

    def _segment_of(self, doc: int) -> _Segment:
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


def _shifted(docs: array[int], base: int) -> array[int]:
    return docs if base == 0 else array("I", [doc + base for doc in docs])


def open_reader(folder: Path) -> WhooshReader:
    """Read the index in a folder; the caller closes it.

    Raises DamagedIndexError for what is none, or is not there any more, and IndexingError where it
    can't be read for another reason.
    """
    storage = open_storage(folder)
    with reading(folder, folder.name):
        with decoding("its table of contents"):
            segments = read_contents(storage)
        return WhooshReader(storage, segments, folder)


def open_storage(folder: Path) -> GuardedStorage:
    """The files of an index."""
    return GuardedStorage(str(folder))


def read_contents(storage: GuardedStorage) -> list[W3Segment]:
    """The segments of an index. Raises OSError, DamagedIndexError and others, each where it is not
    what `kb.index.whoosh.writer.write_contents` wrote.
    """
    data = (Path(storage.folder) / CONTENTS).read_bytes()
    return [_segment(*row) for row in json.loads(data)["segments"]]


def _segment(segid: Any, count: Any, deleted: Any) -> W3Segment:
    if not (
        isinstance(segid, str)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(count) is int
        and count >= 0
        and type(deleted) is list
        and all(type(number) is int and 0 <= number < count for number in deleted)
    ):
        raise DamagedIndexError("the table of contents has a segment as kb never writes one")
    segment = W3Segment(PackedCodec(), NAME, count, segid, set(deleted) or None)
    segment._fieldlengths = defaultdict(int)  # noqa: SLF001  # kb's fields have none; merging asks
    return segment
