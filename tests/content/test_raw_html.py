"""Raw HTML in Markdown: a safe part of it is read as what it means, the rest leaves its text."""

import itertools
import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.attacks import Page

from kb.content.markdown.document import parse
from kb.content.markdown.markup import PLAIN, Markup

FOREIGN = Markup(frozenset({"liquid"}))

CASES = {
    "words": (
        "Press <kbd>Ctrl</kbd>+<KBD>P</kbd>,<br>H<sub>2</sub>O <u>now</u> <abbr title='For example' onclick=x>e.g.</abbr>",
        '<p>Press <kbd>Ctrl</kbd>+<kbd>P</kbd>,<br>\nH<sub>2</sub>O <u>now</u> <abbr title="For example">e.g.</abbr></p>',
        "Press Ctrl+P,\nH2O now e.g.",
    ),
    "a link and a picture are those of Markdown": (
        '<a href="b.md" target="_blank">reset</a> <img src="img/box.png" alt="The box" onerror="x">',
        '<p><a href="b.md">reset</a> <img src="img/box.png" alt="The box"></p>',
        "reset The box",
    ),
    "a block with Markdown below empty lines": (
        "<details open>\n<summary>Why <b>not</b></summary>\n\nHold **it**.\n\n</details>\n\nafter",
        '<details open="">\n<summary>Why <b>not</b></summary>\n<p>Hold <strong>it</strong>.</p>\n</details>\n<p>after</p>',
        "Why not\nHold it.\nafter",
    ),
    "Markdown next to a tag is text, as in CommonMark": (
        "<div>\n*not this*\n</div>",
        "*not this*",
        "*not this*",
    ),
    "a table": (
        "<table class=x><tr><th align=right>Light<td colspan=2>Means</table>",
        '<table>\n<tbody><tr>\n<th style="text-align:right">Light</th>\n<td colspan="2">Means</td>\n</tr>\n</tbody></table>',
        "Light\tMeans",
    ),
    "a list whose items are not closed": (
        "<ul>\n<li>one\n<li>two <a href=x.md>x</a>\n<ul><li>in</ul>\n</ul>",
        '<ul>\n<li>one</li>\n<li>two <a href="x.md">x</a><ul>\n<li>in</li>\n</ul>\n</li>\n</ul>',
        "one\ntwo x\nin",
    ),
    "a list in a cell": (
        "| a | b |\n|---|---|\n| x<br>y | <ul><li>1</li><li>2</li></ul> |",
        "<ul><li>1</li><li>2</li></ul>",
        "a\tb\nx\ny\t1\n2\n",
    ),
    "code": (
        '<pre><code class="language-js">let a = 1 &lt; 2;\n\n<b>x</b>\n</code></pre>',
        '<pre><code class="language-js">let a = 1 &lt; 2;\n\nx\n</code></pre>',
        "let a = 1 < 2;\n\nx",
    ),
    "what only lays out is gone": (
        '<div class="row"><center><font color=red>Red <span style="x">and</span> blue</font></center></div>',
        "Red and blue",
        "Red and blue",
    ),
    "an element that nobody knows leaves its text": (
        "a <blink>b</blink> <my-thing x='1'>c</my-thing> <x-icon/> d",
        "<p>a b c  d</p>",
        "a b c  d",
    ),
    "a word in angle brackets stays": (
        "Run `<x>` on <file> of a < b and <https://example.com>",
        '<p>Run <code>&lt;x&gt;</code> on &lt;file&gt; of a &lt; b and <a href="https://example.com">https://example.com</a></p>',
        "Run <x> on <file> of a < b and https://example.com",
    ),
    "a film is a link": (
        '<iframe width=1 src="https://video.example/1" title="How to"></iframe>\n\n<video controls><source src="a.mp4">none</video>',
        '<a href="https://video.example/1">How to</a>',
        "How to",
    ),
    "script and style": (
        "a\n\n<script>\nalert(1)\n\n</script>\n<style>b{}</style>\n\n<svg><title>t</title>\n\n<path d=1></svg>\n\nb <style>i</style>c",
        "<p>a</p>\n<p>b c</p>",
        "a\nb c",
    ),
    "tags as browsers read them, in articles of other tools": (
        """a <iframe src=https://video.example/?a=1&b#c title="How to"></iframe> b

<details>\n<summary markdown="span"; font-weight:600" >More</summary>\nx\n</details>""",
        "<summary>More</summary>",
        "a How to b\nMore\nx",
    ),
    "what is no element is none": (
        "a <user =x; y> <b = c <d",
        "<p>a &lt;user =x; y&gt; &lt;b = c &lt;d</p>",
        "a <user =x; y> <b = c <d",
    ),
    "items that stand in no list": (
        "<table><tr><td>in\n<li>a</li>\n<li>b</li>\n</td></tr></table>",
        "<td>in<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</td>",
        "in\ta\tb",
    ),
    "items in a cell": ("| a |\n|---|\n| <li>x</li><li>y</li> |", "<td>x<br>\ny</td>", "a\nx\ny"),
    "words of blocks that follow each other": (
        "<div>one</div><div>two</div><section><a id=x></a></section><dd>three</dd>",
        "one<br>\ntwo",
        "one\ntwo\nthree",
    ),
    "an item ends above what follows": (
        "<li>a</li>\n\ntext\n",
        "<ul>\n<li>a</li>\n</ul>\n<p>text</p>",
        "a\ntext",
    ),
    "lines of code": ("<pre>a<br>b<br/>c</pre>", "<pre><code>a\nb\nc\n</code></pre>", "a\nb\nc"),
    "terms": (
        "<dl><dt>A<dd>b<dt>C<dd>d</dl>",
        "<dl>\n<dt>A</dt>\n<dd>b</dd>\n<dt>C</dt>\n<dd>d</dd>\n</dl>",
        "A\nb\nC\nd",
    ),
    "a figure": (
        "<figure><img src=a.png alt=A><figcaption>The box</figcaption></figure>",
        '<figure><img src="a.png" alt="A"><figcaption>The box</figcaption>\n</figure>',
        "A\nThe box",
    ),
    "a direction and a language": (
        '<div dir="rtl" lang="he">\n\nx\n\n</div>',
        '<div dir="rtl" lang="he">\n<p>x</p>\n</div>',
        "x",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_html_is_read_as_what_it_means(name):
    """On the page, and as text."""
    markdown, html, text = CASES[name]
    document = parse(markdown, markup=FOREIGN if "other tools" in name else PLAIN)
    assert html.strip() in document.html(), document.html()
    if html.startswith("<p>"):
        assert document.html().strip() == html
    assert "\n".join(line.strip() for line in document.sections[0].text.split("\n")) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('a <span style="color: red; display:none">unseen <span>unseen</span></span> b', "a  b"),
        ("a <b HIDDEN>unseen</b> b", "a  b"),
        ("<p hidden>unseen</p><p>seen</p>", "seen"),
        ('<div style="DISPLAY : NONE">unseen</div>seen', "seen"),
        ("<section hidden>unseen<section>unseen</section>unseen</section>seen", "seen"),
        (
            "<div hidden>\n\n## unseen\n\nunseen\n\n<div>\nunseen\n</div>\n\n- unseen\n\n</div>\n\nseen",
            "seen",
        ),
        ("- <div hidden>\n\n  unseen\n\n- seen\n\n</div>\n\nseen", "seen\nseen"),
        ("<table><tr><td>a</td><td hidden>unseen</td></tr></table>", "a"),
        ('<img hidden src="a.png" alt="unseen"> seen', "seen"),
        ('<div style="visibility:hidden">\n<script>unseen</script>\nunseen</div>\n\nseen', "seen"),
        ('<div role="tabpanel" hidden>\n\nseen\n\n</div>', "seen"),
        ('<div class="collapse" style="display:none">seen</div>', "seen"),
        ("<div hidden>\n\nunseen, for nothing ends it", ""),
        ("- a\n\n  <div hidden>\n\n  unseen\n\n- seen", "a\nseen"),
        (
            "a <span hidden>unseen\n\nseen, for words end with their block",
            "a\nseen, for words end with their block",
        ),
        ("<p hidden>unseen\n\nseen", "seen"),
        ("<ul><li hidden>unseen<li>seen</ul>seen", "seen\nseen"),
        ("<div>a <span hidden>unseen</div>seen", "a\nseen"),
        ("<div><section hidden>unseen<div>unseen</div>unseen</div>seen", "seen"),
        ("a <span hidden>unseen\n\nunseen</span> seen\n\nseen", "a\nseen\nseen"),
        (
            "a <b hidden>unseen\n\n- > unseen\n\n```\nunseen\n```\n\n## unseen\n\n- unseen</b> seen\n- seen",
            "a\nseen\nseen",
        ),
        (
            "| a | b |\n|---|---|\n| c <i hidden>unseen | unseen |\n| unseen | unseen</i> d |\n| e | f |",
            "a\tb\nc\t\n\t d\ne\tf",
        ),
        ("a <i hidden>[unseen](unseen.md) **unseen** ![unseen](unseen.png)</i> b", "a  b"),
        ("use <your hidden file> here", "use <your hidden file> here"),
        ('<div class="hidden-xs">seen</div>', "seen"),
    ],
)
def test_what_is_hidden_is_nowhere(written, shown):
    """Not on the page, in no section, no copy; what a script of the page would open is shown."""
    document = parse(f"{written}\n")
    lines = "\n".join(s.text for s in document.sections).split("\n")
    assert [line.replace(" \t", "\t").strip(" ") for line in lines if line.strip()] == [
        *filter(None, shown.split("\n"))
    ]
    assert "unseen" not in document.html() + document.markdown()
    assert not any("unseen" in link.target for link in document.links())
    assert not any(section.heading for section in document.sections)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<div style={{ color: 'red', display: 'none' }}>\n\nunseen\n\n</div>\n\nseen", "seen"),
        ('a <span style={{display: "none"}}>unseen</span> b', "a  b"),
        ("<div hidden={true}>\n\nunseen\n\n</div>\n\nseen", "seen"),
        ("<div hidden={!isOpen}>\n\nseen\n\n</div>", "seen"),
        ("<div style={{display: isOpen ? 'block' : 'none'}}>\n\nseen\n\n</div>", "seen"),
    ],
)
def test_what_code_hides_is_nowhere(written, shown):
    """Where it always does; what a script decides is shown."""
    document = parse(f"{written}\n", markup=Markup(frozenset({"mdx"})))
    assert "\n".join(s.text.strip() for s in document.sections if s.text.strip()) == shown


