"""Facts about which way to a person follows which problem."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import ContactConfig
from kb.model import Article, Channel, Condition, Section, Step, Tier
from kb.site.i18n import read_wording
from kb.support.escalation import ENGLISH, choose_escalation, message_for
from kb.support.wording import texts_in

SECTION = Section("top", "", 0, (), "text", (1, 1), 0)


def article(id_, **values):
    """An article with little in it."""
    return Article(
        id=id_,
        path=f"{id_}.md",
        title=id_,
        topic="",
        body="",
        body_line=1,
        digest="",
        sections=(SECTION,),
        **values,
    )


def contact(id_, name, best_for="", order=None, **values):
    """An article about a channel."""
    channel = Channel(name, best_for=best_for, where="Account", wait="Short", hours="9 to 5")
    return article(id_, tier=Tier.CONTACT, channel=channel, order=order, **values)


CHAT = contact("contact/chat", "chat", "Most problems.", 1, have_ready=("The order number",))
PHONE = contact("contact/phone", "Telephone", "Urgent or complicated problems", 2)
EMAIL = contact("contact/email", "email", "Problems that are not urgent", 3)
ALL = (EMAIL, PHONE, CHAT)
LATE = article(
    "orders/late",
    have_ready=("The date",),
    escalate=(
        Step("phone", Condition.URGENT),
        Step("Chat"),
        Step("contact/email", Condition.NOT_URGENT),
    ),
)


def names(escalation):
    """The channels in order."""
    return [option.channel.name for option in escalation.options]


def whys(escalation):
    """The reasons in order."""
    return [option.why for option in escalation.options]


def test_article_decides_the_order():
    """A problem's article lists its channels; one for urgent problems waits at the end."""
    found = choose_escalation("late package", LATE, ALL)
    assert names(found) == ["chat", "email", "Telephone"]
    assert whys(found) == [
        "best for most problems",
        "if it can wait; best for problems that are not urgent",
        "if it becomes urgent; best for urgent or complicated problems",
    ]


def test_urgent_words_bring_the_urgent_channel_first():
    """What can wait is no way out of an urgent problem."""
    found = choose_escalation("urgent: late package", LATE, ALL)
    assert names(found) == ["Telephone", "chat"]
    assert whys(found)[0] == "your problem is urgent; best for urgent or complicated problems"


def test_urgent_words_of_the_settings_count():
    """A knowledge base in another language names its own urgent words."""
    found = choose_escalation("dringend", LATE, ALL, ContactConfig(urgent=("dringend",)))
    assert names(found)[0] == "Telephone"


def test_patient_channel_is_better_than_none():
    """An urgent problem whose article has only a patient channel still gets that one."""
    only = article("x", escalate=(Step("email", Condition.NOT_URGENT),))
    found = choose_escalation("asap", only, ALL)
    assert names(found) == ["email"]
    assert whys(found) == ["best for problems that are not urgent"]


def test_without_an_article_the_order_of_the_contact_articles_counts():
    """The default order is the authors'; descriptions tell what is for urgent problems."""
    assert names(choose_escalation("", None, ALL)) == ["chat", "email", "Telephone"]
    assert names(choose_escalation("today!", None, ALL)) == ["Telephone", "chat"]


def test_settings_may_order_the_channels():
    """contact.order names channels by name or by the end of their article's id."""
    settings = ContactConfig(order=("email", "CHAT"))
    assert names(choose_escalation("", None, ALL, settings))[:2] == ["email", "chat"]


def test_articles_without_an_order_come_last():
    """Without an order the id decides."""
    found = choose_escalation("", None, (contact("b", "b"), contact("a", "a"), CHAT))
    assert names(found) == ["chat", "a", "b"]
    assert whys(found)[1] == "a way to reach a person"


def test_article_about_a_channel_leads_to_it():
    """Whoever looks for the phone gets the phone first, then what its article names."""
    phone = contact("contact/phone", "Telephone", "Calls", 2, escalate=(Step("chat"),))
    assert names(choose_escalation("phone number", phone, (CHAT, phone))) == ["Telephone", "chat"]


def test_unknown_channels_are_passed_over():
    """A step that names no channel is left out; if none is left, the default order counts."""
    some = article("x", escalate=(Step("fax"), Step("chat")))
    none = article("x", escalate=(Step("fax"),))
    assert names(choose_escalation("", some, ALL)) == ["chat"]
    assert names(choose_escalation("", none, (CHAT,))) == ["chat"]


def test_steps_count_without_contact_articles():
    """Where nobody described the channels, their names are better than nothing."""
    found = choose_escalation("", article("x", escalate=(Step("phone"),)), ())
    assert names(found) == ["phone"]
    assert found.note == ""


