"""Facts about the Python API: a folder of articles, asked."""

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.faults import count_operations, killed_after

import kb
from kb import KnowledgeBase
from kb.errors import ConfigError, ContentError, IndexingError, NotFoundError, QueryError
from kb.index.updater import Changes
from kb.model import (
    Action,
    Answer,
    Article,
    ArticleMeta,
    Audience,
    Correction,
    Found,
    Hit,
    Match,
    Status,
    Tier,
    Topic,
)
from kb.search.searcher import Searcher

ARTICLES = {
    "orders/late.md": """\
---
title: A package is late
issue: [package never arrived]
do:
  - {label: Track it, where: Your Orders > Track package}
have_ready: [The order number]
escalate: [chat]
tags: [delivery]
aliases: [orders/missing]
---
Most packages come within a day.

## Check the tracking

Open the *tracking* page and read the **status** of the package.

### On the phone

The tracking is in the app, too.

## Ask the neighbours

They may have taken the package.
""",
    "orders/returns/how.md": "# Return an item\n\nPrint a label and wrap the item.\n",
    "billing/charge.md": """\
---
escalate: [phone]
tags: [money]
---
# Charged twice

A charge that is pending goes away by itself.
""",
    "contact/chat.md": """\
---
title: Chat
tier: contact
channel: {name: chat, best_for: most problems, wait: minutes, where: Help > Chat}
---
Chat with an associate.
""",
    "contact/phone.md": """\
---
title: Phone
tier: contact
channel: {name: phone, best_for: urgent problems, where: Help > Call me}
---
Somebody calls you.
""",
    "advice/polite.md": "---\ntier: advice\n---\n# Be polite\n\nPolite customers are heard.\n",
    "agents/notes.md": "---\naudience: agent\n---\n# Notes on packages\n\nFor agents.\n",
    "agents/mail.md": """\
---
audience: agent
tier: contact
channel: {name: mail, where: desk}
---
# Mail
""",
    "drafts/new.md": "---\nstatus: draft\n---\n# New packages\n\nNot ready.\n",
    "orders/topic.yaml": "title: Orders and delivery\norder: 1\n",
    "contact/topic.yaml": "title: Contact\norder: 2\n",
}


def write(folder, name, text):
    """Write a file of the content folder."""
    path = folder / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_600_000_000, 1_600_000_000))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A knowledge base on disk with its index, for every test to copy."""
    folder = tmp_path_factory.mktemp("built")
    for name, text in ARTICLES.items():
        write(folder, name, text)
    base = KnowledgeBase.open(folder / "content", index=folder / "index")
    base.index()
    base.close()
    return folder


@pytest.fixture
def folder(built, tmp_path, monkeypatch):
    """A folder with content/ and index/, and the current one."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def base(folder):
    """The knowledge base of the current folder."""
    opened = KnowledgeBase.open("content")
    yield opened
    opened.close()


def found(answer):
    """The articles of an answer, best first, each once."""
    return list(dict.fromkeys(hit.article for hit in answer.hits))


# Opening --------------------------------------------------------------------------------


def test_the_example_of_the_documentation(folder):
    """Open, ask, read."""
    base = kb.KnowledgeBase.open("content")
    answer = base.search("late package", limit=5)
    assert isinstance(answer, Answer)
    assert answer.hits
    assert len(answer.hits) <= 5
    assert all(isinstance(hit, Hit) for hit in answer.hits)
    assert answer.hits[0].article == "orders/late"


def test_opening_reads_settings_only(tmp_path):
    """Neither the content nor the index is touched before it is asked for."""
    base = KnowledgeBase.open(tmp_path / "nowhere", index=tmp_path / "index")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ContentError, match="no such content folder"):
        base.search("package")
    assert list(tmp_path.iterdir()) == []


def test_paths_come_from_arguments_environment_and_settings(folder, monkeypatch):
    """In this order; text and Path are alike."""
    (folder / "kb.toml").write_text('content = "one"\nindex = "two"\n')
    assert KnowledgeBase.open().config.content == folder / "one"
    monkeypatch.setenv("KB_CONTENT", "three")
    assert KnowledgeBase.open().config.content == folder / "three"
    base = KnowledgeBase.open(Path("content"), index="four")
    assert (base.config.content, base.config.index) == (folder / "content", folder / "four")
    (folder / "other.toml").write_text('name = "Other"\n')
    assert KnowledgeBase.open(config="other.toml").config.name == "Other"


