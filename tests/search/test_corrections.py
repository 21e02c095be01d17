"""Facts about corrected queries."""

import pytest
from support.statistics import FakeStatistics

from kb.search.query import parse_query
from kb.search.spelling import Corrector
from kb.text.analysis import OWN, Analyzer

ANALYZER = Analyzer()
TEXTS = ("track a late package", "the package is late", "delivery: the rate", "Café")


def corrections(text, wrong=None, texts=TEXTS, levels=None):
    """Correct a query: gives its Corrections, and the query."""
    query = parse_query(text)
    tokens = [token for token in ANALYZER.tokens(query.words) if not token.stop]
    chosen = [token for token in tokens if wrong is None or token.surface in wrong]
    statistics = FakeStatistics(ANALYZER, texts, levels=levels or {})
    return Corrector(statistics, ANALYZER).correct(tokens, chosen), query


def correct(text, wrong=None, texts=TEXTS, levels=None):
    """Correct a query: gives its Correction and its new terms, or None."""
    (sure, *_), query = corrections(text, wrong, texts, levels)
    return sure and (sure.describe(query), [token.term for token in sure.tokens])


def offer(text, texts=TEXTS, levels=None):
    """What is offered beside the answer, where nothing is sure."""
    (sure, offered, _), query = corrections(text, None, texts, levels)
    assert sure is None
    return offered and offered.describe(query).text


def test_a_misspelt_word_becomes_the_known_one():
    """The text keeps all else as it was typed; the changes name what was typed."""
    correction, terms = correct("My  PACAKGE, please!", {"pacakge"})
    assert correction.text == "My package, please!"
    assert correction.words == (("pacakge", "package"),)
    assert terms == ["packag", "pleas"]


def test_several_words_are_corrected_at_once():
    """Offsets shift with the lengths of the words before."""
    correction, terms = correct("pacakgee tracck lat", {"pacakgee", "tracck"})
    assert correction.text == "package track lat"
    assert [typed for typed, _ in correction.words] == ["pacakgee", "tracck"]
    assert terms[:2] == ["packag", "track"]


def test_nothing_near_is_no_correction():
    """None says that the query is as good as it gets."""
    assert correct("zzzzzz") is None
    assert correct("package", set()) is None


def test_the_word_of_most_articles_wins():
    """Among words that are equally near."""
    assert correct("lontin", texts=("lonting", "lontiny lontiny", "lonting"))[0].text == "lonting"


def test_of_two_words_as_likely_neither_is_sure():
    """It is offered, the first by the alphabet; forms of one word make no doubt."""
    assert offer("lontin", texts=("lontiny", "lonting")) == "lonting"
    assert offer("remoce", texts=("remove", "remote")) == "remote"
    assert correct("remoce", texts=("remove", "removed"))[0].text == "remove"


def test_words_are_corrected_as_written_not_as_stems():
    """`delivry` is `delivery`, never the stem `deliveri`."""
    assert correct("delivry")[0].text == "delivery"


def test_accents_are_no_mistakes():
    """What stands after an accented word is replaced where it stands."""
    correction, _ = correct("cafe\u0301 pacakge", {"pacakge"})
    assert correction.text == "café package"


def test_wholes_are_not_corrected():
    """The joined form of a unit follows from its parts."""
    correction, terms = correct("late-pacakge", {"pacakge", "latepacakge"})
    assert correction.text == "late-package"
    assert terms == ["late", "packag", ANALYZER.stem("latepacakge")]


def test_a_stop_word_that_was_meant_is_left_out():
    """As if it had been typed: unless there is nothing else."""
    correction, terms = correct("verry late", {"verry"}, ("very late",))
    assert (correction.text, terms) == ("very late", ["late"])
    _, terms = correct("verry", texts=("very",))
    assert terms == [ANALYZER.stem("very")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("latepackage", "late package"),
        ("package12", "package 12"),
        ("deliveryrate", "delivery rate"),
        ("packagetrack", None),
        ("xyzpackage", None),
        ("unknown12", None),
        ("apackage", "package"),
        ("package12345", None),
        ("ofpackage", None),
    ],
)
def test_words_that_were_run_together_are_taken_apart(text, meant):
    """Two known words of three letters or more that stand side by side somewhere, or a known word
    before a short number.
    """
    found = correct(text)
    assert (found[0].text if found else None) == meant


def test_a_near_word_is_meant_rather_than_two():
    """A slip is likelier than a missing space."""
    texts = ("packages", "pack", "agex")
    assert correct("packagex", texts=texts)[0].text == "packages"


def test_the_parts_of_a_word_stand_in_its_place():
    """Each is a word of the query now; what follows is replaced where it stands."""
    correction, terms = correct("my latepackage of cafee", {"latepackage", "cafee"})
    assert correction.text == "my late package of cafe"
    assert correction.words == (("latepackage", "late package"), ("cafee", "cafe"))
    assert terms == ["late", "packag", "cafe"]


