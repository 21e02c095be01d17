"""Facts about corrections, checked against the plain definition of the distance."""

import string
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.spelling import LONG, MIN_LENGTH, candidates, osa_distance

letters = st.text("abé", max_size=9)
words = st.text("abcd", max_size=10)


@cache
def distance(one, other):
    """Compute the optimal string alignment distance by its definition."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and (one[0], one[1]) == (other[1], other[0]):
        least = min(least, distance(one[2:], other[2:]) + 1)
    return least


def near(word, known):
    """Give the candidates among the known words."""
    known = sorted(known)
    return candidates(word, lambda prefix: [k for k in known if k.startswith(prefix)])


@given(letters, letters, st.integers(1, 3))
def test_distance_is_that_of_the_definition(one, other, furthest):
    """Up to the furthest that is asked for; beyond it is one more."""
    assert osa_distance(one, other, furthest) == min(distance(one, other), furthest + 1)


@given(letters, letters)
def test_distance_is_symmetric(one, other):
    """And nothing only between equal words."""
    assert osa_distance(one, other, 2) == osa_distance(other, one, 2)
    assert (osa_distance(one, other, 2) == 0) == (one == other)


@given(words, st.sets(words))
def test_candidates_are_all_of_the_nearest(word, known):
    """No known word with the same beginning is nearer than what is offered, or as near."""
    furthest = 2 if len(word) >= LONG else 1
    reach = {}
    for other in known - {word}:
        swapped = word[1::-1]
        begins = other[:1] == word[:1] or other.startswith(swapped)
        if len(word) >= MIN_LENGTH and begins and distance(word, other) <= furthest:
            reach[other] = distance(word, other)
    least = min(reach.values(), default=0)
    expected = sorted((least, other) for other, at in reach.items() if at == least)
    assert near(word, known) == expected


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("pacakge", "package"),
        ("packge", "package"),
        ("packagee", "package"),
        ("psckage", "package"),
        ("apckage", "package"),
        ("pakcgae", None),
        ("refnud", "refund"),
        ("delivvrey", "delivery"),
        ("delviery", "delivery"),
        ("xackage", None),
        ("ordr", "order"),
        ("odr", None),
        ("package", None),
        ("pack4ge", None),
        ("", None),
    ],
)
def test_words_that_were_meant(word, meant):
    """One slip in any word, two in long ones; short words and those with digits stay."""
    found = near(word, {"package", "refund", "delivery", "order", "tracking"})
    assert [other for _, other in found] == ([meant] if meant else [])


@pytest.mark.parametrize("letter", string.ascii_lowercase)
def test_a_doubled_first_letter_is_looked_up_once(letter):
    """`aachen` swapped is itself: no candidate comes twice."""
    found = near(letter * 2 + "chen", {letter * 2 + "chem"})
    assert len(found) == 1
