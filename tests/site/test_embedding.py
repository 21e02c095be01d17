"""The search of a folder for a site that something else builds, as files."""

from dataclasses import replace

import pytest
from support.models import make_model

from kb.config import load_config
from kb.errors import SiteError
from kb.semantic.encoder import Encoder
from kb.site.embed.embed import MARK, embed_search
from kb.site.embed.generators import GENERATORS

PAGES = {
    "index.md": "# Welcome\n\nParcels.\n",
    "late.md": "# Late\n\nLook at the tracking.\n",
    "draft.md": "---\ndraft: true\n---\nquokka\n",
    "agent.md": "---\naudience: agent\n---\nzebrafish\n",
}


@pytest.fixture
def docs(tmp_path):
    """A Markdown folder."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return folder


def embed(docs, pattern="../{id}/"):
    """Export it."""
    config = load_config(content=docs, environ={}, cwd=docs.parent)
    return embed_search(config, docs.parent / "out", pattern, GENERATORS["mkdocs"])


def files(folder):
    """Read all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_published_pages_can_be_found(docs):
    """Drafts and pages for agents are nowhere in the files."""
    done = embed(docs)
    out = files(docs.parent / "out")
    assert {"search.js", "search.css", "m.js", MARK} <= {*out}
    assert done.files == len(out) - 1
    data = b"".join(data for name, data in out.items() if name != "search.js")
    assert b"tracking" in data
    assert b"quokka" not in data
    assert b"zebrafish" not in data


def test_comments_of_myst_are_in_no_export(tmp_path):
    """Nor what only Sphinx makes; what stands in a callout is text."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "conf.py").write_text("extensions = ['myst_parser']\n")
    text = "# A\n\n% quokka\n\n- b\n  % quokka\n\n```{note}\nzebrafish\n```\n"
    (tmp_path / "docs" / "a.md").write_text(text)
    config = load_config(content=tmp_path / "docs", environ={}, cwd=tmp_path)
    embed_search(config, tmp_path / "out", "/{id}/", GENERATORS["sphinx"])
    data = b"".join(data for name, data in files(tmp_path / "out").items() if name != "search.js")
    assert b"quokk" not in data
    assert b"zebrafish" in data


def test_pages_whose_names_begin_with_an_underscore_are_found_where_they_are_published(tmp_path):
    """As posts of Jekyll's are, and those that the settings ask for."""
    make = {"_config.yml": "", "_posts/2020-01-01-a.md": "# A\n\nquokka\n", "b.md": "# B\n"}
    docs = tmp_path / "docs"
    for name, text in make.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text)
    config = load_config(content=docs, environ={}, cwd=tmp_path)
    assert embed_search(config, tmp_path / "out", "/{id}/", GENERATORS["jekyll"]).articles == 2


