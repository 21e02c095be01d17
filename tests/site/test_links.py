"""Links, pictures and anchors, as they stand in folders of other tools, on the pages of a site."""

import re
import shutil
from html import unescape
from urllib.parse import quote, unquote

import pytest
from support.sites import png, write

from kb.knowledge_base import KnowledgeBase


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
    "../setup": "setup/index.html",
    "../setup/": "setup/index.html",
    "/setup/README.md": "setup/index.html",
    "../setup/index.md#steps": "setup/index.html#steps",
    "../setup/README.md": "setup/index.html",
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


PUBLISHED = '[content]\npublished_at = ["/docs/", "https://www.example.com/docs/"]\n'


def test_links_find_their_pages_below_where_they_were_published(empty):
    """Below a prefix, and below a whole address; what else stood on that host is linked there."""
    empty.write(
        {
            "a/here.md": links(
                "/docs/a/late/#why",
                "/docs/",
                "https://www.example.com/docs/a/late.html",
                "HTTP://WWW.EXAMPLE.COM/docs/a/late",
                "https://www.example.com/prices?x=1",
                "/prices#all",
                "https://example.com/docs/a/late",
                "/docs/gone",
            ),
            "a/late.md": "# Late\n\n## Why\n\nbecause\n",
            "../kb.toml": PUBLISHED,
        }
    )
    report = empty.build()
    assert hrefs(empty, "a/here.html") == [
        "a/late.html#why",
        "index.html",
        "a/late.html",
        "a/late.html",
        "https://www.example.com/prices?x=1",
        "https://www.example.com/prices#all",
        "https://example.com/docs/a/late",
    ]
    (line,) = broken(report)
    assert "a/here.md:8: the link /docs/gone leads to nothing" in line


def pictures(base, path):
    """The images of a page, from the root of the site."""
    root = "../" * path.count("/")
    return [src.removeprefix(root) for src in re.findall(r'<img src="([^"]*)"', base.read(path))]


def test_pictures_are_found_where_generators_keep_them(empty):
    """Beside the content folder, and in dot folders of it; a slash at the beginning starts there."""
    places = ["/img/a.png", "../../static/img/a.png", "/static/img/a.png", "/B.PNG", "/deep/c.png"]
    places += [
        "../.gitbook/assets/d%201.png",
        "<../.gitbook/assets/d 1.png>",
        "none.png",
        "../pics/e.png",
    ]
    empty.write(
        {
            "guides/here.md": "".join(f"![x]({place})\n" for place in places),
            ".gitbook/assets/d 1.png": png(4, 4),
            ".gitbook/assets/secret.pdf": b"%PDF-1.4\n",
            ".git/e.png": png(3, 3),
            "pics/e.png": png(2, 2),
            "../static/img/a.png": png(4, 3),
            "../public/b.png": png(4, 3),
            "../images/deep/c.png": png(4, 3),
        }
    )
    report = empty.build()
    assert broken(report) == [
        "guides/here.md:8: the image none.png leads to nothing in the content folder"
    ]
    assert pictures(empty, "guides/here.html") == [
        *["files/-/static/img/a.png"] * 3,
        "files/-/public/b.png",
        "files/-/images/deep/c.png",
        *["files/.gitbook/assets/d%201.png"] * 2,
        "files/pics/e.png",
    ]
    assert empty.outside()["files/-/static/img/a.png"] == png(4, 3)
    assert 'width="4" height="3"' in empty.read("guides/here.html")


def test_pictures_may_stand_anywhere_above_in_the_project(empty):
    """In the folders up to that of the repository, and in those of them that hold pictures."""
    project = empty.config().content
    empty.write(
        {
            "guide/mkdocs.yml": "site_name: X\n",
            "guide/docs/a.md": "![x](../here.png) ![x](../../top.png) ![x](../../assets/b/c.png) ![x](/b/c.png)"
            " ![x](../../../out.png) ![x](../../other/d.png) [x](../../notes.pdf)\n",
            "guide/here.png": png(2, 2),
            "top.png": png(2, 2),
            "assets/b/c.png": png(2, 2),
            "other/d.png": png(2, 2),
            "notes.pdf": b"%PDF-1.4\n",
            "package.json": b"{}",
            "../out.png": png(2, 2),
        }
    )
    empty.write({"../kb.toml": f"content = '{project.name}/guide/docs'\n"})
    report = empty.build()
    assert len([p for p in report.problems if p.code in {"link", "image"}]) == 3
    assert pictures(empty, "a.html") == [
        "files/-/here.png", "files/-/-/top.png", *["files/-/-/assets/b/c.png"] * 2,
    ]  # fmt: skip


def test_a_picture_of_another_host_in_a_link_is_its_words(empty):
    """A badge leads where its author says; one on its own leads to the picture."""
    badge = "![Version](https://img.example/v.svg)"
    empty.write(
        {
            "a.md": f"[{badge}](https://a.example/) [{badge} *x* {badge}](b.md) {badge} [x](b.md) {badge}\n",
            "b.md": "# B\n",
        }
    )
    empty.build()
    page = empty.read("a.html").partition('<div class="text">')[2].partition("</div>")[0]
    shown = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', page)
    image = "https://img.example/v.svg"
    assert shown == [
        ("https://a.example/", "Version"),
        ("b.html", "Version <em>x</em> Version"),
        (image, "Version"),
        ("b.html", "x"),
        (image, "Version"),
    ]


