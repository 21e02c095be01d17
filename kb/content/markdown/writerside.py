"""What Writerside writes otherwise than all others, as they do; in code only values are put in.

`<tabs>`, `<tip>` and their like become the tags of templates, `<procedure>` and `<deflist>` lists
of HTML, `{id="x"}` is `{#x}`, a quote above `{style="warning"}` one that begins with the name of a
callout, a fence above `{src="a.kt"}` a call of that file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_GROWTH = 1_000_000  # characters that values may add to one article
_TITLE = re.compile(r"\[//\]: # \(title:[ \t]*([^\n]{1,300})\)[ \t]*\Z")
_VALUE = re.compile(r"%([A-Za-z_][\w.-]{0,80})%")
_OWN = re.compile(r"<var\s[^<>]{0,400}/?>")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})[ \t]*([\w#+-]*)")
_STYLE = re.compile(r"[ \t>]*\{[^{}\n]{0,200}?style=\"(note|tip|warning)\"[^{}\n]{0,200}\}[ \t]*\Z")
_SOURCE = re.compile(r"[ \t]*\{[^{}\n]{0,300}?src=\"([^\"\n]{1,200})\"([^{}\n]{0,300})\}[ \t]*\Z")
_ID = re.compile(
    r"(\{[^{}\n`]{0,200}?(?<![\w-]))id=\"([\w.-]{1,100})\"(?=[^{}\n]{0,300}\}[ \t]*\Z)"
)
_LINES = re.compile(r"include-lines=\"([\d,-]{1,60})\"")
_QUOTE = re.compile(r"\A([ \t]{0,12}>[ \t]?)(?![ \t]*(?:[-*+#`~|<>]|\d+[.)]|\Z))")
_TAG = re.compile(
    r"(`+)|<(/?)(tabs|tab|tip|note|warning|procedure|step|deflist|def|control|shortcut|ui-path|path"
    r"|a|include|link-summary|card-summary|web-summary)((?=[\s/>])[^<>\n]{0,500})>"
)
_ATTRIBUTE = re.compile(r"([\w-]{1,60})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)')")
_PLAIN = {
    "step": ("<li>", "</li>"),
    "deflist": ("<dl>", "</dl>"),
    "control": ("<b>", "</b>"),
    "ui-path": ("<b>", "</b>"),
    "path": ("<code>", "</code>"),
    "shortcut": ("<kbd>", "</kbd>"),
    **dict.fromkeys(("link-summary", "card-summary", "web-summary"), ("<template>", "</template>")),
}
_TEMPLATES = frozenset({"tabs", "tab", "tip", "note", "warning"})


def as_others_write(body: str, variable: Callable[[str], str | None]) -> str:
    """A text whose marks are written so; it has as many lines as before. `variable` gives the value
    of one of the project's own.
    """
    lines = _with_values(body, variable).split("\n")
    fence, opened, quote = "", 0, -1
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip(" \t>`~"):
                fence = ""
                _call(lines, opened, number)
            continue
        if found:
            fence, opened = found[1], number
            continue
        if title := _TITLE.match(line):
            lines[number] = f"# {title[1]}"
        elif quote >= 0 and (style := _STYLE.match(line)):
            lines[quote] = _QUOTE.sub(rf"\1**{style[1].capitalize()}:** ", lines[quote], count=1)
            lines[number] = ""
        elif "<" in line:
            lines[number] = _TAG.sub(_Line(), line)
        elif "{" in line:
            lines[number] = _ID.sub(r"\1#\2", line)
        quote = _begin_of_quote(lines, number, quote)
    return "\n".join(lines)


def _begin_of_quote(lines: list[str], number: int, quote: int) -> int:
    """The line on which the quote began that a line belongs to or follows; -1 for none."""
    line = lines[number]
    if line.lstrip(" \t").startswith(">"):
        return quote if quote >= 0 and lines[number - 1].strip() else number
    return quote if not line.strip() else -1


def _with_values(body: str, variable: Callable[[str], str | None]) -> str:
    own = {}
    for found in _OWN.finditer(body) if "<var" in body else ():
        attrs = _read(found[0])
        own[attrs.get("name", "")] = attrs.get("value", "")
    left = _MOST_GROWTH

    def value(found: re.Match[str]) -> str:
        nonlocal left
        given = own.get(found[1])
        given = variable(found[1]) if given is None else given
        left -= len(given or "")
        return found[0] if given is None or left < 0 else given

    return _VALUE.sub(value, body) if "%" in body else body


def _read(attrs: str) -> dict[str, str]:
    return {key: double or single for key, double, single in _ATTRIBUTE.findall(attrs)}


def _call(lines: list[str], opened: int, closed: int) -> None:
    """A fence with nothing in it above the name of a file: a call of that file."""
    found = _SOURCE.match(lines[closed + 1]) if closed + 1 < len(lines) else None
    if found is None or any(line.strip() for line in lines[opened + 1 : closed]):
        return
    fence, some = _FENCE.match(lines[opened]), _LINES.search(found[2])
    language = fence[2] if fence else ""
    part = f' range="{some[1]}"' if some else ""
    lines[opened] = f':::code language="{language}" source="{found[1]}"{part}:::'
    lines[opened + 1 : closed + 2] = [""] * (closed + 1 - opened)


class _Line:
    """Replaces the tags of one line; those in a code span stay."""

    def __init__(self) -> None:
        self._ticks = ""

    def __call__(self, found: re.Match[str]) -> str:
        """What stands for a tag."""
        ticks, ends, name, rest = found.groups()
        if ticks or self._ticks:
            self._ticks = "" if ticks == self._ticks else self._ticks or ticks or ""
            return found[0]
        attrs = _read(rest)
        if name != "a":
            return _tag(name, attrs, ends=bool(ends))
        if rest.rstrip().endswith("/") and attrs.get("href"):
            place = f"#{attrs['anchor']}" if attrs.get("anchor") else ""
            href = f"{attrs['href']}{place}"
            return f'<a href="{href}"></a>'
        return found[0]


def _tag(name: str, attrs: dict[str, str], *, ends: bool) -> str:
    if name in _PLAIN:
        return _PLAIN[name][ends]
    if name in _TEMPLATES:
        title = attrs.get("title", "").replace('"', "'")
        return f"{{% end{name} %}}" if ends else _opening(name, title)
    if name == "include":
        return "" if ends else "{% include %}"
    return _list_tag(name, attrs, ends=ends)


def _opening(name: str, title: str) -> str:
    return f'{{% {name} title="{title}" %}}' if title else f"{{% {name} %}}"


def _list_tag(name: str, attrs: dict[str, str], *, ends: bool) -> str:
    if name == "def":
        return "</dd>" if ends else f"<dt>{attrs.get('title', '')}</dt><dd>"
    if ends:
        return "</ol>"
    place = f' id="{attrs["id"]}"' if attrs.get("id") else ""
    title = attrs.get("title", "")
    return f"<p{place}><b>{title}</b></p><ol>" if title else f"<ol{place}>"
