"""What kb's own replies say in each language that the site has words in."""

import re
import tomllib
from pathlib import Path

import pytest

import kb
from kb.desk.reply import own_template, write_reply

PACKAGE = Path(kb.__file__).parent
WORDS = tomllib.loads((PACKAGE / "desk" / "replies" / "words.toml").read_text(encoding="utf-8"))
SITE = sorted(path.stem for path in (PACKAGE / "site" / "strings").glob("*.toml"))

SECTION = {
    "title": "A", "heading": "A", "article": "a", "anchor": "", "link": "a", "steps": ["Look."],
    "more": True, "snippet": "",
}  # fmt: skip
CHANNEL = {"name": "chat", "best_for": "", "wait": "", "where": "", "hours": "", "have_ready": []}


def reply(language, *, sure, name="", channel=None, sections=(SECTION,)):
    """A reply that asks for one thing, with kb's own words."""
    values = {
        "name": name, "center": "Shop", "language": language, "note": "", "have_ready": [],
        "problems": [{"about": "b", "sure": sure, "sections": list(sections)}], "sure": sure,
        "missing": ["Number"], "channel": channel, "channels": [], "wants_person": False,
        "urgent": False,
    }  # fmt: skip
    return write_reply(own_template(language), values)


def test_the_languages_are_those_of_the_site():
    """One source for each text: none of a reply is one of the site's."""
    assert sorted(WORDS) == SITE


@pytest.mark.parametrize("language", SITE)
def test_every_text_is_there_and_used(language):
    """In a reply that is sure, one that is not, and one that has no answer; no mark is left."""
    words = WORDS[language]
    assert words.keys() == WORDS["en"].keys()
    said = [
        reply(language, sure=True, name="Bo"),
        reply(language, sure=True, channel=CHANNEL),
        reply(language, sure=False, channel=CHANNEL),
        reply(language, sure=False, sections=()),
    ]
    for key, text in words.items():
        assert text == text.strip()
        assert not re.search(r'["$]|\{(?!name\})', text), key
        assert any(text.replace("{name}", "Bo") in each for each in said), key
    assert not any(re.search(r"[{}$]", each) for each in said)
    if language != "en":
        assert not [key for key, text in words.items() if text == WORDS["en"][key]]


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("zh-TW", "Bo，您好！"), ("zh_hk", "Bo，您好！"), ("pt-BR", "Olá Bo,"), ("de-AT", "Guten Tag Bo,"),
        ("sv", "Hello Bo,"), ("", "Hello Bo,"),
    ],
)  # fmt: skip
def test_other_tags_have_the_nearest_words(language, greeting):
    """Those of the script, of the language without its region, else English ones."""
    said = reply(language, sure=True, name="Bo")
    assert said.startswith(greeting)
    assert ("感謝" in said) is (language[:2] == "zh")
