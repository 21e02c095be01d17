"""Which language each article is in, by settings, folders, names and front matter."""

import pytest

from kb.config import ContentConfig, load_config
from kb.content import read_content, read_page, scan
from kb.content.dialects import dialect_of
from kb.content.languages import Languages, find_languages, find_translations
from kb.content.markdown.document import parse
from kb.content.wording import words_in
from kb.knowledge_base import KnowledgeBase
from kb.model import ArticleMeta
from kb.text.languages import direction_of, language_tag, name_of


def write(folder, *paths, text="# Title\n\nText.\n"):
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def found(content, base="en", configured=None):
    """The folders that are taken for languages."""
    languages = find_languages(content, base, configured, Languages())
    return {folder: tag for tag, folder in languages.folders}


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("pt-br", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("zh-hans", "zh-Hans"),
        ("zh_Hant_TW", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("go", ""),
        ("images", ""),
        ("css", ""),
        ("", ""),
        ("de-", ""),
    ],
)
def test_tags_are_read_as_people_write_them(text, tag):
    """In any case, with hyphens or underscores; what is no language is none."""
    assert language_tag(text) == tag


def test_languages_have_names_and_directions():
    """Their own names, with the region where only the language has one."""
    assert name_of("de") == "Deutsch"
    assert name_of("de-AT") == "Deutsch (AT)"
    assert name_of("tlh") == "tlh"
    assert [direction_of(tag) for tag in ("ar", "he-IL", "en", "az-Latn")] == [
        "rtl",
        "rtl",
        "ltr",
        "ltr",
    ]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("en/a.md", "de/b.md"), {"en": "en", "de": "de"}),
        (("en/a.md", "it/b.md", "hr/c.md"), {"en": "en", "hr": "hr", "it": "it"}),
        (("guides/a.md", "de/x.md", "pt-br/y.md"), {"de": "de", "pt-br": "pt-BR"}),
        (("zh-Hans/a.md", "is/a.md"), {"zh-Hans": "zh-Hans", "is": "is"}),
        # Departments, and countries.
        (("it/a.md", "sales/b.md"), {}),
        (("is/a.md",), {}),
        (("it/index.md", "it/vpn.md", "hr/index.md", "hr/leave.md"), {}),
        (("uk/a.md", "uk/b.md", "ca/a.md", "ca/b.md", "us/a.md", "us/b.md"), {}),
        # The same articles tell what names don't.
        (("it/a.md", "it/b/c.md", "hr/a.md", "hr/b/c.md"), {"it": "it", "hr": "hr"}),
        (("a.md", "b/c.md", "de/a.md", "de/b/c.md"), {"de": "de"}),
        (("a.md", "b/c.md", "de/x.md", "de/b/y.md"), {}),
        (("a.md", "b/c.md", "it/a.md", "it/b/c.md"), {}),
    ],
)
def test_folders_are_languages_where_that_is_plain(tmp_path, paths, expected):
    """One that stands alone, or may be anything else, needs more than its name."""
    write(tmp_path, *paths)
    assert found(tmp_path) == expected


def test_settings_count_more_than_names(tmp_path):
    """A list, a table of folders, or none at all."""
    write(tmp_path, "en/a.md", "de/a.md", "german/a.md")
    assert found(tmp_path, configured=()) == {}
    assert found(tmp_path, configured=(("fr", "german"),)) == {"german": "fr"}
    listed = find_languages(tmp_path, "en", (("en", ""), ("de", "")), Languages())
    assert listed.of_path("de/a.md") == "de"
    assert listed.of_path("start.de.md") == "de"
    assert listed.of_path("start.md") == ""
    assert listed.key("start.de") == "start"
    assert listed.key("notes.v1") == "notes.v1"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('["en", "pt_br"]', (("en", ""), ("pt-BR", ""))),
        ('{ en = ".", de = "./german/" }', (("en", "."), ("de", "german"))),
        ("false", ()),
        ("[]", ()),
    ],
)
def test_the_setting_has_several_forms(tmp_path, written, expected):
    """Folders without the slashes around them."""
    (tmp_path / "kb.toml").write_text(f"[content]\nlanguages = {written}\n")
    assert load_config(cwd=tmp_path, environ={}).folder.languages == expected


@pytest.mark.parametrize("written", ['["english!"]', '{ de = "../up" }', "3", "{ de = 1 }"])
def test_what_is_no_language_is_refused(tmp_path, written):
    """With what would do."""
    (tmp_path / "kb.toml").write_text(f"[content]\nlanguages = {written}\n")
    with pytest.raises(Exception, match=r"content\.languages should be a list of languages"):
        load_config(cwd=tmp_path, environ={})


