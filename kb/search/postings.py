"""A SearchIndex over postings that can be read whole: of an engine in this process.

Candidates are found as by MaxScore (H. Turtle, J. Flood, "Query evaluation: strategies and
optimizations", Information Processing & Management 31, 1995). The scores of a few promising
sections say what a section has to reach. The words that can't bring a section so far, all of them
together and whatever its title and heading are, are looked up only for sections that hold another
word; and what depends on title and heading is worked out only for sections that can still reach it.
"""

from __future__ import annotations

import heapq
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.concurrency import cached_property
from kb.model import Tier, decode_meta
from kb.search.protocols import (
    HIDDEN,
    POSITION_BITS,
    POSITION_MASK,
    Candidate,
    Candidates,
    consecutive,
    field_of,
)
from kb.search.ranking import (
    FIELDS,
    HEAD_STEPS,
    IDF_STEPS,
    LEVEL_MASK,
    SCORE_DIGITS,
    coverage,
    idf_steps,
    level,
    pair_weights,
    round_mass,
    saturations,
    title_score,
    weighted,
)
from kb.search.scoring import STEPS, QueryStatistics, Scoring
from kb.search.twins import join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from kb.config import Ranking
    from kb.search.protocols import (
        Alternative,
        CandidateQuery,
        ExpandedTerm,
        Phrase,
        PostingReader,
    )
    from kb.text.analysis import Token

SLACK = 1e-9
"""What sums in another order may differ by."""

MARGIN: float = 2 * 10**-SCORE_DIGITS
"""Scores that are further apart are so in SCORE_DIGITS digits, too."""

PROMISING = 250
"""How many sections, about, are looked at to learn what a candidate has to reach."""

LOOKUP_COST = 8
"""A binary search in a term's postings takes as long as going through so many of them."""


class PostingIndex:
    """Statistics, candidates and records over a PostingReader. See SearchIndex."""

    def __init__(self, reader: PostingReader, ranking: Ranking) -> None:
        self.reader = reader
        self.ranking = ranking.fitted(reader.sections, reader.articles)

    @property
    def sections(self) -> int:
        """How many sections the public sees."""
        return self.reader.sections

    @property
    def articles(self) -> int:
        """How many articles the public sees."""
        return self.reader.articles

    def expect(self, tokens: Sequence[Token]) -> None:
        """See Statistics: here nothing is far."""

    def expect_words(self, words: Collection[str]) -> None:
        """See Statistics."""

    def statistics(self, term: str) -> tuple[int, int]:
        """See Statistics."""
        return self.reader.statistics(term)

    def title_frequency(self, term: str) -> int:
        """See Statistics."""
        return len(self.reader.postings("title", term)[0])

    def share_title(self, one: str, other: str) -> bool:
        """See Statistics."""
        docs = self.reader.postings("title", one)[0]
        return bool(docs) and not set(docs).isdisjoint(self.reader.postings("title", other)[0])

    def is_known(self, term: str, *, hidden: bool) -> bool:
        """See Statistics."""
        return any(self.reader.postings(p + "terms", term)[0] for p in prefixes(hidden=hidden))

    def word_frequency(self, word: str, *, hidden: bool) -> int:
        """See Statistics."""
        fields = (prefix + "words" for prefix in prefixes(hidden=hidden))
        return sum(len(self.reader.postings(field, word)[0]) for field in fields)

    def words_from(self, prefix: str, *, hidden: bool) -> Iterator[str]:
        """See Statistics."""
        for field in prefixes(hidden=hidden):
            yield from self.reader.terms_of(field + "words", prefix)

    def commonness(self, word: str) -> int:
        """See Statistics."""
        return self.reader.commonness(word)

    def everyday(self, term: str) -> int:
        """See Statistics."""
        return self.reader.everyday(term)

    def meanings(self, key: str, *, hidden: bool) -> list[str]:
        """See Statistics."""
        fields = [prefix + "explained" for prefix in prefixes(hidden=hidden)]
        found = ((f, t) for f in fields for t in self.reader.terms_of(f, key + "\t"))
        return sorted({t.partition("\t")[2] for f, t in found if self.reader.postings(f, t)[0]})

    def are_neighbours(self, one: str, other: str, *, hidden: bool) -> bool:
        """See Statistics."""
        return self.with_neighbours(one, other, hidden=hidden) is not None

    def with_neighbours(self, one: str, other: str, *, hidden: bool) -> int | None:
        """The number of a document in which a term follows another; None where none has them so."""
        places = self.reader.positions
        for field in (prefix + "terms" for prefix in prefixes(hidden=hidden)):
            for place in _followed(places(field, one), places(field, other), 1):
                return place >> POSITION_BITS
        return None

    def candidates(self, query: CandidateQuery, count: int) -> Candidates:
        """See CandidateSource."""
        return _Selection(self.reader, self.ranking, query, self).best(count)

    def positions_in(self, candidate: Candidate, term: str) -> Sequence[int]:
        """See CandidateSource."""
        doc: int = candidate.key
        found: list[int] = []
        for prefix in prefixes(hidden=True):
            places = self.reader.positions(prefix + "terms", term)
            first = bisect_left(places, doc << POSITION_BITS)
            last = bisect_left(places, (doc + 1) << POSITION_BITS, first)
            found += [place & POSITION_MASK for place in places[first:last]]
            if found:
                break  # a document is seen by the public, or it is not
        return found

    def article_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """See Records."""
        return self.reader.article_record(self.reader.article_of[candidate.key])

    def section_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """See Records."""
        return self.reader.section_record(candidate.key)

    def twin(self, key: int) -> tuple[str, str]:
        """See Records."""
        article = decode_meta(self.reader.article_record(self.reader.article_of[key]))
        return article.id, self.reader.section_record(key)["anchor"]


