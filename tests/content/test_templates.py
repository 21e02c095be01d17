"""Marks of other tools: what each becomes, and what only looks like one."""

import re

import pytest

from kb.config import DEFAULT_LIMITS
from kb.content import scan
from kb.content.dialects import find_dialect
from kb.content.reader import read_page
from kb.model import Severity

JEKYLL = {"_config.yml": "title: Help\nsupport: https://help.example.com\nbaseurl: /help\n"}
HUGO = {"hugo.toml": 'title = "Help"\n[params]\nphone = "555"\n'}
MINTLIFY = {"docs.json": '{"navigation": {}, "variables": {"product": "Box"}}'}


def read(folder, files, name="content/a.md", **options):
    """The page of an article, and the problems of its document."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    content = folder / "content"
    dialect = find_dialect(content)
    source = next(f for f in scan(content, dialect).articles if f"content/{f.path}" == name)
    return read_page(content, source, dialect=dialect, limits=DEFAULT_LIMITS)


def seen(folder, files, body, name="content/a.md"):
    """The HTML and the text of an article with that body."""
    page = read(folder, {**files, name: body}, name)
    assert not isinstance(page, tuple), page
    sections = page.document.sections
    text = "\n".join(part for s in sections for part in (s.heading, s.text) if part)
    return page.document.html().strip(), text.strip()


LIQUID = [
    ("Click {% icon fa-cog %} **Settings**.", "Click  Settings."),
    (
        "see [two]({{site.baseurl}}/b/), [this]({% link _articles/b.md %}), [that]({% post_url 2020-01-02-x %}).",
        "see two, this, that.",
    ),
    ("{% raw %}{{ x }}{% endraw %} and {{ site.title }}, {{ site.none }}.", "{{ x }} and Help, ."),
    ("a\n{% if site.x %}\nb\n{% else %}\nc\n{% endif %}\nd", "a\nb\nd"),
    ("a {% if x %}b{% else %}c{% endif %} d", "a b d"),
    ("{% highlight ruby %}\nputs {{ 1 }}\n{% endhighlight %}", "puts {{ 1 }}"),
    ('{% include note.html text="Old" %}', "Heed this: Old."),
    ("On {% include list.md %}, or {% include list.md %}.", "On Mac, Phone, or Mac, Phone."),
    ("{% capture x %}\nhidden\n{% endcapture %}\nshown", "shown"),
    (
        "{% capture x %}\n\n- **in**\n\n{% endcapture %}\n{{ x | markdownify }}\n\nafter",
        "in\nafter",
    ),
    (
        '{% assign p = "Box" %}\n{% capture q %}the {{ p }}{% endcapture %}\n\nOf {{ q }}',
        "Of the Box",
    ),
    (
        "<div>\n{% for a in b %}\n<a href='{{ a.url }}'>{{ a.name }}</a>\n{% endfor %}\n</div>\nx",
        "x",
    ),
    (
        "`{% x %}` and\n\n    {% y %}\n\n```\n{{ site.title }}\n```",
        "{% x %} and\n{% y %}\n{{ site.title }}",
    ),
]


@pytest.mark.parametrize(("body", "text"), LIQUID)
def test_liquid(tmp_path, body, text):
    """Jekyll's tags."""
    files = {
        **JEKYLL,
        "content/b.md": "# B",
        "_includes/note.html": "Heed <b>this</b>: {{ include.text }}.\n",
        "_includes/list.md": "\n[Mac]({{ site.baseurl }}/b), {% include one.md %}\n",
        "_includes/one.md": "[Phone]({{site.baseurl }}/b)\n",
    }
    assert seen(tmp_path, files, body)[1] == text


HUGOS = [
    ('[that]({{< relref "b.md" >}}) [b]({{% ref "/b" %}})', "that b"),
    ('{{< figure src="x.png" alt="A box" title="The box" >}}', "A box\nThe box"),
    ('a {{< legacy-img src="x.png" alt="A box" >}}', "a A box"),
    ("<br>\n{{< note >}}\nSee [b](b.md) **now**\n{{< /note >}}", "Note\nSee b now"),
    (
        '{{< linked_headline "About the *box*" >}}\n\nx {{< mention "two words" >}} {{< mention one >}}',
        "About the box\nx two words",
    ),
    (
        'x {{< only-here ref="b#part" caption="The *b*" >}} {{< page-ref page="how/pay-late" >}}',
        "x The b Pay late",
    ),
    ('a {{< load-code path="x.py" title="b" >}} {{< badge url="/b" >}} c', "a   c"),
    (
        '{{<mermaid align="center">}}\ngraph\n\n    a --> *b*\n{{< /mermaid >}}\nx',
        "graph\n\n    a --> *b*\nx",
    ),
    ('{{< mermaid file="a.mmd" >}}\n\nx', "x"),
    ("{{< youtube abc123 >}}", "https://www.youtube.com/watch?v=abc123"),
    ("{{% panel %}}\n**bold**\n{{% /panel %}}", "bold"),
    ("Call {{< param phone >}} {{< unknown >}}now", "Call 555 now"),
    ("{{< highlight go >}}\nx := {{ 1 }}\n{{< /highlight >}}", "x := {{ 1 }}"),
    ("Write `{{</* x */>}}`: {{</* x */>}}", "Write {{</* x */>}}: {{< x >}}"),
    ("In templates {{ .Title }} is the title.", "In templates {{ .Title }} is the title."),
]


