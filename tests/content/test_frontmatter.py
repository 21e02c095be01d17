"""Front matter is found, read as text, and refused with a line where it is not plain."""

import os
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Limits
from kb.content.comments import without_comments
from kb.content.frontmatter import Fields, Form, Text, parse, plain
from kb.content.frontmatter import split as split_block
from kb.errors import ContentError

CASES = os.environ.get("KB_CASES")
needs_cases = pytest.mark.skipif(not CASES, reason="KB_CASES is not set")

# What the test suite writes in place of characters that an editor would hide.
VISIBLE = str.maketrans({"␣": " ", "»": "\t", "—": "", "←": "\r", "⇔": "\ufeff", "↵": ""})


def read(raw: str) -> object:
    """The values of front matter without their lines."""
    return plain(parse(raw))


def split(text: str) -> tuple[str | None, str, int]:
    """Front matter, the text below it, and its line."""
    block = split_block(text)
    return (None, text, 1) if block is None else (block.raw, block.body, block.body_line)


def refusal(raw: str, **options) -> ContentError:
    """The error that front matter gets, which is always one short line."""
    with pytest.raises(ContentError) as caught:
        parse(raw, **options)
    assert_one_line(caught.value)
    return caught.value


def assert_one_line(error: ContentError) -> None:
    """The error fits on a line of a terminal or two, and says where."""
    assert "\n" not in str(error)
    assert len(str(error)) < 300
    assert error.line >= 1


def assert_read_or_refused(raw: str) -> None:
    """Front matter gives texts, or an error of one line."""
    try:
        value = read(raw)
    except ContentError as error:
        assert_one_line(error)
    else:
        assert_texts(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, "", 1)),
        ("Body\n", (None, "Body\n", 1)),
        ("---\ntitle: x\n---\nBody\n", ("title: x\n", "Body\n", 4)),
        ("---\ntitle: x\n...\nBody\n", ("title: x\n", "Body\n", 4)),
        ("--- \t\ntitle: x\n---  \nBody\n", ("title: x\n", "Body\n", 4)),
        ("---\n---\nBody", ("", "Body", 3)),
        ("---\ntitle: x\n---", ("title: x\n", "", 4)),
        ("---\n\n---\n", ("\n", "", 4)),
        ("---\na: |\n  x\n  ---\n---\nBody", ("a: |\n  x\n  ---\n", "Body", 6)),
        ("---\na: b\n----\n---\nBody", ("a: b\n----\n", "Body", 5)),
    ],
)
def test_front_matter_stands_between_two_lines_of_hyphens(text, expected):
    """The first line must be `---`; `---` or `...` ends it, indented ones do not."""
    assert split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "text\n---\ntitle: x\n---\n",
        "---",
        "---\n",
        "---\n\nProse below a rule.\n",
        "---\nProse below a rule.\n\nkey: too late to count\n",
        "---\n- a\n- b\n",
        "---\n> Warning: quoted\n",
        "---\nProse.\n---\n",
        "---\nhttps://example.com\n---\n",
        "---\nThis is all that you need to know:\n---\n",
        "----\n\nProse\n\n----\n",
        "+++\nProse\n",
        "{name}: Prose\n",
        "{% if a %}\n",
        "{: .note}\n",
    ],
)
def test_a_rule_is_no_front_matter(text):
    """Without a closing line and without a key, a first line `---` is a horizontal rule."""
    assert split(text) == (None, text, 1)


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n",
        "---\ntitle: x\n\nBody\n",
        "---\n\ntitle: x\nBody\n",
        "---\n# remark\ntitle:\n  - x\n ---\n",
        '---\n"my title": x\n',
        "---\ntitle: x\n --- \n",
        "---\nhave_ready:\n- x",
    ],
)
def test_front_matter_that_nothing_closes_is_refused(text):
    """It must not vanish into the body."""
    with pytest.raises(ContentError, match="no later line `---` ends it") as caught:
        split(text)
    assert caught.value.line == 1


