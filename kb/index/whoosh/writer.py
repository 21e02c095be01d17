"""Writing a Whoosh index: articles to segments, and tables of one number a document beside them.

Most of the tables change with any commit, so they lie beside Whoosh's segments, not in them. After
an update they are made of those of before: documents in segments that were there keep their
numbers, and of what they have only the rank and the mass may be another one. A mass changes with
the idf of a word in a title or heading; to see which did, the frequencies of those words are kept.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh import fields, formats
from whoosh.index import clean_files
from whoosh.writing import MERGE_SMALL, OPTIMIZE, SegmentWriter

from kb.files import replace_file
from kb.index.inverter import Inverter, numbered
from kb.index.twins import Earlier, Place, find_twins, read_prints
from kb.index.whoosh.codec import GuardedStorage, PackedCodec, PostingBuffer, whoosh_segment
from kb.index.whoosh.reader import (
    CONTENTS,
    EVERYDAY,
    LEXICON,
    WhooshReader,
    open_reader,
    read_contents,
)
from kb.index.whoosh.segment import MAX_WEIGHT, NAME, DamagedPostingsError
from kb.index.whoosh.tables import Tables, write_tables, write_twins
from kb.model import decode_meta
from kb.search.protocols import FINGERPRINT, HIDDEN, TWINS
from kb.search.ranking import FIELDS, HEAD_STEPS, Averages, count_occurrences, idf_steps
from kb.search.twins import NO_TWINS, Twins
from kb.text.lexicon import Lexicon, everyday_terms, write_lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from whoosh.codec.whoosh3 import W3Segment

    from kb.config import Ranking
    from kb.index.inverter import ArticleDocuments
    from kb.model import Article
    from kb.search.protocols import TermPostings
    from kb.text.analysis import Analyzer

SMALL_SEGMENT = 1_000
"""Documents of a segment that Whoosh may soon put together with others, about (MERGE_SMALL)."""

MAX_DELETED_SHARE = 0.25


class Contents(NamedTuple):
    """What an index consists of. Whoosh's writer takes it for the index itself."""

    storage: GuardedStorage
    schema: Any
    indexname: str
    segments: list[W3Segment]
    generation: int = 0  # Whoosh counts its files, of which kb has one

    def _read_toc(self) -> Contents:
        return self


class Writer(SegmentWriter):
    """Whoosh's writer of a segment, which changes the contents as it commits."""

    def _commit_toc(self, segments: Sequence[W3Segment]) -> None:
        write_contents(Path(self.storage.folder), segments)
        clean_files(self.storage, self.indexname, self.generation, segments)


def write_contents(folder: Path, segments: Sequence[W3Segment]) -> None:
    """Write the contents, which generations before share, as another file."""
    rows = [[s.segid, s.doc_count_all(), sorted(s.deleted_docs())] for s in segments]
    data = json.dumps({"segments": rows}, separators=(",", ":")).encode()
    replace_file(folder / CONTENTS, [data])


