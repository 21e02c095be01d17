"""What the index holds of an article: terms with weights and positions, and records to show.

Terms with their places need the article alone; weights need the average lengths of all fields
too, so they are put on in a second step, in `kb.index.weights`.

A section's text lies in five fields. Positions say which: each field has a range of its own,
so that words of two fields are never neighbours. Stop words get a weight but no position:
words are neighbours when only stop words stand between them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.index.twins import fingerprints
from kb.index.weights import NOWHERE, Columns, Weigher, unweighted
from kb.model import Audience, Status, encode_meta, meta_of
from kb.search.protocols import (
    CHANNELS,
    HIDDEN,
    LAST_POSITION,
    POSITION_BITS,
    RANGE_STARTS,
    TEXT_START,
)
from kb.search.ranking import FIELDS, MAX_LENGTH, head_steps
from kb.text import compounds
from kb.text.abbreviations import explained
from kb.text.analysis import Collected
from kb.text.characters import compose
from kb.text.languages import primary
from kb.text.lexicon import lexicon_of
from kb.text.variants import joins_words

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.model import Article, Section
    from kb.search.protocols import TermPostings
    from kb.search.ranking import Averages
    from kb.text.analysis import Analyzer
    from kb.text.lexicon import Lexicon

PHRASE_GAP = 4
"""Positions left free between two issue phrases or headings of a trail."""


class SectionDocument(NamedTuple):
    """What is indexed of a section beside its terms: `heads`, the terms of title and heading with
    what they weigh in coverage; the length of each of the FIELDS in units; what a hit shows.
    """

    heads: dict[str, int]
    lengths: tuple[int, ...]
    record: dict[str, Any]


class ArticleDocuments(NamedTuple):
    """What is indexed of an article, with its sections in order; `words` are its words as
    written, and in capitals the stop words that its title has as abbreviations; `fingerprints` are
    those of its sections, as `kb.index.twins` has them; `explained` is as `Statistics.meanings`
    looks it up.
    """

    id: str
    hidden: bool
    title: tuple[str, ...]
    words: frozenset[str]
    facets: tuple[str, ...]
    record: dict[str, Any]
    sections: tuple[SectionDocument, ...]
    fingerprints: list[array[int]]
    explained: frozenset[str] = frozenset()


class Inverter:
    """Turns articles inside out: what they say, document after document, becomes terms with
    their places, in two steps, since weights need the average lengths of all of them.

    `add` takes the articles, one after the other, and `postings` gives the terms. A place is
    a document number shifted left by POSITION_BITS, plus a position. What the public does not
    see is kept apart. `sections` counts what the public sees, `totals` are the lengths of its
    fields. `lexicon` is that of the index, where it is at hand: to make it takes a second.
    """

    def __init__(
        self, analyzer: Analyzer, ranking: Ranking, lexicon: Lexicon | None = None
    ) -> None:
        self._columns = Columns()
        self._lexicon = lexicon
        self._analyzer = analyzer
        self._ranking = ranking
        self._terms = {hidden: Collected() for hidden in (False, True)}
        self._links = {hidden: Collected() for hidden in (False, True)}
        self._headings: dict[str, tuple[str, ...]] = {}
        self.totals, self.sections = [0] * len(FIELDS), 0

    def add(self, article: Article, doc: int) -> ArticleDocuments:
        """Take an article as document `doc`, and its sections as those that follow.

        Documents come in ascending order.
        """
        record = {**encode_meta(meta_of(article)), "sections": len(article.sections)}
        if not article.searchable:
            article = _without_words(article)
        hidden = is_hidden(article)
        title, title_stops = self._analyzer.terms(article.title)
        terms, links = self._terms[hidden], self._links[hidden]
        terms.units = links.units = set()
        links.stops = terms.stops
        lead_heads = (*title, *title_stops)
        sections = tuple(
            self._add_section(article, section, number, lead_heads)
            for number, section in enumerate(article.sections, doc + 1)
        )
        if not hidden:
            self.sections += len(sections)
            for section in sections:
                self.totals = [a + b for a, b in zip(self.totals, section.lengths, strict=True)]
        words = self._analyzer.surfaces_of(terms.units)
        return ArticleDocuments(
            id=article.id,
            hidden=hidden,
            title=title or title_stops,
            words=frozenset(words | self._analyzer.abbreviations(article.title)),
            facets=_facets(article),
            record=record,
            sections=sections,
            fingerprints=fingerprints(article),
            explained=frozenset((*self._explained(article), *self._compounds(words))),
        )

    def _explained(self, article: Article) -> Iterator[str]:
        """For each abbreviation that an article explains, and for what it stands for, the key, a
        tab and the other one.
        """
        for section in article.sections:
            for short, text in explained(section.text, self._analyzer.stop_words):
                yield f"{self._analyzer.key(short)}\t{compose(text)}"
                yield f"{self._analyzer.key(text)}\t{short}"

    def _compounds(self, words: Collection[str]) -> Iterator[str]:
        """For each compound of an article, and each word that it is made of, the key, a tab and the
        compound.
        """
        if not joins_words(self._analyzer.language):
            return
        language = primary(self._analyzer.language)
        lexicon, stop_words = self._lexicon, self._analyzer.stop_words
        if lexicon is None:
            lexicon = lexicon_of(self._analyzer.language, self._analyzer.own_words())

        def is_word(text: str) -> bool:
            return text in words or lexicon.commonness(text) > 0

        for word in words:
            for part in compounds.parts_of(word, language, stop_words, is_word):
                yield f"{compounds.key_of(self._analyzer.stem(part))}\t{word}"

    def postings(self, averages: Averages) -> dict[str, Iterator[tuple[str, TermPostings]]]:
        """Field -> (term, postings) in order of term, of all that was added, each to be read once
        and in this order: `linked`, the places in the text of links, and `terms`, all with
        their weights. The former make phrases, but neither pairs nor nearness.
        """
        weigher = Weigher(self._columns, averages, self._ranking)
        fields: dict[str, Iterator[tuple[str, TermPostings]]] = {}
        for hidden in (True, False):
            prefix, links = HIDDEN if hidden else "", self._links[hidden].places
            terms = self._terms[hidden]
            terms.finish()
            self._links[hidden].finish()
            if links:
                fields[prefix + "linked"] = ((t, unweighted(links[t])) for t in sorted(links))
            if terms.places or terms.stops or links:
                fields[prefix + "terms"] = _weighed(weigher, terms, links)
        return fields

    def _terms_of_heading(self, heading: str) -> tuple[str, ...]:
        """The terms of a heading; many articles have the same ones."""
        terms = self._headings.get(heading)
        if terms is None:
            content, stops = self._analyzer.terms(heading)
            terms = self._headings[heading] = (*content, *stops)
        return terms

    def _add_section(
        self, article: Article, section: Section, doc: int, title: tuple[str, ...]
    ) -> SectionDocument:
        hidden = is_hidden(article)
        terms, base = self._terms[hidden], doc << POSITION_BITS
        lengths: list[int] = []
        fields = _above_text(article, section)
        for (start, end), field in zip(pairwise(RANGE_STARTS), fields, strict=True):
            place, before = base + start, terms.length
            for text in field:
                place = self._analyzer.collect(text, place, terms) + PHRASE_GAP
            if place > base + end:
                _keep_below(base + end, terms)
            lengths.append(terms.length - before)
        length, lead_end = self._add_text(section, hidden, base)
        lengths = [min(length, MAX_LENGTH) for length in (*lengths, length)]
        self._columns.add(doc, lengths, lead_end, lead=section.heading == article.title)
        return SectionDocument(
            self._heads(section, title, base, terms.places, lead=section.heading == article.title),
            tuple(lengths),
            _section_record(section),
        )

    def _add_text(self, section: Section, hidden: bool, base: int) -> tuple[int, int]:  # noqa: FBT001  # its one caller is above
        """File a section's text, that of links apart; its length, and where its lead ends."""
        terms, links = self._terms[hidden], self._links[hidden]
        terms.line_end = links.line_end = 0
        place, before = base + TEXT_START, terms.length + links.length
        for text, is_link in _runs(section):
            if text:
                place = self._analyzer.collect(text, place, links if is_link else terms)
        ends = [end for end in (terms.line_end, links.line_end) if end]
        if place > base + LAST_POSITION:
            _keep_below(base + LAST_POSITION + 1, terms)
            _keep_below(base + LAST_POSITION + 1, links)
        return terms.length + links.length - before, min(ends, default=place)

    def _heads(
        self,
        section: Section,
        title: tuple[str, ...],
        base: int,
        places: Mapping[str, Sequence[int]],
        *,
        lead: bool,
    ) -> dict[str, int]:
        """The terms of title and heading with what they weigh in coverage, without stop words
        unless there are no others.
        """
        heads = dict.fromkeys(title, head_steps(in_heading=lead, ranking=self._ranking))
        if not lead and section.heading:
            steps = head_steps(in_heading=True, ranking=self._ranking)
            heads |= dict.fromkeys(self._terms_of_heading(section.heading), steps)
        heads = {term: steps for term, steps in heads.items() if steps}
        content = {
            term: steps
            for term, steps in heads.items()
            if term in places and places[term][-1] >= base
        }
        return content or heads


