"""Marks of templates, and what each becomes in Markdown.

A mark whose meaning is plain becomes Markdown: an include its text, a figure an image, a link tag a
path, a variable its value. One that only wraps what stands between is nothing. All others are left
out, and noted. What only looks like a mark stays: braces in a sentence are one only where the
dialect has them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from kb.config import over_limit
from kb.content.comments import INCLUDE
from kb.content.markdown.code_import import Import, read_import, write_import
from kb.content.markdown.jsx import read_expression, rewrite_tag
from kb.content.markdown.markup import may_include, names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markdown_it.utils import EnvType

    from kb.content.markdown.markup import Markup

_LONGEST = 2_000
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)\Z", re.IGNORECASE)
_STARTS = re.compile(r"\{%|\{\{[<%]?|\[!|:::|;?--8<--|<!--|<<<|@\[|\{[*!]|\[(?=[^\n]*:include)")
_CLOSING = {"{%": "%}", "{{<": ">}}", "{{%": "%}}"}
_NAMES = re.compile(r"\s*[-~]?\s*(/)?\s*([A-Za-z_][\w./-]*|/)\s*", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""(?:([\w:-]+)\s{0,9}[=]\s{0,9})?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^\s"'=,]+))"""
)
_DOCFX = re.compile(
    r"\[!([A-Za-z]+)(?:-([\w#+-]+))?(?:\s+|(?=\[))((?:\[[^\]\n]*\]|[^\[\]\n]){1,500})\](?:\{[^}\n]*\})?"
)
_DOCFX_CODE = re.compile(r"\[[^\[\]]*\]\(\s*([^()\s]+)[^()]*\)")
_DOCFX_INCLUDE = re.compile(
    r"\[!INCLUDE\s*\[[^\]\n]*\]\(\s*<?([^)>\n]+?)>?\s*\)\s*\]", re.IGNORECASE
)
_DOCFX_LINE = re.compile(
    r":::\s{0,3}(image|code|video|zone|moniker|row|column|no-loc)(-end)?(?![\w-])"
    r"([^\n]*?):::?[ \t]*(?=\n|\Z)"
)
_DOCFX_OPEN = re.compile(r":::\s{0,3}(zone|moniker|row|column)(-end)?(?![\w-])([^\n]*)")
_BRACED = re.compile(r"\{![ \t>]{0,9}([^{}!\n]{1,300}?)[ \t]{0,9}!\}[ \t]*")
_SNIPPET = re.compile(r";?--8<--[ \t]+[\"']([^\"'\n]+)[\"'][ \t]*")
_DOCSIFY = re.compile(
    r"(?P<link>\[[^\[\]\n]{0,300}\]\(\s*<?(?P<name>[^()<>\s]{1,300})>?)\s+"
    r"(?P<quote>[\"']):include\b(?P<rest>[^\"'\n]{0,200})(?P=quote)\s*\)[ \t]*(?=\n|\Z)"
)
_VARIABLE = re.compile(r"\s*-?\s*([A-Za-z_.$][\w.\[\]\"'-]*)\s*((?:\|[^{}]*)?)-?\s*\Z")
_LITERAL = re.compile(r"\s*-?\s*(?:\"([^\"]*)\"|'([^']*)')\s*((?:\|[^{}]*)?)-?\s*\Z")
_OPTION = re.compile(r":(\w+)=([\w.-]+)")
_SHOWN = (".html", ".htm", ".mp3", ".mp4", ".ogg", ".pdf")
_KNOWN_ROOTS = ("site.", "page.", "include.", "config.", "book.", "jekyll.", "layout.", "theme.")
_PREFIXES = frozenset(
    {"site.baseurl", "site.url", "site.baseURL", "site.BaseURL", "base_url", "baseurl"}
)
_ANNOTATION = re.compile(
    r"\s*(?:(?:[#.][A-Za-z_][\w-]*|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+))(?:\s+|\Z))+\Z"
)
_ANNOTATED_ID = re.compile(r"(?<!\S)#([A-Za-z_][\w-]*)")
_ANNOTATED_SIZE = re.compile(r"(?<!\S)(?:width|height)=\d{1,5}(?!\S)")
_MARKDOC_VALUE = re.compile(r"\s*(\$[A-Za-z_][\w.\[\]\"'-]*)\s*\Z")
_MARKDOC_CALL = re.compile(r"\s*([A-Za-z_]\w*)\([^%]*\)\s*\Z")
_COMPARED = re.compile(
    r"""\s*("[^"\n]*"|'[^'\n]*'|[\w.-]+)\s*(==|!=)\s*("[^"\n]*"|'[^'\n]*'|[\w.-]+)\s*"""
)
# What a condition in a text that is included compares.
_ASKED = re.compile(
    r"""(\{%-?\s*(?:if|unless)\s+)include\.([\w-]+)(\s*[!=]=\s*(?:"[^"\n]*"|'[^'\n]*')\s*-?%\})"""
)
_BRANCHES = frozenset({"else", "elsif", "elif", "elseif", "elsunless", "when"})
_CONDITIONS = frozenset({"if", "ifversion", "unless", "case", "ifchanged"})
_SCAN = re.compile(
    r"\\[\s\S]|(?P<ticks>`+)"
    r"|<([A-Za-z][\w-]*)(?=\s)[^<>]*\sv-pre\b[^<>]*>[\s\S]{0,2000}?</\2>|(?P<math>\$\$?(?![\s$])[^$\n]+\$)|(?P<mark>\{%|\{\{|\[!|<(?=/?[A-Za-z>])|\{)"
)
_CALL = re.compile(r"\s*([A-Za-z_]\w{0,60})\s{0,9}\((.*)\)\s*\Z", re.DOTALL)
_FILM = re.compile(r"\.(?:mp4|webm|mov|ogv|m4v)\Z", re.IGNORECASE)
_PLACES = ("src", "path", "url", "image", "img", "file")
_LINKS = re.compile(r"(?:link|button|btn)\Z", re.IGNORECASE)
_LINK_ENDS = re.compile(
    r"\{(?:%-?\s{0,9}(?:/\s{0,9}|end)|\{[<%]\s{0,9}/\s{0,9})"
    r"(?P<name>[\w-]{0,60}(?i:link|button|btn))\s{0,9}(?:[>%]\}\}|-?%\})"
)
_ENDS_MARKUP = frozenset(")`*_")
_OLD_GENERATORS = frozenset({"liquid", "jinja", "vuepress"})


