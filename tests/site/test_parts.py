"""The smaller parts: links, addresses, image sizes, related articles, words, feeds."""

import datetime as dt
import os
import subprocess
import xml.etree.ElementTree as ET
from contextlib import closing
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sites import png

from kb.config import DEFAULT_LIMITS
from kb.content.files import fold
from kb.content.markdown.document import offers_unsafe_links
from kb.site import feeds
from kb.site.addresses import Addresses, absolute, encode, root_of
from kb.site.article_records import as_json, from_json, wants_as_json, wants_from_json
from kb.site.build_cache import Cache
from kb.site.feeds import may_offer_script
from kb.site.i18n import read_wording
from kb.site.images import image_size
from kb.site.links import Place, host_of, lies_on, sort_link, want
from kb.site.plan import find_related
from kb.site.render import ArticleLoader

PARTS = st.lists(
    st.sampled_from(["a", "A", "index", "b.html", "ä", "Ä", "a-1"]), min_size=1, max_size=4
)


@given(st.lists(PARTS, max_size=12))
def test_addresses_never_meet(wishes):
    """However ids are called, no two addresses are one file, and none is another's folder."""
    addresses = Addresses()
    claimed = [fold(addresses.claim("/".join(parts) + ".html")) for parts in wishes]
    assert len(set(claimed)) == len(claimed)
    for one in claimed:
        assert not any(other.startswith(f"{one}/") for other in claimed)


def test_is_free():
    """An address is free if nobody has it, in any spelling, and nothing stands in its way."""
    addresses = Addresses()
    addresses.claim("a/b.html")
    assert addresses.is_free("a/c.html")
    assert not addresses.is_free("A/B.html")
    assert not addresses.is_free("a")
    assert not addresses.is_free("a/b.html/c.html")


def test_roots_and_absolute_addresses():
    """The way up has a step for each folder; public addresses leave index.html out."""
    assert root_of("index.html") == ""
    assert root_of("a/b/c.html") == "../../"
    assert absolute("https://x.org/h/", "a/index.html") == "https://x.org/h/a/"
    assert absolute("https://x.org", "index.html") == "https://x.org/"
    assert absolute("", "a/index.html") == "a/index.html"
    assert encode("a b/#?%:.html") == "a%20b/%23%3F%25%3A.html"


@pytest.mark.parametrize(
    ("href", "place"),
    [
        ("https://example.org/x", Place.OUTSIDE),
        ("HTTP://EXAMPLE.ORG", Place.OUTSIDE),
        ("//example.org/x", Place.OUTSIDE),
        ("mailto:a@example.org", Place.OUTSIDE),
        ("tel:+1", Place.OUTSIDE),
        ("late.md#x", Place.INSIDE),
        ("#x", Place.INSIDE),
        ("", Place.INSIDE),
        ("javascript:alert(1)", Place.REFUSED),
        ("JaVaScRiPt:alert(1)", Place.REFUSED),
        ("data:text/html,x", Place.REFUSED),
        ("vbscript:x", Place.REFUSED),
        ("https:example.org", Place.REFUSED),
        ("https:///x", Place.REFUSED),
        ("mailto:", Place.REFUSED),
        ("java\nscript:alert(1)", Place.REFUSED),
        ("\x01javascript:alert(1)", Place.REFUSED),
        ("x:y", Place.REFUSED),
    ],
)
def test_sort_link(href, place):
    """Only http, https, mailto, tel and sms lead out; what has no scheme stays inside."""
    assert sort_link(href)[0] is place


def test_host_of():
    """The host decides which images may be shown, not what stands before an @."""
    assert host_of("https://good.example@evil.example:8/x") == "evil.example"
    assert host_of("mailto:x") == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://cdn.example/x.png", True),
        ("http://CDN.example:80/x.png", True),
        ("https://a@cdn.example/x.png", True),
        ("https://cdn.example:8443/x.png", False),
        ("https://img.example:8443/x.png", True),
        ("https://img.example/x.png", False),
        ("https://b\xfccher.example/x.png", True),
        ("https://xn--bcher-kva.example/x.png", True),
        ("https://cdn.example.evil/x.png", False),
        ("https://cdn.example@evil.example/x.png", False),
        ("mailto:cdn.example", False),
    ],
)
def test_images_lie_on_hosts_with_their_port(url, shown):
    """As the policy of the pages reads them: another port is another host."""
    hosts = ("cdn.example", "img.example:8443", "xn--bcher-kva.example")
    assert lies_on(url, hosts) is shown


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("b.md", "a/b.md"),
        ("./b.md?x=1", "a/b.md"),
        ("../b.md", "b.md"),
        ("/b.md", "b.md"),
        ("../../b.md", ""),
        ("%2e%2e/%2e%2e/b.md", ""),
        ("b%00.md", ""),
        ("..\\b.md", ""),
        ("b/", "a/b/"),
        ("#x", "a/me.md"),
        ("caf%C3%A9.md", "a/café.md"),
    ],
)
def test_want(href, path):
    """A link is a path under content/, or none when it leads out of it."""
    assert want(href, "a/me.md", 3).path == path


