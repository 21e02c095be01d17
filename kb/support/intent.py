"""What a query's words say beyond their subject: that a person is asked for, that it is urgent.

The rules are regular expressions over plain words, in the subset that Python and
JavaScript read alike, so that the browser can ask the same questions with the same rules.
They are applied to `plain(words)`: lower case, without apostrophes, one space between words.

Those below are for English, and hold beside those of other languages (`Sayings`, which
`kb.support.phrases` makes of lists of phrases). The settings `contact.person` and
`contact.urgent` add phrases, which match as whole words wherever they stand.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

DROPPED = "['\u2018\u2019\u02bc`\u0307]"
"""Apostrophes, and the dot of a Turkish İ in lower case."""

# A longer text tells a story; what it asks for stands at its beginning or its end, and
# the rules should cost no more than a query's search.
LONGEST = 2_000

_SERVICE = "(?:customer (?:services?|support|care|relations)|(?:the )?support team|help ?desk)"
_WORKER = "(?:agent|representative|rep|operator|advis[eo]r|associate|manager|supervisor)s?"
_ANY = "(?:an? |the |some |your |any |another )*"
_LIVE = "(?:real |actual |live |human )"
# What may follow "someone", "you" or "support" where they mean the people who help.
_END = (
    "(?= ?$| (?:about|regarding|concerning|please|now|right|today|immediately|urgently|asap|"
    "who|from|online|directly|instead|because|by phone|on the phone|for (?:help|my)|"
    "(?:in|at) (?:billing|support|sales|amazon|your|customer)))"
)
_HUMAN = f"{_LIVE}*(?:humans?(?: being)?|persons?)"
_VAGUE = f"(?:(?:some|any)(?:one|body)|people|you|support){_END}"
_PEOPLE = (
    f"{_ANY}(?:{_HUMAN}|{_LIVE}*(?:{_SERVICE} |support |sales |service )?{_WORKER}|"
    f"{_SERVICE}|{_VAGUE}|(?:some|any)(?:one|body) {_LIVE})"
)

_TALK = (
    "(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|connect me|transfer me|put me through|"
    "get through|get in touch|escalate(?: this| it)?) (?:to|with)"
)
_REACH = "(?:contact(?:ing)?|reach|get (?:a )?hold of|get me|give me|write to)"
_RING = "(?:call(?:ing)?|phon(?:e|ing)|ring|email|message|text)"
_NUMBER = "(?:phone |telephone |contact )?(?:number|hot ?line)"

PERSON_RULES: tuple[str, ...] = (
    # talk to a human, speak with a representative, chat with someone about my bill
    rf"\b{_TALK} {_PEOPLE}\b",
    # contact customer service, contact Acme support, get hold of someone, reach a person
    rf"\b{_REACH} (?:\w+ )?(?:{_SERVICE}\b|support{_END})",
    rf"\b{_REACH} (?:{_VAGUE}|an? (?:{_HUMAN}|{_LIVE}*{_WORKER}\b(?! role)))",
    rf"\b(?:{_REACH}|{_RING}) us\b",
    rf"\bi (?:want|need) an? {_HUMAN}\b",
    # call customer service, email support, ring someone, phone a real person
    rf"\b{_RING} (?:\w+ )?{_SERVICE}\b",
    rf"\b{_RING} (?:{_VAGUE}|an? (?:{_HUMAN}|{_LIVE}*{_WORKER})\b)",
    # customer service number, your phone number, phone number for support
    rf"\b(?:{_SERVICE}|support|help ?line|toll free|contact|service) {_NUMBER}\b",
    rf"\b{_SERVICE} (?:{_WORKER}|chat|phone|telephone|email|contact|line)\b",
    rf"\byour {_NUMBER}\b",
    rf"\b(?:number|email address) (?:to call|to contact|for) (?:{_SERVICE}|support|help|you)\b",
    # a real person, a live agent
    rf"\b(?:real|actual|live) (?:human|person|{_WORKER})\b(?! names?\b)",
)
"""A query that any of these matches asks for a person."""

_PERSON_WORDS = frozenset(
    """
    human humans person persons agent agents representative representatives rep reps operator
    operators advisor advisors adviser advisers associate associates manager managers supervisor
    supervisors someone somebody anyone anybody people you us support customer helpdesk desk
    number numbers address hotline line helpline live contact callcenter callcentre call
    """.split()  # noqa: SIM905  # read more easily than a list of quoted words
)
"""Whatever a rule below or above matches has one of these words: to compile the rules takes a
tenth of a search's time, which most queries need not pay."""