_PIECES = (
    "{}",
    "- {}",
    "> {}",
    "1. {}\n\n   {}",
    "| {} | {} |\n|---|---|\n| {} | {} |",
    "## {}",
    "**{}** *{}*",
    "<div>\n{}\n</div>",
    "a<br>{}",
)


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6), st.data())
def test_what_is_hidden_in_words_is_nowhere_and_all_else_is_shown(pieces, data):
    """Wherever its ends stand."""
    text = "\n\n".join(pieces)
    count = text.count("{}")
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))
    words = [f"w{at}" if at < first or at > last else f"x{at}" for at in range(count)]
    words[first] = f"before <span hidden>{words[first]}"
    words[last] += "</span> after"
    document = parse(text.format(*words))
    shown = " ".join(f"{s.heading} {s.text}" for s in document.sections)
    assert "x" not in shown
    assert not re.search(r"x\d", document.html() + document.markdown())
    assert {w for w in words if w.startswith("w")} | {"before", "after"} <= {*shown.split()}


CARDS = (
    '<table data-view="cards"><thead><tr><th></th><th></th><th data-hidden data-card-target></th>'
    "<th data-hidden data-card-cover></th><th data-hidden></th></tr></thead><tbody>"
    '<tr><td><strong>Start</strong></td><td>All you need</td><td><a href="a.md">a.md</a></td>'
    '<td><a href="c.png">c.png</a></td><td>unseen</td></tr>'
    '<tr><td><h4>Go on</h4><p>More</p></td><td></td><td><a href="b.md">b.md</a></td><td></td></tr>'
    '<tr><td></td><td></td><td><a href="d.md">d</a></td></tr><tr><td></td></tr></tbody></table>\n'
)