@pytest.mark.parametrize(
    ("front", "language"),
    [
        ("lang: de", "de"),
        ("language: de-DE", "de-DE"),
        ("locale: pt_BR.UTF-8", "pt-BR"),
        ("lang: en-US", ""),
        ("language: go", ""),
        ("language: [a, b]", ""),
        ("lang: x\nlocale: fr", "fr"),
    ],
)
def test_front_matter_names_the_language(tmp_path, front, language):
    """Empty for that of the settings; what names none says nothing."""
    write(tmp_path, "a.md", text=f"---\n{front}\n---\n# Title\n")
    config = load_config(content=tmp_path, environ={}, cwd=tmp_path)
    (article,) = read_content(tmp_path, dialect=dialect_of(config)).articles
    assert article.language == language
    assert not [problem for problem in article.problems if "lang" in problem.message]


def test_a_folder_named_by_a_country_is_in_its_language_beside_those_of_languages(tmp_path):
    """Where it holds what they hold, and none of them is in that language."""
    names = ("late.md", "return.md", "pay.md")
    write(tmp_path, *(f"{folder}/{name}" for folder in ("en", "de", "jp", "kr") for name in names))
    write(tmp_path, "cn/branches.md", "cn/late.md", "cn/offices.md", "cn/staff.md", "cn/x.md")
    assert found(tmp_path) == {"en": "en", "de": "de", "jp": "ja", "kr": "ko"}
    write(tmp_path, *(f"ko/{name}" for name in names))
    assert found(tmp_path) == {"en": "en", "de": "de", "jp": "ja", "ko": "ko"}
    write(tmp_path / "other", "jp/late.md", "jp/return.md", "kr/late.md", "kr/return.md")
    assert found(tmp_path / "other") == {}


def test_front_matter_counts_more_than_the_folder(tmp_path):
    """And `de-AT` is `de` where there is only that."""
    write(tmp_path, "en/a.md", "de/a.md")
    write(tmp_path, "en/b.md", text="---\nlang: de-AT\n---\n# Title\n")
    write(tmp_path, "de/b.md", text="---\nlang: en\n---\n# Title\n")
    config = load_config(content=tmp_path, environ={}, cwd=tmp_path)
    articles = read_content(tmp_path, dialect=dialect_of(config)).articles
    assert {a.id: a.language for a in articles} == {
        "de/a": "de",
        "de/b": "",
        "en/a": "",
        "en/b": "de",
    }


@pytest.mark.parametrize(
    ("front", "settings", "label"),
    [
        ("", "", "Warning"),
        ("lang: de", "", "Warnung"),
        ("lang: de-AT", "", "Warnung"),
        ("lang: zh-TW", "", "警告"),
        ("lang: fi", "", "Warning"),
        ("", 'language = "de"\n', "Warnung"),
        ("lang: en-GB", 'language = "de"\n', "Warning"),
    ],
)
def test_labels_are_in_the_language_of_the_article(tmp_path, front, settings, label):
    """In its sections, its HTML and its copy in Markdown; in English where kb has no words in it.

    A label that the title says already is not said twice, in that language, too.
    """
    (tmp_path / "kb.toml").write_text(settings)
    text = f'---\n{front}\n---\n# T\n\n> [!WARNING]\n> x\n\n!!! warning "{label}s"\n    y\n'
    write(tmp_path / "content", "a.md", text=text)
    config = load_config(environ={}, cwd=tmp_path)
    dialect = dialect_of(config)
    (source,) = scan(config.content, dialect).articles
    page = read_page(config.content, source, dialect=dialect)
    assert page.article.sections[0].text == f"{label}\nx\n{label}s\ny"
    assert f">{label}</span>" in page.document.html()
    assert f"> **{label}**" in page.document.markdown()
    assert ">Danger</span>" in parse(":::danger\na\n:::", words=words_in("fi")).html()


def test_topics_are_called_as_speakers_call_their_language(tmp_path):
    """Unless topic.yaml says otherwise."""
    write(tmp_path, "en/a.md", "de/a.md")
    (tmp_path / "en/topic.yaml").write_text("title: Help\n")
    dialect = dialect_of(load_config(content=tmp_path, environ={}, cwd=tmp_path))
    titles = {topic.id: topic.title for topic in read_content(tmp_path, dialect=dialect).topics}
    assert titles == {"": "", "de": "Deutsch", "en": "Help"}


