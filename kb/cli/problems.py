"""Problems of articles as they are told: one by one while they are few, else by kind, with counts.

A kind is what a message says without its names and numbers. Its first problem stands for all, with
the setting that would mend most of them where one is known. However large a folder is, all that is
told without -v takes less than 40 lines.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from kb.model import Severity
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kb.cli.screen import Screen
    from kb.model import Problem

_FEW = 20
"""Warnings and errors that are told one by one."""
_KINDS = 12
"""Kinds of each severity that are told."""
_VERBOSITY = {Severity.NOTE: 1, Severity.WARNING: 0, Severity.ERROR: -1}
_TARGET = re.compile(r"^the (?P<what>link|image) (?P<written>.+?) (?=leads |is |has |can't |lies )")
_NAMES = re.compile(r"`[^`]*`|\u201c[^\u201d]*\u201d|#\S+|'[^']*'|\b\S*/\S*|\d[\d,.]*")
_BEGINNING = re.compile(r"https?://[^/\s]+/|/(?!broken/)[^/\s{]+/")
_LEFT_OUT = "left-out"


def tell_problems(
    problems: Sequence[Problem],
    screen: Screen,
    counts: Mapping[str, int] | None = None,
    *,
    failing: bool = False,
) -> None:
    """Write problems to stderr: with -v each of them, notes too. `counts` says how many of each
    severity there are, where `problems` are the first ones. Where errors make the command fail,
    they are told as its own.
    """
    every = screen.verbosity > 0
    loud = sum(problem.severity is not Severity.NOTE for problem in problems)
    one_by_one = every or loud <= _FEW
    if one_by_one and failing:
        for problem in problems:
            _say(screen, problem.severity, str(problem), failing=True)
    for severity in () if one_by_one and failing else _VERBOSITY:
        found = [problem for problem in problems if problem.severity is severity]
        for line in map(str, found) if one_by_one else _by_kind(found):
            _say(screen, severity, line, failing=failing)
        if rest := max(0, (counts or {}).get(severity, 0) - len(found)):
            more = counted(rest, f"more {severity}")
            screen.message(f"{more}; -v names them all", verbosity=_VERBOSITY[severity])
    left = [problem for problem in problems if problem.code == _LEFT_OUT]
    if left and not every:
        said = counted(len(left), "file or folder", "files and folders")
        screen.message(f"left out: {said} that no generator would publish; -v names them")


_FOUND = frozenset({"published", "title-suffix", "links-by-name"})


def tell_found(problems: Sequence[Problem], screen: Screen) -> None:
    """Write what kb has found out about a folder and goes by: to be said once, without -v too."""
    if not screen.verbosity:
        for problem in problems:
            if problem.code in _FOUND:
                screen.message(problem.message)


def _say(screen: Screen, severity: Severity, line: str, *, failing: bool) -> None:
    if failing and severity is Severity.ERROR:
        screen.error(line)
    else:
        screen.message(f"{severity}: {line}", verbosity=_VERBOSITY[severity])


def _by_kind(problems: Sequence[Problem]) -> Iterator[str]:
    """A line for each kind, the most frequent ones where there are many kinds."""
    kinds: dict[str, list[Problem]] = {}
    kind_of = cache(_kind)  # of 71,000 problems of 10,000 articles each message stood three times
    for problem in problems:
        kinds.setdefault(kind_of(problem.code, problem.message), []).append(problem)
    told = sorted(kinds.values(), key=len, reverse=True)[:_KINDS]
    for group in told:
        more = f" (and {len(group) - 1:,} more of this kind)" if len(group) > 1 else ""
        yield f"{group[0]}{more}{_advice(group)}"
    if rest := len(problems) - sum(map(len, told)):
        yield f"{rest:,} more of {len(kinds) - len(told):,} other kinds; -v names them all"


def _kind(code: str, message: str) -> str:
    message = _TARGET.sub(r"the \g<what> ", message)
    return f"{code}: {_NAMES.sub('', message)}"


def _advice(group: Sequence[Problem]) -> str:
    """What would mend most links of a kind: the host of pictures that may be shown, or the old site
    of which they lead to other parts. That they lead here without their beginning has been tried.
    """
    begun = Counter[str]()
    for message, times in Counter(problem.message for problem in group).items():
        target = _TARGET.match(message)
        if target and (beginning := _BEGINNING.match(target["written"])):
            begun[beginning.group()] += times
    if not begun or len(group) < 3:  # noqa: PLR2004 fewer are no rule
        return ""
    most, count = begun.most_common(1)[0]
    message = group[0].message
    if count * 2 < len(group):
        return ""
    if "another host" in message:
        host = most.partition("//")[2].strip("/")
        return (
            f'; {count:,} of them are on {host}: remote_images = ["{host}"] under [site] shows them'
        )
    is_here = any(problem.path.startswith(most[1:]) for problem in group)
    if "leads to nothing" not in message or not most.startswith("/") or is_here:
        return ""
    return (
        f"; {count:,} of them begin with {most}: if that is a part of the site where the "
        'articles stood, published_at = ["https://..."] under [content] with its address links '
        "there"
    )
