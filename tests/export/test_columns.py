"""A row of which only some articles are written anew is the row of all."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from kb.search.protocols import TermPostings
from kb.site.export.columns import Column, postings_in
from kb.site.export.encoding import DIGITS, decode_gaps, encode_gaps

NUMBERS = st.sets(st.integers(0, 200_000), max_size=40).map(sorted)
CELLS = st.dictionaries(
    st.integers(0, 60), st.tuples(st.sampled_from(DIGITS), st.sampled_from(["", "3", "%4a1"]))
)


def column(cells):
    """A column of cells, each a digit and a text, by number."""
    numbers = sorted(cells)
    return Column(numbers, [cells[n][0] for n in numbers], [cells[n][1] for n in numbers])


@given(NUMBERS)
def test_gaps_are_read_as_they_were_written(numbers):
    """Of any length."""
    assert decode_gaps(encode_gaps(numbers)) == numbers


@given(CELLS, CELLS, st.integers(0, 60), st.integers(0, 60))
def test_numbers_are_replaced_within_a_range(old, new, one, other):
    """All others stay, and the row is that of a column made of both."""
    within = range(min(one, other), max(one, other))
    written = column(old)
    written.replace(within, column(new))
    both = {n: cell for n, cell in old.items() if n not in within}
    both |= {n: cell for n, cell in new.items() if n in within}
    assert written.written() == column(both).written()
    assert Column.read(written.written(), 0) == written


def test_postings_of_some_documents():
    """With their positions."""
    all_of_them = TermPostings(
        array("I", [1, 4, 5, 9]),
        array("H", [7, 8, 9, 6]),
        array("H", [1, 2, 0, 1]),
        array("H", [3, 5, 6, 2]),
    )
    some = postings_in(all_of_them, [range(2, 6), range(7, 9)])
    assert [list(part) for part in some] == [[4, 5], [8, 9], [2, 0], [5, 6]]
