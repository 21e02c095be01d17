"""Facts about finding the best of many."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from kb.search.ranking import round_score
from kb.search.scoring import best_first

close = st.one_of(
    st.integers(0, 5).map(float),
    st.integers(0, 20).map(lambda step: 1 + step * 3e-7),
    st.floats(0, 100),
)


@given(st.lists(close, max_size=400), st.randoms(use_true_random=False))
def test_the_best_come_first_and_ties_in_order(scores, random):
    """As sorting all of them would give it, to the rounded digit, however few are asked for."""
    order = random.sample(range(len(scores)), len(scores))
    table = dict(enumerate(scores))
    wanted = sorted(table.items(), key=lambda pair: (-round_score(pair[1]), order[pair[0]]))
    assert list(best_first(table, order)) == wanted
    for count in (1, 5, 64, 65, 100):
        assert list(islice(best_first(table, order), count)) == wanted[:count]
