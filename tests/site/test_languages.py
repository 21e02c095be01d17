"""The site of a knowledge base in several languages: pages, links, search data, and what is kept."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from support.tongues import write_tongues

from kb import KnowledgeBase
from kb.config import load_config
from kb.site.build import build_site

NEEDS = "kb has no words for a site in"


@pytest.fixture
def content(tmp_path):
    """The folder of the articles."""
    return write_tongues(tmp_path / "content")


@pytest.fixture
def build(content, tmp_path):
    """Build the site, and give its report."""

    def build_(out="site", **settings):
        config = load_config(content=content, index=tmp_path / "index", environ={}, cwd=tmp_path)
        site = replace(config.site, **settings)
        return build_site(replace(config, site=site), out=tmp_path / out)

    return build_


@pytest.fixture
def page(build, tmp_path):
    """The text of a page of the site."""
    build()
    return lambda address: (tmp_path / "site" / address).read_text("utf-8")


def hrefs(html, pattern):
    return re.findall(rf'<a href="({pattern})"', html)


@pytest.mark.parametrize(
    ("address", "language", "direction"),
    [
        ("index.html", "en", "ltr"),
        ("en/orders/late.html", "en", "ltr"),
        ("de/index.html", "de", "ltr"),
        ("de/orders/late.html", "de", "ltr"),
        ("ar/account.html", "ar", "rtl"),
        ("ja/search/index.html", "ja", "ltr"),
        ("ja/topics/index.html", "ja", "ltr"),
        ("404.html", "en", "ltr"),
    ],
)
def test_each_page_says_its_language_and_direction(page, address, language, direction):
    """Also the pages that are the site's own, of which each language has its own."""
    assert f'<html lang="{language}" dir="{direction}">' in page(address)


def test_a_page_stays_in_its_language(page):
    """Home, topics, search, feed, and the topics of the first page."""
    html = page("de/orders/late.html")
    for own in ("de/index.html", "de/topics/index.html", "de/search/index.html"):
        assert f'"../../{own}"' in html
    assert 'data-manifest="de/search/data/m.js"' in html
    assert 'href="../../de/feed.xml"' in html
    home = page("de/index.html")
    assert "Abholung im Laden" in home
    assert "Late package" not in home
    assert "Orders" in page("topics/index.html")
    assert "Answers about orders" in page("index.html")


