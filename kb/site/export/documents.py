"""Documents and tables: what a hit shows, and what every section's score may need.

The public's articles and sections are numbered from 0 in the order of ids and positions.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import asdict
from functools import lru_cache
from itertools import accumulate, chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kb.model import decode_meta
from kb.search.ranking import MASS_BITS
from kb.site.addresses import encode as encode_address
from kb.site.export.encoding import encode, make_shard_of, plain
from kb.site.export.shards import Row, pack
from kb.site.plan import action_target
from kb.text.snippets import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.model import Action, ArticleMeta
    from kb.search.protocols import ExportReader
    from kb.site.export.encoding import Shard
    from kb.site.export.meaning import Meaning
    from kb.site.export.shards import Block, ShardCache
    from kb.site.plan import Plan


class Places(Protocol):
    """Addresses as links write them, from the root of the site; empty for what has none."""

    def article(self, id_: str) -> str:
        """The page of an article."""

    def section(self, id_: str, anchor: str) -> str:
        """The anchor of a section on that page, empty for its top."""

    def topic(self, id_: str) -> str:
        """The page of a topic."""

    def action(self, card: ArticleMeta, action: Action) -> str:
        """Where an action of an article leads."""


class SitePlaces(NamedTuple):
    """The places of a site that kb builds."""

    plan: Plan

    def article(self, id_: str) -> str:
        """The page of an article."""
        return encode_address(self.plan.address.get(id_, f"{id_}.html"))

    def section(self, id_: str, anchor: str) -> str:  # noqa: ARG002 the anchors are kb's own
        """The anchor of a section."""
        return anchor

    def topic(self, id_: str) -> str:
        """The page of a topic."""
        return encode_address(self.plan.topic_address.get(id_, ""))

    def action(self, card: ArticleMeta, action: Action) -> str:
        """Where an action leads; nowhere if that is not on the site."""
        return action_target(action, card, self.plan)[0]


class Exported(NamedTuple):
    """An article of the export: its document in the index, and the number of its first section."""

    card: ArticleMeta
    document: int
    first: int
    sections: int


class Layout(NamedTuple):
    """All of them. `section_of` and `article_of` have a number for each document of the index,
    -1 where it is no section or article that the public sees.
    """

    articles: tuple[Exported, ...]
    section_of: Sequence[int]
    article_of: Sequence[int]
    sections: int

    def lengths(self, reader: ExportReader) -> list[list[int]]:
        """For each field, its length in each section."""
        return [
            [column[a.document + 1 + at] for a in self.articles for at in range(a.sections)]
            for column in reader.lengths
        ]


def make_layout(reader: ExportReader, articles: Iterable[tuple[ArticleMeta, range]]) -> Layout:
    """Number what the public sees of an index; `articles` are all, as `read_cards` gives them."""
    size = len(reader.order)
    section_of, article_of = [-1] * size, [-1] * size
    exported: list[Exported] = []
    first = 0
    for card, documents in articles:
        if not card.is_published:
            continue
        count = len(documents) - 1
        article_of[documents.start] = len(exported)
        section_of[documents.start + 1 : documents.stop] = range(first, first + count)
        exported.append(Exported(card, documents.start, first, count))
        first += count
    return Layout(tuple(exported), section_of, article_of, first)


def read_cards(reader: ExportReader, kept: ShardCache) -> list[tuple[ArticleMeta, range]]:
    """The cards of all articles, in order of id, with the numbers of their documents. Those of
    the last export need not be looked up in the index.
    """
    found = {reader.document_stamp(own.start): own for own in _documents(reader)}
    kept.cards = {stamp: kept.cards[stamp] for stamp in found if stamp in kept.cards}
    records = json.loads(f"[{','.join(kept.cards.values())}]")
    cards = dict(zip(kept.cards, map(decode_meta, records), strict=True))
    for stamp, own in found.items():
        if stamp not in cards:
            record = reader.article_record(own.start)
            kept.cards[stamp], cards[stamp] = plain(record), decode_meta(record)
    return [(cards[stamp], own) for stamp, own in found.items()]


def _documents(reader: ExportReader) -> Iterator[range]:
    """The numbers of each article's documents, in order of id."""
    order = reader.order
    # Numbers of what is deleted are 0: should that be document 0, the first article comes later.
    starts = {order[doc]: doc for doc, article in enumerate(reader.article_of) if doc == article}
    ranks = sorted(starts)
    for rank, after in zip(ranks, [*ranks[1:], max(order, default=0) + 1], strict=False):
        yield range(starts[rank], starts[rank] + after - rank)


def describe_masses(reader: ExportReader, layout: Layout) -> dict[str, str]:
    """The masses of all sections, and those of the titles of all articles."""
    mass = reader.mass
    own = ((a.document + 1, a.document + 1 + a.sections) for a in layout.articles)
    masses = chain.from_iterable([mass[start:stop] for start, stop in own])
    return {
        "masses": encode(map(write_mass, masses)),
        "titles": encode([write_mass(mass[a.document]) for a in layout.articles]),
    }


