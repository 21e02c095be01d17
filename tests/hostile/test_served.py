"""Line 14 of the reliability demands: `kb serve`, and clients who mean no good.

Requests go out byte by byte over sockets. Whatever they ask for, they get a file of the site or
an error; however many there are and however slow, others are answered; and Ctrl-C ends it all.
"""

import errno
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from support.sites import ARTICLES, Base, png

from kb.site.dev.preview import open_preview

CASES = os.environ.get("KB_CASES")
SLOW = 200
PAGES = 261

OURS = [
    "../{FILE}", "..\\{FILE}", "....//{FILE}", "..;/{FILE}", "%2e%2e/{FILE}", "%252e%252e/{FILE}", "..%c0%af{FILE}",
    "..%00/{FILE}", "/../{FILE}", "//../{FILE}", "/./{FILE}", "file:///{FILE}", "\\\\host\\{FILE}", "c:\\{FILE}",
    "orders/../../{FILE}", "orders/..%2f..%2f{FILE}", "assets/%2e./%2e./{FILE}", "?../{FILE}", "#../{FILE}",
    ".kb/../{FILE}", ".kb-site.json", ".git/config", "orders/.hidden", "%2ekb-site.json", "site/.kb-site.json",
    "search/data/../../{FILE}", "search/data/..%2f..%2f{FILE}", "search/data/%2e%2e/%2e%2e/{FILE}",
]  # fmt: skip


def lists():
    """Ways out of a folder, those of others where they are at hand."""
    yield pytest.param(OURS, id="ours")
    for name in ("deep_traversal.txt", "directory_traversal.txt"):
        missing = pytest.mark.skipif(not CASES, reason="KB_CASES names no unpacked cases")
        lines = (
            (Path(CASES) / name).read_text(errors="surrogateescape").split("\n") if CASES else []
        )
        yield pytest.param([line for line in lines if line], id=name, marks=missing)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A small knowledge base, with a secret beside its site and one hidden in it."""
    made = Base(tmp_path_factory.mktemp("served"))
    made.write(ARTICLES)
    made.write({"images/map.png": png(40, 30), "files/form.pdf": b"%PDF-1.4\n"})
    (made.folder / "secret").write_text("SECRET")
    return made


@pytest.fixture
def served(base):
    """Serve it."""
    with open_preview(base.config, port=0) as found:
        site = found.server.folder
        (site / ".hidden").write_text("SECRET")
        (site / "unknown.html").write_text("SECRET")
        (site.parent / "secret").write_text("SECRET")
        yield found.server


def connect(server):
    """Connect to the server; nothing in these tests waits for longer than half a minute."""
    return socket.create_connection(server.server_address[:2], timeout=30)


def read_answer(client):
    """Read all that comes, until the server ends it."""
    found = b""
    while part := client.recv(1 << 16):
        found += part
    return found


def ask(server, line, host=None):
    """Send a request line as it is, and read the whole answer."""
    name = host or f"127.0.0.1:{server.server_address[1]}"
    with connect(server) as client:
        client.sendall(line + b"\r\nHost: " + name.encode() + b"\r\n\r\n")
        return read_answer(client)


def status_of(answer):
    """Read the status and the body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


