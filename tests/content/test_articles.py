"""Files under content/ become Articles and Topics; whatever is wrong is said and keeps to itself."""

import hashlib
import json
import os
import re
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Limits
from kb.content import (
    SourceFile,
    fields,
    read_article,
    read_content,
    read_page,
    read_topics,
    resolve_aliases,
    scan,
)
from kb.content.files import complaint, complaint_about_id, fold, printable
from kb.content.markdown.document import parse
from kb.content.reader import decode, read_bytes
from kb.content.topics import TopicFile, build_topics, title_from_name
from kb.errors import ContentError
from kb.model import (
    Action,
    Article,
    Audience,
    Channel,
    Condition,
    Section,
    Severity,
    Status,
    Step,
    Tier,
)

CASES = os.environ.get("KB_CASES")
CORPORA = os.environ.get("KB_CORPORA")
needs_cases = pytest.mark.skipif(not CASES, reason="KB_CASES is not set")
needs_corpora = pytest.mark.skipif(not CORPORA, reason="KB_CORPORA is not set")


@pytest.fixture
def content(tmp_path):
    """An empty content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def write(content: Path, path: str, text: str | bytes = "") -> Path:
    """Write a file and the folders above it."""
    file = content / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def read_one(content: Path, text: str | bytes, path: str = "a.md") -> Article:
    """The article of a folder that holds no other."""
    write(content, path, text)
    (article,) = read_content(content).articles
    return article


def refused(content: Path, text: str | bytes) -> str:
    """What is said of a file that does not become an article."""
    write(content, "a.md", text)
    found = read_content(content)
    assert found.articles == ()
    assert all(problem.severity is Severity.ERROR for problem in found.problems[-1:])
    return "\n".join(map(str, found.problems))


def with_front_matter(*lines: str, body: str = "Body\n") -> str:
    """A file with these lines of front matter."""
    return "\n".join(["---", *lines, "---", body])


def said(article: Article) -> list[str]:
    """The problems of an article with their severity."""
    return [f"{problem.severity}: {problem}" for problem in article.problems]


# Listing


def test_ids_are_paths_without_the_suffix(content):
    """Folders become parts of the id, hidden names are skipped, other files are none of kb's."""
    for path in ["b.md", "a/c.md", "a/b/d.md", ".hidden.md", ".git/x.md", "a/pic.png", "a/notes"]:
        write(content, path)
    listing = scan(content)
    assert [file.id for file in listing.articles] == ["a/b/d", "a/c", "b"]
    assert [file.path for file in listing.articles] == ["a/b/d.md", "a/c.md", "b.md"]
    assert listing.topics == ()
    assert listing.problems == ()


def test_a_listing_holds_the_state_of_each_file(content):
    """Whoever sees the same state again need not read the file."""
    file = write(content, "a.md", "12345")
    (source,) = scan(content).articles
    state = file.stat()
    assert source.size == 5
    assert (source.mtime_ns, source.ctime_ns, source.inode) == (
        state.st_mtime_ns,
        state.st_ctime_ns,
        state.st_ino,
    )


def test_topic_files_are_listed_by_their_folder(content):
    """The root's has the empty id."""
    for path in ["topic.yaml", "a/topic.yaml", "a/b/topic.yaml"]:
        write(content, path)
    assert [file.id for file in scan(content).topics] == ["", "a", "a/b"]


def test_a_missing_folder_says_what_to_do(content):
    """The only error that is raised."""
    with pytest.raises(ContentError, match="no such content folder") as caught:
        scan(content / "nowhere")
    assert "kb init" in str(caught.value)
    file = write(content, "a.md")
    with pytest.raises(ContentError, match="not a folder"):
        read_content(file)


@pytest.mark.parametrize(
    "name",
    [
        "a\nb",
        "a\x1bb",
        "a\u202eb",
        "a\\b",
        "a#b",
        "a:b",
        "con",
        "NUL",
        "com1.x",
        "a" * 252,
        "ü" * 126,
        "%2e%2e",
        "a%2Fb",
        "a%00",
        os.fsdecode(b"\xff"),
    ],
)
def test_names_that_not_every_system_can_hold_are_refused(content, name):
    """As a file and as a folder, with a message that can be printed."""
    try:
        write(content, name + "/inside.md")
        write(content, "x" if len(name.encode(errors="replace")) > 250 else name + ".md")
    except OSError:
        pytest.skip("this system can't hold the name either")
    listing = scan(content)
    assert listing.articles == ()
    assert listing.problems
    for problem in listing.problems:
        assert problem.severity is Severity.ERROR
        assert "rename it" in problem.message
        assert problem.path.isprintable()
        str(problem).encode()


@pytest.mark.parametrize(
    "name",
    [
        "late-packages",
        "a.b",
        "v1.2.3",
        "ü",
        "日本",
        "a (b)",
        "it's",
        "x_",
        "a & b",
        "console",
        " a",
    ],
)
def test_other_names_are_ids(content, name):
    """Letters of every script, spaces and most punctuation."""
    write(content, f"{name}/{name}.md")
    listing = scan(content)
    assert [file.id for file in listing.articles] == [f"{name}/{name}"]
    assert listing.problems == ()


def test_ids_that_some_system_holds_for_the_same_are_refused(content):
    """The first in order stays; the message names both."""
    write(content, "A.md", "# one")
    write(content, "a.md", "# two")
    if len(list(content.iterdir())) < 2:
        pytest.skip("this file system holds them for the same")
    write(content, "e\u0301.md")
    write(content, "\u00e9.md")
    listing = scan(content)
    assert [file.id for file in listing.articles] == ["A", "\u00e9"]
    assert [(problem.path, problem.code) for problem in listing.problems] == [
        ("a.md", "duplicate"),
        ("\u00e9.md", "duplicate"),
    ]
    assert "differs from that of A.md only in case" in listing.problems[0].message


def test_ids_are_in_nfc_and_paths_as_the_disk_spells_them(content):
    """Links find an article whichever way a system writes its letters."""
    write(content, "u\u0308.md")
    (source,) = scan(content).articles
    assert source.id == "\u00fc"
    article = read_article(content, source)
    assert (article.id, article.title) == ("\u00fc", "\u00dc")


def test_links_that_lead_outside_are_refused(content, tmp_path):
    """Files and folders alike; nothing of them is read."""
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret")
    (content / "file.md").symlink_to(secret)
    (content / "up.md").symlink_to("../secret.md")
    (content / "folder").symlink_to(tmp_path)
    (content / "topic.yaml").symlink_to(secret)
    found = read_content(content)
    assert found.articles == ()
    assert [problem.path for problem in found.problems] == [
        "file.md",
        "folder",
        "topic.yaml",
        "up.md",
    ]
    assert {problem.severity for problem in found.problems} == {Severity.ERROR}


