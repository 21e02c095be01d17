"""The site of a small knowledge base: what is in it, and what is not."""

import gc
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from support.sites import png

from kb import KnowledgeBase
from kb.content import reader
from kb.errors import ContentError, SiteError
from kb.model import Escalation, Severity
from kb.site import pages
from kb.site import report as reports
from kb.site.build import build_site
from kb.support.escalation import choose_escalation

HIDDEN = re.compile(rb"zebrafish|walrus|quagga|secret/agents", re.IGNORECASE)


class Links(HTMLParser):
    """The links and ids of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note what a tag links to and is called."""
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        canonical = given.get("rel") == "canonical"
        self.links += [given[k] for k in ("href", "src", "action") if k in given and not canonical]


def broken_links(files):
    """Every internal link or anchor of a site that leads nowhere."""
    pages = {p: Links(d.decode()) for p, d in files.items() if p.endswith(".html")}
    wrong = []
    for page, found in pages.items():
        assert len(found.ids) == len(set(found.ids)), page
        for link in found.links:
            target = urlsplit(urljoin(f"https://site/{page}", link))
            if target.scheme != "https" or target.netloc != "site":
                continue
            path = unquote(target.path[1:])
            anchor = unquote(target.fragment)
            missing = path not in files
            if missing or (anchor and anchor not in pages[path].ids):
                wrong.append((page, link))
    return wrong


def test_every_internal_link_and_anchor_resolves(base):
    """All links of all pages lead to files of the site, and to ids that are there."""
    base.build()
    files = base.outside()
    del files["404.html"]  # its links hold for any address, not for its own
    assert broken_links(files) == []


def test_links_are_relative_and_name_the_file(base):
    """No link of a page begins at the root of the host: any path below it does, and file://."""
    base.build()
    for path, data in base.outside().items():
        if path.endswith(".html") and path != "404.html":
            for link in Links(data.decode()).links:
                assert not link.startswith("/")
                assert link.startswith(("http", "#", "mailto:")) or not link.endswith("/")


def test_only_what_finds_the_site_stands_within_a_page(base):
    """Without base_url the page for missing addresses holds a style and a script, and its policy and
    that of `_headers` allow those by their hashes; with it, and on other pages, nothing is inline.
    """
    inline = re.compile(r"<(style|script)(?: data-[^>]*)?>(.+?)</\1>", re.DOTALL)
    base.write({"../theme/site.css": 'b::after { content: "</style>\r\n" }\r\n'})
    for settings in (None, 'name = "Without"\n'):
        if settings:
            (base.folder / "kb.toml").write_text(settings)
        base.build()
        for path, data in base.outside().items():
            found = inline.findall(data.decode()) if path.endswith(".html") else []
            assert bool(found) == bool(settings and path == "404.html")
            for kind, text in found:
                digest = b64encode(sha256(text.encode()).digest()).decode()
                for policy in (unescape(data.decode()), base.read("_headers")):
                    assert re.search(rf"{kind}-src [^;]*sha256-{re.escape(digest)}", policy)
                assert "\r" not in text


def test_what_is_not_public_is_nowhere(base):
    """Articles for agents, drafts and archived ones are in no file, by word or by name."""
    base.build()
    for path, data in base.files().items():
        assert not HIDDEN.search(data), path
        assert not HIDDEN.search(path.encode()), path


def test_drafts_are_shown_and_marked_when_asked_for(base):
    """With drafts: the page is there and says so; feeds and Markdown stay without it."""
    base.build(drafts=True)
    page = base.read("orders/draft.html")
    assert "Draft: not published" in page
    assert '<meta name="robots" content="noindex">' in page
    assert not (base.site / "orders/draft.md").exists()
    for path in ("sitemap.xml", "feed.xml", "llms.txt"):
        assert "raft" not in base.read(path)


def test_building_twice_gives_the_same_bytes(base, tmp_path):
    """No time, no order of the disk, no path in the output."""
    base.build()
    first = base.files()
    base.build(out=tmp_path / "other")
    again = {
        p.relative_to(tmp_path / "other").as_posix(): p.read_bytes()
        for p in (tmp_path / "other").rglob("*")
        if p.is_file()
    }
    assert first == again


