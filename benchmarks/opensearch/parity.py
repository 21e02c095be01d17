"""Whether a cluster answers as the index on this machine does: writes a part of ../opensearch.md.

    KB_CORPORA=DIR python benchmarks/opensearch/parity.py FOLDER [NODES [SET ...]]

NODES is the folder of a cluster that `nodes.py` started; FOLDER keeps the indexes and what was
answered, so that a run which was stopped goes on where it was. Without NODES the table is written
of what there is.
All queries of a set are asked, and each that has a word of five letters with a slip in it. Two
answers are the same where they hold the same ten sections, of ten articles where labels name
articles, in the same order; their scores where none differs by more than 1e-6 of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nodes import Nodes

from kb.config import Config, EngineConfig
from kb.evaluate.judgments import Level
from kb.evaluate.measures import mean, measure
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kb.knowledge_base import Ranked

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpora import JudgedCorpus, digest, load  # of the folder above
from tables import replace_part, table  # as before

PAGE = Path(__file__).parents[1] / "opensearch.md"
SETS = ("emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs")
KINDS = {"written": "as written", "slips": "with a slip"}
LIMIT = 10
CLOSE = 1e-6


class Asked(NamedTuple):
    """What both said to a text: names as labels have them, and whether sections and scores are the
    same.
    """

    qid: str
    alike: bool
    close: bool
    here: list[str]
    there: list[str]


def notes(folder: Path, name: str, kind: str) -> Path:
    """Where the answers to a kind of text of a set are kept."""
    return folder / f"{name}-{kind}.jsonl"


def read_asked(file: Path) -> list[Asked]:
    """What was asked until now."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else ()
    asked = [Asked(**json.loads(line)) for line in lines]
    return list({each.qid: each for each in asked}.values())  # two runs at once may ask one twice


def ask_both(name: str, folder: Path, nodes: Nodes, kinds: Iterable[str]) -> None:
    """Ask both what they were not asked yet of a set."""
    corpus, shown = load(name), folder / name
    content = (corpus.folder / "articles").resolve()
    here = KnowledgeBase(Config(content=content, index=shown / "whoosh"))
    engine = EngineConfig(
        kind="opensearch", urls=tuple(nodes.urls), prefix=f"parity-{name.replace('_', '-')}",
        replicas=min(1, len(nodes.urls) - 1), timeout=120,
    )  # fmt: skip
    there = KnowledgeBase(Config(content=content, index=shown / "cluster", engine=engine))
    size = there.index().sections
    (folder / f"{name}.json").write_text(json.dumps({"sections": size}))
    for kind in kinds:
        texts, file = texts_of(corpus, kind), notes(folder, name, kind)
        known = {asked.qid for asked in read_asked(file)}
        with file.open("a", encoding="utf-8") as out:
            for qid in sorted(texts.keys() - known, key=digest):  # in any part some of all kinds
                found = compare(corpus.level, qid, texts[qid], here, there)
                out.write(json.dumps(found._asdict()) + "\n")
                out.flush()
                if not found.close:
                    print(name, kind, qid, texts[qid], found.alike, flush=True)
    here.close()
    there.close()


def texts_of(corpus: JudgedCorpus, kind: str) -> Mapping[str, str]:
    """The queries of a set, or their misspelt copies."""
    return corpus.texts if kind == "written" else corpus.misspelt


def compare(level: Level, qid: str, text: str, here: KnowledgeBase, there: KnowledgeBase) -> Asked:
    """Ask both for a text."""
    once = 1 if level is Level.ARTICLE else None
    ours = here.rank(text, limit=LIMIT, per_article=once)
    theirs = there.rank(text, limit=LIMIT, per_article=once)
    alike = [named(each) for each in ours] == [named(each) for each in theirs]
    close = alike and all(
        abs(one.score - other.score) <= CLOSE * abs(one.score)
        for one, other in zip(ours, theirs, strict=True)
    )
    return Asked(qid, alike, close, names(ours, level), names(theirs, level))


def named(each: Ranked) -> tuple[str, str]:
    """The section that it is."""
    return each.article, each.anchor


def names(ranked: tuple[Ranked, ...], level: Level) -> list[str]:
    """As labels name them; an article counts once."""
    if level is Level.SECTION:
        return [f"{each.article}#{each.anchor}" for each in ranked]
    return list(dict.fromkeys(each.article for each in ranked))


def row_of(corpus: JudgedCorpus, folder: Path, kind: str) -> tuple[int, Counted]:
    """The sections of a set, and what was counted of a kind of its texts."""
    asked = read_asked(notes(folder, corpus.name, kind))
    grades = {each.qid: corpus.grades[each.qid] for each in asked}
    ndcg = [
        mean(measure({each.qid: getattr(each, side) for each in asked}, grades).values()).ndcg
        for side in ("here", "there")
    ]
    sections = json.loads((folder / f"{corpus.name}.json").read_text())["sections"]
    counted = Counted(
        len(texts_of(corpus, kind)), len(asked), sum(each.alike for each in asked),
        sum(each.close for each in asked), *ndcg,
    )  # fmt: skip
    return sections, counted


class Counted(NamedTuple):
    """Texts, how many of them were asked, are the same, and have the same scores; both nDCG@10."""

    texts: int
    asked: int
    alike: int
    close: int
    here: float
    there: float


HEAD = ("set, queries", "sections", "queries", "asked", "same ten in order",
        "and scores within 1e-6", "nDCG@10 here", "on the cluster")  # fmt: skip


def as_text(folder: Path) -> str:
    """The part of the page."""
    lines, rows = [], []
    for name in SETS:
        corpus = load(name)
        for kind, label in KINDS.items():
            if not read_asked(notes(folder, name, kind)):
                continue
            sections, counted = row_of(corpus, folder, kind)
            rows.append(counted)
            lines.append((
                f"{name}, {label}", f"{sections:,}", *(f"{count:,}" for count in counted[:4]),
                f"{counted.here:.4f}", f"{counted.there:.4f}",
            ))  # fmt: skip
    texts, asked, alike, close = (sum(row[n] for row in rows) for n in range(4))
    most = max(abs(row.here - row.there) for row in rows)
    return f"""## The same answers

`KB_CORPORA=DIR python benchmarks/opensearch/parity.py FOLDER NODES` asks the index on this machine and one on a cluster of real nodes the queries of the judged sets, and each with a slip in one of its words. {asked:,} of {texts:,} were asked: {alike / asked:.2%} of the answers are the same ten in the same order, {close / asked:.2%} with all scores within 1e-6, and nDCG@10 differs by {most:.4f} at most.

{table(HEAD, lines)}"""


def main() -> None:
    """Ask the sets that are named, and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("nodes", type=Path, nargs="?", help="none: write the table alone")
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in options.sets if options.nodes else ():
        ask_both(name, folder, Nodes(options.nodes.resolve()), options.kinds)
    replace_part(PAGE, "parity", as_text(folder))


if __name__ == "__main__":
    main()
