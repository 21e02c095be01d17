"""The marks of other tools' templates in one article: which are read there, and what they call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from markdown_it.utils import EnvType

_DEEPEST = 8
_MOST_INCLUDES = 1_000


def names(words: str) -> frozenset[str]:
    """The names in a text."""
    return frozenset(words.split())


_BUTTONS = names("button md-button btn")
_QUIET = names("secondary md-button--secondary btn-secondary btn-outline")


def button_class(classes: Collection[str]) -> str:
    """The class of what stands around a link whose own classes make a button of it; empty for any
    other.
    """
    if _BUTTONS.isdisjoint(classes):
        return ""
    is_plain = "md-button" in classes and "md-button--primary" not in classes
    return "push" if _QUIET.isdisjoint(classes) and not is_plain else "push soft"


def _nothing(_name: str) -> str | None:
    return None


@dataclass(slots=True)
class Account:
    """What was met in one article: whether it has raw HTML, whether it has that or other marks
    that are neither CommonMark's nor GitHub's, and what had to be left out, by kind with the line
    of each.
    """

    has_html: bool = False
    has_marks: bool = False
    left_out: list[tuple[str, int]] = field(default_factory=list)

    def leave_out(self, what: str, line: int) -> None:
        """Note that something is not shown."""
        self.left_out.append((what, line))


@dataclass(frozen=True, slots=True)
class Markup:
    """How the marks of one article are read.

    `families` are those of its dialect (`liquid`, `hugo`, ...); `mdx` for an article in MDX.
    `include` gives the Markdown of a file by the name that the article calls it, `code` the text of
    any other, `variable` a value, `path` the path from the root of the content for a file named by
    a link tag; None for what there is not.
    """

    families: frozenset[str] = frozenset()
    include: Callable[[str], str | None] = _nothing
    variable: Callable[[str], str | None] = _nothing
    path: Callable[[str], str | None] = _nothing
    code: Callable[[str], str | None] = _nothing

    @property
    def is_mdx(self) -> bool:
        """Whether the article is in MDX, where components and expressions are code."""
        return "mdx" in self.families


PLAIN = Markup()


def may_include(env: EnvType) -> bool:
    """Whether one more text may be included here: depth and number are bounded."""
    number: int = env.get("includes", 0) + 1
    depth: int = env.get("depth", 0)
    env["includes"] = number
    return depth < _DEEPEST and number <= _MOST_INCLUDES
