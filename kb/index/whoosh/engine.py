"""The Engine on Whoosh.

An article is one document followed by one document for each of its sections, so a section's
article is the nearest article document before it. What hits show is stored with the article's
document, and that of all of its sections with the first of theirs: one text is read and
written faster than many (`RecordWriter` in codec). Fields:

| field | on | terms | weight | positions |
|---|---|---|---|---|
| terms | sections | stems of title, headings, issue phrases and text | pseudo-frequency | yes |
| linked | sections | stems of the text of links | 1 | yes |
| heads | sections | stems of title and heading | share in coverage | no |
| lengths | sections | names of fields | the field's length in words | no |
| title | articles | stems of the title | 1 | no |
| words | articles | words as written | 1 | no |
| facets | articles | `tier:x`, `topic:x`, `tag:x`, `audience:x`, `status:x`, CHANNELS | 1 | no |
| id | articles | the article's id | how many sections it has | no |

What the public does not see has `terms`, `linked`, `heads`, `lengths`, `title` and `words` of its
own. Whoosh keeps, merges and deletes documents and finds terms; scores are computed by
`kb.search.postings` from the postings that `WhooshReader` hands out.

The table of contents (which segments there are, and which of their documents are deleted) is JSON:
Whoosh's own is a pickle, and unpickling what a stranger made runs what it names.
"""

from __future__ import annotations

import json
import re
import weakref
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import clean_files
from whoosh.writing import MERGE_SMALL, OPTIMIZE, SegmentWriter

from kb.files import replace_file
from kb.index.engine import Description
from kb.index.generations import DamagedIndexError, reading
from kb.index.whoosh.codec import MAX_WEIGHT, PackedCodec, PostingBuffer
from kb.index.whoosh.reader import WhooshReader
from kb.index.whoosh.storage import GuardedStorage, decoding
from kb.index.whoosh.tables import compute_tables, write_tables
from kb.model import ArticleMeta, decode_meta
from kb.search.postings import PostingIndex
from kb.search.protocols import HIDDEN
from kb.search.ranking import FIELDS, Averages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from kb.config import Ranking
    from kb.index.inverter import ArticleDocuments
    from kb.model import Article
    from kb.text.analysis import Analyzer

CONTENTS = "contents.json"


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
        write_contents(self.storage, segments)
        clean_files(self.storage, self.indexname, self.generation, segments)


def write_contents(storage: GuardedStorage, segments: Sequence[W3Segment]) -> None:
    """Write the contents, which generations before share, as another file."""
    rows = [[s.segid, s.doc_count_all(), sorted(s.deleted_docs())] for s in segments]
    data = json.dumps({"segments": rows}, separators=(",", ":")).encode()
    replace_file(Path(storage.folder) / CONTENTS, [data])


def read_contents(storage: GuardedStorage, schema: Any, name: str) -> Contents:
    """The contents of the index `name`. Raises OSError, DamagedIndexError and others, each where
    it is not what `write_contents` wrote.
    """
    data = (Path(storage.folder) / CONTENTS).read_bytes()
    segments = [_segment(name, *row) for row in json.loads(data)["segments"]]
    return Contents(storage, schema, name, segments)


def _segment(name: str, segid: Any, count: Any, deleted: Any) -> W3Segment:
    if not (
        isinstance(segid, str)
        and re.fullmatch("[0-9a-z]+", segid)
        and type(count) is int
        and count >= 0
        and type(deleted) is list
        and all(type(number) is int and 0 <= number < count for number in deleted)
    ):
        raise DamagedIndexError("the table of contents has a segment as kb never writes one")
    segment = W3Segment(PackedCodec(), name, count, segid, set(deleted) or None)
    segment._fieldlengths = defaultdict(int)  # noqa: SLF001  # kb's fields have none; merging asks
    return segment


NAME = "kb"
MAX_DELETED_SHARE = 0.25


