"""`kb export search`: the search of a Markdown folder, for a site that something else builds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.build import warn_of_nothing
from kb.cli.command import (
    FOUND,
    Command,
    OneOf,
    Session,
    language_option,
    one_of,
    pass_session,
    write_examples,
)
from kb.cli.problems import tell_problems
from kb.cli.text import line_of
from kb.content.dialects.registry import NAMES
from kb.errors import KbError
from kb.files import full_path
from kb.model import Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from kb.site.embed.embed import Embedding

_EXAMPLES = (
    ("kb export search --content docs --out docs/kb --url '../{id}/'", "for MkDocs"),
    ("kb export search --content content --out static/kb --url '/{id}/'", "for Hugo"),
    ("kb export search --content docs --out static/kb --url '/docs/{id}'", "for Docusaurus"),
)


class _Exports(click.Group):
    """The group of exports, with examples first in its help."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, examples, usage and the exports."""
        formatter.write_text(self.help or "")
        write_examples(formatter, _EXAMPLES)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the export, or say which there are."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            known = one_of([f"`kb export {name}`" for name in self.commands])
            raise click.UsageError(f"no such export: {args[0]}; there is {known}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    "export",
    cls=_Exports,
    no_args_is_help=False,
    help="Export the search to a site that something else builds.",
)
def command() -> None:
    """Run an export."""


@command.command(
    "search",
    cls=Command,
    help="Write the search of a Markdown folder for a site that something else builds: its "
    "files, one script, one stylesheet, and the element <kb-search>. docs/embedding.md shows "
    "how it gets into the pages.",
    examples=_EXAMPLES,
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for the files; it should become a folder of the site.",
)
@click.option(
    "--url",
    "pattern",
    required=True,
    metavar="PATTERN",
    help="Address of a page, with {id} for its path; a relative one starts at DIR.",
)
@click.option(
    "--site",
    type=OneOf(NAMES),
    help="What builds the site (seen from its settings file beside the folder).",
)
@language_option
@pass_session
def search(
    session: Session, *, out: Path, pattern: str, site: str | None, language: str | None
) -> int:
    """Export, and say what can be found."""
    from kb.content.dialects import configure
    from kb.site.embed.embed import embed_search
    from kb.site.embed.generators import GENERATORS, find_generator

    config = configure(config=session.config, content=session.content, index=session.index)
    named = site or config.folder.dialect
    generator = GENERATORS[named] if named else find_generator(config.content)
    done = embed_search(config, full_path(out), pattern, generator, language)
    screen = session.screen
    tell_problems(done.problems, screen, done.counts)
    warn_of_nothing(done, screen, config.content)
    if screen.as_json:
        screen.print_json(_as_json(done, out))
    else:
        found = f"{counted(done.articles, 'article')}, {counted(done.sections, 'section')}"
        files = counted(done.files, "file")
        screen.print(line_of(f"{found} in {out}: {files}, {_size(done.size)}"))
    errors = any(problem.severity is Severity.ERROR for problem in done.problems)
    return KbError.exit_code if errors else FOUND


def _size(size: int) -> str:
    return f"{size / 1000:,.0f} kB"


def _as_json(done: Embedding, out: Path) -> dict[str, Any]:
    from kb.assist.as_json import problem_as_json

    return {
        "version": 1,
        "out": str(out),
        "site": done.generator,
        "articles": done.articles,
        "sections": done.sections,
        "files": done.files,
        "bytes": done.size,
        "problems": [problem_as_json(problem) for problem in done.problems],
    }
