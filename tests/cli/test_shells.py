"""Facts about completion, in the shells themselves."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.cli.app import run
from kb.cli.complete import quoted, read_line

ARTICLES = {
    "my guide/first steps": "# First\n",
    "my guide/second steps": "---\ntags: [two words, 'a:b']\n---\n# Second\n\n## More\n\ntext\n",
    "it's $HOME & (co)!": "# Odd\n",
    "\u00e9t\u00e9/p\u00e8re": "# Father\n",
    "a;b ~ `c`": "# Marks\n",
    "plain": "# Plain\n\n## Part one\n\n## Part two\n",
}
SECOND = "my guide/second steps"
ODD = "it's $HOME & (co)!"

# What is typed before the tab, in any of the shells, and what kb should be called with.
TYPED = (
    ("kb show my\\ guide/se", ["show", SECOND]),
    ('kb show "my guide/se', ["show", SECOND]),
    ("kb show 'my gui\tsec", ["show", SECOND]),
    ("kb show plain\t#part-t", ["show", "plain#part-two"]),
    ('kb show "it', ["show", ODD]),
    ("kb show 'it", ["show", ODD]),
    ("kb show \u00e9", ["show", "\u00e9t\u00e9/p\u00e8re"]),
    ("kb show a", ["show", "a;b ~ `c`"]),
    ("kb show plain#part-o", ["show", "plain#part-one"]),
    ("kb show my\\ guide/second\\ steps#m", ["show", f"{SECOND}#more"]),
    ("kb search x --topic=m", ["search", "x", "--topic=my guide"]),
    ("kb search x --tag t", ["search", "x", "--tag", "two words"]),
    ("kb search x --tag a:", ["search", "x", "--tag", "a:b"]),
    ("kb search topic:\u00e9", ["search", "topic:\u00e9t\u00e9"]),
)

START = {
    "bash": ["--noprofile", "--rcfile", "rc", "-i"],
    "zsh": ["-d", "-i"],
    "fish": ["-i", "--no-config", "-C", "source rc"],
}
RC = {
    "bash": "PS1='ready> '\nset +o history\n",
    "zsh": "PS1='ready> '\nunsetopt PROMPT_SP\n",
    "fish": "function fish_prompt; printf 'ready> '; end\nset -g fish_autosuggestion_enabled 0\n",
}
LOAD = {
    "bash": 'eval "$(kb completion bash)"\n',
    "zsh": 'eval "$(kb completion zsh)"\n',
    "fish": "kb completion fish | source\n",
}

# Job control needs a terminal that is the session's own.
AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    """A knowledge base of odd names, indexed; the current folder."""
    monkeypatch.chdir(tmp_path)
    for id_, text in ARTICLES.items():
        file = tmp_path / "content" / f"{id_}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert run(["index"]) == 0
    capsys.readouterr()
    return tmp_path


class Terminal:
    """A shell at a pseudo-terminal, in which `kb` completes, and notes what else it is called with."""

    def __init__(self, shell, folder):
        tools = folder / "bin"
        tools.mkdir()
        (folder / "rc").write_text(RC[shell] + LOAD[shell])
        (folder / ".zshrc").write_text(RC[shell] + LOAD[shell])
        script = tools / "kb"
        script.write_text(
            "#!/bin/sh\n"
            f'[ -n "$_KB_COMPLETE" ] || [ "$1" = completion ] && exec {sys.executable} -m kb "$@"\n'
            f"printf '%s\\0' \"$@\" > '{folder}/called.part'\n"
            f"mv '{folder}/called.part' '{folder}/called'\n"
        )
        script.chmod(0o755)
        environ = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TERM": "xterm",
            "HOME": str(folder),
            "ZDOTDIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "LC_ALL": "C.UTF-8",
        }
        self.called = folder / "called"
        self.leader, follower = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, shell, *START[shell]],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            cwd=folder,
            env=environ,
            start_new_session=True,
        )
        os.close(follower)
        self.seen = b""
        self.wait(lambda: b"ready> " in self.seen)

    def wait(self, done):
        """Read what is shown until something is so."""
        end = time.monotonic() + 60
        while not done():
            assert time.monotonic() < end, self.seen
            if select.select([self.leader], [], [], 0.02)[0]:
                self.seen += os.read(self.leader, 65536)

    def complete(self, typed):
        """Type, press tab and enter; gives the arguments that kb is called with."""
        self.called.unlink(missing_ok=True)
        os.write(self.leader, f"{typed}\t\r".encode())
        self.wait(self.called.exists)
        *args, _ = self.called.read_text(encoding="utf-8").split("\0")
        return args

    def close(self):
        """End the shell."""
        self.process.kill()
        self.process.wait()
        os.close(self.leader)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_names_to_what_kb_accepts(shell, folder, capsys):
    """Spaces, quotes, dollars, marks, letters with accents and colons; open quotes are closed. An
    article's id has no space after it, since an anchor may follow.
    """
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    terminal = Terminal(shell, folder)
    try:
        for typed, wanted in TYPED:
            assert (typed, terminal.complete(typed)) == (typed, wanted)
        if shell != "fish":  # which has a space after whatever is in quotes
            assert terminal.complete('kb show "my guide/s\t#m') == ["show", f"{SECOND}#more"]
    finally:
        terminal.close()
    for _, args in TYPED:
        if args[0] == "show":
            assert run(args) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("kb show a", (["kb", "show"], "a", "")),
        ("kb  show ", (["kb", "show"], "", "")),
        (r"kb my\ guide/a\'b", (["kb"], "my guide/a'b", "")),
        ('kb "my gu', (["kb"], "my gu", '"')),
        ('kb "a \\" \\$ \\x', (["kb"], 'a " $ \\x', '"')),
        ("kb 'a \\ \"b", (["kb"], 'a \\ "b', "'")),
        ("kb 'a b'\"c d\"e", (["kb"], "a bc de", "")),
        ("kb '' x", (["kb", ""], "x", "")),
        ("kb a\\", (["kb"], "a", "")),
    ],
)
def test_lines_are_read_as_a_shell_does(line, words):
    """Words without their quotes, and the quote that is open at the end."""
    assert read_line(line) == words


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize(
    "text", ["it's", 'a "b" \\ c', "$HOME `x` & (y)", "~a", "#a", "\u00e9", "a!b", "*?[x]{y}"]
)
def test_quoted_text_means_itself(text, quote):
    """To a shell, and to what reads the line for completion."""
    word = f"{quote}{quoted(text, quote)}{quote}"
    assert read_line(word) == ([], text, "")
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert done.stdout.decode() == text


def offered(monkeypatch, capsys, shell, *args):
    """What kb answers to a shell."""
    monkeypatch.setenv("_KB_COMPLETE", shell)
    assert run(args) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["sear"], ["search"]),
        (["search", "--expl"], ["--explain"]),
        (["search", "--topic", "m"], ["my guide"]),
        (["topics", "m"], ["my guide"]),
        (["topics", "my guide", ""], []),
        (["show", "pl"], ["plain"]),
        (["show", "plain"], ["plain", "plain#plain", "plain#part-one", "plain#part-two"]),
        (["show", "plain", "pl"], []),
        (["search", "--tag", ""], ["a:b", "two words"]),
        (["search", "late", "tag:"], ["tag:a:b"]),
        (["search", "tier:c"], ["tier:contact"]),
        (["search", "late"], []),
        (["search", "--tier", ""], ["self-service", "contact", "advice"]),
        (["help", "exp"], ["export"]),
        (["help", "export", ""], ["search"]),
        (["completion", "z"], ["zsh"]),
        (["search", "--limt", "--li"], ["--limit"]),
    ],
)
def test_everything_that_has_a_name_is_offered(words, texts, folder, monkeypatch, capsys):
    """Commands, options, ids, anchors, topics, tags, tiers, and filters in a query."""
    lines = offered(monkeypatch, capsys, "zsh", *words)
    assert [line.split("\t")[1] for line in lines] == texts


@pytest.mark.parametrize("words", [["show", ""], ["show", "x#"], ["search", "--tag", ""]])
@pytest.mark.parametrize("settings", ["not = [toml", 'content = "nowhere"'])
def test_what_is_wrong_offers_nothing(words, settings, tmp_path, monkeypatch, capsys):
    """A line that is being typed is no place for messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kb.toml").write_text(settings)
    assert offered(monkeypatch, capsys, "zsh", *words) == []
    assert offered(monkeypatch, capsys, "bash") == []
