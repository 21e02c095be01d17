"""kb and its peers on the same records and the same queries: writes relevance.md beside it.

usage: KB_CORPORA=DIR python benchmarks/relevance.py [SET...]

Every engine gets the same sections, all with the one setting named in its row, and each
query as it was written, then with one word misspelt. Runs of peers are kept in the cache
folder (KB_BENCH_CACHE) until records, queries, version or settings change; kb runs anew.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import tables
from corpora import SETS, JudgedCorpus, available, cache_folder, digest, load
from peers import MissingPeerError, npm_peers, python_peers
from peers.kb_peer import Kb
from peers.npm import VERSIONS

from kb.evaluate.measures import mean, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers import Peer

DEPTH = 200
"""Records asked of each engine: enough for ten articles by their best sections."""

PAGE = Path(__file__).with_name("relevance.md")


@dataclass(frozen=True)
class Score:
    """One engine on one set: nDCG@10, clean and misspelt, the latter also as a share kept."""

    clean: float
    misspelt: float
    kept: float


def score(peer: Peer, corpus: JudgedCorpus) -> Score:
    """Measure an engine on a set. Raises MissingPeerError."""
    clean = _measure(peer, corpus, corpus.texts)
    misspelt = _measure(peer, corpus, corpus.misspelt)
    before = mean(clean[qid] for qid in misspelt).ndcg
    after = mean(misspelt.values()).ndcg
    return Score(mean(clean.values()).ndcg, after, after / before)


def _measure(peer: Peer, corpus: JudgedCorpus, texts: dict[str, str]):
    found = run(peer, corpus, list(texts.values()))
    names = {qid: corpus.names(ranked)[:10] for qid, ranked in zip(texts, found, strict=True)}
    return measure(names, {qid: corpus.grades[qid] for qid in texts})


def run(peer: Peer, corpus: JudgedCorpus, queries: Sequence[str]) -> list[list[int]]:
    """What the engine finds, from the cache if it was asked before."""
    if isinstance(peer, Kb):
        peer.build(corpus)
        return peer.search(queries, DEPTH)
    engine = digest([peer.title, _versions(peer), getattr(peer, "options", None)])
    records = corpus.state
    file = cache_folder() / "runs" / f"{engine}-{records}-{digest(queries)}-{DEPTH}.json"
    if not file.exists():
        folder = cache_folder() / "indexes" / f"{digest(_versions(peer))}-{_kind(peer)}-{records}"
        folder.mkdir(parents=True, exist_ok=True)
        peer.build(corpus.records, folder)
        found = peer.search(queries, DEPTH)
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found), encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))


def _kind(peer: Peer) -> str:
    return getattr(peer, "script", "") or type(peer).__mro__[-2].__name__


def _versions(peer: Peer) -> list[str]:
    return [f"{name} {VERSIONS.get(name) or version(name)}" for name in peer.packages]


def main(sets: Sequence[str]) -> None:
    names = available(sets or SETS)
    if not names:
        sys.exit("set KB_CORPORA to a folder of unpacked sets")
    corpora = [load(name) for name in names]
    scores: dict[str, dict[str, Score]] = {}
    missing: dict[str, str] = {}
    peers = [*python_peers(), *npm_peers(), Kb()]
    for peer in peers:
        for corpus in corpora:
            start = time.perf_counter()
            try:
                scores.setdefault(peer.title, {})[corpus.name] = found = score(peer, corpus)
            except MissingPeerError as error:
                missing[peer.title] = str(error)
                break
            print(
                f"{corpus.name} {peer.title}: {found} {time.perf_counter() - start:.1f} s",
                flush=True,
            )
    page = tables.relevance(corpora, scores, missing, [v for p in peers for v in _versions(p)])
    tables.replace_part(PAGE, "peers", page)


if __name__ == "__main__":
    main(sys.argv[1:])