def test_links_within_the_folder_are_read(content):
    """A link to a file is an article of its own, a link to a folder is not followed."""
    write(content, "a/one.md", "# One")
    (content / "two.md").symlink_to("a/one.md")
    (content / "b").symlink_to("a")
    found = read_content(content)
    assert [(article.id, article.title) for article in found.articles] == [
        ("a/one", "One"),
        ("two", "One"),
    ]
    assert [str(problem) for problem in found.problems] == ["b: a link to a folder: not followed"]


def test_a_content_folder_may_itself_be_a_link(content, tmp_path):
    """Only what leads out of it is refused."""
    write(content, "a.md", "# A")
    (tmp_path / "link").symlink_to(content)
    assert [article.id for article in read_content(tmp_path / "link").articles] == ["a"]


def test_what_is_no_file_is_refused(content):
    """A pipe would be read for ever, a link may point to nothing or to itself."""
    os.mkfifo(content / "pipe.md")
    (content / "gone.md").symlink_to("nowhere.md")
    (content / "loop.md").symlink_to("loop.md")
    (content / "loop").symlink_to("loop")
    listing = scan(content)
    assert listing.articles == ()
    assert [problem.path for problem in listing.problems] == ["gone.md", "loop.md", "pipe.md"]
    assert "a link to nothing" in listing.problems[0].message
    assert "not a regular file" in listing.problems[2].message


def test_a_file_that_becomes_something_else_is_refused(content, tmp_path):
    """Between listing and reading it may turn into a link or a pipe, or go away."""
    file = write(content, "a.md", "# A")
    (source,) = scan(content).articles
    file.unlink()
    (gone,) = read_article(content, source)
    assert "No such file" in gone.message
    file.symlink_to(tmp_path)
    (outside,) = read_article(content, source)
    assert "leads outside" in outside.message
    file.unlink()
    os.mkfifo(file)
    (pipe,) = read_article(content, source)
    assert "not a regular file" in pipe.message


@pytest.mark.parametrize("way", ["folder/a.md", "../out/a.md", "in/../../out/a.md", "{out}/a.md"])
def test_what_lies_outside_is_not_read_whatever_its_path(content, tmp_path, way):
    """A folder on the way may be a link; parts of a path may lead out."""
    write(tmp_path / "out", "a.md", "# Out")
    write(content, "in/b.md", "# In")
    (content / "folder").symlink_to(tmp_path / "out")
    path = way.format(out=tmp_path / "out")
    (outside,) = read_article(content, SourceFile(path, "a", 5, 0, 0, 0))
    assert "leads outside" in outside.message


def test_a_link_within_the_content_is_read(content):
    """It is an article of its own."""
    write(content, "a.md", "# One")
    (content / "b.md").symlink_to("a.md")
    assert [read_article(content, file).title for file in scan(content).articles] == ["One", "One"]


def test_lookalikes_are_noticed(content):
    """What was probably meant as an article or a topic is not passed over in silence."""
    for path in ["a.mkd", "b.mdwn", "C.MD", "d.rst", "e.ipynb", "topic.yml", "x/Topic.yaml"]:
        write(content, path)
    listing = scan(content)
    assert [problem.path for problem in listing.problems] == [
        "C.MD",
        "a.mkd",
        "b.mdwn",
        "d.rst",
        "e.ipynb",
        "topic.yml",
        "x/Topic.yaml",
    ]
    assert {problem.severity for problem in listing.problems} == {Severity.WARNING}


def test_folders_and_files_that_cant_be_read_are_problems(content, monkeypatch):
    """The others load."""
    write(content, "good.md", "# Good")
    write(content, "locked.md", "# Locked")
    write(content, "closed/a.md", "# A")
    really_open, really_scan = os.open, os.scandir

    def open_file(path, *args, **kwargs):
        if str(path).endswith("locked.md"):
            raise PermissionError(13, "Permission denied")
        return really_open(path, *args, **kwargs)

    def open_folder(path):
        if str(path).rstrip("/").endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return really_scan(path)

    monkeypatch.setattr("kb.content.reader.os.open", open_file)
    monkeypatch.setattr("kb.content.files.os.scandir", open_folder)
    found = read_content(content)
    assert [article.id for article in found.articles] == ["good"]
    assert [str(problem) for problem in found.problems] == [
        "closed: can't list this folder: Permission denied",
        "locked.md: can't read this file: Permission denied",
    ]


def test_a_file_whose_state_cant_be_asked_is_a_problem(content, monkeypatch):
    """Networks have such files."""
    write(content, "a.md")

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("kb.content.files._Walk._state", fail)
    assert [str(problem) for problem in scan(content).problems] == [
        "a.md: can't read this file: Input/output error"
    ]


# Text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf8_with_any_line_ends_is_read_alike(content, end, mark):
    """With or without BOM; lines count the same."""
    text = mark + end.join(["---", "title: Ünïcode", "---", "", "# H", "", "## I", "text"])
    article = read_one(content, text)
    assert article.title == "Ünïcode"
    assert article.body == "\n# H\n\n## I\ntext"
    assert article.body_line == 4
    assert [section.lines for section in article.sections] == [(5, 6), (7, 8)]
    assert article.digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ok\nbad \xff", "a.md:2: not UTF-8: byte 0xff at offset 7 (save the file as UTF-8)"),
        (b"a\r\nb\r\xc3(", "a.md:3: not UTF-8: byte 0xc3 at offset 5 (save the file as UTF-8)"),
        (b"\xed\xa0\x80", "a.md:1: not UTF-8: byte 0xed at offset 0 (save the file as UTF-8)"),
        (b"\n\n\0", "a.md:3: NUL byte at offset 2"),
        ("# A".encode("utf-16"), "a.md:1: the file is UTF-16 (save it as UTF-8)"),
        ("# A".encode("utf-32"), "a.md:1: the file is UTF-32 (save it as UTF-8)"),
    ],
)
def test_what_is_not_text_is_refused_with_its_place(content, data, message):
    """Path, line and byte."""
    assert refused(content, data) == message


@needs_cases
def test_every_line_of_the_utf8_cases_is_read_or_refused(content):
    """As Python's strict decoder, which follows the standard, with line and offset."""
    for line in Path(CASES, "utf8tests.bin").read_bytes().split(b"\n"):
        try:
            expected = line.decode()
        except UnicodeDecodeError as error:
            with pytest.raises(ContentError, match=f"at offset {error.start}"):
                decode(line)
            continue
        if "\0" not in line.decode():
            assert decode(line) == expected.removeprefix("\ufeff").replace("\r", "\n")