def prefixes(*, hidden: bool) -> tuple[str, ...]:
    """Before the names of the fields that are searched."""
    return ("", HIDDEN) if hidden else ("",)


class _Values(NamedTuple):
    """A number for each of some documents, which ascend: `table` at its step."""

    docs: Sequence[int]
    steps: Sequence[int]
    table: Sequence[float]

    def of(self, doc: int) -> float | None:
        """A document's number; None where it has none."""
        docs = self.docs
        at = bisect_left(docs, doc)
        if at == len(docs) or docs[at] != doc:
            return None
        return self.table[self.steps[at]]

    def items(self) -> Iterator[tuple[int, float]]:
        """All (document, number)."""
        return zip(self.docs, map(self.table.__getitem__, self.steps), strict=True)

    def most(self) -> float:
        """The highest number."""
        return max(map(self.table.__getitem__, set(self.steps)), default=0.0)

    @classmethod
    def greatest(cls, parts: Sequence[_Values]) -> _Values:
        """For each document its highest number in any of the parts."""
        if len(parts) == 1:
            return parts[0]
        best: dict[int, float] = {}
        for part in parts:
            if not best:
                best.update(part.items())
                continue
            for doc, value in part.items():
                if value > best.get(doc, 0.0):
                    best[doc] = value
        docs = sorted(best)
        return cls(docs, range(len(docs)), [best[doc] for doc in docs])


_NOTHING = _Values((), (), ())


