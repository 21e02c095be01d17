"""MyST: directives, roles and targets become what other dialects write for the same thing."""

import pytest
from support.attacks import Page, attacks

from kb.config import MarkdownConfig, load_config
from kb.content import scan
from kb.content.dialects import find_dialect
from kb.content.markdown.document import parse
from kb.content.markdown.markup import Markup
from kb.errors import ContentError
from kb.site.build import build_site

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
    ("```{figure} x.png\n:alt: y\na\n```\n", "![y](x.png)\n\na\n"),
    ("```{toctree}\na\n```\nb\n", "b\n"),
    ("```{grid} 2\n:::{card} One\na\n:::\n```\n", "**One**\n\na\n"),
    ("```{note}\nno end\n", "> **Note**\n>\n> no end\n"),
    ("{guilabel}`Save` {kbd}`Ctrl` {py:func}`~a.b` {math}`x^2`\n", "**Save** `Ctrl` `a.b` $x^2$\n"),
    ("{doc}`Start <guide/start>` {ref}`words <here>`\n", "[Start](guide/start) [words](#here)\n"),
    ("```{code} py\n---\ncaption: a.py\nemphasize-lines: 1\n---\nx\n```\n", '```py {1} title="a.py"\nx\n```\n'),
    ("```{only} html\na\n```\n```{only} latex\nb\n```\n```{only} not html\nc\n```\n", "a\n"),
    ("```{list-table} L\n:header-rows: 1\n* - A\n  - B\n* - *a*\n```\n", "**L**\n\n| A | B |\n| --- | --- |\n| *a* |  |\n"),
    ("```{list-table}\n:header-rows: 1\n* - A\n* - a\n\n    b\n```\n", "* - A\n\n* - a\n\n    b\n"),
    ('```{csv-table}\n:header: a, "b, c"\n1, 2\n```\n', "| a | b, c |\n| --- | --- |\n| 1 | 2 |\n"),
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


RESTRUCTURED = [
    (".. note:: Short *one*.", "> **Note**\n>\n> Short *one*.\n"),
    (".. tip::\n\n   a\n\n   .. code-block:: py\n      :caption: a.py\n\n      x = 1", '> **Tip**\n>\n> a\n>\n> ```py title="a.py"\n> x = 1\n> ```\n'),
    (".. tool:example::\n\n    @x\n    def f():\n\n        pass", "```\n@x\ndef f():\n\n    pass\n```\n"),
    (".. py:function:: f(a)\n\n   What it *does*.", "`f(a)`\n\nWhat it *does*.\n"),
    ("``a`` `b <https://x.y>`_ :kbd:`c` `d`_", "`a` [b](https://x.y) `c` \\[d\\]\n"),
    ("See::\n\n    as it is\n\nand on", "See:\n\n```\nas it is\n```\n\nand on\n"),
    ("Term\n  What it *is*.\n\nOther\n  More.", "Term\n: What it *is*.\n\nOther\n: More.\n"),
    ("- item\n  goes on", "- item\n  goes on\n"),
    (".. |it| replace:: a *word*\n\nSay |it|, |else|.", "Say a *word*, |else|.\n"),
    (".. a comment\n   more\n\nshown", "shown\n"),
    ("#. a\n#. b", "1. a\n2. b\n"),
    ("+---+\n| a |\n+---+", "```\n+---+\n| a |\n+---+\n```\n"),
    (".. list-table:: L\n    :header-rows: 1\n\n    * - A\n    * - ``a``", "**L**\n\n| A |\n| --- |\n| `a` |\n"),
    (".. tabs::\n\n   .. group-tab:: One\n\n      a", "**One**\n\na\n"),
    (".. image:: a.png\n   :alt: [b]", "![\\[b\\]](a.png)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "copy"), RESTRUCTURED)
def test_restructured_text_is_read_as_the_same_thing_in_myst(written, copy):
    """And what is no Markdown and no known name stays as code."""
    document = parse(f"```{{eval-rst}}\n{written}\n```\n", markup=MYST)
    assert document.markdown() == copy
    assert not document.left_out


def test_restructured_text_can_be_nested_only_so_deep():
    """What lies deeper is shown as it is written."""
    deep = "".join(f"{'   ' * level}.. note::\n\n" for level in range(40)) + "   " * 40 + "the end"
    html = parse(f"```{{eval-rst}}\n{deep}\n```\n", markup=MYST).html()
    assert "the end" in html
    assert html.count("callout-label") < 20


def test_texts_and_code_of_files_stand_where_they_are_called(tmp_path):
    """Also of files beside the content folder; none outside the project, and none without end."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "docs/conf.py").write_text("extensions = []\n", encoding="utf-8")
    (tmp_path / "CHANGES.md").write_text("# Changes\n\nNew *things*.\n", encoding="utf-8")
    (tmp_path / "a.py").write_text("one\ntwo\nthree\n", encoding="utf-8")
    (tmp_path / "docs/part.md").write_text("```{include} part.md\n```\nx\n", encoding="utf-8")
    (tmp_path / "docs/page.md").write_text(
        "# P\n\n```{include} ../CHANGES.md\n:start-line: 1\n```\n\n"
        "```{literalinclude} ../a.py\n---\nlanguage: python\nlines: 2-3\n---\n```\n\n"
        "```{include} part.md\n```\n\n```{include} ../../away.md\n```\n\n"
        "```{literalinclude} ../a.py\n:pyobject: f\n```\n\n```{include} ../a.py\n:code: py\n```\n",
        encoding="utf-8",
    )
    (tmp_path.parent / "away.md").write_text("secret\n", encoding="utf-8")
    config = load_config(content=tmp_path / "docs", index=tmp_path / "index")
    build_site(config, out=tmp_path / "site")
    copy = (tmp_path / "site/page.md").read_text("utf-8")
    assert "New *things*.\n\n```python\ntwo\nthree\n```\n" in copy
    assert "```py\none\ntwo\nthree\n```" in copy
    assert "secret" not in copy
    assert copy.count("one\n") == 1


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
        "```{{eval-rst}}\n{}\n```",
        "```{{eval-rst}}\n.. image:: {}\n```",
        "```{{eval-rst}}\n`a <{}>`_\n```",
        "```{{csv-table}}\n:header: a\n{}\n```",
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
