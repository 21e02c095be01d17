"""The browser answers as the terminal does."""

import json
import os
import random
from pathlib import Path

import pytest
from support.exports import judged_content, judged_texts, needs_judged_sets
from support.tongues import write_tongues

from kb.config import ContactConfig, SearchConfig
from kb.content import read_content

SAMPLE = Path(__file__).parents[2] / "content"
QUERIES = (
    "", " ", "a", "the who", "it", "pakage", "packge nevr arrived", "my package", "refnd", "C++",
    "charged twice", "talk to a human", "phone number", "urgent: need help today", "not urgent",
    '"never arrived"', '"arrived never"', "package -email", 'package -"never arrived"', "-email",
    "tier:contact", "tier:contact phone", "topic:orders late", "topic:nowhere late", "tag:x late",
    "topic:ordrs late", "topic:contact/nothing", "tag:delivry", "topic:billng tag:e", "tier:advise late",
    "wi-fi", "xyzzy", "xyzzy plugh", "helpp", "packagenever", "order123", "late late late",
    "can I get my money back for a parcel that never came", "I'd like a HUMAN, please!",
    "refund for order 123-4567890-1234567 from yesterday", "chek ordr statsu", "émail", "chta", "lsot", "phne now",
    "vorder", "orderid", "vorder pakage", "apackage", "ordered zpackage", "theyre late", "refundd", "pckg",
    '"pakage nevr arrived"', '"pakage"', 'tracking shows me "my pakage nevr arrived" every day', '"pakage" late', "ＰＨＯＮＥ",
)  # fmt: skip
OPTIONS = (
    {},
    {"limit": 3},
    {"limit": 10, "prefix": True},
    {"limit": 10, "correct": False},
    {"limit": 10, "tier": "self-service"},
    {"limit": 10, "topic": "contact"},
)


def differences(ours, theirs):
    """What the browser says otherwise than the terminal, but for paths that it can't know."""
    for our, their in zip(ours, theirs, strict=True):
        for hit in our["hits"]:
            del hit["path"], hit["lines"]
        for hit in their["hits"]:
            for place in (hit, *hit.get("also", ())):
                assert place.pop("url").startswith(place["article"])
        for place in (*their["topics"], *their["escalation"]["channels"]):
            place.pop("url", None)
        for channel in our["escalation"]["channels"]:
            for key in ("link", "phone", "email"):  # these stand on the page already
                del channel[key]
        for key in their.keys() | our.keys():
            if their.get(key) != our.get(key):
                yield our["query"], key, our.get(key), their.get(key)


TONGUES = {
    "en": ("late package", "refund", "topic:en/orders money", "pasword", "never arrived"),
    "de": (
        "Paket verspätet",
        "Bestellung",
        "Lieferng",
        "topic:de/orders Geld",
        "Pak",
        "Paketerstattung",
        "Geldabholung",
        "Bestellungspaket verfolgen",
        "Abholungstag",
        "Paketlieferung",
        "Bestellungsänderung",
    ),
    "ar": ("متأخر", "كلمة المرور", "الطرد"),
    "ja": ("荷物", "パスワード", "三日以内 届かない", "変更"),
}


@pytest.mark.parametrize("language", TONGUES)
def test_each_language_is_answered_alike(open_base, both, tmp_path, language):
    """From its own files, but for what is said of the language; also where nothing is found, in no
    other language either.
    """
    content = write_tongues(tmp_path / "content")
    questions = [(query, options) for query in TONGUES[language] for options in OPTIONS[:5]]
    questions.append(("qqqqzzzz", {}))
    ours, theirs = both(open_base(content), questions, language)
    for our in ours:
        assert our.pop("language") == language
    assert list(differences(ours, theirs)) == []
    assert ours[-1]["topics"] == []


def issues(content):
    """What customers say, as the articles have it."""
    return [issue for article in read_content(content).articles for issue in article.issues]


def test_the_sample_is_answered_alike(open_base, both):
    """Every issue phrase and many odd queries, with every option: all that an answer holds."""
    questions = [(query, options) for query in QUERIES for options in OPTIONS]
    questions += [(issue, {"limit": 10}) for issue in issues(SAMPLE)]
    assert not list(differences(*both(open_base(SAMPLE), questions)))


def test_settings_count_in_the_browser(open_base, both):
    """Synonyms of words and phrases, one-way ones, constants, and phrases of the settings."""
    search = SearchConfig(
        synonyms=(("parcel", ("package", "shipment")), ("money back", ("refund",))),
        one_way=(("boss", ("supervisor", "support team")), ("order", ("purchase", "my bank"))),
        per_article=2,
    )
    base = open_base(
        SAMPLE,
        search=search,
        ranking=(("self_service", 0.3), ("pair_weight", 0.0), ("nearness", 0.0), ("synonym", 0.7)),
        contact=ContactConfig(order=("phone",), person=("beam me up",), urgent=("on fire",)),
    )
    words = (
        "parcel",
        "my parcel is late",
        "money back",
        "boss",
        "beam me up",
        "it is on fire",
        "my order",
    )
    questions = [(query, {"limit": 10}) for query in (*words, *issues(SAMPLE))]
    assert not list(differences(*both(base, questions)))


