"""A knowledge base in several languages: an index for each, and answers in one of them."""

import hashlib
import json
import shutil
from dataclasses import replace

import pytest

from kb import KnowledgeBase
from kb.errors import NotFoundError, QueryError
from kb.model import Audience
from tests.support.tongues import write_tongues


@pytest.fixture
def content(tmp_path):
    """The folder of the articles."""
    return write_tongues(tmp_path / "content")


@pytest.fixture
def base(content):
    """The knowledge base on it."""
    return KnowledgeBase.open(content)


def articles(answer):
    return list(dict.fromkeys(hit.article for hit in answer))


def test_the_language_of_the_settings_comes_first(base):
    """Then the others, in order of their tags."""
    assert base.languages == ("en", "ar", "de", "ja")


@pytest.mark.parametrize(
    ("query", "language", "first"),
    [
        ("late package", "en", "en/orders/late"),
        ("Pakete verspätet", "de", "de/orders/late"),
        ("Erstattung einer Bestellung", "de", "de/orders/refund"),
        ("متأخر", "ar", "ar/orders/late"),
        ("荷物", "ja", "ja/orders/late"),
        ("パスワード", "ja", "ja/account"),
        ("password", "en", "en/account"),
    ],
)
def test_a_query_is_answered_in_its_language(base, query, language, first):
    """The one whose articles know most of its words."""
    answer = base.search(query)
    assert (answer.language, answer[0].article) == (language, first)
    assert all(hit.article.startswith(f"{language}/") for hit in answer)
    assert bool(answer.notices) is (language != "en")


def test_each_language_has_its_own_stems(base):
    """`Bestellungen` has the stem of `Bestellung` in German alone."""
    assert articles(base.search("Bestellungen", language="de")) == ["de/orders/refund"]
    assert articles(base.search("refunding", language="en"))[0] == "en/orders/refund"


def test_statistics_are_of_the_language_alone(base, content, tmp_path):
    """A score is that of a knowledge base that has no other language."""
    shutil.copytree(content / "de", tmp_path / "alone/content/de")
    config = replace(KnowledgeBase.open(tmp_path / "alone/content").config, language="de")
    alone = KnowledgeBase(config)
    for query in ("Paket", "Geld zurück", "Bestellung Lieferung"):
        scores = [(hit.article, hit.score) for hit in base.search(query, language="de")]
        assert scores == [(hit.article, hit.score) for hit in alone.search(query)]


def test_another_language_answers_where_the_asked_one_has_nothing(base):
    """And says so."""
    answer = base.search("account password", language="de")
    assert (answer.language, answer[0].article) == ("en", "en/account")
    assert answer.notices[0] == "Nothing found in Deutsch; this is in English."
    nothing = base.search("qqqqzzzz", language="de")
    assert (nothing.language, len(nothing)) == ("de", 0)


def test_a_region_is_the_language_that_there_is(base):
    """And a language that there is not is an error that names those."""
    assert base.search("Paket", language="de-AT").language == "de"
    with pytest.raises(QueryError, match="no articles in 'fr'"):
        base.search("colis", language="fr")


def test_the_way_to_a_person_is_that_of_the_language(base):
    """Else of the first one that has any."""
    channels = {
        tag: [option.channel.name for option in base.contact(language=tag).options]
        for tag in base.languages
    }
    assert channels == {"en": ["chat"], "de": ["Telefon"], "ar": ["chat"], "ja": ["chat"]}
    assert base.contact("Paket verspätet").options[0].channel.name == "Telefon"
    assert base.search("Paket verspätet").escalation.options[0].channel.name == "Telefon"


def test_the_message_is_in_the_language_that_is_asked_for(base):
    """Also where an article in another one answers; without asking, in that of the answer."""
    assert base.contact("Pakete verspätet", language="ja").message.startswith(
        "何が起きたか: Pakete"
    )
    assert base.contact("Pakete verspätet").message.startswith("Was passiert ist: Pakete")


