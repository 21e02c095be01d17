"""JavaScript in fewer bytes: without comments and needless space, and with short names.

Reads the tokens of the scripts that kb ships, not JavaScript at large. Statements end in
semicolons there, so that a line's end matters only after a brace; there is no `eval`, no
`with`, and no name of a browser's is taken for something else.

Every variable gets one short name wherever it stands, so that scopes need not be known, and so
do private members (`#name`); properties keep theirs, and so does what is declared nowhere. In a
template only a name that stands alone between the braces is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum, auto
from itertools import count, product
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
  | (?P<text> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
            | `(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|\{[^{}`]*\})*\})*` )
  | (?P<word> [\w$]+ )
  | (?P<line> [ \t]*\n\s* )
  | (?P<space> [ \t]+ )
  | (?P<sign> [^\s`"'] )
    """,
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%<>~^")
_WORDS_BEFORE_REGEX = frozenset(["return", "typeof", "case", "in", "of", "yield", "await"])
_CONTINUES = frozenset("{([,;")
_CLOSES = frozenset("})],;.")
_ENDS = frozenset("})")  # a comma before these says nothing; before ] it could be an empty place


class Role(Enum):
    """What a word stands for; both in `{ name }`, which is short for `{ name: name }`."""

    OTHER = auto()
    VARIABLE = auto()
    PROPERTY = auto()
    BOTH = auto()


class Token(NamedTuple):
    """A token and the space before it: nothing, a space, or a line's end."""

    kind: str
    text: str
    gap: str


def shrink(script: str, keep: frozenset[str] = frozenset()) -> str:
    """A script that does the same in fewer bytes; `keep` are names that others know.

    Raises SiteError where a token is unknown.
    """
    made: list[str] = []
    before = ""
    for token in _rename(list(_read(script)), keep):
        if before == "," and token.text in _ENDS:
            made.pop()
        made += [_gap(token.gap, before, token.text), token.text]
        before = token.text
    return "".join(made) + "\n"


def _read(script: str) -> Iterator[Token]:
    before = gap = ""
    at = 0
    while at < len(script):
        kind, text = _next(script, at, before)
        at += len(text)
        if kind in ("comment", "space"):
            gap = gap or " "
        elif kind == "line":
            gap = "\n"
        else:
            yield Token(kind, text, gap)
            before, gap = text, ""


def _next(script: str, at: int, before: str) -> tuple[str, str]:
    """The kind and the text of the token that begins here."""
    regex = _REGEX.match(script, at) if _may_be_regex(before) else None
    if regex is not None and script[at + 1] not in "/*":
        return "regex", regex.group()
    found = _TOKEN.match(script, at)
    if found is None:
        line = script.count("\n", 0, at) + 1
        raise SiteError("no token of a script", line=line, code="site-script")
    return str(found.lastgroup), found.group()


def _may_be_regex(before: str) -> bool:
    return not before or before[-1] in _BEFORE_REGEX or before in _WORDS_BEFORE_REGEX


def _gap(gap: str, before: str, token: str) -> str:
    """What has to stay of the space between two tokens."""
    if not gap or not before:
        return ""
    if gap == "\n":
        return "" if before[-1] in _CONTINUES or token[0] in _CLOSES else "\n"
    return " " if _merge(before[-1], token[0]) else ""


def _merge(left: str, right: str) -> bool:
    """Whether two characters side by side could be read as one token."""
    if _is_word(left) and _is_word(right):
        return True
    return (left == right and left in "+-&|/") or (left == "/" and _is_word(right))


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$"


_DECLARES = frozenset(["#", "const", "let", "class", "function", "function*"])
_MODIFIERS = frozenset(["async", "get", "set", "static", "*"])
_BEFORE_BLOCK = frozenset([")", ";", "{", "}", "else", "try", "finally", "do", "catch", ">"])
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ALONE = re.compile(r"\$\{([A-Za-z_$][\w$]*)\}")
_HOLE = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")
_OPENS = {"(": ")", "[": "]", "{": "}"}


def _rename(tokens: Sequence[Token], keep: frozenset[str]) -> Iterator[Token]:
    """The tokens with short names for variables."""
    roles = list(_roles(tokens))
    pairs = zip(tokens, roles, strict=True)
    used = Counter(token.text for token, role in pairs if role is not Role.PROPERTY)
    alone, others = _in_templates(tokens)
    used.update(alone)
    chosen = (_declared(tokens) & used.keys()) - others - keep
    often = sorted(chosen, key=lambda name: (-used[name], name))
    short = dict(zip(often, _short_names(used.keys() | others), strict=False))
    for token, role in zip(tokens, roles, strict=True):
        yield token._replace(text=_renamed(token, role, short))