def test_a_small_base_without_contacts_is_answered_alike(tmp_path, open_base, both):
    """Titles of stop words, no headings, empty articles, other scripts, characters beyond 16 bits,
    words joined and split, hidden articles.
    """
    content = tmp_path / "content"
    content.mkdir()
    articles = {
        "who": "# The Who\n\nA band.\n\n## About\n\nWho they are, and where.\n",
        "plain": "No heading here, only text about wi-fi and Wi-Fi routers.\n",
        "empty": "",
        "lead": "---\ntitle: Routers\n---\nBefore any heading.\n\n# Routers\n\nWi-Fi.\n\n## Routers\n\nMore.\n",
        "cjk": "# 订单 状态\n\n查看订单 😱 𠀀 状态 ok\n",
        "greek": "# ΟΔΟΣ straße\n\nοδος Straße ΑΓΓΕΛΟΣ naïve café İstanbul ıssız.\n",
        "hidden": "---\naudience: agent\n---\n# Secret routers\n\nTop secret.\n",
        "draft": "---\nstatus: draft\n---\n# Draft routers\n\nNot yet.\n",
        "long": "# Long\n\n" + "router " * 300 + "\n\n## Long router\n\n" + "wi-fi cable " * 2000,
        "add": "# Add-on\n\nAdd on an add-on. v1.2.3 C++ C# don't 0x80070057 snake_case\n",
    }
    for name, text in articles.items():
        (content / f"{name}.md").write_text(text)
    words = (
        "the who", "who", "about", "add-on", "on", "routers", "router wi-fi", "wifi", "wi fi",
        "订单", "状态 订单", "οδοσ", "ΟΔΟΣ", "strasse", "αγγελος", "cafe", "istanbul",
        "ıssız", "secret", "draft", "long router", "long cable router", "v1.2.3", "c++", "c#",
        "dont", "0x80070057", "snake case", "routr", "routerwifi", '"add on"', "ok",
    )  # fmt: skip
    questions = [(query, {"limit": limit}) for query in words for limit in (1, 10)]
    assert not list(differences(*both(open_base(content), questions)))


def test_korean_words_are_found_without_particles_alike(tmp_path, open_base, both):
    """The rules come with the manifest of a site in Korean."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# 배송은 언제\n\n주문을 고객센터에서는 확인합니다.\n")
    (content / "b.md").write_text("# 환불\n\nPDF로 환불이 됩니다.\n")
    questions = [
        (query, {"limit": 5}) for query in ("배송을", "주문", "고객센터", "PDF", "환불은 언제")
    ]
    ours, theirs = both(open_base(content, language="ko"), questions)
    assert all(our["hits"] for our in ours)
    assert not list(differences(ours, theirs))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Ich möchte mit einem Mitarbeiter sprechen", "dringend: Paket seit drei Tagen weg",
                "Telefonnummer", "ohne mit jemandem zu sprechen", "nicht dringend",
                "Paket kam gestern, Geld zurück")),
        ("tr", ("BİRİYLE konuşmak istiyorum", "acil değil", "geçen hafta aldım, iade istiyorum")),
        ("ja", ("オペレーターと話したい", "至急", "3日前に届いた荷物を返金", "急ぎではありません")),
        ("hi", ("मुझे किसी इंसान से बात करनी है", "कल पैकेज टूटा आया, रिफंड चाहिए", "तुरंत")),
    ],
)  # fmt: skip
def test_wishes_and_times_of_a_language_are_known_alike(tmp_path, open_base, both, language, words):
    """Who asks for a person, what can't wait, and what the message says of it."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# Paket\n\nPaket, 荷物, पैकेज, iade.\n")
    (content / "call.md").write_text(
        "---\ntier: contact\nchannel:\n  name: Anruf\n  best_for: Dringende Fragen\n---\n# Anruf\n\nJa.\n"
    )
    (content / "mail.md").write_text(
        "---\ntier: contact\nchannel:\n  name: Mail\n  best_for: Was nicht eilig ist\n---\n# Mail\n\nJa.\n"
    )
    questions = [(query, {"limit": 5}) for query in words]
    assert not list(differences(*both(open_base(content, language=language), questions)))


