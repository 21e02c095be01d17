"""The problems that a message tells of, as queries, the one of most weight first.

One question to the index, with the words of all sentences, gives the sections that hold most of
them. A sentence weighs what its words add to the best of these sections: what a message is about
comes together in one section, courtesies and small talk don't. Sentences of little weight are left
out. Those that the same section is best for are one problem; a sentence is another one where the
message sets it apart, as an item of a list, a paragraph or an `also`, and another article is best
for it. What an `and` joins to a sentence with a subject of its own (`..., and I was charged twice`)
is set apart where none weighs little beside the other, and neither's best section holds much of the
other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.model import Audience, Status
from kb.search.protocols import Alternative, CandidateQuery, ExpandedTerm
from kb.search.ranking import EVERYDAY_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.desk.message import Message
    from kb.search.protocols import SearchIndex
    from kb.text.analysis import Analyzer

MOST = 5
"""Problems of a message."""

MOST_TERMS = 64
"""Different words of a message that the index is asked for: those that are rarest in it."""

CANDIDATES = 50
"""Sections that sentences are weighed by."""

QUESTION = 1.5
"""What the weight of a sentence that ends in a question mark is multiplied with."""

LEAST = 0.5
"""A sentence that weighs less than this part of the heaviest is left out."""

LEAST_OTHER = 0.6
"""The same for the first sentence of another problem."""

LEAST_APART = 0.25
"""The same for a sentence that the message sets apart: who writes `also` means another problem."""

AS_GOOD = 0.7
"""A section is as good for a sentence as its best one, if it has this part of its weight."""

HEADS = 3.0
"""What the share of a section's title and headings that a sentence covers adds to its weight."""

AS_GOOD_APART = 0.9
"""The same where the message sets one of the two sentences apart."""

LEAST_JOINED, AS_GOOD_JOINED = 0.3, 0.5
"""Two clauses of a sentence are two problems where each has this part of the other's weight, and
neither's best section has that part of what the other weighs.
"""

EVERYDAY = 0.8
"""How much less a wholly everyday word weighs: small talk is made of such."""

SHORT = 12
"""Words that the index knows of a message that is one problem, if it sets nothing apart: of it only
small talk is left out.
"""

TALK = 0.35
"""A sentence of little weight is small talk if its words are everyday words to this part."""

MOST_SENTENCES = 400

_END = re.compile(
    r"(?<=[.!?…])[\"”')\]]*\s+(?=[^\W\d_a-zß-öø-ÿ]|[¿¡\"“„'(\[\d])|(?<=[。！？])|"
    r"(?<=[^\W\d_]{4}[.!?…])\s+(?=[^\W\d_])"
)
"""Where a sentence ends: many customers write without capitals, but a short word with a stop before
a small letter is an abbreviation.
"""
_BEGINNINGS = (
    r"p\.? ?s\.? ?[:.)-]? |(?:[-*•–·o]|\(?\d{1,2}[.)]|\(?[a-h][.)])\s",
    r"(?:and )?also\b|another\b|additionally\b|in addition\b|second(?:ly)?\b|third(?:ly)?\b",
    r"(?:my|the) (?:second|other|next|third)\b|finally\b|lastly\b|besides\b|furthermore\b",
    r"moreover\b|on top of that\b|one more\b|plus\b|separately\b|unrelated\b",
    r"au(?:ß|ss)erdem\b|zusätzlich\b|weiterhin\b|ferner\b|zweitens\b|drittens\b",
    r"und noch\b|zudem\b|noch (?:etwas|eine)\b|des weiteren\b|darüber hinaus\b",
    r"(?:meine|die) (?:zweite|andere|nächste)\b",
    r"de plus\b|en outre\b|deuxièmement\b|par ailleurs\b|autre\b",
    r"además\b|también\b|(?:por )?otra\b",
    r"inoltre\b|secondo\b|além disso\b|também\b|daarnaast\b|ook\b|verder\b|ten tweede\b",
)
_ALSO = re.compile(rf"^(?:{'|'.join(_BEGINNINGS)})", re.IGNORECASE)
_SUBJECTS = (
    r"(?:and|plus)\s+(?=(?:i|my|we|our|now|the|there)\b)",
    r"und\s+(?=(?:ich|wir|jetzt|nun|mein|unser|d(?:er|ie|as))(?:e[mnrs]?)?\b)",
    r"et\s+(?=(?:je|nous|m(?:on|a|es)|notre|nos|l[ae]s?|maintenant)\b|[jl]['’])",
    r"y\s+(?=(?:yo|mis?|nuestr[ao]s?|el|l[ao]s?|ahora|me)\b)",
    r"ed?\s+(?=(?:io|il|l[ao]|i|le|mi|ora|adesso|noi)\b|l['’])",
    r"e\s+(?=(?:eu|[oa]s?|meus?|minhas?|agora|nós)\b)",
    r"en\s+(?=(?:ik|wij?|mijn|ons|onze|nu|de|het)\b)",
)
_JOINED = re.compile(rf"(?:,\s*|\s)(?:{'|'.join(_SUBJECTS)})", re.IGNORECASE)
"""What joins a clause with a subject of its own to the one before."""
_BACK = re.compile(r"\b(?:it|them|this|es|ihn|ça|het)\b", re.IGNORECASE)
"""A clause that says so goes on with what the one before is about."""

