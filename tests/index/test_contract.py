"""What every engine promises, held against a plain dictionary of words."""

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from support.articles import make_article
from support.cluster_engine import URLS, ClusterEngine, needs_cluster
from support.memory_engine import MemoryEngine

from kb.config import Ranking
from kb.index.whoosh.engine import WhooshEngine
from kb.model import (
    Action,
    Audience,
    Channel,
    Condition,
    Found,
    Match,
    Section,
    Status,
    Step,
    Tier,
    meta_of,
)
from kb.search.protocols import CHANNELS, Similarities
from kb.search.query import ALL, Filters, Request, parse_query
from kb.search.searcher import Searcher
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()
ENGINES = [WhooshEngine, MemoryEngine, pytest.param(ClusterEngine, marks=needs_cluster)]
every_engine = pytest.mark.parametrize("kind", ENGINES, ids=lambda kind: kind.__name__)


def examples(count):
    """How many examples are tried: fewer where each makes an index on a cluster, too."""
    return 6 if URLS else count


def by_id(articles):
    """Put articles in the order in which an engine gets them."""
    return sorted(articles, key=lambda article: article.id)


@contextmanager
def opened(kind, articles, *, synonyms=None, ranking=None, analyzer=ANALYZER):
    """An engine on a new index of the articles."""
    with tempfile.TemporaryDirectory() as folder:
        engine = kind(Path(folder), analyzer, ranking or Ranking())
        engine.synonyms = synonyms or {}
        engine.build(by_id(articles))
        try:
            yield engine
        finally:
            engine.close()
            if isinstance(engine, ClusterEngine):
                engine.remove()


def ask(engine, text, **options):
    """Ask a query as it is, without corrections unless they are asked for."""
    searcher = Searcher(engine.index, engine.analyzer, engine.ranking, engine.synonyms)
    return searcher.search(Request(parse_query(text), **{"correct": False, **options}))


def ask_with_meaning(engine, text, **options):
    """The same, where the letters of a text are its meaning."""
    if isinstance(engine, WhooshEngine):
        reader = engine.reader
        docs = (doc for _, found in reader.all_documents() for doc in found[1:])
        texts = {doc: reader.section_record(doc)["text"] for doc in docs}
    else:
        stored = engine.index.stored
        texts = {key: stored[key].record["text"] for key in sorted(stored)}
    meaning = Alphabet(texts)
    searcher = Searcher(engine.index, ANALYZER, engine.ranking, engine.synonyms, meaning)
    return searcher.search(Request(parse_query(text), **{"correct": False, **options}))


def places(results):
    """The sections of an answer, best first."""
    return [(found.card.id, found.section.anchor) for found in results.sections]


def all_places(results):
    """The sections of an answer, and those that say the same."""
    return {
        *places(results),
        *((twin.article, twin.anchor) for found in results.sections for twin in found.also),
    }


def scored(results):
    """All that an answer says of each section."""
    sure = results.confidence
    return [(s.card, s.section, s.score, s.match, s.parts, sure) for s in results.sections]


# The oracle -----------------------------------------------------------------------------


def texts_of(article, section):
    """The texts in which a section's words stand."""
    issues = article.issues if section.position == 0 else ()
    return (article.title, section.heading, *section.trail, *issues, section.text)


def content_terms(text):
    """The terms of a text in order, without stop words and joined forms."""
    return [t.term for t in ANALYZER.tokens(text) if not t.stop and not t.whole]


def holds(article, section, terms):
    """Whether the terms stand one after the other in one of a section's texts."""
    for text in texts_of(article, section):
        found = content_terms(text)
        if any(found[i : i + len(terms)] == terms for i in range(len(found))):
            return True
    return False


def all_terms(article, section):
    """Every term of a section, stop words and joined forms too."""
    return {t.term for text in texts_of(article, section) for t in ANALYZER.tokens(text)}


def is_public(article):
    """Whether the public sees an article."""
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED


def expected(articles, words, *, phrase=(), without=()):
    """The sections of the public that a query should find."""
    tokens = list(ANALYZER.tokens(" ".join([*words, *phrase])))
    terms = {t.term for t in tokens if not t.stop} or {t.term for t in tokens}
    return {
        (article.id, section.anchor)
        for article in articles
        for section in article.sections
        if is_public(article)
        and terms & all_terms(article, section)
        and (not phrase or holds(article, section, content_terms(" ".join(phrase))))
        and not any(ANALYZER.stem(word) in all_terms(article, section) for word in without)
    }


WORDS = [
    "package", "packages", "late", "track", "tracking", "refund", "gift", "card", "wi-fi", "C++",
    "café", "os.path", "v1.2", "IT", "the", "is", "of", "zebra", "注文",
]  # fmt: skip
words = st.lists(st.sampled_from(WORDS), max_size=12)
texts = words.map(" ".join)
queries = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)
ids = st.sampled_from(["a", "b", "t/a", "t/b", "t/u/c"])


@st.composite
def articles(draw, hidden=True):
    """An article of a few words; perhaps one that the public does not see."""
    published = st.just((Audience.PUBLIC, Status.PUBLISHED))
    unseen = st.tuples(st.sampled_from(Audience), st.sampled_from(Status))
    audience, status = draw(st.one_of(published, unseen) if hidden else published)
    return make_article(
        draw(ids),
        draw(texts.filter(bool)),
        *draw(st.lists(st.tuples(texts, texts), max_size=3)),
        lead=draw(texts),
        issues=tuple(draw(st.lists(texts, max_size=2))),
        tier=draw(st.sampled_from(Tier)),
        audience=audience,
        status=status,
    )


corpora = st.lists(articles(), max_size=5, unique_by=lambda article: article.id)


