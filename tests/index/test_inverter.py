"""Facts about what is indexed of an article."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.articles import make_article

from kb.config import Ranking
from kb.index.inverter import Inverter
from kb.model import Audience, Status
from kb.search.protocols import LAST_POSITION, RANGE_STARTS, field_of
from kb.search.ranking import HEAD_MASK, HEAD_SHIFT, LEVEL_MASK, OCCURRENCES_SHIFT, Averages
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()
EVEN = Averages((5.0,) * 5)


@dataclass
class Indexed:
    """A section as it is indexed: term -> (weight, positions)."""

    heads: dict
    lengths: tuple
    terms: dict = field(default_factory=dict)
    linked: dict = field(default_factory=dict)


def documents(article, ranking=None):
    """The sections of an article as they are indexed."""
    return inverted([article], ranking or Ranking())[0]


def inverted(articles, ranking):
    """The sections of each article as they are indexed, together."""
    inverter = Inverter(ANALYZER, ranking)
    made, by_number = [], {}
    for article in articles:
        number = len(by_number) + len(made)
        sections = inverter.add(article, number).sections
        made.append([Indexed(s.heads, s.lengths) for s in sections])
        by_number |= dict(enumerate(made[-1], number + 1))
    fields = inverter.postings(EVEN).items()
    for name, term, found in ((name, *entry) for name, held in fields for entry in held):
        start = 0
        for doc, weight, size in zip(found.docs, found.weights, found.sizes, strict=True):
            positions = list(found.positions[start : start + size])
            getattr(by_number[doc], name.removeprefix("hidden_"))[term] = (weight, positions)
            start += size
        assert start == len(found.positions)
    return made


def places(document, term):
    """The positions of a term."""
    return list(document.terms[term][1])


def level_of(document, term):
    """The level of a term's frequency."""
    return document.terms[term][0] & LEVEL_MASK


def linked(article, *texts):
    """The article with these texts of its lead section as links."""
    section = article.sections[0]
    starts = [section.text.index(text) for text in texts]
    spans = tuple((a, a + len(text)) for a, text in zip(starts, texts, strict=True))
    return replace(article, sections=(replace(section, links=spans), *article.sections[1:]))


FULL = make_article(
    "t/a",
    "Late package",
    ("Track the order", "Open the order page.\nRead the status."),
    lead="Most packages come late.",
    issues=("package never arrived", "where is it"),
    aliases=("t/lost_and-found",),
)


def test_each_field_has_a_range_of_positions():
    """Of title, heading, trail, issue phrases and text, in this order."""
    lead, section = documents(FULL)
    assert places(lead, "late") == [RANGE_STARTS[0], RANGE_STARTS[4] + 2]
    assert places(section, "order") == [RANGE_STARTS[1] + 1, RANGE_STARTS[4] + 1]
    assert [field_of(place) for place in places(lead, "arriv")] == [3]
    assert places(lead, "found")
    assert "arriv" not in section.terms


def test_a_trail_is_a_field():
    """The headings above, each apart from the next."""
    article = make_article("a", "Title", ("Deep", "text"))
    section = replace(article.sections[1], trail=("One thing", "Another thing"))
    (_, document) = documents(replace(article, sections=(article.sections[0], section)))
    one, two = places(document, "thing")
    assert field_of(one) == field_of(two) == 2
    assert places(document, "anoth")[0] - one > 1


def test_stop_words_have_the_position_of_the_word_after_them():
    """They are found, and take no position from others."""
    _, section = documents(FULL)
    assert len(places(section, "the")) == 3
    assert section.terms["the"][0] >> OCCURRENCES_SHIFT == 3


def test_blocks_and_phrases_are_no_neighbours():
    """The last word of one does not stand before the first of the next."""
    _, section = documents(FULL)
    assert places(section, "read")[0] - places(section, "page")[0] > 1
    lead, _ = documents(FULL)
    assert places(lead, "lost")[0] - places(lead, "arriv")[0] > 1


def test_words_of_the_head_are_marked():
    """Those of the heading weigh more than those of the title alone; others nothing."""
    _, section = documents(FULL)
    heads = {term: weight >> HEAD_SHIFT & HEAD_MASK for term, (weight, _) in section.terms.items()}
    assert heads["order"] == heads["track"] > heads["packag"] > heads["page"] == 0
    assert section.heads == {
        "order": heads["order"], "track": heads["order"],
        "packag": heads["packag"], "late": heads["packag"],
    }  # fmt: skip


def test_a_head_of_stop_words_keeps_them():
    """`The Who` is a title, too."""
    (document,) = documents(make_article("a", "The Who", lead="Who is the who?"))
    assert set(document.heads) == {"the", "who"}
    for title, terms in (("The Who", ("the", "who")), ("The band", ("band",))):
        assert Inverter(ANALYZER, Ranking()).add(make_article("a", title), 0).title == terms