def test_words_meet_alike(tmp_path, open_base, both):
    """One word and two, quotes with stop words and in sentences, titles with stop words, forms of
    characters and numbers, parts of names.
    """
    content = tmp_path / "content"
    content.mkdir()
    texts = {
        "login": "# Login\n\nYour login.\n", "log": "# Access\n\nLog in now, or log out.\n",
        "log-in": "# Entry\n\nThe log-in page.\n", "setup": "# Setup\n\nThe set up of a sitemap.\n",
        "map": "# Site map\n\nA site map, set up by [the setup](https://a.example).\n",
        "us": "# US shipping rates\n\nCosts 10,000 or 5GB.\n", "rates": "# Shipping rates\n\nAll, 10 000.\n",
        "bus": "# CAN bus\n\nA bus. Call (800) 555-0199.\n", "who": "# The Who\n\nWho can turn on lights?\n",
        "on": "# Turn on\n\nTurn on the light, not off.\n", "off": "# Turn off\n\nTurn off.\n",
        "code": "# maxRetryCount\n\nSet maxRetryCount in XMLHttpRequest; retry.\n",
        "color": "# Colour\n\nOrganise the colours.\n", "cjk": "# 注文の追跡\n\n注文を追跡する鍵。\n",
        "odd": "# Łódź\n\nco\u00adop wi\u2011fi Œuvre ß ٥ שָׁלוֹם أحمد\n",
    }  # fmt: skip
    texts["rma"] = (
        "# Returns\n\nA Return Merchandise Authorization (RMA), by POS (Point of Sale).\n"
    )
    texts["form"] = "# Form\n\nThe return merchandise authorization, and RMA, at a point of sale.\n"
    for name, text in texts.items():
        (content / f"{name}.md").write_text(text, "utf-8")
    words = (
        "login", "log in", "log-in", "logout", "log out", "setup", "set up", "sitemap", "site map",
        "us shipping rates", "US shipping rates", "US SHIPPING RATES", "CAN bus", "can bus", "the who",
        "rma", "rma form", "return merchandise authorization", "pos", "point of sale", "rmaa",
        "hi please help me to turn on the light at the site", "please help the site",
        'please "help" turn light site', '"turn on"', '"turn off"', '"turn on the light"', '"the who"', 'x -"turn on"', '"on"',
        'please turn my new light "turn on" somewhere', 'shipping rates of "US" and "not off" light',
        "10000", "10,000", "10 000", "5 GB", "5gb", "8005550199", "max retry count", "maxRetryCount",
        "retry", "doesn`t turn", "won´t turn", "the site‘s light",
        "xmlhttprequest", "color", "organize colors", "注文", "追跡", "鍵", "注文の追跡 鍵", "lodz",
        "coop wifi", "oeuvre ss 5", "\u05e9\u05dc\u05d5\u05dd", "\u0627\u062d\u0645\u062f", "logn in", "set upp",
    )  # fmt: skip
    options = ({}, {"limit": 3}, {"correct": False}, {"limit": 10, "prefix": True})
    questions = [(query, option) for query in words for option in options]
    assert not list(differences(*both(open_base(content), questions)))


def test_words_of_the_language_stay_in_both(tmp_path, open_base, both):
    """Near words of the articles or two of them, British or not, names of the settings, others."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text(
        "# Too short\n\nThe order is too short; mark its prize. Lights over head. Recognized, behaves.\n"
    )
    (content / "b.md").write_text("# Order\n\nYour color, the price of an order. A cart, a load.\n")
    base = open_base(content, search=SearchConfig(names=("Ordr", "Shrt12")))
    words = (
        "took", "shirt", "shrt", "shrt12", "ordr", "odrer", "prime", "overhead", "recognised",
        "recognise", "colours", "behaved", "behaviour", "carts", "lode", "elephant", "cartload", "marquee",
    )  # fmt: skip
    questions = [(word, option) for word in words for option in ({}, {"limit": 10, "prefix": True})]
    ours, theirs = both(base, questions)
    assert base.search("ordr").correction is None
    assert base.search("odrer").correction is not None
    assert not list(differences(ours, theirs))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Zahlungswege", "Zahlungswegs", "Zahlungsnummern", "Kassenwege", "Nummerntoren")),
        ("nb", ("bestandene", "betalingsveier", "bestillingsnumre", "betalingsandene")),
    ],
)
def test_compounds_are_taken_apart_alike(tmp_path, open_base, both, language, words):
    """Parts with long stems in any form, those with short ones as articles hold them."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# Zahlung\n\nAlle Wege, eine Nummer. Die Kasse am Tor.\n")
    (content / "b.md").write_text("# Betaling\n\nBeste veier, rock and roll, en bestilling.\n")
    (content / "c.md").write_text("# Numre\n\nEt nummer, en vei, best.\n")
    questions = [(word, option) for word in words for option in ({}, {"limit": 2})]
    ours, theirs = both(open_base(content, language=language), questions)
    assert any(answer["corrected"] for answer in ours)
    assert not all(answer["corrected"] for answer in ours)
    assert not list(differences(ours, theirs))


