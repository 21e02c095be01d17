"""Links, pictures and anchors, as they stand in folders of other tools, on the pages of a site."""

import re


def test_a_page_keeps_its_former_anchors(empty):
    """Bookmarks of before kb followed GitHub lead to the heading; links name what it is called now."""
    empty.write(
        {"a.md": "# A\n\n## Plans & Billing\n\nText.\n", "b.md": "[x](a.md#plans-billing)\n"}
    )
    empty.build()
    page = empty.read("a.html")
    assert (
        '<h2 id="plans--billing"><span id="plans-billing"></span>Plans &amp; Billing</h2>' in page
    )
    assert 'href="a.html#plans--billing"' in empty.read("b.html")


def hrefs(base, path):
    """What the links in the text of a page lead to, in order; relative ones from the root."""
    page = base.read(path).partition('<div class="text">')[2].partition("</article>")[0]
    root = "../" * path.count("/")
    return [href.removeprefix(root) for href in re.findall(r'<a href="([^"]*)"[^>]*>x</a>', page)]


def links(*targets):
    """An article with a link to each."""
    return "".join(f"- [x]({target})\n" for target in targets)


def broken(report):
    """The warnings about links and images."""
    return [str(problem) for problem in report.problems if problem.code == "link"]


SPELLINGS = {
    "late.md": "guides/late.html",
    "late": "guides/late.html",
    "late/": "guides/late.html",
    "late.html": "guides/late.html",
    "late.mdx": "guides/late.html",
    "./late.MD": "guides/late.html",
    "Late.md": "guides/late.html",
    "late/index.html": "guides/late.html",
    "late.md?plain=1#why": "guides/late.html#why",
    "/guides/late": "guides/late.html",
    "../guides/late/#why": "guides/late.html#why",
    "../late/": "guides/late.html",
    "../start/": "guides/start.html",
    "guides/late.md": "guides/late.html",
    "#/guides/late?id=why": "guides/late.html#why",
    "/#/guides/late": "guides/late.html",
    "start": "guides/start.html",
    "<two words.md>": "guides/two%20words.html",
    "two%20words.md": "guides/two%20words.html",
    "two-words": "guides/two%20words.html",
    "../setup": "setup/index-1.html",
    "../setup/": "setup/index-1.html",
    "/setup/README.md": "setup/index-1.html",
    "../setup/index.md#steps": "setup/index-1.html#steps",
    "../setup/README.md": "setup/index-1.html",
    "../more/": "more/index.html",
    "../more": "more/index.html",
    "../more/intro": "more/01-intro.html",
    "../more/first": "more/2024-05-06-first.html",
    "/more/2024/05/06/first.html": "more/2024-05-06-first.html",
    "/": "index.html",
    "../": "index.html",
    "late.md#top": "guides/late.html#top",
    "late.md#user-content-why": "guides/late.html#why",
    "late.md#:~:text=because": "guides/late.html#:~:text%3Dbecause",
}


def test_a_link_finds_its_page_however_it_is_written(empty):
    """As a file or as an address of the generators: with or without ending, slash, number, date."""
    empty.write(
        {
            "guides/here.md": links(*SPELLINGS),
            "guides/late.md": "# Late\n\n## Why\n\nbecause\n",
            "guides/start.md": "# Start\n",
            "guides/two words.md": "# Two\n",
            "setup/index.md": "# Setup\n\n## Steps\n",
            "more/01-intro.md": "# Intro\n",
            "more/2024-05-06-first.md": "# First\n",
        }
    )
    report = empty.build()
    assert broken(report) == []
    assert dict(zip(SPELLINGS, hrefs(empty, "guides/here.html"), strict=True)) == SPELLINGS
