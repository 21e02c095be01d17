"""Line 13: nothing that acts on a terminal gets there raw, from wherever it comes.

Content, titles, paths, settings, judged queries, queries and errors hold sequences that change
the title, the clipboard, the screen or the order of text. Every command is run on a
pseudo-terminal and into pipes; only kb's own colours may come out, and only on the terminal.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from support.attacks import quoted
from support.processes import in_terminal, run_kb, write

from kb.cli.app import COMMANDS

SEQUENCES = [
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "\x1b]52;c;cm0gLXJm\x07", "\x1b]0;title\x07",
    "\x1b[2J\x1b[31m", "\x1b[6n", "\x1bP+q544e\x1b\\", "\x1b_G\x1b\\", "\x1b^x\x1b\\", "\x1bc", "\x1b(0",
    "\x9b2J", "\x9d0;title\x9c", "\x90q\x9c", "\x85", "\x84", "\rover", "\x08\x08", "\x07", "\x0b\x0c", "\x0e",
    "\x7f", "\u202egnp.exe", "\u202d\u202c", "\u2066\u2067\u2068\u2069", "\u2028\u2029", "\ufff9a\ufffab\ufffb",
]  # fmt: skip
ALL = " ".join(SEQUENCES)
# kb's own: styles on and off; and, from its progress bar alone, back to the start of the line.
OWN = re.compile(r"\x1b\[[0-9;]*m|\r(?=\n|(?:Building|Indexing|Asking) )|\r {3,}\r")
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"
)
JUDGED = {
    "corpus.json": json.dumps({"name": f"set {ALL}", "language": "en", "level": "article"}),
    "queries.tsv": "q1\tparcel \u202e late\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A knowledge base that has them in every place that can hold them."""
    made = tmp_path_factory.mktemp("terminal")
    text = ALL.replace("\r", "")
    front = "\n".join([
        f"title: {quoted('Parcel ' + ALL)}", f"summary: {quoted(ALL)}", f"issue: [{quoted('parcel ' + ALL)}]",
        f"do:\n  - label: {quoted(ALL)}\n    where: {quoted(ALL)}\n    url: {quoted(ALL)}",
        f"have_ready: [{quoted(ALL)}]", f"related: [{quoted(ALL)}]", f"aliases: [{quoted(ALL)}]",
        f"channel: {{name: {quoted('chat ' + ALL)}, where: {quoted(ALL)}, wait: {quoted(ALL)}, hours: {quoted(ALL)}}}",
        f"escalate: [{quoted('chat ' + ALL)}]", f"{quoted('unknown ' + ALL[:200])}: {quoted(ALL)}", "tier: contact",
    ])  # fmt: skip
    body = f"# Parcel {text}\n\nparcel {text} [{text}](<{text}.md>) ![{text}](<{text}>)\n\n"
    body += f"```{text}\n{text}\n```\n\n| {text} |\n|-|\n| {text} |\n\n- {text}\n\n## Late {text}?\n\n{text}\n"
    write(made, {
        "content/bad.md": f"---\n{front}\n---\n{body}", "content/t/topic.yaml": f"title: {quoted(ALL)}\nsummary: {quoted(ALL)}",
        "content/t/in.md": "# In\n\nparcel", "content/broken.md": f"---\n{quoted(ALL)}: 1\n{quoted(ALL)}: 2\n---\n",
        "content/status.md": f"---\nstatus: {quoted(ALL)}\n---\n", "content/raw.md": f"---\na: {text}\n---\n",
        "content/nul.md": "\0", "content/deep.md": "> " * 200,
    })  # fmt: skip
    for name in ("\x1b]0;x\x07.md", "\u202eme.md", "\x9b2J/in.md", "a\rb.md", "\ufff9.md"):
        write(made, {f"content/{name}": "# Other\n"})
    (made / "content" / os.fsdecode(b"\xff\x1b.md")).write_text("x")
    write(made, {f"judged/{name}": data for name, data in JUDGED.items()})
    settings = {
        "name": "\\u202e",
        "out": "a\\u202eb",
        "key": "\\u001b]0;x\\u0007",
        "value": "\\u009b2J",
    }
    write(made, {
        "bad.toml": f'"{settings["key"]}" = "{settings["value"]}"\n', "bad2.toml": f'language = "{settings["value"]}"\n',
        "bad3.toml": "a = \x1b]0;x\x07\n", "kb.toml": f'name = "{settings["name"]}"\n[contact]\nfallback = "x {settings["name"]}"\n',
    })  # fmt: skip
    return made