@given(st.text(max_size=60))
def test_no_link_leads_out(text):
    """Whatever is written, the path has no step up and no empty start."""
    path = want(text, "a/b/me.md", 1).path
    assert not path.startswith("/")
    assert ".." not in path.split("/")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x02\xff\xc2\x00\x11\x08\x00\x10\x00\x20\x03"
    + b"\0" * 20
)
WEBP = b"RIFF\0\0\0\0WEBP"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(7, 5), (7, 5)),
        (b"GIF89a\x05\x00\x06\x00", (5, 6)),
        (JPEG, (32, 16)),
        (WEBP + b"VP8X" + b"\0" * 8 + b"\x09\0\0\x04\0\0", (10, 5)),
        (WEBP + b"VP8L" + b"\0" * 5 + (9 | 4 << 14).to_bytes(4, "little"), (10, 5)),
        (WEBP + b"VP8 " + b"\0" * 10 + b"\x0a\0\x05\0", (10, 5)),
        (b"RIFF\0\0\0\0AVI x", None),
        (b"\xff\xd8\xff\xe0", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"GIF89a\0\0\0\0", None),
        (b"<svg/>", None),
        (b"<?xml version='1.0'?><svg stroke-width='9' width='30' height='20px'>", (30, 20)),
        (b'<svg:svg xmlns:svg="x" width="1in" height="72pt" viewBox="0 0 4 4">', (96, 96)),
        (b'<svg width="100%" height="100%" viewBox="0 0 841.89 595.28">', (720, 509)),
        (b'<svg viewBox="-5,-5 10,40" width="20">', (20, 80)),
        (b'<svg viewBox="0 0 10 40" height="20">', (5, 20)),
        (b'<svg viewBox="0 0 0 0">', None),
        (b'<svg width="1.2.3" height="4">', None),
        (b'<svg width="4">', None),
        (b'<svg height="2em" viewBox="0 0 9 3">', None),
        (b'<svg width="3rem" height="30" viewBox="0 0 9 3">', None),
        (b'<svg style="width: 2em" viewBox="0 0 9 3">', None),
    ],
)
def test_image_size(data, size):
    """Sizes come from the head of the file; a file that is cut short has none. A drawing without
    a size, but with proportions, is as wide as its column.
    """
    assert image_size(BytesIO(data)) == size


def kept_articles(base):
    """Give the record and the links of each article, as a build kept them."""
    with closing(Cache(base.config().index, base.site).store) as store:
        texts = [value.split(b"\n")[1:] for _, value in store.all("article")]
    return [(from_json(record), wants_from_json(wants)) for record, wants in texts]


def test_records_survive_the_cache(base):
    """A record written down and read back is the same record."""
    base.build()
    articles = kept_articles(base)
    assert len(articles) == 6
    for record, wants in articles:
        assert record is not None
        assert from_json(as_json(record)) == record
        assert wants is not None
        assert wants_from_json(wants_as_json(wants)) == wants
    assert any(wants for _, wants in articles)
    assert from_json("[1]") is None
    assert from_json("{") is None
    assert wants_from_json("[1]") is wants_from_json("{") is None


def test_related_articles(base):
    """Those that the author names come first, then those that share the rarest words."""
    base.write(
        {
            "a.md": "---\nrelated: [d]\n---\n# Change the battery of the lamp\n",
            "b.md": "# The battery of the lamp is empty\n",
            "c.md": "# The lamp and the rain\n",
            "d.md": "# Nothing in common\n",
        }
    )
    base.build()
    records = sorted((record for record, _ in kept_articles(base)), key=lambda r: r.id)
    related = find_related([r for r in records if "/" not in r.id])
    assert related["a"] == ("d", "b")
    assert related["c"] == ()


