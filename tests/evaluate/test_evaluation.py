"""kb.evaluate.evaluation: the figures of a whole set, and what the cap costs."""

from dataclasses import replace

import pytest
from support.judged import evaluation_of, judged


def test_means_and_empty_queries():
    """Figures are means over all queries; a query that brought nothing counts."""
    found = evaluation_of(
        {"one": ["a#x"], "two": ["b#x", "a#x"]},
        judged("1", "one", a__x=1),
        judged("2", "two", a__x=1),
        judged("3", "three", a__x=1),
    )
    assert found.measures.success == pytest.approx(1 / 3)
    assert found.measures.mrr == pytest.approx(0.5)
    assert found.measures.recall == pytest.approx(2 / 3)
    assert found.empty == 1
    assert found.answered == pytest.approx(2 / 3)
    assert found.figure("answered") == found.answered
    assert found.figure("mrr") == found.measures.mrr
    assert [o.is_bad for o in found.outcomes] == [False, False, True]


def test_a_result_knows_its_grade():
    """Nobody judged a result: None; judged and wrong: 0."""
    found = evaluation_of({"q": ["a#x", "b#x", "c#x"]}, judged("1", "q", a__x=2, b__x=0))
    outcome = found.outcomes[0]
    assert [outcome.grade(r) for r in outcome.response.results] == [2, 0, None]


def test_the_cap_costs_what_it_hides():
    """A right section behind better ones of its article is lost, one of another article gains."""
    found = evaluation_of(
        {"lost": ["a#1", "a#2", "b#1"], "won": ["a#1", "a#2", "b#1"], "same": ["a#1"]},
        judged("1", "lost", a__2=1),
        judged("2", "won", b__1=1),
        judged("3", "same", a__1=1),
        per_article=1,
    )
    cap = found.cap
    assert (cap.per_article, cap.shows, cap.worse, cap.better) == (1, 2, 1, 1)
    assert cap.measures.recall == pytest.approx(2 / 3)
    assert found.measures.recall == 1


def test_the_cap_costs_articles_nothing():
    """An article counts by its best section, which no cap takes away."""
    found = evaluation_of({"q": ["a#1", "a#2", "b#1"]}, judged("1", "q", b=1), per_article=1)
    assert found.cap.measures == found.measures
    assert found.cap.shows == 1


@pytest.mark.parametrize(("count", "p95"), [(1, 1), (19, 19), (20, 19), (21, 20), (100, 95)])
def test_95_of_100_searches_take_no_longer_than_p95(count, p95):
    """p95 is the nearest rank: a time that was measured."""
    found = evaluation_of({}, *(judged(str(i), "q", a__x=1) for i in range(count)))
    timed = tuple(
        replace(o, response=replace(o.response, seconds=float(i)))
        for i, o in enumerate(found.outcomes, 1)
    )
    found = replace(found, outcomes=timed)
    assert found.seconds_p95 == p95
    assert found.seconds_median == (count + 1) / 2


def test_certainty_is_measured_from_both_sides():
    """How many first hits are sure, and how many of those are right; what found nothing is not."""
    queries = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.6, "none": 0.99}
    rankings = {"a": ["a#x"], "b": ["a#x"], "c": ["b#x", "a#x"], "d": ["b#x"]}
    asked = [judged(text, text, a__x=1) for text in queries]
    found = evaluation_of(rankings, *asked, confidences=queries, sure=0.7).certainty
    assert (found.least, found.sure) == (0.7, 3 / 5)
    assert found.right == pytest.approx(2 / 3)
    assert found.advised == 0.71
    nothing = evaluation_of({}, *asked).certainty
    assert (nothing.sure, nothing.right, nothing.advised) == (0, 1, None)
