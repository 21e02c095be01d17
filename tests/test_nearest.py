"""Facts about guessing the word that was meant."""

import pytest

from kb.nearest import did_you_mean, nearest, slip


def test_nearest_names_come_closest_first():
    """The closest name leads, and names that look nothing like the word stay out."""
    assert nearest("serach", ["index", "search", "reach"]) == ("search", "reach")


def test_nearest_finds_names_that_hold_the_word():
    """A part of a long name is enough."""
    assert nearest("late", ["orders/late-or-lost-package", "billing"]) == (
        "orders/late-or-lost-package",
    )


def test_nearest_of_nothing_is_nothing():
    """An empty word resembles no name."""
    assert nearest("", ["search"]) == ()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("zzz", ""),
        ("limt", "did you mean limit?"),
        ("contact/chta", "did you mean contact/chat or contact/cat?"),
    ],
)
def test_hint_names_what_was_meant(word, hint):
    """The hint is a question, or empty when nothing is near."""
    assert did_you_mean(word, ["limit", "contact/cat", "contact/chat"]) == hint


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("limt", "limit"),
        ("lmiit", "limit"),
        ("limits", "limit"),
        ("audiance", "audience"),
        ("aduience", "audience"),
        ("dry-run", None),
        ("lim", None),
        ("xx", None),
    ],
)
def test_slip_is_one_or_two_letters(word, meant):
    """One letter off in short names, two in long ones; anything else is another word."""
    assert slip(word, ["limit", "audience", "drafts"]) == meant