def test_related_articles_may_be_called_by_the_ends_of_their_ids(base):
    """In one text with commas, too; what two end in is neither, and is told of."""
    base.write(
        {
            "guide/a.md": "---\nrelated: late-parcels, twice, gone\n---\n# A\n",
            "guide/late-parcels.md": "# Late\n",
            "guide/twice.md": "# One\n",
            "other/twice.md": "# Two\n",
        }
    )
    report = base.build()
    records = sorted((record for record, _ in kept_articles(base)), key=lambda r: r.id)
    assert find_related(records)["guide/a"][:1] == ("guide/late-parcels",)
    said = sorted(p.message for p in report.problems if p.path == "guide/a.md")
    assert said == [
        "the related article `gone` is not published here",
        "the related article `twice` is not published here",
    ]


def test_words(tmp_path):
    """Dates are written out; a translation in the theme stands over English."""
    (tmp_path / "da.toml").write_text('search = "Søg"\ndate = "{day}/{month}/{year}"\n')
    words = read_wording("da-DK", tmp_path)
    assert words["search"] == "Søg"
    assert words["topics"] == "Topics"
    assert words.date(dt.date(2026, 3, 4)) == "4/marts/2026"
    assert words.count("articles", 1) == "1 article"
    assert words.count("articles", 1234) == "1.234 articles"


def test_feeds_are_xml_and_complete(base):
    """Sitemap, feed and search description are XML, with full addresses."""
    base.write(
        {"orders/odd.md": '---\ntitle: "<b>&\\u0007 odd"\nreviewed: 2026-05-06\n---\nx & y\n'}
    )
    base.build()
    sitemap = ET.fromstring((base.site / "sitemap.xml").read_bytes())
    addresses = [node.text for node in sitemap.findall(".//{*}loc")]
    assert "https://help.example.com/center/orders/late.html" in addresses
    assert "https://help.example.com/center/orders/" in addresses
    assert len(addresses) == len(set(addresses))
    feed = ET.fromstring((base.site / "feed.xml").read_bytes())
    assert feed.findtext("{*}updated") == "2026-05-06T00:00:00Z"
    search = ET.fromstring((base.site / "opensearch.xml").read_bytes())
    [url] = search.findall("{*}Url")
    assert url.get("template") == "https://help.example.com/center/search/?q={searchTerms}"
    assert "Sitemap: https://help.example.com/center/sitemap.xml" in base.read("robots.txt")
    assert "[Your parcel is late](https://help.example.com/center/orders/late.md)" in base.read(
        "llms.txt"
    )


def test_the_sitemap_says_when_an_article_was_last_changed(base):
    """The later of the day of its last commit and that of its review."""
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        environ = {"GIT_COMMITTER_DATE": "2026-01-02T12:00:00Z", "PATH": os.environ["PATH"]}
        subprocess.run(["git", *who, *command], cwd=base.content, env=environ, check=True)
    base.build()
    sitemap = ET.fromstring((base.site / "sitemap.xml").read_bytes())
    days = {n.findtext("{*}loc").partition("center/")[2]: n.findtext("{*}lastmod") for n in sitemap}
    assert days["orders/damaged.html"] == "2026-01-02"
    assert days["orders/late.html"] == "2026-03-04"


def test_llms_full_txt_holds_the_text_of_every_article(base):
    """In the order of reading, each with its address: what its Markdown beside the page says."""
    base.build()
    text = base.read("llms-full.txt")
    places = []
    for address in ("contact/chat", "orders/late", "orders/damaged"):
        source = f"Source: https://help.example.com/center/{address}.md\n\n"
        places.append(text.index(source + base.read(f"{address}.md").strip()))
    assert text.startswith("# Parcel & Post\n\n> What is wrong with your parcel?\n")
    assert places[1] < places[2]
    assert "https://help.example.com/center/llms-full.txt" in base.read("llms.txt")
    for hidden in ("Zebrafish", "Walrus", "Quagga"):
        assert hidden not in text
    base.build(drafts=True)
    assert "Walrus" not in base.read("llms-full.txt")


def test_llms_full_txt_has_a_largest_size(base, monkeypatch):
    """Articles beyond are named, with where they are."""
    monkeypatch.setattr(feeds, "LONGEST_FULL", 900)
    base.write({f"orders/z{n}.md": f"# Number {n}\n\n{'word ' * 60}\n" for n in range(5)})
    base.build()
    text = base.read("llms-full.txt")
    assert len(text) < 1800
    assert "articles are left out: this file has reached its size." in text
    assert "- [Number 4](https://help.example.com/center/orders/z4.md)" in text


def test_an_edit_writes_llms_full_txt_anew(base):
    """And nothing else that does not show it; without one it stays."""
    base.build()
    base.write({"orders/damaged.md": "# A parcel is damaged\n\nNew words.\n"})
    assert "llms-full.txt" in base.build().written
    assert "New words." in base.read("llms-full.txt")
    base.write({"images/other.png": b"x"})
    assert "llms-full.txt" not in base.build().written


