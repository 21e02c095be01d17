"""A Markdown text: its sections, their anchors, and its HTML.

CommonMark with tables and strikethrough, and a safe part of HTML. `parse` reads a
text once and gives a `Document`, whose sections are ready and whose HTML is written on
request from the same tokens.

A text is split at every heading of every level. A heading inside a list or a quote is
text of the section around it (a section must not begin in the middle of a list), but has
an anchor of its own in the HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kb.config import DEFAULT_LIMITS, DEFAULT_MARKDOWN, Limits, MarkdownConfig, over_limit
from kb.content.anchors import GITHUB, Heading, Style, assign_anchors, former_anchors, free_anchor
from kb.content.markdown.callout import label_before
from kb.content.markdown.comments import without_comments
from kb.content.markdown.commonmark import MarkdownWriter
from kb.content.markdown.fence import read_info
from kb.content.markdown.html import (
    LINK_END,
    LINK_START,
    HtmlWriter,
    ImageWriter,
    LinkWriter,
    escape,
    plain_text,
    write_image,
    write_link,
    write_words,
)
from kb.content.markdown.markup import PLAIN, Account, Markup
from kb.content.markdown.parser import (
    NO_DEFINITIONS,
    is_safe_link,
    offers_unsafe_links,
    tokenize,
)
from kb.model import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

__all__ = [
    "Document",
    "Link",
    "escape",
    "is_safe_link",
    "offers_unsafe_links",
    "parse",
    "read_sections",
    "render_html",
    "without_comments",
    "write_image",
    "write_link",
]

# The lead of an article without an H1: browsers go to the top of a page for `#top`.
_LEAD_ANCHOR = "top"
# Noncharacters that stand for marks of links in texts and HTML: an article has none.
_OURS = re.compile("[\ufdd0-\ufdd3]")
_HEADING_TOKENS = 3  # opening, text, closing
_ENGLISH: Mapping[str, str] = {}  # what is not given is said in English


class Link(NamedTuple):
    """A link or an image as written in an article; `line` is 1-based in the file."""

    target: str
    line: int
    image: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed Markdown text.

    `title` is the text of the first H1, None without one. `sections` is never empty.
    `heads_page`: that H1 is the heading of the whole article, whatever the front matter's title is.
    `anchors` holds every anchor of the HTML in reading order, those of headings inside
    lists and quotes too. `labels` are the places that the author named, each with the heading that
    it names, if it does. `left_out` holds what could not be shown: what it is and its line.
    `is_plain`: it is CommonMark with what GitHub adds, and holds no other marks.
    """

    title: str | None
    sections: tuple[Section, ...]
    anchors: tuple[str, ...]
    labels: Mapping[str, str]
    left_out: tuple[tuple[str, int], ...]
    heads_page: bool
    _tokens: Sequence[Token] = field(repr=False, compare=False)
    _ids: dict[int, str] = field(repr=False, compare=False)
    _headings: Sequence[Heading] = field(repr=False, compare=False)
    _first_line: int
    _limits: Limits
    _words: Mapping[str, str] = field(repr=False, compare=False)
    _titled: int | None
    _has_html: bool = False
    is_plain: bool = True

    def html(
        self,
        *,
        link: LinkWriter = write_link,
        image: ImageWriter = write_image,
        id_prefix: str = "",
        with_title: bool = True,
        highlight: bool = False,
        words: Mapping[str, str] | None = None,
    ) -> str:
        """The text as HTML, each heading with its anchor (after `id_prefix`) as id.

        `link` and `image` write links and images; what they return is not escaped again.
        `with_title=False` leaves out the H1 that is the article's title, for pages that show
        the title themselves. `highlight` puts the parts of code into elements with Pygments'
        classes. `words` are what callouts, footnotes and tasks are called, those of `parse` unless
        they are given.
        Raises `ContentError` beyond `Limits.html`.
        """
        writer = HtmlWriter(
            link=link,
            image=image,
            ids={index: id_prefix + anchor for index, anchor in self._ids.items()},
            first_line=self._first_line,
            limit=self._limits.html,
            id_prefix=id_prefix,
            highlight=highlight,
            words=self._words if words is None else words,
        )
        end = len(self._tokens)
        if with_title or self._titled is None:
            html = writer.write(self._tokens, 0, end)
        else:
            above = writer.write(self._tokens, 0, self._titled)
            html = above + writer.write(self._tokens, self._titled + _HEADING_TOKENS, end)
        if self._has_html:
            from kb.content.markdown.sanitize import sanitize  # noqa: PLC0415  # few need it

            html = sanitize(html)
        return html

    def heading(self) -> tuple[str, str]:
        """The anchor of the H1 that is the article's heading, and its text as HTML with marks of
        words, as code is; both empty where there is none.
        """
        if self._titled is None:
            return "", ""
        html = write_words(self._tokens[self._titled + 1].children or ())
        if self._has_html:
            from kb.content.markdown.sanitize import sanitize  # noqa: PLC0415  # few need it

            html = sanitize(html)
        return self._ids[self._titled], html

    def markdown(
        self,
        sections: Sequence[Section] | None = None,
        *,
        words: Mapping[str, str] | None = None,
    ) -> str:
        """The text, or sections of it that follow each other, as CommonMark with what GitHub adds.

        What was included is there, what only wrapped is not; callouts are quotes with their label,
        tabs items with their title, HTML is Markdown. `words` are labels of callouts, those of
        `parse` unless they are given. Raises `ContentError` beyond `Limits.html`.
        """
        words = self._words if words is None else words
        writer = MarkdownWriter(words=words, first_line=self._first_line, limit=self._limits.html)
        start, stop = 0, len(self._tokens)
        if sections:
            places = {anchor: index for index, anchor in self._ids.items()}
            start = places.get(sections[0].anchor, 0)
            after = self.sections[sections[-1].position + 1 :]
            stop = places.get(after[0].anchor, stop) if after else stop
        return writer.write(self._tokens, start, stop)

    def former_anchors(self) -> dict[str, str]:
        """Anchors that kb gave these headings before it followed GitHub, and today's for each."""
        return former_anchors(self._headings, list(self._ids.values()))

    def links(self) -> Iterator[Link]:
        """Every link and image, in reading order."""
        for token in self._tokens:
            if token.type == "inline" and token.children:
                line = self._first_line + (token.map[0] if token.map else 0)
                yield from _links(token.children, line)


