"""Facts about what may stand for a query's words."""

import pytest
from support.statistics import FakeStatistics

from kb.config import Ranking, SearchConfig
from kb.search.expansion import MAX_COMPLETIONS, Alternative, Expander
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()
RANKING = Ranking(synonym=0.5, whole=0.25)
TEXTS = ("track a package", "packages and packets", "package wi-fi", "pack it")


def maker(synonyms=None, texts=TEXTS):
    """Make a maker on some texts."""
    return Expander(FakeStatistics(ANALYZER, texts), ANALYZER, RANKING, synonyms or {})


def tokens_of(text):
    """Give the tokens that a query ranks by."""
    return [token for token in ANALYZER.tokens(text) if not token.stop]


def made(text, synonyms=None, **options):
    """Make concepts: surface -> texts of its alternatives with their factors."""
    concepts = maker(synonyms).expand(tokens_of(text), **{"prefix": False, **options})
    return {
        concept.surface: {" ".join(a.terms): a.factor for a in concept.alternatives}
        for concept in concepts.all
    }


def test_a_word_stands_for_itself():
    """Without synonyms each distinct term is one concept."""
    assert made("track packages package") == {"track": {"track": 1.0}, "packages": {"packag": 1.0}}


def test_synonyms_stand_for_a_word_at_a_discount():
    """The word itself comes first and counts in full."""
    found = made("late parcels", {"parcel": ("package", "shipment")})
    assert list(found["parcels"].items()) == [("parcel", 1.0), ("packag", 0.5), ("shipment", 0.5)]
    assert found["late"] == {"late": 1.0}


def test_a_rare_synonym_counts_no_more_than_the_word_that_was_typed():
    """Most sections hold `order`: the one with `purchase` must not come before them for it."""
    texts = ("order a", "order b", "order c", "order d", "my purchase")
    expander = maker({"order": ("purchase",), "purchase": ("order",)}, texts)
    idf = expander.statistics.idf
    for word, other in (("order", "purchas"), ("purchase", "order")):
        (found,) = expander.expand(tokens_of(word), prefix=False).all
        [_, synonym] = found.alternatives
        assert synonym.terms == (other,)
        assert synonym.factor * idf(other) <= 0.5 * idf(found.term)
    assert synonym.factor == 0.5


def test_one_letter_behind_other_words_begins_none():
    """By itself it does, and so do two letters, and one character of scripts whose words are short."""
    assert made("track p", prefix=True)["p"] == {"p": 1.0}
    for text in ("p", "track pa"):
        assert "packag" in made(text, prefix=True)[text.split()[-1]]
    found = maker(texts=("track 包裹 包",)).expand(tokens_of("track 包"), prefix=True).all[-1]
    assert len(found.alternatives) > 1


def test_one_way_synonyms_work_one_way():
    """Asking for a parcel finds packages; asking for a package finds packages only."""
    synonyms = SearchConfig(one_way=(("parcel", ("package",)),)).expansions()
    assert "packag" in made("parcel", synonyms)["parcel"]
    assert made("package", synonyms)["package"] == {"packag": 1.0}


def test_two_way_synonyms_work_both_ways():
    """Each of a group finds all of it."""
    synonyms = SearchConfig(synonyms=(("parcel", ("package", "shipment")),)).expansions()
    for word in ("parcel", "package", "shipment"):
        assert set(made(word, synonyms)[word]) == {"parcel", "packag", "shipment"}


def test_a_synonym_may_be_a_phrase():
    """Its words count as neighbours only, stop words left out."""
    found = made("tv", {"tv": ("television set", "box of moving pictures")})
    assert list(found["tv"]) == ["tv", "televis set", "box move pictur"]


def test_a_phrase_may_have_synonyms():
    """Its words are concepts still, and the whole of it is one more, of the same unit."""
    maker_ = maker({"gift card": ("voucher",)})
    concepts = maker_.expand(tokens_of("lost my gift card number"), prefix=False)
    whole = concepts.all[-1]
    assert (whole.surface, whole.compound) == ("gift card", True)
    assert whole.alternatives == (Alternative(("voucher",), 0.5),)
    units = {concept.surface: concept.unit for concept in concepts.all}
    assert units["gift"] == units["card"] == whole.unit
    assert len({units["lost"], units["gift"], units["number"]}) == 3


