"""SQLite's FTS5: the porter tokenizer, and bm25() with a weight for each column."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpora import Record

WEIGHTS = (5.0, 5.0, 1.0)


class Fts5:
    """Any of the query's words, each quoted so that none is syntax."""

    title = "SQLite FTS5, porter, bm25(5, 5, 1)"
    packages = ()

    def build(self, records: Sequence[Record], folder: Path) -> None:
        self.base = sqlite3.connect(":memory:")
        self.base.execute(
            "create virtual table records using fts5(title, heading, body, "
            "tokenize = 'porter unicode61')"
        )
        rows = ((n, r.title, r.heading, r.body) for n, r in enumerate(records))
        self.base.executemany(
            "insert into records (rowid, title, heading, body) values (?, ?, ?, ?)", rows
        )

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        return [self.search_one(query, limit) for query in queries]

    def search_one(self, query: str, limit: int) -> list[int]:
        words = re.findall(r"\w+", query)
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        found = self.base.execute(
            "select rowid from records where records match ? "
            f"order by bm25(records, {', '.join(map(str, WEIGHTS))}), rowid limit ?",
            (match, limit),
        )
        return [number for (number,) in found]
