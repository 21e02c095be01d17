"""`kb serve`: only this machine, only the site's files, and a reload after each change."""

import contextlib
import http.client
import json
import socket
import threading

import pytest
from support.sites import write

from kb.errors import ConfigError, ContentError, KbError, SiteError
from kb.site.dev import preview
from kb.site.dev.preview import _running as running
from kb.site.dev.preview import open_preview, temporary_folder, watch
from kb.site.dev.server import find_file, is_own_name, open_server

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
        ("LocalHost:8000", "127.0.0.1", True),
        ("[::1]", "127.0.0.1", True),
        ("[0:0:0:0:0:0:0:1]:8000", "::1", True),
        ("[2001:db8::1]:8000", "::", True),
        ("[2001:db8::1]:8000", "::1", False),
        ("192.168.1.4", "::", True),
        ("docs.internal", "0.0.0.0", False),
    ],
)
def test_is_own_name(host, bound, own):
    """A domain that points here is refused; figures are what nobody can rebind."""
    assert is_own_name(host, bound) is own


@pytest.mark.parametrize(
    ("host", "own"),
    [("docs.internal", True), ("Docs.Internal:80", True), ("x.docs.internal", False), ("docs.internal.", False), ("docs", False)],
)  # fmt: skip
def test_names_that_are_allowed_are_answered(host, own):
    """To the letter, in capitals or not, with a port or without."""
    assert is_own_name(host, "127.0.0.1", {"docs.internal"}) is own


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
    first = news(events)
    assert first["faults"] == []
    assert get(shown.server, "/")[1]["Server-Timing"] == f"build;desc={first['build']}"
    base.write({"orders/late.md": "# Late\n\nBrand new.\n"})
    report = shown.rebuild()
    assert "orders/late.html" in report.written
    assert news(events)["build"] > first["build"]
    assert b"Brand new." in get(shown.server, "/orders/late.html")[2]
    assert shown.rebuild().written == ()
    connection.close()


def news(events):
    """Read the next event of a page that listens."""
    while not (line := events.readline()).startswith(b"data: "):
        assert line
    return json.loads(line.removeprefix(b"data: "))


WRONG = "---\ntitle: [unclosed\n---\n# Late\n"


def test_a_page_stays_while_its_article_is_at_fault(base, shown):
    """Listeners hear what is wrong and where; who loads the page again gets it as it was."""
    whole = get(shown.server, "/orders/late")[2]
    connection = http.client.HTTPConnection(*shown.server.server_address[:2], timeout=60)
    connection.request("GET", "/.kb/events")
    events = connection.getresponse()
    news(events)
    base.write({"orders/late.md": WRONG})
    shown.rebuild()
    (fault,) = news(events)["faults"]
    assert fault["where"].startswith("orders/late.md:")
    assert "front matter" in fault["message"]
    for path in ("/orders/late", "/orders/late.html"):
        status, headers, body = get(shown.server, path)
        assert (status, headers["Kb-Held"], body) == (200, "1", whole)
    assert "Kb-Held" not in get(shown.server, "/")[1]
    base.write({"orders/damaged.md": "# Damaged\n\nAnother edit.\n"})
    shown.rebuild()
    assert get(shown.server, "/orders/late")[2] == whole
    assert b"Another edit." in get(shown.server, "/orders/damaged")[2]
    news(events)
    base.write({"orders/late.md": "# Late\n\nMended.\n"})
    shown.rebuild()
    assert news(events)["faults"] == []
    status, headers, body = get(shown.server, "/orders/late")
    assert b"Mended." in body
    assert "Kb-Held" not in headers
    connection.close()


def test_an_article_at_fault_that_is_removed_takes_its_page_with_it(base, shown):
    """Nothing that only a fault kept is served after it."""
    get(shown.server, "/orders/late.html")
    base.write({"orders/late.md": WRONG})
    shown.rebuild()
    (base.content / "orders/late.md").unlink()
    shown.rebuild()
    assert get(shown.server, "/orders/late.html")[0] == 404
    get(shown.server, "/orders/damaged.html")
    (base.content / "orders/damaged.md").unlink()
    shown.rebuild()
    assert get(shown.server, "/orders/damaged.html")[0] == 404


