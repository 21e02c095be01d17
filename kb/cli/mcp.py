"""`kb mcp`: the help center for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.command import FOUND, Command, Number, Session, audience_option, pass_session
from kb.errors import ConfigError, KbError
from kb.model import Audience

if TYPE_CHECKING:
    from kb.assist.tools import Desk

PORT = 8766

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "mcp",
    cls=Command,
    help="Serve the help center to an assistant by the Model Context Protocol: over stdio, or over "
    "HTTP on this machine alone. docs/assistants.md shows how usual clients are told of it.",
    examples=(
        ("kb mcp", "what a client starts, over stdio"),
        ("kb mcp --http --port 8766", "at http://127.0.0.1:8766/mcp"),
        ("kb mcp --http --token-file token", "for who knows the token alone"),
        ("kb mcp --report gaps.jsonl", "note what was looked for and not found"),
    ),
)
@click.option("--http", is_flag=True, help="Serve streamable HTTP on 127.0.0.1.")
@click.option(
    "--port",
    type=Number(0, 65535),
    default=PORT,
    show_default=True,
    metavar="N",
    help="Port for --http; 0 takes a free one.",
)
@click.option(
    "--token-file",
    type=_FILE,
    metavar="FILE",
    help="With --http, refuse who does not send the token in this file.",
)
@click.option(
    "--report",
    type=_FILE,
    metavar="FILE",
    help="Offer a tool that appends to this file what was not found.",
)
@audience_option
@pass_session
def command(
    session: Session,
    *,
    http: bool,
    port: int,
    token_file: Path | None,
    report: Path | None,
    audience: str,
) -> int:
    """Serve until the client, or Ctrl-C, ends it."""
    desk = _open_desk(session, Audience(audience), report)
    try:
        from kb.assist import mcp
    except ImportError as error:
        from kb.extras import install_command

        raise KbError(
            "kb mcp needs the extra mcp", hint=install_command("mcp"), code="missing-extra"
        ) from error
    if not http:
        if token_file is not None:
            raise click.UsageError("--token-file needs --http", click.get_current_context())
        mcp.serve_stdio(desk)
        return FOUND
    token = "" if token_file is None else _read_token(token_file)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((mcp.LOOPBACK, port))
            listener.listen()
        except OSError as error:
            raise ConfigError(
                f"port {port} can't be had: {error.strerror}", hint="name another one with --port"
            ) from error
        address = f"http://{mcp.LOOPBACK}:{listener.getsockname()[1]}{mcp.PATH}"
        session.screen.message(address, verbosity=-1)
        mcp.serve_http(desk, listener, token)
    return FOUND


def _open_desk(session: Session, audience: Audience, report: Path | None) -> Desk:
    from kb.assist.tools import Desk

    if report is not None and not report.absolute().parent.is_dir():
        raise ConfigError(f"there is no folder {report.parent}", hint="make it, or name another")
    base = session.open()
    base.prepare()
    return Desk(base, audience, report)


def _read_token(file: Path) -> str:
    token = file.read_text("utf-8", "replace").strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise ConfigError("should hold a token of ASCII letters and digits", path=str(file))
    return token
