"""Titles: what the front matter says, what the H1 says, and what a page, lists and hits show."""

import re
from dataclasses import replace

import pytest
from support.sites import Base, write

from kb.config import DEFAULT_LIMITS, DEFAULT_MARKDOWN
from kb.content.markdown.markup import PLAIN, Markup
from kb.content.titles import find_suffix, read_summary, read_title, title_html, without_suffix
from kb.knowledge_base import KnowledgeBase


@pytest.fixture
def base(tmp_path):
    """An empty knowledge base."""
    made = Base(tmp_path)
    made.content.mkdir()
    return made


def headings(page):
    """Each heading of a page's article with its level."""
    article = page.partition("<article")[2].partition("</article>")[0]
    return re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", article)


@pytest.mark.parametrize(
    ("text", "shown", "tab"),
    [
        ("---\ntitle: Pay\n---\n# How to pay\n\nIn cash.\n\n## Late\n", "How to pay", "Pay"),
        ("---\ntitle: Pay\n---\nNew!\n\nHow to *pay*\n=====\n", "How to <em>pay</em>", "Pay"),
        ("---\ntitle: Pay\n---\n<h1>How to pay</h1>\n", "How to pay", "Pay"),
        ("---\ntitle: pay\n---\n# Pay\n", "Pay", "pay"),
        ("# The `pay` [button](b.md)\n", "The <code>pay</code> button", "The pay button"),
        ("---\ntitle: Pay\n---\n# Cash\n\n# Card\n", "Pay", "Pay"),
        ("---\ntitle: Pay\n---\n## Cash\n\n# Card\n", "Pay", "Pay"),
    ],
)
def test_a_page_has_one_heading(base, text, shown, tab):
    """The only H1 that comes first, else the title; the tab has the title."""
    base.write({"a.md": text})
    base.build()
    page = base.read("a.html")
    assert [name for level, name in headings(page) if level == "1"] == [shown]
    assert page.count(f">{shown}</h") == 1
    assert f"<title>{tab} " in page


def test_title_and_h1_are_both_searched_and_hits_have_the_title(base):
    """The H1 finds its own section and those below it, and stands in no trail."""
    base.write(
        {
            "a.md": "---\ntitle: Outlook password\n---\n# Repeated prompts for credentials\n\nWhy.\n\n"
            "## The cause\n\nAn old cache.\n",
            "b.md": "---\ntitle: Cats\n---\nThe cause of cats.\n",
        }
    )
    found = KnowledgeBase(base.config())
    for query in ("outlook password", "repeated prompts", "credentials cause"):
        hits = found.search(query).hits
        assert {hit.article for hit in hits[:1]} == {"a"}, query
        assert {(hit.title, hit.headings) for hit in hits if hit.article == "a"} <= {
            ("Outlook password", ()),
            ("Outlook password", ("The cause",)),
        }


def test_the_list_of_headings_keeps_code(base):
    """`<Tabs>` in a heading is code in the list of headings, as it is in the heading."""
    base.write({"a.md": "# A\n\n## The `<Tabs>` & *more*\n\n## B [c](b.md)\n\n## D\n"})
    base.build()
    page = base.read("a.html")
    assert '">The <code>&lt;Tabs&gt;</code> &amp; <em>more</em></a></li>' in page
    assert '">B c</a></li>' in page


@pytest.mark.parametrize(
    ("written", "text", "html"),
    [
        ("Travel <em>before</em> you start", "Travel before you start", "Travel <em>before</em> you start"),
        ('H<sub>2</sub>O <span class="x">now</span>', "H2O now", "H<sub>2</sub>O now"),
        ("The <em> element", "The <em> element", "The <code>&lt;em&gt;</code> element"),
        ("<dialog> in <b>HTML</b>", "<dialog> in HTML", "<code>&lt;dialog&gt;</code> in <b>HTML</b>"),
        ("<b>`x`</b> & <i>y</i>", "<b>x</b> & y",
         "<code>&lt;b&gt;</code><code>x</code><code>&lt;/b&gt;</code> &amp; <i>y</i>"),
        ("<script>a</script>", "<script>a</script>", "<code>&lt;script&gt;</code>a<code>&lt;/script&gt;</code>"),
        ("<b onclick=x>a</b>", "a", "<b>a</b>"),
        ("</b>a<b>", "</b>a<b>", "<code>&lt;/b&gt;</code>a<code>&lt;b&gt;</code>"),
    ],
)  # fmt: skip
def test_elements_that_mark_words_of_a_title_are_no_part_of_its_text(written, text, html):
    """One that nothing ends is what the title speaks of; no other element is written."""
    found = read_title(written, PLAIN, DEFAULT_MARKDOWN, DEFAULT_LIMITS)
    assert (found.text, found.html) == (text, html)