@every_engine
@settings(max_examples=examples(40), deadline=None)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=4))
def test_found_is_what_holds_a_word(kind, corpus, asked):
    """Every section of the public with any of the words, and no other."""
    with opened(kind, corpus) as engine:
        for query in asked:
            results = ask(engine, " ".join(query))
            wanted = expected(corpus, query)
            if wanted:
                assert results.found is Found.WORDS
                assert all_places(results) == wanted
                assert results.total == len(results.sections)
                assert len(wanted) == results.total + sum(len(s.also) for s in results.sections)
            else:
                assert results.found in {Found.PREFIX, Found.NOTHING}


plain_words = st.sampled_from(["package", "late", "tracking", "refund", "gift", "card"])


@every_engine
@settings(max_examples=examples(40), deadline=None)
@given(
    corpus=corpora,
    phrase=st.lists(plain_words, min_size=1, max_size=3),
    more=st.lists(plain_words, max_size=2),
    without=st.lists(plain_words, max_size=1),
)
def test_phrases_are_required_and_exclusions_left_out(kind, corpus, phrase, more, without):
    """A phrase's words stand one after the other in one text; an excluded word stands nowhere."""
    query = " ".join([*more, f'"{" ".join(phrase)}"', *(f"-{word}" for word in without)])
    wanted = expected(corpus, more, phrase=phrase, without=without)
    with opened(kind, corpus) as engine:
        results = ask(engine, query)
        assert all_places(results) == wanted or not wanted


@every_engine
@settings(max_examples=examples(25), deadline=None)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=3))
def test_what_the_public_does_not_see_changes_nothing_for_it(kind, corpus, asked):
    """No hit, no score, no correction, no completion, no confidence."""
    public = [article for article in corpus if is_public(article)]
    with opened(kind, corpus) as engine, opened(kind, public) as other:
        for query in asked:
            for options in ({}, {"prefix": True}, {"correct": True}):
                text = " ".join(query)
                one, two = (ask(e, text, explain=True, **options) for e in (engine, other))
                assert scored(one) == scored(two)
                assert (one.found, one.total, one.terms, one.correction) == (
                    two.found, two.total, two.terms, two.correction,
                )  # fmt: skip


@every_engine
@settings(max_examples=examples(25), deadline=None)
@given(data=st.data(), corpus=corpora)
def test_an_updated_index_answers_as_a_new_one(kind, data, corpus):
    """Whatever was taken out and put in, in whatever order, to the last digit."""
    files = {article.id: article for article in corpus}
    with opened(kind, corpus) as engine:
        for _ in range(data.draw(st.integers(1, 4))):
            removed = data.draw(st.sets(st.sampled_from(sorted(files)))) if files else set()
            added = data.draw(corpora)
            gone = removed | (files.keys() & {article.id for article in added})
            files = {id_: a for id_, a in files.items() if id_ not in gone}
            files.update({article.id: article for article in added})
            engine.close()
            updated = engine.update(sorted(gone), by_id(added))
            event(f"updated: {updated}")
            if not updated:
                shutil.rmtree(engine.folder)
                engine.folder.mkdir()
                engine.build(by_id(files.values()))
        with opened(kind, files.values()) as fresh:
            assert engine.cards() == fresh.cards()
            assert list(engine.cards()) == sorted(files)
            assert engine.cards_with(CHANNELS) == fresh.cards_with(CHANNELS)
            for word in WORDS:
                options = {"explain": True, "drafts": data.draw(st.booleans())}
                one, two = (ask(e, f"{word} late card", **options) for e in (engine, fresh))
                assert scored(one) == scored(two)
            one, two = engine.describe(), fresh.describe()
            assert (one.articles, one.sections) == (two.articles, two.sections)


@every_engine
@settings(max_examples=examples(25), deadline=None)
@given(corpus=corpora, query=queries, cap=st.integers(1, 3))
def test_a_limit_cuts_the_same_list(kind, corpus, query, cap):
    """At every limit the first sections are the same, best first, and so is the total."""
    text = " ".join(query)
    with opened(kind, corpus) as engine:
        whole = ask(engine, text, per_article=cap)
        scores = [section.score for section in whole.sections]
        assert scores == sorted(scores, reverse=True)
        articles = [section.card.id for section in whole.sections]
        assert all(articles.count(id_) <= cap for id_ in articles)
        uncapped = places(ask(engine, text))
        assert [place for place in uncapped if place in places(whole)] == places(whole)
        for limit in range(1, len(scores) + 2):
            cut = ask(engine, text, limit=limit, per_article=cap)
            assert scored(cut) == scored(whole)[:limit]
            assert cut.total == whole.total == len(uncapped)


@every_engine
@settings(max_examples=examples(25), deadline=None)
@given(corpus=corpora, query=queries)
def test_parts_add_up_to_the_score(kind, corpus, query):
    """An explanation leaves nothing out, and names words of the query."""
    with opened(kind, corpus, synonyms={"late": ("package",)}) as engine:
        for section in ask(engine, " ".join(query), explain=True).sections:
            assert sum(part.score for part in section.parts) == pytest.approx(
                section.score, abs=2e-6
            )
            assert section.score > 0
        assert all(not section.parts for section in ask(engine, " ".join(query)).sections)


