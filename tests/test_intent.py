"""Facts about what a query's words ask for beyond their subject."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.support import phrases
from kb.support.intent import (
    ALONE_RULE,
    NOT_PERSON_RULE,
    PERSON_RULES,
    asks_for_person,
    is_urgent,
    plain,
    without_accents,
)
from kb.support.wording import texts_in

PERSON = (
    "talk to a human",
    "talk to someone",
    "speak to someone about my bill",
    "speak with a representative",
    "phone number",
    "what is your phone number",
    "customer service phone number",
    "customer service number",
    "live chat",
    "chat with an agent",
    "i want to talk to a real person",
    "I need a human",
    "human",
    "call customer service",
    "contact customer service",
    "contact amazon customer service",
    "how do i contact someone",
    "email customer service",
    "speak to a real person",
    "i need to reach a person",
    "how do i get hold of customer service",
    "talk to someone on the phone",
    "talk to someone online",
    "contact us button",
    "can i ring someone",
    "where is the phone number",
    "customer service representative",
    "can I speak to a manager please",
    "connect me to an agent",
    "get me a human",
    "Is there a number to call support?",
    "message customer service right now",
    "fastest way to reach someone",
    "email address for support",
    "email address for help",
    "how can I contact you?",
    "write to customer service",
    "contact github support",
    "i want to speak to a person not a bot",
    "real person please",
    "transfer me to a live agent",
    "i'd like to speak with somebody",
    "put me through to an operator",
    "live agent",
    "get in touch with support",
    "help line",
    "support phone number",
    "toll free number",
    "escalate this to a supervisor",
    "what is the best way to contact support",
    "call us",
)
NO_PERSON = (
    "how do I change my phone number",
    "contact list sync",
    "human readable",
    "email address change",
    "change email address",
    "human error",
    "agent forwarding ssh",
    "add a contact person to my account",
    "live chat widget color",
    "update my phone number",
    "two factor phone number verification",
    "how do I chat with people in a group",
    "talk to alexa",
    "how to block someone from calling me",
    "the person who delivered my package left it",
    "i already talked to an agent twice",
    "without talking to a human",
    "i don't want to talk to a person",
    "call forwarding setup",
    "does this plan support phone numbers",
    "how to reach 100 mbps",
    "human resources policy",
    "representative sample",
    "support for python 3",
    "delivery person was rude",
    "a person stole my package",
    "give me a refund",
    "contact lens return",
    "get me my money back",
    "can I give someone a gift card",
    "how do I call a function",
    "real time chat api",
    "phone support for usb-c",
    "set up a service account",
    "someone else's order",
    "how to send a message to someone",
    "text someone a gift card",
    "reach end of file",
    "property manager access",
    "transfer me money",
    "package manager",
    "i need a manager role for my repo",
    "reach people with ads",
    "i need people to review my code",
    "contact a repository owner",
    "customer support portal theme",
    "operator precedence",
    "speaker not working",
    "email notifications",
    "phone number format in forms",
    "",
    "?!",
)


@pytest.mark.parametrize("words", PERSON)
def test_asking_for_a_person(words):
    """These ask for a person, with capitals and signs as well."""
    assert asks_for_person(words)
    assert asks_for_person(f"{words.upper()}?!")


@pytest.mark.parametrize("words", NO_PERSON)
def test_sharing_words_is_not_asking(words):
    """These have words of the others, but another subject."""
    assert not asks_for_person(words)


TEXTS = st.one_of([st.from_regex(rule, fullmatch=True) for rule in (*PERSON_RULES, ALONE_RULE)])


@given(TEXTS.map(plain))
def test_rules_alone_decide(text):
    """What spares most queries the rules never says anything but what the rules say."""
    rules = any(re.search(rule, text) for rule in (*PERSON_RULES, ALONE_RULE))
    assert asks_for_person(text) == (bool(text) and rules and not re.search(NOT_PERSON_RULE, text))


def test_every_example_of_the_rules_is_seen():
    """Each rule matches one of the phrases above, and is found out by `asks_for_person`."""
    for rule in (*PERSON_RULES, ALONE_RULE):
        assert any(re.search(rule, plain(words)) for words in PERSON), rule


def test_more_phrases_match_as_whole_words():
    """Phrases from the settings count anywhere in the query, but not within words."""
    assert asks_for_person("bitte mit einem Menschen sprechen", ["einem menschen"])
    assert not asks_for_person("menschenrechte", ["menschen", ""])


@pytest.mark.parametrize(
    "words", ["URGENT!", "need it asap", "it must come today", "help me right now", "urgently"]
)
def test_urgent_words(words):
    """These can't wait."""
    assert is_urgent(words)


@pytest.mark.parametrize(
    "words",
    [
        "not urgent",
        "It isn't urgent",
        "no rush",
        "non-urgent",
        "this can wait",
        "",
        "order late",
        "urgent? no, not urgent",
        "surgentle",
    ],
)
def test_words_that_can_wait(words):
    """These say nothing of haste, or that there is none."""
    assert not is_urgent(words)


def test_more_urgent_words():
    """Words from the settings make a problem urgent."""
    assert is_urgent("es ist dringend", ["dringend"])


@given(st.text())
def test_any_text_can_be_asked_about(words):
    """No text breaks the rules, and plain text has words with one space between."""
    text = plain(words)
    assert text == " ".join(text.split())
    assert plain(text) == plain(plain(text))
    asks_for_person(words)
    is_urgent(words)