class Mark(NamedTuple):
    """One mark, up to `end`: `kind` is its family, `words` are its arguments without a name."""

    kind: str
    name: str
    end: int
    attrs: Mapping[str, str] = MappingProxyType({})
    words: tuple[str, ...] = ()
    rest: str = ""
    closes: bool = False
    code: Import | None = None

    @property
    def shown(self) -> str:
        """The mark as a message names it."""
        if self.kind == "code":
            return "code of a file"
        opening, closing = {
            "liquid": ("{% ", " %}"),
            "markdoc": ("{% ", " %}"),
            "hugo": ("{{< ", " >}}"),
        }.get(self.kind, ("{{ ", " }}"))
        name = f"{self.name[:40]}()" if self.kind == "zola" else self.name[:40]
        return f"{opening}{name}{closing}" if self.kind != "docfx" else f"[!{self.name}]"


def read_mark(text: str, at: int, markup: Markup) -> Mark | None:
    """The mark that begins at a position; None where none does."""
    found = _STARTS.match(text, at)
    if found is None:
        return None
    start = found.group()
    if start in _CLOSING:
        return _read(text, at, "liquid" if start == "{%" else "hugo", _CLOSING[start])
    if start == "{{":
        return _read_value(text, at, markup)
    if start == "[":
        return _read_docsify(text, at) if "docsify" in markup.families else None
    if start in {"[!", ":::"}:
        return _read_docfx(text, at, markup) if start == "[!" else _read_line_of_docfx(text, at)
    return _read_file(text, at, markup)


def _read_file(text: str, at: int, markup: Markup) -> Mark | None:
    """A line that calls a file."""
    if called := read_import(text, at, markup):
        return Mark("code", called.name, called.end, code=called)
    is_comment = text.startswith("<!--", at)
    if is_comment and "vuepress" not in markup.families:
        return None
    if text.startswith("{!", at) and "mkdocs" not in markup.families:
        return None
    found = (INCLUDE if is_comment else _SNIPPET).match(text, at) or _BRACED.match(text, at)
    return Mark("snippet", "include", found.end(), words=(found[1],)) if found else None


def _read(text: str, at: int, kind: str, closing: str) -> Mark | None:
    opening = 2 if kind == "liquid" else 3
    end = text.find(closing, at + opening, at + _LONGEST)
    if end < 0:
        return None
    inner = text[at + opening : end].rstrip().removesuffix("-").removesuffix("/")
    if kind == "hugo" and inner.startswith("/*"):
        shown = f"{text[at : at + 3]}{inner[2:].removesuffix('*')}{closing}"
        return Mark("literal", "", end + 3, rest=shown)
    if kind == "liquid" and (mark := _read_of_markdoc(inner, end + 2)):
        return mark
    found = _NAMES.match(inner)
    if found is None:
        return None
    rest = inner[found.end() :]
    attrs, words = read_attributes(rest)
    name = found[2]
    closes = bool(found[1]) or (kind == "liquid" and name.startswith("end"))
    return Mark(kind, name, end + len(closing), attrs, words, rest, closes)


def _read_of_markdoc(inner: str, end: int) -> Mark | None:
    """What stands between the signs where no other template has it: attributes, values, calls."""
    if _ANNOTATION.match(inner):
        identity = _ANNOTATED_ID.search(inner)
        sizes = tuple(_ANNOTATED_SIZE.findall(inner))
        return Mark("annotation", identity[1] if identity else "", end, words=sizes)
    if found := _MARKDOC_VALUE.match(inner) or _MARKDOC_CALL.match(inner):
        return Mark("markdoc", found[1], end)
    return None