def _weighed(
    weigher: Weigher, terms: Collected, links: dict[str, array[int]]
) -> Iterator[tuple[str, TermPostings]]:
    """(term, postings) in order; what was written is let go."""
    places, stops = terms.places, terms.stops
    for term in sorted({*places, *stops, *links}):
        found = (table.pop(term, NOWHERE) for table in (places, stops, links))
        yield term, weigher.weigh(*found)


def _keep_below(end: int, into: Collected) -> None:
    """Give words past the end of a field's range its last place."""
    for table in (into.places, into.stops):
        for places in table.values():
            at = len(places) - 1
            while at >= 0 and places[at] >= end:
                places[at] = end - 1
                at -= 1


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


def _above_text(article: Article, section: Section) -> tuple[tuple[str, ...], ...]:
    """What each of the FIELDS of a section holds, but for its text. A lead section's heading is the
    title, and is counted as such.
    """
    return (
        (article.title,),
        () if section.heading == article.title else (section.heading,),
        _trail(article, section),
        _issues(article) if section.position == 0 else (),
    )


def _trail(article: Article, section: Section) -> tuple[str, ...]:
    """The headings above a section: an H1 that stands for the title is one of them, too."""
    is_below = article.heading and section.heading != article.heading
    return (article.heading, *section.trail) if is_below else section.trail