class TermsField(fields.FieldType):
    """A field whose terms, weights and positions are given, not computed by Whoosh."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: object, **_options: Any) -> Iterator[Any]:  # noqa: ARG002  # Whoosh's signature
        """Nothing: postings go to the PostingBuffer directly."""
        return iter(())


TERMS = ("terms", "linked", "heads", "title", "words", "explained", "lengths")
SCHEMA = fields.Schema(
    record=fields.STORED(),
    id=TermsField(),
    facets=TermsField(),
    twins=TermsField(),
    **{prefix + name: TermsField() for prefix in ("", HIDDEN) for name in TERMS},
)


def build(folder: Path, analyzer: Analyzer, ranking: Ranking, articles: Iterable[Article]) -> None:
    """Write a new index of the articles, in order of id, into an empty folder."""
    write_contents(folder, [])
    inverter = Inverter(analyzer, ranking)
    with _writing(folder, merge_all=False) as writer:
        for article in articles:
            _add(writer, inverter.add(article, writer.docnum))
        averages = Averages.of(inverter.totals, inverter.sections)
        writer.pool.take(inverter.postings(averages))
    _write_anew(folder, averages, ranking)
    replace_file(folder / LEXICON, [write_lexicon(analyzer.language, analyzer.own_words())])
    everyday = everyday_terms(analyzer.language, analyzer.stem)
    replace_file(folder / EVERYDAY, [json.dumps(everyday).encode()])


def update(
    folder: Path,
    analyzer: Analyzer,
    ranking: Ranking,
    removed: Collection[str],
    articles: Collection[Article],
) -> bool:
    """Take out the articles of the ids `removed` and put in others. See Engine."""
    inverter = Inverter(analyzer, ranking, Lexicon((folder / LEXICON).read_bytes(), kept=None))
    added = list(numbered(articles, inverter))
    reader = open_reader(folder)
    try:
        documents = [found for id_ in removed if (found := reader.documents_of(id_))]
        public = [docs for docs in documents if reader.is_public(docs.start)]
        sections = [doc for docs in public for doc in docs[1:]]
        averages = reader.tables.averages_after(sections, inverter)
        if averages != reader.averages:
            return False
        gone = [doc for docs in documents for doc in docs]
        merges = reader.deleted_count + len(gone) > MAX_DELETED_SHARE * reader.doc_count_all
        before = None if merges else _Before.of(folder, analyzer, reader, documents)
        postings = inverter.postings(averages)
    finally:
        reader.close()
    with _writing(folder, merge_all=merges) as writer:
        for doc in gone:
            writer.delete_document(doc)
        for article in added:
            _add(writer, article)
        if before and "terms" in postings:
            postings["terms"] = before.counting(postings["terms"])
        writer.pool.take(postings)
    if before is None or not _write_after(folder, before, added, ranking):
        _write_anew(folder, averages, ranking)
    return True


def _write_anew(folder: Path, averages: Averages, ranking: Ranking) -> None:
    """Write the tables of a freshly committed index."""
    reader = _open_without_tables(folder)
    try:
        tables, frequencies = compute_tables(reader, averages, ranking)
        twins = find_twins(reader, tables.article_of)
    finally:
        reader.close()
    write_tables(folder, tables)
    write_frequencies(folder, frequencies)
    write_twins(folder, twins)


def _write_after(
    folder: Path, before: _Before, added: Sequence[ArticleDocuments], ranking: Ranking
) -> bool:
    """Write the tables by those of before the update; whether that is possible."""
    reader = _open_without_tables(folder)
    try:
        kept = before.kept_in(reader)
        if 2 * kept < reader.doc_count_all:
            return False
        tables, frequencies = _After(before, added, reader, kept, ranking).tables()
        earlier = Earlier(before.twins, before.prints, before.sections_of, kept)
        twins = find_twins(reader, tables.article_of, earlier)
    finally:
        reader.close()
    write_tables(folder, tables)
    write_frequencies(folder, frequencies)
    write_twins(folder, twins)
    return True


def _open_without_tables(folder: Path) -> WhooshReader:
    return WhooshReader(folder, read_contents(folder), tables=False)


FREQUENCIES = "frequencies.bin"
_HEADER = struct.Struct("=III")


class Frequencies(NamedTuple):
    """How many of the public's sections hold each term of a title or heading, and how often
    outside their titles; and how many of the public's articles have each term in their title.
    """

    heads: dict[str, tuple[int, int]]
    titles: dict[str, int]


def write_frequencies(folder: Path, frequencies: Frequencies) -> None:
    """Put them into an index's folder."""
    heads, titles = frequencies
    counts = array("I", chain.from_iterable(heads.values())) + array("I", titles.values())
    body = counts.tobytes() + "\n".join([*heads, *titles]).encode("utf-8", "surrogatepass")
    packed = _HEADER.pack(zlib.crc32(body), len(heads), len(titles)) + body
    replace_file(folder / FREQUENCIES, [packed])


def read_frequencies(folder: Path) -> Frequencies:
    """Those of an index. Raises DamagedPostingsError and OSError."""
    data = (folder / FREQUENCIES).read_bytes()
    if len(data) < _HEADER.size:
        raise DamagedPostingsError(f"{FREQUENCIES} is cut short")
    crc, heads, titles = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    size = (2 * heads + titles) * array("I").itemsize
    if zlib.crc32(body) != crc or len(body) < size:
        raise DamagedPostingsError(f"{FREQUENCIES} does not fit its checksum")
    counts = array("I", body[:size])
    terms = body[size:].decode("utf-8", "surrogatepass").split("\n")
    pairs = zip(counts[0 : 2 * heads : 2], counts[1 : 2 * heads : 2], strict=True)
    return Frequencies(
        dict(zip(terms[:heads], pairs, strict=True)),
        dict(zip(terms[heads : heads + titles], counts[2 * heads :], strict=True)),
    )


