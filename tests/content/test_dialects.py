"""Facts about dialects: how the generator of a folder is found, and what is read of it."""

import json
import pickle
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import DEFAULT_LIMITS, Config, ContentConfig
from kb.content import read_content, read_page, scan
from kb.content.dialects import NAMES, configure, dialect_of, find_dialect, locate
from kb.content.dialects.dialect import Anchors
from kb.content.dialects.literals import read_exports
from kb.content.files import LEFT_OUT
from kb.errors import ConfigError
from kb.knowledge_base import KnowledgeBase
from kb.model import Status


def make(folder, files):
    """Write files, by their paths, into a folder; returns it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


SIGNS = {
    "mkdocs": ("docs", {"mkdocs.yml": "site_name: X\n"}),
    "writerside": ("topics", {"writerside.cfg": '<ihp version="2.0"><topics dir="topics"/></ihp>'}),
    "zola": ("content", {"config.toml": 'title = "X"\nbase_url = "https://example.com"\n'}),
    "hugo": ("content/en", {"hugo.toml": "baseURL = 'https://example.com/'\n"}),
    "docusaurus": ("docs", {"docusaurus.config.ts": "export default {};\n"}),
    "starlight": ("src/content/docs", {"astro.config.mjs": "export default {};\n"}),
    "mintlify": (".", {"docs.json": '{"navigation": {"pages": []}}'}),
    "retype": ("docs", {"retype.yml": "input: docs\n"}),
    "vitepress": ("docs", {"docs/.vitepress/config.mts": "export default {}\n"}),
    "vuepress": ("docs", {"docs/.vuepress/config.js": "module.exports = {}\n"}),
    "docfx": ("articles", {"docfx.json": "{}"}),
    "mdbook": (
        "book/src",
        {"book/book.toml": "[book]\ntitle = 'X'\n", "book/src/SUMMARY.md": "[Page](page.md)\n"},
    ),
    "gitbook": ("docs", {"docs/SUMMARY.md": "# Summary\n"}),
    "jupyterbook": ("book", {"book/_toc.yml": "- file: page\n", "book/_config.yml": "title: X\n"}),
    "quarto": (".", {"_quarto.yml": "project:\n  type: website\n"}),
    "jekyll": ("docs", {"_config.yml": "title: X\n"}),
    "sphinx": ("docs", {"docs/conf.py": "extensions = ['myst_parser']\n"}),
    "readme": ("docs", {"docs/Parcels/_order.yaml": "- page\n"}),
    "azurewiki": ("wiki", {"wiki/.order": "page\n"}),
    "gollum": ("wiki", {"wiki/_Footer.md": "(c)\n", "wiki/Home.md": "# Home\n"}),
    "eleventy": ("pages", {".eleventy.js": "module.exports = function (c) {};\n"}),
    "docsify": ("docs", {"docs/index.html": "<script>window.$docsify = {}</script>"}),
    "obsidian": ("vault", {"vault/.obsidian/app.json": "{}"}),
    "nuxt": ("content", {"nuxt.config.ts": "export default {modules: ['@nuxt/content']}\n"}),
    "nextjs": ("content", {"next.config.js": "module.exports = {}\n"}),
    "plain": ("content", {}),
}


@pytest.mark.parametrize("name", NAMES)
def test_each_dialect_is_found_by_its_files(tmp_path, name):
    """A new dialect comes with a row here."""
    content, files = SIGNS[name]
    make(tmp_path, {**files, f"{content}/page.md": "# Page\n"})
    found = find_dialect((tmp_path / content).resolve())
    assert found.name == name
    assert bool(found.evidence) == (name != "plain")
    assert pickle.loads(pickle.dumps(found)) == found  # it goes into processes of its own


PROJECTS = {
    "mkdocs": ("mkdocs.yml", "docs_dir: help\n", "help"),
    "hugo": ("hugo.toml", "[[module.mounts]]\nsource = 'x'\ntarget = 'static/x'\n", "content"),
    "hugo in languages": (
        "hugo.toml",
        "[languages.en]\ncontentDir = 'content/en'\n[languages.de]\ncontentDir = 'content/de'\n",
        "content",
    ),
    "starlight": ("astro.config.mjs", "export default {}", "src/content/docs"),
    "docusaurus": ("docusaurus.config.js", "module.exports = {}", "docs"),
    "gitbook": (".gitbook.yaml", "root: ./docs/\n", "docs"),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_of_a_project_the_folder_is_read_that_its_generator_publishes(tmp_path, name):
    """Not the README of the repository and whatever else stands there; but for settings that say
    what is in which folder.
    """
    file, text, folder = PROJECTS[name]
    pages = dict.fromkeys(("README.md", "themes/x/README.md", f"{folder}/en/a.md"), "# A\n")
    make(tmp_path, {file: text, **pages, f"{folder}/de/a.md": "# A\n"})
    assert configure(content=tmp_path).content == tmp_path / folder
    assert configure(content=tmp_path / folder).content == tmp_path / folder
    base = KnowledgeBase.open(tmp_path, index=tmp_path / "index")
    assert sorted(card.path for card in base.cards()) == ["de/a.md", "en/a.md"]
    (tmp_path / "kb.toml").write_text("[content]\nexclude = ['/themes/']\n", "utf-8")
    assert configure(config=tmp_path / "kb.toml", content=tmp_path).content == tmp_path


def test_a_project_without_that_folder_is_read_as_it_is(tmp_path):
    """As is one that brings content from elsewhere, or has translations apart."""
    make(tmp_path / "a", {"mkdocs.yml": "", "x.md": "# X\n"})
    make(tmp_path / "b", {"hugo.toml": "[[module.mounts]]\nsource = 'more'\ntarget = 'content'\n"})
    make(tmp_path / "b", {"content/x.md": "# X\n"})
    said = "module.exports = {i18n: {defaultLocale: 'en', locales: ['en', 'de']}}"
    make(tmp_path / "c", {"docusaurus.config.js": said, "docs/x.md": "# X\n"})
    make(tmp_path / "c", {"i18n/de/docusaurus-plugin-content-docs/current/x.md": "# X\n"})
    make(tmp_path / "d", {"hugo.toml": "contentDir = '../a'\n", "content/x.md": "# X\n"})
    for project in "abcd":
        assert configure(content=tmp_path / project).content == tmp_path / project


@pytest.mark.parametrize("named", ["SUMMARY.md", "nav.md"])
def test_lists_of_mkdocs_make_no_gitbook_of_a_folder(tmp_path, named):
    """The plugin `literate-nav` has its order in SUMMARY.md, too, or in a file of another name. What
    it does not list is published all the same.
    """
    option = "" if named == "SUMMARY.md" else f": {{nav_file: {named}}}"
    make(tmp_path, {"mkdocs.yml": f"plugins:\n- literate-nav{option}\n"})
    pages = {"a.md": "# A\n", "b.md": "# B\n", "c.md": "# C\n"}
    make(tmp_path / "docs", {**pages, named: "* [B](b.md)\n* [A](a.md)\n"})
    base = KnowledgeBase(Config(content=tmp_path / "docs", index=tmp_path / "index"))
    assert find_dialect(tmp_path / "docs").name == "mkdocs"
    assert base.topics()[0].articles == ("b", "a", "c")


def test_settings_name_a_dialect(tmp_path):
    """They count more than files; a name that there is not is refused with the nearest."""
    make(tmp_path, {"mkdocs.yml": "site_name: X\n", "docs/page.md": "# Page\n"})
    assert find_dialect(tmp_path / "docs", "hugo").name == "hugo"
    assert find_dialect(tmp_path / "docs", "plain").name == "plain"
    with pytest.raises(ConfigError, match="jekyl") as caught:
        find_dialect(tmp_path / "docs", "jekyl")
    assert "jekyll" in caught.value.hint


def test_nothing_above_a_repository_or_three_levels_is_looked_at(tmp_path):
    """What lies there belongs to somebody else."""
    make(tmp_path, {"mkdocs.yml": "site_name: X\n", "a/b/c/d/page.md": "", "repo/docs/page.md": ""})
    (tmp_path / "repo" / ".git").mkdir()
    assert find_dialect(tmp_path / "a/b/c").name == "mkdocs"
    assert find_dialect(tmp_path / "a/b/c/d").name == "plain"
    repository = find_dialect(tmp_path / "repo/docs")
    assert (repository.name, repository.root) == ("plain", tmp_path / "repo")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('base_url = "https://a.org"\ntheme = "x"\n', "zola"),
        ('title = "X"\nlist = [\n  1,\n]\nbase_url = "/"\n', "zola"),
        ('baseURL = "https://a.org"\nbase_url = "/"\n', "hugo"),
        ('theme = "x"\n[params]\nbase_url = "/"\n', "hugo"),
    ],
)
def test_config_toml_is_of_zola_or_of_hugo(tmp_path, said, name):
    """They have other names for the address of the site."""
    make(tmp_path, {"config.toml": said, "content/page.md": ""})
    assert find_dialect(tmp_path / "content").name == name


def test_the_tree_of_writerside_makes_the_topics(tmp_path):
    """With its labels and order; a change of it, or of the variables, is another state."""
    tree = (
        '<!DOCTYPE a [<!ENTITY x "y">]><instance-profile id="h" name="Parcel help">'
        '<toc-element topic="start.md"/><toc-element toc-title="Sending &amp; more">'
        '<toc-element topic="late.md"/><toc-element topic="a.md"/></toc-element>'
        '<toc-element toc-title="Costs"><toc-element topic="b.md"/></toc-element></instance-profile>'
    )
    config = '<ihp version="2.0"><topics dir="topics"/><instance src="h.tree"/></ihp>'
    names = ("start", "late", "a", "b")
    make(tmp_path, {"writerside.cfg": config, "h.tree": tree})
    make(tmp_path, {f"topics/{name}.md": f"# {name}\n" for name in names})
    found = find_dialect(tmp_path / "topics")
    assert found.title == "Parcel help"
    assert sorted(found.groups.titles.values()) == ["Costs", "Sending & more"]
    assert found.groups.topics["late"] == found.groups.topics["a"] != found.groups.topics["b"]
    assert found.menu == (tmp_path / "h.tree",)  # without one no order is asked for
    make(tmp_path, {"h.tree": tree.replace("Costs", "Prices")})
    assert locate(tmp_path / "topics").state != found.state


def test_what_zola_leaves_out_and_its_languages(tmp_path):
    """`ignored_content` starts at content/; names end in languages."""
    said = (
        'base_url = "https://a.org/help"\ndefault_language = "fr"\n'
        'ignored_content = ["*.{old,bak}.md", "b/**"]\n[languages.de]\n'
    )
    files = {
        "a.md": "",
        "a.de.md": "",
        "c.old.md": "",
        "d.bak.md": "",
        "b/e.md": "",
        "g/b/h.md": "",
    }
    make(tmp_path, {"config.toml": said, **{f"content/{k}": v for k, v in files.items()}})
    found = find_dialect(tmp_path / "content")
    listed = {f.path for f in scan(tmp_path / "content", dialect=found).articles}
    assert listed == {"a.md", "a.de.md", "g/b/h.md"}
    assert found.languages.first == ("fr", "de")
    assert found.languages.of_path("a.de.md") == "de"
    assert found.published_at == ("https://a.org/help/", "/help/")


def test_a_configuration_of_something_else_is_no_sign(tmp_path):
    """config.toml is Hugo's only where it says what Hugo's does."""
    make(tmp_path, {"config.toml": "[server]\nport = 80\n", "content/page.md": ""})
    assert find_dialect(tmp_path / "content").name == "plain"


def topic_order(content):
    """The topics of a folder in their order."""
    return list(read_content(content, dialect=find_dialect(content)).topics[0].topics)


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("config.yml", ""),
        ("mkdocs-local.yml", ""),
        ("mkdocs.de.yml", ""),
        ("config/mkdocs.yml", "../"),
        ("config/de/mkdocs.yml", "../../"),
    ],
)
def test_a_configuration_of_mkdocs_may_have_another_name_and_folder(tmp_path, name, above):
    """Its paths start where it stands. Hugo has a config.yml as well."""
    said = (
        f"site_name: X\ntheme:\n  name: material\n  custom_dir: {above}theme\n"
        f"docs_dir: {above}docs\nnav:\n- B: b/page.md\n- A: a/page.md\n"
    )
    files = {name: said, "docs/a/page.md": "", "docs/b/page.md": "", "theme/logo.png": ""}
    make(tmp_path, files)
    found = find_dialect(tmp_path / "docs")
    assert (found.name, found.evidence) == ("mkdocs", name)
    assert found.asset_folders == (tmp_path / "theme",)
    assert topic_order(tmp_path / "docs") == ["b", "a"]


def test_a_file_called_like_one_of_mkdocs_that_says_nothing_of_a_site_is_no_sign(tmp_path):
    """Tools have such names for theirs, and Hugo has a `theme`, too."""
    make(tmp_path, {"mkdocs-tasks.yml": "tasks:\n- build\n", "docs/page.md": ""})
    assert find_dialect(tmp_path / "docs").name == "plain"
    make(tmp_path, {"config.yml": "theme: ananke\nbaseURL: https://example.com/\n"})
    assert find_dialect(tmp_path / "docs").name == "hugo"


def test_zensical_is_read_as_mkdocs(tmp_path):
    """Its zensical.toml says the same in a table of TOML."""
    said = (
        '[project]\nsite_name = "Help"\nsite_url = "https://example.com/help/"\n'
        'docs_dir = "pages"\nnav = [{"B" = "b/page.md"}, {"First" = ["a/page.md"]}]\n'
        '[project.extra]\nphone = "123"\n[project.markdown_extensions.toc]\n'
        'slugify = {object = "pymdownx.slugs.slugify"}\n[project.plugins.macros]\n'
    )
    make(tmp_path, {"zensical.toml": said, "pages/a/page.md": "", "pages/b/page.md": ""})
    found = find_dialect(tmp_path / "pages")
    assert (found.name, found.title) == ("mkdocs", "Help")
    assert found.published_at == ("https://example.com/help/", "/help/")
    assert found.variables["phone"] == "123"
    assert found.anchors is Anchors.GITHUB
    assert "jinja" in found.marks
    assert topic_order(tmp_path / "pages") == ["b", "a"]


def test_a_change_of_configuration_or_data_is_another_state(tmp_path):
    """So an index and a site know that they are out of date."""
    make(tmp_path, {"_config.yml": "title: X\n", "docs/page.md": "", "_data/a.yml": "x: 1\n"})
    before = locate(tmp_path / "docs").state
    assert locate(tmp_path / "docs").state == before
    make(tmp_path, {"_data/b.yml": "y: 2\n"})
    after = locate(tmp_path / "docs").state
    assert after != before
    make(tmp_path, {"_config.yml": "title: Another\n"})
    assert locate(tmp_path / "docs").state != after


def test_variables_come_from_configuration_and_data_files(tmp_path):
    """By the names that articles call them by."""
    make(
        tmp_path,
        {
            "_config.yml": "title: Acme\nproduct:\n  name: Rocket\n",
            "_data/plans.yml": "basic:\n  price: 010\n",
            "_data/deep/list.json": json.dumps({"one": True}),
            "docs/page.md": "",
        },
    )
    values = find_dialect(tmp_path / "docs").variables
    assert values["site.product.name"] == "Rocket"
    assert values["site.data.plans.basic.price"] == "010"
    assert values["site.data.deep.list.one"] == "true"


def test_tags_anchors_and_merges_of_yaml_are_read_and_never_run(tmp_path):
    """mkdocs.yml is full of them."""
    said = (
        "site_url: https://example.com/help/\nextra: &e\n  version: 1.0\nmore:\n  <<: *e\n"
        "x: !!python/name:os.system\ny: !ENV [A, b]\n"
    )
    make(tmp_path, {"mkdocs.yml": said, "docs/page.md": ""})
    found = find_dialect(tmp_path / "docs")
    assert found.published_at == ("https://example.com/help/", "/help/")
    assert found.variables["version"] == "1.0"


@pytest.mark.parametrize(
    "said", ["a: [", "a: &a [*a, *a]", "\0", "[]", "- x", "a: *b", "? [x]\n: y"]
)
def test_a_configuration_that_cant_be_read_says_nothing(tmp_path, said):
    """The folder is read as that generator's all the same."""
    make(tmp_path, {"mkdocs.yml": said, "docs/page.md": ""})
    assert find_dialect(tmp_path / "docs").name == "mkdocs"