@pytest.mark.parametrize("character", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069")
def test_bidirectional_controls_are_reported(content, character):
    """They can make a text read as something else; the article loads all the same."""
    article = read_one(content, f"# A\n\nUser {character}nimda\n")
    assert said(article) == [
        (
            f"warning: a.md:3: bidirectional control character U+{ord(character):04X}: "
            "text may not read as it looks"
        )
    ]


def test_a_file_that_grows_is_read_to_its_end(content, monkeypatch):
    """And refused if it grows beyond the greatest size after its size was looked at."""
    file = content / "a.md"
    file.write_text("x" * 2000)

    def before(handle):
        file.write_text("")
        found = fstat(handle)
        file.write_text("x" * 2000)
        return found

    fstat = os.fstat
    monkeypatch.setattr(os, "fstat", before)
    assert read_bytes(content, "a.md", Limits(file=2000)) == b"x" * 2000
    with pytest.raises(ContentError, match="over 1999 bytes"):
        read_bytes(content, "a.md", Limits(file=1999))


def test_a_file_has_a_greatest_size(content):
    """No more than that is read of it."""
    write(content, "a.md", "12345")
    write(content, "b.md", "123456")
    found = read_content(content, limits=Limits(file=5))
    assert [article.id for article in found.articles] == ["a"]
    assert [(str(p), p.code) for p in found.problems] == [
        ("b.md:1: over 5 bytes: over the limit (limits.file)", "content-limit")
    ]


# Articles


def test_all_keys_of_the_front_matter(content):
    """Each is read for what it means."""
    article = read_one(
        content,
        with_front_matter(
            "title: Call us",
            "summary: By phone",
            "tier: contact",
            "issue: [talk to a human, phone number]",
            "do:",
            "  - label: Check tracking",
            "    where: Orders > Track",
            "    url: https://example.com/a?b=c",
            "  - Just do it",
            "have_ready:",
            "  - order number",
            "escalate: [chat, phone: urgent, email: not_urgent]",
            "channel: {name: phone, best_for: urgent things, wait: 5 minutes, where: here, hours: 9-5}",
            "tags: [a, b, a]",
            "related: [orders/late.md, contact/chat]",
            "aliases: [old/call]",
            "audience: agent",
            "status: draft",
            "reviewed: 2026-03-31",
            "review_every: 6 months",
            "order: 3",
            "featured: -1",
        ),
        path="contact/phone.md",
    )
    assert article == Article(
        id="contact/phone",
        path="contact/phone.md",
        title="Call us",
        topic="contact",
        body="Body\n",
        body_line=25,
        digest=article.digest,
        sections=(Section("top", "", 0, (), "Body", (25, 25), 0),),
        summary="By phone",
        tier=Tier.CONTACT,
        issues=("talk to a human", "phone number"),
        actions=(
            Action("Check tracking", "Orders > Track", "https://example.com/a?b=c"),
            Action("Just do it"),
        ),
        have_ready=("order number",),
        escalate=(
            Step("chat"),
            Step("phone", Condition.URGENT),
            Step("email", Condition.NOT_URGENT),
        ),
        channel=Channel(
            "phone", "urgent things", "5 minutes", "here", "9-5", "contact/phone", ("order number",)
        ),
        tags=("a", "b"),
        related=("orders/late", "contact/chat"),
        aliases=("old/call",),
        audience=Audience.AGENT,
        status=Status.DRAFT,
        reviewed=date(2026, 3, 31),
        review_every="6 months",
        order=3,
        featured=-1,
    )


def test_without_front_matter_defaults_hold(content):
    """The title is the H1's, the rest is what the model says."""
    article = read_one(content, "# Late *packages*\nlead\n")
    assert article.title == "Late packages"
    assert (article.tier, article.status, article.audience) == (
        Tier.SELF_SERVICE,
        Status.PUBLISHED,
        Audience.PUBLIC,
    )
    assert article.problems == ()
    assert article.topic == ""


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("a/late-packages.md", "text", "Late packages"),
        ("a_b.md", "", "A b"),
        ("---.md", "#\n", "---"),
        ("a.md", "## Not a title\n", "A"),
        ("a.md", "---\ntitle:\n---\n# H\n", "H"),
        ("a.md", "---\ntitle: '  \\tF  '\n---\n# H\n", "\\tF"),
        ("a.md", '---\ntitle: "a\\x1b[31m\\nb"\n---\n', "a [31m b"),
    ],
)
def test_titles_come_from_front_matter_then_h1_then_the_name(content, path, text, title):
    """In one line and without control characters."""
    assert read_one(content, text, path).title == title


def test_texts_and_lists_may_be_written_either_way(content):
    """A single text is a list of one; tags may stand in one text with commas."""
    article = read_one(
        content,
        with_front_matter(
            "issue: where is it",
            "do: [Look, '']",
            "escalate: [{chat: , phone: Not urgent}, '']",
            "tags: a, b ,,a",
            "have_ready: ['', x]",
            "related: ''",
            "status: ''",
            "reviewed:",
            "review_every:",
            "order:",
            "featured: ''",
            "title:",
            "tier: Advice",
        ),
    )
    assert article.issues == ("where is it",)
    assert article.actions == (Action("Look"),)
    assert article.escalate == (Step("chat"), Step("phone", Condition.NOT_URGENT))
    assert article.tags == ("a", "b")
    assert article.have_ready == ("x",)
    assert article.related == ()
    assert article.status is Status.PUBLISHED
    assert article.tier is Tier.ADVICE
    assert article.problems == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "status: drfat",
            "`status` can't be `drfat`: it is published, draft or archived (did you mean draft?)",
        ),
        (
            "status: [draft, x]",
            "`status` can't be a list (draft, x): it is published, draft or archived (did you mean draft?)",
        ),
        (
            "status: Draft - do not publish!",
            "`status` can't be `Draft - do not publish!`: it is published, draft or archived (did you mean draft?)",
        ),
        (
            "status: darft",
            "`status` can't be `darft`: it is published, draft or archived (did you mean draft?)",
        ),
        (
            "status: arhcived",
            "`status` can't be `arhcived`: it is published, draft or archived (did you mean archived?)",
        ),
        ("status: privat", "`status` can't be `privat`: it is published, draft or archived"),
        (
            "audience: agnet",
            "`audience` can't be `agnet`: it is public or agent (did you mean agent?)",
        ),
        (
            "audience: [public, agent]",
            "`audience` can't be a list (public, agent): it is public or agent (did you mean agent?)",
        ),
        ("audience: internal staff", "`audience` can't be `internal staff`: it is public or agent"),
    ],
)
def test_what_could_publish_by_mistake_keeps_the_article_out(content, line, message):
    """A value that nearly hides the article is not guessed."""
    assert refused(content, with_front_matter("title: x", line)) == f"a.md:3: {message}"


