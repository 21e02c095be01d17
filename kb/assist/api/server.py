"""Serves the API until Ctrl-C, by one process or several that share a socket."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from kb.assist.api.settings import MOST_CHARACTERS, MOST_NAME
from kb.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.assist.api.settings import ApiSettings

LONGEST_HEAD = 12 * (MOST_CHARACTERS + 2 * MOST_NAME) + 16_384
"""Bytes of a request line with its headers: a character beyond the BMP takes 12 in an address."""

MOST_CONNECTIONS = 1000
"""Connections of a worker; more are answered with 503."""


def serve(
    settings: ApiSettings,
    host: str,
    port: int,
    *,
    announce: Callable[[str], object] = lambda _: None,
) -> None:
    """Serve until a signal ends it; `announce` is told the address once that is taken.

    Raises SiteError where the address can't be taken.
    """
    listening = _bind(host, port)
    settings.store()
    config = uvicorn.Config(
        "kb.assist.api.app:create_stored",
        factory=True,
        http="h11",
        h11_max_incomplete_event_size=LONGEST_HEAD,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with listening:
        shown = f"[{host}]" if ":" in host else host
        announce(f"http://{shown}:{listening.getsockname()[1]}/")
        if settings.workers > 1:
            Multiprocess(config, sockets=[listening]).run()
        else:
            server.run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(
            f"can't serve on {host}, port {port}: {reason}",
            hint="--port 0 takes a free one",
            code="address",
        ) from error
    listening.set_inheritable(True)
    return listening