def test_configurations_do_not_grow_without_bound(tmp_path):
    """Names within names of YAML: a billion laughs."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    make(tmp_path, {"_config.yml": "\n".join(lines), "docs/page.md": ""})
    assert find_dialect(tmp_path / "docs").variables == {}


def test_literals_of_a_script_are_read_and_nothing_else():
    """Calls, templates with holes and imports give nothing; what stands beside them counts."""
    said = """
    // @ts-check
    import {themes} from 'prism-react-renderer';
    const url = "https://example.com";
    const config = {
      title: 'It\\'s \\u0041', url, baseUrl: '/docs/', /* a remark */
      theme: themes.github, tagline: `a ${url}`, n: 1 + 2, list: [1, two(), 'three',],
      onBroken: process.env.X ?? 'throw',
      presets: [['classic', {docs: {routeBasePath: '/', sidebarPath: require.resolve('./s.js')}}]],
      async load() { return {a: 1}; },
      end: true,
    };
    export default config;
    """
    assert read_exports(said) == {
        "title": "It's A",
        "url": "https://example.com",
        "baseUrl": "/docs/",
        "theme": None,
        "tagline": None,
        "n": None,
        "list": ["1", "three"],
        "onBroken": None,
        "presets": [["classic", {"docs": {"routeBasePath": "/", "sidebarPath": None}}]],
        "end": True,
    }
    assert read_exports("export default defineConfig({ base: '/a/' })") == {"base": "/a/"}
    called = "const config = defineConfig({ site: 'https://a.example' });\nexport default config\n"
    assert read_exports(called) == {"site": "https://a.example"}
    assert read_exports("module.exports = { a: ") == {"a": None}
    assert read_exports("[" * 500) == {}


def test_a_regular_expression_hides_nothing_that_follows_it():
    """It may leave out what must not be published."""
    said = """export default {
      re: /[`'"{\\]/]\\//g, half: a / b / c, f: (x) => x.replace(/[`"]/, '').split(/\\{/),
      t: `${x.replace(/`/g, '')}`,
      exclude: ['old/**'],
    }"""
    nothing = dict.fromkeys(("re", "half", "f", "t"))
    assert read_exports(said) == {**nothing, "exclude": ["old/**"]}


def test_a_template_with_holes_hides_nothing_that_follows_it():
    said = """module.exports = {
      note: `© ${new Date().getFullYear()} <a href="https://a.example">A ${x ? `{${y}` : '}`'}</a>`,
      title: 'A',
      scripts: [{ src: `/b.js`, defer: true }],
    }"""
    assert read_exports(said) == {
        "note": None,
        "title": "A",
        "scripts": [{"src": "/b.js", "defer": True}],
    }


@pytest.mark.parametrize(
    "said",
    [
        "module.exports = { a: 1, ] }",
        "module.exports = { a: [1, } }",
        "module.exports = { ...b) }",
        "module.exports = [ ...b} ]",
        "module.exports = { a: `${ `, b: [ ` ] }",
    ],
)
def test_brackets_that_do_not_match_end_what_is_read(said):
    assert isinstance(read_exports(said), dict | list)


