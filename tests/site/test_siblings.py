"""The articles of a topic that stand beside the text of one of them."""

import re

import pytest

from kb.config import load_config
from kb.site.build import build_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A topic with a page of its own and two articles, one with a page and one, one without a page."""
    folder = tmp_path_factory.mktemp("siblings")
    for name in ("parcels/index", "parcels/late", "parcels/lost", "bills/index", "bills/twice",
                 "returns/label", "returns/refund"):  # fmt: skip
        path = folder / "content" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# About {name}\n\nText.\n")
    build_site(load_config(content=folder / "content", environ={}, cwd=folder), out=folder / "site")
    return folder / "site"


def beside(page):
    """Where the links beside a text lead; None where there are none."""
    found = re.search(
        r'<nav class="siblings".*?</nav>', page.read_text(encoding="utf-8"), re.DOTALL
    )
    return re.findall(r'href="(?:\.\./)?([^"]+)"', found[0]) if found else None


def test_the_page_of_a_topic_is_the_heading_alone(site):
    """It is not named a second time as one of the articles."""
    assert beside(site / "parcels" / "late.html") == [
        "parcels/index.html",
        "parcels/late.html",
        "parcels/lost.html",
    ]


def test_the_page_of_a_topic_lists_its_articles_once(site):
    """Below its text, and not beside it again."""
    page = site / "parcels" / "index.html"
    assert beside(page) is None
    assert page.read_text(encoding="utf-8").count('href="../parcels/late.html"') == 2  # list, next


def test_one_article_has_nothing_beside_it(site):
    """Beside the topic's own page there is no other."""
    assert beside(site / "bills" / "twice.html") is None


def test_a_topic_without_a_page_lists_all(site):
    """Its heading leads to the list of them."""
    assert beside(site / "returns" / "label.html") == [
        "returns/index.html",
        "returns/label.html",
        "returns/refund.html",
    ]
