"""A query's way from words to ranked sections, over any SearchIndex.

1. The query's words become expanded terms: a word with its synonyms, or with the words that it
   begins. Stop words are left out unless there is nothing else.
2. Words that neither the corpus nor the language has are corrected, when something near them is in
   it; where it is not sure that it was meant, it is offered beside the answer.
3. The index gives the best of the sections that hold any of the terms, and that filters, exclusions
   and quoted phrases leave. The best of them gain by nearness; self-service wins near-ties.
4. When nothing is left, what was offered is searched, if it is no word of the language that it
   changes; then known words are corrected too, then every word is taken as the beginning of one.
5. Where the index knows meanings (`kb.search.meaning`), sections that are near to what was searched
   are candidates, too, and all candidates are ranked by words and meaning together.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kb.model import ArticleMeta, Audience, Found, Match, Part, Status, Tier, Twin, decode_meta
from kb.search.expansion import Expander
from kb.search.protocols import Asked, CandidateQuery, Candidates, ExpandedQuery
from kb.search.query import CUT_WORDS, MAX_WORDS, MIN_OUTSIDE, Filters
from kb.search.ranking import IDF_STEPS, RESCORED, confidence, round_score
from kb.search.scoring import QueryStatistics, Scoring
from kb.search.spelling import Corrected, Corrector
from kb.search.twins import MOST_SHOWN, label
from kb.text.stop_words import FEW_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.config import Ranking
    from kb.model import Correction
    from kb.search.protocols import Candidate, Meaning, Phrase, SearchIndex, Similarities
    from kb.search.query import Request
    from kb.text.analysis import Analyzer, Token

UNKNOWN_MEANING = "None of these words has a known meaning; the answer is by words alone."
UNQUOTED = "No section holds the quoted words one after the other."

MARGIN = 8
"""Candidates that are asked for beyond those needed: tiers and limits an article take some out."""

MORE = 8
"""So many times more candidates are asked for where those that came don't suffice."""


class SectionRecord(NamedTuple):
    """A section as the index keeps it: fields are as in `kb.model.Section`."""

    anchor: str
    heading: str
    level: int
    trail: tuple[str, ...]
    text: str
    lines: tuple[int, int]
    position: int


class RankedSection(NamedTuple):
    """A section that answers, with what is needed to show it; `also` are its twins that do."""

    card: ArticleMeta
    section: SectionRecord
    score: float
    match: Match
    parts: tuple[Part, ...] = ()
    also: tuple[Twin, ...] = ()


class Results(NamedTuple):
    """What an engine brings. `total` counts sections before limits; `terms` are the terms that
    were searched, with their idf, and `asked` the words as written, each with its own; `synonyms`
    the surfaces that others stood in for. `confidence` is the probability that the first section is
    right: 1 where it is what was asked for, be it that there are no words but filters, or that a
    person was asked for and it is a contact. A `suggestion` is a correction that is not sure: the
    answer is that without it. `expanded` is what was searched for; `held` is the share of its idf
    that the best section by words holds.
    """

    found: Found
    total: int
    sections: tuple[RankedSection, ...]
    terms: Mapping[str, float]
    confidence: float = 0.0
    correction: Correction | None = None
    suggestion: Correction | None = None
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()
    asked: Mapping[str, float] = MappingProxyType({})
    expanded: ExpandedQuery = ExpandedQuery((), ())
    held: float = 0.0


class Searcher:
    """Answers requests from one index. `synonyms` give, for a text of some words, the others;
    without `meaning` words alone decide.
    """

    def __init__(
        self,
        index: SearchIndex,
        analyzer: Analyzer,
        ranking: Ranking,
        synonyms: Mapping[str, tuple[str, ...]],
        meaning: Meaning | None = None,
    ) -> None:
        self.index = index
        self.analyzer = analyzer
        self.meaning = meaning
        self.ranking = ranking.fitted(index.sections, index.articles)
        self.synonyms = synonyms

    def search(self, request: Request) -> Results:
        """The sections that answer, best first, equal ones in order of article id and position;
        grouped, where that is asked for.
        """
        results = _Search(self, request).run()
        if not request.grouped:
            return results
        return results._replace(sections=_grouped(results.sections))


