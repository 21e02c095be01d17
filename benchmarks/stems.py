"""How many words get the same stem in the browser as in the terminal, in languages other than English.
Writes its part of browser-search.md.

usage: python benchmarks/stems.py

The browser stems by rules that the export of a site learns (`kb.site.export.stems`). A collection is
a random sample of the 20,000 commonest words of a language's list. Asked for are the 60,000 commonest
words that it lacks: `missed` are those that the terminal finds in it by their stem, and the browser
does not; `wrongly found` is the reverse. `before` are rules learnt of the collection's words alone.
"""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from statistics import median

from tables import replace_part, table

from kb.site.export.stems import COMMON, learn_all, learn_rules, stem_by
from kb.text.analysis import Analyzer
from kb.text.lexicon import EVERYDAY_FROM, lexicon_of

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt", "ru")
SIZES = (500, 4_000)
KNOWN = 20_000
SAMPLES = 3
PAGE = Path(__file__).parent / "browser-search.md"


def measure(language: str, size: int, seed: int) -> list[list[float]]:
    """For both kinds of rules: forms of what the collection holds, of these missed, wrongly found,
    and bytes of the rules, gzipped.
    """
    analyzer = Analyzer(language)
    levels = {w: n for block in lexicon_of(language).blocks() for w, n in block.read().items()}
    common = sorted(levels, key=lambda word: (-levels[word], random.Random(word).random()))[:COMMON]
    held = random.Random(seed).sample(common[:KNOWN], size)
    stems = {word: analyzer.stem(word) for word in held}
    terms = {*stems.values()}
    others = {word: analyzer.stem(word) for word in common if word not in stems}
    found = []
    everyday = {word: others[word] for word in others if levels[word] >= EVERYDAY_FROM}
    for rules in (learn_rules(stems), learn_all({**stems, **everyday}, others, terms)):
        guessed = {word: stem_by(rules, word) for word in others}
        missed = sum(stem in terms and guessed[word] != stem for word, stem in others.items())
        wrong = sum(stem not in terms and guessed[word] in terms for word, stem in others.items())
        text = " ".join(f"{ending} {rule}" for ending, rule in sorted(rules.items()))
        forms = sum(stem in terms for stem in others.values())
        found.append([forms, missed, wrong, len(gzip.compress(text.encode()))])
    return found


def main() -> None:
    """Write the table."""
    rows = []
    for language in LANGUAGES:
        for size in SIZES:
            runs = [measure(language, size, seed) for seed in range(SAMPLES)]
            before, now = (
                [median(column) for column in zip(*r, strict=True)] for r in zip(*runs, strict=True)
            )
            pairs = [
                f"{round(a):,} / {round(b):,}" for a, b in zip(before[1:], now[1:], strict=True)
            ]
            rows.append([language, f"{size:,}", f"{round(now[0]):,}", *pairs])
            print(rows[-1], flush=True)
    head = [
        "language",
        "words of the collection",
        "forms of them",
        "missed, before / now",
        "wrongly found",
        "bytes of rules",
    ]
    text = f"## Stems\n\n`python benchmarks/stems.py` made this: medians of {SAMPLES} samples.\n\n{table(head, rows)}"
    replace_part(PAGE, "stems", text)


if __name__ == "__main__":
    main()
