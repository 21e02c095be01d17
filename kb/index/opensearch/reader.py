"""Asking one generation on a cluster: statistics, candidates and records."""

from __future__ import annotations

import json
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.concurrency import cached_property
from kb.index.generations import DamagedIndexError
from kb.index.opensearch.client import NotThereError
from kb.index.opensearch.mapping import (
    FACTOR,
    document_id,
    pair_token,
    phrase_query,
    token,
    unpack,
)
from kb.index.opensearch.meaning import from_binary, near_script, numbers_of
from kb.model import Tier
from kb.search.expansion import MAX_KEY_WORDS
from kb.search.meaning import cosine
from kb.search.protocols import NEAREST, Candidate, Candidates, NearQuery, consecutive
from kb.search.ranking import HEAD_STEPS, IDF_STEPS, idf_steps, saturations
from kb.search.scoring import STEPS, QueryStatistics, Scoring
from kb.search.twins import Twins, join
from kb.text.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.index.opensearch.client import Cluster
    from kb.search.protocols import Alternative, CandidateQuery, ExpandedTerm
    from kb.text.analysis import Analyzer, Token

CACHED = 50_000
"""Frequencies of terms and words that are kept, which spare a trip each."""

CACHED_PREFIXES = 256
PAGE = 5_000
"""Words that are read in one trip."""

NEAR_MARGIN = 8
"""Sections that are fetched beside those that are wanted for their meaning: equal ones may be."""

ROUNDED = 2e-6
"""What the cluster's scores, single floats, are off by at most, as a share."""

_COLUMNS = ["d", "m", "tm", "g", "gr"]
_MEANT = [*_COLUMNS, "e"]
_NOTHING: Mapping[str, Any] = {}


class SectionKey:
    """What a section on the cluster is known by, with all that was stored of it, packed; `meant`
    is its vector, where meaning counts.
    """

    __slots__ = ("_data", "_meant", "_packed", "id")

    def __init__(self, id_: str, packed: str, meant: str = "") -> None:
        self.id = id_
        self._packed, self._meant = packed, meant
        self._data: dict[str, Any] | None = None

    def cosine(self, query: Sequence[int]) -> float:
        """How near it is to the vector of a query. Raises DamagedIndexError."""
        try:
            return cosine(query, numbers_of(from_binary(self._meant), len(query)))
        except ValueError:
            raise DamagedIndexError("a section on the cluster has no such vector") from None

    @property
    def data(self) -> dict[str, Any]:
        """What `kb.index.opensearch.writer` stored. Raises DamagedIndexError."""
        if self._data is None:
            try:
                self._data = unpack(self._packed)
            except (ValueError, zlib.error):
                raise DamagedIndexError("a section on the cluster can't be read") from None
        return self._data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SectionKey) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


class Summary(NamedTuple):
    """What an index says of itself: what the public sees, the lengths of fields, what scores were
    made with, and numbers to verify it by; `made` is what made its vectors, empty without any.
    """

    token: str
    identity: str
    content: str
    sections: int
    articles: int
    totals: list[int]
    constants: list[float]
    documents: int
    check: int
    terms: int
    stored_sections: int
    groups: int
    made: str

    @classmethod
    def read(cls, cluster: Cluster, index: str) -> Summary:
        """That of an index. Raises DamagedIndexError where there is none."""
        try:
            found = cluster.get(f"/{index}/_doc/m")["_source"]["s"]
            return cls(**{name: found[name] for name in cls._fields})
        except (NotThereError, KeyError, TypeError):
            raise DamagedIndexError(f"{index} is not on the cluster") from None


def constants_of(ranking: Ranking) -> list[float]:
    """The constants that scores on the cluster are made with."""
    return [ranking.k1, ranking.pair_k1, ranking.pair_weight, ranking.pair_head]


