"""Threads and forked children that ask one KnowledgeBase while its articles change.

Every answer is held against what was there: an article tells its version in its title and in each
of its sections, and versions only grow. Nothing here waits for a time to pass.
"""

import multiprocessing
import os
import re
import threading
import traceback
from dataclasses import dataclass, field

WORDS = [
    "package", "refund", "address", "delivery", "order",
    "payment", "return", "parcel", "label", "damaged",
]  # fmt: skip
STILL = [f"{word} {other}" for word in WORDS for other in ("fixed", "kept")]
"""Queries whose answers stay as they are, but for scores."""

EDITED = 3
"""Articles that change."""


def write_articles(content, mark="plain", articles=40):
    """Write articles that stay as they are, and those that will be edited."""
    content.mkdir(parents=True)
    for number in range(articles):
        word, other = WORDS[number % 10], WORDS[number // 10]
        more = " ".join(f"{word}{number * step}" for step in range(1, 40))
        (content / f"a{number}.md").write_text(
            f"# {mark} {word} {number}\n\nAbout {other}, fixed{number % 7}.\n\n"
            f"## The fixed {word} of {number}\n\n{more}\n\n"
            f"## Kept {other}\n\n[a link](a{(number + 1) % articles}.md) and {more[::-1]}\n"
        )
    for number in range(EDITED):
        (content / f"e{number}.md").write_text(text_of(0, number))


def text_of(version, number):
    """An article that tells its version in every section, and that no other says the same as."""
    word = f"version{version}"
    part = f"## Edited part{number} {word}\n\nMore of part{number}.\n"
    return f"# Edited{number} edited {word}\n\nEdited {word}, article{number}.\n\n{part}"


class Editor:
    """Gives one article after the other a new version, each in one step."""

    def __init__(self, content):
        self.content = content
        self.version = 0

    def change(self):
        """Write the next version, and tell of it before anyone can see it."""
        self.version += 1
        self.replace(self.content.parent / "written", str(self.version))
        self.replace(
            self.content / f"e{self.version % EDITED}.md",
            text_of(self.version, self.version % EDITED),
        )

    def replace(self, path, text):
        """Write a file in one step."""
        beside = self.content.parent / "beside"
        beside.write_text(text)
        beside.replace(path)

    def written(self):
        """Give the latest version that anyone can see; forked children ask, too."""
        path = self.content.parent / "written"
        return int(path.read_text()) if path.exists() else 0


@dataclass
class Found:
    """What came of it."""

    answers: int = 0
    updates: int = 0
    children: int = 0
    faults: list = field(default_factory=list)


class Stress:
    """Asks a knowledge base from everywhere."""

    def __init__(self, base, editor):
        self.base = base
        self.editor = editor
        self.right = {query: self.sections(query) for query in STILL}
        self.indexed = 0

    def sections(self, query):
        """The sections that stay as they are, which answer a query, best first."""
        hits = self.base.search(query, limit=20).hits
        return sorted((h.article, h.anchor) for h in hits if h.article[0] != "e")

    def ask(self, number, least):
        """Ask, and say what is wrong with the answer; `least` is the version that it must have."""
        query = STILL[number % len(STILL)]
        found = self.sections(query)
        if found != self.right[query]:
            return f"{query}: {found} instead of {self.right[query]}"
        hits = self.base.search("edited", limit=20, correct=False).hits
        latest = self.editor.written()
        told = {}
        for hit in hits:
            versions = re.findall(r"version(\d+)", f"{hit.title} {hit.headings} {hit.snippet}")
            told.setdefault(hit.article, set()).update(map(int, versions))
        if sorted(told) != [f"e{n}" for n in range(EDITED)]:
            return f"articles are missing: {told}"
        if any(len(versions) != 1 for versions in told.values()):
            return f"an article of two versions: {told}"
        newest = max(version for versions in told.values() for version in versions)
        if not least <= newest <= latest:
            return f"version {newest}, which should be between {least} and {latest}"
        return ""

    def search(self, first, searches, found, lock):
        """Ask again and again, as one of the threads."""
        for number in range(first, first + searches):
            least = self.indexed
            fault = self.guarded(number, least)
            with lock:
                found.answers += 1
                found.faults += [fault] if fault else []

    def guarded(self, number, least):
        """Ask; an error is a fault."""
        try:
            return self.ask(number, least)
        except Exception:  # noqa: BLE001  # whatever it is, it should not be
            return traceback.format_exc()

    def be_a_child(self, first, searches, writing):
        """Ask, and bring the index up to date now and then; tell of it through a pipe."""
        faults, least = [], 0
        for number in range(first, first + searches):
            try:
                if number % 10 == 0:
                    # The last version is told of before it is in its place.
                    least = max(0, self.editor.written() - 1)
                    self.base.index()
            except Exception:  # noqa: BLE001
                faults.append(traceback.format_exc())
            fault = self.guarded(number, least)
            faults += [fault] if fault else []
        writing.send(faults)
        writing.close()

    def edit(self, done, found):
        """Change articles and follow them until all have asked."""
        while not done.is_set():
            self.editor.change()
            version = self.editor.version
            self.base.index(force=version % 5 == 0)
            self.indexed = version
            found.updates += 1

    def run(self, *, threads, children, searches, patience):
        """Let all of them work, and say what came of it."""
        found, lock, done = Found(), threading.Lock(), threading.Event()
        workers = [
            threading.Thread(target=self.search, args=(7 * n, searches, found, lock))
            for n in range(threads)
        ]
        editor = threading.Thread(target=self.guarded_edit, args=(done, found))
        for thread in (editor, *workers):
            thread.start()
        try:
            self.fork(children, searches, found, patience)
            for thread in workers:
                thread.join()
        finally:
            done.set()
            editor.join()
        return found

    def guarded_edit(self, done, found):
        """Edit; an error is a fault."""
        try:
            self.edit(done, found)
        except Exception:  # noqa: BLE001
            found.faults.append(traceback.format_exc())

    def fork(self, children, searches, found, patience):
        """Fork children while threads are at work, and wait for them."""
        if not children:
            return
        forking = multiprocessing.get_context("fork")
        pipes = []
        for number in range(children):
            reading, writing = forking.Pipe(duplex=False)
            child = forking.Process(target=self.be_a_child, args=(3 * number, searches, writing))
            child.start()
            writing.close()
            pipes.append((child, reading))
        for child, reading in pipes:
            found.children += 1
            try:
                faults = reading.recv() if reading.poll(patience) else ["a child hangs"]
            except EOFError:
                faults = ["a child died"]
            found.answers += searches
            found.faults += faults
            if child.is_alive() and faults == ["a child hangs"]:
                os.kill(child.pid, 9)
            child.join()
            reading.close()
