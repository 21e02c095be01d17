"""The search of the site: static files that answer as `kb search` does, without a server.

`export_search` gives all files of an export, the manifest last. Their format is in
docs/search-format.md; the script that reads them is in kb/site/assets/search.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kb.errors import IndexingError
from kb.knowledge_base import KnowledgeBase
from kb.site.search.encoding import MANIFEST, Shard
from kb.site.search.kept import Kept
from kb.site.search.manifest import FORMAT, write_search

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from kb.analysis import Analyzer
    from kb.config import Config
    from kb.indexing import ReadArticle
    from kb.site.search.places import Places

__all__ = ["FORMAT", "MANIFEST", "Kept", "Shard", "export_search", "write_search"]


def export_search(
    config: Config,
    places: Places,
    *,
    analyzer: Analyzer | None = None,
    read: ReadArticle | None = None,
    kept: Kept | None = None,
) -> Generator[Shard]:
    """Every file of the export of a knowledge base, whose index is brought up to date first.

    `places` says where everything stands; `analyzer` and `read` are as for `KnowledgeBase`: what
    the caller has done already; `kept` holds the rows of the last export, which then need not be
    made again. Where the index can't be written, one is made for the export
    alone. Raises ContentError where there are no articles.
    """
    base = KnowledgeBase(config, analyzer)
    try:
        base.index(read=read)
    except IndexingError:
        with TemporaryDirectory() as folder:
            apart = KnowledgeBase(replace(config, index=Path(folder)), base.analyzer)
            apart.index(read=read)
            yield from _export(apart, places, Kept())
    else:
        yield from _export(base, places, kept or Kept())


def _export(base: KnowledgeBase, places: Places, kept: Kept) -> Iterator[Shard]:
    try:
        cards, reader = base.cards_by_id, base.engine.reader
        kept.begin(reader)
        yield from write_search(reader, base.config, base.topics(), places, cards, kept)
        kept.save()
    finally:
        kept.close()
        base.close()
