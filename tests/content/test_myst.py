"""MyST: directives, roles and targets become what other dialects write for the same thing."""

import pytest
from support.attacks import Page, attacks

from kb.config import MarkdownConfig
from kb.content import scan
from kb.content.dialects import find_dialect
from kb.content.markdown.document import parse
from kb.content.markdown.markup import Markup
from kb.errors import ContentError

MYST = Markup(frozenset({"myst", "jinja"}))

WRITTEN = [
    ("```{note} Hear\n:class: x\na *b*\n```\n", "> **Note: Hear**\n>\n> a *b*\n"),
    ("````{warning}\n```{code-block} py\n:linenos:\nx\n```\n````\n", "> **Warning**\n>\n> ```py\n> x\n> ```\n"),
    (":::{note} Of `x`\n:class: tip\na\n:::\n", "> **Note: Of `x`**\n>\n> a\n"),
    ("~~~{dropdown} More\na\n~~~\n", "> **More**\n>\n> a\n"),
    ("- a\n  ```{hint}\n  b\n  ```\n", "- a\n\n  > **Tip**\n  >\n  > b\n"),
    ('a\n% no word\nb\n\n%no\n\n+++ {"x": 1}\nc %d\n', "a\n\nb\n\nc %d\n"),
    ("- a\n  % no\n\n```{card} B\n^^^\nb\n+++\nfoot\n```\n", "- a\n\n**B**\n\nb\n\nfoot\n"),
    ("```{code} py\n% x\n+++\n```\n", "```py\n% x\n+++\n```\n"),
    ("```{figure} x.png\n:alt: y\na\n```\n", "![](x.png)\n\na\n"),
    ("```{toctree}\na\n```\nb\n", "b\n"),
    ("```{grid} 2\n:::{card} One\na\n:::\n```\n", "**One**\n\na\n"),
    ("```{note}\nno end\n", "> **Note**\n>\n> no end\n"),
    ("{guilabel}`Save` {kbd}`Ctrl` {py:func}`~a.b` {math}`x^2`\n", "**Save** `Ctrl` `a.b` $x^2$\n"),
    ("{doc}`Start <guide/start>` {ref}`words <here>`\n", "[Start](guide/start) [words](#here)\n"),
    ("{not a role} {x} `a`{b}`c`\n", "{not a role} {x} `a``c`\n"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "copy"), WRITTEN[:-1])
def test_marks_of_myst_are_what_they_mean(written, copy):
    """And what they are in a folder of any other tool, or switched off, is code."""
    document = parse(written, markup=MYST)
    assert document.markdown() == copy
    assert not document.is_plain
    off = parse(written, markup=MYST, syntax=MarkdownConfig(templates=False))
    assert off.html() == parse(written, markup=Markup(frozenset({"jinja"}))).html()


def test_a_target_is_an_anchor_and_what_is_left_out_is_noted():
    """With its line."""
    document = parse("(my-place)=\n# T\n\n```{toctree}\na\n```\n", markup=MYST)
    assert '<span id="my-place"></span>' in document.html()
    assert document.labels == {"my-place": "T"}
    assert document.left_out == (("{toctree}", 4),)
    assert document.title == "T"


@pytest.mark.parametrize("text", attacks())
def test_no_mark_of_myst_lets_a_script_through(text):
    """In titles, texts, addresses and targets."""
    line = text.replace("\n", " ")
    for place in (
        "```{{note}} {}\na\n```",
        "```{{note}}\n{}\n```",
        "{{ref}}`a <{}>`",
        "{{doc}}`{}`",
        "({})=\n",
        "```{{figure}} {}\n```",
    ):
        try:
            html = parse(place.format(line) + "\n", markup=MYST).html()
        except ContentError:
            continue
        for tag, attrs in Page(html).elements:
            assert tag not in {"script", "iframe", "svg", "meta", "base", "link"}
            assert not any(name.startswith("on") for name in attrs)
            href = (attrs.get("href") or "").strip().lower()
            assert not href.startswith(("javascript:", "data:", "vbscript:"))


def test_what_sphinx_leaves_out_is_left_out(tmp_path):
    """Where its program says so plainly; the program is not run."""
    program = "extensions = []\nexclude_patterns = ['old/**', f(), 'x.md']\nraise SystemExit\n"
    (tmp_path / "conf.py").write_text(program, encoding="utf-8")
    (tmp_path / "old").mkdir()
    for name in ("a.md", "x.md", "old/b.md"):
        (tmp_path / name).write_text("# x\n", encoding="utf-8")
    dialect = find_dialect(tmp_path)
    assert [file.id for file in scan(tmp_path, dialect).articles] == ["a"]