def test_cards_are_a_list_and_hidden_columns_are_nowhere():
    """The first words lead to the page that a card is for, above them stands its picture."""
    document = parse(CARDS)
    assert document.html().replace("\n", "") == (
        '<ul><li><img src="c.png" alt=""><br><a href="a.md"><strong>Start</strong></a><br>All you need</li>'
        '<li><a href="b.md">Go on</a><br>More</li><li><a href="d.md">d</a></li></ul>'
    )
    assert document.sections[0].text.split("\n") == [
        "",
        "Start",
        "All you need",
        "Go on",
        "More",
        "d",
    ]
    assert [link.target for link in document.links()] == ["c.png", "a.md", "b.md", "d.md"]
    assert document.markdown() == (
        "- ![](c.png)\\\n  [**Start**](a.md)\\\n  All you need\n- [Go on](b.md)\\\n  More\n- [d](d.md)\n"
    )


def test_a_link_that_is_called_as_its_file_has_the_title_of_that_name():
    """In folders of GitBook, where authors let the tool name it."""
    text = (
        "[first-steps.md](../a%20b/first-steps.md#x) [README.md](guides/README.md) [a.md](b.md)\n"
    )
    shown = parse(text, markup=Markup(frozenset({"gitbook"}))).sections[0].text
    assert shown == "First steps Guides a.md"
    assert parse(text).sections[0].text == "first-steps.md README.md a.md"


