"""What the index holds of an article: terms with weights and positions, and records to show.

Analysis comes first and needs the article alone; weights need the average lengths of all
fields too, so they are put on in a second step.

A section's text lies in five fields. Positions say which: each field has a range of its own,
so that words of two fields are never neighbours. Stop words get a weight but no position:
words are neighbours when only stop words stand between them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.analysis import compose
from kb.cards import card_of, card_record
from kb.model import Audience, Status
from kb.ranking import (
    FIELDS,
    MAX_WEIGHT,
    Averages,
    Ranking,
    field_norms,
    head_steps,
    pseudo_frequency,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.analysis import Analyzer
    from kb.model import Article, Section

RANGE_STARTS = (0, 1024, 2048, 3072, 8192)
RANGE_ENDS = (1024, 2048, 3072, 8192, 0xFFFF)
"""First position of each of the FIELDS, and the one after its last: later words have none."""

def field_of(position: int) -> int:
    """Which of the FIELDS a position lies in."""
    return bisect_right(RANGE_STARTS, position) - 1


PHRASE_GAP = 4
"""Positions left free between two issue phrases or headings of a trail."""


@dataclass(frozen=True, slots=True)
class AnalyzedSection:
    """A section's terms before weighting: for each term how often it stands in each of the
    FIELDS, and its positions; the length of each field in words."""

    section: Section
    lead: bool
    counts: dict[str, list[int]]
    positions: dict[str, array[int]]
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnalyzedArticle:
    """An article's sections, analyzed; `words` are its words as written."""

    article: Article
    title: tuple[str, ...]
    words: frozenset[str]
    sections: tuple[AnalyzedSection, ...]


@dataclass(frozen=True, slots=True)
class SectionDocument:
    """A section as indexed: term -> (weight in steps, positions as u16 in native order)."""

    terms: dict[str, tuple[int, bytes]]
    heads: dict[str, int]
    lengths: tuple[int, ...]
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ArticleDocuments:
    """An article as indexed, with its sections in order."""

    id: str
    hidden: bool
    title: tuple[str, ...]
    words: frozenset[str]
    facets: tuple[str, ...]
    record: dict[str, Any]
    sections: tuple[SectionDocument, ...]