@pytest.mark.parametrize("kind", ENGINES[1:], ids=lambda kind: kind.__name__)
@settings(max_examples=examples(40), deadline=None)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=3), data=st.data())
def test_engines_give_the_same_answers(kind, corpus, asked, data):
    """To the last digit, whatever an engine is built of: one with postings, one without."""
    synonyms = {"late": ("package", "gift card")}
    with (
        opened(WhooshEngine, corpus, synonyms=synonyms) as one,
        opened(kind, corpus, synonyms=synonyms) as other,
    ):
        for query in asked:
            text = data.draw(st.sampled_from([" ".join(query), f'"{" ".join(query)}" late card']))
            options = {
                "explain": True,
                "limit": data.draw(st.sampled_from([1, 3, ALL])),
                "per_article": data.draw(st.sampled_from([1, ALL])),
                "prefix": data.draw(st.booleans()),
                "correct": data.draw(st.booleans()),
                "drafts": data.draw(st.booleans()),
                "audience": data.draw(st.sampled_from(Audience)),
                "person_first": data.draw(st.booleans()),
            }
            first, second = (ask(engine, text, **options) for engine in (one, other))
            assert scored(first) == scored(second)
            assert first._replace(sections=()) == second._replace(sections=())


@every_engine
def test_the_best_of_many_are_those_of_all(kind):
    """Where engines look at some sections only, the first are the same, with the same scores."""
    words = ("late", "package", "refund", "card", "gift")
    corpus = [
        make_article(
            f"{number % 7}/a{number}",
            " ".join(words[: number % 3]) or "Other",
            (words[number % 5], " ".join(words[i] for i in range(5) if number >> i & 1) + " more" * (number % 11)),
            lead=f"{words[number % 4]} and {words[number % 5]}",
            tier=list(Tier)[number % 13 % 3],
        )
        for number in range(300)
    ]  # fmt: skip
    with opened(kind, corpus) as engine:
        for text in ("late", "late package", "gift card refund late", "package -refund topic:3"):
            for person_first in (False, True):
                whole = ask(engine, text, person_first=person_first, explain=True)
                for limit in (1, 10, 100):
                    some = ask(engine, text, person_first=person_first, limit=limit, explain=True)
                    assert scored(some) == scored(whole)[:limit]
                    assert some.total == whole.total


class Alphabet:
    """A meaning of texts: how many of their letters they share. `texts` are by key, in order."""

    def __init__(self, texts):
        self.letters = {key: {*text.casefold()} for key, text in texts.items()}

    def similarities(self, asked):
        """Of all sections."""
        typed = {*asked.text.casefold()}
        cosines = {key: len(typed & own) / len(typed | own) for key, own in self.letters.items()}
        near = [key for key, cosine in cosines.items() if cosine > 0.3]
        return Similarities(cosines, sorted(near, key=lambda key: -cosines[key]))


@settings(max_examples=40, deadline=None)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=4), data=st.data())
def test_engines_agree_on_meaning(corpus, asked, data):
    """Words and meaning together, filters and all."""
    with opened(WhooshEngine, corpus) as one, opened(MemoryEngine, corpus) as other:
        for query in asked:
            text = data.draw(st.sampled_from([" ".join(query), f'"{query[0]}" late card']))
            options = {
                "explain": True,
                "limit": data.draw(st.sampled_from([1, 3, ALL])),
                "drafts": data.draw(st.booleans()),
                "audience": data.draw(st.sampled_from(Audience)),
            }
            first, second = (ask_with_meaning(engine, text, **options) for engine in (one, other))
            assert scored(first) == scored(second)
            assert first._replace(sections=()) == second._replace(sections=())
            public = {(a.id, s.anchor) for a in corpus for s in a.sections if is_public(a)}
            if not options["drafts"] and options["audience"] is Audience.PUBLIC:
                assert all_places(first) <= public


# Order ----------------------------------------------------------------------------------


@every_engine
def test_equal_scores_are_in_order_of_id_and_position(kind):
    """Whatever order they were written in, and at every limit, where none says what another does."""
    plants = iter(["oak", "elm", "fir", "ash", "yew", "box", "fig", "bay", "tea", "rye"])
    corpus = [
        make_article(id_, "Help", *(("Late package", f"See {next(plants)}.") for _ in range(2)))
        for id_ in ("b", "a", "c/a", "B", "é")
    ]
    wanted = [(id_, anchor) for id_ in ("B", "a", "b", "c/a", "é") for anchor in ("s1", "s2")]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, "late package")) == wanted
        assert places(ask(engine, "late package", limit=3)) == wanted[:3]
        engine.close()
        assert engine.update(["a"], [next(a for a in corpus if a.id == "a")])
        assert places(ask(engine, "late package")) == wanted


@every_engine
def test_many_equal_scores_are_in_order_too(kind):
    """Also where only the best are sorted."""
    corpus = [make_article(f"a{n:04}", "Late package") for n in range(700)]
    with opened(kind, corpus) as engine:
        wanted = [article.id for article in corpus]
        assert [id_ for id_, _ in places(ask(engine, "late"))] == wanted
        assert [id_ for id_, _ in places(ask(engine, "late", limit=100))] == wanted[:100]


@every_engine
def test_the_better_section_comes_first(kind):
    """Headings before text, all words before some, short before long."""
    corpus = [
        make_article("heading", "Help", ("Late package", "Look here.")),
        make_article("text", "Help", ("Other", "Your late package is here.")),
        make_article("some", "Help", ("Other", "Your package is here.")),
        make_article("long", "Help", ("Other", "Your package is here. " + "Other words. " * 50)),
    ]
    with opened(kind, corpus) as engine:
        found = [id_ for id_, _ in places(ask(engine, "late package"))]
        assert found == ["heading", "text", "some", "long"]


@every_engine
def test_self_service_wins_near_ties(kind):
    """What a customer can do alone comes before the same words elsewhere."""
    corpus = [make_article(tier.value, "Late package", tier=tier) for tier in Tier]
    with opened(kind, corpus) as engine:
        results = ask(engine, "late package", explain=True)
        assert results.sections[0].card.tier is Tier.SELF_SERVICE
        assert "tier" in {part.kind for part in results.sections[-1].parts}


