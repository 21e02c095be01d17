"""What a first visit costs, in bytes as hosts compress them: HTML, styles and scripts."""

import gzip
import re
from pathlib import Path

import pytest

from kb.config import load_config
from kb.site.build import build_site

ROOT = Path(__file__).parents[2]
HOME_LIMIT = 25 * 1024
OVERHEAD_LIMIT = 16 * 1024
LOADED = re.compile(r'<link rel="stylesheet" href="([^"]+)"|<script(?: id="[\w-]+")? src="([^"]+)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of the sample knowledge base, with an article that says nothing."""
    folder = tmp_path_factory.mktemp("weight")
    content = folder / "content"
    for path in (ROOT / "content").rglob("*.md"):
        target = content / path.relative_to(ROOT / "content")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (content / "orders" / "bare.md").write_text("# Bare\n")
    (folder / "kb.toml").write_text(
        '[site]\nfeedback = "https://forms.example.com/{article}?{answer}"\n'
        'feedback_endpoint = "/feedback"\nedit_url = "https://example.com/{path}"\n'
    )
    build_site(load_config(content=content, environ={}, cwd=folder), out=folder / "site")
    return folder / "site"


def loaded(page):
    """The page and the files that it loads before anything is done on it, each as it is named."""
    text = page.read_text(encoding="utf-8")
    files = [next(filter(None, found)) for found in LOADED.findall(text)]
    return [page, *(page.parent / name for name in files)]


def weight(page):
    """Add them up."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in loaded(page))


def test_home_weighs_little(site):
    """Home, with everything that it loads by itself."""
    assert weight(site / "index.html") <= HOME_LIMIT


def test_an_article_adds_little_to_its_text(site):
    """An article without text, with everything that it loads by itself."""
    assert weight(site / "orders" / "bare.html") <= OVERHEAD_LIMIT


def test_search_is_loaded_where_it_is_the_page(site):
    """The script of search is asked for by its own page, and named but not loaded by others."""
    own = [path.name for path in loaded(site / "search" / "index.html")]
    other = [path.name for path in loaded(site / "index.html")]
    assert [name for name in own if name.startswith("search.") and name.endswith(".js")]
    assert not [name for name in other if name.startswith("search.") and name.endswith(".js")]
    assert 'data-script="assets/search.' in (site / "index.html").read_text(encoding="utf-8")
