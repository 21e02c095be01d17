"""Facts about articles in the terminal."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli.page import PageWriter, cut_section, read_html
from kb.cli.screen import ASCII, Screen
from kb.cli.text import columns, render
from kb.content.markdown.document import parse

PLAIN = Screen(
    out=io.StringIO(),
    err=io.StringIO(),
    colour=False,
    err_colour=False,
    width=40,
    height=None,
    glyphs=ASCII,
)


def page(markdown, *, article="orders/late", screen=PLAIN):
    """Markdown as the lines of a terminal, its links last."""
    writer = PageWriter(screen, article)
    lines = writer.lines(read_html(parse(markdown).html()), screen.width)
    return [render(line, colour=screen.colour) for line in (*lines, *writer.link_lines())]


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("one\ntwo\n\nthree", ["one two", "", "three"]),
        ("one  \ntwo", ["one", "two"]),
        ("## Head *with* `code`\ntext", ["## Head *with* `code`", "", "text"]),
        ("*a* **b** ~~c~~ `d`", ["*a* **b** ~~c~~ `d`"]),
        ("- a\n- b\n  - c\n- d", ["* a", "* b", "  * c", "* d"]),
        ("- a *b* c", ["* a *b* c"]),
        ("- a\n\n- b", ["* a", "", "* b"]),
        ("9. a\n10. b\n\n    more", ["9.  a", "", "10. b", "", "    more"]),
        ("1. a\n   ```\n   x\n   ```", ["1. a", "", "       x"]),
        ("> quote\n>\n> more", ["| quote", "|", "| more"]),
        ("```\nx\n\n\ty\n```", ["    x", "", "        y"]),
        ("***", ["-" * 20]),
        ("| a | b |\n|---|---|\n| `c` | *d* |", ["a    b", "---  ---", "`c`  *d*"]),
        ("-\n- b", ["*", "* b"]),
        ("a <b>b</b> & &lt;", ["a b & <"]),
        ("![A cat](cat.png)", ["[A cat][1]", "[1] cat.png"]),
        ("![](cat.png)", ["[image][1]", "[1] cat.png"]),
    ],
)
def test_elements(markdown, lines):
    """Each element of an article has its shape."""
    assert page(markdown) == lines


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("../contact/chat.md", "contact/chat"),
        ("../contact/chat.md#start-a-chat", "contact/chat#start-a-chat"),
        ("other%20one.md", "orders/other one"),
        ("#ask", "orders/late#ask"),
        ("https://example.com/a.md#b", "https://example.com/a.md#b"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("/a.md", "/a.md"),
        ("file.pdf", "file.pdf"),
    ],
)
def test_links_are_listed_as_kb_show_takes_them(target, shown):
    """Links between articles become ids; others stay."""
    assert page(f"[text](<{target}>)") == ["text[1]", f"[1] {shown}"]


def test_same_target_has_one_number():
    """Two links to one place share a line; a link to nowhere has none."""
    assert page("[a](x.pdf) [b](x.pdf) [c]()") == ["a[1] b[1] c", "[1] x.pdf"]


def test_colour_replaces_the_signs():
    """With colours, headings and emphasis need no Markdown signs."""
    assert page("## H\n**b**", screen=PLAIN._replace(colour=True)) == [
        "\x1b[1mH\x1b[0m",
        "",
        "\x1b[1mb\x1b[0m",
    ]


def section(markdown, anchor, *, lead=False):
    """The tags of a section's blocks."""
    return [node.tag for node in cut_section(read_html(parse(markdown).html()), anchor, lead=lead)]


def test_section_ends_at_the_next_heading_of_its_level():
    """A section is shown with the sections below it."""
    text = "lead\n\n## A\n\na\n\n### B\n\n- b\n\n## C\n\nc"
    assert section(text, "a") == ["h2", "p", "h3", "ul"]
    assert section(text, "b") == ["h3", "ul"]
    assert section(text, "c") == ["h2", "p"]
    assert section(text, "top", lead=True) == ["p"]
    assert section("only text", "top", lead=True) == ["p"]
    assert section(text, "none") == []


def test_heading_in_a_list_brings_its_list():
    """A heading inside a list has an anchor; the list is what it stands in."""
    assert section("- # in a list\n\n## After", "in-a-list") == ["ul"]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")), st.integers(20, 100))
def test_any_article_fits(markdown, width):
    """Whatever the Markdown, lines fit (code aside) and nothing fails."""
    lines = page(markdown.replace("\0", ""), screen=PLAIN._replace(width=width))
    assert all(columns(line) <= width for line in lines if line[:4].strip())


def test_deep_nesting_is_shown():
    """Quotes and lists as deep as articles may have them leave room for their text."""
    text = page("> " * 90 + "deep")
    assert "".join(line.strip("| ") for line in text) == "deep"


def test_marks_beyond_commonmark():
    """A callout stands behind a bar, a task has its box, a footnote its number and no way back."""
    written = "> [!TIP]\n> Fast\n\n- [x] done\n\nFee[^1]\n\nLate\n: a week\n\n[^1]: Two"
    assert page(written) == [
        "| Tip",
        "|",
        "| Fast",
        "",
        "* [x] done",
        "",
        "Fee^1",
        "",
        "Late",
        "",
        "| a week",
        "",
        "1. Two. "[:6],
    ]


def test_tables_of_html_may_be_uneven_or_empty():
    """Rows with fewer cells than others, a caption, and tables without a row."""
    table = "<table><caption>Sizes</caption><tr><th>a<th>b<tr><td colspan=2>c</table>"
    assert page(table) == ["Sizes", "", "a  b", "-  -", "c"]
    assert [
        line for line in page("<table></table>\n\n<table><tr></tr></table>\n\nend") if line
    ] == ["end"]
