"""Facts about corrected queries."""

import pytest
from support.statistics import FakeStatistics

from kb.search.query import parse_query
from kb.search.spelling import Corrector
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()
TEXTS = ("track a package", "the package is late", "a rate of delivery", "Café")


def correct(text, wrong=None, texts=TEXTS):
    """Correct a query: gives its Correction and its new terms, or None."""
    query = parse_query(text)
    tokens = [token for token in ANALYZER.tokens(query.words) if not token.stop]
    chosen = [token for token in tokens if wrong is None or token.surface in wrong]
    corrected = Corrector(FakeStatistics(ANALYZER, texts), ANALYZER).correct(tokens, chosen)
    if corrected is None:
        return None
    return corrected.describe(query), [token.term for token in corrected.tokens]


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
    """Among equally near words; then the alphabet decides."""
    assert correct("lats", texts=("late", "lata lata", "late"))[0].text == "late"
    assert correct("lats", texts=("late", "lata"))[0].text == "lata"


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


def test_a_correction_is_never_a_stop_word():
    """Even where a stop word is the nearest word that is known, it now stands for itself."""
    _, terms = correct("verry", texts=("very",))
    assert terms == [ANALYZER.stem("very")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("latepackage", "late package"),
        ("package12", "package 12"),
        ("deliveryrate", "delivery rate"),
        ("xyzpackage", None),
        ("unknown12", None),
        ("apackage", "package"),
        ("package12345", None),
        ("ofpackage", None),
    ],
)
def test_words_that_were_run_together_are_taken_apart(text, meant):
    """Two known words of three letters or more, or a known word before a short number."""
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
    assert len(Corrector(postings, ANALYZER).correct(tokens, tokens).changes) == 3
    assert len(listed) == len(set(listed))
