"""The command `kb`: its commands, its help, and how it ends.

A command's module is imported when the command is called, so that `kb --help` stays quick.
To add a command: write `kb/cli/NAME.py` with a click command called `command` in it, and
add a row to `COMMANDS`.
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kb.cli.command import FOUND, global_options, write_examples
from kb.cli.screen import open_screen
from kb.errors import ConfigError, KbError
from kb.files import current_folder
from kb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from kb.cli.screen import Screen

COMMANDS: dict[str, str] = {
    "search": "Find the section that solves a problem.",
    "show": "Read an article or one of its sections.",
    "topics": "Browse topics and articles.",
    "contact": "Find the right way to reach a person.",
    "context": "Print the sections that together answer a question.",
    "suggest": "Suggest a reply to a customer's message.",
    "mcp": "Serve the help center to an assistant.",
    "skill": "Print a skill file for assistants.",
    "index": "Build or update the index.",
    "build": "Build the help center as a static site.",
    "export": "Export the search to a site that something else builds.",
    "serve": "Show the site while writing it.",
    "eval": "Measure the ranking on judged queries.",
    "init": "Start a new knowledge base.",
    "completion": "Print the completion script of a shell.",
    "help": "Show the help of a command.",
}
"""Each command with its line in the help, in the help's order."""

USUAL: dict[str, str] = {
    "search": "ask find grep lookup query",
    "show": "cat display get less open print read view",
    "topics": "browse categories dir list ls tree",
    "contact": "chat escalate human person support",
    "context": "answer cite evidence rag",
    "suggest": "answer reply respond draft",
    "mcp": "assistant",
    "skill": "agent",
    "index": "reindex refresh sync update",
    "build": "compile deploy generate make publish render",
    "export": "embed",
    "serve": "dev preview run server start watch",
    "eval": "evaluate measure score test",
    "init": "create new quickstart setup start",
    "completion": "autocomplete complete",
    "help": "man usage",
    "--version": "version",
}
"""Words by which other programs call what these do."""

EXAMPLES = (
    ("kb search my package never arrived", "the sections that solve it"),
    ("kb show orders/late-or-lost-package", "read an article"),
    ("kb topics", "browse"),
    ("kb contact charged twice", "whom to ask, and what to have ready"),
    ("kb init help-center", "start a knowledge base of your own"),
)

GONE = {"--jobs": "kb builds in one process: leave it out"}
"""Options that there were, with what to do without."""

INTERRUPTED = 130


class App(click.Group):
    """The group of all commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kb.cli.{cmd_name}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin with what is typed, none of them imported; else options."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [
            CompletionItem(name, help=line)
            for name, line in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which was probably meant."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            _refuse_command(args, ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples, usage, the commands without importing them, and the options."""
        formatter.write_text(self.help or "")
        write_examples(formatter, EXAMPLES)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Options, before or after the command"):
            rows = [row for p in self.get_params(ctx) if (row := p.get_help_record(ctx))]
            formatter.write_dl(rows)
        self.format_epilog(ctx, formatter)


def meant_commands(word: str) -> tuple[str, ...]:
    """The commands that a word which is none stands for: what others call them, or misspelt."""
    from kb.text.nearest import nearest, slip

    usual = " ".join(USUAL.values()).split()
    known = word.casefold()
    if known not in usual:
        known = slip(known, COMMANDS) or slip(known, usual) or known
    if known in COMMANDS:
        return (known,)
    called = tuple(name for name, words in USUAL.items() if known in words.split())
    return called or nearest(word, COMMANDS, count=1)


def _refuse_command(args: Sequence[str], ctx: click.Context) -> NoReturn:
    from kb.text.nearest import slip

    first, *rest = args
    usual = " ".join(USUAL.values()).split()
    meant = [["kb", name, *rest] for name in meant_commands(first)]
    if not meant:
        tail = f"to search, write `{shlex.join(['kb', 'search', *args])}`"
    else:
        # Whoever writes several words, of which one may be no command at all, may be searching.
        sure = slip(first, COMMANDS) or (first.casefold() in usual and len(rest) < 2)  # noqa: PLR2004
        if rest and meant[0][1] != "search" and not sure:
            meant.append(["kb", "search", *args])
        tail = f"did you mean {', or '.join(f'`{shlex.join(line)}`' for line in meant)}?"
    raise click.UsageError(f"no such command: {first}; {tail}", ctx)


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001
    if value and not ctx.resilient_parsing:
        click.echo(f"kb {__version__}")
        ctx.exit()


