"""What meaning adds to words: nDCG@10 of the judged sets by words alone and by an encoder.

usage: semantic.py [SET ...]        (KB_CORPORA names the folder of the sets; needs the extra)

For each set: nDCG@10 of both, how many queries gain and how many lose more than .01, how many
first hits are sure in each mode and how many of those are right, the milliseconds of a question
(median), and the bytes a section that vectors add to the index.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from corpora import POOL, load

from kb.config import SemanticConfig, load_config
from kb.evaluate.evaluation import Result, best_of_articles
from kb.evaluate.judgments import Level
from kb.evaluate.measures import mean, measure
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from corpora import JudgedCorpus

CHANGE = 0.01
"""A query has gained or lost if its nDCG@10 moved by more."""


class Run(NamedTuple):
    """One set in one mode: nDCG@10 by query, sure and right first hits, seconds a question."""

    ndcg: dict[str, float]
    sure: int
    right: int
    seconds: float
    vectors: float


def run(corpus: JudgedCorpus, mode: str, index: Path) -> Run:
    """Ask all queries of a set."""
    settings = index / "kb.toml"
    settings.touch()
    config = load_config(
        config=settings, content=(corpus.folder / "articles").resolve(), index=index, environ={}
    )
    found: dict[str, list[str]] = {}
    sure = right = 0
    times = []
    once = 1 if corpus.level is Level.ARTICLE else None
    base = KnowledgeBase(replace(config, semantic=SemanticConfig(mode=mode)))
    base.index()
    base.search("warm")
    for qid, text in corpus.texts.items():
        began = time.perf_counter()
        ranked = base.rank(text, limit=10, per_article=once)
        times.append(time.perf_counter() - began)
        results = tuple(Result(r.article, r.anchor, r.score) for r in ranked)
        if corpus.level is Level.ARTICLE:
            results = tuple(best_of_articles(results))
        found[qid] = [result.name for result in results]
        answer = base.search(text, limit=1, sections=True)
        if answer.hits and not answer.hits[0].weak:
            sure += 1
            right += found[qid][0] in corpus.grades[qid]
    size = sum(path.stat().st_size for path in index.glob("g*/**/vectors"))
    sections = base.describe().sections
    base.close()
    measured = measure(found, {qid: corpus.grades[qid] for qid in found})
    ndcg = {qid: mean({qid: value}.values()).ndcg for qid, value in measured.items()}
    return Run(ndcg, sure, right, statistics.median(times), size / sections)


def main(*names: str) -> None:
    """Print the table."""
    print("set, words, encoder, gain, lose, sure (right) words, encoder, ms, ms, bytes a section")
    for name in names or POOL:
        corpus = load(name)
        with TemporaryDirectory() as folder:
            rows = [run(corpus, mode, Path(folder)) for mode in ("off", "encoder")]
        words, encoder = rows
        changes = [encoder.ndcg[qid] - words.ndcg[qid] for qid in words.ndcg]
        print(
            f"{name:16}",
            *(f"{statistics.fmean(row.ndcg.values()):.4f}" for row in rows),
            sum(change > CHANGE for change in changes),
            sum(change < -CHANGE for change in changes),
            *(f"{row.sure} ({row.right / max(1, row.sure):.3f})" for row in rows),
            *(f"{1000 * row.seconds:.1f}" for row in rows),
            f"{encoder.vectors:.0f}",
            flush=True,
        )


if __name__ == "__main__":
    if "KB_CORPORA" not in os.environ:
        sys.exit("KB_CORPORA names the folder of the judged sets")
    main(*sys.argv[1:])
