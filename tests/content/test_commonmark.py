"""The Markdown copy of an article: plain, and the same text when it is read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.attacks import attacks

from kb.config import DEFAULT_LIMITS
from kb.content.markdown.document import parse
from kb.content.markdown.markup import Markup
from kb.errors import ContentError

MARKS = Path(__file__).parent.parent / "data" / "marks.md"
FAMILIES = Markup(frozenset({"liquid", "hugo", "docfx", "gitbook"}))


def sections_of(document):
    """Headings, levels and words: what a reader finds, whatever the space between."""
    return [(s.level, " ".join(s.heading.split()), s.text.split()) for s in document.sections]


def read_again(text, **options):
    """The sections of a text, and those of its copy, which is read as plain Markdown."""
    document = parse(text, **options)
    copy = document.markdown()
    return sections_of(document), sections_of(parse(copy)), copy


CASES = [
    case.split("\n.\n")[1] for case in MARKS.read_text("utf-8").split("\n.\n\n") if "\n.\n" in case
]
LINES = (
    "a b", "# H", "## *x* `y`", "- a", "  - b", "1. c", "   d", "> q", "", "", "    code", "```js", "```",
    "| a | b |", "|---|:-:|", "<p>x", "<ul><li>a", "</ul>", "<b> x </b>y", "<table><tr><td>a|b<td>c", "</table>",
    "<details><summary>s</summary>", "</details>", "<h2>t #</h2>", '!!! note "T"', "    in", '=== "Tab"',
    ":::tip", ":::", '{% hint style="info" %}', "{% endhint %}", '{% tab title="x" %}', "{{< note >}}",
    "{{< /note >}}", "[!UICONTROL Save]", "<Note>", "</Note>", '<Card title="x" href="/y" />', "Term", ": means",
    "[^1]", "[^1]: foot", "- [ ] do", "***a** b*", "a<br>b  ", "1\\. x", "\\# x", "&lt;b&gt; &amp;lt;", "---", "![p](q.png)",
    "https://www.<b>x</b .com", "www.<i>a</i .com", "[l](&#x26;#74;x:y)",
    '[l](<a b> "t")', '<a href="x y">z</a>', "$x^2$", "<kbd>`</kbd>", "H<sub>2</sub>O", "<your file>", "\\{{ x }}",
    "{#id}", "## J {#k}", "a_b __c__", "~~s~~ ~ ^", "<dl><dt>a<dd>b", "</dl>", "<blockquote>c", "</blockquote>",
    "<pre>d", "</pre>", "<!-- e -->", "f %% g", "https://example.com/a_b", "<i>a</i><b>b</b><i>.</i>c",
)  # fmt: skip


WRITTEN = [
    ('!!! tip "Keep it"\n    a\n\n    - b\n', "> **Tip: Keep it**\n>\n> a\n>\n> - b\n"),
    (
        '=== "One"\n    a\n\n=== "Two"\n    ```js\n    b\n    ```\n',
        "- **One**\n\n  a\n\n- **Two**\n\n  ```js\n  b\n  ```\n",
    ),
    (
        "<ul><li>a <b>b </b>c<li><a href='d.md' title=e>f</a></ul>",
        '- a **b** c\n- [f](d.md "e")\n',
    ),
    (
        "<table><tr><th>a<th align=right>b|<tr><td colspan=2>c<p>d</table>",
        "| a | b\\| |\n| --- | ---: |\n| c<br>d |  |\n",
    ),
    (
        "<details><summary>a</summary>\n\n## B {#c}\n</details>\n\n{: .x}\nd *e*{.f}.",
        "**a**\n\n## B\n\nd *e*.\n",
    ),
    ("{% raw %}{{ x }}{% endraw %} and {% icon %} [!UICONTROL Save]", "{\\{ x }} and  **Save**\n"),
    ("<kbd>Ctrl</kbd>+<kbd>`</kbd>, <x y> a_b 1 < 2", "`Ctrl`+`` ` ``, \\<x y> a_b 1 \\< 2\n"),
    ("<p>1. a<p># b<p>- c<p>a<br>===", "1\\. a\n\n\\# b\n\n\\- c\n\na\\\n\\===\n"),
]


@pytest.mark.parametrize(("text", "copy"), WRITTEN)
def test_marks_of_others_are_written_as_markdown(text, copy):
    """Callouts, tabs, HTML, attributes and templates, as CommonMark and GitHub have them."""
    document = parse(text, markup=FAMILIES)
    assert not document.is_plain
    assert document.markdown() == copy


PLAIN = [
    "# A\n\n* a\n+ b\n\n> [!NOTE]\n> c\n\n- [ ] d[^1]\n\n[^1]: e\n\nSetext\n===\n",
    "| a |\n|---|\n| ~~b~~ `{{ c }}` |\n\n$x^2$ :tada: https://example.com H~2~O\n\nTerm\n: means\n",
    "a < b, f(x) {not: one}, `<b>`\n\n    {% code %}\n\n```\n:::note\n```\n",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_markdown_is_left_as_it_was_written(text):
    """What CommonMark and GitHub have, and what only looks like other marks."""
    assert parse(text, markup=FAMILIES).is_plain


def test_a_section_of_a_copy_ends_where_the_next_one_begins():
    """The sections that are asked for, whatever was written between them."""
    document = parse("a\n\n## B\n\n<b>b</b>\n\n### C\n\nc\n\n## D\n\nd\n")
    assert document.markdown(document.sections[1:3]) == "## B\n\n**b**\n\n### C\n\nc\n"
    assert document.markdown(document.sections[:1]) == "a\n"


def test_a_copy_is_not_without_bound():
    """What is nested deeply has a sign for each level before each line."""
    text = "<blockquote>" * 90 + "\n\n" + "a\n\n" * 2000
    document = parse(text, limits=replace(DEFAULT_LIMITS, html=100_000))
    with pytest.raises(ContentError, match="Markdown"):
        document.markdown()


@pytest.mark.parametrize("text", [*CASES, *attacks()])
def test_a_copy_says_the_same_when_it_is_read_again(text):
    """Golden cases of every mark, and texts that try to run script."""
    try:
        written, again, _ = read_again(text, markup=FAMILIES)
    except ContentError:
        return
    assert again == written


@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
@example("https://www.<b>x</b .com\na<br>b  \n</pre>")
@example("a  \n**</b>**")
@example("[^1]: foot\n> q\n[^1]: foot")
@example("<table><tr><td>a|b<td>c\n<h2>t #</h2>\n</table>")
@example("<b>a</b>[^n]\n\n[^n]: b\n- c\n[^n]: d")
@example("<i><br>a</i>\n<br> <b>\\\n</b>")
def test_any_mixture_says_the_same_when_it_is_read_again(text):
    """Marks of all dialects below and within each other."""
    written, again, copy = read_again(text, markup=FAMILIES)
    assert again == written, copy


@given(st.text(st.sampled_from("ab \n*_`[]()<>!&#{}%:|~^$\\-+=1.\"'/@?;"), max_size=40))
def test_any_text_says_the_same_when_it_is_read_again(text):
    """Signs in any order."""
    written, again, copy = read_again(f"<b>x</b>\n\n{text}", markup=FAMILIES)
    assert again == written, copy