app = App(
    name="kb",
    help="Answer a customer's words with the section that solves the problem, and with the way "
    "to a person when it does not.",
    epilog="Exit codes: 0 found, 1 nothing found, 2 usage, 3 content, settings or index, "
    "130 interrupted. `kb COMMAND --help` says more about a command.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="COMMAND ...",
    params=[
        *global_options(),
        click.Option(
            ["-V", "--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version.",
        ),
    ],
)


def run(args: Sequence[str] | None = None) -> int:
    """Run a command line, report whatever goes wrong in one line, and give the exit code."""
    given = list(sys.argv[1:] if args is None else args) or ["--help"]
    _prepare_streams()
    screen = _first_screen(given)
    try:
        if shell := os.environ.get("_KB_COMPLETE"):
            return _complete(shell, given)
        code = _invoke(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the results has seen enough. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FOUND
    except Exception as error:  # noqa: BLE001 a person sees one line, whatever it was
        code = _report(error, screen, debug=bool(os.environ.get("KB_DEBUG")) or "-vv" in given)
    except KeyboardInterrupt:
        screen.message("kb: interrupted")
        code = INTERRUPTED
    return code


def _prepare_streams() -> None:
    """Make both streams take any text: what an encoding lacks is written as an escape."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _first_screen(args: Sequence[str]) -> Screen:
    """The screen for errors, known before the arguments are read, since reading them may fail."""
    options = list(args[: args.index("--")] if "--" in args else args)
    return open_screen(os.environ, no_color="--no-color" in options, as_json=_wants_json(options))


def _wants_json(options: Sequence[str]) -> bool:
    return any(o == "--json" or o.partition("=")[0] == "--fields" for o in options)


def _complete(shell: str, args: Sequence[str]) -> int:
    """Answer a shell that asks for completions; whatever is wrong, it is offered nothing."""
    from kb.cli.complete import offers

    with suppress(Exception):
        for line in offers(app, shell, args):
            click.echo(line)
    return FOUND


def _invoke(args: list[str]) -> int:
    try:
        with app.make_context("kb", args) as ctx:
            return int(app.invoke(ctx) or FOUND)
    except click.exceptions.Exit as done:
        return done.exit_code


def _report(error: Exception, screen: Screen, *, debug: bool) -> int:
    """Write an error to stderr, for machines to stdout too, and give its exit code."""
    if debug:
        import traceback

        for line in "".join(traceback.format_exception(error)).splitlines():
            screen.message(line)
    if isinstance(error, FileNotFoundError):
        error = _without_folder(error)
    if isinstance(error, click.ClickException):
        known = _usage(error)
    elif isinstance(error, KbError):
        known = error
    elif isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        known = KbError(f"{where}{error.strerror or error}", code="system")
    else:
        known = KbError(
            f"{type(error).__name__}: {error}; this is a bug in kb",
            hint="set KB_DEBUG=1 to see where it happened",
            code="bug",
        )
    screen.error(f"{known.where}: {known.message}" if known.where else known.message, known.hint)
    if screen.as_json:
        from kb.assist.as_json import error_as_json

        screen.print_json(error_as_json(known))
    return error.exit_code if isinstance(error, click.ClickException) else known.exit_code


def _without_folder(error: FileNotFoundError) -> Exception:
    """What to say where the current folder was removed: that is what was not found."""
    try:
        current_folder()
    except ConfigError as gone:
        return gone
    return error


def _usage(error: click.ClickException) -> KbError:
    """What is wrong with a command line, and which help says more."""
    message = error.format_message().rstrip(".")
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx else "kb"
    if isinstance(error, click.NoSuchOption):
        from kb.text.nearest import nearest

        known = [name.lstrip("-") for p in ctx.command.params for name in p.opts] if ctx else []
        close = [f"--{name}" for name in nearest(error.option_name.lstrip("-"), known)]
        message = f"no such option: {error.option_name}"
        if gone := GONE.get(error.option_name):
            message += f"; {gone}"
        elif close:
            message += f"; did you mean {' or '.join(close)}?"
    if message[1:2].islower():  # Click begins with a capital
        message = message[:1].lower() + message[1:]
    return KbError(message, hint=f"`{path} --help` lists what there is", code="usage")
