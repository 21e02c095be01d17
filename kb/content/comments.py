"""What authors write for themselves: where a comment begins, and where it ends.

One definition for articles, front matter and what stands above it. Which parts of a text are
code, where nothing is a comment, is not decided here: see `kb.content.markdown.comments`.

| written | by |
|---|---|
| `<!-- ... -->` | HTML; without an end it goes on to the end of the text |
| `{/* ... */}` | MDX; `{/*name*/}` that ends a heading is its id |
| `{{/* ... */}}`, `{{< comment >}} ... {{< /comment >}}` | Hugo |
| `{% comment %} ... {% endcomment %}`, `{% comment %} ... {% /comment %}` | Liquid, Markdoc |
| `{# ... #}` | Jinja, with a space after the `{#`: `{#name}` is a heading's id |
| `{{!-- ... --}}` | Handlebars |
| `{::comment} ... {:/comment}`, `{::options ... /}`, `{::nomarkdown}`, `{:/}` | kramdown |
| `%% ... %%` | Obsidian |
| `[//]: # (...)`, `[comment]: # (...)` | link definitions that nobody uses |

Hugo's `{{</* ... */>}}` is none: it shows a shortcode as it is written. Neither is a line
`<!--@include: ./file.md-->` of VitePress, which shows a file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple


class _Kind(NamedTuple):
    """How a kind of comment begins and ends."""

    name: str
    opening: str
    closing: str


_OBSIDIAN = "obsidian"
_KINDS = (
    _Kind("html", r"<!--", r"-->"),
    _Kind("hugo", r"\{\{-?\s{0,9}/\*", r"\*/\s{0,9}-?\}\}"),
    _Kind("mdx", r"\{\s{0,99}/\*", r"\*/\s{0,99}\}"),
    _Kind("handlebars", r"\{\{~?!--", r"--~?\}\}"),
    _Kind(
        "shortcode",
        r"\{\{[<%]\s{0,9}comment\s{0,9}[>%]\}\}",
        r"\{\{[<%]\s{0,9}/\s{0,9}comment\s{0,9}[>%]\}\}",
    ),
    _Kind(
        "liquid",
        r"\{%-?\s{0,9}comment(?:\s[^%\n]{0,99})?%\}",
        r"\{%-?\s{0,9}(?:end|/\s{0,9})comment\s{0,9}-?%\}",
    ),
    _Kind("jinja", r"\{#(?=[-\s])", r"#\}"),
    _Kind("kramdown", r"\{::comment\s{0,9}\}", r"\{:/(?:comment)?\s{0,9}\}"),
    _Kind("options", r"\{::options(?=\s)", r"/?\}"),
    _Kind("nomarkdown", r"\{(?:::nomarkdown|:/(?:nomarkdown)?)(?=\s{0,9}/?\})", r"\}"),
    _Kind(
        "definition",
        r"\[(?://|comment)[^\]\n]{0,99}\]:[ \t]*(?:#|<>|<#>)[ \t]+(?=[\"'(])",
        r"[\"')][ \t]*(?=\n|\Z)",
    ),
    _Kind(_OBSIDIAN, r"(?<!%)%%(?!%)", r"(?<!%)%%(?!%)"),
)
INCLUDE = re.compile(
    r"<!--[ \t]*@include:[ \t]*([^\s<>]{1,300}?)[ \t]*-->[ \t]*(?=\n|\Z)", re.IGNORECASE
)
_HEADING_ID = re.compile(r"\{/\*[a-z][a-z0-9_-]{0,199}\*/\}[ \t]*(?=\r?\n|\Z)")
_HEADING = re.compile(r"[ >]{0,99}#{1,6}[ \t]")
_LONGEST_HEADING = 1000
OPENING = rf"(?=[<{{\[%])(?:{'|'.join(f'(?P<{kind.name}>{kind.opening})' for kind in _KINDS)})"
"""An expression that finds where a comment may begin; its group tells the kind. Where none of the
characters stands with which one begins, no kind is tried."""

_OPENING = re.compile(OPENING)
_CLOSING = {kind.name: re.compile(kind.closing) for kind in _KINDS}
# A quick look for texts without any: nearly all.
_SIGNS = ("<!--", "/*", "%%", "!--", "{%", "{{<", "{#", "[//", "[comment", "{:")
_HTML_SIGN = 2  # `<!-->` is a whole comment, `<!--->` too
_LOOK_BACK = 200  # characters: addresses and printf's formats are shorter
_LINE_START = re.compile(r"(?:^|\n)[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*\Z")
_END_OF_LINE = re.compile(r"[ \t]*(?:\n|\Z)")
_BREAK = re.compile(r"\n[ \t>]*(?=\n)")
# A plugin for MkDocs is told by comments which part of a file to include.
_IN_CALL = re.compile(
    r"\{%-?[ \t]*include-markdown\b[^%]{0,200}?\b(?:start|end)[ \t]*=[ \t]*[\"']\Z"
)
_NO_COMMENT_AFTER = re.compile(r"(?:[0-9%=\\&?#:@/]|%\S*|(?:://|www\.)\S*)\Z")


def may_hold_comments(text: str) -> bool:
    """Whether it is worth looking for comments in a text."""
    return any(sign in text for sign in _SIGNS) and _OPENING.search(text) is not None


class Comment(NamedTuple):
    """Where a comment stands in a text: from `start` up to `end`. `closed`: it has an end mark."""

    start: int
    end: int
    closed: bool = True


class Comments:
    """Finds where the comments of one text end. Each mark is looked for once, however many
    beginnings there are.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._endless: dict[str, int] = {}
        self._pairs: list[int] | None = None
        self._last_pairs: list[int] = []
        self._breaks: list[int] = []

    def at(self, position: int) -> Comment | None:
        """The comment that begins at a position."""
        opened = _OPENING.match(self._text, position)
        return self.of(opened, len(self._text)) if opened else None

    def of(self, opened: re.Match[str], stop: int) -> Comment | None:
        """The comment that a match of `OPENING` begins, None where it begins none.

        `stop` is where the block around it ends: there, or where a line begins or ends before
        the next empty one, Obsidian's comments within a line end; all others end anywhere.
        """
        kind = opened.lastgroup or ""
        start = opened.start()
        if kind == _OBSIDIAN:
            return self._obsidian(start, stop)
        if kind == "definition" and not self._begins_line(start):
            return None
        if kind in {"mdx", "html"} and self._is_shown(start):
            return None
        after = start + _HTML_SIGN if kind == "html" else opened.end()
        if after < self._endless.get(kind, len(self._text)):
            closing = _CLOSING[kind].search(self._text, after)
            if closing is not None:
                return Comment(start, closing.end())
            self._endless[kind] = after
        if kind != "html":  # its own tool would not publish it
            return None
        return Comment(start, len(self._text), closed=False)

    def _begins_line(self, at: int) -> bool:
        return _LINE_START.search(self._text[max(0, at - _LOOK_BACK) : at]) is not None

    def _is_shown(self, start: int) -> bool:
        """Whether what looks like a comment is none: it names a file to show, or a heading."""
        if INCLUDE.match(self._text, start):
            return self._begins_line(start)
        before = self._text[max(0, start - _LOOK_BACK) : start]
        return _IN_CALL.search(before) is not None or self._is_heading_id(start)

    def _is_heading_id(self, start: int) -> bool:
        """Whether `{/*name*/}` ends the line of a heading: so MDX gives it an id."""
        if not _HEADING_ID.match(self._text, start):
            return False
        line = self._text[max(0, start - _LONGEST_HEADING) : start].rpartition("\n")[2]
        return _HEADING.match(line) is not None

    def _obsidian(self, start: int, stop: int) -> Comment | None:
        text = self._text
        is_block = self._begins_line(start)
        if not is_block and _NO_COMMENT_AFTER.search(text[max(0, start - _LOOK_BACK) : start]):
            return None
        self._find_pairs()
        closing = _next(self._pairs or [], start + 2)
        paragraph = _next(self._breaks, start) or len(text)
        if closing is not None and (
            closing < min(stop, paragraph) or (closing < paragraph and _at_edge(text, closing))
        ):
            return Comment(start, closing + 2)
        if not is_block:
            return None
        closing = _next(self._last_pairs, start + 2)
        if closing is not None:
            return Comment(start, closing + 2)
        is_alone = _is_last(text, start + 2)
        return Comment(start, len(text), closed=False) if is_alone else None

    def _find_pairs(self) -> None:
        """Find the pairs of signs that may end a comment, those that end a line too, and the
        empty lines.
        """
        if self._pairs is None:
            text = self._text
            found = (match.start() for match in _CLOSING[_OBSIDIAN].finditer(text))
            self._pairs = [at for at in found if not _begins_word(text, at)]
            self._last_pairs = [at for at in self._pairs if _is_last(text, at + 2)]
            self._breaks = [match.start() for match in _BREAK.finditer(text)]


