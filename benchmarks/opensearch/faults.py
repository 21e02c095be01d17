"""Answers and builds while a cluster fails: writes a part of ../opensearch.md.

    python benchmarks/opensearch/faults.py FOLDER CONTENT [--seconds 40] [--only NAME ...]

FOLDER is that of a cluster of three nodes which `nodes.py` started. While a node is killed or
stopped, or answers come late, four searchers ask without a pause, each question at random, and each
answer is held against what the whole cluster said: a wrong answer is another one than that. Then
builders, processes that run `kb index`, are killed at each of their requests, meet each other, or
find the write queue of a node full (a node of its own, in FOLDER/queue): afterwards every section
has to be there. A proxy before a node (`tests/support/proxy.py`) does what nodes on loopback don't.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import HTTPError

from nodes import Nodes, find_jdk

from kb.config import Config, EngineConfig
from kb.errors import IndexingError
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from support.proxy import LOST, make_certificates, proxying  # noqa: E402  # of the tests
from tables import replace_part, table  # noqa: E402  # of the folder above

PAGE = ROOT / "benchmarks/opensearch.md"
QUESTIONS = (
    "late package", "refund", "cancel an order", "gift card balance", "change my address",
    "talk to a human", "where is my parcel", "password", "return without receipt", "damaged item",
)  # fmt: skip
SEARCHERS = 4
FLOODERS = 12
HANG = 3.0
"""Seconds that a late answer takes; those who ask wait for one."""

LOGIN = "ann", "open sesame 8127"


class Row(NamedTuple):
    """What a fault did: answers, wrong ones, questions refused, sections lost; and what was seen."""

    fault: str
    answers: int
    wrong: int
    refused: int
    lost: int
    seen: str

    def cells(self) -> list[str]:
        """As the table has it."""
        return [str(each) for each in self]


class Trial(NamedTuple):
    """A cluster, a base on it, and a folder for what a fault needs."""

    nodes: Nodes
    base: KnowledgeBase
    scratch: Path
    seconds: float

    @property
    def config(self) -> Config:
        return self.base.config

    def asked_by(self, url: str, **changes: object) -> Config:
        """The settings of the base, by a proxy."""
        return replace(self.config, engine=replace(self.config.engine, urls=(url,), **changes))


# Searching while something fails -----------------------------------------------------------


def said(answer):
    """What an answer is compared by."""
    return [(hit.article, hit.anchor, hit.score) for hit in answer.hits], answer.total


def searching(trial: Trial, name: str, fault: Callable[[], object], config=None) -> Row:
    """Let searchers ask while `fault` happens."""
    wanted = {question: said(trial.base.search(question)) for question in QUESTIONS}
    end, lock = time.monotonic() + trial.seconds, threading.Lock()
    counts, slowest = [0, 0, 0], [0.0]

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        own = KnowledgeBase(config or trial.config)
        while time.monotonic() < end:
            question, began = chance.choice(QUESTIONS), time.monotonic()
            try:
                right = said(own.search(question)) == wanted[question]
            except IndexingError:
                right = None
            with lock:
                counts[0 if right else 2 if right is None else 1] += 1
                slowest[0] = max(slowest[0], time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(SEARCHERS)]
    for thread in threads:
        thread.start()
    time.sleep(trial.seconds / 5)
    fault()
    for thread in threads:
        thread.join()
    right, wrong, refused = counts
    return Row(name, right, wrong, refused, 0, f"slowest answer {slowest[0]:.1f} s")


def elected(nodes: Nodes, ask: int = 0) -> int:
    """The number of the node that is elected."""
    with urllib.request.urlopen(f"{nodes.url(ask)}/_cat/cluster_manager?h=node", timeout=30) as a:
        return int(a.read().decode().strip().removeprefix("node"))


def back(nodes: Nodes, number: int) -> None:
    """Start a node again, and wait until nothing is missing."""
    nodes.launch(number)
    nodes.wait(ask=(number + 1) % 3)


def none(trial: Trial) -> Iterator[Row]:
    """Nothing fails: what is usual."""
    yield searching(trial, "none", lambda: None)


def node_killed(trial: Trial) -> Iterator[Row]:
    """SIGKILL of a node, then of the elected manager."""
    for name, step in (("a data node killed", 1), ("the elected manager killed", 0)):
        victim = (elected(trial.nodes) + step) % 3
        yield searching(trial, name, partial(trial.nodes.signal, victim, signal.SIGKILL))
        back(trial.nodes, victim)


def node_hangs(trial: Trial) -> Iterator[Row]:
    """SIGSTOP of a node, as of a machine that hangs."""
    victim = (elected(trial.nodes) + 1) % 3
    stop = partial(trial.nodes.signal, victim, signal.SIGSTOP)
    yield searching(trial, "a node that hangs (SIGSTOP), `timeout = 5`", stop)
    trial.nodes.signal(victim, signal.SIGCONT)
    trial.nodes.wait()


def two_killed(trial: Trial) -> Iterator[Row]:
    """SIGKILL of two nodes; the one that is left lacks a part, so nothing may be answered."""
    base = KnowledgeBase(replace(trial.config, engine=replace(trial.config.engine, retries=2)))
    wanted = {question: said(base.search(question)) for question in QUESTIONS}
    left = lacking(trial)
    victims = [number for number in range(3) if number != left]
    for number in victims:
        trial.nodes.signal(number, signal.SIGKILL)
    time.sleep(5)
    right = wrong = refused = 0
    for question in QUESTIONS:
        try:
            is_same = said(base.search(question)) == wanted[question]
        except IndexingError:
            refused += 1
        else:
            right, wrong = right + is_same, wrong + (not is_same)
    yield Row("two nodes of three killed", right, wrong, refused, 0, "refused, not partial")
    for number in victims:
        trial.nodes.launch(number)
    trial.nodes.wait(ask=left)


def lacking(trial: Trial) -> int:
    """The number of a node that does not hold all parts of the index: of two copies of three parts
    on three nodes at least two hold fewer than all.
    """
    rows = ask(trial, f"/_cat/shards/{current(trial)}?h=shard,node&format=json")
    held = {
        number: {r["shard"] for r in rows if r["node"] == f"node{number}"} for number in range(3)
    }
    return min(held, key=lambda number: len(held[number]))


def late(trial: Trial) -> Iterator[Row]:
    """Each fifth answer comes when nobody waits for it any more."""
    count, late = iter(range(10**9)), []

    def delay(_method: str, path: str, _answer: bytes) -> None:
        if "search" in path and next(count) % 5 == 4:
            late.append(path)
            time.sleep(HANG)

    with proxying(trial.nodes.url(0), after=delay) as url:
        config = trial.asked_by(url, timeout=1, retries=12)
        row = searching(trial, "each fifth answer late, `timeout = 1`", lambda: None, config)
    yield row._replace(seen=f"{len(late)} late, {row.seen}")


def secured(trial: Trial) -> Iterator[Row]:
    """TLS and a password: answers by the right ones, refusals by others."""
    authority, right, wrong = make_certificates(trial.scratch / "certificates")
    ours = {"ca": str(authority)}
    os.environ |= dict(zip(("KB_ENGINE_USER", "KB_ENGINE_PASSWORD"), LOGIN, strict=True))
    try:
        with proxying(trial.nodes.url(0), login=LOGIN, context=right) as url:
            config = trial.asked_by(url, **ours)
            yield searching(trial, "none, by TLS with an own authority", lambda: None, config)
            yield refusing(trial, "an authority that is not named", url, {})
            os.environ["KB_ENGINE_PASSWORD"] = f"{LOGIN[1]} too"
            yield refusing(trial, "a wrong password", url, ours)
        with proxying(trial.nodes.url(0), context=wrong) as url:
            yield refusing(trial, "a certificate for another name", url, ours)
    finally:
        del os.environ["KB_ENGINE_USER"], os.environ["KB_ENGINE_PASSWORD"]


def refusing(trial: Trial, name: str, url: str, changes: dict) -> Row:
    """Ask by the command line what should be refused; the password may be nowhere."""
    answered, words = 0, set()
    for question in QUESTIONS[:3]:
        builder = command(trial, url, trial.scratch / "refused", "search", question, **changes)
        out, err = builder.communicate()
        answered += builder.returncode != 3
        words.add(err.strip().splitlines()[0].partition("error: ")[2].replace(url, "ADDRESS"))
        assert LOGIN[1] not in out + err, "the password is printed"
    return Row(name, 0, answered, 3 - answered, 0, f"exit 3: {'; '.join(sorted(words))}")


# Building while something fails --------------------------------------------------------------


def command(trial: Trial, url: str, index: Path, *words: str, content=None, ca="") -> subprocess.Popen:  # fmt: skip
    """A process of kb on the cluster, by an address."""
    environment = {
        **os.environ, "KB_ENGINE_KIND": "opensearch", "KB_ENGINE_URLS": url, "KB_ENGINE_CA": ca,
        "KB_ENGINE_PREFIX": trial.config.engine.prefix, "KB_ENGINE_TIMEOUT": "60",
        "KB_ENGINE_SHARDS": "3", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    if not ca:
        del environment["KB_ENGINE_CA"]
    folders = ["--content", content or trial.config.content, "--index", index]
    return subprocess.Popen(
        [sys.executable, "-m", "kb", *map(str, folders), *words], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def other_content(trial: Trial, number: int) -> Path:
    """The articles, and one more."""
    content = trial.scratch / f"content{number}"
    if not content.exists():
        shutil.copytree(trial.config.content, content)
        text = f"# An article of builder {number}\n\nOf some words, and word{number}builder.\n"
        (content / f"added{number}.md").write_text(text)
    return content


def ask(trial: Trial, path: str) -> dict | list:
    """What the first node says."""
    with urllib.request.urlopen(f"{trial.nodes.url(0)}{path}", timeout=60) as answer:
        return json.load(answer)


def current(trial: Trial) -> str:
    """The one index that the alias names."""
    [name] = ask(trial, f"/_alias/{trial.config.engine.prefix}")
    return name


def lost_sections(trial: Trial, name: str) -> int:
    """Sections that an index lacks of what it says it holds."""
    known = ask(trial, f"/{name}/_doc/m")["_source"]["s"]
    held = ask(trial, f"/{name}/_count?q=k:s")["count"]
    return known["stored_sections"] - held


def is_right(trial: Trial, question: str) -> bool:
    """Whether the base answers as before, from the index that the alias named then."""
    own = KnowledgeBase(trial.config)
    return said(own.search(question)) == said(trial.base.search(question))


def node_killed_in_build(trial: Trial) -> Iterator[Row]:
    """SIGKILL of a node, and of the elected manager, while an index is built."""
    for name, step in (("a data node", 1), ("the elected manager", 0)):
        victim, killed = (elected(trial.nodes) + step) % 3, []

        def kill(_method: str, path: str, victim=victim, killed=killed) -> None:
            if "_bulk" in path and not killed:
                killed.append(path)
                trial.nodes.signal(victim, signal.SIGKILL)

        config = replace(trial.config, engine=replace(trial.config.engine, prefix=f"faults-{step}"))
        asked = (victim + 1) % 3
        with proxying(trial.nodes.url(asked), before=kill) as url:
            own = Trial(trial.nodes, KnowledgeBase(config), trial.scratch, 0)
            base = KnowledgeBase(own.asked_by(url, timeout=60))
            changes = base.index(force=True)
            lost = changes.sections - base.describe().sections
        back(trial.nodes, victim)
        lost += lost_sections(own, current(own))
        yield Row(f"{name} killed in a build", 0, 0, 0, lost, f"{changes.sections} sections")


def killed_builders(trial: Trial) -> Iterator[Row]:
    """SIGKILL of a builder at each of its requests, before it comes to the cluster and after."""
    content, index = other_content(trial, 1), trial.scratch / "killed"
    runs = wrong = lost = moved = 0
    for after in (False, True):
        for number in range(1, 1000):
            shutil.rmtree(index, ignore_errors=True)
            old = current(trial)
            if not killed_at(trial, content, index, number, after=after):
                break
            runs += 1
            now = current(trial)
            moved += now != old
            lost += lost_sections(trial, now)
            wrong += not is_right(trial, QUESTIONS[number % len(QUESTIONS)])
            trial.base.index(force=True)  # writes only where the new one has come to answer
    yield Row("a builder killed at each request", runs - wrong, wrong, 0, lost,
              f"{runs} builds; {runs - moved} times the old index answers, {moved} the whole new one")  # fmt: skip


def killed_at(trial: Trial, content: Path, index: Path, number: int, *, after: bool) -> bool:
    """Kill a builder at one of its requests; False where it has fewer."""
    count, started = [0], threading.Event()

    def kill(_method: str, _path: str, _answer: bytes = b"") -> str | None:
        count[0] += 1
        if count[0] != number:
            return None
        started.wait()
        builder.kill()
        return LOST

    with proxying(trial.nodes.url(0), **{"after" if after else "before": kill}) as url:
        builder = command(trial, url, index, "index", "--force", content=content)
        started.set()
        _, err = builder.communicate()
    if builder.returncode not in {0, -signal.SIGKILL}:
        raise SystemExit(f"a builder failed: {err}")
    trial.base.index(force=True) if builder.returncode == 0 else None
    return builder.returncode != 0


def lost_answers(trial: Trial) -> Iterator[Row]:
    """Each third answer to a builder is lost, though the cluster did what was asked."""
    count, lost = iter(range(10**9)), []

    def lose(_method: str, path: str, _answer: bytes) -> str | None:
        if next(count) % 3 == 2:
            lost.append(path)
            return LOST
        return None

    with proxying(trial.nodes.url(0), after=lose) as url:
        builder = command(
            trial, url, trial.scratch / "lost", "index", "--force", content=other_content(trial, 2)
        )
        _, err = builder.communicate()
    assert builder.returncode == 0, err
    yield Row("each third answer to a builder lost", 0, 0, 0, lost_sections(trial, current(trial)),
              f"{len(lost)} answers lost")  # fmt: skip
    trial.base.index(force=True)


def two_builders(trial: Trial) -> Iterator[Row]:
    """Two builders that are ready at the same moment; then one that another overtakes."""
    both = threading.Barrier(2, timeout=300)

    def meet(_method: str, path: str) -> None:
        if path.startswith("/_aliases"):
            both.wait()

    with proxying(trial.nodes.url(0), before=meet) as url:
        builders = [
            command(trial, url, trial.scratch / f"builder{n}", "index", content=other_content(trial, n))
            for n in (3, 4)
        ]  # fmt: skip
        told = [builder.communicate()[1] for builder in builders]
    codes = [builder.returncode for builder in builders]
    [reason] = [err for err, code in zip(told, codes, strict=True) if code]
    assert "another builder has changed" in reason, reason
    assert min(codes) == 0, told
    yield Row("two builders at once", 0, 0, 0, lost_sections(trial, current(trial)),
              f"one wrote, the other ended with {max(codes)}: another builder has changed it")  # fmt: skip
    yield overtaken(trial)
    trial.base.index(force=True)


def overtaken(trial: Trial) -> Row:
    """A builder whose alias another one has moved while it wrote."""
    faster = []

    def overtake(_method: str, path: str) -> None:
        if path.startswith("/_aliases") and not faster:
            other = command(
                trial, trial.nodes.url(0), trial.scratch / "faster", "index",
                content=other_content(trial, 5),
            )  # fmt: skip
            faster.append((other.communicate(), other.returncode, current(trial)))

    with proxying(trial.nodes.url(0), before=overtake) as url:
        slower = command(
            trial, url, trial.scratch / "slower", "index", content=other_content(trial, 6)
        )
        _, err = slower.communicate()
    assert "another builder has changed" in err, err
    assert current(trial) == faster[0][2], "the slower one answers"
    return Row("the alias moved by another builder", 0, 0, 0, lost_sections(trial, current(trial)),
               f"the slower one ended with {slower.returncode}, the faster one's index answers")  # fmt: skip


def full_queue(trial: Trial) -> Iterator[Row]:
    """A node whose write queue holds two requests, while others fill it."""
    folder = trial.nodes.folder / "queue"
    folder.mkdir(exist_ok=True)
    for shared in ("jars", "classes"):
        if not (folder / shared).exists():
            (folder / shared).symlink_to(trial.nodes.folder / shared)
    plan = {
        **trial.nodes.plan, "nodes": 1, "port": trial.nodes.plan["port"] + 50, "jdk": str(find_jdk()),
        "settings": ["thread_pool.write.size=1", "thread_pool.write.queue_size=2"],
    }  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(plan))
    nodes = Nodes(folder)
    nodes.launch(0)
    try:
        nodes.wait()
        yield flooded(trial, nodes)
    finally:
        nodes.stop()


def flooded(trial: Trial, nodes: Nodes) -> Row:
    """Build while others fill the queue: the node counts what it refuses."""
    engine = replace(trial.config.engine, urls=(nodes.url(0),), shards=1, replicas=0, timeout=60)
    index = trial.scratch / "queue"
    own = Trial(nodes, KnowledgeBase(replace(trial.config, index=index, engine=engine)), index, 0)
    end, refused = threading.Event(), []
    body = "".join(f'{{"index":{{}}}}\n{{"text":"{n} some words"}}\n' for n in range(300)).encode()

    def flood() -> None:
        while not end.is_set():
            request = urllib.request.Request(
                f"{nodes.url(0)}/flood/_bulk", body, {"Content-Type": "application/json"}
            )
            with suppress(HTTPError), urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()  # as a whole it may be refused, too

    def count(_method: str, path: str, answer: bytes) -> None:
        if path.startswith("/faults") and "/_bulk" in path:
            items = [item["index"]["status"] for item in json.loads(answer)["items"]]
            refused.append(sum(status == 429 for status in items))

    threads = [threading.Thread(target=flood) for _ in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        with proxying(nodes.url(0), after=count) as url:
            changes = KnowledgeBase(own.asked_by(url)).index(force=True)
    finally:
        end.set()
        for thread in threads:
            thread.join()
    lost = changes.sections - own.base.describe().sections + lost_sections(own, current(own))
    tries = sum(count > 0 for count in refused)
    return Row("a full write queue (429)", 0, 0, 0, lost,
               f"{tries} of {len(refused)} requests refused, {sum(refused):,} documents sent again")  # fmt: skip


FAULTS = {
    fault.__name__: fault
    for fault in (
        none, node_killed, node_hangs, two_killed, late, secured, node_killed_in_build,
        killed_builders, lost_answers, two_builders, full_queue,
    )
}  # fmt: skip
HEAD = ("fault", "answers", "wrong", "refused", "sections lost", "seen")


def as_text(rows: list[Row]) -> str:
    """The part of the page."""
    wrong, lost = (sum(getattr(row, name) for row in rows) for name in ("wrong", "lost"))
    return f"""## Faults

