"""What meaning adds to words: nDCG@10 of the judged sets by words alone, and in other modes.

usage: semantic.py [MODE ...] [SET ...]     (KB_CORPORA names the folder of the sets; needs the
                                            extra `semantic`)
       semantic.py weight FOLDER [SET ...]
                                            mode `words` with other weights, and for each set the
                                            one that is best for the other sets; FOLDER keeps the
                                            indexes
       MODEL=FOLDER semantic.py ...         with another encoder, as `semantic.model` names it
       semantic.py cold                     CPU of a cold `kb search` of the sample in each mode, the
                                            least of ROUNDS, by turns, and of a warm one
       semantic.py everyday FILE            the sample's answers to questions, a line each with the
                                            ids of the articles that answer it behind a tab: of how
                                            many one is first, of how many it is in the first three,
                                            how many first hits are sure, and of those how many right
       semantic.py building SET ...         CPU and memory of `kb index` by words and in mode `words`

For each set and mode: nDCG@10, how many queries gain and how many lose more than .01 by it, how
many first hits are sure and what share of those is right, the milliseconds of a question (median),
the bytes a section that vectors add to the index, and those of words and what else is shared.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from corpora import POOL, load

from kb.config import SEMANTIC_MODES, SemanticConfig, load_config
from kb.evaluate.evaluation import Result, best_of_articles
from kb.evaluate.judgments import Level
from kb.evaluate.measures import mean, measure
from kb.knowledge_base import KnowledgeBase
from kb.search import meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpora import JudgedCorpus

ROUNDS = 15
COLD = ("the mug arrived smashed", "battery swollen dangerous", "package never arrived")
SAMPLE = Path(__file__).resolve().parents[1] / "content"

ASKED = 400
WEIGHTS = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
"""Of which MEANING is chosen; 0 is by words alone."""

CHANGE = 0.01
"""A query has gained or lost if its nDCG@10 moved by more."""


class Run(NamedTuple):
    """One set in one mode: nDCG@10 by query, sure and right first hits, seconds a question, the
    bytes of vectors a section, and those of words.
    """

    ndcg: dict[str, float]
    sure: int
    right: int
    seconds: float
    vectors: float
    words: int


def run(corpus: JudgedCorpus, mode: str, index: Path) -> Run:
    """Ask all queries of a set."""
    found: dict[str, list[str]] = {}
    sure = right = 0
    times = []
    base = _base(corpus, mode, index)
    base.index()
    base.search("warm")
    for qid, text in corpus.texts.items():
        began = time.perf_counter()
        found[qid] = _ranked(base, corpus, text)
        times.append(time.perf_counter() - began)
        answer = base.search(text, limit=1, sections=True)
        if answer.hits and not answer.hits[0].weak:
            sure += 1
            right += found[qid][0] in corpus.grades[qid]
    size = _size(index, "vectors", "sections")
    shared = _size(index, "vocabulary", "words", "projection")
    sections = base.describe().sections
    base.close()
    measured = measure(found, {qid: corpus.grades[qid] for qid in found})
    ndcg = {qid: mean({qid: value}.values()).ndcg for qid, value in measured.items()}
    return Run(ndcg, sure, right, statistics.median(times), size / sections, shared)


def weight(folder: Path, names: Sequence[str]) -> None:
    """Print nDCG@10 of mode `words` by set and weight, of at most ASKED queries a set, and what
    each set has with the weight that has the greatest mean over all other sets.
    """
    found: dict[str, dict[float, float]] = {}
    for name in names:
        corpus = load(name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        base = _base(corpus, "words", folder / name)
        base.index()
        qids = sorted(corpus.texts)
        qids = random.Random(7).sample(qids, min(ASKED, len(qids)))
        found[name] = {}
        for each in WEIGHTS:
            meaning.MEANING = each
            names_of = {qid: _ranked(base, corpus, corpus.texts[qid]) for qid in qids}
            measured = measure(names_of, {qid: corpus.grades[qid] for qid in qids})
            found[name][each] = statistics.fmean(
                mean({q: m}.values()).ndcg for q, m in measured.items()
            )
        base.close()
        print(name, *(f"{each:g}: {value:.4f}" for each, value in found[name].items()), flush=True)
    for name, own in found.items():
        others = [row for other, row in found.items() if other != name]
        best = max(WEIGHTS, key=lambda each: statistics.fmean(row[each] for row in others))
        print(f"{name}: by the others {best:g}, {own[best]:.4f}; without {own[0]:.4f}", flush=True)


def _base(corpus: JudgedCorpus, mode: str, index: Path) -> KnowledgeBase:
    """The knowledge base of a set in a mode."""
    settings = index / "kb.toml"
    settings.touch()
    config = load_config(
        config=settings, content=(corpus.folder / "articles").resolve(), index=index, environ={}
    )
    return KnowledgeBase(
        replace(config, semantic=SemanticConfig(mode=mode, model=os.environ.get("MODEL", "")))
    )


def _ranked(base: KnowledgeBase, corpus: JudgedCorpus, text: str) -> list[str]:
    """The names of the ten best for a query."""
    by_article = corpus.level is Level.ARTICLE
    ranked = base.rank(text, limit=10, per_article=1 if by_article else None)
    results = tuple(Result(r.article, r.anchor, r.score) for r in ranked)
    return [result.name for result in (best_of_articles(results) if by_article else results)]


def _size(index: Path, *names: str) -> int:
    """The bytes of files of these names in an index."""
    return sum(path.stat().st_size for name in names for path in index.glob(f"g*/**/{name}"))


def cold(folder: Path) -> None:
    """Print a row for each query: CPU ms by words, in mode `words` and `encoder`, the ratio of the
    first two, and what the third has more. Then what warm ones have more: the median, and p95.
    """
    for mode in SEMANTIC_MODES:
        (folder / mode).mkdir(exist_ok=True)
        (folder / mode / "kb.toml").write_text(f'[semantic]\nmode = "{mode}"\n')
        _search(folder / mode, COLD[0])
    for query in COLD:
        times: dict[str, list[float]] = {mode: [] for mode in SEMANTIC_MODES}
        for _ in range(ROUNDS):
            for mode, found in times.items():
                found.append(_search(folder / mode, query))
        off, words, encoder = (1000 * min(found) for found in times.values())
        more = f"{words / off:.3f} {encoder - off:+.0f}"
        print(f"{query:28} {off:6.0f} {words:6.0f} {encoder:6.0f} {more}", flush=True)
    _warm(folder)


def _warm(folder: Path) -> None:
    """Print what a search takes more in each mode, in a process that has searched before."""
    bases = {
        mode: KnowledgeBase(
            load_config(config=folder / mode / "kb.toml", content=SAMPLE, index=folder / mode / "i")
        )
        for mode in SEMANTIC_MODES
    }
    times: dict[str, list[float]] = {mode: [] for mode in SEMANTIC_MODES}
    for spaces in range(ROUNDS):
        for query in COLD:
            for mode, base in bases.items():
                began = time.process_time()
                base.search(query + " " * spaces)  # another text each time: nothing is kept
                times[mode].append(1000 * (time.process_time() - began))
    off = times.pop("off")
    for mode, found in times.items():
        more = sorted(one - other for one, other in zip(found, off, strict=True))
        high = more[int(0.95 * len(more))]
        print(f"warm, {mode}: {statistics.median(more):+.1f} ms, {high:+.1f} at p95", flush=True)


def building(name: str, folder: Path) -> None:
    """Print the seconds of CPU and the most memory that an index takes, by words and in mode
    `words`.
    """
    for mode in ("off", "words"):
        (folder / mode).mkdir()
        (folder / mode / "kb.toml").write_text(f'[semantic]\nmode = "{mode}"\n')
        content = load(name).folder / "articles"
        command = ["--content", str(content), "--index", str(folder / mode / "i"), "index"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "kb", *command], cwd=folder / mode, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)  # the most memory of all until now
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{name} {mode}: {seconds:.0f} s, {after.ru_maxrss / 1000:.0f} MB", flush=True)


def everyday(questions: Path) -> None:
    """Print a row for each mode."""
    rows = [line.split("\t") for line in questions.read_text(encoding="utf-8").splitlines() if line]
    for mode in SEMANTIC_MODES:
        first = three = sure = right = 0
        with TemporaryDirectory() as index:
            config = load_config(content=SAMPLE, index=Path(index), environ={}, cwd=SAMPLE.parent)
            base = KnowledgeBase(replace(config, semantic=SemanticConfig(mode=mode)))
            for question, wanted in rows:
                hits = base.search(question, limit=10).hits
                names = list(dict.fromkeys(hit.article for hit in hits))
                answers = [name in wanted.split(",") for name in names]
                first += any(answers[:1])
                three += any(answers[:3])
                is_sure = bool(hits) and not hits[0].weak
                sure += is_sure
                right += is_sure and answers[0]
            base.close()
        print(f"{mode:8} {len(rows)} asked, {first} first, {three} in three", end=", ")
        print(f"{sure} sure, {right} of them right", flush=True)


def _search(folder: Path, query: str) -> float:
    """The seconds of CPU that a search takes, with the start of its process."""
    command = [sys.executable, "-m", "kb", "--content", str(SAMPLE), "--index", str(folder / "i")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "search", query], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(*names: str) -> None:
    """Print the table: a row for each set and mode."""
    modes = [name for name in names if name in SEMANTIC_MODES] or SEMANTIC_MODES[1:]
    print("set, mode, ndcg, gained, lost, sure, right, ms, bytes a section, of all words")
    for name in [name for name in names if name not in SEMANTIC_MODES] or POOL:
        corpus = load(name)
        words: dict[str, float] = {}
        for mode in ("off", *modes):
            with TemporaryDirectory() as folder:
                row = run(corpus, mode, Path(folder))
            words = words or row.ndcg
            changes = [row.ndcg[qid] - words[qid] for qid in words]
            print(
                f"{name:12} {mode:8} {statistics.fmean(row.ndcg.values()):.4f}",
                f"{sum(change > CHANGE for change in changes):4}",
                f"{sum(change < -CHANGE for change in changes):4}",
                f"{row.sure:4} {row.right / max(1, row.sure):.3f} {1000 * row.seconds:6.1f}",
                f"{row.vectors:4.0f} {row.words:,}",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:] == ["cold"]:
        with TemporaryDirectory() as place:
            cold(Path(place))
        sys.exit()
    if sys.argv[1:2] == ["everyday"] and len(sys.argv) > 2:  # the word, the file
        everyday(Path(sys.argv[2]))
        sys.exit()
    if "KB_CORPORA" not in os.environ:
        sys.exit("KB_CORPORA names the folder of the judged sets")
    if sys.argv[1:2] == ["building"]:
        for each in sys.argv[2:]:
            with TemporaryDirectory() as place:
                building(each, Path(place))
        sys.exit()
    if sys.argv[1:2] == ["weight"] and len(sys.argv) > 2:  # the word, the folder
        weight(Path(sys.argv[2]), sys.argv[3:] or POOL)
        sys.exit()
    main(*sys.argv[1:])