def parse(
    body: str,
    *,
    title: str = "",
    first_line: int = 1,
    limits: Limits = DEFAULT_LIMITS,
    anchors: Style = GITHUB,
    by_name: bool = False,
    markup: Markup = PLAIN,
    syntax: MarkdownConfig = DEFAULT_MARKDOWN,
    definitions: Mapping[str, str] = NO_DEFINITIONS,
    words: Mapping[str, str] = _ENGLISH,
) -> Document:
    """Read a Markdown text whose first line is line `first_line` of its file.

    `title` is the article's title where the front matter gives one; an H1 that says the
    same, any first H1 where there is none, and a first heading that is the only H1 are the
    heading of the article, and are left out of the sections' trails. `anchors`
    is how headings without an id of their own get one; with `by_name` `[[Page]]` is a link;
    `markup` is how marks of templates are read, and
    `syntax` what is read beyond CommonMark; `definitions` are the addresses of links that stand
    elsewhere, by their labels; `words` are what callouts, footnotes and tasks are called (see
    `kb.content.wording.by_mark`), in English where they are not given.
    Raises `ContentError` with a line where the text passes a limit.
    """
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not body.isascii():
        body = _OURS.sub("", body)
    account = Account()
    tokens = tokenize(
        body,
        first_line=first_line,
        limits=limits,
        account=account,
        by_name=by_name,
        markup=markup,
        syntax=syntax,
        definitions=definitions,
    )
    splitter = _Splitter(first_line, limits, words)
    splitter.read(tokens)
    splitter.assign(anchors)
    last_line = first_line + body.count("\n") - (1 if body.endswith("\n") else 0)
    found = _find_title(tokens)
    heading = "" if found is None else _one_line(plain_text(tokens[found + 1].children or ()))
    is_title = not title or _alike(title, heading) or _heads_page(tokens, found)
    return Document(
        title=heading or None,
        sections=splitter.sections(max(last_line, first_line), first_is_title=is_title),
        anchors=tuple(splitter.anchors),
        labels=splitter.labels,
        left_out=tuple(account.left_out),
        heads_page=found is not None and is_title,
        _tokens=tokens,
        _ids=splitter.ids,
        _headings=splitter.headings,
        _first_line=first_line,
        _limits=limits,
        _words=words,
        _titled=found if is_title else None,
        _has_html=account.has_html,
        is_plain=not account.has_marks,
    )


