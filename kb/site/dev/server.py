"""A server for one's own machine: shows a built site, and tells its pages when it changed.

It answers only for names that nobody else can point here (DNS rebinding), and only with
files that the build wrote: a request can't name a way out, a hidden file or a folder.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import re
import socket
import threading
import time
from html import escape
from http import HTTPStatus
from http.client import LineTooLong
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote

from kb.errors import SiteError
from kb.site import PACKAGE
from kb.site.addresses import HOME, NOT_FOUND, SEARCH_DATA, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from io import BufferedIOBase
    from pathlib import Path

    Search = Callable[[str], bytes | None]
    _Address = tuple[str, int] | tuple[str, int, int, int]

EVENTS = "/.kb/events"
"""Where a page hears of new builds and of faults."""
LIVE = "/.kb/live.js"
"""The script that listens, for the page that is shown where there is no site yet."""
HELD = "Kb-Held"
"""The header of a page that is served as it was before a fault took it away."""
_PORT = 8000
_LONGEST_HEAD = 16_384  # bytes of a request with all of its headers
_PULSE = 15.0  # seconds between signs of life to a page that waits
_LONGEST = 4096  # characters of an address
_SHOWN = 64  # pages that are remembered as somebody may have them open
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


class Fault(NamedTuple):
    """What keeps an article, or the whole site, from being shown as it is written.

    `where` is a path, or a path and a line, as `orders/late.md:3`.
    """

    where: str
    message: str

    @property
    def path(self) -> str:
        """The file, without the line."""
        return re.sub(r":[0-9]+$", "", self.where)


class _HeldPage(NamedTuple):
    """A page as it was before a fault took it away, and the files at fault."""

    data: bytes
    paths: frozenset[str]


class SiteServer(ThreadingHTTPServer):
    """Serves the files of one folder that are in `files`; `publish` exchanges them.

    `search` gives the files of the search by name, and may let a request wait for them.
    `names` are those that are answered besides `localhost` and addresses in figures.
    """

    daemon_threads = True
    request_queue_size = 256
    patience = 10.0
    """Seconds without a byte, after which a client is let go."""

    def __init__(
        self,
        folder: Path,
        endpoint: _Endpoint,
        policy: str,
        search: Search,
        names: Collection[str] = (),
    ) -> None:
        self.folder = folder
        self.search = search
        self.policy = policy
        self.names = frozenset(names)
        self.files: frozenset[str] = frozenset()
        self.faults: tuple[Fault, ...] = ()
        self.held: Mapping[str, _HeldPage] = {}
        # A page that outlives its server does not take the next one's build for its own.
        self.build = time.time_ns() // 1_000_000
        self.stopping = False
        self.changed = threading.Condition()
        self._built: frozenset[str] = frozenset()
        self._shown: dict[str, bytes] = {}
        self._told = 0
        self._endpoint = endpoint
        self.address_family = endpoint.family
        super().__init__(endpoint.address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking any name server; to all addresses of both kinds for `::`."""
        if self.address_family == socket.AF_INET6 and hasattr(socket, "IPV6_V6ONLY"):
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self._endpoint.address)
        self.server_address = self.socket.getsockname()

    @property
    def url(self) -> str:
        """The address of the home page, as a browser on this machine opens it."""
        bound, port = str(self.server_address[0]), int(self.server_address[1])
        host = self._endpoint.name or {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bound, bound)  # noqa: S104  # compared
        shown = f"[{host.replace('%', '%25')}]" if ":" in host else host
        return f"http://{shown}:{port}/"

    @property
    def is_open(self) -> bool:
        """Whether other machines may reach it."""
        return not ipaddress.ip_address(str(self.server_address[0])).is_loopback

    def publish(self, files: Collection[str] | None, faults: Iterable[Fault] = ()) -> None:
        """Serve these files from now on, and let open pages load themselves again.

        Without files those of before stay, and pages only hear of the faults. A page that went
        away when a fault came is served as it was until the fault is mended.
        """
        with self.changed:
            before, faults = self.files, tuple(faults)
            built = self._built if files is None else frozenset(files)
            self.held = self._hold(built, faults)
            self._built, self.files, self.faults = built, built | self.held.keys(), faults
            if files is not None or self.files != before:
                self.build += 1
            self._told += 1
            self.changed.notify_all()

    def remember(self, path: str, data: bytes) -> None:
        """Note that somebody looks at a page; the last ones are kept."""
        with self.changed:
            self._shown.pop(path, None)
            self._shown[path] = data
            if len(self._shown) > _SHOWN:
                del self._shown[next(iter(self._shown))]

    def wait_for_news(self, told: int) -> tuple[int, str]:
        """What open pages should know, as JSON, once that is not what they were `told`.

        Empty after a while in which there was nothing to tell.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: self._told != told or self.stopping, _PULSE):
                return told, ""
            faults = [fault._asdict() for fault in self.faults]
            return self._told, json.dumps({"build": self.build, "faults": faults})

    def stop(self) -> None:
        """Stop serving; pages that wait are let go."""
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over clients that went away: nothing of it concerns who serves."""

    def _hold(self, built: frozenset[str], faults: Iterable[Fault]) -> dict[str, _HeldPage]:
        """The pages that are missing for a fault."""
        at_fault = {fault.path for fault in faults}
        held = {
            path: page
            for path, page in self.held.items()
            if path not in built and page.paths & at_fault
        }
        if came := at_fault - {fault.path for fault in self.faults}:
            for path in self._shown.keys() & self._built - built:
                held[path] = _HeldPage(self._shown[path], frozenset(came))
        return held


