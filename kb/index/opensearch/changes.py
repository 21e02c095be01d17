"""Changing a few articles: a copy of the index, in which only what changed is written.

The copy shares the files of the one before, which nobody changes. Of all other sections those are
written to of which the mass has changed, with the idf of a word in a title or heading, or which
others say the same as now or no longer: to know, the heads and fingerprints of all are read once.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.index.opensearch.inverted import invert
from kb.index.opensearch.mapping import article_key, document_id, unpack
from kb.index.opensearch.meaning import ABOUT, about_rows, from_binary, offer
from kb.index.opensearch.names import WRITE_SECONDS, Names
from kb.index.opensearch.reader import Summary, constants_of
from kb.index.opensearch.scan import PAGE, scan
from kb.index.opensearch.sender import Change, Sender
from kb.index.opensearch.sums import WHOLE, Idfs, Share, Sums
from kb.index.opensearch.writer import article_rows, identity_of, texts_of
from kb.index.twins import group_sections
from kb.model import decode_meta
from kb.search.ranking import Averages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.index.opensearch.client import Cluster
    from kb.index.opensearch.inverted import Sections
    from kb.model import Article, ArticleMeta
    from kb.semantic.kept import KeptVectors, Placed
    from kb.text.analysis import Analyzer

_Key = tuple[str, int]
"""A section: its article's id, and its position."""


_VALUES = ("m", "tm", "g", "gr", "l")
"""The fields of a section that other articles may change."""

_GROUP = _VALUES.index("g")


class _Stored(NamedTuple):
    """What is needed of a section of before; `vector` and its `key` where meaning counts."""

    printed: bytes
    heads: dict[str, int]
    title: list[str]
    values: tuple[Any, ...]  # of _VALUES
    key: bytes
    vector: bytes


def update(  # noqa: PLR0917  # as `build`, and what changed
    cluster: Cluster,
    old: str,
    analyzer: Analyzer,
    ranking: Ranking,
    removed: Collection[str],
    articles: Collection[Article],
    vectors: KeptVectors | None = None,
) -> str | None:
    """Write a new index with some articles taken out and others put in, and let it answer; its
    name. None where all weights are others now, or where the old index is not the one that answers.
    """
    names = Names(cluster, old[:-9])
    if names.current() != old:
        return None
    change = _Update(cluster, old, analyzer, ranking, removed, articles, vectors)
    if not change.is_possible:
        return None
    new = names.copy(old)
    with names.replacing(old, new):
        change.write(new)
    return new