COMMAND_LINES = [
    ["search", "parcel"],
    ["search", "parcel", "--json"],
    ["search", "parcel", "--explain", "--drafts"],
    ["search", "nothing", *SEQUENCES],
    ["search", "parcl", ALL, "--exact"],
    ["search", "x", "--tier", ALL],
    ["search", "x", "--topic", ALL, "--tag", ALL],
    ["search", "x", "--limit", ALL],
    ["search", f"--{ALL}"],
    ["show", "bad"],
    ["show", "bad", "--json"],
    ["show", "bad", "--source"],
    ["show", f"bad#{ALL}"],
    ["show", ALL],
    ["topics"],
    ["topics", "--json"],
    ["topics", ALL],
    ["contact"],
    ["contact", "parcel", ALL],
    ["contact", ALL, "--json"],
    ["index", "--force", "-v"],
    ["index", "--json"],
    ["build", "-v"],
    ["build", "--json"],
    ["build", "--report", "--offline", "--zip"],
    ["build", "--check"],
    ["build", "--check", "--out", ALL.replace("/", "")],
    ["build", "--out", ALL.replace("/", "")],
    ["build", "--out", "content"],
    ["export", "search", "--out", "e/\u202eb", "--url", "/{id}/"],
    ["export", "search", "--out", "e2", "--url", ALL],
    ["export", ALL],
    ["serve", "--host", ALL],
    ["serve", "--port", ALL],
    ["eval"],
    ["eval", "judged"],
    ["eval", ALL],
    ["eval", "--baseline", ALL],
    ["init", "content"],
    ["init", f"new{ALL[-20:]}"],
    ["init", "--theme", ALL],
    ["completion", ALL],
    ["completion", "bash"],
    ["context", "parcel"],
    ["context", ALL, "--json"],
    ["context", "parcel", "--budget", ALL],
    ["suggest", "content/bad.md"],
    ["suggest", ALL],
    ["suggest", "content/bad.md", "--json"],
    ["mcp", "--http", ALL],
    ["skill"],
    ["search", "parcel", "--json", "--fields", ALL],
    ["help"],
    ["help", ALL],
    ["help", "export", ALL],
    ["search", "parcel", "--tier", "x"],
    ["topics", "--depth", ALL],
    [ALL],
    ["--config", "bad.toml", "topics"],
    ["--config", "bad2.toml", "topics"],
    ["--config", "bad3.toml", "topics"],
    ["--config", ALL, "topics"],
    ["--content", ALL, "topics"],
    ["--index", "kb.toml/\u202e", "index"],
    ["-vv", "show", ALL],
]


def test_every_command_is_tried():
    """A new one belongs in the list."""
    assert {line[0] for line in COMMAND_LINES} >= set(COMMANDS)


def of(args):
    """A short name for a test."""
    return ascii(" ".join(arg[:12] for arg in args))[:60]


@pytest.mark.parametrize("args", COMMAND_LINES, ids=of)
def test_a_terminal_gets_no_sequence_but_kbs_own(args, folder, tally):
    """Results, messages and errors alike, with colours."""
    with tally("command on a terminal"):
        seen, code = in_terminal(args, folder)
        assert code in (0, 1, 2, 3)
        assert seen.strip()
        left = OWN.sub("", seen)
        assert not ACTS.search(left), ascii(left[max(0, ACTS.search(left).start() - 60) :][:120])
        assert "Traceback" not in left or "-vv" in args


@pytest.mark.parametrize("args", COMMAND_LINES, ids=of)
def test_a_pipe_gets_no_sequence_at_all(args, folder, tally):
    """What reads a pipe may show it on a terminal later."""
    with tally("command into pipes"):
        done = run_kb(folder, *args)
        for text in (done.out, done.err):
            assert not ACTS.search(text), ascii(
                text[max(0, ACTS.search(text).start() - 60) :][:120]
            )


def test_a_served_site_is_announced_without_any(folder):
    """`kb serve` lists the same problems, and ends with Ctrl-C."""
    seen, code = in_terminal(["serve", "--port", "0"], folder, interrupt_at=b"Ctrl-C ends it")
    assert code in (0, 130)
    assert not ACTS.search(OWN.sub("", seen).replace("^C", ""))


@pytest.mark.parametrize(
    "words",
    ["kb show ", "kb show bad#", "kb topics ", f"kb show {ALL}", "kb search --topic "],
    ids=ascii,
)
def test_completions_hold_none(words, folder):
    """A shell shows them as they come."""
    environ = {
        **os.environ,
        "_KB_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-m", "kb"], cwd=folder, env=environ, capture_output=True, check=False
    )
    assert not ACTS.search(done.stdout.decode() + done.stderr.decode())
