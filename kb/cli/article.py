"""An `Article` as lines for the terminal: what to do first, the text, the way to a person last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.cli.answer import action_lines, escalation_lines
from kb.cli.page import Node, PageWriter, cut_section, read_html
from kb.cli.text import Line, Span, Style, line_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.cli.screen import Screen
    from kb.content.reader import Page
    from kb.model import Article, Escalation


def article_lines(
    page: Page, anchor: str, escalation: Escalation, screen: Screen
) -> Iterator[Line]:
    """An article, or one section of it, with its actions and its escalation."""
    article = page.article
    yield from wrap([Span(article.heading or article.title, Style.BOLD)], screen.width)
    yield from wrap(_facts(article, anchor, screen), screen.width)
    if article.actions:
        yield from _headed("Do it yourself")
        for action in article.actions:
            yield from action_lines(action, 2, screen)
    yield ()
    writer = PageWriter(screen, article.id)
    yield from writer.lines(_blocks(page, anchor), screen.width)
    links = [*writer.link_lines()]
    if links:
        yield ()
        yield from links
    yield from _related(article.related, screen)
    yield from _headed("Still need help?")
    yield from escalation_lines(escalation, screen)


def _facts(article: Article, anchor: str, screen: Screen) -> Line:
    name = f"{article.id}#{anchor}" if anchor else article.id
    facts = [str(article.tier)]
    if article.audience != "public":
        facts.append(f"for {article.audience}s")
    if article.status != "published":
        facts.append(str(article.status))
    if article.reviewed:
        facts.append(f"reviewed {article.reviewed.isoformat()}")
    after = "".join(f" {screen.glyphs.dot} {fact}" for fact in facts)
    return line_of(Span(name, Style.DIM | Style.WHOLE), Span(after, Style.DIM))


def _blocks(page: Page, anchor: str) -> list[Node]:
    """The blocks to show; the title stands above them already."""
    article, document = page.article, page.document
    if not anchor:
        return read_html(document.html(with_title=not page.top))
    section = next(s for s in article.sections if s.anchor == anchor)
    here = document.sections[section.position].anchor  # in whatever style the article's are
    return cut_section(read_html(document.html()), here, lead=section.level == 0)


def _related(ids: Iterable[str], screen: Screen) -> Iterator[Line]:
    if ids:
        yield from _headed("Related")
        for id_ in ids:
            yield line_of(f"  {screen.glyphs.bullet} {id_}")


def _headed(title: str) -> Iterator[Line]:
    yield ()
    yield line_of(Span(title, Style.BOLD))