_PIECES = [
    *"{}[](),;:`'?=",
    "${",
    "a",
    "b: ",
    '"x"',
    "'y'",
    "`t`",
    "//c\n",
    "/*",
    "*/",
    "\n",
    " ",
    "1",
]
_PIECES += [
    "...a",
    "=>",
    "function f() {",
    "const a = [",
    "const b = {",
    "f({",
    "/re/",
    ".b",
    "as X",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=60))
def test_any_configuration_is_read_to_its_end(pieces):
    read_exports("module.exports = {" + "".join(pieces))
    read_exports("export default f([" + "".join(pieces))


def test_assets_are_those_within_the_root(tmp_path):
    """A link out of it is no folder of the project."""
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    root = make(tmp_path / "root", {"hugo.toml": "", "content/page.md": "", "assets/x.png": ""})
    (root / "static").symlink_to(outside)
    assert find_dialect(root / "content").asset_folders == (root / "assets",)


def test_settings_add_patterns_and_addresses(tmp_path):
    """Before those of the generator where the first one counts, after them where the last does."""
    make(
        tmp_path, {"mkdocs.yml": "site_url: https://a.org/\nexclude_docs: x/\n", "docs/page.md": ""}
    )
    folder = ContentConfig(exclude=("!x/",), published_at=("/help/",))
    found = dialect_of(Config(content=tmp_path / "docs", folder=folder))
    assert found.exclude == ("x/", "!x/", "!x/**")
    assert found.published_at == ("/help/", "https://a.org/")


def listed(content, **settings):
    """The ids of articles, and the notes on what is left out, by path."""
    dialect = dialect_of(Config(content=content, folder=ContentConfig(**settings)))
    listing = scan(content, dialect)
    notes = {p.path: p.message for p in listing.problems if p.code == LEFT_OUT}
    return [file.id for file in listing.articles], notes


def test_names_with_an_underscore_and_vendored_folders_are_left_out(tmp_path):
    """Each with a note; `_index` is its folder's page, and `!` takes in again."""
    files = ["a.md", "_b.md", "_index.md", "_c/d.md", "x/_index.md", "node_modules/e.md", ".f/g.md"]
    make(tmp_path, dict.fromkeys([*files, "vendor/h.mdx", "venv/i.md", "j.mdx"], "# x\n"))
    ids, notes = listed(tmp_path)
    assert ids == ["_index", "a", "j", "x/_index"]
    assert notes.keys() == {"_b.md", "_c/", "node_modules/", "vendor/", "venv/"}
    assert notes["_c/"] == "left out: its name begins with `_`"
    ids, _ = listed(tmp_path, exclude=("!_c/", "!vendor/", "j.mdx"))
    assert ids == ["_c/d", "_index", "a", "vendor/h", "x/_index"]


EXCLUDING = [
    ({"mkdocs.yml": "exclude_docs: |\n  /old/\n  *.tmpl.md\ndraft_docs: |\n  new.md\n"}, "docs"),
    (
        {"docusaurus.config.js": "module.exports = {presets: [['classic', {docs: "
         "{exclude: ['old/**', '**/*.tmpl.{md,mdx}', 'new.md']}}]]}\n"},
        "docs",
    ),
    ({"_config.yml": "exclude:\n  - docs/old\n  - '*.tmpl.md'\n  - docs/new.md\n"}, "docs"),
    ({"docs.json": '{"navigation": []}', ".mintignore": "docs/old/\n*.tmpl.md\nnew.md\n"}, "docs"),
    (
        {"docfx.json": '{"build": {"content": [{"exclude": ["docs/old/**", "**/*.tmpl.md", "docs/new.md"]}]}}'},
        "docs",
    ),
    ({"docs/.vitepress/config.js": "export default {srcExclude: ['old/**', '**/*.tmpl.md', 'new.md']}"}, "docs"),
    (
        {"docs/.vuepress/config.js": "export default {pagePatterns: "
         "['**/*.md', '!old/**', '!**/*.tmpl.md', '!new.md']}"},
        "docs",
    ),
    (
        {"mkdocs.yml": "plugins:\n- search\n- exclude:\n    glob: ['old/*', '*.tmpl.md']\n    regex: ['new\\.md$']\n"},
        "docs",
    ),
    ({"hugo.toml": r"ignoreFiles = ['/old/', '\.tmpl\.md$', '^.*docs/new\.md$']" "\n"}, "docs"),
    (
        {"hugo.yaml": "module:\n  mounts:\n  - {source: docs, target: content, "
         "excludeFiles: ['old/**', '**.tmpl.md', 'new.md']}\n"},
        "docs",
    ),
    ({".eleventy.js": "module.exports = c => {c.ignores.add('docs/old/')}\n",
      ".eleventyignore": "*.tmpl.md\n", ".gitignore": "new.md\n"}, "docs"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "folder"), EXCLUDING, ids=lambda value: str(value)[:20])
def test_what_a_generator_leaves_out_is_left_out(tmp_path, files, folder):
    """By its own configuration."""
    pages = ["a.md", "new.md", "old/b.md", "c/d.tmpl.md", "c/e.md"]
    make(tmp_path, {**files, **{f"{folder}/{page}": "# x\n" for page in pages}})
    assert listed(tmp_path / folder)[0] == ["a", "c/e"]


def test_patterns_take_in_what_a_folder_leaves_out(tmp_path):
    """Files of such a folder are looked at one by one, and others of it stay out."""
    said = "exclude_docs: |\n  drafts/**\n  !drafts/ready.md\n"
    pages = ["docs/a.md", "docs/drafts/b.md", "docs/drafts/ready.md", "docs/drafts/c/d.md"]
    make(tmp_path, {"mkdocs.yml": said, **dict.fromkeys(pages, "# x\n")})
    assert listed(tmp_path / "docs")[0] == ["a", "drafts/ready"]


@pytest.mark.parametrize("pattern", ["(", "(a+)+b*c*d", "x" * 400, "[z-a]"])
def test_regular_expressions_that_could_take_long_are_passed_over(tmp_path, pattern):
    """As are those that are none."""
    make(tmp_path, {"hugo.yaml": f"ignoreFiles: ['{pattern}', '^.*/b']\n", "content/a.md": "# x\n"})
    make(tmp_path, {"content/b.md": "# x\n"})
    assert listed(tmp_path / "content")[0] == ["a"]


def test_patterns_of_docusaurus_start_at_the_content_folder(tmp_path):
    """Unlike those of `.gitignore`, whose bare names are meant anywhere."""
    said = "module.exports = {presets: [['classic', {docs: {exclude: ['plan.md']}}]]}\n"
    pages = ["docs/plan.md", "docs/prices/plan.md"]
    make(tmp_path, {"docusaurus.config.js": said, **dict.fromkeys(pages, "# x\n")})
    assert listed(tmp_path / "docs")[0] == ["prices/plan"]


BY_SETTINGS = [
    {"_config.yml": "defaults:\n- {scope: {path: docs/off}, values: {published: false}}\n"},
    {"_config.yml": "defaults:\n- {scope: {path: docs/*/x.md}, values: {draft: 'yes'}}\n"},
    {"hugo.toml": "[[cascade]]\ndraft = true\n[cascade.target]\npath = '/off/**'\n"},
    {".eleventy.js": "", "docs/off/off.json": '{"permalink": false}'},
    {".eleventy.js": "", "docs/off/x.11tydata.json": '{"draft": true}'},
]


@pytest.mark.parametrize("files", BY_SETTINGS, ids=str)
def test_what_a_configuration_says_of_pages_hides_them(tmp_path, files):
    """As if each of them said it."""
    make(
        tmp_path, {**files, "docs/a.md": "# x\n", "docs/off/x.md": "# x\n", "docs/on/y.md": "# x\n"}
    )
    ids, notes = listed(tmp_path / "docs")
    assert ids == ["a", "on/y"]
    assert "hide" in notes["off/x.md"]


POST = "_posts/2030-01-01-c.md"
DATED = {"ahead.md": "2030-01-01", "late.md": "2020-01-01", POST: "2020-01-01"}


