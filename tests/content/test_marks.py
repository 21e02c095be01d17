"""Markdown beyond CommonMark: golden cases, switches, safety, and the time that it takes."""

from __future__ import annotations

import os
import re
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.attacks import OURS, attacks

from kb.config import DEFAULT_LIMITS, MarkdownConfig
from kb.content.markdown import docsify, quarto, writerside, zola
from kb.content.markdown.document import parse, without_comments
from kb.content.markdown.fence import read_info
from kb.content.markdown.markup import Markup
from kb.errors import ContentError

GOLDEN = Path(__file__).parent.parent / "data" / "marks.md"
NONE = MarkdownConfig.none()


def text_of(document):
    """All headings and texts, as the index has them."""
    parts = [part for s in document.sections for part in (s.heading, s.text) if part]
    return "\n".join(parts).strip("\n")


def read_cases():
    head, _, rest = GOLDEN.read_text(encoding="utf-8").partition("\n\n")
    return head, [case.split("\n.\n") for case in f"{rest}\n".split("\n.\n\n")[:-1]]


def test_golden_cases():
    """Each way of writing a mark becomes the HTML and the text that stand in tests/data/marks.md."""
    head, cases = read_cases()
    made = []
    for title, written, *_ in cases:
        families = re.findall(r" \{(\w+)\}$", title)
        body = REWRITE.get("".join(families), str)(written)
        assert body.count("\n") == written.count("\n")
        document = parse(body, markup=Markup(frozenset(families)))
        html = document.html().strip("\n")
        made.append([title, written, html, text_of(document)])
    if os.environ.get("KB_GOLDEN") == "overwrite":
        text = "\n\n".join("\n.\n".join(case) + "\n." for case in made)
        GOLDEN.write_text(f"{head}\n\n{text}\n", encoding="utf-8")
    assert made == read_cases()[1]


WRITTEN = {
    "callouts": "> [!NOTE]\n> a",
    "tabs": '=== "A"\n    b',
    "task_lists": "- [ ] a",
    "footnotes": "a[^1]\n\n[^1]: b",
    "definition_lists": "a\n: b",
    "autolinks": "https://example.com",
    "emoji": ":tada:",
    "strikethrough": "~~a~~",
    "subscript": "H~2~O",
    "superscript": "x^2^",
    "word_marks": "==a==",
    "abbreviations": "*[A]: b",
    "math": "$a_b$",
    "attributes": "## A {#b}",
    "highlight": "```js\nlet a\n```",
    "drawings": "@startuml\na -> *b*\n@enduml",
    "spaced_links": "[a](b c.md)",
    "loose_tags": "a <b title=x?y=1>b</b>",
    "tags_in_text": "<br>\n*a*",
    "verbatim": "::: v-pre\n{{ a }}\n:::",
    "templates": "[!UICONTROL a]",
}


@pytest.mark.parametrize("written", WRITTEN.values())
def test_marks_stand_beside_comments(written):
    """Where blocks are looked at for comments alone, as where all is read."""
    text = f"{written}\n\n<!-- gone -->\n"
    body, _ = without_comments(text, first_line=1, limits=DEFAULT_LIMITS)
    assert body.strip() == written


WRITTEN_FOR = {
    "loose_tags": "liquid", "tags_in_text": "kramdown", "verbatim": "vuepress", "templates": "docfx",
}  # fmt: skip


@pytest.mark.parametrize("name", [f.name for f in fields(MarkdownConfig) if f.name != "summaries"])
def test_each_setting_switches_its_mark(name):
    """A mark is read when its setting is on, and is what CommonMark says when it is off."""
    written = WRITTEN[name]
    on, off = MarkdownConfig(), replace(MarkdownConfig(), **{name: False})
    if name in WRITTEN_FOR:
        markup = Markup(frozenset({WRITTEN_FOR[name]}))
        html = [parse(written, markup=markup, syntax=syntax).html() for syntax in (on, off)]
        assert html[0] != html[1]
        return
    plain = parse(written, syntax=NONE).html()
    if name == "highlight":
        assert parse(written).html(highlight=True) != plain == parse(written).html()
    else:
        assert parse(written, syntax=off).html() == plain != parse(written, syntax=on).html()


