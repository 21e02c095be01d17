"""The marks of MDC, the Markdown of Nuxt Content: two rules for lines, two for words.

    ::callout{icon="i" color="amber"}     a component, with its properties here or in YAML below
    #footer                               a slot of it
    ::                                    its end; components inside others may have more colons
    :badge[new]  :button-link[Go]{to="/x"}  [words]{.class}  {{ $doc.title || 'this' }}

Callouts, tabs and what folds become those of `kb.content.markdown.containers`; of any other
component its title, as a link where it leads somewhere, and its content are kept. They count
where the dialect has them: https://content.nuxt.com/docs/files/markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from kb.content.markdown.callout import callout_named
from kb.content.markdown.mark_line import Mark, is_on
from kb.content.markdown.markup import names
from kb.content.markdown.template_line import insert
from kb.content.markdown.templates import read_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

FAMILY = "mdc"
_LONGEST = 2_000
_OPENING = re.compile(
    r"(?P<signs>:{2,20})(?P<name>[A-Za-z][\w-]{0,60})(?:\[(?P<words>[^\[\]\n]{0,300})\])?"
    r"(?:\{(?P<given>[^\n]{0,1500})\})?[ \t]*\Z"
)
_END = re.compile(r"(:{2,20})[ \t]*\Z")
_SLOT = re.compile(r"#(?P<name>[A-Za-z][\w-]{0,40})(?:\{[^{}\n]{0,300}\})?[ \t]*\Z")
_PROPERTY = re.compile(r"(?P<margin>[ \t]*):?(?P<key>[\w-]{1,60}):[ \t]+(?P<value>\S[^\n]*)")
_MOST_PROPERTIES = 60
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]")
_WORD = re.compile(
    r":(?P<name>[A-Za-z][\w-]{0,60})"
    r"(?:\[(?P<words>[^\[\]\n]{0,500})\](?:\{(?P<given>[^{}\n]{0,500})\})?"
    r"|\{(?P<alone>[^{}\n]{0,500})\})"
)
_SPAN = re.compile(r"\[(?P<words>[^\[\]\n]{1,500})\]\{[^{}\n]{0,300}\}")
_VALUE = re.compile(
    r"\{\{[ \t]*\$?(?P<name>[A-Za-z][\w.]{0,100})[ \t]*"
    r"(?:(?:\|\||\?\?)[ \t]*(?:'(?P<one>[^'\n]{0,200})'|\"(?P<two>[^\"\n]{0,200})\")[ \t]*)?\}\}"
)
_PREFIX = re.compile(r"(?:prose|u|docs|nuxt)-(?=.)")
_COLOURS = {
    **dict.fromkeys(("amber", "yellow", "orange", "warning"), "warning"),
    **dict.fromkeys(("red", "rose", "error", "danger"), "danger"),
    **dict.fromkeys(("green", "emerald", "lime", "success"), "tip"),
    **dict.fromkeys(("info", "blue", "sky"), "info"),
}
_TABS = names("tabs tab-group")
_TAB = names("tabs-item tab tab-item")
_GROUP = names("code-group code-tree")
_FOLDS = names("details collapsible accordion-item collapse")
_KNOWN = names(
    "card card-group cards accordion steps field field-group code-preview code-collapse div span p"
    " section button button-link link read-more badge list page-card page-grid page-section"
    " page-hero page-feature container grid img video icon kbd template"
)
_LABELS = ("title", "label", "name", "text")
_TARGETS = ("to", "href", "link")
_ADDRESSES = frozenset({*_TARGETS, "src"})
_FILMS = names("video iframe youtube video-player")
_PICTURES = names("img image picture color-mode-image")


class _Component(NamedTuple):
    """A component, its name without what a library of them puts before it."""

    name: str
    given: Mapping[str, str]

    @property
    def title(self) -> str:
        return next((self.given[key] for key in _LABELS if self.given.get(key)), "")

    @property
    def target(self) -> str:
        return next((self.given[key] for key in _TARGETS if self.given.get(key)), "")

    def mark(self, signs: str, *, in_tabs: bool) -> Mark:
        """What the component is to the callouts and tabs; `signs` are what ends it."""
        attributes = {"title": self.title}
        if self.name in _TAB or (in_tabs and self.title):
            return Mark("tab", signs, attributes={"title": self.title or self.name})
        if self.name in _TABS or self.name in _GROUP:
            return Mark("tabs" if self.name in _TABS else "code-group", signs)
        if self.name in _FOLDS:
            return Mark("callout", signs, attributes={**attributes, "style": "details"})
        if callout_named(self.name) is None:
            return Mark("block", signs)
        colour = self.given.get("type") or self.given.get("color") or ""
        style = _COLOURS.get(colour, colour)
        style = style if callout_named(style) else self.name
        return Mark("callout", signs, attributes={**attributes, "style": style})

    def shown(self) -> str:
        """The Markdown of what a component that is only a block says itself."""
        source = self.given.get("src", "")
        if source and self.name in _PICTURES:
            return f"![{_escaped(self.given.get('alt', ''))}](<{_address(source)}>)"
        target = source if self.name in _FILMS else self.target
        title = _escaped(self.title)
        if self.name == "field":
            kind = self.given.get("type", "")
            return f"**{title}**{f' `{kind}`' if kind and '`' not in kind else ''}" if title else ""
        if target:
            title = f"[{title or _escaped(target)}](<{_address(target)}>)"
        title = f"**{title}**" if title else ""
        return "\n\n".join(filter(None, (title, _escaped(self.given.get("description", "")))))


def _escaped(text: str) -> str:
    return re.sub(r"([\\\[\]<>*_`{}#:!|])", r"\\\1", " ".join(text.split()))


def _address(text: str) -> str:
    return re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", text)


def component_of_mdc(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a line that begins or ends a component, or begins a slot of one."""
    if FAMILY not in state.env["markup"].families or state.is_code_block(start):
        return False
    begin, stop = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    if stop - begin > _LONGEST or not state.src.startswith(("::", "#"), begin):
        return False
    line = state.src[begin:stop]
    opened: list[tuple[str, str]] = state.env.setdefault("mdc", [])
    if found := _OPENING.match(line):
        if not silent:
            _begin(state, found, (start, end), opened)
        return True
    if found := _END.match(line):
        if not silent:
            _finish(state, found[1], start, opened)
        return True
    found = _SLOT.match(line) if opened else None
    if found is None:
        return False
    if not silent:
        state.line = start + 1
        if opened[-1][1] in {"tabs", "tab"}:
            _push(state, Mark("tab", "#", attributes={"title": found["name"]}), start)
    return True


