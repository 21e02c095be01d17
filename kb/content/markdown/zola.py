"""What Zola writes otherwise than all others, as they do.

`{% alert(type="warning") %}` is written as other templates write it, `{% alert type="warning" %}`,
and its `{% end %}` as `{% endalert %}`, so that one set of rules reads both. `{{/* x() */}}`, which
shows a shortcode, is text. A link from the root of the content, `@/page.md`, begins with a slash.
In code nothing but the signs of what is shown is changed.
"""

from __future__ import annotations

import re

from kb.content.markdown.templates import end_of_code, read_attributes

_LONGEST = 2_000
_PIECES = re.compile(
    r"^(?P<fence>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<signs>`{3,}|~{3,}))[^\n]*$"
    r"|(?P<ticks>`+)"
    r"|\{(?P<escape>[{%])/\*(?P<shown>[^\n]{0,500}?)\*/[%}]\}"
    r"|(?P<rooted>\](?:\(|:[ \t]{1,9})<?)@/"
    r"|(?P<end>\{%-?\s{0,9}end\s{0,9}-?%\})"
    r"|(?P<begin>\{%-?\s{0,9}(?P<name>[A-Za-z_]\w{0,60})\s{0,9}\()",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\{([{%])/\*([^\n]{0,500}?)\*/([%}])\}")
_GIVEN = re.compile(r"\)\s*-?\Z")


def as_others_write(body: str) -> str:
    """A text whose shortcodes and links are written so; it has as many lines as before."""
    if not any(sign in body for sign in ("{%", "/*", "@/")):
        return body
    out: list[str] = []
    opened: list[str] = []
    lonely: dict[str, int] = {}
    at = 0
    while found := _PIECES.search(body, at):
        out.append(body[at : found.start()])
        piece, at = _read(body, found, opened, lonely)
        out.append(piece)
    return "".join([*out, body[at:]])


def _read(
    body: str, found: re.Match[str], opened: list[str], lonely: dict[str, int]
) -> tuple[str, int]:
    """What stands for a piece, and where to go on. `opened` are the shortcodes without an end,
    `lonely` from where on there are no more backticks of a length.
    """
    if found["signs"]:
        end = _end_of_fence(body, found)
        return _unescaped(body[found.start() : end]), end
    if found["ticks"]:
        end = _end_of_span(body, found, lonely)
        return _unescaped(body[found.start() : end]), end
    if found["escape"]:
        closing = "}" if found["escape"] == "{" else "%"
        return f"\\{{\\{found['escape']}{found['shown']}{closing}}}", found.end()
    if found["rooted"]:
        return f"{found['rooted']}/", found.end()
    if found["end"]:
        return (f"{{% end{opened.pop()} %}}" if opened else found["end"]), found.end()
    return _opening(body, found, opened)


def _opening(body: str, found: re.Match[str], opened: list[str]) -> tuple[str, int]:
    """What stands for the beginning of a shortcode, and where to go on."""
    stop = body.find("%}", found.end(), found.end() + _LONGEST)
    given = body[found.end() : stop] if stop >= 0 else ""
    if not _GIVEN.search(given):
        return found[0], found.end()
    opened.append(found["name"])
    attrs, _ = read_attributes(_GIVEN.sub("", given))
    quoted = (f" {key}={_quoted(value)}" for key, value in attrs.items())
    lines = "\n" * found[0].count("\n") + "\n" * given.count("\n")
    return f"{{% {found['name']}{''.join(quoted)} %}}{lines}", stop + 2


def _quoted(value: str) -> str:
    value = " ".join(value.split())
    return f"'{value}'" if '"' in value else f'"{value}"'


def _unescaped(code: str) -> str:
    return _ESCAPED.sub(r"{\1\2\3}", code) if "/*" in code else code


def _end_of_fence(body: str, found: re.Match[str]) -> int:
    signs = found["signs"]
    closing = re.compile(rf"^[ \t>]*{signs[0]}{{{len(signs)},}}[ \t]*$", re.MULTILINE)
    closed = closing.search(body, found.end())
    return closed.end() if closed else len(body)


def _end_of_span(body: str, found: re.Match[str], lonely: dict[str, int]) -> int:
    """Where a code span ends; behind its backticks, where it is none in its paragraph."""
    end = end_of_code(body, found.end(), found["ticks"], lonely)
    return found.end() if body.find("\n\n", found.end(), end) >= 0 else end
