"""Pages of other generators, read as they are."""

import pytest

from kb.content import SourceFile, read_article, scan
from kb.content.dialects import NAMES
from kb.errors import ContentError
from kb.model import Severity
from kb.site.embed.generators import GENERATORS, address_of, find_generator, heading_ids
from kb.site.embed.generators import read_foreign as read_source

MKDOCS, HUGO, DOCUSAURUS, PLAIN = (GENERATORS[n] for n in ("mkdocs", "hugo", "docusaurus", "plain"))


def read_foreign(id_, text, generator):
    """The page of a file."""
    return read_source(SourceFile(f"{id_}.md", id_, 0, 0, 0, 0), text, generator)


def address(id_, text="# T\n", generator=MKDOCS, pattern="/docs/{id}/"):
    """Where a page stands."""
    return address_of(read_foreign(id_, text, generator), pattern)


@pytest.mark.parametrize(
    ("generator", "id_", "front", "expected"),
    [
        (MKDOCS, "guide/late", "", "/docs/guide/late/"),
        (MKDOCS, "index", "", "/docs/"),
        (MKDOCS, "guide/README", "", "/docs/guide/"),
        (HUGO, "_index", "", "/docs/"),
        (HUGO, "Guide/My Page", "", "/docs/guide/my-page/"),
        (HUGO, "guide/late", "slug: too-late", "/docs/guide/too-late/"),
        (HUGO, "guide/late", "url: /else/where.html", "/else/where.html"),
        (DOCUSAURUS, "01-guide/02-late", "", "/docs/guide/late/"),
        (DOCUSAURUS, "guide/late", "id: later", "/docs/guide/later/"),
        (DOCUSAURUS, "guide/late", "slug: /top", "/docs/top/"),
        (DOCUSAURUS, "guide/guide", "", "/docs/guide/"),
        (PLAIN, "ä b", "", "/docs/%C3%A4%20b/"),
    ],
)
def test_pages_stand_where_their_generator_puts_them(generator, id_, front, expected):
    """Folders, slugs, numbers and upper case follow each generator's rules."""
    text = f"---\n{front}\n---\ntext\n" if front else "text\n"
    assert address(id_, text, generator) == expected


@pytest.mark.parametrize(
    ("pattern", "id_", "expected"),
    [
        ("{id}.html", "guide/late", "guide/late.html"),
        ("{id}.html", "guide/index", "guide/index.html"),
        ("{id}.html", "index", "index.html"),
        ("../{id}/", "index", "../"),
        ("https://example.org/{id}", "a/b", "https://example.org/a/b"),
    ],
)
def test_patterns_say_where(pattern, id_, expected):
    """A pattern holds for pages in files as well as in folders of their own."""
    assert address(id_, pattern=pattern) == expected


@pytest.mark.parametrize(
    "front",
    [
        "---\ndraft: true\n---\n",
        "---\nunlisted: yes\n---\n",
        "---\nsearch:\n  exclude: true\n---\n",
        "---\nstatus: archived\n---\n",
        "+++\ndraft = true\n+++\n",
        '{"draft": true}\n',
        "\n---\nstatus: draft\n---\n",
        "<!-- (c) -->\n---\nDraft: Y\n---\n",
        "---yaml\nstatus: [draft]\n---\n",
        "---\nstatus: Draft\n---\n",
        "---\npublished: off\n---\n",
        "---\nhidden: 'True'\n---\n",
        "---\nbuild: {render: never}\n---\n",
        "---\nrobots: noindex\n---\n",
    ],
)
def test_what_is_not_published_is_left_out(front):
    """Drafts in all three kinds of front matter, and pages that ask not to be found."""
    left_out = read_foreign("a", front + "text\n", HUGO)
    assert isinstance(left_out, tuple)
    assert {problem.severity for problem in left_out} <= {Severity.NOTE}


