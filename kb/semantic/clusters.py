"""Clusters of sections, so that what is near a question is found without a look at all of them.

Some sections are leaders, by their keys; each section is in the cluster of the leader that it is
nearest to (F. Chierichetti et al., "Finding near neighbors through cluster pruning", PODS 2007,
with leaders by hash in place of random ones). So the clusters of an index that was edited are those
of one that is new, and an edit changes those of its own sections. Leaders are sections that the
public sees, since the site names them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.search.meaning import WHOLE
from kb.semantic.encoder import nearest_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def assign_leaders(
    vectors: Sequence[bytes], keys: Sequence[bytes], public: Sequence[bool]
) -> list[int] | None:
    """For each section the number of its leader; None where there is no leader, or where all
    sections are looked at. `public` says which sections may be one.
    """
    if sum(public) <= WHOLE:
        return None
    apart = _apart(sum(public))
    leaders = [
        number
        for number, (key, own) in enumerate(zip(keys, public, strict=True))
        if own and int.from_bytes(key, "big") % apart == 0
    ]
    if not leaders:
        return None
    return [leaders[place] for place in nearest_of(vectors, leaders)]


def _apart(sections: int) -> int:
    """One of so many sections is a leader: a power of two near half the root of their number, so
    that leaders and the sections of the clusters that are looked at are about as many.
    """
    apart = 1
    while 8 * apart * apart <= sections:
        apart *= 2
    return apart