@pytest.mark.parametrize(("body", "text"), HUGOS)
def test_hugo(tmp_path, body, text):
    """Shortcodes."""
    assert seen(tmp_path, {**HUGO, "content/b.md": "# B"}, body)[1] == text


MDX = [
    (
        "import X from './x.mdx'\nexport const a = {\n  b: 1,\n\n  c: 2\n}\n\n# T\n\ntext {a.b} {'word'} {\" \"}end",
        "T\ntext  word  end",
    ),
    (
        '<Steps>\n  <Step title="One">\n    Do **this**:\n\n    - a\n    - b\n  </Step>\n  <Step title="Two">Then that.</Step>\n</Steps>',
        "One\nDo this:\na\nb\nTwo\nThen that.",
    ),
    (
        '<CardGroup cols={2}>\n<Card title="Start" href="/b" icon="x">\nBegin here\n</Card>\n<Card title="End" href="/c" />\n</CardGroup>',
        "Start\nBegin here\nEnd",
    ),
    (
        '<div style={{color: "red"}} className="x">\n  **In**\n\n  <span style={{a: 1}}>words</span>\n</div>',
        "In\nwords",
    ),
    ('<Frame caption="The box"><img src="/x.png" alt="A" /></Frame>', "The box\nA"),
    (
        'Press <Icon icon="star" /> <Badge>New</Badge> <Tooltip tip="t">tip</Tooltip>',
        "Press  New tip",
    ),
    (
        '<ParamField path="id" type="string" required>\nThe id\n</ParamField>',
        "id string, required\nThe id",
    ),
    (
        "```js\nimport x from 'y'\n<Card/>\n```\n\n`<Card/>` and `{x}`",
        "import x from 'y'\n<Card/>\n<Card/> and {x}",
    ),
    (
        '<Snippet file="hello.mdx" />\n\nThe {{product}}',
        "Hello from **here**\nThe Box".replace("**", ""),
    ),
    ("import Part from '/snippets/hello.mdx'\n\n<Part />\n", "Hello from here"),
    (
        '<CopyPrompt\n  isShut\n  isLast\n  title="Ask"\n  prompt={`Don\'t use "cy.*" {x}\\n1. Go`}\n/>\n\nThen',
        "Ask\nThen",
    ),
    (
        '<Fragment set:html={"<pre class=\\"language-text\\"><code>a.js <b>1</b><br />&lt;b&gt; \\u00e9</code></pre>"} />',
        "a.js 1\n<b> \u00e9",
    ),
    (
        '- <Icon name="x" inline />\n  [Hub](/b)\n- <Icon name="y" /> [Lab](/c)',
        "Hub\n [Lab".replace("[", ""),
    ),
    ('<span className="x">\nSay **it**\n</span>', "Say it"),
    ("Warning:{'\\n'}{\"  \"}at App", "Warning:  at App"),
    ("The formula $\\frac{a}{b}$ stays.", "The formula \\frac{a}{b} stays."),
]


@pytest.mark.parametrize(("body", "text"), MDX)
def test_mdx(tmp_path, body, text):
    """Components, expressions, imports."""
    files = {**MINTLIFY, "snippets/hello.mdx": "---\ntitle: x\n---\nHello from **here**\n"}
    assert seen(tmp_path, files, body, "content/a.mdx")[1] == text


def test_the_id_of_a_component_is_a_place_to_link_to(tmp_path):
    """But for those of films and the like, which another host has."""
    body = (
        '# A\n\n<ManualAnchor id="any-one" />\n###### One\n\nSee <Anchor id="two" /> here.\n\n'
        '<Accordion id="three" title="T">\nText.\n</Accordion>\n\n'
        '<YouTube id="abcdefghijk" />\n\n<Pad id="a b" />\n'
    )
    page = read(tmp_path, {**MINTLIFY, "content/a.mdx": body}, "content/a.mdx")
    assert page.document.anchors == ("a", "any-one", "one", "two", "three")
    assert '<span id="two"></span>' in page.document.html()
    assert [what for what, _ in page.document.left_out] == ["<Pad>"]