@pytest.mark.parametrize(
    ("files", "hidden"),
    [
        ({"hugo.toml": ""}, {"ahead.md"}),
        ({"hugo.toml": "buildFuture = true\n"}, set()),
        ({"_config.yml": ""}, {POST}),
        ({"_config.yml": "future: true\n"}, set()),
        ({"mkdocs.yml": ""}, set()),
    ],
    ids=str,
)
def test_the_date_is_when_an_article_is_published_where_its_generator_says_so(
    tmp_path, monkeypatch, files, hidden
):
    """Hugo's everywhere, Jekyll's of posts, whose names say it, too."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")  # 2026-01-01
    texts = {f"docs/{path}": f"---\ndate: {day}\n---\n# x\n" for path, day in DATED.items()}
    make(tmp_path, {**files, **texts})
    content = tmp_path / "docs"
    dialect = dialect_of(Config(content=content, folder=ContentConfig(exclude=("!_posts/",))))
    found = read_content(content, dialect=dialect).articles
    assert {a.path for a in found if a.status is not Status.PUBLISHED} == hidden


def test_cascades_of_hugo_hide_what_lies_below(tmp_path):
    """All pages, or those of the kind or the paths that it is for."""
    make(
        tmp_path,
        {
            "hugo.toml": "",
            "content/a/_index.md": "+++\n[cascade]\ndraft = true\n+++\n",
            "content/a/b/c.md": "# x\n",
            "content/d/_index.md": "---\ncascade:\n  build:\n    render: never\n"
            "  target: {path: /d/e*, kind: page}\n---\n",
            "content/d/e/_index.md": "# x\n",
            "content/d/e/f.md": "# x\n",
            "content/d/g.md": "# x\n",
        },
    )
    ids, notes = listed(tmp_path / "content")
    assert ids == ["a/_index", "d/_index", "d/e/_index", "d/g"]
    assert notes["a/b/c.md"] == "left out: `cascade` in a/_index.md hides it"


def test_aliases_of_hugo_start_at_the_folder_of_their_page(tmp_path):
    """None is an id: the same one may stand in several folders."""
    pages = {
        "a/_index.md": "[old, /b/x/]",
        "a/one.md": "[two]",
        "b/_index.md": "old",
        "b/c/d.md": "[../e]",
        "b/f/index.md": "[g]",
    }
    make(
        tmp_path,
        {
            "hugo.toml": "",
            **{f"content/{p}": f"---\naliases: {a}\n---\n# x\n" for p, a in pages.items()},
        },
    )
    found = read_content(tmp_path / "content", dialect=find_dialect(tmp_path / "content"))
    assert [str(problem) for problem in found.problems] == []
    assert {a.id: a.routes for a in found.articles} == {
        "a/_index": ("old", "b/x"),
        "a/one": ("a/two",),
        "b/_index": ("old",),
        "b/c/d": ("b/e",),
        "b/f/index": ("b/g",),
    }


def test_collections_of_jekyll_are_published_where_they_say_so(tmp_path):
    """And posts always; drafts and includes never."""
    said = "collections:\n  guides:\n    output: true\n  notes: {}\nexclude: [old]\n"
    pages = ["_guides/a.md", "_notes/b.md", "_posts/2020-01-01-c.md", "_drafts/d.md", "e.md"]
    pages += ["blog/_posts/2020-01-02-f.md", "old/_posts/2020-01-02-g.md", "_guides/x/_y.md"]
    make(tmp_path, {"_config.yml": said, **dict.fromkeys(pages, "# x\n")})
    assert listed(tmp_path)[0] == [
        "_guides/a", "_posts/2020-01-01-c", "blog/_posts/2020-01-02-f", "e",
    ]  # fmt: skip


def test_collections_of_jekyll_have_the_addresses_that_their_patterns_say(tmp_path):
    """A pattern of `defaults` before that of the collection; one that needs a day gives none."""
    said = (
        "collections_dir: all\ncollections:\n  guides: {output: true}\n"
        "  faq: {output: true, permalink: '/help/:collection/:path.html'}\n"
        "  tours: {output: true, permalink: /tours/:year/:title}\n  notes: {output: true}\n"
        "defaults:\n- {scope: {type: notes}, values: {permalink: '/n/:name:output_ext'}}\n"
    )
    pages = ["_guides/a/b.md", "_faq/c/d.md", "_tours/e.md", "_notes/f/g.md"]
    make(tmp_path, {"_config.yml": said, **{f"all/{page}": "# x\n" for page in pages}})
    found = read_content(tmp_path, dialect=find_dialect(tmp_path))
    assert {a.id.rpartition("/")[2]: a.routes for a in found.articles} == {
        "b": ("guides/a/b",), "d": ("help/faq/c/d",), "e": (), "g": ("n/g",),
    }  # fmt: skip
    inner = tmp_path / "all/_guides"
    (article,) = read_content(inner, dialect=find_dialect(inner)).articles
    assert article.routes == ("guides/a/b",)


REDIRECTS = {
    "mkdocs": (
        "docs",
        {
            "mkdocs.yml": "site_url: https://example.com/help/\nplugins:\n- redirects:\n"
            "    redirect_maps:\n      old/page.md: late.md#why\n      away.md: https://example.org/x\n"
            "      older.md: https://example.com/help/late/\n",
        },
        ("old/page", "older"),
    ),
    "docusaurus": (
        "docs",
        {
            "docusaurus.config.js": "module.exports = {baseUrl: '/help/', plugins: [['x', {}], ["
            "'@docusaurus/plugin-client-redirects', {redirects: [{to: '/help/docs/late', "
            "from: ['/help/docs/old', '/help/older']}]}]]}"
        },
        ("old", "older"),
    ),
    "starlight": (
        "src/content/docs",
        {
            "astro.config.mjs": "export default defineConfig({base: '/d', redirects: {'/d/old': "
            "'/d/late/', '/older': {status: 302, destination: '/late'}, '/w/[x]': '/late'}})"
        },
        ("old", "older"),
    ),
    "mintlify": (
        ".",
        {
            "docs.json": '{"navigation": {}, "redirects": [{"source": "/old", "destination": "/late"},'
            ' {"source": "/w/:slug*", "destination": "/late"}, {"source": "/none"}, 3]}'
        },
        ("old",),
    ),
    "gitbook": (
        "docs",
        {
            ".gitbook.yaml": "root: ./docs\nredirects:\n  old/page: ./late.md\n",
            "docs/SUMMARY.md": "",
        },
        ("old/page",),
    ),
    "mdbook": (
        "src",
        {
            "book.toml": '[output.html.redirect]\n"/old.html" = "late.html"\n"/up" = "../out.html"',
            "src/SUMMARY.md": "[Late](late.md)",
        },
        ("old",),
    ),
    "nuxt": (
        "content",
        {
            "nuxt.config.ts": "export default defineNuxtConfig({modules: ['@nuxt/content'], "
            "routeRules: {'/old': {redirect: '/late'}, '/x': {prerender: true}}})"
        },
        ("old",),
    ),
    "vitepress": (
        "docs",
        {
            "docs/.vitepress/config.mts": "export default {rewrites: {'late.md': 'new/late.md'}}",
            "vercel.json": '{"redirects": [{"source": "/old", "destination": "/new/late"}]}',
            ".git/HEAD": "",
        },
        ("new/late", "old"),
    ),
    "hugo": (
        "content",
        {
            "hugo.toml": "baseURL = 'https://example.com/'",
            "static/_redirects": "# all\n/old /older 301\n/older /late/ 302! # moved\n/late /old\n"
            "/api /late 200\n/p/* /late\n/q id=:id /late 301\n/r /late 301 Country=de\n\n/s\n",
            "netlify.toml": '[[redirects]]\nfrom = "/net"\nto = "/late"\nstatus = 301\n'
            '[[redirects]]\nfrom = "/not"\nto = "/late"\nstatus = 404\n',
        },
        ("net", "old", "older"),
    ),
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_redirects_of_generators_and_hosts_are_former_addresses(tmp_path, name):
    """Not those with placeholders, those that lead away, and rules that send nobody elsewhere."""
    content, files, expected = REDIRECTS[name]
    make(tmp_path, {**files, f"{content}/late.md": "# Late\n", f"{content}/other.md": "# Other\n"})
    dialect = find_dialect((tmp_path / content).resolve())
    assert dialect.name == name
    found = {a.id: a.aliases for a in read_content(tmp_path / content, dialect=dialect).articles}
    assert sorted(found.pop("late")) == list(expected)
    assert not any(found.values())


def test_redirects_lead_to_folders_pages_and_slugs(tmp_path):
    """A page has the addresses of its folder, its slug, and its name without a number. What another
    article is called leads there.
    """
    rules = "/a /guide/\n/b /help/late-parcel\n/c /guide/intro\n/guide/taken /guide/\n/d /\n"
    pages = {
        "index.md": "# Home",
        "guide/index.md": "# Guide",
        "guide/01-intro.md": "# Intro",
        "guide/taken.md": "# Taken",
        "late.md": "---\nslug: /help/late-parcel\n---\n# Late",
    }
    make(tmp_path, {"docusaurus.config.js": "module.exports = {}", "static/_redirects": rules})
    make(tmp_path / "docs", pages)
    dialect = find_dialect(tmp_path / "docs")
    found = {a.id: a.aliases for a in read_content(tmp_path / "docs", dialect=dialect).articles}
    assert found == {
        "index": ("d",),
        "guide/index": ("a",),
        "guide/01-intro": ("c",),
        "guide/taken": (),
        "late": ("help/late-parcel", "b"),
    }


def test_redirects_start_at_the_top_where_a_folder_below_is_read(tmp_path):
    """Of Mintlify, whose addresses have the names of all folders below its configuration."""
    rules = (
        '[{"source": "/help/old", "destination": "/help/late"}, {"source": "//a/b", "to": "/x"}]'
    )
    make(tmp_path, {"docs.json": f'{{"navigation": {{}}, "redirects": {rules}}}'})
    make(tmp_path, {"help/late.mdx": "# Late\n"})
    assert find_dialect(tmp_path / "help").former == {"late": ("old",)}
    assert find_dialect(tmp_path).former == {"help/late": ("help/old",)}


def test_redirects_outside_of_the_project_are_not_read(tmp_path):
    """Not by a link; and rules that go in circles lead nowhere."""
    outside = make(tmp_path / "out", {"_redirects": "/old /late\n"})
    home = make(tmp_path / "in", {"hugo.toml": "baseURL = 'x'", "content/late.md": "# Late\n"})
    (home / "static").mkdir()
    (home / "static/_redirects").symlink_to(outside / "_redirects")
    assert not find_dialect(home / "content").former
    (home / "static/_redirects").unlink()
    make(home, {"static/_redirects": "/a /b\n/b /a\n/c /c\n"})
    (article,) = read_content(home / "content", dialect=find_dialect(home / "content")).articles
    assert article.aliases == ()


def test_a_change_of_redirects_is_seen(tmp_path):
    """The state of the dialect is another one then, and all articles are read again."""
    make(tmp_path, {"hugo.toml": "baseURL = 'x'", "content/late.md": "# Late\n"})
    before = locate(tmp_path / "content").state
    make(tmp_path, {"static/_redirects": "/old /late\n"})
    assert locate(tmp_path / "content").state != before


def test_an_older_version_of_docusaurus_is_taken_in_on_request(tmp_path):
    """Else the articles of today alone are there, so that nothing is there twice."""
    pages = [
        "docs/a.md",
        "versioned_docs/version-1.0/b/a.md",
        "versioned_docs/version-2.0/a.md",
        "blog/c.md",
    ]
    make(tmp_path, {"docusaurus.config.js": "export default {}", **dict.fromkeys(pages, "# x\n")})
    asked = ContentConfig(exclude=("!versioned_docs/version-1.0/",))
    found = [
        [
            file.id
            for file in scan(tmp_path, dialect_of(Config(content=tmp_path, folder=folder))).articles
        ]
        for folder in (ContentConfig(), asked)
    ]
    assert found == [["docs/a"], ["docs/a", "versioned_docs/version-1.0/b/a"]]


PAGES = ["index.md", "b/one.md", "b/two.md", "b/index.md", "c/three.md", "a.md"]
MENUS = [
    ("docs", {"mkdocs.yml": "nav:\n- index.md\n- Big:\n  - Second: b/two.md\n  - b/one.md\n- a.md\n- c/three.md\n"}),
    ("docs", {"docs/SUMMARY.md": "# S\n* [Home](index.md)\n\n## Big\n\n* [2](b/two.md)\n  * [1](b/one.md)\n\n## Rest\n* [A](a.md)\n* [C](c/three.md)\n"}),
    ("docs", {"docs/index.html": "docsify.js", "docs/_sidebar.md": "* Big\n  * [2](/b/two.md)\n  * [1](b/one)\n* [A](a 'x')\n* [C](c/three.md)\n"}),
    ("docs", {
        "docusaurus.config.js": "module.exports = {}",
        "sidebars.js": "module.exports = {x: ['index', {type: 'category', label: 'Big', "
        "items: ['b/two', {type: 'doc', id: 'b/one'}]}, 'a', 'c/three']}",
    }),
    ("docs", {"astro.config.mjs": "export default defineConfig({integrations: [starlight({sidebar: ["
        "{label: 'Big', items: ['b/two', {slug: 'b/one'}]}, {label: 'A', link: '/a/'}, 'c/three']})]})"}),
    ("docs", {"docs/.vitepress/config.ts": "export default {themeConfig: {sidebar: ["
        "{text: 'Big', items: [{text: '2', link: '/b/two'}, {text: '1', link: '/b/one'}]}, "
        "{text: 'A', link: '/a'}, {text: 'C', link: '/c/three'}]}}"}),
    ("docs", {"docfx.json": "{}", "docs/toc.yml": "- name: Big\n  items:\n  - href: b/two.md\n  - href: b/one.md\n"
        "- name: A\n  href: a.md\n- name: C\n  href: c/three.md\n"}),
    ("docs", {"docs/.pages": "nav:\n- b\n- a.md\n- c\n", "docs/b/.pages": "title: Big\nnav:\n- two.md\n- one.md\n"}),
    ("docs", {"docs/meta.json": '{"pages": ["b", "a", "c"]}', "docs/b/meta.json": '{"title": "Big", "pages": ["two", "one"]}'}),
    ("docs", {"docs/b/_category_.json": '{"label": "Big", "position": 1}', "docs/b/_meta.json": '{"two": "2", "one": "1"}'}),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "files"), MENUS, ids=lambda value: str(value)[:30])
def test_menus_give_order_and_titles(tmp_path, folder, files):
    """Whatever a menu is written in: `Big` is the folder b, `two` comes before `one`."""
    make(tmp_path, {**{f"{folder}/{page}": "# Page\n" for page in PAGES}, **files})
    content = tmp_path / folder
    topics = {t.id: t for t in read_content(content, dialect=find_dialect(content)).topics}
    assert topics["b"].title == "Big"
    assert [id_ for id_ in topics["b"].articles if id_ != "b/index"] == ["b/two", "b/one"]
    assert topics[""].topics == ("b", "c")


@pytest.mark.parametrize(("folder", "files"), MENUS, ids=lambda value: str(value)[:30])
def test_an_index_follows_its_menus(tmp_path, folder, files):
    """It keeps what they say, wherever they stand, and no command goes by one of before."""
    make(tmp_path, {**{f"{folder}/{page}": "# Page\n" for page in PAGES}, **files})

    def title() -> str:
        with closing(KnowledgeBase.open(tmp_path / folder, index=tmp_path / "index")) as base:
            return {topic.id: topic.title for topic in base.topics()}["b"]

    assert title() == "Big"
    make(tmp_path, {name: text.replace("Big", "Larger") for name, text in files.items()})
    assert title() == "Larger"


LABELS = [
    ([("Tab", [("Group", ["b/one", "b/two"])])], "Tab"),
    ([("Docs", [("B", ["b/one", "b/two"])])], "B"),
    ([("Tab", [("First", ["b/one"]), ("Second", ["b/two"])])], "Tab"),
]


@pytest.mark.parametrize(("tabs", "title"), LABELS, ids=str)
def test_of_labels_for_the_same_folder_the_outermost_counts(tmp_path, tabs, title):
    """Unless one within it is what the folder is called."""
    said = [{tab: [{name: pages} for name, pages in groups]} for tab, groups in tabs]
    files = {"mkdocs.yml": json.dumps({"nav": said})}
    pages = dict.fromkeys(("docs/b/one.md", "docs/b/two.md", "docs/c/x.md"), "# x\n")
    make(tmp_path, {**files, **pages})
    content = tmp_path / "docs"
    topics = {t.id: t for t in read_content(content, dialect=find_dialect(content)).topics}
    assert topics["b"].title == title


VITEPRESS = [
    "export default defineConfigWithTheme<Theme<X>>({themeConfig: {sidebar}})",
    "export default withDiagrams(defineConfig({themeConfig: {sidebar}}))",
    "export default defineConfig({themeConfig: {sidebar: sidebar}})",
]


@pytest.mark.parametrize("export", VITEPRESS)
def test_menus_of_vitepress_are_found_behind_what_wraps_them(tmp_path, export):
    """Addresses before their parts are no titles."""
    said = (
        "const sidebar: Theme['sidebar'] = {'/b/': [{text: 'One', items: ["
        "{text: '2', link: '/b/two'}, {text: '1', link: '/b/one'}]}, {text: 'C', link: '/b/x'}]}\n"
    )
    pages = dict.fromkeys(("docs/b/one.md", "docs/b/two.md", "docs/b/x.md"), "# x\n")
    make(tmp_path, {"docs/.vitepress/config.ts": said + export + "\n", **pages})
    content = tmp_path / "docs"
    topics = {t.id: t for t in read_content(content, dialect=find_dialect(content)).topics}
    assert topics["b"].articles == ("b/two", "b/one", "b/x")
    assert topics["b"].title == "B"


TABS = {"navigation": {"tabs": [
    {"tab": "Guides", "groups": [
        {"group": "Get started", "pages": ["index", "start", "b/one"]},
        {"group": "Get paid", "root": "b/two", "pages": ["b/three", {"group": "Überweisung", "pages": ["c/four"]}]},
    ]},
    {"tab": "Ideas", "groups": [{"group": "Ideas", "pages": ["b/five"]}]},
    {"tab": "Blog", "href": "https://example.com/blog"},
]}}  # fmt: skip
PARTS = "format: jb-book\nroot: index\nparts:\n"
GROUPED = {
    "tabs": {"docs.json": json.dumps(TABS)},
    "referred": {"docs.json": '{"navigation": {"$ref": "nav.json"}}', "nav.json": json.dumps(TABS["navigation"])},
    "toc": {"_config.yml": "title: x\n", "_toc.yml": (
        f"{PARTS}- caption: Guides\n  chapters:\n  - {{caption: Get started, chapters: [{{file: start}}, {{file: b/one}}]}}\n"
        "  - file: b/two\n    title: Get paid\n    sections:\n    - file: b/three\n"
        "    - {caption: Überweisung, sections: [file: c/four.md]}\n"
        "- caption: Ideas\n  chapters:\n  - file: b/five\n  - url: https://example.com/blog\n"
    )},
    "myst": {"myst.yml": "version: 1\nproject: " + json.dumps({"toc": [
        {"file": "index.md"},
        {"title": "Guides", "children": [
            {"title": "Get started", "children": [{"file": "start.md"}, {"file": "b/one.md"}]},
            {"title": "Get paid", "file": "b/two.md", "children": [
                {"file": "b/three.md"}, {"title": "Überweisung", "children": [{"file": "c/four.md"}]}]}]},
        {"title": "Ideas", "children": [{"file": "b/five.md"}]},
    ]})},
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPED)
def test_groups_of_a_menu_are_topics_where_readers_browse_by_them(tmp_path, name):
    """Whatever folders the pages stand in; a group's own page, and the front page, are pages."""
    pages = ("index", "start", "b/one", "b/two", "b/three", "b/five", "c/four")
    make(tmp_path, {**GROUPED[name], **{f"{page}.md": f"# Of {page}\n" for page in pages}})
    content = read_content(tmp_path, dialect=find_dialect(tmp_path))
    topics = {topic.id: topic for topic in content.topics}
    assert topics[""].topics == ("guides", "ideas")
    assert topics[""].page == "index"
    assert topics["guides"].topics == ("guides/get-started", "guides/get-paid")
    assert topics["guides"].title == "Guides"
    assert topics["guides/get-started"].articles == ("start", "b/one")
    paid = topics["guides/get-paid"]
    assert (paid.title, paid.page, paid.articles) == ("Get paid", "b/two", ("b/two", "b/three"))
    assert topics["guides/get-paid/überweisung"].articles == ("c/four",)
    assert topics["ideas"].articles == ("b/five",)
    assert {article.id: article.topic for article in content.articles}["c/four"] == paid.topics[0]


