"""Facts about keeping compiled templates: beside kb's own bytecode, and nowhere else."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from kb.site import PACKAGE
from kb.site.compiled import CompiledTemplates


@pytest.fixture
def bytecode(tmp_path, monkeypatch):
    """Where Python is told to keep bytecode."""
    folder = tmp_path / "bytecode"
    monkeypatch.setattr(sys, "pycache_prefix", str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return folder


@pytest.fixture
def own(tmp_path):
    """A folder of templates that are kb's own, with one in it."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.html").write_text("one {{ x }}")
    return folder


def compiled(own, *more, **options):
    """Load `a.html`; its text where x is 1, and how often something was compiled for it."""
    calls = []

    class Counting(Environment):
        def compile(self, *arguments, **named):
            calls.append(arguments)
            return super().compile(*arguments, **named)

    loader = FileSystemLoader([*more, own])
    environment = Counting(loader=loader, bytecode_cache=CompiledTemplates(own), **options)
    return environment.get_template("a.html").render(x=1), len(calls)


def test_a_template_is_compiled_once(own, bytecode):
    """The next process finds it where bytecode of a module beside it would be."""
    assert compiled(own) == ("one 1", 1)
    assert compiled(own) == ("one 1", 0)
    (kept,) = (path for path in bytecode.rglob("*") if path.is_file())
    assert kept.name == f"a.{sys.implementation.cache_tag}.pyc"


def test_a_template_that_changed_is_compiled_anew(own, bytecode):
    """Its text counts, not its time; so does what it is compiled with."""
    compiled(own)
    (own / "a.html").write_text("two {{ x }}")
    assert compiled(own) == ("two 1", 1)
    assert compiled(own, autoescape=True) == ("two 1", 1)
    assert compiled(own, autoescape=True) == ("two 1", 0)


def test_nothing_of_a_theme_is_kept(own, bytecode, tmp_path):
    """Nor read: code beside a theme may be anybody's."""
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "a.html").write_text("theme {{ x }}")
    assert compiled(own, theme) == compiled(own, theme) == ("theme 1", 1)
    assert not bytecode.exists()


@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda _: b"", lambda data: b"x" + data])
def test_damage_is_noticed(own, bytecode, harm):
    """What is kept is under a checksum; a damaged file is written anew."""
    compiled(own)
    (kept,) = (path for path in bytecode.rglob("*") if path.is_file())
    kept.write_bytes(harm(kept.read_bytes()))
    assert compiled(own) == ("one 1", 1)
    assert compiled(own) == ("one 1", 0)


def test_where_nothing_can_be_kept_nothing_is(own, bytecode, monkeypatch):
    """Neither against Python's orders, nor where there is no place."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        assert compiled(own) == compiled(own) == ("one 1", 1)
        assert not bytecode.exists()
    with monkeypatch.context() as patch:
        patch.setattr(sys.implementation, "cache_tag", None)
        assert compiled(own) == compiled(own) == ("one 1", 1)
    bytecode.write_text("a file where the folder would be")
    assert compiled(own) == compiled(own) == ("one 1", 1)


def test_no_module_lies_beside_the_templates():
    """Its bytecode would have the same place as a template's."""
    assert not list(Path(PACKAGE / "templates").glob("*.py"))