PLACES = (
    "# {} {{% #a %}}",
    "{{% table %}}\n* {}\n* b\n---\n* c\n* {}\n{{% /table %}}",
    '{{% link href="{}" %}}{}{{% /link %}}',
    '{{% card title="{}" href="b" description="{}" /%}}',
    "> [!NOTE] {}\n> a",
    "> [!{}]\n> a",
    ":::note {}\na\n:::",
    ":::{}\na\n:::",
    ":::tip[{}]\na\n:::",
    '!!! note "{}"\n    a',
    "!!! {}\n    a",
    '{{% hint style="{}" %}}\na\n{{% endhint %}}',
    '{{{{< notice note "{}" >}}}}\na\n{{{{< /notice >}}}}',
    '=== "{}"\n    a',
    '{{% tabs %}}\n{{% tab title="{}" %}}\na\n{{% endtab %}}\n{{% endtabs %}}',
    "```{}\na\n```",
    '```js title="{}"\na\n```',
    "```js:{}\na\n```",
    "```js\n{}\n```",
    "::: code-group\n```js [{}]\na\n```\n:::",
    "a[^1]\n\n[^1]: {}",
    "a^[{}]",
    "{}\n: {}",
    "$x_{{{}}}$",
    "$$\n{}\n$$",
    "\\(a_1 {}\\)",
    "- [ ] {}",
    "## A {{#{}}}",
    "![a](b.png){{width={} title={}}}",
    "=={}== {}",
    "*[HTML]: {}\n\nHTML",
    "*[{}]: {}\n\n{}",
    ":::spoiler {}\n{}\n:::",
    "x^{}^ H~{}~O",
    "https://example.com/{}",
    ":{}:",
    "# [{}](#tab/a)\n\na\n\n# [b](#tab/{})\n\n{}\n\n---",
    ">[!BEGINTABS]\n\n>[!TAB {}]\n\n{}\n\n>[!ENDTABS]",
    "::: tabs\n@tab {}\na\n== {}\nb\n:::",
    "/// note | {}\n    type: {}\n\n{}\n\n///",
    "[](#{}){{#{}}} **a**{{#{}}}",
    '<div markdown="{}">\n{}\n<p title="{}">{}</p>\n</div>',
    '<figure markdown="1">{}</figure>',
    "<Tabs>\n<template v-slot:{}>\n\n{}\n\n</template>\n</Tabs>",
    '<CodeGroup>\n<CodeGroupItem title="{}">\n\n{}\n\n</CodeGroupItem>\n</CodeGroup>',
    '<picture><source srcset="{} 2x, {}"><img alt="{}"></picture>',
    "> 📘 {}\n> a",
    '[block:callout]\n{{"type": "{}", "title": "{}", "body": "{}"}}\n[/block]',
    '[block:parameters]\n{{"data": {{"h-0": "{}", "0-0": "{}"}}}}\n[/block]',
    '[block:image]\n{{"images": [{{"image": ["{}", "{}"], "caption": "{}"}}]}}\n[/block]',
    '[block:code]\n{{"codes": [{{"code": "{}", "language": "{}", "name": "{}"}}]}}\n[/block]',
    '[block:embed]\n{{"url": "{}", "title": "{}"}}\n[/block]',
    '[block:html]\n{{"html": "{}"}}\n[/block]',
    "<HTMLBlock>{{`{}`}}</HTMLBlock>",
    '::: {{#{} .callout-note title="{}"}}\n## {}\n{}\n:::',
    "::: {{.panel-tabset}}\n## {}\n{}\n:::",
    '[details="{}"]\n{}\n[/details]',
    "![{}|300x200]({}#only-light) ![{}|3]({}#only-dark)",
    ":::(Info) ({})\n{}\n:::",
    ':::hint{{type="{}" title="{}"}}\n{}\n:::',
    "[{}]{{#{} .a}}",
    '<div class="note {}"><p class="title">{}</p>{}</div>',
    "\\[\n{} a^b\n\\]",
    "\\begin{{align}}\n{} a^b\n\\end{{align}}",
    '## A {{id="{}"}}',
    '<details markdown="1"><summary title="{}">{}</summary>{}</details>',
    '{{{{< button href="{}" >}}}}{}{{{{< /button >}}}}',
    '{{{{< kbd {} >}}}} {{{{< kbd mac="{}" >}}}}',
    '{{{{< video "{}" title="{}" >}}}} {{{{< video {}.mp4 >}}}}',
    "::: {{ }}\n{}\n:::",
)
PLACES_OF_FAMILIES = {
    "mkdocs": (
        "++{}++ ^^{}^^",
        '++"{}"+a++',
        "{{++{}++}} {{--{}--}} {{=={}==}} {{>>{}<<}} {{~~{}~>{}~~}}",
    ),
    "retype": (
        "!!!warning {}\n{}\n!!!",
        "+++ {}\n{}\n+++",
        "==- {}\n{}\n=== {}\na\n===",
        "||| {}\n{}\n|||",
        "::: {}\n{}\n:::",
        "[!badge {}]({}) [!ref]({}) [!file]({})",
        '[!button text="{}"]({}) [!embed]({}) {{{{ {} }}}}',
    ),
    "mdc": (
        '::card{{title="{}" to="{}"}}\n{}\n::',
        "::note[{}]\na\n::",
        "::card\n---\ntitle: {}\nto: {}\ndescription: {}\n---\na\n::",
        "::tabs\n:::tabs-item{{label='{}'}}\na\n:::\n::",
        ':img{{src="{}" alt="{}"}} :video{{src="{}"}}',
        ":button[{}]{{to={}}} :badge[a]{{to='{}'}} [{}]{{.a}}",
        "{{{{ $doc.a || '{}' }}}}",
    ),
}
PLACES_THAT_ARE_REWRITTEN = {
    "docsify": (
        "?> {}\n\n!> {}",
        "# {} :id={}",
        "![{}]({} ':size={}x10')",
        "<!-- tabs:start -->\n# **{}**\n{}\n<!-- tabs:end -->",
    ),
    "zola": (
        '{{{{ youtube(id="{}", title="{}") }}}}',
        '{{{{ image(src="{}", alt="{}") }}}}',
        '{{% alert(type="{}", title="{}") %}}\n{}\n{{% end %}}',
        "[{}](@/{})",
        "{{{{/* {} */}}}}",
    ),
    "quarto": (
        "| {}\n|   {}",
        "```{{={}}}\n{}\n```\n\n```{{=html}}\n{}\n```",
        "```{{python}}\n#| {}\n{}\n```",
        "+---+---+\n| {} | {} |\n+===+===+\n| {} | {} |\n+---+---+",
    ),
    "writerside": (
        "[//]: # (title: {})\n\n%{}% {}",
        '<a href="{}"/> <control>{}</control> <ui-path>{}</ui-path> <shortcut>{}</shortcut>',
        '> {}\n>\n{{style="{}"}}',
        '<procedure title="{}" id="{}"><step>{}</step></procedure>',
        '<tabs><tab title="{}">{}</tab></tabs>',
        '<deflist><def title="{}">{}</def></deflist>',
        '<img src="{}" alt="{}"/> <tip>{}</tip> <include from="{}" element-id="{}"/>',
        '```{}\n```\n{{src="{}"}}',
    ),
}
REWRITE = {
    "docsify": docsify.as_others_write,
    "zola": zola.as_others_write,
    "quarto": quarto.as_others_write,
    "writerside": lambda body: writerside.as_others_write(body, lambda name: name),
}
ALLOWED = {"id", "class", "role", "href", "type", "disabled", "checked", "open", "start", "src"}
ALLOWED |= {"alt", "title", "aria-label", "style", "data-numbered", "dir", "lang"}


