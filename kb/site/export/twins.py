"""Sections that say the same: which they are, for the manifest, and shards of what hits name."""

from __future__ import annotations

from functools import cache, lru_cache
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

from kb.site.export.documents import SHARD_SIZE
from kb.site.export.encoding import encode, make_shard_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.protocols import ExportReader
    from kb.site.export.documents import Exported, Layout, Places
    from kb.site.export.encoding import Shard
    from kb.site.export.shards import ShardCache


class Member(NamedTuple):
    """A section of a group: its number in the export, its article, its position in that."""

    section: int
    article: Exported
    position: int


def find_groups(reader: ExportReader, layout: Layout) -> list[list[Member]]:
    """The groups of what the public sees, in order of their first sections, each newest first."""
    found: dict[int, list[Member]] = {}
    for doc, number in zip(*reader.twins, strict=True):
        article = reader.article_of[doc]
        if (section := layout.section_of[doc]) >= 0:
            exported = layout.articles[layout.article_of[article]]
            found.setdefault(number, []).append(Member(section, exported, doc - article - 1))
    groups = [group for group in found.values() if len(group) > 1]
    return sorted(groups, key=lambda group: min(member.section for member in group))


def describe_groups(groups: list[list[Member]]) -> dict[str, str]:
    """`sizes` of groups, and the sections of all, one group after the other, as `steps`: twice how
    far one is behind the one before, or twice less one how far before it.
    """
    sections = [member.section for group in groups for member in group]
    moves = map(sub, sections, [0, *sections])
    return {
        "sizes": encode(map(len, groups)),
        "steps": encode(2 * move if move >= 0 else -2 * move - 1 for move in moves),
    }


_NAMED = "named"
"""The name under which the anchors of articles with sections in groups are noted, by the stamps of
their documents: to read them in their texts took a sixth of an edit with 30,000 articles, all of
them in three versions.
"""


_END = "\n"
"""Between the anchors of an article."""

_HELD = 64
"""Articles of which the anchors are held: a group is mostly of the same ones as the group before.
"""


def write_groups(
    groups: list[list[Member]], reader: ExportReader, places: Places, kept: ShardCache
) -> Iterator[tuple[int, Shard]]:
    """(first group, shard) of what hits name: of each section of a group id, url and anchor."""
    known: dict[str, str] = kept.last.pop(_NAMED, {})
    noted: dict[str, str] = {}
    url_of = cache(places.article)

    @lru_cache(_HELD)
    def anchors_of(document: int) -> list[str]:
        stamp = reader.document_stamp(document)
        own = known.get(stamp)
        if own is None:
            own = _END.join(section["anchor"] for section in reader.section_records(document))
        noted[stamp] = own
        return own.split(_END)

    def name(member: Member) -> list[str]:
        id_, anchors = member.article.card.id, anchors_of(member.article.document)
        return [id_, url_of(id_), places.section(id_, anchors[member.position])]

    rows: list[str] = []
    first = size = shards = 0
    for number, group in enumerate(groups):
        row = plain([name(member) for member in group])
        if rows and size + len(row) > SHARD_SIZE:
            yield first, _shard(shards, first, rows)
            rows, first, size, shards = [], number, 0, shards + 1
        rows.append(row)
        size += len(row)
    if rows:
        yield first, _shard(shards, first, rows)
    kept.note(_NAMED, noted)


def _shard(number: int, first: int, rows: list[str]) -> Shard:
    return make_shard_of(f"g{number}", {"first": first}, "groups", rows)