def test_settings_at_fault_are_told_to_pages(base, shown):
    """The site stays as it is, and the fault goes when it is mended."""
    whole = (base.folder / "kb.toml").read_text()
    (base.folder / "kb.toml").write_text("nonsense = 1\n")
    with pytest.raises(KbError):
        shown.rebuild()
    (fault,) = shown.server.faults
    assert fault.where.endswith("kb.toml:1")
    assert "nonsense" in fault.message
    assert get(shown.server, "/orders/late.html")[0] == 200
    (base.folder / "kb.toml").write_text(whole)
    assert shown.rebuild().written == ()
    assert shown.server.faults == ()


def test_a_site_that_cannot_be_built_at_first_is_served_once_it_can(base):
    """Until then every page says why, as text."""
    theme = base.folder / "theme"
    theme.mkdir()
    (theme / "footer.html").write_text("{% if <b>bold</b> %}")
    with open_preview(base.config, port=0) as shown:
        assert shown.report is None
        assert "template" in str(shown.failure)
        for path in ("/", "/orders/late.html", "/search/data/m.js"):
            status, headers, body = get(shown.server, path)
            assert status == 503
            assert b"footer.html:1" in body
            assert b"<b>" not in body
            assert "default-src 'none'" in headers["Content-Security-Policy"]
        status, headers, body = get(shown.server, "/.kb/live.js")
        assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
        (theme / "footer.html").unlink()
        assert shown.rebuild().pages
        assert get(shown.server, "/")[0] == 200


def test_without_settings_or_content_nothing_is_served(base):
    """There would be nothing to wait for."""
    (base.folder / "kb.toml").write_text("content = 'elsewhere'\n")
    with pytest.raises(ContentError), open_preview(base.config, port=0):
        pass
    (base.folder / "kb.toml").write_text("nonsense = 1\n")
    with pytest.raises(ConfigError), open_preview(base.config, port=0):
        pass


def test_images_that_the_settings_allow_are_allowed_at_once(base, shown):
    """The policy that goes with pages follows the settings."""
    text = (base.folder / "kb.toml").read_text()
    (base.folder / "kb.toml").write_text(f"{text}\nremote_images = ['img.example.com']\n")
    shown.rebuild()
    assert "img.example.com" in get(shown.server, "/")[1]["Content-Security-Policy"]