@given(st.lists(st.sampled_from(["---", "...", "a: b", "text", "", " ---", "- x"])))
def test_nothing_is_lost_where_front_matter_is_cut_off(lines):
    """What is cut off and what stays make up the whole text again."""
    text = "\n".join(lines)
    try:
        raw, body, line = split(text)
    except ContentError:
        return
    if raw is None:
        assert (body, line) == (text, 1)
        return
    closing = text.split("\n")[line - 2]
    assert closing in {"---", "..."}
    whole = text.lstrip("\n").removesuffix("\n")
    assert f"---\n{raw}{closing}\n{body}".removesuffix("\n") == whole


def test_every_scalar_is_text():
    """No word is taken for a truth value, a number, a date or nothing."""
    raw = "a: no\nb: 1.0\nc: 2026-03-31\nd: null\ne:\nf: ~\ng: 0o17\nh: 1e5\ni: 'x'\n"
    assert read(raw) == {
        "a": "no",
        "b": "1.0",
        "c": "2026-03-31",
        "d": "null",
        "e": "",
        "f": "~",
        "g": "0o17",
        "h": "1e5",
        "i": "x",
    }


def test_lists_mappings_and_block_scalars():
    """The shapes that articles use, in either style."""
    raw = "do:\n  - label: A\n    where: B\n  - C\ntags: [a, b]\ntext: |\n  one\n  two\nlong: >\n  x\n  y\nm: {k: v}\n"
    assert read(raw) == {
        "do": [{"label": "A", "where": "B"}, "C"],
        "tags": ["a", "b"],
        "text": "one\ntwo\n",
        "long": "x y\n",
        "m": {"k": "v"},
    }


@pytest.mark.parametrize("raw", ["", "\n", "# only a remark\n", "''", '""', "   \n"])
def test_nothing_is_an_empty_mapping(raw):
    """Front matter may be empty."""
    assert parse(raw) == Fields((), 2)