def test_no_picture_comes_from_outside_the_project(empty, tmp_path_factory):
    """A link in an asset folder, or in its place, leads nowhere; .git holds no pictures."""
    far = tmp_path_factory.mktemp("far")
    (far / "x.png").write_bytes(png(2, 2))
    empty.write({"a.md": "![x](/x.png) ![x](/far/x.png) ![x](.git/x.png) ![x](/.env)\n"})
    empty.write({".git/x.png": png(2, 2), ".env": b"SECRET=1\n", "../static/y.png": png(2, 2)})
    (empty.folder / "public").symlink_to(far)
    (empty.folder / "static/far").symlink_to(far)
    (empty.folder / "static/x.png").symlink_to(far / "x.png")
    assert len(broken(empty.build())) == 4
    assert pictures(empty, "a.html") == []


def test_an_edit_of_what_links_lead_to_reaches_every_page(empty):
    """A picture beside the content, a heading, a former address: an edit gives what a full build does."""
    steps = [
        {"a.md": "![x](/p.png) [x](old/name/) [x](b#one) [x](01-c)\n", "b.md": "# B\n\n## One\n"},
        {"../static/p.png": png(2, 2)},
        {"../static/p.png": png(5, 5)},
        {"b.md": "---\naliases: [old/name]\n---\n# B\n\n## Two\n"},
        {"02-c.md": "# C\n"},
        {"c.md": "# C\n"},
        {"../kb.toml": '[content]\npublished_at = ["https://x.example/old/"]\n'},
    ]
    for step in steps:
        empty.write(step)
        report = empty.build()
        edited = empty.outside(), broken(report)
        full = empty.build(out=empty.folder / "full")
        files = {
            p.relative_to(full.out).as_posix(): p.read_bytes()
            for p in full.out.rglob("*")
            if p.is_file()
        }
        assert edited[1] == broken(full)
        assert edited[0].items() <= files.items()
        shutil.rmtree(full.out)


def ids(base, path):
    """The ids of the headings of an article."""
    return re.findall(r'<h2 id="((?!KB-)[^"]*)"', base.read(path))


@pytest.mark.parametrize(
    ("files", "anchors"),
    [
        ({}, ["plans--billing", "größe", "a", "a-1"]),
        ({"../mkdocs.yml": "site_name: X\n"}, ["plans-billing", "groe", "a", "a_1"]),
        (
            {
                "../mkdocs.yml": "markdown_extensions:\n  - toc:\n      permalink: true\n"
                "      slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}\n"
            },
            ["plans--billing", "größe", "a", "a-1"],
        ),
        ({"../_config.yml": "title: X\n"}, ["plans--billing", "größe", "a", "a-1"]),
        (
            {"../_config.yml": "kramdown:\n  input: kramdown\n"},
            ["plans--billing", "gre", "a", "a-1"],
        ),
        (
            {"../mkdocs.yml": "site_name: X\n", "../kb.toml": '[content]\nanchors = "vitepress"\n'},
            ["plans-billing", "große", "a", "a-1"],
        ),
    ],
)
def test_anchors_are_those_of_the_generator(empty, files, anchors):
    """By its configuration, or as the setting says; links with GitHub's lead there as well."""
    text = "## Plans & Billing\n\n## Größe\n\n## A\n\n## A\n"
    empty.write(
        {"b.md": links("a.md#plans--billing", "a.md#a-1", "a.md#plans-billing"), "a.md": text}
    )
    empty.write(files)
    assert broken(empty.build()) == []
    assert ids(empty, "a.html") == anchors
    assert hrefs(empty, "b.html") == [f"a.html#{anchors[n]}" for n in (0, 3, 0)]


def test_a_moved_page_or_picture_is_found_by_its_name(empty):
    """Where there is only one of that name and folder; it is told of, and nothing is guessed."""
    empty.write(
        {
            "a/here.md": links(
                "sub/moved.md", "moved.md", "/moved", "twice.md", "moved", "/pricing"
            )
            + "![x](old/pic.png)\n",
            "b/sub/moved.md": "# Moved\n",
            "c/twice.md": "# C\n",
            "d/twice.md": "# D\n",
            "e/pricing.md": "# Pricing\n",
            "b/pics/pic.png": png(2, 2),
        }
    )
    report = empty.build()
    assert hrefs(empty, "a/here.html") == ["b/sub/moved.html"] * 2
    assert pictures(empty, "a/here.html") == ["files/b/pics/pic.png"]
    assert len(broken(report)) == 7
    assert "taken for b/sub/moved, the only one of that name" in broken(report)[0]


def test_of_several_of_one_name_and_folder_the_one_in_the_same_folders_is_meant(empty):
    """Two folders at least tell it from the others."""
    pages = ("here/a/b/c.md", "there/a/b/c.md", "x/big/arrow/4k/p.md", "x/big/bar/4k/p.md")
    empty.write(dict.fromkeys(pages, "# P\n"))
    empty.write({"y/one/arrow/4k/n.png": png(2, 2), "y/one/bar/4k/n.png": png(3, 3)})
    written = links("/docs/big/bar/4k/p.md", "/docs/a/b/c.md", "/docs/4k/p.md")
    empty.write({"here.md": written + "![n](/docs/one/bar/4k/n.png?v=2)\n"})
    report = empty.build()
    assert hrefs(empty, "here.html") == ["x/big/bar/4k/p.html"]
    assert pictures(empty, "here.html") == ["files/y/one/bar/4k/n.png"]
    assert len(broken(report)) == 4


def test_posts_are_found_by_addresses_of_years_alone(empty):
    """`permalink: /:year/:title/` of Jekyll: no path that all links share is taken for a prefix."""
    empty.write(
        {
            "a.md": links("/2018/pricing/", "/2019/profile", "/2018/02/pricing/"),
            "posts/2018-02-01-pricing.md": "# Pricing\n",
            "posts/2019-03-01-profile.md": "# Profile\n",
        }
    )
    report = empty.build()
    pricing = "posts/2018-02-01-pricing.html"
    assert broken(report) == []
    assert hrefs(empty, "a.html") == [pricing, "posts/2019-03-01-profile.html", pricing]