class Checker(HTMLParser):
    """Fails on what no article may hold."""

    def handle_starttag(self, tag, attrs):
        assert tag not in {"script", "iframe", "style", "svg", "object", "embed", "form", "base"}
        for name, value in attrs:
            sizes = tag == "img" and name in {"width", "height"} and value.isdecimal()
            assert name in ALLOWED or sizes, (tag, name)
            assert name in {"id", "alt", "title"} or not re.match(
                r"\s*(?:javascript|data|vbscript):", value or "", re.IGNORECASE
            )


@pytest.mark.parametrize(
    ("place", "family"),
    [
        *((place, "") for place in PLACES),
        *((place, family) for family, own in PLACES_OF_FAMILIES.items() for place in own),
    ],
)
def test_no_script_passes(place, family):
    """No text with script runs through a title, a name, a language, a footnote or math."""
    markup = Markup(frozenset({family} - {""}))
    place = place.replace("{}", "\2").format()
    scripts = attacks()
    texts = [place.replace("\2", " ".join(script.split())) for script in scripts]
    for text in [*texts[-len(OURS) :], "\n\n".join(texts), place.replace("\2", scripts[-1])]:
        Checker().feed(parse(text, markup=markup).html(highlight=True))


@pytest.mark.parametrize(
    ("place", "family"),
    [(place, family) for family, own in PLACES_THAT_ARE_REWRITTEN.items() for place in own],
)
def test_no_script_passes_what_is_rewritten(place, family):
    """What reads marks of a dialect as those of others makes no script of any text."""
    markup = Markup(frozenset({family}))
    place = place.replace("{}", "\2").format()
    texts = [place.replace("\2", " ".join(script.split())) for script in attacks()]
    for text in [*texts[-len(OURS) :], "\n\n".join(texts)]:
        Checker().feed(parse(REWRITE[family](text), markup=markup).html(highlight=True))


