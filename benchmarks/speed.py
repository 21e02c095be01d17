"""The time of one warm search in this process, kb beside naive Whoosh: writes speed.md.

usage: KB_CORPORA=DIR python benchmarks/speed.py [SET...]

Both engines answer every query of a set in turn, query by query, so that whatever else the
machine does slows both; the whole is run three times, and the middle figure counts. kb makes
whole answers (`KnowledgeBase.search`: snippets, escalation and all), Whoosh the best ten
records. Indexes are kept in the cache folder (KB_BENCH_CACHE).
"""

from __future__ import annotations

import gc
import math
import platform
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import tables
from corpora import JudgedCorpus, available, cache_folder, load
from peers.kb_peer import Kb
from peers.whoosh_peer import NaiveWhoosh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETS = ("github_docs", "cpp_docs")
RUNS = 3
WARM_UP = 50
SAMPLED = {"cpp_docs": 300}
"""Sets of which only so many queries are asked, evenly spread: Whoosh takes its time there."""
PAGE = Path(__file__).with_name("speed.md")


class Times(NamedTuple):
    """Milliseconds of one engine in one run."""

    median: float
    p95: float


class Speed(NamedTuple):
    """The middle of all runs: of each engine's times, and of their ratios run by run."""

    kb: Times
    whoosh: Times
    ratio: Times


def measure(corpus: JudgedCorpus) -> Speed:
    """Time all queries of a set on both engines."""
    kb, whoosh = Kb(), NaiveWhoosh()
    kb.build(corpus)
    whoosh.build(corpus.records, whoosh_folder(corpus))
    asks: list[Callable[[str], object]] = [kb.base.search, lambda q: whoosh.search_one(q, 10)]
    queries = _sample(corpus)
    for ask in asks:
        for query in queries[:WARM_UP]:
            ask(query)
    runs = [_run(asks, queries, turn) for turn in range(RUNS)]
    ratios = [Times(ours.median / theirs.median, ours.p95 / theirs.p95) for ours, theirs in runs]
    ours, theirs = ([run[side] for run in runs] for side in (0, 1))
    return Speed(_middle(ours), _middle(theirs), _middle(ratios))


def _sample(corpus: JudgedCorpus) -> list[str]:
    texts = list(corpus.texts.values())
    return texts[:: max(1, len(texts) // SAMPLED.get(corpus.name, len(texts)))]


def whoosh_folder(corpus: JudgedCorpus) -> Path:
    """Where the naive index of a set is kept."""
    folder = cache_folder() / "whoosh" / f"{corpus.name}-{corpus.state}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(asks: Sequence[Callable[[str], object]], queries: Sequence[str], turn: int):
    seconds: list[list[float]] = [[] for _ in asks]
    gc.collect()
    for number, query in enumerate(queries):
        for side in sorted(range(len(asks)), reverse=(number + turn) % 2 == 1):
            start = time.perf_counter()
            asks[side](query)
            seconds[side].append(time.perf_counter() - start)
    return [Times(1000 * median(s), 1000 * _p95(s)) for s in seconds]


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def _middle(values: Sequence[Times]) -> Times:
    return Times(*(median(column) for column in zip(*values, strict=True)))


def _row(corpus: JudgedCorpus, speed: Speed) -> list[str]:
    sizes = f"{corpus.name}: {len(corpus.records):,} sections, {len(_sample(corpus)):,} queries"
    times = [f"{t.median:.2f} / {t.p95:.2f}" for t in (speed.kb, speed.whoosh)]
    return [sizes, *times, f"{speed.ratio.median:.2f}", f"{speed.ratio.p95:.2f}"]


def main(sets: Sequence[str]) -> None:
    names = available(sets or SETS)
    if not names:
        sys.exit("set KB_CORPORA to a folder of unpacked sets")
    rows = []
    for name in names:
        corpus = load(name)
        speed = measure(corpus)
        print(name, speed, flush=True)
        rows.append(_row(corpus, speed))
    head = ["set", "kb, ms: median / p95", "Whoosh, ms: median / p95", "median ratio", "p95 ratio"]
    text = f"""# Speed of a warm search

One process, indexes open and warm; kb's whole answer beside the best ten records of Whoosh
used naively (three fields, MultifieldParser, OrGroup). Each query goes to both, one after the
other; the middle of {RUNS} runs, ratios taken run by run. Below 1 kb is faster. Python
{platform.python_version()}; made by `speed.py`.

{tables.table(head, rows)}"""
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
