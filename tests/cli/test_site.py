"""`kb build`, `kb serve` and `kb init --theme` as a person runs them."""

import json
import re
import tomllib
import urllib.request
from pathlib import Path

import pytest
import yaml

from kb.site.dev import preview


@pytest.fixture
def article(folder):
    """A knowledge base of one article with a broken link."""
    (folder / "content").mkdir(exist_ok=True)
    path = folder / "content" / "late.md"
    path.write_text("# Late parcel\n\n[gone](gone.md)\n")
    return path


def test_build_writes_a_site_and_says_so(kb, folder, article):
    """The folder, the number of pages and what was written; a warning for the broken link."""
    result = kb("build")
    assert result.code == 0
    assert "pages in site/" in result.out
    assert "late.md:3: the link gone.md leads to nothing" in result.err
    assert (folder / "site" / "late.html").exists()
    assert "nothing changed" in kb("build").out


def test_build_says_in_a_line_each_what_the_site_does_without(kb, folder, article):
    """A base_url, and a way to reach a person; once, and nothing where both are there."""
    chat = folder / "content" / "contact" / "chat.md"
    text = chat.read_text()
    chat.unlink()
    err = kb("build").err
    assert err.count("base_url") == err.count("describes a channel") == 1
    assert kb("build").err.count("base_url") == 0
    (folder / "kb.toml").write_text('[site]\nbase_url = "https://help.example.com"\n')
    chat.write_text(text)
    article.write_text("# Late parcel\n")
    assert kb("build").err == ""


def test_build_strict_fails_on_warnings(kb, article):
    """A broken link is an error with --strict, also when nothing changed."""
    assert kb("build", "--strict").code == 3
    assert kb("build", "--strict").code == 3
    article.write_text("# Late parcel\n")
    assert kb("build", "--strict").code == 0


def test_a_copy_for_reading_offline_stands_beside_the_site(kb, folder, article):
    """In a folder of its own, and packed where that is asked for; the site stays as it was."""
    kb("build")
    result = kb("build", "--offline", "--zip")
    assert result.code == 0
    assert "in site-offline/" in result.out
    assert "packed into site-offline.zip, " in result.out
    assert "base_url" not in result.err
    assert (folder / "site-offline.zip").is_file()
    assert kb("build", "--check").code == 0
    assert "data-offline" in (folder / "site-offline/late.html").read_text()
    assert "data-offline" not in (folder / "site/late.html").read_text()
    said = json.loads(kb("build", "--offline", "--zip", "--json", "--out", "copy").out)
    assert said["archive"] == str(folder / "copy.zip")


def test_build_check_says_what_is_not_as_it_was_left(kb, folder, article):
    """A line for each file, and exit code 3; nothing is built."""
    assert kb("build", "--check").code == 3  # no site yet
    kb("build")
    assert "in site/ as the build left them" in kb("build", "--check").out
    article.write_text("# Other\n")
    (folder / "site/late.html").write_text("changed")
    (folder / "site/a\x1bb").write_text("")
    result = kb("build", "--check")
    assert result.code == 3
    assert "late.html has changed since the build" in result.out
    assert "\x1b" not in result.out
    rows = json.loads(kb("build", "--check", "--json").out)["differences"]
    assert [row["what"] for row in rows] == ["is not of this build", "has changed since the build"]


def test_build_report_says_where_it_is_and_what_it_comes_to(kb, folder, article, monkeypatch):
    """0 where only articles lack something, unless --strict asks for that, too; 3 where the site
    fails.
    """
    monkeypatch.setenv("KB_CHROMIUM", "nothing")
    monkeypatch.setenv("KB_NODE_TOOLS", str(folder))
    article.write_text("# Late parcel\n\n### Deep\n\nText.\n")
    result = kb("build", "--report")
    assert result.code == 0
    assert "axe was not run: " in result.err
    assert (
        "0 failures of the site, 1 finding in articles: site-report/conformance.html" in result.out
    )
    said = json.loads((folder / "site-report/conformance.json").read_text())
    assert [(row["path"], row["line"]) for row in said["articles"]] == [("late.md", 3)]
    assert kb("build", "--report", "--strict").code == 3
    article.write_text("# Late parcel\n")
    (folder / "kb.toml").write_text('[site.colors]\nsoft = "#cccccc"\n')
    assert kb("build", "--report").code == 3