@every_engine
def test_contact_comes_first_for_who_asks_for_a_person(kind):
    """All contact articles, also those without the words; the rest follows by score."""
    corpus = [
        make_article("late", "Talk to us when a package is late"),
        make_article("phone", "Phone", tier=Tier.CONTACT),
        make_article("chat", "Chat", lead="Talk to a human.", tier=Tier.CONTACT),
        make_article("draft", "Fax", tier=Tier.CONTACT, status=Status.DRAFT),
    ]
    with opened(kind, corpus) as engine:
        results = ask(engine, "talk to a human", person_first=True)
        assert [id_ for id_, _ in places(results)] == ["chat", "phone", "late"]
        assert results.confidence == 1
        assert places(ask(engine, "zzz", person_first=True))[:2] == [
            ("chat", "top"),
            ("phone", "top"),
        ]


# Filters --------------------------------------------------------------------------------

SHOP = [
    make_article("orders/late", "Late package", tags=("Tracking",)),
    make_article("orders/returns/how", "Return a package", tags=("refund", "two words")),
    make_article("ordersandmore/x", "Another package", tier=Tier.ADVICE),
    make_article("chat", "Chat about a package", tier=Tier.CONTACT),
    make_article("agents/notes", "Package notes", audience=Audience.AGENT),
    make_article("agents/plan", "Package plan", audience=Audience.AGENT, status=Status.DRAFT),
    make_article("draft", "Package draft", status=Status.DRAFT),
    make_article("old", "Package of old", status=Status.ARCHIVED),
]


@every_engine
@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("package", {}, {"orders/late", "orders/returns/how", "ordersandmore/x", "chat"}),
        ("package topic:orders", {}, {"orders/late", "orders/returns/how"}),
        ("package topic:Orders/Returns/", {}, {"orders/returns/how"}),
        ("package topic:nowhere", {}, set()),
        ("package", {"filters": Filters(topic="orders/")}, {"orders/late", "orders/returns/how"}),
        ("package topic:ordersandmore", {"filters": Filters(topic="orders")}, {"ordersandmore/x"}),
        ("package tag:tracking", {}, {"orders/late"}),
        ("package", {"filters": Filters(tag="TWO words")}, {"orders/returns/how"}),
        ("package tier:contact", {}, {"chat"}),
        ("package", {"filters": Filters(tier=Tier.ADVICE)}, {"ordersandmore/x"}),
        ("package tier:contact", {"filters": Filters(tag="refund")}, set()),
        ("topic:orders", {}, {"orders/late", "orders/returns/how"}),
        ("tier:contact -chat", {}, {"chat"}),
        ("package topic:agents", {"audience": Audience.AGENT}, {"agents/notes"}),
        ("package topic:agents", {"drafts": True}, set()),
        ("package topic:agents", {"audience": Audience.AGENT, "drafts": True}, {"agents/notes", "agents/plan"}),
        ("draft", {}, set()),
        ("draft", {"drafts": True}, {"draft"}),
        ("old", {"drafts": True}, {"old"}),
        ("notes", {"audience": Audience.AGENT}, {"agents/notes"}),
        ("", {}, set()),
        ("!!!", {}, set()),
    ],
)  # fmt: skip
def test_filters(kind, text, options, found):
    """A topic holds those below it; names are found in any case; a query's own filter wins."""
    with opened(kind, SHOP) as engine:
        results = ask(engine, text, **options)
        assert {id_ for id_, _ in places(results)} == found
        assert results.total == len(found)
        assert (results.found is Found.NOTHING) == (not found)


@every_engine
def test_filters_without_words_browse(kind):
    """The articles in order, each by its first section, as complete answers."""
    corpus = [make_article(id_, "Help", ("More", "text")) for id_ in ("t/b", "t/a", "x")]
    with opened(kind, corpus) as engine:
        results = ask(engine, "topic:t")
        assert places(results) == [("t/a", "top"), ("t/b", "top")]
        assert {(s.score, s.match) for s in results.sections} == {(0, Match.ALL)}
        assert results.confidence == 1
        assert len(ask(engine, "topic:t", limit=1).sections) == 1


# Words ----------------------------------------------------------------------------------


@every_engine
def test_stop_words_are_searched_when_there_is_nothing_else(kind):
    """`the who` and `it` find something; `the package` is about packages."""
    corpus = [make_article("who", "The Who"), make_article("package", "A package")]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, "the who")) == [("who", "top")]
        assert places(ask(engine, "The")) == [("who", "top")]
        assert places(ask(engine, "the package")) == [("package", "top")]


@every_engine
def test_phrases_reach_over_stop_words_but_not_over_fields(kind):
    """`state of the art` holds "state art"; a title's end is no neighbour of a text's begin."""
    corpus = [
        make_article("state", "State of the art"),
        make_article("title", "The state", lead="Art is long."),
        make_article("issues", "Other", issues=("my state", "art here")),
    ]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, '"state of the art"')) == [("state", "top")]
        assert places(ask(engine, '"state art"')) == [("state", "top")]
        assert len(places(ask(engine, "state art"))) == 3
        assert places(ask(engine, '"the state"')) == [("title", "top")]


PAIRED = {
    "login": ("Login", "Your login is the address that you gave."),
    "log": ("Access", "Log in with your password, then log in again."),
    "log-in": ("Entry", "The log-in page is slow."),
    "setup": ("Setup", "The setup takes a minute."),
    "set": ("Beginning", "Set up the printer first."),
    "sitemap": ("Sitemap", "A sitemap lists all pages."),
    "map": ("Pages", "The site map lists all pages."),
    "out": ("Leaving", "Sign out at the top."),
    "noise": ("Noise", "Any site, any map, a log of signs in the set."),
}


