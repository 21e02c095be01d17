"""What compounds are made of."""

import pytest

from kb.text.compounds import is_key, key_of, parts_of
from kb.text.variants import joins_words

WORDS = {
    "paket", "verfolgung", "sendung", "konto", "kontoauszug", "auszug", "rechnung", "nummer",
    "bestellen", "kunde", "kunden", "daten", "unter", "schied", "unteren", "abholen", "station",
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("paketverfolgung", {"paket", "verfolgung"}),
        ("sendungsverfolgung", {"sendung", "verfolgung"}),
        ("kontoauszug", {"konto", "auszug"}),
        ("kundendaten", {"kunden", "daten"}),
        ("bestellnummer", {"bestellen", "nummer"}),
        ("abholstation", {"abholen", "station"}),
        ("kontoauszugsnummer", {"kontoauszug", "nummer"}),
        ("verfolgung", set()),
        ("paketxverfolgung", set()),
        ("unterschied", set()),
        ("paket4nummer", set()),
        ("", set()),
    ],
)
def test_a_german_word_is_taken_apart_where_both_parts_are_words(word, parts):
    """With what joins them, verbs by their infinitive, never at a stop word."""
    assert set(parts_of(word, "de", {"unter"}, WORDS.__contains__)) == parts


def test_what_joins_words_depends_on_the_language():
    """`er` joins German words, no Dutch ones; infinitives are looked for in German alone."""
    words = {"kind", "wagen", "bestellen", "nummer"}.__contains__
    assert set(parts_of("kinderwagen", "de", (), words)) == {"kind", "wagen"}
    assert set(parts_of("kinderwagen", "nl", (), words)) == set()
    assert set(parts_of("bestellnummer", "nl", (), words)) == set()


def test_keys_of_compounds_are_no_words():
    """So that what an abbreviation stands for never mixes with them."""
    assert is_key(key_of("paket"))
    assert not is_key("paket")


def test_languages_are_known_by_their_tags():
    """Regions and capitals make no difference; English makes none."""
    tags = ("de", "de-AT", "NL", "sv", "en", "fr-CA")
    assert [tag for tag in tags if joins_words(tag)] == ["de", "de-AT", "NL", "sv"]
