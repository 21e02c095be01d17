"""Words to terms: the one definition for the index, for queries and for the browser.

Text is cut into *units*, runs of word characters that may hold `.`, `-`, `_` or an apostrophe
inside: `wi-fi`, `v1.2.3`, `don't`, `C++`. A unit gives *words*: its parts one position after
the other, and, where it has several, the whole without its separators at the position of the
first part (`wi-fi` gives `wi`, `fi` and `wifi`). A word has a surface, as written but
normalised (NFKC, case folded, accents removed), which spelling correction works on, and a
term, its Snowball stem, which is what the index holds.

Rules, in order: apostrophes are dropped, after a possessive `'s` is cut off (`don't` gives
`dont`, `user's` gives `user`); a trailing `++` or `#` belongs to the word (`c++`, `c#`);
characters of scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are
words of their own; words of over 64 characters are cut there.

Stop words are in the index like any other word, with a weight but without a position: words
are neighbours when only stop words stand between them. A query leaves its stop words out
unless it has no others.
"""

from __future__ import annotations

import re
from array import array
from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from threading import local
from typing import TYPE_CHECKING, NamedTuple

from kb.concurrency import cached_property
from kb.text.characters import (
    APOSTROPHES,
    DASHES,
    IGNORED,
    MARKS,
    UNSPACED,
    compose,
    normalize,
)
from kb.text.stop_words import courtesies_of, stop_words_of
from kb.text.variants import ELIDED, MEASURES, respell, without_particles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_WORD_LENGTH = 64
LONGEST_ABBREVIATION = 4
"""Letters of a stop word that is written in capitals and is none."""
SHORTEST_NUMBER, LONGEST_NUMBER = 7, 15
"""Digits of a telephone number, which is also found without its separators."""
MAX_KEPT = 32_768
"""Units, and words, whose analysis is kept in memory: 10 MB. 3,000 articles of
cpp_docs took 2.7 s of CPU with it, and 2.8 s with three times as many.
"""
MAX_WAYS = 20_000
"""Units of which is kept where they are filed: others are rare."""

GROUPS = 6
"""Groups of digits that may follow the first of a number, with what parts them."""


def _unit_of(word: str, joint: str, space: str) -> str:
    """What a unit matches. Nothing of it is ever taken back: atomic, it takes a sixth less time.
    Groups are not repeated possessively, which Python before 3.11.5 gets wrong (gh-106052).
    """
    more = rf"(?>(?:{joint}{word})*)"
    group = rf"(?:,[0-9]{{1,3}}+|(?:[{space}]|\) ?)[0-9]{{2,8}}+(?![.:][0-9]))(?!\w)"
    groups = rf"(?>(?:(?<=[0-9]){group}{more}){{0,{GROUPS}}})"
    return rf"{word}{more}{groups}(?>(?:\+\+|#(?!\w))?)"


SPACES = " /\u00a0\u2009\u202f"
"""What may part the groups of a number, beside what may part words, commas and brackets."""

_UNIT = _unit_of(rf"[\w{MARKS}][\w{MARKS}{IGNORED}]*+", rf"[.{APOSTROPHES}{DASHES}]", SPACES)

_ASCII_UNIT = _unit_of(r"\w++", "[.'`-]", " /")
"""The same for a text of ASCII alone: faster, and compiled in a tenth of the time."""

_UNIT_OR_BREAK = rf"{_UNIT}|\n"
_ASCII_UNIT_OR_BREAK = rf"{_ASCII_UNIT}|\n"

_ASCII_PIECE = re.compile("[^ ,/)._-]+")
_MEASURE = re.compile(f"([0-9]+)({MEASURES})")
_GAP = re.compile(f"[),{SPACES}]")
HUMP = "[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+"
"""A part of a word such as maxRetryCount."""
CAMEL = (
    "[a-z]{2}[A-Za-z0-9]*[A-Z]|[A-Z][a-z]+[A-Z][a-z]+[A-Z]|[A-Z][a-z]{3,}[A-Z][a-z]{2}|"
    "[A-Z][a-z]+[A-Z][a-z]{4}|[A-Z]{3,}[a-z]{2}"
)
"""How such a word begins; iPhone, eBay and YouTube do not."""
_HUMP = re.compile(HUMP)
_NAME = re.compile("[A-Za-z0-9]+")
_CAMEL = re.compile(CAMEL)
_THOUSANDS = re.compile(
    rf"[0-9]{{1,3}}(?:([,{SPACES}.])[0-9]{{3}})(?:\1[0-9]{{3}})*(?:[.,][0-9]+)?"
)
_NOT_WORD = re.compile(rf"[^\w{MARKS}+#]+")


