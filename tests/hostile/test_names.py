"""Line 6: names and paths that lead elsewhere, in files, ids, aliases, links, images and topics.

Each is refused with a clear error; nothing outside content/ is read, nothing outside the output
folder is written. A canary outside content/ must be nowhere in the index or the site.
"""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.attacks import quoted
from support.cases import needs_cases, read_lines
from support.processes import run_kb, write

from kb.content import read_content
from kb.content.files import complaint, complaint_about_id
from kb.model import Severity
from kb.site.links import want
from kb.site.resolver import Targets

CANARY = "Zanzibarcanary"
NAMES = [
    "..", "../up", "/etc/passwd", "a/../../b", "..\\up", "C:\\x", "\\\\host\\share", "a\\b", "%2e%2e/x",
    "%2E%2E%2Fx", "%252e%252e/x", "..%2fx", "..%c0%afx", "%00", "a\x00b", "con", "NUL.md", "com1.txt/x",
    "aux.", "a/.", "a//b", "./a", "a/", "x" * 300, "é" * 150, "a:b", "C:x", "<a>/../b", "a#b", "a\nb", "a\x1bb", "a\u202eb", "a\u2028b", "\ufeffa", ".hidden", "lpt¹", "conin$",
    "..;/x", "～/../x/..", ".../...//x/..", "a" * 190 + "/" + "b" * 190 + "/" + "c" * 190 + "/" + "d" * 190,
]  # fmt: skip
TARGETS = [
    "../secret.md", "../../secret.md", "../secret.png", "/../secret.md", "..\\secret.md", "%2e%2e/secret.md",
    "..%2fsecret.md", "%252e%252e/secret.md", "..%5csecret.md", "file:///etc/passwd", "/etc/passwd",
    "//etc/passwd", "\\\\host\\secret", "a/../../secret.md", "./../secret.md", "..%00/secret.md", "link.md",
    "link.png", "folder/secret.md", "folder/secret.png", "hard.png/../../secret.png", "....//secret.md",
    "..;/secret.md", "?../secret.md", "#../secret.md", ".hidden.png", "CON", "nul.png", "x" * 5000,
]  # fmt: skip


def traversals():
    """Both lists of others: every line."""
    names = ("deep_traversal.txt", "directory_traversal.txt")
    return [line.decode(errors="replace") for name in names for line in read_lines(name) if line]


@pytest.fixture
def folder(tmp_path):
    """A knowledge base beside secrets, with links to them; and a place for the site."""
    base = tmp_path / "base"
    secrets = {
        "secret.md": f"# {CANARY}\n",
        "secret.png": CANARY,
        "topic.yaml": f"title: {CANARY}\n",
    }
    write(tmp_path, secrets)
    write(tmp_path, {f"private/{name}": data for name, data in secrets.items()})
    write(base, {"content/one.md": "# One\n\nwords\n", "content/.hidden.png": CANARY})
    write(base, {"secret.md": f"# {CANARY}\n", "secret.png": CANARY})
    links = {
        "link.md": tmp_path / "secret.md",
        "link.png": tmp_path / "secret.png",
        "up.md": Path("../../secret.md"),
        "folder": tmp_path / "private",
        "deep/topic.yaml": tmp_path / "topic.yaml",
        "deep/er.md": Path("../../secret.md"),
        "self.md": Path("self.md"),
        "proc.md": Path("/proc/self/environ"),
        "device.md": Path("/dev/zero"),
    }
    for name, target in links.items():
        place = base / "content" / name
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(target)
    return base


def assert_no_canary(folder, *results):
    """Hold that no file of index or site, and nothing that was printed, has the secret."""
    for place in ("index", "site"):
        files = [path for path in (folder / place).rglob("*") if path.is_file()]
        assert files, place
        for path in files:
            assert not path.is_symlink()
            assert CANARY.encode() not in path.read_bytes(), path
            assert CANARY.lower().encode() not in path.read_bytes(), path
    for done in results:
        assert CANARY not in done.out + done.err
        assert "Traceback" not in done.err


def tree(folder):
    """Every file below a folder but those of index and site, with its bytes."""
    return {
        path: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        if not {"index", "site"} & set(path.parts)
    }


def test_nothing_outside_is_read_or_written(folder):
    """Links of the file system, links and images of articles, and every key that takes an id."""
    targets = [*TARGETS, *traversals()[:300]]
    lines = [f"[a](<{t}>) ![b](<{t}>) [c]({t})" for t in targets if "\n" not in t and "<" not in t]
    ids = [quoted(name) for name in (*NAMES, *targets[:20]) if len(name) < 2000]
    head = [f"{key}: [{', '.join(ids)}]" for key in ("aliases", "related")]
    head += ["do:", *(f"  - {{label: x, url: {id_}}}" for id_ in ids)]
    head += [f"slug: {ids[0]}", f"layout: {ids[1]}", f"image: {ids[2]}", f"url: {ids[1]}"]
    text = "\n".join(["---", *head, "---", "# Far", "", "\n\n".join(lines)]).replace("\0", "")
    write(folder, {"content/far.md": text})
    before = tree(folder.parent)
    results = [
        run_kb(folder, "index", "-v"),
        run_kb(folder, "build", "-v"),
        run_kb(folder, "show", "far"),
        run_kb(folder, "search", CANARY.lower()),
        run_kb(folder, "topics"),
        run_kb(folder, "export", "search", "--out", "site/kb", "--url", "/{id}/"),
    ]
    assert_no_canary(folder, *results)
    assert tree(folder.parent) == before
    site = folder / "site"
    assert (site / "far.html").is_file()
    assert {path.name for path in folder.iterdir()} == {
        "content",
        "index",
        "site",
        "secret.md",
        "secret.png",
    }
    for name in (
        "link.md",
        "up.md",
        "folder",
        "deep/topic.yaml",
        "deep/er.md",
        "proc.md",
        "device.md",
    ):
        assert f"{name}: a link that leads outside the content folder: not read" in results[0].err