def test_files_of_all_languages_are_found_from_the_folder_of_each(empty):
    """Each language may have been a site of its own, with the files beside it or of its theme."""
    said = "site_name: X\ntheme:\n  custom_dir: ../../overrides\ndocs_dir: ../../content/de\n"
    write(empty.folder, {"config/de/mkdocs.yml": said, "overrides/pics/a.png": png(2, 2)})
    text = "[x](../pics/a.png) ![p](../pics/a.png) ![p](../b.png)\n"
    empty.write({f"{tag}/in/{name}.md": text for tag in ("de", "en") for name in ("a", "b")})
    empty.write({"b.png": png(3, 3)})
    assert broken(empty.build()) == []
    assert len(set(pictures(empty, "de/in/a.html"))) == 2
    assert hrefs(empty, "en/in/b.html")[0].endswith("overrides/pics/a.png")


def test_words_that_are_a_link_to_their_footnote_lead_there(empty):
    """As GitBook writes them."""
    empty.write({"a.md": "# A\n\n[x](#user-content-fn-1)[^1] to go.\n\n[^1]: Soon.\n"})
    assert broken(empty.build()) == []
    assert hrefs(empty, "a.html") == ["a.html#kb-fn-1"]
    assert 'id="kb-fn-1"' in empty.read("a.html")


def test_links_to_the_pages_that_docusaurus_makes_of_categories(empty):
    """By the label of one, wherever it stands; of two with one label to none."""
    (empty.folder / "docusaurus.config.js").write_text("module.exports = {};\n")
    label = '{{"label": "{}", "link": {{"type": "generated-index"}}}}'
    empty.write(
        {
            "A-1/_category_.json": label.format("Plans & Billing"),
            "A-1/a.md": "# A\n",
            "B/_category_.json": label.format("Same"),
            "B/b.md": "# B\n",
            "C/_category_.json": label.format("Same"),
            "C/c.md": links(
                "/docs/category/plans--billing", "/category/plans--billing/", "/category/same"
            ),
        }
    )
    (line,) = broken(empty.build())
    assert "/category/same leads to nothing" in line
    assert hrefs(empty, "C/c.html") == ["A-1/index.html"] * 2


def test_links_of_the_project_and_of_dated_addresses(empty):
    """From the top of the repository; and the date of an address need not be that of the file."""
    empty.write(
        {
            "../.git/HEAD": "",
            "a/here.md": links("/content/a/b.md", "content/a/b.md", "/2024/03/13/summit/"),
            "a/b.md": "# B\n",
            "events/2024-02-27-summit.md": "# Summit\n",
        }
    )
    assert broken(empty.build()) == []
    assert hrefs(empty, "a/here.html") == ["a/b.html"] * 2 + ["events/2024-02-27-summit.html"]


def test_the_address_of_a_folder_is_that_of_the_article_beside_it(empty):
    empty.write(
        {
            "api.md": "# API\n\n## Keys\n\nText.\n",
            "api/posts.md": "# Posts\n",
            "web/pages.md": "# Pages\n",
            "a.md": "# A\n\n[x](/api/#keys) [x](api/) [x](/web/)\n",
        }
    )
    assert broken(empty.build()) == []
    assert hrefs(empty, "a.html") == ["api.html#keys", "api.html", "web/index.html"]


def test_a_folders_own_page_stands_at_its_address_and_shows_what_is_in_it(empty):
    """`./`, the folder and the file lead there; what is in it is told anew when it changes."""
    empty.write(
        {
            "b/index.md": "# All of b\n\nText. [x](./) [x](index.md)\n",
            "b/one.md": "# One\n",
            "b/c/two.md": "# Two\n",
            "a.md": "[x](b/) [x](b/index.md)\n",
        }
    )
    empty.build()
    page = empty.read("b/index.html")
    assert "<h1 id=" in page
    assert "All of b</h1>" in page
    assert 'href="../b/one.html"' in page
    assert 'href="../b/c/index.html"' in page
    assert hrefs(empty, "a.html") == ["b/index.html"] * 2
    assert hrefs(empty, "b/index.html")[:2] == ["b/index.html"] * 2
    empty.write({"b/one.md": "# Another\n"})
    empty.build()
    assert "Another" in empty.read("b/index.html")


def test_an_address_with_spaces_is_a_link(empty):
    """As it stands, or in angle brackets; what is no address of a file stays text."""
    empty.write(
        {
            "a.md": '[x](my file.md) [x](my folder/b c.md#one "t") [x](<my file.md>) ![x](my pic.png)\n'
            "[no](see below) [no](a (b) c)\n",
            "my file.md": "# M\n",
            "my folder/b c.md": "# B\n\n## One\n",
            "my pic.png": png(2, 2),
        }
    )
    assert broken(empty.build()) == []
    assert hrefs(empty, "a.html") == [
        "my%20file.html",
        "my%20folder/b%20c.html#one",
        "my%20file.html",
    ]
    assert pictures(empty, "a.html") == ["files/my%20pic.png"]
    assert "[no](see below) [no](a (b) c)" in empty.read("a.html")