SPOKEN = {
    "mkdocs.yml": "theme:\n  name: material\n  language: de\n",
    "hugo.toml": "baseURL = '/'\nlanguageCode = 'de'\n",
    "config.toml": "baseURL = '/'\ndefaultContentLanguage = 'de'\n",
    "docusaurus.config.js": "module.exports = { i18n: { defaultLocale: 'de', locales: ['de'] } };\n",
    "astro.config.mjs": "export default { integrations: [starlight({ locales: { root: { lang: 'de' } } })] };\n",
    ".vitepress/config.js": "export default { lang: 'de' }\n",
    ".vuepress/config.js": "module.exports = { locales: { '/': { lang: 'de' } } }\n",
    "book.toml": "[book]\nlanguage = 'de'\n",
    "book.json": '{"language": "de"}\n',
    "_config.yml": "lang: de\n",
    "conf.py": "extensions = ['myst_parser']\nlanguage = 'de'\n",
}


@pytest.mark.parametrize("name", SPOKEN)
def test_one_language_of_a_generator_is_that_of_the_settings_that_say_none(
    tmp_path, name, monkeypatch
):
    """Whatever calls it; what the settings say counts more, and English stays what it is."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, {name: SPOKEN[name], "content/a.md": "# Rechnung stornieren\n"})
    assert configure().language == "de"
    make(
        tmp_path,
        {
            name: SPOKEN[name]
            .replace("de'", "en'")
            .replace(": de", ": en-US")
            .replace('"de"', '"en"')
        },
    )
    assert configure().language == "en"
    make(tmp_path, {name: SPOKEN[name], "kb.toml": 'language = "fr"\n'})
    assert configure().language == "fr"


NAMED = {
    "mkdocs.yml": "site_name: Our Shop\n",
    "hugo.toml": "baseURL = '/'\ntitle = 'Our Shop'\n",
    "docusaurus.config.js": "module.exports = { title: 'Our Shop' };\n",
    "astro.config.mjs": "export default { integrations: [starlight({ title: 'Our Shop' })] };\n",
    "docs.json": '{"name": "Our Shop", "navigation": {"pages": []}}\n',
    ".vitepress/config.js": "export default { title: 'Our Shop' }\n",
    "docfx.json": '{"build": {"globalMetadata": {"_appTitle": "Our Shop"}}}\n',
    "book.toml": "[book]\ntitle = 'Our Shop'\n",
    "_config.yml": "title: Our Shop\n",
    "myst.yml": "version: 1\nproject:\n  title: Our Shop\n",
    "conf.py": "extensions = ['myst_parser']\nproject = 'Our Shop'\n",
}


@pytest.mark.parametrize("name", NAMED)
def test_the_name_of_a_generators_site_is_that_of_settings_without_one(tmp_path, name, monkeypatch):
    """One line of plain text; the settings count more."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, {name: NAMED[name], "content/a.md": "# A\n"})
    assert configure().name == "Our Shop"
    make(tmp_path, {name: NAMED[name].replace("Our Shop", "{Our} <b>Shop</b>")})
    assert configure().name == "Help center"
    make(tmp_path, {name: NAMED[name], "kb.toml": 'name = "Mine"\n'})
    assert configure().name == "Mine"


