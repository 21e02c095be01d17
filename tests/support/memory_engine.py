"""A second engine: sections in dictionaries, without document numbers, postings or arrays.

It shows that `kb.search.protocols` suffices. Like a cluster it gives the best candidates with what
their scores are made of, and fewer of them than are there; unlike one it scores all to find them.
"""

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from kb.index.engine import Description
from kb.index.inverter import Inverter, is_hidden
from kb.index.twins import group_sections
from kb.model import Tier, encode_meta, meta_of
from kb.search.protocols import HIDDEN, NEAREST, Candidate, Candidates, consecutive, field_of
from kb.search.ranking import (
    FIELDS,
    HEAD_STEPS,
    LEVEL_MASK,
    SCORE_DIGITS,
    Averages,
    count_occurrences,
    idf_steps,
    level,
    pair_weights,
    round_mass,
    saturations,
    weighted,
)
from kb.search.scoring import STEPS, QueryStatistics, Scoring
from kb.search.twins import NO_TWINS, Twins, join
from kb.text.lexicon import Lexicon, everyday_terms, write_lexicon


@dataclass
class Stored:
    """A section: its weights by term, its positions by term, and what its article is."""

    article: object
    facets: tuple
    hidden: bool
    record: dict
    lengths: tuple
    heads: dict
    title: tuple
    words: frozenset
    explained: frozenset
    weights: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    linked: dict = field(default_factory=dict)

    @property
    def tier(self):
        """The article's tier."""
        return self.article.tier


class MemoryEngine:
    """Keeps the promise of `kb.index.engine.Engine`, but for `reader`."""

    def __init__(self, folder, analyzer, ranking):
        self.folder, self.analyzer, self.ranking = folder, analyzer, ranking
        self.articles = {}

    keeps_vectors = False

    def build(self, articles, _progress=None, _vectors=None):
        """Take all articles."""
        self.articles = {article.id: article for article in articles}
        self._store()

    def update(self, removed, articles, _vectors=None):
        """Take some out and put others in, unless average lengths move."""
        other = MemoryEngine(self.folder, self.analyzer, self.ranking)
        kept = [article for id_, article in self.articles.items() if id_ not in removed]
        other.build([*kept, *articles])
        if other.averages != self.averages:
            return False
        vars(self).update(vars(other))
        return True

    def cards(self):
        """All articles by id."""
        return {id_: meta_of(self.articles[id_]) for id_ in sorted(self.articles)}

    def card(self, id_):
        """One article."""
        return self.cards().get(id_)

    def cards_with(self, facet):
        """The articles with a facet."""
        return tuple(card for id_, card in self.cards().items() if facet in self.facets[id_])

    def describe(self):
        """What there is."""
        index = self.index
        terms = {term for section in index.public for term in section.weights}
        return Description("memory", index.articles, index.sections, len(terms), 0)

    def close(self):
        """Nothing is open."""

    def _store(self):
        """Make sections of the articles, with weights by the average lengths of all."""
        inverter, sections, places = Inverter(self.analyzer, self.ranking), {}, {}
        number, self.facets, prints = 0, {}, {}
        for id_ in sorted(self.articles):
            article = self.articles[id_]
            made = inverter.add(article, number)
            self.facets[id_] = made.facets
            for position, section in enumerate(made.sections):
                number += 1
                places[number] = key = (id_, position)
                prints[key] = made.fingerprints[position].tobytes()
                sections[key] = Stored(
                    article, made.facets, is_hidden(article), section.record, section.lengths,
                    section.heads, made.title, made.words, made.explained,
                )  # fmt: skip
            number += 1
        self.averages = Averages.of(inverter.totals, inverter.sections)
        for name, rows in inverter.postings(self.averages).items():
            for term, found in rows:
                start = 0
                for doc, weight, size in zip(found.docs, found.weights, found.sizes, strict=True):
                    section, own = sections[places[doc]], found.positions[start : start + size]
                    start += size
                    if name.removeprefix(HIDDEN) == "linked":
                        section.linked[term] = own
                    else:
                        section.weights[term], section.places[term] = weight, own
        groups = group_sections(
            prints,
            lambda key: sections[key].article,
            lambda key: (sections[key].record["heading"], sections[key].record["text"]),
        )
        numbered = [(key, number) for number, group in enumerate(groups) for key in group]
        twins = Twins(*zip(*numbered, strict=True)) if numbered else NO_TWINS
        self.index = MemoryIndex(sections, self.averages, self.ranking, twins)
        self.index.lexicon = Lexicon(
            write_lexicon(self.analyzer.language, self.analyzer.own_words())
        )
        self.index.everyday_terms = everyday_terms(self.analyzer.language, self.analyzer.stem)