def test_markdown_and_llms_txt_offer_no_script(base):
    """Links that run something lose their target; titles and summaries are text, not markup."""
    base.write(
        {
            "orders/evil.md": '---\ntitle: "[t](javascript:a) <javascript:b>"\n'
            'summary: "[s](data:text/html,x)"\n---\n'
            "[x](javascript:alert(1)) [y](<vbscript:z>) [w](java&#x73;cript:c)\n\n"
            "[z]: data:text/html,q\n"
        }
    )
    base.build()
    text = base.read("orders/evil.md")
    assert text.startswith("# \\[t\\](javascript:a) \\<javascript:b>\n\n\\[s\\](data:")
    assert "\n\n[x] [y] [w]\n" in text
    assert "[z]:" not in text
    assert "\\[t\\](javascript:a) \\<javascript:b>](" in base.read("llms.txt")
    assert ": \\[s\\](data:" in base.read("llms.txt")


BEGINNINGS = ["[a](", "[a](<", "![a](", "[a]:", "[a]: <", "[a]:\n", "[b]: x [a](", "<", "word "]
BETWEEN = [
    "",
    " ",
    "\n",
    "> ",
    "\n> ",
    "    ",
    "\t",
    "\\",
    "&#32;",
    "&Tab;",
    "\x0c",
    "\u00a0",
    "(",
    "x",
]
SCHEMES = ["data:", "JavaScript:", "java&#x73;cript:", "vbscript&colon;", "file:", "java\\script:"]


@given(
    st.sampled_from(["", "> ", "- ", "> - ", "# ", "`", "a | b\n--|--\n"]),
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(BETWEEN), max_size=3).map("".join),
    st.sampled_from(SCHEMES),
    st.sampled_from([")", ">", "", ' "t")', "x>)", "\n\n[a]", "\n\n- [A]"]),
)
def test_links_that_run_are_seen_in_the_text(before, beginning, between, scheme, end):
    """No link that runs script is passed over because its Markdown was not read for links."""
    text = f"{before}{beginning}{between}{scheme}{end}"
    assert may_offer_script(text) or not offers_unsafe_links(text, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "text", ["on:\n  data: 1\n", "`javascript:` is no `data:`", "[a](b) data:"]
)
def test_words_before_a_colon_are_no_links(text):
    """Markdown that only speaks of such addresses need not be read for links."""
    assert not may_offer_script(text)


def test_markdown_of_code_and_words_stays_as_it_is(base):
    """Where `data:` stands in code, links stay links; where a link leads to it, none does, not even
    if it became one by the loss of another.
    """
    code = "[a](late.md)\n\n```yaml\ndata: 1\n```\n"
    base.write({"orders/code.md": code, "orders/made.md": "[a](gone.md):\ndata:x\n\n[a]\n"})
    base.build()
    assert base.read("orders/code.md").endswith(code)
    assert base.read("orders/made.md").endswith("\\[a\\]:\ndata:x\n\n\\[a\\]\n")


def test_feeds_without_an_address(base):
    """Without base_url addresses are relative, and ids of the feed stay IRIs."""
    (base.folder / "kb.toml").write_text('name = "N"\n')
    base.build()
    assert "<loc>orders/late.html</loc>" in base.read("sitemap.xml")
    assert "<id>urn:kb:N:orders/late.html</id>" in base.read("feed.xml")
    assert "Sitemap" not in base.read("robots.txt")
    assert "canonical" not in base.read("orders/late.html")


@pytest.mark.parametrize("room", [0, 10**6])
def test_rendered_bodies_wait_in_memory_and_on_disk(base, monkeypatch, room):
    """Without room for them each is given back as it was read, once."""
    from kb.content.snapshot import Snapshot, Spool
    from kb.site import render
    from kb.text.analysis import Analyzer

    monkeypatch.setattr(render, "Spool", lambda *codec: Spool(*codec, room))
    config = base.config()
    loader = ArticleLoader(config, Analyzer(), Snapshot(config), config.content)
    records, _ = loader.records()
    for record in records:
        [read] = loader_of_one(config, record.path)
        assert loader.held(record.path) == read
        assert loader.held(record.path) is None
    assert [*loader.rendered([])] == []  # which lets go of all


def loader_of_one(config, path):
    """Read an article anew."""
    from kb.content.snapshot import Snapshot
    from kb.text.analysis import Analyzer

    return ArticleLoader(config, Analyzer(), Snapshot(config), config.content).rendered([path])