def test_what_several_versions_say_is_one_hit_alike(tmp_path, open_base, both):
    """Equal and near-equal sections of versions, copies, hidden ones and one article's own; with
    filters, words that one version alone has, phrases, and beginnings.
    """
    rng = random.Random(3)
    texts = [" ".join(rng.choices(VERSIONED, k=40)) for _ in range(6)]
    content = tmp_path / "content"
    for folder in ("v1", "v2", "v10", "latest", "old/v2", "copy", "secret"):
        for name in range(4):
            front = "---\naudience: agent\n---\n" if folder == "secret" else ""
            parts = [f"{front}# Setup {name} of {folder}\n"]
            for number, text in enumerate(rng.sample(texts, 4)):
                words = text.split()
                words[rng.randrange(40)] = rng.choice((folder, "oak"))
                parts.append(f"## Part {number % 2}\n\n{' '.join(words)}\n")
            path = content / folder / f"a{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(parts))
    words = (
        "setup",
        "part",
        "oak",
        "elm ash",
        "v1",
        "elm v10",
        "setup 1 of v2",
        "latest fir",
        '"oak elm"',
    )
    asked = [
        *words,
        *(f"{w} topic:{t}" for w in words for t in ("v2", "old", "copy")),
        "topic:v10",
        "elm -v10",
    ]
    options = ({}, {"limit": 3}, {"limit": 40, "prefix": True})
    questions = [(query, option) for query in asked for option in options]
    base = open_base(content)
    assert not list(differences(*both(base, questions)))
    assert sum(len(hit.also) for query in asked for hit in base.search(query)) > 30


VERSIONED = ("oak", "elm", "fir", "ash", "yew", "box", "fig", "bay", "tea", "rye", "the", "of")


def test_phrases_are_found_wherever_they_stand(tmp_path, open_base, both):
    """Quoted words of a few, in titles, headings, text, links and across the edges of links; the
    same as synonyms, which count as phrases, too.
    """
    content = tmp_path / "content"
    content.mkdir()
    for number in range(60):
        (content / f"a{number}.md").write_text(_composed(random.Random(number)))
    rng = random.Random(7)
    phrases = [" ".join(rng.choices(FEW, k=rng.choice((2, 2, 3)))) for _ in range(150)]
    texts = [f'"{phrase}"' for phrase in phrases] + [f'oak -"{phrase}"' for phrase in phrases[:30]]
    search = SearchConfig(synonyms=(("timber", ("oak plank", "ash beam")),))
    questions = [(text, {"limit": 20}) for text in (*texts, "timber")]
    assert not list(differences(*both(open_base(content, search=search), questions)))


FEW = ("oak", "ash", "elm", "plank", "beam", "wi-fi", "nail")


def _composed(rng):
    """An article of a few words, of which any may be in a link."""

    def words(count):
        return " ".join(rng.choices(FEW, k=count))

    def text():
        parts = (words(rng.randint(1, 4)) for _ in range(rng.randint(1, 5)))
        return " ".join(rng.choice(("{}", "[{}](/x)", "**{}**")).format(part) for part in parts)

    sections = (f"## {words(rng.randint(1, 2))}\n\n{text()}\n" for _ in range(rng.randint(0, 3)))
    return f"# {words(rng.randint(1, 2))}\n\n{text()}\n\n" + "\n".join(sections)


@pytest.mark.skipif("KB_CASES" not in os.environ, reason="KB_CASES is not set")
def test_hostile_queries_are_answered_alike(open_base, both):
    """Whatever is typed: no error, and the terminal's answer."""
    found = []
    for name in ("queries.json", "blns.json"):
        path = next(Path(os.environ["KB_CASES"]).rglob(name))
        found += [text for text in _texts(json.loads(path.read_text())) if len(text) < 20_000]
    questions = [(text, {"limit": 5}) for text in found if _is_whole(text)]
    assert len(questions) > 100
    assert not list(differences(*both(open_base(SAMPLE), questions)))


@needs_judged_sets
@pytest.mark.parametrize("name", ["emanual_tv", "stackfaq", "zoomcamp_faq"])
def test_judged_queries_are_answered_alike(name, open_base, both):
    """A sample of a judged set's queries, and each with a letter lost: all that an answer holds."""
    questions = [(text, {"limit": 10}) for text in judged_texts(name, 60)]
    assert not list(differences(*both(open_base(judged_content(name)), questions)))


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)


def _is_whole(text):
    return not any("\ud800" <= character <= "\udfff" for character in text)