def _without_words(article: Article) -> Article:
    """The article with nothing in it that a query could find."""
    sections = (
        replace(s, heading="", trail=(), text="", links=(), level=0) for s in article.sections
    )
    return replace(
        article, title="", heading="", issues=(), aliases=(), tags=(), sections=tuple(sections)
    )


def is_hidden(article: Article) -> bool:
    """Whether the public sees nothing of an article."""
    return article.audience is not Audience.PUBLIC or article.status is not Status.PUBLISHED


def _facets(article: Article) -> tuple[str, ...]:
    """What articles are selected by. Each is in its topic and in all topics above it."""
    folders = article.topic.split("/") if article.topic else []
    topics = ["/".join(folders[:depth]) for depth in range(1, len(folders) + 1)]
    return (
        f"tier:{article.tier}",
        f"audience:{article.audience}",
        f"status:{article.status}",
        *(f"topic:{topic.casefold()}" for topic in topics),
        *(f"tag:{tag.casefold()}" for tag in article.tags),
        *([CHANNELS] if article.channel else ()),
    )


def numbered(articles: Iterable[Article], inverter: Inverter) -> Iterator[ArticleDocuments]:
    """The documents of articles, numbered from 0."""
    doc = 0
    for article in articles:
        yield inverter.add(article, doc)
        doc += 1 + len(article.sections)


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