_MARK = re.compile(
    r"^(?:p\.? ?s\.? ?[:.)-]?|[-*•–·o]|\(?\d{1,2}[.)]|\(?[a-h][.)])\s+", re.IGNORECASE
)


class _Sentence(NamedTuple):
    """A sentence with the terms that sections hold. Sentences of one `part` belong together; that
    a part begins with an `also` or as an item of a list says that it is about something else.
    `clauses` are where those that it is joined of begin and end in the text.
    """

    text: str
    part: int
    apart: bool
    terms: frozenset[str]
    clauses: tuple[tuple[int, int], ...]


class _Weighed(NamedTuple):
    """A sentence with what each candidate has of it, the most that one has, and how far its words
    are everyday words, from 0 to 1.
    """

    sentence: _Sentence
    scores: Sequence[float]
    weight: float
    everyday: float


def find_problems(
    message: Message, index: SearchIndex, analyzer: Analyzer, *, audience: Audience
) -> tuple[str, ...]:
    """The texts of the problems, at most MOST; none where nothing is written.

    A message of which the index knows no word is one problem: all that is written.
    """
    sentences = list(_sentences(message, index, analyzer))
    terms = {term for sentence in sentences for term in sentence.terms}
    if not message.text.strip():
        return ()
    if not terms or sum(len(sentence.clauses) for sentence in sentences) < 2:  # noqa: PLR2004  # one
        return (" ".join(sentence.text for sentence in sentences),)
    weighed = list(_weigh(sentences, _Weighing(terms, index, analyzer, audience)))
    is_apart = any(each.sentence.apart for each in weighed)
    is_short = len(terms) <= SHORT and not is_apart
    problems = [_without_talk(weighed)] if is_short else _group(weighed)
    return tuple(" ".join(each.sentence.text for each in problem) for problem in problems)


def _sentences(message: Message, index: SearchIndex, analyzer: Analyzer) -> Iterator[_Sentence]:
    """The sentences of a message with the terms that sections hold."""
    count, part, apart = 0, 0, False
    for paragraph in message.text.split("\n"):
        mark = _MARK.match(paragraph)
        for place, text in enumerate(_END.split(paragraph[mark.end() if mark else 0 :])):
            if not text.strip() or count == MOST_SENTENCES:
                continue
            count += 1
            is_cue = bool(_ALSO.match(text) or (mark and place == 0))
            if is_cue or place == 0:
                part, apart = part + 1, is_cue
            plain = _MARK.sub("", text)
            terms = frozenset(_terms(plain, index, analyzer))
            yield _Sentence(plain, part, apart, terms, tuple(_clauses(plain)))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _JOINED.finditer(text):
        if _BACK.search(text, found.end()):
            continue
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _terms(text: str, index: SearchIndex, analyzer: Analyzer) -> Iterator[str]:
    for token in analyzer.tokens(text):
        said = token.stop or token.inside or token.whole or token.surface in analyzer.courtesies
        if not said and index.statistics(token.term)[0]:
            yield token.term


