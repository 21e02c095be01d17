"""What a person typed, read as words, phrases, exclusions and filters.

Any string is a query. Words need no quotes; syntax is what can't be an accident:

    "order tracking"          a phrase: these words, one after the other; in a sentence, with
                              MIN_OUTSIDE or more other words, preferred and not required
    -gift   -"gift card"      not in sections with this word (of three letters or more) or phrase
    topic:orders              only in this topic and those below it
    tier:contact  tag:refund  only articles of this tier, with this tag

A single quote mark, `--dry-run`, `ls -lh`, `e-mail`, `error: 5`, `tier:nonsense`, and a query of
nothing but exclusions are words. Longer input than MAX_CHARACTERS, or more words than
MAX_WORDS, is cut, and a notice says so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.model import Audience, Tier
from kb.text.characters import compose

MAX_CHARACTERS = 1024
MAX_WORDS = 32
MIN_OUTSIDE = 3
"""Words outside quotes, stop words not counted, that make a sentence, which only quotes."""

CUT_CHARACTERS = "The query was cut to its first {count} characters."
CUT_WORDS = "The query was cut to its first {count} words."
NO_TIER = "{word} was taken as a word: the tiers are {tiers} and {last}."

QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb'
_SYNTAX = re.compile(
    rf"""(?<!\S)(?:
        (?P<minus>-?)[{QUOTES}](?P<phrase>[^{QUOTES}]*[^\W_{QUOTES}][^{QUOTES}]*)[{QUOTES}]
        | (?P<key>topic|tier|tag):(?P<value>[^\s{QUOTES}]+)
        | -(?P<excluded>(?=(?:[^\s{QUOTES}]*?\w){{3}})[^\W\d_][^\s{QUOTES}]*)
    )""",
    re.VERBOSE,
)


class Filters(NamedTuple):
    """What an article must be: None is anything. Values are as written."""

    tier: Tier | None = None
    topic: str | None = None
    tag: str | None = None


class Query(NamedTuple):
    """A query, read. `words` is the text to rank by: all of it but exclusions and filters,
    phrases included; `phrases` and `excluded` are texts of one or more words.
    """

    text: str
    words: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: Filters = Filters()
    notices: tuple[str, ...] = ()


ALL = 1 << 30
"""A limit that nothing reaches."""


class Request(NamedTuple):
    """A query and how to answer it.

    `limit` and `per_article` count sections. With `grouped` those of an article follow its best
    one. `filters` are joined with the query's own.
    `prefix` takes the last word as the beginning of one. `person_first` puts articles of
    the contact tier before all others. `correct` allows spelling correction.
    """

    query: Query
    limit: int = ALL
    per_article: int = ALL
    grouped: bool = False
    filters: Filters = Filters()
    audience: Audience = Audience.PUBLIC
    drafts: bool = False
    prefix: bool = False
    person_first: bool = False
    correct: bool = True
    explain: bool = False


def parse_query(text: str) -> Query:
    """Read any string as a query."""
    text, notices = _cut(text)
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    filters: dict[str, str] = {}
    end = 0
    for match in _SYNTAX.finditer(text):
        words.append(text[end : match.start()])
        end = match.end()
        if match["excluded"] or match["minus"]:
            excluded.append(match["excluded"] or match["phrase"])
        elif match["phrase"]:
            words.append(match["phrase"])
            phrases.append(match["phrase"])
        elif _is_filter(match["key"], match["value"]):
            filters[match["key"]] = match["value"]
        else:
            words.append(match[0])
            if match["key"] == "tier":
                notices = (*notices, _no_tier(match[0]))
    ranked = " ".join(" ".join([*words, text[end:]]).split())
    if excluded and not filters and not re.search(r"[^\W_]", ranked):
        return Query(text, text, notices=notices)
    return Query(text, ranked, tuple(phrases), tuple(excluded), _filters(filters), notices)


def as_words(text: str) -> Query:
    """A text that is nobody's query, such as a message: words, and what it quotes; nothing in it
    leaves anything out.
    """
    cut, notices = _cut(text)
    quoted = tuple(match["phrase"] for match in _SYNTAX.finditer(cut) if match["phrase"])
    return Query(cut, " ".join(cut.split()), quoted, notices=notices)


def _cut(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in NFC, without lone surrogates, and cut to length."""
    some = text[: 8 * MAX_CHARACTERS]  # composing makes one character of four at most
    text = compose(some.encode("utf-8", "replace").decode())
    if len(text) <= MAX_CHARACTERS:
        return text, ()
    cut = text[:MAX_CHARACTERS]
    if cut[-1].isalnum() and text[MAX_CHARACTERS].isalnum() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut, (CUT_CHARACTERS.format(count=f"{len(cut):,}"),)


def _is_filter(key: str, value: str) -> bool:
    if key == "tier":
        return value.lower() in {tier.value for tier in Tier}
    return key != "topic" or bool(value.strip("/"))


def _no_tier(written: str) -> str:
    *others, last = (tier.value for tier in Tier)
    return NO_TIER.format(word=written, tiers=", ".join(others), last=last)


def _filters(values: dict[str, str]) -> Filters:
    tier = values.get("tier")
    return Filters(
        tier=Tier(tier.lower()) if tier else None,
        topic=values["topic"].strip("/") if "topic" in values else None,
        tag=values.get("tag"),
    )