@pytest.mark.parametrize(
    "line",
    [
        "audience: ITPro",
        "audience: [Admin, end-user, Developer]",
        "audience: employers",
        "audience: external",
        "status: new",
        "status: Deprecated",
        "status: stable",
        "status: {label: beta}",
        "status: listed",
        "status: in review",
        "tier: premium",
        "tier: 2",
    ],
)
def test_values_of_other_tools_are_a_note(content, line):
    """The article is read as if the key were not there."""
    article = read_one(content, with_front_matter("title: x", line))
    assert (article.status, article.audience, article.tier) == (
        Status.PUBLISHED,
        Audience.PUBLIC,
        Tier.SELF_SERVICE,
    )
    (problem,) = article.problems
    assert problem.severity is Severity.NOTE
    assert "another tool's" in problem.message


def test_a_value_that_is_nearly_one_of_kbs_is_a_warning(content):
    """It hides nothing, so the article is read."""
    article = read_one(content, with_front_matter("status: publshed", "tier: contct"))
    assert article.status is Status.PUBLISHED
    assert [message.partition(": a.md:")[0] for message in said(article)] == ["warning"] * 2
    assert "did you mean published?" in said(article)[1]
    assert "did you mean contact?" in said(article)[0]


HIDING = [
    "draft: true",
    "draft: True",
    "draft: yes",
    "draft: 'y'",
    "draft: ON",
    "draft: 1",
    'draft: "true"',
    "draft: [true]",
    "Draft: true",
    "DRAFT: TRUE",
    "is_draft: yes",
    "published: false",
    "published: No",
    "published: 'off'",
    "Published: 0",
    "publish: n",
    "hidden: true",
    "private: yes",
    "unlisted: on",
    "noindex: true",
    "no-index: true",
    "no_index: 1",
    "headless: true",
    "robots: noindex, nofollow",
    "robots: [none]",
    "seo: {noindex: true}",
    "build: {list: never, render: link}",
    "_build: {render: false}",
    "visibility: private",
    "visibility: Hidden",
    "visibility: internal",
    "permalink: false",
    "post_status: pending",
    "status: private",
    "status: unlisted",
    "status: pending",
    "status: [draft]",
    "Status: Draft",
    "status: Entwurf",
    "robotsNoIndex: 'Yes'",
    "seo_noindex: true",
    "meta: {robots: noindex}",
    "meta: [{name: googlebot, content: 'noindex, nofollow'}]",
    "head: [[meta, {name: robots, content: noindex}]]",
    "head: [{tag: meta, attrs: {name: Robots, content: NoIndex}}]",
    """head: '<meta name="robots" content="noindex">'""",
    "params: {draft: true}",
    "metadata: {noindex: on}",
    "article_status: Draft",
    "publishState: unpublished",
    "enabled: false",
    "wip: [true]",
    "deleted: 'true'",
    "password: tulip",
]


@pytest.mark.parametrize("line", HIDING)
def test_keys_that_hide_an_article_anywhere_make_it_a_draft(content, line):
    """In any spelling, with no more than a note."""
    article = read_one(content, with_front_matter("title: x", line))
    assert article.status is Status.DRAFT
    assert {problem.severity for problem in article.problems} <= {Severity.NOTE}


@pytest.mark.parametrize(
    "line",
    [
        "draft: false",
        "draft: No",
        "draft:",
        "draft: ~",
        "draft: []",
        "published: true",
        "published: 2020-01-31",
        "published:",
        "hidden: 'off'",
        "private: 0",
        "unlisted: n",
        "noindex: false",
        "index: 3",
        "hide: [toc, navigation]",
        "listed: yes",
        "robots: index, follow",
        "search: {boost: 2}",
        "build: {render: always}",
        "visibility: public",
        "sidebar: {hidden: true}",
        "layout: {title: {visible: false}}",
        "permalink: /a/",
        "drift: false",
        "meta: [{name: description, content: how robots read noindex}]",
        "head: [[link, {rel: icon, href: /robots.png}]]",
        "deploy_state: pending",
        "params: {draft: false}",
        "password:",
        "audience: public",
    ],
)
def test_keys_that_say_otherwise_hide_nothing(content, line):
    """No and nothing, dates, and keys about menus."""
    article = read_one(content, with_front_matter("title: x", line))
    assert (article.status, article.audience) == (Status.PUBLISHED, Audience.PUBLIC)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("draft: maybe", "`draft` can't be `maybe`: it is true or false; kept out, as a draft"),
        ("draft: {a: b}", "`draft` can't be a table: it is true or false; kept out, as a draft"),
        ("hidden: soon", "`hidden` can't be `soon`: it is true or false; kept out, as a draft"),
        (
            "published: later",
            "`published` can't be `later`: it is true or false; kept out, as a draft",
        ),
        (
            "visibility: some",
            "`visibility` can't be `some`: it is public or private; kept out, as a draft",
        ),
        ("drafts: true", "unknown key `drafts`: did you mean `draft`? kept out, as a draft"),
        ("pubished: no", "unknown key `pubished`: did you mean `published`? kept out, as a draft"),
        ("staus: draft", "unknown key `staus`: did you mean `status`? kept out, as a draft"),
        (
            "audiance: agent",
            "unknown key `audiance`: did you mean `audience`? kept out, as a draft",
        ),
    ],
)
def test_what_cant_be_read_where_it_could_hide_makes_a_draft(content, line, message):
    """It is said, for only the author knows."""
    article = read_one(content, with_front_matter("title: x", line))
    assert article.status is Status.DRAFT
    assert said(article) == [f"warning: a.md:3: {message}"]


def test_whatever_hides_an_article_wins(content):
    """Over kb's own key, in either order, and what was archived stays that."""
    for lines in (["status: published", "draft: true"], ["draft: true", "status: published"]):
        article = read_one(content, with_front_matter(*lines))
        assert article.status is Status.DRAFT
        assert any("another key hides the article" in message for message in said(article))
    assert (
        read_one(content, with_front_matter("status: draft", "draft: false")).status is Status.DRAFT
    )
    article = read_one(content, with_front_matter("status: archived", "draft: true"))
    assert article.status is Status.ARCHIVED


def test_others_words_for_agents_are_understood(content):
    """`internal` and `staff` are not for the public."""
    for word in ("internal", "Staff", "employees", "agents"):
        assert read_one(content, with_front_matter(f"audience: {word}")).audience is Audience.AGENT


