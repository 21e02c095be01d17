"""When a channel is open: `Mon-Fri 9:00-18:00 Europe/Berlin` as minutes of a week."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY = 24 * 60
WEEK = 7 * DAY
_GROUPS = {
    "daily": range(7), "every day": range(7), "weekdays": range(5), "weekends": range(5, 7),
}  # fmt: skip
_NAMED = re.compile(r"(?<!\S)\(?([A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC|GMT)\b")
_ZONE = re.compile(rf"{_NAMED.pattern}\)?\s*$")
_TIME = r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|to)\s*{_TIME}")
_WORD = r"[a-z]{3,9}\.?"
_DAYS = re.compile(
    rf"(?:{'|'.join(_GROUPS)}|{_WORD}(?:\s*(?:-|to|,|and|&)\s*{_WORD})*)(?=[\s:,]|$)", re.ASCII
)
_LINKS = ("and ", "from ")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class Hours(NamedTuple):
    """When somebody is there: `spans` of minutes since the Monday's first, in order and apart, the
    end after the last minute; in the time of `zone`, a name of the IANA time zone database.
    """

    zone: str
    spans: tuple[tuple[int, int], ...]


def zone_of(text: str) -> str:
    """The time zone that hours name, also before their end; empty where there is none such."""
    return next((name for name in _NAMED.findall(text) if _is_zone(name)), "")


def read_hours(text: str) -> Hours | None:
    """The hours that a text gives, None for one that does not say days, times and a time zone so
    that no word is left over.

    Days are English (`Mon-Fri`, `Saturday and Sunday`, `daily`, `weekdays`); times are of 24 hours
    or with am and pm; `24/7` and `24 hours` are all day. A span that ends before it begins ends on
    the next day.
    """
    found = _ZONE.search(text)
    if not found or not _is_zone(found[1]):
        return None
    rest = " ".join(text[: found.start()].lower().translate(_DASHES).split())
    if rest.strip(" ,;") in {"24/7", "24 hours"}:
        return Hours(found[1], ((0, WEEK),))
    spans: list[tuple[int, int]] = []
    for days, times in _parts(rest):
        if days is None or not times:
            return None
        spans += [(day * DAY + start, day * DAY + end) for day in days for start, end in times]
    return Hours(found[1], _joined(spans)) if spans else None


def _parts(text: str) -> Iterator[tuple[list[int] | None, list[tuple[int, int]]]]:
    """Days with the times after them; (None, []) where something is neither."""
    at = 0
    while at < len(text):
        if text[at] in " ,;.:":
            at += 1
            continue
        named = _DAYS.match(text, at)
        days = _days(named[0]) if named else None
        if named is None or days is None:
            yield None, []
            return
        times, at = _times(text, named.end())
        yield days, times


def _times(text: str, at: int) -> tuple[list[tuple[int, int]], int]:
    """The spans of a day that stand at a place, and where they end."""
    times: list[tuple[int, int]] = []
    while True:
        begin = at + len(text[at:]) - len(text[at:].lstrip(" ,:&"))
        begin += next((len(word) for word in _LINKS if text.startswith(word, begin)), 0)
        if text.startswith("24 hours", begin):
            return [(0, DAY)], begin + len("24 hours")
        found = _SPAN.match(text, begin)
        if found is None:
            return times, at
        span = _span(*found.groups())
        if span is None:
            return [], at
        times.append(span)
        at = found.end()


def _span(*parts: str | None) -> tuple[int, int] | None:
    """First and last minute; `1-5pm` is of one half of the day, `9-5pm` of both."""
    hour, minute, half, last_hour, last_minute, last_half = parts
    end = _minute(last_hour, last_minute, last_half)
    start = _minute(hour, minute, half or last_half)
    if start is not None and end is not None and last_half and not half and start >= end:
        start = (start + DAY // 2) % DAY
    if start is None or end is None or start == DAY:
        return None
    return start, end if end > start else end + DAY


def _minute(hour: str | None, minute: str | None, half: str | None) -> int | None:
    hours, minutes = int(hour or 0), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:  # noqa: PLR2004 hours of a clock
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= DAY else None  # noqa: PLR2004 minutes of an hour


def _days(text: str) -> list[int] | None:
    """The days of a week that a text names, from Monday; None where a word is no day."""
    if text in _GROUPS:
        return [*_GROUPS[text]]
    days: list[int] = []
    for part in re.split(r"\s*(?:,|and|&)\s*", text):
        ends = [_day(word) for word in re.split(r"\s*(?:-|\bto\b)\s*", part)]
        if None in ends or len(ends) > 2:  # noqa: PLR2004 first and last
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _day(word: str) -> int | None:
    word = word.rstrip(".")
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return next(
        (day for day, name in enumerate(full) if len(word) > 2 and name.startswith(word)),  # noqa: PLR2004 `mo` is short
        None,
    )


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, those that meet made one; what reaches past the week's end begins it."""
    cut = [
        piece
        for start, end in spans
        for piece in ((start, min(end, WEEK)), (0, end - WEEK))
        if piece[1] > piece[0]
    ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(cut):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    assert all(before[1] < after[0] for before, after in pairwise(joined))
    return tuple(joined)


@cache
def _is_zone(name: str) -> bool:
    from zoneinfo import available_timezones  # noqa: PLC0415  # read from disk, for what is rare

    known = available_timezones()  # empty where a system has no such database
    return name in known or name in {"UTC", "GMT"} or not known
