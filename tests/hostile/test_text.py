"""Lines 2, 4 and 5: CommonMark, front matter and encodings, in whole files of a content folder.

Whatever stands in a file, the article is read or refused with path and place; no text is lost,
no front matter becomes text, nothing hangs. `tests/content/test_markdown.py`, `test_frontmatter.py` and
`test_articles.py` look at each parser by itself.
"""

import codecs
import re
import unicodedata
from html import unescape
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.cases import CASES, needs_cases, read_json, read_lines
from support.processes import write

from kb.config import load_config
from kb.content import read_content
from kb.model import Severity
from kb.site.build import build_site

BODY = "\n# Head\n\nBody words\n"
HOSTILE = [
    b"a: &a [1]\nb: *a", b"a: &a {b: 1}\nc:\n  <<: *a", b"a: !!python/object/apply:os.system ['true']",
    b"a: !!binary aGk=", b"a: 1\na: 2", b"a: " + b"[" * 5_000, b"a: " + b"{b: " * 5_000, b"a: " + b"- " * 5_000,
    b"? a\n: b\n? c", b"a: 1\n--- \nb: 2", b"%YAML 9.9\n---\na: 1", b"a: '\n", b'a: "\n', b"a: |\n  b\n c: d", b"\ta: b",
    b"a: \x07", b"a: \x80", b'a: "\\ud800"', b'a: "\\x00"', b"a: " + b"x" * 70_000, b"k: v\n" * 20_000, b"title", b"- a",
    b"a: b: c", b"a: @b", b"a: `b", b"a: %b", b"[]: a", b"{}", b"null", b"~", b"!", b"&a", b"*a", b"|", b">", b"a:\n- b\n c",
    b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)),
]  # fmt: skip
INVISIBLE = "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2063\u2066\u2069\ufeff\ufff9\U000e0041"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ENCODINGS = {
    "utf-16 with mark": "text".encode("utf-16"),
    "utf-16 le": codecs.BOM_UTF16_LE + "# Ü\n".encode("utf-16-le"),
    "utf-16 be": codecs.BOM_UTF16_BE + "# Ü\n".encode("utf-16-be"),
    "utf-16 le without mark": "# Article\n".encode("utf-16-le"),
    "utf-16 be without mark": "# Article\n".encode("utf-16-be"),
    "utf-16 without mark and ascii": "日本語の文章\n".encode("utf-16-le"),
    "utf-32": "# A\n".encode("utf-32"),
    "utf-32 without mark": "# A\n".encode("utf-32-be"),
    "latin-1": "# Grüße\n".encode("latin-1"),
    "shift-jis": "# 日本語\n".encode("shift-jis"),
    "nul": b"# A\n\nb\0c\n",
    "cut off": "# Grüße".encode()[:5],
    "surrogate": b"# \xed\xa0\x80\n",
    "overlong": b"# \xc0\xaf\n",
    "too high": b"# \xf4\x90\x80\x80\n",
    "five bytes": b"# \xf8\x88\x80\x80\x80\n",
    "continuation": b"# \x80\n",
}


def read(folder, data):
    """The article of a file, None if it was refused, and the problems of the folder."""
    write(folder, {"a.md": data})
    found = read_content(folder)
    return (found.articles or (None,))[0], found.problems


def assert_refused(article, problems):
    """Hold that exactly one line says where and why."""
    assert article is None
    (problem,) = problems
    assert problem.severity is Severity.ERROR
    assert problem.path == "a.md"
    assert problem.line >= 1
    assert str(problem).isprintable()
    assert len(str(problem)) < 300
    return problem


@pytest.mark.parametrize("name", ENCODINGS)
def test_what_is_not_utf8_is_refused_with_its_place(tmp_path, tally, name):
    """Path, line and byte; or the encoding that it is, with what to do."""
    with tally("file in another encoding"):
        problem = assert_refused(*read(tmp_path, ENCODINGS[name]))
        assert re.search(r"at offset \d+|the file is UTF-(16|32)", problem.message)


@needs_cases
def test_every_line_of_the_utf8_cases_is_read_or_refused(tmp_path, tally):
    """As an article of its own: what is read is there, what is not has path, line and byte."""
    refused = 0
    for line in read_lines("utf8tests.bin"):
        refused += first_fault(line) is not None
        with tally("line that may not be UTF-8"):
            assert_read_or_refused(tmp_path, line)
    assert refused > 20


def assert_read_or_refused(folder, line):
    """Hold that a line is in the article, or that its first fault is named."""
    article, problems = read(folder, b"# T\n\n" + line)
    offset = first_fault(line)
    if offset is not None:
        problem = assert_refused(article, problems)
        assert problem.line >= 3
        assert f"at offset {offset + 5}" in problem.message
    elif b"\0" in line:
        assert_refused(article, problems)
    else:
        assert article.body.endswith(line.decode().replace("\r", "\n"))