def read_attributes(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The named and the other arguments of a mark."""
    attrs: dict[str, str] = {}
    words = []
    for key, *values in _ATTRIBUTE.findall(text):
        value = next((value for value in values if value), "").replace('\\"', '"')
        if key:
            attrs.setdefault(key.lower(), value)
        else:
            words.append(value)
    return attrs, tuple(words)


def _read_value(text: str, at: int, markup: Markup) -> Mark | None:
    """`{{ name }}`: where the dialect has them, or the name is one of its own."""
    end = text.find("}}", at, at + _LONGEST)
    if end < 0 or "\n\n" in text[at:end]:
        return None
    inner = text[at + 2 : end]
    stripped = inner.strip(" -\n\t")
    if stripped.startswith(
        ("#include ", "#playground ", "#rustdoc_include ", "#title ", "#shiftinclude ")
    ):
        name, _, rest = stripped[1:].partition(" ")
        return Mark("mdbook", name, end + 2, words=(rest.strip(),))
    if "zola" in markup.families and (called := _CALL.match(inner)):
        attrs, words = read_attributes(called[2])
        return Mark("zola", called[1], end + 2, attrs, words, rest=called[2])
    known = stripped.startswith(_KNOWN_ROOTS) or stripped.split("|")[0].strip() in _PREFIXES
    ours = (
        known
        or bool(markup.families & _OLD_GENERATORS)
        or ("gitbook" in markup.families and "book." in inner)
    )
    if not ours and "mdx" in markup.families:
        ours = markup.variable(stripped) is not None
    if not ours and (found := _LITERAL.match(inner)) and "_url" in (found[3] or ""):
        ours = True
    if not ours or not stripped:
        return None
    return Mark("value", stripped, end + 2, rest=inner)


def _read_docsify(text: str, at: int) -> Mark | None:
    """A link whose title says that the file is to stand in its place."""
    found = _DOCSIFY.match(text, at)
    if found is None:
        return None
    attrs = dict(_OPTION.findall(found["rest"]))
    return Mark("docsify", "include", found.end(), attrs, (found["name"],), f"{found['link']})")


def _read_docfx(text: str, at: int, markup: Markup) -> Mark | None:
    if "retype" in markup.families:
        return None  # it has marks of its own that begin so
    found = _DOCFX_INCLUDE.match(text, at)
    if found:
        return Mark("docfx", "INCLUDE", found.end(), words=(found[1].strip(),))
    found = _DOCFX.match(text, at)
    if found is None or found[1].upper() not in _DOCFX_WORDS:
        return None
    attrs = {"language": found[2]} if found[2] else {}
    return Mark("docfx", found[1].upper(), found.end(), attrs, words=(found[3].strip(),))


def _read_line_of_docfx(text: str, at: int) -> Mark | None:
    found = _DOCFX_LINE.match(text, at) or _DOCFX_OPEN.match(text, at)
    if found is None:
        return None
    attrs, words = read_attributes(found[3].rstrip(": "))
    return Mark("docfx-line", found[1], found.end(), attrs, words, closes=bool(found[2]))


_DOCFX_WORDS = frozenset({"UICONTROL", "DNL", "BADGE", "VIDEO", "PREVIEW", "CODE", "PRESERVE"})


def end_of_code(text: str, at: int, ticks: str, lonely: dict[str, int]) -> int:
    """Where the code span ends whose backticks end at a place; that place, where it is none.

    `lonely` notes from where on no more backticks of a length stand: none is looked for twice.
    """
    if lonely.get(ticks, len(text)) <= at:
        return at
    closing = re.compile(rf"(?<!`){ticks}(?!`)").search(text, at)
    if closing is None:
        lonely[ticks] = at
        return at
    return closing.end()


class Expander:
    """Replaces the marks in texts of one article. `env` is that of the parser, and counts."""

    def __init__(self, markup: Markup, env: EnvType) -> None:
        self._markup = markup
        self._env = env
        self._included: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def keep(self, name: str, value: str) -> None:
        """Take a text for the value of a variable of the article's own from now on."""
        self._values[name] = value

    def text(self, text: str, line: int) -> str:
        """A paragraph, or less, with what its marks become; code in it stays."""
        if "{" not in text and "[!" not in text and not (self._markup.is_mdx and "<" in text):
            return text
        out: list[str] = []
        at = 0
        runs: dict[str, int] = {}
        while found := _SCAN.search(text, at):
            out.append(text[at : found.start()])
            at = found.end()
            if found["ticks"]:
                end = end_of_code(text, found.end(), found["ticks"], runs)
                out.append(text[found.start() : end])
                at = end
            elif found["mark"]:
                piece, at = self._mark_in(text, found.start(), line)
                out.append(piece)
            else:
                out.append(found.group())
        return "".join([*out, text[at:]])

    def _mark_in(self, text: str, at: int, line: int) -> tuple[str, int]:
        """What stands for the mark at a position, and where to go on."""
        markup = self._markup
        if text[at] == "<":
            made, end = rewrite_tag(text, at)
            return (made, end) if markup.is_mdx or "={" in text[at:end] else ("<", at + 1)
        mark = read_mark(text, at, markup)
        if mark is None:
            return read_expression(text, at, is_mdx=markup.is_mdx)
        if mark.kind == "annotation":
            is_tail = (
                text[at - 1 : at] in _ENDS_MARKUP
                or not text[mark.end : mark.end + _LONGEST].strip()
            )
            sizes = mark.words if text[at - 1 : at] == ")" else ()
            mark = mark._replace(words=sizes)
            return (self.mark(mark, line) if is_tail else ""), mark.end
        if mark.kind == "liquid" and (taken := self._liquid_in(mark, text, line)):
            return taken
        if mark.kind == "hugo" and (taken := self._link_around(mark, text, line)):
            return taken
        made = self.mark(mark, line).removeprefix("## ")
        if made and _MADE.get((mark.kind, mark.name)) in _OF_FILES:
            made = self._included_in(made, line)
        return " ".join(made.split("\n")) if mark.kind != "literal" else made, mark.end

    def _included_in(self, made: str, line: int) -> str:
        """An included text with what its own marks become."""
        self._env["depth"] = self._env.get("depth", 0) + 1
        try:
            return self.text(made.strip(), line)
        finally:
            self._env["depth"] -= 1

    def _liquid_in(self, mark: Mark, text: str, line: int) -> tuple[str, int] | None:
        """What stands for a tag of Liquid with the text that it rules, and where to go on; None for
        one that rules none.
        """
        if mark.closes:
            return None
        has_end = text.find(f"end{mark.name}", mark.end) >= 0
        if has_end and mark.name in {"raw", "verbatim", "capture"}:
            closing = re.compile(rf"\{{%-?\s*end{mark.name}\s*-?%\}}").search(text, mark.end)
            inner = text[mark.end : closing.start()] if closing else ""
            if closing and mark.name != "capture":
                return inner, closing.end()
            if closing and "\n\n" not in inner:
                self.keep(mark.rest.strip(), self.text(inner.strip(), line))
                return "", closing.end()
        if mark.name in _BRANCHES or self.is_false(mark):
            return "", end_of_branch(text, mark)
        if taken := self._link_around(mark, text, line):
            return taken
        if mark.name == "for":
            self.reads_values()
        return None

    def _link_around(self, mark: Mark, text: str, line: int) -> tuple[str, int] | None:
        """`{% link href="x" %}words{% /link %}` of Markdoc, a button of Hugo or Jekyll with words
        between its marks; an address that is a value is none.
        """
        href = "" if mark.closes else _target_of(mark)
        if _LINKS.search(mark.name) is None or not href or re.search(r"[\s<>]", href):
            return None
        closing = _LINK_ENDS.search(text, mark.end, mark.end + _LONGEST)
        if closing is None or closing["name"] != mark.name:
            return None
        words = self.text(text[mark.end : closing.start()].strip(), line)
        is_link = words and not href.startswith("$") and "](" not in words
        return (f"[{words}](<{href}>)" if is_link else words), closing.end()

    def mark(self, mark: Mark, line: int) -> str:
        """What stands for one mark."""
        make = _MADE.get((mark.kind, mark.name)) or _BY_KIND.get(mark.kind)
        if mark.closes and mark.kind in {"liquid", "hugo"}:
            return ""
        if make is not None:
            made = make(self, mark)
        elif mark.kind == "value":
            made = self._value(mark)
        elif mark.kind == "literal":
            made = mark.rest
        elif mark.kind == "docfx":
            made = _docfx_code(self, mark) if mark.name == "CODE" else _docfx_words(mark)
        elif _PICTURE.search(mark.attrs.get("src", "")):
            made = _figure(self, mark)
        else:
            made = _named_link(mark) or mark.attrs.get("text") or mark.attrs.get("aria-label")
            made = made or _words_of(mark)
        if made is None:
            self.leave_out(mark.shown, line)
            return ""
        return self.counted(made, line)

    def counted(self, made: str, line: int) -> str:
        """The same text. Raises ContentError where all that marks became is too much."""
        size = self._env["included"] = self._env.get("included", 0) + len(made)
        if size > self._env["limits"].file:
            what = f"includes and variables that make over {self._env['limits'].file} characters"
            raise over_limit("file", what, self._env["first_line"] + line)
        return made

    def leave_out(self, what: str, line: int) -> None:
        """Note that a mark is not shown."""
        self._env["account"].leave_out(what, self._env["first_line"] + line)

    def include(self, name: str, parameters: Mapping[str, str] | None = None) -> str | None:
        """The text of a file that a mark includes."""
        if not may_include(self._env):
            return None
        if name not in self._included:
            self._included[name] = self._markup.include(name) or ""
        text = self._included[name]
        if parameters and "include." in text:
            given = {key: self._given(value) for key, value in parameters.items()}
            text = re.sub(
                r"\{\{\s*include\.([\w-]+)[^{}]*\}\}",
                lambda found: given.get(found[1].lower(), ""),
                text,
            )
            text = _ASKED.sub(
                lambda found: f'{found[1]}"{given.get(found[2].lower(), "")}"{found[3]}', text
            )
        return text or None

    def _given(self, value: str) -> str:
        """What is given for a parameter: that of a variable of the page or the site is called."""
        is_called = value.startswith(("page.", "site."))
        found = (self.variable(value) or "") if is_called else value
        return found.replace('"', "")

    def reads_values(self) -> None:
        """Take `{{ name }}` for a value from now on, in whatever dialect: there are loops, too."""
        self._markup = replace(self._markup, families=self._markup.families | {"jinja"})

    def code(self, name: str) -> str | None:
        """The text of any file, or of a part of it."""
        return self._markup.code(name) if may_include(self._env) else None

    def is_false(self, mark: Mark) -> bool:
        """Whether a condition can be told to be false: for another edition, `false` itself, or that
        a value which is known is another.
        """
        words = re.findall(r"[\w.-]+", mark.rest)
        if mark.name in {"if", "unless"}:
            holds = self._holds(mark.rest)
            return words == ["false"] if holds is None else holds == (mark.name == "unless")
        if mark.name != "ifversion" or not words or "not" in words:
            return False
        editions = {word for word in words if word.startswith(("gh", "fpt", "free"))}
        return bool(editions) and not editions & {"fpt", "ghec", "free-pro-team@latest"}

    def _holds(self, condition: str) -> bool | None:
        """Whether two values are the same, or are not, as it says; None where one is not known."""
        found = _COMPARED.fullmatch(condition)
        if found is None:
            return None
        first, sign, second = found.groups()
        values = [
            each[1:-1] if each[0] in "\"'" else self.variable(each) for each in (first, second)
        ]
        return None if None in values else (values[0] == values[1]) == (sign == "==")

    def variable(self, name: str) -> str | None:
        """The value of a variable, by one of the names that it may have."""
        return self._markup.variable(name)

    def path(self, name: str) -> str | None:
        """The path of a file that a link tag names."""
        return self._markup.path(name)

    def _value(self, mark: Mark) -> str | None:
        """`{{ name | filter }}`."""
        literal = _LITERAL.match(mark.rest)
        if literal:
            return (literal[1] or literal[2] or "") if "(" not in literal[3] else None
        found = _VARIABLE.match(mark.rest)
        if found is None:
            return None
        name = found[1]
        if name in _PREFIXES:
            return ""
        value = self._values.get(name)
        value = self._markup.variable(name) if value is None else value
        if value is None and "default" in found[2]:
            _, words = read_attributes(found[2].partition("default")[2].lstrip(": "))
            value = words[0] if words else None
        return value


def _words_of(mark: Mark) -> str | None:
    """The words that an unknown shortcode of Hugo's is given in quotes, as a heading where its name
    says that; None for what may be a name or an address.
    """
    if mark.kind != "hugo" or mark.attrs or len(mark.words) != 1 or " " not in mark.words[0]:
        return None
    words = " ".join(mark.words[0].split())
    return f"## {words}" if re.search(r"head(?:ing|line)?\b|title", mark.name) else words


def _docfx_words(mark: Mark) -> str | None:
    words = mark.words[0]
    if mark.name == "UICONTROL":
        return f"**{words}**"
    if mark.name in {"VIDEO", "PREVIEW"}:
        return f"<{words}>" if re.match(r"https?://\S+\Z", words) else ""
    return words if mark.name in {"DNL", "BADGE", "PRESERVE"} else None


def end_of_branch(text: str, mark: Mark) -> int:
    """Where a condition's branch that is not shown ends: behind `{% else %}` or its end."""
    depth = 0
    at = mark.end
    stops = re.compile(r"\{%-?\s*(end|/\s*)?(if|ifversion|unless|case|else|elsif|elif)\b[^%]*%\}")
    skips_all = mark.name in _BRANCHES
    while found := stops.search(text, at):
        at = found.end()
        if found[1]:
            if depth == 0:
                return at
            depth -= 1
        elif found[2] in _CONDITIONS:
            depth += 1
        elif depth == 0 and not skips_all and found[2] == "else":
            return at
    return mark.end


# What the marks of each family become: None where it can't be told.


def _include(expander: Expander, mark: Mark) -> str | None:
    name = mark.attrs.get("file") or mark.attrs.get("src") or (mark.words[0] if mark.words else "")
    return expander.include(name, mark.attrs) if name else None


def _include_between(expander: Expander, mark: Mark) -> str | None:
    """`{% include-markdown "x.md" start="<!--a-->" end="<!--b-->" %}` of a plugin for MkDocs."""
    name = mark.words[0] if mark.words else ""
    marks = [
        f"{key}={quote(mark.attrs[key], safe='')}" for key in ("start", "end") if key in mark.attrs
    ]
    return expander.include(f"{name}?{'&'.join(marks)}" if marks else name) if name else None


def _assign(expander: Expander, mark: Mark) -> str | None:
    name, _, value = mark.rest.partition("=")
    if (literal := _LITERAL.match(value)) and not literal[3]:
        expander.keep(name.strip(), literal[1] or literal[2] or "")
    return ""


def _capture(expander: Expander, mark: Mark) -> str | None:
    """What is captured is shown where it stands, and not again where it is called."""
    expander.keep(mark.rest.strip(), "")
    return ""


def _reusable(expander: Expander, mark: Mark) -> str | None:
    """`{% data reusables.a.b %}` and `{% data variables.a.b %}`, of GitHub's documentation."""
    name = mark.words[0] if mark.words else ""
    if name.startswith("reusables."):
        return expander.include("data/" + name.replace(".", "/") + ".md")
    return expander.variable(name)


def _link_tag(expander: Expander, mark: Mark) -> str | None:
    name = (
        " ".join(mark.words)
        if mark.kind == "liquid"
        else (mark.attrs.get("path") or " ".join(mark.words[:1]))
    )
    if mark.kind == "liquid":
        name = mark.rest.strip().strip("\"'")
    if not name:
        return None
    found = expander.path(name)
    return (found if found is not None else name).replace(" ", "%20")


def _post_link(expander: Expander, mark: Mark) -> str | None:
    name = mark.rest.strip()
    return (expander.path(f"_posts/{name}.md") or f"/_posts/{name}.md") if name else None


def _link_by_name(_expander: Expander, mark: Mark) -> str | None:
    """Hexo's link to an article by the name of its file."""
    name, *words = mark.words or ("",)
    return f"[{_escaped(' '.join(words)) or name}](doc:{name})" if name else None


def _image_by_name(_expander: Expander, mark: Mark) -> str | None:
    """Hexo's picture from the folder of an article: classes, name, sizes and words."""
    at = next((at for at, word in enumerate(mark.words) if _PICTURE.search(word)), None)
    if at is None:
        return None
    words = [word for word in mark.words[at + 1 :] if not word.isdigit()]
    return f"![{_escaped(' '.join(words))}](<{mark.words[at]}>)"


def _figure(_expander: Expander, mark: Mark) -> str | None:
    src = mark.attrs.get("src") or mark.attrs.get("source") or (mark.words[0] if mark.words else "")
    if not src:
        return None
    caption = mark.attrs.get("caption") or mark.attrs.get("title") or ""
    alt = mark.attrs.get("alt") or mark.attrs.get("alt-text") or caption
    shown = f"![{_escaped(alt)}](<{src}>)"
    link = mark.attrs.get("link") or mark.attrs.get("href")
    shown = f"[{shown}](<{link}>)" if link else shown
    return f"{shown}\n\n{caption}\n" if caption and caption != alt else shown


def _shortcode(expander: Expander, mark: Mark) -> str | None:
    """What a shortcode of Zola's shows by one of the addresses that it is given: a picture, or a
    link to a film or a page. A `path` with folders starts at the content folder.
    """
    for key in _PLACES:
        place = mark.attrs.get(key, "").removeprefix("@/" if key == "path" else "")
        is_rooted = key == "path" and "/" in place and not re.match(r"[/.]|https?:", place)
        attrs = {**mark.attrs, "src": f"/{place}" if is_rooted else place}
        if _PICTURE.search(place):
            return _figure(expander, mark._replace(attrs=attrs))
        if _FILM.search(place):
            return _file(expander, mark._replace(attrs=attrs))
    return _named_link(mark) or mark.attrs.get("text") or mark.attrs.get("aria-label")


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]])", r"\\\1", " ".join(text.split()))


