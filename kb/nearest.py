"""Words that were probably meant: one definition for settings, commands, options and ids."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Comparing costs the product of the lengths; nothing that has a name here is longer.
_LONGEST = 200


def nearest(word: str, known: Iterable[str], *, count: int = 3) -> tuple[str, ...]:
    """At most `count` of the `known` names that look like `word`, the closest first.

    Looking alike is Ratcliff and Obershelp's ratio (difflib) of at least .6, upper and
    lower case alike; names that contain the word, or lie in it, follow those.
    """
    sought = word[:_LONGEST].casefold()
    names = {name[:_LONGEST].casefold(): name for name in known}
    close = get_close_matches(sought, names, n=count, cutoff=0.6) if sought else []
    parts = [name for name in names if len(sought) > 2 and (sought in name)]  # noqa: PLR2004
    return tuple(names[name] for name in dict.fromkeys([*close, *sorted(parts)]))[:count]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest of the `known` names, or the empty string."""
    found = nearest(word, known)
    if not found:
        return ""
    *others, last = found
    return f"did you mean {' or '.join([', '.join(others), last] if others else [last])}?"


def slip(word: str, known: Iterable[str]) -> str | None:
    """The known name of which `word` is a slip of the fingers, or None.

    A slip is one letter too many, too few, wrong, or two swapped: in names of six letters
    or more also two of these. The check is the optimal string alignment distance.
    """
    for name in known:
        allowed = 1 if len(name) < 6 else 2  # noqa: PLR2004
        if abs(len(name) - len(word)) <= allowed and _distance(word, name) <= allowed:
            return name
    return None


def _distance(left: str, right: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn one into the other."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
