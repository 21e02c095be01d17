"""Facts about the command that installs an extra."""

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from kb.extras import install_command


class Installed:
    """What pip notes of where kb came from."""

    def __init__(self, record):
        self.record = record

    def read_text(self, name):
        """Read a file of the metadata."""
        assert name == "direct_url.json"
        return self.record and json.dumps(self.record)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """The command where kb was installed as a record says, in an environment in this folder."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "pip").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.chdir(tmp_path)

    def call(record, *, active=False):
        monkeypatch.setattr(metadata, "distribution", lambda _: Installed(record))
        monkeypatch.setenv("PATH", str(folder) if active else os.devnull)
        return install_command("eval")

    return call


def clone(folder, *, editable=False):
    """The record of an installation from a folder, and its project file."""
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").touch()
    return {"url": folder.as_uri(), "dir_info": {"editable": True} if editable else {}}


def test_in_a_clone_the_command_names_it(command, tmp_path):
    """As the README writes it; pip alone where its environment is active."""
    record = clone(tmp_path)
    assert command(record, active=True) == "pip install '.[eval]'"
    assert command(record) == ".venv/bin/pip install '.[eval]'"
    assert command(clone(tmp_path, editable=True), active=True) == "pip install -e '.[eval]'"


def test_elsewhere_the_command_names_the_clone(command, tmp_path):
    """A path with spaces is quoted as a shell wants it."""
    record = clone(tmp_path / "my kb")
    assert command(record, active=True) == f"pip install '{tmp_path}/my kb[eval]'"


@pytest.mark.parametrize(
    "record", [None, {"url": "file:///nowhere/helpkb.whl"}, {"url": "https://x/y"}]
)
def test_without_a_clone_the_command_names_what_is_needed(record, command, monkeypatch):
    """No index has kb, but what it needs is there."""
    monkeypatch.setattr(Path, "is_file", lambda path: path.name == "pip")
    needed = ["click>=8", 'ir-measures<1,>=0.3.7; extra == "eval"', "watchfiles; extra == 'serve'"]
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    assert command(record, active=True) == "pip install 'ir-measures<1,>=0.3.7'"


def test_without_pip_the_interpreter_is_named(command, tmp_path):
    """An environment may have pip as a module alone."""
    (tmp_path / ".venv/bin/pip").unlink()
    assert command(clone(tmp_path)) == ".venv/bin/python -m pip install '.[eval]'"
