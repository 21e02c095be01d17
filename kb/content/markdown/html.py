"""Tokens to HTML, as the CommonMark specification writes it (but `<br>`, not `<br />`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kb.config import over_limit
from kb.content.markdown.components import ComponentWriter
from kb.content.markdown.fence import write_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token


class LinkWriter(Protocol):
    """Decides what stands before and after the text of a link.

    `href` and `title` are as parsed (not escaped for HTML); both results are HTML.
    """

    def __call__(self, href: str, title: str, line: int) -> tuple[str, str]:
        """Write the start and the end of a link that stands on a line of the file."""
        ...


class ImageWriter(Protocol):
    """Decides what stands for an image. All texts are as parsed; the result is HTML.

    `size` is the width and the height in pixels that the author gives, each empty where not.
    """

    def __call__(
        self, src: str, alt: str, title: str, line: int, size: tuple[str, str] = ("", "")
    ) -> str:
        """Write an image that stands on a line of the file."""
        ...


def escape(text: str) -> str:
    """Text as HTML, good for element content and for values in double quotes."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def write_link(href: str, title: str, line: int) -> tuple[str, str]:  # noqa: ARG001
    """The plain link of the specification."""
    return f'<a href="{escape(href)}"{_title(title)}>', "</a>"


def write_image(
    src: str,
    alt: str,
    title: str,
    line: int,  # noqa: ARG001  # as the others
    size: tuple[str, str] = ("", ""),
) -> str:
    """The plain image of the specification, with the size that the author gives."""
    return f'<img src="{escape(src)}" alt="{escape(alt)}"{_title(title)}{write_size(size)}>'


def write_size(size: tuple[str, str]) -> str:
    """The attributes for a width and a height."""
    return "".join(f' {k}="{v}"' for k, v in zip(("width", "height"), size, strict=True) if v)


def _title(title: str) -> str:
    return f' title="{escape(title)}"' if title else ""


LINK_START, LINK_END = "\ufdd0", "\ufdd1"
"""Marks around a link's text: noncharacters, which no text means to hold."""

_WIDEST = 100_000  # pixels
_LINK_MARKS = {"link_open": LINK_START, "link_close": LINK_END}


def plain_text(children: Sequence[Token], *, mark_links: bool = False) -> str:
    """Inline tokens without their markup: soft breaks are spaces, hard breaks newlines.

    With `mark_links` a link's text stands between LINK_START and LINK_END.
    """
    if len(children) == 1 and children[0].type == "text":
        return children[0].content
    parts = []
    for token in children:
        kind = token.type
        if kind in {"text", "code_inline", "html_inline", "math_inline"}:
            parts.append(token.content)
        elif kind == "softbreak":
            parts.append(" ")
        elif token.meta and token.meta.get("block"):
            if parts and not parts[-1].endswith("\n"):
                parts.append("\n")
        elif mark_links and kind in _LINK_MARKS:
            parts.append(_LINK_MARKS[kind])
        elif kind == "hardbreak":
            parts.append("\n")
        elif kind == "image":
            parts.append(plain_text(token.children or ()))
    return "".join(parts)


_OF_WORDS = frozenset({"em", "strong", "s", "sub", "sup", "mark", "kbd"})


def write_words(children: Sequence[Token]) -> str:
    """Inline tokens as HTML with marks of words alone: code and emphasis, no link and no image."""
    out: list[str] = []
    for token in children:
        if token.type == "code_inline":
            out.append(f"<code>{escape(token.content)}</code>")
        elif token.tag in _OF_WORDS and token.nesting:
            out.append(f"<{'/' * (token.nesting == -1)}{token.tag}>")
        else:
            out.append(escape(plain_text([token])))
    return " ".join("".join(out).split())


_BETWEEN_CELLS = frozenset({
    "table_open", "thead_open", "tbody_open", "tr_open", "th_close", "td_close", "tr_close",
    "thead_close", "tbody_close",
})  # fmt: skip
"""What words of HTML may follow that stand in a table and in no cell: browsers show them above."""