MASS_TURN = 64
"""What is turned in the numbers of masses, so that one character holds each of the commonest ones:
those of 105,678 sections took a sixth more, 10 KB of each first answer.
"""


def write_mass(mass: int) -> int:
    """A mass as one number: the bits that count (`round_mass`), and above them their place; one bit
    is turned.
    """
    low = max(0, mass.bit_length() - MASS_BITS)
    return (low << MASS_BITS - 1) + (mass >> low) ^ MASS_TURN


SHARD_SIZE = 10_000
"""Characters of a shard of documents, about; larger where there are very many."""

MAX_SHARDS = 3_000


class Documents:
    """The rows of documents: what is shown of each section. A section's name is its number.

    What is shown of an article's sections depends on its document alone; what is shown of the
    article itself, on where things stand, too.
    """

    kind = "d"

    def __init__(  # each is a part of the whole
        self,
        reader: ExportReader,
        layout: Layout,
        places: Places,
        kept: ShardCache,
        meaning: Meaning | None = None,
    ) -> None:
        self.limit = _shard_size(reader, layout)
        self._meaning = meaning
        self._hashes: dict[str, str] = {}
        self._reader = reader
        self._articles = layout.articles
        self._firsts = [article.first for article in layout.articles]
        self._places = places
        self._kept = kept
        self._former = _Former(kept)
        self._seen = [self._look(article) for article in layout.articles]
        self._rows = lru_cache(1)(self._make_rows)

    def write(self) -> Iterator[tuple[int, Shard]]:
        """(first section, shard) of all sections: long articles are cut."""
        yield from pack(self._pieces(), self, self._kept)
        self._kept.note(_SHOWN, [self.limit, self._seen])
        if self._meaning is not None:
            self._kept.note(_VECTORS, self._hashes)

    def changed(self) -> set[int] | None:
        """The numbers of the articles that are shown otherwise than in the last export, or have
        another document; None where that had other articles, or otherwise numbered sections.
        """
        if not self._former.fits(self.limit, self._articles):
            return None
        return self._former.changed(self._seen)

    def came(self) -> list[Exported]:
        """The articles of which there was no such document in the last export."""
        pairs = zip(self._articles, self._seen, strict=True)
        return [article for article, seen in pairs if not self._former.has(seen.id, seen.stamp)]

    def leads(self) -> set[int]:
        """The sections whose heading is the article's title, known once all is written."""
        return {
            first + at
            for first, seen in zip(self._firsts, self._seen, strict=True)
            for at, lead in enumerate(seen.leads)
            if lead == _LEAD
        }

    def shard(self, number: int, rows: Sequence[Row]) -> Shard:
        """The shard of some sections."""
        articles = [
            f'{about[:-1]},"sections":[{",".join([row.text for row in own])}]}}'
            for about, own in groupby(rows, key=attrgetter("beside"))
        ]
        fields = {"first": rows[0].name}
        if hash_ := self._vectors_of(rows[0].name, rows[-1].name):
            fields["vectors"] = hash_
        return make_shard_of(f"d{number}", fields, "articles", articles)

    def _vectors_of(self, first: int, last: int) -> str:
        """The hash of the vectors of sections, which a shard has, so that one hash names both."""
        if self._meaning is None:
            return ""
        found = self._hashes[str(first)] = self._meaning.hash_of(first, last)
        return found

    def line(self, row: Row) -> str:
        """A section as it is kept."""
        return row.text

    def unpack(self, block: Block) -> list[Row]:
        """The sections of a shard."""
        rows = chain.from_iterable(map(self._rows, self._articles_in(block)))
        return [row for row in rows if block.first <= row.name <= block.last]

    def _look(self, article: Exported) -> _Seen:
        """What an article's rows are made of."""
        id_, stamp = article.card.id, self._reader.document_stamp(article.document)
        placed = _placed(article.card, self._places)
        return _Seen(id_, stamp, placed, self._former.leads(id_, stamp))

    def _pieces(self) -> Iterator[Row | Block]:
        changed = self.changed()
        if changed is None:
            yield from chain.from_iterable(map(self._rows, range(len(self._articles))))
            return
        before = self._kept.last.get(_VECTORS, {})
        for block in self._kept.blocks(self.kind):
            same = self._vectors_of(block.first, block.last) == before.get(str(block.first), "")
            if same and changed.isdisjoint(self._articles_in(block)):
                yield block
            else:
                yield from self.unpack(block)

    def _articles_in(self, block: Block) -> range:
        """The numbers of the articles of which sections are in a shard."""
        start = bisect_right(self._firsts, block.first) - 1
        return range(start, bisect_right(self._firsts, block.last))

    def _make_rows(self, number: int) -> list[Row]:
        """The rows of an article's sections."""
        article = self._articles[number]
        about = plain(_about(article.card, self._places))
        return [
            Row(article.first + at, text, len(text) + (0 if at else len(about)), about)
            for at, text in enumerate(self._texts(number))
        ]

    def _texts(self, number: int) -> list[str]:
        """What is shown of an article's sections, each as JSON."""
        article, seen, places = self._articles[number], self._seen[number], self._places
        if (texts := self._former.texts(seen.id, seen.stamp)) is not None:
            return texts
        sections = self._reader.section_records(article.document)
        title = article.card.title
        leads = "".join(_LEAD if section["heading"] == title else "-" for section in sections)
        self._seen[number] = seen._replace(leads=leads)
        return [plain(_shown(s, places.section(seen.id, s["anchor"]))) for s in sections]