@every_engine
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("login", {"login", "log", "log-in"}),
        ("log in", {"login", "log", "log-in"}),
        ("log-in", {"login", "log", "log-in"}),
        ("setup", {"setup", "set"}),
        ("set up", {"setup", "set"}),
        ("sitemap", {"sitemap", "map"}),
        ("site map", {"sitemap", "map"}),
        ("signout", {"out"}),
    ],
)
def test_one_word_and_two_find_each_other(kind, asked, found):
    """Before what holds a part alone; by what the articles hold, side by side."""
    corpus = [make_article(id_, title, lead=text) for id_, (title, text) in PAIRED.items()]
    with opened(kind, corpus) as engine:
        for options in ({}, {"correct": True}):
            ranked = [id_ for id_, _ in places(ask(engine, asked, **options))]
            assert set(ranked[: len(found)]) == found


@every_engine
def test_words_that_stand_nowhere_side_by_side_are_not_two(kind):
    """`carpet` is no pet of a car."""
    with opened(kind, [make_article("a", "Car", lead="A red car, and a green pet.")]) as engine:
        assert places(ask(engine, "carpet")) == []


@every_engine
def test_a_message_is_not_about_its_courtesies(kind):
    """With four other words; fewer need all of them, and what is quoted counts."""
    corpus = [
        make_article("help", "Help", lead="Please get help, thanks. We want to help you get help."),
        make_article("mail", "Mail", lead="Mail that is not arriving at a mailbox."),
    ]
    with opened(kind, corpus) as engine:
        found = ask(engine, "Hi, please help, my mail is not arriving in the mailbox today, thanks")
        assert places(found) == [("mail", "top")]
        assert ("help", "top") in places(ask(engine, "please help mail arriving mailbox"))
        assert "help" in ask(engine, 'mail not arriving in mailbox today "help"').terms
        assert "help" in ask(engine, "mail not arriving in mailbox today help", prefix=True).terms


@every_engine
def test_abbreviations_that_an_article_explains_find_what_they_stand_for(kind):
    """Both ways, in other articles; hidden articles explain nothing to the public."""
    corpus = [
        make_article(
            "a", "Returns", lead="Ask for a Return Merchandise Authorization (RMA) first."
        ),
        make_article("b", "Label", lead="Print the RMA on the label."),
        make_article("c", "Form", lead="A return merchandise authorization has a form."),
        make_article("d", "Tills", lead="POS (Point of Sale) tills."),
        make_article("e", "Shop", lead="A point of sale is a shop."),
        make_article("f", "Agents", lead="The Blue Sky Team (BST).", audience="agent"),
        make_article("g", "Clouds", lead="A blue sky team."),
    ]
    with opened(kind, corpus) as engine:
        assert {id_ for id_, _ in places(ask(engine, "RMA"))} == {"a", "b", "c"}
        assert {id_ for id_, _ in places(ask(engine, "return merchandise authorization"))} == {
            "a",
            "b",
            "c",
        }
        assert {id_ for id_, _ in places(ask(engine, "pos"))} == {"d", "e"}
        assert places(ask(engine, "bst")) == []
        assert ask(engine, "rma").synonyms == (("rma", ("Return Merchandise Authorization",)),)


@every_engine
def test_compounds_are_found_by_the_words_that_they_are_made_of(kind):
    """In a language that makes them at will: by either word in any form, a verb by its infinitive;
    those of hidden articles by nobody of the public; the word itself first; and nothing is corrected.
    """
    corpus = [
        make_article("a", "Sendung", lead="In der Paketverfolgung steht die Bestellnummer."),
        make_article("b", "Verfolgung", lead="Die Verfolgung beginnt, sobald etwas unterwegs ist."),
        make_article("c", "Intern", lead="Die Geldverfolgung.", audience="agent"),
        make_article("d", "Anderes", lead="Eine Xyzqverfolgung gibt es hier nicht."),
    ]
    with opened(kind, corpus, analyzer=Analyzer("de")) as engine:
        assert places(ask(engine, "Verfolgung")) == [("b", "top"), ("a", "top")]
        assert places(ask(engine, "Paket")) == [("a", "top")]
        assert places(ask(engine, "Pakete", correct=True)) == [("a", "top")]
        assert places(ask(engine, "Nummern")) == [("a", "top")]
        assert places(ask(engine, "bestellen")) == [("a", "top")]
        assert places(ask(engine, "Geld")) == []
        assert places(ask(engine, "Geld", audience=Audience.AGENT)) == [("c", "top")]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, "Verfolgung")) == [("b", "top")]


@every_engine
def test_a_quoted_phrase_has_its_stop_words(kind):
    """`turn on` is not `turn off`, nor `turn in`."""
    corpus = [
        make_article("on", "Lights", lead="Turn on the light."),
        make_article("off", "Dark", lead="Turn off the light."),
        make_article("in", "Corner", lead="Turn in at the light, and go on."),
    ]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, '"turn on"')) == [("on", "top")]
        assert places(ask(engine, '"turn on the light"')) == [("on", "top")]
        assert places(ask(engine, '"turn off"')) == [("off", "top")]
        assert len(places(ask(engine, 'light -"turn on"'))) == 2
        assert places(ask(engine, '"and go on"')) == [("in", "top")]