def test_links_by_the_last_part_of_an_address(empty):
    """ReadMe's, wherever the page stands; a page of a folder is called as that."""
    text = links("doc:late", "ref:parcels#lost", "doc:own-slug", "page:nowhere", "doc:secret")
    text += links("/docs/late", "../docs/late", "named")
    empty.write(
        {
            "Start here/_order.yaml": "- start\n- apples\n",
            "Start here/start.md": f"# Start\n\n{text}",
            "Start here/apples.md": "# Apples\n",
            " Bills/late.md": "# Late\n",
            "Start here/parcels/index.md": "# Parcels\n\n## Lost\n",
            "Start here/parcels/named.md": "---\nslug: own-slug\n---\n# Named\n",
            "secret.md": "---\nhidden: true\n---\n# Secret\n",
        }
    )
    missing = broken(empty.build())
    assert hrefs(empty, "Start here/start.html") == [
        "%20Bills/late.html",
        "Start%20here/parcels/index.html#lost",
        "Start%20here/parcels/named.html",
        "%20Bills/late.html",
        "%20Bills/late.html",
        "Start%20here/parcels/named.html",
    ]
    assert [line.partition("link ")[2] for line in missing] == [
        "page:nowhere leads to nothing in the content folder",
        "doc:secret leads to an article that is not published",
    ]
    copy = empty.read("Start here/start.md")
    assert "[x](doc:late)\n" in copy
    assert "- [x]\n" in copy
    home = empty.read("index.html")
    assert home.index(">Start<") < home.index(">Apples<")


def test_addresses_of_docusaurus_projects(empty):
    """From the folder of the project, to files beside the pages, and worked out by a function."""
    text = links("@site/content/b.md", "pathname:///files/x.pdf", "@site/nowhere.md")
    text += "\n<a href={useBaseUrl('/b')}>x</a>\n\n<img src={require('@site/static/p.png').default} alt=\"P\" />\n"
    empty.write(
        {
            "../docusaurus.config.js": "export default {};\n",
            "a.md": f"# A\n\n{text}",
            "b.md": "# B\n",
            "../static/files/x.pdf": "x",
            "../static/p.png": png(9, 6),
        }
    )
    (missing,) = broken(empty.build())
    assert "@site/nowhere.md leads to nothing" in missing
    assert hrefs(empty, "a.html") == ["b.html", "files/-/static/files/x.pdf", "b.html"]
    assert pictures(empty, "a.html") == ["files/-/static/p.png"]


def test_hexo_links_and_pictures_by_name(empty):
    """By the name of the file, wherever it stands."""
    text = "{% post_link late x %} {% post_link other %} {% asset_img small pic.png 30 The label %}"
    empty.write(
        {
            "../_config.yml": "title: X\n",
            "a.md": f"# A\n\n{text}\n",
            "deep/late.md": "# Late\n",
            "deep/other.md": "# Other\n",
            "a/pic.png": png(9, 6),
        }
    )
    assert broken(empty.build()) == []
    page = empty.read("a.html")
    assert '<a href="deep/late.html">x</a>' in page
    assert '<a href="deep/other.html">other</a>' in page
    assert 'alt="The label"' in page


def test_links_by_name(empty):
    """Obsidian's, wherever the page stands; where settings say otherwise double brackets are text."""
    text = "[[Late parcels]] [[late parcels#Why|x]] [[#Own]] ![[pic.png|3]] [[Nowhere]]\n\n## Own\n"
    empty.write({"a.md": text, "deep/Late parcels.md": "# L\n\n## Why\n", "img/pic.png": png(9, 6)})
    empty.write({"../kb.toml": '[content]\ndialect = "plain"\n'})
    empty.build()
    assert "[[Late parcels]]" in empty.read("a.html")
    empty.write({"../kb.toml": '[content]\ndialect = "obsidian"\n'})
    (line,) = broken(empty.build())
    assert "[[Nowhere]] leads to nothing" in line
    page = empty.read("a.html")
    assert '<a href="deep/Late%20parcels.html">Late parcels</a>' in page
    assert '<a href="deep/Late%20parcels.html#why">x</a>' in page
    assert '<a href="a.html#own">Own</a>' in page
    assert '<img src="files/img/pic.png" alt="pic" width="3" height="2" decoding="async">' in page


def test_images_have_their_size_and_wait_below_the_first(empty):
    """Author's width, else the file's; large ones lead to the file, unless they are a link already."""
    empty.write(
        {
            "a.md": "![a](big.png) ![b](big.png =300x) ![c](small.png =x10) ![d](small.png)\n"
            "[![e](big.png)](b.md) [![f](big.png)](https://example.org/) ![g](big.png =1200x900)\n",
            "b.md": "# B\n",
            "big.png": png(1200, 900),
            "small.png": png(40, 20),
        }
    )
    empty.build()
    page = empty.read("a.html")
    found = re.findall(
        r'(<a class="enlarge" href="files/big.png">)?<img src="[^"]*" alt="(.)"([^>]*)>', page
    )
    lazy = ' loading="lazy" decoding="async"'
    large = '<a class="enlarge" href="files/big.png">'
    assert found == [
        (large, "a", ' width="1200" height="900" decoding="async"'),
        (large, "b", ' width="300" height="225"' + lazy),
        ("", "c", ' height="10" width="20"' + lazy),
        ("", "d", ' width="40" height="20"' + lazy),
        ("", "e", ' width="1200" height="900"' + lazy),
        ("", "f", ' width="1200" height="900"' + lazy),
        ("", "g", ' width="1200" height="900"' + lazy),
    ]


def test_a_prefix_that_links_share_is_seen(empty):
    """Where most links that begin so lead to a page without it; it is said once, and in every build."""
    empty.write({f"{n}.md": links("/help/1", f"/help/{n}/") for n in range(1, 4)})
    report = empty.build()
    assert broken(report) == []
    assert hrefs(empty, "2.html") == ["1.html", "2.html"]
    (said,) = [p.message for p in report.problems if p.code == "published"]
    assert said.startswith("links begin with /help/ and")
    empty.write({"2.md": links("/help/1", "/help/4", "/help/5", "/help/6"), "3.md": "x"})
    report = empty.build()
    assert [p for p in report.problems if p.code == "published"] == []
    assert hrefs(empty, "1.html") == []


