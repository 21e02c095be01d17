"""The public's articles and sections, numbered from 0 in the order of ids and positions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from kb.cards import read_card
from kb.model import Audience, Status
from kb.site.search.encoding import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.cards import Card
    from kb.engine.reading import IndexReader
    from kb.site.search.kept import Kept


class Exported(NamedTuple):
    """An article of the export: its document in the index, and the number of its first section."""

    card: Card
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

    def lengths(self, reader: IndexReader) -> list[list[int]]:
        """For each field, its length in each section."""
        return [
            [column[a.document + 1 + at] for a in self.articles for at in range(a.sections)]
            for column in reader.lengths
        ]


def make_layout(reader: IndexReader, articles: Iterable[tuple[Card, range]]) -> Layout:
    """Number what the public sees of an index; `articles` are all, as `read_cards` gives them."""
    size = len(reader.order)
    section_of, article_of = [-1] * size, [-1] * size
    exported: list[Exported] = []
    first = 0
    for card, documents in articles:
        if card.audience is not Audience.PUBLIC or card.status is not Status.PUBLISHED:
            continue
        count = len(documents) - 1
        article_of[documents.start] = len(exported)
        section_of[documents.start + 1 : documents.stop] = range(first, first + count)
        exported.append(Exported(card, documents.start, first, count))
        first += count
    return Layout(tuple(exported), section_of, article_of, first)


def read_cards(reader: IndexReader, kept: Kept) -> list[tuple[Card, range]]:
    """The cards of all articles, in order of id, with the numbers of their documents. Those of
    the last export need not be looked up in the index.
    """
    found = {reader.document_stamp(own.start): own for own in _documents(reader)}
    kept.cards = {stamp: kept.cards[stamp] for stamp in found if stamp in kept.cards}
    records = json.loads(f"[{','.join(kept.cards.values())}]")
    cards = dict(zip(kept.cards, map(read_card, records), strict=True))
    for stamp, own in found.items():
        if stamp not in cards:
            record = reader.article_record(own.start)
            kept.cards[stamp], cards[stamp] = plain(record), read_card(record)
    return [(cards[stamp], own) for stamp, own in found.items()]


def _documents(reader: IndexReader) -> Iterator[range]:
    """The numbers of each article's documents, in order of id."""
    order = reader.order
    # Numbers of what is deleted are 0: should that be document 0, the first article comes later.
    starts = {order[doc]: doc for doc, article in enumerate(reader.article_of) if doc == article}
    ranks = sorted(starts)
    for rank, after in zip(ranks, [*ranks[1:], max(order, default=0) + 1], strict=False):
        yield range(starts[rank], starts[rank] + after - rank)
