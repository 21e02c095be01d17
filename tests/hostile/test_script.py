"""Line 1: texts that try to run script, in every place where an author can write.

Article text, title, front-matter values, `do` labels and addresses, link targets, topic titles
and file names; looked for in pages, feeds, llms.txt, JSON-LD and the Markdown of articles.
`tests/browser/test_attacks.py` opens the same site in Chromium.
"""

import json
import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from support.attacks import Page, attacks, runs, site_of_all, texts_in

from kb.config import DEFAULT_LIMITS
from kb.content import SourceFile
from kb.content.reader import read_text
from kb.errors import ContentError
from kb.site import feeds
from kb.site.render import render_body
from kb.text.analysis import Analyzer

ADDRESSES = {
    "href",
    "src",
    "action",
    "poster",
    "data",
    "formaction",
    "cite",
    "srcset",
    "xlink:href",
}
LOADING = {
    "img",
    "script",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "source",
    "frame",
    "base",
}
# All that kb's own templates and Markdown are made of.
ELEMENTS = {
    *("html", "head", "body", "meta", "title", "link", "script", "header", "footer", "main", "nav"),
    *("section", "article", "div", "span", "p", "a", "img", "em", "strong", "s", "code", "pre", "small"),
    *("ul", "ol", "li", "dl", "dt", "dd", "blockquote", "hr", "br", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "form", "label", "input"),
    *("button", "select", "option", "textarea", "output", "template", "svg", "path", "mark", "kbd", "noscript"),
    *("abbr", "bdi", "bdo", "caption", "cite", "del", "dfn", "figcaption", "figure", "ins", "q"),
    *("rp", "rt", "ruby", "samp", "sub", "sup", "u", "var"),
    *("fieldset", "legend", "time", "circle", "datalist", "b", "i", "dialog"),
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of all texts, with all of its articles in the feed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds, "_FEED_LENGTH", 10_000)
        folder, report = site_of_all(tmp_path_factory.mktemp("script"))
    assert report.articles > len(attacks()) // 25
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site, parsed."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def assert_quiet(name, elements):
    """Hold that no element runs anything or loads from elsewhere."""
    for tag, attributes in elements:
        assert tag in ELEMENTS, (name, tag)
        for attribute, value in attributes.items():
            assert not attribute.startswith("on"), (name, tag, attribute)
            assert attribute not in {"style", "srcdoc", "background"}, (name, tag, attribute)
            if attribute in ADDRESSES:
                assert not runs(value or ""), (name, tag, value)
        if tag in LOADING:
            loaded = attributes.get("src") or ""
            assert not urlsplit(loaded).netloc, (name, tag, loaded)
            assert not urlsplit(loaded).scheme, (name, tag, loaded)


def test_no_draft_has_anything_to_run(tally):
    """Each text by itself as an article: whatever it leaves open ends with it. A text that looks
    like front matter and is none is refused, and has no page.
    """
    analyzer = Analyzer("en")
    refused = 0
    for text in attacks():
        source = SourceFile("a.md", "a", 0, 0, 0, 0)
        with tally("text with script, as an article"):
            try:
                page = read_text(source, text.replace("\0", "\ufffd"), "", DEFAULT_LIMITS)
            except ContentError as error:
                assert "front matter" in error.message  # noqa: PT017  # most are to be read
                refused += 1
                continue
            draft = render_body(page, analyzer, remote_images=())
            assert_quiet(text, Page(draft.html).elements)
    assert refused < 5


def test_no_page_has_anything_to_run(pages, tally):
    """No element or attribute but kb's own, no address that runs, nothing from another host."""
    for path, page in pages.items():
        with tally("page of texts with script"):
            assert_quiet(path.name, page.elements)


def test_scripts_are_kbs_own(site, pages):
    """Files of the site, or JSON-LD that is JSON and names no address that runs."""
    for path, page in pages.items():
        for tag, attributes in page.elements:
            if tag == "script" and attributes.get("type") != "application/ld+json":
                file = attributes["src"].replace(
                    "/center/", f"{site}/"
                )  # from the root, in 404.html
                assert (path.parent / file).resolve().is_relative_to(site)
        for value in page.structured():
            for key, text in texts_in(value):
                if key in {"url", "item", "@id", "target", "urlTemplate"}:
                    assert urlsplit(text).netloc == "help.example.com", (path.name, text)


def test_feeds_are_whole_and_lead_to_the_site(site):
    """XML that parses, whose links are pages."""
    for name in ("feed.xml", "sitemap.xml", "opensearch.xml"):
        root = ET.fromstring((site / name).read_text(encoding="utf-8"))
        for element in root.iter():
            for address in (element.get("href"), element.get("template")):
                assert address is None or urlsplit(address).netloc == "help.example.com"
    entries = ET.parse(site / "feed.xml").getroot().findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) > len(attacks()) // 25


def links_of(markdown):
    """What a reader that allows everything makes of a Markdown text: its links and its HTML."""
    parser = MarkdownIt("commonmark", {"html": True})
    parser.validateLink = lambda _: True
    tokens = parser.parse(markdown)
    inner = [child for token in tokens for child in token.children or ()]
    links = [
        t.attrs.get("href") or t.attrs.get("src") for t in inner if t.type in {"link_open", "image"}
    ]
    return [str(link) for link in links], [
        t for t in (*tokens, *inner) if t.type.startswith("html")
    ]


def test_llms_txt_has_no_link_that_runs(site):
    """Read by a parser that allows every link and all HTML, it has links to the site alone."""
    links, html = links_of((site / "llms.txt").read_text(encoding="utf-8"))
    assert len(links) > len(attacks()) // 25
    assert html == []
    for link in links:
        assert urlsplit(link).netloc == "help.example.com"


def test_markdown_of_articles_has_no_link_that_runs(site, tally):
    """Nor do the articles' own texts, as they are published beside the pages."""
    texts = [path for path in site.rglob("*.md") if path.name != "llms.txt"]
    assert len(texts) > len(attacks()) // 25
    for path in texts:
        links, _ = links_of(path.read_text(encoding="utf-8"))
        with tally("Markdown beside a page"):
            assert [link for link in links if runs(link)] == [], path.name


def test_the_search_of_the_pages_leads_to_the_site(site):
    """What it shows of an article leads to its page; an action runs nothing."""
    found = 0
    for path in sorted((site / "search" / "data").glob("d*.js")):
        shard = path.read_text(encoding="utf-8")
        for article in json.loads(shard[shard.index("(") + 1 : shard.rindex(")")])["articles"]:
            found += 1
            assert (site / unquote(article["url"])).is_file()
            assert not any(runs(address) for _, _, address in article.get("actions", ()))
    assert found > len(attacks()) // 25


def test_host_rules_hold_one_line_each(site):
    """No name or alias breaks out of a line of `_redirects` or `_headers`."""
    for line in (site / "_redirects").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"/center/\S+ /center/\S+ 301", line)
    assert "alert" not in (site / "_headers").read_text(encoding="utf-8")