def test_a_dated_address_knows_former_names_and_what_is_hidden(empty):
    """By the last part of the address, whatever its date; a language before it falls back."""
    empty.write(
        {
            "a.md": links("/2024/03/13/q-a/", "/2024/03/13/gone/", "/es/guide/"),
            "n/2024-03-12-questions.md": "---\naliases: [n/q-a]\n---\n# Q\n",
            "n/2024-03-11-gone.md": "---\nstatus: draft\n---\n# G\n",
            "guide.md": "# G\n",
        }
    )
    (line,) = broken(empty.build())
    assert "/2024/03/13/gone/ leads to an article that is not published" in line
    assert hrefs(empty, "a.html") == ["n/2024-03-12-questions.html", "guide.html"]


@pytest.mark.parametrize("name", ["index.md", "README.md", "_index.md", "readme.md"])
def test_the_page_of_the_whole_folder_is_the_front_page(empty, name):
    """Its heading, summary and text; `./` and `/` lead there; what else is there is told anew."""
    empty.write(
        {
            name: "---\ntitle: Welcome\nsummary: All of it.\n---\n# Hello `you`\n\n[x](a.md) text.\n\n"
            "## More\n",
            "a.md": "# A\n\n[x](./) [x](/) [x](" + name + "#more)\n",
            "b/c.md": "[x](../) [x](../" + name + ")\n",
        }
    )
    report = empty.build()
    assert broken(report) == []
    home = empty.read("index.html")
    assert [empty.read("index.html").count(t) for t in ("<h1", ">Hello <code>you</code></h1>")] == [
        1,
        1,
    ]
    assert "<title>Welcome " in home
    assert "All of it." in home
    assert 'href="a.html"' in home
    assert 'href="b/index.html"' in home
    assert hrefs(empty, "a.html") == ["index.html", "index.html", "index.html#more"]
    assert hrefs(empty, "b/c.html")[:2] == ["index.html", "index.html"]
    assert empty.read("index.md").startswith("# Hello `you`")
    assert not (empty.site / "index-1.html").exists()
    assert (
        empty.read("sitemap.xml").count("<loc>")
        == len({*empty.read("sitemap.xml").split("<loc>")}) - 1
    )
    assert (
        "Welcome"
        not in empty.read("topics/index.html").partition("<main")[2].partition("</main")[0]
    )
    empty.write({"b/c.md": "# Another\n", "d.md": "# New one\n"})
    empty.build()
    assert "New one" in empty.read("index.html")
    assert "Another" in empty.read("index.html")


@pytest.mark.parametrize("line", ["slug: /", "permalink: /", "url: '/'"])
def test_the_article_with_the_address_of_the_site_is_the_front_page(empty, line):
    """Whatever its file is called, unless there is an index; links lead there."""
    empty.write(
        {"hello.md": f"---\n{line}\n---\n# Hello\n\nText.\n", "b.md": links("hello.md", "/")}
    )
    empty.build()
    assert "<p>Text.</p>" in empty.read("index.html")
    assert hrefs(empty, "b.html") == ["index.html", "index.html"]
    empty.write({"index.md": "# Home\n\nOther.\n"})
    empty.build()
    assert "<p>Other.</p>" in empty.read("index.html")
    assert "<p>Text.</p>" in empty.read("hello.html")


def test_a_link_to_what_is_gone_is_not_taken_for_its_translation(empty):
    """Who reads one language need not read another; in the same one it is."""
    empty.write(
        {
            "a/here.md": links("../old/late.md", "../old/soon.md"),
            "a/next.md": "# N\n",
            "b/old/soon.md": "# Soon\n",
            "de/a/here.md": links("../old/late.md"),
            "de/a/next.md": "# N\n",
            "de/b/old/late.md": "# Sp\u00e4t\n",
        }
    )
    assert "old/late.md leads to nothing in" in "".join(broken(empty.build()))
    assert hrefs(empty, "a/here.html") == ["b/old/soon.html"]
    assert hrefs(empty, "de/a/here.html") == ["de/b/old/late.html"]


def test_links_from_the_root_lead_into_the_folder_at_which_the_site_starts(empty):
    """Where the content folder is one above it."""
    empty.write(
        {
            "../hugo.toml": 'contentDir = "content/en"\nbaseURL = "https://www.example.com/"\n',
            "en/here.md": links("/guides/late/", "https://www.example.com/guides/late/", "/gone/"),
            "en/guides/late.md": "# Late\n",
        }
    )
    empty.build()
    assert hrefs(empty, "en/here.html")[:2] == ["en/guides/late.html"] * 2


def test_a_front_page_without_a_title_keeps_its_sentence(empty):
    """`Index` and the like say nothing; without a page of the folder, nothing changes."""
    empty.write({"index.md": "Only text.\n", "a.md": "# A\n"})
    empty.build()
    assert "<h1>What is wrong with your parcel?</h1>" in empty.read("index.html")
    assert "Only text." in empty.read("index.html")
    (empty.content / "index.md").unlink()
    empty.build()
    assert "Only text." not in empty.read("index.html")


