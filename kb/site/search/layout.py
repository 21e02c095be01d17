"""The public's articles and sections, numbered from 0 in the order of ids and positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.model import Audience, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.cards import Card
    from kb.engine.reading import IndexReader


@dataclass(frozen=True, slots=True)
class Exported:
    """An article of the export: its document in the index, and the number of its first section."""

    card: Card
    document: int
    first: int
    sections: int


@dataclass(frozen=True, slots=True)
class Layout:
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


def make_layout(reader: IndexReader, cards: Mapping[str, Card]) -> Layout:
    """Number what the public sees of an index; `cards` are those of all articles by id."""
    size = len(reader.order)
    section_of, article_of = [-1] * size, [-1] * size
    articles: list[Exported] = []
    first = 0
    for id_, documents in reader.all_documents():
        card = cards[id_]
        if card.audience is not Audience.PUBLIC or card.status is not Status.PUBLISHED:
            continue
        count = len(documents) - 1
        article_of[documents.start] = len(articles)
        section_of[documents.start + 1 : documents.stop] = range(first, first + count)
        articles.append(Exported(card, documents.start, first, count))
        first += count
    return Layout(tuple(articles), section_of, article_of, first)
