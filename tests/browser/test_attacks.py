"""Line 1 of the hostile suite in Chromium: no text of an author runs, asks or loads anything."""

import pytest
from support.attacks import attacks, site_of_all

pytestmark = pytest.mark.browser

ALONE = ("feed.xml", "llms.txt", "sitemap.xml")
"""What a browser shows that is no page."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of all texts."""
    folder, report = site_of_all(tmp_path_factory.mktemp("attacks"))
    assert report.articles > len(attacks()) // 25
    return folder


def addresses(site):
    """Every page of a text's own, a page that lists them, one of a name, and the site's own."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    articles = [page for page in pages if page.removesuffix(".html").isdigit()]
    lists = [page for page in pages if page.startswith(("topics/", "names/index", "search/"))]
    names = [page for page in pages if page.startswith("names/")][::40]
    topics = [page for page in pages if page.startswith("t") and page.endswith("/index.html")][::20]
    return [*articles, *lists, *names, *topics, "index.html", "404.html", "contact-us/index.html"]


def test_no_text_runs_in_chromium(attack, site, serve_below):
    """Hundreds of texts to a page: 0 scripts, dialogs, requests to other hosts, breaches."""
    address = serve_below(site, "/center/")
    pages = addresses(site)
    assert len(pages) > len(attacks()) // 25
    seen = attack({"urls": [address + quoted(page) for page in pages]})
    assert sum(visit["elements"] for visit in seen) > 10 * len(attacks())
    for visit in seen:
        for kind in ("dialogs", "ran", "foreign", "breaches", "audit", "messages"):
            assert visit[kind] == [], visit


def quoted(page):
    """A page's path as an address."""
    return page.replace("%", "%25").replace("#", "%23").replace("?", "%3F")


def test_feeds_run_nothing_in_chromium(attack, site, serve_below):
    """As a browser shows files that are no pages."""
    address = serve_below(site, "/center/")
    for visit in attack({"urls": [address + name for name in ALONE]}):
        for kind in ("dialogs", "ran", "foreign"):
            assert visit[kind] == [], visit
