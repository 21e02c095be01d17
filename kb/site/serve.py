"""A server for one's own machine: shows a built site, and tells its pages when it changed.

It answers only for names that nobody else can point here (DNS rebinding), and only with
files that the build wrote: a request can't name a way out, a hidden file or a folder.
"""

from __future__ import annotations

import ipaddress
import threading
from http import HTTPStatus
from http.client import LineTooLong
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from kb.errors import SiteError
from kb.site.addresses import HOME, NOT_FOUND, SEARCH_DATA, encode
from kb.site.clients import PATIENCE, Clients

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from io import BufferedIOBase
    from pathlib import Path

    Search = Callable[[str], bytes | None]

EVENTS = "/.kb/events"
"""Where a page hears of a new build."""
_LONGEST_HEAD = 16_384  # bytes of a request with all of its headers
_PULSE = 15.0  # seconds between signs of life to a page that waits
_LONGEST = 4096  # characters of an address
_TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "woff2": "font/woff2",
    "pdf": "application/pdf",
}


def no_search(name: str) -> bytes | None:  # noqa: ARG001 as the type has it
    """Answer for a site whose search is among its files, or that has none."""
    return None


class SiteServer(ThreadingHTTPServer):
    """Serves the files of one folder that are in `files`; `publish` exchanges them.

    `search` gives the files of the search by name, and may let a request wait for them.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, folder: Path, host: str, port: int, policy: str, search: Search) -> None:
        self.folder = folder
        self.search = search
        self.policy = policy
        self.files: Collection[str] = ()
        self.version = 0
        self.stopping = False
        self.clients = Clients()
        self.changed = threading.Condition()
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """The address of the home page."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def publish(self, files: Collection[str]) -> None:
        """Serve these files from now on, and let open pages load themselves again."""
        with self.changed:
            self.files = frozenset(files)
            self.version += 1
            self.changed.notify_all()

    def stop(self) -> None:
        """Stop serving; pages that wait are let go."""
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
        self.shutdown()
        self.server_close()
        self.clients.close()

    def verify_request(self, request: Any, client_address: object) -> bool:  # noqa: ARG002  # http.server's signature
        """Take in a client where there is room."""
        return self.clients.admit(request)

    def shutdown_request(self, request: Any) -> None:
        """Let a client go."""
        self.clients.leave(request)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Look after clients from time to time."""
        self.clients.let_slow_ones_go()

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over clients that went away: nothing of it concerns who serves."""


def open_server(
    folder: Path, host: str, port: int | None, policy: str, search: Search = no_search
) -> SiteServer:
    """A server on a port, or on the usual one, or on any that is free. Raises SiteError."""
    wishes = (8000, 0) if port is None else (port,)
    for wish in wishes:
        try:
            return SiteServer(folder, host, wish, policy, search)
        except OSError as error:
            if wish == wishes[-1]:
                message = f"can't serve on {host} port {wish}: {error.strerror or error}"
                raise SiteError(message, hint="`--port` names another port") from error
    raise AssertionError


class _Head:
    """The head of a request, of which no more than a bounded part is read."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self.left = _LONGEST_HEAD

    def readline(self, limit: int) -> bytes:
        """Read a line. Raises LineTooLong after the first that does not fit."""
        if self.left <= 0:
            raise LineTooLong("head")
        line = self._file.readline(min(limit, self.left))
        self.left -= len(line)
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: SiteServer
    server_version = "kb"
    sys_version = ""
    timeout = PATIENCE

    def setup(self) -> None:
        """Bound what is read."""
        super().setup()
        self.rfile = self._head = _Head(self.rfile)  # type: ignore[assignment]  # as far as http.server asks

    def parse_request(self) -> bool:
        """Read the head of the request; False where it is answered with an error."""
        if self._head.left <= 0:
            self.requestline, self.request_version, self.command = "", "HTTP/1.0", ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            return False
        if not super().parse_request():
            return False
        self.server.clients.answer(self.connection)
        return True

    def do_GET(self) -> None:
        """Answer with a file, a redirect or an error page."""
        hosts = self.headers.get_all("Host", [])
        bound = str(self.server.server_address[0])
        if len(hosts) != 1 or not is_own_name(hosts[0], bound):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "not served under this name")
            return
        path = self.path.partition("?")[0].partition("#")[0]
        if path == EVENTS:
            self._tell_changes()
            return
        if path.startswith(f"/{SEARCH_DATA}") and (data := self._searched(path)) is not None:
            self._send(path, data, HTTPStatus.OK)
            return
        found = find_file(self.path, self.server.files)
        if found is None:
            self._send_file(NOT_FOUND, HTTPStatus.NOT_FOUND)
        elif found.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"/{encode(found)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send_file(found, HTTPStatus.OK)

    do_HEAD = do_GET  # noqa: N815 as http.server asks for it

    def _send_file(self, path: str, status: HTTPStatus) -> None:
        try:
            data = (self.server.folder / path).read_bytes()
        except OSError:
            data, status = b"", HTTPStatus.NOT_FOUND
        self._send(path, data, status)

    def _searched(self, path: str) -> bytes | None:
        return self.server.search(path.removeprefix(f"/{SEARCH_DATA}"))

    def _send(self, path: str, data: bytes, status: HTTPStatus) -> None:
        self.send_response(status)
        suffix = path.rpartition(".")[2].lower()
        plain = "text/plain; charset=utf-8" if "/" not in path else "application/octet-stream"
        self.send_header("Content-Type", _TYPES.get(suffix, plain))
        self.send_header("Content-Length", str(len(data)))
        self._send_safety()
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _send_safety(self) -> None:
        policy = f"{self.server.policy}; frame-ancestors 'none'"
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")

    def _tell_changes(self) -> None:
        """Send the number of the build now and after each change, until either side leaves."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self._send_safety()
        self.end_headers()
        self.server.clients.rest(self.connection)
        server, told = self.server, -1
        while not server.stopping and self.command != "HEAD":
            text = f"data: {server.version}\n\n" if told != server.version else ": still here\n\n"
            told = server.version
            self.wfile.write(text.encode())
            self.wfile.flush()
            with server.changed:
                if not server.stopping and server.version == told:
                    server.changed.wait(_PULSE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing: the terminal is for builds."""


def is_own_name(host: str, bound: str) -> bool:
    """Whether a Host header names this machine in a way that no other domain can.

    That is `localhost` or the address of a loopback device; any address in figures where
    the server is bound to more than that.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        address = ipaddress.ip_address(name)
        return address.is_loopback or not ipaddress.ip_address(bound).is_loopback
    except ValueError:
        return False


def find_file(target: str, files: Collection[str]) -> str | None:
    """The file that a request's target means; a path that ends in `/` is to be redirected to.

    None for everything that is not among `files`.
    """
    if len(target) > _LONGEST or not target.startswith("/"):
        return None
    path = unquote(target.partition("?")[0].partition("#")[0], errors="replace")[1:]
    parts = path.split("/")
    if "\\" in path or "\0" in path or any(part.startswith(".") for part in parts):
        return None
    if path == "" or path.endswith("/"):
        path += HOME
    elif f"{path}/{HOME}" in files and path not in files:
        return f"{path}/"
    for candidate in (path, f"{path}.html"):
        if candidate in files:
            return candidate
    return None
