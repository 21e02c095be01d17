"""What to answer a customer's message with: the problems in it, the sections that solve them, what
is missing, the channel, and a reply.

Nothing of a suggestion is the customer's but the texts of the problems, which hold no personal
data (`kb.desk.personal`), and the name that the reply greets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from kb.content.files import portable
from kb.desk.message import LONGEST
from kb.desk.personal import (
    ACCOUNT,
    ADDRESS,
    CARD,
    DATE,
    EMAIL,
    NUMBER,
    PHONE,
    mask,
    without_masks,
)
from kb.desk.problems import find_problems
from kb.desk.reply import own_template, read_template, write_reply
from kb.files import shown_path
from kb.model import Audience, Match
from kb.search.query import as_words
from kb.support.intent import asks_for_person, is_urgent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.config import Config
    from kb.desk.message import Message
    from kb.model import ArticleMeta, Channel, Escalation, Hit
    from kb.search.protocols import SearchIndex
    from kb.search.query import Request
    from kb.search.searcher import Results
    from kb.support.intent import Sayings
    from kb.text.analysis import Analyzer

CALL_WORDS = 15
"""Words of a message that only asks for a person: contact articles come first for it."""

CUT = "The message was cut to its first {count} characters."

MOST_STEPS = 8
"""Lines of a section that a reply quotes."""

MOST_QUOTED = 700
"""Characters of a section that a reply quotes."""

LONGEST_ABOUT = 240
"""Characters of a problem's text that are shown."""


@dataclass(frozen=True, slots=True)
class SuggestedSection:
    """A section that may solve a problem. `steps` are what to do, from `do` of the article and the
    section's own lines; `more` says that the section goes on. `link` is its address on the
    published site, else what `kb show` takes. `words` are those of the message that it holds.
    """

    hit: Hit
    heading: str
    link: str
    steps: tuple[str, ...]
    more: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestedProblem:
    """A problem of a message: what the customer wrote `about` it, without personal data, and the
    best sections. `confidence` is the probability that the first is right; `sure` says that it is
    high enough.
    """

    about: str
    sections: tuple[SuggestedSection, ...]
    confidence: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """All that a message brought. `missing` is what to ask for: what the first problem's article,
    or the channel, wants ready and the message does not hold. The `escalation` has no message to
    fill in: that would quote the customer. `personal` names kinds of personal data that the message
    held, such as `[e-mail]`.
    """

    problems: tuple[SuggestedProblem, ...]
    escalation: Escalation
    missing: tuple[str, ...]
    wants_person: bool
    urgent: bool
    reply: str
    language: str = ""
    personal: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Desk(NamedTuple):
    """What a suggestion is made from: one language of one state of a knowledge base. `answer` gives
    results and hits of a request, `escalate` the channels for words and an article. `template` is
    the file that writes the reply, None for kb's own.
    """

    sections: SearchIndex
    analyzer: Analyzer
    answer: Callable[[Request], tuple[Results, tuple[Hit, ...]]]
    escalate: Callable[[str, ArticleMeta | None], Escalation]
    config: Config
    sayings: Sayings
    language: str
    template: Path | None = None


def suggest(message: Message, desk: Desk, request: Request) -> Suggestion:
    """The suggestion for a message; `request` says how each problem is searched.

    Raises ConfigError for a template that can't be used.
    """
    masked, kinds = _masked(message, desk, hidden=request.audience is Audience.AGENT)
    texts = find_problems(masked, desk.sections, desk.analyzer, audience=request.audience)
    settings = desk.config.contact
    wants_person = asks_for_person(masked.text, settings.person, desk.sayings)
    is_call = wants_person and len(texts) == 1 and len(texts[0].split()) <= CALL_WORDS
    asked = request._replace(person_first=is_call)
    answers = [_answered(text, desk, asked) for text in texts]
    cards = [card for _, card in answers if card is not None]
    escalations = [desk.escalate(masked.text, card) for card in cards] or [
        desk.escalate(masked.text, None)
    ]
    ready = tuple(_merged(escalation.have_ready for escalation in escalations))
    escalation = replace(escalations[0], have_ready=ready, message="")
    suggestion = Suggestion(
        problems=tuple(problem for problem, _ in answers),
        escalation=escalation,
        missing=missing_from(message, ready, kinds),
        wants_person=wants_person,
        urgent=is_urgent(masked.text, settings.urgent, desk.sayings),
        reply="",
        language=desk.language,
        personal=tuple(sorted(kinds)),
        notices=(CUT.format(count=f"{LONGEST:,}"),) if message.cut else (),
    )
    values = reply_values(suggestion, message.first_name, desk.config.name)
    path = desk.template
    template = own_template(desk.language) if path is None else read_template(path)
    return replace(
        suggestion, reply=write_reply(template, values, None if path is None else shown_path(path))
    )


