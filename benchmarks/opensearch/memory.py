"""What a build holds in memory, by sections: on this machine and onto a cluster. Writes
../opensearch.md.

    python benchmarks/opensearch/memory.py FOLDER --one NODES [--sections 15000 50000 105000 200000]

NODES is the folder of a cluster of one node that `nodes.py start --optimized` started. FOLDER keeps
the articles, the indexes and memory.json; without --one only the index on this machine is built.

The articles are made by chance, the same in each run: of SECTIONS sections each, with words by
Zipf's law, and names that no other article has or a few, so that the vocabulary grows with the base
as that of manuals does. One in ten is another version of the one before it, so that sections are
alike. Each build is a process of its own; its memory is the most that it held (VmHWM).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from itertools import accumulate, product
from pathlib import Path

from scale import PAGE, STORES, State, apart, build

sys.path.insert(0, str(Path(__file__).parents[1]))

from tables import replace_part, table  # of the folder above

SIZES = (15_000, 50_000, 105_000, 200_000)
SECTIONS = 10
WORDS = 24
"""Of a section."""

NAMES = 0.5
"""Names of functions, options and the like that a section brings, on average; and as many more that
stand in other articles, too."""

VOCABULARY = 20_000
_SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en")]
_VERSIONED = 10


def make_words() -> list[str]:
    """Words that are no names."""
    chance = random.Random(1)
    return ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(VOCABULARY)]


def make_article(number: int, words: list[str], frequencies: list[float]) -> str:
    """The text of an article; that of one in ten differs from the one before in its last word."""
    is_version = number % _VERSIONED == _VERSIONED - 1
    chance = random.Random(number - is_version)
    lines = []
    for position in range(SECTIONS):
        text = chance.choices(words, cum_weights=frequencies, k=WORDS)
        if chance.random() < NAMES:
            own, other = number - is_version, chance.randrange(number + 1)
            text[7:7] = [f"name{own}x{position}", f"name{other}x{position}"]
        heading = " ".join(text[1:4])
        lines += [f"{'##' if position else '#'} {heading}", "", " ".join(text) + ".", ""]
    return "\n".join([*lines, "newer" if is_version else "older", ""])


def make_set(sections: int, folder: Path) -> None:
    """Articles of so many sections, in folders of 1,000."""
    words = make_words()
    frequencies = [*accumulate(1 / rank for rank in range(1, len(words) + 1))]
    for number in range(sections // SECTIONS):
        is_version = number % _VERSIONED == _VERSIONED - 1
        name = f"{number - is_version:06}.md"
        place = folder / f"part-{number // 1000:03}" / ("v2" if is_version else "v1") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(make_article(number, words, frequencies), "utf-8")


def as_text(figures: dict) -> str:
    """The part of the page."""
    head = ("sections", "terms", "store", "memory, MB", "CPU of kb, s", "seconds")
    rows = [
        (
            f"{row['sections']:,}", f"{row['terms']:,}", STORES[row["store"]],
            f"{row['memory']:,.0f}", f"{row['cpu']:,.0f}", f"{row['seconds']:,.0f}",
        )
        for row in sorted(figures.values(), key=lambda row: (row["store"], row["sections"]))
    ]  # fmt: skip
    said = " ".join(
        f"`python benchmarks/opensearch/memory.py FOLDER --one NODES` made this table of articles"
        f" that are made by chance, {SECTIONS} sections each, one article in ten another version of"
        " the one before. Memory is the most that a build's process held.".split()
    )
    return f"## What a build holds in memory\n\n{said}\n\n{table(head, rows)}"


def main() -> None:
    """Build what is asked for, and write the table after each: a run that is stopped leaves it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--one", type=Path)
    parser.add_argument("--sections", nargs="+", type=int, default=SIZES)
    parser.add_argument("--stores", nargs="+", choices=("whoosh", "one"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    state, file = State(options.folder.resolve()), options.folder / "memory.json"
    if options.one:
        figures = state.read()
        figures["nodes"]["one"] = str(options.one.resolve())
        state.write(figures)
    stores = options.stores or (("whoosh", "one") if options.one else ("whoosh",))
    for sections, store in product(options.sections, stores):
        size = f"made{sections}"
        if not state.content(size).exists():
            make_set(sections, state.content(size))
        row = apart(build, state, size, store) | {"store": store}
        figures = json.loads(file.read_text()) if file.exists() else {}
        figures[f"{size} {store}"] = row
        file.write_text(json.dumps(figures, indent=1) + "\n")
        print(size, store, json.dumps(row), flush=True)
        replace_part(PAGE, "memory", as_text(figures))


if __name__ == "__main__":
    main()