@pytest.mark.parametrize(
    "unit",
    [
        ":::",
        "[^",
        "$a ",
        "x^",
        "a~",
        "://",
        "http://",
        "a@",
        "www.",
        ":a",
        "{",
        "{%",
        "\\a(",
        "$$",
        "=== ",
        "^a",
        "[a]{",
        ":::(a",
    ],
)
def test_beginnings_that_nothing_ends(unit):
    """A text of beginnings is text; were each looked for to the end of it, this would take minutes."""
    written = "a[^1] " + unit * (2_000 if unit == "[^" else 60_000 // len(unit)) + "\n\n[^1]: a"
    assert unit.strip()[0] in text_of(parse(written))


@pytest.mark.parametrize(
    "unit",
    ["\\[ ^\n", "\\begin{align}\n", '<details markdown="1"><summary>', '{{< button href="x" >}}'],
)
def test_beginnings_without_text_that_nothing_ends(unit):
    """What stands below thousands of beginnings is read."""
    assert "after all" in text_of(parse(f"{unit * (60_000 // len(unit))}\n\nafter all"))


@pytest.mark.parametrize("unit", ["| a\n", "+---+\n", "+---+\n| a |\n", "```{=html}\n~~~~\n"])
def test_beginnings_of_quarto_that_nothing_ends(unit):
    """No line is looked at again for each of those above it, and none is lost."""
    text = f"{unit * (300_000 // len(unit))}\n\nafter all\n\nb"
    written = quarto.as_others_write(text)
    assert written.count("\n") == text.count("\n")
    assert "after all" in written


@pytest.mark.parametrize(
    "written",
    [
        "".join(f"{':' * (300 - n)}note\n" for n in range(200)),
        "".join("    " * n + "!!! note\n" for n in range(400)),
        "".join("    " * n + '=== "a"\n' for n in range(400)),
        "{% hint %}\n" * 400 + "a",
        "::: {.note}\n" * 400 + "a",
    ],
)
def test_callouts_and_tabs_inside_each_other_have_a_limit(written):
    """What lies deeper than the limit is refused with its line, not lost."""
    with pytest.raises(ContentError, match="nested over"):
        parse(written).html()


def test_thousands_of_footnotes():
    """Each footnote is there once, in order."""
    count = 3000
    written = " ".join(f"a[^{n}]" for n in range(count))
    written += "\n\n" + "\n".join(f"[^{n}]: note {n}" for n in range(count))
    document = parse(written)
    assert document.html().count('<li id="kb-fn-') == count
    assert text_of(document).endswith(f"note {count - 1}")


def test_headings_in_callouts_are_no_sections():
    """A heading in a callout has an anchor, is text of the section around, and no heading of the page."""
    document = parse("# A\n\n{% hint %}\n## B\n{% endhint %}\n\n## C")
    assert [s.heading for s in document.sections] == ["A", "C"]
    assert document.anchors == ("a", "b", "c")
    assert "<h2" not in document.html().split("</div>")[0]


@pytest.mark.parametrize(
    ("info", "language", "title", "marked", "numbered"),
    [
        ("js", "js", "", set(), False),
        ('js title="a.js"', "js", "a.js", set(), False),
        ("ts filename=a.ts {1,3-4}", "ts", "a.ts", {1, 3, 4}, False),
        ("js:src/a.js", "js", "src/a.js", set(), False),
        ("sh [npm]", "sh", "npm", set(), False),
        ('js [[1, 8, "<A />"], [2, 9, "b"]] {3}', "js", "", {3}, False),
        ('js [[1, 5, "<A />"], [2, 6, "[\'/b.js\']"]]', "js", "", set(), False),
        ('py hl_lines="2 4-5" linenums="1"', "py", "", {2, 4, 5}, True),
        ("{.python .numberLines}", "python", "", set(), True),
        ("jsx showLineNumbers {2}", "jsx", "", {2}, True),
        ("js=", "js", "", set(), True),
        ("c++=101", "c++", "", set(), False),
        ("", "", "", set(), False),
    ],
)
def test_what_a_fence_says(info, language, title, marked, numbered):
    """The usual ways to name a file, mark lines and number them are understood."""
    assert read_info(info)[:4] == (language, title, marked, numbered)


def test_code_that_stays_plain():
    """Code in no known language, diagrams and very long code have no colours."""
    for written in ("```nonesuch\na = 1\n```", "```mermaid\na --> b\n```"):
        assert "<span" not in parse(written).html(highlight=True)
    long = "```js\n" + "let a = 1\n" * 5000 + "```"
    assert "<span" not in parse(long).html(highlight=True)
    assert '<span class="kd">' in parse("```js\nlet a = 1\n```").html(highlight=True)


def test_words_in_another_language():
    """Labels are those of the page."""
    html = parse("> [!NOTE]\n> a").html(words={"note": "Hinweis"})
    assert '<span class="callout-label">Hinweis</span>' in html


def test_a_name_in_an_mdx_comment_is_the_id_of_its_heading():
    """`{/*name*/}` at the end of a heading, and nowhere else: other comments are nothing."""
    body = "## One thing {/*the-one*/}\n\nText {/*gone*/}\n\n## Two {/* a note */}\n\n## Three {/*A note*/}\n"
    body, _ = without_comments(body, first_line=1, limits=DEFAULT_LIMITS)
    document = parse(body)
    assert [(s.heading, s.anchor) for s in document.sections] == [
        ("One thing", "the-one"),
        ("Two", "two"),
        ("Three", "three"),
    ]
    assert "gone" not in document.html()


def test_names_between_colons_are_emoji_or_icons():
    """All names of GitHub and Unicode are emoji, escaped or not; GitBook's other ones are icons."""
    written = ":snowman: :heavy\\_plus\\_sign: :1234: :house-chimney: at 10:30:45, a:b:c"
    assert parse(written).sections[0].text == "⛄ ➕ 🔢 :house-chimney: at 10:30:45, a:b:c"
    gitbook = Markup(frozenset({"gitbook"}))
    assert parse(written, markup=gitbook).sections[0].text == "⛄ ➕ 🔢  at 10:30:45, a:b:c"


@pytest.mark.parametrize(
    ("written", "headings", "text"),
    [
        ("# A\n\n## Contents\n{: .no_toc }\n\n1. TOC\n{:toc}\n\n---\n\n## B\nx\n", ["A", "B"], "x"),
        ("## Contents\n\n* any\n{: .x toc}\n", [], ""),
        ("Lead.\n\n[TOC]\n\n## B\n", ["B"], "Lead."),
        ("## Contents\n\n[[toc]]\n\nText.\n", ["Contents"], "Text."),
        ("# A\n\n[[_TOC_]]\n", ["A"], ""),
        ("- one\n{: .x}\n", [], "one"),
        ("[TOC] is text.\n", [], "[TOC] is text."),
    ],
)
def test_places_for_lists_of_headings_are_empty(written, headings, text):
    """A page has a list of its own; a heading above nothing else goes too. Plain folders have none."""
    made = parse(written, markup=Markup(frozenset({"kramdown"})))
    assert [s.heading for s in made.sections if s.heading] == headings
    assert "\n".join(s.text for s in made.sections if s.text) == text
    assert "[TOC]" in parse("[TOC]\n").html()


def test_components_that_begin_and_end_on_a_line():
    """The next line is no part of their text."""
    markup = Markup(frozenset({"mdx"}))
    written = '<Tabs>\n<TabItem label="A">one *two*</TabItem>\n<TabItem label="B">three</TabItem>\n</Tabs>'
    html = parse(written, markup=markup).html()
    assert html.count('class="tab"') == 2
    assert "<p>one <em>two</em></p>" in html
    assert "<p>three</p>" in html
    notes = parse("<Note>a</Note>\n<Tip>b</Tip>\nc\n", markup=markup).html()
    assert [text for text in "abc" if f"<p>{text}</p>" in notes] == ["a", "b", "c"]


def test_emoji_and_icons_in_text_of_html():
    """As in Markdown, but in code; and not where the setting is off."""
    written = "<table><tr><td>:tada: 10:30:45 <code>:tada:</code> :house-chimney:</table>"
    assert parse(written).sections[0].text == "\U0001f389 10:30:45 :tada: :house-chimney:"
    gitbook = Markup(frozenset({"gitbook"}))
    assert parse(written, markup=gitbook).sections[0].text == "\U0001f389 10:30:45 :tada:"
    off = replace(MarkdownConfig(), emoji=False)
    assert parse(written, syntax=off).sections[0].text.startswith(":tada:")


def test_lines_of_attributes_between_words_are_left_out():
    """Each line of a paragraph may have its own."""
    assert parse("a\n{: .x }\nb\n{: .y }\nc").sections[0].text == "a b c"
    assert parse("a <b>b</b>{: .x .y } c").sections[0].text == "a b c"


AGAIN = (
    "::: tabs\n@tab a\n", "/// note\n", "///\n", "# [a](#tab/b)\n\n", ">[!TAB a]\n\n", "**a**{", "<A {", "<A b={",
    '<div markdown="1">\n', "<template #a>\n", "a\n{: .b}\n", "<td>", "<kbd>a", "[](a){#b}", "@[code](a)\n", "<<< a\n",
    "{* a *}\n", "[block:a]\n", "<A>{`a", "<A>{`a`}", "> 📘 a\n", "<!--@include: a-->\n", "{{#include a}}", "{{ a(", "{{ a(b=1) }}", "{% #a %}", "{% $a %} ", "{% a=b %}\n", "{% table %}\n", "[!code-a[b](c)]", ":a_b:", "==a", "==a== ", "^^a ", "++a ", "{++a ", "{++a++}", "{~~a~>", "*[a]: b\n", "*[a",
    "::a\n", "::a\n---\n", "::\n", "::a{b\n", ":a[", ":a{", "[a]{", "{{ $a ", "  ::a\n", "::a\n::\n", "::note\n",
    "::tabs\n:::tab\n", ":a[b]{c}",
    "!!!\n", "!!!a\n", "+++ a\n", "==- a\n", "=== a\n===\n", "||| a\n", "::: a\n", "[!badge ", "[!badge a](", ":icon-",
    "{{ for a }}\n", "{%{", "!!!\na\n!!!\n",
)  # fmt: skip
FAMILIES = frozenset({"liquid", "gitbook", "docfx", "vuepress", "mkdocs", "mdbook", "mdx", "zola"})
OWN = frozenset({"mdc"}), frozenset({"retype"})


@pytest.mark.parametrize("unit", AGAIN)
def test_marks_again_and_again_are_read_or_refused(unit):
    """Were any of them looked for to the end of the text, each time, this would take minutes."""
    for families in (frozenset(), FAMILIES, *OWN):
        try:
            document = parse(unit * (20_000 // len(unit)), markup=Markup(families))
        except ContentError:
            continue  # over a limit
        assert len(document.markdown()) < 1_000_000


@pytest.mark.parametrize("closed", ["{% /table %}\n", ""])
def test_tables_of_lists_inside_each_other_take_time_in_proportion(closed):
    """Each is read by those around it, but for the deepest."""
    try:
        document = parse("{% table %}\n" * 2_000 + "- a\n" + closed * 2_000)
    except ContentError:
        return
    assert document.sections[0].text == "a"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('[a](b){:target="_blank} c', '<p><a href="b">a</a> c</p>'),
        ('**[a](b)**{:target="_blank".} c', '<p><strong><a href="b">a</a></strong> c</p>'),
        ("[a](b){: not these} c", '<p><a href="b">a</a>{: not these} c</p>'),
    ],
)
def test_attributes_that_are_written_loosely(written, shown):
    """As kramdown takes them: what has a value, behind a link."""
    assert parse(written).html().strip() == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[Go](b){ .md-button .md-button--primary }", "push"),
        ("[Go](b){.md-button}", "push soft"),
        ('<a href="b" class="button primary">Go</a>', "push"),
        ('<a class="button secondary" href="b">Go</a>', "push soft"),
        ('<a href="b" class="buttonish">Go</a>', ""),
        ("[Go](b){.other}", ""),
    ],
)
def test_links_that_look_like_buttons_stay_so(written, shown):
    """Of Material for MkDocs and GitBook; the quiet ones quietly; any other class is left out."""
    before, after = (f'<span class="{shown}">', "</span>") if shown else ("", "")
    assert parse(written).html().strip() == f'<p>{before}<a href="b">Go</a>{after}</p>'
    assert parse(written).markdown().strip() == "[Go](b)"


