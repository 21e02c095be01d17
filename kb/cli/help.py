"""`kb help [COMMAND]`: what `--help` shows, for those who ask so."""

from __future__ import annotations

import click

from kb.cli.command import FOUND, Command, Session, pass_session


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Names of commands, and of those below one."""
    parent = _find(ctx.find_root(), ctx.params.get("names") or ())
    group = parent.command
    names = group.list_commands(parent) if isinstance(group, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]


@click.command(
    "help",
    cls=Command,
    help="Show the help of a command.",
    examples=(
        ("kb help", "what there is"),
        ("kb help search", "as kb search --help"),
        ("kb help export search", "a command below another"),
    ),
)
@click.argument("names", metavar="[COMMAND]...", nargs=-1, shell_complete=_complete)
@pass_session
def command(session: Session, *, names: tuple[str, ...]) -> int:
    """Print the help that a command prints itself."""
    root = click.get_current_context().find_root()
    session.screen.print_text(_find(root, names).get_help())
    return FOUND


def _find(ctx: click.Context, names: tuple[str, ...]) -> click.Context:
    """The context of the command that the names lead to. Raises a usage error."""
    from kb.cli.app import meant_commands

    root = ctx
    for name in names:
        group = ctx.command
        found = group.get_command(ctx, name) if isinstance(group, click.Group) else None
        if found is None:
            close = meant_commands(name) if ctx is root else ()
            meant = [f"`kb help {other}`" for other in close if not other.startswith("-")]
            tail = f"; did you mean {', or '.join(meant)}?" if meant else ""
            raise click.UsageError(f"no such command: {ctx.command_path} {name}{tail}", ctx)
        ctx = click.Context(found, info_name=name, parent=ctx)
    return ctx