class _Weighing:
    """Weighs sentences by what the best sections for all of their terms have of each."""

    def __init__(
        self, terms: set[str], index: SearchIndex, analyzer: Analyzer, audience: Audience
    ) -> None:
        self._index, self._analyzer = index, analyzer
        rarest = sorted(terms, key=lambda term: (index.statistics(term)[0], term))[:MOST_TERMS]
        asked = tuple(ExpandedTerm(t, (Alternative((t,)),), unit) for unit, t in enumerate(rarest))
        forbidden = [f"status:{Status.DRAFT}", f"status:{Status.ARCHIVED}"]
        hidden = audience is Audience.AGENT
        if not hidden:
            forbidden.append(f"audience:{Audience.AGENT}")
        query = CandidateQuery(asked, forbidden=tuple(forbidden), hidden=hidden)
        self._best = index.candidates(query, CANDIDATES).best
        self._places = {term: place for place, term in enumerate(rarest)}
        self._plain = [1 - EVERYDAY * index.everyday(term) / EVERYDAY_STEPS for term in rarest]

    def weigh(self, sentence: _Sentence) -> _Weighed:
        """A sentence with its weight."""
        plain = self._plain
        own = [self._places[term] for term in sentence.terms if term in self._places]
        factor = QUESTION if sentence.text.rstrip().endswith(("?", "？")) else 1.0
        scores = [
            factor
            * sum(plain[place] * c.words.get(place, 0.0) for place in own)
            * (1 + HEADS * sum(c.heads.get(place, 0) for place in own) / (c.mass or 1))
            for c in self._best
        ]
        everyday = sum(1 - plain[place] for place in own) / (EVERYDAY * len(own)) if own else 1.0
        return _Weighed(sentence, scores, max(scores, default=0.0), everyday)

    def parts_of(self, sentence: _Sentence) -> Iterator[_Weighed]:
        """A sentence, or those of its clauses that are different problems, weighed."""
        start = 0
        for place in range(1, len(sentence.clauses)):
            before, after = self._joined(sentence, start, place), self._joined(sentence, place)
            if _are_two(before, after):
                yield before
                sentence, start = sentence._replace(apart=True), place
        yield self._joined(sentence, start) if start else self.weigh(sentence)

    def _joined(self, sentence: _Sentence, start: int, end: int | None = None) -> _Weighed:
        own = sentence.clauses[start:end]
        text = sentence.text[own[0][0] : own[-1][1]]
        terms = frozenset(_terms(text, self._index, self._analyzer))
        return self.weigh(sentence._replace(text=text, terms=terms))


def _weigh(sentences: Iterable[_Sentence], weighing: _Weighing) -> Iterator[_Weighed]:
    """Sentences, some of them in parts. What follows in a paragraph goes with the last of these."""
    more = 0
    for sentence in sentences:
        for number, each in enumerate(weighing.parts_of(sentence)):
            more += number > 0
            yield each._replace(sentence=each.sentence._replace(part=each.sentence.part + more))


def _are_two(one: _Weighed, other: _Weighed) -> bool:
    """Whether two clauses are different problems."""
    least, most = sorted((one.weight, other.weight))
    if least < LEAST_JOINED * most or not least:
        return False
    return all(
        b.scores[a.scores.index(a.weight)] < AS_GOOD_JOINED * b.weight
        for a, b in ((one, other), (other, one))
    )


def _without_talk(weighed: Sequence[_Weighed]) -> list[_Weighed]:
    least = LEAST * max(each.weight for each in weighed)
    return [e for e in weighed if e.sentence.terms and (e.everyday < TALK or e.weight >= least)]


def _group(weighed: Sequence[_Weighed]) -> list[list[_Weighed]]:
    """The sentences of weight, those of a problem together, that of most weight first."""
    heaviest = max(each.weight for each in weighed)
    if not heaviest:
        return [list(weighed)]
    groups: list[list[_Weighed]] = []
    for each in sorted(weighed, key=lambda each: -each.weight):
        least = LEAST_APART if each.sentence.apart else LEAST
        if each.weight < least * heaviest:
            continue
        home = next((group for group in groups if _is_like(each, group[0])), None)
        if home is not None:
            home.append(each)
        elif (
            not groups
            or each.sentence.apart
            or groups[0][0].sentence.apart
            or each.weight >= LEAST_OTHER * heaviest
        ):
            if len(groups) < MOST:
                groups.append([each])
        else:
            groups[0].append(each)
    order = {id(each): place for place, each in enumerate(weighed)}
    return [sorted(group, key=lambda each: order[id(each)]) for group in groups]


def _is_like(one: _Weighed, first: _Weighed) -> bool:
    """Whether the section that is best for one sentence is as good as any for the other."""
    if one.sentence.part == first.sentence.part:
        return True
    best = first.scores.index(first.weight)
    least = AS_GOOD_APART if one.sentence.apart or first.sentence.apart else AS_GOOD
    return one.scores[best] >= least * one.weight
