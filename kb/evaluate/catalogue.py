"""Which articles and sections exist: what labels are checked against, and reports quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.articles import read_article, scan
from kb.model import Article

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from kb.model import Section


class Catalogue:
    """The articles of a content folder, each read when it is asked for, and kept.

    Raises ContentError when there is no such folder.
    """

    def __init__(self, content: Path) -> None:
        self.content = content
        self._sources = {source.id: source for source in scan(content).articles}
        self._articles: dict[str, Article | None] = {}

    @property
    def ids(self) -> Collection[str]:
        """The ids of all files that can hold an article."""
        return self._sources.keys()

    def article(self, article: str) -> Article | None:
        """An article, or None when there is none of that id, or its file can't be read."""
        if article not in self._articles:
            source = self._sources.get(article)
            read = None if source is None else read_article(self.content, source)
            self._articles[article] = read if isinstance(read, Article) else None
        return self._articles[article]

    def anchors(self, article: str) -> Collection[str]:
        """The anchors of an article's sections, empty when it can't be read."""
        found = self.article(article)
        return [] if found is None else [section.anchor for section in found.sections]

    def section(self, article: str, anchor: str | None) -> Section | None:
        """A section of an article; its first one when `anchor` is None."""
        found = self.article(article)
        if found is None:
            return None
        if anchor is None:
            return found.sections[0]
        return next((s for s in found.sections if s.anchor == anchor), None)
