"""Facts about forms that mean the same: of characters, numbers, names and words, by language."""

import pytest

from kb.text.analysis import SNOWBALL, Analyzer
from kb.text.stop_words import STOP_WORDS


def terms(text, language="en"):
    """List the terms of a text that are no stop words."""
    return [token.term for token in Analyzer(language).tokens(text) if not token.stop]


def meet(one, other, language="en"):
    """Whether what is asked with one word finds the other: a term of both, or all parts of one."""
    mine, theirs = terms(one, language), terms(other, language)
    joined = {mine[-1], theirs[-1]} & {*mine, *theirs}
    return bool({*mine} & {*theirs} & joined) or {*mine} <= {*theirs} or {*theirs} <= {*mine}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("co\u00adoperate", "cooperate"),
        ("wi\u2011fi", "wi-fi"),
        ("wi\u2010fi", "wifi"),
        ("wi\u2013fi", "wi-fi"),
        ("\u0141\u00f3d\u017a", "lodz"),
        ("sm\u00f8rrebr\u00f8d", "smorrebrod"),
        ("\u0110\u00e0 N\u1eb5ng", "da nang"),
        ("\u0153uvre", "oeuvre"),
        ("encyclop\u00e6dia", "encyclopedia"),
        ("Stra\u00dfe", "strasse"),
        ("\u0623\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f"),
        ("\u0645\u062f\u0631\u0633\u0629", "\u0645\u062f\u0631\u0633\u0647"),
        ("\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u06a9\u062a\u0627\u0628", "\u0643\u062a\u0627\u0628"),
        ("\u06cc\u0627\u062f", "\u064a\u0627\u062f"),
        ("\u0665\u0665", "55"),
        ("10 000", "10,000"),
        ("10\u202f000", "10000"),
        ("10.000", "10000"),
        ("10'000", "10000"),
        ("1,234.56", "1.234,56"),
        ("5GB", "5 GB"),
        ("250ml", "250 ml"),
        ("1st", "first"),
        ("21st", "21"),
        ("(800) 555-0199", "8005550199"),
        ("800.555.0199", "800-555-0199"),
        ("0800 123 4567", "08001234567"),
        ("030/1234567", "0301234567"),
    ],
)
def test_forms_of_characters_and_numbers_meet(one, other):
    """Whichever is written, the other finds it."""
    assert meet(one, other)


def test_numbers_side_by_side_are_not_one():
    """A list of numbers is no telephone number, nor are decimals thousands."""
    assert terms("1, 2, 3") == ["1", "2", "3"]
    assert "15" not in terms("1.5")
    assert "100200" not in terms("100 or 200")


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("Änderungen", "ändern"),
        ("Verlängerung", "verlängern"),
        ("Aktualisierung", "aktualisieren"),
        ("Übermittlung", "übermitteln"),
        ("Zahlungen", "zahlen"),
        ("Verteilung", "verteilen"),
        ("Kündigung", "kündigen"),
    ],
)
def test_german_nouns_meet_their_verbs(noun, verb):
    """Those in -ern, -eln and -ieren, too, whose stems are others."""
    assert terms(noun, "de") == terms(verb, "de")


def test_other_german_nouns_stay_as_they_are():
    """What only ends alike is no noun of a verb."""
    assert terms("Sprung", "de") == ["sprung"]
    assert terms("jung", "de") == ["jung"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("maxRetryCount", "max retry count"),
        ("MaxRetryCount", "max retry count"),
        ("max_retry_count", "max retry count"),
        ("XMLHttpRequest", "xml http request"),
        ("getURLFor", "get url for"),
    ],
)
def test_a_name_of_several_words_is_found_by_its_parts_and_whole(name, parts):
    """Its parts are inside it, and take no place of their own."""
    found = {token.surface for token in Analyzer().tokens(name)}
    assert {*parts.split(), parts.replace(" ", "")} <= found


@pytest.mark.parametrize(
    "name", ["iPhone", "eBay", "GitHub", "YouTube", "VPNs", "PDFs", "ABC", "Title"]
)
def test_other_capitals_part_nothing(name):
    """Names with one small letter in front, and plurals of abbreviations, are one word."""
    assert [token.surface for token in Analyzer().tokens(name)] == [name.lower()]