def test_wrong_settings_are_an_error(folder):
    """With the file that has them."""
    (folder / "kb.toml").write_text("[ranking]\nk1 = 99\n")
    with pytest.raises(ConfigError, match=r"kb\.toml"):
        KnowledgeBase.open()


# Searching ------------------------------------------------------------------------------


def test_a_hit_says_all_that_is_shown(base):
    """Of a section below others: its headings are the trail and its own."""
    hit = next(h for h in base.search("tracking phone app").hits if h.anchor == "on-the-phone")
    assert (hit.article, hit.title) == ("orders/late", "A package is late")
    assert hit.headings == ("Check the tracking", "On the phone")
    assert (hit.tier, hit.topic) == (Tier.SELF_SERVICE, "orders")
    assert hit.snippet == "The tracking is in the app, too."
    assert [hit.snippet[a:b] for a, b in hit.highlights] == ["tracking", "app"]
    assert hit.actions == (Action("Track it", "Your Orders > Track package"),)
    assert (hit.path, hit.lines) == ("content/orders/late.md", (17, 20))
    assert hit.score > 0
    assert hit.match in {Match.ALL, Match.MOST}
    assert hit.parts == ()


def test_a_lead_section_has_no_heading_of_its_own(base):
    """Its heading is the article's title."""
    hit = base.search("item label wrap").hits[0]
    assert (hit.title, hit.headings) == ("Return an item", ())


def test_ranks_count_from_one(base):
    """Best first."""
    hits = base.search("package tracking").hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_issue_phrases_bring_their_article(base):
    """In the customers' own words."""
    assert base.search("my package never arrived").hits[0].article == "orders/late"


def test_the_limit_counts_hits(base):
    """The total counts all that matched."""
    answer = base.search("package", limit=1)
    assert len(answer.hits) == 1
    assert answer.total > 1


def test_settings_give_the_limits(folder):
    """Hits in all, and of one article."""
    (folder / "kb.toml").write_text("[search]\nlimit = 2\nper_article = 1\n")
    base = KnowledgeBase.open()
    answer = base.search("package tracking item polite")
    assert len(answer.hits) == 2
    assert len(found(answer)) == 2
    assert len(base.search("package tracking item polite", limit=10).hits) == 3


def test_an_article_brings_three_sections_at_most(base):
    """However many of it match; the ranking itself has them all."""
    hits = base.search("package tracking neighbours phone", limit=20).hits
    assert sum(hit.article == "orders/late" for hit in hits) == 3
    ranked = base.rank("package tracking neighbours phone")
    assert sum(ranked_.article == "orders/late" for ranked_ in ranked) == 4
    assert len(base.rank("package tracking neighbours phone", limit=2)) == 2
    assert [r.score for r in ranked[:2]] == [hit.score for hit in hits[:2]]


def test_sections_of_an_article_follow_its_best_one(folder, base):
    """An article stands once, where its best section does; by score alone where that is asked for.
    The same sections are shown either way.
    """
    write(
        folder, "orders/tracking.md", "# Package tracking\n\nWhere it is.\n\n## Map\n\nA package.\n"
    )
    query = "package tracking neighbours"
    flat = base.search(query, sections=True).hits
    hits = base.search(query).hits
    assert [hit.article for hit in flat] != [hit.article for hit in hits]
    scores = [hit.score for hit in flat]
    assert scores == sorted(scores, reverse=True)
    assert {(h.article, h.anchor, h.score) for h in hits} == {
        (h.article, h.anchor, h.score) for h in flat
    }
    articles = found(base.search(query, sections=True))
    assert [hit.group for hit in hits] == sorted(hit.group for hit in hits)
    assert all(articles[hit.group - 1] == hit.article for hit in (*hits, *flat))
    for article in articles:
        own = [hit.score for hit in hits if hit.article == article]
        assert own == sorted(own, reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        ({"tier": "contact"}, {"contact/chat", "contact/phone"}),
        ({"tier": Tier.ADVICE}, {"advice/polite"}),
        ({"topic": "orders"}, {"orders/late", "orders/returns/how"}),
        ({"topic": "orders/returns"}, {"orders/returns/how"}),
        ({"tag": "Money"}, {"billing/charge"}),
        ({"tag": "money", "topic": "orders"}, set()),
        ({"audience": "agent", "topic": "agents"}, {"agents/notes", "agents/mail"}),
        ({"audience": Audience.AGENT, "tier": "contact"}, {"agents/mail", "contact/chat", "contact/phone"}),
        ({"topic": "agents"}, set()),
        ({"topic": "drafts"}, set()),
        ({"drafts": True, "topic": "drafts"}, {"drafts/new"}),
    ],
)  # fmt: skip
def test_filters_without_words_browse(base, options, articles):
    """Each article once."""
    answer = base.search("", **options)
    assert set(found(answer)) == articles
    assert len(answer.hits) == len(articles)
    assert (
        set(found(base.search("package item charge somebody chat notes mail", limit=50, **options)))
        <= articles
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": 0}, "the limit should be 1 or more, not 0"),
        ({"limit": -1}, "the limit should be 1 or more, not -1"),
        ({"tier": "contct"}, r"no tier 'contct' \(did you mean contact\?\)"),
        ({"tier": "x"}, r"no tier 'x' \(there are self-service, contact, advice\)"),
        ({"audience": "agents"}, r"no audience 'agents' \(did you mean agent\?\)"),
        ({"audience": ""}, "no audience ''"),
    ],
)
def test_wrong_options_are_errors(base, options, message):
    """Before anything is searched, with what there is."""
    with pytest.raises(QueryError, match=message):
        base.search("package", **options)