def test_names_of_elements_in_titles_are_code(base):
    """On the page, in lists of others, not in the tab."""
    base.write(
        {
            "t/a.md": '---\ntitle: "<Suspense> & co"\n---\nx\n',
            "t/b.md": "# B\n",
            "t/index.md": "x\n",
        }
    )
    base.build()
    named = "<code>&lt;Suspense&gt;</code> &amp; co"
    assert headings(base.read("t/a.html"))[0] == ("1", named)
    assert f">{named}</a>" in base.read("t/index.html")
    assert "<title>&lt;Suspense&gt; &amp; co " in base.read("t/a.html")
    assert title_html("a < b > c <3") == "a &lt; b &gt; c &lt;3"


def test_marks_of_words_in_titles_are_shown_as_such():
    """On the page; a picture, which lists and tabs have no room for, is left out."""
    assert read("**Late** `a**b**` <img src='x.png'>").html == (
        "<strong>Late</strong> <code>a**b**</code>"
    )


def read(written, **variables):
    """A title of a folder of Jekyll's."""
    named = {name.replace("_", "."): value for name, value in variables.items()}
    markup = Markup(frozenset({"liquid"}), lambda _: None, named.get, lambda _: None)
    return read_title(written, markup, DEFAULT_MARKDOWN, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("written", "text", "left_out"),
    [
        ("{{ page.title }} | {{ site.title }}", "Pay | Acme", 0),
        ("Pay {% icon coin %}", "Pay", 1),
        ("{{ product }} - Pay", "Pay", 1),
        ("Pay :: {{ product }}", "Pay", 1),
        ("{{ product }}", "", 1),
        ("{% if x %}Pay{% endif %} late", "Pay late", 0),
        ("The `pay` button", "The pay button", 0),
        ("`a` in <Suspense>, <your name>", "a in <Suspense>, <your name>", 0),
        ("snake_case_name - *", "snake_case_name - *", 0),
        ("Work on **assets**, **all of them**", "Work on assets, all of them", 0),
        ("`**` and 2**3**4, ** a **", "** and 2**3**4, ** a **", 0),
        ('The <img src="logo.png" /> guide<br>to parcels', "The guide to parcels", 0),
        ("The <img> element", "The <img> element", 0),
        ("a | b", "a | b", 0),
    ],
)
def test_templates_in_titles(written, text, left_out):
    """Filled in where the data are there, else left out with the separator beside it."""
    title = read(written, page_title="Pay", site_title="Acme")
    assert (title.text, len(title.left_out)) == (text, left_out)


def test_a_title_that_is_a_template_falls_back(base):
    """To the H1, then to the name of the file; with a note of what was left out."""
    write(base.folder, {"_config.yml": "title: Acme\n"})
    base.write(
        {
            "pay-late.md": "---\ntitle: '{{ page.product }}'\n---\nx\n",
            "own.md": "---\ntitle: '{{ page.title }} | {{ site.title }}'\n---\n# Pay\n",
        }
    )
    titles = {card.id: card.title for card in KnowledgeBase(base.config()).cards()}
    assert titles == {"pay-late": "Pay late", "own": "Pay | Acme"}
    notes = {problem.message for problem in base.build().problems}
    assert "{{ page.product }} in the title: left out" in notes


