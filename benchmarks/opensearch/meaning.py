"""What a query with meaning costs on a cluster, beside one by words: writes a part of ../opensearch.md.

    KB_CORPORA=DIR python benchmarks/opensearch/meaning.py FOLDER NODES [SET ...]

NODES is the folder of a cluster that `nodes.py start --optimized` started, FOLDER keeps the indexes.
Needs the extras `opensearch` and `semantic`. Each mode of `[semantic]` is asked the same queries of a
set, here and on the cluster, in rounds that follow each other, so that other work on the machine meets
all of them. CPU is that of kb and of the nodes, apart; the first round of all warms up and is not
counted. A figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nodes import Nodes
from scale import cpu_of, own_cpu

from kb.config import Config, EngineConfig, SemanticConfig
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpora import corpora_folder, load  # of the folder above
from tables import replace_part, table  # as before

PAGE = Path(__file__).parents[1] / "opensearch.md"
MODES = ("off", "words", "encoder")
STORES = {"here": "Whoosh", "cluster": "cluster"}
SETS = ("wixqa", "techqa")
ROUNDS, QUERIES = 6, 40
"""Rounds that are counted, and queries of each."""
LIMIT = 10
HEAD = ("set, sections", "store", "mode", "ms of CPU in kb", "ms of CPU on the nodes", "ms, median")


class Round(NamedTuple):
    """What a query took on average in a round, in ms: CPU of kb and of the nodes; and the median."""

    own: float
    nodes: float
    clock: float


def open_base(name: str, store: str, mode: str, folder: Path, nodes: Nodes) -> KnowledgeBase:
    """A set's base in a store and a mode, with its index written."""
    engine = EngineConfig()
    if store == "cluster":
        engine = EngineConfig(
            kind="opensearch", urls=tuple(nodes.urls), timeout=120,
            prefix=f"meaning-{name.replace('_', '-')}-{mode}", replicas=min(1, len(nodes.urls) - 1),
        )  # fmt: skip
    base = KnowledgeBase(
        Config(
            content=(corpora_folder() / name / "articles").resolve(),
            index=folder / f"{name}-{store}-{mode}",
            engine=engine,
            semantic=SemanticConfig(mode=mode),
        )
    )
    base.index()
    return base


def ask(base: KnowledgeBase, queries: list[str], pids: list[int]) -> Round:
    """Ask queries one after the other."""
    own, there, taken = own_cpu(), sum(map(cpu_of, pids)), []
    for query in queries:
        began = time.perf_counter()
        base.search(query, limit=LIMIT)
        taken.append(time.perf_counter() - began)
    used = own_cpu() - own, sum(map(cpu_of, pids)) - there
    return Round(*(1000 * each / len(queries) for each in used), 1000 * statistics.median(taken))


def rows(name: str, folder: Path, nodes: Nodes) -> Iterator[tuple[str, ...]]:
    """The rows of a set."""
    texts = list(load(name).texts.values())
    kinds = list(product(STORES, MODES))
    bases = {kind: open_base(name, *kind, folder, nodes) for kind in kinds}
    sections = bases[kinds[0]].describe().sections
    pids = [nodes.pid(number) for number in range(len(nodes.urls))]
    found: dict[tuple[str, str], list[Round]] = {kind: [] for kind in kinds}
    for number in range(ROUNDS + 1):
        some = [texts[(number * QUERIES + at) % len(texts)] for at in range(QUERIES)]
        for kind, base in bases.items():
            found[kind].append(ask(base, some, pids))
    for (store, mode), all_ in found.items():
        middle = [statistics.median(column) for column in zip(*all_[1:], strict=True)]
        own, there, clock = (f"{value:.1f}" for value in middle)
        yield (
            f"{name}, {sections:,}", STORES[store], f"`{mode}`", own,
            there if store == "cluster" else "", clock,
        )  # fmt: skip
    for base in bases.values():
        base.close()


def main() -> None:
    """Ask, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("nodes", type=Path)
    parser.add_argument("sets", nargs="*", default=SETS)
    given = parser.parse_args()
    nodes = Nodes(given.nodes)
    lines = [row for name in given.sets for row in rows(name, given.folder, nodes)]
    text = f"""## What meaning costs

`python benchmarks/opensearch/meaning.py FOLDER NODES`: {ROUNDS} rounds of {QUERIES} queries of each mode of `[semantic]`, one client, {len(nodes.urls)} node(s) on the machine that asks, too.

{table(HEAD, lines)}"""
    replace_part(PAGE, "meaning", text)
    print(text)


if __name__ == "__main__":
    main()
