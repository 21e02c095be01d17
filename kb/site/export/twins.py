"""Sections that say the same: which they are, for the manifest, and shards of what hits name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kb.site.export.documents import SHARD_SIZE
from kb.site.export.encoding import encode, encode_gaps, make_shard_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.protocols import ExportReader
    from kb.site.export.documents import Exported, Layout
    from kb.site.export.encoding import Shard
    from kb.site.export.places import Places


class Member(NamedTuple):
    """A section of a group: its number in the export, its article, its position in that."""

    section: int
    article: Exported
    position: int


def find_groups(reader: ExportReader, layout: Layout) -> list[list[Member]]:
    """The groups of what the public sees, in order of their first sections, each newest first."""
    numbers, places = reader.twins
    found: dict[int, list[tuple[int, Member]]] = {}
    for article in layout.articles if numbers else ():
        first = article.document + 1
        for at in range(article.sections):
            if number := numbers[first + at]:
                member = Member(article.first + at, article, at)
                found.setdefault(number, []).append((places[first + at], member))
    groups = (group for group in found.values() if len(group) > 1)
    return [[member for _, member in sorted(group)] for group in groups]


def describe_groups(groups: list[list[Member]]) -> dict[str, str]:
    """Gaps: the sections in groups. For each of them the number of its group, as twice how far that
    is ahead of what follows the last one's, or twice less one how far behind; and its place.
    """
    members = sorted(
        (member.section, number, place)
        for number, group in enumerate(groups)
        for place, member in enumerate(group)
    )
    steps, expected = [], 0
    for _, number, _ in members:
        ahead = number - expected
        steps.append(2 * ahead if ahead >= 0 else -2 * ahead - 1)
        expected = number + 1
    return {
        "sections": encode_gaps([section for section, _, _ in members]),
        "groups": encode(steps),
        "places": encode(place for _, _, place in members),
    }


def write_groups(
    groups: list[list[Member]], reader: ExportReader, places: Places
) -> Iterator[tuple[int, Shard]]:
    """(first group, shard) of what hits name: of each section of a group id, url and anchor."""
    rows: list[str] = []
    first = size = shards = 0
    for number, group in enumerate(groups):
        row = plain([_named(member, reader, places) for member in group])
        if rows and size + len(row) > SHARD_SIZE:
            yield first, _shard(shards, first, rows)
            rows, first, size, shards = [], number, 0, shards + 1
        rows.append(row)
        size += len(row)
    if rows:
        yield first, _shard(shards, first, rows)


def _shard(number: int, first: int, rows: list[str]) -> Shard:
    return make_shard_of(f"g{number}", {"first": first}, "groups", rows)


def _named(member: Member, reader: ExportReader, places: Places) -> list[Any]:
    id_ = member.article.card.id
    records = reader.section_records(member.article.document)
    return [id_, places.article(id_), places.section(id_, records[member.position]["anchor"])]