class Word(NamedTuple):
    """One word of a unit: `start` and `end` are character offsets into the unit, `offset` its
    position after the unit's first word. `whole` marks the joined form of a unit of several
    parts, `inside` a part of a word that was written as one.
    """

    surface: str
    term: str
    offset: int
    start: int
    end: int
    stop: bool = False
    whole: bool = False
    inside: bool = False


class Token(NamedTuple):
    """A word in a text. Its position counts all words from 0, stop words too; `start` and `end`
    are character offsets; `stop`, `whole` and `inside` are as in Word.
    """

    surface: str
    term: str
    position: int
    start: int
    end: int
    stop: bool
    whole: bool
    inside: bool = False


def _no_places() -> defaultdict[str, array[int]]:
    return defaultdict(lambda: array("Q"))


@dataclass(slots=True, repr=False, eq=False)
class Collected:
    """Terms of any number of texts, as `Analyzer.collect` files them: term -> places, ascending,
    of words that are not stop words and of those that are; the units as written; the number of
    units; and the place where the first line ended, 0 if none has. The *ways* of frequent units
    lead straight to where they are filed.
    """

    places: defaultdict[str, array[int]] = field(default_factory=_no_places)
    stops: defaultdict[str, array[int]] = field(default_factory=_no_places)
    units: set[str] = field(default_factory=set)
    length: int = 0
    line_end: int = 0
    ways: dict[str, Callable[[int], None]] = field(default_factory=dict, repr=False)
    stop_ways: dict[str, Callable[[int], None]] = field(default_factory=dict, repr=False)

    def file(self, unit: str, term: str, place: int) -> None:
        """File a unit that is one word, and remember how: most units come again and again."""
        way = self.places[term].append
        way(place)
        if len(self.ways) < MAX_WAYS:
            self.ways[unit] = way

    def file_stop(self, unit: str, term: str, place: int) -> None:
        """The same for a stop word; there are few of them."""
        way = self.stop_ways[unit] = self.stops[term].append
        way(place)

    def finish(self) -> None:
        """Let go of what only filing needs: nothing more will come."""
        self.ways.clear()
        self.stop_ways.clear()


def load_stemmer(language: str) -> Callable[[str], str]:
    """The Snowball stemmer of a language, or the identity where there is none.

    Any number of threads may call it.
    """
    import Stemmer  # noqa: PLC0415  # `kb --help` need not pay for it

    code = language.partition("-")[0].lower()
    name = SNOWBALL.get(code)
    if name is None:
        return without_particles if code == "ko" else str
    own = local()  # a stemmer must not be used by two threads at once

    def stem(word: str) -> str:
        try:
            stem_word: Callable[[str], str] = own.stem_word
        except AttributeError:
            stem_word = own.stem_word = Stemmer.Stemmer(name).stemWord
        try:
            return stem_word(word)
        except UnicodeEncodeError:  # half of a surrogate pair: no word of any language
            return word

    return stem


SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's name of each language that it has a stemmer for, by ISO 639-1 code."""


OWN = 31
"""How common words of the names are: more than any word of a language (`kb.text.lexicon`)."""