def _film(address: str) -> Callable[[Expander, Mark], str | None]:
    def make(_expander: Expander, mark: Mark) -> str | None:
        name = mark.attrs.get("id") or (mark.words[0] if mark.words else "")
        if re.match(r"https?://\S+\Z", name):
            return f"<{name}>"
        if not re.fullmatch(r"[\w-]{3,40}", name):
            return None
        url = f"{address}{name}"
        return f"[{_escaped(mark.attrs.get('title') or url)}](<{url}>)"

    return make


def _embed(_expander: Expander, mark: Mark) -> str | None:
    url = mark.attrs.get("url") or mark.attrs.get("src") or (mark.words[0] if mark.words else "")
    if not re.match(r"https?://[^\s<>]+\Z", url):
        return None
    return f"[{_escaped(mark.attrs.get('title') or mark.attrs.get('caption') or url)}](<{url}>)"


def _video(expander: Expander, mark: Mark) -> str | None:
    """A film, by its address or its file."""
    src = mark.attrs.get("src") or mark.attrs.get("url") or (mark.words[0] if mark.words else "")
    if _FILM.search(src) and not src.startswith("http"):
        title = mark.attrs.get("title") or src.rpartition("/")[2]
        return f"[{_escaped(title)}](<{src}>)"
    return _embed(expander, mark)


