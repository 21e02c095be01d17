"""Facts about the words of a language."""

import pytest

from kb.text.lexicon import Lexicon, write_lexicon


@pytest.fixture(scope="module")
def english():
    """What is known of English."""
    return Lexicon(write_lexicon("en"))


@pytest.mark.parametrize("word", ["havent", "wouldnt", "theyre", "youll", "theres"])
def test_contractions_typed_in_haste_are_words(english, word):
    """Analyzers drop apostrophes, and so do customers: none of them is a slip of another word."""
    assert english.commonness(word) > 0


def test_contractions_make_no_other_word_commoner(english):
    """`shell` has its own level, not that of `she'll`, and a possessive is its noun."""
    assert english.commonness("shell") < english.commonness("theyll")
    assert english.commonness("customers") > 0
    assert english.commonness("itss") == 0
