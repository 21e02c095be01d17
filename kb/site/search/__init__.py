"""The search of the site: static files that answer as `kb search` does, without a server.

`export_search` gives all files of an export, the manifest last. Their format is in
docs/search-format.md; the script that reads them is in kb/site/assets/search.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kb.articles import build_topics, read_topics, scan
from kb.errors import IndexingError
from kb.knowledge_base import KnowledgeBase
from kb.site.search.encoding import MANIFEST, Shard
from kb.site.search.kept import Kept
from kb.site.search.layout import make_layout, read_cards
from kb.site.search.manifest import FORMAT, write_search

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from kb.analysis import Analyzer
    from kb.articles import Listing, TopicFile
    from kb.config import Config
    from kb.indexing import ReadArticle
    from kb.model import Topic
    from kb.site.search.layout import Layout
    from kb.site.search.places import Places
    from kb.sources import Digests

__all__ = ["FORMAT", "MANIFEST", "Kept", "Shard", "export_search", "write_search"]


def export_search(
    config: Config,
    places: Places,
    *,
    analyzer: Analyzer | None = None,
    read: ReadArticle | None = None,
    listing: Listing | None = None,
    digests: Digests | None = None,
    kept: Kept | None = None,
    topic_files: Mapping[str, TopicFile] | None = None,
) -> Generator[Shard]:
    """Every file of the export of a knowledge base, whose index is brought up to date first.

    `places` says where everything stands; `analyzer`, `read`, `listing` and `digests` are as
    for `KnowledgeBase`: what the caller has done already, as is `topic_files`, what `read_topics`
    gave; `kept` holds the rows of the last export, which then need not be made again. Where the
    index can't be written, one is made for the export alone. Raises ContentError where there
    are no articles.
    """
    base = KnowledgeBase(config, analyzer)
    try:
        base.index(read=read, listing=listing, digests=digests)
    except IndexingError:
        with TemporaryDirectory() as folder:
            apart = KnowledgeBase(replace(config, index=Path(folder)), base.analyzer)
            apart.index(read=read, listing=listing, digests=digests)
            yield from _export(apart, places, Kept(), topic_files)
    else:
        yield from _export(base, places, kept or Kept(), topic_files)


def _export(
    base: KnowledgeBase, places: Places, kept: Kept, topic_files: Mapping[str, TopicFile] | None
) -> Iterator[Shard]:
    try:
        cards = base.ask(lambda engine: read_cards(engine.reader, kept))
        reader = base.engine.reader
        kept.begin()
        layout = make_layout(reader, cards)
        topics = _topics(base.config, layout, topic_files)
        yield from write_search(reader, base.config, topics, places, layout, kept)
        kept.save()
    finally:
        kept.close()
        base.close()


def _topics(
    config: Config, layout: Layout, files: Mapping[str, TopicFile] | None
) -> Sequence[Topic]:
    """The topics of what the public sees."""
    if files is None:
        listed = scan(config.content).topics
        files, _ = read_topics(config.content, listed, limits=config.limits)
    return build_topics([article.card for article in layout.articles], files)