def test_an_article_leads_to_its_translations(base):
    """By tag, without itself; an id below the language's folder will do."""
    late = base.article("orders/late")
    assert late.id == "en/orders/late"
    found = [(tag, card.id) for tag, card in base.translations(late)]
    assert found == [("ar", "ar/orders/late"), ("de", "de/orders/late"), ("ja", "ja/orders/late")]
    assert base.article("en/orders/late", language="ja").id == "ja/orders/late"
    assert base.article("laden", language="de").id == "de/laden"
    with pytest.raises(NotFoundError, match="is not there in 日本語"):
        base.article("en/chat", language="ja")


def test_lists_can_be_of_one_language(base):
    """Cards and topics; without a language they are of all."""
    assert {card.id.partition("/")[0] for card in base.cards(language="de")} == {"de"}
    assert len(base.cards()) == 17
    assert [t.id for t in base.topics(language="ar")] == ["", "ar", "ar/orders"]
    assert base.describe().articles == 17


def test_an_edit_changes_its_language_alone(base, content):
    """Files of the others are shared with the generation before."""
    base.index()
    before = base.engine_of("ja").folder
    file = content / "de/laden.md"
    file.write_text(file.read_text("utf-8") + "\nAuch am Sonntag.\n", "utf-8")
    changes = base.index()
    assert (changes.updated, changes.rebuilt) == (("de/laden",), False)
    after = base.engine_of("ja").folder
    assert after.parent != before.parent
    assert {p.name: p.stat().st_ino for p in after.iterdir()} == {
        p.name: p.stat().st_ino for p in before.iterdir()
    }
    assert articles(base.search("Sonntag")) == ["de/laden"]


def test_languages_come_and_go(base, content):
    """Also by front matter alone, until one is left, whose index stands at the top."""
    base.index()
    (content / "bonjour.md").write_text("---\nlang: fr\n---\n# Colis perdu\n\nAttendez.\n", "utf-8")
    assert base.index().added == ("bonjour",)
    assert base.languages == ("en", "ar", "de", "ja", "fr")
    assert articles(base.search("colis")) == ["bonjour"]
    for name in ("ar", "de", "ja"):
        shutil.rmtree(content / name)
    (content / "bonjour.md").unlink()
    base.index()
    assert base.languages == ("en",)
    answer = base.search("late package")
    assert (answer.language, answer[0].article) == ("", "en/orders/late")
    assert base.engine.folder.name.startswith("g0")


def test_a_front_matter_of_one_language_needs_no_settings(tmp_path):
    """Where all articles say that they are German, they are read as German."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("---\nlang: de\n---\n# Bestellungen\n\nText.\n", "utf-8")
    base = KnowledgeBase.open(content)
    assert base.languages == ("de",)
    assert articles(base.search("Bestellung")) == ["a"]


def test_agents_see_their_own_channels_in_a_language(base, content):
    """A channel for agents hides no other language's from customers."""
    file = content / "de/anruf.md"
    file.write_text(file.read_text("utf-8").replace("---\ntier", "---\naudience: agent\ntier", 1))
    base.index()
    assert [o.channel.name for o in base.contact(language="de").options] == ["chat"]
    own = base.contact(language="de", audience=Audience.AGENT).options
    assert [option.channel.name for option in own] == ["Telefon"]


def test_a_damaged_file_of_one_language_is_found(base, content):
    """All languages are built anew from the articles."""
    base.index()
    folder = base.engine_of("de").folder
    base.close()
    for file in folder.glob("*.pst"):
        file.write_bytes(b"x" * file.stat().st_size)
    again = KnowledgeBase.open(content)
    assert again.index().rebuilt
    assert articles(again.search("Paket", language="de"))


@pytest.mark.parametrize("languages", [["", "../../elsewhere"], [], ["de/x"], [7], "de"])
def test_an_index_of_a_stranger_names_no_other_folder(base, content, languages):
    """Its manifest may say what it will."""
    base.index()
    folder = base.engine_of("de").folder.parent
    base.close()
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text())
    data = json.dumps({**said, "languages": languages}).encode()
    manifest.write_bytes(data)
    pointer = {"generation": folder.name, "manifest": hashlib.sha256(data).hexdigest()}
    (folder.parent / "current.json").write_text(json.dumps(pointer))
    again = KnowledgeBase.open(content)
    assert again.index().rebuilt
    assert again.languages == ("en", "ar", "de", "ja")
