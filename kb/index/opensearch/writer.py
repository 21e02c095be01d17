"""Writing an index to a cluster, in two passes, in bounded batches.

Weights need average lengths, and the mass of a title needs the frequencies of all terms: so a first
pass counts, and a second one sends. Articles and what was counted are on disk meanwhile, so that
memory does not grow with them. Where meaning counts it does, by the vectors: clusters are made of
all of them at once.
"""

from __future__ import annotations

import hashlib
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from kb.index.generations import DamagedIndexError
from kb.index.opensearch.client import NotThereError
from kb.index.opensearch.inverted import invert
from kb.index.opensearch.mapping import (
    LAYOUT,
    article_key,
    layout_of,
    pack,
    pair_token,
    runs_of,
    token,
    with_counts,
)
from kb.index.opensearch.meaning import about_rows, as_binary, from_binary, offer
from kb.index.opensearch.names import Names
from kb.index.opensearch.reader import Summary
from kb.index.opensearch.scan import scan
from kb.index.opensearch.sender import Change, Sender
from kb.index.opensearch.spool import Spool
from kb.index.opensearch.sums import Idfs, Share, Sums
from kb.libraries import INDEX, releases
from kb.search.protocols import field_of
from kb.search.ranking import FIELDS, LEVEL_MASK, Averages, level, pair_weights, weighted
from kb.store import Scratch
from kb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.index.opensearch.client import Cluster
    from kb.index.opensearch.inverted import Sections
    from kb.model import Article, Progress
    from kb.semantic.kept import KeptVectors, Leader, Placed
    from kb.text.analysis import Analyzer


