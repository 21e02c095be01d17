"""What authors write for themselves is in no page, index or copy; in code it is text."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import DEFAULT_LIMITS
from kb.content import comments, read_content
from kb.content.markdown.document import parse, without_comments
from kb.errors import ContentError
from kb.model import Severity


def shown(body: str) -> str:
    """A Markdown text without its comments; as many lines as before."""
    text, _ = without_comments(body, first_line=1, limits=DEFAULT_LIMITS)
    assert text.count("\n") == body.count("\n")
    return text


KINDS = {
    "html": ("<!--", "-->"),
    "mdx": ("{/*", "*/}"),
    "mdx-spaced": ("{ /*", "*/ }"),
    "hugo": ("{{/*", "*/}}"),
    "hugo-trimmed": ("{{- /*", "*/ -}}"),
    "shortcode": ("{{< comment >}}", "{{< /comment >}}"),
    "percent-shortcode": ("{{% comment %}}", "{{% /comment %}}"),
    "liquid": ("{% comment %}", "{% endcomment %}"),
    "liquid-trimmed": ("{%- comment -%}", "{%- endcomment -%}"),
    "jinja": ("{#", "#}"),
    "handlebars": ("{{!--", "--}}"),
    "kramdown": ("{::comment}", "{:/comment}"),
    "kramdown-short": ("{::comment}", "{:/}"),
    "obsidian": ("%%", "%%"),
}
kinds = pytest.mark.parametrize(("start", "end"), KINDS.values(), ids=KINDS)

PLACES = {
    "paragraph": "Before {} after.\n",
    "paragraph-end": "Before {}\n\nafter.\n",
    "block": "Before\n\n{}\n\nafter.\n",
    "between-lines": "Before\n{}\nafter.\n",
    "heading": "## Before {}\n\nafter\n",
    "list": "- Before {}\n- after\n",
    "list-block": "- Before\n\n  {}\n\n  after\n",
    "quote": "> Before {} after\n",
    "quote-block": "> Before\n>\n> {}\n>\n> after\n",
    "table": "| Before {} | b |\n|---|---|\n| c | after |\n",
    "emphasis": "*Before {}* after\n",
    "link": "[Before {}](b.md) after\n",
    "below-code": "```\nBefore\n```\n{}\nafter\n",
    "top": "{}\n# Before\n\nafter\n",
}
INNER = {
    "line": " zebra ",
    "lines": " zebra\nzebra\n",
    "empty-lines": "\n\nzebra\n\n# zebra\n\n",
    "fence": "\n```\nzebra\n```\n",
    "half-fence": " zebra\n\n~~~\nzebra\n\n",
    "list": "\n- zebra\n\n      zebra\n",
    "link": " [zebra](zebra.md) ![zebra](zebra.png)",
    "ticks": " ` zebra `` ",
}


@kinds
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("inner", INNER.values(), ids=INNER)
def test_comments_are_gone_wherever_they_stand(start, end, place, inner):
    """Over any lines and whatever is in them; what is before and after stays."""
    if start == "%%" and "\n\n" in inner and not place.startswith("{"):
        pytest.skip("within a line Obsidian's end with the paragraph")
    if start == "{#":
        inner = " " + inner
    text = shown(place.format(f"{start}{inner}{end}"))
    assert "zebra" not in text
    assert start not in text
    assert re.findall(r"Before|after", text) == ["Before", "after"]


CODE = [
    "`{}`\n",
    "Text ``a {} ` b`` text\n",
    "Text `over\nlines {}`\n",
    "```\n{}\n```\n",
    "```html\n\n{}\n\n{}\n```\n",
    "~~~~\n```\n{}\n~~~~\n",
    "    {}\n",
    "- a\n\n      {}\n",
    "> ```\n> {}\n> ```\n",
    "1. a\n   ```\n   {}\n   ```\n",
    "| a | `{}` |\n|---|---|\n",
    "```\n{}\n",
]


@kinds
@pytest.mark.parametrize("place", CODE)
def test_code_keeps_comments_as_text(start, end, place):
    """Fenced, indented and in a line, in lists and quotes too."""
    text = place.replace("{}", f"{start} zebra {end}")
    assert shown(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "I am 100%% sure.\n",
        "From 50%% to 60%% of all.\n",
        "See https://example.com/?q=%%20a%%20b and %%.\n",
        "for %%i in (*) do echo %%i\n",
        "Print %d%% and %s%% there.\n",
        "A line of %%%% signs %%%%.\n",
        "Use %% here.\n\nAnd %% there.\n",
        '{{</* ref "a" */>}} shows a short code\n',
        '{{%/* ref "a" */%}} too\n',
        "## Heading {#own-id}\n",
        "\\<!-- escaped -->\n",
        "&lt;!-- spelled --&gt;\n",
        "Routes such as /files{/*path} are open.\n",
        "A {% comment that is none\n",
        "<! -- none -->\n",
        "--> alone\n",
        "[comments](a.md) and [// two](b.md)\n",
        "{# alone\n",
    ],
)
def test_other_text_stays(text):
    """Whatever looks a little like a comment."""
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- b --> c", "a c"),
        ("a<!-- b -->c", "ac"),
        ("a  <!-- b -->\nc", "a\nc"),
        ("a <!-- b --> <!-- c -->\nd", "a\nd"),
        ("<!-- a -->    b", "b"),
        ("<!--> a -->", "a -->"),
        ("<!---> a", "a"),
        ("- <!-- a --> b", "- b"),
        ("> a <!-- b\n> c --> d\n> e", "> a\n> d\n> e"),
        ("<!-- a\n> b\n-->\nc", "\n\n\nc"),
        ("<!-- a\n      b --> c", "\nc"),
        ("`a\n<!-- b -->\nc`", "`a\n\nc`"),
        ("<!<!-- a -->-- b -->", ""),
        ("| a <!-- b | c --> | d |\n|-|-|\n", "| a | d |\n|-|-|\n"),
        ("%%\na\n\nb\n%%\nc", "\n\n\n\n\nc"),
        ("a %%b%%. c", "a . c"),
        ("5 days%%not approved%%.", "5 days."),
        ("a\n[//]: # (b)\n[comment]: <> (c)\nd", "a\n\n\nd"),
        ("{/* a */}{/* b */}c", "c"),
        ("<!-- a -->\n\nb\n\n<!-- c", "\n\nb\n\n"),
        ("{/* a */} b {/* c", "b {/* c"),
    ],
)
def test_what_stays_is_the_text_around(text, expected):
    """Without double spaces, new line breaks, new code or quotes that nobody wrote."""
    assert shown(text) == expected


@pytest.mark.parametrize("text", ["a\n\n<!-- b\n\nc\n", "a\n\nb <!-- c\n", "a\n\n> - <!--\n\nc\n"])
def test_a_comment_without_an_end_hides_the_rest(text):
    """As in HTML; its line is told."""
    rest, line = without_comments(text, first_line=5, limits=DEFAULT_LIMITS)
    assert rest.split()[0] == "a"
    assert "c" not in rest
    assert line == 7


def test_an_article_tells_of_a_comment_without_an_end(tmp_path):
    """A warning, with the line in the file."""
    (tmp_path / "a.md").write_text("---\ntitle: A\n---\n\nText\n\n<!-- zebra\n\nmore\n")
    (article,) = read_content(tmp_path).articles
    (problem,) = article.problems
    assert (problem.line, problem.severity) == (7, Severity.WARNING)
    assert article.sections[0].text == "Text"


def test_headings_and_lines_are_those_of_the_file(tmp_path):
    """Headings in comments are no sections; the others keep their lines."""
    text = "# One\n\n<!--\n## Zebra\n\n-->\n\n## Two <!-- zebra -->\n\nText {/* z\n */} end\n\n## Three\n"
    (tmp_path / "a.md").write_text(text)
    (article,) = read_content(tmp_path).articles
    assert [(s.heading, s.lines) for s in article.sections] == [
        ("One", (1, 7)),
        ("Two", (8, 12)),
        ("Three", (13, 13)),
    ]
    assert article.sections[1].text == "Text end"
    assert "zebra" not in article.body.lower()


def test_titles_and_values_have_no_comments(tmp_path):
    """In front matter, in an H1 and in a topic file."""
    (tmp_path / "a.md").write_text(
        "---\ntitle: A <!-- zebra -->\nsummary: '{/* zebra */}b'\nmine: '%%zebra%%'\n---\n"
    )
    (tmp_path / "b.md").write_text("# B <!-- zebra -->\n")
    (tmp_path / "topic.yaml").write_text("title: T <!-- zebra -->\n")
    content = read_content(tmp_path)
    assert [article.title for article in content.articles] == ["A", "B"]
    assert "zebra" not in repr(content)


def test_comments_that_overlap_code_over_and_over_are_refused():
    """Each would have to be read for itself."""
    body = "a <!--\n\n```\nzebra -->\n\n" * 40
    with pytest.raises(ContentError, match="overlap"):
        shown(body + "```\n")


@pytest.mark.parametrize(
    "unit",
    [*(start for start, _ in KINDS.values()), "<!-->", "<!-- a -->", "%%a\n", " %%a", "a%% ", "`<!--", "<!--`",
     "{{", "{ ", "{%- comment", "[//]: # (", "> <!--\n", "- {/*\n", "a <!--\n\n", "%% a\n\n", "*/", "| <!--"],
)  # fmt: skip
def test_many_marks_end_soon(unit):
    """Each end is looked for once: twenty thousand marks are read, or refused in one line."""
    body = unit * 20_000
    try:
        text = shown(body)
    except ContentError:
        return
    assert len(text) <= len(body)


def test_the_quick_look_misses_none():
    """Every kind is seen by it."""
    for start, end in KINDS.values():
        assert comments.may_hold_comments(f"a {start} b {end}")
        assert comments.without_comments(f"a {start} b {end} c") == "a c"
    assert not comments.may_hold_comments("a plain text, 100% sure {of} <it>")


pieces = st.sampled_from(
    ["<!-- zebra -->", "<!-- zebra", "-->", "{/* zebra */}", "%% zebra %%", "```", "~~~", "`", "``", "\n", "\n\n",
     "> ", "- ", "1. ", "    ", "  ", "# ", "|", "word", "---", "a | b\n-|-\n"]
)  # fmt: skip


@given(st.lists(pieces, max_size=30).map("".join))
def test_what_a_comment_says_is_shown_in_code_only(body):
    """However comments, code, lists, quotes and tables meet: markdown-it-py itself is asked."""
    try:
        text = shown(body)
    except ContentError:
        return
    html = re.sub(r"(?s)<code[^>]*>.*?</code>", "", parse(text).html())
    assert "<!-- zebra -->" not in html.replace("&lt;", "<").replace("&gt;", ">")
    assert shown(text) == text


@given(st.lists(st.sampled_from(["a", " ", "\n", "<!--", "-->", "b"]), max_size=12))
def test_html_comments_against_a_plain_oracle(parts):
    """Without any code it is all between `<!--` and `-->`, or the end."""
    body = "a" + "".join(itertools.chain.from_iterable(("a", part) for part in parts))

    def lines_only(found):
        return "\n" * found.group().count("\n")

    plain = re.sub(r"(?s)<!--.*?(?:-->|\Z)", lines_only, body)
    if "<!--" not in plain and "<!-->" not in body and "<!--->" not in body:
        assert shown(body).split() == plain.split()


def test_signs_of_kramdown_that_show_nothing():
    """Options, and the signs around what is no Markdown; the text between these stays."""
    assert shown('{::options toc_levels="2..4" /}\n\nx\n') == "\n\nx\n"
    assert shown("a {::nomarkdown}<b>x</b>{:/} b\n") == "a <b>x</b> b\n"
    assert shown("{::nomarkdown}\n<b>x</b>\n{:/nomarkdown}\n") == "\n<b>x</b>\n\n"
    assert shown("# A {: .x }\n{: .y}\n") == "# A {: .x }\n{: .y}\n"
