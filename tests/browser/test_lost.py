"""The page for missing addresses of a site without `base_url`, wherever it is published."""

import re

import pytest

pytestmark = pytest.mark.browser

READY = "document.querySelectorAll('main .find-panel [role=option]').length > 2"
STYLED = "getComputedStyle(document.querySelector('.site-footer')).borderTopStyle"
PLACES = [
    ("/", "nowhere.html"),
    ("/", "one/two/three/nowhere/"),
    ("/project/", "nowhere"),
    ("/project/", "one/two/three/nowhere.html"),
    ("/two/folders/", "a/b?c=d#e"),
]


@pytest.mark.parametrize(("below", "missing"), PLACES)
def test_it_is_styled_and_leads_to_the_site_at_any_depth(see, site, serve_below, below, missing):
    """Home, topics, form and articles are those of the site, and its search answers."""
    address = serve_below(site, below)
    links = "[...document.querySelectorAll('a[href]')].map((a) => a.href)"
    [seen] = see(
        {
            "url": address + missing,
            "steps": [
                ["until", f"document.querySelector('.site-name').href === '{address}index.html'"],
                ["evaluate", STYLED],
                ["evaluate", links],
                ["evaluate", "document.querySelector('main form').action"],
                ["axe"],
                ["type", "#KB-query", "package"],
                ["until", READY],
                ["press", "Enter"],
                ["until", "document.querySelector('.find-results > li')"],
            ],
        }
    )
    styled, hrefs, action, violations = seen["results"]
    assert styled == "solid"
    assert violations == []
    assert action == address + "search/index.html"
    for href in hrefs:
        path, _, anchor = href.removeprefix(address).partition("#")
        assert href.startswith(address), href
        assert anchor or (site / path).is_file(), href


@pytest.mark.parametrize(("below", "missing"), PLACES)
def test_without_scripts_it_is_styled_and_right_at_the_top(
    browse, site, serve_below, below, missing
):
    """Links begin at the top of the host, where most sites stand; elsewhere a sentence helps."""
    address = serve_below(site, below)
    visit = {
        "url": address + missing, "width": 360, "height": 740, "scheme": "light",
        "javaScript": False, "text": "body", "styles": [".site-footer", "border-top-style"],
    }  # fmt: skip
    [seen] = browse({"visits": [visit]})["visits"]
    assert "take the last part off the address" in seen["text"]
    assert seen["style"] == "solid"
    page = (site / "404.html").read_text(encoding="utf-8")
    hrefs = re.findall(r'<a [^>]*href="([^"#]+)"', page)
    assert hrefs
    assert all((site / href.removeprefix("/")).is_file() for href in hrefs)


def test_it_keeps_to_the_policy_of_the_host(see, site, serve_below):
    """With the policy of `_headers`, and trusted types, as well."""
    headers = (site / "_headers").read_text(encoding="utf-8")
    [policy, *_] = re.findall(r"Content-Security-Policy: (.*)", headers)
    address = serve_below(site, "/project/", f"{policy}; require-trusted-types-for 'script'")
    [seen] = see(
        {
            "url": address + "one/two",
            "steps": [
                ["until", f"document.querySelector('.site-name').href === '{address}index.html'"],
                ["type", "#KB-query", "package"],
                ["until", READY],
            ],
        }
    )
    assert [line for line in seen["console"] if "404" not in line] == []