@pytest.mark.parametrize(
    ("lines", "severity"),
    [
        (["type: a", "type: b"], Severity.NOTE),
        (["title: a", "title: a"], Severity.NOTE),
        (["draft: true", "draft: true"], Severity.NOTE),
        (["title: a", "title: b"], Severity.ERROR),
        (["status: draft", "status: published"], Severity.ERROR),
        (["draft: true", "draft: false"], Severity.ERROR),
    ],
)
def test_a_key_that_comes_twice(content, lines, severity):
    """It matters only where kb uses the key and the values differ."""
    write(content, "a.md", with_front_matter(*lines))
    found = read_content(content)
    assert bool(found.articles) == (severity is not Severity.ERROR)
    (problem,) = (p for p in found.problems if "duplicate key" in p.message)
    assert (problem.line, problem.severity) == (3, severity)
    assert "first on line 2" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "\n---\ntitle: Secret\nstatus: draft\n---\nText\n",
        "<!-- (c) -->\n---\ntitle: Secret\nstatus: draft\n---\nText\n",
        "<!-- over\n\nlines -->\n\n\n---\ndraft: true\n---\nText\n",
        "\ufeff\n \n---\ndraft: true\n---\nText\n",
        "[//]: # (for us)\n\n---\ndraft: true\n---\nText\n",
        "---yaml\ndraft: true\n---\nText\n",
        "--- # head\ndraft: true\n...\nText\n",
        "+++\ntitle = 'Secret'\ndraft = true\n+++\nText\n",
        "\n+++ \n[a]\nb = 1\n[build]\nrender = 'never'\n+++\nText\n",
        "---toml\ndraft = true\n---\nText\n",
        '{"draft": true}\nText\n',
        '\n{\n  "title": "Secret",\n  "Draft": "yes"\n}\n\nText\n',
        '---json\n{"published": false}\n---\nText\n',
        ';;;\n"draft": true,\n;;;\nText\n',
        "---\n{draft: true}\n---\nText\n",
    ],
)
def test_front_matter_is_read_wherever_tools_write_it(content, text):
    """Below empty lines and comments, in YAML, TOML and JSON."""
    article = read_one(content, text)
    assert article.status is Status.DRAFT
    assert article.body.strip() == "Text"
    assert text.split("\n")[article.body_line - 1 :] == article.body.split("\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("----\ndraft: true\n----\nText\n", 1),
        (" ---\ntitle: x\n---\nText\n", 1),
        ("\n\n\u2014\ndraft: true\n\u2014\nText\n", 3),
        ("--- title: x\ndraft: true\n---\nText\n", 1),
        ("---\ndraft:true\n---\nText\n", 2),
        ("---\ndraft = true\n---\nText\n", 2),
        ("---\n- draft: true\n---\nText\n", 2),
        ("\n---\ndraft: true\n\nText\n", 2),
        ("+++\ndraft = true\n\nText\n", 1),
        ("+++\na = 1\ndraft = \n+++\nText\n", 3),
        ('{\n"draft": true,}\nText\n', 2),  # of such a comma, releases of Python name either end
        ("{\n  draft: true\n}\nText\n", 2),
        ('{"draft": true} Text\n', 1),
        ('{\n  // for us\n  "draft": true\n}\nText\n', 2),
        ("===\ndraft: true\n===\nText\n", 1),
        ("title: x\ndraft: true\n\nText\n", 1),
        ("# Title\n\n---\ndraft: true\n---\nText\n", 3),
        ("import A from 'a'\n\n---\nstatus: drfat\n---\nText\n", 3),
        ("---\ntitle: x\n---\n---\npublished: false\n---\nText\n", 4),
        ("<!--\nstatus: draft\n-->\n# Title\n", 1),
        ("<!-- ---\ndraft: true\n--- -->\n# Title\n", 1),
    ],
)
def test_what_looks_like_front_matter_and_is_not_read_is_an_error(content, text, line):
    """It is never text."""
    assert refused(content, text).startswith(f"a.md:{line}: ")


@pytest.mark.parametrize(
    "text",
    [
        "---\nWelcome to the help center.\n\nAsk us.\n---\nText\n",
        "---\n- a\n- b\n---\nText\n",
        "----\nNote: this is a rule above.\n\nText\n",
        "***\nNote: this is a rule above.\n***\nText\n",
        "Note: be careful.\n\nText\n",
        "Status: see below\n\nText\n",
        "# Front matter\n\n```yaml\n---\ndraft: true\n---\n```\n",
        "# Changes\n\n---\n\nVersion: 2\n\n---\nText\n",
        "{note} Text\n",
        "{{< note >}}\nText\n",
        "<!-- Note: mind the draft: true case -->\nText\n",
        "Text\n---\n\nMore\n\n---\n",
    ],
)
def test_text_that_looks_a_little_like_front_matter_is_text(content, text):
    """Rules, notes, code and short codes at the top of an article."""
    article = read_one(content, text)
    assert article.body_line == 1
    assert article.status is Status.PUBLISHED


def test_several_errors_are_all_reported(content):
    """Nobody should have to repair one to see the next."""
    text = refused(content, with_front_matter("do: [[x]]", "status: drft", "audience: agnt"))
    assert [line.split(":")[1] for line in text.split("\n")] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["do: [[a]]"], "error: a.md:2: an action in `do` is a text, or label, where and url"),
        (["do:", "  - where: x"], "error: a.md:3: an action in `do` needs a label"),
        (
            ["do:", "  - label: x", "    lable: y"],
            "error: a.md:4: `do` has no `lable`: did you mean label?",
        ),
        (
            ["do:", "  - label: x", "    zz: y"],
            "error: a.md:4: `do` has no `zz`: it has label, where and url",
        ),
        (
            ["do:", "  - label: x", "    where: [y]"],
            "warning: a.md:4: `where` should be a text: ignored",
        ),
        (
            ["escalate: [[a]]"],
            "warning: a.md:2: a step in `escalate` is a channel, or `channel: condition`",
        ),
        (
            ["escalate: [phone: urgnt]"],
            (
                "warning: a.md:2: `escalate` has the condition `urgnt` for `phone`: it is urgent or "
                "not_urgent (did you mean urgent?): step ignored"
            ),
        ),
        (
            ["escalate: [phone: sometimes]"],
            (
                "warning: a.md:2: `escalate` has the condition `sometimes` for `phone`: it is urgent or "
                "not_urgent: step ignored"
            ),
        ),
        (
            ["channel: phone"],
            "note: a.md:2: `channel` is `phone`, another tool's: ignored",
        ),
        (["channel: {wait: long}"], "warning: a.md:2: `channel` needs a name: ignored"),
        (
            ["channel: {name: x, waits: y}"],
            "warning: a.md:2: `channel` has no `waits`: did you mean wait?",
        ),
        (["tags: {a: b}"], "note: a.md:2: `tags` is a table, another tool's: ignored"),
        (["issue: [a, [b]]"], "warning: a.md:2: `issue` should hold texts only: item ignored"),
        (["summary: [a]"], "note: a.md:2: `summary` is a list, another tool's: ignored"),
        (
            ["reviewed: yesterday"],
            "warning: a.md:2: `reviewed` should be a date like 2026-03-31, not `yesterday`",
        ),
        (
            ["reviewed: 2026-02-30"],
            "warning: a.md:2: `reviewed` should be a date like 2026-03-31, not `2026-02-30`",
        ),
        (
            ["review_every: often"],
            "warning: a.md:2: `review_every` should be like `6 months`, not `often`",
        ),
        (["order: first"], "note: a.md:2: `order` is `first`, another tool's: ignored"),
        (["featured: 1e9"], "note: a.md:2: `featured` is `1e9`, another tool's: ignored"),
        (
            ["aliases: [../../etc/passwd]"],
            (
                "error: a.md:2: `aliases` has `../../etc/passwd`: an id has no empty part, and none "
                "that is . or ..: ignored"
            ),
        ),
        (
            ["related: ['a\\b']"],
            (
                "warning: a.md:2: `related` has `a\\b`: the name has \\, which not every system or "
                "address can hold: ignored"
            ),
        ),
        (["staus: new"], "warning: a.md:2: unknown key `staus`: did you mean `status`?"),
        (
            ["have-ready: x"],
            "warning: a.md:2: unknown key `have-ready`: did you mean `have_ready`?",
        ),
        (["draft: false"], "note: a.md:2: unknown key `draft`: kept"),
        (["author: me"], "note: a.md:2: unknown key `author`: kept"),
    ],
)
def test_what_cant_be_used_is_reported_and_left_out(content, lines, message):
    """The article loads all the same: people bring articles from other tools."""
    article = read_one(content, with_front_matter(*lines))
    assert said(article) == [message]
    assert article.body == "Body\n"
    assert article.channel is None or article.channel.name == "x"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "vbscript:x",
        "ftp://x",
        "java\tscript:x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "a b",
        "file:///etc/passwd",
        "x:y",
    ],
)
def test_unsafe_addresses_never_pass(content, url):
    """The action stays, without its link."""
    article = read_one(
        content, with_front_matter("do:", "  - label: x", f"    url: {json.dumps(url)}")
    )
    assert article.actions == (Action("x"),)
    (problem,) = article.problems
    assert (problem.severity, problem.line, problem.code) == (Severity.ERROR, 4, "url")


