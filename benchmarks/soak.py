"""Eight processes search, two update, one rebuilds, and articles change under all of them.

    python benchmarks/soak.py                 two minutes
    python benchmarks/soak.py --seconds 600   longer
    python benchmarks/soak.py --rounds 3      until each process has done its work so many times

An answer is right if every article in it, and every one that is not, was so at some moment
between question and answer. Every change is noted with when it began and ended, so that each
answer can be held against it afterwards. Prints one JSON object; ends with 1 where an answer
was wrong, or a process did not end well.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from kb import KnowledgeBase

ARTICLES = 12
PAUSE = 0.25
"""Seconds between two changes."""
ROLES = ["fresh"] * 5 + ["lasting", "command", "command"] + ["update"] * 2 + ["rebuild"]


class Journal:
    """Which version of each article was there, and from when until when that may have been."""

    def __init__(self):
        self.states = {}

    def note(self, article, version, began, ended):
        """Note that an article has a new version, or none, which came between two moments."""
        states = self.states.setdefault(article, [[None, 0.0, float("inf")]])
        states[-1][2] = ended
        states.append([version, began, float("inf")])

    def faults(self, found, asked, answered):
        """List the articles that were at no moment of the time as an answer has them."""
        return [
            (article, found.get(article))
            for article, states in self.states.items()
            if not any(
                version == found.get(article) and began <= answered and ended >= asked
                for version, began, ended in states
            )
        ] + [(article, version) for article, version in found.items() if article not in self.states]


def text_of(version):
    """An article whose every section tells its version."""
    word = f"version{version}"
    return f"# Soak {word}\n\nCommon {word}.\n\n## Part {word}\n\nCommon text of {word}.\n"


class Editor:
    """Changes articles at random, each in one step, and notes it."""

    def __init__(self, content, chosen):
        self.content = content
        self.journal = Journal()
        self.versions = itertools.count(1)
        self.chosen = chosen
        self.there = set()
        for number in range(ARTICLES):
            self.write(f"a{number}")

    def write(self, article):
        """Write a new version."""
        version = next(self.versions)
        beside = self.content / "beside"
        beside.write_text(text_of(version))
        began = time.monotonic()
        beside.replace(self.content / f"{article}.md")
        self.journal.note(article, version, began, time.monotonic())
        self.there.add(article)

    def remove(self, article):
        """Remove an article."""
        began = time.monotonic()
        (self.content / f"{article}.md").unlink()
        self.journal.note(article, None, began, time.monotonic())
        self.there.discard(article)

    def change(self):
        """Do one of the two."""
        article = f"a{self.chosen.randrange(ARTICLES)}"
        if article in self.there and self.chosen.random() < 0.2:
            self.remove(article)
        else:
            self.write(article)


def versions_in(hits):
    """The version of each article among hits, each of which tells one in title and text."""
    found = {}
    for article, text in hits:
        told = set(re.findall(r"version(\d+)", text)) | {str(found.get(article, ""))} - {""}
        if len(told) != 1:
            raise ValueError(f"{article} is of several versions: {sorted(told)}")
        found[article] = int(told.pop())
    return found


def ask(base):
    """The versions in an answer, and whether it says that it is of before."""
    hits = base.search("common", limit=100).hits
    return versions_in((hit.article, f"{hit.title} {hit.snippet}") for hit in hits), base.outdated


class Worker:
    """One process: does its work again and again, and tells of each time."""

    def __init__(self, content, index):
        self.where = ("--content", str(content), "--index", str(index))
        self.base = KnowledgeBase.open(content, index=index)
        self.searches = 0

    def fresh(self):
        """Open, search, close."""
        self.base.close()
        return ask(self.base)

    def lasting(self):
        """Search with an index that stays open, and is brought up to date every tenth time."""
        self.searches += 1
        if self.searches % 10 == 1:
            self.base.index()
        return ask(self.base)

    def command(self):
        """Search by the command line."""
        found = run([*self.where, "search", "--json", "--limit", "100", "common"])
        hits = json.loads(found.stdout)["hits"]
        texts = ((hit["article"], f"{hit['title']} {hit['snippet']}") for hit in hits)
        return versions_in(texts), found.stderr if "warning" in found.stderr else ""

    def update(self):
        """Update the index."""
        run([*self.where, "index"])

    def rebuild(self):
        """Build it anew."""
        run([*self.where, "index", "--force"])


def run(words):
    """Run a command of kb that has to end well."""
    found = subprocess.run(
        [sys.executable, "-m", "kb", *words], capture_output=True, text=True, check=False
    )
    if found.returncode or "Traceback" in found.stderr or "bug" in found.stderr:
        raise RuntimeError(f"kb {words[4:]} ended with {found.returncode}: {found.stderr}")
    return found


def be(role, folders, log, rounds, stop):
    """Be one of the processes, until it has worked `rounds` times or is told to stop."""
    worker = Worker(*folders)
    since = 0.0
    with log.open("w") as file:
        for number in itertools.count(1):
            began = time.monotonic()
            if role != "lasting" or number % 10 == 1:
                since = began  # an index that stays open may answer as when it was opened
            record = {"role": role, "asked": since}
            try:
                found = getattr(worker, role)()
                if found is not None:
                    record["found"], record["outdated"] = found
            except Exception:  # noqa: BLE001  # whatever it is, it is counted
                record["error"] = traceback.format_exc()
            record["answered"] = time.monotonic()
            record["seconds"] = record["answered"] - began
            print(json.dumps(record), file=file, flush=True)
            if stop.is_set() or number == rounds:
                return


def soak(folder, seconds, rounds, seed):
    """Let all of them work in a folder; gives the journal of changes and all records."""
    content, index = folder / "content", folder / "index"
    content.mkdir()
    editor = Editor(content, random.Random(seed))
    spawning = multiprocessing.get_context("spawn")
    stop = spawning.Event()
    logs = [folder / f"log{number}" for number in range(len(ROLES))]
    processes = [
        spawning.Process(target=be, args=(role, (content, index), log, rounds, stop))
        for role, log in zip(ROLES, logs, strict=True)
    ]
    for process in processes:
        process.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(process.is_alive() for process in processes):
        editor.change()
        time.sleep(PAUSE)
    stop.set()
    for process in processes:
        process.join()
    records = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    return editor.journal, records, [process.exitcode for process in processes]


def judge(journal, records, codes):
    """Hold every answer against the journal, and count."""
    counts = Counter(record["role"] for record in records)
    errors = [record["error"] for record in records if "error" in record]
    wrong = []
    for record in records:
        if "found" in record:
            faults = journal.faults(record["found"], record["asked"], record["answered"])
            wrong += [{**record, "faults": faults}] if faults else []
    return {
        "changes": sum(len(states) - 1 for states in journal.states.values()),
        "processes": len(codes),
        "searches": sum("found" in record for record in records),
        "updates": counts["update"],
        "rebuilds": counts["rebuild"],
        "wrong": len(wrong),
        "outdated": sum(bool(record.get("outdated")) for record in records),
        "errors": len(errors),
        "ended": codes,
        "slowest": round(max(record["seconds"] for record in records), 1),
        "messages": dict(Counter(error.rstrip().rpartition("\n")[2] for error in errors)),
        "examples": [*errors[:3], *wrong[:3]],
    }


def main():
    """Soak, print what came of it, and say whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--rounds", type=int, default=0, help="0: as many as the time allows")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    seconds = 600.0 if given.rounds else given.seconds
    with tempfile.TemporaryDirectory() as folder:
        found = judge(*soak(Path(folder), seconds, given.rounds, given.seed))
    print(json.dumps(found, indent=2))
    return bool(found["wrong"] or found["errors"] or any(found["ended"]))


if __name__ == "__main__":
    sys.exit(main())