OTHERS = [
    ("> [!INCLUDE [x](parts/x.md)]", "Included."),
    ("[!INCLUDE[x](parts/x.md)]", "Included."),
    ("Select [!UICONTROL File > Save] in [!DNL Box].", "Select File > Save in Box."),
    (':::image type="content" source="x.png" alt-text="A box":::', "A box"),
    (
        ':::zone pivot="a"\n\nin\n\n:::zone-end\n\n::: moniker range=">=2"\nnew\n::: moniker-end',
        "in\nnew",
    ),
    ("[!VIDEO https://video.example/1]", "https://video.example/1"),
    ('--8<-- "parts/x.md"', "Included."),
    ('{% embed url="https://video.example/1" %}', "https://video.example/1"),
    ('{% content-ref url="b.md" %}\n[b.md](b.md)\n{% endcontent-ref %}', "b.md"),
    ('{% page-ref page="../how-to/pay_late.md" %}', "Pay late"),
    ('{% file src="x.pdf" %}\nThe paper\n{% endfile %}', "x.pdf\nThe paper"),
    ("{% stepper %}\n{% step %}\n## One\n\nx\n{% endstep %}\n{% endstepper %}", "One\nx"),
    (
        "{% ifversion ghes %}Server{% else %}Cloud{% endif %} of {% data variables.product.name %}: {% data reusables.a.b %}",
        "Cloud of Box: Reused.",
    ),
    ("{{#include parts/x.md}}", "Included."),
    (
        '<div style={{margin: 0}}>\n\nin\n\n</div>\n\na <img src="x.png" alt="b" style={{a: 1}} /> c',
        "in\na b c",
    ),
]


@pytest.mark.parametrize(("body", "text"), OTHERS)
def test_marks_that_no_text_has_by_chance(tmp_path, body, text):
    """They are read in any folder."""
    files = {
        "content/parts/x.md": "Included.\n", "content/b.md": "# B", "content/x.pdf": "x",
        "content/data/variables/product.yml": "name: Box\n", "content/data/reusables/a/b.md": "Reused.\n",
    }  # fmt: skip
    assert seen(tmp_path, files, body)[1] == text


VUE = [
    ("<span v-pre>{{ x }}</span> and {{ y }}.", "{{ x }} and ."),
    ("::: v-pre\n{{ x }} in `{{ z }}`\n:::\n\n{{ y }}.", "{{ x }} in {{ z }}\n."),
    ('<div class="a" v-pre>\n\n{{ x }}\n\n</div>\n\n{{ y }}.', "{{ x }}\n."),
    ('<a :href="at(\'/b\')" @click="go" v-if="a > b">Go</a> on', "Go on"),
    (
        "@startsalt\n{ [X] a | ^b^ }\n@endsalt\n\nafter",
        "@startsalt\n{ [X] a | ^b^ }\n@endsalt\nafter",
    ),
    ("@startuml\nwithout *end*", "@startuml without end"),
]


@pytest.mark.parametrize(("body", "text"), VUE)
def test_vue(tmp_path, body, text):
    """What Vue keeps its hands off, what it binds, and the drawings of its plugins."""
    assert seen(tmp_path, {"content/.vitepress/config.js": ""}, body)[1] == text


PLAIN = [
    "Use {{ first_name }} in {braces} and {{double}} ones.",
    "a < b, c > d, <https://example.com> and x<y>z",
    "The set {1, 2} and {x | x > 0}; 100 % {sure}",
    "Type ::: or [!] or [x!] and $a{b}$",
    "Generic<T> and List<String> of Map<K, V>",
    "An import of goods, and an export const of law",
    "---8<--- cut here",
    "{# not closed, {% nor this",
    "f(x) = { y } and \\{% this %}",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_like_a_mark_stays(tmp_path, text):
    """In a folder of no generator."""
    shown = text.replace("<https://example.com>", "https://example.com").replace("\\{", "{")
    assert seen(tmp_path, {}, text)[1] == shown


def test_icons_of_a_theme_of_mkdocs_are_left_out(tmp_path):
    """Theirs have hyphens in their names, and may have attributes; elsewhere these are words."""
    body = ":shop-cart:{ .lg .middle } **Pay** :own: :+1: 10:a-b:c"
    shown = {"mkdocs.yml": "site_name: X\n"}, {}
    texts = [seen(tmp_path / str(n), files, body)[1] for n, files in enumerate(shown)]
    assert texts[0] == "Pay :own: 👍 10:a-b:c"
    assert texts[1].startswith(":shop-cart:")


COLLECTION = {
    "_config.yml": "collections_dir: content\ncollections:\n  desktop:\n    output: true\n"
}


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("if page.collection == 'desktop'", "a b d"),
        ('if page.collection != "desktop"', "a c d"),
        ("unless page.collection == 'desktop'", "a c d"),
        ("if page.plan == page.collection", "a c d"),
        ("if page.plan == 'big' or page.x", "a b d"),  # more than two values: not told
        ("if page.unknown == 'x'", "a b d"),
    ],
)
def test_a_condition_between_values_that_are_known_shows_its_branch(tmp_path, condition, shown):
    """One that is not known is shown as if it held."""
    body = f"---\nplan: big\n---\na {{% {condition} %}}b{{% else %}}c{{% endif %}} d\n"
    assert seen(tmp_path, COLLECTION, body, "content/_desktop/a.md")[1] == shown


