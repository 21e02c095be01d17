"""Text as a terminal shows it: styled spans, their width in columns, and lines of them.

Everything that kb prints is made of `Span`s, and `render` is the one way from spans to
characters. It lets no control character through: what stands in an article, a path, a
query or an error reaches a terminal as visible text only.
"""

from __future__ import annotations

import re
from enum import Flag
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Style(Flag):
    """How a span looks. Only what reads well on dark and on light backgrounds.

    WHOLE is for what people copy, ids and commands: `wrap` never breaks it.
    """

    PLAIN = 0
    BOLD = 1
    DIM = 2
    ITALIC = 4
    UNDERLINE = 8
    MAGENTA = 16
    RED = 32
    WHOLE = 64


_SGR = {
    Style.BOLD: "1",
    Style.DIM: "2",
    Style.ITALIC: "3",
    Style.UNDERLINE: "4",
    Style.MAGENTA: "35",
    Style.RED: "31",
}

MARK = Style.BOLD | Style.MAGENTA
"""A word of the query, where it was found."""


class Span(NamedTuple):
    """A run of text in one style. The text may hold anything; `render` escapes it."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]
"""What stands on one line."""


# C0 and C1 controls and DEL act on the terminal; the separators end a line; bidirectional
# overrides and isolates reorder what follows them; lone surrogates can't be encoded.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    named = {9: r"\t", 10: r"\n", 13: r"\r"}
    return named.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")  # noqa: PLR2004


def visible(text: str) -> str:
    r"""The text with every character that acts on a terminal written out, as `\x1b` or `\u202e`.

    >>> visible("red\x1b[31m")
    'red\\x1b[31m'
    """
    return text if text.isprintable() else _UNSAFE.sub(_escaped, text)


def escape_json(text: str) -> str:
    r"""JSON with the same characters as `\u` escapes; between tokens it may hold newlines."""
    return re.sub(_UNSAFE, lambda m: m[0] if m[0] == "\n" else f"\\u{ord(m[0]):04x}", text)


def render(line: Iterable[Span], *, colour: bool) -> str:
    """A line as characters, without spaces at its end and without its newline."""
    runs = [
        ("".join(visible(span.text) for span in run), style)
        for style, run in groupby(line, key=lambda span: span.style)
    ]
    while runs and not (last := runs[-1][0].rstrip(" ")):
        runs.pop()
    if runs:
        runs[-1] = (last, runs[-1][1])
    return "".join(_painted(text, style) if colour else text for text, style in runs)


def _painted(text: str, style: Style) -> str:
    codes = ";".join(code for flag, code in _SGR.items() if flag in style)
    return f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text


# Latin, Greek and Cyrillic letters, punctuation, currencies, arrows, lines: what usual answers
# are made of. Each takes one column, so that the tables of all others need not be loaded.
_NARROW = re.compile(
    "[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0587\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u2190-\u21ff\u2500-\u257f]*"
)


def columns(text: str) -> int:
    """How many columns a terminal uses for the text as `render` writes it.

    Wide East Asian characters and emoji take two, in whole sequences; what combines takes none.
    """
    if text.isascii() and text.isprintable():  # most words, and `topics` asks for many
        return len(text)
    text = visible(text)
    if text.isascii() or _NARROW.fullmatch(text):
        return len(text)
    from wcwidth import wcswidth

    return sum(map(wcswidth, _clusters(text)))


def _clusters(text: str) -> Iterable[str]:
    """The parts of a text that are not broken: a letter with its accents, a sequence of emoji."""
    if text.isascii() or _NARROW.fullmatch(text):
        return text
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def wrap(spans: Iterable[Span], width: int, *, first: Line = (), rest: Line = ()) -> list[Line]:
    """The spans as lines of at most `width` columns, broken at spaces, else where they must be.

    `first` stands before the first line and `rest` before the others; they count towards the
    width. White space within the spans, newlines too, is as good as one space. A WHOLE span that
    is too wide for what is left beside `rest` begins its line, and may reach beyond the width.
    """
    spans = [span for span in spans if span.text]
    if _fits(spans, width - _width(first)):
        return [(*first, *spans)]
    lines: list[Line] = []
    line, room, empty = [*first], width - _width(first), True
    for gap, word in _words(spans):
        size = _width(word)
        if not empty and size + 1 > room:
            lines.append(tuple(line))
            line, room, empty = [*rest], width - _width(rest), True
        if not empty:
            line.append(gap)
            room -= 1
        if size > room and any(Style.WHOLE in span.style for span in word):
            if empty and any(span.text.strip() for span in line):
                lines.append(tuple(line))
            line, room, empty = [*word], width - size, False
            continue
        # Only a word on a line of its own is too long for it.
        *full, last = _pieces(word, room, width - _width(rest))
        for piece in full:
            lines.append((*line, *piece))
            line, room = [*rest], width - _width(rest)
        line += last
        room, empty = room - _width(last), False
    return [*lines, tuple(line)]


def cut(spans: Sequence[Span], width: int, end: str, *, first: Line = ()) -> Line:
    """The spans as one line of at most `width` columns, `first` before it: where they are more, as
    many words as fit, and `end`.
    """
    line, *rest = wrap(spans, width, first=first)
    if not rest:
        return line
    return (*wrap(spans, width - columns(end) - 1, first=first)[0], Span(f" {end}"))


def _fits(spans: Sequence[Span], room: int) -> bool:
    """Whether the spans are one line as they are: most are, and need not be taken apart."""
    text = "".join([span.text for span in spans])
    if text.isascii() and text.isprintable():  # `topics` asks for each article
        return text.strip(" ") == text != "" and "  " not in text and len(text) <= room
    return text != "" and _SPACE.sub(" ", text).strip(" ") == text and _width(spans) <= room


def _pieces(word: Line, room: int, later: int) -> list[Line]:
    """The word cut so that the first piece fits into `room` columns, the others into `later`."""
    if _width(word) <= room:
        return [word]
    pieces: list[list[Span]] = [[]]
    for span in word:
        start = at = 0
        for cluster in _clusters(span.text):
            room -= columns(cluster)
            if room < 0 and (pieces[-1] or at > start):
                pieces[-1].append(Span(span.text[start:at], span.style))
                pieces.append([])
                start, room = at, later - columns(cluster)
            at += len(cluster)
        pieces[-1].append(Span(span.text[start:], span.style))
    return [tuple(piece) for piece in pieces]


def _width(spans: Iterable[Span]) -> int:
    return sum(columns(span.text) for span in spans)


# Not the no-break space, which joins words.
_SPACE = re.compile("([ \t\r\n\f\v\x85\u2028\u2029]+)")


def _words(spans: Iterable[Span]) -> Iterator[tuple[Span, Line]]:
    """Each word, perhaps of several styles, and the one space that stands before it."""
    gap = Span(" ")
    word: list[Span] = []
    for span in spans:
        parts = [span.text] if Style.WHOLE in span.style else _SPACE.split(span.text)
        for i, text in enumerate(parts):
            if i % 2 and word:
                yield gap, tuple(word)
                word = []
            if i % 2:
                gap = Span(" ", span.style)
            elif text:
                word.append(Span(text, span.style))
    if word:
        yield gap, tuple(word)


def longest_word(spans: Iterable[Span]) -> int:
    """How many columns the longest word takes that `wrap` would keep whole."""
    return max((_width(word) for _, word in _words(spans)), default=0)


def line_of(*parts: str | Span) -> Line:
    """A line of the parts, plain where they are text."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def marked(text: str, highlights: Iterable[tuple[int, int]]) -> Line:
    """The text with the characters of each half-open range marked."""
    spans, at = [], 0
    for start, end in highlights:
        spans += [Span(text[at:start]), Span(text[start:end], MARK)]
        at = end
    return tuple(span for span in (*spans, Span(text[at:])) if span.text)