class _Draft:
    """Terms of one section, collected field by field."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.counts: dict[str, list[int]] = {}
        self.positions: dict[str, array[int]] = {}
        self.lengths = [0] * len(FIELDS)

    def add(self, field: int, texts: Iterable[str]) -> None:
        """Add texts to a field; neighbours are sought within each text."""
        start = RANGE_STARTS[field]
        for text in texts:
            terms, length = self.analyzer.terms(text)
            self.lengths[field] += length
            start += self._add_terms(field, terms, start) + PHRASE_GAP

    def _add_terms(self, field: int, terms: list[tuple[str, int]], start: int) -> int:
        """Count terms; returns how many positions they take."""
        counts, positions, end = self.counts, self.positions, RANGE_ENDS[field]
        last = -1
        for term, position in terms:
            count = counts.get(term)
            if count is None:
                count = counts[term] = [0] * len(FIELDS)
                positions[term] = array("H")
            count[field] += 1
            if position >= 0:
                last = position
                if start + position < end:
                    positions[term].append(start + position)
        return last + 1


def analyze_article(article: Article, analyzer: Analyzer) -> AnalyzedArticle:
    """Cut an article into terms. Issue phrases count for its first section."""
    title = head_terms(analyzer.terms(article.title)[0])
    texts = [article.title, *_issues(article)]
    sections = []
    for section in article.sections:
        sections.append(_analyze_section(article, section, analyzer))
        texts += (section.heading, section.text)
    words = frozenset().union(*map(analyzer.surfaces, texts))
    return AnalyzedArticle(article, title, words, tuple(sections))


def head_terms(terms: list[tuple[str, int]]) -> tuple[str, ...]:
    """The terms of a title, without stop words unless there are no others."""
    content = dict.fromkeys(term for term, position in terms if position >= 0)
    return tuple(content or dict.fromkeys(term for term, _ in terms))


def _analyze_section(article: Article, section: Section, analyzer: Analyzer) -> AnalyzedSection:
    lead = section.heading == article.title
    draft = _Draft(analyzer)
    draft.add(0, (article.title,))
    if not lead:  # the title is counted as such already
        draft.add(1, (section.heading,))
    draft.add(2, section.trail)
    if section.position == 0:
        draft.add(3, _issues(article))
    draft.add(4, (section.text,))
    lengths = tuple(min(length, MAX_WEIGHT) for length in draft.lengths)
    return AnalyzedSection(section, lead, draft.counts, draft.positions, lengths)


def _issues(article: Article) -> tuple[str, ...]:
    """Issue phrases, and the former names of an article: people remember those, too."""
    former = (alias.rpartition("/")[2] for alias in article.aliases)
    return (*article.issues, *(name.replace("-", " ").replace("_", " ") for name in former))


def averages_of(articles: Iterable[AnalyzedArticle]) -> Averages:
    """The average lengths of the fields in all sections that the public sees."""
    totals, sections = [0] * len(FIELDS), 0
    for article in articles:
        if not is_hidden(article.article):
            for section in article.sections:
                sections += 1
                totals = [a + b for a, b in zip(totals, section.lengths, strict=True)]
    return Averages.of(totals, sections)


def weigh_article(
    analyzed: AnalyzedArticle, averages: Averages, ranking: Ranking
) -> ArticleDocuments:
    """Put weights on an article's terms."""
    article = analyzed.article
    return ArticleDocuments(
        id=article.id,
        hidden=is_hidden(article),
        title=analyzed.title,
        words=analyzed.words,
        facets=_facets(article),
        record={**card_record(card_of(article)), "sections": len(article.sections)},
        sections=tuple(
            _weigh_section(article, section, averages, ranking) for section in analyzed.sections
        ),
    )


def _weigh_section(
    article: Article, analyzed: AnalyzedSection, averages: Averages, ranking: Ranking
) -> SectionDocument:
    norms = field_norms(analyzed.lengths, averages, ranking)
    terms = {
        term: (pseudo_frequency(counts, norms), analyzed.positions[term].tobytes())
        for term, counts in analyzed.counts.items()
    }
    heads = _heads(analyzed, ranking)
    record = _section_record(analyzed.section)
    return SectionDocument(terms, heads, analyzed.lengths, record)


def _heads(analyzed: AnalyzedSection, ranking: Ranking) -> dict[str, int]:
    """The terms of title and heading with what they weigh in coverage, without stop words unless
    there are no others. A lead section's heading is the title."""
    in_head = {t: counts for t, counts in analyzed.counts.items() if counts[0] or counts[1]}
    content = {t: counts for t, counts in in_head.items() if analyzed.positions[t]}
    return {
        term: head_steps(in_heading=analyzed.lead or bool(counts[1]), ranking=ranking)
        for term, counts in (content or in_head).items()
    }


def is_hidden(article: Article) -> bool:
    """Whether the public sees nothing of an article."""
    return article.audience is not Audience.PUBLIC or article.status is not Status.PUBLISHED


def _facets(article: Article) -> tuple[str, ...]:
    """What filters select by. An article is in its topic and in all topics above it."""
    folders = article.topic.split("/") if article.topic else []
    topics = ["/".join(folders[:depth]) for depth in range(1, len(folders) + 1)]
    return (
        f"tier:{article.tier}",
        f"audience:{article.audience}",
        f"status:{article.status}",
        *(f"topic:{topic.casefold()}" for topic in topics),
        *(f"tag:{tag.casefold()}" for tag in article.tags),
    )


def _section_record(section: Section) -> dict[str, Any]:
    """What a hit shows of its section."""
    return {
        "anchor": section.anchor,
        "heading": section.heading,
        "level": section.level,
        "trail": section.trail,
        "text": compose(section.text),
        "lines": section.lines,
        "position": section.position,
    }
