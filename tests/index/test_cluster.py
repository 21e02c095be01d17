"""The engine on a cluster: what is said when it can't be asked, and generations on a real one.

Refusals come from a small server here; whatever depends on OpenSearch itself is tried on a cluster
of real nodes, where `support.cluster_engine` finds one.
"""

import json
import shutil
import ssl
import subprocess
import sys
import threading
import traceback
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.articles import make_article
from support.cluster_engine import URLS, ClusterEngine, needs_cluster, settings

from kb.config import Config, EngineConfig, Ranking
from kb.errors import ConfigError, IndexBusyError, IndexingError
from kb.index.generations import DamagedIndexError
from kb.index.opensearch import client as door
from kb.index.opensearch.client import Cluster, ClusterError, ClusterSettings, ConflictError
from kb.index.opensearch.mapping import pack, phrase_query, runs_of, token, unpack
from kb.index.opensearch.names import Names
from kb.index.opensearch.sender import Change, Sender
from kb.knowledge_base import KnowledgeBase
from kb.search.query import Request, parse_query
from kb.search.searcher import Searcher
from kb.text.analysis import Analyzer

pytest.importorskip("opensearchpy")

SECRET = "open sesame"
MOVING = {"error": {"type": "search_phase_execution_exception", "root_cause": []}, "status": 500}
BROKEN = {"error": {"type": "parsing_exception", "root_cause": [{"reason": "what?"}]}}


@contextmanager
def serving(*answers, context=None):
    """A server that gives these answers, (status, body), one after the other; what it was asked."""
    asked, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            asked.append((self.path, self.headers.get("Authorization")))
            status, body = left.pop(0) if len(left) > 1 else left[0]
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        scheme = "https" if context else "http"
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Tries follow each other at once."""
    monkeypatch.setattr(door.time, "sleep", lambda _: None)


def cluster_at(url, **changes):
    """A cluster at an address."""
    return Cluster(ClusterSettings((url,), "kb", **{"retries": 3, "timeout": 5, **changes}))


# What is said when it can't be asked -----------------------------------------------------


def test_a_cluster_that_is_not_there_is_named():
    """With what to look at; such an error ends a command with 3."""
    with serving((200, {})) as (url, _):
        pass
    with pytest.raises(ClusterError, match="connection refused") as caught:
        cluster_at(url).get("/")
    assert url in caught.value.message
    assert "`urls`" in caught.value.hint
    assert (caught.value.code, caught.value.exit_code) == ("cluster", 3)


@pytest.mark.parametrize(
    "passing", [(429, {}), (503, {}), (502, {}), (500, MOVING)], ids=["429", "503", "502", "moving"]
)
def test_what_may_pass_is_asked_again(passing):
    """A full queue, a node that goes, and a shard that is just moving to another."""
    with serving(passing, passing, (200, {"ok": 1})) as (url, asked):
        assert cluster_at(url).get("/") == {"ok": 1}
        assert len(asked) == 3


def test_tries_come_to_an_end():
    """After so many as the settings say."""
    with serving((429, {})) as (url, asked), pytest.raises(ClusterError, match="429"):
        cluster_at(url).get("/")
    assert len(asked) == 4


def test_what_will_not_pass_is_asked_once():
    """The message is the cluster's."""
    with serving((400, BROKEN)) as (url, asked), pytest.raises(ClusterError, match=r"what\?"):
        cluster_at(url).get("/")
    assert len(asked) == 1


@pytest.mark.parametrize("partly", [{"timed_out": True}, {"_shards": {"failed": 1}}])
def test_an_answer_in_part_is_none(partly):
    """Whatever the cluster was told."""
    whole = {"timed_out": False, "_shards": {"failed": 0}, "hits": {}}
    answer = {**whole, **partly}
    with serving((200, answer)) as (url, asked), pytest.raises(ClusterError, match="in part"):
        cluster_at(url).search("kb", {})
    assert "allow_partial_search_results=false" in asked[0][0]
    several = {"responses": [whole, {**whole, **partly}]}
    with serving((200, several)) as (url, _), pytest.raises(ClusterError, match="in part"):
        cluster_at(url).search_all("kb", [{}, {}])


