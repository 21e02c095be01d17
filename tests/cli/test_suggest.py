"""`kb suggest` on a small help center, as a person uses it."""

import io
import json
import sys

import pytest

from kb.cli.app import run

MESSAGE = "Hello,\n\nmy package never arrived. Write to bo@x.example.\n\nCheers\nBo Berg\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """One article and a message."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "late.md").write_text(
        "---\nissue: [package never arrived]\n---\n# Late package\n\nLook at the tracking.\n",
        encoding="utf-8",
    )
    (tmp_path / "message.txt").write_text(MESSAGE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_a_file_or_standard_input(folder, monkeypatch, capsys):
    """Both give the same: problem, section, reply."""
    assert run(["suggest", "message.txt", "-q"]) == 0
    out = capsys.readouterr().out
    assert "my package never arrived." in out
    assert "late · holds" in out or "late#" in out
    assert "Hello Bo," in out
    for args in (["suggest", "-"], ["suggest"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MESSAGE.encode())))
        assert run([*args, "-q"]) == 0
        assert capsys.readouterr().out == out


def test_the_reply_alone(folder, capsys):
    """Nothing else is printed."""
    assert run(["suggest", "message.txt", "--reply", "-q"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Hello Bo,\n\nthank you")
    assert "holds" not in out


def test_json_is_one_object(folder, capsys):
    """With what a help desk needs, and no personal data but the greeting."""
    assert run(["suggest", "message.txt", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == 1
    assert told["problems"][0]["sections"][0]["article"] == "late"
    assert told["personal"] == ["[e-mail]"]
    assert "x.example" not in json.dumps(told)
    assert "Berg" not in json.dumps(told)


def test_the_template_is_shown_and_can_be_used(folder, capsys):
    """What is printed gives the same reply."""
    assert run(["suggest", "--show-template"]) == 0
    (folder / "own.txt").write_text(capsys.readouterr().out, encoding="utf-8")
    run(["suggest", "message.txt", "--reply", "-q"])
    plain = capsys.readouterr().out
    assert run(["suggest", "message.txt", "--reply", "-q", "--template", "own.txt"]) == 0
    assert capsys.readouterr().out == plain


def test_nothing_found_is_1(folder, capsys):
    """With a reply all the same."""
    (folder / "message.txt").write_text("xyzzy plugh", encoding="utf-8")
    assert run(["suggest", "message.txt", "-q"]) == 1
    assert "No section holds these words." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["gone.txt"], 3, "gone.txt: No such file"),
        (["content"], 3, "content: Is a directory"),
        (["empty.txt"], 2, "there is no message"),
        (
            ["message.txt", "--template", "gone.txt"],
            3,
            "gone.txt: the template of replies can't be read",
        ),
        (["message.txt", "--limit", "11"], 2, "--limit takes a number from 1 to 10"),
    ],
)
def test_mistakes_are_one_line(folder, capsys, args, code, said):
    """No traceback reaches a person."""
    (folder / "empty.txt").write_text(" \n", encoding="utf-8")
    assert run(["suggest", *args, "-q"]) == code
    assert said in capsys.readouterr().err
