"""What must not be public: comments and hidden articles, in whole commands.

Each comment holds a word of its own, and so does each hidden article. None of these words is in
any file of a site or an export, nor in what a command prints.
"""

import json

import pytest
from support.processes import run_kb, write

COMMENTS = """---
# zebraword in YAML
title: Refunds <!-- zebraword -->
summary: "Money back {/* zebraword */}"
issue: ["where is my money %%zebraword%%"]
tags: [money <!-- zebraword -->]
mine: <!-- zebraword -->
---
<!--
# Zebraword

![zebraword](zebraword.png) [zebraword](zebraword.md)
-->

# Refunds <!-- zebraword -->

Money comes {/* zebraword */} back {{/* zebraword */}} in %%zebraword%% 5 days, 100%% sure.

- one <!-- zebraword

  zebraword -->
- two

> quoted <!-- zebraword
> zebraword -->

| a <!-- zebraword --> | b |
|---|---|
| c | `<!-- kept in code -->` |

%%
zebraword

zebraword
%%

{% comment %}zebraword{% endcomment %}

[//]: # (zebraword)

```html
<!-- kept in a block -->
```

<!-- zebraword without an end

zebraword
"""
HIDDEN = {
    "blank": "\n\n---\ntitle: Quokkaword\nstatus: draft\n---\nquokkaword\n",
    "comment": "<!-- (c) -->\n---\ndraft: yes\n---\n# Quokkaword\n",
    "named": "---yaml\nDraft: 'True'\n---\n# Quokkaword\n",
    "toml": "+++\ntitle = 'Quokkaword'\ndraft = true\n+++\nquokkaword\n",
    "json": '{"title": "Quokkaword", "published": false}\nquokkaword\n',
    "near": "---\nstatus: drfat\n---\n# Quokkaword\n",
    "list": "---\nstatus: [draft]\n---\n# Quokkaword\n",
    "maybe": "---\ndraft: maybe\n---\n# Quokkaword\n",
    "hidden": "---\nhidden: on\n---\n# Quokkaword\n",
    "unlisted": "---\nunlisted: 1\n---\n# Quokkaword\n",
    "noindex": "---\nnoindex: true\n---\n# Quokkaword\n",
    "private": "---\nprivate: y\n---\n# Quokkaword\n",
    "rule": "----\ndraft: true\n----\n# Quokkaword\n",
    "bare": "title: Quokkaword\ndraft: true\n\nquokkaword\n",
    "below": "# Quokkaword\n\n---\ndraft: true\n---\n",
    "agents": "---\naudience: internal\n---\n# Quokkaword\n",
    "broken": '{"draft": true,}\n# Quokkaword\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A content folder with all of these."""
    made = tmp_path_factory.mktemp("not-public")
    write(
        made,
        {"content/refunds.md": COMMENTS, "content/links.md": "# Links\n\n[Refunds](refunds.md)\n"},
    )
    write(made, {"content/topic.yaml": "title: Help <!-- zebraword -->\n# zebraword\n"})
    write(made, {f"content/{name}.md": text for name, text in HIDDEN.items()})
    return made


def words_in(folder):
    """The marked words that any file of a folder holds, with the file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return {
        (word, path.name)
        for path in files
        for word in (b"zebraword", b"quokkaword")
        if word in path.read_bytes().lower()
    }


def check(folder, tally):
    """No file of a folder holds one of these words; the page of none is there."""
    names = {path.stem for path in folder.rglob("*.html")}
    words = words_in(folder)
    for name in HIDDEN:
        with tally("hidden article, in a site or an export"):
            assert words == set()
            assert name not in names


def test_no_file_of_a_site_holds_them(folder, tally):
    """Pages, feeds, Markdown copies, structured data and the search's files."""
    done = run_kb(folder, "build")
    assert done.code == 3  # files that can't be read
    check(folder / "site", tally)
    copy = (folder / "site" / "refunds.md").read_text()
    page = (folder / "site" / "refunds.html").read_text()
    for text in (copy, page):
        assert "kept in code" in text
        assert "kept in a block" in text
        assert "100%% sure" in text
    assert "zebraword" not in (done.out + done.err).lower()


def test_no_file_of_an_index_holds_a_comment(folder):
    """Drafts are in it, for `--drafts`."""
    run_kb(folder, "index")
    assert {word for word, _ in words_in(folder / "index")} <= {b"quokkaword"}


@pytest.mark.parametrize("site", ["mkdocs", "hugo", "docusaurus", "plain"])
def test_no_file_of_an_export_holds_them(folder, site, tally):
    """The same definition, whatever builds the pages."""
    out = f"export-{site}"
    done = run_kb(folder, "export", "search", "--out", out, "--url", "/{id}/", "--site", site)
    assert "2 articles" in done.out
    check(folder / out, tally)


def test_no_command_prints_them(folder):
    """A search for the words finds nothing; the article is shown without its comments."""
    for word in ("zebraword", "quokkaword"):
        found = json.loads(run_kb(folder, "search", "--json", word).out)
        assert found["hits"] == []
    for args in (["show", "refunds"], ["show", "refunds", "--json"], ["search", "refunds", "--json"],
                 ["search", "refunds"], ["topics"], ["topics", "--json"]):  # fmt: skip
        done = run_kb(folder, *args)
        assert done.code == 0
        assert "zebraword" not in done.out.lower()
    assert "quokkaword" not in run_kb(folder, "topics").out.lower()


def test_every_file_that_is_not_read_is_named(folder):
    """With its line; and a comment without an end."""
    problems = run_kb(folder, "index", "-v").err
    for name, line in (
        ("near", 2),
        ("maybe", 2),
        ("rule", 1),
        ("bare", 1),
        ("below", 3),
        ("broken", 1),
    ):
        assert f"{name}.md:{line}: " in problems
    assert "refunds.md:45: a comment that nothing closes" in problems
    assert "zebraword.png" not in problems


def test_drafts_are_found_on_request(folder):
    """As `status: draft` is; those that can't be read are not."""
    found = json.loads(
        run_kb(folder, "search", "--drafts", "--limit", "50", "--json", "quokkaword").out
    )
    hits = [each for hit in found["hits"] for each in (hit, *hit.get("also", ()))]
    assert {hit["article"] for hit in hits} == {
        "blank", "comment", "named", "toml", "json", "list", "maybe", "hidden", "unlisted",
        "noindex", "private",
    }  # fmt: skip