def _keys(_expander: Expander, mark: Mark) -> str | None:
    """Keys of Quarto: `{{< kbd Ctrl-P >}}`; of several systems all, each key once."""
    keys = dict.fromkeys([*([" ".join(mark.words)] if mark.words else ()), *mark.attrs.values()])
    shown = (re.sub(r"([\\\\`*_\[\]<>&{}])", r"\\\1", key) for key in keys if key)
    return " / ".join(f"<kbd>{key}</kbd>" for key in shown) or None


def _value_by_name(expander: Expander, mark: Mark) -> str | None:
    """`{{< meta title >}}` and `{{< var version >}}` of Quarto."""
    name = mark.words[0] if mark.words else ""
    return expander.variable(f"{'page' if mark.name == 'meta' else mark.name}.{name}")


def _file(_expander: Expander, mark: Mark) -> str | None:
    src = mark.attrs.get("src", "")
    name = mark.attrs.get("caption") or mark.attrs.get("name") or src.rpartition("/")[2]
    return f"[{_escaped(name)}](<{src}>)" if src else None


def _page_link(_expander: Expander, mark: Mark) -> str | None:
    """A link to another page by its file, whose name tells what it is about."""
    page = _target_of(mark)
    name = re.sub(r"(?:/?(?:README|index))?(?:\.(?:mdx?|qmd))?/?\Z", "", page, flags=re.IGNORECASE)
    words = " ".join(re.split(r"[-_\s]+", name.rpartition("/")[2].strip(".")))
    return f"[{_escaped(words[:1].upper() + words[1:] or page)}](<{page}>)" if page else None


