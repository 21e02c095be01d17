"""`kb serve`: show the help center in a browser while it is being written."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.build import warn_of_nothing
from kb.cli.command import FOUND, Command, Number, Session, pass_session
from kb.cli.problems import tell_problems
from kb.cli.text import Span, Style
from kb.errors import KbError
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kb.assist.api.settings import ApiSettings
    from kb.cli.screen import Screen
    from kb.config import Config
    from kb.site.dev.preview import Preview
    from kb.site.report import Report


@click.command(
    "serve",
    cls=Command,
    help="Show the site while writing it: build it, drafts included, serve it to this machine "
    "alone, and build it anew whenever an article changes. Open pages reload by themselves; "
    "Ctrl-C ends it.",
    examples=(
        ("kb serve --open", "look at the site while writing"),
        ("kb serve --port 8080", "choose the port"),
        ("kb serve --api --workers 2", "answers as JSON, for other programs"),
    ),
)
@click.option("--open", "show", is_flag=True, help="Open the browser.")
@click.option("--port", type=Number(0, 65535), metavar="N", help="Port (8000, or free).")
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help="Address or name to serve on, ::1 for example; anything but this machine's own shows "
    "the site to others.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Answer to this name too, besides localhost and addresses in figures; repeatable.",
)
@click.option(
    "--api", "as_api", is_flag=True, help="Serve answers as JSON instead: /openapi.json says which."
)
@click.option(
    "--workers", type=Number(1, 64), default=1, metavar="N", help="With --api: processes (1)."
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="With --api: pages of this origin may ask, https://www.example.com for example; "
    "repeatable.",
)
@click.option(
    "--rate",
    type=Number(0, 1_000_000),
    default=600,
    metavar="N",
    help="With --api: requests a minute of each client (600); 0 for any number.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    type=click.Path(path_type=Path, readable=False),
    help="With --api: answer only who sends the token in this file, or in KB_API_TOKEN.",
)
@pass_session
def command(
    session: Session,
    *,
    show: bool,
    port: int | None,
    host: str,
    names: tuple[str, ...],
    as_api: bool,
    workers: int,
    origins: tuple[str, ...],
    rate: int,
    token_file: Path | None,
) -> int:
    """Serve until Ctrl-C."""
    if as_api:
        from kb.assist.api.settings import ApiSettings

        given = ApiSettings(names=names, origins=origins, rate=rate, token=_read_token(token_file),
                            workers=workers)  # fmt: skip
        return _serve_api(session, given, host, port)
    _refuse_of_api(workers=workers > 1, cors=bool(origins), token_file=bool(token_file))
    from kb.content.dialects import configure
    from kb.site.dev.preview import open_preview

    screen = session.screen

    def load() -> Config:
        return configure(config=session.config, content=session.content, index=session.index)

    def complain(error: KbError) -> None:
        screen.error(str(error))

    ending = Ending()
    try:
        with (
            ending.at_signals(),
            screen.progress("Building") as progress,
            open_preview(
                load,
                host=host,
                port=port,
                names=names,
                every_problem=screen.verbosity > 0,
                progress=progress,
                complain=complain,
            ) as preview,  # fmt: skip
        ):
            if preview.report:
                warn_of_nothing(preview.report, screen, load().content)
            _announce(preview, screen, show=show)
            _keep_up(preview, load, screen, ending)
    except KeyboardInterrupt:
        screen.message("")
    return FOUND


def _refuse_of_api(**given: bool) -> None:
    for name, is_given in given.items():
        if is_given:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} goes with --api", click.get_current_context())


def _serve_api(session: Session, given: ApiSettings, host: str, port: int | None) -> int:
    """Serve answers until Ctrl-C."""
    from kb.cli.command import prepare

    try:
        from kb.assist.api.server import is_loopback, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "anyio"):
            raise
        from kb.extras import install_command

        raise KbError(
            "kb serve --api needs Starlette and uvicorn",
            hint=install_command("api"),
            code="missing-extra",
        ) from error
    for origin in given.origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|\\*", origin):
            said = f"--cors takes an origin such as https://www.example.com, not {origin!r}"
            raise click.UsageError(said, click.get_current_context())
    prepare(session.open(), session.screen)
    settings = replace(
        given,
        config=str(session.config or ""),
        content=str(session.content or ""),
        index=str(session.index or ""),
        names=tuple(name.lower() for name in given.names),
        any_host=not is_loopback(host) and not given.names,
    )
    with suppress(KeyboardInterrupt):
        serve(
            settings,
            host,
            DEFAULT_PORT if port is None else port,
            announce=lambda url: _announce_api(url, session.screen),
        )
    return FOUND


DEFAULT_PORT = 8000


def _read_token(file: Path | None) -> str:
    """The token that requests have to send, empty for none. Raises KbError for a bad one."""
    if file is None:
        token, where = os.environ.get("KB_API_TOKEN", ""), "KB_API_TOKEN"
        if not token:
            return ""
    else:
        with file.open("rb") as opened:
            token, where = opened.read(4096).decode("utf-8", "replace").strip(), str(file)
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{16,512}", token):
        raise KbError(
            f"the token in {where} should be 16 to 512 letters, figures or ._~+/=-",
            hint="`openssl rand -hex 32` makes one",
            code="token",
        )
    return token


def _announce_api(url: str, screen: Screen) -> None:
    if screen.as_json:
        screen.print_json({"version": 1, "url": url, "pages": 0})
    else:
        screen.message("answers at ", Span(url, Style.BOLD), verbosity=-1)
        screen.message("Ctrl-C ends it")
    screen.out.flush()


def _announce(preview: Preview, screen: Screen, *, show: bool) -> None:
    url, pages = preview.server.url, 0
    if preview.report:
        pages = preview.report.pages
        tell_problems(preview.report.problems, screen, preview.report.counts)
    if preview.failure:
        screen.error(str(preview.failure))
    if screen.as_json:
        screen.print_json({"version": 1, "url": url, "pages": pages})
    else:
        waiting = "the site follows once that is mended: "
        what = f"{counted(pages, 'page')} at " if preview.report else waiting
        screen.message(what, Span(url, Style.BOLD), verbosity=-1)
        if preview.server.is_open:
            screen.message("other machines reach it under this machine's address in figures")
        screen.message("Ctrl-C ends it")
    screen.out.flush()
    if show:
        import webbrowser

        webbrowser.open(url)


class Ending:
    """Whether Ctrl-C was pressed, or the service was told to end.

    Each interrupts what is done, but an interrupt may get lost in a library: this does not.
    It takes no lock, since a signal may come while the lock is held.
    """

    def __init__(self) -> None:
        self._came = False

    def is_set(self) -> bool:
        """Whether it came."""
        return self._came

    def wait(self, seconds: float) -> bool:
        """Wait, unless a signal interrupts; gives whether it came."""
        if not self._came:
            time.sleep(seconds)
        return self._came

    @contextmanager
    def at_signals(self) -> Iterator[None]:
        """Hear of signals within the block; only the main thread can."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if threading.current_thread() is not threading.main_thread():
            numbers = []
        before = {number: signal.signal(number, self._end) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, _number: int, _frame: object) -> None:
        self._came = True
        raise KeyboardInterrupt


def _keep_up(preview: Preview, load: Callable[[], Config], screen: Screen, ending: Ending) -> None:
    """Build anew on every change; what goes wrong is said, and the old site stays."""
    from kb.site.dev.preview import watch

    report, failure = preview.report, str(preview.failure or "")
    for _ in watch(load, ending, preview.included):
        before, failed = report, failure
        try:
            report, failure = preview.rebuild(), ""
        except KbError as error:
            failure = str(error)
            if failure != failed:
                screen.error(failure)
        else:
            if failed:
                screen.message("mended")
            _report(report, before, screen)


def _report(report: Report, before: Report | None, screen: Screen) -> None:
    changed = len(report.written) + len(report.removed)
    if changed or before is None or report.problems != before.problems:
        tell_problems(report.problems, screen, report.counts)
    if changed:
        screen.message(f"built anew: {counted(changed, 'file')} changed ({report.seconds:.1f} s)")
