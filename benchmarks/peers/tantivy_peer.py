"""tantivy: three fields with English stems, title and heading boosted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from peers import MissingPeerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpora import Record

BOOSTS = {"title": 2.0, "heading": 2.0, "body": 1.0}


class Tantivy:
    """Its query parser over three fields; words are cut out so that none is syntax."""

    title = "tantivy, title and heading boosted by 2"
    packages = ("tantivy",)

    def build(self, records: Sequence[Record], folder: Path) -> None:
        try:
            import tantivy
        except ImportError as error:
            raise MissingPeerError("the PyPI package tantivy is not installed") from error
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True)
        for name in BOOSTS:
            builder.add_text_field(name, tokenizer_name="en_stem")
        self.index = tantivy.Index(builder.build())
        writer = self.index.writer(heap_size=100_000_000, num_threads=1)
        for number, r in enumerate(records):
            writer.add_document(
                tantivy.Document(number=number, title=r.title, heading=r.heading, body=r.body)
            )
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        return [self.search_one(query, limit) for query in queries]

    def search_one(self, query: str, limit: int) -> list[int]:
        words = " ".join(re.findall(r"\w+", query)).lower()
        if not words:
            return []
        parsed = self.index.parse_query(words, list(BOOSTS), field_boosts=BOOSTS)
        hits = self.searcher.search(parsed, limit).hits
        return [self.searcher.doc(address)["number"][0] for _, address in hits]
