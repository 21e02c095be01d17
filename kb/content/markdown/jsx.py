"""JSX in MDX: tags whose attributes are code, expressions in braces, import and export.

Nothing is run. A text or a number in braces is itself; what has to be computed is left out.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from kb.content.markdown.markup import names

_NAME = re.compile(r"<(/)?([A-Za-z][\w.-]*)?")
_ATTRIBUTE_NAME = re.compile(r"\s+([A-Za-z_:@#][\w:.-]*)(?:\s*(?==))?")
_END = re.compile(r"\s*(/)?>")
_SPREAD = re.compile(r"\s*\{")
_TEXT_IN_BRACES = re.compile(
    r"\{\s*+(?:\"((?>(?:\\.|[^\"\\\n])*))\"|'((?>(?:\\.|[^'\\\n])*))'|`((?>(?:\\.|[^`\\$])*))`|(-?[\d.]+))\s*+\}",
    re.DOTALL,
)
_HIDES = re.compile(r"\bdisplay\s*:\s*['\"]none['\"]")
_STRINGS = {
    '"': re.compile(r"(?>(?:\\.|[^\"\\\n])*)\""),
    "'": re.compile(r"(?>(?:\\.|[^'\\\n])*)'"),
    "`": re.compile(r"(?>(?:\\.|[^`\\])*)`", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,5})\}|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "", "b": "", "f": "", "v": "", "\n": ""}
_SPACE_IN_BRACES = re.compile(r"\{\s?(?:'(?:\s|\\n){1,20}'|\"(?:\s|\\n){1,20}\")\s?\}")
_PATH_IN_BRACES = re.compile(
    r"\{\s*(?:useBaseUrl|withBase|require)\(\s*(['\"])([^'\"\n{}]{1,300})\1\s*\)(?:\.default)?\s*\}"
)
"""How Docusaurus and VitePress write the address of a page or picture of their own."""
_LONGEST, _LONGEST_IN_WORDS = 60_000, 3_000
_DEEPEST = 40
_SIGNS_OF_CODE, _SIGNS_BUT_TEMPLATES = re.compile(r"[{}\"'`]"), re.compile(r"[{}\"']")
_KEEPS = re.compile(r"\{(?:[#:.]|[\w-]+=)")


class Tag(NamedTuple):
    """A tag of JSX, whose attributes are those that are plain text; a bare one is empty."""

    name: str
    attrs: dict[str, str]
    closes: bool
    is_void: bool
    end: int


def read_tag(text: str, at: int) -> Tag | None:
    """The tag that begins at a position; None where none does."""
    found = _NAME.match(text, at)
    if found is None:
        return None
    position = found.end()
    attrs: dict[str, str] = {}
    while position - at < _LONGEST:
        ending = _END.match(text, position)
        if ending is not None:
            return Tag(found[2] or "", attrs, bool(found[1]), bool(ending[1]), ending.end())
        position = _read_attribute(text, position, attrs)
        if position < 0:
            return None
    return None


_TITLE_IN_LIST = re.compile(r"[\[,]\s{0,99}[\"']([^\"'\n]{1,200})[\"']")


def _read_attribute(text: str, at: int, attrs: dict[str, str]) -> int:
    """Take one attribute, and say where it ends; -1 where there is none."""
    spread = _SPREAD.match(text, at)
    if spread is not None:
        return end_of_braces(text, spread.end() - 1)
    name = _ATTRIBUTE_NAME.match(text, at)
    if name is None:
        return -1
    value, end = "", name.end()
    if text.startswith("=", end):
        read = _read_value(text, end + 1)
        if read is None:
            return -1
        value, end = read
        code = text[name.end() + 1 : end].strip()
        if code.startswith("{"):
            if name[1] == "hidden" and code.strip("{} \n") != "true":
                return end  # a script of the page decides
            if name[1] == "items":  # the titles of tabs, of Nextra and Fumadocs
                value = "\n".join(_TITLE_IN_LIST.findall(code))
            if name[1] == "style" and _HIDES.search(code):
                value = "display:none"
    attrs.setdefault(name[1], value)
    return end


def _read_value(text: str, at: int) -> tuple[str, int] | None:
    while at < len(text) and text[at].isspace():
        at += 1
    quote = text[at : at + 1]
    if quote in {'"', "'"}:
        end = text.find(quote, at + 1, at + _LONGEST)
        return (text[at + 1 : end], end + 1) if end >= 0 else None
    if quote != "{":
        return None
    end = end_of_braces(text, at)
    if end < 0:
        return None
    return _plain_text(text, at, end), end


def _plain_text(text: str, at: int, end: int) -> str:
    """The text or the number that stands in braces; empty for what has to be computed."""
    if called := _PATH_IN_BRACES.fullmatch(text, at, end):
        return called[2]
    plain = _TEXT_IN_BRACES.fullmatch(text, at, end)
    value = next((value for value in plain.groups() if value is not None), "") if plain else ""
    if "\\" not in value:
        return value
    # Signs beyond 16 bits are written as two.
    units = _ESCAPE.sub(_character, value).encode("utf-16", "surrogatepass")
    return units.decode("utf-16", "replace")


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _ESCAPED.get(found[3], found[3])
    return chr(int(found[1] or found[2], 16))


def end_of_braces(text: str, at: int, longest: int = _LONGEST) -> int:
    """Behind the brace that closes the one at a position; -1 where none does within `longest`."""
    depth = 0
    stop = min(len(text), at + longest)
    signs = _SIGNS_OF_CODE
    while found := signs.search(text, at, stop):
        at = found.end()
        sign = found.group()
        if sign == "{":
            depth += 1
            if depth > _DEEPEST:  # no code that an article holds
                return -1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return at
        elif string := _STRINGS[sign].match(text, at, stop):
            at = string.end()
        elif sign == "`":  # nor does one end that begins later
            signs = _SIGNS_BUT_TEMPLATES
    return -1


def rewrite_tag(text: str, at: int) -> tuple[str, int]:
    """A tag among words as HTML has it, without code, and where to go on."""
    tag = read_tag(text, at)
    if tag is None:
        return text[at], at + 1
    return as_html(tag), tag.end


SET_HTML = "set:html"
"""The attribute in which Astro has the HTML that a tag holds."""
_LINKS = ("href", "to", "url")
_TEXTS = ("text", "label", "title", "name", "alt")


_ELSEWHERE = re.compile(
    r"tube|video|vimeo|loom|embed|player|tweet|post|gist|sandbox|pen\Z", re.IGNORECASE
)
"""Names of components that show what another host has under an `id`."""


def as_html(tag: Tag) -> str:
    """A tag as HTML: a component as a link, a picture or nothing."""
    name = tag.name
    if tag.attrs.get(SET_HTML):
        return tag.attrs[SET_HTML]
    if name[:1].islower():
        named = {_HTML_NAMES.get(key, key.lower()): value for key, value in tag.attrs.items()}
        return _html(name, named, tag)
    link = next((tag.attrs[key] for key in _LINKS if tag.attrs.get(key)), "")
    if tag.is_void:
        return "" if name in _SIGNS else _leaf(tag, link)
    if name not in _LINK_COMPONENTS or not (tag.closes or link):
        return ""
    return _html("a", {"href": link}, tag)


def _leaf(tag: Tag, link: str) -> str:
    """A component without words in it: a picture, a link, or the words that it names."""
    if tag.attrs.get("src") and tag.name not in {"Snippet", "Video"}:
        return _html("img", {key: tag.attrs.get(key, "") for key in ("src", "alt")}, tag)
    shown = next((tag.attrs[key] for key in _TEXTS if tag.attrs.get(key)), "")
    if link:
        return f'<a href="{escape(link)}">{escape(shown or link)}</a>'
    return escape(shown, quote=False) or named_place(tag)


def named_place(tag: Tag) -> str:
    """The place to link to that the `id` of a component names, as HTML; empty for one without, and
    where the `id` is that of a film or of something else on another host.
    """
    identity = tag.attrs.get("id", "")
    if tag.closes or not tag.name[:1].isupper() or _ELSEWHERE.search(tag.name):
        return ""
    return f'<a id="{escape(identity)}"></a>' if re.fullmatch(r"\S{1,200}", identity) else ""


_LINK_COMPONENTS = names("Link A LinkButton Button NavLink NextLink DocLink")
_SIGNS = frozenset({"Icon", "FontAwesomeIcon", "Check", "Image"})
_HTML_NAMES = {"className": "class", "htmlFor": "for"}


def _html(name: str, attrs: dict[str, str], tag: Tag) -> str:
    if tag.closes:
        return f"</{name}>"
    shown = "".join(
        f' {key}="{escape(value)}"' for key, value in attrs.items() if re.fullmatch(r"[\w-]+", key)
    )
    return f"<{name}{shown}{' /' if tag.is_void else ''}>"


def read_expression(text: str, at: int, *, is_mdx: bool) -> tuple[str, int]:
    """What stands for an expression in braces, and where to go on. Attribute lists stay, and where
    no MDX is all but a space: nobody else writes `{' '}`.
    """
    if found := _SPACE_IN_BRACES.match(text, at):
        return " ", found.end()
    if not is_mdx or text[at] != "{" or _KEEPS.match(text, at):
        return text[at], at + 1
    end = end_of_braces(text, at, _LONGEST_IN_WORDS)
    if end < 0:
        return text[at], at + 1
    return _plain_text(text, at, end), end


_MODULE = re.compile(
    r"import\s+(?:[\w${*]|['\"])"
    r"|export\s+(?:(?:const|let|var|default|function|async|class)\b|[{*])"
)
_DEFAULT_IMPORT = re.compile(r"import\s+([A-Za-z_$][\w$]*)\s+from\s+['\"]([^'\"]+)['\"]")


def begins_module(line: str) -> bool:
    """Whether a line of MDX is code: an import or an export."""
    return _MODULE.match(line) is not None


def read_import(line: str) -> tuple[str, str] | None:
    """The name and the path of what a line imports as a whole."""
    found = _DEFAULT_IMPORT.match(line)
    return (found[1], found[2]) if found else None