def test_one_search_of_several_that_fails_is_asked_again():
    """All of them are."""
    whole = {"timed_out": False, "_shards": {"failed": 0}, "hits": {}}
    some, all_ = {"responses": [whole, MOVING]}, {"responses": [whole, whole]}
    with serving((200, some), (200, all_)) as (url, asked):
        assert cluster_at(url).search_all("kb", [{}, {}]) == [whole, whole]
    assert len(asked) == 2
    with serving((200, some)) as (url, _), pytest.raises(ClusterError):
        cluster_at(url).search_all("kb", [{}, {}])


def test_a_wrong_password_is_said_and_not_shown(monkeypatch, tmp_path):
    """Not in the message, not in a traceback, not in what settings look like."""
    monkeypatch.setenv("KB_ENGINE_USER", "ann")
    monkeypatch.setenv("KB_ENGINE_PASSWORD", SECRET)
    with serving((401, {"error": "Unauthorized"})) as (url, asked):
        cluster = cluster_at(url)
        with pytest.raises(ClusterError, match="refuses these credentials") as caught:
            cluster.get("/")
        error = caught.value
        told = "".join(traceback.format_exception(error, chain=True)) + repr(vars(error))
        assert "KB_ENGINE_PASSWORD" in error.hint
        assert error.__context__ is None
        assert SECRET not in told + repr(cluster.settings) + repr(Config())
        assert asked[0][1].startswith("Basic ")
    monkeypatch.delenv("KB_ENGINE_USER")
    file = tmp_path / "who"
    file.write_text(f"ann:{SECRET}\n")
    with serving((200, {})) as (url, again):
        cluster_at(url, credentials=file).get("/")
    assert again[0][1] == asked[0][1]


@pytest.mark.parametrize("text", ["", "ann", "ann:x\nbob:y"])
def test_a_file_of_credentials_is_one_line(tmp_path, text):
    """Another one is refused, and not quoted."""
    file = tmp_path / "who"
    file.write_text(text)
    with pytest.raises(ConfigError, match="one line") as caught:
        cluster_at("http://127.0.0.1:9", credentials=file).get("/")
    assert caught.value.path == str(file)
    with pytest.raises(ConfigError, match="can't be read"):
        cluster_at("http://127.0.0.1:9", credentials=tmp_path / "none").get("/")


def test_a_client_that_is_not_installed_is_asked_for(monkeypatch):
    """By the command that installs it."""
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(ConfigError, match="needs opensearch-py") as caught:
        cluster_at("http://127.0.0.1:9").get("/")
    assert "install" in caught.value.hint


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody vouches for but itself."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    key, made = tmp_path / "key.pem", tmp_path / "made.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", made, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context, made


def test_a_certificate_has_to_be_trusted(certificate):
    """By those who vouch by default, or by those that the settings name."""
    context, made = certificate
    with serving((200, {"ok": 1}), context=context) as (url, asked):
        with pytest.raises(ClusterError, match="certificate is not trusted"):
            cluster_at(url).get("/")
        assert asked == []
        assert cluster_at(url, ca=made).get("/") == {"ok": 1}
        assert cluster_at(url, verify=False).get("/") == {"ok": 1}


