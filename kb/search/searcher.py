"""A query's way from words to ranked sections, over any IndexReader.

1. The query's words become concepts: a word with its synonyms, or with the words that it
   begins. Stop words are left out unless there is nothing else.
2. Words that the corpus does not hold are corrected, when something near them is in it.
3. All sections that hold any of the concepts are scored; filters, exclusions and quoted
   phrases take some out; the rest is ranked.
4. When nothing is left, known words are corrected too, then every word is taken as the
   beginning of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.model import ArticleMeta, Audience, Found, Match, Status, Tier, decode_meta
from kb.search.expansion import ExpandedQuery, Expander
from kb.search.postings import Postings
from kb.search.query import CUT_WORDS, MAX_WORDS, Filters
from kb.search.ranking import IDF_STEPS, round_score
from kb.search.request import RankedSection, Request, Results, SectionRecord
from kb.search.scoring import Scoring, best_first
from kb.search.spelling import Corrector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.config import Ranking
    from kb.search.postings import IndexReader
    from kb.text.analysis import Analyzer, Token

WEAK_SHARE = 0.5
"""An answer that holds less than this share of the query's idf is weak."""

UNQUOTED = "No section holds the quoted words one after the other."


class Search:
    """Answers one request. `synonyms` give, for a text of one or more words, the others."""

    def __init__(
        self,
        reader: IndexReader,
        analyzer: Analyzer,
        ranking: Ranking,
        synonyms: Mapping[str, tuple[str, ...]],
        request: Request,
    ) -> None:
        self.reader = reader
        self.analyzer = analyzer
        self.ranking = ranking
        self.request = request
        self.filters = _join(request.query.filters, request.filters)
        self.postings = Postings(reader, ranking, hidden=request.drafts or _is_agent(request))
        self.concepts = Expander(self.postings, analyzer, ranking, synonyms)
        self.corrector = Corrector(self.postings, analyzer)

    def run(self) -> Results:
        """The sections that answer the request."""
        tokens, notices = self._tokens()
        results = self._find(tokens) if tokens else self._browse()
        return results._replace(notices=tuple(dict.fromkeys((*notices, *results.notices))))

    def _tokens(self) -> tuple[list[Token], tuple[str, ...]]:
        """The query's tokens, without stop words unless there are no others."""
        query = self.request.query
        tokens = list(self.analyzer.tokens(query.words))
        content = [token for token in tokens if not token.stop] or tokens
        if len(content) <= MAX_WORDS:
            return content, query.notices
        cut = CUT_WORDS.format(count=MAX_WORDS)
        return content[:MAX_WORDS], (*query.notices, cut)

    def _find(self, tokens: list[Token]) -> Results:
        prefix = self.request.prefix and not self.request.query.text[-1:].isspace()
        plain = self._attempt(Found.WORDS, tokens, prefix=prefix)
        if self.request.correct:
            corrected = self.corrector.correct(tokens, self._unknown(tokens, prefix=prefix))
            if corrected:
                better = self._attempt(Found.CORRECTED, corrected.tokens, prefix=prefix)
                if better.total:
                    return better._replace(correction=corrected.describe(self.request.query))
        if plain.total:
            return plain
        return self._fall_back(tokens) or self._unquote() or plain

    def _unquote(self) -> Results | None:
        """No section holds the quoted phrases: look for their words."""
        query = self.request.query
        if not query.phrases:
            return None
        request = self.request._replace(query=query._replace(phrases=()), correct=False)
        engine = (self.reader, self.analyzer, self.ranking, self.concepts.given)
        results = Search(*engine, request).run()
        notices = (UNQUOTED, *results.notices)
        return results._replace(notices=notices) if results.total else None

    def _fall_back(self, tokens: list[Token]) -> Results | None:
        """Nothing holds any of the words: change words that exist, then take them as beginnings."""
        if self.request.correct:
            corrected = self.corrector.correct(tokens, self._unquoted(tokens))
            if corrected:
                results = self._attempt(Found.CORRECTED, corrected.tokens)
                if results.total:
                    return results._replace(correction=corrected.describe(self.request.query))
        results = self._attempt(Found.PREFIX, tokens, prefix=True, every=True)
        return results if results.total else None

    def _unknown(self, tokens: list[Token], *, prefix: bool) -> list[Token]:
        """The words that neither the corpus nor a synonym knows, and that are not quoted; with
        `prefix`, the last is not finished and may become known.
        """
        last = tokens[-1] if prefix else None
        return [
            t for t in self._unquoted(tokens) if t is not last and not self.concepts.is_known(t)
        ]

    def _unquoted(self, tokens: list[Token]) -> list[Token]:
        """Who quotes a word means it."""
        quoted = set().union(*map(self.analyzer.surfaces, self.request.query.phrases))
        return [token for token in tokens if token.surface not in quoted]

    def _attempt(
        self, found: Found, tokens: list[Token], *, prefix: bool = False, every: bool = False
    ) -> Results:
        concepts = self.concepts.make(tokens, prefix=prefix, every=every)
        scoring = Scoring(self.postings, concepts)
        scores = self._allowed(scoring)
        ranked = self._ranked(scores, scoring)
        return Results(
            found=found if scores else Found.NOTHING,
            total=len(scores),
            sections=tuple(self._capped(ranked)),
            terms=_searched(concepts, self.postings),
            synonyms=self.concepts.used(tokens),
        )

    def _browse(self) -> Results:
        """No words at all: with filters, the articles that pass them, in order."""
        if self.filters == Filters():
            return Results(Found.NOTHING, 0, (), {})
        first = {docs.start + 1: 0.0 for _, docs in self.reader.all_documents()}
        scoring = Scoring(self.postings, ExpandedQuery((), ()))
        scores = self._filtered(first)
        ranked = tuple(self._capped(self._ranked(scores, scoring)))
        return Results(Found.WORDS if scores else Found.NOTHING, len(scores), ranked, {})

    def _allowed(self, scoring: Scoring) -> dict[int, float]:
        """The scores that filters, exclusions and phrases leave."""
        scores = scoring.scores
        if self.request.person_first:
            scores = self._with_contacts(scores)
        for phrase in self.request.query.phrases:
            holds = self._phrase(phrase, scoring)
            scores = {doc: score for doc, score in scores.items() if doc in holds}
        for text in self.request.query.excluded:
            holds = self._phrase(text, scoring)
            scores = {doc: score for doc, score in scores.items() if doc not in holds}
        return scoring.rescore(self._filtered(scores))

    def _phrase(self, text: str, scoring: Scoring) -> set[int]:
        """Sections that hold a text: its words as neighbours, stop words left out."""
        tokens = [token for token in self.analyzer.tokens(text) if not token.whole]
        terms = tuple(token.term for token in tokens if not token.stop)
        if len(terms) > 1:
            return scoring.phrase_documents(terms)
        sets = [set(self.postings.of("terms", term)[0]) for term in terms]
        sets = sets or [set(self.postings.of("terms", token.term)[0]) for token in tokens]
        return set.intersection(*sets) if sets else set()

    def _with_contacts(self, scores: dict[int, float]) -> dict[int, float]:
        """Who asks for a person gets every contact article, whatever its words are."""
        articles = self._facet(f"tier:{Tier.CONTACT}")
        return {**dict.fromkeys((doc + 1 for doc in articles), 0.0), **scores}

    def _facet(self, facet: str) -> set[int]:
        return set(self.reader.postings("facets", facet)[0])

    def _filtered(self, scores: dict[int, float]) -> dict[int, float]:
        filters, article_of = self.filters, self.reader.article_of
        facets = [
            f"{name}:{value.casefold()}"
            for name, value in (
                ("tier", filters.tier),
                ("topic", filters.topic and filters.topic.strip("/")),
                ("tag", filters.tag),
            )
            if value
        ]
        for facet in facets:
            articles = self._facet(facet)
            scores = {doc: s for doc, s in scores.items() if article_of[doc] in articles}
        hidden = self._unseen()
        if hidden:
            scores = {doc: s for doc, s in scores.items() if article_of[doc] not in hidden}
        return scores

    def _unseen(self) -> set[int]:
        """Articles that this reader does not see."""
        facets = [] if _is_agent(self.request) else [f"audience:{Audience.AGENT}"]
        if not self.request.drafts:
            facets += [f"status:{Status.DRAFT}", f"status:{Status.ARCHIVED}"]
        return set().union(*map(self._facet, facets))

    def _ranked(self, scores: dict[int, float], scoring: Scoring) -> Iterator[RankedSection]:
        """Sections best first: contact first for who asks for a person, self-service first in
        near-ties, equal scores in order of id and position.
        """
        others = {t: self._facet(f"tier:{t}") for t in (Tier.CONTACT, Tier.ADVICE)}
        handicapped = set().union(*others.values())
        article_of, order = self.reader.article_of, self.reader.order
        factor = 1 - self.ranking.self_service
        if handicapped:
            scores = {
                doc: score * factor if article_of[doc] in handicapped else score
                for doc, score in scores.items()
            }
        groups = [scores]
        if self.request.person_first:
            contact = others[Tier.CONTACT]
            first = {doc: s for doc, s in scores.items() if article_of[doc] in contact}
            groups = [first, {doc: s for doc, s in scores.items() if doc not in first}]
        for group in groups:
            for doc, score in best_first(group, order):
                yield self._section(doc, score, scoring)

    def _capped(self, ranked: Iterator[RankedSection]) -> Iterator[RankedSection]:
        """At most `limit` sections, at most `per_article` of one article."""
        shown: dict[str, int] = {}
        left = self.request.limit
        while left > 0 and (section := next(ranked, None)) is not None:
            article = section.card.id
            shown[article] = shown.get(article, 0) + 1
            if shown[article] <= self.request.per_article:
                left -= 1
                yield section

    def _section(self, doc: int, score: float, scoring: Scoring) -> RankedSection:
        card = decode_meta(self.reader.article_record(self.reader.article_of[doc]))
        held, units = scoring.matched(doc)
        return RankedSection(
            card=card,
            section=_read_section(self.reader.section_record(doc)),
            score=round_score(score),
            match=_match(held, units),
            weak=scoring.share(doc) < WEAK_SHARE and not self._is_wanted(card),
            parts=tuple(scoring.parts(doc, score)) if self.request.explain else (),
        )

    def _is_wanted(self, card: ArticleMeta) -> bool:
        return self.request.person_first and card.tier is Tier.CONTACT


def _match(held: int, units: int) -> Match:
    if held == units:
        return Match.ALL
    return Match.MOST if 2 * held > units else Match.SOME


def _is_agent(request: Request) -> bool:
    return request.audience is Audience.AGENT


def _join(own: Filters, given: Filters) -> Filters:
    """The query's own filters, where they are silent those that were given."""
    return Filters(own.tier or given.tier, own.topic or given.topic, own.tag or given.tag)


def _searched(concepts: ExpandedQuery, postings: Postings) -> dict[str, float]:
    """All terms that were searched, with their idf."""
    alternatives = (a for concept in concepts.all for a in concept.alternatives)
    terms = dict.fromkeys(term for alternative in alternatives for term in alternative.terms)
    return {term: postings.idf(term) / IDF_STEPS for term in terms}


def _read_section(record: dict[str, Any]) -> SectionRecord:
    first, last = record["lines"]
    return SectionRecord(**{**record, "trail": tuple(record["trail"]), "lines": (first, last)})