@every_engine
def test_quotes_in_a_sentence_prefer(kind):
    """Three words outside say what it is about; fewer, and what is quoted is looked for."""
    corpus = [
        make_article("right", "Hide a page", lead="Hide a page of the menu in settings."),
        make_article("quoted", "Products", lead="A Products section, nothing else."),
        make_article("both", "Hide", lead="Hide the Products section of the menu in settings."),
    ]
    with opened(kind, corpus) as engine:
        found = ask(engine, 'I have a "Products section" and want to hide a page of the menu')
        assert {id_ for id_, _ in places(found)} == {"right", "quoted", "both"}
        assert [id_ for id_, _ in places(ask(engine, 'hide "products section"'))] == [
            "both",
            "quoted",
        ]
        parts = ask(engine, 'hide menu settings "products section"', explain=True).sections[0].parts
        assert [part.kind for part in parts].count("phrase") == 1


@every_engine
@pytest.mark.parametrize("asked", ["US shipping rates", "us shipping rates", "US SHIPPING RATES"])
def test_a_title_with_a_stop_word_wins_when_it_is_typed(kind, asked):
    """However it is typed; the word stays out of other queries."""
    corpus = [
        make_article(
            "a", "Shipping rates", lead="Shipping rates of all countries: shipping rates."
        ),
        make_article("us", "US shipping rates", lead="What we charge."),
        make_article("b", "Contact us", lead="Write to us about rates."),
    ]
    with opened(kind, corpus) as engine:
        assert places(ask(engine, asked))[0] == ("us", "top")
        assert places(ask(engine, "contact us"))[0] == ("b", "top")
        assert "us" not in ask(engine, "write to us").terms


@every_engine
def test_how_much_of_a_query_is_held(kind):
    """All, most or some of its words; `wi-fi` is one word, by its parts or as a whole."""
    corpus = [
        make_article("all", "wifi package late"),
        make_article("most", "wi fi package"),
        make_article("some", "late"),
        make_article("half", "wi late"),
    ]
    with opened(kind, corpus) as engine:
        match = {s.card.id: s.match for s in ask(engine, "wi-fi package late").sections}
        assert match == {
            "all": Match.ALL, "most": Match.MOST, "some": Match.SOME, "half": Match.SOME,
        }  # fmt: skip


@every_engine
def test_confidence_is_in_what_stands_out_and_holds_the_query(kind):
    """Measured by how rare the words are, those that nothing holds included, whatever the limits."""
    corpus = [make_article(f"a{n}", "common word") for n in range(20)]
    corpus.append(make_article("b", "rare common"))
    with opened(kind, corpus) as engine:
        for limits in ({}, {"limit": 1}, {"limit": 3, "per_article": 1}):
            sure = ask(engine, "rare common", **limits).confidence
            assert sure > 0.7
            assert ask(engine, "common", **limits).confidence < 0.3  # twenty are as good
            assert ask(engine, "zzzz common", **limits).confidence < 0.3
            assert 0.3 < ask(engine, "zzzz rare", **limits).confidence < sure
        assert ask(engine, "zzzz").confidence == 0


@every_engine
def test_how_an_answer_was_found(kind):
    """By the words, by corrected words, by beginnings, or not at all."""
    with opened(kind, [make_article("a", "Package tracking")]) as engine:
        asked = {
            text: ask(engine, text, correct=True)
            for text in ("packages", "pacakge", "packagetracking", "xpackagezz", "trac", "pa", "zz")
        }
        assert {text: results.found for text, results in asked.items()} == {
            "packages": Found.WORDS,
            "pacakge": Found.CORRECTED,
            "packagetracking": Found.CORRECTED,
            "xpackagezz": Found.NOTHING,
            "trac": Found.PREFIX,
            "pa": Found.PREFIX,
            "zz": Found.NOTHING,
        }
        assert asked["pacakge"].correction.text == "package"
        assert asked["zz"].sections == ()
        assert {text for text, results in asked.items() if results.correction} == {
            "pacakge",
            "packagetracking",
        }


@every_engine
def test_corrections_help_or_are_left_alone(kind):
    """Known words, quoted words, and words as the caller wants them stay as they are."""
    corpus = [make_article("a", "Package tracking"), make_article("b", "Packet", lead="pockage")]
    with opened(kind, corpus) as engine:
        assert ask(engine, "pockage", correct=True).correction is None
        assert ask(engine, '"pacakge"', correct=True).correction is None
        assert ask(engine, "pacakge trackin", correct=True).correction.text == "package tracking"
        assert ask(engine, "pacakge tracking").correction is None
        assert ask(engine, "pacakge tracking").found is Found.WORDS
        corrected = ask(engine, "pacakge -packet", correct=True)
        assert places(corrected) == [("a", "top")]


@every_engine
def test_a_phrase_that_nothing_holds_is_words(kind):
    """With a notice; the filters and exclusions stay, and so does a phrase that is held."""
    corpus = [make_article("a", "Package tracking"), make_article("t/b", "Tracking a late package")]
    with opened(kind, corpus) as engine:
        results = ask(engine, '"late tracking"', correct=True)
        assert {id_ for id_, _ in places(results)} == {"a", "t/b"}
        assert results.found is Found.WORDS
        assert results.notices == ("No section holds the quoted words one after the other.",)
        assert places(ask(engine, '"late tracking" topic:t')) == [("t/b", "top")]
        assert places(ask(engine, '"late tracking" -late')) == [("a", "top")]
        assert ask(engine, '"late package"').notices == ()
        assert ask(engine, '"zzz yyy"', correct=True).found is Found.NOTHING


