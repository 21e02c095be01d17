"""Facts about guessing the word that was meant."""

import pytest

from kb.text.nearest import did_you_mean, nearest, nearest_ids, no_such, slip


def test_nearest_names_come_closest_first():
    """The closest name leads, and names that look nothing like the word stay out."""
    assert nearest("serach", ["index", "search", "reach"]) == ("search", "reach")


def test_nearest_finds_names_that_hold_the_word():
    """A part of a long name is enough."""
    assert nearest("late", ["orders/late-or-lost-package", "billing"]) == (
        "orders/late-or-lost-package",
    )


@pytest.mark.parametrize(
    ("word", "best"),
    [
        ("ordres/late", "orders/late-or-lost-package"),
        ("late", "orders/late-or-lost-package"),
        ("lat-or-lost-pakage", "orders/late-or-lost-package"),
        ("contact/phon", "contact/phone"),
        ("Billing/Chrage", "billing/charge-twice"),
        ("phnoe", "contact/phone"),
        ("zzz", None),
        ("", None),
    ],
)
def test_ids_are_near_without_their_folder_or_their_end(word, best):
    """A name's beginning, or its last part, may be all that somebody remembers."""
    ids = ["orders/late-or-lost-package", "contact/phone", "contact/chat", "billing/charge-twice"]
    assert next(iter(nearest_ids(word, ids)), None) == best


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (["orders", "my guide"], "There is no topic ordrs; did you mean orders?"),
        (["my guide", "x"], "There is no topic ordrs; the topics are “my guide”, x."),
        (list("abcdef"), "There is no topic ordrs; the topics are a, b, c, d, e, …"),
        ([], "There is no topic ordrs; no article has a topic."),
    ],
)
def test_what_there_is_none_of_is_said_in_a_sentence(known, sentence):
    """With the nearest, else with some of those that there are."""
    assert no_such("topic", "ordrs", known, known) == sentence


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