@pytest.mark.parametrize("name", [".", "..", "../../secret", "/etc/passwd", "..\\secret", "link", "up",
                                  "folder/secret", "%2e%2e/secret", "\x1b[2J", "a\x01b", "con", "x" * 5000])  # fmt: skip
def test_what_is_asked_for_by_name_lies_within(folder, name):
    """`kb show` and `kb topics` find articles and topics, and no file but those."""
    for command in ("show", "topics"):
        done = run_kb(folder, command, name)
        assert done.code == 1
        assert CANARY not in done.out + done.err
        assert "Traceback" not in done.err
        assert done.err.count("kb: error: no ") == 1


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_such_name_is_an_id(tmp_path, tally, name):
    """As an alias it is refused with its line; the article loads."""
    with tally("name that leads elsewhere, as an alias"):
        assert_refused_as_alias(tmp_path, name)


def assert_refused_as_alias(tmp_path, name):
    """Hold that an article loads without the alias, and that a line says why; addresses of other
    sites, and those that begin at the article's folder, are no ids, and what is taken from one is.
    """
    assert complaint_about_id(name)
    write(tmp_path, {"a.md": f"---\ntitle: A\naliases: [{quoted(name)}]\n---\ntext"})
    found = read_content(tmp_path)
    (article,) = found.articles
    if re.search(r"^/|^\./|/$|[?#]|\.html?$", name) and not found.problems:
        assert not [alias for alias in article.aliases if complaint_about_id(alias)]
        return
    assert article.aliases == ()
    (problem,) = [p for p in found.problems if p.severity is Severity.ERROR]
    assert (problem.line, problem.code) == (3, "id")
    assert str(problem).isprintable()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "/" not in name and "\0" not in name], ids=ascii
)
def test_no_such_name_is_a_file(tmp_path, name):
    """As a file and as a folder it is refused, hidden or split off; others load."""
    write(tmp_path, {"good.md": "# Good"})
    for path in (f"{name}.md", f"{name}/in.md"):
        try:
            write(tmp_path / "content", {path: "text"})
        except OSError:
            continue
    write(tmp_path, {"content/good.md": "# Good"})
    found = read_content(tmp_path / "content")
    for article in found.articles:
        assert complaint_about_id(article.id) is None
    refused = {problem.path for problem in found.problems if problem.severity is Severity.ERROR}
    assert (
        refused
        or name.startswith(".")
        or len(name.encode()) > 250
        or complaint(f"{name}.md") is None
    )


def test_names_that_differ_only_in_case_are_refused(tmp_path):
    """Files and folders: the first stays."""
    write(
        tmp_path, {"A/x.md": "1", "a/x.md": "2", "A/X.md": "3", "STRASSE.md": "4", "straße.md": "5"}
    )
    found = read_content(tmp_path)
    assert [article.id for article in found.articles] == ["A/X", "STRASSE"]
    assert {problem.code for problem in found.problems} == {"duplicate"}


def test_deep_folders_are_refused(tmp_path):
    """Hundreds of folders in each other are no id; nothing runs out of stack."""
    deep = tmp_path / "content" / "/".join(["a"] * 700)
    deep.mkdir(parents=True)
    (deep / "x.md").write_text("deep")
    write(tmp_path, {"content/one.md": "# One"})
    for command in (["index"], ["topics"], ["build"]):
        done = run_kb(tmp_path, *command)
        assert "Traceback" not in done.err
        assert "RecursionError" not in done.err
        assert "an id has at most 600 bytes" in done.err or command == ["topics"]
    assert (tmp_path / "site" / "one.html").is_file()


@needs_cases
def test_no_traversal_of_others_leads_anywhere(tally):
    """As a link in an article each asks for a path within content/, or for nothing."""
    assert len(traversals()) > 1_000
    nothing = Targets({}, {}, {}, frozenset(), lambda path, image: f"{path} {image}")
    for written in traversals():
        for path in ("a.md", "a/b/c.md"):
            with tally("path that leads elsewhere, as a link"):
                wanted = want(written, path, 1)
                assert not any(part in ("..", ".") for part in wanted.path.split("/"))
                assert not wanted.path.startswith("/")
                assert "\\" not in wanted.path
                assert nothing.resolve(wanted).href == ""


PIECES = [*"./\\%2eEfF5cC0a:?#~;\0é", "..", "../", "%2e", "%5c", "%00"]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join), st.booleans())
def test_no_link_climbs_out(written, image):
    """Whatever is written: a path below content/, of plain parts, or nothing."""
    wanted = want(written, "x/y.md", 1, image=image)
    joined = os.path.normpath(f"/content/{wanted.path}")
    assert joined == "/content" or joined.startswith("/content/")
    assert "\0" not in wanted.path
