"""An `Article` as lines for the terminal: what to do first, the text, the way to a person last.

The text is read from its HTML, which is kb's own (`kb.content.markdown`), so it is well formed and
has few elements: the reader is strict about nothing and trusts nothing, since every text goes
through `kb.cli.text`.
Where there is no colour, headings and emphasis keep their Markdown signs.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.cli.answer import action_lines, escalation_lines
from kb.cli.text import Line, Span, Style, columns, line_of, table_lines, wrap
from kb.content.files import SUFFIXES, without_suffix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.cli.screen import Screen
    from kb.content.reader import Page
    from kb.model import Article, Escalation

_VOID = {"br", "hr", "img", "input"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_HOLDERS = {"div", "details", "summary", "section", "dl", "dt", "dd"}
_BLOCKS = {"p", "ul", "ol", "li", "pre", "blockquote", "table", "hr"} | _HOLDERS | _HEADINGS
_SIGNS = {"strong": "**", "em": "*", "s": "~~"}
_LOOKS = {"strong": Style.BOLD, "em": Style.ITALIC, "a": Style.UNDERLINE, "s": Style.DIM}
_BREAK = Span("\n")
# Columns that are left for text, however deep lists and quotes lie: further ones are not indented.
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its children are elements and texts in order."""

    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Builds the tree of elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(html: str) -> list[Node]:
    """The blocks of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [node for node in reader.open[0].children if isinstance(node, Node)]


def cut_section(blocks: list[Node], anchor: str, *, lead: bool) -> list[Node]:
    """The blocks of a section with the sections below it; `lead` is the text above all headings."""
    if lead:
        end = next((i for i, node in enumerate(blocks) if node.tag in _HEADINGS), len(blocks))
        return blocks[:end]
    start = next((i for i, node in enumerate(blocks) if _has(node, anchor)), len(blocks))
    if start < len(blocks) and blocks[start].tag not in _HEADINGS:
        return [blocks[start]]
    end = start + 1
    while end < len(blocks) and not _closes(blocks[end], blocks[start]):
        end += 1
    return blocks[start:end]


def _has(node: Node, anchor: str) -> bool:
    """Whether the block has the anchor, on itself or (in lists and quotes) on what is in it."""
    inner = any(_has(child, anchor) for child in node.children if isinstance(child, Node))
    return node.attrs.get("id") == anchor or inner


def _closes(node: Node, opened: Node) -> bool:
    return node.tag in _HEADINGS and node.tag <= opened.tag


class PageWriter:
    """Writes blocks as lines, and numbers the links, whose targets `link_lines` lists.

    `article` is the id to which relative links are relative.
    """

    def __init__(self, screen: Screen, article: str) -> None:
        self._screen = screen
        self._article = article
        self._targets: dict[str, int] = {}

    def lines(self, blocks: Iterable[Node | str], width: int) -> list[Line]:
        """The blocks, one empty line between any two."""
        lines: list[Line] = []
        for block in _grouped(blocks):
            if lines:
                lines.append(())
            lines += self._block(block, width)
        return lines

    def link_lines(self) -> Iterator[Line]:
        """A numbered line for each link target, as `kb show` takes it where it is an article."""
        for target, number in self._targets.items():
            yield line_of(Span(f"[{number}] {target}", Style.DIM))

    def _block(self, node: Node, width: int) -> list[Line]:
        if node.tag == "pre":
            return _code(node)
        if node.tag == "table":
            return self._table(node, width)
        if node.tag == "hr":
            return [line_of(Span(self._screen.glyphs.rule * min(width, 20), Style.DIM))]
        write = {
            **dict.fromkeys(_HEADINGS, self._heading),
            "ul": self._list,
            "ol": self._list,
            "blockquote": self._quote,
            "dd": self._quote,
            **dict.fromkeys(("div", "details", "section", "dl"), self._holder),
        }.get(node.tag, self._paragraph)
        return write(node, width)

    def _quote(self, node: Node, width: int) -> list[Line]:
        if width - 2 < _NARROWEST:
            return self.lines(node.children, width)
        bar = line_of(Span(f"{self._screen.glyphs.bar} ", Style.DIM))
        return [(*bar, *line) for line in self.lines(node.children, width - 2)]

    def _holder(self, node: Node, width: int) -> list[Line]:
        """A callout behind a bar, as a quote is; what else holds blocks is only its blocks."""
        if "callout" in node.attrs.get("class", "").split():
            return self._quote(node, width)
        return self.lines(node.children, width)

    def _heading(self, node: Node, width: int) -> list[Line]:
        sign = () if self._screen.colour else line_of("#" * int(node.tag[1]) + " ")
        spans = [Span(s.text, s.style | Style.BOLD) for s in self._inline(node, Style.PLAIN)]
        return wrap(
            spans, width, first=sign, rest=line_of(" " * len("".join(s.text for s in sign)))
        )

    def _paragraph(self, node: Node, width: int) -> list[Line]:
        lines: list[Line] = []
        part: list[Span] = []
        for span in [*self._inline(node, Style.PLAIN), _BREAK]:
            if span is _BREAK:
                lines += wrap(part, width)
                part = []
            else:
                part.append(span)
        return lines

    def _list(self, node: Node, width: int) -> list[Line]:
        items = [child for child in node.children if isinstance(child, Node)]
        start = int(node.attrs.get("start", "1")) if node.tag == "ol" else 0
        labels = [f"{start + i}." for i in range(len(items))]
        if node.tag == "ul":
            labels = [self._screen.glyphs.bullet] * len(items)
        margin = max(map(columns, labels), default=0) + 1
        lines: list[Line] = []
        for label, item in zip(labels, items, strict=True):
            loose = any(isinstance(c, Node) and c.tag == "p" for c in item.children)
            if loose and lines:
                lines.append(())
            lines += self._item(label.ljust(margin), item, width)
        return lines

    def _item(self, label: str, item: Node, width: int) -> list[Line]:
        margin = columns(label) if width - columns(label) >= _NARROWEST else 0
        lines: list[Line] = []
        for block in _grouped(item.children):
            # A list right under its item's text belongs to it, as the author wrote it.
            if lines and (block.tag not in {"ul", "ol"} or block.tag == "p"):
                lines.append(())
            lines += self._block(block, width - margin)
        first, *rest = lines or [()]
        space = Span(" " * margin)
        return [(Span(label), *first), *((space, *line) if line else () for line in rest)]

    def _table(self, table: Node, width: int) -> list[Line]:
        """A table below its caption; rows of HTML may have fewer cells than others, or none."""
        lines: list[Line] = []
        trs: list[Node] = []
        for part in _elements(table):
            if part.tag == "caption":
                lines += [*self._paragraph(part, width), ()]
            trs += [row for row in (part, *_elements(part)) if row.tag == "tr"]
        cells = [row for row in map(_elements, trs) if row]
        rows = [[tuple(self._inline(cell, Style.PLAIN)) for cell in row] for row in cells]
        widest = max(map(len, rows), default=0)
        even = [[*row, *[()] * (widest - len(row))] for row in rows]
        return [*lines, *table_lines(even, width, self._screen.glyphs.rule)] if even else lines

    def _inline(self, node: Node, style: Style) -> list[Span]:
        spans: list[Span] = []
        for child in node.children:
            spans += [Span(child, style)] if isinstance(child, str) else self._element(child, style)
        return spans

    def _element(self, node: Node, style: Style) -> list[Span]:
        if node.tag in {"br", "code"}:
            return [_BREAK if node.tag == "br" else Span(f"`{_text(node)}`", style)]
        kind = node.attrs.get("class", "")
        if node.tag == "input" or kind in {"footnote", "footnote-back"}:
            return [Span(_sign(node, kind), style)]
        if node.tag == "img":
            alt = node.attrs.get("alt") or "image"
            return [Span(f"[{alt}]", style), *self._number(node.attrs.get("src", ""))]
        look = Style.BOLD if kind == "callout-label" else _LOOKS.get(node.tag, Style.PLAIN)
        inner = self._inline(node, style | look)
        if node.tag == "a":
            return [*inner, *self._number(node.attrs.get("href", ""))]
        if node.tag in _SIGNS and not self._screen.colour:
            sign = Span(_SIGNS[node.tag], style)
            return [sign, *inner, sign]
        return inner

    def _number(self, href: str) -> list[Span]:
        if not href:
            return []
        number = self._targets.setdefault(_target(href, self._article), len(self._targets) + 1)
        return [Span(f"[{number}]", Style.DIM)]


def _sign(node: Node, kind: str) -> str:
    """What stands for the box of a task, for a footnote's number, and for the way back from it."""
    if node.tag == "input":
        return "[x]" if "checked" in node.attrs else "[ ]"
    return f"^{_text(node)}" if kind == "footnote" else ""


