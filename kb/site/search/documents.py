"""Document shards, what a hit shows; and tables, what every section's score may need."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kb.ranking import FIELDS
from kb.site.search.encoding import encode, make_shard, make_shard_of, plain
from kb.snippets import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.cards import Card
    from kb.engine.reading import IndexReader
    from kb.site.search.encoding import Shard
    from kb.site.search.kept import Kept
    from kb.site.search.layout import Exported, Layout
    from kb.site.search.places import Places

SHARD_SIZE = 6_000
"""Characters of a shard of documents, about; larger where there are very many."""

MAX_SHARDS = 3_000
TABLE_SECTIONS = 2_048
"""Sections of a table, about: tables end where articles do."""

SMALL_TABLE = 512
"""The same where there are very many sections, of which a query needs few."""

FEW_SECTIONS = 12_000
"""Up to so many sections a query loads all tables at once: the browser's FEW_TABLES."""


def write_documents(
    reader: IndexReader, layout: Layout, places: Places, kept: Kept
) -> Iterator[tuple[int, Shard, list[int]]]:
    """(first section, shard, leads) of all sections: long articles are cut."""
    size = _shard_size(reader, layout)
    packer = _Packer(size)
    for article in layout.articles:
        about = plain(_about(article.card, places))
        leads, *sections = _sections(reader, article, places, kept)
        for number, section in enumerate(sections, article.first):
            done = packer.add(number, about, section)
            if done:
                yield done
        packer.leads += [article.first + at for at, lead in enumerate(leads) if lead == _LEAD]
    if packer.rows:
        yield packer.finish()


_LEAD = "+"


def _sections(reader: IndexReader, article: Exported, places: Places, kept: Kept) -> list[str]:
    """What is shown of an article's sections, each as JSON, behind a text with one character for
    each, which tells those that have the article's title for a heading.
    """
    name, stamp = f"d {article.card.id}", reader.document_stamp(article.document)
    rows = kept.rows(name, stamp)
    if rows is None:
        sections = reader.section_records(article.document)
        title = article.card.title
        leads = "".join(_LEAD if section["heading"] == title else "-" for section in sections)
        shown = (_shown(s, places.section(article.card.id, s["anchor"])) for s in sections)
        rows = [leads, *map(plain, shown)]
        kept.put(name, stamp, rows)
    return rows


class _Packer:
    """Collects sections until a shard is full."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.number = 0
        self.clear(0)

    def clear(self, first: int) -> None:
        """Begin a new shard."""
        self.first = first
        self.rows: list[tuple[str, list[str]]] = []
        self.leads: list[int] = []
        self.filled = 0
        self.about = ""

    def add(self, number: int, about: str, section: str) -> tuple[int, Shard, list[int]] | None:
        """Add a section; the full shard before it, if there is one. Both texts are JSON."""
        length = len(section) + (0 if about is self.about else len(about))
        done = None
        if self.rows and self.filled + length > self.size:
            done = self.finish()
            self.clear(number)
        if about is not self.about:
            self.rows.append((about, []))
            self.about = about
        self.rows[-1][1].append(section)
        self.filled += length
        return done

    def finish(self) -> tuple[int, Shard, list[int]]:
        """The shard of what was added."""
        articles = [f'{about[:-1]},"sections":[{",".join(own)}]}}' for about, own in self.rows]
        shard = make_shard_of(f"d{self.number}", {"first": self.first}, "articles", articles)
        self.number += 1
        return self.first, shard, self.leads


def _shard_size(reader: IndexReader, layout: Layout) -> int:
    """Larger shards for larger sites: about eight characters a word, and what comes with them."""
    words = sum(reader.lengths[-1])
    return max(SHARD_SIZE, (8 * words + 150 * layout.sections) // MAX_SHARDS)


def _about(card: Card, places: Places) -> dict[str, Any]:
    """What hits show of their article, and what an escalation needs of it."""
    given = {
        "id": card.id,
        "url": places.article(card.id),
        "title": card.title,
        "topic": card.topic,
        "tier": "" if card.tier == "self-service" else str(card.tier),
        "actions": [[a.label, a.where, places.action(card, a)] for a in card.actions],
        "ready": list(card.have_ready),
        "escalate": [[step.channel, str(step.condition or "")] for step in card.escalate],
        "channel": channel_record(card, places) if card.channel else None,
    }
    return {key: value for key, value in given.items() if value not in ("", [], None)}


def channel_record(card: Card, places: Places) -> dict[str, Any]:
    """An article's channel, with what an escalation needs of its article."""
    assert card.channel is not None
    channel = {key: value for key, value in asdict(card.channel).items() if value}
    channel["url"] = places.article(card.id)
    return {**channel, "id": card.id, "order": card.order, "ready": list(card.have_ready)}


def _shown(section: dict[str, Any], anchor: str) -> list[Any]:
    """[anchor, heading, text, headings above]: the last is left out where it is empty."""
    trail = list(section["trail"])
    row = [anchor, section["heading"], section["text"][:SEARCHED]]
    return [*row, trail] if trail else row


def write_tables(reader: IndexReader, layout: Layout) -> Iterator[tuple[int, Shard]]:
    """(first section, shard) of the tables."""
    for number, articles in enumerate(_groups(layout.articles)):
        docs = [a.document + 1 + at for a in articles for at in range(a.sections)]
        fields = {
            "mass": encode(reader.mass[doc] for doc in docs),
            "titles": encode(reader.mass[a.document] for a in articles),
            "lengths": [
                _runs(column, articles, whole=name == "title")
                for name, column in zip(FIELDS, reader.lengths, strict=True)
            ],
        }
        yield articles[0].first, make_shard(f"s{number}", fields)


def _runs(column: Sequence[int], articles: Sequence[Exported], *, whole: bool) -> str:
    """A field's lengths: one an article where all of its sections share it, else one a section."""
    docs = [
        a.document + 1 + at
        for a in articles
        for at in range(min(a.sections, 1 if whole else a.sections))
    ]
    return encode(column[doc] for doc in docs)


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
