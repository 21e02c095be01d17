"""Stems for the browser: rules that give each word of the collection its stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.export.stems import learn_all, learn_rules, stem_by
from kb.text.analysis import Analyzer

WORDS = {
    "de": "Paket Pakete Paketen Bestellung Bestellungen verspätet Lieferung Lieferungen ist zurück",
    "fr": "commande commandes commander livraison livraisons remboursement remboursements perdu",
    "ru": "заказ заказа заказы заказов доставка доставки доставку посылка посылки возврат",
    "ar": "الطرد طرد متأخر المتأخر الشحنة شحنة حسابك الإعدادات إعدادات كلمة المرور",
    "id": "bagian membagikan di-render dirender pengiriman mengirim kirim kiriman",
    "tr": "sipariş siparişler siparişim kargo kargom iade iadeler",
}


@pytest.mark.parametrize("language", WORDS)
def test_each_word_gets_its_stem(language):
    """By rules that are fewer than the words."""
    analyzer = Analyzer(language)
    words = analyzer.surfaces(WORDS[language])
    stems = {word: analyzer.stem(word) for word in words}
    rules = learn_rules(stems)
    assert {word: stem_by(rules, word) for word in words} == stems
    assert len(rules) < len(words)


def test_words_like_them_get_a_stem_like_theirs():
    """What the collection does not hold may still be asked for."""
    analyzer = Analyzer("de")
    words = analyzer.surfaces("Lieferungen Zahlungen Meldungen Zahlung Lieferung Konto Paket")
    rules = learn_rules({word: analyzer.stem(word) for word in words})
    assert stem_by(rules, "rechnungen") == analyzer.stem("rechnungen")


def test_forms_of_the_collections_words_get_their_stem_and_others_none_of_it():
    """A small collection says little of how a language makes its forms; its list of words says it."""
    analyzer = Analyzer("de")
    stems = {word: analyzer.stem(word) for word in analyzer.surfaces("Verfolgung Nummer Konto")}
    forms = analyzer.surfaces("verfolgen verfolgt verfolgungen nummern konten kontos")
    others = analyzer.surfaces("verfilmen nummeriert konterten kontrolle verfolger nummer")
    listed = {word: analyzer.stem(word) for word in {*forms, *others}}
    rules = learn_all(stems, listed, set(stems.values()))
    for word, stem in {**stems, **listed}.items():
        found = stem_by(rules, word)
        assert found == stem or not {found, stem} & {*stems.values()}


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=5), st.text("abc", max_size=4)),
    st.dictionaries(st.text("abc", min_size=1, max_size=5), st.text("abc", max_size=4)),
)
def test_any_forms_are_given_back(stems, others):
    """Whatever they are, beside any words."""
    others = {word: stem for word, stem in others.items() if word not in stems}
    rules = learn_all(stems, others, {*stems.values()})
    known = stems | {word: stem for word, stem in others.items() if stem in stems.values()}
    assert {word: stem_by(rules, word) for word in known} == known


@given(st.dictionaries(st.text("abcé", min_size=1, max_size=6), st.text("abcé", max_size=6)))
def test_any_table_is_given_back(stems):
    """Whatever the stems are."""
    rules = learn_rules(stems)
    assert {word: stem_by(rules, word) for word in stems} == stems
