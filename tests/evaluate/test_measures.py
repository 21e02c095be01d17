"""kb.evaluate.measures, against pytrec_eval and against figures worked out by hand."""

import math
import sys

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import KbError
from kb.evaluate.measures import Measures, mean, measure
from kb.extras import install_command


def test_figures_worked_out_by_hand():
    """Two of three right results, at ranks 2 (grade 1) and 3 (grade 2): every measure by hand."""
    found = measure({"q": ["x", "a", "b"]}, {"q": {"a": 1, "b": 2, "c": 1, "x": 0}})["q"]
    gain = 1 / math.log2(3) + 2 / math.log2(4)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert found.ndcg == pytest.approx(gain / ideal)
    assert found.mrr == pytest.approx(1 / 2)
    assert found.recall == pytest.approx(2 / 3)
    assert found.success == 0


def test_only_the_first_ten_count():
    """A right result at rank 11 is no result; at rank 10 it is one."""
    wrong = [f"w{i}" for i in range(10)]
    late = measure({"q": [*wrong, "a"]}, {"q": {"a": 1}})["q"]
    tenth = measure({"q": [*wrong[:9], "a"]}, {"q": {"a": 1}})["q"]
    assert late == Measures(0, 0, 0, 0)
    assert tenth == Measures(pytest.approx(1 / math.log2(11)), pytest.approx(0.1), 1, 0)


def test_the_order_given_is_the_order_measured():
    """trec_eval would order equals by name backwards: names never decide here."""
    grades = {"q": {"a": 1}}
    assert measure({"q": ["a", "z"]}, grades)["q"].success == 1
    assert measure({"q": ["z", "a"]}, grades)["q"].success == 0


def test_a_query_that_found_nothing_counts_as_0():
    """Without results, or without a ranking at all, all measures are 0."""
    found = measure({"q": [], "r": ["a"]}, {"q": {"a": 1}, "r": {"a": 1}, "s": {"a": 1}})
    assert found["q"] == found["s"] == Measures(0, 0, 0, 0)
    assert found["r"] == Measures(1, 1, 1, 1)
    assert mean(found.values()).ndcg == pytest.approx(1 / 3)
    assert mean([]) == Measures(0, 0, 0, 0)


def test_names_may_be_anything():
    """Lone surrogates, NUL and empty names are measured like others, though trec_eval would crash."""
    names = ["\ud800", "a\x00b", ""]
    found = measure({name: [name] for name in names}, {name: {name: 1} for name in names})
    assert all(found[name].success == 1 for name in names)


NAMES = [f"d{i}" for i in range(15)]


@settings(max_examples=50, deadline=None)
@given(
    st.permutations(NAMES),
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1),
)
def test_trec_eval_gives_the_same_figures(ranking, grades):
    """For any ranking and any grades the figures are those of pytrec_eval."""
    wanted = {"ndcg_cut.10", "recall.10", "success.1", "recip_rank"}
    scores = {name: float(-place) for place, name in enumerate(ranking)}
    (theirs,) = (
        pytrec_eval.RelevanceEvaluator({"q": grades}, wanted).evaluate({"q": scores}).values()
    )
    ours = measure({"q": ranking}, {"q": grades})["q"]
    first = next((i for i, name in enumerate(ranking, 1) if grades.get(name)), 99)
    assert ours.ndcg == pytest.approx(theirs["ndcg_cut_10"])
    assert ours.recall == pytest.approx(theirs["recall_10"])
    assert ours.success == theirs["success_1"]
    assert ours.mrr == pytest.approx(theirs["recip_rank"] if first <= 10 else 0)


def test_without_the_extra_the_error_names_it(monkeypatch):
    """Who lacks ir-measures is told how to get it."""
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(KbError, match="not installed") as caught:
        measure({}, {"q": {"a": 1}})
    assert caught.value.code == "missing-extra"
    assert caught.value.hint == install_command("eval")