def test_several_languages_of_a_generator_leave_that_of_the_settings(tmp_path, monkeypatch):
    """Each of them has its folder, and its own search."""
    monkeypatch.chdir(tmp_path)
    said = "[languages.de]\ncontentDir = 'content/de'\n[languages.fr]\ncontentDir = 'content/fr'\n"
    make(tmp_path, {"hugo.toml": f"baseURL = '/'\nlanguageCode = 'de'\n{said}"})
    make(tmp_path, {"content/de/a.md": "# Eins\n", "content/fr/a.md": "# Un\n"})
    assert configure().language == "en"


def test_the_language_of_a_generator_reaches_search_and_site(tmp_path, monkeypatch):
    """Stems, words of the page, and a change of it."""
    monkeypatch.chdir(tmp_path)
    article = "# Zahlung\n\nDie Stornierung der Rechnung dauert zwei Tage.\n"
    make(tmp_path, {"mkdocs.yml": "theme:\n  language: de\n", "docs/a.md": article})
    base = KnowledgeBase.open("docs")
    assert [hit.article for hit in base.search("Rechnungen stornieren").hits] == ["a"]
    make(tmp_path, {"mkdocs.yml": "theme:\n  language: fr\n"})
    assert KnowledgeBase.open("docs").languages == ("fr",)


def test_pages_that_no_group_names_stay_in_their_folders(tmp_path):
    """Those of a language are below its folder; a menu of one level makes no topics."""
    said = [
        {"language": "en", "groups": [{"group": "Start", "pages": ["a"]}, {"group": "B", "pages": ["b"]}]},
        {"language": "de", "groups": [{"group": "Los", "pages": ["de/a"]}, {"group": "B", "pages": ["de/b"]}]},
    ]  # fmt: skip
    files = {"docs.json": json.dumps({"navigation": {"languages": said}})}
    named = ("a.md", "b.md", "c/d.md", "de/a.md", "de/b.md", "de/index.md")
    make(tmp_path, {**files, **dict.fromkeys(named, "# x\n")})
    content = Config(content=tmp_path)
    articles = read_content(tmp_path, dialect=dialect_of(content)).articles
    assert {a.id: a.topic for a in articles} == {
        "a": "start", "b": "b", "c/d": "c", "de/a": "de/los", "de/b": "de/b", "de/index": "de",
    }  # fmt: skip
    make(tmp_path, {"docs.json": '{"navigation": {"pages": ["b", "c/d", "a"]}}'})
    articles = read_content(tmp_path, dialect=find_dialect(tmp_path)).articles
    assert {a.topic for a in articles} == {"", "c", "de"}


CLOSED = [
    {"_toc.yml": "- file: a\n- part: P\n  chapters:\n  - file: b\n", "_config.yml": "only_build_toc_files: true\n"},
    {"_toc.yml": "format: jb-article\nroot: a\nsections:\n- glob: b*\n", "_config.yml": "only_build_toc_files: true\n"},
    {"_toc.yml": "- file: a\n- header: H\n- file: b\n", "_config.yml": "exclude_patterns: [c.*]\n"},
    {"myst.yml": "version: 1\nproject:\n  toc:\n  - file: a.md\n  - pattern: 'b*.md'\n"},
    {"docs.json": json.dumps({"navigation": {"tabs": [
        {"tab": "A", "pages": ["a", "b"]}, {"tab": "C", "hidden": True, "groups": [{"group": "C", "pages": ["c"]}]}]}})},
]  # fmt: skip