@every_engine
def test_known_words_are_corrected_when_nothing_is_found(kind):
    """A word that exists, but not where it is sought, may be a slip after all: unless the language
    has it.
    """
    corpus = [
        make_article("t/a", "Recieve a form"),
        make_article("u/b", "Receive it"),
        make_article("u/c", "fork"),
    ]
    with opened(kind, corpus) as engine:
        results = ask(engine, "recieve topic:u", correct=True)
        assert results.found is Found.CORRECTED
        assert results.correction.words == (("recieve", "receive"),)
        assert ask(engine, "form topic:u", correct=True).found is Found.NOTHING


@every_engine
def test_engines_know_the_language_and_what_stands_side_by_side(kind):
    """Words of the language whether any article holds them or not; hidden ones for who sees them."""
    hidden = make_article("h", "Secret sauce", audience=Audience.AGENT)
    with opened(kind, [make_article("a", "Track the late package"), hidden]) as engine:
        index = engine.index
        assert index.commonness("took") > index.commonness("packages") > 0
        assert index.commonness("pacakge") == index.commonness("the") == 0
        are = index.are_neighbours
        assert are("late", "packag", hidden=False)
        assert are("track", "late", hidden=False)  # only a stop word stands between them
        assert not are("packag", "late", hidden=False)
        assert not are("late", "unknown", hidden=False)
        assert (are("secret", "sauc", hidden=True), are("secret", "sauc", hidden=False)) == (
            True,
            False,
        )


@every_engine
def test_the_words_around_a_question_do_not_outweigh_its_subject(kind):
    """Few articles hold `know` or `tell`; in a long message they say little, in a short one they are
    what is asked for.
    """
    seasons = ("spring", "summer", "autumn", "winter")
    others = [make_article(s, f"Invoice {s}", lead=f"Your invoice in {s}.") for s in seasons]
    chat = make_article("chat", "Let us know", lead="Please tell us: we know how.")
    address = make_article("post", "Post", lead="The invoice by post and its address.")
    with opened(kind, [chat, address, *others]) as engine:
        message = "please tell me, I want to know something: invoice post"
        assert ask(engine, message).sections[0].card.id == "post"
        assert ask(engine, "tell know").sections[0].card.id == "chat"
        assert engine.index.everyday("know") > engine.index.everyday("invoic") == 0


@every_engine
def test_the_last_word_may_be_a_beginning(kind):
    """Other words are whole; a space after the last one ends it."""
    corpus = [make_article("a", "Package tracking"), make_article("b", "Trace of a pack")]
    with opened(kind, corpus) as engine:
        assert {id_ for id_, _ in places(ask(engine, "package trac", prefix=True))} == {"a", "b"}
        assert places(ask(engine, "trac package", prefix=True)) == [("a", "top")]
        assert places(ask(engine, "package trac ", prefix=True)) == [("a", "top")]
        assert places(ask(engine, "package trac")) == [("a", "top")]


@every_engine
def test_words_before_a_beginning_are_corrected(kind):
    """While typing goes on: the word that is not finished is not judged."""
    with opened(kind, [make_article("a", "Package tracking")]) as engine:
        results = ask(engine, "pacakge trac", prefix=True, correct=True)
        assert results.correction.text == "package trac"
        assert results.sections[0].match is Match.ALL
        finished = ask(engine, "trakcing ", prefix=True, correct=True)
        assert finished.correction.words == (("trakcing", "tracking"),)


@every_engine
def test_synonyms_find_and_are_told(kind):
    """What was asked for comes before what means the same."""
    corpus = [
        make_article("a", "Parcel"),
        make_article("b", "Package"),
        make_article("c", "Gift card"),
    ]
    synonyms = {"parcel": ("package",), "voucher": ("gift card",), "gift card": ("voucher",)}
    with opened(kind, corpus, synonyms=synonyms) as engine:
        results = ask(engine, "parcels")
        assert [id_ for id_, _ in places(results)] == ["a", "b"]
        assert results.synonyms == (("parcels", ("package",)),)
        assert [id_ for id_, _ in places(ask(engine, "package"))] == ["b"]
        assert [id_ for id_, _ in places(ask(engine, "voucher"))] == ["c"]
        assert ask(engine, "voucher", correct=True).correction is None


@every_engine
def test_terms_are_told_for_marking(kind):
    """Every term that was searched, synonyms and completions too, with how rare it is."""
    with opened(
        kind, [make_article("a", "Package tracking")], synonyms={"box": ("package",)}
    ) as engine:
        terms = ask(engine, "box trac", prefix=True).terms
        assert {"box", "packag", "trac", "track"} <= terms.keys()
        assert terms["box"] >= terms["packag"] > 0


@every_engine
def test_long_queries_are_cut_with_a_notice(kind):
    """After 32 words; the beginning still answers."""
    with opened(kind, [make_article("a", "Package")]) as engine:
        results = ask(engine, "package " + " ".join(f"w{n}" for n in range(50)))
        assert places(results) == [("a", "top")]
        assert results.notices == ("The query was cut to its first 32 words.",)
        assert ask(engine, "x" * 2000).notices == (
            "The query was cut to its first 1,024 characters.",
        )


# What the index keeps -------------------------------------------------------------------

FULL = make_article(
    "t/full",
    "Full “article”",
    ("Héading <b>", "Text with\nlines\u2028and \U0001f600."),
    lead="Lead",
    summary="Summary",
    tier=Tier.CONTACT,
    issues=("an issue",),
    actions=(Action("Do", "Here > There", "https://example.com"), Action("Other")),
    have_ready=("Number",),
    escalate=(Step("chat", Condition.URGENT), Step("mail")),
    channel=Channel("chat", "all", "short", "there", "always", "t/full", ("Number",)),
    tags=("One", "two words"),
    aliases=("old/name",),
    audience=Audience.AGENT,
    status=Status.DRAFT,
    order=0,
    featured=2,
)