def test_known_words_are_listed_once():
    """However many words of a query begin with the same letter."""
    postings = FakeStatistics(ANALYZER, TEXTS)
    listed = []
    words_from = postings.words_from
    postings.words_from = lambda prefix: listed.append(prefix) or words_from(prefix)
    tokens = list(ANALYZER.tokens("pacakge pakcage pckage"))
    assert len(Corrector(postings, ANALYZER).correct(tokens, tokens).sure.changes) == 3
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("took", "too"),
        ("shirt", "short"),
        ("password", "pass word"),
        ("prime", "price"),
        ("bank", "back"),
        ("faulty", "faculty"),
        ("commercial", "commerical"),
        ("chars", "chats"),
        ("laptop", "lap top"),
    ],
)
def test_a_word_of_the_language_is_no_misspelling(text, held):
    """Because these articles lack it: the lexicon says what is a word."""
    texts = (f"some {held}", held, held)
    (sure, offered, _), _ = corrections(text, None, texts, dict.fromkeys((text,), 15))
    assert (sure, offered) == (None, None)
    assert (
        correct(text, texts=texts) is not None or " " not in held
    )  # for what is none, it would be


def test_another_spelling_of_a_word_is_no_misspelling():
    """The lexicon has `behavior` alone: `behaviour` is a word all the same, and may be meant."""
    assert corrections("behaviour", None, ("behavior",), {"behavior": 15})[0][:2] == (None, None)
    texts = ("behaviour", "behaviout")
    levels = {"behavior": 15, **dict.fromkeys(texts, 0)}
    assert correct("behaviouu", texts=texts, levels=levels)[0].text == "behaviour"


def test_a_rare_word_of_the_language_may_be_a_slip_of_a_common_one():
    """It is a word: the common one is only offered, and only where the slip is a likely one."""
    assert offer("instal", ("install it",), {"instal": 6, "install": 16}) == "install"
    assert offer("instal", ("install it",), {"instal": 6, "install": 12}) is None
    assert offer("instal", ("install it",), {"instal": 11, "install": 20}) is None
    assert offer("chars", ("chats",), {"chars": 6, "chats": 20}) is None


def test_what_is_not_sure_is_offered():
    """In a short word a slip is less certain than in a long one."""
    assert offer("lofal", ("local",)) == "local"
    assert correct("lofalization", texts=("localization",))[0].text == "localization"


def test_what_is_offered_can_be_typed():
    """With filters, phrases and exclusions where they were."""
    text = 'tier:contact  "a rate" lofal lofal -late Lofal'
    (_, offered, _), query = corrections(text, {"lofal"}, ("local", "rate"))
    assert offered.retype(query).text == 'tier:contact  "a rate" local local -late local'


def test_sure_words_are_corrected_and_others_offered_with_them():
    """What is offered is the whole query as it may have been meant."""
    (sure, offered, _), query = corrections("pacakge lofal", None, ("package", "local"))
    assert sure.describe(query).text == "package lofal"
    assert offered.describe(query).text == "package local"


def test_common_words_are_meant_rather_than_rare_ones():
    """Two words are equally near and held alike: the language decides."""
    texts = ("lonting", "lontiny")
    assert correct("lontin", texts=texts, levels={"lontiny": 25})[0].text == "lontiny"


def test_a_slip_in_an_article_is_not_what_is_meant():
    """`recieve` stands in one article, `receive` in many: nobody means the first."""
    texts = ("recieve", *["receive"] * 10)
    assert correct("recieveq", texts=texts, levels={"recieve": 0})[0].text == "receive"
    assert correct("recieveq", texts=texts, levels={"recieve": 10})[0].text == "recieve"


def test_words_beside_a_word_tell_what_it_should_be():
    """`lonting` is held more often, but `load` stands before `lontiny` somewhere."""
    texts = ("load a lontiny", "lonting", "lonting", "load it")
    assert correct("lontin", texts=texts)[0].text == "lonting"
    assert correct("load lontin", {"lontin"}, texts)[0].text == "load lontiny"


def test_stop_words_beside_a_word_tell_nothing():
    """They stand beside anything: `thred` is no slip of `there` because *post there* was written."""
    texts = (*["post there message"] * 40, "a thread", "threads of a thread")
    levels = {"there": 26, "thread": 15, "threads": 13}
    correction, terms = correct("post thred message", {"thred"}, texts, levels)
    assert correction.text == "post thread message"
    assert terms == ["post", "thread", "messag"]


def test_words_beside_a_word_make_it_sure():
    """A short name that stands beside what is asked for, too."""
    texts = ("use bixby", *["bixby"] * 8)
    assert correct("biby", texts=texts, levels={"bixby": 0}) is None
    assert correct("use biby", {"biby"}, texts, {"bixby": 0})[0].text == "use bixby"


def test_the_first_letter_may_be_wrong_or_missing():
    """Where no word that begins alike is a likely one."""
    assert correct("oackage", texts=("package",))[0].text == "package"
    assert correct("ackage", texts=("package",))[0].text == "package"


