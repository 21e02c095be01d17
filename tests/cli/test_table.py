"""Facts about tables in the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from kb.cli.text import columns, line_of, render, table_lines


def table(rows, width):
    """A table as text."""
    cells = [[line_of(cell) if cell else () for cell in row] for row in rows]
    return [render(line, colour=False) for line in table_lines(cells, width, "-")]


def test_columns_stand_side_by_side():
    """Columns are as wide as what is in them, with a rule below the head."""
    assert table([["a", "long head"], ["value", "x"]], 40) == [
        "a      long head",
        "-----  ---------",
        "value  x",
    ]


def test_wide_columns_give_way():
    """The widest column is wrapped first."""
    assert table([["a", "b"], ["short", "many words that need room"]], 20) == [
        "a      b",
        "-----  -------------",
        "short  many words",
        "       that need",
        "       room",
    ]


def test_without_room_rows_are_stacked():
    """Where a column would break its words, each row becomes lines of name and value."""
    rows = [["", "Chat", "Phone"], ["Best for", "anything", "complications"], ["Wait", "", "long"]]
    assert table(rows, 20) == [
        "Best for",
        "Chat: anything",
        "Phone: complications",
        "",
        "Wait",
        "Chat:",
        "Phone: long",
    ]


def test_table_with_only_a_head():
    """A table may have no rows."""
    assert table([["a", "b"]], 20) == ["a  b", "-  -"]


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.text(max_size=40), min_size=n, max_size=n), min_size=1)
    ),
    st.integers(20, 100),
)
def test_tables_fit_the_width(rows, width):
    """Whatever the cells hold, no line is wider than the terminal."""
    assert all(columns(line) <= width for line in table(rows, width))
