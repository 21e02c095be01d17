"""A knowledge base in an old and a new state, and what each of them answers."""

import json
import random
import shutil

from kb import KnowledgeBase
from kb.index.generations import IndexFolder

SYLLABLES = "bacedifoguhajekilomunaperisotuvawexiyozu"
STARTS, MIDDLES, ENDS = (
    [SYLLABLES[at : at + 2] for at in range(0, len(SYLLABLES), step)] for step in (2, 6, 10)
)
WORDS = [start + middle + end for start in STARTS for middle in MIDDLES for end in ENDS]
QUERIES = [
    "common", "parcel common", *WORDS[:5], "comon", "topic:one common", '"a common lead"',
]  # fmt: skip


def article(number, version="old"):
    """Make an article of as many words as any other."""
    chosen = random.Random(f"{number} {version}")
    sections = "".join(
        f"## {chosen.choice(WORDS)} part\n\n{' '.join(chosen.choices(WORDS, k=25))}.\n\n"
        for _ in range(2)
    )
    return f"# Parcel {WORDS[number]} {version}\n\nA common lead.\n\n{sections}"


def write(folder, articles):
    """Write articles by name."""
    for name, text in articles.items():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def answers_of(base, queries=QUERIES):
    """Ask: which sections answer each query, in order, and how they are shown."""
    found = {query: base.search(query, limit=50) for query in queries}
    return {
        query: [(hit.article, hit.anchor, hit.score, hit.snippet) for hit in answer.hits]
        for query, answer in found.items()
    }


class States:
    """Two content folders, an index of the old one to start from, and the answers of both.

    From old to new articles are changed, added, removed and moved.
    """

    def __init__(self, folder, articles=7):
        self.folder = folder
        self.index = folder / "index"
        self.saved = folder / "saved"
        self.content = {"old": folder / "old", "new": folder / "new"}
        old = {f"one/a{number}": article(number) for number in range(articles)}
        new = {**old, "one/a1": article(1, "new"), "one/a2": article(2, "new")}
        new["two/moved"] = new.pop("one/a3")
        new["two/added"] = article(4, "new")
        del new["one/a4"]
        write(self.content["old"], old)
        write(self.content["new"], new)
        self.answers = {state: self._answers(state) for state in ("old", "new")}
        base = self.open("old")
        base.index()
        base.close()
        self.index.rename(self.saved)

    def _answers(self, state):
        base = KnowledgeBase.open(self.content[state], index=self.folder / f"index-{state}")
        found = answers_of(base)
        base.close()
        return found

    def open(self, state):
        """Open the knowledge base in one of the states."""
        return KnowledgeBase.open(self.content[state], index=self.index)

    def reset(self, *, indexed=True):
        """Go back to the index of the old state, or to none."""
        shutil.rmtree(self.index, ignore_errors=True)
        if indexed:
            shutil.copytree(self.saved, self.index)

    def state(self):
        """Tell the state that the index on disk is in; every file of it is read.

        Nothing is written, and all of its answers are those of that state.
        """
        generation = IndexFolder(self.index).current(thorough=True)
        paths = set(json.loads((generation.folder / "sources.json").read_bytes()))
        state = "new" if "two/added.md" in paths else "old"
        base = self.open(state)
        changes = base.index()
        assert not any((changes.rebuilt, changes.added, changes.removed, changes.updated))
        assert answers_of(base) == self.answers[state]
        base.close()
        return state

    def command(self, state, *words):
        """Give the arguments of a command on one of the states."""
        return ("--content", self.content[state], "--index", self.index, *words)

    def is_right(self, life, state, query="common"):
        """Whether a search that printed JSON answered as the state does."""
        shown = [(hit["article"], hit["anchor"]) for hit in json.loads(life.out)["hits"]]
        return life.code == 0 and shown == [hit[:2] for hit in self.answers[state][query]]

    def leftovers(self):
        """List what is in the index folder and should not be."""
        known = {"current.json", "kept.sqlite3", "checked.json", "lock"}
        left = {path.name for path in self.index.iterdir()} - known
        current = IndexFolder(self.index).current().folder.name
        before = sorted(name for name in left if name[0] == "g" and name < current)[-1:]
        return left - {current, *before}
