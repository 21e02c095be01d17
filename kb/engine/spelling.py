"""Words that were probably meant: corrections among the words of the corpus as written.

Candidates begin with the same letter, or with the first two letters swapped, and differ by
one edit; by two where the word has eight letters or more and nothing is nearer. An edit is a
letter more, less or other, or two neighbouring letters swapped (optimal string alignment
distance: R. Lowrance, R. Wagner, "An extension of the string-to-string correction problem",
J. ACM 22, 1975).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MIN_LENGTH = 4
"""Shorter words are not corrected: too many are one edit apart."""

LONG = 8
"""From this length on a word may be two edits away."""


def candidates(word: str, words_from: Callable[[str], Iterable[str]]) -> list[tuple[int, str]]:
    """(distance, word) of the nearest known words, all at the same distance.

    `words_from` gives the known words that begin with a prefix.
    """
    if len(word) < MIN_LENGTH or any(character.isdigit() for character in word):
        return []
    furthest = 2 if len(word) >= LONG else 1
    near: list[tuple[int, str]] = []
    for known in _alike(word, words_from, furthest):
        distance = osa_distance(word, known, furthest)
        if distance <= furthest:
            near.append((distance, known))
    least = min((distance for distance, _ in near), default=0)
    return sorted(pair for pair in near if pair[0] == least)


def _alike(word: str, words_from: Callable[[str], Iterable[str]], furthest: int) -> Iterable[str]:
    """Known words that may be within reach: by their first letters and their length."""
    for known in words_from(word[0]):
        if abs(len(known) - len(word)) <= furthest and known != word:
            yield known
    if word[1] != word[0]:
        swapped = word[1] + word[0]
        for known in words_from(swapped):
            if abs(len(known) - len(word)) <= furthest - 1:
                yield known


def osa_distance(one: str, other: str, furthest: int) -> int:
    """The optimal string alignment distance, or `furthest` + 1 when it is more.

    Equal ends are cut off first: most pairs then differ in a letter or two.
    """
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    if not one or not other:
        return min(len(one) + len(other), furthest + 1)
    if furthest == 1 and min(len(one), len(other)) > 2:  # noqa: PLR2004  # a swap is the longest edit
        return 2
    return _distance(one, other, furthest)


def _distance(one: str, other: str, furthest: int) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > furthest:
            return furthest + 1  # no later row can be nearer
        before = last
    return min(row[-1], furthest + 1)