class TermsField(fields.FieldType):
    """A field whose terms, weights and positions are given, not computed by Whoosh."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: object, **_options: Any) -> Iterator[Any]:  # noqa: ARG002  # Whoosh's signature
        """Nothing: postings go to the PostingBuffer directly."""
        return iter(())


TERMS = ("terms", "linked", "heads", "title", "words", "lengths")
SCHEMA = fields.Schema(
    record=fields.STORED(),
    id=TermsField(),
    facets=TermsField(),
    **{prefix + name: TermsField() for prefix in ("", HIDDEN) for name in TERMS},
)


class WhooshEngine:
    """The index of one generation, in one folder."""

    def __init__(self, folder: Path, analyzer: Analyzer, ranking: Ranking) -> None:
        self.folder = folder
        self.analyzer = analyzer
        self.ranking = ranking
        self._opened: dict[str, WhooshReader] = {}

    def build(self, articles: Iterable[Article]) -> None:
        """Write a new index of the articles, in order of id, into an empty folder."""
        from kb.index.inverter import Inverter  # noqa: PLC0415  # a search adds nothing

        storage = _storage(self.folder)
        write_contents(storage, [])
        inverter = Inverter(self.analyzer, self.ranking)
        with _writing(storage, merge_all=False) as writer:
            for article in articles:
                _add(writer, inverter.add(article, writer.docnum))
            averages = Averages.of(inverter.totals, inverter.sections)
            writer.pool.take(inverter.postings(averages))
        self._write_tables(averages)

    def update(self, removed: Collection[str], articles: Collection[Article]) -> bool:
        """Take out the articles of the ids `removed` and put in others.

        `removed` holds the ids of all that is replaced, too. Returns False, having changed
        nothing, when average lengths move so that the whole index has to be built anew.
        """
        from kb.index.inverter import Inverter, numbered  # noqa: PLC0415  # as above

        inverter = Inverter(self.analyzer, self.ranking)
        added = list(numbered(articles, inverter))
        reader = self.open()
        try:
            documents = [reader.documents_of(id_) for id_ in removed]
            public = [docs for docs in documents if docs and reader.is_public(docs.start)]
            sections = [doc for docs in public for doc in docs[1:]]
            averages = reader.tables.averages_after(sections, inverter)
            if averages != reader.averages:
                return False
            gone = [doc for docs in documents for doc in docs]
            many = reader.deleted_count + len(gone) > MAX_DELETED_SHARE * reader.doc_count_all
            postings = inverter.postings(averages)
        finally:
            reader.close()
        with _writing(_storage(self.folder), merge_all=many) as writer:
            for doc in gone:
                writer.delete_document(doc)
            for article in added:
                _add(writer, article)
            writer.pool.take(postings)
        self._write_tables(averages)
        return True

    @property
    def index(self) -> PostingIndex:
        """The index as the search asks it."""
        return PostingIndex(self.reader, self.ranking)

    def cards(self) -> dict[str, ArticleMeta]:
        """All articles by id, in order of id."""
        reader = self.reader
        firsts = [documents.start for _, documents in reader.all_documents()]
        cards = (decode_meta(reader.article_record(doc)) for doc in firsts)
        return {card.id: card for card in cards}

    def card(self, id_: str) -> ArticleMeta | None:
        """The article of that id; None if there is none."""
        documents = self.reader.documents_of(id_)
        return decode_meta(self.reader.article_record(documents.start)) if documents else None

    def cards_with(self, facet: str) -> tuple[ArticleMeta, ...]:
        """The articles that have a facet, in order of id."""
        reader = self.reader
        docs = sorted(reader.postings("facets", facet)[0], key=reader.order.__getitem__)
        return tuple([decode_meta(reader.article_record(doc)) for doc in docs])

    def describe(self) -> Description:
        """What the index holds."""
        reader = self.reader
        return Description(
            engine="whoosh",
            articles=reader.articles,
            sections=reader.sections,
            terms=sum(1 for _ in reader.terms_of("terms")),
            size=sum(path.stat().st_size for path in self.folder.iterdir()),
        )

    def close(self) -> None:
        """Let go of all files. Nobody may be asking any more."""
        opened = self._opened.pop("reader", None)
        if opened is not None:
            opened.close()

    @property
    def reader(self) -> WhooshReader:
        """The index, opened when it is first needed, and closed when nobody holds the engine any
        more. Raises as `open` does.
        """
        known = self._opened.get("reader")
        if known is not None:
            return known
        opened = self.open()
        kept = self._opened.setdefault("reader", opened)  # one step: threads agree on one
        if kept is opened:
            weakref.finalize(self, opened.close)
        else:
            opened.close()
        return kept

    def open(self) -> WhooshReader:
        """Read the index; the caller closes it.

        Raises DamagedIndexError for what is none, or is not there any more, and IndexingError
        where it can't be read for another reason.
        """
        storage = _storage(self.folder)
        with reading(self.folder, self.folder.name):
            with decoding("its table of contents"):
                contents = _contents(storage)
            return WhooshReader(storage, contents, self.folder)

    def _write_tables(self, averages: Averages) -> None:
        """Write what is read beside the segments."""
        storage = _storage(self.folder)
        reader = WhooshReader(storage, _contents(storage))
        try:
            size = reader.doc_count_all
            write_tables(self.folder, compute_tables(reader, size, averages, self.ranking))
        finally:
            reader.close()


def _storage(folder: Path) -> GuardedStorage:
    return GuardedStorage(str(folder))


def _contents(storage: GuardedStorage) -> Contents:
    return read_contents(storage, SCHEMA, NAME)


@contextmanager
def _writing(storage: GuardedStorage, *, merge_all: bool) -> Iterator[Writer]:
    """A Whoosh writer that commits at the end and gives up when anything fails."""
    writer = Writer(_contents(storage), codec=PackedCodec(), compound=False, _lk=False)
    writer.pool = PostingBuffer()
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=OPTIMIZE if merge_all else MERGE_SMALL)


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
    stored: dict[str, str] = {"record": _as_json([s.record for s in documents.sections])}
    for number, section in enumerate(documents.sections, doc + 1):
        writer.add_document(**stored)
        stored = {}
        lengths = zip(FIELDS, section.lengths, strict=True)
        postings.add_weights(prefix + "heads", number, section.heads)
        postings.add_weights(prefix + "lengths", number, {name: n for name, n in lengths if n})