class _Update:
    """What changes with some articles."""

    def __init__(  # noqa: PLR0917  # as `update`
        self,
        cluster: Cluster,
        index: str,
        analyzer: Analyzer,
        ranking: Ranking,
        removed: Collection[str],
        articles: Collection[Article],
        vectors: KeptVectors | None,
    ) -> None:
        self.cluster, self.index, self.vectors = cluster, index, vectors
        if vectors is not None:
            offer(vectors, cluster, index)
        self.before = Summary.read(cluster, index)
        self.gone = {
            id_: Share(**row["s"])
            for id_, row in zip(removed, self._read([_article(i) for i in removed]), strict=True)
            if row
        }
        averages = Averages.of(self.before.totals, self.before.sections)
        self.come = [invert(article, analyzer, ranking, averages) for article in articles]
        self.shares = list(map(Share.of, self.come))
        self.changed = Sums()
        for share in self.gone.values():
            self.changed.add(share, -1)
        for share in self.shares:
            self.changed.add(share)
        self.after = _added(self.before, self.changed)
        self.ranking = ranking.fitted(self.after.sections, self.after.articles)
        same = Averages.of(self.after.totals, self.after.sections) == averages
        same = same and self.before.identity == identity_of(analyzer, ranking, vectors)
        self.is_possible = same and constants_of(self.ranking) == self.before.constants

    def write(self, new: str) -> None:
        """Write what changed to a copy of the index, and finish it."""
        terms, sums = self._sums()
        stored = dict(self._scan())
        cards = {id_: card for id_, card in self._cards() if id_ not in self.gone}
        came = {found.documents.id: found for found in self.come}
        idfs = Idfs(self._with_heads(stored), self.ranking)
        groups = self._groups(stored, cards, came)
        meant, about = self._meant(stored, cards)
        sender = Sender(self.cluster, new, self.before.documents, self.before.check)
        own = self._articles(idfs, groups, meant)
        sender.send(chain(sums, own, self._others(stored, idfs, groups, meant), about))
        terms += self.before.terms
        count = len({group for group, _ in groups.values()})
        sender.finish(
            self.after, self.before.identity, self.ranking, terms, count, 0, self.before.made
        )

    def _sums(self) -> tuple[int, list[Change]]:
        """How many terms more the public's sections hold, and the sums that have changed."""
        changes, terms = [], 0
        rows = list(self.changed.rows())
        for (id_, row), known in zip(rows, self._read([id_ for id_, _ in rows]), strict=True):
            old, more = known.get("s", {}), row["s"]
            if id_[0] == "e":
                row["s"] = {"e": _explained(old.get("e", {}), more["e"])}
                is_empty = not row["s"]["e"]
            else:
                row["s"] = {name: old.get(name, 0) + more[name] for name in more}
                is_empty = not any(row["s"].values())
            if id_[0] == "t":
                terms += (row["s"]["n"] > 0) - (old.get("n", 0) > 0)
            if is_empty:
                changes += [Change(id_, None, -1)] if known else []
            else:
                changes.append(Change(id_, row, 0 if known else 1))
        return terms, changes

    def _with_heads(self, stored: Mapping[_Key, _Stored]) -> Sums:
        """The sums of now of all words in titles and headings."""
        words = {word for section in stored.values() for word in (*section.heads, *section.title)}
        for found in self.come:
            words.update(found.documents.title)
            words.update(*(section.heads for section in found.documents.sections))
        listed, sums = sorted(words), Sums()
        sums.sections, sums.articles = self.after.sections, self.after.articles
        for word, row in zip(
            listed, self._read([document_id("t", w) for w in listed]), strict=True
        ):
            known = row.get("s", {})
            sums.terms.add(word, *(known.get(name, 0) for name in ("n", "oc", "tn", "hn")))
            sums.terms.add(word, *self.changed.terms.get(word))
        return sums

    def _groups(
        self,
        stored: Mapping[_Key, _Stored],
        cards: dict[str, ArticleMeta],
        came: Mapping[str, Sections],
    ) -> dict[_Key, tuple[int, int]]:
        """Of each section that others say the same as: its group, and its place in it."""
        prints = {key: s.printed for key, s in stored.items() if key[0] not in self.gone}
        for id_, found in came.items():
            cards[id_] = decode_meta(found.documents.record)
            for position, printed in enumerate(found.documents.fingerprints):
                prints[id_, position] = printed.tobytes()

        @lru_cache(1_000)
        def section_of(key: _Key) -> tuple[str, str]:
            if key[0] in came:
                record = came[key[0]].documents.sections[key[1]].record
            else:
                [row] = self._read([_section(key)])
                record = unpack(row["d"])["s"]
            return record["heading"], record["text"]

        groups = group_sections(prints, lambda key: cards[key[0]], section_of)
        return _numbered(groups, {key: section.values[_GROUP] for key, section in stored.items()})

    def _meant(
        self, stored: Mapping[_Key, _Stored], cards: Mapping[str, ArticleMeta]
    ) -> tuple[Mapping[_Key, Placed], list[Change]]:
        """What all sections of after mean, and what changes in what they share; nothing where words
        alone count.
        """
        if self.vectors is None:
            return {}, []
        known = {section.key: section.vector for section in stored.values()}
        keys = {key: s.key for key, s in stored.items() if key[0] not in self.gone}
        missing: dict[bytes, str] = {}
        for found in self.come:
            for position, (key, text) in enumerate(texts_of(found, self.vectors)):
                keys[found.documents.id, position] = key
                if key not in known:
                    missing[key] = text
        known.update(self.vectors.vectors_of(missing))
        order = sorted(keys)
        placed, leaders = self.vectors.place(
            [keys[key] for key in order],
            [known[keys[key]] for key in order],
            [cards[id_].is_published for id_, _ in order],
        )
        about = [
            Change(id_, row, 0) for id_, row in about_rows(self.vectors, leaders) if id_ == ABOUT
        ]
        return dict(zip(order, placed, strict=True)), about

    def _articles(
        self,
        idfs: Idfs,
        groups: Mapping[_Key, tuple[int, int]],
        meant: Mapping[_Key, Placed],
    ) -> Iterator[Change]:
        """The articles that have come, and what is left of those that have gone."""
        old = {
            doc
            for id_, share in self.gone.items()
            for doc in (_article(id_), *(_section((id_, n)) for n in range(share.sections)))
        }
        new = set()
        for found in self.come:
            id_ = found.documents.id
            count = len(found.documents.sections)
            own = {n: groups[id_, n] for n in range(count) if (id_, n) in groups}
            placed = [meant[id_, n] for n in range(count)] if meant else []
            for doc, row in article_rows(found, idfs, own, self.ranking, placed):
                new.add(doc)
                yield Change(doc, row, 0 if doc in old else 1)
        for doc in sorted(old - new):
            yield Change(doc, None, -1)

    def _others(
        self,
        stored: Mapping[_Key, _Stored],
        idfs: Idfs,
        groups: Mapping[_Key, tuple[int, int]],
        meant: Mapping[_Key, Placed],
    ) -> Iterator[Change]:
        """The sections of other articles that have another mass, other twins or another cluster."""
        came = {found.documents.id for found in self.come}
        for key, section in stored.items():
            if key[0] in self.gone or key[0] in came:
                continue
            group = groups.get(key, (None, None))
            masses = idfs.mass(section.heads), idfs.title_mass(section.title)
            values = (*masses, *group, meant[key].cluster if meant else None)
            if values != section.values:
                row = dict(zip(_VALUES, values, strict=True))
                yield Change(_section(key), row, 0, partly=True)

    # What the index of before holds.

    def _read(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """What documents hold; nothing for one that is not there."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(ids), PAGE):
            wanted = ids[start : start + PAGE]
            body = {"size": len(wanted), "query": {"ids": {"values": wanted}}}
            answer = self.cluster.search(self.index, body, request_timeout=WRITE_SECONDS)
            found |= {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}
        return [found.get(id_, {}) for id_ in ids]

    def _scan(self) -> Iterator[tuple[_Key, _Stored]]:
        """All sections."""
        for hit in scan(self.cluster, self.index, "s", ["s", "e", *_VALUES]):
            row, known = hit["_source"], hit["_source"]["s"]
            key = known["i"], int(hit["_id"].rpartition(".")[2])
            printed, vector_key = (bytes.fromhex(known.get(name, "")) for name in ("fp", "vk"))
            values = tuple(map(row.get, _VALUES))
            vector = from_binary(row.get("e", ""))
            yield key, _Stored(printed, known["h"], known["t"], values, vector_key, vector)

    def _cards(self) -> Iterator[tuple[str, ArticleMeta]]:
        """All articles."""
        for hit in scan(self.cluster, self.index, "a", ["d"]):
            card = decode_meta(unpack(hit["_source"]["d"]))
            yield card.id, card


def _numbered(
    groups: Sequence[Sequence[_Key]], before: Mapping[_Key, int | None]
) -> dict[_Key, tuple[int, int]]:
    """The number of its group, and the place in it, by section. A group keeps a number that one of
    its sections had `before`: with numbers by order, one more had all behind it written anew.
    """
    unused = {number for number in before.values() if number is not None}
    fresh = count(max(unused, default=-1) + 1)
    found: dict[_Key, tuple[int, int]] = {}
    for group in groups:
        number = next((n for key in group if (n := before.get(key)) in unused), None)
        own = next(fresh) if number is None else number
        unused.discard(own)
        found.update((key, (own, place)) for place, key in enumerate(group))
    return found


def _article(id_: str) -> str:
    return f"a{article_key(id_)}"


def _section(key: _Key) -> str:
    return f"s{article_key(key[0])}.{key[1]}"


def _added(before: Summary, changed: Sums) -> Sums:
    """The totals of after."""
    after = Sums()
    after.sections = before.sections + changed.sections
    after.articles = before.articles + changed.articles
    after.stored_sections = before.stored_sections + changed.stored_sections
    after.content = (int(before.content, 16) + changed.content) % WHOLE
    after.totals = [a + b for a, b in zip(before.totals, changed.totals, strict=True)]
    return after


def _explained(
    old: Mapping[str, Sequence[int]], more: Mapping[str, Sequence[int]]
) -> dict[str, list[int]]:
    both = {
        text: [a + b for a, b in zip(old.get(text, (0, 0)), more.get(text, (0, 0)), strict=True)]
        for text in {**old, **more}
    }
    return {text: counts for text, counts in both.items() if any(counts)}
