"""What customers say in a language beside their subject, as rules made of its lists of phrases.

The lists stand in `words/`, a table `said` in each file. In a phrase `*` is the rest of a word and
`#` a number; `months` are names of months, which make dates with a day before them. Letters are
met without their accents, too, and as people spell them who lack them (`zurueck`). Languages that
put no space between words have phrases met wherever they stand. The rules are in the subset of
regular expressions that Python and JavaScript read alike (see `kb.support.intent`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.support.intent import Sayings, plain, without_accents
from kb.text.languages import primary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Table = dict[str, list[str]]

UNSPACED = frozenset({"ja", "zh"})
ENDINGS_ATTACHED = UNSPACED | {"ko"}
"""Languages in which a time ends in a particle: no word ends there."""

WISHES = ("refund", "replacement", "cancellation")
"""The lists of wishes, in the order in which `wishes` has what a message says of each."""

_BETWEEN = r"(?: \w+){0,6} "
_BETWEEN_UNSPACED = ".{0,12}"
_DATE = r"\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})"
_DAY = r"\d{1,2}(?:\.|er|º|ª|-?го|-?е)? ?(?:de |d['\u2019])?"  # noqa: RUF001  # Cyrillic ordinals
_YEAR = r"(?:,? (?:de )?\d{4})?"

SPELLED = {"de": {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}}
"""Letters that people write as two others where their keyboard has none of them, by language."""


def sayings(said: Table, language: str) -> Sayings:
    """The rules by which a person is asked for and by which a problem is urgent."""
    spelled = SPELLED.get(primary(language), {})
    apart = primary(language) not in UNSPACED
    between = _BETWEEN if apart else _BETWEEN_UNSPACED

    def any_of(*names: str, apart: bool = apart) -> str:
        plainly = [_plain(phrase) for name in names for phrase in said[name]]
        return _any_of(plainly, apart=apart, spelled=spelled)

    talk, reach = any_of("talk"), any_of("reach")
    people, service = any_of("people", "service"), any_of("service")
    around, alone = (any_of(name, apart=False) for name in ("around", "alone"))
    subject = any_of("alone", "service", apart=False)
    gap = " " if apart else " ?"
    return Sayings(
        person=(
            any_of("person"),
            *(f"{a}{between}{b}" for a, b in ((talk, people), (people, talk))),
            *(f"{a}{between}{b}" for a, b in ((reach, service), (service, reach))),
            f"^(?:{around}{gap})*{alone}(?:{gap}(?:{around}|{subject}))*$",
        ),
        not_person=any_of("not_person"),
        urgent=any_of("urgent"),
        not_urgent=any_of("not_urgent"),
        stems=_stems(
            (phrase for name in ("person", "people", "service", "alone") for phrase in said[name]),
            spelled,
        ),
    )


def _stems(phrases: Iterable[str], spelled: Mapping[str, str]) -> tuple[str, ...]:
    """What stands in whatever the phrases match, without accents, in each way of spelling it."""
    bare = [" ".join(_plain(phrase).replace("*", " ").split()) for phrase in phrases]
    apart = ("".join(spelled.get(letter, letter) for letter in text) for text in bare)
    return tuple(dict.fromkeys(without_accents(text) for text in (*bare, *apart)))


def wishes(said: Table, language: str) -> tuple[tuple[str, str], ...]:
    """For each wish a rule for plain words, and what the message says."""
    spelled = SPELLED.get(primary(language), {})
    apart = primary(language) not in UNSPACED
    rules = (_any_of(map(_plain, said[name]), apart=apart, spelled=spelled) for name in WISHES)
    return tuple(zip(rules, said["wishes"], strict=True))


def when_rule(said: Table, language: str) -> str:
    """The rule for a time, in words as they were written."""
    spelled = SPELLED.get(primary(language), {})
    apart = primary(language) not in ENDINGS_ATTACHED
    numbers = (_letters(word, "", spelled) for word in said["numbers"])
    number = "(?:" + "|".join((r"\d{1,4}", *numbers)) + ")"
    phrases = [phrase.casefold() for phrase in said["when"]]
    dates = [_DATE]
    if months := said.get("months"):
        dates.append(_DAY + _any_of(months, apart=False, spelled=spelled) + r"\.?" + _YEAR)
    rules = [_any_of(phrases, apart=apart, number=number, spelled=spelled)]
    return "|".join((*rules, *(rf"(?<!\w){date}(?!\w)" for date in dates)))


def _plain(phrase: str) -> str:
    """A phrase as plain words are, with its marks."""
    parts = re.split(r"([ *])", phrase)
    return " ".join("".join(part if part in " *" else plain(part) for part in parts).split())


def _any_of(
    phrases: Iterable[str], *, apart: bool, number: str = "", spelled: Mapping[str, str]
) -> str:
    """A rule for any of the phrases, the longest first; as whole words where these are `apart`."""
    longest_first = sorted(dict.fromkeys(phrases), key=len, reverse=True)
    rule = "(?:" + "|".join(_letters(phrase, number, spelled) for phrase in longest_first) + ")"
    return rf"(?<!\w){rule}(?!\w)" if apart else rule


def _letters(phrase: str, number: str, spelled: Mapping[str, str]) -> str:
    marks = {"*": r"\w*", "#": number, "'": "['\u2019\u02bc]"}
    return "".join(marks.get(letter) or _letter(letter, spelled) for letter in phrase)


def _letter(letter: str, spelled: Mapping[str, str]) -> str:
    """A letter with an accent, without, or as two others."""
    bare = without_accents(letter)
    rule = f"[{letter}{bare}]" if bare != letter and letter < _LAST_WITH_ACCENTS else letter
    return f"(?:{rule}|{spelled[letter]})" if letter in spelled else rule


_LAST_WITH_ACCENTS = "\u0700"
"""Scripts behind Latin, Greek, Cyrillic, Hebrew and Arabic have marks that make other letters."""