def test_article_page_has_all_its_parts(base):
    """Trail, title, summary, actions, anchors, what to have ready, related, date, neighbours."""
    base.build()
    page = base.read("orders/late.html")
    for part in (
        '<a href="../orders/index.html">Orders &amp; deliveries</a>',
        "<h1>Your parcel is late</h1>",
        '<p class="summary">Look at the tracking, then ask in chat.</p>',
        '<a class="button" href="https://post.example.com/track" rel="noopener">Track it</a>',
        '<a class="button" href="../contact/chat.html">Ask in chat</a>',
        '<h2 id="how-long-does-it-take">How long does it take?</h2>',
        '<a class="anchor" href="#how-long-does-it-take" aria-label="# How long does it take?">',
        "Before you contact us: have ready",
        "<span>The order number</span>",
        "Reviewed 4 March 2026",
        '<a rel="next" href="../orders/damaged.html">',
        "Still need help?",
        "9 to 5",
        '<a href="../orders/damaged.html#what-now">the tracking</a>',
        '<img src="../files/images/map.png" alt="a map" title="Map" width="40" height="30"',
        '<a href="../files/files/form.pdf">the form</a>',
        '<th scope="col" class="left">Days</th>',
        '<pre tabindex="0">',
        '<a href="https://example.org/?a=1&amp;b=2" rel="noopener">outside</a>',
        '<a href="../orders/index.html">topic</a>',
        '<link rel="canonical" href="https://help.example.com/center/orders/late.html">',
        '<link rel="alternate" type="text/markdown" href="../orders/late.md">',
    ):
        assert part in page, part


def test_pages_have_nothing_inline(base):
    """No style, no script but JSON-LD, no handler attribute in any page."""
    base.build(live=True, drafts=True)
    for path, data in base.outside().items():
        if path.endswith(".html"):
            text = data.decode()
            assert " style=" not in text
            assert "<style" not in text
            assert not re.search(r"<[^>]*\son\w+=", text)
            for script in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
                assert "src=" in script[0] or 'type="application/ld+json"' in script[0]
            assert "default-src &#39;none&#39;; script-src &#39;self&#39;" in text


def test_former_ids_redirect(base):
    """Each alias has a page that leads on, and a line for hosts that read `_redirects`."""
    base.build()
    page = base.read("old/late.html")
    assert '<meta http-equiv="refresh" content="0; url=../orders/late.html">' in page
    assert '<link rel="canonical" href="https://help.example.com/center/orders/late.html">' in page
    assert "/center/old/late.html /center/orders/late.html 301\n" in base.read("_redirects")
    assert '<a href="../orders/late.html">Old name</a>' in base.read("orders/damaged.html")


def test_addresses_in_structured_data_lead_to_pages_without_a_base_url(base):
    """They are relative to the page that they stand on, as all links are."""
    base.settings('name = "Parcel & Post"\n')
    base.build()
    for address in ("orders/late.html", "contact/chat.html"):
        [raw] = re.findall(r'ld\+json">(.*?)</script>', base.read(address))
        crumbs, page = json.loads(raw)["@graph"]
        items = [item["item"] for item in crumbs["itemListElement"]]
        assert items[-1] == page["url"]
        led = [posixpath.normpath(posixpath.join(address, "..", item)) for item in items]
        assert led == ["index.html", f"{address.partition('/')[0]}/index.html", address]
        assert all((base.site / path).is_file() for path in led)


def test_every_page_has_a_description_and_a_canonical_address(base):
    """Also those that nobody wrote a summary for; what is not to be found has no canonical one."""
    base.write({"plain/one.md": "# One\n\nText.\n", "plain/two.md": "# Two\n\nText.\n"})
    base.build()
    for path in base.site.rglob("*.html"):
        html = path.read_text("utf-8")
        if 'http-equiv="refresh"' in html:
            continue
        assert re.search(r'<meta name="description" content="[^"]', html), path
        if 'content="noindex"' not in html:
            assert '<link rel="canonical" href="https://help.example.com/center/' in html, path
    base.write({"bare/index.md": "# Bare\n", "bare/a.md": "# Alone\n"})
    base.build()
    assert '<meta name="description" content="Bare: Alone">' in base.read("bare/index.html")
    assert '<meta name="description" content="Alone">' in base.read("bare/a.html")
    topic = base.read("plain/index.html")
    assert '<meta name="description" content="Plain: One · Two">' in topic


