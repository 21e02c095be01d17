"""Related articles: those that an author names, then those that share the rarest words.

The words of title, tags, phrases and headings stand for an article. What a shared word
counts depends on how many articles have it and on nothing else, so a new article moves
only those that share a word with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from itertools import chain
from math import fsum, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kb.analysis import Analyzer
    from kb.model import Article
    from kb.site.records import Record

SHOWN = 4
"""Related articles on a page."""

_TITLE, _TAGS, _ISSUES, _HEADINGS = 4, 3, 2, 1
_KEPT = 16  # words of one article; more say less and cost more
_COMMON = 200  # a word in more articles than this relates none of them
_LEAST_SHARED = 2  # words: one alone is chance


_encode = json.JSONEncoder(separators=(",", ":")).encode


def weigh_terms(article: Article, analyzer: Analyzer) -> str:
    """The words that stand for an article, each with its weight, heaviest first: as JSON."""
    weights: dict[str, int] = {}
    parts = (
        (_TITLE, (article.title,)),
        (_TAGS, article.tags),
        (_ISSUES, article.issues),
        (_HEADINGS, tuple(section.heading for section in article.sections[:_KEPT])),
    )
    for weight, texts in parts:
        terms, _ = analyzer.terms("\n".join(texts))
        for term in terms:
            weights.setdefault(term, weight)
    kept = sorted(weights.items(), key=lambda item: -item[1])[:_KEPT]
    return _encode(kept)


class Relation:
    """Finds related articles, unless the last build found them by the very same words."""

    def __init__(self, known: Mapping[str, list[list[int]]]) -> None:
        """`known` holds, under a hash of the words, which articles relate to each: by number."""
        self.known = known

    def find(self, records: Sequence[Record]) -> Mapping[str, tuple[str, ...]]:
        """As `find_related`."""
        ids = [record.article.id for record in records]
        words = [f"{r.article.id}\0{r.article.related}\0{r.terms}" for r in records]
        key = hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:32]
        if key not in self.known:
            number = {name: at for at, name in enumerate(ids)}
            found = find_related(records)
            self.known = {key: [[number[other] for other in found[name]] for name in ids]}
        rows = zip(ids, self.known[key], strict=True)
        return {name: tuple([ids[other] for other in others]) for name, others in rows}


def find_related(records: Sequence[Record]) -> dict[str, tuple[str, ...]]:
    """For each article the ids of its related ones, at most `SHOWN`, in order."""
    holders: dict[str, dict[int, int]] = defaultdict(dict)
    terms: list[list[tuple[str, int]]] = [json.loads(record.terms) for record in records]
    for number, own_terms in enumerate(terms):
        for term, weight in own_terms:
            holders[term][number] = weight
    shared = {term: found for term, found in holders.items() if 1 < len(found) <= _COMMON}
    ids = [record.article.id for record in records]
    known = frozenset(ids)
    related = {}
    for number, record in enumerate(records):
        own = [name for name in record.article.related if name in known]
        chosen = dict.fromkeys(name for name in own if name != ids[number])
        if len(chosen) < SHOWN:
            chosen.update(dict.fromkeys(ids[n] for n in _nearest(number, terms[number], shared)))
        related[ids[number]] = tuple(chosen)[: max(SHOWN, len(own))]
    return related


def _nearest(
    number: int,
    terms: Iterable[tuple[str, int]],
    shared: Mapping[str, Mapping[int, int]],
) -> list[int]:
    """The articles with the most in common, best first; ties in order of id."""
    held = [(weight, found) for term, weight in terms if (found := shared.get(term))]
    counts = Counter(chain.from_iterable(found for _, found in held))
    likely = [o for o, count in counts.items() if count >= _LEAST_SHARED and o != number]
    values = [(weight / sqrt(len(found)), found) for weight, found in held]
    scores = {
        other: fsum([value * found[other] for value, found in values if other in found])
        for other in likely
    }
    return sorted(likely, key=lambda other: (-scores[other], other))[: SHOWN + 1]
