"""What kb makes of misspelt words, and of words that are none: a table in relevance.md.

usage: KB_CORPORA=DIR [WORDS=FILE] python benchmarks/spelling.py [SET...]

Needs codespell, whose list has misspellings that people really make. Three counts of each set:

right words  words of its queries that the language has and no article holds: to change one is
             wrong. The language is the list that kb corrects by, or WORDS, one a line: who
             corrects by a list should not be judged by it alone.
slips        a word of a query that articles hold, in place of it a misspelling of it, the same one
             every time. Repaired, read as another word, or left; of these, how often the right
             word was offered.
names        words that three articles of another set hold, and neither this set nor the language:
             most of them are right, too. One of a name's ways to be changed is harmless, that it
             is two words of the set (`fullname`).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import tables
from corpora import available, cache_folder, load
from spellchecker import SpellChecker

from kb import KnowledgeBase
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from corpora import JudgedCorpus

    from kb import Answer

SETS = ("stackfaq", "wixqa", "zoomcamp_faq", "emanual_tv", "techqa", "github_docs")
QUERIES = 600
NAMES = 200
PAGE = Path(__file__).with_name("relevance.md")
WORD = re.compile(r"[a-z]{3,}")
HEAD = ("", "right words", "changed", "slips", "repaired", "another word", "left", "right one offered",
    "names", "one word", "two words")  # fmt: skip


def english() -> set[str]:
    """The words of the language."""
    if "WORDS" in os.environ:
        return set(Path(os.environ["WORDS"]).read_text(encoding="utf-8").casefold().split())
    return set(SpellChecker(language="en", distance=1).word_frequency.dictionary)


def slips() -> dict[str, list[str]]:
    """Misspellings of each word, where only one word can be meant."""
    listed = (files("codespell_lib") / "data" / "dictionary.txt").read_text(encoding="utf-8")
    found = defaultdict(list)
    for line in listed.splitlines():
        slip, _, meant = line.partition("->")
        if WORD.fullmatch(slip) and WORD.fullmatch(meant.strip()):
            found[meant.strip()].append(slip)
    return {word: sorted(several) for word, several in found.items()}


def held(corpus: JudgedCorpus) -> Counter[str]:
    """How many articles hold each word as written."""
    analyzer, texts = Analyzer(), defaultdict(list)
    for record in corpus.records:
        texts[record.article] += [record.title, record.heading, record.body]
    return Counter(word for parts in texts.values() for word in analyzer.surfaces("\n".join(parts)))


def changes(answer: Answer) -> dict[str, str]:
    """Each word that was corrected, with what it was taken for."""
    return dict(answer.correction.words) if answer.correction else {}


def right_words(base: KnowledgeBase, texts: Mapping[str, list[str]]) -> Iterator[str]:
    """What becomes of right words, by query."""
    for text, words in texts.items():
        changed = changes(base.search(text, limit=1))
        yield from ("changed" if word in changed else "kept" for word in words)


def misspelt(base: KnowledgeBase, texts: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """What becomes of slips, by misspelt query: (slip, word that was meant)."""
    for text, (slip, meant) in texts.items():
        answer = base.search(text, limit=1)
        read = changes(answer).get(slip)
        if read is not None:
            yield "repaired" if read == meant else "wrong"
            continue
        offered = dict(answer.suggestion.words).get(slip) if answer.suggestion else None
        yield from ("left", *(["offered"] if offered == meant else []))


def names(base: KnowledgeBase, words: list[str]) -> Iterator[str]:
    """What becomes of names."""
    for word in words:
        read = changes(base.search(word, limit=1)).get(word)
        yield "kept" if read is None else "two words" if " " in read else "one word"


def count(
    corpus: JudgedCorpus, own: Counter[str], others: set[str], language: set[str]
) -> list[str]:
    """The row of a set."""
    known, meant = slips(), {slip for several in slips().values() for slip in several}
    right: dict[str, list[str]] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for query in sorted(corpus.queries, key=lambda query: _seed(query.qid))[:QUERIES]:
        text = query.text.casefold()
        words = list(dict.fromkeys(WORD.findall(text)))
        right[text] = [w for w in words if w in language and w not in own and w not in meant]
        here = [w for w in words if len(w) > 4 and w in own and w in known]
        if here:
            word = here[_seed(query.qid) % len(here)]
            slip = known[word][_seed(query.qid) // 7 % len(known[word])]
            if slip not in own:
                wrong[re.sub(rf"\b{word}\b", slip, text, count=1)] = (slip, word)
    strange = sorted(others - own.keys() - language - meant, key=_seed)[:NAMES]
    index = cache_folder() / "spelling" / corpus.name
    base = KnowledgeBase.open(corpus.folder / "articles", index=index)
    found = Counter(right_words(base, {text: words for text, words in right.items() if words}))
    repairs, named = Counter(misspelt(base, wrong)), Counter(names(base, strange))
    return [
        corpus.name,
        f"{found.total():,}",
        _share(found["changed"], found.total()),
        f"{len(wrong):,}",
        *(_share(repairs[kind], len(wrong)) for kind in ("repaired", "wrong", "left", "offered")),
        f"{len(strange):,}",
        *(_share(named[kind], len(strange)) for kind in ("one word", "two words")),
    ]


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f}%"


def main(sets: list[str]) -> None:
    """Count, and write the table."""
    corpora = [load(name) for name in available(sets or SETS)]
    if not corpora:
        sys.exit("set KB_CORPORA to a folder of unpacked sets")
    language, own = english(), {corpus.name: held(corpus) for corpus in corpora}
    rows = []
    for corpus in corpora:
        others = {
            word
            for name, words in own.items()
            for word, articles in words.items()
            if name != corpus.name and articles > 2 and word.isalpha() and len(word) > 3
        }
        rows.append(count(corpus, own[corpus.name], others, language))
        print(*rows[-1], flush=True)
    what, heading = "the list that kb corrects by", "Misspelt words, and words that are none"
    if "WORDS" in os.environ:
        what, heading = (
            f"another list than kb's, of {len(language):,}",
            f"{heading}, by another list",
        )
    text = f"""## {heading}
Right words are those of {what}; slips are codespell's. See `spelling.py`.

{tables.table(HEAD, rows)}"""
    tables.replace_part(
        PAGE, "spelling, another list" if "WORDS" in os.environ else "spelling", text
    )


if __name__ == "__main__":
    main(sys.argv[1:])
