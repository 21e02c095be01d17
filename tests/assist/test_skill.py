"""`kb skill`, and what `kb mcp` says where its extra is missing."""

import sys

import pytest
import yaml

from kb.cli.app import COMMANDS, run


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "late.md").write_text("# Late\n\nWait.\n")
    (tmp_path / "kb.toml").write_text('name = "Zebra help"\n')
    monkeypatch.chdir(tmp_path)


def test_a_skill_file_names_the_help_center_and_commands_that_there_are(capsys):
    """Front matter with a name and a description, then what to run."""
    assert run(["skill"]) == 0
    text = capsys.readouterr().out
    _, head, body = text.split("---\n", 2)
    front = yaml.safe_load(head)
    assert front["name"] == "help-center"
    assert "Zebra help" in front["description"]
    used = {word.split()[1] for word in body.split("`") if word.startswith("kb ")}
    assert used >= {"context", "search", "show", "contact"}
    assert used <= set(COMMANDS)


def test_without_its_extra_kb_mcp_says_how_to_get_it(monkeypatch, capsys):
    """In one line, and the command that mends it."""
    for name in ("kb.assist.mcp", "mcp"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delattr("kb.assist.mcp", raising=False)
    assert run(["mcp"]) == 3
    said = capsys.readouterr().err
    assert "kb mcp needs the extra mcp" in said
    assert "install" in said
    assert "Traceback" not in said
