"""Words that were probably meant: one definition for settings, commands, options and ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from difflib import SequenceMatcher

# Comparing costs the product of the lengths; nothing that has a name here is longer.
LONGEST = 200

ALIKE = 0.6
"""The ratio from which two names look alike: difflib's own."""

NEIGHBOUR = 0.75
"""The ratio from which a word of a name is near one that was asked for: most are no slips of it."""

BEGINNING = 0.9
"""What a name counts of which only the beginning looks alike."""

WORSE = 0.08
"""A name that is less alike by more than this is not what was meant."""

SHORTEST = 4
"""Characters from which a text is compared with beginnings of names."""

NAMED = 5
"""Names that a sentence lists."""

COUNT = 3
"""Names that are offered, unless a caller says otherwise."""

NO_SUCH = "There is no {kind} {name}; {tail}"
MEANT = "did you mean {names}?"
MEANT_OR = " or "
LISTED = "the {kind}s are {names}{end}"
NONE_LISTED = "no article has a {kind}."


def nearest(word: str, known: Iterable[str], *, count: int = COUNT) -> tuple[str, ...]:
    """At most `count` of the `known` names that look like `word`, the closest first.

    Looking alike is Ratcliff and Obershelp's ratio (difflib) of at least .6, upper and
    lower case alike; names that contain the word, or lie in it, follow those.
    """
    sought = word[:LONGEST].casefold()
    names = {name[:LONGEST].casefold(): name for name in known}
    from difflib import get_close_matches  # noqa: PLC0415  # who makes no slip needs none

    close = get_close_matches(sought, names, n=count, cutoff=ALIKE) if sought else []
    parts = [name for name in names if len(sought) > 2 and (sought in name)]  # noqa: PLR2004
    return tuple(names[name] for name in dict.fromkeys([*close, *sorted(parts)]))[:count]


def neighbours(words: Iterable[str], names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names, given with the words that they consist of, of which a word looks like one of
    `words`: those with the closest word first, then by name.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415  # as above

    rated: dict[str, float] = {}
    for word in words:
        matcher = SequenceMatcher(b=word)
        for name, parts in names.items():
            rating = max((_ratio(matcher, part) for part in parts), default=0.0)
            rated[name] = max(rating, rated.get(name, 0.0))
    near = [name for name, rating in rated.items() if rating >= NEIGHBOUR]
    return tuple(sorted(near, key=lambda name: (-rated[name], name)))


def nearest_ids(word: str, ids: Iterable[str], *, count: int = COUNT) -> tuple[str, ...]:
    """As `nearest`, for ids and anchors: the folders, or the end of the name, may be missing."""
    sought = word[:LONGEST].casefold()
    if not sought:
        return ()
    from difflib import SequenceMatcher  # noqa: PLC0415  # as above

    matcher = SequenceMatcher(b=sought)
    length = len(sought) + 1
    rated = sorted((-_rating(matcher, id_[:LONGEST].casefold(), length), id_) for id_ in ids)
    least = max(ALIKE, -rated[0][0] - WORSE) if rated else 1
    alike = [id_ for rating, id_ in rated if -rating >= least]
    parts = [id_ for _, id_ in rated if len(sought) > 2 and sought in id_.casefold()]  # noqa: PLR2004
    return tuple(dict.fromkeys([*alike[:count], *sorted(parts)]))[:count]


def _rating(matcher: SequenceMatcher[str], name: str, length: int) -> float:
    """How alike the name is to what is sought: as a whole, its last part, or so much of either."""
    last = name.rpartition("/")[2]
    rating = max(_ratio(matcher, form) for form in {name, last})
    if length <= SHORTEST:
        return rating
    beginning = max(_ratio(matcher, form[:length]) for form in {name, last})
    return max(rating, BEGINNING * beginning)


def _ratio(matcher: SequenceMatcher[str], name: str) -> float:
    """The ratio, or 0 where cheap bounds of it say that it is too low."""
    matcher.set_seq1(name)
    low = matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE
    return 0.0 if low else matcher.ratio()


def no_such(kind: str, name: str, known: Iterable[str], listed: Sequence[str]) -> str:
    """A sentence: there is no `kind` of that name, with the nearest of the `known`, else some of
    those `listed`. Names that hold a space stand in quotes.
    """
    close = nearest_ids(name, known)
    if close:
        tail = MEANT.format(names=MEANT_OR.join(map(_quoted, close)))
    elif listed:
        names = ", ".join(map(_quoted, listed[:NAMED]))
        tail = LISTED.format(kind=kind, names=names, end=", …" if len(listed) > NAMED else ".")
    else:
        tail = NONE_LISTED.format(kind=kind)
    return NO_SUCH.format(kind=kind, name=_quoted(name), tail=tail)


def _quoted(name: str) -> str:
    return f"“{name}”" if " " in name else name


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest of the `known` names, or the empty string."""
    return _asked(nearest(word, known))


def did_you_mean_id(word: str, ids: Iterable[str]) -> str:
    """As `did_you_mean`, for ids and anchors."""
    return _asked(nearest_ids(word, ids))


def _asked(found: Sequence[str]) -> str:
    if not found:
        return ""
    *others, last = found
    return MEANT.format(names=MEANT_OR.join([", ".join(others), last] if others else [last]))


def slip(word: str, known: Iterable[str], *, most: int = 2) -> str | None:
    """The known name of which `word` is a slip of the fingers, or None.

    A slip is one letter too many, too few, wrong, or two swapped: in names of six letters
    or more also two of these, if `most` allows. The check is the optimal string alignment
    distance.
    """
    for name in known:
        allowed = min(most, 1 if len(name) < 6 else 2)  # noqa: PLR2004  # too short
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
