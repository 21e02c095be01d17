"""An `Answer`, and the way to a person at its end, as lines for the terminal."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kb.cli.text import Line, Span, Style, capitalised, columns, line_of, marked, unbroken, wrap
from kb.model import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.cli.screen import Screen
    from kb.model import Action, Answer, ContactOption, Escalation, Hit


def escalation_lines(escalation: Escalation, screen: Screen) -> Iterator[Line]:
    """The channels in order, each with why, where, wait and hours; then what to have ready."""
    if not escalation.options:
        yield from wrap([Span(escalation.note)], screen.width)
    for number, option in enumerate(escalation.options, 1):
        yield from _option(number, option, screen)
    if escalation.have_ready:
        yield ()
        yield line_of(Span("Have ready", Style.BOLD))
        yield from bullets(escalation.have_ready, screen)


def _option(number: int, option: ContactOption, screen: Screen) -> Iterator[Line]:
    channel = option.channel
    label = f"{number}. "
    margin = line_of(" " * len(label))
    title = [
        Span(capitalised(channel.name), Style.BOLD),
        Span(f" {screen.glyphs.dash} {option.why}"),
    ]
    yield from wrap(title, screen.width, first=line_of(Span(label, Style.DIM)), rest=margin)
    rows = {
        "Where": channel.where,
        "Wait": channel.wait,
        "Hours": channel.hours,
        "More": f"kb show {shlex.quote(channel.article)}" if channel.article else "",
    }
    for name, value in rows.items():
        if value:
            first = (*margin, Span(f"{name:<7}", Style.DIM))
            rest = line_of(" " * (len(label) + 7))
            style = Style.WHOLE if name == "More" else Style.PLAIN
            yield from wrap([Span(value, style)], screen.width, first=first, rest=rest)


def bullets(items: Iterable[str], screen: Screen) -> Iterator[Line]:
    """A list of short texts."""
    for item in items:
        first = line_of(f"  {screen.glyphs.bullet} ")
        yield from wrap([Span(item)], screen.width, first=first, rest=line_of("    "))


_BLANK: Line = ()


def answer_lines(answer: Answer, screen: Screen) -> Iterator[Line]:
    """What was understood, the hits, and last the way to a person."""
    yield from _preface(answer, screen)
    margin = len(str(len(answer.hits))) + 2
    for hit in answer.hits:
        seen = hit.article in (earlier.article for earlier in answer.hits[: hit.rank - 1])
        yield from _hit(hit, margin, screen, with_actions=not seen)
        yield _BLANK
    if answer.found is Found.NOTHING:
        yield from _nothing(answer, screen)
    elif answer.total > len(answer.hits):
        more = f"{len(answer.hits)} of {answer.total:,} sections; --limit N shows more."
        yield from wrap([Span(more, Style.DIM)], screen.width)
    yield from still_need_help(answer.escalation, screen)


def _preface(answer: Answer, screen: Screen) -> Iterator[Line]:
    """What the answer is an answer to, where that is not the query as it was typed."""
    sentences: list[Line] = [unbroken(Span(notice)) for notice in answer.notices]
    if answer.correction is not None and answer.found is not Found.NOTHING:
        shown, typed = (Span(t, Style.BOLD) for t in (answer.correction.text, answer.query))
        sentences.append(
            line_of("Showing results for ", shown, "; search instead for ", typed, " with --exact.")
        )
    if answer.suggestion is not None:
        meant = Span(answer.suggestion.text, Style.BOLD)
        sentences.append(line_of("Did you mean ", meant, "?"))
    if answer.found is Found.PREFIX:
        sentences.append(line_of("No section has these words; these have longer ones."))
    for word, others in answer.synonyms:
        sentences.append(line_of(f"{word} also finds {', '.join(others)}."))
    for sentence in sentences:
        yield from wrap([Span(s.text, s.style | Style.DIM) for s in sentence], screen.width)
    if sentences:
        yield _BLANK


def _hit(hit: Hit, margin: int, screen: Screen, *, with_actions: bool) -> Iterator[Line]:
    """Rank and title, trail and tier, snippet, actions (once for an article), and its name."""
    indent = line_of(" " * margin)
    number = line_of(Span(f"{hit.rank}.".ljust(margin), Style.DIM))
    yield from wrap([Span(hit.title, Style.BOLD)], screen.width, first=number, rest=indent)
    yield from wrap(_trail(hit, screen), screen.width, first=indent, rest=indent)
    if hit.snippet:
        snippet = marked(hit.snippet, hit.highlights)
        yield from wrap(snippet, screen.width, first=indent, rest=indent)
    if hit.also:
        also = f"Also in {', '.join(twin.label for twin in hit.also)}."
        yield from wrap([Span(also, Style.DIM)], screen.width, first=indent, rest=indent)
    for action in hit.actions if with_actions else ():
        yield from action_lines(action, margin, screen)
    name = f"{hit.article}#{hit.anchor}" if hit.anchor else hit.article
    yield from wrap([Span(name, Style.DIM | Style.WHOLE)], screen.width, first=indent, rest=indent)
    if hit.parts:
        yield from _parts(hit, margin)


def _trail(hit: Hit, screen: Screen) -> Line:
    label = f"{hit.tier} {screen.glyphs.dot} weak match" if hit.weak else str(hit.tier)
    if not hit.headings:
        return line_of(Span(label, Style.DIM))
    trail = f" {screen.glyphs.trail} ".join(hit.headings)
    return line_of(trail, Span(f" {screen.glyphs.dot} {label}", Style.DIM))


def action_lines(action: Action, margin: int, screen: Screen) -> Iterator[Line]:
    """What a customer can do, and where."""
    arrow = f"{' ' * margin}{screen.glyphs.action} "
    parts = [Span(action.label)]
    if action.where:
        parts += [Span(": "), Span(action.where)]
    if action.url:
        parts += [Span(", " if action.where else ": "), Span(action.url, Style.WHOLE)]
    yield from wrap(parts, screen.width, first=line_of(arrow), rest=line_of(" " * columns(arrow)))


def _parts(hit: Hit, margin: int) -> Iterator[Line]:
    """The score as a table: a row for each part, which add up to the last."""
    rows = [(part.kind, part.term, part.score) for part in hit.parts]
    rows.append(("score", "", hit.score))
    kinds = max(columns(kind) for kind, _, _ in rows)
    terms = max(columns(term) for _, term, _ in rows)
    for kind, term, score in rows:
        gap = " " * (kinds - columns(kind) + 2)
        row = f"{' ' * margin}{kind}{gap}{term}{' ' * (terms - columns(term) + 2)}{score:8.3f}"
        yield line_of(Span(row, Style.DIM))


def _nothing(answer: Answer, screen: Screen) -> Iterator[Line]:
    yield from wrap([Span("Nothing found for "), Span(answer.query, Style.BOLD)], screen.width)
    if answer.topics:
        yield _BLANK
        yield line_of("The nearest topics:")
        for topic in answer.topics:
            yield from wrap(
                [
                    Span(topic.title),
                    Span(f" {screen.glyphs.dot} ", Style.DIM),
                    Span(f"kb topics {shlex.quote(topic.id)}", Style.DIM | Style.WHOLE),
                ],
                screen.width,
                first=line_of("  "),
                rest=line_of("    "),
            )
    yield _BLANK


def still_need_help(escalation: Escalation, screen: Screen) -> list[Line]:
    """The last line of every answer: which channel, where, and what to have ready."""
    parts = [Span("Still need help? ", Style.BOLD)]
    if not escalation.options:
        return wrap([*parts, Span(escalation.note)], screen.line_width)
    channel = escalation.options[0].channel
    where = f": {channel.where}" if channel.where else ""
    parts.append(Span(f"{capitalised(channel.name)}{where}."))
    if escalation.have_ready:
        ready = "; ".join(item.rstrip(".") for item in escalation.have_ready)
        parts.append(Span(f" Have ready: {ready}."))
    return wrap(parts, screen.line_width)
