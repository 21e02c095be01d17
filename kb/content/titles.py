"""Titles of articles as their authors meant them: templates filled in, marks of code read, and
without the name of the site that most of a folder's titles end with.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from kb.content.markdown.markup import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.config import Limits, MarkdownConfig
    from kb.content.markdown.markup import Markup

AUTO, NONE = "auto", "none"
"""Values of `content.title_suffix`: look for one, and leave titles as they are."""

_MARKED = re.compile(r"\{\{|\{%")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_SEPARATOR = r"(?:\||[-\u2013\u2014\u00b7\u2022\u00bb:]+)"
_SUFFIX = re.compile(rf"\s+{_SEPARATOR}\s+\S(?:(?!\s{_SEPARATOR}\s).)*\Z")
_LOOSE = re.compile(rf"\A\s*{_SEPARATOR}\s+|\s+{_SEPARATOR}\s*\Z|\A\s*{_SEPARATOR}\s*\Z")
_ELEMENT = re.compile(r"</?[A-Za-z][\w.:-]*(?:\s[^<>]*)?/?>|<>|</>")
_PAIR = re.compile(
    r"<(em|strong|i|b|u|code|kbd|sub|sup|mark|small|span|font)(?:\s[^<>]*)?>([^<>]*)</\1>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*<>]*[^\s*<>])\*\*(?![\w*])")
_PICTURE = re.compile(r"\s*<(?:img\s[^<>]*|br\s*/?)>\s*", re.IGNORECASE)
_SHOWN = frozenset({"em", "strong", "i", "b", "code", "kbd", "sub", "sup", "mark"})
_GIVEN = re.compile(
    r"\A\s*(?:---|\+\+\+)[^\n]*\n(?:(?!---|\+\+\+).*\n)*?title[ \t]*[:=][ \t]*(\S.*)"
)
_H1 = re.compile(r"^#[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_LEAST_ALIKE = 4
_MOST_OF = 0.8


# What may be a mark in a summary, and an element in it that nothing ends.
_MARKS = re.compile(r"\]\(|[*_`~\\]|<[A-Za-z/]|\{[{%]|:\w+:")
_START = re.compile(r"(?<!\\)<(?=([A-Za-z][\w.:-]*)(?:\s[^<>]*)?/?>)")


class Title(NamedTuple):
    """A title: its text, the same as HTML with marks of words, and what was left out of it."""

    text: str
    html: str
    left_out: tuple[str, ...] = ()


def read_title(written: str, markup: Markup, syntax: MarkdownConfig, limits: Limits) -> Title:
    """The title that front matter has. Templates in it are read as in a text of the same dialect;
    separators that stand at its ends then, where a name was left out, go with it.

    Raises ContentError where it passes a limit.
    """
    if not _MARKED.search(written):
        parts = _CODE.split(_PICTURE.sub(" ", written).strip() or written)
        pieces = list(map(_unmarked, parts[::2]))
        codes = (f"<code>{escape(part, quote=False)}</code>" for part in parts[1::2])
        shown = zip_longest((html for _, html in pieces), codes, fillvalue="")
        parts[::2] = [text for text, _ in pieces]
        return Title("".join(parts), "".join(chain.from_iterable(shown)))
    from kb.content.markdown.document import parse  # noqa: PLC0415  # most titles have no marks

    document = parse(f"# {written}\n", markup=markup, syntax=syntax, limits=limits)
    left_out = tuple(dict.fromkeys(what for what, _ in document.left_out))
    text, (_, html) = document.title or "", document.heading()
    if left_out:
        text = _tidy(text)
        html = title_html(text)
    return Title(text, html, left_out)


def _unmarked(text: str) -> tuple[str, str]:
    """A part of a title without what marks words of it, and the same as HTML: an element that
    nothing ends is what the title speaks of.
    """
    text = _STRONG.sub(r"<strong>\1</strong>", text)
    if "</" not in text:
        return text, title_html(text)
    plain: list[str] = []
    html: list[str] = []
    end = 0
    for found in _PAIR.finditer(text):
        before, inner, name = text[end : found.start()], found[2], found[1].lower()
        shown = title_html(inner)
        plain += (before, inner)
        html += (title_html(before), f"<{name}>{shown}</{name}>" if name in _SHOWN else shown)
        end = found.end()
    return "".join((*plain, text[end:])), "".join((*html, title_html(text[end:])))


def read_summary(written: str, markup: Markup, syntax: MarkdownConfig, limits: Limits) -> str:
    """A summary without its marks: a link is its words, code and emphasis are theirs. An element
    that nothing ends is what the summary speaks of, `<div>`, and stays.

    Raises ContentError where it passes a limit.
    """
    if not syntax.summaries or not _MARKS.search(written):
        return written
    from kb.content.markdown.document import parse  # noqa: PLC0415  # most summaries have no marks

    parts = re.split(r"(`[^`]+`)", written)
    parts[::2] = [_START.sub(lambda found: _kept(found, written), part) for part in parts[::2]]
    read_with = markup if _MARKED.search(written) else PLAIN
    # Between the signs of a heading the text is words alone, whatever it begins or ends with.
    document = parse(f"# {''.join(parts)} #\n", markup=read_with, syntax=syntax, limits=limits)
    return " ".join((document.title or "").split()) or written


def _kept(found: re.Match[str], written: str) -> str:
    is_element = f"</{found[1]}" in written or found[1].lower() in {"br", "img"}
    return "<" if is_element else "\\<"


def _tidy(text: str) -> str:
    """A text without separators at its ends."""
    before = ""
    while before != text:
        before, text = text, _LOOSE.sub("", text)
    return " ".join(text.split())


def title_html(title: str) -> str:
    """A title as HTML, in which names of elements are code."""
    if "<" not in title:
        return escape(title, quote=False)
    parts: list[str] = []
    end = 0
    for found in _ELEMENT.finditer(title):
        name = escape(found.group(), quote=False)
        parts += (escape(title[end : found.start()], quote=False), f"<code>{name}</code>")
        end = found.end()
    return "".join((*parts, escape(title[end:], quote=False)))


def find_suffix(titles: Iterable[str]) -> str:
    """What nearly all titles end with, its separator included (` | Help Center`); empty where no
    four in five do, or fewer than four in all.
    """
    titles = tuple(titles)
    ends = Counter(found.group() for title in titles if (found := _SUFFIX.search(title)))
    suffix, count = max(ends.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return suffix.strip() if count >= max(_LEAST_ALIKE, _MOST_OF * len(titles)) else ""


def without_suffix(title: str, suffix: str) -> str:
    """A title without the suffix and the space before it; one that is nothing else stays."""
    bare = title.removesuffix(suffix) if suffix else title
    return bare.rstrip() if bare.rstrip() and bare[-1:].isspace() else title


def read_suffix(heads: Iterable[str], configured: str = AUTO) -> str:
    """What titles of a folder end with, by the setting `content.title_suffix`: looked for in the
    beginnings of files.
    """
    if configured != AUTO:
        return "" if configured == NONE else configured
    return find_suffix(title for head in heads if (title := _title_in(head)))


def _title_in(head: str) -> str:
    """The title that the beginning of a file gives, as well as a glance can tell."""
    found = _GIVEN.search(head) or _H1.search(head)
    return unescape(found[1].strip().strip("\"'")).strip() if found else ""
