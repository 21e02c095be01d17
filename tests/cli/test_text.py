"""Facts about spans, their width, wrapping, and what never reaches a terminal."""

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.cli.text import (
    MARK,
    Span,
    Style,
    capitalised,
    columns,
    escape_json,
    line_of,
    marked,
    render,
    visible,
    wrap,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
ACTING = [
    chr(c) for c in [*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
]


def plain(lines):
    """Lines as characters, without colour."""
    return [render(line, colour=False) for line in lines]


@pytest.mark.parametrize("char", ACTING)
def test_characters_that_act_are_written_out(char):
    """Controls, escapes and bidirectional overrides become visible text."""
    assert visible(f"a{char}b").isprintable()
    assert char not in visible(char)


def test_usual_text_stays_as_it_is():
    """Accents, joiners, right-to-left text and emoji are left alone."""
    text = "na\u00efve \u05e9\u05dc\u05d5\u05dd\u200f \U0001f468\u200d\U0001f469 \u0301x"
    assert visible(text) == text


@given(ANY_TEXT)
@example("\ud800 \x1b]8;;http://x\x07")
def test_rendering_lets_nothing_through(text):
    """Whatever a span holds, rendering without colour gives one line without controls."""
    line = render([Span(text)], colour=False)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in line)
    assert line == line.rstrip(" ")
    line.encode("utf-8")


def test_colour_wraps_each_run_once():
    """Neighbours of one style share one sequence, and every sequence is ended."""
    line = (Span("a", Style.BOLD), Span("b", Style.BOLD), Span("c"), Span("d ", MARK))
    assert render(line, colour=True) == "\x1b[1mab\x1b[0mc\x1b[1;35md\x1b[0m"
    assert render(line, colour=False) == "abcd"


def test_line_of_nothing_is_empty():
    """Empty spans and spaces leave no trace at the end of a line."""
    assert render((), colour=True) == ""
    assert render((Span("a"), Span(" ", Style.BOLD), Span("  ")), colour=True) == "a"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("\u65e5\u672c", 4),
        ("e\u0301", 1),
        ("\x1b", 4),
        ("\u200d", 0),
        ("\U0001f600", 2),
        ("a\u00adb", 3),
        ("\u2764\ufe0f", 2),
        ("1\ufe0f\u20e3", 2),
        ("\U0001f44d\U0001f3fd", 2),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),
        ("\U0001f1e9\U0001f1ea", 2),
        ("\u1112\u1161\u11ab", 2),
        ("\u1112\u1161\u11ab\u65e5", 4),
    ],
)
def test_width_is_in_columns(text, width):
    """Wide characters take two columns, combining ones none, escaped ones as many as they show;
    sequences of emoji and the parts of a Korean syllable are one character.
    """
    assert columns(text) == width


def test_usual_letters_are_as_wide_beside_others():
    """Texts of usual characters alone take a short cut, with the same result."""
    for code in range(0x20, 0x2600):
        if unicodedata.category(char := chr(code))[0] in "LNPSZ":
            assert columns(char) == columns(f"{char} \u65e5") - 3, hex(code)


def test_wrapping_breaks_at_spaces():
    """Words stay whole, white space counts as one space, and the margins count."""
    spans = [Span("one  two\nthree "), Span("four", MARK), Span("teen five")]
    lines = wrap(spans, 12, first=line_of("1. "), rest=line_of("   "))
    assert plain(lines) == ["1. one two", "   three", "   fourteen", "   five"]


def test_words_longer_than_a_line_are_broken():
    """A long address or Chinese text is cut where the line ends."""
    assert plain(wrap([Span("ab"), Span("cdefgh", MARK), Span("ij kl")], 4)) == [
        "abcd",
        "efgh",
        "ij",
        "kl",
    ]
    assert plain(wrap([Span("\u65e5" * 5)], 5)) == ["\u65e5\u65e5", "\u65e5\u65e5", "\u65e5"]


def test_sequences_stay_whole_where_words_are_broken():
    """Neither a letter and its accents nor an emoji of several characters are cut apart."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert plain(wrap([Span(family * 3)], 5)) == [family * 2, family]
    assert plain(wrap([Span("e\u0301" * 3)], 2)) == ["e\u0301" * 2, "e\u0301"]


def test_no_break_space_joins_words():
    """What an author joined is not parted."""
    assert plain(wrap([Span("a 10\u00a0kg")], 6)) == ["a", "10\u00a0kg"]


def test_wrapping_nothing_gives_one_line():
    """An empty text is an empty line."""
    assert plain(wrap([], 10)) == [""]


@given(ANY_TEXT, st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    """No line is wider than asked, unless by one character; every character stays, in order."""
    lines = plain(wrap([Span(text)], width))
    longest = max(map(columns, text), default=0)
    assert all(columns(line) <= max(width, longest) for line in lines)
    spaces = str.maketrans("", "", " \t\r\n\f\v\x85\u2028\u2029")
    assert "".join(lines).translate(spaces) == visible(text.translate(spaces))


@given(st.lists(st.text("ab\u4e00- ", max_size=9), max_size=6), st.integers(1, 30))
def test_wide_gaps_are_one_space(texts, width):
    """What fits on a line as it is looks like what has to be taken apart first."""
    styles = (Style.PLAIN, Style.DIM)
    loose, tight = (
        wrap(
            [Span(text.replace(" ", gap), styles[i % 2]) for i, text in enumerate(texts)],
            width,
            first=line_of("- "),
            rest=line_of("  "),
        )
        for gap in ("  ", " ")
    )
    assert [render(x, colour=False) for x in loose] == [render(x, colour=False) for x in tight]


def test_wrapping_a_huge_word_takes_no_time():
    """One word of a hundred thousand letters is cut in one pass."""
    assert len(wrap([Span("x" * 100_000)], 80)) == 1250


def test_marks_stand_where_the_highlights_are():
    """Half-open ranges become marked spans, and the text stays whole."""
    spans = marked("my late package", [(3, 7), (8, 15)])
    assert [s.text for s in spans if s.style == MARK] == ["late", "package"]
    assert "".join(s.text for s in spans) == "my late package"
    assert marked("", []) == ()


@given(ANY_TEXT)
def test_escaped_json_means_the_same(text):
    """Escapes keep the value, and nothing that acts on a terminal is left."""
    raw = escape_json(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(raw) == {"text": text}
    assert visible(raw) == raw


def test_capital_begins_a_line():
    """Only the first letter changes."""
    assert [capitalised(t) for t in ("chat", "eMail us", "")] == ["Chat", "EMail us", ""]
