"""Facts about the command `kb` as a whole: help, options, errors, exit codes."""

import errno
import gc
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kb.cli import app as app_module
from kb.cli.app import COMMANDS, app, run
from kb.cli.command import Command, Session
from kb.errors import ConfigError, KbError, QueryError
from kb.version import __version__

DOCS = Path(__file__).parent.parent.parent / "docs"
HEAVY = ("whoosh", "markdown_it", "yaml", "jinja2", "Stemmer", "kb.knowledge_base")


def loaded_after(*args):
    """Which heavy modules a command line imports."""
    code = (
        "import sys; from kb.cli.app import run; code = run(sys.argv[1:]);"
        f"print([m for m in {HEAVY} if m in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True
    )
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)],
    ids=" ".join,
)
def test_help_imports_no_engine(args):
    """Help of any command needs neither Whoosh nor markdown-it, YAML or Jinja2."""
    assert loaded_after(*args) == "[] 0"


def test_topics_need_no_markdown(folder):
    """What topic files say is YAML."""
    (folder / "content" / "orders" / "topic.yaml").write_text("title: Orders and returns\n")
    assert "markdown_it" in loaded_after("index")
    assert "markdown_it" not in loaded_after("topics")


def test_help_begins_with_examples(kb):
    """Examples come first, then usage, then every command; without arguments too."""
    result = kb("--help")
    assert result.out.index("Examples") < result.out.index("Usage") < result.out.index("Commands")
    assert all(
        re.search(rf"^  {name} +{re.escape(line)}$", result.out, re.MULTILINE)
        for name, line in COMMANDS.items()
    )
    assert kb().out == result.out == kb("-h").out
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_says_what_the_list_says(name, kb):
    """The list of commands holds the first words of each command's own help, and examples."""
    command = app.get_command(click.Context(app), name)
    assert command.name == name
    assert command.help.startswith(COMMANDS[name].rstrip("."))
    result = kb(name, "-h")
    assert result.code == 0
    assert "$ kb" in result.out or 'eval "$(kb' in result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name):
    """The pages in docs/ name each command and each of its options."""
    text = "".join(page.read_text(encoding="utf-8") for page in sorted(DOCS.glob("*.md")))
    assert f"`kb {name}" in text
    command = app.get_command(click.Context(app), name)
    for param in command.params:
        for option in param.opts if isinstance(param, click.Option) else ():
            assert re.search(rf"`(kb \w+ \[)?{re.escape(option)}[` \]]", text), option


def test_version(kb):
    """The version is that of the package."""
    assert kb("--version").out == kb("-V").out == f"kb {__version__}\n"


@pytest.mark.parametrize("words", [(), ("search",), ("export", "search"), ("help",)])
def test_help_can_be_asked_for_in_words(words, kb):
    """`kb help search` is `kb search --help`."""
    result = kb("help", *words)
    assert (result.code, result.err) == (0, "")
    assert result.out == kb(*words, "--help").out == kb(*words, "-h").out


def test_an_error_names_the_help_of_its_command(kb):
    """Whatever is wrong with a command's options, its own help is named."""
    assert "`kb build --help`" in kb("build", "--out").err
    assert "`kb export search --help`" in kb("export", "search", "--out", "x").err