def _begin(
    state: StateBlock, found: re.Match[str], lines: tuple[int, int], opened: list[tuple[str, str]]
) -> None:
    given, _ = read_attributes(found["given"] or "")
    start = lines[0]
    state.line = start + 1
    given = {**given, **_properties(state, *lines)}
    if found["words"]:
        given.setdefault("title", found["words"])
    for key in _ADDRESSES & given.keys():
        if not state.md.validateLink(state.md.normalizeLink(given[key])):
            del given[key]
    name = found["name"].lower()
    component = _Component(_PREFIX.sub("", name), given)
    mark = component.mark(found["signs"], in_tabs=bool(opened) and opened[-1][1] == "tabs")
    if not is_on(mark, state.env["syntax"]):
        mark = Mark("block", mark.name)
    opened.append((mark.name, mark.what))
    _push(state, mark, start)
    if mark.what == "block":
        if component.name not in _KNOWN:
            state.env["expander"].leave_out(f"::{name}", start)
        insert(state, component.shown(), start)


def _properties(state: StateBlock, start: int, end: int) -> dict[str, str]:
    """The properties in YAML below the line of a component, each on a line of its own; what is
    nested in lists and tables is none that shows.
    """
    at, last = start + 1, min(end, start + _MOST_PROPERTIES)
    if at >= last or _line(state, at).strip() != "---":
        return {}
    after = next((n for n in range(at + 1, last) if _line(state, n).strip() == "---"), 0)
    if not after:
        return {}
    state.line = after + 1
    given: dict[str, str] = {}
    margin = None
    for number in range(at + 1, after):
        if found := _PROPERTY.match(_line(state, number)):
            margin = found["margin"] if margin is None else margin
            if found["margin"] == margin:
                given[found["key"].lower()] = found["value"].strip().strip("\"'")
    return given


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] : min(state.eMarks[number], state.bMarks[number] + 999)]


def _finish(state: StateBlock, signs: str, start: int, opened: list[tuple[str, str]]) -> None:
    """End the innermost component with as many colons; without one the line says nothing."""
    state.line = start + 1
    for at in range(len(opened) - 1, max(-1, len(opened) - 50), -1):
        if opened[at][0] == signs:
            del opened[at:]
            _push(state, Mark("block", signs, ends=True), start)
            return


def _push(state: StateBlock, mark: Mark, start: int) -> None:
    token = state.push("mark", "", 0)
    token.meta, token.map = {"mark": mark}, [start, start + 1]


class _Margin(NamedTuple):
    """A component that is open: what ends it, its own margin, how much is taken from the lines in
    it, and whether a list began in it, whose items may hold components.
    """

    signs: str
    indent: int
    shift: int
    has_list: bool = False