@pytest.mark.parametrize(
    ("query", "options", "notice"),
    [
        ("late", {"topic": "ordrs"}, "There is no topic ordrs; did you mean orders?"),
        ("late topic:ordrs", {}, "There is no topic ordrs; did you mean orders?"),
        ("late", {"tag": "delivry"}, "There is no tag delivry; did you mean delivery?"),
        ("late tag:delivry", {}, "There is no tag delivry; did you mean delivery?"),
        ("late", {"topic": "/Orders/"}, None),
        ("xyzzy", {"tag": "Delivery"}, None),
    ],
)
def test_filters_that_name_nothing_are_told(base, query, options, notice):
    """With the nearest topic or tag; one that there is, in capitals or not, is passed over."""
    answer = base.search(query, **options)
    assert answer.notices == ((notice,) if notice else ())
    assert bool(answer.hits) == (notice is None and "late" in query)


def test_a_topic_is_no_article_and_its_articles_are_named(base):
    """Whoever shows a topic is told how to browse it; a slip has the nearest ids."""
    for id_ in ("orders", "orders/"):
        with pytest.raises(NotFoundError) as caught:
            base.article(id_)
        assert caught.value.hint == "it is a topic: `kb topics orders` lists its articles"
    with pytest.raises(NotFoundError) as caught:
        base.article("ordres/lat")
    assert caught.value.hint.startswith("did you mean orders/late")


def test_corrections_are_told(base):
    """And can be declined."""
    answer = base.search("pacakge neigbours")
    assert answer.found is Found.CORRECTED
    assert answer.query == "pacakge neigbours"
    assert answer.correction == Correction(
        "package neighbours", (("pacakge", "package"), ("neigbours", "neighbours"))
    )
    assert answer.hits[0].article == "orders/late"
    declined = base.search("pacakge neigbours", correct=False)
    assert (declined.found, declined.correction) == (Found.NOTHING, None)


def test_synonyms_come_from_settings(folder):
    """Two ways and one way, told in the answer, without another index."""
    (folder / "kb.toml").write_text(
        '[search.synonyms]\nparcel = ["package"]\n[search.one_way]\nrude = ["polite"]\n'
    )
    base = KnowledgeBase.open()
    assert base.index() == Changes(articles=9, sections=12)
    answer = base.search("my parcel")
    assert answer.hits[0].article == "orders/late"
    assert answer.synonyms == (("parcel", ("package",)),)
    assert any(answer.hits[0].highlights)
    assert found(base.search("rude")) == ["advice/polite"]
    assert base.search("polite").synonyms == ()


def test_the_last_word_may_be_a_beginning(base):
    """For a search box."""
    assert found(base.search("neigh", prefix=True)) == ["orders/late"]
    assert base.search("neigh", prefix=True).found is Found.WORDS
    assert base.search("neigh").found is Found.PREFIX


def test_explanations_add_up(base):
    """When they are asked for."""
    for hit in base.search("package tracking chat", explain=True).hits:
        assert hit.parts
        assert sum(part.score for part in hit.parts) == pytest.approx(hit.score, abs=2e-6)