class HtmlWriter:
    """Writes the tokens of one article.

    `ids` maps the position of a heading's token to its id. Work and memory are bounded:
    more than `limit` characters raise `ContentError`. With `highlight` the parts of code have
    classes; `words` are what callouts and footnotes are called, by name.
    """

    def __init__(
        self,
        *,
        link: LinkWriter,
        image: ImageWriter,
        ids: Mapping[int, str],
        first_line: int,
        limit: int,
        id_prefix: str = "",
        highlight: bool = False,
        words: Mapping[str, str],
    ) -> None:
        self._highlight = highlight
        self._components = ComponentWriter(words, id_prefix)
        self._single = {
            "image": self._write_image,
            "anchor": self._anchor,
            "math_inline": self._components.math,
            "task": self._components.task,
            "footnote_ref": self._components.footnote_ref,
        }
        self._link = link
        self._image = image
        self._ids = ids
        self._first_line = first_line
        self._limit = limit
        self._id_prefix = id_prefix
        self._line = first_line

    def write(self, tokens: Sequence[Token], start: int, stop: int) -> str:
        """The HTML of the tokens from `start` up to `stop`."""
        out: list[str] = []
        size = 0
        is_below = False  # words that stand in no paragraph of their own, of HTML
        for index in range(start, stop):
            token = tokens[index]
            if token.type == "inline":
                self._line = self._first_line + (token.map[0] if token.map else 0)
                children: Sequence[Token] = token.children or ()
                plain = len(children) == 1 and children[0].type == "text"
                html = escape(children[0].content) if plain else self._inline(children)
                shows = plain or any(child.type != "anchor" for child in children)
                html = f"<br>\n{html}" if is_below and shows else html
                is_below |= shows
            else:
                html = self._block(tokens, index)
                is_below = token.type in _BETWEEN_CELLS
            size += len(html)
            if size > self._limit:
                raise over_limit(
                    "html", f"would make over {self._limit} characters of HTML", self._line
                )
            out.append(html)
        return "".join(out)

    def _block(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        if token.hidden:
            return ""
        before = "\n" if token.nesting != -1 and index and tokens[index - 1].hidden else ""
        if token.type in {"fence", "code_block"}:
            return before + write_code(token, highlight=self._highlight)
        if self._components.writes(token):
            return before + self._component(tokens, index)
        if token.type == "heading_close" and self._components.is_in_callout:
            return "</p>\n"
        if token.nesting == -1:
            return f"</{token.tag}>\n"
        end = ">" if _stays_on_line(tokens, index) else ">\n"
        return f"{before}<{token.tag}{self._attributes(token, index)}{end}"

    def _component(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        if token.type == "heading_open":
            return f'<p class="callout-heading"{self._attributes(token, index)}>'
        titled = index + 1 < len(tokens) and token.type.endswith("_title_open")
        title = plain_text(tokens[index + 1].children or ()) if titled else ""
        return self._components.block(token, title)

    def _attributes(self, token: Token, index: int) -> str:
        identity = self._ids.get(index) if token.type == "heading_open" else None
        shown = "" if identity is None else f' id="{escape(identity)}"'
        return shown + _attributes(token) if token.attrs else shown

    def _inline(self, children: Sequence[Token]) -> str:
        out: list[str] = []
        closing: list[str] = []
        for token in children:
            kind = token.type
            if kind in {"text", "html_inline"}:
                out.append(escape(token.content))
            elif kind == "softbreak":
                self._line += 1
                out.append("\n")
            elif kind == "code_inline":
                out.append(f"<code>{escape(token.content)}</code>")
            elif kind == "link_open":
                opened, closed = self._open_link(token)
                out.append(opened)
                closing.append(closed)
            elif kind == "link_close":
                out.append(closing.pop())
            elif kind == "hardbreak":
                self._line += token.markup != "br"  # that of HTML ends no line of the file
                out.append("<br>\n")
            elif write := self._single.get(kind):
                out.append(write(token))
            elif token.nesting == -1:
                out.append(f"</{token.tag}>")
            else:
                out.append(f"<{token.tag}{_attributes(token)}>")
        return "".join(out)

    def _anchor(self, token: Token) -> str:
        """A place to link to; none where a heading before it has the name."""
        name = str(token.attrs.get("id", ""))
        return f'<span id="{escape(self._id_prefix + name)}"></span>' if name else ""

    def _open_link(self, token: Token) -> tuple[str, str]:
        attrs = token.attrs
        opened, closed = self._link(str(attrs["href"]), str(attrs.get("title", "")), self._line)
        if "class" in attrs:  # around it: what stands for a link may be found later
            opened, closed = f'<span class="{attrs["class"]}">{opened}', f"{closed}</span>"
        return opened, closed

    def _write_image(self, token: Token) -> str:
        attrs = token.attrs
        alt = plain_text(token.children or ())
        title = str(attrs.get("title", ""))
        size = (_pixels(attrs.get("width", "")), _pixels(attrs.get("height", "")))
        return self._image(str(attrs["src"]), alt, title, self._line, size)


def _pixels(value: object) -> str:
    """A width or a height that is one in pixels; empty for any other."""
    text = str(value).strip().removesuffix("px")
    return text if text.isascii() and text.isdigit() and 0 < int(text[:6]) < _WIDEST else ""


def _attributes(token: Token) -> str:
    if not token.attrs:
        return ""
    return "".join(
        f' {name}="{escape(str(value))}"' for name, value in token.attrs.items() if name != "id"
    )


def _stays_on_line(tokens: Sequence[Token], index: int) -> bool:
    """Whether an opening tag is followed by its text, or at once by its own closing tag."""
    if tokens[index].nesting != 1:
        return False
    after = tokens[index + 1]
    return (
        after.type == "inline"
        or after.hidden
        or (after.nesting == -1 and after.tag == tokens[index].tag and after.tag != "blockquote")
    )
