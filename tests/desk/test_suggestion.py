"""What a message is answered with."""

import json
from dataclasses import astuple

import pytest

from kb import KnowledgeBase
from kb.desk.suggestion import link_to
from kb.errors import ConfigError, QueryError

ARTICLES = {
    "orders/late": """---
title: Your package is late
issue: [package never arrived]
do: [{label: Check the tracking, where: Orders > Track}]
have_ready: [The order number, A photo of the box, The date of the order]
escalate: [chat]
---
1. Open the order and look at the tracking.
2. Wait until the day is over.
""",
    "billing/twice": """---
title: You were charged twice
issue: [charged twice, double charge]
have_ready: [The amount of the charge]
---
Compare the statement with your orders. One of two equal charges goes away after three days.
""",
    "account/delete": "# Delete your account\n\nOpen the settings and choose *Delete account*.\n",
    "account/password": "# Reset a forgotten password\n\nChoose *Forgot password* on the page where you sign in.\n",
    "contact/chat": "---\ntitle: Chat\ntier: contact\nchannel: {name: chat, where: Account > Chat, hours: 9 to 5}\n---\nOpen it.\n",
    "agents/refunds": "---\ntitle: Refund limits for agents\naudience: agent\n---\nUp to 50 dollars without asking.\n",
}

MAIL = """From: Robin Sample <robin@sample.example>
Subject: Problems
To: support@shop.example

Hello,

I hope you are well. My package with order 4711-081542 never arrived, it should be here by 3 November.

Also, I was charged twice on my card 4111 1111 1111 1111. Call me at +49 170 1234567.

Best regards
Robin Sample
12 Long Street, Springfield, IL 62704

P.S. How do I delete my account?
"""


@pytest.fixture
def base(tmp_path):
    """A small help center."""
    for id_, text in ARTICLES.items():
        path = tmp_path / "content" / f"{id_}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "kb.toml").write_text(
        'name = "Shop help"\n[site]\nbase_url = "https://help.shop.example/de"\n', encoding="utf-8"
    )
    return KnowledgeBase.open(config=tmp_path / "kb.toml")


def first_articles(suggestion):
    return [problem.sections[0].hit.article for problem in suggestion.problems]


def test_each_problem_has_its_sections(base):
    """Three in one mail, a postscript among them, and small talk that is none."""
    suggestion = base.suggest(MAIL)
    assert sorted(first_articles(suggestion)) == ["account/delete", "billing/twice", "orders/late"]
    late = next(p for p in suggestion.problems if p.sections[0].hit.article == "orders/late")
    assert late.about.startswith("My package with order [number] never arrived")
    section = late.sections[0]
    assert section.link == "https://help.shop.example/de/orders/late.html#top"
    assert link_to("on<X>", "a", "https://x.example") == "https://x.example/on-X-.html#a"
    assert section.steps[:2] == (
        "Check the tracking: Orders > Track",
        "Open the order and look at the tracking.",
    )
    assert {"package", "never", "arrived"} <= set(section.words)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("My package never arrived, and I was charged twice.", ["billing/twice", "orders/late"]),
        ("I forgot my password and now I want to delete the account", ["account/delete", "account/password"]),
        ("I opened the order and looked at the tracking, and my package is late", ["orders/late"]),
        ("I tried it and I was charged twice", ["billing/twice"]),
        ("My package never arrived, and I was charged twice for it", ["billing/twice"]),
    ],
)  # fmt: skip
def test_clauses_may_be_two_problems(base, message, found):
    """Where a subject of its own follows an `and`, and other sections answer."""
    assert sorted(set(first_articles(base.suggest(message)))) == found


def test_a_reply_can_be_sent(base):
    """Greeting, steps, link, what is missing, the channel, and who writes."""
    reply = base.suggest(MAIL).reply
    for part in (
        "Hello Robin,", "Check the tracking: Orders > Track", "https://help.shop.example/de/billing/twice.html",
        "A photo of the box", "chat, Account > Chat (9 to 5)", "Kind regards\nShop help\n",
    ):  # fmt: skip
        assert part in reply
    assert "\n\n\n" not in reply


def test_only_what_is_missing_is_asked_for(base):
    """Order number and date are there; a photo and the amount are not."""
    assert set(base.suggest(MAIL).missing) == {"A photo of the box", "The amount of the charge"}


def test_no_personal_data_is_given_out(base):
    """Not anywhere in the suggestion but the first name in the reply."""
    suggestion = base.suggest(MAIL)
    told = json.dumps(astuple(suggestion), default=str)
    for secret in (
        "4711",
        "081542",
        "4111",
        "1234567",
        "sample.example",
        "Long Street",
        "62704",
        "Sample",
    ):
        assert secret not in told
    assert told.count("Robin") == 1
    assert set(suggestion.personal) == {"[card]", "[number]", "[phone]"}
    assert suggestion.escalation.message == ""


def test_nothing_of_a_message_is_stored(base, tmp_path):
    """Neither in the index nor beside it."""
    base.prepare()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    base.suggest(MAIL)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_noise_changes_nothing(base):
    """The problem is found among sentences about something else."""
    noise = "My wife and I were on holiday in the mountains. The weather was fine all week. "
    suggestion = base.suggest(f"{noise * 3}I forgot the password. {noise * 3}")
    assert first_articles(suggestion) == ["account/password"]
    assert suggestion.problems[0].about == "I forgot the password."