class MemoryIndex:
    """Keeps the promise of `kb.search.protocols.SearchIndex`."""

    def __init__(self, stored, averages, ranking, twins):
        self.stored, self.averages = stored, averages
        self.twins = twins
        self.public = [section for section in stored.values() if not section.hidden]
        self.sections = len(self.public)
        self.articles = len({section.article.id for section in self.public})
        self.ranking = ranking.fitted(self.sections, self.articles)

    def expect(self, tokens):
        """Nothing is far."""

    def expect_words(self, words):
        """Nor these."""

    def statistics(self, term):
        """Sections of the public, and occurrences."""
        weights = array("H", [s.weights[term] for s in self.public if term in s.weights])
        return len(weights), count_occurrences(weights)

    def title_frequency(self, term):
        """Articles of the public."""
        return len({s.article.id for s in self.public if term in s.title})

    def share_title(self, one, other):
        """Articles of the public."""
        return any(one in s.title and other in s.title for s in self.public)

    def is_known(self, term, *, hidden):
        """Whether a section holds it."""
        return any(term in s.weights for s in self._seen(hidden=hidden))

    def word_frequency(self, word, *, hidden):
        """Articles."""
        return len({s.article.id for s in self._seen(hidden=hidden) if word in s.words})

    def words_from(self, prefix, *, hidden):
        """Words."""
        words = {word for s in self._seen(hidden=hidden) for word in s.words}
        return iter(sorted(word for word in words if word.startswith(prefix)))

    def commonness(self, word):
        """By the lexicon that any engine keeps."""
        return self.lexicon.commonness(word)

    def everyday(self, term):
        """By the words of the language, too."""
        return self.everyday_terms.get(term, 0)

    def meanings(self, key, *, hidden):
        """What articles explain."""
        found = {line for s in self._seen(hidden=hidden) for line in s.explained}
        return sorted(line.partition("\t")[2] for line in found if line.startswith(key + "\t"))

    def are_neighbours(self, one, other, *, hidden):
        """In any section."""
        return any(
            _has(s.places.get(other, ()), place + 1)
            for s in self._seen(hidden=hidden)
            for place in s.places.get(one, ())
        )

    def candidates(self, query, count):
        """The best of all candidates: just as many as are wanted, and those equal to the last."""
        asked = _Asked(self, query)
        every = {
            key: c for key, s in self.stored.items() if (c := asked.candidate(key, s)) is not None
        }
        near = [key for key in query.near if key in every][:NEAREST]
        every = {key: c for key, c in every.items() if c.words or key in near or query.first_of}
        found = asked.joined(every)
        near = {c.key for c in found if not {c.key, *c.twins}.isdisjoint(near)}
        scores = sorted((asked.scoring.base_score(c) for c in found), reverse=True)
        if len(found) <= count:
            return Candidates(found, len(found), None, near)
        edge = scores[count - 1] - 2 * 10**-SCORE_DIGITS
        best = [c for c in found if asked.scoring.base_score(c) >= edge or c.key in near]
        rest = max((score for score in scores if score < edge), default=None)
        return Candidates(best, len(found), rest, near)

    def positions_in(self, candidate, term):
        """Positions."""
        return self.stored[candidate.key].places.get(term, ())

    def article_of_candidate(self, candidate):
        """The article's record."""
        return encode_meta(meta_of(self.stored[candidate.key].article))

    def section_of_candidate(self, candidate):
        """The section's record."""
        return self.stored[candidate.key].record

    def twin(self, key):
        """The id of its article, and its anchor."""
        return key[0], self.stored[key].record["anchor"]

    def _seen(self, *, hidden):
        return self.stored.values() if hidden else self.public