def test_a_bundle_of_hugo_is_an_article(empty):
    """It stands in the topic above; what else is in its folder belongs to it and is no page."""
    (empty.folder / "hugo.toml").write_text('baseURL = "https://help.example.com/"\n')
    empty.write(
        {
            "orders/_index.md": "---\ntitle: All orders\n---\n",
            "orders/late/index.md": "![x](way.png) [x](../lost/)\n",
            "orders/late/way.png": png(4, 4),
            "orders/late/part.md": "Hidden part\n",
            "orders/lost.md": "# Lost\n\n[x](late/) [x](/orders/late/)\n",
        }
    )
    report = empty.build()
    assert broken(report) == []
    assert [p.path for p in report.problems if p.code == "left-out"] == ["orders/late/part.md"]
    late = empty.read("orders/late/index.html")
    assert ">Late</h1>" in late
    assert 'href="../../orders/index.html"' in late
    assert hrefs(empty, "orders/lost.html")[:2] == ["orders/late/index.html"] * 2
    assert "orders/late/index.html" not in empty.read("topics/index.html").partition("cards")[0]


INCLUDING = {
    "mkdocs": ("mkdocs.yml", "site_name: X\n", '--8<-- "part.md"\n', "includes/part.md"),
    "jekyll": ("_config.yml", "title: X\n", "{% include part.md %}\n", "_includes/part.md"),
    "in the folder": (
        "_config.yml",
        "title: X\n",
        "{% include_relative _part.md %}\n",
        "content/_part.md",
    ),
    "gitbook": (".gitbook.yaml", "root: .\n", '{% include "part.md" %}\n', "part.md"),
}


@pytest.mark.parametrize("kind", INCLUDING)
def test_an_edit_of_an_included_text_reaches_what_includes_it(empty, kind):
    """The index and the pages of the articles that include it, and no others; coming and going too."""
    name, settings, include, part = INCLUDING[kind]
    write(empty.folder, {name: settings, part: "Zebras.\n"})
    empty.write({"a.md": f"# A\n\n{include}", "b.md": "# B\n\nOther words.\n"})

    def words():
        found = KnowledgeBase(empty.config())
        return [w for w in ("zebras", "quaggas") if found.search(f'"{w}"').total]

    assert "Zebras." in (empty.build(), empty.read("a.html"))[1]
    assert words() == ["zebras"]
    assert empty.build().written == ()
    write(empty.folder, {part: "Quaggas, that is.\n"})
    assert KnowledgeBase(empty.config()).index().updated == ("a",)
    assert words() == ["quaggas"]
    written = empty.build().written
    assert "a.html" in written
    assert "b.html" not in written
    assert "Quaggas" in empty.read("a.html")
    assert empty.build().written == ()
    (empty.folder / part).unlink()
    assert words() == []
    empty.build()
    assert "Quaggas" not in empty.read("a.html")
    write(empty.folder, {part: "Zebras again.\n"})
    assert words() == ["zebras"]
    empty.build()
    assert "Zebras again." in empty.read("a.html")


def test_an_address_that_links_share_is_seen(empty):
    """Nearly all links to a host lead to articles: those are links within; what the host has else
    stays there. It is said once; a host that is only mentioned is none.
    """
    old = "https://Help.Example.org/hc/"
    others = "".join(f"[y](https://other.example.org/{n})\n" for n in range(1, 9))
    pages = {f"{n}.md": links(f"{old}1.html", f"{old}2/", f"{old}sub/") + others for n in range(5)}
    empty.write({**pages, "sub/index.md": "# Sub\n", "extra.md": links(f"{old}gone", "/login")})
    report = empty.build()
    assert hrefs(empty, "3.html") == ["1.html", "2.html", "sub/index.html"]
    assert hrefs(empty, "extra.html") == [f"{old}gone", "https://help.example.org/login"]
    assert 'href="https://other.example.org/1"' in empty.read("3.html")
    (said,) = [p.message for p in report.problems if p.code == "published"]
    assert said.startswith("links begin with https://help.example.org/hc/ and")
    assert empty.build().written == ()
    empty.write({"0.md": "".join(links(f"{old}z{n}") for n in range(20))})
    report = empty.build()
    assert [p for p in report.problems if p.code == "published"] == []
    assert hrefs(empty, "3.html") == [f"{old}1.html", f"{old}2/", f"{old}sub/"]


def test_pages_of_others_that_are_called_alike_are_no_address_of_these(empty):
    """Links below a path of another host that all lead to one name say nothing of it."""
    theirs = "https://docs.example.org/en/latest/account/configuration.html"
    empty.write({f"{n}.md": links(theirs) for n in range(5)})
    empty.write({"more.md": links("https://docs.example.org/en/latest/", f"{theirs}#b")})
    empty.write({"x.md": links("https://docs.example.org/a/b", "https://docs.example.org/a/c")})
    empty.write({"configuration.md": "# C\n"})
    report = empty.build()
    assert [p for p in report.problems if p.code == "published"] == []
    assert hrefs(empty, "1.html") == [theirs]


def test_what_is_no_article_stays_on_the_old_host(empty):
    """Where the settings name the host: what begins as nothing in the folder does is a part of it."""
    settings = empty.folder / "kb.toml"
    settings.write_text(
        f'{settings.read_text()}[content]\npublished_at = ["https://www.example.org/"]\n'
    )
    empty.write({"a.md": links("/pricing/", "/b/c", "/b/gone"), "b/c.md": "# C\n"})
    report = empty.build()
    assert hrefs(empty, "a.html") == ["https://www.example.org/pricing/", "b/c.html"]
    assert len(broken(report)) == 1


