"""Personal data in a text: what it is replaced by before anything of the text is shown.

E-mail and web addresses, card and bank numbers, telephone and other long numbers, IP and postal
addresses, dates of birth, passwords that are told, and the name by which somebody presents
themselves. A number that articles hold, such as an error's, is nobody's: it stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

EMAIL, LINK, CARD, ACCOUNT, PHONE = "[e-mail]", "[link]", "[card]", "[account]", "[phone]"
NUMBER, ADDRESS, NAME, SECRET, DATE = "[number]", "[address]", "[name]", "[secret]", "[date]"

MASKS = (EMAIL, LINK, CARD, ACCOUNT, PHONE, NUMBER, ADDRESS, NAME, SECRET, DATE)
"""What personal data is replaced by."""

FEWEST_DIGITS = 5
"""Digits of a number that may be somebody's."""


SHORTEST_NAME = 3
"""Letters of a word of the customer's name that is left out."""


class Masked(NamedTuple):
    """A text without personal data, and the masks that stand in it, each once."""

    text: str
    kinds: frozenset[str]


_EMAIL = re.compile(r"(?:mailto:)?[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.IGNORECASE)
_LINK = re.compile(r"\b(?:https?://|ftp://|www\.)[^\s<>\"']+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_IP6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,2}(?![\w:])", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?<![\w.])[+(]?\(?\w{0,6}?[-#]?\d(?:[ ().,/–-]{0,2}\d){3,31}(?:-?[A-Za-z0-9]{1,12})?(?!\w)"
)
_BORN = re.compile(
    r"\b(?:born(?: on)?|date of birth|d\.?o\.?b\.?|birthday|geboren(?: am)?|geburts(?:datum|tag)|"
    r"né[e]? le|date de naissance|fecha de nacimiento|nacid[oa] el)\b\W{0,3}(?:is |ist |: ?)?"
    r"([\w./,° -]{0,4}\d[\w./-]*(?: \w+\.?){0,2}(?: \d{2,4})?)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?P<what>pass(?:word|phrase|code|wort)|kennwort|pin(?: code)?|tan|cvv2?|cvc|security code|"
    r"mot de passe|contraseña|(?:api|license|licence|product|access) ?key|token|username|user name|"
    r"benutzername|login)(?P<is> (?:is|was|ist|war|lautet|est|es)(?: now)?:? |: ?| ?= ?)"
    r"(?P<value>[\"'„“«]?(?!(?:not|wrong|incorrect|invalid|expired|rejected|nicht|falsch|ungültig|"
    r"abgelaufen|no|pas)\b)(?=\S*[\d!@#$%^&*_+=]|[\"'„“«])\S+)",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?P<is>(?:[Mm]y name is|[Mm]y name's|I am called|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|"
    r"[Jj]e m'appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Ii]k heet|"
    r"[Mm]ijn naam is|[Mm]eu nome é|[Tt]his is|[Hh]ier (?:ist|schreibt)|[Nn]ame:) )"
    r"(?P<name>(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|Mme|M)\.? )?[A-ZÀ-ÖØ-Þ][\w'’-]+"
    r"(?: (?:van|von|de|der|da|di|la|den|zu) (?:der |la )?)?"
    r"(?: (?:[A-ZÀ-ÖØ-Þ]\.|[A-ZÀ-ÖØ-Þ][\w'’-]+)){0,3})"
)
_STREET_WORD = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|way|square|"
    r"terrace|close|crescent|highway|hwy|parkway|pkwy)"
)
_STREET_END = r"(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|ring|damm|ufer|straat|laan)"
_ROMANCE = r"(?: [A-ZÀ-Þ][\w'’-]*| de| la| del| da| do)"
_UNIT = r"(?:,? (?:apt|apartment|unit|suite|ste|flat|floor|no)\.? ?#?\w{1,6})?"
_STREETS = (
    rf"\b\d{{1,5}}[a-z]?,? (?:[NSEW]\.? )?(?:[A-Z][\w'’.-]*,? ){{1,4}}{_STREET_WORD}\b\.?{_UNIT}",
    rf"\b[A-ZÄÖÜ][\wäöüß.-]*{_STREET_END} \d{{1,4}} ?[a-z]?\b",
    r"\b[A-ZÄÖÜ][\wäöüß-]* (?:Stra(?:ß|ss)e|Str\.|Weg|Gasse|Allee|Platz|Ring) \d{1,4} ?[a-z]?\b",
    r"\b\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|place|chemin|impasse|allée)(?: [\w'’-]+){1,5}",
    rf"\b(?:calle|avenida|via|viale|piazza|rua|plaza){_ROMANCE}{{1,5}},? (?:n\.?º ?)?\d{{1,4}}\b",
    r"\bP\.? ?O\.? ?Box \d{1,7}\b",
    r"\bPostfach \d[\d ]{1,7}\b",
)
_CITY = (
    r"(?:,? (?:(?:D|A|CH|F|NL)-)?\d{4,5}(?: [A-Z]{2})?,? [A-ZÄÖÜ][\wäöüß-]+"
    r"(?: (?:am|an der|im|bei)? ?[A-ZÄÖÜ][\wäöüß-]+)?|"
    r"(?:,? [A-Z][\w'-]+(?: [A-Z][\w'-]+)?)?,? [A-Z]{2},? \d{5}(?:-\d{4})?)?"
)
_ADDRESS = re.compile("|".join(rf"(?:{street})" for street in _STREETS), re.IGNORECASE)
_STREET_AND_CITY = re.compile(rf"{re.escape(ADDRESS)}{_CITY}")
_CITIES = re.compile(
    r"\b(?:D|A|CH)?-?\d{5} [A-ZÄÖÜ][\wäöüß-]{2,}(?: am [A-ZÄÖÜ]\w+)?\b|"
    r"\b[A-Z][\w'-]+(?: [A-Z][\w'-]+)?, [A-Z]{2},? \d{5}(?:-\d{4})?\b|"
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)


def _keep_none(_word: str) -> bool:
    return False


def mask(text: str, is_known: Callable[[str], bool] = _keep_none, name: str = "") -> Masked:
    """The text without personal data. `is_known` says whether articles hold a word as it is
    written: such a number stays. `name` is the customer's, if that is known.
    """
    text = _EMAIL.sub(EMAIL, text)
    text = _LINK.sub(LINK, text)
    text = _SECRET.sub(lambda m: f"{m['what']}{m['is']}{SECRET}", text)
    text = _BORN.sub(lambda m: m[0][: m.start(1) - m.start()] + DATE, text)
    text = _IBAN.sub(lambda m: ACCOUNT if _is_iban(m[0]) else m[0], text)
    text = _IP6.sub(NUMBER, text)
    text = _STREET_AND_CITY.sub(ADDRESS, _ADDRESS.sub(ADDRESS, text))
    text = _CITIES.sub(ADDRESS, text)
    text = _NUMBER.sub(lambda m: _mask_number(m[0], is_known), text)
    text = _INTRODUCED.sub(lambda m: m["is"] + NAME, text)
    own = "|".join(re.escape(word) for word in name.split() if len(word) >= SHORTEST_NAME)
    if own:
        text = re.sub(rf"\b(?:{own})\b(?: (?:{own})\b)*", NAME, text)
    return Masked(text, frozenset(kind for kind in MASKS if kind in text))


def _mask_number(found: str, is_known: Callable[[str], bool]) -> str:
    digits = re.sub(r"\D", "", found)
    if len(digits) < FEWEST_DIGITS or is_known(found.strip("+()#")) or _MONEY.fullmatch(found):
        return found
    if _is_date(found):
        return found
    if 13 <= len(digits) <= 19 and _is_card(digits):  # noqa: PLR2004  # as cards are numbered
        return CARD
    groups = len(re.findall(r"\d+", found))
    is_grouped = groups > 1 and bool(re.fullmatch(r"[+(\d][\d ()/.–-]*", found))
    is_grouped = is_grouped and (groups > 2 or found[0] in "(0")  # noqa: PLR2004  # area, two more
    if found.startswith("+") or (is_grouped and 7 <= len(digits) <= 15):  # noqa: PLR2004  # by E.164
        return PHONE
    return NUMBER


_MONEY = re.compile(r"\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{2})")
_DAY = re.compile(
    r"(?:(?:19|20)\d\d)[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:(?:19|20)\d\d|\d\d)"
)


def _is_date(text: str) -> bool:
    return bool(_DAY.fullmatch(text))


def _is_card(digits: str) -> bool:
    """Whether the last digit is right by Luhn's formula (ISO/IEC 7812)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  # the sum of its digits
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    """Whether a bank account's check digits are right (ISO 13616)."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004  # as accounts are numbered
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


_MASK = re.compile("|".join(re.escape(kind) for kind in MASKS))


def without_masks(text: str) -> str:
    """A masked text as it is searched for: without what stands for personal data."""
    return " ".join(_MASK.sub(" ", text).split())
