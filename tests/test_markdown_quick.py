"""Facts about the quick parser: it gives the very tokens of markdown-it-py's own."""

import copy
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from exported import needs_judged_sets
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from kb.errors import ContentError
from kb.limits import DEFAULT_LIMITS
from kb.markdown import parse
from kb.markdown.parser import is_safe_link, tokenize
from kb.markdown.quick import BLOCK_STARTS, INLINE_STARTS, QuickHelpers, normalize_link
from kb.markdown.states import make_token


def plain():
    """markdown-it-py as it comes, with what kb enables."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable(["html_block"])
    parser.validateLink = is_safe_link
    return parser


PLAIN = plain()


def check(text):
    """Both parsers give the same."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    assert tokenize(text, first_line=1, limits=DEFAULT_LIMITS) == PLAIN.parse(text)


pieces = st.sampled_from([
    "word", "two words", " ", "  ", "    ", "\t", "\n", "\n\n", "  \n", "\\\n", "*", "**", "_", "~~",
    "`", "``", "```\n", "~~~\n", "[", "]", "](", ")", "[a]: /b\n", "[a]", "![", "<", ">", "> ", ">",
    "<b>", "<a@b.c>", "<http://a.b>", "&amp;", "&", "\\*", "\\", "- ", "* ", "+ ", "1. ", "12) ",
    "# ", "## ", "#", "---\n", "===\n", "--\n", "-", "=", "|", "| a | b |\n", "|---|---|\n", ":-:|-\n",
    "a | b\n", "!", ":", "http://x.y/z?a=b(c)", "/page#part", '"title"', "'", "(", "é", "\u00a0",
    "\x00", "\u2028", "😀", "\ud800",
])  # fmt: skip


@given(st.lists(pieces, max_size=40).map("".join))
def test_the_same_tokens_for_anything(text):
    """However markup is strewn about."""
    check(text)


@given(st.text(st.sampled_from("ab \n*_`[]()!<>#-=|:+1.~\\&\t"), max_size=60))
def test_the_same_tokens_for_any_characters(text):
    """Down to single characters that mean something."""
    check(text)


@pytest.mark.parametrize("text", ["x", "[a](b)", "[a] ![b](c)"])
@pytest.mark.parametrize("opening", ["[", "![", "*[", "[a](b)["])
def test_the_same_tokens_in_links_in_links(opening, text):
    """Down to where they are nested too deeply to be read."""
    for opened in range(15, 25):
        for closed in range(15, 25):
            check(opening * opened + text + "](x)" * closed)


CASES = os.environ.get("KB_CASES")


@pytest.mark.skipif(not CASES, reason="KB_CASES is not set")
@pytest.mark.parametrize(
    ("file", "key"),
    [("commonmark.json", "markdown"), ("xss_markdown.json", "input"), ("xss_html.json", "input")],
)
def test_the_same_tokens_for_published_examples(file, key):
    """Those of the specification, and those of attackers."""
    for case in json.loads((Path(CASES) / file).read_text(encoding="utf-8")):
        check(case[key])


@needs_judged_sets
@pytest.mark.parametrize("name", ["emanual_tv", "stackfaq", "zoomcamp_faq"])
def test_the_same_tokens_for_real_articles(name):
    """Every one of a set."""
    for path in sorted((Path(os.environ["KB_CORPORA"]) / name / "articles").rglob("*.md")):
        check(path.read_text(encoding="utf-8", errors="replace"))


def test_every_rule_is_told_where_it_begins():
    """A rule that markdown-it-py gains must not be passed over."""
    inline = set(PLAIN.inline.ruler.get_active_rules()) - {"text"}
    assert inline == set(INLINE_STARTS)
    block = set(PLAIN.block.ruler.get_active_rules())
    assert block == {*BLOCK_STARTS, "code", "table", "lheading", "paragraph"}


addresses = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["", "", "http://", "https://", "https://a.b", "HTTP://a.b/", "http://a.b.co/?"]
    ),
    st.text(st.sampled_from("ab/.#-_:?=&%+~,;()<>[] \\\n\té😀@A1"), max_size=20),
)


@given(addresses)
def test_addresses_are_normalized_alike(url):
    """The short way is taken only where it leads to the same."""
    assert normalize_link(url) == normalizeLink(url)


@pytest.mark.parametrize("label", ["a" * 63, "a" * 64, "a." * 20, ("a" * 63 + ".") * 3, "-", "1"])
@pytest.mark.parametrize("end", ["", ".com", ".com.", ".com/", f".{'z' * 63}", f".{'z' * 64}/a"])
def test_names_of_hosts_are_normalized_alike(label, end):
    """Whose parts have a greatest length, as has the whole."""
    url = f"https://{label}{end}"
    assert normalize_link(url) == normalizeLink(url)


@given(addresses, st.integers(0, 5), st.integers(0, 20))
def test_addresses_end_alike(text, start, end):
    """Where they stand within a link, too."""
    found = QuickHelpers.parseLinkDestination(text, start, min(end, len(text)))
    wanted = parseLinkDestination(text, start, min(end, len(text)))
    assert found.ok == wanted.ok
    if found.ok:
        assert (found.pos, found.str) == (wanted.pos, wanted.str)


def test_tokens_are_made_alike():
    """With every field that markdown-it-py gives them, and tables that no two of them share."""
    token = make_token("link_open", "a", 1, 3)
    assert token == Token("link_open", "a", 1, level=3)
    token.attrs["href"] = token.meta["x"] = "y"
    assert make_token("link_open", "a", 1, 3) == Token("link_open", "a", 1, level=3)


@given(st.lists(pieces, max_size=12).map("".join))
def test_what_is_repeated_stays_as_it_is(text):
    """Whoever reads a text, and however, leaves the tokens of its repetition alone."""
    first = tokenize(text, first_line=1, limits=DEFAULT_LIMITS)
    kept = copy.deepcopy(first)
    document = parse(text)
    document.html()
    list(document.links())
    assert tokenize(f"{text}\n\n{text}", first_line=1, limits=DEFAULT_LIMITS) is not first
    assert first == kept == tokenize(text, first_line=1, limits=DEFAULT_LIMITS)


def test_a_reference_is_looked_up_in_each_text():
    """The same words lead to other places, or nowhere."""
    for target in ("/one", "/two"):
        check(f"See [this].\n\n[this]: {target}\n")
    check("See [this].\n")


def test_a_text_that_is_known_counts_as_if_it_were_not():
    """So that a limit is passed at the same place, whatever was read before."""
    text = "[" * 30 + "cold"
    limits, lines = replace(DEFAULT_LIMITS, steps=1_000), []
    for _ in range(2):
        with pytest.raises(ContentError, match="nested too deeply") as refused:
            tokenize(f"{text}\n\n" * 100, first_line=1, limits=limits)
        lines.append(refused.value.line)
    assert lines[0] == lines[1] > 1


@pytest.mark.parametrize("beginning", ["", "# ", "[", "> ", "- "])
@pytest.mark.parametrize(
    "unit",
    ["* a?\n", "\\\n* ", "a?\n***\n+ ", "1. a\n", "> a\n", "a\n", "- a\n  - b\n",
     "|a|b|\n1. **\n", "<b>\n[a]: b\n* ]("],
)  # fmt: skip
def test_twice_the_lines_take_twice_the_work(beginning, unit):
    """Counted in calls, for lines between which none is empty."""
    short, long = (calls(lambda n=n: parse(beginning + unit * n)) for n in (400, 800))
    assert long < 2.3 * short


def calls(work):
    """How many functions are called until it is done."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
