"""`kb build`: write the help center as a folder of pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.command import (
    FOUND,
    Command,
    Session,
    no_articles,
    pass_session,
    shown_folder,
    tell_likely_language,
)
from kb.cli.problems import tell_found, tell_problems
from kb.cli.text import Span, Style, line_of
from kb.errors import ContentError, SiteError
from kb.files import full_path, shown_path
from kb.model import Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from kb.cli.screen import Screen
    from kb.config import Config
    from kb.content.dialects import Dialect
    from kb.site.conformance import Conformance
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
        ("kb build --offline --zip", "a copy to be opened from the disk, as a folder and a file"),
        (
            "kb build --report",
            "what of the site does not conform to WCAG, as far as rules can tell",
        ),
        ("kb build --check", "whether the site is as the last build left it"),
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
@click.option(
    "--offline",
    is_flag=True,
    help="Build a copy to be opened from the disk, marked as such (into site-offline/).",
)
@click.option("--zip", "packed", is_flag=True, help="Write the site as a ZIP file beside it, too.")
@click.option(
    "--report",
    "judged",
    is_flag=True,
    help="Write a conformance report, too: contrast, pages, articles, axe (into site-report/).",
)
@click.option(
    "--check",
    is_flag=True,
    help="Build nothing: say which files are not as the last build left them.",
)
@pass_session
def command(
    session: Session, *, out: Path | None, strict: bool, drafts: bool, offline: bool, packed: bool,
    judged: bool, check: bool,
) -> int:  # fmt: skip
    """Build, report what was written and what is wrong, and choose the exit code."""
    from kb.content.dialects import configure, find_dialect
    from kb.site.build import build_site
    from kb.site.report import Options, find_folders

    screen = session.screen
    config = configure(config=session.config, content=session.content, index=session.index)
    place = find_folders(config, None if out is None else full_path(out)).out
    if offline and out is None:
        place = place.with_name(f"{place.name}-offline")
    if check:
        return _check(place, screen)
    every = judged or screen.as_json or screen.verbosity > 0
    options = Options(drafts=drafts, every_problem=every, offline=offline)
    with screen.progress("Building") as progress:
        report = build_site(config, out=place, options=options, progress=progress)
    archive = _pack(place) if packed else None
    warn_of_nothing(report, screen, config.content)
    dialect = find_dialect(config.content, config.folder.dialect)
    if len(report.written) == report.files:  # the first build, or all anew
        _tell_how_read(dialect, config, report, session)
    tell(report, screen)
    if archive and not screen.as_json:
        screen.print(line_of(f"packed into {shown_path(archive)}, {_size(_bytes_of(archive))}"))
    if report.written:
        _advise(report, config, screen, offline=offline)
    more: dict[str, Any] = {"archive": str(archive)} if archive else {}
    failures = 0
    if judged:
        found, path = _judge(config, report, screen)
        failures = found.failures + (found.authored if strict else 0)
        more["report"] = str(path)
    if screen.as_json:
        screen.print_json({**report_as_json(report), "dialect": dialect.name, **more})
    return SiteError.exit_code if failures else _exit_code(report, strict=strict)


def _tell_how_read(dialect: Dialect, config: Config, report: Report, session: Session) -> None:
    """Say what the folder was taken for, and what was found in it."""
    from kb.config import load_config
    from kb.knowledge_base import KnowledgeBase

    screen = session.screen
    given = load_config(config=session.config, content=session.content, index=session.index).content
    if given != config.content:
        below = config.content.relative_to(given).as_posix()
        screen.message(f"articles are those in {below}/, which {dialect.name} publishes")
    if dialect.evidence:
        screen.message(
            f"written for {dialect.name} (seen by {dialect.evidence}; `dialect` under "
            "[content] names another)"
        )
    if dialect.language and dialect.language == config.language:
        screen.message(
            f"in {dialect.language}, as {dialect.evidence} says (`language` in the settings "
            "names another)"
        )
    tell_found(report.problems, screen)
    if report.pages:
        tell_likely_language(KnowledgeBase(config), screen)


def _judge(config: Config, report: Report, screen: Screen) -> tuple[Conformance, Path]:
    """Judge a site, write the report beside it and say what it comes to."""
    from kb.site.conformance import judge, write_conformance
    from kb.site.report import find_folders

    site = report.out
    found = judge(config, site, find_folders(config, site).theme, report.problems)
    folder = site.with_name(f"{site.name}-report")
    page, data = write_conformance(found, folder, config.name)
    if found.axe.skipped:
        screen.message(f"axe was not run: {found.axe.skipped}")
    if not screen.as_json:
        failures, authored = counted(found.failures, "failure"), counted(found.authored, "finding")
        where = f"{shown_path(page)} and {data.name}"
        screen.print(line_of(f"{failures} of the site, {authored} in articles: {where}"))
    return found, data


def _bytes_of(archive: Path) -> int:
    return archive.stat().st_size


def _pack(site: Path) -> Path:
    from kb.site.output import pack

    archive = site.with_name(f"{site.name}.zip")
    pack(site, archive)
    return archive


def _check(site: Path, screen: Screen) -> int:
    """Say which files of a site are not as its build left them: on stdout, in order of path."""
    from kb.content.files import printable
    from kb.site.output import check_output

    count, found = check_output(site)
    if screen.as_json:
        rows = [{"path": path, "what": what} for path, what in found]
        screen.print_json({"version": 1, "out": str(site), "files": count, "differences": rows})
        return SiteError.exit_code if found else FOUND
    for path, what in found:
        screen.print(line_of(f"{printable(path)} {what}"))
    if not found:
        screen.print(
            line_of(f"{counted(count, 'file')} in {shown_folder(site)} as the build left them")
        )
    return SiteError.exit_code if found else FOUND


def _exit_code(report: Report, *, strict: bool) -> int:
    if report.counts.get(Severity.ERROR):
        return ContentError.exit_code
    return SiteError.exit_code if strict and report.warnings else FOUND


def _advise(report: Report, config: Config, screen: Screen, *, offline: bool) -> None:
    """Say, a line each, what the site does without."""
    if not report.reachable:
        screen.message(
            "no article describes a channel, so the site shows no way to reach a person: "
            "`channel` in an article's front matter adds one"
        )
    if not config.site.base_url and not offline:
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