def test_build_fails_when_an_article_cannot_be_read(kb, folder, article):
    """An article that is kept out is an error, and the others are there."""
    (folder / "content" / "bad.md").write_bytes(b"\xff\xfe\x00")
    result = kb("build", "--out", "public")
    assert result.code == 3
    assert "bad.md" in result.err
    assert (folder / "public" / "late.html").exists()


def test_a_file_that_is_refused_is_told_at_once(kb, folder, article):
    """Though no file that is read has changed since the last build; and no longer than it is there."""
    article.write_text("# Late parcel\n")
    assert kb("build").code == 0
    refused = folder / "content" / "a#b.md"
    refused.write_text("# Refused\n")
    result = kb("build")
    assert result.code == 3
    assert "a#b.md" in result.err
    refused.unlink()
    result = kb("build")
    assert (result.code, result.err) == (0, "")


def test_build_as_json(kb, folder, article):
    """One object with what was done and every problem."""
    found = json.loads(kb("build", "--json").out)
    assert found["version"] == 1
    assert found["articles"] == len(list((folder / "content").rglob("*.md")))
    assert "late.html" in found["written"]
    assert found["removed"] == []
    assert found["warnings"] == 1
    assert found["problems"][0]["line"] == 3


def test_many_problems_are_counted(kb, folder, article):
    """Beyond twenty each kind is a line with its count, until -v asks for all."""
    article.write_text("# Late\n\n" + "".join(f"[x](gone-{n}.md)\n" for n in range(130)))
    result = kb("build")
    line = "warning: late.md:3: the link gone-0.md leads to nothing in the content folder"
    assert f"{line} (and 129 more of this kind)" in result.err
    assert f"{line} (and 129 more of this kind)" in kb("build").err
    assert kb("build", "-v").err.count("leads to nothing") == 130
    assert len(json.loads(kb("build", "--json").out)["problems"]) == 130


def test_kinds_of_problems_name_the_setting_that_would_mend_them(kb, folder, article):
    """Where most links begin alike; and however many kinds there are, it is read at a glance."""
    links = "".join(f"[x](/docs/v1/gone-{n}/)\n" for n in range(30))
    article.write_text(f"# Late\n\n{links}")
    for n in range(60):
        text = f"---\nstaus{'x' * (n % 2)}: {n}\nreview_every: often {n}\n---\n"
        (folder / "content" / f"many-{n}.md").write_text(text)
    result = kb("build")
    assert (
        "30 of them begin with /docs/: if that is a part of the site where the articles stood, "
        'published_at = ["https://..."] under [content]' in result.err
    )
    assert len(result.err.split("\n")) < 40


def test_pictures_on_a_host_name_the_setting_that_shows_them(kb, article):
    """Not the one for links."""
    article.write_text(
        "# Late\n\n" + "".join(f"![x](https://cdn.org/{n}.png)\n" for n in range(30))
    )
    err = kb("build").err
    assert '30 of them are on cdn.org: remote_images = ["cdn.org"] under [site] shows them' in err
    assert "published_at" not in err


def test_the_generator_is_said_once(kb, folder):
    """With the file that told it, when all is built anew; and how many files were left out."""
    (folder / "mkdocs.yml").write_text("exclude_docs: old/\n")
    (folder / "content" / "old").mkdir()
    (folder / "content" / "old" / "x.md").write_text("# Old\n")
    said = "written for mkdocs (seen by mkdocs.yml; `dialect` under [content] names another)"
    first, second = kb("build"), kb("build")
    assert first.err.count(said) == 1
    assert "left out: 1 file or folder" in first.err
    assert said not in second.err
    found = json.loads(kb("build", "--json").out)
    assert (found["dialect"], found["left_out"]) == ("mkdocs", 1)