@pytest.mark.parametrize(
    ("front", "severity"),
    [
        ("status: drfat", Severity.ERROR),
        ("status: Draft!, maybe", Severity.ERROR),
        ("draft: maybe", Severity.WARNING),
        ("drafts: true", Severity.WARNING),
        ("{title: a, title: b}", Severity.ERROR),
    ],
)
def test_what_is_nearly_a_draft_is_left_out_and_said(front, severity):
    """As `kb build` does it, and what can't be read too."""
    (problem,) = read_foreign("a", f"---\n{front}\n---\ntext\n", HUGO)
    assert (problem.severity, problem.line) == (severity, 2)


def test_comments_are_in_no_export():
    """Over several lines, and where they would hold what is left of tags and short codes."""
    body = "A <!-- one\n\n<b>two</b> -->\n{% comment %}three{% endcomment %} `<!-- code -->`\n"
    page = read_foreign("a", body, HUGO)
    assert page.text.split() == ["---", "---", "A", "`<!--", "code", "-->`"]


@pytest.mark.parametrize(
    "front",
    [
        '---\ntitle: "A: title"\ndescription: Short\ntags: [one, two]\nstatus: new\n---\n',
        '+++\ntitle = "A: title"\ndescription = "Short"\ntags = ["one", "two"]\n+++\n',
        '{"title": "A: title", "description": "Short", "tags": ["one", "two"]}\n',
    ],
)
def test_front_matter_becomes_kbs_own(front, tmp_path):
    """Title, description and tags arrive in an article, whatever they were written in."""
    page = read_foreign("a", front + "Text.\n", HUGO)
    (tmp_path / "a.md").write_text(page.text)
    article = read_article(tmp_path, scan(tmp_path).articles[0])
    assert (article.title, article.summary, article.tags) == ("A: title", "Short", ("one", "two"))
    assert article.sections[0].text == "Text."


def test_keys_of_kb_are_kept(tmp_path):
    """A page can have phrases, actions and a tier."""
    front = "---\ntier: contact\nissue: [help me]\ndo:\n  - label: Call\n    where: Phone\n---\n"
    (tmp_path / "a.md").write_text(read_foreign("a", front + "Text.\n", MKDOCS).text)
    article = read_article(tmp_path, scan(tmp_path).articles[0])
    assert (article.tier, article.issues, article.actions[0].where) == (
        "contact",
        ("help me",),
        "Phone",
    )


def test_broken_front_matter_is_an_error():
    """It is named, and never taken for text."""
    with pytest.raises(ContentError, match="TOML"):
        read_foreign("a", "+++\ntitle = \n+++\n", HUGO)


@pytest.mark.parametrize(
    ("generator", "front"),
    [
        (HUGO, "slug: ../../secret"),
        (HUGO, "slug: /../up"),
        (HUGO, "slug: a/%2e%2e/%2E./b"),
        (HUGO, "slug: 'a\\..\\b'"),
        (HUGO, "url: javascript:alert(1)"),
        (HUGO, "url: ' JavaScript:alert(1)'"),
        (HUGO, 'url: "java\\tscript:alert(1)"'),
        (HUGO, "url: data:text/html,x"),
        (HUGO, "url: //evil.example/"),
        (HUGO, "url: /a/../../b"),
        (DOCUSAURUS, "slug: ../x"),
        (DOCUSAURUS, "id: .."),
    ],
)
def test_addresses_that_lead_elsewhere_are_refused(generator, front):
    """A page's own address is on its site: it climbs nowhere, runs nothing, names no other host."""
    with pytest.raises(ContentError, match="is none that a page can have"):
        read_foreign("a", f"---\n{front}\n---\ntext\n", generator)


@pytest.mark.parametrize("url", ["/own/", "own/page", "https://docs.example/a/", "/a:b/"])
def test_other_addresses_are_kept(url):
    """Below the site or with its host."""
    page = read_foreign("a", f"---\nurl: {url}\n---\ntext\n", HUGO)
    assert address_of(page, "/{id}/") == url