@pytest.mark.parametrize("files", CLOSED, ids=lambda files: str(files)[:60])
def test_what_a_menu_keeps_from_readers_is_left_out(tmp_path, files):
    """By not naming it where it names all, or by hiding its group."""
    make(tmp_path, {**files, **dict.fromkeys(("a.md", "b.md", "c.md"), "# x\n")})
    found = scan(tmp_path, find_dialect(tmp_path))
    assert [source.id for source in found.articles] == ["a", "b"]


def test_a_topic_file_counts_more_than_a_menu(tmp_path):
    """It is kb's own."""
    make(tmp_path, {"b/one.md": "# One\n", "b/_category_.yml": "label: Big\nposition: 2\n"})
    make(tmp_path, {"b/topic.yaml": "title: Mine\n"})
    topics = {t.id: t for t in read_content(tmp_path).topics}
    assert (topics["b"].title, topics["b"].order) == ("Mine", 2)


@pytest.mark.parametrize("name", ["index.md", "_index.md", "README.md", "index.mdx"])
def test_an_index_is_the_page_of_its_folder(tmp_path, name):
    """Its title, summary and order are the folder's."""
    text = "---\ntitle: All of b\nsummary: Short\nweight: 1\n---\n"
    make(tmp_path, {f"b/{name}": text, "b/one.md": "# One\n", "a/x.md": "# X\n"})
    topics = {t.id: t for t in read_content(tmp_path).topics}
    page = f"b/{name.partition('.')[0]}"
    assert (topics["b"].title, topics["b"].summary, topics["b"].order) == ("All of b", "Short", 1)
    assert topics["b"].articles == (page, "b/one")
    assert topics["b"].page == page
    assert topics[""].topics == ("b", "a")


@pytest.mark.parametrize(
    "text", ["nav: [[[", "{", "- [a](", "\0", "nav: {a: [b, {c: 1}]}", "x" * 600_000]
)
def test_menus_that_cant_be_read_say_nothing(tmp_path, text):
    """The folder is as it would be without them."""
    for name in ["_category_.json", "meta.json", ".pages", "toc.yml", "_sidebar.md", "SUMMARY.md"]:
        make(tmp_path, {name: text, f"b/{name}": text})
    make(tmp_path, {"b/one.md": "# One\n"})
    assert [t.id for t in read_content(tmp_path).topics] == ["", "b"]


@pytest.mark.parametrize("sign", ["book.toml", ".gitbook.yaml"])
def test_pages_that_the_summary_does_not_name_are_left_out(tmp_path, sign):
    """GitBook and mdBook publish no others; a pattern takes them in; an empty list says nothing."""
    files = {sign: "[book]\n" if sign.endswith("toml") else "root: .\n"}
    pages = {f"{name}.md": "x\n" for name in ("README", "a/README", "a/b", "c d", "old", "older")}
    summary = "# Summary\n\n- [Home](README.md)\n- [A](a/)\n  - [B](./a/b.md#x)\n- [C](c%20d.md)\n"
    make(tmp_path, {**files, **pages, "SUMMARY.md": summary})
    config = Config(content=tmp_path)

    def shown(config):
        return [source.id for source in scan(config.content, dialect_of(config)).articles]

    listed = ["README", "a/README", "a/b", "c d"]
    assert shown(config) == listed
    assert shown(replace(config, folder=ContentConfig(exclude=("!old.md",)))) == [*listed, "old"]
    make(tmp_path, {"SUMMARY.md": "# Summary\n"})
    assert shown(config) == [*listed, "old", "older"]


def test_the_page_of_an_unknown_address_is_no_article(tmp_path):
    """Generators show it there alone, nor are pages whose names are patterns; in a plain folder both
    are articles.
    """
    make(tmp_path, {"docs/404.md": "x\n", "docs/de/404.mdx": "x\n", "docs/codes/404.md": "x\n"})
    make(tmp_path, {"docs/[id].md": "x\n", "docs/[...all]/a.md": "x\n"})
    config = Config(content=tmp_path / "docs")

    def shown():
        return [source.id for source in scan(config.content, dialect_of(config)).articles]

    assert shown() == ["404", "[...all]/a", "[id]", "codes/404", "de/404"]
    make(tmp_path, {"astro.config.mjs": "export default {};\n"})
    assert shown() == ["codes/404"]


def test_sidebars_of_docusaurus_name_articles_by_their_ids(tmp_path):
    """The order and the titles of topics are theirs, whatever the files are called."""
    sidebar = """module.exports = {docs: [{type: "category", label: "For developers", items: [
        "dev/dev-late", {type: "category", label: "Web", items: ["dev/dev-early"]}]}]};"""
    make(
        tmp_path,
        {
            "docusaurus.config.js": "module.exports = {};\n",
            "sidebars.js": sidebar,
            "docs/dev/01-early.md": "---\ntitle: Early\nid: dev-early\n---\n",
            "docs/dev/late.md": "---\nid: 'dev-late'\n---\n# Late\n",
        },
    )
    content = tmp_path / "docs"
    topics = {t.id: t for t in read_content(content, dialect=find_dialect(content)).topics}
    assert topics["dev"].title == "For developers"
    assert topics["dev"].articles == ("dev/late", "dev/01-early")


def test_a_project_of_docusaurus_is_its_docs_and_their_translations(tmp_path):
    """Where its whole folder is the content: nothing else of it is published."""
    said = (
        "export default {i18n: {defaultLocale: 'en', locales: ['en', 'de', 'fr']}, presets: "
        "[['classic', {docs: {exclude: ['**/*.test.md', 'old/**']}}]]}\n"
    )
    german = "i18n/de/docusaurus-plugin-content-docs/current"
    pages = [
        "README.md",
        "docs/a.md",
        "docs/_b.md",
        "docs/_c/d.md",
        "docs/e.test.md",
        "docs/old/f.md",
    ]
    pages += [f"{german}/a.md", f"{german}/_b.md", f"{german}/old/f.md", "blog/g.md"]
    pages += [
        "i18n/en/docusaurus-plugin-content-docs/current/a.md",
        "versioned_docs/version-1/a.md",
    ]
    pages += ["i18n/de/docusaurus-plugin-content-blog/h.md", "node_modules/i.md"]
    pages += ["docs/z.md"]
    make(tmp_path, {"docusaurus.config.js": said, **dict.fromkeys(pages, "# x\n")})
    make(tmp_path, {"sidebars.js": "export default {x: ['z', 'a']}\n"})
    assert listed(tmp_path)[0] == ["docs/a", "docs/z", f"{german}/a"]
    topics = read_content(tmp_path, dialect=dialect_of(Config(content=tmp_path))).topics
    assert next(t for t in topics if t.id == "docs").articles == ("docs/z", "docs/a")
    languages = dialect_of(Config(content=tmp_path)).languages
    assert languages.of_path("docs/a.md") == ""
    assert languages.of_path(f"{german}/a.md") == "de"
    assert languages.key("docs/a") == languages.key(f"{german}/a")


def test_docusaurus_may_stand_in_a_folder_beside_the_articles(tmp_path):
    """Its own paths start there; without a word of articles above it, it publishes others."""
    said = (
        "export default {url: 'https://a.example', i18n: {defaultLocale: 'en', "
        "locales: ['en', 'de']}, presets: [['classic', {docs: {\n  path: '../docs'}}]]}\n"
    )
    german = "website/i18n/de/docusaurus-plugin-content-docs/current"
    make(tmp_path, {"website/docusaurus.config.js": said, "website/static/a.png": "x"})
    make(tmp_path, {"website/sidebars.json": '{"x": ["z", "a"]}', "README.md": "# x\n"})
    make(tmp_path, dict.fromkeys(["docs/a.md", "docs/z.md", f"{german}/a.md"], "# x\n"))
    docs = dialect_of(Config(content=tmp_path / "docs"))
    assert docs.name == "docusaurus"
    assert "https://a.example/docs/" in docs.published_at
    assert docs.asset_folders == (tmp_path / "website" / "static",)
    (topic,) = read_content(tmp_path / "docs", dialect=docs).topics
    assert topic.articles == ("z", "a")
    assert listed(tmp_path)[0] == ["docs/a", "docs/z", f"{german}/a"]
    assert listed(tmp_path / "website")[0] == [f"{german}/a".removeprefix("website/")]
    languages = dialect_of(Config(content=tmp_path)).languages
    assert languages.of_path(f"{german}/a.md") == "de"
    assert languages.key("docs/a") == languages.key(f"{german}/a")
    make(tmp_path, {"website/docusaurus.config.js": "export default {}\n"})
    assert dialect_of(Config(content=tmp_path / "docs")).name == "plain"


STARTS = [
    ({"mkdocs.yml": "docs_dir: pages\n"}, "pages"),
    ({"hugo.toml": 'contentDir = "content/en"\n'}, "content/en"),
    ({"config.yaml": "baseURL: /\nlanguages:\n  en:\n    contentDir: content/en\n"}, "content/en"),
    ({"docusaurus.config.js": "export default {}"}, "docs"),
]