def test_translations_share_a_path_a_key_or_name_each_other():
    """Of two in one language the first counts."""
    languages = Languages("en", (("en", "en"), ("de", "de"), ("ja", "ja")))
    articles = [
        ArticleMeta("de/late", "de/late.md", "", language="de"),
        ArticleMeta("en/late", "en/late.md", ""),
        ArticleMeta("ja/x", "ja/x.md", "", language="ja", translation_key="refund"),
        ArticleMeta("en/refund", "en/refund.md", "", translation_key="refund"),
        ArticleMeta("ja/z", "ja/z.md", "", language="ja", translation_key="refund"),
        ArticleMeta("en/account", "en/account.md", "", translations=(("de", "konto"),)),
        ArticleMeta("de/konto", "de/konto.md", "", language="de"),
        ArticleMeta("en/alone", "en/alone.md", "", translations=(("de", "nowhere"),)),
    ]
    assert find_translations(articles, languages) == {
        "de/late": {"de": "de/late", "": "en/late"},
        "en/late": {"de": "de/late", "": "en/late"},
        "ja/x": {"ja": "ja/x", "": "en/refund"},
        "en/refund": {"ja": "ja/x", "": "en/refund"},
        "en/account": {"": "en/account", "de": "de/konto"},
        "de/konto": {"": "en/account", "de": "de/konto"},
    }


def test_a_folder_without_languages_is_as_before(tmp_path):
    """All its articles are in the language of the settings, which no record names."""
    write(tmp_path, "guides/a.md", "b.md")
    dialect = dialect_of(load_config(content=tmp_path, environ={}, cwd=tmp_path))
    assert dialect.languages == Languages("en", first=("en",))
    articles = read_content(tmp_path, dialect=dialect).articles
    assert {article.language for article in articles} == {""}
    assert ContentConfig().languages is None


GENERATORS = {
    "hugo: folders": (
        "content",
        {
            "hugo.toml": "defaultContentLanguage = 'de'\n[languages.en]\ncontentDir = "
            "'content/english'\n[languages.de]\ncontentDir = 'content/german'\n"
            "[languages.fr]\ndisabled = true\n",
            "content/english/a.md": "",
            "content/german/a.md": "",
        },
        {"english/a": "", "german/a": "de"},
        ("de", "en"),
    ),
    "hugo: mounts": (
        "content",
        {
            "hugo.yaml": "languages: {en: {weight: 1}, ja: {weight: 2}}\nmodule:\n  mounts:\n"
            "  - {source: content/en, target: content, lang: en}\n"
            "  - {source: content/nihon, target: content, lang: ja}\n",
            "content/en/a.md": "",
            "content/nihon/a.md": "",
        },
        {"en/a": "", "nihon/a": "ja"},
        ("en", "ja"),
    ),
    "hugo: names": (
        "content",
        {
            "hugo.toml": "baseURL = 'https://example.com/'\n",
            "config/_default/languages.toml": "[en]\nweight = 1\n[pt-br]\nweight = 2\n",
            "content/a.md": "",
            "content/a.pt-br.md": "",
            "content/v.1.md": "",
        },
        {"a": "", "a.pt-br": "pt-BR", "v.1": ""},
        ("en", "pt-BR"),
    ),
    "mkdocs: names": (
        "docs",
        {
            "mkdocs.yml": "site_name: X\nplugins:\n- search\n- i18n:\n    docs_structure: suffix\n"
            "    languages:\n    - {locale: en, default: true}\n    - {locale: de}\n"
            "    - {locale: fr, build: false}\n",
            "docs/a.md": "",
            "docs/a.de.md": "",
            "docs/a.fr.md": "",
        },
        {"a": "", "a.de": "de", "a.fr": ""},
        ("en", "de"),
    ),
    "mkdocs: folders": (
        "docs",
        {
            "mkdocs.yml": "site_name: X\nplugins:\n  i18n:\n    docs_structure: folder\n"
            "    languages:\n    - {locale: it, default: true}\n    - {locale: hr}\n",
            "docs/it/a.md": "",
            "docs/hr/b.md": "",
        },
        {"it/a": "it", "hr/b": "hr"},
        ("it", "hr", "en"),
    ),
    "starlight": (
        "src/content/docs",
        {
            "astro.config.mjs": "export default defineConfig({ integrations: [ starlight({ locales:"
            " { root: { label: 'English', lang: 'en' }, 'zh-cn': { lang: 'zh-CN' }, uk: {} } }) ] })",
            "src/content/docs/a.mdx": "",
            "src/content/docs/zh-cn/a.mdx": "",
            "src/content/docs/uk/a.mdx": "",
        },
        {"a": "", "zh-cn/a": "zh-CN", "uk/a": "uk"},
        ("en", "zh-CN", "uk"),
    ),
    "vitepress": (
        "docs",
        {
            "docs/.vitepress/config.ts": "export default { locales: { root: { lang: 'ja' },"
            " en: { lang: 'en-US' } } }",
            "docs/a.md": "",
            "docs/en/a.md": "",
        },
        {"a": "ja", "en/a": "en-US"},
        ("ja", "en-US", "en"),
    ),
    "vuepress": (
        "docs",
        {
            "docs/.vuepress/config.js": "module.exports = { locales: { '/': { lang: 'en' },"
            " '/ko/': { lang: 'ko' } } }",
            "docs/a.md": "",
            "docs/ko/a.md": "",
        },
        {"a": "", "ko/a": "ko"},
        ("en", "ko"),
    ),
    "mintlify": (
        ".",
        {
            "docs.json": '{"navigation": {"languages": [{"language": "en"}, {"language": "es"}]}}',
            "a.mdx": "",
            "es/a.mdx": "",
        },
        {"a": "", "es/a": "es"},
        ("en", "es"),
    ),
    "nextjs": (
        "pages",
        {
            "next.config.js": "module.exports = {i18n: {locales: ['en', 'de'], defaultLocale: 'de'}}",
            "pages/a.en.mdx": "",
            "pages/a.de.mdx": "",
            "pages/b.mdx": "",
        },
        {"a.en": "", "a.de": "de", "b": "de"},
        ("de", "en"),
    ),
}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("a.md", "a.de.md", "b.md", "b.de.md"), {"a": "", "a.de": "de", "b": "", "b.de": "de"}),
        (
            ("x/a.en.md", "x/a.pt-br.md", "x/b.pt-br.md", "x/b.md"),
            {"x/a.en": "", "x/a.pt-br": "pt-BR", "x/b.pt-br": "pt-BR", "x/b": ""},
        ),
        # One alone may be for readers of the repository; others are no translations, or no names.
        (("README.md", "README.zh.md", "a.md"), {"README": "", "README.zh": "", "a": ""}),
        (("a.de.md", "b.de.md", "c.md"), {"a.de": "", "b.de": "", "c": ""}),
        (("a.md", "a.it.md", "b.md", "b.it.md"), dict.fromkeys(("a", "a.it", "b", "b.it"), "")),
        (("a.md", "a.v2.md", "b.md", "b.v2.md"), dict.fromkeys(("a", "a.v2", "b", "b.v2"), "")),
    ],
)
def test_names_that_end_in_languages_are_translations_where_that_is_plain(
    tmp_path, paths, expected
):
    """Where several articles are there in two languages, as many as end in one."""
    write(tmp_path, *paths)
    dialect = dialect_of(load_config(content=tmp_path, environ={}, cwd=tmp_path))
    articles = read_content(tmp_path, dialect=dialect).articles
    assert {article.id: article.language for article in articles} == expected


