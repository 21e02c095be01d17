"""What the index holds of an article: terms with weights and positions, and records to show.

Analysis comes first and needs the article alone; weights need the average lengths of all
fields too, so they are put on in a second step.

A section's text lies in five fields. Positions say which: each field has a range of its own,
so that words of two fields are never neighbours. Stop words get a weight but no position:
words are neighbours when only stop words stand between them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.analysis import Collected, compose
from kb.cards import card_of, card_record
from kb.model import Audience, Status
from kb.ranking import (
    FIELDS,
    HEAD_MASK,
    HEAD_SHIFT,
    MAX_LENGTH,
    Averages,
    Ranking,
    Weight,
    field_norms,
    head_steps,
    lead_norm,
    level,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.analysis import Analyzer
    from kb.model import Article, Section

RANGE_STARTS = (0, 1024, 2048, 3072, 8192)
"""The first position of each of the FIELDS. Words past the end of a field's range are counted,
but have no position of their own."""

_, HEADING_START, TRAIL_START, ISSUES_START, TEXT_START = RANGE_STARTS

LAST_POSITION = 0xFFFF


def field_of(position: int) -> int:
    """Which of the FIELDS a position lies in."""
    return bisect_right(RANGE_STARTS, position) - 1


BLOCK_GAP = 1
"""Positions left free between two blocks of a text."""

PHRASE_GAP = 4
"""Positions left free between two issue phrases or headings of a trail."""


@dataclass(frozen=True, slots=True)
class AnalyzedSection:
    """A section's terms before weighting: positions of its words, of those that are stop words,
    and of those in the text of links; the length of each of the FIELDS in units; the position
    where the first block of the text ends. The heading of an article's `lead` section is the
    title.
    """

    section: Section
    lead: bool
    places: dict[str, list[int]]
    stops: dict[str, list[int]]
    links: dict[str, list[int]]
    lengths: tuple[int, ...]
    lead_end: int


@dataclass(frozen=True, slots=True)
class AnalyzedArticle:
    """An article's sections, analyzed; `words` are its words as written."""

    article: Article
    title: tuple[str, ...]
    words: frozenset[str]
    sections: tuple[AnalyzedSection, ...]


@dataclass(frozen=True, slots=True)
class SectionDocument:
    """A section as indexed: term -> (packed weight, positions). Words in the text of links have
    positions apart, in `linked`: they make phrases, but neither pairs nor nearness.
    """

    terms: dict[str, tuple[int, list[int]]]
    linked: dict[str, tuple[int, list[int]]]
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


def analyze_article(article: Article, analyzer: Analyzer) -> AnalyzedArticle:
    """Cut an article into terms. Issue phrases count for its first section."""
    title = Collected()
    analyzer.collect(article.title, 0, title)
    units: set[str] = set()
    sections = tuple(_analyze_section(article, s, analyzer, units) for s in article.sections)
    words = frozenset(analyzer.surfaces_of(units))
    return AnalyzedArticle(article, tuple(title.places or title.stops), words, sections)


def _analyze_section(
    article: Article, section: Section, analyzer: Analyzer, units: set[str]
) -> AnalyzedSection:
    into, linked = Collected(units=units), Collected(units=units)
    linked.stops = into.stops
    lengths: list[int] = []
    for start, field in zip(RANGE_STARTS, _texts(article, section)[:-1], strict=False):
        position, before = start, into.length
        for text in field:
            position = analyzer.collect(text, position, into) + PHRASE_GAP
        if position > RANGE_STARTS[len(lengths) + 1]:
            _keep_below(RANGE_STARTS[len(lengths) + 1], into)
        lengths.append(into.length - before)
    before = into.length
    lead_end = _collect_text(section, analyzer, into, linked)
    lengths.append(into.length - before + linked.length)
    return AnalyzedSection(
        section=section,
        lead=section.heading == article.title,
        places=into.places,
        stops=into.stops,
        links=linked.places,
        lengths=tuple(min(length, MAX_LENGTH) for length in lengths),
        lead_end=lead_end,
    )


def _keep_below(end: int, into: Collected) -> None:
    """Give words past the end of a field's range its last position."""
    for table in (into.places, into.stops):
        for term, places in table.items():
            if places[-1] >= end:
                table[term] = [min(place, end - 1) for place in places]


def _collect_text(section: Section, analyzer: Analyzer, into: Collected, linked: Collected) -> int:
    """File a section's text, that of links apart; returns where its first block ends."""
    position = RANGE_STARTS[-1]
    lead_end = 0
    for text, is_link in _runs(section):
        first, *blocks = text.split("\n")
        target = linked if is_link else into
        position = analyzer.collect(first, position, target)
        for block in blocks:
            lead_end = lead_end or position
            position = analyzer.collect(block, position + BLOCK_GAP, target)
    return lead_end or position


