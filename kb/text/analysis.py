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
import unicodedata
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from threading import local
from typing import TYPE_CHECKING, NamedTuple

from kb.concurrency import cached_property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_WORD_LENGTH = 64
MAX_KEPT = 100_000
"""Units, and words, whose analysis is kept in memory."""
MAX_WAYS = 20_000
"""Units of which is kept where they are filed: others are rare."""

STOP_WORDS = {
    "en": frozenset(
        """
        a an the and or but if then than so of in on at to from by for with about as into over
        is are was were be been being am do does did doing have has had having
        can could will would shall should may might must
        i me my we us our you your he him his she her it its they them their
        this that these those there here what which who whom whose when where why how
        any some all no not such same too very just also only own each both more most other
        im ive id dont doesnt didnt cant isnt wont
        """.split()  # noqa: SIM905  # read more easily than a list of quoted words
    ),
}
"""Words that say nothing of what a text is about, as surfaces, by language."""

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7"
    "\u0a01-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57"
    "\u0d82\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    "\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3"
)
"""Ranges of combining marks that Python's \\w leaves out: Latin, Cyrillic, Hebrew, Arabic, the
scripts of India and Sri Lanka, Thai, Lao, Tibetan, Burmese and Khmer."""

UNSPACED = (
    "\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1780-\u17b3"
    "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003ffff"
)
"""Ranges of the characters of scripts written without spaces."""

APOSTROPHES = "'\u2019\u02bc\uff07"

_UNIT = rf"[\w{MARKS}]++(?:[.{APOSTROPHES}-][\w{MARKS}]++)*+(?:\+\+|#(?!\w))?+"
"""Nothing of it is ever taken back: possessive, it takes a sixth less time."""

_ASCII_UNIT = r"\w++(?:[.'-]\w++)*+(?:\+\+|#(?!\w))?+"
"""The same for a text of ASCII alone: faster, and compiled in a tenth of the time."""

_UNIT_OR_BREAK = rf"{_UNIT}|\n"
_ASCII_UNIT_OR_BREAK = rf"{_ASCII_UNIT}|\n"

_ASCII_PIECE = re.compile("[^._-]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s$", re.IGNORECASE)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_NOT_WORD = re.compile(rf"[^\w{MARKS}+#]+")


class Word(NamedTuple):
    """One word of a unit: `start` and `end` are character offsets into the unit, `offset` its
    position after the unit's first word. `whole` marks the joined form of a unit of several
    parts.
    """

    surface: str
    term: str
    offset: int
    start: int
    end: int
    stop: bool = False
    whole: bool = False


class Token(NamedTuple):
    """A word in a text. Its position counts all words from 0, stop words too; `start` and `end`
    are character offsets; `stop` and `whole` are as in Word.
    """

    surface: str
    term: str
    position: int
    start: int
    end: int
    stop: bool
    whole: bool


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

    name = SNOWBALL.get(language.partition("-")[0].lower())
    if name is None:
        return str
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


class Analyzer:
    """Cuts text into terms for one language; keeps what it learnt of each unit.

    `language` is an ISO 639-1 code. Languages without a Snowball stemmer are not stemmed.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.stop_words = STOP_WORDS.get(language.partition("-")[0].lower(), frozenset())
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
                    (stops if word.stop else others)[word.term] = None
        return tuple(others), tuple(stops)

    def _collect_unit(self, unit: str, place: int, into: Collected) -> int:
        """File a unit that has several words, or was never seen before."""
        words = self._words_of(unit)
        for word in words:
            table = into.stops if word.stop else into.places
            table[word.term].append(place + word.offset)
        return place + (not words[0].stop if len(words) == 1 else _length(words))

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

    def stem(self, surface: str) -> str:
        """The term under which the index holds a word."""
        term = self._stems.get(surface)
        if term is None:
            if len(self._stems) >= MAX_KEPT:
                self._stems.clear()
            term = self._stems[surface] = self._stemmer(surface) or surface
        return term

    @cached_property
    def _stemmer(self) -> Callable[[str], str]:
        return load_stemmer(self.language)

    def _stops(self, surface: str, pieces: list[tuple[str, int, int]]) -> bool:
        """Only a unit of its own is a stop word: the `on` of `add-on` is not."""
        return len(pieces) == 1 and surface in self.stop_words

    def _read_plain(self, unit: str) -> tuple[Word, ...]:
        """The one word of a unit of ASCII letters and digits, as most are; nothing for others."""
        if not (unit.isascii() and unit.isalnum() and len(unit) <= MAX_WORD_LENGTH):
            return ()
        surface = unit.lower()
        return (Word(surface, self.stem(surface), 0, 0, len(unit), surface in self.stop_words),)

    def _read_unit(self, unit: str) -> Iterator[Word]:
        pieces = list(_pieces(unit))
        words = [
            Word(surface, self.stem(surface), offset, start, end, self._stops(surface, pieces))
            for offset, (surface, start, end) in enumerate(pieces)
        ]
        yield from words
        if len(words) > 1 and (unit.isascii() or not re.search(f"[{UNSPACED}]", unit)):
            whole = _join([word.surface for word in words])
            yield Word(whole, self.stem(whole), 0, 0, len(unit), whole=True)


def compose(text: str) -> str:
    """The NFC form of a text: what all character offsets in kb count in."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def normalize(word: str) -> str:
    """NFKC, case folded, accents and apostrophes removed."""
    if word.isascii() and word.isalnum():
        return word.lower()
    word = _POSSESSIVE.sub("", word)
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).casefold()
        word = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", word)))
    return _APOSTROPHE.sub("", word.casefold())


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
    return re.compile(rf"[{UNSPACED}][{MARKS}]*|[^._{UNSPACED}-]+")


def _pieces(unit: str) -> Iterator[tuple[str, int, int]]:
    """(surface, start, end) of each part of a unit."""
    pattern = _ASCII_PIECE if unit.isascii() else _piece()
    for match in pattern.finditer(unit):
        for surface in _NOT_WORD.split(normalize(match.group())):
            if surface:
                yield surface[:MAX_WORD_LENGTH], match.start(), match.end()


def _join(surfaces: list[str]) -> str:
    """Parts as one word; numbers keep their dots, or 1.23 and 12.3 would be the same word."""
    separator = "." if all(surface.isdecimal() for surface in surfaces) else ""
    return separator.join(surfaces)[:MAX_WORD_LENGTH]


def _length(words: tuple[Word, ...]) -> int:
    """How many positions a unit takes."""
    return len(words) - 1 if words and words[-1].whole else len(words)