def test_structured_data(base):
    """JSON-LD is JSON, and says questions where the headings ask."""
    base.build()
    [raw] = re.findall(r'ld\+json">(.*?)</script>', base.read("orders/late.html"))
    crumbs, page = json.loads(raw)["@graph"]
    assert [item["name"] for item in crumbs["itemListElement"]] == [
        "Home",
        "Orders & deliveries",
        "Your parcel is late",
    ]
    assert page["@type"] == "FAQPage"
    assert page["mainEntity"][1]["name"] == "When is it lost?"
    [raw] = re.findall(r'ld\+json">(.*?)</script>', base.read("contact/chat.html"))
    assert json.loads(raw)["@graph"][1]["@type"] == "Article"
    [raw] = re.findall(r'ld\+json">(.*?)</script>', base.read("index.html"))
    action = json.loads(raw)["@graph"][0]["potentialAction"]
    assert "?q={search_term_string}" in action["target"]["urlTemplate"]


def test_unknown_target_is_reported_and_not_linked(base):
    """A link to nothing stays text with a note, and is a warning with path and line."""
    base.write({"orders/broken.md": "Text.\n\nSee [it](nowhere.md) and ![that](no.png).\n"})
    report = base.build()
    page = base.read("orders/broken.html")
    assert '<span class="missing">it</span> <small class="missing-note">' in page
    assert "nowhere" not in page.partition("<main")[2]
    found = [(p.path, p.line, p.message) for p in report.problems if p.path.endswith("broken.md")]
    assert (
        "orders/broken.md",
        3,
        "the link nowhere.md leads to nothing in the content folder",
    ) in found
    assert (
        "orders/broken.md",
        3,
        "the image no.png leads to nothing in the content folder",
    ) in found


def test_links_to_hidden_articles_are_text_in_page_and_markdown(base):
    """A public article that links to a draft shows the words, and names the draft nowhere."""
    base.write(
        {
            "orders/open.md": "# Open\n\n[see](draft.md), [so](<draft.md> 'Walrus'), [ref].\n\n"
            "[ref]: draft.md#walrus\n[old](walrus-old.md)\n"
        }
    )
    report = base.build()
    for path, data in base.files().items():
        assert not re.search(rb"walrus|draft\.md", data, re.IGNORECASE), path
    assert any("not published" in problem.message for problem in report.problems)


def test_remote_images_become_links_unless_allowed(base):
    """Nothing is fetched from another host, unless the settings name it."""
    base.write({"orders/far.md": "![chart](https://cdn.example.net/c.png)\n"})
    report = base.build()
    assert '<a href="https://cdn.example.net/c.png" rel="noopener">chart</a>' in base.read(
        "orders/far.html"
    )
    assert any("another host" in problem.message for problem in report.problems)
    settings = (base.folder / "kb.toml").read_text()
    (base.folder / "kb.toml").write_text(settings + 'remote_images = ["cdn.example.net"]\n')
    base.build()
    page = base.read("orders/far.html")
    shown = '<img src="https://cdn.example.net/c.png" alt="chart" loading="lazy" decoding="async">'
    assert shown in page
    assert "img-src &#39;self&#39; https://cdn.example.net http://cdn.example.net" in page


def test_home_page(base):
    """The sentence, three examples, topics with their first articles, featured ones, contact."""
    base.build()
    page = base.read("index.html")
    assert "<h1>What is wrong with your parcel?</h1>" in page
    assert '<a href="search/index.html?q=parcel%20never%20arrived">parcel never arrived</a>' in page
    assert '<p class="count">2 articles</p>' in page
    assert page.index("Topics</h2>") < page.index("Most useful articles") < page.index("KB-help")
    assert "Not run by anybody." in page