class _Asked:
    """One query."""

    def __init__(self, index, query):
        self.index, self.query, self.ranking = index, query, index.ranking
        self.statistics = QueryStatistics(index, index.ranking, hidden=query.hidden)
        self.scoring = Scoring(self.statistics, query.terms, len(query.preferred))
        self.saturations = saturations(self.ranking.k1)
        self.pair_saturations = saturations(self.ranking.pair_k1, self.ranking.pair_weight)
        self.pair_frequencies = [
            sum(bool(self._run(s, consecutive(pair))) for s in index.public) for pair in query.pairs
        ]

    def joined(self, candidates):
        """Of candidates that say the same one each."""
        idfs = self.scoring.idfs
        joined = join(
            candidates, self.index.twins, lambda key: sum(idfs[n] for n in candidates[key].words)
        )
        for key, others in joined.items():
            candidates[key] = candidates[key]._replace(twins=others)
            for other in others:
                del candidates[other]
        return list(candidates.values())

    def candidate(self, key, section):
        """A section as a candidate, None where it is none."""
        query = self.query
        words = {
            number: max(parts)
            for number, term in enumerate(query.terms)
            if (parts := [p for a in term.alternatives for p in self._parts(section, a)])
        }
        first = key[1] == 0 and any(facet in section.facets for facet in query.first_of)
        if not (
            (first or words or key in query.near)
            and (query.hidden or first or not section.hidden)
            and all(facet in section.facets for facet in query.required)
            and not any(facet in section.facets for facet in query.forbidden)
            and all(self._holds(section, phrase) for phrase in query.phrases)
            and not any(self._holds(section, phrase) for phrase in query.excluded)
        ):
            return None
        return Candidate(
            key, key, Tier(section.tier), words, self._pairs(section), self._heads(section),
            [n for n, t in enumerate(query.terms) if not t.compound and t.term in section.title],
            round_mass(sum(self.statistics.idf(t) * steps for t, steps in section.heads.items())),
            round_mass(sum(self.statistics.title_idf(t) for t in section.title) * HEAD_STEPS),
            preferred=sum(self._holds(section, phrase) for phrase in query.preferred),
        )  # fmt: skip

    def _parts(self, section, alternative):
        rarest = max(alternative.terms, key=lambda t: (self.scoring.idf(t), t))
        held = rarest in section.weights and (
            len(alternative.terms) == 1
            or self._run(section, consecutive(alternative.terms), links=True)
        )
        if held:
            steps = self.saturations[section.weights[rarest] & LEVEL_MASK]
            yield self.scoring.idf(rarest) * alternative.factor * steps / STEPS

    def _heads(self, section):
        heads = {}
        for number, term in enumerate(self.query.terms):
            steps = [
                self.scoring.idf(a.terms[0]) * a.factor / HEAD_STEPS * section.heads[a.terms[0]]
                for a in term.alternatives
                if len(a.terms) == 1 and a.terms[0] in section.heads and not term.compound
            ]
            if steps and max(steps) > 0:
                heads[number] = max(steps)
        return heads

    def _pairs(self, section):
        pairs = {}
        for number, (pair, frequency) in enumerate(
            zip(self.query.pairs, self.pair_frequencies, strict=True)
        ):
            places = self._run(section, consecutive(pair))
            if places and self.ranking.pair_weight:
                counts = [sum(field_of(place) == f for place in places) for f in range(len(FIELDS))]
                steps = self.pair_saturations[level(weighted(counts, pair_weights(self.ranking)))]
                pairs[number] = idf_steps(self.index.sections, frequency) * steps / STEPS
        return pairs

    def _holds(self, section, phrase):
        if len(phrase) == 1:
            return phrase[0][0] in section.weights
        return bool(phrase) and bool(self._run(section, phrase, links=True))

    def _run(self, section, phrase, *, links=False):
        """The positions where a phrase begins."""
        (found, _), *others = (
            (sorted([*section.places.get(t, ()), *(section.linked.get(t, ()) if links else ())]), o)
            for t, o in phrase
        )
        for places, offset in others:
            found = [place for place in found if _has(places, place + offset)]
        return found


def _has(places, place):
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place