def compute_tables(
    reader: WhooshReader, averages: Averages, ranking: Ranking
) -> tuple[Tables, Frequencies]:
    """The tables of a freshly committed index, deleted documents among them."""
    size = reader.doc_count_all
    article_of, order = _zeros(size), _zeros(size)
    public = set(reader.postings("facets", "audience:public")[0])
    public &= set(reader.postings("facets", "status:published")[0])
    rank = sections = 0
    for _, documents in reader.all_documents():
        end = rank + len(documents)
        article_of[documents.start : documents.stop] = _same(documents)
        order[documents.start : documents.stop] = array("I", range(rank, end))
        rank = end
        if documents.start in public:
            sections += len(documents) - 1
    lengths = tuple(_lengths(reader, name, size) for name in FIELDS)
    totals = tuple(sum(reader.postings("lengths", name)[1]) for name in FIELDS)
    frequencies = _frequencies(reader)
    idfs = _Idfs(sections, len(public), frequencies, ranking)
    mass = _zeros(size)
    _add_mass(reader, mass, idfs, 0)
    tables = Tables(sections, len(public), totals, averages, article_of, order, mass, lengths)
    return tables, frequencies


def _frequencies(reader: WhooshReader) -> Frequencies:
    terms = {*reader.terms_of("heads"), *reader.terms_of(HIDDEN + "heads")}
    heads = dict.fromkeys(sorted(terms), (0, 0)) | {
        term: (len(found.docs), count_occurrences(found.weights))
        for term, found in reader.entries("terms", terms, positions=False)
    }
    titles = dict.fromkeys(reader.terms_of(HIDDEN + "title"), 0) | {
        term: len(found.docs) for term, found in reader.entries("title", positions=False)
    }
    return Frequencies(heads, titles)


class _Idfs(NamedTuple):
    """Idfs in steps, of the public's sections and articles."""

    sections: int
    articles: int
    frequencies: Frequencies
    ranking: Ranking

    def of_head(self, term: str) -> int:
        """A term's idf over sections."""
        known = self.frequencies.heads.get(term, (0, 0))
        return idf_steps(self.sections, *known, self.ranking.burst)

    def of_title(self, term: str) -> int:
        """A term's idf over titles."""
        return idf_steps(self.articles, self.frequencies.titles.get(term, 0))


def _add_mass(reader: WhooshReader, mass: array[int], idfs: _Idfs, first: int) -> None:
    """Add the idfs of each section's head, weighed, and of each article's title to its number, for
    the segments from document `first` on.
    """
    for prefix in ("", HIDDEN):
        for term, found in reader.entries(prefix + "heads", positions=False, first=first):
            idf = idfs.of_head(term)
            for doc, steps in zip(found.docs, found.weights, strict=True):
                mass[doc] += idf * steps
        for term, found in reader.entries(prefix + "title", positions=False, first=first):
            value = idfs.of_title(term) * HEAD_STEPS
            for doc in found.docs:
                mass[doc] += value


def _same(documents: range) -> array[int]:
    """The first of some documents, for each of them."""
    return array("I", [documents.start]) * len(documents)


def _zeros(size: int) -> array[int]:
    return array("I", bytes(array("I").itemsize * size))


def _lengths(reader: WhooshReader, name: str, size: int) -> array[int]:
    """A field's length in each document."""
    lengths = _zeros(size)
    for prefix in ("", HIDDEN):
        for doc, length in zip(*reader.postings(prefix + "lengths", name), strict=True):
            lengths[doc] = length
    return lengths


