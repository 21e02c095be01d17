"""Facts about corrections, checked against the plain definition of the distance."""

import string
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.search.spelling import FIRST, OTHER, candidates, osa_distance, slip_cost

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


def near(word, known, furthest):
    """Give the candidates among the known words."""
    known = sorted(known)
    return candidates(word, lambda prefix: [k for k in known if k.startswith(prefix)], furthest)


@given(letters, letters, st.integers(1, 3))
def test_distance_is_that_of_the_definition(one, other, furthest):
    """Up to the furthest that is asked for; beyond it is one more."""
    assert osa_distance(one, other, furthest) == min(distance(one, other), furthest + 1)


@given(letters, letters)
def test_distance_is_symmetric(one, other):
    """And nothing only between equal words."""
    assert osa_distance(one, other, 2) == osa_distance(other, one, 2)
    assert (osa_distance(one, other, 2) == 0) == (one == other)


@given(words, st.sets(words), st.integers(1, 2))
def test_candidates_are_all_that_are_near(word, known, furthest):
    """Every known word with the same beginning, or with the first two letters swapped: that is one
    edit of those that may be.
    """
    assume(len(word) > 1)
    expected = {
        other
        for other in known - {word}
        if other[:1] == word[:1]
        or (other[:2] == word[1::-1] and abs(len(other) - len(word)) < furthest)
        if distance(word, other) <= furthest
    }
    assert {*near(word, known, furthest)} == expected


@pytest.mark.parametrize("letter", string.ascii_lowercase)
def test_a_doubled_first_letter_is_looked_up_once(letter):
    """`aachen` swapped is itself: no candidate comes twice."""
    assert near(letter * 2 + "chen", {letter * 2 + "chem"}, 1) == [letter * 2 + "chem"]


@given(letters.filter(bool), letters.filter(bool))
def test_a_slip_costs_something(one, other):
    """Nothing only between equal words, and never more than to type all of it anew."""
    assert (slip_cost(one, other) == 0) == (one == other)
    assert slip_cost(one, other) <= FIRST + OTHER * max(len(one), len(other))


@pytest.mark.parametrize(
    ("likelier", "other"),
    [
        (("comand", "command"), ("comand", "demand")),  # a letter that stands twice
        (("reccord", "record"), ("recodrd", "record")),  # twice for once, before a letter too many
        (("teh", "the"), ("tee", "the")),  # swapped, before another letter
        (("vedio", "video"), ("vadeo", "video")),  # swapped around one, before two other letters
        (("lokal", "local"), ("lopal", "local")),  # letters that sound alike
        (("docment", "document"), ("documment", "documents")),  # one slip, before two
        (("packafe", "package"), ("oackage", "package")),  # the first letter is mostly right
    ],
)
def test_some_slips_are_likelier_than_others(likelier, other):
    """As people make them."""
    assert slip_cost(*likelier) < slip_cost(*other)
