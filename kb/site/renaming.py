"""Short names for the variables of a script, of which only the tokens are known.

A name is one variable's or several's: scopes need not be known. But a script is cut into
*items*, its functions and the methods of its classes, and names that never stand in one item
may get the same short name: most functions then have variables called a, b and c. Names of
the script's outermost level, and private members, get names of their own.

Properties keep their names, and so does what is declared nowhere. In a template only a name
that stands alone between the braces is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum, auto
from itertools import count, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.site.shrink import Token


class Role(Enum):
    """What a word stands for; both in `{ name }`, which is short for `{ name: name }`."""

    OTHER = auto()
    VARIABLE = auto()
    PROPERTY = auto()
    BOTH = auto()


_DECLARES = frozenset(["#", "const", "let", "class", "function", "function*"])
_CONTROLS = frozenset(["if", "for", "while", "switch", "catch"])
_MODIFIERS = frozenset(["async", "get", "set", "static", "*"])
_ENDS_ITEM = frozenset([";", "}"])
_BEFORE_BLOCK = frozenset([")", ";", "{", "}", "else", "try", "finally", "do", "catch", ">"])
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ALONE = re.compile(r"\$\{([A-Za-z_$][\w$]*)\}")
_HOLE = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")
_OPENS = frozenset("([{")
_CLOSES = frozenset(")]}")


def rename(tokens: Sequence[Token], keep: frozenset[str], level: int) -> Iterator[Token]:
    """The tokens with short names for variables, but for those in `keep`.

    `level` is how many brackets stand around what counts as the script's outermost level.
    """
    roles = list(_roles(tokens))
    pairs = zip(tokens, roles, strict=True)
    used = Counter(token.text for token, role in pairs if role is not Role.PROPERTY)
    alone, others = _in_templates(tokens)
    used.update(alone)
    chosen = (_declared(tokens) & used.keys()) - others - keep
    taken = (used.keys() | others) - chosen
    short = _choose(
        sorted(chosen, key=lambda name: (-used[name], name)), taken, _places(tokens, level)
    )
    for token, role in zip(tokens, roles, strict=True):
        text = _renamed(token, role, short)
        yield token if text == token.text else token._replace(text=text)


def _choose(
    names: Iterable[str], taken: Iterable[str], places: Mapping[str, set[int]]
) -> dict[str, str]:
    """A short name for each: the first that no other one has in any of its places."""
    candidates: list[str] = []
    more = _short_names(taken)
    held: dict[int, set[str]] = {}
    short = {}
    for name in names:
        busy = set().union(*(held.get(place, ()) for place in places[name]))
        free = next((one for one in candidates if one not in busy), None)
        while free is None:
            candidates.append(next(more))
            free = candidates[-1] if candidates[-1] not in busy else None
        short[name] = free
        for place in places[name]:
            held.setdefault(place, set()).add(free)
    return short


_TOP = -1
"""The place of names that all have to differ: those of the outermost level, private members."""


def _places(tokens: Sequence[Token], level: int) -> dict[str, set[int]]:
    """The items that each name stands in."""
    places: dict[str, set[int]] = {}
    opened: list[int] = []
    item = 0
    for at, (kind, text, _) in enumerate(tokens):
        if text in _CLOSES:
            opened.pop()
        names = [text] if kind == "word" else _ALONE.findall(text) if text.startswith("`") else []
        for name in names:
            found = places.setdefault(name, set())
            found.add(item)
            top = len(opened) == level or _is_unpacked(tokens, opened, level)
            if top or (at and tokens[at - 1].text == "#"):
                found.add(_TOP)
        if text in _ENDS_ITEM and (len(opened) == level or _is_in_class(tokens, opened, level)):
            item += 1
        if text in _OPENS:
            opened.append(at)
    return places


def _is_in_class(tokens: Sequence[Token], opened: Sequence[int], level: int) -> bool:
    """Whether this stands between the members of a class of the outermost level."""
    return len(opened) == level + 1 and _brace(tokens, opened[level]) == "class"


def _is_unpacked(tokens: Sequence[Token], opened: Sequence[int], level: int) -> bool:
    """Whether this stands in `const { ... }` or `const [ ... ]` of the outermost level."""
    return len(opened) > level and tokens[max(0, opened[level] - 1)].text in {"const", "let"}


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
        if text in _OPENS:
            opened.append(at)
        elif text in _CLOSES:
            start = opened.pop()
            unpacks = text == "]" and start and tokens[start - 1].text in _DECLARES
            takes = _begins(tokens, at + 1, "=", ">") or _is_body(tokens, start, at)
            if unpacks or (text == ")" and takes):
                found.update(_parameters(tokens[start : at + 1]))
        elif kind == "word":
            before, after = _around(tokens, at)
            if before in _DECLARES or (after == "=" and _begins(tokens, at + 1, "=", ">")):
                found.add(text)
    return {name for name in found if _NAME.fullmatch(name)}


def _is_body(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether parentheses hold the parameters of a function or method whose body follows."""
    return _begins(tokens, end + 1, "{") and tokens[max(0, start - 1)].text not in _CONTROLS


def _parameters(tokens: Sequence[Token]) -> Iterator[str]:
    """The plain ones, of arrays taken apart as well; those in braces are properties, too."""
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
        elif text in _CLOSES:
            opened.pop()
        if kind != "word":
            yield Role.OTHER
            continue
        before, after = _around(tokens, at)
        if before == "." and _begins(tokens, at - 3, ".", ".", "."):
            yield Role.VARIABLE
        else:
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