@pytest.mark.parametrize("written", ["{.is-warning}", "{: .warning }"])
def test_a_class_below_a_quote(written):
    """As Wiki.js and kramdown have it: the quote is a callout; a class of another kind is nothing."""
    document = parse(f"> Do **not**\n> go.\n{written}\n\ntext\n{written}\n")
    assert document.html().count('class="callout warning"') == 1
    assert [s.text for s in document.sections] == ["Warning\nDo not go.\ntext"]
    assert "<blockquote>" in parse("> a\n{.other}\n").html()
    nested = parse("> a\n>\n> - b\n>   {.is-info}\n\nc\n").html()
    assert "callout" not in nested
    off = parse("> a\n{.is-info}\n", syntax=MarkdownConfig(callouts=False)).html()
    assert "<blockquote>" in off


def test_an_alert_whose_sign_was_forgotten():
    """`[!NOTE]` right above a quote is its label; anywhere else it is text."""
    assert 'class="callout note"' in parse("a\n\n [!NOTE]\n> Heed **this**.\n").html()
    assert "[!NOTE]" in parse("[!NOTE]\n\ntext\n").sections[0].text
    assert "[!NOTE]" in parse("a [!NOTE]\n> b\n").sections[0].text


def test_a_heading_that_is_defined():
    """As Python-Markdown has it: a heading still, and below it what the text says of it."""
    body = "# A\n\n#### `X` {#x}\n\n: One\n\n: Two:\n\n    ```\n    a\n    ```\n\n#### Y #\n: Three\n\nb\n: c\n"
    document = parse(body)
    assert [(s.heading, s.anchor, s.text) for s in document.sections[1:]] == [
        ("X", "x", "One\nTwo:\na"),
        ("Y", "y", "Three\nb\nc"),
    ]
    html = document.html()
    assert html.index("</h4>") < html.index("<dl>") < html.index("One")
    assert html.count("<dl>") == html.count("</dl>") == 2
    assert [s.text for s in parse(document.markdown()).sections] == [
        s.text for s in document.sections
    ]
    off = MarkdownConfig(definition_lists=False)
    assert parse(body, syntax=off).sections[1].text.startswith(": One")


@pytest.mark.parametrize("name", ["slight_smile", "slight_frown", "upside_down"])
def test_emoji_by_names_of_forums(name):
    """Those of JoyPixels, where GitHub has another."""
    assert f":{name}:" not in parse(f"a :{name}: b").sections[0].text
