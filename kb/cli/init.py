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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable


@click.command(
    "init",
    cls=Command,
    help="Start a new knowledge base: settings and a few articles to replace with your own. "
    "The folder must be new or empty.",
    examples=(("kb init help-center", "then: cd help-center, kb search reset password"),),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@pass_session
def command(session: Session, *, folder: Path) -> int:
    """Copy the sample knowledge base, and say what to do next."""
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise KbError(
            "is not an empty folder",
            path=str(folder),
            hint="name a new one; kb init never overwrites",
            code="exists",
        )
    created = sorted(copy_sample(folder))
    if session.screen.as_json:
        session.screen.print_json({"version": 1, "folder": str(folder), "files": created})
    else:
        session.screen.print(*_lines(folder, created))
    return FOUND


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
    yield line_of(Span(f"{folder}", Style.BOLD), f": {len(created)} files created")
    yield ()
    yield line_of("Next:")
    for step in (f"cd {shlex.quote(str(folder))}", "kb search reset password", "kb topics"):
        yield line_of(f"  {step}")
    yield line_of("Then replace the articles in content/ by your own; kb.toml has the settings.")