def test_weak_answers_are_labelled(base):
    """Where the rarest words are missing, and where no article stands out; all sections of the one
    that does are sure, and those of others weak.
    """
    answer = base.search("polite zzzz yyyy xxxx", correct=False)
    assert [hit.weak for hit in answer.hits] == [True]
    assert answer.hits[0].match is Match.SOME
    assert answer.confidence < base.config.search.sure
    assert not base.search("polite").hits[0].weak
    answer = base.search("the tracking of my package")
    assert [hit.weak for hit in answer.hits] == [hit.group > 1 for hit in answer.hits]
    assert all(hit.weak for hit in base.search("somebody or customers"))


def test_settings_say_what_is_sure(folder):
    """From which probability on: all first hits, or none."""
    for sure, weak in ((0, False), (1, True)):
        (folder / "kb.toml").write_text(f"[search]\nsure = {sure}\n")
        assert KnowledgeBase.open().search("package tracking").hits[0].weak is weak
    (folder / "kb.toml").write_text("[search]\nsure = 2\n")
    with pytest.raises(ConfigError, match="from 0 to 1"):
        KnowledgeBase.open()


def test_nothing_found_names_near_topics_or_none(base):
    """Those of whose titles a word is alike, the closest first; never all there are, or hidden ones."""
    answer = base.search("zzzzz")
    assert (answer.found, answer.hits, answer.total) == (Found.NOTHING, (), 0)
    assert answer.topics == ()
    assert [option.channel.name for option in answer.escalation.options] == ["chat", "phone"]
    for query, topics in (
        ("bilingg zzzzz", ["billing"]),
        ("zz the ordres", ["orders"]),
        ("deliveryy contactt", ["orders", "contact"]),
        ("stuff and more", []),
        ("agentz draft", []),
    ):
        found = base.search(query, correct=False)
        assert [topic.id for topic in found.topics] == topics, query
    assert base.search("package").topics == ()


def test_hits_of_the_same_title_say_what_tells_them_apart(folder, base):
    """Versions and topics by their folders, others by id; a title that is alone needs nothing."""
    for name, text in {
        "v1/setup.md": "# Set up\n\nInstall the oldest zebra.\n",
        "v2/setup.md": "# Set up\n\nA zebra with wings, which is another text altogether.\n",
        "v2/near.md": "# ZEBRAS\n\nBefore a zebra there is nothing to be set up at all.\n",
        "v2/other.md": "# Zebras\n\nOf the zebra.\n",
    }.items():
        write(folder, name, text)
    apart = {hit.article: hit.apart for hit in base.search("zebra", limit=9).hits}
    assert apart == {
        "v1/setup": "v1",
        "v2/setup": "v2",
        "v2/near": "near",
        "v2/other": "other",
    }


def test_long_queries_are_cut_with_a_notice(base):
    """They still answer, and the query is told as it was."""
    text = "package " * 1000
    answer = base.search(text)
    assert answer.hits[0].article == "orders/late"
    assert answer.query == text
    assert answer.notices


@pytest.mark.parametrize("query", ["talk to a human", "phone number", "Live chat, please!"])
def test_who_asks_for_a_person_gets_contacts_first(base, query):
    """All of them, and none is weak."""
    answer = base.search(query)
    assert set(found(answer)[:2]) == {"contact/chat", "contact/phone"}
    assert not any(hit.weak for hit in answer.hits[:2])
    assert {r.article for r in base.rank(query)[:2]} == {"contact/chat", "contact/phone"}


def test_settings_add_phrases_that_ask_for_a_person(folder):
    """In the words of this help center's customers."""
    (folder / "kb.toml").write_text('[contact]\nperson = ["beam me up"]\n')
    answer = KnowledgeBase.open().search("please beam me up")
    assert {hit.tier for hit in answer.hits[:2]} == {Tier.CONTACT}


@pytest.mark.parametrize("query", ["", " ", "\0", "\ud800", '"', "-", "*", "(" * 5000, "a" * 10**6])
def test_any_string_is_a_query(base, query):
    """It has an answer with a way to a person."""
    answer = base.search(query)
    assert answer.query == query
    assert answer.escalation.options


# Paths ----------------------------------------------------------------------------------