_COURTESY = (
    "(?:please|i|im|id|want|need|would|like|to|an?|the|get|give|me|is|are|there|whats?|where|"
    "do|does|you|have|can|could|how|find|your|any|some|hello|hi|just|see|show|use|start|"
    "urgently|now|asap|right)"
)
_SUBJECT = (
    "(?:(?:phone|telephone|contact) numbers?|(?:hot|help) ?line|live (?:chat|support|help)|"
    f"humans?|(?:customer )?representatives?|{_SERVICE}|(?:phone|chat|email|telephone) support|"
    "contact (?:details|info|information)|call ?cent(?:er|re))"
)
ALONE_RULE = f"^(?:{_COURTESY} )*{_SUBJECT}(?: {_COURTESY})*$"
"""A query that is only this, courtesies aside, asks for a person: phone number, live chat."""

NOT_PERSON_RULE = (
    r"\b(?:without|avoid|instead of|rather than|no need to|never|"
    r"(?:dont|do not|didnt|did not) (?:want|need|have|like) to) (?:having to )?"
    r"(?:talk|speak|call|contact|chat|phone)(?:ing)?\b|"
    r"\b(?:contact|call|phone) (?:list|form|card|sync|group|app|log|forwarding)s?\b"
)
"""A query that this matches asks for no person, whatever else it says."""

URGENT_RULE = (
    r"\b(?:urgent|urgently|urgency|emergency|immediate|immediately|asap|right now|"
    r"right away|straight away|straightaway|as soon as possible|today|tonight|desperate)\b"
)
"""A query that this matches is urgent."""

NOT_URGENT_RULE = (
    r"\b(?:not|non|isnt|nothing|no|less|never) (?:so |very |that |really |an |in any )?"
    r"(?:urgent|urgently|urgency|emergency|rush|hurry)\b|\b(?:can wait|whenever)\b"
)
"""A query that this matches is not urgent, whatever else it says."""


class Sayings(NamedTuple):
    """The rules of another language beside the English ones; an empty one matches nothing.

    Whatever a rule of `person` matches has one of the `stems`, `without_accents`.
    """

    person: tuple[str, ...] = ()
    not_person: str = ""
    urgent: str = ""
    not_urgent: str = ""
    stems: tuple[str, ...] = ()


ENGLISH_ALONE = Sayings()

_BARE = str.maketrans({"\u0142": "l", "\u0131": "i", "\u0111": "d", "\u00f8": "o"})


def without_accents(text: str) -> str:
    """The text without marks on its letters.

    >>> without_accents("zurückrufen, człowiek")
    'zuruckrufen, czlowiek'
    """
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.translate(_BARE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def plain(words: str) -> str:
    """The words in lower case without apostrophes, one space between any two.

    >>> plain("I'd like a HUMAN, please!")
    'id like a human please'
    """
    text = unicodedata.normalize("NFKC", words[:LONGEST]).lower()
    return " ".join(re.sub(r"[^\w]+|_", " ", re.sub(DROPPED, "", text)).split())


def asks_for_person(words: str, more: Iterable[str] = (), sayings: Sayings = ENGLISH_ALONE) -> bool:
    """Whether the words ask for a person: `talk to a human`, `phone number`, `live chat`.

    A subject that only shares the words does not: `how do I change my phone number`,
    `contact list sync`, `human readable`. `more` are further phrases that do, `sayings` the
    rules of another language.
    """
    text = plain(words)
    if not text:
        return False
    if _has_phrase(text, more):
        return True
    rules: list[str] = []
    if not _PERSON_WORDS.isdisjoint(text.split()):
        rules += (ALONE_RULE, *PERSON_RULES)
    if sayings.stems and any(map(without_accents(text).__contains__, sayings.stems)):
        rules += sayings.person
    if not rules or any(re.search(rule, text) for rule in _not_person(sayings)):
        return False
    return any(re.search(rule, text) for rule in rules)


def _not_person(sayings: Sayings) -> tuple[str, ...]:
    return tuple(filter(None, (NOT_PERSON_RULE, sayings.not_person)))


def is_urgent(words: str, more: Iterable[str] = (), sayings: Sayings = ENGLISH_ALONE) -> bool:
    """Whether the words say that the problem can't wait: `urgent`, `today`, `right now`.

    `not urgent`, `no rush` and `can wait` say that it can. `more` are further phrases, `sayings`
    the rules of another language.
    """
    text = plain(words)
    if not text or can_wait(text, sayings):
        return False
    urgent = filter(None, (URGENT_RULE, sayings.urgent))
    return any(re.search(rule, text) for rule in urgent) or _has_phrase(text, more)


def can_wait(text: str, sayings: Sayings = ENGLISH_ALONE) -> bool:
    """Whether plain words say that a problem is not urgent."""
    rules = filter(None, (NOT_URGENT_RULE, sayings.not_urgent))
    return any(re.search(rule, text) for rule in rules)


def _has_phrase(text: str, phrases: Iterable[str]) -> bool:
    return any(f" {plain(phrase)} " in f" {text} " for phrase in phrases if plain(phrase))
