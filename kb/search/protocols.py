"""What search, and the export of a site's search, need of an engine.

An engine that stores an index gives four things, each a protocol of its own:

    Statistics       how many sections hold a term, which words there are
    CandidateSource  the sections that may be the best answers to a query, with what their scores
                     are made of
    Records          what was stored of articles and sections, to show them
    ExportReader     everything, term by term, for the files that a browser searches

`SearchIndex` is the first three together: `kb.search.searcher` needs no more. No arrays over all
documents and no complete postings are asked for there, so an engine on a cluster can answer with
the best few thousand sections of each shard. An engine that can hand out postings gets all three
from `kb.search.postings.PostingIndex`.

How a section's score comes from a candidate's parts is said by `kb.search.scoring`; its base score
is the score without nearness and without what its tier takes off.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from kb.search.ranking import Averages
    from kb.search.twins import Twins
    from kb.text.analysis import Token
    from kb.text.lexicon import Block

RANGE_STARTS = (0, 1024, 2048, 3072, 8192)
"""The first position of each of the FIELDS. Words past the end of a field's range are counted,
but have no position of their own."""


_, HEADING_START, TRAIL_START, ISSUES_START, TEXT_START = RANGE_STARTS


LAST_POSITION = 0xFFFF
"""Where words past the end of the last range are counted; none of them has a position."""


def field_of(position: int) -> int:
    """Which of the FIELDS a position lies in."""
    return bisect_right(RANGE_STARTS, position) - 1


POSITION_BITS = 16
"""A place is a document number shifted left by this, plus a position within the document."""

POSITION_MASK = (1 << POSITION_BITS) - 1

HIDDEN = "hidden_"
"""Articles that the public does not see are in fields of their own, under this prefix, so that
their words change no one else's scores, corrections or completions."""


CHANNELS = "has:channel"
"""The facet of articles that describe a way to reach a person."""

NEAREST = 100
"""Sections that are candidates by their meaning (`kb.search.meaning`), at most."""

TWINS, FINGERPRINT = "twins", "fingerprint"
"""The field and the only term of it under which each section's fingerprint stands in place of
positions. See `kb.index.twins`."""


class Statistics(Protocol):
    """Numbers about the whole collection.

    Those that a score depends on count what the public sees, whoever asks. `hidden` in the other
    methods says whether what the public does not see counts, too. All of them are called with the
    terms of one query, mostly more than once: an engine for which each call is a trip keeps them.
    """

    @property
    def sections(self) -> int:
        """How many sections the public sees."""

    @property
    def articles(self) -> int:
        """How many articles the public sees."""

    def expect(self, tokens: Sequence[Token]) -> None:
        """Told the tokens of a query before anything else is asked: an engine for which each call
        is a trip can fetch what will be needed in one.
        """
        ...

    def expect_words(self, words: Collection[str]) -> None:
        """The same for words of which the frequencies will be needed."""
        ...

    def statistics(self, term: str) -> tuple[int, int]:
        """How many of the public's sections hold a term, and how often outside their titles."""
        ...

    def title_frequency(self, term: str) -> int:
        """How many of the public's articles have a term in their title."""
        ...

    def share_title(self, one: str, other: str) -> bool:
        """Whether any of the public's articles has two terms in its title."""
        ...

    def is_known(self, term: str, *, hidden: bool) -> bool:
        """Whether any section holds a term."""
        ...

    def word_frequency(self, word: str, *, hidden: bool) -> int:
        """How many articles hold a word as it is written."""
        ...

    def words_from(self, prefix: str, *, hidden: bool) -> Iterator[str]:
        """The words as written that begin with a prefix; some may come twice, and some may be
        held by no article any more.
        """
        ...

    def commonness(self, word: str) -> int:
        """How common a word is in the language, by its lexicon (`kb.text.lexicon`); 0 for what is
        no word of it.
        """
        ...

    def everyday(self, term: str) -> int:
        """How far the words of a term are everyday words of the language, from 0 to
        EVERYDAY_STEPS (`kb.text.lexicon`).
        """
        ...

    def meanings(self, key: str, *, hidden: bool) -> list[str]:
        """What articles explain an abbreviation by, or the abbreviation for some words: by the key
        that `kb.text.analysis.Analyzer.key` gives, in order. The compounds that a term is part of
        are there, too, by their own key (`kb.text.compounds.key_of`).
        """
        ...

    def are_neighbours(self, one: str, other: str, *, hidden: bool) -> bool:
        """Whether any section holds two terms one after the other."""
        ...


class Alternative(NamedTuple):
    """Terms that stand for a query word: one, or several as neighbours. `factor` is what they
    count for, 1 for the word itself.
    """

    terms: tuple[str, ...]
    factor: float = 1.0


class ExpandedTerm(NamedTuple):
    """A query word as it was written, with all that may stand for it, itself first.

    Words of one `unit` (`wi-fi`, or a phrase that has synonyms) belong together; a `compound`
    stands for all of its unit.
    """

    surface: str
    alternatives: tuple[Alternative, ...]
    unit: int
    compound: bool = False

    @property
    def term(self) -> str:
        """The word's own term."""
        return self.alternatives[0].terms[0]


