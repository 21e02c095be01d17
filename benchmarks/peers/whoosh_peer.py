"""Whoosh used naively: three text fields, MultifieldParser, OrGroup, everything by default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import STORED, TEXT, Schema
from whoosh.index import create_in, exists_in, open_dir
from whoosh.qparser import MultifieldParser, OrGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpora import Record

FIELDS = ("title", "heading", "body")


class NaiveWhoosh:
    """BM25F of each field by itself, summed; queries are parsed as they were written."""

    title = "Whoosh, three fields, MultifieldParser, OrGroup"
    packages = ("whoosh",)

    def build(self, records: Sequence[Record], folder: Path) -> None:
        self.index = open_dir(folder) if exists_in(folder) else _write(records, folder)
        self.parser = MultifieldParser(FIELDS, self.index.schema, group=OrGroup)
        self.searcher = self.index.searcher()

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        return [self.search_one(query, limit) for query in queries]

    def search_one(self, query: str, limit: int) -> list[int]:
        hits = self.searcher.search(self.parser.parse(self.prepare(query)), limit=limit)
        return [hit["number"] for hit in hits]

    def prepare(self, query: str) -> str:
        return query


class WordsOnlyWhoosh(NaiveWhoosh):
    """The same, but queries are cut into lower-case words first, so that none is syntax."""

    title = "the same, given nothing but words"

    def prepare(self, query: str) -> str:
        return " ".join(re.findall(r"\w+", query.lower()))


def _write(records: Sequence[Record], folder: Path) -> Any:
    analyzer = StemmingAnalyzer()
    texts = {field: TEXT(analyzer=analyzer) for field in FIELDS}
    index = create_in(folder, Schema(number=STORED, **texts))
    writer = index.writer(limitmb=256)
    for number, record in enumerate(records):
        writer.add_document(
            number=number, title=record.title, heading=record.heading, body=record.body
        )
    writer.commit()
    return index
