"""bm25s: plain BM25 over title, heading and body as one text, with its stop words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers import MissingPeerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpora import Record


class Bm25s:
    """The package's defaults (Lucene's formula, k1 1.5, b .75) with Snowball stems."""

    title = "bm25s over one text, Snowball stems"
    packages = ("bm25s",)

    def build(self, records: Sequence[Record], folder: Path) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise MissingPeerError("the PyPI package bm25s is not installed") from error
        import snowballstemmer

        self.library = bm25s
        self.stem = snowballstemmer.stemmer("english").stemWords
        texts = [f"{r.title}\n{r.heading}\n{r.body}" for r in records]
        self.size = len(texts)
        self.engine = bm25s.BM25()
        self.engine.index(self._tokens(texts), show_progress=False)

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        tokens = self._tokens(list(queries))
        found, scores = self.engine.retrieve(tokens, k=min(limit, self.size), show_progress=False)
        return [
            [int(n) for n, score in zip(row, given, strict=True) if score > 0]
            for row, given in zip(found, scores, strict=True)
        ]

    def _tokens(self, texts: list[str]):
        return self.library.tokenize(texts, stopwords="en", stemmer=self.stem, show_progress=False)