def test_paths_below_the_current_folder_are_relative(folder, monkeypatch):
    """Others are absolute; both with slashes."""
    base = KnowledgeBase.open(folder / "content", index=folder / "index")
    assert base.search("polite").hits[0].path == "content/advice/polite.md"
    monkeypatch.chdir(folder / "content")
    assert base.search("polite").hits[0].path == "advice/polite.md"
    monkeypatch.chdir(folder / "index")
    assert base.search("polite").hits[0].path == (folder / "content/advice/polite.md").as_posix()


# Escalation -----------------------------------------------------------------------------


def test_an_answer_ends_with_the_best_articles_channel(base):
    """And what that article says to have ready."""
    escalation = base.search("package never arrived").escalation
    assert escalation.options[0].channel.name == "chat"
    assert escalation.options[0].channel.article == "contact/chat"
    assert "The order number" in escalation.have_ready
    assert base.search("charged twice").escalation.options[0].channel.name == "phone"


def test_contact_chooses_a_channel_for_a_problem(base):
    """By the article that fits; without words, all channels in order."""
    assert [o.channel.name for o in base.contact("I was charged twice").options] == ["phone"]
    assert [o.channel.name for o in base.contact().options] == ["chat", "phone"]
    assert [o.channel.name for o in base.contact("  ").options] == ["chat", "phone"]


def test_a_weak_answer_chooses_no_channel(base):
    """A problem that no article is about gets all channels."""
    words = "charge of the light brigade by tennyson zzzz"
    assert base.search(words).hits[0].weak
    assert [option.channel.name for option in base.contact(words).options] == ["chat", "phone"]


def test_agents_have_channels_of_their_own(base):
    """Which the public never sees."""
    agent = base.contact(audience=Audience.AGENT)
    assert [option.channel.name for option in agent.options] == ["mail", "chat", "phone"]
    assert base.search("package", audience="agent").escalation.options


def test_the_escalation_of_an_article(base):
    """For the page that shows it, from the article or its card."""
    article = base.article("billing/charge")
    assert [option.channel.name for option in base.escalation(article).options] == ["phone"]
    card = next(card for card in base.cards() if card.id == article.id)
    assert base.escalation(card) == base.escalation(article)


# Articles and topics --------------------------------------------------------------------


def test_an_article_by_its_id(base):
    """With all its sections."""
    article = base.article("orders/late")
    assert isinstance(article, Article)
    assert [section.anchor for section in article.sections][1:] == [
        "check-the-tracking",
        "on-the-phone",
        "ask-the-neighbours",
    ]


@pytest.mark.parametrize("id_", ["orders/missing", "Orders/MISSING"])
def test_an_article_by_a_former_id(base, id_):
    """Bookmarks go on working."""
    assert base.article(id_).id == "orders/late"


def test_an_unknown_article(base):
    """The error names similar ids, or how to find one."""
    with pytest.raises(NotFoundError, match=r"no article 'orders/lat' \(did you mean orders/late"):
        base.article("orders/lat")
    with pytest.raises(NotFoundError, match=r"no article '' \(`kb topics`"):
        base.article("")


@pytest.mark.parametrize("id_", ["drafts/nw", "new", "drafts", "agents/note", "agents"])
def test_hints_name_nothing_that_is_not_published(base, id_):
    """A draft's id, and an article's for agents, says what it is about."""
    with pytest.raises(NotFoundError) as caught:
        base.article(id_)
    assert not {"drafts", "new", "agents", "notes"} & set(re.findall(r"\w+", caught.value.hint))


def test_an_alias_that_is_an_id_belongs_to_the_id(folder):
    """The other article's claim is a problem, not a surprise."""
    write(folder, "x.md", "---\naliases: [orders/late, moved]\n---\n# X\n")
    base = KnowledgeBase.open("content")
    assert base.article("orders/late").title == "A package is late"
    assert base.article("moved").title == "X"
    assert [problem.path for problem in base.index().problems] == ["x.md"]


def test_an_article_that_changed_since(base, folder):
    """What is shown is what is there now."""
    base.search("polite")
    write(folder, "advice/polite.md", "# Very polite\n")
    assert base.article("advice/polite").title == "Very polite"
    write(folder, "advice/polite.md", "---\ntitle: [\n---\n")
    with pytest.raises(ContentError, match=r"advice/polite\.md:\d"):
        base.article("advice/polite")
    (folder / "content/advice/polite.md").unlink()
    with pytest.raises(NotFoundError, match="is gone"):
        base.article("advice/polite")