class Language:
    """What is known of a language, by two files as Whoosh's index has them, too."""

    def __init__(self, analyzer: Analyzer, lexicon: bytes, everyday: bytes) -> None:
        self.analyzer = analyzer
        self._lexicon, self._everyday = lexicon, everyday

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words. Raises DamagedIndexError."""
        try:
            return Lexicon(self._lexicon)
        except ValueError as error:
            raise DamagedIndexError(str(error)) from None

    @cached_property
    def everyday(self) -> dict[str, int]:
        """The everyday words. Raises DamagedIndexError."""
        try:
            steps: dict[str, int] = json.loads(self._everyday)
        except ValueError as error:
            raise DamagedIndexError(f"the everyday words can't be read: {error}") from None
        return steps


class ClusterIndex:
    """Statistics, candidates and records of one index on a cluster. See SearchIndex."""

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        summary: Summary,
        language: Language,
        ranking: Ranking,
    ) -> None:
        self.cluster, self.name, self.summary = cluster, name, summary
        self.language = language
        self.sections, self.articles = summary.sections, summary.articles
        self.ranking = ranking  # as fitted to the collection
        self._stored: dict[str, Mapping[str, Any]] = {}
        self._counts: dict[tuple[str, tuple[str, ...], bool], int] = {}
        self._listed: dict[str, list[tuple[str, bool]]] = {}
        self._last: tuple[tuple[CandidateQuery, int], dict[str, Any]] | None = None

    def expect(self, tokens: Sequence[Token]) -> None:
        """See Statistics: one trip for all that the words of a query will be asked for."""
        parts = [token for token in tokens if not token.whole]
        content = [part.term for part in parts if not part.stop] or [part.term for part in parts]
        ids = {document_id(kind, token.term) for token in tokens for kind in "te"}
        ids |= {document_id("w", token.surface) for token in tokens}
        ids |= {document_id("w", part.surface.upper()) for part in parts if part.stop}
        for one, other in pairwise(parts):
            ids.add(document_id("t", self.language.analyzer.stem(one.surface + other.surface)))
        for start in range(len(content)):
            for end in range(start + 2, min(start + MAX_KEY_WORDS, len(content)) + 1):
                ids.add(document_id("e", " ".join(content[start:end])))
        pairs = {(one, other) for one, other in pairwise(content) if one != other}
        self._fetch(ids, {("p", (pair_token(*pair),), True) for pair in pairs})

    def expect_words(self, words: Collection[str]) -> None:
        """See Statistics."""
        self._fetch({document_id("w", word) for word in words}, set())

    def statistics(self, term: str) -> tuple[int, int]:
        """See Statistics."""
        found = self._sums("t", term)
        return found.get("n", 0), found.get("oc", 0)

    def title_frequency(self, term: str) -> int:
        """See Statistics."""
        return int(self._sums("t", term).get("tn", 0))

    def share_title(self, one: str, other: str) -> bool:
        """See Statistics."""
        if not (self.title_frequency(one) and self.title_frequency(other)):
            return False
        return self._counted("ti", (token(one), token(other)), public=True) > 0

    def is_known(self, term: str, *, hidden: bool) -> bool:
        """See Statistics."""
        found = self._sums("t", term)
        return bool(found.get("n", 0) or (hidden and found.get("hn", 0)))

    def word_frequency(self, word: str, *, hidden: bool) -> int:
        """See Statistics."""
        found = self._sums("w", word)
        return int(found.get("n", 0) + (found.get("hn", 0) if hidden else 0))

    def words_from(self, prefix: str, *, hidden: bool) -> Iterator[str]:
        """See Statistics."""
        if prefix not in self._listed:
            if len(self._listed) >= CACHED_PREFIXES:
                self._listed.clear()
            self._listed[prefix] = self._list(prefix)
        for word, public in self._listed[prefix]:
            if hidden or public:
                yield word

    def commonness(self, word: str) -> int:
        """See Statistics."""
        return self.language.lexicon.commonness(word)

    def everyday(self, term: str) -> int:
        """See Statistics."""
        return self.language.everyday.get(term, 0)

    def meanings(self, key: str, *, hidden: bool) -> list[str]:
        """See Statistics."""
        found = self._sums("e", key).get("e", {})
        return sorted(
            text for text, (public, other) in found.items() if public or (hidden and other)
        )

    def are_neighbours(self, one: str, other: str, *, hidden: bool) -> bool:
        """See Statistics."""
        if not all(self.is_known(term, hidden=hidden) for term in (one, other)):
            return False
        return self._counted("p", (pair_token(one, other),), public=not hidden) > 0

    def pair_frequency(self, pair: tuple[str, str]) -> int:
        """How many of the public's sections hold two terms one after the other."""
        if not all(self.statistics(term)[0] for term in pair):
            return 0
        return self._counted("p", (pair_token(*pair),), public=True)

    def candidates(self, query: CandidateQuery, count: int) -> Candidates:
        """See CandidateSource. What is near comes as a NearQuery."""
        return _Asked(self, query).best(count)

    def by_words(
        self, query: CandidateQuery, count: int, ask: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """The answer to a query by words alone: the last one's is kept where meaning counts, as it
        is wanted again when what is near is known.
        """
        if not self.summary.made:
            return ask()
        key = query._replace(near=(), most_near=NEAREST), count
        last = self._last  # taken once: other threads may change it
        if last is None or last[0] != key:
            last = self._last = key, ask()
        return last[1]

    def stored(self, id_: str) -> dict[str, Any]:
        """What a document that is not about one section holds. Raises DamagedIndexError."""
        try:
            found: dict[str, Any] = self.cluster.get(f"/{self.name}/_doc/{id_}")["_source"]["s"]
        except NotThereError:
            raise self._gone() from None
        return found

    def positions_in(self, candidate: Candidate, term: str) -> Sequence[int]:
        """See CandidateSource."""
        positions: Sequence[int] = candidate.key.data["p"].get(term, ())
        return positions

    def article_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """See Records."""
        record: dict[str, Any] = candidate.key.data["a"]
        return record

    def section_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """See Records."""
        record: dict[str, Any] = candidate.key.data["s"]
        return record

    def twin(self, key: SectionKey) -> tuple[str, str]:
        """See Records."""
        return key.data["i"], key.data["s"]["anchor"]

    def search(self, body: Mapping[str, Any], **params: object) -> dict[str, Any]:
        """What the index answers. Raises DamagedIndexError where it is gone."""
        try:
            return self.cluster.search(self.name, body, **params)
        except NotThereError:
            raise self._gone() from None

    def _gone(self) -> DamagedIndexError:
        return DamagedIndexError(f"{self.name} is not on the cluster any more")

    def _sums(self, kind: str, text: str) -> Mapping[str, Any]:
        id_ = document_id(kind, text)
        known = self._stored.get(id_)
        if known is None:
            self._fetch({id_}, set())
            known = self._stored.get(id_, _NOTHING)
        return known

    def _counted(self, field: str, words: tuple[str, ...], *, public: bool) -> int:
        """How many sections hold all of these words of the index in a field."""
        key = field, words, public
        if key not in self._counts:
            self._fetch(set(), {key})
        return self._counts[key]

    def _fetch(self, ids: set[str], counts: set[tuple[str, tuple[str, ...], bool]]) -> None:
        """Fetch what is not known yet of sums and of counts, in one trip."""
        ids, counts = ids - self._stored.keys(), counts - self._counts.keys()
        if not (ids or counts):
            return
        if len(self._stored) + len(self._counts) > CACHED:
            self._stored.clear()
            self._counts.clear()
        bodies: list[dict[str, Any]] = [_counting(*key) for key in counts]
        if ids:
            query = {"ids": {"values": sorted(ids)}}
            bodies.append({"size": len(ids), "_source": ["s"], "query": query})
        answers = self._search_all(bodies)
        for key, answer in zip(counts, answers, strict=False):
            self._counts[key] = answer["hits"]["total"]["value"]
        if ids:
            found = {hit["_id"]: hit["_source"].get("s", {}) for hit in answers[-1]["hits"]["hits"]}
            self._stored |= dict.fromkeys(ids, _NOTHING) | found

    def _search_all(self, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        if len(bodies) == 1:
            return [self.search(bodies[0])]
        try:
            return self.cluster.search_all(self.name, bodies)
        except NotThereError:
            raise self._gone() from None

    def _list(self, prefix: str) -> list[tuple[str, bool]]:
        """All words that begin so, in order, each with whether the public's articles hold it."""
        words: list[tuple[str, bool]] = []
        body: dict[str, Any] = {
            "size": PAGE, "_source": ["s"], "sort": [{"q": "asc"}], "track_total_hits": False,
            "query": {"prefix": {"q": prefix}},
        }  # fmt: skip
        while True:
            hits = self.search(body)["hits"]["hits"]
            sums = {hit["_id"]: hit["_source"].get("s", {}) for hit in hits}
            self._stored |= sums  # those that are alike are asked for next
            words += [(hit["sort"][0], bool(sums[hit["_id"]].get("n"))) for hit in hits]
            if len(hits) < PAGE:
                return words
            body["search_after"] = hits[-1]["sort"]


def _counting(field: str, words: tuple[str, ...], public: bool) -> dict[str, Any]:  # noqa: FBT001  # a key's parts
    filters: list[dict[str, Any]] = [{"term": {field: word}} for word in words]
    if public:
        filters.append({"term": {"v": True}})
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": filters}}}


class _Asked:
    """One query, as the cluster is asked it."""

    def __init__(self, index: ClusterIndex, query: CandidateQuery) -> None:
        self.index, self.query, self.ranking = index, query, index.ranking
        statistics = QueryStatistics(index, index.ranking, hidden=query.hidden)
        self.is_known = statistics.is_known
        self.scoring = Scoring(statistics, query.terms, len(query.preferred))
        self.saturations = saturations(self.ranking.k1)
        self.pair_saturations = saturations(self.ranking.pair_k1, self.ranking.pair_weight)

    def best(self, count: int) -> Candidates:
        """The best candidates, those that stand for their twins among them."""
        body = {
            "size": max(1, min(count, self.index.summary.stored_sections)),
            "track_total_hits": True,
            "query": self._scored(),
        }
        if self.index.summary.groups:
            body["aggs"] = {
                "twins": {
                    "filter": {"exists": {"field": "g"}},
                    "aggs": {"n": {"cardinality": {"field": "g", "precision_threshold": 40_000}}},
                }
            }
        answer = self.index.by_words(self.query, count, lambda: self._ask(body))
        hits, total = answer["hits"]["hits"], answer["hits"]["total"]["value"]
        rest = None
        if total > len(hits):
            rest = hits[-1]["_score"] / STEPS * (1 + ROUNDED) + 1e-9
        found = dict(map(self._read, hits))
        near = self._near()
        for key, candidate in map(self._read, near):
            total += not candidate.words
            found.setdefault(key, candidate)
        kept = {key for key in found if key.id in {hit["_id"] for hit in near}}
        if self.index.summary.groups:
            groups = answer["aggregations"]["twins"]
            total -= groups["doc_count"] - groups["n"]["value"]
            total -= self._join(found, hits, near)
            kept = {key for key, c in found.items() if not kept.isdisjoint((key, *c.twins))}
        return Candidates(list(found.values()), total, rest, kept)

    def _near(self) -> list[Mapping[str, Any]]:
        """The sections that are nearest to a NearQuery, of those that pass the rest, the nearest
        first. Their order is by cosines that are computed here; more are fetched until those that
        the cluster rounded can't be among them.
        """
        query, most = self.query.near, self.query.most_near
        if not isinstance(query, NearQuery):
            return []
        size = most + NEAR_MARGIN
        while True:
            hits = self._ask(self._near_body(query, size))["hits"]["hits"]
            rows = []
            for hit in hits:
                key, candidate = self._read(hit)
                value = key.cosine(query.vector)
                if value >= query.least:
                    rows.append((-value, candidate.order, hit))
            rows.sort(key=lambda row: row[:2])
            edge = -rows[most - 1][0] if len(rows) >= most else query.least
            if len(hits) < size or hits[-1]["_score"] < edge - ROUNDED:
                return [hit for *_, hit in rows[:most]]
            size *= 4

    def _near_body(self, query: NearQuery, size: int) -> dict[str, Any]:
        allowed = self._allowed()
        allowed["filter"].append({"term": {"k": "s"}})
        if query.clusters is not None:
            allowed["filter"].append({"terms": {"l": list(query.clusters)}})
        return {
            "size": size,
            "track_total_hits": False,
            "query": {
                "script_score": {
                    "query": {"bool": {"should": [self._scored()], **allowed}},
                    "script": near_script(query),
                    "min_score": max(0.0, query.least - ROUNDED),
                }
            },
        }

    def _ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        columns = _MEANT if self.index.summary.made else _COLUMNS
        common = {"_source": False, "docvalue_fields": columns}
        return self.index.search({**common, **body}, include_named_queries_score="true")

    def _join(
        self,
        found: dict[SectionKey, Candidate],
        hits: Sequence[Mapping[str, Any]],
        near: Sequence[Mapping[str, Any]],
    ) -> int:
        """Let one section stand for all that say the same, also for those not among the best; by
        how many sections that hold no word there are fewer then.
        """
        groups = sorted({hit["fields"]["g"][0] for hit in (*hits, *near) if "g" in hit["fields"]})
        if not groups:
            return 0
        only = {"bool": {"must": [self._scored()], "filter": [{"terms": {"g": groups}}]}}
        size = self.index.summary.stored_sections
        members = self._ask({"size": size, "query": only})["hits"]["hits"]
        for key, candidate in map(self._read, members):
            found.setdefault(key, candidate)
        worded = {hit["_id"] for hit in members}
        rows = [*members, *(h for h in near if "g" in h["fields"] and h["_id"] not in worded)]
        places = sorted((hit["fields"]["g"][0], hit["fields"]["gr"][0], hit["_id"]) for hit in rows)
        keys = {key.id: key for key in found}
        twins = Twins([keys[id_] for _, _, id_ in places], [group for group, _, _ in places])
        idfs = self.scoring.idfs
        joined = join(found, twins, lambda key: sum(idfs[n] for n in found[key].words))
        for key, others in joined.items():
            found[key] = found[key]._replace(twins=others)
            for other in others:
                del found[other]
        return (len(rows) - len({g for g, *_ in places})) - (
            len(members) - len({hit["fields"]["g"][0] for hit in members})
        )

    # Which sections are candidates, and what the cluster takes their scores to be.

    def _scored(self) -> dict[str, Any]:
        query = self._words()
        if functions := self._factors():
            query = {
                "function_score": {
                    "query": query, "functions": functions, "boost_mode": "multiply",
                }
            }  # fmt: skip
        if not self.query.preferred:
            return query
        share = self.ranking.phrase / len(self.query.preferred)
        quoted: list[dict[str, Any]] = [
            {
                "filter": {"bool": {"filter": [phrase_query(phrase)], "_name": f"q{n}"}},
                "weight": share,
            }
            for n, phrase in enumerate(self.query.preferred)
        ]
        functions = [dict[str, Any](filter={"match_all": {}}, weight=1), *quoted]
        return {
            "function_score": {
                "query": query, "functions": functions, "score_mode": "sum",
                "boost_mode": "multiply",
            }
        }  # fmt: skip

    def _words(self) -> dict[str, Any]:
        query = self.query
        any_of = [each for n, term in enumerate(query.terms) for each in self._term(n, term)]
        if query.first_of:
            first = {"bool": {"filter": self._first_of()}}
            any_of.append({"constant_score": {"filter": first, "boost": 0}})
        if not any_of:
            return {"match_none": {}}
        return {
            "bool": {
                "must": [{"bool": {"should": any_of, "minimum_should_match": 1}}],
                "should": list(self._pairs()),
                **self._allowed(),
            }
        }

    def _allowed(self) -> dict[str, list[dict[str, Any]]]:
        """What all candidates have to pass, whatever words they hold."""
        query = self.query
        filters: list[dict[str, Any]] = [{"term": {"f": token(facet)}} for facet in query.required]
        filters += map(phrase_query, query.phrases)
        if not query.hidden:
            seen: list[dict[str, Any]] = [{"term": {"v": True}}]
            if query.first_of:
                seen.append({"bool": {"filter": self._first_of()}})
            filters.append({"bool": {"should": seen, "minimum_should_match": 1}})
        excluded = [{"term": {"f": token(facet)}} for facet in query.forbidden]
        excluded += map(phrase_query, query.excluded)
        return {"filter": filters, "must_not": excluded}

    def _first_of(self) -> list[dict[str, Any]]:
        """What the first sections of articles pass that have one of the facets."""
        return [{"term": {"o": True}}, {"terms": {"f": list(map(token, self.query.first_of))}}]

    def _term(self, number: int, term: ExpandedTerm) -> Iterator[dict[str, Any]]:
        """What holds a word of the query: the best of its alternatives counts."""
        held = [
            self._alternative(f"w{number}.{k}", alternative)
            for k, alternative in enumerate(term.alternatives)
            if all(map(self.is_known, alternative.terms))
        ]
        if held:
            yield held[0] if len(held) == 1 else {"dis_max": {"queries": held}}

    def _alternative(self, name: str, alternative: Alternative) -> dict[str, Any]:
        rarest = self._rarest(alternative)
        query: dict[str, Any] = {"value": token(rarest), "boost": self._boost(alternative)}
        if len(alternative.terms) == 1:
            return {"term": {"w": {**query, "_name": name}}}
        held = phrase_query(consecutive(alternative.terms))
        return {"bool": {"must": [{"term": {"w": query}}], "filter": [held], "_name": name}}

    def _rarest(self, alternative: Alternative) -> str:
        return max(alternative.terms, key=lambda term: (self.scoring.idf(term), term))

    def _boost(self, alternative: Alternative) -> float:
        return self.scoring.idf(self._rarest(alternative)) * alternative.factor

    def _pairs(self) -> Iterator[dict[str, Any]]:
        if not self.ranking.pair_weight:
            return
        for number, pair in enumerate(self.query.pairs):
            if all(map(self.is_known, pair)):
                query = {
                    "value": pair_token(*pair),
                    "boost": self._pair_idf(pair),
                    "_name": f"p{number}",
                }
                yield {"term": {"p": query}}

    def _pair_idf(self, pair: tuple[str, str]) -> int:
        return idf_steps(self.index.sections, self.index.pair_frequency(pair))

    def _heads(self) -> list[list[tuple[int, Alternative]]]:
        """For each term the alternatives that titles and headings may hold."""
        return [
            []
            if term.compound
            else [
                (k, a)
                for k, a in enumerate(term.alternatives)
                if len(a.terms) == 1 and self.is_known(a.terms[0]) and self.scoring.idf(a.terms[0])
            ]
            for term in self.query.terms
        ]

    def _factors(self) -> list[dict[str, Any]]:
        """What multiplies the score of sections with words in title or heading."""
        heads, ranking = self._heads(), self.ranking
        if not any(heads):
            return []
        some: list[dict[str, Any]] = [
            {"term": {"h": {"value": token(a.terms[0]), "_name": f"h{n}.{k}"}}}
            for n, alternatives in enumerate(heads)
            for k, a in alternatives
        ]
        titles, idfs = [], self.scoring.title_idfs
        for n, (term, idf) in enumerate(zip(self.query.terms, idfs, strict=True)):
            if not term.compound and self.is_known(term.term):
                some.append({"term": {"ti": {"value": token(term.term), "_name": f"t{n}"}}})
                titles.append((token(term.term), idf))
        params = {
            "heads": [[token(a.terms[0]) for _, a in own] for own in heads if own],
            "factors": [
                [self.scoring.idf(a.terms[0]) * a.factor / HEAD_STEPS for _, a in own]
                for own in heads
                if own
            ],
            "titles": [word for word, _ in titles],
            "idfs": [idf for _, idf in titles],
            "asked": float(self.scoring.asked),
            "steps": float(STEPS),
            "head_steps": float(HEAD_STEPS),
            "idf_steps": float(IDF_STEPS),
            "part": ranking.title_part,
            "power": ranking.title_power,
            "coverage": ranking.coverage,
            "head": ranking.coverage_head,
            "query": ranking.coverage_query,
        }
        script = {"source": FACTOR, "params": params}
        return [{"filter": {"bool": {"should": some}}, "script_score": {"script": script}}]

    # What the cluster says of them.

    def _read(self, hit: Mapping[str, Any]) -> tuple[SectionKey, Candidate]:
        """A section as a candidate, by the scores of the parts that it holds."""
        fields, held = hit["fields"], hit.get("matched_queries", {})
        key = SectionKey(hit["_id"], fields["d"][0], fields.get("e", ("",))[0])
        data = key.data
        words: dict[int, float] = {}
        heads: dict[int, float] = {}
        for number, term in enumerate(self.query.terms):
            for k, alternative in enumerate(term.alternatives):
                if (score := held.get(f"w{number}.{k}")) is not None:
                    part = self._part(score, self._boost(alternative), self.saturations)
                    words[number] = max(part, words.get(number, 0.0))
                if steps := held.get(f"h{number}.{k}"):
                    factor = self.scoring.idf(alternative.terms[0]) * alternative.factor
                    part = factor / HEAD_STEPS * round(steps)
                    heads[number] = max(part, heads.get(number, 0.0))
        pairs = {
            n: self._part(held[f"p{n}"], self._pair_idf(pair), self.pair_saturations)
            for n, pair in enumerate(self.query.pairs)
            if f"p{n}" in held
        }
        titles = [n for n in range(len(self.query.terms)) if f"t{n}" in held] if heads else []
        return key, Candidate(
            key=key,
            order=(data["i"], data["n"]),
            tier=Tier(data["t"]),
            words=words,
            pairs=pairs,
            heads=heads,
            titles=titles,
            mass=fields["m"][0],
            title_mass=fields["tm"][0],
            preferred=sum(f"q{n}" in held for n in range(len(self.query.preferred))),
        )

    @staticmethod
    def _part(score: float, boost: float, table: Sequence[int]) -> float:
        """The part of a score that a cluster computed with single floats, to the last digit: by
        the step of saturation that it must have been.
        """
        if boost <= 0:
            return 0.0
        steps = min(table, key=lambda each: abs(each - score / boost))
        return boost * steps / STEPS