def test_hidden_columns_of_other_tables_are_nowhere():
    """And the others stay where they were, a table in a cell with all of its own."""
    document = parse(
        "<table><thead><tr><th>a</th><th data-hidden>unseen</th><th>b</th></tr></thead><tbody><tr><td>c</td>"
        "<td>unseen</td><td><table><tr><td>d</td><td>e</td></tr></table></td></tr><tr><td>f</td></tr></tbody></table>\n"
    )
    assert document.sections[0].text == "a\tb\nc\td\te\nf"
    assert parse('<table data-view="cards"></table>\n\na\n').html() == "<p>a</p>\n"


BEHIND = [
    ("<noscript>\n<p>a</p>\n</noscript>\n[b](c.md) *d*\n", "<em>d</em>"),
    ("- <div>a</div>\n  *b*\n", "<em>b</em>"),
    ("<div>\n<div>a</div>\n*b*\n</div>\n*c*\n", "*b*<p><em>c</em></p>"),
    ("<div>a</div>\n<div>b</div>\n*c*\n", "*c*"),
    ("<hr>\n*a*\n", "<em>a</em>"),
]


@pytest.mark.parametrize("family", ["kramdown", "mkdocs"])
@pytest.mark.parametrize(("written", "html"), BEHIND)
def test_markdown_right_behind_an_element_is_markdown(family, written, html):
    """Where the tool ends HTML behind the element that begins it; tags behind it are HTML."""
    assert html in parse(written, markup=Markup(frozenset({family}))).html()
    assert "<em>" not in parse(written).html()


@pytest.mark.parametrize("family", ["kramdown", "mkdocs"])
def test_html_goes_on_over_empty_lines_where_it_would_be_code(family):
    """As the tool has it, up to the end of its element; else, and where nothing ends it, it is code."""
    table = "<table>\n  <tr>\n    <td>\n\n      a\n\n    </td>\n    <td>b</td>\n  </tr>\n</table>\n*c*\n"
    markup = Markup(frozenset({family}))
    assert parse(table, markup=markup).sections[0].text == "a\tb\nc"
    assert "<pre>" in parse(table).html()
    assert "<pre>" in parse("<div>\n\n    a\n", markup=markup).html()
    assert "<em>" in parse("<div>\n\n*a*\n\n    b\n\n</div>\n", markup=markup).html()


def test_a_heading_begins_a_section():
    """Wherever it stands but in a list, a quote or a cell; a page in a frame is none."""
    document = parse(
        '<h1>Title</h1>\n\n<div align="center"><h2 id="own">One <small>(2)</small></h2>text</div>\n\n'
        "<details>\n\n## Two\n\nin\n\n</details>\n\n<ul><li><h3>Item</h3></li></ul>\n"
    )
    assert document.title == "Title"
    found = [(s.heading, s.level, s.anchor, s.text, s.lines) for s in document.sections]
    assert found == [
        ("Title", 1, "title", "", (1, 2)),
        ("One (2)", 2, "own", "text", (3, 6)),
        ("Two", 2, "two", "in\nItem", (7, 13)),
    ]
    assert document.anchors == ("title", "own", "two", "item")


