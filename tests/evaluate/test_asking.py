"""kb.evaluate.evaluation: what is kept of each query's ranking."""

import pytest
from support.judged import FakeSearcher, judged

from kb.evaluate.evaluation import DEPTH, Result, ask, best_of_articles, cap


def results(*names):
    return tuple(Result(*name.split("#"), score=0.0) for name in names)


def test_a_cap_keeps_the_best_sections_of_each_article():
    """What follows so many better sections of its article goes; the order stays."""
    found = cap(results("a#1", "a#2", "b#1", "a#3", "b#2"), 2)
    assert [r.name for r in found] == ["a#1", "a#2", "b#1", "b#2"]


def test_an_article_stands_where_its_best_section_stands():
    """Each article counts once, with the score of its best section."""
    sections = (Result("a", "1", 3.0), Result("b", "1", 2.0), Result("a", "2", 1.0))
    assert best_of_articles(sections) == (Result("a", None, 3.0), Result("b", None, 2.0))


def test_each_query_is_searched_as_a_user_would_and_timed():
    """The time is that of a whole answer, not of opening the index; progress is told after each."""
    searcher = FakeSearcher({"late": ["a#1"]})
    told = []
    queries = [judged("q1", "late", a__1=1), judged("q2", "x", a__1=1)]
    first, second = ask(
        searcher, queries, per_article=3, progress=lambda done, total: told.append((done, total))
    )
    assert searcher.searched == ["late", "late", "x"]
    assert first.seconds >= 0
    assert [r.name for r in first.results] == ["a#1"]
    assert second.results == ()
    assert told == [(1, 2), (2, 2)]


def test_a_query_is_ranked_at_the_level_of_its_labels():
    """Labels that name articles get articles, and keep the sections beside them."""
    searcher = FakeSearcher({"late": ["a#1", "a#2", "b#1"]})
    (found,) = ask(searcher, [judged("q", "late", b=1)], per_article=1)
    assert [r.name for r in found.results] == ["a", "b"]
    assert [r.name for r in found.sections] == ["a#1", "a#2", "b#1"]
    assert found.cap_shows


def test_a_cap_that_bites_below_the_first_ten_shows_nothing():
    """Only the first ten sections are what a reader sees."""
    names = [f"a{i}#x" for i in range(9)] + ["b#1", "b#2"]
    (found,) = ask(FakeSearcher({"q": names}), [judged("q", "q", a1__x=1)], per_article=1)
    assert not found.cap_shows
    assert len(found.capped) == 10


@pytest.mark.parametrize(
    ("whole_run", "limits", "count"), [(False, [100, 400], 16), (True, [100, 400, 1600, 6400], 100)]
)
def test_more_sections_are_asked_for_until_there_are_enough_articles(whole_run, limits, count):
    """Ten articles are enough to measure; a run wants a hundred."""
    names = [f"a{i // 25}#{i}" for i in range(5_000)]
    searcher = FakeSearcher({"q": names})
    (found,) = ask(searcher, [judged("q", "q", a1=1)], per_article=3, whole_run=whole_run)
    assert searcher.limits == limits
    assert len(found.results) == count
    assert len(found.sections) == DEPTH
