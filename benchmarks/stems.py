"""How many words get the same stem in the browser as in the terminal, in languages other than English.
Writes its part of browser-search.md.

usage: python benchmarks/stems.py

The browser stems by rules that the export of a site learns (`kb.site.export.stems`). A collection is
a random sample of the 20,000 commonest words of a language's list. Asked for are words that it lacks:
those of the list that the rules are learnt of, and others of the list, up to as many, which they have
not seen. `missed` are words that the terminal finds in the collection by their stem, and the browser
does not; `wrongly found` is the reverse. Before the slash the rules were learnt of the collection's
words alone.
"""

from __future__ import annotations

import gzip
import random
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tables import replace_part, table

from kb.site.export.stems import COMMON, common_words, learn_all, learn_rules, stem_by
from kb.text.analysis import Analyzer
from kb.text.lexicon import lexicon_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kb.text.lexicon import Block, Lexicon

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt", "ru")
SIZES = (500, 4_000)
KNOWN = 20_000
SAMPLES = 3
PAGE = Path(__file__).parent / "browser-search.md"


class Reader(NamedTuple):
    """What the export of a site asks of an index for its stems."""

    words: Lexicon

    def lexicon(self) -> Iterable[Block]:
        """The words of the language."""
        return self.words.blocks()


def measure(language: str, size: int, seed: int) -> list[list[float]]:
    """For rules of the collection's words alone, and for those of now: forms of its words that the
    rules are learnt of, of these missed, wrongly found; the same of others; bytes, gzipped.
    """
    analyzer, reader = Analyzer(language), Reader(lexicon_of(language))
    levels = {w: n for block in reader.lexicon() for w, n in block.read().items()}
    ranked = sorted(levels, key=lambda word: (-levels[word], random.Random(word).random()))
    held = random.Random(seed).sample(ranked[:KNOWN], size)
    stems = {word: analyzer.stem(word) for word in held}
    terms = {*stems.values()}
    everyday, common = common_words(reader, terms)
    learnt = {word: analyzer.stem(word) for word in common if word not in stems}
    rest = (word for word in ranked if word not in stems and word not in learnt)
    unseen = {word: analyzer.stem(word) for word in islice(rest, COMMON)}
    every = {**stems, **{word: analyzer.stem(word) for word in everyday}}
    rules = learn_rules(stems), learn_all(every, learnt, terms)
    return [[*counts(r, learnt, terms), *counts(r, unseen, terms), weight(r)] for r in rules]


def counts(rules: Mapping[str, str], words: Mapping[str, str], terms: set[str]) -> list[float]:
    """Forms of terms among words, given with their stems; of these missed; others that are found."""
    guessed = {word: stem_by(rules, word) for word in words}
    missed = sum(stem in terms and guessed[word] != stem for word, stem in words.items())
    wrong = sum(stem not in terms and guessed[word] in terms for word, stem in words.items())
    return [sum(stem in terms for stem in words.values()), missed, wrong]


def weight(rules: Mapping[str, str]) -> int:
    """Their size in bytes, gzipped."""
    text = " ".join(f"{ending} {rule}" for ending, rule in sorted(rules.items()))
    return len(gzip.compress(text.encode()))


def main() -> None:
    """Write the table."""
    rows = []
    for language in LANGUAGES:
        for size in SIZES:
            runs = [measure(language, size, seed) for seed in range(SAMPLES)]
            before, now = (
                [median(column) for column in zip(*r, strict=True)] for r in zip(*runs, strict=True)
            )
            of = [f"{round(a):,} / {round(b):,}" for a, b in zip(before, now, strict=True)]
            forms, others = (f"{round(now[at]):,}" for at in (0, 3))
            rows.append([language, f"{size:,}", forms, *of[1:3], others, *of[4:]])
            print(rows[-1], flush=True)
    head = [
        "language",
        "words",
        "forms learnt of",
        "missed",
        "wrongly found",
        "forms not seen",
        "missed",
        "wrongly found",
        "bytes of rules",
    ]
    text = f"## Stems\n\n`python benchmarks/stems.py` made this: medians of {SAMPLES} samples.\n\n{table(head, rows)}"
    replace_part(PAGE, "stems", text)


if __name__ == "__main__":
    main()
