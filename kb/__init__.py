"""kb: a help center from a folder of Markdown articles.

    content/*.md -> Article(Section...) -> Engine.build -> index/
    query -> Engine.search -> Hits -> terminal | JSON
    the same Articles -> site/ (pages, search shards, feeds)

Imports go down: each line knows only those below it, and no module is part of a circle.

    cli/            one file per command; the only door to Click
    evaluate/       judged queries -> metrics
    assist/         the same answers for programs and assistants: JSON, schemas, MCP
    site/           the static site; export/ is what the browser's search reads
    knowledge_base  a folder of articles and the index that answers for it
    context         the evidence for a question, within a budget of tokens
    desk/           a pasted message: its problems, and a reply to it
    index/          what is stored: generations, what changed, the engines
    semantic/       what sections mean: vectors by a sentence encoder; the only door to onnxruntime
    search/         a query's way to ranked sections, above any storage
    support/        who is asked for, which channel, what to say
    content/        files -> Articles
    config          the settings, and how much one article may ask for
    settings        the file that settings stand in
    text/           words -> terms; near names; snippets
    store           what is kept between builds, in one file; the only door to SQLite
    extras          the command that installs one
    files           opened with care, replaced whole or not at all
    model           the nouns
    errors  libraries  concurrency  version

Each big dependency has one door: `content.frontmatter` for YAML, `content.markdown` for
markdown-it-py, `index.whoosh` for Whoosh, `text.analysis` for Snowball, `cli` for Click, `site`
and `desk.reply` for Jinja2.
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
