"""Facts about settings: where they come from, what they may be, and that the docs list them."""

import json
import os
import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from kb.config import (
    Config,
    ContactConfig,
    ContentConfig,
    Ranking,
    SearchConfig,
    environment_name,
    load_config,
)
from kb.errors import ConfigError
from kb.settings import origin_of

DOCS = Path(__file__).parent.parent / "docs" / "configuration.md"


def load(folder, text=None, environ=None, **flags):
    """Settings as read in a folder with this kb.toml."""
    if text is not None:
        (folder / "kb.toml").write_text(text, encoding="utf-8")
    return load_config(environ=environ or {}, cwd=folder, **flags)


def in_toml(text):
    """Write a text as TOML has it."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def refusal(folder, text):
    """The error that this kb.toml brings."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return caught.value


def test_defaults_need_no_file(tmp_path):
    """Without any settings the articles are in content/ and the index in index/."""
    config = load(tmp_path)
    assert config == Config(content=tmp_path / "content", index=tmp_path / "index")
    assert config.source is None


def test_settings_are_frozen(tmp_path):
    """Nobody changes a setting after it was read."""
    with pytest.raises(FrozenInstanceError):
        load(tmp_path).name = "other"


def test_file_gives_values_and_is_remembered(tmp_path):
    """Values of kb.toml, of its tables too, replace the defaults."""
    config = load(tmp_path, 'name = "Acme"\nlanguage = "pt-BR"\n[search]\nlimit = 8\n')
    assert (config.name, config.language, config.search.limit) == ("Acme", "pt-BR", 8)
    assert config.search.per_article == SearchConfig().per_article
    assert config.source == tmp_path / "kb.toml"


def test_nearest_file_wins(tmp_path):
    """The walk goes up from the current folder and ends at the first settings."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "kb.toml").write_text('name = "outer"')
    assert load(inner).name == "outer"
    (tmp_path / "a" / "pyproject.toml").write_text('[tool.kb]\nname = "inner"')
    assert load(inner).name == "inner"
    (tmp_path / "a" / "kb.toml").write_text('name = "first"')
    assert load(inner).name == "first"


def test_pyproject_without_kb_is_passed_over(tmp_path):
    """Another project's pyproject.toml, even a broken one, has no say."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "kb.toml").write_text('name = "outer"')
    for text in (
        "[tool.black]\n",
        "not TOML [",
        '[tool]\nkb_like = "tool.kb"\n',
        'tool = "tool.kb"',
    ):
        (inner / "pyproject.toml").write_text(text)
        assert load(inner).name == "outer"


