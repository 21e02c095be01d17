"""How well `kb suggest` finds what a message is about, and how long it takes.

KB_CORPORA=... python benchmarks/suggest.py [--sets wixqa,techqa] [--queries N]

Mails: each question of a judged set stands in a mail of which four words in five are others: headers
of a mail or none, a greeting, sentences about something else before and after, a signature, a
disclaimer, a quoted reply. nDCG@10 of the articles of the first problem, and of all problems in
turn, by that of the question alone.

Posts: whole messages by the nDCG@10 of their titles. KB_POSTS names a file of JSON Lines with `id` and
`question`, whole posts for the queries of techqa (`data/public/techqa_rag_eval_sample.jsonl` of
github.com/rosscyking1115/agent-release-gates); the questions of other sets are whole as they are.

Time: `suggest` on mails, by `search` for the questions alone, and for the mails' own texts.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from kb import KnowledgeBase
from kb.desk.message import read_message

FILLERS = [
    "I hope this message finds you well.",
    "I have been a loyal customer for many years and usually everything works out great.",
    "My wife told me that I should write to you because you helped her sister last spring.",
    "Last weekend we were visiting my parents and the weather was wonderful.",
    "I normally do not write messages like this one.",
    "Please excuse my English, it is not my first language.",
    "I am quite busy these days with work and the children.",
    "A friend recommended your company to me and so far I was happy.",
    "I tried to find it myself but I gave up after an hour.",
    "I already talked to a colleague of yours and he was very polite.",
    "I am writing to you today since I do not know who else could help.",
    "It would be great to hear back from you soon.",
    "Please let me know if you need anything else from me.",
    "I really appreciate all the hard work that you and your team do.",
    "Sorry for the long message.",
    "By the way, your new design looks really nice.",
    "I look forward to your answer.",
    "If there is anything unclear just write me back.",
    "My neighbour has the same and he is also curious about it.",
    "We are a small family business from the north of the country and have twelve employees.",
    "Summer was long and I have only now had the time to look into this.",
    "I drink far too much coffee when something like this happens.",
    "Thank you in advance for your time and your patience.",
    "Have a great day and a nice weekend.",
    "I am not very good with technical things, so please explain it slowly.",
]

HEAD = (
    "From: Robin Sample <robin@sample.example>\nTo: support@example.com\nSubject: Question\n"
    "Date: Mon, 02 Nov 2026 10:11:12 +0100\nContent-Type: text/plain; charset=utf-8\n\n"
)
SIGNATURE = (
    "Head of Purchasing\nSample Trading Ltd.\n12 Long Street, Springfield, IL 62704\n"
    "Phone +1 555 123 4567\n\nThis e-mail and any attachments are confidential and intended solely "
    "for the addressee.\n"
)
QUOTED = (
    "\nOn Fri, 30 Oct 2026 at 09:00, Support <support@example.com> wrote:\n> Hello Robin,\n"
    "> thank you for contacting us about your refund and the password of your account.\n"
    "> Please restart the device and install the latest update, then try again.\n"
)


def mail_around(question: str, seed: str) -> str:
    """A mail of which a fifth is the question."""
    choose = random.Random(seed)
    need = 4 * len(question.split())
    fillers = FILLERS[:]
    choose.shuffle(fillers)
    greeting = choose.choice(["Hi,", "Dear support team,", "Hello there,", "Good morning,"])
    end = "\nBest regards,\nRobin Sample\n"
    words, tail = len((greeting + end).split()), ""
    for part in (SIGNATURE, QUOTED):
        if words + len(part.split()) < need * 0.6:
            tail += part
            words += len(part.split())
    own: list[str] = []
    while fillers and words < need:
        own.append(fillers.pop())
        words += len(own[-1].split())
    question = question.strip()
    question += "" if question[-1:] in ".?!" else "."
    own.insert(choose.randrange(len(own) + 1), question)
    paragraphs = []
    while own:
        size = choose.choice((1, 2, 3))
        paragraphs.append(" ".join(own[:size]))
        own = own[size:]
    head = HEAD if choose.random() < 0.5 else ""
    return f"{head}{greeting}\n\n{chr(10).join(f'{p}{chr(10)}' for p in paragraphs)}{end}{tail}"


def ndcg(articles: list[str], labels: dict[str, int]) -> float:
    """nDCG@10 of different articles."""
    gains = [labels.get(article, 0) for article in dict.fromkeys(articles)][:10]
    best = sorted(labels.values(), reverse=True)[:10]

    def total(values: list[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values))

    return total(gains) / total(best) if total(best) else 0.0


class JudgedSet:
    """One set, with the queries that are asked of it."""

    def __init__(self, folder: Path, index: Path, count: int) -> None:
        self.base = KnowledgeBase.open(folder / "articles", index=index)
        self.base.index()
        rows = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
        texts = {row["qid"]: row["text"] for row in rows}
        self.labels: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
            qid, name, grade = line.split("\t")
            labels = self.labels.setdefault(qid, {})
            article = name.partition("#")[0]
            labels[article] = max(labels.get(article, 0), int(grade))
        chosen = [qid for qid in texts if qid in self.labels]
        random.Random(3).shuffle(chosen)
        self.queries = {qid: texts[qid] for qid in chosen[:count]}

    def searched(self) -> float:
        """NDCG of the questions alone."""
        return statistics.mean(
            ndcg([hit.article for hit in self.base.search(text, limit=10)], self.labels[qid])
            for qid, text in self.queries.items()
        )

    def suggested(self, messages: dict[str, str]) -> tuple[float, float]:
        """NDCG of messages: of the first problem, and of all in turn."""
        first, union = [], []
        for qid, message in messages.items():
            found = [
                [section.hit.article for section in problem.sections]
                for problem in self.base.suggest(message, limit=10).problems
            ]
            turn = [each[place] for place in range(10) for each in found if place < len(each)]
            first.append(ndcg(found[0] if found else [], self.labels[qid]))
            union.append(ndcg(turn, self.labels[qid]))
        return statistics.mean(first), statistics.mean(union)


def seconds(action, texts) -> float:
    """The median time of an action on a text, in milliseconds."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        action(text)
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def main() -> None:
    """Print a row for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sets", default="wixqa,techqa,emanual_tv,stackfaq,github_docs")
    parser.add_argument("--queries", type=int, default=100)
    args = parser.parse_args()
    posts = {}
    if source := os.environ.get("KB_POSTS"):
        rows = map(json.loads, Path(source).read_text("utf-8").splitlines())
        posts = {row["id"]: row["question"] for row in rows}
    print(
        "| set | queries | question | mail, first | mail, all | post, first | post, all | search | search, mail | suggest |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in args.sets.split(","):
        with tempfile.TemporaryDirectory() as index:
            judged = JudgedSet(Path(os.environ["KB_CORPORA"]) / name, Path(index), args.queries)
            alone = judged.searched()
            mails = {qid: mail_around(text, qid) for qid, text in judged.queries.items()}
            whole = {qid: posts.get(qid, text) for qid, text in judged.queries.items()}
            row = [judged.suggested(mails), judged.suggested(whole)]
            ratios = [f"{value / alone:.3f}" for pair in row for value in pair]
            base, asked = judged.base, list(judged.queries.values())
            times = [
                seconds(base.search, asked),
                seconds(base.search, [read_message(mail).text for mail in mails.values()]),
                seconds(base.suggest, mails.values()),
            ]
            shown = [f"{value:.1f} ms" for value in times]
            print(
                f"| {name} | {len(asked)} | {alone:.3f} | {' | '.join([*ratios, *shown])} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
