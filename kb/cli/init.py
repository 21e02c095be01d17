"""`kb init DIR`: a new knowledge base that works at once."""

from __future__ import annotations

import os
import shlex
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.command import FOUND, Command, Session, pass_session
from kb.cli.text import Line, Span, Style, line_of
from kb.errors import KbError
from kb.files import full_path, given_back
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable


@click.command(
    "init",
    cls=Command,
    help="Start a new knowledge base: settings and a few articles to replace with your own. "
    "The folder must be new or empty. With --theme, copy a template, style or script of the "
    "site into the theme folder to change it there.",
    examples=(
        ("kb init help-center", "then: cd help-center, kb search reset password"),
        ("kb init --theme footer.html", "change the foot of every page"),
    ),
)
@click.argument("folder", metavar="DIR", required=False, type=click.Path(path_type=Path))
@click.option(
    "--theme",
    "names",
    multiple=True,
    metavar="FILE",
    help="Copy this file of the site's look into the theme folder; repeatable.",
)
@pass_session
def command(session: Session, *, folder: Path | None, names: tuple[str, ...]) -> int:
    """Copy the sample knowledge base, or files of the theme, and say what to do next."""
    if folder is None and not names:
        raise click.UsageError("missing argument 'DIR'")
    created = [] if folder is None else _start(folder)
    themed = [str(path) for path in _copy_theme(session, folder, names)] if names else []
    if session.screen.as_json:
        shown = {"folder": str(folder)} if folder else {}
        session.screen.print_json({"version": 1, **shown, "files": created + themed})
        return FOUND
    if folder is not None:
        session.screen.print(*_lines(folder, created))
    for path in themed:
        session.screen.print(line_of(f"{path}: copied, to be changed there"))
    return FOUND


def _start(folder: Path) -> list[str]:
    full_path(folder)  # raises where it starts at a folder that was removed
    if os.path.lexists(folder) and (
        not folder.is_dir() or any(entry.name != ".git" for entry in folder.iterdir())
    ):
        raise KbError(
            "is not an empty folder",
            path=str(folder),
            hint="name a new one; kb init never overwrites",
            code="exists",
        )
    with given_back(folder):
        return sorted(copy_sample(folder))


def _copy_theme(session: Session, folder: Path | None, names: tuple[str, ...]) -> Iterator[Path]:
    """Copy files into the theme folder of the new knowledge base, else of the one here."""
    from kb.config import load_config
    from kb.site.report import find_folders
    from kb.site.theme import copy_theme_file

    own = None if folder is None else folder / "kb.toml"
    config = load_config(config=own or session.config, content=session.content, index=session.index)
    for name in names:
        yield copy_theme_file(name, find_folders(config).theme)


def copy_sample(folder: Path) -> Iterator[str]:
    """Copy every file of `kb/sample` into the folder, none over another; yield their names."""
    yield from _copy(files("kb") / "sample", folder, "")


def _copy(source: Traversable, target: Path, name: str) -> Iterator[str]:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        inner = f"{name}{entry.name}"
        if entry.is_dir():
            yield from _copy(entry, target / entry.name, f"{inner}/")
        else:
            with (target / entry.name).open("xb") as file:
                file.write(entry.read_bytes())
            yield inner


def _lines(folder: Path, created: list[str]) -> Iterator[Line]:
    yield line_of(Span(f"{folder}", Style.BOLD), f": {counted(len(created), 'file')} created")
    yield ()
    yield line_of("Next:")
    for step in (f"cd {shlex.quote(str(folder))}", "kb search reset password", "kb topics"):
        yield line_of(f"  {step}")
    yield line_of("Then replace the articles in content/ by your own; kb.toml has the settings.")