@pytest.mark.parametrize(
    "message",
    [
        "I am so busy with work and the children. How do I delete my account?",
        "it was quite a nice day with my parents. i forgot the password. thanks for everything.",
        "Nobody called me back in the morning.\n\nI was charged twice.\n\nI am really quite tired.",
    ],
)
def test_small_talk_of_a_short_message_is_left_out(base, tmp_path, message):
    """Also where its words stand in articles, and where nobody writes capitals."""
    talk = (
        "# About us\n\nA wonderful weekend with work, parents and children: nobody here is busy. "
        "We called you back in the morning, nice and tired, and have a really good day.\n"
    )
    (tmp_path / "content" / "about.md").write_text(talk, encoding="utf-8")
    said = base.suggest(message).problems[0].about
    assert said in ("How do I delete my account?", "i forgot the password.", "I was charged twice.")


def test_what_is_set_apart_is_a_problem_however_little_is_said(base):
    """`Also` means it, beside a sentence of more words."""
    long = "The package that I ordered never arrived, the tracking of the order shows no day."
    found = base.suggest(f"{long} Also, the password.")
    assert first_articles(found) == ["orders/late", "account/password"]


def test_syntax_of_queries_is_words(base):
    """Nobody writes a message in it."""
    assert (
        first_articles(base.suggest("forgotten password -password topic:orders tier:contact"))[0]
        == "account/password"
    )


def test_agents_articles_are_for_agents(base):
    """Who has to be named."""
    question = "What is the limit of refunds for agents?"
    assert base.suggest(question).problems[0].sections == ()
    assert first_articles(base.suggest(question, audience="agent")) == ["agents/refunds"]


@pytest.mark.parametrize("message", ["", " \n", b"", b"\xff\xfe\x00", "\u200b"])
def test_nothing_written_is_no_problem(base, message):
    """And no error."""
    suggestion = base.suggest(message)
    assert [p for p in suggestion.problems if p.sections] == []
    assert suggestion.reply


def test_what_no_article_knows_goes_to_a_person(base):
    """The reply says so, and names the channel."""
    suggestion = base.suggest("Xyzzy plugh frobnicate?")
    assert suggestion.problems[0].sections == ()
    assert "no answer to this yet" in suggestion.reply
    assert "chat" in suggestion.reply


def test_a_message_that_asks_for_a_person(base):
    """Is answered with the way to one."""
    suggestion = base.suggest("Hi, I want to talk to a human please.")
    assert suggestion.wants_person
    assert first_articles(suggestion) == ["contact/chat"]


def test_a_limit_is_of_sections_of_a_problem(base):
    """From 1 to 10."""
    assert len(base.suggest("the order, the account, the page", limit=1).problems[0].sections) == 1
    with pytest.raises(QueryError, match="from 1 to 10"):
        base.suggest("order", limit=11)


def test_german_articles_are_answered_in_german(tmp_path):
    """By the language of the settings."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "paket.md").write_text(
        "# Paket nicht angekommen\n\nSehen Sie in die Sendungsverfolgung.\n", encoding="utf-8"
    )
    (tmp_path / "kb.toml").write_text('language = "de"\n', encoding="utf-8")
    base = KnowledgeBase.open(config=tmp_path / "kb.toml")
    reply = base.suggest(
        "Guten Tag,\n\nmein Paket ist nicht angekommen.\n\nViele Grüße\nJörg Müller"
    ).reply
    assert reply.startswith("Guten Tag Jörg,\n\nvielen Dank")
    assert reply.count("Müller") == 0


def test_a_template_sets_the_tone(base, tmp_path):
    """From a file, beside the settings or named."""
    (tmp_path / "mine.txt").write_text(
        "Hey {{ name }}!\n\n\n\n{{ problems[0].sections[0].title }}  \n", encoding="utf-8"
    )
    assert base.suggest("forgotten password\nCheers\nBo", template=tmp_path / "mine.txt").reply == (
        "Hey Bo!\n\nReset a forgotten password\n"
    )
    (tmp_path / "kb.toml").write_text('[contact]\nreply = "mine.txt"\n', encoding="utf-8")
    assert KnowledgeBase.open(config=tmp_path / "kb.toml").reply_template().startswith("Hey")


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("a\n{{ nme }}", 2, "'nme' is undefined"),
        ("a\n\n{% for x in %}", 3, "Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{% include 'x' %}", 1, "no loader"),
        ("{{ 1 / 0 }}", 1, "division"),
        ("{{ problems.append(1) }}", 1, "unsafe"),
    ],
)
def test_a_template_that_fails_is_told_by_line(base, tmp_path, template, line, said):
    """In the sandbox nothing but values can be reached."""
    path = tmp_path / "bad.txt"
    path.write_text(template, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        base.suggest("forgotten password", template=path)
    assert (caught.value.path.endswith("bad.txt"), caught.value.line) == (True, line)
    assert caught.value.code == "reply-template"


@pytest.mark.parametrize(
    ("data", "said"), [(None, "can't be read"), (b"\xff", "not UTF-8"), (b"x" * 100_001, "100,000")]
)
def test_a_template_that_can_not_be_read(base, tmp_path, data, said):
    """Is named."""
    path = tmp_path / "bad.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=said):
        base.suggest("forgotten password", template=path)
