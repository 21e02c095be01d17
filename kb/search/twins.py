"""Sections that say the same in several articles are one hit: versions of a product, copies.

Which sections are twins is known before any query (`kb.index.twins`). Of those that a query finds,
one stands for all: the one that holds most of the query, the newest among equals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

K = TypeVar("K")

MOST_SHOWN = 20
"""Twins that a hit names, the newest ones."""


class Twins(NamedTuple):
    """The sections that have twins, by groups, each newest first, and the number of each one's
    group.
    """

    sections: Sequence[Any]
    groups: Sequence[int]


NO_TWINS = Twins((), ())
"""Where no section has any."""


def join(sections: Container[K], twins: Twins, held: Callable[[K], int]) -> dict[K, tuple[K, ...]]:
    """Section that stands for a group -> the others of these sections in it, newest first, of all
    groups that have several of these. `held` says how much of the query a section holds.
    """
    found: dict[int, list[K]] = {}
    for section, group in zip(*twins, strict=True):
        if section in sections:
            found.setdefault(group, []).append(section)
    joined = {}
    for members in found.values():
        if len(members) > 1:
            best = max(members, key=held)  # the first of equals
            joined[best] = tuple(member for member in members if member != best)
    return joined


def label(own: str, other: str) -> str:
    """What tells an article from its twin: the folders in which its id differs, else all of it."""
    ours, theirs = own.split("/"), other.split("/")
    while ours and theirs and ours[0] == theirs[0]:
        ours, theirs = ours[1:], theirs[1:]
    while ours and theirs and ours[-1] == theirs[-1]:
        ours, theirs = ours[:-1], theirs[:-1]
    return "/".join(theirs) if theirs and theirs != other.split("/") else other


def tell_apart(titles: Mapping[str, str]) -> dict[str, str]:
    """For each article whose title others have, what tells it from all of them: the folders in
    which its id differs, or all of it. `titles` are by the articles' ids.
    """
    alike: dict[str, list[str]] = {}
    for id_, title in titles.items():
        alike.setdefault(title.casefold(), []).append(id_)
    apart = {}
    for ids in alike.values():
        for id_ in ids:
            labels = {label(other, id_) for other in ids if other != id_}
            if labels:
                apart[id_] = labels.pop() if len(labels) == 1 else id_
    return apart