def test_pyproject_with_a_broken_table_is_an_error(tmp_path):
    """A pyproject.toml that names kb must be TOML, and tool.kb a table."""
    (tmp_path / "pyproject.toml").write_text('[tool]\n# tool.kb\nkb = "yes"\n')
    with pytest.raises(ConfigError, match=r"tool\.kb should be a table"):
        load(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.kb\n")
    with pytest.raises(ConfigError, match="is not TOML"):
        load(tmp_path)


def test_pyproject_may_be_named(tmp_path):
    """--config takes a pyproject.toml as well; errors in it have their line."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n[tool.kb]\nnmae = "Acme"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(config=path, environ={}, cwd=tmp_path)
    assert (caught.value.line, caught.value.hint) == (4, "did you mean name?")


def test_unreadable_pyproject_is_passed_over(tmp_path, monkeypatch):
    """A pyproject.toml that can't be opened is another project's business."""
    (tmp_path / "pyproject.toml").write_text("[tool.kb]")

    def fail(path, flags):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", fail)
    assert load(tmp_path).source is None


def test_variables_beat_the_file_and_flags_beat_variables(tmp_path):
    """Flag, variable, file, default: the first that has a value wins."""
    text = 'content = "from-file"\nname = "file"\n[search]\nlimit = 3\n'
    environ = {"KB_CONTENT": "from-env", "KB_SEARCH_LIMIT": " 9 ", "KB_NAME": ""}
    config = load(tmp_path, text, environ)
    assert config.content == tmp_path / "from-env"
    assert (config.search.limit, config.name) == (9, "file")
    assert load(tmp_path, text, environ, content=Path("flag")).content == tmp_path / "flag"


def test_variable_names_the_file(tmp_path):
    """KB_CONFIG is a path from the current folder, and --config beats it."""
    (tmp_path / "other.toml").write_text('name = "other"')
    (tmp_path / "third.toml").write_text('name = "third"')
    environ = {"KB_CONFIG": "other.toml"}
    assert load(tmp_path, environ=environ).name == "other"
    assert load(tmp_path, environ=environ, config=Path("third.toml")).name == "third"


def test_missing_named_file_is_an_error(tmp_path):
    """A settings file that was asked for must be there."""
    with pytest.raises(ConfigError, match="no such settings file"):
        load(tmp_path, config=Path("none.toml"))


def test_variable_of_a_wrong_kind_is_named(tmp_path):
    """The message says which variable is wrong, and what it should be."""
    with pytest.raises(ConfigError, match="KB_SEARCH_LIMIT should be a whole number from 1 to 100"):
        load(tmp_path, environ={"KB_SEARCH_LIMIT": "many"})


def test_lists_in_variables_have_commas(tmp_path):
    """A variable for a list is one text."""
    config = load(tmp_path, environ={"KB_CONTACT_ORDER": "phone, chat"})
    assert config.contact.order == ("phone", "chat")


def test_paths_start_where_they_are_written(tmp_path):
    """Paths in a file are relative to it; flags and variables to the current folder."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "kb.toml").write_text('content = "articles"\nindex = "../idx"')
    config = load(inner, environ={"KB_INDEX": "mine"})
    assert config.content == tmp_path / "articles"
    assert config.index == inner / "mine"
    assert load(inner).index == tmp_path.parent / "idx"


def test_home_is_expanded(tmp_path, monkeypatch):
    """~ is the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert load(tmp_path, 'content = "~/help"').content == tmp_path / "home" / "help"


def test_impossible_paths_are_refused(tmp_path):
    """A NUL, or the home of nobody, is an error and no traceback."""
    with pytest.raises(ConfigError, match="NUL"):
        load(tmp_path, environ={"KB_CONTENT": "a\0b"})
    assert "home folder" in str(refusal(tmp_path, 'content = "~nobody-has-this-name/x"'))


@pytest.mark.parametrize(
    ("content", "index"),
    [("content", "index"), ("other", "other.index"), ("more/content", "more/index")],
)
def test_another_content_folder_has_its_own_index(tmp_path, content, index):
    """A content folder that a flag names gets an index beside it, not the configured one's."""
    assert load(tmp_path, content=Path(content)).index == tmp_path / index


def test_index_flag_decides(tmp_path):
    """With --index there is nothing to guess."""
    config = load(tmp_path, content=Path("other"), index=Path("here"))
    assert config.index == tmp_path / "here"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("\n\nserach = 1", 3, "unknown setting serach", "did you mean search?"),
        ("[search]\n# so\nlimits = 1", 3, "unknown setting search.limits", "did you mean limit?"),
        ("[site]\nzzzzz = 1", 2, "unknown setting site.zzzzz", None),
        ("search = 1", 1, "search should be a table", "write [search]"),
        ("search = {limit = 0}", 1, "search.limit should be a whole number from 1 to 100", None),
        ("[search]\nlimit = true", 2, "not True", None),
        ("name = 3", 1, "name should be one line of text, not 3", None),
        ('name = "a\\nb"', 1, "name should be one line", None),
        ('language = "English!"', 1, "language should be a language tag", None),
        ('[site]\nbase_url = "javascript:alert(1)"', 2, "site.base_url should be", None),
        ('[site]\nremote_images = ["*"]', 2, "site.remote_images should be a list of hosts", None),
        ('[site]\ndownloads = ["../x"]', 2, "site.downloads should be a list of endings", None),
        ("[contact]\norder = [1]", 2, "contact.order should be a list of phrases", None),
        ("[contact]\norder = 1", 2, "contact.order should be a list of phrases", None),
        ('[search.synonyms]\n"" = "x"', 1, "search.synonyms should be a table", None),
        ("[search]\nsynonyms = 1", 2, "search.synonyms should be a table", None),
        ("[ranking]\nk1 = true", 1, "ranking should be a table of numbers", None),
        ("ranking = 1", 1, "ranking should be a table of numbers", None),
        ("[ranking]\nk1 = inf", 1, "ranking should be a table of numbers", None),
        ("a = [", None, "is not TOML", None),
        ("x", 1, "is not TOML", None),
    ],
)
def test_mistakes_have_path_line_and_hint(tmp_path, text, line, message, hint):
    """What is wrong in a file is named with its place."""
    error = refusal(tmp_path, text)
    assert message in error.message
    assert error.path == str(tmp_path / "kb.toml")
    if line is not None:
        assert error.line == line
    if hint is not None:
        assert error.hint == hint