def test_values_and_keys_know_their_lines():
    """Lines count from the top of the file, whose first line is `---`."""
    fields = parse("title: x\n\ntags:\n  - a\n  - b\n")
    tags = fields.get("tags")
    assert fields.get("title").line == 2
    assert tags.line == 4
    assert tags.value.line == 5
    assert tags.value.values == (Text("a", 5), Text("b", 6))
    assert fields.get("none") is None


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        ("a: 1\nb: &x 2\n", 3, "anchor"),
        ("a: &x {}\n", 2, "anchor"),
        ("a: 1\nb: *x\n", 3, "alias"),
        ("a: !!str 1\n", 2, "tag"),
        ("a: ! 1\n", 2, "tag"),
        ("a: !!python/object/apply:os.system [ls]\n", 2, "tag"),
        ("a:\n  b: 1\n  b: 2\n", 4, "duplicate key in front matter, first on line 3: 'b'"),
        ("a: {b: 1, b: 2}\n", 2, "duplicate key"),
        ("<<: {a: 1}\n", 2, "merge key"),
        ("- a\n- b\n", 2, "must be lines of `key: value`"),
        ("just words\n", 2, "must be lines of `key: value`"),
        ("[a]: b\n", 2, "must be text"),
        ("? {a: b}\n: c\n", 2, "must be text"),
        ("a: 1\n--- \nb: 2\n", 3, "second document"),
        ("a: 1\nb: [1\nc: 2\n", 3, "can't be read"),
        ("a: 'x\n", 2, "can't be read"),
        ("a: b: c\n", 2, "can't be read"),
        ("\ta: b\n", 2, "can't be read"),
        ("a: 1\nb: \x07\n", 3, "U\\+0007 is not allowed"),
        ('a: "\\U00110000"\n', 2, "no such character"),
        ('a: "\\ud800"\n', 2, "half a character"),
        ("%YAML 3.0\n---\na: b\n", 2, "can't be read"),
        ("a: " + "[" * 9 + "]" * 9, 2, "nested over 8 levels deep"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(raw, line, message):
    """Nothing clever in YAML is read, and every refusal says where."""
    error = refusal(raw)
    assert error.line == line
    assert re.search(message, error.message)


def test_front_matter_has_a_greatest_size():
    """It is counted in bytes and refused before any parsing."""
    limits = Limits(front_matter=10)
    assert plain(parse("a: 12345\n", limits=limits)) == {"a": "12345"}
    assert refusal("a: ééééé\n", limits=limits).code == "content-limit"


def test_messages_name_what_is_read():
    """A topic file is not called front matter."""
    error = refusal("- a\n", first_line=1, what="topic file")
    assert (error.line, error.message) == (1, "topic file must be lines of `key: value`")


@pytest.mark.parametrize(
    "raw",
    [
        "[" * 60_000,
        "{" * 60_000,
        "- " * 30_000,
        "? " * 30_000,
        "&a " * 20_000,
        "a: " * 20_000,
        "a: [" + "x," * 30_000 + "]",
        "a: {" + ",".join(f"k{i}: 1" for i in range(6_000)) + "}",
        "".join(f"k{i}: v\n" for i in range(7_000)),
        "a: '" + "''" * 30_000 + "'",
        "!" * 60_000 + ": 1",
        '"' + "x" * 60_000 + '": 1\n' + '"' + "x" * 2_000 + '": 1\n' + '"' + "x" * 2_000 + '": 1\n',
    ],
    ids=lambda raw: raw[:8],
)
def test_hostile_front_matter_ends_soon(raw):
    """As large as the limit allows and as deep or long as can be: an answer or one line."""
    assert_read_or_refused(raw)


@needs_cases
def test_every_document_of_the_yaml_test_suite_is_text_or_one_line():
    """None hangs, none raises anything else, none vanishes into the body."""
    seen = 0
    for file in sorted(Path(CASES, "yaml-test-suite").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            if "yaml" not in case:
                continue
            seen += 1
            document = case["yaml"].translate(VISIBLE).replace("∎\n", "")
            text = "---\n" + document.replace("\r\n", "\n").replace("\r", "\n") + "\n---\nBody\n"
            raw, body, _ = split(text)
            assert body.endswith("Body\n")
            assert_read_or_refused(document if raw is None else raw)
            if raw is None:  # prose between two rules: a scalar, a list, or nothing
                assert not is_mapping(document)
    assert seen > 300


def is_mapping(raw: str) -> bool:
    """Whether there are keys to lose."""
    try:
        return read(raw) != {}
    except ContentError:
        return False


def assert_texts(value: object) -> None:
    """Nothing but texts in lists and mappings."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert isinstance(key, str)
            assert_texts(item)
    elif isinstance(value, list):
        for item in value:
            assert_texts(item)
    else:
        assert isinstance(value, str)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")).filter(
    lambda text: without_comments(text) == text
)
keys = texts.filter(lambda key: key != "<<")
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4), st.sampled_from(['"', None]))
def test_what_is_written_as_yaml_is_read_back(fields, style):
    """Any texts in any shape survive, however they are quoted."""
    raw = yaml.safe_dump(fields, default_style=style, allow_unicode=True, sort_keys=False)
    if "!!" in raw:
        return
    assert read(raw) == fields


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(raw):
    """Random characters raise nothing but a `ContentError` with a line."""
    assert_read_or_refused(raw)


def test_long_messages_are_cut():
    """A key of kilobytes does not fill the screen."""
    raw = f"a:\n  {'k' * 900}: 1\n  {'k' * 900}: 2\n"
    assert refusal(raw).message.endswith("...")


@pytest.mark.parametrize(
    ("raw", "line", "says", "mended"),
    [
        ("title: Start: the basics\n", 2, "a colon and a space", 'title: "Start: the basics"'),
        ('a: 1\ntitle: The "new": box\n', 3, "a colon and a space", "title: 'The \"new\": box'"),
        ("do:\n  - label: a: b\n", 3, "a colon and a space", '- label: "a: b"'),
        ("tags:\n\t- a\n", 3, "a tab at the start", "  - a"),
        ("title: x\n\ttags: a\n", 3, "a tab at the start", "tags: a"),
        ("title:\tx\n", 2, "a tab", "title: x"),
        ("title: %name gets 50% off\n", 2, "begins with `%`", 'title: "%name gets 50% off"'),
        ("title: @mentions\n", 2, "begins with `@`", 'title: "@mentions"'),
        ("title: *Bold* title\n", 2, "begins with `*`", 'title: "*Bold* title"'),
        ("title: [Beta] box\n", 2, "begins with `[`", 'title: "[Beta] box"'),
        ("title: {{ name }}\n", 2, "must be text", 'title: "{{ name }}"'),
        ("title: !Important\n", 2, "a tag", 'title: "!Important"'),
        ("title: > quoted\n", 2, "begins with `>`", 'title: "> quoted"'),
        ('title: "Hello" world\n', 2, "quotes within quotes", "title: '\"Hello\" world'"),
        ("title: 'It's here'\n", 2, "quotes within quotes", 'title: "It\'s here"'),
        ('title: "Hello\ntags: a\n', 2, "does not end with it", 'title: "Hello"'),
        ("tags: [a, b\ntitle: x\n", 2, "`[` without `]`", "tags: [a, b]"),
        ("title:x\ntags: a\n", 2, "no space after the colon", "title: x"),
        ("title: x\n  tags: a\n", 3, "is indented", "tags: a"),
        ("draft = true\n", 2, "must be lines of", "draft: true"),
    ],
)
def test_slips_are_told_with_the_line_mended(raw, line, says, mended):
    """In the words of an author; what is shown can be read."""
    error = refusal(raw)
    assert error.line == line
    assert says in error.message
    assert f"`{mended}`" in error.hint
    words = mended.strip()
    read(f"list:\n  {words}" if words.startswith("-") else words)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_whatever_a_value_is_its_error_is_one_line(value):
    """Looking for the slip raises nothing, and ends."""
    assert_read_or_refused(f"a: x\ntitle: {value}\nb: y\n")


BRACKETS = [
    ('t: x\naliases: [\n\t"/a\tb",\n\t/c,\t# d\t]\n\n\t]\ne: f\n', {"t": "x", "aliases": ["/a\tb", "/c"], "e": "f"}),
    ("a: {\n\tb:\tc,\n\td: [1,\t2],\n}\n", {"a": {"b": "c", "d": ["1", "2"]}}),
    ("- [\n\ta, b]\n", None),
    ("tags:\n   - late parcel\t\n   - a [b\t \n   - c\ntitle: x \t\n", {"tags": ["late parcel", "a [b", "c"], "title": "x"}),
    ("t: |\n  a\t\n\n  b\nu: 'c\t'\t\n", {"t": "a\n\nb\n", "u": "c\t"}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), BRACKETS)
def test_tabs_between_values_in_brackets_and_at_ends_of_lines_are_spaces(raw, said):
    """As YAML has it; those in quotes stay, and the lines are those of the file."""
    if said is None:
        with pytest.raises(ContentError, match="must be lines"):
            read(raw)
    else:
        assert read(raw) == said
        lines = [entry.line for entry in parse(raw + "last: x\n").entries]
        assert lines[-1] - lines[0] == raw.count("\n")


def test_toml_is_read_as_texts_with_lines():
    """Booleans, numbers and dates too; nested tables and lists of tables."""
    raw = "title = 'x'\ndraft = true\nn = 1.50\nd = 2026-03-31\ntags = ['a', 'b']\n\n[[do]]\nlabel = 'A'\n[a.b]\nc = 1\n"
    fields = parse(raw, form=Form.TOML, first_line=2)
    assert plain(fields) == {
        "title": "x",
        "draft": "true",
        "n": "1.5",
        "d": "2026-03-31",
        "tags": ["a", "b"],
        "do": [{"label": "A"}],
        "a": {"b": {"c": "1"}},
    }
    assert [entry.line for entry in fields.entries] == [2, 3, 4, 5, 6, 8, 10]


def test_json_is_read_as_texts_with_lines():
    """Numbers stay as they are written; null is nothing."""
    raw = '{\n"title": "x",\n"draft": true, "n": 1.50,\n"tags": ["a"],\n"m": {"k": null}\n}'
    fields = parse(raw, form=Form.JSON, first_line=1)
    assert plain(fields) == {
        "title": "x",
        "draft": "true",
        "n": "1.50",
        "tags": ["a"],
        "m": {"k": ""},
    }
    assert [entry.line for entry in fields.entries] == [2, 3, 3, 4, 5]


@pytest.mark.parametrize(
    ("form", "raw", "line", "message"),
    [
        (Form.TOML, "a = 1\nb = \n", 3, "not TOML"),
        (Form.TOML, "a = 1\na = 2\n", 3, "not TOML: Cannot overwrite a value"),
        (Form.TOML, "a = " + "[" * 9 + "]" * 9, 2, "nested over 8 levels deep"),
        (Form.TOML, "a = " + "[" * 30_000, 2, "not TOML"),
        (Form.TOML, "a = " + "9" * 9_000, 2, "not TOML"),
        (Form.TOML, "a = '" + "x" * 70_000 + "'", 2, "over 65536 bytes"),
        (Form.JSON, '{"a": 1,\n"b": }', 3, "not JSON"),
        (Form.JSON, '{"a": 1, "a": 2}', 2, "duplicate key"),
        (Form.JSON, '{"a": ' + "[" * 8 + "]" * 8 + "}", 2, "nested over 8 levels deep"),
        (Form.JSON, '{"a": ' + "[" * 30_000, 2, "not JSON"),
        (Form.JSON, '{"a": "\\ud800"}', 2, "half a character"),
        (Form.JSON, '{"a": "' + "x" * 70_000 + '"}', 2, "over 65536 bytes"),
    ],
)
def test_the_limits_hold_for_toml_and_json(form, raw, line, message):
    """In one line, with a line."""
    error = refusal(raw, form=form)
    assert error.line == line
    assert message in error.message


@given(st.sampled_from(Form), st.text(max_size=200))
def test_any_text_is_read_or_refused_in_every_form(form, raw):
    """Random characters raise nothing but a `ContentError` with a line."""
    try:
        assert_texts(plain(parse(raw, form=form)))
    except ContentError as error:
        assert_one_line(error)


def test_comments_in_values_are_left_out():
    """YAML's own, and those of Markdown's tools; not what stands in backticks."""
    raw = "# internal\na: x <!-- secret --> y # note\nb: ['{/* s */}z', '`<!-- c -->`']\nc: 100%% sure\n"
    assert read(raw) == {"a": "x y", "b": ["z", "`<!-- c -->`"], "c": "100%% sure"}


def test_a_line_of_more_hyphens_ends_front_matter():
    block = split_block("---\ntitle: A\ntags:\n  - x\n---------\n\nText.\n\n---\n\nMore.\n")
    assert block.raw == "title: A\ntags:\n  - x\n"
    assert (block.body, block.body_line) == ("\nText.\n\n---\n\nMore.\n", 6)
    assert split_block("---\nProse, no key\n-----\n\nText.\n") is None


def test_keys_below_a_line_of_more_hyphens_are_not_published():
    """They may say that the article is a draft."""
    with pytest.raises(ContentError):
        split_block("---\ntitle: A\n-----\ndraft: true\n")
    block = split_block("---\ntitle: A\n-----\ndraft: true\n---\nText.\n")
    assert "draft" in block.raw