def without_margins(text: str) -> str:
    """A text in which components inside others, and what is in them, are not indented by more
    than the outermost one. It has as many lines as before.
    """
    if "::" not in text:
        return text
    out: list[str] = []
    opened: list[_Margin] = []
    fence = ""
    is_below, is_table = False, False
    for line in text.split("\n"):
        bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        shift = opened[-1].shift if opened else 0
        was_below, is_below = is_below, False
        if is_table or (was_below and bare.rstrip() == "---"):
            is_table = was_below or bare.rstrip() != "---"
        elif fence:
            fence = "" if bare.startswith(fence) and not bare.strip(" `~") else fence
        elif found := _FENCE.match(line):
            fence = found[1]
        elif bare.startswith("::"):
            shift = _turn(bare[:_LONGEST], indent, opened, shift)
            is_below = _END.match(bare) is None
        elif opened and not opened[-1].has_list and _ITEM.match(bare):
            opened[-1] = opened[-1]._replace(has_list=True)
        out.append(line[min(indent, shift) :])
    return "\n".join(out)


def _turn(line: str, indent: int, opened: list[_Margin], shift: int) -> int:
    """Enter or leave a component; how much is taken from its line."""
    if found := _OPENING.match(line):
        own = shift
        if opened and not opened[-1].has_list:
            own = max(shift, indent - opened[0].indent)
        opened.append(_Margin(found["signs"], indent, own))
        return own
    found = _END.match(line)
    for at in range(len(opened) - 1, max(-1, len(opened) - 50), -1) if found else ():
        if found and opened[at].signs == found[1]:
            shift = opened[at].shift
            del opened[at:]
            break
    return shift


def span(state: StateInline, silent: bool) -> bool:
    """`[words]{.class}`: the words. And `{{ $doc.name || 'words' }}`: what is known of them."""
    if not _is_on(state):
        return False
    if state.src[state.pos] == "{":
        return _value(state, silent)
    found = _SPAN.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if silent:
        state.pos = found.end()
        return True
    return _words(state, found.span("words"), found.end())


def _is_on(state: StateInline) -> bool:
    return "markup" in state.env and FAMILY in state.env["markup"].families


def _value(state: StateInline, silent: bool) -> bool:
    found = _VALUE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    if not silent:
        name = re.sub(r"\A(?:doc|frontmatter)\.", "page.", found["name"])
        text = state.env["expander"].variable(name) or found["one"] or found["two"]
        if text:
            state.push("text", "", 0).content = text
        else:
            _leave_out(state, f"{{{{ {found['name']} }}}}")
    return True


def _leave_out(state: StateInline, what: str) -> None:
    state.env["expander"].leave_out(what, state.env["line"])


def _words(state: StateInline, place: tuple[int, int], end: int) -> bool:
    """Read the words of a mark as those around it."""
    before = state.posMax
    state.pos, state.posMax = place
    state.md.inline.tokenize(state)
    state.pos, state.posMax = end, before
    return True


def word(state: StateInline, silent: bool) -> bool:
    """`:name[words]{properties}`: its words, as a link where it leads somewhere."""
    at = state.pos
    if state.src[at] != ":" or not _is_on(state) or (at and state.src[at - 1].isalnum()):
        return False
    found = _WORD.match(state.src, at, state.posMax)
    if found is None:
        return False
    if silent:
        state.pos = found.end()
        return True
    given, _ = read_attributes(found["given"] or found["alone"] or "")
    component = _Component(_PREFIX.sub("", found["name"].lower()), given)
    if component.name == "icon":
        state.pos = found.end()
        if state.src[at - 1 : at] in {"", " "} and state.src[state.pos : state.pos + 1] == " ":
            state.pos += 1  # one space is enough
        return True
    if (source := given.get("src")) and component.name in _PICTURES:
        _picture(state, source, given.get("alt", ""))
        state.pos = found.end()
        return True
    _linked(state, component, found)
    return True


def _linked(state: StateInline, component: _Component, found: re.Match[str]) -> None:
    """Write the words of a component, or what stands for them, as a link where it is one."""
    given = component.given
    target = given.get("src", "") if component.name in _FILMS else component.target
    href = state.md.normalizeLink(target) if target else ""
    is_link = bool(href) and state.md.validateLink(href)
    text = component.title or given.get("value", "") or (target if is_link else "")
    if is_link:
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.linkLevel += 1
    if found["words"]:
        _words(state, found.span("words"), found.end())
    elif text:
        state.push("text", "", 0).content = text
    else:
        _leave_out(state, f":{found['name']}")
    if is_link:
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
    state.pos = found.end()


def _picture(state: StateInline, source: str, alt: str) -> None:
    href = state.md.normalizeLink(source)
    if state.md.validateLink(href):
        token = state.push("image", "img", 0)
        token.attrs = {"src": href, "alt": ""}
        token.content = alt
        token.children = [Token("text", "", 0, content=alt)] if alt else []