def _target_of(mark: Mark) -> str:
    names = ("page", "ref", "relref", "url", "href", "link")
    return next((mark.attrs[name] for name in names if mark.attrs.get(name)), "")


def _named_link(mark: Mark) -> str | None:
    """The link of a tag that only its own site knows: it gives words and where they lead."""
    names = ("caption", "text", "label", "title")
    words = next((mark.attrs[name] for name in names if mark.attrs.get(name)), "")
    target = _target_of(mark)
    is_link = words and target and not re.search(r"\s", target)
    if not is_link:
        return None
    link = f"[{_escaped(' '.join(words.split()))}](<{target}>)"
    said = " ".join(mark.attrs.get("description", "").split())
    return f"{link}: {said}" if said and said != words else link


def _annotation(_expander: Expander, mark: Mark) -> str | None:
    said = [*([f"#{mark.name}"] if mark.name else ()), *mark.words]
    return f"{{{' '.join(said)}}}" if said else ""


def _page_value(expander: Expander, mark: Mark) -> str | None:
    """`{% $markdoc.frontmatter.title %}` of Markdoc; other values come from the program around."""
    name = mark.name.removeprefix("$").removeprefix("markdoc.")
    below = name.removeprefix("frontmatter.")
    return expander.variable(f"page.{below}") if below != name else None