@pytest.mark.parametrize(
    "url",
    [
        "https://a/b?c#d",
        "HTTP://a",
        "mailto:a@b",
        "tel:+1",
        "../a/b.md#c",
        "a.md",
        "/x",
        "#y",
        "?q=a:b",
    ],
)
def test_other_addresses_pass(content, url):
    """http, https, mailto, tel and relative ones."""
    article = read_one(content, with_front_matter("do:", "  - label: x", f"    url: '{url}'"))
    assert article.actions == (Action("x", "", url),)
    assert article.problems == ()


def test_unknown_keys_are_kept_as_they_were_written(content):
    """Texts as texts, lists and mappings as JSON."""
    article = read_one(content, with_front_matter("a: no", "b: [1, ü]", "c: {d: e}", "f:"))
    assert article.extra == (("a", "no"), ("b", '["1", "ü"]'), ("c", '{"d": "e"}'), ("f", ""))


def test_long_values_do_not_make_long_messages(content):
    """A value of kilobytes is shown by its beginning."""
    article = read_one(content, with_front_matter("order: " + "x" * 5_000, "y" * 500 + ": z"))
    assert all(len(problem.message) < 120 for problem in article.problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "---\ntitle: x\n",
            "a.md:1: front matter begins with `---` but no later line `---` ends it",
        ),
        ("---\ntitle: [x\n---\n", "a.md:2: front matter can't be read"),
        ("---\na: {b: 1, b: 2}\n---\n", "a.md:2: duplicate key"),
        ("---\na: " + "x" * 70_000 + "\n---\n", "a.md:2: front matter of over 65536 bytes"),
        ("> " * 200 + "x", "a.md:1: lists and quotes nested over 100 levels deep: over the limit"),
    ],
)
def test_malformed_files_are_refused_in_one_line(content, text, message):
    """And the others load."""
    write(content, "good.md", "# Good")
    write(content, "a.md", text)
    found = read_content(content)
    assert [article.id for article in found.articles] == ["good"]
    (problem,) = found.problems
    assert str(problem).startswith(message)
    assert "\n" not in str(problem)


def test_lines_count_from_the_top_of_the_file(content):
    """Also for what goes wrong below the front matter."""
    text = refused(content, with_front_matter("title: x", body="a\n\n" + "> " * 200 + "x"))
    assert text.startswith("a.md:6: ")


def test_a_page_holds_the_article_and_its_markdown(content):
    """One parse gives both."""
    write(content, "a.md", with_front_matter("title: T", body="# T\n[x](b.md)\n"))
    (source,) = scan(content).articles
    page = read_page(content, source)
    assert page.article == read_article(content, source)
    assert page.document.html(with_title=False) == '<p><a href="b.md">x</a></p>\n'
    assert [(link.target, link.line) for link in page.document.links()] == [("b.md", 5)]


# Aliases


def test_an_alias_belongs_to_one_article(content):
    """Ids come first, then the articles in order; what is taken is reported and dropped."""
    write(content, "a.md", with_front_matter("aliases: [old, B, A, a, fine]"))
    write(content, "b.md", with_front_matter("aliases: [OLD, new]"))
    found = read_content(content)
    assert [article.aliases for article in found.articles] == [("old", "fine"), ("new",)]
    assert [(str(problem), problem.severity) for problem in found.problems] == [
        ("a.md: the alias A is its own id: ignored", Severity.ERROR),
        ("a.md: the alias B is already taken by b: ignored", Severity.ERROR),
        ("a.md: the alias a is its own id: ignored", Severity.ERROR),
        ("b.md: the alias OLD is already taken by a: ignored", Severity.ERROR),
    ]


def test_settling_aliases_twice_changes_nothing(content):
    """What is settled has no problem left to find."""
    write(content, "a.md", with_front_matter("aliases: [x, b]"))
    write(content, "b.md", with_front_matter("aliases: [x]"))
    articles = read_content(content).articles
    aliases = resolve_aliases(articles)
    assert not aliases.problems
    assert aliases.of == {a.id: a.aliases for a in articles if a.aliases}


# Topics


def test_the_topic_tree_is_that_of_the_folders(content):
    """Folders without articles are no topics; those above one with an article are."""
    for path in ["top.md", "orders/late.md", "orders/returns/how.md", "deep/er/est.md"]:
        write(content, path)
    (content / "empty").mkdir()
    write(content, "assets/logo.png")
    topics = {topic.id: topic for topic in read_content(content).topics}
    assert list(topics) == ["", "deep", "deep/er", "orders", "orders/returns"]
    assert topics[""].topics == ("deep", "orders")
    assert topics[""].articles == ("top",)
    assert topics[""].parent is None
    assert (topics["orders/returns"].parent, topics["orders"].parent) == ("orders", "")
    assert topics["deep"].articles == ()
    assert topics["deep/er"].title == "Er"
    assert topics[""].title == ""