def test_what_is_included_knows_what_it_is_given(tmp_path):
    """A text or a variable of the page, in conditions as in its text, and in links."""
    part = (
        "{% if include.product == 'desktop' %}\nOn a desk.\n{% endif %}\n\n"
        "{% if include.product == 'phone' %}\nIn a pocket.\n{% endif %}\n\n"
        "See [{{ include.word }}](/{{page.collection}}/start.html), {{ page.name }}.\n"
    )
    files = {**COLLECTION, "_includes/part.md": part}
    body = "{% include part.md product = page.collection word='the start' %}\n"
    html, text = seen(tmp_path, files, body, "content/_desktop/a.md")
    assert text == "On a desk.\nSee the start, a.md."
    assert 'href="/desktop/start.html"' in html


def test_marks_keep_the_lines(tmp_path):
    """Sections and problems have those of the article's own file."""
    body = "# A\n\n{% include x.md %}\n\n{% if y %}\n## B\n\n{% gone %}\n{% endif %}\n"
    page = read(
        tmp_path,
        {
            **JEKYLL,
            "content/a.md": body,
            "_includes/x.md": "one\n\ntwo\n\nthree\n\n## In\n\nfour\n",
        },
    )
    assert [(s.heading, s.lines[0]) for s in page.document.sections] == [
        ("A", 1),
        ("In", 3),
        ("B", 6),
    ]
    assert page.document.left_out == (("{% gone %}", 8),)
    assert [str(p) for p in page.article.problems] == ["a.md:8: {% gone %}: left out"]


EMPTY = [
    ("# {% t x %}\n\n{% tf a.md %}\n", "1: nothing of this article can be shown: its text comes from {% t %}, {% tf %}"),
    ("# A\n\n{% toc %}\n\n## B\n\n{% gone %}\n", "3: nothing of this article can be shown: its text comes from {% toc %}, {% gone %}"),
    ("# A\n\n{% gone %}\n\nWords.\n", "3: {% gone %}: left out"),
    ("# A\n\n{% gone %}\n\n![A picture](a.png)\n", "3: {% gone %}: left out"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), EMPTY)
def test_an_article_of_which_nothing_is_left_is_told_of(tmp_path, body, said):
    """Its page would be empty, which nobody sees who looks at warnings alone."""
    (problem,) = read(tmp_path, {**JEKYLL, "content/a.md": body}).article.problems
    assert str(problem) == f"a.md:{said}"
    assert (problem.severity is Severity.WARNING) == ("nothing" in said)


SECRETS = [
    "../../secret.md",
    "/etc/passwd",
    "../secret.md",
    "..%2fsecret.md",
    ".hidden.md",
    "link.md",
    "draft.md",
    "C:\\x.md",
    "folder",
]


DOCUSAURUS = {"docusaurus.config.js": "export default {}"}
VITEPRESS = {"content/.vitepress/config.js": "export default {}"}
MARKED = [
    (DOCUSAURUS, "a\n// highlight-next-line\nb\nc", "a\nb\nc", "b"),
    (DOCUSAURUS, "# highlight-start\na\n\nb\n# highlight-end\nc", "a\n\nb\nc", "a  b"),
    (DOCUSAURUS, "<!-- highlight-next-line -->\n<b>\nc", "<b>\nc", "&lt;b&gt;"),
    (DOCUSAURUS, "{/* highlight-next-line */}\nb", "b", "b"),
    (VITEPRESS, "a // [!code highlight]\nb", "a\nb", "a"),
    (VITEPRESS, "// [!code focus:2]\na\nb\nc", "a\nb\nc", "a b"),
    (VITEPRESS, "a // [!code --]\nb // [!code ++]\nc", "- a\n+ b\nc", "- a + b"),
    (VITEPRESS, "a # [!code word:x]\nb", "a # [!code word:x]\nb", ""),
    ({}, "a\n// highlight-next-line\nb", "a\n// highlight-next-line\nb", ""),
]


