"""`kb build`: write the help center as a folder of pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.command import FOUND, Command, Session, no_articles, pass_session, shown_folder
from kb.cli.problems import tell_found, tell_problems
from kb.cli.text import Span, Style, line_of
from kb.errors import ContentError, SiteError
from kb.files import full_path
from kb.model import Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from kb.cli.screen import Screen
    from kb.config import Config
    from kb.site.embed.embed import Embedding
    from kb.site.report import Report

_FAR = 4 * 1024 * 1024  # bytes from which a size is told in megabytes


@click.command(
    "build",
    cls=Command,
    help="Build the help center as a static site: a folder to copy to any host, or to open "
    "from the disk. Only what changed is written. Exits with 3 when an article can't be read.",
    examples=(
        ("kb build", "build into the folder site/"),
        ("kb build --out public", "build into another folder"),
        ("kb build --strict", "fail on a broken link or a missing file"),
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the site (site.out in the settings, else site/).",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when there are warnings.")
@click.option("--drafts", is_flag=True, help="Show drafts too, marked as such.")
@pass_session
def command(session: Session, *, out: Path | None, strict: bool, drafts: bool) -> int:
    """Build, report what was written and what is wrong, and choose the exit code."""
    from kb.config import load_config
    from kb.content.dialects import find_dialect
    from kb.site.build import build_site
    from kb.site.report import Options

    screen = session.screen
    config = load_config(config=session.config, content=session.content, index=session.index)
    every = screen.as_json or screen.verbosity > 0
    options = Options(drafts=drafts, every_problem=every)
    with screen.progress("Building") as progress:
        report = build_site(
            config, out=None if out is None else full_path(out), options=options,
            progress=progress,
        )  # fmt: skip
    warn_of_nothing(report, screen, config.content)
    dialect = find_dialect(config.content, config.folder.dialect)
    if len(report.written) == report.files:  # the first build, or all anew
        if dialect.evidence:
            screen.message(
                f"written for {dialect.name} (seen by {dialect.evidence}; `dialect` under "
                "[content] names another)"
            )
        tell_found(report.problems, screen)
    tell(report, screen)
    if report.written:
        _advise(report, config, screen)
    if screen.as_json:
        screen.print_json({**report_as_json(report), "dialect": dialect.name})
    return _exit_code(report, strict=strict)


def _exit_code(report: Report, *, strict: bool) -> int:
    if report.counts.get(Severity.ERROR):
        return ContentError.exit_code
    return SiteError.exit_code if strict and report.warnings else FOUND


def _advise(report: Report, config: Config, screen: Screen) -> None:
    """Say, a line each, what the site does without."""
    if not report.reachable:
        screen.message(
            "no article describes a channel, so the site shows no way to reach a person: "
            "`channel` in an article's front matter adds one"
        )
    if not config.site.base_url:
        screen.message(
            "base_url under [site] is not set: with it, search engines and feed readers get full "
            "addresses, and 404.html needs no script to find its links below a path"
        )


def tell(report: Report, screen: Screen) -> None:
    """Write what is wrong to stderr, then what was built to stdout."""
    tell_problems(report.problems, screen, report.counts)
    if report.reason:
        screen.message(f"site: all pages made again ({report.reason})")
    if screen.as_json:
        return
    written = f"{counted(len(report.written), 'file')} written"
    what = written if report.written else "nothing changed"
    gone = f", {len(report.removed):,} removed" if report.removed else ""
    screen.print(
        line_of(
            Span(counted(report.pages, "page"), Style.BOLD),
            f" in {shown_folder(report.out)}, {_size(report.size)}: {what}{gone} "
            f"({report.seconds:.1f} s)",
        )
    )


def warn_of_nothing(report: Report | Embedding, screen: Screen, content: Path) -> None:
    """Say on stderr that nothing of the content folder can be read on the site, if it is so."""
    if report.articles:
        return
    from kb.content import scan

    broken = len({p.path for p in report.problems if p.severity is Severity.ERROR})
    hidden = max(0, len(scan(content).articles) - broken)
    screen.message(f"warning: {no_articles(content, hidden=hidden, broken=broken)}")


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= _FAR else f"{size / 1000:,.0f} KB"


def report_as_json(report: Report) -> dict[str, Any]:
    """What a build did, for machines."""
    from kb.assist.as_json import problem_as_json

    return {
        "version": 1,
        "out": str(report.out),
        "pages": report.pages,
        "articles": report.articles,
        "files": report.files,
        "bytes": report.size,
        "left_out": report.left_out,
        "written": list(report.written),
        "removed": list(report.removed),
        "reason": report.reason,
        "seconds": round(report.seconds, 3),
        "warnings": report.warnings,
        "problems": [problem_as_json(problem) for problem in report.problems],
    }
