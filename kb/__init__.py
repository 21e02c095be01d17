"""kb: a help center from a folder of Markdown articles.

    content/*.md -> Article(Section...) -> Engine.build -> index/
    query -> Engine.search -> Hits -> terminal | JSON
    the same Articles -> site/ (pages, search shards, feeds)

The way down: each module knows only those below it, and those to its right.

    cli/                                one file per command; the only door to Click
    site/  evaluate/                    the static site; judged queries -> metrics
    knowledge_base                      a folder of articles and the index that answers for it
    indexing  sources                   what changed since the index was written
    engine/                             storage behind a protocol, and search above storage
    channels  escalation  snippets  cards
                                        ways to a person; passages; what an index keeps
    articles/                           files -> Articles
    config  query                       settings; what a person typed
    frontmatter  markdown/              what stands in files
    comments                            what authors write for themselves
    limits  settings                    how much of it, and what the settings say
    analysis  asking  ranking  nearest  counts
                                        words, questions and numbers
    extras  files  stemming  libraries  concurrency
                                        installing; whole files; stems; releases; threads
    errors  model  version              the nouns

Each big dependency has one door: `frontmatter` for YAML, `markdown` for markdown-it-py,
`engine.whoosh` for Whoosh, `stemming` for Snowball, `cli` for Click, `site` for Jinja2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.version import __version__

if TYPE_CHECKING:
    from kb.errors import KbError
    from kb.knowledge_base import KnowledgeBase
    from kb.model import Answer, Hit

__all__ = ["Answer", "Hit", "KbError", "KnowledgeBase", "__version__"]

_HOMES = {
    "Answer": "kb.model",
    "Hit": "kb.model",
    "KbError": "kb.errors",
    "KnowledgeBase": "kb.knowledge_base",
}


def __getattr__(name: str) -> Any:
    """Import public names when they are asked for: `kb --help` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  # only for who asks for a name

    return getattr(import_module(_HOMES[name]), name)