def test_topic_files_name_and_order_topics(content):
    """Order first, then title, whatever the case, then id; what has no order comes last."""
    write(content, "topic.yaml", "title: Help\nsummary: All of it\n")
    write(content, "z/topic.yaml", "title: First\norder: 1\n")
    for path in ["a/x.md", "b/x.md", "z/x.md"]:
        write(content, path)
    write(content, "b/topic.yaml", "title: aardvark\n")
    write(content, "z/one.md", "---\norder: 2\n---\n# Z")
    write(content, "z/two.md", "---\norder: 2\n---\n# y")
    write(content, "z/three.md", "# A")
    topics = {topic.id: topic for topic in read_content(content).topics}
    assert (topics[""].title, topics[""].summary) == ("Help", "All of it")
    assert topics[""].topics == ("z", "a", "b")
    assert topics["z"].title == "First"
    assert topics["z"].articles == ("z/two", "z/one", "z/three", "z/x")


def test_numbers_in_titles_count_as_such(content):
    """As people read them: after 2 comes 10."""
    for number in (10, 9, 2):
        write(content, f"a/{number}-x.md", f"# Step {number}: pack")
        write(content, f"{number}/x.md")
    topics = {topic.id: topic for topic in read_content(content).topics}
    assert topics["a"].articles == ("a/2-x", "a/9-x", "a/10-x")
    assert topics[""].topics == ("2", "9", "10", "a")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("titel: x\n", ["warning: a/topic.yaml:1: unknown key `titel`: did you mean `title`?"]),
        ("colour: x\n", ["note: a/topic.yaml:1: unknown key `colour`: kept"]),
        (
            "order: first\n",
            ["warning: a/topic.yaml:1: `order` should be a whole number, not `first`"],
        ),
        (
            "- x\n",
            [
                (
                    "error: a/topic.yaml:1: topic file must be lines of `key: value` "
                    "(at the top of an article `***` makes a horizontal rule)"
                )
            ],
        ),
        (
            "title: \u202ex\n",
            [
                "warning: a/topic.yaml:1: bidirectional control character U+202E: text may not read as it looks"
            ],
        ),
        ("", []),
    ],
)
def test_faulty_topic_files_are_reported(content, text, messages):
    """Their topics are there all the same."""
    write(content, "a/x.md", "# X")
    write(content, "a/topic.yaml", text)
    found = read_content(content)
    assert [f"{problem.severity}: {problem}" for problem in found.problems] == messages
    assert [topic.id for topic in found.topics] == ["", "a"]


def test_a_topic_file_that_cant_be_read_is_reported(content):
    """Not UTF-8, as an example."""
    write(content, "topic.yaml", b"\xff")
    files, problems = read_topics(content, scan(content))
    assert files == {"": TopicFile()}
    assert str(problems[0]).startswith("topic.yaml:1: not UTF-8")


def test_topics_can_be_built_for_some_articles(content):
    """Whoever hides drafts hides the topics that hold nothing else."""
    write(content, "a/x.md", "---\nstatus: draft\n---\n")
    write(content, "b/y.md", "# Y")
    articles = read_content(content).articles
    shown = [article for article in articles if article.status is Status.PUBLISHED]
    assert [topic.id for topic in build_topics(shown, {})] == ["", "b"]
    assert [topic.id for topic in build_topics([], {})] == [""]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("late-packages", "Late packages"),
        ("a__b", "A b"),
        ("_", "_"),
        ("éa", "Éa"),
        ("v3.5", "v3.5"),
        ("vans", "Vans"),
        ("Late parcels 0123456789abcdef0123456789abcdef", "Late parcels"),
        ("How-late%3F", "How late?"),
        ("a%1bb", "A%1bb"),
    ],
)
def test_names_become_titles(name, title):
    """Hyphens and underscores are spaces, the first letter is large but that of a version. What
    Notion adds goes; what Azure encodes is decoded, if it can be seen.
    """
    assert title_from_name(name) == title


# Names


@needs_cases
@pytest.mark.parametrize("name", ["deep_traversal.txt", "directory_traversal.txt"])
def test_no_traversal_is_an_id(name):
    """Whatever climbs out of a folder, plain or encoded, is refused."""
    rows = Path(CASES, name).read_text(encoding="utf-8", errors="replace").split("\n")
    climbing = [row for row in rows if ".." in row or "%2e" in row.lower()]
    assert len(climbing) > 100
    for row in climbing:
        assert complaint_about_id(row), row


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a//b",
        "a/",
        "/a",
        "a/../b",
        "./a",
        "a/./b",
        "x" * 190 + "/" + "y" * 190 + "/" + "z" * 190 + "/" + "w" * 190,
    ],
)
def test_ids_have_plain_parts(name):
    """No empty part, none that climbs, none too long."""
    assert complaint_about_id(name)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_name_can_be_judged_and_printed(name):
    """An accepted name has one line, can be written as UTF-8, and stays within its folder."""
    printable(name).encode()
    assert "\n" not in printable(name)
    if complaint(name) is None:
        assert name.encode()
        assert "/" not in name
        assert complaint_about_id(name) is None
        assert name not in {"", ".", ".."}
        assert fold(name) == fold(name.upper()) or not name.isascii()


# Documentation

GUIDE = Path(__file__).parents[2] / "docs" / "articles.md"


@pytest.mark.parametrize("key", fields._KEYS)
def test_every_key_is_documented(key):
    """With its meaning in the table, and an example that is read without a problem."""
    guide = GUIDE.read_text(encoding="utf-8")
    assert f"\n| `{key}` | " in guide
    assert f"    {key}:" in guide