@pytest.mark.parametrize(("files", "code", "text", "marked"), MARKED)
def test_comments_in_code_that_mark_its_lines_are_marks(tmp_path, files, code, text, marked):
    """Gone from the text, with the lines marked on the page; where no generator takes them so, they
    stay.
    """
    page = read(tmp_path, {**files, "content/a.md": f"```text\n{code}\n```\n"})
    assert page.document.sections[0].text.rstrip("\n") == text
    shown = re.findall(
        r'<span class="line marked">(.*?)\n</span>', page.document.html(highlight=True)
    )
    assert " ".join(shown) == marked


ZOLA = {"config.toml": 'title = "Help"\nbase_url = "https://example.com"\ntheme = "x"\n'}
SHORTCODES = [
    ('{% alert(type="warning", icon="x") %}\nKeep **it**.\n{% end %}\nb', "Warning\nKeep it.\nb"),
    ("{% note(\n  title='To \"do\"'\n) %}\na\n{% end %}", 'Note: To "do"\na'),
    ("{% tip() %}\na\n\n{% box(n=1) %}\nb\n{% end %}\n\nc\n{% end %}\nd", "Tip\na\nb\nc\nd"),
    ("a {% b() %}c{% end %} {{ d(n=3) }}e", "a c e"),
    ('{{ youtube(id="abc", autoplay=true) }}', "https://www.youtube.com/watch?v=abc"),
    ('{{ image(path="b/c.png", alt="A label") }}', "A label"),
    ('{{ clip(src="c.mp4", name="A clip") }}', "A clip"),
    (
        'Show {{/* x(a="b") */}}, {%/* y() */%} and `{{/* z() */}}`',
        'Show {{ x(a="b") }}, {% y() %} and {{ z() }}',
    ),
    ("```\n{%/* y() */%}\n{% y() %}\n{{ x() }}\n```\nb", "{% y() %}\n{% y() %}\n{{ x() }}\nb"),
    ("{% mermaid() %}\na-->b\n{% end %}", "a-->b"),
    ("{{ a }} and {% end %} ` {% b( %} c", "{{ a }} and  `  c"),
    ("a\n\n<!-- more -->\n\nb", "a\nb"),
]


@pytest.mark.parametrize(("body", "text"), SHORTCODES)
def test_shortcodes_of_zola(tmp_path, body, text):
    """What they show by an address is shown; others are left out, with their bodies kept."""
    assert seen(tmp_path, ZOLA, body)[1] == text


def test_links_of_zola_start_at_the_root_of_its_content(tmp_path):
    """On a page, in a definition and with spaces; not in code."""
    body = "[a](@/b/c.md#d) [e](<@/f g.md>) [h] `](@/i)` {{ x(path='b/c.png') }}\n\n[h]: @/j.md\n"
    html, _ = seen(tmp_path, ZOLA, body)
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == [
        "/b/c.md#d", "/f%20g.md", "/j.md", "/b/c.png",
    ]  # fmt: skip
    assert "<code>](@/i)</code>" in html


