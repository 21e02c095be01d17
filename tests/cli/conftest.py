"""A knowledge base without an engine, and a way to run commands on it."""

import io
from dataclasses import dataclass, field

import pytest

from kb.cli.app import run
from kb.cli.command import Session
from kb.cli.screen import ASCII, Screen
from kb.config import load_config
from kb.content import find_file, read_content, read_page
from kb.errors import NotFoundError
from kb.knowledge_base import Changes
from kb.model import Answer, Found, Hit, Match, Part
from kb.support.escalation import choose_escalation
from kb.text.nearest import did_you_mean

CHAT = """---
title: Chat with us
tier: contact
channel:
  name: chat
  best_for: Most problems
  wait: Short
  where: Account > Contact Us
have_ready: [The order number]
---
Open your account.
"""
LATE = """---
title: A package is late
issue: [package never arrived]
do:
  - label: Check the tracking
    where: Orders > Track
have_ready: [The order number, The date]
escalate: [chat]
related: [contact/chat]
---
# A package is late

Look at the *tracking* **first**.

## Check the tracking

Open `Orders` and read the [status](../contact/chat.md).

### On the phone

Use the app.

## Ask

Ask us.
"""


@dataclass
class FakeBase:
    """Finds every section with one of the words; what changed is what a test sets."""

    config: object
    changes: Changes = field(default_factory=lambda: Changes(sections=4, articles=2, seconds=0.1))
    asked: dict = field(default_factory=dict)
    answer: Answer | None = None
    outdated: str = ""

    @property
    def content(self):
        """Read the articles."""
        return read_content(self.config.content)

    def index(self, *, force=False, progress=None):
        """Note what was asked, and say what changed."""
        self.asked["force"] = force
        if progress:
            progress(1, 2)
        return self.changes

    def likely_language(self):
        """It is as the settings say."""
        return ""

    def prepare(self, *, progress=None):
        """Say what changed."""
        return self.index(progress=progress)

    def search(self, query, **options):
        """Find sections by any of the words."""
        self.asked.update(options, query=query)
        if self.answer is not None:
            return self.answer
        words = query.lower().split()
        hits = [
            self._hit(rank, group, article, section, options.get("explain"))
            for rank, (group, article, section) in enumerate(
                (
                    (group, a, s)
                    for group, a in enumerate(self.content.articles, 1)
                    for s in a.sections
                    if any(w in f"{a.title} {s.text}".lower() for w in words)
                ),
                1,
            )
        ]
        return Answer(
            query=query,
            found=Found.WORDS if hits else Found.NOTHING,
            total=len(hits),
            hits=tuple(hits[: options.get("limit") or 5]),
            escalation=self.contact(query),
            topics=() if hits else self.content.topics[1:2],
        )

    def _hit(self, rank, group, article, section, explain):
        parts = (Part("body", "late", 1.5), Part("title", "late", 0.5)) if explain else ()
        return Hit(
            rank=rank,
            group=group,
            article=article.id,
            anchor=section.anchor,
            title=article.title,
            headings=(*section.trail, section.heading) if section.level > 1 else (),
            tier=article.tier,
            topic=article.topic,
            score=2.0,
            match=Match.ALL,
            weak=False,
            snippet=section.text[:80],
            highlights=((0, 4),),
            actions=article.actions,
            path=f"content/{article.path}",
            lines=section.lines,
            parts=parts,
        )

    def article(self, id_):
        """Find an article."""
        articles = {a.id: a for a in self.content.articles}
        if id_ not in articles:
            raise NotFoundError(f"no article {id_}", hint=did_you_mean(id_, articles) or None)
        return articles[id_]

    def page(self, id_, *, language=None):
        """Find an article, and read its Markdown."""
        source = find_file(self.config.content, self.article(id_).path, id_)
        return read_page(self.config.content, source, limits=self.config.limits)

    def topics(self, **_):
        """Read the topics."""
        return self.content.topics

    def cards(self, **_):
        """Give the articles."""
        return self.content.articles

    def has_articles(self, **_):
        """Tell whether there are any."""
        return bool(self.content.articles)

    def contact(self, words="", **_):
        """Choose as for the late package."""
        late = next((a for a in self.content.articles if a.id == "orders/late"), None)
        return choose_escalation(words, late, self.content.articles)

    def language_of(self, _article):
        """One alone needs no name."""
        return ""

    def translations(self, _article):
        """None: there is one language."""
        return ()

    def escalation(self, article):
        """Choose for an article."""
        return choose_escalation("", article, self.content.articles)


@pytest.fixture
def screen():
    """A screen of 60 columns on two buffers, without colours."""
    return Screen(
        out=io.StringIO(),
        err=io.StringIO(),
        colour=False,
        err_colour=False,
        width=60,
        height=None,
        glyphs=ASCII,
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two articles; the current one."""
    for name, text in {"contact/chat.md": CHAT, "orders/late.md": LATE}.items():
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "KB_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def base(folder, monkeypatch):
    """The fake knowledge base that every command of this test opens."""
    fake = FakeBase(load_config(environ={}, cwd=folder))
    monkeypatch.setattr(Session, "open", lambda session: fake)
    return fake


@dataclass
class Result:
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture
def kb(folder, capsys):
    """Run a command line; gives its exit code, stdout and stderr."""

    def call(*args):
        code = run([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return call