def test_a_knowledge_base_says_that_its_cluster_is_down(tmp_path):
    """Also where there has been an index before."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# Late package\n\nWait.\n")
    engine = EngineConfig(kind="opensearch", urls=("http://127.0.0.1:9",), retries=0)
    config = Config(content=tmp_path / "content", index=tmp_path / "index", engine=engine)
    with pytest.raises(IndexingError, match="does not answer"):
        KnowledgeBase(config).search("late")


# How things are written ------------------------------------------------------------------


@pytest.mark.parametrize("term", ["late", "c++", "注文", "a b", "x" * 500, "\ud800", "\ue000"])
def test_any_term_is_one_word_of_the_index(term):
    """Without a space, and of a length that it takes; equal ones alone are equal."""
    word = token(term)
    assert word.encode()
    assert len(word) < 200
    assert not {" ", "\ue000", "\ue001", "\ue002"} & {*word}
    assert token(term) == word != token(f"{term}2")


def test_what_is_packed_comes_back():
    """As any alphabet of base 64 has it, without its padding."""
    value = {"a": [1, 2], "b": "é\ud800" * 40}
    text = pack(value)
    assert unpack(text) == value
    assert unpack(text.replace("+", "-").replace("/", "_").rstrip("=")) == value


def test_runs_end_where_places_do():
    """Words of one place are one, and a gap is the end of a run."""
    places = [(3, "wi"), (3, "wifi"), (4, "fi"), (9, "x"), (9, "x")]
    assert runs_of(places) == ["wi\ue002wifi fi", "x"]


def test_phrases_of_one_place_each_are_plain():
    """Those with a stop word have to hold both words at its place."""
    assert phrase_query(()) == {"match_none": {}}
    assert phrase_query((("a", 0),)) == {"term": {"w": "a"}}
    assert "match_phrase" in phrase_query((("a", 0), ("b", 1)))
    rules = phrase_query((("the", 0), ("a", 0), ("b", 1)))["intervals"]["x"]["all_of"]["intervals"]
    assert rules[0]["match"]["filter"]["contained_by"]["match"]["query"] == "a"
    assert "match" in phrase_query((("the", 0), ("a", 0)))["intervals"]["x"]


# Generations on a cluster ----------------------------------------------------------------


@pytest.fixture
def engine(tmp_path):
    """An engine under names of its own, which are removed at the end."""
    made = ClusterEngine(tmp_path, Analyzer(), Ranking())
    yield made
    made.remove()


def ask(engine, text):
    """The ids of the articles that answer, best first."""
    searcher = Searcher(engine.index, engine.analyzer, engine.ranking, {})
    return [found.card.id for found in searcher.search(Request(parse_query(text))).sections]


def numbers(engine):
    """The numbers of the indexes that are there."""
    return [int(name[-8:]) for name in Names(engine.cluster, engine.alias).all()]


LATE = make_article("late", "Late package")
LOST = make_article("lost", "Lost package")


@needs_cluster
def test_old_generations_go(engine):
    """All but the one before, which others may be asking."""
    for round_ in range(4):
        engine.close()
        engine.build([make_article("a", f"Late package {round_}")])
    assert numbers(engine) == [3, 4]
    assert Names(engine.cluster, engine.alias).current() == f"{engine.alias}-{4:08d}"


@needs_cluster
def test_the_same_articles_are_written_once(engine, tmp_path):
    """Another machine that has them takes the index that is there, also after an update."""
    other = ClusterEngine(tmp_path / "other", Analyzer(), Ranking())
    other.folder.mkdir()
    other.alias = engine.alias
    engine.build([LATE])
    assert engine.update([], [LOST])
    other.build([LATE, LOST])
    assert other.index.name == engine.index.name
    assert ask(other, "lost") == ["lost"]


@needs_cluster
def test_who_asks_stays_with_one_generation(engine, tmp_path):
    """It answers as before, also when another has taken its place; once removed it is damaged."""
    engine.build([LATE])
    shutil.copytree(tmp_path, tmp_path.parent / "before")
    before = ClusterEngine(tmp_path.parent / "before", Analyzer(), Ranking())
    assert ask(before, "late") == ["late"]
    engine.build([LOST])
    assert ask(before, "late") == ["late"]
    engine.build([LATE, LOST])
    with pytest.raises(DamagedIndexError):
        ask(before, "wait")


@needs_cluster
def test_of_two_builders_one_gives_way(engine):
    """What it wrote is removed, and the other's index answers."""
    engine.build([LATE])
    names = Names(engine.cluster, engine.alias)

    def slowly():
        yield LATE
        yield LOST

    move = names.move

    def late_move(self, old, new):
        rival = self.create({"settings": {"number_of_replicas": 0}})
        move(old, rival)
        move(old, new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Names, "move", late_move)
        with pytest.raises(IndexBusyError, match="another builder"):
            engine.build(slowly())
    assert len(numbers(engine)) == 3  # the first empty one, LATE's and the rival's
    with pytest.raises(ConflictError):
        engine.cluster.request("PUT", f"/{names.current()}")


