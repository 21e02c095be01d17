"""Facts about streams, colours, messages and the progress bar."""

import io
import json

import pytest

from kb.cli import screen as screens
from kb.cli.screen import ASCII, Glyphs, Screen, open_screen, wants_colour
from kb.cli.text import MARK, Span, line_of


class Terminal(io.StringIO):
    """A buffer that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self):
        """Claim to be one."""
        return True


class Latin(io.StringIO):
    """A buffer that is not for Unicode."""

    encoding = "latin-1"


def make(**values):
    """A screen on two buffers."""
    given = {
        "out": io.StringIO(),
        "err": Terminal(),
        "colour": False,
        "err_colour": False,
        "width": 60,
        "height": None,
        "glyphs": ASCII,
    }
    return Screen(**{**given, **values})


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": ""}, True, True),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR": "0"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
    ],
)
def test_colour_follows_the_conventions(environ, terminal, colour):
    """NO_COLOR beats FORCE_COLOR beats TERM and CLICOLOR beat the terminal."""
    assert wants_colour(environ, is_terminal=terminal) is colour


def test_screen_of_the_process(monkeypatch):
    """On a terminal there is colour, a height for the pager, and a progress bar."""
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("LINES", "30")
    screen = open_screen({})
    assert (screen.colour, screen.width, screen.height, screen.animated) == (True, 100, 30, True)
    assert screen.glyphs == Glyphs()
    assert screen.line_width == 100
    assert open_screen({"TERM": "dumb"}).height is None
    assert not open_screen({}, no_color=True).colour
    assert not open_screen({}, verbosity=-1).animated
    monkeypatch.setenv("COLUMNS", "3")
    assert open_screen({}).width == 20


def test_pipes_that_lack_signs_get_ascii(monkeypatch):
    """An output that can't encode the signs gets plain ones, and JSON in ASCII."""
    monkeypatch.setattr("sys.stdout", Latin())
    screen = open_screen({})
    assert screen.glyphs == ASCII
    screen.print_json({"a": "\u65e5"})
    assert screen.out.getvalue() == '{\n  "a": "\\u65e5"\n}\n'


def test_json_is_utf8_with_escapes_for_what_acts():
    """Text stays readable; controls and lone surrogates are escaped; it ends with a newline."""
    screen = make(out=Terminal())
    value = {"b": "\u65e5", "a": "\x9b31m\u202e\ud800\n"}
    screen.print_json(value)
    text = screen.out.getvalue()
    assert text.endswith("}\n")
    assert "\u65e5" in text
    assert not {"\x9b", "\u202e", "\ud800"} & set(text)
    assert json.loads(text) == value
    assert list(json.loads(text)) == ["b", "a"]


def test_results_go_to_stdout_and_messages_to_stderr():
    """Each stream has its own kind of text, both without controls."""
    screen = make()
    screen.print(line_of(Span("re\x1bsult", MARK)), ())
    screen.message("no\x07te")
    screen.error("wrong\n", "a hint")
    assert screen.out.getvalue() == "re\\x1bsult\n\n"
    assert screen.err.getvalue() == "no\\x07te\nkb: error: wrong\\n\n    a hint\n"


def test_verbosity_chooses_messages():
    """-q leaves out messages, -v brings more; errors are always written."""
    for verbosity, wanted in ((-1, ""), (0, "a\n"), (1, "a\nb\n")):
        screen = make(verbosity=verbosity)
        screen.message("a")
        screen.message("b", verbosity=1)
        assert screen.err.getvalue() == wanted


def test_long_output_goes_through_the_pager(monkeypatch):
    """Only what is higher than the window is paged."""
    paged = []
    monkeypatch.setattr("click.echo_via_pager", lambda text, color: paged.append(text))
    screen = make(height=3)
    screen.page([line_of("a"), line_of("b")])
    assert (paged, screen.out.getvalue()) == ([], "a\nb\n")
    screen.page([line_of("a\x1b"), line_of("b"), line_of("c")])
    assert paged == ["a\\x1b\nb\nc\n"]


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({}, True),
        ({"PAGER": ""}, True),
        ({"PAGER": "/usr/bin/less -FR"}, True),
        ({"LESS": "-i"}, False),
        ({"LESS": "FRX"}, True),
        ({"LESS": "-i", "PAGER": "less -R"}, True),
        ({"LESS": "-i", "PAGER": "most"}, True),
    ],
)
def test_pager_gets_colours_it_can_show(environ, takes):
    """A less that would show escapes as text gets none; one without options is told to."""
    assert screens._pager_takes_colour(environ) is takes
    if not environ:
        assert environ == {"LESS": "-R"}


