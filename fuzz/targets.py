"""What each parser promises for any bytes at all: one function for each, which raises otherwise.

`run.py` lets atheris choose the bytes; `tests/hostile/test_targets.py` lets hypothesis, and tries
the seeds.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from kb import KnowledgeBase
from kb.cli.text import visible
from kb.config import DEFAULT_LIMITS, Limits, load_config
from kb.content import SourceFile, frontmatter
from kb.content.markdown import document as markdown
from kb.content.reader import Page, decode, read_text
from kb.errors import ConfigError, ContentError, KbError
from kb.index.generations import DamagedIndexError
from kb.index.whoosh.segment import PackedPostings
from kb.site.render import render_body
from kb.text.analysis import Analyzer

# Small, so that a fuzzer reaches them.
LIMITS = Limits(nesting=20, lines=2_000, sections=100, pieces=20_000, steps=50_000, html=500_000)
SOURCE = SourceFile("a/b.md", "a/b", 0, 0, 0, 0)


def front_matter(data: bytes) -> None:
    """It is cut off whole, and gives texts in lists and tables, or an error of one line."""
    text = data.decode("utf-8", "replace").replace("\r", "\n")
    try:
        fields, body, line = frontmatter.read(text)
    except ContentError as error:
        check_error(error)
        return
    assert text.endswith(body)
    assert text.split("\n")[line - 1 :] == body.split("\n") or not body
    check_plain({entry.key: frontmatter.plain(entry.value) for entry in fields.entries})


def check_error(error: KbError) -> None:
    """An error is one line, and says where."""
    assert "\n" not in str(error)
    assert error.line is None or error.line >= 1


def check_plain(value: object) -> None:
    """Nothing but texts in lists and tables."""
    if isinstance(value, dict):
        for key, inner in value.items():
            assert type(key) is str
            check_plain(inner)
    elif isinstance(value, list):
        for inner in value:
            check_plain(inner)
    else:
        assert type(value) is str


def markdown_text(data: bytes) -> None:
    """Sections follow one another, anchors are told apart, HTML has no element but Markdown's."""
    text = data.decode("utf-8", "replace").replace("\0", "\ufffd")
    try:
        document = markdown.parse(text, limits=LIMITS)
        html = document.html()
    except ContentError as error:
        check_error(error)
        return
    anchors = [section.anchor for section in document.sections]
    assert len(set(anchors)) == len(anchors)
    assert set(document.anchors) >= {s.anchor for s in document.sections if s.level}
    for number, section in enumerate(document.sections):
        assert section.position == number
        assert section.lines[0] <= section.lines[1] or not section.text
        assert all(0 <= start < end <= len(section.text) for start, end in section.links)
    check_html(html)


def check_html(html: str) -> None:
    """No tag but those that kb writes itself, each with kb's attributes."""
    for piece in html.split("<")[1:]:
        tag = piece.partition(">")[0].strip("/").split(" ")[0]
        assert tag in TAGS, tag
        assert '" on' not in piece.partition(">")[0].replace("&quot;", "")


TAGS = frozenset(
    ["abbr", "aside", "b", "bdi", "bdo", "button", "caption", "cite", "dd", "del", "details", "dfn", "dl", "dt",
     "figcaption", "figure", "i", "input", "ins", "kbd", "label", "mark", "picture", "q", "rp", "rt", "ruby", "samp",
     "section", "source", "strong", "sub", "summary", "sup", "tfoot", "time", "u", "var",
     "h1", "h2", "h3", "h4", "h5", "h6", "p", "a", "img", "em", "strong", "s", "code", "pre", "ul", "ol", "li",
     "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "div", "span", "small"]
)  # fmt: skip


def article(data: bytes) -> None:
    """A whole file: an article whose page can be written, or problems of one line each."""
    try:
        page = read_text(SOURCE, decode(data), "", LIMITS)
        if isinstance(page, Page):
            draft = render_body(page, analyzer(), remote_images=())
            check_html(draft.html)
            problems = draft.meta.problems
            assert page.article.title
        else:
            problems = page
    except ContentError as error:
        check_error(error)
        return
    for problem in problems:
        assert "\n" not in visible(str(problem))


@cache
def analyzer() -> Analyzer:
    """One analyzer for all."""
    return Analyzer("en")


def query(data: bytes) -> None:
    """Any text has an answer, whose snippets and highlights fit."""
    text = data.decode("utf-8", "surrogateescape")
    answer = base().search(text, limit=5, prefix=len(data) % 2 == 1)
    assert answer.query == text
    for hit in answer.hits:
        ends = [0, *(end for span in hit.highlights for end in span), len(hit.snippet)]
        assert ends == sorted(ends)
    base().contact(text)


@cache
def base() -> KnowledgeBase:
    """A knowledge base of three articles, indexed once."""
    folder = Path(tempfile.mkdtemp(prefix="kb-fuzz-"))
    texts = {
        "late": "---\nissue: [package never arrived]\n---\n# Late\n\nA package is late.\n\n## Why\n\nWeather.\n",
        "orders/refund": "# Refunds\n\nMoney comes back in 5 days. [More](../late.md)\n",
        "chat": "---\ntier: contact\nchannel: {name: chat}\n---\n# Chat\n\nTalk to a human.\n",
    }
    for name, text in texts.items():
        path = folder / "content" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    opened = KnowledgeBase.open(folder / "content", index=folder / "index")
    opened.index()
    return opened


def settings(data: bytes) -> None:
    """A settings file gives settings, or an error of one line that names the file."""
    path = _settings_file()
    path.write_bytes(data)
    try:
        config = load_config(config=path, environ={}, cwd=path.parent)
    except ConfigError as error:
        check_error(error)
        return
    assert config.content.is_absolute()
    assert isinstance(config.limits, type(DEFAULT_LIMITS))


@cache
def _settings_file() -> Path:
    return Path(tempfile.mkdtemp(prefix="kb-fuzz-")) / "kb.toml"


def postings(data: bytes) -> None:
    """A record is unpacked only if its checksum fits; what was packed comes back the same."""
    for positions in (False, True):
        try:
            PackedPostings.unpack(data, positions=positions)
        except DamagedIndexError:
            continue
        assert data == PACKED, "random bytes fit their checksum"
    made = PackedPostings.empty()
    for doc, byte in enumerate(data[:300]):
        made.add(doc * 7, byte + 1, list(range(byte % 5)))
    assert PackedPostings.unpack(made.pack(), positions=True) == made
    check_flipped(made.pack(), data)


def check_flipped(record: bytes, data: bytes) -> None:
    """A record with one byte changed is damaged."""
    at, change = (
        int.from_bytes(data[:2], "big") % len(record),
        (data[2] if len(data) > 2 else 1) or 1,
    )
    changed = bytearray(record)
    changed[at] ^= change
    try:
        PackedPostings.unpack(bytes(changed), positions=True)
    except DamagedIndexError:
        return
    raise AssertionError("a changed record was taken for whole")


PACKED = PackedPostings.empty().pack()

TARGETS = {
    "front_matter": front_matter,
    "markdown": markdown_text,
    "article": article,
    "query": query,
    "settings": settings,
    "postings": postings,
}