def read_sections(
    body: str, *, first_line: int = 1, title: str = "", limits: Limits = DEFAULT_LIMITS
) -> tuple[str | None, tuple[Section, ...]]:
    """The text of the first H1, and the sections, for whoever needs no HTML. See `parse`."""
    document = parse(body, title=title, first_line=first_line, limits=limits)
    return document.title, document.sections


def render_html(body: str, *, limits: Limits = DEFAULT_LIMITS) -> str:
    """A Markdown text as HTML with the anchors of its sections as ids. See `Document.html`."""
    return parse(body, limits=limits).html()


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _find_title(tokens: Sequence[Token]) -> int | None:
    """Where the first H1 opens that stands in no list or quote."""
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            return index
    return None


def _heads_page(tokens: Sequence[Token], found: int | None) -> bool:
    """Whether an H1 has words, comes first and is the only one: others are headings of parts."""
    if found is None:
        return False
    words = [t for t in tokens[found + 1].children or () if t.type != "image"]
    opened = [token for token in tokens if token.type == "heading_open" and token.level == 0]
    alone = opened[0] is tokens[found] and sum(token.tag == "h1" for token in opened) == 1
    return alone and bool(_one_line(plain_text(words)))


def _links(children: Sequence[Token], line: int) -> Iterator[Link]:
    for token in children:
        if token.type == "link_open":
            yield Link(str(token.attrs["href"]), line)
        elif token.type == "image":
            yield Link(str(token.attrs["src"]), line, image=True)
            yield from _links(token.children or (), line)
        elif token.type in {"softbreak", "hardbreak"}:
            line += 1


class _Draft(NamedTuple):
    """A section as far as it is known while tokens go by. `opened` is the position of its heading's
    token, -1 where there is none.
    """

    opened: int
    heading: str
    level: int
    line: int
    blocks: list[str]


