"""A line that begins or ends a callout or tabs: a rule for markdown-it-py.

`{% hint style="info" %}`, `{% endhint %}`, `{{< tabs >}}`, `{{% notice note %}}`: what GitBook,
Jekyll, Hugo and others write; `[!BEGINTABS]` of docfx, `@tab Title` and `== Title` in `::: tabs`
of VuePress and VitePress, `/// note | Title` of PyMdown. `kb.content.markdown.containers` puts
beginnings and ends together.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kb.content.markdown.callout import callout_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.rules_block import StateBlock

    from kb.config import MarkdownConfig

_OPENING = r"\{%-?|\{\{[<%]"
_LONGEST = 1000
_MARK = re.compile(
    rf"(?:{_OPENING})\s{{0,9}}(?P<end>/\s{{0,9}}|end)?(?P<name>[a-zA-Z][\w-]{{0,40}})"
    rf"(?P<rest>(?:\s[^%{{}}<>\n]{{0,{_LONGEST}}}?|))\s{{0,9}}(?:[>%]\}}\}}|-?%\}})"
)
_ATTRIBUTE = re.compile(
    r"""(?:([\w-]+)\s{0,9}=\s{0,9})?(?:"([^"]*)"|'([^']*)'|\u201c([^\u201d]*)\u201d|([^\s"'=]+))"""
)
_TABS = frozenset({"tabs", "tabpane", "tabbed", "codetabs", "code-tabs", "tab-group", "tab-set"})
_TAB = frozenset({"tab", "tab-item", "codetab", "tab-panel"})
_STYLES = ("style", "type", "kind", "level", "variant", "color", "context", "severity")
_TITLES = ("title", "header", "heading", "name", "label", "summary")
_COLOURS = {"yellow": "warning", "orange": "warning", "red": "danger", "green": "tip"}


_DOCFX_TAB = re.compile(
    r"(?:>[ \t]*)?\[!(?:(?P<ends>END|BEGIN)TABS|TAB[ \t]+(?P<title>[^\n]{1,200}?))\][ \t]*\Z",
    re.IGNORECASE,
)
_TAB_LINE = re.compile(
    r"(?:@tab(?::active)?(?=[ \t]|\Z)|==(?=[ \t]))[ \t]*(?P<title>[^\n]{0,200}?)"
    r"(?:#[\w-]+|\{#[\w-]+\})?[ \t]*\Z"
)


_SLASHES = re.compile(
    r"(?P<signs>/{3,20})[ \t]*(?:(?P<name>[a-z][a-z-]{0,40})[ \t]*"
    r"(?:\|[ \t]*(?P<title>[^\n]{0,200}?))?)?[ \t]*\Z"
)
_OPTION = re.compile(r"[ \t]{4,}[\w-]{1,40}:[^\n]{0,200}\Z")
_MOST_OPTIONS = 20
_WRAPPERS = frozenset({"html", "caption", "figure-caption", "table-caption", "define"})

_BRACKETED = re.compile(
    r"\[(?:(?P<end>/)|(?=\w+[ =]))(?P<name>details|quote|wrap)"
    r"(?:[ =]?[\"\u201c]?(?P<title>[^\]\[\n\"\u201c\u201d]{0,200})[\"\u201d]?)\][ \t]*\Z"
)

IN_TABS = "@tab"
"""The name of a mark that counts in tabs alone; in any other place its line is words."""


IN_SLOT = "template"
"""The name of a mark that is a tab in tabs, and only a wrapper in any other place."""


class Mark(NamedTuple):
    """What a line begins or ends: `what` is `callout`, `tabs`, `tab`, `code-group` or any `block`.

    `line` is how it is written, where it may turn out to be words.
    """

    what: str
    name: str
    ends: bool = False
    attributes: Mapping[str, str] = MappingProxyType({})
    words: tuple[str, ...] = ()
    line: str = ""

    @property
    def style(self) -> str:
        """The name of the callout: an attribute, the first word, or the name of the mark."""
        given = next((self.attributes[key] for key in _STYLES if self.attributes.get(key)), "")
        first = self.words[0] if self.words else ""
        for name in (_COLOURS.get(given.lower(), given), first, self.name):
            if callout_named(name):
                return name
        return "note"

    @property
    def title(self) -> str:
        """The title, from an attribute or the words; empty without one."""
        given = next((self.attributes[key] for key in _TITLES if self.attributes.get(key)), "")
        if given or not self.words:
            return given
        named = self.what == "callout" and callout_named(self.words[0]) is not None
        return " ".join(self.words[1:] if named else self.words)


def read_mark(text: str, position: int = 0) -> tuple[Mark, int] | None:
    """The mark that begins at a position, and where it ends; None for any other text."""
    found = _MARK.match(text, position)
    if found is None:
        return None
    name = found["name"].lower()
    what = "tabs" if name in _TABS else "tab" if name in _TAB else "callout"
    if what == "callout" and callout_named(name) is None and name not in {"notice", "expand"}:
        return None
    attributes: dict[str, str] = {}
    words: list[str] = []
    for key, *values in _ATTRIBUTE.findall(found["rest"]):
        value = next((value for value in values if value), "")
        if key:
            attributes.setdefault(key.lower(), value)
        elif value:
            words.append(value)
    return Mark(what, name, bool(found["end"]), attributes, tuple(words)), found.end()