@pytest.mark.parametrize(("files", "folder"), STARTS, ids=str)
def test_the_folder_at_which_addresses_start_is_found(tmp_path, files, folder):
    """Within the content folder; that itself is none."""
    make(tmp_path, {**files, f"{folder}/a.md": "# x\n"})
    assert find_dialect(tmp_path).start == tmp_path / folder
    assert find_dialect(tmp_path / folder).start is None


def test_definitions_of_links_that_are_appended_count_in_each_article(tmp_path):
    """As `auto_append` of pymdownx.snippets has it; the article's own ones count more."""
    make(
        tmp_path,
        {
            "mkdocs.yml": "markdown_extensions:\n  - pymdownx.snippets:\n      auto_append:\n        - includes/links.md\n",
            "includes/links.md": "*[KB]: knowledge base\n[site]: https://site.example/\n[own]: https://a.example/\n",
            "docs/a.md": "# A\n\n[`url`][site], [it][own], [none].\n\n[own]: b.md\n",
        },
    )
    content = tmp_path / "docs"
    dialect = find_dialect(content)
    (source,) = scan(content, dialect).articles
    html = read_page(content, source, limits=DEFAULT_LIMITS, dialect=dialect).document.html()
    assert '<a href="https://site.example/"><code>url</code></a>' in html
    assert '<a href="b.md">it</a>, [none].' in html


@pytest.mark.parametrize(
    ("name", "menu"),
    [
        ("sidebars.js", "module.exports = {x: {'Get going': ['a', 'b'], Pay: ['c']}}\n"),
        (
            "mkdocs.yml",
            "nav:\n  - Get going:\n      - a.md\n      - b.md\n  - Pay:\n      - c.md\n",
        ),
    ],
)
def test_groups_of_a_menu_are_topics_where_folders_divide_nothing(tmp_path, name, menu):
    """Where folders do, these are the topics."""
    if name == "sidebars.js":
        make(tmp_path, {"docusaurus.config.js": "export default {};\n"})
    make(tmp_path, {name: menu, **dict.fromkeys(["docs/a.md", "docs/b.md", "docs/c.md"], "# x\n")})
    found = read_content(tmp_path / "docs", dialect=find_dialect(tmp_path / "docs"))
    assert [article.topic for article in found.articles] == ["get-going", "get-going", "pay"]
    assert [topic.title for topic in found.topics if topic.id] == ["Get going", "Pay"]
    make(
        tmp_path,
        {
            name: menu.replace("'a', 'b'", "'x/a', 'x/b'")
            .replace("- a", "- x/a")
            .replace("- b", "- x/b")
        },
    )
    make(tmp_path, {"docs/x/a.md": "# x\n", "docs/x/b.md": "# x\n"})
    found = read_content(tmp_path / "docs", dialect=find_dialect(tmp_path / "docs"))
    assert {article.topic for article in found.articles} == {"", "x"}


def test_the_front_page_stands_in_no_group_of_a_menu(tmp_path):
    """An article of Docusaurus that has `slug: /`, in whichever group its sidebar names it."""
    make(
        tmp_path,
        {
            "docusaurus.config.js": "export default {};\n",
            "sidebars.js": "module.exports = {x: {Begin: ['a', 'b'], Pay: ['c']}}\n",
            "docs/a.md": "---\nslug: /\n---\n# Welcome\n",
            "docs/b.md": "# B\n",
            "docs/c.md": "# C\n",
        },
    )
    found = read_content(tmp_path / "docs", dialect=find_dialect(tmp_path / "docs"))
    assert [article.topic for article in found.articles] == ["", "begin", "pay"]
    assert {topic.id: topic.articles for topic in found.topics} == {
        "": ("a",),
        "begin": ("b",),
        "pay": ("c",),
    }


def test_numbers_of_nuxt_are_the_order_and_in_no_title(tmp_path):
    """Ten comes after two; a folder is called as its `.navigation.yml` has it."""
    make(
        tmp_path,
        {
            "nuxt.config.ts": "export default defineNuxtConfig({ modules: ['@nuxt/content'] })\n",
            "content/10.more.md": "Text\n",
            "content/2.late.md": "---\nnavigation:\n  title: When late\n---\n# Late\n",
            "content/3.send-it/1.pack.md": "# Pack\n",
            "content/1.start/.navigation.yml": "title: First steps\n",
            "content/1.start/1.go.md": "---\ntitle: Go\nnavigation: false\n---\nText\n",
        },
    )
    content = read_content(tmp_path / "content", dialect=find_dialect(tmp_path / "content"))
    topics = {topic.id: topic for topic in content.topics}
    assert topics[""].articles == ("2.late", "10.more")
    assert topics[""].topics == ("1.start", "3.send-it")
    assert (topics["1.start"].title, topics["3.send-it"].title) == ("First steps", "Send it")
    assert {a.id: a.title for a in content.articles}["10.more"] == "More"


def test_a_higher_order_stands_first_with_retype(tmp_path):
    """What has none stands between those above and below nought; `index.yml` orders a folder."""
    make(
        tmp_path,
        {
            "retype.yml": "branding:\n  title: Acme\nexclude:\n  - drafts/\n",
            "a.md": "---\norder: -10\n---\n# A\n",
            "b.md": "# B\n",
            "c.md": "---\norder: 100\nlabel: See it\n---\n{{ include 'part' }}\n",
            "secret.md": "---\nvisibility: hidden\n---\n# S\n",
            "drafts/d.md": "# D\n",
            "_includes/part.md": "Taken *in*.\n",
            "more/index.yml": "label: Read on\norder: 5\n",
            "more/e.md": ":::code source='../e.txt' range='2-3' :::\n",
            "e.txt": "one\ntwo\nthree\nfour\n",
            "early/folder.yml": "order: 6\n",
            "early/f.md": "# F\n",
        },
    )
    dialect = find_dialect(tmp_path)
    content = read_content(tmp_path, dialect=dialect)
    topics = {topic.id: topic for topic in content.topics}
    public = {a.id: a for a in content.articles if a.status == "published"}
    assert dialect.title == "Acme"
    assert [id_ for id_ in topics[""].articles if id_ in public] == ["c", "b", "a"]
    assert topics[""].topics == ("early", "more")
    assert topics["more"].title == "Read on"
    assert set(public) == {"a", "b", "c", "early/f", "more/e"}
    assert public["c"].title == "See it"
    assert "Taken in." in public["c"].sections[0].text
    assert public["more/e"].sections[0].text.split() == ["two", "three"]


def test_a_website_of_quarto(tmp_path):
    """Its name, address, order, what it hides, its anchors, variables and includes."""
    make(
        tmp_path,
        {
            "_quarto.yml": "project:\n  type: website\n  render: ['*.qmd', '*.mdoc', '!hidden.qmd']\n"
            "website:\n  title: Acme\n  site-url: https://example.com/help/\n  drafts: [soon.qmd]\n"
            "  sidebar:\n    contents:\n      - late.qmd\n      - section: Sending\n        contents:\n"
            "          - send/b.qmd\n          - text: First\n            href: send/a.qmd\nlang: de\n",
            "_variables.yml": "phone: 555\n",
            "_part.qmd": "Taken *in*.\n",
            "late.qmd": "---\ntitle: Late\n---\n## 1. Plans & Billing\n\nCall {{< var phone >}}, {{< meta title >}}.\n\n"
            "{{< include _part.qmd >}}\n\n[x](/send/a.qmd)\n",
            "send/a.qmd": "# A\n",
            "send/b.qmd": "# B\n",
            "send/README.qmd": "# R\n",
            "hidden.qmd": "# H\n",
            "soon.qmd": "# S\n",
            "notes.md": "# N\n",
            "z.mdoc": "# Z {% #why %}\n",
        },
    )
    dialect = find_dialect(tmp_path)
    content = read_content(tmp_path, dialect=dialect)
    topics = {topic.id: topic for topic in content.topics}
    articles = {article.id: article for article in content.articles}
    assert (dialect.title, dialect.language) == ("Acme", "de")
    assert "https://example.com/help/" in dialect.published_at
    assert set(articles) == {"late", "send/a", "send/b", "z"}
    assert topics[""].articles[0] == "late"
    assert (topics["send"].title, topics["send"].articles) == ("Sending", ("send/b", "send/a"))
    (section,) = articles["late"].sections
    assert section.anchor == "plans-billing"
    assert section.text == "Call 555, Late.\nTaken in.\nx"
    assert articles["z"].sections[0].anchor == "why"


def test_a_book_of_quarto(tmp_path):
    """Its chapters give the order, its parts topics, where they stand in no folder."""
    make(
        tmp_path,
        {
            "_quarto.yml": "project: {type: book}\nbook:\n  title: Acme\n  chapters:\n    - index.qmd\n"
            "    - part: Sending\n      chapters: [b.qmd, a.qmd]\n"
            "    - part: Paying\n      chapters: [c.qmd]\n",
            "index.qmd": "# Start\n",
            **{f"{name}.qmd": f"# {name}\n" for name in "abc"},
        },
    )
    topics = {t.id: t for t in read_content(tmp_path, dialect=find_dialect(tmp_path)).topics}
    assert topics["sending"].articles == ("b", "a")
    assert topics["paying"].title == "Paying"
