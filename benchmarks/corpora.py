"""The judged sets under KB_CORPORA: their sections as records, their queries and labels.

A record is what every engine gets of a section: its article's title, its own heading
and its text, all from kb's own reader.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.content import read_content
from kb.evaluate.judgments import Catalogue, JudgedQuery, Level, read_judged_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

SETS = ("emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs", "github_docs_sec", "cranfield")
"""The sets that figures are given for, in the order of the tables."""

POOL = (*SETS, "wixqa", "techqa")
"""The sets that constants are chosen on: those, and two of messages that customers wrote."""


class Record(NamedTuple):
    """A section as engines are given it."""

    article: str
    anchor: str
    title: str
    heading: str
    body: str


@dataclass(frozen=True)
class JudgedCorpus:
    """One set: its records, its queries, and their misspelt copies."""

    name: str
    folder: Path
    records: Sequence[Record]
    queries: tuple[JudgedQuery, ...]

    @property
    def level(self) -> Level:
        """What its labels name."""
        return self.queries[0].level

    @cached_property
    def state(self) -> str:
        """A name for exactly these records."""
        return digest(self.records)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The queries as written, by id."""
        return {query.qid: query.text for query in self.queries}

    @cached_property
    def misspelt(self) -> dict[str, str]:
        """The queries that have a word of five letters, one of these with a slip, by id."""
        slips = ((query.qid, misspell(query.qid, query.text)) for query in self.queries)
        return {qid: text for qid, text in slips if text is not None}

    @cached_property
    def grades(self) -> dict[str, dict[str, int]]:
        """The labels of each query."""
        return {query.qid: query.grades for query in self.queries}

    def names(self, ranked: Sequence[int]) -> list[str]:
        """The names of ranked records at the level of the labels: an article counts once."""
        records = [self.records[number] for number in ranked]
        if self.level is Level.SECTION:
            return [f"{record.article}#{record.anchor}" for record in records]
        return list(dict.fromkeys(record.article for record in records))


def corpora_folder() -> Path | None:
    """The folder of unpacked sets, None when KB_CORPORA is unset."""
    text = os.environ.get("KB_CORPORA")
    return Path(text) if text else None


def cache_folder() -> Path:
    """Where indexes, runs and npm packages are kept: KB_BENCH_CACHE, else the user's cache."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helpkb-benchmarks"
    folder = Path(os.environ.get("KB_BENCH_CACHE") or usual)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def available(sets: Sequence[str] = SETS) -> list[str]:
    """Those of the sets that are unpacked."""
    root = corpora_folder()
    return [name for name in sets if root is not None and (root / name / "articles").is_dir()]


def load(name: str) -> JudgedCorpus:
    """Read one set."""
    root = corpora_folder()
    assert root is not None, "set KB_CORPORA to a folder of unpacked sets"
    content = (root / name / "articles").resolve()
    judged = read_judged_folder(root / name, Catalogue(content))
    return JudgedCorpus(name, root / name, read_records(content), judged.queries)


@cache
def read_records(content: Path) -> tuple[Record, ...]:
    """The sections of a content folder in order of article and position."""
    return tuple(
        Record(
            article.id,
            section.anchor,
            article.title,
            section.heading,
            section.text,
        )
        for article in read_content(content).articles
        for section in article.sections
    )


def digest(value: object) -> str:
    """A short name for a value that JSON can hold."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_RIGHT_OF = {
    key: row[i + 1] if i + 1 < len(row) else row[-2] for row in _ROWS for i, key in enumerate(row)
}


def misspell(qid: str, text: str) -> str | None:
    """The query with a slip in one of its words of five letters or more, None without one.

    The hash of the query id picks the word, the place and the slip: two neighbours
    swapped, a letter lost, one doubled, or the next key on the keyboard.
    """
    words = list(re.finditer("[A-Za-z]{5,}", text))
    if not words:
        return None
    number = int.from_bytes(hashlib.sha256(qid.encode()).digest()[:8], "big")
    chosen = words[number % len(words)]
    return (
        text[: chosen.start()] + _slip(chosen.group().lower(), number >> 8) + text[chosen.end() :]
    )


def _slip(word: str, number: int) -> str:
    kind, at = number % 4, 1 + number // 4 % (len(word) - 2)
    before, letter, following, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    if kind == 0 and letter != following:
        return before + following + letter + after
    if kind == 1:
        return before + following + after
    if kind == 2:
        return before + letter + letter + following + after
    return before + _RIGHT_OF[letter] + following + after