def mark_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a line that is a mark, or a mark, text, and the mark that ends it."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(_BEGINNINGS, begin) or state.is_code_block(start):
        return False
    stop = state.eMarks[start]
    found = read_mark(state.src, begin) or _read_tab(state, begin, stop)
    syntax: MarkdownConfig = state.env["syntax"]
    if found is None or found[1] > stop or not is_on(found[0], syntax):
        return False
    mark, after = found
    text = state.src[after:stop].strip()
    ending = _ending(text, mark) if text else None
    if text and ending is None:
        return False
    if silent:
        return True
    lines = [start, start + 1]
    state.push("mark", "", 0).meta = {"mark": mark}
    state.tokens[-1].map = lines
    if ending is not None:
        state.push("paragraph_open", "p", 1).map = lines
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = text[: ending[1]].strip(), lines, []
        state.push("paragraph_close", "p", -1)
        state.push("mark", "", 0).meta = {"mark": ending[0]}
    state.line = start + 1
    if mark.name.startswith("/") and not mark.ends:
        _skip_options(state, mark, end)
    return True


def _skip_options(state: StateBlock, mark: Mark, end: int) -> None:
    """Leave out the indented lines of options below a mark, and take the type that they name."""
    last = min(end, state.line + _MOST_OPTIONS)
    while state.line < last:
        line = state.src[state.bMarks[state.line] : state.eMarks[state.line]]
        if not _OPTION.match(line):
            return
        key, _, value = line.strip().partition(":")
        if key == "type" and mark.what == "callout":
            fold = {"fold": "closed"} if mark.attributes["style"] == "details" else {}
            named = {**mark.attributes, **fold, "style": value.strip().strip("\"'")}
            state.tokens[-1].meta = {"mark": mark._replace(attributes=named)}
        state.line += 1


_BEGINNINGS = ("{", "[!", "[details", "[quote", "[wrap", "[/", ">", "@tab", "== ", "///")


def _read_tab(state: StateBlock, begin: int, stop: int) -> tuple[Mark, int] | None:
    """A line that begins or ends tabs, or begins one of them."""
    line = state.src[begin:stop] if stop - begin < _LONGEST else ""
    if found := _DOCFX_TAB.match(line):
        if found["title"]:
            return Mark("tab", "!tab", attributes={"title": found["title"]}), stop
        return Mark("tabs", "!tabs", ends=found["ends"].upper() == "END"), stop
    if found := _BRACKETED.match(line):
        return _read_bracketed(found), stop
    if line.startswith("///"):
        mark = _read_slashes(line)
        return None if mark is None else (mark, stop)
    if "has_containers" not in state.env:
        state.env["has_containers"] = ":::" in state.src
    found = _TAB_LINE.match(line) if state.env["has_containers"] else None
    if found is None:
        return None
    return Mark("tab", IN_TABS, attributes={"title": found["title"]}, line=line), stop


def _read_bracketed(found: re.Match[str]) -> Mark:
    """What `[details="Title"]` and `[quote="..."]` of Discourse begin, and `[/details]` ends."""
    name = found["name"]
    attributes = {"title": found["title"], "style": name} if found["title"] else {}
    return Mark("callout" if name == "details" else "block", name, bool(found["end"]), attributes)


def _read_slashes(line: str) -> Mark | None:
    """What `/// name | Title` begins, and `///` ends; the signs are its name."""
    found = _SLASHES.match(line)
    if found is None:
        return None
    signs, name, title = found["signs"], found["name"], (found["title"] or "").strip()
    if not name:
        return None if found["title"] else Mark("block", signs, ends=True, line=line)
    if name in {"tab", "details", "admonition"} or callout_named(name):
        what = "tab" if name == "tab" else "callout"
        return Mark(what, signs, attributes={"style": name, "title": title}, line=line)
    return Mark("block", signs, line=line) if name in _WRAPPERS else None


def is_on(mark: Mark, syntax: MarkdownConfig) -> bool:
    """Whether the settings have a mark read."""
    if mark.what == "block":
        return syntax.callouts or syntax.tabs
    return syntax.callouts if mark.what == "callout" else syntax.tabs


def _ending(text: str, mark: Mark) -> tuple[Mark, int] | None:
    """The mark that ends another at the end of a text, and where it begins."""
    if mark.ends:
        return None
    found = last_mark(text)
    return found if found and found[0].ends and found[0].name == mark.name else None


def last_mark(text: str) -> tuple[Mark, int] | None:
    """The mark that a text ends in, and where it begins; None without one."""
    at = text.rfind("{{")
    at = at if at >= 0 and text.endswith("}}") else text.rfind("{%")
    found = read_mark(text, at) if at >= 0 else None
    return (found[0], at) if found and found[1] == len(text) else None