class _Ranked(NamedTuple):
    """A candidate with its score, the share of it that nearness made, and what its meaning added
    to that.
    """

    candidate: Candidate
    score: float
    near: float
    meaning: float = 0.0


_NOBODY = Candidates((), 0, None)

_Looked: TypeAlias = "tuple[Candidates, list[_Ranked], bool]"


class _Search:
    """The answer to one request."""

    def __init__(self, searcher: Searcher, request: Request) -> None:
        self.searcher = searcher
        self.index, self.analyzer = searcher.index, searcher.analyzer
        self.request = request
        self.filters = _join(request.query.filters, request.filters)
        self.hidden = request.drafts or _is_agent(request)
        self.statistics = QueryStatistics(self.index, searcher.ranking, hidden=self.hidden)
        self.expander = Expander(
            self.statistics, self.analyzer, searcher.ranking, searcher.synonyms
        )
        self.typed: list[Token] = []
        self.corrector = Corrector(self.statistics, self.analyzer)
        self.last: tuple[tuple[CandidateQuery, int], _Looked] | None = None
        self.instead = self  # without quotes, where no section holds them

    def run(self) -> Results:
        """The sections that answer the request."""
        results = self.run_words()
        return self.instead.by_meaning(results)

    def run_words(self) -> Results:
        """The sections that answer the request by words alone."""
        tokens, notices = self._tokens()
        results = self._find(tokens) if tokens else self._browse()
        return results._replace(notices=tuple(dict.fromkeys((*notices, *results.notices))))

    def _tokens(self) -> tuple[list[Token], tuple[str, ...]]:
        """The query's tokens, without stop words unless there are no others."""
        query = self.request.query
        words = query.words.lower() if _is_shouted(query.words) else query.words
        tokens = [token for token in self.analyzer.tokens(words) if not token.inside]
        self.typed = tokens
        self.index.expect(tokens)
        content = self._without_courtesies(self._content(tokens)) or tokens
        if len(content) <= MAX_WORDS:
            return content, query.notices
        cut = CUT_WORDS.format(count=MAX_WORDS)
        return content[:MAX_WORDS], (*query.notices, cut)

    def _content(self, tokens: list[Token]) -> list[Token]:
        """The tokens that say something: no stop words, but for those that a title has as
        abbreviations beside others of them, as `us` in *US shipping rates*.
        """
        others = [token.term for token in tokens if not (token.stop or token.whole)]
        share_title, frequency = self.statistics.share_title, self.statistics.word_frequency
        return [
            token
            for token in tokens
            if not token.stop
            or (
                frequency(token.surface.upper())
                and any(share_title(token.term, other) for other in others)
            )
        ]

    def _without_courtesies(self, tokens: list[Token]) -> list[Token]:
        """The tokens without greetings and the like, if enough others say what it is about: but for
        those that are quoted, and the last if it may not be finished.
        """
        courtesies = self.analyzer.courtesies.difference(
            *map(self.analyzer.surfaces, self.request.query.phrases)
        )
        unfinished = tokens[-1:] if self.request.prefix else []
        others = [t for t in tokens if t.surface not in courtesies or t in unfinished]
        words = {token.term for token in others if not token.whole}
        return others if len(words) >= FEW_WORDS else tokens

    def _find(self, tokens: list[Token]) -> Results:
        prefix = self.request.prefix and not self.request.query.text[-1:].isspace()
        plain = self._attempt(Found.WORDS, tokens, prefix=prefix)
        sure = offered = None
        probable = False
        if self.request.correct:
            doubtful = self._doubtful(tokens, prefix=prefix)
            sure, offered, probable = self.corrector.correct(tokens, doubtful)
        suggestion = offered and offered.retype(self.request.query)
        better = sure and self._corrected(sure, prefix=prefix)
        if better:
            return better._replace(suggestion=suggestion)
        if plain.total:
            return plain._replace(suggestion=suggestion)
        meant = self._corrected(offered) if offered and probable else None
        results = meant or self._fall_back(tokens) or self._unquote() or plain
        return results if results.correction else results._replace(suggestion=suggestion)

    def _unquote(self) -> Results | None:
        """No section holds the quoted phrases: look for their words."""
        query = self.request.query
        if not query.phrases:
            return None
        correct = self.request.correct and all(map(self._is_said, query.phrases))
        request = self.request._replace(query=query._replace(phrases=()), correct=correct)
        search = _Search(self.searcher, request)
        results = search.run_words()
        if not results.total:
            return None
        self.instead = search
        return results._replace(notices=(UNQUOTED, *results.notices))

    def _fall_back(self, tokens: list[Token]) -> Results | None:
        """Nothing holds any of the words: change words that exist, then take them as beginnings."""
        if self.request.correct:
            sure = self.corrector.correct(tokens, self._unquoted(tokens)).sure
            better = sure and self._corrected(sure)
            if better:
                return better
        results = self._attempt(Found.PREFIX, tokens, prefix=True, every=True)
        return results if results.total else None

    def _corrected(self, corrected: Corrected, *, prefix: bool = False) -> Results | None:
        """The answer to a corrected query; None where it has none."""
        results = self._attempt(Found.CORRECTED, corrected.tokens, prefix=prefix)
        correction = corrected.describe(self.request.query)
        return results._replace(correction=correction) if results.total else None

    def _doubtful(self, tokens: list[Token], *, prefix: bool) -> list[Token]:
        """The words that the corpus does not hold as written, that no synonym knows, and that are
        not quoted; with `prefix`, the last is not finished and may become known.
        """
        last = tokens[-1] if prefix else None
        is_held, is_meant = self.statistics.word_frequency, self.expander.is_meant
        return [
            t
            for t in self._unquoted(tokens)
            if t is not last and not is_held(t.surface) and not is_meant(t)
        ]

    def _unquoted(self, tokens: list[Token]) -> list[Token]:
        """Who quotes a word means it; in a sentence that quotes several, they may be misspelt."""
        is_sentence = self._is_sentence()
        phrases = (p for p in self.request.query.phrases if not (is_sentence and self._is_said(p)))
        quoted = set().union(*map(self.analyzer.surfaces, phrases))
        return [token for token in tokens if token.surface not in quoted]

    def _is_said(self, phrase: str) -> bool:
        """Whether a phrase is of several words, as a message is."""
        return len(_parts_of(self.analyzer, phrase)) > 1

    def _attempt(
        self, found: Found, tokens: list[Token], *, prefix: bool = False, every: bool = False
    ) -> Results:
        expanded = self.expander.expand(tokens, self.typed, prefix=prefix, every=every)
        best = self._best(self._candidate_query(expanded), expanded)
        total, sections, sure, held = best
        return Results(
            found=found if total else Found.NOTHING,
            total=total,
            sections=sections,
            terms=_searched(expanded, self.statistics),
            confidence=sure,
            expanded=expanded,
            held=held,
            synonyms=self.expander.used(tokens),
            asked={
                term.surface: self.statistics.idf(term.term) / IDF_STEPS
                for term in expanded.all
                if not term.compound
            },
        )

    def by_meaning(self, results: Results) -> Results:
        """The results by words and meaning together: of what was searched, as it is written. Who
        asks for a person, or types a word that is not finished, is answered by words.
        """
        meaning, request = self.searcher.meaning, self.request
        words = results.correction.text if results.correction else request.query.words
        is_whole = not request.prefix or request.query.text[-1:].isspace()
        if meaning is None or request.person_first or not is_whole or not words.strip():
            return results
        expanded, idf = results.expanded, self.statistics.idf
        surfaces = {t.surface: idf(t.term) for t in expanded.all if not t.compound}
        asked = Asked(words, tuple(surfaces.items()), results.held)
        similarities = meaning.similarities(asked)
        if similarities is None:
            return results._replace(notices=(*results.notices, UNKNOWN_MEANING))
        if not similarities.best:
            return results
        query = self._candidate_query(expanded)
        if similarities.nearest:
            query = query._replace(near=similarities.nearest, most_near=similarities.most)
        total, sections, sure, _ = self._best(query, expanded, similarities)
        found = results.found if results.total or not total else Found.WORDS
        return results._replace(total=total, sections=sections, confidence=sure, found=found)

    def _browse(self) -> Results:
        """No words at all: with filters, the articles that pass them, in order."""
        if self.filters == Filters():
            return Results(Found.NOTHING, 0, (), {})
        query = CandidateQuery(
            required=self._required(),
            forbidden=self._forbidden(),
            first_of=tuple(f"audience:{audience}" for audience in Audience),
            hidden=self.hidden,
        )
        total, sections, sure, _ = self._best(query, ExpandedQuery((), ()))
        return Results(Found.WORDS if total else Found.NOTHING, total, sections, {}, sure)

    def _candidate_query(self, expanded: ExpandedQuery) -> CandidateQuery:
        query = self.request.query
        quoted, is_sentence = tuple(map(self._phrase, query.phrases)), self._is_sentence()
        return CandidateQuery(
            terms=expanded.all,
            pairs=tuple(terms for _, terms in expanded.pairs),
            phrases=() if is_sentence else quoted,
            preferred=quoted if is_sentence else (),
            excluded=tuple(map(self._phrase, query.excluded)),
            required=self._required(),
            forbidden=self._forbidden(),
            first_of=(_CONTACT,) if self.request.person_first else (),
            hidden=self.hidden,
        )

    def _phrase(self, text: str) -> Phrase:
        """A text's words one after the other, as the index has their places."""
        place = 0
        phrase: dict[tuple[str, int], None] = {}
        for token in _parts_of(self.analyzer, text):
            phrase[token.term, place] = None
            place += not token.stop
        return tuple(phrase)

    def _is_sentence(self) -> bool:
        """Whether enough words stand outside the query's quotes for these to say what it is about,
        rather than to be what is looked for.
        """
        query = self.request.query
        if not query.phrases:
            return False
        words, *quoted = (
            sum(not token.stop for token in _parts_of(self.analyzer, text))
            for text in (query.words, *query.phrases)
        )
        return words - sum(quoted) >= MIN_OUTSIDE

    def _required(self) -> tuple[str, ...]:
        """Facets that an article must have."""
        filters = self.filters
        named = (
            ("tier", filters.tier),
            ("topic", filters.topic and filters.topic.strip("/")),
            ("tag", filters.tag),
        )
        return tuple(f"{name}:{value.casefold()}" for name, value in named if value)

    def _forbidden(self) -> tuple[str, ...]:
        """Facets of articles that this reader does not see."""
        facets = () if _is_agent(self.request) else (f"audience:{Audience.AGENT}",)
        if self.request.drafts:
            return facets
        return (*facets, f"status:{Status.DRAFT}", f"status:{Status.ARCHIVED}")

    def _best(
        self,
        query: CandidateQuery,
        expanded: ExpandedQuery,
        similarities: Similarities | None = None,
    ) -> tuple[int, tuple[RankedSection, ...], float, float]:
        """How many sections there are, those that are shown, the confidence in the first, and the
        share of the idf that it holds. More and more candidates are asked for until what the others
        may score can't change them.
        """
        scoring = Scoring(self.statistics, query.terms, len(query.preferred))
        pairs = tuple(surface for surface, _ in expanded.pairs)
        least = RESCORED if similarities is None else max(RESCORED, similarities.best)
        count = max(self.request.limit, least) + MARGIN
        while True:
            found, ranked, is_whole = self._by_words(query, count, scoring)
            if similarities is not None:
                ranked, is_whole = self._fused(found, ranked, similarities, scoring)
            sections, rival = self._shown(ranked, scoring, pairs)
            if is_whole or (rival and len(sections) >= self.request.limit):
                held, asked = scoring.held(ranked[0].candidate) if ranked else (0, 0)
                sure = self._confidence(ranked[:1], scoring, rival)
                return found.total, sections, sure, held / asked if asked else 0.0
            count *= MORE

    def _by_words(self, query: CandidateQuery, count: int, scoring: Scoring) -> _Looked:
        """The candidates, and what `_ranked` says of them. What was looked up last is kept: ranking
        by meaning begins with it.
        """
        if self.last is None or self.last[0] != (query, count):
            found = self.index.candidates(query, count)
            contacts = _NOBODY
            if self.request.person_first:
                only = query._replace(required=(*query.required, _CONTACT))
                contacts = self.index.candidates(only, count)
            self.last = (query, count), (found, *self._ranked(found, contacts, scoring))
        return self.last[1]

    def _ranked(
        self, found: Candidates, contacts: Candidates, scoring: Scoring
    ) -> tuple[list[_Ranked], bool]:
        """The candidates in final order, contact first for who asks for a person, as far as no
        other can come before them; and whether that are all there are.
        """
        base = {c.key: scoring.base_score(c) for c in (*found.best, *contacts.best)}
        best = sorted(found.best, key=lambda c: (-round_score(base[c.key]), c.order))
        near = scoring.nearness_of(best, self.index)
        if near and found.rest is not None:
            edge = round_score(found.rest)
            if sum(round_score(base[c.key]) > edge for c in best) < RESCORED:
                return [], False  # which sections gain by nearness is not sure
        groups = [(found.best, found.rest)]
        if self.request.person_first:
            others = [c for c in found.best if c.tier != Tier.CONTACT]
            groups = [(contacts.best, contacts.rest), (others, found.rest)]
        ranked: list[_Ranked] = []
        for group, rest in groups:
            own = [
                _Ranked(c, scoring.tiered(base[c.key] * (1 + gain), c.tier), gain)
                for c in group
                for gain in (near.get(c.key, 0.0),)
            ]
            own.sort(key=lambda each: (-round_score(each.score), each.candidate.order))
            if rest is not None:
                edge = round_score(rest)
                return [*ranked, *(r for r in own if round_score(r.score) > edge)], False
            ranked += own
        return ranked, True

    def _fused(
        self,
        found: Candidates,
        sure: list[_Ranked],
        similarities: Similarities,
        scoring: Scoring,
    ) -> tuple[list[_Ranked], bool]:
        """As `_ranked`, which gave `sure`, by words and meaning together: what is among the best by
        words, or is near, gains by its meaning; no other comes before what it was behind.
        """
        from kb.search.meaning import scale_of  # noqa: PLC0415  # off, most often

        cosines, is_whole = similarities.cosines, found.rest is None
        if not is_whole and len(sure) < similarities.best:
            return [], False  # which sections set the scale is not sure
        ranked = sure
        if found.near and not is_whole:  # what is near may be below what is sure
            ranked, _ = self._ranked(found._replace(rest=None), _NOBODY, scoring)
        worded = [each for each in ranked if each.candidate.words][: similarities.best]
        near = {*found.near}
        rows = {each.candidate.key: each.score for each in worded}
        rows |= {each.candidate.key: each.score for each in ranked if each.candidate.key in near}
        if not rows:
            return [], True
        held, asked = scoring.held(worded[0].candidate) if worded else (0, 0)
        cosined = [(score, cosines[key]) for key, score in rows.items()]
        scale = scale_of(cosined, held, asked)
        parts = {key: scale.part(cosines[key]) for key in rows}
        own = [
            each._replace(score=each.score + part, meaning=part)
            for each in ranked
            for part in (parts.get(each.candidate.key, 0.0),)
        ]
        own.sort(key=lambda each: (-round_score(each.score), each.candidate.order))
        if found.rest is None:
            return own, True
        edge = round_score(found.rest)
        return [each for each in own if round_score(each.score) > edge], False

    def _shown(
        self, ranked: Iterable[_Ranked], scoring: Scoring, pairs: tuple[str, ...]
    ) -> tuple[tuple[RankedSection, ...], float]:
        """At most `limit` sections, at most `per_article` of one article; and the best score of
        another article than the first one's, 0 where there is none among these.
        """
        shown: dict[str, int] = {}
        sections: list[RankedSection] = []
        rival = 0.0
        for each in ranked:
            card = decode_meta(self.index.article_of_candidate(each.candidate))
            shown[card.id] = shown.get(card.id, 0) + 1
            if not rival and len(shown) > 1:
                rival = round_score(each.score)
            if len(sections) < self.request.limit and shown[card.id] <= self.request.per_article:
                sections.append(self._section(card, each, scoring, pairs))
            if len(sections) == self.request.limit and rival:
                break
        return tuple(sections), rival

    def _confidence(self, best: Sequence[_Ranked], scoring: Scoring, rival: float) -> float:
        """The confidence in the best candidate, 0 without one."""
        for candidate, score, *_ in best:
            if not scoring.terms or (self.request.person_first and candidate.tier == Tier.CONTACT):
                return 1.0
            return confidence(*scoring.held(candidate), round_score(score), rival)
        return 0.0

    def _section(
        self, card: ArticleMeta, ranked: _Ranked, scoring: Scoring, pairs: tuple[str, ...]
    ) -> RankedSection:
        candidate, score, near, meaning = ranked
        explain = self.request.explain
        return RankedSection(
            card=card,
            section=_read_section(self.index.section_of_candidate(candidate)),
            score=round_score(score),
            match=_match(*scoring.matched(candidate)),
            parts=tuple(scoring.parts(candidate, pairs, near, score, meaning)) if explain else (),
            also=tuple(self._twins(card.id, candidate)),
        )

    def _twins(self, article: str, candidate: Candidate) -> Iterator[Twin]:
        """The sections that a candidate of an article stands for."""
        for key in candidate.twins[:MOST_SHOWN]:
            other, anchor = self.index.twin(key)
            yield Twin(other, anchor, label(article, other))


