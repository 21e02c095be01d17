"""Facts about a content folder at one moment, and about the state of the whole folder."""

import os
from dataclasses import replace

import pytest

from kb.config import Config
from kb.content import read_article, scan
from kb.content.snapshot import Snapshot, Spool, state_of_folder
from kb.model import Article, decode_as, encode_meta


@pytest.fixture
def content(tmp_path):
    """Articles, a topic file, an image and something hidden."""
    folder = tmp_path / "content"
    (folder / "orders").mkdir(parents=True)
    for name in ("a.md", "orders/late.md", "orders/topic.yaml", "orders/map.png", ".hidden.md"):
        (folder / name).write_text("one")
    return folder


def rewrite_with_old_times(path):
    """Change a file, and put its time of change back."""
    before = path.stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES = {
    "an article is written": lambda c: (c / "a.md").write_text("longer"),
    "an article keeps size and time": lambda c: rewrite_with_old_times(c / "a.md"),
    "an article comes": lambda c: (c / "orders" / "b.md").write_text("new"),
    "an article goes": lambda c: (c / "orders" / "late.md").unlink(),
    "an article is renamed": lambda c: (c / "a.md").rename(c / "b.md"),
    "an article moves": lambda c: (c / "a.md").rename(c / "orders" / "a.md"),
    "an article is replaced": lambda c: (
        (c / "late").write_text("one") and (c / "late").rename(c / "a.md")
    ),
    "a topic file is written": lambda c: (c / "orders" / "topic.yaml").write_text("title: x"),
    "a folder comes": lambda c: (c / "new").mkdir(),
    "a folder takes an article's name": lambda c: (c / "a.md").unlink() or (c / "a.md").mkdir(),
    "permissions change": lambda c: (c / "a.md").chmod(0o600),
    "a name that looks like an article comes": lambda c: (c / "x.mkd").write_text("new"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_listing_goes_by_is_in_the_state(content, change):
    """Whatever may change what is listed or read changes the digest."""
    before = state_of_folder(content)
    CHANGES[change](content)
    after = state_of_folder(content)
    assert after.digest != before.digest
    assert after.newest >= before.newest


@pytest.mark.parametrize("name", [".hidden.md", ".git/config", "orders/map.png"])
def test_what_is_not_read_is_not_in_the_state(content, name):
    """Neither hidden files nor what stands in an image."""
    before = state_of_folder(content)
    (content / name).parent.mkdir(exist_ok=True)
    (content / name).write_text("something else")
    assert state_of_folder(content) == before


def test_the_state_is_that_of_this_folder(content, tmp_path):
    """Another folder with the same names has another one, even with the same files."""
    (tmp_path / "other" / "orders").mkdir(parents=True)
    for path in content.rglob("*.*"):
        os.link(path, tmp_path / "other" / path.relative_to(content))
    assert state_of_folder(tmp_path / "other").digest != state_of_folder(content).digest


def test_a_link_takes_more_than_a_look(content, tmp_path):
    """Where it leads may change without it."""
    (tmp_path / "far.md").write_text("far")
    (content / "orders" / "far.md").symlink_to(tmp_path / "far.md")
    assert state_of_folder(content) is None


def test_a_folder_that_is_not_there_has_no_state(tmp_path):
    """Whoever lists it says why."""
    assert state_of_folder(tmp_path / "nowhere") is None


@pytest.mark.parametrize("one", [("a", "b/c.md"), ("a/b", "c.md")])
def test_names_do_not_run_together(tmp_path, one):
    """The same names in other folders are another state."""
    folder, name = one
    path = tmp_path / "content" / folder / name
    path.parent.mkdir(parents=True)
    path.write_text("one")
    os.utime(path, ns=(0, 0))
    first = state_of_folder(tmp_path / "content").digest
    (tmp_path / "content" / folder / name).rename(tmp_path / "content" / "x.md")
    assert state_of_folder(tmp_path / "content").digest != first


def test_an_article_that_was_parsed_is_not_parsed_again(content, monkeypatch):
    """It is handed out once, in the state in which it was read."""
    (content / "a.md").write_text("# Ay\n\nText [link](b.md).\n\n## More\n\nother: x\n")
    snapshot = Snapshot(Config(content=content))
    source = snapshot.listing.articles[0]
    article = read_article(content, source)
    snapshot.hold(source, article)
    assert snapshot.digests["a.md"] == article.digest
    other = source._replace(mtime_ns=source.mtime_ns + 1)
    (content / "a.md").write_text("# Bee\n")
    assert snapshot.article(other).title == "Bee"
    assert snapshot.article(source) == article
    assert snapshot.article(source).title == "Bee"
    snapshot.hold(source, article)
    snapshot.release()
    assert snapshot.article(source).title == "Bee"


@pytest.mark.parametrize("room", [0, 10**6])
def test_what_is_held_comes_back_the_same(content, room):
    """From memory and from the file, lone surrogates and all fields among it, and once."""
    text = "---\ntitle: T\nother: x\nreviewed: 2026-01-02\ntags: [é]\n---\n# A [b](c.md)\n\n> x\n"
    (content / "a.md").write_text(text)
    article = read_article(content, scan(content).articles[0])
    spool = Spool(encode_meta, lambda record: decode_as(Article, record), room)
    spool.put("a", article, 7)
    spool.put("b", replace(article, body="\udc80"), 7)
    assert spool.pop("a") == article
    assert spool.pop("a") is None
    assert spool.pop("b").body == "\udc80"
    spool.close()
