"""What is masked of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.personal import MASKS, mask, without_masks


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Mail a.b+c@x-y.co.uk or call +49 (0)170 123-4567.", "Mail [e-mail] or call [phone]."),
        ("call (555) 123-4567 or 030/1234567", "call [phone] or [phone]"),
        ("card 4111 1111 1111 1111", "card [card]"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN [account]."),
        ("order A1B-123456 and K-4711-0815", "order [number] and [number]"),
        ("at 12 Main Street, Apt 4, Springfield, IL 62704 now", "at [address] now"),
        ("Musterstraße 12, 12345 Berlin", "[address]"),
        ("Am Alten Markt 3, ich heiße Jörg Müller und", "Am Alten Markt 3, ich heiße [name] und"),
        ("My name is Anna Smith.", "My name is [name]."),
        ("geboren am 12.03.1980", "geboren am [date]"),
        ("my password is hunter2! now", "my password is [secret] now"),
        ("see https://x.example/?token=1 and www.x.example", "see [link] and [link]"),
        ("Robin here, Sample again", "[name] here, [name] again"),
    ],
)
def test_personal_data_is_masked(text, masked):
    """Each kind in English or German."""
    assert mask(text, name="Robin Sample").text == masked


@pytest.mark.parametrize(
    "text",
    [
        "my password is wrong and the pin is not accepted",
        "error 2035 in version 4.1.1.1 of Windows 11",
        "It cost $1,299.00 on 2026-11-03, not 12.50 EUR on 03.11.2026",
        "I paid 3 times for 2 items of 100 pieces",
        "this is urgent and the street is long",
    ],
)
def test_what_is_nobodys_stays(text):
    """Versions, prices, dates and plain words."""
    assert mask(text).text == text


def test_numbers_that_articles_hold_stay():
    """An error's number is no customer's."""
    known = mask("error 0x80070005, order 80070006", lambda word: word == "0x80070005")
    assert known.text == "error 0x80070005, order [number]"
    assert known.kinds == {"[number]"}


def test_masks_are_not_searched_for():
    """Nor is anything but masks taken out."""
    assert without_masks("mail [e-mail] about [that] [number].") == "mail about [that] ."


@given(st.text("0123456789 -+().,/aZ@", max_size=200))
def test_no_long_number_is_left(text):
    """Neither with nor without letters around it, but in dates and sums of money."""
    left = mask(text).text
    for kind in MASKS:
        left = left.replace(kind, " ")
    assert not any(len(word) >= 12 and word.isdigit() for word in left.split())