@every_engine
def test_cards_are_what_articles_were(kind):
    """Of all articles, hidden ones too, in order of id."""
    corpus = [FULL, make_article("a", "A"), make_article("t/b", "B")]
    with opened(kind, corpus) as engine:
        cards = engine.cards()
        assert list(cards.items()) == [(a.id, meta_of(a)) for a in by_id(corpus)]
        assert [engine.card(id_) for id_ in cards] == list(cards.values())
        assert engine.card("t") is None


@every_engine
def test_cards_are_selected_by_facets(kind):
    """In order of id, hidden ones too: a search needs those of channels alone."""
    corpus = [make_article("z", "Z", channel=FULL.channel), FULL, make_article("a", "A")]
    with opened(kind, corpus) as engine:
        having = [card for card in engine.cards().values() if card.channel]
        assert list(engine.cards_with(CHANNELS)) == having
        assert [card.id for card in having] == sorted([FULL.id, "z"])
        assert engine.cards_with("tag:nonsense") == ()


@every_engine
def test_sections_come_back_as_they_were(kind):
    """With anchor, headings, text and lines."""
    with opened(kind, [FULL]) as engine:
        (found,) = ask(engine, "lines", audience=Audience.AGENT, drafts=True).sections
        section = FULL.sections[1]
        for name in ("anchor", "heading", "level", "trail", "text", "lines", "position"):
            assert getattr(found.section, name) == getattr(section, name)
        assert found.card == meta_of(FULL)


@every_engine
def test_former_names_are_found(kind):
    """People remember what an article was called."""
    with opened(kind, [make_article("t/b", "New", aliases=("t/lost_and-found",))]) as engine:
        assert places(ask(engine, "lost")) == [("t/b", "top")]


@every_engine
def test_an_empty_index_answers(kind):
    """With nothing."""
    with opened(kind, []) as engine:
        for text in ("package", '"a b" -c', "tier:contact", ""):
            assert ask(engine, text, correct=True, prefix=True).found is Found.NOTHING
        assert dict(engine.cards()) == {}
        description = engine.describe()
        assert (description.articles, description.sections) == (0, 0)


@every_engine
def test_a_description_counts(kind):
    """What the public sees, and what lies on the disk."""
    with opened(kind, SHOP) as engine:
        description = engine.describe()
        assert (description.articles, description.sections) == (4, 4)
        assert description.terms > 5
        here = sum(p.stat().st_size for p in engine.folder.iterdir())
        assert description.size == here or (kind is ClusterEngine and description.size > 0)
        assert description.engine


@every_engine
def test_an_engine_can_be_closed_and_used_again(kind):
    """Closing lets go of files only."""
    with opened(kind, SHOP) as engine:
        first = scored(ask(engine, "package"))
        engine.close()
        engine.close()
        assert scored(ask(engine, "package")) == first


@every_engine
def test_an_update_that_moves_no_average_is_done(kind):
    """One article more or less among many leaves the others' weights alone."""
    corpus = [make_article(f"a{n:02}", "Late package", ("More", "some text")) for n in range(30)]
    with opened(kind, corpus) as engine:
        for round_ in range(12):
            engine.close()
            assert engine.update([f"a{round_:02}", "unknown"], [])
            assert len(engine.cards()) == 29
            engine.close()
            assert engine.update([], [corpus[round_]])
        with opened(kind, corpus) as fresh:
            assert scored(ask(engine, "late more")) == scored(ask(fresh, "late more"))
            assert engine.describe().terms == fresh.describe().terms


@every_engine
def test_a_deleted_article_is_not_counted(kind):
    """Nor does its id, which the index may still know, take a section from the others."""
    corpus = [make_article(f"a{n}", "Late package", ("More", "some text")) for n in range(6)]
    with opened(kind, corpus) as engine:
        for id_ in ("a1", "a3"):
            engine.close()
            assert engine.update([id_], [])
        description = engine.describe()
        assert (description.articles, description.sections) == (4, 8)


@every_engine
def test_an_update_that_moves_an_average_is_refused(kind):
    """The caller builds anew, and the index still answers as before."""
    with opened(kind, [make_article("a", "Late", lead="package")]) as engine:
        before = scored(ask(engine, "late"))
        engine.close()
        assert not engine.update([], [make_article("b", "Long", lead="words " * 500)])
        assert scored(ask(engine, "late")) == before


@every_engine
def test_a_failed_build_raises(kind):
    """What goes wrong while articles are read is for the caller to see."""

    def broken():
        yield make_article("a", "A")
        raise ZeroDivisionError

    with tempfile.TemporaryDirectory() as folder, pytest.raises(ZeroDivisionError):
        kind(Path(folder), ANALYZER, Ranking()).build(broken())


def test_a_limit_that_nothing_reaches():
    """The default of a request is no limit."""
    request = Request(parse_query(""))
    assert request.limit == request.per_article == ALL


@every_engine
def test_phrases_in_the_text_of_links_are_found_and_excluded(kind):
    """A link's words count for less, but a phrase is a phrase."""
    section = Section(
        "top", "Start", 1, (), "See late or lost package first.", (1, 2), 0, ((4, 24),)
    )
    article = replace(make_article("a", "Start"), sections=(section,))
    with opened(
        kind, [article, make_article("b", "Other", lead="Late, then a lost package.")]
    ) as engine:
        assert [s.card.id for s in ask(engine, '"lost package"').sections] == ["b", "a"]
        assert [s.card.id for s in ask(engine, '"see late"').sections] == ["a"]
        assert [s.card.id for s in ask(engine, 'package -"see late"').sections] == ["b"]