@pytest.mark.parametrize("name", GENERATORS)
def test_generators_name_their_languages(tmp_path, name):
    """In their own ways; the one that is their default comes first."""
    folder, files, expected, first = GENERATORS[name]
    write(tmp_path, *files)
    for path, text in files.items():
        (tmp_path / path).write_text(text or "# Title\n\nText.\n", "utf-8")
    config = load_config(content=(tmp_path / folder).resolve(), environ={}, cwd=tmp_path)
    dialect = dialect_of(config)
    articles = read_content(config.content, dialect=dialect).articles
    assert {article.id: article.language for article in articles} == expected
    assert dialect.languages.first == first


def test_the_folder_of_one_language_is_in_that_of_the_settings(tmp_path):
    """Whatever the generator says of the folders beside it."""
    files = GENERATORS["starlight"][1]
    write(tmp_path, *files)
    for path, text in files.items():
        (tmp_path / path).write_text(text or "# Title\n\nText.\n", "utf-8")
    content = tmp_path / "src/content/docs/uk"
    config = load_config(content=content, environ={"KB_LANGUAGE": "uk"}, cwd=tmp_path)
    articles = read_content(content, dialect=dialect_of(config)).articles
    assert {article.language for article in articles} == {""}


GERMAN = (
    "# Rechnung {}\n\nDie Rechnung ist nach dem Kauf im Konto, und wir senden sie auch mit der Post. "
    "Wenn sie nicht da ist, hat der Versand sie noch nicht, oder es war keine Adresse dabei.\n"
)


def test_articles_in_another_language_than_nobody_said_are_noticed(tmp_path, monkeypatch):
    """By the words of which a language is built; not where settings or a generator say one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    for number in range(3):
        (tmp_path / f"content/{number}.md").write_text(GERMAN.format(number), encoding="utf-8")
    assert KnowledgeBase.open().likely_language() == "de"
    settings = tmp_path / "kb.toml"
    for tag in ("de", "en"):
        settings.write_text(f'language = "{tag}"\n')
        assert KnowledgeBase.open().likely_language() == ""
    settings.unlink()
    (tmp_path / "mkdocs.yml").write_text("theme:\n  language: de\n")
    assert KnowledgeBase.open().likely_language() == ""


@pytest.mark.parametrize(
    "text", ["The order is in the account, and we send it.", "Die Post.", "注文の返金", ""]
)
def test_articles_that_may_be_in_the_language_are_left_alone(tmp_path, monkeypatch, text):
    """English ones, and those that say too little."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    assert KnowledgeBase.open().likely_language() == ""
