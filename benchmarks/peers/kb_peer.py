"""kb itself: its ranking of sections, before the cap per article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpora import cache_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpora import JudgedCorpus


DEPTH = 100
"""Sections that `kb eval` looks at first; most often they are of more than ten articles."""


class Kb:
    """The defaults, whatever the current folder's settings say."""

    title = "**kb**"
    packages = ()

    def build(self, corpus: JudgedCorpus) -> None:
        from kb.knowledge_base import KnowledgeBase

        content = (corpus.folder / "articles").resolve()
        settings = cache_folder() / "kb.toml"
        settings.touch()
        index = cache_folder() / "kb" / content.parent.name
        self.base = KnowledgeBase.open(content, index=index, config=settings)
        self.base.index()
        self.numbers = {(r.article, r.anchor): n for n, r in enumerate(corpus.records)}

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        limit = min(limit, DEPTH)
        return [
            [self.numbers[hit.article, hit.anchor] for hit in self.base.rank(query, limit=limit)]
            for query in queries
        ]
