"""Stems for the browser: rules that give each word of the collection its stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.export.encoding import DIGITS
from kb.site.export.stems import learn_rules
from kb.text.analysis import Analyzer

WORDS = {
    "de": "Paket Pakete Paketen Bestellung Bestellungen verspätet Lieferung Lieferungen ist zurück",
    "fr": "commande commandes commander livraison livraisons remboursement remboursements perdu",
    "ru": "заказ заказа заказы заказов доставка доставки доставку посылка посылки возврат",
    "ar": "الطرد طرد متأخر المتأخر الشحنة شحنة حسابك الإعدادات إعدادات كلمة المرور",
    "id": "bagian membagikan di-render dirender pengiriman mengirim kirim kiriman",
    "tr": "sipariş siparişler siparişim kargo kargom iade iadeler",
}


def by_rules(word, rules):
    """As kb/site/assets/search/analysis.js has it."""
    whole = f"^{word}"
    for at in range(len(whole) + 1):
        rule = rules.get(whole[at:])
        if rule is not None:
            before, behind = DIGITS.index(rule[0]), DIGITS.index(rule[1])
            return word[before : len(word) - behind] + rule[2:]
    return word


@pytest.mark.parametrize("language", WORDS)
def test_each_word_gets_its_stem(language):
    """By rules that are fewer than the words."""
    analyzer = Analyzer(language)
    words = analyzer.surfaces(WORDS[language])
    stems = {word: analyzer.stem(word) for word in words}
    rules = learn_rules(stems)
    assert {word: by_rules(word, rules) for word in words} == stems
    assert len(rules) < len(words)


def test_words_like_them_get_a_stem_like_theirs():
    """What the collection does not hold may still be asked for."""
    analyzer = Analyzer("de")
    words = analyzer.surfaces("Lieferungen Zahlungen Meldungen Zahlung Lieferung Konto Paket")
    rules = learn_rules({word: analyzer.stem(word) for word in words})
    assert by_rules("rechnungen", rules) == analyzer.stem("rechnungen")


@given(st.dictionaries(st.text("abcé", min_size=1, max_size=6), st.text("abcé", max_size=6)))
def test_any_table_is_given_back(stems):
    """Whatever the stems are."""
    rules = learn_rules(stems)
    assert {word: by_rules(word, rules) for word in stems} == stems