def has_ipv6():
    """Say whether this machine has a loopback device for IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("host", "shown_as", "asked", "family"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", 4),
        ("0.0.0.0", "127.0.0.1", "127.0.0.1", 4),
        ("localhost", "localhost", "127.0.0.1", 4),
        ("::1", "[::1]", "::1", 6),
        ("[::1]", "[::1]", "::1", 6),
        ("::", "[::1]", "::1", 6),
        ("::", "[::1]", "127.0.0.1", 6),
    ],
)
def test_every_address_of_this_machine_can_be_served_on(tmp_path, host, shown_as, asked, family):
    """What is printed can be opened; on `::` IPv4 is served as well."""
    if family == 6 and not has_ipv6():
        pytest.skip("no IPv6 here")
    server = open_server(tmp_path, host, 0, "default-src 'none'")
    port = server.server_address[1]
    assert server.url == f"http://{shown_as}:{port}/"
    assert server.is_open is (host in ("0.0.0.0", "::"))
    with running(server):
        connection = http.client.HTTPConnection(asked, port, timeout=60)
        connection.request("GET", "/", headers={"Host": f"{shown_as}:{port}"})
        assert connection.getresponse().status == 503
        connection.close()


def test_a_name_that_is_served_on_is_answered(tmp_path, monkeypatch):
    """Of a name that means two addresses, one that this machine has."""
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]

    def resolve(name, port, flags=0, **_):
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not in figures")
        return found

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    server = open_server(tmp_path, "Docs.Internal", 0, "default-src 'none'", names=["other"])
    assert server.url.startswith("http://docs.internal:")
    assert server.names == {"docs.internal", "other"}
    server.server_close()


@pytest.mark.parametrize(
    ("host", "what"),
    [("", "no name"), ("127.0.0.1:8000", "can't serve on 127.0.0.1:8000"), ("a..b", "can't serve on a..b"), ("192.0.2.1", "can't serve on 192.0.2.1: ")],
)  # fmt: skip
def test_a_host_that_is_none_is_an_error(tmp_path, host, what):
    """It says what a host is."""
    with pytest.raises(SiteError, match=what) as caught:
        open_server(tmp_path, host, None, "")
    assert "--host" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["", "docs.internal:80", "a b", "http://docs", "docs.", "*", "ä" * 80]
)
def test_a_name_that_is_none_is_an_error(tmp_path, name):
    """Nothing is taken for a pattern."""
    with pytest.raises(SiteError, match="is no name of a host"):
        open_server(tmp_path, "127.0.0.1", 0, "", names=[name])


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
@pytest.mark.parametrize("edited", ["content/orders/late.md", "includes/part.md", "NEWS.md"])
def test_watching(base, monkeypatch, library, edited):
    """A changed article or included text is noticed, with watchfiles and without it; one that
    stands beside the content folder, too, since an article was seen to look for it.
    """
    write(base.folder, {"mkdocs.yml": "site_name: X\n", "includes/part.md": "x\n"})
    if not library:
        monkeypatch.setitem(__import__("sys").modules, "watchfiles", None)
        monkeypatch.setattr(preview, "_POLL", 0.05)
    stop = threading.Event()
    changes = watch(base.config, stop, lambda: [("NEWS.md", -1, -1)])
    next(changes)  # something may have changed before it began
    noticed = threading.Event()

    def wait():
        for _ in changes:
            noticed.set()
            stop.set()

    thread = threading.Thread(target=wait)
    thread.start()
    for number in range(500):
        write(base.folder, {edited: f"# Late {number}\n"})
        if noticed.wait(0.2):
            break
    stop.set()
    thread.join(60)
    assert noticed.is_set()
    assert not thread.is_alive()


def test_watching_outlives_faulty_settings(base, monkeypatch):
    """Settings that can't be read for a moment don't end the watch; that they are mended is a
    change, as is that they were torn.
    """
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

    assert len(list(watch(load, stop))) == 3


@pytest.mark.parametrize("what", ["settings", "content", "theme"])
def test_what_takes_the_place_of_another_is_watched(base, what):
    """A file saved by renaming, a folder made anew, a folder that was not there before."""
    pytest.importorskip("watchfiles")
    stop = threading.Event()
    deadline = threading.Timer(60, stop.set)  # what is not noticed ends the test, too
    deadline.start()
    changes = watch(base.config, stop)
    next(changes)
    theme = base.folder / "theme"
    for number in range(3):
        if what == "settings":
            new = base.folder / "new.toml"
            new.write_text(f'name = "Number {number}"\n')
            new.replace(base.folder / "kb.toml")
        elif what == "content":
            base.content.rename(base.folder / f"away-{number}")
            base.write({"late.md": f"# Late {number}\n"})
        else:
            theme.mkdir(exist_ok=True)
            (theme / "footer.html").write_text(str(number))
        next(changes)
    deadline.cancel()
    stop.set()
    assert list(changes) in ([], [None])


def test_what_an_export_still_writes_is_removed_with_the_folder():
    """It may be in the middle of its files when the preview ends: it makes some more."""
    written = threading.Event()

    def write_on(folder):
        for number in range(3_000):
            with contextlib.suppress(OSError):
                (folder / "deep").mkdir(exist_ok=True)
                (folder / "deep" / str(number)).write_bytes(b"x")
            if number == 200:
                written.set()

    with temporary_folder() as folder:
        writer = threading.Thread(target=write_on, args=(folder,))
        writer.start()
        assert written.wait(60)
    writer.join(60)
    assert not writer.is_alive()
    assert not folder.exists()
