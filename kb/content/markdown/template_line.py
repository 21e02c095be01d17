"""Lines that are marks of templates, in the manner of markdown-it-py's own rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.markdown.code_import import fill
from kb.content.markdown.fence import without_line_comments
from kb.content.markdown.list_table import rows_between_rules, table_tokens
from kb.content.markdown.templates import Expander, Mark, read_mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from kb.content.markdown.markup import Markup

_SIGNS = ("{%", "{{", "{*", "{!", "[!", ":::", "--8<--", ";--8<--", "<!--", "<<<", "@[", "[")
_MOST_LINES = 60
_MOST_TABLES = 3  # one inside another: each is read again by those around it
_BRANCHES = frozenset({"else", "elsif", "elif", "elseif"})
_MARK_LINES = frozenset({"mdx", "vuepress"})
_DRAWINGS = frozenset({"mermaid", "plantuml", "puml", "graphviz", "dot", "markmap"})
_CODE = frozenset({"highlight", "codeblock", "code-toggle", *_DRAWINGS})
_HIDDEN = frozenset({"capture", "tablerow", "schema", "javascript", "style"})
_END_OF_BRANCH = re.compile(r"\{%-?\s*(end|/\s*)?(if|ifversion|unless|case|else)\b[^%]*%\}")
_V_PRE = re.compile(
    r"[ \t]*(?:(:{3,})[ \t]*v-pre\b|<([A-Za-z][\w-]*)(?=\s)[^<>\n]*\sv-pre\b[^<>\n]*>)"
)
_CALLED = re.compile(r"(?:\{\{-?|=)\s*([A-Za-z_][\w-]*)")
_LISTED = "--8<--"


def template_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take lines that are nothing but marks, and put there what they become."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(_SIGNS, begin) or state.is_code_block(start):
        return False
    markup: Markup = state.env["markup"]
    read = _marks(state, start, end, markup)
    if read is None:
        return False
    if silent:
        return True
    marks, after = read
    state.line = after
    state.env["account"].has_marks = True
    expander: Expander = state.env["expander"]
    for mark in marks:
        if mark.kind == "liquid" and mark.name == "for" and not mark.closes:
            expander.reads_values()
        if mark.kind == "liquid" and (mark.name in _BRANCHES or expander.is_false(mark)):
            state.line = max(state.line, _end_of_lines(state, state.line, end, mark))
        elif push := _pusher(mark):
            push(state, mark, start, end)
        elif (
            mark.name in _HIDDEN
            and mark.kind == "liquid"
            and not mark.closes
            and not (mark.name == "capture" and _is_called(state, mark.rest.strip()))
        ):
            state.line = max(state.line, _line_of_end(state, state.line, end, mark) + 1)
            expander.leave_out(mark.shown, start)
        elif mark.name in {"raw", "verbatim"} and mark.kind == "liquid" and not mark.closes:
            stop = _line_of_end(state, state.line, end, mark)
            state.env["raw"].append((state.line, stop))
        else:
            insert(state, expander.mark(mark, start), start)
    return True


def _pusher(mark: Mark) -> Callable[[StateBlock, Mark, int, int], None] | None:
    """What reads the lines up to the end of a mark as something else than Markdown."""
    if mark.closes:
        return None
    if mark.name in _CODE and mark.kind in {"liquid", "hugo"}:
        return _push_code
    return _push_table if (mark.kind, mark.name) == ("liquid", "table") else None


def _marks(
    state: StateBlock, start: int, end: int, markup: Markup
) -> tuple[list[Mark], int] | None:
    """The marks that the lines from `start` are made of, and the line behind them."""
    src = state.src
    at = state.bMarks[start] + state.tShift[start]
    if (
        any(first <= start < stop for first, stop in state.env["raw"])
        and "endraw" not in src[at : state.eMarks[start]]
        and "endverbatim" not in src[at : state.eMarks[start]]
    ):
        return None
    marks: list[Mark] = []
    line = start
    while True:
        mark = read_mark(src, at, markup)
        if mark is None or mark.kind == "literal":
            return None
        while line < end - 1 and state.eMarks[line] < mark.end:
            line += 1
        if line - start > _MOST_LINES or state.eMarks[line] < mark.end:
            return None
        marks.append(mark)
        at = mark.end
        while at < state.eMarks[line] and src[at] in " \t":
            at += 1
        if at >= state.eMarks[line]:
            if (
                len(marks) == 1
                and mark.kind in {"value", "docfx"}
                and mark.name not in {"INCLUDE", "VIDEO", "PREVIEW", "CODE"}
            ):
                return None  # words, which begin a paragraph
            return marks, line + 1


def raw_lines(text: str) -> list[tuple[int, int]]:
    """The lines from which Vue is kept away, `::: v-pre` or in an element with `v-pre`."""
    if "v-pre" not in text:
        return []
    found: list[tuple[int, int]] = []
    start, closing = 0, ""
    for number, line in enumerate(text.split("\n")):
        if closing:
            if line.strip() == closing or (closing[0] == "<" and closing in line):
                found.append((start, number + 1))
                closing = ""
        elif (opened := _V_PRE.match(line)) and f"</{opened[2]}" not in line:
            start, closing = number, opened[1] or f"</{opened[2]}"
    return found


def insert(state: StateBlock, text: str, line: int) -> None:
    """Parse a text that stands for a line, as blocks of that line."""
    if text.strip():
        state.tokens += _blocks(state, text, line)


def _blocks(state: StateBlock, text: str, line: int) -> list[Token]:
    """The blocks of a text that stands for a line."""
    env = state.env
    env["depth"] = env.get("depth", 0) + 1
    before, raw, scanned = env["line"], env["raw"], env["first_line"]
    env["raw"], env["first_line"] = [], scanned + line
    inner = type(state)(f"{text}\n", state.md, env, [])
    state.md.block.tokenize(inner, inner.line, inner.lineMax)
    for token in inner.tokens:
        token.level += state.level
        if token.map:
            token.map = [line, line + 1]
    env["line"], env["raw"], env["first_line"] = before, raw, scanned
    env["depth"] -= 1
    return inner.tokens


def _push_table(state: StateBlock, mark: Mark, start: int, end: int) -> None:
    """`{% table %}` of Markdoc up to its end, where its rows are lists; any other is a wrapper."""
    stop = _line_of_end(state, start + 1, end, mark)
    if stop <= start or state.env.get("depth", 0) >= _MOST_TABLES:
        return
    text = state.getLines(start + 1, stop, state.sCount[start], keepLastLF=True)
    if rows := rows_between_rules(tokens := _blocks(state, text, start)):
        is_headed = tokens[0].type != "hr"
        tokens = table_tokens(rows, [start, stop + 1], level=state.level, is_headed=is_headed)
    state.tokens += tokens
    state.line = stop + 1


def _is_called(state: StateBlock, name: str) -> bool:
    """Whether an article calls a variable, or hands it to what it includes."""
    if "called" not in state.env:
        state.env["called"] = frozenset(_CALLED.findall(state.src))
    return name in state.env["called"]


def _end_of_lines(state: StateBlock, line: int, end: int, mark: Mark) -> int:
    """The line behind a branch that is not shown; the same line, where nothing ends it."""
    depth = 0
    skips_all = mark.name in _BRANCHES
    while line < end and _may_scan(state):
        text = state.src[state.bMarks[line] : state.eMarks[line]]
        for found in _END_OF_BRANCH.finditer(text) if "{%" in text else ():
            if found[1]:
                depth -= 1
            elif found[2] != "else":
                depth += 1
            if depth < 0 or (found[2] == "else" and depth == 0 and not found[1] and not skips_all):
                return line + 1
        line += 1
    return state.line


def _line_of_end(state: StateBlock, line: int, end: int, mark: Mark) -> int:
    """The line on which the end of a mark stands; the one before, where none does."""
    name = re.escape(mark.name)
    ends = "end" if mark.name == "highlight" else r"(?:end|/\s*)"  # any word of Markdoc's own
    closing = re.compile(rf"\{{%-?\s*{ends}{name}\b|\{{\{{[<%]\s*/\s*{name}\b")
    at = line
    while at < end and _may_scan(state):
        if closing.search(state.src, state.bMarks[at], state.eMarks[at]):
            return at
        at += 1
    return line - 1


def _may_scan(state: StateBlock) -> bool:
    """Whether one more line may be looked at: each can be so often, on average."""
    env = state.env
    env["scanned"] = env.get("scanned", 0) + 1
    return bool(env["scanned"] < 50 * state.lineMax + 10_000)


def _push_code(state: StateBlock, mark: Mark, start: int, end: int) -> None:
    """`{% highlight ruby %}` and what stands up to its end: a block of code. One without an end,
    such as a drawing in a file of its own, is left out.
    """
    stop = _line_of_end(state, start + 1, end, mark)
    if stop <= start:
        state.env["expander"].leave_out(mark.shown, start)
        return
    token = state.push("fence", "code", 0)
    words = (mark.name,) if mark.name in _DRAWINGS else mark.words
    named = (word.removeprefix("lang:") for word in words if word.startswith("lang:"))
    token.info = next(named, words[0] if words else "")  # Hexo names the language of several words
    token.content = state.getLines(start + 1, stop, state.sCount[start], keepLastLF=True)
    token.map = [start, stop + 1]
    token.markup = "```"
    state.line = stop + 1


def expand_words(state: StateCore) -> None:
    """Replace the marks among the words of paragraphs, cells and blocks of HTML."""
    env = state.env
    if not (env["markup"].is_mdx or "{" in state.src or "[!" in state.src or env.get("includes")):
        return
    expander: Expander = env["expander"]
    raw = env["raw"]
    for token in state.tokens:
        if token.type in {"inline", "html_block"} and token.content:
            line = token.map[0] if token.map else 0
            if not any(first <= line < stop for first, stop in raw):
                written = token.content
                token.content = expander.text(written, line)
                if token.content != written:
                    env["account"].has_marks = True
                    token.content = token.content.rstrip(" \t")
    for reference in env.get("references", {}).values():
        href = reference.get("href", "").replace("%7B", "{").replace("%7D", "}").replace("%20", " ")
        if "{" in href:
            reference["href"] = expander.text(href, 0)
            env["account"].has_marks |= reference["href"] != href


def fill_code(state: StateCore) -> None:
    """Put the code that fences call from files into them."""
    markup: Markup = state.env["markup"]
    expander: Expander = state.env["expander"]
    for token in state.tokens:
        if token.type in {"fence", "code_block"}:
            code = fill(token.content, markup, expander.code)
            if code != token.content:
                token.content = expander.counted(code, token.map[0] if token.map else 0)
                state.env["account"].has_marks = True
        if token.type == "fence" and not markup.families.isdisjoint(_MARK_LINES):
            code, token.info = without_line_comments(token.content, token.info)
            state.env["account"].has_marks |= code != token.content
            token.content = code
