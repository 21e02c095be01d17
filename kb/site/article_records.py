"""What the site keeps of an article between builds: enough for every page but its own.

A `PageMeta` is an article without its text, with what the pages around it need. A `RenderedBody`
is that with what only the article's own page shows. Both the former and the links of the latter
can be written down as JSON and read back, each apart: most builds need no links of old articles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kb.model import ArticleMeta, decode_as, encode_meta
from kb.site.links import LinkReference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.model import FileRow, Problem


class Heading(NamedTuple):
    """A heading in the table of contents; `text` is plain, `html` the same with its code as such
    and what else marks words.
    """

    level: int
    anchor: str
    text: str
    html: str


class Question(NamedTuple):
    """A heading that asks, and the text under it: both plain."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta(ArticleMeta):
    """An article as its neighbours' pages see it.

    `rooted` are the first links from the root of a host, which tell where the articles stood.
    `description` is the summary, or how the text begins. `top` is the anchor of its title.
    `labels` are places in it that links of other articles name, each with its heading, or nothing.
    `terms` are the words that it shares with related articles, each with a weight, as JSON:
    most builds ask only whether they are the same. `includes` are as those of an article.
    """

    description: str = ""
    top: str = ""
    anchors: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    rooted: tuple[str, ...] = ()
    terms: str = "[]"
    includes: tuple[FileRow, ...] = ()
    problems: tuple[Problem, ...] = ()


class RenderedBody(NamedTuple):
    """An article's own page before links are resolved.

    `wants` are its links and images within the site, and `html` holds a marker for each of
    them; `heading` is what stands above it, as HTML too; `body` is its Markdown.
    """

    meta: PageMeta
    wants: tuple[LinkReference, ...]
    html: str
    heading: str
    outline: tuple[Heading, ...]
    questions: tuple[Question, ...]
    body: str


_encode = json.JSONEncoder(separators=(",", ":")).encode


def as_json(meta: PageMeta) -> str:
    """The article as one line of JSON."""
    return _encode(encode_meta(meta))


def from_json(text: str | bytes) -> PageMeta | None:
    """The article that `as_json` wrote down; None if this is none."""
    try:
        return decode_as(PageMeta, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def wants_as_json(wants: Sequence[LinkReference]) -> str:
    """The links of an article as one line of JSON."""
    return _encode(wants)


def wants_from_json(text: str | bytes) -> tuple[LinkReference, ...] | None:
    """The links that `wants_as_json` wrote down; None if these are none."""
    try:
        return tuple([LinkReference(*wanted) for wanted in json.loads(text)])
    except (ValueError, TypeError, RecursionError):
        return None
