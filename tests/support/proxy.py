"""A proxy before a node of a cluster, for what a node on loopback does not do by itself: ask for a
password, speak TLS, answer late, lose answers, or stop a builder at a request.

`benchmarks/opensearch/faults.py` uses it, too.
"""

import base64
import http.client
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

LOST = "lost"
"""What `before` and `after` give where the client is to get no answer."""

TIMEOUT = 120
"""Seconds that the node behind may take."""


def nothing(_method, _path, _answer=b""):
    """Let a request pass, and its answer."""


class Plan(NamedTuple):
    """What a proxy does: see `proxying`."""

    url: str
    login: tuple | None
    context: ssl.SSLContext | None
    before: Callable
    after: Callable


@contextmanager
def proxying(url, *, login=None, context=None, before=nothing, after=nothing):
    """A proxy before the node at `url`; its address.

    `login`, a user and a password, is asked for; with a `context` it speaks TLS. `before` is called
    with the method and path of each request before it goes to the node, `after` with these and the
    node's answer; where one gives LOST, the connection ends without an answer.
    """
    server = _Server(Plan(url, login, context, before, after))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        server.end()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pass_on(self):
        plan = self.server.plan
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if plan.login and self.headers.get("Authorization") != _authorization(*plan.login):
            self.respond(401, "text/plain", b"Unauthorized")
        elif plan.before(self.command, self.path) == LOST:
            self.close_connection = True
        else:
            answer = self.ask(plan.url, body)
            if plan.after(self.command, self.path, answer[2]) == LOST:
                self.close_connection = True
            else:
                self.respond(*answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815  # http.server's names

    def ask(self, url, body):
        where = urlsplit(url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=TIMEOUT)
        try:
            kind = self.headers.get("Content-Type")
            headers = {"Content-Type": kind} if kind else {}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        finally:
            connection.close()

    def respond(self, status, kind, data):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle(self):
        with suppress(OSError):  # who asked did not wait, or was killed
            super().handle()

    def log_message(self, *_):
        pass


def _authorization(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class _Server(ThreadingHTTPServer):
    """Says hello by TLS in a connection's own thread: another client does not wait for it."""

    daemon_threads = True
    block_on_close = False  # a client that stays connected does not hold up the end

    def __init__(self, plan):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan = plan
        self.open = set()

    def finish_request(self, request, client_address):
        if self.plan.context:
            try:
                request = self.plan.context.wrap_socket(request, server_side=True)
            except OSError:  # the client does not trust the certificate
                return
        self.open.add(request)
        with request:
            super().finish_request(request, client_address)
        self.open.discard(request)

    def end(self):
        """Let go of the clients that stay connected."""
        for connection in [*self.open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def make_certificates(folder):
    """An authority's certificate, and contexts of servers whose certificates it signed: for
    127.0.0.1, and for another name. Needs the command openssl.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority, key = folder / "ca.pem", folder / "ca.key"
    _openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out",
        authority, "-subj", "/CN=kb tests", "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    contexts = []
    for name in ("IP:127.0.0.1", "DNS:search.example.com"):
        own, request, made = (folder / f"{name[:3]}.{end}" for end in ("key", "csr", "pem"))
        extensions = folder / "extensions"
        extensions.write_text(f"subjectAltName={name}\n")
        _openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", own, "-out", request, "-subj",
            "/CN=node",
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key, "-CAcreateserial",
            "-days", "2", "-extfile", extensions, "-out", made,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, own)
        contexts.append(context)
    return authority, *contexts


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
