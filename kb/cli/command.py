"""What every command shares: the global options, examples in the help, what options
take, words that are words.

Global options may stand before or after the command's name. Whatever they say is kept in
the context's `meta`, which a command's context shares with its parent's, and becomes one
frozen `Session` when the command starts.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from kb.cli.screen import Screen, open_screen
from kb.errors import NotFoundError
from kb.files import shown_path
from kb.model import Audience, Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from click.shell_completion import CompletionItem

    from kb.cli.screen import Screen
    from kb.index.updater import Changes
    from kb.knowledge_base import KnowledgeBase
    from kb.model import Problem

    NumberType = click.ParamType[int]
    WordType = click.ParamType[str]
else:  # before click 8.4 the class takes no parameter
    NumberType = WordType = click.ParamType

Run = TypeVar("Run", bound="Callable[..., int]")

FOUND = 0
NOTHING = 1
"""Exit codes of commands that look for something; errors carry their own."""

_META = "kb."


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command: where the knowledge base is, and where output goes."""

    screen: Screen
    content: Path | None
    index: Path | None
    config: Path | None

    def open(self) -> KnowledgeBase:
        """The knowledge base that the flags, the environment and the settings file name.

        It is closed when the command ends.
        """
        from kb.cli.command import open_knowledge_base

        base = open_knowledge_base(self)
        click.get_current_context().call_on_close(base.close)
        return base


class Number(NumberType):
    """A whole number from `least` to `most`, written in digits; anything else is a usage error."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number that the text stands for."""
        number = int(value) if re.fullmatch("[0-9]{1,9}", str(value)) else None
        if number is None or not self.least <= number <= self.most:
            _refuse(f"a number from {self.least} to {self.most}", value, None, param, ctx)
        return number


class OneOf(WordType):
    """One of a few words, in capitals or not; another is refused with the one that is nearest."""

    name = "word"

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 click 8.1 gives no context
        """The words, as help shows them."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as kb writes it."""
        word = str(value).casefold()
        if word not in self.words:
            from kb.text.nearest import slip

            _refuse(one_of(self.words), value, slip(word, self.words), param, ctx)
        return word

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 Click's signature
        param: click.Parameter,  # noqa: ARG002 as above
        incomplete: str,
    ) -> list[CompletionItem]:
        """The words that begin with what is typed."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]


def one_of(words: Sequence[str]) -> str:
    """The words as a sentence has them: `bash, zsh or fish`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _refuse(
    wanted: str,
    value: Any,
    meant: str | None,
    param: click.Parameter | None,
    ctx: click.Context | None,
) -> NoReturn:
    """Raise the usage error that says what is wanted, what was given, and what was meant."""
    if param is None:
        name = "this"
    else:
        name = param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name
    tail = f"; did you mean {meant}?" if meant else ""
    raise click.UsageError(f"{name} takes {wanted}, not {value!r}{tail}", ctx)


def completing(what: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    """The completion `complete_WHAT` of `kb.cli.complete`, which is imported when a shell asks."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from kb.cli import complete

        found: list[Any] = getattr(complete, f"complete_{what}")(ctx, param, incomplete)
        return found

    return complete


audience_option = click.option(
    "--audience",
    type=OneOf(["public", "agent"]),
    default="public",
    help="agent: articles for agents too.",
)
language_option = click.option(
    "--language",
    metavar="TAG",
    shell_complete=completing("languages"),
    help="Of several languages this one first, such as de.",
)
drafts_option = click.option("--drafts", is_flag=True, help="Drafts and archived articles too.")


def session_of(ctx: click.Context) -> Session:
    """The session that the global options read so far describe."""
    meta = {key.removeprefix(_META): value for key, value in ctx.meta.items()}
    verbosity = -1 if meta.get("quiet") else meta.get("verbose", 0)
    written = meta.get("fields")
    screen = open_screen(
        os.environ,
        no_color=bool(meta.get("no_color")),
        verbosity=verbosity,
        as_json=bool(meta.get("json")) or written is not None,
    )
    if written is not None:
        from kb.assist.schema import read_fields, read_schema

        screen = screen._replace(fields=read_fields(written, read_schema(_name_of(ctx))))
    return Session(screen, meta.get("content"), meta.get("index"), meta.get("config"))


def _name_of(ctx: click.Context) -> str:
    """The name of the command, that below `kb`, by which its JSON is known."""
    return ctx.command_path.split()[1]


def _print_schema(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  # as click calls it
    """Print the schema of the command's JSON; before the command's name, when that is known."""
    if not value or ctx.resilient_parsing:
        return
    if not isinstance(ctx.command, Command):
        _remember(ctx, param, value)
        return
    from kb.assist.schema import read_schema

    open_screen(os.environ).print_json(read_schema(_name_of(ctx)))
    ctx.exit()


def pass_session(run: Run) -> Callable[..., int]:
    """Give a command's function the session as its first argument."""

    @wraps(run)
    def started(*args: Any, **options: Any) -> int:
        return run(session_of(click.get_current_context()), *args, **options)

    return started


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    key = f"{_META}{param.name}"
    if param.name == "verbose":
        ctx.meta[key] = ctx.meta.get(key, 0) + value
    elif value not in (None, False):
        ctx.meta[key] = value


def _global(*names: str, **attributes: Any) -> click.Option:
    return click.Option(names, **{"expose_value": False, "callback": _remember, **attributes})


def global_options() -> list[click.Option]:
    """The options that every command understands, in the order of the help."""
    # Whether a path can be read is for who reads it: a flag is no different from a variable.
    path = {"type": click.Path(path_type=Path, readable=False)}
    return [
        _global("--content", help="Folder of the articles.", metavar="DIR", **path),
        _global("--index", help="Folder of the index.", metavar="DIR", **path),
        _global("--config", help="Settings file.", metavar="FILE", **path),
        _global("--json", is_flag=True, help="Print one JSON object."),
        _global(
            "--fields", metavar="NAMES", help="JSON with these fields alone: hits.article,total."
        ),
        _global(
            "--schema",
            is_flag=True,
            is_eager=True,
            callback=_print_schema,
            help="Print the JSON Schema of the command's JSON.",
        ),
        _global("--no-color", is_flag=True, help="Print without colours."),
        _global("-q", "--quiet", is_flag=True, help="Print no messages but errors."),
        _global("-v", "--verbose", count=True, help="Print more; -vv prints tracebacks."),
    ]


class Command(click.Command):
    """A command with the global options, and with examples first in its help."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = examples
        self.own = len(self.params)
        self.params += global_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; an error in them is this command's, whose help it names."""
        if ctx.meta.get(f"{_META}schema"):  # asked for before the command's name
            args = ["--schema"]
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, examples, usage, then the options: its own before the global."""
        formatter.write_text(self.help or "")
        write_examples(formatter, self.examples)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two groups."""
        shared = self.params[self.own :]
        own = [param for param in self.get_params(ctx) if param not in shared]
        for title, params in (("Options", own), ("Global options", shared)):
            rows = [row for param in params if (row := param.get_help_record(ctx))]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[tuple[str, str]]) -> None:
    """Write command lines with what they do."""
    if examples:
        with formatter.section("Examples"):
            formatter.write_dl([(f"$ {line}", meaning) for line, meaning in examples], col_max=42)


