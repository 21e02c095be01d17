"""What follows when self-service fails: which channel, why, what to have ready, what to write.

Pure functions of articles and words. The author's word comes first: a problem's article
lists its channels in order, with conditions. Where it does not, the channels of the
knowledge base stand in the configured order, else in the order of their articles. Urgent
words bring the channels for urgent problems to the front.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.config import ContactConfig, setting_place
from kb.content import line_of_step
from kb.model import (
    Audience,
    Channel,
    Condition,
    ContactOption,
    Escalation,
    Problem,
    Severity,
    Status,
    Step,
)
from kb.support.intent import (
    ENGLISH_ALONE,
    Sayings,
    asks_for_person,
    is_urgent,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.config import Config
    from kb.model import ArticleMeta

LONGEST_STORY = 500
"""Characters of a customer's own words that a message quotes: a long story is theirs to tell."""

WISHES = (
    (r"\b(?:refund|refunded|money back)\b", "a refund"),
    (r"\b(?:replacement|replace|exchange)\b", "a replacement"),
    (r"\b(?:cancel|cancellation)\b", "a cancellation"),
)

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\b\\.?"
)
WHEN_RULE = (
    r"\b(?:today|yesterday|tonight|this morning|last (?:night|week|month|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday)|(?:\d{1,3}|an?|two|three|four|five|six) "
    r"(?:hour|day|week|month)s? ago|(?:since|on) (?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"\d{4}-\d{2}-\d{2}|(?:(?:since|on) (?:the )?)?(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:"
    f"{_MONTHS})|(?:{_MONTHS}) "
    r"\d{1,2}(?:st|nd|rd|th)?)(?:,? \d{4})?)\b"
)

NO_ANSWER = "…"
NUMBER_RULE = (
    r"\b(?:number|reference|id|\w*nummer|numéro|número|numero|numer)\b|"
    r"номер|番号|번호|编号|編號"
)
"""What asks for a number, in several languages."""

MOST_FIELDS = 12
"""Things to have ready that a message has a line for: more is a form, and no message."""


class EscalationTexts(NamedTuple):
    """What an escalation says, in English unless given: why a channel is offered, that there is
    none, and the message.

    A line of the message is a label and what stands behind it, `[...]` where a customer writes.
    `wishes` are rules for plain words, each with what the message says; `when_rule` finds a time in
    words as they were written; `sayings` are how people ask for a person in the language.
    """

    why_urgent_now: str = "your problem is urgent"
    why_urgent_later: str = "if it becomes urgent"
    why_can_wait: str = "if it can wait"
    why_best_for: str = "best for {purpose}"
    why_none: str = "a way to reach a person"
    no_channel: str = "This knowledge base names no way to reach a person."
    message_happened: str = "What happened"
    message_when: str = "When"
    message_tried: str = "What I tried"
    message_wish: str = "What I want"
    message_story: str = "{story} [more details]"
    message_no_story: str = "what is wrong, in a sentence or two"
    message_no_time: str = "date and time"
    message_no_tried: str = "the steps that did not help"
    message_no_wish: str = "what would solve it for you"
    message_or_else: str = "{wish} [or something else]"
    wishes: tuple[tuple[str, str], ...] = WISHES
    when_rule: str = WHEN_RULE
    sayings: Sayings = ENGLISH_ALONE


ENGLISH = EscalationTexts()


class Source(Protocol):
    """What an escalation needs of an article, or of what the index keeps of one."""

    @property
    def id(self) -> str:
        """The article's id."""

    @property
    def order(self) -> int | None:
        """Where its authors put it among its neighbours."""

    @property
    def channel(self) -> Channel | None:
        """The channel that it describes."""

    @property
    def have_ready(self) -> tuple[str, ...]:
        """What to have at hand before contacting."""

    @property
    def escalate(self) -> tuple[Step, ...]:
        """The channels for its problem, in order."""


def choose_escalation(
    words: str,
    article: Source | None,
    contacts: Iterable[Source],
    settings: ContactConfig | None = None,
    texts: EscalationTexts = ENGLISH,
) -> Escalation:
    """The channels for a problem, best first, and what to bring along.

    `words` are the customer's own, perhaps empty; `article` is the one that fits them best,
    perhaps none; `contacts` are the articles that may describe a channel to this reader
    (others among them are passed over).
    """
    settings = settings or ContactConfig()
    urgent = is_urgent(words, settings.urgent, texts.sayings)
    channels = _in_order(contacts, settings.order)
    steps = _steps(article, channels) or _default_steps(channels, texts.sayings)
    options = _options(_by_urgency(steps, urgent=urgent), channels, texts, urgent=urgent)
    ready = _have_ready(article, options)
    return Escalation(
        options=options,
        have_ready=ready,
        message=message_for(words, settings.person, (*settings.fields, *ready), texts),
        note="" if options else settings.fallback or texts.no_channel,
    )


def _in_order(contacts: Iterable[Source], order: Sequence[str]) -> list[tuple[Source, Channel]]:
    """Contact articles with their channels, those named in `order` first, then as authors set."""
    pairs = [(a, a.channel) for a in contacts if a.channel is not None]

    def rank(pair: tuple[Source, Channel]) -> tuple[int, bool, int, str]:
        article, _ = pair
        named = next((i for i, name in enumerate(order) if _is(name, pair)), len(order))
        return named, article.order is None, article.order or 0, article.id

    return sorted(pairs, key=rank)


def _is(name: str, pair: tuple[Source, Channel]) -> bool:
    """Whether a step's word names this channel: by its name, its article's id, or the id's end."""
    return name.strip().casefold() in (n.casefold() for n in channel_names(*pair))


def channel_names(article: Source, channel: Channel) -> tuple[str, str, str]:
    """What a step can call an article's channel: its name, the article's id, or the id's end."""
    return channel.name, article.id, article.id.rpartition("/")[2]


def _steps(article: Source | None, channels: list[tuple[Source, Channel]]) -> list[Step]:
    """The article's own steps; on an article about a channel, that channel comes first.

    Steps that name no channel of this knowledge base are passed over, unless it has none.
    """
    if article is None:
        return []
    own = [Step(article.channel.name)] if article.channel else []
    steps = [*own, *article.escalate] if own or article.escalate else []
    known = [step for step in steps if any(_is(step.channel, pair) for pair in channels)]
    return known if channels else steps


def _default_steps(channels: list[tuple[Source, Channel]], sayings: Sayings) -> list[Step]:
    """Every channel, with the condition that its own description implies."""
    return [Step(channel.name, _implied(channel.best_for, sayings)) for _, channel in channels]


WAITS_RULE = r"\b(?:not|non)[ -]urgent\b|\bcan wait\b"


def _implied(best_for: str, sayings: Sayings) -> Condition | None:
    if is_urgent(best_for, sayings=sayings):
        return Condition.URGENT
    own = sayings.not_urgent
    waits = re.search(WAITS_RULE, best_for.lower()) or (own and re.search(own, plain(best_for)))
    return Condition.NOT_URGENT if waits else None


def _by_urgency(steps: list[Step], *, urgent: bool) -> list[Step]:
    """Steps whose condition holds, in order; what waits is dropped from an urgent problem.

    A channel for urgent problems stays at the end of one that is not: it may become urgent.
    """
    hurried = [step for step in steps if step.condition is Condition.URGENT]
    others = [step for step in steps if step.condition is None]
    patient = [step for step in steps if step.condition is Condition.NOT_URGENT]
    if urgent:
        return [*hurried, *others] or patient
    return [*(step for step in steps if step.condition is not Condition.URGENT), *hurried]


def _options(
    steps: list[Step],
    channels: list[tuple[Source, Channel]],
    texts: EscalationTexts,
    *,
    urgent: bool,
) -> tuple[ContactOption, ...]:
    options: dict[str, ContactOption] = {}
    for step in steps:
        found = next((pair for pair in channels if _is(step.channel, pair)), None)
        channel = _whole(*found) if found else Channel(step.channel)
        why = _why(step, channel, texts, urgent=urgent)
        options.setdefault(channel.name, ContactOption(channel, why))
    return tuple(options.values())


def _whole(article: Source, channel: Channel) -> Channel:
    """The channel with its article's id, and with what that article says to have ready."""
    return replace(
        channel,
        article=channel.article or article.id,
        have_ready=channel.have_ready or article.have_ready,
    )


def _why(step: Step, channel: Channel, texts: EscalationTexts, *, urgent: bool) -> str:
    """A fragment for after `chat:` or `because it is`: the condition, then what it is best for.

    Where the purpose stands in the middle of a phrase it begins with a small letter.
    """
    conditions = {
        (Condition.URGENT, True): texts.why_urgent_now,
        (Condition.URGENT, False): texts.why_urgent_later,
        (Condition.NOT_URGENT, False): texts.why_can_wait,
    }
    reason = conditions.get((step.condition, urgent)) if step.condition else None
    best_for = channel.best_for.strip().rstrip(".")
    if best_for and ": {" not in texts.why_best_for:
        best_for = _uncapitalised(best_for)
    purpose = texts.why_best_for.format(purpose=best_for) if best_for else ""
    return "; ".join(filter(None, (reason, purpose))) or texts.why_none


def _uncapitalised(text: str) -> str:
    """The text as it reads in mid-sentence; names such as PayPal and USPS stay."""
    first = text.split(maxsplit=1)[0]
    return text[0].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text


def _have_ready(article: Source | None, options: tuple[ContactOption, ...]) -> tuple[str, ...]:
    """What the problem's article asks for, else what the first channel does."""
    if article is not None and article.have_ready:
        return article.have_ready
    return options[0].channel.have_ready if options else ()


def message_for(
    words: str,
    person: Iterable[str] = (),
    asked: Iterable[str] = (),
    texts: EscalationTexts = ENGLISH,
) -> str:
    """A message to fill in, with the customer's words where they are known.

    One line each for what happened, when, what is `asked` of this problem, what was tried and what
    is wanted; `[...]` stands where the customer writes. Words that only ask for a person tell no
    story.
    """
    story = " ".join(words.split())[:LONGEST_STORY]
    if asks_for_person(story, person, texts.sayings):
        story = ""
    lines = {
        texts.message_happened: texts.message_story.format(story=story) if story else "",
        texts.message_when: _first(texts.when_rule, story),
        **_answers(asked, _only(ORDER_RULE, story)),
        texts.message_tried: "",
        texts.message_wish: _wish(story, texts),
    }
    hints = {
        texts.message_happened: texts.message_no_story,
        texts.message_when: texts.message_no_time,
        texts.message_tried: texts.message_no_tried,
        texts.message_wish: texts.message_no_wish,
    }
    return "\n".join(
        f"{label}: {said or f'[{hints.get(label, NO_ANSWER)}]'}" for label, said in lines.items()
    )


def _answers(asked: Iterable[str], number: str) -> dict[str, str]:
    """The lines for what is asked; the one number of the story is behind the first that asks for
    one.
    """
    labels = dict.fromkeys(filter(None, map(_label, asked)))
    answers = dict.fromkeys([*labels][:MOST_FIELDS], "")
    numbered = next((label for label in answers if _first(NUMBER_RULE, label)), None)
    if numbered:
        answers[numbered] = number
    return answers


def _label(text: str) -> str:
    """What stands before the colon of a line, in which there is no other."""
    return " ".join(text.split()).rstrip(".:").replace(": ", ", ")


# Six digits or more, perhaps with letters before and hyphens between: no price, date or year.
ORDER_RULE = r"\b(?!\d{4}-\d{2}-\d{2}\b)[A-Z]{0,4}-?\d(?:-?\d){5,23}\b"


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.IGNORECASE) if text else None
    return found[0] if found else ""


