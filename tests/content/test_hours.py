"""Hours of channels, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.hours import DAY, WEEK, read_hours, zone_of

WEEKDAYS = range(5)


def at(days, start, end):
    """Spans of the same hours on several days."""
    return [(day * DAY + round(start * 60), day * DAY + round(end * 60)) for day in days]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mon-Fri 9:00-18:00", at(WEEKDAYS, 9, 18)),
        ("Monday to Friday, 9:00 to 17:00", at(WEEKDAYS, 9, 17)),
        ("Mon–Fri 9–18, Sat 10:00-14:30", [*at(WEEKDAYS, 9, 18), *at([5], 10, 14.5)]),
        ("weekdays 9-12, 13-17", sorted([*at(WEEKDAYS, 9, 12), *at(WEEKDAYS, 13, 17)])),
        ("Mon, Wed and Fri: 9-12", at([0, 2, 4], 9, 12)),
        ("Tues 8am-8pm", at([1], 8, 20)),
        ("Sat 9-5pm", at([5], 9, 17)),
        ("Sat 1-5pm", at([5], 13, 17)),
        ("Sat 11-2pm", at([5], 11, 14)),
        ("Sat 12am-12pm", at([5], 0, 12)),
        ("every day from 8 to 20", at(range(7), 8, 20)),
        ("daily 24 hours", [(0, WEEK)]),
        ("24/7", [(0, WEEK)]),
        ("Fri 22:00-2:00", [(4 * DAY + 22 * 60, 5 * DAY + 2 * 60)]),
        ("Sun 22-2", [(0, 120), (6 * DAY + 22 * 60, WEEK)]),
        ("Fri-Mon 9-17", sorted(at([4, 5, 6, 0], 9, 17))),
        ("Mon 9:00-24:00; Tue 0:00-3:00", [(9 * 60, DAY + 3 * 60)]),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "(America/Argentina/Salta)", "UTC"])
def test_days_times_and_zone_are_read(text, spans, zone):
    """In the ways that English help centers write them."""
    found = read_hours(f"{text} {zone}")
    assert found == (zone.strip("()"), tuple(spans))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9 to 5",
        "Mon-Fri 9:00-18:00",
        "Mon-Fri 9-18 Mars/Base",
        "Mon-Fri 25-30 UTC",
        "Mon-Fri 9:75-10 UTC",
        "Mon-Fri 13am-2pm UTC",
        "Mon-Fri UTC",
        "Mon-Fri-Sun 9-10 UTC",
        "closed UTC",
        "Mon-Fri 9-18 except holidays UTC",
        "Montag bis Freitag 9-18 Europe/Berlin",
        "UTC",
        "in office hours UTC",
    ],
)
def test_other_texts_are_no_hours(text):
    """What is not understood whole is not guessed at."""
    assert read_hours(text) is None


def test_a_zone_is_told_from_other_words():
    """There is such a zone; before the end it is told, too, though such hours are not read."""
    assert zone_of("Mon-Fri, somehow Europe/Paris") == "Europe/Paris"
    assert zone_of("Mon-Fri 9-18 Europe/Berlin, Sat 10-14") == "Europe/Berlin"
    assert zone_of("Mon-Fri 9-18 (UTC); Sat 10-14") == "UTC"
    assert read_hours("Mon-Fri 9-18 Europe/Berlin, Sat 10-14") is None
    assert not zone_of("Mon-Fri and/or Sat")
    assert not zone_of("Monday Europe/Nowhere")


@given(st.text(alphabet="MonFriSat daily0123456789:-,;& apmUTC/", max_size=40))
def test_whatever_is_read_are_spans_of_a_week(text):
    """In order, apart, within the week."""
    found = read_hours(f"{text} UTC")
    if found is None:
        return
    edges = [edge for span in found.spans for edge in span]
    assert edges == sorted(set(edges))
    assert found.spans
    assert edges[0] >= 0
    assert edges[-1] <= WEEK