def _masked(message: Message, desk: Desk, *, hidden: bool) -> tuple[Message, frozenset[str]]:
    """The message without personal data, and the kinds of it that it held."""

    def is_known(word: str) -> bool:
        tokens = [token for token in desk.analyzer.tokens(word) if not token.inside]
        terms = [token.term for token in tokens if token.whole] or [t.term for t in tokens]
        return bool(terms) and all(desk.sections.is_known(term, hidden=hidden) for term in terms)

    subject, *paragraphs = (
        mask(text, is_known, message.sender) for text in (message.subject, *message.paragraphs)
    )
    kinds = frozenset[str]().union(subject.kinds, *(each.kinds for each in paragraphs))
    own = message._replace(subject=subject.text, paragraphs=tuple(p.text for p in paragraphs))
    return own, kinds


def _answered(
    text: str, desk: Desk, request: Request
) -> tuple[SuggestedProblem, ArticleMeta | None]:
    """A problem with its sections, and the article whose way to a person is its way."""
    results, hits = desk.answer(request._replace(query=as_words(without_masks(text))))
    base_url = desk.config.site.base_url
    sections = tuple(
        suggest_section(hit, ranked.section.text, base_url)
        for hit, ranked in zip(hits, results.sections, strict=True)
    )
    problem = SuggestedProblem(
        about=about(text),
        sections=sections,
        confidence=results.confidence,
        sure=results.confidence >= desk.config.search.sure,
    )
    first = results.sections[0] if results.sections else None
    return problem, first.card if first and first.match is not Match.SOME else None


def about(text: str) -> str:
    """A problem's text at a length to be read at a glance."""
    shown = " ".join(text.split())
    if len(shown) <= LONGEST_ABOUT:
        return shown
    return f"{shown[:LONGEST_ABOUT].rsplit(' ', 1)[0]} …"


def suggest_section(hit: Hit, text: str, base_url: str) -> SuggestedSection:
    """A section, with what a reply says of it."""
    steps, more = _steps(hit, text)
    words = dict.fromkeys(part.term for part in hit.parts if part.kind in ("word", "title"))
    return SuggestedSection(
        hit=hit,
        heading=hit.title if not hit.headings else hit.headings[-1],
        link=link_to(hit.article, hit.anchor, base_url),
        steps=steps,
        more=more,
        words=tuple(words),
    )


def link_to(article: str, anchor: str, base_url: str) -> str:
    """The address of a section on the published site, else its name for `kb show`."""
    end = f"#{quote(anchor)}" if anchor else ""
    if not base_url:
        return f"{article}{f'#{anchor}' if anchor else ''}"
    page = f"{quote(portable(article))}.html".removesuffix("index.html")
    return f"{base_url.rstrip('/')}/{page}{end}"


def _steps(hit: Hit, text: str) -> tuple[tuple[str, ...], bool]:
    """What to do, as lines, and whether the section says more."""
    actions = [
        a.label + (f": {a.where}" if a.where else "") + (f" ({a.url})" if a.url else "")
        for a in hit.actions
    ]
    lines = [line for block in text.split("\n") if (line := " ".join(block.split()))]
    taken: list[str] = []
    size = 0
    for line in lines:
        if len(taken) == MOST_STEPS or size + len(line) > MOST_QUOTED:
            break
        taken.append(line)
        size += len(line)
    if not taken and lines:
        taken = [_first_sentences(lines[0])]
        return (*actions, *taken), True
    return (*actions, *taken), len(taken) < len(lines)


def _first_sentences(line: str) -> str:
    """As many whole sentences of a long line as a reply may quote, else its first words."""
    cut = line[:MOST_QUOTED]
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", cut)]
    return cut[: ends[-1]] if ends else f"{cut.rsplit(' ', 1)[0]} …"


def missing_from(message: Message, wanted: Iterable[str], masks: frozenset[str]) -> tuple[str, ...]:
    """Those things of a list to have ready that a message does not hold, as far as can be told:
    numbers, dates, addresses and pictures by their form, others by their words.
    """
    text = message.text.casefold()
    return tuple(dict.fromkeys(item for item in wanted if not _holds(message, text, masks, item)))


