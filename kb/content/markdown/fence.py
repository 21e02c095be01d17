"""Fenced code: what its first line says, and how its lines are written as HTML.

Pygments, of which this is the only door, is imported where code is highlighted: for pages alone.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it.common.utils import unescapeAll

if TYPE_CHECKING:
    from markdown_it.token import Token

_LONGEST = 20_000
"""Characters of code that are still highlighted: a page of more is no example to be read."""
_MOST_LINES = 2_000  # that line marks are looked for in
_ATTRIBUTE = re.compile(
    r"""([A-Za-z][\w-]{0,40})\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|\{([^{}]*)\}|([^\s"'{}]+))"""
)
_BRACES = re.compile(r"\{([0-9,\s-]*)\}")
_BRACKETS = re.compile(r"\[([^\[\]]{1,200})\]")
# What react.dev has explained step by step: [[1, 8, "useState"], [2, 9, "count"]].
_STEPS = re.compile(
    r"\[\s*+(?>(?:\[(?>(?:\"[^\"]{0,200}\"|'[^']{0,200}'|[^\[\]\"'])*)\][\s,]*+)+)\]"
)
_FIRST = re.compile(r"[^\s{\[,]+")
_COUNTED = re.compile(r"([A-Za-z][\w#-]*\+{0,2})=(\d*\+?)")
"""HackMD's way to ask for numbers: `js=`, from another one than 1 `js=101`, going on `js=+`."""
_TITLES = ("title", "filename", "file", "name", "caption", "label")
_LINES = ("hl_lines", "highlight", "mark", "hl", "lines", "emphasize-lines")
_NUMBERED = re.compile(
    r"(?<![\w-])(?:showLineNumbers|linenums|numberLines|line-numbers|lineNos)\b", re.IGNORECASE
)
_ALIASES = {
    "jsonc": "json",
    "json5": "json",
    "svelte": "html",
    "vue": "html",
    "astro": "html",
    "mdx": "markdown",
    "env": "bash",
    "dotenv": "bash",
    "shell": "bash",
    "terminal": "console",
    "shellsession": "console",
    "curl": "bash",
    "hbs": "handlebars",
    "gradle": "groovy",
    "tf": "terraform",
    "node": "javascript",
    "plain": "text",
    "plaintext": "text",
    "txt": "text",
}
_DIAGRAMS = frozenset({"mermaid", "plantuml", "dot", "graphviz", "text", "output", ""})


_OPENS, _CLOSES = r"(?://|#|--|%|;|/\*|<!--|\{/\*)", r"(?:\*/\}?|-->)?"
_OF_DOCUSAURUS = re.compile(
    rf"[ \t]*{_OPENS}[ \t]*highlight-(next-line|start|end)[ \t]*{_CLOSES}[ \t]*"
)
_OF_SHIKI = re.compile(
    rf"{_OPENS}[ \t]*\[!code (\+\+|--|highlight|hl|focus|error|warning)(?::(\d{{1,3}}))?\]"
    rf"[ \t]*{_CLOSES}[ \t]*\Z"
)
_DIFFERS = {"++": "+ ", "--": "- "}


class Info(NamedTuple):
    """What the first line of a fence says. `words` is what is left: a title for some dialects."""

    language: str = ""
    title: str = ""
    marked: frozenset[int] = frozenset()
    is_numbered: bool = False
    words: str = ""


def read_info(info: str) -> Info:
    """The language, title and line marks of a fence, as the usual dialects write them."""
    info = " ".join(unescapeAll(info).split())
    if not info:
        return Info()
    language, title, rest = _language(info)
    given = {
        key.lower(): next(filter(None, values), "") for key, *values in _ATTRIBUTE.findall(rest)
    }
    left = _ATTRIBUTE.sub(" ", rest)
    ranges = [given[key] for key in _LINES if key in given] + _BRACES.findall(left)
    left = _BRACES.sub(" ", left)
    left = _STEPS.sub(" ", left)
    bracketed = _BRACKETS.search(left)
    left = _BRACKETS.sub(" ", left)
    named = next((given[key] for key in _TITLES if given.get(key)), "")
    numbered = _NUMBERED.search(rest) is not None and given.get("linenums", "1").lower() != "false"
    left = _NUMBERED.sub(" ", left)
    return Info(
        language,
        named or title or (bracketed[1] if bracketed else ""),
        frozenset(_numbers(" ".join(ranges))),
        numbered,
        " ".join(re.sub(r"\{[^{}]*\}|[{}]", " ", left).split()),
    )


def _language(info: str) -> tuple[str, str, str]:
    """The language, the title that stands with it (`js:file.js`), and the rest."""
    if info.startswith("{"):  # pandoc and python-markdown: {.python .numberLines title="x"}
        found = re.match(r"\{\s*\.?([^\s{}=.#,]*)(?=[\s},])", info)
        language = found[1] if found else ""
        return language, "", info[found.end() if found else 1 :].replace(" .", " ").rstrip("}")
    first = _FIRST.match(info)
    word = first[0] if first else ""
    language, _, title = word.partition(":") if not word.startswith(":") else (word, "", "")
    if counted := _COUNTED.fullmatch(language):
        return counted[1], title, info[len(word) :] + (" linenums" if not counted[2] else "")
    return language, title, info[len(word) :]


def without_line_comments(code: str, info: str) -> tuple[str, str]:
    """The code of a fence without the comments that mark its lines, as Docusaurus has them
    (`highlight-start`) and VitePress (`[!code ++]`), and its first line with their numbers.

    Lines that are added or taken away begin with `+` or `-`, which is seen in any colour.
    """
    if "highlight-" not in code and "[!code " not in code:
        return code, info
    lines: list[str] = []
    marked: list[int] = []
    is_within, waiting, sign = False, 0, ""
    for line in code.split("\n"):
        if (found := _OF_DOCUSAURUS.fullmatch(line)) is not None:
            is_within = found[1] == "start"
            waiting = 1 if found[1] == "next-line" else 0
            continue
        if (found := _OF_SHIKI.search(line)) is not None:
            waiting, sign = int(found[2] or 1), _DIFFERS.get(found[1], "")
            line = line[: found.start()].rstrip()  # noqa: PLW2901  what is left of it
            if not line:
                continue
        if (is_within or waiting) and (line or is_within):
            marked.append(len(lines) + 1)
            line, waiting = f"{sign}{line}", max(0, waiting - 1)  # noqa: PLW2901  as above
            sign = sign if waiting else ""
        lines.append(line)
    numbers = f" {{{','.join(map(str, marked))}}}" if marked else ""
    return "\n".join(lines), f"{info.strip() or 'text'}{numbers}" if numbers else info


def _numbers(text: str) -> set[int]:
    """The lines of `1,3-4`, within what a page may hold."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d{1,5})(?:\s?-\s?(\d{1,5}))?", text):
        start, stop = int(first), int(last or first)
        found.update(range(start, min(stop, start + _MOST_LINES) + 1))
        if len(found) > _MOST_LINES:
            break
    return found


def write_code(token: Token, *, highlight: bool) -> str:
    """The HTML of fenced or indented code; with `highlight` its parts have Pygments' classes."""
    if token.type == "code_block" or not token.info.strip():
        return f"<pre><code>{_plain(token.content)}</code></pre>\n"
    info = read_info(token.info)
    named = f' class="language-{escape(info.language)}"' if info.language else ""
    code = _highlighted(token.content, info.language) if highlight else ""
    code = code or _plain(token.content)
    if highlight and (info.marked or info.is_numbered):
        code = _with_lines(code, info)
        if info.is_numbered:
            named += ' data-numbered=""'
    pre = f"<pre><code{named}>{code}</code></pre>\n"
    if not info.title:
        return pre
    title = escape(info.title)
    return f'<div class="code"><p class="code-title">{title}</p>\n{pre}</div>\n'


def _plain(code: str) -> str:
    return (
        code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def _with_lines(code: str, info: Info) -> str:
    """Each line in an element of its own, so that it can be marked and numbered."""
    *lines, last = code.split("\n")
    if last:
        lines.append(last)
    if len(lines) > _MOST_LINES:
        return code
    out = []
    for number, line in enumerate(lines, 1):
        marked = " marked" if number in info.marked else ""
        out.append(f'<span class="line{marked}">{line}\n</span>')
    return "".join(out)


def _highlighted(code: str, language: str) -> str:
    """The code with an element around each part; empty where it stays plain."""
    name = language.lower()
    if len(code) > _LONGEST or name in _DIAGRAMS:
        return ""
    found = _lexer(_ALIASES.get(name, name))
    if found is None:
        return ""
    lexer, formatter, write = found
    return str(write(code, lexer, formatter))


@cache
def _lexer(name: str) -> tuple[Any, Any, Any] | None:
    """What reads a language, and what writes it; None for one that is not known."""
    from pygments import highlight  # noqa: PLC0415  # 30 ms, for pages with code alone
    from pygments.formatters.html import HtmlFormatter  # noqa: PLC0415
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return lexer, HtmlFormatter(nowrap=True), highlight
