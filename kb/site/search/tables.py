"""Table shards: what every section's score may need."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kb.ranking import FIELDS
from kb.site.search.encoding import encode, make_shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.engine.reading import IndexReader
    from kb.site.search.encoding import Shard
    from kb.site.search.layout import Exported, Layout

TABLE_SECTIONS = 2_048
"""Sections of a table, about: tables end where articles do."""

SMALL_TABLE = 512
"""The same where there are very many sections, of which a query needs few."""

FEW_SECTIONS = 12_000
"""Up to so many sections a query loads all tables at once: the browser's FEW_TABLES."""


def write_tables(reader: IndexReader, layout: Layout) -> Iterator[tuple[int, Shard]]:
    """(first section, shard) of the tables."""
    for number, articles in enumerate(_groups(layout.articles)):
        fields = {
            "mass": _sections_of(reader.mass, articles),
            "titles": encode([reader.mass[a.document] for a in articles]),
            "lengths": [
                _sections_of(column, articles, most=1 if name == "title" else None)
                for name, column in zip(FIELDS, reader.lengths, strict=True)
            ],
        }
        yield articles[0].first, make_shard(f"s{number}", fields)


def _sections_of(
    column: Sequence[int], articles: Sequence[Exported], most: int | None = None
) -> str:
    """The numbers that a column has for sections, for `most` of each article's: a title has the
    same length in all of them.
    """
    docs = (range(a.document + 1, a.document + 1 + a.sections)[:most] for a in articles)
    return encode(chain.from_iterable([column[own.start : own.stop] for own in docs]))


def _groups(articles: Sequence[Exported]) -> Iterator[Sequence[Exported]]:
    """Articles by tables."""
    few = sum(article.sections for article in articles) <= FEW_SECTIONS
    size = TABLE_SECTIONS if few else SMALL_TABLE
    group: list[Exported] = []
    count = 0
    for article in articles:
        if group and count + article.sections > size:
            yield group
            group, count = [], 0
        group.append(article)
        count += article.sections
    if group:
        yield group
