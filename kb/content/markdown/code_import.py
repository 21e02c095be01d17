"""Code that stands in a file of its own: what calls it in an article, and the fence it becomes.

<<< @/snippets/a.js#part{2} [Title]           VitePress
@[code js{2}](../a.js)                        VuePress
:::code language="csharp" source="a.cs":::    docfx, also [!code-csharp[name](a.cs)]
{{#include a.rs:part}}                        mdBook, in a fence or alone
--8<-- "a.py"                                 MkDocs, in a fence
{* a.py ln[2:5] hl[3] *}                      markdown-include-variants
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.content.markdown.markup import Markup

_TICKS = re.compile(r"`+")
_VITEPRESS = re.compile(
    r"<<<[ \t]+(?P<name>[^\s{}\[\]][^{}\[\]\n]{0,300}?)[ \t]*(?:\{(?P<marks>[^{}\n]{0,100})\})?"
    r"[ \t]*(?:\[(?P<title>[^\[\]\n]{1,100})\])?[ \t]*(?=\n|\Z)"
)
_VUEPRESS = re.compile(
    r"@\[code(?:\{(?P<lines>[\d-]{1,20})\})?[ \t]*(?P<language>[\w#+-]{0,20})"
    r"(?:\{(?P<marks>[^{}\n]{0,100})\})?[^\]\n]{0,50}\]\((?P<name>[^()\s]{1,300})\)[ \t]*(?=\n|\Z)"
)
_VARIANTS = re.compile(
    r"\{\*[ \t]+(?P<name>[^\s{}*]{1,300})(?P<rest>[^{}\n*]{0,200})\*\}[ \t]*(?=\n|\Z)"
)
_OPTION = re.compile(r"(ln|hl|title)\[([^\[\]]{1,100})\]")
_BOOK = re.compile(
    r"\\?\{\{#(?:include|rustdoc_include|playground|playpen|shiftinclude)[ \t]+"
    r"([^{}\s]{1,300})[^{}\n]{0,100}\}\}"
)
_SNIPPET = re.compile(r"([ \t]*);?--8<--[ \t]+[\"']([^\"'\n]{1,300})[\"'][ \t]*")
_LANGUAGES = {
    "rs": "rust",
    "py": "python",
    "js": "javascript",
    "ts": "typescript",
    "mjs": "javascript",
    "sh": "bash",
    "yml": "yaml",
    "cs": "csharp",
    "kt": "kotlin",
    "rb": "ruby",
    "md": "markdown",
    "ps1": "powershell",
    "htm": "html",
}


class Import(NamedTuple):
    """A call of code, which ends at `end`: the file and the part of it, and how it is shown."""

    name: str
    end: int
    language: str = ""
    marks: str = ""
    title: str = ""


def read_import(text: str, at: int, markup: Markup) -> Import | None:
    """The call of code that begins at a position, where the dialect has it; None for none."""
    if "vuepress" in markup.families:
        if found := _VITEPRESS.match(text, at):
            numbers, _, rest = (found["marks"] or "").partition(" ")
            given = numbers if rest or re.fullmatch(r"[\d,-]*", numbers) else ""
            language = (rest or (numbers if not given else "")).partition(":")[0].strip()
            return Import(found["name"], found.end(), language, given, found["title"] or "")
        if found := _VUEPRESS.match(text, at):
            name = found["name"] + (
                f":{found['lines'].replace('-', ':')}" if found["lines"] else ""
            )
            return Import(name, found.end(), found["language"], found["marks"] or "")
    if "mkdocs" in markup.families and (found := _VARIANTS.match(text, at)):
        options = dict(_OPTION.findall(found["rest"]))
        name = found["name"] + (f":{options['ln']}" if "ln" in options else "")
        marks = options.get("hl", "").replace(":", "-")
        return Import(name, found.end(), "", marks, options.get("title", ""))
    return None


def write_import(called: Import, code: str) -> str:
    """The fence that stands for a call, with the code that was found."""
    path = re.split(r"[:#?{]", called.name, maxsplit=1)[0]
    ending = path.rpartition(".")[2].lower()
    language = called.language or _LANGUAGES.get(ending, ending if ending.isalnum() else "")
    fence = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(code))])
    marks = f" {{{called.marks}}}" if called.marks else ""
    title = f' title="{called.title}"' if called.title and '"' not in called.title else ""
    shown = code.rstrip("\n")
    return f"{fence}{language}{marks}{title}\n{shown}\n{fence}\n"


def fill(code: str, markup: Markup, read: Callable[[str], str | None]) -> str:
    """The code of a fence, with that of the files that it calls."""
    if "mdbook" in markup.families and "{{#" in code:
        code = _BOOK.sub(lambda found: _book(found, read), code)
    if "mkdocs" in markup.families and "--8<--" in code:
        code = "\n".join(_snippet(line, read) for line in code.split("\n"))
    return code


def _book(found: re.Match[str], read: Callable[[str], str | None]) -> str:
    if found[0].startswith("\\"):
        return found[0][1:]
    code = read(found[1])
    return found[0] if code is None else code.rstrip("\n")


def _snippet(line: str, read: Callable[[str], str | None]) -> str:
    found = _SNIPPET.fullmatch(line)
    if found is None:
        return line
    if line.lstrip().startswith(";"):
        return line.replace(";", "", 1)
    code = read(found[2])
    if code is None:
        return line
    return "\n".join(
        f"{found[1]}{each}" if each else each for each in code.rstrip("\n").split("\n")
    )
