"""`kb serve`: only this machine, only the site's files, and a reload after each change."""

import http.client
import threading

import pytest

from kb.errors import SiteError
from kb.site import preview
from kb.site.preview import open_preview, watch
from kb.site.serve import find_file, is_own_name, open_server

FILES = {"index.html", "orders/index.html", "orders/late.html", "assets/site.css", "404.html"}


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/", "index.html"),
        ("/?q=1#x", "index.html"),
        ("/orders/", "orders/index.html"),
        ("/orders", "orders/"),
        ("/orders/late", "orders/late.html"),
        ("/orders/late.html", "orders/late.html"),
        ("/orders/%6cate.html", "orders/late.html"),
        ("/nothing", None),
        ("/assets", None),
        ("/assets/", None),
        ("orders/late.html", None),
        ("http://127.0.0.1/orders/late.html", None),
        ("/../index.html", None),
        ("/orders/../index.html", None),
        ("/%2e%2e/index.html", None),
        ("/..%2findex.html", None),
        ("/..%5cindex.html", None),
        ("//etc/passwd", None),
        ("/.kb-site.json", None),
        ("/.git/config", None),
        ("/index.html%00.png", None),
        ("/%ff", None),
        ("/" + "a" * 5000, None),
    ],
)
def test_find_file(target, file):
    """A target means a file of the site, or nothing: there is no way out."""
    assert find_file(target, FILES) == file


@pytest.mark.parametrize(
    ("host", "bound", "own"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("[::1]:80", "::1", True),
        ("127.1.2.3", "127.0.0.1", True),
        ("evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("192.168.1.4:8000", "127.0.0.1", False),
        ("192.168.1.4:8000", "0.0.0.0", True),
        ("evil.example", "0.0.0.0", False),
        ("", "127.0.0.1", False),
        ("[bad", "127.0.0.1", False),
    ],
)
def test_is_own_name(host, bound, own):
    """A domain that points here is refused; figures are what nobody can rebind."""
    assert is_own_name(host, bound) is own


def get(server, path, host=None, method="GET"):
    """Ask the server for a path, just as written."""
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=60)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.server_address[1]}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


@pytest.fixture
def shown(base):
    """Serve the small knowledge base."""
    with open_preview(base.config, port=0) as found:
        yield found


def test_pages_are_served_with_the_policy(shown):
    """A page comes with its type, the policy and nosniff; HEAD comes without a body."""
    status, headers, body = get(shown.server, "/orders/late.html")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert b"Your parcel is late" in body
    status, headers, body = get(shown.server, "/orders/late.html", method="HEAD")
    assert (status, body) == (200, b"")
    assert get(shown.server, "/orders")[1]["Location"] == "/orders/"


def test_other_names_and_ways_out_are_refused(shown):
    """A foreign Host, hidden files and paths out of the folder bring no file."""
    assert get(shown.server, "/", host="evil.example")[0] == 421
    for path in ("/.kb-site.json", "/../index.html", "/%2e%2e/%2e%2e/etc/passwd"):
        status, _, body = get(shown.server, path)
        assert status == 404
        assert b"This page does not exist" in body
        assert b'href="/assets/' in body


def test_drafts_are_visible_and_marked(shown):
    """The preview shows drafts."""
    assert b"Draft: not published" in get(shown.server, "/orders/draft.html")[2]


def test_a_change_reaches_waiting_pages(base, shown):
    """After a rebuild the new page is served, and waiting pages hear of it."""
    connection = http.client.HTTPConnection(*shown.server.server_address[:2], timeout=60)
    connection.request("GET", "/.kb/events")
    events = connection.getresponse()
    assert events.readline() == b"data: 1\n"
    base.write({"orders/late.md": "# Late\n\nBrand new.\n"})
    report = shown.rebuild()
    assert "orders/late.html" in report.written
    assert events.readline() == b"\n"
    assert events.readline() == b"data: 2\n"
    assert b"Brand new." in get(shown.server, "/orders/late.html")[2]
    assert shown.rebuild().written == ()
    connection.close()


def test_a_taken_port_is_an_error_and_the_usual_one_gives_way(tmp_path):
    """A port that was asked for is not exchanged for another."""
    first = open_server(tmp_path, "127.0.0.1", None, "")
    second = open_server(tmp_path, "127.0.0.1", None, "")
    assert first.url != second.url
    with pytest.raises(SiteError, match="can't serve"):
        open_server(tmp_path, "127.0.0.1", second.server_address[1], "")
    first.server_close()
    second.server_close()


@pytest.mark.parametrize("library", [True, False])
def test_watching(base, monkeypatch, library):
    """A changed article is noticed, with watchfiles and without it."""
    if not library:
        monkeypatch.setitem(__import__("sys").modules, "watchfiles", None)
        monkeypatch.setattr(preview, "_POLL", 0.05)
    stop = threading.Event()
    changes = watch(base.config, stop)
    noticed = threading.Event()

    def wait():
        for _ in changes:
            noticed.set()
            stop.set()

    thread = threading.Thread(target=wait)
    thread.start()
    for number in range(500):
        base.write({"orders/late.md": f"# Late {number}\n"})
        if noticed.wait(0.2):
            break
    stop.set()
    thread.join(60)
    assert noticed.is_set()
    assert not thread.is_alive()


def test_watching_outlives_faulty_settings(base, monkeypatch):
    """Settings that can't be read for a moment don't end the watch."""
    monkeypatch.setitem(__import__("sys").modules, "watchfiles", None)
    monkeypatch.setattr(preview, "_POLL", 0.01)
    stop = threading.Event()
    seen = []

    def load():
        seen.append(1)
        if len(seen) > 5:
            stop.set()
        if len(seen) == 3:
            raise SiteError("torn")
        return base.config()

    assert list(watch(load, stop)) in ([], [None])