FORMS = {
    "plain": lambda path: path,
    "encoded": lambda path: quote(path, safe="", errors="surrogateescape"),
    "twice encoded": lambda path: quote(quote(path, safe="", errors="surrogateescape"), safe=""),
    "backslashes": lambda path: path.replace("/", "\\"),
    "absolute": lambda path: f"http://127.0.0.1/{path}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("paths", list(lists()))
def test_there_is_no_way_out(served, base, tally, paths, form):
    """A request brings a file of the site, as it is, or an error."""
    pages = {(served.folder / path).read_bytes() for path in served.files}
    lost = (served.folder / "404.html").read_bytes()
    for number, path in enumerate(paths):
        file = ("etc/passwd", "secret", "content/orders/late.md", "kb.toml")[number % 4]
        slash = "" if form == "absolute" or (path.startswith("/") and form == "plain") else "/"
        target = slash + FORMS[form](path.replace("{FILE}", file))
        line = (
            b"GET " + target.encode(errors="surrogateescape").replace(b" ", b"%20") + b" HTTP/1.1"
        )
        with tally("way out of the served folder"):
            status, body = status_of(ask(served, line))
            assert status in (200, 301, 400, 404, 414)
            assert b"SECRET" not in body
            assert b"root:" not in body
            assert body in pages or status != 200
            assert body == lost or status != 404


@pytest.mark.parametrize(
    "target", ["/assets", "/assets/", "/files/", "/search/data/", "/search/data", "/images/..", "/orders/.", "/.kb", "/.kb/"]
)  # fmt: skip
def test_folders_are_not_listed(served, tally, target):
    """A folder without a page of its own is nothing."""
    with tally("folder or hidden file asked for"):
        assert status_of(ask(served, f"GET {target} HTTP/1.1".encode()))[0] == 404


@pytest.mark.parametrize(
    "target", ["/.hidden", "/unknown.html", "/unknown", "/.kb-site.json", "/%2ehidden"]
)
def test_what_the_build_did_not_write_is_not_served(served, tally, target):
    """Though it lies in the folder."""
    with tally("folder or hidden file asked for"):
        status, body = status_of(ask(served, f"GET {target} HTTP/1.1".encode()))
        assert status == 404
        assert b"SECRET" not in body


FOREIGN = [
    "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "127.0.0.1, evil.example", "[::", " ", "0",
    "localhost.evil.example", "evil.example#localhost", "127.0.0.1\r\nHost: evil.example", "169.254.169.254",
    "localhost\r\nHost: localhost", "localhost\r\n evil.example", "localhost\r\n\tevil.example",
    "evil\\@localhost", "evil\\localhost", "localhost\\evil", "localhost\\", "\\localhost", "evil.example\\@127.0.0.1:8000",
    "user@localhost", "evil.example@localhost", "user:pass@localhost", "localhost@evil.example", "@localhost", "localhost@", ":@localhost",
    "localhost:80:80", "localhost:", "localhost::80", "localhost:80a", "localhost:-1", "localhost:+80", "localhost: 80", "localhost:99999", "localhost:000080",
    "localhost:80@evil.example", "127.0.0.1:80:80", "127.0.0.1:8000/", "[::1]:80:80",
    "localhost.", "localhost..", ".localhost", "evil.localhost", "localhost.localdomain", "localhostevil", "xlocalhost", "local\thost", "loc alhost",
    "localhost#", "localhost#evil", "localhost?", "localhost?evil", "localhost/", "localhost/evil", "localhost;evil", "localhost,evil", "localhost%00", "localhost%2eevil", "localhost\x00",
    "localhost\x0b", "localhost\x7f", "http://localhost", "//localhost", "localhost\u00a0", "\u2468ocalhost", "locahost", "l\u043ecalhost",
    "127.1", "127.0.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "127.0.0.01", "127.0.0.1.", "127.0.0.256", "127.0.0.1%eth0", "0.0.0.0", "10.0.0.1", "224.0.0.1",
    "::1", "::1:80", "[::1", "::1]", "[[::1]]", "[::1]evil", "[::1].evil.example", "[::1]@evil", "evil[::1]", "[::1%25lo]", "[::1%lo]", "[127.0.0.1]", "[localhost]", "[]", "[::]", "[v1.::1]",
    "[fe80::1]", "[::ffff:10.0.0.1]", "*", "-", "_", "null", "localhost\t", "localhost ", "localhost:80 ", "1" * 300, "a" * 5000,
]  # fmt: skip
"""What leads to this machine, or looks like it, under a name that is another's or none."""


@pytest.mark.parametrize("host", FOREIGN, ids=lambda host: ascii(host[:40]))
def test_other_names_are_refused(served, tally, host):
    """A page of another host that had its name lead here learns nothing."""
    with tally("foreign Host"):
        status, body = status_of(ask(served, b"GET / HTTP/1.1", host))
        assert status == 421
        assert b"parcel" not in body.lower()


@pytest.mark.parametrize("path", ["/.kb/events", "/.kb/live.js", "/search/data/m.js", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "user@localhost", ""])
def test_other_names_hear_and_find_nothing(served, tally, host, path):
    """Whatever is asked for."""
    with tally("foreign Host"):
        line = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        with connect(served) as client:
            client.sendall(line.encode())
            assert status_of(read_answer(client))[0] == 421


@pytest.mark.parametrize(
    "head", ["", "Hosts: localhost\r\n", "Host : localhost\r\n", "Host\r\n", "host: localhost\r\nHOST: localhost\r\n",
             "X-Forwarded-Host: localhost\r\n", "Host: evil.example\r\nX-Forwarded-Host: localhost\r\n", "Host:\r\n"],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_request_without_one_host_is_refused(served, tally, head, version):
    """None, two, or another header that looks like it."""
    with tally("foreign Host"), connect(served) as client:
        client.sendall(f"GET / HTTP/{version}\r\n{head}\r\n".encode())
        assert status_of(read_answer(client))[0] == 421


OWN = ["localhost", "LOCALHOST", "LocalHost:8000", "localhost:0", "localhost:65535", "127.0.0.1", "127.0.0.1:1", "127.9.8.7", "[::1]", "[::1]:8000", "[0:0::1]"]  # fmt: skip


@pytest.mark.parametrize("host", OWN)
def test_own_names_are_answered(served, tally, host):
    """With any port: it may be forwarded from another."""
    with tally("own Host"):
        assert status_of(ask(served, b"GET / HTTP/1.1", host))[0] == 200


@pytest.fixture(scope="module")
def wide(base):
    """Serve to everybody, and under one name more."""
    with open_preview(base.config, host="0.0.0.0", port=0, names=["docs.internal"]) as found:
        yield found.server


@pytest.mark.parametrize("host", [host for host in FOREIGN if not host[:1].isdigit() and host != "[fe80::1]"])  # fmt: skip
def test_other_names_are_refused_where_all_are_served(wide, tally, host):
    """A name of somebody else is one here, too: only figures are of nobody."""
    own = {"[::]", "[::ffff:10.0.0.1]"}
    with tally("foreign Host"):
        status, _ = status_of(ask(wide, b"GET / HTTP/1.1", host))
        assert status == (200 if host in own else 421)


@pytest.mark.parametrize("host", [*OWN, "192.168.1.4:8000", "0.0.0.0:8000", "[2001:db8::1]", "docs.internal", "DOCS.internal:80"])  # fmt: skip
def test_own_names_are_answered_where_all_are_served(wide, tally, host):
    """Every address in figures, and the name that was allowed."""
    with tally("own Host"):
        assert status_of(ask(wide, b"GET / HTTP/1.1", host))[0] == 200


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n\r\n", b"GET /" + b"a" * 70_000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
                 b"GET / HTTP/1.1\r\nX: " + b"y" * 100_000, b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\n\0\r\n\r\n"],
    ids=lambda request: repr(request[:20]),
)  # fmt: skip
def test_what_is_no_request_is_an_error(served, tally, request_):
    """Or the end of the connection; no more than a bounded part of it is read."""
    with tally("malformed request"), connect(served) as client:
        try:
            client.sendall(request_)
            client.shutdown(socket.SHUT_WR)
            answer = read_answer(client)
        except OSError as error:  # it did not wait for the rest: told in one way or the other
            if not isinstance(error, ConnectionError) and error.errno != errno.ENOTCONN:
                raise
            answer = b""
        assert not answer.startswith(b"HTTP") or status_of(answer)[0] >= 400
        assert b"Your parcel is late" not in answer
    assert status_of(ask(served, b"GET / HTTP/1.1"))[0] == 200


def test_only_this_machine_is_served():
    """Unless somebody asks for more."""
    from kb.cli.serve import command

    assert next(param for param in command.params if param.name == "host").default == "127.0.0.1"


@pytest.fixture
def slow(served):
    """Have clients that say half of a line, and no more."""
    waiting = [connect(served) for _ in range(SLOW)]
    for client in waiting:
        client.sendall(b"GET / HT")
    yield waiting
    for client in waiting:
        client.close()


def test_slow_clients_stop_nobody(served, slow, tally):
    """Many at once: every page comes, to one after the other and to several at once."""
    with tally(f"{SLOW} slow clients"):
        for path in sorted(served.files):
            if path.endswith(".html"):
                assert status_of(ask(served, f"GET /{path} HTTP/1.1".encode()))[0] == 200
        found = []
        asking = [
            threading.Thread(target=lambda: found.append(ask(served, b"GET / HTTP/1.1")))
            for _ in range(20)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        assert [status_of(answer)[0] for answer in found] == [200] * 20


def test_slow_clients_are_let_go(served, tally):
    """Those that say nothing for too long, at the beginning or in the middle of a request."""
    served.patience = 0.01
    begun = [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: loc"]
    with tally(f"{SLOW} slow clients"):
        for number in range(SLOW):
            with connect(served) as client:
                client.sendall(begun[number % len(begun)])
                assert read_answer(client) == b""


def test_open_pages_stop_nobody(served, tally):
    """However many there are, and though none of them reads what it is told."""
    listening = []
    with tally(f"{PAGES} open pages"):
        for _ in range(PAGES):
            client = connect(served)
            client.sendall(b"GET /.kb/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(1)
            listening.append(client)
        assert status_of(ask(served, b"GET / HTTP/1.1"))[0] == 200
        served.publish(served.files)
        assert status_of(ask(served, b"GET / HTTP/1.1"))[0] == 200
    for client in listening:
        client.close()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_everything_closed(base, tally, tmp_path, how):
    """Though clients are still there, some of which have said nothing, some of which listen."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "--json", "serve", "--port", "0"],
        cwd=base.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    told = b""
    while not told.rstrip().endswith(b"}"):
        assert select.select([process.stdout], [], [], 60)[0]
        told += os.read(process.stdout.fileno(), 4096)
    port = int(json.loads(told)["url"].rpartition(":")[2].strip("/"))
    address = ("127.0.0.1", port)
    silent = [socket.create_connection(address, timeout=30) for _ in range(50)]
    page = http.client.HTTPConnection(*address, timeout=30)
    page.request("GET", "/.kb/events")
    events = page.getresponse()
    assert events.readline().startswith(b"data: ")
    assert [path.name for path in tmp_path.iterdir()] != []
    with tally("Ctrl-C while clients are connected"):
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err.strip()) == (0, b"", b"")
        assert {client.recv(1) for client in silent} == {b""}
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=30)
    page.close()
    for client in silent:
        client.close()