@pytest.mark.parametrize(
    ("settings", "leads"),
    [
        ({"hugo.toml": "baseURL = 'https://x.example.org/'\n"}, "b/a"),
        ({"hugo.toml": "baseURL = 'https://x.example.org/'\nuglyURLs = true\n"}, "a"),
        ({"mkdocs.yml": "site_name: X\n"}, "b/a"),
        ({"mkdocs.yml": "site_name: X\nuse_directory_urls: false\n"}, "a"),
        ({"docusaurus.config.js": "module.exports = {trailingSlash: true};\n"}, "b/a"),
        ({"docusaurus.config.js": "module.exports = {};\n"}, "a"),
        ({"_config.yml": "permalink: pretty\n"}, "b/a"),
        ({"astro.config.mjs": "export default defineConfig({});\n"}, "b/a"),
        ({}, "a"),
    ],
)
def test_a_relative_address_is_read_as_its_generator_serves_the_page(empty, settings, leads):
    """`../a/` beside `b/c`, which stands as a folder or not; the other way where that is not there."""
    write(empty.folder, settings)
    empty.write({"a.md": "# A\n", "b/a.md": "# B A\n", "only.md": "# O\n", "b/here.md": "# H\n"})
    empty.write({"b/c.md": links("../a/", "../a", "../a.md", "../only/", "../here/")})
    empty.write({"b/README.md": links("a/", "../a/")})
    report = empty.build()
    assert broken(report) == []
    way = f"{leads}.html"
    assert hrefs(empty, "b/c.html") == [way, way, "a.html", "only.html", "b/here.html"]
    assert hrefs(empty, "b/index.html") == ["b/a.html", "a.html"]


def test_ids_of_docusaurus_are_addresses(empty):
    """`id` in the front matter names the last part; elsewhere it is another tool's number."""
    (empty.folder / "docusaurus.config.js").write_text("module.exports = {};\n")
    empty.write(
        {"a/b.md": "---\nid: named\n---\n# B\n", "a/c.md": links("named", "/a/named", "./named.md")}
    )
    assert broken(empty.build()) == []
    assert hrefs(empty, "a/c.html") == ["a/b.html"] * 3
    (empty.folder / "docusaurus.config.js").unlink()
    assert len(broken(empty.build())) == 3


@pytest.mark.parametrize(
    ("settings", "links_to"),
    [
        ("site_url: https://own.example.org/\n", "https://other.example.org/"),
        ("site_name: X\n", "https://other.example.org/pages/"),
    ],
)
def test_hosts_that_are_only_alike_are_not_taken_for_the_articles(empty, settings, links_to):
    """One that the generator's settings name is the host; many links to one page are no sign."""
    (empty.folder / "mkdocs.yml").write_text(settings)
    pages = range(6) if "own" in settings else [1] * 6
    empty.write({f"{n}.md": links(*(f"{links_to}{page}" for page in pages)) for n in range(6)})
    report = empty.build()
    assert [p for p in report.problems if p.code == "published"] == []
    assert hrefs(empty, "1.html")[0].startswith("https://other")


def test_a_language_is_no_path_at_which_articles_stood(empty):
    """Links to translations that are not there lead to what is translated."""
    empty.write({f"{n}.md": links("/pt-br/1", f"/pt-br/{n}/") for n in range(1, 5)})
    report = empty.build()
    assert [p for p in report.problems if p.code == "published"] == []
    assert hrefs(empty, "2.html") == ["1.html", "2.html"]


def test_pictures_of_the_own_repository_are_shown(empty):
    """Where an address at GitHub names a file that is here; others stay links."""
    raw = "https://raw.githubusercontent.com/o/r/main/"
    written = (
        f"{raw}content/img/a.png",
        f"{raw}static/b%20c.png",
        "https://github.com/o/r/blob/main/content/img/a.png?raw=true",
        "https://github.com/o/r/raw/main/content/img/a.png",
        f"{raw}content/img/other.png",
        "https://github.com/o/r/assets/1/a.png",
    )
    write(empty.folder, {"mkdocs.yml": "site_name: X\n", "static/b c.png": png(4, 4)})
    empty.write({"d/a.md": "".join(f"![x]({src})\n" for src in written), "img/a.png": png(4, 4)})
    report = empty.build()
    shown = re.findall(r'<img src="([^"]*)"', empty.read("d/a.html"))
    assert (
        shown == ["../files/img/a.png", "../files/-/static/b%20c.png"] + ["../files/img/a.png"] * 2
    )
    assert sum("another host" in problem.message for problem in report.problems) == 2


def test_pages_of_the_app_router_stand_as_their_folders(empty):
    """`page.mdx` of Next.js, below folders in brackets that are no part of the address."""
    empty.write(
        {
            "app/docs/(guides)/late/page.mdx": "# Late\n",
            "app/docs/page.mdx": links("/docs/late", "./late", "/docs/late#late"),
            "app/docs/next/page.mdx": links("./more", "../docs/more"),
            "app/docs/more/page.mdx": "# More\n",
        }
    )
    assert broken(empty.build()) == []
    assert hrefs(empty, "app/docs/next/page.html") == ["app/docs/more/page.html"] * 2
    late = "app/docs/%28guides%29/late/page.html"
    assert [unquote(href) for href in hrefs(empty, "app/docs/page.html")] == [
        unquote(late), unquote(late), unquote(f"{late}#late"),
    ]  # fmt: skip