def test_source_text_keeps_its_shape():
    """Tabs and spaces at the ends of lines stay; what acts is escaped."""
    screen = make()
    screen.print_text("a  \n\tb\x1b\n")
    assert screen.out.getvalue() == "a  \n\tb\\x1b\n"


def test_progress_shows_after_half_a_second(monkeypatch):
    """Quick work shows nothing; slow work a bar, which is wiped at the end."""
    now = [0.0]
    monkeypatch.setattr(screens.time, "monotonic", lambda: now[0])
    screen = make(animated=True)
    with screen.progress("Indexing") as progress:
        progress._start = 0.0
        progress(1, 10)
        assert screen.err.getvalue() == ""
        now[0] = 1.0
        progress(5, 10)
        progress(5, 10)
        assert screen.err.getvalue() == "\rIndexing " + "-" * 20 + " " * 20 + " 5 of 10"
    assert screen.err.getvalue().split("\r")[-2].strip() == ""
    assert screen.err.getvalue().endswith("\r")


def test_progress_is_for_terminals_only():
    """Where nothing is animated, nothing is written; no width is too small, no total too."""
    quiet = make()
    with quiet.progress("x") as progress:
        progress._start = -10.0
        progress(1, 1)
    assert quiet.err.getvalue() == ""
    narrow = make(animated=True, width=20)
    with narrow.progress("Indexing") as progress:
        progress._start = -10.0
        progress(10_000, 0)
    assert max(map(len, narrow.err.getvalue().split("\r"))) < 20


def test_one_line_stays_one_line_in_a_pipe():
    """What programs read by the line is not wrapped for them."""
    assert make().line_width > 10**6
    assert make()._replace(is_terminal=True).line_width == 60


@pytest.mark.parametrize("width", [20, 40, 79])
def test_messages_fit_the_terminal_and_keep_commands_whole(width):
    """An error's lines end at spaces; a command, or an id that is too long, has a line of its own."""
    id_ = "orders-and-deliveries/a-package-that-is-late-or-lost-on-the-way"
    screen = make(err_width=width)
    screen.error(
        "no article 'orders', and nothing that looks like it in the whole folder",
        f"it is a topic: `kb topics orders` lists its articles; did you mean {id_}?",
    )
    lines = screen.err.getvalue().splitlines()
    assert [line for line in lines if len(line) > width] == [
        line for line in lines if id_ in line and len(line) > width
    ]
    assert any("`kb topics orders`" in line for line in lines)
    assert any(id_ in line for line in lines)
    assert " ".join(screen.err.getvalue().split()).endswith(
        f"lists its articles; did you mean {id_}?"
    )
    whole = make()
    whole.error("word " * 50)
    assert len(whole.err.getvalue().splitlines()) == 1


def test_the_bar_is_as_wide_as_the_terminal_that_shows_it(monkeypatch):
    """Results may go into a pipe, whose width is none of the bar's business."""
    monkeypatch.setattr(screens.sys, "stderr", Terminal())
    monkeypatch.setattr(screens.sys, "stdout", io.StringIO())
    screen = open_screen({"COLUMNS": "30"})
    assert screen.err_width == 30
    with screen.progress("Indexing") as progress:
        progress._start = -10.0
        progress(5, 10)
        assert len(screen.err.getvalue().strip("\r")) < 30
    assert open_screen({"COLUMNS": "7"}).err_width == 20
    monkeypatch.setattr(screens.sys, "stderr", io.StringIO())
    assert open_screen({"COLUMNS": "30"}).err_width is None
