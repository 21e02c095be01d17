"""reStructuredText in an article of MyST (`{eval-rst}`), written as MyST writes the same thing.

https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html. What help articles use of it is
read: directives, literal blocks, headings, links, targets, comments and lists. What is no Markdown
and no directive of a known name stays as code, so that nothing of it is lost.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from kb.content.markdown.markup import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIRECTIVE = re.compile(
    r"\.\.[ \t]+(?:\|[^|\n]{1,100}\|[ \t]+)?([A-Za-z][\w:.+-]{0,60}?)::(?:[ \t]+(.*))?\Z"
)
_TARGET = re.compile(
    r"\.\.[ \t]+_(?P<name>[^:`\n]{1,200}|`[^`\n]{1,200}`):(?:[ \t]+(?P<url>\S+))?[ \t]*\Z"
)
_REPLACEMENT = re.compile(
    r"^\.\.[ \t]+\|([^|\s][^|\n]{0,99})\|[ \t]+replace::[ \t]*([^\n]{0,200})$\n?", re.MULTILINE
)
_COMMENT = re.compile(r"\.\.(?:[ \t]|\Z)")
_UNDERLINE = re.compile(r"([=\-~^\"'*+#`:.])\1{2,}[ \t]*\Z")
_GRID = re.compile(r"(?:\+[-=]{2,}[-=+]*\+|={2,}(?:[ \t]+={2,})+)[ \t]*\Z")
_LINK = re.compile(r"(?<![\w:`])`([^`<>\n]{1,300}?)[ \t]*<([^<>`\s]{1,1000})>`__?(?!\w)")
_REFERENCE = re.compile(r"(?<![\w:`])`([^`\n]{1,200})`__?(?![\w`])")
_ROLE = re.compile(r"(?<![\w`]):([A-Za-z][\w:.+-]{0,60}):`([^`\n]{1,500})`")
_ITEM = re.compile(r"(?:[-*+\u2022]|(?:\(?[\w#]{1,4}[.)])|:[^:\n]+:|\|)(?:[ \t]|\Z)")
_NUMBERED = re.compile(r"([ \t]*)#\.([ \t])")
_FENCE = re.compile(r"`{3,}|:{3,}")
_DEEPEST = 12
"""Directives in directives: MyST's fences have at most 20 signs, one more a level."""
# Their text is Markdown to the reader of directives; that of any other name is shown as code.
_OF_TEXT = names(
    "admonition versionadded versionchanged versionremoved deprecated topic sidebar margin rubric"
    " epigraph container compound dropdown card grid grid-item grid-item-card tab-set tab-item tabs"
    " tab group-tab figure image list-table table only centered glossary"
)
_UNTITLED = names("note tip hint important warning caution danger error attention seealso todo")
"""Callouts: what stands behind their name is text, too."""
_AS_THEY_ARE = names(
    "code code-block sourcecode parsed-literal math prompt include literalinclude toctree contents"
    " index raw meta highlight currentmodule module autosummary csv-table"
)


def as_myst(text: str) -> str:
    """The same text in MyST."""
    text = dedent(text.expandtabs(4))
    values = dict(_REPLACEMENT.findall(text))
    if values:
        text = _REPLACEMENT.sub("", text)
        names_of = "|".join(map(re.escape, values))
        text = re.sub(rf"\|({names_of})\|", lambda found: values[found[1]], text)
    return "\n".join(_blocks(text.split("\n")))


