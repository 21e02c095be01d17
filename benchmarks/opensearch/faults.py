"""Answers while nodes of a cluster fail: each is held against what the whole cluster said.

    python benchmarks/opensearch/faults.py FOLDER CONTENT [--seconds 40]

FOLDER is that of a cluster of three nodes which `nodes.py` started. For each fault some searchers
ask without a pause, each question at random, while a node is killed or stopped; then the node is
brought back. A row says how many answers came, how many were other than before, how many questions
were refused with an error, and the slowest answer. The last rows kill a node while an index is
built, and two nodes at once.
"""

from __future__ import annotations

import argparse
import random
import signal
import tempfile
import threading
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from nodes import Nodes

from kb.config import Config, EngineConfig
from kb.errors import IndexingError
from kb.knowledge_base import KnowledgeBase

QUESTIONS = (
    "late package", "refund", "cancel an order", "gift card balance", "change my address",
    "talk to a human", "where is my parcel", "password", "return without receipt", "damaged item",
)  # fmt: skip
SEARCHERS = 4


def said(answer):
    """What an answer is compared by."""
    return [(hit.article, hit.anchor, hit.score) for hit in answer.hits], answer.total


def manager(nodes: Nodes, ask: int) -> int:
    """The number of the node that is elected."""
    with urllib.request.urlopen(f"{nodes.url(ask)}/_cat/cluster_manager?h=node", timeout=5) as a:
        return int(a.read().decode().strip().removeprefix("node"))


def searching(base: KnowledgeBase, seconds: float, fault) -> tuple[int, int, int, float]:
    """Answers, other ones, refusals, and seconds of the slowest, while `fault` happens."""
    wanted = {question: said(base.search(question)) for question in QUESTIONS}
    end, lock = time.monotonic() + seconds, threading.Lock()
    counts, slowest = [0, 0, 0], [0.0]

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        own = KnowledgeBase(base.config)
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
    time.sleep(seconds / 5)
    fault()
    for thread in threads:
        thread.join()
    return (*counts, slowest[0])


def row(name: str, found: tuple[int, int, int, float]) -> None:
    """Print a row of the table."""
    right, other, refused, slowest = found
    print(f"| {name} | {right} | {other} | {refused} | {slowest:.1f} |", flush=True)


def main() -> None:
    """Try each fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("content", type=Path)
    parser.add_argument("--seconds", type=float, default=40)
    options = parser.parse_args()
    nodes = Nodes(options.folder.resolve())
    with tempfile.TemporaryDirectory() as index:
        engine = EngineConfig(
            kind="opensearch", urls=tuple(nodes.urls), prefix="faults", shards=3, timeout=5,
            retries=12,
        )  # fmt: skip
        config = Config(content=options.content.resolve(), index=Path(index), engine=engine)
        base = KnowledgeBase(config)
        base.index(force=True)
        nodes.wait()
        print("| fault | answers | other ones | refused | slowest, s |\n|---|---|---|---|---|")
        elected = manager(nodes, 0)
        other = (elected + 1) % 3
        row("none", searching(base, options.seconds / 2, lambda: None))
        row(
            "a data node killed",
            searching(base, options.seconds, lambda: nodes.signal(other, signal.SIGKILL)),
        )
        back(nodes, other)
        row(
            "the elected manager killed",
            searching(base, options.seconds, lambda: nodes.signal(elected, signal.SIGKILL)),
        )
        back(nodes, elected)
        row(
            "a node stopped (SIGSTOP)",
            searching(base, options.seconds, lambda: nodes.signal(other, signal.SIGSTOP)),
        )
        nodes.signal(other, signal.SIGCONT)
        nodes.wait()
        building(config, nodes, other)
        two_lost(base, nodes, other)


def back(nodes: Nodes, number: int) -> None:
    """Start a node again, and wait until nothing is missing."""
    nodes.launch(number)
    nodes.wait(ask=(number + 1) % 3)


def building(config: Config, nodes: Nodes, victim: int) -> None:
    """Kill a node while an index is built; every section has to be there."""
    base = KnowledgeBase(replace(config, engine=replace(config.engine, prefix="faults-build")))
    timer = threading.Timer(2.0, nodes.signal, (victim, signal.SIGKILL))
    timer.start()
    changes = base.index(force=True)
    timer.join()
    found = base.describe()
    print(
        f"a node killed during a build: {found.sections} of {changes.sections} sections", flush=True
    )
    back(nodes, victim)


def two_lost(base: KnowledgeBase, nodes: Nodes, one: int) -> None:
    """Kill two nodes: nothing may be answered, since parts are missing."""
    config = replace(base.config, engine=replace(base.config.engine, retries=2))
    own = KnowledgeBase(config)
    own.search(QUESTIONS[0])
    for number in (one, (one + 1) % 3):
        nodes.signal(number, signal.SIGKILL)
    time.sleep(5)
    answered = refused = 0
    for question in QUESTIONS:
        try:
            own.search(f"{question} please")
        except IndexingError:
            refused += 1
        else:
            answered += 1
    print(f"two of three killed: {refused} questions refused, {answered} answered", flush=True)
    for number in (one, (one + 1) % 3):
        nodes.launch(number)
    nodes.wait(ask=(one + 2) % 3)


if __name__ == "__main__":
    main()
