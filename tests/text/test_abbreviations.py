"""Facts about abbreviations that a text explains."""

import pytest

from kb.text.abbreviations import explained
from kb.text.analysis import Analyzer

STOP_WORDS = Analyzer().stop_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Ask for a Return Merchandise Authorization (RMA).",
            [("RMA", "Return Merchandise Authorization")],
        ),
        ("Use single sign-on (SSO) now", [("SSO", "single sign-on")]),
        ("A Point of Sale (POS) till", [("POS", "Point of Sale")]),
        ("terms of service (TS)", [("TS", "terms of service")]),
        ("VAT (value added tax) is due", [("VAT", "value added tax")]),
        ("Several URLs. Uniform Resource Locators (URLs)", [("URL", "Uniform Resource Locators")]),
        ("Press the button (OK).", []),
        ("Return it. Merchandise authorization (RMA)", []),
        ("Our hours (MON) and days (TUE)", []),
        ("()", []),
    ],
)
def test_initials_are_the_abbreviation(text, found):
    """Of the words right before it or in brackets behind it, with or without stop words."""
    assert list(explained(text, STOP_WORDS)) == found