def test_the_first_block_counts_for_more():
    """It says what the section is about."""
    article = make_article("a", "Title", lead="alpha one\nbeta two")
    (document,) = documents(article)
    assert level_of(document, "alpha") > level_of(document, "beta")
    (same,) = documents(article, Ranking(lead_weight=0))
    assert level_of(same, "alpha") == level_of(same, "beta")


def test_words_of_links_count_for_less():
    """They say what another page is about."""
    article = linked(make_article("a", "Title", lead="alpha one\nbeta two"), "alpha")
    (document,) = documents(article, Ranking(lead_weight=0))
    assert level_of(document, "alpha") < level_of(document, "beta")
    (same,) = documents(article, Ranking(lead_weight=0, link_share=1))
    assert level_of(same, "alpha") == level_of(same, "beta")


def test_links_leave_the_length_as_it_is():
    """And the words around them in their order."""
    article = make_article("a", "Title", lead="open the order page and read")
    plain, with_link = documents(article)[0], documents(linked(article, "order page"))[0]
    assert plain.lengths == with_link.lengths
    assert plain.terms.keys() == with_link.terms.keys()
    for term in ("open", "read"):
        assert places(plain, term) == places(with_link, term)


def test_long_fields_stay_in_their_ranges():
    """A title of a hundred thousand words breaks nothing, and is all found."""
    title = " ".join(f"w{number}" for number in range(70_000)) + " mango " * 3000
    article = make_article("a", title, ("mango w1 " * 3000, "mango end"), issues=("mango " * 9000,))
    lead, section = documents(article)
    assert "w69999" in lead.terms
    for document in (lead, section):
        found = places(document, "mango")
        assert found == sorted(found)
    assert {field_of(place) for place in places(lead, "w69999")} == {0}
    assert {field_of(place) for place in places(section, "end")} == {4}
    assert {field_of(place) for place in places(lead, "mango")} == {0, 3}


def test_a_text_that_is_longer_than_positions_go():
    """Its words are found and counted, without positions past the last."""
    (document,) = documents(make_article("a", "T", lead="alpha " * 60_000 + "omega"))
    assert places(document, "omega") == []
    assert max(places(document, "alpha")) < LAST_POSITION
    assert document.lengths[-1] == 60_001


def test_words_are_those_of_every_text():
    """As written, for spelling: of title, headings, texts, issue phrases and former names."""
    words = Inverter(ANALYZER, Ranking()).add(FULL, 0).words
    assert {"late", "packages", "order", "status", "arrived", "lost", "found"} <= words
    assert "packag" not in words


@pytest.mark.parametrize(
    ("fields", "hidden"),
    [
        ({}, False),
        ({"audience": Audience.AGENT}, True),
        ({"status": Status.DRAFT}, True),
        ({"status": Status.ARCHIVED}, True),
    ],
)
def test_hidden_articles_are_marked_and_count_for_no_average(fields, hidden):
    """The public's averages are those of what it sees."""
    inverter = Inverter(ANALYZER, Ranking())
    article = make_article("a", "T", lead="word " * 50, **fields)
    assert inverter.add(article, 0).hidden == hidden
    assert (inverter.sections, inverter.totals[-1]) == ((0, 0) if hidden else (1, 50))
    assert list(inverter.postings(EVEN)) == (["hidden_terms"] if hidden else ["terms"])


def test_articles_are_apart_in_one_inverter():
    """What stands in many is what stands in each alone."""
    articles = [FULL, make_article("u/b", "Late refund", ("Late", "late the package late"))]
    articles.append(linked(make_article("u/c", "Track", lead="late order page"), "order"))
    together = inverted(articles, Ranking())
    assert together == [documents(article) for article in articles]


texts = st.lists(
    st.sampled_from(["package", "the", "wi-fi", "late", "\n", "é", "注文", "C++", "½"]), max_size=30
).map(" ".join)


@given(
    st.lists(st.tuples(texts, texts), max_size=4),
    texts,
    texts,
    st.lists(texts, max_size=3),
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
def test_every_word_is_indexed_in_its_place(sections, title, lead, issues, span):
    """Positions ascend within their fields, and every word of a section's texts can be found."""
    article = make_article("a", title or "T", *sections, lead=lead, issues=tuple(issues))
    if span[0] < span[1] <= len(lead):
        article = replace(
            article, sections=(replace(article.sections[0], links=(span,)), *article.sections[1:])
        )
        lead = lead[: span[0]] + " " + lead[slice(*span)] + " " + lead[span[1] :]
    made = documents(article)
    for section, document in zip(article.sections, made, strict=True):
        text = lead if section.position == 0 else section.text
        shown = (article.title, section.heading, text, *(issues if section.position == 0 else ()))
        wanted = {token.term for part in shown for token in ANALYZER.tokens(part)}
        assert set(document.terms) == wanted
        for term, (weight, _) in document.terms.items():
            found = places(document, term)
            assert found == sorted(found)
            assert 0 <= weight < 1 << 16
            assert bool(weight >> HEAD_SHIFT & HEAD_MASK) == (
                term in {t.term for p in shown[:2] for t in ANALYZER.tokens(p)}
            )
        assert set(document.heads) <= set(document.terms)