def _grouped(sections: Iterable[RankedSection]) -> tuple[RankedSection, ...]:
    """The sections with those of one article together, where its best one stands."""
    groups: dict[str, list[RankedSection]] = {}
    for section in sections:
        groups.setdefault(section.card.id, []).append(section)
    return tuple(chain.from_iterable(groups.values()))


_CONTACT = f"tier:{Tier.CONTACT}"


def _is_shouted(words: str) -> bool:
    """Whether all is written in capitals: then they tell no abbreviations."""
    return words.isascii() and words.isupper() and " " in words


def _parts_of(analyzer: Analyzer, text: str) -> list[Token]:
    """The tokens of a text that stand one after the other."""
    return [token for token in analyzer.tokens(text) if not (token.whole or token.inside)]


def _match(held: int, units: int) -> Match:
    if held == units:
        return Match.ALL
    return Match.MOST if 2 * held > units else Match.SOME


def _is_agent(request: Request) -> bool:
    return request.audience is Audience.AGENT


def _join(own: Filters, given: Filters) -> Filters:
    """The query's own filters, where they are silent those that were given."""
    return Filters(own.tier or given.tier, own.topic or given.topic, own.tag or given.tag)


def _searched(expanded: ExpandedQuery, statistics: QueryStatistics) -> dict[str, float]:
    """All terms that were searched, with their idf."""
    alternatives = (a for term in expanded.all for a in term.alternatives)
    terms = dict.fromkeys(term for alternative in alternatives for term in alternative.terms)
    return {term: statistics.idf(term) / IDF_STEPS for term in terms}


def _read_section(record: dict[str, Any]) -> SectionRecord:
    first, last = record["lines"]
    return SectionRecord(**{**record, "trail": tuple(record["trail"]), "lines": (first, last)})