@pytest.mark.parametrize(
    ("text", "known", "meant"),
    [
        ("zsphere", "sphere", None),
        ("clientid", "client", None),
        ("asphere", "sphere", "sphere"),
        ("ssphere", "sphere", "sphere"),
        ("sphereer", "sphere", "sphere"),
        ("sphereed", "sphere", "sphere"),
        ("spherre", "sphere", "sphere"),
    ],
)
def test_names_made_of_a_word_are_no_slips_of_it(text, known, meant):
    """They have letters before it, or two behind it that are no ending: the word is offered, and
    is nothing to be read instead. What is typed twice is a slip.
    """
    (sure, offered, probable), query = corrections(text, None, (known,), {known: 15})
    assert (sure and sure.describe(query).text) == meant
    if meant is None:
        assert offered.describe(query).text == known
        assert not probable


def test_letters_before_a_word_that_is_everywhere_are_a_slip():
    """Who asks a shop means its `order`, whatever stands before it."""
    texts, levels = ["an order status"] * 300, {"order": 20}
    assert correct("zorder status", {"zorder"}, texts, levels)[0].text == "order status"
    assert correct("zorder status", {"zorder"}, texts[:1], levels) is None


def test_what_is_far_is_offered_but_not_probable():
    """Where all that was typed finds nothing, it is read as a common word, not as a rare one."""
    for level, expected in ((15, True), (1, False)):
        found, query = corrections("lofal", None, ("local",), {"local": level})
        assert (found.sure, found.probable) == (None, expected)
        assert found.offered.describe(query).text == "local"


@pytest.mark.parametrize(
    ("text", "levels", "meant"),
    [
        ("remot", {}, "remote"),
        ("modell", {"model": 20}, "model"),
        ("webhooks", {"webhook": 0}, None),
        ("usernames", {"username": 8}, None),
        ("softwares", {"software": 18}, "software"),
    ],
)
def test_regular_forms_are_no_slips(text, levels, meant):
    """Of words that the language does not have, or that are so rare that their forms may be left
    out of its lexicon.
    """
    texts = ("remote", "model", "webhook", "username", "software")
    found = correct(text, texts=texts, levels=levels)
    assert (found and found[0].text) == meant


def test_stop_words_are_no_halves():
    """Whatever they stand beside."""
    assert correct("verypackage", texts=("very package",)) is None


def test_without_a_lexicon_only_what_is_clear_is_corrected():
    """For languages that have none: all words have level 0. The rest is offered."""
    texts = ("paczka", "paczka", "paczki", "adres")
    none = dict.fromkeys(("paczka", "paczki", "adres"), 0)
    assert correct("pacczka", texts=texts, levels=none)[0].text == "paczka"
    assert correct("akres", texts=texts, levels=none) is None


def test_compounds_are_taken_apart_where_a_language_makes_them_at_will():
    """Into words that articles hold somewhere, an `s` between them or none; in English not."""
    texts = ("die Rechnung", "eine Nummer", "Bestellung")
    for language, meant in (("de", "rechnung nummer"), ("en", None)):
        analyzer = Analyzer(language)
        for levels in ({}, {"rechnungsnummer": 20}):
            corrector = Corrector(FakeStatistics(analyzer, texts, levels=levels), analyzer)
            query = parse_query("Rechnungsnummer")
            tokens = list(analyzer.tokens(query.words))
            sure = corrector.correct(tokens, tokens).sure
            assert (sure and sure.describe(query).text) == meant


@pytest.mark.parametrize(
    ("language", "texts", "word", "meant"),
    [
        # the stem of "andene" is "and", which nobody means by the end of this word
        ("nb", ("ditt beste valg, best", "rock and roll"), "bestandene", None),
        ("nb", ("ditt beste valg, best", "to ender, andene"), "bestandene", "best andene"),
        ("de", ("Zahlung", "alle Wege"), "zahlungswege", "zahlung wege"),
        ("de", ("Zahlung", "ein Weg"), "zahlungswege", None),
        ("de", ("Zahlung", "eine Nummer"), "zahlungsnummern", "zahlung nummern"),
    ],
)
def test_a_part_of_a_compound_with_a_short_stem_is_held_as_written(language, texts, word, meant):
    """Anything that ends as words do leaves a stem of three letters; a longer one is a word's."""
    analyzer = Analyzer(language)
    corrector = Corrector(FakeStatistics(analyzer, texts), analyzer)
    query = parse_query(word)
    tokens = list(analyzer.tokens(query.words))
    sure = corrector.correct(tokens, tokens).sure
    assert (sure and sure.describe(query).text) == meant


def test_names_of_the_settings_are_never_corrected():
    """Not even where a slip is likely, before digits, or as a compound of known words."""
    texts = ("your order", "your order", "rechnung und nummer")
    for name in ("ordr", "ordr12", "rechnungsnummer"):
        analyzer = Analyzer("de", names=["Unser Ordr", "ordr12", "Rechnungsnummer"])
        levels = dict.fromkeys(analyzer.own_words(), OWN)
        for known, changed in (({}, True), (levels, False)):
            statistics = FakeStatistics(analyzer, texts, levels={name: 0, **known})
            tokens = list(analyzer.tokens(name))
            sure, offered, _ = Corrector(statistics, analyzer).correct(tokens, tokens)
            assert bool(sure or offered) is changed, name