@needs_cluster
def test_a_build_that_was_killed_leaves_the_old_index(engine):
    """What it wrote is passed over by number, and goes with a later one."""
    engine.build([LATE])
    names = Names(engine.cluster, engine.alias)
    half = names.create({"settings": {"number_of_replicas": 0}})
    engine.close()
    assert ask(engine, "late") == ["late"]
    engine.build([LOST])
    engine.close()
    assert ask(engine, "lost") == ["lost"]
    engine.build([LATE, LOST])
    assert half not in names.all()


@needs_cluster
def test_what_arrives_is_held_against_what_was_sent(engine):
    """An index that lacks a document never answers."""
    engine.build([LATE])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sender, "_send", lambda *_: None)
        with pytest.raises(IndexingError, match="is not what was sent"):
            engine.build([LOST])
    assert ask(engine, "late") == ["late"]


@needs_cluster
def test_a_document_that_is_not_taken_is_an_error(engine):
    """With the cluster's reason."""
    engine.build([LATE])
    sender = Sender(engine.cluster, Names(engine.cluster, engine.alias).create({}))
    sender.send([Change("gone", None, -1)])
    with pytest.raises(IndexingError, match="does not take a document"):
        sender.send([Change("a", {"k": {"an": "object"}}), Change("b", {"k": "text"})])


@needs_cluster
def test_an_update_writes_what_changed(engine):
    """Of many articles the others' documents stay, but for a mass here and there."""
    corpus = [make_article(f"a{n:03}", "Late package", ("More", "some text")) for n in range(60)]
    engine.build(corpus)
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        send = Sender._send
        patch.setattr(Sender, "_send", lambda self, batch: (sent.extend(batch), send(self, batch)))
        assert engine.update(["a007"], [make_article("a007", "Late gift", ("More", "some text"))])
    articles = [line for line in sent if '"k":"s"' in line or '"k":"a"' in line]
    assert len(articles) == 3
    assert ask(engine, "gift") == ["a007", "a007"]


@needs_cluster
def test_a_knowledge_base_on_a_cluster(tmp_path):
    """Indexes, answers, follows an edit, and answers from here while its cluster is down."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "late.md").write_text("# Late package\n\nWait a day.\n")
    (content / "lost.md").write_text("# Lost package\n\nAsk us.\n")
    where = settings()
    engine = EngineConfig(
        kind="opensearch", urls=URLS, prefix=where.prefix, replicas=0, fallback=True, timeout=30
    )
    config = Config(content=content, index=tmp_path / "index", engine=engine)
    base = KnowledgeBase(config)
    try:
        assert [hit.article for hit in base.search("lost").hits] == ["lost"]
        description = base.describe()
        assert (description.engine, description.health) == ("opensearch", "green")
        assert description.generation == f"{where.prefix}-00000001"
        assert description.shards == 1
        assert not base.outdated
        (content / "lost.md").write_text("# Stolen package\n\nAsk us.\n")
        base.index()
        assert [hit.article for hit in base.search("stolen").hits] == ["lost"]
        with pytest.raises(IndexingError, match="can't be exported"):
            base.engine.reader  # noqa: B018  # asked for its error
    finally:
        Cluster(where).request("DELETE", f"/{where.prefix}-*")
    gone = replace(config, engine=replace(engine, urls=("http://127.0.0.1:9",), retries=0))
    alone = KnowledgeBase(gone)
    alone.prepare()
    assert "does not answer" in alone.outdated
    assert [hit.article for hit in alone.search("stolen").hits] == ["lost"]


def test_the_door_is_the_only_one():
    """Nothing of the client is loaded by its own package's other modules."""
    folder = Path(door.__file__).parent
    users = [path.name for path in folder.glob("*.py") if "import opensearchpy" in path.read_text()]
    assert users == ["client.py"]
