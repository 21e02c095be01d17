"""An `Answer`, and the way to a person at its end, as lines for the terminal."""

from __future__ import annotations

import shlex
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from kb.cli.text import (
    Line,
    Span,
    Style,
    capitalised,
    columns,
    cut,
    line_of,
    marked,
    unbroken,
    wrap,
)
from kb.model import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
        "Link": channel.url,
        "Phone": channel.phone,
        "Email": channel.email,
        "More": f"kb show {shlex.quote(channel.article)}" if channel.article else "",
    }
    for name, value in rows.items():
        if value:
            first = (*margin, Span(f"{name:<7}", Style.DIM))
            rest = line_of(" " * (len(label) + 7))
            style = Style.WHOLE if name in {"More", "Link", "Phone", "Email"} else Style.PLAIN
            yield from wrap([Span(value, style)], screen.width, first=first, rest=rest)


def bullets(items: Iterable[str], screen: Screen) -> Iterator[Line]:
    """A list of short texts."""
    for item in items:
        first = line_of(f"  {screen.glyphs.bullet} ")
        yield from wrap([Span(item)], screen.width, first=first, rest=line_of("    "))


_BLANK: Line = ()


PERHAPS = "Perhaps"
"""Stands above hits that are not sure."""


def answer_lines(
    answer: Answer, screen: Screen, *, by_article: bool = True, limit: int = 0
) -> list[Line]:
    """What was understood, the hits, and last the way to a person.

    The first hit is whole. Others take two lines; weak ones below a sure hit take one, and so do
    all where the window would not hold them else. Sections of an article stand below its best one,
    unless the hits are not `by_article`. `limit` is how many hits were asked for.
    """
    groups = [[hit] for hit in answer.hits]
    if by_article:
        groups = [[*hits] for _, hits in groupby(answer.hits, attrgetter("group"))]
    weak = [by_article and best.weak for best, *_ in groups]

    def lines(*, brief: bool) -> list[Line]:
        hits = _hit_lines(groups, weak, screen, brief=brief)
        return [*_preface(answer, screen), *hits, *_ending(answer, screen, limit)]

    whole = lines(brief=False)
    if screen.height is None or len(whole) < screen.height:
        return whole
    brief = lines(brief=True)
    return brief if len(brief) < screen.height else whole


def _hit_lines(
    groups: Sequence[Sequence[Hit]], weak: Sequence[bool], screen: Screen, *, brief: bool
) -> Iterator[Line]:
    """The hits of each article, and which of those are `weak`."""
    margin = len(str(len(groups))) + 2
    for at, (best, *others) in enumerate(groups):
        number = line_of(Span(f"{at + 1}.".ljust(margin), Style.DIM))
        if weak[at] and True not in weak[:at]:
            yield line_of(Span(PERHAPS, Style.BOLD))
        if at and (brief or (weak[at] and not weak[0])):
            yield from _short(best, number, screen)
            continue
        yield from (_further if at else _whole)(best, number, screen)
        for other in others:
            yield from _below(other, margin, screen)
        if at == 0:
            yield _BLANK
    if len(groups) > 1:
        yield _BLANK


def _ending(answer: Answer, screen: Screen, limit: int) -> Iterator[Line]:
    if answer.found is Found.NOTHING:
        yield from _nothing(answer, screen)
    elif answer.total > len(answer.hits):
        is_cut = len(answer.hits) >= limit  # else what is left is in the articles that are shown
        rest = "--limit N shows more" if is_cut else "kb show ID shows all of an article"
        more = f"{len(answer.hits)} of {answer.total:,} sections; {rest}."
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
    for sentence in sentences:
        yield from wrap([_dim(span) for span in sentence], screen.width)
    also = " ".join(f"{word} also finds {', '.join(others)}." for word, others in answer.synonyms)
    if also:
        yield cut([_dim(Span(also))], screen.width, screen.glyphs.more)
    if sentences or also:
        yield _BLANK


def _dim(span: Span) -> Span:
    return Span(span.text, span.style | Style.DIM)


def _whole(hit: Hit, number: Line, screen: Screen) -> Iterator[Line]:
    """Title, trail and tier, snippet, what can be done, and the name that `kb show` takes."""
    margin = columns(number[0].text)
    indent = line_of(" " * margin)
    yield from wrap(_title(hit, screen), screen.width, first=number, rest=indent)
    trail = _trail(hit, screen)
    tier = f" {screen.glyphs.dot} {hit.tier}" if trail else str(hit.tier)
    about = [Span(trail), Span(tier, Style.DIM)]
    yield from wrap(about, screen.width, first=indent, rest=indent)
    if hit.snippet:
        snippet = marked(hit.snippet, hit.highlights)
        yield from wrap(snippet, screen.width, first=indent, rest=indent)
    if hit.also:
        also = f"Also in {', '.join(twin.label for twin in hit.also)}."
        yield from wrap([Span(also, Style.DIM)], screen.width, first=indent, rest=indent)
    for action in hit.actions:
        yield from action_lines(action, margin, screen)
    yield from _name(hit, indent, screen)


def _further(hit: Hit, number: Line, screen: Screen) -> Iterator[Line]:
    """One line of what it is about, cut to the window, and its name."""
    trail = _trail(hit, screen)
    about = [*_title(hit, screen), Span(f" {screen.glyphs.trail} {trail}" if trail else "")]
    yield cut(about, screen.width, screen.glyphs.more, first=number)
    yield from _name(hit, line_of(" " * columns(number[0].text)), screen)


def _below(hit: Hit, margin: int, screen: Screen) -> Iterator[Line]:
    """Another section of the article above: the same two lines, without the title."""
    sign = line_of(f"{' ' * margin}{screen.glyphs.trail} ")
    yield cut(
        [Span(_trail(hit, screen) or hit.title)], screen.width, screen.glyphs.more, first=sign
    )
    yield from _name(hit, line_of(" " * (margin + 2)), screen)


def _short(hit: Hit, number: Line, screen: Screen) -> Iterator[Line]:
    """Title and the article's name, in one line where they fit it."""
    name = Span(hit.article, Style.DIM | Style.WHOLE)
    parts = [*_title(hit, screen), Span(f" {screen.glyphs.dot} ", Style.DIM), name]
    indent = line_of(" " * columns(number[0].text))
    yield from wrap(parts, screen.width, first=number, rest=indent)


def _title(hit: Hit, screen: Screen) -> Line:
    """The article's title, and what tells it from another of that title."""
    apart = f" {screen.glyphs.dot} {hit.apart}" if hit.apart else ""
    return line_of(Span(hit.title, Style.BOLD), Span(apart, Style.DIM))


def _trail(hit: Hit, screen: Screen) -> str:
    return f" {screen.glyphs.trail} ".join(hit.headings)


def _name(hit: Hit, indent: Line, screen: Screen) -> Iterator[Line]:
    """What `kb show` takes; then, where that was asked for, what the score is made of."""
    name = f"{hit.article}#{hit.anchor}" if hit.anchor else hit.article
    yield from wrap([Span(name, Style.DIM | Style.WHOLE)], screen.width, first=indent, rest=indent)
    if hit.parts:
        yield from _parts(hit, columns(indent[0].text))


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
    where = channel.where or channel.phone or channel.email or channel.url
    parts.append(Span(f"{capitalised(channel.name)}{where and f': {where}'}."))
    if escalation.have_ready:
        ready = "; ".join(item.rstrip(".") for item in escalation.have_ready)
        parts.append(Span(f" Have ready: {ready}."))
    return wrap(parts, screen.line_width)