def test_a_part_inside_a_name_takes_no_place():
    """The words around a name stay its neighbours."""
    places = {t.surface: t.position for t in Analyzer().tokens("set maxRetryCount first")}
    assert (places["set"], places["retry"], places["first"]) == (0, 1, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("colour", "colors"),
        ("organisations", "organization"),
        ("analysing", "analyze"),
        ("centre", "centers"),
        ("cancelled", "canceled"),
        ("licence", "license"),
        ("catalogues", "catalog"),
        ("grey", "gray"),
        ("cheques", "checks"),
        ("behavioural", "behavioral"),
        ("fulfil", "fulfill"),
        ("practise", "practice"),
    ],
)
def test_british_and_american_spellings_meet(one, other):
    """They are forms of the same word."""
    assert terms(one) == terms(other)


@pytest.mark.parametrize("word", ["four", "hour", "tour", "your", "flour", "source", "acre"])
def test_words_that_end_alike_stay_themselves(word):
    """A rule of spelling is for its own words."""
    assert Analyzer("en").stem(word) == Analyzer("en")._stemmer(word)


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("fr", "l'adresse", "adresse"),
        ("fr", "d\u2019abonnement", "abonnement"),
        ("it", "dell'account", "account"),
        ("it", "L'ORDINE", "ordine"),
        ("ca", "l'adre\u00e7a", "adre\u00e7a"),
        ("ko", "\ubc30\uc1a1\uc740", "\ubc30\uc1a1"),
        ("ko", "\uc8fc\ubb38\uc744", "\uc8fc\ubb38"),
        ("ko", "\uace0\uac1d\uc13c\ud130\uc5d0\uc11c\ub294", "\uace0\uac1d\uc13c\ud130"),
        ("ko", "PDF\ub85c", "PDF"),
    ],
)
def test_what_a_language_adds_to_a_word_is_cut_off(language, text, word):
    """Elided articles in front, particles behind."""
    assert terms(text, language) == terms(word, language)


@pytest.mark.parametrize("word", ["\ud68c\uc758", "\ud398\uc774\uc9c0", "\ud30c\uc77c"])
def test_korean_words_that_end_like_a_particle_stay(word):
    """One syllable is no word to leave, and a particle has to fit the sound before it."""
    assert terms(word, "ko") == [word]


@pytest.mark.parametrize("language", sorted(SNOWBALL))
def test_every_stemmed_language_has_its_stop_words(language):
    """With question words among them; each is one that a text can yield."""
    analyzer = Analyzer(language)
    words = STOP_WORDS[language].split()
    assert len(words) >= 40
    assert all(analyzer.words(word)[0].surface for word in words)
    singles = [word for word in words if len(analyzer.words(word)) == 1]
    assert all(analyzer.words(word)[0].stop for word in singles)


@pytest.mark.parametrize(
    ("language", "question", "subject"),
    [
        ("de", "wie kann ich mein Paket zur\u00fcckschicken", "Paket zur\u00fcckschicken"),
        ("fr", "comment puis-je suivre mon colis ?", "suivre colis"),
        ("es", "\u00bfd\u00f3nde est\u00e1 mi pedido?", "pedido"),
        ("it", "come posso restituire il mio ordine", "restituire ordine"),
        ("nl", "hoe kan ik mijn pakket retourneren", "pakket retourneren"),
        ("sv", "hur kan jag returnera mitt paket", "returnera paket"),
        ("pl", "paczka", "paczka"),
        (
            "ru",
            "\u043a\u0430\u043a \u044f \u043c\u043e\u0433\u0443 \u0432\u0435\u0440\u043d\u0443\u0442\u044c \u0437\u0430\u043a\u0430\u0437",
            "\u0432\u0435\u0440\u043d\u0443\u0442\u044c \u0437\u0430\u043a\u0430\u0437",
        ),
    ],
)
def test_a_question_leaves_its_subject(language, question, subject):
    """Function words, possessives and question words say nothing of it."""
    found = [t for t in terms(question, language) if t not in terms("puis-je", language)]
    assert found == terms(subject, language)


def test_settings_change_the_stop_words():
    """Words are added, and behind a `!` taken out."""
    analyzer = Analyzer("en", ("Please", "!will"))
    assert {t.surface: t.stop for t in analyzer.tokens("please find the will")} == {
        "please": True, "find": False, "the": True, "will": False,
    }  # fmt: skip


def test_a_stop_word_written_as_an_abbreviation_is_none():
    """The country, the department and the bus; not what begins a sentence."""
    stops = {t.surface: t.stop for t in Analyzer().tokens("US IT CAN Who a I")}
    assert [stops[word] for word in ("us", "it", "can")] == [False] * 3
    assert [stops[word] for word in ("who", "a", "i")] == [True] * 3