class ExpandedQuery(NamedTuple):
    """What a query asks for: distinct expanded terms, and (surface, terms) of neighbours."""

    all: tuple[ExpandedTerm, ...]
    pairs: tuple[tuple[str, tuple[str, str]], ...]


Phrase: TypeAlias = tuple[tuple[str, int], ...]
"""Terms, each with how far its place is behind that of the first. A stop word has the place of the
word after it. A section holds a phrase if its terms stand so somewhere, in the text of links, too.
A phrase without terms is held by nothing."""


def consecutive(terms: Sequence[str]) -> Phrase:
    """Terms of which each is the next one's neighbour."""
    return tuple((term, offset) for offset, term in enumerate(terms))


class NearQuery(NamedTuple):
    """In place of the keys that are near, for an engine that holds the vectors itself: the numbers
    of a query's vector, the bytes of that of a section, the cosine that a section has at least, and
    the names of the clusters that it is in, None where all are looked at.
    """

    vector: Sequence[int]
    size: int
    least: float
    clusters: tuple[str, ...] | None = None


class CandidateQuery(NamedTuple):
    """Which sections are candidates, and what their parts are.

    A section is one if it holds any of the `terms`, or is the first of an article with one of the
    facets `first_of`, or is among the first `most_near` of the keys `near` that
    pass the rest; if it holds each of the `phrases` and none of the `excluded`; if its article
    has all facets `required` and none `forbidden`. Those that hold `preferred` phrases score more.
    `hidden` says whether what the public does not see is searched. A facet is a text such as
    `tier:contact`; see `kb.index.inverter`. `near` is what the engine's Meaning gave: keys, or a
    NearQuery.
    """

    terms: tuple[ExpandedTerm, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    phrases: tuple[Phrase, ...] = ()
    preferred: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    first_of: tuple[str, ...] = ()
    hidden: bool = False
    near: Sequence[Any] = ()
    most_near: int = NEAREST


class Candidate(NamedTuple):
    """A section that may be an answer, with what its score is made of.

    `key` is what the engine knows it by, and can be hashed. `order` sorts sections by article id
    and position. `tier` is its article's. The keys of the mappings, which ascend, are places in the
    query's `terms` (for `pairs` in its `pairs`); what is not held has none:

    words   part of the score of each word: the best of its alternatives' idf times factor times
            saturation (`kb.search.ranking.saturations`), divided by STEPS
    pairs   the same for two neighbouring words, by the section's own level of the pair
    heads   idf steps that a word covers of the section's title and heading, by weight, above 0
    titles  places of the words that the article's title holds, ascending
    mass    idf steps of all words of title and heading, times HEAD_STEPS; `title_mass` those of
            the article's title
    twins   keys of the sections that say the same and would be candidates, newest first
    preferred  how many of the query's `preferred` phrases it holds
    """

    key: Any
    order: Any
    tier: str
    words: Mapping[int, float]
    pairs: Mapping[int, float]
    heads: Mapping[int, float]
    titles: Sequence[int]
    mass: int
    title_mass: int
    twins: Sequence[Any] = ()
    preferred: int = 0


class Candidates(NamedTuple):
    """The best candidates in no order; how many there are in all; what no other one's base score
    is above, None where there are no others; and the keys of those that are near. Of sections that
    say the same (`kb.index.twins`) one alone is a candidate, chosen as by `kb.search.twins.join`.
    """

    best: Sequence[Candidate]
    total: int
    rest: float | None
    near: Collection[Any] = ()


class CandidateSource(Protocol):
    """Finds the sections that may be the best answers."""

    def candidates(self, query: CandidateQuery, count: int) -> Candidates:
        """At least the `count` candidates with the highest base scores, and all that are equal to
        the last of them in SCORE_DIGITS digits; and all those that are near. More are welcome.

        An engine may come by them as it likes, as long as `rest` is a true bound: the searcher
        computes base scores itself, and asks again for more if those it has do not suffice.
        """
        ...

    def positions_in(self, candidate: Candidate, term: str) -> Sequence[int]:
        """The positions of a term in a candidate, ascending; those in the text of links are not
        among them.
        """
        ...


class Records(Protocol):
    """What was stored of articles and sections, as `kb.index.inverter` gave it."""

    def article_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """What was stored of a candidate's article; never to be changed."""
        ...

    def section_of_candidate(self, candidate: Candidate) -> dict[str, Any]:
        """What was stored of a candidate itself; never to be changed."""
        ...

    def twin(self, key: Any) -> tuple[str, str]:
        """The article's id and the anchor of a section that is among the twins of a candidate."""
        ...


class Asked(NamedTuple):
    """What is asked of Meaning: a text, its (surface, idf in steps), and the share of their idf
    that the best section by words holds.
    """

    text: str
    words: Sequence[tuple[str, int]]
    held: float


class Similarities(NamedTuple):
    """How near all sections are to one query: `cosines` by key of the index; `nearest` are the keys
    of those that are near enough to be an answer, the nearest first, equal ones in order, or the
    NearQuery by which the engine finds them. Meaning counts for the `best` first sections by words,
    and the `most` nearest ones; where `best` is 0, the answer by words is left as it is.
    """

    cosines: Mapping[Any, float]
    nearest: Sequence[Any]
    best: int = NEAREST
    most: int = NEAREST


class Meaning(Protocol):
    """Tells how near sections are to a query."""

    def similarities(self, asked: Asked) -> Similarities | None:
        """How near all sections of the index are; None where the query has no known meaning."""
        ...


class WordVectors(NamedTuple):
    """The vectors by which an index answers without a model (`kb.semantic.words`): `size` bytes
    each. `made` tells the model; `vocabulary` and `words` are by the keys of words; `sections` has
    one for each document that is a section, and `leaders` the document of the leader of its
    cluster, if there are clusters.
    """

    made: str
    size: int
    vocabulary: Mapping[bytes, bytes]
    words: Mapping[bytes, bytes]
    sections: Mapping[int, bytes]
    leaders: Mapping[int, int]


class SearchIndex(Statistics, CandidateSource, Records, Protocol):
    """An index that can be searched."""


class TermPostings(NamedTuple):
    """One term's postings as parallel arrays: document numbers (ascending), weights, and numbers
    of positions; `positions` holds those of all postings one after the other.
    """

    docs: array[int]
    weights: array[int]
    sizes: array[int]
    positions: array[int]


class PostingReader(Protocol):
    """An index whose postings and tables can be read whole.

    Documents are numbered; an article's document is followed by those of its sections. The
    sequences have one number a document: `article_of` the number of its article's document,
    `order` its rank by article id and position, `mass` the idfs of its title's and headings' terms
    added up, in steps times HEAD_STEPS, and `lengths`, for each of the FIELDS, that field's length
    in words.
    """

    @property
    def sections(self) -> int:
        """How many sections the public sees."""

    @property
    def articles(self) -> int:
        """How many articles the public sees."""

    @property
    def article_of(self) -> Sequence[int]:
        """The number of each document's article."""

    @property
    def order(self) -> Sequence[int]:
        """The rank of each document by article id and position."""

    @property
    def mass(self) -> Sequence[int]:
        """The idfs of each document's head, added up, in steps."""

    @property
    def lengths(self) -> Sequence[Sequence[int]]:
        """For each of the FIELDS its length in words in each document."""

    @property
    def averages(self) -> Averages:
        """The average lengths that the index's weights were computed with."""

    @property
    def twins(self) -> Twins:
        """Which sections say the same."""

    def commonness(self, word: str) -> int:
        """How common a word is in the language. See Statistics."""
        ...

    def everyday(self, term: str) -> int:
        """How far the words of a term are everyday words. See Statistics."""
        ...

    def postings(self, field: str, term: str) -> tuple[array[int], array[int]]:
        """Document numbers, ascending, and weights of a term; never to be changed."""
        ...

    def statistics(self, term: str) -> tuple[int, int]:
        """How many of the public's sections hold a term, and how often outside their titles."""
        ...

    def positions(self, field: str, term: str) -> array[int]:
        """The places of a term, ascending; never to be changed."""
        ...

    def terms_of(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin with a prefix, in code point order. One that stands
        nowhere any more may be among them.
        """
        ...

    def article_record(self, doc: int) -> dict[str, Any]:
        """What was stored of the article of a document of its own."""
        ...

    def section_record(self, doc: int) -> dict[str, Any]:
        """What was stored of the section of a document; never to be changed."""
        ...


class ExportReader(PostingReader, Protocol):
    """An index that can be read from end to end, as the export of a site's search does it."""

    def entries(
        self, field: str, only: Collection[str] | None = None, *, positions: bool
    ) -> Iterator[tuple[str, TermPostings]]:
        """Every term of a field that stands anywhere, in code point order, with its postings;
        without `positions` the last two arrays stay empty.
        For reading all, or `only` many: the field is read from end to end, and nothing is kept.
        """
        ...

    def entry(self, field: str, term: str) -> TermPostings | None:
        """The postings of one term; None where it stands nowhere."""
        ...

    def counts(self, field: str) -> Mapping[str, int]:
        """Every term of a field that stands anywhere, with the number of its postings."""
        ...

    def stamps(self, field: str) -> Mapping[str, str]:
        """Every term of a field that stands anywhere, with a stamp of its postings. As long as
        documents are only added and taken out, the same stamp at another time means the same
        postings, of the same documents.
        """
        ...

    def lexicon(self) -> Iterator[Block]:
        """The words of the language, block by block (`kb.text.lexicon`)."""
        ...

    def document_stamp(self, doc: int) -> str:
        """A stamp of a document: the same at another time means the same document."""
        ...

    def section_records(self, article: int) -> list[dict[str, Any]]:
        """What was stored of all sections of an article, in order, by the number of the article's
        document; never to be changed.
        """
        ...

    def all_documents(self) -> Iterator[tuple[str, range]]:
        """The id of every article, in order, with what `documents_of` says of it."""
        ...

    def documents_of(self, article: str) -> range:
        """The numbers of an article's document and of its sections, empty when unknown."""
        ...
