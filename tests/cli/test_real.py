"""Facts about the command line on the real engine and the articles of this repository."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import in_terminal

from kb.cli.app import run

CONTENT = Path(__file__).parent.parent.parent / "content"


@pytest.fixture
def real(tmp_path, monkeypatch, capsys):
    """Run command lines on content/ with an index of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*args):
        code = run(["--content", str(CONTENT), "--index", "index", *args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_from_words_to_a_person(real):
    """A search builds the index, finds the article, and ends in the channel."""
    code, out, err = real("search", "my", "package", "never", "arrived")
    assert code == 0
    assert err.startswith("index: built, ")
    assert out.splitlines()[0] == "1. Your package is late or lost"
    assert out.splitlines()[-1].startswith("Still need help? Chat: ")
    code, out, err = real("search", "--json", "talk to a human")
    assert (code, err) == (0, "")
    assert json.loads(out)["hits"][0]["tier"] == "contact"


def test_every_hit_can_be_shown(real):
    """`kb show` takes what `kb search` prints."""
    for hit in json.loads(real("search", "--json", "refund")[1])["hits"]:
        code, out, _ = real("show", f"{hit['article']}#{hit['anchor']}")
        assert code == 0
        assert hit["title"] in " ".join(out.split())


def test_every_article_can_be_shown_and_every_topic_browsed(real):
    """Nothing that is listed is missing."""
    code, out, _ = real("topics", "--json")
    assert code == 0
    for topic in json.loads(out)["topics"]:
        assert real("topics", topic["topic"])[0] == 0
        for article in topic["articles"]:
            assert real("show", article["article"], "--json")[0] == 0


def test_verbose_names_settings_and_articles(real):
    """-v says where settings and articles are."""
    assert f"articles: {CONTENT}" in real("index", "-v")[2]


def test_unknown_things_are_explained(real):
    """Unknown ids, topics and folders are one line and an exit code."""
    assert real("show", "contact/chta")[0] == 1
    assert real("topics", "contcat")[0] == 1
    code, out, err = real("--content", "nowhere", "search", "x")
    assert (code, out) == (3, "")
    assert "Traceback" not in err


@pytest.fixture
def own(tmp_path, monkeypatch, capsys):
    """Run command lines on a content folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "content").mkdir()

    def call(*args):
        code = run([*args])
        return code, *capsys.readouterr()

    return call


LOOKING = (["search", "late"], ["topics"], ["contact"], ["show", "late"])
MAKING = (["index"], ["build"], ["export", "search", "--out", "out", "--url", "/{id}"])


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (None, "content/: there are no articles in this folder"),
        (b"\xff\xfe\xff", "content/: there are no articles that can be read: 1 file has errors"),
    ],
)
def test_an_empty_folder_says_so(article, said, own):
    """Nothing can be found where there is nothing; a site of nothing is a warning."""
    if article:
        Path("content/late.md").write_bytes(article)
    for args in LOOKING:
        code, out, err = own(*args)
        assert (code, out) == (1, "")
        assert said in err
    assert json.loads(own("search", "late", "--json")[1])["error"]["code"] == "no-articles"
    for args in MAKING:
        assert f"warning: {said}" in own(*args)[2]


def test_a_folder_of_drafts_says_so(own):
    """Whoever may see them is not told that there are none."""
    Path("content/late.md").write_text("---\nstatus: draft\n---\n# Late\n")
    for args in LOOKING[:3]:
        code, out, err = own(*args)
        assert (code, out) == (1, "")
        assert "nothing is published here: 1 article is a draft, archived or for agents" in err
    assert own("search", "late", "--drafts")[0] == own("topics", "--drafts")[0] == 0
    assert "nothing is published here" in own("build")[2]
    assert "nothing is published" not in own("build", "--drafts")[2]


def test_steps_that_lead_to_no_channel_are_warned_of(own):
    """When they are indexed, when the index is asked for, and when the site is built."""
    Path("content/chat.md").write_text("---\nchannel: {name: chat}\n---\n# Chat\n")
    Path("content/late.md").write_text("---\nescalate: [chta]\n---\n# Late\n")
    warning = "warning: late.md:2: `escalate` names 'chta'"
    assert warning in own("search", "late")[2]
    assert warning not in own("search", "late")[2]
    assert warning in own("index")[2]
    assert json.loads(own("index", "--json")[1])["problems"][0]["code"] == "channel"
    assert warning in own("build")[2]
    assert own("build", "--strict")[0] == 3


def test_settings_of_the_site_are_checked(own):
    """Colours and language are warned of by the build, each time."""
    Path("content/late.md").write_text("# Late\n")
    Path("kb.toml").write_text('language = "fi"\nsite.colors.accent = "#abc"\n')
    for _ in range(2):
        err = own("build")[2]
        assert "warning: kb.toml:1: language is fi" in err
        assert "warning: kb.toml:2: site.colors: accent #abc on paper" in err


def test_one_of_a_kind_is_counted_in_the_singular(own):
    """No command says `1 articles`."""
    Path("content/late.md").write_text("---\nissue: [late]\n---\n# Late\n\nIt is late.\n")
    commands = (*LOOKING, *MAKING, ["eval"], ["index", "--force"], ["eval", "--report", "r.html"])
    said = "".join("".join(own(*args)[1:]) for args in commands)
    page = " ".join(Path("r.html").read_text(encoding="utf-8").split())
    assert "1 article, 1 section" in said
    assert (
        re.findall(
            r"(?<![\d.,])1 (?:judged )?(?:article|section|page|file|querie|error)s", said + page
        )
        == []
    )


# What kb itself writes to a terminal: colours, and the return of the progress bar.
OWN = re.compile(r"\x1b\[[0-9;]*m|\r\n|\r")


@pytest.fixture
def hostile(tmp_path):
    """A knowledge base whose texts try to act on the terminal."""
    attack = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\x1b]52;c;aGk=\x07"
    content = tmp_path / "content"
    content.mkdir()
    (content / "bad.md").write_text(
        f"# Late {attack} package\n\n## Way {attack}\n\npackage `{attack}` [x](http://a/{attack})\n"
        f"\n```\n{attack}\n```\n\n| {attack} | b |\n|---|---|\n| c | {attack} |\n",
        encoding="utf-8",
    )
    (content / f"na{attack.replace('/', '')}me.md").write_text("# Other\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "args",
    [
        ["search", "package"],
        ["search", "\x1b[2Jpackage\x07"],
        ["search", "zzz\x1b]0;x\x07"],
        ["show", "bad"],
        ["show", "bad", "--source"],
        ["show", "\x1b[2J"],
        ["topics", "\x1b[2J"],
        ["topics"],
        ["contact", "\x1b[2J"],
        ["index", "-v"],
        ["search", "--json", "package\x9b"],
        ["--config", "\x1b[2J.toml", "topics"],
        ["--content", "\x1b[2J", "topics"],
        ["\x1b[2J"],
        ["search", "--tier", "\x1b[2J", "x"],
        ["init", "bad\x1b[2J/x"],
    ],
    ids=ascii,
)
def test_terminal_gets_no_sequence_but_ours(args, hostile):
    """On a pseudo-terminal, nothing from content, names, queries or errors acts."""
    seen, code = in_terminal(args, hostile)
    assert code in (0, 1, 2, 3)
    assert seen
    left = OWN.sub("", seen)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)
    assert "Traceback" not in left


def test_terminal_has_colours_and_pipes_have_none(hostile):
    """The same command is plain where it is asked to be."""
    assert "\x1b[" in in_terminal(["search", "package"], hostile)[0]
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CLICOLOR": "0"}):
        assert "\x1b[" not in in_terminal(["search", "package"], hostile, environ=environ)[0]
    assert "\x1b[" not in in_terminal(["--no-color", "search", "package"], hostile)[0]


def test_interrupt_key_ends_with_130(tmp_path):
    """Ctrl-C in a pager or a prompt never shows a traceback."""
    (tmp_path / "content").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(2)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (130, b"kb: interrupted\n")


# A shell lets what it starts in the background ignore the key, and so would the child.
WAITING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from kb.cli import app
from kb.cli.command import Session
def wait(session):
    print("ready", flush=True)
    time.sleep(300)
Session.open = wait
sys.exit(app.run(["topics"]))
"""
