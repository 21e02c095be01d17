"""`kb show ID[#ANCHOR]`: an article or a section of it, for reading."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.command import (
    FOUND,
    Command,
    Session,
    completing,
    language_option,
    pass_session,
)
from kb.content.anchors import find_anchor
from kb.content.files import without_suffix
from kb.errors import ConfigError, NotFoundError
from kb.files import full_path
from kb.text.nearest import did_you_mean_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.content.reader import Page
    from kb.knowledge_base import KnowledgeBase
    from kb.model import Article, Section

_NAMED = 5
"""Anchors that are named where none is near."""


@click.command(
    "show",
    cls=Command,
    help="Read an article or one of its sections, through the pager when it is long.",
    examples=(
        ("kb show orders/late-or-lost-package", "an article"),
        ("kb show contact/chat#start-a-chat", "a section with those below it"),
        ("kb show content/contact/chat.md", "the path of a file will do"),
    ),
)
@click.argument(
    "words", metavar="ID[#ANCHOR]", nargs=-1, required=True, shell_complete=completing("articles")
)
@language_option
@click.option("--source", is_flag=True, help="Print its Markdown, without marks of other tools.")
@pass_session
def command(session: Session, *, words: tuple[str, ...], language: str | None, source: bool) -> int:
    """Find the article, and show it in the way that was asked for."""
    from kb.cli.command import prepare
    from kb.cli.page import article_lines

    base = session.open()
    prepare(base, session.screen)
    id_, _, anchor = " ".join(words).partition("#")
    page = find_page(base, id_, language)
    article = page.article
    anchor = find_anchor(anchor, [section.anchor for section in article.sections]) or anchor
    sections = _sections(article, anchor)
    screen = session.screen
    if screen.as_json:
        from kb.assist.as_json import article_as_json

        escalation, spoken = base.escalation(article), base.language_of(article)
        others = base.translations(article)
        screen.print_json(article_as_json(article, sections, escalation, spoken, others))
    elif source:
        screen.print_text(_source(page, sections))
    else:
        screen.page(article_lines(page, anchor, base.escalation(article), screen))
    return FOUND


def find_page(base: KnowledgeBase, name: str, language: str | None = None) -> Page:
    """The article of an id, a former id, or the path of its file; its translation where there is
    one in `language`. Raises NotFoundError.
    """
    names = list(dict.fromkeys(_ids(name, base.config.content)))
    for id_ in names[1:]:
        try:
            return base.page(id_, language=language)
        except NotFoundError:
            continue
    return base.page(names[0], language=language)


def _ids(name: str, content: Path) -> list[str]:
    """What the name may stand for: itself first, then as a path without `.md`."""
    ids = [name]
    path = posixpath.normpath(name.replace("\\", "/"))
    ids.append(without_suffix(path))
    ids.append(without_suffix(path.removeprefix(f"{content.name}/")))
    with suppress(ValueError, ConfigError):
        ids.append(without_suffix(full_path(Path(name)).relative_to(content).as_posix()))
    return ids


def _sections(article: Article, anchor: str) -> tuple[Section, ...]:
    """The section with that anchor and those below it; all without one. Raises NotFoundError."""
    if not anchor:
        return article.sections
    start = next((i for i, s in enumerate(article.sections) if s.anchor == anchor), None)
    if start is None:
        anchors = [section.anchor for section in article.sections]
        hint = _anchor_hint(anchor, anchors)
        raise NotFoundError(f"{article.id} has no section {anchor}", hint=hint)
    first, *after = article.sections[start:]
    below: list[Section] = []
    for section in after:
        if first.level == 0 or section.level <= first.level:
            break
        below.append(section)
    return (first, *below)


def _anchor_hint(anchor: str, anchors: Sequence[str]) -> str:
    more = ", …" if len(anchors) > _NAMED else ""
    return did_you_mean_id(anchor, anchors) or f"it has {', '.join(anchors[:_NAMED])}{more}"


def _source(page: Page, sections: tuple[Section, ...]) -> str:
    """The Markdown of these sections, as it was written where nothing else is in the article."""
    article = page.article
    is_whole = sections == article.sections
    if not page.document.is_plain:
        return page.document.markdown(None if is_whole else sections)
    if is_whole:
        return article.body
    lines = article.body.splitlines(keepends=True)
    first, last = sections[0].lines[0], sections[-1].lines[1]
    return "".join(lines[first - article.body_line : last - article.body_line + 1])