class _Before:
    """What an index held before an update, as far as its tables are made of it, and what the update
    takes out and puts in of the frequencies of terms.
    """

    def __init__(self, tables: Tables, segments: list[tuple[str, int]]) -> None:
        self.tables = tables
        self.segments = segments
        self.frequencies = Frequencies({}, {})
        self.sections = self.articles = 0
        self.totals = [0] * len(FIELDS)
        self.terms: Counter[str] = Counter()
        self.occurrences: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.twins: Twins = NO_TWINS
        self.prints: dict[int, bytes] = {}
        self.sections_of: dict[Place, list[int]] = {}

    @classmethod
    def of(
        cls,
        folder: Path,
        analyzer: Analyzer,
        reader: WhooshReader,
        documents: Sequence[range],
    ) -> _Before:
        """By a reader that is open. `documents` are those of articles that are taken out."""
        public = [docs for docs in documents if reader.is_public(docs.start)]
        before = cls(reader.tables, [(s.name, s.count) for s in reader.segments])
        before.twins, before.prints = reader.twins, read_prints(reader)
        small = [
            range(s.base, s.base + s.count) for s in reader.segments if s.count <= SMALL_SEGMENT
        ]
        found = reader.all_documents(small[0].start) if small else ()
        others = [docs for _, docs in found if any(docs.start in own for own in small)]
        for docs in (*documents, *others):
            place = Place.of(decode_meta(reader.article_record(docs.start)))
            before.sections_of[place] = [doc for doc in docs if doc in before.prints]
        before.frequencies = read_frequencies(folder)
        for docs in public:
            before.articles -= 1
            before.sections -= len(docs) - 1
            for field, lengths in enumerate(reader.tables.lengths):
                before.totals[field] -= sum(lengths[docs.start + 1 : docs.stop])
            title, stops = analyzer.terms(reader.article_record(docs.start)["title"])
            before.titles.subtract({*(title or stops)})
        for term, weights in reader.weights_in("terms", public):
            before.terms[term] -= len(weights)
            before.occurrences[term] -= count_occurrences(weights)
        return before

    def counting(
        self, postings: Iterator[tuple[str, TermPostings]]
    ) -> Iterator[tuple[str, TermPostings]]:
        """The postings of the public's sections that come, counted as they are written."""
        for term, found in postings:
            self.terms[term] += len(found.docs)
            self.occurrences[term] += count_occurrences(found.weights)
            yield term, found

    def kept_in(self, reader: WhooshReader) -> int:
        """How many documents have the same number in the index of after."""
        kept = 0
        for (name, count), segment in zip(self.segments, reader.segments, strict=False):
            if name != segment.name:
                break
            kept += count
        return kept


class _After:
    """Makes the tables of an index after an update, of which the first `kept` documents were there
    before.
    """

    def __init__(
        self,
        before: _Before,
        added: Sequence[ArticleDocuments],
        reader: WhooshReader,
        kept: int,
        ranking: Ranking,
    ) -> None:
        self.before = before
        self.added = added
        self.reader = reader
        self.kept = kept
        self.ranking = ranking
        self.gone = sorted(
            doc + segment.base
            for segment in reader.segments
            for doc in segment.deleted
            if segment.base < kept
        )

    def tables(self) -> tuple[Tables, Frequencies]:
        """The tables, and the frequencies that the next update needs."""
        old, reader = self.before.tables, self.reader
        public = [article for article in self.added if not article.hidden]
        sections = old.sections + self.before.sections + sum(len(a.sections) for a in public)
        articles = old.articles + self.before.articles + len(public)
        totals = [a + b for a, b in zip(old.totals, self.before.totals, strict=True)]
        for article in public:
            for section in article.sections:
                totals = [a + b for a, b in zip(totals, section.lengths, strict=True)]
        frequencies = self._frequencies(public)
        idfs = _Idfs(sections, articles, frequencies, self.ranking)
        mass = self._mass(idfs)
        lengths = tuple(map(self._extended, old.lengths))
        for field, name in enumerate(FIELDS):
            for prefix in ("", HIDDEN):
                found = reader.postings(prefix + "lengths", name)
                start = bisect_left(found[0], self.kept)
                for doc, length in zip(found[0][start:], found[1][start:], strict=True):
                    lengths[field][doc] = length
        article_of, order = self._order()
        tables = Tables(
            sections, articles, tuple(totals), old.averages, article_of, order, mass, lengths
        )
        return tables, frequencies

    def _extended(self, values: array[int]) -> array[int]:
        """A table of before without what is gone, with zeros for what has come."""
        extended = values[: self.kept] + _zeros(self.reader.doc_count_all - self.kept)
        for doc in self.gone:
            extended[doc] = 0
        return extended

    def _frequencies(self, public: Sequence[ArticleDocuments]) -> Frequencies:
        """The frequencies of before with what has gone and come."""
        before, old = self.before, self.before.frequencies
        heads, titles = dict(old.heads), Counter(old.titles)
        for term, more in before.terms.items():
            if term in heads:
                frequency, occurrences = heads[term]
                heads[term] = frequency + more, occurrences + before.occurrences[term]
        for article in self.added:
            for section in article.sections:
                for term in section.heads:
                    if term not in heads:
                        heads[term] = self.reader.statistics(term)
            titles.update(dict.fromkeys(article.title, 0))
        titles.update(before.titles)
        for article in public:
            titles.update({*article.title})
        return Frequencies(heads, titles)

    def _mass(self, idfs: _Idfs) -> array[int]:
        """The masses of before, changed where an idf has, and those of what has come."""
        reader, old = self.reader, self.before.tables
        mass = self._extended(old.mass)
        known = _Idfs(old.sections, old.articles, self.before.frequencies, self.ranking)
        terms: Iterable[str] = self.before.terms.keys() & known.frequencies.heads.keys()
        if idfs.sections != known.sections:
            terms = known.frequencies.heads
        for term in terms:
            self._change(mass, "heads", term, idfs.of_head(term) - known.of_head(term))
        terms = self.before.titles.keys() | {t for a in self.added for t in a.title}
        if idfs.articles != known.articles:
            terms = known.frequencies.titles
        for term in terms:
            change = (idfs.of_title(term) - known.of_title(term)) * HEAD_STEPS
            self._change(mass, "title", term, change)
        _add_mass(reader, mass, idfs, self.kept)
        return mass

    def _change(self, mass: array[int], field: str, term: str, change: int) -> None:
        """Add a change to the masses that a term is part of, of documents that were there before:
        by its weight, which is 1 in titles.
        """
        for prefix in ("", HIDDEN) if change else ():
            for doc, weight in zip(*self.reader.postings(prefix + field, term), strict=True):
                if doc < self.kept:
                    mass[doc] += change * weight

    def _order(self) -> tuple[array[int], array[int]]:
        """The article of each document, and its rank."""
        reader, old = self.reader, self.before.tables
        article_of = self._extended(old.article_of)
        gone = {*self.gone}
        starts = [
            doc
            for doc, article in enumerate(article_of[: self.kept])
            if doc == article and doc not in gone
        ]
        starts.sort(key=old.order.__getitem__)
        for id_, documents in reader.all_documents(self.kept):
            article_of[documents.start : documents.stop] = _same(documents)
            at = bisect_left(starts, id_, key=lambda doc: reader.article_record(doc)["id"])
            starts.insert(at, documents.start)
        sizes = Counter(article_of)
        sizes[0] -= reader.deleted_count
        order, rank = _zeros(len(article_of)), 0
        for start in starts:
            end = rank + sizes[start]
            order[start : start + end - rank] = array("I", range(rank, end))
            rank = end
        return article_of, order


