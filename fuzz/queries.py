"""Ask a hundred thousand random queries, and a tenth as many made by a grammar.

    python fuzz/queries.py [--content content] [--count 100000] [--seed 1] [--slow 1.0]

Every answer must keep its promises (spans within the snippet, no more hits than asked for, text
that can be encoded) within `--slow` seconds of processor time. Prints what does not, then how
many were asked and how long the slowest took; exits with 1 when anything went wrong.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from made import grammar_query, random_query

from kb import KnowledgeBase
from kb.model import Answer

LIMIT = 10


def complaint(answer: Answer, query: str) -> str:
    """What is wrong with an answer, nothing if it keeps its promises."""
    if answer.query != query:
        return "another query is answered"
    if len(answer.hits) > min(LIMIT, answer.total):
        return "more hits than there are"
    for hit in answer.hits:
        ends = [0, *(end for span in hit.highlights for end in span), len(hit.snippet)]
        if ends != sorted(ends) or "\n" in hit.snippet:
            return f"the snippet of {hit.article}#{hit.anchor}"
        hit.snippet.encode()
    if answer.correction:
        answer.correction.text.encode()
    return ""


def ask(base: KnowledgeBase, query: str, chance: random.Random, slow: float) -> tuple[float, str]:
    """Ask one query in one of the ways there are: the time it took, and what went wrong."""
    start = time.process_time()
    try:
        answer = base.search(
            query, limit=LIMIT, prefix=chance.random() < 0.3, explain=chance.random() < 0.1
        )
        wrong = complaint(answer, query)
        if chance.random() < 0.1:
            base.contact(query)
    except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
        wrong = traceback.format_exc()
    seconds = time.process_time() - start
    return seconds, wrong or (f"took {seconds:.2f} s" if seconds > slow else "")


def main() -> int:
    """Ask them all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--content", type=Path, default=Path("content"))
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=1.0)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    failed, slowest, total = 0, (0.0, ""), 0.0
    with tempfile.TemporaryDirectory() as folder:
        base = KnowledgeBase.open(given.content, index=Path(folder) / "index")
        base.index()
        asked = given.count + given.count // 10
        for number in range(asked):
            query = random_query(chance) if number % 11 else grammar_query(chance)
            seconds, wrong = ask(base, query, chance, given.slow)
            total += seconds
            slowest = max(slowest, (seconds, query))
            if wrong:
                failed += 1
                print(f"{ascii(query)[:300]}: {wrong}", flush=True)
        base.close()
    mean = 1000 * total / asked
    print(f"{asked:,} queries: {failed} failed; mean {mean:.1f} ms, slowest {slowest[0]:.3f} s")
    print(f"the slowest: {ascii(slowest[1])[:200]}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