_SHOWN = "shown"
"""The name under which the limit of shards and the articles are noted, each as `_Seen`."""

_VECTORS = "vectors"
"""The name under which the hashes of the vectors of shards are noted, by their first sections."""

_LEAD = "+"


class _Seen(NamedTuple):
    """What an article's rows are made of: its id, the stamp of its document, and the addresses
    in what is shown of it. `leads` has a character for each section, which tells those that
    have the article's title for a heading; it is empty until that is known.
    """

    id: str
    stamp: str
    placed: list[str]
    leads: str


class _Former:
    """The documents of the last export."""

    def __init__(self, kept: ShardCache) -> None:
        self._limit, noted = kept.last.get(_SHOWN, (0, []))
        self._articles = [_Seen(*values) for values in noted]
        firsts = accumulate((len(seen.leads) for seen in self._articles), initial=0)
        pairs = zip(self._articles, firsts, strict=False)
        self._by_stamp = {(seen.id, seen.stamp): (seen.leads, first) for seen, first in pairs}
        blocks = kept.blocks(Documents.kind)
        self._starts = [block.first for block in blocks]
        self._lines = lru_cache(1)(lambda at: kept.lines(blocks[at]))

    def fits(self, limit: int, articles: Sequence[Exported]) -> bool:
        """Whether the same articles had the same numbers of sections, and shards the same limit."""
        before = [(seen.id, len(seen.leads)) for seen in self._articles]
        return limit == self._limit and before == [(a.card.id, a.sections) for a in articles]

    def changed(self, now: Sequence[_Seen]) -> set[int]:
        """The numbers of the articles that are shown otherwise now. They are the same ones."""
        pairs = zip(self._articles, now, strict=True)
        return {number for number, (old, new) in enumerate(pairs) if old[:-1] != new[:-1]}

    def has(self, id_: str, stamp: str) -> bool:
        """Whether an article was there with this document."""
        return (id_, stamp) in self._by_stamp

    def leads(self, id_: str, stamp: str) -> str:
        """Which sections of an article had its title for a heading; empty where it has changed."""
        return self._by_stamp.get((id_, stamp), ("", 0))[0]

    def texts(self, id_: str, stamp: str) -> list[str] | None:
        """What was shown of an article's sections; None where it has changed, or rows are damaged.
        They may be in several shards.
        """
        leads, first = self._by_stamp.get((id_, stamp), ("", 0))
        texts: list[str] = []
        while len(texts) < len(leads):
            start = first + len(texts)
            at = bisect_right(self._starts, start) - 1
            lines = self._lines(at)
            if lines is None:
                return None
            start -= self._starts[at]
            texts += lines[start : start + len(leads) - len(texts)]
        return texts or None


def _placed(card: ArticleMeta, places: Places) -> list[str]:
    """The addresses in what is shown of an article."""
    return [places.article(card.id), *(places.action(card, action) for action in card.actions)]


def _shard_size(reader: ExportReader, layout: Layout) -> int:
    """Larger shards for larger sites: about eight characters a word, and what comes with them."""
    words = sum(reader.lengths[-1])
    return max(SHARD_SIZE, (8 * words + 150 * layout.sections) // MAX_SHARDS)


def _about(card: ArticleMeta, places: Places) -> dict[str, Any]:
    """What hits show of their article, and what an escalation needs of it."""
    given = {
        "id": card.id,
        "url": places.article(card.id),
        "title": card.title,
        "heading": card.heading,
        "topic": card.topic,
        "tier": "" if card.tier == "self-service" else str(card.tier),
        "actions": [[a.label, a.where, places.action(card, a)] for a in card.actions],
        "ready": list(card.have_ready),
        "escalate": [[step.channel, str(step.condition or "")] for step in card.escalate],
        "channel": channel_record(card, places) if card.channel else None,
    }
    return {key: value for key, value in given.items() if value not in ("", [], None)}


def channel_record(card: ArticleMeta, places: Places) -> dict[str, Any]:
    """An article's channel, with what an escalation needs of its article."""
    assert card.channel is not None
    # Where it is reached stands on the page, which the search fills in no more of.
    unused = {"url", "phone", "email"}
    facts = asdict(card.channel).items()
    channel = {key: value for key, value in facts if value and key not in unused}
    channel["url"] = places.article(card.id)
    return {**channel, "id": card.id, "order": card.order, "ready": list(card.have_ready)}


def _shown(section: dict[str, Any], anchor: str) -> list[Any]:
    """[anchor, heading, text, headings above]: the last is left out where it is empty."""
    trail = list(section["trail"])
    row = [anchor, section["heading"], section["text"][:SEARCHED]]
    return [*row, trail] if trail else row