def _next(places: list[int], start: int) -> int | None:
    """The first of these places that is not before `start`."""
    index = bisect_left(places, start)
    return places[index] if index < len(places) else None


def _begins_word(text: str, at: int) -> bool:
    """Whether a pair of signs stands before a word and after none: it ends nothing."""
    before, after = text[at - 1 : at], text[at + 2 : at + 3]
    return (not before or before.isspace()) and after.isalnum()


def _at_edge(text: str, at: int) -> bool:
    """Whether a pair of signs begins or ends its line."""
    return (
        _is_last(text, at + 2) or _LINE_START.search(text[max(0, at - _LOOK_BACK) : at]) is not None
    )


def _is_last(text: str, at: int) -> bool:
    """Whether nothing but space follows on the line."""
    return _END_OF_LINE.match(text, at) is not None


def without_comments(text: str) -> str:
    """A text on its own, such as a title, without comments. In backticks there are none."""
    if not may_hold_comments(text):
        return text
    found = find_comments(text, 0, len(text), Comments(text))
    return cut(text, found) if found else text


_SCAN = re.compile(rf"(?=[\\`<{{\[%])(?:\\[\s\S]|(?P<ticks>`+)|{OPENING})")
_TICKS = re.compile("`+")


def find_comments(text: str, start: int, stop: int, comments: Comments) -> list[Comment]:
    """The comments that begin in a part of a text that is one paragraph, or shorter.

    What stands between two runs of as many backticks is code. The last comment may end behind
    the part.
    """
    found = []
    runs: dict[int, list[int]] | None = None
    at = start
    while match := _SCAN.search(text, at, stop):
        at = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "ticks":
            runs = _runs(text, start, stop) if runs is None else runs
            at = _end_of_code(runs, match) or at
        elif comment := comments.of(match, stop):
            found.append(comment)
            at = comment.end
            if at >= stop:
                break
    return found