def test_words_of_few_are_taken_in_any_case(base, kb):
    """`--tier Contact` is no mistake."""
    kb("search", "late", "--tier", "Contact")
    assert base.asked["tier"] == "contact"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["serch", "late", "package"], "did you mean `kb search late package`?"),
        (["package", "it's late"], "to search, write `kb search package 'it'\"'\"'s late'`"),
        (["--contnt", "x", "search"], "no such option: --contnt; did you mean --content?"),
        (["index", "--frce"], "did you mean --force?"),
        (["index", "--zzz"], "no such option: --zzz"),
        (["search"], "missing argument 'WORDS...'"),
        *(
            (["search", "--limit", bad, "x"], f"--limit takes a number from 1 to 100, not '{bad}'")
            for bad in ("0", "abc", "-5", "1e3", "101", "5.0", "1_0", "", "9" * 5000)
        ),
        (["serve", "--port", "70000"], "--port takes a number from 0 to 65535, not '70000'"),
        (["build", "--jobs", "4"], "no such option: --jobs; kb builds in one process"),
        (["serve", "--jobs=4"], "no such option: --jobs; kb builds in one process"),
        (["search", "x", "--limit"], "--limit needs a value"),
        (["search", "--tier", "advise", "x"], "did you mean advice?"),
        (["search", "--tier", "x", "x"], "--tier takes self-service, contact or advice, not 'x'"),
        (["search", "--audience", "agnet", "x"], "did you mean agent?"),
        (["completion", "powershell"], "SHELL takes bash, zsh or fish, not 'powershell'"),
        (["export", "search", "--site", "hugoo"], "did you mean hugo?"),
        (["export"], "missing command"),
        (["export", "serch"], "no such export: serch; there is `kb export search`"),
        (["search", ""], "there are no words to search for"),
        (["search", " ", "\u3000\t", "\u200b"], "there are no words to search for"),
        (["find", "late", "package"], "did you mean `kb search late package`?"),
        (["query"], "did you mean `kb search`?"),
        (["grep"], "did you mean `kb search`?"),
        (["List"], "did you mean `kb topics`?"),
        (["ls"], "did you mean `kb topics`?"),
        (["open", "a/b"], "did you mean `kb show a/b`?"),
        (["opne", "a/b"], "did you mean `kb show a/b`, or `kb search opne a/b`?"),
        (["get", "a", "refund"], "did you mean `kb show a refund`, or `kb search get a refund`?"),
        (["new", "help"], "did you mean `kb init help`?"),
        (["start"], "did you mean `kb serve`, or `kb init`?"),
        (["preview"], "did you mean `kb serve`?"),
        (["publish"], "did you mean `kb build`?"),
        (["fnid"], "did you mean `kb search`?"),
        (["version"], "did you mean `kb --version`?"),
        (["help", "find"], "no such command: kb find; did you mean `kb help search`?"),
        (["help", "version"], "no such command: kb version"),
        (["help", "search", "x"], "no such command: kb search x"),
        (["show"], "missing argument"),
        (["--json"], "missing command"),
        (["x\x1b[31m"], "no such command: x\\x1b[31m"),
    ],
)
def test_wrong_usage_is_explained(args, message, kb):
    """Usage errors are one line with what was meant, a line with where to look, and exit 2."""
    result = kb(*args)
    assert (result.code, '"code": "usage"' in result.out) == (2, "--json" in args)
    first, second = result.err.splitlines()
    assert first.startswith("kb: error: ")
    assert message in first
    assert second.strip().startswith("`kb")


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_after_the_command(before, folder, monkeypatch, kb):
    """--content, --index, --config, --json, -q and -v mean the same in both places."""
    sessions = []

    def remember(session):
        sessions.append(session)
        raise ConfigError("stop")

    monkeypatch.setattr(Session, "open", remember)
    options = ["--content", "c", "--index", "i", "--config", "k", "--json", "--no-color", "-v"]
    kb(*options, "search", "x") if before else kb("search", *options, "x")
    (session,) = sessions
    assert (session.content, session.index, session.config) == (Path("c"), Path("i"), Path("k"))
    assert session.screen.as_json
    assert session.screen.verbosity == 1


def test_later_option_wins_and_verbosity_adds_up(folder, monkeypatch, kb):
    """An option after the command beats the same before it; -v counts in both."""
    sessions = []

    def remember(session):
        sessions.append(session)
        raise ConfigError("stop")

    monkeypatch.setattr(Session, "open", remember)
    kb("--content", "a", "-v", "topics", "--content", "b", "-v")
    kb("-v", "topics", "-q")
    assert sessions[0].content == Path("b")
    assert [s.screen.verbosity for s in sessions] == [2, -1]


def failing(monkeypatch, error):
    """Make every command fail."""

    def fail(session):
        raise error

    monkeypatch.setattr(Session, "open", fail)


def test_kb_errors_are_one_line_and_a_hint(monkeypatch, kb):
    """An error names path and line, then what to do; its class says the exit code."""
    failing(monkeypatch, ConfigError("is wrong\x1b", path="a\nb.toml", line=3, hint="do this"))
    result = kb("topics")
    assert (result.code, result.out) == (3, "")
    assert result.err == "kb: error: a\\nb.toml:3: is wrong\\x1b\n    do this\n"
    failing(monkeypatch, QueryError("no"))
    assert kb("topics").code == 2


def test_errors_are_json_too(monkeypatch, kb):
    """With --json an error is an object on stdout as well."""
    failing(monkeypatch, KbError("is wrong", path="p", code="special"))
    result = kb("topics", "--json")
    assert json.loads(result.out) == {
        "version": 1,
        "error": {
            "code": "special",
            "message": "is wrong",
            "path": "p",
            "line": None,
            "hint": None,
        },
    }
    assert result.err == "kb: error: p: is wrong\n"


def test_unexpected_errors_are_called_bugs(monkeypatch, kb):
    """One line, no traceback unless it is asked for."""
    failing(monkeypatch, ZeroDivisionError("oops"))
    result = kb("topics")
    assert result.code == 3
    assert result.err.startswith("kb: error: ZeroDivisionError: oops; this is a bug in kb\n")
    assert "Traceback" not in result.err
    assert "Traceback" in kb("topics", "-vv").err
    monkeypatch.setenv("KB_DEBUG", "1")
    assert "Traceback" in kb("topics").err


