"""`kb serve`: show the help center in a browser while it is being written."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
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
@pass_session
def command(
    session: Session,
    *,
    show: bool,
    port: int | None,
    host: str,
    names: tuple[str, ...],
) -> int:
    """Serve until Ctrl-C."""
    from kb.config import load_config
    from kb.site.dev.preview import open_preview

    screen = session.screen

    def load() -> Config:
        return load_config(config=session.config, content=session.content, index=session.index)

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