def test_the_documented_examples_are_read_without_a_problem(content):
    """The article at the top, and every key below it."""
    blocks = re.findall(r"(?:^    .*\n|^\n)+", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    examples = [textwrap.dedent(block).strip() for block in blocks if block.strip()]
    first, keys, do, escalate, channel, topic = examples
    assert read_one(content, first).actions
    (content / "a.md").unlink()
    lines = f"{keys}\n{do}\n{escalate}\n{channel}".split("\n")
    article = read_one(content, with_front_matter(*lines), "b/a.md")
    assert article.channel.hours == "every day from 8 to 20 Europe/Paris"
    assert article.problems == ()
    write(content, "b/topic.yaml", topic)
    assert read_content(content).problems == ()


def test_documented_anchors_are_those_that_are_made():
    """The table in the guide, from heading to anchor."""
    rows = re.findall(r"\| `## (.+)` \| `(.+)` \|", GUIDE.read_text(encoding="utf-8"))
    assert len(rows) == 5
    for heading, anchor in rows:
        assert parse(f"## {heading}").anchors == (anchor,)


# All together


def test_reading_is_deterministic(content):
    """The same folder gives the same content, in order of id, problems by path and line."""
    for number in range(20):
        write(
            content,
            f"{number % 3}/{number}.md",
            with_front_matter("order: x", "z: 1", f"title: {number}"),
        )
    first = read_content(content)
    assert first == read_content(content)
    assert [article.id for article in first.articles] == sorted(
        article.id for article in first.articles
    )
    assert [(p.path, p.line) for p in first.problems] == sorted(
        (p.path, p.line) for p in first.problems
    )


def test_listing_needs_no_parser():
    """A search that finds nothing changed pays for neither Markdown nor YAML."""
    code = (
        "import sys, pathlib, kb.content; kb.content.scan(pathlib.Path('.')); "
        "print(sorted({'yaml', 'markdown_it'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    )
    assert done.stdout == "[]\n"


@needs_corpora
@pytest.mark.parametrize(
    ("name", "count"),
    [("emanual_tv", 110), ("stackfaq", 125), ("zoomcamp_faq", 33), ("cranfield", 1400)],
)
def test_articles_from_elsewhere_load(name, count):
    """No article is kept out, unknown keys and all."""
    found = read_content(Path(CORPORA, name, "articles"))
    assert len(found.articles) == count
    assert {problem.severity for problem in found.problems} <= {Severity.NOTE, Severity.WARNING}
    assert all(article.sections for article in found.articles)


NOW = "1767225600"  # 2026-01-01


@pytest.mark.parametrize(
    ("lines", "status", "until"),
    [
        (["publishDate: 2026-01-02"], Status.DRAFT, date(2026, 1, 2)),
        (["publishDate: 2026-01-01T09:00:00Z"], Status.DRAFT, date(2026, 1, 2)),
        (["publishDate: 2026-01-01T00:00:00Z"], Status.PUBLISHED, None),
        (["publishDate: 2026-01-01T04:00:00+05:00"], Status.PUBLISHED, None),
        (["publishDate: 2025-12-31 22:00 -0500"], Status.DRAFT, date(2026, 1, 2)),
        (["expiryDate: 2026-01-02T01:00:00+05:00"], Status.DRAFT, None),
        (["publishDate: '1767225601'"], Status.DRAFT, date(2026, 1, 2)),
        (["publish_date: January 5, 2026"], Status.DRAFT, date(2026, 1, 5)),
        (["pubDate: Jul 08 2022"], Status.PUBLISHED, None),
        (["published: 2030-01-01"], Status.DRAFT, date(2030, 1, 1)),
        (["published: true"], Status.PUBLISHED, None),
        (["publishDate: soon"], Status.DRAFT, None),
        (["publishDate:"], Status.PUBLISHED, None),
        (["expiryDate: 2026-01-01"], Status.DRAFT, None),
        (["expirydate: '2026-02-01'"], Status.PUBLISHED, date(2026, 2, 1)),
        (["expires: never"], Status.PUBLISHED, None),
        (["expiryDate: 2025-01-01", "expiryDate: 2025-02-01"], Status.DRAFT, None),
    ],
)
def test_dates_say_from_and_until_when_an_article_is_published(
    content, monkeypatch, lines, status, until
):
    """The moment is that of SOURCE_DATE_EPOCH where it is set. What comes later on the same day is
    noticed on the next.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    article = read_one(content, with_front_matter(*lines))
    assert (article.status, article.until) == (status, until)


def test_what_is_left_out_of_another_search_is_published_and_not_searchable(content):
    """It is a page like others."""
    for line in ["search: {exclude: true}", "search: false", "searchable: no", "pagefind: false"]:
        article = read_one(content, with_front_matter(line))
        assert article.status is Status.PUBLISHED
        assert not article.searchable
    assert read_one(content, with_front_matter("search: {boost: 2}")).searchable


def test_keys_of_other_tools_say_the_same_as_kbs(content):
    """Those of kb come first; entities are what they stand for."""
    article = read_one(
        content,
        with_front_matter(
            "description: Ships &#8211; &amp; more", "sidebar_position: 2.5", "Tags: [a, 3]"
        ),
    )
    assert article.summary == "Ships \N{EN DASH} & more"
    assert article.order == 2
    assert article.tags == ("a", "3")
    assert read_one(content, with_front_matter("excerpt: a", "summary: b")).summary == "b"
    assert read_one(content, with_front_matter("sidebar:", "  order: 4")).order == 4
    assert read_one(content, with_front_matter("weight: 7", "order: 1")).order == 1


@pytest.mark.parametrize(
    ("line", "routes"),
    [
        ("permalink: /help/late/", ("help/late",)),
        ("url: https://a.org/docs/late.html?x=1#y", ("docs/late",)),
        ("slug: late", ("orders/late",)),
        ("slug: /late", ("late",)),
        ("redirect_from: [/a/, b/c.html, /]", ("a", "b/c")),
        ("redirects: [{from: /old}]", ("old",)),
        ("old_url: /n%C3%A4chste/", ("nächste",)),
        ("permalink: '/:categories/{{ page.title }}/'", ()),
        ("permalink: ../../etc", ()),
        ("aliases: [/old/, x/y/]", ("old", "x/y")),
        ("aliases: [../old, ./b]", ("old", "orders/b")),
        ("redirect_from: ../old/", ("old",)),
    ],
)
def test_addresses_of_other_tools_lead_to_the_article(content, line, routes):
    """As paths, without slashes, ending and host; what is no address of one page is none."""
    write(content, "orders/a.md", with_front_matter(line))
    (source,) = scan(content).articles
    article = read_article(content, source)
    assert article.routes == routes
    assert article.aliases == ()


def test_addresses_that_are_taken_lead_where_they_did(content):
    """Without a word: two pages of a generator may well claim one."""
    write(content, "a.md", with_front_matter("url: /b/", "slug: c"))
    write(content, "b.md", with_front_matter("slug: c"))
    found = read_content(content)
    assert [(a.id, a.aliases) for a in found.articles] == [("a", ("c",)), ("b", ())]
    assert not [p for p in found.problems if p.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    "line",
    [
        "audience: ITPro", "status: new", "tier: [free, pro]", "channel: stable", "do: {a: b}",
        "do: true", "issue: 42", "issue: https://a.org/1", "related: [{a: b}]", "featured: true",
        "order: first", "have_ready: {a: b}", "tags: {a: b}", "aliases: {a: b}", "summary: [a]",
        "title: {a: b}", "created: 2020-01-01", "feature: x", "reviewer: me",
    ],
)  # fmt: skip
def test_values_of_other_tools_are_notes(content, line):
    """The article is read, and no advice is given that would be wrong."""
    article = read_one(content, with_front_matter(line))
    assert {problem.severity for problem in article.problems} <= {Severity.NOTE}
    assert "did you mean" not in str(article.problems)