def test_serve_builds_anew_until_it_is_stopped(kb, folder, article, monkeypatch):
    """The address is printed, a change is built, an error is told, Ctrl-C is no failure."""

    def changes(load, stop, included):
        article.write_text("# Later parcel\n")
        yield
        (folder / "kb.toml").write_text("nonsense = 1\n")
        yield
        yield
        (folder / "kb.toml").unlink()
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(preview, "watch", changes)
    result = kb("serve", "--port", "0")
    assert result.code == 0
    assert "pages at http://127.0.0.1:" in result.err
    assert "built anew:" in result.err
    assert result.err.count("nonsense") == 1
    assert result.err.rstrip().endswith("mended")


def test_serve_waits_for_a_site_that_cannot_be_built(kb, folder, article, monkeypatch):
    """The error is told once, and the address at which the site will be."""
    (folder / "theme").mkdir()
    footer = folder / "theme" / "footer.html"
    footer.write_text("{% if %}")

    def changes(load, stop, included):
        yield
        footer.unlink()
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(preview, "watch", changes)
    result = kb("serve", "--port", "0", "--host", "0.0.0.0")
    assert result.code == 0
    assert result.err.count("footer.html:1") == 1
    assert "the site follows once that is mended: http://127.0.0.1:" in result.err
    assert "other machines reach it under this machine's address in figures" in result.err
    assert "mended" in result.err.splitlines()


def test_serve_opens_the_browser_and_speaks_json(kb, article, monkeypatch):
    """--open opens the address that --json names, and the page is there."""
    opened = []

    def fetch(url):
        with urllib.request.urlopen(url, timeout=60) as answer:
            opened.append((url, answer.read()))

    monkeypatch.setattr("webbrowser.open", fetch)
    monkeypatch.setattr(preview, "watch", lambda *_: iter(()))
    result = kb("serve", "--port", "0", "--open", "--json")
    assert json.loads(result.out)["url"] == opened[0][0]
    assert b"Late parcel" in opened[0][1]


def test_init_copies_a_theme_file(kb, folder):
    """--theme copies a file into the theme folder of the knowledge base here, or of a new one."""
    (folder / "kb.toml").write_text('[site]\ntheme = "look"\n')
    assert kb("init", "--theme", "footer.html").code == 0
    assert "<footer" in (folder / "look" / "footer.html").read_text()
    result = kb("init", "new", "--theme", "site.css", "--json")
    assert any(name.endswith("site.css") for name in json.loads(result.out)["files"])
    assert (folder / "new" / "theme" / "site.css").exists()
    assert kb("init").code == 2
    assert "did you mean" in kb("init", "--theme", "foter.html").err


def test_the_recipes_for_hosts_build_a_new_knowledge_base(kb, folder, monkeypatch):
    """Their files can be read, and their command builds a site at the address that a host gives."""
    docs = Path(__file__).parents[2] / "docs" / "site.md"
    blocks = re.findall(r"(?s)```(yaml|toml)\n(.*?)```", docs.read_text("utf-8"))
    pages = yaml.safe_load(next(text for kind, text in blocks if kind == "yaml"))
    netlify = tomllib.loads(blocks[-1][1])
    (step,) = [s for s in pages["jobs"]["publish"]["steps"] if s.get("run", "").startswith("kb ")]
    [path] = [
        s["with"]["path"] for s in pages["jobs"]["publish"]["steps"] if "path" in s.get("with", {})
    ]
    setting, command = netlify["build"]["command"].split("=$URL ")
    assert step["env"].keys() == {setting}
    assert step["run"] == command
    assert path == netlify["build"]["publish"]
    assert kb("init", "new").code == 0
    monkeypatch.chdir(folder / "new")
    monkeypatch.setenv(setting, "https://you.example.com/help/")
    assert kb(*command.split()[1:]).code == 0
    assert "<loc>https://you.example.com/help/" in (Path(path) / "sitemap.xml").read_text()