def test_places_that_are_named_are_anchors():
    """A heading's name goes first, each is there once, and none is one of the page's own."""
    document = parse(
        '<a name="top-of-it"></a>\n\n## Setup\n\n<a id="setup"></a> <span id="x">a</span>'
        ' <b id="x">b</b> <i id="KB-find">c</i> <u id="a b">d</u>\n\n<p id="para">e</p>\n'
    )
    assert document.anchors == ("top-of-it", "setup", "x", "para")
    html = document.html(id_prefix="p-")
    assert [html.count(f'id="p-{name}"') for name in document.anchors] == [1, 1, 1, 1]
    assert "find" not in html


def test_what_nothing_closes_ends_above_the_next_heading():
    """And what closes nothing is gone: the rest of a page stands where it should."""
    document = parse(
        "</div></article></main>\n\n<details><summary>Open\n\ntext\n\n## Next\n\n<details>x</details>\n\n- a\n\n"
        "  <table><tr><td>\n\n- b </li></ul></td>\n"
    )
    html = document.html()
    assert html.index("</details>") < html.index('<h2 id="next">')
    assert html.count("<details>") == html.count("</details>") == 2
    assert html.count("<table>") == html.count("</table>") == 1
    assert "</article>" not in html
    assert html.index("</table>") < html.index("<p>b")


def test_tags_end_in_what_they_began_in():
    """In emphasis, links, cells and paragraphs of Markdown."""
    html = parse(
        "**a <i>b** c</i> [d <b>e](x.md) f</b> <a href=y.md>g [h](z.md) i</a>\n\nj\n"
    ).html()
    assert html == (
        '<p><strong>a <i>b</i></strong> c <a href="x.md">d <b>e</b></a> f <a href="y.md">g </a>'
        '<a href="z.md">h</a> i</p>\n<p>j</p>\n'
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JAVA&#115;cript:x",
        "java\tscript:x",
        "&#1;javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc",
    ],
)
def test_an_address_that_is_not_safe_is_none(address):
    """The words of a link stay, of a picture its description."""
    html = parse(
        f'<a href="{address}">a</a> <img src="{address}" alt="b"> <iframe src="{address}"></iframe>'
    ).html()
    assert "href" not in html
    assert "src" not in html
    assert "a" in html
    assert "b" in html


MUTANTS = [
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script><img src=x onerror=alert(1)></template>",
    "<p title='</title><script>alert(1)</script>'>x</p>",
    "<img alt='\"><script>alert(1)</script>' src=x>",
    "<a title=\"x' onmouseover='alert(1)\" href='/'>x</a>",
    '<xmp><p title="</xmp><img src=1 onerror=alert(1)>">',
    "<select><template><img src=x onerror=alert(1)></template></select>",
    '<img src="x`y" alt="``onerror=alert(1)">',
    "<b/onclick=alert(1)//>x",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    '<abbr title="</abbr><script>alert(1)</script>">x</abbr>',
    '<td background=javascript:x style="background:url(javascript:x)">',
    "<isindex type=image src=1 onerror=alert(1)><keygen autofocus onfocus=alert(1)>",
    "<a href='\ufdd20\ufdd3'>x</a> \ufdd20\ufdd3",
]
PLACES = [
    "{}",
    "# {}",
    "> {}",
    "- {}",
    "a {} b",
    "[{}](x.md)",
    "**{}**",
    "| {} |\n|-|\n| {} |",
    "<details>\n\n{}\n\n</details>",
    "<p>{}</p>",
    "<td>{}",
    "![{}](x.png)",
]


@pytest.mark.parametrize("text", MUTANTS)
def test_what_changes_while_it_is_parsed_again_runs_nothing(text, reparsed):
    """In every place, read the way browsers do: no handler, no script, no address that runs."""
    for place in PLACES:
        for tag, attributes in reparsed(parse(place.replace("{}", text)).html()):
            assert tag not in {
                "script",
                "style",
                "iframe",
                "svg",
                "math",
                "template",
                "form",
                "object",
            }
            assert not [name for name in attributes if name.startswith("on")], (place, text)
            assert "javascript:" not in str(attributes.get("href", "") + attributes.get("src", ""))