@pytest.mark.parametrize(
    "front", ['{"a": ' + "[" * 100_000, "+++\na = " + "[" * 60_000 + "\n+++\n"]
)
def test_deep_front_matter_is_an_error(front):
    """Not the end of the interpreter."""
    with pytest.raises(ContentError, match=r"nested|TOML|JSON"):
        read_foreign("a", front, HUGO)


@pytest.mark.parametrize("unit", ["{{<", "{%", "`a", "``", "# {#a", "<a ", "{{<x>}}"])
def test_marks_without_an_end_are_text(unit):
    """Each is looked for once, however many there are."""
    body = unit * 50_000
    assert len(read_foreign("a", body, DOCUSAURUS).text) >= len(unit)


def test_an_index_without_a_title_is_called_after_its_folder():
    """Not `Index`."""
    assert '"Guide"' in read_foreign("guide/index", "text\n", MKDOCS).text
    assert '"Home"' in read_foreign("index", "text\n", MKDOCS).text


def test_markup_of_generators_is_no_text():
    """Short codes, admonitions, directives, tags and imports go; code stays as it is."""
    body = (
        'import Tabs from "@theme/Tabs";\n{{< ref "x" >}}Ref <b class="x">bold</b> `<i>` {{% x %}}\n'
        '!!! note "Mind"\n    gap\n:::tip[Hint]\ninside\n:::\n```\n<b>{{< kept >}}\n```\n'
    )
    text = read_foreign("a", body, DOCUSAURUS).text.partition("---\n---\n")[2]
    assert text.splitlines()[:9] == [
        "",
        "Ref bold `<i>` ",
        "**Mind**",
        "    gap",
        "**Hint**",
        "inside",
        "",
        "```",
        "<b>{{< kept >}}",
    ]


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        (MKDOCS, ["", "uber-more", "own", "twice", "twice_1"]),
        (HUGO, ["", "über--more", "own", "twice", "twice-1"]),
    ],
)
def test_headings_are_called_as_on_the_page(generator, expected, tmp_path):
    """Each generator's own ids, those that authors wrote, and numbers for repeats."""
    body = "# Top\n\n## Über & more\n\n## Named {#own}\n\n## Twice\n\n## Twice\n"
    page = read_foreign("a", body, generator)
    (tmp_path / "a.md").write_text(page.text, encoding="utf-8")
    article = read_article(tmp_path, scan(tmp_path).articles[0])
    assert [*heading_ids(article.sections, page, generator).values()] == expected


def test_generator_is_seen_from_its_settings(tmp_path):
    """The nearest settings file beside the folder or above it decides; without one, none does."""
    (tmp_path / "docs").mkdir()
    assert find_generator(tmp_path / "docs").name == "plain"
    (tmp_path / "mkdocs.yml").touch()
    assert find_generator(tmp_path / "docs").name == "mkdocs"
    (tmp_path / "docs" / "hugo.toml").touch()
    assert find_generator(tmp_path / "docs").name == "hugo"


def test_every_dialect_is_a_generator():
    """What kb reads for its own site it can search on that of another."""
    assert sorted(GENERATORS) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "line", "pattern", "address"),
    [
        ("jekyll", "permalink: /a/b/", "/{id}/", "/a/b/"),
        ("jekyll", "permalink: /:categories/:title/", "/{id}/", "/x/"),
        ("hugo", "url: /a/b/", "../{id}/", "../a/b/"),
        ("hugo", "url: https://other.org/a/", "../{id}/", "../a/"),
        ("hugo", "url: https://other.org/a/", "https://e.org/{id}/", "https://other.org/a/"),
        ("jekyll", "permalink: /a.html", "../{id}.html", "../a.html"),
    ],
)
def test_addresses_of_pages_are_of_the_kind_that_was_asked_for(name, line, pattern, address):
    """Relative where the pattern is, on no other host where it names none."""
    page = read_foreign("x", f"---\n{line}\n---\ntext\n", GENERATORS[name])
    assert address_of(page, pattern) == address