def test_files_that_are_no_settings_are_refused(tmp_path):
    """Not UTF-8, far too large, far too deep, not to be opened: one line each."""
    path = tmp_path / "kb.toml"
    path.write_bytes(b"name = '\xff'")
    assert "not UTF-8: byte 8" in str(refusal(tmp_path, None))
    path.write_bytes(b"#" * 1_000_001)
    assert "larger than" in str(refusal(tmp_path, None))
    path.write_bytes(b"x = " + b"[" * 100_000)
    assert refusal(tmp_path, None).path == str(path)


def test_unreadable_file_is_an_error(tmp_path, monkeypatch):
    """A settings file without permission to read it is not silently left out."""

    def fail(path, flags):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "kb.toml").write_text("")
    monkeypatch.setattr(os, "open", fail)
    assert "can't be read: Permission denied" in str(refusal(tmp_path, None))


@pytest.mark.parametrize(
    "written",
    [
        "x; script-src-elem * 'unsafe-inline'", "*", "*.example.com", "a b", "a,b", "'self'", "self",
        "none", "'none'", "unsafe-inline", "data:", "data", "https:", "https://", "//cdn.example.com",
        "cdn.example.com/path", "https://cdn.example.com/path", "https://cdn.example.com?x", "a.b#c",
        "user@cdn.example.com", "javascript:alert(1)", "ftp://cdn.example.com", "cdn..example.com",
        ".example.com", "example.com.", "-a.example", "a-.example", "a_b.example", "[::1]", "a:b",
        "cdn.example.com:0", "cdn.example.com:65536", "cdn.example.com:443:1", "cdn.example.com\n",
        "cdn.example.com\tx", "cdn.example.com\u00a0x", "stra\u00dfe.example", "\u2028.example",
        "a" * 64 + ".example", ".".join(["a" * 60] * 5), "", " ", '"a"', "<b>", "a\\b", "%61.example",
        "a\uff0fb.example", "a\u3002\u3002b",
    ],
)  # fmt: skip
def test_only_hosts_reach_the_policy_of_the_pages(tmp_path, written):
    """Whatever else a policy would understand, or a browser take for another host, is refused."""
    error = refusal(tmp_path, f"[site]\nremote_images = [{in_toml(written)}]")
    assert "site.remote_images should be a list of hosts such as" in error.message
    assert error.where == f"{tmp_path / 'kb.toml'}:2"


@pytest.mark.parametrize(
    "written",
    [
        "https://forms.example.com/", "https://forms.example.com/?a={Article}", "javascript:{article}",
        "mailto:a@example.com?subject={article}&body={title}", "https://{article}.example.com/x",
        "https://forms.example.com{article}", 'https://a.example/{article}"x', "https://a.example/ {article}",
        "/feedback?{article}", "data:text/html,{article}", "{article}", "", "https:///{article}",
    ],
)  # fmt: skip
def test_a_link_for_answers_names_the_article(tmp_path, written):
    """In no place where it could change what the link leads to."""
    error = refusal(tmp_path, f"[site]\nfeedback = {in_toml(written)}")
    assert "site.feedback should be an address that begins with https://" in error.message
    assert error.where == f"{tmp_path / 'kb.toml'}:2"


