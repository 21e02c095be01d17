"""Whether answers that sound sure are right, from both sides: on judged queries, and on questions
about something else, which are the queries of the other sets.

Writes the part `sure` of relevance.md. The curve of `kb.search.ranking.confidence` is fitted anew to
all sets but one, for each, and measured on the one left out. Needs KB_CORPORA.
"""

from __future__ import annotations

import hashlib
import math
import sys
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import tables
from corpora import JudgedCorpus, available, cache_folder, load

from kb import KnowledgeBase
from kb.config import SearchConfig
from kb.search.ranking import CONFIDENCE_BASE, CONFIDENCE_SLOPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SETS = ("wixqa", "techqa", "emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs")
RELATED = ({"stackfaq", "github_docs"},)
"""Sets of which one may answer the questions of the other."""

QUERIES, OTHERS = 400, 60
"""Queries of a set, and those that each of the others adds: with the lowest hashes of their ids."""

ELSEWHERE = 0.1
"""The share of questions about something else that the curve is fitted to."""

SURE = SearchConfig().sure
PAGE = Path(__file__).with_name("relevance.md")


class First(NamedTuple):
    """A first hit: what its confidence is made of, whether it is right, and what it weighs."""

    evidence: float
    right: bool
    weight: float

    def is_sure(self, curve: tuple[float, float]) -> bool:
        base, slope = curve
        return 1 / (1 + math.exp(-base - slope * self.evidence)) >= SURE


def first_hits(
    corpus: JudgedCorpus, others: Sequence[JudgedCorpus]
) -> tuple[list[First], list[First]]:
    """Those of the set's own queries, and those of queries of other sets. Queries that bring nothing
    or a contact that was asked for are left out.
    """
    settings = cache_folder() / "kb.toml"
    settings.touch()
    index = cache_folder() / "certainty" / corpus.name
    base = KnowledgeBase.open((corpus.folder / "articles").resolve(), index=index, config=settings)
    right = {query.text: query for query in corpus.queries}
    own, foreign = [], []
    for text in _sample(corpus, QUERIES):
        for evidence, names in _asked(base, text):
            grades = right[text].grades
            own.append((evidence, any(grades.get(name) for name in names)))
    for other in others:
        if other.name != corpus.name and {other.name, corpus.name} not in RELATED:
            for text in _sample(other, OTHERS):
                foreign += [(evidence, False) for evidence, _ in _asked(base, text)]
    base.close()
    return (
        [First(*each, (1 - ELSEWHERE) / len(own)) for each in own],
        [First(*each, ELSEWHERE / len(foreign)) for each in foreign],
    )


def _sample(corpus: JudgedCorpus, count: int) -> list[str]:
    by_hash = sorted(corpus.texts, key=lambda qid: hashlib.sha256(qid.encode()).digest())
    return [corpus.texts[qid] for qid in by_hash[:count]]


def _asked(base: KnowledgeBase, text: str) -> Iterable[tuple[float, tuple[str, str]]]:
    answer = base.search(text, limit=1)
    if answer.hits and answer.confidence < 1:
        logit = math.log(answer.confidence / (1 - answer.confidence))
        hit = answer.hits[0]
        names = (hit.article, f"{hit.article}#{hit.anchor}")
        yield (logit - CONFIDENCE_BASE) / CONFIDENCE_SLOPE, names


def fit(hits: Sequence[First]) -> tuple[float, float]:
    """The base and slope of the logistic curve that fits best, by Newton's method."""
    base = slope = 0.0
    for _ in range(25):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, right, weight in hits:
            p = 1 / (1 + math.exp(-base - slope * x))
            error, spread = weight * (right - p), weight * p * (1 - p)
            g0, g1 = g0 + error, g1 + error * x
            h00, h01, h11 = h00 + spread, h01 + spread * x, h11 + spread * x * x
        scale = h00 * h11 - h01 * h01
        base += (h11 * g0 - h01 * g1) / scale
        slope += (h00 * g1 - h01 * g0) / scale
    return base, slope


def _row(
    name: str, own: Sequence[First], foreign: Sequence[First], curve: tuple[float, float]
) -> list[str]:
    sure = [hit.right for hit in own if hit.is_sure(curve)]
    return [
        name,
        tables.points(fmean(hit.right for hit in own)),
        tables.points(len(sure) / len(own)),
        tables.points(fmean(sure)) if sure else "",
        tables.points(fmean(hit.is_sure(curve) for hit in foreign)),
        f"{curve[0]:.2f}, {curve[1]:.2f}",
    ]


def main() -> None:
    corpora = [load(name) for name in available(SETS)]
    if len(corpora) < 2:
        sys.exit("set KB_CORPORA to a folder of unpacked sets")
    found = {corpus.name: first_hits(corpus, corpora) for corpus in corpora}
    shipped = (CONFIDENCE_BASE, CONFIDENCE_SLOPE)
    head = ["", "first hit right", "sure", "right where sure", "sure about something else", "curve"]
    apart = []
    for name, (own, foreign) in found.items():
        rest = [
            hit for other, both in found.items() if other != name for hits in both for hit in hits
        ]
        apart.append(_row(name, own, foreign, fit(rest)))
    shipping = [_row(name, own, foreign, shipped) for name, (own, foreign) in found.items()]
    text = f"""## Sure first hits
Written by `certainty.py`. A first hit is sure from a confidence of {SURE:g} on ([ranking](../docs/ranking.md#sure-and-weak)).
At most {QUERIES} queries of a set; right is what its labels say, of articles or sections. Questions
about something else are {OTHERS} queries of each other set. The curve's base and slope come last.

With the curve as it comes:

{tables.table(head, shipping)}
With a curve that is fitted to the other sets, and one question in ten about something else:

{tables.table(head, apart)}"""
    tables.replace_part(PAGE, "sure", text)


if __name__ == "__main__":
    main()