def test_no_real_question_of_the_corpora_asks_for_a_person():
    """Thousands of questions about software and television sets: not one is mistaken."""
    folder = os.environ.get("KB_CORPORA")
    if not folder:
        pytest.skip("KB_CORPORA is not set")
    files = sorted(Path(folder).glob("*/queries.jsonl"))
    assert files
    for file in files:
        queries = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
        assert [query for query in queries if asks_for_person(query)] == []


LANGUAGES = sorted(path.stem for path in (Path(phrases.__file__).parent / "words").glob("*.toml"))
SAYINGS = {language: texts_in(language).sayings for language in LANGUAGES}

PERSON_IN = (
    ("ar", "أريد التحدث مع موظف خدمة العملاء"),
    ("de", "Kann ich mit einem Mitarbeiter sprechen?"),
    ("de", "Bitte rufen Sie mich zurück, um Rückruf wird gebeten"),
    ("de", "Telefonnummer vom Kundenservice"),
    ("de", "Koennen Sie mich bitte zurueckrufen?"),
    ("es", "quiero hablar con una persona"),
    ("es", "numero de telefono de atencion al cliente"),
    ("fr", "Je voudrais parler à un conseiller"),
    ("fr", "numéro du service client"),
    ("he", "אני רוצה לדבר עם נציג"),
    ("hi", "मुझे किसी इंसान से बात करनी है"),
    ("it", "vorrei parlare con un operatore"),
    ("ja", "オペレーターと話したいです"),
    ("ja", "カスタマーサポートの電話番号を教えてください"),
    ("ko", "상담원과 통화하고 싶어요"),
    ("nl", "Kan ik met iemand van de klantenservice praten?"),
    ("nl", "telefoonnummer klantenservice"),
    ("pl", "Chcę porozmawiać z konsultantem"),
    ("pt", "quero falar com um atendente"),
    ("ru", "соедините меня с оператором"),
    ("tr", "Müşteri temsilcisiyle görüşmek istiyorum"),
    ("tr", "BİRİYLE konuşmak istiyorum"),
    ("uk", "Хочу поговорити з живою людиною"),
    ("zh", "我要转人工客服"),
    ("zh-Hant", "請幫我轉接真人客服"),
)
NO_PERSON_IN = (
    ("ar", "كيف أغير رقم هاتفي"),
    ("de", "Wie ändere ich meine Telefonnummer"),
    ("de", "menschliches Versagen"),
    ("es", "cómo cambio mi número de teléfono"),
    ("fr", "changer mon numéro de téléphone"),
    ("fr", "Le rembourser sans parler à un conseiller"),
    ("he", "איך מחליפים מספר טלפון"),
    ("hi", "मेरा सामान नहीं आया"),
    ("it", "il pacco non è arrivato"),
    ("ja", "電話番号を変更する方法"),
    ("ko", "전화번호를 어떻게 바꾸나요"),
    ("nl", "hoe deel ik een bestand met iemand"),
    ("pl", "jak zmienić numer telefonu"),
    ("pt", "como mudar o meu número de telefone"),
    ("ru", "сколько человек может пользоваться"),
    ("tr", "telefon numaramı nasıl değiştiririm"),
    ("uk", "посилка не прийшла"),
    ("zh", "我的电话号码怎么修改"),
    ("zh-Hant", "包裹沒有送到"),
)


@pytest.mark.parametrize(("language", "words"), PERSON_IN)
def test_asking_for_a_person_in_other_languages(language, words):
    """With the words of that language, with accents or without; English ones hold as well."""
    assert asks_for_person(words, sayings=SAYINGS[language])
    assert asks_for_person("talk to a human", sayings=SAYINGS[language])


@pytest.mark.parametrize(("language", "words"), NO_PERSON_IN)
def test_sharing_words_is_not_asking_in_other_languages(language, words):
    """These are about a number, a person or a contact."""
    assert not asks_for_person(words, sayings=SAYINGS[language])


@pytest.mark.parametrize(
    ("language", "urgent", "patient"),
    [
        ("ar", "الأمر عاجل", "الأمر غير عاجل"),
        ("de", "Es ist sehr dringend", "Es ist nicht dringend"),
        ("es", "lo necesito cuanto antes", "no es urgente"),
        ("fr", "c'est urgent", "ce n'est pas urgent"),
        ("it", "ho bisogno al più presto", "non è urgente"),
        ("ja", "至急お願いします", "急ぎではありません"),
        ("ko", "급해요", "급하지 않아요"),
        ("nl", "zo snel mogelijk", "heeft geen haast"),
        ("pl", "to pilne", "to nie jest pilne"),
        ("ru", "это срочно", "это не срочно"),
        ("tr", "bu çok acil", "acil değil"),
        ("zh", "请尽快处理", "不着急"),
    ],
)
def test_urgency_in_other_languages(language, urgent, patient):
    """And that there is none."""
    assert is_urgent(urgent, sayings=SAYINGS[language])
    assert not is_urgent(patient, sayings=SAYINGS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_spares_the_rules_of_a_language_loses_nothing(language):
    """Whatever a rule matches has a stem: without one, no rule need be compiled."""
    sayings = SAYINGS[language]
    for rule in sayings.person:
        assert not re.search(rule, "")
        for stem in sayings.stems:
            assert stem == without_accents(stem)
    assert all(sayings.stems)
    assert any(asks_for_person(w, sayings=sayings) for tag, w in PERSON_IN if tag == language)
