"""What a shell offers to complete: ids of articles and topics, without opening the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.cli.text import visible
from kb.config import load_config
from kb.errors import KbError

if TYPE_CHECKING:
    import click

    from kb.config import Config


def complete_articles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Ids that begin with what is typed; after a `#`, the anchors of that article."""
    article, hash_, anchor = incomplete.partition("#")
    if hash_:
        return [f"{article}#{a}" for a in _anchors(ctx, article) if a.startswith(anchor)]
    return [id_ for id_ in _ids(ctx) if id_.startswith(incomplete)]


def complete_topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Ids of topics, which are folders that hold articles, directly or further below."""
    found: dict[str, None] = {}
    for id_ in _ids(ctx):
        folders = id_.split("/")[:-1]
        found.update({"/".join(folders[:end]): None for end in range(1, len(folders) + 1)})
    return [topic for topic in found if topic.startswith(incomplete)]


def _config(ctx: click.Context) -> Config:
    meta = ctx.meta
    return load_config(
        config=meta.get("kb.config"), content=meta.get("kb.content"), index=meta.get("kb.index")
    )


def _ids(ctx: click.Context) -> list[str]:
    """Every id that is safe to show; none when the settings or the folder can't be read."""
    from kb.articles import scan

    try:
        ids = [source.id for source in scan(_config(ctx).content).articles]
    except (KbError, OSError):
        return []
    return sorted(id_ for id_ in ids if visible(id_) == id_)


def _anchors(ctx: click.Context, article: str) -> list[str]:
    """The anchors of one article, which is read for it."""
    from kb.articles import read_article, scan

    try:
        config = _config(ctx)
        source = next((s for s in scan(config.content).articles if s.id == article), None)
        found = read_article(config.content, source, limits=config.limits) if source else ()
    except (KbError, OSError):
        return []
    return [] if isinstance(found, tuple) else [section.anchor for section in found.sections]
