"""Leave one set out: what kb's constants are worth on sets that they were not chosen on.

usage: KB_CORPORA=DIR python benchmarks/tuning.py [--indexed]

Each constant of the ranking is moved down and up by itself, the real engine answers a fixed
sample of every set's queries, and nDCG@10 is written down. Then, for each set in turn: for
every constant the value that is best on the mean of the *other* sets is taken (the default,
unless a move gains more than TOLERANCE), all of them together are tried, and the set that was
left out says what that is worth where nobody looked. Writes the part `tuning` of relevance.md.

Constants that are in the index are moved with --indexed only: each move builds every index anew.

Figures are kept in the cache folder until the engine's code, the records or the queries
change: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import tables
from corpora import POOL, JudgedCorpus, available, cache_folder, digest, load

import kb
from kb.config import Ranking, load_config
from kb.evaluate.evaluation import Result, best_of_articles
from kb.evaluate.judgments import Level
from kb.evaluate.measures import mean, measure
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAMPLE = 120
"""Queries of each set: those whose ids have the lowest hashes."""

TOLERANCE = 0.001
FACTORS = (0.7, 1.4)
SKIPPED = ("issue_weight", "synonym", "self_service")
"""Constants that no query of these sets touches."""

PAGE = Path(__file__).with_name("relevance.md")
Change = tuple[tuple[str, float], ...]
Figures = dict[str, float]


class Lab:
    """Answers what nDCG@10 each set has under some change of the constants."""

    def __init__(self, corpora: Sequence[JudgedCorpus]) -> None:
        self.corpora = corpora
        self.samples = {corpus.name: _sample(corpus) for corpus in corpora}
        state = [_code(), [c.state for c in corpora], digest(self.samples)]
        self.file = cache_folder() / f"tuning-{digest(state)}.json"
        self.known: dict[str, Figures] = {}
        if self.file.exists():
            self.known = json.loads(self.file.read_text(encoding="utf-8"))

    def figures(self, change: Change) -> Figures:
        """The nDCG@10 of each set under a change, measured once."""
        key = json.dumps(sorted(change))
        if key not in self.known:
            self.known[key] = {c.name: self._measure(c, change) for c in self.corpora}
            self.file.write_text(json.dumps(self.known), encoding="utf-8")
            print(key, self.known[key], flush=True)
        return self.known[key]

    def _measure(self, corpus: JudgedCorpus, change: Change) -> float:
        content = (corpus.folder / "articles").resolve()
        index = cache_folder() / "tuning" / content.parent.name
        settings = cache_folder() / "kb.toml"
        settings.touch()
        config = load_config(config=settings, content=content, index=index, environ={})
        base = KnowledgeBase(replace(config, ranking=change))
        base.index()
        try:
            found = {qid: _names(base, corpus, qid) for qid in self.samples[corpus.name]}
        finally:
            base.close()
        return mean(measure(found, {qid: corpus.grades[qid] for qid in found}).values()).ndcg


def _code() -> str:
    """The state of everything that could change a figure."""
    root = Path(kb.__file__).parent
    places = ("engine/**/*.py", "articles/*.py", "frontmatter/*.py", "markdown/*.py")
    single = ("analysis.py", "comments.py", "knowledge_base.py", "query.py", "ranking.py")
    files = sorted(path for place in (*places, *single) for path in root.glob(place))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _sample(corpus: JudgedCorpus) -> list[str]:
    by_hash = sorted(corpus.texts, key=lambda qid: hashlib.sha256(qid.encode()).digest())
    return sorted(by_hash[:SAMPLE])


def _names(base: KnowledgeBase, corpus: JudgedCorpus, qid: str) -> list[str]:
    once = 1 if corpus.level is Level.ARTICLE else None
    ranked = base.rank(corpus.texts[qid], limit=10, per_article=once)
    results = tuple(Result(r.article, r.anchor, r.score) for r in ranked)
    names = best_of_articles(results) if corpus.level is Level.ARTICLE else results
    return [result.name for result in names]


def moves(*, indexed: bool) -> dict[str, list[float]]:
    """Values to try for each constant: around its default, within its range."""
    tried = {}
    for constant in Ranking.constants():
        low, high = constant.metadata["range"]
        default = float(constant.default)
        values = [default * f for f in FACTORS] if default else [high / 8, high / 4]
        inside = {round(value, 4) for value in values if low <= value <= high}
        if constant.name not in SKIPPED and (indexed or not constant.metadata["indexed"]):
            tried[constant.name] = sorted(inside - {default})
    return tried


def best_change(table: Mapping[Change, Figures], names: Sequence[str]) -> Change:
    """For each constant its best value on the mean of these sets, where that gains anything."""
    base = fmean(table[()][name] for name in names)
    best: dict[str, tuple[float, float]] = {}
    for change, figures in table.items():
        for constant, value in change:
            gain = fmean(figures[name] for name in names) - base
            if gain > max(TOLERANCE, best.get(constant, (0.0, 0.0))[0]):
                best[constant] = (gain, value)
    return tuple(sorted((constant, value) for constant, (_, value) in best.items()))


def page(lab: Lab, table: Mapping[Change, Figures], names: Sequence[str]) -> str:
    """Both tables."""
    default = table[()]
    head = ["constant", "value", *names, "mean"]
    rows = [["default", "", *(tables.points(default[n]) for n in names), _mean(default, names)]]
    for change, figures in table.items():
        for constant, value in change:
            gains = [figures[n] - default[n] for n in names]
            rows.append(
                [constant, f"{value:g}", *map(tables.signed, gains), tables.signed(fmean(gains))]
            )
    left_out = [_left_out(lab, table, name, names) for name in names]
    return f"""## Leave one set out
For each set, every constant is set to what is best on the mean of the other sets: what that
gives there, and on the set that was left out. {SAMPLE} queries of each set at most; made by
`tuning.py`, which moves the constants of the query alone unless `--indexed` is given.

{tables.table(["left out", "default there", "chosen without it", "difference", "gain on the others", "changes"], left_out)}
## Each constant by itself
Differences of nDCG@10 from the defaults, same queries.

{tables.table(head, rows)}"""


def _left_out(
    lab: Lab, table: Mapping[Change, Figures], name: str, names: Sequence[str]
) -> list[str]:
    others = [other for other in names if other != name]
    change = best_change(table, others)
    figures, default = lab.figures(change), table[()]
    gain = fmean(figures[other] - default[other] for other in others)
    changes = ", ".join(f"{constant} {value:g}" for constant, value in change) or "none"
    return [
        name,
        tables.points(default[name]),
        tables.points(figures[name]),
        tables.signed(figures[name] - default[name]),
        tables.signed(gain),
        changes,
    ]


def _mean(figures: Figures, names: Sequence[str]) -> str:
    return tables.points(fmean(figures[name] for name in names))


def main() -> None:
    names = available(POOL)
    if not names:
        sys.exit("set KB_CORPORA to a folder of unpacked sets")
    lab = Lab([load(name) for name in names])
    moved = moves(indexed="--indexed" in sys.argv)
    changes: list[Change] = [(), *(((c, v),) for c, values in moved.items() for v in values)]
    table = {change: lab.figures(change) for change in changes}
    tables.replace_part(PAGE, "tuning", page(lab, table, names))


if __name__ == "__main__":
    main()