def test_a_home_page_has_not_all_of_many_topics(empty):
    """Those that don't fit are one link away, and so is nothing where all of them do."""
    empty.write({f"t{n:02}/a.md": f"# Title {n:02}\n\nWords {n}.\n" for n in range(24)})
    empty.build()
    main = empty.read("index.html").partition("<main")[2].partition("</main>")[0]
    assert "t23/index.html" in main
    assert "topics/index.html" not in main
    empty.write({"t24/a.md": "# Title 24\n\nWords.\n"})
    empty.build()
    main = empty.read("index.html").partition("<main")[2].partition("</main>")[0]
    assert "t24/index.html" not in main
    assert '<p class="more"><a href="topics/index.html">All topics</a></p>' in main
    assert "t24/index.html" in empty.read("topics/index.html")


def test_the_front_page_shows_ways_to_a_person_once(empty):
    """Where "Still need help?" has them: articles about them are not listed above it, and do not
    make a single topic one of several things.
    """
    channel = "---\ntier: contact\nchannel: {name: chat}\n---\n# Chat with us\n"
    empty.write({"chat.md": channel})
    empty.build()
    assert empty.read("index.html").count('href="chat.html"') == 1
    assert empty.read("topics/index.html").count('href="../chat.html"') == 1
    empty.write({"docs/a.md": "# Late\n\nWait.\n", "docs/b.md": "# Lost\n\nAsk.\n"})
    empty.build()
    main = empty.read("index.html").partition("<main")[2]
    assert 'href="docs/a.html">Late</a>' in main
    assert "KB-topics" not in main
    assert main.count('href="chat.html"') == 1


def test_the_front_page_of_a_single_topic_shows_what_is_in_it(empty):
    """One card alone on a page says nothing: the articles stand there, until something is beside them."""
    empty.write({f"docs/a{n:02}.md": f"# Title {n:02}\n\n## B\n\nWords {n}.\n" for n in range(14)})
    empty.build()
    page = empty.read("index.html")
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("docs/a") == 12
    assert '<h2 id="KB-loose">All articles</h2>' in main
    assert '<p class="more"><a href="docs/index.html">14 articles</a></p>' in main
    assert "KB-topics" not in main
    empty.write({"docs/deeper/a.md": "# Below\n\nWords.\n"})
    empty.build()
    main = empty.read("index.html")
    assert '<a href="docs/deeper/index.html">' in main
    assert "docs/a00.html" in main
    empty.write({"beside.md": "# Beside\n\nWords.\n"})
    empty.build()
    assert '<a href="docs/index.html">' in empty.read("index.html")


def test_a_kind_of_help_is_named_where_articles_of_a_topic_differ_in_it(empty):
    """On every row it would say nothing."""
    contact = "---\ntier: contact\n---\n# Way {0}\n\nWords {0}.\n"
    empty.write({f"ways/w{n}.md": contact.format(n) for n in range(3)})
    empty.build()
    assert 'class="tier"' not in empty.read("ways/index.html")
    empty.write({"ways/other.md": "# Yourself\n\nWords.\n"})
    empty.build()
    assert empty.read("ways/index.html").count('<span class="tier">Contact</span>') == 3


def test_contents_set_back_only_what_stands_below_something(empty):
    """Headings of a lower level before the first higher one, or without any."""
    empty.write(
        {
            "a.md": "# A\n\n### One\n\nx\n\n## Two\n\nx\n\n### Three\n\nx\n",
            "b.md": "# B\n\n### One\n\nx\n\n### Two\n\nx\n\n### Three\n\nx\n",
        }
    )
    empty.build()
    levels = [re.findall(r'<li class="level-(\d)">', empty.read(f"{page}.html")) for page in "ab"]
    assert levels == [["2", "2", "3"], ["2", "2", "2"]]


def test_long_topics_have_pages(empty):
    """A topic of many articles is cut into pages that lead to each other."""
    empty.write({f"a{n:03}.md": f"# Title {n:03}\n\nWords {n}.\n" for n in range(205)})
    empty.build()
    assert "a204.html" in empty.read("topics/index-2.html")
    assert '<a href="../topics/index-2.html" aria-label="Page 2 of 2">2</a>' in empty.read(
        "topics/index.html"
    )
    assert "205 articles" in empty.read("index.html")


