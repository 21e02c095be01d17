"""`kb index`: build or update the index, and say what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.command import FOUND, Command, Session, pass_session
from kb.cli.text import Line, Span, Style, line_of
from kb.errors import ContentError
from kb.model import Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.index.updater import Changes


@click.command(
    "index",
    cls=Command,
    help="Build or update the index, and print what changed. Searching does the same by itself; "
    "this is for seeing it, and for doing it beforehand. Exits with 3 when an article "
    "can't be read.",
    examples=(
        ("kb index", "index what changed"),
        ("kb index -v", "name each article"),
        ("kb index --force", "build it anew"),
    ),
)
@click.option("--force", is_flag=True, help="Build the whole index anew.")
@pass_session
def command(session: Session, *, force: bool) -> int:
    """Index, print what changed, and exit with 3 when an article was kept out."""
    from kb.cli.command import (
        all_problems,
        bring_up_to_date,
        no_articles,
        tell_likely_language,
    )
    from kb.cli.problems import tell_found, tell_problems

    screen = session.screen
    base = session.open()
    changes = bring_up_to_date(base, screen, force=force)
    changes = changes._replace(problems=all_problems(base, changes))
    tell_problems(changes.problems, screen, failing=True)
    if changes.rebuilt:
        tell_found(changes.problems, screen)
        tell_likely_language(base, screen)
    broken = len({p.path for p in changes.problems if p.severity is Severity.ERROR})
    if not changes.articles:
        screen.message(f"warning: {no_articles(base.config.content, broken=broken)}")
    if screen.as_json:
        from kb.assist.as_json import changes_as_json

        screen.print_json(changes_as_json(changes))
    else:
        screen.print(*_lines(changes, named=screen.verbosity > 0))
    return ContentError.exit_code if broken else FOUND


def _lines(changes: Changes, *, named: bool) -> Iterator[Line]:
    from kb.cli.command import counts

    what = counts(changes) or "nothing changed"
    if changes.rebuilt:
        what = f"built anew: {changes.reason}" if changes.reason else "built anew"
    yield line_of(
        Span(
            f"{counted(changes.articles, 'article')}, {counted(changes.sections, 'section')}",
            Style.BOLD,
        ),
        f": {what} ({changes.seconds:.1f} s)",
    )
    if named:
        groups = {
            "added": changes.added,
            "changed": changes.updated,
            "moved": changes.moved,
            "removed": changes.removed,
        }
        for label, ids in groups.items():
            for id_ in ids:
                yield line_of(Span(f"  {label:<8}", Style.DIM), str(id_))
