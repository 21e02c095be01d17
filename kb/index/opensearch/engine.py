"""The Engine on a cluster. See `kb.index.opensearch` and its modules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from kb.errors import IndexingError
from kb.files import replace_file
from kb.index.engine import Description
from kb.index.generations import DamagedIndexError, reading
from kb.index.opensearch.client import Cluster, ClusterSettings, NotThereError
from kb.index.opensearch.mapping import article_key, token, unpack
from kb.index.opensearch.reader import ClusterIndex, Language, Summary, constants_of
from kb.model import decode_meta
from kb.text.lexicon import everyday_terms, write_lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kb.config import Config, Ranking
    from kb.model import Article, ArticleMeta, Progress
    from kb.search.protocols import Meaning
    from kb.semantic.encoder import Encoder
    from kb.semantic.kept import KeptVectors
    from kb.text.analysis import Analyzer


def open_engine(
    folder: Path, analyzer: Analyzer, ranking: Ranking, config: Config, language: str
) -> OpenSearchEngine:
    """The engine on the cluster that the settings name. Nothing is asked yet."""
    engine = config.engine
    settings = ClusterSettings(
        urls=engine.urls,
        prefix=engine.prefix,
        credentials=config.beside(engine.credentials) if engine.credentials else None,
        ca=config.beside(engine.ca) if engine.ca else None,
        verify=engine.verify,
        timeout=engine.timeout,
        retries=engine.retries,
        shards=engine.shards,
        replicas=engine.replicas,
    )
    return OpenSearchEngine(folder, analyzer, ranking, settings, language)


POINTER = "cluster.json"
"""Which index on the cluster a generation is."""

LEXICON, EVERYDAY = "lexicon.bin", "everyday.json"
"""What is known of the language: the same for any articles, so that no trip is made for it."""

PAGE = 1_000


class OpenSearchEngine:
    """One generation on a cluster, named by a file in a folder."""

    def __init__(
        self,
        folder: Path,
        analyzer: Analyzer,
        ranking: Ranking,
        settings: ClusterSettings,
        language: str = "",
    ) -> None:
        self.folder = folder
        self.analyzer = analyzer
        self.ranking = ranking
        self.cluster = Cluster(settings)
        self.alias = f"{settings.prefix}-{language.lower()}" if language else settings.prefix
        self._opened: ClusterIndex | None = None

    @property
    def index(self) -> ClusterIndex:
        """The index as the search asks it: by its own name, taken once."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    @property
    def reader(self) -> NoReturn:
        """Nothing is exported from a cluster. Raises IndexingError."""
        raise IndexingError(
            "an index on a cluster can't be exported",
            hint='use `[engine] kind = "whoosh"` for `kb build` and `kb export search`, for example'
            " by KB_ENGINE_KIND=whoosh and another --index",
        )

    keeps_vectors = True

    def build(
        self,
        articles: Iterable[Article],
        progress: Progress | None = None,
        vectors: KeptVectors | None = None,
    ) -> None:
        """Write a new index of the articles, in order of id. See Engine."""
        from kb.index.opensearch.writer import build  # noqa: PLC0415  # a search writes nothing

        name = build(
            self.cluster, self.alias, self.analyzer, self.ranking, articles, progress, vectors
        )
        self._point_at(name)

    def update(
        self,
        removed: Collection[str],
        articles: Collection[Article],
        vectors: KeptVectors | None = None,
    ) -> bool:
        """Take out the articles of the ids `removed` and put in others. See Engine. False, too,
        where another builder's index has taken the place of this one.
        """
        from kb.index.opensearch.changes import update  # noqa: PLC0415  # as above

        index = self.index.name
        new = update(self.cluster, index, self.analyzer, self.ranking, removed, articles, vectors)
        if new is None:
            return False
        self._point_at(new)
        return True

    def meaning(self, root: Path, encoder: Encoder | None) -> Meaning:
        """What tells how near sections are to a query. See Engine."""
        from kb.index.opensearch.sections import (  # noqa: PLC0415  # few ask for it
            ClusterSections,
            EncodedSections,
        )
        from kb.semantic.words import WordMeaning  # noqa: PLC0415  # as above

        if encoder is None:
            return WordMeaning(root, ClusterSections(self.index))
        return EncodedSections(self.index, encoder)

    def cards(self) -> dict[str, ArticleMeta]:
        """All articles by id, in order of id."""
        cards = list(self._cards({"term": {"k": "a"}}))
        return {card.id: card for card in sorted(cards, key=lambda card: card.id)}

    def card(self, id_: str) -> ArticleMeta | None:
        """The article of that id; None if there is none."""
        try:
            found = self.cluster.get(f"/{self.index.name}/_doc/a{article_key(id_)}")
        except NotThereError:
            return None
        return decode_meta(unpack(found["_source"]["d"]))

    def cards_with(self, facet: str) -> tuple[ArticleMeta, ...]:
        """The articles that have a facet, in order of id."""
        filters = [{"term": {"k": "a"}}, {"term": {"f": token(facet)}}]
        found = self._cards({"bool": {"filter": filters}})
        return tuple(sorted(found, key=lambda card: card.id))

    def describe(self) -> Description:
        """What the index holds, and how whole it is; its size is that on all nodes together."""
        summary = self.index.summary
        fields = "store.size,health,pri"
        row = self.cluster.get(
            f"/_cat/indices/{self.index.name}", h=fields, bytes="b", format="json"
        )[0]
        return Description(
            engine="opensearch",
            articles=summary.articles,
            sections=summary.sections,
            terms=summary.terms,
            size=int(row["store.size"] or 0),
            generation=self.index.name,
            health=row["health"],
            shards=int(row["pri"]),
        )

    def close(self) -> None:
        """Forget the index. The connection stays."""
        self._opened = None

    def _cards(self, query: dict[str, Any]) -> Iterable[ArticleMeta]:
        body: dict[str, Any] = {
            "size": PAGE, "query": query, "_source": ["d"], "sort": [{"a": "asc"}],
            "track_total_hits": False,
        }  # fmt: skip
        while True:
            hits = self.index.search(body)["hits"]["hits"]
            for hit in hits:
                yield decode_meta(unpack(hit["_source"]["d"]))
            if len(hits) < PAGE:
                return
            body["search_after"] = hits[-1]["sort"]

    def _point_at(self, name: str) -> None:
        summary = Summary.read(self.cluster, name)
        pointer = {"index": name, "token": summary.token}
        language, stem = self.analyzer.language, self.analyzer.stem
        replace_file(self.folder / LEXICON, [write_lexicon(language, self.analyzer.own_words())])
        everyday = json.dumps(everyday_terms(language, stem))
        replace_file(self.folder / EVERYDAY, [everyday.encode()])
        replace_file(self.folder / POINTER, [json.dumps(pointer).encode() + b"\n"])
        self._opened = None  # that of before, if any

    def _open(self) -> ClusterIndex:
        with reading(self.folder, self.folder.name):
            files = [(self.folder / name).read_bytes() for name in (POINTER, LEXICON, EVERYDAY)]
        try:
            pointer = json.loads(files[0])
            name, known = str(pointer["index"]), pointer["token"]
        except (ValueError, KeyError, TypeError):
            raise DamagedIndexError(f"{POINTER} is not readable") from None
        summary = Summary.read(self.cluster, name)
        fitted = self.ranking.fitted(summary.sections, summary.articles)
        if summary.token != known or summary.constants != constants_of(fitted):
            raise DamagedIndexError(f"{name} on the cluster is another one by now")
        language = Language(self.analyzer, *files[1:])
        return ClusterIndex(self.cluster, name, summary, language, fitted)