def test_empty_knowledge_base_has_a_site(empty):
    """No article at all still gives pages that say so."""
    empty.build()
    assert "There are no articles here yet." in empty.read("topics/index.html")


def assert_nobody_is_offered(site):
    """Hold that no page or file leads to a person who can't be reached."""
    assert "contact-us/index.html" not in site.outside()
    for path, data in site.outside().items():
        if not path.startswith(("assets/", "search/data/")):
            text = data.decode().lower()
            for words in ("contact", "need help", "a person", "your message"):
                assert words not in text, (path, words)


def test_without_a_channel_nobody_is_offered(empty):
    """No contact page, link, panel, form or filter, on any page or in any file for machines, and
    the report says so; a mere name in `escalate` is no channel.
    """
    empty.write({"a.md": "---\nhave_ready: [a number]\nescalate: [chat]\n---\n# Late\n\nWait.\n"})
    assert not empty.build().reachable
    assert_nobody_is_offered(empty)
    assert "Have ready</h2>" in empty.read("a.html")
    assert not empty.build().reachable  # from what was remembered


def test_a_first_channel_and_the_last_one_change_every_page(empty):
    """The way to a person comes to the pages that were there, and goes from them; one that only
    agents may see is none, and a fallback in the settings is one.
    """
    channel = "---\ntier: contact\nchannel:\n  name: chat\n---\n# Chat\n"
    empty.write({"a.md": "# Late\n\nWait.\n", "b.md": channel})
    assert empty.build().reachable
    assert 'href="contact-us/index.html"' in empty.read("a.html")
    empty.write({"b.md": channel.replace("tier", "audience: agent\ntier")})
    assert not empty.build().reachable
    assert_nobody_is_offered(empty)
    settings = (empty.folder / "kb.toml").read_text()
    (empty.folder / "kb.toml").write_text(f'{settings}[contact]\nfallback = "Ask at the desk."\n')
    assert empty.build().reachable
    assert "Ask at the desk." in empty.read("contact-us/index.html")
    assert "Ask at the desk." in empty.read("a.html")


def test_no_content_folder(tmp_path, empty):
    """Without a content folder there is an error, and no output."""
    empty.content.rmdir()
    with pytest.raises(ContentError):
        empty.build()
    assert not empty.site.exists()


def test_articles_named_like_the_sites_own_pages_give_way(empty):
    """`index`, `search/index` and the like are shown, beside the site's own pages."""
    names = ["index", "404", "search/index", "topics/index", "contact-us/index", "a.html/b", "a"]
    empty.write({f"{name}.md": f"# The {name} article\n" for name in names})
    empty.build()
    files = empty.outside()
    for name in names:
        title = f'<h1 id="the-{name.replace("/", "").replace(".", "")}-article">'
        assert sum(title.encode() in data for data in files.values()) == 1, name
    del files["404.html"]
    assert broken_links(files) == []


def test_markdown_of_each_article(base):
    """An article's Markdown stands at its address with .md, with its title and links."""
    base.build()
    text = base.read("orders/late.md")
    assert text.startswith("# Your parcel is late\n\nLook at the tracking")
    assert "escalate" not in text
    assert base.read("orders/damaged.md").startswith("# A parcel is damaged")


def test_markdown_of_an_article_has_no_marks_of_other_tools(empty):
    """What a page shows stands in the copy beside it, as plain Markdown; links to nothing are text."""
    text = "<h1>A <i>b</i></h1>\n\n:::tip\n<a href='b.md'>c</a> <a href='no.md'>d</a>\n:::\n"
    plain = "# B\n\n* b\n"
    empty.write({"a.md": text, "b.md": plain})
    empty.build()
    assert empty.read("a.md") == "# A *b*\n\n> **Tip**\n>\n> [c](b.md) [d]\n"
    assert empty.read("b.md") == plain


def test_accessibility_of_the_text_is_reported(base):
    """Pictures without description and skipped heading levels are notes, not warnings."""
    base.write({"orders/bad.md": "# A\n\n#### B\n\n![](../images/map.png)\n\n##\n"})
    report = base.build()
    notes = [p for p in report.problems if p.path == "orders/bad.md"]
    assert {p.severity for p in notes} == {Severity.NOTE}
    assert {p.code for p in notes} == {"accessibility"}
    assert len(notes) == 3
    assert report.warnings == 0