def test_the_languages_are_listed_with_the_same_article(page):
    """Where there is none, with the front page of the language."""
    html = page("de/orders/late.html")
    listed = dict(re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang', html))
    assert listed == {
        "../../en/orders/late.html": "en",
        "../../ar/orders/late.html": "ar",
        "../../de/orders/late.html": "de",
        "../../ja/orders/late.html": "ja",
    }
    assert '<a href="../de/index.html" lang="de"' in page("ja/account.html")


def test_hreflang_names_what_there_is(build, tmp_path):
    """In full where the address of the site is known."""
    build(base_url="https://help.example.com/")
    html = (tmp_path / "site/en/account.html").read_text("utf-8")
    links = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', html))
    assert links == {
        tag: f"https://help.example.com/{folder}/account.html"
        for tag, folder in (("en", "en"), ("x-default", "en"), ("ar", "ar"), ("ja", "ja"))
    }
    sitemap = (tmp_path / "site/sitemap.xml").read_text("utf-8")
    assert "https://help.example.com/de/orders/late.html" in sitemap
    assert "https://help.example.com/ja/</loc>" in sitemap


def listed(html):
    """The languages in the header of a page: where each leads, and what is said of it."""
    found = re.search(r'<details class="menu tongues">.*?</details>', html, re.DOTALL)[0]
    item = r'<a href="([^"]+)" lang="([\w-]+)".*?<span dir="\w+">([^<]*?)\s*(?:<small>([^<]+)</small>)?</span>'
    return {tag: (href, note) for href, tag, _, note in re.findall(item, found)}


def test_the_switcher_says_where_a_page_is_not_translated(page):
    """In the language that lacks it; it leads to the front page of that language then."""
    found = listed(page("en/account.html"))
    assert found["de"] == ("../de/index.html", "noch nicht übersetzt: zur Startseite")
    assert found["ja"] == ("../ja/account.html", "")
    assert page("en/account.html").count('hreflang="de"') == 1


@pytest.mark.parametrize(
    ("address", "other", "led"),
    [
        ("search/index.html", "ja", "../ja/search/index.html"),
        ("topics/index.html", "ar", "../ar/topics/index.html"),
        ("de/contact-us/index.html", "en", "../../contact-us/index.html"),
        ("ar/orders/index.html", "de", "../../de/orders/index.html"),
        ("de/index.html", "en", "../index.html"),
        ("404.html", "de", "/de/index.html"),
    ],
)
def test_the_switcher_leads_to_the_same_page_of_the_site(page, address, other, led):
    """Pages of the site's own, and topics that both languages have."""
    assert listed(page(address))[other] == (led, "")


def test_a_topic_of_one_language_says_so(content, build, tmp_path):
    """As an article does; hreflang names what there is."""
    (content / "de/rechnungen").mkdir()
    (content / "de/rechnungen/zahlen.md").write_text("# Zahlen\n\nText.\n", "utf-8")
    build(base_url="https://help.example.com/")
    html = (tmp_path / "site/de/rechnungen/index.html").read_text("utf-8")
    assert listed(html)["en"] == ("../../index.html", "not translated yet: home page")
    named = re.findall(r'<link rel="alternate" hreflang="([\w-]+)"', html)
    assert named == ["de"]


def test_the_language_of_the_settings_need_not_be_the_first(tmp_path):
    """Whatever comes first has the top of the site."""
    content = tmp_path / "content"
    for tag in ("de", "en"):
        (content / tag).mkdir(parents=True)
        (content / tag / "a.md").write_text(f"# A {tag}\n\nText.\n", "utf-8")
    (tmp_path / "kb.toml").write_text('[content]\nlanguages = ["de", "en"]\n')
    build_site(load_config(environ={}, cwd=tmp_path), out=tmp_path / "site")
    html = (tmp_path / "site/index.html").read_text("utf-8")
    assert '<html lang="de"' in html
    assert listed(html) == {"de": ("index.html", ""), "en": ("en/index.html", "")}
    assert 'lang="de" hreflang="de" aria-current="true"><span dir="ltr">' in html


def test_a_header_of_a_theme_from_before_keeps_the_list_at_the_foot(build, tmp_path, monkeypatch):
    """It knows of no switcher."""
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/header.html").write_text("<header>ours</header>\n")
    monkeypatch.chdir(tmp_path)
    build()
    html = (tmp_path / "site/de/laden.html").read_text("utf-8")
    assert '<nav class="site-footer" aria-label="Sprachen">' in html


def test_numbers_in_lists_are_written_as_the_language_does(tmp_path):
    """Those beside topics among the filters of the search."""
    folder = tmp_path / "content/viele"
    folder.mkdir(parents=True)
    for number in range(1001):
        (folder / f"a{number}.md").write_text(f"# Artikel {number}\n", "utf-8")
    (tmp_path / "kb.toml").write_text('language = "de"\n')
    build_site(load_config(environ={}, cwd=tmp_path), out=tmp_path / "site")
    assert "(1.001)" in (tmp_path / "site/search/index.html").read_text("utf-8")


def test_links_stay_within_the_language(page):
    """To the article itself where it is written, to that of the first language where it is not;
    from the root they begin at the language's folder.
    """
    html = page("de/orders/refund.html")
    assert '<a href="../../de/orders/late.html">Pakete</a>' in html
    assert '<a href="../../en/account.html">Konto</a>' in html
    assert '<a href="../../de/orders/late.html">hier</a>' in html


def test_an_article_may_link_to_its_own_translation(content, build, tmp_path):
    """As people write who have no list of languages."""
    file = content / "de/laden.md"
    file.write_text(file.read_text("utf-8") + "\n[English](../en/laden.md)\n", "utf-8")
    (content / "en/laden.md").write_text("# Pick up\n\n[Deutsch](../de/laden.md)\n", "utf-8")
    build()
    assert "../en/laden.html" in (tmp_path / "site/de/laden.html").read_text("utf-8")
    assert "../de/laden.html" in (tmp_path / "site/en/laden.html").read_text("utf-8")


def test_each_language_is_searched_by_its_own_files(build, tmp_path):
    """With its language, its stop words, its articles and channels."""
    build()
    manifest = (tmp_path / "site/de/search/data/m.js").read_text("utf-8")
    found = json.loads(re.search(r"(\{.*\})", manifest, re.DOTALL)[1])
    assert found["language"] == "de"
    channels = found["contact"]["channels"]
    assert [channel["name"] for channel in channels] == ["Telefon"]
    english = (tmp_path / "site/search/data/m.js").read_text("utf-8")
    assert '"language":"en"' in english


def test_the_other_languages_are_there_for_the_search(page):
    """Each with its tag, its name and its manifest."""
    html = page("index.html")
    others = re.search(r'data-others="([^"]+)"', html)[1].replace("&#34;", '"')
    assert json.loads(others) == [
        ["ar", "العربية", "ar/search/data/m.js"],
        ["de", "Deutsch", "de/search/data/m.js"],
        ["ja", "日本語", "ja/search/data/m.js"],
    ]


def test_the_folder_of_the_first_language_leads_to_the_front_page(page):
    """Its index was the page of a topic before."""
    assert 'content="0; url=../index.html"' in page("en/index.html")


def test_an_edit_writes_its_language_alone(content, build):
    """And what is of the whole site."""
    build()
    file = content / "de/laden.md"
    file.write_text(file.read_text("utf-8") + "\nAuch am Sonntag.\n", "utf-8")
    written = build().written
    assert "de/laden.html" in written
    assert [address for address in written if not address.startswith("de/")] == []


def test_a_build_after_an_edit_is_that_of_a_new_folder(content, build, tmp_path):
    """Byte by byte."""
    build()
    file = content / "ja/account.md"
    file.write_text(file.read_text("utf-8") + "\n終わり。\n", "utf-8")
    (content / "ar/account.md").unlink()
    build()
    build("other")
    one, other = (
        {p.relative_to(tmp_path / out): p.read_bytes() for p in (tmp_path / out).rglob("*.*")}
        for out in ("site", "other")
    )
    assert one == other


def test_a_topic_file_names_the_site_in_its_language(content, build, tmp_path):
    """The title and the summary of the folder of a language."""
    (content / "de/topic.yaml").write_text("title: Hilfe\nsummary: Wir helfen.\n", "utf-8")
    build()
    home = (tmp_path / "site/de/index.html").read_text("utf-8")
    assert "<title>Hilfe</title>" in home
    assert "Wir helfen." in home
    assert "<title>Help – Help center</title>" in (tmp_path / "site/index.html").read_text("utf-8")


def test_pages_speak_their_language(page):
    """What the site itself says, and what its search says."""
    assert "Zum Text springen" in page("de/orders/late.html")
    assert "本文へ移動" in page("ja/account.html")
    assert "انتقل إلى النص" in page("ar/account.html")
    assert "Skip to the text" in page("en/account.html")


def test_the_message_is_that_of_the_terminal(content, page):
    """In the language of the page: there is one place where its words stand."""
    base = KnowledgeBase.open(content)
    for tag in base.languages:
        html = page("contact-us/index.html" if tag == "en" else f"{tag}/contact-us/index.html")
        written = re.search(r'<textarea id="KB-message"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
        found = base.contact(language=tag)
        assert unescape(written[1]) == found.message
    messages = {base.contact(language=tag).message for tag in base.languages}
    assert len(messages) == len(base.languages)


def test_languages_without_words_are_told_once(content, build):
    """In a warning that says how to translate them."""
    for tag, name in (("fi", "Tili"), ("sv", "Konto")):
        (content / tag).mkdir()
        (content / tag / "account.md").write_text(f"# {name}\n", "utf-8")
    [told] = [problem.message for problem in build().problems if NEEDS in problem.message]
    assert told.startswith("there are articles in fi, sv, but")


def test_names_may_end_in_the_language(tmp_path):
    """Such articles stand in a folder of the language, with the pages of folders."""
    content = tmp_path / "content"
    (content / "guide").mkdir(parents=True)
    (tmp_path / "kb.toml").write_text('[content]\nlanguages = ["en", "de"]\n')
    for name, title in (
        ("index", "Home"),
        ("index.de", "Start"),
        ("guide/index", "Guide"),
        ("guide/index.de", "Anleitung"),
        ("guide/late", "Late"),
        ("guide/late.de", "Verspätet"),
    ):
        text = f"# {title}\n\nSee [all](index.md) and [up](../index.md).\n"
        (content / f"{name}.md").write_text(text, "utf-8")
    config = load_config(environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    built = {p.relative_to(tmp_path / "site").as_posix() for p in tmp_path.glob("site/**/*.html")}
    assert {"de/index.html", "de/guide/index.html", "de/guide/late.html"} <= built
    assert {"index.html", "guide/index.html", "guide/late.html"} <= built
    html = (tmp_path / "site/de/guide/late.html").read_text("utf-8")
    assert '<a href="../../de/index.html">up</a>' in html
    assert '<a href="../../de/guide/index.html">all</a>' in html


def test_one_language_has_no_list_of_languages(tmp_path):
    """Nor other manifests, nor hreflang: its pages are as they were."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("---\nlang: de\n---\n# Paket\n\nText.\n", "utf-8")
    config = load_config(content=content, environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    html = (tmp_path / "site/a.html").read_text("utf-8")
    assert '<html lang="de" dir="ltr">' in html
    assert "hreflang" not in html
    assert "data-others" not in html
    assert (tmp_path / "site/search/data/m.js").is_file()


def test_a_language_whose_folder_lies_deep_stands_below_its_own_name(tmp_path):
    """As translations of Docusaurus do: the article with the address of the site is the front page,
    and links from the root lead to the article in the same language, or to that of the first one.
    """
    said = "export default {i18n: {defaultLocale: 'en', locales: ['en', 'de']}, presets: []}\n"
    german = "i18n/de/docusaurus-plugin-content-docs/current"
    front = "---\nslug: /\n---\n# Start\n\n[a](/guides/a) [b](guides/b.md)\n"
    texts = {
        "docusaurus.config.js": said,
        "docs/start.md": front,
        "docs/guides/a.md": "# A\n",
        "docs/guides/b.md": "# B\n",
        f"{german}/start.md": front,
        f"{german}/guides/a.md": "# A\n\n[up](/)\n",
    }
    for name, text in texts.items():
        (tmp_path / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / name).write_text(text, "utf-8")
    config = load_config(content=tmp_path / "web", environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")

    def targets(page):
        html = (tmp_path / "site" / page).read_text("utf-8")
        return re.findall(r'<a href="([^"]*)">(?:a|b|up)</a>', html)

    assert targets("index.html") == ["docs/guides/a.html", "docs/guides/b.html"]
    assert targets("de/index.html") == ["../de/guides/a.html", "../docs/guides/b.html"]
    assert targets("de/guides/a.html") == ["../../de/index.html"]