@pytest.mark.parametrize(
    "question",
    [
        lambda base: base.search("package").hits,
        lambda base: base.article("orders/late"),
        lambda base: base.contact("package").options,
        lambda base: base.has_articles(),
    ],
)
def test_a_question_reads_only_the_articles_that_it_needs(base, monkeypatch, question):
    """Its cost must not grow with articles that it does not touch."""
    from kb.index.whoosh.engine import WhooshEngine

    def refuse(_):
        raise AssertionError("read all articles")

    base.index()
    monkeypatch.setattr(WhooshEngine, "cards", refuse)
    monkeypatch.setattr("kb.content.scan", refuse)
    assert question(base)


def test_cards_by_audience_and_status(base):
    """In order of id."""
    public = [card.id for card in base.cards()]
    assert public == sorted(public)
    assert all(isinstance(card, ArticleMeta) for card in base.cards())
    assert {"agents/notes", "agents/mail"} == {
        card.id for card in base.cards(audience=Audience.AGENT)
    } - {*public}
    assert [c.id for c in base.cards(drafts=True) if c.status is Status.DRAFT] == ["drafts/new"]


def test_topics_read_nothing_but_the_index(base, monkeypatch):
    """What topic files say is part of it, and follows them when it does."""

    def refuse(*_, **__):
        raise AssertionError("read the content folder")

    base.index()
    with monkeypatch.context() as patched:
        patched.setattr("kb.content.scan", refuse)
        patched.setattr("kb.content.read_topics", refuse)
        assert {topic.id: topic.title for topic in base.topics()}["contact"] == "Contact"
    write(base.config.content.parent, "contact/topic.yaml", "title: A person\n")
    base.index()
    assert {topic.id: topic.title for topic in base.topics()}["contact"] == "A person"


def test_topics_are_the_folders(base):
    """With titles of their files or of their names; those that hold nothing to see are left out."""
    topics = {topic.id: topic for topic in base.topics()}
    assert list(topics) == ["", "advice", "billing", "contact", "orders", "orders/returns"]
    assert all(isinstance(topic, Topic) for topic in topics.values())
    assert topics["orders"].title == "Orders and delivery"
    assert topics["orders"].topics == ("orders/returns",)
    assert topics["orders"].articles == ("orders/late",)
    assert topics["billing"].title == "Billing"
    assert topics[""].topics == ("orders", "contact", "advice", "billing")
    assert "agents" in {topic.id for topic in base.topics(audience=Audience.AGENT)}
    assert "drafts" in {topic.id for topic in base.topics(drafts=True)}


def test_a_description(base):
    """What the index holds."""
    description = base.describe()
    assert (description.articles, description.sections) == (6, 9)
    assert description.size > 0
    assert (description.health, description.shards) == ("", 1)
    before = description.generation
    assert before
    base.index(force=True)
    assert base.describe().generation not in {"", before}


# The index ------------------------------------------------------------------------------


def test_a_first_question_brings_the_index_up_to_date(folder):
    """Before it is answered, whichever question it is."""
    write(folder, "new.md", "# Zebra crossing\n")
    for question in (
        lambda base: found(base.search("zebra")) == ["new"],
        lambda base: base.rank("zebra")[0].article == "new",
        lambda base: base.article("new").title == "Zebra crossing",
        lambda base: "new" in [card.id for card in base.cards()],
        lambda base: "new" in base.topics()[0].articles,
        lambda base: base.describe().articles == 7,
    ):
        assert question(KnowledgeBase.open("content"))
        shutil.rmtree(folder / "index")


def test_answers_stay_those_of_one_state(base, folder):
    """Until the index is brought up to date again."""
    assert found(base.search("polite")) == ["advice/polite"]
    write(folder, "zebra.md", "# Zebra\n\npolite\n")
    (folder / "content/advice/polite.md").unlink()
    assert found(base.search("polite")) == ["advice/polite"]
    changes = base.index()
    assert (changes.added, changes.removed) == (("zebra",), ("advice/polite",))
    assert found(base.search("polite")) == ["zebra"]
    assert "advice/polite" not in [card.id for card in base.cards()]