BOOK = {
    "_config.yml": "title: Shop\n",
    "_toc.yml": "format: jb-book\nroot: home\nparts:\n- caption: Orders\n  chapters:\n"
    "  - file: parts/send\n    sections:\n    - file: parts/late\n"
    "- caption: More\n  chapters:\n  - file: parts/more\n",
    "parts/more.md": "# More\n\n(a:long:name)=\nx\n\n(more/part)=\n## A part\n",
    "parts/send.md": "(send)=\n# Sending & more\n\n(paid)=\nText.\n\n## Paid\n\n### Own\n",
    "parts/late.md": "# Late\n\n(Too Late)=\n(late_again)=\n## When it is late\n\n"
    "```{figure} a.png\n:name: fig-a\nc\n```\n",
}
LABELS = [
    ("{ref}`too late`", "parts/late.html#too-late", "When it is late"),
    ("{ref}`Too Late`", "parts/late.html#too-late", "When it is late"),
    ("{ref}`words <late_again>`", "parts/late.html#late_again", "words"),
    ("[](#late_again)", "parts/late.html#late_again", "When it is late"),
    ("[](late_again)", "parts/late.html#late_again", "When it is late"),
    ("<project:#late_again>", "parts/late.html#late_again", "When it is late"),
    ("[](more/part)", "parts/more.html#more-part", "A part"),
    ("{ref}`more/part`", "parts/more.html#more-part", "A part"),
    ("[](a:long:name)", "parts/more.html#a%3Along%3Aname", "More"),
    ("[](parts/more)", "parts/more.html", "More"),
    ("{ref}`send`", "parts/send.html#send", "Sending &amp; more"),
    ("{numref}`fig-a`", "parts/late.html#fig-a", "Late"),
    ("{doc}`parts/send`", "parts/send.html", "Sending &amp; more"),
    ("[](parts/late.md)", "parts/late.html", "Late"),
    ("[](#here)", "index.html#here", "Home"),
    ("[](#own)", "index.html#own", "Home"),
]


def test_labels_of_myst_lead_to_the_article_that_has_them(empty):
    """A link without words shows the heading or the page; an anchor of the own page goes first."""
    body = "".join(f"- {written}\n" for written, _, _ in LABELS)
    empty.write({**BOOK, "home.md": f"# Home\n\n{body}\n(here)=\nHere.\n\n## Own\n"})
    empty.write({"parts/send.md": BOOK["parts/send.md"] + "\n{ref}`gone`, {ref}`own`\n"})
    report = empty.build()
    text = empty.read("index.html").partition('<div class="text">')[2]
    shown = re.findall(r'<li><a href="([^"]*)"[^>]*>(.*?)</a></li>', text)
    assert shown[: len(LABELS)] == [(href, words) for _, href, words in LABELS]
    assert [problem for problem in broken(report) if "anchor" in problem] == [
        "parts/send.md:11: the link #gone leads to an anchor that its page does not have, #gone"
    ]
    assert ">gone</a>" in empty.read("parts/send.html")
    assert "Orders" in empty.read("topics/index.html")
    empty.write({"parts/late.md": BOOK["parts/late.md"].replace("it is late", "all is late")})
    empty.build()
    assert ">When all is late</a>" in empty.read("index.html")


def test_alignment_is_a_class_wherever_it_stands(empty):
    """The policy of pages allows no style in them."""
    text = (
        '<p align="center">a</p>\n\n<div style="text-align: right">b</div>\n\n| c |\n|--:|\n| d |\n'
    )
    empty.write({"a.md": text})
    empty.build()
    page = empty.read("a.html")
    assert '<p class="center">a</p>' in page
    assert '<td class="right">d</td>' in page
    assert " style=" not in page


def test_names_with_angles_are_read_and_stand_at_addresses_that_any_system_holds(empty):
    """Windows and hosts take no file called so: they are hyphens there, and each has its own."""
    empty.write({
        "hooks/on<Name><When>.md": "# On name\n\n> [!NOTE]\n> text\n",
        "hooks/on-Name-When-.md": "# Before\n",
        "a<b>/in.md": "---\naliases: [old<x>]\n---\n# In\n",
        "<script>.md": "text\n",
        "links.md": links(
            "hooks/on<Name><When>.md", "hooks/on%3CName%3E%3CWhen%3E", "a%3Cb%3E/in.md", "old%3Cx%3E.md"
        ),
    })  # fmt: skip
    report = empty.build()
    assert not broken(report)
    assert not [path for path in report.out.rglob("*") if {"<", ">"} & set(path.name)]
    assert hrefs(empty, "links.html") == [
        "hooks/on-Name-When--1.html", "hooks/on-Name-When--1.html", "a-b-/in.html", "a-b-/in.html"
    ]  # fmt: skip
    assert "> [!NOTE]" in empty.read("hooks/on-Name-When--1.md")
    assert 'href="a-b-/in.html"' in empty.read("old-x-.html")
    assert "<script>" not in re.findall("<h1.*|<title.*", empty.read("-script-.html"))[0]


def test_names_that_are_titles_are_read_and_stand_at_addresses_that_any_system_holds(empty):
    """As exports of help centers have them: with signs that Windows takes in no name, a dot at the
    end, or over 200 bytes.
    """
    long = f"Where {'ä' * 115}"
    names = ['Why? Part 1: "Start"', "Open 9|5 * daily.", "Open 9-5 - daily-", long]
    empty.write({f"{name}.md": "words\n" for name in names})
    empty.write({"What now?/Steps.md": "# Steps\n"})
    empty.write(
        {"links.md": links(*(f"{quote(name)}.md" for name in names), "What%20now%3F/Steps.md")}
    )
    report = empty.build()
    assert not broken(report)
    assert not [p for p in report.out.rglob("*") if set('<>:"|?*') & set(p.name)]
    assert max(len(p.name.encode()) for p in report.out.rglob("*.html")) < 220
    shown = [unquote(href) for href in hrefs(empty, "links.html")]
    assert shown[0] == "Why- Part 1- -Start-.html"
    assert sorted(shown[1:3]) == ["Open 9-5 - daily--1.html", "Open 9-5 - daily-.html"]
    assert shown[4] == "What now-/Steps.html"
    title = re.search("<h1[^>]*>(.*?)</h1>", empty.read(shown[0]))
    assert title
    assert unescape(title[1]) == names[0]