def test_channel_is_named_once():
    """Two steps to one channel are one option."""
    twice = article("x", escalate=(Step("chat"), Step("contact/chat")))
    assert names(choose_escalation("", twice, ALL)) == ["chat"]


def test_nothing_to_offer_is_said_honestly():
    """Without channels there is a note: the configured one, or a plain statement."""
    assert choose_escalation("help", None, ()).note == ENGLISH.no_channel
    assert choose_escalation("hilfe", None, (), texts=texts_in("de")).note.startswith("Diese ")
    settings = ContactConfig(fallback="Ask at the desk.")
    assert choose_escalation("help", None, (LATE,), settings).note == "Ask at the desk."


def test_problem_says_what_to_have_ready_before_the_channel_does():
    """The article's list counts; without one, that of the first channel."""
    assert choose_escalation("", LATE, ALL).have_ready == ("The date",)
    assert choose_escalation("", None, ALL).have_ready == ("The order number",)
    assert choose_escalation("", None, ()).have_ready == ()


def test_channels_know_their_article():
    """An option's channel holds all that its article says of it."""
    channel = choose_escalation("", None, (CHAT,)).options[0].channel
    assert channel == Channel(
        "chat",
        "Most problems.",
        "Short",
        "Account",
        "9 to 5",
        "contact/chat",
        ("The order number",),
    )


@pytest.mark.parametrize(
    ("best_for", "why"),
    [
        ("Most problems.", "best for most problems"),
        ("PayPal payments", "best for PayPal payments"),
        ("USPS packages", "best for USPS packages"),
        ("A question", "best for a question"),
        ("  ", "a way to reach a person"),
    ],
)
def test_reason_reads_in_a_sentence(best_for, why):
    """The description follows in lower case, but names keep their capitals."""
    assert whys(choose_escalation("", None, (contact("a", "a", best_for),))) == [why]


def test_message_takes_over_what_the_words_say():
    """What happened, when, the number that is asked for and the wish, where they are known."""
    words = "lamp broke yesterday,\n order 123-4567890-1234567, I want a refund"
    story = "lamp broke yesterday, order 123-4567890-1234567, I want a refund"
    asked = ["The date.", "The order\n number", "Reference number: if any"]
    assert message_for(words, asked=asked).split("\n") == [
        f"What happened: {story} [more details]",
        "When: yesterday",
        "The date: […]",
        "The order number: 123-4567890-1234567",
        "Reference number, if any: […]",
        "What I tried: [the steps that did not help]",
        "What I want: a refund [or something else]",
    ]


def test_message_asks_for_what_suits_the_problem():
    """The settings' lines, then what to have ready, each once; a bank asks for no order number."""
    settings = ContactConfig(fields=("Account number", "Branch"))
    bank = article("card/lost", have_ready=("Branch", "The card's last digits"))
    message = choose_escalation("I lost card 123456", bank, (), settings).message
    labels = [line.split(":")[0] for line in message.split("\n")]
    assert labels == [
        *("What happened", "When", "Account number", "Branch", "The card's last digits"),
        *("What I tried", "What I want"),
    ]
    assert "Account number: 123456" in message
    assert "rder number" not in choose_escalation("", None, ()).message


def test_message_leaves_open_what_is_unclear():
    """Two numbers, two wishes, a date or a price are no number and no wish."""
    words = "123456 or 654321 of 2024-01-31 for 99.50: refund or replacement"
    lines = message_for(words, asked=["Order number"])
    assert "Order number: […]" in lines
    assert "When: 2024-01-31" in lines
    assert "What I want: [" in lines