class Analyzer:
    """Cuts text into terms for one language; keeps what it learnt of each unit.

    `language` is an ISO 639-1 code. Languages without a Snowball stemmer are not stemmed, but for
    Korean, which loses its particles. `stop_words` change the language's own, as `stop_words_of`
    has it. `names` are texts whose words are right as they are.
    """

    def __init__(
        self, language: str = "en", stop_words: Iterable[str] = (), names: Iterable[str] = ()
    ) -> None:
        self.language = language
        self._names = tuple(names)
        self._code = language.partition("-")[0].lower()
        self.stop_words = stop_words_of(self._code, stop_words)
        self.courtesies = courtesies_of(self._code)
        self._units: dict[str, tuple[Word, ...]] = {}
        self._singles: dict[str, str] = {}
        self._single_stops: dict[str, str] = {}
        self._surfaces: dict[str, str] = {}
        self._stems: dict[str, str] = {}

    def tokens(self, text: str) -> Iterator[Token]:
        """The tokens of a text in order. Offsets are into the NFC form of `text`."""
        position = 0
        for match in _units_in(text).finditer(compose(text)):
            words = self.words(match.group())
            base = match.start()
            for word in words:
                yield Token(
                    word.surface,
                    word.term,
                    position + word.offset,
                    base + word.start,
                    base + word.end,
                    word.stop,
                    word.whole,
                    word.inside,
                )
            position += _length(words)

    def collect(self, text: str, place: int, into: Collected) -> int:
        """File a text's terms from a place on; returns the place after its last.

        Places count the words that are not stop words; a stop word is filed under the place of
        the word after it. Between two lines a place is left free: words are not neighbours
        across it.
        """
        units = _units_and_breaks(text)
        into.units.update(units)
        into.length += len(units)
        find, find_stop = into.ways.get, into.stop_ways.get
        for unit in units:
            if (file := find(unit)) is not None:
                file(place)
                place += 1
            elif (file := find_stop(unit)) is not None:
                file(place)
            elif unit == "\n":
                into.length -= 1
                into.line_end = into.line_end or place
                place += 1
            elif (term := self._singles.get(unit)) is not None:
                into.file(unit, term, place)
                place += 1
            elif (term := self._single_stops.get(unit)) is not None:
                into.file_stop(unit, term, place)
            else:
                place = self._collect_unit(unit, place, into)
        into.units.discard("\n")
        return place

    def terms(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The terms of a text that are no stop words, and those that are, each once, as they come.

        What `collect` files, without places: for who asks for one short text.
        """
        others: dict[str, None] = {}
        stops: dict[str, None] = {}
        find, find_stop = self._singles.get, self._single_stops.get
        for unit in _units_and_breaks(text):
            if (term := find(unit)) is not None:
                others[term] = None
            elif (term := find_stop(unit)) is not None:
                stops[term] = None
            elif unit != "\n":
                for word in self._words_of(unit):
                    (stops if word.stop or word.inside else others)[word.term] = None
        return tuple(others), tuple(stops)

    def _collect_unit(self, unit: str, place: int, into: Collected) -> int:
        """File a unit that has several words, or was never seen before."""
        words = self._words_of(unit)
        for word in words:
            table = into.stops if word.stop or word.inside else into.places
            # The whole may have the term of a later part: Indonesian `di-render` does.
            insort(table[word.term], place + word.offset)
        if len(words) == 1:
            return place + (not words[0].stop)
        length = _length(words)
        if length > 1 and length == len(
            words
        ):  # of an unspaced script: each pair is as long as a word
            into.length += length - 1
        return place + length

    def _words_of(self, unit: str) -> tuple[Word, ...]:
        """The words of a unit that is not known to be a single one, which is known from now on."""
        words = self._units.get(unit) or self._read(unit)
        if len(words) == 1:
            self._note_single(unit, words[0])
        else:
            self._note(unit, words)
        return words

    def _note_single(self, unit: str, word: Word) -> None:
        """Remember a unit of one word: most are, and most have been seen before."""
        known = self._single_stops if word.stop else self._singles
        if len(self._surfaces) >= MAX_KEPT:
            for table in (self._surfaces, self._singles, self._single_stops):
                table.clear()
        known[unit], self._surfaces[unit] = word.term, word.surface

    def abbreviations(self, text: str) -> set[str]:
        """The stop words that a text has as abbreviations, in capitals."""
        units = set(_units_in(text).findall(compose(text)))
        return {u for u in units if is_abbreviation(u) and u.lower() in self.stop_words}

    def key(self, text: str) -> str:
        """What texts of some words are compared by: their terms, without stop words unless there
        are no others.
        """
        tokens = [token for token in self.tokens(text) if not (token.whole or token.inside)]
        content = [token for token in tokens if not token.stop]
        return " ".join(token.term for token in content or tokens)

    def surfaces(self, text: str) -> set[str]:
        """The words of a text as written, normalised but not stemmed."""
        return self.surfaces_of(set(_units_in(text).findall(compose(text))))

    def surfaces_of(self, units: Iterable[str]) -> set[str]:
        """The words of units as written, normalised but not stemmed."""
        units = list(units)
        # Each is looked up once: meanwhile another thread may come to know it, or forget it.
        known = [*map(self._surfaces.get, units)]
        found = {surface for surface in known if surface is not None}
        if None in known:
            others = [unit for unit, surface in zip(units, known, strict=True) if surface is None]
            found.update(word.surface for unit in others for word in self.words(unit))
        return found

    def words(self, unit: str) -> tuple[Word, ...]:
        """The words of one unit: its parts, then the whole where there are several parts."""
        words = self._units.get(unit)
        if words is None:
            words = self._read(unit)
            self._note(unit, words)
        return words

    def _note(self, unit: str, words: tuple[Word, ...]) -> None:
        """Remember the words of a unit."""
        if len(self._units) >= MAX_KEPT:
            self._units.clear()
        self._units[unit] = words

    def _read(self, unit: str) -> tuple[Word, ...]:
        """The words of a unit that is new."""
        return self._read_plain(unit) or tuple(self._read_unit(unit))

    def own_words(self) -> frozenset[str]:
        """The words of the `names`, as surfaces."""
        return frozenset().union(*map(self.surfaces, self._names))

    def respell(self, surface: str) -> str:
        """One of the spellings of a word, the same for all of them."""
        return respell(surface, self._code)

    def stem(self, surface: str) -> str:
        """The term under which the index holds a word."""
        term = self._stems.get(surface)
        if term is None:
            if len(self._stems) >= MAX_KEPT:
                self._stems.clear()
            term = self._stems[surface] = self._stemmer(self.respell(surface)) or surface
        return term

    @cached_property
    def _stemmer(self) -> Callable[[str], str]:
        return load_stemmer(self.language)

    @cached_property
    def _elided(self) -> re.Pattern[str] | None:
        """What an elided word at the beginning of a piece is, with its apostrophe."""
        elided = ELIDED.get(self._code)
        return re.compile(rf"(?:{elided})[{APOSTROPHES}](?=\w)", re.IGNORECASE) if elided else None

    def _is_stop(self, unit: str, surface: str) -> bool:
        """Whether a unit of one part is a stop word: the `on` of `add-on` is not, nor is `IT`."""
        return surface in self.stop_words and not is_abbreviation(unit)

    def _read_plain(self, unit: str) -> tuple[Word, ...]:
        """The one word of a unit of ASCII letters, as most are; nothing for others."""
        if not (unit.isascii() and unit.isalpha() and len(unit) <= MAX_WORD_LENGTH):
            return ()
        surface = unit.lower()
        if unit[1:] != surface[1:] and _CAMEL.match(unit):
            return ()
        return (Word(surface, self.stem(surface), 0, 0, len(unit), self._is_stop(unit, surface)),)

    def _read_unit(self, unit: str) -> Iterator[Word]:
        pieces = _paired(list(self._pieces(unit)))
        alone = len(pieces) < 2  # noqa: PLR2004  # one or two
        for offset, (surface, start, end) in enumerate(pieces):
            stop = alone and self._is_stop(unit, surface)
            yield Word(surface, self.stem(surface), offset, start, end, stop)
        if not alone and (unit.isascii() or not _unspaced().search(unit)):
            for whole in _wholes([surface for surface, _, _ in pieces], unit):
                yield Word(whole, self.stem(whole), 0, 0, len(unit), whole=True)
        for offset, (_, start, end) in enumerate(pieces):
            for hump in _humps(unit[start:end]):
                own, surface = start + hump.start(), hump[0].lower()
                term = self.stem(surface)
                yield Word(surface, term, offset, own, own + len(surface), inside=True)

    def _pieces(self, unit: str) -> Iterator[tuple[str, int, int]]:
        """(surface, start, end) of each part of a unit."""
        pattern = _ASCII_PIECE if unit.isascii() else _piece()
        for match in pattern.finditer(unit):
            start, end = match.span()
            if self._elided and (elided := self._elided.match(unit, start, end)):
                start = elided.end()
            for surface in _NOT_WORD.split(normalize(unit[start:end])):
                if measure := _MEASURE.fullmatch(surface):
                    number, cut = measure[1], end - len(measure[2])
                    yield number, start, cut
                    yield measure[2], cut, end
                elif surface:
                    yield surface[:MAX_WORD_LENGTH], start, end


def is_abbreviation(unit: str) -> bool:
    """Whether a unit is written as abbreviations are: `IT`, `US`, which may be stop words else."""
    return 1 < len(unit) <= LONGEST_ABBREVIATION and unit.isascii() and unit.isupper()


def _units_and_breaks(text: str) -> list[str]:
    """The units of a text, and the ends of its lines, in order."""
    return _units_or_breaks_in(text).findall(compose(text))


def _units_in(text: str) -> re.Pattern[str]:
    """What units of a text match."""
    return _compiled(_ASCII_UNIT, re.ASCII) if text.isascii() else _compiled(_UNIT)


def _units_or_breaks_in(text: str) -> re.Pattern[str]:
    """What units of a text, and its line breaks, match."""
    if text.isascii():
        return _compiled(_ASCII_UNIT_OR_BREAK, re.ASCII)
    return _compiled(_UNIT_OR_BREAK)


@cache
def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern, compiled when a text first needs it."""
    return re.compile(pattern, flags)


@cache
def _piece() -> re.Pattern[str]:
    """A part of a unit that is not ASCII. To compile it takes as long as to read an article."""
    return re.compile(rf"[{UNSPACED}][{MARKS}]*|[^),._{SPACES}{UNSPACED}{DASHES}]+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


def _paired(pieces: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Pieces with neighbouring characters of unspaced scripts as overlapping pairs."""
    if all(surface.isascii() for surface, _, _ in pieces):
        return pieces
    letters = [bool(_unspaced().match(surface)) for surface, _, _ in pieces]
    found: list[tuple[str, int, int]] = []
    for at, (surface, start, end) in enumerate(pieces):
        before = at > 0 and letters[at - 1] and letters[at] and pieces[at - 1][2] == start
        after = letters[at : at + 2] == [True, True] and pieces[at + 1][1] == end
        if after:
            found.append((surface + pieces[at + 1][0], start, pieces[at + 1][2]))
        elif not before:
            found.append((surface, start, end))
    return found


def _humps(piece: str) -> list[re.Match[str]]:
    """The parts of a word such as maxRetryCount; nothing for others, nor for iPhone or eBay."""
    name = _NAME.match(piece)
    return list(_HUMP.finditer(piece, 0, name.end())) if name and _CAMEL.match(piece) else []


def _wholes(surfaces: list[str], unit: str) -> list[str]:
    """Parts as one word. Numbers keep their dots, or 1.23 and 12.3 would be the same word; groups
    of thousands and telephone numbers are also what they are without separators. Numbers that
    only stand side by side are none.
    """
    if not all(surface.isdecimal() for surface in surfaces):
        if surfaces[2:] and _MEASURE.fullmatch(surfaces[-2] + surfaces[-1]):  # 1.5 GB
            surfaces = [*(surface + "." for surface in surfaces[:-2]), *surfaces[-2:]]
        return ["".join(surfaces)[:MAX_WORD_LENGTH]] if not _GAP.search(unit) else []
    digits, dotted = "".join(surfaces), ".".join(surfaces)
    if (thousands := _THOUSANDS.fullmatch(unit)) and surfaces[1:]:
        rest = surfaces[-1] if unit[-1 - len(surfaces[-1])] != thousands[1] else ""
        whole = digits[: len(digits) - len(rest)] + (f".{rest}" if rest else "")
        return [whole] if thousands[1] != "." else [dotted, whole]
    if _GAP.search(unit):
        is_decimal = len(surfaces) == 2 and "," in unit  # noqa: PLR2004  # 5,6 is 5.6
        wholes = [dotted] if is_decimal else []
    else:
        wholes = [dotted[:MAX_WORD_LENGTH]]
    is_number = SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER
    return [*wholes, digits] if is_number else wholes


def _length(words: tuple[Word, ...]) -> int:
    """How many positions a unit takes."""
    return sum(not (word.whole or word.inside) for word in words)
