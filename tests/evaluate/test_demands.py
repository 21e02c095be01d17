"""kb.evaluate.evaluation: what `--fail-under` asks."""

import pytest
from support.judged import evaluation_of, judged

from kb.evaluate.evaluation import NAMES, Demand, read_demand


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("ndcg=0.70", Demand("ndcg", 0.7)),
        (" nDCG@10 =.5", Demand("ndcg", 0.5)),
        ("Success@1=1", Demand("success", 1)),
        ("answered=0", Demand("answered", 0)),
    ],
)
def test_a_demand_is_a_name_and_a_number(text, demand):
    """Names are those of the JSON, or of the printed figures, in any case."""
    assert read_demand(text) == demand


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ndcg", "is not NAME=VALUE"),
        ("ndgc=0.7", "did you mean ndcg"),
        ("p95=1", "the names are"),
        ("ndcg=", "is not a number from 0 to 1"),
        ("ndcg=70", "is not a number from 0 to 1"),
        ("ndcg=nan", "is not a number from 0 to 1"),
        ("ndcg=high", "is not a number from 0 to 1"),
    ],
)
def test_what_is_no_demand_is_refused(text, message):
    """The message says what a demand looks like."""
    with pytest.raises(ValueError, match=message):
        read_demand(text)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_may_equal_its_demand_but_not_be_lower(name):
    """One of two queries answered: every figure is one half."""
    found = evaluation_of({"one": ["a#x"]}, *(judged(q, q, a__x=1) for q in ("one", "two")))
    if name == "right":  # of what is sure: what brought nothing is not
        assert Demand(name, 1).failure(found) is None
        return
    assert Demand(name, 0.5).failure(found) is None
    assert Demand(name, 0.51).failure(found) == f"{NAMES[name]} is 0.5000, below 0.51"
