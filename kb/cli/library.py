"""The knowledge base as commands use it: opened from a session, brought up to date, reported on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kb.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    when something changed; later a line recalls the articles that can't be read.
    """
    with screen.progress("Indexing") as progress:
        changes = base.prepare(progress=progress)
    if base.outdated:
        screen.message(f"warning: answers are from the index as it was: {base.outdated}")
    announce(changes, screen)
    if changes.rebuilt or counts(changes) or screen.verbosity > 0:
        report_problems(changes.problems, screen)
    elif broken := {p.path for p in changes.problems if p.severity is Severity.ERROR}:
        what = "1 file has" if len(broken) == 1 else f"{len(broken):,} files have"
        screen.message(f"{what} errors and may be missing here; `kb index` lists them")


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
        screen.message(f"index: built, {changes.articles:,} articles{reason}")
    elif what := counts(changes):
        screen.message(f"index: {what}")