@contextmanager
def _writing(folder: Path, *, merge_all: bool) -> Iterator[Writer]:
    """A Whoosh writer that commits at the end and gives up when anything fails."""
    segments = [whoosh_segment(info) for info in read_contents(folder)]
    contents = Contents(GuardedStorage(str(folder)), SCHEMA, NAME, segments)
    writer = Writer(contents, codec=PackedCodec(), compound=False, _lk=False)
    writer.pool = PostingBuffer()
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=OPTIMIZE if merge_all else _merge_small)


def _merge_small(writer: Writer, segments: list[W3Segment]) -> list[W3Segment]:
    """Put small segments together; the others stay in their order, which Whoosh changes to that of
    their sizes: then all documents had other numbers, and all tables were made anew.
    """
    kept = {segment.segid for segment in MERGE_SMALL(writer, segments)}
    return [segment for segment in segments if segment.segid in kept]


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _add(writer: Writer, documents: ArticleDocuments) -> None:
    prefix = HIDDEN if documents.hidden else ""
    postings: PostingBuffer = writer.pool
    doc = writer.docnum
    writer.add_document(record=_as_json(documents.record))
    postings.add_weights("id", doc, {documents.id: min(len(documents.sections), MAX_WEIGHT)})
    postings.add_presence("facets", doc, documents.facets)
    postings.add_presence(prefix + "title", doc, documents.title)
    postings.add_presence(prefix + "words", doc, documents.words)
    postings.add_presence(prefix + "explained", doc, documents.explained)
    stored: dict[str, str] = {"record": _as_json([s.record for s in documents.sections])}
    for number, section in enumerate(documents.sections, doc + 1):
        writer.add_document(**stored)
        stored = {}
        lengths = zip(FIELDS, section.lengths, strict=True)
        postings.add_weights(prefix + "heads", number, section.heads)
        postings.add_weights(prefix + "lengths", number, {name: n for name, n in lengths if n})
        postings.add_positions(TWINS, FINGERPRINT, number, documents.fingerprints[number - doc - 1])