def _runs(section: Section) -> Iterator[tuple[str, bool]]:
    """A section's text in pieces, each with whether it is the text of a link."""
    end = 0
    for start, stop in section.links:
        yield section.text[end:start], False
        yield section.text[start:stop], True
        end = stop
    yield section.text[end:], False


def _issues(article: Article) -> tuple[str, ...]:
    """Issue phrases, and the former names of an article: people remember those, too."""
    former = (alias.rpartition("/")[2] for alias in article.aliases)
    return (*article.issues, *(name.replace("-", " ").replace("_", " ") for name in former))


def averages_of(articles: Iterable[Article], analyzer: Analyzer) -> Averages:
    """The average lengths of the fields in all sections that the public sees.

    A first look at all articles, so that only one at a time need be held in terms.
    """
    totals, sections = [0] * len(FIELDS), 0
    for article in articles:
        if not is_hidden(article):
            for section in article.sections:
                sections += 1
                for field, texts in enumerate(_texts(article, section)):
                    totals[field] += min(sum(map(analyzer.count_units, texts)), MAX_LENGTH)
    return Averages.of(totals, sections)


def _texts(article: Article, section: Section) -> tuple[tuple[str, ...], ...]:
    """What each of the FIELDS of a section holds. A lead section's heading is the title, and
    is counted as such.
    """
    return (
        (article.title,),
        () if section.heading == article.title else (section.heading,),
        section.trail,
        _issues(article) if section.position == 0 else (),
        tuple(text for text, _ in _runs(section)),
    )


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
        sections=tuple(_weigh_section(section, averages, ranking) for section in analyzed.sections),
    )


def _weigh_section(
    analyzed: AnalyzedSection, averages: Averages, ranking: Ranking
) -> SectionDocument:
    weigher = _Weigher(analyzed, averages, ranking)
    places = analyzed.places
    terms = {term: (weigher.weigh(found), _within(found)) for term, found in places.items()}
    for term in (*analyzed.stops, *analyzed.links):
        if term not in terms or term in places:
            own = places.get(term, [])
            counted = sorted(own + analyzed.stops.get(term, []))
            in_links = len(analyzed.links.get(term, ()))
            terms[term] = (weigher.weigh(counted, in_links), _within(own))
    heads = _heads(analyzed, terms)
    linked = {term: (1, _within(found)) for term, found in analyzed.links.items()}
    record = _section_record(analyzed.section)
    return SectionDocument(terms, linked, heads, analyzed.lengths, record)


class _Weigher:
    """Weighs the terms of one section by their positions."""

    def __init__(self, analyzed: AnalyzedSection, averages: Averages, ranking: Ranking) -> None:
        norms = field_norms(analyzed.lengths, averages, ranking)
        self.title, self.heading, self.trail, self.issues, self.body = norms
        self.lead = self.body + lead_norm(analyzed.lengths[-1], averages, ranking)
        self.link = self.body * ranking.link_share
        self.lead_end = analyzed.lead_end
        self.in_heading = head_steps(in_heading=True, ranking=ranking)
        self.in_title = (
            self.in_heading if analyzed.lead else head_steps(in_heading=False, ranking=ranking)
        )
        self.known: dict[int, int] = {}

    def weigh(self, places: list[int], linked: int = 0) -> int:
        """The packed weight of a term at these positions, which are in ascending order, and
        `linked` times in the text of links.
        """
        if linked or places[0] < self.lead_end:
            return self._weigh_all(places, linked)
        count = len(places)  # in the rest of the text only: most terms
        packed = self.known.get(count)
        if packed is None:
            packed = self.known[count] = Weight(level(count * self.body), 0, count).pack()
        return packed

    def _weigh_all(self, places: list[int], linked: int) -> int:
        frequency, occurrences, head = linked * self.link, linked + len(places), 0
        for place in places:
            if place >= TEXT_START:
                frequency += self.lead if place < self.lead_end else self.body
            elif place < HEADING_START:
                frequency += self.title
                occurrences -= 1
                head = head or self.in_title
            elif place < TRAIL_START:
                frequency += self.heading
                head = self.in_heading
            elif place < ISSUES_START:
                frequency += self.trail
                occurrences -= 1
            else:
                frequency += self.issues
        return Weight(level(frequency), head, occurrences).pack()


def _within(places: list[int]) -> list[int]:
    """Positions without those past the last."""
    if places and places[-1] >= LAST_POSITION:
        return [place for place in places if place < LAST_POSITION]
    return places


def _heads(analyzed: AnalyzedSection, terms: dict[str, tuple[int, list[int]]]) -> dict[str, int]:
    """The terms of title and heading with what they weigh in coverage, without stop words unless
    there are no others.
    """
    heads = {t: steps for t, (w, _) in terms.items() if (steps := w >> HEAD_SHIFT & HEAD_MASK)}
    content = {term: steps for term, steps in heads.items() if term in analyzed.places}
    return content or heads


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