class _Selection:
    """Finds the candidates of one query."""

    def __init__(
        self,
        reader: PostingReader,
        ranking: Ranking,
        query: CandidateQuery,
        index: PostingIndex,
    ) -> None:
        self.reader = reader
        self.ranking = ranking
        self.query = query
        self.statistics = QueryStatistics(index, ranking, hidden=query.hidden)
        self.scoring = Scoring(self.statistics, query.terms, len(query.preferred))
        self.words = tuple(map(self._word, query.terms))
        self.twins: dict[int, tuple[int, ...]] = {}
        self.near: set[int] = set()

    def best(self, count: int) -> Candidates:
        """The best candidates, and what all others are below."""
        allowed = self._allowed()
        if len(allowed) <= count:
            every = [self.candidate(doc) for doc in allowed]
            return Candidates(every, len(allowed), None, self.near & allowed)
        best, rest = _Pruning(self, allowed, count).best()
        if self.preferred or self.near:  # these may score more than their words say
            best = [*{*best}.union(*self.preferred, self.near) & allowed]
        found = [self.candidate(doc) for doc in best]
        others = rest if rest > 0 else None  # no score is lower: there are none
        return Candidates(found, len(allowed), others, self.near & allowed)

    # Which sections are candidates.

    def _allowed(self) -> set[int]:
        """All candidates."""
        query = self.query
        worded: set[int] = set().union(*(values.docs for values in self.words))
        docs = worded.union(query.near)
        for facet in query.first_of:
            docs.update(article + 1 for article in self._facet(facet))
        for phrase in query.phrases:
            docs &= self._holding(phrase)
        for phrase in query.excluded:
            docs -= self._holding(phrase)
        article_of = self.reader.article_of
        for facet in query.required:
            articles = set(self._facet(facet))
            docs = {doc for doc in docs if article_of[doc] in articles}
        if query.hidden or query.first_of or query.near:  # else there are none of them
            forbidden = set().union(*map(self._facet, query.forbidden))
            if forbidden:
                docs = {doc for doc in docs if article_of[doc] not in forbidden}
        if query.near:
            self.near = {*islice((doc for doc in query.near if doc in docs), query.most_near)}
            docs -= {*query.near} - self.near - worded
        if self.reader.twins.sections:
            self.twins = join(docs, self.reader.twins, self._held)
            docs.difference_update(*self.twins.values())
            self.near.update(
                d for d, twins in self.twins.items() if not self.near.isdisjoint(twins)
            )
        return docs

    def _held(self, doc: int) -> int:
        """How much of the query a section holds: the idfs of its terms, in steps."""
        terms = zip(self.scoring.idfs, self.words, strict=True)
        return sum([idf for idf, values in terms if _holds(values.docs, doc)])

    def _facet(self, facet: str) -> array[int]:
        return self.reader.postings("facets", facet)[0]

    def _holding(self, phrase: Phrase) -> set[int]:
        """The sections that hold a phrase."""
        if len(phrase) < 2:  # noqa: PLR2004  # no neighbours
            return {doc for term, _ in phrase for doc in self._postings("terms", term)[0]}
        runs = (
            self._run((prefix + "terms", prefix + "linked"), phrase)
            for prefix in prefixes(hidden=self.query.hidden)
        )
        return {place >> POSITION_BITS for places in runs for place in places}

    def _run(self, fields: tuple[str, ...], phrase: Phrase) -> Collection[int]:
        """Places where a phrase begins."""
        found: Collection[int] = self._places(fields, phrase[0][0])
        for term, offset in phrase[1:]:
            found = _followed(found, self._places(fields, term), offset)
        return found

    @cached_property
    def preferred(self) -> tuple[set[int], ...]:
        """Of each preferred phrase the sections that hold it."""
        return tuple(map(self._holding, self.query.preferred))

    def _places(self, fields: tuple[str, ...], term: str) -> Sequence[int]:
        if len(fields) == 1:
            return self.reader.positions(fields[0], term)
        return [place for field in fields for place in self.reader.positions(field, term)]

    def _postings(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, ascending, and weights of a term."""
        docs, weights = self.reader.postings(field, term)
        if not self.query.hidden:
            return docs, weights
        more, their_weights = self.reader.postings(HIDDEN + field, term)
        if not more:
            return docs, weights
        rows = sorted([*zip(docs, weights, strict=True), *zip(more, their_weights, strict=True)])
        return array("I", [doc for doc, _ in rows]), array("H", [weight for _, weight in rows])

    # What their scores are made of.

    def _word(self, term: ExpandedTerm) -> _Values:
        return _Values.greatest([self._alternative(each) for each in term.alternatives])

    def _alternative(self, alternative: Alternative) -> _Values:
        if len(alternative.terms) > 1:
            return self._neighbours(alternative)
        docs, weights = self._postings("terms", alternative.terms[0])
        if not docs:
            return _NOTHING
        factor = self.scoring.idf(alternative.terms[0]) * alternative.factor
        levels = weights.tobytes()[_LOW::2].translate(_LEVELS)
        return _Values(docs, levels, [factor * steps / STEPS for steps in self._saturations])

    def _neighbours(self, alternative: Alternative) -> _Values:
        """Several terms as one: what its rarest word counts, where they are neighbours."""
        held = self._holding(consecutive(alternative.terms))
        idf = self.scoring.idf
        rarest = max(alternative.terms, key=lambda term: (idf(term), term))
        docs, steps, table = self._alternative(alternative._replace(terms=(rarest,)))
        found = [(doc, step) for doc, step in zip(docs, steps, strict=True) if doc in held]
        return _Values([doc for doc, _ in found], [step for _, step in found], table)

    @cached_property
    def heads(self) -> tuple[_Values, ...]:
        """Of each word the idf, in steps, that it covers of titles and headings."""
        return tuple(self._head(term) for term in self.query.terms)

    def _head(self, term: ExpandedTerm) -> _Values:
        alternatives = () if term.compound else term.alternatives
        parts = []
        for alternative in alternatives:
            if len(alternative.terms) > 1:
                continue
            docs, weights = self._postings("heads", alternative.terms[0])
            idf = self.scoring.idf(alternative.terms[0]) if docs else 0
            if idf:
                factor = idf * alternative.factor / HEAD_STEPS
                most = max(weights)
                table = [factor * steps for steps in range(most + 1)]
                parts.append(_Values(docs, weights, table))
        return _Values.greatest(parts) if parts else _NOTHING

    @cached_property
    def titles(self) -> tuple[array[int], ...]:
        """Of each word the articles in whose titles it stands."""
        empty = array("I")
        return tuple(
            empty if term.compound else self._postings("title", term.term)[0]
            for term in self.query.terms
        )

    @cached_property
    def pairs(self) -> tuple[dict[int, float], ...]:
        """Of each pair of neighbouring words, document -> part of the score."""
        if not self.ranking.pair_weight:
            return ()
        return tuple(self._pair(terms) for terms in self.query.pairs)

    def _pair(self, terms: tuple[str, str]) -> dict[int, float]:
        parts: dict[int, float] = {}
        idf = None
        steps, weights = self._pair_saturations, pair_weights(self.ranking)
        for prefix in prefixes(hidden=self.query.hidden):
            counts = count_fields(self._run((prefix + "terms",), consecutive(terms)))
            if idf is None:  # the public's sections come first, and theirs is the idf
                idf = idf_steps(self.reader.sections, len(counts))
            for doc, fields in counts.items():
                parts[doc] = idf * steps[level(weighted(fields, weights))] / STEPS
        return parts

    @cached_property
    def _saturations(self) -> tuple[int, ...]:
        return saturations(self.ranking.k1)

    @cached_property
    def _pair_saturations(self) -> tuple[int, ...]:
        return saturations(self.ranking.pair_k1, self.ranking.pair_weight)

    @cached_property
    def _tiers(self) -> tuple[tuple[str, set[int]], ...]:
        return tuple((t, set(self._facet(f"tier:{t}"))) for t in (Tier.CONTACT, Tier.ADVICE))

    def candidate(self, doc: int) -> Candidate:
        """A section with what its score is made of."""
        reader = self.reader
        article = reader.article_of[doc]
        heads = {n: part for n, v in enumerate(self.heads) if (part := v.of(doc))}
        titles = [n for n, docs in enumerate(self.titles) if _holds(docs, article)] if heads else []
        return Candidate(
            key=doc,
            order=reader.order[doc],
            tier=next((t for t, articles in self._tiers if article in articles), Tier.SELF_SERVICE),
            words={n: p for n, v in enumerate(self.words) if (p := v.of(doc)) is not None},
            pairs={n: parts[doc] for n, parts in enumerate(self.pairs) if doc in parts},
            heads=heads,
            titles=titles,
            mass=round_mass(reader.mass[doc]),
            title_mass=round_mass(reader.mass[article]),
            twins=self.twins.get(doc, ()),
            preferred=sum(doc in held for held in self.preferred),
        )

    def word_sum(self, doc: int) -> float:
        """The parts of a section's score that words and pairs make, added up."""
        total = 0.0
        for values in self.words:
            total += values.of(doc) or 0.0
        for parts in self.pairs:
            total += parts.get(doc, 0.0)
        return total

    def with_head(self, doc: int, word_sum: float) -> float:
        """A section's base score, but for what another order of adding changes."""
        covered = 0.0
        for values in self.heads:
            covered += values.of(doc) or 0.0
        if covered <= 0:
            return word_sum
        ranking, mass = self.ranking, self.reader.mass
        article = self.reader.article_of[doc]
        title = 0
        for docs, idf in zip(self.titles, self.scoring.title_idfs, strict=True):
            if idf and _holds(docs, article):
                title += idf
        in_title = title_score(title, round_mass(mass[article]) / HEAD_STEPS, ranking)
        own = round_mass(mass[doc]) / HEAD_STEPS
        more = coverage(covered, own, self.scoring.asked, ranking)
        return (word_sum + in_title) * (1 + more)


class _Pruning:
    """Finds the best of many sections without scoring all of them."""

    def __init__(self, selection: _Selection, allowed: set[int], count: int) -> None:
        self.selection = selection
        self.allowed = allowed
        self.count = count
        self.most = [values.most() for values in selection.words]
        self.most_of_head = [values.most() for values in selection.heads]
        self.every = range(len(self.most))

    def best(self) -> tuple[list[int], float]:
        """At least `count` sections, and what the base scores of all others are not above."""
        least = self._to_reach()
        sums, headed = self._sums(least)
        plain = {doc: total for doc, total in sums.items() if doc not in headed}
        scores = heapq.nlargest(self.count, plain.values())
        heapq.heapify(scores)
        rest, found = least, dict[int, float]()
        for reach, doc in self._rivals({doc: sums[doc] for doc in headed & sums.keys()}, least):
            if len(scores) == self.count and reach < scores[0] - 2 * MARGIN:
                rest = max(rest, reach)
                break
            score = found[doc] = self.selection.with_head(doc, sums[doc])
            if len(scores) < self.count:
                heapq.heappush(scores, score)
            elif score > scores[0]:
                heapq.heapreplace(scores, score)
        edge = scores[0] - MARGIN
        plain |= found
        below = max((score for score in plain.values() if score < edge), default=rest)
        return [doc for doc, score in plain.items() if score >= edge], max(rest, below) + SLACK

    def _reach(self, total: float, words: Iterable[int], heads: Iterable[int]) -> float:
        """What a section reaches at most whose words and pairs add up to a total, if it holds no
        others than the `words` in its title, and than the `heads` in title or heading.
        """
        ranking, scoring = self.selection.ranking, self.selection.scoring
        titles = sum([scoring.title_idfs[number] for number in words])
        covered = sum([self.most_of_head[number] for number in heads])
        share = min(1.0, covered / scoring.asked) if scoring.asked > 0 else 1.0
        total += ranking.title_part * titles / IDF_STEPS
        return float(total * (1 + ranking.coverage * share**ranking.coverage_query)) + SLACK

    def _rivals(self, sums: dict[int, float], least: float) -> list[tuple[float, int]]:
        """(what a section reaches at most, section) of those with a word in title or heading that
        may reach `least`, the highest first.
        """
        selection, ranking, asked = (
            self.selection,
            self.selection.ranking,
            self.selection.scoring.asked,
        )
        covered, titles = dict.fromkeys(sums, 0.0), dict[int, float]()
        for values in selection.heads:
            _add_known(covered, values)
        for articles, idf in zip(selection.titles, selection.scoring.title_idfs, strict=True):
            part = idf * ranking.title_part / IDF_STEPS
            for article in articles if part else ():
                titles[article] = titles.get(article, 0.0) + part
        lifts = {
            value: 1 + ranking.coverage * min(1.0, value / asked) ** ranking.coverage_query
            for value in {*covered.values()}
            if asked > 0
        }
        article_of, in_title, lift = selection.reader.article_of, titles.get, lifts.get
        reaches = [
            ((sums[doc] + in_title(article_of[doc], 0.0)) * lift(value, 1.0) + SLACK, doc)
            for doc, value in covered.items()
        ]
        return sorted([pair for pair in reaches if pair[0] >= least], reverse=True)

    def _to_reach(self) -> float:
        """What the best candidates reach at least; below any score where that is not known."""
        words = sorted(self.selection.words, key=lambda values: len(values.docs))
        some: set[int] = set()
        for values in words:
            if len(some) >= PROMISING:
                break
            some.update(self.allowed.intersection(_highest(values)))
        total = self.selection.word_sum
        scores = [self.selection.with_head(doc, total(doc)) for doc in some]
        if len(scores) < self.count:
            return float("-inf")
        least: float = min(heapq.nlargest(self.count, scores))
        return least - 2 * MARGIN

    def _sums(self, least: float) -> tuple[dict[int, float], set[int]]:
        """Section -> what its words and pairs add up to, of all that may reach `least`; and the
        sections in whose titles or headings a word is, some that may not reach it among them.
        """
        words, heads = self.selection.words, self.selection.heads
        few, fewer = self._optional(least)
        sums: dict[int, float] = {} if least > 0 else dict.fromkeys(self.allowed, 0.0)
        for number in set(few) - set(fewer):
            sums |= dict.fromkeys(heads[number].docs, 0.0)
        for number, values in enumerate(words):
            if number not in few:
                _add(sums, values.items())
        if not self.allowed.issuperset(sums):
            sums = {doc: total for doc, total in sums.items() if doc in self.allowed}
        for parts in self.selection.pairs:
            for doc in parts.keys() & sums.keys():
                sums[doc] += parts[doc]
        headed: set[int] = set().union(*(values.docs for values in heads))
        sums = self._reaching(sums, headed, least, few)
        for done, number in enumerate(few, 1):
            _add_known(sums, words[number])
            sums = self._reaching(sums, headed, least, few[done:])
        return sums, headed

    def _optional(self, least: float) -> tuple[list[int], list[int]]:
        """The words, those that count most first, that can't bring a section to `least` if it has
        none of them in title or heading; and those that can't wherever they are.
        """
        few: list[int] = []
        for number in sorted(range(len(self.most)), key=self.most.__getitem__):
            if self._sum_of([*few, number]) + SLACK >= least:
                break
            few.append(number)
        total, fewer = self._sum_of(few), list[int]()
        for number in sorted(few, key=lambda number: len(self.selection.heads[number].docs))[::-1]:
            if self._reach(total, few, [*fewer, number]) < least:
                fewer.append(number)
        return few[::-1], fewer

    def _sum_of(self, numbers: Sequence[int]) -> float:
        """What some words, and the pairs of them, add up to at most."""
        terms = {self.selection.query.terms[number].term for number in numbers}
        pairs = zip(self.selection.query.pairs, self.selection.pairs, strict=False)
        return sum([self.most[number] for number in numbers]) + sum(
            max(parts.values(), default=0.0) for pair, parts in pairs if terms.issuperset(pair)
        )

    def _reaching(
        self, sums: dict[int, float], headed: set[int], least: float, left: Sequence[int]
    ) -> dict[int, float]:
        """Those of the sections that may reach `least` with the words that are `left` to add."""
        more = sum([self.most[number] for number in left]) + SLACK
        plain = least - more
        lift = self._reach(0.0, self.every, self.every)
        factor = 1 + self.selection.ranking.coverage
        low: float = (least - lift) / factor - more if least > 0 else least
        return {
            doc: total
            for doc, total in sums.items()
            if total >= plain or (total >= low and doc in headed)
        }


def _highest(values: _Values) -> Sequence[int]:
    """The documents of the highest numbers: about PROMISING where there are more."""
    if len(values.docs) <= PROMISING:
        return values.docs
    table = values.table
    counts = sorted(Counter(values.steps).items(), key=lambda pair: -table[pair[0]])
    left, chosen = PROMISING, set[int]()
    for step, count in counts:
        if left <= 0 or (chosen and count > 2 * left):
            break
        chosen.add(step)
        left -= count
    rows = zip(values.docs, values.steps, strict=True)
    return list(islice((doc for doc, step in rows if step in chosen), 2 * PROMISING))


def _add(sums: dict[int, float], values: Iterable[tuple[int, float]]) -> None:
    if not sums:
        sums.update(values)
        return
    get = sums.get
    for doc, value in values:
        sums[doc] = get(doc, 0.0) + value


def _add_known(sums: dict[int, float], values: _Values) -> None:
    """Add values to the documents that are there."""
    if len(sums) * LOOKUP_COST < len(values.docs):
        for doc in sums:
            sums[doc] += values.of(doc) or 0.0
        return
    for doc, value in values.items():
        if doc in sums:
            sums[doc] += value


def _holds(docs: Sequence[int], doc: int) -> bool:
    """Whether a document is among some that ascend."""
    at = bisect_left(docs, doc)
    return at < len(docs) and docs[at] == doc


def _followed(places: Collection[int], others: Sequence[int], offset: int) -> Collection[int]:
    """The places behind which, so far, one of the others is. Words past the end of a field share
    its last place: there those of the term with fewer places count, each of them.
    """
    if len(places) <= len(others):
        if len(places) * LOOKUP_COST < len(others) and isinstance(others, array):
            return [place for place in places if _holds(others, place + offset)]
        wanted = set(map(offset.__add__, places))
        found = wanted.intersection(others)
        if len(wanted) == len(places):
            return [place - offset for place in found]
        return [place for place in places if place + offset in found]
    wanted = set(map((-offset).__add__, others))
    found = wanted.intersection(places)
    if len(wanted) == len(others):
        return found
    return [place - offset for place in others if place - offset in found]


def count_fields(places: Iterable[int]) -> dict[int, list[int]]:
    """Document -> how many of the places lie in each of the FIELDS."""
    counts: dict[int, list[int]] = {}
    for place in places:
        fields = counts.setdefault(place >> POSITION_BITS, [0] * len(FIELDS))
        fields[field_of(place & POSITION_MASK)] += 1
    return counts


# A weight is two bytes, of which the lower one holds the level.
_LOW = 0 if sys.byteorder == "little" else 1
_LEVELS = bytes(byte & LEVEL_MASK for byte in range(256))