class _Splitter:
    """Cuts a token stream into sections and hands out the anchors."""

    def __init__(self, first_line: int, limits: Limits, words: Mapping[str, str]) -> None:
        self.ids: dict[int, str] = {}
        self.headings: list[Heading] = []
        self.anchors: list[str] = []
        self.labels: dict[str, str] = {}
        self._unused: list[str] = []  # names right above
        self._places: list[int | Token] = []
        self._indexes: list[int] = []
        self._first_line = first_line
        self._limits = limits
        self._words = words
        self._drafts = [_Draft(-1, "", 0, first_line, [])]
        self._rows: list[list[str]] = []  # open ones, that of a table in a cell last
        self._footnotes: dict[int, list[str]] = {}

    def read(self, tokens: Sequence[Token]) -> None:
        """Take every token in order. Headings of sections are not text of any section."""
        blocks = after = self._drafts[0].blocks
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                self._note_anchors(token)
                if index and tokens[index - 1].type == "heading_open":
                    blocks = self._take_heading(tokens[index - 1], token, index - 1, blocks)
                else:
                    self._take_text(self._text_of(token, tokens[index - 1]), blocks)
                    self._note_footnotes(token, blocks)
            elif kind in {"fence", "code_block", "math_block"}:
                title = read_info(token.info).title if kind == "fence" else ""
                content = token.content.lstrip("\n") if kind == "math_block" else token.content
                for text in filter(None, (title, content.rstrip("\n"))):
                    self._take_text(text, blocks)
            elif kind == "footnote_open":
                after, blocks = blocks, self._footnotes.get(token.meta["id"], blocks)
            elif kind == "footnote_close":
                blocks = after
            elif kind == "tr_open":
                self._rows.append([])
            elif kind == "tr_close" and self._rows:
                text = "\t".join(self._rows.pop())
                self._take_text(text, blocks)

    def _text_of(self, inline: Token, before: Token) -> str:
        """The text of a block, with the label where it is the title of a callout."""
        text = plain_text(inline.children or (), mark_links=True)
        if before.type != "callout_title_open":
            return text
        return label_before(before.meta["label"], text, self._words) + text

    def _note_footnotes(self, inline: Token, blocks: list[str]) -> None:
        """A footnote is text of the section that refers to it first."""
        for child in inline.children or ():
            if child.type == "footnote_ref":
                self._footnotes.setdefault(child.meta["id"], blocks)

    def _note_anchors(self, inline: Token) -> None:
        names = []
        for child in inline.children or ():
            if child.type == "anchor":
                self._places.append(child)
                names.append(str(child.attrs["id"]))
        self.labels.update(dict.fromkeys(names, ""))
        is_alone = len(names) == len(inline.children or ())
        self._unused = [*self._unused, *names] if is_alone else self._unused

    def _settle_anchors(self) -> None:
        """Places that an author named: each name once, and a heading's goes first."""
        taken = set(self.ids.values())
        for place in self._places:
            if isinstance(place, int):
                self.anchors.append(self.ids[place])
                continue
            name = str(place.attrs["id"])
            if name in taken:
                place.attrs = {}
            else:
                taken.add(name)
                self.anchors.append(name)

    def _take_text(self, text: str, blocks: list[str]) -> None:
        if text:
            self._unused = []
        (self._rows[-1] if self._rows else blocks).append(text)

    def _take_heading(
        self, opened: Token, inline: Token, index: int, blocks: list[str]
    ) -> list[str]:
        heading = _one_line(plain_text(inline.children or ()))
        own = str(opened.attrs.get("id", ""))
        self.headings.append(Heading(heading, own))
        self.labels.update(dict.fromkeys(filter(None, (own, *self._unused)), heading))
        self._unused = []
        self._indexes.append(index)
        self._places.append(index)
        if opened.level > 0:
            self._take_text(heading, blocks)
            return blocks
        line = self._first_line + (opened.map[0] if opened.map else 0)
        if len(self._drafts) > self._limits.sections:
            raise over_limit("sections", f"over {self._limits.sections} headings", line)
        self._drafts.append(_Draft(index, heading, int(opened.tag[1]), line, []))
        return self._drafts[-1].blocks

    def assign(self, style: Style) -> None:
        """Give each heading its anchor, once all are known."""
        anchors = assign_anchors(self.headings, style)
        self.ids.update(zip(self._indexes, anchors, strict=True))
        self._settle_anchors()

    def sections(self, last_line: int, *, first_is_title: bool) -> tuple[Section, ...]:
        """The sections, complete. The anchor of the text above the headings gives way to theirs."""
        lead, *headed = self._drafts
        drafts = self._drafts if any(lead.blocks) or not headed else headed
        anchors = {**self.ids, -1: free_anchor(_LEAD_ANCHOR, frozenset(self.anchors))}
        ends = [draft.line - 1 for draft in drafts[1:]] + [last_line]
        trails = _trails(drafts, first_is_title=first_is_title)
        return tuple(
            _section(draft, anchors[draft.opened], trail, end, position)
            for position, (draft, trail, end) in enumerate(zip(drafts, trails, ends, strict=True))
        )


def _section(
    draft: _Draft, anchor: str, trail: tuple[str, ...], end: int, position: int
) -> Section:
    marked = "\n".join(block for block in draft.blocks if block)
    text, links = _without_marks(marked) if LINK_START in marked else (marked, ())
    return Section(
        anchor=anchor,
        heading=draft.heading,
        level=draft.level,
        trail=trail,
        text=text,
        lines=(draft.line, end),
        position=position,
        links=links,
    )


def _without_marks(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A text without the marks around its links, and where those are."""
    parts: list[str] = []
    links = []
    length = 0
    for piece in marked.split(LINK_START):
        inside, mark, after = piece.partition(LINK_END)
        if mark and inside:
            links.append((length, length + len(inside)))
        parts += (inside, after.replace(LINK_END, ""))
        length += len(parts[-2]) + len(parts[-1])
    return "".join(parts), tuple(links)


def _trails(drafts: Sequence[_Draft], *, first_is_title: bool) -> list[tuple[str, ...]]:
    """For each section the headings above it, but not the first H1 where it is the title."""
    trails = []
    above: list[_Draft] = []
    skip = first_is_title
    for draft in drafts:
        while above and above[-1].level >= draft.level:
            above.pop()
        trails.append(tuple(heading.heading for heading in above if heading.heading))
        if draft.level == 1 and skip:
            skip = False
        elif draft.level > 0:
            above.append(draft)
    return trails


def _alike(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