def _param(expander: Expander, mark: Mark) -> str | None:
    name = mark.words[0] if mark.words else ""
    return (
        expander.variable(f"site.params.{name}") or expander.variable(f"page.{name}")
        if name
        else None
    )


def _button(_expander: Expander, mark: Mark) -> str | None:
    text = mark.attrs.get("text") or mark.attrs.get("label") or mark.attrs.get("title") or ""
    href = (
        mark.attrs.get("href")
        or mark.attrs.get("url")
        or mark.attrs.get("link")
        or mark.attrs.get("relref")
        or ""
    )
    return f"[{_escaped(text)}](<{href}>)" if text and href else text


def _title(_expander: Expander, mark: Mark) -> str | None:
    title = (
        mark.attrs.get("title")
        or mark.attrs.get("name")
        or mark.attrs.get("heading")
        or mark.attrs.get("label")
        or ""
    )
    title = " ".join(title.split())
    link = mark.attrs.get("href") or mark.attrs.get("link") or mark.attrs.get("url") or ""
    if title and link:
        return f"**[{_escaped(title)}](<{link}>)**\n"
    return f"**{title}**\n" if title else ""


def _image_line(_expander: Expander, mark: Mark) -> str | None:
    if mark.closes:
        return ""
    src = mark.attrs.get("source", "")
    return f"![{_escaped(mark.attrs.get('alt-text', ''))}](<{src}>)" if src else ""


def _nothing(_expander: Expander, _mark: Mark) -> str | None:
    return ""


def _icon(_expander: Expander, mark: Mark) -> str | None:
    return mark.attrs.get("aria-label")


def _code(expander: Expander, mark: Mark) -> str | None:
    code = expander.code(mark.name)
    return write_import(mark.code, code) if code is not None and mark.code else None


def _docfx_code(expander: Expander, mark: Mark) -> str | None:
    """`[!code-csharp[name](file.cs?name=part)]`."""
    found = _DOCFX_CODE.search(mark.words[0])
    if found is None:
        return None
    language = mark.attrs.get("language", "")
    highlight = re.search(r"[?&]highlight=([\d,-]+)", found[1])
    name = re.sub(r"(?<=[?&])(?:highlight|dedent)=[^&#]*&?", "", found[1]).rstrip("?&")
    code = expander.code(name)
    called = Import(name, 0, language, highlight[1] if highlight else "")
    return None if code is None else write_import(called, code)