@pytest.mark.parametrize(
    ("titles", "suffix"),
    [
        (["A | Help Center", "B | Help Center", "C - D | Help Center", "E | Help Center"], "| H"),
        (["A - Acme Docs"] * 5 + ["Welcome"], "- A"),
        (["A \u2013 Acme"] * 3, ""),
        (["A - Acme"] * 3 + ["B - Bolt"] * 3, ""),
        (["A-B", "C-B", "D-B", "E-B"], ""),
        (["Orders: late"] * 4, ": late"[:0]),
        (["A :: Acme"] * 9 + ["B"], ":: A"),
        ([], ""),
    ],
)
def test_an_end_that_nearly_all_titles_have_is_found(titles, suffix):
    """Four in five, of four at least, after a sign with spaces around it."""
    found = find_suffix(titles)
    assert found.startswith(suffix)
    assert bool(found) == bool(suffix)


def test_the_end_of_titles_is_taken_off_everywhere(base):
    """From the page, the tab, lists and hits, whether the title is the front matter's or an H1."""
    base.write(
        {f"{n}.md": f"---\ntitle: Way {n} &#124; Help Center\n---\nText.\n" for n in range(4)}
    )
    base.write({"h1.md": "# Heading `x` | Help Center\n\nText.\n", "own.md": "# Own\n"})
    report = base.build()
    assert [p.code for p in report.problems if p.code == "title-suffix"] == ["title-suffix"]
    for name, shown in (("0", "Way 0"), ("h1", "Heading x"), ("own", "Own")):
        page = base.read(f"{name}.html")
        assert f'">{shown}</h1>' in page or f"<h1>{shown}</h1>" in page
        assert f"<title>{shown} " in page
    assert "| Help Center" not in base.read("index.html")
    assert KnowledgeBase(base.config()).search("way 1").hits[0].title == "Way 1"
    assert KnowledgeBase(base.config()).page("1").article.title == "Way 1"


@pytest.mark.parametrize(
    ("setting", "title"),
    [("none", "A | Acme | Docs"), ("| Acme | Docs", "A"), ("auto", "A | Acme")],
)
def test_the_setting_names_the_end_of_titles(base, setting, title):
    """Or says that there is none; an edit that changes what is found changes all titles."""
    settings = base.folder / "kb.toml"
    settings.write_text(f'{settings.read_text()}[content]\ntitle_suffix = "{setting}"\n')
    base.write({f"{n}.md": f"---\ntitle: {n} | Acme | Docs\n---\nx\n" for n in "ABCDE"})
    found = KnowledgeBase(base.config())
    assert {card.id: card.title for card in found.cards()}["A"] == title
    base.write({f"{n}.md": f"---\ntitle: {n}\n---\nx\n" for n in "BCDE"})
    base.build()
    titles = {card.id: card.title for card in KnowledgeBase(base.config()).cards()}
    assert titles["A"] == ("A" if setting.startswith("|") else "A | Acme | Docs")
    assert without_suffix("| Acme", "| Acme") == "| Acme"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[Zen](https://zen.example/) is **free**, see `a_b`.", "Zen is free, see a_b."),
        (
            "The `<b>` of <Card /> and <div>, not <b>that</b>",
            "The <b> of <Card /> and <div>, not that",
        ),
        ("3 * 4 * 5, snake_case_name, # 1 of C #", "3 * 4 * 5, snake_case_name, # 1 of C #"),
        ("1. first, *second* #", "1. first, second #"),
        ("- a :tada: b<br>c", "- a \U0001f389 b c"),
    ],
)
def test_a_summary_has_no_marks(written, text):
    """It is shown in lists, in hits and in the head of a page: text, not Markdown."""
    assert read_summary(written, PLAIN, DEFAULT_MARKDOWN, DEFAULT_LIMITS) == text
    off = replace(DEFAULT_MARKDOWN, summaries=False)
    assert read_summary(written, PLAIN, off, DEFAULT_LIMITS) == written


def test_a_summary_reaches_the_site_as_text(base):
    """Whichever key gave it."""
    base.write({"a.md": "---\ndescription: Get [the **box**](b.md)\n---\n# A\n\nText.\n"})
    base.build()
    for page in ("a.html", "index.html"):
        assert "Get the box" in base.read(page)
        assert "](b.md" not in base.read(page)