class _Endpoint(NamedTuple):
    """What to bind to. `name` is the host where it was not given in figures."""

    family: socket.AddressFamily
    address: _Address
    name: str


def open_server(
    folder: Path,
    host: str,
    port: int | None,
    policy: str,
    search: Search = no_search,
    *,
    names: Iterable[str] = (),
) -> SiteServer:
    """A server on a port, or on the usual one, or on any that is free.

    `host` is an address, with or without brackets, or a name; a name is answered, as the
    `names` are. Raises SiteError where it is neither, or can't be served on.
    """
    own = {_checked_name(name) for name in names}
    for wish in (_PORT, 0) if port is None else (port,):
        for endpoint in _endpoints(host, wish):
            try:
                return SiteServer(folder, endpoint, policy, search, own | {endpoint.name} - {""})
            except OSError as error:
                failure = error
            if failure.errno in _PORT_ERRORS:
                break  # at another address of this name there may be another server
    where = host if port is None else f"{host} port {port}"
    hint = "`--port` names another port" if failure.errno in _PORT_ERRORS else _HOST_HINT
    message = f"can't serve on {where}: {failure.strerror or failure}"
    raise SiteError(message, hint=hint) from failure


_PORT_ERRORS = frozenset({errno.EADDRINUSE, errno.EACCES})
_HOST_HINT = "`--host` takes an address or a name of this machine, such as 127.0.0.1 or ::1"
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
"""A Host header: an address in figures or a name, then perhaps a port, and nothing else."""
_LAST_PORT = 65_535


def _endpoints(host: str, port: int) -> list[_Endpoint]:
    """What a host means, IPv4 first: with `localhost` tools may try no other."""
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not inner:
        raise SiteError("the host to serve on has no name", hint=_HOST_HINT)
    try:
        found = socket.getaddrinfo(inner, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, ValueError) as error:  # what is not even a name is a ValueError
        why = getattr(error, "strerror", None) or error
        raise SiteError(f"can't serve on {host}: {why}", hint=_HOST_HINT) from error
    name = "" if _is_figures(inner) else _checked_name(inner)
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return [_Endpoint(family, cast("_Address", address), name) for family, *_, address in found]