class WordsCommand(Command):
    """A command whose arguments are words, so that `-word` and `--dry-run` are words too.

    An unknown option that is a slip of a known one (`--limt`) is refused with a suggestion;
    `--` before the words makes them all words.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the words behind `--`, then read the options as ever."""
        options, words = self._sort(ctx, args)
        return super().parse_args(ctx, [*options, "--", *words])

    def _sort(self, ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
        takes_value = {
            name: isinstance(param, click.Option) and not (param.is_flag or param.count)
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
            for name in (*param.opts, *param.secondary_opts)
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            name, equals, _ = arg.partition("=")
            if arg == "--":
                words += rest
            elif name in takes_value:
                options.append(arg)
                if takes_value[name] and not equals:
                    options += _value(name, rest, ctx)
            elif re.fullmatch("-[hqv]+", arg):
                options.append(arg)
            else:
                if not ctx.resilient_parsing:
                    _refuse_slip(name, takes_value, ctx)
                words.append(arg)
        return options, words


def _value(name: str, rest: Iterator[str], ctx: click.Context) -> list[str]:
    """The option's value, which is the next argument; none where a shell is still to complete it.

    Raises a usage error where it is missing.
    """
    value = next(rest, None)
    if value is None and not ctx.resilient_parsing:
        raise click.BadOptionUsage(name, f"{name} needs a value", ctx)
    return [] if value is None else [value]


def _refuse_slip(name: str, known: dict[str, bool], ctx: click.Context) -> None:
    """Raise a usage error for what only looks like an unknown option, but was meant as one."""
    if not name.startswith("--"):
        return
    from kb.text.nearest import slip

    long = [option[2:] for option in known if option.startswith("--")]
    if meant := slip(name[2:], long):
        raise click.UsageError(
            f"no such option: {name}; did you mean --{meant}? (To search for it, put -- first.)",
            ctx,
        )


def read_words(words: Sequence[str], screen: Screen) -> str:
    """The words as one text; bytes that are not UTF-8 become U+FFFD."""
    if tuple(words) != ("-",):
        return " ".join(words)
    if sys.stdin is None:  # closed by who called kb
        return ""
    if sys.stdin.isatty():
        screen.message("type or paste the words; a line with Ctrl-D alone ends them", verbosity=-1)
    from kb.search.query import MAX_CHARACTERS

    # The query is cut after so many characters, of at most four bytes each; with twice as many
    # bytes it is known, and said, that there was more.
    longest = 8 * MAX_CHARACTERS
    return sys.stdin.buffer.read(longest).decode("utf-8-sig", "replace").strip()


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it is empty, or white space and format marks."""
    return not any(char.isprintable() and not char.isspace() for char in text)


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
        from kb.cli.problems import tell_problems

        tell_problems(all_problems(base, changes), screen, failing=True)
    elif broken:
        what = counted(len(broken), "file has", "files have")
        screen.message(f"{what} errors and may be missing here; `kb index` lists them")
    if not changes.articles:
        raise no_articles(base.config.content, broken=len(broken))


def all_problems(base: KnowledgeBase, changes: Changes) -> tuple[Problem, ...]:
    """The problems of each article, and then what articles and settings say of others."""
    from kb.support.escalation import unknown_channels

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


def tell_likely_language(base: KnowledgeBase, screen: Screen) -> None:
    """Say which language the articles seem to be in, where nobody said it and it is another."""
    tag = base.likely_language()
    if tag:
        from kb.text.languages import name_of

        screen.message(
            f'the articles seem to be in {name_of(tag)}: `language = "{tag}"` in the settings '
            "gives them the search of that language, and the site its words"
        )


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
