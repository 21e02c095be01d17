"""The knowledge base as commands use it: opened from a session, brought up to date, reported on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kb.counts import counted
from kb.errors import NotFoundError
from kb.files import shown_path
from kb.model import Audience, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kb.cli.command import Session
    from kb.cli.screen import Screen
    from kb.indexing import Changes
    from kb.knowledge_base import KnowledgeBase
    from kb.model import Problem


def open_knowledge_base(session: Session) -> KnowledgeBase:
    """The knowledge base of a session. Raises ConfigError."""
    from kb.knowledge_base import KnowledgeBase

    base = KnowledgeBase.open(session.content, index=session.index, config=session.config)
    source = base.config.source or "none, only defaults"
    session.screen.message(f"settings: {source}; articles: {base.config.content}", verbosity=1)
    base.on_repair = partial(announce, screen=session.screen)
    return base


def bring_up_to_date(base: KnowledgeBase, screen: Screen, *, force: bool = False) -> Changes:
    """Index what changed, with a progress bar when it takes long."""
    with screen.progress("Indexing") as progress:
        return base.index(force=force, progress=progress)


def prepare(base: KnowledgeBase, screen: Screen) -> None:
    """Bring the index up to date before it is asked, and say on stderr what that changed.

    Where it can't be, a line says that the answers are those of before. Problems are listed
    when something changed; later a line recalls the articles that can't be read. Raises
    NotFoundError where there is no article.
    """
    with screen.progress("Indexing") as progress:
        changes = base.prepare(progress=progress)
    if base.outdated:
        screen.message(f"warning: answers are from the index as it was: {base.outdated}")
    announce(changes, screen)
    broken = {p.path for p in changes.problems if p.severity is Severity.ERROR}
    if changes.rebuilt or counts(changes) or screen.verbosity > 0:
        report_problems(all_problems(base, changes), screen)
    elif broken:
        what = counted(len(broken), "file has", "files have")
        screen.message(f"{what} errors and may be missing here; `kb index` lists them")
    if not changes.articles:
        raise no_articles(base.config.content, broken=len(broken))


def all_problems(base: KnowledgeBase, changes: Changes) -> tuple[Problem, ...]:
    """The problems of each article, and then what articles and settings say of others."""
    from kb.channels import unknown_channels

    cards = base.cards(audience=Audience.AGENT, drafts=True)
    return (*changes.problems, *unknown_channels(cards, base.config))


def refuse_empty(
    base: KnowledgeBase, *, audience: Audience = Audience.PUBLIC, drafts: bool = False
) -> None:
    """Raise NotFoundError where this reader sees no article at all: nothing could be found."""
    if base.has_articles(audience=audience, drafts=drafts):
        return
    hidden = len(base.cards(audience=Audience.AGENT, drafts=True))
    raise no_articles(base.config.content, hidden=hidden)


def no_articles(content: Path, *, hidden: int = 0, broken: int = 0) -> NotFoundError:
    """The error for a folder without articles: there are none, `hidden` from the reader, or
    `broken`.
    """
    if hidden:
        what = counted(hidden, "article is a draft", "articles are drafts")
        message = f"nothing is published here: {what}, archived or for agents"
        hint = "--drafts and --audience agent show them, where a command has these options"
    elif broken:
        files = counted(broken, "file has", "files have")
        message = f"there are no articles that can be read: {files} errors"
        hint = "`kb index` lists them"
    else:
        message = "there are no articles in this folder"
        hint = (
            "an article is a file whose name ends in .md; `kb init DIR` makes a few to begin with"
        )
    return NotFoundError(message, path=shown_folder(content), hint=hint, code="no-articles")


def shown_folder(folder: Path) -> str:
    """A folder as a person would write it: relative where it lies below, with a final slash."""
    return f"{shown_path(folder)}/"


def report_problems(problems: Iterable[Problem], screen: Screen) -> None:
    """Write each problem to stderr: errors and warnings always, notes with -v."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            screen.error(str(problem))
        else:
            note = problem.severity is Severity.NOTE
            screen.message(f"{problem.severity}: {problem}", verbosity=int(note))


def counts(changes: Changes) -> str:
    """What changed, as `2 added, 1 changed`; empty when nothing did."""
    numbers = {
        "added": len(changes.added),
        "changed": len(changes.updated),
        "moved": len(changes.moved),
        "removed": len(changes.removed),
    }
    return ", ".join(f"{count:,} {what}" for what, count in numbers.items() if count)


def announce(changes: Changes, screen: Screen) -> None:
    """Say on stderr that a search had to update the index first; nothing when it had not."""
    if changes.rebuilt:
        reason = f" ({changes.reason})" if changes.reason else ""
        screen.message(f"index: built, {counted(changes.articles, 'article')}{reason}")
    elif what := counts(changes):
        screen.message(f"index: {what}")