@pytest.mark.parametrize(
    ("language", "words", "when", "wish"),
    [
        ("ar", "أريد استرداد المبلغ، وصل الطلب أمس مكسورا", "أمس", "استرداد المبلغ"),
        ("de", "Gestern kam es kaputt an, ich will mein Geld zurück", "Gestern", "eine Erstattung"),
        ("de", "seit drei Tagen defekt, bitte umtauschen", "seit drei Tagen", "einen Ersatz"),
        ("de", "heute frueh, ich moechte kuendigen", "heute frueh", "eine Stornierung"),
        ("es", "llegó roto el lunes y quiero un reembolso", "el lunes", "un reembolso"),
        (
            "fr",
            "commandé il y a deux semaines, à annuler",
            "il y a deux semaines",
            "une annulation",
        ),
        ("hi", "कल सामान टूटा आया, मुझे रिफंड चाहिए", "कल", "धनवापसी"),
        ("it", "rotto da 3 giorni, vorrei un rimborso", "da 3 giorni", "un rimborso"),
        ("ja", "昨日届いた商品が壊れていたので返金してほしい", "昨日", "返金"),
        ("ko", "2일 전에 산 제품이 고장나서 환불 받고 싶어요", "2일 전", "환불"),
        ("nl", "kapot sinds 12.03.2026, graag vervangen", "12.03.2026", "een vervanging"),
        ("pt", "chegou ontem, quero o meu dinheiro de volta", "ontem", "um reembolso"),
        ("ru", "Верните деньги, заказ от 2026-02-01", "2026-02-01", "возврат денег"),
        ("tr", "geçen hafta aldım, iade istiyorum", "geçen hafta", "para iadesi"),
        ("zh-Hant", "三天前收到的商品壞了，想退款", "三天前", "退款"),
    ],
)
def test_times_and_wishes_are_known_in_the_language(language, words, when, wish):
    """As they are written, and in the message's own words."""
    _, said, *_, wished = message_for(words, texts=texts_in(language)).split("\n")
    assert re.split(": ", said)[1] == when
    assert re.split(": ", wished)[1].startswith(f"{wish} [")


@pytest.mark.parametrize(
    ("language", "words", "when"),
    [
        ("en", "It has been broken since 3 March", "since 3 March"),
        ("en", "I bought it on March 3rd, 2026, in your shop", "on March 3rd, 2026"),
        ("en", "broken since Sept. 5", "since Sept. 5"),
        ("ar", "منذ ٣ آذار ٢٠٢٦ لم يصل", "٣ آذار ٢٠٢٦"),
        ("de", "seit dem 3.Maerz 2026 kaputt", "3.Maerz 2026"),
        ("de", "am 12. Okt. bestellt", "12. Okt."),
        ("es", "roto desde el 3 de marzo de 2026", "3 de marzo de 2026"),
        ("fr", "commandé le 1er février", "1er février"),
        ("he", "לא עובד מאז 3 במרץ", "3 במרץ"),
        ("hi", "3 मार्च से खराब है", "3 मार्च"),
        ("it", "non va dal 3 marzo", "3 marzo"),
        ("nl", "kapot sinds 3 maart 2026", "3 maart 2026"),
        ("pl", "nie działa od 3 wrzesnia", "3 wrzesnia"),
        ("pt", "não chegou desde 3 de março", "3 de março"),
        ("ru", "не работает с 3-го марта", "3-го марта"),
        ("tr", "3 Eylül'den beri bozuk", "3 Eylül"),
        ("uk", "не працює з 3 березня", "3 березня"),
        ("zh", "从3月3日开始坏了", "3月3日"),
        ("de", "3 Märzen für 8 Euro", "[Datum und Uhrzeit]"),
        ("en", "the 2026 march of progress", "[date and time]"),
    ],
)
def test_days_with_the_name_of_their_month_are_times(language, words, when):
    """In full, or as the language shortens it; a month alone, or part of a word, is none."""
    _, said, *_ = message_for(words, texts=texts_in(language)).split("\n")
    assert re.split(": ", said)[1] == when


def test_message_and_reasons_are_in_the_given_language():
    """Names keep their capitals after a colon; a wish in English words is told in German."""
    german = read_wording("de", Path("no theme")).escalation()
    found = choose_escalation("urgent, a refund", LATE, ALL, texts=german)
    assert (
        whys(found)[0] == "Ihr Problem ist dringend; am besten für: Urgent or complicated problems"
    )
    labels = [line.split(":")[0] for line in found.message.split("\n")]
    assert labels == [
        "Was passiert ist",
        "Wann",
        "The date",
        "Was ich versucht habe",
        "Was ich möchte",
    ]
    assert "refund" not in found.message.split("\n")[-1]


def test_the_english_texts_need_no_file():
    """They are what the site says, too."""
    assert read_wording("en", Path("no theme")).escalation() == ENGLISH


@pytest.mark.parametrize("words", ["", "  ", "talk to a human", "phone number"])
def test_words_without_a_story_leave_the_message_empty(words):
    """Asking for a person does not say what happened."""
    assert "What happened: [what is wrong" in message_for(words)


@given(st.text(max_size=2000))
def test_message_has_its_lines_whatever_was_typed(words):
    """No query makes a message of another shape, or a long one."""
    lines = message_for(words, asked=["Order number"]).split("\n")
    assert [line.split(":")[0] for line in lines] == [
        "What happened",
        "When",
        "Order number",
        "What I tried",
        "What I want",
    ]
    assert len(lines[0]) < 600
