"""Variants of words: forms that one language has for the same word, beside its inflections.

Rules are regular expressions that Python and JavaScript read alike: the browser has them, too.
"""

from __future__ import annotations

import re
from functools import cache

ELIDED = {
    "ca": "[dlmnst]",
    "fr": "[cdjlmnst]|qu|jusqu|lorsqu|presqu|puisqu|quelqu|quoiqu",
    "ga": "[bdm]",
    "it": "[cdlmnstv]|[ai]ll|agl|bell|ciascun|coll|dall|dagl|dell|degl|gl|nell|negl|nessun|quell|"
    "quest|sant|sull|sugl|tutt|un",
}
"""What stands before an apostrophe in place of a word of its own, by language."""

JOINING = "da de nb nl nn no sv"
"""Languages that make compounds at will (`kb.text.compounds`)."""

MEASURES = (
    "[kmgtp]i?b|[kmgt]bit|bits?|bytes?|[kmg]?bps|ms|secs?|mins?|hrs?|[kmg]?hz|fps|rpm|[dp]pi|px|pt|"
    "rem|mm|cm|km|mg|kg|lbs?|oz|ml|mah|[km]?wh|kw|kv|db"
)
"""Units of measure that are written against a number, or apart from it."""

_OUR = (
    "arm|behavi|cand|clam|col|endeav|fav|flav|glam|harb|hon|hum|lab|neighb|od|rum|savi?|splend|tum|vap|"
    "vig"
)
_SINGLE_L = "travel|model|label|level|fuel|signal|total|tunnel|channel|dial|equal|pedal|cancel"

RESPELLED = {
    "de": (
        ("ierung(en)?$", "ieren"),
        ("([^i])(er|el)ung(en)?$", r"\1\2n"),
        ("([bdfgkmnpst])lung(en)?$", r"\1eln"),
        ("([aeiouhlr])lung(en)?$", r"\1len"),
    ),
    "en": (
        (f"({_OUR})our", r"\1or"),
        ("^practis", "practic"),
        ("([iy])s(e|e[drs]|ers|ing|ations?|ational)$", r"\1z\2"),
        ("(cent|theat|met|lit|fib|calib|lust|spect)re(s|d)?$", r"\1er\2"),
        ("(catal|anal|dial|monol|prol|epil)ogue", r"\1og"),
        (f"({_SINGLE_L})l(ed|ing|ers?)$", r"\1\2"),
        ("^(licen|defen|offen|preten)ce", r"\1se"),
        ("^cheque(s?)$", r"check\1"),
        ("^programme(s?)$", r"program\1"),
        ("^(judg|acknowledg)ement", r"\1ment"),
        ("^grey", "gray"),
        ("^tyre(s?)$", r"tire\1"),
        ("^jewellery$", "jewelry"),
        ("^alumini?um$", "aluminum"),
        ("^(enrol|fulfil|instal)(s|ments?)?$", r"\1l\2"),
        ("^skilful", "skillful"),
        ("^artefact", "artifact"),
        ("^(encyclop|orthop|p|an|leuk|h)ae", r"\1e"),
        ("^sceptic", "skeptic"),
        ("^mould", "mold"),
        ("^cosy$", "cozy"),
        ("^ageing$", "aging"),
        ("^1st$", "first"),
        ("^2nd$", "second"),
        ("^3rd$", "third"),
        ("^4th$", "fourth"),
        ("^5th$", "fifth"),
        ("^([0-9]+)(st|nd|rd|th)$", r"\1"),
    ),
}
"""(what a word holds, what stands there instead) by language: of two spellings one is a form of the
other, and so are ordinals of their numbers, and German nouns of verbs whose stem is another
(`Änderung`, `ändern`). What comes out need not be a word."""

PARTICLES = (
    "은 이 을 과 으로 이나 이라도 이란 이랑 이며 이라는",
    "는 가 를 와 로 나 라도 란 랑 며 라는",
    "에 에서 에게 에게서 의 도 만 까지 부터 처럼 보다 마다 밖에 조차 하고 한테 께 께서 대로",
)
"""Korean particles: those after a consonant, after a vowel, and after either."""


def respell(word: str, language: str) -> str:
    """One of the spellings of a word, as surface."""
    any_of = _any_of(language)
    if any_of is None or not any_of.search(word):
        return word
    for rule, instead in _rules(language):
        word = rule.sub(instead, word)
    return word


def joins_words(language: str) -> bool:
    """Whether a language, by its tag, makes compounds at will."""
    return language.partition("-")[0].lower() in JOINING.split()


@cache
def _any_of(language: str) -> re.Pattern[str] | None:
    """What a word has that a rule is for: most have none, and need no other pattern. Those at its
    beginning are one alternative: else each of them is tried at each letter.
    """
    rules = [rule for rule, _ in RESPELLED.get(language, ())]
    first = [rule[1:] for rule in rules if rule.startswith("^")]
    others = [rule for rule in rules if not rule.startswith("^")]
    any_of = [*others, f"^(?:{'|'.join(first)})"] if first else others
    return re.compile("|".join(any_of)) if rules else None


@cache
def _rules(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rule), instead) for rule, instead in RESPELLED.get(language, ())]


_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = 0xAC00, 0xD7A3, 28
_FINAL_L = 8
_KINDS = {particle: kind for kind, text in enumerate(PARTICLES) for particle in text.split()}


def without_particles(word: str) -> str:
    """A Korean word without the particles at its end, of which there may be two. A particle of one
    syllable has to leave two, a longer one has to leave one.
    """
    for _ in range(2):
        for size in (4, 3, 2, 1):
            stem, particle = word[:-size], word[-size:]
            kind = _KINDS.get(particle)
            if kind is not None and len(stem) >= (2 if size == 1 else 1) and _fits(stem, kind):
                word = stem
                break
        else:
            return word
    return word


def _fits(stem: str, kind: int) -> bool:
    """Whether a particle of a kind may follow: consonants and vowels have their own."""
    last = ord(stem[-1])
    if kind > 1 or not _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE:
        return True
    final = (last - _FIRST_SYLLABLE) % _FINALS
    return (final > 0) == (kind == 0) or final == _FINAL_L
