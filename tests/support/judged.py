"""Judged folders, and a searcher whose rankings are written down."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

from kb.evaluate.evaluation import evaluate
from kb.evaluate.judgments import JudgedQuery, JudgedSet, Label

LATE = "# Late package\n\nWait a day.\n\n## Track it\n\nLook it up.\n\n## Ask\n\nAsk us.\n"
REFUND = "# Refunds\n\nMoney back.\n\n## How long `it` takes\n\nA week.\n"


class Ranked(NamedTuple):
    """A section, as a ranking lists it."""

    article: str
    anchor: str
    score: float


@dataclass
class FakeSearcher:
    """Ranks as `rankings` says: query -> names of sections, best first; scores fall from 9. It is as
    sure of a query as `confidences` says, else of all that it answers.
    """

    rankings: dict[str, list[str]]
    confidences: dict[str, float] = field(default_factory=dict)
    searched: list[str] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)

    def rank(self, query, *, limit=100):
        """Rank as it is written down."""
        self.limits.append(limit)
        names = self.rankings.get(query, [])[:limit]
        pairs = [name.partition("#")[::2] for name in names]
        return [Ranked(a, b, 9 - place / 10) for place, (a, b) in enumerate(pairs)]

    def search(self, query):
        """Remember that somebody searched."""
        self.searched.append(query)
        return SimpleNamespace(confidence=self.confidences.get(query, 1.0))


def write_articles(content):
    """Write the two articles."""
    content.mkdir(parents=True)
    (content / "late.md").write_text(LATE)
    (content / "refund.md").write_text(REFUND)


def write_queries(folder, texts):
    """Write queries.jsonl."""
    lines = [json.dumps({"qid": qid, "text": text}) for qid, text in texts.items()]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n")


def write_labels(folder, *lines):
    """Write qrels.tsv."""
    (folder / "qrels.tsv").write_text("".join(f"{line}\n" for line in lines))


def judged(qid, text, **grades):
    """A judged query; in the names `__` stands for `#`."""
    names = {name.replace("__", "#"): grade for name, grade in grades.items()}
    return JudgedQuery(qid, text, tuple(label(name, grade) for name, grade in names.items()))


def label(name, grade=1):
    """Label an article, or a section of it."""
    article, _, anchor = name.partition("#")
    return Label(article, anchor or None, grade, name)


def evaluation_of(rankings, *queries, name="set", confidences=None, **options):
    """Evaluate the queries with a searcher that ranks so."""
    searcher = FakeSearcher(rankings, confidences or {})
    options = {"per_article": 3, "sure": 0.5, **options}
    return evaluate(JudgedSet(name, queries), searcher, **options)
