"""`kb serve --api`: what is answered, what is refused, and that nothing of the server leaves it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import jsonschema
import pytest

from kb import KnowledgeBase
from kb.assist.api.app import create_app
from kb.assist.api.openapi import OPERATIONS, openapi
from kb.assist.api.settings import MOST_BYTES, MOST_CHARACTERS, MOST_NAME, STAY, ApiSettings

ARTICLES = {
    "orders/late": "---\ntitle: Late package\nissue: [package never arrived]\nescalate: [chat]\n---\nLook at the tracking.\n",
    "contact/chat": "---\ntitle: Chat\ntier: contact\nchannel: {name: chat, where: Account}\n---\nOpen it.\n",
    "agents/refunds": "---\ntitle: Refund limits\naudience: agent\n---\nUp to 50 dollars.\n",
    "orders/new": "---\ntitle: Plans\nstatus: draft\n---\nSecret plans.\n",
}


@pytest.fixture
def content(tmp_path):
    """A small help center."""
    for id_, text in ARTICLES.items():
        path = tmp_path / "content" / f"{id_}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "content"


@pytest.fixture
def ask(content):
    """Ask the application without a network; gives status, headers and body."""

    def call(path, method="GET", body=b"", headers=(), times=1, **settings):
        base = KnowledgeBase.open(content)
        base.prepare()
        app = create_app(ApiSettings(**{"rate": 0, **settings}), base)
        address, _, query = path.partition("?")
        sent = {"host": "localhost:8000", **dict(headers)}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": address, "raw_path": address.encode(), "root_path": "",
            "query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("localhost", 8000),
            "headers": [(k.lower().encode(), v.encode()) for k, v in sent.items()],
        }  # fmt: skip
        return [asyncio.run(answer(app, dict(scope), body)) for _ in range(times)][-1]

    return call


async def answer(app, scope, body):
    """What an ASGI application sends for one request."""
    parts, start = [], {}

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        start.update(message) if message["type"] == "http.response.start" else parts.append(
            message.get("body", b"")
        )

    await app(scope, receive, send)
    headers = {k.decode().lower(): v.decode() for k, v in start["headers"]}
    return start["status"], headers, b"".join(parts)


ASKED = [
    ("/search?q=package+never+arrived", "GET", b"", "orders/late"),
    ("/context?q=package+never+arrived", "GET", b"", "Look at the tracking."),
    ("/article?id=orders/late", "GET", b"", "Late package"),
    ("/contact?q=package", "GET", b"", "chat"),
    ("/suggest", "POST", b"Hi,\n\nmy package never arrived.\n\nCheers\nBo", "Hello Bo,"),
]


@pytest.mark.parametrize(("path", "method", "body", "holds"), ASKED)
def test_answers_are_those_of_the_commands(ask, path, method, body, holds):
    """As JSON, by the schema that the document names, without names of files."""
    status, headers, got = ask(path, method, body, [("content-type", "text/plain")])
    assert (status, headers["content-type"]) == (200, "application/json")
    assert holds in got.decode()
    assert '"path"' not in got.decode()
    document = openapi(has_token=False)
    operation = document["paths"][path.partition("?")[0]][method.lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(json.loads(got), {**schema, "components": document["components"]})


def test_a_message_may_be_json_or_a_mail(ask):
    """By its content type."""
    body = json.dumps({"message": "my package never arrived"}).encode()
    assert ask("/suggest", "POST", body, [("content-type", "application/json")])[0] == 200
    mail = b"From: a@b.example\nSubject: x\n\nmy package never arrived\n"
    status, _, got = ask("/suggest?limit=1", "POST", mail, [("content-type", "message/rfc822")])
    assert (status, len(json.loads(got)["problems"][0]["sections"])) == (200, 1)


def test_an_answer_that_is_known_is_not_sent_again(ask):
    """304 by its tag, until the articles change."""
    status, headers, body = ask("/search?q=package")
    tag = headers["etag"]
    assert ask("/search?q=package", headers=[("if-none-match", f'"x", W/{tag}')])[::2] == (304, b"")
    assert ask("/search?q=chat", headers=[("if-none-match", tag)])[0] == 200
    assert ask("/search?q=package", "HEAD")[1]["etag"] == tag
    assert (status, bool(body)) == (200, True)


@pytest.mark.parametrize(("workers", "ended"), [(1, 0), (2, 2)])
def test_connections_spread_over_workers(content, workers, ended):
    """Who comes back finds the worker that has time; one alone keeps all."""
    base = KnowledgeBase.open(content)
    base.prepare()
    app = create_app(ApiSettings(rate=0, workers=workers), base)
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/health",
        "raw_path": b"/health", "root_path": "", "query_string": b"", "client": ("a", 1),
        "server": None, "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    got = [asyncio.run(answer(app, dict(scope), b""))[1] for _ in range(2 * STAY)]
    assert [headers.get("connection") for headers in got].count("close") == ended


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/search", 400, "the parameter q is missing"),
        ("/search?q=", 400, "q takes 1 to"),
        ("/search?q=a&lmit=1", 400, "did you mean limit?"),
        ("/search?q=a&q=b", 400, "given twice"),
        ("/search?q=a&limit=0", 400, "limit takes a number from 1 to 100"),
        ("/search?q=a&limit=1e3", 400, "limit takes a number"),
        ("/search?q=a&tier=none", 400, "tier takes one of"),
        ("/search?q=a&prefix=1", 400, "true or false"),
        ("/search?q=" + "a" * 9000, 400, "8,192 characters"),
        ("/search?q=a&language=fr", 404, "no articles in 'fr'"),
        ("/search?q=a&language=../..", 400, "a tag such as"),
        ("/search?q=a&language=" + "-".join(["en"] * 40), 400, "language takes 0 to 64"),
        ("/context?q=package&budget=50", 409, "budget="),
        ("/search?" + "&".join("a=1" for _ in range(99)), 400, "too many parameters"),
        ("/context?q=package&budget=49", 400, "budget takes a number from 50"),
        ("/article?id=orders/lat", 404, "did you mean orders/late?"),
        ("/article?id=../../etc/passwd", 404, "no article"),
        ("/article?id=agents/refunds", 404, "no article"),
        ("/article?id=orders/new", 404, "no article"),
        ("/nowhere", 404, "no such address"),
    ],
)
def test_mistakes_are_one_error_object(ask, path, status, said):
    """With what to do, and nothing of the server."""
    got, _, body = ask(path)
    assert got == status
    assert said in json.dumps(json.loads(body)["error"])
    assert not any(word in body.decode() for word in ("Traceback", "/content", "kb/", "`kb"))


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * (MOST_BYTES + 1), "text/plain", 413),
        (b"", "text/plain", 400),
        (b"x", "image/png", 415),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"message": 1}', "application/json", 400),
        (b'{"message": "a", "more": 1}', "application/json", 400),
    ],
)
def test_bodies_have_bounds(ask, body, kind, status):
    """What is no message, or too much of one."""
    assert ask("/suggest", "POST", body, [("content-type", kind)])[0] == status


def test_other_methods_are_refused(ask):
    """And those that there are are named."""
    status, headers, _ = ask("/search?q=a", "DELETE")
    assert (status, headers["allow"]) == (405, "GET, HEAD") or "GET" in headers["allow"]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil", "", "10.0.0.1"]
)
def test_names_that_others_can_point_here_are_not_answered(ask, host):
    """DNS rebinding; a name that was allowed is."""
    assert ask("/search?q=a", headers=[("host", host)])[0] == 421
    assert ask("/search?q=a", headers=[("host", "help.example")], names=("help.example",))[0] == 200
    assert ask("/search?q=a", headers=[("host", "10.0.0.1")], any_host=True)[0] == 200


def test_a_token_is_asked_for_where_there_is_one(ask):
    """But for health; the document says so."""
    token = "0123456789abcdef"
    status, headers, _ = ask("/search?q=a", token=token)
    assert (status, headers["www-authenticate"]) == (401, "Bearer")
    assert ask("/search?q=a", headers=[("authorization", "Bearer nonsense")], token=token)[0] == 401
    assert ask("/search?q=a", headers=[("authorization", f"Bearer {token}")], token=token)[0] == 200
    assert ask("/health", token=token)[0] == 200
    assert openapi(has_token=True)["components"]["securitySchemes"]


def test_too_many_requests_have_to_wait(content):
    """Each client for itself; health is always answered."""
    base = KnowledgeBase.open(content)
    base.prepare()
    app = create_app(ApiSettings(rate=4), base)

    def status(client, path="/search"):
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
            "raw_path": path.encode(), "root_path": "", "query_string": b"q=a", "client": (client, 1),
            "server": None, "headers": [(b"host", b"localhost")],
        }  # fmt: skip
        return asyncio.run(answer(app, scope, b""))

    assert [status("a")[0] for _ in range(3)] == [200, 200, 429]
    assert int(status("a")[1]["retry-after"]) >= 1
    assert status("b")[0] == 200
    assert status("a", "/health")[0] in (200, 400)


def test_pages_of_a_listed_origin_may_ask(ask):
    """Others get no header, and so no answer in a browser."""
    own = {"origins": ("https://www.shop.example",)}
    origin = [("origin", "https://www.shop.example")]
    assert (
        ask("/search?q=a", headers=origin, **own)[1]["access-control-allow-origin"]
        == "https://www.shop.example"
    )
    assert (
        "access-control-allow-origin"
        not in ask("/search?q=a", headers=[("origin", "https://x.example")], **own)[1]
    )
    assert "access-control-allow-origin" not in ask("/search?q=a", headers=origin)[1]


def test_an_index_that_can_not_be_read_is_503(content, monkeypatch):
    """Without the path that the message of the terminal has."""
    from kb.errors import IndexingError

    base = KnowledgeBase.open(content)
    base.prepare()

    def fail(*_args, **_more):
        raise IndexingError("damaged", path=str(content))

    monkeypatch.setattr(base, "search", fail)
    app = create_app(ApiSettings(rate=0), base)
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/search",
        "raw_path": b"/search", "root_path": "", "query_string": b"q=a", "client": ("a", 1),
        "server": None, "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    status, _, body = asyncio.run(answer(app, scope, b""))
    assert (status, str(content) in body.decode()) == (503, False)
    monkeypatch.setattr(base, "search", lambda *_args, **_more: 1 / 0)
    status, _, body = asyncio.run(answer(app, scope, b""))
    assert (status, "division" in body.decode()) == (500, False)


def test_the_document_names_every_address(ask):
    """And is what is served."""
    served = json.loads(ask("/openapi.json")[2])
    assert set(served["paths"]) == {operation.path for operation in OPERATIONS}


@contextlib.contextmanager
def serving(content, *options):
    """The real command; gives the address that it prints."""
    command = [
        sys.executable,
        "-m",
        "kb",
        "--content",
        str(content),
        "serve",
        "--api",
        "--port",
        "0",
        "--json",
    ]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        text = line
        while text.count("{") > text.count("}"):
            text += process.stdout.readline()
        yield json.loads(text)["url"]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()


def get(url):
    """The JSON at an address, once it is answered."""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.load(response)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def first(url):
    """The first article for one question."""
    return [hit["article"] for hit in get(f"{url}search?q=xylophone")["hits"]][:1]


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_workers_take_up_what_another_process_indexed(content):
    """All of them, with no wrong answer between: it is the one of before or the new one."""
    with serving(content, "--workers", "2", "--rate", "0") as url:
        assert first(url) == []
        (content / "new.md").write_text("# The xylophone\n\nIt sounds.\n", encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "kb", "--content", str(content), "index", "-q"], check=True
        )
        end, row = time.monotonic() + 60, 0
        while row < 8 and time.monotonic() < end:
            found = first(url)
            assert found in ([], ["new"])
            row = row + 1 if found else 0
        assert row == 8


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_the_longest_question_is_answered_whatever_its_letters(content):
    """One takes 12 bytes in an address; one more letter is refused as any mistake is."""
    with serving(content, "--rate", "0") as url:
        get(f"{url}health")
        longest = "%F0%9F%93%A6" * MOST_CHARACTERS
        assert get(f"{url}search?q={longest}&topic={'%F0%9F%93%A6' * MOST_NAME}")["total"] == 0
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{url}search?q={longest}a", timeout=30)
        with refused.value as answer:
            assert (answer.code, json.load(answer)["error"]["code"]) == (400, "parameter")


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_schemathesis_finds_nothing(content):
    """Requests made of the document, right ones and wrong ones."""
    program = Path(sys.executable).with_name("schemathesis")
    if not program.is_file():
        pytest.skip("schemathesis is not installed")
    with serving(content, "--rate", "0") as url:
        get(f"{url}health")
        command = [program, "run", f"{url}openapi.json", "-n", "10", "--seed", "1", "--no-color"]
        run = subprocess.run(
            [*command, "--generation-deterministic"],
            capture_output=True, text=True, check=False, cwd=content.parent,
        )  # fmt: skip
    found = (run.stdout.partition("FAILURES =")[2] or run.stdout)[:6000] + run.stderr[-500:]
    assert run.returncode == 0, "\n".join(line[:300] for line in found.splitlines())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "2"], "--workers goes with --api"),
        (["--cors", "https://a.example"], "--cors goes with --api"),
        (["--api", "--cors", "a.example/x"], "--cors takes an origin"),
        (["--api", "--token-file", "token"], "16 to 512"),
        (["--api", "--host", "203.0.113.1"], "can't serve on 203.0.113.1"),
    ],
)
def test_wrong_options_are_explained(content, capsys, monkeypatch, options, said):
    """In one line, before anything is served."""
    from kb.cli.app import run

    monkeypatch.chdir(content.parent)
    Path("token").write_text("short", encoding="utf-8")
    assert run(["serve", *options, "-q"]) in (2, 3)
    assert said in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(content, capsys, monkeypatch):
    """By the command that installs it here."""
    from kb.cli.app import run

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "kb.assist.api.server", raising=False)
    assert run(["--content", str(content), "serve", "--api", "-q"]) == 3
    assert "api" in capsys.readouterr().err
