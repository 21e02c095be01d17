"""The marks of Retype: a rule for lines and one for words.

    !!!warning Title  …  !!!           a callout
    +++ One  …  +++ Two  …  +++        tabs
    ==- Title  …  ===  …  ===          panels, the first one folded
    ||| Title  …  |||                  columns
    ::: content-center  …  :::         a wrapper, of which its content is kept
    {{ include "part" }}               a text of `_includes`
    [!badge new] [!button Go](a.md) [!ref](a.md) [!file](a.zip) [!embed](url) :icon-rocket:

They count where the dialect has them: https://retype.com/components/.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.mark_line import Mark, is_on
from kb.content.markdown.template_line import insert
from kb.content.markdown.templates import read_attributes
from kb.content.topics import title_from_path

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

FAMILY = "retype"
_LONGEST = 1_000
_MOST_OPEN = 200  # more are never open: nesting has its limit
_LINE = re.compile(
    r"(?P<signs>!{3,9}|\+\+\+|==-|===|\|\|\||:{3,9})(?P<rest>[^\n]*?)"
    r"(?:(?<=\s)\{[#.][^{}\n]{0,200}\})?[ \t]*\Z"
)
_CALLOUT = re.compile(r"[ \t]*(?P<style>[a-z]+)?(?:[ \t]+|\Z)(?P<title>.*)")
_VARIANTS = {
    **dict.fromkeys(("base", "primary", "secondary", "light", "dark", "ghost", "contrast"), "note"),
    **{name: name for name in ("info", "success", "danger", "warning", "question", "tip", "note")},
}
_INCLUDE = re.compile(
    r"\{\{[~-]?[ \t]*include[ \t]+[\"'](?P<name>[^\"'\n]{1,300})[\"'][^\n]*?\}\}[ \t]*\Z"
)
_STATEMENT = re.compile(
    r"(?:\{\{[~-]?[ \t]*(?:for|if|else|end|case|when|while|func|capture|wrap|with)\b[^{}\n]*\}\}"
    r"|\{%\{|\}%\})[ \t]*\Z"
)
_WORD = re.compile(
    r"\[!(?P<kind>badge|button|ref|file|embed|card|backlinks)\b(?P<rest>[^\[\]\n]{0,300})\]"
    r"(?:\((?P<to>[^()\n]{0,500})\))?"
)
_VALUE = re.compile(r"\{\{[~-]?[ \t]*(?P<name>[^{}\n]{1,200}?)[ \t]*[~-]?\}\}|\{%\{|\}%\}")
_ICON = re.compile(r":icon-[a-z0-9-]{1,60}:")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_VARIANT = re.compile(r"((?<!`)\[!(?:badge|button)\b[^\[\]|\n]{1,200})\|\w{1,20}(?=\])")
_LAYOUTS = re.compile(r"[ \t]*(?:vert|compact|horiz|auto)\b")
_TITLED = frozenset({"ref", "card"})


def line_of_retype(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001  # the signature of a rule
    """Take a line that begins or ends a component, or includes a text."""
    if FAMILY not in state.env["markup"].families or state.is_code_block(start):
        return False
    begin, stop = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    if stop - begin > _LONGEST:
        return False
    line = state.src[begin:stop]
    if line.startswith(("{", "}")):
        return _template(state, line, start, silent)
    found = _LINE.match(line)
    opened: list[str] = state.env.setdefault("retype", [])
    marks = _marks(found["signs"], found["rest"].strip(), opened) if found else None
    if marks is None:
        return False
    if silent:
        return True
    state.line = start + 1
    for mark in marks:
        _push(state, mark, start)
        _count(mark, opened)
        if mark.what == "block" and mark.name == "|||" and mark.attributes.get("title"):
            insert(state, f"**{mark.attributes['title']}**", start)
    return True


def _template(state: StateBlock, line: str, start: int, silent: bool) -> bool:
    """Take a line that is nothing but a template: an include, or a statement, which is left out."""
    found = _INCLUDE.match(line)
    if found is None and not _STATEMENT.match(line):
        return False
    if silent:
        return True
    state.line = start + 1
    expander = state.env["expander"]
    made = expander.include(found["name"]) if found else None
    if made:
        insert(state, expander.counted(made, start), start)
    elif found or line.startswith("{{"):
        expander.leave_out(
            "{{ include }}" if found else "{{ " + line.strip("{~- ")[:4].strip() + " }}", start
        )
    return True


def _marks(signs: str, rest: str, opened: list[str]) -> list[Mark] | None:
    """What a line of signs begins and ends; None where it says nothing here."""
    if signs[0] == ":":
        if rest.endswith(":::"):
            return None  # code that stands in a file
        return (None if rest else _end(signs, opened)) or [Mark("block", signs)]
    return {"!": _callout, "+": _tab, "=": _panel, "|": _column}[signs[0]](signs, rest, opened)


def _tab(_signs: str, rest: str, opened: list[str]) -> list[Mark] | None:
    if not rest:
        return _end("+++", opened)
    group = [] if "+++" in opened else [Mark("tabs", "+++")]
    return [*group, Mark("tab", "+++ ", attributes={"title": rest})]


def _panel(signs: str, rest: str, opened: list[str]) -> list[Mark] | None:
    ended = _end("===", opened)
    if not rest:
        return ended if signs == "==-" else None
    given = {"title": rest, "style": "details", "fold": "closed" if signs == "==-" else "open"}
    return [*(ended or ()), Mark("callout", "===", attributes=given)]


def _column(_signs: str, rest: str, opened: list[str]) -> list[Mark] | None:
    ended = _end("|||", opened)
    if not rest or "|" in rest:
        return None if rest else ended
    return [*(ended or ()), Mark("block", "|||", attributes={"title": rest})]


def _callout(signs: str, rest: str, opened: list[str]) -> list[Mark] | None:
    if not rest and signs in opened:
        return _end(signs, opened)
    found = _CALLOUT.match(rest)
    style = _VARIANTS.get((found["style"] or "") if found else "", "")
    title = found["title"] if found and style else rest
    given = {"title": title.strip().strip('"'), "style": style or "note"}
    return [Mark("callout", signs, attributes=given)]


def _end(name: str, opened: list[str]) -> list[Mark] | None:
    return [Mark("block", name, ends=True)] if name in opened else None


def prepared(text: str) -> str:
    """A text in which `==-` ends panels, as the `===` that does makes a heading of the line above,
    and no badge in a table has a variant, whose sign (`[!badge New|info]`) divides cells. It has as
    many lines as before.
    """
    if "===" not in text and "[!" not in text:
        return text
    lines = text.split("\n")
    fence, is_open = "", False
    for number, line in enumerate(lines):
        bare = line.strip()
        if fence:
            fence = "" if bare.startswith(fence) and not bare.strip("`~") else fence
        elif found := _FENCE.match(line):
            fence = found[1]
        elif bare.startswith(("=== ", "==- ")):
            is_open = True
        elif "[!" in bare and "|" in bare:
            lines[number] = _VARIANT.sub(r"\1", line)
        elif is_open and bare == "===":
            lines[number] = line.replace("===", "==-")
            is_open = False
    return "\n".join(lines)


def _count(mark: Mark, opened: list[str]) -> None:
    """Note what is open behind a mark."""
    if mark.ends:
        last = len(opened) - 1 - opened[::-1].index(mark.name)
        del opened[last:]
    elif mark.what != "tab":
        opened.append(mark.name)
        del opened[:-_MOST_OPEN]


def _push(state: StateBlock, mark: Mark, start: int) -> None:
    if not mark.ends and not is_on(mark, state.env["syntax"]):
        mark = Mark("block", mark.name)
    token = state.push("mark", "", 0)
    token.meta, token.map = {"mark": mark}, [start, start + 1]


def word_of_retype(state: StateInline, silent: bool) -> bool:
    """`[!badge words]` and its like, `:icon-name:`, and `{{ name }}`."""
    if "markup" not in state.env or FAMILY not in state.env["markup"].families:
        return False
    rule = {"[": _component, ":": _icon, "{": _value, "}": _value}.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def _icon(state: StateInline, _silent: bool) -> bool:
    found = _ICON.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    is_apart = state.src[max(state.pos - 1, 0) : state.pos] in {"", " "}
    state.pos = found.end()
    if is_apart and state.src[state.pos : state.pos + 1] == " ":
        state.pos += 1  # one space is enough
    return True


def _value(state: StateInline, silent: bool) -> bool:
    found = _VALUE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    if not silent and found["name"]:
        text = state.env["expander"].variable(found["name"])
        if text:
            state.push("text", "", 0).content = text
        else:
            state.env["expander"].leave_out(f"{{{{ {found['name']} }}}}", state.env["line"])
    return True


def _component(state: StateInline, silent: bool) -> bool:
    found = _WORD.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    if silent:
        return True
    target = re.sub(r"\s+[\"'].*\Z", "", (found["to"] or "").strip()).strip("<>")
    if "{{" in target or target.startswith("action:"):
        target = ""
    href = state.md.normalizeLink(target) if target else ""
    is_link = bool(href) and state.md.validateLink(href)
    text = _text(found["kind"], found["rest"]) or (_named(found["kind"], target) if is_link else "")
    if not text:
        state.env["expander"].leave_out(f"[!{found['kind']}]", state.env["line"])
        return True
    if is_link:
        state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = text
    if is_link:
        state.push("link_close", "a", -1)
    return True


def _text(kind: str, rest: str) -> str:
    """The words of a component: those that it is given, or all of them."""
    if "=" in rest:
        given, words = read_attributes(rest)
        return given.get("title") or given.get("text") or " ".join(words)
    rest = _LAYOUTS.sub("", rest) if kind == "card" else rest
    return _ICON.sub("", rest.rpartition("|")[0] if "|" in rest else rest).strip()


def _named(kind: str, target: str) -> str:
    """What a link is called whose words are not given: as its page or file, or its address."""
    path = target.partition("#")[0].partition("?")[0]
    if "://" in target or kind not in {*_TITLED, "file"}:
        return target
    if kind == "file":
        return path.rstrip("/").rpartition("/")[2]
    return title_from_path(path.strip("./").removesuffix(".md").strip("/"))