def _blocks(lines: list[str], depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        yield from _fenced("", lines)
        return
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(".."):
            stop = _end(lines, at + 1)
            yield from _explicit(line, lines[at + 1 : stop], depth + 1)
            at = stop
        elif _GRID.match(line):
            stop = next((i for i in range(at, len(lines)) if not lines[i].strip()), len(lines))
            yield from _fenced("", lines[at:stop])
            at = stop
        elif line.strip() and at + 1 < len(lines) and _is_title(line, lines[at + 1]):
            yield from ("", f"### {_words(line.strip())}", "")
            at += 2
        elif _UNDERLINE.match(line):
            at += 1  # a transition, or the line above a heading
        elif line.rstrip().endswith("::"):
            stop = _end(lines, at + 1)
            words = line.rstrip().removesuffix("::").rstrip()
            yield from ([_words(f"{words}:"), ""] if words else [""])
            if any(each.strip() for each in lines[at + 1 : stop]):
                yield from _fenced("", _dedented(lines[at + 1 : stop]))
            at = stop
        elif _is_term(lines, at):
            stop = _end(lines, at + 1)
            first, *rest = _blocks(_dedented(lines[at + 1 : stop]), depth + 1)
            yield from (_words(line), f":   {first}", *(f"    {each}" for each in rest), "")
            at = stop
        else:
            yield _words(_NUMBERED.sub(r"\g<1>1.\2", line))
            at += 1


def _is_term(lines: list[str], at: int) -> bool:
    """Whether a line is what the indented lines below it define: a paragraph of its own else, and
    no item of a list, whose text goes on below it.
    """
    line, below = lines[at], lines[at + 1 : at + 2]
    is_first = at == 0 or not lines[at - 1].strip()
    is_text = line[:1].strip() != "" and _ITEM.match(line) is None
    return (
        is_first and is_text and bool(below) and below[0].startswith(" ") and below[0].strip() != ""
    )


def _end(lines: list[str], at: int) -> int:
    """The line behind those that are indented or empty."""
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith(" ")):
        at += 1
    return at


def _is_title(line: str, below: str) -> bool:
    is_line = _UNDERLINE.match(below) is not None
    return is_line and not line.startswith(" ") and len(below.rstrip()) >= len(line.rstrip())


def _dedented(lines: Iterable[str]) -> list[str]:
    return dedent("\n".join(lines)).strip("\n").split("\n")


def _explicit(line: str, below: list[str], depth: int) -> Iterator[str]:
    """What begins with two dots: a directive, a target, a comment."""
    if found := _DIRECTIVE.match(line):
        yield from _directive(found[1], (found[2] or "").strip(), below, depth)
    elif found := _TARGET.match(line):
        name = found["name"].strip("`")
        yield from ("", f"[{name}]: <{found['url']}>" if found["url"] else f"({name})=", "")
    elif not _COMMENT.match(line):
        yield _words(line)
        yield from _blocks(below, depth)


def _directive(name: str, rest: str, below: list[str], depth: int) -> Iterator[str]:
    options, body = _options(_dedented(below))
    bare = name.rpartition(":")[2].lower()
    if name.lower() in _AS_THEY_ARE or name.lower().startswith("auto"):
        yield from _fenced(f"{{{name}}} {rest}", [*options, *body])
    elif bare in _UNTITLED:
        text = [rest, "", *body] if rest else body
        yield from _fenced(f"{{{bare}}}", [*options, *_blocks(text, depth)])
    elif bare in _OF_TEXT:
        name = "tab-item" if bare == "group-tab" else bare
        yield from _fenced(f"{{{name}}} {rest}".rstrip(), [*options, *_blocks(body, depth)])
    elif rest:
        yield from ("", f"`{rest.replace('`', '')}`", "", *_blocks(body, depth), "")
    elif any(each.strip() for each in body):
        yield from _fenced("", body)


def _options(lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines of `:key: value` at the start, and the text below them."""
    at = 0
    while at < len(lines) and re.match(r":[\w-]+:(?:[ \t]|\Z)", lines[at]):
        at += 1
    rest = at + (at < len(lines) and not lines[at].strip())
    return lines[:at], lines[rest:]


def _fenced(info: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    longest = max((len(found) for line in lines for found in _FENCE.findall(line)), default=2)
    fence = "`" * max(3, longest + 1)
    yield from ("", f"{fence}{info}", *lines, fence, "")


def _words(line: str) -> str:
    """A line with its links and roles."""
    if "`" not in line:
        return line
    line = _LINK.sub(r"[\1](<\2>)", line)
    line = _ROLE.sub(r"{\1}`\2`", line)
    return _REFERENCE.sub(r"[\1]", line)