`python benchmarks/opensearch/faults.py FOLDER CONTENT`: {SEARCHERS} searchers on three nodes, or builders of the sample; each answer is held against what the whole cluster said. {sum(row.answers for row in rows):,} answers, {wrong} wrong; {lost} sections lost.

{table(HEAD, (row.cells() for row in rows))}"""


def main() -> None:
    """Try each fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("content", type=Path)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=FAULTS)
    options = parser.parse_args()
    nodes, kept = Nodes(options.folder.resolve()), options.folder / "faults.json"
    rows = json.loads(kept.read_text()) if kept.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        engine = EngineConfig(
            kind="opensearch", urls=tuple(nodes.urls), prefix="faults", shards=3, timeout=5,
            retries=12,
        )  # fmt: skip
        config = Config(
            content=options.content.resolve(), index=Path(scratch) / "index", engine=engine
        )
        base = KnowledgeBase(config)
        base.index(force=True)
        nodes.wait()
        trial = Trial(nodes, base, Path(scratch), options.seconds)
        for name in options.only:
            rows[name] = []
            for row in FAULTS[name](trial):
                print(*row, sep=" | ", flush=True)
                rows[name].append(row)
                kept.write_text(json.dumps(rows, indent=1) + "\n")
    found = [Row(*row) for name in FAULTS for row in rows.get(name, ())]
    replace_part(PAGE, "faults", as_text(found))


if __name__ == "__main__":
    main()