class Collection:
    """The articles of a build, on disk, with what they add up to."""

    def __init__(
        self, analyzer: Analyzer, ranking: Ranking, vectors: KeptVectors | None = None
    ) -> None:
        self.analyzer, self.ranking, self.vectors = analyzer, ranking, vectors
        self._scratch = Scratch()
        self.sums, self._spool = Sums(self._scratch), Spool(self._scratch)
        self.leaders: list[Leader] = []
        self._keys: list[list[bytes]] = []  # by article and section, where meaning counts
        self._public: list[bool] = []
        self.group_count = 0

    def close(self) -> None:
        """Let go of what is on disk."""
        self._scratch.close()

    def add(self, article: Article) -> None:
        """Count an article."""
        # Which averages does not matter here: levels are not looked at.
        found = invert(article, self.analyzer, self.ranking, Averages((1.0,) * len(FIELDS)))
        self.sums.add(Share.of(found))
        self._spool.add(article, [own.tobytes() for own in found.documents.fingerprints])
        if self.vectors is not None:
            self._keys.append([key for key, _ in texts_of(found, self.vectors)])
            self._public += [not found.documents.hidden] * len(self._keys[-1])

    @property
    def averages(self) -> Averages:
        """The average lengths of all that the public sees."""
        return Averages.of(self.sums.totals, self.sums.sections)

    def rows(
        self, progress: Progress | None = None, known: Mapping[bytes, bytes] = {}
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The documents of all articles and their sections, one after the other. `progress` is
        told when all of an article were taken. `known` are vectors of sections by their keys.
        """
        averages, idfs = self.averages, Idfs(self.sums, self.ranking)
        placed = iter(self._placed(known))
        self.group_count = self._spool.group()
        for number, article in enumerate(self._spool):
            found = invert(article, self.analyzer, self.ranking, averages)
            groups = self._spool.groups_of(number)
            meant = [*islice(placed, len(found.documents.sections))]
            yield from article_rows(found, idfs, groups, self.ranking, meant)
            if progress is not None:
                progress(number + 1, self._spool.articles)

    def _placed(self, known: Mapping[bytes, bytes]) -> list[Placed]:
        """What is kept of the meaning of all sections; nothing where words alone count."""
        if self.vectors is None:
            return []
        known = {**known}
        for batch in self._unknown(self.vectors, known):
            known.update(self.vectors.vectors_of(batch))
        keys = [*chain.from_iterable(self._keys)]
        placed, self.leaders = self.vectors.place(keys, [known[key] for key in keys], self._public)
        return placed

    def _unknown(
        self, vectors: KeptVectors, known: Mapping[bytes, bytes]
    ) -> Iterator[dict[bytes, str]]:
        """The texts of sections that have no vector, some at a time, by their keys."""
        texts: dict[bytes, str] = {}
        for keys, article in zip(self._keys, self._spool, strict=True):
            if all(key in known for key in keys):
                continue
            averages = Averages((1.0,) * len(FIELDS))  # as above
            found = texts_of(invert(article, self.analyzer, self.ranking, averages), vectors)
            texts.update((key, text) for key, text in found if key not in known)
            if len(texts) >= ENCODED_AT_ONCE:
                yield texts
                texts = {}
        yield texts


ENCODED_AT_ONCE = 1_000
"""Sections whose texts are held while they are encoded."""


def texts_of(found: Sections, vectors: KeptVectors) -> list[tuple[bytes, str]]:
    """The keys and texts of an article's sections, as they are encoded."""
    article = found.documents.record
    return [vectors.text_of(article, section.record) for section in found.documents.sections]


def stored_vectors(cluster: Cluster, index: str, vectors: KeptVectors) -> dict[bytes, bytes]:
    """The vectors that an index has of sections, by their keys, where they were made so."""
    try:
        if Summary.read(cluster, index).made != vectors.made:
            return {}
    except DamagedIndexError:  # an empty one, or one of another version
        return {}
    rows = (row["_source"] for row in scan(cluster, index, "s", ["e", "s.vk"]))
    found = {bytes.fromhex(row["s"]["vk"]): from_binary(row["e"]) for row in rows}
    return {key: vector for key, vector in found.items() if len(vector) == vectors.size}


def identity_of(analyzer: Analyzer, ranking: Ranking, vectors: KeptVectors | None) -> str:
    """A digest of all that an index depends on besides the articles."""
    words = sorted(analyzer.stop_words), sorted(analyzer.own_words())
    constants = [getattr(ranking, constant.name) for constant in ranking.constants()]
    made = vectors.made if vectors else ""
    known = repr((LAYOUT, __version__, releases(INDEX), analyzer.language, words, constants, made))
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()


def article_rows(
    found: Sections,
    idfs: Idfs,
    groups: Mapping[int, tuple[int, int]],
    ranking: Ranking,
    meant: Sequence[Placed] = (),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents of an article and of its sections; `meant` are their vectors, if any."""
    documents = found.documents
    key, facets = article_key(documents.id), list(map(token, documents.facets))
    share = Share.of(found)
    yield f"a{key}", {
        "k": "a", "a": key, "f": facets, "d": pack(documents.record), "s": share._asdict(),
    }  # fmt: skip
    tier = documents.record.get("tier", "self-service")
    shared = {
        "k": "s", "a": key, "f": facets, "v": not documents.hidden,
        "ti": " ".join(map(token, documents.title)), "tm": idfs.title_mass(documents.title),
    }  # fmt: skip
    for position, section in enumerate(documents.sections):
        weights, places = found.weights[position], found.places[position]
        row: dict[str, Any] = {
            **shared,
            "o": position == 0,
            "n": position,
            "w": with_counts((token(t), (w & LEVEL_MASK) + 1) for t, w in weights.items()),
            "p": with_counts(_pairs(places, ranking)),
            "x": _runs(places, found.linked[position]),
            "h": with_counts((token(term), steps) for term, steps in section.heads.items()),
            "m": idfs.mass(section.heads),
            "d": pack({
                "i": documents.id, "n": position, "t": tier, "a": documents.record,
                "s": section.record, "p": {term: own for term, own in places.items() if own},
            }),
            "s": {
                "fp": documents.fingerprints[position].tobytes().hex(), "h": section.heads,
                "t": documents.title, "i": documents.id,
            },
        }  # fmt: skip
        if position in groups:
            row["g"], row["gr"] = groups[position]
        if meant:
            row["e"], row["l"] = as_binary(meant[position].vector), meant[position].cluster
            row["s"]["vk"] = meant[position].key.hex()
        yield f"s{key}.{position}", row


def _by_place(places: Mapping[str, Sequence[int]]) -> dict[int, list[str]]:
    """The terms at each place, in order of place."""
    at: dict[int, list[str]] = {}
    for term, own in places.items():
        for place in own:
            at.setdefault(place, []).append(term)
    return dict(sorted(at.items()))


def _pairs(places: Mapping[str, Sequence[int]], ranking: Ranking) -> Iterator[tuple[str, int]]:
    """Neighbouring terms, each two with their level."""
    at, weights = _by_place(places), pair_weights(ranking)
    counts: dict[tuple[str, str], list[int]] = {}
    for place, terms in at.items():
        for other in dict.fromkeys(at.get(place + 1, ())):  # stop words may share a place
            for term in terms:
                counts.setdefault((term, other), [0] * len(FIELDS))[field_of(place)] += 1
    for (one, other), fields in counts.items():
        yield pair_token(one, other), level(weighted(fields, weights)) + 1


def _runs(places: Mapping[str, Sequence[int]], linked: Mapping[str, Sequence[int]]) -> list[str]:
    items = chain(places.items(), linked.items())
    return runs_of(sorted((place, token(term)) for term, own in items for place in own))


def build(  # noqa: PLR0917  # all that an index depends on
    cluster: Cluster,
    alias: str,
    analyzer: Analyzer,
    ranking: Ranking,
    articles: Iterable[Article],
    progress: Progress | None = None,
    vectors: KeptVectors | None = None,
) -> str:
    """Write a new index of the articles and let it answer; its name. Where the one that answers
    was made of the same articles, nothing is written. `progress` is told of the second pass.
    """
    collection = Collection(analyzer, ranking, vectors)
    try:
        for article in articles:
            collection.add(article)
        names, sums = Names(cluster, alias), collection.sums
        old = names.current()
        if vectors is not None:
            offer(vectors, cluster, old)
        identity = identity_of(analyzer, ranking, vectors)
        if _holds(cluster, old, identity, f"{sums.content:064x}"):
            return old
        fitted, settings = ranking.fitted(sums.sections, sums.articles), cluster.settings
        new = names.create(layout_of(fitted, settings.shards, settings.replicas))
        with names.replacing(old, new):
            sender = Sender(cluster, new)
            known = stored_vectors(cluster, old, vectors) if vectors else {}
            rows = chain(collection.rows(progress, known), sums.rows())
            sender.send(Change(id_, row) for id_, row in rows)
            if vectors is not None:
                about = about_rows(vectors, collection.leaders)
                sender.send(Change(id_, row) for id_, row in about)
            terms = sum(1 for _, (sections, *_) in sums.terms if sections)
            groups, made = collection.group_count, vectors.made if vectors else ""
            sender.finish(sums, identity, fitted, terms, groups, adds=1, made=made)
        return new
    finally:
        collection.close()


def _holds(cluster: Cluster, index: str, identity: str, content: str) -> bool:
    """Whether an index was made of the same articles in the same way."""
    try:
        found = cluster.get(f"/{index}/_doc/m")["_source"]["s"]
    except (NotThereError, KeyError):
        return False
    return (found.get("identity"), found.get("content")) == (identity, content)