def _code_line(expander: Expander, mark: Mark) -> str | None:
    """`:::code language="csharp" source="file.cs" range="2-5" highlight="3":::`."""
    if mark.closes:
        return ""
    attrs = mark.attrs
    name = attrs.get("source", "")
    query = [f"range={attrs['range']}"] if attrs.get("range") else []
    query += [f"name={attrs['id']}"] if attrs.get("id") else []
    code = expander.code(f"{name}?{'&'.join(query)}" if query else name) if name else None
    called = Import(name, 0, attrs.get("language", ""), attrs.get("highlight", ""))
    return None if code is None else write_import(called, code)


def _book_include(expander: Expander, mark: Mark) -> str | None:
    """What stands in no fence: Markdown as it is, any other file in one."""
    name = mark.words[0].split(" ")[0]
    if mark.name != "playground" and name.split(":")[0].endswith((".md", ".markdown", ".txt")):
        return expander.include(name)
    code = expander.code(name)
    return None if code is None else write_import(Import(name, 0), code)


def _docsify_include(expander: Expander, mark: Mark) -> str:
    """Markdown as it is, what browsers show as a link, any other file as code."""
    name, kind = mark.words[0], mark.attrs.get("type", "")
    file = name.partition("?")[0].lower()
    if file.endswith((".md", ".markdown")) and kind in {"", "markdown"}:
        return expander.include(name) or mark.rest
    is_shown = kind in {"iframe", "audio", "video"} or file.endswith(_SHOWN)
    code = None if is_shown and kind != "code" else expander.code(name)
    if code is None:
        return mark.rest
    if fragment := mark.attrs.get("fragment"):
        pieces = re.split(
            rf"^[^\n]*(?:///|###)\s*\[{re.escape(fragment)}\][^\n]*\n", code, flags=re.MULTILINE
        )
        code = pieces[1] if len(pieces) > 1 else code
    return write_import(Import(name, 0), code)


_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)\Z", re.IGNORECASE)
_WRAPPERS = names(
    "columns column stepper tabs content-ref updates cards hint embed swagger if ifversion"
    " unless case when else elsif elif endif raw set for with block call"
    " rowheaders data_table jumplinks mac windows linux cli webui curl codespaces vscode"
    " desktop prompt note warning tip caution important danger expandable details section"
    " row col figure-group table"
)
_HUGO_WRAPPERS = names(
    "details expand tabs tab tabpane columns column card cards steps step grid row col"
    " notice note callout alert hint center div blocks section warning tip info"
)
_BY_NAMES: tuple[tuple[str, str, Callable[[Expander, Mark], str | None]], ...] = (
    ("liquid", "include include_relative include_cached render partial includes", _include),
    ("hugo", "include readfile readFile include-md snippet partial", _include),
    ("liquid", "include-markdown", _include_between),
    ("liquid", "assign", _assign),
    ("liquid", "capture", _capture),
    ("liquid", "data indented_data_reference", _reusable),
    ("liquid", "octicon icon", _icon),
    ("liquid hugo zola", "youtube youtubeLite yt", _film("https://www.youtube.com/watch?v=")),
    ("liquid hugo zola", "vimeo", _film("https://vimeo.com/")),
    ("hugo", "ref relref xref link-to", _link_tag),
    ("liquid hugo", "figure img image imgproc picture screenshot lightbox", _figure),
    ("liquid", "step tab code column-title expandable details", _title),
    ("liquid", "link", _link_tag),
    ("liquid", "post_url", _post_link),
    ("liquid", "post_link asset_link", _link_by_name),
    ("liquid", "asset_img", _image_by_name),
    ("liquid hugo zola", "embed", _embed),
    ("liquid", "file", _file),
    ("liquid hugo", "page-ref", _page_link),
    ("hugo", "video", _video),
    ("hugo", "kbd", _keys),
    ("hugo", "meta var", _value_by_name),
    ("hugo", "pagebreak", _nothing),
    ("hugo", "param", _param),
    ("hugo", "button", _button),
    ("snippet", "include", _include),
    ("docfx", "INCLUDE", _include),
    ("docfx-line", "image", _image_line),
    ("docfx-line", "zone moniker row column no-loc", _nothing),
    ("docfx-line", "video", _embed),
    ("docfx-line", "code", _code_line),
    ("mdbook", "include rustdoc_include shiftinclude playground", _book_include),
    ("mdbook", "title", _nothing),
    ("docsify", "include", _docsify_include),
)
_BY_KIND: Mapping[str, Callable[[Expander, Mark], str | None]] = {
    "annotation": _annotation,
    "markdoc": _page_value,
    "zola": _shortcode,
    "code": _code,
}
_OF_FILES = (_include, _include_between, _reusable)
_MADE = {
    **{("liquid", name): _nothing for name in _WRAPPERS},
    **{("hugo", name): _title for name in _HUGO_WRAPPERS},
    **{
        (kind, name): make
        for kinds, known, make in _BY_NAMES
        for kind in kinds.split()
        for name in known.split()
    },
}