def _only(pattern: str, text: str) -> str:
    """The one text that matches; of several, the customer has to choose."""
    found = {match[0] for match in re.finditer(pattern, text, re.IGNORECASE)} if text else set()
    return found.pop() if len(found) == 1 else ""


def _wish(text: str, texts: EscalationTexts) -> str:
    text = plain(text)
    wishes = [wish for pattern, wish in texts.wishes if re.search(pattern, text)]
    return texts.message_or_else.format(wish=wishes[0]) if len(wishes) == 1 else ""


def unknown_channels(articles: Sequence[ArticleMeta], config: Config) -> Iterator[Problem]:
    """A warning for each name in `escalate`, and in `contact.order`, of which there is no channel
    that the readers of that article see: such a step is passed over.

    Without any channel at all there is nothing to warn of: steps are then shown as they are.
    """
    everyone = _names(articles, agents=False)
    agents = _names(articles, agents=True)
    if not agents:
        return
    for article in articles:
        known = agents if article.audience is Audience.AGENT else everyone
        for step in article.escalate:
            if step.channel.casefold() not in known:
                line = line_of_step(config.content, article.path, step.channel, config.limits)
                message = f"`escalate` names {_no_channel(step.channel, known)}"
                yield Problem(article.path, line, message, Severity.WARNING, "channel")
    for name in config.contact.order:
        if name.casefold() not in agents:
            path, line = setting_place(config, ("contact", "order"))
            message = f"contact.order names {_no_channel(name, agents)}"
            yield Problem(path, line, message, Severity.WARNING, "channel")


def _names(articles: Iterable[ArticleMeta], *, agents: bool) -> dict[str, str]:
    """What channels can be called, case folded, with the name that each goes by."""
    names: dict[str, str] = {}
    for article in articles:
        seen = article.status is Status.PUBLISHED
        if article.channel and seen and (agents or article.audience is Audience.PUBLIC):
            for name in channel_names(article, article.channel):
                names.setdefault(name.casefold(), article.channel.name)
    return names


def _no_channel(name: str, known: dict[str, str]) -> str:
    from kb.text.nearest import did_you_mean  # noqa: PLC0415  # few settings have a mistake

    own = list(dict.fromkeys(known.values()))
    hint = did_you_mean(name, own) or (
        f"the channels are {', '.join(own)}" if own else "no channel is public"
    )
    return f"{name!r}, and no contact article has a channel of that name: {hint}"