@pytest.mark.parametrize("text", ["wi-fi router", "Wi-Fi routers", "wi fi router"])
def test_a_phrase_with_a_hyphen_has_synonyms(text):
    """However it is written, the unit's joined form does not hide the phrase."""
    assert "access point" in str(maker({"wi-fi router": ("access point",)}).used(tokens_of(text)))
    assert "access point" in made(text, {"wi-fi router": ("access point",)}).popitem()[1]


def test_forms_of_one_word_share_their_synonyms():
    """Two keys with the same stem are one, with the synonyms of both."""
    found = made("parcel", {"parcel": ("package",), "parcels": ("shipment", "package")})
    assert list(found["parcel"]) == ["parcel", "packag", "shipment"]


def test_synonyms_without_a_word_stand_for_nothing():
    """A table that says `!!! = ???` is no trouble."""
    assert made("package", {"!!!": ("package",), "package": ("???",)}) == {
        "package": {"packag": 1.0}
    }


def test_what_was_used_is_told():
    """The answer explains which others stood in."""
    used = maker({"parcel": ("package",), "gift card": ("voucher",)}).used
    assert used(tokens_of("Parcels and a gift card")) == (
        ("parcels", ("package",)),
        ("gift card", ("voucher",)),
    )
    assert used(tokens_of("package")) == ()


def test_the_last_word_may_be_a_beginning():
    """It stands for the words that it begins, those of most articles first."""
    found = made("track pack", prefix=True)
    assert list(found["pack"].items()) == [("pack", 1.0), ("packag", 0.5), ("packet", 0.5)]
    assert found["track"] == {"track": 1.0}


def test_a_completion_counts_no_more_than_the_word_itself():
    """`commit` is finished, perhaps: the rare `committers` must not win over it."""
    texts = ("undo a commit", "commit early", "a commit", "committers", "undo", "undo it")
    found = maker(texts=texts).expand(tokens_of("undo commit"), prefix=True).all[1]
    assert found.alternatives[0] == Alternative(("commit",), 1.0)
    [rare] = [a for a in found.alternatives if a.terms == ("committ",)]
    assert rare.factor * 5 <= 0.5 * 3 < (rare.factor + 1 / 128) * 5  # its idf is 5, the word's 3


def test_a_completion_counts_no_more_than_the_rarest_finished_word():
    """No text holds `comm`: what it begins may count as much as `undo`, and no more."""
    texts = ("undo a commit", "commit early", "a commit", "community", "undo", "undo it")
    found = maker(texts=texts).expand(tokens_of("undo comm"), prefix=True).all[1]
    factors = {a.terms[0]: a.factor for a in found.alternatives[1:]}
    assert factors["commit"] == 0.5
    assert factors[ANALYZER.stem("community")] * 5 <= 0.5 * 3


def test_every_word_may_be_a_beginning():
    """That is the last resort when nothing was found."""
    found = made("trac pack", prefix=True, every=True)
    assert set(found["trac"]) == {"trac", "track"}
    assert set(found["pack"]) == {"pack", "packag", "packet"}


def test_completions_are_limited():
    """One letter does not stand for half the dictionary."""
    texts = tuple(f"z{chr(97 + i)}{chr(97 + j)}" for i in range(10) for j in range(10))
    concepts = maker(texts=texts).expand(tokens_of("z"), prefix=True)
    assert len(concepts.all[0].alternatives) == 1 + MAX_COMPLETIONS


def test_the_joined_form_counts_for_less():
    """`wifi` of `wi-fi` is one concept of the same unit, at its discount."""
    concepts = maker().expand(tokens_of("wi-fi"), prefix=False)
    assert [(c.surface, c.compound, c.alternatives[0].factor) for c in concepts.all] == [
        ("wi", False, 1.0),
        ("fi", False, 1.0),
        ("wifi", True, 0.25),
    ]
    assert len({concept.unit for concept in concepts.all}) == 1


def test_neighbours_are_pairs():
    """Parts of units and words, in order, each pair once, none of a word with itself."""
    concepts = maker().expand(tokens_of("lost wi-fi router router lost wi-fi"), prefix=False)
    assert [surface for surface, _ in concepts.pairs] == [
        "lost wi",
        "wi fi",
        "fi router",
        "router lost",
    ]


def test_known_words_are_in_the_corpus_or_have_synonyms():
    """Others may be misspelt."""
    known = maker({"parcel": ("package",)}).is_known
    assert [known(token) for token in tokens_of("packages parcel pacakge")] == [True, True, False]