def test_system_errors_name_the_file(monkeypatch, kb):
    """A full disk or a missing permission is no bug."""
    failing(monkeypatch, OSError(errno.ENOSPC, "No space left on device", "index/x"))
    assert kb("topics").err == "kb: error: index/x: No space left on device\n"
    failing(monkeypatch, OSError("odd"))
    assert kb("topics").err == "kb: error: odd\n"


def test_interruption_is_130(monkeypatch, kb):
    """Ctrl-C ends a command with one line."""
    failing(monkeypatch, KeyboardInterrupt())
    result = kb("topics")
    assert (result.code, result.err) == (130, "kb: interrupted\n")


def process(args, **options):
    """Run kb in a process of its own."""
    return subprocess.run([sys.executable, "-m", "kb", *args], check=False, timeout=60, **options)


def test_module_can_be_run():
    """`python -m kb` is `kb`."""
    done = process(["--version"], capture_output=True, text=True)
    assert done.stdout == f"kb {__version__}\n"


def test_closed_pipe_is_silent():
    """A reader that goes away early is no error."""
    read, write = os.pipe()
    os.close(read)
    done = process(["--help"], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_full_disk_is_one_line():
    """Output that can't be written is an error of one line."""
    with Path("/dev/full").open("w") as full:
        done = process(["--help"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert done.stderr == b"kb: error: No space left on device\n"


def test_streams_may_be_closed():
    """Without stdout and stderr at all nothing fails."""
    line = f'"{sys.executable}" -m kb --version >&- 2>&-'
    assert subprocess.run(line, shell=True, check=False).returncode == 0


def test_missing_streams_are_replaced(monkeypatch):
    """Where Python has no stdout, or an odd one, kb still runs."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert run(["--version"]) == 0
    sys.stdout.close()


def test_pipe_that_closes_early_in_process(monkeypatch, tmp_path):
    """What is left to write goes nowhere, so that Python's own flush at the end is silent."""

    class Closed(io.TextIOWrapper):
        """A stream whose reader has gone."""

        def write(self, text):
            """Fail as the system does."""
            raise BrokenPipeError

    with (tmp_path / "out").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Closed(file, encoding="utf-8"))
        assert run(["--version"]) == 0


def test_other_encodings_get_escapes():
    """A terminal that can't show a character shows its escape."""
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process(["\u65e5"], stderr=subprocess.PIPE, env=environ)
    assert done.returncode == 2
    assert b"no such command: \\u65e5" in done.stderr


def test_commands_end_with_their_code(monkeypatch, kb):
    """What a command's function returns is the exit code; nothing is 0."""

    @click.command("probe", cls=Command)
    @click.option("--code", type=int)
    def command(code):
        return code

    monkeypatch.setitem(COMMANDS, "probe", "Probe.")
    monkeypatch.setattr(
        app_module, "import_module", lambda name: type("module", (), {"command": command})
    )
    assert kb("probe", "--code", "1").code == 1
    assert kb("probe").code == 0


def test_entry_point_runs_the_arguments_of_the_process(monkeypatch, capsys):
    """`kb.cli.main` is what the installed command calls."""
    from kb.cli import main

    monkeypatch.setattr(sys, "argv", ["kb", "--version"])
    usual = gc.get_threshold()
    try:
        assert main() == 0
        assert gc.get_freeze_count()  # the end of the process does not go through all objects
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
    assert capsys.readouterr().out == f"kb {__version__}\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("kb sea", {"search"}),
        ("kb index --fo", {"--force"}),
        ("kb show orders", {"orders/late"}),
        ("kb show orders/late#a", {"orders/late#a-package-is-late", "orders/late#ask"}),
        ("kb show none#", set()),
        ("kb topics ", {"orders", "contact"}),
        ("kb search --topic con", {"contact"}),
        ("kb --content nowhere show ", set()),
        ("kb --content nowhere show x#", set()),
    ],
)
def test_shells_complete(words, offered, folder, monkeypatch, capsys):
    """Commands, options, ids, anchors and topics are offered to a shell."""
    monkeypatch.setenv("_KB_COMPLETE", "bash")
    assert run([words, words.split(" ")[-1]]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.partition("\t")[2] for line in lines} == offered


def test_completing_ids_imports_no_engine(folder):
    """Ids are names of files: neither index nor parser is needed where several begin so."""
    (folder / "content" / "orders" / "lost.md").write_text("# Lost\n")
    code = (
        "import sys; from kb.cli.app import run; run(sys.argv[1:]);"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "show", "orders"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_KB_COMPLETE": "zsh"},
    )
    offered = [line.split("\t")[1] for line in done.stdout.splitlines()]
    assert (offered, done.stderr.splitlines()[-1]) == (["orders/late", "orders/lost"], "[]")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell, kb):
    """Each shell has its script, which asks kb."""
    result = kb("completion", shell)
    assert result.code == 0
    assert f"_KB_COMPLETE={shell} " in result.out
