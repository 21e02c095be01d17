"""Threads and forked children ask one KnowledgeBase while its articles change.

    python benchmarks/threads.py                 two minutes
    python benchmarks/threads.py --seconds 600   longer

Rounds of 8 threads and 4 forked children, each of which asks 200 times, with another thread that
edits articles, updates the index and builds it anew. Every answer is held against what was there
(`tests/stress.py`). Prints one JSON object; ends with 1 where an answer was wrong, or an error
came.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from kb import KnowledgeBase

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from stress import Editor, Stress, write_articles

THREADS, CHILDREN, SEARCHES = 8, 4, 200


def main():
    """Go on until the time is over, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    given = parser.parse_args()
    counts = {"rounds": 0, "answers": 0, "updates": 0}
    faults = []
    end = time.monotonic() + given.seconds
    while time.monotonic() < end and not faults:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_articles(folder / "content")
            base = KnowledgeBase.open(folder / "content", index=folder / "index")
            children = CHILDREN if hasattr(os, "fork") else 0
            found = Stress(base, Editor(folder / "content")).run(
                threads=THREADS, children=children, searches=SEARCHES, patience=600
            )
            base.close()
        counts["rounds"] += 1
        counts["answers"] += found.answers
        counts["updates"] += found.updates
        faults += found.faults
    print(json.dumps({**counts, "faults": len(faults), "examples": faults[:3]}, indent=2))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