def _holds(message: Message, text: str, masks: frozenset[str], item: str) -> bool:
    wanted = item.casefold()
    for words, held in _FORMS:
        if re.search(words, wanted):
            return held(message, text, masks)
    asked = [word for word in re.findall(r"[^\W\d_]{4,}", wanted) if word not in _PLAIN]
    return bool(asked) and all(word in text for word in asked)


_PLAIN = frozenset("your ihre ihren with from that have were been ihrer eine einer einen".split())  # noqa: SIM905  # read more easily than a list
_DAY = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?(?=\W|$)|"
    r"\b(?:\d{1,2}(?:st|nd|rd|th|\.)? "
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)|"
    r"(?:january|february|march|april|june|july|august|september|october|november|december) "
    r"\d{1,2})|"
    r"\b(?:yesterday|today|gestern|heute|vorgestern|"
    r"last (?:night|week|month|mon|tue|wed|thu|fri|sat|sun)|"
    r"(?:\d{1,3}|an?|two|three|four|five|six) (?:hour|day|week|month)s? ago|"
    r"vor \w+ (?:tag|woche|monat|stunde)\w*|"
    r"letzte[nrs]? (?:woche|monat|nacht))"
)
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d|"
    r"\d(?:[.,]\d+)?\s?(?:[$€£¥]|(?:eur|usd|gbp|chf|dollars?|euros?|pounds?|franken)\b)"
)


def _by_mask(*kinds: str) -> Callable[[Message, str, frozenset[str]], bool]:
    return lambda _message, _text, masks: not masks.isdisjoint(kinds)


_FORMS: tuple[tuple[str, Callable[[Message, str, frozenset[str]], bool]], ...] = (
    (
        r"\b(?:photo|picture|screenshot|image|foto|bild|bildschirm)",
        lambda message, _text, _masks: message.attachments > 0,
    ),
    (r"e-?mail", _by_mask(EMAIL)),
    (r"\b(?:tele)?(?:phone|fon|handy)", _by_mask(PHONE)),
    (r"\b(?:postal |delivery |shipping )?address\b|adresse|anschrift", _by_mask(ADDRESS)),
    (r"\bcard\b.*(?:number|digits)|kartennummer", _by_mask(CARD)),
    (r"\b(?:iban|account number)\b|kontonummer", _by_mask(ACCOUNT)),
    (r"\bnumber\b|\bno\.|\bid\b|nummer\b|\bkennung", _by_mask(NUMBER, PHONE)),
    (
        r"\b(?:date|when|day)\b|datum|wann|zeitpunkt",
        lambda _m, text, masks: DATE in masks or bool(_DAY.search(text)),
    ),
    (
        r"\b(?:amount|price|charge|sum)\b|betrag|preis|summe",
        lambda _m, text, _k: bool(_AMOUNT.search(text)),
    ),
)
"""What things to have ready are called, and how it is told that a message holds one. The first
that fits decides."""


def _merged(lists: Iterable[Sequence[str]]) -> Iterator[str]:
    """The items of all lists, each once."""
    yield from dict.fromkeys(item for items in lists for item in items)


def reply_values(suggestion: Suggestion, name: str, center: str) -> dict[str, Any]:
    """What the template of a reply is given: texts, numbers and lists of these alone."""
    options = suggestion.escalation.options
    return {
        "name": name,
        "center": center,
        "language": suggestion.language,
        "problems": [_problem_values(problem) for problem in suggestion.problems],
        "sure": bool(suggestion.problems) and all(p.sure for p in suggestion.problems),
        "missing": list(suggestion.missing),
        "have_ready": list(suggestion.escalation.have_ready),
        "channel": _channel_values(options[0].channel) if options else None,
        "channels": [_channel_values(option.channel) for option in options],
        "note": suggestion.escalation.note,
        "wants_person": suggestion.wants_person,
        "urgent": suggestion.urgent,
    }


def _problem_values(problem: SuggestedProblem) -> dict[str, Any]:
    return {
        "about": problem.about,
        "sure": problem.sure,
        "sections": [
            {
                "title": section.hit.title,
                "heading": section.heading,
                "article": section.hit.article,
                "anchor": section.hit.anchor,
                "link": section.link,
                "steps": list(section.steps),
                "more": section.more,
                "snippet": section.hit.snippet,
            }
            for section in problem.sections
        ],
    }


def _channel_values(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "best_for": channel.best_for,
        "wait": channel.wait,
        "where": channel.where,
        "hours": channel.hours,
        "have_ready": list(channel.have_ready),
    }
