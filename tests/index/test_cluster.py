"""The engine on a cluster: what is said when it can't be asked, and generations on a real one.

Refusals come from a small server here; whatever depends on OpenSearch itself is tried on a cluster
of real nodes, where `support.cluster_engine` finds one.
"""

import json
import os
import re
import shutil
import signal
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
from support.models import ARTICLES, MEANINGS, make_model
from support.proxy import LOST as NO_ANSWER
from support.proxy import make_certificates, proxying

from kb.config import Config, EngineConfig, Ranking, SemanticConfig
from kb.errors import ConfigError, IndexBusyError, IndexingError
from kb.index.generations import DamagedIndexError
from kb.index.opensearch import client as door
from kb.index.opensearch import sender
from kb.index.opensearch.client import Cluster, ClusterError, ClusterSettings
from kb.index.opensearch.mapping import article_key, pack, phrase_query, runs_of, token, unpack
from kb.index.opensearch.names import Names
from kb.index.opensearch.sender import Change, Sender
from kb.knowledge_base import KnowledgeBase
from kb.search.query import Request, parse_query
from kb.search.searcher import Searcher
from kb.semantic.encoder import Encoder
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
STOLEN = make_article("stolen", "Stolen package")


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
def test_an_update_leaves_other_groups_alone(engine):
    """Of sections that say the same, one group more gives no other one another number."""

    def version(folder, name, word):
        words = " ".join(f"{word}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
        return make_article(f"{folder}/{name}", "Install", ("Set up", words))

    old = [version("v1", "a", "one"), version("v2", "a", "one"), version("v1", "z", "two")]
    engine.build([*old, version("v9", "z", "new")])
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        send = Sender._send
        patch.setattr(Sender, "_send", lambda self, batch: (sent.extend(batch), send(self, batch)))
        assert engine.update(["v9/z"], [version("v9", "z", "two")])
    touched = {found[1] for line in sent if (found := re.search(r'"_id":"s(\w+)\.', line))}
    assert touched == {article_key("v1/z"), article_key("v9/z")}
    assert ask(engine, "twoq") == ["v9/z"]
    assert ask(engine, "onea") == ["v2/a"]


# Faults, on a real node --------------------------------------------------------------------


def through(engine, url, folder, **changes):
    """Another engine of the same names, which asks by a proxy."""
    folder.mkdir()
    other = ClusterEngine(folder, Analyzer(), Ranking())
    other.alias = engine.alias
    other.cluster = Cluster(engine.cluster.settings._replace(urls=(url,), **changes))
    return other


@pytest.fixture
def certificates(tmp_path):
    """An authority, and servers' contexts for the right name and a wrong one."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    return make_certificates(tmp_path / "certificates")


@needs_cluster
def test_a_node_by_tls_and_password(engine, tmp_path, certificates, monkeypatch):
    """Builds and answers as another; a wrong password, an authority that is not named and a
    certificate for another name are refused.
    """
    authority, right, wrong = certificates
    monkeypatch.setenv("KB_ENGINE_USER", "ann")
    monkeypatch.setenv("KB_ENGINE_PASSWORD", SECRET)
    login = "ann", SECRET
    with proxying(URLS[0], login=login, context=right) as url:
        secure = through(engine, url, tmp_path / "secure", ca=authority)
        secure.build([LATE, LOST])
        assert ask(secure, "lost") == ["lost"]
        with pytest.raises(ClusterError, match="certificate is not trusted"):
            through(engine, url, tmp_path / "unnamed").build([LATE])
        monkeypatch.setenv("KB_ENGINE_PASSWORD", "guess")
        with pytest.raises(ClusterError, match="refuses these credentials"):
            through(engine, url, tmp_path / "guess", ca=authority).build([LATE])
    with (
        proxying(URLS[0], login=login, context=wrong) as url,
        pytest.raises(ClusterError, match="certificate is not trusted"),
    ):
        through(engine, url, tmp_path / "elsewhere", ca=authority).build([LATE])


@needs_cluster
def test_answers_that_are_lost(engine, tmp_path):
    """What was done without an answer is done again, and comes to the same."""
    seen = set()

    def lose_first(method, path, _answer):
        kind = method, re.sub(r"-[0-9]{8}", "", path.partition("?")[0])
        known = kind in seen
        seen.add(kind)
        return None if known else NO_ANSWER

    with proxying(URLS[0], after=lose_first) as url:
        other = through(engine, url, tmp_path / "other")
        other.build([LATE])
        assert other.update([], [LOST])
        assert ask(other, "lost") == ["lost"]
        assert other.describe().sections == 2
    assert {("POST", "/_aliases"), ("POST", f"/{other.alias}/_bulk")} <= seen


@needs_cluster
def test_answers_that_come_late(engine, tmp_path):
    """A search is asked again when the time is over, and the answer is the whole one."""
    engine.build([LATE, LOST])
    end, searches = threading.Event(), []

    def late_first(_method, path, _answer):
        if "/_search" in path or "/_msearch" in path:
            searches.append(path)
            if len(searches) < 3:
                end.wait(60)

    with proxying(URLS[0], after=late_first) as url:
        other = through(engine, url, tmp_path / "late", timeout=0.3, retries=20)
        other.build([LATE, LOST])  # there already: nothing is written
        assert ask(other, "lost") == ["lost"]
        end.set()
    assert len(searches) > 2


@needs_cluster
def test_of_two_builders_at_once_one_gives_way(engine, tmp_path):
    """Both are ready to let theirs answer: one does, and the other says so and removes its own."""
    engine.build([LATE])
    both, told = threading.Barrier(2, timeout=60), {}

    def wait_for_both(_method, path):
        if path.startswith("/_aliases"):
            both.wait()

    def build(builder, article):
        try:
            builder.build([LATE, article])
            told[article.id] = "wrote"
        except IndexBusyError as error:
            told[article.id] = error.message

    with proxying(URLS[0], before=wait_for_both) as url:
        threads = [
            threading.Thread(
                target=build, args=(through(engine, url, tmp_path / article.id), article)
            )
            for article in (LOST, STOLEN)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    [winner] = [id_ for id_, said in told.items() if said == "wrote"]
    [loser] = [id_ for id_ in told if id_ != winner]
    assert "another builder has changed" in told[loser]
    reader = through(engine, URLS[0], tmp_path / "reader")
    reader.build([LATE, LOST if winner == "lost" else STOLEN])  # there already: nothing is written
    assert ask(reader, winner) == [winner]
    assert len(numbers(engine)) == 2


@needs_cluster
def test_a_builder_whose_alias_was_moved_gives_way(engine, tmp_path):
    """One that began earlier and is done later: what the faster one wrote answers."""
    engine.build([LATE])
    faster = through(engine, URLS[0], tmp_path / "faster")

    def overtake(_method, path):
        if path.startswith("/_aliases"):
            faster.build([LOST])

    with (
        proxying(URLS[0], before=overtake) as url,
        pytest.raises(IndexBusyError, match="another builder"),
    ):
        through(engine, url, tmp_path / "slower").build([STOLEN])
    assert Names(engine.cluster, engine.alias).current() == faster.index.name
    assert ask(faster, "lost") == ["lost"]


ENDS = {
    "the index is made": ("before", "PUT", "-0000000"),
    "the index was made": ("after", "PUT", "-0000000"),
    "documents were sent": ("after", "POST", "/_bulk"),
    "the alias is moved": ("before", "POST", "/_aliases"),
    "the alias was moved": ("after", "POST", "/_aliases"),
}


@needs_cluster
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_build_that_is_killed(engine, tmp_path, end):
    """Leaves the index that answered, or the whole new one; the next build is as any other."""
    engine.build([LATE])
    before = Names(engine.cluster, engine.alias).current()
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "lost.md").write_text("# Lost package\n\nAsk us.\n")
    killed, started = [], threading.Event()
    when, method, part = end

    def kill(asked, path, _answer=b""):
        if (asked, part in path, killed) == (method, True, []):
            started.wait(60)
            builder.kill()
            killed.append(path)
            return NO_ANSWER
        return None

    with proxying(URLS[0], **{when: kill}) as url:
        environment = {
            **os.environ, "KB_ENGINE_KIND": "opensearch", "KB_ENGINE_URLS": url,
            "KB_ENGINE_PREFIX": engine.alias, "KB_ENGINE_REPLICAS": "0",
        }  # fmt: skip
        command = [
            sys.executable, "-m", "kb", "--content", tmp_path / "content", "--index",
            tmp_path / "killed", "index",
        ]  # fmt: skip
        builder = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.set()
        assert builder.wait(120) == -signal.SIGKILL
    now = Names(engine.cluster, engine.alias).current()
    assert (now != before) == (end == ENDS["the alias was moved"])
    engine.close()
    assert ask(engine, "late") == ["late"]
    after = through(engine, URLS[0], tmp_path / "after")
    after.build([LATE, STOLEN])
    assert ask(after, "stolen") == ["stolen"]
    assert len(numbers(engine)) == 2


QUEUE = 8
"""Requests that may wait for a node at most, for the test that fills its queue."""


@needs_cluster
def test_a_full_write_queue(engine, monkeypatch):
    """Documents that a node refuses (429) come again until all are in."""
    cluster = engine.cluster
    pools = [node["thread_pool"]["write"] for node in cluster.get("/_nodes")["nodes"].values()]
    if max(pool["queue_size"] for pool in pools) > QUEUE:
        pytest.skip("the cluster's write queue is long: start it with"
                    " --setting thread_pool.write.size=1 --setting thread_pool.write.queue_size=2")  # fmt: skip
    refused, end = [], threading.Event()
    rows = "".join(f'{{"index":{{}}}}\n{{"text":"{n} some words"}}\n' for n in range(300))

    def flood():
        own = Cluster(cluster.settings)
        while not end.is_set():
            own.request("POST", f"/{engine.alias}-flood/_bulk", rows)

    def wait(attempt):
        refused.append(attempt)
        if len(refused) > 2:
            end.set()
        end.wait(0.01)

    monkeypatch.setattr(sender, "pause", wait)
    monkeypatch.setattr(sender, "BATCH_ROWS", 5)
    monkeypatch.setattr(sender, "MORE_TRIES", 1000)
    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        corpus = [make_article(f"a{n:03}", "Late package", ("More", "text")) for n in range(200)]
        engine.build(corpus)
    finally:
        end.set()
        for thread in threads:
            thread.join()
    assert refused
    assert engine.describe().sections == 400


@needs_cluster
def test_a_build_tells_of_its_second_pass(engine):
    """After all articles were counted: one by one, as they are sent."""
    told = []

    def counted():
        for article in (LATE, LOST):
            told.append(article.id)
            yield article

    engine.build(counted(), lambda done, total: told.append((done, total)))
    assert told == ["late", "lost", (1, 2), (2, 2)]


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


MEANT = (
    "smashed mug", "shattered beaker of the order", "lighten the monitor", "bloated battery",
    "money for a broken cup", "mug tag:billing", "smashed mug -picture", '"broken cup" please money',
    "order 3", "beaker order 17", "xylograph", "smashed lighten bloated", "where is my refund",
)  # fmt: skip
"""Some share words with articles, some their meaning alone, some both, one neither."""


def answers_of(base):
    """All that is said to each query, by who may see what."""
    readers = ({}, {"drafts": True}, {"audience": "agent", "limit": 40}, {"limit": 200})
    found = []
    for query in MEANT:
        for reader in readers:
            answer = base.search(query, explain=True, **reader)
            hits = [
                (hit.article, hit.anchor, hit.score, hit.parts, hit.also) for hit in answer.hits
            ]
            found.append((query, answer.total, answer.notices, hits))
    return found


@contextmanager
def both_engines(folder, mode, others):
    """Knowledge bases of the same articles in a mode of ranking by meaning, on this machine and on
    the cluster, with this many orders beside what an encoder tells apart.
    """
    make_model(folder / "model")
    content = folder / "content"
    content.mkdir()
    for name, text in ARTICLES.items():
        (content / f"{name}.md").write_text(text)
        if name != "draft":
            (content / f"{name}-again.md").write_text(text)  # twins
    for number in range(others):
        words = MEANINGS[number % 7], MEANINGS[number // 7 % 7]
        said = " ".join(own[number % len(own)] for own in words)
        (content / f"o{number}.md").write_text(f"# Order {number}\n\nOrder {said} {number % 5}.\n")
    semantic = SemanticConfig(mode=mode, model=str(folder / "model"))
    where = settings()
    engine = EngineConfig(
        kind="opensearch", urls=URLS, prefix=where.prefix, shards=2, replicas=0, timeout=30
    )
    config = Config(content=content, index=folder / "here", semantic=semantic)
    there = replace(config, index=folder / "there", engine=engine)
    try:
        yield KnowledgeBase(config), KnowledgeBase(there)
    finally:
        Cluster(where).request("DELETE", f"/{where.prefix}-*")


@needs_cluster
@pytest.mark.parametrize("others", [20, 300], ids=["whole", "clusters"])
@pytest.mark.parametrize("mode", ["words", "encoder"])
def test_meaning_counts_as_on_this_machine(tmp_path, mode, others):
    """The same answers with the same scores, of few sections and of so many that they are looked
    at by clusters, and after articles were edited, added and removed.
    """
    with both_engines(tmp_path, mode, others) as (here, there):
        assert answers_of(here) == answers_of(there)
        assert there.search("smashed mug").hits
        content = tmp_path / "content"  # of other words, and as long as before
        (content / "cup.md").write_text(ARTICLES["cup"].replace("broken", "swollen"))
        (content / "new.md").write_text((content / "o7.md").read_text().replace("order", "battery"))
        (content / "o7.md").unlink()
        for base in (here, there):
            assert not base.index().rebuilt
        assert answers_of(here) == answers_of(there)


@needs_cluster
def test_vectors_on_a_cluster_are_made_once(tmp_path, monkeypatch):
    """A second machine takes the words of the vocabulary and all sections from there, as does one
    that writes the index anew.
    """
    with both_engines(tmp_path, "words", 30) as (_, there):
        there.index()
        encoded = []
        plain = Encoder.encode_texts
        monkeypatch.setattr(
            Encoder,
            "encode_texts",
            lambda self, texts: (encoded.extend(texts), plain(self, texts))[1],
        )
        monkeypatch.setattr(Encoder, "words", lambda _: pytest.fail("a vocabulary of its own"))
        other = KnowledgeBase(replace(there.config, index=tmp_path / "second"))
        assert answers_of(other) == answers_of(there)
        assert other.describe().generation == there.describe().generation
        (tmp_path / "content" / "long.md").write_text(f"# Long\n\n{'many words ' * 400}\n")
        assert other.index().rebuilt
        assert len(encoded) == 1


@needs_cluster
def test_a_vector_of_another_length_is_an_error(tmp_path):
    """Never a wrong answer."""
    with both_engines(tmp_path, "words", 20) as (_, there):
        name = there.describe().generation
        cluster = there.engine.cluster
        cluster.request("PUT", f"/{name}/_settings", {"index.blocks.write": None})
        for row in cluster.get(f"/{name}/_search", q="k:s", size=100)["hits"]["hits"]:
            body = {"doc": {"e": "AAAA"}}
            cluster.request("POST", f"/{name}/_update/{row['_id']}", body, {"refresh": "true"})
        with pytest.raises(IndexingError, match="no such vector"):
            KnowledgeBase(there.config).search("shattered beaker of the order")


def test_the_door_is_the_only_one():
    """Nothing of the client is loaded by its own package's other modules."""
    folder = Path(door.__file__).parent
    users = [path.name for path in folder.glob("*.py") if "import opensearchpy" in path.read_text()]
    assert users == ["client.py"]
