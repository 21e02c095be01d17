"""A file becomes something else after it was listed: a pipe, a device, a folder, a way out.

Nobody waits for it, nothing but regular files is read, and what can be read is read. Were a pipe
opened as files are, the test would wait for ever: a timer ends it.
"""

import contextlib
import os
import signal
import socket
import sys

import pytest
from support.sites import ARTICLES, Base, png

from kb.config import load_config
from kb.errors import ConfigError, JudgmentError, KbError, SiteError
from kb.evaluate.judgments import read_lines
from kb.files import read_sealed
from kb.knowledge_base import KnowledgeBase
from kb.site.build import build_site
from kb.site.embed.embed import embed_search
from kb.site.embed.generators import GENERATORS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices have names on POSIX")

SECONDS = 60


@pytest.fixture(autouse=True)
def nobody_waits():
    """End a test that waits for a pipe."""

    def fail(*_):
        raise AssertionError("somebody waits for a pipe")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def base(tmp_path):
    """A small knowledge base, with a secret beside it."""
    made = Base(tmp_path / "kb")
    made.write({**ARTICLES, "images/map.png": png(40, 30), "files/form.pdf": b"%PDF-1.4\n"})
    (tmp_path / "secret").write_text("# Quetzal\n\nSECRET\n")
    return made


def as_device(path):
    """Give /dev/zero another name, as root may."""
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
        path.open("rb").close()
    except OSError:
        pytest.skip("no device can be made and read here")


def as_socket(path):
    """Bind a socket to the name."""
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
        made.bind(path.name)  # the path of a socket is short


def as_large(path):
    """A file larger than any article; it takes no space."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


KINDS = {
    "pipe": os.mkfifo,
    "device": as_device,
    "socket": as_socket,
    "folder": os.mkdir,
    "way out": lambda path: path.symlink_to("../../../secret"),
    "link to a pipe": lambda path: (os.mkfifo(path.with_name("pipe")), path.symlink_to("pipe")),
    "link to itself": lambda path: path.symlink_to(path.name),
    "large": as_large,
    "nothing": lambda path: None,
}


@pytest.fixture
def exchange(base, monkeypatch):
    """Let a file become something else as soon as the content folder was listed."""

    def prepare(victim, kind):
        path = base.content / victim
        for module in [m for n, m in sys.modules.items() if n.startswith("kb.")]:
            listed = getattr(module, "scan", None)
            if callable(listed):

                def scan(content, *of, listed=listed):
                    found = listed(content, *of)
                    if path.is_file() and not path.is_symlink():
                        path.unlink()
                        KINDS[kind](path)
                    return found

                monkeypatch.setattr(module, "scan", scan)

    return prepare


def search(base):
    """Search a knowledge base."""
    with_it = KnowledgeBase(base.config())
    return [hit.article for hit in with_it.search("parcel delivery secret").hits]


def index(base):
    """Index it, and show what is there."""
    changes = KnowledgeBase(base.config()).index()
    return [problem.path for problem in changes.problems]


def show(base):
    """Read an article."""
    try:
        return KnowledgeBase(base.config()).article("orders/late").body
    except KbError as error:
        return str(error)


def browse(base):
    """List topics, which reads topic files."""
    return KnowledgeBase(base.config()).topics()


def build(base):
    """Build the site."""
    build_site(base.config(), out=base.folder / "site")
    return base.files().values()


def export(base):
    """Export the search for another site."""
    generator = GENERATORS["mkdocs"]
    embed_search(base.config(), base.folder / "out", "/{id}/", generator)
    return [path.read_bytes() for path in (base.folder / "out").iterdir()]


@pytest.mark.parametrize("work", [index, search, show, browse, build, export])
@pytest.mark.parametrize(
    "exchanged",
    [(victim, kind) for victim in ("orders/late.md", "orders/topic.yaml") for kind in KINDS],
    ids=" as ".join,
)
def test_a_listed_file_that_is_none_any_more(base, exchange, tally, work, exchanged):
    """The others are read; of what took its place nothing is seen."""
    exchange(*exchanged)
    with tally("listed file exchanged"):
        seen = repr(work(base))
        assert "SECRET" not in seen
        assert "Quetzal" not in seen
    if work is search:
        assert "orders/damaged" in seen


@pytest.mark.parametrize("kind", KINDS)
def test_an_indexed_article_that_is_none_any_more(base, exchange, tally, kind):
    """An index that knows it is brought up to date, and says what is wrong."""
    KnowledgeBase(base.config()).index()
    exchange("orders/late.md", kind)
    with tally("listed file exchanged"):
        kb = KnowledgeBase(base.config())
        os.utime(base.content / "orders/late.md")
        problems = [problem for problem in kb.index().problems if problem.path == "orders/late.md"]
        assert [hit.article for hit in kb.search("parcel").hits][:1] != ["orders/late"]
        assert len(problems) == (kind != "nothing")


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "link to itself"])
def test_settings_that_are_no_file(base, tally, monkeypatch, kind):
    """Found as a file and something else when opened: an error with its path."""
    path = base.folder / "kb.toml"
    path.unlink()
    KINDS[kind](path)
    monkeypatch.setattr(type(path), "is_file", lambda self: self == path)
    with tally("listed file exchanged"), pytest.raises(ConfigError, match=r"kb\.toml"):
        load_config(environ={}, cwd=base.folder)


def test_other_files_that_are_pipes(base, tally, tmp_path):
    """Judged queries, what is kept, and the parts of a theme, each found as a file just now."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with tally("listed file exchanged"):
        assert read_sealed(pipe) is None
        with pytest.raises(JudgmentError, match="not a regular file"):
            list(read_lines(pipe))


@pytest.mark.parametrize(
    "name",
    ["theme/footer.html", "theme/site.css", "theme/en.toml", "theme/assets/a.woff", "logo.png"],
)
def test_a_theme_that_is_a_pipe(base, tally, monkeypatch, name):
    """It is an error with its path, not a build that never ends."""
    path = base.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = base.folder / "kb.toml"
    settings.write_text(settings.read_text() + 'logo = "logo.png"\n' * (name == "logo.png"))
    os.mkfifo(path)
    is_file = type(path).is_file
    monkeypatch.setattr(type(path), "is_file", lambda self: self == path or is_file(self))
    with tally("listed file exchanged"), pytest.raises(SiteError, match=path.name):
        base.build()
