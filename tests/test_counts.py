"""Facts about counts in sentences."""

import pytest

from kb.text.counts import counted


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 files"), (1, "1 file"), (2, "2 files"), (21, "21 files"), (1234567, "1,234,567 files")],
)
def test_only_one_is_singular(number, text):
    """Nought and many have the plural; thousands are grouped."""
    assert counted(number, "file") == text


def test_a_plural_of_its_own():
    """What does not add an s says its plural."""
    assert counted(1, "query", "queries") == "1 query"
    assert counted(2, "query", "queries") == "2 queries"