def _runs(text: str, start: int, stop: int) -> dict[int, list[int]]:
    """Where runs of backticks begin, by their length."""
    runs: dict[int, list[int]] = {}
    for run in _TICKS.finditer(text, start, stop):
        runs.setdefault(len(run.group()), []).append(run.start())
    return runs


def _end_of_code(runs: dict[int, list[int]], opened: re.Match[str]) -> int | None:
    length = opened.end() - opened.start()
    starts = runs.get(length, [])
    index = bisect_left(starts, opened.end())
    return starts[index] + length if index < len(starts) else None


_QUOTES = re.compile(r"[ \t]*>[ \t]?")
_MARGIN = re.compile(r"[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*")
_SPACE = re.compile(r"[ \t]*")


def cut(text: str, comments: list[Comment]) -> str:
    """A text without these comments, which stand in order. It has as many lines as before.

    What follows a comment of several lines stays in the quote or list in which that began.
    """
    rest = _Rest()
    at = 0
    for comment in comments:
        rest.add(text[at : comment.start])
        at = comment.end
        inner = text[comment.start : at]
        if "\n" in inner:
            rest.end_line()
            rest.add(_only_lines(text, comment.start, inner))
        if text[at : at + 1] in ("", "\n"):
            rest.end_line()
        elif rest.ends_in_space:
            at = _end_of(_SPACE, text, at)
    rest.add(text[at:])
    return rest.text()


class _Rest:
    """What is left of a text. The spaces at its end are held back as long as a comment follows."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spaces = ""
        self._has_words = False

    @property
    def ends_in_space(self) -> bool:
        """Whether the text ends in a space, or in nothing but its line's margin."""
        return bool(self._spaces) or not self._has_words

    def add(self, piece: str) -> None:
        """Add a piece of the text."""
        words = piece.rstrip(" \t")
        if words:
            self._parts += (self._spaces, words)
            self._spaces = ""
            line = words[words.rfind("\n") + 1 :]
            self._has_words = bool(line.strip(" \t>")) or (self._has_words and "\n" not in words)
        self._spaces += piece[len(words) :]

    def end_line(self) -> None:
        """No space at the end of a line: two of them are a line break."""
        if self._has_words:
            self._spaces = ""

    def text(self) -> str:
        """All of it."""
        return "".join([*self._parts, self._spaces])


def _only_lines(text: str, start: int, inner: str) -> str:
    """The ends of a comment's lines, each with the quote marks of the line where it starts."""
    begin = text.rfind("\n", 0, start) + 1
    margin = text[begin : _end_of(_MARGIN, text, begin)]
    quotes, width = margin.count(">"), len(margin.expandtabs(4))
    lines = inner.split("\n")
    last = len(lines) - 1
    return "".join(
        "\n" + _margin(line, quotes, width if number == last else 0)
        for number, line in enumerate(lines)
        if number
    )


def _margin(line: str, quotes: int, width: int) -> str:
    """The quote marks that begin a line, and its indentation: not more of each than given."""
    at = 0
    for _ in range(quotes):
        mark = _QUOTES.match(line, at)
        if not mark:
            break
        at = mark.end()
    indent = _end_of(_SPACE, line, at) - at
    return line[:at] + " " * max(0, min(indent, width - at))


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a match that may be empty ends."""
    found = pattern.match(text, at)
    return found.end() if found else at