def test_wordless_links_get_a_text(base):
    """A link around nothing shows its address, or the title of the article that it leads to."""
    base.write(
        {
            "orders/bare.md": "[](https://example.org/x) [](late.md) [![](../images/map.png)](late.md)\n"
        }
    )
    base.build()
    page = base.read("orders/bare.html")
    assert ">https://example.org/x</a>" in page
    text = page[page.index("https://example.org/x</a>") :].partition("</p>")[0]
    assert text.count("Your parcel is late</a>") == 2


def test_refused_links(base):
    """What a browser could run, or what leads out of content/, is never linked."""
    base.write(
        {
            "files/page.html": "<script>alert(1)</script>",
            "images/x.svg": "<svg/>",
            "orders/bad.md": "[a](../files/page.html) [b](../../etc/passwd) [c](..\\x.md) "
            "[d](ftp://example.org) [e](../images/x.svg) ![f](../images/x.svg) ![g](data:,x) "
            "[h](%2e%2e/%2e%2e/%2e%2e/etc/passwd) [i](mailto:a@example.org) [j](//example.org/k)\n",
        }
    )
    report = base.build()
    page = base.read("orders/bad.html").partition('<div class="text">')[2].partition("</div>")[0]
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == [
        "../files/images/x.svg",
        "mailto:a@example.org",
        "https://example.org/k",
    ]
    assert not (base.site / "files/files/page.html").exists()
    assert sum(p.path == "orders/bad.md" for p in report.problems) >= 6


def test_settings_reach_the_pages(base):
    """Colours and logo come from the settings, language and direction too."""
    (base.folder / "logo.png").write_bytes(png(64, 32))
    (base.folder / "kb.toml").write_text(
        'language = "ar"\n[site]\nlogo = "logo.png"\ncolors = {accent = "#AA0000"}\n'
        'dark_colors = {accent = "#ff8888"}\n'
    )
    base.build()
    page = base.read("orders/late.html")
    assert '<html lang="ar" dir="rtl">' in page
    assert re.search(r'<img src="../assets/logo\.\w{10}\.png" alt="" width="64" height="32">', page)
    [css] = [d.decode() for p, d in base.outside().items() if re.search(r"site\.\w+\.css$", p)]
    assert "--accent:#aa0000;" in css
    assert "--accent:#ff8888;" in css


def test_an_index_that_a_site_built_knows_the_names(empty):
    """It is that of the settings, for whoever searches after."""
    empty.settings('language = "ru"\n[search]\nnames = ["Acmee"]\n')
    empty.write({"a.md": "# Acme ok\n"})
    empty.build()
    base = KnowledgeBase(empty.config())
    assert base.search("acme").hits
    answer = base.search("acmee")
    assert (answer.correction, answer.suggestion) == (None, None)


def test_logo_has_to_be_an_image(base):
    """A logo that is not there is an error that names it."""
    (base.folder / "kb.toml").write_text('[site]\nlogo = "no.png"\n')
    with pytest.raises(SiteError, match="no image"):
        base.build()


def test_theme_replaces_templates_assets_and_words(base):
    """A file of the same name in theme/ takes the place of kb's own; fonts come along."""
    theme = base.folder / "theme"
    (theme / "assets").mkdir(parents=True)
    (theme / "footer.html").write_text("<footer>Own foot</footer>")
    (theme / "site.css").write_text("body{}")
    (theme / "en.toml").write_text('help = "Ask us"\n')
    (theme / "assets" / "own.woff2").write_bytes(b"font")
    base.build()
    page = base.read("index.html")
    assert "<footer>Own foot</footer>" in page
    assert "Ask us</h2>" in page
    assert (base.site / "assets/own.woff2").read_bytes() == b"font"
    assert any(d.startswith(b"body{}") for p, d in base.outside().items() if p.endswith(".css"))