def test_pages_in_several_languages_are_exported_one_language_at_a_time(tmp_path):
    """Which ones there are is said, and `languages = []` makes one of all."""
    for name in ("en/a.md", "en/b.md", "de/a.md", "de/b.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text("# Parcel\n")
    config = load_config(content=tmp_path / "docs", environ={}, cwd=tmp_path)
    with pytest.raises(SiteError, match="several languages: en, de") as told:
        embed_search(config, tmp_path / "out", "/{id}/", GENERATORS["plain"])
    assert "--language en" in str(told.value.hint)
    assert embed_search(config, tmp_path / "out", "/{id}/", GENERATORS["plain"], "de").articles == 2
    one = replace(config, folder=replace(config.folder, languages=()))
    assert embed_search(one, tmp_path / "all", "/{id}/", GENERATORS["plain"]).articles == 4


def test_the_same_pages_give_the_same_files(docs):
    """Nothing in them tells when they were written."""
    embed(docs)
    before = files(docs.parent / "out")
    embed(docs)
    assert files(docs.parent / "out") == before


def test_files_that_are_not_needed_any_more_go(docs):
    """A changed page gives files of new names; old ones do not pile up."""
    embed(docs)
    before = files(docs.parent / "out")
    (docs / "late.md").write_text("# Late\n\nAsk the carrier.\n")
    embed(docs)
    after = files(docs.parent / "out")
    assert len(after) == len(before)
    assert {*after} != {*before}


def test_other_folders_are_left_alone(docs):
    """A folder with files that no export wrote is refused, and stays as it was."""
    out = docs.parent / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(SiteError, match="did not write"):
        embed(docs)
    assert files(out) == {"mine.txt": b"mine"}


def test_a_pattern_names_the_page(docs):
    """Without `{id}` all pages would have one address."""
    with pytest.raises(SiteError, match=r"has no \{id\}"):
        embed(docs, "/docs/")


@pytest.mark.parametrize(
    "pattern",
    [
        "javascript:{id}", "JavaScript://x/{id}", "java\tscript:{id}", " javascript:{id}", "data:{id}",
        "vbscript:{id}", "//evil/{id}", "///evil/{id}", "\\\\evil/{id}", "/\\evil/{id}", "{id}:x",
        "https://{id}/", "https://{id}.example.com/", "https://a.example{id}/", "https:{id}",
        "http:///{id}", "https://user@evil.example/{id}", "ftp://a.example/{id}", "file:///{id}",
        "mailto:{id}", "/a b/{id}", "/a\n/{id}", '/{id}"x', "/<b>/{id}", "x:/{id}", "blob:https://{id}",
        "/\x00{id}", "/\u2028{id}", "https://a.example:port/{id}",
    ],
)  # fmt: skip
def test_a_pattern_leads_to_pages_alone(docs, pattern):
    """Into no script, and to no host that it does not name in full; nothing is written then."""
    with pytest.raises(SiteError, match="the pattern"):
        embed(docs, pattern)
    assert not (docs.parent / "out").exists()


@pytest.mark.parametrize(
    "pattern",
    [
        "{id}", "./{id}.html", "../{id}/", "/{id}", "/docs/{id}/#top", "?page={id}", "/a:b/{id}",
        "/?url=https://x/{id}", "https://docs.example.com/{id}/", "HTTP://localhost:8000/a/{id}",
        "https://[::1]:8000/{id}", "#/{id}", "https://docs.example.com?{id}",
    ],
)  # fmt: skip
def test_usual_patterns_are_fine(docs, pattern):
    """Relative, from the root of the host, or in full."""
    assert embed(docs, pattern).articles


def test_pages_that_cant_be_read_are_named(docs):
    """They keep no other page out."""
    (docs / "bad.md").write_text("+++\nx = \n+++\n")
    (docs / "worse.md").write_bytes(b"\xff\xfe\xfa")
    done = embed(docs)
    assert {problem.path for problem in done.problems} >= {"bad.md", "worse.md"}
    assert done.counts["error"] == 2
    assert done.articles == 2


def test_actions_lead_where_they_can(docs):
    """An action's address stays if it means the same on every page; topics have no pages."""
    (docs / "orders").mkdir()
    (docs / "orders" / "track.md").write_text(
        "---\ndo:\n  - {label: One, url: /track}\n  - {label: Two, url: near.md}\n---\n# Track\n"
    )
    embed(docs)
    out = files(docs.parent / "out")
    data = b"".join(data for name, data in out.items() if name.startswith("d"))
    assert b'["One","","/track"],["Two","",""]' in data


def test_a_file_is_no_folder(docs):
    """What stands where the folder should be is not replaced."""
    (docs.parent / "out").write_text("mine")
    with pytest.raises(SiteError, match="no folder"):
        embed(docs)


def test_an_export_encodes_what_another_did_not(docs, tmp_path, monkeypatch):
    """Where meaning counts, texts and words are encoded once, and files are those of a first export."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make_model(tmp_path / "model")
    (tmp_path / "kb.toml").write_text('[semantic]\nmode = "words"\nmodel = "model"\n')
    encoded = []
    for name in ("encode_texts", "encode_queries"):
        plain = getattr(Encoder, name)
        noting = lambda self, texts, plain=plain: (encoded.extend(texts), plain(self, texts))[1]  # noqa: E731
        monkeypatch.setattr(Encoder, name, noting)
    embed(docs)
    first = files(tmp_path / "out")
    assert "Late\nLook at the tracking." in encoded
    encoded.clear()
    embed(docs)
    assert encoded == []
    assert files(tmp_path / "out") == first
    (docs / "late.md").write_text("# Late\n\nLook at the mug.\n")
    embed(docs)
    assert encoded == ["Late\nLook at the mug."]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    edited = files(tmp_path / "out")
    embed(docs)
    assert files(tmp_path / "out") == edited