def first_fault(data):
    """Where bytes stop to be UTF-8, as Python's strict decoder has it; None where they don't."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


@pytest.mark.parametrize("character", BIDI, ids=ascii)
@pytest.mark.parametrize("place", ["text", "title", "code"])
def test_controls_of_direction_are_reported_wherever_they_stand(tmp_path, character, place):
    """Kept, with a warning that names path, line and character."""
    texts = {
        "text": f"# A\n\nb {character}c\n",
        "title": f"---\ntitle: b {character}c\n---\nd\n",
        "code": f"# A\n\n`{character}c`\n",
    }
    article, problems = read(tmp_path, texts[place])
    (problem,) = problems
    assert article is not None
    assert problem.severity is Severity.WARNING
    assert f"U+{ord(character):04X}" in problem.message
    assert problem.line == (2 if place == "title" else 3)


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_invisible_characters_are_kept(tmp_path, character):
    """In text, headings and front matter; anchors stay such as an address can hold."""
    text = f"---\ntitle: a{character}b\n---\n# c{character}d\n\ne{character}f\n"
    article, problems = read(tmp_path, text)
    assert article.title == f"a{character}b"
    assert article.sections[0].text == f"e{character}f"
    assert all(problem.severity is Severity.WARNING for problem in problems)
    for section in article.sections:
        assert all(unicodedata.category(c)[0] in "LMN" or c in "-_" for c in section.anchor)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r", "\r\r\n"], ids=ascii)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
def test_lines_may_end_in_any_way(tmp_path, end, mark):
    """Front matter is found, nothing of it is text, and no line is lost."""
    lines = ["---", "title: T", "---", "# H", "", "one", "", "two", ""]
    article, problems = read(tmp_path, mark + end.join(lines))
    assert problems == ()
    assert article.title == "T"
    assert article.sections[0].text.split() == ["one", "two"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    """With path and line, and never otherwise."""
    article, problems = read(tmp_path_factory.getbasetemp() / "bytes", data)
    if article is None:
        assert_refused(article, [p for p in problems if p.severity is Severity.ERROR][:1])
    else:
        data.decode()


def front_matters():
    """Documents of the YAML test suite, as they would stand in an article, and our own."""
    found = list(HOSTILE)
    for path in sorted(Path(CASES, "yaml-test-suite").glob("*.yaml")) if CASES else ():
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            document = case.get("yaml", "").translate(VISIBLE).replace("∎\n", "")
            found += [document.encode()] if "yaml" in case else []
    return found


# What the test suite writes in place of characters that an editor would hide.
VISIBLE = str.maketrans({"␣": " ", "»": "\t", "—": "", "←": "\r", "⇔": "\ufeff", "↵": ""})


@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter_is_read_as_text_or_refused(tmp_path, tally, end):
    """Every document by itself at the top of an article: texts, or one line; never the body."""
    read_whole = 0
    for raw in front_matters():
        with tally("front matter"):
            text = b"---\n" + raw + f"\n{end}\n".encode() + BODY.encode()
            read_whole += is_read_whole(*read(tmp_path, text))
    assert read_whole >= (100 if CASES else 1)


def is_read_whole(article, problems):
    """Whether an article was read: with its body, and with texts alone above it."""
    if article is None:
        assert problems
        assert all(str(problem).isprintable() for problem in problems)
        assert problems[0].line >= 1
        return False
    assert article.body.endswith(BODY)
    assert [section.heading for section in article.sections][-1:] == ["Head"]
    for key, value in article.extra:
        assert isinstance(key, str)
        assert isinstance(value, str)
    return True


@needs_cases
def test_no_example_of_commonmark_loses_text_on_its_page(tmp_path, tally):
    """All 652, each an article: its page has every word of its sections, in order."""
    examples = read_json("commonmark.json")
    assert len(examples) == 652
    files = {
        f"content/n{e['example']}.md": f"---\ntitle: Title\n---\n{e['markdown']}" for e in examples
    }
    write(tmp_path, files)
    config = load_config(content=tmp_path / "content", environ={}, cwd=tmp_path)
    report = build_site(config, out=tmp_path / "site")
    assert report.articles == 652
    articles = {article.id: article for article in read_content(tmp_path / "content").articles}
    for id_, article in articles.items():
        page = (tmp_path / "site" / f"{id_}.html").read_text(encoding="utf-8")
        page = re.sub(r'<small class="missing-note">.*?</small>', "", page)
        texts = re.sub(r'<(?:img[^>]*? alt="([^"]*)"[^>]*|[^>]*)>', r"\1", page)
        shown = letters(unescape(texts))
        with tally("example of CommonMark, on its page"):
            for section in article.sections:
                assert letters(section.heading) in shown, id_
                for line in section.text.split("\n"):
                    assert letters(line) in shown, (id_, line)


def letters(text):
    """The letters and digits of a text, without what stands between them."""
    return "".join(c for c in text if c.isalnum())