def test_changes_are_told(base, folder):
    """With the progress of the work."""
    told = []
    changes = base.index(force=True, progress=lambda done, total: told.append((done, total)))
    assert (changes.rebuilt, changes.articles, changes.sections) == (True, 9, 12)
    assert told[-1] == (9, 9)
    assert base.index() == Changes(articles=9, sections=12)


def test_an_updated_index_answers_as_a_new_one(base, folder):
    """To the last digit."""
    write(folder, "orders/late.md", ARTICLES["orders/late.md"].replace("neighbours", "neighbors"))
    write(folder, "x.md", "# Package deals\n\nTracking a deal.\n")
    (folder / "content/advice/polite.md").rename(folder / "content/advice/kind.md")
    base.index()
    other = KnowledgeBase.open("content", index="other")
    for query in ("package tracking", "neighbors", "polite deal"):
        assert base.search(query, explain=True) == other.search(query, explain=True)


def test_a_closed_knowledge_base_can_be_asked_again(base):
    """Closing lets go of files only."""
    first = base.search("package")
    base.close()
    base.close()
    assert base.search("package") == first


def flip(path, offset):
    """Flip a bit as a failing disk does: size and times stay."""
    state, data = path.stat(), bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


# Whoosh leaves files to the garbage collector where it fails.
files_stay_open = pytest.mark.filterwarnings("ignore:Exception ignored in")


def generation(folder):
    """The current generation's folder."""
    pointer = json.loads((folder / "index" / "current.json").read_text())
    return folder / "index" / pointer["generation"]