def _renamed(token: Token, role: Role, short: Mapping[str, str]) -> str:
    name = short.get(token.text, token.text)
    if role is Role.VARIABLE:
        return name
    if role is Role.BOTH:
        return token.text if name == token.text else f"{token.text}:{name}"
    if token.text.startswith("`"):
        return _ALONE.sub(lambda found: f"${{{short.get(found[1], found[1])}}}", token.text)
    return token.text


def _declared(tokens: Sequence[Token]) -> set[str]:
    """Names that a declaration or a parameter of a function brings into being."""
    found: set[str] = set()
    opened: list[int] = []
    for at, (kind, text, _) in enumerate(tokens):
        before, after = _around(tokens, at)
        if text in _OPENS:
            opened.append(at)
        elif text in _OPENS.values():
            start = opened.pop()
            if text == ")" and (_begins(tokens, at + 1, "=", ">") or _is_function(tokens, start)):
                found.update(_parameters(tokens[start : at + 1]))
        elif kind == "word" and (
            before in _DECLARES or (after == "=" and _begins(tokens, at + 1, "=", ">"))
        ):
            found.add(text)
    return {name for name in found if _NAME.fullmatch(name)}


def _is_function(tokens: Sequence[Token], at: int) -> bool:
    """Whether the parenthesis here opens the parameters of a function with a name."""
    return any(token.text == "function" for token in tokens[max(0, at - 3) : at])


def _parameters(tokens: Sequence[Token]) -> Iterator[str]:
    """The plain ones; those in braces are properties as well."""
    for at in range(1, len(tokens) - 1):
        if (
            tokens[at].kind == "word"
            and tokens[at - 1].text in "(,["
            and tokens[at + 1].text in ",)]="
        ):
            yield tokens[at].text


def _roles(tokens: Sequence[Token]) -> Iterator[Role]:
    """What each token is."""
    opened: list[str] = []
    for at, (kind, text, _) in enumerate(tokens):
        if text in _OPENS:
            opened.append(_brace(tokens, at) if text == "{" else text)
        elif text in _OPENS.values():
            opened.pop()
        if kind != "word":
            yield Role.OTHER
        elif _begins(tokens, at - 3, ".", ".", "."):
            yield Role.VARIABLE
        else:
            before, after = _around(tokens, at)
            if before == "*" and not _begins_member(tokens, at - 2):
                before = "times"
            yield _role(before, after, opened[-1] if opened else "")


def _begins_member(tokens: Sequence[Token], at: int) -> bool:
    """Whether a star behind this token is that of a generator, and no multiplication."""
    return at < 0 or tokens[at].text in {"{", "}", ",", ";", "async", "static"}


def _role(before: str, after: str, inside: str) -> Role:
    if before == "#":
        return Role.VARIABLE
    if before == ".":
        return Role.PROPERTY
    if inside == "object" and before in {"{", ",", *_MODIFIERS}:
        if after in {":", "("}:
            return Role.PROPERTY
        return Role.BOTH if after in {",", "}", "="} else Role.VARIABLE
    in_class = inside == "class" and before in {"{", "}", ";", *_MODIFIERS}
    return Role.PROPERTY if in_class else Role.VARIABLE


def _brace(tokens: Sequence[Token], at: int) -> str:
    """What a brace opens: a block, a class, or an object or its parts."""
    if _begins(tokens, at - 2, "class") or _begins(tokens, at - 4, "class"):
        return "class"
    return "block" if not at or tokens[at - 1].text in _BEFORE_BLOCK else "object"


def _in_templates(tokens: Iterable[Token]) -> tuple[list[str], set[str]]:
    """Names in templates: those that stand alone in their braces, and those that do not."""
    texts = "".join(token.text for token in tokens if token.text.startswith("`"))
    holes = _HOLE.findall(_ALONE.sub("", texts))
    return _ALONE.findall(texts), {name for hole in holes for name in _NAME.findall(hole)}


def _around(tokens: Sequence[Token], at: int) -> tuple[str, str]:
    before = tokens[at - 1].text if at else ""
    return before, tokens[at + 1].text if at + 1 < len(tokens) else ""


def _begins(tokens: Sequence[Token], at: int, *texts: str) -> bool:
    return [token.text for token in tokens[at : at + len(texts)]] == list(texts)


def _short_names(taken: Iterable[str]) -> Iterator[str]:
    """a, b, c and so on, none of those that are taken."""
    known = {*taken, "do", "if", "in", "of", "as"}
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for length in count(1):
        for name in map("".join, product(letters, repeat=length)):
            if name not in known:
                yield name


_STYLE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|/\*(?:[^*]|\*(?!/))*\*/|\s*([{};,])\s*|(:)\s+"""
)


def shrink_style(style: str) -> str:
    """A stylesheet without comments and needless space."""
    short = _STYLE.sub(lambda found: found[1] or found[2] or found[3] or "", style)
    return short.replace(";}", "}").strip() + "\n"