def _is_figures(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return False
    return True


def _checked_name(name: str) -> str:
    """A name as a Host header spells it. Raises SiteError for what is none."""
    try:
        spelled = name.lower().encode("idna").decode()
    except UnicodeError:
        spelled = ""
    if not _NAME.fullmatch(spelled):
        raise SiteError(f"{name!r} is no name of a host", hint="write it as in docs.internal")
    return spelled


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

    def setup(self) -> None:
        """Bound what is read, and how long it is waited for."""
        super().setup()
        self.connection.settimeout(self.server.patience)
        self.rfile = self._head = _Head(self.rfile)  # type: ignore[assignment]  # as far as http.server asks

    def parse_request(self) -> bool:
        """Read the head of the request; False where it is answered with an error."""
        if self._head.left <= 0:
            self.requestline, self.request_version, self.command = "", "HTTP/1.0", ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            return False
        return super().parse_request()

    def do_GET(self) -> None:
        """Answer with a file, a redirect or an error page."""
        hosts = self.headers.get_all("Host", [])
        bound = str(self.server.server_address[0])
        if len(hosts) != 1 or not is_own_name(hosts[0], bound, self.server.names):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "not served under this name")
            return
        path = self.path.partition("?")[0].partition("#")[0]
        if path == EVENTS:
            self._tell_news()
        elif path == LIVE:
            self._send(path, (PACKAGE / "assets" / "live.js").read_bytes(), HTTPStatus.OK)
        elif not self.server.files:
            self._send_waiting()
        elif path.startswith(f"/{SEARCH_DATA}") and (data := self._searched(path)) is not None:
            self._send(path, data, HTTPStatus.OK)
        else:
            self._send_found(find_file(self.path, self.server.files))

    do_HEAD = do_GET  # noqa: N815 as http.server asks for it

    def _send_found(self, found: str | None) -> None:
        if found is None:
            self._send_file(NOT_FOUND, HTTPStatus.NOT_FOUND)
        elif found.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"/{encode(found)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send_file(found, HTTPStatus.OK)

    def _send_file(self, path: str, status: HTTPStatus) -> None:
        held = self.server.held.get(path)
        timing = self._timing()
        try:
            data = held.data if held else (self.server.folder / path).read_bytes()
        except OSError:
            data, status = b"", HTTPStatus.NOT_FOUND
        is_page = path.endswith(".html")
        if is_page and status is HTTPStatus.OK and self.command == "GET":
            self.server.remember(path, data)
        more = {**(timing if is_page else {}), **({HELD: "1"} if held else {})}
        self._send(path, data, status, more)

    def _send_waiting(self) -> None:
        timing, page = self._timing(), _waiting_page(self.server.faults)
        self._send(HOME, page, HTTPStatus.SERVICE_UNAVAILABLE, timing)

    def _timing(self) -> dict[str, str]:
        """The header that tells a page of which build it is."""
        return {"Server-Timing": f"build;desc={self.server.build}"}

    def _searched(self, path: str) -> bytes | None:
        return self.server.search(path.removeprefix(f"/{SEARCH_DATA}"))

    def _send(
        self, path: str, data: bytes, status: HTTPStatus, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        suffix = path.rpartition(".")[2].lower()
        plain = "text/plain; charset=utf-8" if "/" not in path else "application/octet-stream"
        self.send_header("Content-Type", _TYPES.get(suffix, plain))
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
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

    def _tell_news(self) -> None:
        """Send what pages should know now and after each change, until either side leaves."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self._send_safety()
        self.end_headers()
        told = -1
        while not self.server.stopping and self.command != "HEAD":
            told, news = self.server.wait_for_news(told)
            self.wfile.write(f"data: {news}\n\n".encode() if news else b": still here\n\n")
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing: the terminal is for builds."""


def is_own_name(host: str, bound: str, names: Collection[str] = ()) -> bool:
    """Whether a Host header names this machine in a way that no other domain can.

    That is `localhost`, one of `names`, or the address of a loopback device; any address in
    figures where the server is bound to more than that. A port may follow, nothing else may.
    """
    found = _HOST.fullmatch(host)
    if found is None or int(found[2] or 0) > _LAST_PORT:
        return False
    name = found[1].lower()
    if name == "localhost" or name in names:
        return True
    try:
        kind = ipaddress.IPv6Address if name.startswith("[") else ipaddress.IPv4Address
        address = kind(name.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or not ipaddress.ip_address(bound).is_loopback


def _waiting_page(faults: Collection[Fault]) -> bytes:
    """The page that stands for a site that is not built yet; it says why that takes so long."""
    title = "The site can&#x27;t be built" if faults else "The site is being built"
    rows = "".join(
        f"<li><code>{escape(fault.where)}</code> {escape(fault.message)}</li>" for fault in faults
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><script src="{LIVE}" defer></script></head>'
        f'<body><h1>{title}</h1><ul id="KB-faults">{rows}</ul>'
        "<p>This page gives way to the site as soon as it is there.</p></body></html>\n"
    ).encode()


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