def test_theme_adds_links_to_every_head(base):
    """Each with the way to the root from where the page stands."""
    (base.folder / "theme").mkdir()
    (base.folder / "theme" / "links.html").write_text('<link rel="me" href="{{ root }}me">\n')
    base.build()
    assert '<link rel="me" href="me">\n' in base.read("index.html")
    assert '<link rel="me" href="../me">\n' in base.read("orders/late.html")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("home.html", "{% if %}", "template"),
        ("home.html", "{{ nothing_of_that_name }}", "template"),
        ("en.toml", "no = 'such text'", "no text called"),
        ("en.toml", "help = 3", "should be a text"),
        ("en.toml", "help", "can't be read"),
        ("en.toml", "months = ['a']", "twelve"),
    ],
)
def test_faults_of_a_theme_are_errors_that_name_the_file(base, name, text, says):
    """A theme that can't be used stops the build with its file, and the old site stays."""
    base.build()
    before = base.files()
    (base.folder / "theme").mkdir()
    (base.folder / "theme" / name).write_text(text)
    with pytest.raises(SiteError, match=says) as caught:
        base.build()
    assert name in caught.value.path
    assert base.files() == before


def test_progress_counts_articles(base):
    """Progress is told article by article."""
    seen = []
    build_site(base.config(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]


def test_panels_of_help_are_kept_for_some_articles_alone(base, monkeypatch):
    """However many different ones a site has: each names all channels."""
    for number in range(150):
        base.write(
            {f"many/a{number}.md": f"---\nhave_ready: [order {number}]\n---\n# A {number}\n"}
        )
    chosen, alive = [], []

    def count():
        gc.collect()
        alive.append(sum(type(thing) is Escalation for thing in gc.get_objects()))

    def choose(*args):
        escalation = choose_escalation(*args)
        chosen.append(escalation.have_ready)
        if len(chosen) % 50 == 0:
            count()
        return escalation

    count()  # what other tests hold

    monkeypatch.setattr(pages, "choose_escalation", choose)
    base.build()
    assert len(set(chosen)) > 150
    assert max(alive) - alive[0] <= pages.KEPT + 20
    assert "order 7" in base.read("many/a7.html")


@pytest.mark.parametrize("part", ["content", "content/markdown", "site", "support", "text"])
def test_another_kb_builds_all_pages_anew(base, tmp_path, monkeypatch, part):
    """Whatever of kb's own files makes pages: one that changed means that nothing is as it was."""
    package = tmp_path / "kb"
    shutil.copytree(reports.PACKAGE.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reports, "PACKAGE", package / "site")
    config = base.config()
    folders = reports.find_folders(config)
    before = reports.look(config, folders).common
    assert reports.look(config, folders).common == before
    os.utime(next((package / part).glob("*.py")), ns=(0, 0))
    assert reports.look(config, folders).common != before


def test_articles_are_read_once(base, monkeypatch):
    """A build that begins with nothing reads each article for pages and index alike."""
    read = []
    plain = reader.read_text

    def read_text(source, *args):
        read.append(source.id)
        return plain(source, *args)

    monkeypatch.setattr(reader, "read_text", read_text)
    base.build()
    assert len(read) == len(set(read)) > 1


def test_a_large_picture_without_a_description_is_a_link_with_a_name(base):
    """The picture is the whole link: without words of its own it says what it does."""
    base.write({"wide.png": png(2000, 900), "see.md": "# See\n\n![](wide.png)\n\n![A](wide.png)\n"})
    base.build()
    first, second = re.findall(r'<a class="enlarge" ([^>]*)>', base.read("see.html"))
    assert first == 'href="files/wide.png" aria-label="Enlarged picture"'
    assert second == 'href="files/wide.png"'


COMMON = """
from pathlib import Path
from kb.content.dialects import configure
from kb.site.report import find_folders, look
config = configure(content=Path("content"), index=Path("index"))
print(look(config, find_folders(config, Path("site"))).common)
"""


def test_builds_in_other_processes_take_what_is_kept(base):
    """What all pages depend on is told alike in every process, whatever order its sets have."""
    (base.folder / "kb.toml").unlink()  # without one it is noted which settings nobody gave
    told = {
        subprocess.run(
            [sys.executable, "-c", COMMON],
            cwd=base.folder,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(told) == 1
    assert told != {b""}