@pytest.mark.parametrize(
    "unit", ["{% a(", "{% a() %}\n", "{% end %}", "`", "``` ", "{{/*", "{{ a(", "](@/", "~~~\n"]
)
def test_beginnings_of_zola_that_nothing_ends(tmp_path, unit):
    """Were any looked for to the end of the text, each time, this would take minutes."""
    page = read(tmp_path, {**ZOLA, "content/a.md": unit * (40_000 // len(unit))})
    assert isinstance(page, tuple) or len(page.document.markdown()) < 1_000_000


MARKDOC = [
    ("a\n\n{% comment %}\nb\n{% /comment %}\n\nc {% comment %}d{% /comment %}e", "a\nc e"),
    ("# {% $markdoc.frontmatter.title %}\n\nOf {% $markdoc.page %}.", "Late\nOf ."),
    (
        '{% partial file="b.md" /%}\n\nSee {% partial file="b.md" /%}',
        "Shared words.\nSee Shared words.",
    ),
    ("a {% if equals($x, 1) %}b{% else $y /%}c{% /if %}", "a b"),
]


@pytest.mark.parametrize(("body", "text"), MARKDOC)
def test_markdoc_in_any_folder(tmp_path, body, text):
    """Its tags mean nothing in plain text."""
    files = {"package.json": "{}", "content/markdoc/partials/b.md": "Shared words.\n"}
    assert seen(tmp_path, files, f"---\ntitle: Late\n---\n{body}")[1] == text


WRITERSIDE = {
    "writerside.cfg": '<ihp version="2.0"><topics dir="content"/><vars src="v.list"/>'
    '<snippets src="code"/><instance src="h.tree"/></ihp>',
    "v.list": '<!-- <var name="no" value="x"/> --><vars><var name="product" value="Box &amp; Co"/></vars>',
    "code/a.kt": "one\ntwo\nthree\n",
}
TAGS = [
    (
        "[//]: # (title: Late parcels)\n\nOf %product%, %no%, 5% of 6%.",
        "Late parcels\nOf Box & Co, %no%, 5% of 6%.",
    ),
    ('> a\n>\n{style="warning"}\n\nb', "Warning\na\nb"),
    ('> a > b\n\n> - c > d\n{style="note"}', "a > b\nc > d"),
    (
        '<procedure title="Send it" id="s">\n<step>Click <control>Send</control>.</step>\n<step>Wait.</step>\n</procedure>',
        "Send it\nClick Send.\nWait.",
    ),
    (
        '<tabs group="a">\n<tab title="One">\n\nx\n\n</tab>\n<tab title="Two">\n\ny\n\n</tab>\n</tabs>',
        "One\nx\nTwo\ny",
    ),
    (
        '<tip>\n\nBe **quick**.\n\n</tip>\n\n<note title="Old">b</note>',
        "Tip\nBe quick.\nNote: Old\nb",
    ),
    (
        "Press <shortcut>Ctrl+S</shortcut> in <ui-path>File</ui-path>, `<tip>` too.",
        "Press Ctrl+S in File, <tip> too.",
    ),
    ('```kotlin\n```\n{src="a.kt" include-lines="1-2"}\n\nb', "one\ntwo\nb"),
    ("```xml\n<tip>%product%</tip>\n```", "<tip>Box & Co</tip>"),
    ('<deflist>\n<def title="One">first</def>\n</deflist>', "One\nfirst"),
    ('a\n\n<include from="b.md" element-id="c"/>\n\n<link-summary>d</link-summary>', "a"),
]


@pytest.mark.parametrize(("body", "text"), TAGS)
def test_tags_of_writerside(tmp_path, body, text):
    """What they say, and the values of its list of variables."""
    assert seen(tmp_path, WRITERSIDE, body)[1] == text


def test_names_of_headings_in_writerside(tmp_path):
    """`{id="x"}`, with other attributes, too; not in code."""
    body = '## Ways {id="all-ways" collapsible="true"}\n\n`{id="b"}`\n'
    html, _ = seen(tmp_path, WRITERSIDE, body)
    assert '<h2 id="all-ways">Ways</h2>' in html
    assert "{id=&quot;b&quot;}" in html


@pytest.mark.parametrize(
    "unit",
    ["<tab ", "`", "> a\n", "%a", "<var ", "```\n", "{src=", "<tip>", "<procedure>\n<step>\n"],
)
def test_beginnings_of_writerside_that_nothing_ends(tmp_path, unit):
    """Were any looked for to the end of the text, each time, this would take minutes."""
    page = read(tmp_path, {**WRITERSIDE, "content/a.md": unit * (20_000 // len(unit))})
    assert isinstance(page, tuple) or len(page.document.markdown()) < 1_000_000


DOCSIFY = [
    ("[x](_part.md ':include')", "Part"),
    ('[x](_part.md ":include :type=markdown")', "Part"),
    ("[x](_part.md ':include :type=code')", "# Part"),
    ("[x](_a.js ':include')", "one\n/// [two]\n2\n/// [two]"),
    ("[x](_a.js ':include :type=code :fragment=two')", "2"),
    ("[x](page.html ':include height=400px')", "x"),
    ("[x](_part.md ':ignore')", "x"),
    ("[x](none.md ':include')", "x"),
    ("see [x](_part.md ':include')", "see x"),
]


@pytest.mark.parametrize(("body", "text"), DOCSIFY)
def test_links_of_docsify_whose_title_says_so_are_the_file(tmp_path, body, text):
    """On a line of their own; what is no text stays a link."""
    files = {
        "content/index.html": "<script>window.$docsify = {}</script>",
        "content/_part.md": "# Part\n",
        "content/_a.js": "one\n/// [two]\n2\n/// [two]\n",
        "content/page.html": "x",
    }
    assert seen(tmp_path, files, body)[1] == text


@pytest.mark.parametrize("name", SECRETS)
def test_an_include_leaves_neither_the_project_nor_what_is_public(tmp_path, name):
    """Not by dots, by a link, or by naming what is hidden."""
    (tmp_path / "secret.md").write_text("SECRET")
    project = tmp_path / "project"
    files = {
        "_config.yml": "",
        "_includes/.hidden.md": "SECRET",
        "_includes/draft.md": "---\ndraft: true\n---\nSECRET",
        "_includes/folder/x": "SECRET",
    }
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    (project / "_includes" / "link.md").symlink_to(tmp_path / "secret.md")
    marks = ("{%% include %s %%}", "[!INCLUDE [x](%s)]", '--8<-- "%s"', '{{< include "%s" >}}')
    for mark in (*marks, '{%% include-markdown "%s" end="x" %%}'):
        _, text = seen(project, {}, "a\n\n" + mark % name)
        assert "SECRET" not in text
        assert "root:" not in text


def test_code_from_above_the_root_of_the_dialect(tmp_path):
    """What an article calls may stand anywhere in its project; nothing above it, nothing hidden."""
    (tmp_path / "secret.py").write_text("SECRET")
    project = tmp_path / "project"
    files = {
        "docs/en/mkdocs.yml": "site_name: x\n",
        "samples/one.py": "# ANCHOR: part\nfirst = 1\n# ANCHOR_END: part\nlast = 2\n",
        "samples/.env": "SECRET",
        "docs/en/docs/a.md": "{* ../../samples/one.py ln[2:2] *}\n\n"
        '```\n--8<-- "../../samples/one.py:part"\n```\n\n{* ../../samples/.env *}\n\n{* ../../../secret.py *}\n',
    }
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    content = project / "docs" / "en" / "docs"

    def text():
        source = next(iter(scan(content).articles))
        page = read_page(content, source, dialect=find_dialect(content), limits=DEFAULT_LIMITS)
        return page.document.sections[0].text, page.article.includes

    assert "first" not in text()[0]
    (project / "pyproject.toml").write_text("")
    shown, included = text()
    assert shown.startswith("first = 1")
    assert "SECRET" not in shown
    assert "samples/one.py" in {row[0] for row in included}
    (project / "pyproject.toml").unlink()
    (project / ".git").mkdir()
    (project / "docs" / "package.json").write_text("{}")
    assert text()[0].startswith("first = 1")


def test_includes_end(tmp_path):
    """One that includes itself, and one that doubles again and again."""
    files = {**JEKYLL, "_includes/x.md": "x {% include x.md %}\n\n{% include x.md %}\n"}
    assert seen(tmp_path, files, "{% include x.md %}")[1].count("x") < 2_000
    for number in range(12):
        inner = f"{{% include {number + 1}.md %}}\n" * 12
        files[f"_includes/{number}.md"] = inner if number < 11 else "laugh " * 1_000
    page = read(tmp_path, {**files, "content/a.md": "{% include 0.md %}\n"})
    assert isinstance(page, tuple) or len(page.document.sections[0].text) < DEFAULT_LIMITS.file


def test_what_includes_make_is_limited(tmp_path):
    """As if it stood in the article."""
    files = {**JEKYLL, "_includes/x.md": "word " * 200_000}
    page = read(tmp_path, {**files, "content/a.md": "{% include x.md %}\n\n" * 900})
    assert isinstance(page, tuple)
    assert "includes and variables" in page[0].message


def test_an_included_text_runs_nothing(tmp_path):
    """Nor does a variable."""
    files = {
        "_config.yml": "evil: <script>alert(1)</script><img src=x onerror=alert(1)>\n",
        "_includes/x.md": '<script>alert(1)</script>\n\n<a href="javascript:alert(1)" onclick=x>y</a>\n',
    }
    html, _ = seen(
        tmp_path, files, "{{ site.evil }}\n\n{% include x.md %}\n\n[a]({{ site.evil }})\n"
    )
    assert "<script" not in html
    assert "onerror" not in html.replace("&quot;", "")
    assert "javascript" not in html


PROGRAM = (
    "// ANCHOR: all\nfn main() {\n    // ANCHOR: part\n    let a = 1;\n    let b = 2;\n"
    "    // ANCHOR_END: part\n}\n// ANCHOR_END: all\n"
)
SCRIPT = "import x\n// #region part\n  one()\n  two()\n// #endregion part\nrest()\n"
CALLED = {
    "code/a.rs": PROGRAM,
    "code/a.js": SCRIPT,
    "code/a.cs": "// <part>\nRun();\n// </part>\nEnd();\n",
    "code/a.py": "# --8<-- [start:part]\nrun()\n# --8<-- [end:part]\nlast()\n",
    "code/b.md": "Above.\n\n<!-- #region part -->\n**Within** <!-- hidden -->\n<!-- #endregion part -->\n\nBelow.\n",
    "code/draft.md": "---\ndraft: true\n---\nSecret\n",
    "code/.secret.js": "secret()\n",
}
BOOK = {"book.toml": "[book]\n"}
VITEPRESS = {
    "content/.vitepress/config.js": "export default {}\n",
    **{f"content/{path}": text for path, text in CALLED.items()},
}
DOCFX = {"docfx.json": "{}"}
MKDOCS = {"mkdocs.yml": "site_name: X\n"}
CODE = [
    (BOOK, "```rust\n{{#include ../code/a.rs:part}}\n```", "let a = 1;\nlet b = 2;"),
    (BOOK, "```rust\n{{#rustdoc_include ../code/a.rs:2:4}}\n```", "fn main() {\n    let a = 1;"),
    (BOOK, "{{#playground ../code/a.rs:part}}", "let a = 1;\nlet b = 2;"),
    (BOOK, "{{#include ../code/b.md:part}}", "Within"),
    (BOOK, "{{#title Other}}\n\n\\{{#include x}} a", "{{#include x}} a"),
    (
        BOOK,
        "```\n\\{{#include x.rs}}\n{{#include none.rs}}\n```",
        "{{#include x.rs}}\n{{#include none.rs}}",
    ),
    (VITEPRESS, "<<< @/code/a.js#part{2} [Title]", "Title\none()\ntwo()"),
    (VITEPRESS, "<!--@include: ./code/b.md#part-->", "Within"),
    (
        VITEPRESS,
        "<!-- @include: ./code/b.md{7,7} -->\n\n<!-- @include: ./code/none.md -->",
        "Below.",
    ),
    (VITEPRESS, "@[code{1-1} js](./code/a.js)", "import x"),
    (DOCFX, ':::code language="csharp" source="../code/a.cs" id="part":::', "Run();"),
    (DOCFX, ':::code source="../code/a.cs" range="4":::', "End();"),
    (DOCFX, "[!code-csharp[Main](../code/a.cs?name=part&highlight=1)]", "Run();"),
    (DOCFX, "[!code-csharp[Main](../code/a.cs#L2-L2)]", "Run();"),
    (MKDOCS, '``` py\n--8<-- "code/a.py:part"\n;--8<-- "x"\n```', 'run()\n--8<-- "x"'),
    (MKDOCS, '--8<-- "code/b.md:part"', "Within"),
    (MKDOCS, "{* ../code/a.py ln[4] *}", "last()"),
    (
        MKDOCS,
        """{% include-markdown "../code/b.md"
   start="<!-- #region part -->" end="<!-- #endregion part -->"
%}""",
        "Within",
    ),
    (MKDOCS, '{% include-markdown "../code/b.md" end="**Within**" %}', "Above."),
    (MKDOCS, '{% include-markdown "../code/b.md" start="**With" end="in**" %}', "Within"),
    (MKDOCS, '{% include-markdown "../code/draft.md" start="a" %}', ""),
    (MKDOCS, "{!../code/b.md!}\n\n{!none.md!}", "Above.\nWithin\nBelow."),
    (BOOK, "{!../code/b.md!}", "{!../code/b.md!}"),
    (
        {
            "mkdocs.yml": "markdown_extensions:\n- pymdownx.snippets: {base_path: [parts, code]}\n",
            "parts/c.md": "A part.\n",
        },
        '--8<-- "c.md"',
        "A part.",
    ),
    (MKDOCS, "<<< @/code/a.js", "<<< @/code/a.js"),
    (BOOK, "{{#include ../code/draft.md}} {{#include ../code/.secret.js}}", ""),
    (
        BOOK,
        "```\n{{#include ../../../etc/passwd.txt}}\n```",
        "{{#include ../../../etc/passwd.txt}}",
    ),
]


@pytest.mark.parametrize(("beside", "body", "text"), CODE)
def test_code_and_parts_of_files(tmp_path, beside, body, text):
    """Lines and named regions, in fences and alone; nothing hidden, and nothing out of the root."""
    html, shown = seen(tmp_path, {**beside, **CALLED}, body)
    assert shown == text.strip()
    assert not any(word in html for word in ("hidden", "Secret", "secret()", "ANCHOR", "region"))


def test_values_are_read_where_there_are_loops(tmp_path):
    """A page with a loop is a template, whatever its dialect; any other one is not."""
    loop = "{% for user in people %}\n\n- {{ user.name }} of {{ site }}\n\n{% endfor %}\n"
    assert seen(tmp_path, MKDOCS, f"{loop}\n`{{{{ x }}}}` end")[1] == "of\n{{ x }} end"
    assert seen(tmp_path, MKDOCS, "Hello {{ user.name }}")[1] == "Hello {{ user.name }}"
    assert seen(tmp_path, VITEPRESS, "Version {{ $page.version }}.")[1] == "Version ."