# What is in quotes, with the mark that follows it, is as one word.
_NAMES = r"\s+|[`“][^`”]*[`”]\S*|\S+"


def unbroken(span: Span) -> Line:
    """A sentence, of which `wrap` breaks no word, and no command or name in quotes."""
    words = re.findall(_NAMES, span.text)
    return tuple(Span(w, span.style if w.isspace() else span.style | Style.WHOLE) for w in words)


def capitalised(text: str) -> str:
    """The text as it begins a line."""
    return text[:1].upper() + text[1:]


_GAP = 2
# A column need not be wider than this for the sake of one long word.
_LONG_WORD = 16


def table_lines(rows: Sequence[Sequence[Line]], width: int, rule: str) -> list[Line]:
    """The rows, of which the first is the head, in at most `width` columns."""
    head, *body = rows
    cells = list(zip(*rows, strict=True))
    natural = [max(map(_wide, column)) for column in cells]
    least = [min(max(map(longest_word, column)), _LONG_WORD) for column in cells]
    widths = _fit(natural, least, width)
    if widths is None:
        return _stacked(head, body, width)
    lines = _row([_bold(cell) for cell in head], widths)
    lines.append(line_of(Span((" " * _GAP).join(rule * w for w in widths), Style.DIM)))
    for row in body:
        lines += _row(row, widths)
    return lines


def _wide(cell: Line) -> int:
    return sum(columns(span.text) for span in cell)


def _bold(cell: Line) -> Line:
    return tuple(Span(span.text, span.style | Style.BOLD) for span in cell)


def _fit(natural: list[int], least: list[int], width: int) -> list[int] | None:
    """A width for each column, the widest made narrower first; None when there is no room."""
    widths = [min(max(w, 1), width) for w in natural]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    if sum(least) + _GAP * (len(widths) - 1) > width:
        return None
    while excess > 0:
        spare = [w - low for w, low in zip(widths, least, strict=True)]
        at = max(range(len(widths)), key=lambda i: (spare[i] > 0, widths[i]))
        widths[at] -= 1
        excess -= 1
    return widths


def _row(cells: Sequence[Line], widths: list[int]) -> list[Line]:
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for parts in zip_longest(*wrapped, fillvalue=()):
        spans: list[Span] = []
        for part, width in zip(parts, widths, strict=True):
            spans += [*part, Span(" " * (width - _wide(part) + _GAP))]
        lines.append(tuple(spans))
    return lines


def _stacked(head: Sequence[Line], body: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """Each row as lines of `name: value`, an empty line between two rows."""
    lines: list[Line] = []
    for row in body:
        if lines:
            lines.append(())
        for name, cell in zip(head, row, strict=True):
            label = (*_bold(name), Span(": ")) if name else ()
            lines += wrap([*label, *cell], width, rest=line_of("  "))
    return lines
