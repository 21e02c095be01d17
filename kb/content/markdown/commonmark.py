"""Tokens to Markdown: an article as CommonMark with what GitHub adds, without the marks of others.

Read again it says the same, section by section. Callouts are quotes that begin with their label,
tabs are items that begin with their title, HTML is the Markdown that means the same; what Markdown
has no way to say (colours, sizes, places that are named) is left out. mdformat, which renders the
tokens of CommonMark, would need a renderer of ours for each of the others, builds a tree first and
follows it by recursion; this goes over the tokens once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.config import over_limit
from kb.content.markdown.bracketed_math import without_math
from kb.content.markdown.callout import label_before
from kb.content.markdown.html import plain_text
from kb.content.markdown.wiki_link import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it.token import Token

_STRONG, _EMPHASIS, _STRUCK = "**", "*", "~~"
_DELIMITERS = {
    **dict.fromkeys(("strong", "b"), _STRONG),
    **dict.fromkeys(("em", "i", "cite", "dfn"), _EMPHASIS),
    **dict.fromkeys(("s", "del"), _STRUCK),
}
_CODE = frozenset({"code", "kbd", "samp"})
_BREAK = "\\\n"
_BREAKS = (_BREAK, "\n", "<br>")
# What is markup wherever it stands in a text, or where something follows it.
_MARKS = re.compile(
    r"[\\`*\[\]<]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|&(?=#?\w{1,40};)"
    r"|~(?=~|[^\s~/]{1,30}~)"
    r"|\^(?=\^|[^\s^]{1,30}\^|\[)"
    r"|\$(?=[^\s\d])"
    r"|(?<!\w):(?=[a-z0-9_+][a-z0-9_+-]{0,60}:)"
)
# A text without any of these, as most are, holds none of them.
_MAY_MARK = re.compile(r"[\\`*\[\]<_&~^$:{%!]")
# What follows a brace, or a sign that it doubles: the sign after it is escaped, for a brace that is
# escaped begins a comment or a template all the same.
_SECOND = re.compile(r"(?<=\{)([{%#:.])|(\{[\w-]{1,40}\s?)(?==)|(?<=%)(%)|(?<=!)(--)")
_LINE_START = re.compile(
    r"(?P<mark>#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+\s*$|-{2,}\s*$|~~~|:::|!!!|\?\?\?|===|:(?=\s)"
    r"|;?--8|[|:\s-]{3,}$|\|)|(?P<sign>\d{1,9}(?=[.)](?:\s|$))|\[\^[^\]\s]{1,200}\](?=:))"
)
_BARE_ADDRESS = re.compile(r":(?=//)|(?<=\bwww)\.")
_BARS = re.compile(r"\\.|\|", re.DOTALL)
_TICKS = re.compile(r"`+")
_PLAIN_ADDRESS = re.compile(r"[^\s<>()\\\"]+")


@dataclass(slots=True)
class _Block:
    """What is open: the beginnings of its first line and of the others, and what was written."""

    kind: str = ""
    first: str = ""
    rest: str = ""
    has_begun: bool = False
    is_tight: bool = False
    last: str = ""
    number: int = 0
    marker: str = ""


@dataclass(slots=True, eq=False)
class _Delimiter:
    """A sign that begins or ends emphasis, as long as it counts as one where it stands."""

    sign: str
    opens: bool
    partner: _Delimiter | None = None
    counts: bool = True

    def __str__(self) -> str:
        """The sign where it counts, else nothing."""
        return self.sign if self.counts else ""


@dataclass(slots=True)
class _Table:
    """A table so far: the texts of the cells of each row, whether all of a row are headings, and to
    which side the columns are aligned.
    """

    rows: list[list[str]] = field(default_factory=list)
    heads: list[bool] = field(default_factory=list)
    sides: dict[int, str] = field(default_factory=dict)
    captions: list[str] = field(default_factory=list)
    depth: int = 1
    at: int = 0

    def begin_cell(self, token: Token) -> None:
        """A cell, and empty ones where it is wider than a column."""
        row = self.rows[-1]
        self.at = len(row)
        row += [""] * max(1, min(int(token.attrs.get("colspan", 1)), _MOST_COLUMNS))
        self.heads[-1] = self.heads[-1] and token.tag == "th"
        side = str(token.attrs.get("style", "")).removeprefix("text-align:")
        if side in _RULES:
            self.sides.setdefault(self.at, side)

    def add(self, text: str) -> None:
        """One more line of the cell."""
        if not self.rows or not self.rows[-1]:  # it stands in no cell
            self.captions.append(text)
        elif text:
            before = self.rows[-1][self.at]
            self.rows[-1][self.at] = f"{before}<br>{text}" if before else text


class MarkdownWriter:
    """Writes the tokens of one article.

    `words` are what callouts are called, by name. More than `limit` characters raise
    `ContentError`.
    """

    def __init__(self, *, words: Mapping[str, str], first_line: int, limit: int) -> None:
        self._words = words
        self._first_line = first_line
        self._limit = limit
        self._out: list[str] = []
        self._size = 0
        self._line = first_line
        self._open = [_Block()]
        self._table: _Table | None = None
        self._begin: dict[str, Callable[[Token], None]] = {
            "blockquote_open": lambda _token: self._push("quote", "> ", "> "),
            "callout_open": lambda _token: self._push("quote", "> ", "> "),
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "tabs_open": self._list,
            "list_item_open": self._item,
            "tab_open": self._item,
            "dl_open": lambda _token: self._push("terms", "", ""),
            "dd_open": self._definition,
            "footnote_open": self._footnote,
            "table_open": self._begin_table,
        }

    def write(self, tokens: Sequence[Token], start: int, stop: int) -> str:
        """The Markdown of the tokens from `start` up to `stop`."""
        for index in range(start, stop):
            token = tokens[index]
            if token.map:
                self._line = self._first_line + token.map[0]
            if self._table is not None:
                self._in_table(self._table, token, tokens[index - 1])
            elif token.type == "inline":
                self._words_of(token, tokens[index - 1] if index else token)
            elif token.type in {"fence", "code_block"}:
                self._fence(token)
            elif token.type == "math_block":
                self._lines(["$$", *token.content.strip("\n").split("\n"), "$$"], "math")
            elif token.type == "hr":
                self._lines(["___" if self._open[-1].kind == "item" else "---"], "hr")
            elif token.nesting == 1 and token.type in self._begin:
                self._begin[token.type](token)
            elif token.nesting == -1 and f"{token.type[:-6]}_open" in self._begin:
                self._pop()
        return "".join(self._out)

    # Blocks

    def _push(self, kind: str, first: str, rest: str, *, is_tight: bool = False) -> None:
        self._separate(kind)
        self._open.append(_Block(kind, first, rest, is_tight=is_tight))

    def _pop(self) -> None:
        if len(self._open) > 1:
            block = self._open[-1]
            if block.kind in {"item", "footnote"} and not block.has_begun:
                self._emit("")
            self._open.pop()

    def _separate(self, kind: str) -> None:
        """The empty line above a block, if it needs one."""
        block = self._open[-1]
        needs = bool(block.last) and not (block.is_tight and kind in {"item", "list", "definition"})
        if needs:
            self._emit("")
        block.last = kind

    def _emit(self, line: str) -> None:
        parts = []
        for block in self._open:
            parts.append(block.rest if block.has_begun else block.first)
            block.has_begun = True
        text = f"{''.join(parts)}{line}" if line else "".join(parts).rstrip(" ")
        self._size += len(text) + 1
        if self._size > self._limit:
            what = f"would make over {self._limit} characters of Markdown"
            raise over_limit("html", what, self._line)
        self._out.append(f"{text}\n")

    def _lines(self, lines: Sequence[str], kind: str) -> None:
        self._separate(kind)
        for line in lines:
            self._emit(line)

    def _list(self, token: Token) -> None:
        """A list; one right below another has other signs, so that it is one of its own."""
        is_ordered = token.type == "ordered_list_open"
        written = token.markup if token.markup in ({".", ")"} if is_ordered else {*"-*+"}) else ""
        marker = written or ("." if is_ordered else "-")
        above = self._open[-1]
        if above.last == "list" and above.marker == marker:
            marker = {"-": "*", "*": "-", "+": "-", ".": ")", ")": "."}[marker]
        above.marker = marker
        self._push("list", "", "", is_tight=above.is_tight)
        block = self._open[-1]
        block.marker = marker
        start = str(token.attrs.get("start", 1))
        block.number = int(start) if is_ordered and start.isdigit() else 1

    def _item(self, _token: Token) -> None:
        above = self._open[-1]
        marker = f"{above.number}{above.marker} " if above.marker in {".", ")"} else "- "
        if above.marker in {"*", "+"}:
            marker = f"{above.marker} "
        above.number += 1
        self._push("item", marker, " " * len(marker))

    def _definition(self, _token: Token) -> None:
        """What a term means; without a term above it, it would be that of the text above."""
        if self._open[-1].last in {"term", "definition"}:
            self._open[-1].is_tight = True
            self._push("definition", ": ", "  ")
        else:
            self._push("block", "", "")

    def _footnote(self, token: Token) -> None:
        self._push("footnote", f"[^{_footnote_name(token)}]: ", "    ")

    def _fence(self, token: Token) -> None:
        content = token.content
        longest = max((len(run) for run in _TICKS.findall(content)), default=0)
        info = token.info.strip() if token.type == "fence" else ""
        sign = "~" if "`" in info else "`"
        fence = sign * (3 if sign == "~" else max(3, longest + 1))
        if sign == "~":
            fence = "~" * max(3, *(len(run) + 1 for run in re.findall("~+", content)), 3)
        lines = content[:-1].split("\n") if content.endswith("\n") else content.split("\n")
        self._lines([f"{fence}{info}", *lines, fence], "code")

    def _words_of(self, token: Token, before: Token) -> None:
        """A paragraph, a heading, a title or a term."""
        kind = before.type
        children = token.children or ()
        if kind == "heading_open" and before.level and not any(b.rest for b in self._open):
            self._title(token, before)  # in what Markdown has not: it begins no section
        elif kind == "heading_open":
            text = " ".join(_inline(children).replace(_BREAK, " ").split("\n")).strip()
            text = re.sub(r"(?<!\\)#$", r"\\#", text)
            self._lines([f"{'#' * int(before.tag[1])} {text}".rstrip()], "heading")
        elif kind in {"callout_title_open", "tab_title_open", "summary_open"}:
            self._title(token, before)
        elif kind == "dt_open":
            if text := " ".join(_inline(children).replace(_BREAK, " ").split()):
                self._open[-1].is_tight = False
                self._lines([_at_start(text)], "term")
        else:
            self._open[-1].is_tight = kind == "list_item_open" or (
                kind == "paragraph_open" and before.hidden
            )
            above = self._open[-2] if len(self._open) > 1 else None
            if self._open[-1].kind == "item" and above:
                above.is_tight = self._open[-1].is_tight
            if text := _inline(children):
                lines = [line.strip(" \t") for line in text.split("\n")]
                self._lines([_at_start(line) for line in lines if line], "paragraph")

    def _label(self, token: Token, before: Token) -> str | None:
        """The word before a title; None for a text that is no title."""
        if before.type not in {"callout_title_open", "tab_title_open", "summary_open"}:
            return None
        if before.type != "callout_title_open":
            return ""
        return label_before(before.meta["label"], plain_text(token.children or ()), self._words)

    def _title(self, token: Token, before: Token) -> None:
        """What stands in bold above a callout, a tab, or what folds."""
        label = self._label(token, before) or ""
        text = " ".join(_inline(token.children or (), label=label).replace(_BREAK, " ").split())
        if text:
            self._lines([_at_start(text)], "paragraph")

    # Tables

    def _begin_table(self, _token: Token) -> None:
        self._separate("table")
        self._table = _Table()

    def _in_table(self, table: _Table, token: Token, before: Token) -> None:
        """Take what stands in a table; what is a block in a cell is a line of it, and a table in a
        cell is its words.
        """
        kind = token.type
        if kind == "table_open":
            table.depth += 1
        elif kind == "table_close":
            table.depth -= 1
            if not table.depth:
                self._table = None
                self._write_table(table)
        elif kind == "tr_open" and table.depth == 1:
            table.rows.append([])
            table.heads.append(True)
        elif kind in {"td_open", "th_open"} and table.depth == 1 and table.rows:
            table.begin_cell(token)
        elif kind == "inline":
            label = self._label(token, before)
            text = _inline(token.children or (), in_cell=True, label=label)
            if before.type == "caption_open":
                table.captions.append(text)
            else:
                table.add(text)
        elif kind in {"fence", "code_block", "math_block"}:
            lines = [line for line in token.content.split("\n") if line.strip()]
            table.add("<br>".join(_escape_bars(_code(line)) for line in lines))

    def _write_table(self, table: _Table) -> None:
        for caption in filter(None, table.captions):
            self._emit(_at_start(caption.replace("<br>", " ")))
            self._emit("")
        rows = table.rows
        width = max(map(len, rows), default=0)
        if not width:
            return
        if not table.heads[0]:
            rows = [[], *rows]
        for number, cells in enumerate(rows):
            self._emit(f"| {' | '.join([*cells, *[''] * (width - len(cells))])} |")
            if number == 0:
                rules = (_RULES[table.sides.get(at, "")] for at in range(width))
                self._emit(f"| {' | '.join(rules)} |")


_MOST_COLUMNS = 100
_RULES = {"": "---", "left": ":---", "center": ":---:", "right": "---:"}


def _footnote_name(token: Token) -> str:
    """The name of a footnote; one without a name of its own has its number."""
    return str(token.meta.get("label") or f"note-{token.meta['id'] + 1}")


def _at_start(line: str) -> str:
    """A line whose beginning is text, whatever it looks like."""
    found = _LINE_START.match(line)
    if found is None:
        return without_math(line)
    end = found.end("sign")
    return f"{line[:end]}\\{line[end:]}" if found["sign"] else f"\\{line}"


def _escape_bars(text: str) -> str:
    return _BARS.sub(lambda found: "\\|" if found[0] == "|" else found[0], text)


def _code(content: str) -> str:
    """A code span."""
    content = content.replace("\n", " ")
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(content)), default=0))
    is_padded = content.startswith(" ") and content.endswith(" ") and content.strip()
    space = " " if content.startswith("`") or content.endswith("`") or is_padded else ""
    return f"{ticks}{space}{content}{space}{ticks}" if content.strip(" ") or content else ""


def _text(text: str) -> str:
    """A text without meaning as markup."""
    text = " ".join(text.split("\n"))
    if not _MAY_MARK.search(text):
        return text
    text = _MARKS.sub(_escape_first, text)
    return _SECOND.sub(_escape_second, text)


def _escape_first(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _escape_second(found: re.Match[str]) -> str:
    return f"{found[2]}\\" if found[2] else f"\\{found[0]}"


def _inline(children: Sequence[Token], *, in_cell: bool = False, label: str | None = None) -> str:
    """Words as Markdown. `label` stands before them, and all are bold, where it is given."""
    writer = _Words(in_cell=in_cell)
    if label is None:
        writer.take(children)
    else:
        writer.take_title(label, children)
    return writer.text()


class _Words:
    """Writes the words of one paragraph, heading or cell."""

    def __init__(self, *, in_cell: bool) -> None:
        self._in_cell = in_cell
        self._pieces: list[str | _Delimiter] = []
        self._open: list[_Delimiter | None] = []
        self._closing: list[str] = []
        self._code: list[str] | None = None
        self._code_depth = 0
        self._writers: dict[str, Callable[[Token], str]] = {
            "code_inline": lambda token: self._code_span(token.content),
            "image": self._image,
            "math_inline": _math,
            "task": lambda token: "[x] " if token.info else "[ ] ",
            "footnote_ref": lambda token: f"[^{_footnote_name(token)}]",
        }

    def take_title(self, label: str, children: Sequence[Token]) -> None:
        """All in bold."""
        self._begin(_STRONG)
        self._pieces.append(_text(label))
        self.take(children)
        self._end()

    def take(self, children: Sequence[Token]) -> None:
        """Take every token in order."""
        for token in children:
            if self._code is not None:
                self._in_code(token)
            elif token.nesting == 1:
                self._opened(token)
            elif token.nesting == -1:
                self._closed(token)
            else:
                self._pieces.append(self._single(token))

    def _single(self, token: Token) -> str:
        kind = token.type
        if kind in {"text", "html_inline"}:
            shown = _text(token.content)
            if not self._closing:  # else it is the text of a link
                shown = _BARE_ADDRESS.sub(r"\\\g<0>", shown)
            return _escape_bars(shown) if self._in_cell else shown
        if kind == "softbreak":
            return " " if self._in_cell else "\n"
        if kind == "hardbreak":
            return "<br>" if self._in_cell else _BREAK
        write = self._writers.get(kind)
        return write(token) if write else ""

    def _code_span(self, content: str) -> str:
        """Code; right behind other code it would be the same, so that it is plain there."""
        before = self._pieces[-1] if self._pieces else ""
        is_apart = isinstance(before, _Delimiter) or not before.endswith("`")
        shown = _code(content) if is_apart else _text(content)
        return _escape_bars(shown) if self._in_cell else shown

    def _image(self, token: Token) -> str:
        alt = _text(plain_text(token.children or ()))
        src = str(token.attrs["src"])
        if src.startswith(BY_NAME):
            return f"![[{unquote(src.removeprefix(BY_NAME))}]]"
        return f"![{alt}]({_address(src, str(token.attrs.get('title', '')))})"

    def _opened(self, token: Token) -> None:
        tag = token.tag
        if token.type == "link_open":
            self._open.append(None)
            self._link(token)
        elif token.meta and token.meta.get("block"):  # a list in a cell
            self._open.append(None)
            if self._pieces and self._pieces[-1] != "<br>":
                self._pieces.append("<br>")
        elif tag in _CODE:
            self._code, self._code_depth = [], 1
        elif sign := _DELIMITERS.get(tag):
            self._begin(sign)
        else:
            self._open.append(None)

    def _link(self, token: Token) -> None:
        href, title = str(token.attrs["href"]), str(token.attrs.get("title", ""))
        if href.startswith(BY_NAME):
            bar = "\\|" if self._in_cell else "|"
            self._pieces.append(f"[[{unquote(href.removeprefix(BY_NAME))}{bar}")
            self._closing.append("]]")
        else:
            self._pieces.append("[")
            self._closing.append(f"]({_address(href, title)})")

    def _closed(self, token: Token) -> None:
        if token.type == "link_close":
            self._open.pop()
            self._pieces.append(self._closing.pop())
        else:
            self._end()

    def _begin(self, sign: str) -> None:
        delimiter = _Delimiter(sign, opens=True)
        # What is bold already can't be bolder.
        delimiter.counts = all(one is None or one.sign != sign for one in self._open)
        self._open.append(delimiter)
        self._pieces.append(delimiter)

    def _end(self) -> None:
        opened = self._open.pop() if self._open else None
        if opened is not None:
            closed = _Delimiter(opened.sign, opens=False, partner=opened, counts=opened.counts)
            opened.partner = closed
            self._pieces.append(closed)

    def _in_code(self, token: Token) -> None:
        """What stands in `<code>` or `<kbd>` is code, all of it."""
        assert self._code is not None
        self._code_depth += token.nesting if token.tag in _CODE else 0
        if self._code_depth:
            self._code.append(plain_text([token]))
            return
        shown = self._code_span(" ".join("".join(self._code).split()))
        self._code = None
        self._pieces.append(shown)

    def text(self) -> str:
        """What was taken, as Markdown."""
        pieces = _without_outer_breaks([piece for piece in self._pieces if piece])
        if any(isinstance(piece, _Delimiter) for piece in pieces):
            pieces = _with_spaces_outside(pieces)
            _settle(pieces)
        return "".join(map(str, pieces)).strip(" ")


def _math(token: Token) -> str:
    opening, closing = ("$", "$") if token.markup else ("\\(", "\\)")
    return f"{opening}{token.content}{closing}"


def _address(href: str, title: str) -> str:
    """An address and its title, as they stand between the parentheses of a link."""
    if not _PLAIN_ADDRESS.fullmatch(href):
        href = "<" + re.sub(r"([<>\\])", r"\\\1", href).replace("\n", "%0A") + ">"
    href = re.sub(r"&(?=#?\w{1,40};)", r"\&", href)
    if not title:
        return href
    shown = re.sub(r'(["\\])', r"\\\1", " ".join(title.split()))
    return f'{href} "{shown}"'


def _without_outer_breaks(pieces: Sequence[str | _Delimiter]) -> list[str | _Delimiter]:
    """The same pieces without the breaks that begin or end them, within emphasis, too."""
    shown = [at for at, p in enumerate(pieces) if isinstance(p, str) and not _is_space(p)]
    first, last = (shown[0], shown[-1]) if shown else (0, -1)
    return [
        piece
        for at, piece in enumerate(pieces)
        if first <= at <= last or isinstance(piece, _Delimiter) or piece not in _BREAKS
    ]


def _is_space(piece: str) -> bool:
    return piece in _BREAKS or piece.isspace()


def _with_spaces_outside(pieces: Sequence[str | _Delimiter]) -> list[str | _Delimiter]:
    """The same pieces, with the spaces that begin or end emphasis before or behind it."""
    out: list[str | _Delimiter] = []
    space = ""
    for piece in pieces:
        if isinstance(piece, _Delimiter):
            if not piece.opens and out and isinstance(last := out[-1], str) and last.endswith(" "):
                out[-1] = last.rstrip(" ")
                space = " "
            elif piece.opens and space:
                out.append(space)
                space = ""
            out.append(piece)
            continue
        at = len(out)
        while at and isinstance(sign := out[at - 1], _Delimiter) and sign.opens:
            at -= 1
        if at < len(out) and piece.startswith(" "):
            out.insert(at, " ")
            piece = piece.lstrip(" ")  # noqa: PLW2901  # what is left of it
        if shown := f"{space}{piece}":
            out.append(shown)
        space = ""
    return [piece for piece in out if piece != ""]


def _settle(pieces: list[str | _Delimiter]) -> None:
    """Keep the signs that count as signs where they stand: what they hold begins and ends in no
    space, and no word goes on behind a closing one that follows a full stop. All others are left
    out, and what they held is plain.
    """
    before = ""
    befores: list[str] = []
    for piece in pieces:
        befores.append(before)
        if isinstance(piece, str):
            before = piece[-1]
    after = ""
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if isinstance(piece, str):
            after = piece[0]
            continue
        if not _counts(piece, befores[index], after) and piece.partner is not None:
            piece.counts = piece.partner.counts = False
    previous: _Delimiter | None = None
    for piece in pieces:
        if isinstance(piece, str):
            previous = None
        elif piece.counts:
            if previous is not None and previous.opens != piece.opens and piece.partner:
                piece.counts = piece.partner.counts = False
            else:
                previous = piece


def _counts(delimiter: _Delimiter, before: str, after: str) -> bool:
    """Whether a sign is one between these two characters, as CommonMark has it."""
    inner, outer = (after, before) if delimiter.opens else (before, after)
    if not inner or inner.isspace() or delimiter.partner is None:
        return False
    return inner.isalnum() or not outer or not outer.isalnum()
