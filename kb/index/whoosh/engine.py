"""The Engine on Whoosh.

An article is one document followed by one document for each of its sections, so a section's
article is the nearest article document before it. What hits show is stored with the article's
document, and that of all of its sections with the first of theirs: one text is read and
written faster than many (`RecordColumn` in segment). Fields:

| field | on | terms | weight | positions |
|---|---|---|---|---|
| terms | sections | stems of title, headings, issue phrases and text | pseudo-frequency | yes |
| linked | sections | stems of the text of links | 1 | yes |
| heads | sections | stems of title and heading | share in coverage | no |
| lengths | sections | names of fields | the field's length in words | no |
| title | articles | stems of the title | 1 | no |
| words | articles | words as written | 1 | no |
| explained | articles | abbreviations and what they stand for; compounds by their parts | 1 | no |
| facets | articles | `tier:x`, `topic:x`, `tag:x`, `audience:x`, `status:x`, CHANNELS | 1 | no |
| id | articles | the article's id | how many sections it has | no |
| twins | sections | one for all | 1 | the section's fingerprint |

What the public does not see has `terms`, `linked`, `heads`, `lengths`, `title` and `words` of its
own. Whoosh keeps, merges and deletes documents and finds terms; scores are computed by
`kb.search.postings` from the postings that `WhooshReader` hands out.

The table of contents (which segments there are, and which of their documents are deleted) is JSON:
Whoosh's own is a pickle, and unpickling what a stranger made runs what it names.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from kb.index.whoosh import ignore_warnings
from kb.index.whoosh.reader import WhooshReader, open_reader
from kb.model import ArticleMeta, decode_meta
from kb.search.postings import PostingIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kb.config import Ranking
    from kb.index.engine import Description
    from kb.model import Article, Progress
    from kb.search.protocols import Meaning
    from kb.semantic.encoder import Encoder
    from kb.semantic.kept import KeptVectors
    from kb.text.analysis import Analyzer


class WhooshEngine:
    """The index of one generation, in one folder."""

    def __init__(self, folder: Path, analyzer: Analyzer, ranking: Ranking) -> None:
        self.folder = folder
        self.analyzer = analyzer
        self.ranking = ranking
        self._opened: dict[str, WhooshReader] = {}

    keeps_vectors = False

    def build(
        self,
        articles: Iterable[Article],
        progress: Progress | None = None,  # noqa: ARG002  # each article is taken once
        vectors: KeptVectors | None = None,  # noqa: ARG002  # they are files of their own
    ) -> None:
        """Write a new index of the articles, in order of id, into an empty folder."""
        ignore_warnings()
        from kb.index.whoosh.writer import build  # noqa: PLC0415  # a search writes nothing

        build(self.folder, self.analyzer, self.ranking, articles)

    def update(
        self,
        removed: Collection[str],
        articles: Collection[Article],
        vectors: KeptVectors | None = None,  # noqa: ARG002  # as above
    ) -> bool:
        """Take out the articles of the ids `removed` and put in others.

        `removed` holds the ids of all that is replaced, too. Returns False, having changed
        nothing, when average lengths move so that the whole index has to be built anew.
        """
        ignore_warnings()
        from kb.index.whoosh.writer import update  # noqa: PLC0415  # a search writes nothing

        return update(self.folder, self.analyzer, self.ranking, removed, articles)

    @property
    def index(self) -> PostingIndex:
        """The index as the search asks it."""
        return PostingIndex(self.reader, self.ranking)

    def meaning(self, root: Path, encoder: Encoder | None) -> Meaning:
        """What tells how near sections are to a query. See Engine."""
        if encoder is None:
            from kb.semantic import words  # noqa: PLC0415  # few need it

            sections = words.FileSections(self.folder / words.SECTIONS, self.reader)
            return words.WordMeaning(root, sections)
        from kb.semantic import vectors  # noqa: PLC0415  # as above

        found = vectors.read_vectors(self.folder / vectors.VECTORS)
        return vectors.SectionMeaning(found, self.reader, encoder)

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
        from kb.index.engine import Description  # noqa: PLC0415  # a search asks nothing of it

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
        more. Raises as `open_reader` does.
        """
        known = self._opened.get("reader")
        if known is not None:
            return known
        opened = open_reader(self.folder)
        kept = self._opened.setdefault("reader", opened)  # one step: threads agree on one
        if kept is opened:
            weakref.finalize(self, opened.close)
        else:
            opened.close()
        return kept