@files_stay_open
@pytest.mark.parametrize("pattern", ["*.pst", "*.trm", "contents.json", "tables.bin"])
def test_damage_that_shows_while_searching_is_mended(folder, pattern):
    """A bit that went without a trace makes no traceback: the index is written anew."""
    wanted = KnowledgeBase.open("content").search("package tracking").hits
    (path,) = generation(folder).glob(pattern)
    flip(path, path.stat().st_size // 2 if pattern != "contents.json" else 0)
    base = KnowledgeBase.open("content")
    assert base.search("package tracking").hits == wanted
    assert base.index(force=False).rebuilt is False
    gc.collect()


@files_stay_open
def test_damage_that_shows_while_updating_is_mended(folder):
    """The update becomes a build."""
    path = generation(folder) / "tables.bin"
    flip(path, path.stat().st_size - 1)
    write(folder, "new.md", "# Zebra\n")
    base = KnowledgeBase.open("content")
    changes = base.index()
    assert changes.rebuilt
    assert changes.reason.startswith("the index was damaged: ")
    assert found(base.search("zebra")) == ["new"]


def test_damage_is_not_sealed_by_an_update(folder):
    """Files that an update shares with the generation before keep their checksums."""
    (path,) = generation(folder).glob("*.pst")
    flip(path, path.stat().st_size // 2)
    write(folder, "advice/polite.md", ARTICLES["advice/polite.md"].replace("heard", "helped"))
    base = KnowledgeBase.open("content")
    base.index()
    wanted = KnowledgeBase.open("content", index="other").search("package tracking").hits
    assert base.search("package tracking").hits == wanted


def test_an_index_that_is_removed_under_a_reader(folder):
    """It is written again, and answers."""
    base = KnowledgeBase.open("content")
    base.index()
    shutil.rmtree(folder / "index")
    assert found(base.search("polite")) == ["advice/polite"]


def test_an_error_that_is_not_the_indexs_is_raised(base, monkeypatch):
    """A fault of ours is not hidden behind another try."""
    tries = []

    def fail(request):
        tries.append(request)
        raise ZeroDivisionError

    monkeypatch.setattr(Searcher, "search", lambda _, request: fail(request))
    with pytest.raises(ZeroDivisionError):
        base.search("package")
    assert len(tries) == 1


def test_an_index_that_can_not_be_written_still_answers(folder, monkeypatch):
    """As it is, and says so where it does not fit the articles; to index is an error."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert found(KnowledgeBase.open("content").search("polite")) == ["advice/polite"]
    write_now = folder / "content" / "new.md"
    write_now.open("w").close()
    base = KnowledgeBase.open("content")
    assert base.outdated == ""
    assert found(base.search("polite")) == ["advice/polite"]
    assert "can't write the index: Permission denied" in base.outdated
    with pytest.raises(IndexingError, match="can't write the index: Permission denied"):
        base.index()
    monkeypatch.undo()
    base.index()
    assert base.outdated == ""


def test_without_an_index_that_could_answer_the_error_is_raised(folder, monkeypatch):
    """None is there, or one of other settings."""
    monkeypatch.setattr(
        Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "no"))
    )
    base = KnowledgeBase.open("content")
    german = KnowledgeBase(replace(base.config, language="de"))
    for made in (KnowledgeBase.open("content", index="none"), german):
        with pytest.raises(IndexingError, match="can't write the index"):
            made.search("polite")


@files_stay_open
@pytest.mark.parametrize("force", [False, True], ids=["update", "build"])
def test_a_process_may_die_while_it_indexes(folder, monkeypatch, force):
    """At any of its file operations: searches answer from the old or the new state, whole."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    saved = folder / "saved"
    shutil.copytree(folder / "index", saved)
    write(folder, "new.md", "# Zebra\n\npolite\n")
    index = folder / "index"
    total = count_operations(lambda: KnowledgeBase.open("content").index(force=force), index)
    assert total > 40
    for operations in range(0, total + 1, total // 20):
        shutil.rmtree(index)
        shutil.copytree(saved, index)
        base = KnowledgeBase.open("content")
        with killed_after(operations, index):
            base.index(force=force)
        base.close()
        base = KnowledgeBase.open("content")
        base.index()
        assert set(found(base.search("polite"))) == {"advice/polite", "new"}
        base.close()
    gc.collect()


def test_processes_that_start_at_once_all_answer(folder):
    """Without an index, and again when every article changed."""
    script = (
        "from kb import KnowledgeBase\n"
        "base = KnowledgeBase.open('content')\n"
        "print(base.search('polite zebra').hits[0].article)\n"
    )
    shutil.rmtree(folder / "index")
    for wanted in ("advice/polite", "zebra"):
        running = [
            subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for _ in range(3)
        ]  # fmt: skip
        for process in running:
            out, err = process.communicate(timeout=300)
            assert (process.returncode, err) == (0, "")
            assert out.strip() == wanted
        write(folder, "zebra.md", "# Polite zebra\n")


def test_a_search_without_changes_is_quick(base):
    """Looking for changes costs a fraction of a second of the processor's time."""
    base.index()
    started = time.process_time()
    base.index()
    assert time.process_time() - started < 1


def test_an_answer_is_a_sequence_of_its_hits(base):
    """It can be looped over, counted and indexed, and is false when it is empty."""
    answer = base.search("package", limit=2)
    assert list(answer) == list(answer.hits)
    assert (len(answer), answer[0]) == (len(answer.hits), answer.hits[0])
    assert not base.search("zzzzz")


def test_a_misspelt_message_in_quotes_is_corrected(tmp_path):
    """Somebody who quotes a message types it, too; a word alone in quotes is meant as it is."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# Mail\n\nThe message says that sending has failed for now.\n")
    (content / "b.md").write_text("# Print\n\nThe printer says nothing.\n")
    base = KnowledgeBase.open(content, index=tmp_path / "index")
    sentence = base.search('each printer here says "sending has faield" in the morning')
    assert dict(sentence.correction.words) == {"faield": "failed"}
    message = base.search('"sending has faield"')
    assert dict(message.correction.words) == {"faield": "failed"}
    assert message.hits[0].article == "a"
    assert message.notices
    assert base.search('"faield"').correction is None
    assert not base.search('"faield"').hits


def test_what_finds_nothing_is_answered_for_what_was_probably_meant(tmp_path):
    """A slip that is not sure is searched at once where the words as typed find nothing, and the
    answer says so; where they find something, or the language has the word, it is only offered.
    """
    content = tmp_path / "content"
    content.mkdir()
    (content / "sign.md").write_text("# Sign in\n\nSign in with your email.\n")
    (content / "bill.md").write_text("# Read a bill\n\nThe bill of a month.\n")
    base = KnowledgeBase.open(content, index=tmp_path / "index")
    answer = base.search("sgin in")
    assert answer.correction == Correction("sign in", (("sgin", "sign"),))
    assert [hit.article for hit in answer.hits] == ["sign"]
    both = base.search("sgin bill")
    assert both.correction is None
    assert both.suggestion == Correction("sign bill", (("sgin", "sign"),))
    assert not base.search("sigh in").hits
    name = base.search("xmonth")
    assert (name.hits, name.suggestion.text) == ((), "month")
    assert base.search("monht").hits