@pytest.mark.parametrize(
    "written",
    [
        "feedback", "//a.example/x", "ftp://a.example/", "https://*.example.com/", "https://a.example:0/",
        "https://a.example:99999/", "https://u@a.example/", "https://self/", "https://a.example;/x",
        "https://a.example/ x", "javascript:alert(1)", "https://a.example/'x", "", "https://", "https:///x",
    ],
)  # fmt: skip
def test_only_an_address_gets_answers(tmp_path, written):
    """Whose origin may stand in the policy of the pages."""
    error = refusal(tmp_path, f"[site]\nfeedback_endpoint = {in_toml(written)}")
    assert "site.feedback_endpoint should be an address such as" in error.message
    assert error.where == f"{tmp_path / 'kb.toml'}:2"


@pytest.mark.parametrize(
    ("written", "address", "origin"),
    [
        ("/feedback", "/feedback", ""),
        ("https://API.example.com", "https://api.example.com/", "https://api.example.com"),
        ("http://localhost:3000/a?b=c", "http://localhost:3000/a?b=c", "http://localhost:3000"),
        ("https://b\u00fccher.example/x", "https://xn--bcher-kva.example/x", "https://xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_the_origin_of_an_endpoint_is_as_policies_name_it(tmp_path, written, address, origin):
    """Empty for the site's own host."""
    (tmp_path / "kb.toml").write_text(f"[site]\nfeedback_endpoint = {in_toml(written)}")
    assert load(tmp_path).site.feedback_endpoint == address
    assert origin_of(address) == origin


def test_hosts_in_a_variable_are_checked_too(tmp_path):
    """It is named where one is wrong."""
    with pytest.raises(ConfigError, match="KB_SITE_REMOTE_IMAGES should be a list of hosts"):
        load(tmp_path, environ={"KB_SITE_REMOTE_IMAGES": "cdn.example.com, * 'self'"})


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("cdn.example.com", "cdn.example.com"),
        (" CDN.Example.com ", "cdn.example.com"),
        ("https://cdn.example.com", "cdn.example.com"),
        ("http://cdn.example.com:80/", "cdn.example.com"),
        ("cdn.example.com:8443", "cdn.example.com:8443"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("\u4f8b\u3048.jp:8080", "xn--r8jz45g.jp:8080"),
        ("localhost:3000", "localhost:3000"),
        ("192.0.2.7", "192.0.2.7"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_hosts_are_written_as_browsers_name_them(tmp_path, written, host):
    """With or without a scheme, in any script, and each once."""
    text = f"[site]\nremote_images = [{in_toml(written)}, {in_toml(written)}]"
    assert load(tmp_path, text=text).site.remote_images == (host,)


@pytest.mark.parametrize(
    "written", ["a b", "a;b", "", ".", "..", "a/b", "a.b", "*", "\u0131", "x\n"]
)
def test_types_of_downloads_are_endings_of_names(tmp_path, written):
    """With or without a dot, in any case."""
    assert "endings of file names" in str(
        refusal(tmp_path, f"[site]\ndownloads = [{in_toml(written)}]")
    )
    text = '[site]\ndownloads = [".EXE", "exe", "c++"]'
    assert load(tmp_path, text=text).site.downloads == ("exe", "c++")


@pytest.mark.parametrize(
    "url", ["https://a\0b/", "https://a.example/\x01", "https://a.example/\x7f", "https://a b/"]
)
def test_an_address_has_no_control_characters(tmp_path, url):
    """It stands in lines of its own in files that servers read."""
    assert "site.base_url" in str(refusal(tmp_path, f"[site]\nbase_url = {in_toml(url)}"))


def test_byte_order_mark_is_welcome(tmp_path):
    """Some editors begin a UTF-8 file with a mark."""
    (tmp_path / "kb.toml").write_bytes(b"\xef\xbb\xbfname = 'Acme'")
    assert load(tmp_path).name == "Acme"


def test_content_is_a_folder_or_a_table_with_one(tmp_path):
    """`content = "docs"` and `folder = "docs"` under [content] say the same."""
    short = load(tmp_path, 'content = "docs"\n')
    long = load(tmp_path, '[content]\nfolder = "docs"\ndialect = "hugo"\nexclude = ["old/"]\n')
    assert short.content == long.content == tmp_path / "docs"
    assert long.folder == ContentConfig(dialect="hugo", exclude=("old/",))
    assert load(tmp_path, environ={"KB_CONTENT_DIALECT": "jekyll"}).folder.dialect == "jekyll"
    assert "unknown setting content.dialekt" in str(refusal(tmp_path, '[content]\ndialekt = "x"\n'))


def test_synonyms_go_both_ways_and_one_way_does_not(tmp_path):
    """Every word of a group finds all others; a one-way word only its own."""
    config = load(
        tmp_path,
        '[search.synonyms]\nparcel = ["package", "shipment"]\n"log in" = "sign in"\n'
        '[search.one_way]\nlaptop = ["computer"]\nparcel = "box"\n',
    )
    assert config.search.expansions() == {
        "parcel": ("package", "shipment", "box"),
        "package": ("parcel", "shipment"),
        "shipment": ("parcel", "package"),
        "log in": ("sign in",),
        "sign in": ("log in",),
        "laptop": ("computer",),
    }


def test_ranking_constants_must_exist(tmp_path):
    """A constant that the ranking does not have is refused with those it has."""
    error = refusal(tmp_path, "[ranking]\nno_such_constant_at_all = 1.0")
    assert error.message == "unknown setting ranking.no_such_constant_at_all"
    assert error.hint


def test_ranking_constants_are_kept_in_order(tmp_path):
    """Constants within their range arrive as pairs."""
    ranking = Ranking
    first = ranking.constants()[0].name
    value = getattr(ranking(), first)
    assert load(tmp_path, f"[ranking]\n{first} = {value}").ranking == ((first, float(value)),)


def test_ranking_constants_have_a_range(tmp_path):
    """A constant beyond its range is refused at its line."""
    ranking = Ranking
    first = ranking.constants()[0].name
    assert refusal(tmp_path, f"[ranking]\n{first} = -1e9").line == 2


def test_environment_and_folder_default_to_the_process(tmp_path, monkeypatch):
    """Without arguments the process's own environment and folder count."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "KB_NAME", "Here")
    assert load_config().name == "Here"
    assert load_config().content == tmp_path / "content"


def documented_rows(kind=Config, keys=()):
    """A row of the documentation for every key, from the dataclasses."""
    for f in fields(kind):
        here = (*keys, f.metadata.get("key", f.name))
        if inner := f.metadata.get("table"):
            yield from documented_rows(inner, here)
        elif f.metadata:
            setting = f.metadata["kind"]
            named = setting.from_text or here in {("content",), ("index",)}
            variable = f"`{environment_name(here)}`" if named else ""
            default = "" if f.default in ((), "") else f"`{f.default}`"
            meaning = f"{f.metadata['meaning']}; {setting.what}".replace("|", "\\|")
            yield f"| `{'.'.join(here)}` | {variable} | {default} | {meaning} |"


def test_documentation_lists_every_key():
    """docs/configuration.md has each key with variable, default and meaning.

    KB_GOLDEN=overwrite writes the list anew.
    """
    head = "| key | variable | default | meaning; value |\n|---|---|---|---|"
    table = "\n".join([head, *documented_rows()])
    text = DOCS.read_text(encoding="utf-8")
    pattern = re.compile(r"(<!-- keys:[^\n]*-->\n).*(<!-- end of keys -->)", re.DOTALL)
    wanted = pattern.sub(lambda m: f"{m[1]}{table}\n{m[2]}", text)
    if os.environ.get("KB_GOLDEN") == "overwrite":
        DOCS.write_text(wanted, encoding="utf-8")
    assert DOCS.read_text(encoding="utf-8") == wanted


def test_contact_defaults_are_empty():
    """Nothing is invented where a knowledge base says nothing about contact."""
    assert ContactConfig() == ContactConfig((), "", (), ())


def test_articles_in_one_piece_have_constants_of_their_own():
    """Where most articles are one section; those that the settings change are kept."""
    plain = Ranking()
    assert plain.fitted(sections=31, articles=20) is plain
    fitted = plain.fitted(sections=30, articles=20)
    assert fitted.title_part > plain.title_part
    assert fitted.k1 > plain.k1
    assert fitted.coverage_query < plain.coverage_query
    own = Ranking.of([("k1", 1), ("title_part", plain.title_part)]).fitted(20, 20)
    assert (own.k1, own.title_part) == (1, plain.title_part)
    assert own.coverage_query == fitted.coverage_query