def _target(href: str, article: str) -> str:
    """A link's target as a person can use it: an article's id, or the address as it stands."""
    path, hash_, anchor = href.partition("#")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/", href) or (path and not path.endswith(SUFFIXES)):
        return href
    folder = posixpath.dirname(article)
    id_ = (
        posixpath.normpath(posixpath.join(folder, without_suffix(unquote(path))))
        if path
        else article
    )
    return f"{id_}{hash_}{unquote(anchor)}"


def _elements(node: Node) -> list[Node]:
    return [child for child in node.children if isinstance(child, Node)]


def _text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)


def _grouped(children: Iterable[Node | str]) -> list[Node]:
    """Blocks in order; texts and inline elements between two of them make a paragraph."""
    blocks: list[Node] = []
    for child in children:
        if isinstance(child, Node) and child.tag in _BLOCKS:
            blocks.append(child)
        elif blocks and blocks[-1].tag == "":
            blocks[-1].children.append(child)
        elif isinstance(child, Node) or child.strip():
            blocks.append(Node("", {}, [child]))
    return blocks


def _code(node: Node) -> list[Line]:
    """Code as it stands: a terminal that is too narrow breaks it without adding to it."""
    text = _text(node).expandtabs(4).rstrip("\n")
    return [line_of(f"    {line}") if line.strip() else () for line in text.split("\n")]


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