@pytest.fixture
def reparsed():
    """The elements that HTML has for a parser like a browser's, by way of what it writes anew."""
    allowed = nh3.ALLOWED_TAGS | {"details", "summary"}
    return lambda html: Page(html).elements + Page(nh3.clean(html, tags=allowed)).elements


def test_what_was_left_out_is_told():
    """By kind, with the line."""
    document = parse("a\n\n<iframe src=x></iframe>\n\nb <object></object>\n", first_line=5)
    assert document.left_out == (("<iframe>", 7), ("<object>", 9))


def test_text_may_be_put_between_quotes():
    """What reads kb's HTML relies on quotes in text, and brackets in attributes, being escaped."""
    html = parse(
        '## a "b" onclick=x <b title=x>c</b> <i>d</i>\n\n<abbr title="<e>">f</abbr>\n'
    ).html()
    assert "a &quot;b&quot; onclick=x" in html
    assert 'title="&lt;e&gt;"' in html


@pytest.mark.parametrize(
    "words", ["<file>", "<your path>", "<a table name>", "<table>", "<time period>"]
)
def test_words_in_angle_brackets_stay(words):
    """What has no end and no value is to be filled in by who reads: it is text, and in anchors."""
    document = parse(f"# A {words} b\n\nCopy it to {words} or so.\n")
    assert words in document.title
    assert words in document.sections[0].text
    assert words.replace("<", "&lt;").replace(">", "&gt;") in document.html()


BLOCKS = ("div", "section", "p", "li", "ul", "td", "dd", "dt", "blockquote", "center", "summary")
WORDS = ("b", "span", "kbd", "blink", "a")
HTML = st.recursive(
    st.just("@ "),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(BLOCKS), st.lists(inner, min_size=1, max_size=3)).map(
            lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
        ),
        st.tuples(st.sampled_from(WORDS), st.lists(inner, min_size=1, max_size=2)).map(
            lambda made: f" <{made[0]}>{' '.join(made[1])}</{made[0]}> "
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda made: "<table>" + "".join(f"<tr><td>{cell}</td></tr>" for cell in made)
        ),
    ),
    max_leaves=12,
)


@given(HTML, st.sampled_from(["", "<div>\n", "text\n\n<div>\n\n", "- "]))
def test_no_word_of_html_is_lost_or_glued(written, before):
    """However blocks stand in each other: on the page as in the text each word stands alone."""
    counted = itertools.count()
    html = re.sub("@", lambda _: f"w{next(counted)}", written)
    wanted = {f"w{number}" for number in range(next(counted))}
    document = parse(before + html + "\n")
    page = re.sub(r"</?(?:b|span|kbd|a)\b[^<>]*>", "", document.html())
    assert wanted <= set(re.sub(r"<[^<>]+>", " ", page).split())
    assert wanted <= {w for s in document.sections for w in f"{s.heading} {s.text}".split()}


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ('<h3 id="q">New *x* <b>y</b>?</h3>\ntext', '<h3 id="q">New <em>x</em> <b>y</b>?</h3>\n<p>text</p>'),
        ("<div class='c'>\n<h3>A</h3>\n<p>b **c**</p>\n</div>", '<h3 id="a">A</h3>\n<p>b <strong>c</strong></p>'),
        ("<ul>\n<li>a</li>\n<li><a href='b.md'>b</a> c</li>\n</ul>", '<ul>\n<li>a</li>\n<li><a href="b.md">b</a> c</li>\n</ul>'),
        ("<table><tr><td>a</td><td>**b**</td></tr></table>", "<table>\n<tbody><tr>\n<td>a</td>\n<td><strong>b</strong></td>\n</tr>\n</tbody></table>"),
        ("<ul><li>a</li></ul> b", "<ul>\n<li>a</li>\n</ul>\n<p>b</p>"),
        ("<div>a\nb</div>", "<p>a\nb</p>"),
        ("<h2></h2>\n\na", "<p>a</p>"),
    ],
)  # fmt: skip
def test_elements_on_one_line_of_mdx(written, html):
    """Each is what it is, its words are Markdown, and the next line begins anew."""
    document = parse(f"{written}\n", markup=Markup(frozenset({"mdx"})))
    assert document.html().strip() == html
